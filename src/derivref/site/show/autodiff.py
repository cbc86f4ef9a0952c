"""Tables of the pages on automatic differentiation: measured costs, and the primitives."""

import html
import inspect
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from derivref import partials
from derivref.site.fault import Fault
from derivref.site.show.benchmarks import measured, provenance
from derivref.site.show.figures import figure
from derivref.site.show.frame import grid

# Of each table of the benchmark: its columns, as (key of the row, heading).
COLUMNS = {
    "factors": (
        ("function", "function"),
        ("operations", "its operations"),
        ("jvp operations", "jvp: operations"),
        ("jvp time", "time"),
        ("grad operations", "gradient: operations"),
        ("grad time", "time"),
        ("hvp operations", "Hessian·v: operations"),
        ("hvp time", "time"),
    ),
    "sizes": (
        ("elements", "elements"),
        ("polynomial time", "polynomial"),
        ("sin(exp(x))·x time", "sin(exp(x))·x"),
        ("GELU time", "GELU"),
    ),
    "inputs": (
        ("inputs", "inputs"),
        ("forward operations", "forward: operations"),
        ("forward time", "time"),
        ("reverse operations", "reverse: operations"),
        ("reverse time", "time"),
        ("differences operations", "central differences: operations"),
        ("differences time", "time"),
    ),
    "outputs": (
        ("outputs", "outputs"),
        ("forward time", "forward"),
        ("reverse time", "reverse"),
    ),
    "depth": (
        ("layers", "layers"),
        ("forward MB", "forward: MB"),
        ("forward time", "time"),
        ("reverse MB", "reverse: MB"),
        ("reverse time", "time"),
        ("checkpointed MB", "with checkpoints: MB"),
        ("checkpointed time", "time"),
    ),
    "orders": (("order", "derivative"), ("operations", "operations")),
    "swell": (
        ("iterations", "iterations"),
        ("function", "function"),
        ("formula", "formula of f′"),
        ("common subexpressions", "the same, shared terms once"),
        ("forward mode", "f and f′ by forward mode"),
    ),
}


def _number(value: Any) -> str:
    if not isinstance(value, (int, float)):
        return html.escape(str(value))
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def autodiff_costs(name: str) -> str:
    """Return a table of the benchmark, with the versions and the date that it was measured with."""
    if name not in COLUMNS:
        raise Fault(f"autodiff_costs: no table `{name}`, there are {', '.join(COLUMNS)}")
    data, columns = measured("autodiff"), COLUMNS[name]
    rows = [[_number(row[key]) for key, _ in columns] for row in data[name]]
    named = isinstance(data[name][0][columns[0][0]], str)  # the first column, else a number too
    return f"{grid([head for _, head in columns], rows, left=int(named))}\n{provenance(data)}"


def autodiff_crossover() -> str:
    """Return the picture of the operations of a whole gradient against the number of inputs."""
    rows = measured("autodiff")["inputs"]
    n = [row["inputs"] for row in rows]

    def draw(ax: Any) -> None:
        for mode, label in (
            ("forward", "forward mode"),
            ("differences", "central differences"),
            ("reverse", "reverse mode"),
        ):
            ax.loglog(n, [row[f"{mode} operations"] for row in rows], label=label)
        ax.set_xlabel("inputs")
        ax.set_ylabel("operations / those of f")

    return figure(
        draw,
        alt="Cost of a whole gradient against the number of inputs, both axes logarithmic. Forward "
        "mode and central differences rise in proportion to the number of inputs; reverse mode "
        "stays level below four.",
    )


@cache
def _source() -> list[str]:
    return inspect.getsource(partials).splitlines()


def body(partial: Callable[..., Any]) -> str:
    """Return the source of a partial: the body of a lambda, else the name of the function."""
    if partial is partials.one:
        return "1"
    if partial.__name__ != "<lambda>":
        return partial.__name__
    spans = [p for p in partial.__code__.co_positions() if None not in p and p[2] != p[3]]
    line, end, left, right = (f(column) for f, column in zip(
        (min, max, min, max), zip(*spans, strict=True), strict=True))  # fmt: skip
    if line != end:
        raise Fault(f"partials.py:{line}: keep a partial on one line, or give it a name")
    # Columns count bytes.
    return str(_source()[line - 1].encode()[left:right], "utf-8")


def _helpers(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what the functions and constants of `partials` mean that the rows mention."""
    words = dict.fromkeys(word for row in rows for word in re.findall(r"[A-Za-z_]\w*", row[1]))
    found = []
    for word in words:
        value = getattr(partials, word, None)
        if inspect.isfunction(value):
            called = f"{word}({', '.join(inspect.signature(value).parameters)})"
            said = html.escape((inspect.getdoc(value) or "").partition("\n\n")[0])
            found.append(f"- `{called}`: {' '.join(said.split())}")
    constants = {"LN2": "ln 2", "LN10": "ln 10", "ROOT_PI": "√π"}
    found += [f"- `{name}` is {constants[name]}." for name in words if name in constants]
    return found


def primitives() -> str:
    """Return the table of primitives: slopes as in the source, where they hold, and the kinks."""
    rows = []
    for rule in partials.ELEMENTWISE.values():
        slopes = ", ".join(f"`{body(p)}`" for p in rule.partials)
        domain = f"`{rule.domain}`" if rule.domain else ""
        rows.append([f"`{rule.name}`", slopes, domain, rule.kinks])
    table = grid(["function", "slope in x, in y (z is the value)", "where", "kink: slope"], rows)
    return "\n".join([table, *_helpers(rows)]) + "\n"
