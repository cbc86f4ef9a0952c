"""Citations in the prose, from references.bib.

``[@key]`` or ``[@key, p. 12]`` becomes a link, "Hendrycks and Gimpel (2016, p. 12)", to the entry
on the bibliography page. An unknown key stops the build. The fields of references.bib are plain
text: no TeX, so that they read the same in a label, on the page and in an export.
"""

import functools
import posixpath
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from pybtex.database import Entry, parse_string
from pybtex.exceptions import PybtexError

from derivref.site.fault import Fault
from derivref.site.markdown.page import current, find, where

PAGE = "about/bibliography.md"
KEY = r"[A-Za-z]\w*"


@functools.cache
def _parse(text: str) -> Mapping[str, Entry]:
    try:
        entries = dict(parse_string(text, "bibtex").entries.items())
    except PybtexError as error:
        raise Fault(f"references.bib: {error}") from None
    for key, entry in entries.items():
        if not re.fullmatch(KEY, key):
            raise Fault(f"references.bib: a key must be letters, digits and `_`, got `{key}`")
        missing = [name for name in ("title", "year") if name not in entry.fields]
        if missing or not entry.persons.get("author"):
            raise Fault(f"references.bib: `{key}` needs author, title and year")
        for name, value in entry.fields.items():
            if re.search(r"[\\{}$*<>]", value):
                raise Fault(
                    f"references.bib: `{name}` of `{key}` must be plain text, got `{value}`"
                )
    return entries


def references() -> Mapping[str, Entry]:
    """Return the entries of references.bib by key.

    Raises
    ------
    Fault
        If the file is missing or malformed, a key occurs twice, an entry has no author, title or
        year, or a field is not plain text.
    """
    path = find("references.bib")
    if path is None:
        raise Fault("references.bib is missing")
    return _parse(path.read_text(encoding="utf-8"))


def reference(key: str) -> Entry:
    """Return one entry of references.bib.

    Raises
    ------
    Fault
        If there is no such key; the message has the keys that look like it.
    """
    entries = references()
    if key not in entries:
        near = ", ".join(f"`{name}`" for name in get_close_matches(key, entries)) or "none is near"
        raise Fault(f"references.bib has no key `{key}` (near it: {near})")
    return entries[key]


def name(parts: list[str]) -> str:
    """Return the parts of a person's name in one piece."""
    return " ".join(parts).strip("{}")  # braces keep the name of an institution in one piece


def label(key: str, locator: str = "") -> str:
    """Return how the text names an entry: "Hendrycks and Gimpel (2016)"."""
    entry = reference(key)
    names = [name(p.prelast_names + p.last_names) for p in entry.persons["author"]]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{who} ({', '.join(filter(None, (entry.fields['year'], locator)))})"


def relative(page: str, here: str = PAGE) -> str:
    """Return the path to a page from the folder of another."""
    return posixpath.relpath(page, posixpath.dirname(here) or ".")


class _Citation(InlineProcessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """``[@key]`` or ``[@key, locator]``."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # noqa: N802
        place = where(self.md, m[0])
        parts = re.fullmatch(rf"\[@({KEY})(?:, ([^\]@;]+))?\]", m[0])
        if parts is None:
            raise Fault(f"{place}a citation is `[@key]` or `[@key, p. 12]`, got `{m[0]}`")
        try:
            text = label(parts[1], parts[2] or "")
        except Fault as fault:
            raise Fault(f"{place}{fault}") from None
        # Relative to the source of this page, as an author would write it: MkDocs turns it into
        # the address and checks that the anchor exists.
        file = current(self.md)
        path = relative(PAGE, file.src_uri) if file else PAGE
        link = Element("a", {"class": "citation", "href": f"{path}#{parts[1]}"})
        link.text = AtomicString(text)
        return link, m.start(0), m.end(0)


class CitationsExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Citations in Markdown, for mkdocs.yml; needs `derivref.site.markdown.page` beside it."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register the pattern after code and escapes, before links."""
        md.inlinePatterns.register(_Citation(r"\[@[^\]]*\]", md), "derivref-citation", 175)


def makeExtension(**options: Any) -> CitationsExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return CitationsExtension(**options)
