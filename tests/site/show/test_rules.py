"""The rules hold, with f and g undefined and on concrete choices, and the tables show those."""

import dataclasses

import pytest

from derivref.derivation import DerivationError, check
from derivref.rules import FAMILY
from derivref.site.fault import Fault
from derivref.site.show.rules import examples_table, failures_table, rules_table, statement_tex

RULES = list(FAMILY)
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_holds_symbolically_and_in_values(rule):
    (step,) = check(rule.derivation())[1]
    assert step.kind == "symbolic"  # for every f and g at once; the values are tested besides
    assert step.points >= 40


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=lambda v: getattr(v, "left", v))
def test_an_example_holds(rule, example):
    (step,) = check(rule.example(example))[1]
    assert step.points >= 40


@pytest.mark.parametrize("rule", [r for r in RULES if r.right != "0"], ids=lambda rule: rule.name)
def test_a_rule_with_a_wrong_sign_is_caught(rule, monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    wrong = dataclasses.replace(rule, right=f"-({rule.right})")
    with pytest.raises(DerivationError, match="is wrong at"):
        check(wrong.derivation())


def test_hypotheses_are_needed(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    power = dataclasses.replace(FAMILY["power-rule"], domain="x in R, n in (-6, 6)")
    with pytest.raises(DerivationError, match=r"not a real number|division by zero"):
        check(power.derivation())
    root = next(e for e in FAMILY["power-rule"].examples if e.left == "Derivative(sqrt(x), x)")
    root = dataclasses.replace(root, domain="x in [0, oo)")
    with pytest.raises(DerivationError, match="at x = 0"):
        check(FAMILY["power-rule"].example(root))


def test_the_card_has_every_rule_with_a_link():
    for table in (rules_table(), failures_table()):
        assert [row.partition("](#")[2].partition(")")[0] for row in table.splitlines()[2:]] == [
            rule.name for rule in RULES
        ]


def test_statements_are_the_checked_formulas():
    assert {r.name: statement_tex(r).removeprefix(r"\displaystyle ") for r in RULES} == {
        "constant-rule": "c' = 0",
        "constant-multiple": r"(c\,f)' = c\,f'",
        "sum-rule": "(f + g)' = f' + g'",
        "linearity": r"(a\,f + b\,g)' = a\,f' + b\,g'",
        "power-rule": r"(x^{n})' = n\,x^{n - 1}",
        "product-rule": r"(f\,g)' = f'\,g + f\,g'",
        "triple-product": r"(f\,g\,h)' = f'\,g\,h + f\,g'\,h + f\,g\,h'",
        "leibniz-rule": r"(fg)^{(n)} = \sum_{k=0}^{n} \binom{n}{k} f^{(n-k)} g^{(k)}",
        "reciprocal-rule": r"\left(\frac{1}{g}\right)' = -\frac{g'}{g^{2}}",
        "quotient-rule": r"\left(\frac{f}{g}\right)' = \frac{f'\,g - f\,g'}{g^{2}}",
        "chain-rule": "(f(g(x)))' = f'(g(x))\\,g'(x)",
    }


def test_examples_of_an_unknown_rule_are_a_fault():
    with pytest.raises(Fault, match="no rule `sum`; there are: constant-rule"):
        examples_table("sum")
    with pytest.raises(Fault, match="has no examples"):
        examples_table("constant-rule")
