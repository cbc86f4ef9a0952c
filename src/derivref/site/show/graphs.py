"""The pictures of the pages on automatic differentiation, gradient checks and stable forms."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from derivref import dual
from derivref.site.show.figures import COLOURS, INK, MUTED, WIDTH, figure

Array = NDArray[np.float64]


class Edge(NamedTuple):
    """An argument of an operation: where it comes from, the slope in it, and how that is said."""

    start: str
    slope: float
    label: str = ""
    bend: float = 0.0  # of the arrow, so that two between the same nodes can be told apart
    aside: tuple[float, float] = (0.0, 9.0)  # of the label from the middle, in the figure's units


class Node(NamedTuple):
    """A value of a program: its place in the figure, and the edges from its arguments."""

    at: tuple[float, float]
    value: float
    edges: tuple[Edge, ...] = ()


Graph = dict[str, Node]  # in the order of evaluation


def adjoints(graph: Graph) -> dict[str, float]:
    """Return the slope of the last node in each node: a sweep from the back, adding over edges."""
    found = dict.fromkeys(graph, 0.0)
    found[list(graph)[-1]] = 1.0
    for name, node in reversed(graph.items()):
        for edge in node.edges:
            found[edge.start] += found[name] * edge.slope
    return found


def tangents(graph: Graph, start: str) -> dict[str, float]:
    """Return the slope of each node in the node `start`: a sweep from the front."""
    found: dict[str, float] = {}
    for name, node in graph.items():
        found[name] = float(name == start) + sum(e.slope * found[e.start] for e in node.edges)
    return found


ROOM = 33.0, 32.0  # half of what a node takes, with air: a name, a number above and one below


def _ends(start: tuple[float, float], end: tuple[float, float]) -> tuple[Any, Any]:
    """Return the part of the line between two nodes that lies outside the room of both."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    cut = min(room / abs(d) if d else math.inf for room, d in zip(ROOM, (dx, dy), strict=True))
    return (x0 + cut * dx, y0 + cut * dy), (x1 - cut * dx, y1 - cut * dy)


def draw_graph(
    graph: Graph, below: dict[str, float], *, alt: str, caption: str, height: int, digits: int = 4
) -> str:
    """Return a computational graph: in each node its value above the name, `below` under it."""

    def draw(ax: Any) -> None:
        ax.set_axis_off()
        ax.set_xlim(0, WIDTH)
        ax.set_ylim(0, height)
        for name, node in graph.items():
            for edge in node.edges:
                tail, head = _ends(graph[edge.start].at, node.at)
                ax.annotate(
                    "",
                    head,
                    tail,
                    arrowprops={
                        "arrowstyle": "->",
                        "color": MUTED,
                        "shrinkA": 0,
                        "shrinkB": 0,
                        "linestyle": "-" if edge.slope else ":",
                        "connectionstyle": f"arc3,rad={edge.bend:g}",
                    },
                )
                x, y = ((a + b) / 2 + d for a, b, d in zip(tail, head, edge.aside, strict=True))
                ax.text(x, y, edge.label, color=MUTED, ha="center", va="center")
            x, y = node.at
            ax.text(x, y, name, ha="center", va="center", style="italic", color=INK)
            for value, up, colour in ((node.value, 18, "1"), (below[name], -18, "2")):
                ax.text(
                    x, y + up, _short(value, digits), ha="center", va="center",
                    color=COLOURS[colour],
                )  # fmt: skip

    told = ", ".join(
        f"{name} has {_short(node.value, digits)} and {_short(below[name], digits)}"
        for name, node in graph.items()
    )
    return figure(draw, alt=f"{alt}: {told}.", caption=caption, height=height)


def _short(value: float, digits: int) -> str:
    return f"{value + 0.0:.{digits}f}".replace("-", "−")


def _product(x: float) -> Graph:
    """Return x² sin x as the pages write it: v1 = x·x, v2 = sin x, v3 = v1·v2."""
    v1, v2 = x * x, math.sin(x)
    return {
        "x": Node((40, 110), x),
        "v1": Node(
            (200, 180),
            v1,
            (Edge("x", x, "x", 0.35, (16.0, -32.0)), Edge("x", x, "x", -0.35, (-16.0, 32.0))),
        ),
        "v2": Node((200, 40), v2, (Edge("x", math.cos(x), "cos x", aside=(-8.0, -14.0)),)),
        "v3": Node(
            (370, 110),
            v1 * v2,
            (Edge("v1", v2, "v2", aside=(8.0, 13.0)), Edge("v2", v1, "v1", aside=(8.0, -13.0))),
        ),
    }


def reverse_graph(x: float = 1.3) -> str:
    """Return the graph of x² sin x with the adjoint of each value."""
    graph = _product(x)
    return draw_graph(
        graph,
        adjoints(graph),
        alt="Graph of x² sin x. Two edges lead from x to v1 = x·x and one to v2 = sin x, and one "
        "from each of those to v3 = v1·v2. In each node stands its value above and its adjoint, "
        "the slope of v3 in it, below",
        caption="Above each name the value, computed from left to right; below it the adjoint, "
        "from right to left: for each edge that leaves the node, its slope times the adjoint at "
        "its end, added up.",
        height=225,
    )


def forward_graph(x: float = 1.3) -> str:
    """Return the graph of x² sin x with the tangent of each value."""
    graph = _product(x)
    return draw_graph(
        graph,
        tangents(graph, "x"),
        alt="Graph of x² sin x. Two edges lead from x to v1 = x·x and one to v2 = sin x, and one "
        "from each of those to v3 = v1·v2. In each node stands its value above and its tangent, "
        "the slope in x, below",
        caption="Above each name the value, below it the tangent, both computed from left to "
        "right: for each edge that arrives, its slope times the tangent at its beginning, added "
        "up.",
        height=225,
    )


def neuron_graph(w: float = 0.4, b: float = 0.1, x: float = 1.5, y: float = 0.2) -> str:
    """Return the graph of one neuron: values above the names, derivatives of the loss below."""
    z = w * x + b
    a = float(expit(z))
    graph = {
        "w": Node((45, 250), w),
        "x": Node((45, 150), x),
        "b": Node((45, 50), b),
        "z": Node(
            (175, 150),
            z,
            (
                Edge("w", x, "x", aside=(8.0, 8.0)),
                Edge("x", w, "w"),
                Edge("b", 1.0, "1", aside=(-8.0, 8.0)),
            ),
        ),
        "a": Node((290, 150), a, (Edge("z", float(expit(z) * expit(-z)), "a(1 − a)"),)),
        "L": Node((395, 150), (a - y) ** 2 / 2, (Edge("a", a - y, "a − y"),)),
    }
    return draw_graph(
        graph,
        adjoints(graph),
        alt="Graph of one neuron, from w, x and b through z and a to the loss L. In each node "
        "stands its value above and the derivative of the loss with respect to it below",
        caption="Above each name its value (forward), below it the derivative of $L$ with respect "
        "to it (backward); on each edge its local slope. A derivative is the sum, over the edges "
        "that leave a node, of the slope on the edge times the derivative at its end.",
        height=300,
    )


def network_graph(
    *, w1: ArrayLike, b1: ArrayLike, w2: ArrayLike, b2: float, x: ArrayLike, t: float
) -> str:
    """Return a network with one hidden layer of ReLU units as a graph, from input to loss.

    Parameters
    ----------
    w1, b1 : array_like of shape (q, p) and (q,)
        Weights and biases of the q hidden units; up to three fit, and up to three inputs.
    w2 : array_like of shape (q,)
        Weights of the output.
    b2, t : float
        Bias of the output, and its target.
    x : array_like of shape (p,)
        Input.
    """
    first, out, inputs = (np.asarray(a, dtype=np.float64) for a in (w1, w2, x))
    z = first @ inputs + np.asarray(b1, dtype=np.float64)
    h = np.maximum(z, 0.0)
    y = float(out @ h + b2)

    def rows(count: int) -> list[float]:
        return [150 + 50.0 * (count - 1) - 100 * i for i in range(count)]

    low = "₁₂₃"
    graph: Graph = {}
    for i, height in enumerate(rows(len(inputs))):
        graph[f"x{low[i]}"] = Node((35, height), float(inputs[i]))
    for i, height in enumerate(rows(len(z))):
        edges = tuple(Edge(f"x{low[j]}", float(s)) for j, s in enumerate(first[i]))
        graph[f"z{low[i]}"] = Node((130, height), float(z[i]), edges)
        gate = Edge(f"z{low[i]}", float(z[i] > 0))
        graph[f"h{low[i]}"] = Node((223, height), float(h[i]), (gate,))
    edges = tuple(Edge(f"h{low[i]}", float(s)) for i, s in enumerate(out))
    graph["ŷ"] = Node((318, 150), y, edges)
    graph["L"] = Node((405, 150), (y - t) ** 2 / 2, (Edge("ŷ", y - t),))
    blocked = [f"z{low[i]}" for i in np.flatnonzero(z <= 0)]
    return draw_graph(
        graph,
        adjoints(graph),
        alt="A network from its inputs x through the scores z of the hidden units and their "
        "outputs h to the output ŷ and the loss L. The arrow from a score to its output is dotted "
        f"where ReLU blocks, at {' and '.join(blocked) or 'no unit'}. In each node stands its "
        "value above and the derivative of the loss with respect to it below",
        caption="From input to loss: above each name its value, below it the derivative of $L$ "
        "with respect to it. Values are computed from left to right, derivatives from right to "
        "left. Nothing passes back through the dotted arrow.",
        height=300,
        digits=3,
    )


def taylor_test() -> str:
    """Return the remainders of the Taylor test for a right and a wrong gradient."""
    rng = np.random.default_rng(0)
    x, d = rng.normal(size=50), rng.normal(size=50)

    def f(v: Array) -> float:
        return float(np.sum(np.sin(v) * v))

    right = np.cos(x) * x + np.sin(x)
    wrong = right.copy()
    wrong[7] *= 1.01
    h = 10.0 ** -np.arange(1, 6.01, 0.25)
    remainders = {
        "right gradient": np.array([abs(f(x + t * d) - f(x) - t * (right @ d)) for t in h]),
        "one component of fifty off by 1 %": np.array(
            [abs(f(x + t * d) - f(x) - t * (wrong @ d)) for t in h]
        ),
    }

    def draw(ax: Any) -> None:
        for label, remainder in remainders.items():
            ax.loglog(h, remainder, label=label)
        ax.set_xlabel("h")
        ax.set_ylabel("remainder")

    orders = [np.polyfit(np.log(h[-9:]), np.log(r[-9:]), 1)[0] for r in remainders.values()]
    return figure(
        draw,
        alt="Remainder of the Taylor test against the step h, both axes logarithmic. For the right "
        f"gradient it falls with slope {orders[0]:.1f}; for the wrong one it falls as fast only at "
        f"first and then with slope {orders[1]:.1f}.",
        caption="$\\lvert f(x+hd) - f(x) - h\\,g^\\top d\\rvert$ in a random direction $d$ of a "
        "space of 50 dimensions: of the order $h^2$ for the gradient, $h$ for anything else.",
    )


def programs_figure() -> str:
    """Return three programs that compute x, exactly or nearly, and their slopes by forward mode."""
    programs: dict[str, Callable[[Any], Any]] = {
        "x": lambda x: 1.0 * x,
        "max(x, 0) − max(−x, 0)": lambda x: np.maximum(x, 0) - np.maximum(-x, 0),
        "x rounded to quarters": lambda x: np.rint(4 * x) / 4,
    }
    x = np.linspace(-1, 1, 401)  # 0 is among them
    slopes = {name: dual.derivative(f, x) for name, f in programs.items()}
    middle = x.size // 2

    def draw(upper: Any, lower: Any) -> None:
        for i, (name, f) in enumerate(programs.items()):
            upper.plot(x, f(x), color=f"C{i}", label=name)
            slope = slopes[name].copy()
            if i == 1:
                slope[middle] = np.nan
                lower.plot([0], [slopes[name][middle]], "o", color="C1")
            lower.plot(x, slope, color=f"C{i}")
        upper.set_ylabel("value")
        lower.set_ylabel("slope by AD")
        lower.set_ylim(-0.15, 1.25)
        lower.set_xlabel("x")

    kinked, steps = list(slopes.values())[1:]
    return figure(
        draw,
        alt="Values and slopes of three programs for x. The values of the first two are equal and "
        "the third is a staircase beside them. Automatic differentiation gives slope 1 for the "
        f"first; for the second {np.delete(kinked, middle).min():g}, but {kinked[middle]:g} at "
        f"x = 0, a dot; for the staircase {steps.max():g} everywhere.",
        caption="The same values, or nearly, and other slopes: automatic differentiation sees the "
        "program.",
        height=420,
        rows=2,
    )


def sigmoid_tail() -> str:
    """Return the slope of the sigmoid in its right tail, by two formulas."""
    x = np.linspace(30.0, 42.0, 601)
    usual, stable = expit(x) * (1 - expit(x)), expit(x) * expit(-x)

    def draw(ax: Any) -> None:
        ax.semilogy(x, stable, label="σ(x)σ(−x)")
        ax.semilogy(x, np.where(usual > 0, usual, np.nan), label="s(1 − s), s = σ(x)")
        ax.set_xlabel("x")
        ax.set_ylabel("slope of the sigmoid")

    last = float(x[usual > 0][-1])
    return figure(
        draw,
        alt=f"Slope of the sigmoid for x from {x[0]:g} to {x[-1]:g} on a logarithmic scale, by two "
        "formulas. As "
        "σ(x)σ(−x) it is a straight line down to the right. As s(1 − s) it follows that line, "
        f"then falls in growing steps and ends at about {last:.0f}, from where on it is 0.",
        caption="Two formulas for one slope. $1 - s$ keeps the rounding error of $s$ and little "
        "else as $s$ nears 1.",
    )
