"""Enclosures: they hold the truth, say how sure they are, and refuse what does not settle."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from flint import arb

from derivref import catalog, oracle
from derivref.language.syntax import ARITY, HEADS, parse
from derivref.language.values import KNOWN
from derivref.verify import balls, exact, formulas, judge
from derivref.verify.balls import Unsettled
from derivref.verify.facts import real
from derivref.verify.terms import X, call, differentiate, from_tree, num

RECORDS = list(catalog.records("scalar"))
PLACES = {
    "arccosh": (1.25, 7.5),
    "ellipk": (0.3, -4.0),
    "ndtri": (0.3, 1e-20),
    "gamma": (4.5, -1.5),
}
PLACES |= {"lambertw": (-0.3, 20.0), "log_ndtr": (-40.0, 9.0), "erfcx": (-2.0, 30.0)}
PLACES |= {"dilog": (-5.0, 0.9), "airyai": (-5.0, 9.0), "expi": (-2.0, 9.0), "sinc": (0.0, 40.0)}


def term(text):
    return from_tree(parse(text, {"x"}, set()), {"x": X})


def places(name):
    return PLACES.get(name, (0.3, 0.7))


def called(name):
    """Return a function of x as a term and in mpmath."""
    numeric = KNOWN[name].numeric
    if ARITY.get(name) != (2,):
        return call(name, X), numeric
    if name in ("max", "min", "binomial", "beta"):
        return call(name, X, num(2)), lambda u: numeric(u, 2)
    a = Fraction(2) if name == "polygamma" else Fraction(5, 2)
    return call(name, num(a), X), lambda u: numeric(mp.mpf(a.numerator) / a.denominator, u)


@pytest.mark.parametrize("name", HEADS)
def test_every_function_agrees_with_mpmath(name):
    """f from mpmath, f′ and f″ from its differences: a second opinion at two points."""
    t, numeric = called(name)
    for x in places(name):
        ours = balls.derivatives(t, x, 2)
        assert all(v.rel_accuracy_bits() >= balls.BITS or v == 0 for v in ours)
        with mp.workdps(60):
            for n, value in enumerate(ours):
                other = mp.diff(numeric, mp.mpf(x), n) if n else numeric(mp.mpf(x))
                scale = max(abs(other), mp.mpf(10) ** -30)
                assert abs(real(value) - other) < mp.mpf(10) ** (-30 if not n else -15) * scale


@pytest.mark.parametrize("name", HEADS)
def test_series_and_the_rules_of_differentiation_agree(name):
    """f′ and f″ by power series overlap those by the chain rule, at 50 digits."""
    t, _ = called(name)
    for x in places(name):
        series = balls.derivatives(t, x, 2)
        for n, value in enumerate(series):
            assert value.overlaps(balls.derivatives(differentiate(t, "x", n), x, 0)[0])


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_the_values_of_records_agree_with_mpmath(record):
    function = oracle._exact(record, 2)
    for x in judge.spots(record, 6):
        with mp.workdps(500):  # 1 + erf(-21) as it stands
            want = function(mp.mpf(x))
            for value, other in zip(
                balls.derivatives(formulas.formula(record), x, 2), want, strict=True
            ):
                assert abs(real(value) - other) <= mp.mpf(10) ** -33 * abs(other)


@pytest.mark.parametrize(
    ("text", "x", "want"),
    [
        ("sigma(x)", -745.0, "exp(-745)"),
        ("softplus(x)", -745.0, "exp(-745)"),
        ("1 - sigma(x)", 700.0, "exp(-700)"),
        ("1 - tanh(x)", 300.0, "2*exp(-600)"),
        ("x*Phi(x)", -38.5, None),
        ("x*tanh(softplus(x))", -745.0, "-745*exp(-745)"),
    ],
)
def test_tails_keep_their_digits_and_are_cheap(text, x, want):
    t = term(text)
    with balls.precision(balls.START):
        assert balls.settled(balls.program(t).run(arb(x))[0]), "one evaluation is enough"
    if want:
        assert (
            abs(float(balls.derivatives(t, x, 0)[0]) / float(balls.value(term(want))) - 1) < 1e-15
        )


@pytest.mark.parametrize("x", [1e300, -1e300])
def test_what_lies_beyond_every_float_is_zero_or_keeps_its_exponent(x):
    values = exact.values(term("exp(x)"), [x], 2)
    with np.errstate(over="ignore"):
        assert values[0].rounded()[0] == (np.inf if x > 0 else 0.0)
        assert exact.values(term("sigma(x)"), [x], 2)[0].rounded()[0] == (x > 0)
    large = balls.derivatives(term("exp(x)"), 1e300, 0)[0]
    assert int(large.mid().man_exp()[1]) > 10**299


def test_a_value_that_never_settles_is_an_error():
    t = term("cos(arcsin(x)) - sqrt(1 - x**2)")  # 0, but no term says so
    assert exact.values(t, [0.5], 0)[0].rounded()[0] == 0.0  # surely below every float
    with pytest.raises(Unsettled, match=r"at x = 0\.0: .* is not settled at 26624 bits"):
        balls.derivatives(term("1/(cos(arcsin(x)) - sqrt(1 - x**2))"), 0.0, 0)
    with pytest.raises(Unsettled, match=r"at x = -1\.0: nan is not settled"):
        balls.derivatives(term("log(x)"), -1.0, 0)


@pytest.mark.parametrize(
    ("text", "at", "sides"),
    [
        ("abs(x)", 0.0, (-1.0, 1.0)),
        ("max(0, x)", 0.0, (0.0, 1.0)),
        ("min(max(x, -1), 1)", 1.0, (1.0, 0.0)),
        ("Piecewise((exp(x) - 1, x < 0), (2*x, True))", 0.0, (1.0, 2.0)),
        ("abs(x**2 - 1)", -1.0, (-2.0, 2.0)),
        ("sign(x)*x", 0.0, (-1.0, 1.0)),
    ],
)
def test_a_branch_counts_at_the_point_itself(text, at, sides):
    got = tuple(float(balls.derivatives(term(text), at, 1, side)[1]) for side in (-1, 1))
    assert got == sides


def test_a_box_across_a_branch_holds_both():
    with balls.precision(128):
        value, slope = balls.program(term("abs(x)")).coefficients(arb(0, 1), 1)
    assert value.contains(0.5)
    assert slope.contains(-1)
    assert slope.contains(1)


@pytest.mark.parametrize("value", [1.0, -0.75, 1e-320, 2.0**-1074, 0.1, math.pi, 1e308])
def test_packing_keeps_a_hundred_bits(value):
    with balls.precision(300):
        third = balls.ball(Fraction(value) / 3)
    packed = exact.pack([third])
    back = (Fraction(packed.high[0]) + Fraction(packed.low[0])) * Fraction(2) ** int(
        packed.exponent[0]
    )
    assert abs(back / (Fraction(value) / 3) - 1) <= Fraction(1, 2**105)
    assert 0.5 <= abs(packed.high[0]) < 1


def test_an_unknown_symbol_is_refused():
    t = from_tree(parse("x + a", {"x", "a"}, set()), {"x": X, "a": call("exp", num(1)) * 0 + X})
    assert balls.derivatives(t, 1.0, 0)[0] == 2
    from derivref.verify.terms import sym

    with pytest.raises(ValueError, match="unknown symbol `a`"):
        balls.derivatives(X + sym("a"), 1.0, 0)
