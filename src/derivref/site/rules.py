"""The rule card and the worked examples of the rules, as Markdown tables."""

import ast

from derivref import rules
from derivref.derivation import check, parse
from derivref.expression import bracket, to_tex
from derivref.site.fault import Fault


def statement_tex(rule: rules.Rule) -> str:
    """Return the rule as TeX, ``(fg)' = f'g + fg'``, from its checked formulas."""
    if rule.statement:
        return rule.statement
    left, right = parse(rule.derivation()).lines
    assert isinstance(left.node, ast.Call)
    body, slope = to_tex(left.node.args[0]), to_tex(right.node)
    if "f(g(x))" not in rule.formula:  # there the arguments are the point
        body, slope = (tex.replace("(x)", "") for tex in (body, slope))
    inner = body if isinstance(left.node.args[0], ast.Name) else bracket(body)
    return f"{inner}' = {slope}"


def rules_table() -> str:
    """Return the card: each rule with what it needs, linked to its proof."""
    rows = [
        f"| [{rule.title}](#{rule.name}) | ${statement_tex(rule)}$ | {rule.holds} |"
        for rule in rules.RULES
    ]
    return "\n".join(["| Rule | Formula | Holds when |", "|---|---|---|", *rows, ""])


def failures_table() -> str:
    """Return what each rule cannot do when what it needs is missing."""
    rows = [f"| [{rule.title}](#{rule.name}) | {rule.fails} |" for rule in rules.RULES]
    return "\n".join(["| Rule | Without its hypotheses |", "|---|---|", *rows, ""])


def examples_table(name: str) -> str:
    """Return the worked examples of a rule, checked.

    Raises
    ------
    Fault
        If there is no rule of that name, or it has no examples.
    """
    try:
        rule = rules.get(name)
    except KeyError as error:
        raise Fault(str(error.args[0])) from None
    if not rule.examples:
        raise Fault(f"the rule `{name}` has no examples")
    rows = []
    for example in rule.examples:
        derivation, _ = check(example.derivation(name))
        left, right = derivation.lines
        assert isinstance(left.node, ast.Call)
        conditions = [tex for tex in derivation.conditions_tex() if not tex.endswith(r"\mathbb{R}")]
        where = ", ".join(f"${tex}$" for tex in conditions) or "every $x$"
        rows.append(f"| ${to_tex(left.node.args[0])}$ | ${to_tex(right.node)}$ | {where} |")
    return "\n".join(["| Function | Slope | Where |", "|---|---|---|", *rows, ""])
