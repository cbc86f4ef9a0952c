"""Smooth rectifiers: positive, convex, without a kink."""

import numpy as np
from scipy.special import log_expit

from derivref.activations import FAMILY
from derivref.activations.logistic import d_sigmoid, sigmoid
from derivref.kernels import logistic_density
from derivref.records import Limits, Tutorial

add = FAMILY.add


def softplus(x):
    """Smooth ReLU: positive, convex, and close to ReLU far from 0."""
    # log(1 + exp(x)) overflows from 709.8; logaddexp(0, x) warns on NaN.
    return -log_expit(-x)


def d_softplus(x):
    """The logistic sigmoid."""
    return sigmoid(x)


def d2_softplus(x):
    """The slope of the logistic sigmoid."""
    return d_sigmoid(x)


add(
    softplus,
    d_softplus,
    d2_softplus,
    title="Softplus",
    use="Keeps a predicted scale or variance positive, and replaces ReLU where the slope must not "
    "jump.",
    expr="log(1 + exp(x))",
    derivative="sigma(x)",
    second="sigma(x)*sigma(-x)",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    relations=(
        "softplus(x) - softplus(-x) = x",
        "softplus(x) = -log(sigmoid(-x))",
        "softplus(x) = relu(x) + softplus(-Abs(x))",
    ),
    aliases=("smooth ReLU",),
    frameworks={
        "PyTorch": "torch.nn.functional.softplus(x)",
        "JAX": "jax.nn.softplus(x)",
        "Keras": "keras.ops.softplus(x)",
    },
    tutorial=Tutorial(f="np.log(1 + np.exp(x))", d="1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 800.0])
print(softplus(x))
print(d_softplus(x))
assert d_softplus(0.0) == 0.5
""",
    cite=("dugas2000",),
)


def log_sigmoid(x):
    """The logarithm of a probability, from its score: negative."""
    return log_expit(x)  # log(sigmoid(x)) is -inf from -746, 0 from 37


def d_log_sigmoid(x):
    """The sigmoid of -x."""
    return sigmoid(-x)


def d2_log_sigmoid(x):
    """Minus the slope of the sigmoid."""
    return -logistic_density(x)


add(
    log_sigmoid,
    d_log_sigmoid,
    d2_log_sigmoid,
    title="Log-sigmoid",
    use="Minus this function is the logistic loss of a positive label, from its score.",
    expr="-log(1 + exp(-x))",
    derivative="sigma(-x)",
    second="-sigma(x)*sigma(-x)",
    relations=("log_sigmoid(x) = -softplus(-x)", "log_sigmoid(x) - log_sigmoid(-x) = x"),
    limits=Limits(f=(-np.inf, 0), d=(1, 0), d2=(0, 0)),
    aliases=("logsigmoid", "log_expit"),
    frameworks={
        "PyTorch": "torch.nn.functional.logsigmoid(x)",
        "JAX": "jax.nn.log_sigmoid(x)",
        "Keras": "keras.ops.log_sigmoid(x)",
        "SciPy": "scipy.special.log_expit(x)",
    },
    tutorial=Tutorial(f="np.log(1 / (1 + np.exp(-x)))", d="1 - 1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 40.0])
print(log_sigmoid(x))
print(d_log_sigmoid(x))
assert log_sigmoid(40.0) < 0.0  # log(sigmoid(40)) would be exactly 0
""",
    cite=("blanchard2021",),
)
