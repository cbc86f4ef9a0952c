"""Figures: colours, ids, bytes, alternative text, and what the picture of a function shows."""

import os
import re
import subprocess
import sys
from math import inf

import matplotlib as mpl
import numpy as np
import pytest
from bs4 import BeautifulSoup
from material.plugins.search.plugin import Parser

from derivref import catalog
from derivref.records import Kink, Limits, Scalar, Tutorial
from derivref.site.fault import Fault
from derivref.site.show.figures import FONT, INK, PAPER, WIDTH, figure, function_figure

X = np.linspace(-3, 3, 100)
COMMAND = """
import numpy as np
from derivref import catalog
from derivref.site.show.figures import figure, function_figure
print(function_figure(catalog.get("gelu")))
print(figure(lambda ax: ax.plot(np.arange(9.0), label="a"), alt="A line."))
"""


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "cache"))


def record(f, d, d2, **facts):
    """Return a record with the facts that a picture needs."""
    return Scalar(
        family="test",
        name="made_up",
        title="Made up",
        use="",
        expr="x",
        f=lambda x: f(x),  # a ufunc of NumPy has no signature before 2.4
        d=lambda x: d(x),
        d2=lambda x: d2(x),
        limits=Limits(f=(0, 0), d=(0, 0), d2=(0, 0)),
        tutorial=Tutorial(f="", d=""),
        example="",
        **facts,
    )


TAN = record(
    np.tan,
    lambda x: 1 / np.cos(x) ** 2,
    lambda x: 2 * np.tan(x) / np.cos(x) ** 2,
    excluded=("pi/2",),
    period="pi",
)
LOG = record(np.log, lambda x: 1 / x, lambda x: -1 / x**2, domain=(0, inf))
STEP = record(  # slopes −0.5 and 1.5 at x = 1, and 0.25 chosen between them
    lambda x: np.where(x < 1, -0.5 * (x - 1), 1.5 * (x - 1)),
    lambda x: np.where(x < 1, -0.5, 1.5),
    lambda x: 0 * x,
    kinks=(Kink(at=1.0, slope=0.25, why=""),),
)


def soup(html):
    return BeautifulSoup(html, "html.parser")


def sines(ax):
    for n in range(1, 7):
        ax.plot(X, np.sin(n * X) / n, label=f"n = {n}")


def numbers(text):
    return [float(n) for n in re.findall(r"-?[\d.]+", text)]


def lines(html, colour):
    """Return the runs of points, in the units of the picture, of the curve of that colour."""
    (path,) = (
        p
        for p in soup(html).select("path[clip-path]")
        if f"stroke: var(--fig-{colour})" in p["style"]
    )
    runs = [numbers(run) for run in path["d"].split("M")[1:]]
    return [np.reshape(run, (-1, 2)) for run in runs]


def scale(html, axis):
    """Return the factor and the offset from data to the picture, from ticks and grid lines."""
    labels = [t for t in soup(html).select("text") if re.fullmatch(r"[−\d.]+", t.get_text())]
    values = [
        float(t.get_text().replace("−", "-"))
        for t in labels
        if ("text-anchor: middle" in t["style"]) == (axis == "x")
    ]
    grid = [numbers(p["d"]) for p in soup(html).select("path") if "--fig-grid" in p["style"]]
    places = [x if axis == "x" else y for x, y, x2, y2 in grid if (x == x2) == (axis == "x")]
    assert len(values) == len(places)
    factor = (places[-1] - places[0]) / (values[-1] - values[0])
    return factor, places[0] - values[0] * factor


def test_every_colour_is_a_variable_of_the_palette():
    svg = figure(sines, alt="Six sines.")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?!\))", re.sub(r'"#\w+"', "", svg))
    assert not re.search(r"(fill|stroke): (?!none|var\(--fig-)", svg)
    assert {f"var(--fig-{i})" for i in range(1, 7)} <= set(re.findall(r"var\(--fig-\w+\)", svg))


@pytest.mark.parametrize("colour", ["red", "#123456", "white"])
def test_a_colour_of_ones_own_is_refused(colour):
    with pytest.raises(Fault, match="must use the house colours only, got #"):
        figure(lambda ax: ax.plot(X, X, color=colour), alt="A line.")


def test_house_colours_are_accepted():
    svg = figure(lambda ax: ax.plot(X, X, "o", color=INK, markerfacecolor=PAPER), alt="Dots.")
    assert "stroke: var(--fig-ink)" in svg
    assert "fill: var(--fig-paper)" in svg


def test_six_lines_differ_without_colour():
    svg = soup(figure(sines, alt="Six sines."))
    styles = [p["style"] for p in svg.select("path[clip-path]") if "--fig-grid" not in p["style"]]
    dashes = [re.sub(r"stroke: [^;]+;", "", style) for style in styles]
    assert len(dashes) == len(set(dashes)) == 6


def test_ids_are_unique_on_a_page_and_references_are_met():
    page = "".join(function_figure(r) for r in (TAN, LOG, STEP))
    page += figure(sines, alt="Six sines.") + figure(sines, alt="The same again.")
    tags = soup(page).find_all(True)
    ids = [t["id"] for t in tags if t.has_attr("id")]
    assert len(set(ids)) == len(ids) > 8
    wanted = set(re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", page))
    named = {i for t in tags if t.has_attr("aria-labelledby") for i in t["aria-labelledby"].split()}
    assert {a or b for a, b in wanted} | named == set(ids)
    assert "<style" not in page
    assert "<!DOCTYPE" not in page


def test_any_process_gives_the_same_bytes_and_a_warm_cache_draws_nothing(tmp_path):
    def run(cache, seed):
        command = f"{COMMAND}\nimport sys\nprint('matplotlib' in sys.modules)"
        settings = {"PYTHONHASHSEED": seed, "DERIVREF_CACHE": str(tmp_path / cache)}
        run = subprocess.run(
            [sys.executable, "-c", command],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout.strip().rpartition("\n")[::2]

    cold, other, warm = run("a", "1"), run("b", "2"), run("a", "3")
    assert (cold[1], other[1], warm[1]) == ("True", "True", "False")
    assert cold[0] == other[0] == warm[0]
    assert cold[0].count("<svg") == 2


def test_other_data_is_another_figure_and_the_last_digits_are_not():
    first, rounded, other = (
        figure(lambda ax, k=k: ax.plot(X, k * X, "o"), alt="A line.") for k in (1.0, 1 + 1e-15, 2.0)
    )
    assert first == rounded != other
    ids = [set(re.findall(r' id="([^"]+)"', picture)) for picture in (first, other)]
    assert len(ids[0]) >= 3
    assert "DIGEST" not in first
    assert not ids[0] & ids[1]


def test_settings_of_the_machine_change_nothing():
    first = figure(sines, alt="Six sines.")
    os.environ["DERIVREF_CACHE"] += "-other"
    with mpl.rc_context({"font.size": 30, "xtick.major.pad": 20}):
        assert figure(sines, alt="Six sines.") == first


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_missing_alternative_text_is_refused(alt):
    with pytest.raises(Fault, match="`alt` must say what the figure shows, got"):
        figure(sines, alt=alt)


def test_the_alternative_text_names_and_describes_the_picture():
    svg = soup(figure(sines, alt="Six sines & more. They oscillate < 2. Yes.")).svg
    assert svg["role"] == "img"
    name, text = (svg.find(id=i) for i in svg["aria-labelledby"].split())
    assert (name.name, name.get_text()) == ("title", "Six sines & more")
    assert (text.name, text.get_text()) == ("desc", "They oscillate < 2. Yes.")


def test_a_caption_may_have_maths():
    caption = soup(figure(sines, alt="Six sines.", caption="If a < b, $x' < y$.")).figcaption
    assert caption.annotation.get_text() == "x' < y"
    assert caption.get_text().startswith("If a < b, ")
    assert soup(figure(sines, alt="Six sines.")).figcaption is None


def test_what_a_call_returns_cannot_be_used():
    def unpacked(ax):
        (_line,) = ax.plot(X, X)

    with pytest.raises(TypeError):
        figure(unpacked, alt="A line.")
    with pytest.raises(TypeError, match="`draw` may pass numbers, texts and arrays"):
        figure(lambda ax: ax.text(0, 0, "a", transform=ax.transAxes), alt="A text.")


def test_rows_share_their_horizontal_axis():
    def draw(top, bottom):
        top.plot(X, X)
        bottom.plot(X + 100, X)

    html = figure(draw, alt="Two lines.", rows=2)
    ticks = [t.get_text() for t in soup(html).select("text") if "middle" in t["style"]]
    assert ticks.count("100") == 1
    assert len(re.findall(r"stroke: var\(--fig-1\)", html)) == 2


def test_text_is_legible_on_a_phone():
    html = figure(sines, alt="Six sines.") + function_figure(STEP)
    assert FONT * 350 / WIDTH >= 11
    assert f"font: {FONT}px var(--sans" in html
    assert not re.findall(rf"font-size: (?!{FONT}px)", html)
    assert "DejaVu" not in html


def test_search_finds_the_caption_and_no_text_of_the_picture():
    parser = Parser()
    parser.feed(
        f"<h1 id='a'>Title</h1>{figure(sines, alt='Six sines.', caption='Below.')}<p>End</p>"
    )
    parser.close()
    text = "".join("".join(section.text) for section in parser.data)
    assert "Below." in text
    assert "End" in text
    assert "n = 1" not in text
    assert "Six sines" not in text


@pytest.mark.parametrize("name", ["gelu", "relu", "softplus"])
def test_the_picture_of_an_entry_is_small(name):
    assert len(function_figure(catalog.get(name)).encode()) <= 26_000


def test_no_line_crosses_a_pole():
    html = function_figure(TAN)
    factor, offset = scale(html, "x")
    poles = [factor * k * np.pi / 2 + offset for k in (-1, 1)]
    for colour in (1, 2, 3):
        runs = lines(html, colour)
        assert len(runs) == 3
        for pole in poles:
            assert not any(run[:, 0].min() < pole < run[:, 0].max() for run in runs)
    assert (
        "At the pole x = −1.57 f leaves at the top on its left and at the bottom on its right"
        in html
    )


def test_nothing_is_drawn_outside_the_domain():
    html = function_figure(LOG)
    factor, offset = scale(html, "x")
    for colour in (1, 2, 3):
        (run,) = lines(html, colour)
        assert run[:, 0].min() > offset - 0.01
    # Matplotlib leaves out what lies below the picture: log(x) < -3.2 for x < 0.041.
    assert lines(html, 1)[0][:, 0].min() < offset + 0.05 * factor


def test_a_kink_has_open_dots_for_the_sides_and_a_closed_one_for_the_value():
    html = function_figure(STEP)
    (fx, ox), (fy, oy) = scale(html, "x"), scale(html, "y")
    dots = [(float(u["x"]), float(u["y"]), "paper" in u["style"]) for u in soup(html).select("use")]
    expected = [(1, -0.5, True), (1, 0.25, False), (1, 1.5, True)]
    for dot, (at, slope, is_open) in zip(sorted(dots, reverse=True), expected, strict=True):
        assert dot == (
            pytest.approx(fx * at + ox, abs=0.1),
            pytest.approx(fy * slope + oy, abs=0.1),
            is_open,
        )
    assert len(lines(html, 2)) == 2
    assert "At the kink x = 1 f′ jumps from −0.5 to 1.5; the closed dot marks 0.25" in html


def test_curves_that_coincide_are_said_to():
    text = soup(function_figure(record(np.exp, np.exp, np.exp))).desc.get_text()
    assert "f′ coincides with f. f″ coincides with f." in text


def test_curves_that_coincide_lie_within_each_other():
    html = function_figure(record(np.exp, np.exp, np.exp))
    widths = [
        float(re.search(rf"stroke: var\(--fig-{c}\); stroke-width: ([\d.]+)", html)[1])
        for c in (1, 2, 3)
    ]
    assert widths[0] > widths[1] + 2 > widths[2] + 4
    apart = function_figure(catalog.get("gelu"))
    assert set(re.findall(r"stroke: var\(--fig-[123]\); stroke-width: ([\d.]+)", apart)) == {"2.2"}


def test_the_frame_of_a_picture_is_where_its_axes_are():
    html = function_figure(STEP)
    numbers = [float(v) for v in re.search(r'data-frame="([^"]+)"', html)[1].split()]
    (fx, ox), (fy, oy) = scale(html, "x"), scale(html, "y")
    left, top, right, bottom, low, high, floor, ceiling = numbers
    assert [fx * low + ox, fx * high + ox] == pytest.approx([left, right], abs=0.5)
    assert [fy * floor + oy, fy * ceiling + oy] == pytest.approx([bottom, top], abs=0.5)
    assert "data-frame" not in figure(sines, alt="Six sines.")


def test_the_alternative_text_of_a_function_has_its_turning_points():
    x = np.linspace(-5, 5, 100_001)
    y = catalog.get("gelu").f(x)
    text = soup(function_figure(catalog.get("gelu"))).desc.get_text()
    at = f"{x[y.argmin()]:.2f}".replace("-", "−")
    assert f"with a minimum of {y.min():.2f} at x = {at}.".replace("-", "−") in text
