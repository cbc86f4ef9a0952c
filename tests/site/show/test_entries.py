"""Entries, their tables, and the ledger: what the pages show of the records."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.site.fault import Fault
from derivref.site.show import entries, frame, frameworks, ledger, measured, pages, tabs

DOCS = Path(__file__).parents[3] / "docs"
RECORDS = list(catalog.records("scalar"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_an_entry_shows_formula_program_and_picture(record):
    text = pages.entry(record.name)
    assert text.startswith(record.summary)
    theirs = frameworks.recorded(record)
    assert text.count("```python\n") == 2 * len(tabs.code_forms(record)) + len(theirs)
    assert text.count("{ .download download=") == len(tabs.code_forms(record))
    assert f"def d2_{record.name}(" in text
    for n in range(3):
        assert oracle.latex(record, n) in text
    assert f"def d_{record.name}(" in text
    assert text.count("<svg") == 1
    assert text.count("```latex") == 1 + (entries.spelled(record, 1) != oracle.latex(record, 1))
    for alias in record.aliases:
        assert alias in text
    for kink in record.corners:
        assert f"no derivative at {kink.at:g}, where the code returns {kink.slope:g}" in text


def test_a_record_has_two_forms_or_one_that_is_both():
    gelu, relu = (tabs.code_forms(catalog.get(n)) for n in ("gelu", "relu"))
    assert [form.key for form in gelu] == ["plain", "accurate"]
    assert gelu[0].code == catalog.get("gelu").plain
    assert gelu[0].said.startswith("Relative error ≤ 5e−13 for x ≥ −37")
    assert [form.title for form in relu] == ["NumPy"]
    assert '"""' not in relu[0].code
    for form in (*gelu, *relu):
        assert re.search(r"Error ≤ [\d.]+ ULP in float64|Relative error ≤ ", form.said)


def test_an_example_that_fails_with_a_form_stops_the_build():
    wrong = replace(catalog.get("gelu"), example="print(gelu(0.0))\nassert gelu(0.0) == 1.0")
    with pytest.raises(Fault, match=r"raises AssertionError, at its line \d+: `assert gelu"):
        tabs.tabbed(wrong)


def test_every_form_can_be_downloaded_as_it_is_tested():
    files = tabs.downloads()
    for record in RECORDS:
        for form in tabs.code_forms(record):
            assert files[form.file(record)].decode() == form.whole(record.example)
    assert len(files) == sum(len(tabs.code_forms(record)) for record in RECORDS)


def test_frameworks_have_tabs_only_where_they_were_recorded(monkeypatch):
    gelu = catalog.get("gelu")
    assert "Run with PyTorch" in tabs.tabbed(gelu)
    assert "PyTorch" not in tabs.tabbed(catalog.get("gudermannian"))
    data = {
        "date": "2026-01-02",
        "versions": {"torch": "9.9"},
        "entries": {"activations.gelu": {"torch": "import torch"}},
    }
    monkeypatch.setattr(frameworks, "measured", lambda name: data)
    text = tabs.tabbed(gelu)
    assert '<label for="form-gelu-torch">PyTorch</label>' in text
    assert "import torch\n```\n\nRun with PyTorch 9.9 on 2026-01-02." in text
    assert "PyTorch" not in tabs.tabbed(catalog.get("silu"))


def test_the_style_shows_as_many_tabs_as_an_entry_has():
    most = max(len(tabs.code_forms(r)) + len(frameworks.recorded(r)) for r in RECORDS)
    sheet = (DOCS / "assets/entry.css").read_text("utf-8")
    assert most >= 6
    assert f"> .form:nth-of-type({most})" in sheet


def test_a_slope_without_abbreviations_has_none():
    assert entries.spelled(catalog.get("log_sigmoid"), 1) == r"\frac{1}{1 + e^{x}}"
    text = entries.spelled(catalog.get("mish"), 1)
    assert "softplus" not in text
    assert "sigma" not in text
    assert "d_u" not in entries.spelled(catalog.get("gelu_tanh"), 1)


def test_symbols_are_written_out_where_they_are_used():
    for text in (pages.entry("gelu"), pages.table("activations")):
        assert r"$\Phi(x) = \tfrac12(1 + \operatorname{erf}(x/\sqrt2))$" in text
        assert r"$\varphi(x) = e^{-x^2/2}/\sqrt{2\pi}$, its density" in text
    assert r"\Phi(x) =" not in pages.entry("tanh")
    assert r"$u = \sqrt" in pages.table("activations")


def test_what_comes_from_a_scan_looks_different(monkeypatch):
    record = catalog.get("gelu")
    facts = oracle.facts(record)
    assert entries.SCANNED not in pages.entry("gelu") + pages.details("gelu")
    loose = replace(facts.proofs["slope_range"], proved=False, reason="too hard")
    monkeypatch.setattr(
        entries.oracle,
        "facts",
        lambda record: replace(facts, proofs={**facts.proofs, "slope_range": loose}),
    )
    text = pages.details("gelu")
    assert f"| range of f′ | [−0.1289, 1.1289]{entries.SCANNED} |" in text
    assert text.count(entries.SCANNED) == 3
    assert "9 facts proved for every x, 1 scanned" in pages.entry("gelu")


def test_neighbours_are_named_once():
    assert entries.related(catalog.get("gelu")).count("](") == 3
    assert "[Sigmoid](sigmoid.md)" in entries.related(catalog.get("tanh"))
    assert entries.related(catalog.get("exponential")) == ""


def test_the_page_of_an_entry_has_its_title():
    for record in catalog.records():
        path = catalog.address(record)
        if "#" not in path:
            text = (DOCS / path).read_text("utf-8")
            assert f"\n# {record.title}\n" in text, path
            assert f"title: {record.title}\n" in text, path


def test_values_stand_at_round_numbers_in_the_view():
    for record in RECORDS:
        x = entries.places(record)
        assert 30 <= len(x) <= 110, record.name
        assert all(record.domain[0] < v < record.domain[1] for v in x)
    assert 0.0 not in entries.places(catalog.get("reciprocal"))
    assert "| 0 | 0 | 0 (chosen) | none |" in entries.values(catalog.get("relu"))


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
    assert "url    = {https://example.org/ref/reference/elementary/sin/}," in text
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
        assert re.findall(r"^\| (?:<[^>]*>)*\[([^\]]+)\]", text, re.M) == names
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
