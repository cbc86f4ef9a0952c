"""The rules of differentiation, each with what it needs and what happens without it.

Formulas are written in the language of `derivref.expression`: f(x) and g(x) are any differentiable
functions, ``d_f(x)`` is f′(x). The tests check each rule with f and g undefined and on concrete
choices; the pages print the same formulas.
"""

from dataclasses import dataclass
from math import comb


@dataclass(frozen=True, kw_only=True)
class Example:
    """A function and its slope, found by a rule."""

    formula: str
    slope: str
    domain: str = "x in R"
    given: str = ""

    def derivation(self, name: str) -> str:
        """Return the claim as a derivation of one step.

        Parameters
        ----------
        name : str
            The id of the derivation.

        Returns
        -------
        str
            The text of a `derivation` fence.
        """
        given = f"given: {self.given}\n" if self.given else ""
        return (
            f"id: {name}\ndomain: {self.domain}\n{given}"
            f"Derivative({self.formula}, x)\n{self.slope} | the rule\n"
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule: the formula, its derivative of some order, when it holds and how it fails else."""

    name: str  # also the anchor on the page
    title: str
    formula: str
    slope: str
    holds: str  # Markdown: the hypotheses
    fails: str  # Markdown: an example that violates one of them
    functions: str = ""
    domain: str = "x in R"
    given: str = ""
    order: int = 1
    statement: str = ""  # TeX of the general rule, where the formula is a case of it
    examples: tuple[Example, ...] = ()

    def derivation(self) -> str:
        """Return the rule as a derivation of one step."""
        functions = f"functions: {self.functions}\n" if self.functions else ""
        given = f"given: {self.given}\n" if self.given else ""
        return (
            f"id: {self.name}\n{functions}domain: {self.domain}\n{given}"
            f"Derivative({self.formula}, x, {self.order})\n{self.slope} | the rule\n"
        )


def _leibniz(n: int) -> str:
    def factor(name: str, order: int) -> str:
        return f"{name}(x)" if order == 0 else f"d{order}_{name}(x)"

    return " + ".join(f"{comb(n, k)}*{factor('f', n - k)}*{factor('g', k)}" for k in range(n + 1))


RULES = (
    Rule(
        name="constant-rule",
        title="Constant",
        formula="c",
        slope="0",
        domain="c in R, x in R",
        holds="*c* does not depend on *x*",
        fails="The converse needs an interval: $\\lfloor x \\rfloor$ has slope 0 wherever it has "
        "one, and is not constant.",
    ),
    Rule(
        name="constant-multiple",
        title="Constant multiple",
        formula="c*f(x)",
        slope="c*d_f(x)",
        functions="f",
        domain="c in R, x in R",
        holds="*f* differentiable at *x*, *c* constant",
        fails="With *c* = *f*(*x*) = *x* it would give *x*, and the slope of *x*² is 2*x*.",
        examples=(Example(formula="5*x**3", slope="15*x**2"),),
    ),
    Rule(
        name="sum-rule",
        title="Sum",
        formula="f(x) + g(x)",
        slope="d_f(x) + d_g(x)",
        functions="f, g",
        holds="*f* and *g* differentiable at *x*",
        fails="$\\lvert x\\rvert + (-\\lvert x\\rvert) = 0$ has slope 0 at 0, where neither term "
        "has one.",
        examples=(Example(formula="x**3 + 2*x**2 - 5*x + 7", slope="3*x**2 + 4*x - 5"),),
    ),
    Rule(
        name="linearity",
        title="Linearity",
        formula="a*f(x) + b*g(x)",
        slope="a*d_f(x) + b*d_g(x)",
        functions="f, g",
        domain="a, b, x in R",
        holds="*f* and *g* differentiable at *x*; *a*, *b* constant",
        fails="It is for finitely many terms: $\\sum \\sin(kx)/k$ converges for every *x*, the "
        "sum of the slopes $\\cos(kx)$ for none.",
        examples=(
            Example(formula="3*sin(x) - 2*exp(x)", slope="3*cos(x) - 2*exp(x)"),
            Example(formula="a*x**2 + b*x + c", slope="2*a*x + b", domain="x in R, a, b, c in R"),
        ),
    ),
    Rule(
        name="power-rule",
        title="Power",
        formula="x**n",
        slope="n*x**(n - 1)",
        domain="x in (0, oo), n in (-6, 6)",
        holds="any real *n*: *x* > 0; *n* = 1, 2, 3, …: every *x*; *n* = −1, −2, …: *x* ≠ 0",
        fails="$x^{1/2}$ has no slope at 0; $(-8)^{1/3}$ is NaN in NumPy and complex in Python; "
        "the slope 0 of $x^0$ comes out as 0 · ∞ at 0.",
        examples=(
            Example(formula="c", slope="0", domain="x, c in R"),
            Example(formula="x", slope="1"),
            Example(formula="x**2", slope="2*x"),
            Example(formula="x**3", slope="3*x**2"),
            Example(formula="x**5", slope="5*x**4"),
            Example(formula="1/x", slope="-(1/x**2)", domain="x in R", given="x != 0"),
            Example(formula="x**(-3)", slope="-3*x**(-4)", domain="x in R", given="x != 0"),
            Example(formula="sqrt(x)", slope="1/(2*sqrt(x))", domain="x in (0, oo)"),
            Example(formula="x**(2/3)", slope="2/3*x**(-1/3)", domain="x in (0, oo)"),
            Example(formula="x**pi", slope="pi*x**(pi - 1)", domain="x in (0, oo)"),
        ),
    ),
    Rule(
        name="product-rule",
        title="Product",
        formula="f(x)*g(x)",
        slope="d_f(x)*g(x) + f(x)*d_g(x)",
        functions="f, g",
        holds="*f* and *g* differentiable at *x*",
        fails="$x\\lvert x\\rvert$ has slope 0 at 0, where $\\lvert x\\rvert$ has none: the rule "
        "cannot say so.",
        examples=(
            Example(formula="x**2*exp(x)", slope="x*(x + 2)*exp(x)"),
            Example(formula="x**2*sin(x)", slope="2*x*sin(x) + x**2*cos(x)"),
            Example(formula="x*log(x)", slope="log(x) + 1", domain="x in (0, oo)"),
        ),
    ),
    Rule(
        name="triple-product",
        title="Triple product",
        formula="f(x)*g(x)*h(x)",
        slope="d_f(x)*g(x)*h(x) + f(x)*d_g(x)*h(x) + f(x)*g(x)*d_h(x)",
        functions="f, g, h",
        holds="*f*, *g* and *h* differentiable at *x*",
        fails="As for two factors: one corner among them and the rule says nothing.",
        examples=(
            Example(
                formula="x*exp(x)*sin(x)",
                slope="exp(x)*sin(x) + x*exp(x)*sin(x) + x*exp(x)*cos(x)",
            ),
        ),
    ),
    Rule(
        name="leibniz-rule",
        title="Leibniz",
        formula="f(x)*g(x)",
        slope=_leibniz(4),
        functions="f, g",
        order=4,
        statement=r"(fg)^{(n)} = \sum_{k=0}^{n} \binom{n}{k} f^{(n-k)} g^{(k)}",
        holds="*f* and *g* have *n* derivatives at *x*",
        fails="$x \\cdot \\lvert x\\rvert$ has one derivative at 0 and no second.",
        examples=(),
    ),
    Rule(
        name="reciprocal-rule",
        title="Reciprocal",
        formula="1/g(x)",
        slope="-(d_g(x)/g(x)**2)",
        functions="g",
        given="g(x) != 0",
        holds="*g* differentiable at *x*, *g*(*x*) ≠ 0",
        fails="1/*x* has no value at 0, so no slope.",
        examples=(Example(formula="1/(1 + x**2)", slope="-2*x/(1 + x**2)**2"),),
    ),
    Rule(
        name="quotient-rule",
        title="Quotient",
        formula="f(x)/g(x)",
        slope="(d_f(x)*g(x) - f(x)*d_g(x))/g(x)**2",
        functions="f, g",
        given="g(x) != 0",
        holds="*f* and *g* differentiable at *x*, *g*(*x*) ≠ 0",
        fails="*x*²/*x* agrees with *x* except at 0; there the rule gives 0/0.",
        examples=(
            Example(formula="sin(x)/cos(x)", slope="1/cos(x)**2", given="cos(x) != 0"),
            Example(formula="log(x)/x", slope="(1 - log(x))/x**2", domain="x in (0, oo)"),
        ),
    ),
    Rule(
        name="chain-rule",
        title="Chain",
        formula="f(g(x))",
        slope="d_f(g(x))*d_g(x)",
        functions="f, g",
        holds="*g* differentiable at *x*, *f* at *g*(*x*)",
        fails="$\\lvert x^2\\rvert$ has slope 0 at 0, where $\\lvert u\\rvert$ has none: the "
        "rule cannot say so.",
        examples=(
            Example(formula="exp(-x**2/2)", slope="-x*exp(-x**2/2)"),
            Example(formula="sin(3*x + 1)", slope="3*cos(3*x + 1)"),
            Example(formula="sqrt(1 + x**2)", slope="x/sqrt(1 + x**2)"),
        ),
    ),
)


def get(name: str) -> Rule:
    """Return the rule of that name.

    Parameters
    ----------
    name : str
        The rule's anchor, ``chain-rule``.

    Returns
    -------
    Rule
        The rule.

    Raises
    ------
    KeyError
        If there is none; the message has the names.
    """
    for rule in RULES:
        if rule.name == name:
            return rule
    raise KeyError(f"no rule `{name}`; there are: {', '.join(rule.name for rule in RULES)}")
