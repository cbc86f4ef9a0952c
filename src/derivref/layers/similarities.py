"""Distances as layers."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add


def pairwise_distance(x, z):
    """The Euclidean distance of every row of one matrix from every row of another."""
    return np.sqrt(np.sum(np.square(x[:, None] - z[None]), axis=-1))


def vjp_pairwise_distance(cotangent, x, z):
    """The directions of the differences, weighted; 0 where two rows are equal."""
    gap = x[:, None] - z[None]
    distance = np.sqrt(np.sum(np.square(gap), axis=-1, keepdims=True))
    unit = np.where(distance > 0.0, gap / np.where(distance > 0.0, distance, 1.0), 0.0)
    down = cotangent[..., None] * unit
    return np.sum(down, axis=1), -np.sum(down, axis=0)


add(
    pairwise_distance,
    vjp_pairwise_distance,
    title="Pairwise distances",
    use="Nearest neighbours, kernels, and losses of triplets.",
    arguments={
        "x": Argument(says="the first points, one in each row", shape="(p, n)"),
        "z": Argument(says="the second points, one in each row", shape="(q, n)"),
    },
    output="(p, q)",
    formula=r"y_{ij} = \sqrt{\sum_k (x_{ik} - z_{jk})^2}",
    slope=r"\bar x_{ik} = \sum_j \bar y_{ij}\, \frac{x_{ik} - z_{jk}}{y_{ij}}",
    where={r"\bar z_{jk}": r"\sum_i \bar y_{ij}\, \frac{z_{jk} - x_{ik}}{y_{ij}}"},
    exact=lambda m, x, z: [
        [m.sqrt(m.fsum((a - b) ** 2 for a, b in zip(u, v, strict=True))) for v in z] for u in x
    ],
    tied="Where two points are equal every vector of length at most 1 is a subgradient; it is 0.",
    kept="Both matrices and the distances.",
    cost="One division per pair and component.",
    aliases=("cdist", "distance matrix"),
    frameworks={"PyTorch": "torch.cdist(x, z)"},
    example="""\
x, z = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])
print(pairwise_distance(x, z).ravel())
print(vjp_pairwise_distance(np.ones((2, 1)), x, z)[0])
assert not vjp_pairwise_distance(np.ones((2, 1)), x, z)[0][0].any()  # equal points: 0, not NaN
""",
    empty=("p", "q"),
)


def l2_normalize(x, eps=1e-12):
    """Gives each vector the length 1, unless it is shorter than eps."""
    length = np.sqrt(np.sum(np.square(x), axis=-1, keepdims=True))
    return x / np.maximum(length, eps)


def vjp_l2_normalize(cotangent, x, eps=1e-12):
    """The cotangent without its part along the vector, over the length; over eps near 0."""
    length = np.sqrt(np.sum(np.square(x), axis=-1, keepdims=True))
    unit = x / np.maximum(length, eps)
    along = np.sum(cotangent * unit, axis=-1, keepdims=True)
    along = np.where(length > eps, along, 0.0)
    return (cotangent - along * unit) / np.maximum(length, eps)


def _exact_l2_normalize(m, x, eps):
    length = m.sqrt(m.fsum(v * v for v in x))
    return [v / max(length, m.mpf(eps)) for v in x]


add(
    l2_normalize,
    vjp_l2_normalize,
    title="L2 normalisation",
    use="Embeddings that are compared by their directions.",
    arguments={"x": Argument(says="the vectors, along the last axis", shape="(..., n)")},
    output="(..., n)",
    formula=r"y_i = \frac{x_i}{\max(r, \varepsilon)}",
    slope=r"\bar x_i = \frac{1}{r} \Bigl(\bar y_i - y_i \sum_k \bar y_k\, y_k\Bigr)",
    where={r"r": r"\sqrt{\sum_k x_k^2}"},
    takes={"eps": Parameter(says="the least length", symbol="varepsilon", low=0.0)},
    exact=_exact_l2_normalize,
    wide=("n",),
    tied="A vector shorter than eps is divided by eps, and so is its cotangent.",
    kept="The vectors of length 1, and the lengths.",
    cost="One sum for each vector.",
    aliases=("normalise", "unit vector"),
    frameworks={
        "PyTorch": "torch.nn.functional.normalize(x, dim=-1)",
        "TensorFlow": "tf.math.l2_normalize(x, axis=-1)",
        "Keras": "keras.ops.normalize(x, axis=-1)",
    },
    example="""\
x = np.array([[3.0, 4.0], [0.0, 0.0]])
print(l2_normalize(x).round(4))
slope = vjp_l2_normalize(np.array([[1.0, 0.0], [1.0, 0.0]]), x)
print(slope[0].round(4))
assert abs(slope[1, 0] / 1e12 - 1.0) < 1e-12  # at the origin: the cotangent over eps
""",
)


def cosine_similarity(x, z):
    """The cosine of the angle between two vectors."""
    lengths = np.sqrt(np.sum(np.square(x), axis=-1) * np.sum(np.square(z), axis=-1))
    return np.sum(x * z, axis=-1) / lengths


def vjp_cosine_similarity(cotangent, x, z):
    """The direction of the other vector without its part along this one, over the length."""
    r, q = (np.sqrt(np.sum(np.square(v), axis=-1, keepdims=True)) for v in (x, z))
    a, b = x / r, z / q
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    down = np.expand_dims(cotangent, -1)
    return down * (b - cosine * a) / r, down * (a - cosine * b) / q


add(
    cosine_similarity,
    vjp_cosine_similarity,
    title="Cosine similarity",
    use="Retrieval and contrastive learning: lengths do not count.",
    arguments={
        "x": Argument(says="one vector, along the last axis", shape="(..., n)"),
        "z": Argument(says="the other vector", shape="(..., n)"),
    },
    output="(...)",
    formula=r"y = \frac{\sum_k x_k\, z_k}{\sqrt{\sum_k x_k^2}\, \sqrt{\sum_k z_k^2}}",
    slope=r"\bar x_i = \frac{\bar y}{r} \Bigl(\frac{z_i}{q} - y\, \frac{x_i}{r}\Bigr)",
    where={
        r"r": r"\sqrt{\sum_k x_k^2}",
        r"q": r"\sqrt{\sum_k z_k^2}",
        r"\bar z_i": r"\frac{\bar y}{q} \Bigl(\frac{x_i}{r} - y\, \frac{z_i}{q}\Bigr)",
    },
    exact=lambda m, x, z: (
        m.fsum(a * b for a, b in zip(x, z, strict=True))
        / m.sqrt(m.fsum(a * a for a in x) * m.fsum(b * b for b in z))
    ),
    wide=("n",),
    kept="Both vectors of length 1, and the lengths.",
    cost="Three sums for each pair.",
    aliases=("cosine of the angle",),
    frameworks={
        "PyTorch": "torch.nn.functional.cosine_similarity(x, z, dim=-1)",
        "Keras": "-keras.losses.cosine_similarity(x, z, axis=-1)",
    },
    example="""\
x, z = np.array([3.0, 4.0]), np.array([1.0, 0.0])
print(cosine_similarity(x, z).round(4))
to_x, to_z = vjp_cosine_similarity(np.float64(1.0), x, z)
print(to_x.round(4), to_z.round(4))
assert abs(to_x @ x) < 1e-12 and abs(to_z @ z) < 1e-12  # lengths do not count
""",
    empty=False,
)
