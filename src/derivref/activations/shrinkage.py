"""Shrinkage: small inputs are pulled to 0, or set to it."""

import numpy as np

from derivref.activations import FAMILY
from derivref.activations.logistic import d_tanh
from derivref.kernels import horner
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

# x*cosh(x) - sinh(x) is the sum of 2*k*x**(2*k + 1)/(2*k + 1)!: from k = 9 down to 1.
SHRINK_SERIES = (
    1.4797143443923793e-16, 4.498331606952833e-14, 1.0706029224547743e-11,
    1.9270852604185937e-09, 2.505210838544172e-07, 2.2045855379188714e-05,
    0.0011904761904761906, 0.03333333333333333, 0.3333333333333333,
)  # fmt: skip

add = FAMILY.add


def tanhshrink(x):
    """The part of x that tanh leaves over: about x**3/3 near 0, x minus or plus 1 far away."""
    # x - tanh(x) has no digit left below 1e-5.
    y = np.clip(x, -1.0, 1.0)
    near = y * np.square(y) * horner(np.square(y), SHRINK_SERIES) / np.cosh(y)
    return np.where(np.fabs(x) < 1.0, near, x - np.tanh(x))


def d_tanhshrink(x):
    """The square of tanh: flat at 0, at most 1."""
    return np.square(np.tanh(x))  # 1 - 1/cosh(x)**2 would cancel near 0


def d2_tanhshrink(x):
    """Twice tanh times its slope: odd."""
    return 2.0 * np.tanh(x) * d_tanh(x)


add(
    tanhshrink,
    d_tanhshrink,
    d2_tanhshrink,
    title="Tanhshrink",
    use="Denoising and sparse coding: what is small is made much smaller, without a kink.",
    expr="x - tanh(x)",
    derivative="tanh(x)**2",
    second="2*tanh(x)*(1 - tanh(x)**2)",
    limits=Limits(f=(-np.inf, np.inf), d=(1, 1), d2=(0, 0)),
    relations=("tanhshrink(x) + tanh(x) = x",),
    aliases=("tanh shrink",),
    frameworks={
        "PyTorch": "torch.nn.functional.tanhshrink(x)",
        "Keras": "keras.activations.tanh_shrink(x)",
    },
    tutorial=Tutorial(f="x - np.tanh(x)", d="1 - (1 - np.tanh(x) ** 2)"),
    plain="""\
import numpy as np
from scipy.special import expit

def tanhshrink(x):
    return x - np.tanh(x)

def d_tanhshrink(x):
    return np.tanh(x) ** 2

def d2_tanhshrink(x):
    return 8 * np.tanh(x) * expit(2 * x) * expit(-2 * x)
""",
    example="""\
x = np.array([0.1, 0.5, 10.0])
print(tanhshrink(x).round(6))
print(d_tanhshrink(x).round(6))
assert abs(tanhshrink(0.1) - 3.32005e-4) < 1e-9  # nearly x**3 / 3
""",
)


def softshrink(x, lambd=0.5):
    """Moves x towards 0 by lambd, and no further than 0."""
    return x - np.clip(x, -lambd, lambd)


def d_softshrink(x, lambd=0.5):
    """0 between the two kinks and at them, 1 outside."""
    return np.heaviside(np.fabs(x) - lambd, 0.0)


def d2_softshrink(x, lambd=0.5):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    softshrink,
    d_softshrink,
    d2_softshrink,
    title="Softshrink",
    use="Soft thresholding: one step of sparse coding, the proximal operator of the 1-norm.",
    expr="Piecewise((x + lambd, x < -lambd), (0, x < lambd), (x - lambd, True))",
    derivative="Piecewise((1, x < -lambd), (0, x < lambd), (1, True))",
    second="0",
    takes={"lambd": Parameter(says="how far x is moved", symbol="lambda", low=0.0)},
    limits=Limits(f=(-np.inf, np.inf), d=(1, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at="-lambd",
            slope=0.0,
            why="The slope is 1 on the left and 0 on the right; 0 is what PyTorch returns.",
        ),
        Kink(
            at="lambd",
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right; 0 is what PyTorch returns.",
        ),
    ),
    cases=(Case(parameters={"lambd": 2.0}),),
    aliases=("soft thresholding", "soft shrinkage", "soft_shrink"),
    frameworks={
        "PyTorch": "torch.nn.functional.softshrink(x, lambd=0.5)",
        "Keras": "keras.activations.soft_shrink(x, threshold=0.5)",
        "ONNX": "Shrink, lambd = 0.5, bias = 0.5",
    },
    tutorial=Tutorial(
        f="np.sign(x) * np.maximum(np.abs(x) - lambd, 0)", d="np.where(np.abs(x) > lambd, 1.0, 0.0)"
    ),
    example="""\
x = np.array([-2.0, 0.25, 0.5, 3.0])
print(softshrink(x))
print(d_softshrink(x))
assert softshrink(3.0, lambd=1.0) == 2.0
""",
)


def hardshrink(x, lambd=0.5):
    """Keeps what is larger than lambd in size and sets the rest to 0: two jumps."""
    return np.where(np.fabs(x) <= lambd, 0.0, x)


def d_hardshrink(x, lambd=0.5):
    """0 between the two jumps and at them, 1 outside."""
    return np.heaviside(np.fabs(x) - lambd, 0.0)


def d2_hardshrink(x, lambd=0.5):
    """Zero away from the jumps."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    hardshrink,
    d_hardshrink,
    d2_hardshrink,
    title="Hardshrink",
    use="Hard thresholding: sparse codes whose large entries keep their size.",
    expr="Piecewise((x, x < -lambd), (0, x <= lambd), (x, True))",
    derivative="Piecewise((1, x < -lambd), (0, x <= lambd), (1, True))",
    second="0",
    takes={"lambd": Parameter(says="the size up to which x is dropped", symbol="lambda", low=0.0)},
    limits=Limits(f=(-np.inf, np.inf), d=(1, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at="-lambd",
            slope=0.0,
            why="The function itself jumps from -lambda to 0; 0 is what PyTorch returns.",
        ),
        Kink(
            at="lambd",
            slope=0.0,
            why="The function itself jumps from 0 to lambda; 0 is what PyTorch returns.",
        ),
    ),
    cases=(Case(parameters={"lambd": 2.0}),),
    aliases=("hard thresholding", "hard shrinkage", "hard_shrink"),
    frameworks={
        "PyTorch": "torch.nn.functional.hardshrink(x, lambd=0.5)",
        "Keras": "keras.activations.hard_shrink(x, threshold=0.5)",
        "ONNX": "Shrink, lambd = 0.5, bias = 0.0",
    },
    tutorial=Tutorial(
        f="np.where(np.abs(x) > lambd, x, 0.0)", d="np.where(np.abs(x) > lambd, 1.0, 0.0)"
    ),
    example="""\
x = np.array([-2.0, 0.25, 0.5, 3.0])
print(hardshrink(x))
print(d_hardshrink(x))
assert hardshrink(0.5) == 0.0
""",
)


def shrink(x, bias=0.25, lambd=0.5):
    """Sets small inputs to 0 and moves the others towards 0 by a bias of its own."""
    return np.where(np.fabs(x) <= lambd, 0.0, x - np.copysign(bias, x))


def d_shrink(x, bias=0.25, lambd=0.5):
    """0 between the two jumps and at them, 1 outside."""
    return np.heaviside(np.fabs(x) - lambd, 0.0)


def d2_shrink(x, bias=0.25, lambd=0.5):
    """Zero away from the jumps."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    shrink,
    d_shrink,
    d2_shrink,
    title="Shrink of ONNX",
    use="The operator that stands for soft and for hard shrinkage in exported models.",
    expr="Piecewise((x + bias, x < -lambd), (0, x <= lambd), (x - bias, True))",
    derivative="Piecewise((1, x < -lambd), (0, x <= lambd), (1, True))",
    second="0",
    takes={
        "bias": Parameter(says="how far x is moved", symbol="b"),
        "lambd": Parameter(says="the size up to which x is dropped", symbol="lambda", low=0.0),
    },
    limits=Limits(f=(-np.inf, np.inf), d=(1, 1), d2=(0, 0)),
    kinks=(
        Kink(at="-lambd", slope=0.0, why="The function itself jumps, unless the bias is the size."),
        Kink(at="lambd", slope=0.0, why="The function itself jumps, unless the bias is the size."),
    ),
    cases=(
        Case(parameters={"bias": 0.0, "lambd": 0.5}),
        Case(parameters={"bias": 0.5, "lambd": 0.5}),
    ),
    relations=("shrink(x) = (softshrink(x) + hardshrink(x))/2",),
    aliases=("ONNX Shrink",),
    frameworks={"ONNX": "Shrink, lambd = 0.5, bias = 0.0 by default"},
    tutorial=Tutorial(
        f="np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0.0))",
        d="np.where(np.abs(x) > lambd, 1.0, 0.0)",
    ),
    plain="""\
import numpy as np

def shrink(x, bias=0.25, lambd=0.5):
    outside = np.heaviside(np.abs(x) - lambd, 0.0)
    return (x - bias * np.sign(x)) * outside

def d_shrink(x, bias=0.25, lambd=0.5):
    return np.heaviside(np.abs(x) - lambd, 0.0)

def d2_shrink(x, bias=0.25, lambd=0.5):
    return 0.0 * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-2.0, 0.25, 0.5, 3.0])
print(shrink(x))
print(d_shrink(x))
assert shrink(3.0, bias=1.0) == 2.0
""",
)


def threshold(x, threshold=1.0, value=0.0):
    """Keeps what lies above a threshold and puts a fixed value in place of the rest."""
    return np.where(x <= threshold, value, x)


def d_threshold(x, threshold=1.0, value=0.0):
    """0 up to the threshold and at it, 1 above."""
    return np.heaviside(x - threshold, 0.0)


def d2_threshold(x, threshold=1.0, value=0.0):
    """Zero on either side."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    threshold,
    d_threshold,
    d2_threshold,
    title="Threshold",
    use="ReLU with the threshold and the value below it free: in general it jumps.",
    expr="Piecewise((value, x <= threshold), (x, True))",
    derivative="Piecewise((0, x <= threshold), (1, True))",
    second="0",
    takes={
        "threshold": Parameter(says="up to where x is replaced", symbol="theta"),
        "value": Parameter(says="what replaces it", symbol="v"),
    },
    limits=Limits(f=("value", np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at="threshold",
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right, and f jumps unless the value is "
            "the threshold; 0 is what PyTorch returns.",
        ),
    ),
    cases=(
        Case(parameters={"threshold": 0.5, "value": 0.5}),
        Case(parameters={"threshold": -1.0, "value": 20.0}),
    ),
    frameworks={
        "PyTorch": "torch.nn.functional.threshold(x, threshold, value)",
        "Keras": "keras.activations.threshold(x, threshold, default_value)",
    },
    tutorial=Tutorial(f="np.where(x > threshold, x, value)", d="np.where(x > threshold, 1.0, 0.0)"),
    example="""\
x = np.array([-2.0, 1.0, 3.0])
print(threshold(x))
print(d_threshold(x))
assert threshold(0.0, threshold=0.1, value=20.0) == 20.0
""",
)
