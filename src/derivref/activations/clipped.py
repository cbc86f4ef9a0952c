"""Clipped lines: cheap stand-ins for sigmoid, tanh and SiLU, made of straight pieces."""

import numpy as np

from derivref.activations import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

add = FAMILY.add


def hard_sigmoid(x):
    """A line of slope 1/6 from 0 to 1, clipped at both ends."""
    return np.clip(x + 3.0, 0.0, 6.0) / 6.0  # x / 6 + 1/2 would lose digits near -3


def d_hard_sigmoid(x):
    """1/6 between the two kinks, 0 outside and at them."""
    return np.heaviside(3.0 - np.fabs(x), 0.0) / 6.0


def d2_hard_sigmoid(x):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    hard_sigmoid,
    d_hard_sigmoid,
    d2_hard_sigmoid,
    title="Hard sigmoid",
    use="The gate of MobileNetV3 and of quantised networks: a sigmoid without an exponential.",
    expr="Piecewise((0, x < -3), ((x + 3)/6, x < 3), (1, True))",
    derivative="Piecewise((0, x < -3), (1/6, x < 3), (0, True))",
    second="0",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at=-3.0,
            slope=0.0,
            why="The slope is 0 on the left and 1/6 on the right; PyTorch and JAX return 0.",
        ),
        Kink(
            at=3.0,
            slope=0.0,
            why="The slope is 1/6 on the left and 0 on the right; PyTorch and JAX return 0.",
        ),
    ),
    relations=("hard_sigmoid(x) + hard_sigmoid(-x) = 1", "hard_sigmoid(x) = relu6(x + 3)/6"),
    aliases=("hardsigmoid",),
    frameworks={
        "PyTorch": "torch.nn.functional.hardsigmoid(x)",
        "JAX": "jax.nn.hard_sigmoid(x)",
        "Keras": "keras.activations.hard_sigmoid(x)  # Keras 3; Keras 2 had slope 0.2",
        "ONNX": "HardSigmoid, alpha = 1/6, beta = 0.5",
    },
    tutorial=Tutorial(
        f="np.clip(x / 6 + 0.5, 0, 1)", d="np.where((x > -3) & (x < 3), 1 / 6, 0.0).astype(x.dtype)"
    ),
    example="""\
x = np.array([-4.0, 0.0, 1.5, 4.0])
print(hard_sigmoid(x))
print(d_hard_sigmoid(x))
assert hard_sigmoid(1.5) == 0.75
""",
)


def hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    """A line of slope alpha from 0 to 1, clipped: in ONNX and Keras 2 the slope is 0.2."""
    return np.clip(alpha * (x + beta / alpha), 0.0, 1.0)  # alpha * x + beta cancels near its zero


def d_hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    """The slope alpha between the two kinks, 0 outside and at them."""
    low, high = x + beta / alpha, (1.0 - beta) / alpha - x
    return alpha * (np.heaviside(low, 0.0) * np.heaviside(high, 0.0))


def d2_hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    hard_sigmoid_onnx,
    d_hard_sigmoid_onnx,
    d2_hard_sigmoid_onnx,
    title="Hard sigmoid, slope 0.2",
    use="Models from ONNX or Keras 2, whose hard sigmoid is another function than PyTorch's.",
    expr="Piecewise((0, x < -beta/alpha), (alpha*x + beta, x < (1 - beta)/alpha), (1, True))",
    derivative="Piecewise((0, x < -beta/alpha), (alpha, x < (1 - beta)/alpha), (0, True))",
    second="0",
    takes={
        "alpha": Parameter(says="the slope of the line", low=0.0),
        "beta": Parameter(says="the value at 0", low=0.0, high=1.0),
    },
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at="-beta/alpha",
            slope=0.0,
            why="The slope is 0 on the left and alpha on the right; 0 is returned.",
        ),
        Kink(
            at="(1 - beta)/alpha",
            slope=0.0,
            why="The slope is alpha on the left and 0 on the right; 0 is returned.",
        ),
    ),
    cases=(Case(parameters={"alpha": 0.25, "beta": 0.5}),),
    aliases=("hard sigmoid of ONNX", "hard sigmoid of Keras 2"),
    frameworks={"ONNX": "HardSigmoid, alpha = 0.2, beta = 0.5 by default"},
    tutorial=Tutorial(
        f="np.clip(alpha * x + beta, 0, 1)",
        d="np.where((alpha * x + beta > 0) & (alpha * x + beta < 1), alpha, 0.0).astype(x.dtype)",
    ),
    plain="""\
import numpy as np

def hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    return np.clip(alpha * x + beta, 0, 1)

def d_hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    a, b = -beta / alpha, (1 - beta) / alpha
    return alpha * np.heaviside(x - a, 0) * np.heaviside(b - x, 0)

def d2_hard_sigmoid_onnx(x, alpha=0.2, beta=0.5):
    return 0.0 * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-4.0, 0.0, 1.25, 4.0])
print(hard_sigmoid_onnx(x))
print(d_hard_sigmoid_onnx(x))
assert hard_sigmoid_onnx(1.25) == 0.75
""",
)


def sparse_sigmoid(x):
    """A line of slope 1/2 from 0 at -1 to 1 at 1: the slope of sparse plus."""
    return 0.5 * np.clip(x + 1.0, 0.0, 2.0)


def d_sparse_sigmoid(x):
    """1/2 between the two kinks, 0 outside and at them."""
    return 0.5 * np.heaviside(1.0 - np.fabs(x), 0.0)


def d2_sparse_sigmoid(x):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    sparse_sigmoid,
    d_sparse_sigmoid,
    d2_sparse_sigmoid,
    title="Sparse sigmoid",
    use="The binary case of sparsemax: probabilities that are exactly 0 or 1 for sure scores.",
    expr="Piecewise((0, x < -1), ((x + 1)/2, x < 1), (1, True))",
    derivative="Piecewise((0, x < -1), (1/2, x < 1), (0, True))",
    second="0",
    limits=Limits(f=(0, 1), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(at=-1.0, slope=0.0, why="The slope is 0 on the left and 1/2 on the right."),
        Kink(at=1.0, slope=0.0, why="The slope is 1/2 on the left and 0 on the right."),
    ),
    relations=("sparse_sigmoid(x) = (1 + hard_tanh(x))/2",),
    frameworks={
        "JAX": "jax.nn.sparse_sigmoid(x)",
        "Keras": "keras.activations.sparse_sigmoid(x)",
    },
    tutorial=Tutorial(f="0.5 * np.clip(x + 1, 0, 2)", d="np.where(np.abs(x) < 1, 0.5, 0.0)"),
    example="""\
x = np.array([-4.0, 0.0, 0.5, 4.0])
print(sparse_sigmoid(x))
print(d_sparse_sigmoid(x))
assert sparse_sigmoid(0.5) == 0.75
""",
)


def hard_tanh(x, min_val=-1.0, max_val=1.0):
    """The identity, clipped to an interval."""
    return np.clip(x, min_val, max_val)


def d_hard_tanh(x, min_val=-1.0, max_val=1.0):
    """1 inside the interval, 0 outside and at its ends."""
    return np.heaviside(x - min_val, 0.0) * np.heaviside(max_val - x, 0.0)


def d2_hard_tanh(x, min_val=-1.0, max_val=1.0):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    hard_tanh,
    d_hard_tanh,
    d2_hard_tanh,
    title="Hard tanh",
    use="A tanh for hardware, and the straight-through surrogate of a sign.",
    expr="Piecewise((min_val, x < min_val), (x, x < max_val), (max_val, True))",
    derivative="Piecewise((0, x < min_val), (1, x < max_val), (0, True))",
    second="0",
    takes={
        "min_val": Parameter(says="the lower end", symbol="a"),
        "max_val": Parameter(says="the upper end, above the lower one", symbol="b"),
    },
    limits=Limits(f=("min_val", "max_val"), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at="min_val",
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right; PyTorch returns 0, as here, JAX 1.",
        ),
        Kink(
            at="max_val",
            slope=0.0,
            why="The slope is 1 on the left and 0 on the right; PyTorch returns 0, as here, JAX 1.",
        ),
    ),
    cases=(Case(parameters={"min_val": -0.5, "max_val": 2.0}),),
    aliases=("hardtanh", "clip", "clamp"),
    frameworks={
        "PyTorch": "torch.nn.functional.hardtanh(x, min_val=-1.0, max_val=1.0)",
        "JAX": "jax.nn.hard_tanh(x)",
        "Keras": "keras.activations.hard_tanh(x)",
        "ONNX": "Clip, min = -1, max = 1",
    },
    tutorial=Tutorial(
        f="np.clip(x, min_val, max_val)", d="np.where((x > min_val) & (x < max_val), 1.0, 0.0)"
    ),
    plain="""\
import numpy as np

def hard_tanh(x, min_val=-1.0, max_val=1.0):
    return np.clip(x, min_val, max_val)

def d_hard_tanh(x, min_val=-1.0, max_val=1.0):
    above = np.heaviside(x - min_val, 0.0)
    return above * np.heaviside(max_val - x, 0.0)

def d2_hard_tanh(x, min_val=-1.0, max_val=1.0):
    return 0.0 * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-4.0, 0.5, 1.0, 4.0])
print(hard_tanh(x))
print(d_hard_tanh(x))
assert d_hard_tanh(1.0) == 0.0  # the slope chosen at the kink
""",
)


def relu6(x):
    """ReLU that stops at 6, so that few bits hold the output."""
    return np.clip(x, 0.0, 6.0)


def d_relu6(x):
    """1 between 0 and 6, 0 outside and at both kinks."""
    return np.heaviside(x, 0.0) * np.heaviside(6.0 - x, 0.0)


def d2_relu6(x):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    relu6,
    d_relu6,
    d2_relu6,
    title="ReLU6",
    use="MobileNet and other networks for arithmetic with few bits: the output is bounded.",
    expr="Piecewise((0, x < 0), (x, x < 6), (6, True))",
    derivative="Piecewise((0, x < 0), (1, x < 6), (0, True))",
    second="0",
    limits=Limits(f=(0, 6), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is 0 on the left and 1 on the right; the frameworks return 0.",
        ),
        Kink(
            at=6.0,
            slope=0.0,
            why="The slope is 1 on the left and 0 on the right; the frameworks return 0.",
        ),
    ),
    relations=("relu6(x) = relu(x) - relu(x - 6)",),
    frameworks={
        "PyTorch": "torch.nn.functional.relu6(x)",
        "JAX": "jax.nn.relu6(x)",
        "Keras": "keras.activations.relu6(x)",
        "TensorFlow": "tf.nn.relu6(x)",
        "ONNX": "Clip, min = 0, max = 6",
    },
    tutorial=Tutorial(
        f="np.minimum(np.maximum(0, x), 6)", d="np.where((x > 0) & (x < 6), 1.0, 0.0)"
    ),
    example="""\
x = np.array([-4.0, 0.5, 6.0, 9.0])
print(relu6(x))
print(d_relu6(x))
assert d_relu6(9.0) == 0.0
""",
)


def bounded_relu(x, bound=1.0):
    """ReLU that stops at a bound."""
    return np.clip(x, 0.0, bound)


def d_bounded_relu(x, bound=1.0):
    """1 between 0 and the bound, 0 outside and at both kinks."""
    return np.heaviside(x, 0.0) * np.heaviside(bound - x, 0.0)


def d2_bounded_relu(x, bound=1.0):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    bounded_relu,
    d_bounded_relu,
    d2_bounded_relu,
    title="Bounded ReLU",
    use="ReLU whose outputs must not grow, as in quantised networks.",
    expr="Piecewise((0, x < 0), (x, x < bound), (bound, True))",
    derivative="Piecewise((0, x < 0), (1, x < bound), (0, True))",
    second="0",
    takes={"bound": Parameter(says="the greatest output", symbol="b", low=0.0)},
    limits=Limits(f=(0, "bound"), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(at=0.0, slope=0.0, why="The slope is 0 on the left and 1 on the right."),
        Kink(at="bound", slope=0.0, why="The slope is 1 on the left and 0 on the right."),
    ),
    cases=(Case(parameters={"bound": 20.0}),),
    relations=("bounded_relu(x) = relu(x) - relu(x - 1)",),
    aliases=("BReLU", "ReLUN", "clipped ReLU", "capped ReLU"),
    frameworks={"Keras": "keras.activations.relu(x, max_value=1.0)", "ONNX": "Clip, min = 0"},
    tutorial=Tutorial(
        f="np.minimum(np.maximum(0, x), bound)", d="np.where((x > 0) & (x < bound), 1.0, 0.0)"
    ),
    example="""\
x = np.array([-4.0, 0.5, 1.0, 4.0])
print(bounded_relu(x))
print(d_bounded_relu(x))
assert bounded_relu(30.0, bound=20.0) == 20.0
""",
)


def hard_swish(x):
    """Weights x by the hard sigmoid: a parabola between -3 and 3, ReLU outside."""
    return np.maximum(x, -3.0) * (np.clip(x + 3.0, 0.0, 6.0) / 6.0)  # -inf * 0 is NaN


def d_hard_swish(x):
    """A line from -1/2 to 3/2 between the kinks; it jumps there to 0 and to 1."""
    line = (2.0 * np.clip(x, -3.0, 3.0) + 3.0) / 6.0
    inside = np.heaviside(3.0 - np.fabs(x), 0.0) * line
    return inside + np.heaviside(x - 3.0, 1.0)


def d2_hard_swish(x):
    """1/3 between the kinks, 0 outside."""
    return np.heaviside(3.0 - np.fabs(x), 0.0) / 3.0


add(
    hard_swish,
    d_hard_swish,
    d2_hard_swish,
    title="Hard swish",
    use="The activation of MobileNetV3: SiLU without an exponential.",
    expr="Piecewise((0, x < -3), (x*(x + 3)/6, x < 3), (x, True))",
    derivative="Piecewise((0, x < -3), ((2*x + 3)/6, x < 3), (1, True))",
    second="Piecewise((0, x < -3), (1/3, x < 3), (0, True))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=-3.0,
            slope=0.0,
            why="The slope is 0 on the left and -1/2 on the right; PyTorch and JAX return 0.",
        ),
        Kink(
            at=3.0,
            slope=1.0,
            why="The slope is 3/2 on the left and 1 on the right; PyTorch and JAX return 1.",
        ),
    ),
    relations=("hard_swish(x) - hard_swish(-x) = x",),
    aliases=("hardswish", "hard SiLU"),
    frameworks={
        "PyTorch": "torch.nn.functional.hardswish(x)",
        "JAX": "jax.nn.hard_swish(x)",
        "Keras": "keras.activations.hard_silu(x)",
        "ONNX": "HardSwish",
    },
    tutorial=Tutorial(
        f="x * np.clip(x / 6 + 0.5, 0, 1)",
        d="np.where(x < -3, 0.0, np.where(x < 3, x / 3 + 0.5, 1.0)).astype(x.dtype)",
    ),
    example="""\
x = np.array([-4.0, -1.5, 2.0, 4.0])
print(hard_swish(x))
print(d_hard_swish(x))
assert d_hard_swish(-1.5) == 0.0  # the minimum
""",
)


def hard_mish(x):
    """Weights x by half of a clipped line: a parabola between -2 and 0, ReLU outside."""
    return np.maximum(x, -2.0) * (np.clip(x + 2.0, 0.0, 2.0) / 2.0)


def d_hard_mish(x):
    """A line from -1 to 1 between -2 and 0, 0 to the left of it and 1 to the right."""
    return np.heaviside(x + 2.0, 0.0) * (np.clip(x, -2.0, 0.0) + 1.0)


def d2_hard_mish(x):
    """1 between -2 and 0, 0 outside."""
    return np.heaviside(x + 2.0, 0.0) * np.heaviside(-x, 0.0)


add(
    hard_mish,
    d_hard_mish,
    d2_hard_mish,
    title="Hard Mish",
    use="Mish without exponentials, for small devices.",
    expr="Piecewise((0, x < -2), (x*(x + 2)/2, x < 0), (x, True))",
    derivative="Piecewise((0, x < -2), (x + 1, x < 0), (1, True))",
    second="Piecewise((0, x < -2), (1, x < 0), (0, True))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    kinks=(Kink(at=-2.0, slope=0.0, why="The slope is 0 on the left and -1 on the right."),),
    aliases=("HardMish",),
    tutorial=Tutorial(
        f="x / 2 * np.minimum(2, np.maximum(0, x + 2))",
        d="np.where(x > 0, 1.0, np.where(x > -2, x + 1, 0.0)).astype(x.dtype)",
    ),
    plain="""\
import numpy as np

def hard_mish(x):
    y = np.maximum(x, -2.0)
    return y / 2 * np.clip(y + 2, 0, 2)

def d_hard_mish(x):
    return np.heaviside(x + 2, 0.0) * np.clip(x + 1, -1, 1)

def d2_hard_mish(x):
    return np.heaviside(x + 2, 0.0) * np.heaviside(-x, 0.0)
""",
    example="""\
x = np.array([-4.0, -1.0, 2.0])
print(hard_mish(x))
print(d_hard_mish(x))
assert d_hard_mish(-1.0) == 0.0  # the minimum
""",
)
