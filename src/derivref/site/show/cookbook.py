"""The verdicts on the numbered derivative equations of the Matrix Cookbook."""

import posixpath

from derivref import catalog
from derivref.matrix.cookbook import LEAN, PRINTED, Printed
from derivref.records import Identity
from derivref.site.show.frame import grid
from derivref.site.show.statements import statement

PAGE = "reference/matrix/cookbook.md"


def verdict(printed: Printed, record: Identity) -> str:
    """Return what is to be said of an equation: it follows from the record."""
    if not record.holds:
        return f"**false as printed**: {record.needs}"
    if printed.defines:
        return f"notation: {printed.defines}"
    return f"true if {printed.adds}" if printed.adds else "true as printed"


def cookbook() -> str:
    """Return the table of all numbers, each with its verdict and the record that decides it."""
    rows = []
    for number, printed in PRINTED.items():
        record = catalog.get(f"matrix.{printed.record}")
        place = posixpath.relpath(catalog.address(record), posixpath.dirname(PAGE))
        said = f"[{record.title}]({place})"
        lean = "yes" if number in LEAN else ""
        rows.append((f"{number}", said, f"${statement(record)}$", verdict(printed, record), lean))
    return grid(("number", "checked here as", "formula", "verdict", "proved in Lean"), rows)


def cookbook_counts() -> str:
    """Return how many equations have which verdict."""
    kinds: dict[str, list[str]] = {}
    for number, printed in PRINTED.items():
        said = verdict(printed, catalog.get(f"matrix.{printed.record}"))
        head = said.partition(":")[0].strip("*").partition(" if ")[0]
        kind = "true with a hypothesis" if " if " in said.partition(":")[0] else head
        kinds.setdefault(kind, []).append(f"{number}")
    shown = sorted(kinds.items(), key=lambda item: -len(item[1]))
    rows = [(kind, f"{len(found)}", ", ".join(found)) for kind, found in shown]
    return grid(("verdict", "equations", "numbers"), rows)
