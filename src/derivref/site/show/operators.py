"""Entries of functions of arrays: value, backward pass, shapes, program."""

from collections.abc import Sequence

from derivref.program import fitted, program
from derivref.records import Operator
from derivref.site.lint.snippets import WIDTH
from derivref.site.show.accuracy import told
from derivref.site.show.frame import aliases, checked, cite, fence, grid, origin, row, sections
from derivref.site.show.measured import verified


def first(record: Operator) -> str:
    """Return the first screen: its sentence, formulas, program and shapes."""
    formulas = rf"{_row(record.formula)} \\[4pt] {_row(record.slope)}"
    notes = [f"${left} = {right}$" for left, right in record.where.items()]
    written = {n: p.symbol for n, p in (*record.arguments.items(), *record.takes.items())}
    letters = ((n, s if len(s) == 1 else rf"\{s}") for n, s in written.items() if s)
    notes += [f"${tex}$ is `{name}`" for name, tex in letters]
    notes.append(
        r"a bar marks a cotangent, the gradient of the loss with respect to what is under it"
    )
    text = "; ".join(notes)
    return f"""\
{record.summary}
{{.lead}}

<div class="formulas" markdown>

$$
\\begin{{aligned}} {formulas} \\end{{aligned}}
$$

</div>

{text[0].upper()}{text[1:]}.{aliases(record)}
{{.pins}}

{fence(fitted(program(*record.functions, example=record.example), WIDTH))}

{_arguments(record)}
"""


def _row(tex: str) -> str:
    """Align an equation at its first sign of equality."""
    return tex.replace("=", "&=", 1)


def _arguments(record: Operator) -> str:
    rows = [
        (f"`{name}`", f"`{a.shape}`", a.constraint, a.says + ", or None" * a.optional)
        for name, a in record.arguments.items()
    ]
    rows += [
        (f"`{name}={record.parameters[name]!r}`", "", p.constraint, p.says)
        for name, p in record.takes.items()
    ]
    shapes = " and ".join(f"`{shape}`" for shape in record.outputs())
    rows.append(("value", shapes, "", "at the defaults" if callable(record.output) else ""))
    return grid(("argument", "shape", "holds", "what it is"), rows)


def below(record: Operator) -> str:
    """Return what stands below the derivation: memory, cost, checks, origin."""
    facts = [("kept for the backward pass", record.kept), ("cost", record.cost)]
    facts += [("no derivative", record.tied)] * bool(record.tied)
    facts += [("the usual form", f"`{record.usual}`")] * bool(record.usual)
    calls = [(library, f"`{call}`") for library, call in record.frameworks.items()]
    rows = [(c, told(record, c)) for c in verified(record.full_name)]
    return sections(
        (
            ("Memory and cost", "cost", grid(("", ""), facts)),
            ("In other libraries", "libraries", grid(("library", "call"), calls) if calls else ""),
            ("Origin and use", "origin", origin(record)),
            ("How this page is checked", "checked", checked(rows)),
            ("Cite this page", "cite", cite(record, "value and backward pass")),
        )
    )


def index(records: Sequence[Operator], page: str) -> str:
    """Return the table of a family of operators: value, backward pass, what each is for."""
    rows = [(row(r, page), f"${r.formula}$", f"${r.slope}$", r.use) for r in records]
    return grid(("function", "value", "backward pass", "used for"), rows)
