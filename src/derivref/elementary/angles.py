"""The other trigonometric functions, their inverses; the angle of a point."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import OSCILLATES, Case, Limits, Parameter, Partial, Tutorial

NONE = (OSCILLATES, OSCILLATES)  # of a periodic function
INF = np.inf

add = FAMILY.add


def cot(x):
    """The cosine over the sine, for x in radians."""
    return 1.0 / np.tan(x)


def d_cot(x):
    """Minus the squared cosecant."""
    c = 1.0 / np.sin(x)
    return -c * c


def d2_cot(x):
    """Twice the function times the squared cosecant."""
    c = 1.0 / np.sin(x)
    return 2.0 * c * (c / np.tan(x))


add(
    cot,
    d_cot,
    d2_cot,
    title="Cotangent",
    use="Slopes against the other axis, and sums over poles.",
    analytic=True,
    expr="cos(x)/sin(x)",
    form="cot(x)",
    derivative="-1/sin(x)**2",
    second="2*cot(x)/sin(x)**2",
    period="pi",
    excluded=("pi",),
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("cot(x)*tan(x) = 1", "1 + cot(x)**2 = 1/sin(x)**2"),
    aliases=("cotangent", "ctg"),
    tutorial=Tutorial(f="np.cos(x) / np.sin(x)", d="-1 / np.sin(x) ** 2"),
    example="""\
x = np.array([-1.0, 0.5, 1.0])
print(cot(x))
print(d_cot(x))
assert abs(cot(np.pi / 4) - 1.0) < 1e-14
""",
)


def sec(x):
    """The reciprocal of the cosine, for x in radians."""
    return 1.0 / np.cos(x)


def d_sec(x):
    """The function times the tangent."""
    return np.tan(x) / np.cos(x)


def d2_sec(x):
    """The function times the sum of two squares, of itself and of the tangent."""
    s, t = 1.0 / np.cos(x), np.tan(x)
    return s * (s * s + t * t)


add(
    sec,
    d_sec,
    d2_sec,
    title="Secant",
    use="The stretching of a Mercator map, and the slope of the tangent.",
    analytic=True,
    expr="1/cos(x)",
    form="sec(x)",
    derivative="tan(x)/cos(x)",
    second="(1/cos(x)**2 + tan(x)**2)/cos(x)",
    period="2*pi",
    excluded=("3*pi/2", "pi/2"),
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("sec(x)**2 = 1 + tan(x)**2",),
    aliases=("secant",),
    tutorial=Tutorial(f="1 / np.cos(x)", d="np.tan(x) / np.cos(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(sec(x))
print(d_sec(x))
assert sec(0.0) == 1.0
""",
)


def csc(x):
    """The reciprocal of the sine, for x in radians."""
    return 1.0 / np.sin(x)


def d_csc(x):
    """Minus the function times the cotangent."""
    return -1.0 / np.sin(x) / np.tan(x)


def d2_csc(x):
    """The function times the sum of two squares, of itself and of the cotangent."""
    s, t = 1.0 / np.sin(x), 1.0 / np.tan(x)
    return s * (s * s + t * t)


add(
    csc,
    d_csc,
    d2_csc,
    title="Cosecant",
    use="The law of sines, and integrals of trigonometric functions.",
    analytic=True,
    expr="1/sin(x)",
    form="csc(x)",
    derivative="-cos(x)/sin(x)**2",
    second="(1 + cos(x)**2)/sin(x)**3",
    period="2*pi",
    excluded=("2*pi", "pi"),
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("csc(x)**2 = 1 + cot(x)**2",),
    aliases=("cosecant",),
    tutorial=Tutorial(f="1 / np.sin(x)", d="-np.cos(x) / np.sin(x) ** 2"),
    example="""\
x = np.array([-1.0, 0.5, 1.0])
print(csc(x))
print(d_csc(x))
assert abs(csc(np.pi / 2) - 1.0) < 1e-14
""",
)


def arccot(x):
    """The angle in the upper half-plane whose cotangent is x."""
    return np.arctan2(1.0, x)


def d_arccot(x):
    """Minus the slope of the inverse tangent."""
    return -np.square(1.0 / np.hypot(1.0, x))  # 1 + x*x overflows from 1e154 on


def d2_arccot(x):
    """Minus the curvature of the inverse tangent."""
    x = np.where(np.isinf(x), 0.0, x)  # inf * 0 is NaN; the limit is 0, as at 0
    c = np.square(1.0 / np.hypot(1.0, x))
    return 2.0 * (x * c * c)


add(
    arccot,
    d_arccot,
    d2_arccot,
    title="Inverse cotangent",
    use="Phases, and angles that follow a point through the upper half-plane.",
    expr="pi/2 - atan(x)",
    derivative="-1/(1 + x**2)",
    second="2*x/(1 + x**2)**2",
    limits=Limits(f=("pi", 0), d=(0, 0), d2=(0, 0)),
    relations=("arccot(x) + arctan(x) = pi/2", "cot(arccot(x)) = x"),
    aliases=("acot", "arccotangent"),
    tutorial=Tutorial(f="np.pi / 2 - np.arctan(x)", d="-1 / (1 + x**2)"),
    example="""\
x = np.array([-1.0, 0.0, 1e9])
print(arccot(x))
print(d_arccot(x))
assert d_arccot(0.0) == -1.0
""",
)


def arcsec(x):
    """The angle in the first quadrant whose secant is x."""
    return np.arctan(np.sqrt(x - 1.0) * np.sqrt(x + 1.0))


def d_arcsec(x):
    """The reciprocal of x times the root of the square less one."""
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)) / x


def d2_arcsec(x):
    """The slope, differentiated by the quotient rule."""
    c = 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
    r = np.divide(1.0, x)
    return -c * (c * c + r * r)


add(
    arcsec,
    d_arcsec,
    d2_arcsec,
    title="Inverse secant",
    use="Integrals with the root of a square less a constant.",
    expr="acos(1/x)",
    derivative="1/(x*sqrt(x**2 - 1))",
    second="(1 - 2*x**2)/(x**2*(x**2 - 1)**(3/2))",
    domain=(1, INF),
    limits=Limits(f=(0, "pi/2"), d=(INF, 0), d2=(-INF, 0)),
    relations=("cos(arcsec(x))*x = 1",),
    aliases=("asec", "arcsecant"),
    tutorial=Tutorial(f="np.arccos(1 / x)", d="1 / (x * np.sqrt(x**2 - 1))"),
    example="""\
x = np.array([1.25, 2.0, 1e9])
print(arcsec(x))
print(d_arcsec(x))
assert abs(np.cos(arcsec(2.0)) - 0.5) < 1e-14
""",
)


def arccsc(x):
    """The angle in the first quadrant whose cosecant is x."""
    return np.arctan(1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)))


def d_arccsc(x):
    """Minus the slope of the inverse secant."""
    return -1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)) / x


def d2_arccsc(x):
    """Minus the curvature of the inverse secant."""
    c = 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
    r = np.divide(1.0, x)
    return c * (c * c + r * r)


add(
    arccsc,
    d_arccsc,
    d2_arccsc,
    title="Inverse cosecant",
    use="Integrals with the root of a square less a constant.",
    expr="asin(1/x)",
    derivative="-1/(x*sqrt(x**2 - 1))",
    second="(2*x**2 - 1)/(x**2*(x**2 - 1)**(3/2))",
    domain=(1, INF),
    limits=Limits(f=("pi/2", 0), d=(-INF, 0), d2=(INF, 0)),
    relations=("arccsc(x) + arcsec(x) = pi/2",),
    aliases=("acsc", "arccosecant"),
    tutorial=Tutorial(f="np.arcsin(1 / x)", d="-1 / (x * np.sqrt(x**2 - 1))"),
    example="""\
x = np.array([1.25, 2.0, 1e9])
print(arccsc(x))
print(d_arccsc(x))
assert abs(np.sin(arccsc(2.0)) - 0.5) < 1e-14
""",
)


def haversine(x):
    """The versine, scaled to the unit interval."""
    return np.square(np.sin(0.5 * x))  # (1 - cos(x))/2 is 0 below 1e-8


def d_haversine(x):
    """Half the sine."""
    return 0.5 * np.sin(x)


def d2_haversine(x):
    """Half the cosine."""
    return 0.5 * np.cos(x)


add(
    haversine,
    d_haversine,
    d2_haversine,
    title="Haversine",
    use="Distances on a sphere from latitude and longitude.",
    analytic=True,
    expr="(1 - cos(x))/2",
    form="sin(x/2)**2",
    derivative="sin(x)/2",
    second="cos(x)/2",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("2*haversine(x) = one_minus_cos(x)",),
    aliases=("hav", "half versine"),
    tutorial=Tutorial(f="(1 - np.cos(x)) / 2", d="np.sin(x) / 2"),
    example="""\
x = np.array([0.0, 1e-9, np.pi])
print(haversine(x))
assert haversine(1e-9) > 0.0  # (1 - cos(x))/2 would be exactly 0
""",
)


def raised_cosine(x):
    """The cosine, shifted and scaled to the unit interval."""
    return np.square(np.cos(0.5 * x))


def d_raised_cosine(x):
    """Minus half the sine."""
    return -0.5 * np.sin(x)


def d2_raised_cosine(x):
    """Minus half the cosine."""
    return -0.5 * np.cos(x)


add(
    raised_cosine,
    d_raised_cosine,
    d2_raised_cosine,
    title="Raised cosine",
    use="Cosine schedules of the learning rate, and window functions.",
    analytic=True,
    expr="(1 + cos(x))/2",
    form="cos(x/2)**2",
    derivative="-sin(x)/2",
    second="-cos(x)/2",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    relations=("raised_cosine(x) + haversine(x) = 1",),
    aliases=("Hann window", "havercosine"),
    tutorial=Tutorial(f="(1 + np.cos(x)) / 2", d="-np.sin(x) / 2"),
    example="""\
x = np.array([0.0, 1.0, np.pi])
print(raised_cosine(x).round(9))
print(d_raised_cosine(x).round(9))
assert raised_cosine(0.0) == 1.0
""",
)


def arctan2(x, y=1.0):
    """The angle of the point whose coordinates are y across and x up."""
    return np.arctan2(x, y)


def d_arctan2(x, y=1.0):
    """The other coordinate over the squared distance."""
    r = np.hypot(x, y)  # x*x + y*y leaves float64 beyond 1e154
    return y / r / r


def d2_arctan2(x, y=1.0):
    """Minus twice the product of the coordinates over the fourth power of the distance."""
    r = np.hypot(x, y)
    u = np.sin(np.arctan2(x, np.fabs(y)))  # x / r is NaN at infinity
    return -2.0 * u * (y / r / r) / r


def d_arctan2_y(x, y=1.0):
    """Minus the first coordinate over the squared distance."""
    u = np.sin(np.arctan2(x, np.fabs(y)))
    return -u / np.hypot(x, y)


add(
    arctan2,
    d_arctan2,
    d2_arctan2,
    title="Angle of a point",
    use="Headings, phases, and the rotation from one vector to another.",
    expr="atan(x/y)",
    derivative="y/(x**2 + y**2)",
    second="-2*x*y/(x**2 + y**2)**2",
    takes={
        "y": Parameter(says="the coordinate across", low=0.0, argument=True),
    },
    partials={"y": Partial(d_arctan2_y, "-x/(x**2 + y**2)")},
    limits=Limits(f=("-pi/2", "pi/2"), d=(0, 0), d2=(0, 0)),
    cases=(Case(parameters={"y": 0.5}),),
    relations=("arctan2(x) = arctan(x)",),
    aliases=("atan2", "two-argument arctangent"),
    tutorial=Tutorial(f="np.arctan2(x, y)", d="y / (x**2 + y**2)"),
    example="""\
x, y = np.array([1.0, 3e200]), np.array([1.0, 4e200])
print(arctan2(x, y).round(4))
print((d_arctan2(x, y) * y).round(4))
assert abs(d_arctan2(3.0, 4.0) - 0.16) < 1e-15
""",
)
