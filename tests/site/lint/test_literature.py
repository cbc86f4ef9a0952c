"""References and citations against their second entry."""

from pathlib import Path

import pytest

from derivref.site.lint import literature
from derivref.site.markdown import citations

ROOT = Path(__file__).parents[3]
BIB = (ROOT / "references.bib").read_text("utf-8")


def test_every_reference_agrees_with_what_was_seen():
    assert list(literature.faults()) == []


def test_what_was_never_seen_is_counted():
    assert literature.unseen() == ["dlmf: year", "spivak2008: year"]


PLANTED = {
    "year": (
        "  year = {1998},\n  doi = {10.1137/S0036",
        "  year = {1997},\n  doi = {10.1137/S0036",
        "`squire1998`: year 1997, and 1998 was seen",
    ),
    "authors": (
        "Squire, William and Trapp, George",
        "Trapp, George and Squire, William",
        "`squire1998`: authors ['Trapp', 'Squire']",
    ),
    "an author": ("Moler, C. B.", "Moller, C. B.", "`lyness1967`: authors"),
    "title": ("The complexity of partial", "The cost of partial", "`baur1983`: title"),
    "identifier": ("10.1145/838250.838251", "10.1145/838250.838252", "`martins2003`: identifier"),
    "number in a title": ("Algorithm 799", "Algorithm 779", "`griewank2000`: title"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_changed_field_is_named(fault, monkeypatch):
    old, new, message = PLANTED[fault]
    assert BIB.count(old) == 1
    found = citations._parse(BIB.replace(old, new))
    monkeypatch.setattr(literature, "references", lambda: found)
    lines = list(literature.reference_faults())
    assert len(lines) == 1
    assert message in lines[0]


def test_a_reference_without_a_second_entry_is_named(monkeypatch):
    rows = {k: v for k, v in literature.seen().items() if k != "baur1983"}
    monkeypatch.setattr(literature, "seen", lambda: rows)
    assert any("`baur1983` has no second entry" in line for line in literature.reference_faults())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Squire and Trapp [@lyness1967].", "a sentence names Squire and cites lyness1967"),
        ("As shown [@rudin1976].", "cites `rudin1976`, which references-seen.json does not place"),
        ("Lyness and\nMoler [@lyness1967]; Squire [@martins2003].", "names Squire and cites mart"),
    ],
)
def test_a_wrong_citation_is_named(text, message):
    found = list(literature.citation_faults("docs/learn/complex-step.md", text))
    assert any(message in line for line in found), found


def test_a_right_citation_passes():
    text = "Lyness and Moler used it [@lyness1967]; Squire and\nTrapp reduced it [@squire1998]."
    assert list(literature.citation_faults("docs/learn/complex-step.md", text)) == []
