"""Losses: gradients in what a network puts out."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/loss-exercises.md#{name}",
        **{"question": "Find the slope in the output.", "level": "standard", **facts},
    )


Z = "z in R, y in [0, 1]"

add(
    "squared_error_slope",
    title="The squared error",
    use="The factor that is kept or removed.",
    level="warm-up",
    domain="a, y in R",
    problem="Derivative((a - y)**2, a)",
    answer="2*(a - y)",
    solution="2*(a - y) | the power rule",
    hint="The target is a constant.",
    mistakes=(("a - y", "the factor 2"), ("-2*(a - y)", "the sign: the slope is in a")),
)
add(
    "mean_squared_error_weight",
    title="Mean squared error, in a weight",
    use="A sum over examples.",
    question="Find the slope in the weight, for a pair of examples.",
    domain="w, x1, x2, y1, y2 in R",
    problem="Derivative(((w*x1 - y1)**2 + (w*x2 - y2)**2)/2, w)",
    answer="(w*x1 - y1)*x1 + (w*x2 - y2)*x2",
    solution="(w*x1 - y1)*x1 + (w*x2 - y2)*x2 | the chain rule, term by term",
    hint="Each example gives its residual times its input.",
    mistakes=(("(w*x1 - y1) + (w*x2 - y2)", "the inputs are missing"),),
)
add(
    "cross_entropy_in_probability",
    title="Binary cross-entropy, in the probability",
    use="Logarithms of both probabilities.",
    domain="p in (0, 1), y in [0, 1]",
    question="Find the slope in the probability, over one bottom.",
    problem="Derivative(-(y*log(p) + (1 - y)*log(1 - p)), p)",
    answer="(p - y)/(p*(1 - p))",
    solution="""\
-y/p + (1 - y)/(1 - p) | the slopes of the logarithms
(p - y)/(p*(1 - p)) | over one bottom
""",
    hint="The other logarithm has an inner slope.",
    mistakes=(("p - y", "that is in the score, not the probability"),),
)
add(
    "cross_entropy_in_score",
    title="Binary cross-entropy, in the score",
    use="The sigmoid's slope cancels.",
    domain=Z,
    question="Find the slope in the score: the sigmoid's slope cancels.",
    problem="Derivative(-(y*log(sigma(z)) + (1 - y)*log(1 - sigma(z))), z)",
    answer="sigma(z) - y",
    solution="""\
-y*(1 - sigma(z)) + (1 - y)*sigma(z) | the slopes of the logarithms, by the chain rule
sigma(z) - y | expand
""",
    hint="Each logarithm of the sigmoid has a simple slope.",
    mistakes=(
        ("(sigma(z) - y)*sigma(z)*(1 - sigma(z))", "the sigmoid's slope cancels"),
        ("y - sigma(z)", "the sign"),
    ),
)
add(
    "logistic_weight_gradient",
    title="Logistic regression, in a weight",
    use="Error times input.",
    question="Find the slope in the weight.",
    domain="w, x, b in R, y in [0, 1]",
    problem="Derivative(-(y*log(sigma(w*x + b)) + (1 - y)*log(1 - sigma(w*x + b))), w)",
    answer="(sigma(w*x + b) - y)*x",
    solution="""\
-y*(1 - sigma(w*x + b))*x + (1 - y)*sigma(w*x + b)*x | the chain rule
(sigma(w*x + b) - y)*x | collect
""",
    hint="The slope in the score, times the slope of the score.",
    mistakes=(("sigma(w*x + b) - y", "the input is missing"),),
)
add(
    "logistic_bias_gradient",
    title="Logistic regression, in the bias",
    use="The slope of the score is a constant.",
    question="Find the slope in the bias.",
    domain="w, x, b in R, y in [0, 1]",
    problem="Derivative(log(1 + exp(w*x + b)) - y*(w*x + b), b)",
    answer="sigma(w*x + b) - y",
    solution="""\
exp(w*x + b)/(1 + exp(w*x + b)) - y | the chain rule
sigma(w*x + b) - y | divide both by the exponential
""",
    hint="It is the loss in another form: softplus of the score, minus the target's share.",
    mistakes=(("(sigma(w*x + b) - y)*x", "that is in the weight"),),
)
add(
    "margin_loss_slope",
    title="The logistic loss with labels of both signs",
    use="Another convention for labels.",
    domain="z, y in R",
    problem="Derivative(log(1 + exp(-y*z)), z)",
    answer="-y*sigma(-y*z)",
    solution="""\
-y*exp(-y*z)/(1 + exp(-y*z)) | the chain rule
-y*sigma(-y*z) | divide both by the exponential
""",
    hint="The inner slope is minus the label.",
    mistakes=(("sigma(z) - y", "that is for labels 0 and 1"),),
)
add(
    "logistic_curvature",
    title="Curvature of the logistic loss",
    use="Why the loss has one valley.",
    question="Differentiate in the weight, as often as it says.",
    domain="w, x, y in R",
    problem="Derivative(log(1 + exp(w*x)) - y*w*x, w, 2)",
    answer="x**2*sigma(w*x)*(1 - sigma(w*x))",
    solution="""\
Derivative(x*sigma(w*x) - y*x, w) | the slope from before
x**2*sigma(w*x)*(1 - sigma(w*x)) | the chain rule: it has no sign
""",
    hint="The target goes.",
    mistakes=(("x*sigma(w*x)*(1 - sigma(w*x))", "the input comes twice"),),
)
add(
    "softmax_diagonal",
    title="Softmax, a diagonal entry",
    use="The quotient rule with a sum.",
    question="Find the slope of the probability in its own score.",
    domain="u, v, w in R",
    problem="Derivative(exp(u)/(exp(u) + exp(v) + exp(w)), u)",
    answer="exp(u)*(exp(v) + exp(w))/(exp(u) + exp(v) + exp(w))**2",
    solution="""\
(exp(u)*(exp(u) + exp(v) + exp(w)) - exp(u)*exp(u))/(exp(u) + exp(v) + exp(w))**2 | quotient rule
exp(u)*(exp(v) + exp(w))/(exp(u) + exp(v) + exp(w))**2 | a factor cancels
""",
    hint="The score is in the top and in the bottom.",
    mistakes=(("exp(u)/(exp(u) + exp(v) + exp(w))", "the bottom has a slope too"),),
)
add(
    "softmax_off_diagonal",
    title="Softmax, an entry beside the diagonal",
    use="Every output depends on every score.",
    question="Find the slope of the probability in another's score.",
    domain="u, v, w in R",
    problem="Derivative(exp(u)/(exp(u) + exp(v) + exp(w)), v)",
    answer="-exp(u)*exp(v)/(exp(u) + exp(v) + exp(w))**2",
    solution="-exp(u)*exp(v)/(exp(u) + exp(v) + exp(w))**2 | the reciprocal rule",
    hint="The top is a constant now.",
    mistakes=(("0", "the sum ties the outputs"),),
)
add(
    "softmax_loss_in_score",
    title="Softmax and cross-entropy together",
    use="The gradient that is probability minus target.",
    question="Find the slope of the loss in the score of its target.",
    domain="u, v, w in R",
    problem="Derivative(log(exp(u) + exp(v) + exp(w)) - u, u)",
    answer="exp(u)/(exp(u) + exp(v) + exp(w)) - 1",
    solution="exp(u)/(exp(u) + exp(v) + exp(w)) - 1 | the chain rule",
    hint="The slope of a logarithm of a sum of exponentials is softmax.",
    mistakes=(("exp(u)/(exp(u) + exp(v) + exp(w))", "the target is missing"),),
)
add(
    "pairwise_loss",
    title="The loss of a pair of rewards",
    use="A difference of scores.",
    question="Find the slope in the score of the preferred one.",
    domain="u, v in R",
    problem="Derivative(-log(sigma(u - v)), u)",
    answer="sigma(u - v) - 1",
    solution="sigma(u - v) - 1 | the chain rule",
    hint="It is a logarithm of a sigmoid.",
    mistakes=(("sigma(u - v)", "the target is missing"),),
)
add(
    "gaussian_scale",
    title="A Gaussian likelihood, in its scale",
    use="A logarithm and a square.",
    question="Find the slope in the standard deviation *s*.",
    domain="s in (0, oo), r in R",
    problem="Derivative(log(s) + r**2/(2*s**2), s)",
    answer="1/s - r**2/s**3",
    solution="1/s - r**2/s**3 | the slopes of the logarithm and of the power",
    hint="It vanishes where *s* is the size of the residual.",
    mistakes=(("1/s - r**2/s**2", "the exponent"), ("1/s + r**2/s**3", "the sign")),
)
add(
    "poisson_rate",
    title="A Poisson likelihood, in the logarithm of its rate",
    use="An exponential model.",
    question="Find the slope in the score *z*, whose exponential is the rate.",
    domain="z, k in R",
    problem="Derivative(exp(z) - k*z, z)",
    answer="exp(z) - k",
    solution="exp(z) - k | sums, term by term",
    hint="Prediction minus target again.",
    mistakes=(("exp(z) - k*z", "the second term is a line"),),
)
add(
    "focal_slope",
    title="The focal loss, in the probability",
    use="A product with a logarithm.",
    level="hard",
    question="Find the slope in the probability of the true class.",
    domain="p in (0, 1), g in (0, 5)",
    problem="Derivative(-(1 - p)**g*log(p), p)",
    answer="g*(1 - p)**(g - 1)*log(p) - (1 - p)**g/p",
    solution="g*(1 - p)**(g - 1)*log(p) - (1 - p)**g/p | the product rule, and the chain rule "
    "inside",
    hint="The factor in front has an inner slope.",
    mistakes=(("-(1 - p)**g/p", "the factor in front has a slope"),),
)
add(
    "pseudo_huber_slope",
    title="The pseudo-Huber loss",
    use="A gradient with a limit on its size.",
    question="Find the slope in the residual. To what does it tend?",
    domain="r in R, d in (0, oo)",
    problem="Derivative(d**2*(sqrt(1 + (r/d)**2) - 1), r)",
    answer="r/sqrt(1 + (r/d)**2)",
    solution="""\
d**2*(2*r/d**2)/(2*sqrt(1 + (r/d)**2)) | the chain rule
r/sqrt(1 + (r/d)**2) | cancel: it tends to d and −d
""",
    hint="The chain rule under the root.",
    mistakes=(("d**2*r/sqrt(1 + (r/d)**2)", "the inner slope has the square of d below"),),
)
