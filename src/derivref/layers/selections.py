"""Layers that select: maxima, sorting, pieces of the input."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument

add = FAMILY.add

X = Argument(says="the inputs, one vector along the last axis", shape="(..., n)")


def maximum(x):
    """The largest entry along the last axis."""
    return np.max(x, axis=-1)


def vjp_maximum(cotangent, x):
    """The cotangent at the largest entry; those that tie share it evenly."""
    held = (x == np.max(x, axis=-1, keepdims=True)).astype(x.dtype)
    return np.expand_dims(cotangent, -1) * held / np.sum(held, axis=-1, keepdims=True)


add(
    maximum,
    vjp_maximum,
    title="Maximum of a vector",
    use="Global max pooling, maxout, and the shift that keeps exponentials from overflowing.",
    arguments={"x": X},
    output="(...)",
    formula=r"y = \max(x)",
    slope=r"\bar x_i = \frac{s_i}{\sum_k s_k}\, \bar y",
    where={r"s_i": r"\begin{cases} 1 & x_i \ge \max(x) \\ 0 & \text{otherwise} \end{cases}"},
    exact=lambda m, x: max(x),
    tied="At a tie any mean of the unit vectors is a subgradient; the code shares evenly.",
    kept="Which entries are the largest.",
    cost="One comparison per entry.",
    aliases=("reduce max", "amax", "global max pooling"),
    frameworks={
        "PyTorch": "torch.amax(x, dim=-1)",
        "JAX": "jnp.max(x, axis=-1)",
        "Keras": "keras.ops.max(x, axis=-1)",
    },
    example="""\
x = np.array([[1.0, 3.0, 2.0], [5.0, 5.0, 0.0]])
print(maximum(x))
print(vjp_maximum(np.ones(2), x))
assert vjp_maximum(np.ones(2), x)[1, 0] == 0.5  # a tie
""",
    empty=False,
)


def sort(x):
    """The entries along the last axis in rising order."""
    return np.sort(x, axis=-1)


def vjp_sort(cotangent, x):
    """Each cotangent back to the place that its entry came from."""
    order = np.argsort(x, axis=-1, kind="stable")
    result = np.zeros_like(cotangent)
    np.put_along_axis(result, order, cotangent, axis=-1)
    return result


add(
    sort,
    vjp_sort,
    title="Sort",
    use="Losses of ranks and quantiles, and Wasserstein distances on the line.",
    arguments={"x": X},
    output="(..., n)",
    formula=r"y_i = \sum_j p_{ij}\, x_j",
    slope=r"\bar x_j = \sum_i p_{ij}\, \bar y_i",
    where={
        r"p_{ij}": r"[i = r_j]",
        r"r_j": r"\sum_k b_{kj}",
        r"b_{kj}": r"\begin{cases} 1 & x_k < x_j \\ 0 & \text{otherwise} \end{cases}",
    },
    exact=lambda m, x: sorted(x),
    tied="At a tie the places are exchangeable; the code keeps the order of the input.",
    kept="The permutation.",
    cost="A copy: the backward pass is the permutation the other way.",
    aliases=("sorting layer", "order statistics"),
    frameworks={"PyTorch": "torch.sort(x, dim=-1).values", "JAX": "jnp.sort(x, axis=-1)"},
    example="""\
x = np.array([3.0, 1.0, 2.0])
print(sort(x))
print(vjp_sort(np.array([10.0, 20.0, 30.0]), x))
assert vjp_sort(np.array([10.0, 20.0, 30.0]), x)[0] == 30.0  # 3 came out last
""",
)


def crelu(x):
    """The positive parts of the entries and of their negatives, side by side."""
    return np.concatenate([np.maximum(x, 0.0), np.maximum(-x, 0.0)], axis=-1)


def vjp_crelu(cotangent, x):
    """The first half where the entry is positive, less the second where it is negative."""
    first, second = np.split(cotangent, 2, axis=-1)
    return np.where(x > 0.0, first, 0.0) - np.where(x < 0.0, second, 0.0)


add(
    crelu,
    vjp_crelu,
    title="Concatenated ReLU",
    use="Early convolutions, whose filters come in pairs of opposite sign.",
    arguments={"x": X},
    output="(..., 2*n)",
    formula=r"y_i = \max(0, u_i)",
    slope=r"\bar x_i = \sum_j \bigl(a_i\, [j = i] - b_i\, [j = n + i]\bigr)\, \bar y_j",
    where={
        r"a_i": r"\begin{cases} 1 & x_i > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"b_i": r"\begin{cases} 1 & x_i < 0 \\ 0 & \text{otherwise} \end{cases}",
        r"u_i": r"\sum_j ([i = j] - [i = n + j])\, x_j",
    },
    exact=lambda m, x: [max(v, m.mpf(0)) for v in x] + [max(-v, m.mpf(0)) for v in x],
    tied="At 0 the slope returned is 0.",
    kept="The signs of the entries.",
    cost="Two selections per entry.",
    aliases=("concatenated rectifier",),
    frameworks={"PyTorch": "torch.relu(torch.cat([x, -x], dim=-1))"},
    example="""\
x = np.array([-2.0, 3.0])
print(crelu(x) + 0.0)
print(vjp_crelu(np.array([1.0, 1.0, 1.0, 1.0]), x))
assert crelu(x)[2] == 2.0
""",
)


def maxout(x, weight, bias):
    """The largest of several linear functions: an activation that is learned."""
    return np.max(np.einsum("bn,kmn->bmk", x, weight) + bias.T, axis=-1)


def vjp_maxout(cotangent, x, weight, bias):
    """The backward pass of the linear function that won; ties share evenly."""
    z = np.einsum("bn,kmn->bmk", x, weight) + bias.T
    held = (z == np.max(z, axis=-1, keepdims=True)).astype(z.dtype)
    down = np.expand_dims(cotangent, -1) * held / np.sum(held, axis=-1, keepdims=True)
    to_weight = np.einsum("bmk,bn->kmn", down, x)
    return np.einsum("bmk,kmn->bn", down, weight), to_weight, np.sum(down, axis=0).T


def _exact_maxout(m, x, weight, bias):
    return [
        [
            max(
                m.fsum(w * v for w, v in zip(piece[i], row, strict=True)) + shift[i]
                for piece, shift in zip(weight, bias, strict=True)
            )
            for i in range(len(weight[0]))
        ]
        for row in x
    ]


add(
    maxout,
    vjp_maxout,
    title="Maxout",
    use="Learned convex activations, made to be trained with dropout.",
    arguments={
        "x": Argument(says="the inputs, one row for each example", shape="(b, n)"),
        "weight": Argument(says="the weights of each piece", shape="(k, m, n)", symbol="w"),
        "bias": Argument(says="the bias of each piece", shape="(k, m)", symbol="c"),
    },
    output="(b, m)",
    formula=r"y_{ai} = \sum_l s_{ail}\, z_{ail}",
    slope=r"\bar x_{aj} = \sum_{i,l} \bar y_{ai}\, s_{ail}\, w_{lij}",
    where={
        r"z_{ail}": r"c_{li} + \sum_j w_{lij}\, x_{aj}",
        r"s_{ail}": r"\frac{h_{ail}}{\sum_q h_{aiq}}",
        r"h_{ail}": r"\begin{cases} 1 & \sum_q t_{ailq} \ge k \\ 0 & \text{otherwise} \end{cases}",
        r"t_{ailq}": r"\begin{cases} 1 & z_{ail} \ge z_{aiq} \\ 0 & \text{otherwise} \end{cases}",
        r"\bar w_{lij}": r"\sum_a \bar y_{ai}\, s_{ail}\, x_{aj}",
        r"\bar c_{li}": r"\sum_a \bar y_{ai}\, s_{ail}",
    },
    sizes={"k": 3, "m": 2, "n": 2, "b": 3},
    exact=_exact_maxout,
    tied="Where two pieces tie the code shares the cotangent evenly.",
    kept="The input, and which piece is the largest.",
    cost="As the linear layers of all pieces; only those that won count in the backward pass.",
    aliases=("maxout unit", "maxout network"),
    example="""\
x = np.array([[2.0], [-3.0]])
weight, bias = np.array([[[1.0]], [[-1.0]]]), np.zeros((2, 1))
print(maxout(x, weight, bias).ravel())
assert maxout(x, weight, bias)[1, 0] == 3.0  # two pieces make the absolute value
""",
    empty=("b", "m"),
)
