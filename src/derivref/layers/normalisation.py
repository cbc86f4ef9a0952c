"""Layers that normalise what passes through them."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add


def batch_norm(x, gain, bias, eps=1e-5):
    """In training: gives each feature mean 0 and variance 1 over the batch, then gain and bias."""
    centred = x - np.mean(x, axis=0)
    return gain * centred / np.sqrt(np.mean(np.square(centred), axis=0) + eps) + bias


def vjp_batch_norm(cotangent, x, gain, bias, eps=1e-5):
    """The cotangent without its mean and without its part along the normalised values, scaled."""
    centred = x - np.mean(x, axis=0)
    scale = 1.0 / np.sqrt(np.mean(np.square(centred), axis=0) + eps)
    normalised = centred * scale
    down = gain * cotangent
    along = np.mean(down * normalised, axis=0)
    slope = scale * (down - np.mean(down, axis=0) - normalised * along)
    return slope, np.sum(cotangent * normalised, axis=0), np.sum(cotangent, axis=0)


def _exact_batch_norm(m, x, gain, bias, eps):
    columns = []
    for values, g, b in zip(zip(*x, strict=True), gain, bias, strict=True):
        mean = m.fsum(values) / len(values)
        variance = m.fsum((v - mean) ** 2 for v in values) / len(values)
        columns.append([g * (v - mean) / m.sqrt(variance + m.mpf(eps)) + b for v in values])
    return [list(row) for row in zip(*columns, strict=True)]


add(
    batch_norm,
    vjp_batch_norm,
    title="Batch normalisation, training",
    use="Convolutional networks: higher learning rates, less care with the initial weights.",
    arguments={
        "x": Argument(says="the inputs, one row for each example", shape="(n, k)"),
        "gain": Argument(says="the gain of each feature", shape="(k)", symbol="g"),
        "bias": Argument(says="the bias of each feature", shape="(k)", symbol="b"),
    },
    output="(n, k)",
    formula=r"y_{ij} = \frac{g_j\, (x_{ij} - \mu_j)}{\sqrt{v_j + \varepsilon}} + b_j",
    slope=r"\bar x_{ij} = \frac{g_j}{\sqrt{v_j + \varepsilon}}"
    r" \Bigl(\bar y_{ij} - \frac{1}{n} \sum_k \bar y_{kj}"
    r" - \hat x_{ij}\, \frac{1}{n} \sum_k \bar y_{kj}\, \hat x_{kj}\Bigr)",
    where={
        r"\mu_j": r"\frac{1}{n} \sum_i x_{ij}",
        r"v_j": r"\frac{1}{n} \sum_i (x_{ij} - \mu_j)^2",
        r"\hat x_{ij}": r"\frac{x_{ij} - \mu_j}{\sqrt{v_j + \varepsilon}}",
        r"\bar g_j": r"\sum_i \bar y_{ij}\, \hat x_{ij}",
        r"\bar b_j": r"\sum_i \bar y_{ij}",
    },
    takes={
        "eps": Parameter(says="what keeps the root from 0", symbol="varepsilon", low=0.0),
    },
    exact=_exact_batch_norm,
    kept="The normalised values, the scale of each feature and the gain.",
    cost="Two sums over the batch for each feature; mean and variance are not computed again.",
    aliases=("batch norm", "BN"),
    frameworks={
        "PyTorch": "torch.nn.functional.batch_norm(x, None, None, gain, bias, training=True)",
        "Keras": "keras.layers.BatchNormalization(epsilon=1e-5)(x, training=True)",
    },
    example="""\
x, gain, bias = np.array([[1.0], [2.0], [6.0]]), np.array([3.0]), np.array([0.5])
print(batch_norm(x, gain, bias).round(4).T)
print(vjp_batch_norm(np.array([[1.0], [0.0], [0.0]]), x, gain, bias)[0].round(4).T)
assert abs(batch_norm(x, gain, bias).mean() - 0.5) < 1e-12  # the bias is the new mean
""",
    cite=("ioffe2015",),
    empty=("k",),
)
