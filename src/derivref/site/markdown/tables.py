"""Tables that scroll inside themselves, can be reached by keyboard and have a name."""

import re
from collections import Counter
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_PIECE = re.compile(
    r"<h[1-6]\b[^>]*>(?P<heading>.*?)</h[1-6]>"
    r'|<table class="highlighttable">.*?</table>'  # the numbered lines of a program
    r'|(?P<scroller><div class="scroller"[^>]*>)?(?P<table><table\b.*?</table>)(?(scroller)</div>)'
    r"|<pre\b.*?</pre>",
    re.DOTALL,
)
_CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_HIDDEN = re.compile(r'<a class="headerlink".*?</a>|<annotation\b.*?</annotation>', re.DOTALL)


def _text(html: str) -> str:
    bare = re.sub(r"<[^>]+>", "", _HIDDEN.sub("", html))
    return " ".join(bare.replace("&para;", "").replace('"', "&quot;").split())


def _kinds(table: str) -> str:
    """Return the classes of a table: of many columns, and with first cells short enough to stay."""
    head = len(re.findall(r"<th\b", table.partition("</tr>")[0]))
    first = [re.sub(r"<math\b.*?</math>", "", cell) for cell in _FIRST.findall(table)]
    names = ["data"]
    names += ["wide"] * (head > WIDE)
    names += ["fixed"] * (head > 2 and max((len(_text(cell)) for cell in first), default=0) < SHORT)
    return " ".join(names)


def _cards(table: str) -> str:
    """Make rows that a small screen shows as cards of an index whose rows say what they are.

    A row says it on a ``<span data-row=…>`` around its name, which Markdown can carry; it becomes
    the row's. Each cell gets the heading of its column, and is marked if it has the usual value.
    """
    heads = [_text(head) for head in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.DOTALL)]
    table = table.replace('<table class="', '<table class="entries ', 1)

    def row(match: re.Match[str]) -> str:
        usual = re.search(r'data-usual="([^"]*)"', match["data"])
        labels = iter(heads)

        def cell(found: re.Match[str]) -> str:
            label = next(labels)
            mark = ' class="usual"' if usual and label in usual[1].split(";") else ""
            return f'<td data-label="{label}"{mark}{found[1]}'

        cells = re.sub(r"<td\b([^>]*>)", cell, match["cells"])
        cells = re.sub(r"<span data-row[^>]*>(.*?)</span>", r"\1", cells, count=1, flags=re.DOTALL)
        return f"<tr {match['data']}>{cells}</tr>"

    return _ROW.sub(row, table)


WIDE = 3  # columns: beyond it cells keep a width that can be read, and the table scrolls
SHORT = 26  # letters: a first column of shorter cells stays while the others scroll
_FIRST = re.compile(r"<tr\b[^>]*>\s*<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_ROW = re.compile(
    r"<tr>(?P<cells>\s*<td[^>]*><span (?P<data>data-row[^>]*)>(?:(?!</tr>).)*)</tr>", re.DOTALL
)


def wrap(html: str) -> str:
    """Wrap every table in a labelled scroller; what is wrapped already is only named anew.

    The name is the caption, else the heading above, with a number if there are several. An empty
    cell of the head is no header: a screen reader would announce it for every cell below.
    Generated Markdown is converted by a Markdown instance of its own that sees no heading: the
    page's pass names its tables.
    """
    heading, named = "", Counter[str]()

    def piece(match: re.Match[str]) -> str:
        nonlocal heading
        if match["heading"] is not None:
            heading = _text(match["heading"])
        if match["table"] is None:
            return match[0]
        caption = _CAPTION.search(match["table"])
        label = _text(caption[1]) if caption else heading
        name = f"Table: {label}" if label else "Table"
        named[name] += 1
        name += f" ({named[name]})" * (named[name] > 1)
        # Material's script would move a table without a class after the page has been laid out.
        kinds = _kinds(match["table"])
        table = re.sub(r"^<table(?![^>]*\bclass=)", f'<table class="{kinds}"', match["table"])
        table = _cards(table) if "<span data-row" in table else table
        table = re.sub(r"<th\b([^>]*)></th>", r"<td\1></td>", table)
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
