"""Reciprocals and quotients."""

from derivref.records import Instance
from derivref.rules import FAMILY

add = FAMILY.add

add(
    name="reciprocal-rule",
    proof="reciprocal-rule-proof",
    title="Reciprocal",
    use="Normalisation by a sum or a norm.",
    left="Derivative(1/g(x), x)",
    right="-(d_g(x)/g(x)**2)",
    functions="g",
    given="g(x) != 0",
    needs="*g* differentiable at *x*, *g*(*x*) ≠ 0",
    without="1/*x* has no value at 0, so no slope.",
    examples=(Instance(left="Derivative(1/(1 + x**2), x)", right="-2*x/(1 + x**2)**2"),),
)

add(
    name="quotient-rule",
    proof="quotient-rule-proof",
    title="Quotient",
    use="Softmax, averages and every ratio.",
    left="Derivative(f(x)/g(x), x)",
    right="(d_f(x)*g(x) - f(x)*d_g(x))/g(x)**2",
    functions="f, g",
    given="g(x) != 0",
    needs="*f* and *g* differentiable at *x*, *g*(*x*) ≠ 0",
    without="*x*²/*x* agrees with *x* except at 0; there the rule gives 0/0.",
    examples=(
        Instance(left="Derivative(sin(x)/cos(x), x)", right="1/cos(x)**2", given="cos(x) != 0"),
        Instance(left="Derivative(log(x)/x, x)", right="(1 - log(x))/x**2", domain="x in (0, oo)"),
    ),
)
