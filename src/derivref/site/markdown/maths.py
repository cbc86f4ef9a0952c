r"""Maths rendered while the site is built: KaTeX's HTML for the eye, its MathML for the ear.

In Markdown, ``$...$`` is a formula in the line and ``$$...$$`` between blank lines a displayed one;
``\$`` is a dollar sign. A dollar sign that belongs to no formula stops the build, so a formula
cannot be lost in silence. In a table write ``\lvert x \rvert`` or ``\mid``: a bare ``|`` ends the
cell. Headings carry no maths, because titles, the navigation and the search would show its TeX.
"""

import atexit
import functools
import html
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.arithmatex import ArithmatexExtension

from derivref.cache import cached
from derivref.site.fault import Fault
from derivref.site.markdown.page import find, where

# Search engines of static sites index text, so the TeX and the doubled letters of a formula must be
# excluded; Material's exclusion ends at the first closing tag of the same name, and no formula
# contains this one. A wide formula scrolls inside itself, so it must be reachable by keyboard.
TAG = "derivref-math"
INLINE = {"data-search-exclude": ""}
DISPLAY = {"class": "display", "tabindex": "0", "role": "group", "aria-label": "Formula"} | INLINE
SERVER = Path(__file__).with_name("katex_server.mjs")
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@functools.cache
def _katex() -> tuple[Path, str]:
    """Return KaTeX's module and what its output depends on: its version and our two sources."""
    package = find("node_modules/katex")
    if package is None:
        raise Fault("KaTeX is not installed: run `make site`, or `npm ci` beside package.json")
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    sources = SERVER.read_text(encoding="utf-8") + Path(__file__).read_text(encoding="utf-8")
    return package / "dist" / "katex.mjs", version + sources


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Start the one Node process of this Python process."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    node = shutil.which("node", path=path)
    if node is None:
        raise Fault("Node is not installed: run `make site`, or install the `docs` extra")
    server = subprocess.Popen(
        [node, str(SERVER), str(_katex()[0])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    atexit.register(server.communicate)  # closes its input, which ends it
    return server


def _ask(tex: str, display: bool) -> bytes:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    print(json.dumps({"tex": tex, "display": display}), file=server.stdin, flush=True)
    answer = json.loads(server.stdout.readline() or '{"error": "Node has stopped"}')
    if "error" in answer:
        raise Fault(f"the formula `{tex}` is not valid TeX: {answer['error']}")
    return str(answer["html"]).encode()


def _katex_html(tex: str, display: bool) -> str:
    # Errors are not stored: a stored formula is a good one.
    key = (tex, str(display), _katex()[1])
    return cached("maths", key, lambda: _ask(tex, display)).decode()


def render(tex: str, display: bool = False) -> str:
    """Return a formula as HTML with MathML, for callers that write HTML.

    In Markdown write the formula between dollar signs instead: Markdown inside this HTML would be
    interpreted.

    Raises
    ------
    Fault
        If KaTeX refuses the formula; the message has the formula and KaTeX's reason.
    """
    attributes = "".join(
        f' {name}="{value}"' for name, value in (DISPLAY if display else INLINE).items()
    )
    return f"<{TAG}{attributes}>{_katex_html(tex.strip(), display)}</{TAG}>"


def tex_source(tex: str, summary: str = "TeX") -> str:
    """Return Markdown for a folded block with the TeX of a formula and the usual copy button."""
    return f"""\
<details class="tex" data-search-exclude="" markdown>
<summary>{summary}</summary>

```latex
{tex.strip()}
```

</details>
"""


def _prose(element: Element) -> Iterator[str]:
    """Yield the text below `element` that is neither code nor an already finished formula."""
    for child in element.iter():
        if child.text and child.tag not in ("code", "pre") and not _atomic(child.text):
            yield child.text
        if child.tail and child is not element and not _atomic(child.tail):
            yield child.tail


def _atomic(text: str) -> bool:
    return isinstance(text, AtomicString)


class _Formulas(Treeprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """Renders what Arithmatex has marked, and refuses what it has left."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in HEADINGS:
                formula = next((e for e in element.iter() if _is_formula(e)), None)
                if formula is not None:
                    raise self._fault(formula.text or "", "a heading carries no maths")
        for element in root.iter():
            if _is_formula(element):
                self._render(element)
        for text in _prose(root):
            if "$" in text:
                raise self._fault(
                    text.strip(),
                    "a dollar sign belongs to no formula: write `\\$` for a dollar, `\\vert` for a "
                    "bar in a table, no space inside `$...$`, and blank lines around `$$...$$`",
                )

    def _fault(self, text: str, reason: str) -> Fault:
        return Fault(f"{where(self.md, text)}{reason}, in `{text}`")

    def _render(self, element: Element) -> None:
        display = element.tag == "div"
        # Arithmatex escapes the text of a displayed formula, and of that only.
        tex = html.unescape(element.text or "") if display else element.text or ""
        try:
            code = _katex_html(tex.strip(), display)
        except Fault as fault:
            raise Fault(f"{where(self.md, tex)}{fault}") from None
        element.tag = TAG
        element.attrib = dict(DISPLAY if display else INLINE)
        element.text = AtomicString(self.md.htmlStash.store(code))


def _is_formula(element: Element) -> bool:
    return element.get("class") == "arithmatex"


class MathsExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Maths in Markdown, for `markdown_extensions` of mkdocs.yml."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register Arithmatex, which finds formulas, and the processor that renders them."""
        ArithmatexExtension(
            generic=True,
            inline_syntax=["dollar"],
            block_syntax=["dollar"],
            tex_inline_wrap=["", ""],
            tex_block_wrap=["", ""],
        ).extendMarkdown(md)
        md.treeprocessors.register(_Formulas(md), "derivref-maths", 19)  # right after inline


def makeExtension(**options: Any) -> MathsExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return MathsExtension(**options)
