"""Softmax and its kin."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Parameter

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
    cost="A sum and products per weight; no Jacobian is formed.",
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
    claims={
        "positive weights that sum to 1": "softmax([1, 2, 5]), softmax([1, 2, 5]).sum()",
    },
)


def logsumexp(z):
    """The logarithm of a sum of exponentials along the last axis: a smooth maximum."""
    m = np.max(z, axis=-1, keepdims=True)
    m = np.where(np.isfinite(m), m, 0.0)  # inf - inf is no number
    with np.errstate(divide="ignore"):  # all scores -inf: the logarithm of 0 is right
        return np.log(np.sum(np.exp(z - m), axis=-1)) + m[..., 0]


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
    kept="The scores, or the weights: what is subtracted cancels.",
    cost="One exponential per score; the backward pass is one softmax.",
    aliases=("log-sum-exp", "softmax maximum", "LSE"),
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
    claims={"a smooth maximum": "logsumexp([1, 2, 5]), [1, 2, 5]"},
)


def log_softmax(z):
    """The logarithm of the softmax, which is never rounded to the logarithm of 0."""
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def vjp_log_softmax(cotangent, z):
    """The cotangent, less the weights times its sum."""
    return cotangent - softmax(z) * np.sum(cotangent, axis=-1, keepdims=True)


add(
    log_softmax,
    vjp_log_softmax,
    title="Log-softmax",
    use="The log-probabilities of a classifier, from which every likelihood is computed.",
    arguments={"z": SCORES},
    output="(..., n)",
    formula=r"y_i = z_i - \ln \sum_k e^{z_k}",
    slope=r"\bar z_i = \bar y_i - p_i \sum_k \bar y_k, \qquad p = \operatorname{softmax}(z)",
    exact=lambda m, z: [w - m.log(m.fsum(m.exp(v) for v in z)) for w in z],
    usual="np.log(np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True))",
    kept="The value: its exponential gives the weights again.",
    cost="One sum and one product per score.",
    aliases=("logarithm of softmax", "LogSoftmax"),
    frameworks={
        "PyTorch": "torch.log_softmax(z, dim=-1)",
        "JAX": "jax.nn.log_softmax(z)",
        "Keras": "keras.ops.log_softmax(z)",
        "SciPy": "scipy.special.log_softmax(z, axis=-1)",
    },
    example="""\
z = np.array([0.0, 1000.0])
print(log_softmax(z))
print(vjp_log_softmax(np.array([1.0, 0.0]), z))
assert log_softmax(z)[0] == -1000.0  # log(softmax(z)) is -inf there
""",
    empty=False,
)


def softmin(z):
    """Turns costs into weights: the smaller the cost, the larger its weight."""
    e = np.exp(np.min(z, axis=-1, keepdims=True) - z)
    return e / np.sum(e, axis=-1, keepdims=True)


def vjp_softmin(cotangent, z):
    """The backward pass of the softmax with the other sign."""
    p = softmin(z)
    return -p * (cotangent - np.sum(cotangent * p, axis=-1, keepdims=True))


add(
    softmin,
    vjp_softmin,
    title="Softmin",
    use="Weights from distances or energies: the nearest counts most.",
    arguments={"z": Argument(says="the costs, one vector along the last axis", shape="(..., n)")},
    output="(..., n)",
    formula=r"p_i = \frac{e^{-z_i}}{\sum_k e^{-z_k}}",
    slope=r"\bar z_i = -p_i \Bigl(\bar p_i - \sum_k \bar p_k\, p_k\Bigr)",
    exact=lambda m, z: [1 / m.fsum(m.exp(w - v) for v in z) for w in z],
    usual="np.exp(-z) / np.exp(-z).sum(axis=-1, keepdims=True)",
    kept="The weights themselves.",
    cost="A sum and products per weight.",
    aliases=("soft argmin",),
    frameworks={"PyTorch": "torch.nn.functional.softmin(z, dim=-1)"},
    example="""\
z = np.array([1.0, 2.0, 2000.0])
print(softmin(z).round(4))
print(vjp_softmin(np.array([1.0, 0.0, 0.0]), z).round(4))
assert abs(softmin(z).sum() - 1.0) < 1e-12
""",
    empty=False,
)


def tempered_softmax(z, temperature=1.0):
    """The softmax of scores over a temperature: hot is even, cold is sure."""
    e = np.exp((z - np.max(z, axis=-1, keepdims=True)) / temperature)
    return e / np.sum(e, axis=-1, keepdims=True)


def vjp_tempered_softmax(cotangent, z, temperature=1.0):
    """The backward pass of the softmax over the temperature."""
    p = tempered_softmax(z, temperature)
    return p * (cotangent - np.sum(cotangent * p, axis=-1, keepdims=True)) / temperature


TEMPERATURE = Parameter(
    says="the temperature: above 1 it evens the weights out", symbol="tau", low=0.0
)

add(
    tempered_softmax,
    vjp_tempered_softmax,
    title="Softmax with a temperature",
    use="Sampling from language models, distillation, and calibration after training.",
    arguments={"z": SCORES},
    output="(..., n)",
    formula=r"p_i = \frac{e^{z_i/\tau}}{\sum_k e^{z_k/\tau}}",
    slope=r"\bar z_i = \frac{p_i}{\tau} \Bigl(\bar p_i - \sum_k \bar p_k\, p_k\Bigr)",
    takes={"temperature": TEMPERATURE},
    exact=lambda m, z, temperature: [
        1 / m.fsum(m.exp((v - w) / m.mpf(temperature)) for v in z) for w in z
    ],
    kept="The weights themselves.",
    cost="A sum and products per weight.",
    aliases=("temperature scaling", "Boltzmann distribution"),
    frameworks={
        "PyTorch": "torch.softmax(z / temperature, dim=-1)",
        "JAX": "jax.nn.softmax(z / temperature)",
    },
    example="""\
z = np.array([0.0, 1.0, 2.0])
print(tempered_softmax(z, temperature=0.5).round(4))
print(tempered_softmax(z, temperature=5.0).round(4))
assert tempered_softmax(z, temperature=0.5)[2] > tempered_softmax(z, temperature=5.0)[2]
""",
    empty=False,
)


def gumbel_softmax(z, noise, temperature=1.0):
    """The softmax of scores with given Gumbel noise: a sample that has a slope."""
    return tempered_softmax(z + noise, temperature)


def vjp_gumbel_softmax(cotangent, z, noise, temperature=1.0):
    """The backward pass of the softmax at the noisy scores."""
    return vjp_tempered_softmax(cotangent, z + noise, temperature)


add(
    gumbel_softmax,
    vjp_gumbel_softmax,
    title="Gumbel-softmax",
    use="Choices inside a network that gradients pass through: the noise is drawn, then fixed.",
    arguments={
        "z": SCORES,
        "noise": Argument(
            says="draws of the standard Gumbel distribution",
            shape="(..., n)",
            symbol="g",
            differentiable=False,
            sample=lambda rng, shape: rng.gumbel(size=shape),
        ),
    },
    output="(..., n)",
    formula=r"p_i = \frac{e^{(z_i + g_i)/\tau}}{\sum_k e^{(z_k + g_k)/\tau}}",
    slope=r"\bar z_i = \frac{p_i}{\tau} \Bigl(\bar p_i - \sum_k \bar p_k\, p_k\Bigr)",
    takes={"temperature": TEMPERATURE},
    exact=lambda m, z, noise, temperature: [
        1
        / m.fsum(m.exp((v + h - w - g) / m.mpf(temperature)) for v, h in zip(z, noise, strict=True))
        for w, g in zip(z, noise, strict=True)
    ],
    kept="The weights; the noise is not needed again.",
    cost="A sum and products per weight.",
    aliases=("concrete distribution", "relaxed one-hot categorical"),
    frameworks={"PyTorch": "torch.softmax((z + noise) / temperature, dim=-1)"},
    example="""\
noise = np.random.default_rng(0).gumbel(size=3)
z = np.log([0.7, 0.2, 0.1])
hot = gumbel_softmax(z, noise, temperature=2.0)
cold = gumbel_softmax(z, noise, temperature=0.1)
print(hot.round(4), cold.round(4))
assert np.argmax(cold) == np.argmax(z + noise) and cold.max() > hot.max()
""",
    empty=False,
    promise=1024.0,
)


def sparsemax(z):
    """The point of the simplex that is nearest to the scores: low ones get exactly 0."""
    down = -np.sort(-z, axis=-1)
    count = np.arange(1, z.shape[-1] + 1).astype(z.dtype)
    cut = (np.cumsum(down, axis=-1) - 1.0) / count
    kept = np.sum(down > cut, axis=-1, keepdims=True)
    return np.maximum(z - np.take_along_axis(cut, kept - 1, axis=-1), 0.0)


def vjp_sparsemax(cotangent, z):
    """The cotangent less its mean, both over the weights that are not 0."""
    held = (sparsemax(z) > 0.0).astype(z.dtype)
    total = np.sum(held * cotangent, axis=-1, keepdims=True)
    return held * (cotangent - total / np.sum(held, axis=-1, keepdims=True))


def _exact_sparsemax(m, z):
    down = sorted(z, reverse=True)
    cuts = [(m.fsum(down[: k + 1]) - 1) / (k + 1) for k in range(len(z))]
    cut = [c for c, v in zip(cuts, down, strict=True) if v > c][-1]
    return [max(v - cut, m.mpf(0)) for v in z]


add(
    sparsemax,
    vjp_sparsemax,
    title="Sparsemax",
    use="Attention and classification with weights that are exactly 0 for what does not matter.",
    arguments={"z": SCORES},
    output="(..., n)",
    formula=r"p_i = \max(0, z_i - c)",
    slope=r"\bar z_i = s_i \Bigl(\bar p_i - \frac{\sum_k s_k\, \bar p_k}{\sum_k s_k}\Bigr)",
    where={
        r"s_i": r"\begin{cases} 1 & 1 + z_i \sum_k r_{ik} > \sum_k r_{ik}\, z_k \\"
        r" 0 & \text{otherwise} \end{cases}",
        r"r_{ik}": r"\begin{cases} 1 & z_k \ge z_i \\ 0 & \text{otherwise} \end{cases}",
        r"c": r"\frac{\sum_k s_k\, z_k - 1}{\sum_k s_k}",
    },
    exact=_exact_sparsemax,
    tied="Where a score lies exactly on the threshold its weight is 0, and counts as not held.",
    kept="Which weights are not 0.",
    cost="A sort in the forward pass; a mean over the held ones in the backward pass.",
    aliases=("projection onto the simplex", "Euclidean projection to the simplex"),
    example="""\
z = np.array([2.0, 1.5, 0.1, -1.0])
print(sparsemax(z))
print(vjp_sparsemax(np.array([1.0, 0.0, 0.0, 0.0]), z))
assert np.count_nonzero(sparsemax(z)) == 2 and sparsemax(z).sum() == 1.0
""",
    empty=False,
    reach=10.0,
)
