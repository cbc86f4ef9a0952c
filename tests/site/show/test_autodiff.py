"""The tables of the pages on automatic differentiation show what the code does."""

import re

import numpy as np
import pytest

from derivref import partials
from derivref.site.fault import Fault
from derivref.site.show import autodiff
from derivref.site.show.benchmarks import measured


def test_the_slopes_shown_are_those_of_the_rules():
    rows = [row for row in autodiff.primitives().splitlines() if row.startswith("| `")]
    assert len(rows) == len(partials.ELEMENTWISE)
    for row, rule in zip(rows, partials.ELEMENTWISE.values(), strict=True):
        assert row.startswith(f"| `{rule.name}` |")
        shown = re.findall(r"`([^`]+)`", row)[1 : 1 + rule.ufunc.nin]
        x = (0.3, 0.7) if rule.ufunc is not np.arccosh else (1.5,)
        x = x[: rule.ufunc.nin]
        z = rule.ufunc(*x)
        for source, partial in zip(shown, rule.partials, strict=True):
            slope = eval(source, vars(partials), {"x": x[0], "y": x[-1], "z": z})
            slope = slope(z, *x) if callable(slope) else slope
            assert slope == partial(z, *x), rule.name


def test_every_name_in_the_slopes_is_said_below_the_table():
    table, _, below = autodiff.primitives().partition("\n- ")
    shown = [row.split("|")[2] for row in table.splitlines()[2:]]
    used = {word for slope in shown for word in re.findall(r"[A-Za-z_]\w*(?!\.)\b", slope)}
    ours = {word for word in used if word in vars(partials)} - {"np", "sp", "math"}
    assert len(ours) > 4
    said = re.findall(r"^(?:- )?`(\w+)", below, re.M)
    assert sorted(said) == sorted(ours)


def test_a_slope_over_two_lines_is_refused():
    with pytest.raises(Fault, match="keep a partial on one line"):
        autodiff.body(
            lambda z, x: (
                z
                + x
            )
        )  # fmt: skip


@pytest.mark.parametrize("name", autodiff.COLUMNS)
def test_every_table_of_the_benchmark_is_there_with_its_date(name):
    table = autodiff.autodiff_costs(name)
    head, align, *rows = table.partition("\n\n")[0].splitlines()
    assert len(rows) == len(measured("autodiff")[name])
    assert {line.count("|") for line in (head, align, *rows)} == {len(autodiff.COLUMNS[name]) + 1}
    assert measured("autodiff")["date"] in table


def test_an_unknown_table_is_named():
    with pytest.raises(Fault, match="no table `speed`, there are factors, "):
        autodiff.autodiff_costs("speed")
