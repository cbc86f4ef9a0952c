"""Entries, their tables, and the ledger: what the pages show of the records."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.record import Scalar
from derivref.site import entries, ledger, measured
from derivref.site.fault import Fault

DOCS = Path(__file__).parents[1] / "docs"
RECORDS = [record for family in catalog.families() for record in family]


def missing(record: Scalar, docs: Path, config: str) -> str:
    """Say what a record lacks to be shown, with the lines to add."""
    page, _, anchor = catalog.address(record).partition("#")
    file = docs / page
    call = f'section("{record.name}")' if anchor else f'entry("{record.name}")'
    if not file.is_file():
        return (
            f"`{record.name}` has no page: write docs/{page} with a fence that prints "
            f"`{call}`, and add `- {page}` to the navigation in mkdocs.yml"
        )
    text = file.read_text("utf-8")
    if anchor and f"{{#{anchor}}}" not in text:
        return f"`{record.name}` has no section: docs/{page} needs a heading with `{{#{anchor}}}`"
    if page.startswith("reference/") and call not in text:
        return f"docs/{page} does not print `{call}`"
    if f"- {page}" not in config:
        return f"mkdocs.yml does not list `- {page}`"
    return ""


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_every_record_has_its_place(record):
    config = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    assert not missing(record, DOCS, config)


def test_a_record_without_a_place_is_named(tmp_path):
    record = catalog.get("gelu")
    page = "reference/activations/gelu.md"
    assert f"write docs/{page}" in missing(record, tmp_path, "")
    (tmp_path / page).parent.mkdir(parents=True)
    (tmp_path / page).write_text("# GELU\n")
    assert 'does not print `entry("gelu")`' in missing(record, tmp_path, "")
    (tmp_path / page).write_text('print(entry("gelu"))')
    assert "mkdocs.yml does not list" in missing(record, tmp_path, "")
    assert not missing(record, tmp_path, f"- {page}")
    (tmp_path / "reference/elementary.md").write_text("")
    assert "a heading with `{#sin}`" in missing(catalog.get("sin"), tmp_path, "")


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_an_entry_shows_formula_program_and_picture(record):
    text = entries.entry(record.name)
    assert text.startswith(record.summary)
    assert text.count('```python exec="on" source="block" result="text"') == 1
    for n in range(3):
        assert oracle.latex(record, n) in text
    assert f"def d_{record.name}(" in text
    assert text.count("<svg") == 1
    assert "```latex" in text
    for alias in record.aliases:
        assert alias in text
    for kink in record.kinks:
        assert f"no derivative at {kink.at:g}, where the code returns {kink.slope:g}" in text


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh"])
def test_details_show_what_was_computed(name):
    record, text = catalog.get(name), entries.details(name)
    facts = oracle.facts(record)
    assert f"| {entries._number(facts.lipschitz.value)} |" in text
    assert ("{#kinks}" in text) == bool(record.kinks)
    worst = measured.errors(name, 1, np.float64).max_ulp
    assert f"| f′ | float64 | {worst:.2g} |" in text
    assert all(f"[@{key}]" in text for key in record.cite)
    assert all(f"`{call}`" in text for call in record.frameworks.values())


def test_straight_pieces_have_slopes_and_nothing_between():
    assert entries._slopes(catalog.get("relu")) == "{0, 1}"
    assert entries._slopes(catalog.get("absolute")) == "{−1, 1}"
    assert entries._slopes(catalog.get("softplus")) == "($0$, $1$)"


def test_a_domain_that_depends_on_a_parameter_names_it():
    assert "| all x at $n = 3$ |" in entries.table("elementary")
    assert entries._domain(catalog.get("leaky_relu")) == "all x"


def test_the_cite_box_names_addresses_only_where_they_are_set(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.delenv("REPO_URL", raising=False)
    text = entries._cite(catalog.get("gelu_tanh"))
    assert "@misc{derivref-gelu-tanh," in text
    assert "://" not in text
    monkeypatch.setenv("SITE_URL", "https://example.org/ref/")
    monkeypatch.setenv("REPO_URL", "https://example.org/code")
    text = entries._cite(catalog.get("sin"))
    assert "url    = {https://example.org/ref/reference/elementary/#sin}," in text
    assert "(https://example.org/code/issues)" in text
    assert "pip install https://example.org/ref/assets/generated/derivref-" in entries.install()


def test_numbers_are_written_with_their_closed_form():
    assert entries._number(oracle.Number("0.25", "1/4")) == r"$\frac{1}{4}$ = 0.25"
    assert entries._number(oracle.Number("-3", "-3")) == "−3"
    text = entries._number(oracle.Number("1.4142135623730950488", "sqrt(2)"))
    assert text == r"$\sqrt{2}$ ≈ 1.414213562"
    assert entries._number(oracle.Number("inf")) == "∞"


def test_an_unknown_entry_is_refused_with_near_matches():
    with pytest.raises(KeyError, match=r"no entry `gleu`; did you mean .*`gelu`"):
        entries.entry("gleu")


def test_tables_hold_every_record_once():
    for family in ("activations", "elementary"):
        text = entries.table(family)
        names = [record.title for record in RECORDS if record.family == family]
        assert re.findall(r"^\| \[([^\]]+)\]", text, re.M) == names
    assert entries.all_errors().count("\n") == len(RECORDS) + 2
    assert entries.all_kinks().count("\n") == sum(len(r.kinks) for r in RECORDS) + 2


def test_the_table_of_rewrites_shows_only_forms_that_fail():
    rows = entries.rewrites().splitlines()[2:]
    assert len(rows) >= len(entries.REWRITES)
    assert all(" points, as x = " in row for row in rows)


def test_the_ledger_counts_what_the_checks_say():
    rows = ledger.entries_ledger().splitlines()[2:]
    assert len(rows) == len(RECORDS)
    relu = next(row for row in rows if "[ReLU]" in row).split(" | ")
    points = sum(c.points for c in measured.verified("relu") if c.method == "exact values")
    assert f"{points} points" in relu[3]
    checks = sum(len(measured.verified(record.name)) for record in RECORDS)
    assert f"<dt>checks of entries</dt><dd>{checks}</dd>" in ledger.totals()


def test_a_failed_check_stops_the_ledger(monkeypatch):
    bad = (Check("kinks", 1, "0", False, "the slope 2 at the kink 0 is not between 0 and 1"),)
    monkeypatch.setattr(ledger, "verified", lambda name: bad)
    ledger._verified.cache_clear()
    try:
        with pytest.raises(Fault, match=r"sigmoid\.md: kinks: the slope 2"):
            ledger.totals()
    finally:
        ledger._verified.cache_clear()


def test_a_method_that_did_not_run_shows_as_absent():
    assert "absent" in ledger._cell((), ("reverse mode",))
    ran = (Check("reverse mode", 1, "0.5 eps", True, ""),)
    assert ledger._cell(ran, ("reverse mode",)) == '<span class="tick">1 point, 0.5 eps</span>'


def test_what_is_kept_depends_on_the_code(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    calls = []

    def compute() -> int:
        calls.append(1)
        return len(calls)

    assert measured.kept("test", (), compute) == measured.kept("test", (), compute) == 1
    changed = ("changed", *measured._depends()[1:])
    monkeypatch.setattr(measured, "_depends", lambda: changed)
    assert measured.kept("test", (), compute) == 2


def test_a_changed_record_is_judged_anew():
    record = catalog.get("sigmoid")
    wrong = replace(record, d=lambda x: -record.d(x))
    assert any(not check.ok for check in oracle.verify(wrong))
