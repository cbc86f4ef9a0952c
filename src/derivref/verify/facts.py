"""The key numbers of a function, and how well each is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from derivref.language.syntax import parse
from derivref.language.tex import formula_tex
from derivref.verify import balls
from derivref.verify.balls import DIGITS, Ball
from derivref.verify.terms import from_tree

BASIS_BITS = 240  # 72 digits: more than are compared
SAME = 45  # digits to which a closed form must agree
LARGEST = 1000  # denominator of a closed form: 10**6 fractions to miss by 45 digits
BASIS = (
    "1", "sqrt(2)", "sqrt(3)", "pi", "1/pi", "sqrt(pi)", "1/sqrt(pi)", "1/sqrt(2*pi)",
    "sqrt(2/pi)", "log(2)", "1/log(2)", "exp(1)", "exp(-1)", "log(2 + sqrt(3))",
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A real number to 50 digits, with its closed form where one was recognised."""

    digits: str  # decimal, or "inf", "-inf"
    exact: str = ""  # SymPy string such as "sqrt(2)"

    def __float__(self) -> float:
        return float(self.digits)

    def __str__(self) -> str:
        value = float(self.digits)
        return f"{value:.10g}".replace("e-0", "e-") if np.isfinite(value) else self.digits

    @property
    def latex(self) -> str:
        """The closed form if there is one, else ten digits."""
        return formula_tex(self.exact) if self.exact else formula_tex(str(self))


@dataclass(frozen=True)
class Extreme:
    """An infimum or supremum; `at` holds the isolated points that attain it.

    Not attained: `toward` names the end of the domain, the pole or the kink where it is approached.
    Attained with `at` empty: on a whole interval.
    """

    value: Number
    attained: bool
    at: tuple[Number, ...] = ()
    toward: str = ""


@dataclass(frozen=True)
class Proof:
    """How a fact is known: `proved` for every x of the domain, or from a scan, and why."""

    proved: bool
    reason: str = ""  # of a scan: what stood in the way


@dataclass(frozen=True)
class Facts:
    """The key numbers of an entry at its default parameters, computed from its formula.

    Zeros are all there are (of a periodic function: in one period from 0); what vanishes on an
    interval has no isolated zero. Where `proofs` says that zeros are scanned they are those with
    |x| ≤ 32.
    """

    at_zero: tuple[Number | None, Number | None, Number | None]  # f, f′, f″ at 0; None: undefined
    zeros: tuple[Number, ...]
    slope_zeros: tuple[Number, ...]
    curvature_zeros: tuple[Number, ...]
    inflections: tuple[Number, ...]  # zeros of f″ where it changes its sign
    range: tuple[Extreme, Extreme]  # infimum and supremum of f
    slope_range: tuple[Extreme, Extreme]  # of f′
    lipschitz: Extreme  # the supremum of |f′|
    minimum: Extreme | None  # of f, where it is attained at isolated points
    maximum: Extreme | None
    symmetry: str  # "odd", "even" or ""
    monotone: str  # "increasing", "decreasing" or ""
    shape: str  # "convex", "concave" or ""
    proofs: Mapping[str, Proof] = field(default_factory=dict)  # by the names of the fields

    @property
    def proved(self) -> int:
        """The number of facts that are proved."""
        return sum(p.proved for p in self.proofs.values())


def real(value: Ball) -> Any:
    """Return the midpoint of a ball as an mpmath number, exactly."""
    mantissa, exponent = value.mid().man_exp()
    with mp.workprec(max(53, int(abs(mantissa)).bit_length())):
        return mp.ldexp(mp.mpf(int(mantissa)), int(exponent))


def infinite(sign: int) -> Number:
    """Return plus or minus infinity."""
    return Number("inf" if sign > 0 else "-inf")


def number(value: Ball) -> Number:
    """Return a ball of 200 sure bits as a number; recognise p/q times a constant of `BASIS`."""
    return recognised(real(value))


@cache
def _basis(text: str) -> Ball:
    t = from_tree(parse(text, set(), set(), sympy=True), {})
    return balls.value(t, BASIS_BITS)


def recognised(value: Any) -> Number:
    """Return an mpmath number to 50 digits, with its closed form if it has a simple one."""
    with mp.workdps(DIGITS + 10):
        digits = mp.nstr(value, DIGITS, strip_zeros=True)
        same = mp.mpf(10) ** -SAME
        if abs(value) < same:
            return Number("0", "0")
        for text in BASIS:
            ratio = value / real(_basis(text))
            fraction = Fraction(mp.nstr(ratio, DIGITS)).limit_denominator(LARGEST)
            if fraction and abs(ratio - mp.mpf(fraction.numerator) / fraction.denominator) < same:
                form = sp.Rational(fraction.numerator, fraction.denominator) * sp.sympify(text)
                return Number(digits, str(form))
    return Number(digits)
