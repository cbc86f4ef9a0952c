"""Powers."""

from derivref.records import Instance
from derivref.rules import FAMILY

add = FAMILY.add

add(
    name="power-rule",
    proof="power-slope",
    title="Power",
    use="Polynomials, roots, and decay like a power.",
    left="Derivative(x**n, x)",
    right="n*x**(n - 1)",
    domain="x in (0, oo), n in (-6, 6)",
    needs="any real *n*: *x* > 0; *n* = 1, 2, 3, …: every *x*; *n* = −1, −2, …: *x* ≠ 0",
    without=(
        "$x^{1/2}$ has no slope at 0; $(-8)^{1/3}$ is NaN in NumPy and complex in Python; "
        "the slope 0 of $x^0$ comes out as 0 · ∞ at 0."
    ),
    examples=(
        Instance(left="Derivative(c, x)", right="0", domain="x, c in R"),
        Instance(left="Derivative(x, x)", right="1"),
        Instance(left="Derivative(x**2, x)", right="2*x"),
        Instance(left="Derivative(x**3, x)", right="3*x**2"),
        Instance(left="Derivative(x**5, x)", right="5*x**4"),
        Instance(left="Derivative(1/x, x)", right="-(1/x**2)", domain="x in R", given="x != 0"),
        Instance(
            left="Derivative(x**(-3), x)", right="-3*x**(-4)", domain="x in R", given="x != 0"
        ),
        Instance(left="Derivative(sqrt(x), x)", right="1/(2*sqrt(x))", domain="x in (0, oo)"),
        Instance(left="Derivative(x**(2/3), x)", right="2/3*x**(-1/3)", domain="x in (0, oo)"),
        Instance(left="Derivative(x**pi, x)", right="pi*x**(pi - 1)", domain="x in (0, oo)"),
    ),
)
