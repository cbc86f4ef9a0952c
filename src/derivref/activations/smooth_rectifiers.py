"""Smooth rectifiers: positive, convex, without a kink."""

import numpy as np
from scipy.special import log_expit

from derivref.activations import FAMILY
from derivref.activations.logistic import d_sigmoid, d_tanh, sigmoid
from derivref.kernels import logistic_density, scaled
from derivref.records import Case, Limits, Parameter, Tutorial

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
    plain="""\
import numpy as np
from scipy.special import expit

def softplus(x):
    return np.logaddexp(0, x)

def d_softplus(x):
    return expit(x)

def d2_softplus(x):
    return expit(x) * expit(-x)
""",
    tutorial=Tutorial(f="np.log(1 + np.exp(x))", d="1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 800.0])
print(softplus(x))
print(d_softplus(x))
assert d_softplus(0.0) == 0.5
""",
    cite=("dugas2000",),
    claims={
        "positive, convex": "f",
        "far from 0": "xs[np.argmax(f(xs) - relu(xs))]",
        "variance positive": "f",
    },
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
    plain="""\
import numpy as np
from scipy.special import expit

def log_sigmoid(x):
    return -np.logaddexp(0, -x)

def d_log_sigmoid(x):
    return expit(-x)

def d2_log_sigmoid(x):
    return -expit(x) * expit(-x)
""",
    tutorial=Tutorial(f="np.log(1 / (1 + np.exp(-x)))", d="1 - 1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 40.0])
print(log_sigmoid(x))
print(d_log_sigmoid(x))
assert log_sigmoid(40.0) < 0.0  # log(sigmoid(40)) would be exactly 0
""",
    cite=("blanchard2021",),
    claims={
        "negative": "f",
        "positive label": "chosen(positive=-f(3) < -f(-3))",
    },
)


def softplus_beta(x, beta=2.0):
    """Softplus with a sharpness: the larger beta, the closer to ReLU."""
    z, rest = scaled(x, beta)
    # Right of 0 it is x plus a small term, so that x may be of any size.
    left = -log_expit(-z) / beta * (1.0 + rest)
    return np.where(x < 0.0, left, np.maximum(x, -1.0) - log_expit(z) / beta)


def d_softplus_beta(x, beta=2.0):
    """The sigmoid of beta*x."""
    z, rest = scaled(x, beta)
    return sigmoid(z) * (1.0 + rest * sigmoid(-z))


def d2_softplus_beta(x, beta=2.0):
    """Product of beta and the slope of the sigmoid: at most beta/4."""
    z, rest = scaled(x, beta)
    return logistic_density(z, beta * (1.0 - rest * np.tanh(0.5 * z)))


add(
    softplus_beta,
    d_softplus_beta,
    d2_softplus_beta,
    title="Softplus with sharpness",
    use="Softplus where a parameter sets how closely it follows ReLU.",
    expr="log(1 + exp(beta*x))/beta",
    derivative="sigma(beta*x)",
    second="beta*sigma(beta*x)*sigma(-beta*x)",
    takes={"beta": Parameter(says="the sharpness", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    cases=(Case(parameters={"beta": 0.75}), Case(parameters={"beta": 50.0})),
    relations=("softplus_beta(x) = softplus(2*x)/2",),
    aliases=("parametric softplus",),
    frameworks={
        "PyTorch": "torch.nn.functional.softplus(x, beta=2.0, threshold=20.0)",
        "JAX": "jax.nn.softplus(2.0 * x) / 2.0",
    },
    tutorial=Tutorial(f="np.log(1 + np.exp(beta * x)) / beta", d="1 / (1 + np.exp(-beta * x))"),
    plain="""\
import numpy as np
from scipy.special import expit

def softplus_beta(x, beta=2.0):
    return np.logaddexp(0, beta * x) / beta

def d_softplus_beta(x, beta=2.0):
    return expit(beta * x)

def d2_softplus_beta(x, beta=2.0):
    return beta * expit(beta * x) * expit(-beta * x)
""",
    example="""\
x = np.array([-800.0, 0.0, 800.0])
print(softplus_beta(x))
print(d_softplus_beta(x))
assert d_softplus_beta(0.0) == 0.5
""",
    cite=("dugas2000",),
)


def squareplus(x, b=4.0):
    """Softplus from a square root: a hyperbola that approaches ReLU like 1/x."""
    r = float(np.sqrt(b))
    h = np.hypot(x, r)
    # x + h cancels for x < 0: there r*r/(h - x). Halves first, or the sum overflows.
    left = 0.5 * r * (0.5 * r / (0.5 * h + 0.5 * np.fabs(x)))
    return np.where(x < 0.0, left, 0.5 * np.maximum(x, -1.0) + 0.5 * h)


def d_squareplus(x, b=4.0):
    """From 0 to 1, 1/2 at 0, with tails like a power of x."""
    y = np.minimum(x, 1e30)  # inf / inf is NaN
    return squareplus(y, b) / np.hypot(y, float(np.sqrt(b)))


def d2_squareplus(x, b=4.0):
    """Even and positive: convex."""
    r = float(np.sqrt(b))
    return (r / np.hypot(x, r)) ** 3 * (0.5 / r)


add(
    squareplus,
    d_squareplus,
    d2_squareplus,
    title="Squareplus",
    use="A smooth ReLU without exponentials, cheap on hardware that has a square root.",
    expr="(x + sqrt(x**2 + b))/2",
    derivative="(1 + x/sqrt(x**2 + b))/2",
    second="b/(2*(x**2 + b)*sqrt(x**2 + b))",
    takes={"b": Parameter(says="how round the corner is; ReLU at 0", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    cases=(Case(parameters={"b": 1.0}),),
    relations=("squareplus(x) - squareplus(-x) = x",),
    frameworks={
        "JAX": "jax.nn.squareplus(x, b=4)",
        "Keras": "keras.activations.squareplus(x, b=4)",
    },
    tutorial=Tutorial(f="(x + np.sqrt(x**2 + b)) / 2", d="(1 + x / np.sqrt(x**2 + b)) / 2"),
    plain="""\
import numpy as np

def squareplus(x, b=4.0):
    r = np.hypot(x, np.sqrt(b))
    return np.maximum(x, 0) + b / (r + np.abs(x)) / 2

def d_squareplus(x, b=4.0):
    return squareplus(x, b) / np.hypot(x, np.sqrt(b))

def d2_squareplus(x, b=4.0):
    r = np.hypot(x, np.sqrt(b))
    return b / 2 / r / r / r
""",
    example="""\
x = np.array([-1e9, 0.0, 3.0])
print(squareplus(x))
print(d_squareplus(x))
assert squareplus(-1e9) > 0.0  # x + sqrt(x * x + b) would be exactly 0
""",
)


def sparse_plus(x):
    """A parabola between -1 and 1 that joins 0 to the identity without a kink."""
    return np.maximum(x - 1.0, 0.0) + np.square(0.5 * (np.clip(x, -1.0, 1.0) + 1.0))


def d_sparse_plus(x):
    """A line from 0 at -1 to 1 at 1: the sparse sigmoid."""
    return 0.5 * np.clip(x + 1.0, 0.0, 2.0)


def d2_sparse_plus(x):
    """1/2 between -1 and 1, 0 outside."""
    return 0.5 * (np.heaviside(x + 1.0, 1.0) * np.heaviside(1.0 - x, 0.0))


add(
    sparse_plus,
    d_sparse_plus,
    d2_sparse_plus,
    title="Sparse plus",
    use="The logistic loss of sparsemax: exactly 0 where a score is sure.",
    expr="Piecewise((0, x < -1), ((x + 1)**2/4, x < 1), (x, True))",
    derivative="Piecewise((0, x < -1), ((x + 1)/2, x < 1), (1, True))",
    second="Piecewise((0, x < -1), (1/2, x < 1), (0, True))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    relations=("sparse_plus(x) - sparse_plus(-x) = x",),
    aliases=("sparseplus",),
    frameworks={"JAX": "jax.nn.sparse_plus(x)", "Keras": "keras.activations.sparse_plus(x)"},
    tutorial=Tutorial(
        f="np.where(x <= -1, 0.0, np.where(x >= 1, x, (x + 1) ** 2 / 4))",
        d="np.clip((x + 1) / 2, 0, 1)",
    ),
    plain="""\
import numpy as np

def sparse_plus(x):
    return np.clip(x + 1, 0, 2) ** 2 / 4 + np.maximum(x - 1, 0)

def d_sparse_plus(x):
    return np.clip((x + 1) / 2, 0, 1)

def d2_sparse_plus(x):
    return np.heaviside(x + 1, 0.0) * np.heaviside(1 - x, 0.0) / 2
""",
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(sparse_plus(x))
print(d_sparse_plus(x))
assert sparse_plus(0.0) == 0.25
""",
)


def bent_identity(x):
    """The identity with a bend: slope 1/2 far to the left, 3/2 far to the right."""
    # As usually written the root minus 1 cancels near 0, and at -inf the sum is NaN.
    return x * (1.0 + 0.5 * np.tan(0.5 * np.arctan(x)))


def d_bent_identity(x):
    """From 1/2 to 3/2, 1 at 0."""
    return 1.0 + 0.5 * np.sin(np.arctan(x))  # x / sqrt(x * x + 1) is NaN at infinity


def d2_bent_identity(x):
    """Even and positive: convex."""
    return 0.5 * (1.0 / np.hypot(1.0, x)) ** 3


add(
    bent_identity,
    d_bent_identity,
    d2_bent_identity,
    title="Bent identity",
    use="A gentle nonlinearity whose slope never fades: between 1/2 and 3/2.",
    expr="(sqrt(x**2 + 1) - 1)/2 + x",
    derivative="x/(2*sqrt(x**2 + 1)) + 1",
    second="1/(2*(x**2 + 1)*sqrt(x**2 + 1))",
    limits=Limits(f=(-np.inf, np.inf), d=(0.5, 1.5), d2=(0, 0)),
    tutorial=Tutorial(f="(np.sqrt(x**2 + 1) - 1) / 2 + x", d="x / (2 * np.sqrt(x**2 + 1)) + 1"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(bent_identity(x))
print(d_bent_identity(x))
assert d_bent_identity(0.0) == 1.0
""",
    cite=("kunc2024",),
)


def log_cosh(x):
    """The logarithm of the hyperbolic cosine: a parabola near 0, a size far away."""
    # cosh overflows from 710, and log(cosh(x)) has no digit left below 1e-8.
    y, far = np.clip(x, -1.0, 1.0), np.fabs(x)
    near = np.log1p(2.0 * np.square(np.sinh(0.5 * y)))
    return np.where(
        far < 1.0,
        near,
        (far - 0.6931471805599453) + np.log1p(np.exp(-2.0 * np.minimum(far, 500.0))),
    )


def d_log_cosh(x):
    """The hyperbolic tangent."""
    return np.tanh(x)


def d2_log_cosh(x):
    """The slope of the hyperbolic tangent: positive, so the function is convex."""
    return d_tanh(x)


add(
    log_cosh,
    d_log_cosh,
    d2_log_cosh,
    title="Log-cosh",
    use="An even, convex activation, and a loss that forgives outliers.",
    expr="log(cosh(x))",
    derivative="tanh(x)",
    second="1 - tanh(x)**2",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    aliases=("logcosh",),
    tutorial=Tutorial(f="np.log(np.cosh(x))", d="np.tanh(x)"),
    plain="""\
import numpy as np
from scipy.special import expit

def log_cosh(x):
    y = np.clip(x, -20, 20)
    return np.log1p(2 * np.sinh(y / 2) ** 2) + np.abs(x - y)

def d_log_cosh(x):
    return np.tanh(x)

def d2_log_cosh(x):
    return 4 * expit(2 * x) * expit(-2 * x)
""",
    example="""\
x = np.array([1e-9, 1.0, 800.0])
print(log_cosh(x))
print(d_log_cosh(x))
assert log_cosh(1e-9) > 0.0  # log(cosh(x)) would be exactly 0
""",
    cite=("kunc2024",),
)
