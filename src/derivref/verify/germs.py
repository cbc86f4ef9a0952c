"""Tails: what a formula does near an end of its domain, with every bound explicit.

Near an end x is written in t, which grows from T to infinity: x = t, x = -t or x = a ± 1/t. There
a function is a sum of exact terms c S(t), from the dominant to the least, and a rest R(t) [lo, hi]
that is bounded for every t ≥ T. A scale S is exp of a combination of e^t, t^p log(t)^q and
log log t, so that products add exponents, and of two scales one dominates. From the sum one reads
the limit (exactly), the sign on the whole tail, and an enclosure of all values there.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb

from derivref.language.syntax import ExpressionError
from derivref.verify import balls
from derivref.verify.balls import Ball, precision
from derivref.verify.terms import (
    ONE,
    PI,
    ZERO,
    Term,
    X,
    call,
    differentiate,
    function_of,
    linear,
    num,
    power,
    substitute,
    term,
    value_of,
)

KEEP = 4  # exact terms: two suffice for the first 29 entries, the next cost a fifth more time
BITS = 128  # precision of the bounds
Key = tuple[Any, Any, Any]  # t**p * log(t)**q * log(log(t))**m in the exponent; p = inf: e**t
EXP, POWER, LOG = (math.inf, 0, 0), (0, 1, 0), (0, 0, 1)
Scale = tuple[tuple[Key, Term], ...]  # exponents, the dominant generator first
UNIT: Scale = ()


class Undecided(ExpressionError):  # noqa: N818 (what it says, as KeyError does)
    """What the asymptotics cannot tell: the reason."""


def number(t: Term) -> Ball:
    """Return the ball of a constant."""
    try:
        return balls.value(t, 64)
    except ExpressionError as error:
        raise Undecided(str(error)) from None


def sign_of(t: Term) -> int:
    """Return the sign of a constant."""
    if t is ZERO:
        return 0
    v = number(t)
    if v > 0:
        return 1
    if v < 0:
        return -1
    raise Undecided(f"the sign of {t} is not known")


def scale_of(exponents: Mapping[Key, Term]) -> Scale:
    """Return a scale from its exponents."""
    kept = ((k, e) for k, e in exponents.items() if e is not ZERO)
    return tuple(sorted(kept, key=lambda p: p[0], reverse=True))


def times(a: Scale, b: Scale, sign: int = 1) -> Scale:
    """Return the product of two scales, or with sign = -1 the quotient."""
    exponents = dict(a)
    for key, e in b:
        exponents[key] = exponents.get(key, ZERO) + sign * e
    return scale_of(exponents)


def raised(a: Scale, e: Fraction) -> Scale:
    """Return a rational power of a scale."""
    return tuple((key, num(e) * f) for key, f in a)


def direction(a: Scale) -> int:
    """Return 1 if a scale grows to infinity, -1 if it falls to 0, 0 if it is 1."""
    return sign_of(a[0][1]) if a else 0


def _generator(key: Key, at: Ball) -> Ball:
    p, q, m = key
    if p == math.inf:
        return at.exp()
    result = balls.power(at, Fraction(p)) if p else arb(1)
    log = at.log()
    if q:
        result *= balls.power(log, Fraction(q))
    return result * log.log() ** m if m else result


def _growth(key: Key, at: Ball) -> tuple[Fraction, Fraction, Ball]:
    """Return a, b, c with the derivative of a generator t**a * log(t)**b * c for t ≥ T."""
    p, q, m = (Fraction(v) for v in key)
    if m:
        return Fraction(-1), Fraction(-1), arb(1)
    if not p:
        return Fraction(-1), q - 1, balls.ball(q)
    return p - 1, q, balls.ball(p).union(balls.ball(p) + balls.ball(q) / at.log())


class Germ:
    """A function of t on [T, ∞): exact terms, and a bounded rest.

    Parameters
    ----------
    start : Fraction
        T.
    terms : mapping
        From scales to their coefficients.
    rest : (Scale, ball), optional
        The rest lies in scale times ball.
    """

    def __init__(
        self,
        start: Fraction,
        terms: Mapping[Scale, Term],
        rest: tuple[Scale, Ball] | None = None,
    ) -> None:
        self.start = start
        order = _sorted([s for s, c in terms.items() if c is not ZERO])
        if rest is not None and rest[1] == 0:
            rest = None
        cut = len(order)
        if rest is not None:
            cut = sum(direction(times(s, rest[0], -1)) > 0 for s in order)
        cut = min(cut, KEEP)
        self.terms = {s: terms[s] for s in order[:cut]}
        if order[cut:]:
            base = order[cut] if rest is None else _sorted([order[cut], rest[0]])[0]
            total = arb(0) if rest is None else self._within(rest[0], base) * rest[1]
            for s in order[cut:]:
                total += self._within(s, base) * number(terms[s])
            rest = base, total
        self.rest = rest

    def _within(self, small: Scale, large: Scale) -> Ball:
        """Return the range of small/large, 1 or falling to 0."""
        ratio = times(small, large, -1)
        return arb(1) if not ratio else arb(0).union(self.top(ratio))

    def top(self, falling: Scale) -> Ball:
        """Return the value at T of a scale that falls from there on.

        Raises
        ------
        Undecided
            If it has not begun to fall at T.
        """
        at = balls.ball(self.start)
        (first, lead), *others = falling
        if not number(lead) < 0:
            raise Undecided("a scale does not fall")
        pull = number(lead)
        for key, e in others:
            if not number(e) < 0:
                pull += number(e) * self._relative(key, first, at)
        if not pull < 0:
            raise Undecided(f"the tail begins beyond {float(self.start):g}")
        return sum((number(e) * _generator(k, at) for k, e in falling), arb(0)).exp()

    @staticmethod
    def _relative(key: Key, first: Key, at: Ball) -> Ball:
        """Bound the derivative of a lesser generator over that of the first, for t ≥ T."""
        a, b, c = _growth(key, at)
        if first == EXP:
            if not at > balls.ball(abs(a) + abs(b)):
                raise Undecided(f"the tail begins beyond {at}")
            ratio = c / at.exp()
        else:
            a0, b0, c0 = _growth(first, at)
            a, b, ratio = a - a0, b - b0, c / c0
            if a > 0 or (a == 0 and b > 0) or (b > 0 and not at.log() > balls.ball(b / -a)):
                raise Undecided(f"the tail begins beyond {at}")
        if a:
            ratio *= balls.power(at, a)
        return abs(ratio * (balls.power(at.log(), b) if b else 1)).upper()

    # --- arithmetic -------------------------------------------------------------------------------

    def _new(self, terms: Mapping[Scale, Term], rest: tuple[Scale, Ball] | None = None) -> "Germ":
        return Germ(self.start, terms, rest)

    def constant(self, c: Term | int | Fraction) -> "Germ":
        """Return a constant on the same tail."""
        return self._new({UNIT: term(c)})

    def bounded(self, b: Ball) -> "Germ":
        """Return something of which only bounds are known."""
        return self._new({}, (UNIT, b))

    def __add__(self, other: "Germ") -> "Germ":
        terms = dict(self.terms)
        for s, c in other.terms.items():
            terms[s] = terms.get(s, ZERO) + c
        rests = [r for r in (self.rest, other.rest) if r is not None]
        if len(rests) < 2:
            return self._new(terms, rests[0] if rests else None)
        base = _sorted([r[0] for r in rests])[0]
        both = sum((self._within(s, base) * b for s, b in rests), arb(0))
        return self._new(terms, (base, both))

    def __neg__(self) -> "Germ":
        return self.scaled(num(-1))

    def __sub__(self, other: "Germ") -> "Germ":
        return self + -other

    def scaled(self, c: Term | Fraction | int, by: Scale = UNIT) -> "Germ":
        """Return a multiple, by a constant and a scale."""
        c = term(c)
        rest = self.rest and (times(self.rest[0], by), self.rest[1] * number(c))
        return self._new({times(s, by): d * c for s, d in self.terms.items()}, rest)

    def __mul__(self, other: "Germ") -> "Germ":
        terms: dict[Scale, Term] = {}
        for s, c in self.terms.items():
            for r, d in other.terms.items():
                key = times(s, r)
                terms[key] = terms.get(key, ZERO) + c * d
        result = self._new(terms)
        if other.rest is not None:
            result = result + self._spread(other.rest)
        if self.rest is not None:
            result = result + Germ(self.start, other.terms)._spread(self.rest)
        return result

    def _spread(self, rest: tuple[Scale, Ball]) -> "Germ":
        """Return the product with something of which only bounds are known."""
        scale, b = rest
        result = self._new({})
        for s, c in self.terms.items():
            result = result + self._new({}, (times(s, scale), number(c) * b))
        if self.rest is not None:
            result = result + self._new({}, (times(self.rest[0], scale), self.rest[1] * b))
        return result

    @cached_property
    def lead(self) -> tuple[Scale, Term | None]:
        """The dominant scale, with its coefficient if that is exact."""
        if self.terms:
            return next(iter(self.terms.items()))
        if self.rest is None:
            return UNIT, ZERO
        return self.rest[0], None

    @cached_property
    def delta(self) -> tuple["Germ", Ball]:
        """What follows the dominant term, relative to it, with its range."""
        s, c = self.lead
        if c is None or c is ZERO:
            raise Undecided("no term dominates")
        rest = self.rest and (times(self.rest[0], s, -1), self.rest[1] / number(c))
        after = {times(r, s, -1): d / c for r, d in self.terms.items() if r != s}
        result = self._new(after, rest)
        return result, result.range()

    def range(self) -> Ball:
        """Return an enclosure of all values on the tail; infinite where they grow."""
        total = arb(0)
        for s, b in [(s, number(c)) for s, c in self.terms.items()] + (
            [self.rest] if self.rest else []
        ):
            match direction(s):
                case 0:
                    total += b
                case -1:
                    total += b * arb(0).union(self.top(s))
                case _:
                    return arb(0, math.inf)
        return total

    def beyond(self, bound: float) -> None:
        """Hold that all values exceed a bound that an expansion needs.

        Raises
        ------
        Undecided
            If that is not known.
        """
        s, c = self.lead
        if c is not None and direction(s) > 0:
            least = number(c) / self.top(raised(s, Fraction(-1))) * (1 - abs(self.delta[1]))
            if least > bound:
                return
        raise Undecided(f"the tail begins beyond {float(self.start):g}")

    def sign(self) -> int:
        """Return the sign on the whole tail, 0 if it vanishes there.

        Raises
        ------
        Undecided
            If the dominant term does not tell.
        """
        _, c = self.lead
        if c is ZERO:
            return 0
        if c is None:
            assert self.rest is not None
            b = self.rest[1]
            if b > 0:
                return 1
            if b < 0:
                return -1
            raise Undecided("only bounds of both signs are known")
        if abs(self.delta[1]) < 1:
            return sign_of(c)
        raise Undecided(f"the tail begins beyond {float(self.start):g}")

    def limit(self) -> Term | int | None:
        """Return the limit: a constant, ±1 for ±infinity, or None where it is not known."""
        s, c = self.lead
        way = direction(s)
        if way < 0:
            return ZERO
        if c is None:
            if way > 0 and self.rest is not None and (self.rest[1] > 0 or self.rest[1] < 0):
                return 1 if self.rest[1] > 0 else -1
            return None
        return c if way == 0 else sign_of(c)

    # --- functions --------------------------------------------------------------------------------

    def raised(self, e: Fraction) -> "Germ":
        """Return a rational power."""
        s, c = self.lead
        if c is None:
            assert self.rest is not None
            b = self.rest[1]
            if (e < 0 or e.denominator > 1) and not (b > 0 or (e.denominator == 1 and b < 0)):
                raise Undecided("a power of something that may vanish")
            return self._new({}, (raised(s, e), balls.power(b, e)))
        if c is ZERO:
            return self.constant(power(c, e))
        if e.denominator > 1 and sign_of(c) < 0:
            raise Undecided("a root of something negative")
        d, range_ = self.delta
        if not abs(range_) < 1:
            raise Undecided(f"the tail begins beyond {float(self.start):g}")
        # (1 + d)**e = 1 + e d + e (e - 1)/2 (1 + [d])**(e - 2) d**2, and one order more
        q = e * (e - 1) / 2
        third = balls.ball(q * (e - 2) / 3) * balls.power(1 + range_.union(0), e - 3)
        inner = self.constant(1) + d.scaled(e) + (d * d).scaled(q)
        inner = inner + (d * d * d)._spread((UNIT, third))
        return inner.scaled(power(c, e), raised(s, e))

    def log(self) -> "Germ":
        """Return the natural logarithm."""
        s, c = self.lead
        result = self._new({_scale_of_generator(k): e for k, e in s})
        if c is None:
            assert self.rest is not None
            if not self.rest[1] > 0:
                raise Undecided("a logarithm of something that may vanish")
            return result + self.bounded(self.rest[1].log())
        if sign_of(c) <= 0:
            raise Undecided("a logarithm of something negative")
        d, range_ = self.delta
        if not abs(range_) < 1:
            raise Undecided(f"the tail begins beyond {float(self.start):g}")
        third = (1 + range_.union(0)) ** -3 / 3
        return (
            result
            + self.constant(call("log", c))
            + d
            - (d * d).scaled(Fraction(1, 2))
            + (d * d * d)._spread((UNIT, third))
        )

    def split(self) -> tuple[dict[Scale, Term], Term, "Germ"]:
        """Return the terms that grow, the constant, and what is left."""
        if self.rest is not None and direction(self.rest[0]) > 0:
            raise Undecided("the rest is not bounded")
        grows = {s: c for s, c in self.terms.items() if direction(s) > 0}
        small = {s: c for s, c in self.terms.items() if direction(s) < 0}
        return grows, self.terms.get(UNIT, ZERO), self._new(small, self.rest)

    def exp(self) -> "Germ":
        """Return the exponential."""
        grows, c, small = self.split()
        exponents = {_generator_of_scale(s): d for s, d in grows.items()}
        range_ = small.range()
        if small.rest is not None and small.rest[0] == UNIT:
            inner = self.bounded(range_.exp())
        else:
            third = range_.union(0).exp() / 6
            inner = self.constant(1) + small + (small * small).scaled(Fraction(1, 2))
            inner = inner + (small * small * small)._spread((UNIT, third))
        return inner.scaled(call("exp", c), scale_of(exponents))


def _sorted(scales: list[Scale]) -> list[Scale]:
    """Return scales, the dominant first."""
    result: list[Scale] = []
    for s in scales:
        k = 0
        while k < len(result) and direction(times(result[k], s, -1)) > 0:
            k += 1
        result.insert(k, s)
    return result


def _scale_of_generator(key: Key) -> Scale:
    p, q, m = key
    if m:
        raise Undecided("log log log t")
    if p == math.inf:
        return (((1, 0, 0), ONE),)
    return scale_of({POWER: num(Fraction(p)), LOG: num(Fraction(q))})


def _generator_of_scale(s: Scale) -> Key:
    exponents = dict(s)
    if set(exponents) <= {POWER, LOG}:
        p, q = (value_of(exponents.get(k, ZERO)) for k in (POWER, LOG))
        if p is not None and q is not None and (p > 0 or (p == 0 and q > 0)):
            return (p, q, 0)
    if exponents == {(1, 0, 0): ONE}:
        return EXP
    raise Undecided("an exponent outside the scales")


# --- functions at infinity and at singular points -------------------------------------------------

_HALF = Fraction(1, 2)
_ROOT_PI = power(PI, _HALF)


def _series(u: Germ, *terms: tuple[Fraction | int, Fraction | int | Ball]) -> Germ:
    """Return a sum of powers of u; a ball as coefficient bounds the rest."""
    result = u.constant(0)
    for e, c in terms:
        part = u.raised(Fraction(e)) if e else u.constant(1)
        result = result + (
            part._spread((UNIT, c)) if isinstance(c, arb) else part.scaled(Fraction(c))
        )
    return result


def _upto(q: Fraction | int) -> Ball:
    """Return the ball between 0 and a number: the first term left out of an enveloping series."""
    return arb(0).union(balls.ball(Fraction(q)))


def _erfcx(u: Germ) -> Germ:
    # DLMF 7.12.1: alternating and enveloping for u > 0
    rest = _upto(Fraction(-15, 8))
    return _series(u, (-1, 1), (-3, -_HALF), (-5, Fraction(3, 4)), (-7, rest)).scaled(1 / _ROOT_PI)


def _erfc(u: Germ) -> Germ:
    return (-(u * u)).exp() * _erfcx(u)


def _gammaln(u: Germ) -> Germ:
    # DLMF 5.11.1, enveloping for u > 0
    rest = _series(u, (-1, Fraction(1, 12)), (-3, _upto(Fraction(-1, 360))))
    half_log = call("log", 2 * PI) / 2
    return (u - u.constant(_HALF)) * u.log() - u + u.constant(half_log) + rest


def _polygamma(u: Germ, n: int) -> Germ:
    if n == 0:
        return u.log() + _series(
            u, (-1, -_HALF), (-2, Fraction(-1, 12)), (-4, _upto(Fraction(1, 120)))
        )
    f = math.factorial
    series = _series(
        u,
        (-n, f(n - 1)),
        (-n - 1, Fraction(f(n), 2)),
        (-n - 2, Fraction(f(n + 1), 12)),
        (-n - 4, _upto(Fraction(-f(n + 3), 720))),
    )
    return series if n % 2 else -series


def _tanh(u: Germ) -> Germ:
    return u.constant(1) - (u.scaled(2).exp() + u.constant(1)).raised(Fraction(-1)).scaled(2)


def _bessel_k(u: Germ, n: int) -> Germ:
    # DLMF 10.40.2 with 10.40(iii): the rest is below the first term left out, with its sign
    m = 4 * n * n
    a1, a2 = Fraction(m - 1, 8), Fraction((m - 1) * (m - 9), 128)
    inner = _series(u, (0, 1), (-1, a1), (-2, _upto(a2)))
    return (-u).exp() * u.raised(-_HALF).scaled(power(PI / 2, _HALF)) * inner


def _bessel_i(u: Germ, n: int) -> Germ:
    # 2 θ²/π² ≤ 1 - cos θ ≤ θ²/2 in the integral of I0 gives [0.99, π/2] exp(u)/sqrt(2πu) for
    # u ≥ 2; Amos 1974 bounds each ratio of neighbours by u/(k + 1/2 + sqrt(u² + (k + 3/2)²)) and 1.
    u.beyond(2)
    low = arb("0.99")
    for k in range(n):
        low *= 2 / (arb(k + 0.5) + (arb(4) + arb(k + 1.5) ** 2).sqrt())
    main = u.exp() * u.raised(-_HALF).scaled(power(2 * PI, -_HALF))
    return main._spread((UNIT, low.union(arb.pi() / 2)))


def _airy(u: Germ, derivative: bool) -> Germ:
    z = u.raised(Fraction(3, 2)).scaled(Fraction(2, 3))
    a1, a2 = (
        (Fraction(7, 72), Fraction(-455, 10368))
        if derivative
        else (Fraction(-5, 72), Fraction(385, 10368))
    )
    inner = (-z).exp() * _series(z, (0, 1), (-1, a1), (-2, _upto(a2)))
    inner = inner * u.raised(Fraction(1 if derivative else -1, 4))
    return inner.scaled(num(Fraction(-1 if derivative else 1, 2)) / _ROOT_PI)


def _lambertw(u: Germ) -> Germ:
    # Hoorfar and Hassani 2008, theorem 2.7: between log u - log log u and log u for u ≥ e, and
    # log log u / log u is at most 1/e.
    u.beyond(2.72)
    return u.log()._spread((UNIT, arb(1).union(1 - arb(-1).exp())))


def _zeta(u: Germ) -> Germ:
    # Of the sum of (2/n)**u from n = 3 on: at most 1 for u ≥ 3.
    u.beyond(3)
    return u.constant(1) + u.scaled(-call("log", num(2))).exp()._spread((UNIT, arb(1).union(2)))


def _gammaincc(u: Germ, a: Fraction) -> Germ:
    # Between 1 and 1/(1 - (a - 1)/u) times u**(a - 1) exp(-u)/Γ(a): in the integral of
    # (1 + s/u)**(a - 1) exp(-s), 1 + s/u lies between 1 and exp(s/u). (DLMF 8.10.1 is one side.)
    u.beyond(2 * abs(float(a - 1)) + 1)
    factor = 1 / (1 - balls.ball((a - 1) / (2 * abs(a - 1) + 1)))
    main = u.raised(a - 1) * (-u).exp()
    return main.scaled(call("rgamma", num(a)))._spread((UNIT, arb(1).union(factor)))


def _hyp0f1(v: Germ, a: Fraction) -> Germ:
    z = v.raised(_HALF).scaled(2)
    bound = arb("0.7858") * balls.ball(a).gamma() * balls.power(arb(2), a - 1)
    return _decays(z, ZERO, Fraction(2, 3) - a, bound)


def _decays(u: Germ, c: Term, by: Fraction, bound: Ball) -> Germ:
    return u.constant(c) + u.raised(by)._spread((UNIT, arb(0, 1) * bound))


# Each for an argument that tends to +infinity; odd and even functions are reflected.
AT_INFINITY: dict[str, Callable[..., Germ]] = {
    "exp": lambda u: u.exp(),
    "expm1": lambda u: u.exp() - u.constant(1),
    "log": lambda u: u.log(),
    "log1p": lambda u: (u + u.constant(1)).log(),
    "softplus": lambda u: u + ((-u).exp() + u.constant(1)).log(),
    "sinh": lambda u: (u.exp() - (-u).exp()).scaled(_HALF),
    "cosh": lambda u: (u.exp() + (-u).exp()).scaled(_HALF),
    "tanh": _tanh,
    "sin": lambda u: u.bounded(arb(0, 1)),
    "cos": lambda u: u.bounded(arb(0, 1)),
    "arctan": lambda u: u.constant(PI / 2) - applied("arctan", (), u.raised(Fraction(-1))),
    "arcsinh": lambda u: (u + (u * u + u.constant(1)).raised(_HALF)).log(),
    "arccosh": lambda u: (u + (u * u - u.constant(1)).raised(_HALF)).log(),
    "cbrt": lambda u: u.raised(Fraction(1, 3)),
    "erfc": _erfc,
    "erf": lambda u: u.constant(1) - _erfc(u),
    "erfcx": _erfcx,
    "log_ndtr": lambda u: (
        u.constant(1) - _erfc(u.scaled(power(num(2), -_HALF))).scaled(_HALF)
    ).log(),
    "gammaln": _gammaln,
    "gamma": lambda u: _gammaln(u).exp(),
    "rgamma": lambda u: (-_gammaln(u)).exp(),
    "polygamma": lambda u, n: _polygamma(u, int(n)),
    # Landau 2000: |J| ≤ 0.7858 x**(-1/3) for every order
    "bessel_j": lambda u, n: _decays(u, ZERO, Fraction(-1, 3), arb("0.7858")),
    "bessel_i": lambda u, n: _bessel_i(u, int(n)),
    "bessel_k": lambda u, n: _bessel_k(u, int(n)),
    "gammaincc": lambda u, a: _gammaincc(u, a),
    "airyai": lambda u: _airy(u, derivative=False),
    "airyaiprime": lambda u: _airy(u, derivative=True),
    "lambertw": _lambertw,
    # DLMF 6.12.1, enveloping for u > 0
    "exp1": lambda u: (-u).exp() * _series(u, (-1, 1), (-2, -1), (-3, _upto(2))),
    "si": lambda u: _decays(u, PI / 2, Fraction(-1), arb(1)),
    "ci": lambda u: _decays(u, ZERO, Fraction(-1), arb(1)),
    "sinc": lambda u: _decays(u, ZERO, Fraction(-1), arb(1)),
    "fresnels": lambda u: _decays(u, num(_HALF), Fraction(-1), 1 / arb.pi()),
    "fresnelc": lambda u: _decays(u, num(_HALF), Fraction(-1), 1 / arb.pi()),
    "zeta": lambda u: _zeta(u),
}
# The same for -infinity, in v = -u.
AT_MINUS: dict[str, Callable[..., Germ]] = {
    "hyp2f1": lambda v, *data: _logarithmic(-v, data),
    "dilog": lambda v: _dilog(v),
    # 0F1(a; -z²/4) = Γ(a) (2/z)**(a - 1) J(z) of order a - 1
    "hyp0f1": _hyp0f1,
    "exp": lambda v: (-v).exp(),
    "expm1": lambda v: (-v).exp() - v.constant(1),
    "softplus": lambda v: ((-v).exp() + v.constant(1)).log(),
    "erfc": lambda v: v.constant(2) - _erfc(v),
    "erfcx": lambda v: (v * v).exp().scaled(2) - _erfcx(v),
    "log_ndtr": lambda v: _erfc(v.scaled(power(num(2), -_HALF))).scaled(_HALF).log(),
    "expi": lambda v: -AT_INFINITY["exp1"](v),
}
_REFLECTED = {
    **dict.fromkeys(("sinh", "tanh", "sin", "arctan", "arcsinh", "cbrt", "erf", "si"), -1),
    **dict.fromkeys(("fresnels", "fresnelc"), -1),
    **dict.fromkeys(("cosh", "cos", "sinc"), 1),
}
OSCILLATING = {"sin", "cos"}


def _near_one(u: Germ) -> Germ:
    """Return arccos near 1, where its slope is infinite: 2 arcsin(sqrt((1 - u)/2))."""
    root = (u.constant(1) - u).scaled(_HALF).raised(_HALF)
    return applied("arcsin", (), root).scaled(2)


def _singular(op: str, data: tuple[Fraction, ...], u: Germ, c: Term) -> Germ | None:
    """Return a function at a constant where it has no power series, or None if it has one."""
    at, one = value_of(c), u.constant(1)
    match op:
        case "log":
            return u.log()
        case "erfinv" | "erfcinv" if (found := _quantile(op, u)) is not None:
            return found[1].scaled(found[2])
        case "hyp2f1" if at == 1:
            return _logarithmic(u, data)
        case "dilog" if at == 1:  # DLMF 25.12.6
            rest = one - u
            return u.constant(PI**2 / 6) - u.log() * rest.log() - applied("dilog", (), rest)
        case "log1p" if at == -1:
            return (u + one).log()
        case "arcsin" | "arccos" if at in (1, -1):
            near = _near_one(u if at == 1 else -u)
            if op == "arccos":
                return near if at == 1 else u.constant(PI) - near
            near = u.constant(PI / 2) - near
            return near if at == 1 else -near
        case "tan" if call("cos", c) is ZERO:
            return applied("sin", (), u) * applied("cos", (), u).raised(Fraction(-1))
        case "arctanh" if at in (1, -1):
            return ((one + u).log() - (one - u).log()).scaled(_HALF)
        case "arccosh" if at == 1:
            return (u + ((u - one) * (u + one)).raised(_HALF)).log()
        case "cbrt" if at == 0:
            sign = u.sign()
            return u.scaled(sign).raised(Fraction(1, 3)).scaled(sign)
        case "gamma" | "gammaln" | "polygamma" if at is not None and at <= 0 == at % 1:
            shifted = applied(op, data, u + one)
            if op == "gamma":
                return shifted * u.raised(Fraction(-1))
            if op == "gammaln":
                return shifted - u.log()
            n = int(data[0])
            return shifted - u.raised(Fraction(-n - 1)).scaled((-1) ** n * math.factorial(n))
        case "expi" | "exp1" | "ci" | "bessel_k" if at == 0 and not abs(u.range()) <= 0.07:
            raise Undecided(f"the tail begins beyond {float(u.start):g}")
        case "expi" | "ci" if at == 0:
            # DLMF 6.6.2 and 6.6.6 with |u| ≤ 1/16: the rests are below twice their first terms
            q = Fraction(1, 4) if op == "expi" else Fraction(-1, 4)
            rest = (u * u)._spread((UNIT, arb(0).union(2 * balls.ball(q))))
            start = u.log() + u.bounded(arb.const_euler()) + rest
            return start + u if op == "expi" else start
        case "exp1" if at == 0:
            rest = (u * u)._spread((UNIT, arb(0).union(arb(-0.5))))
            return u + rest - u.log() - u.bounded(arb.const_euler())
        case "bessel_k" if at == 0 and data[0] == 0:
            # DLMF 10.31.2: -(log(u/2) + γ) I0(u) + u²/4 …
            start = -(u.scaled(_HALF).log() + u.bounded(arb.const_euler()))
            return (
                start
                + ((u * u) * start)._spread((UNIT, arb(0).union(0.5)))
                + ((u * u)._spread((UNIT, arb(0).union(0.5))))
            )
        case "bessel_k" if at == 0:
            # DLMF 10.31.1: 1/u + log(u/2) I1(u) - …, of which the rest is below u |log(u/2)|
            inverse = u.raised(Fraction(-1))
            return inverse + (u * u.scaled(_HALF).log())._spread((UNIT, arb(0).union(1)))
    return None


def _logarithmic(u: Germ, data: tuple[Fraction, ...]) -> Germ:
    """Return F(1, 1; 2; u) = -log(1 - u)/u or F(2, 2; 3; u), twice its derivative."""
    one = u.constant(1)
    log = (one - u).log()
    match data:
        case (1, 1, 2):
            return -log * u.raised(Fraction(-1))
        case (2, 2, 3):
            inner = u * (one - u).raised(Fraction(-1)) + log
            return (inner * u.raised(Fraction(-2))).scaled(2)
    raise Undecided("no bounds are known for hyp2f1")


def _dilog(v: Germ) -> Germ:
    # DLMF 25.12.4
    inverse = applied("dilog", (), -v.raised(Fraction(-1)))
    return -(v.log() * v.log()).scaled(_HALF) - v.constant(PI**2 / 6) - inverse


def _quantile(op: str, u: Germ) -> tuple[Germ, Germ, int] | None:
    """Return (s, y, sign) for ±y = erfcinv or erfinv of u, with erfc(y) = s tending to 0."""
    at = u.limit()
    one = u.constant(1)
    ends = {"erfcinv": (u, u.constant(2) - u), "erfinv": (one - u, one + u)}[op]
    for s, sign, end in zip(ends, (1, -1), ((0, 2), (1, -1))[op == "erfinv"], strict=True):
        if isinstance(at, Term) and value_of(at) == end:
            # exp(-4y²) ≤ erfc(y) ≤ exp(-y²) for y ≥ 1/2: y² lies between -log(s)/4 and -log(s)
            log = -s.log()
            log.beyond(1)
            root = log.raised(_HALF)
            return s, root._spread((UNIT, arb(0.5).union(1))), sign
    return None


def applied(op: str, data: tuple[Fraction, ...], u: Germ) -> Germ:
    """Return a function of a germ.

    Raises
    ------
    Undecided
        If nothing is known about the function there.
    """
    s, c = u.lead
    way = direction(s)
    if way > 0:
        if c is None and op in OSCILLATING:
            return u.bounded(arb(0, 1))
        sign = sign_of(c) if c is not None else u.sign()
        if sign > 0 and op in AT_INFINITY:
            return AT_INFINITY[op](u, *data)
        if sign < 0 and op in ("bessel_j", "bessel_i"):
            return applied(op, data, -u).scaled((-1) ** int(data[0]))
        if sign < 0 and op in AT_MINUS:
            return AT_MINUS[op](-u, *data)
        if sign < 0 and op in _REFLECTED:
            return AT_INFINITY[op](-u, *data).scaled(_REFLECTED[op])
        raise Undecided(f"no bounds are known for {op} at {'-' if sign < 0 else ''}infinity")
    if way == 0 and c is None:
        assert u.rest is not None
        b = balls.apply(op, data, u.range())
        if not b.is_finite():
            raise Undecided(f"{op} of a wide range")
        return u.bounded(b)
    at = c if way == 0 and c is not None else ZERO
    singular = _singular(op, data, u, at)
    if singular is not None:
        return singular
    small = u - u.constant(at)
    range_ = small.range()
    where = number(at) + range_.union(0)
    [first, slope, bend] = [_at(op, data, at, k) for k in range(3)]
    third = _program(op, data).coefficients(where, 3)[3]
    if not third.is_finite():
        raise Undecided(f"{op} of a wide range")
    result = u.constant(first) + small.scaled(slope) + (small * small).scaled(bend / 2)
    return result + (small * small * small)._spread((UNIT, third))


def _at(op: str, data: tuple[Fraction, ...], at: Term, order: int) -> Term:
    result = substitute(differentiate(_whole(op, data), "x", order), {"x": at})
    number(result)  # that it is finite
    return result


def _whole(op: str, data: tuple[Fraction, ...]) -> Term:
    return function_of(op, data, X) if data else call(op, X)


def _program(op: str, data: tuple[Fraction, ...]) -> balls.Program:
    return balls.program(_whole(op, data))


def germ(t: Term, x: Callable[[Fraction], Germ], start: Fraction) -> Germ:
    """Return a term on a tail.

    Parameters
    ----------
    t : Term
        A formula in x.
    x : callable
        Returns x on the tail that begins at T.
    start : Fraction
        T, at least 2: log(t) is positive there.

    Raises
    ------
    Undecided
        If a step has no rule, or T is too small for its bounds.
    """
    memo: dict[int, Germ] = {}
    at = x(start)

    def value(u: Term) -> Germ:
        if u.index not in memo:
            memo[u.index] = compute(u)
        return memo[u.index]

    def compute(u: Term) -> Germ:
        if u is X:
            return at
        if not u.free:
            return at.constant(u)
        match u.op:
            case "add":
                result = at.constant(u.data[0])
                for part, q in zip(u.args, u.data[1:], strict=True):
                    result = result + value(part).scaled(q)
                return result
            case "mul":
                result = at.constant(1)
                for part, e in zip(u.args, u.data, strict=True):
                    result = result * (value(part) if e == 1 else value(part).raised(e))
                return result
            case "if":
                sign = value(u.args[0]).sign()
                below = sign < 0 or (sign == 0 and u.data[0] == "<=")
                return value(u.args[1] if below else u.args[2])
            case "exp":  # exp(-W(v)) is W(v)/v, of which the rest stays bounded
                for part, q in linear(u.args[0])[1].items():
                    if part.op == "lambertw" and q < 0:
                        other = value(call("exp", u.args[0] - q * part))
                        return value(part / part.args[0]).raised(-q) * other
                    base = part.args[0] if part.op == "mul" and part.data == (2,) else ONE
                    if base.op in ("erfinv", "erfcinv") and q.denominator == 1:
                        found = _quantile(base.op, value(base.args[0]))
                        if found is not None:  # DLMF 7.8.2: exp(-y²) is about s y sqrt(π)
                            s, y, _ = found
                            bend = y.raised(Fraction(-2)).range() / 2
                            inner = (s * y).scaled(_ROOT_PI).raised(Fraction(-1))
                            inner = inner._spread((UNIT, arb(1).union(1 - bend.upper())))
                            other = value(call("exp", u.args[0] - q * part))
                            return inner.raised(q) * other
        return applied(u.op, u.data, value(u.args[0]))

    with precision(BITS):
        try:
            return value(t)
        except (ValueError, ZeroDivisionError) as error:
            if isinstance(error, Undecided):
                raise
            raise Undecided(str(error)) from None


def toward(end: Term | int, inward: int) -> Callable[[Fraction], Germ]:
    """Return x near an end of an interval as a function of T.

    Parameters
    ----------
    end : Term or int
        A number, or ±1 for ±infinity.
    inward : {1, -1}
        On which side of a number the interval lies.
    """
    t: Scale = ((POWER, ONE),)
    if isinstance(end, int):
        return lambda start: Germ(start, {t: num(end)})
    inverse: Scale = ((POWER, num(-1)),)
    return lambda start: Germ(start, {UNIT: end, inverse: num(inward)})
