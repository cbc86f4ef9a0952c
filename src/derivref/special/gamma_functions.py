"""The gamma function and its kin, for positive x."""

import numpy as np
from scipy.special import gamma as gamma_function
from scipy.special import gammaln, psi, zeta

from derivref.records import Limits, Tutorial
from derivref.special import FAMILY

INF = np.inf

add = FAMILY.add


def gamma(x):
    """The factorial of x less one, continued to all positive numbers."""
    return gamma_function(x)


def d_gamma(x):
    """The function times the digamma function."""
    return gamma_function(x) * psi(x)


def d2_gamma(x):
    """The function times the squared digamma and the trigamma function."""
    return gamma_function(x) * (np.square(psi(x)) + zeta(2.0, x))


add(
    gamma,
    d_gamma,
    d2_gamma,
    title="Gamma function",
    use="Densities of the gamma, beta and Student distributions.",
    expr="gamma(x)",
    derivative="gamma(x)*digamma(x)",
    second="gamma(x)*(digamma(x)**2 + polygamma(1, x))",
    domain=(0, INF),
    limits=Limits(f=(INF, INF), d=(-INF, INF), d2=(INF, INF)),
    relations=("gamma(x + 1) = x*gamma(x)",),
    aliases=("generalised factorial",),
    tutorial=Tutorial(f="sp.gamma(x)", d="sp.gamma(x) * sp.psi(x)"),
    example="""\
x = np.array([0.5, 1.0, 5.0])
print(gamma(x))
print(d_gamma(x))
assert abs(gamma(5.0) - 24.0) < 1e-12
""",
    claims={"positive numbers": "chosen(positive=f.domain == (0, inf))"},
)


def loggamma(x):
    """The natural logarithm of the gamma function."""
    near = -np.log(np.minimum(x, 1e-17))  # gammaln is infinite at the smallest numbers
    return np.where(x < 1e-17, near, gammaln(np.maximum(x, 1e-17)))


def d_loggamma(x):
    """The digamma function."""
    return psi(x)


def d2_loggamma(x):
    """The trigamma function."""
    return zeta(2.0, x)


add(
    loggamma,
    d_loggamma,
    d2_loggamma,
    title="Logarithm of the gamma function",
    use="Log-likelihoods of counts, and evidence bounds with Dirichlet distributions.",
    expr="gammaln(x)",
    derivative="digamma(x)",
    second="polygamma(1, x)",
    domain=(0, INF),
    limits=Limits(f=(INF, INF), d=(-INF, INF), d2=(INF, 0)),
    relations=("loggamma(x + 1) = log(x) + loggamma(x)",),
    aliases=("log-gamma", "gammaln", "lgamma"),
    promise=64,  # SciPy's, at some distance from the zeros as well
    tutorial=Tutorial(f="sp.gammaln(x)", d="sp.psi(x)"),
    example="""\
x = np.array([0.5, 2.0, 1e6])
print(loggamma(x).round(6))
print(d_loggamma(x).round(6))
assert abs(loggamma(5.0) - np.log(24.0)) < 1e-14
""",
)


def digamma(x):
    """The slope of the logarithm of the gamma function."""
    return psi(x)


def d_digamma(x):
    """The trigamma function."""
    return zeta(2.0, x)


def d2_digamma(x):
    """The second of the polygamma functions."""
    return -2.0 * zeta(3.0, x)


add(
    digamma,
    d_digamma,
    d2_digamma,
    title="Digamma function",
    use="Expected logarithms under gamma and Dirichlet distributions.",
    expr="digamma(x)",
    derivative="polygamma(1, x)",
    second="polygamma(2, x)",
    domain=(0, INF),
    limits=Limits(f=(-INF, INF), d=(INF, 0), d2=(-INF, 0)),
    relations=("digamma(x + 1) = digamma(x) + 1/x",),
    aliases=("psi",),
    tutorial=Tutorial(f="sp.psi(x)", d="sp.polygamma(1, x)"),
    example="""\
x = [0.5, 1.0, 10.0]
print(digamma(x))
print(d_digamma(x))
assert abs(digamma(2.0) - digamma(1.0) - 1.0) < 1e-14
""",
)


def trigamma(x):
    """The slope of the digamma function."""
    return zeta(2.0, x)


def d_trigamma(x):
    """The next of the polygamma functions."""
    return -2.0 * zeta(3.0, x)


def d2_trigamma(x):
    """The one after that."""
    return 6.0 * zeta(4.0, x)


add(
    trigamma,
    d_trigamma,
    d2_trigamma,
    title="Trigamma function",
    use="Variances of log-gamma variables, and Fisher information.",
    expr="polygamma(1, x)",
    derivative="polygamma(2, x)",
    second="polygamma(3, x)",
    domain=(0, INF),
    limits=Limits(f=(INF, 0), d=(-INF, 0), d2=(INF, 0)),
    relations=("trigamma(x + 1) = trigamma(x) - 1/x**2",),
    tutorial=Tutorial(f="sp.polygamma(1, x)", d="sp.polygamma(2, x)"),
    example="""\
x = [0.5, 1.0, 10.0]
print(trigamma(x))
print(d_trigamma(x))
assert abs(trigamma(1.0) - trigamma(2.0) - 1.0) < 1e-14
""",
)
