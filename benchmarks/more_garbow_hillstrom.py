"""Functions of the collection of Moré, Garbow and Hillstrom, for tests of Jacobians and Hessians.

Each returns the residuals at x, in arithmetic that also takes complex numbers, so that a complex
step gives their Jacobian to the last digits. Starting points are those of the paper.

J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing unconstrained optimization software", ACM
Transactions on Mathematical Software 7 (1981) 17-41.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray

BARD = np.array(
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
)
KOWALIK_U = np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
KOWALIK_Y = np.array(
    [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)
MEYER = np.array(
    [
        34780.0,
        28610.0,
        23650.0,
        19630.0,
        16370.0,
        13720.0,
        11540.0,
        9744.0,
        8261.0,
        7030.0,
        6005.0,
        5147.0,
        4427.0,
        3820.0,
        3307.0,
        2872.0,
    ]
)


@dataclass(frozen=True)
class Residuals:
    """The residuals of a problem, and where to differentiate them."""

    name: str
    f: Callable[[Array], Array]
    start: Array

    def square(self, x: Array) -> Any:
        """Return the sum of squares, which the problem is to minimise."""
        return np.sum(self.f(x) ** 2)

    def jacobian(self, x: Array) -> Array:
        """Return the Jacobian by complex steps."""
        return np.stack([_along(self.f, x, i) for i in range(x.size)], axis=-1)

    def gradient(self, x: Array) -> Array:
        """Return the gradient of the sum of squares by complex steps."""
        return np.array([_along(self.square, x, i) for i in range(x.size)])

    def __str__(self) -> str:
        return self.name


def _along(f: Callable[[Array], Any], x: Array, i: int) -> Any:
    h = 2.0**-200
    z = x.astype(complex)
    z[i] += 1j * h
    return np.imag(f(z)) / h


def rosenbrock(x: Array) -> Array:
    return np.concatenate([10 * (x[1::2] - x[::2] ** 2), 1 - x[::2]])


def freudenstein_roth(x: Array) -> Array:
    a, b = x
    return np.array([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])


def powell_badly_scaled(x: Array) -> Array:
    return np.array([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])


def brown_badly_scaled(x: Array) -> Array:
    return np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2])


def beale(x: Array) -> Array:
    return np.array([1.5, 2.25, 2.625]) - x[0] * (1 - x[1] ** np.arange(1, 4))


def jennrich_sampson(x: Array) -> Array:
    i = np.arange(1, 11)
    return 2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))


def helical_valley(x: Array) -> Array:
    angle = np.arctan(x[1] / x[0]) / (2 * np.pi) + (0.5 if x[0].real < 0 else 0.0)
    return np.array([10 * (x[2] - 10 * angle), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]])


def bard(x: Array) -> Array:
    u = np.arange(1, 16)
    v = 16 - u
    return BARD - (x[0] + u / (v * x[1] + np.minimum(u, v) * x[2]))


def gaussian(x: Array) -> Array:
    t = (8 - np.arange(1, 16)) / 2
    return x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2) - np.exp(-(t**2) / 2) * 0.3989


def meyer(x: Array) -> Array:
    return x[0] * np.exp(x[1] / (45 + 5 * np.arange(1, 17) + x[2])) - MEYER


def box_three(x: Array) -> Array:
    t = np.arange(1, 11) / 10
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def powell_singular(x: Array) -> Array:
    a, b, c, d = (x[i::4] for i in range(4))
    return np.concatenate(
        [a + 10 * b, np.sqrt(5) * (c - d), (b - 2 * c) ** 2, np.sqrt(10) * (a - d) ** 2]
    )


def wood(x: Array) -> Array:
    a, b, c, d = x
    return np.array(
        [
            10 * (b - a**2),
            1 - a,
            np.sqrt(90) * (d - c**2),
            1 - c,
            np.sqrt(10) * (b + d - 2),
            (b - d) / np.sqrt(10),
        ]
    )


def kowalik_osborne(x: Array) -> Array:
    u = KOWALIK_U
    return KOWALIK_Y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x: Array) -> Array:
    t = np.arange(1, 21) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


def osborne_1(x: Array) -> Array:
    t = 10 * np.arange(33)
    return x[0] + x[1] * np.exp(-t * x[3]) + x[2] * np.exp(-t * x[4])


def biggs(x: Array) -> Array:
    t = np.arange(1, 14) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y


def osborne_2(x: Array) -> Array:
    """Without the data, which a derivative does not see."""
    t = np.arange(65) / 10
    bumps = (x[n] * np.exp(-((t - x[n + 7]) ** 2) * x[n + 4]) for n in (1, 2, 3))
    return x[0] * np.exp(-t * x[4]) + sum(bumps)


def watson(x: Array) -> Array:
    t = np.arange(1, 30)[:, None] / 29
    j = np.arange(x.size)
    inner = np.sum(j[1:] * x[1:] * t ** (j[1:] - 1), axis=1) - np.sum(x * t**j, axis=1) ** 2 - 1
    return np.concatenate([inner, [x[0], x[1] - x[0] ** 2 - 1]])


def penalty_1(x: Array) -> Array:
    return np.concatenate([np.sqrt(1e-5) * (x - 1), [np.sum(x**2) - 0.25]])


def penalty_2(x: Array) -> Array:
    n = x.size
    i = np.arange(2, n + 1)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)
    return np.concatenate(
        [
            [x[0] - 0.2],
            np.sqrt(1e-5) * (np.exp(x[1:] / 10) + np.exp(x[:-1] / 10) - y),
            np.sqrt(1e-5) * (np.exp(x[1:] / 10) - np.exp(-0.1)),
            [np.sum(np.arange(n, 0, -1) * x**2) - 1],
        ]
    )


def variably_dimensioned(x: Array) -> Array:
    s = np.sum(np.arange(1, x.size + 1) * (x - 1))
    return np.concatenate([x - 1, [s, s**2]])


def trigonometric(x: Array) -> Array:
    i = np.arange(1, x.size + 1)
    return x.size - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)


def brown_almost_linear(x: Array) -> Array:
    return np.concatenate([x[:-1] + np.sum(x) - (x.size + 1), [np.prod(x) - 1]])


def boundary_value(x: Array) -> Array:
    h = 1 / (x.size + 1)
    t = h * np.arange(1, x.size + 1)
    wide = np.concatenate([[0], x, [0]])
    return 2 * x - wide[:-2] - wide[2:] + h**2 * (x + t + 1) ** 3 / 2


def integral_equation(x: Array) -> Array:
    h = 1 / (x.size + 1)
    t = h * np.arange(1, x.size + 1)
    cubes = (x + t + 1) ** 3
    below, above = np.cumsum(t * cubes), np.cumsum(((1 - t) * cubes)[::-1])[::-1] - (1 - t) * cubes
    return x + h * ((1 - t) * below + t * above) / 2


def broyden_tridiagonal(x: Array) -> Array:
    wide = np.concatenate([[0], x, [0]])
    return (3 - 2 * x) * x - wide[:-2] - 2 * wide[2:] + 1


def broyden_banded(x: Array) -> Array:
    y, n = x * (1 + x), x.size
    bands = [np.sum(y[max(0, i - 5) : min(n, i + 2)]) - y[i] for i in range(n)]
    return x * (2 + 5 * x**2) + 1 - np.array(bands)


def linear(x: Array) -> Array:
    m = 2 * x.size
    return np.concatenate([x, np.zeros(m - x.size)]) - 2 * np.sum(x) / m - 1


def chebyquad(x: Array) -> Array:
    """Through the recursion of the shifted Chebyshev polynomials, on which the name rests."""
    n, y = x.size, 2 * x - 1
    before, now, means = np.ones(n), y, []
    for _ in range(n):
        means.append(np.sum(now) / n)
        before, now = now, 2 * y * now - before
    i = np.arange(1, n + 1)
    exact = np.where(i % 2, 0.0, -1.0 / np.where(i % 2, 1, i**2 - 1))
    return np.array(means) - exact


def _linspace(n: int) -> Array:
    return np.arange(1, n + 1) / (n + 1)


T10 = _linspace(10)
PROBLEMS = [
    Residuals("Rosenbrock", rosenbrock, np.array([-1.2, 1])),
    Residuals("Freudenstein and Roth", freudenstein_roth, np.array([0.5, -2])),
    Residuals("Powell, badly scaled", powell_badly_scaled, np.array([0.0, 1])),
    Residuals("Brown, badly scaled", brown_badly_scaled, np.array([1.0, 1])),
    Residuals("Beale", beale, np.array([1.0, 1])),
    Residuals("Jennrich and Sampson", jennrich_sampson, np.array([0.3, 0.4])),
    Residuals("helical valley", helical_valley, np.array([-1.0, 0, 0])),
    Residuals("Bard", bard, np.array([1.0, 1, 1])),
    Residuals("Gaussian", gaussian, np.array([0.4, 1, 0])),
    Residuals("Meyer", meyer, np.array([0.02, 4000, 250])),
    Residuals("Box", box_three, np.array([0.0, 10, 20])),
    Residuals("Powell, singular", powell_singular, np.array([3.0, -1, 0, 1])),
    Residuals("Wood", wood, np.array([-3.0, -1, -3, -1])),
    Residuals("Kowalik and Osborne", kowalik_osborne, np.array([0.25, 0.39, 0.415, 0.39])),
    Residuals("Brown and Dennis", brown_dennis, np.array([25.0, 5, -5, -1])),
    Residuals("Osborne 1", osborne_1, np.array([0.5, 1.5, -1, 0.01, 0.02])),
    Residuals("Biggs", biggs, np.array([1.0, 2, 1, 1, 1, 1])),
    Residuals("Osborne 2", osborne_2, np.array([1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5])),
    Residuals("Watson", watson, np.zeros(9)),
    Residuals("extended Rosenbrock", rosenbrock, np.tile([-1.2, 1.0], 10)),
    Residuals("extended Powell", powell_singular, np.tile([3.0, -1, 0, 1], 4)),
    Residuals("penalty I", penalty_1, np.arange(1.0, 11)),
    Residuals("penalty II", penalty_2, np.full(10, 0.5)),
    Residuals("variably dimensioned", variably_dimensioned, 1 - np.arange(1, 11) / 10),
    Residuals("trigonometric", trigonometric, np.full(10, 0.1)),
    Residuals("Brown, almost linear", brown_almost_linear, np.full(10, 0.5)),
    Residuals("boundary value", boundary_value, T10 * (T10 - 1)),
    Residuals("integral equation", integral_equation, T10 * (T10 - 1)),
    Residuals("Broyden, tridiagonal", broyden_tridiagonal, np.full(10, -1.0)),
    Residuals("Broyden, banded", broyden_banded, np.full(10, -1.0)),
    Residuals("linear", linear, np.ones(10)),
    Residuals("Chebyquad", chebyquad, _linspace(8)),
]
