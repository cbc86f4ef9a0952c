"""What the ledger says of claims that no machine reads, and of planted faults."""

import json
from dataclasses import asdict

import pytest

from derivref.site.fault import Fault
from derivref.site.lint import reading
from derivref.site.lint.faults.run import Outcome
from derivref.site.show import claimed

PAGES = [
    (
        "learn/one.md",
        "[Convex]{exp}, odd, and $e^{a+b} = e^a e^b$.\n\n"
        "$$\n\\bar A = B^\\top\n$$\n\n$y = \\hat x$\n",
    ),
    ("learn/two.md", "Nothing is claimed.\n"),
]


def test_each_page_has_its_counts(monkeypatch):
    monkeypatch.setattr(claimed, "_pages", lambda: PAGES)
    ((head, rows),) = reading.markdown_tables(claimed.unread())
    assert head[1:] == (
        *("equations read", "displayed, not read", "in the line, not read"),
        *("claims computed", "words not read"),
    )
    assert rows == [
        ("[learn/one.md](../learn/one.md)", "1", "1", "1", "1", "2"),
        ("all", "1", "1", "1", "1", "2"),
    ]


def test_a_wrong_equation_stops_the_build(monkeypatch):
    monkeypatch.setattr(claimed, "_pages", lambda: [("learn/one.md", "So $e^{a+b} = e^a + e^b$.")])
    with pytest.raises(Fault, match=r"learn/one\.md:1: `e\^\{a\+b\}"):
        claimed.unread()


def test_the_score_shows_its_survivors(monkeypatch, tmp_path):
    outcomes = [
        Outcome("prose", "docs/a.md:3", "below", "above", "survived", ""),
        Outcome("tools", "src/a.py:4", "1", "2", "caught", "test_a: assert"),
        Outcome("programs", "docs/a.md:9", "1", "2", "unchanged", ""),
    ]
    data = {"date": "2026-01-02", "seed": 7, "outcomes": [asdict(o) for o in outcomes]}
    (tmp_path / "faults.json").write_text(json.dumps(data))
    monkeypatch.setattr(claimed, "find", lambda name: tmp_path / "faults.json")
    text = claimed.planted()
    assert text.startswith("Planted on 2026-01-02 with the seed 7; 1 more changed nothing")
    ((head, rows),) = reading.markdown_tables(text)
    assert head == ("faults in", "caught", "planted")
    assert rows[-1] == ("all", "1", "2")
    assert ("prose", "0", "1") in rows
    assert ("tools", "1", "1") in rows
    assert "    - prose, docs/a.md:3: `` below `` → `` above ``" in text


def test_missing_data_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr(claimed, "find", lambda name: None)
    with pytest.raises(Fault, match=r"faults\.json is missing: run `make faults`"):
        claimed.planted()
