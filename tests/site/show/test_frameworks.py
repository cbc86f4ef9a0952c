"""What the frameworks return: the data fits the cases, the cells say what the data say."""

import importlib.util
import math

import mpmath as mp
import pytest

from derivref import catalog
from derivref.site.markdown.page import find
from derivref.site.show import frameworks
from derivref.site.show.frameworks import MODES, NAMES, allowed, between, cell, disagree, same

DATA = frameworks.measured("frameworks")
ROWS = DATA["kinks"]


def cases():
    spec = importlib.util.spec_from_file_location("points", find("benchmarks/points.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES


CASES = cases()


def test_every_case_was_recorded_as_it_is_written():
    written = [
        (c.group, c.function, {name: getattr(c, name) for name in NAMES if getattr(c, name)})
        for c in CASES
        for _ in c.at
    ]
    stale = "run `make frameworks`"
    assert [(r["group"], r["function"], r["code"]) for r in ROWS] == written, stale
    assert len({(r["function"], r["at"]) for r in ROWS}) == len(ROWS) >= 150


def test_every_answer_is_a_number_or_an_error():
    modes = {"value", "float64", "second", *MODES}
    for row in ROWS:
        assert set(row["seen"]) == set(row["code"])
        assert len(row["sides"]) in (0, 2)
        for seen in row["seen"].values():
            assert set(seen) == modes
            for text in seen.values():
                number = frameworks.number(text)
                assert number == number or text == "NaN" or text.startswith("raises ")


def evaluated(case, point):
    with mp.workdps(40):
        x = [mp.mpf(v) for v in point]
        try:
            return eval(case.exact, {"m": mp, "x": x if len(x) > 1 else x[0]})
        except (ZeroDivisionError, ValueError):
            return mp.nan


EXACT = [(c, p) for c in CASES for p in c.at if c.exact and all(map(math.isfinite, p))]


@pytest.mark.parametrize(("case", "point"), EXACT, ids=lambda v: getattr(v, "function", str(v)))
def test_the_exact_formula_is_the_function(case, point):
    """Its slopes judge the frameworks: where they have a finite value, most have its value."""
    value = evaluated(case, point)
    if not isinstance(value, mp.mpf) or not mp.isfinite(value):
        return
    at = case.at.index(point)
    rows = [r for r in ROWS if (r["group"], r["function"]) == (case.group, case.function)]
    seen = [frameworks.number(s["value"]) for s in rows[at]["seen"].values()]
    right = [v for v in seen if abs(v - value) <= 1e-5 * max(1, abs(value))]
    finite = [v for v in seen if math.isfinite(v)]
    assert not finite or right, (case.function, point, value, seen)


@pytest.mark.parametrize(
    ("sides", "text", "verdict"),
    [
        (["0", "1"], "0.5", True),
        (["0", "1"], "1.1", False),
        (["0", "1"], "NaN", False),
        (["−1", "1"], "−1", True),
        (["1", "1"], "0", False),
        (["NaN", "∞"], "∞", True),
        (["NaN", "∞"], "3", False),
        (["0", "∞"], "3", True),
        ([], "NaN", None),
        (["NaN", "NaN"], "0", None),
        (["0", "0"], "raises ValueError", None),
    ],
)
def test_a_slope_lies_between_those_of_the_sides(sides, text, verdict):
    assert allowed(sides, text) is verdict


def test_cells_compare_what_modes_return():
    assert same("0.1", "0.100000")
    assert not same("0", "1")
    assert same("NaN", "NaN")
    assert same("∞", "∞")
    modes = dict.fromkeys(("value", "float64", "second", *MODES), "0")
    row = {"sides": ["0", "1"], "seen": {"torch": modes, "jax": modes | {"compiled": "1"}}}
    assert cell(row, "torch") == "0"
    assert cell(row, "jax") == '0<span class="apart">; 1 compiled</span>'
    assert cell(row, "keras") == ""
    assert not disagree(row)
    row["seen"]["jax"] = modes | {"float64": "2"}
    assert disagree(row)
    assert cell(row, "jax").startswith("**2**")
    assert [between(s) for s in ([], ["0", "1"], ["1", "1"], ["NaN", "∞"])] == [
        "–", "0 … 1", "1", "∞",
    ]  # fmt: skip


def test_the_page_shows_every_answer():
    text = frameworks.framework_kinks()
    for row in ROWS:
        cells = [f"`{row['function']}`", row["at"], between(row["sides"])]
        cells += [cell(row, key) for key in NAMES]
        assert f"| {' | '.join(cells)} |" in text
    assert f"{len(ROWS)} points" in text


def test_a_call_that_differs_has_no_tab():
    for name, worst in DATA["differences"].items():
        for key, values in worst.items():
            shown = key in DATA["entries"].get(name, {})
            assert shown == all(float(v) <= 1e-5 for v in values), (name, key)
    assert set(DATA["entries"]) <= {r.full_name for r in catalog.records("scalar")}
    assert sum(map(len, DATA["entries"].values())) > 100


def test_layers_and_losses_agree_with_the_frameworks():
    """Two implementations that share no code; what is another function is listed on the page."""
    found = [(n, key, float(v)) for n, far in DATA["operators"].items() for key, v in far.items()]
    assert sum(far <= frameworks.AGREE for *_, far in found) >= 60
    assert {n for n, _, far in found if far > frameworks.AGREE and n.startswith("layers.")} == set()
    text = frameworks.framework_operators()
    for name, key, far in found:
        call = catalog.get(name).frameworks[NAMES[key]]
        assert (f"| `{call}` | {far:.0e} |" in text) == (far > frameworks.AGREE)
