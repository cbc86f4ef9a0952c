"""The formulas of functions of arrays, as the pages show them, are what the code computes."""

from dataclasses import replace

import pytest

from derivref import catalog
from derivref.site.lint.texarrays import formula_faults

RECORDS = list(catalog.records("operator"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.full_name)
def test_the_formulas_are_those_of_the_code(record):
    assert list(formula_faults(record)) == []


@pytest.mark.parametrize(
    ("name", "fact", "old", "new", "said"),
    [
        ("cross_entropy", "formula", "- z_{i y_i}", "+ z_{i y_i}", r"the formula of $\ell$ gives"),
        ("cross_entropy", "slope", "[j = y_i]", "[i = y_i]", "gives"),
        ("binary_cross_entropy", "formula", r"\bigl(w", "w", "`i` is not known"),
        (
            "batch_norm",
            "slope",
            r"\hat x_{ij}\, \frac",
            r"\hat x_{ij} + \frac",
            r"$\bar x_{ij}$ gives",
        ),
        ("softmax", "slope", r"\bar p_i -", r"\bar p_i +", r"$\bar z_i$ gives"),
        ("logsumexp", "formula", "e^{z_k}", "e^{-z_k}", "the formula of $y$ gives"),
        ("conv2d", "formula", "s j + b - p", "s j + b", "gives"),
        ("attention", "formula", r"K^\top", "K", "is not understood"),
        ("attention", "formula", r"/ \sqrt d", "", "the formula of $Y$ gives"),
    ],
)
def test_a_wrong_formula_is_named(name, fact, old, new, said):
    record = catalog.get(name)
    text = getattr(record, fact)
    assert old in text
    faults = list(formula_faults(replace(record, **{fact: text.replace(old, new, 1)})))
    assert any(said in fault for fault in faults), faults


def test_a_wrong_or_missing_abbreviation_is_named():
    record = catalog.get("attention")
    swapped = {**record.where, r"\bar Q": record.where[r"\bar K"]}
    assert any(r"$\bar Q$" in f for f in formula_faults(replace(record, where=swapped)))
    left = {k: v for k, v in record.where.items() if k != r"\bar K"}
    said = "no formula says what $bar K$ is: add it to `slope` or `where`"
    assert list(formula_faults(replace(record, where=left))) == [said]
    odd = {**record.where, r"\\lVert K \\rVert": "1"}
    assert any("is no value, cotangent" in f for f in formula_faults(replace(record, where=odd)))
