"""Everything that has a name is in the A to Z, under each of its names."""

from pathlib import Path

import pytest

from derivref import catalog
from derivref.site.fault import Fault
from derivref.site.show import names

ROOT = Path(__file__).parents[3]


def test_every_record_and_alias_is_listed():
    text = names.a_to_z()
    for record in catalog.records():
        assert f"[{record.title}](" in text
        for alias in record.aliases:
            shown = alias[0].upper() + alias[1:] if " " in alias else alias
            listed = f"- {shown}, see [" in text or f"- [{shown}](" in text
            own = [names.key(n) for n in (record.title, *record.aliases) if n != alias]
            assert listed or any(n.startswith(names.key(alias)) for n in own), alias


def test_every_kind_has_a_line():
    assert {record.kind for record in catalog.records()} <= {*names.LINES}


def test_two_of_one_name_are_both_listed(tmp_path, monkeypatch):
    for page in ("a", "b"):
        (tmp_path / f"{page}.md").write_text("---\ntitle: Two of a name\n---\n")
    monkeypatch.setattr(names, "find", lambda name: tmp_path)
    assert names.a_to_z().count("[Two of a name](") == 2


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        ("aliases: step", "page.md: `aliases` must be a list, got 'step'"),
        ("terms: [step]", "page.md: `terms` must lead to anchors, got ['step']"),
    ],
)
def test_front_matter_that_names_nothing(tmp_path, matter, message):
    (tmp_path / "page.md").write_text(f"---\ntitle: Page\n{matter}\n---\n")
    with pytest.raises(Fault, match=r".") as caught:
        list(names.pages(tmp_path))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The complex step", "complex step"),
        ("log-sum-exp", "log sum exp"),
        ("leaky_relu", "leaky relu"),
        ("x^n", "xn"),
        ("Hölder", "holder"),
    ],
)
def test_names_as_they_are_compared(name, key):
    assert names.key(name) == key
