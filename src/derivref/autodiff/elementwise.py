"""Elementwise functions of NumPy that are compositions of its ufuncs."""

import math
from typing import Any

import numpy as np

from derivref.autodiff.registry import case, implements
from derivref.autodiff.trace import Array, strip


@implements(
    np.clip,
    case((6,), a_min=-0.5, a_max=0.5),
    case((6,), a_min=None, a_max=0.3),
    case((2, 3), (3,), call=lambda f, x, y: f(x, min=y), since="2.1"),
    kinks="a bound: 0",
)
def _clip(
    a: Array, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None
) -> Array:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@implements(np.divmod, case((3,), call=lambda f, x: f(x, 0.3)[1]))
def _divmod(x1: Array, x2: Array) -> tuple[Array, Array]:
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@implements(np.modf, case((3,), call=lambda f, x: f(3 * x)[0]), kinks="jumps: 1")
def _modf(x: Array) -> tuple[Array, Array]:
    fraction, whole = np.modf(strip(x))
    return np.where(np.isinf(whole), fraction, x - whole), whole


@implements(np.ldexp, case((3,), call=lambda f, x: f(x, [1, -2, 3])))
def _ldexp(x1: Array, x2: Any) -> Array:
    return x1 * np.ldexp(np.ones_like(strip(x1)), strip(x2))


@implements(np.nan_to_num, case((3,)), kinks="NaN, ±inf: 0")
def _nan_to_num(
    x: Array, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Array:
    plain = strip(x)
    return np.where(np.isfinite(plain), x, np.nan_to_num(plain, True, nan, posinf, neginf))


@implements(np.sinc, case((3,)), case((), call=lambda f, x: f(0 * x)))
def _sinc(x: Array) -> Array:
    """sin(πx)/(πx); near 0 its series, which has the derivatives as well."""
    y = math.pi * x
    near = np.abs(strip(y)) < 0.1
    far, s = np.where(near, 1.0, y), np.square(np.where(near, y, 0.0))
    series: Array = 1.0
    for k in range(14, 0, -2):  # the first term left out is 1e-16/16!
        series = 1 - s / (k * (k + 1)) * series
    return np.where(near, series, np.sin(far) / far)
