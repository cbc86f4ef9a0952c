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
from functools import reduce
from typing import Any

import numpy as np
import scipy.special as sp

from derivref.autodiff.registry import refusal
from derivref.autodiff.trace import (
    RULES,
    Array,
    Elementwise,
    Stated,
    Traced,
    apply,
    beside_kink,
    operand,
    strip,
)

#: The elementwise rules in order of definition, and the ufuncs whose slope is zero.
ELEMENTWISE: dict[np.ufunc, Elementwise] = {}
FLAT: dict[np.ufunc, str] = {}


def rule(
    ufunc: np.ufunc, *partials: Callable[..., Array] | None, domain: str = "", kinks: str = ""
) -> None:
    """Register the partials of a ufunc, so that both modes can differentiate through it.

    Parameters
    ----------
    ufunc
        A ufunc with one output.
    *partials : callable
        One per input, ``partial(out, *inputs)``: broadcasts like the inputs, composed of ufuncs
        that have a rule (or it can be used once, but not nested). None: a traced array is refused.
    domain
        Where the rule holds, as a Python expression in x and y.
    kinks
        The points without a slope and the value returned there.

    Raises
    ------
    ValueError
        If there is not one partial per input, or the ufunc has more than one output.
    """
    if (ufunc.nin, ufunc.nout) != (len(partials), 1):
        raise ValueError(
            f"`partials` must be one per input of a ufunc with one output, got {len(partials)} for "
            f"`{ufunc.__name__}` with {ufunc.nin} inputs and {ufunc.nout} outputs"
        )
    primitive = Elementwise(ufunc, partials, domain, kinks)
    without = [i for i, partial in enumerate(partials) if partial is None]
    ELEMENTWISE[ufunc] = primitive

    def traced(*args: Array, **kwargs: Any) -> Array:
        if kwargs:
            raise TypeError(refusal(ufunc.__name__, *kwargs))
        for i in without:
            if isinstance(args[i], Traced):
                raise TypeError(
                    f"`{ufunc.__name__}` has no derivative rule in its argument {i}: pass it as "
                    "plain numbers"
                )
        return apply(primitive, *map(operand, args))

    RULES[ufunc] = traced


def flat(kinks: str, *ufuncs: np.ufunc) -> None:
    """Register ufuncs whose slope is zero wherever it exists: they return plain arrays.

    Parameters
    ----------
    kinks : str
        The points without a slope, for the table of rules.
    *ufuncs : ufunc
        Such as ``np.floor`` and ``np.sign``.
    """
    for ufunc in ufuncs:
        FLAT[ufunc] = kinks
        RULES[ufunc] = _plain(ufunc)


def _plain(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: f(*map(strip, args), **kwargs)


def one(z: Array, *_: Array) -> float:
    """The partial 1.

    Parameters
    ----------
    z : array
        The value, which does not matter.
    *_ : arrays
        The inputs, nor do they.

    Returns
    -------
    float
        1.
    """
    return 1.0


def at_origin(slope: Array, *args: Array) -> Array:
    """Return the slope; where all args are 0 it is a convention, and its own derivative NaN.

    Parameters
    ----------
    slope : array
        The slope as it stands elsewhere, and by convention at the origin.
    *args : arrays
        The inputs of the function.

    Returns
    -------
    array
        With the slope's values.
    """
    if not any(isinstance(a, Traced) for a in args):
        return slope
    zero = reduce(np.logical_and, [strip(a) == 0 for a in args])
    return beside_kink(slope, zero, *args)


def d_exponent(z: Array, x: Array) -> Array:
    """z·log(x), and 0 where x and its power z are 0, with the slope in z that 0^y has.

    Parameters
    ----------
    z : array
        The power.
    x : array
        Its base.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    zero = (strip(x) == 0) & (strip(z) == 0)
    if not np.any(zero):
        return sp.xlogy(z, x)
    return beside_kink(sp.xlogy(z, np.where(zero, 1.0, x)), zero, x)


def ratio(x: Array, y: Array) -> Array:
    """x/y, and 0 for 0/0.

    Parameters
    ----------
    x, y : arrays
        Numerator and denominator.

    Returns
    -------
    array
        The value, in the shape that the inputs broadcast to.
    """
    both = (strip(x) == 0) & (strip(y) == 0)
    return at_origin(x / np.where(both, 1.0, y), x, y) if np.any(both) else x / y


def minus(x: Array, y: Array) -> Array:
    """X − y, and 0 for infinities of one sign.

    Parameters
    ----------
    x, y : arrays
        What to subtract from what.

    Returns
    -------
    array
        The value, in the shape that the inputs broadcast to.
    """
    same = np.isinf(strip(x)) & (strip(x) == strip(y))
    return np.where(same, 0.0, x) - np.where(same, 0.0, y) if np.any(same) else x - y


def direction(x: Array, y: Array, z: Array) -> Array:
    """x/z for the length z of (x, y): 0 at the origin; of infinite arguments, only those count.

    Parameters
    ----------
    x, y : arrays
        The two components.
    z : array
        Their length.

    Returns
    -------
    array
        The value, in the shape that the inputs broadcast to.
    """
    far = np.isinf(strip(z))
    if np.any(far):
        x, y = (
            np.where(far, np.where(np.isinf(strip(a)), np.sign(strip(a)), 0.0), a) for a in (x, y)
        )
        z = np.where(far, np.hypot(strip(x), strip(y)), z)
    return x / (z + (z == 0))


def exp_square(c: float, x: Array) -> Array:
    """exp(−c·x²) with the square split: as exp(-c * x * x) it loses 3 digits at x = 38.

    The identity h² + (x − h)(x + h) = x² holds for any h, so the derivative is right as well; h is
    short enough for its square to be exact. From 40 on the value is zero.

    Parameters
    ----------
    c : float
        The factor in the exponent, positive.
    x : array
        What is squared.

    Returns
    -------
    array
        The value, in the shape that the inputs broadcast to.
    """
    x = np.where(np.abs(strip(x)) > 40.0, np.copysign(40.0, strip(x)), x)
    h = np.rint(16 * x) / 16
    return np.exp(-c * h * h) * np.exp(-c * (x - h) * (x + h))


def d_erfcx(z: Array, x: Array) -> Array:
    """2·x·erfcx(x) − 2/√π, which cancels for large x: no digit is right at 1e8.

    From x = 10, where 200 ULP are lost, the series −1/(√π·x²)·(1 − 3/(2x²) + 15/(4x⁴) − …) holds.

    Parameters
    ----------
    z : array
        The value of erfcx.
    x : array
        Where.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    far = np.maximum(x, 8.0)  # not 10: its kink would show in the second derivative
    s = 0.5 / np.square(far)
    series: Array = 1.0
    for k in range(29, 1, -2):
        series = 1 - k * s * series
    return np.where(x < 10, 2 * x * z - 2 / ROOT_PI, -2 * s * series / ROOT_PI)


def d_dawsn(z: Array, x: Array) -> Array:
    """1 − 2·x·D(x), which cancels for large |x|: up to 10, 200 ULP are lost.

    From there the series −(s + 3s² + 15s³ + …) in s = 1/(2x²) holds.

    Parameters
    ----------
    z : array
        The value of Dawson's integral D.
    x : array
        Where.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    near = np.abs(strip(x)) < 10
    s = 0.5 / np.square(np.where(near, 10.0, x))
    series: Array = 1.0
    for k in range(29, 1, -2):
        series = 1 + k * s * series
    return np.where(near, 1 - 2 * x * z, -s * series)


def d_order(f: np.ufunc, z: Array, v: Array, x: Array, sign: float) -> Array:
    """(f(v − 1, x) ± f(v + 1, x))/2; for orders near 0 v/x·f(v, x) ± f(v + 1, x).

    There f(v − 1, x) goes like v, and v − 1 has lost the digits of v.

    Parameters
    ----------
    f : ufunc
        The Bessel function, of order and argument.
    z : array
        Its value.
    v, x : arrays
        The order and the argument.
    sign : {-1, 1}
        That of the term f(v + 1, x).

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    above = sign * f(v + 1, x)
    small = (np.abs(v) < 0.5) & (v != 0) & (strip(x) != 0)
    mean = 0.5 * (f(v - 1, x) + above)
    return np.where(small, v * z / np.where(small, x, 1.0) + above, mean) if np.any(small) else mean


def d_pseudo_huber(z: Array, delta: Array, r: Array) -> Array:
    """δ·(q − 1)²/q with q = √(1 + r²/δ²), where q − 1 would cancel.

    Parameters
    ----------
    z : array
        The value, which does not matter.
    delta : array
        The width of the parabola.
    r : array
        The residual.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    q = np.hypot(1.0, r / delta)
    less = (r / delta) * ((r / delta) / (q + 1))
    return delta * (less * (less / q))


def d_log_ndtr(z: Array, x: Array) -> Array:
    """φ(x)/Φ(x), where each of two forms keeps its digits: erfcx overflows from x = 37.

    Parameters
    ----------
    z : array
        The value, which does not matter.
    x : array
        Where.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    left = math.sqrt(2 / math.pi) / sp.erfcx(np.minimum(x, 5.0) * -math.sqrt(0.5))
    return np.where(x < 0, left, d_ndtr(z, x) / sp.ndtr(np.maximum(x, -5.0)))


def d_ndtr(z: Array, x: Array) -> Array:
    """The normal density φ(x).

    Parameters
    ----------
    z : array
        The value, which does not matter.
    x : array
        Where.

    Returns
    -------
    array
        The slope, in the shape that the inputs broadcast to.
    """
    return exp_square(0.5, x) / math.sqrt(2 * math.pi)


LN2, LN10, ROOT_PI = math.log(2), math.log(10), math.sqrt(math.pi)


def polygamma(n: int, x: Array) -> Array:
    """The n-th derivative of ψ, for any x that is traced or not.

    Parameters
    ----------
    n : int
        Which derivative, from 0.
    x : array
        Where.

    Returns
    -------
    array
        ψ⁽ⁿ⁾(x).
    """
    return apply(POLYGAMMA, x, n=n)


POLYGAMMA = Stated(
    lambda x, n: sp.polygamma(n, x),
    lambda i, t, z, x, n: polygamma(n + 1, x) * t,
    lambda i, g, z, x, n: polygamma(n + 1, x) * g,
    "polygamma",
    elementwise=True,
)

# Arithmetic
rule(np.positive, one)
rule(np.conjugate, one)
rule(np.negative, lambda z, x: -1.0)
rule(np.add, one, one)
rule(np.subtract, one, lambda z, x, y: -1.0)
rule(np.multiply, lambda z, x, y: y, lambda z, x, y: x)
rule(np.divide, lambda z, x, y: 1 / y, lambda z, x, y: -z / y, domain="y != 0")
rule(np.reciprocal, lambda z, x: -z * z, domain="x != 0")
rule(np.square, lambda z, x: 2 * x)
_power = (
    lambda z, x, y: y * x ** (y - (y != 0)),  # at y = 0 the slope is 0, also for x = 0
    lambda z, x, y: d_exponent(z, x),
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
rule(np.absolute, lambda z, x: at_origin(np.sign(x), x), domain="x != 0", kinks="0: 0")
rule(np.fabs, lambda z, x: at_origin(np.sign(x), x), domain="x != 0", kinks="0: 0")
rule(
    np.copysign,
    lambda z, x, y: at_origin(np.sign(x), x) * np.copysign(1.0, strip(y)),
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
rule(
    np.hypot,
    lambda z, x, y: at_origin(direction(x, y, z), x, y),
    lambda z, x, y: at_origin(direction(y, x, z), x, y),
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
rule(
    np.logaddexp,
    lambda z, x, y: sp.expit(minus(x, y)),
    lambda z, x, y: sp.expit(minus(y, x)),
)
rule(
    np.logaddexp2,
    lambda z, x, y: sp.expit(LN2 * minus(x, y)),
    lambda z, x, y: sp.expit(LN2 * minus(y, x)),
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
rule(sp.xlogy, lambda z, x, y: np.log(y), lambda z, x, y: ratio(x, y), domain="y > 0")
rule(sp.xlog1py, lambda z, x, y: np.log1p(y), lambda z, x, y: ratio(x, 1 + y), domain="y > -1")
rule(sp.entr, lambda z, x: -1 - np.log(x), domain="x > 0")
rule(
    sp.rel_entr,
    lambda z, x, y: 1 + np.log(x / y),
    lambda z, x, y: -ratio(x, y),
    domain="(x > 0) & (y > 0)",
)
rule(
    sp.kl_div,
    lambda z, x, y: np.log(x / y),
    lambda z, x, y: ratio(y - x, y) + ((x == 0) & (y == 0)),
    domain="(x > 0) & (y > 0)",
)
rule(sp.psi, lambda z, x: polygamma(1, x), domain="x > 0")
rule(sp.gammaln, lambda z, x: sp.psi(x), domain="x > 0")
rule(sp.gamma, lambda z, x: z * sp.psi(x), domain="x > 0")
rule(  # the ufunc behind sp.zeta, Hurwitz's; the order is not differentiated
    sp._ufuncs._zeta, None, lambda z, x, y: -x * sp.zeta(x + 1, y), domain="(x > 1) & (y > 0)"
)

rule(sp.loggamma, lambda z, x: sp.psi(x), domain="x > 0")
rule(sp.rgamma, lambda z, x: -z * sp.psi(x), domain="x > 0")
rule(sp.exp2, lambda z, x: z * LN2)
rule(sp.exp10, lambda z, x: z * LN10)
rule(sp.expm1, lambda z, x: np.exp(x))
rule(sp.log1p, lambda z, x: 1 / (1 + x), domain="x > -1")
rule(sp.cosm1, lambda z, x: -np.sin(x))
rule(sp.cbrt, lambda z, x: 1 / (3 * z * z), domain="x != 0", kinks="0: vertical tangent, inf")
rule(sp.erfcinv, lambda z, x: -ROOT_PI / 2 * np.exp(z * z), domain="(x > 0) & (x < 2)")
rule(sp.erfi, lambda z, x: 2 / ROOT_PI * np.exp(x * x))
rule(sp.dawsn, d_dawsn)
rule(sp.exp1, lambda z, x: -np.exp(-x) / x, domain="x > 0")
rule(sp.expi, lambda z, x: np.exp(x) / x, domain="x != 0")

# Bessel functions, by recurrences without a division by x; the order is not differentiated
rule(sp.j0, lambda z, x: -sp.j1(x))
rule(sp.j1, lambda z, x: 0.5 * (sp.j0(x) - sp.jv(2, x)))
rule(sp.y0, lambda z, x: -sp.y1(x), domain="x > 0")
rule(sp.y1, lambda z, x: 0.5 * (sp.y0(x) - sp.yv(2, x)), domain="x > 0")
rule(sp.i0, lambda z, x: sp.i1(x))
rule(sp.i1, lambda z, x: 0.5 * (sp.i0(x) + sp.iv(2, x)))
rule(sp.k0, lambda z, x: -sp.k1(x), domain="x > 0")
rule(sp.k1, lambda z, x: -0.5 * (sp.k0(x) + sp.kv(2, x)), domain="x > 0")
rule(sp.jv, None, lambda z, x, y: d_order(sp.jv, z, x, y, -1.0), domain="y > 0")
rule(sp.yv, None, lambda z, x, y: 0.5 * (sp.yv(x - 1, y) - sp.yv(x + 1, y)), domain="y > 0")
rule(sp.iv, None, lambda z, x, y: d_order(sp.iv, z, x, y, 1.0), domain="y > 0")
rule(sp.kv, None, lambda z, x, y: -0.5 * (sp.kv(x - 1, y) + sp.kv(x + 1, y)), domain="y > 0")

# Statistics
rule(
    sp.gammainc,
    None,
    lambda z, x, y: np.exp(sp.xlogy(x - 1, y) - y - sp.gammaln(x)),
    domain="(x > 0) & (y > 0)",
)
rule(
    sp.gammaincc,
    None,
    lambda z, x, y: -np.exp(sp.xlogy(x - 1, y) - y - sp.gammaln(x)),
    domain="(x > 0) & (y > 0)",
)
rule(sp.boxcox, lambda z, x, y: x ** (y - 1), None, domain="x > 0")
rule(sp.boxcox1p, lambda z, x, y: np.exp((y - 1) * np.log1p(x)), None, domain="x > -1")
rule(sp.inv_boxcox, lambda z, x, y: z / (1 + x * y), None, domain="1 + x * y > 0")
rule(sp.inv_boxcox1p, lambda z, x, y: (1 + z) / (1 + x * y), None, domain="1 + x * y > 0")
rule(  # of (delta, r)
    sp.huber,
    lambda z, x, y: np.maximum(np.abs(y) - x, 0.0),
    lambda z, x, y: np.maximum(-x, np.minimum(y, x)),
    domain="x > 0",
)
rule(
    sp.pseudo_huber,
    d_pseudo_huber,
    lambda z, x, y: x * (y / np.hypot(x, y)),
    domain="x > 0",
)

flat("jumps: 0", sp.gammasgn, np.sign, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide)
flat(
    "not numbers: the primal decides",
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.isnan, np.isinf, np.isfinite, np.signbit),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
)
