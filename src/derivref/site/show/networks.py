"""The pictures of the backpropagation page."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from derivref.cache import cached
from derivref.site.show.figures import COLOURS, INK, MUTED, figure

Array = NDArray[np.float64]


def neuron_graph(w: float = 0.4, b: float = 0.1, x: float = 1.5, y: float = 0.2) -> str:
    """Return the graph of one neuron: values above the nodes, derivatives of the loss below."""
    z = w * x + b
    a = expit(z)
    loss = (a - y) ** 2 / 2
    d_a = a - y
    d_z = d_a * expit(z) * expit(-z)
    nodes = {
        "w": (0, 2.4, w, d_z * x),
        "x": (0, 1.2, x, d_z * w),
        "b": (0, 0, b, d_z),
        "z": (1.25, 1.2, z, d_z),
        "a": (2.2, 1.2, a, d_a),
        "L": (3.1, 1.2, loss, 1.0),
    }
    edges = [("w", "z", "x"), ("x", "z", "w"), ("b", "z", "1")]
    edges += [("z", "a", "a(1 − a)"), ("a", "L", "a − y")]

    def draw(ax: Any) -> None:
        ax.set_axis_off()
        ax.set_xlim(-0.35, 3.45)
        ax.set_ylim(-0.5, 2.9)
        for start, end, slope in edges:
            (x0, y0), (x1, y1) = nodes[start][:2], nodes[end][:2]
            style = {"arrowstyle": "->", "color": MUTED, "shrinkA": 16, "shrinkB": 20}
            ax.annotate("", (x1, y1), (x0, y0), arrowprops=style)
            ax.text(
                (x0 + x1) / 2, (y0 + y1) / 2 + 0.06, slope, color=MUTED, ha="center", va="bottom"
            )
        for name, (at, height, value, slope) in nodes.items():
            ax.text(at, height, name, ha="center", va="center", style="italic", color=INK)
            ax.text(at, height + 0.16, f"{value:.4f}", ha="center", va="bottom", color=COLOURS["1"])
            ax.text(at, height - 0.16, f"{slope:.4f}", ha="center", va="top", color=COLOURS["2"])

    return figure(
        draw,
        alt="Graph of one neuron, from w, x and b through z and a to the loss L. Above each node "
        "stands its value, below it the derivative of the loss with respect to it: "
        + ", ".join(f"{n} has {v:.4f} and {d:.4f}" for n, (_, _, v, d) in nodes.items())
        + ".",
        caption="Above each node its value (forward), below it $\\partial L/\\partial$ node "
        "(backward); on each edge its local slope. A derivative is the sum, over the edges that "
        "leave a node, of the slope on the edge times the derivative at its end.",
        height=300,
    )


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
