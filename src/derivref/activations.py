"""Activation functions with their first and second derivatives."""

import numpy as np
from scipy.special import erfcx, expit, log_expit, ndtr

from derivref.record import Case, Family, Kink, Limits, Tutorial

ROOT_HALF = 0.7071067811865476
ROOT_TWO_PI = 2.5066282746310002
GELU_C, GELU_A = 1.5957691216057308, 0.044715  # sqrt(8/pi), and as published

FAMILY = Family("activations", "Activation functions", "reference/activations/{name}.md")
add = FAMILY.add


def sigmoid(x):
    """Squashes a score to a probability: increasing, from 0 to 1, and 1/2 at 0."""
    # expit(x) itself is 0 below -709.8 (float32: -88.7), too early.
    s, t = expit(0.5 * x), expit(-0.5 * x)
    return s * s / (s * s + t * t)


def logistic_density(x, weight=1.0):
    """The slope of the sigmoid, times a weight."""
    e = np.exp(-0.5 * np.fabs(x))  # s * (1 - s) is 0 from x = 37 (float32: 17)
    # The weight counts before e * e underflows.
    return e * (e * weight / np.square(1.0 + e * e))


def d_sigmoid(x):
    """The logistic density: even, positive, at most 1/4."""
    return logistic_density(x)


def d2_sigmoid(x):
    """The slope of the logistic density: positive below 0, negative above."""
    return logistic_density(x, -np.tanh(0.5 * x))


add(
    sigmoid,
    d_sigmoid,
    d2_sigmoid,
    title="Sigmoid",
    use="Turns the score of a binary classifier into a probability, and gates the cells of LSTMs.",
    expr="1/(1 + exp(-x))",
    derivative="sigma(x)*(1 - sigma(x))",
    second="sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x))",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    relations=(
        "sigmoid(x) + sigmoid(-x) = 1",
        "sigmoid(x) = (1 + tanh(x/2))/2",
    ),
    aliases=("logistic", "expit", "logistic sigmoid"),
    frameworks={
        "PyTorch": "torch.sigmoid(x)",
        "JAX": "jax.nn.sigmoid(x)",
        "Keras": "keras.ops.sigmoid(x)",
    },
    tutorial=Tutorial(
        f="1 / (1 + np.exp(-x))", d="1 / (1 + np.exp(-x)) * (1 - 1 / (1 + np.exp(-x)))"
    ),
    example="""\
x = np.array([-40.0, 0.0, 40.0])
print(sigmoid(x))
print(d_sigmoid(x))
assert d_sigmoid(0.0) == 0.25
assert d_sigmoid(40.0) > 0.0  # s * (1 - s) would be exactly 0
""",
    cite=("verhulst1838", "rumelhart1986"),
)


def tanh(x):
    """Squashes a score to the interval from -1 to 1: odd and increasing."""
    return np.tanh(x)


def d_tanh(x):
    """The squared hyperbolic secant: even, positive, at most 1."""
    e = np.exp(-np.fabs(x))  # 1 - tanh(x)**2 is 0 from x = 19 (float32: 9)
    return np.square(2.0 * e / (1.0 + e * e))


def d2_tanh(x):
    """The slope of the squared hyperbolic secant: positive below 0, negative above."""
    return -2.0 * np.tanh(x) * d_tanh(x)


add(
    tanh,
    d_tanh,
    d2_tanh,
    title="Tanh",
    use="Keeps the state of recurrent networks between -1 and 1: a sigmoid centred at 0.",
    expr="tanh(x)",
    derivative="1 - tanh(x)**2",
    second="-2*tanh(x)*(1 - tanh(x)**2)",
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("tanh(x) = 2*sigmoid(2*x) - 1",),
    aliases=("hyperbolic tangent",),
    frameworks={
        "PyTorch": "torch.tanh(x)",
        "JAX": "jax.nn.tanh(x)",
        "Keras": "keras.ops.tanh(x)",
    },
    tutorial=Tutorial(
        f="(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", d="1 - np.tanh(x) ** 2"
    ),
    example="""\
x = np.array([-20.0, 0.0, 20.0])
print(tanh(x))
print(d_tanh(x))
assert d_tanh(0.0) == 1.0
assert d_tanh(20.0) > 0.0  # 1 - tanh(x)**2 would be exactly 0
""",
    cite=("lecun1998",),
)


def relu(x):
    """Passes what is positive and cuts the rest to 0, with a kink at 0."""
    return np.maximum(x, 0.0)


def d_relu(x):
    """The unit step: 0 below the kink, 1 above, and 0 chosen at it."""
    return np.heaviside(x, 0.0)  # np.where(x > 0, 1.0, 0.0) would turn NaN into 0


def d2_relu(x):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)  # 0.0 * x would be NaN at infinity


add(
    relu,
    d_relu,
    d2_relu,
    title="ReLU",
    use="The first choice in convolutional and fully connected networks: cheap, and flat on "
    "one side only.",
    expr="Piecewise((0, x < 0), (x, True))",
    form="Max(0, x)",
    derivative="Piecewise((0, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right, so there is no derivative; 0 is "
            "what the frameworks return.",
        ),
    ),
    relations=("relu(x) - relu(-x) = x", "relu(x) + relu(-x) = Abs(x)"),
    aliases=("rectifier", "rectified linear unit", "ramp"),
    frameworks={
        "PyTorch": "torch.relu(x)",
        "JAX": "jax.nn.relu(x)",
        "Keras": "keras.ops.relu(x)",
    },
    tutorial=Tutorial(f="np.maximum(0, x)", d="np.where(x > 0, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(relu(x))
print(d_relu(x))
assert d_relu(0.0) == 0.0  # the slope chosen at the kink
""",
    cite=("fukushima1969", "nair2010", "glorot2011"),
)


def leaky_relu(x, negative_slope=0.01):
    """ReLU with a small slope below 0, so that no unit stops learning for good."""
    # Not max(slope * x, x), which is wrong for slopes above 1.
    return np.maximum(x, 0.0) + negative_slope * np.minimum(0.0, x)


def d_leaky_relu(x, negative_slope=0.01):
    """The negative slope below the kink and at it, 1 above."""
    return np.heaviside(x, 0.0) + negative_slope * np.heaviside(-x, 1.0)


def d2_leaky_relu(x, negative_slope=0.01):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    leaky_relu,
    d_leaky_relu,
    d2_leaky_relu,
    title="Leaky ReLU",
    use="Replaces ReLU where units must not die, as in the discriminators of many generative "
    "adversarial networks.",
    expr="Piecewise((negative_slope*x, x < 0), (x, True))",
    derivative="Piecewise((negative_slope, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(-np.inf, np.inf), d=(0.01, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.01,
            why="The slope is that of the negative side on the left and 1 on the right; PyTorch "
            "returns the left one, as here, and JAX the right one.",
        ),
    ),
    relations=("leaky_relu(x) = relu(x) - relu(-x)/100",),
    cases=(
        Case(
            parameters={"negative_slope": 0.25},
            limits=Limits(f=(-np.inf, np.inf), d=(0.25, 1), d2=(0, 0)),
            slopes=(0.25,),
        ),
        Case(
            parameters={"negative_slope": 1.5},
            limits=Limits(f=(-np.inf, np.inf), d=(1.5, 1), d2=(0, 0)),
            slopes=(1.5,),
        ),
    ),
    aliases=("LReLU",),
    frameworks={
        "PyTorch": "torch.nn.functional.leaky_relu(x)",
        "JAX": "jax.nn.leaky_relu(x)",
        "Keras": "keras.ops.leaky_relu(x, negative_slope=0.01)",
    },
    tutorial=Tutorial(
        f="np.maximum(negative_slope * x, x)", d="np.where(x > 0, 1.0, negative_slope)"
    ),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(leaky_relu(x))
print(d_leaky_relu(x))
assert d_leaky_relu(-2.0, negative_slope=0.2) == 0.2
""",
    cite=("maas2013",),
)


def normal_density(x, weight=1.0):
    """The density of the standard normal distribution, times a weight."""
    # exp(-x*x/2) errs by 400 ULP at 37, the rounding of x*x; the square of h is exact.
    x = np.clip(x, -40.0, 40.0)
    h = np.trunc(32.0 * x) / 32.0
    e = np.exp(-0.25 * h * h)
    return e * (e * (np.exp(-0.5 * (x - h) * (x + h)) * weight / ROOT_TWO_PI))


def mills_ratio(x):
    """The chance below x over the density at x, for negative x."""
    return 0.5 * ROOT_TWO_PI * erfcx(-ROOT_HALF * x)


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
    return np.where(x < -1.0, left, ndtr(x) + normal_density(x, x))


def d2_gelu(x):
    """Positive between minus and plus the square root of 2, negative outside."""
    x = np.clip(x, -40.0, 40.0)
    return normal_density(x, 2.0 - x * x)


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
    relations=("gelu(x) - gelu(-x) = x",),
    aliases=("Gaussian error linear unit",),
    frameworks={
        "PyTorch": "torch.nn.functional.gelu(x)",
        "JAX": "jax.nn.gelu(x, approximate=False)",
        "Keras": "keras.ops.gelu(x, approximate=False)",
    },
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
    title="GELU, tanh approximation",
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
    relations=("gelu_tanh(x) - gelu_tanh(-x) = x",),
    aliases=("approximate GELU", "gelu_new"),
    frameworks={
        "PyTorch": 'torch.nn.functional.gelu(x, approximate="tanh")',
        "JAX": "jax.nn.gelu(x)",
        "Keras": "keras.ops.gelu(x)",
    },
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
)


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
    tutorial=Tutorial(f="np.log(1 + np.exp(x))", d="1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 800.0])
print(softplus(x))
print(d_softplus(x))
assert d_softplus(0.0) == 0.5
""",
    cite=("dugas2000",),
)


def silu(x):
    """Weights x by its own sigmoid: a smooth ReLU with a dip."""
    x = np.maximum(x, -800.0)  # -inf * 0 is NaN; at -800 the product is 0 already
    s, t = expit(0.5 * x), expit(-0.5 * x)
    return x * s * (s / (s * s + t * t))  # as in sigmoid; expit(x) is 0 from -709.8


def d_silu(x):
    """Negative left of the minimum, above 1 right of its mirror image."""
    return sigmoid(x) + logistic_density(x, np.clip(x, -800.0, 800.0))


def d2_silu(x):
    """Positive between two inflections near -2.4 and 2.4, negative outside."""
    x = np.clip(x, -800.0, 800.0)
    return logistic_density(x, 2.0 - x * np.tanh(0.5 * x))


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
    promise=10.0,  # beside its zero near -1.28 the slope is a difference
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
    return a * (a + 2.0 * b) / w + s * b * (4.0 * s * b * (a + b) / (w * w) * x)


def d2_mish(x):
    """Positive between two inflections, negative outside."""
    x = np.clip(x, -800.0, 800.0)
    s, a, b, w = _mish_parts(x)
    r = (2.0 * b**3 + 2.0 * a * b * b - 3.0 * a * a * b - 2.0 * a**3) / ((a + b) * w)
    return s * b * (4.0 * s * b * (a + b) / (w * w) * (2.0 + x * r))


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
    relations=("mish(x) = x*tanh(softplus(x))",),
    frameworks={
        "PyTorch": "torch.nn.functional.mish(x)",
        "JAX": "jax.nn.mish(x)",
        "Keras": "keras.activations.mish(x)",
    },
    tutorial=Tutorial(
        f="x * np.tanh(np.log(1 + np.exp(x)))",
        d="np.exp(x) * (4 * (x + 1) + 4 * np.exp(2 * x) + np.exp(3 * x) + np.exp(x) * (4 * x + 6))"
        " / (2 * np.exp(x) + np.exp(2 * x) + 2) ** 2",
    ),
    example="""\
x = np.array([-5.0, 0.0, 300.0])
print(mish(x))
print(d_mish(x))
assert abs(d_mish(0.0) - 0.6) < 1e-15
assert d_mish(300.0) == 1.0  # the published form is NaN there
""",
    cite=("misra2019",),
    promise=16.0,  # some ten roundings, and float32 exp errs by more than one half
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
    tutorial=Tutorial(f="np.log(1 / (1 + np.exp(-x)))", d="1 - 1 / (1 + np.exp(-x))"),
    example="""\
x = np.array([-800.0, 0.0, 40.0])
print(log_sigmoid(x))
print(d_log_sigmoid(x))
assert log_sigmoid(40.0) < 0.0  # log(sigmoid(40)) would be exactly 0
""",
    cite=("blanchard2021",),
)
