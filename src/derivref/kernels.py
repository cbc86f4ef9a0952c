"""Arithmetic that several entries share."""

import math

import numpy as np
from scipy.special import erfcx

ROOT_HALF = 0.7071067811865476
ROOT_TWO_PI = 2.5066282746310002


def logistic_density(x, weight=1.0):
    """The slope of the sigmoid, times a weight.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.
    weight : ndarray or scalar
        A factor that counts before the tails underflow; broadcast against x.

    Returns
    -------
    ndarray or scalar
        The shape and type of the product.
    """
    e = np.exp(-0.5 * np.fabs(x))  # s * (1 - s) is 0 from x = 37 (float32: 17)
    # The weight counts before e * e underflows.
    return e * (e * weight / np.square(1.0 + e * e))


def normal_density(x, weight=1.0):
    """The density of the standard normal distribution, times a weight.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.
    weight : ndarray or scalar
        A factor that counts before the tails underflow; broadcast against x.

    Returns
    -------
    ndarray or scalar
        The shape and type of the product.
    """
    # exp(-x*x/2) errs by 400 ULP at 37, the rounding of x*x; the square of h is exact.
    x = np.clip(x, -40.0, 40.0)
    h = np.trunc(32.0 * x) / 32.0
    e = np.exp(-0.25 * h * h)
    return e * (e * (np.exp(-0.5 * (x - h) * (x + h)) * weight / ROOT_TWO_PI))


def mills_ratio(x):
    """The chance below x over the density at x, for negative x.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.

    Returns
    -------
    ndarray or scalar
        The same shape and type.
    """
    return 0.5 * ROOT_TWO_PI * erfcx(-ROOT_HALF * x)


def from_zero(x, high, low):
    """How far x is from a zero that is given in two parts.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.
    high, low : float
        The zero: its first 24 bits, so that float32 holds them too, and the rest.

    Returns
    -------
    ndarray or scalar
        The same shape and type, right to the last digits also where x is next to the zero.
    """
    return (x - high) - low  # the first difference is exact beside the zero


def horner(x, coefficients):
    """A polynomial, from its coefficients: that of the highest power first.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.
    coefficients : sequence of float
        Python floats, so that float32 stays float32: `numpy.polyval` makes an array of them.

    Returns
    -------
    ndarray or scalar
        The same shape and type.
    """
    total = 0.0 * x
    for c in coefficients:
        total = total * x + c
    return total


def scaled(x, factor, rest=0.0):
    """A multiple of x in two parts, for exponentials whose tail would show its rounding.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape; the product stops at plus and minus 1500.
    factor, rest : float
        The factor, and what is left of it where it is no floating number.

    Returns
    -------
    tuple of ndarray or scalar
        The product, rounded, and what the rounding left out.
    """
    # The first 8 bits of the factor times a multiple of 1/32 are exact, also in float32.
    fraction, power = math.frexp(factor)
    high = math.ldexp(round(256.0 * fraction), power - 8)
    end = 1500.0 / abs(factor)
    y = np.clip(x, -end, end)
    h = np.trunc(32.0 * y) / 32.0
    z = factor * y
    return z, (high * h - z) + ((factor - high) * h + factor * (y - h) + rest * y)


def gaussian(x, weight=1.0):
    """The exponential of minus the square, times a weight.

    Parameters
    ----------
    x : ndarray or scalar
        Real numbers, any shape.
    weight : ndarray or scalar
        A factor that counts before the tails underflow; broadcast against x.

    Returns
    -------
    ndarray or scalar
        The shape and type of the product.
    """
    x = np.clip(x, -30.0, 30.0)
    h = np.trunc(32.0 * x) / 32.0  # as in normal_density
    e = np.exp(-0.5 * h * h)
    return e * (e * (np.exp(-(x - h) * (x + h)) * weight))
