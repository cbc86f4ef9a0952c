"""Bent rectifiers: 0 to the left, a curve to the right."""

import numpy as np

from derivref.activations import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

add = FAMILY.add


def squared_relu(x):
    """The square of ReLU: a parabola to the right, joined without a kink."""
    return np.square(np.maximum(x, 0.0))


def d_squared_relu(x):
    """Twice ReLU: it grows without bound."""
    return 2.0 * np.maximum(x, 0.0)


def d2_squared_relu(x):
    """0 to the left, 2 to the right and at 0."""
    return 2.0 * np.heaviside(x, 1.0)


add(
    squared_relu,
    d_squared_relu,
    d2_squared_relu,
    title="Squared ReLU",
    use="Feed-forward layers of language models such as Primer: sparse like ReLU, without a kink.",
    expr="Piecewise((0, x < 0), (x**2, True))",
    form="Max(0, x)**2",
    derivative="2*Max(0, x)",
    second="Piecewise((0, x < 0), (2, True))",
    limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, 2)),
    relations=("squared_relu(x) + squared_relu(-x) = x**2",),
    aliases=("ReLU squared", "relu2", "rectified power unit"),
    tutorial=Tutorial(f="np.maximum(0, x) ** 2", d="2 * np.maximum(0, x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(squared_relu(x))
print(d_squared_relu(x))
assert d_squared_relu(3.0) == 6.0
""",
    cite=("kunc2024",),
)


def star_relu(x, scale=0.8944, bias=-0.4472):
    """Squared ReLU, scaled and shifted so that normal inputs give mean 0 and variance 1."""
    return scale * np.square(np.maximum(x, 0.0)) + bias


def d_star_relu(x, scale=0.8944, bias=-0.4472):
    """Twice the scale times ReLU."""
    return 2.0 * scale * np.maximum(x, 0.0)


def d2_star_relu(x, scale=0.8944, bias=-0.4472):
    """0 to the left, twice the scale to the right and at 0."""
    return 2.0 * scale * np.heaviside(x, 1.0)


add(
    star_relu,
    d_star_relu,
    d2_star_relu,
    title="StarReLU",
    use="The activation of MetaFormer networks for images, as cheap as a square.",
    expr="Piecewise((bias, x < 0), (scale*x**2 + bias, True))",
    form="scale*Max(0, x)**2 + bias",
    derivative="2*scale*Max(0, x)",
    second="Piecewise((0, x < 0), (2*scale, True))",
    takes={
        "scale": Parameter(says="the factor", symbol="s", low=0.0),
        "bias": Parameter(says="the shift", symbol="b"),
    },
    limits=Limits(f=("bias", np.inf), d=(0, np.inf), d2=(0, "2*scale")),
    cases=(Case(parameters={"scale": 1.0, "bias": 0.25}),),
    tutorial=Tutorial(f="scale * np.maximum(0, x) ** 2 + bias", d="2 * scale * np.maximum(0, x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(star_relu(x))
print(d_star_relu(x))
assert star_relu(-2.0) == -0.4472
""",
    cite=("kunc2024",),
    promise=16.0,  # the zero moves with the parameters: beside it f is a difference
)


def nl_relu(x, beta=1.0):
    """The logarithm of 1 plus ReLU: it grows ever more slowly."""
    return np.log1p(beta * np.maximum(x, 0.0))


def d_nl_relu(x, beta=1.0):
    """0 to the left and at 0, falling from beta to the right."""
    return beta / (1.0 + beta * np.maximum(x, 0.0)) * np.heaviside(x, 0.0)


def d2_nl_relu(x, beta=1.0):
    """0 to the left, negative to the right: bent downwards."""
    return -np.square(beta / (1.0 + beta * np.maximum(x, 0.0))) * np.heaviside(x, 0.0)


add(
    nl_relu,
    d_nl_relu,
    d2_nl_relu,
    title="NLReLU",
    use="ReLU whose large outputs are compressed, so that layers do not drift apart in size.",
    expr="Piecewise((0, x < 0), (log(1 + beta*x), True))",
    derivative="Piecewise((0, x < 0), (beta/(1 + beta*x), x > 0))",
    second="Piecewise((0, x < 0), (-beta**2/(1 + beta*x)**2, x > 0))",
    takes={"beta": Parameter(says="the slope just right of 0", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, 0), d2=(0, 0)),
    kinks=(Kink(at=0.0, slope=0.0, why="The slope is 0 on the left and beta on the right."),),
    cases=(Case(parameters={"beta": 0.5}),),
    aliases=("natural logarithm ReLU",),
    tutorial=Tutorial(
        f="np.log(beta * np.maximum(0, x) + 1)", d="np.where(x > 0, beta / (beta * x + 1), 0.0)"
    ),
    plain="""\
import numpy as np

def nl_relu(x, beta=1.0):
    return np.log1p(beta * np.maximum(x, 0))

def d_nl_relu(x, beta=1.0):
    slope = beta / (1 + beta * np.maximum(x, 0))
    return slope * np.heaviside(x, 0.0)

def d2_nl_relu(x, beta=1.0):
    slope = beta / (1 + beta * np.maximum(x, 0))
    return -slope * slope * np.heaviside(x, 0.0)
""",
    example="""\
x = np.array([-2.0, 1e-17, 3.0])
print(nl_relu(x))
print(d_nl_relu(x))
assert nl_relu(1e-17) > 0.0  # log(1 + x) would be exactly 0
""",
    cite=("kunc2024",),
)


def cubed_relu(x):
    """The cube of ReLU: two continuous derivatives."""
    y = np.maximum(x, 0.0)
    return y * np.square(y)


def d_cubed_relu(x):
    """Three times the square of ReLU."""
    return 3.0 * np.square(np.maximum(x, 0.0))


def d2_cubed_relu(x):
    """Six times ReLU: continuous."""
    return 6.0 * np.maximum(x, 0.0)


add(
    cubed_relu,
    d_cubed_relu,
    d2_cubed_relu,
    title="Cubed ReLU",
    use="Networks that solve differential equations, where f'' must be continuous.",
    expr="Piecewise((0, x < 0), (x**3, True))",
    form="Max(0, x)**3",
    derivative="3*Max(0, x)**2",
    second="6*Max(0, x)",
    limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
    relations=("cubed_relu(x) - cubed_relu(-x) = x**3",),
    aliases=("ReLU cubed", "RePU"),
    tutorial=Tutorial(f="np.maximum(0, x) ** 3", d="3 * np.maximum(0, x) ** 2"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(cubed_relu(x))
print(d_cubed_relu(x))
assert d_cubed_relu(3.0) == 27.0
""",
)
