"""The figures of the concept pages show the functions that they name; the map has every page."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from derivref.site.fault import Fault
from derivref.site.show import concepts
from derivref.site.show.figures import _Recorder

LEARN = Path(__file__).parents[3] / "docs" / "learn"


@pytest.fixture
def drawn(monkeypatch):
    """Return a function that gives a figure's calls, (row, method, arguments, options), and alt."""

    def capture(make):
        kept = {}
        monkeypatch.setattr(
            concepts, "figure", lambda draw, **facts: kept.update(facts, draw=draw) or ""
        )
        make()
        calls = []
        kept["draw"](*(_Recorder(calls, row) for row in range(kept.get("rows", 1))))
        return [(row, path[-1], args, options) for row, path, args, options in calls], kept["alt"]

    return capture


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def is_curve(call):
    return call[1] in ("plot", "loglog") and np.size(call[2][0]) > 2


def test_a_secant_meets_the_parabola_at_3_and_at_the_step_of_its_label(drawn):
    calls, alt = drawn(concepts.secants)
    lines = [c for c in calls if is_curve(c) and "slope" in c[3]["label"]]
    assert len(lines) == 5
    steps = []
    for _, _, (x, y), options in lines:
        step, slope = [0, *numbers(options["label"])][-2:]  # no step is the tangent
        assert slope == pytest.approx(2 * 3 + step, abs=1e-9)
        steps.append(step)
        assert np.interp([3, 3 + step], x, y) == pytest.approx([9, (3 + step) ** 2], abs=1e-9)
        assert np.diff(y) / np.diff(x) == pytest.approx(np.full(x.size - 1, slope), abs=1e-9)
        assert f"{slope:g} for h = {step:g}".replace("-", "−") in alt or step == 0
    assert min(steps) < 0 < max(steps)


def test_the_dot_below_is_as_high_as_the_tangent_above_it_is_steep(drawn):
    calls, alt = drawn(concepts.slope_graph)
    f, d_f = (c[2] for c in calls if is_curve(c) and c[3].get("linestyle") == "-")
    assert np.gradient(f[1], f[0], edge_order=2) == pytest.approx(d_f[1], abs=1e-2)
    (dots,) = (c[2] for c in calls if c[1] == "plot" and c[0] == 1 and isinstance(c[2][-1], str))
    tangents = [c[2] for c in calls if c[1] == "plot" and c[0] == 0 and np.size(c[2][0]) == 2]
    assert len(tangents) == len(dots[0]) == 5
    for at, height, (x, y) in zip(dots[0], dots[1], tangents, strict=True):
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(height, abs=1e-12)
        assert np.interp(at, *d_f) == pytest.approx(height, abs=1e-3)
        assert f"{round(height, 2):g} at {at:g}".replace("-", "−") in alt


def test_the_areas_of_the_parts_add_up_to_the_product(drawn):
    calls, alt = drawn(concepts.product_area)
    areas = [
        (right - left) * (high - low)
        for _, name, args, _ in calls
        if name == "fill_between"
        for (left, right), (low, _), (high, _) in [args]
    ]
    assert sum(areas) == pytest.approx(1.25**2 * np.exp(1.25), rel=1e-12)
    assert areas[0] == pytest.approx(np.exp(1), rel=1e-12)
    for area in areas[1:]:
        assert f"is {area:.2f}" in alt


def test_the_complex_step_has_no_step_that_is_too_small(drawn):
    calls, alt = drawn(concepts.complex_step_curve)
    curves = {c[3]["label"]: c[2] for c in calls if is_curve(c)}
    h, error = curves["complex step"]
    assert np.all(np.diff(error) >= 0)
    # h²/6 of the slope, and its next term, h⁴/120
    right = h > 1e-5
    truncation = (1 - np.sin(h[right]) / h[right]) * np.exp(1 + 63 / 4096)
    assert np.array(error)[right] == pytest.approx(truncation, rel=1e-3)
    forward, central, flat = numbers(alt)[1:4]  # the first is where exp is taken
    assert forward / 4 < min(curves["forward"][1]) < 1.5 * forward
    assert central / 4 < min(curves["central"][1]) < 1.5 * central
    assert np.interp(flat / 3, h, error) == min(error) < np.interp(flat * 3, h, error)


def test_the_weights_are_those_of_softmax_and_the_slopes_theirs(drawn):
    calls, alt = drawn(concepts.softmax_slopes)
    curves = [c for c in calls if is_curve(c)]
    weights, slopes = ([c for c in curves if c[0] == row] for row in (0, 1))
    z = weights[0][2][0]
    want = softmax(np.stack([z, np.zeros_like(z), np.ones_like(z)]), axis=0)
    names = ("first", "second", "third")
    for k, (above, below) in enumerate(zip(weights, slopes, strict=True)):
        assert above[3]["label"] == f"{names[k]} weight"
        assert above[3]["color"] == below[3]["color"]
        assert above[2][1] == pytest.approx(want[k], abs=1e-12)
        assert below[2][1] == pytest.approx(np.gradient(want[k], z, edge_order=2), abs=2e-4)
    top = int(np.argmax(slopes[0][2][1]))
    others, ends, (height, at, half) = numbers(alt)[:2], numbers(alt)[2:5], numbers(alt)[5:8]
    assert (others, ends) == ([0, 1], [0, 1, 0])
    assert (height, half) == pytest.approx((slopes[0][2][1][top], want[0][top]), abs=5e-3)
    assert at == pytest.approx(z[top], abs=0.05)


def test_the_map_has_every_page_with_what_it_says_of_itself():
    rows = re.findall(r"^\| \[(.+)\]\((.+)\) \| (.+\.) \|$", concepts.site_map("Learn"), re.M)
    assert {page for _, page, _ in rows} == {f"learn/{path.name}" for path in LEARN.glob("*.md")}
    for title, page, description in rows:
        text = (LEARN.parent / page).read_text("utf-8")
        assert f"\ntitle: {title}\n" in text
        assert f"\ndescription: {description}\n" in text
    assert "(reference/activations/index.md)" in concepts.site_map("Reference")


@pytest.mark.parametrize("section", ["Teach", "Home"])
def test_a_section_that_is_not_there_is_named(section):
    with pytest.raises(Fault, match=f"no section `{section}` in the navigation: there are Learn"):
        concepts.site_map(section)
