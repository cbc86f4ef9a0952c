"""Citations: their labels, their links from any depth, and the faults that must stop a build."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from markdown import markdown

from derivref.site.fault import Fault
from derivref.site.markdown import citations

BIB = """
@article{one2001, author={One, Ann}, title={First}, journal={J}, volume={1}, pages={2--3},
  year={2001}, doi={10.1/a_b}}
@misc{two2002, author={One, Ann and van Two, Bob}, title={Second}, year={2002}, eprint={2.2}}
@misc{many2003, author={A, B and C, D and E, F}, title={Third}, year={2003}}
@misc{body2004, author={{A Body}}, title={Fourth}, year={2004}, url={https://example.org/}}
"""


@pytest.fixture
def bib(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "references.bib"
    path.write_text(BIB, encoding="utf-8")
    return path


def convert(text):
    html = markdown(text, extensions=["attr_list", "derivref.site.markdown.citations"])
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[@one2001]", "One (2001)"),
        ("[@one2001, p. 12]", "One (2001, p. 12)"),
        ("[@two2002, theorem 3.1]", "One and van Two (2002, theorem 3.1)"),
        ("[@many2003]", "A et al. (2003)"),
        ("[@body2004]", "A Body (2004)"),
    ],
)
def test_a_citation_is_a_link_with_author_and_year(bib, text, label):
    link = convert(f"See {text}, too.").a
    assert link.get_text() == label
    key = text[2:].partition("]")[0].partition(",")[0]
    assert link["href"] == f"about/bibliography.md#{key}"


def test_code_is_no_citation(bib):
    assert convert("`[@nobody]` and\n\n    [@nobody]\n").a is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[@one2010]", "references.bib has no key `one2010` (near it: `one2001`"),
        ("[@zzz]", "references.bib has no key `zzz` (near it: none is near)"),
        ("[@one2001; @two2002]", "a citation is `[@key]` or `[@key, p. 12]`, got `[@one2001; @t"),
        ("[@one2001,p. 1]", "a citation is `[@key]` or `[@key, p. 12]`, got `[@one2001,p. 1]`"),
    ],
)
def test_a_bad_citation_is_named(bib, text, message):
    with pytest.raises(Fault) as caught:
        convert(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("@misc{one2001, author={X, Y}, title={T}, year={1}}", "repeated bibliography entry"),
        ("@misc{x, author={X, Y}, title={T}}", "`x` needs author, title and year"),
        ("@misc{x, title={T}, year={1}}", "`x` needs author, title and year"),
        ("@misc{x, author={X, Y}, title={$T$}, year={1}}", "`title` of `x` must be plain text"),
        ("@misc{a-b, author={X, Y}, title={T}, year={1}}", "got `a-b`"),
        ("@misc{x, author={X, Y", "references.bib: "),
    ],
)
def test_a_malformed_bibliography_is_named(bib, entry, message):
    bib.write_text(BIB + entry, encoding="utf-8")
    with pytest.raises(Fault) as caught:
        citations.references()
    assert message in str(caught.value)


def test_links_lead_to_the_entry_from_any_depth(bib, tmp_path):
    (tmp_path / "docs/a/b").mkdir(parents=True)
    (tmp_path / "docs/about").mkdir()
    body = (
        "Here [@one2001].\n\n"
        '```python exec="on" idprefix=""\nprint("There [@two2002, p. 1].")\n```\n'
    )
    pages = ["index.md", "top.md", "a/index.md", "a/one.md", "a/b/two.md"]
    for page in pages:
        (tmp_path / "docs" / page).write_text(f"# Page {page}\n\n{body}", encoding="utf-8")
    (tmp_path / "docs/about/bibliography.md").write_text(
        '```python exec="on" idprefix=""\nfrom derivref.site import bibliography\n'
        "print(bibliography())\n```\n",
        encoding="utf-8",
    )
    config = {
        "site_name": "Test",
        "theme": {"name": "mkdocs"},
        "plugins": [{"markdown-exec": {"languages": ["python"]}}],
        "markdown_extensions": [
            "attr_list",
            "pymdownx.superfences",
            "derivref.site.markdown.citations",
            "derivref.site.markdown.page",
        ],
        "validation": {"links": {"anchors": "warn"}},
    }
    (tmp_path / "mkdocs.yml").write_text(json.dumps(config))

    def build():
        return subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict"],
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    run = build()
    assert run.returncode == 0, run.stderr
    site = "https://example.org/sub/"
    for page in pages:
        address = page.removesuffix(".md").removesuffix("index")
        address += "/" if address and not address.endswith("/") else ""
        html = (tmp_path / "site" / address / "index.html").read_text(encoding="utf-8")
        links = BeautifulSoup(html, "html.parser").select("a.citation")
        assert [urljoin(site + address, link["href"]) for link in links] == [
            f"{site}about/bibliography/#one2001",
            f"{site}about/bibliography/#two2002",
        ]
    html = (tmp_path / "site/about/bibliography/index.html").read_text(encoding="utf-8")
    entries = BeautifulSoup(html, "html.parser").select(".reference")
    assert [entry["id"] for entry in entries] == ["body2004", "many2003", "one2001", "two2002"]
    back = [a["href"] for a in entries[2].select("a") if not a["href"].startswith("https:")]
    assert sorted(urljoin(f"{site}about/bibliography/", href) for href in back) == sorted(
        site
        + page.removesuffix(".md").removesuffix("index").rstrip("/")
        + ("/" if page != "index.md" else "")
        for page in pages
    )

    # An anchor that is missing on the page, and a key that is missing in the file, both stop it.
    (tmp_path / "docs/about/bibliography.md").write_text("# Empty\n", encoding="utf-8")
    run = build()
    assert run.returncode != 0
    assert "does not contain an anchor '#two2002'" in run.stderr
    (tmp_path / "docs/a/one.md").write_text("# One\n\nBad\n[@nobody].", encoding="utf-8")
    run = build()
    assert run.returncode != 0
    assert "a/one.md:4: references.bib has no key `nobody`" in run.stderr


REPOSITORY = Path(__file__).parents[3]


def test_every_entry_can_be_found_and_told_apart():
    entries = citations.references()
    labels = [citations.label(key) for key in entries]
    assert len(set(labels)) == len(labels)
    for key, entry in entries.items():
        fields = entry.fields
        places = {"journal", "booktitle", "publisher", "school", "institution", "eprint", "url"}
        assert places & set(fields), f"{key} does not say where it appeared"
        if "doi" in fields:
            assert fields["doi"].startswith("10."), f"{key}: a DOI begins with 10."
