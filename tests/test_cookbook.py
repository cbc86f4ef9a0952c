"""The verdicts on the Matrix Cookbook follow from records, number by number."""

import pytest

from derivref import catalog
from derivref.matrix.cookbook import LEAN, PRINTED, Printed
from derivref.site.show.cookbook import verdict


def test_every_derivative_equation_has_a_verdict():
    assert [*PRINTED] == [*range(33, 145)]
    assert {*LEAN} <= PRINTED.keys()


@pytest.mark.parametrize("number", PRINTED)
def test_what_is_false_has_a_witness(number):
    printed = PRINTED[number]
    record = catalog.get(f"matrix.{printed.record}")
    assert verdict(printed, record).startswith("**false") == bool(record.counterexample)
    assert not (printed.adds and printed.defines)


def test_what_holds_is_called_true_with_what_it_needs():
    holds = catalog.get("matrix.trace")
    assert verdict(Printed("trace"), holds) == "true as printed"
    assert verdict(Printed("trace", adds="*X* square"), holds) == "true if *X* square"
    assert verdict(Printed("trace", defines="a name"), holds) == "notation: a name"


def test_a_false_record_cannot_be_called_true():
    record = catalog.get("matrix.quadratic_form_unsymmetric")
    assert verdict(Printed(record.name), record).startswith("**false")
