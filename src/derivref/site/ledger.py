"""The ledger: what was checked, by which method, at how many points, with what largest error."""

import html
import platform
import posixpath
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

from derivref import catalog, rules
from derivref.derivation import DerivationError
from derivref.derivation import check as check_derivation
from derivref.oracle import Check
from derivref.record import Scalar
from derivref.site.derivation import Result, collect
from derivref.site.entries import link
from derivref.site.fault import Fault
from derivref.site.measured import verified
from derivref.site.page import find
from derivref.verify import balls

PAGE = "about/ledger.md"
COLUMNS = {  # of the table of entries, each with the methods of `oracle.verify` that it sums up
    "formula": ("symbolic", f"{balls.DIGITS} digits"),
    "facts": ("facts",),
    "exact values": ("exact values",),
    "differences": ("finite differences",),
    "forward mode": ("forward mode",),
    "reverse mode": ("reverse mode",),
    "kinks": ("kinks",),
    "limits": ("limits",),
    "inputs": ("kinds of input",),
    "relations": ("relations, symbolic", f"relations, {balls.DIGITS} digits"),
}


@cache
def _verified() -> tuple[tuple[Scalar, tuple[Check, ...]], ...]:
    """Run the checks of every entry; a failed one stops the build."""
    rows = []
    for family in catalog.families():
        for record in family:
            checks = verified(record.name)
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


@cache
def _rules() -> tuple[tuple[str, str, int, int], ...]:
    """Return title, name, proved steps and points of each rule."""
    rows = []
    for rule in rules.RULES:
        try:
            _, steps = check_derivation(rule.derivation())
        except DerivationError as error:
            raise Fault(f"rule `{rule.name}`: {error}") from error
        proved = sum(step.kind == "symbolic" for step in steps)
        rows.append((rule.title, rule.name, proved, sum(step.points for step in steps)))
    return tuple(rows)


def totals() -> str:
    """Return the totals of the ledger, for the home page."""
    entries, worked = _verified(), _derivations()
    checks = [check for _, found in entries for check in found]
    known = [check for check in checks if check.method == "facts"]
    theorem = sum(r.theorem for r in worked)
    steps = sum(r.symbolic + r.instances + r.numeric for r in worked)
    points = sum(c.points for c in checks) + sum(r.points for r in worked)
    points += sum(row[3] for row in _rules())
    numbers = {
        "functions, each with f′ and f″": len(entries),
        "checks of entries": len(checks),
        "facts proved for every x": sum(int(c.worst.split()[0]) for c in known),
        "facts scanned": sum(_scanned(c) for c in known),
        "rules": len(_rules()),
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


def entries_ledger() -> str:
    """Return the table of entries: for each method the points and the largest error, or absent."""
    rows = []
    for record, checks in _verified():
        cells = [
            NONE if not getattr(record, column, True) else _cell(checks, methods)
            for column, methods in COLUMNS.items()
        ]
        rows.append((link(record, PAGE), *cells))
    return _table(("entry", *COLUMNS), rows)


def _scanned(check: Check) -> int:
    proved, _, all_ = check.worst.split()
    return int(all_) - int(proved)


NONE = "none"  # no kinks, no relations: nothing to check


def _cell(checks: tuple[Check, ...], methods: tuple[str, ...]) -> str:
    found = [check for check in checks if check.method in methods]
    if not found:
        return '<span class="absent">absent</span>'
    if methods == COLUMNS["facts"]:
        return f'<span class="tick">{found[0].worst} proved</span>'
    worst = max((c.worst for c in found), key=_size)
    points = sum(c.points for c in found)
    told = [f"{points} point{'s' if points > 1 else ''}" if points else "for all x"]
    told += [worst] * bool(points and worst.strip("0"))
    return f'<span class="tick">{", ".join(told)}</span>'


def _size(worst: str) -> float:
    return float(worst.split()[0]) if worst else 0.0


def derivations_ledger() -> str:
    """Return the table of derivations: their steps by kind of check, points, largest error."""
    rows = []
    for r in _derivations():
        place = posixpath.relpath(f"{r.page}#{r.id}", posixpath.dirname(PAGE))
        counts = (str(n) if n else "" for n in (r.symbolic, r.instances, r.numeric, r.theorem))
        error = f"{r.discrepancy:.1e}" if r.points else ""
        rows.append((f"[{r.title or r.id}]({place})", *counts, str(r.points), error))
    head = ("derivation", "symbolic", "on instances", "by values", "by theorem", "points", "error")
    return _table(head, rows)


def rules_ledger() -> str:
    """Return the table of rules: whether SymPy proves each, and the points tried."""
    rows = [
        (f"[{title}](../learn/rules.md#{name})", "yes" if proved else "no", str(points))
        for title, name, proved, points in _rules()
    ]
    return _table(("rule", "proved for undefined functions", "points on concrete ones"), rows)


def versions() -> str:
    """Return the versions with which the site was built and checked."""
    packages = (
        "derivref",
        "numpy",
        "scipy",
        "sympy",
        "mpmath",
        "python-flint",
        "matplotlib",
        "mkdocs-material",
    )
    return f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {version(name)}" for name in packages
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"
