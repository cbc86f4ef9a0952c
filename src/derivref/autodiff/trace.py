"""What forward and reverse mode share: traced arrays, their levels, and the dispatch to rules."""

import itertools
import operator
import reprlib
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
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

#: Name of a function without a rule, or of its package -> what to write instead.
WRITE_INSTEAD: dict[str, str] = {}

# The function that a user called, while its rule is at work: for messages.
CALLED = [""]

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
    __pandas_priority__ = 10_000  # above a DataFrame's: a Series on the left leaves the work to us
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
            raise TypeError(
                f"`{name}` in place overwrites a value that the derivative needs: write "
                f"`y = {name}(…)`, without `out=`, `+=` and the like"
            )
        _known_kinds(name, args)
        key = ufunc if method == "__call__" else getattr(ufunc, method)
        if method == "outer" and ufunc in RULES and not kwargs:
            x, y = (a if isinstance(a, Traced) else np.asarray(a) for a in args)
            return RULES[ufunc](np.reshape(x, (*x.shape, *(1,) * y.ndim)), y)
        if key not in RULES:
            hint = WRITE_INSTEAD.get(
                name,
                "add one with `derivref.partials.rule`, or compose it of functions that have one",
            )
            raise TypeError(f"`{name}` has no derivative rule: {hint}")
        return RULES[key](*args, **kwargs)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Array:
        if f not in RULES:
            name = f"{f.__module__}.{f.__name__}"
            hint = WRITE_INSTEAD.get(name) or WRITE_INSTEAD.get(
                f.__module__, "compose it of functions that have one (`derivref.partials`)"
            )
            raise TypeError(f"`{name}` has no derivative rule: {hint}")
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
    def real(self) -> Array:
        """The array itself."""
        return self

    @property
    def flat(self) -> Any:
        """An iterator over the elements."""
        return iter(np.ravel(self))

    @property
    def T(self) -> Array:  # noqa: N802
        """The array with its axes reversed."""
        return np.transpose(self)

    @property
    def mT(self) -> Array:  # noqa: N802
        """The matrices of the stack transposed."""
        return np.swapaxes(self, -1, -2)

    def __len__(self) -> int:
        return len(self.primal)

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __getitem__(self, index: Any) -> Array:
        return RULES[operator.getitem](self, index)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def astype(self, dtype: Any, **kwargs: Any) -> Array:
        """Return the array in another floating dtype; in integers or bools, without derivative."""
        return RULES["astype"](self, dtype, **kwargs)

    def reshape(self, *shape: Any, order: str = "C") -> Array:
        """Return `np.reshape`."""
        return RULES[np.reshape](self, shape[0] if len(shape) == 1 else shape, order)

    def transpose(self, *axes: Any) -> Array:
        """Return `np.transpose`."""
        return RULES[np.transpose](self, (axes[0] if len(axes) == 1 else axes) if axes else None)

    def flatten(self, order: str = "C") -> Array:
        """Return `np.ravel`."""
        return RULES[np.ravel](self, order)

    def conj(self) -> Array:
        """Return the array itself."""
        return self

    conjugate = conj

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"a traced array has no attribute `{name}`")
        if name in MEMORY and (reader := _converter()):  # scipy.fft asks before it converts
            raise _dropped(reader)
        hint = f": use `np.{name}`" if hasattr(np, name) else ""
        raise AttributeError(f"a traced array has no `.{name}`{INSTEAD.get(name, hint)}")

    def __format__(self, spec: str) -> str:
        return format(self.primal, spec) if spec else repr(self)

    def __round__(self, digits: int | None = None) -> Any:
        return round(strip(self), digits)  # piecewise constant, as `np.round`

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            "assignment overwrites a value that the derivative needs: use `np.where`, or "
            "`np.concatenate` and `np.stack` of the parts"
        )

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise _dropped(_converter())

    def __float__(self) -> float:
        raise DroppedError(
            "converting a traced value to `float` drops its derivative: use the functions of NumPy "
            "instead of those of `math`, and `np.stack` of a list instead of an array to fill"
        )

    def __int__(self) -> int:
        raise DroppedError(
            "converting a traced value to `int` drops its derivative: use `x.astype(int)`, which "
            "says that the slope is 0"
        )

    def __complex__(self) -> complex:
        raise DroppedError("converting a traced value to `complex` drops its derivative")

    def __index__(self) -> int:
        raise DroppedError(
            "a traced value as an index or a length drops its derivative: use `x.astype(int)`, "
            "which says that the slope is 0"
        )


class DroppedError(TypeError):
    """A traced array was about to become plain numbers."""


def _dropped(name: str) -> DroppedError:
    """Return the refusal of a conversion by the function of this name, or by one unknown."""
    fallback = (
        "compose it of NumPy functions"
        if name
        else "use `np.stack` instead of `np.array`, and `x.astype(int)` for an index"
    )
    parts = name.split(".")
    inside = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    hint = next((WRITE_INSTEAD[k] for k in inside if k in WRITE_INSTEAD), fallback)
    what = f"`{name}` converts" if name else "converting"
    return DroppedError(
        f"{what} a traced array to plain numbers, which drops its derivative: {hint}"
    )


def _converter() -> str:
    """Return the public name of the function of NumPy or SciPy that converts an array; or ''."""
    frame, names = sys._getframe(2), []
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.split(".")[0] not in ("numpy", "scipy", "pandas"):
            break
        package = ".".join(module.split(".")[: 2 if module.startswith("scipy") else 1])
        names.append((package, frame.f_code.co_qualname.split(".")[0]))
        frame = frame.f_back  # type: ignore[assignment]
    for package, name in reversed(names):  # the outermost one that a user can have called
        if hasattr(sys.modules.get(package), name):
            return f"{package}.{name}"
    return names[-1][0] if names else ""


def _method(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(np, name)(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"Return `np.{name}`."
    return method


for _name in (
    *("sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "trace", "diagonal"),
    *("ravel", "squeeze", "swapaxes", "take", "repeat", "clip", "dot"),
    *("argmax", "argmin", "argsort", "argpartition", "nonzero", "all", "any", "round"),
    "searchsorted",
):
    setattr(Traced, _name, _method(_name))

_IN_PLACE = "it overwrites values that the derivative needs"
_PLAIN = "plain numbers have no derivative; return what you want to see, or print it"
# Who asks how an array lies in memory is about to read it.
MEMORY = {"flags", "strides", "data", "ctypes"}
INSTEAD = {
    **{name: f" ({_IN_PLACE}): use `np.{name}`" for name in ("sort", "partition", "resize")},
    **dict.fromkeys(("fill", "put", "setfield"), f" ({_IN_PLACE}): use `np.where`"),
    **dict.fromkeys(("item", "tolist", "tobytes", "tofile", "dump", "dumps"), f" ({_PLAIN})"),
    "imag": ": it is real",
    "choose": ": use `np.where` or `np.select`",
    "compress": ": use `np.compress(condition, x)`",
}


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


_HARMLESS = (np.ndarray, float, int, np.float64, type(None))


def _known_kinds(name: str, args: Any) -> None:
    """Refuse arrays that carry more than their values: a mask, or another product."""
    for x in args:
        if type(x) in _HARMLESS or isinstance(x, Traced):
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


def operand(x: Any) -> Any:
    """Return what arithmetic can take as it is: anything else becomes an array."""
    known = type(x) in _HARMLESS or isinstance(x, (Traced, np.generic))
    return x if known else np.asarray(x)


def floating(x: Any, name: str) -> Array:
    """Return x as a floating array, or scalar: integers become float64, other kinds are refused."""
    if isinstance(x, Traced):
        return alive(x)
    if type(x) is np.float64 or (type(x) is np.ndarray and x.ndim and x.dtype.kind == "f"):
        return x  # most of them
    _known_kinds(name, (x,))
    array = np.asarray(x)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        got = f"dtype {array.dtype}" if array.dtype != object or array.ndim else reprlib.repr(x)
        hint = ": keep the real and the imaginary part apart" if array.dtype.kind == "c" else ""
        raise TypeError(f"`{name}` must be real numbers, got {got}{hint}")
    return array[()]  # a scalar for 0-d, as NumPy's own functions return


def zeros(like: Array) -> Array:
    """Return zeros of the shape and dtype of an array of any level."""
    return np.zeros(like.shape, like.dtype)[()]


def call(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Array:
    """Return f(*args) as one array, or raise TypeError."""
    if not callable(f):
        raise TypeError(f"`f` must be callable, got {f!r}")
    try:
        out = f(*args, **kwargs)
    except ValueError as error:  # of NumPy, which hides the reason
        if not isinstance(error.__cause__, DroppedError):
            raise
        raise DroppedError(
            "assigning a traced value to an element of a plain array drops its derivative: collect "
            "the values in a list and use `np.stack`, or `np.where` instead of assignment"
        ) from error
    if out is None:
        raise TypeError("`f` must return one array, got None: is a `return` missing?")
    if isinstance(out, (tuple, list, dict)) or callable(out):
        hint = ": use `np.stack`" if isinstance(out, (tuple, list)) else ""
        raise TypeError(f"`f` must return one array, got {type(out).__name__}{hint}")
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
    partials: tuple[Callable[..., Array] | None, ...]  # None: no rule in that input
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
        partial = self.partials[i]
        assert partial is not None  # a traced array is refused there
        slope = partial(out, *values)
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
class Multilinear(Primitive):
    """A function linear in each argument alone: a product of any kind."""

    function: Callable[..., Array]
    transpose: Callable[..., Array]  # (i, g, values, **params)

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    def __call__(self, *values: Array, **params: Any) -> Array:
        """Return the value of the function."""
        return self.function(*values, **params)

    def push(self, out: Array, values: Any, tangents: Any, **params: Any) -> Array:
        """Return the sum of the products with one factor replaced by its tangent."""
        return reduce(
            add,
            (
                apply(self, *values[:i], t, *values[i + 1 :], **params)
                for i, t in enumerate(tangents)
                if t is not None
            ),
        )

    def pull(self, i: int, g: Array, out: Array, values: Any, **params: Any) -> Array:
        """Return the transposed product with g."""
        return self.transpose(i, g, values, **params)


@dataclass(frozen=True)
class Stated(Primitive):
    """A function whose two linear maps are written down: neither follows from the function."""

    function: Callable[..., Array]
    forward: Callable[..., Array]  # (i, t, out, *values, **params)
    reverse: Callable[..., Array]  # (i, g, out, *values, **params)
    label: str
    elementwise: bool = False

    @property
    def name(self) -> str:
        """The name for messages."""
        return self.label

    def __call__(self, *values: Array, **params: Any) -> Array:
        """Return the value of the function."""
        return self.function(*values, **params)

    def push(self, out: Array, values: Any, tangents: Any, **params: Any) -> Array:
        """Return the sum of the forward maps of the tangents."""
        terms = (
            self.forward(i, t, out, *values, **params)
            for i, t in enumerate(tangents)
            if t is not None
        )
        return reduce(add, terms)

    def pull(self, i: int, g: Array, out: Array, values: Any, **params: Any) -> Array:
        """Return the reverse map of g."""
        return self.reverse(i, g, out, *values, **params)


HITS = [0]  # how often a derivative has been taken beside a kink


def _no_slope(i: int, g: Array, out: Array, *values: Array, where: Array) -> Array:
    HITS[0] += 1
    return np.where(where, np.nan, 0.0) * g


def warn_of_kinks(before: int, slopes: Iterable[Array]) -> None:
    """Warn if there were hits since, and one has come through: in a comparison it does not matter.

    ``np.errstate(invalid="ignore")`` silences it, as it does NumPy's own NaN.
    """
    if HITS[0] == before or np.geterr()["invalid"] == "ignore":
        return
    if any(np.isnan(strip(s)).any() for s in slopes):
        warnings.warn(
            "a second derivative goes through a kink (|x|, hypot or a norm at 0), where it does "
            "not exist: NaN. Write the smooth form, as x*x for abs(x)**2, or np.sum(x*x) for a "
            "squared norm",
            RuntimeWarning,
            stacklevel=3,
        )


KINK = Stated(
    lambda *values, where: np.zeros(where.shape, values[0].dtype),
    _no_slope,
    _no_slope,
    "kink",
    elementwise=True,
)


def beside_kink(slope: Array, where: Array, *values: Array) -> Array:
    """Return a slope that is a convention where the condition holds: its own derivative is NaN.

    A convention such as 0 for |x| at 0 has no derivative. Taken for a constant, it gave the smooth
    |x|² the second derivative 0.
    """
    if not any(isinstance(v, Traced) for v in values) or not np.any(where):
        return slope
    return slope + apply(KINK, *values, where=where)


VALUE = Stated(
    lambda y, value: value,
    lambda i, t, z, y, value: t,
    lambda i, g, z, y, value: g,
    "value",
    elementwise=True,
)


def with_value(y: Array, value: Array) -> Array:
    """Return the value of NumPy's own function, with the derivative of its composition y."""
    return apply(VALUE, y, value=value)
