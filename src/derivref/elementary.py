"""Elementary functions with their first and second derivatives."""

import numpy as np

from derivref.record import Case, Family, Kink, Limits, Tutorial

FAMILY = Family("elementary", "Elementary functions", "reference/elementary.md#{name}")
add = FAMILY.add


def power(x, n=3):
    """Raises x to a fixed exponent, which must be whole unless x > 0."""
    return np.power(x, 1.0 * n)  # a float, or integers stay integers


def d_power(x, n=3):
    """The exponent comes down and falls by one."""
    # For |n| < 1 the power overflows before the product would.
    return n * np.power(x, n - 1.0)


def d2_power(x, n=3):
    """The exponent comes down twice and falls by two."""
    return n * (n - 1.0) * np.power(x, n - 2.0)


add(
    power,
    d_power,
    d2_power,
    title="Power",
    use="Polynomial features, norms and polynomial decay.",
    expr="x**n",
    derivative="n*x**(n - 1)",
    second="n*(n - 1)*x**(n - 2)",
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
    aliases=("monomial",),
    tutorial=Tutorial(f="x**n", d="n * x ** (n - 1)"),
    example="""\
x = np.array([-2.0, 0.0, 2.0])
print(power(x))
print(d_power(x))
assert abs(d_power(4.0, n=0.5) - 0.25) < 1e-15  # a real exponent needs x > 0
""",
)


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
    expr="base**x",
    derivative="base**x*log(base)",
    second="base**x*log(base)**2",
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
    aliases=("exponential to base a", "exp2"),
    tutorial=Tutorial(f="base**x", d="base**x * float(np.log(base))"),
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(exponential(x))
print(d_exponential(x))
assert abs(exponential(3.0, base=10.0) - 1000.0) < 1e-11
""",
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


add(
    exp_decay,
    d_exp_decay,
    d2_exp_decay,
    title="Exponential decay",
    use="Learning-rate schedules, discounting and the memory of moving averages.",
    expr="exp(-rate*x)",
    derivative="-rate*exp(-rate*x)",
    second="rate**2*exp(-rate*x)",
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
    expr="log(x)/log(base)",
    form="log(x, base)",
    derivative="1/(x*log(base))",
    second="-1/(x**2*log(base))",
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
    aliases=("log10", "log to base a"),
    tutorial=Tutorial(f="np.log(x) / float(np.log(base))", d="1 / (x * float(np.log(base)))"),
    example="""\
x = np.array([0.1, 1.0, 100.0])
print(log_base(x))
print(d_log_base(x))
assert abs(log_base(8.0, base=2.0) - 3.0) < 1e-14
""",
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
)


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
    expr="sin(x)",
    derivative="cos(x)",
    second="-sin(x)",
    period="2*pi",
    limits=Limits(f=(np.nan, np.nan), d=(np.nan, np.nan), d2=(np.nan, np.nan)),
    relations=("sin(x)**2 + cos(x)**2 = 1", "sin(x) = cos(x - pi/2)"),
    aliases=("sine",),
    tutorial=Tutorial(f="np.sin(x)", d="np.cos(x)"),
    example="""\
x = np.array([0.0, np.pi / 6, np.pi / 2])
print(sin(x))
print(d_sin(x))
assert d_sin(0.0) == 1.0
""",
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
    expr="cos(x)",
    derivative="-sin(x)",
    second="-cos(x)",
    period="2*pi",
    limits=Limits(f=(np.nan, np.nan), d=(np.nan, np.nan), d2=(np.nan, np.nan)),
    relations=("cos(2*x) = 2*cos(x)**2 - 1",),
    aliases=("cosine",),
    tutorial=Tutorial(f="np.cos(x)", d="-np.sin(x)"),
    example="""\
x = np.array([0.0, np.pi / 3, np.pi])
print(cos(x))
print(d_cos(x))
assert d_cos(0.0) == 0.0
""",
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
    expr="tan(x)",
    derivative="1/cos(x)**2",
    second="2*tan(x)/cos(x)**2",
    period="pi",
    excluded=("pi/2",),
    limits=Limits(f=(np.nan, np.nan), d=(np.nan, np.nan), d2=(np.nan, np.nan)),
    relations=("tan(x) = sin(x)/cos(x)", "1 + tan(x)**2 = 1/cos(x)**2"),
    aliases=("tangent",),
    tutorial=Tutorial(f="np.tan(x)", d="1 + np.tan(x) ** 2"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(tan(x))
print(d_tan(x))
assert d_tan(0.0) == 1.0
""",
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
    use="The angle between two unit vectors.",
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
)
