"""Each fault planted in a built site is found, and the message names the page and what to do."""

import gzip
import json
import re

import pytest

from derivref.site.lint import inspection, snippets

MARKDOWN = f"""\
---
description: What the page is for.
---
# Page

```{snippets.VISIBLE}
print(1)
assert True
```
"""

HTML = """\
<!doctype html>
<html lang="en">
<head><title>Page</title><link rel="stylesheet" href="style.css">
<link rel="canonical" href="https://example.org/"></head>
<body><article>
<h1 id="page">Page</h1>
<p>See <a href="#page">above</a>, <a href="other/#there">there</a>
and <a href="https://example.org/">elsewhere</a>.</p>
<figure><svg role="img"><title>A curve that rises.</title><g id="a"/></svg></figure>
<img src="style.css" alt="A picture of it.">
<div class="language-python highlight"><pre><code>print(1)
assert True</code></pre></div>
<div class="result"><pre><code>1</code></pre></div>
</article></body>
</html>
"""

OTHER = """\
<html lang="en"><head><title>Other</title></head>
<body><h1 id="there">There</h1><a href="../">home</a></body></html>
"""


SEARCH = [f"site/search/{name}" for name in ("names.json", "lines/0.json", "pagefind.js")]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A sound site of two pages, built by hand."""
    monkeypatch.chdir(tmp_path)
    files = {
        "mkdocs.yml": "site_name: planted\ntheme: {name: null, custom_dir: docs}\n",
        "docs/index.md": MARKDOWN,
        "docs/other.md": "---\ndescription: The other page.\n---\n# There\n",
        "site/index.html": HTML,
        "site/other/index.html": OTHER,
        "site/404.html": '<html lang="en"><body><h1>Not found</h1></body></html>',
        "site/style.css": "body { background: url(data:image/png;base64,AA==) }",
        **dict.fromkeys(SEARCH, "{}"),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "site"


def test_sound_site_has_no_faults(site):
    assert inspection.inspect(site) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (' lang="en"', "", "index.md: <html> has no lang"),
        ("<h1 id", "<h2 id", "index.md: 0 headings of the first level"),
        ("</article>", "<h1>Again</h1></article>", "index.md: 2 headings of the first level"),
        ('id="a"', 'id="page"', "index.md: the id `page` occurs 2 times"),
        (' alt="A picture of it."', "", "index.md: the image style.css has no alternative text"),
        (' alt="A picture of it."', ' alt=" "', "index.md: the image style.css has no alternative"),
        ("<title>A curve that rises.</title>", "", "index.md: a figure has no alternative text"),
        ("A curve that rises.", " ", "index.md: a figure has no alternative text"),
        (' role="img"', "", "index.md: a figure has no alternative text"),
        (
            "<p>See",
            '<p><span class="katex-error">\\x</span>',
            r"index.md: KaTeX could not read `\x`",
        ),
        (
            "<p>See",
            "<table><tr><th><derivref-math>h</derivref-math></th></tr></table><p>",
            "index.md: a table's header `h` has no words",
        ),
        (
            "<p>See",
            '<a href="#page"><derivref-math>h</derivref-math></a><p>',
            "index.md: a link `h` has no words",
        ),
        ("<p>See", '<p>```python exec="on"', "index.md: shows a fence as text"),
        ("<p>See", "<p>Traceback (most recent call last): …", "index.md: shows a traceback"),
        ('class="result"', 'class="note"', "index.md: line 6: the page shows this snippet without"),
        ("print(1)", "print(2)", "index.md: line 6: the page does not show this snippet"),
        ('href="#page"', 'href="#nowhere"', "index.html: links to /index.html#nowhere"),
        ('other/#there"', 'other/#nowhere"', "index.html: links to /other#nowhere"),
        ('href="other/#there"', 'href="gone/"', "index.html: links to /gone"),
    ],
)
def test_fault_in_a_page(site, old, new, message):
    assert HTML.count(old) >= 1
    (site / "index.html").write_text(HTML.replace(old, new, 1))
    faults = inspection.inspect(site)
    assert any(fault.startswith(message) for fault in faults), faults


def test_fence_shown_as_code_is_meant(site):
    shown = "<pre><code>```python</code></pre><p>or <code>```python exec</code></p>"
    (site / "index.html").write_text(HTML.replace("<p>", f"{shown}<p>", 1))
    assert inspection.inspect(site) == []


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<img alt="It." src="//cdn.example.org/x.png">',
        '<img alt="It." src="style.css" srcset="style.css 1x, https://cdn.example.org/x.png 2x">',
        '<link rel="preload" href="https://cdn.example.org/x.woff2">',
        '<p style="background: url(https://cdn.example.org/x.png)">Text</p>',
        "<style>@import '//cdn.example.org/x.css';</style>",
        '<svg><use href="https://cdn.example.org/x.svg#a"/></svg>',
        '<svg><image xlink:href="https://cdn.example.org/x.png"/></svg>',
        '<iframe src="https://cdn.example.org/"></iframe>',
        '<form action="https://cdn.example.org/"></form>',
    ],
)
def test_foreign_request_of_a_page(site, tag):
    (site / "index.html").write_text(HTML.replace("<p>", f"{tag}<p>", 1))
    faults = inspection.inspect(site)
    assert [f for f in faults if re.match(r"index\.md: fetches from cdn\.example\.org", f)], faults


def test_foreign_request_of_a_style_sheet(site):
    (site / "style.css").write_text("@font-face { src: url('https://cdn.example.org/f.woff2') }")
    assert any(f.startswith("style.css: fetches https://cdn") for f in inspection.inspect(site))


def test_page_that_was_not_built(site):
    (site / "other/index.html").unlink()
    faults = inspection.inspect(site)
    assert "other.md: other/index.html was not built: make site" in faults


@pytest.mark.parametrize("meta", ["", "description: []", "description: No full stop"])
def test_description_is_a_sentence(site, meta):
    (site.parent / "docs/other.md").write_text(f"---\ntitle: There\n{meta}\n---\n# There\n")
    assert any(f.startswith("other.md: needs a description") for f in inspection.inspect(site))


@pytest.mark.parametrize("text", ["---\ndescription: One: two.\n---\n# There\n", "# There\n"])
def test_front_matter_is_read(site, text):
    (site.parent / "docs/other.md").write_text(text)
    assert any(f.startswith("other.md: has no front matter") for f in inspection.inspect(site))


def test_description_is_the_page_s_own(site):
    text = "---\ndescription: What the page is for.\n---\n# There\n"
    (site.parent / "docs/other.md").write_text(text)
    assert "other.md: has the description of index.md; write its own" in inspection.inspect(site)


def test_page_over_its_budget(site, monkeypatch):
    monkeypatch.setattr(inspection, "GZIP_BUDGET", 300)
    assert any(re.match(r"index\.md: weighs \d+ B", f) for f in inspection.inspect(site))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (r"the slope \frac{1}{2}", r"the TeX `\frac`"),
        ("as follows: import numpy as np", "the code `import numpy as np`"),
        ("Verified with derivref 1.0", "the checks `Verified with derivref`"),
        ("@misc{derivref-gelu", "the citation `@misc{`"),
    ],
)
def test_search_that_finds_what_nobody_searches(site, text, what):
    def index(content):
        found = json.dumps({"url": "/other/", "content": content}).encode()
        (site / "search/fragment").mkdir(exist_ok=True)
        packed = gzip.compress(b"pagefind_dcd" + found)
        (site / "search/fragment/en_1.pf_fragment").write_bytes(packed)
        return inspection.inspect(site)

    assert index("the slope of a half") == []
    assert index(text) == [f"/other/: the search finds {what}; exclude it"]


@pytest.mark.parametrize("name", ["404.html", *(f.removeprefix("site/") for f in SEARCH)])
def test_build_that_did_not_end(site, name):
    (site / name).unlink()
    assert any(f.startswith(f"{name} is missing") for f in inspection.inspect(site))


def test_sitemap_is_due_when_the_address_is_set(site):
    with (site.parent / "mkdocs.yml").open("a") as config:
        config.write("site_url: https://example.org/\n")
    assert any(f.startswith("sitemap.xml is missing") for f in inspection.inspect(site))


def test_site_that_is_not_there(site):
    assert inspection.inspect(site / "nowhere") == [f"there is no folder {site}/nowhere: make site"]
