"""Facts beside the formulas of the entries, and planted mistakes in them."""

from dataclasses import replace

import numpy as np
import pytest

from derivref import catalog
from derivref.records import Kink, Tutorial
from derivref.site.lint import facts

RECORDS = list(catalog.records("scalar"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.full_name)
def test_the_facts_of_an_entry_hold(record):
    assert list(facts.faults(record)) == []


def kink(record, old, new):
    (found,) = record.kinks
    assert old in found.why
    return replace(record, kinks=(replace(found, why=found.why.replace(old, new)),))


def usual(record, old, new, order="f"):
    formulas = vars(record.tutorial)
    assert old in formulas[order]
    return replace(
        record, tutorial=Tutorial(**{**formulas, order: formulas[order].replace(old, new)})
    )


relu, leaky, mish = (catalog.get(n) for n in ("relu", "leaky_relu", "mish"))
PLANTED = {
    "sides": (
        kink(relu, "0 on the left and 1 on", "1 on the left and 0 on"),
        "says 1 on the left",
    ),
    "which side": (
        kink(leaky, "returns the left one", "returns the right one"),
        "not the right one",
    ),
    "returned": (kink(relu, "0 is what", "1 is what"), "`why` speaks of 1, returned is 0"),
    "no machine reads it": (
        replace(relu, kinks=(Kink(at=0.0, slope=0.0, why="There is no slope."),)),
        "`why` must say the slopes",
    ),
    "period too long": (replace(catalog.get("sin"), period="4*pi"), "4*pi over 2, not 4*pi"),
    "period too short": (replace(catalog.get("sin"), period="pi"), "pi is no period"),
    "no period": (replace(catalog.get("tan"), period="", excluded=()), "states no period"),
    "domain cut": (replace(mish, domain=(-100.0, 100.0)), "the formula goes on"),
    "domain too large": (
        replace(catalog.get("log"), domain=(-np.inf, np.inf)),
        "has no real value",
    ),
    "no pole there": (replace(catalog.get("tan"), excluded=("pi/3",)), "where f is no pole"),
    "usual formula": (usual(mish, "tanh", "sinh"), "the usual formula of f is"),
    "usual slope": (
        usual(catalog.get("sigmoid"), "1 - ", "1 + ", "d"),
        "the usual formula of f′ is",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_wrong_fact_is_named(fault):
    record, message = PLANTED[fault]
    found = list(facts.faults(record))
    assert any(message in line for line in found), found
