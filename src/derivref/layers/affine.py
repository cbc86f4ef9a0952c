"""Linear layers, and what is put around them."""

import numpy as np

from derivref.layers import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add

ROWS = Argument(says="the inputs, one row for each example", shape="(b, n)")


def _product(m, x, weight):
    """The rows of x times the transposed weights."""
    return [[m.fsum(w * v for w, v in zip(row, line, strict=True)) for row in weight] for line in x]


def linear(x, weight, bias):
    """Every output is a weighted sum of the inputs, and a bias."""
    return x @ weight.T + bias


def vjp_linear(cotangent, x, weight, bias):
    """The weights transposed for the input; a sum over the batch for weights and bias."""
    return cotangent @ weight, cotangent.T @ x, np.sum(cotangent, axis=0)


add(
    linear,
    vjp_linear,
    title="Linear layer",
    use="The layer of all networks.",
    arguments={
        "x": ROWS,
        "weight": Argument(says="the weights, a row for each output", shape="(m, n)", symbol="w"),
        "bias": Argument(says="the biases", shape="(m)", symbol="c"),
    },
    output="(b, m)",
    formula=r"y_{ai} = c_i + \sum_j w_{ij}\, x_{aj}",
    slope=r"\bar x_{aj} = \sum_i \bar y_{ai}\, w_{ij}",
    where={
        r"\bar w_{ij}": r"\sum_a \bar y_{ai}\, x_{aj}",
        r"\bar c_i": r"\sum_a \bar y_{ai}",
    },
    exact=lambda m, x, weight, bias: [
        [v + c for v, c in zip(row, bias, strict=True)] for row in _product(m, x, weight)
    ],
    kept="The input and the weights; the value is not needed.",
    cost="Two products of the size of the one in the forward pass.",
    aliases=("dense layer", "fully connected layer", "affine layer"),
    frameworks={
        "PyTorch": "torch.nn.functional.linear(x, weight, bias)",
        "JAX": "x @ weight.T + bias",
    },
    example="""\
x, weight = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0]])
y = linear(x, weight, np.array([0.5]))
to_x, to_weight, to_bias = vjp_linear(np.ones((2, 1)), x, weight, np.array([0.5]))
print(y.ravel(), to_weight, to_bias)
assert to_weight.shape == weight.shape and to_bias[0] == 2.0  # summed over the batch
""",
    empty=("b", "m"),
)


def bilinear(x, z, weight):
    """Every output is a bilinear form of two inputs."""
    return np.einsum("bi,kij,bj->bk", x, weight, z)


def vjp_bilinear(cotangent, x, z, weight):
    """The form with one of the three left out, each time."""
    return (
        np.einsum("bk,kij,bj->bi", cotangent, weight, z),
        np.einsum("bk,kij,bi->bj", cotangent, weight, x),
        np.einsum("bk,bi,bj->kij", cotangent, x, z),
    )


add(
    bilinear,
    vjp_bilinear,
    title="Bilinear layer",
    use="Scores of pairs: question and answer, entity and relation.",
    arguments={
        "x": Argument(says="the first inputs", shape="(b, n)"),
        "z": Argument(says="the second inputs", shape="(b, d)"),
        "weight": Argument(says="a matrix for each output", shape="(k, n, d)", symbol="w"),
    },
    output="(b, k)",
    formula=r"y_{al} = \sum_{i,j} x_{ai}\, w_{lij}\, z_{aj}",
    slope=r"\bar x_{ai} = \sum_{l,j} \bar y_{al}\, w_{lij}\, z_{aj}",
    where={
        r"\bar z_{aj}": r"\sum_{l,i} \bar y_{al}\, w_{lij}\, x_{ai}",
        r"\bar w_{lij}": r"\sum_a \bar y_{al}\, x_{ai}\, z_{aj}",
    },
    exact=lambda m, x, z, weight: [
        [
            m.fsum(
                u * w * v
                for u, line in zip(p, matrix, strict=True)
                for w, v in zip(line, q, strict=True)
            )
            for matrix in weight
        ]
        for p, q in zip(x, z, strict=True)
    ],
    kept="Both inputs and the weights.",
    cost="Three products of the size of the one in the forward pass.",
    aliases=("bilinear form layer",),
    frameworks={"PyTorch": "torch.nn.functional.bilinear(x, z, weight)"},
    example="""\
x, z = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
print(bilinear(x, z, np.eye(2)[None]))
print(vjp_bilinear(np.ones((1, 1)), x, z, np.eye(2)[None])[0])
assert bilinear(x, z, np.eye(2)[None])[0, 0] == 11.0  # with the unit matrix: the dot product
""",
    empty=("b", "k"),
)


def embedding(choice, table):
    """Looks up rows of a table: a product with a matrix of zeros and ones, one in each row."""
    return choice @ table


def vjp_embedding(cotangent, choice, table):
    """Adds each cotangent to the row that was looked up; rows looked up twice get both."""
    return choice.T @ cotangent


def _choice(rng, shape):
    rows, columns = shape
    found = np.zeros(shape)
    found[np.arange(rows), rng.integers(columns, size=rows)] = 1.0
    return found


add(
    embedding,
    vjp_embedding,
    title="Embedding",
    use="Words, users and items as learned vectors.",
    arguments={
        "choice": Argument(
            says="which row is looked up, as rows of zeros and a one",
            shape="(b, n)",
            symbol="s",
            low=0.0,
            high=1.0,
            differentiable=False,
            sample=_choice,
        ),
        "table": Argument(says="a vector for each of the things", shape="(n, d)", symbol="E"),
    },
    output="(b, d)",
    formula=r"y_{ij} = \sum_k s_{ik}\, E_{kj}",
    slope=r"\bar E_{kj} = \sum_i s_{ik}\, \bar y_{ij}",
    exact=lambda m, choice, table: [
        [
            m.fsum(s * row[j] for s, row in zip(line, table, strict=True))
            for j in range(len(table[0]))
        ]
        for line in choice
    ],
    kept="The indices alone.",
    cost="With indices, `np.add.at(result, index, cotangent)`: no product is formed.",
    aliases=("lookup table", "embedding lookup"),
    frameworks={
        "PyTorch": "torch.nn.functional.embedding(choice.argmax(-1), table)",
        "JAX": "table[choice.argmax(-1)]",
    },
    example="""\
index, table = np.array([2, 0, 2]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
choice = np.eye(3)[index]
print(embedding(choice, table))
by_index = np.zeros((3, 2))
np.add.at(by_index, index, np.ones((3, 2)))
assert np.array_equal(vjp_embedding(np.ones((3, 2)), choice, table), by_index)
""",
    empty=("b", "d"),
)


def lora(x, weight, down, up, alpha=1.0):
    """A frozen linear layer, and beside it a product of two thin ones that are trained."""
    rank = float(down.shape[0])
    return x @ weight.T + (alpha / rank) * (x @ down.T @ up.T)


def vjp_lora(cotangent, x, weight, down, up, alpha=1.0):
    """To the input by both ways; to the thin matrices through each other."""
    scale = alpha / float(down.shape[0])
    back = scale * (cotangent @ up)
    return (
        cotangent @ weight + back @ down,
        cotangent.T @ x,
        back.T @ x,
        scale * (cotangent.T @ (x @ down.T)),
    )


def _exact_lora(m, x, weight, down, up, alpha):
    thin = _product(m, _product(m, x, down), up)
    scale = m.mpf(alpha) / len(down)
    return [
        [a + scale * b for a, b in zip(p, q, strict=True)]
        for p, q in zip(_product(m, x, weight), thin, strict=True)
    ]


add(
    lora,
    vjp_lora,
    title="Low-rank adaptation",
    use="Fine-tuning of large models: only the thin matrices have gradients that are used.",
    arguments={
        "x": ROWS,
        "weight": Argument(says="the frozen weights", shape="(m, n)", symbol="w"),
        "down": Argument(says="the first thin matrix", shape="(r, n)", symbol="u"),
        "up": Argument(says="the second thin matrix, 0 at the start", shape="(m, r)", symbol="v"),
    },
    output="(b, m)",
    formula=r"y_{ai} = \sum_j w_{ij}\, x_{aj}"
    r" + \frac{\alpha}{r} \sum_k v_{ik} \sum_j u_{kj}\, x_{aj}",
    slope=r"\bar x_{aj} = \sum_i \bar y_{ai}\, w_{ij}"
    r" + \frac{\alpha}{r} \sum_k u_{kj} \sum_i \bar y_{ai}\, v_{ik}",
    where={
        r"\bar w_{ij}": r"\sum_a \bar y_{ai}\, x_{aj}",
        r"\bar u_{kj}": r"\frac{\alpha}{r} \sum_a x_{aj} \sum_i \bar y_{ai}\, v_{ik}",
        r"\bar v_{ik}": r"\frac{\alpha}{r} \sum_a \bar y_{ai} \sum_j u_{kj}\, x_{aj}",
    },
    takes={"alpha": Parameter(says="the scale of the thin part", symbol="alpha", low=0.0)},
    sizes={"r": 2},
    exact=_exact_lora,
    kept="The input; the gradient of the frozen weights is not formed in training.",
    cost="Two thin products beside those of the linear layer.",
    aliases=("low-rank adapter",),
    example="""\
rng = np.random.default_rng(0)
x, down = rng.normal(size=(3, 4)), rng.normal(size=(1, 4))
weight = rng.normal(size=(2, 4))
to_x, _, to_down, to_up = vjp_lora(np.ones((3, 2)), x, weight, down, np.zeros((2, 1)))
print(to_down, to_up.shape)
assert not to_down.any()  # with `up` at 0 only `up` moves in the first step
""",
    empty=("b", "m"),
)


def residual(x, weight, bias):
    """A layer whose value is added to its input: here a linear one behind a ReLU."""
    return x + np.maximum(x, 0.0) @ weight.T + bias


def vjp_residual(cotangent, x, weight, bias):
    """The cotangent as it is, and what comes back through the layer."""
    back = np.where(x > 0.0, cotangent @ weight, 0.0)
    return cotangent + back, cotangent.T @ np.maximum(x, 0.0), np.sum(cotangent, axis=0)


add(
    residual,
    vjp_residual,
    title="Residual block",
    use="Networks of a hundred layers and more: the identity carries the gradient.",
    arguments={
        "x": ROWS,
        "weight": Argument(says="the weights", shape="(n, n)", symbol="w"),
        "bias": Argument(says="the biases", shape="(n)", symbol="c"),
    },
    output="(b, n)",
    formula=r"y_{ai} = x_{ai} + c_i + \sum_j w_{ij}\, \max(0, x_{aj})",
    slope=r"\bar x_{aj} = \bar y_{aj} + s_{aj} \sum_i \bar y_{ai}\, w_{ij}",
    where={
        r"s_{aj}": r"\begin{cases} 1 & x_{aj} > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\bar w_{ij}": r"\sum_a \bar y_{ai}\, \max(0, x_{aj})",
        r"\bar c_i": r"\sum_a \bar y_{ai}",
    },
    exact=lambda m, x, weight, bias: [
        [v + u + c for v, u, c in zip(line, row, bias, strict=True)]
        for line, row in zip(
            x, _product(m, [[max(v, m.mpf(0)) for v in line] for line in x], weight), strict=True
        )
    ],
    tied="At 0 the slope of the ReLU that is returned is 0.",
    kept="The input and the weights.",
    cost="One addition per entry beside the layer.",
    aliases=("skip connection", "shortcut connection", "ResNet block"),
    example="""\
x, nothing = np.array([[1.0, -2.0]]), np.zeros((2, 2))
print(residual(x, nothing, np.zeros(2)))
print(vjp_residual(np.array([[3.0, 4.0]]), x, nothing, np.zeros(2))[0])
assert vjp_residual(np.array([[3.0, 4.0]]), x, nothing, np.zeros(2))[0][0, 1] == 4.0
""",
    empty=("b",),
)


def dropout(x, mask, rate=0.5):
    """Keeps the entries of a given mask, scaled so that the mean stays."""
    return np.where(mask, x, 0.0) / (1.0 - rate)


def vjp_dropout(cotangent, x, mask, rate=0.5):
    """The same mask and the same scale."""
    return np.where(mask, cotangent, 0.0) / (1.0 - rate)


add(
    dropout,
    vjp_dropout,
    title="Dropout",
    use="Regularisation: in every step some entries are missing.",
    arguments={
        "x": Argument(says="the inputs", shape="(..., n)"),
        "mask": Argument(
            says="which entries are kept",
            shape="(..., n)",
            symbol="m",
            boolean=True,
            sample=lambda rng, shape: rng.random(size=shape) < 0.5,
        ),
    },
    output="(..., n)",
    formula=r"y_i = \frac{m_i\, x_i}{1 - \rho}",
    slope=r"\bar x_i = \frac{m_i\, \bar y_i}{1 - \rho}",
    takes={
        "rate": Parameter(
            says="the share that is left out", symbol="rho", low=0.0, high=1.0, closed=(True, False)
        )
    },
    exact=lambda m, x, mask, rate: [
        v / (1 - m.mpf(rate)) if keep else m.mpf(0) for v, keep in zip(x, mask, strict=True)
    ],
    kept="The mask, or the seed that draws it again.",
    cost="One product per entry.",
    aliases=("inverted dropout",),
    frameworks={"PyTorch": "torch.where(mask, x, 0.0) / (1 - rate)"},
    example="""\
x, mask = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
print(dropout(x, mask))
print(vjp_dropout(np.ones(3), x, mask))
assert vjp_dropout(np.ones(3), x, mask)[1] == 0.0
""",
)


def expert_gate(x, weight, values):
    """Mixes the values of experts, weighted by a softmax of linear scores."""
    z = x @ weight.T
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    return np.einsum("bk,bkm->bm", p, values)


def vjp_expert_gate(cotangent, x, weight, values):
    """To each expert its weight; to the scores what each expert is better than the mixture."""
    z = x @ weight.T
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    each = np.einsum("bm,bkm->bk", cotangent, values)
    down = p * (each - np.sum(p * each, axis=-1, keepdims=True))
    return down @ weight, down.T @ x, np.einsum("bk,bm->bkm", p, cotangent)


def _exact_expert_gate(m, x, weight, values):
    rows = []
    for scores, experts in zip(_product(m, x, weight), values, strict=True):
        top = max(scores)
        shares = [m.exp(s - top) for s in scores]
        total = m.fsum(shares)
        rows.append(
            [
                m.fsum(s * e[j] for s, e in zip(shares, experts, strict=True)) / total
                for j in range(len(experts[0]))
            ]
        )
    return rows


add(
    expert_gate,
    vjp_expert_gate,
    title="Gate of a mixture of experts",
    use="Large sparse models: scores decide which experts see an example.",
    arguments={
        "x": ROWS,
        "weight": Argument(says="the weights of the scores", shape="(k, n)", symbol="w"),
        "values": Argument(says="what each expert says", shape="(b, k, m)", symbol="v"),
    },
    output="(b, m)",
    formula=r"y_{aj} = \sum_l p_{al}\, v_{alj}",
    slope=r"\bar x_{ai} = \sum_l \bar z_{al}\, w_{li}",
    where={
        r"p_{al}": r"\frac{e^{z_{al}}}{\sum_q e^{z_{aq}}}",
        r"z_{al}": r"\sum_i w_{li}\, x_{ai}",
        r"\bar z_{al}": r"p_{al} \Bigl(d_{al} - \sum_q p_{aq}\, d_{aq}\Bigr)",
        r"d_{al}": r"\sum_j \bar y_{aj}\, v_{alj}",
        r"\bar w_{li}": r"\sum_a \bar z_{al}\, x_{ai}",
        r"\bar v_{alj}": r"p_{al}\, \bar y_{aj}",
    },
    exact=_exact_expert_gate,
    kept="The input, the weights of the experts, and their values.",
    cost="One product per expert and entry, and a softmax.",
    aliases=("MoE gate", "mixture-of-experts router"),
    example="""\
x, weight = np.array([[1.0]]), np.array([[2.0], [0.0]])
values = np.array([[[1.0], [0.0]]])
to_x, to_weight, to_values = vjp_expert_gate(np.ones((1, 1)), x, weight, values)
print(expert_gate(x, weight, values).round(4), to_weight.round(4))
assert to_weight[0, 0] > 0.0 > to_weight[1, 0]  # the better expert gains weight
""",
    empty=("b", "m"),
    reach=1.0,
)
