"""The bibliography page: every reference, where it appeared, and which pages cite it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from derivref import catalog
from derivref.site.fault import Fault
from derivref.site.markdown.citations import KEY, label, name, reference, references, relative
from derivref.site.markdown.page import find


def _links(fields: Mapping[str, str]) -> list[str]:
    links = []
    if "doi" in fields:
        links.append(f"[doi:{fields['doi']}](<https://doi.org/{fields['doi']}>)")
    if "eprint" in fields:
        links.append(f"[arXiv:{fields['eprint']}](<https://arxiv.org/abs/{fields['eprint']}>)")
    if "url" in fields:
        links.append(f"<{fields['url']}>")
    return links


def _place(fields: Mapping[str, str]) -> str:
    """Return where a work appeared, in the order of a printed reference."""
    volume = fields.get("volume", "") + (f"({fields['number']})" if "number" in fields else "")
    pages = fields.get("pages", "").replace("--", "–")
    parts = (
        " ".join(filter(None, (fields.get("journal") or fields.get("booktitle"), volume))),
        pages,
        fields.get("edition") and f"{fields['edition']} edition",
        fields.get("institution") or fields.get("school"),
        fields.get("publisher"),
        fields.get("note"),
    )
    return ", ".join(filter(None, parts))


def _citing() -> Mapping[str, Sequence[str]]:
    """Return Markdown links, from the bibliography page, to the pages that cite each key."""
    docs = find("docs")
    if docs is None:
        raise Fault("the directory docs is missing")
    citing: dict[str, list[str]] = {}
    for path in sorted(docs.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        page = path.relative_to(docs).as_posix()
        title = re.search(r"^# (.+)$", text, re.MULTILINE)
        keys = {*re.findall(rf"\[@({KEY})", text), *entry_keys(page)}
        for key in keys:
            name = title[1] if title else path.stem
            citing.setdefault(key, []).append(f"[{name}]({relative(page)})")
    return citing


def entry_keys(page: str) -> Iterator[str]:
    """Yield the keys that the entries on a page cite: they stand in the records."""
    for record in catalog.records():
        if page == catalog.address(record).partition("#")[0]:
            yield from record.cite


def bibliography() -> str:
    """Return the bibliography as Markdown: sorted by author, with anchors and back-links."""
    lines = []
    citing = _citing()
    for key in sorted(references(), key=lambda key: label(key).casefold()):
        entry = reference(key)
        authors = ", ".join(
            name(p.first_names + p.middle_names + p.prelast_names + p.last_names)
            for p in entry.persons["author"]
        )
        parts = (
            f"**{label(key)}**",
            authors,
            f"*{entry.fields['title']}*",
            _place(entry.fields),
            *_links(entry.fields),
            "Cited on " + ", ".join(citing[key]) if key in citing else "",
        )
        lines.append(". ".join(filter(None, parts)) + f".\n{{: #{key} .reference }}\n")
    return "\n".join(lines)
