"""The oracle: exact derivatives, values to 30 digits wherever x lies, and errors in ULP.

It reads the formula of a record and never its arithmetic, which it judges: `verify` serves the
tests and the ledger, `measure` the tests and the published tables, so that neither pair can
disagree.
"""

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import scipy.special
import sympy as sp
from numpy.typing import ArrayLike, DTypeLike, NDArray

from derivref import tex
from derivref.cache import cached
from derivref.record import Scalar

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


def parse(text: str, record: Scalar, functions: dict[str, Any] | None = None) -> sp.Expr:
    """Return a formula of a record as SymPy reads it, the parameters at their values.

    Raises
    ------
    ValueError
        If it has a free symbol other than x and the parameters, or does not parse.
    """
    values = {name: sp.Rational(str(value)) for name, value in record.parameters.items()}
    try:
        names = {"x": X, **SHORT, **(functions or {}), **values}
        for name, short in record.where.items():
            names[name] = sp.sympify(short, locals=names, rational=True)
        formula = sp.sympify(text, locals=names, rational=True)
    except (sp.SympifyError, TypeError, AttributeError) as error:
        raise ValueError(f"{record.name}: cannot read the formula `{text}`: {error}") from error
    if unknown := formula.free_symbols - {X}:
        raise ValueError(f"{record.name}: unknown symbol `{min(map(str, unknown))}` in `{text}`")
    return formula


def expression(record: Scalar) -> sp.Expr:
    """Return the formula of f, the parameters at their values."""
    return parse(record.expr, record)


def derivative(record: Scalar, n: int) -> sp.Expr:
    """Return the exact n-th derivative of the formula of f (n = 0 is f itself)."""
    return expression(record).diff(X, n)


def preferred(record: Scalar, n: int) -> str:
    """Return the form of f, f′ or f″ that people write, as a SymPy string with parameters."""
    form = (record.form or record.expr, record.derivative, record.second)[n]
    return form or str(derivative(record, n))


def latex(record: Scalar, n: int = 0) -> str:
    r"""Return the LaTeX of f, f′ or f″ in its preferred form, as in ``\Phi(x) + x\,\varphi(x)``."""
    return tex.tex(preferred(record, n))


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


def _normal_cdf(x: Any) -> Any:
    # mpmath raises OverflowError at -1e200; from -1e3 on the value is below 1e-200000.
    return mp.ncdf(x) if x > -1000 else mp.mpf(0)


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
    modules = [{"NormalCdf": _normal_cdf, "Log1p": mp.log1p}, "mpmath"]
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
        """Return the values in a floating type, rounded once."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(self.high, self.exponent).astype(dtype)


def _pack(values: Sequence[Any]) -> Exact:
    high, low, exponent = [], [], []
    for value in values:
        if not mp.isfinite(value):
            high.append(float(value)), low.append(0.0), exponent.append(0)
            continue
        mantissa, power = mp.frexp(value)
        first = float(mantissa)
        high.append(first)
        low.append(float(mantissa - first))
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
    """
    kind = np.dtype(dtype).type
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
    special = [k.at for k in record.kinks] + [e for e in (low, high) if np.isfinite(e)]
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
    key = (record.name, *facts, repr((record.kinks, record.limits)), *more)
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

    Beside a zero z ≠ 0 of what is measured (within |z|/2) no rounding of x keeps relative digits:
    there the unit is the change of the exact value when x moves by one ULP.
    """

    max_ulp: float  # away from the zeros; inf where NaN or infinity is wrong
    at: float
    near_zero: float  # the same beside the zeros, in ULP of x; 0 if there is no such point
    near_zero_abs: float  # the absolute error there
    points: int
    lost: int  # points where no digit is right
    lost_at: float  # the one of least magnitude, nan if there is none


def error_in_ulp(got: ArrayLike, exact: Exact, dtype: DTypeLike) -> NDArray[np.float64]:
    """Return |got − exact| over the spacing of the type at exact; inf for a wrong NaN or infinity.

    Infinity counts as the number after the largest, so that overflow within a rounding is no error.
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
    """Return the formula that tutorials print for f or f′ as a function of x."""
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
    """
    x = grid(record, dtype)
    if n:
        x = x[~np.isin(x, [k.at for k in record.kinks])]
    exact = reference(record, n, x)
    with np.errstate(all="ignore"):
        got = np.broadcast_to((func or (record.f, record.d, record.d2)[n])(x), x.shape)
    error = error_in_ulp(got, exact, dtype)
    eps = float(np.finfo(np.dtype(dtype).type).eps)
    truth = exact.rounded()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        absolute = np.abs(got.astype(np.float64) - truth)
        wrong = (error > 16) & ~(absolute < np.abs(truth) / 2)
    near = np.zeros(x.shape, dtype=bool)
    unit = np.ones(x.shape)
    scanned = _scanned(record)
    for z, slope in zip(scanned.zeros[n], scanned.slopes[n], strict=True):
        if z == 0 or record.period:
            continue  # x itself is as exact as can be there, and a sine keeps its digits
        inside = np.abs(x - float(z)) <= abs(float(z)) / 2
        near |= inside
        unit[inside] = eps * abs(float(z)) * slope
    beside = np.where(near, absolute / unit, 0.0)
    away = np.where(near, 0.0, error)
    lost = x[wrong & ~near]
    return Errors(
        max_ulp=float(away.max()),
        at=float(x[away.argmax()]),
        near_zero=float(beside.max()),
        near_zero_abs=float(np.where(near, absolute, 0.0).max()),
        points=x.size,
        lost=lost.size,
        lost_at=float(lost[np.abs(lost).argmin()]) if lost.size else float("nan"),
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
        return tex.tex(self.exact) if self.exact else tex.tex(str(self))


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
            breaks = _poles(record) + [mp.mpf(k.at) for k in record.kinks]
            x = [u for u in _scan(record) if min((abs(u - b) for b in breaks), default=1) > 1e-9]
            values = [_settled(lambda u: function(u)[:4], u) for u in x]
            zeros = tuple(
                _roots(lambda u, n=n: function(u)[n], x, [v[n] for v in values], breaks)
                for n in range(4)
            )
            slopes = tuple(
                tuple(float(abs(function(z)[n + 1])) for z in zeros[n]) for n in range(4)
            )
        return _Sampled(x, values, zeros, slopes)

    sampled: _Sampled = _stored("scan", record, compute)
    return sampled


def _roots(
    function: Callable[[Any], Any], x: list[Any], y: list[Any], breaks: list[Any]
) -> tuple[Any, ...]:
    found = []
    for i, (a, fa) in enumerate(zip(x, y, strict=True)):
        if fa == 0:
            if all(y[j] != 0 for j in (i - 1, i + 1) if 0 <= j < len(x)):
                found.append(a)
        elif i + 1 < len(x) and fa * y[i + 1] < 0 and not any(a < b < x[i + 1] for b in breaks):
            found.append(
                mp.findroot(function, (a, x[i + 1]), solver="anderson", tol=1e-120, maxsteps=200)
            )
    return tuple(found)


def _sides(record: Scalar, n: int) -> list[tuple[Any, str]]:
    """Return what f or f′ tends to at the ends, beside each pole and beside each kink."""
    function = _exact(record, n)
    ends = zip((record.limits.f, record.limits.d)[n], record.domain, ("-oo", "oo"), strict=True)
    found = [
        (_refine(function, v, e, n), str(e) if np.isfinite(e) else name) for v, e, name in ends
    ]
    with mp.workdps(ROUND + 20):
        for p, text in zip(_poles(record), record.excluded, strict=True):
            found += [(mp.inf * mp.sign(function(p + s)[n]), text) for s in (-TINY, TINY)]
        if n:
            for k in record.kinks:
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
        points = [*s.zeros[n + 1], *(mp.mpf(k.at) for k in record.kinks if n == 0)]
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
            attained = bool(at) or value in flat
            found.append(Extreme(_number(value), attained, at, "" if attained else toward))
    return found[0], found[1]


def facts(record: Scalar) -> Facts:
    """Return the key numbers of an entry: values at 0, zeros, extremes, symmetry, shape."""
    result: Facts = _stored("facts", record, lambda: _facts(record))
    return result


def _facts(record: Scalar) -> Facts:
    s = _scanned(record)
    function = _exact(record, 2)
    low, high = record.domain
    kinks = {k.at: k for k in record.kinks}
    with mp.workdps(ROUND + 20):
        at_zero: list[Number | None] = [None, None, None]
        if low < 0 < high and 0 not in _poles(record):
            at_zero = [_number(mp.mpf(v)) for v in function(mp.mpf(0))]
            if 0 in kinks:
                at_zero[1:] = [None, None]
        zeros = [tuple(_number(z) for z in s.zeros[n]) for n in range(3)]
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
