"""Exponentials and logarithms to the bases 2 and 10, and powers of x by x."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import Limits, Tutorial

INF = np.inf
LN2, LN10 = 0.6931471805599453, 2.302585092994046

add = FAMILY.add


def exp2(x):
    """Two raised to the power x."""
    return np.exp2(x)


def d_exp2(x):
    """The function times the natural logarithm of its base."""
    return LN2 * np.exp2(x)


def d2_exp2(x):
    """The function times the squared logarithm of its base."""
    return LN2**2 * np.exp2(x)


add(
    exp2,
    d_exp2,
    d2_exp2,
    title="Power of two",
    use="Octaves, bits and scales that double.",
    expr="2**x",
    derivative="2**x*log(2)",
    second="2**x*log(2)**2",
    limits=Limits(f=(0, INF), d=(0, INF), d2=(0, INF)),
    relations=("exp2(log2(x)) = x", "exp2(x) = exponential(x)"),
    tutorial=Tutorial(f="2**x", d="2**x * np.log(2)"),
    example="""\
x = np.array([-1.0, 0.0, 10.0])
print(exp2(x))
print(d_exp2(x))
assert exp2(10.0) == 1024.0
""",
    claims={"Two": "f(1)", "double": "f(1) / f(0)"},
)


def exp10(x):
    """Ten raised to the power x."""
    half = np.power(10.0, 0.5 * x)
    return half * half


def d_exp10(x):
    """The function times the natural logarithm of its base."""
    half = np.power(10.0, 0.5 * x)  # 10**x may overflow or vanish where the product is a number
    return half * (half * LN10)


def d2_exp10(x):
    """The function times the squared logarithm of its base."""
    half = np.power(10.0, 0.5 * x)
    return half * (half * LN10**2)


add(
    exp10,
    d_exp10,
    d2_exp10,
    title="Power of ten",
    use="Decibels, magnitudes and anything read off a logarithmic axis.",
    expr="10**x",
    derivative="10**x*log(10)",
    second="10**x*log(10)**2",
    limits=Limits(f=(0, INF), d=(0, INF), d2=(0, INF)),
    relations=("exp10(log10(x)) = x",),
    aliases=("antilogarithm",),
    tutorial=Tutorial(f="10**x", d="10**x * np.log(10)"),
    example="""\
x = np.array([-1.0, 0.0, 2.0])
print(exp10(x).round(4))
print(d_exp10(x).round(4))
assert abs(exp10(2.0) - 100.0) < 1e-12
""",
    claims={
        "Ten": "f(1)",
    },
)


def log2(x):
    """The logarithm of a positive number to the base two."""
    return np.log2(x)


def d_log2(x):
    """The reciprocal over the natural logarithm of the base."""
    return np.divide(1.0 / LN2, x)


def d2_log2(x):
    """Minus the reciprocal of the square over the natural logarithm of the base."""
    return np.divide(-1.0 / LN2, x) / x


add(
    log2,
    d_log2,
    d2_log2,
    title="Binary logarithm",
    use="Entropy in bits, octaves and the depth of trees.",
    expr="log(x)/log(2)",
    form="log(x, 2)",
    derivative="1/(x*log(2))",
    second="-1/(x**2*log(2))",
    domain=(0, INF),
    limits=Limits(f=(-INF, INF), d=(INF, 0), d2=(-INF, 0)),
    relations=("log2(2**x) = x",),
    aliases=("lb", "logarithm to base 2"),
    tutorial=Tutorial(f="np.log(x) / np.log(2)", d="1 / (x * np.log(2))"),
    example="""\
x = np.array([0.5, 1.0, 8.0])
print(log2(x))
print(d_log2(x))
assert abs(log2(8.0) - 3.0) < 1e-14
""",
    claims={
        "positive number": "chosen(positive=f.domain == (0, inf))",
        "two": "mp.findroot(lambda t: f(t) - 1, 1.9)",
    },
)


def log10(x):
    """The logarithm of a positive number to the base ten."""
    return np.log10(x)


def d_log10(x):
    """The reciprocal over the natural logarithm of the base."""
    return np.divide(1.0 / LN10, x)


def d2_log10(x):
    """Minus the reciprocal of the square over the natural logarithm of the base."""
    return np.divide(-1.0 / LN10, x) / x


add(
    log10,
    d_log10,
    d2_log10,
    title="Common logarithm",
    use="Decibels, orders of magnitude and logarithmic axes.",
    expr="log(x)/log(10)",
    form="log(x, 10)",
    derivative="1/(x*log(10))",
    second="-1/(x**2*log(10))",
    domain=(0, INF),
    limits=Limits(f=(-INF, INF), d=(INF, 0), d2=(-INF, 0)),
    relations=("log10(10**x) = x", "log10(x) = log_base(x)"),
    aliases=("lg", "decimal logarithm"),
    tutorial=Tutorial(f="np.log(x) / np.log(10)", d="1 / (x * np.log(10))"),
    example="""\
x = np.array([0.1, 1.0, 100.0])
print(log10(x))
print(d_log10(x))
assert abs(log10(100.0) - 2.0) < 1e-14
""",
    claims={
        "positive number": "chosen(positive=f.domain == (0, inf))",
        "ten": "mp.findroot(lambda t: f(t) - 1, 9)",
    },
)


def self_power(x):
    """A positive number raised to itself."""
    return np.power(x, x)


def d_self_power(x):
    """The function times one more than the logarithm."""
    root = np.power(x, 0.5 * x)  # the product may be a number where the power overflows
    return root * (root * (1.0 + np.log(x)))


def d2_self_power(x):
    """The function times the squared factor of the slope and the reciprocal."""
    root = np.power(x, 0.5 * x)
    return root * (root * (np.square(1.0 + np.log(x)) + np.divide(1.0, x)))


add(
    self_power,
    d_self_power,
    d2_self_power,
    title="x to the power x",
    use="The standard example of logarithmic differentiation.",
    expr="exp(x*log(x))",
    form="x**x",
    derivative="x**x*(log(x) + 1)",
    second="x**x*((log(x) + 1)**2 + 1/x)",
    domain=(0, INF),
    limits=Limits(f=(1, INF), d=(-INF, INF), d2=(INF, INF)),
    relations=("log(self_power(x)) = x*log(x)",),
    aliases=("x^x", "tetration of height two"),
    plain="""
import numpy as np

def self_power(x):
    return x**x

def d_self_power(x):
    return x**x * (np.log(x) + 1)

def d2_self_power(x):
    return x**x * ((np.log(x) + 1) ** 2 + 1 / x)
""",
    tutorial=Tutorial(f="x**x", d="x**x * (np.log(x) + 1)"),
    example="""\
x = np.array([0.5, 1.0, 2.0])
print(self_power(x))
print(d_self_power(x))
assert d_self_power(1.0) == 1.0
""",
    claims={"positive number": "chosen(positive=f.domain == (0, inf))"},
)
