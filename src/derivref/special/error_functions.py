"""The error function and the normal distribution."""

import numpy as np
from scipy.special import erf as error_function
from scipy.special import erfc as complement
from scipy.special import erfcx, ndtr

from derivref.kernels import gaussian, mills_ratio, normal_density
from derivref.records import Limits, Tutorial
from derivref.special import FAMILY

INF = np.inf
TWO_OVER_ROOT_PI = 1.1283791670955126

add = FAMILY.add


def erf(x):
    """The integral of the Gaussian from the origin, scaled to tend to one."""
    return error_function(x)


def d_erf(x):
    """The Gaussian, times the constant that makes its integral one."""
    return gaussian(x, TWO_OVER_ROOT_PI)


def d2_erf(x):
    """Minus twice x times the slope."""
    return gaussian(x, -2.0 * TWO_OVER_ROOT_PI * np.clip(x, -30.0, 30.0))


add(
    erf,
    d_erf,
    d2_erf,
    title="Error function",
    use="GELU, diffusion, and chances of the normal distribution.",
    expr="erf(x)",
    derivative="2*exp(-x**2)/sqrt(pi)",
    second="-4*x*exp(-x**2)/sqrt(pi)",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("erf(x) = 2*Phi(sqrt(2)*x) - 1",),
    aliases=("Gauss error function",),
    plain="""
import numpy as np
from scipy import special

def erf(x):
    return special.erf(x)

def d_erf(x):
    return 2 / np.sqrt(np.pi) * np.exp(-(x**2))

def d2_erf(x):
    return -4 * x / np.sqrt(np.pi) * np.exp(-(x**2))
""",
    tutorial=Tutorial(f="erf(x)", d="2 / np.sqrt(np.pi) * np.exp(-(x**2))"),
    example="""\
x = np.array([-1.0, 0.0, 2.0])
print(erf(x))
print(d_erf(x))
assert erf(0.0) == 0.0
""",
)


def erfc(x):
    """One less the error function."""
    tail = gaussian(x, erfcx(np.maximum(x, 0.0)))  # erfc loses digits where it is subnormal
    return np.where(x > 1.0, tail, complement(x))


def d_erfc(x):
    """Minus the slope of the error function."""
    return gaussian(x, -TWO_OVER_ROOT_PI)


def d2_erfc(x):
    """Minus twice x times the slope."""
    return gaussian(x, 2.0 * TWO_OVER_ROOT_PI * np.clip(x, -30.0, 30.0))


add(
    erfc,
    d_erfc,
    d2_erfc,
    title="Complementary error function",
    use="Tail chances of the normal distribution, without the cancellation of a difference.",
    expr="erfc(x)",
    derivative="-2*exp(-x**2)/sqrt(pi)",
    second="4*x*exp(-x**2)/sqrt(pi)",
    limits=Limits(f=(2, 0), d=(0, 0), d2=(0, 0)),
    relations=("erfc(x) + erf(x) = 1",),
    plain="""
import numpy as np
from scipy import special

def erfc(x):
    return special.erfc(x)

def d_erfc(x):
    return -2 / np.sqrt(np.pi) * np.exp(-(x**2))

def d2_erfc(x):
    return 4 * x / np.sqrt(np.pi) * np.exp(-(x**2))
""",
    tutorial=Tutorial(f="1 - erf(x)", d="-2 / np.sqrt(np.pi) * np.exp(-(x**2))"),
    example="""\
x = np.array([0.0, 2.0, 10.0])
print(erfc(x))
print(d_erfc(x))
assert erfc(10.0) > 0.0  # 1 - erf(10) would be exactly 0
""",
)


def normal_pdf(x):
    """The density of the standard normal distribution."""
    return normal_density(x)


def d_normal_pdf(x):
    """Minus x times the density."""
    return normal_density(x, -np.clip(x, -40.0, 40.0))


def d2_normal_pdf(x):
    """The square of x less one, times the density."""
    u = np.clip(x, -40.0, 40.0)
    return normal_density(x, (u - 1.0) * (u + 1.0))


add(
    normal_pdf,
    d_normal_pdf,
    d2_normal_pdf,
    title="Normal density",
    use="Likelihoods, kernels and the slope of GELU.",
    expr="exp(-x**2/2)/sqrt(2*pi)",
    form="phi(x)",
    derivative="-x*phi(x)",
    second="(x**2 - 1)*phi(x)",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    aliases=("normal distribution density", "Gaussian density", "bell curve"),
    plain="""
import numpy as np

def normal_pdf(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)

def d_normal_pdf(x):
    return -x * normal_pdf(x)

def d2_normal_pdf(x):
    return (x**2 - 1) * normal_pdf(x)
""",
    tutorial=Tutorial(
        f="np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)",
        d="-x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)",
    ),
    example="""\
x = np.array([-1.0, 0.0, 2.0])
print(normal_pdf(x))
print(d_normal_pdf(x))
assert d_normal_pdf(0.0) == 0.0
""",
)


def normal_cdf(x):
    """The chance that a standard normal number is below x."""
    tail = normal_density(x, mills_ratio(np.minimum(x, 0.0)))  # ndtr is right down to 1e-308
    return np.where(x < -1.0, tail, ndtr(x))


def d_normal_cdf(x):
    """The normal density."""
    return normal_density(x)


def d2_normal_cdf(x):
    """Minus x times the normal density."""
    return normal_density(x, -np.clip(x, -40.0, 40.0))


add(
    normal_cdf,
    d_normal_cdf,
    d2_normal_cdf,
    title="Normal distribution function",
    use="Probit models, GELU, and chances of events.",
    expr="erfc(-x/sqrt(2))/2",
    form="Phi(x)",
    derivative="phi(x)",
    second="-x*phi(x)",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("normal_cdf(x) + normal_cdf(-x) = 1",),
    aliases=("ndtr", "normal distribution", "Gaussian cdf"),
    plain="""
import numpy as np
from scipy.special import ndtr

def normal_cdf(x):
    return ndtr(x)

def d_normal_cdf(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)

def d2_normal_cdf(x):
    return -x * d_normal_cdf(x)
""",
    tutorial=Tutorial(
        f="(1 + erf(x / np.sqrt(2))) / 2", d="np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)"
    ),
    example="""\
x = np.array([-10.0, 0.0, 1.96])
print(normal_cdf(x))
print(d_normal_cdf(x))
assert normal_cdf(0.0) == 0.5
""",
    claims={"below": "f"},
)
