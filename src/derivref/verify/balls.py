"""Enclosures of a formula and its derivatives: ball arithmetic and power series (Arb).

A term is compiled once into a list of steps. Evaluated at a power series x + t it gives f, f′/1!,
f″/2! … at once, by the rules of power series and not by SymPy's differentiation. A value is a
ball: a midpoint, and a radius that bounds every rounding on the way.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Any

from flint import acb, arb, arb_series, ctx, fmpq

from derivref.language.syntax import ExpressionError
from derivref.verify.terms import RULES, Term, X, subterms

DIGITS = 50  # sure digits of a value: what the pages promise, and more than `Exact` holds
BITS = 170  # the same in bits, 3.33 to a digit, and three more
START = 208  # bits to begin with: of 86,565 values of the first 29 entries 95 % need no more
LIMIT = START * 2**7  # bits to end with, 26,624: enough to see that a value is below every float
# Below 2**-20000 a value is below every float (2**-16445 is the smallest of any IEEE type).
BELOW = 20_000
WIDE = 2**-30  # a ball wider than this is a box, and Arb's bounds of 0F1 on it are poor
HUGE = 2**40  # from here on Arb's exp gives up: its exponent is split off by hand
MOST = 1100  # exp(x) is below 2**(2**MOST) for every double x: what outweighs it outweighs all

Ball = Any  # flint.arb; the package carries no usable types for overloaded operators
Series = Any  # flint.arb_series


class Unsettled(ExpressionError):  # noqa: N818 (what it says, as KeyError does)
    """A value that no precision settles."""


@contextmanager
def precision(bits: int, order: int = 1) -> Iterator[None]:
    """Work at a precision, with series of so many coefficients."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, max(order, 1)
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def ball(value: Fraction | float | int) -> Ball:
    """Return a number as a ball, exact where it is a binary fraction."""
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    return arb(value)


def _exp(u: Ball) -> Ball:
    if abs(u) < HUGE or not u.is_finite() or u.rad() > 1:
        return u.exp()
    bits = ctx.prec
    extra = int(abs(u).mid().man_exp()[1]) + bits if u.mid() != 0 else 0
    if not 0 < extra < 2 * LIMIT:
        return u.exp()
    ctx.prec = bits + extra + bits
    try:
        n = (u.mid() / arb.const_log2()).floor().unique_fmpz()
        if n is None:
            return u.exp()
        rest = u - arb(n) * arb.const_log2()
        ctx.prec = bits
        return rest.exp() * arb((1, n))
    finally:
        ctx.prec = bits


def _cbrt(u: Ball) -> Ball:
    if u >= 0:
        return u.root(3)
    if u <= 0:
        return -(-u).root(3)
    return ((-u.lower()).root(3) * -1).union(u.upper().root(3))


def _polygamma(u: Ball, n: Fraction) -> Ball:
    return acb(u).polygamma(int(n)).real if n else u.digamma()


def _erfcx(u: Ball) -> Ball:
    if u > 1:
        return (u * u).hypgeom_u(arb(0.5), arb(0.5)) / arb.const_sqrt_pi()
    return (u * u).exp() * u.erfc()


def _log_ndtr(u: Ball) -> Ball:
    v = u / arb(2).sqrt()
    if v < -1:
        return (_erfcx(-v) / 2).log() - v * v
    return (-v.erfc() / 2).log1p()


def _softplus(u: Ball) -> Ball:
    return u + _exp(-u).log1p() if u > 0 else _exp(u).log1p()


def _dilog(u: Ball) -> Ball:
    if u == 0:
        return arb(0)
    return acb(u).polylog(2).real


def _hyp0f1(u: Ball, a: Fraction) -> Ball:
    if u.rad() < WIDE or not u <= 0:
        return u.hypgeom_0f1(_q(a))
    # DLMF 10.14.4: at most 1 in magnitude for a ≥ 1/2 and u ≤ 0, and so are its derivatives.
    middle, off = u.mid(), u - u.mid()
    slope = middle.hypgeom_0f1(_q(a + 1)) / _q(a)
    rest = off * off * arb(0, 1) / (2 * _q(a) * _q(a + 1))
    return middle.hypgeom_0f1(_q(a)) + slope * off + rest


def _q(value: Fraction) -> Ball:
    return ball(value)


# The value of each function at a ball, given its fixed data.
SCALAR: dict[str, Callable[..., Ball]] = {
    **{
        name: getattr(arb, name)
        for name in (
            *("expm1", "log1p", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc"),
            *("erfinv", "erfcinv", "gamma", "rgamma", "lambertw", "si", "ci", "sinc", "floor"),
            "zeta",
        )
    },
    **{f"arc{n}": getattr(arb, f"a{n}") for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "exp": _exp,
    "cbrt": _cbrt,
    "softplus": _softplus,
    "erfcx": _erfcx,
    "log_ndtr": _log_ndtr,
    "gammaln": arb.lgamma,
    "polygamma": _polygamma,
    "gammaincc": lambda u, a: u.gamma_upper(_q(a), regularized=1),
    "zeta_derivative": lambda u, n: _zeta(u, int(n)),
    "bessel_j": lambda u, n: u.bessel_j(_q(n)),
    "bessel_i": lambda u, n: u.bessel_i(_q(n)),
    "bessel_k": lambda u, n: u.bessel_k(_q(n)),
    "airyai": arb.airy_ai,
    "airyaiprime": lambda u: u.airy_ai(derivative=1),
    "expi": arb.ei,
    "exp1": lambda u: u.expint(1),
    "dilog": _dilog,
    "fresnels": arb.fresnel_s,
    "fresnelc": arb.fresnel_c,
    "hyp0f1": _hyp0f1,
    "hyp2f1": lambda u, a, b, c: u.hypgeom_2f1(_q(a), _q(b), _q(c)),
}
# Functions that Arb knows for power series too; the others follow from their derivative.
NATIVE: dict[str, Callable[[Series], Series]] = {
    **{
        name: getattr(arb_series, name)
        for name in ("log", "sin", "cos", "tan", "erf", "erfc", "gamma", "rgamma", "lambertw")
    },
    **{f"arc{name}": getattr(arb_series, f"a{name}") for name in ("sin", "cos", "tan")},
    "gammaln": arb_series.lgamma,
    "zeta": arb_series.zeta,
    "airyai": arb_series.airy_ai,
    "airyaiprime": arb_series.airy_ai_prime,
    "expi": arb_series.ei,
    "si": arb_series.si,
    "ci": arb_series.ci,
    "fresnels": arb_series.fresnel_s,
    "fresnelc": arb_series.fresnel_c,
}


def _zeta(u: Ball, n: int) -> Ball:
    cap = ctx.cap
    ctx.cap = n + 1
    try:
        return arb_series([u, 1], n + 1).zeta()[n] * math.factorial(n)
    finally:
        ctx.cap = cap


def _exp_series(u: Series) -> Series:
    first = u[0]
    if abs(first) < HUGE:
        return u.exp()
    rest = [abs(u[k]) for k in range(1, ctx.cap)]
    if first < 0 and all(k < first * first for k in rest):
        # With t = -first every coefficient is below exp(-t) times a power of t of at most twice
        # the order, so below 2**(-t/2). The exponential of t alone may be beyond Arb's exponents.
        mantissa, exponent = (-first / 2).lower().man_exp()
        power = min(int(exponent) + int(mantissa).bit_length() - 1, MOST)
        return arb_series([arb(0, arb((1, -(2**power))))] * ctx.cap)
    return (u - first).exp() * _exp(first)


@cache
def _rule(op: str, data: tuple[Fraction, ...]) -> "Program":
    return Program([RULES[op](X, *data)])


def apply(op: str, data: tuple[Fraction, ...], u: Ball | Series) -> Ball | Series:
    """Return a function of a ball or of a power series."""
    if isinstance(u, arb):
        return SCALAR[op](u, *data)
    if op == "exp":
        return _exp_series(u)
    if op in NATIVE:
        return NATIVE[op](u)
    first = SCALAR[op](u[0], *data)
    if ctx.cap == 1:
        return arb_series([first], 1)
    cap = ctx.cap
    # h(u) = h(u0) + the integral of h′(u) u′, in a series shorter by one
    ctx.cap = cap - 1
    try:
        [inner] = _rule(op, data).run(u)
        slope = (_series(inner) * u.derivative()).coeffs()
    finally:
        ctx.cap = cap
    return arb_series([first, *(c / (k + 1) for k, c in enumerate(slope))], cap)


def _series(value: Ball | Series) -> Series:
    return value if isinstance(value, arb_series) else arb_series([value], ctx.cap)


def _nan() -> Series:
    return arb_series([arb("nan")] * ctx.cap, ctx.cap)


def _whole(u: Ball | Series, n: int) -> Ball | Series:
    # python-flint's own u**2 is nan for a ball around 0.
    if n == 1:
        return u
    half = _whole(u * u, n // 2)
    return half * u if n % 2 else half


def power(u: Ball | Series, e: Fraction) -> Ball | Series:
    """Return a rational power."""
    if e == 0:
        return arb(1)
    if e.denominator == 1:
        result = _whole(u, abs(int(e)))
        return result if e > 0 else 1 / result
    if e.denominator == 2:
        root = u.sqrt() if e > 0 else u.rsqrt()
        n = abs(e.numerator)
        return root**n if n > 1 else root
    return u ** fmpq(e.numerator, e.denominator)


def _sign(difference: Ball | Series, strict: bool, side: int) -> bool | None:
    """Say whether a difference is below 0, None where the ball does not tell."""
    first = difference if isinstance(difference, arb) else difference[0]
    if first < 0:
        return True
    if first > 0:
        return False
    if first == 0:
        if not side:
            return not strict
        rest = [difference[k] for k in range(1, ctx.cap)]
        for k, c in enumerate(rest, 1):
            if c != 0:  # surely not zero
                return bool((c if side > 0 or k % 2 == 0 else -c) < 0)
            if not c.is_zero():
                break
    return None


def _united(a: Ball | Series, b: Ball | Series) -> Ball | Series:
    if isinstance(a, arb) and isinstance(b, arb):
        return a.union(b)
    a, b = _series(a), _series(b)
    return arb_series([a[k].union(b[k]) for k in range(ctx.cap)], ctx.cap)


class Program:
    """Terms in x, compiled into steps that share what they have in common.

    Parameters
    ----------
    terms : sequence of Term
        What to evaluate.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        steps: list[Term] = []
        for t in terms:
            steps += subterms(t)
        self.steps = list(dict.fromkeys(steps))
        place = {t: k for k, t in enumerate(self.steps)}
        self.args = [[place[a] for a in t.args] for t in self.steps]
        self.roots = [place[t] for t in terms]
        self._constants: dict[int, list[Ball | None]] = {}

    def constants(self) -> list[Ball | None]:
        """Return the values of the steps without x at the current precision."""
        bits = ctx.prec
        if bits not in self._constants:
            values: list[Ball | None] = []
            for t, places in zip(self.steps, self.args, strict=True):
                if t.free:
                    values.append(None)
                else:
                    values.append(_step(t, [values[p] for p in places], 0))
            self._constants[bits] = values
        return self._constants[bits]

    def run(
        self, x: Ball | Series, side: int = 0, others: Mapping[str, Ball | Series] | None = None
    ) -> list[Ball | Series]:
        """Evaluate at a ball or a power series.

        Parameters
        ----------
        x : arb or arb_series
            Where.
        side : {-1, 0, 1}
            Which branch counts where a condition is 0 at x itself: the left, the one written, or
            the right.
        others : mapping, optional
            The values of symbols other than x.

        Raises
        ------
        ExpressionError
            For a symbol without a value.
        """
        values = list(self.constants())
        for k, (t, places) in enumerate(zip(self.steps, self.args, strict=True)):
            if values[k] is None:
                if t.op == "sym":
                    name = t.data[0]
                    if t is not X and name not in (others or {}):
                        raise ExpressionError(f"unknown symbol `{name}`")
                    values[k] = x if t is X else (others or {})[name]
                else:
                    values[k] = _step(t, [values[p] for p in places], side)
        return [values[r] for r in self.roots]

    def coefficients(self, x: Ball, order: int, side: int = 0, root: int = 0) -> list[Ball]:
        """Return the Taylor coefficients 0 … order of one term at a ball, nan where undefined."""
        cap = ctx.cap
        ctx.cap = order + 1
        try:
            value = _series(self.run(arb_series([x, 1], order + 1), side)[root])
            return [value[k] for k in range(order + 1)]
        finally:
            ctx.cap = cap

    def derivatives(self, x: Ball, order: int, side: int = 0) -> list[Ball]:
        """Return f, f′, f″ … at a ball."""
        return [
            c * math.factorial(k) if k > 1 else c
            for k, c in enumerate(self.coefficients(x, order, side))
        ]


def _step(t: Term, args: list[Any], side: int) -> Any:
    try:
        match t.op:
            case "num":
                return ball(t.data[0])
            case "pi":
                return arb.pi()
            case "oo":
                return arb("inf")
            case "add":
                result = ball(t.data[0]) if t.data[0] else None
                for value, q in zip(args, t.data[1:], strict=True):
                    part = value if q == 1 else -value if q == -1 else value * ball(q)
                    result = part if result is None else result + part
                return result
            case "mul":
                result = None
                for value, e in zip(args, t.data, strict=True):
                    part = value if e == 1 else power(value, e)
                    result = part if result is None else result * part
                return result
            case "if":
                below = _sign(args[0], t.data[0] == "<", side)
                if below is None:
                    return _united(args[1], args[2])
                return args[1] if below else args[2]
            case op:
                return apply(op, t.data, args[0])
    except (ZeroDivisionError, ValueError):
        if any(isinstance(a, arb_series) for a in args):
            return _nan()
        return arb("nan")


def settled(value: Ball, bits: int = BITS) -> bool:
    """Say whether a ball has so many sure bits, is exactly 0, or lies below every float."""
    return bool(value.rel_accuracy_bits() >= bits) or negligible(value)


def negligible(value: Ball) -> bool:
    """Say whether a ball lies below every float."""
    return bool(value.is_finite() and abs(value) < _below())


@cache
def _below() -> Ball:
    return arb((1, -BELOW))


def settle(compute: Callable[[], list[Ball]], bits: int = BITS, limit: int = LIMIT) -> list[Ball]:
    """Raise the precision until every ball has so many sure bits.

    Raises
    ------
    Unsettled
        If one does not at the last precision.
    """
    precision_ = max(START, bits + 38)
    before = ctx.prec
    try:
        while True:
            ctx.prec = precision_
            values = compute()
            if all(settled(v, bits) for v in values):
                return values
            precision_ *= 2
            if precision_ > limit:
                worst = next(v for v in values if not settled(v, bits))
                raise Unsettled(f"{text(worst)} is not settled at {precision_ // 2} bits")
    finally:
        ctx.prec = before


def text(value: Ball, digits: int = 10) -> str:
    """Return a ball for a message: its digits with the radius, in brackets unless exact."""
    return str(value.str(digits))


@cache
def program(t: Term) -> Program:
    """Return a term compiled."""
    return Program([t])


def derivatives(t: Term, x: Fraction | float, order: int, side: int = 0) -> list[Ball]:
    """Return f, f′, … at a number, each with `BITS` sure bits.

    Raises
    ------
    Unsettled
        If one cannot be settled: the message names x.
    """
    compiled = program(t)
    try:
        return settle(lambda: compiled.derivatives(ball(x), order, side))
    except Unsettled as error:
        raise Unsettled(f"at x = {float(x)!r}: {error}") from None


def value(t: Term, bits: int = BITS) -> Ball:
    """Return a constant term to so many sure bits."""
    compiled = program(t)
    return settle(lambda: [compiled.run(arb(0))[0]], bits)[0]


def parts(value: Ball) -> tuple[float, float, int]:
    """Return (high, low, exponent) with ``(high + low) * 2**exponent`` the midpoint of a ball.

    0.5 <= |high| < 1, and low adds the next 53 bits.
    """
    if not value.is_finite():
        raise Unsettled(f"{text(value)} is not finite")
    if negligible(value):
        return 0.0, 0.0, 0
    mantissa, exponent = (int(p) for p in value.mid().man_exp())
    sign, m = (-1, -mantissa) if mantissa < 0 else (1, mantissa)
    length = m.bit_length()
    high = m / (1 << length)  # rounded once: Python divides integers exactly
    if high == 1.0:
        high, length = 0.5, length + 1
    rest = ((m << 53) - (int(high * 2**53) << length)) / (1 << (length + 53))
    return sign * high, sign * rest, exponent + length
