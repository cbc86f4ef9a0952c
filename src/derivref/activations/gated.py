"""Self-gated: x weighted by a sigmoid of itself."""

import numpy as np
from scipy.special import expit, ndtr

from derivref.activations import FAMILY
from derivref.activations.logistic import sigmoid
from derivref.kernels import from_zero, horner, logistic_density, mills_ratio, normal_density
from derivref.records import Limits, Tutorial

GELU_C, GELU_A = 1.5957691216057308, 0.044715  # sqrt(8/pi), and as published
# Of x + Phi(x)/phi(x) at its zero near -0.75, the slope first in the last place.
GELU_SERIES = (
    2.922908595337198e-08, 1.267894533424874e-07, 5.337555257439918e-07,
    2.1763252273075144e-06, 8.574964695538479e-06, 3.2562488510342534e-05,
    0.00011880481453593035, 0.00041494133776432855, 0.001381192711799605,
    0.004357899676814093, 0.012944581025090893, 0.03587902436625702,
    0.09169645155828038, 0.21245271259101728, 1.4348095033989257,
)  # fmt: skip
# exp(z) at the two inflections of Mish, and what is left of its numerator there.
MISH_LOW = (
    0.10472929546651437, 6.512752792721586, 13.451205200611685, 4.89598245111399,
)  # fmt: skip
MISH_HIGH = (
    4.439630620869173, -0.9811423589708569, -2.8276231987751164, -1.5724601785911902,
)  # fmt: skip

add = FAMILY.add


def gelu(x):
    """Weights x by the chance that a normal variable lies below it."""
    # ndtr errs by 740 ULP at -25, and 1 + erf(x/sqrt(2)) is 0 from -8.4.
    tail = np.clip(x, -40.0, -1.0)
    left = normal_density(tail, tail * mills_ratio(tail))
    return np.where(x < -1.0, left, np.maximum(x, -40.0) * ndtr(x))


def d_gelu(x):
    """The normal distribution function plus x times its density."""
    x = np.clip(x, -40.0, 40.0)
    tail = np.minimum(x, -1.0)
    left = normal_density(tail, tail + mills_ratio(tail))
    # Beside its zero the sum is a difference: there a series in the distance from it.
    t = from_zero(np.clip(x, -1.0, -0.5), -0.7517915368080139, 1.211444945855772e-08)
    near = normal_density(x, t * horner(t, GELU_SERIES))
    right = np.where(x < -0.5, near, ndtr(x) + normal_density(x, x))
    return np.where(x < -1.0, left, right)


def d2_gelu(x):
    """Positive between minus and plus the square root of 2, negative outside."""
    y = np.fabs(np.clip(x, -40.0, 40.0))
    t = from_zero(y, 1.4142135381698608, 2.420323420895794e-08)  # 2 - x*x, as two factors
    return normal_density(y, -t * (y + 1.4142135623730951))


add(
    gelu,
    d_gelu,
    d2_gelu,
    title="GELU",
    use="The activation of BERT and GPT-2, whose published code computes the tanh form.",
    expr="x*(1 + erf(x/sqrt(2)))/2",
    form="x*Phi(x)",
    derivative="Phi(x) + x*phi(x)",
    second="(2 - x**2)*phi(x)",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    related=("gelu_tanh", "silu", "relu"),
    relations=("gelu(x) - gelu(-x) = x",),
    aliases=("Gaussian error linear unit",),
    frameworks={
        "PyTorch": "torch.nn.functional.gelu(x)",
        "JAX": "jax.nn.gelu(x, approximate=False)",
        "Keras": "keras.activations.gelu(x)",
        "TensorFlow": "tf.nn.gelu(x)",
        "ONNX": "Gelu",
    },
    plain="""\
import numpy as np
from scipy.special import ndtr

def gelu(x):
    return x * ndtr(x)

def d_gelu(x):
    return ndtr(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)

def d2_gelu(x):
    x = np.clip(x, -40, 40)  # inf * 0 is NaN
    return (2 - x * x) * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
""",
    tutorial=Tutorial(
        f="0.5 * x * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype)))",
        d="0.5 * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype)))"
        " + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi, dtype=x.dtype)",
    ),
    example="""\
x = np.array([-10.0, 0.0, 10.0])
print(gelu(x))
print(d_gelu(x))
assert d_gelu(0.0) == 0.5
assert gelu(-10.0) < 0.0  # with 1 + erf it would be exactly 0
""",
    cite=("hendrycks2016",),
    claims={"below": "chosen(below=same(f(1), mp.ncdf(1)))"},
)


def gelu_tanh(x):
    """GELU with a tanh for the normal distribution: off by less than 0.0005."""
    y = np.clip(x, -30.0, 30.0)  # x**3 overflows; there the sigmoid is 0 or 1
    # (1 + tanh(u)) / 2 is 0 from u = -19, the sigmoid of 2 * u is not.
    return np.maximum(x, -30.0) * sigmoid(GELU_C * y * (1.0 + GELU_A * y * y))


def d_gelu_tanh(x):
    """The slope of the tanh form; that of GELU differs by less than 0.001."""
    x = np.clip(x, -30.0, 30.0)
    z, dz = GELU_C * x * (1.0 + GELU_A * x * x), GELU_C * (1.0 + 3.0 * GELU_A * x * x)
    return sigmoid(z) + logistic_density(z, x * dz)


def d2_gelu_tanh(x):
    """Positive in the middle, negative outside, as for GELU."""
    x = np.clip(x, -30.0, 30.0)
    z, dz = GELU_C * x * (1.0 + GELU_A * x * x), GELU_C * (1.0 + 3.0 * GELU_A * x * x)
    d2z = 6.0 * GELU_C * GELU_A * x
    return logistic_density(z, 2.0 * dz + x * d2z - x * dz * dz * np.tanh(0.5 * z))


add(
    gelu_tanh,
    d_gelu_tanh,
    d2_gelu_tanh,
    title="GELU, tanh form",
    use="The form of GELU in the published code of BERT and GPT-2: use it wherever the weights "
    "were trained with it.",
    expr="x*(1 + tanh(sqrt(2/pi)*(x + 44715*x**3/1000000)))/2",
    form="x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
    derivative="sigma(2*u) + 2*x*d_u*sigma(2*u)*sigma(-2*u)",
    second="2*sigma(2*u)*sigma(-2*u)*(2*d_u + x*d2_u - 2*x*d_u**2*tanh(u))",
    where={
        "u": "sqrt(2/pi)*(x + 0.044715*x**3)",
        "d_u": "sqrt(2/pi)*(1 + 0.134145*x**2)",
        "d2_u": "sqrt(2/pi)*0.26829*x",
    },
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    related=("gelu", "sigmoid"),
    relations=("gelu_tanh(x) - gelu_tanh(-x) = x",),
    aliases=("approximate GELU", "gelu_new"),
    frameworks={
        "PyTorch": 'torch.nn.functional.gelu(x, approximate="tanh")',
        "JAX": "jax.nn.gelu(x)",
        "Keras": "keras.activations.gelu(x, approximate=True)",
        "TensorFlow": "tf.nn.gelu(x, approximate=True)",
        "ONNX": 'Gelu, approximate = "tanh"',
    },
    plain="""\
import numpy as np
from scipy.special import expit

C, A = np.sqrt(8 / np.pi), 0.044715

def gelu_tanh(x):
    return x * expit(C * x * (1 + A * x**2))

def d_gelu_tanh(x):
    z, dz = C * x * (1 + A * x**2), C * (1 + 3 * A * x**2)
    return expit(z) + x * dz * expit(z) * expit(-z)

def d2_gelu_tanh(x):
    z, dz = C * x * (1 + A * x**2), C * (1 + 3 * A * x**2)
    w = 2 * dz + 6 * C * A * x**2 - x * dz**2 * np.tanh(z / 2)
    return expit(z) * expit(-z) * w
""",
    tutorial=Tutorial(
        f="0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi, dtype=x.dtype) * (x + 0.044715 * x**3)))",
        d="0.5 * (1 + np.tanh(np.sqrt(2 / np.pi, dtype=x.dtype) * (x + 0.044715 * x**3)))"
        " + 0.5 * x * (1 - np.tanh(np.sqrt(2 / np.pi, dtype=x.dtype) * (x + 0.044715 * x**3)) ** 2)"
        " * np.sqrt(2 / np.pi, dtype=x.dtype) * (1 + 0.134145 * x**2)",
    ),
    example="""\
x = np.array([-10.0, 0.0, 10.0])
print(gelu_tanh(x))
print(d_gelu_tanh(x))
assert d_gelu_tanh(0.0) == 0.5
assert d_gelu_tanh(-10.0) < 0.0  # with 1 + tanh it would be exactly 0
""",
    cite=("hendrycks2016",),
    # From -22 to -20 the value moves by up to 2000 ULP when x moves by one.
    promise=3000.0,
    claims={"less than 0.0005": "abs(gelu(xs) - f(xs))"},
)


def silu(x):
    """Weights x by its own sigmoid: a smooth ReLU with a dip."""
    x = np.maximum(x, -800.0)  # -inf * 0 is NaN; at -800 the product is 0 already
    s, t = expit(0.5 * x), expit(-0.5 * x)
    return x * s * (s / (s * s + t * t))  # as in sigmoid; expit(x) is 0 from -709.8


def d_silu(x):
    """Negative left of the minimum, above 1 right of its mirror image."""
    # For x < 0 it is sigma*(1 - sigma)*(1 + x + exp(x)); t is the distance from its zero z.
    y = np.clip(x, -800.0, 0.0)
    t = from_zero(y, -1.2784645557403564, 1.297928265020314e-08)
    left = logistic_density(y, t + 0.2784645427610738 * np.expm1(t))
    right = sigmoid(x) + logistic_density(x, np.clip(x, 0.0, 800.0))
    return np.where(x < 0.0, left, right)


def d2_silu(x):
    """Positive between two inflections near -2.4 and 2.4, negative outside."""
    y = np.fabs(np.clip(x, -800.0, 800.0))
    # 2 - y*tanh(y/2), in terms of the distance from its zero
    t = from_zero(y, 2.399357318878174, -3.836270616029226e-08)
    weight = 0.39935728051546767 * np.expm1(-t) + t * np.expm1(-y)
    return logistic_density(y, weight / (1.0 + np.exp(-y)))


def d3_silu(x):
    """Return the third derivative, for multiples of x that are not exact."""
    t = np.tanh(0.5 * x)
    return logistic_density(x, x - 3.0 * t - 1.5 * x * (1.0 - t) * (1.0 + t))


add(
    silu,
    d_silu,
    d2_silu,
    title="SiLU",
    use="The activation of EfficientNet, and the gate of SwiGLU in many language models.",
    expr="x/(1 + exp(-x))",
    form="x*sigma(x)",
    derivative="sigma(x)*(1 + x*(1 - sigma(x)))",
    second="sigma(x)*(1 - sigma(x))*(2 - x*tanh(x/2))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    relations=("silu(x) = x*sigmoid(x)", "silu(x) - silu(-x) = x"),
    aliases=("swish", "sigmoid linear unit"),
    frameworks={
        "PyTorch": "torch.nn.functional.silu(x)",
        "JAX": "jax.nn.silu(x)",
        "Keras": "keras.ops.silu(x)",
    },
    plain="""\
import numpy as np
from scipy.special import expit

def silu(x):
    return x * expit(x)

def d_silu(x):
    return expit(x) * (1 + x * expit(-x))

def d2_silu(x):
    return expit(x) * expit(-x) * (2 - x * np.tanh(x / 2))
""",
    tutorial=Tutorial(
        f="x / (1 + np.exp(-x))",
        d="1 / (1 + np.exp(-x)) * (1 + x * (1 - 1 / (1 + np.exp(-x))))",
    ),
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(silu(x))
print(d_silu(x))
assert d_silu(0.0) == 0.5
assert d_silu(5.0) > 1.0  # the slope overshoots 1
""",
    cite=("hendrycks2016", "elfwing2018", "ramachandran2017"),
)


def mish(x):
    """Weights x by the tanh of its softplus: close to SiLU, a bit deeper."""
    x = np.maximum(x, -800.0)  # -inf * 0 is NaN; at -800 the product is 0 already
    s, a, b, w = _mish_parts(x)
    return x * s * (s * (a + 2.0 * b) / w)


def d_mish(x):
    """Negative left of the minimum, above 1 for larger x."""
    x = np.clip(x, -800.0, 800.0)
    s, a, b, w = _mish_parts(x)
    right = a * (a + 2.0 * b) / w + s * b * (4.0 * s * b * (a + b) / (w * w) * x)
    # Left of 0 the two terms have opposite signs. With u = exp(x) and z the zero, the numerator
    # is a sum of like signs in t = x - z and u - exp(z) = exp(z)*expm1(t).
    y = np.minimum(x, 0.0)
    e = np.exp(0.5 * y)
    u = e * e
    t = from_zero(y, -1.1924312114715576, -3.043937594950088e-09)
    step = 0.3034825352815289 * np.expm1(t)
    rest = 2.536306932285039 + u * (4.303482535281529 + u)
    d = 2.0 + u * (2.0 + u)
    left = e * (e * (4.0 * t * (1.0 + u) + step * rest) / (d * d))
    return np.where(x < 0.0, left, right)


def d2_mish(x):
    """Positive between two inflections, negative outside."""
    x = np.clip(x, -800.0, 800.0)
    s, a, b, w = _mish_parts(x)
    r = (2.0 * b**3 + 2.0 * a * b * b - 3.0 * a * a * b - 2.0 * a**3) / ((a + b) * w)
    # Beside the inflections 2 + x*r is a difference; the factor x - z is taken out there.
    low = _mish_factor(x, -2.2563765048980713, 1.0853727816905676e-07, MISH_LOW)
    high = _mish_factor(x, 1.490571141242981, 3.824244750226317e-08, MISH_HIGH)
    right = np.where(np.fabs(x - 1.5) < 0.75, high, 2.0 + x * r)
    weight = np.where(x < -1.0, low, right)
    return s * b * (4.0 * s * b * (a + b) / (w * w) * weight)


def _mish_factor(x, z, rest, numbers):
    """Return 2 + x*r as a sum of like signs, which t = x - z divides."""
    v, c2, c1, c0 = numbers
    y = np.minimum(x, 4.0)
    u, t = np.exp(y), from_zero(y, z, rest)
    both = v * np.expm1(t) * (c0 + u * (c1 + u * c2))
    cubic = 2.0 + u * (2.0 - u * (3.0 + 2.0 * u))
    return (both + t * cubic) / ((1.0 + u) * (2.0 + u * (2.0 + u)))


def _mish_parts(x):
    """Return sqrt(a), a, b with exp(x) = a/b, and a common denominator."""
    # In powers of exp(x) the slope is NaN from 178; a and b stay below 1.
    s, t = expit(0.5 * x), expit(-0.5 * x)
    a, b = s * s, t * t
    return s, a, b, a * a + 2.0 * a * b + 2.0 * b * b


add(
    mish,
    d_mish,
    d2_mish,
    title="Mish",
    use="The activation of the YOLOv4 detector's backbone; elsewhere an alternative to SiLU.",
    expr="x*tanh(log(1 + exp(x)))",
    form="x*tanh(softplus(x))",
    derivative="tanh(softplus(x)) + x*sigma(x)*(1 - tanh(softplus(x))**2)",
    second="(1 - tanh(softplus(x))**2)*sigma(x)*(2 + x*(1 - sigma(x)*(1 + 2*tanh(softplus(x)))))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    related=("silu", "gelu"),
    relations=("mish(x) = x*tanh(softplus(x))",),
    frameworks={
        "PyTorch": "torch.nn.functional.mish(x)",
        "JAX": "jax.nn.mish(x)",
        "Keras": "keras.activations.mish(x)",
    },
    plain="""\
import numpy as np
from scipy.special import expit

def mish(x):
    return x * np.tanh(np.logaddexp(0, x))

def d_mish(x):
    y = np.logaddexp(0, x)
    t, s = np.tanh(y), -np.expm1(-y)
    return t + x * s * (1 - t * t)

def d2_mish(x):
    t, e = np.tanh(np.logaddexp(0, x)), expit(-x) ** 2
    k = expit(x) * 4 * e / (1 + e) ** 2
    return 2 * k + k * x * (1 - expit(x) * (1 + 2 * t))
""",
    tutorial=Tutorial(
        f="x * np.tanh(np.log(1 + np.exp(x)))",
        d="np.exp(x) * (4 * (x + 1) + 4 * np.exp(2 * x) + np.exp(3 * x) + np.exp(x) * (4 * x + 6))"
        " / (2 * np.exp(x) + np.exp(2 * x) + 2) ** 2",
    ),
    example="""\
x = np.array([-5.0, 0.0, 300.0])
print(mish(x))
print(d_mish(x))
assert abs(d_mish(0.0) - 0.6) < 1e-14
assert d_mish(300.0) == 1.0  # the published form is NaN there
""",
    cite=("misra2019",),
    promise=16.0,  # f'' to the right: some ten roundings
    claims={"deeper": "-f.inf, -silu.inf"},
)
