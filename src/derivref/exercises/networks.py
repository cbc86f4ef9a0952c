"""Backward passes: from a neuron to a block of a transformer."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/backward-passes.md#{name}",
        **{"level": "standard", **facts},
    )


NET = "(v*sigma(w*x) - y)**2/2"
R = "(v*sigma(w*x) - y)"

add(
    "neuron_weight",
    title="A neuron, in its weight",
    use="Loss, activation, score: a slope for each.",
    question="Find the slope in the weight *w*.",
    domain="w, x, b, y in R",
    problem="Derivative((sigma(w*x + b) - y)**2/2, w)",
    answer="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*x",
    solution="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*x | the chain rule",
    hint="Multiply the slopes of the loss, of the activation, and of the score.",
    mistakes=(
        ("(sigma(w*x + b) - y)*x", "the activation's slope: that is cross-entropy"),
        ("(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))", "the input is missing"),
    ),
)
add(
    "neuron_bias",
    title="A neuron, in its bias",
    use="The same slopes, with a constant at the end.",
    question="Find the slope in the bias *b*.",
    domain="w, x, b, y in R",
    problem="Derivative((sigma(w*x + b) - y)**2/2, b)",
    answer="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))",
    solution="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b)) | the chain rule",
    hint="The score has the slope of a shift.",
    mistakes=(
        ("(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*x", "that is in the weight"),
    ),
)
add(
    "neuron_input",
    title="A neuron, in its input",
    use="What is handed to the layer before.",
    question="Find the slope in the input *x*.",
    domain="w, x, b, y in R",
    problem="Derivative((sigma(w*x + b) - y)**2/2, x)",
    answer="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*w",
    solution="(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*w | the chain rule",
    hint="The slope of the score in the input is the weight.",
    mistakes=(
        ("(sigma(w*x + b) - y)*sigma(w*x + b)*(1 - sigma(w*x + b))*x", "that is in the weight"),
    ),
)
add(
    "two_layers_outer",
    title="Two layers, in the outer weight",
    use="Error times activation.",
    question="Find the slope in the outer weight *v*.",
    domain="v, w, x, y in R",
    problem=f"Derivative({NET}, v)",
    answer=f"{R}*sigma(w*x)",
    solution=f"{R}*sigma(w*x) | the chain rule",
    hint="The activation is a constant here.",
    mistakes=((R, "the activation is missing"),),
)
add(
    "two_layers_inner",
    title="Two layers, in the inner weight",
    use="A slope for each step back.",
    question="Find the slope in the inner weight *w*.",
    domain="v, w, x, y in R",
    problem=f"Derivative({NET}, w)",
    answer=f"{R}*v*sigma(w*x)*(1 - sigma(w*x))*x",
    solution=f"{R}*v*sigma(w*x)*(1 - sigma(w*x))*x | the chain rule",
    hint="Error, outer weight, activation's slope, input.",
    mistakes=(
        (f"{R}*sigma(w*x)*(1 - sigma(w*x))*x", "the outer weight is missing"),
        (f"{R}*v*x", "the activation's slope is missing"),
    ),
)
add(
    "three_sigmoids",
    title="Three sigmoids in a row",
    use="The product that vanishes.",
    level="hard",
    question="Find the slope through the layers, for unit weights.",
    problem="Derivative(sigma(sigma(sigma(x))), x)",
    answer="sigma(sigma(sigma(x)))*sigma(-sigma(sigma(x)))*sigma(sigma(x))*sigma(-sigma(x))"
    "*sigma(x)*sigma(-x)",
    solution="sigma(sigma(sigma(x)))*sigma(-sigma(sigma(x)))*sigma(sigma(x))*sigma(-sigma(x))"
    "*sigma(x)*sigma(-x) | the chain rule",
    hint="Each layer brings its slope, taken at its own input.",
    mistakes=(("(sigma(x)*sigma(-x))**3", "each slope is taken at its own input"),),
)
add(
    "residual_block",
    title="A residual block",
    use="Why a skip keeps the gradient.",
    question="Find the slope of a block with a skip.",
    domain="x, v, w in R",
    problem="Derivative(x + v*tanh(w*x), x)",
    answer="1 + v*w*(1 - tanh(w*x)**2)",
    solution="1 + v*w*(1 - tanh(w*x)**2) | sums, and the chain rule",
    hint="The skip brings a constant.",
    mistakes=(("v*w*(1 - tanh(w*x)**2)", "the skip is missing"),),
)
add(
    "shared_weight",
    title="A weight that is used twice",
    use="Paths add.",
    question="Find the slope in the shared weight.",
    level="hard",
    domain="w, x in R",
    problem="Derivative(tanh(w*tanh(w*x)), w)",
    answer="(1 - tanh(w*tanh(w*x))**2)*(tanh(w*x) + w*x*(1 - tanh(w*x)**2))",
    solution="""\
(1 - tanh(w*tanh(w*x))**2)*Derivative(w*tanh(w*x), w) | the chain rule
(1 - tanh(w*tanh(w*x))**2)*(tanh(w*x) + w*x*(1 - tanh(w*x)**2)) | the product rule
""",
    hint="Each use is a path; the paths add.",
    mistakes=(("(1 - tanh(w*tanh(w*x))**2)*tanh(w*x)", "the inner use is a path too"),),
)
add(
    "gate_unit",
    title="A gated unit",
    use="A product of learned functions.",
    question="Find the slope in *x* of a gate times a value.",
    domain="x, u, v in R",
    problem="Derivative(sigma(u*x)*tanh(v*x), x)",
    answer="u*sigma(u*x)*(1 - sigma(u*x))*tanh(v*x) + v*sigma(u*x)*(1 - tanh(v*x)**2)",
    solution="u*sigma(u*x)*(1 - sigma(u*x))*tanh(v*x) + v*sigma(u*x)*(1 - tanh(v*x)**2)"
    " | the product rule, and the chain rule inside",
    hint="Both factors depend on *x*.",
    mistakes=(("v*sigma(u*x)*(1 - tanh(v*x)**2)", "the gate has a slope"),),
)
add(
    "normalise_pair",
    title="Normalising a pair",
    use="Why a constant shift has no gradient.",
    level="hard",
    question="The pair is divided by its length. Find the slope of this entry in itself.",
    domain="u, v in (0, oo)",
    problem="Derivative(u/sqrt(u**2 + v**2), u)",
    answer="v**2/(u**2 + v**2)**(3/2)",
    solution="""\
1/sqrt(u**2 + v**2) - u**2/(u**2 + v**2)**(3/2) | the product rule
v**2/(u**2 + v**2)**(3/2) | over one bottom
""",
    hint="The length depends on it too.",
    mistakes=(("1/sqrt(u**2 + v**2)", "the length has a slope"),),
)
add(
    "rms_norm_scale",
    title="A normalisation with a small constant",
    use="A root mean square with its guard.",
    level="hard",
    question="Find the slope; *e* guards the division.",
    domain="x in R, e in (0, oo)",
    problem="Derivative(x/sqrt(x**2 + e), x)",
    answer="e/(x**2 + e)**(3/2)",
    solution="""\
1/sqrt(x**2 + e) - x**2/(x**2 + e)**(3/2) | the product rule
e/(x**2 + e)**(3/2) | over one bottom
""",
    hint="Write the bottom as a power.",
    mistakes=(("1/sqrt(x**2 + e)", "the bottom has a slope"),),
)
add(
    "attention_weight",
    title="An attention weight, in a query",
    use="Softmax of scores that are products.",
    level="hard",
    question="Find the slope of an attention weight in the query *q*, for a pair of keys.",
    domain="q, k, m in R",
    problem="Derivative(exp(q*k)/(exp(q*k) + exp(q*m)), q)",
    answer="(k - m)*exp(q*k)*exp(q*m)/(exp(q*k) + exp(q*m))**2",
    solution="(k - m)*exp(q*k)*exp(q*m)/(exp(q*k) + exp(q*m))**2 | the quotient rule",
    hint="Only the difference of the keys matters.",
    mistakes=(("k*exp(q*k)/(exp(q*k) + exp(q*m))", "the bottom has a slope"),),
)
add(
    "attention_output_key",
    title="An attention output, in a key",
    use="Value minus output.",
    level="hard",
    question="Find the slope of the output in the key *k*; the values are *a* and *b*.",
    domain="q, k, m, a, b in R",
    problem="Derivative((exp(q*k)*a + exp(q*m)*b)/(exp(q*k) + exp(q*m)), k)",
    answer="q*(a - b)*exp(q*k)*exp(q*m)/(exp(q*k) + exp(q*m))**2",
    solution="q*(a - b)*exp(q*k)*exp(q*m)/(exp(q*k) + exp(q*m))**2 | the quotient rule",
    hint="The output is an average of the values; the weights have slopes.",
    mistakes=(("q*a*exp(q*k)/(exp(q*k) + exp(q*m))", "the bottom has a slope"),),
)
add(
    "feed_forward_block",
    title="A feed-forward block with a skip",
    use="A GELU between weights, and a skip.",
    level="hard",
    question="Find the slope of the block in its input.",
    domain="x, v, w in R",
    problem="Derivative(x + v*(w*x)*Phi(w*x), x)",
    answer="1 + v*w*(Phi(w*x) + w*x*phi(w*x))",
    solution="1 + v*w*(Phi(w*x) + w*x*phi(w*x)) | sums, the chain rule, and the product rule "
    "inside",
    hint="The activation is the input times its distribution function.",
    mistakes=(("1 + v*w*Phi(w*x)", "the distribution function has a slope"),),
)
add(
    "transformer_block_scalar",
    title="A transformer block in one channel",
    use="Attention, a skip, a feed-forward layer, a skip.",
    level="hard",
    question="The block first adds an attention output to *x*, then a gated layer of the sum. Find "
    "the slope of the whole in *x*, with the sum *s* and its slope known: it is a product.",
    domain="x, a, v in R",
    problem="Derivative(x + a*tanh(x) + v*tanh(x + a*tanh(x)), x)",
    answer="(1 + a*(1 - tanh(x)**2))*(1 + v*(1 - tanh(x + a*tanh(x))**2))",
    solution="""\
1 + a*(1 - tanh(x)**2) + v*(1 - tanh(x + a*tanh(x))**2)*(1 + a*(1 - tanh(x)**2)) | the chain rule
(1 + a*(1 - tanh(x)**2))*(1 + v*(1 - tanh(x + a*tanh(x))**2)) | take out the first slope
""",
    hint="Each residual step is a factor of the form: a constant and a slope.",
    mistakes=(
        (
            "1 + a*(1 - tanh(x)**2) + v*(1 - tanh(x + a*tanh(x))**2)",
            "the layer's input depends on x through the attention",
        ),
    ),
)
add(
    "recurrent_two_steps",
    title="A recurrence over two steps",
    use="Backpropagation through time.",
    level="hard",
    question="Find the slope of the last state in the first.",
    domain="h, w, u in R",
    problem="Derivative(tanh(w*tanh(w*h + u) + u), h)",
    answer="w**2*(1 - tanh(w*tanh(w*h + u) + u)**2)*(1 - tanh(w*h + u)**2)",
    solution="w**2*(1 - tanh(w*tanh(w*h + u) + u)**2)*(1 - tanh(w*h + u)**2) | the chain rule",
    hint="Each step brings the weight and a slope.",
    mistakes=(
        ("w*(1 - tanh(w*tanh(w*h + u) + u)**2)*(1 - tanh(w*h + u)**2)", "a weight is missing"),
    ),
)
