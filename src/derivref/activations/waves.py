"""Waves and bumps: periodic activations, and those that return to 0."""

import numpy as np

from derivref.activations import FAMILY
from derivref.kernels import gaussian, normal_density
from derivref.records import OSCILLATES, Kink, Limits, Tutorial

NONE = (OSCILLATES, OSCILLATES)

add = FAMILY.add


def sine_unit(x):
    """The sine: odd, with slope 1 at 0."""
    return np.sin(x)


def d_sine_unit(x):
    """The cosine."""
    return np.cos(x)


def d2_sine_unit(x):
    """Minus the sine."""
    return -np.sin(x)


add(
    sine_unit,
    d_sine_unit,
    d2_sine_unit,
    title="Sine activation (SIREN)",
    use="Networks that store an image, a sound or the solution of a differential equation.",
    expr="sin(x)",
    derivative="cos(x)",
    second="-sin(x)",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    aliases=("sine activation", "SIREN", "sinusoid"),
    frameworks={"PyTorch": "torch.sin(x)", "JAX": "jax.numpy.sin(x)", "ONNX": "Sin"},
    tutorial=Tutorial(f="np.sin(x)", d="np.cos(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(sine_unit(x))
print(d_sine_unit(x))
assert d_sine_unit(0.0) == 1.0
""",
    cite=("kunc2024",),
)


def cosine_unit(x):
    """The cosine: even, 1 at 0."""
    return np.cos(x)


def d_cosine_unit(x):
    """Minus the sine."""
    return -np.sin(x)


def d2_cosine_unit(x):
    """Minus the cosine."""
    return -np.cos(x)


add(
    cosine_unit,
    d_cosine_unit,
    d2_cosine_unit,
    title="Cosine activation",
    use="Random Fourier features, and periodic data.",
    expr="cos(x)",
    derivative="-sin(x)",
    second="-cos(x)",
    period="2*pi",
    limits=Limits(f=NONE, d=NONE, d2=NONE),
    aliases=("cosine activation",),
    frameworks={"PyTorch": "torch.cos(x)", "JAX": "jax.numpy.cos(x)", "ONNX": "Cos"},
    tutorial=Tutorial(f="np.cos(x)", d="-np.sin(x)"),
    example="""\
x = np.array([-1.0, 0.0, 1.0])
print(cosine_unit(x))
print(d_cosine_unit(x))
assert d_cosine_unit(0.0) == 0.0
""",
    cite=("kunc2024",),
)


def gaussian_unit(x):
    """The bell exp(-x**2): 1 at 0, and 0 to both sides."""
    return gaussian(x)


def d_gaussian_unit(x):
    """Positive left of 0, negative right of it."""
    y = np.clip(x, -30.0, 30.0)
    return gaussian(y, -2.0 * y)


def d2_gaussian_unit(x):
    """Negative between the inflections, positive outside."""
    y = np.clip(x, -30.0, 30.0)
    t = (np.fabs(y) - 0.7071067690849304) - 1.210161710447897e-08  # 2*y*y - 1, as two factors
    return gaussian(y, 4.0 * t * (np.fabs(y) + 0.7071067811865476))


add(
    gaussian_unit,
    d_gaussian_unit,
    d2_gaussian_unit,
    title="Gaussian activation",
    use="Radial basis functions: a unit that answers near one point only.",
    expr="exp(-x**2)",
    derivative="-2*x*exp(-x**2)",
    second="(4*x**2 - 2)*exp(-x**2)",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    aliases=("radial basis", "Gaussian bump"),
    tutorial=Tutorial(f="np.exp(-(x**2))", d="-2 * x * np.exp(-(x**2))"),
    plain="""\
import numpy as np

def gaussian_unit(x):
    return np.exp(-x * x)

def d_gaussian_unit(x):
    return -2 * x * np.exp(-x * x)

def d2_gaussian_unit(x):
    y = np.clip(x, -30, 30)  # inf * 0 is NaN
    return (4 * y * y - 2) * np.exp(-y * y)
""",
    example="""\
x = np.array([-1.0, 0.0, 5.0])
print(gaussian_unit(x))
print(d_gaussian_unit(x))
assert d_gaussian_unit(0.0) == 0.0
""",
    cite=("kunc2024",),
)


def ricker(x):
    """The Mexican hat: a bell with a trough on both sides."""
    y = np.clip(x, -40.0, 40.0)
    return normal_density(y, 2.5066282746310002 * (1.0 - y) * (1.0 + y))


def d_ricker(x):
    """Odd: 0 at 0 and at plus and minus the root of 3."""
    y = np.clip(x, -40.0, 40.0)
    t = (np.fabs(y) - 1.7320507764816284) - 3.10872488755587e-08  # y*y - 3, as two factors
    weight = 2.5066282746310002 * y * t * (np.fabs(y) + 1.7320508075688772)
    return normal_density(y, weight)


def d2_ricker(x):
    """Even: -3 at 0."""
    y = np.square(np.clip(x, -40.0, 40.0))
    return normal_density(x, -2.5066282746310002 * (3.0 + y * (y - 6.0)))


add(
    ricker,
    d_ricker,
    d2_ricker,
    title="Mexican hat",
    use="Wavelet networks: a unit that answers near one point and is inhibited around it.",
    expr="(1 - x**2)*exp(-x**2/2)",
    derivative="x*(x**2 - 3)*exp(-x**2/2)",
    second="-(x**4 - 6*x**2 + 3)*exp(-x**2/2)",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    aliases=("Ricker wavelet",),
    tutorial=Tutorial(
        f="(1 - x**2) * np.exp(-(x**2) / 2)", d="x * (x**2 - 3) * np.exp(-(x**2) / 2)"
    ),
    plain="""\
import numpy as np

def ricker(x):
    y = np.clip(x, -40, 40)  # inf * 0 is NaN
    return (1 - y) * (1 + y) * np.exp(-y * y / 2)

def d_ricker(x):
    y = np.clip(x, -40, 40)
    return y * (y * y - 3) * np.exp(-y * y / 2)

def d2_ricker(x):
    y = np.clip(x, -40, 40)
    return -(y**4 - 6 * y * y + 3) * np.exp(-y * y / 2)
""",
    example="""\
x = np.array([-2.0, 0.0, 1.0])
print(ricker(x))
print(d_ricker(x))
assert ricker(1.0) == 0.0
""",
    promise=100.0,  # f'' has two pairs of zeros, beside which three terms cancel
)


def symlog(x):
    """The logarithm of 1 plus the size, with the sign of x: it compresses both sides."""
    return np.log1p(np.maximum(x, 0.0)) - np.log1p(-np.minimum(0.0, x))


def d_symlog(x):
    """Even: 1 at 0, falling like 1/|x|."""
    return 1.0 / (1.0 + np.fabs(x))


def d2_symlog(x):
    """Positive below 0, negative above: it jumps at 0 from 1 to -1."""
    return (1.0 - 2.0 * np.heaviside(x, 1.0)) * np.square(1.0 / (1.0 + np.fabs(x)))


add(
    symlog,
    d_symlog,
    d2_symlog,
    title="Symlog",
    use="Targets and rewards of any size and sign, as in the world model DreamerV3.",
    expr="Piecewise((-log(1 - x), x < 0), (log(1 + x), True))",
    derivative="1/(1 + Abs(x))",
    limits=Limits(f=(-np.inf, np.inf), d=(0, 0), d2=(0, 0)),
    relations=("symexp(symlog(x)) = x",),
    aliases=("symmetric logarithm", "bi-symmetric log"),
    tutorial=Tutorial(f="np.sign(x) * np.log(1 + np.abs(x))", d="1 / (1 + np.abs(x))"),
    plain="""\
import numpy as np

def symlog(x):
    return np.sign(x) * np.log1p(np.abs(x))

def d_symlog(x):
    return 1 / (1 + np.abs(x))

def d2_symlog(x):
    return np.where(x < 0, 1.0, -1.0) * (1 / (1 + np.abs(x))) ** 2
""",
    example="""\
x = np.array([-100.0, 1e-17, 3.0])
print(symlog(x))
print(d_symlog(x))
assert symlog(1e-17) > 0.0  # log(1 + |x|) would be exactly 0
""",
)


def symexp(x):
    """The inverse of symlog: it expands both sides."""
    return np.expm1(np.maximum(x, 0.0)) - np.expm1(-np.minimum(0.0, x))


def d_symexp(x):
    """Even: 1 at 0, growing like an exponential."""
    return np.exp(np.fabs(x))


def d2_symexp(x):
    """Negative below 0, positive above: it jumps at 0 from -1 to 1."""
    return (2.0 * np.heaviside(x, 1.0) - 1.0) * np.exp(np.fabs(x))


add(
    symexp,
    d_symexp,
    d2_symexp,
    title="Symexp",
    use="Brings predictions made on the scale of symlog back to that of the data.",
    expr="Piecewise((1 - exp(-x), x < 0), (exp(x) - 1, True))",
    derivative="exp(Abs(x))",
    limits=Limits(f=(-np.inf, np.inf), d=(np.inf, np.inf), d2=(-np.inf, np.inf)),
    aliases=("symmetric exponential",),
    tutorial=Tutorial(f="np.sign(x) * (np.exp(np.abs(x)) - 1)", d="np.exp(np.abs(x))"),
    plain="""\
import numpy as np

def symexp(x):
    return np.sign(x) * np.expm1(np.abs(x))

def d_symexp(x):
    return np.exp(np.abs(x))

def d2_symexp(x):
    return np.where(x < 0, -1.0, 1.0) * np.exp(np.abs(x))
""",
    example="""\
x = np.array([-3.0, 1e-17, 3.0])
print(symexp(x))
print(d_symexp(x))
assert symexp(1e-17) > 0.0
""",
)


def multiquadric(x):
    """The root of 1 plus the square: a smooth size."""
    return np.hypot(1.0, x)


def d_multiquadric(x):
    """Odd, between -1 and 1."""
    return np.sin(np.arctan(x))  # x / hypot is NaN at infinity


def d2_multiquadric(x):
    """Even and positive: convex."""
    return (1.0 / np.hypot(1.0, x)) ** 3


add(
    multiquadric,
    d_multiquadric,
    d2_multiquadric,
    title="Multiquadric",
    use="Radial basis networks whose units grow away from their centre.",
    expr="sqrt(1 + x**2)",
    derivative="x/sqrt(1 + x**2)",
    limits=Limits(f=(np.inf, np.inf), d=(-1, 1), d2=(0, 0)),
    tutorial=Tutorial(f="np.sqrt(1 + x**2)", d="x / np.sqrt(1 + x**2)"),
    example="""\
x = np.array([-1.0, 0.0, 1e200])
print(multiquadric(x))
print(d_multiquadric(x))
assert d_multiquadric(0.0) == 0.0
""",
)


def inverse_multiquadric(x):
    """The reciprocal root of 1 plus the square: a bump with heavy tails."""
    return 1.0 / np.hypot(1.0, x)


def d_inverse_multiquadric(x):
    """Positive left of 0, negative right of it."""
    return -np.sin(np.arctan(x)) * np.square(1.0 / np.hypot(1.0, x))


def d2_inverse_multiquadric(x):
    """Negative between the inflections, positive outside."""
    y = np.fabs(np.clip(x, -1e30, 1e30))
    t = (y - 0.7071067690849304) - 1.210161710447897e-08  # 2*y*y - 1, as two factors
    c = 1.0 / np.hypot(1.0, y)
    near = 2.0 * (t * c) * ((y + 0.7071067811865476) * c) * c**3
    return np.where(np.fabs(x) < 1e30, near, 2.0 * (1.0 / np.hypot(1.0, x)) ** 3)


add(
    inverse_multiquadric,
    d_inverse_multiquadric,
    d2_inverse_multiquadric,
    title="Inverse multiquadric",
    use="Radial basis networks whose units are heard from afar.",
    expr="1/sqrt(1 + x**2)",
    derivative="-x/((1 + x**2)*sqrt(1 + x**2))",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    tutorial=Tutorial(f="1 / np.sqrt(1 + x**2)", d="-x / (1 + x**2) ** 1.5"),
    plain="""\
import numpy as np

def inverse_multiquadric(x):
    return 1 / np.hypot(1, x)

def d_inverse_multiquadric(x):
    h = np.hypot(1, x)
    return -(x / h) * (1 / h) ** 2

def d2_inverse_multiquadric(x):
    h = np.hypot(1, x)
    return (2 * (x / h) ** 2 - (1 / h) ** 2) * (1 / h) ** 3
""",
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(inverse_multiquadric(x))
print(d_inverse_multiquadric(x))
assert d_inverse_multiquadric(0.0) == 0.0
""",
    promise=10.0,
)


def triangular(x):
    """A tent: 1 at 0, 0 from -1 and from 1 on."""
    return np.maximum(1.0 - np.fabs(x), 0.0)


def d_triangular(x):
    """1 on the left side of the tent, -1 on the right side, 0 outside and at the kinks."""
    return -np.sign(x) * np.heaviside(1.0 - np.fabs(x), 0.0)


def d2_triangular(x):
    """Zero away from the kinks."""
    return 0.0 * np.heaviside(x, 0.0)


add(
    triangular,
    d_triangular,
    d2_triangular,
    title="Triangular activation",
    use="Fuzzy membership and piecewise linear interpolation: a unit that answers near one point.",
    expr="Piecewise((0, x < -1), (1 + x, x < 0), (1 - x, x < 1), (0, True))",
    derivative="Piecewise((0, x < -1), (1, x < 0), (-1, x < 1), (0, True))",
    second="0",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    kinks=(
        Kink(at=-1.0, slope=0.0, why="The slope is 0 on the left and 1 on the right."),
        Kink(
            at=0.0,
            slope=0.0,
            why="The slope is 1 on the left and -1 on the right; at the top 0 is returned.",
        ),
        Kink(at=1.0, slope=0.0, why="The slope is -1 on the left and 0 on the right."),
    ),
    aliases=("tent", "hat function"),
    tutorial=Tutorial(
        f="np.maximum(0, 1 - np.abs(x))", d="np.where(np.abs(x) < 1, -np.sign(x), 0.0)"
    ),
    example="""\
x = np.array([-2.0, -0.5, 0.25])
print(triangular(x))
print(d_triangular(x))
assert triangular(0.25) == 0.75
""",
)


def cauchy_bump(x):
    """The reciprocal of 1 plus the square: a bump with tails like 1/x**2."""
    return np.square(1.0 / np.hypot(1.0, x))  # x * x overflows


def d_cauchy_bump(x):
    """Positive left of 0, negative right of it."""
    return -2.0 * np.sin(np.arctan(x)) * (1.0 / np.hypot(1.0, x)) ** 3


def d2_cauchy_bump(x):
    """Negative between the inflections, positive outside."""
    y = np.fabs(np.clip(x, -1e30, 1e30))
    t = (y - 0.5773502588272095) - 1.0362416291856532e-08  # 3*y*y - 1, as two factors
    c = 1.0 / np.hypot(1.0, y)
    near = 6.0 * (t * c) * ((y + 0.5773502691896257) * c) * np.square(np.square(c))
    far = 6.0 * np.square(np.square(1.0 / np.hypot(1.0, x)))
    return np.where(np.fabs(x) < 1e30, near, far)


add(
    cauchy_bump,
    d_cauchy_bump,
    d2_cauchy_bump,
    title="Inverse quadratic",
    use="Radial basis networks: a rational bump in place of the Gaussian one.",
    expr="1/(1 + x**2)",
    derivative="-2*x/(1 + x**2)**2",
    second="(6*x**2 - 2)/(1 + x**2)**3",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    aliases=("Cauchy bump", "Lorentzian"),
    tutorial=Tutorial(f="1 / (1 + x**2)", d="-2 * x / (1 + x**2) ** 2"),
    plain="""\
import numpy as np

def cauchy_bump(x):
    return (1 / np.hypot(1, x)) ** 2

def d_cauchy_bump(x):
    h = np.hypot(1, x)
    return -2 * (x / h) * (1 / h) ** 3

def d2_cauchy_bump(x):
    h = np.hypot(1, x)
    return (6 * (x / h) ** 2 - 2 * (1 / h) ** 2) * (1 / h) ** 4
""",
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(cauchy_bump(x))
print(d_cauchy_bump(x))
assert d_cauchy_bump(-1.0) > 0.0
""",
    promise=12.0,  # f'' has the sixth power of a rounded reciprocal
)


def laplace_bump(x):
    """The exponential of minus the size: a bump with a kink on top."""
    return np.exp(-np.fabs(x))


def d_laplace_bump(x):
    """The function itself left of 0, its opposite right of 0, and 0 chosen at 0."""
    return -np.sign(x) * np.exp(-np.fabs(x))


def d2_laplace_bump(x):
    """The function itself, away from the kink."""
    return np.exp(-np.fabs(x))


add(
    laplace_bump,
    d_laplace_bump,
    d2_laplace_bump,
    title="Exponential bump",
    use="Radial basis networks and kernels of rough functions.",
    expr="Piecewise((exp(x), x < 0), (exp(-x), True))",
    form="exp(-Abs(x))",
    derivative="Piecewise((exp(x), x < 0), (-exp(-x), x > 0))",
    second="Piecewise((exp(x), x < 0), (exp(-x), True))",
    limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
    kinks=(Kink(at=0.0, slope=0.0, why="The slope is 1 on the left and -1 on the right."),),
    aliases=("Laplace kernel",),
    tutorial=Tutorial(f="np.exp(-np.abs(x))", d="-np.sign(x) * np.exp(-np.abs(x))"),
    example="""\
x = np.array([-1.0, 0.0, 3.0])
print(laplace_bump(x))
print(d_laplace_bump(x))
assert d_laplace_bump(0.0) == 0.0  # the slope chosen at the kink
""",
)


def arcsinh_unit(x):
    """The inverse hyperbolic sine: it compresses both sides, smoothly."""
    return np.arcsinh(x)


def d_arcsinh_unit(x):
    """Even: 1 at 0, falling like 1/|x|."""
    return 1.0 / np.hypot(1.0, x)


def d2_arcsinh_unit(x):
    """Positive below 0, negative above."""
    return -np.sin(np.arctan(x)) * np.square(1.0 / np.hypot(1.0, x))


add(
    arcsinh_unit,
    d_arcsinh_unit,
    d2_arcsinh_unit,
    title="Inverse hyperbolic sine",
    use="Targets of any size and sign: like symlog, and smooth at 0.",
    expr="asinh(x)",
    derivative="1/sqrt(1 + x**2)",
    limits=Limits(f=(-np.inf, np.inf), d=(0, 0), d2=(0, 0)),
    aliases=("arcsinh activation",),
    frameworks={"PyTorch": "torch.asinh(x)", "JAX": "jax.numpy.arcsinh(x)", "ONNX": "Asinh"},
    tutorial=Tutorial(f="np.log(x + np.sqrt(x**2 + 1))", d="1 / np.sqrt(1 + x**2)"),
    example="""\
x = np.array([-1e9, 0.0, 3.0])
print(arcsinh_unit(x))
print(d_arcsinh_unit(x))
assert d_arcsinh_unit(0.0) == 1.0
""",
)
