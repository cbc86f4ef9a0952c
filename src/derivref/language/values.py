"""What a formula means: numbers of any precision (mpmath), and SymPy expressions."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import mpmath as mp
import sympy as sp

from derivref.language.syntax import (
    HEADS,
    ExpressionError,
    Lets,
    pieces,
    slope,
)


@dataclass(frozen=True)
class Known:
    """A function of the language: its TeX, its arithmetic, its SymPy form."""

    tex: str
    numeric: Callable[..., Any]
    symbolic: Callable[..., Any]


def _cbrt(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


def _phi(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _numeric_ndtri(p: Any) -> Any:
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def _numeric_dilog(x: Any) -> Any:
    return mp.re(mp.polylog(2, x))


_MEANING: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    **{
        name: (getattr(mp, name), getattr(sp, name))
        for name in (
            *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp", "sqrt"),
            *("log", "erf", "erfc", "erfinv", "sign", "factorial", "binomial", "gamma", "zeta"),
            *("digamma", "beta", "airyai"),
        )
    },
    **{
        f"arc{name}": (getattr(mp, f"a{name}"), getattr(sp, f"a{name}"))
        for name in (*("sin", "cos", "tan", "sinh", "cosh", "tanh"),)
    },
    "abs": (abs, sp.Abs),
    "max": (max, sp.Max),
    "min": (min, sp.Min),
    "floor": (mp.floor, sp.floor),
    "ceil": (mp.ceil, sp.ceiling),
    "log1p": (mp.log1p, lambda x: sp.log(1 + x)),
    "expm1": (mp.expm1, lambda x: sp.exp(x) - 1),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), lambda x: sp.log(1 + sp.exp(x))),
    "cbrt": (_cbrt, lambda x: sp.real_root(x, 3)),
    "sinc": (mp.sinc, sp.sinc),
    "sigma": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: 1 / (1 + sp.exp(-x))),
    "Phi": (lambda x: mp.erfc(-x / mp.sqrt(2)) / 2, lambda x: (1 + sp.erf(x / sp.sqrt(2))) / 2),
    "phi": (_phi, lambda x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)),
    "ndtri": (_numeric_ndtri, lambda p: sp.sqrt(2) * sp.erfinv(2 * p - 1)),
    "log_ndtr": (
        lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2),
        lambda x: sp.log((1 + sp.erf(x / sp.sqrt(2))) / 2),
    ),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), lambda x: sp.exp(x**2) * sp.erfc(x)),
    "gammaln": (mp.loggamma, sp.loggamma),
    "polygamma": (lambda n, x: mp.polygamma(int(n), x), sp.polygamma),
    "gammainc": (
        lambda a, x: mp.gammainc(a, 0, x, regularized=True),
        lambda a, x: sp.lowergamma(a, x) / sp.gamma(a),
    ),
    "gammaincc": (
        lambda a, x: mp.gammainc(a, x, regularized=True),
        lambda a, x: sp.uppergamma(a, x) / sp.gamma(a),
    ),
    **{
        f"{kind.lower()}{n}": (
            lambda x, kind=kind, n=n: getattr(mp, f"bessel{kind.lower()}")(n, x),
            lambda x, kind=kind, n=n: getattr(sp, f"bessel{kind.lower()}")(n, x),
        )
        for kind, n in (("j", 0), ("j", 1), ("i", 0), ("i", 1), ("k", 0), ("k", 1))
    },
    "airyaiprime": (lambda x: mp.airyai(x, derivative=1), sp.airyaiprime),
    "lambertw": (lambda x: mp.re(mp.lambertw(x)), sp.LambertW),
    "expi": (mp.ei, sp.Ei),
    "exp1": (mp.e1, lambda x: sp.expint(1, x)),
    "si": (mp.si, sp.Si),
    "ci": (mp.ci, sp.Ci),
    "dilog": (_numeric_dilog, lambda x: sp.polylog(2, x)),
    "fresnels": (mp.fresnels, sp.fresnels),
    "fresnelc": (mp.fresnelc, sp.fresnelc),
    "ellipk": (mp.ellipk, sp.elliptic_k),
    "ellipe": (mp.ellipe, sp.elliptic_e),
}
KNOWN = {name: Known(tex, *_MEANING[name]) for name, tex in HEADS.items()}
VALUES = {"pi": (mp.pi, sp.pi), "oo": (mp.inf, sp.oo)}
BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

# Called with the order of the derivative and the arguments.
Functions = Mapping[str, Callable[..., Any]]


class Numbers:
    """Arithmetic at mpmath's current working precision, straight from the tree: no simplifying."""

    number = staticmethod(mp.mpf)

    def __init__(self, functions: Functions, lets: Lets) -> None:
        self.functions = functions
        self.lets = lets

    def constant(self, name: str) -> Any:
        """Return a named constant.

        Parameters
        ----------
        name : str
            A name of the language.

        Returns
        -------
        object
            A number of mpmath.
        """
        return +VALUES[name][0]

    def call(self, name: str, order: int, *args: Any) -> Any:
        """Return the value of a function or of one of its derivatives.

        Parameters
        ----------
        name : str
            A name of the language.
        order : int
            How often it is differentiated.
        *args : number
            The arguments.

        Returns
        -------
        object
            A number of mpmath.
        """
        if name in self.functions:
            return self.functions[name](order, *args)
        if order:
            return mp.diff(KNOWN[name].numeric, args[0], order)
        return KNOWN[name].numeric(*args)

    @staticmethod
    def every(truths: list[Any]) -> Any:
        """Say whether all comparisons of a chain hold.

        Parameters
        ----------
        truths : list
            What is known of each comparison.

        Returns
        -------
        bool
            Whether none fails.
        """
        return all(truths)

    @staticmethod
    def piecewise(rows: list[tuple[Callable[[], Any], Any]]) -> Any:
        """Return the value of the first row whose condition holds.

        Parameters
        ----------
        rows : list of (callable, truth)
            The values, each with its condition.

        Returns
        -------
        object
            A number of mpmath.

        Raises
        ------
        ExpressionError
            If none does.
        """
        for value, holds in rows:
            if holds:
                return value()
        raise ExpressionError("no condition of the Piecewise holds")

    def derivative(self, body: Callable[[Any], Any], at: Any, order: int) -> Any:
        """Differentiate by differences at raised precision, independently of SymPy.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        at : number
            Where.
        order : int
            How often it is differentiated.

        Returns
        -------
        object
            A number of mpmath.
        """
        return mp.diff(body, at, order)

    def limit(self, body: Callable[[Any], Any], at: Callable[[], Any], sides: str = "+-") -> Any:
        """Evaluate at a distance that shrinks as the precision grows, from both sides.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        at : callable
            Gives the point at the precision of the moment.
        sides : str
            From which sides: ``+-``, ``+`` or ``-``.

        Returns
        -------
        object
            A number of mpmath.

        Raises
        ------
        ExpressionError
            If the sides differ.
        """
        digits = mp.mp.dps
        small = mp.mpf(10) ** (-digits // 3)
        with mp.workdps(7 * digits):  # a quotient by h**6 loses six times the digits of h
            h = mp.mpf(10) ** -digits
            target = at()
            if mp.isinf(target):
                return body(mp.sign(target) / h)
            values = [body(target + h if side == "+" else target - h) for side in sides]
            gap, size = abs(values[0] - values[-1]), max(map(abs, values))
            if gap > small * size and size > small:
                raise ExpressionError(
                    f"the limits from the two sides differ: {mp.nstr(values[0], 12)} from above "
                    f"and {mp.nstr(values[-1], 12)} from below"
                )
            return values[0]

    def sum(self, body: Callable[[Any], Any], low: Any, high: Any) -> Any:
        """Add term by term.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        low : number
            The first index.
        high : number
            The last index.

        Returns
        -------
        object
            A number of mpmath.
        """
        if not (mp.isint(low) and mp.isint(high)):
            raise ExpressionError("the bounds of a Sum must be integers")
        return mp.fsum(body(mp.mpf(k)) for k in range(int(low), int(high) + 1))


class Symbols:
    """SymPy expressions; a declared function stays undefined, and knows its derivative's name."""

    def __init__(self, functions: Functions, lets: Lets) -> None:
        self.functions = functions
        self.lets = lets

    @staticmethod
    def number(value: float | str) -> Any:
        """Return the exact rational number that the digits say.

        Parameters
        ----------
        value : float or str
            A number, or its digits.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        return sp.Rational(str(value))

    def constant(self, name: str) -> Any:
        """Return a named constant.

        Parameters
        ----------
        name : str
            A name of the language.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        return VALUES[name][1]

    def call(self, name: str, order: int, *args: Any) -> Any:
        """Return a function's expression or one of its derivatives.

        Parameters
        ----------
        name : str
            A name of the language.
        order : int
            How often it is differentiated.
        *args : number
            The arguments.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        if name in self.functions:
            return self.functions[name](order, *args)
        if order:
            return self.derivative(KNOWN[name].symbolic, args[0], order)
        return KNOWN[name].symbolic(*args)

    @staticmethod
    def every(truths: list[Any]) -> Any:
        """Return the conjunction of the comparisons of a chain.

        Parameters
        ----------
        truths : list
            What is known of each comparison.

        Returns
        -------
        sympy.Basic
            Their conjunction.
        """
        return sp.And(*truths)

    @staticmethod
    def piecewise(rows: list[tuple[Callable[[], Any], Any]]) -> Any:
        """Return SymPy's Piecewise.

        Parameters
        ----------
        rows : list of (callable, truth)
            The values, each with its condition.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        return sp.Piecewise(*((value(), holds) for value, holds in rows))

    def derivative(self, body: Callable[[Any], Any], at: Any, order: int) -> Any:
        """Differentiate in a fresh variable, then put the argument in.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        at : number
            Where.
        order : int
            How often it is differentiated.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        t = sp.Dummy("t", real=True)
        return sp.diff(body(t), t, order).subs(t, at)

    def limit(self, body: Callable[[Any], Any], at: Callable[[], Any], sides: str = "+-") -> Any:
        """Return SymPy's limit, which at a jump can be wrong: the values are compared as well.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        at : callable
            Gives the point.
        sides : str
            From which sides: ``+-``, ``+`` or ``-``.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        t = sp.Dummy("t", real=True)
        return sp.limit(body(t), t, at(), sides)

    def sum(self, body: Callable[[Any], Any], low: Any, high: Any) -> Any:
        """Return SymPy's sum.

        Parameters
        ----------
        body : callable
            What is differentiated, summed or has a limit, as a function of its variable.
        low : number
            The first index.
        high : number
            The last index.

        Returns
        -------
        sympy.Expr
            The expression.
        """
        k = sp.Dummy("k", integer=True)
        return sp.Sum(body(k), (k, low, high))


def undefined(name: str) -> Callable[..., Any]:
    """Return a SymPy function of one argument about which nothing is known but its derivatives.

    Parameters
    ----------
    name : str
        A name of the language.

    Returns
    -------
    callable
        Takes and returns SymPy expressions.
    """

    @cache
    def kind(order: int) -> Any:
        def fdiff(self: Any, argindex: int = 1) -> Any:
            return kind(order + 1)(self.args[0])

        return type(f"{name}_{order}", (sp.Function,), {"fdiff": fdiff, "is_real": True})

    return lambda order, at: kind(order)(at)


def evaluate(node: ast.expr, algebra: Numbers | Symbols, names: Mapping[str, Any]) -> Any:
    """Return the value of a parsed expression in an algebra, with `names` for its symbols.

    Abbreviations are evaluated where they stand, so that a derivative or a limit reaches into them.

    Parameters
    ----------
    node : ast.expr
        A parsed expression.
    algebra : Numbers or Symbols
        In which the operations are carried out.
    names : mapping of str to object
        The values of its symbols.

    Returns
    -------
    object
        A number of mpmath, or a SymPy expression.
    """

    def value(part: ast.expr) -> Any:
        return evaluate(part, algebra, names)

    def function_of(variable: str, body: ast.expr) -> Callable[[Any], Any]:
        return lambda t: evaluate(body, algebra, {**names, variable: t})

    def truth(condition: ast.expr) -> Any:
        if isinstance(condition, ast.Constant):
            return True
        assert isinstance(condition, ast.Compare)
        sides = [value(part) for part in (condition.left, *condition.comparators)]
        return algebra.every(
            [
                COMPARE[type(op)](left, right)
                for op, left, right in zip(condition.ops, sides, sides[1:], strict=False)
            ]
        )

    match node:
        case ast.Constant(value=number):
            return algebra.number(str(number))
        case ast.Name(id=name) if name in algebra.lets:
            return value(algebra.lets[name].body)
        case ast.Name(id=name):
            return names[name] if name in names else algebra.constant(name)
        case ast.UnaryOp(op=ast.USub()):
            return -value(node.operand)
        case ast.UnaryOp():
            return value(node.operand)
        case ast.BinOp():
            return BINARY[type(node.op)](value(node.left), value(node.right))
        case ast.Call(
            func=ast.Name(id="Derivative"), args=[body, ast.Name(id=variable) as at, *rest]
        ):
            order = int(value(rest[0])) if rest else 1
            return algebra.derivative(function_of(variable, body), value(at), order)
        case ast.Call(func=ast.Name(id="Limit"), args=[body, ast.Name(id=variable), goal]):
            return algebra.limit(function_of(variable, body), lambda: value(goal))
        case ast.Call(func=ast.Name(id="Sum"), args=[body, ast.Name(id=variable), low, high]):
            return algebra.sum(function_of(variable, body), value(low), value(high))
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows):
            return algebra.piecewise(
                [(partial(value, part), truth(condition)) for part, condition in pieces(rows)]
            )
        case ast.Call(func=ast.Name(id=name)):
            known = slope(name, {**algebra.functions, **algebra.lets})
            assert known is not None  # parse() has seen to it
            base, order = known
            if base not in algebra.lets:
                return algebra.call(base, order, *map(value, node.args))
            call = function_of(algebra.lets[base].argument, algebra.lets[base].body)
            at = value(node.args[0])
            return algebra.derivative(call, at, order) if order else call(at)
    raise AssertionError(ast.dump(node))


def holds(node: ast.expr, algebra: Numbers, names: Mapping[str, Any]) -> bool:
    """Say whether a parsed condition, also a chain ``0 < x < y``, is true.

    Parameters
    ----------
    node : ast.expr
        A parsed condition.
    algebra : Numbers
        In which it is evaluated.
    names : mapping of str to object
        The values of its symbols.

    Returns
    -------
    bool
        Whether it is true.
    """
    assert isinstance(node, ast.Compare)
    values = [evaluate(part, algebra, names) for part in (node.left, *node.comparators)]
    return all(
        COMPARE[type(op)](left, right)
        for op, left, right in zip(node.ops, values, values[1:], strict=False)
    )
