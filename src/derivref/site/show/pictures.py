"""The pictures of the concept pages; each function returns one figure as HTML."""

from collections.abc import Callable
from typing import Any

import numpy as np

from derivref.site.show.figures import INK, MUTED, figure


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


def failures() -> str:
    """Return five functions without a derivative at 0, each at three magnifications."""
    cases: dict[str, Callable[[Any], Any]] = {
        "jump: sign(x)": np.sign,
        "corner: |x|": np.abs,
        "cusp: |x|^(2/3)": lambda x: np.cbrt(x) ** 2,
        "vertical tangent: cbrt(x)": np.cbrt,
        "oscillation: x sin(1/x)": lambda x: x * np.sin(1 / x),
    }

    def draw(*axes: Any) -> None:
        # An even number of points: none is 0.
        t = np.linspace(-1, 1, 400)
        for ax, (name, f) in zip(axes, cases.items(), strict=True):
            for power in (1, 4, 16):
                ax.plot(t, power * f(t / power), label=f"{power}×" if ax is axes[0] else None)
            ax.set_ylim(-2.1, 2.1)
            ax.set_ylabel(name.partition(":")[0])
        axes[-1].set_xlabel("distance from 0, magnified")

    names = ", ".join(cases)
    return figure(
        draw,
        alt="Five ways to have no derivative at 0, each magnified 1, 4 and 16 times in both "
        f"directions: {names}. Under the glass the jump and the two steep graphs grow taller, the "
        "corner stays the same corner, and the oscillation never settles.",
        caption="Magnified 1, 4 and 16 times in both directions around 0, none becomes a straight "
        "line that is not vertical.",
        height=760,
        rows=5,
    )


def weierstrass() -> str:
    """Return Weierstrass' function with a = 1/2, b = 13, and a piece of it magnified."""
    a, b = 0.5, 13

    def w(x: Any) -> Any:
        return sum(a**n * np.cos(float(b) ** n * np.pi * x) for n in range(5))

    def draw(upper: Any, lower: Any) -> None:
        t = np.linspace(-1, 1, 1200)
        upper.plot(t, w(t), color="C0", linestyle="-", linewidth=1)
        lower.plot(t, w(t / b), color="C0", linestyle="-", linewidth=1)
        upper.set_ylabel("−1 to 1")
        lower.set_ylabel("13 times nearer")
        lower.set_xlabel("distance from 0, magnified")

    return figure(
        draw,
        alt="Weierstrass' function looks as rough under the glass as without it. Above, the graph "
        "between −1 and 1; below, the thirteenth part around 0, with as many and as steep peaks.",
        caption="Five terms of $W$ with $a = 1/2$ and $b = 13$. Magnified 13 times the graph is as "
        "rough as before.",
        height=360,
        rows=2,
    )


def cogs() -> str:
    """Return sin(x²) as two steps: a small interval, stretched twice."""
    x, h = 0.8, 0.06
    u, du = x**2, 2 * x
    y, dy = float(np.sin(u)), float(np.cos(u))
    rows = {
        "x": (x, h, ""),
        "u = x²": (u, h * du, f"stretched by g′ = {du:.2f}"),
        "y = sin u": (y, h * du * dy, f"stretched by f′ = {dy:.2f}"),
    }

    def draw(ax: Any) -> None:
        for k, (name, (at, half, said)) in enumerate(rows.items()):
            level = -k
            ax.plot([0.0, 1.2], [level, level], color=MUTED, linestyle="-", linewidth=1)
            ax.plot(
                [at - half, at + half], [level, level], color=f"C{k}", linestyle="-", linewidth=7
            )
            ax.text(0.02, level + 0.14, name, color=INK)
            ax.text(at + half + 0.04, level + 0.14, said, color=INK)
        ax.set_ylim(-2.4, 0.6)
        ax.set_xlim(0, 1.25)
        ax.set_yticks([])

    return figure(
        draw,
        alt="A composition stretches a small interval twice. An interval of half width "
        f"{h:.2f} around x = {x:g} becomes one of {h * du:.2f} around u = {u:g} under the square, "
        f"and one of about {h * du * dy:.3f} under the sine: {du:.2f} and {dy:.2f} multiply.",
        caption="A small interval around $x = 0.8$ under $u = x^2$ and then $y = \\sin u$, to "
        "first order. The factors of $2x \\cos(x^2)$ multiply.",
        height=250,
    )


def taylor_sine() -> str:
    """Return the Taylor polynomials of the sine at 0, of degree 1, 3, 5 and 7."""

    def draw(ax: Any) -> None:
        x = np.linspace(-5.5, 5.5, 200)
        ax.plot(x, np.sin(x), color=INK, linestyle="-", linewidth=2.4, label="sin x")
        total, term = np.zeros_like(x), x.copy()
        for n in (1, 3, 5, 7):
            total = total + term
            ax.plot(x, total, label=f"degree {n}")
            term = -term * x**2 / ((n + 1) * (n + 2))
        ax.set_ylim(-2.2, 2.2)
        ax.set_xlabel("x")

    return figure(
        draw,
        alt="Taylor polynomials of the sine at 0 follow it further the higher their degree. The "
        "line of degree 1 leaves it first, then those of degree 3, 5 and 7; far from 0 all of them "
        "run off.",
        caption="The sine and its Taylor polynomials at 0. Each is best near 0, and bad far away.",
        height=320,
    )


def cubic_extrema() -> str:
    """Return x³ − 3x on [−3, 2.5] with its critical points and ends."""
    ends, critical = np.array([-3.0, 2.5]), np.array([-1.0, 1.0])

    def f(x: Any) -> Any:
        return x**3 - 3 * x

    def draw(ax: Any) -> None:
        x = np.linspace(ends[0], ends[1], 160)
        ax.plot(x, f(x), color=INK, linestyle="-")
        for c in critical:
            ax.plot([c - 0.6, c + 0.6], [f(c), f(c)], color="C0", linestyle="-")
        ax.plot(critical, f(critical), "o", color="C0", label="f′ = 0")
        ax.plot(ends, f(ends), "s", color="C1", label="ends")
        ax.set_xlabel("x")

    def said(points: Any) -> str:
        return " and ".join(f"{f(p):g} at {p:g}".replace("-", "−") for p in points)

    return figure(
        draw,
        alt="The graph of x³ − 3x on a closed interval, with all four candidates. At the critical "
        f"points the tangent is level and the values are {said(critical)}; at the ends they are "
        f"{said(ends)}.",
        caption="The candidates for the extremes of $x^3 - 3x$ on $[-3, 2.5]$. The smallest and "
        "the largest value are at the ends; the critical points are local extremes.",
        height=300,
    )


def gradient_field() -> str:
    """Return contours of x² + 3xy + y² with its gradient at some points."""

    def f(x: Any, y: Any) -> Any:
        return x**2 + 3 * x * y + y**2

    at = np.array([[-1.5, 0.6], [1.0, 1.0], [1.4, -0.9], [-0.8, -1.2]])
    slope = np.stack([2 * at[:, 0] + 3 * at[:, 1], 3 * at[:, 0] + 2 * at[:, 1]], axis=1)

    def draw(ax: Any) -> None:
        # A level c is a curve y(x): the roots of y² + 3xy + x² − c.
        x = np.linspace(-2, 2, 401)
        for c in (-4, -1, 1, 4, 9):
            inside = np.where(5 * x**2 + 4 * c >= 0, 5 * x**2 + 4 * c, np.nan)
            for sign in (1, -1):
                y = (-3 * x + sign * np.sqrt(inside)) / 2
                y = np.where(np.abs(y) <= 2, y, np.nan)
                ax.plot(x, y, color=MUTED, linestyle="-", linewidth=1.3)
        for p, g in zip(at, slope, strict=True):
            tip = p + 0.13 * g
            ax.annotate(
                "", xy=tuple(tip), xytext=tuple(p), arrowprops={"arrowstyle": "->", "color": INK}
            )
        ax.plot(at[:, 0], at[:, 1], "o", color="C0")
        ax.set_aspect("equal")
        ax.set_xlim(-2, 2)
        ax.set_ylim(-2, 2)
        ax.set_xlabel("x")
        ax.set_ylabel("y")

    return figure(
        draw,
        alt="Contour lines of x² + 3xy + y² with gradients as arrows. The lines are hyperbolas "
        "around a saddle at the origin; each arrow is at right angles to its line, points to "
        "higher values, and is longer where the lines are closer.",
        caption="Contour lines of $x^2 + 3xy + y^2$ and its gradient at four points: at right "
        "angles to the lines, uphill.",
        height=380,
    )


def folium() -> str:
    """Return the folium of Descartes, with its tangents that are level or vertical."""
    a = 1.0

    def curve(t: Any) -> Any:
        return 3 * a * t / (1 + t**3), 3 * a * t**2 / (1 + t**3)

    top = float(np.cbrt(2))
    height = top**2

    def draw(ax: Any) -> None:
        t = np.concatenate([np.linspace(-0.6, 1, 120), 1 / np.linspace(0.999, -0.6, 120)])
        t = t[np.abs(1 + t**3) > 0.05]
        for piece in (t[t >= 0], t[(t < 0) & (t > -1)], t[t < -1]):
            ax.plot(*curve(piece), color="C0", linestyle="-")
        ax.plot(
            [top - 0.45, top + 0.45], [height, height], color="C1", linestyle="-", label="level"
        )
        ax.plot([height, height], [top - 0.45, top + 0.45], color="C2", label="vertical")
        ax.plot([0], [0], "o", color=INK, label="double point")
        ax.set_aspect("equal")
        ax.set_xlim(-1.6, 2.2)
        ax.set_ylim(-1.6, 2.2)
        ax.set_xlabel("x")
        ax.set_ylabel("y")

    return figure(
        draw,
        alt="The folium of Descartes, x³ + y³ = 3xy, is a loop with two tails. Its tangent is "
        f"level at about ({top:.2f}, {height:.2f}) and vertical at about "
        f"({height:.2f}, {top:.2f}); at "
        "the origin the curve crosses itself.",
        caption="The folium $x^3 + y^3 = 3xy$. Where the tangent is vertical, and at the double "
        "point, y is no function of x with a slope.",
        height=380,
    )


def descent_rates() -> str:
    """Return the distance from the minimum by step, for learning rates around 2/L."""
    shown = (0.1, 0.5, 1.9, 2.0, 2.2)

    def draw(ax: Any) -> None:
        t = np.arange(13)
        for k, rate in enumerate(shown):
            ax.plot(
                t, (1 - rate) ** t, marker="o", markersize=4, color=f"C{k}", label=f"αL = {rate:g}"
            )
        ax.set_ylim(-3, 3)
        ax.set_xlabel("step")
        ax.set_ylabel("distance from the minimum")

    return figure(
        draw,
        alt="Gradient descent on a quadratic for five learning rates. With αL = 0.1 the distance "
        "shrinks slowly from one side; with 0.5 quickly; with 1.9 it changes sign at each step and "
        "shrinks slowly; with 2 it jumps between 1 and −1 for ever; with 2.2 the jumps grow.",
        caption="Distance from the minimum of $\\tfrac L2 x^2$, from 1 on. The border is "
        "$\\alpha L = 2$.",
        height=320,
    )


def supporting_lines() -> str:
    """Return |x| with lines of slope −1, −1/2, 0, 1/2 and 1 through the kink."""
    slopes = (-1.0, -0.5, 0.0, 0.5, 1.0)

    def draw(ax: Any) -> None:
        x = np.linspace(-2, 2, 81)
        ax.plot(x, np.abs(x), color=INK, linestyle="-", linewidth=2.4, label="|x|")
        for k, g in enumerate(slopes):
            label = "supporting lines" if k == 0 else None
            ax.plot(x, g * x, color="C0", linestyle="-", linewidth=1.3, label=label)
        ax.plot(x, 1.4 * x, color="C1", label="slope 1.4: not below")
        ax.set_ylim(-1.6, 2.1)
        ax.set_xlabel("x")

    return figure(
        draw,
        alt="The graph of |x| with five lines through its kink that stay below it: slopes −1, "
        "−1/2, 0, 1/2 and 1. A line of slope 1.4 crosses the graph and is no support.",
        caption="Subgradients of $\\lvert x\\rvert$ at 0 are the slopes of lines that stay below.",
        height=290,
    )


def trajectories() -> str:
    """Return the paths of four optimisers on a quadratic of condition number 20."""
    curvature = np.array([1.0, 20.0])
    start = np.array([-9.0, 2.0])

    def path(method: str, steps: int = 60) -> Any:
        x, m, v = start.copy(), np.zeros(2), np.zeros(2)
        found = [x]
        for t in range(1, steps + 1):
            g = curvature * x
            if method == "gradient descent":
                x = x - 0.09 * g
            elif method == "heavy ball":
                m = 0.8 * m + g
                x = x - 0.03 * m
            elif method == "Adam":
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                x = x - 0.4 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            else:
                x = x - g / curvature
            found.append(x)
        return np.array(found).T

    def draw(ax: Any) -> None:
        angle = np.linspace(0, 2 * np.pi, 121)
        for level in (1, 3, 6, 10):
            ax.plot(
                level * np.cos(angle),
                level * np.sin(angle) / np.sqrt(20),
                color=MUTED,
                linestyle="-",
                linewidth=1,
            )
        for k, name in enumerate(("gradient descent", "heavy ball", "Adam", "Newton")):
            ax.plot(*path(name), color=f"C{k}", marker=".", markersize=4, label=name)
        ax.set_xlim(-10, 5)
        ax.set_ylim(-2.5, 2.5)

    return figure(
        draw,
        alt="Paths of four optimisers to the minimum of a long valley. Gradient descent jumps from "
        "side to side across it and creeps along it; the heavy ball swings along it and past the "
        "minimum; Adam turns into the valley without regard to its shape; Newton's method goes to "
        "the minimum in one step.",
        caption="Sixty steps on $\\tfrac12(x^2 + 20y^2)$ from the same start.",
        height=330,
    )


def gradient_by_depth() -> str:
    """Return the norm of the gradient by depth, for activations and initialisations."""
    width, depth = 64, 40
    slopes = {
        "sigmoid, Xavier": (
            1.0,
            lambda z: 1 / (1 + np.exp(-z)),
            lambda z: 0.25 / np.cosh(z / 2) ** 2,
        ),
        "tanh, Xavier": (1.0, np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        "ReLU, variance 1/n": (1.0, lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        "ReLU, He": (2.0, lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        "ReLU, variance 4/n": (4.0, lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    }

    def norms(scale: float, f: Any, d: Any) -> Any:
        rng = np.random.default_rng(0)
        x, layers = rng.normal(size=width), []
        for _ in range(depth):
            weights = rng.normal(size=(width, width)) * np.sqrt(scale / width)
            z = np.einsum("ij,j->i", weights, x)
            layers.append((weights, d(z)))
            x = f(z)
        g = rng.normal(size=width)
        found = [1.0]
        start = np.sqrt(np.sum(g * g))
        for weights, slope in reversed(layers):
            g = np.einsum("ij,i->j", weights, g * slope)
            # Two digits: the picture shows no more, and the last ones hang on the processor.
            found.append(float(f"{np.sqrt(np.sum(g * g)) / start:.1e}"))
        return np.array(found)

    def draw(ax: Any) -> None:
        for k, (name, facts) in enumerate(slopes.items()):
            values = norms(*facts)
            kept = values > 1e-16
            ax.semilogy(np.arange(depth + 1)[kept], values[kept], color=f"C{k}", label=name)
        ax.set_ylim(1e-14, 1e8)
        ax.set_xlabel("layers back from the output")
        ax.set_ylabel("norm of the gradient")

    return figure(
        draw,
        alt="The norm of the gradient by depth is a straight line on a logarithmic scale, which "
        "falls or rises. It falls fastest for sigmoid, slowly for tanh with Xavier's and for ReLU "
        "with too small weights, stays level for ReLU with He's, and rises with larger weights.",
        caption="Norm of the gradient through 40 random layers of width 64; 1 at the output.",
        height=340,
    )


def likelihood() -> str:
    """Return the log-likelihood of a Bernoulli probability, and its score, for 3 of 10."""
    ones, n = 3, 10

    def draw(upper: Any, lower: Any) -> None:
        p = np.linspace(0.02, 0.9, 160)
        upper.plot(p, ones * np.log(p) + (n - ones) * np.log1p(-p), color="C0", linestyle="-")
        lower.plot(p, ones / p - (n - ones) / (1 - p), color="C1", linestyle="-")
        lower.axhline(0, color=MUTED, linewidth=1.2)
        for ax in (upper, lower):
            ax.axvline(ones / n, color=MUTED, linewidth=1, linestyle=":")
        upper.set_ylim(-20, -4)
        lower.set_ylim(-60, 60)
        upper.set_ylabel("log-likelihood")
        lower.set_ylabel("score")
        lower.set_xlabel("p")

    return figure(
        draw,
        alt=f"The log-likelihood of p for {ones} ones in {n} draws, and below it its slope, the "
        f"score. The likelihood is highest at p = {ones / n:g}, where the score is 0; the score is "
        "positive below and negative above.",
        caption=f"Log-likelihood and score for {ones} ones in {n} draws.",
        height=380,
        rows=2,
    )


def attribution() -> str:
    """Return 1 − ReLU(1 − x) with its slope, and the area that integrated gradients take."""

    def draw(upper: Any, lower: Any) -> None:
        x = np.array([-0.5, 1.0, 2.5])
        upper.plot(x, 1 - np.maximum(1 - x, 0), color="C0", linestyle="-")
        lower.plot([-0.5, 1, 1, 2.5], [1, 1, 0, 0], color="C1", linestyle="-")
        lower.fill_between([0, 1], [0, 0], [1, 1], color="C1", alpha=0.25, linewidth=0)
        for ax in (upper, lower):
            ax.axvline(2, color=MUTED, linewidth=1, linestyle=":")
        upper.set_ylabel("f(x)")
        lower.set_ylabel("f′(x)")
        lower.set_xlabel("x")

    return figure(
        draw,
        alt="A function that rises to 1 and stays there, and below it its slope. At x = 2 the "
        "slope is 0, yet the shaded area under the slope from 0 to 2 is 1, all of what f gained.",
        caption="At $x = 2$ the slope is 0. Its area from 0 to 2 is what integrated gradients say.",
        height=330,
        rows=2,
    )


def notations() -> str:
    """Return one tangent, with what each notation calls its parts."""
    a, h = 1.0, 1.0

    def draw(ax: Any) -> None:
        x = np.linspace(-0.3, 2.4, 80)
        ax.plot(x, x**2 / 2 + 0.5, color=INK, linestyle="-", label="y = f(x)")
        ax.plot(x, 1 + (x - a), color="C0", linestyle="-", label="tangent at a")
        ax.plot([a, a + h], [1, 1], color="C1", linestyle="-")
        ax.plot([a + h, a + h], [1, 2], color="C1", linestyle="-")
        ax.plot([a], [1], "o", color="C0")
        ax.text(a + h / 2, 0.86, "dx", ha="center", va="top", color=INK, style="italic")
        ax.text(a + h + 0.06, 1.5, "dy = f′(a) dx", va="center", color=INK, style="italic")
        ax.set_xlim(-0.3, 3.1)
        ax.set_ylim(0, 3.2)

    return figure(
        draw,
        alt="A curve with its tangent at a. Along the tangent a step dx to the right goes up by "
        "dy, which is f prime of a times dx; the curve itself ends higher.",
        caption="Leibniz' dy and dx are sides of the triangle under the tangent; $f'(a)$ is their "
        "quotient.",
        height=280,
    )
