"""Tables that scroll inside themselves, can be reached by keyboard and have a name."""

import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_PIECE = re.compile(
    r"<h[1-6]\b[^>]*>(?P<heading>.*?)</h[1-6]>"
    r'|(?:<div class="scroller"[^>]*>)?(?P<table><table\b.*?</table>)(?P<end></div>)?'
    r"|<pre\b.*?</pre>",
    re.DOTALL,
)
_CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_HIDDEN = re.compile(r'<a class="headerlink".*?</a>|<annotation\b.*?</annotation>', re.DOTALL)


def _text(html: str) -> str:
    bare = re.sub(r"<[^>]+>", "", _HIDDEN.sub("", html))
    return " ".join(bare.replace("&para;", "").replace('"', "&quot;").split())


def wrap(html: str) -> str:
    """Wrap every table in a labelled scroller; what is wrapped already is only named anew.

    The name is the caption, else the heading above. Generated Markdown is converted by a Markdown
    instance of its own that sees no heading: the page's pass names its tables.
    """
    heading = ""

    def piece(match: re.Match[str]) -> str:
        nonlocal heading
        if match["heading"] is not None:
            heading = _text(match["heading"])
        if match["table"] is None:
            return match[0]
        caption = _CAPTION.search(match["table"])
        label = _text(caption[1]) if caption else heading
        name = f"Table: {label}" if label else "Table"
        # Material's script would move a table without a class after the page has been laid out.
        table = re.sub(r"^<table(?![^>]*\bclass=)", '<table class="data"', match["table"])
        return f'<div class="scroller" tabindex="0" role="region" aria-label="{name}">{table}</div>'

    return _PIECE.sub(piece, html)


class _Wrap(Postprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    def run(self, text: str) -> str:
        return wrap(text)


class TablesExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Register the wrapping after raw HTML (priority 30) has been put back."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Add the postprocessor."""
        md.postprocessors.register(_Wrap(md), "derivref_tables", 5)


def makeExtension(**options: Any) -> TablesExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension, as Python-Markdown asks for it."""
    return TablesExtension(**options)
