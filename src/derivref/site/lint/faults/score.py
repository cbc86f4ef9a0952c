"""The score by class, from outcomes and from the data that the ledger shows."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from derivref.site.lint.faults.run import Outcome

DATA = Path("benchmarks/faults.json")
EQUIVALENT = Path("benchmarks/equivalent.json")  # changes after which nothing is wrong, and why


def equivalent(outcome: Outcome) -> str:
    """Return the reason for which a change is no fault, "" if none is listed."""
    if outcome.verdict == "unchanged":
        return "the program prints the same"
    if not EQUIVALENT.is_file():
        return ""
    file = outcome.place.rpartition(":")[0]
    for row in json.loads(EQUIVALENT.read_text("utf-8")):
        same = (row["file"], row["old"], row["new"]) == (file, outcome.old, outcome.new)
        if same and row.get("line", outcome.source) == outcome.source:
            return str(row["reason"])
    return ""


def score(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Return how many faults were caught, and how many there were without the equivalent ones."""
    counted = [o for o in outcomes if o.verdict == "caught" or not equivalent(o)]
    return sum(o.verdict == "caught" for o in counted), len(counted)


def by_class(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Return the score of each class."""
    kinds = sorted({o.kind for o in outcomes})
    return {kind: score(o for o in outcomes if o.kind == kind) for kind in kinds}


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the score by class as text, a class a line."""
    rows = [f"{kind:20} {c:4} of {n:4}" for kind, (c, n) in by_class(outcomes).items()]
    return "\n".join(rows)
