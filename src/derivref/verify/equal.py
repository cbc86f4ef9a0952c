"""Whether two formulas are equal: proved, refuted at a point, or agreeing to so many digits.

A proof writes the difference as a fraction of polynomials in kernels (x, exp(x), erfc(x), sin(x),
roots …) and sees the numerator vanish, after sin² = 1 - cos² and r**k = base. Its work is limited
by the number of products of monomials, never by a clock. Two enclosures without a common point
refute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mpoly_ctx

from derivref.language.syntax import ExpressionError
from derivref.verify import balls
from derivref.verify.balls import BITS, Ball, precision
from derivref.verify.terms import ONE, PI, ZERO, Term, call, linear, subterms

# Products of monomials that one proof may take: f″ of GELU's tanh form needs 72,651, the next half
# of that, the steps of derivations at most 292.
WORK = 200_000


class TooMuch(ExpressionError):  # noqa: N818 (what it says, as KeyError does)
    """A proof that would take more than its work."""


@dataclass(frozen=True)
class Equality:
    """How two formulas compare.

    Attributes
    ----------
    proved : bool
        Whether they are equal for every x.
    points : int
        At how many points their enclosures were compared.
    at : float or None
        Where the enclosures have no point in common: they are different.
    left, right : str
        The two enclosures there.
    """

    proved: bool
    points: int = 0
    at: float | None = None
    left: str = ""
    right: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against equality."""
        return self.at is None


_HALF = Fraction(1, 2)


def _mirrored(u: Term) -> bool:
    constant, parts = linear(u)
    return next(iter(parts.values()), constant) < 0


def _sum(t: Term) -> list[tuple[Fraction, Term]] | None:
    """Return the sum that a function is in terms of fewer kernels, or None.

    As a term it would be rewritten into the function at once.
    """
    one = Fraction(1)
    match t.op:
        case "tanh":
            return [(one, ONE), (Fraction(-2), 1 / (1 + call("exp", 2 * t.args[0])))]
        case "cosh":
            return [(_HALF, call("exp", t.args[0])), (_HALF, call("exp", -t.args[0]))]
        case "sinh":
            return [(_HALF, call("exp", t.args[0])), (-_HALF, call("exp", -t.args[0]))]
        case "expm1":
            return [(one, call("exp", t.args[0])), (-one, ONE)]
        case "erf":
            return [(one, ONE), (-one, call("erfc", t.args[0]))]
        case "erfc" if _mirrored(t.args[0]):
            return [(Fraction(2), ONE), (-one, call("erfc", -t.args[0]))]
        case "softplus" if _mirrored(t.args[0]):
            return [(one, call("softplus", -t.args[0])), (one, t.args[0])]
        case "arccos":
            return [(_HALF, PI), (-one, call("arcsin", t.args[0]))]
    return None


def _powers(t: Term) -> dict[Term, Fraction] | None:
    if t.op == "mul":
        return dict(zip(t.args, t.data, strict=True))
    if t.op == "tan":
        return {call("sin", t.args[0]): Fraction(1), call("cos", t.args[0]): Fraction(-1)}
    return None


def _closure(t: Term) -> list[Term]:
    """Return all terms that a term is a polynomial fraction of, step by step."""
    found: dict[Term, None] = {}
    stack = [t]
    while stack:
        u = stack.pop()
        if u in found:
            continue
        found[u] = None
        if (parts := _sum(u)) is not None:
            stack += [v for _, v in parts]
        elif (powers := _powers(u)) is not None:
            stack += powers
        elif u.op == "add":
            stack += u.args
        elif u.op == "sin":
            stack.append(call("cos", u.args[0]))
    return list(found)


class _Fractions:
    """Fractions of polynomials in the kernels of one term."""

    def __init__(self, t: Term) -> None:
        self.exponents: dict[Term, Fraction] = {}
        self.symbols: dict[tuple[str, Term], int] = {}
        self.roots: dict[Term, int] = {}
        kernels = []
        for u in _closure(t):
            if u.op == "exp":
                for m, q in _exponent(u):
                    step = Fraction(1, q.denominator)
                    other = self.exponents.get(m, Fraction(1))
                    self.exponents[m] = Fraction(1, lcm(step.denominator, other.denominator))
            elif (powers := _powers(u)) is not None:
                for base, e in powers.items():
                    if e.denominator != 1:
                        self.roots[base] = lcm(self.roots.get(base, 1), e.denominator)
            elif _sum(u) is None and u.op not in ("num", "add"):
                kernels.append(u)
        for key in (
            *(("exp", m) for m in self.exponents),
            *(("root", b) for b in self.roots),
            *(("kernel", u) for u in kernels),
        ):
            self.symbols[key] = len(self.symbols)
        names = [f"k{k}" for k in range(max(1, len(self.symbols)))]
        self.context = fmpq_mpoly_ctx.get(names, "lex")
        self.gens = self.context.gens()
        self.work = 0
        self.memo: dict[int, tuple[Any, Any]] = {}

    def _number(self, q: Fraction) -> Any:
        return self.context.constant(fmpq(q.numerator, q.denominator))

    def times(self, a: Any, b: Any) -> Any:
        """Multiply two polynomials, and count the work."""
        self.work += len(a) * len(b)
        if self.work > WORK:
            raise TooMuch(f"more than {WORK} products")
        return a * b

    def powered(self, a: Any, n: int) -> Any:
        """Return a whole power."""
        result = self._number(Fraction(1))
        for _ in range(n):
            result = self.times(result, a)
        return result

    def _to(self, f: tuple[Any, Any], n: int) -> tuple[Any, Any]:
        top, bottom = f if n >= 0 else (f[1], f[0])
        return self.powered(top, abs(n)), self.powered(bottom, abs(n))

    def product(self, f: tuple[Any, Any], g: tuple[Any, Any]) -> tuple[Any, Any]:
        """Multiply two fractions."""
        return self.times(f[0], g[0]), self.times(f[1], g[1])

    def sum(self, f: tuple[Any, Any], g: tuple[Any, Any]) -> tuple[Any, Any]:
        """Add two fractions."""
        if f[1] == g[1]:
            return f[0] + g[0], f[1]
        return self.times(f[0], g[1]) + self.times(g[0], f[1]), self.times(f[1], g[1])

    def value(self, t: Term) -> tuple[Any, Any]:
        """Return a term as a fraction."""
        if t.index not in self.memo:
            self.memo[t.index] = self._value(t)
        return self.memo[t.index]

    def _gen(self, kind: str, t: Term) -> tuple[Any, Any]:
        return self.gens[self.symbols[kind, t]], self._number(Fraction(1))

    def _value(self, t: Term) -> tuple[Any, Any]:
        one = self._number(Fraction(1))
        if (parts := _sum(t)) is not None:
            result = self._number(Fraction(0)), one
            for q, u in parts:
                top, bottom = self.value(u)
                result = self.sum(result, (top * fmpq(q.numerator, q.denominator), bottom))
            return result
        match t.op:
            case "num":
                return self._number(t.data[0]), one
            case "add":
                result = self._number(t.data[0]), one
                for u, q in zip(t.args, t.data[1:], strict=True):
                    top, bottom = self.value(u)
                    result = self.sum(result, (top * fmpq(q.numerator, q.denominator), bottom))
                return result
            case "mul" | "tan":
                result = one, one
                for u, e in (_powers(t) or {}).items():
                    if u in self.roots:
                        part = self._to(self._gen("root", u), int(e * self.roots[u]))
                    else:
                        part = self._to(self.value(u), int(e))
                    result = self.product(result, part)
                return result
            case "exp":
                result = one, one
                for m, q in _exponent(t):
                    n = int(q / self.exponents[m])
                    result = self.product(result, self._to(self._gen("exp", m), n))
                return result
        if t in self.roots:
            return self._to(self._gen("root", t), self.roots[t])
        return self._gen("kernel", t)

    def reduced(self, top: Any) -> Any:
        """Put sin² = 1 - cos² and r**k = base into a numerator."""
        for (kind, u), place in self.symbols.items():
            if kind == "kernel" and u.op == "sin":
                cosine = self.symbols.get(("kernel", call("cos", u.args[0])))
                if cosine is not None:
                    one = self._number(Fraction(1))
                    square = one - self.powered(self.gens[cosine], 2)
                    top = self._replaced(top, place, 2, square, one)
            if kind == "root":
                value, bottom = (
                    self._gen("kernel", u) if ("kernel", u) in self.symbols else self._value(u)
                )
                top = self._replaced(top, place, self.roots[u], value, bottom)
        return top

    def _replaced(self, top: Any, place: int, k: int, value: Any, bottom: Any) -> Any:
        gen = self.gens[place]
        while True:
            degree = top.degrees()[place] if len(top) else 0
            if degree < k:
                return top
            lead = self._number(Fraction(0))
            rest = self._number(Fraction(0))
            for monomial, c in top.terms():
                one = self.context.from_dict({monomial: c})
                if monomial[place] == degree:
                    lead += one
                else:
                    rest += one
            lead = lead / self.powered(gen, k)
            top = self.times(lead, value) + self.times(rest, bottom)


def _exponent(t: Term) -> list[tuple[Term, Fraction]]:
    constant, parts = linear(t.args[0])
    return [*parts.items(), *([(ONE, constant)] if constant else [])]


def vanishes(t: Term) -> bool:
    """Say whether a term without case distinctions is 0 for every x, if that can be proved.

    Raises
    ------
    TooMuch
        If the proof would take more than `WORK` products.
    """
    if t is ZERO:
        return True
    fractions = _Fractions(t)
    top, _ = fractions.value(t)
    for _ in range(3):  # a root in a root, a sine in a root
        if len(top) == 0:
            return True
        top = fractions.reduced(top)
    return bool(len(top) == 0)


def proved(left: Term, right: Term) -> bool:
    """Say whether two terms are proved equal, on every branch of their case distinctions."""
    if left is right:
        return True
    try:
        difference = left - right
        if any(u.op == "if" for u in subterms(difference)):
            return _proved_by_pieces(difference)
        return vanishes(difference)
    except (ExpressionError, ValueError, ZeroDivisionError):
        return False


def _proved_by_pieces(t: Term) -> bool:
    from derivref.verify.prove import Prover, Subject

    if t.free - {"x"}:
        return False
    pieces = Prover(Subject(t, (-float("inf"), float("inf")))).pieces(0)
    return all(vanishes(p.formula) for p in pieces)


def enclosures(t: Term, x: Ball, bits: int = BITS) -> Ball:
    """Return the value of a term, its precision raised until it is sure or below every float."""
    compiled = balls.program(t)
    return balls.settle(lambda: [compiled.run(x)[0]], bits)[0]


def compare(left: Term, right: Term, points: Iterable[float]) -> Equality:
    """Compare two formulas in x: by proof, else at points.

    Parameters
    ----------
    left, right : Term
        The formulas.
    points : iterable of float
        Where; those at which a side is undefined are left out.

    Returns
    -------
    Equality
        With the first point at which the enclosures are disjoint, if there is one.
    """
    if proved(left, right):
        return Equality(True)
    count = 0
    for point in points:
        values = []
        for t in (left, right):
            try:
                values.append(enclosures(t, balls.ball(point)))
            except balls.Unsettled:
                break
        if len(values) < 2:
            continue
        count += 1
        if not values[0].overlaps(values[1]):
            with precision(BITS):
                a, b = (balls.text(v, 12) for v in values)
            return Equality(False, count, point, a, b)
    return Equality(False, count)
