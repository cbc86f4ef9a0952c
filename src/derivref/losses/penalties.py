"""Penalties: what is added to a loss to keep weights, gradients or loads in bounds."""

import numpy as np

from derivref.losses import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add


def elastic_net(w, l1=0.1, l2=0.1):
    """A multiple of the absolute values of the weights plus half a multiple of their squares."""
    return l1 * np.sum(np.abs(w)) + 0.5 * l2 * np.sum(np.square(w))


def d_elastic_net(w, l1=0.1, l2=0.1):
    """The signs and the weights, each times its factor."""
    return l1 * np.sign(w) + l2 * w


add(
    elastic_net,
    d_elastic_net,
    title="Elastic net penalty",
    use="Few weights (lasso) and small ones (ridge) at once.",
    arguments={"w": Argument(says="the weights", shape="(n)")},
    output="()",
    formula=r"\ell = \sum_i \bigl(\lambda\, \lvert w_i \rvert + \tfrac12 \mu\, w_i^2\bigr)",
    slope=r"\frac{\partial \ell}{\partial w_i} = \lambda \operatorname{sgn}(w_i) + \mu\, w_i",
    takes={
        "l1": Parameter(
            says="the weight of the absolute values",
            symbol="lambda",
            low=0.0,
            closed=(True, False),
        ),
        "l2": Parameter(
            says="the weight of the squares", symbol="mu", low=0.0, closed=(True, False)
        ),
    },
    exact=lambda m, w, l1, l2: (
        m.mpf(l1) * m.fsum(map(abs, w)) + m.mpf(l2) / 2 * m.fsum(v * v for v in w)
    ),
    tied="At a weight of 0 the slope returned is 0, the smallest subgradient.",
    kept="The weights.",
    cost="One sign and two products per weight.",
    aliases=("lasso penalty", "ridge penalty", "weight decay", "L1 penalty", "L2 penalty"),
    example="""\
w = np.array([0.0, 0.5, -2.0])
print(elastic_net(w).round(4))
print(d_elastic_net(w).round(4))
assert d_elastic_net(w)[0] == 0.0  # what descent cannot reach, a prox step does
""",
    empty=True,
)


def gradient_penalty(g, target=1.0):
    """The mean squared difference of the lengths of gradients from a target length."""
    return np.mean(np.square(np.sqrt(np.sum(np.square(g), axis=-1)) - target))


def d_gradient_penalty(g, target=1.0):
    """Twice what the length exceeds the target, along each gradient; 0 for a gradient of 0."""
    norm = np.sqrt(np.sum(np.square(g), axis=-1, keepdims=True))
    unit = g / np.where(norm > 0, norm, 1.0).astype(g.dtype)
    return 2.0 * (norm - target) * unit / len(g)


add(
    gradient_penalty,
    d_gradient_penalty,
    title="Gradient penalty",
    use="The critic of a Wasserstein adversarial network: keeps its slope near 1.",
    arguments={
        "g": Argument(
            says="the gradients of the critic in its inputs, one row for each", shape="(n, k)"
        )
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i (u_i - \tau)^2",
    slope=r"\frac{\partial \ell}{\partial g_{ij}} ="
    r" \frac{2}{n} (u_i - \tau) \frac{g_{ij}}{u_i}",
    where={r"u_i": r"\Bigl(\sum_j g_{ij}^2\Bigr)^{1/2}"},
    takes={
        "target": Parameter(
            says="the length that is wanted", symbol="tau", low=0.0, closed=(True, False)
        )
    },
    exact=lambda m, g, target: (
        m.fsum((m.sqrt(m.fsum(v * v for v in row)) - m.mpf(target)) ** 2 for row in g) / len(g)
    ),
    tied="A gradient of 0 has no direction: the slope returned is 0.",
    kept="The gradients and their lengths.",
    cost="Two products per number; the gradient itself is differentiated once more.",
    aliases=("WGAN-GP", "Lipschitz penalty"),
    example="""\
g = np.array([[0.6, 0.8], [3.0, 4.0], [0.0, 0.0]])
print(gradient_penalty(g).round(4))
print(d_gradient_penalty(g).round(4))
assert not d_gradient_penalty(g)[0].round(12).any()  # of length 1: nothing to do
""",
    empty=False,
)


def load_balance(z):
    """The experts times the products of their mean share and mean probability, summed."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    chosen = (np.arange(z.shape[-1]) == np.argmax(z, axis=-1)[:, None]).astype(z.dtype)
    return z.shape[-1] * np.sum(np.mean(chosen, axis=0) * np.mean(p, axis=0))


def d_load_balance(z):
    """Each probability times how much busier its expert is than the average of the row."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    chosen = (np.arange(z.shape[-1]) == np.argmax(z, axis=-1)[:, None]).astype(z.dtype)
    share = np.mean(chosen, axis=0)
    busier = share - np.sum(p * share, axis=-1, keepdims=True)
    return z.shape[-1] * p * busier / len(z)


def _exact_load_balance(m, z):
    n, c = len(z), len(z[0])
    shares, means = [m.mpf(0)] * c, [m.mpf(0)] * c
    for row in z:
        total = m.fsum(map(m.exp, row))
        best = max(range(c), key=row.__getitem__)
        shares[best] += m.mpf(1) / n
        means = [v + m.exp(w) / total / n for v, w in zip(means, row, strict=True)]
    return c * m.fdot(shares, means)


add(
    load_balance,
    d_load_balance,
    title="Load balancing loss",
    use="Mixtures of experts: keeps the router from sending everything to a few.",
    arguments={"z": Argument(says="the scores of the experts, one row a token", shape="(n, c)")},
    sizes={"c": 3},
    output="()",
    formula=r"\ell = c \sum_j f_j\, P_j",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{c}{n} p_{ij} \Bigl(f_j - \sum_k p_{ik}\, f_k\Bigr)",
    where={
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}",
        r"P_j": r"\frac{1}{n} \sum_i p_{ij}",
        r"f_j": r"\frac{1}{n} \sum_i m_{ij}",
        r"m_{ij}": r"[z_{ij} = b_i]",
        r"b_i": r"\max(z_{i0}, z_{i1}, z_{i2})",
    },
    exact=_exact_load_balance,
    promise=500.0,  # where a row is sure the differences of shares cancel
    tied="The share of each expert is a step: it counts as constant, and has no slope.",
    kept="The probabilities and the shares.",
    cost="One exponential per score, which the router has already.",
    aliases=("auxiliary loss", "MoE balancing loss", "switch transformer loss"),
    example="""\
z = np.array([[2.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
print(load_balance(z).round(4))
print(d_load_balance(z).round(4) + 0.0)
assert d_load_balance(z)[0, 0] > 0  # descent lowers the score of the busy expert
""",
    empty=False,
)
