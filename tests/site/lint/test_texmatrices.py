"""The statements of matrix calculus, read back from what their pages show."""

from dataclasses import replace

import pytest

from derivref import catalog
from derivref.site.lint.texmatrices import faults

RECORDS = [r for r in catalog.records("identity") if r.family == "matrix"]
FOUND = {r.name: faults(r) for r in RECORDS}
# The reader knows no components, no eigenvectors, no densities: lower it when it learns.
UNREAD = 49


@pytest.mark.parametrize("name", FOUND)
def test_a_statement_holds_as_it_is_shown(name):
    assert [f for f in FOUND[name] if not f.startswith("not read:")] == []


def test_most_statements_are_read():
    assert sum(f[0].startswith("not read:") for f in FOUND.values() if f) == UNREAD


PLANTED = [
    ("determinant_regular", r"X^{-\mathsf T}", "X^{-1}"),
    ("determinant_of_inverse", r"= -\det", r"= \det"),
    ("trace_product", r"= A^{\mathsf T}", "= A"),
    ("trace_gram", "= 2X", "= X"),
    ("product_backward_left", r"= GB^{\mathsf T}", r"= GB"),
    ("frobenius", r"\frac{X}{\lVert X\rVert_F}", r"\frac{X}{\lVert X\rVert_2}"),
    ("differential_product", r"X\,\mathrm dX^{\mathsf T}X", r"X\,X^{\mathsf T}\mathrm dX"),
    ("trace_power_weighted", "{r=0}^{2}", "{r=0}^{1}"),
    ("quadratic_form_unsymmetric", "2 A", r"(A + A^{\mathsf T})"),
]


@pytest.mark.parametrize(("name", "old", "new"), PLANTED)
def test_a_slip_in_the_statement_is_seen(name, old, new):
    record = catalog.get(name)
    assert old in record.statement
    found = faults(replace(record, statement=record.statement.replace(old, new)))
    assert ["as it is shown" in fault for fault in found] == [True]
