"""Formulas in every place that Markdown has, and the faults that must stop a build."""

import json
import os
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from markdown import markdown

from derivref.site.fault import Fault
from derivref.site.markdown import maths

EXTENSIONS = [
    "admonition",
    "attr_list",
    "footnotes",
    "md_in_html",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "tables",
    "toc",
    "derivref.site.markdown.maths",
]
PLACES = {
    "paragraph": "Before $FORMULA$ after.",
    "display": "Before\n\n$$\nFORMULA\n$$\n\nafter.",
    "tab": '=== "Tab"\n\n    $$\n    FORMULA\n    $$',
    "generated": '```python exec="on" idprefix=""\nprint(r"Made: $FORMULA$.")\n```',
    "generated display": '```python exec="on"\nprint(r"""\n$$\nFORMULA\n$$\n""")\n```',
    "admonition": "!!! note\n\n    Inside $FORMULA$.",
    "details": "??? note\n\n    Inside $FORMULA$.",
    "table": "| a | b |\n|---|---|\n| 1 | $FORMULA$ |",
    "list": "- one\n\n    $$FORMULA$$",
    "html": '<div markdown="1">\n\nInside $FORMULA$.\n\n</div>',
    "footnote": "Text[^1].\n\n[^1]: Note $FORMULA$.",
}
GOOD = r"a_1 * b_1 < \frac{1}{2} \& c_1"


def convert(text):
    return BeautifulSoup(markdown(text, extensions=EXTENSIONS), "html.parser")


def build(directory, pages, *options):
    (directory / "docs").mkdir()
    for name, text in pages.items():
        path = directory / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = {
        "site_name": "Test",
        "theme": {"name": "material", "font": False},
        "plugins": [{"material/search": {}}, {"markdown-exec": {"languages": ["python"]}}],
        "markdown_extensions": EXTENSIONS,
    }
    (directory / "mkdocs.yml").write_text(json.dumps(config))
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *options],
        cwd=directory,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "DERIVREF_CACHE": str(directory / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("place", [p for p in PLACES if not p.startswith("generated")])
def test_a_formula_is_rendered_in_every_place(place):
    page = convert(PLACES[place].replace("FORMULA", GOOD))
    (formula,) = page.find_all("derivref-math")
    assert formula.annotation.get_text() == GOOD
    assert formula.find(class_="katex-html")["aria-hidden"] == "true"
    assert "$" not in page.get_text()
    display = "$$" in PLACES[place]
    assert formula.get("class") == (["display"] if display else None)
    assert formula.get("tabindex") == ("0" if display else None)
    assert formula.math.get("display") == ("block" if display else None)


def test_render_gives_what_the_extension_gives():
    (inline,) = convert(f"${GOOD}$").find_all("derivref-math")
    (display,) = convert(f"$${GOOD}$$").find_all("derivref-math")
    assert BeautifulSoup(maths.render(GOOD), "html.parser").contents == [inline]
    assert BeautifulSoup(maths.render(GOOD, display=True), "html.parser").contents == [display]


def test_code_and_escaped_dollars_are_left_alone():
    page = convert("`$a$` for \\$5 or \\$6\n\n```text\n$b$\n```\n\n    $c$\n")
    assert page.find("derivref-math") is None
    assert page.p.get_text() == "$a$ for $5 or $6"
    assert [code.get_text().strip() for code in page.select("pre code")] == ["$b$", "$c$"]


def test_the_tex_of_a_formula_is_a_folded_code_block():
    tex = r"\begin{aligned} a &< b \\" + "\n  c &= d \\end{aligned}"
    page = convert(maths.tex_source(tex))
    assert page.details.find("pre").get_text().strip() == tex
    assert page.details.summary.get_text() == "TeX"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (r"Bad $\frac{1}$.", [r"the formula `\frac{1}` is not valid TeX", "Unexpected end"]),
        (r"Bad $\nosuch x$.", [r"`\nosuch x`", r"Undefined control sequence: \nosuch"]),
        ("Bad $é$.", ["`é`", "unicodeTextInMathMode"]),  # LaTeX would refuse it
        ("Bad $ x$ space.", ["a dollar sign belongs to no formula", "in `Bad $ x$ space.`"]),
        ("Text\n$$\nx\n$$\ntext", ["a dollar sign belongs to no formula", "blank lines"]),
        ("| a |\n|---|\n| $|x|$ |", ["a dollar sign belongs to no formula", r"\vert"]),
        ("## Title $x^2$", ["a heading carries no maths, in `x^2`"]),
        ("Title *$x$*\n===", ["a heading carries no maths, in `x`"]),
    ],
)
def test_a_fault_is_named(text, parts):
    with pytest.raises(Fault) as caught:
        convert(text)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("place", PLACES)
def test_bad_tex_stops_the_build_and_names_the_page(place, tmp_path):
    bad = r"x + \frac{1"
    text = "---\ntitle: A page\n---\n\n" + PLACES[place].replace("FORMULA", bad)
    line = text[: text.index(bad)].count("\n") + 1
    run = build(tmp_path, {"index.md": "# Good", "deep/page.md": text})
    assert run.returncode != 0
    assert f"deep/page.md:{line}: the formula `{bad}` is not valid TeX" in run.stderr


def test_search_indexes_no_formula(tmp_path):
    pages = {
        f"{place.replace(' ', '-')}.md": PLACES[place].replace("FORMULA", r"\xi_{quark} < \hbar")
        + "\n\n"
        + maths.tex_source(r"\xi_{quark}")
        + "\nFinal words."
        for place in PLACES
    }
    run = build(tmp_path, {"index.md": "# Home"} | pages, "--strict")
    assert run.returncode == 0, run.stderr
    index = json.loads((tmp_path / "site/search/search_index.json").read_text(encoding="utf-8"))
    texts = {entry["location"].strip("/"): entry["text"] for entry in index["docs"]}
    for page in pages:
        assert "Final words." in texts[page[:-3]]
        for leak in ("quark", "xi", "ξ", "hbar", "ℏ"):
            assert leak not in texts[page[:-3]].replace('r"Made', "")
        html = (tmp_path / "site" / page[:-3] / "index.html").read_text(encoding="utf-8")
        assert html.count("<derivref-math") == html.count("katex-html") == 1
