"""Distances as layers."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument

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
