"""Softmax and its kin."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument

add = FAMILY.add

SCORES = Argument(says="the scores, one vector along the last axis", shape="(..., n)")


def softmax(z):
    """Turns scores into positive weights that sum to 1, along the last axis."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # exp(z) overflows from 709.8
    return e / np.sum(e, axis=-1, keepdims=True)


def vjp_softmax(cotangent, z):
    """The weights times the cotangent, less its mean under the weights."""
    p = softmax(z)
    return p * (cotangent - np.sum(cotangent * p, axis=-1, keepdims=True))


add(
    softmax,
    vjp_softmax,
    title="Softmax",
    use="Makes probabilities of a classifier's scores, and weights of the scores of attention.",
    arguments={"z": SCORES},
    output="(..., n)",
    formula=r"p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}",
    slope=r"\bar z_i = p_i \Bigl(\bar p_i - \sum_k \bar p_k\, p_k\Bigr)",
    where={r"\frac{\partial p_i}{\partial z_j}": r"p_i\,([i = j] - p_j)"},
    exact=lambda m, z: [1 / m.fsum(m.exp(v - w) for v in z) for w in z],
    usual="np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)",
    kept="The weights themselves: the scores are not needed again.",
    cost="Two passes over the weights and one sum per vector; no Jacobian is formed.",
    aliases=("normalised exponential", "softargmax"),
    frameworks={
        "PyTorch": "torch.softmax(z, dim=-1)",
        "JAX": "jax.nn.softmax(z)",
        "Keras": "keras.ops.softmax(z)",
        "SciPy": "scipy.special.softmax(z, axis=-1)",
    },
    example="""\
z = np.array([1000.0, 1001.0, 1002.0])
p = softmax(z)
print(p.round(4))
print(vjp_softmax(np.array([0.0, 0.0, 1.0]), z).round(4))
assert abs(p.sum() - 1.0) < 1e-12  # exp(1000) alone is infinite
""",
    cite=("blanchard2021",),
    empty=False,
)


def logsumexp(z):
    """The logarithm of a sum of exponentials along the last axis: a smooth maximum."""
    m = np.max(z, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(z - m), axis=-1)) + np.max(z, axis=-1)


def vjp_logsumexp(cotangent, z):
    """The softmax, times the cotangent."""
    return np.expand_dims(cotangent, -1) * softmax(z)


add(
    logsumexp,
    vjp_logsumexp,
    title="Logsumexp",
    use="Normalises log-probabilities, and is the part of cross-entropy that is not linear.",
    arguments={"z": SCORES},
    output="(...)",
    formula=r"y = \ln \sum_k e^{z_k}",
    slope=r"\bar z_i = \bar y\, p_i, \qquad p = \operatorname{softmax}(z)",
    exact=lambda m, z: m.log(m.fsum(m.exp(v) for v in z)),
    usual="np.log(np.exp(z).sum(axis=-1))",
    kept="The scores, or the weights: the maximum cancels.",
    cost="One exponential per score; the backward pass is one softmax.",
    aliases=("softmax maximum", "LSE"),
    frameworks={
        "PyTorch": "torch.logsumexp(z, dim=-1)",
        "JAX": "jax.nn.logsumexp(z, axis=-1)",
        "Keras": "keras.ops.logsumexp(z, axis=-1)",
        "SciPy": "scipy.special.logsumexp(z, axis=-1)",
    },
    example="""\
z = np.array([1000.0, 1001.0, 1002.0])
print(logsumexp(z).round(4))
print(vjp_logsumexp(np.float64(1.0), z).round(4))
assert abs(logsumexp(z) - 1002.4076) < 1e-4  # log(sum(exp(z))) is infinite
""",
    cite=("blanchard2021",),
    empty=False,
)
