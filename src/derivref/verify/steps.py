"""Lines of a proof as enclosures and as terms: how a step of a derivation is judged."""

import ast
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

from flint import arb, arb_series, ctx

from derivref.language.syntax import ExpressionError, Lets, parse
from derivref.language.values import evaluate
from derivref.verify import balls
from derivref.verify.balls import BITS, Ball, Series
from derivref.verify.equal import proved
from derivref.verify.terms import Term, X, call, differentiate, from_tree, sym, undefined

Functions = Mapping[str, Callable[[int, Any], Any]]


class Balls:
    """An algebra of balls and power series, straight from the tree: no simplifying.

    What it has no rule for (a limit, a derivative within a derivative) raises ExpressionError.
    """

    def __init__(self, functions: Functions, lets: Lets) -> None:
        self.functions = functions
        self.lets = lets

    @staticmethod
    def number(value: float | str) -> Ball:
        """Return the number that the digits say, to the working precision."""
        return balls.ball(Fraction(str(value)))

    @staticmethod
    def constant(name: str) -> Ball:
        """Return a named constant."""
        return arb.pi() if name == "pi" else arb("inf")

    def call(self, name: str, order: int, *args: Any) -> Any:
        """Return the value of a function or of one of its derivatives."""
        if name in self.functions:
            return self.functions[name](order, *args)
        others = {"y": args[1]} if len(args) > 1 else {}
        return _known(name, order, len(args)).run(args[0], 0, others)[0]

    @staticmethod
    def derivative(body: Callable[[Any], Any], at: Any, order: int) -> Any:
        """Differentiate by power series."""
        if isinstance(at, arb_series):
            raise ExpressionError("a derivative within a derivative")
        cap = ctx.cap
        ctx.cap = order + 1
        try:
            value = body(arb_series([at, 1], order + 1))
            coefficient = value[order] if isinstance(value, arb_series) else arb(0)
            return coefficient * math.factorial(order)
        finally:
            ctx.cap = cap

    @staticmethod
    def limit(body: Callable[[Any], Any], at: Any, sides: str = "+-") -> Any:
        """Refuse: a limit has no enclosure here."""
        raise ExpressionError("a limit")

    @staticmethod
    def sum(body: Callable[[Any], Any], low: Ball, high: Ball) -> Any:
        """Add term by term."""
        first, last = low.unique_fmpz(), high.unique_fmpz()
        if first is None or last is None:
            raise ExpressionError("the bounds of a Sum must be integers")
        return sum((body(arb(k)) for k in range(int(first), int(last) + 1)), arb(0))

    @staticmethod
    def every(truths: list[Any]) -> Any:
        """Say whether all comparisons of a chain hold."""
        return all(truths)

    @staticmethod
    def piecewise(rows: list[tuple[Callable[[], Any], Any]]) -> Any:
        """Return the value of the first row whose condition surely holds."""
        for value, holds in rows:
            if holds:
                return value()
        raise ExpressionError("no condition of the Piecewise holds")


@cache
def _known(name: str, order: int, count: int) -> balls.Program:
    return balls.Program([differentiate(call(name, *[X, sym("y")][:count]), "x", order)])


def instance(source: str) -> Callable[[int, Ball | Series], Ball | Series]:
    """Return a concrete function of x that gives enclosures of any of its derivatives."""
    t = from_tree(parse(source, {"x"}, set()), {"x": X})
    return lambda order, at: balls.program(differentiate(t, "x", order)).run(at)[0]


def value(
    node: ast.expr, functions: Functions, lets: Lets, point: Mapping[str, Fraction]
) -> Ball | None:
    """Return the value of a line to 50 digits (0 below every float), or None.

    None where balls do not tell: it is undefined, a limit, or has no rule, and arithmetic of
    rising precision says which.
    """
    algebra: Any = Balls(functions, lets)

    def compute() -> list[Ball]:
        names = {name: balls.ball(v) for name, v in point.items()}
        result = evaluate(node, algebra, names)
        return [result[0] if isinstance(result, arb_series) else result]

    try:
        found = balls.settle(compute, BITS)[0]
    except (ExpressionError, TypeError, ValueError, ZeroDivisionError):
        return None
    return arb(0) if balls.negligible(found) else found


def identical(
    left: ast.expr, right: ast.expr, symbols: list[str], functions: list[str], lets: Lets
) -> bool:
    """Say whether two lines are proved equal, whatever the declared functions are."""
    names = {name: sym(name) for name in symbols}
    called: dict[str, Callable[[Term], Term]] = {f: partial(undefined, f) for f in functions}
    try:
        return proved(*(from_tree(node, names, called, lets) for node in (left, right)))
    except (ExpressionError, KeyError, ValueError, ZeroDivisionError):
        return False
