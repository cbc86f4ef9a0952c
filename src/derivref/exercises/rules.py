"""The rules of differentiation."""

from derivref.exercises import FAMILY

add = FAMILY.add

add(
    name="product_with_exponential",
    title="A product with an exponential",
    use="The product rule, and a common factor taken out.",
    question="Differentiate, and write the result as a product.",
    problem="Derivative(x**2*exp(x), x)",
    answer="x*(x + 2)*exp(x)",
    solution="""\
2*x*exp(x) + x**2*exp(x) | the product rule
x*(x + 2)*exp(x) | take out $x e^x$
""",
    level="warm-up",
    hint="Which rule is for factors?",
    mistakes=(("2*x*exp(x)", "only the first factor was differentiated"),),
)

add(
    name="softplus_of_a_multiple",
    title="Softplus of a multiple",
    use="The chain rule, and once more inside it.",
    question="Differentiate. What does the result tend to at infinity?",
    problem="Derivative(log(1 + exp(3*x)), x)",
    answer="3/(1 + exp(-3*x))",
    solution="""\
3*exp(3*x)/(1 + exp(3*x)) | the chain rule, twice
3/(1 + exp(-3*x)) | divide both by $e^{3x}$; it tends to 3
""",
    level="standard",
    hint="The logarithm has an inner function, and that has one too.",
    mistakes=(
        ("1/(1 + exp(3*x))", "the inner derivative is missing"),
        ("1/(1 + exp(-3*x))", "the factor 3 of the innermost function is missing"),
    ),
)
