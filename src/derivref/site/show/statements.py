"""Identities and exercises as Markdown: statement, hypotheses, counterexample, solution."""

from collections.abc import Sequence

import numpy as np

from derivref.derivation import parse
from derivref.expression import to_tex
from derivref.records import Exercise, Identity
from derivref.site.show.frame import aliases, grid, link, used_for
from derivref.site.show.measured import verified


def statement(record: Identity) -> str:
    """Return an identity as TeX: its own statement, or one made from its sides."""
    if record.statement:
        return record.statement
    left, right = parse(record.derivation()).lines
    return f"{to_tex(left.node)} = {to_tex(right.node)}"


def first(record: Identity | Exercise) -> str:
    """Return the statement with its hypotheses, or the question with hint and solution."""
    return _exercise(record) if isinstance(record, Exercise) else _identity(record)


def below(record: Identity | Exercise) -> str:
    """Return nothing: a statement shares its page with others, and all of it is above."""
    return ""


def _identity(record: Identity) -> str:
    verdict = "" if record.holds else "**False as it stands.** "
    rows = [("holds when", record.needs)] if record.holds else [("tacitly assumed", record.needs)]
    rows += [("without it", record.without)] * bool(record.without)
    rows += [(f"`{n}`", f"{a.says}, shape `{a.shape}`") for n, a in record.variables.items()]
    rows += [(f"counterexample: `{n}`", f"`{_value(v)}`") for n, v in record.counterexample.items()]
    rows.append(("used for", used_for(record)))
    rows += [("also called", ", ".join(record.aliases))] * bool(record.aliases)
    rows.append(("checked", "; ".join(_checks(record))))
    return f"{verdict}\n\n$$\n{statement(record)}\n$$\n\n{grid(('', ''), rows)}".lstrip("\n")


def _value(value: object) -> str:
    return " ".join(str(np.asarray(value).tolist()).split())


def _checks(record: Identity | Exercise) -> list[str]:
    return [
        f"{c.method}, {c.points} {'point' if c.points == 1 else 'points'}"
        for c in verified(record.full_name)
    ]


def _exercise(record: Exercise) -> str:
    also = aliases(record)
    note = f"\n{used_for(record)}{also}\n" if record.cite or also else ""
    solution = "\n".join(f"    {line}" for line in record.derivation().splitlines())
    return f"""\
{record.question} *({record.level})*
{note}
??? tip "Hint"

    {record.hint}

??? success "Solution"

    ```derivation
{solution}
    ```
"""


def index(records: Sequence[Identity] | Sequence[Exercise], page: str) -> str:
    """Return the index of a family of statements or exercises."""
    rows = []
    for r in records:
        if isinstance(r, Exercise):
            rows.append((link(r, page), r.level, r.use))
        else:
            rows.append((link(r, page), f"${statement(r)}$", r.needs if r.holds else "false"))
    head = ("statement", "formula", "holds when")
    if records and isinstance(records[0], Exercise):
        head = ("exercise", "level", "practises")
    return grid(head, rows)
