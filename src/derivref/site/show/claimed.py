"""What no machine has read, counted for the ledger, and the score of planted faults."""

import html
import json
from pathlib import Path

from derivref.site.fault import Fault
from derivref.site.lint import claims, literature, spans
from derivref.site.lint.faults.run import Outcome
from derivref.site.lint.faults.score import DATA, by_class, equivalent, score
from derivref.site.markdown.page import find
from derivref.site.show.frame import grid


def _pages() -> list[tuple[str, str]]:
    docs = find("docs")
    if docs is None:
        raise Fault("docs/ is missing: run from the repository")
    return [
        (path.relative_to(docs).as_posix(), path.read_text("utf-8"))
        for path in sorted(docs.rglob("*.md"))
        if "api" not in path.parts
    ]


def unread() -> str:
    """Return, by page, how many equations a machine reads, and what it does not read."""
    rows, total = [], [0] * 5
    for page, text in _pages():
        found = list(claims.equations(f"docs/{page}", text))
        for fault in (e for e in found if e.fault):
            raise Fault(f"{page}:{fault.line}: {fault.fault}")
        counts = [
            sum(e.read for e in found),
            sum(not e.read for e in found if e.displayed),
            sum(not e.read for e in found if not e.displayed),
            len(spans.page_claims(text)),
            len(spans.unread(f"docs/{page}", text)),
        ]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        if any(counts):
            rows.append((f"[{page}](../{page})", *map(str, counts)))
    head = (
        *("page", "equations read", "displayed, not read", "in the line, not read"),
        *("claims computed", "words not read"),
    )
    return grid(head, [*rows, ("all", *map(str, total))])


def references_seen() -> str:
    """Return how many references agree with a second entry, and what no look-up has shown."""
    rows = literature.seen()
    missing = literature.unseen()
    told = f"{len(rows)} references are entered twice, the second time from a look-up"
    return told + (f"; not seen yet: {', '.join(missing)}." if missing else ".")


def planted() -> str:
    """Return the score of planted faults by class, with those that survived."""
    path = find(str(DATA))
    if path is None:
        raise Fault(f"{DATA} is missing: run `make faults`")
    data = json.loads(Path(path).read_text("utf-8"))
    outcomes = [Outcome(**row) for row in data["outcomes"]]
    caught, count = score(outcomes)
    rows = [(kind, str(c), str(n)) for kind, (c, n) in by_class(outcomes).items()]
    table = grid(("faults in", "caught", "planted"), [*rows, ("all", str(caught), str(count))])
    survivors = [
        f"- {html.escape(o.kind)}, {o.place}: {_code(o.old)} → {_code(o.new)}"
        for o in outcomes
        if o.verdict == "survived" and not equivalent(o)
    ]
    alike = sum(bool(o.verdict != "caught" and equivalent(o)) for o in outcomes)
    lines = "\n".join(f"    {line}" for line in survivors)
    return (
        f"Planted on {data['date']} with the seed {data['seed']}; {alike} more changed nothing "
        f'that is shown.\n\n{table}\n??? note "What survived"\n\n{lines}\n'
    )


def _code(text: str) -> str:
    short = " ".join(text.split()) or "nothing"
    return f"`` {short} ``"
