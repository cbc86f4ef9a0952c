"""Gates with other shapes: x weighted by a learnt or another function of itself."""

import numpy as np
from scipy.special import erf, expit, log_expit

from derivref.activations import FAMILY
from derivref.activations.gated import d2_gelu, d2_silu, d3_silu, d_gelu, d_silu, gelu, silu
from derivref.activations.logistic import d_tanh, sigmoid
from derivref.kernels import from_zero, gaussian, logistic_density, scaled
from derivref.records import Case, Limits, Parameter, Tutorial

TWO_OVER_ROOT_PI = 1.1283791670955126
QUICK, QUICK_REST = 1.702, 4.263256414560601e-17  # 1.702 is no floating number

add = FAMILY.add


def swish_beta(x, beta=1.5):
    """Weights x by the sigmoid of a multiple of x: between half of x and ReLU."""
    z, rest = scaled(x, beta)
    # x*sigma(z) from silu(z)/beta would stop with z; x is stopped where the sigmoid is 0.
    left = silu(z) / beta * (1.0 + rest)
    return np.where(x < 0.0, left, np.maximum(x, -1.0) * expit(z))


def d_swish_beta(x, beta=1.5):
    """The slope of SiLU at beta*x."""
    z, rest = scaled(x, beta)
    return d_silu(z) + rest * d2_silu(z)


def d2_swish_beta(x, beta=1.5):
    """Product of beta and the curvature of SiLU at beta*x."""
    z, rest = scaled(x, beta)
    return beta * (d2_silu(z) + rest * d3_silu(z))


add(
    swish_beta,
    d_swish_beta,
    d2_swish_beta,
    title="Swish with a parameter",
    use="SiLU with a sharpness that is learnt or set; with 1 it is SiLU.",
    expr="x/(1 + exp(-beta*x))",
    form="x*sigma(beta*x)",
    derivative="sigma(beta*x)*(1 + beta*x*sigma(-beta*x))",
    second="beta*sigma(beta*x)*sigma(-beta*x)*(2 - beta*x*tanh(beta*x/2))",
    takes={"beta": Parameter(says="the sharpness", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    cases=(Case(parameters={"beta": 1.0}), Case(parameters={"beta": 0.75})),
    relations=("swish_beta(x) = 2*silu(3*x/2)/3",),
    aliases=("adaptive swish",),
    frameworks={
        "TensorFlow": "tf.nn.silu(x, beta=1.5)",
        "ONNX": "Swish, alpha = 1.5",
        "PyTorch": "x * torch.sigmoid(1.5 * x)",
    },
    tutorial=Tutorial(
        f="x / (1 + np.exp(-beta * x))",
        d="1 / (1 + np.exp(-beta * x)) * (1 + beta * x * (1 - 1 / (1 + np.exp(-beta * x))))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def swish_beta(x, beta=1.5):
    return x * expit(beta * x)

def d_swish_beta(x, beta=1.5):
    z = beta * x
    return expit(z) * (1 + z * expit(-z))

def d2_swish_beta(x, beta=1.5):
    z = beta * x
    return beta * expit(z) * expit(-z) * (2 - z * np.tanh(z / 2))
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(swish_beta(x))
print(d_swish_beta(x))
assert d_swish_beta(0.0) == 0.5
""",
    cite=("ramachandran2017",),
    promise=10.0,
)


def quick_gelu(x):
    """Weights x by the sigmoid of 1.702*x: the first approximation of GELU."""
    z, rest = scaled(x, QUICK, QUICK_REST)
    left = silu(z) / QUICK * (1.0 + rest)
    return np.where(x < 0.0, left, np.maximum(x, -1.0) * expit(z))


def d_quick_gelu(x):
    """The slope of SiLU at 1.702*x."""
    z, rest = scaled(x, QUICK, QUICK_REST)
    return d_silu(z) + rest * d2_silu(z)


def d2_quick_gelu(x):
    """1.702 times the curvature of SiLU at 1.702*x."""
    z, rest = scaled(x, QUICK, QUICK_REST)
    return QUICK * (d2_silu(z) + rest * d3_silu(z))


add(
    quick_gelu,
    d_quick_gelu,
    d2_quick_gelu,
    title="Quick GELU",
    use="The activation of CLIP, whose weights were trained with it.",
    expr="x/(1 + exp(-1702*x/1000))",
    form="x*sigma(1.702*x)",
    derivative="sigma(1.702*x)*(1 + 1.702*x*sigma(-1.702*x))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    relations=("quick_gelu(x) - quick_gelu(-x) = x",),
    aliases=("QuickGELU", "sigmoid GELU", "gelu_quick"),
    frameworks={"PyTorch": "x * torch.sigmoid(1.702 * x)"},
    tutorial=Tutorial(
        f="x / (1 + np.exp(-1.702 * x))",
        d="1 / (1 + np.exp(-1.702 * x)) * (1 + 1.702 * x * (1 - 1 / (1 + np.exp(-1.702 * x))))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def quick_gelu(x):
    return x * expit(1.702 * x)

def d_quick_gelu(x):
    z = 1.702 * x
    return expit(z) * (1 + z * expit(-z))

def d2_quick_gelu(x):
    z = 1.702 * x
    return 1.702 * expit(z) * expit(-z) * (2 - z * np.tanh(z / 2))
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(quick_gelu(x))
print(d_quick_gelu(x))
assert d_quick_gelu(0.0) == 0.5
""",
    cite=("hendrycks2016",),
    promise=10.0,
)


def e_swish(x, beta=1.5):
    """SiLU times a constant: steeper, with the same minimum."""
    return beta * silu(x)


def d_e_swish(x, beta=1.5):
    """The slope of SiLU times the constant."""
    return beta * d_silu(x)


def d2_e_swish(x, beta=1.5):
    """The curvature of SiLU times the constant."""
    return beta * d2_silu(x)


add(
    e_swish,
    d_e_swish,
    d2_e_swish,
    title="E-swish",
    use="SiLU with larger slopes; the constant is not learnt.",
    expr="beta*x/(1 + exp(-x))",
    form="beta*x*sigma(x)",
    derivative="beta*sigma(x)*(1 + x*sigma(-x))",
    takes={"beta": Parameter(says="the factor", low=0.0)},
    limits=Limits(f=(0, np.inf), d=(0, "beta"), d2=(0, 0)),
    cases=(Case(parameters={"beta": 1.25}),),
    tutorial=Tutorial(
        f="beta * x / (1 + np.exp(-x))",
        d="beta / (1 + np.exp(-x)) * (1 + x * (1 - 1 / (1 + np.exp(-x))))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def e_swish(x, beta=1.5):
    return beta * x * expit(x)

def d_e_swish(x, beta=1.5):
    return beta * expit(x) * (1 + x * expit(-x))

def d2_e_swish(x, beta=1.5):
    return beta * expit(x) * expit(-x) * (2 - x * np.tanh(x / 2))
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(e_swish(x))
print(d_e_swish(x))
assert d_e_swish(0.0) == 0.75
""",
    cite=("kunc2024",),
    promise=10.0,
)


def acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    """A smooth maximum of two lines: p1*x and p2*x, both slopes learnt."""
    gap = p1 - p2
    # As a sum of two products it is NaN at one of the ends.
    return x * (p2 + gap * expit(scaled(x, beta * gap)[0]))


def d_acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    """The slope of SiLU, scaled, plus p2."""
    gap = p1 - p2
    return p2 + gap * d_silu(scaled(x, beta * gap)[0])


def d2_acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    """The curvature of SiLU, scaled."""
    gap = p1 - p2
    z, rest = scaled(x, beta * gap)
    return beta * gap * gap * (d2_silu(z) + rest * d3_silu(z))


add(
    acon_c,
    d_acon_c,
    d2_acon_c,
    title="ACON-C",
    use="A unit that learns both slopes and whether to be linear or bent between them.",
    expr="(p1 - p2)*x/(1 + exp(-beta*(p1 - p2)*x)) + p2*x",
    form="(p1 - p2)*x*sigma(beta*(p1 - p2)*x) + p2*x",
    takes={
        "p1": Parameter(says="the slope far to the right"),
        "p2": Parameter(says="the slope far to the left, below the other", excluded=(0.0,)),
        "beta": Parameter(says="the sharpness", low=0.0),
    },
    limits=Limits(f=("-oo*p2", np.inf), d=("p2", "p1"), d2=(0, 0)),
    cases=(Case(parameters={"p1": 1.5, "p2": -0.5, "beta": 2.0}),),
    aliases=("ACON", "activate or not"),
    tutorial=Tutorial(
        f="(p1 - p2) * x / (1 + np.exp(-beta * (p1 - p2) * x)) + p2 * x",
        d="(p1 - p2) / (1 + np.exp(-beta * (p1 - p2) * x))"
        " * (1 + beta * (p1 - p2) * x * (1 - 1 / (1 + np.exp(-beta * (p1 - p2) * x)))) + p2",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    gap = p1 - p2
    return gap * x * expit(beta * gap * x) + p2 * x

def d_acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    z = beta * (p1 - p2) * x
    return (p1 - p2) * expit(z) * (1 + z * expit(-z)) + p2

def d2_acon_c(x, p1=1.0, p2=0.25, beta=1.0):
    z = beta * (p1 - p2) * x
    w = beta * (p1 - p2) ** 2 * expit(z) * expit(-z)
    return w * (2 - z * np.tanh(z / 2))
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(acon_c(x))
print(d_acon_c(x))
assert d_acon_c(0.0) == 0.625  # the mean of the two slopes
""",
    cite=("kunc2024",),
    promise=100.0,  # where the two lines nearly cancel, to the left
)


def smu(x, alpha=0.25, mu=1.0):
    """A smooth leaky ReLU: the error function in place of a sign."""
    v = mu * (1.0 - alpha) * np.clip(x, -60.0, 60.0)
    return x * (0.5 * (1.0 + alpha) + 0.5 * (1.0 - alpha) * erf(v))


def d_smu(x, alpha=0.25, mu=1.0):
    """From alpha to 1, beyond both near 0."""
    v = mu * (1.0 - alpha) * np.clip(x, -60.0, 60.0)
    bump = gaussian(v, TWO_OVER_ROOT_PI * v)
    return 0.5 * (1.0 + alpha) + 0.5 * (1.0 - alpha) * (erf(v) + bump)


def d2_smu(x, alpha=0.25, mu=1.0):
    """Positive between two inflections, negative outside."""
    k = mu * (1.0 - alpha)
    v, rest = scaled(x, k)
    v = np.clip(v, -30.0, 30.0)
    weight = (1.0 - alpha) * k * TWO_OVER_ROOT_PI * (1.0 - v) * (1.0 + v)
    return gaussian(v, weight * (1.0 - 2.0 * v * rest))


add(
    smu,
    d_smu,
    d2_smu,
    title="SMU",
    use="A smooth leaky ReLU for image networks, with a sharpness that is learnt.",
    expr="((1 + alpha)*x + (1 - alpha)*x*erf(mu*(1 - alpha)*x))/2",
    derivative="((1 + alpha) + (1 - alpha)*erf(mu*(1 - alpha)*x))/2"
    " + (1 - alpha)**2*mu*x*exp(-(mu*(1 - alpha)*x)**2)/sqrt(pi)",
    second="2*(1 - alpha)**2*mu*(1 - (mu*(1 - alpha)*x)**2)*exp(-(mu*(1 - alpha)*x)**2)/sqrt(pi)",
    takes={
        "alpha": Parameter(says="the slope far to the left", low=0.0, high=1.0),
        "mu": Parameter(says="the sharpness", low=0.0),
    },
    limits=Limits(f=(-np.inf, np.inf), d=("alpha", 1), d2=(0, 0)),
    cases=(Case(parameters={"alpha": 0.5, "mu": 2.0}),),
    aliases=("smooth maximum unit",),
    tutorial=Tutorial(
        f="((1 + alpha) * x + (1 - alpha) * x * erf(mu * (1 - alpha) * x)) / 2",
        d="(1 + alpha + (1 - alpha) * erf(mu * (1 - alpha) * x)) / 2 + mu * (1 - alpha) ** 2"
        " * x * np.exp(-((mu * (1 - alpha) * x) ** 2)) / np.sqrt(np.pi, dtype=x.dtype)",
    ),
    plain="""\
import numpy as np
from scipy.special import erf, erfc

C = 2 / np.sqrt(np.pi)

def smu(x, alpha=0.25, mu=1.0):
    return x - (1 - alpha) * x * erfc(mu * (1 - alpha) * x) / 2

def d_smu(x, alpha=0.25, mu=1.0):
    t = np.clip(mu * (1 - alpha) * x, -30, 30)
    w = erf(t) + C * t * np.exp(-t * t)
    return (1 + alpha + (1 - alpha) * w) / 2

def d2_smu(x, alpha=0.25, mu=1.0):
    t = np.clip(mu * (1 - alpha) * x, -30, 30)
    return C * mu * (1 - alpha) ** 2 * (1 - t * t) * np.exp(-t * t)
""",
    example="""\
x = np.array([-5.0, 0.0, 5.0])
print(smu(x))
print(d_smu(x))
assert d_smu(0.0) == 0.625
""",
    cite=("kunc2024",),
    promise=32.0,  # beside the inflections, which move with the parameters
)


def lisht(x):
    """Weights x by its tanh: even, about x**2 near 0 and the size of x far away."""
    return x * np.tanh(x)


def d_lisht(x):
    """Odd: from -1 to 1, overshooting both."""
    return np.tanh(x) + np.clip(x, -400.0, 400.0) * d_tanh(x)


def d2_lisht(x):
    """Positive between the inflections near -1.2 and 1.2, negative outside."""
    y = np.fabs(np.clip(x, -400.0, 400.0))
    # 1 - y*tanh(y), times 1 + exp(-2*y), in terms of the distance from its zero z
    t = from_zero(y, 1.199678659439087, -1.918135308014613e-08)
    weight = 0.19967864025773382 * np.expm1(-2.0 * t) + t * np.expm1(-2.0 * y)
    e = np.exp(-y)
    return e * (e * (8.0 * weight) / (1.0 + e * e) ** 3)


add(
    lisht,
    d_lisht,
    d2_lisht,
    title="LiSHT",
    use="An even activation: a smooth size of x.",
    expr="x*tanh(x)",
    derivative="tanh(x) + x*(1 - tanh(x)**2)",
    second="2*(1 - tanh(x)**2)*(1 - x*tanh(x))",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    relations=("lisht(x) = silu(2*x) - x",),
    aliases=("linearly scaled hyperbolic tangent",),
    tutorial=Tutorial(f="x * np.tanh(x)", d="np.tanh(x) + x * (1 - np.tanh(x) ** 2)"),
    plain="""\
import numpy as np
from scipy.special import expit

def lisht(x):
    return x * np.tanh(x)

def d_lisht(x):
    return np.tanh(x) + 4 * x * expit(2 * x) * expit(-2 * x)

def d2_lisht(x):
    return 8 * expit(2 * x) * expit(-2 * x) * (1 - x * np.tanh(x))
""",
    example="""\
x = np.array([-3.0, 0.0, 1.0])
print(lisht(x))
print(d_lisht(x))
assert d_lisht(0.0) == 0.0
""",
    cite=("kunc2024",),
)


def serf(x):
    """Weights x by the error function of its softplus: close to Mish."""
    y = np.maximum(x, -800.0)
    # Softplus is subnormal before the product is.
    tail = TWO_OVER_ROOT_PI * silu(np.minimum(y, 0.0))
    return np.where(y < -40.0, tail, y * erf(-log_expit(-y)))


def d_serf(x):
    """Negative left of the minimum, above 1 further right."""
    y = np.clip(x, -800.0, 40.0)
    s = -log_expit(-y)
    near = erf(s) + gaussian(s, TWO_OVER_ROOT_PI * sigmoid(y) * y)
    return np.where(y < -40.0, TWO_OVER_ROOT_PI * d_silu(y), near)


def d2_serf(x):
    """Positive between two inflections, negative outside."""
    y = np.clip(x, -800.0, 40.0)
    s, p = -log_expit(-y), sigmoid(y)
    return gaussian(s, TWO_OVER_ROOT_PI * p * (2.0 + y * (sigmoid(-y) - 2.0 * s * p)))


add(
    serf,
    d_serf,
    d2_serf,
    title="Serf",
    use="An alternative to Mish that saturates sooner to the left.",
    expr="x*erf(log(1 + exp(x)))",
    form="x*erf(softplus(x))",
    derivative="erf(softplus(x)) + 2/sqrt(pi)*x*sigma(x)*exp(-softplus(x)**2)",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    aliases=("log-softplus error activation function",),
    tutorial=Tutorial(
        f="x * erf(np.log(1 + np.exp(x)))",
        d="erf(np.log(1 + np.exp(x))) + 2 / np.sqrt(np.pi, dtype=x.dtype)"
        " * x / (1 + np.exp(-x)) * np.exp(-(np.log(1 + np.exp(x)) ** 2))",
    ),
    plain="""\
import numpy as np
from scipy.special import erf, expit

C = 2 / np.sqrt(np.pi)

def serf(x):
    return x * erf(np.logaddexp(0, x))

def d_serf(x):
    s = np.minimum(np.logaddexp(0, x), 30)
    return erf(s) + C * x * expit(x) * np.exp(-s * s)

def d2_serf(x):
    s = np.minimum(np.logaddexp(0, x), 30)
    w = 2 + x * (expit(-x) - 2 * s * expit(x))
    return C * expit(x) * np.exp(-s * s) * w
""",
    example="""\
x = np.array([-3.0, 0.0, 800.0])
print(serf(x))
print(d_serf(x))
assert d_serf(800.0) == 1.0
""",
    cite=("kunc2024",),
    promise=2000.0,  # from 20 to 26 the curvature moves by up to 1500 ULP when x moves by one
)


def logish(x):
    """Weights x by the logarithm of 1 plus its sigmoid: slope ln 2 far to the right."""
    y = np.maximum(x, -800.0)
    s = np.maximum(expit(y), 1e-30)  # the sigmoid is subnormal before the product is
    return silu(y) * (np.log1p(s) / s)


def d_logish(x):
    """Negative left of the minimum, 0.405 at 0, beyond 0.693 further right."""
    y = np.clip(x, -800.0, 800.0)
    s = sigmoid(y)
    return np.log1p(s) + logistic_density(y, y / (1.0 + s))


def d2_logish(x):
    """Positive between two inflections, negative outside."""
    y = np.clip(x, -800.0, 800.0)
    s = sigmoid(y)
    rest = 2.0 - y * (np.tanh(0.5 * y) + logistic_density(y) / (1.0 + s))
    return logistic_density(y, rest / (1.0 + s))


add(
    logish,
    d_logish,
    d2_logish,
    title="Logish",
    use="A SiLU whose gate is compressed by a logarithm.",
    expr="x*log(1 + 1/(1 + exp(-x)))",
    form="x*log(1 + sigma(x))",
    derivative="log(1 + sigma(x)) + x*sigma(x)*sigma(-x)/(1 + sigma(x))",
    limits=Limits(f=(0, np.inf), d=(0, 0.6931471805599453), d2=(0, 0)),
    tutorial=Tutorial(
        f="x * np.log(1 + 1 / (1 + np.exp(-x)))",
        d="np.log(1 + 1 / (1 + np.exp(-x)))"
        " + x * np.exp(-x) / (1 + np.exp(-x)) ** 2 / (1 + 1 / (1 + np.exp(-x)))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def logish(x):
    return x * np.log1p(expit(x))

def d_logish(x):
    s = expit(x)
    return np.log1p(s) + x * s * expit(-x) / (1 + s)

def d2_logish(x):
    s = expit(x)
    g = s * expit(-x) / (1 + s)
    return g * (2 + x * (1 - 2 * s - s * s) / (1 + s))
""",
    example="""\
x = np.array([-40.0, 0.0, 3.0])
print(logish(x))
print(d_logish(x))
assert logish(-40.0) < 0.0  # log(1 + s) would be exactly 0
""",
    cite=("kunc2024",),
    promise=100.0,  # beside the zeros of f' and f'' two terms cancel
)


def smish(x):
    """Weights x by the tanh of the logarithm of 1 plus its sigmoid: slope 0.6 far to the right."""
    y = np.maximum(x, -800.0)
    s = expit(y)
    return silu(y) * ((2.0 + s) / (2.0 + s * (2.0 + s)))


def d_smish(x):
    """Negative left of the minimum, 5/13 at 0, beyond 0.6 further right."""
    y = np.clip(x, -800.0, 800.0)
    s = sigmoid(y)
    w = 2.0 + s * (2.0 + s)
    return s * (2.0 + s) / w + logistic_density(y, 4.0 * y * (1.0 + s) / (w * w))


def d2_smish(x):
    """Positive between two inflections, negative outside."""
    y = np.clip(x, -800.0, 800.0)
    s = sigmoid(y)
    w = 2.0 + s * (2.0 + s)
    bend = logistic_density(y) * (2.0 + 3.0 * s * (2.0 + s)) / w
    rest = (2.0 - y * np.tanh(0.5 * y)) * (1.0 + s) - y * bend
    return logistic_density(y, 4.0 * rest / (w * w))


add(
    smish,
    d_smish,
    d2_smish,
    title="Smish",
    use="Mish with another gate, whose slope to the right is 3/5.",
    expr="x*tanh(log(1 + 1/(1 + exp(-x))))",
    form="x*tanh(log(1 + sigma(x)))",
    derivative="tanh(log(1 + sigma(x)))"
    " + x*sigma(x)*sigma(-x)*4*(1 + sigma(x))/(2 + 2*sigma(x) + sigma(x)**2)**2",
    limits=Limits(f=(0, np.inf), d=(0, 0.6), d2=(0, 0)),
    tutorial=Tutorial(
        f="x * np.tanh(np.log(1 + 1 / (1 + np.exp(-x))))",
        d="np.tanh(np.log(1 + 1 / (1 + np.exp(-x))))"
        " + x * (1 - np.tanh(np.log(1 + 1 / (1 + np.exp(-x)))) ** 2)"
        " * np.exp(-x) / (1 + np.exp(-x)) ** 2 / (1 + 1 / (1 + np.exp(-x)))",
    ),
    plain="""\
import numpy as np
from scipy.special import expit

def smish(x):
    return x * np.tanh(np.log1p(expit(x)))

def d_smish(x):
    s, q = expit(x), 1 + (1 + expit(x)) ** 2
    return (s * (2 + s) + 4 * x * (1 + s) * s * expit(-x) / q) / q

def d2_smish(x):
    s, q = expit(x), 1 + (1 + expit(x)) ** 2
    n = 2 - s * (2 + s * (9 + s * (2 - s)))
    return 4 * s * expit(-x) * (2 * (1 + s) + x * n / q) / q**2
""",
    example="""\
x = np.array([-40.0, 0.0, 3.0])
print(smish(x))
print(d_smish(x))
assert abs(d_smish(0.0) - 5 / 13) < 1e-15
""",
    cite=("kunc2024",),
    promise=100.0,  # beside the zeros of f' and f'' two terms cancel
)


def phish(x):
    """Weights x by the tanh of its GELU: even near 0, about x**2/2."""
    y = np.maximum(x, -40.0)
    return y * np.tanh(gelu(y))


def d_phish(x):
    """0 at 0, positive to both sides of it near 0, tending to 0 and to 1."""
    y = np.clip(x, -40.0, 40.0)
    g = gelu(y)
    return np.tanh(g) + y * d_tanh(g) * d_gelu(y)


def d2_phish(x):
    """1 at 0."""
    y = np.clip(x, -40.0, 400.0)
    g, dg = gelu(y), d_gelu(y)
    weight = 2.0 * dg + y * (d2_gelu(y) - 2.0 * np.tanh(g) * dg * dg)
    e = np.exp(-np.fabs(g))
    return e * (e * (4.0 * weight) / np.square(1.0 + e * e))


add(
    phish,
    d_phish,
    d2_phish,
    title="Phish",
    use="A gate from GELU and tanh, positive on both sides of 0.",
    expr="x*tanh(x*(1 + erf(x/sqrt(2)))/2)",
    form="x*tanh(x*Phi(x))",
    derivative="tanh(x*Phi(x)) + x*(1 - tanh(x*Phi(x))**2)*(Phi(x) + x*phi(x))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    tutorial=Tutorial(
        f="x * np.tanh(0.5 * x * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype))))",
        d="np.tanh(0.5 * x * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype))))"
        " + x * (1 - np.tanh(0.5 * x * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype)))) ** 2)"
        " * (0.5 * (1 + erf(x / np.sqrt(2.0, dtype=x.dtype)))"
        " + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi, dtype=x.dtype))",
    ),
    plain="""\
import numpy as np
from scipy.special import ndtr

K = np.sqrt(2 * np.pi)

def phish(x):
    return x * np.tanh(x * ndtr(x))

def d_phish(x):
    t, p = np.tanh(x * ndtr(x)), np.exp(-x * x / 2) / K
    return t + x * (1 - t * t) * (ndtr(x) + x * p)

def d2_phish(x):
    t, p = np.tanh(x * ndtr(x)), np.exp(-x * x / 2) / K
    w = (2 - x * x) * p - 2 * t * (ndtr(x) + x * p) ** 2
    return (1 - t * t) * (2 * (ndtr(x) + x * p) + x * w)
""",
    example="""\
x = np.array([-3.0, 0.0, 3.0])
print(phish(x))
print(d_phish(x))
assert d_phish(0.0) == 0.0
""",
    cite=("kunc2024",),
    promise=100.0,  # beside the zeros of f' and f'' two terms cancel
)


def tanh_exp(x):
    """Weights x by the tanh of its exponential: close to x from 1 on, fading far left."""
    x = np.maximum(x, -800.0)  # -inf * 0 is NaN; at -800 the product is 0 already
    return x * np.tanh(np.exp(np.minimum(x, 10.0)))


def d_tanh_exp(x):
    """Negative left of the minimum, above 1 from 0.6 to where it falls back to 1."""
    y = np.clip(x, -800.0, 10.0)
    e = np.exp(y)
    return np.tanh(e) + logistic_density(2.0 * e, 4.0 * e * y)


def d2_tanh_exp(x):
    """Positive between two inflections, negative outside."""
    y = np.clip(x, -800.0, 10.0)
    e = np.exp(y)
    return logistic_density(2.0 * e, 4.0 * e * (2.0 + y * (1.0 - 2.0 * e * np.tanh(e))))


add(
    tanh_exp,
    d_tanh_exp,
    d2_tanh_exp,
    title="TanhExp",
    use="An alternative to Mish whose gate is nearly 1 from 1 on, in small networks for images.",
    expr="x*(1 - exp(-2*exp(x)))/(1 + exp(-2*exp(x)))",
    form="x*tanh(exp(x))",
    derivative="tanh(exp(x)) + x*exp(x)*(1 - tanh(exp(x))**2)",
    second="exp(x)*(1 - tanh(exp(x))**2)*(2 + x*(1 - 2*exp(x)*tanh(exp(x))))",
    limits=Limits(f=(0, np.inf), d=(0, 1), d2=(0, 0)),
    related=("mish", "silu"),
    aliases=("tanh exponential activation function",),
    frameworks={"PyTorch": "x * torch.tanh(torch.exp(x))"},
    tutorial=Tutorial(
        f="x * np.tanh(np.exp(x))",
        d="np.tanh(np.exp(x)) - x * np.exp(x) * (np.tanh(np.exp(x)) ** 2 - 1)",
    ),
    plain="""\
import numpy as np

def tanh_exp(x):
    return x * np.tanh(np.exp(np.minimum(x, 10)))

def d_tanh_exp(x):
    e = np.exp(np.clip(x, -800, 5))  # cosh overflows from 6.6
    return np.tanh(e) + np.clip(x, -800, 5) * e / np.cosh(e) ** 2

def d2_tanh_exp(x):
    y = np.clip(x, -800, 5)
    e = np.exp(y)
    return e / np.cosh(e) ** 2 * (2 + y * (1 - 2 * e * np.tanh(e)))
""",
    example="""\
x = np.array([-3.0, 0.0, 800.0])
print(tanh_exp(x))
print(d_tanh_exp(x))
assert d_tanh_exp(800.0) == 1.0
""",
    promise=2000.0,  # near 5.9 the curvature moves by up to 4000 ULP when x moves by one
)
