"""Every record has its place on the site, and one that has none is told what to write."""

from dataclasses import replace
from pathlib import Path

import pytest

from derivref import catalog
from derivref.site.build import navigation
from derivref.site.lint.places import docs, missing, proof_fault

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("record", list(catalog.records()), ids=lambda r: r.full_name)
def test_every_record_has_its_place(record):
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert not missing(record, ROOT / "docs", config)


def test_a_record_without_a_place_is_named(tmp_path):
    record = catalog.get("gelu")
    page = "reference/activations/gelu.md"
    assert f"write docs/{page} with a fence that prints `entry(" in missing(record, tmp_path, "")
    (tmp_path / page).parent.mkdir(parents=True)
    (tmp_path / page).write_text("# GELU\n")
    assert 'must print `entry("activations.gelu")`' in missing(record, tmp_path, "")
    (tmp_path / page).write_text('print(entry("gelu"))')
    assert "run `make nav`" in missing(record, tmp_path, "")
    assert not missing(record, tmp_path, f"- {page}")
    (tmp_path / "learn").mkdir()
    (tmp_path / "learn/stable-computation.md").write_text("")
    assert "a heading with `{#log1p}`" in missing(catalog.get("log1p"), tmp_path, "")


def test_the_navigation_is_up_to_date():
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert navigation.configured(text) == text, "run `make nav`"
    lost = text.replace("      - reference/activations/gelu.md\n", "")
    assert navigation.configured(lost) == text


def test_a_section_without_a_written_block_is_named():
    with pytest.raises(ValueError, match="below `- API:` there must be the lines"):
        navigation.configured("nav:\n  - API:\n      - api/index.md\n")


def test_the_api_pages_are_up_to_date():
    written = navigation.pages()
    stale = [p for p, text in written.items() if (ROOT / p).read_text("utf-8") != text]
    assert not stale, "run `make nav`"
    there = {path.relative_to(ROOT) for path in (ROOT / navigation.API).glob("*.md")}
    assert there == {*written, navigation.API / "index.md"}


STATEMENTS = [r for r in catalog.records("identity") if r.proof]


@pytest.mark.parametrize("record", STATEMENTS, ids=lambda r: r.full_name)
def test_the_proof_of_a_statement_leads_from_its_left_side_to_its_right(record):
    assert proof_fault(record, docs()) == ""


def test_a_proof_of_something_else_is_named():
    record = catalog.get("rules.sum-rule")
    said = (
        "the derivation `linearity-proof` of docs/learn/rules.md must begin with `Derivative(f(x) +"
    )
    assert said in proof_fault(replace(record, proof="linearity-proof"), docs())
    assert "must end with `0`" in proof_fault(replace(record, right="0"), docs())
    said = "`rules.sum-rule`: no page has the derivation `sum-proof`"
    assert proof_fault(replace(record, proof="sum-proof"), docs()) == said
