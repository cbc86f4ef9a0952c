"""The ledger's rows and totals, from made-up checks: golden."""

import re

import pytest

from derivref import catalog
from derivref.oracle import Check
from derivref.site.markdown.derivation import Result
from derivref.site.show import ledger

RELU, MISH = catalog.get("relu"), catalog.get("mish")
CHECKS = {
    "activations.relu": (
        Check("formula, symbolic", 0, "0", True, "f′"),
        Check("exact values", 100, "0.5 ULP", True, "f in float64"),
        Check("exact values", 23, "2 ULP", True, "f′ in float64"),
        Check("kinks", 1, "0", True, "slopes"),
    ),
    "activations.mish": (
        Check("formula, by values", 40, "1e-50", True, "f′"),
        Check("exact values", 7, "3 ULP", True, "f in float64"),
        Check("facts", 0, "9 of 10", True, "range: no bound at an end"),
    ),
}
WORKED = (
    Result("learn/rules.md", 3, "sum", "Sum", 4, 3, 2, 1, 500, 2.5e-49),
    Result("reference/elementary.md", 9, "exp-slope", "", 5, 0, 0, 0, 0, 0.0),
)


@pytest.fixture
def made_up(monkeypatch):
    rows = tuple((catalog.get(name), checks) for name, checks in CHECKS.items())
    monkeypatch.setattr(ledger, "_verified", lambda: rows)
    monkeypatch.setattr(ledger, "_derivations", lambda: WORKED)
    told = {"0.5 ULP": "≤ 0.8 ULP", "2 ULP": "≤ 3 ULP", "3 ULP": "≤ 5 ULP"}
    monkeypatch.setattr(ledger, "told", lambda r, c: told.get(c.worst, c.worst))


def test_the_rows_of_entries(made_up):
    head, _, relu, mish = ledger.records_ledger("scalar").splitlines()
    assert head == "| entry | formula | exact values | kinks | facts |"
    assert relu == (
        '| [ReLU](../reference/activations/relu.md) | <span class="tick">for all x</span> '
        '| <span class="tick">123 points, ≤ 3 ULP</span> | <span class="tick">1 point</span> '
        '| <span class="absent">absent</span> |'
    )
    assert mish == (
        '| [Mish](../reference/activations/mish.md) | <span class="tick">40 points, 1e-50</span> '
        '| <span class="tick">7 points, ≤ 5 ULP</span> | none '
        '| <span class="tick">9 of 10 proved</span> |'
    )
    assert ledger.records_ledger("operator").splitlines()[2:] == []


def test_the_totals(made_up):
    text = re.sub(r"</?d[ltd][^>]*>", " ", ledger.totals()).replace("\u202f", "")
    found = re.findall(r"<div>\s+(.+?)\s+(\d+)\s+</div>", text)
    assert dict(found) == {
        "functions, each with f′ and f″": "2",
        "functions of arrays, with their vjp": "0",
        "statements and exercises": "0",
        "checks of entries": "7",
        "facts proved for every x": "9",
        "facts scanned": "1",
        "steps of proofs checked": "14",  # 4 + 3 + 2 and 5, without the one by theorem
        "steps by theorem, not checked": "1",
        "points tried": "671",  # 171 of entries, 500 of proofs
    }


def test_the_rows_of_derivations(made_up):
    lines = ledger.derivations_ledger().splitlines()
    assert lines[0] == (
        "| derivation | symbolic | on instances | by values | by theorem | points | error |"
    )
    assert lines[2:] == [
        "| [Sum](../learn/rules.md#sum) | 4 | 3 | 2 | 1 | 500 | 2.5e-49 |",
        "| [exp-slope](../reference/elementary.md#exp-slope) | 5 |  |  |  | 0 |  |",
    ]


def test_a_failing_check_stops_every_table(monkeypatch):
    bad = (Check("kinks", 1, "0", False, "the slope 2 is not between 0 and 1"),)
    monkeypatch.setattr(ledger, "verified", lambda name: bad)
    for table in (ledger.totals, lambda: ledger.records_ledger("scalar")):
        with pytest.raises(ledger.Fault, match="kinks: the slope 2 is not"):
            table()
