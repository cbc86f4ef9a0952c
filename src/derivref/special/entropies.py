"""Logarithms of chances, entropies and divergences."""

import numpy as np
from scipy.special import entr
from scipy.special import logit as log_odds

from derivref.records import Limits, Tutorial
from derivref.special import FAMILY

INF = np.inf

add = FAMILY.add


def logit(x):
    """The logarithm of the odds of a chance."""
    near = 2.0 * np.arctanh(2.0 * np.clip(x, 0.25, 0.75) - 1.0)  # exact up to the arctanh
    return np.where(np.abs(x - 0.5) < 0.25, near, log_odds(x))


def d_logit(x):
    """The reciprocal of the variance of an event with that chance."""
    return np.divide(1.0, x) / np.subtract(1.0, x)


def d2_logit(x):
    """The square of the slope, times the difference of the chance and its complement."""
    return (2.0 * x - 1.0) / np.square(np.subtract(1.0, x)) / x / x


add(
    logit,
    d_logit,
    d2_logit,
    title="Logit",
    use="The link of logistic regression, and scores from probabilities.",
    expr="log(x/(1 - x))",
    derivative="1/(x*(1 - x))",
    second="(2*x - 1)/(x**2*(1 - x)**2)",
    domain=(0, 1),
    limits=Limits(f=(-INF, INF), d=(INF, INF), d2=(-INF, INF)),
    relations=("sigma(logit(x)) = x",),
    aliases=("log-odds", "inverse sigmoid"),
    tutorial=Tutorial(f="np.log(x / (1 - x))", d="1 / (x * (1 - x))"),
    example="""\
x = np.array([0.1, 0.5, 0.9])
print(logit(x).round(9))
print(d_logit(x))
assert d_logit(0.5) == 4.0
""",
)


def entropy_term(x):
    """Minus x times its logarithm."""
    return entr(x)


def d_entropy_term(x):
    """Minus the logarithm, less one."""
    return -1.0 - np.log(x)


def d2_entropy_term(x):
    """Minus the reciprocal."""
    return np.divide(-1.0, x)


add(
    entropy_term,
    d_entropy_term,
    d2_entropy_term,
    title="Entropy of one outcome",
    use="Entropy bonuses in reinforcement learning, and information in nats.",
    expr="-x*log(x)",
    derivative="-1 - log(x)",
    second="-1/x",
    domain=(0, INF),
    limits=Limits(f=(0, -INF), d=(INF, -INF), d2=(-INF, 0)),
    relations=("entropy_term(x) = x*log(1/x)",),
    aliases=("entr", "x log x"),
    tutorial=Tutorial(f="-x * np.log(x)", d="-1 - np.log(x)"),
    example="""\
x = np.array([0.1, 0.5, 1.0])
print(entropy_term(x))
print(d_entropy_term(x))
assert d_entropy_term(1.0) == -1.0
""",
)


def binary_entropy(x):
    """The entropy of an event with the chance x, in nats."""
    return entr(x) - np.subtract(1.0, x) * np.log1p(-x)


def d_binary_entropy(x):
    """Minus the logit."""
    return -logit(x)


def d2_binary_entropy(x):
    """Minus the reciprocal of the variance of the event."""
    return np.divide(-1.0, x) / np.subtract(1.0, x)


add(
    binary_entropy,
    d_binary_entropy,
    d2_binary_entropy,
    title="Binary entropy",
    use="Decision trees, channel capacity and active learning.",
    expr="-x*log(x) - (1 - x)*log(1 - x)",
    derivative="log((1 - x)/x)",
    second="-1/(x*(1 - x))",
    domain=(0, 1),
    limits=Limits(f=(0, 0), d=(INF, -INF), d2=(-INF, -INF)),
    relations=("binary_entropy(x) = binary_entropy(1 - x)",),
    aliases=("entropy of a coin",),
    tutorial=Tutorial(f="-x * np.log(x) - (1 - x) * np.log(1 - x)", d="np.log((1 - x) / x)"),
    plain="""
import numpy as np
from scipy.special import entr, logit

def binary_entropy(x):
    return entr(x) - (1 - x) * np.log1p(-x)

def d_binary_entropy(x):
    return -logit(x)

def d2_binary_entropy(x):
    return -1 / (x * (1 - x))
""",
    example="""\
x = np.array([0.1, 0.5, 0.9])
print(binary_entropy(x))
print(d_binary_entropy(x).round(9))
assert d_binary_entropy(0.5) == 0.0
""",
)


def log1mexp(x):
    """The logarithm of the complement of the chance exp(-x)."""
    near = np.log(-np.expm1(-np.minimum(x, 1.0)))
    return np.where(x < 0.7, near, np.log1p(-np.exp(-np.maximum(x, 0.1))))


def d_log1mexp(x):
    """The reciprocal of the exponential less one."""
    return np.exp(-x) / -np.expm1(-x)


def d2_log1mexp(x):
    """Minus the slope times one more than the slope."""
    e = np.exp(-0.5 * x) / np.expm1(-x)
    return -e * e


add(
    log1mexp,
    d_log1mexp,
    d2_log1mexp,
    title="Logarithm of one minus an exponential",
    use="The chance that an event does not happen, kept as a logarithm.",
    expr="log(1 - exp(-x))",
    derivative="1/(exp(x) - 1)",
    second="-exp(x)/(exp(x) - 1)**2",
    domain=(0, INF),
    limits=Limits(f=(-INF, 0), d=(INF, 0), d2=(-INF, 0)),
    relations=("exp(log1mexp(x)) = 1 - exp(-x)",),
    aliases=("log(1 - exp(-x))",),
    plain="""
import numpy as np

def log1mexp(x):
    return np.log(1 - np.exp(-x))

def d_log1mexp(x):
    return 1 / (np.exp(x) - 1)

def d2_log1mexp(x):
    return -np.exp(x) / (np.exp(x) - 1) ** 2
""",
    tutorial=Tutorial(f="np.log(1 - np.exp(-x))", d="1 / (np.exp(x) - 1)"),
    example="""\
x = np.array([0.01, 1.0, 20.0])
print(log1mexp(x))
print(d_log1mexp(x))
assert log1mexp(20.0) < 0.0  # the event is all but certain not to happen
""",
)
