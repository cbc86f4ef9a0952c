"""Likelihoods and differences."""

from typing import Any

from derivref.exercises import FAMILY


def add(name: str, **facts: Any) -> None:
    """Add an exercise of this set."""
    FAMILY.add(
        name=name,
        page=f"practice/likelihood-exercises.md#{name}",
        **{"question": "Find the slope.", "level": "standard", **facts},
    )


add(
    "gaussian_score_mean",
    title="The score of a Gaussian, in its mean",
    use="A log-density, differentiated in a parameter.",
    question="Find the score in the mean *m*.",
    domain="x, m in R, s in (0, oo)",
    problem="Derivative(-(x - m)**2/(2*s**2) - log(s), m)",
    answer="(x - m)/s**2",
    solution="(x - m)/s**2 | the chain rule: its inner slope is minus one",
    hint="The logarithm has no mean in it.",
    mistakes=(("-(x - m)/s**2", "that is in x"),),
)
add(
    "bernoulli_score",
    title="The score of a coin",
    use="A log-probability, differentiated in a parameter.",
    question="Find the score in the probability *p*, over one bottom.",
    domain="p in (0, 1), x in [0, 1]",
    problem="Derivative(x*log(p) + (1 - x)*log(1 - p), p)",
    answer="(x - p)/(p*(1 - p))",
    solution="""\
x/p - (1 - x)/(1 - p) | the slopes of the logarithms
(x - p)/(p*(1 - p)) | over one bottom
""",
    hint="Its mean is that of the residual.",
    mistakes=(("x - p", "that is in the score of a sigmoid"),),
)
add(
    "coin_estimate",
    title="The estimate for a coin",
    use="Where a score vanishes.",
    question="Of *n* tosses *k* showed heads. Find the slope of the log-likelihood, and where it "
    "vanishes.",
    domain="p in (0, 1), k, n in (0, oo)",
    problem="Derivative(k*log(p) + (n - k)*log(1 - p), p)",
    answer="(k - n*p)/(p*(1 - p))",
    solution="""\
k/p - (n - k)/(1 - p) | the slopes of the logarithms
(k - n*p)/(p*(1 - p)) | over one bottom: zero at k/n
""",
    hint="Put both terms over one bottom.",
    mistakes=(("k/p", "the tails count"),),
)
add(
    "exponential_rate",
    title="The rate of an exponential law",
    use="A log-likelihood of many observations.",
    question="Find the score in the rate *r* of *n* observations whose sum is *t*.",
    domain="r, n, t in (0, oo)",
    problem="Derivative(n*log(r) - r*t, r)",
    answer="n/r - t",
    solution="n/r - t | sums, term by term",
    hint="It vanishes where the rate is the reciprocal of the mean.",
    mistakes=(("1/r - t", "the number of observations"),),
)
add(
    "entropy_slope",
    title="The entropy of a coin",
    use="Products with logarithms.",
    question="Find the slope of the entropy.",
    domain="p in (0, 1)",
    problem="Derivative(-p*log(p) - (1 - p)*log(1 - p), p)",
    answer="log((1 - p)/p)",
    solution="""\
-log(p) - 1 + log(1 - p) + 1 | the product rule
log((1 - p)/p) | logarithms of quotients
""",
    hint="The constants cancel.",
    mistakes=(("log(p/(1 - p))", "the sign"),),
)
add(
    "gaussian_divergence_scale",
    title="The divergence of Gaussians, in the scale",
    use="What variational inference differentiates.",
    question="Find the slope in the scale *s*.",
    domain="m in R, s in (0, oo)",
    problem="Derivative((s**2 + m**2 - 1)/2 - log(s), s)",
    answer="s - 1/s",
    solution="s - 1/s | sums, term by term",
    hint="The mean is a constant here.",
    mistakes=(("1/s - 1/s**3", "that is the other direction of the divergence"),),
)
add(
    "reparameterised_square",
    title="A reparameterised square",
    use="A slope before an expectation.",
    question="A sample is *m* + *sz*. Find the slope of its square in the scale *s*.",
    domain="m, s, z in R",
    problem="Derivative((m + s*z)**2, s)",
    answer="2*z*(m + s*z)",
    solution="2*z*(m + s*z) | the chain rule",
    hint="The noise *z* is a constant.",
    mistakes=(("2*(m + s*z)", "the noise is the inner slope"),),
)
add(
    "forward_error_square",
    title="The error of a forward difference",
    use="What a quotient leaves out.",
    question="Find the error of the forward quotient of a square.",
    domain="x, h in (0, oo)",
    problem="((x + h)**2 - x**2)/h - Derivative(x**2, x)",
    answer="h",
    solution="""\
(2*x + h) - 2*x | expand and divide; the power rule
h | subtract
""",
    hint="Expand, and subtract the slope.",
    mistakes=(("h**2", "it is of first order"),),
)
add(
    "central_error_cube",
    title="The error of a central difference",
    use="Why it is of a better order.",
    question="Find the error of the central quotient of a cube.",
    domain="x, h in (0, oo)",
    problem="((x + h)**3 - (x - h)**3)/(2*h) - Derivative(x**3, x)",
    answer="h**2",
    solution="""\
(3*x**2 + h**2) - 3*x**2 | expand and divide; the power rule
h**2 | subtract
""",
    hint="What is the same in both cubes cancels on top.",
    mistakes=(("h", "the terms of first order cancel"),),
)
add(
    "second_difference_quartic",
    title="The error of a second difference",
    use="The same for the curvature.",
    level="hard",
    question="Find the error of the difference quotient for the curvature of a quartic.",
    domain="x, h in (0, oo)",
    problem="((x + h)**4 - 2*x**4 + (x - h)**4)/h**2 - Derivative(x**4, x, 2)",
    answer="2*h**2",
    solution="""\
(12*x**2 + 2*h**2) - 12*x**2 | expand and divide; the power rule, repeated
2*h**2 | subtract
""",
    hint="Expand both powers.",
    mistakes=(("h**2", "both sides bring it"),),
)
add(
    "temperature_slope",
    title="A temperature",
    use="A quotient inside a sigmoid.",
    question="Find the slope in the temperature *t*.",
    domain="z in R, t in (0, oo)",
    problem="Derivative(sigma(z/t), t)",
    answer="-z/t**2*sigma(z/t)*(1 - sigma(z/t))",
    solution="-z/t**2*sigma(z/t)*(1 - sigma(z/t)) | the chain rule",
    hint="The inner function is a reciprocal in *t*.",
    mistakes=(("sigma(z/t)*(1 - sigma(z/t))/t", "that is in z"),),
)
add(
    "weight_decay_slope",
    title="A penalised loss",
    use="What weight decay adds.",
    question="Find the slope in the weight.",
    domain="w, x, y, c in R",
    problem="Derivative((w*x - y)**2/2 + c*w**2/2, w)",
    answer="(w*x - y)*x + c*w",
    solution="(w*x - y)*x + c*w | sums, and the chain rule",
    hint="The penalty brings the weight itself.",
    mistakes=(("(w*x - y)*x + 2*c*w", "the half of the penalty"),),
)
