"""An exponential within an exponential, and sigmoids of two exponentials."""

import numpy as np

from derivref.activations import FAMILY
from derivref.activations.logistic import sigmoid
from derivref.kernels import logistic_density, scaled
from derivref.records import Case, Limits, Parameter, Tutorial

add = FAMILY.add


def log_log(x):
    """From 0 to 1, and 1/e at 0: it leaves 0 abruptly and nears 1 slowly."""
    return np.exp(-np.exp(-np.maximum(x, -10.0)))  # exp(-x) overflows; at -10 this is 0 already


def d_log_log(x):
    """The Gumbel density: positive, at most 1/e, with a long tail to the right."""
    e = np.exp(-np.clip(x, -10.0, 800.0))
    h = np.exp(-0.5 * e)  # e * exp(-e) would lose what the factor lifts out of the subnormals
    return h * (h * e)


def d2_log_log(x):
    """Positive below 0, negative above."""
    y = np.clip(x, -10.0, 800.0)
    e = np.exp(-y)
    h = np.exp(-0.5 * e)
    return h * (h * e * np.expm1(-y))


add(
    log_log,
    d_log_log,
    d2_log_log,
    title="Log-log",
    use="A probability that stays near 0, then rises: the distribution function of the largest "
    "of many values (Gumbel).",
    expr="exp(-exp(-x))",
    derivative="exp(-x - exp(-x))",
    second="(exp(-x) - 1)*exp(-x - exp(-x))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("log_log(x) = 1 - complementary_log_log(-x)",),
    aliases=("Gumbel distribution function", "loglog activation"),
    tutorial=Tutorial(f="np.exp(-np.exp(-x))", d="np.exp(-x) * np.exp(-np.exp(-x))"),
    plain="""\
import numpy as np

def log_log(x):
    return np.exp(-np.exp(-np.maximum(x, -10)))

def d_log_log(x):
    e = np.exp(-np.clip(x, -10, 800))  # inf * 0 is NaN
    return e * np.exp(-e)

def d2_log_log(x):
    return np.expm1(-np.clip(x, -10, 800)) * d_log_log(x)
""",
    example="""\
x = np.array([-3.0, 0.0, 3.0])
print(log_log(x))
print(d_log_log(x))
assert abs(d_log_log(0.0) - log_log(0.0)) < 1e-15  # both are 1/e
""",
    # Near -6.6 the inner exponential is 700: its rounding counts as often in the outer one.
    promise=1000.0,
)


def complementary_log_log(x):
    """From 0 to 1: it leaves 0 slowly, like exp(x), and nears 1 abruptly."""
    return -np.expm1(-np.exp(np.minimum(x, 10.0)))  # 1 - exp(-exp(x)) has no digit from -37


def d_complementary_log_log(x):
    """Positive, at most 1/e, with a long tail to the left."""
    e = np.exp(np.clip(x, -800.0, 10.0))
    h = np.exp(-0.5 * e)
    return h * (h * e)


def d2_complementary_log_log(x):
    """Positive below 0, negative above."""
    y = np.clip(x, -800.0, 10.0)
    e = np.exp(y)
    h = np.exp(-0.5 * e)
    return -h * (h * e * np.expm1(y))


add(
    complementary_log_log,
    d_complementary_log_log,
    d2_complementary_log_log,
    title="Complementary log-log",
    use="The probability of at least one event, from the logarithm of the expected number.",
    expr="1 - exp(-exp(x))",
    derivative="exp(x - exp(x))",
    second="(1 - exp(x))*exp(x - exp(x))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("complementary_log_log(x) = 1 - log_log(-x)",),
    aliases=("cloglog", "inverse complementary log-log link"),
    tutorial=Tutorial(f="1 - np.exp(-np.exp(x))", d="np.exp(x) * np.exp(-np.exp(x))"),
    plain="""\
import numpy as np

def complementary_log_log(x):
    return -np.expm1(-np.exp(np.minimum(x, 10)))

def d_complementary_log_log(x):
    e = np.exp(np.clip(x, -800, 10))  # inf * 0 is NaN
    return e * np.exp(-e)

def d2_complementary_log_log(x):
    w = -np.expm1(np.clip(x, -800, 10))
    return w * d_complementary_log_log(x)
""",
    example="""\
x = np.array([-40.0, 0.0, 3.0])
print(complementary_log_log(x))
print(d_complementary_log_log(x))
assert complementary_log_log(-40.0) > 0.0  # 1 - exp(-exp(x)) would be exactly 0
""",
    promise=1000.0,  # as for log-log, near 6.6
)


def soft_clipping(x, alpha=4.0):
    """From 0 to 1, close to the identity between them; alpha sets how sharp the corners are."""
    # Two softplus cancel on both sides: below 1/2 a log1p, above it 1 minus the mirror image.
    y = np.where(x <= 0.5, x, 1.0 - x)
    z, rest = scaled(y, alpha)
    part = -float(np.expm1(-alpha)) * sigmoid(alpha * (1.0 - np.maximum(y, -1e30)))
    left = np.log1p(part * (np.exp(np.minimum(z, 0.0)) * (1.0 + rest)))
    z = np.where(y < 0.0, 0.0, z)
    right = z + np.log(np.exp(-z) + part)
    low = np.where(y < 0.0, left, right) / alpha
    return np.where(x <= 0.5, low, 1.0 - low)


def d_soft_clipping(x, alpha=4.0):
    """Even about 1/2, positive, below 1."""
    y = np.where(x <= 0.5, x, 1.0 - x)
    z, rest = scaled(y, alpha)
    near = sigmoid(alpha * (1.0 - np.maximum(y, -1e30)))
    return -float(np.expm1(-alpha)) * near * (sigmoid(z) * (1.0 + rest * sigmoid(-z)))


def d2_soft_clipping(x, alpha=4.0):
    """Positive below 1/2, negative above."""
    y = np.where(x <= 0.5, x, 1.0 - x)
    z, rest = scaled(y, alpha)
    w = alpha * (1.0 - np.maximum(y, -1e30))
    fall = np.expm1(-alpha * (2.0 * np.fabs(np.clip(x, -1e30, 1e30) - 0.5)))
    side = alpha * float(np.expm1(-alpha)) * fall * np.square(sigmoid(w))
    return (1.0 - 2.0 * np.heaviside(x - 0.5, 0.5)) * logistic_density(
        z, side * (1.0 - rest * np.tanh(0.5 * z))
    )


add(
    soft_clipping,
    d_soft_clipping,
    d2_soft_clipping,
    title="Soft clipping",
    use="Outputs that must lie between 0 and 1 and should be proportional to the input there.",
    expr="log(1 + (1 - exp(-alpha))/(exp(-alpha*x) + exp(-alpha)))/alpha",
    derivative="(1 - exp(-alpha))*sigma(alpha*x)/(1 + exp(-alpha)*exp(alpha*x))",
    takes={"alpha": Parameter(says="how sharp the two corners are", low=0.0)},
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 1.0}), Case(parameters={"alpha": 10.0})),
    aliases=("softclip",),
    related=("hard_sigmoid", "softplus_beta"),
    tutorial=Tutorial(
        f="np.log((1 + np.exp(alpha * x)) / (1 + np.exp(alpha * (x - 1)))) / alpha",
        d="1 / (1 + np.exp(-alpha * x)) - 1 / (1 + np.exp(-alpha * (x - 1)))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def soft_clipping(x, alpha=4.0):
    y = alpha * np.minimum(x, 1 - x)
    low = np.logaddexp(0, y) - np.logaddexp(0, y - alpha)
    return np.where(x < 0.5, low / alpha, 1 - low / alpha)

def d_soft_clipping(x, alpha=4.0):
    c = -np.expm1(-alpha)
    return c * expit(alpha * x) * expit(alpha * (1 - x))

def d2_soft_clipping(x, alpha=4.0):
    w = expit(-alpha * x) - expit(-alpha * (1 - x))
    return alpha * w * d_soft_clipping(x, alpha)
""",
    example="""\
x = np.array([-2.0, 0.5, 3.0])
print(soft_clipping(x))
print(d_soft_clipping(x))
assert abs(soft_clipping(0.5) - 0.5) < 1e-15
""",
    promise=32.0,
)
