"""Sigmoids: from one level to another."""

import numpy as np
from scipy.special import expit

from derivref.activations import FAMILY
from derivref.kernels import logistic_density
from derivref.records import Limits, Tutorial

add = FAMILY.add


def sigmoid(x):
    """Squashes a score to a probability: increasing, from 0 to 1, and 1/2 at 0."""
    # expit(x) itself is 0 below -709.8 (float32: -88.7), too early.
    s, t = expit(0.5 * x), expit(-0.5 * x)
    return s * s / (s * s + t * t)


def d_sigmoid(x):
    """The logistic density: even, positive, at most 1/4."""
    return logistic_density(x)


def d2_sigmoid(x):
    """The slope of the logistic density: positive below 0, negative above."""
    return logistic_density(x, -np.tanh(0.5 * x))


add(
    sigmoid,
    d_sigmoid,
    d2_sigmoid,
    title="Sigmoid",
    use="Turns the score of a binary classifier into a probability, and gates the cells of LSTMs.",
    expr="1/(1 + exp(-x))",
    derivative="sigma(x)*(1 - sigma(x))",
    second="sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=(
        "sigmoid(x) + sigmoid(-x) = 1",
        "sigmoid(x) = (1 + tanh(x/2))/2",
    ),
    aliases=("logistic", "expit", "logistic sigmoid"),
    frameworks={
        "PyTorch": "torch.sigmoid(x)",
        "JAX": "jax.nn.sigmoid(x)",
        "Keras": "keras.ops.sigmoid(x)",
    },
    plain="""\
import numpy as np
from scipy.special import expit

def sigmoid(x):
    return expit(x)

def d_sigmoid(x):
    return expit(x) * expit(-x)

def d2_sigmoid(x):
    return -expit(x) * expit(-x) * np.tanh(x / 2)
""",
    tutorial=Tutorial(
        f="1 / (1 + np.exp(-x))", d="1 / (1 + np.exp(-x)) * (1 - 1 / (1 + np.exp(-x)))"
    ),
    example="""\
x = np.array([-40.0, 0.0, 40.0])
print(sigmoid(x))
print(d_sigmoid(x))
assert d_sigmoid(0.0) == 0.25
assert d_sigmoid(40.0) > 0.0  # s * (1 - s) would be exactly 0
""",
    cite=("verhulst1838", "rumelhart1986"),
    claims={
        "increasing, from 0 to 1, and 1/2 at 0": (
            "f, f.inf, f.sup, f(0), [t for t in xs if f(t) == 0.5]"
        ),
    },
)


def tanh(x):
    """Squashes a score to the interval from -1 to 1: odd and increasing."""
    return np.tanh(x)


def d_tanh(x):
    """The squared hyperbolic secant: even, positive, at most 1."""
    e = np.exp(-np.fabs(x))  # 1 - tanh(x)**2 is 0 from x = 19 (float32: 9)
    return np.square(2.0 * e / (1.0 + e * e))


def d2_tanh(x):
    """The slope of the squared hyperbolic secant: positive below 0, negative above."""
    return -2.0 * np.tanh(x) * d_tanh(x)


add(
    tanh,
    d_tanh,
    d2_tanh,
    title="Tanh",
    use="Keeps the state of recurrent networks between -1 and 1: a sigmoid centred at 0.",
    expr="tanh(x)",
    derivative="1 - tanh(x)**2",
    second="-2*tanh(x)*(1 - tanh(x)**2)",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("tanh(x) = 2*sigmoid(2*x) - 1",),
    aliases=("hyperbolic tangent",),
    frameworks={
        "PyTorch": "torch.tanh(x)",
        "JAX": "jax.nn.tanh(x)",
        "Keras": "keras.ops.tanh(x)",
    },
    tutorial=Tutorial(
        f="(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", d="1 - np.tanh(x) ** 2"
    ),
    example="""\
x = np.array([-20.0, 0.0, 20.0])
print(tanh(x))
print(d_tanh(x))
assert d_tanh(0.0) == 1.0
assert d_tanh(20.0) > 0.0  # 1 - tanh(x)**2 would be exactly 0
""",
    cite=("lecun1998",),
    claims={
        "from -1 to 1": "f.inf, f.sup",
        "odd and increasing": "f",
        "between -1 and 1": "f.inf, f.sup",
        "centred at 0": "f.zeros",
    },
)
