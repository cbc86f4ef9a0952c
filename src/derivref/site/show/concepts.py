"""Figures of the concept pages, and the map of the site; each function returns HTML or Markdown."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from mkdocs.utils.yaml import yaml_load

from derivref.site.fault import Fault
from derivref.site.lint.prose import front_matter
from derivref.site.markdown.page import find
from derivref.site.show.differencing import EXP, SCHEMES, measured, points, short, sizes
from derivref.site.show.figures import DASHES, INK, MUTED, figure


def _about(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")


def secants() -> str:
    """Return the secants of x² at 3 that turn into the tangent, from both sides."""
    at = 3.0
    shown = [(h, ((at + h) ** 2 - at**2) / h) for h in (2.0, 1.0, -1.0, -2.0)]
    slope = 2 * at

    def draw(ax: Any) -> None:
        x = np.linspace(-0.2, 5.6, 120)
        ax.plot(x, x**2, color=INK, linestyle="-", label="x²")
        ax.plot(x, at**2 + slope * (x - at), color="C0", ls="-", label=f"tangent: slope {slope:g}")
        for k, (h, rise) in enumerate(shown, 1):
            label = f"h = {_about(h)}: slope {rise:g}"
            ax.plot(x, at**2 + rise * (x - at), color=f"C{k}", ls=DASHES[k], label=label)
            ax.plot([at + h], [(at + h) ** 2], "o", color=f"C{k}")
        ax.plot([at], [at**2], "o", color=INK)
        ax.set_xlim(-0.2, 5.6)
        ax.set_ylim(-6, 30)
        ax.set_xlabel("x")

    said = ", ".join(f"{rise:g} for h = {_about(h)}" for h, rise in shown)
    return figure(
        draw,
        alt=f"Secants of the parabola turn into its tangent at {at:g}. Each passes through the "
        f"point ({at:g}, {at**2:g}) and one at distance h to its right or left; the slopes are "
        f"{said}, and the {slope:g} of the tangent lies between the sides.",
        caption="Secants of $x^2$ through $(3, 9)$ and $(3 + h, (3 + h)^2)$. From either side they "
        "turn into the tangent.",
        height=350,
    )


def slope_graph() -> str:
    """Return x³/3 − x above its derivative, with pieces of tangents and their slopes as dots."""
    at = np.array([-1.7, -1.0, 0.0, 1.0, 1.7])

    def f(x: Any) -> Any:
        return x**3 / 3 - x

    def d_f(x: Any) -> Any:
        return x**2 - 1

    def draw(upper: Any, lower: Any) -> None:
        x = np.linspace(-2.2, 2.2, 160)
        upper.plot(x, f(x), color=INK, linestyle="-")
        lower.plot(x, d_f(x), color="C0", linestyle="-")
        lower.axhline(0, color=MUTED, linewidth=1.2)
        for a in at:
            t = np.array([a - 0.35, a + 0.35])
            upper.plot(t, f(a) + d_f(a) * (t - a), color="C1", linestyle="-")
            for ax in (upper, lower):
                ax.axvline(a, color=MUTED, linewidth=1, linestyle=":")
        upper.plot(at, f(at), "o", color="C1")
        lower.plot(at, d_f(at), "o", color="C1")
        upper.set_ylabel("f(x)")
        lower.set_ylabel("f′(x)")
        lower.set_xlabel("x")

    said = ", ".join(f"{_about(d_f(a))} at {_about(a)}" for a in at)
    flat = at[d_f(at) == 0]
    return figure(
        draw,
        alt="The graph of x³/3 − x, and below it the graph of its derivative x² − 1. Where f rises "
        f"the derivative is positive, where f falls it is negative. It is 0 at {_about(flat[0])} "
        f"and {_about(flat[-1])}, where f has a highest and a lowest point near by. "
        f"Pieces of tangents have the slopes {said}.",
        caption="Above $f(x) = x^3/3 - x$ with five tangents, below $f'(x) = x^2 - 1$. The height "
        "of a dot below is the slope of the tangent above it.",
        height=430,
        rows=2,
    )


def product_area() -> str:
    """Return x² eˣ as the area of a rectangle whose sides grow: two strips and a corner."""
    x, h = 1.0, 0.25
    f, g = x**2, float(np.exp(x))
    df, dg = (x + h) ** 2 - f, float(np.exp(x + h)) - g
    parts = {
        "f g": (0, f, 0, g),
        "Δf g": (f, f + df, 0, g),
        "f Δg": (0, f, g, g + dg),
        "Δf Δg": (f, f + df, g, g + dg),
    }

    def draw(ax: Any) -> None:
        for k, (name, (left, right, low, high)) in enumerate(parts.items()):
            ax.fill_between(
                [left, right], [low, low], [high, high], color=f"C{k}", alpha=0.25, linewidth=0
            )
            ax.plot(
                [left, right, right, left, left],
                [low, low, high, high, low],
                color=f"C{k}",
                linestyle="-",
            )
            ax.text(
                (left + right) / 2,
                (low + high) / 2,
                name,
                ha="center",
                va="center",
                color=INK,
                style="italic",
            )
        ax.set_xlim(-0.05, 1.7)
        ax.set_ylim(-0.1, 3.7)
        ax.set_xlabel("f = x²")
        ax.set_ylabel("g = exp(x)")

    areas = {
        name: (right - left) * (high - low) for name, (left, right, low, high) in parts.items()
    }
    strips = ", ".join(f"{name} is {area:.2f}" for name, area in list(areas.items())[1:])
    return figure(
        draw,
        alt="A product as the area of a rectangle that grows by two strips and a corner. Its sides "
        f"are f = x² and g = exp(x), from x = {x:g} to {x + h:g}. Of the growth, {strips}.",
        caption=f"From $x = {x:g}$ to ${x + h:g}$ the area $fg$ grows by $\\Delta f\\,g + "
        "f\\,\\Delta g + \\Delta f\\,\\Delta g$. Divided by h, the strips become $f'g$ and $fg'$; "
        "the corner goes to 0.",
        height=330,
    )


def complex_step_curve() -> str:
    """Return the error of forward, central and complex step against the step, for exp near 1."""
    x = points(EXP.at, np.float64)
    exact = np.exp(x)
    unit = float(np.finfo(np.float64).eps)
    steps = np.geomspace(1e-20, 1, 81)
    # What lies below four units is rounding of the slope itself, and depends on the processor.
    least = 4 * unit * float(exact.max())
    complex_ = [max(least, float(np.abs(np.exp(x + 1j * h).imag / h - exact).max())) for h in steps]
    real = steps[steps > 16 * unit]
    errors = {
        name: [measured(SCHEMES[name], EXP, float(h), np.float64) for h in real]
        for name in ("Forward", "Central")
    }

    def draw(ax: Any) -> None:
        ax.loglog(steps, complex_, color="C0", linestyle="-", label="complex step")
        for k, (name, values) in enumerate(errors.items(), 1):
            ax.loglog(real, values, color=f"C{k}", ls=DASHES[k], label=name.lower())
        ax.set_ylim(2e-16, 10)
        ax.set_xlabel("step h")
        ax.set_ylabel("error")

    best = {}
    for name in errors:
        at = sizes(SCHEMES[name], EXP, np.float64)
        best[name] = short(SCHEMES[name].predicted_error(SCHEMES[name].best_step(**at), **at))
    flat = short(math.sqrt(6 * 4 * unit))  # where truncation, h²/6 of the slope, is as small
    return figure(
        draw,
        alt="Error of three derivatives of exp near 1 against the step. The forward and the "
        "central difference fall, turn and rise again; their best errors are about "
        f"{best['Forward']} and {best['Central']}. The complex step falls with the central "
        f"difference, reaches rounding near h = {flat} and stays there down to 1e-20.",
        caption="Errors of the slope of exp near 1. The two differences have a best step; the "
        "complex step has none that is too small.",
        height=330,
    )


def softmax_slopes() -> str:
    """Return the softmax of three scores as the first moves, above its column of the Jacobian."""
    others = np.array([0.0, 1.0])
    names = ("first", "second", "third")

    def weights(z: Any) -> Any:
        e = np.stack([np.exp(z), *(np.full_like(z, np.exp(v)) for v in others)])
        return e / e.sum(axis=0)

    def draw(upper: Any, lower: Any) -> None:
        z = np.linspace(-4, 6, 161)
        p = weights(z)
        for k, name in enumerate(names):
            upper.plot(z, p[k], color=f"C{k}", linestyle=DASHES[k], label=f"{name} weight")
            slope = p[0] * ((k == 0) - p[k])
            lower.plot(z, slope, color=f"C{k}", linestyle=DASHES[k])
        lower.axhline(0, color=MUTED, linewidth=1.2)
        upper.set_ylabel("weight")
        lower.set_ylabel("slope")
        lower.set_xlabel("first score")

    peak = np.log(np.exp(others).sum())  # where the first weight is one half
    half = float(weights(peak)[0])
    return figure(
        draw,
        alt="Softmax of three scores as the first one moves, and below the slopes of the weights. "
        f"The other scores are {others[0]:g} and {others[1]:g}. The first weight rises from 0 to "
        f"1, the others fall to 0. Its slope is largest, {half * (1 - half):.2g}, at "
        f"{_about(float(peak))}, where the weight is {half:.2g}; the slopes of the others are "
        "negative, and the three sum to 0.",
        caption="What the first weight gains the others lose: each column of slopes, a column of "
        "the Jacobian, sums to 0.",
        height=380,
        rows=2,
    )


def site_map(section: str) -> str:
    """Return the pages of a section of the navigation, in order, with what each says of itself.

    Raises
    ------
    Fault
        If the navigation has no such section, or a section that has pages of its own.
    """
    config = find("mkdocs.yml")
    assert config is not None
    with config.open(encoding="utf-8") as file:
        nav = yaml_load(file)["nav"]
    sections = {name: pages for entry in nav for name, pages in entry.items()}
    pages = sections.get(section)
    if not isinstance(pages, list):
        known = ", ".join(name for name, pages in sections.items() if isinstance(pages, list))
        raise Fault(f"no section `{section}` in the navigation: there are {known}")
    rows = []
    for page in pages:
        if isinstance(page, dict):  # a section in the section: its first page stands for it
            page = next(iter(page.values()))[0]
        meta = front_matter(Path(config.parent, "docs", page).read_text(encoding="utf-8"))
        rows.append(f"| [{meta['title']}]({page}) | {meta['description']} |")
    return "\n".join(["| Page | What it has |", "|---|---|", *rows, ""])
