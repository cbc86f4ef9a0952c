"""Squashing functions: from one level to another, by other means than an exponential."""

import numpy as np
from scipy.special import erf, ndtr

from derivref.activations import FAMILY
from derivref.activations.logistic import d_tanh
from derivref.kernels import gaussian, logistic_density, mills_ratio, normal_density, scaled
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

TWO_OVER_ROOT_PI = 1.1283791670955126

add = FAMILY.add


def bipolar_sigmoid(x):
    """The sigmoid stretched to -1 and 1: tanh of half of x."""
    return np.tanh(0.5 * x)


def d_bipolar_sigmoid(x):
    """Twice the logistic density: even, at most 1/2."""
    return logistic_density(x, 2.0)


def d2_bipolar_sigmoid(x):
    """Twice the slope of the logistic density."""
    return logistic_density(x, -2.0 * np.tanh(0.5 * x))


add(
    bipolar_sigmoid,
    d_bipolar_sigmoid,
    d2_bipolar_sigmoid,
    title="Bipolar sigmoid",
    use="The sigmoid for targets of -1 and 1, in texts from before tanh was the usual name.",
    expr="tanh(x/2)",
    form="(1 - exp(-x))/(1 + exp(-x))",
    derivative="2*sigma(x)*(1 - sigma(x))",
    second="2*sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x))",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("bipolar_sigmoid(x) = tanh(x/2)", "bipolar_sigmoid(x) = 2*sigmoid(x) - 1"),
    tutorial=Tutorial(
        f="(1 - np.exp(-x)) / (1 + np.exp(-x))",
        d="0.5 * (1 - ((1 - np.exp(-x)) / (1 + np.exp(-x))) ** 2)",
    ),
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(bipolar_sigmoid(x))
print(d_bipolar_sigmoid(x))
assert d_bipolar_sigmoid(0.0) == 0.5
""",
    cite=("kunc2024",),
)


def lecun_tanh(x):
    """Tanh stretched so that 1 goes to 1 and the curvature is greatest there."""
    return 1.7159 * np.tanh(0.6666666666666666 * np.clip(x, -100.0, 100.0))


def d_lecun_tanh(x):
    """1.1439 at 0 and falling to both sides."""
    z, rest = scaled(np.fabs(x), 0.6666666666666666, 3.700743415417188e-17)
    e = np.exp(-z) * (1.0 - rest)
    return 1.1439333333333333 * np.square(2.0 * e / (1.0 + e * e))


def d2_lecun_tanh(x):
    """Positive below 0, negative above."""
    z = 0.6666666666666666 * np.clip(x, -100.0, 100.0)
    return -1.3333333333333333 * np.tanh(z) * d_lecun_tanh(x)


add(
    lecun_tanh,
    d_lecun_tanh,
    d2_lecun_tanh,
    title="LeCun tanh",
    use="Tanh for targets of -1 and 1 that are reached at a finite input; used before ReLU.",
    expr="17159/10000*tanh(2*x/3)",
    form="1.7159*tanh(2*x/3)",
    derivative="1.7159*2/3*(1 - tanh(2*x/3)**2)",
    limits=Limits(f=(-1.7159, 1.7159), d=(0, 0), d2=(0, 0)),
    aliases=("scaled tanh", "stanh"),
    frameworks={"PyTorch": "1.7159 * torch.tanh(2 * x / 3)"},
    tutorial=Tutorial(
        f="1.7159 * np.tanh(2 * x / 3)", d="1.7159 * 2 / 3 * (1 - np.tanh(2 * x / 3) ** 2)"
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def lecun_tanh(x):
    return 1.7159 * np.tanh(2 * x / 3)

def d_lecun_tanh(x):
    y = 4 * x / 3
    return 1.7159 * 8 / 3 * expit(y) * expit(-y)

def d2_lecun_tanh(x):
    return -4 / 3 * np.tanh(2 * x / 3) * d_lecun_tanh(x)
""",
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(lecun_tanh(x))
print(d_lecun_tanh(x))
assert abs(lecun_tanh(1.0) - 1.0) < 1e-4
""",
    cite=("lecun1998",),
)


def penalized_tanh(x, slope=0.25):
    """Tanh, with the negative side made smaller."""
    return np.tanh(np.maximum(x, 0.0)) + slope * np.tanh(np.minimum(0.0, x))


def d_penalized_tanh(x, slope=0.25):
    """The slope of tanh to the right, a part of it to the left and at 0."""
    return d_tanh(x) * (np.heaviside(x, 0.0) + slope * np.heaviside(-x, 1.0))


def d2_penalized_tanh(x, slope=0.25):
    """The curvature of tanh to the right, a part of it to the left."""
    part = np.heaviside(x, 0.0) + slope * np.heaviside(-x, 1.0)
    return -2.0 * np.tanh(x) * (d_tanh(x) * part)


add(
    penalized_tanh,
    d_penalized_tanh,
    d2_penalized_tanh,
    title="Penalized tanh",
    use="Tanh with the idea of leaky ReLU; reported to do well in text classification.",
    expr="Piecewise((slope*tanh(x), x < 0), (tanh(x), True))",
    derivative="Piecewise((slope*(1 - tanh(x)**2), x < 0), (1 - tanh(x)**2, x > 0))",
    takes={"slope": Parameter(says="the factor of the negative side", symbol="a")},
    limits=Limits(f=("-slope", 1), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="slope",
            why="The slope is slope on the left and 1 on the right; the factor is returned.",
        ),
    ),
    cases=(Case(parameters={"slope": 0.5}),),
    tutorial=Tutorial(
        f="np.where(x > 0, np.tanh(x), slope * np.tanh(x))",
        d="np.where(x > 0, 1.0, slope) * (1 - np.tanh(x) ** 2)",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def penalized_tanh(x, slope=0.25):
    return np.where(x > 0, 1.0, slope) * np.tanh(x)

def d_penalized_tanh(x, slope=0.25):
    side = np.where(x > 0, 1.0, slope)
    return 4 * side * expit(2 * x) * expit(-2 * x)

def d2_penalized_tanh(x, slope=0.25):
    return -2 * np.tanh(x) * d_penalized_tanh(x, slope)
""",
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(penalized_tanh(x))
print(d_penalized_tanh(x))
assert d_penalized_tanh(0.0) == 0.25  # the slope chosen at the kink
""",
    cite=("kunc2024",),
)


def dyt(x, alpha=0.5):
    """Tanh of a learnt multiple: it takes the place of layer normalisation."""
    return np.tanh(alpha * np.clip(x, -100.0 / alpha, 100.0 / alpha))  # else it may overflow


def d_dyt(x, alpha=0.5):
    """Slope alpha at 0, falling to both sides."""
    z, rest = scaled(np.fabs(x), alpha)
    e = np.exp(-z) * (1.0 - rest)
    return np.square(2.0 * e / (1.0 + e * e)) * alpha


def d2_dyt(x, alpha=0.5):
    """Positive below 0, negative above."""
    return -2.0 * alpha * dyt(x, alpha) * d_dyt(x, alpha)


add(
    dyt,
    d_dyt,
    d2_dyt,
    title="DyT",
    use="Transformers without layer normalisation; a scale and a shift for each channel follow it.",
    expr="tanh(alpha*x)",
    derivative="alpha*(1 - tanh(alpha*x)**2)",
    second="-2*alpha**2*tanh(alpha*x)*(1 - tanh(alpha*x)**2)",
    takes={"alpha": Parameter(says="the learnt factor", low=0.0)},
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 0.75}), Case(parameters={"alpha": 2.0})),
    aliases=("dynamic tanh",),
    tutorial=Tutorial(f="np.tanh(alpha * x)", d="alpha * (1 - np.tanh(alpha * x) ** 2)"),
    plain="""\
import numpy as np
from scipy.special import expit

def dyt(x, alpha=0.5):
    return np.tanh(alpha * x)

def d_dyt(x, alpha=0.5):
    y = 2 * alpha * x
    return 4 * alpha * expit(y) * expit(-y)

def d2_dyt(x, alpha=0.5):
    return -2 * alpha * np.tanh(alpha * x) * d_dyt(x, alpha)
""",
    example="""\
x = np.array([-2.0, 0.0, 60.0])
print(dyt(x))
print(d_dyt(x))
assert d_dyt(60.0) > 0.0  # alpha * (1 - tanh**2) would be exactly 0
""",
)


def softsign(x):
    """Divides x by 1 plus its size: it approaches -1 and 1 slowly."""
    y = np.clip(x, -1e30, 1e30)  # inf / inf is NaN
    return y / (1.0 + np.fabs(y))


def d_softsign(x):
    """The square of 1/(1 + |x|): even, at most 1, with heavy tails."""
    return np.square(1.0 / (1.0 + np.fabs(x)))


def d2_softsign(x):
    """Positive below 0, negative above: it jumps at 0 from 2 to -2."""
    sign = 1.0 - 2.0 * np.heaviside(x, 1.0)
    return 2.0 * sign * (1.0 / (1.0 + np.fabs(x))) ** 3


add(
    softsign,
    d_softsign,
    d2_softsign,
    title="Softsign",
    use="A squashing function that saturates slowly: its slope fades like a power.",
    expr="Piecewise((x/(1 - x), x < 0), (x/(1 + x), True))",
    form="x/(1 + Abs(x))",
    derivative="1/(1 + Abs(x))**2",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    aliases=("soft sign", "Elliot symmetric"),
    frameworks={
        "PyTorch": "torch.nn.functional.softsign(x)",
        "JAX": "jax.nn.soft_sign(x)",
        "Keras": "keras.activations.softsign(x)",
        "TensorFlow": "tf.nn.softsign(x)",
        "ONNX": "Softsign",
    },
    tutorial=Tutorial(f="x / (1 + np.abs(x))", d="1 / (1 + np.abs(x)) ** 2"),
    example="""\
x = np.array([-3.0, 0.0, np.inf])
print(softsign(x))
print(d_softsign(x))
assert softsign(np.inf) == 1.0  # x / (1 + |x|) would be NaN
""",
    cite=("kunc2024",),
)


def elliot(x):
    """Softsign moved to the interval from 0 to 1: a sigmoid without an exponential."""
    y = np.minimum(np.maximum(x, 0.0), 1e30)
    return 0.5 / (1.0 - np.minimum(0.0, x)) + 0.5 * y / (1.0 + y)


def d_elliot(x):
    """Half the slope of softsign: even, at most 1/2."""
    return 0.5 * np.square(1.0 / (1.0 + np.fabs(x)))


def d2_elliot(x):
    """Positive below 0, negative above: it jumps at 0 from 1 to -1."""
    sign = 1.0 - 2.0 * np.heaviside(x, 1.0)
    return sign * (1.0 / (1.0 + np.fabs(x))) ** 3


add(
    elliot,
    d_elliot,
    d2_elliot,
    title="Elliot sigmoid",
    use="A sigmoid for hardware without an exponential.",
    expr="Piecewise((1/(2*(1 - x)), x < 0), ((1 + 2*x)/(2*(1 + x)), True))",
    form="x/(2*(1 + Abs(x))) + 1/2",
    derivative="1/(2*(1 + Abs(x))**2)",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("elliot(x) = (1 + softsign(x))/2",),
    aliases=("Elliott", "fast sigmoid"),
    tutorial=Tutorial(f="0.5 * x / (1 + np.abs(x)) + 0.5", d="0.5 / (1 + np.abs(x)) ** 2"),
    example="""\
x = np.array([-1e17, 0.0, 3.0])
print(elliot(x))
print(d_elliot(x))
assert elliot(-1e17) > 0.0  # 1/2 + x / (2 + 2 * |x|) would be exactly 0
""",
    cite=("kunc2024",),
)


def arctan_unit(x):
    """The arctangent: from -pi/2 to pi/2, with slope 1 at 0."""
    return np.arctan(x)


def d_arctan_unit(x):
    """The Cauchy bump 1/(1 + x**2): even, at most 1."""
    return np.square(1.0 / np.hypot(1.0, x))  # x * x overflows


def d2_arctan_unit(x):
    """Positive below 0, negative above."""
    return -2.0 * np.sin(np.arctan(x)) * (1.0 / np.hypot(1.0, x)) ** 3


add(
    arctan_unit,
    d_arctan_unit,
    d2_arctan_unit,
    title="Arctangent activation",
    use="A squashing function whose slope fades like 1/x**2; also the usual surrogate slope of "
    "spiking networks.",
    expr="atan(x)",
    derivative="1/(1 + x**2)",
    second="-2*x/(1 + x**2)**2",
    limits=Limits(f=("-pi/2", "pi/2"), d=(0, 0), d2=(0, 0)),
    relations=("arctan_unit(x) = arctan(x)",),
    aliases=("arctan activation", "ArcTan"),
    frameworks={"PyTorch": "torch.atan(x)", "JAX": "jax.numpy.arctan(x)", "ONNX": "Atan"},
    tutorial=Tutorial(f="np.arctan(x)", d="1 / (1 + x**2)"),
    plain="""\
import numpy as np

def arctan_unit(x):
    return np.arctan(x)

def d_arctan_unit(x):
    return (1 / np.hypot(1, x)) ** 2

def d2_arctan_unit(x):
    h = np.hypot(1, x)
    return -2 * (x / h) * (1 / h) ** 3
""",
    example="""\
x = np.array([-1.0, 0.0, 1e200])
print(arctan_unit(x))
print(d_arctan_unit(x))
assert d_arctan_unit(0.0) == 1.0
""",
    cite=("kunc2024",),
)


def erf_unit(x):
    """The error function: from -1 to 1, steeper than tanh and sooner flat."""
    return erf(x)


def d_erf_unit(x):
    """A Gaussian bump: even, at most 1.128."""
    return gaussian(x, TWO_OVER_ROOT_PI)


def d2_erf_unit(x):
    """Positive below 0, negative above."""
    return gaussian(x, -2.0 * TWO_OVER_ROOT_PI * np.clip(x, -30.0, 30.0))


add(
    erf_unit,
    d_erf_unit,
    d2_erf_unit,
    title="Error function activation",
    use="The activation for which the theory of wide networks has closed forms.",
    expr="erf(x)",
    derivative="2/sqrt(pi)*exp(-x**2)",
    second="-4*x/sqrt(pi)*exp(-x**2)",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("erf_unit(x) = erf(x)",),
    aliases=("erf activation",),
    frameworks={"PyTorch": "torch.erf(x)", "JAX": "jax.scipy.special.erf(x)", "ONNX": "Erf"},
    tutorial=Tutorial(f="erf(x)", d="2 / np.sqrt(np.pi, dtype=x.dtype) * np.exp(-(x**2))"),
    plain="""\
import numpy as np
from scipy.special import erf

def erf_unit(x):
    return erf(x)

def d_erf_unit(x):
    return 2 / np.sqrt(np.pi) * np.exp(-x * x)

def d2_erf_unit(x):
    return -2 * x * d_erf_unit(x)
""",
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(erf_unit(x))
print(d_erf_unit(x))
assert d_erf_unit(0.0) == 2 / np.sqrt(np.pi)
""",
)


def isru(x, alpha=1.0):
    """Divides x by the root of 1 plus its square: a sigmoid from a reciprocal square root."""
    w = float(1.0 / np.sqrt(alpha))
    return w * np.sin(np.arctan2(x, w))  # x / hypot is NaN at infinity


def d_isru(x, alpha=1.0):
    """The cube of a reciprocal root: even, at most 1."""
    w = float(1.0 / np.sqrt(alpha))
    return (w / np.hypot(w, x)) ** 3


def d2_isru(x, alpha=1.0):
    """Positive below 0, negative above."""
    w = float(1.0 / np.sqrt(alpha))
    cosine = w / np.hypot(w, x)
    return -3.0 / w * np.sin(np.arctan2(x, w)) * np.square(np.square(cosine))


add(
    isru,
    d_isru,
    d2_isru,
    title="ISRU",
    use="A cheap squashing function for recurrent networks.",
    expr="x/sqrt(1 + alpha*x**2)",
    derivative="1/((1 + alpha*x**2)*sqrt(1 + alpha*x**2))",
    takes={"alpha": Parameter(says="how soon it levels off", low=0.0)},
    limits=Limits(f=("-1/sqrt(alpha)", "1/sqrt(alpha)"), d=(0, 0), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 4.0}),),
    aliases=("inverse square root unit",),
    tutorial=Tutorial(f="x / np.sqrt(1 + alpha * x**2)", d="(1 / np.sqrt(1 + alpha * x**2)) ** 3"),
    plain="""\
import numpy as np

def isru(x, alpha=1.0):
    return x / np.hypot(1, np.sqrt(alpha) * x)

def d_isru(x, alpha=1.0):
    return (1 / np.hypot(1, np.sqrt(alpha) * x)) ** 3

def d2_isru(x, alpha=1.0):
    h = np.hypot(1, np.sqrt(alpha) * x)
    return -3 * alpha * (x / h) * (1 / h) ** 4
""",
    example="""\
x = np.array([-2.0, 0.0, 1e200])
print(isru(x))
print(d_isru(x))
assert d_isru(0.0) == 1.0
""",
    cite=("kunc2024",),
    promise=10.0,  # f'' has the fourth power of a rounded reciprocal
)


def sqnl(x):
    """Two parabolas that meet at 0 and level off at -2 and 2: a sigmoid from squares."""
    y = np.clip(x, -2.0, 2.0)
    return y - 0.25 * (y * np.fabs(y))


def d_sqnl(x):
    """A tent: 1 at 0, 0 from -2 and from 2 on."""
    return np.maximum(1.0 - 0.5 * np.fabs(x), 0.0)


def d2_sqnl(x):
    """1/2 left of 0, -1/2 right of it, 0 outside."""
    inside = np.heaviside(x + 2.0, 1.0) * np.heaviside(2.0 - x, 0.0)
    return inside * (0.5 - np.heaviside(x, 1.0))


add(
    sqnl,
    d_sqnl,
    d2_sqnl,
    title="SQNL",
    use="A sigmoid that needs one multiplication and no exponential.",
    expr="Piecewise((-1, x < -2), (x + x**2/4, x < 0), (x - x**2/4, x < 2), (1, True))",
    derivative="Piecewise((0, x < -2), (1 - Abs(x)/2, x < 2), (0, True))",
    second="Piecewise((0, x < -2), (1/2, x < 0), (-1/2, x < 2), (0, True))",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    aliases=("square nonlinearity",),
    tutorial=Tutorial(
        f="np.where(np.abs(x) < 2, x - x * np.abs(x) / 4, np.sign(x))",
        d="np.maximum(1 - np.abs(x) / 2, 0)",
    ),
    example="""\
x = np.array([-3.0, 1.0, 2.0])
print(sqnl(x))
print(d_sqnl(x))
assert sqnl(1.0) == 0.75
""",
    cite=("kunc2024",),
)


def rootsig(x):
    """Divides x by 1 plus a root: the tangent of half the arctangent."""
    y = np.clip(x, -1e30, 1e30)  # inf / inf is NaN
    return y / (1.0 + np.hypot(1.0, y))


def d_rootsig(x):
    """Even: 1/2 at 0, with tails like 1/x**2."""
    f, c = rootsig(x), 1.0 / np.hypot(1.0, x)
    return 0.5 * (1.0 + f * f) * np.square(c)


def d2_rootsig(x):
    """Positive below 0, negative above."""
    f, c = rootsig(x), 1.0 / np.hypot(1.0, x)
    return (1.0 + f * f) * c**3 * (0.5 * f * c - np.sin(np.arctan(x)))


add(
    rootsig,
    d_rootsig,
    d2_rootsig,
    title="Rootsig",
    use="A squashing function from a square root, with slowly fading slope.",
    expr="x/(1 + sqrt(1 + x**2))",
    derivative="1/(sqrt(1 + x**2)*(1 + sqrt(1 + x**2)))",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("rootsig(x) = tan(arctan(x)/2)",),
    tutorial=Tutorial(
        f="x / (1 + np.sqrt(1 + x**2))",
        d="1 / (np.sqrt(1 + x**2) * (1 + np.sqrt(1 + x**2)))",
    ),
    plain="""\
import numpy as np

def rootsig(x):
    return x / (1 + np.hypot(1, x))

def d_rootsig(x):
    r = np.hypot(1, x)
    return 1 / r / (1 + r)

def d2_rootsig(x):
    r = np.hypot(1, x)
    return -(x / r) * (1 / r + 2) / r / (1 + r) / (1 + r)
""",
    example="""\
x = np.array([-3.0, 0.0, 1e200])
print(rootsig(x))
print(d_rootsig(x))
assert d_rootsig(0.0) == 0.5
""",
    cite=("kunc2024",),
    promise=10.0,
)


def gudermannian(x):
    """The angle whose tangent is sinh(x): from -pi/2 to pi/2."""
    return 2.0 * np.arctan(np.tanh(0.5 * x))


def d_gudermannian(x):
    """The hyperbolic secant: even, at most 1."""
    e = np.exp(-np.fabs(x))
    return 2.0 * e / (1.0 + e * e)  # 1 / cosh(x) overflows


def d2_gudermannian(x):
    """Positive below 0, negative above."""
    return -np.tanh(x) * d_gudermannian(x)


add(
    gudermannian,
    d_gudermannian,
    d2_gudermannian,
    title="Gudermannian",
    use="A squashing function between tanh and the arctangent.",
    expr="2*atan(tanh(x/2))",
    derivative="1/cosh(x)",
    second="-tanh(x)/cosh(x)",
    limits=Limits(f=("-pi/2", "pi/2"), d=(0, 0), d2=(0, 0)),
    aliases=("gd",),
    tutorial=Tutorial(f="2 * np.arctan(np.tanh(x / 2))", d="1 / np.cosh(x)"),
    example="""\
x = np.array([-3.0, 0.0, 800.0])
print(gudermannian(x))
print(d_gudermannian(x))
assert d_gudermannian(0.0) == 1.0
""",
)


def smoothstep(x):
    """A cubic from 0 at 0 to 1 at 1, flat at both ends and outside."""
    y = np.clip(x, 0.0, 1.0)
    return y * y * (3.0 - 2.0 * y)


def d_smoothstep(x):
    """A parabola: 3/2 at 1/2, 0 outside."""
    y = np.clip(x, 0.0, 1.0)
    return 6.0 * y * (1.0 - y)


def d2_smoothstep(x):
    """A line from 6 to -6, 0 outside."""
    inside = np.heaviside(x, 1.0) * np.heaviside(1.0 - x, 0.0)
    return inside * (6.0 - 12.0 * np.clip(x, 0.0, 1.0))


add(
    smoothstep,
    d_smoothstep,
    d2_smoothstep,
    title="Smoothstep",
    use="Interpolation weights, and gates that are exactly 0 or 1 outside an interval.",
    expr="Piecewise((0, x < 0), (x**2*(3 - 2*x), x < 1), (1, True))",
    derivative="Piecewise((0, x < 0), (6*x*(1 - x), x < 1), (0, True))",
    second="Piecewise((0, x < 0), (6 - 12*x, x < 1), (0, True))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    tutorial=Tutorial(
        f="np.clip(x, 0, 1) ** 2 * (3 - 2 * np.clip(x, 0, 1))",
        d="6 * np.clip(x, 0, 1) * (1 - np.clip(x, 0, 1))",
    ),
    example="""\
x = np.array([-1.0, 0.5, 2.0])
print(smoothstep(x))
print(d_smoothstep(x))
assert d_smoothstep(0.5) == 1.5
""",
)


def probit_unit(x):
    """The normal distribution function: a sigmoid with thin tails."""
    tail = np.clip(x, -40.0, -1.0)  # ndtr errs by 740 ULP at -25
    return np.where(x < -1.0, normal_density(tail, mills_ratio(tail)), ndtr(x))


def d_probit_unit(x):
    """The normal density: even, at most 0.399."""
    return normal_density(x)


def d2_probit_unit(x):
    """Positive below 0, negative above."""
    return normal_density(x, -np.clip(x, -40.0, 40.0))


add(
    probit_unit,
    d_probit_unit,
    d2_probit_unit,
    title="Probit",
    use="The probability of a label in probit regression, and the gate inside GELU.",
    expr="(1 + erf(x/sqrt(2)))/2",
    form="Phi(x)",
    derivative="phi(x)",
    second="-x*phi(x)",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=("probit_unit(x) + probit_unit(-x) = 1", "gelu(x) = x*probit_unit(x)"),
    aliases=("normal CDF", "cumulative normal"),
    frameworks={
        "PyTorch": "torch.special.ndtr(x)",
        "JAX": "jax.scipy.special.ndtr(x)",
        "SciPy": "scipy.special.ndtr(x)",
    },
    tutorial=Tutorial(
        f="0.5 * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype)))",
        d="np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi, dtype=x.dtype)",
    ),
    plain="""\
import numpy as np
from scipy.special import ndtr

def probit_unit(x):
    return ndtr(x)

def d_probit_unit(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)

def d2_probit_unit(x):
    return -x * d_probit_unit(x)
""",
    example="""\
x = np.array([-10.0, 0.0, 2.0])
print(probit_unit(x))
print(d_probit_unit(x))
assert probit_unit(-10.0) > 0.0  # (1 + erf) / 2 would be exactly 0
""",
)
