"""The derivatives of NumPy's and SciPy's primitives: one table that drives both modes.

One `rule(...)` is one elementwise function; its partials are functions of the output z and of the
inputs x (and y). They are composed of functions of the same table, so they can be differentiated
again, and avoid |x|, min and max, which would give a second derivative a false kink. Where the
textbook form loses digits, another one stands here, with the reason.

At a kink both modes return the value that the row states. `maximum` and `minimum` give a tie to
their second argument, as ``where(x > y, x, y)`` does: so ``maximum(x, 0)`` has slope 0 at 0.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp
from numpy.lib.array_utils import normalize_axis_tuple

from derivref.trace import (
    RULES,
    Array,
    Elementwise,
    Linear,
    Matmul,
    Traced,
    apply,
    strip,
    unbroadcast,
)

#: The elementwise rules in order of definition, and the ufuncs whose slope is zero.
ELEMENTWISE: dict[np.ufunc, Elementwise] = {}
FLAT: dict[np.ufunc, str] = {}


def rule(
    ufunc: np.ufunc, *partials: Callable[..., Array], domain: str = "", kinks: str = ""
) -> None:
    """Register the partials of a ufunc, so that both modes can differentiate through it.

    Parameters
    ----------
    ufunc
        A ufunc with one output.
    *partials : callable
        One per input, ``partial(out, *inputs)``: broadcasts like the inputs, composed of ufuncs
        that have a rule (or it can be used once, but not nested).
    domain
        Where the rule holds, as a Python expression in x and y.
    kinks
        The points without a slope and the value returned there.
    """
    if (ufunc.nin, ufunc.nout) != (len(partials), 1):
        raise ValueError(
            f"`partials` must be one per input of a ufunc with one output, got {len(partials)} for "
            f"`{ufunc.__name__}` with {ufunc.nin} inputs and {ufunc.nout} outputs"
        )
    primitive = Elementwise(ufunc, partials, domain, kinks)
    ELEMENTWISE[ufunc] = primitive
    RULES[ufunc] = lambda *args: apply(
        primitive, *(np.asarray(a) if isinstance(a, (list, tuple)) else a for a in args)
    )


def flat(kinks: str, *ufuncs: np.ufunc) -> None:
    """Register ufuncs whose slope is zero wherever it exists: they return plain arrays."""
    for ufunc in ufuncs:
        FLAT[ufunc] = kinks
        RULES[ufunc] = _plain(ufunc)


def _plain(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: f(*map(strip, args), **kwargs)


def one(z: Array, *_: Array) -> float:
    """The partial 1."""
    return 1.0


def exp_square(c: float, x: Array) -> Array:
    """exp(−c·x²) with the square split: as exp(-c * x * x) it loses 3 digits at x = 38.

    The identity h² + (x − h)(x + h) = x² holds for any h, so the derivative is right as well; h is
    short enough for its square to be exact. From 40 on the value is zero.
    """
    x = np.clip(x, -40.0, 40.0)
    h = np.rint(16 * x) / 16
    return np.exp(-c * h * h) * np.exp(-c * (x - h) * (x + h))


def d_erfcx(z: Array, x: Array) -> Array:
    """2·x·erfcx(x) − 2/√π, which cancels for large x: no digit is right at 1e8.

    From x = 10, where 200 ULP are lost, the series −1/(√π·x²)·(1 − 3/(2x²) + 15/(4x⁴) − …) holds.
    """
    far = np.maximum(x, 8.0)  # not 10: its kink would show in the second derivative
    s = 0.5 / np.square(far)
    series: Array = 1.0
    for k in range(29, 1, -2):
        series = 1 - k * s * series
    return np.where(x < 10, 2 * x * z - 2 / ROOT_PI, -2 * s * series / ROOT_PI)


def d_log_ndtr(z: Array, x: Array) -> Array:
    """φ(x)/Φ(x), where each of two forms keeps its digits: erfcx overflows from x = 37."""
    left = math.sqrt(2 / math.pi) / sp.erfcx(np.minimum(x, 5.0) * -math.sqrt(0.5))
    return np.where(x < 0, left, d_ndtr(z, x) / sp.ndtr(np.maximum(x, -5.0)))


def d_ndtr(z: Array, x: Array) -> Array:
    """The normal density φ(x)."""
    return exp_square(0.5, x) / math.sqrt(2 * math.pi)


LN2, LN10, ROOT_PI = math.log(2), math.log(10), math.sqrt(math.pi)

# Arithmetic
rule(np.positive, one)
rule(np.negative, lambda z, x: -1.0)
rule(np.add, one, one)
rule(np.subtract, one, lambda z, x, y: -1.0)
rule(np.multiply, lambda z, x, y: y, lambda z, x, y: x)
rule(np.divide, lambda z, x, y: 1 / y, lambda z, x, y: -z / y, domain="y != 0")
rule(np.reciprocal, lambda z, x: -z * z, domain="x != 0")
rule(np.square, lambda z, x: 2 * x)
_power = (
    lambda z, x, y: y * x ** (y - (y != 0)),  # at y = 0 the slope is 0, also for x = 0
    lambda z, x, y: sp.xlogy(z, x),  # 0 at x = 0, where log would give nan
)
_power_domain = "(x > 0) | (x != 0) & (y == np.rint(y))"
rule(np.power, *_power, domain=_power_domain)
rule(np.float_power, *_power, domain=_power_domain)
rule(np.sqrt, lambda z, x: 0.5 / z, domain="x > 0", kinks="0: vertical tangent, inf")
rule(np.cbrt, lambda z, x: 1 / (3 * z * z), domain="x != 0", kinks="0: vertical tangent, inf")
rule(np.remainder, one, lambda z, x, y: -np.floor(x / y), domain="(y != 0) & (z != 0)")
rule(np.fmod, one, lambda z, x, y: -np.trunc(x / y), domain="(y != 0) & (z != 0)")
rule(np.deg2rad, lambda z, x: math.pi / 180)
rule(np.rad2deg, lambda z, x: 180 / math.pi)
rule(np.radians, lambda z, x: math.pi / 180)
rule(np.degrees, lambda z, x: 180 / math.pi)

# Kinks
rule(np.absolute, lambda z, x: np.sign(x), domain="x != 0", kinks="0: 0")
rule(np.fabs, lambda z, x: np.sign(x), domain="x != 0", kinks="0: 0")
rule(
    np.copysign,
    lambda z, x, y: np.sign(x) * np.copysign(1.0, y),
    lambda z, x, y: 0.0,
    domain="(x != 0) & (y != 0)",
    kinks="x = 0: 0",
)
_tie: Any = {"domain": "x != y", "kinks": "x = y: 0 for x, 1 for y"}
rule(  # a NaN of either argument is the value, and the slope: 0 would hide it from `grad`
    np.maximum,
    lambda z, x, y: np.where(z == z, x > y, np.nan),
    lambda z, x, y: np.where(z == z, np.logical_not(x > y), np.nan),
    **_tie,
)
rule(
    np.minimum,
    lambda z, x, y: np.where(z == z, x < y, np.nan),
    lambda z, x, y: np.where(z == z, np.logical_not(x < y), np.nan),
    **_tie,
)
rule(  # these two return the other argument for one NaN
    np.fmax,
    lambda z, x, y: np.where(z == z, (x > y) | (y != y), np.nan),
    lambda z, x, y: np.where(z == z, (y >= x) | (x != x), np.nan),
    **_tie,
)
rule(
    np.fmin,
    lambda z, x, y: np.where(z == z, (x < y) | (y != y), np.nan),
    lambda z, x, y: np.where(z == z, (y <= x) | (x != x), np.nan),
    **_tie,
)
rule(
    np.heaviside,
    lambda z, x, y: 0.0,
    lambda z, x, y: x == 0,  # y is the value there
    domain="x != 0",
    kinks="x = 0: 0 for x",
)
rule(  # z + (z == 0) is 1 at the origin, where x / z would be nan
    np.hypot,
    lambda z, x, y: x / (z + (z == 0)),
    lambda z, x, y: y / (z + (z == 0)),
    domain="(x != 0) | (y != 0)",
    kinks="the origin: 0",
)

# Exponentials and logarithms
rule(np.exp, lambda z, x: z)
rule(np.exp2, lambda z, x: z * LN2)
rule(np.expm1, lambda z, x: np.exp(x))  # z + 1 is 0 below x = -37
rule(np.log, lambda z, x: 1 / x, domain="x > 0")
rule(np.log2, lambda z, x: 1 / (x * LN2), domain="x > 0")
rule(np.log10, lambda z, x: 1 / (x * LN10), domain="x > 0")
rule(np.log1p, lambda z, x: 1 / (1 + x), domain="x > -1")
rule(np.logaddexp, lambda z, x, y: sp.expit(x - y), lambda z, x, y: sp.expit(y - x))
rule(
    np.logaddexp2,
    lambda z, x, y: sp.expit(LN2 * (x - y)),
    lambda z, x, y: sp.expit(LN2 * (y - x)),
)

# Trigonometric and hyperbolic functions; hypot(1, x) where x * x would overflow
rule(np.sin, lambda z, x: np.cos(x))
rule(np.cos, lambda z, x: -np.sin(x))
rule(np.tan, lambda z, x: 1 + z * z)
rule(np.arcsin, lambda z, x: 1 / np.sqrt((1 - x) * (1 + x)), domain="np.abs(x) < 1")
rule(np.arccos, lambda z, x: -1 / np.sqrt((1 - x) * (1 + x)), domain="np.abs(x) < 1")
rule(np.arctan, lambda z, x: np.square(1 / np.hypot(1.0, x)))
rule(
    np.arctan2,
    lambda z, x, y: y / np.hypot(x, y) / np.hypot(x, y),
    lambda z, x, y: -x / np.hypot(x, y) / np.hypot(x, y),
    domain="(x != 0) | (y > 0)",
)
rule(np.sinh, lambda z, x: np.cosh(x))
rule(np.cosh, lambda z, x: np.sinh(x))
rule(np.tanh, lambda z, x: 4 * sp.expit(2 * x) * sp.expit(-2 * x))  # 1 - z * z is 0 from x = 19
rule(np.arcsinh, lambda z, x: 1 / np.hypot(1.0, x))
rule(np.arccosh, lambda z, x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)), domain="x > 1")
rule(np.arctanh, lambda z, x: 1 / ((1 - x) * (1 + x)), domain="np.abs(x) < 1")

# scipy.special
rule(sp.expit, lambda z, x: sp.expit(x) * sp.expit(-x))  # z * (1 - z) is 0 from x = 37
rule(sp.log_expit, lambda z, x: sp.expit(-x))
rule(sp.logit, lambda z, x: 1 / (x * (1 - x)), domain="(x > 0) & (x < 1)")
rule(sp.erf, lambda z, x: 2 / ROOT_PI * exp_square(1.0, x))
rule(sp.erfc, lambda z, x: -2 / ROOT_PI * exp_square(1.0, x))
rule(sp.erfcx, d_erfcx)
rule(sp.erfinv, lambda z, x: ROOT_PI / 2 * np.exp(z * z), domain="np.abs(x) < 1")
rule(sp.ndtr, d_ndtr)
rule(sp.log_ndtr, d_log_ndtr)
rule(
    sp.ndtri,
    lambda z, x: math.sqrt(2 * math.pi) * np.exp(z * z / 2),
    domain="(x > 0) & (x < 1)",
)
rule(sp.xlogy, lambda z, x, y: np.log(y), lambda z, x, y: x / y, domain="y > 0")
rule(sp.xlog1py, lambda z, x, y: np.log1p(y), lambda z, x, y: x / (1 + y), domain="y > -1")
rule(sp.entr, lambda z, x: -1 - np.log(x), domain="x > 0")
rule(
    sp.rel_entr,
    lambda z, x, y: 1 + np.log(x / y),
    lambda z, x, y: -x / y,
    domain="(x > 0) & (y > 0)",
)
rule(
    sp.kl_div,
    lambda z, x, y: np.log(x / y),
    lambda z, x, y: (y - x) / y,
    domain="(x > 0) & (y > 0)",
)
rule(sp.gammaln, lambda z, x: sp.psi(x), domain="x > 0")
rule(sp.gamma, lambda z, x: z * sp.psi(x), domain="x > 0")

flat("jumps: 0", np.sign, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide)
flat(
    "not numbers: the primal decides",
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.isnan, np.isinf, np.isfinite, np.signbit),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
)


# Functions of whole arrays. The linear ones are their own derivative; each states its transpose.


def _kept(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    """Return the shape after a reduction that keeps its axes."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    gone = {a % len(shape) for a in axes}
    return tuple(1 if a in gone else n for a, n in enumerate(shape))


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


SCATTER: Linear
TAKE = Linear(getitem, lambda i, g, s, index: apply(SCATTER, g, index=index, shape=s[0]))
SCATTER = Linear(scatter, lambda i, g, s, index, shape: g[index])
CAST = Linear(lambda x, dtype: x.astype(dtype), lambda i, g, s, dtype: g, elementwise=True)
SUM = Linear(
    np.sum,
    lambda i, g, s, axis, keepdims: np.broadcast_to(np.reshape(g, _kept(s[0], axis)), s[0]),
)
BROADCAST = Linear(np.broadcast_to, lambda i, g, s, shape: unbroadcast(g, s[0]))
RESHAPE = Linear(np.reshape, lambda i, g, s, shape: np.reshape(g, s[0]))
TRANSPOSE = Linear(
    np.transpose,
    lambda i, g, s, axes: np.transpose(g, None if axes is None else tuple(np.argsort(axes))),
)
WHERE = Linear(
    select,
    lambda i, g, s, condition: np.where(condition, *((g, 0.0) if i == 0 else (0.0, g))),
    elementwise=True,
)
CONCATENATE = Linear(lambda *xs, axis: np.concatenate(xs, axis=axis), _part)
MATMUL = Matmul()


def _implements(*functions: Any) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    def register(f: Callable[..., Array]) -> Callable[..., Array]:
        RULES.update(dict.fromkeys(functions, f))
        return f

    return register


RULES["getitem"] = lambda x, index: apply(TAKE, x, index=_plain_index(index))
_PLAIN: Any = (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like)
_PLAIN += (np.argmax, np.argmin, np.argsort, np.isclose, np.allclose, np.round)
RULES.update((f, _plain(f)) for f in _PLAIN)


def _plain_index(index: Any) -> Any:
    return tuple(map(strip, index)) if isinstance(index, tuple) else strip(index)


@_implements("astype")
def _astype(x: Array, dtype: Any, copy: bool = True) -> Array:
    kind = np.dtype(dtype).kind
    if kind in "biu":  # piecewise constant, as `floor` is
        return strip(x).astype(dtype)
    if kind != "f":
        raise TypeError(f"`astype` of a traced array takes real numbers, got {np.dtype(dtype)}")
    return apply(CAST, x, dtype=dtype)


@_implements(np.full_like)
def _full_like(a: Array, fill_value: Array, dtype: Any = None) -> Array:
    filled = np.broadcast_to(fill_value, np.shape(a))
    return filled.astype(strip(a).dtype if dtype is None else dtype)


@_implements(np.copy)
def _copy(a: Array) -> Array:
    return a


@_implements(np.sum)
def _sum(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    return apply(SUM, x, axis=axis, keepdims=keepdims)


@_implements(np.mean)
def _mean(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    total = np.sum(x, axis, keepdims=keepdims)
    return total / (x.size // max(total.size, 1))


@_implements(np.broadcast_to)
def _broadcast_to(x: Array, shape: Any) -> Array:
    return apply(BROADCAST, x, shape=shape)


@_implements(np.reshape)
def _reshape(x: Array, shape: Any) -> Array:
    return apply(RESHAPE, x, shape=shape)


@_implements(np.ravel)
def _ravel(x: Array) -> Array:
    return np.reshape(x, -1)


@_implements(np.expand_dims)
def _expand_dims(x: Array, axis: int) -> Array:
    return np.reshape(x, np.expand_dims(strip(x), axis).shape)


@_implements(np.squeeze)
def _squeeze(x: Array, axis: Any = None) -> Array:
    return np.reshape(x, np.squeeze(strip(x), axis).shape)


@_implements(np.transpose)
def _transpose(x: Array, axes: Any = None) -> Array:
    n = np.ndim(x)
    if axes is not None:  # counted from the end, `argsort` would not invert them
        axes = normalize_axis_tuple(axes, n, "axes")
    return apply(TRANSPOSE, x, axes=axes)


@_implements(np.concatenate)
def _concatenate(arrays: Any, axis: int = 0) -> Array:
    return apply(CONCATENATE, *arrays, axis=axis)


@_implements(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Array:
    return np.concatenate([np.expand_dims(a, axis) for a in arrays], axis=axis)


@_implements(np.where)
def _where(condition: Array, x: Array, y: Array) -> Array:
    return apply(WHERE, x, y, condition=strip(condition))


@_implements(np.clip)
def _clip(x: Array, a_min: Array = None, a_max: Array = None) -> Array:
    x = x if a_min is None else np.maximum(x, a_min)
    return x if a_max is None else np.minimum(x, a_max)


@_implements(np.max)
def _max(x: Array, axis: int | None = None, *, keepdims: bool = False) -> Array:
    return _pick(np.argmax, x, axis, keepdims)


@_implements(np.min)
def _min(x: Array, axis: int | None = None, *, keepdims: bool = False) -> Array:
    return _pick(np.argmin, x, axis, keepdims)


def _pick(arg: Callable[..., Any], x: Array, axis: int | None, keepdims: bool) -> Array:
    """Return the extreme element: of several equal ones, the first has the slope 1."""
    at = arg(strip(x), axis=axis, keepdims=True)
    if axis is None:
        picked = np.reshape(np.reshape(x, -1)[at.ravel()], at.shape)
    else:
        grid = list(np.indices(at.shape, sparse=True))
        grid[axis] = at
        picked = x[tuple(grid)]
    return picked if keepdims else np.squeeze(picked, axis)


@_implements(np.dot)
def _dot(a: Array, b: Array) -> Array:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) > 2:
        raise TypeError(f"`np.dot` of traced arrays takes b with at most 2 axes, got {np.ndim(b)}")
    return np.matmul(a, b)


@_implements(np.matmul)
def _matmul(a: Array, b: Array) -> Array:
    a, b = (x if isinstance(x, Traced) else np.asarray(x) for x in (a, b))
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("`np.matmul` takes arrays with at least 1 axis, got a number: use `*`")
    out = apply(MATMUL, np.expand_dims(a, 0) if a.ndim == 1 else a,
                np.expand_dims(b, 1) if b.ndim == 1 else b)  # fmt: skip
    gone = (*([-2] if a.ndim == 1 else []), *([-1] if b.ndim == 1 else []))
    return np.squeeze(out, gone) if gone else out


@_implements(np.outer)
def _outer(a: Array, b: Array) -> Array:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@_implements(np.linalg.norm)
def _norm(x: Array, ord: None = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Return the Euclidean norm: slope x/‖x‖, and 0 at the kink x = 0."""
    if ord is not None:
        raise TypeError(f"`np.linalg.norm` of a traced array takes only ord=None, got {ord!r}")
    largest = np.max(np.abs(strip(x)), axis=axis, keepdims=True, initial=0.0)
    scale = np.where(largest > 0, largest, 1).astype(x.dtype)  # squares of 1e200 overflow
    squares = np.sum(np.square(x / scale), axis, keepdims=True)
    zero = squares == 0
    norm = scale * np.where(zero, 0.0, np.sqrt(np.where(zero, 1.0, squares)))
    return norm if keepdims else np.squeeze(norm, axis)


@_implements(np.add.reduce)
def _add_reduce(x: Array, axis: Any = 0, keepdims: bool = False) -> Array:
    return np.sum(x, axis, keepdims=keepdims)


@_implements(np.logaddexp.reduce)
def _logsumexp(x: Array, axis: int | None = 0, keepdims: bool = False) -> Array:
    largest = np.max(strip(x), axis=axis, keepdims=True)  # a constant: it cancels
    out = np.log(np.sum(np.exp(x - largest), axis, keepdims=True)) + largest
    return out if keepdims else np.squeeze(out, axis)
