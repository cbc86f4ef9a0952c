"""What the search of a site asks: names, and text without what nobody searches."""

import gzip
import json

import pytest

from derivref import catalog
from derivref.site.build import search
from derivref.site.fault import Fault

PAGE = """<!doctype html><html lang="en"><body><nav>Menu</nav>
<article class="md-content__inner md-typeset">
<h1 id="page">Page<a class="headerlink" href="#page">#</a></h1>
<p>The slope of <derivref-math><math><mi>x</mi></math></derivref-math> is one, says
<a class="citation" href="../b/#k">Somebody (2016)</a>, in <code>np.where</code>.</p>
<div class="highlight"><pre><code>import numpy as np</code></pre></div>
<div class="result"><pre><code>42</code></pre></div>
<p><code>np.logaddexp(0.0, np.maximum(x, 0.0))</code></p>
<h2 id="own">Own section</h2><p>Below it.</p>
<h2 id="checked">How this page is checked</h2><p>17 points.</p>
<table><tr><td>bound</td></tr></table>
<h2 id="more">More</h2><p>Last words.</p><svg><title>Drawn</title></svg>
</article></body></html>
"""


def words(page):
    return " ".join(" ".join(search.article(page).itertext()).split())


def test_text_has_formulas_and_neither_code_nor_checks_nor_citations():
    assert words(PAGE) == (
        "Page The slope of x is one, says , in np.where . Own section Below it. More Last words."
    )


def test_a_page_without_an_article_has_no_text():
    assert search.article("<html><body>Moved</body></html>") is None


@pytest.fixture
def site(tmp_path):
    for name, terms in (("a", "terms:\n  own thing: own"), ("b", "search:\n  exclude: true")):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / f"docs/{name}.md").write_text(f"---\ntitle: Page {name}\n{terms}\n---\n")
        (tmp_path / f"site/{name}").mkdir(parents=True)
        (tmp_path / f"site/{name}/index.html").write_text(PAGE)
    return tmp_path


def test_names_and_text_of_a_site(site):
    search.index(site / "site", site / "docs")
    listed = search.read(site / "site")
    places = map(catalog.address, catalog.records())
    assert len(listed["entries"]) == sum(not p.startswith("practice/") for p in places)
    assert listed["pages"] == [["Page a", "a/"], ["Page b", "b/"]]
    assert ["Own section", "a/#own", "own thing"] in listed["sections"]
    runs = json.loads((site / "site" / search.NAMES).read_text("utf-8"))["entries"]
    number, place = next(
        (number, place)
        for number, (_, run) in enumerate(search.unpacked(runs))
        for place, item in enumerate(run)
        if item[0] == "GELU"
    )
    lines = json.loads((site / "site" / search.LINES / f"{number}.json").read_text("utf-8"))
    assert lines[place] == "f′ = Φ(x) + x φ(x)"
    texts = [
        gzip.decompress(path.read_bytes()).decode()
        for path in (site / "site/search/fragment").iterdir()
    ]
    assert len(texts) == 1  # the text of the other is left out
    assert "Last words" in texts[0]


def test_a_heading_of_many_pages_names_none_of_them(site):
    for name in "cde":
        (site / f"site/{name}").mkdir()
        (site / f"site/{name}/index.html").write_text(PAGE)
    (site / "docs/a.md").write_text("---\ntitle: Page a\nterms: {own thing: own}\n---\n")
    search.index(site / "site", site / "docs")
    listed = search.read(site / "site")
    assert listed["sections"] == [["Own thing", "a/#own"]]


def test_a_term_that_leads_nowhere_is_named(site):
    (site / "docs/a.md").write_text("---\ntitle: Page a\nterms:\n  gone: away\n---\n")
    with pytest.raises(Fault, match=r"a\.md: the term `gone` leads to no section: #away"):
        search.index(site / "site", site / "docs")


def test_the_packed_list_is_the_list():
    items = [
        ["Home", ""],
        ["Two Words", "folder/two_words/", "other", "third"],
        ["Other spelling", "folder/name/"],
        ["A heading", "folder/name/#a-heading"],
        ["f(x)", "folder/name/#own"],
        ["name function", "api/m/#m.name"],
        ["other", "api/m/#m.third"],
    ]
    text = search.packed(items)
    assert [item for _, run in search.unpacked(text) for item in run] == items
    assert "two_words" not in text
    assert "a-heading" not in text
    assert "m.name" not in text
    with pytest.raises(Fault, match="a name that the search cannot hold"):
        search.packed([["a", "b/", "|c|"]])
