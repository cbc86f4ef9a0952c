"""Overlaps of masks and boxes."""

import numpy as np

from derivref.losses import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add

MASKS = {
    "p": Argument(says="the probabilities of the pixels", shape="(n)", low=0.0, high=1.0),
    "t": Argument(
        says="the target mask, 0 or 1",
        shape="(n)",
        low=0.0,
        high=1.0,
        differentiable=False,
        sample=lambda rng, shape: rng.integers(0, 2, size=shape).astype(float),
    ),
}


def soft_dice(p, t, eps=1.0):
    """One minus twice the overlap over the sum of both areas."""
    return 1.0 - (2.0 * np.sum(p * t) + eps) / (np.sum(p) + np.sum(t) + eps)


def d_soft_dice(p, t, eps=1.0):
    """The coefficient less twice the target, over the sum of the areas."""
    total = np.sum(p) + np.sum(t) + eps
    return ((2.0 * np.sum(p * t) + eps) / total - 2.0 * t) / total


add(
    soft_dice,
    d_soft_dice,
    title="Soft Dice loss",
    use="Segmentation where the object is small: pixels of background do not swamp it.",
    arguments=MASKS,
    output="()",
    formula=r"\ell = 1 - c",
    slope=r"\frac{\partial \ell}{\partial p_i} ="
    r" \frac{c - 2 t_i}{\sum_j (p_j + t_j) + \varepsilon}",
    where={
        r"c": r"\frac{2 \sum_i p_i t_i + \varepsilon}{\sum_i (p_i + t_i) + \varepsilon}",
    },
    takes={
        "eps": Parameter(
            says="what keeps an empty mask from 0/0",
            symbol="varepsilon",
            low=0.0,
        )
    },
    exact=lambda m, p, t, eps: (
        1 - (2 * m.fdot(p, t) + m.mpf(eps)) / (m.fsum(p) + m.fsum(t) + m.mpf(eps))
    ),
    kept="The coefficient, the areas and the mask.",
    cost="Three sums; one subtraction per pixel.",
    aliases=("Dice loss", "F1 loss", "Sørensen–Dice"),
    frameworks={"Keras": "keras.losses.Dice()(t, p)"},
    example="""\
p, t = np.array([0.8, 0.4, 0.1, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
print(soft_dice(p, t).round(4))
print(d_soft_dice(p, t).round(4))
assert soft_dice(0 * p, 0 * t) == 0.0  # nothing there, nothing found
""",
    empty=False,
)


def tversky(p, t, alpha=0.3, beta=0.7, eps=1.0):
    """A Dice loss that counts false alarms (alpha) and misses (beta) differently."""
    hit = np.sum(p * t)
    alarm, miss = np.sum(p * (1.0 - t)), np.sum((1.0 - p) * t)
    return 1.0 - (hit + eps) / (hit + alpha * alarm + beta * miss + eps)


def d_tversky(p, t, alpha=0.3, beta=0.7, eps=1.0):
    """What a pixel adds to the counted errors and takes from the hits."""
    hit = np.sum(p * t)
    alarm, miss = np.sum(p * (1.0 - t)), np.sum((1.0 - p) * t)
    total = hit + alpha * alarm + beta * miss + eps
    change = t + alpha * (1.0 - t) - beta * t
    return ((hit + eps) / total * change - t) / total


add(
    tversky,
    d_tversky,
    title="Tversky loss",
    use="Segmentation where a miss costs more than a false alarm, or less.",
    arguments=MASKS,
    output="()",
    formula=r"\ell = 1 - c",
    slope=r"\frac{\partial \ell}{\partial p_i} ="
    r" \frac{c\, (t_i + \alpha\, (1 - t_i) - \beta\, t_i) - t_i}{d}",
    where={
        r"d": r"\sum_i (p_i t_i + \alpha\, p_i (1 - t_i) + \beta\, (1 - p_i) t_i) + \varepsilon",
        r"c": r"\frac{1}{d} \Bigl(\sum_i p_i t_i + \varepsilon\Bigr)",
    },
    takes={
        "alpha": Parameter(says="what a false alarm counts", low=0.0),
        "beta": Parameter(says="what a miss counts", low=0.0),
        "eps": Parameter(says="what keeps an empty mask from 0/0", symbol="varepsilon", low=0.0),
    },
    exact=lambda m, p, t, alpha, beta, eps: (
        1
        - (m.fdot(p, t) + m.mpf(eps))
        / (
            m.fdot(p, t)
            + m.mpf(alpha) * m.fsum(a * (1 - b) for a, b in zip(p, t, strict=True))
            + m.mpf(beta) * m.fsum((1 - a) * b for a, b in zip(p, t, strict=True))
            + m.mpf(eps)
        )
    ),
    kept="The sums and the mask.",
    cost="Three sums; a few products per pixel.",
    aliases=("Tversky index loss",),
    frameworks={"Keras": "keras.losses.Tversky(alpha=alpha, beta=beta)(t, p)"},
    example="""\
p, t = np.array([0.8, 0.4, 0.1, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
print(tversky(p, t).round(4))
print(d_tversky(p, t).round(4))
assert abs(tversky(p, t, 0.5, 0.5, 0.5) - (1 - (2 * 1.2 + 1) / (1.3 + 2 + 1))) < 1e-12  # Dice
""",
    empty=False,
)


def iou_boxes(a, b):
    """One minus the area that two boxes share over the area that they cover, averaged."""
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    sides = np.maximum(high - low, 0.0)
    shared = sides[:, 0] * sides[:, 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return np.mean(1.0 - shared / (area_a + area_b - shared))


def d_iou_boxes(a, b):
    """The slope in the corners of the first boxes; that of the shared area alone if they meet."""
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    sides = np.maximum(high - low, 0.0)
    shared = (sides[:, 0] * sides[:, 1])[:, None]
    width = a[:, 2:] - a[:, :2]
    area_a = (width[:, 0] * width[:, 1])[:, None]
    area_b = ((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]))[:, None]
    total = area_a + area_b - shared
    meet = (sides[:, :1] > 0) & (sides[:, 1:] > 0)
    # a corner of the first box moves the shared area if it is the inner one
    inner = np.hstack([a[:, :2] > b[:, :2], a[:, 2:] < b[:, 2:]]) & meet
    signs = np.array([-1.0, -1.0, 1.0, 1.0], dtype=a.dtype)
    of_shared = np.where(inner, signs * np.tile(sides[:, ::-1], 2), 0.0).astype(a.dtype)
    of_area = signs * np.tile(width[:, ::-1], 2)
    slope = shared * of_area - of_shared * (total + shared)
    return slope / np.square(total) / len(a)


def _boxes(rng, shape):
    corner = rng.uniform(0.0, 1.0, size=(*shape[:-1], 2))
    return np.concatenate([corner, corner + rng.uniform(1.0, 2.0, size=corner.shape)], axis=-1)


def _exact_iou_boxes(m, a, b):
    losses = []
    for u, v in zip(a, b, strict=True):
        sides = [max(m.mpf(0), min(u[k + 2], v[k + 2]) - max(u[k], v[k])) for k in (0, 1)]
        shared = sides[0] * sides[1]
        areas = [(w[2] - w[0]) * (w[3] - w[1]) for w in (u, v)]
        losses.append(1 - shared / (areas[0] + areas[1] - shared))
    return m.fsum(losses) / len(losses)


add(
    iou_boxes,
    d_iou_boxes,
    title="IoU loss of boxes",
    use="Detectors: how well a box covers another, whatever their size.",
    arguments={
        "a": Argument(
            says="the predicted boxes: left, bottom, right, top", shape="(n, 4)", sample=_boxes
        ),
        "b": Argument(says="the target boxes", shape="(n, 4)", sample=_boxes, differentiable=False),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \Bigl(1 - \frac{g_i}{h_i}\Bigr)",
    slope=r"\frac{\partial \ell}{\partial a_{ij}} ="
    r" \frac{1}{n} \frac{g_i\, v_{ij} - (h_i + g_i)\, u_{ij}}{h_i^2}",
    where={
        r"w_i": r"\max(0, \min(a_{i2}, b_{i2}) - \max(a_{i0}, b_{i0}))",
        r"k_i": r"\max(0, \min(a_{i3}, b_{i3}) - \max(a_{i1}, b_{i1}))",
        r"g_i": r"w_i k_i",
        r"h_i": r"(a_{i2} - a_{i0}) (a_{i3} - a_{i1}) + (b_{i2} - b_{i0}) (b_{i3} - b_{i1}) - g_i",
        r"v_{ij}": r"[j = 2] (a_{i3} - a_{i1}) - [j = 0] (a_{i3} - a_{i1})"
        r" + [j = 3] (a_{i2} - a_{i0}) - [j = 1] (a_{i2} - a_{i0}) + 0 a_{ij}",
        r"u_{ij}": r"[j = 2] [a_{i2} = \min(a_{i2}, b_{i2})] k_i"
        r" - [j = 0] [a_{i0} = \max(a_{i0}, b_{i0})] k_i"
        r" + [j = 3] [a_{i3} = \min(a_{i3}, b_{i3})] w_i"
        r" - [j = 1] [a_{i1} = \max(a_{i1}, b_{i1})] w_i + 0 a_{ij}",
    },
    exact=_exact_iou_boxes,
    reach=1.0,
    tied="Where edges coincide the shared area counts as not moved.",
    kept="The corners, the shared and the covered area.",
    cost="Some thirty operations per pair.",
    aliases=("intersection over union", "Jaccard loss"),
    frameworks={"PyTorch": "(1 - torchvision.ops.box_iou(a, b).diagonal()).mean()"},
    example="""\
a, b = np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[1.0, 1.0, 3.0, 3.0]])
print(iou_boxes(a, b).round(4))
print(d_iou_boxes(a, b).round(4))
assert not d_iou_boxes(a, b + 5).any()  # apart: the loss is 1 wherever it moves
""",
    empty=False,
)
