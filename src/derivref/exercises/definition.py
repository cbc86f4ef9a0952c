"""From the definition: limits of quotients."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set: a slope from the definition."""
    FAMILY.add(
        name=name,
        page=f"practice/first-limits.md#{name}",
        question="Find the slope from the definition, as a limit of difference quotients.",
        limit="h -> 0",
        **{"level": "standard", **facts},
    )


add(
    "cube_from_definition",
    title="The cube from the definition",
    use="Expanding, dividing by *h*, and letting *h* vanish.",
    problem="Derivative(x**3, x)",
    answer="3*x**2",
    solution="""\
((x + h)**3 - x**3)/h | limit: definition of the derivative
3*x**2 + 3*x*h + h**2 | expand, and divide by $h$
3*x**2 | limit: continuity
""",
    hint="Expand the cube of a sum; what has no *h* cancels.",
    mistakes=(("3*x**2 + 3*x", "*h* was put to 1"), ("x**2", "the factor is missing")),
)
add(
    "affine_from_definition",
    title="A line from the definition",
    use="A quotient that does not depend on *h*.",
    level="warm-up",
    domain="x, a, b in R",
    problem="Derivative(a*x + b, x)",
    answer="a",
    solution="""\
(a*(x + h) + b - (a*x + b))/h | limit: definition of the derivative
a | subtract, and divide by $h$
a | limit: constant
""",
    hint="Subtract before you divide.",
    mistakes=(("a + b", "the constant cancels"),),
)
add(
    "quadratic_from_definition",
    title="A quadratic from the definition",
    use="Expanding and cancelling.",
    level="warm-up",
    problem="Derivative(2*x**2 - 3*x, x)",
    answer="4*x - 3",
    solution="""\
(2*(x + h)**2 - 3*(x + h) - (2*x**2 - 3*x))/h | limit: definition of the derivative
4*x + 2*h - 3 | expand, and divide by $h$
4*x - 3 | limit: continuity
""",
    hint="All terms without *h* cancel.",
    mistakes=(("4*x", "the linear term has a slope"),),
)
add(
    "reciprocal_from_definition",
    title="A reciprocal from the definition",
    use="Fractions over the same bottom.",
    domain="x in (0, oo)",
    problem="Derivative(1/x, x)",
    answer="-1/x**2",
    solution="""\
(1/(x + h) - 1/x)/h | limit: definition of the derivative
(x - (x + h))/(h*x*(x + h)) | put both over one bottom
-1/(x*(x + h)) | subtract, and divide by $h$
-1/x**2 | limit: continuity
""",
    hint="Put both fractions over a common bottom.",
    mistakes=(("1/x**2", "the sign"),),
)
add(
    "reciprocal_square_from_definition",
    title="A reciprocal square from the definition",
    use="Fractions over the same bottom, and a square that is expanded.",
    level="hard",
    domain="x in (0, oo)",
    problem="Derivative(1/x**2, x)",
    answer="-2/x**3",
    solution="""\
(1/(x + h)**2 - 1/x**2)/h | limit: definition of the derivative
(x**2 - (x + h)**2)/(h*x**2*(x + h)**2) | put both over one bottom
-(2*x + h)/(x**2*(x + h)**2) | expand, and divide by $h$
-2*x/x**4 | limit: continuity
-2/x**3 | cancel x
""",
    hint="Expand the square of the sum after the common bottom.",
    mistakes=(("2/x**3", "the sign"), ("1/(2*x)", "a slope of the bottom alone")),
)
add(
    "root_from_definition",
    title="A shifted root from the definition",
    use="The conjugate, which makes a root vanish.",
    level="hard",
    domain="x in (0, oo)",
    problem="Derivative(sqrt(x + 1), x)",
    answer="1/(2*sqrt(x + 1))",
    solution="""\
(sqrt(x + h + 1) - sqrt(x + 1))/h | limit: definition of the derivative
h/(h*(sqrt(x + h + 1) + sqrt(x + 1))) | multiply top and bottom by the sum of the roots
1/(sqrt(x + h + 1) + sqrt(x + 1)) | cancel h
1/(2*sqrt(x + 1)) | limit: continuity
""",
    hint="Multiply top and bottom by the sum of both roots.",
    mistakes=(("1/sqrt(x + 1)", "the roots add up to two of them"),),
)
add(
    "quartic_from_definition",
    title="The fourth power from the definition",
    use="The binomial theorem.",
    problem="Derivative(x**4, x)",
    answer="4*x**3",
    solution="""\
((x + h)**4 - x**4)/h | limit: definition of the derivative
4*x**3 + 6*x**2*h + 4*x*h**2 + h**3 | expand, and divide by $h$
4*x**3 | limit: continuity
""",
    hint="Only the term with a single *h* survives the division.",
    mistakes=(("4*x**4", "the exponent was not lowered"),),
)
add(
    "quotient_from_definition",
    title="A quotient from the definition",
    use="Fractions over the same bottom once more.",
    level="hard",
    domain="x in (0, oo)",
    problem="Derivative(x/(x + 1), x)",
    answer="1/(x + 1)**2",
    solution="""\
((x + h)/(x + h + 1) - x/(x + 1))/h | limit: definition of the derivative
((x + h)*(x + 1) - x*(x + h + 1))/(h*(x + h + 1)*(x + 1)) | put both over one bottom
1/((x + h + 1)*(x + 1)) | expand, and divide by $h$
1/(x + 1)**2 | limit: continuity
""",
    hint="Expand the top: nearly everything cancels.",
    mistakes=(("-1/(x + 1)**2", "the sign"),),
)
add(
    "symmetric_quotient",
    title="The symmetric quotient of a square",
    use="Another quotient with the same limit.",
    problem="Derivative(x**2, x)",
    answer="2*x",
    solution="""\
((x + h)**2 - (x - h)**2)/(2*h) | limit: sum law, for the mean of the quotients from both sides
2*x | expand: no $h$ is left
2*x | limit: constant
""",
    hint="Expand both squares.",
    mistakes=(("4*x", "the width of the interval is twice h"),),
)
