"""Exponential units: a line to the right, an exponential that levels off to the left."""

import numpy as np

from derivref.activations import FAMILY
from derivref.activations.gated import d2_silu, d_silu, silu
from derivref.activations.logistic import d_sigmoid, d_tanh, sigmoid
from derivref.kernels import from_zero, logistic_density, scaled
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

# As published, to 16 digits, and its product with alpha.
SELU_SCALE, SELU_LEFT = 1.0507009873554805, 1.7580993408473768

add = FAMILY.add


def elu(x, alpha=1.0):
    """The identity to the right, an exponential to the left that levels off at -alpha."""
    # exp(x) - 1 has no digit left near 0. minimum(0, x): at 0 its slope goes to x.
    return np.maximum(x, 0.0) + alpha * np.expm1(np.minimum(0.0, x))


def d_elu(x, alpha=1.0):
    """An exponential to the left, 1 to the right, alpha at 0."""
    # f + alpha, as often written, is exactly 0 from -37.
    left = alpha * np.exp(np.minimum(x, 0.0))
    return np.heaviside(x, 0.0) + left * np.heaviside(-x, 1.0)


def d2_elu(x, alpha=1.0):
    """The exponential again to the left, 0 to the right and at 0."""
    return alpha * np.exp(np.minimum(x, 0.0)) * np.heaviside(-x, 0.0)


add(
    elu,
    d_elu,
    d2_elu,
    title="ELU",
    use="Replaces ReLU where negative outputs should pull the mean of a layer towards 0.",
    expr="Piecewise((alpha*(exp(x) - 1), x < 0), (x, True))",
    derivative="Piecewise((alpha*exp(x), x < 0), (1, x > 0))",
    second="Piecewise((alpha*exp(x), x < 0), (0, x > 0))",
    takes={"alpha": Parameter(says="minus the level to the left", low=0.0)},
    limits=Limits(f=("-alpha", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="alpha",
            smooth={"alpha": 1.0},
            why="The slope is alpha on the left and 1 on the right; PyTorch and JAX return the "
            "left one, as here.",
        ),
    ),
    cases=(Case(parameters={"alpha": 0.5}), Case(parameters={"alpha": 2.0})),
    relations=("elu(x) = relu(x) - relu(-expm1(x))",),
    aliases=("exponential linear unit",),
    frameworks={
        "PyTorch": "torch.nn.functional.elu(x, alpha=1.0)",
        "JAX": "jax.nn.elu(x, alpha=1.0)",
        "Keras": "keras.activations.elu(x, alpha=1.0)",
        "TensorFlow": "tf.nn.elu(x)",
        "ONNX": "Elu, alpha = 1.0",
    },
    tutorial=Tutorial(
        f="np.where(x > 0, x, alpha * (np.exp(x) - 1))",
        d="np.where(x > 0, 1.0, alpha * (np.exp(x) - 1) + alpha)",
    ),
    plain="""\
import numpy as np

def elu(x, alpha=1.0):
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))

def d_elu(x, alpha=1.0):
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))

def d2_elu(x, alpha=1.0):
    return alpha * np.exp(np.minimum(x, 0)) * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-40.0, 0.0, 2.0])
print(elu(x))
print(d_elu(x))
assert d_elu(-40.0) > 0.0  # f + alpha would be exactly 0
""",
    cite=("clevert2015",),
)


def selu(x):
    """ELU with constants that keep mean 0 and variance 1 from layer to layer."""
    return SELU_SCALE * np.maximum(x, 0.0) + SELU_LEFT * np.expm1(np.minimum(0.0, x))


def d_selu(x):
    """An exponential to the left, the constant 1.0507 to the right."""
    left = SELU_LEFT * np.exp(np.minimum(x, 0.0)) * np.heaviside(-x, 1.0)
    return SELU_SCALE * np.heaviside(x, 0.0) + left


def d2_selu(x):
    """An exponential to the left, 0 to the right and at 0."""
    return SELU_LEFT * np.exp(np.minimum(x, 0.0)) * np.heaviside(-x, 0.0)


add(
    selu,
    d_selu,
    d2_selu,
    title="SELU",
    use="Self-normalising networks: layers without batch normalisation whose outputs keep mean 0 "
    "and variance 1.",
    expr="s*Piecewise((alpha*(exp(x) - 1), x < 0), (x, True))",
    derivative="Piecewise((s*alpha*exp(x), x < 0), (s, x > 0))",
    second="Piecewise((s*alpha*exp(x), x < 0), (0, x > 0))",
    where={"s": "10507009873554805/10**16", "alpha": "16732632423543772/10**16"},
    limits=Limits(f=(-SELU_LEFT, np.inf), d=(0, SELU_SCALE), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=SELU_LEFT,
            why="The slope is 1.758 on the left and 1.051 on the right; PyTorch and JAX return "
            "the left one, as here.",
        ),
    ),
    aliases=("scaled exponential linear unit",),
    frameworks={
        "PyTorch": "torch.nn.functional.selu(x)",
        "JAX": "jax.nn.selu(x)",
        "Keras": "keras.activations.selu(x)",
        "TensorFlow": "tf.nn.selu(x)",
        "ONNX": "Selu, alpha = 1.6732632, gamma = 1.0507010",
    },
    tutorial=Tutorial(
        f="1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1))",
        d="1.0507009873554805 * np.where(x > 0, 1.0, 1.6732632423543772 * np.exp(x))",
    ),
    plain="""\
import numpy as np

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772

def selu(x):
    left = ALPHA * np.expm1(np.minimum(x, 0))
    return SCALE * (np.maximum(x, 0) + left)

def d_selu(x):
    left = ALPHA * np.exp(np.minimum(x, 0))
    return SCALE * np.where(x > 0, 1.0, left)

def d2_selu(x):
    left = ALPHA * np.exp(np.minimum(x, 0))
    return SCALE * left * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(selu(x))
print(d_selu(x))
assert d_selu(2.0) > 1.0
""",
    cite=("klambauer2017",),
)


def celu(x, alpha=1.0):
    """ELU stretched to the left so that the slope at 0 is 1 for every alpha."""
    # Clipped, because the quotient may overflow.
    return np.maximum(x, 0.0) + alpha * np.expm1(
        np.minimum(0.0, np.maximum(x, -800.0 * alpha)) / alpha
    )


def d_celu(x, alpha=1.0):
    """An exponential to the left, 1 to the right: no jump at 0."""
    return np.exp(np.clip(x, -800.0 * alpha, 0.0) / alpha)


def d2_celu(x, alpha=1.0):
    """An exponential to the left, 0 to the right and at 0."""
    y = np.clip(x, -800.0 * alpha, 0.0)
    return np.exp(y / alpha) / alpha * np.heaviside(-x, 0.0)


add(
    celu,
    d_celu,
    d2_celu,
    title="CELU",
    use="ELU with another level to the left and still no kink.",
    expr="Piecewise((alpha*(exp(x/alpha) - 1), x < 0), (x, True))",
    derivative="Piecewise((exp(x/alpha), x < 0), (1, True))",
    second="Piecewise((exp(x/alpha)/alpha, x < 0), (0, x > 0))",
    takes={"alpha": Parameter(says="minus the level to the left", low=0.0)},
    limits=Limits(f=("-alpha", np.inf), d=(0, 1), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 0.5}), Case(parameters={"alpha": 2.0})),
    relations=("celu(x) = elu(x)",),
    aliases=("continuously differentiable exponential linear unit",),
    frameworks={
        "PyTorch": "torch.nn.functional.celu(x, alpha=1.0)",
        "JAX": "jax.nn.celu(x, alpha=1.0)",
        "Keras": "keras.activations.celu(x, alpha=1.0)",
        "ONNX": "Celu, alpha = 1.0",
    },
    tutorial=Tutorial(
        f="np.where(x > 0, x, alpha * (np.exp(x / alpha) - 1))",
        d="np.where(x > 0, 1.0, np.exp(x / alpha))",
    ),
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(celu(x, alpha=0.5))
print(d_celu(x, alpha=0.5))
assert d_celu(0.0, alpha=0.5) == 1.0
""",
    cite=("kunc2024",),
)


def pelu(x, a=1.0, b=1.0):
    """ELU with a learnt level a and a learnt width b, both positive."""
    y = np.minimum(0.0, np.maximum(x, -800.0 * b))
    return a / b * np.maximum(x, 0.0) + a * np.expm1(y / b)


def d_pelu(x, a=1.0, b=1.0):
    """Equal to a/b at 0 and to the right, an exponential to the left."""
    return a / b * np.exp(np.clip(x, -800.0 * b, 0.0) / b)


def d2_pelu(x, a=1.0, b=1.0):
    """An exponential to the left, 0 to the right and at 0."""
    return a / b**2 * np.exp(np.clip(x, -800.0 * b, 0.0) / b) * np.heaviside(-x, 0.0)


add(
    pelu,
    d_pelu,
    d2_pelu,
    title="PELU",
    use="ELU whose level and width are learnt with the weights.",
    expr="Piecewise((a*(exp(x/b) - 1), x < 0), (a/b*x, True))",
    derivative="Piecewise((a/b*exp(x/b), x < 0), (a/b, True))",
    second="Piecewise((a/b**2*exp(x/b), x < 0), (0, x > 0))",
    takes={
        "a": Parameter(says="minus the level to the left", low=0.0),
        "b": Parameter(says="the width of the exponential", low=0.0),
    },
    limits=Limits(f=("-a", np.inf), d=(0, "a/b"), d2=(0, 0)),
    cases=(Case(parameters={"a": 0.5, "b": 2.0}),),
    relations=("pelu(x) = elu(x)",),
    aliases=("parametric exponential linear unit", "parametric ELU"),
    tutorial=Tutorial(
        f="np.where(x > 0, a / b * x, a * (np.exp(x / b) - 1))",
        d="np.where(x > 0, a / b, a / b * np.exp(x / b))",
    ),
    plain="""\
import numpy as np

def pelu(x, a=1.0, b=1.0):
    left = a * np.expm1(np.minimum(x, 0) / b)
    return np.where(x > 0, a / b * x, left)

def d_pelu(x, a=1.0, b=1.0):
    return a / b * np.exp(np.minimum(x, 0) / b)

def d2_pelu(x, a=1.0, b=1.0):
    left = a / b**2 * np.exp(np.minimum(x, 0) / b)
    return left * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(pelu(x, a=0.5, b=2.0))
print(d_pelu(x, a=0.5, b=2.0))
assert d_pelu(0.0, a=0.5, b=2.0) == 0.25
""",
    cite=("kunc2024",),
)


def pdelu(x, alpha=1.0, t=0.75):
    """ELU with a deformed exponential, a power that reaches its level at a finite x."""
    q = 1.0 - t
    u = np.maximum(q * np.minimum(0.0, x), -1.0)
    # The power minus 1 has no digit left near 0, and log1p(-1) warns.
    near = np.expm1(np.log1p(np.maximum(u, -0.5)) / q)
    left = np.where(u < -0.5, np.power(1.0 + u, 1.0 / q) - 1.0, near)
    return np.maximum(x, 0.0) + alpha * left


def d_pdelu(x, alpha=1.0, t=0.75):
    """A power to the left, 1 to the right, 0 left of -1/(1 - t)."""
    q = 1.0 - t
    u = np.maximum(q * np.minimum(x, 0.0), -1.0)
    left = alpha * np.power(1.0 + u, 1.0 / q - 1.0)
    return np.heaviside(x, 0.0) + left * np.heaviside(-x, 1.0)


def d2_pdelu(x, alpha=1.0, t=0.75):
    """A power to the left, 0 to the right and left of -1/(1 - t)."""
    q = 1.0 - t
    u = np.maximum(q * np.minimum(x, 0.0), -1.0)
    return alpha * t * np.power(1.0 + u, 1.0 / q - 2.0) * np.heaviside(-x, 0.0)


add(
    pdelu,
    d_pdelu,
    d2_pdelu,
    title="PDELU",
    use="ELU with a learnt level and a deformation t, to shift the mean of a layer towards 0.",
    expr="Piecewise((-alpha, x < -1/(1 - t)), "
    "(alpha*((1 + (1 - t)*x)**(1/(1 - t)) - 1), x < 0), (x, True))",
    derivative="Piecewise((0, x < -1/(1 - t)), "
    "(alpha*(1 + (1 - t)*x)**(t/(1 - t)), x < 0), (1, x > 0))",
    takes={
        "alpha": Parameter(says="minus the level to the left", low=0.0),
        "t": Parameter(says="the deformation; ELU is its limit at 1", low=0.5, high=1.0),
    },
    limits=Limits(f=("-alpha", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="alpha",
            smooth={"alpha": 1.0},
            why="The slope is alpha on the left and 1 on the right; the left one is returned.",
        ),
    ),
    cases=(Case(parameters={"alpha": 0.5, "t": 0.75}),),
    aliases=("parametric deformable exponential linear unit",),
    tutorial=Tutorial(
        f="np.where(x > 0, x, alpha * (np.maximum(1 + (1 - t) * x, 0) ** (1 / (1 - t)) - 1))",
        d="np.where(x > 0, 1.0, alpha * np.maximum(1 + (1 - t) * x, 0) ** (t / (1 - t)))",
    ),
    plain="""\
import numpy as np
from scipy.special import xlog1py

def pdelu(x, alpha=1.0, t=0.75):
    u = np.maximum((1 - t) * np.minimum(x, 0), -1)
    left = alpha * np.expm1(xlog1py(1 / (1 - t), u))
    return np.maximum(x, 0) + left

def d_pdelu(x, alpha=1.0, t=0.75):
    u = np.maximum((1 - t) * np.minimum(x, 0), -1)
    return np.where(x > 0, 1.0, alpha * (1 + u) ** (t / (1 - t)))

def d2_pdelu(x, alpha=1.0, t=0.75):
    u = np.maximum((1 - t) * np.minimum(x, 0), -1)
    return alpha * t * (1 + u) ** (t / (1 - t) - 1) * (x < 0)
""",
    example="""\
x = np.array([-5.0, -2.0, 0.0, 2.0])
print(pdelu(x))
print(d_pdelu(x))
assert d_pdelu(-5.0) == 0.0  # flat left of -4
""",
    cite=("kunc2024",),
)


def exponential_unit(x):
    """The exponential as the last layer: positive, and its own slope."""
    return np.exp(x)


def d_exponential_unit(x):
    """The exponential itself."""
    return np.exp(x)


def d2_exponential_unit(x):
    """The exponential itself."""
    return np.exp(x)


add(
    exponential_unit,
    d_exponential_unit,
    d2_exponential_unit,
    title="Exponential activation",
    use="Predicts a positive number, such as a rate, from its logarithm; inside a network it "
    "overflows.",
    analytic=True,
    expr="exp(x)",
    derivative="exp(x)",
    second="exp(x)",
    limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
    relations=("exponential_unit(x) = exp(x)",),
    aliases=("exponential activation",),
    frameworks={"Keras": "keras.activations.exponential(x)"},
    tutorial=Tutorial(f="np.exp(x)", d="np.exp(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(exponential_unit(x))
print(d_exponential_unit(x))
assert d_exponential_unit(0.0) == 1.0
""",
)


def elish(x):
    """SiLU to the right, the sigmoid times an exponential minus 1 to the left."""
    y = np.minimum(0.0, x)
    e = np.exp(y)
    return silu(np.maximum(x, 0.0)) + np.expm1(y) * (e / (1.0 + e))


def d_elish(x):
    """Negative left of a minimum near -0.88, one half at 0, above 1 further right."""
    y = np.maximum(np.minimum(x, 0.0), -800.0)
    u = np.exp(y)
    # u*u + 2*u - 1 with its zero u = sqrt(2) - 1 taken out: the difference keeps its digits.
    t = np.expm1(from_zero(y, -0.8813735842704773, -2.7490657303107342e-09))
    left = logistic_density(y, 0.41421356237309503 * t * (u + 2.414213562373095))
    return np.where(x < 0.0, left, d_silu(np.maximum(x, 0.0)))


def d2_elish(x):
    """Negative far left, then positive up to the inflection of SiLU; it jumps at 0."""
    y = np.maximum(np.minimum(x, 0.0), -800.0)
    u = np.exp(y)
    # u**3 + 3*u*u + 5*u - 1, likewise.
    t = np.expm1(from_zero(y, -1.7175297737121582, -2.226608889157285e-08))
    rest = u * u + 3.179509024602917 * u + 5.570750563722641
    left = logistic_density(y, 0.17950902460291676 * t * rest / (1.0 + u))
    return np.where(x < 0.0, left, d2_silu(np.maximum(x, 0.0)))


add(
    elish,
    d_elish,
    d2_elish,
    title="ELiSH",
    use="A mixture of ELU and SiLU, found by a genetic search over combinations.",
    expr="Piecewise(((exp(x) - 1)/(1 + exp(-x)), x < 0), (x/(1 + exp(-x)), True))",
    form="Piecewise(((exp(x) - 1)*sigma(x), x < 0), (x*sigma(x), True))",
    derivative="Piecewise((sigma(x)*(exp(x) + (exp(x) - 1)*sigma(-x)), x < 0), "
    "(sigma(x)*(1 + x*sigma(-x)), True))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    aliases=("exponential linear sigmoid squashing",),
    tutorial=Tutorial(
        f="np.where(x < 0, (np.exp(x) - 1) / (1 + np.exp(-x)), x / (1 + np.exp(-x)))",
        d="np.where(x < 0, (np.exp(2 * x) * (np.exp(x) + 2) - np.exp(x)) / (np.exp(x) + 1) ** 2, "
        "(np.exp(x) * (x + np.exp(x) + 1)) / (np.exp(x) + 1) ** 2)",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def elish(x):
    return np.where(x < 0, np.expm1(np.minimum(x, 0)), x) * expit(x)

def d_elish(x):
    e, t = np.exp(np.minimum(x, 0)), np.tanh(x / 2)
    left = e * (t + (1 - t * t) / 2)
    return np.where(x < 0, left, expit(x) * (1 + x * expit(-x)))

def d2_elish(x):
    e, t = np.exp(np.minimum(x, 0)), np.tanh(x / 2)
    left = e * (t + (1 - t * t) * (1 - t / 2))
    return np.where(x < 0, left, expit(x) * expit(-x) * (2 - x * t))
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(elish(x))
print(d_elish(x))
assert d_elish(0.0) == 0.5
""",
    cite=("kunc2024",),
)


def hard_elish(x):
    """ELiSH with a clipped line for the sigmoid: 0 left of -1, the identity right of 1."""
    gate = np.clip(0.5 * (x + 1.0), 0.0, 1.0)
    return (np.maximum(x, 0.0) + np.expm1(np.minimum(0.0, x))) * gate


def d_hard_elish(x):
    """Negative between -1 and a minimum near -0.44, with jumps at -1 and at 1."""
    y = np.clip(x, -1.0, 0.0)
    # exp(y)*(y + 2) - 1 with its zero taken out
    t = from_zero(y, -0.4428544044494629, 3.447074307483672e-09)
    left = 0.5 * (np.expm1(t) + 0.6422007040598738 * t * np.exp(t))
    right = np.where(x < 1.0, np.maximum(x, 0.0) + 0.5, np.heaviside(x, 0.0))
    return np.where(x < 0.0, left * np.heaviside(x + 1.0, 0.0), right)


def d2_hard_elish(x):
    """Positive between the kinks, 0 outside; it jumps at 0 too."""
    y = np.clip(x, -1.0, 0.0)
    left = 0.5 * np.exp(y) * (y + 3.0) * np.heaviside(x + 1.0, 0.0)
    return np.where(x < 0.0, left, np.heaviside(1.0 - x, 0.0))


add(
    hard_elish,
    d_hard_elish,
    d2_hard_elish,
    title="Hard ELiSH",
    use="ELiSH where an exact sigmoid is too dear.",
    expr="Piecewise((0, x < -1), ((exp(x) - 1)*(x + 1)/2, x < 0), (x*(x + 1)/2, x < 1), (x, True))",
    derivative="Piecewise((0, x < -1), ((exp(x)*(x + 2) - 1)/2, x < 0), (x + 1/2, x < 1), "
    "(1, True))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=-1.0,
            slope=0.0,
            why="The slope is 0 on the left and -0.316 on the right; 0 is returned.",
        ),
        Kink(at=1.0, slope=1.0, why="The slope is 3/2 on the left and 1 on the right."),
    ),
    tutorial=Tutorial(
        f="np.where(x < 0, np.exp(x) - 1, x) * np.maximum(0, np.minimum(1, (x + 1) / 2))",
        d="np.where(x < -1, 0.0, np.where(x < 0, (np.exp(x) * (x + 2) - 1) / 2, "
        "np.where(x < 1, x + 0.5, 1.0)))",
    ),
    plain="""\
import numpy as np

def hard_elish(x):
    left = np.expm1(np.minimum(x, 0))
    return np.where(x < 0, left, x) * np.clip((x + 1) / 2, 0, 1)

def d_hard_elish(x):
    y, e = np.clip(x, -1, 1), np.exp(np.clip(x, -1, 0))
    left = (e * (y + 2) - 1) / 2 * np.heaviside(x + 1, 0.0)
    return np.where(x < 0, left, np.where(x < 1, y + 0.5, 1.0))

def d2_hard_elish(x):
    left = np.exp(np.clip(x, -1, 0)) * (np.clip(x, -1, 0) + 3) / 2
    return np.where(x < 0, left, 1.0) * (np.abs(x) < 1)
""",
    example="""\
x = np.array([-2.0, -0.5, 0.5, 2.0])
print(hard_elish(x))
print(d_hard_elish(x))
assert d_hard_elish(0.0) == 0.5
""",
    cite=("kunc2024",),
)


def xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    """A parabola to the right, an exponential with a line to the left, both learnt."""
    y, z = np.minimum(0.0, x), np.maximum(x, 0.0)
    left = alpha_n * np.expm1(y) + (beta - alpha_n) * y
    return z * (alpha_p * z + beta) + left


def d_xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    """A line to the right, beta at 0, an exponential to the left."""
    y = np.minimum(x, 0.0)
    return 2.0 * alpha_p * np.maximum(x, 0.0) + (alpha_n * np.expm1(y) + beta)


def d2_xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    """Constant to the right and at 0, an exponential to the left."""
    right = 2.0 * alpha_p * np.heaviside(x, 1.0)
    return right + alpha_n * np.exp(np.minimum(x, 0.0)) * np.heaviside(-x, 0.0)


add(
    xielu,
    d_xielu,
    d2_xielu,
    title="xIELU",
    use="Replaces SwiGLU or squared ReLU in language models: the integral of a trainable slope.",
    expr="Piecewise((alpha_n*(exp(x) - 1) - alpha_n*x + beta*x, x < 0), "
    "(alpha_p*x**2 + beta*x, True))",
    derivative="Piecewise((alpha_n*(exp(x) - 1) + beta, x < 0), (2*alpha_p*x + beta, True))",
    second="Piecewise((alpha_n*exp(x), x < 0), (2*alpha_p, True))",
    takes={
        "alpha_p": Parameter(says="the curvature to the right", low=0.0),
        "alpha_n": Parameter(says="the curvature to the left", low=0.0),
        "beta": Parameter(says="the slope at 0", low=0.0),
    },
    limits=Limits(
        f=("oo*(alpha_n - beta)", np.inf),
        d=("beta - alpha_n", np.inf),
        d2=(0, "2*alpha_p"),
    ),
    cases=(Case(parameters={"alpha_p": 0.25, "alpha_n": 2.0, "beta": 0.5}),),
    aliases=("expanded integral of the exponential linear unit",),
    tutorial=Tutorial(
        f="np.where(x > 0, alpha_p * x * x + beta * x, "
        "alpha_n * (np.exp(x) - 1) - alpha_n * x + beta * x)",
        d="np.where(x > 0, 2 * alpha_p * x + beta, alpha_n * (np.exp(x) - 1) + beta)",
    ),
    plain="""\
import numpy as np

def xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    m = np.minimum(x, 0)
    left = alpha_n * (np.expm1(m) - m)
    return np.where(x > 0, alpha_p * x * x, left) + beta * x

def d_xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    left = alpha_n * np.expm1(np.minimum(x, 0))
    return np.where(x > 0, 2 * alpha_p * x, left) + beta

def d2_xielu(x, alpha_p=0.8, alpha_n=0.8, beta=0.5):
    left = alpha_n * np.exp(np.minimum(x, 0))
    return np.where(x < 0, left, 2 * alpha_p)
""",
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(xielu(x))
print(d_xielu(x))
assert d_xielu(0.0) == 0.5
""",
    promise=200.0,  # the zeros of f and f', which move with the parameters, are differences
)


def isrlu(x, alpha=1.0):
    """The identity to the right, an inverse square root to the left that levels off."""
    w = float(1.0 / np.sqrt(alpha))
    # x / sqrt(1 + alpha * x * x) overflows, and is NaN at infinity.
    return np.maximum(x, 0.0) + w * np.sin(np.arctan2(np.minimum(0.0, x), w))


def d_isrlu(x, alpha=1.0):
    """The cube of an inverse square root to the left, 1 to the right: no jump."""
    w = float(1.0 / np.sqrt(alpha))
    return (w / np.hypot(w, np.minimum(x, 0.0))) ** 3


def d2_isrlu(x, alpha=1.0):
    """Positive to the left, 0 to the right: it is 0 at 0 from both sides."""
    w, y = float(1.0 / np.sqrt(alpha)), np.minimum(x, 0.0)
    cosine = w / np.hypot(w, y)
    return -3.0 / w * np.sin(np.arctan2(y, w)) * np.square(np.square(cosine))


add(
    isrlu,
    d_isrlu,
    d2_isrlu,
    title="ISRLU",
    use="ELU without an exponential: a reciprocal square root levels off instead.",
    expr="Piecewise((x/sqrt(1 + alpha*x**2), x < 0), (x, True))",
    derivative="Piecewise((1/((1 + alpha*x**2)*sqrt(1 + alpha*x**2)), x < 0), (1, True))",
    takes={"alpha": Parameter(says="how soon the left side levels off", low=0.0)},
    limits=Limits(f=("-1/sqrt(alpha)", np.inf), d=(0, 1), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 4.0}),),
    aliases=("inverse square root linear unit",),
    tutorial=Tutorial(
        f="np.where(x < 0, x / np.sqrt(1 + alpha * x**2), x)",
        d="np.where(x < 0, (1 / np.sqrt(1 + alpha * x**2)) ** 3, 1.0)",
    ),
    plain="""\
import numpy as np

def isrlu(x, alpha=1.0):
    m = np.minimum(x, 0)
    return np.maximum(x, 0) + m / np.hypot(1, np.sqrt(alpha) * m)

def d_isrlu(x, alpha=1.0):
    return (1 / np.hypot(1, np.sqrt(alpha) * np.minimum(x, 0))) ** 3

def d2_isrlu(x, alpha=1.0):
    m = np.minimum(x, 0)
    h = np.hypot(1, np.sqrt(alpha) * m)
    return -3 * alpha * (m / h) * (1 / h) ** 4
""",
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(isrlu(x))
print(d_isrlu(x))
assert d_isrlu(0.0) == 1.0
""",
    cite=("kunc2024",),
    promise=10.0,  # f'' has the fourth power of a rounded reciprocal
)


def sign_relu(x, alpha=1.0):
    """The identity to the right, softsign to the left."""
    y = np.maximum(np.minimum(0.0, x), -1e30)  # inf / inf is NaN
    return np.maximum(x, 0.0) + alpha * (y / (1.0 - y))


def d_sign_relu(x, alpha=1.0):
    """1 to the right, alpha at 0, falling to 0 to the left."""
    left = alpha * np.square(1.0 / (1.0 - np.minimum(x, 0.0)))
    return np.heaviside(x, 0.0) + left * np.heaviside(-x, 1.0)


def d2_sign_relu(x, alpha=1.0):
    """Positive to the left, 0 to the right and at 0."""
    return 2.0 * alpha * (1.0 / (1.0 - np.minimum(x, 0.0))) ** 3 * np.heaviside(-x, 0.0)


add(
    sign_relu,
    d_sign_relu,
    d2_sign_relu,
    title="SignReLU",
    use="ELU with a rational function in place of the exponential.",
    expr="Piecewise((alpha*x/(1 - x), x < 0), (x, True))",
    derivative="Piecewise((alpha/(1 - x)**2, x < 0), (1, x > 0))",
    takes={"alpha": Parameter(says="minus the level to the left", low=0.0)},
    limits=Limits(f=("-alpha", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="alpha",
            smooth={"alpha": 1.0},
            why="The slope is alpha on the left and 1 on the right; the left one is returned.",
        ),
    ),
    cases=(Case(parameters={"alpha": 0.5}),),
    aliases=("DLU",),
    tutorial=Tutorial(
        f="np.where(x < 0, alpha * x / (np.abs(x) + 1), x)",
        d="np.where(x < 0, alpha / (1 + np.abs(x)) ** 2, 1.0)",
    ),
    plain="""\
import numpy as np

def sign_relu(x, alpha=1.0):
    m = np.minimum(x, 0)
    return np.maximum(x, 0) + alpha * m / (1 - m)

def d_sign_relu(x, alpha=1.0):
    m = np.minimum(x, 0)
    return np.where(x > 0, 1.0, alpha * (1 / (1 - m)) ** 2)

def d2_sign_relu(x, alpha=1.0):
    m = np.minimum(x, 0)
    return 2 * alpha * (1 / (1 - m)) ** 3 * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-3.0, 0.0, 3.0])
print(sign_relu(x))
print(d_sign_relu(x))
assert sign_relu(-3.0) == -0.75
""",
    cite=("kunc2024",),
)


def ptelu(x, alpha=1.0, beta=1.0):
    """The identity to the right, a learnt tanh to the left."""
    y = np.minimum(0.0, np.maximum(x, -1000.0 / beta))
    return np.maximum(x, 0.0) + alpha * np.tanh(beta * y)


def d_ptelu(x, alpha=1.0, beta=1.0):
    """1 to the right, alpha*beta at 0, falling to 0 to the left."""
    z, rest = scaled(np.minimum(x, 0.0), beta)
    left = d_tanh(z) * (1.0 + 2.0 * rest) * (alpha * beta)
    return np.heaviside(x, 0.0) + left * np.heaviside(-x, 1.0)


def d2_ptelu(x, alpha=1.0, beta=1.0):
    """Positive to the left, 0 to the right."""
    z, rest = scaled(np.minimum(x, 0.0), beta)
    return -2.0 * np.tanh(z) * d_tanh(z) * (1.0 + 2.0 * rest) * (alpha * beta**2)


add(
    ptelu,
    d_ptelu,
    d2_ptelu,
    title="PTELU",
    use="ELU with a learnt tanh in place of the exponential.",
    expr="Piecewise((alpha*tanh(beta*x), x < 0), (x, True))",
    derivative="Piecewise((alpha*beta*(1 - tanh(beta*x)**2), x < 0), (1, x > 0))",
    takes={
        "alpha": Parameter(says="minus the level to the left", low=0.0),
        "beta": Parameter(says="how soon it is reached", low=0.0),
    },
    limits=Limits(f=("-alpha", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="alpha*beta",
            smooth={"alpha": 1.0, "beta": 1.0},
            why="The slope is alpha*beta on the left and 1 on the right.",
        ),
    ),
    cases=(Case(parameters={"alpha": 0.75, "beta": 1.5}),),
    aliases=("parametric tanh linear unit", "P-TELU"),
    tutorial=Tutorial(
        f="np.where(x < 0, alpha * np.tanh(beta * x), x)",
        d="np.where(x < 0, alpha * beta * (1 - np.tanh(beta * x) ** 2), 1.0)",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def ptelu(x, alpha=1.0, beta=1.0):
    return np.where(x < 0, alpha * np.tanh(beta * x), x)

def d_ptelu(x, alpha=1.0, beta=1.0):
    y = 2 * beta * np.minimum(x, 0)
    left = 4 * alpha * beta * expit(y) * expit(-y)
    return np.where(x > 0, 1.0, left)

def d2_ptelu(x, alpha=1.0, beta=1.0):
    y = 2 * beta * np.minimum(x, 0)
    left = 8 * alpha * beta**2 * expit(y) * expit(-y)
    return -left * np.tanh(y / 2)
""",
    example="""\
x = np.array([-3.0, 0.0, 3.0])
print(ptelu(x))
print(d_ptelu(x))
assert d_ptelu(0.0) == 1.0
""",
    cite=("kunc2024",),
)


def softplus_linear(x):
    """The identity to the right, a shifted softplus to the left: joined smoothly."""
    # 2*softplus(x) - 2*ln(2) has no digit left near 0.
    return np.maximum(x, 0.0) + 2.0 * np.log1p(0.5 * np.expm1(np.minimum(0.0, x)))


def d_softplus_linear(x):
    """Twice the sigmoid to the left, 1 to the right."""
    return 2.0 * sigmoid(np.minimum(x, 0.0))


def d2_softplus_linear(x):
    """Twice the slope of the sigmoid to the left, 0 to the right."""
    return 2.0 * d_sigmoid(np.minimum(x, 0.0)) * np.heaviside(-x, 0.0)


add(
    softplus_linear,
    d_softplus_linear,
    d2_softplus_linear,
    title="SLU",
    use="ELU with a softplus in place of the exponential.",
    expr="Piecewise((2*log(1 + exp(x)) - 2*log(2), x < 0), (x, True))",
    derivative="Piecewise((2*sigma(x), x < 0), (1, True))",
    limits=Limits(f=(-1.3862943611198906, np.inf), d=(0, 1), d2=(0, 0)),
    aliases=("softplus linear unit",),
    tutorial=Tutorial(
        f="np.where(x < 0, 2 * np.log(np.exp(x) + 1) - 2 * np.log(2.0), x).astype(x.dtype)",
        d="np.where(x < 0, 2 / (1 + np.exp(-x)), 1.0)",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def softplus_linear(x):
    left = 2 * np.log1p(np.expm1(np.minimum(x, 0)) / 2)
    return np.where(x < 0, left, x)

def d_softplus_linear(x):
    return 2 * expit(np.minimum(x, 0))

def d2_softplus_linear(x):
    return 2 * expit(x) * expit(-x) * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-3.0, 0.0, 3.0])
print(softplus_linear(x))
print(d_softplus_linear(x))
assert d_softplus_linear(0.0) == 1.0
""",
    cite=("kunc2024",),
)
