"""Hyperbolic functions and their inverses."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import Limits, Tutorial

add = FAMILY.add
INF = np.inf


def sinh(x):
    """The odd part of the exponential."""
    return np.sinh(x)


def d_sinh(x):
    """The hyperbolic cosine."""
    return np.cosh(x)


def d2_sinh(x):
    """The function itself."""
    return np.sinh(x)


add(
    sinh,
    d_sinh,
    d2_sinh,
    title="Hyperbolic sine",
    use="Catenaries, lengths on hyperbolic models, and solutions of y″ = y.",
    analytic=True,
    expr="sinh(x)",
    derivative="cosh(x)",
    second="sinh(x)",
    limits=Limits(f=(-INF, INF), d=(INF, INF), d2=(-INF, INF)),
    relations=("sinh(arcsinh(x)) = x", "cosh(x) + sinh(x) = exp(x)"),
    aliases=("hyperbolic sine", "sh"),
    tutorial=Tutorial(f="(np.exp(x) - np.exp(-x)) / 2", d="(np.exp(x) + np.exp(-x)) / 2"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(sinh(x))
print(d_sinh(x))
assert d_sinh(0.0) == 1.0
""",
    claims={"odd": "f"},
)


def cosh(x):
    """The even part of the exponential."""
    return np.cosh(x)


def d_cosh(x):
    """The hyperbolic sine."""
    return np.sinh(x)


def d2_cosh(x):
    """The function itself."""
    return np.cosh(x)


add(
    cosh,
    d_cosh,
    d2_cosh,
    title="Hyperbolic cosine",
    use="The shape of a hanging chain, and the log-cosh loss.",
    analytic=True,
    expr="cosh(x)",
    derivative="sinh(x)",
    second="cosh(x)",
    limits=Limits(f=(INF, INF), d=(-INF, INF), d2=(INF, INF)),
    relations=("cosh(x)**2 - sinh(x)**2 = 1",),
    aliases=("hyperbolic cosine", "ch"),
    tutorial=Tutorial(f="(np.exp(x) + np.exp(-x)) / 2", d="(np.exp(x) - np.exp(-x)) / 2"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(cosh(x))
print(d_cosh(x))
assert d_cosh(0.0) == 0.0
""",
    claims={"even": "f"},
)


def coth(x):
    """The reciprocal of the hyperbolic tangent."""
    return 1.0 / np.tanh(x)


def d_coth(x):
    """Minus the squared reciprocal of the hyperbolic sine."""
    u = np.minimum(np.fabs(x), 1500.0)  # sinh overflows from 710 on
    c = 2.0 * np.exp(-u) / np.expm1(-2.0 * u)
    return -c * c


def d2_coth(x):
    """Twice the function over the squared hyperbolic sine."""
    u = np.minimum(np.fabs(x), 1500.0)
    c = 2.0 * np.exp(-u) / np.expm1(-2.0 * u)
    return 2.0 * c * (c / np.tanh(x))


add(
    coth,
    d_coth,
    d2_coth,
    title="Hyperbolic cotangent",
    use="The Langevin function, and solutions of Riccati equations.",
    expr="cosh(x)/sinh(x)",
    form="1/tanh(x)",
    derivative="-1/sinh(x)**2",
    second="2*cosh(x)/sinh(x)**3",
    excluded=("0",),
    limits=Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    relations=("coth(x)*tanh(x) = 1",),
    aliases=("hyperbolic cotangent",),
    tutorial=Tutorial(f="np.cosh(x) / np.sinh(x)", d="-1 / np.sinh(x) ** 2"),
    example="""\
x = np.array([-1.0, 1.0, 2.0])
print(coth(x))
print(d_coth(x))
assert coth(40.0) == 1.0
""",
)


def sech(x):
    """The reciprocal of the hyperbolic cosine."""
    e = np.exp(-np.fabs(x))  # cosh overflows from 710 on
    return 2.0 * e / (1.0 + e * e)


def d_sech(x):
    """Minus the function times the hyperbolic tangent."""
    e = np.exp(-np.fabs(x))
    return -2.0 * e / (1.0 + e * e) * np.tanh(x)


def d2_sech(x):
    """The function times the difference of two squares, of tanh and of itself."""
    e = np.exp(-np.fabs(x))
    s, t = 2.0 * e / (1.0 + e * e), np.tanh(x)
    return s * ((t - s) * (t + s))


add(
    sech,
    d_sech,
    d2_sech,
    title="Hyperbolic secant",
    use="Solitons, and the density of the hyperbolic secant distribution.",
    expr="1/cosh(x)",
    derivative="-tanh(x)/cosh(x)",
    second="(tanh(x)**2 - 1/cosh(x)**2)/cosh(x)",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    relations=("sech(x)**2 + tanh(x)**2 = 1",),
    aliases=("hyperbolic secant",),
    promise=16,  # beside its zeros f″ is a difference of rounded numbers
    tutorial=Tutorial(f="1 / np.cosh(x)", d="-np.tanh(x) / np.cosh(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(sech(x))
print(d_sech(x))
assert sech(0.0) == 1.0
""",
)


def csch(x):
    """The reciprocal of the hyperbolic sine."""
    u = np.minimum(np.fabs(x), 1500.0)  # sinh overflows from 710 on
    return 2.0 * np.exp(-u) / np.copysign(np.expm1(-2.0 * u), x)


def d_csch(x):
    """Minus the function times the hyperbolic cotangent."""
    u = np.minimum(np.fabs(x), 1500.0)
    return 2.0 * np.exp(-u) / np.expm1(-2.0 * u) / np.tanh(u)


def d2_csch(x):
    """The function times one and twice its square."""
    u = np.minimum(np.fabs(x), 1500.0)
    c = 2.0 * np.exp(-u) / np.copysign(np.expm1(-2.0 * u), x)
    return c * (1.0 + 2.0 * c * c)


add(
    csch,
    d_csch,
    d2_csch,
    title="Hyperbolic cosecant",
    use="Integrals of hyperbolic functions and Green's functions.",
    expr="1/sinh(x)",
    derivative="-cosh(x)/sinh(x)**2",
    second="(1 + 2/sinh(x)**2)/sinh(x)",
    excluded=("0",),
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    relations=("coth(x)**2 - csch(x)**2 = 1",),
    aliases=("hyperbolic cosecant",),
    tutorial=Tutorial(f="1 / np.sinh(x)", d="-np.cosh(x) / np.sinh(x) ** 2"),
    example="""\
x = np.array([-1.0, 1.0, 2.0])
print(csch(x))
print(d_csch(x))
assert abs(csch(1.0) * np.sinh(1.0) - 1) < 1e-14
""",
)


def arcsinh(x):
    """The number whose hyperbolic sine is x."""
    return np.arcsinh(x)


def d_arcsinh(x):
    """The reciprocal of the length of the vector with the components 1 and x."""
    return 1.0 / np.hypot(1.0, x)  # 1 + x*x overflows from 1e154 on


def d2_arcsinh(x):
    """Odd, with the sign opposite to x."""
    # x / hypot(1, x) is NaN at infinity
    return -np.sin(np.arctan(x)) * np.square(1.0 / np.hypot(1.0, x))


add(
    arcsinh,
    d_arcsinh,
    d2_arcsinh,
    title="Inverse hyperbolic sine",
    use="A logarithm that takes every real number, for data of both signs.",
    expr="asinh(x)",
    derivative="1/sqrt(1 + x**2)",
    second="-x/(1 + x**2)**(3/2)",
    limits=Limits(f=(-INF, INF), d=(0, 0), d2=(0, 0)),
    relations=("sinh(arcsinh(x)) = x",),
    aliases=("asinh", "arsinh", "inverse hyperbolic sine"),
    tutorial=Tutorial(f="np.log(x + np.sqrt(x**2 + 1))", d="1 / np.sqrt(1 + x**2)"),
    example="""\
x = np.array([-1.0, 0.0, 1e9])
print(arcsinh(x))
print(d_arcsinh(x))
assert d_arcsinh(0.0) == 1.0
""",
)


def arccosh(x):
    """The number whose hyperbolic cosine is x."""
    return np.arccosh(x)


def d_arccosh(x):
    """The reciprocal of the root of the square less one."""
    return 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))  # x*x overflows from 1e154 on


def d2_arccosh(x):
    """Minus x over the cube of that root."""
    y = np.minimum(x, 1e30)  # x over the root is NaN at infinity
    c = 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
    return -y / (np.sqrt(y - 1.0) * np.sqrt(y + 1.0)) * (c * c)


add(
    arccosh,
    d_arccosh,
    d2_arccosh,
    title="Inverse hyperbolic cosine",
    use="Distances on the hyperboloid, for embeddings of trees.",
    expr="acosh(x)",
    derivative="1/(sqrt(x - 1)*sqrt(x + 1))",
    second="-x/(x**2 - 1)**(3/2)",
    domain=(1, INF),
    limits=Limits(f=(0, INF), d=(INF, 0), d2=(-INF, 0)),
    relations=("cosh(arccosh(x)) = x",),
    aliases=("acosh", "arcosh", "inverse hyperbolic cosine"),
    tutorial=Tutorial(f="np.log(x + np.sqrt(x**2 - 1))", d="1 / np.sqrt(x**2 - 1)"),
    example="""\
x = np.array([1.25, 2.0, 1e9])
print(arccosh(x))
print(d_arccosh(x))
assert abs(d_arccosh(1.25) - 4 / 3) < 1e-14
""",
)


def arctanh(x):
    """The number whose hyperbolic tangent is x."""
    return np.arctanh(x)


def d_arctanh(x):
    """The reciprocal of one less the square."""
    return 1.0 / (np.subtract(1.0, x) * np.add(1.0, x))  # 1 - x*x loses digits near 1


def d2_arctanh(x):
    """Twice x over the square of that difference."""
    w = np.subtract(1.0, x) * np.add(1.0, x)
    return 2.0 * x / (w * w)


add(
    arctanh,
    d_arctanh,
    d2_arctanh,
    title="Inverse hyperbolic tangent",
    use="Fisher's transformation of correlations, and hyperbolic embeddings.",
    analytic=True,
    expr="atanh(x)",
    derivative="1/(1 - x**2)",
    second="2*x/(1 - x**2)**2",
    domain=(-1, 1),
    limits=Limits(f=(-INF, INF), d=(INF, INF), d2=(-INF, INF)),
    relations=("tanh(arctanh(x)) = x", "arctanh(x) = (log1p(x) - log1p(-x))/2"),
    aliases=("atanh", "artanh", "Fisher transformation", "inverse hyperbolic tangent"),
    tutorial=Tutorial(f="np.log((1 + x) / (1 - x)) / 2", d="1 / (1 - x**2)"),
    example="""\
x = np.array([-0.5, 0.0, 0.9])
print(arctanh(x))
print(d_arctanh(x))
assert d_arctanh(0.0) == 1.0
""",
)


def arccoth(x):
    """The number whose hyperbolic cotangent is x."""
    return 0.5 * np.log1p(2.0 / (x - 1.0))


def d_arccoth(x):
    """Minus the reciprocal of the square less one."""
    return -1.0 / (x - 1.0) / (x + 1.0)


def d2_arccoth(x):
    """Twice x over the square of that difference."""
    a, b = 1.0 / (x - 1.0), 1.0 / (x + 1.0)
    return a * b * (a + b)


add(
    arccoth,
    d_arccoth,
    d2_arccoth,
    title="Inverse hyperbolic cotangent",
    use="Antiderivatives of rational functions beyond their poles.",
    expr="log((x + 1)/(x - 1))/2",
    derivative="1/(1 - x**2)",
    second="2*x/(1 - x**2)**2",
    domain=(1, INF),
    limits=Limits(f=(INF, 0), d=(-INF, 0), d2=(INF, 0)),
    relations=("coth(arccoth(x)) = x",),
    aliases=("acoth", "arcoth", "inverse hyperbolic cotangent"),
    tutorial=Tutorial(f="np.arctanh(1 / x)", d="1 / (1 - x**2)"),
    example="""\
x = np.array([1.5, 2.0, 10.0])
print(arccoth(x))
print(d_arccoth(x))
assert abs(np.tanh(arccoth(2.0)) - 0.5) < 1e-14
""",
)


def arcsech(x):
    """The number whose hyperbolic secant is x."""
    w = np.subtract(1.0, x) * np.add(1.0, x)
    return np.log1p(np.sqrt(w)) - np.log(x)


def d_arcsech(x):
    """Minus the reciprocal of x times the root of one less the square."""
    return -1.0 / np.sqrt(np.subtract(1.0, x) * np.add(1.0, x)) / x


def d2_arcsech(x):
    """The slope, differentiated by the quotient rule."""
    w = np.subtract(1.0, x) * np.add(1.0, x)
    return (1.0 - 2.0 * x * x) / (w * np.sqrt(w)) / x / x


add(
    arcsech,
    d_arcsech,
    d2_arcsech,
    title="Inverse hyperbolic secant",
    use="The tractrix, and integrals with the root of a difference of squares.",
    expr="log((1 + sqrt(1 - x**2))/x)",
    derivative="-1/(x*sqrt(1 - x**2))",
    second="(1 - 2*x**2)/(x**2*(1 - x**2)**(3/2))",
    domain=(0, 1),
    limits=Limits(f=(INF, 0), d=(-INF, -INF), d2=(INF, -INF)),
    relations=("sech(arcsech(x)) = x",),
    aliases=("asech", "arsech", "inverse hyperbolic secant"),
    tutorial=Tutorial(f="np.arccosh(1 / x)", d="-1 / (x * np.sqrt(1 - x**2))"),
    example="""\
x = np.array([0.1, 0.5, 0.9])
print(arcsech(x))
print(d_arcsech(x))
assert abs(np.cosh(arcsech(0.5)) - 2) < 1e-14
""",
)
