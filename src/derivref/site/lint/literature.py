"""References entered twice: references.bib against what a look-up found, and citations in place.

``references-seen.json`` holds the identifier, the authors' last names, the year and the title of
each work as a search found them, which of these no search has shown, and the pages and entries that
cite it. It is filled from a look-up and never from references.bib.
"""

import functools
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from derivref.site.markdown.citations import name, references
from derivref.site.markdown.page import find

SEEN = "references-seen.json"
FIELDS = ("identifier", "authors", "year", "title")


@functools.cache
def _read(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))["references"]
    return found


def seen() -> Mapping[str, Any]:
    """Return the second entry of each reference, by key.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    """
    path = find(SEEN)
    if path is None:
        raise FileNotFoundError(f"{SEEN} is missing: run from the repository")
    return _read(path)


def unseen() -> list[str]:
    """Return what no look-up has shown yet: keys, or keys with a field."""
    missing = [key for key in references() if key not in seen()]
    return missing + [f"{k}: {row['unseen']}" for k, row in seen().items() if row.get("unseen")]


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.findall(r"[a-z0-9′″]+", "".join(c for c in bare if c.isalnum() or c in " -"))
    )


def _words(text: str) -> str:
    return _plain(re.sub(r"[^\w′″]+", " ", text))


def reference_faults() -> Iterator[str]:
    """Yield the fields in which references.bib differs from what was seen."""
    for key, entry in references().items():
        row = seen().get(key)
        if row is None:
            yield f"references.bib: `{key}` has no second entry in {SEEN}: look it up"
            continue
        authors = [name(p.prelast_names + p.last_names) for p in entry.persons["author"]]
        if [_plain(a) for a in authors] != [_plain(a) for a in row["authors"]]:
            yield f"references.bib: `{key}`: authors {authors}, and {row['authors']} were seen"
        if entry.fields["year"] != str(row["year"]):
            year = entry.fields["year"]
            yield f"references.bib: `{key}`: year {year}, and {row['year']} was seen"
        if _words(entry.fields["title"]) != _words(row["title"]):
            yield (
                f"references.bib: `{key}`: title `{entry.fields['title']}`, and `{row['title']}` "
                "was seen"
            )
        stated = [entry.fields[f] for f in ("doi", "eprint", "url") if f in entry.fields]
        if row["identifier"] and row["identifier"] not in stated:
            yield (
                f"references.bib: `{key}`: identifier {' or '.join(stated) or 'missing'}, and "
                f"{row['identifier']} was seen"
            )
    for key in seen():
        if key not in references():
            yield f"{SEEN}: `{key}` is not in references.bib"


def _surnames() -> dict[str, set[str]]:
    """Return the keys by last name of an author, without names that are common words."""
    found: dict[str, set[str]] = {}
    for key, row in seen().items():
        for author in row["authors"]:
            if len(author) > 3 and author not in ("Press", "Wild", "Reid"):
                found.setdefault(author, set()).add(key)
    return found


def citation_faults(page: str, text: str) -> Iterator[str]:
    """Yield the citations of a page that its second entry does not know, or that name another.

    Parameters
    ----------
    page : str
        Path of the page from the root of the repository.
    text : str
        Its Markdown.
    """
    place = page.removeprefix("docs/")
    clauses = re.split(r"(?<=[.;:])\s|\n\n", re.sub(r"(?<!\n)\n(?!\n)", " ", text))
    for clause in clauses:
        keys = re.findall(r"\[@(\w+)", clause)
        for key in keys:
            row = seen().get(key)
            if row is not None and place not in row["pages"]:
                yield f"{page}: cites `{key}`, which {SEEN} does not place there"
        if not keys:
            continue
        cited = {author for key in keys for author in seen().get(key, {}).get("authors", [])}
        for author in _surnames():
            if re.search(rf"\b{author}\b", clause) and author not in cited:
                yield f"{page}: a sentence names {author} and cites {', '.join(keys)}"


def entry_faults() -> Iterator[str]:
    """Yield the citations of entries that the second entry does not know."""
    from derivref import catalog

    for record in catalog.records():
        for key in record.cite:
            if record.full_name not in seen().get(key, {}).get("entries", []):
                yield f"{record.full_name}: cites `{key}`, which {SEEN} does not place there"


def faults() -> Iterator[str]:
    """Yield everything that is wrong with the literature."""
    yield from reference_faults()
    docs = find("docs")
    if docs is None:
        raise FileNotFoundError("docs/ is missing: run from the repository")
    for path in sorted(docs.rglob("*.md")):
        yield from citation_faults(
            f"docs/{path.relative_to(docs).as_posix()}", path.read_text("utf-8")
        )
    yield from entry_faults()
