"""Identities and exercises as Markdown: statement, hypotheses, counterexample, solution."""

import ast
import functools
import inspect
import posixpath
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType

import numpy as np

from derivref import catalog
from derivref.derivation import DerivationError, check, parse
from derivref.expression import to_tex
from derivref.program import program
from derivref.records import Exercise, Identity
from derivref.site.lint.places import docs, proofs
from derivref.site.show.frame import aliases, fence, grid, row, used_for
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
    if not record.holds:
        return _false(record)
    rows = [("holds when", record.needs)]
    rows += [("without it", record.without)] * bool(record.without)
    rows += [("in NumPy", f"`{code}`") for code in line(record)]
    rows += [(f"`{n}`", f"{a.says}, shape `{a.shape}`") for n, a in record.variables.items()]
    if record.proof:
        page = proofs(docs())[record.proof][0]
        path = posixpath.relpath(page, posixpath.dirname(catalog.address(record)))
        rows.append(("proof", f"[line by line]({path}#{record.proof})"))
    rows.append(("used for", used_for(record)))
    rows += [("also called", ", ".join(record.aliases))] * bool(record.aliases)
    rows.append(("checked", "; ".join(_checks(record))))
    return f"$$\n{statement(record)}\n$$\n\n{grid(('', ''), rows)}"


def _false(record: Identity) -> str:
    """Return a statement that fails: why it tempts, where it breaks, and what is true."""
    rows = [("why it tempts", used_for(record))]
    rows += [("true is", record.without)] * bool(record.without)
    rows.append(("tacitly assumed", record.needs))
    at = ", ".join(f"`{n}` = {_short(np.asarray(v))}" for n, v in record.counterexample.items())
    left, right = sides(record)
    found = "" if _claims(record) else f", where the left side is {left} and the right side {right}"
    rows.append(("counterexample", at + found))
    rows += [("also called", ", ".join(record.aliases))] * bool(record.aliases)
    code = refutation(record)
    shown = f"\n{fence(code)}\n" if code else ""
    return (
        f"**False as it stands.**\n\n$$\n{statement(record)}\n$$\n\n{grid(('', ''), rows)}{shown}"
    )


def _claims(record: Identity) -> bool:
    """Return whether the right side is the statement: said to be true (1), found false (0)."""
    return sides(record) == ("1", "0")


def sides(record: Identity) -> tuple[str, str]:
    """Return the values of both sides of a statement that fails, at its counterexample."""
    if not record.symbolic:
        values = record.counterexample.values()
        left, right = (np.asarray(side(*values)) for side in (record.left, record.right))  # type: ignore[operator]
        return _short(left), _short(right)
    try:
        check(record.at_counterexample())
    except DerivationError as error:
        found = re.findall(r"` is (\S+?)(?:, `|$)", str(error))
        return _short(np.asarray(float(found[0]))), _short(np.asarray(float(found[1])))
    raise ValueError(f"{record.full_name}: its counterexample is none")


def _short(value: np.ndarray) -> str:
    """Return a number with four digits, or an array of them."""
    if value.ndim == 0:
        return f"{float(value):.4g}".replace("-", "−")
    return "`" + " ".join(str(np.round(value, 4).tolist()).split()) + "`"


def refutation(record: Identity) -> str:
    """Return the program that shows a statement about numbers to fail, "" for the others.

    It is written from the block of the record: both sides, what they use, and the counterexample.
    """
    if record.symbolic or np.ndim(record.left(*record.counterexample.values())):  # type: ignore[operator]
        return ""
    module = catalog.family(record).module(record)
    source = inspect.getsource(sys.modules[module])
    tree = ast.parse(source)
    found = [c for c in ast.walk(tree) if isinstance(c, ast.Call) and _names_it(c, record.name)]
    facts = {k.arg: k.value for call in found for k in call.keywords}
    written = [facts.get("left"), facts.get("right")]
    if not all(isinstance(side, ast.Lambda) for side in written):
        return ""
    used = {n.id for side in written if side for n in ast.walk(side) if isinstance(n, ast.Name)}
    helpers = [
        getattr(sys.modules[module], node.name)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name in used
    ]
    head = program(*helpers).rstrip() if helpers else ""
    wanted = [
        line
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (alias.asname or alias.name) in used
        and (line := _imported(node, alias)) not in head.splitlines()
    ]
    parts = ["\n".join(wanted)] * bool(wanted) + [head] * bool(head)
    values = ", ".join(_value(v) for v in record.counterexample.values())
    if _claims(record):
        right = written[1]
        assert isinstance(right, ast.Lambda)
        body = right.body
        if isinstance(body, ast.Call) and ast.unparse(body.func) == "float":
            body = body.args[0]  # a truth as a number is for the record alone
        parts.append(f"def holds({ast.unparse(right.args)}):\n    return {ast.unparse(body)}")
        parts.append(f"print(bool(holds({values})))\nassert not holds({values})")
        return "\n\n\n".join(parts) + "\n"
    for name, side in zip(("said", "found"), written, strict=True):
        assert isinstance(side, ast.Lambda)
        taken = ast.unparse(side.args)
        parts.append(f"def {name}({taken}):\n    return {ast.unparse(side.body)}")
    parts.append(
        f"a, b = said({values}), found({values})\n"
        'print(f"said {a:.4g}, found {b:.4g}")\n\n'
        "assert not abs(a - b) < 1e-6 * max(1, abs(b))"
    )
    return "\n\n\n".join(parts) + "\n"


def _names_it(call: ast.Call, name: str) -> bool:
    names = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "name")]
    return any(isinstance(n, ast.Constant) and n.value == name for n in names)


def _imported(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    told = alias.name + (f" as {alias.asname}" if alias.asname else "")
    return (
        f"from {node.module} import {told}"
        if isinstance(node, ast.ImportFrom)
        else f"import {told}"
    )


def line(record: Identity) -> list[str]:
    """Return the right side as one line of NumPy: what the checks run, if it needs NumPy alone.

    Parameters
    ----------
    record : Identity
        The entry; of a false one the line is not shown.

    Returns
    -------
    list of str
        The line, or nothing.
    """
    side = record.right
    if not (record.holds and isinstance(side, FunctionType) and side.__name__ == "<lambda>"):
        return []
    code = side.__code__
    bodies = [
        node.body
        for node in ast.walk(_tree(code.co_filename))
        if isinstance(node, ast.Lambda)
        and node.lineno == code.co_firstlineno
        and [a.arg for a in node.args.args] == list(code.co_varnames[: code.co_argcount])
    ]
    if len(bodies) != 1:
        return []
    names = {node.id for node in ast.walk(bodies[0]) if isinstance(node, ast.Name)}
    return [ast.unparse(bodies[0])] * (names <= {"np", *record.variables})


@functools.cache
def _tree(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text("utf-8"))


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
    asked = (
        ""
        if "$" in record.question
        else f"\n$$\n{to_tex(parse(record.derivation()).lines[0].node)}\n$$\n"
    )
    return f"""\
{record.question} *({record.level})*
{asked}{note}
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
    if not any(isinstance(r, Exercise) or r.holds for r in records):
        family = catalog.family(records[0])
        rows = [(family.theme(r), row(r, page), r.needs) for r in records]  # type: ignore[union-attr]
        return grid(("about", "what is said", "what it assumes"), rows)
    for r in records:
        if isinstance(r, Exercise):
            rows.append((row(r, page), r.level, r.use))
        else:
            rows.append((row(r, page), f"${statement(r)}$", r.needs if r.holds else "false"))
    head = ("statement", "formula", "holds when")
    if records and isinstance(records[0], Exercise):
        head = ("exercise", "level", "practises")
    return grid(head, rows)


def rule_card() -> str:
    """Return the rules of differentiation for the page that is made to be printed."""
    family = next(f for f in catalog.families() if f.name == "rules")
    return index(list(family), "reference/rule-card.md")
