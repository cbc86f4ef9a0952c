"""Functions that run along axes: sums, products, extremes, order statistics, cumulative ones."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from derivref.autodiff.registry import case, implements
from derivref.autodiff.trace import Array, Linear, Stated, apply, beside_kink, strip, with_value


def axes_of(x: Array, axis: Any) -> tuple[int, ...]:
    """Return the axes that `axis` names, counted from the front; all of them for None."""
    n = np.ndim(x)
    return tuple(range(n)) if axis is None else normalize_axis_tuple(axis, n)


def kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape after a reduction that keeps its axes."""
    return tuple(1 if a in axes else n for a, n in enumerate(shape))


def _spread(i: int, g: Array, shapes: Any, axis: Any, keepdims: bool) -> Array:
    axes = normalize_axis_tuple(range(len(shapes[0])) if axis is None else axis, len(shapes[0]))
    return np.broadcast_to(np.reshape(g, kept(shapes[0], axes)), shapes[0])


def flattened(x: Array, axis: Any) -> tuple[Array, Callable[[Array], Array]]:
    """Return x with the axes joined into the last one, and the way back for the reduced array."""
    axes = axes_of(x, axis)
    others = [a for a in range(np.ndim(x)) if a not in axes]
    rest = tuple(np.shape(x)[a] for a in others)
    flat = np.reshape(
        np.transpose(x, (*others, *axes)), (*rest, math.prod(np.shape(x)[a] for a in axes))
    )
    return flat, lambda out: np.reshape(out, kept(np.shape(x), axes))


SUM = Linear(np.sum, _spread)


@implements(
    np.sum,
    case((2, 3)),
    case((2, 3, 4), axis=(0, -1), keepdims=True),
    case((2, 3), axis=1),
    case((0,)),
    case(()),
    case((2, 3), axis=()),
    case((2,), dtype=np.float64),
)
def _sum(a: Array, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
    a = a if dtype is None else a.astype(dtype)
    return apply(SUM, a, axis=axis, keepdims=keepdims)


@implements(
    np.mean,
    case((2, 3), axis=0),
    case((2, 3, 4), axis=(-1, 0), keepdims=True),
    case((3,), dtype=np.float64),
    case(()),
)
def _mean(a: Array, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
    count = math.prod(np.shape(a)[i] for i in axes_of(a, axis))
    if dtype is None and a.dtype == np.float16:  # as NumPy does: the sum passes 65504
        return (np.sum(a.astype(np.float32), axis, keepdims=keepdims) / count).astype(a.dtype)
    if not count:
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=3)  # NumPy's own words
    return np.sum(a, axis, dtype, keepdims=keepdims) / (count or np.nan)


@implements(
    np.average,
    case((2, 3), axis=0),
    case((2, 3), (3,), call=lambda f, x, w: f(x, axis=1, weights=2 + np.tanh(w))),
)
def _average(a: Array, axis: Any = None, weights: Any = None, keepdims: bool = False) -> Array:
    if weights is None:
        return np.mean(a, axis, keepdims=keepdims)
    if np.shape(weights) != np.shape(a):
        axes = axes_of(a, axis)
        shape = tuple(n if i in axes else 1 for i, n in enumerate(np.shape(a)))
        weights = np.broadcast_to(np.reshape(weights, shape), np.shape(a))
    total = np.sum(a * weights, axis, keepdims=keepdims)
    return total / np.sum(weights, axis, keepdims=keepdims)


# Extremes and order statistics: the slope goes to the elements that are returned.


def _pick(arg: Callable[..., Any], x: Array, axis: Any, keepdims: bool) -> Array:
    """Return the extreme element: of several equal ones, the first has the slope 1."""
    flat, back = flattened(x, axis)
    at = arg(strip(flat), axis=-1)[..., None]
    out = back(np.take_along_axis(flat, at, -1))
    return out if keepdims else np.squeeze(out, axes_of(x, axis))


_TIE = "equal elements: the first has the slope"


@implements(
    np.max,
    case((2, 3)),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3, 4), axis=(0, -1)),
    case(()),
    kinks=_TIE,
    also=(np.amax,),
)
def _max(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    return _pick(np.argmax, a, axis, keepdims)


@implements(
    np.min,
    case((4, 2), axis=0),
    case((2, 3, 4), axis=(2, 1), keepdims=True),
    kinks=_TIE,
    also=(np.amin,),
)
def _min(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    return _pick(np.argmin, a, axis, keepdims)


@implements(np.ptp, case((2, 3)), case((2, 3), axis=(0, 1)), case((2, 3), axis=-1), kinks=_TIE)
def _ptp(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


@implements(
    np.sort,
    case((5,)),
    case((3, 4), axis=0),
    case((2, 3), axis=None),
    kinks="equal elements: in their order",
)
def _sort(a: Array, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Array:
    if axis is None:
        a, axis = np.ravel(a), -1
    # A stable order for every kind: which of equal elements comes first must not be chance.
    return np.take_along_axis(a, np.argsort(strip(a), axis, kind="stable"), axis)


@implements(
    np.partition,
    case((5,), kth=2),
    case((3, 4), kth=1, axis=0),
    kinks="equal elements: in any order",
)
def _partition(a: Array, kth: Any, axis: int | None = -1) -> Array:
    if axis is None:
        a, axis = np.ravel(a), -1
    return np.take_along_axis(a, np.argpartition(strip(a), kth, axis), axis)


@implements(
    np.median,
    case((5,)),
    case((2, 4), axis=-1, keepdims=True),
    case((2, 3, 2), axis=(0, 2)),
    kinks="equal elements in the middle: in their order",
)
def _median(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    return _middle(a, axis, keepdims, np.sort(flattened(a, axis)[0]), np.isnan(strip(a)), False)


@implements(np.nanmedian, case((5,)), case((2, 4), axis=0), kinks="as `median`")
def _nanmedian(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    return _middle(a, axis, keepdims, np.sort(flattened(a, axis)[0]), np.isnan(strip(a)), True)


def _middle(x: Array, axis: Any, keepdims: bool, ordered: Array, nan: Array, skip: bool) -> Array:
    """Return the mean of the two middle elements; NaN is sorted to the end."""
    flat_nan, back = flattened(nan, axis)
    nans = np.sum(flat_nan, -1, keepdims=True)
    count = ordered.shape[-1] - nans
    if ordered.shape[-1] == 0:
        return np.mean(x, axis, keepdims=keepdims)  # NaN and NumPy's warning
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, -1)
    high = np.take_along_axis(ordered, np.maximum(count // 2, 0), -1)
    out = np.where((count % 2) == 1, low, (low + high) / 2)
    bad = (count == 0) if skip else (nans > 0)
    out = back(np.where(bad, np.nan, out)).astype(x.dtype)
    return out if keepdims else np.squeeze(out, axes_of(x, axis))


@implements(
    np.quantile,
    case((5,), q=0.3),
    case((2, 4), q=np.array([0.0, 0.5, 0.9]), axis=-1),
    case((2, 3, 2), q=0.25, axis=(0, 2), keepdims=True),
    kinks="q·(n − 1) whole: that element has the slope",
)
def _quantile(
    a: Array, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Array:
    if method != "linear":
        raise TypeError(f"`quantile` of a traced array takes method='linear', got {method!r}")
    if isinstance(q, (list, tuple, np.ndarray)):
        q = np.asarray(q)
        wide = a.astype(np.result_type(a.dtype, q))
        each = [np.quantile(wide, r, axis, keepdims=keepdims) for r in q.ravel()]
        return np.reshape(np.stack(each), (*q.shape, *each[0].shape))
    ordered, back = flattened(a, axis)
    ordered = np.sort(ordered)
    n = ordered.shape[-1]
    place = q * (n - 1)
    low = min(max(int(np.floor(strip(place))), 0), n - 1)
    high = min(low + 1, n - 1)
    out = ordered[..., low] + (place - low) * (ordered[..., high] - ordered[..., low])
    out = with_value(back(out), np.quantile(strip(a), strip(q), axis, keepdims=True))
    return out if keepdims else np.squeeze(out, axes_of(a, axis))


@implements(
    np.percentile, case((5,), q=30), case((2, 4), q=[10, 50.0], axis=0), kinks="as `quantile`"
)
def _percentile(a: Array, q: Any, axis: Any = None, keepdims: bool = False) -> Array:
    share = q / 100 if isinstance(q, (int, float)) else np.asarray(q) / 100
    return _quantile(a, share, axis, keepdims=keepdims)


# Products. A division by one element would fail at 0, so what multiplies it is the product before
# it times the product behind it.


def _shifted(x: Array) -> Array:
    """Return x moved one place towards the end of its last axis, with 1 in front."""
    return np.concatenate([np.ones_like(strip(x)[..., :1]), x[..., :-1]], axis=-1)


def _products_of_others(x: Array) -> Array:
    behind = np.flip(_shifted(np.cumprod(np.flip(x, -1), axis=-1)), -1)
    return _shifted(np.cumprod(x, axis=-1)) * behind


def _last_product(x: Array) -> Array:
    return np.prod(x, axis=-1)


def _recurrence(factor: Array, term: Array) -> Array:
    """Return y with y[k] = factor[k]·y[k − 1] + term[k] along the last axis."""
    rows = [term[..., 0]] if term.shape[-1] else []
    for k in range(1, term.shape[-1]):
        rows.append(factor[..., k] * rows[-1] + term[..., k])
    return np.stack(rows, axis=-1) if rows else term


PROD = Stated(
    _last_product,
    lambda i, t, z, x: np.sum(t * _products_of_others(x), -1),
    lambda i, g, z, x: np.expand_dims(g, -1) * _products_of_others(x),
    "prod",
)


def _cumulative_product(x: Array) -> Array:
    return np.cumprod(x, axis=-1)


CUMPROD = Stated(
    _cumulative_product,
    lambda i, t, z, x: _recurrence(x, _shifted(z) * t),
    lambda i, g, z, x: (
        _shifted(z) * np.flip(_recurrence(_shifted(np.flip(x, -1)), np.flip(g, -1)), -1)
    ),
    "cumprod",
)


@implements(
    np.prod,
    case((4,)),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3, 2), axis=(0, 2)),
    case((0,)),
    case(()),
    case((3,), call=lambda f, x: f(x * np.array([1.0, 0.0, 2.0]))),
    case((3,), call=lambda f, x: f(x * np.array([0.0, 0.0, 2.0]))),
)
def _prod(a: Array, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
    flat, back = flattened(a if dtype is None else a.astype(dtype), axis)
    out = back(apply(PROD, flat))
    return out if keepdims else np.squeeze(out, axes_of(a, axis))


def _cumulative(function: Any, one: Callable[[Array], Array]) -> Any:
    """Return the rule of a cumulative function, given it along the last axis."""

    def rule(a: Array, axis: int | None = None, dtype: Any = None) -> Array:
        a = a if dtype is None else a.astype(dtype)
        if axis is None:
            return one(np.ravel(a))
        axis = normalize_axis_index(axis, np.ndim(a))
        return np.moveaxis(one(np.moveaxis(a, axis, -1)), -1, axis)

    return rule


CUMSUM = Linear(
    lambda x: np.cumsum(x, axis=-1),
    lambda i, g, s: np.flip(np.cumsum(np.flip(g, -1), axis=-1), -1),
)
_CUMULATIVE = case((4,)), case((2, 3)), case((2, 3), axis=0), case((2, 3), axis=-1), case((0,))
implements(np.cumsum, *_CUMULATIVE)(_cumulative(np.cumsum, lambda x: apply(CUMSUM, x)))
implements(
    np.cumprod,
    *_CUMULATIVE,
    case((3,), call=lambda f, x: f(x * np.array([1.0, 0.0, 2.0]))),
)(_cumulative(np.cumprod, lambda x: apply(CUMPROD, x)))


def _from_one(of: Any, start: float) -> Any:
    """Return the rule of a cumulative function of the array standard, from one of NumPy's own."""

    def rule(
        x: Array, axis: int | None = None, dtype: Any = None, include_initial: bool = False
    ) -> Array:
        if axis is None and np.ndim(x) > 1:
            raise ValueError("`axis` must be given for an array of more than one axis")
        axis = normalize_axis_index(-1 if axis is None else axis, np.ndim(x))
        out = of(x, axis, dtype)
        if not include_initial:
            return out
        first = np.full((*np.shape(x)[:axis], 1, *np.shape(x)[axis + 1 :]), start, out.dtype)
        return np.concatenate([first, out], axis)

    return rule


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    _BOTH = case((3,)), case((2, 3), axis=0, include_initial=True)
    implements(np.cumulative_sum, *_BOTH)(_from_one(np.cumsum, 0.0))
    implements(np.cumulative_prod, *_BOTH)(_from_one(np.cumprod, 1.0))


@implements(np.add.reduce, case((2, 3)), case((2, 3), axis=None), case((2, 3), axis=(0, 1)))
def _add_reduce(array: Array, axis: Any = 0, dtype: Any = None, keepdims: bool = False) -> Array:
    return np.sum(array, axis, dtype, keepdims=keepdims)


@implements(np.multiply.reduce, case((2, 3)), case((2, 3), axis=None))
def _multiply_reduce(
    array: Array, axis: Any = 0, dtype: Any = None, keepdims: bool = False
) -> Array:
    return np.prod(array, axis, dtype, keepdims=keepdims)


@implements(np.maximum.reduce, case((2, 3)), case((2, 3), axis=None), kinks=_TIE)
def _maximum_reduce(array: Array, axis: Any = 0, keepdims: bool = False) -> Array:
    return np.max(array, axis, keepdims=keepdims)


@implements(np.minimum.reduce, case((2, 3)), case((2, 3), axis=None), kinks=_TIE)
def _minimum_reduce(array: Array, axis: Any = 0, keepdims: bool = False) -> Array:
    return np.min(array, axis, keepdims=keepdims)


@implements(np.add.accumulate, case((2, 3)), case((2, 3), axis=1))
def _add_accumulate(array: Array, axis: int = 0, dtype: Any = None) -> Array:
    return np.cumsum(array, axis, dtype)


@implements(np.multiply.accumulate, case((2, 3)), case((2, 3), axis=1))
def _multiply_accumulate(array: Array, axis: int = 0, dtype: Any = None) -> Array:
    return np.cumprod(array, axis, dtype)


def _running(best: Any) -> Any:
    """Return the rule of a running extreme: the element that is the extreme so far."""

    def rule(array: Array, axis: int = 0) -> Array:
        plain = np.moveaxis(strip(array), axis, -1)
        so_far = best.accumulate(plain, axis=-1)
        new = (so_far != np.roll(so_far, 1, -1)) & (so_far == so_far)
        new |= (so_far != so_far) & (np.cumsum(plain != plain, axis=-1) == 1) & (plain != plain)
        new[..., :1] = True
        at = np.maximum.accumulate(np.where(new, np.arange(plain.shape[-1]), 0), axis=-1)
        return np.take_along_axis(array, np.moveaxis(at, -1, axis), axis)

    return rule


for _best in (np.maximum, np.minimum):
    implements(_best.accumulate, case((5,)), case((3, 4)), case((3, 4), axis=1), kinks=_TIE)(
        _running(_best)
    )


# Squares


@implements(
    np.linalg.norm,
    case((4,)),
    case((2, 3)),
    case((2, 3), axis=1, keepdims=True),
    case((2, 3, 4), axis=(0, -1)),
    case((4,), ord=1),
    case((4,), ord=np.inf),
    case((2, 4), ord=-np.inf, axis=-1),
    case((4,), ord=3),
    case((2, 3), ord="fro"),
    case((2, 3), ord=2),
    case((2, 3), ord="nuc"),
    case((2, 3, 4), ord=1, axis=(0, 1)),
    case((2, 3, 4), ord=np.inf, axis=(-1, 0), keepdims=True),
    kinks="0: 0 (no second derivative)",
)
def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    if axis is None and ord is None:
        return _euclidean(x, None, keepdims)
    axes = axes_of(x, axis)
    if ord in (None, "fro") or (ord == 2 and len(axes) == 1):
        return _euclidean(x, axes, keepdims)
    if len(axes) == 1:
        if ord in (np.inf, -np.inf):
            return (np.max if ord > 0 else np.min)(np.abs(x), axis=axes, keepdims=keepdims)
        if ord == 1:
            return np.sum(np.abs(x), axis=axes, keepdims=keepdims)
        if ord == 0 or isinstance(ord, str):
            raise TypeError(f"`np.linalg.norm` of a traced vector takes no ord={ord!r}")
        return np.sum(np.abs(x) ** ord, axis=axes, keepdims=keepdims) ** (x.dtype.type(1) / ord)
    others = tuple(i for i in range(np.ndim(x)) if i not in axes)
    stack = np.transpose(x, (*others, *axes))
    if ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(stack), axis=-2 if abs(ord) == 1 else -1)
        out = (np.max if ord > 0 else np.min)(sums, axis=-1)
    elif ord in (2, -2, "nuc"):
        s = np.linalg.svd(stack, compute_uv=False)
        out = np.sum(s, axis=-1) if ord == "nuc" else s[..., 0 if ord == 2 else -1]
    else:
        raise TypeError(f"`np.linalg.norm` of a traced matrix takes no ord={ord!r}")
    return np.reshape(out, kept(np.shape(x), axes)) if keepdims else out


def _euclidean(x: Array, axis: Any, keepdims: bool) -> Array:
    flat, back = flattened(x, axis)
    out = back(apply(EUCLID, flat))
    return out if keepdims else np.squeeze(out, axes_of(x, axis))


def _length(x: Array) -> Array:
    """Return the Euclidean norm along the last axis, of numbers whose squares overflow as well."""
    largest = np.max(np.abs(x), axis=-1, keepdims=True, initial=0.0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1).astype(x.dtype)
    return scale[..., 0] * np.sqrt(np.sum(np.square(x / scale), axis=-1))


def _direction(x: Array, z: Array) -> Array:
    """Return x/‖x‖; at 0 it is 0, and of infinite elements those alone count, all alike."""
    z, plain = np.expand_dims(z, -1), strip(x)
    far = np.isinf(strip(z))
    if np.any(far):
        most = np.where(np.isinf(plain), np.sign(plain), 0.0)
        share = most / np.sqrt(np.maximum(np.sum(np.abs(most), -1, keepdims=True), 1))
        x, z = np.where(far, share, x), np.where(far, 1.0, z)
    origin = strip(z) == 0
    unit = x / np.where(origin, 1.0, z)
    return beside_kink(unit, np.broadcast_to(origin, unit.shape), x)


EUCLID = Stated(
    _length,
    lambda i, t, z, x: np.sum(_direction(x, z) * t, -1),
    lambda i, g, z, x: np.expand_dims(g, -1) * _direction(x, z),
    "norm",
)


@implements(
    np.var, case((2, 3)), case((2, 3), axis=-1, ddof=1), case((2, 3, 4), axis=(0, 2), keepdims=True)
)
def _var(
    a: Array,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    correction: Any = None,
) -> Array:
    return _spread_of(a, axis, dtype, ddof if correction is None else correction, keepdims, False)


@implements(
    np.std,
    case((2, 3)),
    case((2, 3), axis=-1, ddof=1),
    case((2, 3, 4), axis=(0, 2), keepdims=True),
    kinks="all elements equal: 0 (no second derivative)",
)
def _std(
    a: Array,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    correction: Any = None,
) -> Array:
    return _spread_of(a, axis, dtype, ddof if correction is None else correction, keepdims, True)


def _spread_of(a: Array, axis: Any, dtype: Any, ddof: float, keepdims: bool, root: bool) -> Array:
    kind = a.dtype if dtype is None else np.dtype(dtype)
    wide = a.astype(np.float32 if kind == np.float16 else kind)
    count = max(math.prod(np.shape(a)[i] for i in axes_of(a, axis)) - ddof, 0)
    centred = wide - np.mean(wide, axis, keepdims=True)
    if root:
        return (_euclidean(centred, axis, keepdims) / np.sqrt(wide.dtype.type(count))).astype(kind)
    return (np.sum(np.square(centred), axis, keepdims=keepdims) / wide.dtype.type(count)).astype(
        kind
    )


@implements(
    np.cov,
    case((2, 5)),
    case((5,), (5,), call=lambda f, x, y: f(x, y, ddof=0)),
    case((5, 2), rowvar=False, bias=True),
    case((4,)),
)
def _cov(
    m: Array, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None
) -> Array:
    def rows(a: Array) -> Array:
        a = np.atleast_2d(a).astype(np.result_type(strip(a), np.float64))  # as NumPy does
        return a if rowvar or np.shape(a)[0] == 1 else np.transpose(a)

    x = rows(m) if y is None else np.concatenate([rows(m), rows(y)])
    centred = x - np.mean(x, axis=1, keepdims=True)
    count = np.shape(x)[1] - (int(not bias) if ddof is None else ddof)
    out = np.squeeze(centred @ np.transpose(centred) / count)
    return with_value(out, np.cov(strip(m), strip(y), rowvar, bias, ddof))


@implements(np.corrcoef, case((2, 5)), case((5,), (5,)))
def _corrcoef(x: Array, y: Any = None, rowvar: bool = True) -> Array:
    c = np.cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    root = np.sqrt(np.diagonal(c))
    return c / np.expand_dims(root, 0) / np.expand_dims(root, 1)


# NaN left out


def _without_nan(function: Any, filler: float, *cases: Any) -> Callable[[Any], Any]:
    def register(nan_function: Any) -> Any:
        def rule(a: Array, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
            filled = np.where(np.isnan(strip(a)), filler, a)
            filled = filled if dtype is None else filled.astype(dtype)
            return function(filled, axis, keepdims=keepdims)

        return implements(nan_function, *(cases or (_GAPS, case((2, 3), axis=-1))))(rule)

    return register


_GAPS = case((4,), call=lambda f, x: f(np.where([True, False, True, True], x, np.nan)))
_without_nan(np.sum, 0.0)(np.nansum)
_without_nan(np.prod, 1.0)(np.nanprod)


@implements(np.nancumsum, _GAPS, case((2, 3), axis=0))
def _nancumsum(a: Array, axis: int | None = None) -> Array:
    return np.cumsum(np.where(np.isnan(strip(a)), 0.0, a), axis)


@implements(np.nancumprod, _GAPS, case((2, 3), axis=0))
def _nancumprod(a: Array, axis: int | None = None) -> Array:
    return np.cumprod(np.where(np.isnan(strip(a)), 1.0, a), axis)


def _nan_extreme(function: Any, extreme: Any, filler: float) -> None:
    @implements(function, _GAPS, case((2, 3), axis=-1), kinks=_TIE)
    def _(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
        nan = np.isnan(strip(a))
        out = extreme(np.where(nan, filler, a), axis, keepdims=keepdims)
        return np.where(np.all(nan, axis, keepdims=keepdims), np.nan, out)


_nan_extreme(np.nanmax, np.max, -np.inf)
_nan_extreme(np.nanmin, np.min, np.inf)


@implements(np.nanmean, _GAPS, case((2, 3), axis=(0, 1), keepdims=True))
def _nanmean(a: Array, axis: Any = None, keepdims: bool = False) -> Array:
    count = np.sum(~np.isnan(strip(a)), axis, keepdims=keepdims)
    return (np.nansum(a, axis, keepdims=keepdims) / count).astype(a.dtype)


@implements(np.nanvar, _GAPS, case((2, 3), axis=-1, ddof=1))
def _nanvar(a: Array, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
    nan = np.isnan(strip(a))
    count = np.sum(~nan, axis, keepdims=keepdims)
    centred = np.where(nan, 0.0, a - np.nanmean(a, axis, keepdims=True))
    total = np.sum(np.square(centred), axis, keepdims=keepdims)
    return (total / np.where(count > ddof, count - ddof, np.nan)).astype(a.dtype)


@implements(np.nanstd, _GAPS, case((2, 3), axis=-1, ddof=1), kinks="as `std`")
def _nanstd(a: Array, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
    nan = np.isnan(strip(a))
    count = np.sum(~nan, axis, keepdims=keepdims)
    centred = np.where(nan, 0.0, a - np.nanmean(a, axis, keepdims=True))
    scale = np.sqrt(np.where(count > ddof, count - ddof, np.nan).astype(a.dtype))
    return (_euclidean(centred, axis, keepdims) / scale).astype(a.dtype)


# The logarithm of a sum of exponentials


def _log_sum_exp(x: Array) -> Array:
    largest = np.max(x, axis=-1, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore", over="ignore"):  # -inf: all of them are
        return np.log(np.sum(np.exp(x - shift), axis=-1)) + shift[..., 0]


def softmax(x: Array) -> Array:
    """Return exp(xᵢ)/Σ exp(x); where the largest is ±inf, the elements equal to it share 1.

    Not as exp(x − z): that loses as many digits as z, the logarithm of the sum, has whole ones.
    """
    plain = strip(x)
    largest = np.max(plain, axis=-1, keepdims=True, initial=-np.inf)
    far = np.isinf(largest)
    if np.any(far):
        x = np.where(far, np.where(plain == largest, 0.0, -np.inf), x)
    e = np.exp(x - np.where(far, 0, largest))
    return e / np.sum(e, -1, keepdims=True)


LOGSUMEXP = Stated(
    _log_sum_exp,
    lambda i, t, z, x: np.sum(softmax(x) * t, -1),
    lambda i, g, z, x: np.expand_dims(g, -1) * softmax(x),
    "logaddexp.reduce",
)


@implements(
    np.logaddexp.reduce,
    case((2, 3)),
    case((2, 3), axis=-1, keepdims=True),
    case((2, 3), axis=None),
    case((3,), call=lambda f, x: f(np.where([True, False, True], x, -np.inf))),
    kinks="all elements −inf, or several inf: equal shares",
)
def _logsumexp(array: Array, axis: Any = 0, keepdims: bool = False) -> Array:
    flat, back = flattened(array, axis)
    out = back(apply(LOGSUMEXP, flat))
    return out if keepdims else np.squeeze(out, axes_of(array, axis))
