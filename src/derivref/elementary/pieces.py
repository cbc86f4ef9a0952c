"""Constants, roots with a vertical tangent, and functions made of pieces."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Tutorial

INF = np.inf

add = FAMILY.add


def square(x):
    """The product of x with itself."""
    return np.square(1.0 * x)


def d_square(x):
    """Twice x."""
    return 2.0 * x


def d2_square(x):
    """Two, whatever x is."""
    return 2.0 + 0.0 * np.heaviside(x, 0.0)  # 0.0 * x would be NaN at infinity


add(
    square,
    d_square,
    d2_square,
    title="Square",
    use="Squared errors, energies and variances.",
    analytic=False,
    expr="x**2",
    derivative="2*x",
    second="2",
    limits=Limits(f=(INF, INF), d=(-INF, INF), d2=(2, 2)),
    relations=("square(sqrt(x)) = x",),
    aliases=("x squared", "x^2"),
    tutorial=Tutorial(f="x**2", d="2 * x"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(square(x))
print(d_square(x))
assert d_square(3.0) == 6.0
""",
)


def inverse_sqrt(x):
    """The reciprocal of the square root."""
    return 1.0 / np.sqrt(x)


def d_inverse_sqrt(x):
    """Minus half the function over x."""
    return -0.5 / np.sqrt(x) / x


def d2_inverse_sqrt(x):
    """Three quarters of the function over the square of x."""
    return 0.75 / np.sqrt(x) / x / x


add(
    inverse_sqrt,
    d_inverse_sqrt,
    d2_inverse_sqrt,
    title="Reciprocal square root",
    use="Normalisation layers, attention scores and steps of optimisers.",
    analytic=True,
    expr="1/sqrt(x)",
    derivative="-1/(2*x**(3/2))",
    second="3/(4*x**(5/2))",
    domain=(0, INF),
    limits=Limits(f=(INF, 0), d=(-INF, 0), d2=(INF, 0)),
    relations=("inverse_sqrt(x)*sqrt(x) = 1",),
    aliases=("rsqrt", "inverse square root"),
    tutorial=Tutorial(f="x**-0.5", d="-0.5 * x**-1.5"),
    example="""\
x = np.array([0.25, 1.0, 4.0])
print(inverse_sqrt(x))
print(d_inverse_sqrt(x))
assert d_inverse_sqrt(1.0) == -0.5
""",
)


def max_constant(x, c=0.5):
    """x, or a constant that x does not reach."""
    return np.maximum(x, c)


def d_max_constant(x, c=0.5):
    """The slope: 1 above the constant and 0 below."""
    return np.heaviside(x - c, 0.5)


def d2_max_constant(x, c=0.5):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.5)


add(
    max_constant,
    d_max_constant,
    d2_max_constant,
    title="Maximum with a constant",
    use="Floors under variances and norms before a division.",
    expr="Piecewise((c, x < c), (x, True))",
    form="max(x, c)",
    derivative="Piecewise((0, x < c), (1, x > c))",
    second="Piecewise((0, x < c), (0, x > c))",
    takes={"c": Parameter(says="the constant")},
    limits=Limits(f=("c", INF), d=(0, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at="c",
            slope=0.5,
            why="The slope is 0 on the left and 1 on the right; the code returns the mean, as JAX "
            "does.",
        ),
    ),
    cases=(Case(parameters={"c": -2.0}),),
    aliases=("maximum", "lower clamp"),
    tutorial=Tutorial(f="np.maximum(x, c)", d="np.where(x > c, 1.0, 0.0)"),
    example="""\
x = np.array([-1.0, 0.5, 2.0])
print(max_constant(x))
print(d_max_constant(x))
assert d_max_constant(0.5) == 0.5
""",
)


def min_constant(x, c=0.5):
    """x, or a constant where that comes first on the line."""
    return np.minimum(x, c)


def d_min_constant(x, c=0.5):
    """The slope: 0 above the constant and 1 below."""
    return np.heaviside(c - x, 0.5)


def d2_min_constant(x, c=0.5):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.5)


add(
    min_constant,
    d_min_constant,
    d2_min_constant,
    title="Minimum with a constant",
    use="Caps on ratios, rewards and the norms of gradients.",
    expr="Piecewise((x, x < c), (c, True))",
    form="min(x, c)",
    derivative="Piecewise((1, x < c), (0, x > c))",
    second="Piecewise((0, x < c), (0, x > c))",
    takes={"c": Parameter(says="the constant")},
    limits=Limits(f=(-INF, "c"), d=(1, 0), d2=(0, 0)),
    kinks=(
        Kink(
            at="c",
            slope=0.5,
            why="The slope is 1 on the left and 0 on the right; the code returns the mean, as JAX "
            "does.",
        ),
    ),
    cases=(Case(parameters={"c": -2.0}),),
    relations=("min_constant(x) + max_constant(x) = x + c",),
    aliases=("minimum", "upper clamp"),
    tutorial=Tutorial(f="np.minimum(x, c)", d="np.where(x < c, 1.0, 0.0)"),
    example="""\
x = np.array([-1.0, 0.5, 2.0])
print(min_constant(x))
print(d_min_constant(x))
assert d_min_constant(0.5) == 0.5
""",
)
