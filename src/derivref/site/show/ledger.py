"""The ledger: what was checked, by which method, at how many points, with what largest error."""

import html
import platform
import posixpath
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version

from derivref import catalog
from derivref.oracle import Check
from derivref.records import Record
from derivref.site.fault import Fault
from derivref.site.markdown.derivation import Result, collect
from derivref.site.markdown.page import find
from derivref.site.show.accuracy import told
from derivref.site.show.frame import grid, link
from derivref.site.show.measured import verified
from derivref.verify.kinds import vacant

PAGE = "about/ledger.md"


def _verified() -> tuple[tuple[Record, tuple[Check, ...]], ...]:
    """Run the checks of every record; a failed one stops the build."""
    rows = []
    for record in catalog.records():
        checks = verified(record.full_name)
        for check in checks:
            if not check.ok:
                raise Fault(f"{catalog.address(record)}: {check.method}: {check.detail}")
        rows.append((record, checks))
    return tuple(rows)


@cache
def _derivations() -> tuple[Result, ...]:
    docs = find("docs")
    if docs is None:
        raise Fault("docs/ is missing: run from the repository")
    return tuple(collect(docs))


def totals() -> str:
    """Return the totals of the ledger, for the home page."""
    entries, worked = _verified(), _derivations()
    checks = [check for _, found in entries for check in found]
    theorem = sum(r.theorem for r in worked)
    steps = sum(r.symbolic + r.instances + r.numeric for r in worked)
    points = sum(c.points for c in checks) + sum(r.points for r in worked)
    numbers = {
        "functions, each with f′ and f″": sum(r.kind == "scalar" for r, _ in entries),
        "functions of arrays, with their vjp": sum(r.kind == "operator" for r, _ in entries),
        "statements and exercises": sum(r.kind in ("identity", "exercise") for r, _ in entries),
        "checks of entries": len(checks),
        "steps of proofs checked": steps,
        "steps by theorem, not checked": theorem,
        "points tried": points,
    }
    rows = (
        f"<div><dt>{html.escape(label)}</dt><dd>{count:,}</dd></div>".replace(",", "\u202f")
        if label == "points tried"
        else f"<div><dt>{html.escape(label)}</dt><dd>{count}</dd></div>"
        for label, count in numbers.items()
    )
    return f'<dl class="totals">{"".join(rows)}</dl>'


def records_ledger(kind: str) -> str:
    """Return the table of the records of a kind: for each method the points and a bound.

    The columns are the methods that ran on any record of the kind; a method that ran on others and
    not on this one shows as absent, or as none where the record has nothing for it.
    """
    found = [(r, checks) for r, checks in _verified() if r.kind == kind]
    methods = list(dict.fromkeys(_method(c) for _, checks in found for c in checks))
    rows = [
        (link(r, PAGE), *(cell(r, [c for c in checks if _method(c) == m], m) for m in methods))
        for r, checks in found
    ]
    return grid(("entry", *methods), rows)


def _method(check: Check) -> str:
    """Return the method without its variant: "formula" for "formula, symbolic"."""
    return check.method.partition(",")[0]


def cell(record: Record, found: Sequence[Check], method: str) -> str:
    """Return the cell of a method: points and bound, or that it is absent, or has nothing to do."""
    if not found:
        return "none" if method in vacant(record) else '<span class="absent">absent</span>'
    worst = max((told(record, c) for c in found), key=_size)
    points = sum(c.points for c in found)
    parts = [f"{points} point{'s' if points > 1 else ''}" if points else "for all x"]
    parts += [worst] * bool(points and worst.strip("0"))
    return f'<span class="tick">{", ".join(parts)}</span>'


def _size(worst: str) -> float:
    return float(worst.removeprefix("≤ ").split()[0]) if worst else 0.0


def derivations_ledger() -> str:
    """Return the table of derivations: their steps by kind of check, points, largest error."""
    rows = []
    for r in _derivations():
        place = posixpath.relpath(f"{r.page}#{r.id}", posixpath.dirname(PAGE))
        counts = (str(n) if n else "" for n in (r.symbolic, r.instances, r.numeric, r.theorem))
        error = f"{r.discrepancy:.1e}" if r.points else ""
        rows.append((f"[{r.title or r.id}]({place})", *counts, str(r.points), error))
    head = ("derivation", "symbolic", "on instances", "by values", "by theorem", "points", "error")
    return grid(head, rows)


def versions() -> str:
    """Return the versions with which the site was built and checked."""
    packages = ("derivref", "numpy", "scipy", "sympy", "mpmath", "matplotlib", "mkdocs-material")
    return f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {version(name)}" for name in packages
    )
