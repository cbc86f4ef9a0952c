"""Every name under which something is looked up: the A to Z of the site, and what its search knows.

Names come from the records and from the front matter of the pages: ``title``, ``aliases`` (other
names of the page) and ``terms`` (what one of its sections is about: the term, and the anchor).
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from derivref import catalog, oracle
from derivref.records import Record
from derivref.site.fault import Fault
from derivref.site.lint.prose import front_matter
from derivref.site.markdown.citations import relative
from derivref.site.markdown.page import find
from derivref.site.markdown.plain import of_tex
from derivref.site.show import statements

# How the formula of a record is written on one line, by kind.
LINES: Mapping[str, Callable[[Any], str]] = {
    "scalar": lambda record: f"f′ = {of_tex(oracle.latex(record, 1))}",
    "operator": lambda record: of_tex(record.slope),
    "identity": lambda record: of_tex(statements.statement(record)),
    "exercise": lambda record: "exercise",
}


@dataclass(frozen=True)
class Named:
    """Something with a name: where it stands, as a path below docs/, and what else it is called."""

    title: str
    address: str
    aliases: tuple[str, ...] = ()
    record: Record | None = None


def key(name: str) -> str:
    """Return a name as names are compared: small letters, no accents, hyphens or "the"."""
    bare = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = " ".join(bare.replace("-", " ").replace("_", " ").replace("^", "").split())
    return bare.removeprefix("the ")


def entries() -> Iterator[Named]:
    """Yield every record; its own name is an alias where its title does not say it."""
    for record in catalog.records():
        names = (*record.aliases, record.name.replace("_", " ").replace("-", " "))
        others = {key(n): n for n in reversed(names) if key(n) != key(record.title)}
        aliases = tuple(reversed(others.values()))
        yield Named(record.title, catalog.address(record), aliases, record)


def pages(docs: Path) -> Iterator[tuple[Named, dict[str, str]]]:
    """Yield every page with its aliases, and its terms with their anchors.

    Raises
    ------
    Fault
        If the front matter of a page has aliases that are no list, or terms that are no mapping.
    """
    for path in sorted(docs.rglob("*.md")):
        address = path.relative_to(docs).as_posix()
        meta = front_matter(path.read_text(encoding="utf-8"))
        aliases, terms = meta.get("aliases") or [], meta.get("terms") or {}
        if not isinstance(aliases, list):
            raise Fault(f"{address}: `aliases` must be a list, got {aliases!r}: `aliases: [a, b]`")
        if not isinstance(terms, dict):
            raise Fault(f"{address}: `terms` must lead to anchors, got {terms!r}: `a term: anchor`")
        title = str(meta.get("title", path.stem))
        found = {str(term): str(anchor) for term, anchor in terms.items()}
        yield Named(title, address, tuple(map(str, aliases))), found


HERE = "reference/a-to-z.md"


def a_to_z() -> str:
    """Return the index of everything that has a name, by first letter."""
    docs = find("docs")
    assert docs is not None
    leads: dict[str, dict[str, str]] = defaultdict(dict)  # of each name: what is shown, by address

    def add(name: str, address: str, see: str = "") -> None:
        shown = name[0].upper() + name[1:] if " " in name else name
        to = f"[{see or shown}]({relative(address, HERE)})"
        leads[key(name)].setdefault(address, f"{shown}, see {to}" if see else to)

    named = list(entries())
    own = {n.address for n in named}
    for page, terms in pages(docs):
        if page.address.startswith("api/") or page.address == HERE:
            continue
        if page.address in own:  # the page of a record, which has that title already
            page = replace(page, title=next(n.title for n in named if n.address == page.address))
        named.append(page)
        for term, anchor in terms.items():
            add(term, f"{page.address}#{anchor}")
    for one in named:
        add(one.title, one.address)
    for one in named:
        for alias in one.aliases:
            if not key(one.title).startswith(key(alias)):  # else it would stand beside the title
                add(alias, one.address, one.title)
    letters: dict[str, list[str]] = defaultdict(list)
    for name in sorted(leads):
        letter = name[0].upper() if "a" <= name[0] <= "z" else OTHER
        letters[letter] += leads[name].values()
    return "\n".join(_letter(letter, letters[letter]) for letter in sorted(letters))


OTHER = "0–9 and signs"


def _letter(letter: str, links: Iterable[str]) -> str:
    anchor = "signs" if letter == OTHER else letter.lower()
    lines = "\n".join(f"- {link}" for link in links)
    return f'## {letter} {{#{anchor}}}\n\n<div class="names" markdown>\n\n{lines}\n\n</div>\n'
