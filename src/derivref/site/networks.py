"""The pictures of the backpropagation page."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from derivref.cache import cached
from derivref.site.figures import figure

Array = NDArray[np.float64]


def _losses(hidden: str, loss: str, scale: float, rate: float, epochs: int) -> Array:
    """Train 2-3-1 on XOR, from weights of a given scale; return each epoch's mean squared error."""
    x = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    t = np.array([[0.0, 1.0, 1.0, 0.0]])
    rng = np.random.default_rng(0)
    w1, b1 = scale * rng.normal(size=(3, 2)), np.zeros((3, 1))
    w2, b2 = scale * rng.normal(size=(1, 3)), np.zeros((1, 1))
    losses = []
    for _ in range(epochs):
        z = w1 @ x + b1
        h = np.tanh(z) if hidden == "tanh" else expit(z)
        y = expit(w2 @ h + b2)
        losses.append(((y - t) ** 2).mean())
        d = (y - t) / 4 if loss == "cross-entropy" else (y - t) / 2 * y * (1 - y)
        d_z = (w2.T @ d) * ((1 - h) * (1 + h) if hidden == "tanh" else h * (1 - h))
        w2, b2 = w2 - rate * d @ h.T, b2 - rate * d.sum(1, keepdims=True)
        w1, b1 = w1 - rate * d_z @ x.T, b1 - rate * d_z.sum(1, keepdims=True)
    return np.array(losses)


def xor_curves(epochs: int = 20000) -> str:
    """Return the loss curves of XOR: trained as on the page, and as in the usual listing."""
    runs = {
        "tanh, cross-entropy, weights of size 1": ("tanh", "cross-entropy", 1.0, 1.0),
        "sigmoid, squared error, weights of size 0.1": ("sigmoid", "mse", 0.1, 2.0),
    }

    def train() -> bytes:  # 2 s, for a curve of 160 points
        return np.stack([_losses(*settings, epochs) for settings in runs.values()]).tobytes()

    key = (str(epochs), Path(__file__).read_text("utf-8"), np.__version__)
    losses = np.frombuffer(cached("xor", key, train)).reshape(len(runs), epochs)
    at = np.unique(np.geomspace(1, epochs, 160).astype(int))

    def draw(ax: Any) -> None:
        for label, loss in zip(runs, losses, strict=True):
            ax.loglog(at, loss[at - 1], label=label)
        ax.set_xlabel("epoch")
        ax.set_ylabel("mean squared error")

    half = epochs // 2
    (fast_half, slow_half), (fast, slow) = losses[:, half - 1], losses[:, -1]
    return figure(
        draw,
        alt="Mean squared error against epoch on logarithmic axes, two runs. The first falls from "
        "the first hundred epochs on; the second stays on a plateau near 0.25 for some "
        f"{half} epochs and then falls too.",
        caption=f"After {half} epochs {fast_half:.1e} and {slow_half:.2g}; after {epochs} epochs "
        f"{fast:.1e} and {slow:.1e}.",
    )
