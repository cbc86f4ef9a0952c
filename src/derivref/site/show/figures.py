"""Figures: one inline SVG each, which follows light and dark, and the picture of an entry.

Colours are CSS variables (`--fig-ink`, `--fig-muted`, `--fig-grid`, `--fig-paper`, `--fig-1` to
`--fig-6`); lines differ in their dashes too. Text is text, in the fonts of the page, and at least
11 px high on a phone. The same calls give the same bytes.
"""

import functools
import hashlib
import html
import io
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from derivref import oracle
from derivref.cache import cached
from derivref.records import Corner, Scalar
from derivref.site.fault import Fault
from derivref.site.markdown.maths import render
from derivref.verify.formulas import real

Array = NDArray[np.float64]

WIDTH = 440  # of the view box; 14 units high, text has 11 px in the 350 px of a phone
FONT = 14
# Matplotlib knows no CSS variables: it draws in colours that nobody uses, and they are replaced.
NAMES = ("ink", "muted", "grid", "paper", "1", "2", "3", "4", "5", "6")
COLOURS = {name: f"#f0e1d{i:x}" for i, name in enumerate(NAMES)}
INK, MUTED, GRID, PAPER = (COLOURS[name] for name in NAMES[:4])
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.2, 1.4)),
    (0, (7, 2, 1.2, 2)),
    (0, (2.6, 1.4)),
    (0, (9, 3)),
)
NAMESPACE = "{http://www.w3.org/2000/svg}"
MARK = "DIGEST"  # of a picture, until it is known


class _Recorder:
    """Stands in for axes and notes what is called on them, which is all a picture depends on."""

    def __init__(self, calls: list[Any], row: int, path: tuple[str, ...] = ()) -> None:
        self._note = calls, row, path

    def __getattr__(self, name: str) -> "_Recorder":
        calls, row, path = self._note
        return _Recorder(calls, row, (*path, name))

    def __call__(self, *args: Any, **options: Any) -> None:
        calls, row, path = self._note
        calls.append((row, path, args, options))


def figure(
    draw: Callable[..., None],
    *,
    alt: str,
    caption: str = "",
    height: int = 290,
    rows: int = 1,
    framed: bool = False,
) -> str:
    r"""Return a figure as HTML: what `draw` plots as inline SVG, with its alternative text.

    The calls that `draw` makes are recorded, and the picture is drawn only if none with the same
    calls is in the cache: a stale figure cannot be shown, and a warm build loads no Matplotlib.

    Parameters
    ----------
    draw : callable
        ``draw(ax)``, or ``draw(ax1, ax2, ...)`` for more rows, calls methods of Matplotlib's axes.
        It cannot use what they return. Without a colour given, lines take the house cycle of
        colours and dashes; otherwise only "C0" to "C5", `INK`, `MUTED`, `GRID` and `PAPER` exist.
        Labels are plain text, without TeX; labelled lines are shown in a legend above.
    alt : str
        What the picture shows, for those who do not see it. The first sentence is its name.
    caption : str
        Text below the picture, with formulas between dollar signs.
    height : int
        Height of the picture; its width is 440.
    rows : int
        Number of axes, one above the other, with a common horizontal axis.
    framed : bool
        Whether the SVG says where its axes stand, in `data-frame`: left, top, right, bottom in its
        units, then the limits of x and of y. A script draws into it.

    Raises
    ------
    Fault
        If `alt` is empty or a colour is not one of the house.
    TypeError
        If `draw` uses what a call returned.
    """
    if not alt.strip():
        raise Fault(f"`alt` must say what the figure shows, got {alt!r}")
    calls: list[Any] = []
    draw(*(_Recorder(calls, row) for row in range(rows)))
    contents = json.dumps((calls, alt, height, rows, *[framed] * framed), default=_plain)
    depends = (
        contents,
        Path(__file__).read_text(encoding="utf-8"),
        version("matplotlib"),
        version("numpy"),
    )

    def picture() -> bytes:
        source, frame = _svg(calls, height, rows)
        return _named(_clean(source, alt, frame if framed else "")).encode()

    svg = cached("figures", depends, picture).decode()
    if caption:
        text = re.sub(r"\$(.+?)\$", lambda m: render(html.unescape(m[1])), html.escape(caption))
        caption = f"\n<figcaption>{text}</figcaption>"
    return f"<figure>\n{svg}{caption}\n</figure>\n"


def _style() -> Any:
    from cycler import cycler

    cycle = [COLOURS[name] for name in NAMES[4:]]
    return {
        "axes.edgecolor": MUTED,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.labelcolor": INK,
        "axes.prop_cycle": cycler(color=cycle) + cycler(linestyle=DASHES),
        "axes.spines.bottom": False,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.facecolor": "none",
        "font.size": FONT,
        "grid.color": GRID,
        "grid.linewidth": 1,
        "legend.borderaxespad": 0,
        "legend.columnspacing": 1.6,
        "legend.fontsize": FONT,
        "legend.frameon": False,
        "legend.handlelength": 2.2,
        "lines.dash_capstyle": "butt",
        "lines.linewidth": 2.2,
        "lines.scale_dashes": True,
        "patch.edgecolor": INK,
        "svg.fonttype": "none",
        "svg.hashsalt": "derivref",  # `_named` tells two figures on a page apart
        "text.color": INK,
        "xtick.color": MUTED,
        "xtick.major.size": 0,
        "xtick.minor.size": 0,
        "ytick.color": MUTED,
        "ytick.major.size": 0,
        "ytick.minor.size": 0,
    }


def _plain(value: Any) -> Any:
    """Return an array or scalar as text that has all its bits; the rest JSON knows."""
    if isinstance(value, np.ndarray | np.generic):
        return [value.dtype.str, value.shape, value.tobytes().hex()]
    raise TypeError(f"`draw` may pass numbers, texts and arrays to its axes, got {value!r}")


def _svg(calls: Sequence[Any], height: int, rows: int) -> tuple[str, str]:
    """Replay the calls on real axes and return Matplotlib's SVG, and where the first axes stand."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()  # nobody's matplotlibrc
        mpl.rcParams.update(_style())
        page = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
        axes = page.subplots(rows, sharex=True, squeeze=False)[:, 0]
        for row, path, args, options in calls:
            functools.reduce(getattr, path, axes[row])(*args, **options)
        for ax in axes:
            _finish(ax)
        out = io.StringIO()
        page.savefig(
            out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    box = axes[0].get_position()
    across, down = (box.x0 * WIDTH, box.x1 * WIDTH), ((1 - box.y1) * height, (1 - box.y0) * height)
    numbers = (across[0], down[0], across[1], down[1], *axes[0].get_xlim(), *axes[0].get_ylim())
    return out.getvalue(), " ".join(f"{round(v, 3) + 0.0:g}" for v in numbers)


def _finish(ax: Any) -> None:
    """Add the legend, and write powers of ten as the code on the pages does."""
    from matplotlib.ticker import LogLocator

    labels = ax.get_legend_handles_labels()[1]
    if labels:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=_columns(labels))
    for axis, ticks in ((ax.xaxis, 6), (ax.yaxis, 9)):
        if axis.get_scale() == "log":
            axis.set_major_locator(LogLocator(numticks=ticks))
            axis.set_major_formatter(lambda value, _: f"{value:g}".replace("e-0", "e-"))
    symbols = [ax.xaxis.label, ax.yaxis.label, *(ax.get_legend().get_texts() if labels else ())]
    for text in symbols:
        if re.fullmatch(r"[a-z][′″]?(\([a-z]\))?", text.get_text()):
            text.set_fontstyle("italic")


def _columns(labels: Sequence[str]) -> int:
    """Return the number of legend columns that fit: a letter takes 7.5 of 440, a handle 64."""
    for columns in range(len(labels), 1, -1):
        depth = -(-len(labels) // columns)
        widest = [max(map(len, labels[i : i + depth])) for i in range(0, len(labels), depth)]
        if sum(7.5 * letters + 64 for letters in widest) < WIDTH:
            return columns
    return 1


def _named(svg: str) -> str:
    """Number the ids of a picture, behind a digest of the picture, and let it name itself.

    Matplotlib's ids are digests of the numbers that were plotted: their last bits depend on the
    processor, and the two decimals of the picture do not.
    """
    for i, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', svg))):
        for form in (' id="{}"', "url(#{})", 'href="#{}"'):
            svg = svg.replace(form.format(name), form.format(f"{MARK}-{i}"))
    svg = svg.replace(' role="img"', f' role="img" aria-labelledby="{MARK}-0 {MARK}-1"', 1)
    return svg.replace(MARK, f"f{hashlib.sha256(svg.encode()).hexdigest()[:10]}")  # no digit first


def _clean(source: str, alt: str, frame: str = "") -> str:
    """Return Matplotlib's SVG for use inside a page: no ids or styles of its own, variables, text.

    Matplotlib's document sets a style for every element of the page that holds it, names groups
    alike in every figure, and writes six decimals: two are a hundredth of a pixel.
    """
    ElementTree.register_namespace("", NAMESPACE[1:-1])
    root = ElementTree.fromstring(source)
    used = set(re.findall(r"(?:href=\"#|url\(#)([^\")]+)", source))
    root.remove(root.find(f"{NAMESPACE}defs"))  # type: ignore[arg-type]  # the style
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        if "{http://www.w3.org/1999/xlink}href" in element.attrib:
            element.set("href", element.attrib.pop("{http://www.w3.org/1999/xlink}href"))
        for name in ("d", "x", "y", "transform", "width", "height"):
            if name in element.attrib:
                element.set(name, _short(element.attrib[name]))
        if "style" in element.attrib:
            element.set("style", _css(element.attrib["style"]))
        if element.tag == f"{NAMESPACE}text" and element.get("transform", "").startswith(
            "rotate(-0 "
        ):
            del element.attrib["transform"]
        element.tail = None
        if element.tag != f"{NAMESPACE}text":
            element.text = None
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        **({"data-frame": frame} if frame else {}),
        "data-search-exclude": "",
        "style": f"max-width: {1.2 * WIDTH:g}px; font: {FONT}px var(--sans, sans-serif); "
        "stroke-linejoin: round",
    }
    name, _, text = alt.strip().partition(". ")
    for tag, content, kind in (("desc", text, "text"), ("title", name, "name")):
        element = ElementTree.Element(f"{NAMESPACE}{tag}", {"id": kind})
        element.text = content
        root.insert(0, element)
    svg = ElementTree.tostring(root, encoding="unicode")
    svg = re.sub(r'<path d="[^"]*" style="fill: none" />|<g />', "", svg)  # nothing to see
    for colour, value in COLOURS.items():
        svg = svg.replace(value, f"var(--fig-{colour})")
    foreign = re.search(r"#[0-9a-f]{6}\b", svg)
    if foreign:
        raise Fault(f"a figure must use the house colours only, got {foreign[0]} (see `figure`)")
    return svg


def _short(numbers: str) -> str:
    short = re.sub(r"-?\d+\.\d+", lambda m: f"{round(float(m[0]), 2) + 0.0:g}", numbers)
    return " ".join(short.split())


def _css(style: str) -> str:
    kept = [
        part
        for part in style.split("; ")
        if not part.startswith("font-family") and part != f"font-size: {FONT}px"
    ]
    if "font-style: italic" in kept:
        kept.append("font-family: var(--serif, serif)")
    return "; ".join(kept)


def plot_kink(
    ax: Any, x: float, y_open: Sequence[float], y_closed: float, color: str = INK
) -> None:
    """Mark a jump at x: a closed dot at the value there, open dots at other one-sided limits."""
    dots = {"color": color, "linestyle": "none", "marker": "o", "markersize": 7, "zorder": 5}
    others = [y for y in y_open if y != y_closed]
    ax.plot([x] * len(others), others, markerfacecolor=PAPER, markeredgewidth=2, **dots)
    ax.plot([x], [y_closed], **dots)


@dataclass(frozen=True)
class _View:
    """The part of a function that its picture shows, without the points where it breaks."""

    record: Scalar
    low: float
    high: float
    poles: Sequence[float]

    def pieces(self, points: int) -> list[Array]:
        """Return points inside each smooth piece, denser towards its ends, where poles are."""
        first, last = max(self.low, self.record.domain[0]), min(self.high, self.record.domain[1])
        breaks = {*self.poles, *(k.at for k in self.record.corners), *oracle.joints(self.record)}
        ends = [first, *sorted(b for b in breaks if first < b < last), last]
        turns = np.arange(0.5, points) * (np.pi / points)
        return [
            low + (high - low) * (1 - np.cos(turns)) / 2 for low, high in itertools.pairwise(ends)
        ]

    def curves(self, points: int) -> list[list[tuple[Array, Array]]]:
        """Return x and y of each piece, for f, f′ and f″."""
        functions = self.record.f, self.record.d, self.record.d2
        return [[(x, f(x)) for x in self.pieces(points)] for f in functions]


TALL = 3.2  # no picture shows more than ±3.2 (just above π): all three curves stay in sight
FAR = 8.0  # kinks further out are not shown
HALF_WIDTHS = (5.0, 4.0, 3.0, 2.5, 2.0, 1.5, 1.0)
CURVES = ("f", "f′", "f″")


def _views(record: Scalar) -> Iterator[_View]:
    """Yield the possible views from wide to narrow."""
    low, high = record.domain
    fixed = [real(pole) for pole in record.excluded]
    period = real(record.period) if record.period else 0.0
    # A kink is seen, with a little beyond it: that of ReLU6 is at 6.
    reach = max((1.25 * abs(k.at) for k in record.corners if abs(k.at) <= FAR), default=0.0)
    for half in (period,) if period else (max(h, reach) for h in HALF_WIDTHS):
        if math.isinf(low) and math.isinf(high):
            span = -half, half
        elif math.isinf(high):
            span = low - 0.1 * half, low + half
        elif math.isinf(low):
            span = high - half, high + 0.1 * half
        else:
            span = low - 0.1 * (high - low), high + 0.1 * (high - low)
        turns = range(-3, 4) if period else (0,)
        poles = sorted(p + k * period for p in fixed for k in turns)
        yield _View(record, *span, [p for p in poles if span[0] < p < span[1]])


def _view(record: Scalar) -> _View:
    """Return the widest view in which three quarters of the curves are not too tall to be seen."""
    for view in _views(record):
        values = np.concatenate([y for curve in view.curves(200) for _, y in curve])
        if np.mean(np.abs(values) <= TALL) >= 0.75:
            break
    return view


def view(record: Scalar) -> tuple[float, float]:
    """Return the ends of what the picture of a function shows of the x-axis."""
    found = _view(record)
    return found.low, found.high


def function_figure(record: Scalar) -> str:
    """Return the picture of f, f′ and f″, with poles, kinks and its alternative text.

    Nothing is drawn across a pole or a kink. At a kink a closed dot marks the slope that the code
    returns and open dots the one-sided slopes. Each curve has its name where it ends; one that
    another hides is drawn wider, below it.
    """
    view = _view(record)
    curves = view.curves(180 // len(view.pieces(1)))
    values = np.concatenate([y for curve in curves for _, y in curve])
    # A curve that stays outside, as the slope of a logit does, makes the picture taller.
    least = [min(float(np.min(np.abs(y))) for _, y in curve) for curve in curves]
    tall = max([TALL, *(1.5 * u for u in least if u > TALL)])
    shown = np.clip(np.append(values, 0.0), -tall, tall)
    margin = 0.06 * np.ptp(shown)
    low, high = float(shown.min() - margin), float(shown.max() + margin)
    hidden = [sum(_same(c, d) for d in curves[i + 1 :]) for i, c in enumerate(curves)]
    names = _labels(curves, (view.low, view.high, low, high))

    def draw(ax: Any) -> None:
        ax.axhline(0, color=MUTED, linewidth=1, linestyle="-")
        ax.axvline(0, color=MUTED, linewidth=1, linestyle="-")
        for pole in view.poles:
            ax.axvline(pole, color=MUTED, linewidth=1, linestyle=":")
        for i, curve in enumerate(curves):
            x, y = (_joined(part) for part in zip(*curve, strict=True))
            # Far outside the picture only the direction matters, and numbers cost bytes.
            y = np.clip(y, -30 * TALL, 30 * TALL)
            width = 2.2 + 3.2 * hidden[i]
            dash = "-" if hidden[i] else DASHES[i]
            ax.plot(x, y, color=f"C{i}", linestyle=dash, linewidth=width)
        for i, (right, height, across, up) in enumerate(names):
            ax.text(right, height, CURVES[i], color=f"C{i}", fontstyle="italic", ha=across, va=up)
        for kink in (k for k in record.corners if view.low <= k.at <= view.high):
            plot_kink(ax, kink.at, _slopes(record, kink), kink.slope, color="C1")
        ax.set_xlim(view.low, view.high)
        ax.set_ylim(low, high)
        ax.set_xlabel("x")

    return figure(draw, alt=_alt(view), height=300, framed=True)


def _same(one: Sequence[tuple[Array, Array]], other: Sequence[tuple[Array, Array]]) -> bool:
    """Say whether two curves cannot be told apart, or nearly nowhere."""
    a, b = (np.concatenate([y for _, y in curve]) for curve in (one, other))
    return bool(np.mean(np.abs(a - b) < 0.01) > 0.9)


def _labels(
    curves: Sequence[Sequence[tuple[Array, Array]]], frame: tuple[float, float, float, float]
) -> list[tuple[float, float, str, str]]:
    """Return where the name of each curve stands, at its right end, and which way it is set.

    A curve that leaves through the top or the bottom has its name there. Names that would cover
    each other move apart.
    """
    left, right, bottom, top = frame
    wide, tall = right - left, top - bottom
    found: list[list[Any]] = []
    for curve in curves:
        seen = [(px, py) for px, py in curve if np.any(py == np.clip(py, bottom, top))]
        px, py = seen[-1]
        last = int(np.flatnonzero(py == np.clip(py, bottom, top))[-1])
        if last == px.size - 1:
            found.append([float(px[last]) + 0.015 * wide, float(py[last]), "left", "center"])
        elif py[last + 1] > top:
            found.append([float(px[last]), top + 0.02 * tall, "center", "bottom"])
        else:
            found.append([float(px[last]) - 0.02 * wide, bottom + 0.02 * tall, "right", "bottom"])
    for key, across, gap in (
        ("left", 1, 0.06 * tall),
        ("center", 0, 0.07 * wide),
        ("right", 0, 0.07 * wide),
    ):
        group = sorted((f for f in found if f[2] == key), key=lambda f: f[across])
        for before, here in itertools.pairwise(group):
            here[across] = max(here[across], before[across] + gap)
    return [(float(f[0]), float(f[1]), f[2], f[3]) for f in found]


def _joined(pieces: Sequence[Array]) -> Array:
    """Return pieces in a row with NaN between them, where the pen is lifted."""
    return np.concatenate([part for piece in pieces for part in (piece, [np.nan])])


def _slopes(record: Scalar, kink: Corner) -> tuple[float, float]:
    below, above = np.nextafter(kink.at, [-np.inf, np.inf])
    return float(record.d(below)), float(record.d(above))


def _alt(view: _View) -> str:
    """Say what the picture of a function shows, from the values drawn."""
    record = view.record
    parts = [
        f"Graphs of {record.title}, its slope f′ and its second derivative f″ for x from "
        f"{_about(view.low)} to {_about(view.high)}"
    ]
    seen: dict[bytes, str] = {}  # exp and others are their own derivatives
    for name, curve in zip(CURVES, view.curves(8001), strict=True):
        first = seen.setdefault(b"".join(y.tobytes() for _, y in curve), name)
        parts.append(
            f"{name} {_course(curve)}" if first == name else f"{name} coincides with {first}"
        )
    pieces = view.curves(200)[0]
    for pole in view.poles:
        right = next(i for i, (x, _) in enumerate(pieces) if x[0] > pole)
        before, after = pieces[right - 1][1][-1], pieces[right][1][0]
        parts.append(
            f"At the pole x = {_about(pole)} f leaves at the {_edge(before)} on its left and at "
            f"the {_edge(after)} on its right"
        )
    for kink in record.corners:
        below, above = map(_about, _slopes(record, kink))
        parts.append(
            f"At the kink x = {_about(kink.at)} f′ jumps from {below} to {above}; "
            f"the closed dot marks {_about(kink.slope)}"
        )
    return ". ".join(parts) + "."


def _course(curve: Sequence[tuple[Array, Array]]) -> str:
    """Say how a curve runs from left to right: where it starts, turns and ends."""
    if all(np.ptp(y) == 0 for _, y in curve):
        values = [_about(y[0]) for _, y in curve]
        return f"is {values[0]}" if len(set(values)) == 1 else f"is {', then '.join(values)}"
    turns = []
    for x, y in curve:
        rising = np.diff(y) > 0
        for i in np.flatnonzero(rising[1:] != rising[:-1]) + 1:
            # Rounding turns a flat tail up and down; what cannot be seen is not said.
            if np.ptp(y[max(0, i - 800) : i + 800]) > 1e-2:
                kind = "minimum" if rising[i] else "maximum"
                turns.append(f"a {kind} of {_about(y[i])} at x = {_about(x[i])}")
    start, end = (_height(curve[i][1][i]) for i in (0, -1))
    course = f"runs from {start} on the left to {end} on the right"
    if not turns:
        return course
    return f"{course}, with {', '.join(turns[:-1])}{' and ' if turns[1:] else ''}{turns[-1]}"


def _height(value: float) -> str:
    if abs(value) > TALL:
        return f"beyond the {_edge(value)}"
    return _about(value)


def _edge(value: float) -> str:
    return "top" if value > 0 else "bottom"


def _about(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")
