"""Margins: scores that must be right by a distance, not probabilities."""

import numpy as np
from scipy.special import expit

from derivref.losses import FAMILY
from derivref.records import Argument, Option, Parameter

add = FAMILY.add

REDUCTION = Option(says="what is done with the losses of the examples", values=("mean", "none"))
SIGNS = Argument(
    says="the labels, −1 or 1",
    shape="(n)",
    low=-1.0,
    high=1.0,
    differentiable=False,
    sample=lambda rng, shape: rng.choice([-1.0, 1.0], size=shape),
)
SCORED = {"z": Argument(says="the scores", shape="(n)"), "t": SIGNS}


def output(reduction, **_):
    """The shape of the value."""
    return "()" if reduction == "mean" else "(n)"


def _reduced(m, losses, reduction):
    return m.fsum(losses) / len(losses) if reduction == "mean" else losses


def hinge(z, t, reduction="mean"):
    """What a score falls short of the margin 1 on its side; 0 beyond it."""
    losses = np.maximum(1.0 - t * z, 0.0)
    return np.mean(losses) if reduction == "mean" else losses


def d_hinge(z, t, reduction="mean"):
    """Minus the label inside the margin, 0 outside it and on it."""
    slope = np.where(t * z < 1.0, -t, 0.0).astype(z.dtype)
    return slope / len(z) if reduction == "mean" else slope


add(
    hinge,
    d_hinge,
    title="Hinge loss",
    use="Support vector machines, and the discriminators of some adversarial networks.",
    arguments=SCORED,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \max(0, 1 - t_i z_i)",
    slope=r"\frac{\partial \ell}{\partial z_i} = \frac{1}{n} s_i",
    where={r"s_i": r"\begin{cases} -t_i & t_i z_i < 1 \\ 0 & \text{otherwise} \end{cases}"},
    takes={"reduction": REDUCTION},
    exact=lambda m, z, t, reduction: _reduced(
        m, [max(m.mpf(0), 1 - b * a) for a, b in zip(z, t, strict=True)], reduction
    ),
    tied="On the margin the slope returned is 0, of the subgradients from −t to 0 the smallest.",
    kept="Which examples are inside the margin.",
    cost="One comparison per example.",
    aliases=("SVM loss", "maximum-margin loss"),
    frameworks={
        "JAX": "optax.hinge_loss(z, t).mean()",
        "Keras": "keras.losses.Hinge()(t, z)",
    },
    example="""\
z, t = np.array([0.3, 2.0, -0.5]), np.array([1.0, 1.0, 1.0])
print(hinge(z, t, reduction="none").round(4))
print(d_hinge(z, t, reduction="none"))
assert d_hinge(np.ones(1), np.ones(1))[0] == 0.0  # on the margin
""",
    empty=False,
)


def squared_hinge(z, t, reduction="mean"):
    """The square of what a score falls short of the margin."""
    losses = np.square(np.maximum(1.0 - t * z, 0.0))
    return np.mean(losses) if reduction == "mean" else losses


def d_squared_hinge(z, t, reduction="mean"):
    """Minus twice the label times what is missing."""
    slope = -2.0 * t * np.maximum(1.0 - t * z, 0.0)
    return slope / len(z) if reduction == "mean" else slope


add(
    squared_hinge,
    d_squared_hinge,
    title="Squared hinge loss",
    use="A hinge whose slope is continuous: Newton and quasi-Newton methods work on it.",
    arguments=SCORED,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \max(0, 1 - t_i z_i)^2",
    slope=r"\frac{\partial \ell}{\partial z_i} = -\frac{2}{n} t_i \max(0, 1 - t_i z_i)",
    takes={"reduction": REDUCTION},
    exact=lambda m, z, t, reduction: _reduced(
        m, [max(m.mpf(0), 1 - b * a) ** 2 for a, b in zip(z, t, strict=True)], reduction
    ),
    kept="What each example misses.",
    cost="One product per example.",
    aliases=("L2-SVM loss", "quadratic hinge"),
    frameworks={"Keras": "keras.losses.SquaredHinge()(t, z)"},
    example="""\
z, t = np.array([0.3, 2.0, -0.5]), np.array([1.0, 1.0, 1.0])
print(squared_hinge(z, t, reduction="none").round(4))
print(d_squared_hinge(z, t, reduction="none").round(4))
assert not d_squared_hinge(np.array([1.0, 5.0]), np.ones(2)).any()
""",
    empty=False,
)


def soft_margin(z, t, reduction="mean"):
    """The logistic loss of labels -1 and 1: a hinge without a corner."""
    losses = np.logaddexp(0.0, -t * z)  # exp(-t z) overflows
    return np.mean(losses) if reduction == "mean" else losses


def d_soft_margin(z, t, reduction="mean"):
    """Minus the label times the probability of the other one."""
    slope = -t * expit(-t * z)
    return slope / len(z) if reduction == "mean" else slope


add(
    soft_margin,
    d_soft_margin,
    title="Soft margin loss",
    use="Logistic regression with labels −1 and 1, and boosting.",
    arguments=SCORED,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \ln(1 + e^{-t_i z_i})",
    slope=r"\frac{\partial \ell}{\partial z_i} = -\frac{1}{n} \frac{t_i}{1 + e^{t_i z_i}}",
    takes={"reduction": REDUCTION},
    exact=lambda m, z, t, reduction: _reduced(
        m, [m.log1p(m.exp(-b * a)) for a, b in zip(z, t, strict=True)], reduction
    ),
    usual="np.log(1 + np.exp(-t * z)).mean()",
    kept="The scores and the labels.",
    cost="One exponential per example.",
    aliases=("logistic loss", "log loss of margins", "binomial deviance"),
    frameworks={
        "PyTorch": "torch.nn.functional.soft_margin_loss(z, t)",
        "JAX": "optax.losses.sigmoid_binary_cross_entropy(z, (t + 1) / 2).mean()",
    },
    example="""\
z, t = np.array([800.0, -800.0, 0.0]), np.array([1.0, 1.0, 1.0])
print(soft_margin(z, t, reduction="none").round(4))
print(d_soft_margin(z, t, reduction="none").round(4))
assert soft_margin(z, t) < 300  # log(1 + exp(800)) would be infinite
""",
    empty=False,
)


def multiclass_hinge(z, y):
    """The mean, over examples, of what every other score comes too near the label's, per class."""
    rows, k = np.arange(len(y)), z.shape[-1]
    short = np.maximum(1.0 - z[rows, y][:, None] + z, 0.0)
    others = np.arange(k) != y[:, None]
    return np.mean(np.sum(np.where(others, short, 0.0), axis=-1)) / k


def d_multiclass_hinge(z, y):
    """A share for each score that is too near, and minus their number for the label's."""
    rows, k = np.arange(len(y)), z.shape[-1]
    near = (1.0 - z[rows, y][:, None] + z > 0.0) & (np.arange(k) != y[:, None])
    slopes = near.astype(z.dtype)
    slopes[rows, y] = -np.sum(near, axis=-1)
    return slopes / (len(y) * k)


def _exact_multiclass_hinge(m, z, y):
    losses = [
        m.fsum(max(m.mpf(0), 1 - row[k] + v) for j, v in enumerate(row) if j != k) / len(row)
        for row, k in zip(z, y, strict=True)
    ]
    return m.fsum(losses) / len(losses)


add(
    multiclass_hinge,
    d_multiclass_hinge,
    title="Multi-class hinge loss",
    use="Support vector machines of several classes, in the form of Weston and Watkins.",
    arguments={
        "z": Argument(says="the scores, one row for each example", shape="(n, c)"),
        "y": Argument(says="the labels", shape="(n)", integer=True, low=0, below="c"),
    },
    sizes={"c": 3},
    output="()",
    formula=r"\ell = \frac{1}{n c} \sum_i \sum_j (1 - [j = y_i])\, \max(0, 1 - z_{i y_i} + z_{ij})",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} = \frac{1}{n c}"
    r" \Bigl(s_{ij} - [j = y_i] \sum_k s_{ik}\Bigr)",
    where={
        r"s_{ij}": r"\begin{cases} 1 - [j = y_i] & 1 - z_{i y_i} + z_{ij} > 0 \\"
        r" 0 & \text{otherwise} \end{cases}",
    },
    exact=_exact_multiclass_hinge,
    tied="Where a score is exactly 1 below the label's the slope returned is 0, a subgradient.",
    kept="Which scores are too near.",
    cost="One comparison per score.",
    aliases=("multi-margin loss", "Weston–Watkins hinge"),
    frameworks={"PyTorch": "torch.nn.functional.multi_margin_loss(z, y)"},
    example="""\
z, y = np.array([[2.0, 1.5, -3.0]]), np.array([0])
print(multiclass_hinge(z, y).round(4))
print(d_multiclass_hinge(z, y).round(4))
assert multiclass_hinge(z + 7, y) == multiclass_hinge(z, y)  # only differences count
""",
    empty=False,
)


def margin_ranking(a, b, t, margin=0.0, reduction="mean"):
    """What the first score falls short of being larger than the second (smaller, for t = -1)."""
    losses = np.maximum(margin - t * (a - b), 0.0)
    return np.mean(losses) if reduction == "mean" else losses


def d_margin_ranking(a, b, t, margin=0.0, reduction="mean"):
    """Minus the label for the first score, the label for the second; 0 where the order holds."""
    slope = np.where(t * (a - b) < margin, -t, 0.0).astype(a.dtype)
    if reduction == "mean":
        slope = slope / len(a)
    return slope, -slope


add(
    margin_ranking,
    d_margin_ranking,
    title="Margin ranking loss",
    use="Learns an order from pairs: search results, links of a graph.",
    arguments={
        "a": Argument(says="the first scores", shape="(n)"),
        "b": Argument(says="the second scores", shape="(n)"),
        "t": SIGNS,
    },
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \max(0, \mu - t_i\, (a_i - b_i))",
    slope=r"\frac{\partial \ell}{\partial a_i} = \frac{1}{n} s_i",
    where={
        r"s_i": r"\begin{cases} -t_i & t_i\, (a_i - b_i) < \mu \\ 0 & \text{otherwise} \end{cases}",
        r"\frac{\partial \ell}{\partial b_i}": r"-\frac{1}{n} s_i",
    },
    takes={
        "margin": Parameter(
            says="by how much the order must hold", symbol="mu", low=0.0, closed=(True, False)
        ),
        "reduction": REDUCTION,
    },
    exact=lambda m, a, b, t, margin, reduction: _reduced(
        m,
        [max(m.mpf(0), m.mpf(margin) - w * (u - v)) for u, v, w in zip(a, b, t, strict=True)],
        reduction,
    ),
    tied="Where the order holds by exactly the margin the slope returned is 0, a subgradient.",
    kept="Which pairs are in the wrong order.",
    cost="One comparison per pair.",
    aliases=("pairwise hinge loss", "RankSVM loss"),
    frameworks={"PyTorch": "torch.nn.functional.margin_ranking_loss(a, b, t, margin=margin)"},
    example="""\
a, b, t = np.array([2.0, 0.0]), np.array([1.0, 1.0]), np.ones(2)
print(margin_ranking(a, b, t, margin=0.5, reduction="none"))
print(d_margin_ranking(a, b, t, margin=0.5, reduction="none")[0])
assert margin_ranking(np.zeros(1), np.zeros(1), t[:1]) == 0.0  # without a margin ties cost nothing
""",
    empty=False,
)
