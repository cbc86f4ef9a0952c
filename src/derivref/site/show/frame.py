"""What every kind of entry is made of: tables, programs, links, checks, the cite box."""

import os
import platform
import posixpath
from collections.abc import Iterable
from importlib.metadata import version

from derivref import catalog
from derivref.oracle import Check
from derivref.records import Record


def grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def fence(code: str) -> str:
    """Return a visible snippet."""
    return f'```python exec="on" source="block" result="text"\n{code}```'


def link(record: Record, page: str) -> str:
    """Return a link to an entry from a page, both as paths below docs/."""
    path = posixpath.relpath(catalog.address(record), posixpath.dirname(page))
    return f"[{record.title}]({path})"


def aliases(record: Record) -> str:
    """Return the sentence with the other names of an entry, "" if it has none."""
    return f" Also called {' or '.join(record.aliases)}." if record.aliases else ""


def checked(rows: Iterable[tuple[Check, str]]) -> str:
    """Return the table of checks, each with the error as it is shown, and the versions used."""
    cells = [(c.method, str(c.points), worst, c.detail) for c, worst in rows]
    packages = ", ".join(
        f"{p} {version(p)}" for p in ("derivref", "numpy", "scipy", "sympy", "mpmath")
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
