"""Layers of transformers."""

import numpy as np

from derivref.layers import FAMILY
from derivref.layers.normalisers import softmax, vjp_softmax
from derivref.records import Argument

add = FAMILY.add


def attention(q, k, v, mask=None):
    """Mixes the values, weighted by a softmax of the scaled products of query and keys."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(float(q.shape[-1])).astype(q.dtype)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return softmax(scores) @ v


def vjp_attention(cotangent, q, k, v, mask=None):
    """Back through the mixing, the softmax and the products, in this order."""
    root = np.sqrt(float(q.shape[-1])).astype(q.dtype)
    scores = q @ np.swapaxes(k, -1, -2) / root
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores)
    down = vjp_softmax(cotangent @ np.swapaxes(v, -1, -2), scores) / root
    to_k = np.swapaxes(down, -1, -2) @ q
    return down @ k, to_k, np.swapaxes(weights, -1, -2) @ cotangent


def _exact_attention(m, q, k, v, mask):
    rows = []
    for i, query in enumerate(q):
        seen = [j for j in range(len(k)) if mask is None or mask[i][j]]
        scores = [
            m.fsum(a * b for a, b in zip(query, k[j], strict=True)) / m.sqrt(len(query))
            for j in seen
        ]
        top = max(scores)
        shares = [m.exp(s - top) for s in scores]
        total = m.fsum(shares)
        rows.append(
            [
                m.fsum(s * v[j][c] for s, j in zip(shares, seen, strict=True)) / total
                for c in range(len(v[0]))
            ]
        )
    return rows


def _mask(rng, shape):
    mask = rng.random(size=shape) < 0.7
    mask[..., :1] = True  # a query that sees no key has no value
    return mask


add(
    attention,
    vjp_attention,
    title="Scaled dot-product attention",
    use="The layer of transformers: each query reads the values whose keys fit.",
    arguments={
        "q": Argument(says="the queries", symbol="Q", shape="(..., m, d)"),
        "k": Argument(says="the keys", symbol="K", shape="(..., n, d)"),
        "v": Argument(says="the values", symbol="V", shape="(..., n, e)"),
        "mask": Argument(
            says="which keys a query may see, at least one",
            shape="(..., m, n)",
            boolean=True,
            optional=True,
            sample=_mask,
        ),
    },
    output="(..., m, e)",
    formula=r"Y = P V, \quad P = \operatorname{softmax}\bigl(Q K^\top / \sqrt d\bigr)",
    slope=r"\bar V = P^\top \bar Y",
    where={
        r"S_{ij}": r"P_{ij}\, (\bar P_{ij} - \sum_k \bar P_{ik}\, P_{ik})",
        r"\bar P": r"\bar Y V^\top",
        r"\bar Q": r"S K / \sqrt d",
        r"\bar K": r"S^\top Q / \sqrt d",
    },
    exact=_exact_attention,
    kept="Queries, keys, values, and the weights or what gives them again.",
    cost="Four products of the size of the two in the forward pass; the weights have m·n entries.",
    aliases=("SDPA", "self-attention", "transformer attention"),
    frameworks={
        "PyTorch": "torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)",
        "JAX": "jax.nn.dot_product_attention(q, k, v, mask=mask)",
    },
    example="""\
q, k, v = np.array([[1.0, 0.0]]), np.eye(2), np.array([[1.0], [3.0]])
print(attention(q, k, v).round(4), attention(q, k, v, np.array([[True, False]])))
print(vjp_attention(np.ones((1, 1)), q, k, v)[2].round(4))
assert attention(q, k, v, np.array([[True, False]]))[0, 0] == 1.0
""",
    cite=("vaswani2017",),
    empty=("m", "e"),
)
