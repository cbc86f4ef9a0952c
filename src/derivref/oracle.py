"""The oracle: exact derivatives, values to 30 digits wherever x lies, and errors in ULP.

It reads the formula of a record and never its arithmetic, which it judges: `verify` serves the
tests and the ledger, `measure` the tests and the published tables, so that neither pair can
disagree.
"""

import contextlib
import hashlib
import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import scipy.special
import sympy as sp
from numpy.typing import ArrayLike, DTypeLike, NDArray

from derivref import dual, tape
from derivref.cache import cached
from derivref.expression import formula_tex
from derivref.records import Corner, Scalar
from derivref.records.families import loaded
from derivref.records.wrapped import scalar

X = sp.Symbol("x", real=True)
SHORT = {  # names that preferred forms may use beside SymPy's
    "sigma": lambda u: 1 / (1 + sp.exp(-u)),
    "Phi": lambda u: (1 + sp.erf(u / sp.sqrt(2))) / 2,
    "phi": lambda u: sp.exp(-(u**2) / 2) / sp.sqrt(2 * sp.pi),
    "softplus": lambda u: sp.log(1 + sp.exp(u)),
    "cbrt": sp.real_root,
}
# Digits to work with, raised until two evaluations agree and are not zero: at 36 and at 72 digits
# log(1 + exp(-700)) is 0. What is 0 at 1000 digits is below 1e-1000 or exactly 0.
LADDER = (36, 72, 1000)
AGREE = Fraction(1, 10**30)
TINY = mp.mpf(10) ** -30  # how close to a kink or a pole its sides are judged
ROUND = 50  # digits of the numbers that `facts` gives


# --- formulas ---------------------------------------------------------------------------------


def parse(
    text: str,
    record: Scalar,
    functions: Mapping[str, Any] | None = None,
    *,
    symbolic: bool = False,
) -> sp.Expr:
    """Return a formula of a record as SymPy reads it.

    Parameters
    ----------
    text : str
        The formula.
    record : Scalar
        The entry, for its parameters and abbreviations.
    functions : mapping, optional
        More names of functions.
    symbolic : bool
        Keep the parameters as positive symbols, instead of their values.

    Returns
    -------
    sympy.Expr
        The formula.

    Raises
    ------
    ValueError
        If it has a free symbol other than x and the parameters, or does not parse.
    """
    values = {
        name: sp.Symbol(name, positive=True) if symbolic else sp.Rational(str(value))
        for name, value in record.parameters.items()
    }
    try:
        names = {"x": X, **SHORT, **(functions or {}), **values}
        for name, short in record.where.items():
            names[name] = sp.sympify(short, locals=names, rational=True)
        formula = sp.sympify(text, locals=names, rational=True)
    except (sp.SympifyError, TypeError, AttributeError) as error:
        raise ValueError(f"{record.name}: cannot read the formula `{text}`: {error}") from error
    if unknown := formula.free_symbols - {X, *values.values()}:
        raise ValueError(f"{record.name}: unknown symbol `{min(map(str, unknown))}` in `{text}`")
    return formula


def expression(record: Scalar) -> sp.Expr:
    """Return the formula of f, the parameters at their values.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    sympy.Expr
        In x alone.
    """
    key = record.name, record.expr, tuple(record.parameters.items())
    if key not in _formulas:
        _formulas[key] = parse(record.expr, record)
    return _formulas[key]


_formulas: dict[tuple[Any, ...], sp.Expr] = {}  # read often, and parsing takes 2 ms


def derivative(record: Scalar, n: int) -> sp.Expr:
    """Return the exact n-th derivative of the formula of f (n = 0 is f itself).

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        Which derivative; 0 is f itself.

    Returns
    -------
    sympy.Expr
        In x alone, as SymPy differentiates.
    """
    return expression(record).diff(X, n)


def preferred(record: Scalar, n: int) -> str:
    """Return the form of f, f′ or f″ that people write, as a SymPy string with parameters.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′, 2 for f″.

    Returns
    -------
    str
        In x and the parameters.
    """
    form = (record.form or record.expr, record.derivative, record.second)[n]
    return form or str(derivative(record, n))


def latex(record: Scalar, n: int = 0) -> str:
    r"""Return the LaTeX of f, f′ or f″ in its preferred form, as in ``\Phi(x) + x\,\varphi(x)``.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′, 2 for f″.

    Returns
    -------
    str
        TeX, without dollar signs.
    """
    return formula_tex(preferred(record, n), record.symbols)


class NormalCdf(sp.Function):  # type: ignore[misc]  # SymPy is untyped
    """The normal distribution function, which SymPy knows only through erf."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the density."""
        return SHORT["phi"](self.args[0])


class Log1p(sp.Function):  # type: ignore[misc]
    """log(1 + x), kept whole."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return 1/(1 + x)."""
        return 1 / (1 + self.args[0])


class Exp(sp.Function):  # type: ignore[misc]
    """exp(x), kept apart from powers: mpmath multiplies out 2**x for an integer x of 1e300."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return the function itself."""
        return self


def _normal_cdf(x: Any) -> Any:
    # mpmath raises OverflowError at -1e200. From -1e3 on the value is below 1e-200000: that it
    # underflows is all that matters, so its bound does, and 0 would call for 1000 digits.
    return mp.ncdf(x) if mp.re(x) > -1000 else mp.exp(-x * x / 2)


def _compiled(formula: sp.Expr, highest: int) -> Callable[[Any], list[Any]]:
    """Compile a formula and its derivatives for mpmath, without the sums that cancel by nature.

    1 + erf(u) and log(1 + v) take 1000 digits in their tails, 0.1 s a point: NormalCdf and Log1p
    take 36.
    """
    formula = formula.replace(sp.erf, lambda u: 2 * NormalCdf(sp.sqrt(2) * u) - 1)
    formula = formula.replace(
        lambda e: isinstance(e, sp.log) and e.args[0].is_Add and 1 in e.args[0].args,
        lambda e: Log1p(e.args[0] - 1),
    )
    formula = formula.replace(
        lambda e: e.is_Pow and e.base.is_Rational and e.exp.has(X),
        lambda e: Exp(e.exp * sp.log(e.base)),
    )
    modules = [{"NormalCdf": _normal_cdf, "Log1p": mp.log1p, "Exp": mp.exp}, "mpmath"]
    formulas = [formula.diff(X, n) for n in range(highest + 1)]
    function: Callable[[Any], list[Any]] = sp.lambdify(X, formulas, modules, cse=True)
    return function


@cache
def _functions(formula: str, highest: int) -> Callable[[Any], list[Any]]:
    return _compiled(sp.sympify(formula, locals={"x": X}), highest)  # lambdify takes 10 ms


def _exact(record: Scalar, highest: int) -> Callable[[Any], list[Any]]:
    """Return the function of x that gives f and its derivatives up to `highest` in mpmath."""
    return _functions(str(expression(record)), highest)


def _settled(function: Callable[[Any], list[Any]], x: Any) -> list[Any]:
    """Evaluate at rising precision until each value agrees with the one before and is not zero."""
    before: list[Any] | None = None
    for digits in LADDER:
        with mp.workdps(digits):
            now = function(mp.mpf(x))
            if before is not None and all(
                b != 0 and abs(b - a) <= abs(b) * AGREE.numerator / AGREE.denominator
                for a, b in zip(before, now, strict=True)
            ):
                return now
        before = now
    return before or []


# --- points and exact values ------------------------------------------------------------------


@dataclass(frozen=True)
class Exact:
    """Values to 106 bits: ``(high + low) * 2.0**exponent`` elementwise, also beyond float64."""

    high: NDArray[np.float64]
    low: NDArray[np.float64]
    exponent: NDArray[np.int64]

    def __float__(self) -> float:
        return float(np.ldexp(self.high.item(), self.exponent.item()))

    def rounded(self, dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Return the values in a floating type, rounded once.

        Parameters
        ----------
        dtype : dtype_like
            The floating type.

        Returns
        -------
        ndarray
            The shape of the values.
        """
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(self.high, self.exponent).astype(dtype)


def _pack(values: Sequence[Any]) -> Exact:
    high, low, exponent = [], [], []
    for value in values:
        mantissa, power = mp.frexp(value) if mp.isfinite(value) else (value, 0)
        first = float(mantissa)
        high.append(first)
        low.append(float(mantissa - first) if mp.isfinite(value) else 0.0)
        exponent.append(max(-5000, min(5000, int(power))))  # beyond every type: 0 or overflow
    return Exact(np.array(high), np.array(low), np.array(exponent, dtype=np.int64))


def _neighbours(centre: float, dtype: Any) -> list[float]:
    """Return the floats up to 24 ULP either side of a point."""
    points = []
    for direction in (-np.inf, np.inf):
        x = dtype(centre)
        for _ in range(24):
            x = np.nextafter(x, dtype(direction))
            points.append(float(x))
    return [float(dtype(centre)), *points]


def grid(record: Scalar, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return the points at which a record is measured: some two thousand, sorted, in its domain.

    Both signs of: every binade of the type down to 2**-64 and up to 2**64, every fourth beyond,
    subnormals included, the smallest and the largest number; 64 points in each binade from 8 to
    1024, where exp leaves the type, and 16 from 1/8 to 8; ±0; all floats within 24 ULP of each
    zero of f, f′, f″, of each kink, and of finite ends of the domain.

    Parameters
    ----------
    record : Scalar
        The entry.
    dtype : dtype_like
        The floating type.

    Returns
    -------
    ndarray of shape (points,)
        Of that type.
    """
    kind: Any = np.dtype(dtype).type
    info = np.finfo(kind)
    digits = info.nmant
    rng = np.random.default_rng(0)
    binades = [
        e for e in range(int(info.minexp) - digits, int(info.maxexp)) if abs(e) <= 64 or e % 4 == 0
    ]
    magnitudes = [np.ldexp(1 + rng.random(), e) for e in binades]
    for e in range(-3, min(10, int(info.maxexp))):
        magnitudes += list(np.ldexp(1 + rng.random(64 if e >= 3 else 16), e))
    magnitudes += [0.0, float(info.smallest_subnormal), float(info.tiny), float(info.max)]
    points = [s * m for m in magnitudes for s in (1, -1)]
    low, high = record.domain
    special = [k.at for k in record.corners] + [e for e in (low, high) if np.isfinite(e)]
    special += [float(z) for zeros in _scanned(record).zeros[:3] for z in zeros]
    special += [float(sp.sympify(p)) for p in record.excluded]
    for centre in special:
        points += _neighbours(centre, kind)
    with np.errstate(over="ignore", under="ignore"):
        x = np.array(points).astype(kind)
    x = x[(x > low) & (x < high)]
    for pole in record.excluded:
        x = x[x != kind(float(sp.sympify(pole)))] if not record.period else x
    unique: NDArray[Any] = np.unique(x)
    return np.append(unique, kind(-0.0)) if 0 in unique else unique


def reference(record: Scalar, n: int, points: ArrayLike) -> Exact:
    """Return f, f′ or f″ (n = 0, 1, 2) to 30 digits or more at points of any floating type.

    Cached on disk under the formula, the points, this module's source and mpmath's version.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′, 2 for f″.
    points : array_like
        Numbers in the domain, any shape.

    Returns
    -------
    Exact
        The values, in that shape.
    """
    x = np.asarray(points, dtype=np.float64).ravel()

    def compute() -> list[Exact]:
        function = _exact(record, 2)
        values = [_settled(function, float(p)) for p in x]
        return [_pack([v[k] for v in values]) for k in range(3)]

    exact: Exact = _stored("reference", record, compute, hashlib.sha256(x.tobytes()).hexdigest())[n]
    return exact


def _stored(kind: str, record: Scalar, compute: Callable[[], Any], *more: str) -> Any:
    """Return what `compute` gives, from this process or the disk if a record's facts are the same.

    Pickle, because what it reads is what this module wrote: the source is a part of the key.
    """
    facts = (str(expression(record)), repr((record.domain, record.excluded, record.period)))
    key = (record.name, *facts, repr((record.corners, record.ends)), *more)
    if (kind, key) not in _memory:
        full = (*key, _source(), mp.__version__, sp.__version__)
        _memory[kind, key] = pickle.loads(cached(kind, full, lambda: pickle.dumps(compute())))
    return _memory[kind, key]


_memory: dict[tuple[str, tuple[str, ...]], Any] = {}


@cache
def _source() -> str:
    return Path(__file__).read_text()


# --- measured errors --------------------------------------------------------------------------


@dataclass(frozen=True)
class Errors:
    """The largest error over a grid, in units in the last place of the exact value.

    Beside a zero z ≠ 0 of what is measured (within |z|/`BESIDE`) no rounding of x keeps relative
    digits: there the unit is the change of the exact value when x moves by one ULP.
    """

    max_ulp: float  # away from the zeros; inf where NaN or infinity is wrong
    at: float
    near_zero: float  # the same beside the zeros, in ULP of x; 0 if there is no such point
    near_zero_abs: float  # the absolute error there
    points: int
    lost: int  # points where no digit is right
    lost_at: float  # the one nearest to 1 in magnitude, nan if there is none


BESIDE = 2


def zeros(record: Scalar, n: int, dtype: DTypeLike = np.float64) -> list[tuple[float, float]]:
    """Return the zeros beside which relative digits are lost, each with the unit of error there.

    Not at 0, where x is as exact as can be, and not those of a periodic function: a sine keeps its
    digits.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′, 2 for f″.
    dtype : dtype_like
        The floating type.

    Returns
    -------
    list of (float, float)
        The zeros, and the unit of the error beside each.
    """
    if record.period:
        return []
    eps, scanned = float(np.finfo(np.dtype(dtype).type).eps), _scanned(record)
    pairs = zip(map(float, scanned.zeros[n]), scanned.slopes[n], strict=True)
    return [(z, eps * abs(z) * slope) for z, slope in pairs if z]


def error_in_ulp(got: ArrayLike, exact: Exact, dtype: DTypeLike) -> NDArray[np.float64]:
    """Return |got − exact| over the spacing of the type at exact; inf for a wrong NaN or infinity.

    Infinity counts as the number after the largest, so that overflow within a rounding is no error.

    Parameters
    ----------
    got : array_like
        What code gives.
    exact : Exact
        The true values, in the same shape.
    dtype : dtype_like
        The floating type.

    Returns
    -------
    ndarray of float64
        The errors, in units in the last place.
    """
    info = np.finfo(np.dtype(dtype).type)
    top, bits = int(info.maxexp), int(info.nmant)
    value = np.asarray(got, dtype=np.float64).ravel()
    high, low, exponent = exact.high, exact.low, exact.exponent
    over = np.isfinite(high) & (high != 0) & (exponent > top)
    high, low = np.where(over, np.sign(high) * 0.5, high), np.where(over, 0.0, low)
    exponent = np.where(over, top + 1, exponent)
    # The spacing at ±2**(e-1) ≤ |exact| < 2**e is 2**(e - 1 - bits), or that of the subnormals.
    spacing = np.maximum(exponent - 1, int(info.minexp)) - bits
    spacing = np.where(over, top - 1 - bits, np.where(high == 0, int(info.minexp) - bits, spacing))
    infinite = np.isinf(value)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # Scaled by the spacing, so that neither the product nor a subnormal loses a bit.
        units = np.ldexp(
            np.where(infinite, np.sign(value) * 0.5, value),
            np.where(infinite, top + 1, 0) - spacing,
        )
        error = np.abs(
            (units - np.ldexp(high, exponent - spacing)) - np.ldexp(low, exponent - spacing)
        )
        # An infinity is right when the exact value rounds to it, and a wrong one is no number.
        overflow = infinite & (np.sign(value) == np.sign(high)) & (exponent >= top)
        error = np.where(infinite & ~(overflow & (error <= 16)), np.inf, error)
    return np.where(np.isnan(value), np.inf, error)


def tutorial(record: Scalar, n: int) -> Callable[[Any], Any]:
    """Return the formula that tutorials print for f or f′ as a function of x.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′.

    Returns
    -------
    callable
        Takes and returns an array.
    """
    formula = (record.tutorial.f, record.tutorial.d)[n]
    names = {"np": np, "erf": scipy.special.erf, **record.parameters}
    return lambda x: eval(formula, {**names, "x": x})


def measure(
    record: Scalar,
    n: int,
    dtype: DTypeLike = np.float64,
    func: Callable[[Any], Any] | None = None,
) -> Errors:
    """Return the largest error of f, f′ or f″ (n = 0, 1, 2) over `grid`, in ULP.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        Which derivative.
    dtype : float64 or float32
        The type to compute in.
    func : callable, optional
        Code to measure in place of the record's own, for instance ``tutorial(record, n)``. Its
        warnings are silenced.

    Returns
    -------
    Errors
        The largest error, and where digits are lost.
    """
    x = grid(record, dtype)
    if n:
        x = x[~np.isin(x, [k.at for k in record.corners])]
    exact = reference(record, n, x)
    with np.errstate(all="ignore"):
        got = np.broadcast_to((func or (record.f, record.d, record.d2)[n])(x), x.shape)
    error = error_in_ulp(got, exact, dtype)
    truth = exact.rounded()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        absolute = np.abs(got.astype(np.float64) - truth)
        wrong = (error > 16) & ~(absolute < np.abs(truth) / 2)
    near = np.zeros(x.shape, dtype=bool)
    unit = np.ones(x.shape)
    for z, size in zeros(record, n, dtype):
        inside = np.abs(x - z) <= abs(z) / BESIDE
        near |= inside
        unit[inside] = size
    beside = np.where(near, absolute / unit, 0.0)
    away = np.where(near, 0.0, error)
    lost = x[wrong & ~near]
    size = np.abs(np.log(np.maximum(np.abs(lost), np.finfo(np.float64).tiny)))
    return Errors(
        max_ulp=float(away.max()),
        at=float(x[away.argmax()]),
        near_zero=float(beside.max()),
        near_zero_abs=float(np.where(near, absolute, 0.0).max()),
        points=x.size,
        lost=lost.size,
        lost_at=float(lost[size.argmin()]) if lost.size else float("nan"),
    )


# --- key numbers ------------------------------------------------------------------------------


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
class Facts:
    """The key numbers of an entry at its default parameters, computed from its formula.

    Zeros are those with |x| ≤ 60 (of a periodic function: in one period from 0), each found by a
    change of sign or on a point of the scan; what vanishes on an interval has no isolated zero.
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


BASIS = (
    "1", "sqrt(2)", "sqrt(3)", "pi", "1/pi", "sqrt(pi)", "1/sqrt(pi)", "1/sqrt(2*pi)", "sqrt(2/pi)",
    "log(2)", "1/log(2)", "exp(1)", "exp(-1)", "log(2 + sqrt(3))",
)  # fmt: skip


def _number(value: Any) -> Number:
    """Recognise p/q times a constant of `BASIS` to 45 digits, with q up to 1000."""
    if not mp.isfinite(value):
        return Number(str(float(value)))
    with mp.workdps(ROUND + 10):
        digits = mp.nstr(value, ROUND, strip_zeros=True)
        if abs(value) < mp.mpf(10) ** -45:
            return Number("0", "0")
        for text in BASIS:
            unit = _constant(text)
            ratio = value / unit
            fraction = Fraction(mp.nstr(ratio, ROUND)).limit_denominator(1000)
            if (
                fraction
                and abs(ratio - mp.mpf(fraction.numerator) / fraction.denominator)
                < mp.mpf(10) ** -45
            ):
                form = sp.Rational(fraction.numerator, fraction.denominator) * sp.sympify(text)
                return Number(digits, str(form))
    return Number(digits)


def _scan(record: Scalar) -> list[Any]:
    """Return points across the domain, denser near 0 and near finite ends."""
    low, high = record.domain
    t = [mp.mpf(k) / 50 for k in range(-240, 241)]  # sinh(4.8) = 60.8
    if record.period:
        p = _constant(record.period)
        return [p * k / 480 for k in range(480)]
    if np.isfinite(low) and np.isfinite(high):
        return [low + (high - low) * (1 + mp.tanh(u)) / 2 for u in t]
    if np.isfinite(low):
        return [low + mp.exp(u) for u in t]
    return [mp.sinh(u) for u in t]


def _poles(record: Scalar) -> list[Any]:
    return [_constant(p) for p in record.excluded]


def _constant(text: str) -> Any:
    """Return a SymPy constant such as "pi/2" to the digits of the current context."""
    return mp.mpf(str(sp.N(sp.sympify(text), mp.mp.dps + 5)))


@dataclass(frozen=True)
class _Sampled:
    """f … f‴ on the scan, and the isolated zeros of each."""

    x: list[Any]
    values: list[list[Any]]
    zeros: tuple[tuple[Any, ...], ...]
    slopes: tuple[tuple[float, ...], ...]  # |derivative| at those zeros


def _scanned(record: Scalar) -> _Sampled:
    def compute() -> _Sampled:
        with mp.workdps(70):
            function = _exact(record, 4)
            breaks = _poles(record) + [mp.mpf(k.at) for k in record.corners]
            x = [u for u in _scan(record) if min((abs(u - b) for b in breaks), default=1) > 1e-9]
            values = [_settled(lambda u: function(u)[:4], u) for u in x]
            zeros = tuple(_roots(function, n, x, [v[n] for v in values], breaks) for n in range(4))
            slopes = tuple(
                tuple(float(abs(function(z)[n + 1])) for z in zeros[n]) for n in range(4)
            )
        return _Sampled(x, values, zeros, slopes)

    sampled: _Sampled = _stored("scan", record, compute)
    return sampled


def _roots(
    function: Callable[[Any], list[Any]], n: int, x: list[Any], y: list[Any], breaks: list[Any]
) -> tuple[Any, ...]:
    """Return the isolated zeros of component n: points of the scan, or between a change of sign."""
    found = []
    for i, (a, fa) in enumerate(zip(x, y, strict=True)):
        if fa == 0:
            if all(y[j] != 0 for j in (i - 1, i + 1) if 0 <= j < len(x)):
                found.append(a)
        elif i + 1 < len(x) and fa * y[i + 1] < 0 and not any(a < b < x[i + 1] for b in breaks):
            ends = (a, x[i + 1])
            found.append(
                mp.findroot(
                    lambda u: function(u)[n], ends, solver="anderson", tol=1e-120, maxsteps=200
                )
            )
    return tuple(found)


def _sides(record: Scalar, n: int) -> list[tuple[Any, str]]:
    """Return what f or f′ tends to at the ends, beside each pole and beside each kink."""
    function = _exact(record, n)
    ends = zip(tuple(record.ends.values())[n], record.domain, ("-oo", "oo"), strict=True)
    found = [
        (_refine(function, v, e, n), str(e) if np.isfinite(e) else name) for v, e, name in ends
    ]
    with mp.workdps(ROUND + 20):
        for p, text in zip(_poles(record), record.excluded, strict=True):
            found += [(mp.inf * mp.sign(function(p + s)[n]), text) for s in (-TINY, TINY)]
        if n:
            for k in record.corners:
                found += [(mp.mpf(function(k.at + s)[n]), repr(k.at)) for s in (-TINY, TINY)]
    return [(v, where) for v, where in found if not mp.isnan(v)]


def _refine(function: Callable[[Any], list[Any]], stated: float, end: float, n: int) -> Any:
    """Return a stated limit to 50 digits: the value far out or close to the end."""
    if not np.isfinite(stated):
        return mp.mpf(stated)
    far = mp.mpf(10) ** 300 * mp.sign(end) if not np.isfinite(end) else None
    with mp.workdps(250):
        near = far if far is not None else mp.mpf(end) - mp.sign(end) * mp.mpf(10) ** -200
        value = function(near)[n]
    return mp.mpf(0) if abs(value) < 1e-45 else value


def _extremes(record: Scalar, n: int) -> tuple[Extreme, Extreme]:
    s = _scanned(record)
    function = _exact(record, n)
    with mp.workdps(ROUND + 20):
        points = [*s.zeros[n + 1], *(mp.mpf(k.at) for k in record.corners if n == 0)]
        peaks = [(function(z)[n], z) for z in points]
        sides = _sides(record, n)
        # A value held on an interval (the slopes of ReLU) has neighbours with the same value.
        flat = [
            a[n] for a, b in zip(s.values, s.values[1:], strict=False) if a[n + 1] == b[n + 1] == 0
        ]
        found = []
        for best in (min, max):
            value = best([v for v, _ in peaks] + [v for v, _ in sides] + flat)
            at = tuple(_number(z) for v, z in peaks if abs(v - value) < mp.mpf(10) ** -40)
            toward = next(
                (w for v, w in sides if v == value or abs(v - value) < mp.mpf(10) ** -40), ""
            )
            attained = bool(at) or any(abs(v - value) < mp.mpf(10) ** -40 for v in flat)
            found.append(Extreme(_number(value), attained, at, "" if attained else toward))
    return found[0], found[1]


def facts(record: Scalar) -> Facts:
    """Return the key numbers of an entry: values at 0, zeros, extremes, symmetry, shape.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    Facts
        At the parameters' defaults.
    """
    result: Facts = _stored("facts", record, lambda: _facts(record))
    return result


def _facts(record: Scalar) -> Facts:
    s = _scanned(record)
    function = _exact(record, 2)
    low, high = record.domain
    kinks = {k.at: k for k in record.corners}
    with mp.workdps(ROUND + 20):
        at_zero: list[Number | None] = [None, None, None]
        if low < 0 < high and 0 not in _poles(record):
            at_zero = [_number(mp.mpf(v)) for v in function(mp.mpf(0))]
            if 0 in kinks:
                at_zero[1:] = [None, None]
        zeros = [tuple(_number(z) for z in s.zeros[n]) for n in range(3)]
        corners = [mp.mpf(k) for k in kinks if function(mp.mpf(k))[0] == 0]
        zeros[0] += tuple(
            _number(k) for k in corners if all(function(k + t)[0] for t in (-TINY, TINY))
        )
        turns = [z for z in s.zeros[2] if function(z - TINY)[2] * function(z + TINY)[2] < 0]
    below, above = _extremes(record, 0)
    slopes = _extremes(record, 1)
    lipschitz = max(slopes, key=lambda e: abs(float(e.value)))
    if lipschitz is slopes[0]:
        text = lipschitz.value
        lipschitz = replace(
            lipschitz,
            value=Number(
                text.digits.lstrip("-"), str(-sp.sympify(text.exact)) if text.exact else ""
            ),
        )
    first, second = [v[1] for v in s.values], [v[2] for v in s.values]
    with mp.workdps(ROUND + 20):
        jumps = [function(k + TINY)[1] - function(k - TINY)[1] for k in kinks]
    whole = not record.excluded
    return Facts(
        at_zero=(at_zero[0], at_zero[1], at_zero[2]),
        zeros=zeros[0],
        slope_zeros=zeros[1],
        curvature_zeros=zeros[2],
        inflections=tuple(_number(z) for z in turns),
        range=(below, above),
        slope_range=slopes,
        lipschitz=lipschitz,
        minimum=below if below.at else None,
        maximum=above if above.at else None,
        symmetry=_symmetry(record),
        monotone=_sign(first, "increasing", "decreasing") if whole else "",
        shape=_sign(second + jumps, "convex", "concave") if whole else "",
    )


def _sign(values: list[Any], positive: str, negative: str) -> str:
    if not any(values):
        return ""
    return positive if min(values) >= 0 else negative if max(values) <= 0 else ""


def _symmetry(record: Scalar) -> str:
    low, high = record.domain
    if low != -high:
        return ""
    function = _exact(record, 0)
    with mp.workdps(ROUND + 20):
        scale = min(1, mp.mpf(high))
        pairs = [
            (function(u)[0], function(-u)[0])
            for u in (scale * k / mp.sqrt(401) for k in range(1, 20))
        ]
        for name, sign in (("even", 1), ("odd", -1)):
            if all(abs(a - sign * b) <= abs(a) * mp.mpf(10) ** -45 for a, b in pairs):
                return name
    return ""


# --- what "verified" means ----------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One method applied to one entry: how many points, the largest error, the verdict."""

    method: str
    points: int  # 0: for every x at once
    worst: str
    ok: bool
    detail: str  # what was compared; where not ok, what is wrong and where


def verify(record: Scalar) -> list[Check]:
    """Run every check of an entry: what its tests assert and what the ledger shows.

    Nothing is raised for a wrong entry: each fault is a check that is not `ok` and says where.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    list of Check
        In the order of the methods.
    """
    checks = (_symbolic, _accurate, _differences, _traced, _kinks, _ends, _inputs, _related, _cases)
    return [check for method in checks for check in method(record)]


NAMES = ("f", "f′", "f″")
SAMPLE = 60  # points at which two formulas are compared where SymPy cannot decide


def _symbolic(record: Scalar) -> Iterator[Check]:
    for n, form in enumerate((record.form, record.derivative, record.second)):
        if form:
            name = "formula of " + NAMES[n]
            left, right = (parse(text, record, symbolic=True) for text in (record.expr, form))
            yield _equal(record, name, left.diff(X, n), right, f"`{form}`")


def _equal(record: Scalar, what: str, left: sp.Expr, right: sp.Expr, form: str) -> Check:
    """Compare two formulas: by SymPy for every x, else to 45 digits at points of the domain."""
    proved, points, worst, at = _stored(
        "equal", record, lambda: _compared(record, left, right), str((left, right))
    )
    if proved:
        return Check("formula, symbolic", 0, "0", True, f"{what} equals {form}")
    ok = points > SAMPLE // 2 and worst <= 1e-45
    verdict = f"{what} equals {form}" if ok else f"{what} is not {form}: at x = {at:.6g}"
    return Check("formula, 50 digits", points, f"{worst:.1e}" if worst else "0", ok, verdict)


def _compared(record: Scalar, left: sp.Expr, right: sp.Expr) -> tuple[bool, int, float, float]:
    """Return whether SymPy proved it, the points tried, the largest relative error and where."""
    values = {
        sp.Symbol(k, positive=True): sp.Rational(str(v)) for k, v in record.parameters.items()
    }
    function = sp.lambdify(X, [left.subs(values), right.subs(values)], "mpmath")
    scan = [u for u in _scanned(record).x if u and abs(u) < 30]
    errors = []
    with mp.workdps(80):
        for u in scan[:: max(1, len(scan) // SAMPLE)][:SAMPLE]:
            u *= 1 + mp.mpf(1) / 997  # off any zero or symmetry of the scan
            if record.domain[0] < u < record.domain[1]:
                a, b = function(u)
                error = abs(a - b) / max(abs(a), abs(b), mp.mpf(10) ** -20)
                errors.append((float(error) if mp.isfinite(error) else np.inf, float(u)))
    worst, at = max(errors)
    proved = worst <= 1e-45 and sp.simplify((left - right).rewrite(sp.exp)) == 0
    return bool(proved), len(errors), worst, at


def _accurate(record: Scalar) -> Iterator[Check]:
    for n in range(3):
        for dtype in (np.float64, np.float32):
            e = measure(record, n, dtype)
            ok = max(e.max_ulp, e.near_zero) <= record.promise
            verdict = "" if ok else f", above the promise of {record.promise:g} at x = {e.at!r}"
            detail = f"{NAMES[n]} in {dtype.__name__}{verdict}"
            yield Check("exact values", e.points, f"{e.max_ulp:.2g} ULP", ok, detail)


def _breaks(record: Scalar) -> NDArray[np.float64]:
    """Return kinks, poles in the neighbouring periods and finite ends of the domain."""
    poles = [float(p) for p in _poles(record)]
    if record.period:
        poles = [p + k * float(_constant(record.period)) for p in poles for k in range(-40, 41)]
    ends = [e for e in record.domain if np.isfinite(e)]
    return np.array([*poles, *ends, *(k.at for k in record.corners), np.inf])


def _differences(record: Scalar) -> Iterator[Check]:
    """Compare d_f with central differences of f, and d2_f with those of d_f.

    The scheme predicts an error of h² |f‴| / 6 for the truncation, and of the rounding of f and of
    x over h for the noise.
    """
    x = grid(record)
    x = x[(np.abs(x) < 50) & (np.abs(x) > 1e-3)]
    gap = np.min(np.abs(x[:, None] - _breaks(record)), axis=1)
    far = np.flatnonzero(gap > 1e-3)
    far = far[:: max(1, far.size // 100)]
    x, gap = x[far], gap[far]
    eps = np.finfo(np.float64).eps
    h = np.minimum(np.cbrt(eps) * np.maximum(np.abs(x), 1.0), gap / 10)
    h = (x + h) - x  # a step that the type can hold
    exact = _stored(
        "higher", record, lambda: _higher(record, x, h), hashlib.sha256(x.tobytes()).hexdigest()
    )
    for n, (f, d) in enumerate(((record.f, record.d), (record.d, record.d2))):
        got = (f(x + h) - f(x - h)) / (2 * h)
        noise = record.promise * eps * (np.abs(exact[n]) + np.abs(x * exact[n + 1])) / h
        predicted = 1.5 * h**2 / 6 * exact[n + 3] + noise
        predicted += record.promise * eps * np.abs(got) + np.finfo(np.float64).tiny
        ratio = np.abs(got - d(x)) / predicted
        i = int(np.nanargmax(np.where(np.isnan(ratio), np.inf, ratio)))
        ok = bool(ratio[i] <= 1)
        verdict = (
            "" if ok else f": d at x = {x[i]:.6g} is {d(x[i]):.6g}, the difference {got[i]:.6g}"
        )
        detail = f"{NAMES[n + 1]} and the central difference of {NAMES[n]}{verdict}"
        yield Check("finite differences", x.size, f"{ratio[i]:.2g} of predicted", ok, detail)


def _higher(record: Scalar, x: NDArray[Any], h: NDArray[Any]) -> NDArray[np.float64]:
    """Return |f| … |f⁗| at x, the last two as the largest over x and x ± h."""
    function = _exact(record, 4)
    rows = []
    for u, step in zip(x, h, strict=True):
        three = [
            [float(abs(v)) for v in _settled(function, float(u + s * step))] for s in (-1, 0, 1)
        ]
        rows.append([max(column) for column in zip(*three, strict=True)])
    return np.array(rows).T


def _traced(record: Scalar) -> Iterator[Check]:
    """Compare d_f with forward and reverse mode through the source of f.

    Where the chain rule adds terms that cancel it keeps digits of the largest slope only: the unit
    is the rounding of max(|f′|, 1).
    """
    x = grid(record)
    x = x[(np.abs(x) < 50) & (np.min(np.abs(x[:, None] - _breaks(record)), axis=1) > 1e-6)]
    want = record.d(x)
    unit = np.finfo(np.float64).eps * np.maximum(np.abs(want), 1.0)
    modes: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("forward mode", lambda: dual.derivative(record.f, x)),
        ("reverse mode", lambda: tape.grad(lambda u: np.sum(record.f(u)))(x)),
    )
    for mode, compute in modes:
        try:
            with np.errstate(all="ignore"):
                ratio = np.abs(compute() - want) / unit
        except TypeError as error:
            yield Check(mode, 0, "", False, f"f cannot be traced: {error}")
            continue
        i = int(np.argmax(np.where(np.isnan(ratio), np.inf, ratio)))
        ok = bool(ratio[i] <= 32 * record.promise)
        verdict = "" if ok else f": they differ at x = {x[i]:.6g}"
        yield Check(mode, x.size, f"{ratio[i]:.2g} eps", ok, f"f′ and {mode} through f{verdict}")


def one_sided(record: Scalar, at: float, n: int = 1) -> tuple[float, float]:
    """Return what f′ (or another derivative) tends to from the left and from the right of a point.

    SymPy's one-sided limits of Piecewise are wrong: the formula is evaluated 1e-30 away.

    Parameters
    ----------
    record : Scalar
        The entry.
    at : float
        The point.
    n : int
        Which derivative.

    Returns
    -------
    tuple of two floats
        From the left and from the right.
    """
    function = _exact(record, n)
    with mp.workdps(ROUND + 20):
        left, right = (float(function(mp.mpf(at) + s)[n]) for s in (-TINY, TINY))
    return left, right


def _kinks(record: Scalar) -> Iterator[Check]:
    declared = {k.at for k in record.corners}
    for boundary in sorted(_boundaries(record) - declared):
        left, right = one_sided(record, boundary)
        if left != right:
            detail = f"an undeclared kink at {boundary:g}: slopes {left:g} and {right:g}"
            yield Check("kinks", 1, "", False, detail)
    for kink in record.corners:
        faults = list(_kink_faults(record, kink))
        left, right = one_sided(record, kink.at)
        told = f"slope {kink.slope:g} chosen at {kink.at:g}, between {left:g} and {right:g}"
        yield Check("kinks", 1, "0", not faults, "; ".join(faults) or told)


def _boundaries(record: Scalar) -> set[float]:
    """Return the points where the formula changes its branch."""
    formula = expression(record)
    zeros = [r.lhs - r.rhs for r in formula.atoms(sp.core.relational.Relational)]
    zeros += [a.args[0] for a in formula.atoms(sp.Abs)]
    return {float(z) for u in zeros for z in sp.solve(u, X)}


def _kink_faults(record: Scalar, kink: Corner) -> Iterator[str]:
    left, right = one_sided(record, kink.at)
    if left == right:
        yield f"no kink at {kink.at:g}: both slopes are {left:g}"
    if not min(left, right) <= kink.slope <= max(left, right):
        yield f"the slope {kink.slope:g} at {kink.at:g} is not between {left:g} and {right:g}"
    for dtype in (np.float64, np.float32):
        got, bend = record.d(dtype(kink.at)), record.d2(dtype(kink.at))
        if got != dtype(kink.slope):
            yield f"d({kink.at:g}) is {got:g} in {dtype.__name__}, declared {kink.slope:g}"
        if not np.isfinite(bend):
            yield f"d2({kink.at:g}) is {bend} in {dtype.__name__}"


def _ends(record: Scalar) -> Iterator[Check]:
    """Hold the declared limits against the formula and the code, and the code against warnings."""
    limits = tuple(record.ends.values())
    for n, code in enumerate((record.f, record.d, record.d2)):
        faults, points = [], 0
        for side, stated in enumerate(limits[n]):
            end = record.domain[side]
            if not _tends(record, n, side, stated):
                faults.append(f"{NAMES[n]} does not tend to {stated:g} at {end:g}")
            if not np.isfinite(end) and not np.isnan(stated):
                for dtype in (np.float64, np.float32):
                    got = _quiet(code, np.array([end], dtype), faults)
                    points += 1
                    if got[0] != dtype(stated):
                        faults.append(f"{NAMES[n]}({end:g}) is {got[0]}, stated {stated:g}")
        for dtype in (np.float64, np.float32):
            if not np.isnan(_quiet(code, np.array([np.nan], dtype), faults)[0]):
                faults.append(f"{NAMES[n]}(nan) is not nan in {dtype.__name__}")
            x = grid(record, dtype)
            x = x[np.isfinite(reference(record, n, x).rounded(dtype))]  # else overflow is the truth
            _quiet(code, x, faults)
            points += x.size + 1
        detail = "; ".join(dict.fromkeys(faults)) or f"limits of {NAMES[n]}, NaN, no warnings"
        yield Check("limits", points, "", not faults, detail)


def _quiet(code: Callable[[Any], Any], x: NDArray[Any], faults: list[str]) -> NDArray[Any]:
    """Evaluate with every warning a fault."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        got = np.asarray(code(x))
    faults += [f"{w.message} on {x.dtype}, {x[0]:g} to {x[-1]:g}" for w in caught]
    return got


def _tends(record: Scalar, n: int, side: int, stated: float) -> bool:
    """Judge a limit by the formula at 1e3, 1e30 and 1e300, or as close to a finite end."""
    if np.isnan(stated):
        return bool(record.period)
    near, nearer, last = _stored(
        "ends", record, lambda: _approach(record, n, side), repr((n, side))
    )
    if np.isinf(stated):
        grows = abs(last) > abs(nearer) + 1 > abs(near) + 2
        return bool(grows and mp.sign(last) == np.sign(stated))
    return bool(abs(last - stated) <= 1e-15 * max(1.0, abs(stated)))


def _approach(record: Scalar, n: int, side: int) -> list[Any]:
    end, function = record.domain[side], _exact(record, n)
    inward = 1 if side == 0 else -1
    with mp.workdps(700):
        steps = [mp.mpf(10) ** k for k in (3, 30, 300)]
        points = [end + inward / s if np.isfinite(end) else -inward * s for s in steps]
        return [function(u)[n] for u in points]


def _inputs(record: Scalar) -> Iterator[Check]:
    """Fix the answer for each kind of input: see `input_faults`."""
    faults = [fault for n in range(3) for fault in input_faults(record, n)]
    kinds = "int, list, empty, 0-d, 2-d, float16, float32, complex, masked, text, None"
    yield Check("kinds of input", 11, "", not faults, "; ".join(faults) or kinds)


def input_faults(record: Scalar, n: int) -> Iterator[str]:
    """Say where f, f′ or f″ breaks the rules for kinds of input.

    The rules are those of `derivref.records.wrapped`: any shape, the floating type kept, integers
    and lists as float64, complex numbers as the analytic continuation or refused, masks refused.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int
        0 for f, 1 for f′, 2 for f″.

    Yields
    ------
    str
        A message for each broken rule.
    """
    code, name = scalar(record, record.functions[n], record.family), NAMES[n]
    high = record.domain[1]
    inside = np.array([0.25, 0.5, 0.75])
    want = code(inside)
    for shape in ((), (0,), (3, 1)):
        x = np.resize(inside, shape)
        if np.shape(code(x)) != shape:
            yield f"{name}: shape {shape} becomes {np.shape(code(x))}"
    for dtype in (np.float64, np.float32, np.float16):
        got = code(inside.astype(dtype))
        if got.dtype != dtype:
            yield f"{name}: {np.dtype(dtype)} becomes {got.dtype}"
        if not np.array_equal(got, want.astype(dtype)) and dtype is np.float16:
            yield f"{name}: float16 gives {got}, float64 {want}"
    whole = np.array([2, 3]) if high > 3 else np.zeros(1, dtype=np.int64)
    got = code(whole)
    if got.dtype != np.float64 or not np.array_equal(got, code(whole.astype(np.float64))):
        yield f"{name}: integers {whole} give {got}"
    if not np.array_equal(code(inside.tolist()), want):
        yield f"{name}: a list gives {code(inside.tolist())}, the array {want}"
    refused = [np.ma.array(inside), np.array(["0.5"]), None]
    refused += [] if record.analytic else [inside + 0.25j]
    for bad in refused:
        with contextlib.suppress(TypeError):
            yield f"{name}: takes {type(bad).__name__} {bad} and gives {code(bad)}"
    if record.analytic:
        z = inside + 0.25j
        function = _exact(record, n)
        exact = np.array([complex(function(mp.mpc(u))[n]) for u in z])
        try:
            got = code(z)
        except TypeError as error:
            yield f"{name}: declared analytic, and complex numbers are refused: {error}"
            return
        if not np.allclose(got, exact, rtol=1e-12, atol=0):
            yield f"{name}: complex {z[0]} gives {got[0]}, the continuation is {exact[0]}"


def _related(record: Scalar) -> Iterator[Check]:
    entries = {r.name: r for family in loaded() for r in family if isinstance(r, Scalar)}
    entries[record.name] = record
    functions = {name: partial(_applied, r) for name, r in entries.items()}
    for relation in record.relations:
        left, right = (parse(side, record, functions) for side in relation.split(" = "))
        check = _equal(record, "relation", left, right, f"`{relation}`")
        told = check.detail.replace("relation equals", "relation").replace("is not", "fails:")
        yield replace(check, method="relations, " + check.method.partition(", ")[2], detail=told)


def _applied(record: Scalar, u: sp.Expr) -> sp.Expr:
    return expression(record).subs(X, u)


def _cases(record: Scalar) -> Iterator[Check]:
    for case in record.cases:
        told = ", ".join(f"{k} = {v:g}" for k, v in case.parameters.items())
        for method in (_accurate, _differences, _traced, _kinks, _ends, _inputs):
            for check in method(record.case(case)):
                yield replace(check, detail=f"{told}: {check.detail}")
