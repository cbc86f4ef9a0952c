"""Preferences and orders: which of two, or of several, is better."""

import numpy as np
from scipy.special import expit

from derivref.losses import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add


def bradley_terry(a, b):
    """The mean negative log-probability that the first of each pair is preferred."""
    return np.mean(np.logaddexp(0.0, b - a))


def d_bradley_terry(a, b):
    """Minus the probability of the wrong choice for the preferred, the opposite for the other."""
    wrong = expit(b - a) / len(a)
    return -wrong, wrong


add(
    bradley_terry,
    d_bradley_terry,
    title="Bradley–Terry loss",
    use="Reward models from comparisons, and ratings of players.",
    arguments={
        "a": Argument(says="the scores of what is preferred", shape="(n)"),
        "b": Argument(says="the scores of what is not", shape="(n)"),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \ln(1 + e^{b_i - a_i})",
    slope=r"\frac{\partial \ell}{\partial a_i} = -\frac{1}{n} \frac{1}{1 + e^{a_i - b_i}}",
    where={r"\frac{\partial \ell}{\partial b_i}": r"\frac{1}{n} \frac{1}{1 + e^{a_i - b_i}}"},
    exact=lambda m, a, b: m.fsum(m.log1p(m.exp(v - u)) for u, v in zip(a, b, strict=True)) / len(a),
    usual="-np.log(expit(a - b)).mean()",
    kept="The differences of the scores.",
    cost="One exponential per pair.",
    aliases=("pairwise logistic loss", "RankNet loss", "reward model loss"),
    example="""\
a, b = np.array([1.0, -800.0]), np.array([0.0, 0.0])
print(bradley_terry(a, b).round(4))
print(d_bradley_terry(a, b)[0].round(4))
assert bradley_terry(a, b) < 500  # log(sigmoid(-800)) is minus infinity
""",
    empty=False,
)


def dpo(a, b, a_ref, b_ref, beta=0.1):
    """The Bradley-Terry loss of how far log-probabilities have moved from a reference."""
    return np.mean(np.logaddexp(0.0, -beta * ((a - a_ref) - (b - b_ref))))


def d_dpo(a, b, a_ref, b_ref, beta=0.1):
    """Beta times the probability of the wrong choice: the preferred goes up, the other down."""
    wrong = beta * expit(-beta * ((a - a_ref) - (b - b_ref))) / len(a)
    return -wrong, wrong


add(
    dpo,
    d_dpo,
    title="Direct preference optimisation",
    use="Trains a language model on comparisons without a reward model.",
    arguments={
        "a": Argument(says="the log-probabilities of the preferred answers", shape="(n)"),
        "b": Argument(says="those of the others", shape="(n)"),
        "a_ref": Argument(
            says="the same of the reference model",
            shape="(n)",
            symbol="r",
            differentiable=False,
        ),
        "b_ref": Argument(says="and of the others", shape="(n)", symbol="s", differentiable=False),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \ln(1 + e^{-\beta m_i})",
    slope=r"\frac{\partial \ell}{\partial a_i} = -\frac{\beta}{n} \frac{1}{1 + e^{\beta m_i}}",
    where={
        r"m_i": r"(a_i - r_i) - (b_i - s_i)",
        r"\frac{\partial \ell}{\partial b_i}": r"\frac{\beta}{n} \frac{1}{1 + e^{\beta m_i}}",
    },
    takes={"beta": Parameter(says="how closely the reference is kept", low=0.0)},
    exact=lambda m, a, b, a_ref, b_ref, beta: (
        m.fsum(
            m.log1p(m.exp(-m.mpf(beta) * (u - p - v + q)))
            for u, v, p, q in zip(a, b, a_ref, b_ref, strict=True)
        )
        / len(a)
    ),
    kept="The differences of the log-probabilities.",
    cost="One exponential per pair; the reference model has no backward pass.",
    example="""\
a, b = np.array([-10.0, -30.0]), np.array([-12.0, -20.0])
print(d_dpo(a, b, a, b)[0].round(4))  # at the start: half of beta, shared
print(d_dpo(a + 50, b, a, b)[0].round(4))
assert d_dpo(a + 50, b, a, b)[0][0] > d_dpo(a, b, a, b)[0][0]  # learned: hardly pulled
""",
    empty=False,
)


def list_softmax(z, t):
    """The mean cross-entropy between the relevance of the items of a list and their scores."""
    top = np.max(z, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z - top), axis=-1, keepdims=True)) + top
    return np.mean(np.sum(t * (log_sum - z), axis=-1))


def d_list_softmax(z, t):
    """The softmax times the whole relevance, less the relevance."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(e, axis=-1, keepdims=True))
    return (p * np.sum(t, axis=-1, keepdims=True) - t) / len(z), -log_p / len(z)


def _exact_list_softmax(m, z, t):
    losses = []
    for scores, row in zip(z, t, strict=True):
        total = m.log(m.fsum(m.exp(v) for v in scores))
        losses.append(m.fsum(w * (total - v) for w, v in zip(row, scores, strict=True)))
    return m.fsum(losses) / len(losses)


add(
    list_softmax,
    d_list_softmax,
    title="Listwise softmax loss",
    use="Learns to rank: the items of a list compete for the relevance.",
    arguments={
        "z": Argument(says="the scores, one list for each query", shape="(n, k)"),
        "t": Argument(says="the relevances, not negative", shape="(n, k)", low=0.0),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \sum_j t_{ij} \Bigl(\ln \sum_k e^{z_{ik}} - z_{ij}\Bigr)",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} \Bigl(p_{ij} \sum_k t_{ik} - t_{ij}\Bigr)",
    where={
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}",
        r"\frac{\partial \ell}{\partial t_{ij}}": r"-\frac{1}{n} \ln p_{ij}",
    },
    exact=_exact_list_softmax,
    kept="The log-probabilities and the relevances.",
    cost="One exponential per score.",
    aliases=("ListNet loss", "softmax ranking loss", "ranking cross-entropy"),
    frameworks={"JAX": "optax.losses.ranking_softmax_loss(z, t, reduce_fn=jnp.mean)"},
    example="""\
z, t = np.array([[1.0, 2.0, 3.0]]), np.array([[2.0, 0.0, 1.0]])
print(list_softmax(z, t).round(4))
print(d_list_softmax(z, t)[0].round(4))
assert abs(d_list_softmax(z, t)[0].sum()) < 1e-12  # what one item gains the others lose
""",
    empty=False,
)


def plackett_luce(z):
    """The mean negative log-probability of orders: each row holds the scores, best item first."""
    top = np.max(z, axis=-1, keepdims=True)
    e = np.exp(z - top)
    left = np.cumsum(e[:, ::-1], axis=-1)[:, ::-1]  # what is still to be chosen from
    return np.mean(np.sum(np.log(left) - (z - top), axis=-1))


def d_plackett_luce(z):
    """The probabilities of each item in the choices it takes part in, less its own."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    left = np.cumsum(e[:, ::-1], axis=-1)[:, ::-1]
    return (e * np.cumsum(1.0 / left, axis=-1) - 1.0) / len(z)


def _exact_plackett_luce(m, z):
    losses = [
        m.fsum(m.log(m.fsum(m.exp(v) for v in row[k:])) - row[k] for k in range(len(row)))
        for row in z
    ]
    return m.fsum(losses) / len(losses)


add(
    plackett_luce,
    d_plackett_luce,
    title="Plackett–Luce loss",
    use="Learns from whole orders: the best first, then the best of the rest.",
    arguments={"z": Argument(says="the scores in the order that was observed", shape="(n, k)")},
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \sum_j (\ln c_{ij} - z_{ij})",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} \Bigl(\sum_k h_{kj}\, p_{ik}\, e^{z_{ij} - z_{ik}} - 1\Bigr)",
    where={
        r"p_{ij}": r"\frac{e^{z_{ij}}}{c_{ij}}",
        r"c_{ij}": r"\sum_k h_{jk}\, e^{z_{ik}}",
        r"h_{jk}": r"\begin{cases} 1 & j \le k \\ 0 & \text{otherwise} \end{cases}",
    },
    exact=_exact_plackett_luce,
    reach=30.0,
    kept="The exponentials and their sums from the end.",
    cost="One exponential per score and two running sums.",
    aliases=("ListMLE",),
    example="""\
z = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]])
print(plackett_luce(z).round(4))
print(d_plackett_luce(z).round(4))
assert d_plackett_luce(z)[0, 0] < 0 < d_plackett_luce(z)[1, 2]
""",
    empty=False,
)
