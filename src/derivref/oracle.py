"""The oracle: exact derivatives, values with 50 sure digits wherever x lies, and errors in ULP.

It reads the formula of a record and never its arithmetic, which it judges: `verify` serves the
tests and the ledger, `measure` the tests and the published tables, so that neither pair can
disagree.
"""

import contextlib
import hashlib
import pickle
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import flint
import mpmath as mp
import numpy as np
import scipy.special
import sympy as sp
from numpy.typing import ArrayLike, DTypeLike, NDArray

from derivref import dual, tape
from derivref.cache import cached, digest
from derivref.expression import Let, Symbols, evaluate, formula_tex
from derivref.records import Corner, Order, Record, Scalar
from derivref.records.families import loaded
from derivref.records.wrapped import scalar
from derivref.verify import balls, formulas, judge
from derivref.verify.equal import Equality
from derivref.verify.exact import Exact
from derivref.verify.facts import Extreme, Facts, Number, Proof
from derivref.verify.germs import Undecided
from derivref.verify.terms import differentiate, show

__all__ = [
    "Check",
    "Errors",
    "Exact",
    "Extreme",
    "Facts",
    "Number",
    "Proof",
    "derivative",
    "error_in_ulp",
    "expression",
    "facts",
    "grid",
    "input_faults",
    "joints",
    "latex",
    "measure",
    "named",
    "nearness",
    "one_sided",
    "parse",
    "preferred",
    "reference",
    "source",
    "tutorial",
    "verify",
    "zeros",
]
X = sp.Symbol("x", real=True)


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
    lets = {name: Let("", formulas.tree(short, record)) for name, short in record.where.items()}
    called = {name: _undifferentiated(f) for name, f in (functions or {}).items()}
    algebra = Symbols(called, lets)
    return evaluate(formulas.tree(text, record, functions), algebra, {"x": X, **values})


def _undifferentiated(function: Callable[[Any], Any]) -> Callable[[int, Any], Any]:
    def call(order: int, u: Any) -> Any:
        t = sp.Dummy("t", real=True)
        return function(t).diff(t, order).subs(t, u) if order else function(u)

    return call


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


def derivative(record: Scalar, n: Order) -> sp.Expr:
    """Return the exact n-th derivative of the formula of f (n = 0 is f itself).

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        Which derivative; 0 is f itself, a name the derivative in that parameter.

    Returns
    -------
    sympy.Expr
        In x alone (in a parameter: with the parameters as symbols), as SymPy differentiates.
    """
    if isinstance(n, str):
        return parse(record.expr, record, symbolic=True).diff(sp.Symbol(n, positive=True))
    return expression(record).diff(X, n)


def preferred(record: Scalar, n: Order) -> str:
    """Return the form of f, f′ or f″ that people write, as a SymPy string with parameters.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.

    Returns
    -------
    str
        In x and the parameters.
    """
    return record.form_of(n) or (record.expr if n == 0 else str(derivative(record, n)))


def latex(record: Scalar, n: Order = 0) -> str:
    r"""Return the LaTeX of f, f′ or f″ in its preferred form, as in ``\Phi(x) + x\,\varphi(x)``.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.

    Returns
    -------
    str
        TeX, without dollar signs.
    """
    return formula_tex(preferred(record, n), record.symbols)


@cache
def _functions(formula: str, highest: int) -> Callable[[Any], list[Any]]:
    whole = sp.sympify(formula, locals={"x": X})
    code: Callable[[Any], list[Any]] = sp.lambdify(
        X, [whole.diff(X, n) for n in range(highest + 1)], "mpmath", cse=True
    )
    return code


def _exact(record: Scalar, highest: int, argument: str = "") -> Callable[[Any], list[Any]]:
    """Return f and its derivatives in mpmath, for complex x and for a second opinion."""
    if argument:
        at = {
            sp.Symbol(k, positive=True): sp.Rational(str(v)) for k, v in record.parameters.items()
        }
        return _functions(str(derivative(record, argument).subs(at)), highest)
    return _functions(str(expression(record)), highest)


# --- points and exact values ------------------------------------------------------------------


def _neighbours(centre: float, dtype: Any) -> list[float]:
    """Return the floats up to 24 ULP either side of a point."""
    points = []
    for direction in (-np.inf, np.inf):
        x = dtype(centre)
        for _ in range(24):
            x = np.nextafter(x, dtype(direction))
            points.append(float(x))
    return [float(dtype(centre)), *points]


def grid(record: Scalar, dtype: DTypeLike = np.float64, n: Order = 0) -> NDArray[Any]:
    """Return the points at which a record is measured: some two thousand, sorted, in its domain.

    Both signs of: every binade of the type down to 2**-64 and up to 2**64, every fourth beyond,
    subnormals included, the smallest and the largest number; 64 points in each binade from 8 to
    1024, where exp leaves the type, and 16 from 1/8 to 8; ±0; all floats within 24 ULP of each
    zero of f, f′, f″, of each kink, and of finite ends of the domain; 16 around each zero.

    Parameters
    ----------
    record : Scalar
        The entry.
    dtype : dtype_like
        The floating type.
    n : int or str
        The name of a parameter: with the zeros of the derivative in it, and in its domain.

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
    low, high = record.domain_of(n)
    special = [k.at for k in record.corners] + [e for e in (low, high) if np.isfinite(e)]
    orders: tuple[Order, ...] = (0, 1, 2, n) if isinstance(n, str) else (0, 1, 2)
    special += [float(z) for k in orders for z in _zeros(record, k)]
    poles = [formulas.real(p) for p in record.excluded]
    special += poles
    for centre in special:
        points += _neighbours(centre, kind)
    for z in (float(z) for k in orders for z in _zeros(record, k) if float(z)):
        # Just outside `nearness`, where a difference of two terms shows first.
        points += [z + s * nearness(z) * (1 + k / 4) for k in range(1, 9) for s in (1, -1)]
    with np.errstate(over="ignore", under="ignore"):
        x = np.array(points).astype(kind)
    x = x[(x > low) & (x < high)]
    for pole in poles:
        if record.period:  # of the poles only a multiple of the period lies on a float, 0
            turns = pole / formulas.real(record.period)
            pole = 0.0 if abs(turns - round(turns)) < 1e-9 else np.nan
        x = x[x != kind(pole)]
    unique: NDArray[Any] = np.unique(x)
    return np.append(unique, kind(-0.0)) if 0 in unique else unique


def reference(record: Scalar, n: Order, points: ArrayLike) -> Exact:
    """Return f, f′ or f″ (n = 0, 1, 2) with 50 sure digits at points of any floating type.

    Cached on disk under the formula, the points, the sources that compute it and their versions.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.
    points : array_like
        Numbers in the domain, any shape.

    Returns
    -------
    Exact
        The values, in that shape.

    Raises
    ------
    Unsettled
        If a value is undefined or no precision settles it; the message names the point.
    """
    x = np.asarray(points, dtype=np.float64).ravel()
    argument, k = (n, 0) if isinstance(n, str) else ("", n)
    exact: Exact = _stored(
        "reference",
        record,
        lambda: judge.reference(record, x, argument),
        hashlib.sha256(x.tobytes()).hexdigest(),
        argument,
    )[k]
    return exact


def source(record: Record) -> str:
    """Return a digest of all code that what is found out about a record depends on.

    Parameters
    ----------
    record : Record
        The entry.

    Returns
    -------
    str
        Hexadecimal: of the package but for the site and for other records, except those that its
        code imports or its relations name.
    """
    text = " ".join(getattr(record, "relations", ()))
    named = {
        other.module
        for family in loaded()
        for other in family
        if text and re.search(rf"\b{other.name}\b", text)
    }
    return digest(site=False, facts=tuple(sorted({record.module, *named})))


def _stored(kind: str, record: Scalar, compute: Callable[[], Any], *more: str) -> Any:
    """Return what `compute` gives, from this process or the disk if a record's facts are the same.

    Pickle, because what it reads is what this module wrote: the source is a part of the key.
    """
    facts = (str(expression(record)), repr((record.domain, record.excluded, record.period)))
    key = (record.name, *facts, repr((record.corners, record.ends)), *more)
    if (kind, key) not in _memory:
        full = (*key, source(record), flint.__version__, sp.__version__)
        _memory[kind, key] = pickle.loads(cached(kind, full, lambda: pickle.dumps(compute())))
    return _memory[kind, key]


_memory: dict[tuple[str, tuple[str, ...]], Any] = {}


# --- measured errors --------------------------------------------------------------------------


@dataclass(frozen=True)
class Errors:
    """The largest error over a grid, in units in the last place of the exact value.

    Beside a zero z ≠ 0 of what is measured (within `nearness`) no rounding of x keeps relative
    digits: there the unit is the change of the exact value when x moves by one ULP.
    """

    max_ulp: float  # away from the zeros; inf where NaN or infinity is wrong
    at: float
    near_zero: float  # the same beside the zeros, in ULP of x; 0 if there is no such point
    near_zero_abs: float  # the absolute error there
    points: int
    lost: int  # points where no digit is right
    lost_at: float  # the one nearest to 1 in magnitude, nan if there is none


BESIDE = 0.05


def nearness(z: float) -> float:
    """Return how far from a zero the absolute error counts: `BESIDE`, at most half its size.

    Parameters
    ----------
    z : float
        The zero, not 0.

    Returns
    -------
    float
        A distance in x.
    """
    return min(BESIDE, abs(z) / 2)


def zeros(record: Scalar, n: Order, dtype: DTypeLike = np.float64) -> list[tuple[float, float]]:
    """Return the zeros beside which relative digits are lost, each with the unit of error there.

    Not at 0, where x is as exact as can be, and not those of a periodic function: a sine keeps its
    digits.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.
    dtype : dtype_like
        The floating type.

    Returns
    -------
    list of (float, float)
        The zeros, and the unit of the error beside each.
    """
    if record.period:
        return []
    eps = float(np.finfo(np.dtype(dtype).type).eps)
    pairs = zip(map(float, _zeros(record, n)), _slopes(record, n), strict=True)
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
    names = {"np": np, "sp": scipy.special, "erf": scipy.special.erf, **record.parameters}
    return lambda x: eval(formula, {**names, "x": x})


def measure(
    record: Scalar,
    n: Order,
    dtype: DTypeLike = np.float64,
    func: Callable[[Any], Any] | None = None,
) -> Errors:
    """Return the largest error of f, f′ or f″ (n = 0, 1, 2) over `grid`, in ULP.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.
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
    x = grid(record, dtype, n)
    if n:
        x = x[~np.isin(x, [k.at for k in record.corners])]
    exact = reference(record, n, x)
    with np.errstate(all="ignore"):
        got = np.broadcast_to((func or record.codes[n])(x), x.shape)
    error = error_in_ulp(got, exact, dtype)
    truth = exact.rounded()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        absolute = np.abs(got.astype(np.float64) - truth)
        wrong = (error > 16) & ~(absolute < np.abs(truth) / 2)
    near = np.zeros(x.shape, dtype=bool)
    unit = np.ones(x.shape)
    for z, size in zeros(record, n, dtype):
        inside = np.abs(x - z) <= nearness(z)
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


def facts(record: Scalar) -> Facts:
    """Return the key numbers of an entry: values at 0, zeros, extremes, symmetry, shape.

    Each is proved for every x of the domain, or says why it is not: see `Facts.proofs`.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    Facts
        At the parameters' defaults.
    """
    result: Facts = _stored("facts", record, lambda: judge.facts(record))
    return result


def _zeros(record: Scalar, n: Order) -> tuple[Number, ...]:
    """Return the isolated zeros of a derivative where it has a slope; kinks are no zeros."""
    if isinstance(n, str):
        zeros = _stored("zeros", record, partial(judge.zeros, record, n), n)
    else:
        found = facts(record)
        zeros = (found.zeros, found.slope_zeros, found.curvature_zeros)[n]
    corners = {k.at for k in record.corners}
    return tuple(z for z in zeros if float(z) not in corners)


def _slopes(record: Scalar, n: Order) -> list[float]:
    """Return how steep a derivative is at each of its zeros."""
    t = differentiate(formulas.formula(record, n))
    return [abs(float(balls.derivatives(t, float(z), 0)[0])) for z in _zeros(record, n)]


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
    checks = (
        _symbolic,
        _known,
        _accurate,
        _differences,
        _traced,
        _kinks,
        _ends,
        _inputs,
        _plane,
        _related,
        _cases,
    )
    return [check for method in checks for check in method(record)]


NAMES = ("f", "f′", "f″")


def named(n: Order) -> str:
    """Return what a derivative is called in checks and tables.

    Parameters
    ----------
    n : int or str
        0, 1, 2, or a parameter.

    Returns
    -------
    str
        ``f′``, or ``∂f/∂beta``.
    """
    return f"∂f/∂{n}" if isinstance(n, str) else NAMES[n]


def _symbolic(record: Scalar) -> Iterator[Check]:
    for n in record.codes:
        if form := record.form_of(n):
            key = show(formulas.read(form, record, symbolic=True)), repr(n)
            result = _stored("form", record, partial(judge.form, record, n), *key)
            yield _told(result, "formula of " + named(n), f"`{form}`")


def _known(record: Scalar) -> Iterator[Check]:
    """Count the key numbers that are proved for every x, and say what stood in the way."""
    proofs = facts(record).proofs
    left = [f"{name}: {p.reason}" for name, p in proofs.items() if not p.proved]
    told = f"{len(proofs) - len(left)} of {len(proofs)}"
    yield Check("facts", 0, told, True, "; ".join(left) or "each proved for every x")


def _told(result: Equality, what: str, form: str) -> Check:
    """Say how two formulas compare."""
    if result.proved:
        return Check("formula, symbolic", 0, "0", True, f"{what} equals {form}")
    method = f"formula, {balls.DIGITS} digits"
    if result.at is not None:
        detail = f"{what} is not {form}: at x = {result.at:.6g} {result.right}, not {result.left}"
        return Check(method, result.points, "", False, detail)
    few = result.points <= judge.POINTS // 2
    detail = f"{what}: only {result.points} points" if few else f"{what} equals {form}"
    return Check(method, result.points, "0", not few, detail)


def _accurate(record: Scalar) -> Iterator[Check]:
    for n in record.codes:
        for dtype in (np.float64, np.float32):
            e = measure(record, n, dtype)
            ok = max(e.max_ulp, e.near_zero) <= record.promise
            verdict = "" if ok else f", above the promise of {record.promise:g} at x = {e.at!r}"
            detail = f"{named(n)} in {dtype.__name__}{verdict}"
            yield Check("exact values", e.points, f"{e.max_ulp:.2g} ULP", ok, detail)


def _breaks(record: Scalar) -> NDArray[np.float64]:
    """Return kinks, poles in the neighbouring periods and finite ends of the domain."""
    poles = [formulas.real(p) for p in record.excluded]
    if record.period:
        turn = formulas.real(record.period)
        poles = [p + k * turn for p in poles for k in range(-40, 41)]
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
    for name in record.partials:
        yield _difference_in(record, name)


def _difference_in(record: Scalar, name: str) -> Check:
    """Compare the derivative in a parameter with central differences of f in it.

    Kinks may move with the parameter, so the step stays a hundred times below the distance to one.
    """
    x = grid(record, np.float64, name)
    gap = np.min(np.abs(x[:, None] - _breaks(record)), axis=1)
    x = x[(np.abs(x) < 50) & (np.abs(x) > 1e-3) & (gap > 1e-3)]
    x = x[:: max(1, x.size // 100)]
    at = float(record.parameters[name])
    eps = np.finfo(np.float64).eps
    room = min([abs(at - e) for e in (record.takes[name].low, record.takes[name].high) if e != at])
    h = min(np.cbrt(eps) * max(abs(at), 1.0), room / 10)
    up, down = at + h, at - h
    key = hashlib.sha256(x.tobytes()).hexdigest()
    exact = _stored("partials", record, lambda: _higher_in(record, name, x, h), name, key)
    got = (record.f(x, **{name: up}) - record.f(x, **{name: down})) / (up - down)
    want = record.partials[name].code(x)
    noise = record.promise * eps * (exact[0] + abs(at) * exact[1]) / h
    predicted = 1.5 * h**2 / 6 * exact[2] + noise
    predicted += record.promise * eps * np.abs(got) + np.finfo(np.float64).tiny
    ratio = np.abs(got - want) / predicted
    i = int(np.nanargmax(np.where(np.isnan(ratio), np.inf, ratio)))
    ok = bool(ratio[i] <= 1)
    verdict = "" if ok else f": at x = {x[i]:.6g} it is {want[i]:.6g}, the difference {got[i]:.6g}"
    detail = f"{named(name)} and the central difference of f in {name}{verdict}"
    return Check("finite differences", x.size, f"{ratio[i]:.2g} of predicted", ok, detail)


def _higher_in(record: Scalar, name: str, x: NDArray[Any], h: float) -> NDArray[np.float64]:
    """Return |f|, |∂f| and |∂³f| in a parameter at x, the last as the largest over its step."""
    t = formulas.read(record.expr, record, symbolic=True)
    at = float(record.parameters[name])
    others = {k: v for k, v in record.parameters.items() if k != name}
    rows = []
    for u in x:
        row = []
        for order, values in ((0, (at,)), (1, (at,)), (3, (at - h, at, at + h))):
            slope = differentiate(t, name, order)
            row.append(
                max(abs(formulas.at(slope, float(u), {**others, name: value})) for value in values)
            )
        rows.append(row)
    return np.array(rows).T


def _higher(record: Scalar, x: NDArray[Any], h: NDArray[Any]) -> NDArray[np.float64]:
    """Return |f| … |f⁗| at x, the last two as the largest over x and x ± h."""
    t = formulas.formula(record)
    rows = []
    for u, step in zip(x, h, strict=True):
        three = [
            [abs(float(v)) for v in balls.derivatives(t, float(u + s * step), 4)]
            for s in (-1, 0, 1)
        ]
        rows.append([max(column) for column in zip(*three, strict=True)])
    return np.array(rows).T


def _traced(record: Scalar) -> Iterator[Check]:
    """Compare d_f with forward and reverse mode through the source of f.

    Where the chain rule adds terms that cancel it keeps digits of the largest slope only: the unit
    is the rounding of max(|f′|, 1).
    """
    for n, code in record.codes.items():
        if n in (0, 2):
            continue
        x = grid(record, np.float64, n)
        x = x[(np.abs(x) < 50) & (np.min(np.abs(x[:, None] - _breaks(record)), axis=1) > 1e-6)]
        want = code(x)
        unit = np.finfo(np.float64).eps * np.maximum(np.abs(want), 1.0)
        point, through = x, record.f
        if isinstance(n, str):
            point = np.full(x.shape, float(record.parameters[n]))
            through = partial(_in_parameter, record.f, x, n)
        modes: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("forward mode", partial(dual.derivative, through, point)),
            ("reverse mode", partial(_reverse, through, point)),
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
            detail = f"{named(n)} and {mode} through f{verdict}"
            yield Check(mode, x.size, f"{ratio[i]:.2g} eps", ok, detail)


def _in_parameter(f: Callable[..., Any], x: NDArray[Any], name: str, value: Any) -> Any:
    return f(x, **{name: value})


def _reverse(f: Callable[[Any], Any], point: NDArray[Any]) -> Any:
    return tape.grad(lambda u: np.sum(f(u)))(point)


def one_sided(record: Scalar, at: float, n: Order = 1) -> tuple[float, float]:
    """Return what f′ (or another derivative) tends to from the left and from the right of a point.

    The formula that holds on each side is evaluated at the point itself.

    Parameters
    ----------
    record : Scalar
        The entry.
    at : float
        The point.
    n : int or str
        Which derivative.

    Returns
    -------
    tuple of two floats
        From the left and from the right.
    """
    return judge.one_sided(record, at, n)


def _kinks(record: Scalar) -> Iterator[Check]:
    declared = {k.at for k in record.corners}
    for boundary in sorted(joints(record) - declared):
        left, right = one_sided(record, boundary)
        if left != right:
            detail = f"an undeclared kink at {boundary:g}: slopes {left:g} and {right:g}"
            yield Check("kinks", 1, "", False, detail)
    for kink in record.corners:
        faults = [*_kink_faults(record, kink), *_partial_faults(record, kink)]
        left, right = one_sided(record, kink.at)
        told = f"slope {kink.slope:g} chosen at {kink.at:g}, between {left:g} and {right:g}"
        yield Check("kinks", 1, "0", not faults, "; ".join(faults) or told)


def _partial_faults(record: Scalar, kink: Corner) -> Iterator[str]:
    """Say where a derivative in a parameter returns no value between its limits at a kink."""
    for name, found in record.partials.items():
        low, high = sorted(one_sided(record, kink.at, name))
        for dtype in (np.float64, np.float32):
            got = found.code(dtype(kink.at))
            if not dtype(low) <= got <= dtype(high):
                yield (
                    f"{named(name)} at the kink {kink.at:g} is {got:g} in {dtype.__name__}, "
                    f"not from {low:g} to {high:g}"
                )


def joints(record: Scalar) -> set[float]:
    """Return the points where the formula changes its branch.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    set of float
        Where f, f′ or f″ may jump.
    """
    return {float(balls.value(b)) for b in judge.boundaries(record)}


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
    limits: dict[Order, tuple[float, float]] = dict(enumerate(record.ends.values()))
    for n, code in record.codes.items():
        faults: list[str] = []
        points = 0
        for side, end in enumerate(record.domain_of(n)):
            if isinstance(n, str):  # not stated: what the formula tends to
                stated = _limit(record, n, side)
            else:
                stated = limits[n][side]
                faults += filter(None, [_tends(record, n, side, stated)])
            if not np.isfinite(end) and not np.isnan(stated):
                for dtype in (np.float64, np.float32):
                    got = _quiet(code, np.array([end], dtype), faults)
                    points += 1
                    if dtype(got[0]) != dtype(stated):
                        faults.append(f"{named(n)} at {end:g} is {got[0]}, the limit {stated:g}")
        for dtype in (np.float64, np.float32):
            if not np.isnan(_quiet(code, np.array([np.nan], dtype), faults)[0]):
                faults.append(f"{named(n)}(nan) is not nan in {dtype.__name__}")
            x = grid(record, dtype, n)
            x = x[np.isfinite(reference(record, n, x).rounded(dtype))]  # else overflow is the truth
            _quiet(code, x, faults)
            points += x.size + 1
        detail = "; ".join(dict.fromkeys(faults)) or f"limits of {named(n)}, NaN, no warnings"
        yield Check("limits", points, "", not faults, detail)


def _quiet(code: Callable[[Any], Any], x: NDArray[Any], faults: list[str]) -> NDArray[Any]:
    """Evaluate with every warning a fault."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        got = np.asarray(code(x))
    faults += [f"{w.message} on {x.dtype}, {x[0]:g} to {x[-1]:g}" for w in caught]
    return got


def _tends(record: Scalar, n: int, side: int, stated: float) -> str:
    """Return what is wrong with a stated limit (nan: it swings for ever), or nothing."""
    end = f"{record.domain[side]:g}"
    try:
        limit = _limit(record, n, side)
    except Undecided as error:
        return f"the limit of {NAMES[n]} at {end} is not known: {error}"
    # An expression in the parameters is computed on their rounded values: two roundings.
    room = 2 * np.spacing(abs(limit)) if record.parameters and np.isfinite(limit) else 0.0
    if limit == stated or abs(limit - stated) <= room or (np.isnan(limit) and np.isnan(stated)):
        return ""
    if np.isnan(stated):
        return f"{NAMES[n]} tends to {limit:g} at {end}"
    return f"{NAMES[n]} does not tend to {stated:g} at {end}"


def _limit(record: Scalar, n: Order, side: int) -> float:
    compute = partial(judge.limit, record, n, side)
    found: float = _stored("limit", record, compute, repr((n, side)))
    return found


def _inputs(record: Scalar) -> Iterator[Check]:
    """Fix the answer for each kind of input: see `input_faults`."""
    faults = [fault for n in record.codes for fault in input_faults(record, n)]
    kinds = "int, list, empty, 0-d, 2-d, float16, float32, complex, masked, text, None"
    yield Check("kinds of input", 11, "", not faults, "; ".join(faults) or kinds)


def input_faults(record: Scalar, n: Order) -> Iterator[str]:
    """Say where f, f′ or f″ breaks the rules for kinds of input.

    The rules are those of `derivref.records.wrapped`: any shape, the floating type kept, integers
    and lists as float64, complex numbers as the analytic continuation or refused, masks refused.

    Parameters
    ----------
    record : Scalar
        The entry.
    n : int or str
        0 for f, 1 for f′, 2 for f″; a parameter for the derivative in it.

    Yields
    ------
    str
        A message for each broken rule.
    """
    code, name = scalar(record, record.codes[n], record.family), named(n)
    high = record.domain[1]
    inside = np.array([0.25, 0.5, 0.75]) + max(0.0, record.domain[0])
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
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 may be an end of the domain
        got, same = code(whole), code(whole.astype(np.float64))
    if got.dtype != np.float64 or not np.array_equal(got, same, equal_nan=True):
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
        k = 0 if isinstance(n, str) else n
        function = _exact(record, k, n if isinstance(n, str) else "")
        exact = np.array([complex(function(mp.mpc(u))[k]) for u in z])
        try:
            got = code(z)
        except TypeError as error:
            yield f"{name}: declared analytic, and complex numbers are refused: {error}"
            return
        if not np.allclose(got, exact, rtol=1e-12, atol=0):
            yield f"{name}: complex {z[0]} gives {got[0]}, the continuation is {exact[0]}"


def _plane(record: Scalar) -> Iterator[Check]:
    """Measure a function of two arguments in the plane, and hold what both arguments may be.

    The unit is what one eps of each argument does to the exact value, and one of the value.
    """
    for name in record.seconds:
        x, y = _pairs(record, name)
        key = hashlib.sha256(np.concatenate([x, y]).tobytes()).hexdigest()
        faults: list[str] = []
        for n, code in record.codes.items():
            compute = partial(_at_pairs, record, n, name, x, y)
            value, in_x, in_y = np.abs(
                exact := _stored("plane", record, compute, f"{name} {n}", key)
            )
            unit = np.finfo(np.float64).eps * (value + np.abs(x) * in_x + np.abs(y) * in_y)
            error = np.abs(code(x, **{name: y}) - exact[0]) / np.maximum(unit, 2.0**-1022)
            i = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
            ok = bool(error[i] <= record.promise)
            verdict = "" if ok else f": off at x = {x[i]:.6g}, {name} = {y[i]:.6g}"
            detail = f"{named(n)} at random x and {name}{verdict}"
            yield Check("plane", x.size, f"{error[i]:.2g} eps", ok, detail)
            faults += _second_faults(record, n, name, x[:8:2], y[:8:2])
        detail = "; ".join(faults) or f"`{name}`: arrays, broadcast, types, NaN"
        yield Check("kinds of input", 6 * len(record.codes), "", not faults, detail)


def _pairs(record: Scalar, name: str, count: int = 100) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return points of the plane: near 1, and of magnitudes from 2**-40 to 2**40."""
    rng = np.random.default_rng(0)
    points: list[NDArray[np.float64]] = []
    low, high = record.domain_of(name)
    while len(points) < count:
        pair = rng.uniform(-4, 4, 2)
        if len(points) % 2:
            pair = np.copysign(np.exp2(rng.uniform(-40, 40, 2)), pair)
        if low < pair[0] < high and record.takes[name].admits(pair[1]):
            points.append(pair)
    x, y = np.array(points).T
    return x, y


def _at_pairs(
    record: Scalar, n: Order, name: str, x: NDArray[Any], y: NDArray[Any]
) -> NDArray[np.float64]:
    """Return a derivative at pairs, and its slopes in x and in the other argument."""
    t = formulas.formula(record, n, symbolic=True)
    terms = [t, differentiate(t), differentiate(t, name)]
    pairs = list(zip(x.tolist(), y.tolist(), strict=True))
    others = {k: v for k, v in record.parameters.items() if k != name}
    return np.array([[formulas.at(u, a, {**others, name: b}) for a, b in pairs] for u in terms])


def _second_faults(
    record: Scalar, n: Order, name: str, x: NDArray[Any], y: NDArray[Any]
) -> Iterator[str]:
    code, label = scalar(record, record.codes[n], record.family), named(n)
    want = code(x, **{name: y})
    if np.shape(code(x[:, None], **{name: y})) != (4, 4):
        yield f"{label}: x of shape (4, 1) and `{name}` of shape (4,) are not broadcast"
    for kind in (np.float32, np.float16):
        got = code(x.astype(kind), **{name: y.astype(kind)})
        if got.dtype != kind:
            yield f"{label}: x and `{name}` of {np.dtype(kind)} give {got.dtype}"
        if code(x.astype(kind), **{name: 1}).dtype != kind:
            yield f"{label}: `{name}=1` makes another type of {np.dtype(kind)}"
    if (got := code(x.astype(np.float32), **{name: y})).dtype != want.dtype:
        yield f"{label}: `{name}` of float64 gives {got.dtype}"
    if n == 0 and not np.all(np.isnan(code(x, **{name: np.full(4, np.nan)}))):
        yield f"{label}: NaN in `{name}` is lost"


def _related(record: Scalar) -> Iterator[Check]:
    entries = [r for family in loaded() for r in family if isinstance(r, Scalar)]
    for text in record.relations:
        left, right = judge.sides(record, text, entries)
        compare = partial(judge.equal, record, left, right)
        result = _stored("relation", record, compare, show(left), show(right))
        check = _told(result, "relation", f"`{text}`")
        told = check.detail.replace("relation equals", "relation").replace("is not", "fails:")
        yield replace(check, method="relations, " + check.method.partition(", ")[2], detail=told)


def _cases(record: Scalar) -> Iterator[Check]:
    for case in record.cases:
        told = ", ".join(f"{k} = {v:g}" for k, v in case.parameters.items())
        for method in (_accurate, _differences, _traced, _kinks, _ends, _inputs):
            for check in method(record.case(case)):
                yield replace(check, detail=f"{told}: {check.detail}")
