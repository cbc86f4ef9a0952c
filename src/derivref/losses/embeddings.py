"""Embeddings: vectors that should be near each other or far apart."""

import numpy as np

from derivref.losses import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add

ROWS = "(n, k)"


def cosine_embedding(a, b, t, margin=0.0):
    """One minus the cosine of like pairs (t = 1); of others the cosine above the margin."""
    na = np.linalg.norm(a, axis=-1, keepdims=True)
    nb = np.linalg.norm(b, axis=-1, keepdims=True)
    ua, ub = a / np.where(na > 0, na, 1.0), b / np.where(nb > 0, nb, 1.0)
    cosine = np.sum(ua * ub, axis=-1)
    return np.mean(np.where(t > 0, 1.0 - cosine, np.maximum(cosine - margin, 0.0)))


def d_cosine_embedding(a, b, t, margin=0.0):
    """The part of the other direction that is across one's own, over one's length."""
    na = np.linalg.norm(a, axis=-1, keepdims=True)
    nb = np.linalg.norm(b, axis=-1, keepdims=True)
    ua, ub = a / np.where(na > 0, na, 1.0), b / np.where(nb > 0, nb, 1.0)
    cosine = np.sum(ua * ub, axis=-1, keepdims=True)
    sign = np.where(t[:, None] > 0, -1.0, np.where(cosine > margin, 1.0, 0.0)) / len(a)
    left = sign * (ub - cosine * ua) / np.where(na > 0, na, np.inf)
    right = sign * (ua - cosine * ub) / np.where(nb > 0, nb, np.inf)
    return left.astype(a.dtype), right.astype(a.dtype)


def _exact_cosine_embedding(m, a, b, t, margin):
    losses = []
    for u, v, like in zip(a, b, t, strict=True):
        cosine = m.fdot(u, v) / m.sqrt(m.fdot(u, u) * m.fdot(v, v))
        losses.append(1 - cosine if like > 0 else max(m.mpf(0), cosine - m.mpf(margin)))
    return m.fsum(losses) / len(losses)


add(
    cosine_embedding,
    d_cosine_embedding,
    title="Cosine embedding loss",
    use="Pairs that should point the same way, or not; lengths do not count.",
    arguments={
        "a": Argument(says="the first vectors, one row for each pair", shape=ROWS),
        "b": Argument(says="the second vectors", shape=ROWS),
        "t": Argument(
            says="the labels, −1 or 1",
            shape="(n)",
            low=-1.0,
            high=1.0,
            differentiable=False,
            sample=lambda rng, shape: rng.choice([-1.0, 1.0], size=shape),
        ),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i h_i",
    slope=r"\frac{\partial \ell}{\partial a_{ij}} = \frac{s_i}{n}"
    r" \Bigl(\frac{b_{ij}}{u_i v_i} - c_i \frac{a_{ij}}{u_i^2}\Bigr)",
    where={
        r"h_i": r"\begin{cases} 1 - c_i & t_i > 0 \\ \max(0, c_i - \mu) & \text{otherwise}"
        r" \end{cases}",
        r"c_i": r"\sum_j \frac{a_{ij} b_{ij}}{u_i v_i}",
        r"u_i": r"\Bigl(\sum_j a_{ij}^2\Bigr)^{1/2}",
        r"v_i": r"\Bigl(\sum_j b_{ij}^2\Bigr)^{1/2}",
        r"s_i": r"\begin{cases} -1 & t_i > 0 \\ 1 & c_i > \mu \\ 0 & \text{otherwise} \end{cases}",
        r"\frac{\partial \ell}{\partial b_{ij}}": r"\frac{s_i}{n}"
        r" \Bigl(\frac{a_{ij}}{u_i v_i} - c_i \frac{b_{ij}}{v_i^2}\Bigr)",
    },
    takes={
        "margin": Parameter(
            says="the cosine that others may have",
            symbol="mu",
            low=-1.0,
            high=1.0,
            closed=(True, True),
        )
    },
    exact=_exact_cosine_embedding,
    tied="A vector of zeros has no direction: its cosine counts as 0 and its slope is 0.",
    kept="The directions, the lengths and the cosines.",
    cost="A few products per number.",
    aliases=("cosine loss", "cosine distance loss"),
    frameworks={
        "PyTorch": "torch.nn.functional.cosine_embedding_loss(a, b, t, margin=margin)",
        "JAX": "optax.cosine_distance(a, b).mean()  # of like pairs",
    },
    example="""\
a, b, t = np.array([[1.0, 0.0]]), np.array([[3.0, 4.0]]), np.ones(1)
print(cosine_embedding(a, b, t).round(4))
print(d_cosine_embedding(a, b, t)[0].round(4))
assert abs(np.sum(a * d_cosine_embedding(a, b, t)[0])) < 1e-12  # lengths do not count
""",
    empty=False,
)


def triplet(a, p, q, margin=1.0):
    """By how much the other is not farther than the like one by the margin, averaged."""
    near = np.sqrt(np.sum(np.square(a - p), axis=-1))
    far = np.sqrt(np.sum(np.square(a - q), axis=-1))
    return np.mean(np.maximum(near - far + margin, 0.0))


def d_triplet(a, p, q, margin=1.0):
    """Unit vectors between the points, where the margin is not kept; 0 between equal points."""
    near = np.sqrt(np.sum(np.square(a - p), axis=-1, keepdims=True))
    far = np.sqrt(np.sum(np.square(a - q), axis=-1, keepdims=True))
    active = np.where(near - far + margin > 0.0, 1.0, 0.0).astype(a.dtype) / len(a)
    toward = active * (a - p) / np.where(near > 0, near, 1.0).astype(a.dtype)
    away = active * (a - q) / np.where(far > 0, far, 1.0).astype(a.dtype)
    return toward - away, -toward, away


def _exact_triplet(m, a, p, q, margin):
    def distance(u, v):
        return m.sqrt(m.fsum((x - y) ** 2 for x, y in zip(u, v, strict=True)))

    losses = [
        max(m.mpf(0), distance(u, v) - distance(u, w) + m.mpf(margin))
        for u, v, w in zip(a, p, q, strict=True)
    ]
    return m.fsum(losses) / len(losses)


add(
    triplet,
    d_triplet,
    title="Triplet loss",
    use="Faces, products, sentences: like things closer than unlike ones, by a margin.",
    arguments={
        "a": Argument(says="the anchors, one row for each triplet", shape=ROWS),
        "p": Argument(says="what is like them", shape=ROWS),
        "q": Argument(says="what is not", shape=ROWS),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \max(0, u_i - v_i + \mu)",
    slope=r"\frac{\partial \ell}{\partial a_{ij}} ="
    r" \frac{s_i}{n} \Bigl(\frac{a_{ij} - p_{ij}}{u_i} - \frac{a_{ij} - q_{ij}}{v_i}\Bigr)",
    where={
        r"u_i": r"\Bigl(\sum_j (a_{ij} - p_{ij})^2\Bigr)^{1/2}",
        r"v_i": r"\Bigl(\sum_j (a_{ij} - q_{ij})^2\Bigr)^{1/2}",
        r"s_i": r"\begin{cases} 1 & u_i - v_i + \mu > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\frac{\partial \ell}{\partial p_{ij}}": r"\frac{s_i}{n} \frac{p_{ij} - a_{ij}}{u_i}",
        r"\frac{\partial \ell}{\partial q_{ij}}": r"\frac{s_i}{n} \frac{a_{ij} - q_{ij}}{v_i}",
    },
    takes={"margin": Parameter(says="by how much", symbol="mu", low=0.0)},
    exact=_exact_triplet,
    tied="Between equal points the slope of the distance is 0, the smallest subgradient.",
    kept="The differences and the distances.",
    cost="A few products per number.",
    aliases=("triplet margin loss", "FaceNet loss"),
    frameworks={
        "PyTorch": "torch.nn.functional.triplet_margin_loss(a, p, q, margin=margin)",
        "JAX": "optax.losses.triplet_margin_loss(a, p, q, margin=margin).mean()",
    },
    example="""\
a, p, q = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), np.array([[0.0, 2.0]])
print(triplet(a, p, q).round(4))
print(*(slope.round(4) for slope in d_triplet(a, p, q)))
assert np.isfinite(d_triplet(a, a, q)[0]).all()  # equal points: a plain root gives NaN
""",
    empty=False,
)


def contrastive(a, b, t, margin=1.0):
    """The squared distance of like pairs; the square of what others miss of the margin."""
    square = np.sum(np.square(a - b), axis=-1)
    missing = np.maximum(margin - np.sqrt(square), 0.0)
    return np.mean(np.where(t > 0, square, np.square(missing)))


def d_contrastive(a, b, t, margin=1.0):
    """Like pairs pull each other; others push, until they are the margin apart."""
    r = a - b
    distance = np.sqrt(np.sum(np.square(r), axis=-1, keepdims=True))
    missing = np.maximum(margin - distance, 0.0) / np.where(distance > 0, distance, 1.0)
    slope = 2.0 * np.where(t[:, None] > 0, 1.0, -missing).astype(a.dtype) * r / len(a)
    return slope, -slope


def _exact_contrastive(m, a, b, t, margin):
    losses = []
    for u, v, like in zip(a, b, t, strict=True):
        square = m.fsum((x - y) ** 2 for x, y in zip(u, v, strict=True))
        losses.append(square if like > 0 else max(m.mpf(0), m.mpf(margin) - m.sqrt(square)) ** 2)
    return m.fsum(losses) / len(losses)


add(
    contrastive,
    d_contrastive,
    title="Contrastive loss",
    use="Siamese networks: like pairs together, others at least a margin apart.",
    arguments={
        "a": Argument(says="the first vectors, one row for each pair", shape=ROWS),
        "b": Argument(says="the second vectors", shape=ROWS),
        "t": Argument(
            says="1 for like pairs, 0 for others",
            shape="(n)",
            low=0.0,
            high=1.0,
            differentiable=False,
            sample=lambda rng, shape: rng.integers(0, 2, size=shape).astype(float),
        ),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i h_i",
    slope=r"\frac{\partial \ell}{\partial a_{ij}} = \frac{2}{n} g_i\, (a_{ij} - b_{ij})",
    where={
        r"h_i": r"\begin{cases} u_i^2 & t_i > 0 \\ \max(0, \mu - u_i)^2 & \text{otherwise}"
        r" \end{cases}",
        r"u_i": r"\Bigl(\sum_j (a_{ij} - b_{ij})^2\Bigr)^{1/2}",
        r"g_i": r"\begin{cases} 1 & t_i > 0 \\ -\max(0, \mu - u_i)/u_i & \text{otherwise}"
        r" \end{cases}",
        r"\frac{\partial \ell}{\partial b_{ij}}": r"-\frac{2}{n} g_i\, (a_{ij} - b_{ij})",
    },
    takes={"margin": Parameter(says="how far apart others should be", symbol="mu", low=0.0)},
    exact=_exact_contrastive,
    tied="For an unlike pair of equal vectors the slope returned is 0: no direction is better.",
    kept="The differences and the distances.",
    cost="A few products per number.",
    aliases=("siamese loss", "pair loss"),
    example="""\
a, b, t = np.zeros((2, 2)), np.array([[0.3, 0.4], [0.3, 0.4]]), np.array([1.0, 0.0])
print(contrastive(a, b, t).round(4))
print(d_contrastive(a, b, t)[0].round(4))
assert contrastive(a, b + 9, 0 * t) == 0.0  # far enough apart
""",
    empty=False,
)


def info_nce(a, b, temperature=0.1):
    """The mean cross-entropy of finding each row's partner among all, by scaled products."""
    z = a @ b.T / temperature
    top = np.max(z, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z - top), axis=-1)) + top[..., 0]
    return np.mean(log_sum - np.diagonal(z))


def d_info_nce(a, b, temperature=0.1):
    """The mean partner under the softmax less the right one, over the temperature."""
    z = a @ b.T / temperature
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    excess = e / np.sum(e, axis=-1, keepdims=True) - np.eye(len(a), dtype=a.dtype)
    excess = excess / (len(a) * temperature)
    return excess @ b, excess.T @ a


def _exact_info_nce(m, a, b, temperature):
    losses = []
    for i, u in enumerate(a):
        row = [m.fdot(u, v) / m.mpf(temperature) for v in b]
        losses.append(m.log(m.fsum(map(m.exp, row))) - row[i])
    return m.fsum(losses) / len(losses)


add(
    info_nce,
    d_info_nce,
    title="InfoNCE loss",
    use="Contrastive learning: the rest of the batch is the contrast.",
    arguments={
        "a": Argument(says="the first vectors, one row for each pair", shape=ROWS),
        "b": Argument(says="their partners", shape=ROWS),
    },
    sizes={"n": 3, "k": 2},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \Bigl(\ln \sum_j e^{z_{ij}} - z_{ii}\Bigr)",
    slope=r"\frac{\partial \ell}{\partial a_{ik}} ="
    r" \frac{1}{n \tau} \Bigl(\sum_j p_{ij}\, b_{jk} - b_{ik}\Bigr)",
    where={
        r"z_{ij}": r"\frac{1}{\tau} \sum_l a_{il}\, b_{jl}",
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_m e^{z_{im}}}",
        r"\frac{\partial \ell}{\partial b_{jk}}": r"\frac{1}{n \tau}"
        r" \Bigl(\sum_i p_{ij}\, a_{ik} - a_{jk}\Bigr)",
    },
    takes={"temperature": Parameter(says="the temperature", symbol="tau", low=0.0)},
    exact=_exact_info_nce,
    reach=10.0,
    promise=500.0,  # scores of some hundreds: their rounding is in the exponents
    kept="The vectors and the probabilities.",
    cost="Two products of matrices and one softmax.",
    aliases=("NT-Xent", "SimCLR loss", "CLIP loss", "in-batch softmax"),
    example="""\
a = b = np.array([[1.0, 0.0], [0.0, 1.0]])
print(info_nce(a, b, temperature=1.0).round(4))
print(d_info_nce(a, b, temperature=1.0)[0].round(4))
assert info_nce(a, b) < 1e-4 < info_nce(a, b[::-1])
""",
    empty=False,
)
