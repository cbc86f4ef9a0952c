"""Errors are shown as bounds from the benchmark data, and every build checks them."""

from dataclasses import replace

import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.site.build import prepare
from derivref.site.fault import Fault
from derivref.site.show import accuracy, entries, measured, reductions

RECORDS = list(catalog.records("scalar"))
GELU = catalog.get("gelu")


def test_every_entry_has_a_row_of_its_present_code():
    assert not list(accuracy.stale()), f"run `{accuracy.COMMAND}`"
    names = {record.full_name for record in RECORDS}
    assert names == accuracy.measured("accuracy")["entries"].keys()


def test_the_vector_functions_were_measured_as_they_are():
    data = accuracy.measured("accuracy")
    assert data["vectors digest"] == reductions.digest(), f"run `{accuracy.COMMAND}`"


def test_the_data_say_when_with_what_and_under_which_settings():
    data = accuracy.measured("accuracy")
    assert data["date"] > "2026"
    assert {"numpy", "scipy", "mpmath", "python"} <= data["versions"].keys()
    assert data["machine"]
    assert len(data["settings"]) >= 2


@pytest.mark.parametrize(
    ("value", "step"),
    [(0.0, 0.0), (0.5, 0.5), (0.51, 0.8), (1.0, 1.0), (1.01, 1.5), (4.9, 5.0), (8.1, 10.0)],
)
def test_the_next_step(value, step):
    assert accuracy.step(value) == step
    assert accuracy.step(value * 1000) == step * 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [(-710.375, "−710"), (1.5e16, "1.5e16"), (3e7, "3e7"), (1.44e-16, "1.44e−16"), (8.0, "8")],
)
def test_numbers_are_short(value, text):
    assert accuracy.short(value) == text


@pytest.mark.parametrize("value", [-1.0, np.inf, np.nan])
def test_no_step_above_what_is_no_number(value):
    with pytest.raises(ValueError, match="`value` must be finite and at least 0, got"):
        accuracy.step(value)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_bounds_hold_here_and_are_no_wider_than_the_promise(record):
    for n in range(3):
        for dtype in (np.float64, np.float32):
            bound = float(accuracy.ulp(record, n, dtype))
            assert oracle.measure(record, n, dtype).max_ulp <= bound <= record.promise


def test_an_error_above_the_bound_stops_the_build(monkeypatch):
    found = measured.errors("gelu", 1, np.float32)
    monkeypatch.setattr(accuracy, "errors", lambda *a: replace(found, max_ulp=99.0))
    with pytest.raises(Fault, match=r"`gelu`: f′ in float32: the error here is 99 ULP, above"):
        accuracy.ulp(GELU, 1, np.float32)
    monkeypatch.setattr(accuracy, "errors", lambda *a: replace(found, near_zero=99.0))
    with pytest.raises(Fault, match=r"`gelu`: f.* beside a zero: the error here is 99 ULP of x"):
        accuracy.beside(GELU)


@pytest.mark.parametrize("worst", ["99 ULP", "9 of predicted", "999 eps"])
def test_a_check_above_its_bound_stops_the_build(worst):
    unit = worst.partition(" ")[2]
    known = next(c for c in measured.verified("sigmoid") if c.worst.endswith(unit))
    with pytest.raises(Fault, match=f"`sigmoid`: {known.method}: .* {unit}, above the"):
        accuracy.told(catalog.get("sigmoid"), replace(known, worst=worst))


def test_a_record_without_a_row_shows_its_promise():
    new = replace(GELU, name="new", promise=6.0)
    assert accuracy.measurement(new) is None
    check = Check("exact values", 9, "1.2 ULP", True, "f in float64")
    assert accuracy.told(new, check) == "≤ 6 ULP"
    assert accuracy.told(new, replace(check, worst="0.1 of predicted")) == "≤ 1 of predicted"


def test_a_changed_formula_or_code_makes_the_row_stale(monkeypatch):
    assert accuracy.measurement(GELU)
    assert accuracy.measurement(replace(GELU, expr="x*Phi(x) + 0")) is None
    assert accuracy.measurement(replace(GELU, d=GELU.d2)) is None
    monkeypatch.setattr(accuracy, "measurement", lambda record: None)
    assert "`activations.gelu`: changed since measured" in list(accuracy.stale())


def test_a_loss_of_digits_that_the_data_do_not_have_stops_the_build(monkeypatch):
    found = measured.errors("sigmoid", 1, np.float64, True)
    assert found.lost
    monkeypatch.setattr(accuracy, "errors", lambda *a: replace(found, lost=0))
    with pytest.raises(Fault, match="`sigmoid`: usual f′ in float64: no digit right at 0 points"):
        accuracy.usual(catalog.get("sigmoid"), 1, np.float64)


def test_a_vector_function_above_its_bound_stops_the_build():
    with pytest.raises(Fault, match=r"`Norm`: the largest error: the error here is .* eps"):
        reductions.limit("Norm", 1e-10, 2.0)
    assert reductions.limit("Norm", np.inf, None) == "NaN, ∞ or 0"
    assert reductions.limit("Norm", 1e-16, 2.0) == "≤ 3"


def test_the_text_names_the_neighbourhood_that_the_code_measures():
    assert f"within |z|/{oracle.BESIDE}, relative digits" in entries.accuracy(GELU)
    ((z, unit), *_) = oracle.zeros(GELU, 1)
    assert unit > 0
    inner, edge, outer = 1 / (2 * oracle.BESIDE), 1 / oracle.BESIDE, 2 / oracle.BESIDE
    for low, high, where in ((inner, edge, "near_zero"), (edge, outer, "max_ulp")):

        def wrong(x, low=low, high=high):
            away = np.abs(x - z) / abs(z)
            return GELU.d(x) + ((low < away) & (away < high))

        assert getattr(oracle.measure(GELU, 1, np.float64, wrong), where) > 1e6


def test_the_export_holds_bounds():
    text = prepare.export()["derivref.json"].decode()
    assert '"worst": "≤ ' in text
    assert not [line for line in text.splitlines() if '"worst"' in line and "e-16" in line]
