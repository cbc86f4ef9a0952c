"""Arithmetic that several entries share."""

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
