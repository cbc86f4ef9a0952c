"""The pictures of the concept pages; each function returns one figure as HTML."""

from typing import Any

import numpy as np

from derivref.site.show.figures import INK, figure


def secants() -> str:
    """Return the secants of x² at 1 that turn into the tangent."""

    def draw(ax: Any) -> None:
        x = np.linspace(-0.4, 2.7, 120)
        ax.plot(x, x**2, color=INK, linestyle="-", label="x²")
        for k, h in enumerate((1.5, 0.9, 0.4)):
            slope = ((1 + h) ** 2 - 1) / h
            ax.plot(x, 1 + slope * (x - 1), color=f"C{k + 1}", label=f"h = {h}: slope {slope:.3g}")
            ax.plot([1 + h], [(1 + h) ** 2], "o", color=f"C{k + 1}")
        ax.plot(x, 1 + 2 * (x - 1), color="C0", linestyle="-", label="tangent: slope 2")
        ax.plot([1], [1], "o", color=INK)
        ax.set_xlim(-0.4, 2.7)
        ax.set_ylim(-1.6, 7)
        ax.set_xlabel("x")

    return figure(
        draw,
        alt="Three secants of the parabola at 1 turn into the tangent. They pass through the point "
        "(1, 1) and a second point at distance h = 1.5, 0.9 and 0.4; their slopes fall from 3.5 "
        "over 2.9 to 2.4, towards the 2 of the tangent.",
        caption="Secants through $(1, 1)$ and $(1 + h, (1 + h)^2)$ turn into the tangent.",
        height=330,
    )


def zoom() -> str:
    """Return x² at 1 and |x| at 0 under a magnifying glass of growing power."""

    def draw(upper: Any, lower: Any) -> None:
        t = np.linspace(-1, 1, 81)
        for power in (1, 3, 10, 100):
            upper.plot(t, power * ((1 + t / power) ** 2 - 1), label=f"{power}×")
            lower.plot(t, power * np.abs(t / power))
        upper.set_ylabel("x² around 1")
        lower.set_ylabel("|x| around 0")
        lower.set_xlabel("distance from the point, magnified")
        upper.set_ylim(-2.1, 3.1)
        lower.set_ylim(-0.1, 1.1)

    return figure(
        draw,
        alt="Zooming in straightens a parabola but not the corner of |x|. Around 1 the graph of x "
        "squared, magnified 1, 3, 10 and 100 times, bends less and less and ends as a straight "
        "line of slope 2. Around 0 the graph of |x| is the same corner at every magnification.",
        caption="Magnified in both directions, $x^2$ becomes a line of slope 2; the corner of "
        "$\\lvert x\\rvert$ stays.",
        height=420,
        rows=2,
    )
