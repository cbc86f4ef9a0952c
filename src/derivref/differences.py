"""Numerical derivatives that choose their steps, estimate their error and say when they fail."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivref.ladder import Format, Ladder, Outcome
from derivref.stencils import positive_integer, weights

__all__ = [
    "Derivative",
    "derivative",
    "weights",
]

Function = Callable[..., Any]
Side = Literal["both", "left", "right"]

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

    def send(self, requests: dict[int, list[float]]) -> dict[int, list[float]]:
        """Evaluate what several ladders ask for in one call."""
        points = np.array([p for asked in requests.values() for p in asked], dtype=self.type)
        values = iter(self(points).tolist())
        return {i: [float(next(values)) for _ in asked] for i, asked in requests.items()}


def _climb(
    ladders: dict[int, Ladder],
    send: Callable[[dict[int, list[float]]], dict[int, list[float]]],
) -> dict[int, Outcome]:
    """Run ladders side by side, so that each call of f serves all of them."""
    running = {i: ladder.steps() for i, ladder in ladders.items()}
    requests = {i: next(steps) for i, steps in running.items()}
    outcomes: dict[int, Outcome] = {}
    while requests:
        answers, requests = send(requests), {}
        for i, values in answers.items():
            try:
                requests[i] = running[i].send(values)
            except StopIteration as stop:
                outcomes[i] = stop.value
    return outcomes


def _report(outcomes: dict[int, Outcome], shape: tuple[int, ...], evaluations: int) -> Derivative:
    """Arrange outcomes by index; an index without one is a point where f is not finite."""
    missing = Outcome(math.nan, math.inf, "not finite", 0, math.nan, math.nan)
    rows = [outcomes.get(i, missing) for i in range(math.prod(shape))]
    value = np.array([r.value for r in rows], dtype=float).reshape(shape)
    error = np.array([r.error for r in rows], dtype=float).reshape(shape)
    status = np.array([r.status for r in rows], dtype=str).reshape(shape)
    if shape == ():
        return Derivative(float(value), float(error), str(status), evaluations)
    return Derivative(value, error, status, evaluations)


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
        `deriv`. About 32 evaluations per point with both sides and 18 with one.

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
    ladders = {
        i: Ladder(
            point,
            float(centre),
            deriv=deriv,
            sign=sign,
            argument=_format(x.dtype),
            result=values.format,
            rtol=values.rtol,
        )
        for i, (point, centre) in enumerate(zip(x.ravel().tolist(), values.centre, strict=True))
        if np.isfinite(centre)
    }
    outcomes = _climb(ladders, values.send)
    return _report(outcomes, x.shape, values.evaluations), outcomes


class _Multivariate:
    """f of a whole array, along lines through x; values are kept, as outputs share their points."""

    def __init__(self, f: Function, x: NDArray[Any]) -> None:
        self.f, self.x, self.evaluations = f, x, 0
        self.known: dict[tuple[Any, ...], NDArray[Any]] = {}
        self.shape: tuple[int, ...] | None = None
        first = self.at(x)
        self.shape, self.centre = first.shape, first
        self.format, self.rtol = _digits(first)
        _same(first, self.at(x), x)

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

    def along(self, moves: tuple[tuple[int, float], ...]) -> NDArray[Any]:
        """Evaluate f with some components of x replaced."""
        if moves not in self.known:
            point = self.x.copy()
            for i, t in moves:
                point.flat[i] = t
            self.known[moves] = self.at(point).ravel()
        return self.known[moves]

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


def _digits(values: NDArray[Any]) -> tuple[Format, float]:
    """Return the format of f's values, and the tolerance that goes with it."""
    dtype = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
    return _format(dtype), RTOL[dtype.itemsize]


def _format(dtype: np.dtype[Any]) -> Format:
    info = np.finfo(dtype)
    return Format(info.nmant, info.minexp - info.nmant, info.maxexp - 2)
