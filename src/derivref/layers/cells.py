"""Cells of recurrent networks: one step in time, and its backward pass."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from derivref.layers import FAMILY
from derivref.records import Argument, Option

add = FAMILY.add

STEP = {
    "x": Argument(says="the inputs of this step", shape="(b, n)"),
    "h": Argument(says="the state before it", shape="(b, k)"),
}


def _linear(m, x, weight):
    return [[m.fsum(w * v for w, v in zip(row, line, strict=True)) for row in weight] for line in x]


def _added(*rows):
    """The sum of matrices."""
    return [[sum(cells) for cells in zip(*lines, strict=True)] for lines in zip(*rows, strict=True)]


def _sigmoid(m, v):
    return 1 / (1 + m.exp(-v))


def rnn_cell(x, h, weight, turn, bias):
    """The next state: the tanh of a linear function of input and state."""
    return np.tanh(x @ weight.T + h @ turn.T + bias)


def vjp_rnn_cell(cotangent, x, h, weight, turn, bias):
    """The slope of tanh from the new state, then the two linear maps."""
    new = rnn_cell(x, h, weight, turn, bias)
    down = cotangent * (1.0 - new) * (1.0 + new)
    return down @ weight, down @ turn, down.T @ x, down.T @ h, np.sum(down, axis=0)


add(
    rnn_cell,
    vjp_rnn_cell,
    title="Recurrent cell",
    use="The plainest network with a memory; where vanishing gradients were found.",
    arguments={
        **STEP,
        "weight": Argument(says="the weights of the input", shape="(k, n)", symbol="w"),
        "turn": Argument(says="the weights of the state", shape="(k, k)", symbol="u"),
        "bias": Argument(says="the biases", shape="(k)", symbol="c"),
    },
    output="(b, k)",
    formula=r"y_{ai} = \tanh(c_i + \sum_j w_{ij}\, x_{aj} + \sum_l u_{il}\, h_{al})",
    slope=r"\bar x_{aj} = \sum_i d_{ai}\, w_{ij}",
    where={
        r"d_{ai}": r"\bar y_{ai}\, (1 - y_{ai}^2)",
        r"\bar h_{al}": r"\sum_i d_{ai}\, u_{il}",
        r"\bar w_{ij}": r"\sum_a d_{ai}\, x_{aj}",
        r"\bar u_{il}": r"\sum_a d_{ai}\, h_{al}",
        r"\bar c_i": r"\sum_a d_{ai}",
    },
    exact=lambda m, x, h, weight, turn, bias: [
        [m.tanh(v + c) for v, c in zip(line, bias, strict=True)]
        for line in _added(_linear(m, x, weight), _linear(m, h, turn))
    ],
    kept="The new state, the input and the old state.",
    cost="Four products of the size of the two in the forward pass.",
    aliases=("RNN cell", "Elman cell", "vanilla RNN"),
    frameworks={"PyTorch": "torch.tanh(x @ weight.T + h @ turn.T + bias)"},
    example="""\
x, h = np.array([[1.0]]), np.array([[0.5]])
w, u, c = np.array([[1.0]]), np.array([[2.0]]), np.zeros(1)
print(rnn_cell(x, h, w, u, c).round(4))
to_h = vjp_rnn_cell(np.ones((1, 1)), x, h, w, u, c)[1]
print(to_h.round(4))
assert to_h[0, 0] < 2.0  # the slope of tanh makes the factor smaller than the weight
""",
    empty=("b", "k"),
    reach=1.0,
)


def _gates(x, h, weight, turn, bias):
    """The linear functions of input and state, one for each gate."""
    seen = np.einsum("qkn,bn->qbk", weight, x) + np.einsum("qkl,bl->qbk", turn, h)
    return seen + bias[:, None]


def _through_gates(down, x, h, weight, turn):
    """Back through those linear functions."""
    return (
        np.einsum("qbk,qkn->bn", down, weight),
        np.einsum("qbk,qkl->bl", down, turn),
        np.einsum("qbk,bn->qkn", down, x),
        np.einsum("qbk,bl->qkl", down, h),
        np.sum(down, axis=1),
    )


def lstm_cell(x, h, memory, weight, turn, bias):
    """The next state and memory: gates forget, write and show."""
    write, forget, what, show = _gates(x, h, weight, turn, bias)
    new = expit(forget) * memory + expit(write) * np.tanh(what)
    return np.stack([expit(show) * np.tanh(new), new])


def vjp_lstm_cell(cotangent, x, h, memory, weight, turn, bias):
    """Through the gates; the memory's cotangent passes times the forget gate alone."""
    to_state, to_memory = cotangent
    write, forget, what, show = _gates(x, h, weight, turn, bias)
    i, f, o, g = expit(write), expit(forget), expit(show), np.tanh(what)
    shown = np.tanh(f * memory + i * g)
    inner = to_memory + to_state * o * (1.0 - shown) * (1.0 + shown)
    to_write = inner * g * (i * expit(-write))
    to_forget = inner * memory * (f * expit(-forget))
    to_show = to_state * shown * (o * expit(-show))
    to_what = inner * i * (1.0 - g) * (1.0 + g)
    down = np.stack([to_write, to_forget, to_what, to_show])
    to_x, to_h, to_weight, to_turn, to_bias = _through_gates(down, x, h, weight, turn)
    return to_x, to_h, inner * f, to_weight, to_turn, to_bias


def _exact_gates(m, x, h, weight, turn, bias):
    """For each gate, example and unit."""
    return [
        [
            [v + b for v, b in zip(line, c, strict=True)]
            for line in _added(_linear(m, x, w), _linear(m, h, u))
        ]
        for w, u, c in zip(weight, turn, bias, strict=True)
    ]


def _exact_lstm(m, x, h, memory, weight, turn, bias):
    write, forget, what, show = _exact_gates(m, x, h, weight, turn, bias)
    places = [(a, j) for a in range(len(x)) for j in range(len(bias[0]))]
    states, memories = ([[None] * len(bias[0]) for _ in x] for _ in range(2))
    for a, j in places:
        new = _sigmoid(m, forget[a][j]) * memory[a][j] + _sigmoid(m, write[a][j]) * m.tanh(
            what[a][j]
        )
        memories[a][j] = new
        states[a][j] = _sigmoid(m, show[a][j]) * m.tanh(new)
    return [states, memories]


GATES = {
    "weight": Argument(
        says="the weights of the input, a matrix each", shape="({}, k, n)", symbol="w"
    ),
    "turn": Argument(
        says="the weights of the state, in this order", shape="({}, k, k)", symbol="u"
    ),
    "bias": Argument(says="the biases, in this order", shape="({}, k)", symbol="c"),
}


def _for_gates(count, says):
    """The arguments of a cell with so many gates."""
    shaped = {n: replace(a, shape=a.shape.format(count)) for n, a in GATES.items()}
    return {**shaped, "weight": replace(shaped["weight"], says=says)}


add(
    lstm_cell,
    vjp_lstm_cell,
    title="LSTM cell",
    use="Long sequences: the memory carries gradients without a weight in between.",
    arguments={
        **STEP,
        "memory": Argument(says="the memory before it", shape="(b, k)", symbol="m"),
        **_for_gates(4, "the weights of the input: to write, to forget, what is written, to show"),
    },
    output="(2, b, k)",
    formula=r"y_{sai} = [s = 0]\, \sigma(z_{3,a,i})\, t_{ai} + [s = 1]\, v_{ai}",
    slope=r"\bar m_{ai} = \sigma(z_{1,a,i})\, d_{ai}",
    where={
        r"z_{qai}": r"c_{qi} + \sum_j w_{qij}\, x_{aj} + \sum_l u_{qil}\, h_{al}",
        r"v_{ai}": r"\sigma(z_{1,a,i})\, m_{ai} + \sigma(z_{0,a,i})\, o_{ai}",
        r"o_{ai}": r"\tanh(z_{2,a,i})",
        r"t_{ai}": r"\tanh(v_{ai})",
        r"d_{ai}": r"\bar y_{1,a,i} + \bar y_{0,a,i}\, \sigma(z_{3,a,i})\, (1 - t_{ai}^2)",
        r"\bar z_{qai}": r"[q = 0]\, d_{ai}\, o_{ai}\, \sigma(z_{0,a,i})\, \sigma(-z_{0,a,i})"
        r" + [q = 1]\, d_{ai}\, m_{ai}\, \sigma(z_{1,a,i})\, \sigma(-z_{1,a,i})"
        r" + [q = 2]\, d_{ai}\, \sigma(z_{0,a,i})\, (1 - o_{ai}^2)"
        r" + [q = 3]\, \bar y_{0,a,i}\, t_{ai}\, \sigma(z_{3,a,i})\, \sigma(-z_{3,a,i})",
        r"\bar x_{aj}": r"\sum_{q,i} \bar z_{qai}\, w_{qij}",
        r"\bar h_{al}": r"\sum_{q,i} \bar z_{qai}\, u_{qil}",
        r"\bar w_{qij}": r"\sum_a \bar z_{qai}\, x_{aj}",
        r"\bar u_{qil}": r"\sum_a \bar z_{qai}\, h_{al}",
        r"\bar c_{qi}": r"\sum_a \bar z_{qai}",
    },
    exact=_exact_lstm,
    kept="The four gates' values, both memories, the input and the old state.",
    cost="Twice the products of the forward pass.",
    aliases=("long short-term memory",),
    example="""\
x, h, memory = np.zeros((1, 1)), np.zeros((1, 1)), np.ones((1, 1))
none = np.zeros((4, 1, 1))
bias = np.array([[-9.0], [9.0], [0.0], [0.0]])  # write nothing, forget nothing
y, new = lstm_cell(x, h, memory, none, none, bias)
back = vjp_lstm_cell(np.stack([0.0 * y, new]), x, h, memory, none, none, bias)
print(y.round(3), new.round(3), back[2].round(3))
# the memory hands its cotangent on undiminished
assert abs(back[2][0, 0] - new[0, 0]) < 1e-3
""",
    empty=("b",),
    reach=1.0,
)


def gru_cell(x, h, weight, turn, bias, reset="after"):
    """The next state: a gated mean of the old one and a candidate."""
    fx, rx, nx = np.einsum("qkn,bn->qbk", weight, x) + bias[:, None]
    z, r = expit(fx + h @ turn[0].T), expit(rx + h @ turn[1].T)
    inner = r * (h @ turn[2].T) if reset == "after" else (r * h) @ turn[2].T
    return z * h + (1.0 - z) * np.tanh(nx + inner)


def vjp_gru_cell(cotangent, x, h, weight, turn, bias, reset="after"):
    """Through the mean, the candidate, and both gates."""
    fx, rx, nx = np.einsum("qkn,bn->qbk", weight, x) + bias[:, None]
    az, ar, seen = fx + h @ turn[0].T, rx + h @ turn[1].T, h @ turn[2].T
    z, r = expit(az), expit(ar)
    n = np.tanh(nx + (r * seen if reset == "after" else (r * h) @ turn[2].T))
    to_n = cotangent * expit(-az) * (1.0 - n) * (1.0 + n)
    to_z = cotangent * (h - n) * (z * expit(-az))
    if reset == "after":
        to_r = to_n * seen * (r * expit(-ar))
        back, to_last = (to_n * r) @ turn[2], (to_n * r).T @ h
    else:
        to_r = (to_n @ turn[2]) * h * (r * expit(-ar))
        back, to_last = (to_n @ turn[2]) * r, to_n.T @ (r * h)
    down = np.stack([to_z, to_r, to_n])
    return (
        np.einsum("qbk,qkn->bn", down, weight),
        cotangent * z + to_z @ turn[0] + to_r @ turn[1] + back,
        np.einsum("qbk,bn->qkn", down, x),
        np.stack([to_z.T @ h, to_r.T @ h, to_last]),
        np.sum(down, axis=1),
    )


def _exact_gru(m, x, h, weight, turn, bias, reset):
    rows = []
    for line, old in zip(x, h, strict=True):
        k = len(old)
        a = [
            [v + c for v, c in zip(_linear(m, [line], w)[0], b, strict=True)]
            for w, b in zip(weight, bias, strict=True)
        ]
        s = [_linear(m, [old], u)[0] for u in turn]
        z = [_sigmoid(m, a[0][j] + s[0][j]) for j in range(k)]
        r = [_sigmoid(m, a[1][j] + s[1][j]) for j in range(k)]
        if reset == "after":
            inner = [r[j] * s[2][j] for j in range(k)]
        else:
            inner = _linear(m, [[r[j] * old[j] for j in range(k)]], turn[2])[0]
        n = [m.tanh(a[2][j] + inner[j]) for j in range(k)]
        rows.append([z[j] * old[j] + (1 - z[j]) * n[j] for j in range(k)])
    return rows


add(
    gru_cell,
    vjp_gru_cell,
    title="GRU cell",
    use="Sequences, with fewer weights than an LSTM and no separate memory.",
    arguments={
        **STEP,
        **_for_gates(3, "the weights of the input: to keep, to reset, and of the candidate"),
    },
    output="(b, k)",
    formula=r"y_{ai} = z_{ai}\, h_{ai} + (1 - z_{ai})\, t_{ai}",
    slope=r"\bar h_{al} = \bar y_{al}\, z_{al} + \sum_{s,i} g_{sai}\, v_{sai}\, u_{sil}",
    where={
        r"z_{ai}": r"\sigma(c_{0,i} + \sum_j w_{0,i,j}\, x_{aj} + \sum_l u_{0,i,l}\, h_{al})",
        r"r_{ai}": r"\sigma(c_{1,i} + \sum_j w_{1,i,j}\, x_{aj} + \sum_l u_{1,i,l}\, h_{al})",
        r"t_{ai}": r"\tanh(c_{2,i} + \sum_j w_{2,i,j}\, x_{aj} + r_{ai}\, q_{ai})",
        r"q_{ai}": r"\sum_l u_{2,i,l}\, h_{al}",
        r"p_{ai}": r"\bar y_{ai}\, (h_{ai} - t_{ai})\, z_{ai}\, (1 - z_{ai})",
        r"d_{ai}": r"\bar y_{ai}\, (1 - z_{ai})\, (1 - t_{ai}^2)",
        r"f_{ai}": r"d_{ai}\, q_{ai}\, r_{ai}\, (1 - r_{ai})",
        r"g_{sai}": r"[s = 0]\, p_{ai} + [s = 1]\, f_{ai} + [s = 2]\, d_{ai}",
        r"v_{sai}": r"1 + [s = 2]\, (r_{ai} - 1)",
        r"\bar x_{aj}": r"\sum_{s,i} g_{sai}\, w_{sij}",
        r"\bar w_{sij}": r"\sum_a g_{sai}\, x_{aj}",
        r"\bar c_{si}": r"\sum_a g_{sai}",
        r"\bar u_{sil}": r"\sum_a g_{sai}\, v_{sai}\, h_{al}",
    },
    takes={
        "reset": Option(
            says="whether the state is reset after its weights, as PyTorch and cuDNN do, or"
            " before, as in the paper",
            values=("after", "before"),
        )
    },
    exact=_exact_gru,
    kept="Both gates, the candidate, the input and the old state.",
    cost="Twice the products of the forward pass.",
    aliases=("gated recurrent unit",),
    example="""\
x, h, none = np.zeros((1, 1)), np.ones((1, 1)), np.zeros((3, 1, 1))
turn = np.array([[[0.0]], [[0.0]], [[1.0]]])
to_h = vjp_gru_cell(np.ones((1, 1)), x, h, none, turn, np.zeros((3, 1)))[1]
print(gru_cell(x, h, none, turn, np.zeros((3, 1))).round(4), to_h.round(4))
assert 0.5 < to_h[0, 0] < 1.0  # half by the gate, the rest through the candidate
""",
    empty=("b",),
    reach=1.0,
)
