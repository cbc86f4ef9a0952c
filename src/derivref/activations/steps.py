"""Lines, steps and powers: the simplest, and what they cannot do."""

import numpy as np

from derivref.activations import FAMILY
from derivref.records import Limits, Tutorial

add = FAMILY.add


def identity(x):
    """Passes its input on: no activation at all, with slope 1."""
    return 1.0 * x


def d_identity(x):
    """The constant 1."""
    return 1.0 + 0.0 * np.heaviside(x, 0.0)  # NaN stays NaN; 0.0 * x is NaN at infinity


def d2_identity(x):
    """The constant 0."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    identity,
    d_identity,
    d2_identity,
    title="Identity",
    use="The output layer of a regression, and the place where a framework asks for an activation "
    "and none is wanted.",
    expr="x",
    derivative="1",
    second="0",
    limits=Limits(f=(-np.inf, np.inf), d=(1, 1), d2=(0, 0)),
    aliases=("linear activation", "linear"),
    frameworks={
        "PyTorch": "torch.nn.Identity()(x)",
        "JAX": "jax.nn.identity(x)",
        "Keras": "keras.activations.linear(x)",
        "TensorFlow": "tf.identity(x)",
        "ONNX": "Identity",
    },
    tutorial=Tutorial(f="x", d="np.ones_like(x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(identity(x))
print(d_identity(x))
assert d_identity(7.0) == 1.0
""",
)


def binary_step(x):
    """0 for negative input, 1 otherwise: a jump at 0, and slope 0 everywhere else."""
    return np.heaviside(x, 1.0)


def d_binary_step(x):
    """The constant 0, away from the jump; 0 is returned there too."""
    return 0.0 * np.heaviside(x, 0.0)


def d2_binary_step(x):
    """The constant 0."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    binary_step,
    d_binary_step,
    d2_binary_step,
    title="Binary step",
    use="The unit of the perceptron. Gradient descent cannot train through it: its slope is 0.",
    expr="Piecewise((0, x < 0), (1, True))",
    derivative="Piecewise((0, x < 0), (0, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("2*binary_step(x) - 1 = bipolar_step(x)",),
    aliases=("Heaviside step", "unit step", "threshold unit"),
    frameworks={
        "PyTorch": "torch.heaviside(x, torch.ones(()))",
        "JAX": "jax.numpy.heaviside(x, 1.0)",
    },
    tutorial=Tutorial(f="np.where(x < 0, 0.0, 1.0)", d="np.zeros_like(x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(binary_step(x))
print(d_binary_step(x))
assert binary_step(0.0) == 1.0
""",
)


def bipolar_step(x):
    """-1 for negative input, 1 otherwise: a jump at 0, and slope 0 everywhere else."""
    return 2.0 * np.heaviside(x, 1.0) - 1.0


def d_bipolar_step(x):
    """The constant 0, away from the jump; 0 is returned there too."""
    return 0.0 * np.heaviside(x, 0.0)


def d2_bipolar_step(x):
    """The constant 0."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    bipolar_step,
    d_bipolar_step,
    d2_bipolar_step,
    title="Bipolar step",
    use="The unit of Hopfield networks and of networks with binary weights, whose gradient is that "
    "of something else.",
    expr="Piecewise((-1, x < 0), (1, True))",
    derivative="Piecewise((0, x < 0), (0, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    aliases=("sign activation",),
    frameworks={"PyTorch": "torch.sign(x)", "JAX": "jax.numpy.sign(x)", "ONNX": "Sign"},
    tutorial=Tutorial(f="np.where(x < 0, -1.0, 1.0)", d="np.zeros_like(x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(bipolar_step(x))
print(d_bipolar_step(x))
assert bipolar_step(0.0) == 1.0  # np.sign(0) is 0
""",
)


def quadratic(x):
    """The square: even, with a slope that grows without bound."""
    return np.square(x)


def d_quadratic(x):
    """Twice x."""
    return 2.0 * x


def d2_quadratic(x):
    """The constant 2."""
    return 2.0 + 0.0 * np.heaviside(x, 0.0)


add(
    quadratic,
    d_quadratic,
    d2_quadratic,
    title="Square activation",
    use="Networks over encrypted numbers, where only sums and products can be computed.",
    analytic=False,
    expr="x**2",
    derivative="2*x",
    second="2",
    limits=Limits(f=(np.inf, np.inf), d=(-np.inf, np.inf), d2=(2, 2)),
    aliases=("quadratic activation", "square activation"),
    tutorial=Tutorial(f="x**2", d="2 * x"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(quadratic(x))
print(d_quadratic(x))
assert d_quadratic(3.0) == 6.0
""",
)


def cubic(x):
    """The cube: odd, flat at 0, with a slope that grows without bound."""
    return x * np.square(x)


def d_cubic(x):
    """Three times the square: 0 at 0."""
    return 3.0 * np.square(x)


def d2_cubic(x):
    """Six times x."""
    return 6.0 * x


add(
    cubic,
    d_cubic,
    d2_cubic,
    title="Cube activation",
    use="Neural dependency parsers, where a cube of a sum holds the products of three features.",
    expr="x**3",
    derivative="3*x**2",
    second="6*x",
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, np.inf), d2=(-np.inf, np.inf)),
    aliases=("cubic activation", "cube activation"),
    tutorial=Tutorial(f="x**3", d="3 * x**2"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(cubic(x))
print(d_cubic(x))
assert d_cubic(0.0) == 0.0
""",
)
