"""The delicate points that frameworks are asked about: functions, where, and each one's program.

A line has the function as the table shows it, its points, the formula for the exact one-sided
slopes (Python with mpmath; ``x`` is a number or a list; "" where no number is meant), and the
program of PyTorch, JAX, TensorFlow and Keras, "" where there is none. ``x`` is a tensor of one
dimension; of its slope the first component is recorded.
"""

from typing import NamedTuple

INF = float("inf")


class Case(NamedTuple):
    """A function at some points, in each framework."""

    group: str
    function: str
    at: list[list[float]]
    exact: str
    torch: str
    jax: str
    tensorflow: str
    keras: str


CASES: list[Case] = []


def add(
    group: str, function: str, at: list[list[float]], exact: str, *forms: str, keras: str = ""
) -> None:
    """Add a case, with the forms of PyTorch, JAX and TensorFlow, and of Keras if it has one."""
    _append(group, function, at, exact, *(*forms, keras)[:4])


def _append(group: str, function: str, at: list[list[float]], exact: str, *forms: str) -> None:
    """Add a case at points of floats: JAX differentiates nothing else."""
    CASES.append(Case(group, function, [list(map(float, p)) for p in at], exact, *forms))


def ops(
    group: str, function: str, at: list[list[float]], exact: str, code: str,
    torch: str = "", jax: str = "", tensorflow: str = "",
) -> None:  # fmt: skip
    """Add a case that all write alike, with ``o.`` for the module, but for what is given."""
    modules = {"torch": "torch", "jax": "jnp", "tensorflow": "tf", "keras": "ops"}
    own = {"torch": torch, "jax": jax, "tensorflow": tensorflow, "keras": ""}
    forms = [own[key] or code.replace("o.", f"{name}.") for key, name in modules.items()]
    _append(group, function, at, exact, *forms)


Z = [[0.0]]

# --- ReLU, and what equals it ---------------------------------------------------------------------
G = "ReLU, written in many ways"
RAMP = "max(x, 0)"
add(G, "relu(x)", Z, RAMP, "torch.relu(x)", "jax.nn.relu(x)", "tf.nn.relu(x)", "ops.relu(x)")
add(G, "maximum(x, 0)", Z, RAMP, "torch.maximum(x, torch.zeros_like(x))", "jnp.maximum(x, 0.0)",
    "tf.maximum(x, 0.0)", "ops.maximum(x, 0.0)")  # fmt: skip
add(G, "maximum(0, x)", Z, RAMP, "torch.maximum(torch.zeros_like(x), x)", "jnp.maximum(0.0, x)",
    "tf.maximum(tf.zeros_like(x), x)", "ops.maximum(ops.zeros_like(x), x)")  # fmt: skip
add(G, "clip(x, 0, ∞)", Z, RAMP, "torch.clamp(x, min=0.0)", "jnp.clip(x, 0.0)",
    "tf.clip_by_value(x, 0.0, float('inf'))", "ops.clip(x, 0.0, float('inf'))")  # fmt: skip
ops(G, "where(x > 0, x, 0)", Z, RAMP, "o.where(x > 0, x, o.zeros_like(x))")
ops(G, "where(x ≥ 0, x, 0)", Z, RAMP, "o.where(x >= 0, x, o.zeros_like(x))")
add(G, "x·(x > 0)", Z, RAMP, "x * (x > 0)", "x * (x > 0)", "x * tf.cast(x > 0, x.dtype)",
    "x * ops.cast(x > 0, x.dtype)")  # fmt: skip
ops(G, "(x + abs(x))/2", Z, RAMP, "(x + o.abs(x)) / 2")
ops(G, "−minimum(−x, 0)", Z, RAMP, "-o.minimum(-x, o.zeros_like(x))")
ops(G, "x·(1 + sign(x))/2", Z, RAMP, "x * (1 + o.sign(x)) / 2")
ops(G, "(x + sqrt(x²))/2", Z, RAMP, "(x + o.sqrt(x * x)) / 2")
add(G, "leaky_relu(x), α = 0", Z, RAMP, "F.leaky_relu(x, 0.0)", "jax.nn.leaky_relu(x, 0.0)",
    "tf.nn.leaky_relu(x, 0.0)", "ops.leaky_relu(x, 0.0)")  # fmt: skip
add(G, "relu(relu(x))", Z, RAMP, "torch.relu(torch.relu(x))", "jax.nn.relu(jax.nn.relu(x))",
    "tf.nn.relu(tf.nn.relu(x))", "ops.relu(ops.relu(x))")  # fmt: skip
add(
    G,
    "threshold(x, 0, 0)",
    Z,
    RAMP,
    "F.threshold(x, 0.0, 0.0)",
    "",
    "",
    "ops.threshold(x, 0.0, 0.0)",
)
ops(G, "max of (x, 0)", Z, RAMP, "", torch="torch.amax(torch.stack([x, 0 * x]), 0)",
    jax="jnp.max(jnp.stack([x, 0 * x]), 0)",
    tensorflow="tf.reduce_max(tf.stack([x, 0 * x]), 0)")  # fmt: skip

# --- a kink that is none --------------------------------------------------------------------------
G = "Equal to a smooth function"
R = {"torch": "torch.relu({})", "jax": "jax.nn.relu({})", "tensorflow": "tf.nn.relu({})"}


def relus(function: str, at: list[list[float]], exact: str, code: str) -> None:
    """Add a case that is written with r(...) for ReLU."""
    forms = [code.replace("r(", f"{name}(") for name in
             ("torch.relu", "jax.nn.relu", "tf.nn.relu", "ops.relu")]  # fmt: skip
    add(G, function, at, exact, *forms[:3], keras=forms[3])


relus("relu(x) − relu(−x) = x", Z, "x", "r(x) - r(-x)")
relus("relu(x)² = x² for x ≥ 0", Z, "max(x, 0)**2", "r(x) ** 2")
relus("x + relu(x) − relu(x) = x", Z, "x", "x + r(x) - r(x)")
ops(G, "maximum(x, 0) + minimum(x, 0) = x", Z, "x",
    "o.maximum(x, o.zeros_like(x)) + o.minimum(x, o.zeros_like(x))")  # fmt: skip
ops(G, "abs(x)² = x²", Z, "x*x", "o.abs(x) ** 2")
ops(G, "x·abs(x)", Z, "x*abs(x)", "x * o.abs(x)")
ops(G, "sqrt(x)² = x for x ≥ 0", Z, "m.sqrt(x)**2", "o.sqrt(x) ** 2")
ops(G, "sqrt(x⁴) = x²", Z, "x*x", "o.sqrt(x ** 4)")
ops(G, "exp(log(x)) = x for x > 0", Z, "x", "o.exp(o.log(x))",
    tensorflow="tf.exp(tf.math.log(x))")  # fmt: skip
ops(G, "maximum(x, x) = x", [[0.5]], "x", "o.maximum(x, x)")
ops(G, "minimum(x, x) = x", [[0.5]], "x", "o.minimum(x, x)")
ops(G, "maximum(x, 2x − 1)", [[1.0]], "max(x, 2*x - 1)", "o.maximum(x, 2 * x - 1)")
ops(G, "where(x = 1, 1, x) = x", [[1.0]], "x", "o.where(x == 1, o.ones_like(x), x)")
add(G, "clip(x, −1, 1) − clip(x, −1, 1) + x = x", [[1.0]], "x",
    "torch.clamp(x, -1, 1) - torch.clamp(x, -1, 1) + x",
    "jnp.clip(x, -1, 1) - jnp.clip(x, -1, 1) + x",
    "tf.clip_by_value(x, -1, 1) - tf.clip_by_value(x, -1, 1) + x",
    keras="ops.clip(x, -1, 1) - ops.clip(x, -1, 1) + x")  # fmt: skip
add(G, "sum of sort(x) = x₁ + x₂", [[1.0, 1.0]], "x[0] + x[1]", "torch.sort(x)[0].sum()",
    "jnp.sort(x).sum()", "tf.reduce_sum(tf.sort(x))", keras="ops.sum(ops.sort(x))")  # fmt: skip
add(G, "max(x) + min(x) = x₁ + x₂", [[1.0, 1.0]], "x[0] + x[1]", "torch.amax(x) + torch.amin(x)",
    "jnp.max(x) + jnp.min(x)", "tf.reduce_max(x) + tf.reduce_min(x)",
    keras="ops.max(x) + ops.min(x)")  # fmt: skip
ops(G, "logaddexp(x, x) = x + ln 2", [[0.0], [-INF]], "x + m.log(2)", "o.logaddexp(x, x)",
    tensorflow="tf.reduce_logsumexp(tf.stack([x, x]), 0)")  # fmt: skip

# --- activations ----------------------------------------------------------------------------------
G = "Activations"
HS = "min(max(x + 3, 0), 6)/6"


def act(
    function: str, at: list[float], exact: str, torch: str, jax: str, tf: str = "", keras: str = ""
) -> None:
    """Add an activation at numbers."""
    add(G, function, [[a] for a in at], exact, torch, jax, tf, keras)


act("leaky_relu(x), α = 0.1", [0], "max(x, x/10)", "F.leaky_relu(x, 0.1)",
    "jax.nn.leaky_relu(x, 0.1)", "tf.nn.leaky_relu(x, 0.1)", "ops.leaky_relu(x, 0.1)")  # fmt: skip
act("relu6(x)", [0, 6], "min(max(x, 0), 6)", "F.relu6(x)", "jax.nn.relu6(x)", "tf.nn.relu6(x)",
    "ops.relu6(x)")  # fmt: skip
act("hard_tanh(x)", [-1, 1], "min(max(x, -1), 1)", "F.hardtanh(x)", "jax.nn.hard_tanh(x)", "",
    "ops.hard_tanh(x)")  # fmt: skip
act("hard_sigmoid(x)", [-3, 3], HS, "F.hardsigmoid(x)", "jax.nn.hard_sigmoid(x)", "",
    "ops.hard_sigmoid(x)")  # fmt: skip
act("hard_swish(x)", [-3, 3], f"x*{HS}", "F.hardswish(x)", "jax.nn.hard_swish(x)", "",
    "ops.hard_silu(x)")  # fmt: skip
act("elu(x), α = 1", [0], "x if x > 0 else m.expm1(x)", "F.elu(x)", "jax.nn.elu(x)", "tf.nn.elu(x)",
    "ops.elu(x)")  # fmt: skip
act("elu(x), α = 2", [0], "x if x > 0 else 2*m.expm1(x)", "F.elu(x, 2.0)", "jax.nn.elu(x, 2.0)", "",
    "ops.elu(x, 2.0)")  # fmt: skip
SELU = "m.mpf('1.0507009873554804934193349852946')*(x if x > 0 else m.mpf('1.6732632423543772848170429916717')*m.expm1(x))"  # noqa: E501
act("selu(x)", [0], SELU, "F.selu(x)", "jax.nn.selu(x)", "tf.nn.selu(x)", "ops.selu(x)")
act("celu(x), α = 2", [0], "max(x, 0) + min(0, 2*m.expm1(x/2))", "F.celu(x, 2.0)",
    "jax.nn.celu(x, 2.0)", "", "ops.celu(x, 2.0)")  # fmt: skip
act("prelu(x), α = 0.25", [0], "max(x, x/4)", "F.prelu(x, torch.full((1,), 0.25, dtype=x.dtype))",
    "", "", "")  # fmt: skip
act("softshrink(x), λ = 0.5", [-0.5, 0.5], "max(abs(x) - m.mpf('0.5'), 0)*m.sign(x)",
    "F.softshrink(x)", "", "", "ops.soft_shrink(x)")  # fmt: skip
act("hardshrink(x), λ = 0.5", [0.5], "x if abs(x) > 0.5 else 0", "F.hardshrink(x)", "", "",
    "ops.hard_shrink(x)")  # fmt: skip
act("squareplus(x)", [0], "(x + m.sqrt(x*x + 4))/2", "", "jax.nn.squareplus(x)", "",
    "ops.squareplus(x)")  # fmt: skip
act("softsign(x)", [0], "x/(1 + abs(x))", "F.softsign(x)", "jax.nn.soft_sign(x)",
    "tf.nn.softsign(x)", "ops.softsign(x)")  # fmt: skip
act("tanhshrink(x)", [0], "x - m.tanh(x)", "F.tanhshrink(x)", "", "", "ops.tanh_shrink(x)")
act("sparse_plus(x)", [-1, 1], "0 if x < -1 else x if x > 1 else (x + 1)**2/4", "",
    "jax.nn.sparse_plus(x)", "", "ops.sparse_plus(x)")  # fmt: skip
act("softplus(x)", [20, 25, -40, 800], "m.log1p(m.exp(x)) if x < 60 else x + m.exp(-x)",
    "F.softplus(x)", "jax.nn.softplus(x)", "tf.nn.softplus(x)", "ops.softplus(x)")  # fmt: skip
act("log_sigmoid(x)", [-800, 40], "-m.log1p(m.exp(-x))", "F.logsigmoid(x)",
    "jax.nn.log_sigmoid(x)", "tf.math.log_sigmoid(x)", "ops.log_sigmoid(x)")  # fmt: skip
act("gelu(x)", [-9, 9], "x*m.ncdf(x)", "F.gelu(x)", "jax.nn.gelu(x, approximate=False)",
    "tf.nn.gelu(x)", "ops.gelu(x, approximate=False)")  # fmt: skip
act("silu(x)", [-40, 40, 800], "x/(1 + m.exp(-x))", "F.silu(x)", "jax.nn.silu(x)", "tf.nn.silu(x)",
    "ops.silu(x)")  # fmt: skip
act("mish(x)", [-40, 40, 800], "x*m.tanh(m.log1p(m.exp(x)))", "F.mish(x)", "jax.nn.mish(x)", "",
    "keras.activations.mish(x)")  # fmt: skip
act("sigmoid(x)", [-800, 40], "1/(1 + m.exp(-x))", "torch.sigmoid(x)", "jax.nn.sigmoid(x)",
    "tf.sigmoid(x)", "ops.sigmoid(x)")  # fmt: skip
act("tanh(x)", [20], "m.tanh(x)", "torch.tanh(x)", "jnp.tanh(x)", "tf.tanh(x)", "ops.tanh(x)")

# --- one argument ---------------------------------------------------------------------------------
G = "Functions of one number"


def one(function: str, at: list[float], exact: str, code: str, **own: str) -> None:
    """Add a function of one number that all write alike."""
    ops(G, function, [[a] for a in at], exact, code, **own)


one("abs(x)", [0], "abs(x)", "o.abs(x)")
one("sign(x)", [0], "m.sign(x)", "o.sign(x)")
one("floor(x)", [1], "m.floor(x)", "o.floor(x)")
one("round(x)", [0.5], "", "o.round(x)")
one("x mod 1", [1], "x - m.floor(x)", "x % 1.0")
one("minimum(x, 1)", [1], "min(x, 1)", "o.minimum(x, o.ones_like(x))")
add(G, "clip(x, −1, 1)", [[-1.0], [1.0]], "min(max(x, -1), 1)", "torch.clamp(x, -1.0, 1.0)",
    "jnp.clip(x, -1.0, 1.0)", "tf.clip_by_value(x, -1.0, 1.0)",
    "ops.clip(x, -1.0, 1.0)")  # fmt: skip
one("sqrt(x)", [0], "m.sqrt(x)", "o.sqrt(x)")
one("sqrt(x²)", [0], "abs(x)", "o.sqrt(x * x)")
one("x^(1/2)", [0], "m.sqrt(x)", "x ** 0.5")
one("x^(1/3)", [0], "m.root(x, 3) if x >= 0 else m.nan", "x ** (1 / 3)")
one("x⁰", [0], "m.mpf(1)", "x ** 0")
one("x^0.0", [0], "m.mpf(1)", "o.power(x, 0.0)", torch="x ** 0.0", tensorflow="x ** 0.0")
one("x¹", [0], "x", "x ** 1")
one("x²", [0], "x*x", "x ** 2")
one("x^2.0 by a tensor", [0, -1], "x*x", "o.power(x, 2.0 * o.ones_like(x))",
    torch="torch.pow(x, 2.0 * torch.ones_like(x))",
    tensorflow="tf.pow(x, 2.0 * tf.ones_like(x))")  # fmt: skip
one("0^x", [0, 1], "", "o.power(o.zeros_like(x), x)", torch="torch.pow(torch.zeros_like(x), x)",
    tensorflow="tf.pow(tf.zeros_like(x), x)")  # fmt: skip
one("x^x", [0], "x**x", "x ** x")
one("x·log(x)", [0], "x*m.log(x) if x else m.mpf(0)", "x * o.log(x)",
    torch="x * torch.log(x)", tensorflow="x * tf.math.log(x)")  # fmt: skip
add(G, "xlogy(x, x)", Z, "x*m.log(x) if x else m.mpf(0)", "torch.xlogy(x, x)",
    "jax.scipy.special.xlogy(x, x)", "tf.math.xlogy(x, x)")  # fmt: skip
add(G, "xlogy(0, x)", Z, "m.mpf(0)", "torch.xlogy(torch.zeros_like(x), x)",
    "jax.scipy.special.xlogy(0.0, x)", "tf.math.xlogy(tf.zeros_like(x), x)")  # fmt: skip
one("log(x)", [0], "m.log(x) if x > 0 else m.nan", "o.log(x)", tensorflow="tf.math.log(x)")
one("1/x", [0], "1/x if x else m.nan", "1 / x")
one("arccos(x)", [-1, 1], "m.acos(x) if abs(x) <= 1 else m.nan", "o.arccos(x)",
    tensorflow="tf.acos(x)")  # fmt: skip
one("arcsin(x)", [1], "m.asin(x) if abs(x) <= 1 else m.nan", "o.arcsin(x)", tensorflow="tf.asin(x)")
one("arccosh(x)", [1], "m.acosh(x) if x >= 1 else m.nan", "o.arccosh(x)",
    tensorflow="tf.acosh(x)")  # fmt: skip
add(G, "cbrt(x)", Z, "m.sign(x)*m.root(abs(x), 3)", "", "jnp.cbrt(x)", "", "ops.cbrt(x)")
add(G, "sinc(x), of π x", Z, "m.sincpi(x)", "torch.sinc(x)", "jnp.sinc(x)", "", "ops.sinc(x)")
one("sin(x)/x", [0], "m.sinc(x)", "o.sin(x) / x")
add(G, "expm1(x)/x", Z, "m.expm1(x)/x if x else m.mpf(1)", "torch.expm1(x) / x", "jnp.expm1(x) / x",
    "tf.math.expm1(x) / x", "ops.expm1(x) / x")  # fmt: skip
add(G, "entr(x) = −x ln x", Z, "-x*m.log(x) if x else m.mpf(0)", "torch.special.entr(x)",
    "jax.scipy.special.entr(x)", "")  # fmt: skip

# --- guards ---------------------------------------------------------------------------------------
G = "Guards"
ops(G, "where(x > 0, sqrt(x), 0)", [[0.0], [-1.0]], "m.sqrt(x) if x > 0 else m.mpf(0)",
    "o.where(x > 0, o.sqrt(x), o.zeros_like(x))")  # fmt: skip
ops(G, "where(x > 0, log(x), 0)", [[0.0], [-1.0]], "m.log(x) if x > 0 else m.mpf(0)",
    "o.where(x > 0, o.log(x), o.zeros_like(x))",
    tensorflow="tf.where(x > 0, tf.math.log(x), tf.zeros_like(x))")  # fmt: skip
ops(G, "where(x = 0, 1, sin(x)/x)", Z, "m.sinc(x)",
    "o.where(x == 0, o.ones_like(x), o.sin(x) / x)")  # fmt: skip
ops(G, "where(x = 0, 1, sin(s)/s), s = where(x = 0, 1, x)", Z, "m.sinc(x)",
    "(lambda s: o.where(x == 0, o.ones_like(x), o.sin(s) / s))"
    "(o.where(x == 0, o.ones_like(x), x))")  # fmt: skip
ops(G, "where(x > 0, sqrt(s), 0), s = where(x > 0, x, 1)", [[0.0], [-1.0]],
    "m.sqrt(x) if x > 0 else m.mpf(0)",
    "(lambda s: o.where(x > 0, o.sqrt(s), o.zeros_like(x)))"
    "(o.where(x > 0, x, o.ones_like(x)))")  # fmt: skip
add(G, "sqrt(clip(x, 0, ∞))", [[0.0], [-1.0]], "m.sqrt(max(x, 0))",
    "torch.sqrt(torch.clamp(x, min=0.0))", "jnp.sqrt(jnp.clip(x, 0.0))",
    "tf.sqrt(tf.clip_by_value(x, 0.0, float('inf')))",
    "ops.sqrt(ops.clip(x, 0.0, float('inf')))")  # fmt: skip
ops(G, "sqrt(maximum(x, 0))", [[0.0], [-1.0]], "m.sqrt(max(x, 0))",
    "o.sqrt(o.maximum(x, o.zeros_like(x)))")  # fmt: skip
relus_guard = [("torch.sqrt(torch.relu(x))", "jnp.sqrt(jax.nn.relu(x))", "tf.sqrt(tf.nn.relu(x))",
                "ops.sqrt(ops.relu(x))")]  # fmt: skip
for forms in relus_guard:
    add(G, "sqrt(relu(x))", [[0.0], [-1.0]], "m.sqrt(max(x, 0))", *forms)
ops(G, "sqrt(maximum(x, 10⁻¹²))", [[0.0], [-1.0]], "m.sqrt(max(x, m.mpf('1e-12')))",
    "o.sqrt(o.maximum(x, 1e-12 * o.ones_like(x)))")  # fmt: skip
add(G, "arccos(clip(x, −1, 1))", [[1.0], [2.0]], "m.acos(min(max(x, -1), 1))",
    "torch.arccos(torch.clamp(x, -1.0, 1.0))", "jnp.arccos(jnp.clip(x, -1.0, 1.0))",
    "tf.acos(tf.clip_by_value(x, -1.0, 1.0))", "ops.arccos(ops.clip(x, -1.0, 1.0))")  # fmt: skip
add(G, "log(clip(x, 10⁻¹², 1))", [[0.0]], "m.log(min(max(x, m.mpf('1e-12')), 1))",
    "torch.log(torch.clamp(x, 1e-12, 1.0))", "jnp.log(jnp.clip(x, 1e-12, 1.0))",
    "tf.math.log(tf.clip_by_value(x, 1e-12, 1.0))", "ops.log(ops.clip(x, 1e-12, 1.0))")  # fmt: skip
add(G, "nan_to_num(log(x))", Z, "", "torch.nan_to_num(torch.log(x))", "jnp.nan_to_num(jnp.log(x))",
    "", "ops.nan_to_num(ops.log(x))")  # fmt: skip
add(G, "0·log(x)", Z, "m.mpf(0)", "0 * torch.log(x)", "0 * jnp.log(x)", "0 * tf.math.log(x)",
    "0 * ops.log(x)")  # fmt: skip
add(G, "multiply_no_nan(1/x, 0)", Z, "m.mpf(0)", "", "", "tf.math.multiply_no_nan(1 / x, 0 * x)")

# --- several numbers ------------------------------------------------------------------------------
G = "Vectors"


def vec(
    function: str, at: list[list[float]], exact: str, torch: str, jax: str, tf: str, keras: str = ""
) -> None:
    """Add a function of a vector."""
    add(G, function, at, exact, torch, jax, tf, keras)


vec("max(x)", [[1.0, 1.0], [1.0, 1.0, 1.0]], "max(x)", "torch.amax(x)", "jnp.max(x)",
    "tf.reduce_max(x)", "ops.max(x)")  # fmt: skip
vec("max(x), with its index", [[1.0, 1.0]], "max(x)", "torch.max(x, 0)[0]", "", "")
vec("min(x)", [[1.0, 1.0]], "min(x)", "torch.amin(x)", "jnp.min(x)", "tf.reduce_min(x)",
    "ops.min(x)")  # fmt: skip
vec("maximum(x₁, x₂)", [[1.0, 1.0]], "max(x)", "torch.maximum(x[0], x[1])",
    "jnp.maximum(x[0], x[1])", "tf.maximum(x[0], x[1])", "ops.maximum(x[0], x[1])")  # fmt: skip
vec("fmax(x₁, x₂)", [[1.0, 1.0]], "max(x)", "torch.fmax(x[0], x[1])", "jnp.fmax(x[0], x[1])", "")
vec("top 1 of x", [[1.0, 1.0]], "max(x)", "torch.topk(x, 1)[0]", "jax.lax.top_k(x, 1)[0]",
    "tf.math.top_k(x, 1)[0]", "ops.top_k(x, 1)[0]")  # fmt: skip
vec("sort(x), the last", [[1.0, 1.0]], "max(x)", "torch.sort(x)[0][-1]", "jnp.sort(x)[-1]",
    "tf.sort(x)[-1]", "ops.sort(x)[-1]")  # fmt: skip
vec("cumulative max(x), the last", [[1.0, 1.0]], "max(x)", "torch.cummax(x, 0)[0][-1]",
    "jax.lax.cummax(x)[-1]", "")  # fmt: skip
vec("median(x)", [[1.0, 1.0, 1.0]], "", "torch.median(x)", "jnp.median(x)", "",
    "ops.median(x)")  # fmt: skip
vec("median(x) of two", [[1.0, 2.0]], "", "torch.median(x)", "jnp.median(x)", "",
    "ops.median(x)")  # fmt: skip
vec("norm(x)", [[0.0, 0.0]], "m.hypot(*x)", "torch.linalg.norm(x)", "jnp.linalg.norm(x)",
    "tf.norm(x)", "ops.norm(x)")  # fmt: skip
vec("sqrt(sum(x²))", [[0.0, 0.0]], "m.hypot(*x)", "torch.sqrt((x * x).sum())",
    "jnp.sqrt((x * x).sum())", "tf.sqrt(tf.reduce_sum(x * x))",
    "ops.sqrt(ops.sum(x * x))")  # fmt: skip
vec("norm(x) of order 1", [[0.0, 1.0]], "m.fsum(abs(v) for v in x)", "torch.linalg.norm(x, 1)",
    "jnp.linalg.norm(x, 1)", "tf.norm(x, 1)", "ops.norm(x, 1)")  # fmt: skip
vec("norm(x) of order ∞", [[1.0, 1.0]], "max(abs(v) for v in x)",
    "torch.linalg.norm(x, float('inf'))", "jnp.linalg.norm(x, jnp.inf)",
    "tf.norm(x, float('inf'))", "ops.norm(x, float('inf'))")  # fmt: skip
vec("hypot(x₁, x₂)", [[0.0, 0.0]], "m.hypot(*x)", "torch.hypot(x[0], x[1])",
    "jnp.hypot(x[0], x[1])", "", "ops.hypot(x[0], x[1])")  # fmt: skip
vec("atan2(x₁, x₂)", [[0.0, 0.0]], "", "torch.atan2(x[0], x[1])", "jnp.arctan2(x[0], x[1])",
    "tf.atan2(x[0], x[1])", "ops.arctan2(x[0], x[1])")  # fmt: skip
vec("std(x)", [[1.0, 1.0]], "abs(x[0] - x[1])/2", "torch.std(x, correction=0)", "jnp.std(x)",
    "tf.math.reduce_std(x)", "ops.std(x)")  # fmt: skip
vec("var(x)", [[1.0, 1.0]], "(x[0] - x[1])**2/4", "torch.var(x, correction=0)", "jnp.var(x)",
    "tf.math.reduce_variance(x)", "ops.var(x)")  # fmt: skip
vec("prod(x), one zero", [[0.0, 3.0]], "x[0]*x[1]", "torch.prod(x)", "jnp.prod(x)",
    "tf.reduce_prod(x)", "ops.prod(x)")  # fmt: skip
vec("prod(x), two zeros", [[0.0, 0.0, 3.0]], "x[0]*x[1]*x[2]", "torch.prod(x)", "jnp.prod(x)",
    "tf.reduce_prod(x)", "ops.prod(x)")  # fmt: skip
vec("cumulative product, the last", [[0.0, 3.0]], "x[0]*x[1]", "torch.cumprod(x, 0)[-1]",
    "jnp.cumprod(x)[-1]", "tf.math.cumprod(x)[-1]", "ops.cumprod(x)[-1]")  # fmt: skip
vec("logsumexp(x)", [[-INF, -INF], [1000.0, 0.0], [-INF, 0.0]],
    "m.log(m.fsum(m.exp(v) for v in x))", "torch.logsumexp(x, 0)",
    "jax.scipy.special.logsumexp(x)", "tf.reduce_logsumexp(x)", "ops.logsumexp(x)")  # fmt: skip
vec("logaddexp(x₁, x₂)", [[-INF, -INF], [1.0, 1.0]], "m.log(m.fsum(m.exp(v) for v in x))",
    "torch.logaddexp(x[0], x[1])", "jnp.logaddexp(x[0], x[1])", "",
    "ops.logaddexp(x[0], x[1])")  # fmt: skip
vec("softmax(x)₁", [[-INF, 0.0], [-INF, -INF], [1000.0, 0.0]],
    "m.exp(x[0])/m.fsum(m.exp(v) for v in x)", "torch.softmax(x, 0)[0]", "jax.nn.softmax(x)[0]",
    "tf.nn.softmax(x)[0]", "ops.softmax(x)[0]")  # fmt: skip
vec("log_softmax(x)₁", [[0.0, -INF], [1000.0, 0.0]],
    "x[0] - m.log(m.fsum(m.exp(v) for v in x))", "torch.log_softmax(x, 0)[0]",
    "jax.nn.log_softmax(x)[0]", "tf.nn.log_softmax(x)[0]", "ops.log_softmax(x)[0]")  # fmt: skip
vec("log(softmax(x))₁", [[-1000.0, 0.0]], "x[0] - m.log(m.fsum(m.exp(v) for v in x))",
    "torch.log(torch.softmax(x, 0))[0]", "jnp.log(jax.nn.softmax(x))[0]",
    "tf.math.log(tf.nn.softmax(x))[0]", "ops.log(ops.softmax(x))[0]")  # fmt: skip
vec("normalise(x)₁", [[0.0, 0.0]], "", "F.normalize(x, dim=0)[0]", "", "tf.math.l2_normalize(x)[0]",
    "ops.normalize(x)[0]")  # fmt: skip
vec("x₁/norm(x)", [[0.0, 0.0]], "", "(x / torch.linalg.norm(x))[0]", "(x / jnp.linalg.norm(x))[0]",
    "(x / tf.norm(x))[0]", "(x / ops.norm(x))[0]")  # fmt: skip
vec("cosine similarity with (1, 1)", [[0.0, 0.0]], "",
    "F.cosine_similarity(x, torch.ones_like(x), dim=0)", "",
    "-tf.keras.losses.cosine_similarity(x, tf.ones_like(x))",
    "-keras.losses.cosine_similarity(x, ops.ones_like(x))")  # fmt: skip
vec("distance to itself", [[1.0, 2.0]], "m.hypot(x[0] - 1, x[1] - 2)",
    "F.pairwise_distance(x, torch.tensor([1.0, 2.0], dtype=x.dtype), eps=0.0)",
    "jnp.linalg.norm(x - jnp.array([1.0, 2.0]))", "tf.norm(x - [1.0, 2.0])",
    "ops.norm(x - ops.convert_to_tensor([1.0, 2.0], dtype=x.dtype))")  # fmt: skip
vec("all distances, summed", [[0.0, 0.0]], "",
    "torch.cdist(x[:, None], x[:, None]).sum()",
    "jnp.sqrt((x[:, None] - x[None]) ** 2).sum()",
    "tf.reduce_sum(tf.sqrt((x[:, None] - x[None]) ** 2))",
    "ops.sum(ops.sqrt((x[:, None] - x[None]) ** 2))")  # fmt: skip

# --- matrices: x holds a, b, c, d of ((a, b), (c, d)) ---------------------------------------------
G = "Matrices ((x₁, x₂), (x₃, x₄))"
M = {"torch": "x.reshape(2, 2)", "jax": "x.reshape(2, 2)", "tensorflow": "tf.reshape(x, (2, 2))",
     "keras": "ops.reshape(x, (2, 2))"}  # fmt: skip


def mat(function: str, at: list[list[float]], exact: str, *forms: str) -> None:
    """Add a function of a matrix A."""
    filled = [f.replace("A", a) for f, a in zip(forms, M.values(), strict=True)]
    add(G, function, at, exact, *filled[:3], keras=filled[3])


mat("det(A), of rank 1", [[1.0, 2.0, 2.0, 4.0]], "x[0]*x[3] - x[1]*x[2]", "torch.linalg.det(A)",
    "jnp.linalg.det(A)", "tf.linalg.det(A)", "ops.det(A)")  # fmt: skip
mat("det(A), A = 0", [[0.0, 0.0, 0.0, 0.0]], "x[0]*x[3] - x[1]*x[2]", "torch.linalg.det(A)",
    "jnp.linalg.det(A)", "tf.linalg.det(A)", "ops.det(A)")  # fmt: skip
mat("ln |det(A)|, of rank 1", [[1.0, 2.0, 2.0, 4.0]], "", "torch.linalg.slogdet(A)[1]",
    "jnp.linalg.slogdet(A)[1]", "tf.linalg.slogdet(A)[1]", "")  # fmt: skip
mat("sum of the eigenvalues of I", [[1.0, 0.0, 0.0, 1.0]], "x[0] + x[3]",
    "torch.linalg.eigvalsh(A).sum()", "jnp.linalg.eigvalsh(A).sum()",
    "tf.reduce_sum(tf.linalg.eigvalsh(A))", "")  # fmt: skip
mat("largest eigenvalue of I", [[1.0, 0.0, 0.0, 1.0]], "max(x[0], x[3])",
    "torch.linalg.eigvalsh(A)[-1]", "jnp.linalg.eigvalsh(A)[-1]", "tf.linalg.eigvalsh(A)[-1]",
    "")  # fmt: skip
mat("sum of squared eigenvector entries of I", [[1.0, 0.0, 0.0, 1.0]], "m.mpf(2)",
    "(torch.linalg.eigh(A)[1] ** 2).sum()", "(jnp.linalg.eigh(A)[1] ** 2).sum()",
    "tf.reduce_sum(tf.linalg.eigh(A)[1] ** 2)", "")  # fmt: skip
mat("sum of the singular values of I", [[1.0, 0.0, 0.0, 1.0]], "abs(x[0]) + abs(x[3])",
    "torch.linalg.svdvals(A).sum()", "jnp.linalg.svd(A, compute_uv=False).sum()",
    "tf.reduce_sum(tf.linalg.svd(A, compute_uv=False))", "")  # fmt: skip
mat("sum of the singular values of 0", [[0.0, 0.0, 0.0, 0.0]], "abs(x[0]) + abs(x[3])",
    "torch.linalg.svdvals(A).sum()", "jnp.linalg.svd(A, compute_uv=False).sum()",
    "tf.reduce_sum(tf.linalg.svd(A, compute_uv=False))", "")  # fmt: skip
mat("trace of the singular factors U Vᵀ of I", [[1.0, 0.0, 0.0, 1.0]], "",
    "(lambda u, s, v: torch.trace(u @ v))(*torch.linalg.svd(A))",
    "(lambda u, s, v: jnp.trace(u @ v))(*jnp.linalg.svd(A))",
    "(lambda s, u, v: tf.linalg.trace(u @ tf.transpose(v)))(*tf.linalg.svd(A))", "")  # fmt: skip
mat("spectral norm of I", [[1.0, 0.0, 0.0, 1.0]], "max(abs(x[0]), abs(x[3]))",
    "torch.linalg.norm(A, 2)", "jnp.linalg.norm(A, 2)", "tf.linalg.svd(A, compute_uv=False)[0]",
    "")  # fmt: skip
mat("Frobenius norm of 0", [[0.0, 0.0, 0.0, 0.0]], "m.sqrt(m.fsum(v*v for v in x))",
    "torch.linalg.norm(A)", "jnp.linalg.norm(A)", "tf.norm(A)", "ops.norm(A)")  # fmt: skip
mat("inverse(A)₁₁, singular", [[1.0, 2.0, 2.0, 4.0]], "", "torch.linalg.inv(A)[0, 0]",
    "jnp.linalg.inv(A)[0, 0]", "tf.linalg.inv(A)[0, 0]", "ops.inv(A)[0, 0]")  # fmt: skip
mat("sum of cholesky(A), semidefinite", [[1.0, 0.0, 0.0, 0.0]], "",
    "torch.linalg.cholesky(A).sum()", "jnp.linalg.cholesky(A).sum()",
    "tf.reduce_sum(tf.linalg.cholesky(A))", "ops.sum(ops.cholesky(A))")  # fmt: skip

# --- losses: x is what is predicted ---------------------------------------------------------------
G = "Losses"
T = {"torch": "torch.full_like(x, {})", "jax": "jnp.full_like(x, {})",
     "tensorflow": "tf.fill(tf.shape(x), tf.cast({}, x.dtype))"}  # fmt: skip


def loss(function: str, at: list[float], exact: str, *forms: str) -> None:
    """Add a loss; ``y(v)`` stands for a target."""
    import re

    def filled(form: str, like: str) -> str:
        return re.sub(r"\by\(([\d.]+)\)", lambda match: like.format(match[1]), form)

    likes = [*T.values(), "ops.full_like(x, {})"]
    done = [filled(f, like) for f, like in zip(forms, likes, strict=True)]
    add(G, function, [[a] for a in at], exact, *done[:3], keras=done[3])


loss("hinge at the margin", [1.0], "max(0, 1 - x)", "torch.relu(1 - x)", "jnp.maximum(0.0, 1 - x)",
     "tf.keras.losses.hinge(y(1.0), x)", "keras.losses.hinge(y(1.0), x)")  # fmt: skip
loss("squared hinge at the margin", [1.0], "max(0, 1 - x)**2", "torch.relu(1 - x) ** 2",
     "jnp.maximum(0.0, 1 - x) ** 2", "tf.keras.losses.squared_hinge(y(1.0), x)",
     "keras.losses.squared_hinge(y(1.0), x)")  # fmt: skip
loss("absolute error", [2.0], "abs(x - 2)", "F.l1_loss(x, y(2.0))", "jnp.abs(x - 2.0)",
     "tf.keras.losses.mae(y(2.0), x)", "keras.losses.mean_absolute_error(y(2.0), x)")  # fmt: skip
loss("Huber, δ = 1, at δ", [1.0], "x*x/2 if abs(x) <= 1 else abs(x) - m.mpf('0.5')",
     "F.huber_loss(x, y(0.0))", "optax.huber_loss(x)", "tf.keras.losses.huber(y(0.0), x)",
     "keras.losses.huber(y(0.0), x)")  # fmt: skip
loss("smooth L1, β = 0", [0.0], "abs(x)", "F.smooth_l1_loss(x, y(0.0), beta=0.0)", "", "", "")
BCE = "-m.log(x) if x > 0 else m.inf"
loss("BCE of p, y = 1", [0.0, 1.0, 1e-9], BCE, "F.binary_cross_entropy(x, y(1.0))",
     "-jnp.log(x)", "tf.keras.losses.binary_crossentropy(y(1.0), x)",
     "keras.losses.binary_crossentropy(y(1.0), x)")  # fmt: skip
loss("BCE of p, y = 0", [0.0, 1.0], "-m.log(1 - x) if x < 1 else m.inf",
     "F.binary_cross_entropy(x, y(0.0))", "-jnp.log1p(-x)",
     "tf.keras.losses.binary_crossentropy(y(0.0), x)",
     "keras.losses.binary_crossentropy(y(0.0), x)")  # fmt: skip
loss("BCE of scores, y = 1", [-800.0, 40.0, 0.0], "m.log1p(m.exp(-x))",
     "F.binary_cross_entropy_with_logits(x, y(1.0))",
     "optax.sigmoid_binary_cross_entropy(x, 1.0)",
     "tf.nn.sigmoid_cross_entropy_with_logits(labels=y(1.0), logits=x)",
     "keras.losses.binary_crossentropy(y(1.0), x, from_logits=True)")  # fmt: skip
loss("BCE of sigmoid(x), y = 1", [-40.0, -800.0], "m.log1p(m.exp(-x))",
     "F.binary_cross_entropy(torch.sigmoid(x), y(1.0))", "-jnp.log(jax.nn.sigmoid(x))",
     "tf.keras.losses.binary_crossentropy(y(1.0), tf.sigmoid(x))",
     "keras.losses.binary_crossentropy(y(1.0), ops.sigmoid(x))")  # fmt: skip
loss("KL of a target 0 against q", [0.5, 0.0], "m.mpf(0)",
     "F.kl_div(torch.log(x), y(0.0), reduction='sum')", "jnp.sum(0.0 * (0.0 - jnp.log(x)))",
     "",
     "keras.losses.kl_divergence(y(0.0), x)")  # fmt: skip
loss("Poisson loss of a rate 0, y = 0", [0.0], "x",
     "F.poisson_nll_loss(x, y(0.0), log_input=False)", "x - jax.scipy.special.xlogy(0.0, x)",
     "tf.keras.losses.poisson(y(0.0), x)",
     "keras.losses.poisson(y(0.0), x)")  # fmt: skip
loss("log-cosh error", [0.0, 800.0], "m.log(m.cosh(x))", "", "optax.log_cosh(x)",
     "", "keras.losses.log_cosh(y(0.0), x)")  # fmt: skip
loss("squared logarithmic error, y = 0", [-1.0, 0.0],
     "m.log1p(x)**2 if x >= 0 else m.mpf(0)", "", "", "tf.keras.losses.msle(y(0.0), x)",
     "keras.losses.mean_squared_logarithmic_error(y(0.0), x)")  # fmt: skip
loss("absolute percentage error, y = 0", [1.0], "", "", "", "tf.keras.losses.mape(y(0.0), x)",
     "keras.losses.mean_absolute_percentage_error(y(0.0), x)")  # fmt: skip

# --- the same function by another formula ---------------------------------------------------------
G = "The same function by another formula"
S = [[-40.0], [40.0], [100.0], [800.0]]
SP = "m.log1p(m.exp(x)) if x < 60 else x + m.exp(-x)"
ops(G, "softplus: log(1 + exp(x))", S, SP, "o.log(1 + o.exp(x))",
    tensorflow="tf.math.log(1 + tf.exp(x))")  # fmt: skip
ops(G, "softplus: log1p(exp(x))", S, SP, "o.log1p(o.exp(x))",
    tensorflow="tf.math.log1p(tf.exp(x))")  # fmt: skip
ops(G, "softplus: logaddexp(x, 0)", S, SP, "o.logaddexp(x, o.zeros_like(x))",
    tensorflow="tf.reduce_logsumexp(tf.stack([x, tf.zeros_like(x)]), 0)")  # fmt: skip
ops(G, "softplus: maximum(x, 0) + log1p(exp(−abs(x)))", [[0.0], *S], SP,
    "o.maximum(x, o.zeros_like(x)) + o.log1p(o.exp(-o.abs(x)))",
    tensorflow="tf.maximum(x, 0.0) + tf.math.log1p(tf.exp(-tf.abs(x)))")  # fmt: skip
ops(G, "sigmoid: 1/(1 + exp(−x))", [[-800.0], [40.0]], "1/(1 + m.exp(-x))", "1 / (1 + o.exp(-x))")
ops(G, "sigmoid: exp(x)/(1 + exp(x))", [[-40.0], [800.0]], "1/(1 + m.exp(-x))",
    "o.exp(x) / (1 + o.exp(x))")  # fmt: skip
ops(G, "sigmoid: (1 + tanh(x/2))/2", [[-40.0], [40.0]], "1/(1 + m.exp(-x))",
    "(1 + o.tanh(x / 2)) / 2")  # fmt: skip
ops(G, "tanh: (exp(x) − exp(−x))/(exp(x) + exp(−x))", [[0.0], [20.0], [800.0]], "m.tanh(x)",
    "(o.exp(x) - o.exp(-x)) / (o.exp(x) + o.exp(-x))")  # fmt: skip
ops(G, "SiLU: x·exp(−log(1 + exp(−x)))", [[-800.0], [40.0]], "x/(1 + m.exp(-x))",
    "x * o.exp(-o.log(1 + o.exp(-x)))",
    tensorflow="x * tf.exp(-tf.math.log(1 + tf.exp(-x)))")  # fmt: skip
ops(G, "log-cosh: log(cosh(x))", [[0.0], [800.0]], "m.log(m.cosh(x))", "o.log(o.cosh(x))",
    tensorflow="tf.math.log(tf.cosh(x))")  # fmt: skip
add(G, "GELU: x·erfc(−x/√2)/2", [[-9.0], [0.0]], "x*m.ncdf(x)",
    "x * torch.special.erfc(-x / 2**0.5) / 2", "x * jax.scipy.special.erfc(-x / 2**0.5) / 2",
    "x * tf.math.erfc(-x / 2**0.5) / 2")  # fmt: skip
add(G, "GELU: x·(1 + erf(x/√2))/2", [[-9.0], [0.0]], "x*m.ncdf(x)",
    "x * (1 + torch.erf(x / 2**0.5)) / 2", "x * (1 + jax.scipy.special.erf(x / 2**0.5)) / 2",
    "x * (1 + tf.math.erf(x / 2**0.5)) / 2", "x * (1 + ops.erf(x / 2**0.5)) / 2")  # fmt: skip
ops(G, "abs: sqrt(x² + 10⁻¹²)", Z, "m.sqrt(x*x + m.mpf('1e-12'))", "o.sqrt(x * x + 1e-12)")
ops(G, "abs: maximum(x, −x)", Z, "abs(x)", "o.maximum(x, -x)")
ops(G, "abs: x·sign(x)", Z, "abs(x)", "x * o.sign(x)")
ops(G, "abs: where(x < 0, −x, x)", Z, "abs(x)", "o.where(x < 0, -x, x)")
relu_abs = ("torch.relu(x) + torch.relu(-x)", "jax.nn.relu(x) + jax.nn.relu(-x)",
            "tf.nn.relu(x) + tf.nn.relu(-x)", "ops.relu(x) + ops.relu(-x)")  # fmt: skip
add(G, "abs: relu(x) + relu(−x)", Z, "abs(x)", *relu_abs)
ops(G, "clip: maximum(minimum(x, 1), −1)", [[1.0], [-1.0]], "min(max(x, -1), 1)",
    "o.maximum(o.minimum(x, o.ones_like(x)), -o.ones_like(x))")  # fmt: skip
ops(G, "max: (a + b + abs(a − b))/2", [[1.0, 1.0]], "max(x)",
    "(x[0] + x[1] + o.abs(x[0] - x[1])) / 2")  # fmt: skip
