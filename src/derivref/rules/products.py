"""Products."""

from math import comb

from derivref.records import Instance
from derivref.rules import FAMILY

add = FAMILY.add


def _leibniz(n: int) -> str:
    def factor(name: str, order: int) -> str:
        return f"{name}(x)" if order == 0 else f"d{order}_{name}(x)"

    return " + ".join(f"{comb(n, k)}*{factor('f', n - k)}*{factor('g', k)}" for k in range(n + 1))


add(
    name="product-rule",
    proof="product-rule-proof",
    title="Product",
    use="Gates, attention and every product of things that depend on the variable.",
    left="Derivative(f(x)*g(x), x)",
    right="d_f(x)*g(x) + f(x)*d_g(x)",
    functions="f, g",
    needs="*f* and *g* differentiable at *x*",
    without=(
        "$x\\lvert x\\rvert$ has slope 0 at 0, where $\\lvert x\\rvert$ has none: the rule "
        "cannot say so."
    ),
    examples=(
        Instance(left="Derivative(x**2*exp(x), x)", right="x*(x + 2)*exp(x)"),
        Instance(left="Derivative(x**2*sin(x), x)", right="2*x*sin(x) + x**2*cos(x)"),
        Instance(left="Derivative(x*log(x), x)", right="log(x) + 1", domain="x in (0, oo)"),
    ),
)

add(
    name="triple-product",
    proof="triple-product-proof",
    title="Triple product",
    use="Products of several factors, each differentiated in turn.",
    left="Derivative(f(x)*g(x)*h(x), x)",
    right="d_f(x)*g(x)*h(x) + f(x)*d_g(x)*h(x) + f(x)*g(x)*d_h(x)",
    functions="f, g, h",
    needs="*f*, *g* and *h* differentiable at *x*",
    without="As for two factors: one corner among them and the rule says nothing.",
    examples=(
        Instance(
            left="Derivative(x*exp(x)*sin(x), x)",
            right="exp(x)*sin(x) + x*exp(x)*sin(x) + x*exp(x)*cos(x)",
        ),
    ),
)

add(
    name="leibniz-rule",
    title="Leibniz",
    use="Repeated derivatives of products, as in Taylor coefficients.",
    left="Derivative(f(x)*g(x), x, 4)",
    right=_leibniz(4),
    functions="f, g",
    statement=r"(fg)^{(n)} = \sum_{k=0}^{n} \binom{n}{k} f^{(n-k)} g^{(k)}",
    needs="*f* and *g* have *n* derivatives at *x*",
    without="$x \\cdot \\lvert x\\rvert$ has one derivative at 0 and no second.",
)
