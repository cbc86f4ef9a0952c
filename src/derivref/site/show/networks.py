"""The picture of the training curves on the backpropagation page."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from derivref.cache import cached
from derivref.site.show.figures import figure

Array = NDArray[np.float64]


def _losses(hidden: str, loss: str, scale: float, rate: float, epochs: int) -> Array:
    """Train 2-3-1 on XOR, from weights of a given scale; return each epoch's mean squared error."""
    x = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    t = np.array([[0.0, 1.0, 1.0, 0.0]])
    rng = np.random.RandomState(42)  # that of the usual listing, whose plateau it decides
    w1, b1 = scale * rng.randn(2, 3).T, np.zeros((3, 1))
    w2, b2 = scale * rng.randn(3, 1).T, np.zeros((1, 1))
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
    """Return the loss curves of XOR: the usual listing, from larger weights, and with tanh."""
    runs = {
        "the usual listing": ("sigmoid", "mse", 0.1, 0.5),
        "weights of size 1": ("sigmoid", "mse", 1.0, 0.5),
        "tanh, cross-entropy": ("tanh", "cross-entropy", 1.0, 1.0),
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
    told = ", ".join(f"{loss:.1g}".replace("e-0", "e-") for loss in losses[:, half - 1])
    flat = int(np.flatnonzero(losses[0] > 0.24)[-1])
    return figure(
        draw,
        alt="Mean squared error against epoch on logarithmic axes, three runs. The usual listing "
        f"stays near 0.25 for some {round(flat, -3)} epochs and then falls. The other two fall "
        "from the first thousand epochs on.",
        caption="The usual listing, the same from weights of size 1, and tanh units of that size "
        f"with cross-entropy at rate 1. After {half} epochs: {told}.",
    )
