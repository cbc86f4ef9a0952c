"""Several variables, and slopes of curves."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/several-variables.md#{name}",
        **{"question": "Find the partial derivative.", "level": "standard", **facts},
    )


add(
    "sine_cosine_partial_x",
    title="Sine times cosine, in x",
    use="Holding a variable fixed.",
    level="warm-up",
    domain="x, y in R",
    problem="Derivative(sin(x)*cos(y), x)",
    answer="cos(x)*cos(y)",
    solution="cos(x)*cos(y) | the cosine of y is a constant factor",
    hint="What has no *x* is a constant.",
    mistakes=(("-cos(x)*sin(y)", "y is held fixed"),),
)
add(
    "sine_cosine_partial_y",
    title="Sine times cosine, in y",
    use="Holding a variable fixed.",
    level="warm-up",
    domain="x, y in R",
    problem="Derivative(sin(x)*cos(y), y)",
    answer="-sin(x)*sin(y)",
    solution="-sin(x)*sin(y) | the sine of x is a constant factor",
    hint="Mind the cosine's sign.",
    mistakes=(("sin(x)*sin(y)", "the sign"),),
)
add(
    "mixed_cubic_partial_y",
    title="A cubic in two variables",
    use="Terms without the variable go.",
    level="warm-up",
    domain="x, y in R",
    problem="Derivative(x**2*y + y**3, y)",
    answer="x**2 + 3*y**2",
    solution="x**2 + 3*y**2 | sums, term by term",
    hint="*x* is a constant.",
    mistakes=(("2*x + 3*y**2", "x is held fixed"),),
)
add(
    "quadratic_form_partial",
    title="A quadratic form, one entry of its gradient",
    use="Both places of the variable.",
    domain="x, y, a, b, c, d in R",
    problem="Derivative(a*x**2 + (b + c)*x*y + d*y**2, x)",
    answer="2*a*x + (b + c)*y",
    solution="2*a*x + (b + c)*y | sums, term by term",
    hint="Both off-diagonal entries count.",
    mistakes=(("2*a*x + 2*b*y", "right only if the matrix is symmetric"),),
)
add(
    "mixed_second",
    title="A mixed second derivative",
    use="The order of differentiation does not matter here.",
    domain="x, y in (1, 2)",
    question="Find the mixed derivative of the exponential of a product: the slope in *x* is "
    "taken.",
    problem="Derivative(y*exp(x*y), y)",
    answer="(1 + x*y)*exp(x*y)",
    solution="""\
exp(x*y) + x*y*exp(x*y) | the product rule
(1 + x*y)*exp(x*y) | take out the exponential
""",
    hint="There is a product, whose factors both have *y*.",
    mistakes=(("x*y*exp(x*y)", "the factor y has a slope"),),
)
add(
    "norm_partial",
    title="The length of a vector, in one entry",
    use="The gradient of a norm.",
    domain="x in (0, oo), y in (0, oo)",
    problem="Derivative(sqrt(x**2 + y**2), x)",
    answer="x/sqrt(x**2 + y**2)",
    solution="x/sqrt(x**2 + y**2) | the chain rule",
    hint="The inner slope cancels a factor of the root's.",
    mistakes=(("1/(2*sqrt(x**2 + y**2))", "the inner slope is missing"),),
)
add(
    "angle_partial",
    title="The angle of a point, in one entry",
    use="An inverse function of a quotient.",
    level="hard",
    domain="x in (0, oo), y in (0, oo)",
    problem="Derivative(arctan(y/x), x)",
    answer="-y/(x**2 + y**2)",
    solution="""\
1/(1 + (y/x)**2)*(-y/x**2) | the chain rule
-y/(x**2 + y**2) | expand the bottom
""",
    hint="The inner function is a quotient with *x* at the bottom.",
    mistakes=(("y/(x**2 + y**2)", "the sign of the inner slope"),),
)
add(
    "total_derivative_path",
    title="Along a curve",
    use="A sum over both variables.",
    domain="t in R",
    question="Find the slope along the curve: both entries depend on *t*.",
    problem="Derivative(t**2*sin(t) + sin(t)**3, t)",
    answer="2*t*sin(t) + t**2*cos(t) + 3*sin(t)**2*cos(t)",
    solution="2*t*sin(t) + t**2*cos(t) + 3*sin(t)**2*cos(t) | sums, products and chains",
    hint="Add the terms of both variables, each times the slope of its entry.",
    mistakes=(("2*t*sin(t)", "the second variable moves too"),),
)
add(
    "directional_slope",
    title="A directional derivative",
    use="The slope along a line.",
    domain="t, x, y in R",
    question="Find the slope in *t* along the line, for any *t*.",
    problem="Derivative((x + 3*t)**2*(y + 4*t), t)",
    answer="6*(x + 3*t)*(y + 4*t) + 4*(x + 3*t)**2",
    solution="6*(x + 3*t)*(y + 4*t) + 4*(x + 3*t)**2 | products and chains",
    hint="At the start of the line it is the gradient times the direction.",
    mistakes=(("2*(x + 3*t)*(y + 4*t) + (x + 3*t)**2", "the direction is missing"),),
)
add(
    "folium_slope",
    title="The folium's slope",
    use="Implicit differentiation.",
    level="hard",
    question="On the curve the slope is minus the quotient of the partial derivatives. Find it.",
    domain="x, y, a in (1, 2)",
    given="y**2 != a*x",
    problem="-Derivative(x**3 + y**3 - 3*a*x*y, x)/Derivative(x**3 + y**3 - 3*a*x*y, y)",
    answer="(a*y - x**2)/(y**2 - a*x)",
    solution="""\
-(3*x**2 - 3*a*y)/(3*y**2 - 3*a*x) | sums, term by term
(a*y - x**2)/(y**2 - a*x) | cancel, and take the sign to the top
""",
    hint="Differentiate in *x*, then in *y*, and divide.",
    mistakes=(("(x**2 - a*y)/(y**2 - a*x)", "the sign"), ("-x**2/y**2", "the mixed term")),
)
add(
    "ellipse_slope",
    title="The slope of an ellipse",
    use="Implicit differentiation.",
    question="Find the slope of the curve on which the sum of both terms is constant.",
    domain="x, y, a, b in (1, 2)",
    problem="-Derivative(x**2/a**2 + y**2/b**2, x)/Derivative(x**2/a**2 + y**2/b**2, y)",
    answer="-b**2*x/(a**2*y)",
    solution="""\
-(2*x/a**2)/(2*y/b**2) | differentiate both
-b**2*x/(a**2*y) | simplify
""",
    hint="The slope is minus the quotient of the partial derivatives.",
    mistakes=(("-x/y", "that is the circle's"), ("b**2*x/(a**2*y)", "the sign")),
)
add(
    "inverse_identity",
    title="The slope of an inverse",
    use="Differentiating an identity.",
    question="The exponential undoes the logarithm. Differentiate both sides, and solve for the "
    "logarithm's slope.",
    domain="x in (0, oo)",
    problem="Derivative(log(x), x)",
    answer="1/x",
    solution="""\
1/exp(log(x)) | the slope of $e^{\\ln x} = x$ is $e^{\\ln x}(\\ln x)' = 1$; solve for the slope
1/x | the exponential undoes the logarithm
""",
    hint="The chain rule for the composition; the other side is the variable itself.",
    mistakes=(("x", "the reciprocal of the outer slope is taken"),),
)
add(
    "arctan_slope_exercise",
    title="The arctangent's slope",
    use="The inverse rule.",
    problem="Derivative(arctan(x), x)",
    question="Find the slope from that of the tangent.",
    answer="1/(1 + x**2)",
    solution="""\
cos(arctan(x))**2 | the reciprocal of the tangent's slope, $1/\\cos^2$, at the arctangent
1/(1 + x**2) | $\\cos^2 = 1/(1 + \\tan^2)$
""",
    hint="Take the reciprocal of the tangent's slope, at the matching point.",
    mistakes=(("1/sqrt(1 + x**2)", "the cosine is squared"),),
)
add(
    "cycloid_slope_exercise",
    title="The cycloid's slope",
    use="Curves with a parameter.",
    domain="t in (0, pi)",
    question="Find the slope of the curve from the slopes of its coordinates.",
    problem="Derivative(1 - cos(t), t)/Derivative(t - sin(t), t)",
    answer="sin(t)/(1 - cos(t))",
    solution="sin(t)/(1 - cos(t)) | differentiate both",
    hint="The slope of *y* over the slope of *x*.",
    mistakes=(("(1 - cos(t))/sin(t)", "turned over"),),
)
add(
    "circle_area_rate",
    title="How fast a circle grows",
    use="Related rates.",
    domain="t in (0, oo), r, v in (0, oo)",
    question="The radius starts at *r* and gains *v* in each unit of time. Find the rate of the "
    "area.",
    problem="Derivative(pi*(r + v*t)**2, t)",
    answer="2*pi*(r + v*t)*v",
    solution="2*pi*(r + v*t)*v | the chain rule",
    hint="The area depends on the radius, and that on the time.",
    mistakes=(("2*pi*(r + v*t)", "the rate of the radius is missing"),),
)
