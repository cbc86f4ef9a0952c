"""Entries, their tables, and the ledger: what the pages show of the records."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.site.fault import Fault
from derivref.site.show import entries, frame, ledger, measured, pages

DOCS = Path(__file__).parents[3] / "docs"
RECORDS = list(catalog.records("scalar"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_an_entry_shows_formula_program_and_picture(record):
    text = pages.entry(record.name)
    assert text.startswith(record.summary)
    assert text.count('```python exec="on" source="block" result="text"') == 1
    for n in range(3):
        assert oracle.latex(record, n) in text
    assert f"def d_{record.name}(" in text
    assert text.count("<svg") == 1
    assert "```latex" in text
    for alias in record.aliases:
        assert alias in text
    for kink in record.corners:
        assert f"no derivative at {kink.at:g}, where the code returns {kink.slope:g}" in text


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh"])
def test_details_show_what_was_computed(name):
    record, text = catalog.get(name), pages.details(name)
    facts = oracle.facts(record)
    assert f"| {entries.told_number(facts.lipschitz.value)} |" in text
    assert ("{#kinks}" in text) == bool(record.corners)
    bound = float(re.search(r"\| f′ \| float64 \| ≤ ([\d.]+) \|", text)[1])
    assert oracle.measure(record, 1).max_ulp <= bound <= record.promise
    assert all(f"[@{key}]" in text for key in record.cite)
    assert all(f"`{call}`" in text for call in record.frameworks.values())


def test_straight_pieces_have_slopes_and_nothing_between():
    assert entries.slopes(catalog.get("relu")) == "{0, 1}"
    assert entries.slopes(catalog.get("absolute")) == "{−1, 1}"
    assert entries.slopes(catalog.get("softplus")) == "($0$, $1$)"


def test_a_domain_that_depends_on_a_parameter_names_it():
    assert "| all x at $n = 3$ |" in pages.table("elementary")
    assert entries.domain(catalog.get("leaky_relu")) == "all x"


def test_the_cite_box_names_addresses_only_where_they_are_set(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.delenv("REPO_URL", raising=False)
    text = frame.cite(catalog.get("gelu_tanh"))
    assert "@misc{derivref-gelu-tanh," in text
    assert "://" not in text
    monkeypatch.setenv("SITE_URL", "https://example.org/ref/")
    monkeypatch.setenv("REPO_URL", "https://example.org/code")
    text = frame.cite(catalog.get("sin"))
    assert "url    = {https://example.org/ref/reference/elementary/#sin}," in text
    assert "(https://example.org/code/issues)" in text
    assert "pip install https://example.org/ref/assets/generated/derivref-" in entries.install()


def test_numbers_are_written_with_their_closed_form():
    assert entries.told_number(oracle.Number("0.25", "1/4")) == r"$\frac{1}{4}$ = 0.25"
    assert entries.told_number(oracle.Number("-3", "-3")) == "−3"
    text = entries.told_number(oracle.Number("1.4142135623730950488", "sqrt(2)"))
    assert text == r"$\sqrt{2}$ ≈ 1.414213562"
    assert entries.told_number(oracle.Number("inf")) == "∞"


def test_an_unknown_entry_is_refused_with_near_matches():
    with pytest.raises(KeyError, match=r"no entry `gleu`; did you mean .*`gelu`"):
        pages.entry("gleu")


def test_tables_hold_every_record_once():
    for family in ("activations", "elementary"):
        text = pages.table(family)
        names = [record.title for record in RECORDS if record.family == family]
        assert re.findall(r"^\| \[([^\]]+)\]", text, re.M) == names
    assert entries.all_errors().count("\n") == len(RECORDS) + 2
    assert entries.all_kinks().count("\n") == sum(len(r.corners) for r in RECORDS) + 2


def test_the_table_of_rewrites_shows_only_forms_that_fail():
    rows = entries.rewrites().splitlines()[2:]
    assert {"sigmoid", "log1p", "pseudo_huber"} <= set(re.findall(r"\(#(\w+)\)", "".join(rows)))
    assert all(" points, as x = " in row for row in rows)


def test_the_ledger_counts_what_the_checks_say():
    for kind in pages.KINDS:
        rows = ledger.records_ledger(kind).splitlines()[2:]
        assert len(rows) == len(list(catalog.records(kind)))
    relu = ledger.records_ledger("scalar").splitlines()
    column = relu[0].split(" | ").index("exact values")
    cells = next(row for row in relu if "[ReLU]" in row).split(" | ")
    points = sum(c.points for c in measured.verified("relu") if c.method == "exact values")
    assert f"{points} points" in cells[column]
    checks = sum(len(measured.verified(record.full_name)) for record in catalog.records())
    assert f"<dt>checks of entries</dt><dd>{checks}</dd>" in ledger.totals()


def test_a_failed_check_stops_the_ledger(monkeypatch):
    bad = (Check("kinks", 1, "0", False, "the slope 2 at the kink 0 is not between 0 and 1"),)
    monkeypatch.setattr(ledger, "verified", lambda name: bad)
    with pytest.raises(Fault, match=r"\.md.*: kinks: the slope 2"):
        ledger.totals()


def test_a_method_that_did_not_run_shows_as_absent():
    record = catalog.get("gelu")
    assert "absent" in ledger.cell(record, (), "reverse mode")
    assert ledger.cell(record, (), "kinks") == "none"
    assert "absent" in ledger.cell(catalog.get("relu"), (), "kinks")
    ran = (Check("reverse mode", 1, "0.5 eps", True, ""),)
    told = ledger.cell(record, ran, "reverse mode")  # no such check was measured: the promise
    assert told == f'<span class="tick">1 point, ≤ {32 * record.promise:g} eps</span>'


def test_what_is_kept_depends_on_the_code(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    calls = []

    def compute() -> int:
        calls.append(1)
        return len(calls)

    assert measured.kept("test", (), compute) == measured.kept("test", (), compute) == 1
    monkeypatch.setattr(measured, "digest", lambda site: f"changed, {site}")
    assert measured.kept("test", (), compute) == 2
    monkeypatch.setattr(measured, "machine", lambda: ("another",))
    assert measured.kept("test", (), compute) == 3


def test_a_changed_record_is_judged_anew():
    record = catalog.get("sigmoid")
    wrong = replace(record, d=lambda x: -record.d(x))
    assert any(not check.ok for check in oracle.verify(wrong))


def test_a_table_has_a_cell_for_every_heading():
    assert frame.grid(("a", "b"), [("1", "2")], left=1) == "| a | b |\n| --- | ---: |\n| 1 | 2 |\n"
    with pytest.raises(ValueError, match="1 cells under 2 headings: 1"):
        frame.grid(("a", "b"), [("1",)])
