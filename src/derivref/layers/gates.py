"""Gated linear units: one half of the input opens and closes the other."""

import numpy as np
from scipy.special import expit, ndtr

from derivref.layers import FAMILY
from derivref.records import Argument

add = FAMILY.add

HALVES = {
    "a": Argument(says="what passes", shape="(..., n)"),
    "b": Argument(says="what opens the gate", shape="(..., n)"),
}
KEPT = "Both halves."
COST = "Two products and the gate per entry."


def glu(a, b):
    """One half times the sigmoid of the other."""
    return a * expit(b)


def vjp_glu(cotangent, a, b):
    """The gate times the cotangent, and the slope of the gate times both."""
    s = expit(b)
    return cotangent * s, cotangent * a * (s * expit(-b))


add(
    glu,
    vjp_glu,
    title="Gated linear unit",
    use="Convolutional language models; the gate lets a linear path through.",
    arguments=HALVES,
    output="(..., n)",
    formula=r"y_i = a_i\, \sigma(b_i)",
    slope=r"\bar a_i = \bar y_i\, \sigma(b_i), \qquad"
    r" \bar b_i = \bar y_i\, a_i\, \sigma(b_i)\, \sigma(-b_i)",
    exact=lambda m, a, b: [v / (1 + m.exp(-g)) for v, g in zip(a, b, strict=True)],
    kept=KEPT,
    cost=COST,
    aliases=("sigmoid gate",),
    frameworks={"PyTorch": "torch.nn.functional.glu(torch.cat([a, b], dim=-1))"},
    example="""\
a, b = np.array([2.0, 2.0]), np.array([0.0, -40.0])
print(glu(a, b))
print(vjp_glu(np.ones(2), a, b)[1])
assert vjp_glu(np.ones(2), a, b)[1][1] > 0.0  # the closed gate has a slope
""",
)


def reglu(a, b):
    """One half times the positive part of the other."""
    return a * np.maximum(b, 0.0)


def vjp_reglu(cotangent, a, b):
    """The gate times the cotangent, and the cotangent times the passing half where it is open."""
    return cotangent * np.maximum(b, 0.0), np.where(b > 0.0, cotangent * a, 0.0)


add(
    reglu,
    vjp_reglu,
    title="ReGLU",
    use="Feed-forward layers of transformers, the cheapest of the gates.",
    arguments=HALVES,
    output="(..., n)",
    formula=r"y_i = a_i\, \max(0, b_i)",
    slope=r"\bar a_i = \bar y_i\, \max(0, b_i), \qquad \bar b_i = s_i\, \bar y_i\, a_i",
    where={r"s_i": r"\begin{cases} 1 & b_i > 0 \\ 0 & \text{otherwise} \end{cases}"},
    exact=lambda m, a, b: [v * max(g, m.mpf(0)) for v, g in zip(a, b, strict=True)],
    tied="At 0 the slope of the gate that is returned is 0.",
    kept=KEPT,
    cost=COST,
    aliases=("rectified gated linear unit",),
    example="""\
a, b = np.array([2.0, 2.0]), np.array([3.0, -3.0])
print(reglu(a, b) + 0.0)
print(vjp_reglu(np.ones(2), a, b)[1])
assert reglu(a, b)[0] == 6.0
""",
)


def swiglu(a, b):
    """One half times the SiLU of the other."""
    return a * (b * expit(b))


def vjp_swiglu(cotangent, a, b):
    """The gate times the cotangent, and the slope of SiLU times both."""
    s = expit(b)
    return cotangent * (b * s), cotangent * a * (s * (1.0 + b * expit(-b)))


add(
    swiglu,
    vjp_swiglu,
    title="SwiGLU",
    use="Feed-forward layers of most large language models.",
    arguments=HALVES,
    output="(..., n)",
    formula=r"y_i = a_i\, b_i\, \sigma(b_i)",
    slope=r"\bar a_i = \bar y_i\, b_i\, \sigma(b_i), \qquad"
    r" \bar b_i = \bar y_i\, a_i\, \sigma(b_i)\, (1 + b_i\, \sigma(-b_i))",
    exact=lambda m, a, b: [v * g / (1 + m.exp(-g)) for v, g in zip(a, b, strict=True)],
    kept=KEPT,
    cost=COST,
    aliases=("Swish gated linear unit", "SiLU gate"),
    example="""\
a, b = np.array([2.0, 2.0]), np.array([1.0, -1.0])
print(swiglu(a, b).round(4))
print(vjp_swiglu(np.ones(2), a, b)[1].round(4))
assert swiglu(a, b)[1] < 0.0  # unlike a sigmoid, this gate lets some through with the other sign
""",
)


def geglu(a, b):
    """One half times the GELU of the other."""
    return a * (b * ndtr(b))


def vjp_geglu(cotangent, a, b):
    """The gate times the cotangent, and the slope of GELU times both."""
    density = np.exp(-0.5 * np.square(b)) / np.sqrt(2.0 * np.pi).astype(b.dtype)
    return cotangent * (b * ndtr(b)), cotangent * a * (ndtr(b) + b * density)


add(
    geglu,
    vjp_geglu,
    title="GEGLU",
    use="Feed-forward layers of transformers.",
    arguments=HALVES,
    output="(..., n)",
    formula=r"y_i = a_i\, b_i\, \Phi(b_i)",
    slope=r"\bar a_i = \bar y_i\, b_i\, \Phi(b_i), \qquad"
    r" \bar b_i = \bar y_i\, a_i\, (\Phi(b_i) + b_i\, \varphi(b_i))",
    exact=lambda m, a, b: [
        v * g * m.erfc(-g / m.sqrt(m.mpf(2))) / 2 for v, g in zip(a, b, strict=True)
    ],
    kept=KEPT,
    cost=COST,
    aliases=("GELU gated linear unit",),
    example="""\
a, b = np.array([2.0, 2.0]), np.array([1.0, -1.0])
print(geglu(a, b).round(4))
print(vjp_geglu(np.ones(2), a, b)[1].round(4))
assert geglu(a, b)[1] < 0.0
""",
    reach=10.0,
)
