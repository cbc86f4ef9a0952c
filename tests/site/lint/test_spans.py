"""Claims in words on the pages and in the records, and the words that have none."""

import json
import re
from dataclasses import replace
from pathlib import Path

import markdown
import pytest

from derivref import catalog
from derivref.site.lint import spans

ROOT = Path(__file__).parents[3]
PAGES = dict(spans.pages(ROOT))
ENTRIES = sorted({f"docs/{catalog.address(r).partition('#')[0]}" for r in catalog.records()})


@pytest.mark.parametrize("page", PAGES)
def test_the_claims_of_a_page_hold_and_its_budget_is_kept(page):
    assert list(spans.page_faults(page, PAGES[page])) == []


def test_a_budget_is_what_is_unread_and_no_more():
    now = {page: len(spans.unread(page, text)) for page, text in PAGES.items()}
    now |= {r.full_name: len(spans.record_unread(r)) for r in catalog.records()}
    assert spans.budget() == {page: n for page, n in now.items() if n}, (
        f"run `python -m derivref.site.lint.spans`, which lowers {spans.BUDGET}"
    )


@pytest.mark.parametrize("name", [r.full_name for r in catalog.records()])
def test_the_sentences_of_a_record_claim_nothing_that_is_not_computed(name):
    assert list(spans.record_faults(catalog.get(name))) == []


GELU = "docs/reference/activations/gelu.md"
SLIPS = [
    ("[above 1]", "[below 1]", "says `below 1`"),
    ("[negative left", "[positive left", "says `positive`"),
    ("[−10]", "[−11]", "says `−11`"),
    ("float32]", "float64]", "says `float64`"),
    ("{f.d.argmin, f.d.argmax}", "{f.d.argmin, f.d.argmax, f.sup}", "takes 2 values"),
    ("{f.d.argmin, f.d.argmax}", "{f.d.argmin, nothing}", "raises NameError"),
    ("{f.d.argmin, f.d.argmax}", "{1, 2}", "a literal is no evidence"),
]


@pytest.mark.parametrize(("old", "new", "message"), SLIPS)
def test_a_wrong_claim_is_named_with_its_line(old, new, message):
    assert old in PAGES[GELU]
    text = PAGES[GELU].replace(old, new, 1)
    (fault,) = spans.page_faults(GELU, text)
    line = next(n for n, s in enumerate(text.splitlines(), 1) if new in s)
    assert fault.startswith(f"{GELU}:{line}: ")
    assert message in fault


UNREAD = [
    ("It is convex.", ["convex"]),
    ("A bound of 17, less than half.", ["17", "less", "half"]),
    ("There $h^2/6$ is left, to the right of 5.", ["$h^2/6$", "right", "5"]),
    ("[convex]{softplus} and [17](a.md) `x < 3`", ["17"]),
    ("For $x > 3$, and for y < 2.", ["$x > 3$", "2"]),
]


@pytest.mark.parametrize(("text", "found"), UNREAD)
def test_words_and_numbers_without_a_claim_are_listed(text, found):
    assert [u.text for u in spans.unread("docs/learn/noise.md", text)] == found


def test_what_a_proof_assumes_and_what_a_program_prints_is_read():
    proof = "```derivation\nid: a\ndomain: x in (3, oo)\nx\nx | again\n```\n"
    assert spans.unread("docs/learn/noise.md", f"For $x > 3$ and x > 3.\n\n{proof}") == []
    program = '```python exec="on" source="block" result="text"\nprint(17)  # of 23\n```\n'
    (left,) = spans.unread("docs/learn/noise.md", f"It is 17.\n\n{program}")
    assert (left.line, left.text) == (4, "23")


def test_claims_of_the_front_matter_stand_for_comments_and_labels():
    page = '---\nclaims:\n  "of 23": 20 + len(printed[0])\n---\n'
    program = '\n```python exec="on" source="block" result="text"\nprint(17)  # of 23\n```\n'
    assert list(spans.page_faults("docs/learn/noise.md", page + program)) == []
    (fault,) = spans.judged("docs/learn/noise.md", page.replace("23", "24") + program)
    assert "which the page does not say" in fault


def test_a_program_that_raises_is_left_to_the_checks_of_programs():
    program = '```python exec="on" source="block" result="text"\nassert 1 > 2\n```\n'
    assert list(spans.page_faults("docs/learn/noise.md", program)) == []
    (fault,) = spans.page_faults("docs/learn/noise.md", f"[2]{{named}}\n\n{program}")
    assert "a program of the page raises AssertionError" in fault


def test_a_page_above_its_budget_is_named_with_its_words():
    (fault,) = spans.page_faults("docs/new.md", "It is convex,\nand below 3.\n")
    assert fault.startswith("docs/new.md: 3 words and numbers that nothing has read, 0 allowed")
    assert fault.endswith("1: `convex`, 2: `below`, 2: `3`")


def test_the_budget_only_goes_down(tmp_path, monkeypatch, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "docs/a.md").write_text("It is convex and odd.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(spans.catalog, "records", lambda *_: ())
    budget = tmp_path / spans.BUDGET
    budget.write_text(json.dumps({"docs/a.md": 5}))
    spans.main()
    assert json.loads(budget.read_text()) == {"docs/a.md": 2}
    (tmp_path / "docs/a.md").write_text("It is convex, odd and positive.\n")
    spans.main()
    assert "3 unread, 2 allowed" in capsys.readouterr().out
    assert json.loads(budget.read_text()) == {"docs/a.md": 2}


def test_wrong_claims_of_a_record_are_named():
    record = catalog.get("gelu_tanh")
    slipped = replace(record, claims={"less than 0.0005": "abs(gelu(xs))"})
    assert "says `less 0.0005`" in next(spans.record_faults(slipped))
    assert "0 allowed: `less` in" in next(spans.record_faults(replace(record, claims={})))
    other = replace(record, claims={**record.claims, "convex": "f"})
    assert any("no sentence says" in fault for fault in spans.record_faults(other))


def test_a_page_shows_the_words_alone():
    text = "It is [above 1]{f.d.sup}, `[a]{b}` $[a]{b}$ and [a **bold** [b]]{c(1)}."
    html = markdown.markdown(text, extensions=["derivref.site.markdown.claims"])
    assert re.sub("<[^>]+>", "", html) == "It is above 1, [a]{b} $[a]{b}$ and a bold [b]."
