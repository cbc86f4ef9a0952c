"""Powers and roots."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import Case, Kink, Limits, Parameter, Partial, Tutorial

add = FAMILY.add


def power(x, n=3):
    """Raises x to a fixed exponent, which must be whole unless x > 0."""
    return np.power(x, 1.0 * n)  # a float, or integers stay integers


def d_power(x, n=3):
    """The exponent comes down and falls by one."""
    # For |n| < 1 the power overflows before the product would; for n = 0 it is ∞ at 0.
    return n * np.power(x, (n - 1.0) * (n != 0))


def d2_power(x, n=3):
    """The exponent comes down twice and falls by two."""
    c = n * (n - 1.0)
    return c * np.power(x, (n - 2.0) * (c != 0.0))


def d_power_n(x, n=3):
    """The power times the logarithm of x, for x > 0; NaN below 0."""
    root = np.power(x, 0.5 * n)  # a power below 1e-308 has lost its digits
    # 0 * inf is NaN; the logarithm of a number stays below 710
    return root * (root * np.minimum(np.log(x), 800.0))


add(
    power,
    d_power,
    d2_power,
    title="Power",
    use="Polynomial features, norms and polynomial decay.",
    analytic=True,
    expr="x**n",
    derivative="n*x**(n - 1)",
    second="n*(n - 1)*x**(n - 2)",
    takes={"n": Parameter(says="the exponent, whole unless x > 0")},
    partials={"n": Partial(d_power_n, "x**n*log(x)", domain=(0, np.inf))},
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, np.inf), d2=(-np.inf, np.inf)),
    cases=(
        Case(
            parameters={"n": 4},
            limits=Limits(f=(np.inf, np.inf), d=(-np.inf, np.inf), d2=(np.inf, np.inf)),
        ),
        Case(
            parameters={"n": 2.5},
            domain=(0, np.inf),
            limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
        ),
        Case(
            parameters={"n": -1.5},
            domain=(0, np.inf),
            limits=Limits(f=(np.inf, 0), d=(-np.inf, 0), d2=(np.inf, 0)),
        ),
        Case(
            parameters={"n": -2},
            excluded=("0",),
            limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
        ),
    ),
    aliases=("monomial", "x^n"),
    tutorial=Tutorial(f="x**n", d="n * x ** (n - 1)"),
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(power(x))
print(d_power(x))
assert abs(d_power(4.0, n=0.5) - 0.25) < 1e-15  # a real exponent needs x > 0
""",
    claims={"unless x > 0": "record.cases[1].domain[0]"},
)


def sqrt(x):
    """The square root of a positive number; its slope grows without bound towards 0."""
    return np.sqrt(x)


def d_sqrt(x):
    """The reciprocal of twice the root."""
    return 0.5 / np.sqrt(x)


def d2_sqrt(x):
    """Negative: the root is concave."""
    return -0.25 / np.sqrt(x) / x  # x * sqrt(x) leaves float64 beyond 1e205


add(
    sqrt,
    d_sqrt,
    d2_sqrt,
    title="Square root",
    use="Norms, standard deviations and the denominators of adaptive optimisers.",
    analytic=True,
    expr="sqrt(x)",
    derivative="1/(2*sqrt(x))",
    second="-1/(4*x**(3/2))",
    domain=(0, np.inf),
    limits=Limits(f=(0, np.inf), d=(np.inf, 0), d2=(-np.inf, 0)),
    relations=("sqrt(x)**2 = x",),
    aliases=("root", "square root"),
    tutorial=Tutorial(f="np.sqrt(x)", d="1 / (2 * np.sqrt(x))"),
    example="""\
x = np.array([0.25, 1.0, 4.0])
print(sqrt(x))
print(d_sqrt(x))
assert d_sqrt(4.0) == 0.25
""",
    claims={
        "positive number": "chosen(positive=f.domain == (0, inf))",
        "grows": "chosen(grows=f.d(0.01) > f.d(0.1))",
        "without bound towards 0": "f.domain[0]",
    },
)


def hypot(x, y=1.0):
    """The length of the vector with the components x and y."""
    return np.hypot(x, y)


def d_hypot(x, y=1.0):
    """The sine of the vector's angle: x over the length, and 0 at the origin."""
    return np.sin(np.arctan2(x, abs(y)))  # x / hypot is NaN at 0 and infinity


def d2_hypot(x, y=1.0):
    """The squared cosine of the angle over the length."""
    cosine = np.sin(np.arctan2(y, abs(x)))
    return cosine * (cosine / np.hypot(x, y))


def d_hypot_y(x, y=1.0):
    """The cosine of the angle: y over the length, and 0 at the origin."""
    return np.sin(np.arctan2(y, abs(x)))


add(
    hypot,
    d_hypot,
    d2_hypot,
    title="Hypotenuse",
    use="Distances in the plane, moduli of complex numbers, and a smooth absolute value.",
    expr="sqrt(x**2 + y**2)",
    derivative="x/sqrt(x**2 + y**2)",
    second="y**2/(x**2 + y**2)**(3/2)",
    takes={"y": Parameter(says="the other component", argument=True)},
    partials={"y": Partial(d_hypot_y, "y/sqrt(x**2 + y**2)")},
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    cases=(Case(parameters={"y": -0.5}),),
    relations=("hypot(x) = sqrt(1 + x**2)",),
    aliases=("Euclidean distance in the plane",),
    tutorial=Tutorial(f="np.sqrt(x**2 + y**2)", d="x / np.sqrt(x**2 + y**2)"),
    example="""\
x, y = np.array([3.0, 3e200]), np.array([4.0, 4e200])
print((hypot(x, y) / x).round(4))
print(d_hypot(x, y).round(4), d_hypot_y(x, y).round(4))
assert abs(hypot(3.0, 4.0) - 5.0) < 1e-14
assert d_hypot(0.0, 0.0) == 0.0  # chosen: there is no derivative at the origin
""",
)


def reciprocal(x):
    """One over x: decreasing on either side of its pole at 0."""
    return np.divide(1.0, x)


def d_reciprocal(x):
    """Minus the reciprocal of the square."""
    return np.divide(-1.0, x) / x


def d2_reciprocal(x):
    """Twice the reciprocal of the cube."""
    return np.divide(2.0, x) / x / x


add(
    reciprocal,
    d_reciprocal,
    d2_reciprocal,
    title="Reciprocal",
    use="Normalisation by a sum or a norm, and the quotient rule.",
    analytic=True,
    expr="1/x",
    derivative="-1/x**2",
    second="2/x**3",
    excluded=("0",),
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    relations=("reciprocal(x)*x = 1",),
    aliases=("multiplicative inverse", "1/x"),
    tutorial=Tutorial(f="1 / x", d="-1 / x**2"),
    example="""\
x = np.array([-2.0, 0.5, 4.0])
print(reciprocal(x))
print(d_reciprocal(x))
assert d_reciprocal(0.5) == -4.0
""",
    claims={
        "decreasing": "[f.on(-inf, 0), f.on(0, inf)]",
        "pole at 0": "f.poles",
    },
)


def absolute(x):
    """The distance from 0: even, convex, with a kink at 0."""
    return np.fabs(x)  # np.abs keeps integers and takes complex numbers


def d_absolute(x):
    """The sign: -1 below the kink, 1 above, and 0 chosen at it."""
    # np.sign keeps integers and takes complex numbers.
    return 2.0 * np.heaviside(x, 0.5) - 1.0


def d2_absolute(x):
    """Zero on either side of the kink."""
    return 0.0 * np.heaviside(x, 0.5)  # 0.0 * x would be NaN at infinity


add(
    absolute,
    d_absolute,
    d2_absolute,
    title="Absolute value",
    use="The mean absolute error and the L1 penalty.",
    expr="Piecewise((-x, x < 0), (x, True))",
    form="Abs(x)",
    derivative="Piecewise((-1, x < 0), (1, x > 0))",
    second="Piecewise((0, x < 0), (0, x > 0))",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    kinks=(
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is −1 on the left and 1 on the right; 0 lies between and is what "
            "np.sign returns.",
        ),
    ),
    relations=("absolute(x) = sqrt(x**2)", "absolute(x) = relu(x) + relu(-x)"),
    aliases=("abs", "modulus"),
    tutorial=Tutorial(f="np.abs(x)", d="np.sign(x)"),
    example="""\
x = np.array([-2.0, 0.0, 3.0])
print(absolute(x))
print(d_absolute(x))
assert d_absolute(0.0) == 0.0  # the slope chosen at the kink
""",
    claims={"from 0: even, convex, with a kink at 0": "f.argmin, f, f, f.kinks"},
)
