"""Which page a Markdown conversion belongs to, and what MkDocs does for pages only.

As an extension it gives links and anchors in generated Markdown what those in a page's own have:
markdown-exec converts the output of a fence apart, where MkDocs neither checks links, nor turns
`other.md` into an address, nor sees the anchors that other pages link to.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER


def find(name: str) -> Path | None:
    """Return the file or directory `name` of the repository, None if there is none.

    It is looked for in the working directory, then above this file.
    """
    places = (parent / name for parent in (Path.cwd(), *Path(__file__).parents))
    return next((place for place in places if place.exists()), None)


def outer(md: Markdown) -> Markdown:
    """Return the conversion of the page in which `md` is nested, or `md` itself."""
    return getattr(md, "_original_md", md)


def current(md: Markdown) -> Any:
    """Return MkDocs' file of the page that `md` converts, None outside a build."""
    processors = outer(md).treeprocessors
    return processors["relpath"].file if "relpath" in processors else None


def where(md: Markdown, text: str) -> str:
    """Return ``"page.md:line: "`` for the first place where the page's source has `text`.

    The line is left out where the source does not have it (generated Markdown), and all of it
    outside a build.
    """
    file = current(md)
    if file is None:
        return ""
    source = Path(file.abs_src_path).read_text(encoding="utf-8")
    # A block inside a tab or a list is dedented before it is converted: try its first line too.
    for part in (text.strip(), text.strip().partition("\n")[0]):
        before, found, _ = source.partition(part)
        if found:
            return f"{file.src_uri}:{before.count(chr(10)) + 1}: "
    return f"{file.src_uri}: "


class _Generated(Treeprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """Runs the page's link and anchor processors on generated Markdown."""

    def run(self, root: Element) -> None:
        page = outer(self.md)
        if page is self.md:
            return  # MkDocs does it
        for name in ("mkdocs_extract_anchors", "relpath"):
            if name in page.treeprocessors:
                page.treeprocessors[name].run(root)


class _Unwrap(Postprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """Takes generated blocks out of the paragraph that stood for them.

    Python-Markdown does it where the paragraph has nothing else and the block begins with an
    element of HTML: not beside the line break that markdown-exec's headings leave, nor for a
    displayed formula.
    """

    pattern = re.compile(rf"<p>({HTML_PLACEHOLDER % '([0-9]+)'})\s*</p>")
    displayed = re.compile(r'<derivref-math [^>]*class="display"')

    def run(self, text: str) -> str:
        blocks = self.md.htmlStash.rawHtmlBlocks

        def bare(match: re.Match[str]) -> str:
            formula = self.displayed.match(str(blocks[int(match[2])]))
            return match[1] if formula else f"<p>{match[1]}</p>"

        return self.pattern.sub(bare, text)


class PageExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Checked links, known anchors and whole blocks in generated Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register the processor at the priority of MkDocs' own."""
        md.treeprocessors.register(_Generated(md), "derivref-generated", 0)
        md.postprocessors.register(_Unwrap(md), "derivref-unwrap", 31)  # before raw HTML, 30


def makeExtension(**options: Any) -> PageExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return PageExtension(**options)
