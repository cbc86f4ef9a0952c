"""Certified integration sees a wrong slope and a wrong formula, and is narrow."""

from dataclasses import replace

import pytest
from flint import arb

from derivref import catalog
from derivref.verify import integrals
from derivref.verify.formulas import read

RECORDS = [
    r for r in catalog.records("scalar") if r.family in ("elementary", "special") and not r.corners
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_each_slope_integrates_to_the_difference_of_the_values(record):
    assert integrals.holds(record)


def test_a_wrong_slope_or_formula_is_seen():
    record = catalog.get("arcsinh")
    assert not integrals.holds(replace(record, derivative="1/sqrt(1 + x**2) + 1/10**9"))
    assert not integrals.holds(replace(record, expr="asinh(x)*(1 + 1/10**9)"))


def test_the_enclosure_of_a_known_integral_is_narrow_and_right():
    one = integrals.integral(read("1/x", catalog.get("log")), 1.0, 2.0)
    assert one.overlaps(arb.const_log2())
    assert one.rad() < 1e-15


def test_across_a_pole_there_is_no_enclosure():
    assert not integrals.integral(read("1/x", catalog.get("log")), -1.0, 2.0).is_finite()
