"""Words that claim something, held against values: right ones pass, their neighbours do not."""

import numpy as np
import pytest

from derivref import catalog
from derivref.site.lint.spans import Curve, at
from derivref.site.lint.words import holds

GELU, TANH, RELU, LOG = (Curve(catalog.get(name)) for name in ("gelu", "tanh", "relu", "log"))

# A text, the values that its words take, and a slip of the pen.
CLAIMS = [
    ("3", (3,), "4"),
    ("1/4", (0.25,), "1/5"),
    ("−1", (-1.0,), "1"),
    ("half", (0.5,), "third"),
    ("0.17", (-0.17004,), "−0.18"),
    ("−0.17", (-0.17004,), "−0.18"),
    ("two thousand", (2000,), "three thousand"),
    ("about 19", (19.06,), "about 21"),
    ("some 20", (19.06,), "some 30"),
    ("3.2e-5", (3.16e-5,), "3.2e-6"),
    ("$10^{-21}$", (1e-21,), "$10^{-20}$"),
    ("2 · 10⁻⁸", (2e-8,), "2 · 10⁻⁷"),
    ("5 %", (0.05,), "6 %"),
    ("2π", (2 * np.pi,), "π"),
    ("$\\sqrt2$", (2**0.5,), "$\\sqrt3$"),
    ("∞", (np.inf,), "−∞"),
    ("above 1", (1.13,), "below 1"),
    ("above 1", (1.13,), "above 2"),
    ("below $10^{-21}$", (7.6e-22,), "below $10^{-20}$"),
    ("less than 0.0005", (np.array([1e-9, 4.7e-4]),), "less than 0.0006"),
    ("at most 1/4", (0.25,), "at least 1/3"),
    ("at most half", (0.5,), "at most twice"),
    ("up to 40", (40,), "up to 30"),
    ("not 0", (1e-300,), "0"),
    ("below", (1, 2), "above"),
    ("left", (-3.0, 0), "right"),
    ("larger", (np.array([3, 4]), np.array([1, 2])), "smaller"),
    ("not larger", (1, 2), "larger"),
    ("largest", (3, [1, 2, 3]), "smallest"),
    ("minimum", (GELU(GELU.argmin), [GELU(x) for x in (-2, -1, 0, 1)]), "maximum"),
    ("positive", (3.0,), "negative"),
    ("never negative", ([0.0, 1.0],), "negative"),
    ("overflows", (np.inf,), "underflows"),
    ("underflows", (5e-324,), "overflows"),
    ("NaN", (np.nan,), "∞"),
    ("increasing, odd", (TANH,), "decreasing, odd"),
    ("increasing and odd", (TANH,), "increasing and even"),
    ("convex", (RELU,), "concave"),
    ("not monotone", (GELU,), "monotone"),
    ("negative left of its minimum", (GELU.d.on(-np.inf, GELU.argmin),), "negative right of it"),
    ("increasing on (0, ∞)", (GELU.on(0, np.inf),), "increasing on (1, ∞)"),
    ("increasing on (0, ∞)", (GELU.on(0, np.inf),), "decreasing on (0, ∞)"),
    ("unbounded", (LOG,), "bounded"),
    ("always", (np.array([True, True]),), "never"),
    ("rows", ("rows",), "columns"),
    ("float32", ("float32",), "float64"),
    ("below", ("below",), "above"),
    ("from 0 to 1", (0, 1), "from 0 to 2"),
    ("fourteen digits and six", (14, 6), "six digits and fourteen"),
    ("about $e^{-x}$", (at(np.exp(-40.0), x=40),), "about $e^{-2x}$"),
    ("`p * (1 - p)`", (at(0.21, p=0.3),), "`p * (1 + p)`"),
]


@pytest.mark.parametrize(("text", "values", "slip"), CLAIMS)
def test_a_claim_holds_and_a_slip_does_not(text, values, slip):
    if text != "0.17":  # the sign is part of the number
        assert holds(text, values) == ""
    assert "says `" in holds(slip, values)


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("whatever", (1.0,), "no word"),
        ("two or three", (2, 3, 4), "takes 2 values"),
        ("below", (1,), "takes 2 values"),
        ("rows", (3,), "takes a text"),
        ("always", (1.0,), "takes truth values"),
        ("convex", (1.0,), "takes a curve"),
    ],
)
def test_a_claim_that_cannot_be_held_against_its_values_is_named(text, values, message):
    assert message in holds(text, values)
