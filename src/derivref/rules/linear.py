"""Constants and sums."""

from derivref.records import Instance
from derivref.rules import FAMILY

add = FAMILY.add

add(
    name="constant-rule",
    proof="constant-rule-proof",
    title="Constant",
    use="The slope of whatever does not depend on the variable: biases in another parameter, data.",
    left="Derivative(c, x)",
    right="0",
    domain="c in R, x in R",
    needs="*c* does not depend on *x*",
    without=(
        "The converse needs an interval: $\\lfloor x \\rfloor$ has slope 0 wherever it has "
        "one, and is not constant."
    ),
)

add(
    name="constant-multiple",
    proof="constant-multiple-proof",
    title="Constant multiple",
    use="Learning rates, scales and regularisation weights come out of a derivative.",
    left="Derivative(c*f(x), x)",
    right="c*d_f(x)",
    functions="f",
    domain="c in R, x in R",
    needs="*f* differentiable at *x*, *c* constant",
    without="With *c* = *f*(*x*) = *x* it would give *x*, and the slope of *x*² is 2*x*.",
    examples=(Instance(left="Derivative(5*x**3, x)", right="15*x**2"),),
)

add(
    name="sum-rule",
    proof="sum-rule-proof",
    title="Sum",
    use="A loss over many examples is a sum: its gradient is the sum of theirs.",
    left="Derivative(f(x) + g(x), x)",
    right="d_f(x) + d_g(x)",
    functions="f, g",
    needs="*f* and *g* differentiable at *x*",
    without=(
        "$\\lvert x\\rvert + (-\\lvert x\\rvert) = 0$ has slope 0 at 0, where neither term has one."
    ),
    examples=(Instance(left="Derivative(x**3 + 2*x**2 - 5*x + 7, x)", right="3*x**2 + 4*x - 5"),),
)

add(
    name="linearity",
    proof="linearity-proof",
    title="Linearity",
    use="Differentiating any weighted sum, a linear layer's output first of all.",
    left="Derivative(a*f(x) + b*g(x), x)",
    right="a*d_f(x) + b*d_g(x)",
    functions="f, g",
    domain="a, b, x in R",
    needs="*f* and *g* differentiable at *x*; *a*, *b* constant",
    without=(
        "It is for finitely many terms: $\\sum \\sin(kx)/k$ converges for every *x*, the "
        "sum of the slopes $\\cos(kx)$ for none."
    ),
    examples=(
        Instance(left="Derivative(3*sin(x) - 2*exp(x), x)", right="3*cos(x) - 2*exp(x)"),
        Instance(
            left="Derivative(a*x**2 + b*x + c, x)", right="2*a*x + b", domain="x in R, a, b, c in R"
        ),
    ),
)
