"""Rectifiers: straight pieces with a kink."""

import numpy as np

from derivref.activations import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

add = FAMILY.add


def relu(x):
    """Passes what is positive and cuts the rest to 0, with a kink at 0."""
    return np.maximum(x, 0.0)


def d_relu(x):
    """The unit step: 0 below the kink, 1 above, and 0 chosen at it."""
    return np.heaviside(x, 0.0)  # np.where(x > 0, 1.0, 0.0) would turn NaN into 0


def d2_relu(x):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)  # 0.0 * x would be NaN at infinity


add(
    relu,
    d_relu,
    d2_relu,
    title="ReLU",
    use="The first choice in convolutional and fully connected networks: cheap, and flat on "
    "one side only.",
    expr="Piecewise((0, x < 0), (x, True))",
    form="Max(0, x)",
    derivative="Piecewise((0, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right, so there is no derivative; 0 is "
            "what the frameworks return.",
        ),
    ),
    relations=("relu(x) - relu(-x) = x", "relu(x) + relu(-x) = Abs(x)"),
    aliases=("rectifier", "rectified linear unit", "ramp"),
    frameworks={
        "PyTorch": "torch.relu(x)",
        "JAX": "jax.nn.relu(x)",
        "Keras": "keras.ops.relu(x)",
    },
    tutorial=Tutorial(f="np.maximum(0, x)", d="np.where(x > 0, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(relu(x))
print(d_relu(x))
assert d_relu(0.0) == 0.0  # the slope chosen at the kink
""",
    cite=("fukushima1969", "nair2010", "glorot2011"),
)


def leaky_relu(x, negative_slope=0.01):
    """ReLU with a small slope below 0, so that no unit stops learning for good."""
    # Not max(slope * x, x), which is wrong for slopes above 1.
    return np.maximum(x, 0.0) + negative_slope * np.minimum(0.0, x)


def d_leaky_relu(x, negative_slope=0.01):
    """The negative slope below the kink and at it, 1 above."""
    return np.heaviside(x, 0.0) + negative_slope * np.heaviside(-x, 1.0)


def d2_leaky_relu(x, negative_slope=0.01):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    leaky_relu,
    d_leaky_relu,
    d2_leaky_relu,
    title="Leaky ReLU",
    use="Replaces ReLU where units must not die, as in the discriminators of many generative "
    "adversarial networks.",
    expr="Piecewise((negative_slope*x, x < 0), (x, True))",
    derivative="Piecewise((negative_slope, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    takes={
        "negative_slope": Parameter(says="the slope for negative inputs", symbol="alpha"),
    },
    limits=Limits(f=("-oo*negative_slope", np.inf), d=("negative_slope", 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="negative_slope",
            why="The slope is that of the negative side on the left and 1 on the right; PyTorch "
            "returns the left one, as here, and JAX the right one.",
        ),
    ),
    relations=("leaky_relu(x) = relu(x) - relu(-x)/100",),
    cases=(
        Case(
            parameters={"negative_slope": 0.25},
        ),
        Case(
            parameters={"negative_slope": 1.5},
        ),
    ),
    aliases=("LReLU",),
    frameworks={
        "PyTorch": "torch.nn.functional.leaky_relu(x)",
        "JAX": "jax.nn.leaky_relu(x)",
        "Keras": "keras.ops.leaky_relu(x, negative_slope=0.01)",
    },
    tutorial=Tutorial(
        f="np.maximum(negative_slope * x, x)", d="np.where(x > 0, 1.0, negative_slope)"
    ),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(leaky_relu(x))
print(d_leaky_relu(x))
assert d_leaky_relu(-2.0, negative_slope=0.2) == 0.2
""",
    cite=("maas2013",),
)
