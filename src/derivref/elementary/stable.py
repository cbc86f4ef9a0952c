"""Forms that keep their digits where the usual ones cancel or overflow."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import OSCILLATES, Limits, Tutorial

NONE = (OSCILLATES, OSCILLATES)  # of a periodic function

add = FAMILY.add


def log1p(x):
    """The logarithm of 1 + x, also where 1 + x rounds to 1."""
    return np.log1p(x)


def d_log1p(x):
    """The reciprocal of 1 + x."""
    return 1.0 / (1.0 + x)


def d2_log1p(x):
    """Minus the squared reciprocal of 1 + x."""
    return -np.square(1.0 / (1.0 + x))  # the square of 1 + x would overflow from 1e154


add(
    log1p,
    d_log1p,
    d2_log1p,
    page="learn/stable-computation.md#log1p",
    title="Logarithm of 1 + x",
    use="Growth rates, log-probabilities near 0, and inside softplus.",
    analytic=True,
    expr="log(1 + x)",
    derivative="1/(1 + x)",
    second="-1/(1 + x)**2",
    domain=(-1.0, np.inf),
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, 0), d2=(-np.inf, 0)),
    tutorial=Tutorial(f="np.log(1 + x)", d="1 / (1 + x)"),
    example="""\
x = np.array([1e-20, 1.0])
print(log1p(x))
print(d_log1p(x))
assert abs(log1p(1e-20) / 1e-20 - 1) < 1e-14  # log(1 + x) would be exactly 0
""",
    claims={
        "The logarithm of 1 + x, also where 1 + x rounds to 1": (
            "mp.exp(f(2)) - 2, mp.exp(f(2)) - 2, 1 + 1e-3 * eps"
        ),
        "near 0": "f.zeros",
    },
)


def expm1(x):
    """The exponential minus 1, also where the exponential rounds to 1."""
    return np.expm1(x)


def d_expm1(x):
    """The exponential."""
    return np.exp(x)


def d2_expm1(x):
    """The exponential."""
    return np.exp(x)


add(
    expm1,
    d_expm1,
    d2_expm1,
    page="learn/stable-computation.md#expm1",
    title="Exponential minus 1",
    use="Compound growth, and the negative side of ELU.",
    analytic=True,
    expr="exp(x) - 1",
    derivative="exp(x)",
    second="exp(x)",
    relations=("log(1 + expm1(x)) = x",),
    limits=Limits(f=(-1, np.inf), d=(0, np.inf), d2=(0, np.inf)),
    tutorial=Tutorial(f="np.exp(x) - 1", d="np.exp(x)"),
    example="""\
x = np.array([-1.0, 1e-20])
print(expm1(x))
print(d_expm1(x))
assert expm1(1e-20) == 1e-20  # exp(x) - 1 would be exactly 0
""",
    claims={
        "minus 1, also where the exponential rounds to 1": "mp.exp(2) - f(2), np.exp(1e-3 * eps)",
        "negative": "f.on(-inf, 0)",
    },
)


def one_minus_cos(x):
    """The versine: even, never negative, about x**2/2 near 0."""
    return 2.0 * np.square(np.sin(0.5 * x))  # 1 - cos(x) is 0 below 1e-8


def d_one_minus_cos(x):
    """The sine."""
    return np.sin(x)


def d2_one_minus_cos(x):
    """The cosine."""
    return np.cos(x)


add(
    one_minus_cos,
    d_one_minus_cos,
    d2_one_minus_cos,
    page="learn/stable-computation.md#one_minus_cos",
    title="One minus cosine",
    use="Cosine distance and rotation angles when the angle is small.",
    analytic=True,
    expr="1 - cos(x)",
    form="2*sin(x/2)**2",
    derivative="sin(x)",
    second="cos(x)",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    aliases=("versine",),
    tutorial=Tutorial(f="1 - np.cos(x)", d="np.sin(x)"),
    example="""\
x = np.array([0.0, 1e-9, np.pi])
print(one_minus_cos(x))
assert one_minus_cos(1e-9) > 0.0  # 1 - cos(x) would be exactly 0
""",
    claims={
        "even, never negative": "f, f(xs)",
        # Exponent over divisor, 2/2, is read: the ratio to the square's half is 1.
        "about x**2/2 near 0": "f(mp.mpf('1e-9')) / mp.mpf('0.5e-18'), f.zeros[:1]",
    },
)


def pseudo_huber(x):
    """Half a square near 0, an absolute value far away: forgives outliers."""
    # sqrt(1 + x * x) - 1 is 0 below 1e-8; x * x / (1 + hypot(1, x)) is NaN at infinity.
    return x * np.tan(0.5 * np.arctan(x))


def d_pseudo_huber(x):
    """The sine of the arctangent of x: odd, between -1 and 1."""
    return np.sin(np.arctan(x))  # x / hypot(1, x) is NaN at infinity


def d2_pseudo_huber(x):
    """The cube of 1 / hypot(1, x): positive, so the loss is convex."""
    return (1.0 / np.hypot(1.0, x)) ** 3  # the cube of hypot overflows


add(
    pseudo_huber,
    d_pseudo_huber,
    d2_pseudo_huber,
    page="learn/stable-computation.md#pseudo_huber",
    title="Pseudo-Huber",
    use="Regression with outliers, and a smooth absolute value.",
    expr="sqrt(1 + x**2) - 1",
    form="x**2/(1 + sqrt(1 + x**2))",
    derivative="x/sqrt(1 + x**2)",
    second="1/((1 + x**2)*sqrt(1 + x**2))",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    tutorial=Tutorial(f="np.sqrt(1 + x**2) - 1", d="x / np.sqrt(1 + x**2)"),
    example="""\
x = np.array([0.0, 1e-9, 3.0])
print(pseudo_huber(x))
print(d_pseudo_huber(x))
assert pseudo_huber(1e-9) > 0.0  # sqrt(1 + x**2) - 1 would be exactly 0
""",
    claims={"Half a square near 0": "f(mp.mpf('1e-9')) / mp.mpf('1e-18'), f.zeros"},
)
