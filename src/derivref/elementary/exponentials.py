"""Exponentials and logarithms."""

import numpy as np

from derivref.elementary import FAMILY
from derivref.records import Case, Limits, Parameter, Partial, Tutorial

add = FAMILY.add


def exp(x):
    """The exponential: positive, convex, and its own derivative."""
    return np.exp(x)


def d_exp(x):
    """The exponential itself."""
    return np.exp(x)


def d2_exp(x):
    """The exponential itself."""
    return np.exp(x)


add(
    exp,
    d_exp,
    d2_exp,
    title="Exponential",
    use="Softmax and attention weights, and growth at a constant rate.",
    analytic=True,
    expr="exp(x)",
    derivative="exp(x)",
    second="exp(x)",
    limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
    relations=("exp(x)*exp(-x) = 1", "exp(log(1 + x**2)) = 1 + x**2"),
    aliases=("natural exponential",),
    tutorial=Tutorial(f="np.exp(x)", d="np.exp(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(exp(x))
print(d_exp(x))
assert d_exp(0.0) == 1.0
""",
    claims={"positive, convex": "f"},
)


def exponential(x, base=2.0):
    """Raises a fixed positive base to the power x."""
    return np.power(base, x)


def d_exponential(x, base=2.0):
    """The function times the natural logarithm of the base."""
    # Without float(), float32 would become float64.
    return float(np.log(base)) * np.power(base, x)


def d2_exponential(x, base=2.0):
    """The function times the squared logarithm of the base."""
    return float(np.log(base)) ** 2 * np.power(base, x)


add(
    exponential,
    d_exponential,
    d2_exponential,
    title="Exponential to another base",
    use="Doubling and halving, information in bits, schedules that decay by a factor.",
    analytic=True,
    expr="base**x",
    derivative="base**x*log(base)",
    second="base**x*log(base)**2",
    takes={"base": Parameter(says="the base", symbol="a", low=0.0, excluded=(1.0,))},
    limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
    cases=(
        Case(
            parameters={"base": 10.0},
            limits=Limits(f=(0, np.inf), d=(0, np.inf), d2=(0, np.inf)),
        ),
        Case(
            parameters={"base": 0.5},
            limits=Limits(f=(np.inf, 0), d=(-np.inf, 0), d2=(np.inf, 0)),
        ),
    ),
    aliases=("exponential to base a",),
    tutorial=Tutorial(f="base**x", d="base**x * float(np.log(base))"),
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(exponential(x))
print(d_exponential(x))
assert abs(exponential(3.0, base=10.0) - 1000.0) < 1e-11
""",
    claims={
        "positive base": "chosen(positive=record.takes['base'].low == 0)",
        "Doubling": "f(1) / f(0)",
    },
)


def exp_decay(x, rate=1.0):
    """Falls by the same factor over equal steps."""
    return np.exp(-rate * x)


def d_exp_decay(x, rate=1.0):
    """Minus the rate times the function."""
    # exp(-rate * x) overflows where a rate below 1 would save it.
    e = np.exp(-0.5 * rate * x)
    return e * (e * -rate)


def d2_exp_decay(x, rate=1.0):
    """The squared rate times the function."""
    e = np.exp(-0.5 * rate * x)
    return e * (e * rate**2)


def d_exp_decay_rate(x, rate=1.0):
    """Minus x times the function: how a faster decay lowers each value."""
    x = np.minimum(x, 1e38)  # 0 * inf is NaN; at 1e38 the function is 0 already
    e = np.exp(-0.5 * rate * x)
    return e * (e * -x)


add(
    exp_decay,
    d_exp_decay,
    d2_exp_decay,
    title="Exponential decay",
    use="Learning-rate schedules, discounting and the memory of moving averages.",
    analytic=True,
    expr="exp(-rate*x)",
    derivative="-rate*exp(-rate*x)",
    second="rate**2*exp(-rate*x)",
    takes={"rate": Parameter(says="the rate of decay", symbol="lambda", low=0.0)},
    partials={"rate": Partial(d_exp_decay_rate, "-x*exp(-rate*x)")},
    limits=Limits(f=(np.inf, 0), d=(-np.inf, 0), d2=(np.inf, 0)),
    cases=(
        Case(
            parameters={"rate": 0.5},
            limits=Limits(f=(np.inf, 0), d=(-np.inf, 0), d2=(np.inf, 0)),
        ),
    ),
    aliases=("decay",),
    tutorial=Tutorial(f="np.exp(-rate * x)", d="-rate * np.exp(-rate * x)"),
    example="""\
x = np.array([0.0, 1.0, 5.0])
print(exp_decay(x))
print(d_exp_decay(x))
assert d_exp_decay(0.0, rate=0.5) == -0.5
""",
    claims={"Falls": "f"},
)


def log(x):
    """The natural logarithm of a positive number: turns products into sums."""
    return np.log(x)


def d_log(x):
    """The reciprocal."""
    return np.divide(1.0, x)


def d2_log(x):
    """Minus the reciprocal of the square: the logarithm is concave."""
    return np.divide(-1.0, x) / x  # x * x leaves float64 beyond 1e154


add(
    log,
    d_log,
    d2_log,
    title="Natural logarithm",
    use="Log-likelihoods, cross-entropy and anything compared by ratios.",
    analytic=True,
    expr="log(x)",
    derivative="1/x",
    second="-1/x**2",
    domain=(0, np.inf),
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, 0), d2=(-np.inf, 0)),
    relations=("log(x**2) = 2*log(x)", "exp(log(x)) = x"),
    aliases=("ln", "natural log"),
    tutorial=Tutorial(f="np.log(x)", d="1 / x"),
    example="""\
x = np.array([0.5, 1.0, 2.0])
print(log(x))
print(d_log(x))
assert d_log(4.0) == 0.25
""",
    claims={"positive number": "chosen(positive=f.domain == (0, inf))"},
)


def log_base(x, base=10.0):
    """The logarithm of a positive number to another base: the natural one, scaled."""
    return np.log(x) / float(np.log(base))  # float(), else float32 becomes float64


def d_log_base(x, base=10.0):
    """The reciprocal over the natural logarithm of the base."""
    return np.divide(float(1.0 / np.log(base)), x)


def d2_log_base(x, base=10.0):
    """Minus the reciprocal of the square over the natural logarithm of the base."""
    return np.divide(float(-1.0 / np.log(base)), x) / x


add(
    log_base,
    d_log_base,
    d2_log_base,
    title="Logarithm to another base",
    use="Entropy in bits, decibels and orders of magnitude.",
    analytic=True,
    expr="log(x)/log(base)",
    form="log(x, base)",
    derivative="1/(x*log(base))",
    second="-1/(x**2*log(base))",
    takes={"base": Parameter(says="the base", symbol="a", low=0.0, excluded=(1.0,))},
    domain=(0, np.inf),
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, 0), d2=(-np.inf, 0)),
    relations=("log_base(10**x) = x",),
    cases=(
        Case(
            parameters={"base": 2.0},
            domain=(0, np.inf),
            limits=Limits(f=(-np.inf, np.inf), d=(np.inf, 0), d2=(-np.inf, 0)),
        ),
    ),
    aliases=("log to base a",),
    tutorial=Tutorial(f="np.log(x) / float(np.log(base))", d="1 / (x * float(np.log(base)))"),
    example="""\
x = np.array([0.1, 1.0, 100.0])
print(log_base(x))
print(d_log_base(x))
assert abs(log_base(8.0, base=2.0) - 3.0) < 1e-14
""",
    claims={"positive number": "chosen(positive=f.domain == (0, inf))"},
)
