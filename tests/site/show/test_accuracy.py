"""Errors are shown as bounds from the benchmark data, and every build checks them."""

import re
from dataclasses import replace

import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.site.build import prepare
from derivref.site.fault import Fault
from derivref.site.show import accuracy, entries, measured, reductions
from derivref.verify import plain

RECORDS = list(catalog.records("scalar"))
GELU = catalog.get("gelu")
INF = np.inf


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


PLAIN = [record for record in RECORDS if record.plain]


@pytest.mark.parametrize("record", PLAIN, ids=lambda r: r.name)
def test_the_price_of_a_plain_form_holds_here(record):
    row = accuracy.measurement(record)["plain"]
    bound, kept = accuracy._price(record)
    assert row["worst"] < bound <= plain.GOOD
    assert plain.price(record, kept.lost).worst <= bound
    assert re.match(f"Relative error ≤ {accuracy.short(bound)}[ ;]", accuracy.price(record))


@pytest.mark.parametrize(
    ("lost", "wrong", "text"),
    [
        ((), (), " everywhere"),
        (((-INF, -37.0),), (), " for x ≥ −37; digits are lost below"),
        (((40.0, INF),), (), " for x ≤ 40; digits are lost above"),
        (((-INF, -7.0), (7.0, INF)), (), " on [−7, 7]; digits are lost outside"),
        (((-0.01, 0.01),), (), "; digits are lost for |x| < 0.01"),
        (
            ((-INF, -7.0), (1.0, 2.0)),
            (("NaN", (-INF, -9.0)), ("NaN", (9.0, INF)), ("overflow", (1e3, INF))),
            " for x ≥ −7; digits are lost below and from 1 to 2; NaN beyond ±9; overflow above 1e3",
        ),
    ],
)
def test_a_price_says_where(lost, wrong, text):
    assert accuracy._where(lost) + accuracy._failures(wrong) == text


def test_a_plain_form_that_is_worse_here_stops_the_build(monkeypatch):
    found = measured.prices("gelu")
    monkeypatch.setattr(accuracy, "prices", lambda *a: replace(found, worst=0.1))
    with pytest.raises(Fault, match=r"`gelu`: plain form: the error here is 0\.1 relative, above"):
        accuracy.price(GELU)
    wrong = (("NaN", (-INF, 3.0)),)
    monkeypatch.setattr(accuracy, "prices", lambda *a: replace(found, wrong=wrong))
    with pytest.raises(Fault, match="`gelu`: plain form: NaN between -inf and 3, where the pages"):
        accuracy.price(GELU)


def test_a_changed_plain_form_makes_the_row_stale():
    assert accuracy.measurement(replace(GELU, plain="")) is None


def test_a_vector_function_above_its_bound_stops_the_build():
    with pytest.raises(Fault, match=r"`Norm`: the largest error: the error here is .* eps"):
        reductions.limit("Norm", 1e-10, 2.0)
    assert reductions.limit("Norm", np.inf, None) == "NaN, ∞ or 0"
    assert reductions.limit("Norm", 1e-16, 2.0) == "≤ 3"


def test_the_text_names_the_neighbourhood_that_the_code_measures():
    assert f"within {oracle.BESIDE} (and |z|/2), relative digits" in entries.accuracy(GELU)
    ((z, unit), *_) = oracle.zeros(GELU, 1)
    assert unit > 0
    inner, edge, outer = 0.0, oracle.BESIDE, 2 * oracle.BESIDE
    for low, high, where in ((inner, edge, "near_zero"), (edge, outer, "max_ulp")):

        def wrong(x, low=low, high=high):
            away = np.abs(x - z)
            return GELU.d(x) + ((low < away) & (away < high))

        assert getattr(oracle.measure(GELU, 1, np.float64, wrong), where) > 1e6


def test_the_export_holds_bounds():
    text = prepare.export()["derivref.json"].decode()
    assert '"worst": "≤ ' in text
    assert not [line for line in text.splitlines() if '"worst"' in line and "e-16" in line]


@pytest.mark.parametrize(("lost", "stops"), [(520, False), (480, False), (521, True), (479, True)])
def test_a_build_that_loses_digits_elsewhere_stops(monkeypatch, lost, stops):
    found = oracle.Errors(2.0, 1.0, 0.0, 0.0, points=1000, lost=lost, lost_at=40.0)
    row = {"usual": {"f in float64": {"lost": 500, "ulp": 5.0, "first": 40.0, "at": 1.0}}}
    monkeypatch.setattr(accuracy, "errors", lambda *key: found)
    monkeypatch.setattr(accuracy, "measurement", lambda record: row)
    if stops:
        with pytest.raises(Fault, match=f"no digit right at {lost} points here, .* at 500"):
            accuracy.usual(GELU, 0, np.float64)
    else:
        assert accuracy.usual(GELU, 0, np.float64)[0] == "≤ 8"
