"""What every kind of entry is made of: tables, programs, links, checks, the cite box."""

import os
import platform
import posixpath
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from derivref import catalog
from derivref.oracle import Check
from derivref.records import Record


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], left: int | None = None) -> str:
    """Return a Markdown table.

    Parameters
    ----------
    head : sequence of str
        The headings of the columns.
    rows : iterable of sequences of str
        The cells of each row, as many as headings.
    left : int, optional
        How many columns of text come first; the others hold numbers, aligned at the right. None:
        all hold text.

    Returns
    -------
    str
        The table, with a line break behind it.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than there are headings.
    """
    texts = len(head) if left is None else left
    lines = [head, ["---"] * texts + ["---:"] * (len(head) - texts), *rows]
    for row in lines:
        if len(row) != len(head):
            raise ValueError(f"{len(row)} cells under {len(head)} headings: {', '.join(row)}")
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def fence(code: str) -> str:
    """Return a visible snippet."""
    return f'```python exec="on" source="block" result="text"\n{code}```'


def link(record: Record, page: str) -> str:
    """Return a link to an entry from a page, both as paths below docs/."""
    path = posixpath.relpath(catalog.address(record), posixpath.dirname(page))
    return f"[{record.title}]({path})"


def row(record: Record, page: str, traits: Iterable[str] = (), **said: str) -> str:
    """Return a link to an entry for the first cell of an index, with what its row is chosen by.

    Parameters
    ----------
    record : Record
        The entry.
    page : str
        The page of the index, as a path below docs/.
    traits : iterable of str
        What is true of it, as readers choose by it: "smooth".
    **said : str
        More, each under its name: ``usual``, the columns, between semicolons, that have the usual
        value; ``greatest``, a number to sort by.
    """
    data = {"row": ";".join(traits), "in": ";".join(getattr(record, "frameworks", {})), **said}
    attributes = " ".join(
        f'data-{name}="{value}"' for name, value in data.items() if value or name == "row"
    )
    return f"<span {attributes}>{link(record, page)}</span>"


def aliases(record: Record) -> str:
    """Return the sentence with the other names of an entry, "" if it has none."""
    return f" Also called {' or '.join(record.aliases)}." if record.aliases else ""


def checked(rows: Iterable[tuple[Check, str]]) -> str:
    """Return the table of checks, each with the error as it is shown, and the versions used."""
    cells = [(c.method, str(c.points), worst, c.detail) for c, worst in rows]
    packages = ", ".join(
        f"{p} {version(p)}"
        for p in ("derivref", "numpy", "scipy", "sympy", "mpmath", "python-flint")
    )
    return f"""\
{grid(("check", "points", "largest error", "what was compared"), cells)}
Verified with {packages}, Python {platform.python_version()}.
{{.pins}}
"""


def origin(record: Record) -> str:
    """Return what an entry is for, and where it comes from."""
    cited = ", ".join(f"[@{key}]" for key in record.cite)
    return f"{record.use}\n\n" + (f"References: {cited}." if cited else "")


def used_for(record: Record) -> str:
    """Return the same on one line, for a cell of a table."""
    return " ".join(origin(record).split())


def cite(record: Record, about: str = "function, derivatives and measured error") -> str:
    """Return the cite box, with the addresses of the site and of the tracker where they are set."""
    address = catalog.address(record).replace(".md", "/", 1)
    lines = [
        f"@misc{{derivref-{record.name.replace('_', '-')},",
        "  author = {{The derivref authors}},",
        f"  title  = {{{record.title}: {about}}},",
        f"  note   = {{derivref {version('derivref')}}},",
    ]
    if site := os.environ.get("SITE_URL", "").rstrip("/"):
        lines.append(f"  url    = {{{site}/{address}}},")
    box = "\n".join([*lines, "}"])
    repository = os.environ.get("REPO_URL", "").rstrip("/")
    error = f"\n[Report an error on this page]({repository}/issues).\n" if repository else ""
    return f'<div class="cite-box" markdown>\n\n```bibtex\n{box}\n```\n{error}\n</div>\n'


def sections(parts: Iterable[tuple[str, str, str]]) -> str:
    """Return headings with anchors and their texts; a section without text is left out."""
    return "\n".join(
        f"## {title} {{#{anchor}}}\n\n{text}\n" for title, anchor, text in parts if text
    )
