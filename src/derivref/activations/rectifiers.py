"""Rectifiers: straight pieces with a kink."""

import numpy as np

from derivref.activations import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Partial, Tutorial

add = FAMILY.add


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
    claims={
        "positive": "chosen(positive=f(3) == 3, negative=f(-3) == -3)",
        "to 0, with a kink at 0": "f(-3), f.kinks",
    },
)


def leaky_relu(x, negative_slope=0.01):
    """ReLU with a small slope below 0, so that no unit stops learning for good."""
    # Not max(slope * x, x), which is wrong for slopes above 1.
    return np.maximum(x, 0.0) + negative_slope * np.minimum(0.0, x)


def d_leaky_relu(x, negative_slope=0.01):
    """The negative slope below the kink and at it, 1 above."""
    step = np.heaviside(x, 0.0)
    return step + negative_slope * np.heaviside(-x, 1.0)


def d2_leaky_relu(x, negative_slope=0.01):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


def d_leaky_relu_negative_slope(x, negative_slope=0.01):
    """What PReLU learns with: x below the kink, where it counts, and 0 above."""
    return np.minimum(0.0, x)


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
    takes={
        "negative_slope": Parameter(says="the slope for negative inputs", symbol="alpha"),
    },
    partials={
        "negative_slope": Partial(d_leaky_relu_negative_slope, "Piecewise((x, x < 0), (0, True))"),
    },
    limits=Limits(f=("-oo*negative_slope", np.inf), d=("negative_slope", 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="negative_slope",
            why="The slope is that of the negative side on the left and 1 on the right; PyTorch "
            "returns the left one, as here, and JAX the right one.",
        ),
    ),
    relations=("leaky_relu(x) = relu(x) - relu(-x)/100",),
    cases=(
        Case(
            parameters={"negative_slope": 0.25},
        ),
        Case(
            parameters={"negative_slope": 1.5},
        ),
    ),
    aliases=("LReLU",),
    frameworks={
        "PyTorch": "torch.nn.functional.leaky_relu(x)",
        "JAX": "jax.nn.leaky_relu(x)",
        "Keras": "keras.activations.leaky_relu(x, negative_slope=0.01)  # 0.2 by default",
        "TensorFlow": "tf.nn.leaky_relu(x, alpha=0.01)  # 0.2 by default",
        "ONNX": "LeakyRelu, alpha = 0.01",
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
    claims={
        "below 0": "max(t for t in xs if same(f.d(t), 0.01))",
        "negative": "chosen(negative=same(f.d(-1), 0.01))",
    },
)


def prelu(x, alpha=0.25):
    """Leaky ReLU whose slope to the left is learnt."""
    return np.maximum(x, 0.0) + alpha * np.minimum(0.0, x)


def d_prelu(x, alpha=0.25):
    """Slope alpha below the kink and at it, 1 above."""
    return np.heaviside(x, 0.0) + alpha * np.heaviside(-x, 1.0)


def d2_prelu(x, alpha=0.25):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    prelu,
    d_prelu,
    d2_prelu,
    title="PReLU",
    use="ReLU in image networks with a learnt slope to the left, one for a layer or for a channel.",
    expr="Piecewise((alpha*x, x < 0), (x, True))",
    derivative="Piecewise((alpha, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    takes={"alpha": Parameter(says="the learnt slope for negative inputs")},
    limits=Limits(f=("-oo*alpha", np.inf), d=("alpha", 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="alpha",
            smooth={"alpha": 1.0},
            why="The slope is alpha on the left and 1 on the right; PyTorch returns alpha.",
        ),
    ),
    cases=(Case(parameters={"alpha": 1.5}), Case(parameters={"alpha": -0.5})),
    aliases=("parametric ReLU", "parametric rectified linear unit"),
    frameworks={
        "PyTorch": "torch.nn.functional.prelu(x, weight)  # starts at 0.25",
        "Flax": "flax.linen.PReLU(negative_slope_init=0.01)(x)",
        "Keras": "keras.layers.PReLU()(x)  # starts at 0",
        "ONNX": "PRelu, slope",
    },
    tutorial=Tutorial(f="np.where(x > 0, x, alpha * x)", d="np.where(x > 0, 1.0, alpha)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(prelu(x))
print(d_prelu(x))
assert d_prelu(-2.0) == 0.25
""",
    cite=("he2015",),
)


def rrelu(x, lower=0.125, upper=0.3333333333333333):
    """Leaky ReLU whose slope is drawn at random in training; here its mean, as in evaluation."""
    return np.maximum(x, 0.0) + 0.5 * (lower + upper) * np.minimum(0.0, x)


def d_rrelu(x, lower=0.125, upper=0.3333333333333333):
    """The mean slope below the kink and at it, 1 above."""
    return np.heaviside(x, 0.0) + 0.5 * (lower + upper) * np.heaviside(-x, 1.0)


def d2_rrelu(x, lower=0.125, upper=0.3333333333333333):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    rrelu,
    d_rrelu,
    d2_rrelu,
    title="RReLU",
    use="A random slope as regularisation in small image networks; in evaluation a leaky ReLU.",
    expr="Piecewise(((lower + upper)/2*x, x < 0), (x, True))",
    derivative="Piecewise(((lower + upper)/2, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    takes={
        "lower": Parameter(says="the least slope that is drawn", symbol="l"),
        "upper": Parameter(says="the greatest slope that is drawn", symbol="u"),
    },
    limits=Limits(f=(-np.inf, np.inf), d=("(lower + upper)/2", 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="(lower + upper)/2",
            why="The slope is (lower+upper)/2 on the left and 1 on the right; the left one is "
            "returned.",
        ),
    ),
    cases=(Case(parameters={"lower": 0.25, "upper": 0.5}),),
    aliases=("randomized leaky ReLU",),
    frameworks={"PyTorch": "torch.nn.functional.rrelu(x, lower=1/8, upper=1/3, training=False)"},
    tutorial=Tutorial(
        f="np.where(x >= 0, x, (lower + upper) / 2 * x)",
        d="np.where(x >= 0, 1.0, (lower + upper) / 2)",
    ),
    plain="""\
import numpy as np

def rrelu(x, lower=1 / 8, upper=1 / 3):
    return np.maximum(x, 0) + (lower + upper) / 2 * np.minimum(x, 0)

def d_rrelu(x, lower=1 / 8, upper=1 / 3):
    left = (lower + upper) / 2 * np.heaviside(-x, 1.0)
    return np.heaviside(x, 0.0) + left

def d2_rrelu(x, lower=1 / 8, upper=1 / 3):
    return 0.0 * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(rrelu(x))
print(d_rrelu(x))
assert d_rrelu(-2.0, lower=0.25, upper=0.5) == 0.375
""",
    cite=("kunc2024",),
)


def thresholded_relu(x, theta=1.0):
    """Passes what exceeds a threshold, whole: it jumps there from 0 to the threshold."""
    return np.where(x <= theta, 0.0, x)


def d_thresholded_relu(x, theta=1.0):
    """0 up to the threshold and at it, 1 above."""
    return np.heaviside(x - theta, 0.0)


def d2_thresholded_relu(x, theta=1.0):
    """Zero on either side."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    thresholded_relu,
    d_thresholded_relu,
    d2_thresholded_relu,
    title="Thresholded ReLU",
    use="Autoencoders without bias: an output is used whole or not at all.",
    expr="Piecewise((0, x <= theta), (x, True))",
    derivative="Piecewise((0, x <= theta), (1, True))",
    second="0",
    takes={"theta": Parameter(says="the threshold", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(Kink(at="theta", slope=0.0, why="The function itself jumps, from 0 to the threshold."),),
    cases=(Case(parameters={"theta": 0.5}),),
    relations=("thresholded_relu(x) = threshold(x)",),
    frameworks={
        "Keras": "keras.activations.relu(x, threshold=1.0)",
        "ONNX": "ThresholdedRelu, alpha = 1.0",
    },
    tutorial=Tutorial(f="np.where(x > theta, x, 0.0)", d="np.where(x > theta, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 1.0, 3.0])
print(thresholded_relu(x))
print(d_thresholded_relu(x))
assert thresholded_relu(1.0) == 0.0
""",
    cite=("kunc2024",),
)


def absolute_value(x):
    """The size of x: even, with a kink at 0."""
    return np.fabs(x)


def d_absolute_value(x):
    """The sign: -1 below 0, 1 above, and 0 chosen at 0."""
    return np.sign(x)


def d2_absolute_value(x):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    absolute_value,
    d_absolute_value,
    d2_absolute_value,
    title="Absolute value activation",
    use="Rectifies without dropping the negative side: features whose polarity does not matter.",
    expr="Piecewise((-x, x < 0), (x, True))",
    form="Abs(x)",
    derivative="Piecewise((-1, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is -1 on the left and 1 on the right; PyTorch and TensorFlow return 0, "
            "JAX 1.",
        ),
    ),
    relations=("absolute_value(x) = relu(x) + relu(-x)",),
    aliases=("absolute value rectification", "full-wave rectifier"),
    frameworks={"PyTorch": "torch.abs(x)", "JAX": "jax.numpy.abs(x)", "ONNX": "Abs"},
    tutorial=Tutorial(f="np.abs(x)", d="np.where(x > 0, 1.0, -1.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(absolute_value(x))
print(d_absolute_value(x))
assert d_absolute_value(0.0) == 0.0  # the slope chosen at the kink
""",
    cite=("kunc2024",),
)


def shifted_relu(x):
    """ReLU moved down and to the left by 1: the identity that stops at -1."""
    return np.maximum(x, -1.0)


def d_shifted_relu(x):
    """0 below -1 and at it, 1 above."""
    return np.heaviside(x + 1.0, 0.0)


def d2_shifted_relu(x):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    shifted_relu,
    d_shifted_relu,
    d2_shifted_relu,
    title="Shifted ReLU",
    use="ReLU whose negative outputs bring the mean of a layer nearer to 0.",
    expr="Piecewise((-1, x < -1), (x, True))",
    form="Max(-1, x)",
    derivative="Piecewise((0, x < -1), (1, True))",
    second="0",
    limits=Limits(f=(-1, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(Kink(at=-1.0, slope=0.0, why="The slope is 0 on the left and 1 on the right."),),
    relations=("shifted_relu(x) = relu(x + 1) - 1",),
    aliases=("SReLU of Clevert",),
    tutorial=Tutorial(f="np.maximum(-1, x)", d="np.where(x > -1, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(shifted_relu(x))
print(d_shifted_relu(x))
assert d_shifted_relu(0.0) == 1.0
""",
    cite=("kunc2024",),
)


def displaced_relu(x, delta=0.25):
    """The identity that stops at -delta."""
    return np.maximum(x, -delta)


def d_displaced_relu(x, delta=0.25):
    """0 below -delta and at it, 1 above."""
    return np.heaviside(x + delta, 0.0)


def d2_displaced_relu(x, delta=0.25):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    displaced_relu,
    d_displaced_relu,
    d2_displaced_relu,
    title="Displaced ReLU",
    use="ReLU with its kink moved into the third quadrant, for use before batch normalisation.",
    expr="Piecewise((-delta, x < -delta), (x, True))",
    form="Max(-delta, x)",
    derivative="Piecewise((0, x < -delta), (1, True))",
    second="0",
    takes={"delta": Parameter(says="how far the kink is moved")},
    limits=Limits(f=("-delta", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(Kink(at="-delta", slope=0.0, why="The slope is 0 on the left and 1 on the right."),),
    cases=(Case(parameters={"delta": 1.0}),),
    aliases=("DReLU",),
    tutorial=Tutorial(f="np.where(x > -delta, x, -delta)", d="np.where(x > -delta, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(displaced_relu(x))
print(d_displaced_relu(x))
assert displaced_relu(-2.0, delta=1.0) == -1.0
""",
    cite=("kunc2024",),
)


def flexible_relu(x, bias=-0.398):
    """ReLU plus a learnt constant."""
    return np.maximum(x, 0.0) + bias


def d_flexible_relu(x, bias=-0.398):
    """0 below the kink and at it, 1 above."""
    return np.heaviside(x, 0.0)


def d2_flexible_relu(x, bias=-0.398):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    flexible_relu,
    d_flexible_relu,
    d2_flexible_relu,
    title="FReLU",
    use="ReLU with a learnt shift, so that the outputs of a layer can have mean 0.",
    expr="Piecewise((bias, x < 0), (x + bias, True))",
    form="Max(0, x) + bias",
    derivative="Piecewise((0, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    takes={"bias": Parameter(says="the learnt shift", symbol="b")},
    limits=Limits(f=("bias", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(Kink(at=0.0, slope=0.0, why="The slope is 0 on the left and 1 on the right."),),
    cases=(Case(parameters={"bias": 1.0}),),
    aliases=("flexible ReLU",),
    tutorial=Tutorial(f="np.maximum(0, x) + bias", d="np.where(x > 0, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(flexible_relu(x))
print(d_flexible_relu(x))
assert flexible_relu(-2.0, bias=1.0) == 1.0
""",
    cite=("kunc2024",),
)


def s_shaped_relu(x, left=-1.0, a_left=0.125, right=1.0, a_right=0.5):
    """The identity between two thresholds, lines of other slopes outside, joined."""
    low, high = np.minimum(x - left, 0.0), np.maximum(x - right, 0.0)
    return np.clip(x, left, right) + a_left * low + a_right * high


def d_s_shaped_relu(x, left=-1.0, a_left=0.125, right=1.0, a_right=0.5):
    """1 between the thresholds, a_left and a_right outside and at them."""
    low, high = np.heaviside(left - x, 1.0), np.heaviside(x - right, 1.0)
    return (1.0 - low - high) + a_left * low + a_right * high


def d2_s_shaped_relu(x, left=-1.0, a_left=0.125, right=1.0, a_right=0.5):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    s_shaped_relu,
    d_s_shaped_relu,
    d2_s_shaped_relu,
    title="S-shaped ReLU",
    use="Three learnt lines: convex and concave shapes from one unit.",
    expr="Piecewise((left + a_left*(x - left), x < left), (x, x < right), "
    "(right + a_right*(x - right), True))",
    derivative="Piecewise((a_left, x < left), (1, x < right), (a_right, True))",
    second="0",
    takes={
        "left": Parameter(says="the lower threshold", symbol="t"),
        "a_left": Parameter(says="the slope below it", symbol="a"),
        "right": Parameter(says="the upper threshold, above the lower one", symbol="s"),
        "a_right": Parameter(says="the slope above it", symbol="b"),
    },
    limits=Limits(f=("-oo*a_left", "oo*a_right"), d=("a_left", "a_right"), d2=(0, 0)),
    kinks=(
        Kink(
            at="left",
            slope="a_left",
            why="The slope is a_left on the left and 1 on the right; the outer one is returned.",
        ),
        Kink(
            at="right",
            slope="a_right",
            why="The slope is 1 on the left and a_right on the right; the outer one is returned.",
        ),
    ),
    cases=(Case(parameters={"left": 0.5, "a_left": 0.25, "right": 2.0, "a_right": 2.0}),),
    aliases=("SReLU",),
    tutorial=Tutorial(
        f="np.where(x < left, left + a_left * (x - left), "
        "np.where(x < right, x, right + a_right * (x - right)))",
        d="np.where(x < left, a_left, np.where(x < right, 1.0, a_right)).astype(x.dtype)",
    ),
    plain="""\
import numpy as np

def s_shaped_relu(x, left=-1, a_left=1/8, right=1, a_right=1/2):
    low, high = np.minimum(x - left, 0), np.maximum(x - right, 0)
    return np.clip(x, left, right) + a_left * low + a_right * high

def d_s_shaped_relu(x, left=-1, a_left=1/8, right=1, a_right=1/2):
    inner = np.where(x < right, 1.0, a_right)
    return np.where(x <= left, a_left, inner)

def d2_s_shaped_relu(x, left=-1, a_left=1/8, right=1, a_right=1/2):
    return 0.0 * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-3.0, 0.5, 3.0])
print(s_shaped_relu(x))
print(d_s_shaped_relu(x))
assert s_shaped_relu(3.0) == 2.0
""",
    cite=("kunc2024",),
    promise=32.0,  # the zero and the thresholds move with the parameters: differences there
)


def adaptive_piecewise(x, slope=0.25, at=-1.0):
    """ReLU plus a learnt multiple of a mirrored one: a learnt function of straight pieces."""
    return np.maximum(x, 0.0) + slope * np.maximum(at - x, 0.0)


def d_adaptive_piecewise(x, slope=0.25, at=-1.0):
    """Minus the multiple left of the hinge, plus 1 right of 0."""
    return np.heaviside(x, 0.0) - slope * np.heaviside(at - x, 0.0)


def d2_adaptive_piecewise(x, slope=0.25, at=-1.0):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    adaptive_piecewise,
    d_adaptive_piecewise,
    d2_adaptive_piecewise,
    title="APL unit",
    use="A unit that learns its own piecewise linear shape; here with one hinge beside ReLU's.",
    expr="Piecewise((0, x < 0), (x, True)) + slope*Piecewise((at - x, x < at), (0, True))",
    form="Max(0, x) + slope*Max(0, at - x)",
    derivative="Piecewise((0, x < 0), (1, True)) - slope*Piecewise((1, x < at), (0, True))",
    second="0",
    takes={
        "slope": Parameter(says="the learnt multiple", symbol="a", excluded=(0.0,)),
        "at": Parameter(says="where its hinge is", symbol="b"),
    },
    limits=Limits(f=("oo*slope", np.inf), d=("-slope", 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right, if the hinge is negative; the part "
            "of ReLU is 0 there.",
        ),
        Kink(
            at="at",
            slope=0.0,
            why="The slope is -slope on the left and 0 on the right, if the hinge is negative; its "
            "part is 0 there.",
        ),
    ),
    cases=(Case(parameters={"slope": -0.5, "at": -2.0}),),
    aliases=("APL", "adaptive piecewise linear unit"),
    tutorial=Tutorial(
        f="np.maximum(0, x) + slope * np.maximum(0, at - x)",
        d="np.where(x > 0, 1.0, 0.0) - np.where(x < at, slope, 0.0)",
    ),
    example="""\
x = np.array([-3.0, -0.5, 3.0])
print(adaptive_piecewise(x))
print(d_adaptive_piecewise(x))
assert adaptive_piecewise(-3.0) == 0.5
""",
    cite=("kunc2024",),
)


def bounded_leaky_relu(x, negative_slope=0.125, bound=6.0):
    """Leaky ReLU that is leaky above a bound too."""
    low, high = np.minimum(0.0, x), np.maximum(x - bound, 0.0)
    return np.clip(x, 0.0, bound) + negative_slope * (low + high)


def d_bounded_leaky_relu(x, negative_slope=0.125, bound=6.0):
    """1 between 0 and the bound, the negative slope outside and at both kinks."""
    inside = np.heaviside(x, 0.0) * np.heaviside(bound - x, 0.0)
    return inside + negative_slope * (1.0 - inside)


def d2_bounded_leaky_relu(x, negative_slope=0.125, bound=6.0):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    bounded_leaky_relu,
    d_bounded_leaky_relu,
    d2_bounded_leaky_relu,
    title="Bounded leaky ReLU",
    use="ReLU6 whose slope is nowhere 0.",
    expr="Piecewise((negative_slope*x, x < 0), (x, x < bound), "
    "(bound + negative_slope*(x - bound), True))",
    derivative="Piecewise((negative_slope, x < 0), (1, x < bound), (negative_slope, True))",
    second="0",
    takes={
        "negative_slope": Parameter(says="the slope outside", symbol="alpha", low=0.0),
        "bound": Parameter(says="where the slope falls again", symbol="b", low=0.0),
    },
    limits=Limits(f=(-np.inf, np.inf), d=("negative_slope", "negative_slope"), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope="negative_slope",
            why="The slope is negative_slope on the left and 1 on the right.",
        ),
        Kink(
            at="bound",
            slope="negative_slope",
            why="The slope is 1 on the left and negative_slope on the right.",
        ),
    ),
    cases=(Case(parameters={"negative_slope": 0.25, "bound": 1.0}),),
    aliases=("BLReLU",),
    tutorial=Tutorial(
        f="np.where(x < 0, negative_slope * x, "
        "np.where(x < bound, x, bound + negative_slope * (x - bound)))",
        d="np.where((x > 0) & (x < bound), 1.0, negative_slope).astype(x.dtype)",
    ),
    example="""\
x = np.array([-2.0, 3.0, 14.0])
print(bounded_leaky_relu(x))
print(d_bounded_leaky_relu(x))
assert bounded_leaky_relu(14.0) == 7.0
""",
    cite=("kunc2024",),
)
