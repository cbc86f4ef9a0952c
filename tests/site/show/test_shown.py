"""What the generators write of asymmetric entries, read back; their tables from made-up numbers.

A made-up number tells its cell: an exchanged column, type or formula shows.
"""

import re

import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.oracle import Check, Errors
from derivref.records.arrays import instances
from derivref.site.lint import reading
from derivref.site.show import accuracy, entries, frame, pages, statements

# Each differs from its mirror image and from its derivatives in what a page shows.
ASYMMETRIC = ("mish", "leaky_relu", "softplus", "log1p", "tan", "reciprocal", "power", "arccos")


def markdown(record):
    numbers = entries.grid(("", "value"), entries._key_numbers(record)) + entries._ends(record)
    return f"{entries.first(record)}\n\n{numbers}\n\n{entries.kinks(record)}"


@pytest.mark.parametrize("name", ASYMMETRIC)
def test_an_entry_says_what_its_formula_says(name):
    record = catalog.get(name)
    found = reading.from_markdown(markdown(record))
    assert list(reading.entry_faults(record, found)) == []


@pytest.mark.parametrize("name", ["activations", "elementary"])
def test_an_index_says_what_the_formulas_say(name):
    family = next(f for f in catalog.families() if f.name == name)
    (table,) = reading.markdown_tables(pages.table(name))
    assert list(reading.index_faults(list(family), table)) == []


def test_the_kinks_of_all_entries_are_those_of_the_formulas():
    (table,) = reading.markdown_tables(entries.all_kinks())
    assert list(reading.kinks_faults(list(catalog.records("scalar")), table)) == []


def test_an_entry_that_shares_its_page_has_its_key_facts():
    record = catalog.get("log1p")
    rows = reading.from_markdown(entries.brief(record)).table("", "value")
    assert [row[0] for row in rows] == ["domain", "range of f", "range of f′", "found in"]
    assert record.use in rows[3][1]


@pytest.fixture
def made_up(monkeypatch):
    """Errors that tell their formula (hundreds), type (tens) and whose code they are of."""
    bits = {np.float64: 64, np.float32: 32}
    monkeypatch.setattr(entries, "ulp", lambda r, n, dtype: f"{n + 1}00.{bits[dtype]}")
    monkeypatch.setattr(
        entries,
        "usual",
        lambda r, n, dtype: (f"usual {n} {bits[dtype]}", f"lost {n} {bits[dtype]}"),
    )
    monkeypatch.setattr(entries, "beside", lambda r: 3e-16)
    found = Errors(9.0, 0.1, 0.2, 0.3, points=4321, lost=7, lost_at=0.5)
    monkeypatch.setattr(entries, "errors", lambda *key: found)


def test_the_table_of_errors_has_each_number_in_its_cell(made_up):
    record = catalog.get("mish")
    text = entries.accuracy(record)
    (table,) = reading.markdown_tables(text)
    assert table[0] == (
        "",
        "type",
        "this code, ULP",
        "tutorial, ULP",
        "tutorial has no right digit",
    )
    assert table[1] == [
        ("f", "float64", "≤ 100.64", "usual 0 64", "lost 0 64"),
        ("f", "float32", "≤ 100.32", "usual 0 32", "lost 0 32"),
        ("f′", "float64", "≤ 200.64", "usual 1 64", "lost 1 64"),
        ("f′", "float32", "≤ 200.32", "usual 1 32", "lost 1 32"),
        ("f″", "float64", "≤ 300.64", "", ""),
        ("f″", "float32", "≤ 300.32", "", ""),
    ]
    assert "over 4321 points" in text
    assert f"within {oracle.BESIDE} (and |z|/2)," in text
    assert "at most 3e-16 in float64" in text
    assert f"f: `{record.tutorial.f}`, f′: `{record.tutorial.d}`." in text


def test_the_table_of_all_errors_has_each_number_in_its_cell(made_up):
    ((head, rows),) = reading.markdown_tables(entries.all_errors())
    assert head[1:7] == ("f", "f′", "f″", "f, float32", "f′, float32", "f″, float32")
    assert head[7:] == ("usual f: no digit right", "usual f′: no digit right")
    names = [record.title for record in catalog.records("scalar")]
    assert [re.sub(r"\[(.+)\]\(.*", r"\1", row[0]) for row in rows] == names
    numbers = ("100.64", "200.64", "300.64", "100.32", "200.32", "300.32", "lost 0 64", "lost 1 64")
    assert {row[1:] for row in rows} == {numbers}


def test_the_table_of_rewrites_has_each_number_in_its_cell(made_up):
    ((head, rows),) = reading.markdown_tables(entries.rewrites())
    assert head == ("function", "usual form", "no digit right", "stable form, ULP")
    record = catalog.get("log1p")
    assert (f"[{record.title}](#log1p)", f"`{record.tutorial.f}`", "lost 0 64", "≤ 100.64") in rows
    slope = (f"[{record.title}, slope](#log1p)", f"`{record.tutorial.d}`", "lost 1 64", "≤ 200.64")
    assert slope in rows


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "nowhere"), (2, "at a few points, as x = 40"), (500, "at 50 % of the points, as x = 40")],
)
def test_where_a_usual_formula_loses_its_digits(monkeypatch, share, told):
    record = catalog.get("mish")
    found = Errors(2.0, 1.0, 0.0, 0.0, points=1000, lost=share, lost_at=40.0)
    row = {"usual": {"f′ in float32": {"lost": share, "ulp": 5.0, "first": 40.0, "at": 1.0}}}
    monkeypatch.setattr(accuracy, "errors", lambda *key: found)
    monkeypatch.setattr(accuracy, "measurement", lambda record: row)
    assert accuracy.usual(record, 1, np.float32) == ("≤ 8", told)


def test_a_bound_has_room_above_what_was_measured(monkeypatch):
    record = catalog.get("mish")
    rows = {"checks": {"exact values: f′ in float32": 4.1, "exact values: f in float64": 0.5}}
    monkeypatch.setattr(accuracy, "measurement", lambda record: rows)
    monkeypatch.setattr(
        accuracy, "errors", lambda *key: Errors(0.4, 0.0, 0.0, 0.0, points=9, lost=0, lost_at=0.0)
    )
    assert accuracy.ulp(record, 1, np.float32) == "8"  # the step above 1.5 × 4.1
    assert accuracy.ulp(record, 0, np.float64) == "0.8"  # and above 1.5 × 0.5
    assert accuracy.ulp(record, 2, np.float64) == f"{record.promise:g}"


def test_the_table_of_checks_has_each_fact_in_its_cell():
    checks = [
        (Check("exact values", 17, "3 ULP", True, "f′ in float32"), "≤ 5 ULP"),
        (Check("kinks", 2, "0", True, "slopes on both sides"), "0"),
    ]
    text = frame.checked(checks)
    ((head, rows),) = reading.markdown_tables(text)
    assert head == ("check", "points", "largest error", "what was compared")
    assert rows == [
        ("exact values", "17", "≤ 5 ULP", "f′ in float32"),
        ("kinks", "2", "0", "slopes on both sides"),
    ]


def test_the_line_of_an_identity_is_what_the_checks_run():
    shown = {r.name: (r, line) for r in catalog.records("identity") for line in statements.line(r)}
    assert len(shown) > 100
    for name, (record, line) in shown.items():
        arrays = next(instances(record.variables, np.random.default_rng(0), False))
        want = record.right(*arrays.values())
        got = eval(line, {"np": np}, arrays)
        assert np.allclose(got, want, rtol=1e-12, atol=1e-12), name
    assert not statements.line(catalog.get("quadratic_form_unsymmetric"))  # false
    assert not statements.line(catalog.get("determinant"))  # it needs an adjugate
