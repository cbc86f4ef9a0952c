"""Compositions."""

from derivref.records import Instance
from derivref.rules import FAMILY

add = FAMILY.add

add(
    name="chain-rule",
    proof="chain-rule-proof",
    title="Chain",
    use="Compositions, and so every network: backpropagation is this rule.",
    left="Derivative(f(g(x)), x)",
    right="d_f(g(x))*d_g(x)",
    functions="f, g",
    needs="*g* differentiable at *x*, *f* at *g*(*x*)",
    without=(
        "$\\lvert x^2\\rvert$ has slope 0 at 0, where $\\lvert u\\rvert$ has none: the "
        "rule cannot say so."
    ),
    examples=(
        Instance(left="Derivative(exp(-x**2/2), x)", right="-x*exp(-x**2/2)"),
        Instance(left="Derivative(sin(3*x + 1), x)", right="3*cos(3*x + 1)"),
        Instance(left="Derivative(sqrt(1 + x**2), x)", right="x/sqrt(1 + x**2)"),
    ),
)
