"""Activations: slopes of the units of networks."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/activation-exercises.md#{name}",
        **{"question": "Find the slope.", "level": "standard", **facts},
    )


add(
    "sigmoid_slope_exercise",
    title="The sigmoid's slope",
    use="The reciprocal rule, and a form in the function itself.",
    question="Find the slope, and write it with the sigmoid itself.",
    problem="Derivative(1/(1 + exp(-x)), x)",
    answer="sigma(x)*(1 - sigma(x))",
    solution="""\
exp(-x)/(1 + exp(-x))**2 | the reciprocal rule, and the chain rule inside
1/(1 + exp(-x))*(1 - 1/(1 + exp(-x))) | split the fraction
sigma(x)*(1 - sigma(x)) | the meaning of sigma
""",
    hint="Take the reciprocal rule, then split off a factor that is the sigmoid.",
    mistakes=(("-sigma(x)*(1 - sigma(x))", "two signs cancel"), ("x*(1 - x)", "x is the input")),
)
add(
    "sigmoid_curvature_exercise",
    title="The sigmoid's second derivative",
    use="The product rule on a form in the function itself.",
    question="Find the second derivative in the same form. Where does it vanish?",
    problem="Derivative(sigma(x), x, 2)",
    answer="sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x))",
    solution="""\
Derivative(sigma(x)*(1 - sigma(x)), x) | the slope from before
sigma(x)*(1 - sigma(x))*(1 - sigma(x)) - sigma(x)*sigma(x)*(1 - sigma(x)) | the product rule
sigma(x)*(1 - sigma(x))*(1 - 2*sigma(x)) | take out the slope: it vanishes where sigma is 1/2, at 0
""",
    hint="Differentiate the form that has only the sigmoid in it.",
    mistakes=(("sigma(x)*(1 - sigma(x))", "that is the slope"),),
)
add(
    "sigmoid_is_its_mirror",
    title="The sigmoid's slope as a product",
    use="A form that keeps its digits.",
    question="Write the slope as a product of sigmoids, without a difference.",
    problem="Derivative(sigma(x), x)",
    answer="sigma(x)*sigma(-x)",
    solution="""\
sigma(x)*(1 - sigma(x)) | the slope of the sigmoid
sigma(x)*(1/(1 + exp(x))) | $1 - \\sigma(x)$ over one bottom
sigma(x)*sigma(-x) | the meaning of sigma
""",
    hint="What is the sigmoid of the mirrored input?",
    mistakes=(("sigma(x)**2", "the mirror changes the sign of the input"),),
)
add(
    "tanh_slope_exercise",
    title="The slope of tanh",
    use="The quotient rule, and a form in the function itself.",
    problem="Derivative((exp(x) - exp(-x))/(exp(x) + exp(-x)), x)",
    answer="1 - tanh(x)**2",
    solution="""\
((exp(x) + exp(-x))**2 - (exp(x) - exp(-x))**2)/(exp(x) + exp(-x))**2 | the quotient rule
1 - ((exp(x) - exp(-x))/(exp(x) + exp(-x)))**2 | split the fraction
1 - tanh(x)**2 | the meaning of tanh
""",
    hint="Top and bottom are each other's slopes.",
    mistakes=(("1 + tanh(x)**2", "the order of the quotient rule"),),
)
add(
    "tanh_from_sigmoid",
    title="The slope of tanh through the sigmoid",
    use="The chain rule on a relation between functions.",
    question="Use that this is tanh, and write the slope with the sigmoid.",
    problem="Derivative(2*sigma(2*x) - 1, x)",
    answer="4*sigma(2*x)*(1 - sigma(2*x))",
    solution="""\
2*Derivative(sigma(2*x), x) | sums and multiples
4*sigma(2*x)*(1 - sigma(2*x)) | the chain rule
""",
    hint="The inner function has a slope as well.",
    mistakes=(("2*sigma(2*x)*(1 - sigma(2*x))", "the inner slope is missing"),),
)
add(
    "softplus_slope_exercise",
    title="The slope of softplus",
    use="A logarithm of a sum.",
    problem="Derivative(log(1 + exp(x)), x)",
    answer="sigma(x)",
    solution="""\
exp(x)/(1 + exp(x)) | the chain rule
1/(1 + exp(-x)) | divide both by $e^x$
sigma(x) | the meaning of sigma
""",
    hint="It is a function that you know.",
    mistakes=(("1 - sigma(x)", "that is the mirrored one"),),
)
add(
    "softplus_beta_slope",
    title="Softplus with a sharpness",
    use="A parameter inside and outside.",
    domain="x in R, b in (0, oo)",
    problem="Derivative(log(1 + exp(b*x))/b, x)",
    answer="sigma(b*x)",
    solution="""\
b*exp(b*x)/(1 + exp(b*x))/b | the chain rule
exp(b*x)/(1 + exp(b*x)) | cancel b
sigma(b*x) | divide both by $e^{bx}$
""",
    hint="The factor in front cancels the inner slope.",
    mistakes=(("b*sigma(b*x)", "the factor in front was lost"),),
)
add(
    "log_sigmoid_slope",
    title="The slope of the logarithm of a sigmoid",
    use="A slope over its function.",
    problem="Derivative(log(sigma(x)), x)",
    answer="1 - sigma(x)",
    solution="""\
sigma(x)*(1 - sigma(x))/sigma(x) | the chain rule
1 - sigma(x) | cancel the sigmoid
""",
    hint="The slope of the sigmoid has the sigmoid as a factor.",
    mistakes=(("1/sigma(x)", "the inner slope is missing"),),
)
add(
    "silu_slope_exercise",
    title="The slope of SiLU",
    use="The product rule with a gate.",
    problem="Derivative(x*sigma(x), x)",
    answer="sigma(x)*(1 + x*(1 - sigma(x)))",
    solution="""\
sigma(x) + x*sigma(x)*(1 - sigma(x)) | the product rule
sigma(x)*(1 + x*(1 - sigma(x))) | take out the sigmoid
""",
    hint="Take the sigmoid out at the end.",
    mistakes=(("sigma(x)*(1 - sigma(x))", "only the gate was differentiated"),),
)
add(
    "gelu_slope_exercise",
    title="The slope of GELU",
    use="The product rule with a distribution function.",
    question="Find the slope; Φ is the normal distribution function, φ its density.",
    problem="Derivative(x*Phi(x), x)",
    answer="Phi(x) + x*phi(x)",
    solution="Phi(x) + x*phi(x) | the product rule",
    hint="The slope of a distribution function is its density.",
    mistakes=(("phi(x)", "the factor x was differentiated alone"), ("x*phi(x)", "a term is lost")),
)
add(
    "gelu_curvature_exercise",
    title="The second derivative of GELU",
    use="The density's own slope.",
    level="hard",
    problem="Derivative(x*Phi(x), x, 2)",
    answer="(2 - x**2)*phi(x)",
    solution="""\
Derivative(Phi(x) + x*phi(x), x) | the slope from before
phi(x) + phi(x) + x*(-x*phi(x)) | sums and products; the density has the slope $-x\\varphi$
(2 - x**2)*phi(x) | take out the density
""",
    hint="The density's slope is the density, times the mirrored input.",
    mistakes=(("(2 + x**2)*phi(x)", "the sign of the density's slope"),),
)
add(
    "mish_slope_exercise",
    title="The slope of Mish",
    use="A chain inside a product.",
    level="hard",
    question="Find the slope. Keep tanh of softplus as it is.",
    problem="Derivative(x*tanh(log(1 + exp(x))), x)",
    answer="tanh(log(1 + exp(x))) + x*(1 - tanh(log(1 + exp(x)))**2)*sigma(x)",
    solution="""\
tanh(log(1 + exp(x))) + x*Derivative(tanh(log(1 + exp(x))), x) | the product rule
tanh(log(1 + exp(x))) + x*(1 - tanh(log(1 + exp(x)))**2)*sigma(x) | the chain rule
""",
    hint="The slope of softplus is the sigmoid.",
    mistakes=(
        ("tanh(log(1 + exp(x))) + x*(1 - tanh(log(1 + exp(x)))**2)", "softplus has a slope"),
    ),
)
add(
    "swish_beta_partial",
    title="Swish: the slope in its parameter",
    use="A derivative in another letter.",
    question="Find the slope in *b*, not in *x*.",
    domain="x, b in R",
    problem="Derivative(x*sigma(b*x), b)",
    answer="x**2*sigma(b*x)*(1 - sigma(b*x))",
    solution="""\
x*sigma(b*x)*(1 - sigma(b*x))*x | the chain rule, with x for the inner slope
x**2*sigma(b*x)*(1 - sigma(b*x)) | collect
""",
    hint="For this question *x* is a constant.",
    mistakes=(("x*sigma(b*x)*(1 - sigma(b*x))", "the inner slope is x"),),
)
add(
    "elu_left_slope",
    title="ELU on the left",
    use="A slope that is the function and a constant.",
    question="Find the slope of this branch.",
    domain="x in (-oo, 0), a in (0, oo)",
    problem="Derivative(a*(exp(x) - 1), x)",
    answer="a*exp(x)",
    solution="a*exp(x) | the slope of the exponential",
    hint="A constant has no slope.",
    mistakes=(("a*(exp(x) - 1)", "the constant goes"),),
)
add(
    "softsign_slope",
    title="Softsign for positive inputs",
    use="The quotient rule.",
    domain="x in (0, oo)",
    problem="Derivative(x/(1 + x), x)",
    answer="1/(1 + x)**2",
    solution="""\
((1 + x) - x)/(1 + x)**2 | the quotient rule
1/(1 + x)**2 | subtract
""",
    hint="What is left on top is a constant.",
    mistakes=(("1/(1 + x)", "the bottom is squared"),),
)
add(
    "log_cosh_slope",
    title="The slope of log-cosh",
    use="A smooth stand-in for the absolute value.",
    problem="Derivative(log(cosh(x)), x)",
    answer="tanh(x)",
    solution="""\
sinh(x)/cosh(x) | the chain rule
tanh(x) | the meaning of tanh
""",
    hint="A slope over its function.",
    mistakes=(("1/cosh(x)", "the inner slope is missing"),),
)
add(
    "squareplus_slope",
    title="The slope of squareplus",
    use="A root inside a sum.",
    domain="x in R, b in (0, oo)",
    problem="Derivative((x + sqrt(x**2 + b))/2, x)",
    answer="(1 + x/sqrt(x**2 + b))/2",
    solution="(1 + x/sqrt(x**2 + b))/2 | the chain rule under the root",
    hint="The factor in front stays.",
    mistakes=(("(1 + 1/(2*sqrt(x**2 + b)))/2", "the inner slope is missing"),),
)
