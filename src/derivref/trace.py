"""What forward and reverse mode share: traced arrays, their levels, and the dispatch to rules."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

Array = Any  # a NumPy array or scalar, or a traced array of a lower level

#: NumPy function -> the same function for traced arguments; filled by `derivref.partials`.
RULES: dict[Any, Callable[..., Any]] = {}

# Each differentiation takes the next number. An inner one therefore has a higher level than the
# one around it, and no two share a level: that is what keeps their perturbations apart.
LEVELS = itertools.count(1)

# The levels whose function is still running; 0 is that of a `Dual` made by hand. A traced array of
# another level was kept by f: to a later differentiation it would be a constant, in silence.
ALIVE = {0}


@contextmanager
def differentiation() -> Iterator[int]:
    """Yield the level of a new differentiation; afterwards its traced arrays are dead."""
    level = next(LEVELS)
    ALIVE.add(level)
    try:
        yield level
    finally:
        ALIVE.discard(level)


class Primitive:
    """A function whose derivative is stated, not traced, as two linear maps."""

    elementwise: bool = False  # element i of the output depends on element i of the inputs alone

    @property
    def name(self) -> str:
        """The name for messages."""
        raise NotImplementedError

    def __call__(self, *values: Array, **params: Any) -> Array:
        """Return the value."""
        raise NotImplementedError

    def push(self, out: Array, values: Any, tangents: Any, **params: Any) -> Array:
        """Return the tangent of the output; a constant argument has the tangent None."""
        raise NotImplementedError

    def pull(self, i: int, g: Array, out: Array, values: Any, **params: Any) -> Array:
        """Return what the adjoint g of the output adds to the adjoint of argument i."""
        raise NotImplementedError


class Traced(NDArrayOperatorsMixin):
    """An array that carries a derivative: NumPy's functions and operators take it as they are.

    Comparisons, `bool()`, `floor` and other functions of slope zero see the primal and return plain
    arrays. What would drop the derivative or overwrite a value (`float()`, `np.asarray`,
    assignment, `+=`, `out=`) raises TypeError.
    """

    __slots__ = ()
    level: int
    primal: Array

    def record(self, primitive: Primitive, args: Any, params: dict[str, Any]) -> Array:
        """Apply a primitive of which this is the argument with the highest level."""
        raise NotImplementedError

    def __copy__(self) -> "Traced":
        return self  # it cannot change, and a copy of its tape would lose the way back

    def __deepcopy__(self, memo: Any) -> "Traced":
        return self

    def copy(self) -> "Traced":
        """Return the array itself: it cannot change."""
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(
            "pickling a traced array drops its derivative: differentiate inside the process that "
            "evaluates f, or pickle plain arrays"
        )

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Array:
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if "out" in kwargs:
            raise TypeError(f"`{name}` in place overwrites a value that the derivative needs")
        if kwargs and method == "__call__":
            raise TypeError(f"`{name}` of a traced array takes no {', '.join(sorted(kwargs))}")
        _known_kinds(name, args)
        key = ufunc if method == "__call__" else getattr(ufunc, method)
        if key not in RULES:
            raise TypeError(
                f"`{name}` has no derivative rule: add one with `derivref.partials.rule`, "
                "or compose it of functions that have one"
            )
        return RULES[key](*args, **kwargs)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Array:
        if f not in RULES:
            raise TypeError(
                f"`{f.__module__}.{f.__name__}` has no derivative rule: compose it of functions "
                "that have one (`derivref.partials`)"
            )
        _known_kinds(f.__name__, (*args, *kwargs.values()))
        return RULES[f](*args, **kwargs)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the primal."""
        return tuple(self.primal.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the primal and of its derivative."""
        return self.primal.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(self.primal.size)

    @property
    def T(self) -> Array:  # noqa: N802
        """The array with its axes reversed."""
        return np.transpose(self)

    def __len__(self) -> int:
        return len(self.primal)

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __getitem__(self, index: Any) -> Array:
        return RULES["getitem"](self, index)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def astype(self, dtype: Any, **kwargs: Any) -> Array:
        """Return the array in another floating dtype; in integers or bools, without derivative."""
        return RULES["astype"](self, dtype, **kwargs)

    def reshape(self, *shape: Any) -> Array:
        """Return the array in another shape."""
        return RULES[np.reshape](self, shape[0] if len(shape) == 1 else shape)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Array:
        """Return `np.sum`."""
        return RULES[np.sum](self, axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Array:
        """Return `np.mean`."""
        return RULES[np.mean](self, axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Array:
        """Return `np.max`."""
        return RULES[np.max](self, axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Array:
        """Return `np.min`."""
        return RULES[np.min](self, axis, keepdims=keepdims)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("assignment overwrites a value that the derivative needs: use `np.where`")

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            "converting a traced array to plain numbers drops its derivative: use NumPy functions "
            "instead of `math`, `np.stack` instead of `np.array`, `np.where` instead of assignment"
        )

    __float__ = __int__ = __complex__ = __index__ = __array__ = _refuse


def strip(x: Any) -> Any:
    """Return the plain array under all levels."""
    while isinstance(x, Traced):
        x = x.primal
    return x


def alive(x: Traced) -> Traced:
    """Return a traced array whose differentiation is still running, or raise RuntimeError."""
    if x.level not in ALIVE:
        raise RuntimeError(
            "a traced array is used after its differentiation has ended: f must not keep one "
            "between calls (in a global, an attribute, a cache)"
        )
    return x


def _known_kinds(name: str, args: Any) -> None:
    """Refuse arrays that carry more than their values: a mask, or another product."""
    for x in args:
        if type(x) is np.ndarray or isinstance(x, Traced):
            continue
        if isinstance(x, (tuple, list)):
            _known_kinds(name, x)
        elif isinstance(x, np.ma.MaskedArray):
            raise TypeError(
                f"`{name}` would drop the mask of a masked array: use `np.where` with the mask, "
                "or leave the masked elements out (`.compressed()`)"
            )
        elif isinstance(x, np.matrix):
            raise TypeError(f"`{name}` would lose the product of an `np.matrix`: use `np.asarray`")


def floating(x: Any, name: str) -> Array:
    """Return x as a floating array, or scalar: integers become float64, other kinds are refused."""
    if isinstance(x, Traced):
        return alive(x)
    _known_kinds(name, (x,))
    array = np.asarray(x)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"`{name}` must be real numbers, got dtype {array.dtype}")
    return array[()]  # a scalar for 0-d, as NumPy's own functions return


def zeros(like: Array) -> Array:
    """Return zeros of the shape and dtype of an array of any level."""
    return np.zeros(like.shape, like.dtype)[()]


def call(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Array:
    """Return f(*args) as one array, or raise TypeError."""
    if not callable(f):
        raise TypeError(f"`f` must be callable, got {f!r}")
    out = f(*args, **kwargs)
    if isinstance(out, (tuple, list, dict)) or callable(out):
        raise TypeError(f"`f` must return one array, got {type(out).__name__}")
    return floating(out, "f(x)")


def apply(primitive: Primitive, *args: Any, **params: Any) -> Array:
    """Apply a primitive to arguments of any level: the highest level records it."""
    traced = [alive(a) for a in args if isinstance(a, Traced)]
    top = max(traced, key=lambda a: a.level, default=None)
    return primitive(*args, **params) if top is None else top.record(primitive, args, params)


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Return g summed over the axes along which an argument of that shape was repeated."""
    extra = g.ndim - len(shape)
    repeated = [i + extra for i, n in enumerate(shape) if n == 1 != g.shape[i + extra]]
    axes = (*range(extra), *repeated)
    return np.reshape(np.sum(g, axis=axes), shape) if axes else g


@dataclass(frozen=True)
class Elementwise(Primitive):
    """A ufunc and its partials, one per input, each a function of (output, *inputs)."""

    ufunc: np.ufunc
    partials: tuple[Callable[..., Array], ...]
    domain: str  # where the rule holds, a Python expression in x and y; empty: everywhere
    kinks: str  # where the function has no slope, and what is returned there

    elementwise = True

    @property
    def name(self) -> str:
        """The name of the ufunc."""
        return self.ufunc.__name__

    def __call__(self, *values: Array, **_: Any) -> Array:
        """Return the value of the ufunc."""
        return self.ufunc(*values)

    def pull(self, i: int, g: Array, out: Array, values: Any, **_: Any) -> Array:
        """Return g times the partial in argument i (the product is the same in both modes)."""
        slope = self.partials[i](out, *values)
        return g if isinstance(slope, float) and slope == 1 else slope * g

    def push(self, out: Array, values: Any, tangents: Any, **_: Any) -> Array:
        """Return the sum of partial times tangent."""
        terms = (self.pull(i, t, out, values) for i, t in enumerate(tangents) if t is not None)
        return reduce(add, terms)


@dataclass(frozen=True)
class Linear(Primitive):
    """A function linear in all its array arguments together: its tangent is its own value."""

    function: Callable[..., Array]
    transpose: Callable[..., Array]  # (i, g, shapes of the arguments, **params)
    elementwise: bool = False

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    def __call__(self, *values: Array, **params: Any) -> Array:
        """Return the value of the function."""
        return self.function(*values, **params)

    def push(self, out: Array, values: Any, tangents: Any, **params: Any) -> Array:
        """Return the function of the tangents."""
        pairs = zip(values, tangents, strict=True)
        return apply(
            self, *(np.zeros_like(strip(v)) if t is None else t for v, t in pairs), **params
        )

    def pull(self, i: int, g: Array, out: Array, values: Any, **params: Any) -> Array:
        """Return the transposed function of g."""
        return self.transpose(i, g, [np.shape(strip(v)) for v in values], **params)


@dataclass(frozen=True)
class Matmul(Primitive):
    """The product of stacks of matrices: linear in each argument, not in both together."""

    name = "matmul"
    elementwise = False

    def __call__(self, *values: Array, **_: Any) -> Array:
        """Return a @ b."""
        a, b = values
        return a @ b

    def push(self, out: Array, values: Any, tangents: Any, **_: Any) -> Array:
        """Return da @ b + a @ db."""
        (a, b), (da, db) = values, tangents
        terms = ([] if da is None else [da @ b]) + ([] if db is None else [a @ db])
        return reduce(add, terms)

    def pull(self, i: int, g: Array, out: Array, values: Any, **_: Any) -> Array:
        """Return g @ bᵀ or aᵀ @ g."""
        a, b = values
        return g @ _swap(b) if i == 0 else _swap(a) @ g


def _swap(x: Array) -> Array:
    return np.transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))
