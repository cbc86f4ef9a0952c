"""The pictures of the concept pages; each function returns one figure as HTML."""

from typing import Any

import numpy as np

from derivref.site.show.figures import figure


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
