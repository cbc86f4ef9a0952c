"""Numerical derivatives that choose their steps, estimate their error and say when they fail."""

import itertools
import math
import numbers
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivref._sweep import Probe, Sweep
from derivref.ladder import Format, Ladder, Outcome
from derivref.stencils import Stencil, central, positive_integer, weights

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
# The points of f, flat, one a row, for lines and where on each.
_Place = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]

# What f may raise away from x without being wrong: a point beyond its domain or its table.
BEYOND = (ArithmeticError, AssertionError, LookupError, RuntimeError, TypeError, ValueError)
LANES = 4096  # lines (components times outputs) that are searched together
CHUNK = 2**16  # numbers in the points that are made at once: half a megabyte
LADDERS = 512  # of them that climb together, so that few are in memory

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
        rounding to its type makes it, or f jumps again and again beyond the steps at which its
        quotients agree, as where rounding inside f is larger than that of its value. 'kink': the
        one-sided derivatives differ. 'jump': f does not tend to f(x). 'singular': the quotient
        grows without bound (a vertical tangent). 'domain edge': f is finite on one side of x only.
        'not finite': f or the derivative is not. 'unchecked' (`complex_step` alone): nothing could
        be compared.
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


def _numbers(
    out: Any, shape: tuple[int, ...] | None = None, *, beyond: bool = False
) -> NDArray[Any]:
    """Return what f returned as a real array, of the given shape.

    Complex numbers that are real will do, and `beyond` x those that are not are NaN.
    """
    array = np.asarray(out)
    if array.dtype == np.float64 and (shape is None or array.shape == shape):
        return array
    if array.dtype.kind == "c" and array.dtype.itemsize <= 16:
        real = array.imag == 0
        if beyond or real.all():
            array = np.where(real, array.real, np.asarray(np.nan, array.real.dtype))
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


class _Outcomes:
    """What searches found, as arrays; where nothing was put, f is not finite."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value, self.error = np.full(shape, np.nan), np.full(shape, np.inf)
        self.step, self.noise = np.full(shape, np.nan), np.full(shape, np.nan)
        self.status = np.full(shape, "not finite", dtype="<U12")

    def put(self, where: Any, found: Any) -> None:
        """Store what an `Outcome`, or another of these, has."""
        for name in ("value", "error", "status", "step", "noise"):
            getattr(self, name)[where] = getattr(found, name)

    def report(self, shape: tuple[int, ...], evaluations: int) -> Derivative:
        """Return what the user gets."""
        return _arranged(self.value, self.error, self.status, shape, evaluations)


class _Elementwise:
    """The values of f at arrays of points, one by one if f does not take arrays.

    Away from x f may raise or return complex numbers: that is beyond its domain, and NaN.
    """

    def __init__(self, f: Function, x: NDArray[Any]) -> None:
        self.f, self.type, self.evaluations = f, x.dtype, 0
        self.whole = True
        self.fault: Exception | None = None  # the first that f raised away from x
        points = x.ravel()
        # One point is a number: a branch on it would pass.
        pair = np.repeat(points, 2) if points.size == 1 else points
        try:
            first = _quiet(f, pair.copy())
            self.evaluations += pair.size
        except (TypeError, ValueError):
            self.whole = False  # math.sin, or a branch on the sign of x
        except Exception as error:
            raise _raised(error, x) from error
        if self.whole and x.shape == () and np.shape(first) == ():
            self.whole = False  # a function of one number that reduces arrays
        if not self.whole:
            first = self._one_by_one(points, start=True)
        first = _numbers(first, points.shape if not self.whole else pair.shape)
        self.format, self.rtol = _digits(first)
        if self.whole:
            self._elementwise(x, pair, first)
        else:
            _same(first, self._one_by_one(points), x)
        self.centre = first[: x.size].astype(float)

    def _elementwise(self, x: NDArray[Any], pair: NDArray[Any], first: NDArray[Any]) -> None:
        """Evaluate again beside other points; if the values differ, f is not what it must be."""
        points = x.ravel()
        if not points.size:
            return
        company = _moved(points[:1])
        again = self(np.concatenate([company, points[::-1]]))[1:][::-1]
        first = first[: points.size]
        if _agree(first, again):
            return
        same = _numbers(_quiet(self.f, pair.copy()), pair.shape)[: points.size]
        _same(first, same, x)
        at = int(np.argmax(~_close(first, again)))
        raise ValueError(
            f"`f` must be elementwise: at x = {points[at]} it is {first[at]} beside some points "
            f"and {again[at]} beside others; for a function of the whole array use jacobian"
        )

    def __call__(self, points: NDArray[Any]) -> NDArray[Any]:
        if not self.whole:
            return self._one_by_one(points)
        self.evaluations += points.size
        try:
            out = _quiet(self.f, points.copy())  # a copy: f may write into its argument
        except BEYOND as error:
            self.fault = self.fault or error
            return self._apart(points)
        except Exception as error:
            raise _raised(error, points) from error
        return _numbers(out, points.shape, beyond=True)

    def _apart(self, points: NDArray[Any]) -> NDArray[Any]:
        """Evaluate a function of arrays at one point at a time."""
        values = np.full(points.shape, np.nan)
        self.evaluations += points.size
        for i, point in enumerate(points):
            try:
                out = _quiet(self.f, np.repeat(point, 2))
            except BEYOND:
                continue
            values[i] = _numbers(out, (2,), beyond=True)[0]
        return values

    def probe(self, _: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
        """Evaluate what a search asks for."""
        return self(points.astype(self.type)).astype(float)

    def failed(self, found: _Outcomes) -> None:
        """Raise what f raised if it was nowhere finite but at x."""
        if self.fault and (found.status == "not finite").all() and np.isfinite(self.centre).any():
            raise ValueError(
                f"`f` raised {type(self.fault).__name__} at all points beside x: {self.fault}"
            ) from self.fault

    def _one_by_one(self, points: NDArray[Any], *, start: bool = False) -> NDArray[Any]:
        self.evaluations += points.size
        values = [self._one(point, start=start) for point in points]
        return np.array(values) if values else np.empty(0)

    def _one(self, point: Any, *, start: bool) -> Any:
        try:
            out = _quiet(self.f, point)
        except Exception as error:
            if start or not isinstance(error, BEYOND):
                raise _raised(error, point) from error
            self.fault = self.fault or error
            return math.nan  # math.log(-1.0): beyond the domain, not a fault
        return _numbers(out, (), beyond=not start)


def _moved(points: NDArray[Any]) -> NDArray[Any]:
    """Return points nearby, but not so near that f could not tell."""
    return np.asarray(points * 1.0078125 + (points == 0) * 0.0078125, points.dtype)


def _close(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Where values agree but for what another order of the same arithmetic may change."""
    eps = np.finfo(a.dtype if a.dtype.kind == "f" else float).eps
    with np.errstate(all="ignore"):
        near = abs(a - b) <= math.sqrt(eps) * np.maximum(abs(a), abs(b))
    same: NDArray[Any] = near | (a == b) | ((a != a) & (b != b))
    return same


def _agree(a: NDArray[Any], b: NDArray[Any]) -> bool:
    return bool(_close(a, b).all())


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
    changes f by less than its rounding, cannot be seen. Nor can rounding inside f that stays the
    same up to the length on which f bends: ``1 / sqrt(1 - x*x)`` at 1 - 1e-8 is off by some 1e-8,
    relative, and where f(x) has no digit that is right, as ``(1 - cos(x)) / x**2`` below 1.5e-8,
    the slope is that of the numbers that f returns. An error estimate is not a bound. Where f
    raises, or returns complex numbers, away from x, that is taken for the end of its domain.

    The extrapolation follows C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)",
    Advances in Engineering Software 4 (1982) 75-76, with noise added to the estimate.

    Examples
    --------
    >>> import math
    >>> from derivref.differences import derivative
    >>> slope = derivative(math.sin, 1.0)
    >>> slope.status, abs(slope.value - math.cos(1.0)) <= slope.error
    ('ok', True)
    """
    _callable(f)
    deriv = positive_integer("deriv", deriv)
    if deriv > 4:
        raise ValueError(f"`deriv` must be 1, 2, 3 or 4, got {deriv}")
    if side not in SIGNS:
        raise ValueError(f"`side` must be 'both', 'left' or 'right', got {side!r}")
    array = _real("x", x)
    return _derivative(f, array, deriv, side)


def _derivative(
    f: Function, x: NDArray[Any], deriv: int = 1, side: Side = "both", accuracy: float = 0.0
) -> Derivative:
    """Differentiate f whose values are right to `accuracy` only."""
    values, found = _elementwise(f, x, deriv, SIGNS[side], accuracy)
    return found.report(x.shape, values.evaluations)


def _elementwise(
    f: Function, x: NDArray[Any], deriv: int, sign: int, grain: float = 0.0
) -> tuple[_Elementwise, _Outcomes]:
    values = _Elementwise(f, x)
    found = _search(
        x.ravel().astype(float),
        values.centre,
        values.probe,
        deriv=deriv,
        sign=sign,
        grain=grain,
        argument=_format(x.dtype),
        result=values.format,
        rtol=values.rtol,
    )
    values.failed(found)
    return values, found


def _search(
    x: NDArray[Any],
    centre: NDArray[Any],
    probe: Probe,
    *,
    deriv: int,
    sign: int,
    grain: float = 0.0,
    floors: list[int] | None = None,
    **form: Any,
) -> _Outcomes:
    """Differentiate on many lines: all at once where that is plain, else one by one."""
    found = _Outcomes(x.shape)
    left, swept = np.isfinite(centre), None
    if deriv == 1 and not (sign or grain or floors):
        swept = Sweep(x, centre, probe, **form).run()
        found.put(swept.done, swept.of("ok"))
        left &= ~swept.done

    def send(requests: dict[int, list[float]]) -> dict[int, list[float]]:
        lines = np.array([i for i, asked in requests.items() for _ in asked])
        points = np.array([p for asked in requests.values() for p in asked])
        values = iter(probe(lines, points).tolist())
        return {i: [next(values) for _ in asked] for i, asked in requests.items()}

    rest = np.flatnonzero(left).tolist()
    for first in range(0, len(rest), LADDERS):
        ladders = {}
        for i in rest[first : first + LADDERS]:
            ladders[i] = Ladder(
                float(x[i]),
                float(centre[i]),
                deriv=deriv,
                sign=sign,
                grain=grain,
                floor=floors[i] if floors else None,
                **form,
            )
            ladders[i].know(swept.samples(i) if swept else {})
        for i, outcome in _climb(ladders, send).items():
            found.put(i, outcome)
    return found


class _Multivariate:
    """f of a whole array, along lines through x."""

    def __init__(self, f: Function, x: ArrayLike, accuracy: float = 0.0) -> None:
        _callable(f)
        self.f, self.x, self.evaluations = f, _real("x", x), 0
        self.accuracy = accuracy
        self.fault: Exception | None = None
        with np.errstate(all="ignore"):
            first, again = (self._called(self.x.copy(), beyond=False) for _ in range(2))
        self.centre, self.shape = first, first.shape
        if again.shape != self.shape:
            raise ValueError(
                f"`f` must return one shape everywhere, got {self.shape} and {again.shape}"
            )
        self.format, self.rtol = _digits(first)
        _same(first, again, self.x)
        self.form = {"argument": _format(self.x.dtype), "result": self.format, "rtol": self.rtol}

    def _called(self, point: NDArray[Any], *, beyond: bool) -> NDArray[Any]:
        self.evaluations += 1
        try:
            out = self.f(point)
        except Exception as error:
            if not beyond or not isinstance(error, BEYOND):
                raise _raised(error, self.x) from error
            self.fault = self.fault or error
            return np.full(self.shape, np.nan)
        return _numbers(out, beyond=beyond)

    def at(self, point: NDArray[Any]) -> NDArray[Any]:
        """Evaluate f away from x; NaN beyond its domain."""
        out = self._called(point, beyond=True)
        if out.shape == self.shape:
            return out
        raise ValueError(f"`f` must return one shape everywhere, got {self.shape} and {out.shape}")

    def _chunks(
        self, lines: NDArray[Any], x: NDArray[Any], place: _Place
    ) -> Iterator[NDArray[Any]]:
        """Evaluate f at points on lines, some at a time: an array for each so many points."""
        some = max(1, CHUNK // max(1, self.x.size))
        for first in range(0, x.size, some):
            part = slice(first, first + some)
            with np.errstate(all="ignore"):  # the search goes where x or f overflows
                points = place(lines[part], x[part])
                yield self._plain(points) if self.shape == () else self._each(points)

    def _each(self, points: NDArray[Any]) -> NDArray[Any]:
        shaped = points.reshape(len(points), *self.x.shape)
        values = [self.at(shaped[n, ...]) for n in range(len(points))]
        return np.array(values, float).reshape(
            len(points), *([self.centre.size] * bool(self.shape))
        )

    def _plain(self, points: NDArray[Any]) -> NDArray[Any]:
        """Evaluate a function that returns numbers, without a look at each where all is plain."""
        if self.x.ndim != 1:
            return self._each(points)
        before, spare = self.evaluations, points.copy()  # f may write into its argument
        self.evaluations += len(points)
        try:
            values = list(map(self.f, points))
        except BEYOND:  # one by one, to see where
            values = []
        if {type(v) for v in values} <= {float, np.float64} and values:
            return np.array(values)
        self.evaluations = before
        return self._each(spare)

    def search(
        self,
        x: NDArray[Any],
        outputs: NDArray[Any],
        place: _Place,
        *,
        deriv: int = 1,
        floors: list[int] | None = None,
    ) -> _Outcomes:
        """Differentiate along lines from x; `place` says where f is for lines and x there.

        Lines come in groups, one for each of `outputs`, which share their points.
        """
        known: dict[tuple[int, float], NDArray[Any]] = {}

        def probe(lines: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
            groups = lines // outputs.size
            if self.shape == ():  # nothing is asked for twice
                return np.concatenate([*self._chunks(groups, points, place), np.empty(0)])
            keys = list(zip(groups.tolist(), points.tolist(), strict=True))
            new = [key for key in dict.fromkeys(keys) if key not in known]
            if new:
                i, t = (np.array(part) for part in zip(*new, strict=True))
                rows = itertools.chain.from_iterable(self._chunks(i, t, place))
                known.update(zip(new, rows, strict=True))
            columns = outputs[lines % outputs.size].tolist()
            return np.array([known[key][n] for key, n in zip(keys, columns, strict=True)], float)

        centre = np.tile(self.centre.ravel()[outputs].astype(float), x.size)
        lines = np.repeat(x.astype(float), outputs.size)
        return _search(
            lines,
            centre,
            probe,
            deriv=deriv,
            sign=0,
            grain=self.accuracy,
            floors=floors,
            **self.form,
        )

    def partials(self, deriv: int) -> _Outcomes:
        """Differentiate each output by each component, some components at a time."""
        flat = self.x.ravel()
        outputs = np.arange(self.centre.size)
        found = _Outcomes((outputs.size, flat.size))
        some = max(1, LANES // max(1, outputs.size))
        for first in range(0, flat.size if outputs.size else 0, some):
            part = flat[first : first + some]

            def place(lines: NDArray[Any], x: NDArray[Any], first: int = first) -> NDArray[Any]:
                points = np.repeat(flat[None], x.size, axis=0)
                points[np.arange(x.size), first + lines] = x
                return points

            own = self.search(part, outputs, place, deriv=deriv)
            for name in ("value", "error", "status", "step", "noise"):
                block = getattr(own, name).reshape(part.size, outputs.size).T
                getattr(found, name)[:, first : first + some] = block
        if self.fault and found.value.size and (found.status == "not finite").all():
            raise ValueError(
                f"`f` raised {type(self.fault).__name__} at all points beside x: {self.fault}"
            ) from self.fault
        return found


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
        `value`, `error` and `status` in the shape ``(*out, *in)``. The tolerance of 'ok' is
        relative to the largest entry of the gradient of that output, each times the size of its
        component of x: an entry much smaller has fewer digits of its own, as `error` says.

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
    return _jacobian(_Multivariate(f, x), method)


def _jacobian(values: _Multivariate, method: Method) -> Derivative:
    if method not in ("robust", "central", "complex"):
        raise ValueError(f"`method` must be 'robust', 'central' or 'complex', got {method!r}")
    shape = (*values.centre.shape, *values.x.shape)
    if method == "central":
        return _central(values, shape)
    if method == "complex":
        return _complex_jacobian(values, shape)
    found = values.partials(1)
    _settle_small(found, values.x, values.rtol)
    return found.report(shape, values.evaluations)


def _settle_small(found: _Outcomes, x: NDArray[Any], rtol: float) -> None:
    """Call entries ok whose error is within the tolerance of the largest of their gradient.

    Each times the size of its component of x, so that units do not matter. What limits a small
    entry is the rounding of f, which is that of the whole gradient.
    """
    size = abs(x.ravel().astype(float))
    size[size == 0] = np.median(size[size > 0]) if size.any() else 1.0
    with np.errstate(all="ignore"):
        weight = np.where(found.status == "ok", abs(found.value), 0.0) * size
        largest = weight.max(axis=1, initial=0.0, keepdims=True)
        small = found.error * size <= rtol * largest
    found.status[np.isin(found.status, ("inexact", "noisy")) & small] = "ok"


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
    >>> from derivref.differences import gradient
    >>> gradient(lambda x: (x**2).sum(), [1, 2, 3]).value.round(9)
    array([2., 4., 6.])
    """
    return _jacobian(_scalar(f, x), method)


def _scalar(f: Function, x: ArrayLike) -> _Multivariate:
    values = _Multivariate(f, x)
    if values.shape != ():
        raise ValueError(f"`f` must return one number, got shape {values.shape}")
    return values


def _central(values: _Multivariate, shape: tuple[int, ...]) -> Derivative:
    coarse, fine = central(1, 4), central(1, 6)
    unit = 2.0**-values.format.bits
    value, error = np.empty((2, values.centre.size, values.x.size))
    # With f of size 1 and every derivative too, the best step; a power of two keeps x ± h exact.
    best = round(math.log2(fine.best_step(value=1.0, remainder=1.0, eps=unit)))
    for i, x in enumerate(values.x.ravel().tolist()):
        h = math.ldexp(1.0, best + max(0, math.frexp(x)[1]))
        rows = {}
        for s in fine.offsets:
            if s:
                point = values.x.copy()
                point.flat[i] = x + float(s) * h
                with np.errstate(all="ignore"):
                    rows[s] = values.at(point).astype(float).ravel()
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
    values = _scalar(f, x)
    size, bits = values.x.size, values.format.bits
    diagonal = values.partials(2)
    point = values.x.ravel().astype(float)
    most = np.where(point == 0, 0, np.frexp(point)[1])
    steps = diagonal.step[0]
    lengths = np.where(np.isfinite(steps), np.frexp(np.nan_to_num(steps))[1], most)
    units = np.minimum(lengths, np.maximum(most, 0) + 3)  # along a line the step knows no end
    scales = np.ldexp(1.0, units.astype(int))
    value, error = np.full((size, size), np.nan), np.full((size, size), np.inf)
    status = np.full((size, size), "not finite", dtype="<U12")
    np.fill_diagonal(value, diagonal.value[0])
    np.fill_diagonal(error, diagonal.error[0])
    np.fill_diagonal(status, diagonal.status[0])
    pairs = [(i, j) for i in range(size) for j in range(i)]
    axes = np.repeat(np.array(pairs, int).reshape(-1, 2), 2, axis=0).T
    ends = *axes, np.tile([1.0, -1.0], len(pairs))

    def place(n: NDArray[Any], t: NDArray[Any]) -> NDArray[Any]:
        i, j, sign = (part[n] for part in ends)
        points, every = np.repeat(values.x.reshape(1, -1), t.size, axis=0), np.arange(t.size)
        points[every, i] = point[i] + t * scales[i]
        points[every, j] = point[j] + sign * t * scales[j]
        return points

    # The smallest t that moves both components by two units in their last place.
    least = np.where(point == 0, -bits, most - bits - units)
    floors = np.maximum(least[axes[0]], least[axes[1]]).astype(int).tolist()
    outcomes = values.search(np.zeros(len(floors)), np.arange(1), place, deriv=2, floors=floors)
    lost = 16 * 2.0**-bits * abs(float(values.centre))
    for n, (i, j) in enumerate(pairs):
        both = slice(2 * n, 2 * n + 2)
        plus, minus = outcomes.value[both].tolist()
        area = 4 * scales[i] * scales[j]
        v, e = (plus - minus) / area, outcomes.error[both].sum() / area
        scale = math.sqrt(abs(np.nan_to_num(value[i, i] * value[j, j])))
        failed = [s for s, o in zip(outcomes.status[both], (plus, minus), strict=True) if o != o]
        fine = outcomes.status[both] == "ok"
        most_, doubt = abs(outcomes.value[both]), outcomes.error[both]
        # Within the length of the axes, t = 1, f does not change by more than it is rounded.
        zero = (most_ + doubt <= lost).all() or (fine & (most_ <= doubt)).all()
        good = zero or e <= values.rtol * max(abs(v), scale)
        verdict = failed[0] if failed else "ok" if good else "inexact"
        for a, b in ((i, j), (j, i)):
            value[a, b], error[a, b], status[a, b] = v, e, verdict
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
        return _Outcomes(array.shape).report(array.shape, 0)
    real, own = _elementwise(f, array, 1, 0)
    points = array.ravel()
    if points.size == 1:
        points = np.repeat(points, 2)  # as in _Elementwise
    h = np.ldexp(1.0, np.maximum(np.frexp(points)[1] - 100, -1000))  # frexp of 0 is 0
    first, second = (_imaginary(f, points, step) for step in (h, 0.75 * h))
    value = first[: array.size]
    error = np.abs(value - second[: array.size]) + 2.0**-50 * np.abs(value)
    status = np.full(value.shape, "unchecked")
    for i, v in enumerate(value):
        if own.status[i] in ("kink", "jump", "singular"):
            raise ValueError(
                f"`f` must be analytic at x = {points[i]}: it has a {own.status[i]} there"
            )
        if not math.isfinite(own.value[i]):
            continue
        if own.status[i] == "noisy":  # rounding inside f, which the complex step need not share
            continue
        if not abs(v - own.value[i]) <= 4 * own.error[i] + error[i] + 1e-6 * abs(own.value[i]):
            raise ValueError(
                f"`f` must be analytic at x = {points[i]}: the complex step gives {v}, "
                f"real differences {own.value[i]} ± {own.error[i]:.1g}"
            )
        status[i] = "ok" if own.status[i] == "ok" else "unchecked"
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
    for row, (own, doubt) in enumerate(zip(along.value, along.error, strict=True)):
        if not math.isfinite(own) or along.status[row] == "noisy":
            status[row] = "unchecked"
        elif not abs(value[row] @ line - own) <= 4 * doubt + 1e-6 * (
            np.abs(value[row]) @ np.abs(line)
        ):
            raise ValueError(
                f"`f` must be analytic at x: along a random line the complex steps give "
                f"{value[row] @ line}, real differences {own} ± {doubt:.1g}"
            )
    return _arranged(value, errors, status, shape, values.evaluations)


def _along(values: _Multivariate, line: NDArray[Any]) -> _Outcomes:
    """Differentiate each output at t = 0 of x + t * line."""
    bits = values.format.bits
    x = values.x.astype(float).ravel()
    floor = max(
        (math.frexp(a)[1] - bits - math.frexp(b)[1] + 2 for a, b in zip(x, line, strict=True) if a),
        default=-1000,
    )

    def place(_: NDArray[Any], t: NDArray[Any]) -> NDArray[Any]:
        points = x + np.multiply.outer(t, line)
        return np.asarray(points, values.x.dtype)

    outputs = np.arange(values.centre.size)
    return values.search(np.zeros(1), outputs, place, floors=[floor] * outputs.size)


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
    size = float(np.max(abs(y), where=np.isfinite(y), initial=0.0))
    zero = abs(value) <= error <= values.rtol * size / steps[0] ** deriv
    status = "ok" if zero or error <= values.rtol * abs(value) else "inexact"
    if not math.isfinite(value):
        status, error = "not finite", math.inf
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
        f, point, _spacing(f, point)[0] if spacing is None else _positive("spacing", spacing)
    )


def _spacing(f: Function, x: float) -> tuple[float, float]:
    """Return a distance at which to look for noise, and the slope of f."""
    own = _elementwise(f, np.array(x), 1, 0)[1]
    slope, step, jump = (float(v[0]) for v in (own.value, own.step, own.noise))
    length = step if math.isfinite(step) else max(abs(x), 1.0)
    spacing = max(length * 2.0**-16, 8 * math.ulp(x))
    if own.status[0] == "noisy" and slope:
        # Some jumps of f apart: within one there is nothing to be seen.
        spacing = max(spacing, min(4.37 * jump / abs(slope), length / 8))
    return spacing, abs(slope) if math.isfinite(slope) else 0.0


def _noise(f: Function, x: float, spacing: float) -> float:
    points = x + spacing * np.arange(-4, 5)
    if (np.diff(points) == 0).any():
        raise ValueError(f"`spacing` must not be lost beside x = {x}, got {spacing}")
    return _scatter(_Elementwise(f, points).centre)


def _scatter(table: NDArray[Any]) -> float:
    """Return the noise of nine values at equal distances."""
    levels = []
    for order in range(1, len(table)):
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
    found = _elementwise(count, point, stencil.remainder, sign)[1]
    own, doubt, length = float(found.value[0]), float(found.error[0]), float(found.step[0])
    spacing, slope = _spacing(count, float(point))
    scatter = _noise(count, float(point), spacing)
    if not (math.isfinite(own) and math.isfinite(scatter)):
        return Step(math.nan, math.inf, scatter, math.nan, "inexact", count.evaluations)
    # Steps below the grain of f see none of its noise; the ladder looked at larger ones.
    scatter = max(scatter, float(found.noise[0])) if found.status[0] == "noisy" else scatter
    furthest = max(abs(float(point)), 1.0)
    if not math.isfinite(length):
        length = furthest
    remainder, limit = abs(own), length
    if doubt >= remainder / 2:  # it may be zero: go as far as its error allows, within reason
        remainder, limit = remainder + doubt, min(length, furthest)
    values, step = _Elementwise(count, point), limit
    for _ in range(2):  # f may be 0 at x, and round where it is evaluated
        near = values(point + step * np.array([-1.0, 0.0, 1.0])).astype(float)
        level = float(np.max(abs(near), where=np.isfinite(near), initial=0.0))
        half = level * 2.0 ** -(values.format.bits + 1)
        # x ± h is rounded too.
        rounded = slope * math.ulp(float(point)) / 2 if point else 0.0
        least = max(scatter, half, rounded, math.ulp(0.0))
        step = limit
        if remainder:
            step = min(stencil.best_step(value=least, remainder=remainder, eps=1.0), limit)
    error = stencil.predicted_error(step, value=least, remainder=remainder, eps=1.0)
    sure = found.status[0] == "ok" or doubt <= abs(own) / 2  # one digit is enough
    status = "ok" if sure else "inexact"
    return Step(step, float(error), least, own, status, count.evaluations)


class _Counted:
    """f, counting the points it is evaluated at."""

    def __init__(self, f: Function) -> None:
        self.f, self.evaluations = f, 0

    def __call__(self, points: Any) -> Any:
        self.evaluations += np.size(points)
        return self.f(points)
