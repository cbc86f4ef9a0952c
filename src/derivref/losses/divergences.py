"""Divergences: how far one distribution is from another."""

from math import factorial

import numpy as np
from scipy.special import xlogy

from derivref.losses import FAMILY
from derivref.records import Argument

add = FAMILY.add


def kl_divergence(q, t):
    """The mean relative entropy of the targets, from log-probabilities."""
    return np.mean(np.sum(xlogy(t, t) - t * q, axis=-1))


def d_kl_divergence(q, t):
    """Minus the targets for the log-probabilities; the difference of the logarithms, plus 1."""
    with np.errstate(divide="ignore"):  # minus infinity at a target of 0
        targets = np.log(t) + 1.0 - q
    return -t / len(q), targets / len(q)


add(
    kl_divergence,
    d_kl_divergence,
    title="Kullback–Leibler divergence",
    use="Distillation and variational bounds: what is lost if the targets are coded by the model.",
    arguments={
        "q": Argument(says="the log-probabilities of the model", shape="(n, k)"),
        "t": Argument(says="the target probabilities", shape="(n, k)", low=0.0, high=1.0),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \sum_j t_{ij}\, (\ln t_{ij} - q_{ij})",
    slope=r"\frac{\partial \ell}{\partial q_{ij}} = -\frac{t_{ij}}{n}",
    where={r"\frac{\partial \ell}{\partial t_{ij}}": r"\frac{1}{n} (\ln t_{ij} + 1 - q_{ij})"},
    exact=lambda m, q, t: (
        m.fsum(
            (b * m.log(b) if b else 0) - b * a
            for u, v in zip(q, t, strict=True)
            for a, b in zip(u, v, strict=True)
        )
        / len(q)
    ),
    tied="At a target of 0 the slope in the target is −∞; the one in the log-probability is 0.",
    kept="The targets: the slope does not depend on the log-probabilities.",
    cost="None for the log-probabilities; a logarithm per target.",
    aliases=("KL divergence", "relative entropy", "KLDivLoss"),
    frameworks={
        "PyTorch": 'torch.nn.functional.kl_div(q, t, reduction="batchmean")',
        "JAX": "optax.kl_divergence(q, t).mean()",
        "Keras": "keras.losses.KLDivergence()(t, ops.exp(q))",
    },
    example="""\
q, t = np.log([[0.7, 0.2, 0.1]]), np.array([[0.5, 0.5, 0.0]])
print(kl_divergence(q, t).round(4))
print(d_kl_divergence(q, t)[0])
assert np.isfinite(kl_divergence(q, t))  # 0 log 0 is 0
""",
    empty=False,
)


def kl_of_scores(z, w):
    """The mean divergence of two softmaxes, from their scores."""
    a = z - np.max(z, axis=-1, keepdims=True)
    b = w - np.max(w, axis=-1, keepdims=True)
    a = a - np.log(np.sum(np.exp(a), axis=-1, keepdims=True))
    b = b - np.log(np.sum(np.exp(b), axis=-1, keepdims=True))
    return np.mean(np.sum(np.exp(a) * (a - b), axis=-1))


def d_kl_of_scores(z, w):
    """Each log-ratio against its mean, weighted; the difference of the probabilities."""
    a = z - np.max(z, axis=-1, keepdims=True)
    b = w - np.max(w, axis=-1, keepdims=True)
    a = a - np.log(np.sum(np.exp(a), axis=-1, keepdims=True))
    b = b - np.log(np.sum(np.exp(b), axis=-1, keepdims=True))
    p = np.exp(a)
    ratio = a - b
    first = p * (ratio - np.sum(p * ratio, axis=-1, keepdims=True))
    return first / len(z), (np.exp(b) - p) / len(z)


def _exact_kl_of_scores(m, z, w):
    losses = []
    for u, v in zip(z, w, strict=True):
        a, b = m.log(m.fsum(map(m.exp, u))), m.log(m.fsum(map(m.exp, v)))
        losses.append(m.fsum(m.exp(x - a) * ((x - a) - (y - b)) for x, y in zip(u, v, strict=True)))
    return m.fsum(losses) / len(losses)


add(
    kl_of_scores,
    d_kl_of_scores,
    title="Divergence of two softmaxes",
    use="Policy gradients with a trust region, and distillation in either direction.",
    arguments={
        "z": Argument(says="the scores of the first distribution", shape="(n, k)"),
        "w": Argument(says="the scores of the second", shape="(n, k)"),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \sum_j p_{ij}\, r_{ij}",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} p_{ij} \Bigl(r_{ij} - \sum_k p_{ik}\, r_{ik}\Bigr)",
    where={
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}",
        r"q_{ij}": r"\frac{e^{w_{ij}}}{\sum_k e^{w_{ik}}}",
        r"r_{ij}": r"\ln p_{ij} - \ln q_{ij}",
        r"\frac{\partial \ell}{\partial w_{ij}}": r"\frac{1}{n} (q_{ij} - p_{ij})",
    },
    exact=_exact_kl_of_scores,
    reach=20.0,
    promise=2000.0,  # near each other the ratio is a difference of logarithms
    kept="Both vectors of log-probabilities.",
    cost="Two exponentials per score.",
    aliases=("KL of logits", "policy KL"),
    example="""\
z, w = np.array([[2.0, 0.0, 0.0]]), np.zeros((1, 3))
print(kl_of_scores(z, w).round(4), kl_of_scores(w, z).round(4))
print(d_kl_of_scores(z, w)[0].round(4))
assert kl_of_scores(z, w) < kl_of_scores(w, z)  # it is no distance
""",
    empty=False,
)


def kl_of_normals(mu, s):
    """The divergence of independent normals from the standard one, summed over the last axis."""
    # s is the logarithm of the variance: exp(s) - 1 - s cancels near 0
    series = np.square(s) * sum(s**k / factorial(k + 2) for k in range(9))
    spread = np.where(np.abs(s) < 0.1, series, np.expm1(s) - s)
    return 0.5 * np.mean(np.sum(np.square(mu) + spread, axis=-1))


def d_kl_of_normals(mu, s):
    """The means, and half of what the variances exceed 1."""
    return mu / len(mu), 0.5 * np.expm1(s) / len(mu)


add(
    kl_of_normals,
    d_kl_of_normals,
    title="Divergence of normals from the standard one",
    use="Variational autoencoders: keeps the codes near a standard normal distribution.",
    arguments={
        "mu": Argument(says="the means", shape="(n, k)", symbol="m"),
        "s": Argument(says="the logarithms of the variances", shape="(n, k)"),
    },
    output="()",
    formula=r"\ell = \frac{1}{2n} \sum_i \sum_j (m_{ij}^2 + e^{s_{ij}} - 1 - s_{ij})",
    slope=r"\frac{\partial \ell}{\partial m_{ij}} = \frac{m_{ij}}{n}",
    where={r"\frac{\partial \ell}{\partial s_{ij}}": r"\frac{1}{2n} (e^{s_{ij}} - 1)"},
    exact=lambda m, mu, s: (
        m.fsum(
            a * a + m.exp(b) - 1 - b
            for u, v in zip(mu, s, strict=True)
            for a, b in zip(u, v, strict=True)
        )
        / (2 * len(mu))
    ),
    reach=10.0,
    usual="-0.5 * np.mean(np.sum(1 + s - mu**2 - np.exp(s), axis=-1))",
    kept="The means and the logarithms of the variances.",
    cost="One exponential per number.",
    aliases=("VAE KL term", "Gaussian KL", "KL to the standard normal"),
    example="""\
mu, s = np.array([[1.0, 0.0]]), np.array([[0.0, np.log(4.0)]])
print(kl_of_normals(mu, s).round(4))
print(d_kl_of_normals(mu, s)[1].round(4))
assert kl_of_normals(0 * mu, 0 * s) == 0.0
""",
    empty=False,
)


def jensen_shannon(p, t):
    """The mean divergence of two distributions from their average: symmetric, at most log 2."""
    m = 0.5 * (p + t)
    return 0.5 * np.mean(np.sum(xlogy(p, p) + xlogy(t, t) - 2.0 * xlogy(m, m), axis=-1))


def d_jensen_shannon(p, t):
    """Half the logarithm of each probability over the average."""
    m = 0.5 * (p + t)
    return 0.5 * np.log(p / m) / len(p), 0.5 * np.log(t / m) / len(p)


add(
    jensen_shannon,
    d_jensen_shannon,
    title="Jensen–Shannon divergence",
    use="Compares two distributions symmetrically; what the first adversarial networks minimise.",
    arguments={
        "p": Argument(
            says="the probabilities", shape="(n, k)", low=0.0, high=1.0, closed=(False, True)
        ),
        "t": Argument(says="the others", shape="(n, k)", low=0.0, high=1.0, closed=(False, True)),
    },
    output="()",
    formula=r"\ell = \frac{1}{2n} \sum_i \sum_j (p_{ij} \ln(p_{ij}/m_{ij})"
    r" + t_{ij} \ln(t_{ij}/m_{ij}))",
    slope=r"\frac{\partial \ell}{\partial p_{ij}} = \frac{1}{2n} \ln(p_{ij}/m_{ij})",
    where={
        r"m_{ij}": r"\tfrac12 (p_{ij} + t_{ij})",
        r"\frac{\partial \ell}{\partial t_{ij}}": r"\frac{1}{2n} \ln(t_{ij}/m_{ij})",
    },
    exact=lambda m, p, t: (
        m.fsum(
            a * m.log(2 * a / (a + b)) + b * m.log(2 * b / (a + b))
            for u, v in zip(p, t, strict=True)
            for a, b in zip(u, v, strict=True)
        )
        / (2 * len(p))
    ),
    promise=500.0,  # for p near t the terms cancel
    kept="The probabilities.",
    cost="Two logarithms per probability.",
    aliases=("JS divergence", "JSD"),
    frameworks={"SciPy": "scipy.spatial.distance.jensenshannon(p, t, axis=-1) ** 2"},
    example="""\
p, t = np.array([[0.9, 0.1]]), np.array([[0.1, 0.9]])
print(jensen_shannon(p, t).round(4))
print(d_jensen_shannon(p, t)[0].round(4))
assert jensen_shannon(p, t) == jensen_shannon(t, p)
""",
    empty=False,
)
