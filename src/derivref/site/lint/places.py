"""Whether every record has its place on the site, and what is to be written where it has none."""

from pathlib import Path

from derivref import catalog
from derivref.records import Record


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
