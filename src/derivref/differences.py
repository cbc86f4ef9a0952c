"""Numerical derivatives that choose their steps, estimate their error and say when they fail."""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivref.ladder import Format, Ladder, Outcome
from derivref.stencils import Stencil, central, positive_integer, weights
from derivref.sweep import Probe, Sweep

__all__ = [
    "Derivative",
    "Richardson",
    "Step",
    "complex_step",
    "derivative",
    "gradient",
    "hessian",
    "jacobian",
    "noise",
    "optimal_step",
    "richardson",
    "weights",
]

Function = Callable[..., Any]
Side = Literal["both", "left", "right"]
Method = Literal["robust", "central", "complex"]

SIGNS = {"both": 0, "left": -1, "right": 1}
# Relative error that 'ok' promises, by the width of f's result in bytes: what the method reaches
# with room to spare (float16 has three digits to begin with).
RTOL = {8: 1e-6, 4: 1e-3, 2: 0.05}


@dataclass(frozen=True, eq=False)
class Derivative:
    """A numerical derivative with an estimate of its error and a verdict.

    Attributes
    ----------
    value : float or array
        The derivative, NaN where `status` says that there is none to give.
    error : float or array
        An estimate of ``abs(value - exact)``, infinite where nothing is known.
    status : str or array of str
        'ok': the estimated error is within the tolerance, or the derivative is zero as far as the
        digits of f can tell. 'inexact': it is not. 'noisy': it is not, because f is noisier than
        rounding to its type makes it. 'kink': the one-sided derivatives differ. 'jump': f does not
        tend to f(x). 'singular': the quotient grows without bound (a vertical tangent).
        'domain edge': f is finite on one side of x only. 'not finite': f or the derivative is not.
        'unchecked' (`complex_step` alone): nothing could be compared.
    evaluations : int
        How many points f was evaluated at in all.
    """

    value: Any
    error: Any
    status: Any
    evaluations: int

    @property
    def ok(self) -> bool:
        """Whether every status is 'ok'."""
        return bool(np.all(np.asarray(self.status) == "ok"))


def _real(name: str, x: Any) -> NDArray[Any]:
    """Return x as a float16, float32 or float64 array; integers become float64."""
    array = np.asarray(x)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise TypeError(f"`{name}` must be real, in at most 64 bits, got {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError(f"`{name}` must be finite, got {array[~np.isfinite(array)].flat[0]}")
    return array


def _callable(f: Any) -> None:
    if not callable(f):
        raise TypeError(f"`f` must be callable, got {f!r}")


def _raised(error: Exception, point: Any) -> ValueError:
    return ValueError(f"`f` raised {type(error).__name__} at x = {point}: {error}")


def _numbers(out: Any, shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    """Return what f returned as a real array, of the given shape."""
    array = np.asarray(out)
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise TypeError(f"`f` must return real numbers, got {array.dtype}")
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"`f` must return an array of the shape it is given, {shape}, got {array.shape}"
        )
    return array


def _same(first: NDArray[Any], again: NDArray[Any], x: NDArray[Any]) -> None:
    differ = ~((first == again) | ((first != first) & (again != again)))
    if differ.any():
        raise ValueError(
            f"`f` must be deterministic: two calls at x = {x} gave "
            f"{first[differ].flat[0]} and {again[differ].flat[0]}"
        )


def _quiet(f: Function, point: Any) -> Any:
    """Call f; the search goes where f overflows or is not defined, which is nothing to warn of."""
    with np.errstate(all="ignore"):
        return f(point)


def _digits(values: NDArray[Any]) -> tuple[Format, float]:
    """Return the format of f's values, and the tolerance that goes with it."""
    dtype = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
    return _format(dtype), RTOL[dtype.itemsize]


def _format(dtype: np.dtype[Any]) -> Format:
    info = np.finfo(dtype)
    return Format(info.nmant, info.minexp - info.nmant, info.maxexp - 2)


class _Elementwise:
    """The values of f at arrays of points, one by one if f does not take arrays."""

    def __init__(self, f: Function, x: NDArray[Any]) -> None:
        self.f, self.type, self.evaluations = f, x.dtype, 0
        self.whole, self.started = True, False
        points = x.ravel()
        if points.size == 1:
            points = np.repeat(points, 2)  # one point is a number: a branch on it would pass
        try:
            first = _quiet(f, points.copy())
            self.evaluations += points.size
        except (TypeError, ValueError):
            self.whole = False  # math.sin, or a branch on the sign of x
            first = self._one_by_one(points)
        except Exception as error:
            raise _raised(error, x) from error
        first = _numbers(first, points.shape)
        self.format, self.rtol = _digits(first)
        self.started = True
        _same(first, self(points), x)
        self.centre = first[: x.size]

    def __call__(self, points: NDArray[Any]) -> NDArray[Any]:
        if not self.whole:
            return self._one_by_one(points)
        self.evaluations += points.size
        try:
            out = _quiet(self.f, points.copy())  # a copy: f may write into its argument
        except Exception as error:
            raise _raised(error, points) from error
        return _numbers(out, points.shape)

    def _one_by_one(self, points: NDArray[Any]) -> NDArray[Any]:
        self.evaluations += points.size
        return np.array([self._one(point) for point in points])

    def _one(self, point: Any) -> Any:
        try:
            out = _quiet(self.f, point)
        except Exception as error:
            if self.started and isinstance(error, (ArithmeticError, ValueError)):
                return math.nan  # math.log(-1.0): beyond the domain, not a fault
            raise _raised(error, point) from error
        return _numbers(out, ())

    def probe(self, _: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
        """Evaluate what a sweep asks for."""
        return self(points.astype(self.type)).astype(float)


def _climb(
    ladders: dict[int, Ladder],
    send: Callable[[dict[int, list[float]]], dict[int, list[float]]],
) -> dict[int, Outcome]:
    """Run ladders side by side, so that each call of f serves all of them."""
    running = {i: ladder.steps() for i, ladder in ladders.items()}
    requests: dict[int, list[float]] = {}
    outcomes: dict[int, Outcome] = {}
    for i, steps in running.items():
        try:
            requests[i] = next(steps)
        except StopIteration as stop:  # all that it looked at was known
            outcomes[i] = stop.value
    while requests:
        answers, requests = send(requests), {}
        for i, values in answers.items():
            try:
                requests[i] = running[i].send(values)
            except StopIteration as stop:
                outcomes[i] = stop.value
    return outcomes


def _arranged(
    value: Any, error: Any, status: Any, shape: tuple[int, ...], evaluations: int
) -> Derivative:
    """Put arrays in shape; one without dimensions becomes a number."""
    if shape == ():
        return Derivative(value.item(), error.item(), status.item(), evaluations)
    return Derivative(
        value.reshape(shape), error.reshape(shape), status.reshape(shape), evaluations
    )


def _report(outcomes: dict[int, Outcome], shape: tuple[int, ...], evaluations: int) -> Derivative:
    """Arrange outcomes by index; an index without one is a point where f is not finite."""
    missing = Outcome(math.nan, math.inf, "not finite", 0, math.nan, math.nan)
    rows = [outcomes.get(i, missing) for i in range(math.prod(shape))]
    value, error = (np.array([r[k] for r in rows], dtype=float) for k in (0, 1))
    status = np.array([r.status for r in rows], dtype=str)
    return _arranged(value, error, status, shape, evaluations)


def derivative(f: Function, x: ArrayLike, *, deriv: int = 1, side: Side = "both") -> Derivative:
    """Return a derivative of a scalar function with an estimate of its error.

    The steps are chosen from the values of f alone, so that neither the scale of x nor that of f
    matters: a ladder of steps finds the length on which f bends, is extrapolated to zero, and reads
    the noise of f off its smallest steps.

    Parameters
    ----------
    f : callable
        ``f(x) -> y`` elementwise: an array of points in, the array of values in the same shape out.
        A function of single numbers (``math.sin``, a branch on the sign of x) is found out by the
        error it raises, and called for one point at a time.
    x : float or array
        Where; any shape. Integers become float64; float32 and float16 are passed to f as they are.
    deriv : {1, 2, 3, 4}
        Which derivative.
    side : {'both', 'left', 'right'}
        Which side of x may be used: 'left' and 'right' give the one-sided derivatives at a kink or
        at the end of a domain.

    Returns
    -------
    Derivative
        `value`, `error` and `status` in the shape of x, in units of f per units of x to the power
        `deriv`. About 33 evaluations per point with both sides and 19 with one.

    Raises
    ------
    TypeError
        If f is not callable or does not return real numbers, or x is not real.
    ValueError
        If x is not finite, `deriv` or `side` is none of the above, or f raises at x, returns
        another shape, or gives two values for one x.

    Notes
    -----
    When it fails: a structure of f that is narrower than the spacing of floats at x, or that
    changes f by less than its rounding, cannot be seen. An error estimate is not a bound.

    The extrapolation follows C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)",
    Advances in Engineering Software 4 (1982) 75-76, with noise added to the estimate.

    Examples
    --------
    >>> import math
    >>> slope = derivative(math.sin, 1.0)
    >>> slope.status, abs(slope.value - math.cos(1.0)) <= slope.error
    ('ok', True)
    """
    _callable(f)
    if positive_integer("deriv", deriv) > 4:
        raise ValueError(f"`deriv` must be 1, 2, 3 or 4, got {deriv}")
    if side not in SIGNS:
        raise ValueError(f"`side` must be 'both', 'left' or 'right', got {side!r}")
    array = _real("x", x)
    if not array.size:
        return _report({}, array.shape, 0)
    return _elementwise(f, array, deriv, SIGNS[side])[0]


def _elementwise(
    f: Function, x: NDArray[Any], deriv: int, sign: int
) -> tuple[Derivative, dict[int, Outcome]]:
    values = _Elementwise(f, x)
    outcomes = _search(
        x.ravel().astype(float),
        values.centre.astype(float),
        values.probe,
        deriv=deriv,
        sign=sign,
        argument=_format(x.dtype),
        result=values.format,
        rtol=values.rtol,
    )
    return _report(outcomes, x.shape, values.evaluations), outcomes


def _search(
    x: NDArray[Any], centre: NDArray[Any], probe: Probe, *, deriv: int, sign: int, **form: Any
) -> dict[int, Outcome]:
    """Differentiate on many lines: all at once where that is plain, else one by one."""
    outcomes: dict[int, Outcome] = {}
    swept = None
    if deriv == 1 and not sign:
        swept = Sweep(x, centre, probe, **form).run()
        rows = zip(*(v.tolist() for v in swept[:5]), strict=True)
        for i, (done, value, error, step, noise) in enumerate(rows):
            if done:
                outcomes[i] = Outcome(value, error, "ok", 0, step, noise)
    ladders = {}
    for i in np.flatnonzero(np.isfinite(centre)).tolist():
        if i not in outcomes:
            ladders[i] = Ladder(float(x[i]), float(centre[i]), deriv=deriv, sign=sign, **form)
            ladders[i].know(swept.samples(i) if swept else {})

    def send(requests: dict[int, list[float]]) -> dict[int, list[float]]:
        lines = np.array([i for i, asked in requests.items() for _ in asked])
        points = np.array([p for asked in requests.values() for p in asked])
        values = iter(probe(lines, points).tolist())
        return {i: [next(values) for _ in asked] for i, asked in requests.items()}

    return outcomes | _climb(ladders, send)


class _Multivariate:
    """f of a whole array, along lines through x; values are kept, as outputs share their points."""

    def __init__(self, f: Function, x: ArrayLike) -> None:
        _callable(f)
        self.f, self.x, self.evaluations = f, _real("x", x), 0
        self.known: dict[tuple[tuple[int, float], ...], list[float]] = {}
        self.shape: tuple[int, ...] | None = None
        self.centre = self.at(self.x)
        self.shape = self.centre.shape
        self.format, self.rtol = _digits(self.centre)
        _same(self.centre, self.at(self.x), self.x)

    def at(self, point: NDArray[Any]) -> NDArray[Any]:
        """Evaluate f once."""
        self.evaluations += 1
        try:
            out = _quiet(self.f, point.copy())
        except Exception as error:
            raise _raised(error, point) from error
        array = _numbers(out)
        if self.shape is not None and array.shape != self.shape:
            raise ValueError(
                f"`f` must return one shape everywhere, got {self.shape} and {array.shape}"
            )
        return array

    def moved(self, places: tuple[tuple[int, float], ...]) -> list[float]:
        """Return all outputs with some components of x replaced."""
        if places not in self.known:
            point = self.x.copy()
            for i, t in places:
                point.flat[i] = t
            self.known[places] = [float(v) for v in self.at(point).flat]
        return self.known[places]

    def ladder(self, x: float, output: int, deriv: int, floor: int | None = None) -> Ladder:
        """Return a ladder for one output along one line."""
        return Ladder(
            x,
            float(self.centre.flat[output]),
            deriv=deriv,
            sign=0,
            argument=_format(self.x.dtype),
            result=self.format,
            rtol=self.rtol,
            floor=floor,
        )

    def partials(self, deriv: int) -> dict[int, Outcome]:
        """Differentiate each output by each component; the index is output * x.size + component."""
        size = self.x.size
        ladders = {
            output * size + i: self.ladder(float(self.x.flat[i]), output, deriv)
            for output in range(self.centre.size)
            for i in range(size)
            if np.isfinite(self.centre.flat[output])
        }

        def send(requests: dict[int, list[float]]) -> dict[int, list[float]]:
            return {
                n: [self.moved(((n % size, t),))[n // size] for t in points]
                for n, points in requests.items()
            }

        return _climb(ladders, send)


def jacobian(f: Function, x: ArrayLike, *, method: Method = "robust") -> Derivative:
    """Return the Jacobian, whose shape is the shape of f(x) followed by the shape of x.

    Parameters
    ----------
    f : callable
        ``f(x) -> y``, an array of the shape of x in, an array of any one shape (or a number) out.
    x : float or array
        Where; any shape. Integers become float64.
    method : {'robust', 'central', 'complex'}
        'robust': as `derivative` for every component of x and every output, each with its own
        steps; about 32 evaluations per component where the outputs share a scale. 'central': the
        stencil of accuracy 6, six evaluations per component, for x and f of ordinary scale: it
        takes f to vary on the length max(|x|, 1). 'complex': one evaluation per component, see
        `complex_step`, and one derivative along a random line to check against.

    Returns
    -------
    Derivative
        `value`, `error` and `status` in the shape ``(*out, *in)``.

    Raises
    ------
    TypeError
        If f is not callable or does not return real numbers, or x is not real.
    ValueError
        If x is not finite, `method` is unknown, f raises, changes its shape or gives two values
        for one x, or, with 'complex', is not analytic.

    Notes
    -----
    When it fails: a verdict holds for one entry along one axis. A kink that no axis crosses at x,
    as in ``abs(x[0] - x[1])`` off the diagonal, is not met.
    """
    if method not in ("robust", "central", "complex"):
        raise ValueError(f"`method` must be 'robust', 'central' or 'complex', got {method!r}")
    values = _Multivariate(f, x)
    shape = (*values.centre.shape, *values.x.shape)
    if method == "central":
        return _central(values, shape)
    if method == "complex":
        return _complex_jacobian(values, shape)
    outcomes = values.partials(1)
    return _report(outcomes, shape, values.evaluations)


def gradient(f: Function, x: ArrayLike, *, method: Method = "robust") -> Derivative:
    """Return the gradient of a scalar function, in the shape of x.

    Parameters
    ----------
    f : callable
        ``f(x) -> y``, an array of the shape of x in, one number out.
    x : float or array
        Where; a vector, a matrix or any other shape. Integers become float64.
    method : {'robust', 'central', 'complex'}
        As in `jacobian`.

    Returns
    -------
    Derivative
        `value`, `error` and `status` in the shape of x.

    Raises
    ------
    TypeError, ValueError
        As `jacobian`, and ValueError if f returns anything but one number.

    Examples
    --------
    >>> import numpy as np
    >>> gradient(lambda x: (x**2).sum(), [1, 2, 3]).value.round(9)
    array([2., 4., 6.])
    """
    _callable(f)

    def scalar(point: Any) -> Any:
        out = f(point)
        if np.shape(out) != ():
            raise ValueError(f"it must return one number, got shape {np.shape(out)}")
        return out

    return jacobian(scalar, x, method=method)


def _central(values: _Multivariate, shape: tuple[int, ...]) -> Derivative:
    coarse, fine = central(1, 4), central(1, 6)
    unit = 2.0**-values.format.bits
    value, error = np.empty((2, values.centre.size, values.x.size))
    # With f of size 1 and every derivative too, the best step; a power of two keeps x ± h exact.
    best = round(math.log2(fine.best_step(value=1.0, remainder=1.0, eps=unit)))
    for i, x in enumerate(values.x.ravel().tolist()):
        h = math.ldexp(1.0, best + max(0, math.frexp(x)[1]))
        rows = {s: np.array(values.moved(((i, x + float(s) * h),))) for s in fine.offsets if s}
        less, more = (
            np.sum(
                [float(w) * rows[s] for s, w in zip(each.offsets, each.weights, strict=True) if w],
                axis=0,
            )
            for each in (coarse, fine)
        )
        level = np.max(np.abs(list(rows.values())), axis=0)
        value[:, i] = more / h
        error[:, i] = abs(more - less) / h + fine.rounding(h, value=1.0, eps=unit) * level
    good = error <= values.rtol * abs(value)
    status = np.where(np.isfinite(value), np.where(good, "ok", "inexact"), "not finite")
    return _arranged(value, error, status, shape, values.evaluations)


def hessian(f: Function, x: ArrayLike) -> Derivative:
    """Return the Hessian of a scalar function, symmetric, in the shape of x twice.

    Parameters
    ----------
    f : callable
        ``f(x) -> y``, an array of the shape of x in, one number out.
    x : float or array
        Where; any shape. Integers become float64.

    Returns
    -------
    Derivative
        `value`, `error` and `status` in the shape ``(*in, *in)``, in about ``35 * n**2``
        evaluations for n components.

    Raises
    ------
    TypeError, ValueError
        As `gradient`.

    Notes
    -----
    The diagonal holds second derivatives along the axes. An entry off it is a quarter of the
    difference of those along the two diagonals of its plane, each axis in its own unit: the step
    that the diagonal entry was found with. Its tolerance is therefore relative to the larger of the
    entry and the diagonal.

    When it fails: as `derivative`, along any of these lines.
    """
    values = _Multivariate(f, x)
    if values.shape != ():
        raise ValueError(f"`f` must return one number, got shape {values.shape}")
    size, bits = values.x.size, values.format.bits
    diagonal = values.partials(2)
    point = [float(v) for v in values.x.flat]
    units = []
    for i, x_i in enumerate(point):
        own, most = diagonal.get(i), math.frexp(x_i)[1] if x_i else 0
        step = math.frexp(own.step)[1] if own and math.isfinite(own.step) else most
        units.append(min(step, max(most, 0) + 3))  # along a line the step knows no end
    lines: dict[int, tuple[int, int, int]] = {}
    ladders = {}
    for i in range(size):
        for j in range(i):
            # The smallest t that moves both components by two units in their last place.
            floor = max(
                math.frexp(point[k])[1] - bits - units[k] if point[k] else -bits for k in (i, j)
            )
            for sign in (1, -1):
                n = len(lines)
                lines[n] = (i, j, sign)
                ladders[n] = values.ladder(0.0, 0, 2, floor)

    def send(requests: dict[int, list[float]]) -> dict[int, list[float]]:
        answers = {}
        for n, ts in requests.items():
            i, j, sign = lines[n]
            a, b = 2.0 ** units[i], sign * 2.0 ** units[j]
            answers[n] = [
                values.moved(((i, point[i] + t * a), (j, point[j] + t * b)))[0] for t in ts
            ]
        return answers

    outcomes = _climb(ladders, send) if np.isfinite(values.centre) else {}
    value, error = np.full((size, size), np.nan), np.full((size, size), np.inf)
    status = np.full((size, size), "not finite", dtype="<U12")
    for i, own in diagonal.items():
        value[i, i], error[i, i], status[i, i] = own.value, own.error, own.status
    for n in range(0, len(outcomes), 2):
        plus, minus = outcomes[n], outcomes[n + 1]
        i, j, _ = lines[n]
        area = 4 * 2.0 ** units[i] * 2.0 ** units[j]
        v, e = (plus.value - minus.value) / area, (plus.error + minus.error) / area
        scale = math.sqrt(abs(np.nan_to_num(value[i, i] * value[j, j])))
        failed = [o.status for o in (plus, minus) if not math.isfinite(o.value)]
        zero = all(o.status == "ok" and abs(o.value) <= o.error for o in (plus, minus))
        good = zero or e <= values.rtol * max(abs(v), scale)
        verdict = "ok" if good else "inexact"
        for a, b in ((i, j), (j, i)):
            value[a, b], error[a, b], status[a, b] = v, e, failed[0] if failed else verdict
    shape = (*values.x.shape, *values.x.shape)
    return _arranged(value, error, status, shape, values.evaluations)


def complex_step(f: Function, x: ArrayLike) -> Derivative:
    """Return the first derivative of an analytic function to its last digits, by a complex step.

    The imaginary part of ``f(x + ih)`` over h has no difference to cancel, so that h can be as
    small as 2^-100 |x| and the truncation, of order h², vanishes.

    Parameters
    ----------
    f : callable
        ``f(z) -> w`` elementwise, complex arrays in, complex arrays out; real ones likewise.
    x : float or array
        Where; any shape. Integers become float64.

    Returns
    -------
    Derivative
        `value`, `error` and `status` in the shape of x. The error is what a second step gives
        otherwise, and four roundings. Status 'unchecked' where `derivative` cannot tell.

    Raises
    ------
    TypeError
        If f is not callable, returns real numbers for complex ones (as ``np.abs`` does), or x is
        not real.
    ValueError
        If x is not finite, or f is not analytic at x: the real part changes, or the result differs
        from that of `derivative`, by more than the errors allow; f also must not raise, for
        complex numbers either.

    Notes
    -----
    When it fails: the comparison costs about 33 real evaluations and cannot tell a difference
    below its own error. What is analytic and wrong on complex numbers (a branch cut, an inner
    conjugate that real numbers do not see) is found only by that comparison.

    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998) 110-112.
    """
    _callable(f)
    array = _real("x", x).astype(float)
    if not array.size:
        return _report({}, array.shape, 0)
    real, outcomes = _elementwise(f, array, 1, 0)
    points = array.ravel()
    if points.size == 1:
        points = np.repeat(points, 2)  # as in _Elementwise
    h = np.ldexp(1.0, np.maximum(np.frexp(points)[1] - 100, -1000))  # frexp of 0 is 0
    first, second = (_imaginary(f, points, step) for step in (h, 0.75 * h))
    value = first[: array.size]
    error = np.abs(value - second[: array.size]) + 2.0**-50 * np.abs(value)
    status = np.full(value.shape, "unchecked")
    for i, v in enumerate(value):
        own = outcomes.get(i)
        if own and own.status in ("kink", "jump", "singular"):
            raise ValueError(
                f"`f` must be analytic at x = {points[i]}: it has a {own.status} there"
            )
        if not own or not math.isfinite(own.value):
            continue
        if not abs(v - own.value) <= 4 * own.error + error[i] + 1e-6 * abs(own.value):
            raise ValueError(
                f"`f` must be analytic at x = {points[i]}: the complex step gives {v}, "
                f"real differences {own.value} ± {own.error:.1g}"
            )
        status[i] = "ok" if own.status == "ok" else "unchecked"
    return _arranged(value, error, status, array.shape, real.evaluations + 2 * points.size)


def _imaginary(f: Function, points: NDArray[Any], h: Any) -> NDArray[Any]:
    """Return the imaginary part of f a step h above the real axis, over h."""
    z = points + 1j * h
    try:
        out = np.asarray(_quiet(f, z.copy()))
    except Exception as error:
        raise ValueError(
            f"`f` must take arrays of complex numbers: it raised {type(error).__name__}: {error}"
        ) from error
    if out.dtype.kind != "c":
        raise TypeError(f"`f` must return complex numbers for complex ones, got {out.dtype}")
    if out.shape != z.shape:
        raise ValueError(
            f"`f` must return an array of the shape it is given, {z.shape}, got {out.shape}"
        )
    return np.asarray(out.imag / h)


def _complex_jacobian(values: _Multivariate, shape: tuple[int, ...]) -> Derivative:
    """One complex step per component, and one real derivative along a random line."""
    x, size = values.x.astype(float), values.x.size
    columns = []
    for i in range(size):
        exponent = max(math.frexp(float(x.flat[i]))[1] - 100, -1000)
        z = x.astype(complex)
        z.flat[i] += 1j * math.ldexp(1.0, exponent)
        try:
            out = np.asarray(_quiet(values.f, z))
        except Exception as error:
            raise _raised(error, z) from error
        values.evaluations += 1
        if out.dtype.kind != "c" or out.shape != values.shape:
            raise TypeError(
                f"`f` must return complex numbers of shape {values.shape} for complex ones, "
                f"got {out.dtype} of shape {out.shape}"
            )
        columns.append(out.imag.ravel() / math.ldexp(1.0, exponent))
    value = np.stack(columns, axis=-1) if columns else np.empty((values.centre.size, 0))
    errors = 2.0**-50 * np.abs(value)
    # Each component in its own unit, so that none is lost in the sum.
    units = np.ldexp(1.0, np.frexp(x.ravel())[1])
    line = units * np.random.default_rng(0).uniform(0.5, 1.0, size)
    along = _along(values, line)
    status = np.full(value.shape, "ok", dtype="<U12")
    for row, own in enumerate(along):
        if not math.isfinite(own.value):
            status[row] = "unchecked"
        elif not abs(value[row] @ line - own.value) <= 4 * own.error + 1e-6 * (
            np.abs(value[row]) @ np.abs(line)
        ):
            raise ValueError(
                f"`f` must be analytic at x: along a random line the complex steps give "
                f"{value[row] @ line}, real differences {own.value} ± {own.error:.1g}"
            )
    return _arranged(value, errors, status, shape, values.evaluations)


def _along(values: _Multivariate, line: NDArray[Any]) -> list[Outcome]:
    """Differentiate each output at t = 0 of x + t * line."""
    bits = values.format.bits
    x = values.x.astype(float).ravel()
    floor = max(
        (math.frexp(a)[1] - bits - math.frexp(b)[1] + 2 for a, b in zip(x, line, strict=True) if a),
        default=-1000,
    )
    ladders = {
        n: values.ladder(0.0, n, 1, floor)
        for n in range(values.centre.size)
        if np.isfinite(values.centre.flat[n])
    }
    known: dict[float, list[float]] = {}

    def at(t: float) -> list[float]:
        if t not in known:
            point = (x + t * line).reshape(values.x.shape).astype(values.x.dtype)
            known[t] = [float(v) for v in values.at(point).flat]
        return known[t]

    outcomes = _climb(
        ladders, lambda requests: {n: [at(t)[n] for t in ts] for n, ts in requests.items()}
    )
    missing = Outcome(math.nan, math.inf, "not finite", 0, math.nan, math.nan)
    return [outcomes.get(n, missing) for n in range(values.centre.size)]


@dataclass(frozen=True, eq=False)
class Richardson:
    """A table of repeated extrapolation, and the entry at which it is best.

    Attributes
    ----------
    value, error : float
        The entry with the least estimated error, and that estimate.
    status : str
        'ok', 'inexact' or 'not finite', as in `Derivative`.
    evaluations : int
        How many points f was evaluated at.
    steps : array
        The step of each row: the first, then halved.
    table : array
        Row i, column k: k extrapolations from the steps i-k..i, of accuracy 2k + 2; NaN above the
        diagonal. Column 0 holds the plain differences.
    level : tuple of int
        Row and column of the entry chosen. Below it further levels amplify rounding.
    """

    value: float
    error: float
    status: str
    evaluations: int
    steps: NDArray[Any]
    table: NDArray[Any]
    level: tuple[int, int]


def richardson(
    f: Function, x: float, *, deriv: int = 1, step: float | None = None, levels: int = 8
) -> Richardson:
    """Return the table of Richardson extrapolations of a central difference, and its best entry.

    Parameters
    ----------
    f : callable
        As in `derivative`.
    x : float
        Where.
    deriv : int
        Which derivative.
    step : float, optional
        The largest step, in the units of x: an eighth of x, or of 1 if that is larger, unless
        stated. f must be smooth for that far to both sides.
    levels : int
        How many steps, each half of the one before.

    Returns
    -------
    Richardson
        With the entry chosen that is nearest to its two neighbours in the table.

    Raises
    ------
    TypeError, ValueError
        As `derivative`, and ValueError if `step` is not positive and finite, is lost in x, or
        `levels` is not a positive integer.

    Notes
    -----
    When it fails: the first step beyond a singularity spoils every row that uses it, and rounding
    grows like ``h**-deriv`` down the table; `derivative` searches for the range between the two.

    L. F. Richardson, "The approximate arithmetical solution by finite differences of physical
    problems involving differential equations", Philosophical Transactions of the Royal Society A
    210 (1911) 307-357.
    """
    stencil, levels = central(deriv, 2), positive_integer("levels", levels)
    point = _one_point(f, x)
    first = max(abs(point), 1.0) / 8 if step is None else _positive("step", step)
    values = _Elementwise(f, np.array(point))
    steps = np.ldexp(first, -np.arange(levels))
    offsets = np.array([float(s) for s in stencil.offsets])
    grid = point + np.multiply.outer(steps, offsets)
    if (np.diff(grid, axis=1) == 0).any():
        raise ValueError(f"`step` must not be lost beside x = {point}, got {first}")
    y = values(grid.ravel()).astype(float).reshape(grid.shape)
    table = np.full((levels, levels), np.nan)
    table[:, 0] = y @ np.array([float(w) for w in stencil.weights]) / steps**stencil.deriv
    for k in range(1, levels):
        finer, coarser = table[k:, k - 1], table[k - 1 : -1, k - 1]
        table[k:, k] = finer + (finer - coarser) / (4.0**k - 1)
    left, above = table[1:, :-1], table[:-1, :-1]
    moved = np.maximum(abs(table[1:, 1:] - left), abs(table[1:, 1:] - above))
    if levels == 1 or np.isnan(moved).all():
        value, error, level = float(table[0, 0]), math.inf, (0, 0)
    else:
        i, k = divmod(int(np.nanargmin(moved)), levels - 1)
        level = (i + 1, k + 1)
        unit = 2.0**-values.format.bits
        rounding = stencil.rounding(steps[level[0]], value=float(abs(y[level[0]]).max()), eps=unit)
        value, error = float(table[level]), float(moved[i, k] + rounding)
    status = "ok" if error <= values.rtol * abs(value) else "inexact"
    if not math.isfinite(value):
        status = "not finite"
    return Richardson(value, error, status, values.evaluations, steps, table, level)


def _one_point(f: Function, x: Any) -> float:
    _callable(f)
    array = _real("x", x)
    if array.shape != ():
        raise ValueError(f"`x` must be one number, got shape {array.shape}")
    return float(array)


def _positive(name: str, step: Any) -> float:
    if not isinstance(step, numbers.Real) or not 0 < float(step) < math.inf:
        raise ValueError(f"`{name}` must be positive and finite, got {step!r}")
    return float(step)


def noise(f: Function, x: float, *, spacing: float | None = None) -> float:
    """Return the standard deviation of the noise in the values of f near x.

    Differences of high order remove what is smooth in f and keep what is not.

    Parameters
    ----------
    f : callable
        As in `derivative`.
    x : float
        Where.
    spacing : float, optional
        Of the nine points used, in the units of x. If not stated, 2^-16 of the length on which f
        is smooth, which costs about 33 evaluations more.

    Returns
    -------
    float
        In the units of f; 0 if the differences vanish, infinite if no two orders agree, that is,
        if f is neither smooth nor noisy at this spacing.

    Raises
    ------
    TypeError, ValueError
        As `derivative`, and ValueError if `spacing` is not positive and finite or is lost in x.

    Notes
    -----
    When it fails: nine points are few, so that the result is good to a factor of two or three.
    Rounding of f to a coarse grid, seen from steps below the grid, is no noise but a constant.

    J. J. Moré and S. M. Wild, "Estimating computational noise", SIAM Journal on Scientific
    Computing 33 (2011) 1292-1314.
    """
    point = _one_point(f, x)
    return _noise(
        f, point, _spacing(f, point) if spacing is None else _positive("spacing", spacing)
    )


def _spacing(f: Function, x: float) -> float:
    own = _elementwise(f, np.array(x), 1, 0)[1].get(0)
    length = own.step if own and math.isfinite(own.step) else max(abs(x), 1.0)
    return max(length * 2.0**-16, 8 * math.ulp(x))


def _noise(f: Function, x: float, spacing: float) -> float:
    points = x + spacing * np.arange(-4, 5)
    if (np.diff(points) == 0).any():
        raise ValueError(f"`spacing` must not be lost beside x = {x}, got {spacing}")
    table = _Elementwise(f, points).centre.astype(float)
    levels = []
    for order in range(1, len(points)):
        table = np.diff(table)
        # The k-th difference of independent errors has binomial(2k, k) times their variance.
        levels.append(math.sqrt(float(np.mean(table**2)) / math.comb(2 * order, order)))
    for low, middle, high in zip(levels, levels[1:], levels[2:], strict=False):
        if max(low, middle, high) <= 4 * min(low, middle, high):
            return middle
    return math.inf


@dataclass(frozen=True)
class Step:
    """A step for a given stencil, and what it was derived from.

    Attributes
    ----------
    step : float
        The step, in the units of x.
    error : float
        The error that the stencil is predicted to have with it.
    noise : float
        The measured noise of f, or half a unit in its last place if that is more.
    remainder : float
        The measured derivative of f that leads the truncation error.
    status : str
        'ok', or 'inexact' if either was not found; the step is then a guess.
    evaluations : int
        How many points f was evaluated at.
    """

    step: float
    error: float
    noise: float
    remainder: float
    status: str
    evaluations: int


def optimal_step(f: Function, x: float, *, stencil: Stencil | None = None) -> Step:
    """Return the step at which truncation and the measured noise of f balance.

    Parameters
    ----------
    f : callable
        As in `derivative`.
    x : float
        Where.
    stencil : Stencil, optional
        The difference that the step is for; the central one of three points unless stated.

    Returns
    -------
    Step
        `Stencil.best_step` for the noise of f, measured by `noise`, and for the derivative that
        leads the truncation error, measured by a ladder as in `derivative`.

    Raises
    ------
    TypeError, ValueError
        As `derivative`, and TypeError if `stencil` is not a Stencil.

    Notes
    -----
    When it fails: where that derivative vanishes the leading term is not what limits the step, and
    max(|x|, 1) is taken for the longest.
    """
    stencil = central() if stencil is None else stencil
    if not isinstance(stencil, Stencil):
        raise TypeError(f"`stencil` must be a Stencil, got {stencil!r}")
    point = np.array(_one_point(f, x))
    count = _Counted(f)
    sign = {"forward": 1, "backward": -1}.get(stencil.kind, 0)
    found = _elementwise(count, point, stencil.remainder, sign)[1].get(0)
    scatter = _noise(count, float(point), _spacing(count, float(point)))
    if not found or not math.isfinite(found.value) or not math.isfinite(scatter):
        return Step(math.nan, math.inf, scatter, math.nan, "inexact", count.evaluations)
    centre = _Elementwise(count, point)
    half = abs(float(centre.centre[0])) * 2.0 ** -(centre.format.bits + 1)
    scatter = max(scatter, half)
    remainder, limit = abs(found.value), found.step
    if found.error >= remainder / 2:  # it may be zero: go as far as its error allows, within reason
        remainder, limit = remainder + found.error, min(found.step, max(abs(float(point)), 1.0))
    step = min(stencil.best_step(value=scatter, remainder=remainder, eps=1.0), limit)
    error = stencil.predicted_error(step, value=scatter, remainder=remainder, eps=1.0)
    sure = found.status == "ok" or found.error <= abs(found.value) / 2  # one digit is enough
    status = "ok" if sure else "inexact"
    return Step(step, float(error), scatter, found.value, status, count.evaluations)


class _Counted:
    """f, counting the points it is evaluated at."""

    def __init__(self, f: Function) -> None:
        self.f, self.evaluations = f, 0

    def __call__(self, points: Any) -> Any:
        self.evaluations += np.size(points)
        return self.f(points)
