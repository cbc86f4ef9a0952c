"""Wrong and right gradients, for the tests of `derivref.check` and for the comparison with others.

Every mistake is one that is made; every right gradient is exact but for the rounding of its type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, ndtr

Array = np.ndarray
RNG = np.random.default_rng(20)
F32 = np.float32


@dataclass(frozen=True)
class Case:
    """A function, its derivative as somebody wrote it, and the point of the check.

    `kind` is 'derivative' (elementwise), 'gradient' (of one number) or 'vjp' (given(x, v)).
    """

    name: str
    kind: str
    f: Callable[..., Any]
    given: Callable[..., Any]
    x: Any


GRID = np.linspace(-3, 3, 13) + 0.1


def phi(x: Array) -> Array:
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def log_sum_exp(z: Array) -> Any:
    m = z.max(axis=-1, keepdims=True)
    return (m + np.log(np.sum(np.exp(z - m), axis=-1, keepdims=True)))[..., 0]


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_vjp(z: Array, v: Array) -> Array:
    p = softmax(z)
    return p * (v - p @ v)


def normalise(x: Array) -> Array:
    """Layer normalisation without scale and shift."""
    return (x - x.mean()) / x.std()


def normalise_vjp(x: Array, v: Array) -> Array:
    y = normalise(x)
    return (v - v.mean() - y * np.mean(v * y)) / x.std()


def rosenbrock(x: Array) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def d_rosenbrock(x: Array) -> Array:
    g = np.zeros_like(x)
    inner = x[1:] - x[:-1] ** 2
    g[:-1] = -400 * x[:-1] * inner - 2 * (1 - x[:-1])
    g[1:] += 200 * inner
    return g


INPUTS = RNG.normal(size=(5, 3))
LABELS = np.eye(4)[[0, 2, 1, 3, 2]]


def cross_entropy(w: Array) -> Any:
    """Mean over the batch, in the type of w."""
    z = INPUTS.astype(w.dtype) @ w
    return np.mean(log_sum_exp(z) - np.sum(LABELS.astype(w.dtype) * z, axis=1))


def d_cross_entropy(w: Array) -> Array:
    inputs, labels = INPUTS.astype(w.dtype), LABELS.astype(w.dtype)
    return inputs.T @ (softmax(inputs @ w) - labels) / w.dtype.type(5)


WIDE = RNG.normal(size=(64, 1000)) / 30


def network(x: Array) -> Any:
    """A loss of a layer of ReLUs on 1000 inputs."""
    return np.sum(np.maximum(WIDE @ x, 0) ** 2) / 64 + np.mean(np.tanh(x))


def d_network(x: Array) -> Array:
    return WIDE.T @ np.maximum(WIDE @ x, 0) / 32 + (1 - np.tanh(x) ** 2) / 1000


def at(index: int, factor: float) -> Callable[[Array], Array]:
    """The gradient of the network with one component off by a factor."""

    def given(x: Array) -> Array:
        g = d_network(x)
        g[index] *= factor
        return g

    return given


def swapped(x: Array) -> Array:
    g = d_network(x)
    g[[4, 5]] = g[[5, 4]]
    return g


A = RNG.normal(size=(4, 4))
NEARLY = A + A.T + 1e-4 * RNG.normal(size=(4, 4))  # nearly symmetric
POSITIVE = A @ A.T + np.eye(4) + 1e-3 * RNG.normal(size=(4, 4))
B, C = RNG.normal(size=(2, 3, 3))
SCALES = np.array([1e-6, 1e-3, 1.0, 1e3, 1e6])
BATCH, TARGET = RNG.normal(size=(20, 6)).astype(F32), RNG.normal(size=20).astype(F32)
LONG = RNG.normal(size=1000)
X4, X6 = RNG.normal(size=4), RNG.normal(size=6)
WEIGHT = RNG.normal(size=(3, 4))


def residual(w: Array) -> Array:
    return BATCH.astype(w.dtype) @ w - TARGET.astype(w.dtype)


def leaky(x: Array) -> Array:
    return np.where(x > 0, x, x / 100)


def gelu(x: Array) -> Array:
    return x * ndtr(x)


def silu(x: Array) -> Array:
    return x * expit(x)


WRONG = [
    Case("sign", "derivative", np.cos, np.sin, GRID),
    Case("half", "derivative", lambda x: x**2, lambda x: x, GRID),
    Case("chain factor", "derivative", lambda x: np.sin(3 * x), lambda x: np.cos(3 * x), GRID),
    Case("square of tanh", "derivative", np.tanh, lambda x: 1 - np.tanh(x), GRID),
    Case("term of GELU", "derivative", gelu, ndtr, GRID),
    Case(
        "half-line of softplus",
        "derivative",
        lambda x: np.logaddexp(0, x),
        lambda x: np.where(x > 0, expit(x), expit(-x)),
        GRID,
    ),
    Case(
        "slope of leaky ReLU",
        "derivative",
        leaky,
        lambda x: np.where(x > 0, 1, 0.011),
        GRID,
    ),
    Case("1e-4 relative", "derivative", np.exp, lambda x: 1.0001 * np.exp(x), GRID),
    Case("twice, tiny x", "derivative", np.log, lambda x: 2 / x, np.array([1e-12, 3e-8, 2e-5])),
    Case(
        "f scaled by 1e-8, off by 1e-3",
        "derivative",
        lambda x: 1e-8 * np.sin(x),
        lambda x: 1.001e-8 * np.cos(x),
        GRID,
    ),
    Case(
        "sign, f scaled by 1e-12",
        "derivative",
        lambda x: 1e-12 * np.cosh(x),
        lambda x: -1e-12 * np.sinh(x),
        GRID,
    ),
    Case(
        "1e-4 relative, f scaled by 1e6",
        "derivative",
        lambda x: 1e6 * np.cosh(x),
        lambda x: 1.0001e6 * np.sinh(x),
        GRID,
    ),
    Case("beyond the slopes of |x|", "derivative", np.abs, lambda x: x + 1.5, np.zeros(1)),
    Case(
        "beyond the slopes of ReLU",
        "derivative",
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x > 0, 1.0, np.where(x < 0, 0.0, -1.0)),
        np.array([-1.0, 0.0, 2.0]),
    ),
    Case(
        "1 per cent in float32",
        "derivative",
        np.tanh,
        lambda x: F32(1.01) * (1 - np.tanh(x) ** 2),
        GRID.astype(F32),
    ),
    Case("term of SiLU in float32", "derivative", silu, expit, GRID.astype(F32)),
    Case(
        "truncated to integers",
        "derivative",
        lambda x: x**2,
        lambda x: (2 * x).astype(int),
        np.array([1.5, 2.25, 4.0]),
    ),
    Case(
        "no slope change at a clip",
        "derivative",
        lambda x: np.clip(x, -1, 1),
        lambda x: np.where(abs(x) < 2, 1.0, 0.0),
        GRID,
    ),
    Case(
        "tiny slope, off by 1e-3",
        "derivative",
        lambda x: x**3,
        lambda x: 3.003 * x**2,
        np.array([1e-6, -2e-6]),
    ),
    Case(
        "quadratic form, nearly symmetric",
        "gradient",
        lambda x: x @ NEARLY @ x / 2,
        lambda x: NEARLY @ x,
        X4,
    ),
    Case("1 of 1000 by 1 per cent", "gradient", network, at(617, 1.01), LONG),
    Case("1 of 1000 by 1e-4", "gradient", network, at(308, 1.0001), LONG),
    Case("2 of 1000 swapped", "gradient", network, swapped, LONG),
    Case(
        "sum for mean over the batch",
        "gradient",
        cross_entropy,
        lambda w: 5 * d_cross_entropy(w),
        WEIGHT,
    ),
    Case(
        "weight decay missing",
        "gradient",
        lambda w: cross_entropy(w) + 5e-4 * np.sum(w**2),
        d_cross_entropy,
        WEIGHT,
    ),
    Case("off by one index", "gradient", rosenbrock, lambda x: np.roll(d_rosenbrock(x), 1), X6),
    Case(
        "hidden by the norm",
        "gradient",
        lambda x: 1e4 * x[0] ** 2 + x[1] ** 2,
        lambda x: np.array([2e4 * x[0], 1.9 * x[1]]),
        np.ones(2),
    ),
    Case(
        "transposed",
        "gradient",
        lambda x: np.trace(B @ x @ C),
        lambda x: (B.T @ C.T).T,
        np.ones((3, 3)),
    ),
    Case(
        "inverse not transposed",
        "gradient",
        lambda x: np.linalg.slogdet(x)[1],
        np.linalg.inv,
        POSITIVE,
    ),
    Case(
        "factor 2 in float32",
        "gradient",
        lambda w: np.mean(residual(w) ** 2),
        lambda w: BATCH.T @ residual(w) / F32(20),
        np.ones(6, F32),
    ),
    Case(
        "small component of badly scaled x",
        "gradient",
        lambda x: np.sum((x / SCALES) ** 2) / 2,
        lambda x: x / SCALES**2 * np.array([1, 1, 1, 1, 0.9]),
        SCALES * X6[:5],
    ),
    Case(
        "diagonal of softmax alone",
        "vjp",
        softmax,
        lambda z, v: softmax(z) * (1 - softmax(z)) * v,
        X4,
    ),
    Case(
        "transposed, nearly symmetric",
        "vjp",
        lambda x: np.tanh(NEARLY @ x),
        lambda x, v: NEARLY @ (v * (1 - np.tanh(NEARLY @ x) ** 2)),
        X4 / 10,
    ),
    Case(
        "mean of layer normalisation",
        "vjp",
        normalise,
        lambda x, v: (v - normalise(x) * np.mean(v * normalise(x))) / x.std(),
        X6,
    ),
]

RIGHT = [
    Case("exp over 16 decades", "derivative", np.exp, np.exp, np.linspace(-20, 20, 9)),
    Case(
        "log from 1e-300 to 1e300",
        "derivative",
        np.log,
        lambda x: 1 / x,
        10.0 ** np.arange(-300, 301, 100),
    ),
    Case(
        "next to a pole",
        "derivative",
        lambda x: 1 / x,
        lambda x: -1 / x**2,
        np.array([1e-8, -3e-5]),
    ),
    Case("sin at 1e5", "derivative", np.sin, np.cos, np.array([1e5, -3e5])),
    Case(
        "f scaled by 1e-12",
        "derivative",
        lambda x: 1e-12 * np.sin(x),
        lambda x: 1e-12 * np.cos(x),
        GRID,
    ),
    Case("1e6 + sin", "derivative", lambda x: 1e6 + np.sin(x), np.cos, GRID),
    Case(
        "ReLU at 0",
        "derivative",
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x > 0, 1.0, 0.0),
        np.array([-1.0, 0.0, 2.0]),
    ),
    Case(
        "a subgradient of |x|",
        "derivative",
        np.abs,
        lambda x: np.where(x == 0, 0.3, np.sign(x)),
        np.array([-1.0, 0.0]),
    ),
    Case(
        "ReLU next to 0",
        "derivative",
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x > 0, 1.0, 0.0),
        np.array([3e-6, -1e-9]),
    ),
    Case("vanishing slope", "derivative", expit, lambda x: expit(x) * expit(-x), np.array([30.0])),
    Case("tanh in float32", "derivative", np.tanh, lambda x: 1 - np.tanh(x) ** 2, GRID.astype(F32)),
    Case(
        "SiLU in float32",
        "derivative",
        silu,
        lambda x: expit(x) * (1 + x * expit(-x)),
        GRID.astype(F32),
    ),
    Case("cross-entropy", "gradient", cross_entropy, d_cross_entropy, WEIGHT),
    Case(
        "cross-entropy in float32", "gradient", cross_entropy, d_cross_entropy, WEIGHT.astype(F32)
    ),
    Case(
        "regression in float32",
        "gradient",
        lambda w: np.mean(residual(w) ** 2),
        lambda w: BATCH.T @ residual(w) / F32(10),
        np.ones(6, F32),
    ),
    Case("logsumexp of 1000 in float32", "gradient", log_sum_exp, softmax, LONG.astype(F32)),
    Case("1000 inputs", "gradient", network, d_network, LONG),
    Case(
        "1-norm with zeros",
        "gradient",
        lambda x: np.sum(abs(x)),
        np.sign,
        np.where(np.arange(50) % 3, np.linspace(-1, 1, 50), 0),
    ),
    Case(
        "maximum at a tie",
        "gradient",
        np.max,
        lambda x: (x == x.max()) / np.sum(x == x.max()),
        np.array([1.0, 3.0, 3.0]),
    ),
    Case("Rosenbrock far out", "gradient", rosenbrock, d_rosenbrock, np.array([1e3, -1e5, 1e-3])),
    Case("Rosenbrock at its minimum", "gradient", rosenbrock, d_rosenbrock, np.ones(3)),
    Case(
        "badly scaled x",
        "gradient",
        lambda x: np.sum((x / SCALES) ** 2) / 2,
        lambda x: x / SCALES**2,
        SCALES * X6[:5],
    ),
    Case(
        "log det of a nearly singular matrix",
        "gradient",
        lambda x: np.linalg.slogdet(x)[1],
        lambda x: np.linalg.inv(x).T,
        np.ones((3, 3)) + 1e-8 * B,
    ),
    Case("layer normalisation", "vjp", normalise, normalise_vjp, X6),
]
