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


FEATURES = Argument(says="the inputs, one row for each example", shape="(m, n)")
GAIN = Argument(says="the gain of each feature", shape="(n)", symbol="g")
BIAS = Argument(says="the bias of each feature", shape="(n)", symbol="b")
EPS = Parameter(says="what keeps the root from 0", symbol="varepsilon", low=0.0)


def layer_norm(x, gain, bias, eps=1e-5):
    """Gives the features of each example mean 0 and variance 1, then gain and bias."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(np.square(centred), axis=-1, keepdims=True)
    return gain * centred / np.sqrt(variance + eps) + bias


def vjp_layer_norm(cotangent, x, gain, bias, eps=1e-5):
    """The cotangent without its mean and without its part along the normalised values, scaled."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    scale = 1.0 / np.sqrt(np.mean(np.square(centred), axis=-1, keepdims=True) + eps)
    normalised = centred * scale
    down = gain * cotangent
    along = np.mean(down * normalised, axis=-1, keepdims=True)
    slope = scale * (down - np.mean(down, axis=-1, keepdims=True) - normalised * along)
    return slope, np.sum(cotangent * normalised, axis=0), np.sum(cotangent, axis=0)


def _exact_layer_norm(m, x, gain, bias, eps):
    def normalised(row):
        mean = m.fsum(row) / len(row)
        scale = m.sqrt(m.fsum((v - mean) ** 2 for v in row) / len(row) + m.mpf(eps))
        return [g * (v - mean) / scale + b for v, g, b in zip(row, gain, bias, strict=True)]

    return [normalised(row) for row in x]


add(
    layer_norm,
    vjp_layer_norm,
    title="Layer normalisation",
    use="Transformers and recurrent networks: the same in training and afterwards.",
    arguments={"x": FEATURES, "gain": GAIN, "bias": BIAS},
    output="(m, n)",
    formula=r"y_{ij} = \frac{g_j\, (x_{ij} - \mu_i)}{\sqrt{v_i + \varepsilon}} + b_j",
    slope=r"\bar x_{ij} = \frac{1}{\sqrt{v_i + \varepsilon}}"
    r" \Bigl(g_j\, \bar y_{ij} - \frac{1}{n} \sum_k g_k\, \bar y_{ik}"
    r" - \hat x_{ij}\, \frac{1}{n} \sum_k g_k\, \bar y_{ik}\, \hat x_{ik}\Bigr)",
    where={
        r"\mu_i": r"\frac{1}{n} \sum_j x_{ij}",
        r"v_i": r"\frac{1}{n} \sum_j (x_{ij} - \mu_i)^2",
        r"\hat x_{ij}": r"\frac{x_{ij} - \mu_i}{\sqrt{v_i + \varepsilon}}",
        r"\bar g_j": r"\sum_i \bar y_{ij}\, \hat x_{ij}",
        r"\bar b_j": r"\sum_i \bar y_{ij}",
    },
    takes={"eps": EPS},
    exact=_exact_layer_norm,
    kept="The normalised values, the scale of each example and the gain.",
    cost="Two sums over the features of each example, and two over the batch.",
    aliases=("layernorm", "LN"),
    frameworks={
        "PyTorch": "torch.nn.functional.layer_norm(x, x.shape[-1:], gain, bias)",
        "Keras": "keras.layers.LayerNormalization(epsilon=1e-5)(x)",
    },
    example="""\
x, gain, bias = np.array([[1.0, 2.0, 6.0]]), np.array([3.0, 3.0, 3.0]), np.zeros(3)
print(layer_norm(x, gain, bias).round(4))
print(vjp_layer_norm(np.array([[1.0, 0.0, 0.0]]), x, gain, bias)[0].round(4))
assert abs(layer_norm(x, gain, bias).mean()) < 1e-12
""",
    cite=("ba2016",),
    empty=("m",),
)


def rms_norm(x, gain, eps=1e-6):
    """Divides the features of each example by their root mean square, then multiplies by a gain."""
    return gain * x / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)


def vjp_rms_norm(cotangent, x, gain, eps=1e-6):
    """The cotangent without its part along the normalised values, scaled."""
    scale = 1.0 / np.sqrt(np.mean(np.square(x), axis=-1, keepdims=True) + eps)
    normalised = x * scale
    down = gain * cotangent
    along = np.mean(down * normalised, axis=-1, keepdims=True)
    return scale * (down - normalised * along), np.sum(cotangent * normalised, axis=0)


def _exact_rms_norm(m, x, gain, eps):
    def normalised(row):
        scale = m.sqrt(m.fsum(v * v for v in row) / len(row) + m.mpf(eps))
        return [g * v / scale for v, g in zip(row, gain, strict=True)]

    return [normalised(row) for row in x]


add(
    rms_norm,
    vjp_rms_norm,
    title="RMS normalisation",
    use="Large language models: layer normalisation without the mean, and without a bias.",
    arguments={"x": FEATURES, "gain": GAIN},
    output="(m, n)",
    formula=r"y_{ij} = \frac{g_j\, x_{ij}}{\sqrt{q_i + \varepsilon}}",
    slope=r"\bar x_{ij} = \frac{1}{\sqrt{q_i + \varepsilon}}"
    r" \Bigl(g_j\, \bar y_{ij}"
    r" - \hat x_{ij}\, \frac{1}{n} \sum_k g_k\, \bar y_{ik}\, \hat x_{ik}\Bigr)",
    where={
        r"q_i": r"\frac{1}{n} \sum_j x_{ij}^2",
        r"\hat x_{ij}": r"\frac{x_{ij}}{\sqrt{q_i + \varepsilon}}",
        r"\bar g_j": r"\sum_i \bar y_{ij}\, \hat x_{ij}",
    },
    takes={"eps": EPS},
    exact=_exact_rms_norm,
    wide=("n",),  # of one feature the slope is what eps leaves: all digits cancel
    kept="The normalised values, the scale of each example and the gain.",
    cost="One sum over the features of each example, and one over the batch.",
    aliases=("RMSNorm", "root mean square layer normalisation"),
    frameworks={
        "PyTorch": "torch.nn.functional.rms_norm(x, x.shape[-1:], gain, eps=1e-6)",
        "Keras": "keras.layers.RMSNormalization(epsilon=1e-6)(x)",
    },
    example="""\
x, gain = np.array([[1.0, 2.0, 6.0]]), np.array([3.0, 3.0, 3.0])
print(rms_norm(x, gain).round(4))
print(vjp_rms_norm(np.array([[1.0, 0.0, 0.0]]), x, gain)[0].round(4))
assert abs(np.mean(rms_norm(x, gain) ** 2) - 9.0) < 1e-5
""",
    cite=("zhang2019",),
    empty=("m",),
)


def batch_norm_inference(x, gain, bias, mean, variance, eps=1e-5):
    """After training: shifts and scales each feature by what was learned; a straight line."""
    return gain * (x - mean) / np.sqrt(variance + eps) + bias


def vjp_batch_norm_inference(cotangent, x, gain, bias, mean, variance, eps=1e-5):
    """Every cotangent times the factor of its feature; sums for the two parameters."""
    scale = 1.0 / np.sqrt(variance + eps)
    to_gain = np.sum(cotangent * (x - mean) * scale, axis=0)
    return cotangent * (gain * scale), to_gain, np.sum(cotangent, axis=0)


def _exact_batch_norm_inference(m, x, gain, bias, mean, variance, eps):
    kept = list(zip(gain, bias, mean, variance, strict=True))
    return [
        [
            g * (v - c) / m.sqrt(q + m.mpf(eps)) + b
            for v, (g, b, c, q) in zip(row, kept, strict=True)
        ]
        for row in x
    ]


add(
    batch_norm_inference,
    vjp_batch_norm_inference,
    title="Batch normalisation, inference",
    use="Trained image networks, and fine-tuning with frozen statistics.",
    arguments={
        "x": Argument(says="the inputs, one row for each example", shape="(n, k)"),
        "gain": Argument(says="the gain of each feature", shape="(k)", symbol="g"),
        "bias": Argument(says="the bias of each feature", shape="(k)", symbol="b"),
        "mean": Argument(
            says="the mean that was kept", shape="(k)", symbol="mu", differentiable=False
        ),
        "variance": Argument(
            says="the variance that was kept",
            shape="(k)",
            symbol="v",
            differentiable=False,
            low=0.0,
        ),
    },
    output="(n, k)",
    formula=r"y_{ij} = \frac{g_j\, (x_{ij} - \mu_j)}{\sqrt{v_j + \varepsilon}} + b_j",
    slope=r"\bar x_{ij} = \frac{g_j\, \bar y_{ij}}{\sqrt{v_j + \varepsilon}}",
    where={
        r"\bar g_j": r"\sum_i \bar y_{ij}\, \frac{x_{ij} - \mu_j}{\sqrt{v_j + \varepsilon}}",
        r"\bar b_j": r"\sum_i \bar y_{ij}",
    },
    takes={"eps": EPS},
    exact=_exact_batch_norm_inference,
    wide=("k",),
    kept="The inputs and the factor of each feature.",
    cost="One product for each number; no sum runs through mean or variance.",
    aliases=("batch norm, evaluation", "frozen batch norm"),
    frameworks={
        "PyTorch": "torch.nn.functional.batch_norm(x, mean, variance, gain, bias)",
        "Keras": "keras.layers.BatchNormalization(epsilon=1e-5)(x, training=False)",
    },
    example="""\
x, one = np.array([[1.0], [2.0], [6.0]]), np.ones(1)
kept = one, 0 * one, 3 * one, 4 * one  # gain, bias, mean, variance
print(batch_norm_inference(x, *kept).round(4).T)
slope = vjp_batch_norm_inference(np.ones((3, 1)), x, *kept)[0]
assert abs(slope - 0.5).max() < 1e-5  # no example feels another
""",
    cite=("ioffe2015",),
    empty=("n", "k"),
)


def instance_norm(x, gain, bias, eps=1e-5):
    """Gives each channel of each image mean 0 and variance 1 over its places."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(np.square(centred), axis=-1, keepdims=True)
    return gain[:, None] * centred / np.sqrt(variance + eps) + bias[:, None]


def vjp_instance_norm(cotangent, x, gain, bias, eps=1e-5):
    """The cotangent without its mean and without its part along the normalised values, scaled."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    scale = 1.0 / np.sqrt(np.mean(np.square(centred), axis=-1, keepdims=True) + eps)
    normalised = centred * scale
    along = np.mean(cotangent * normalised, axis=-1, keepdims=True)
    rest = cotangent - np.mean(cotangent, axis=-1, keepdims=True) - normalised * along
    to_gain = np.sum(cotangent * normalised, axis=(0, 2))
    return gain[:, None] * scale * rest, to_gain, np.sum(cotangent, axis=(0, 2))


def _exact_instance_norm(m, x, gain, bias, eps):
    def normalised(places, g, b):
        mean = m.fsum(places) / len(places)
        variance = m.fsum((v - mean) ** 2 for v in places) / len(places)
        return [g * (v - mean) / m.sqrt(variance + m.mpf(eps)) + b for v in places]

    return [[normalised(p, g, b) for p, g, b in zip(c, gain, bias, strict=True)] for c in x]


add(
    instance_norm,
    vjp_instance_norm,
    title="Instance normalisation",
    use="Style transfer: contrast and brightness of each image are taken out.",
    arguments={
        "x": Argument(says="images: channels, places", shape="(n, c, s)"),
        "gain": Argument(says="the gain of each channel", shape="(c)", symbol="g"),
        "bias": Argument(says="the bias of each channel", shape="(c)", symbol="b"),
    },
    output="(n, c, s)",
    formula=r"y_{ijk} = \frac{g_j\, (x_{ijk} - \mu_{ij})}{\sqrt{v_{ij} + \varepsilon}} + b_j",
    slope=r"\bar x_{ijk} = \frac{g_j}{\sqrt{v_{ij} + \varepsilon}}"
    r" \Bigl(\bar y_{ijk} - \frac{1}{s} \sum_l \bar y_{ijl}"
    r" - \hat x_{ijk}\, \frac{1}{s} \sum_l \bar y_{ijl}\, \hat x_{ijl}\Bigr)",
    where={
        r"\mu_{ij}": r"\frac{1}{s} \sum_k x_{ijk}",
        r"v_{ij}": r"\frac{1}{s} \sum_k (x_{ijk} - \mu_{ij})^2",
        r"\hat x_{ijk}": r"\frac{x_{ijk} - \mu_{ij}}{\sqrt{v_{ij} + \varepsilon}}",
        r"\bar g_j": r"\sum_{i,k} \bar y_{ijk}\, \hat x_{ijk}",
        r"\bar b_j": r"\sum_{i,k} \bar y_{ijk}",
    },
    takes={"eps": EPS},
    exact=_exact_instance_norm,
    kept="The normalised values, the scale of each channel of each image and the gain.",
    cost="Two sums over the places of each channel of each image.",
    aliases=("instance norm", "contrast normalisation"),
    frameworks={
        "PyTorch": "torch.nn.functional.instance_norm(x, weight=gain, bias=bias)",
        "Keras": "keras.layers.GroupNormalization(groups=-1)(x)  # channels last",
    },
    example="""\
x = np.array([[[1.0, 2.0, 6.0]]])
print(instance_norm(x, np.ones(1), np.zeros(1)).round(4))
brighter = instance_norm(2 * x + 5, np.ones(1), np.zeros(1))
assert abs(brighter - instance_norm(x, np.ones(1), np.zeros(1))).max() < 1e-5
""",
    empty=("n", "c"),
)


def weight_norm(v, gain):
    """Gives each row of a weight matrix a length of its own: direction and length are learned."""
    return gain[:, None] * v / np.sqrt(np.sum(np.square(v), axis=-1, keepdims=True))


def vjp_weight_norm(cotangent, v, gain):
    """The cotangent without its part along the row, scaled; that part goes to the length."""
    length = np.sqrt(np.sum(np.square(v), axis=-1, keepdims=True))
    unit = v / length
    along = np.sum(cotangent * unit, axis=-1, keepdims=True)
    return gain[:, None] / length * (cotangent - along * unit), along[:, 0]


add(
    weight_norm,
    vjp_weight_norm,
    title="Weight normalisation",
    use="Training with little noise, where a batch is too small for its statistics.",
    arguments={
        "v": Argument(says="the directions, one in each row", shape="(o, n)"),
        "gain": Argument(says="the length of each row", shape="(o)", symbol="g"),
    },
    output="(o, n)",
    formula=r"w_{ij} = \frac{g_i\, v_{ij}}{\sqrt{\sum_k v_{ik}^2}}",
    slope=r"\bar v_{ij} = \frac{g_i}{r_i}"
    r" \Bigl(\bar w_{ij} - u_{ij} \sum_k \bar w_{ik}\, u_{ik}\Bigr)",
    where={
        r"r_i": r"\sqrt{\sum_k v_{ik}^2}",
        r"u_{ij}": r"\frac{v_{ij}}{r_i}",
        r"\bar g_i": r"\sum_j \bar w_{ij}\, u_{ij}",
    },
    exact=lambda m, v, gain: [
        [g * a / m.sqrt(m.fsum(b * b for b in row)) for a in row]
        for row, g in zip(v, gain, strict=True)
    ],
    wide=("n",),
    kept="The directions of unit length, and the lengths.",
    cost="One sum for each row.",
    aliases=("weight norm",),
    frameworks={"PyTorch": "gain[:, None] * torch.nn.functional.normalize(v, dim=-1)"},
    example="""\
v, gain = np.array([[3.0, 4.0]]), np.array([10.0])
print(weight_norm(v, gain).round(4))
to_v, to_gain = vjp_weight_norm(np.array([[1.0, 0.0]]), v, gain)
print(to_v.round(4), to_gain.round(4))
assert abs((to_v * v).sum()) < 1e-12  # a longer row is the same row
""",
    empty=("o",),
)
