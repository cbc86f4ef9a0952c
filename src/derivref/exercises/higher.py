"""Second derivatives, extrema and expansions."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/curvature-exercises.md#{name}",
        **{"question": "Find the second derivative.", "level": "standard", **facts},
    )


add(
    "second_of_quartic",
    title="Curvature of a quartic",
    use="The power rule, repeated.",
    level="warm-up",
    problem="Derivative(x**4 - 6*x**2, x, 2)",
    answer="12*x**2 - 12",
    solution="""\
Derivative(4*x**3 - 12*x, x) | the power rule
12*x**2 - 12 | the power rule once more: it changes its sign at −1 and at 1
""",
    hint="Differentiate, and differentiate again.",
    mistakes=(("4*x**3 - 12*x", "that is the slope"),),
)
add(
    "second_of_bell",
    title="Curvature of the bell curve",
    use="Where a bell turns.",
    problem="Derivative(exp(-x**2/2), x, 2)",
    answer="(x**2 - 1)*exp(-x**2/2)",
    solution="""\
Derivative(-x*exp(-x**2/2), x) | the chain rule
-exp(-x**2/2) + x**2*exp(-x**2/2) | the product rule
(x**2 - 1)*exp(-x**2/2) | take out the exponential: it turns at −1 and at 1
""",
    hint="The slope is a product.",
    mistakes=(("x**2*exp(-x**2/2)", "the factor x has a slope"),),
)
add(
    "second_of_product",
    title="Curvature of a product",
    use="Leibniz's rule.",
    problem="Derivative(x*exp(x), x, 2)",
    answer="(x + 2)*exp(x)",
    solution="""\
Derivative((x + 1)*exp(x), x) | the product rule
exp(x) + (x + 1)*exp(x) | the product rule
(x + 2)*exp(x) | take out the exponential
""",
    hint="Each derivative adds one exponential.",
    mistakes=(("(x + 1)*exp(x)", "that is the slope"),),
)
add(
    "third_of_x_log",
    title="A third derivative",
    use="A logarithm becomes a power.",
    question="Differentiate, as often as it says.",
    domain="x in (0, oo)",
    problem="Derivative(x*log(x), x, 3)",
    answer="-1/x**2",
    solution="""\
Derivative(log(x) + 1, x, 2) | the product rule
Derivative(1/x, x) | the slope of the logarithm
-1/x**2 | the power rule
""",
    hint="After the first step only the logarithm counts.",
    mistakes=(("1/x**2", "the sign"),),
)
add(
    "fourth_of_sine",
    title="The fourth derivative of a sine",
    use="A cycle of derivatives.",
    question="Differentiate, as often as it says.",
    problem="Derivative(sin(2*x), x, 4)",
    answer="16*sin(2*x)",
    solution="""\
Derivative(2*cos(2*x), x, 3) | the chain rule
Derivative(-4*sin(2*x), x, 2) | the chain rule
Derivative(-8*cos(2*x), x) | the chain rule
16*sin(2*x) | the chain rule
""",
    hint="Each derivative brings the inner slope once.",
    mistakes=(("sin(2*x)", "the inner slopes are missing"),),
)
add(
    "critical_cubic",
    title="Critical points of a cubic",
    use="A slope in factors shows its zeros.",
    question="Find the slope, in factors. Which critical points are minima?",
    problem="Derivative(x**3 - 3*x, x)",
    answer="3*(x - 1)*(x + 1)",
    solution="""\
3*x**2 - 3 | the power rule
3*(x - 1)*(x + 1) | factor: a maximum at −1, a minimum at 1; on [−2, 3] the values −2, 2, −2, 18
""",
    hint="Take out a factor; then compare the values at the critical points and the ends.",
    mistakes=(("3*(x - 1)**2", "the signs of the factors"),),
)
add(
    "critical_xexp",
    title="The top of a gamma curve",
    use="Zeros of a slope in factors.",
    question="Find the slope, in factors. Where is the top?",
    domain="x in (0, oo)",
    problem="Derivative(x**2*exp(-x), x)",
    answer="x*(2 - x)*exp(-x)",
    solution="""\
2*x*exp(-x) - x**2*exp(-x) | the product rule
x*(2 - x)*exp(-x) | take out common factors: the maximum is at 2
""",
    hint="Exponentials have no zeros.",
    mistakes=(("2*x*exp(-x)", "the exponential has a slope"),),
)
add(
    "double_well",
    title="A double well",
    use="Stationary points of a loss.",
    problem="Derivative((x**2 - 1)**2, x)",
    question="Find the slope, in factors, and its zeros.",
    answer="4*x*(x - 1)*(x + 1)",
    solution="""\
2*(x**2 - 1)*2*x | the chain rule
4*x*(x - 1)*(x + 1) | factor: minima at −1 and 1, a maximum at 0
""",
    hint="The chain rule, and a difference of squares.",
    mistakes=(("2*(x**2 - 1)", "the inner slope is missing"),),
)
add(
    "newton_step_square_root",
    title="A Newton step for a square root",
    use="From a slope to an algorithm.",
    question="Simplify a Newton step for the root of this function.",
    domain="x in (0, oo), a in (0, oo)",
    problem="x - (x**2 - a)/Derivative(x**2 - a, x)",
    answer="(x + a/x)/2",
    solution="""\
x - (x**2 - a)/(2*x) | the power rule
(x + a/x)/2 | split the fraction
""",
    hint="It becomes an average.",
    mistakes=(("(x - a/x)/2", "the sign"),),
)
add(
    "descent_factor",
    title="A step of gradient descent on a parabola",
    use="What the learning rate does.",
    question="Simplify a step with the learning rate *a*. For which rates does it approach the "
    "bottom?",
    domain="x, a, L in R",
    problem="x - a*Derivative(L*x**2/2, x)",
    answer="(1 - a*L)*x",
    solution="""\
x - a*L*x | the power rule
(1 - a*L)*x | take out x: nearer if $\\lvert 1 - aL\\rvert < 1$, from one side for $aL \\le 1$
""",
    hint="Take out *x*.",
    mistakes=(("(1 + a*L)*x", "the step goes against the slope"),),
)
add(
    "flat_trace",
    title="The trace of a Hessian",
    use="Curvature of a product of weights.",
    question="Find the trace of the Hessian: the sum of both pure second derivatives.",
    domain="u, v in R",
    problem="Derivative((u*v - 1)**2, u, 2) + Derivative((u*v - 1)**2, v, 2)",
    answer="2*u**2 + 2*v**2",
    solution="""\
2*v**2 + 2*u**2 | each factor is linear in its variable
2*u**2 + 2*v**2 | the other order
""",
    hint="With the other variable held, it is a parabola.",
    mistakes=(("2*u*v", "that is a part of the mixed one"),),
)
