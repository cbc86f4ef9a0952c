"""Compare derivatives that somebody wrote with differences of the function, one by one.

Nothing is compared with a constant: `derivref.differences.derivative` measures each slope with an
estimate of its error, and the tolerance is four times that estimate plus the rounding of the given
number. Where the given number disagrees, the one-sided slopes decide between an error and a kink.

Up to 32 components are measured one by one. More are measured in 32 groups, along a random
direction in each; a group that disagrees is halved until the wrong component is found.

A float32 derivative is judged at its own x and by its own rounding, but f is measured in float64 if
it computes in the type of its argument: differences in float32 keep five digits at best.
"""

import math
import numbers
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivref.differences import BEYOND, Derivative, Side, _derivative, _jacobian, _Multivariate

__all__ = ["Report", "check_derivative", "check_gradient", "check_jacobian", "check_vjp"]

Array = NDArray[Any]
Function = Callable[..., Any]

SAFETY = 4.0  # an estimate is no bound: the worst of 4500 measured slopes was off by 3.1 times it
ULPS = 4.0  # allowed for each given number whatever its formula
VISIBLE = 1e-3  # the relative error that a component called right would have shown
GROUPS = 32
OUTPUTS = 16
LOCATED = 8  # wrong components, after which no more groups are searched
RETRIES = 64  # components measured one by one because their group cannot resolve them
SHOWN = 5


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What a check found, for each component; print it to see the worst ones and likely causes.

    Attributes
    ----------
    ok : bool
        Whether no component is wrong, and no undecided one can hide an error of a thousandth of
        the largest component (each times the size of its x, so that units do not matter).
    verdict : array of str
        'right': within the tolerance, which is below a thousandth of the component. 'wrong'.
        'at a kink': between the one-sided slopes, which differ. 'too noisy' or 'inconclusive':
        within a tolerance too wide to tell, because f is noisy or changes too little, or no slope
        could be measured.
    given : array
        The numbers that were checked.
    measured : array
        The slopes by differences; at a kink the admissible number nearest to the given one. NaN
        where there is none, or where the component was measured in a group only.
    tolerance : array
        How far given and measured may differ, from the estimated error of the difference and the
        rounding of the given number.
    causes : tuple of str
        What would explain the wrong components, if anything simple does, or the undecided ones.
    evaluations : int
        How many points f was evaluated at.
    """

    title: str
    ok: bool
    verdict: Array
    given: Array
    measured: Array
    tolerance: Array
    causes: tuple[str, ...]
    evaluations: int

    def assert_ok(self) -> None:
        """Raise an AssertionError with the printed report unless `ok`."""
        if not self.ok:
            raise AssertionError(str(self))

    def __repr__(self) -> str:
        counts = {str(v): int(np.sum(self.verdict == v)) for v in np.unique(self.verdict)}
        summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        lines = [f"{self.title}: {'ok' if self.ok else 'NOT OK'} ({summary})"]
        worst = self._worst()
        if worst:
            rows: list[tuple[str, ...]] = [
                ("component", "given", "measured", "tolerance", "verdict")
            ]
            rows += map(self._row, worst)
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            for row in rows:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                lines.append(("  " + "  ".join(cells)).rstrip())
        lines += [f"likely: {cause}" for cause in self.causes]
        if np.sum(self.verdict == "wrong") >= LOCATED and np.isinf(self.tolerance).any():
            lines.append(f"the search stopped after {LOCATED} wrong components: there are more")
        return "\n".join(lines)

    def _worst(self) -> list[tuple[int, ...]]:
        """Return the wrong components, else the undecided ones, worst first."""
        shown = self.verdict == "wrong"
        if not shown.any():
            shown = (self.verdict != "right") & (self.verdict != "at a kink")
        with np.errstate(all="ignore"):
            off = abs(self.given - self.measured)
            off = off / np.maximum(abs(self.given), abs(self.measured))
        order = np.argsort(-np.nan_to_num(off, nan=np.inf).ravel(), kind="stable")
        found = [np.unravel_index(i, self.verdict.shape) for i in order if shown.flat[i]]
        return [tuple(map(int, index)) for index in found[:SHOWN]]

    def _row(self, index: tuple[int, ...]) -> tuple[str, ...]:
        given, measured = float(self.given[index]), float(self.measured[index])
        tolerance = float(self.tolerance[index])
        name = f"[{', '.join(map(str, index))}]" if index else "x"
        values = (_digits(value, tolerance) for value in (given, measured))
        return name, *values, f"{tolerance:.0e}", str(self.verdict[index])


def _digits(value: float, tolerance: float) -> str:
    """Write a number with the digits that mean something, at most ten."""
    if not (value and math.isfinite(value) and 0 < tolerance < math.inf):
        return f"{value:.10g}"
    count = math.ceil(math.log10(abs(value)) - math.log10(tolerance))
    return f"{value:.{min(max(count, 2), 10)}g}"


class _Judgement(NamedTuple):
    verdict: str
    measured: float
    tolerance: float


class _Line(NamedTuple):
    """A measured combination of components; what a likely cause has to explain."""

    indices: Array
    weights: Array
    value: float
    tolerance: float


def _undecided(slope: Any) -> str:
    return "too noisy" if slope.status == "noisy" else "inconclusive"


def _visible(given: float, measured: float, tolerance: float, status: str) -> bool:
    """Whether an error of a thousandth would have been seen; 0 is right if f sees nothing else."""
    if given == 0 and status == "ok":
        return True
    return tolerance <= VISIBLE * max(abs(given), abs(measured))


def _judge(
    given: float, rounding: float, slope: Derivative, side: Callable[[Side], Derivative]
) -> _Judgement:
    """Compare one number with the slope at its point, and where they differ with both sides."""
    measured, tolerance = slope.value, SAFETY * slope.error + rounding
    if not math.isfinite(given):
        known = math.isnan(given) or math.isfinite(measured)
        return _Judgement("wrong" if known else _undecided(slope), measured, tolerance)
    if abs(given - measured) <= tolerance:
        visible = _visible(given, measured, tolerance, slope.status)
        return _Judgement("right" if visible else _undecided(slope), measured, tolerance)
    sides = [s for s in (side("left"), side("right")) if math.isfinite(s.value)]
    if slope.status == "domain edge" and len(sides) == 1:
        return _judge(given, rounding, sides[0], lambda _: sides[0])
    if len(sides) == 2 and sides[0] is not sides[1]:
        low, high = sorted(sides, key=lambda s: float(s.value))
        wide = SAFETY * (low.error + high.error)
        if slope.status == "kink" or high.value - low.value > wide:
            nearest = min(max(given, low.value), high.value)
            error = SAFETY * (low.error if nearest == low.value else high.error)
            if abs(given - nearest) > error + rounding:
                return _Judgement("wrong", nearest, error + rounding)
            sharp = wide <= VISIBLE * max(high.value - low.value, abs(high.value), abs(low.value))
            return _Judgement("at a kink" if sharp else "inconclusive", nearest, error + rounding)
    if math.isfinite(measured) and math.isfinite(tolerance):
        return _Judgement("wrong", measured, tolerance)
    return _Judgement(_undecided(slope), measured, math.inf)


# --- what is given -----------------------------------------------------------------------------


def _argument(x: ArrayLike) -> Array:
    """Return x as a float64 or float32 array that is not empty; integers become float64."""
    array = np.asarray(x)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype not in (np.float64, np.float32):
        raise TypeError(f"`x` must be real, float64 or float32, got {array.dtype}")
    if not array.size:
        raise ValueError(f"`x` must not be empty, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"`x` must be finite, got {array[~np.isfinite(array)].flat[0]}")
    return array


def _accuracy(accuracy: Any) -> float:
    if not isinstance(accuracy, numbers.Real) or not 0 <= float(accuracy) < math.inf:
        raise ValueError(f"`accuracy` must be finite and not negative, got {accuracy!r}")
    return float(accuracy)


def _callable(name: str, function: Any) -> None:
    if not callable(function):
        raise TypeError(f"`{name}` must be callable, got {function!r}")


def _numbers(name: str, out: Any, shape: tuple[int, ...] | None, *, beyond: bool = False) -> Array:
    """Return what `name` returned as real numbers; `beyond` x complex ones are NaN."""
    array = np.asarray(out)
    if array.dtype == complex and (beyond or (array.imag == 0).all()):
        array = np.where(array.imag == 0, array.real, np.nan)
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise TypeError(f"`{name}` must return real numbers, got {array.dtype}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"`{name}` must return shape {shape}, got {array.shape}")
    return array


def _call(name: str, function: Function, *args: Array, shape: tuple[int, ...] | None) -> Array:
    """Call what the user gave twice, and say by name what is wrong with it."""
    try:
        # Copies in, a copy out: the function may write into its argument or reuse its result.
        outs = [np.array(function(*(a.copy() for a in args))) for _ in range(2)]
    except Exception as error:
        raise ValueError(f"`{name}` raised {type(error).__name__} at x: {error}") from error
    first, again = (_numbers(name, out, shape) for out in outs)
    if first.shape != again.shape or not np.array_equal(first, again, equal_nan=True):
        raise ValueError(f"`{name}` must be deterministic: two calls at x gave {first}, {again}")
    return first


def _values(f: Function, x: Array, shape: tuple[int, ...] | None) -> Array:
    values = _call("f", f, x, shape=shape)
    if not np.isfinite(values).all():
        at = np.unravel_index(np.argmin(np.isfinite(values)), values.shape)
        raise ValueError(f"`f` must be finite at x, got {values[at]} in {list(map(int, at))}")
    return values


def _measurable(
    f: Function, x: Array, values: Array, rng: np.random.Generator
) -> tuple[Function, Array]:
    """Return f and x in the type in which f computes, whatever it is given and returns.

    float64 where f takes it, as its differences have twice the digits. A function whose values at
    random float64 points all fit into float32 is a staircase in float64: it returns float32.
    """
    point = x.astype(np.float64)

    def at(p: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(f(p.copy()))

    try:
        finer = at(point)
        near = [at(point + _sizes(x) * rng.uniform(0, 1e-3, x.shape)) for _ in range(3)]
        wide = finer.dtype == np.float64 and any((v != v.astype(np.float32)).any() for v in near)
        # Where f is flat, as a sigmoid that has become 1, its values fit into any type.
        flat = all(np.array_equal(v, finer) for v in near)
        wide = wide or (flat and finer.dtype == np.float64)
        rounded = not wide and np.array_equal(at(x.astype(np.float32)), values)
    except Exception:  # beyond the domain, or made for float32
        return f, x
    if rounded:
        return lambda p: np.asarray(f(p), np.float32)[()], x.astype(np.float32)
    close = np.sqrt(np.finfo(x.dtype).eps)
    if wide and np.allclose(finer, values, rtol=close, atol=close * abs(values).max()):
        return f, point
    return f, x


def _uncertainty(function: Function, x: Array, given: Array, rng: np.random.Generator) -> Array:
    """Return how far the given numbers may be off by rounding alone: theirs, and that of x.

    Moving x by one rounding error shows what the type does to an ill-conditioned formula, such as
    the inverse of a nearly singular matrix; computing in float64 shows it for float32.
    """
    eps = np.finfo(given.dtype).eps if given.dtype.kind == "f" else 0.0
    unit = max(eps, np.finfo(x.dtype).eps)

    def off(point: Array) -> Array:
        try:
            with np.errstate(all="ignore"):
                away = abs(np.asarray(function(point), dtype=np.float64) - given)
        except Exception:  # beyond the domain, or made for float32
            return np.zeros(given.shape)
        return np.where(np.isfinite(away), away, 0.0)

    allowed = ULPS * eps * np.where(np.isfinite(given), abs(given.astype(np.float64)), 0.0)
    for _ in range(8):
        moved = x * (1 + unit * rng.choice((-1.0, 1.0), x.shape))
        allowed = np.maximum(allowed, SAFETY * off(moved.astype(x.dtype)))
    if x.dtype == given.dtype == np.float32:
        allowed = allowed + off(x.astype(np.float64))
    return np.asarray(allowed, dtype=np.float64)


# --- one function of many components -----------------------------------------------------------


class _Case:
    """A function with what was given for its slopes at x, flattened; holds what is found."""

    def __init__(
        self, f: Function, x: Array, given: Array, rounding: Array, accuracy: float = 0.0
    ) -> None:
        self.f, self.x, self.accuracy = f, x, accuracy
        self.given = given.ravel().astype(np.float64)
        self.rounding = rounding.ravel()
        self.found = [_Judgement("inconclusive", math.nan, math.inf)] * x.size
        self.lines: list[_Line] = []
        self.evaluations = 0
        self.size = _sizes(x).ravel()

    def elementwise(self) -> None:
        """Judge every point of a function of one number."""
        slopes = _derivative(self.f, self.x.ravel(), accuracy=self.accuracy)
        self.evaluations += slopes.evaluations
        for i, (value, error, status) in enumerate(
            zip(slopes.value.tolist(), slopes.error.tolist(), slopes.status.tolist(), strict=True)
        ):
            slope = Derivative(value, error, status, 0)
            if status == "noisy":
                slope = self._slope(self.f, self.x.flat[i])
            self._decide(i, slope, self.f)

    def gradient(self, rng: np.random.Generator) -> None:
        """Judge every component of the gradient of a function of all of x."""
        everything = np.arange(self.x.size)
        if self.x.size <= GROUPS:
            for i in range(self.x.size):
                self.component(i)
            return
        # Components that contribute alike to f go together: none hides another.
        weight = np.where(np.isfinite(self.given), abs(self.given), 0.0) * self.size
        for group in np.array_split(everything[np.argsort(-weight, kind="stable")], GROUPS):
            self._group(group, rng)
        unresolved = [
            i
            for i in range(self.x.size)
            if self.found[i].verdict in ("inconclusive", "too noisy")
            and math.isfinite(self.found[i].tolerance)
        ]
        unresolved.sort(key=lambda i: -self.found[i].tolerance * self.size[i])
        for i in unresolved[:RETRIES]:
            self.component(i)

    def _along(self, point: Callable[[Any], Array]) -> Function:
        """Return f on a line, for arrays of points; NaN beyond the domain of f."""

        def one(t: Any) -> Any:
            try:
                value = self.f(point(t))
            except BEYOND:
                return math.nan
            return _numbers("f", value, (), beyond=True)[()]

        def line(t: Array) -> Array:
            return np.array([one(v) for v in t.ravel()]).reshape(t.shape)

        return line

    def _slope(self, line: Function, at: Any, side: Side = "both") -> Derivative:
        """Measure a slope; that of f as a float32 function if f computes in float32 unsaid."""
        slope = _derivative(line, np.asarray(at), side=side, accuracy=self.accuracy)
        self.evaluations += slope.evaluations
        narrow = np.float32(at)
        if slope.status == "noisy" and np.array_equal(
            line(np.stack([narrow])), line(np.stack([at]))
        ):
            again = _derivative(
                lambda t: np.asarray(line(t)).astype(np.float32),
                np.asarray(narrow),
                side=side,
                accuracy=self.accuracy,
            )
            self.evaluations += again.evaluations
            if again.error < slope.error:
                return again
        return slope

    def component(self, i: int, slope: Derivative | None = None) -> None:
        """Judge one component, whose slope may be known."""

        def point(t: Any) -> Array:
            moved = self.x.copy()
            moved.flat[i] = t
            return moved

        line = self._along(point)
        self._decide(i, slope or self._slope(line, self.x.flat[i]), line)

    def _decide(self, i: int, slope: Derivative, line: Function) -> None:
        def side(side: Side) -> Derivative:
            return self._slope(line, self.x.flat[i], side)

        found = _judge(float(self.given[i]), float(self.rounding[i]), slope, side)
        self.found[i] = found
        if math.isfinite(found.measured) and found.measured == slope.value:
            where = np.array([i]), np.ones(1)
            self.lines.append(_Line(*where, found.measured, found.tolerance))

    def _group(self, group: Array, rng: np.random.Generator) -> None:
        """Measure components together, along a random direction; halve a group that disagrees."""
        if len(group) == 1:
            self.component(int(group[0]))
            return
        # Short fractions keep x + h·d exact; sizes that differ keep two errors from cancelling.
        signs = rng.choice((-1.0, 1.0), len(group)) * rng.integers(512, 1024, len(group))
        weights = signs * 2.0 ** np.floor(np.log2(self.size[group]) - 9)

        def point(t: Any) -> Array:
            moved = self.x.copy()
            moved.flat[group] += ((t - 1) * weights).astype(self.x.dtype)
            return moved

        # From t = 1, so that the steps are relative to x.
        slope = self._slope(self._along(point), self.x.dtype.type(1))
        tolerance = SAFETY * slope.error + float(self.rounding[group] @ abs(weights))
        off = abs(float(self.given[group] @ weights) - slope.value)
        if math.isfinite(slope.value) and math.isfinite(tolerance):
            self.lines.append(_Line(group, weights, slope.value, tolerance))
        if off <= tolerance < math.inf:
            for i, weight in zip(group, abs(weights), strict=True):
                own, given = tolerance / weight, abs(float(self.given[i]))
                visible = _visible(given, given, own, slope.status)
                verdict = "right" if visible else _undecided(slope)
                self.found[i] = _Judgement(verdict, math.nan, own)
        elif slope.status == "kink":
            for i in group:
                self.component(int(i))
        else:
            for half in np.array_split(group, 2):
                if sum(found.verdict == "wrong" for found in self.found) < LOCATED:
                    self._group(half, rng)


def _sizes(x: Array) -> Array:
    """Return the size of each component of x, and of the others in place of a (near) zero."""
    size = abs(x.astype(np.float64))
    normal = size > 2.0**20 * np.finfo(x.dtype).tiny  # a fraction of it is not 0 either
    typical = float(np.median(size[normal])) if normal.any() else 1.0
    return np.where(normal, size, typical)


# --- likely causes -----------------------------------------------------------------------------


def _explanations(given: Array, x: Array, lines: list[_Line]) -> Iterator[tuple[str, Array]]:
    """Yield likely mistakes with the right gradient if it is that."""
    yield "the sign is reversed", -given
    yield "a factor 2 too large", given / 2
    yield "a factor 1/2: too small by 2", 2 * given
    if given.ndim == 2 and given.shape[0] == given.shape[1]:
        yield "transposed", given.T
    if given.size > 2:
        for shift in (1, -1):
            yield "shifted by one index", np.roll(given.ravel(), shift).reshape(given.shape)
    if len(lines) < 3:  # with one number to fit, two lines would fit too often
        return
    flat = given.ravel()
    terms = (
        (flat, "scaled by {} throughout", 0.0),
        (x.ravel().astype(np.float64), "a term {}·x is missing", 1.0),
        (np.ones(flat.size), "a constant {} is missing", 1.0),
    )
    for term, text, keep in terms:
        ratios = [
            (v - keep * float(flat[i] @ w)) / float(term[i] @ w)
            for i, w, v, _ in lines
            if term[i] @ w
        ]
        if ratios and (factor := float(np.median(ratios))):
            shown = factor if keep else 1 / factor
            yield text.format(f"{shown:.5g}"), keep * given + factor * term.reshape(given.shape)


def _causes(given: Array, x: Array, verdict: Array, lines: list[_Line]) -> tuple[str, ...]:
    """Return what explains every measured line, else what can be said of the wrong components."""
    wrong = verdict == "wrong"
    if not wrong.any():
        return ()
    if not np.isfinite(given).all():
        return ("some given numbers are not finite",)

    def fits(candidate: Array) -> bool:
        flat = candidate.ravel()  # twice the tolerance: it was stated for the given numbers
        return bool(lines) and all(abs(float(flat[i] @ w) - v) <= 2 * t for i, w, v, t in lines)

    for text, candidate in _explanations(given, x, lines):
        if fits(candidate):
            return (text,)
    single = {int(i[0]): v for i, _, v, _ in lines if len(i) == 1}
    known = all(int(i) in single for i in np.flatnonzero(wrong))
    whole = all(math.trunc(v) == given.flat[i] for i, v in single.items())
    if known and whole and any(abs(v) >= 1 for v in single.values()):
        return ("truncated to whole numbers: an integer type",)
    found = []
    measured = np.isin(np.flatnonzero(wrong), np.concatenate([[-1], *(i for i, *_ in lines)])).all()
    if not given[wrong].any():
        found.append("0 where the slope is not 0")
    for text, factor in (("the sign is reversed", -1), ("a factor 2", 0.5), ("a factor 1/2", 2)):
        if measured and fits(np.where(wrong, factor * given, given)):
            found.append(f"{text}, in the wrong components only")
    bad, good = x[wrong], x[verdict == "right"]
    if bad.size > 1 and good.size > 1:
        if bad.max() < good.min():
            found.append(f"wrong for x up to {bad.max():.5g} only")
        elif bad.min() > good.max():
            found.append(f"wrong for x from {bad.min():.5g} on only")
    if wrong.sum() == 1 < given.size:
        found.append("one component alone is wrong")
    return tuple(found)


def _report(title: str, x: Array, cases: list[_Case], shape: tuple[int, ...]) -> Report:
    """Join the findings on one or several functions of the same x."""
    found = [judgement for case in cases for judgement in case.found]
    verdict = np.array([j.verdict for j in found]).reshape(shape)
    measured = np.array([j.measured for j in found]).reshape(shape)
    tolerance = np.array([j.tolerance for j in found]).reshape(shape)
    given = np.array([case.given for case in cases]).reshape(shape)
    lines = [
        line._replace(indices=line.indices + k * x.size)
        for k, case in enumerate(cases)
        for line in case.lines
    ]
    size = np.broadcast_to(_sizes(x), shape)
    decided = np.isin(verdict, ("right", "at a kink"))
    largest = float(np.max(np.abs(given) * size, where=decided, initial=0.0))
    hidden = np.where(decided, 0.0, tolerance * size)
    ok = bool(not (verdict == "wrong").any() and (hidden <= VISIBLE * largest).all())
    causes = _causes(given, np.broadcast_to(x, shape), verdict, lines)
    if not (ok or causes) and any(case.x.dtype == np.float32 for case in cases):
        causes = ("f computes in float32: let it take float64, which decides more",)
    evaluations = sum(case.evaluations for case in cases)
    return Report(title, ok, verdict, given, measured, tolerance, causes, evaluations)


# --- the checks --------------------------------------------------------------------------------


def _elementwise(function: Function) -> Function:
    """Return a function that is called for one point at a time if it does not take arrays."""

    def apply(x: Array) -> Any:
        try:
            with warnings.catch_warnings():
                # One point passes for a number, with this warning, before NumPy 2.4.
                warnings.filterwarnings("error", "Conversion of an array", DeprecationWarning)
                out = function(x)
            if x.size > 1 or np.shape(out) == x.shape:
                return out
        except (TypeError, ValueError, DeprecationWarning):  # math.sin, or a branch on x > 0
            pass
        return np.array([function(v) for v in x.ravel()]).reshape(x.shape)

    return apply


def check_derivative(
    f: Function,
    df: Function,
    x: ArrayLike,
    *,
    accuracy: float = 0.0,
    rng: int | np.random.Generator = 0,
) -> Report:
    """Compare a derivative that you wrote with differences of its function, point by point.

    Parameters
    ----------
    f, df : callable
        ``f(x) -> y`` and ``df(x) -> dy`` elementwise: an array of points in, the same shape out.
        Functions of single numbers (``math.sin``) are called for one point at a time.
    x : float or array
        Where; any shape. Integers become float64; float32 stays float32, with its tolerances.
    accuracy : float
        How far values of f may be off, in its units, beyond rounding: the tolerance of a solver or
        of a quadrature inside f.
    rng : int or Generator
        Seed of the roundings of x that measure how well the type can represent df.

    Returns
    -------
    Report
        Arrays in the shape of x. About 32 evaluations per point, 70 where df disagrees.

    Raises
    ------
    TypeError
        If f or df is not callable or returns no real numbers, or x is neither real nor integer, or
        of float16 (three digits leave nothing to compare) or of more than 64 bits.
    ValueError
        If x is empty or not finite; if f or df raises, returns another shape, or gives two values
        for one x; if f(x) is not finite, or depends on what else x holds.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.check import check_derivative
    >>> print(check_derivative(np.sin, np.cos, [0.5, 1.0, 1e5]))
    check_derivative: ok (3 right)
    """
    _callable("f", f)
    _callable("df", df)
    point, accuracy = _argument(x), _accuracy(accuracy)
    values = _values(_elementwise(f), point, point.shape)
    alone = _values(_elementwise(f), point.ravel()[:1], (1,))
    half = np.sqrt(np.finfo(point.dtype).eps)
    # Alone it may have other last digits, and a small difference of large terms hardly any.
    if not np.isclose(alone[0], values.flat[0], rtol=half, atol=1e-8):
        raise ValueError(
            "`f` must be elementwise (else use check_vjp): its first value is "
            f"{values.flat[0]} beside others and {alone[0]} alone"
        )
    slopes = _elementwise(df)
    given = _call("df", slopes, point, shape=point.shape)
    generator = np.random.default_rng(rng)
    rounding = _uncertainty(slopes, point, given, generator)
    case = _Case(*_measurable(f, point, values, generator), given, rounding, accuracy)
    case.elementwise()
    return _report("check_derivative", point, [case], point.shape)


def check_gradient(
    f: Function,
    grad: Function,
    x: ArrayLike,
    *,
    accuracy: float = 0.0,
    rng: int | np.random.Generator = 0,
) -> Report:
    """Compare a gradient that you wrote with differences of its function, component by component.

    Parameters
    ----------
    f : callable
        ``f(x) -> number``: an array of the shape of x in, one number out.
    grad : callable
        ``grad(x) -> array`` in the shape of x.
    x : float or array
        Where: a number, a vector, a matrix, any shape. Integers become float64; float32 stays
        float32, with its tolerances. Choose a point without symmetry, away from a minimum.
    accuracy : float
        As in `check_derivative`.
    rng : int or Generator
        Seed of the random directions, used from 33 components on.

    Returns
    -------
    Report
        Arrays in the shape of x. About 32 evaluations of f per component, some thousand for any
        number of components; more where the gradient is wrong, at kinks, and in float32.

    Raises
    ------
    TypeError, ValueError
        As `check_derivative`; if f does not return one number.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.check import check_gradient
    >>> report = check_gradient(lambda x: np.sum(x**2), lambda x: x, [1.0, 2.0])
    >>> report.ok, report.causes
    (False, ('a factor 1/2: too small by 2',))
    """
    _callable("f", f)
    _callable("grad", grad)
    point, accuracy = _argument(x), _accuracy(accuracy)
    value = _values(f, point, ())
    given = _call("grad", grad, point, shape=point.shape)
    generator = np.random.default_rng(rng)
    rounding = _uncertainty(grad, point, given, generator)
    case = _Case(*_measurable(f, point, value, generator), given, rounding, accuracy)
    case.gradient(generator)
    return _report("check_gradient", point, [case], point.shape)


def check_vjp(
    f: Function,
    vjp: Function,
    x: ArrayLike,
    *,
    accuracy: float = 0.0,
    rng: int | np.random.Generator = 0,
) -> Report:
    """Compare a product of a cotangent with a Jacobian with differences, output by output.

    Each output of f is a function whose gradient is the vjp with a unit vector. Beyond 16 outputs,
    16 groups of outputs of similar size are combined with random cotangents.

    Parameters
    ----------
    f : callable
        ``f(x) -> y``: arrays of any shapes.
    vjp : callable
        ``vjp(x, v) -> array`` in the shape of x, the sum over all outputs of v times their
        gradients; v has the shape and the type of f(x).
    x, accuracy, rng
        As in `check_gradient`.

    Returns
    -------
    Report
        Arrays of shape ``(*out, *in)`` with up to 16 outputs, then of ``(16, *in)``.

    Raises
    ------
    TypeError, ValueError
        As `check_derivative`.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.check import check_vjp
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> report = check_vjp(lambda x: A @ x, lambda x, v: A @ v, [0.5, 0.7])
    >>> report.ok, report.causes
    (False, ('transposed',))
    """
    _callable("f", f)
    _callable("vjp", vjp)
    point, accuracy = _argument(x), _accuracy(accuracy)
    values = _values(f, point, None)
    generator = np.random.default_rng(rng)
    measured, start = _measurable(f, point, values, generator)
    if values.size <= OUTPUTS:
        shape, cotangents = (*values.shape, *point.shape), np.eye(values.size)
    else:
        shape, cotangents = (OUTPUTS, *point.shape), np.zeros((OUTPUTS, values.size))
        groups = np.array_split(np.argsort(abs(values), axis=None, kind="stable"), OUTPUTS)
        for row, group in zip(cotangents, groups, strict=True):
            row[group] = generator.choice((-1.0, 1.0), len(group))
            row[group] *= generator.integers(512, 1024, len(group)) / 512
    cases = []
    for row in cotangents:
        cotangent = row.astype(np.result_type(values.dtype, np.float32)).reshape(values.shape)
        used = np.flatnonzero(row)

        def product(p: Array, v: Array = cotangent) -> Any:
            return vjp(p, v.copy())

        def combined(p: Array, v: Array = cotangent, used: Array = used) -> Any:
            return _numbers("f", measured(p), values.shape).flat[used] @ v.flat[used]

        given = _call("vjp", product, point, shape=point.shape)
        rounding = _uncertainty(product, point, given, generator)
        case = _Case(combined, start, given, rounding, accuracy * float(np.abs(row).sum()))
        case.gradient(generator)
        cases.append(case)
    return _report("check_vjp", point, cases, shape)


def check_jacobian(
    f: Function,
    jac: Function,
    x: ArrayLike,
    *,
    accuracy: float = 0.0,
    rng: int | np.random.Generator = 0,
) -> Report:
    """Compare a Jacobian that you wrote with differences of its function, entry by entry.

    Parameters
    ----------
    f : callable
        ``f(x) -> y``: arrays of any shapes, or numbers.
    jac : callable
        ``jac(x) -> array`` in the shape of f(x) followed by that of x.
    x, accuracy, rng
        As in `check_gradient`.

    Returns
    -------
    Report
        Arrays of shape ``(*out, *in)``. About 32 evaluations of f per component of x where the
        outputs share a scale, and more for each entry that disagrees.

    Raises
    ------
    TypeError, ValueError
        As `check_derivative`.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.check import check_jacobian
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> check_jacobian(lambda x: A @ x, lambda x: A.T, [0.5, 0.7]).causes
    ('transposed',)
    """
    _callable("f", f)
    _callable("jac", jac)
    point, accuracy = _argument(x), _accuracy(accuracy)
    values = _values(f, point, None)
    shape = (*values.shape, *point.shape)
    given = _call("jac", jac, point, shape=shape)
    generator = np.random.default_rng(rng)
    rounding = _uncertainty(jac, point, given, generator)
    measured, start = _measurable(f, point, values, generator)
    found = _jacobian(_Multivariate(measured, start, accuracy), "robust")
    rows = (np.reshape(a, (values.size, point.size)) for a in (given, rounding))
    slopes = [
        np.reshape(a, (values.size, point.size)) for a in (found.value, found.error, found.status)
    ]
    cases = []
    for n, (own, doubt) in enumerate(zip(*rows, strict=True)):

        def output(p: Array, n: int = n) -> Any:
            return _numbers("f", measured(p), values.shape, beyond=True).flat[n]

        case = _Case(output, start, own, doubt, accuracy)
        for i, (value, error, status) in enumerate(zip(*(a[n] for a in slopes), strict=True)):
            slope = Derivative(float(value), float(error), str(status), 0)
            case.component(i, slope if status != "noisy" else None)
        cases.append(case)
    report = _report("check_jacobian", point, cases, shape)
    return replace(report, evaluations=report.evaluations + found.evaluations)
