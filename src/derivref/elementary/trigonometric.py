"""Trigonometric functions and their inverses."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import OSCILLATES, Limits, Tutorial

NONE = (OSCILLATES, OSCILLATES)  # of a periodic function

add = FAMILY.add


def sin(x):
    """The sine, for x in radians: odd, of period 2π, and its slope is the cosine."""
    return np.sin(x)


def d_sin(x):
    """The cosine."""
    return np.cos(x)


def d2_sin(x):
    """Minus the sine."""
    return -np.sin(x)


add(
    sin,
    d_sin,
    d2_sin,
    title="Sine",
    use="Positional encodings, Fourier features and periodic signals.",
    analytic=True,
    expr="sin(x)",
    derivative="cos(x)",
    second="-sin(x)",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("sin(x)**2 + cos(x)**2 = 1", "sin(x) = cos(x - pi/2)"),
    aliases=("sine",),
    tutorial=Tutorial(f="np.sin(x)", d="np.cos(x)"),
    example="""\
x = np.array([0.0, np.pi / 6, np.pi / 2])
print(sin(x))
print(d_sin(x))
assert d_sin(0.0) == 1.0
""",
    claims={
        "odd, of period 2π": "f, f.period",
        "periodic": "f",
    },
)


def cos(x):
    """The cosine, for x in radians: even, of period 2π."""
    return np.cos(x)


def d_cos(x):
    """Minus the sine."""
    return -np.sin(x)


def d2_cos(x):
    """Minus the cosine."""
    return -np.cos(x)


add(
    cos,
    d_cos,
    d2_cos,
    title="Cosine",
    use="Positional encodings, cosine learning-rate schedules and angles between vectors.",
    analytic=True,
    expr="cos(x)",
    derivative="-sin(x)",
    second="-cos(x)",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("cos(2*x) = 2*cos(x)**2 - 1",),
    aliases=("cosine",),
    tutorial=Tutorial(f="np.cos(x)", d="-np.sin(x)"),
    example="""\
x = np.array([0.0, np.pi / 3, np.pi])
print(cos(x))
print(d_cos(x))
assert d_cos(0.0) == 0.0
""",
    claims={"even, of period 2π": "f, f.period"},
)


def tan(x):
    """The tangent, for x in radians: odd, with poles at π/2 + kπ."""
    return np.tan(x)


def d_tan(x):
    """The squared secant: never below 1."""
    return 1.0 / np.square(np.cos(x))


def d2_tan(x):
    """Twice the tangent times the squared secant."""
    return 2.0 * np.tan(x) / np.square(np.cos(x))


add(
    tan,
    d_tan,
    d2_tan,
    title="Tangent",
    use="Slopes of angles, and the quantile function of the Cauchy distribution.",
    analytic=True,
    expr="tan(x)",
    derivative="1/cos(x)**2",
    second="2*tan(x)/cos(x)**2",
    period="pi",
    excluded=("pi/2",),
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("tan(x) = sin(x)/cos(x)", "1 + tan(x)**2 = 1/cos(x)**2"),
    aliases=("tangent",),
    tutorial=Tutorial(f="np.tan(x)", d="1 + np.tan(x) ** 2"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(tan(x))
print(d_tan(x))
assert d_tan(0.0) == 1.0
""",
    claims={"odd, with poles at π/2 + kπ": "f, f.poles[4]"},
)


def arcsin(x):
    """The angle between -π/2 and π/2 whose sine is x."""
    return np.arcsin(x)


def d_arcsin(x):
    """Even, at least 1."""
    # 1 - x * x loses digits near 1.
    return 1.0 / np.sqrt(np.subtract(1.0, x) * np.add(1.0, x))


def d2_arcsin(x):
    """Odd, with the sign of x."""
    w = np.subtract(1.0, x) * np.add(1.0, x)
    return x / (w * np.sqrt(w))


add(
    arcsin,
    d_arcsin,
    d2_arcsin,
    title="Inverse sine",
    use="Angles from coordinates, and the variance-stabilising transform of proportions.",
    analytic=True,
    expr="asin(x)",
    derivative="1/sqrt(1 - x**2)",
    second="x/(1 - x**2)**(3/2)",
    domain=(-1, 1),
    limits=Limits(f=(-np.pi / 2, np.pi / 2), d=(np.inf, np.inf), d2=(-np.inf, np.inf)),
    relations=("arcsin(x) + arccos(x) = pi/2", "sin(arcsin(x)) = x"),
    aliases=("asin", "arcsine"),
    tutorial=Tutorial(f="np.arcsin(x)", d="1 / np.sqrt(1 - x**2)"),
    example="""\
x = np.array([-0.5, 0.0, 0.8])
print(arcsin(x))
print(d_arcsin(x))
assert d_arcsin(0.0) == 1.0
""",
    claims={"between -π/2 and π/2": "f.inf, f.sup"},
)


def arccos(x):
    """The angle between 0 and π whose cosine is x."""
    return np.arccos(x)


def d_arccos(x):
    """Even, at most -1."""
    return -1.0 / np.sqrt(np.subtract(1.0, x) * np.add(1.0, x))


def d2_arccos(x):
    """Odd, with the sign opposite to x."""
    w = np.subtract(1.0, x) * np.add(1.0, x)
    return -np.divide(x, w * np.sqrt(w))


add(
    arccos,
    d_arccos,
    d2_arccos,
    title="Inverse cosine",
    use="The angle between unit vectors.",
    analytic=True,
    expr="acos(x)",
    derivative="-1/sqrt(1 - x**2)",
    second="-x/(1 - x**2)**(3/2)",
    domain=(-1, 1),
    limits=Limits(f=(np.pi, 0), d=(-np.inf, -np.inf), d2=(np.inf, -np.inf)),
    relations=("cos(arccos(x)) = x",),
    aliases=("acos", "arccosine"),
    tutorial=Tutorial(f="np.arccos(x)", d="-1 / np.sqrt(1 - x**2)"),
    example="""\
x = np.array([-0.5, 0.0, 0.8])
print(arccos(x))
print(d_arccos(x))
assert d_arccos(0.0) == -1.0
""",
    claims={"between 0 and π": "f.inf, f.sup"},
)


def arctan(x):
    """The angle between -π/2 and π/2 whose tangent is x: odd, increasing."""
    return np.arctan(x)


def d_arctan(x):
    """Even, positive, at most 1."""
    return np.square(1.0 / np.hypot(1.0, x))  # 1 + x*x overflows from 1e154 on


def d2_arctan(x):
    """Odd, with the sign opposite to x."""
    x = np.where(np.isinf(x), 0.0, x)  # inf * 0 is NaN; the limit is 0, as at 0
    d = d_arctan(x)
    return -2.0 * (x * d * d)  # 2 * x overflows at the largest number


add(
    arctan,
    d_arctan,
    d2_arctan,
    title="Inverse tangent",
    use="Angles from slopes, and a bounded, heavy-tailed squashing function.",
    expr="atan(x)",
    derivative="1/(1 + x**2)",
    second="-2*x/(1 + x**2)**2",
    limits=Limits(f=(-np.pi / 2, np.pi / 2), d=(0, 0), d2=(0, 0)),
    relations=("tan(arctan(x)) = x",),
    aliases=("atan", "arctangent"),
    tutorial=Tutorial(f="np.arctan(x)", d="1 / (1 + x**2)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(arctan(x))
print(d_arctan(x))
assert d_arctan(0.0) == 1.0
""",
    claims={
        "between -π/2 and π/2": "f.inf, f.sup",
        "odd, increasing": "f",
        "bounded": "f",
    },
)
