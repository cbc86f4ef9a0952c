"""The index of questions: each answer leads to a section that exists."""

import posixpath
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "practice/questions.md"
QUESTION = re.compile(
    r"^\*\*(?P<asked>.+?\?)\*\*\{ #(?P<anchor>q-[a-z0-9-]+) \} (?P<answer>.+)$", re.M
)
LINK = re.compile(r"\]\((?P<path>[^)#]+)(?:#(?P<anchor>[^)]+))?\)")
ASKED = {m["anchor"]: m["answer"] for m in QUESTION.finditer(PAGE.read_text("utf-8"))}


def fault(answer: str, docs: Path = DOCS) -> str:
    """Say what is wrong with the links of an answer, "" if nothing is."""
    links = list(LINK.finditer(answer))
    if not links:
        return "leads nowhere"
    for link in links:
        file = docs / posixpath.normpath(posixpath.join("practice", link["path"]))
        if not file.is_file():
            return f"no page {link['path']}"
        text = file.read_text("utf-8")
        if (name := link["anchor"]) and not re.search(rf"\{{:? ?#{re.escape(name)}\b", text):
            return f"{link['path']} has no section `{name}`"
    return ""


def test_every_question_has_an_anchor_of_its_own():
    lines = [s for s in PAGE.read_text("utf-8").splitlines() if s.startswith("**")]
    assert len(ASKED) == len(lines)
    assert len(ASKED) >= 84


@pytest.mark.parametrize("anchor", ASKED)
def test_an_answer_leads_to_a_section_that_exists(anchor):
    assert fault(ASKED[anchor]) == ""


def test_a_link_to_nowhere_is_named():
    assert fault("Yes.") == "leads nowhere"
    assert fault("[Here](../learn/none.md#a).") == "no page ../learn/none.md"
    said = "../learn/chain.md has no section `none`"
    assert fault("[Here](../learn/chain.md#none).") == said
