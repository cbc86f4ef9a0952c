"""The picture that stands for an entry where its address is shared: name, formulas and curves."""

import io
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from derivref import catalog, oracle
from derivref.cache import cached
from derivref.records import Scalar
from derivref.site.show import figures

FOLDER = "assets/generated/cards"
SIZE = (12.0, 6.3)  # in hundreds of pixels, what sites that show such pictures ask for
PAPER, INK, MUTED, GRID, CURVES = "#fdfdfb", "#1c1e21", "#5b6067", "#e2e0da", ("#135c8a", "#c2491d")
LONG = 60  # characters of TeX that fit beside the curves


def _formulas(record: Scalar) -> list[str]:
    """Return what Matplotlib can set of f and f\u2032, in its TeX; it knows no cases."""
    from matplotlib.mathtext import MathTextParser

    found = []
    for n, name in enumerate(("f(x)", "f'(x)")):
        text = f"${name} = {oracle.latex(record, n)}$"
        try:
            MathTextParser("agg").parse(text)
        except ValueError:
            continue
        if len(text) < LONG:
            found.append(text)
    return found


def _draw(title: str, formulas: list[str], curves: Any, span: tuple[float, float]) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    with mpl.rc_context():
        mpl.rcdefaults()  # nobody's matplotlibrc
        mpl.rcParams.update({"font.family": "STIXGeneral", "mathtext.fontset": "stix"})
        page = Figure(figsize=SIZE, dpi=100, facecolor=PAPER)
        ax = page.add_axes((0.5, 0.1, 0.46, 0.8), facecolor="none", xlim=span)
        shown = np.concatenate([y for pieces in curves for _, y in pieces])
        low, high = (np.clip(f(shown), -figures.TALL, figures.TALL) for f in (np.nanmin, np.nanmax))
        ax.set_ylim(low - 0.06 * (high - low + 0.1), high + 0.06 * (high - low + 0.1))
        ax.grid(color=GRID)
        ax.axhline(0, color=MUTED, linewidth=1.2)
        ax.axvline(0, color=MUTED, linewidth=1.2)
        ax.tick_params(length=0, labelsize=18, labelcolor=MUTED)
        ax.spines[:].set_visible(False)
        for pieces, color, style in zip(curves, CURVES, ("-", (0, (5, 2))), strict=True):
            for x, y in pieces:
                ax.plot(x, y, color=color, linestyle=style, linewidth=4)
        size = min(72, 1000 / max(len(title), 1))
        page.text(0.05, 0.74, title, fontsize=size, color=INK, fontweight="bold")
        for row, text in enumerate(formulas):
            page.text(0.05, 0.52 - 0.16 * row, text, fontsize=30, color=CURVES[row])
        page.text(0.05, 0.09, "derivref", fontsize=30, color=MUTED)
        canvas = FigureCanvasAgg(page)
        canvas.draw()  # type: ignore[no-untyped-call]
        pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        image = Image.frombuffer("RGBA", canvas.get_width_height(), pixels)
    out = io.BytesIO()
    image.convert("RGB").quantize(48).save(out, "PNG", optimize=True)
    return out.getvalue()


def card(record: Scalar) -> bytes:
    """Return the picture of a function, a PNG file, the same for the same facts and versions."""
    here = (Path(__file__).read_text("utf-8"), *map(version, ("matplotlib", "pillow")))

    def compute() -> bytes:
        seen = figures._view(record)
        tall = figures.TALL
        curves = [
            [(x, np.where(abs(y) < 2 * tall, np.round(y, 6), np.nan)) for x, y in pieces]
            for pieces in seen.curves(200)[:2]
        ]
        formulas = _formulas(record)
        told = repr(
            (record.title, formulas, [[(x.tolist(), y.tolist()) for x, y in c] for c in curves])
        )
        key = (told, *here)
        return cached(
            "cards", key, lambda: _draw(record.title, formulas, curves, (seen.low, seen.high))
        )

    # By all facts first: to find the curves takes longer than to read a file.
    return cached("cards", (record.full_name, oracle.source(record), *here), compute)


def cards() -> dict[str, bytes]:
    """Return the pictures of the entries that have a page of their own, by their addresses."""
    return {
        f"{FOLDER}/{record.family}/{record.name}.png": card(record)
        for record in catalog.records("scalar")
        if "#" not in catalog.address(record)
    }


def of_pages() -> dict[str, str]:
    """Return the address of the picture of each page that has one, by the page's file."""
    return {
        f"{catalog.address(record).removesuffix('.md')}/index.html": (
            f"{FOLDER}/{record.family}/{record.name}.png"
        )
        for record in catalog.records("scalar")
        if "#" not in catalog.address(record)
    }
