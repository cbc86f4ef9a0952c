"""The rule card and the worked examples of the rules, as Markdown tables."""

import ast

from derivref.derivation import Line, check, parse
from derivref.expression import bracket, to_tex
from derivref.records import Identity
from derivref.rules import FAMILY
from derivref.site.fault import Fault
from derivref.site.show.frame import grid


def statement_tex(rule: Identity) -> str:
    """Return the rule as TeX, ``(fg)' = f'g + fg'``, from its checked formulas."""
    if rule.statement:
        return rule.statement
    tex = _slope_tex(*parse(rule.derivation()).lines)
    return tex if "f(g(x))" in str(rule.left) else tex.replace("(x)", "")


def _slope_tex(left: Line, right: Line) -> str:
    """Return ``(x^2)' = 2x`` for the lines ``Derivative(x**2, x)`` and ``2*x``."""
    assert isinstance(left.node, ast.Call)
    body = left.node.args[0]
    inner = to_tex(body) if isinstance(body, ast.Name) else bracket(to_tex(body))
    return rf"\displaystyle {inner}' = {to_tex(right.node)}"


def rules_table() -> str:
    """Return the card: each rule with what it needs, linked to its proof."""
    rows = [(f"[{r.title}](#{r.name})", f"${statement_tex(r)}$", r.needs) for r in FAMILY]
    return grid(("Rule", "Formula", "Holds when"), rows)


def failures_table() -> str:
    """Return what each rule cannot do when what it needs is missing."""
    return grid(
        ("Rule", "Without its hypotheses"), ((f"[{r.title}](#{r.name})", r.without) for r in FAMILY)
    )


# Conditions that read as well without KaTeX, whose 2 kB each a page of proofs must save.
_PLAIN = {r"x \in (0, \infty)": "*x* > 0", r"x \ne 0": "*x* ≠ 0"}


def examples_table(name: str) -> str:
    """Return the worked examples of a rule, checked.

    Raises
    ------
    Fault
        If there is no rule of that name, or it has no examples.
    """
    if name not in FAMILY:
        raise Fault(f"no rule `{name}`; there are: {', '.join(r.name for r in FAMILY)}")
    rule = FAMILY[name]
    if not rule.examples:
        raise Fault(f"the rule `{name}` has no examples")
    rows = []
    for example in rule.examples:
        derivation, _ = check(rule.example(example))
        conditions = derivation.conditions_tex()
        where = ", ".join(_PLAIN.get(tex, f"${tex}$") for tex in conditions) or "every *x*"
        rows.append((f"${_slope_tex(*derivation.lines)}$", where))
    return grid(("Example", "Where"), rows)
