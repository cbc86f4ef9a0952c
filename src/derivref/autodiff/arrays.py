"""Functions that move elements about: linear, and their transposes put the elements back."""

import inspect
import math
import operator
from collections.abc import Callable
from functools import cache, reduce
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from derivref.autodiff.registry import case, implements
from derivref.autodiff.trace import RULES, Array, Linear, Traced, apply, strip, unbroadcast


def getitem(x: Array, index: Any) -> Array:
    """Return x[index]."""
    return x[index]


def scatter(g: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Return zeros of the shape, with g added at the index (once for each time it is taken)."""
    out = np.zeros(shape, g.dtype)
    np.add.at(out, index, g)
    return out


def select(a: Array, b: Array, condition: Array) -> Array:
    """Return a where the condition holds, else b."""
    return np.where(condition, a, b)


def _part(i: int, g: Array, shapes: Any, axis: int) -> Array:
    start = sum(s[axis] for s in shapes[:i])
    at = [slice(None)] * g.ndim
    at[axis] = slice(start, start + shapes[i][axis])
    return g[tuple(at)]


def concatenate(*xs: Array, axis: int) -> Array:
    """Return the arrays one after the other."""
    return np.concatenate(xs, axis=axis)


def cast(x: Array, dtype: Any) -> Array:
    """Return x in another floating dtype."""
    return x.astype(dtype)


SCATTER: Linear
TAKE = Linear(getitem, lambda i, g, s, index: apply(SCATTER, g, index=index, shape=s[0]))
SCATTER = Linear(scatter, lambda i, g, s, index, shape: g[index])
CAST = Linear(cast, lambda i, g, s, dtype: g, elementwise=True)
BROADCAST = Linear(np.broadcast_to, lambda i, g, s, shape: unbroadcast(g, s[0]))
RESHAPE = Linear(
    lambda x, shape, order: np.reshape(x, shape, order),  # `shape` was `newshape` before NumPy 2.1
    lambda i, g, s, shape, order: np.reshape(g, s[0], order),
)
TRANSPOSE = Linear(
    np.transpose,
    lambda i, g, s, axes: np.transpose(g, None if axes is None else tuple(np.argsort(axes))),
)
WHERE = Linear(
    select,
    lambda i, g, s, condition: np.where(condition, *((g, 0.0) if i == 0 else (0.0, g))),
    elementwise=True,
)
CONCATENATE = Linear(concatenate, _part)


# One rule for every function that moves elements, repeats or drops them, or puts zeros between: the
# same function of the numbers 1 … n says where each element came from, and 0 stands for a zero.


@cache
def _mover(function: Callable[..., Array]) -> Linear:
    def put_back(i: int, g: Array, shapes: Any, **params: Any) -> Array:
        size = math.prod(shapes[0])
        came_from = np.ravel(function(np.arange(1, size + 1).reshape(shapes[0]), **params))
        kept = came_from > 0
        g = np.ravel(g) if kept.all() else np.ravel(g)[kept]
        return np.reshape(apply(SCATTER, g, index=came_from[kept] - 1, shape=(size,)), shapes[0])

    return Linear(function, put_back)


def move(function: Callable[..., Array], x: Array, **params: Any) -> Array:
    """Apply a NumPy function whose output holds elements of x and zeros, in any order."""
    for name, value in params.items():
        if isinstance(value, Traced):
            raise TypeError(f"`{function.__name__}` takes plain numbers for `{name}`")
    return apply(_mover(function), x, **params)


def _plain_index(index: Any) -> Any:
    return tuple(map(strip, index)) if isinstance(index, tuple) else strip(index)


@implements(
    operator.getitem,
    case((2, 3), call=lambda f, x: f(x, 0)),
    case((2, 3), call=lambda f, x: f(x, (1, 2))),
    case((2, 3), call=lambda f, x: f(x, (-1, None, slice(None, None, -1)))),
    case((2, 3), call=lambda f, x: f(x, (..., [0, 0, -1]))),
    case((5,), call=lambda f, x: f(x, x > 0)),
    case((), call=lambda f, x: f(x, ())),
)
def _getitem(a: Array, b: Any) -> Array:
    return apply(TAKE, a, index=_plain_index(b))


def astype(x: Array, dtype: Any) -> Array:
    """Return `x.astype(dtype)`."""
    return x.astype(dtype)


@implements(astype, case((3,), call=lambda f, x: f(x, x.dtype)))
def _astype(x: Array, dtype: Any, copy: bool = True) -> Array:
    kind = np.dtype(dtype).kind
    if kind in "biu":  # piecewise constant, as `floor` is
        return strip(x).astype(dtype)
    if kind != "f":
        raise TypeError(f"`astype` of a traced array takes real numbers, got {np.dtype(dtype)}")
    return apply(CAST, x, dtype=dtype)


RULES["astype"] = _astype
if hasattr(np, "astype"):  # NumPy 2.1
    RULES[np.astype] = _astype


@implements(np.full_like, case((2, 2), call=lambda f, x: f(x, x[0, 1])))
def _full_like(a: Array, fill_value: Array, dtype: Any = None) -> Array:
    filled = np.broadcast_to(fill_value, np.shape(a))
    return filled.astype(strip(a).dtype if dtype is None else dtype)


@implements(np.copy, case((3,)))
def _copy(a: Array) -> Array:
    return a


@implements(np.real, case((3,)))
def _real(val: Array) -> Array:
    return val


@implements(np.broadcast_to, case((2, 1), shape=(4, 2, 3)), case((), shape=(0, 2)))
def _broadcast_to(array: Array, shape: Any) -> Array:
    if np.broadcast_shapes(shape) == np.shape(array):
        return array
    return apply(BROADCAST, array, shape=shape)


@implements(np.broadcast_arrays, case((2, 1), (3,), call=lambda f, *xs: np.stack(f(*xs))))
def _broadcast_arrays(*args: Array) -> tuple[Array, ...]:
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@implements(
    np.reshape,
    case((2, 3), shape=(3, -1), since="2.1"),
    case((2, 3), call=lambda f, x: f(x, 6, order="F")),
    case((), call=lambda f, x: f(x, (1, 1))),
    case((0, 2), call=lambda f, x: f(x, (2, 0, 3))),
)
def _reshape(a: Array, shape: Any, order: str = "C") -> Array:
    if order not in ("C", "F"):
        raise TypeError(f"`reshape` of a traced array takes the order 'C' or 'F', got {order!r}")
    if np.reshape(strip(a), shape).shape == np.shape(a):
        return a  # nothing moves, in either order: still elementwise
    return apply(RESHAPE, a, shape=shape, order=order)


@implements(np.ravel, case((2, 3)), case((2, 3), order="F"), case(()))
def _ravel(a: Array, order: str = "C") -> Array:
    return np.reshape(a, -1, order)  # type: ignore[call-overload]


@implements(np.expand_dims, case((2, 3), axis=(0, -1)), case((), axis=0))
def _expand_dims(a: Array, axis: Any) -> Array:
    return np.reshape(a, np.expand_dims(strip(a), axis).shape)


@implements(np.squeeze, case((2, 1, 3), axis=1), case((1, 1)), case((2, 1, 1), axis=(-1, 1)))
def _squeeze(a: Array, axis: Any = None) -> Array:
    return np.reshape(a, np.squeeze(strip(a), axis).shape)


@implements(
    np.transpose,
    case((2, 3, 4), axes=(2, 0, 1)),
    case((2, 3, 4), axes=(-1, 0, -2)),
    case((2, 3)),
    also=(np.permute_dims,) if hasattr(np, "permute_dims") else (),
)
def _transpose(a: Array, axes: Any = None) -> Array:
    if axes is not None:  # counted from the end, `argsort` would not invert them
        axes = normalize_axis_tuple(axes, np.ndim(a), "axes")
    if np.transpose(strip(a), axes).ndim < 2:
        return a
    return apply(TRANSPOSE, a, axes=axes)


@implements(
    np.concatenate,
    case((2, 2), (1, 2), call=lambda f, x, y: f([x, y, np.ones((1, 2)), x])),
    case((2, 2), (2, 1), call=lambda f, x, y: f((x, y), axis=-1)),
    case((2, 2), (3,), call=lambda f, x, y: f((x, y), axis=None)),
    case((0, 2), (1, 2), call=lambda f, x, y: f((x, y))),
)
def _concatenate(arrays: Any, axis: int | None = 0) -> Array:
    if axis is None:
        arrays, axis = [np.ravel(a) for a in arrays], 0
    return apply(CONCATENATE, *arrays, axis=axis)


@implements(
    np.stack,
    case((2, 3), (2, 3), call=lambda f, x, y: f([x, y, x * y], axis=1)),
    case((), (), call=lambda f, x, y: f([x, y], axis=-1)),
)
def _stack(arrays: Any, axis: int = 0) -> Array:
    arrays = [a if isinstance(a, Traced) else np.asarray(a) for a in arrays]
    if len({a.shape for a in arrays}) > 1:
        raise ValueError(
            f"all input arrays must have the same shape, got {[a.shape for a in arrays]}"
        )
    axis = normalize_axis_index(axis, arrays[0].ndim + 1)
    return np.concatenate([np.expand_dims(a, axis) for a in arrays], axis=axis)


@implements(np.append, case((2,), (3,)), case((1, 2), (3, 2), axis=0))
def _append(arr: Array, values: Array, axis: int | None = None) -> Array:
    return np.concatenate([arr, values], axis)


def _stacked(function: Any, at_least: Any, axis: int) -> None:
    """Register one of the stacks, which bring their arrays to a number of axes first."""

    def rule(tup: Any) -> Array:
        arrays = [at_least(a) for a in tup]
        along = 0 if function is np.hstack and arrays[0].ndim == 1 else axis
        return np.concatenate(arrays, axis=along)

    shapes = ((2, 3), (2, 3)), ((3,), (3,)), ((), ())
    implements(function, *(case(*s, call=lambda f, x, y: f([x, y])) for s in shapes))(rule)


def _atleast(function: Any) -> None:
    def rule(*arys: Array) -> Any:
        out = tuple(np.reshape(a, function(strip(a)).shape) for a in arys)
        return out[0] if len(out) == 1 else out

    implements(function, case(()), case((3,)), case((2, 1, 2)))(rule)


def _as_column(a: Array) -> Array:
    return np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a


for _f in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    _atleast(_f)
_stacked(np.vstack, np.atleast_2d, 0)
_stacked(np.hstack, np.atleast_1d, 1)
_stacked(np.dstack, np.atleast_3d, 2)
_stacked(np.column_stack, _as_column, 1)


def _all_parts(f: Any, *args: Any, **kwargs: Any) -> Array:
    """Return the squared parts of a split in one array, so that each has a slope of its own."""
    return np.concatenate(
        [np.ravel(p) * (i + np.sin(p).ravel()) for i, p in enumerate(f(*args, **kwargs))]
    )


def _split(function: Any, sections: Any, shape: tuple[int, ...], **params: Any) -> None:
    def rule(ary: Array, indices_or_sections: Any, axis: int = params.get("axis", 0)) -> Any:
        index = np.arange(np.shape(ary)[axis])
        cuts = (np.split if function is np.split else np.array_split)(index, indices_or_sections)
        return [np.take(ary, c, axis=axis) for c in cuts]

    implements(function, case(shape, call=lambda f, x: _all_parts(f, x, sections)))(rule)


_split(np.split, 2, (4, 3))
_split(np.array_split, 3, (4, 3))
_split(np.vsplit, [1, 3], (4, 3), axis=0)
_split(np.dsplit, [1], (2, 1, 3), axis=2)


@implements(
    np.hsplit,
    case((4,), call=lambda f, x: _all_parts(f, x, 2)),
    case((2, 4), call=lambda f, x: _all_parts(f, x, [1])),
)
def _hsplit(ary: Array, indices_or_sections: Any) -> Any:
    return np.array_split(ary, indices_or_sections, axis=min(np.ndim(ary) - 1, 1))


@implements(
    np.where,
    case((2, 3), (3,), call=lambda f, x, y: f(x > y, x, y)),
    case((3,), call=lambda f, x: f([True, False, True], x, 0.0)),
)
def _where(condition: Array, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return np.nonzero(strip(condition))
    return apply(WHERE, x, y, condition=strip(condition))


@implements(
    np.select,
    case((4,), call=lambda f, x: f([x > 1, x > 0], [x, x * x], 3 * x)),
    case((4,), call=lambda f, x: f([x > 1, x > 0], [x, 2.0])),
)
def _select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Array:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    dtype = np.result_type(*map(strip, choicelist), strip(default))
    rest = np.asarray(default, dtype) if np.isscalar(default) else default
    pairs = zip(reversed(condlist), reversed(choicelist), strict=True)
    return reduce(lambda rest, pair: np.where(pair[0], pair[1], rest), pairs, rest)


@implements(
    np.pad,
    case((3,), pad_width=2),
    case((2, 3), pad_width=((1, 0), (0, 2)), constant_values=1.5),
    *(case((4,), pad_width=(2, 3), mode=m) for m in ("edge", "reflect", "symmetric", "wrap")),
)
def _pad(array: Array, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Array:
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        raise TypeError(
            f"`pad` of a traced array takes no mode={mode!r}: join the parts with `np.concatenate`"
        )
    values = kwargs.pop("constant_values", 0)
    if isinstance(values, Traced) or kwargs.get("reflect_type", "even") != "even":
        raise TypeError("`pad` takes plain `constant_values` and an even `reflect_type`")
    out = move(np.pad, array, pad_width=pad_width, mode=mode)
    if mode != "constant" or not np.any(values):
        return out
    return out + np.pad(np.zeros_like(strip(array)), pad_width, constant_values=values)


def _moves(function: Any, *cases: Any) -> None:
    """Register a function that only moves elements: all its parameters are NumPy's own."""
    names = list(inspect.signature(function).parameters)

    def rule(*args: Any, **params: Any) -> Array:
        params = {**dict(zip(names, args, strict=False)), **params}
        return move(function, params.pop(names[0]), **params)

    implements(function, *cases)(rule)


_moves(np.swapaxes, case((2, 3, 4), axis1=0, axis2=-1))
_moves(np.moveaxis, case((2, 3, 4), source=0, destination=-1))
_moves(np.rollaxis, case((2, 3, 4), axis=2))
_moves(np.matrix_transpose, case((2, 3, 4))) if hasattr(np, "matrix_transpose") else None
_moves(np.flip, case((2, 3)), case((2, 3), axis=(-1,)))
_moves(np.fliplr, case((2, 3)))
_moves(np.flipud, case((2, 3)))
_moves(np.rot90, case((2, 3)), case((2, 3), k=-1))
_moves(np.roll, case((2, 3), shift=2), case((2, 3), shift=(1, -1), axis=(0, -1)))
_moves(np.repeat, case((2, 3), repeats=2), case((2, 3), repeats=[1, 0, 3], axis=-1))
_moves(np.tile, case((2, 3), reps=(2, 1, 2)), case((), reps=3))
_moves(np.resize, case((2, 3), new_shape=(2, 5)))
_moves(np.diag, case((3,), k=1), case((3, 4), k=-1))
_moves(np.diagflat, case((2, 2)))
_moves(np.diagonal, case((3, 4)), case((2, 3, 4), offset=1, axis1=-1, axis2=0))
_moves(np.tril, case((3, 3)), case((2, 3, 4), k=1))
_moves(np.triu, case((3, 3)), case((2, 3, 4), k=-1))
_moves(np.take, case((2, 3), indices=[0, 0, 5]), case((2, 3), indices=[[2, -1]], axis=-1))
_moves(np.take_along_axis, case((2, 3), indices=np.array([[0], [2]]), axis=-1))
_moves(np.delete, case((2, 3), obj=1, axis=-1))
_moves(np.linalg.diagonal, case((2, 3, 4), offset=1))
_moves(np.linalg.matrix_transpose, case((2, 3)))


@implements(np.compress, case((2, 3), call=lambda f, x: f([True, False, True], x, axis=-1)))
def _compress(condition: Any, a: Array, axis: int | None = None) -> Array:
    return np.take(a, np.flatnonzero(strip(condition)), axis=axis)


@implements(np.extract, case((2, 3), call=lambda f, x: f(x > 0, x)))
def _extract(condition: Any, arr: Array) -> Array:
    return np.take(arr, np.flatnonzero(strip(condition)))


@implements(
    np.trace,
    case((3, 4)),
    case((2, 3, 4), offset=1, axis1=-1, axis2=0),
)
def _trace(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@implements(np.linalg.trace, case((2, 3, 4), offset=1))
def _linalg_trace(x: Array, offset: int = 0) -> Array:
    return np.trace(x, offset, -2, -1)


@implements(
    np.diff,
    case((5,)),
    case((2, 4), n=2, axis=0),
    case((2, 4), n=2),
    case((2, 4), (2, 1), call=lambda f, x, y: f(x, prepend=y, append=1.0)),
)
def _diff(a: Array, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    axis = normalize_axis_index(axis, np.ndim(a))
    edge = (*np.shape(a)[:axis], 1, *np.shape(a)[axis + 1 :])
    parts = [
        e if e is a or np.ndim(e) else np.broadcast_to(e, edge)
        for e in (prepend, a, append)
        if e is not None
    ]
    a = np.concatenate(parts, axis) if len(parts) > 1 else a
    before = (slice(None),) * axis
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


@implements(np.ediff1d, case((2, 3)))
def _ediff1d(ary: Array) -> Array:
    return np.diff(np.ravel(ary))


@implements(
    np.meshgrid,
    case((2,), (3,), call=lambda f, x, y: np.stack(f(x, y))),
    case((2,), (3,), call=lambda f, x, y: np.stack(f(x, y, indexing="ij"))),
)
def _meshgrid(*xi: Array, indexing: str = "xy") -> Any:
    grids = np.meshgrid(*(np.arange(np.size(x)) for x in xi), indexing=indexing)  # type: ignore[call-overload]
    return tuple(np.take(np.ravel(x), g) for x, g in zip(xi, grids, strict=True))


@implements(np.block, case((2, 2), (2, 1), call=lambda f, x, y: f([[x, y], [y.T, 1.0]])))
def _block(arrays: Any) -> Array:
    def depth(a: Any) -> int:
        return 1 + depth(a[0]) if isinstance(a, list) else 0

    levels = depth(arrays)

    def join(a: Any, level: int) -> Any:
        if not isinstance(a, list):
            ndim = max(levels, np.ndim(a))
            return np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
        return np.concatenate([join(b, level + 1) for b in a], axis=level - levels)

    return join(arrays, 0)


if hasattr(np, "unstack"):  # NumPy 2.1

    @implements(np.unstack, case((2, 3), call=lambda f, x: _all_parts(f, x, axis=-1)))
    def _unstack(x: Array, axis: int = 0) -> Any:
        return tuple(np.moveaxis(x, axis, 0))
