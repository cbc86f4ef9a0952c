"""Activation functions with their first and second derivatives."""

import numpy as np
from scipy.special import expit

from derivref.record import Family, Limits, Tutorial

FAMILY = Family("activations", "Activation functions")
add = FAMILY.add


def softplus(x):
    """Smooth ReLU: strictly positive, convex, and equal to ReLU far from zero."""
    return np.logaddexp(0.0, x)  # log(1 + exp(x)) overflows above x = 709


def d_softplus(x):
    """The logistic sigmoid."""
    return expit(x)


def d2_softplus(x):
    """The slope of the logistic sigmoid."""
    return expit(x) * expit(-x)  # s * (1 - s) is 0 from x = 37


add(
    softplus,
    d_softplus,
    d2_softplus,
    title="Softplus",
    use="Keeps a predicted scale or variance positive, and stands in for ReLU where a slope that "
    "never jumps is wanted.",
    expr="log(1 + exp(x))",
    derivative="sigma(x)",
    second="sigma(x)*sigma(-x)",
    relations=("softplus(x) - softplus(-x) = x",),
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
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
