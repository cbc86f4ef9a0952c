"""Whether every record has its place on the site, and what is to be written where it has none."""

import ast
import functools
import re
import textwrap
from pathlib import Path

from derivref import catalog
from derivref.derivation import parse
from derivref.records import Identity, Record
from derivref.site.markdown.page import find


def missing(record: Record, docs: Path, config: str) -> str:
    """Say what a record lacks to be shown, with the lines to add; "" if nothing.

    Parameters
    ----------
    record : Record
        Of any kind.
    docs : Path
        The folder of the pages.
    config : str
        The text of mkdocs.yml.
    """
    page, _, anchor = catalog.address(record).partition("#")
    call = f'entry("{record.full_name}")'
    # Whatever names it shows it: `entry`, `section`, a table of its examples, its proof.
    shown = (f'("{record.full_name}")', f'("{record.name}")', f"id: {record.name}")
    file = docs / page
    if not file.is_file():
        return (
            f"`{record.full_name}` has no page: write docs/{page} with a fence that prints "
            f"`{call}`, and run `make nav`"
        )
    text = file.read_text("utf-8")
    if anchor and f"{{#{anchor}}}" not in text:
        return (
            f"`{record.full_name}` has no section: docs/{page} needs a heading with "
            f"`{{#{anchor}}}`, and below it a fence that prints `{call}`"
        )
    if not record.page and not any(name in text for name in shown):
        return f"`{record.full_name}` is not shown: docs/{page} must print `{call}`"
    if f"- {page}" not in config:
        return f"mkdocs.yml does not list docs/{page}: run `make nav`"
    return ""


def docs() -> Path:
    """Return the folder of the pages.

    Raises
    ------
    FileNotFoundError
        If it is not found: run from the repository.
    """
    found = find("docs")
    if found is None:
        raise FileNotFoundError("docs/ is missing: run from the repository")
    return found


FENCE = re.compile(r"^( *)```derivation\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


@functools.cache
def proofs(docs: Path) -> dict[str, tuple[str, str]]:
    """Return the derivations of all pages by their id: the page, and the text of the fence.

    Parameters
    ----------
    docs : Path
        The folder of the pages.
    """
    found = {}
    for page in sorted(docs.rglob("*.md")):
        for fence in FENCE.finditer(page.read_text("utf-8")):
            text = textwrap.dedent(fence[2])
            if named := re.search(r"^id: *(\S+)", text, re.MULTILINE):
                found[named[1]] = page.relative_to(docs).as_posix(), text
    return found


def proof_fault(record: Identity, docs: Path) -> str:
    """Say why the derivation that a statement names is no proof of it; "" if it is, or has none.

    Parameters
    ----------
    record : Identity
        The statement.
    docs : Path
        The folder of the pages.
    """
    if not record.proof:
        return ""
    if record.proof not in proofs(docs):
        return f"`{record.full_name}`: no page has the derivation `{record.proof}`"
    page, text = proofs(docs)[record.proof]
    if not record.symbolic:
        return ""
    ends = parse(text).lines
    claim = parse(record.derivation()).lines
    for said, shown, where in ((claim[0], ends[0], "begin"), (claim[-1], ends[-1], "end")):
        if ast.dump(said.node) != ast.dump(shown.node):
            return (
                f"`{record.full_name}`: the derivation `{record.proof}` of docs/{page} must "
                f"{where} with `{ast.unparse(said.node)}`, and has `{ast.unparse(shown.node)}`"
            )
    return ""
