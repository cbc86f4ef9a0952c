"""Weights and stencils: exact where that is possible, and lawful for all offsets."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivref import stencils
from derivref.stencils import Stencil, backward, boundary, central, forward, weights

RATIONAL = st.fractions(min_value=-9, max_value=9, max_denominator=9)


@st.composite
def cases(draw, elements=RATIONAL, most=8):
    """Distinct offsets, and a derivative that they suffice for."""
    offsets = draw(st.lists(elements, min_size=2, max_size=most, unique=True))
    return offsets, draw(st.integers(1, len(offsets) - 1))


@given(cases())
def test_weights_are_exact_for_every_polynomial_below_the_number_of_points(case):
    offsets, deriv = case
    w = weights(offsets, deriv)
    for power in range(len(offsets)):
        total = sum(a * s**power for a, s in zip(w, offsets, strict=True))
        assert total == (math.factorial(deriv) if power == deriv else 0)


@given(cases(), RATIONAL.filter(bool), st.randoms())
def test_weights_follow_the_scale_and_the_order_of_the_offsets(case, factor, random):
    offsets, deriv = case
    w = weights(offsets, deriv)
    assert weights([factor * s for s in offsets], deriv) == tuple(a / factor**deriv for a in w)
    order = random.sample(range(len(offsets)), len(offsets))
    assert weights([offsets[i] for i in order], deriv) == tuple(w[i] for i in order)


@given(st.lists(RATIONAL.filter(lambda s: s > 0), min_size=1, max_size=4, unique=True), st.data())
def test_symmetric_offsets_have_weights_of_the_parity_of_the_derivative(half, data):
    offsets = [-s for s in half] + [Fraction(0)] + half
    deriv = data.draw(st.integers(1, len(offsets) - 1))
    by_offset = dict(zip(offsets, weights(offsets, deriv), strict=True))
    assert all(by_offset[-s] == (-1) ** deriv * w for s, w in by_offset.items())
    assert Stencil(tuple(offsets), deriv).kind == "central"


@given(cases(st.floats(-1, 1).filter(lambda s: abs(s) > 1e-3)))
def test_float_weights_are_those_of_the_same_numbers_as_fractions(case):
    offsets, deriv = case
    gaps = [abs(a - b) for a in offsets for b in offsets if a is not b]
    if min(gaps) < 1e-3:
        return  # the weights themselves are then ill-conditioned
    exact = weights([Fraction(s) for s in offsets], deriv)
    largest = max(abs(w) for w in exact)
    for got, want in zip(weights(offsets, deriv), exact, strict=True):
        assert abs(Fraction(got) - want) < Fraction(1e-13) * largest


@pytest.mark.parametrize("deriv", [1, 2, 3, 4])
def test_thirty_one_float_points_keep_fourteen_digits(deriv):
    # Solving the Vandermonde system in float64 keeps none of them.
    offsets = [i / 7 for i in range(-15, 16)]
    exact = weights([Fraction(s) for s in offsets], deriv)
    largest = max(abs(w) for w in exact)
    error = max(abs(Fraction(g) - w) for g, w in zip(weights(offsets, deriv), exact, strict=True))
    assert error < Fraction(1e-14) * largest


def test_rational_offsets_give_fractions_and_others_floats():
    assert weights([-1, 0, 1], 2) == (1, -2, 1)
    assert all(type(w) is Fraction for w in weights([0, Fraction(1, 2), np.int64(1)], 1))
    assert all(type(w) is float for w in weights([0, 0.5, 1], 1))
    assert weights(np.array([-1.0, 1.0]), 1) == (-0.5, 0.5)


@pytest.mark.parametrize(
    "stencil", stencils.named(), ids=lambda s: f"{s.kind}{s.deriv}{s.accuracy}"
)
def test_the_error_constant_is_what_the_first_inexact_monomial_leaves(stencil):
    def applied(power):
        pairs = zip(stencil.weights, stencil.offsets, strict=True)
        return sum(w * s**power for w, s in pairs)

    exact = range(stencil.deriv + 1, stencil.remainder)
    assert [applied(p) for p in exact] == [0] * len(exact)
    p = stencil.remainder
    assert applied(p) == stencil.error_constant * math.factorial(p) != 0
    assert stencil.accuracy == p - stencil.deriv


def test_named_stencils_have_the_kind_and_the_accuracy_they_were_asked_for():
    for deriv in (1, 2, 3, 4):
        for accuracy in (2, 4, 6, 8):
            s = central(deriv, accuracy)
            assert (s.kind, s.deriv, s.accuracy) == ("central", deriv, accuracy)
        for accuracy in range(1, 9):
            for make, kind in ((forward, "forward"), (backward, "backward")):
                s = make(deriv, accuracy)
                assert (s.kind, s.deriv, s.accuracy) == (kind, deriv, accuracy)
    assert len(stencils.named()) == 4 * (4 + 8 + 8)
    assert len(set(stencils.named())) == len(stencils.named())


@pytest.mark.parametrize("deriv", [1, 2, 3])
@pytest.mark.parametrize("accuracy", [2, 4])
def test_boundary_stencils_cover_a_grid_and_never_leave_it(deriv, accuracy):
    for position in range(deriv + accuracy):
        s = boundary(deriv, accuracy, position)
        assert s.accuracy >= accuracy
        assert min(s.offsets) == -position
        assert len(s.offsets) == deriv + accuracy


def test_an_irregular_grid_loses_the_accuracy_that_symmetry_gives():
    assert Stencil((-1, 0, 1), 2).accuracy == 2
    assert Stencil((-1, 0, 2), 2).accuracy == 1
    assert Stencil((-0.7, 0.0, 0.7), 2).accuracy == 2
    assert Stencil((-0.7, 0.0, 0.71), 2).accuracy == 1


@pytest.mark.parametrize(
    "stencil", [forward(), central(), central(2), central(1, 8), forward(3, 2)]
)
@pytest.mark.parametrize("eps", [2.0**-53, 2.0**-24])
def test_the_best_step_is_where_the_predicted_error_is_least(stencil, eps):
    sizes = {"value": 3.0, "remainder": 0.2, "eps": eps}
    h = stencil.best_step(**sizes)
    least = stencil.predicted_error(h, **sizes)
    assert least < stencil.predicted_error(np.array([0.9, 1.1]) * h, **sizes).min()
    assert least == stencil.truncation(h, remainder=0.2) + stencil.rounding(h, value=3.0, eps=eps)


@pytest.mark.parametrize("stencil", [forward(1, 1), backward(2, 3), central(1, 4), central(4, 2)])
def test_apply_errs_by_the_predicted_truncation_while_that_dominates(stencil):
    # exp: every derivative is the same; h halved divides the error by 2 ** accuracy.
    h = np.array([2.0**-4, 2.0**-5])
    error = abs(stencil.apply(np.exp, 1.0, h) - math.e)
    predicted = stencil.truncation(h, remainder=math.e)
    np.testing.assert_allclose(error, predicted, rtol=0.35, atol=0)
    assert abs(np.log2(error[0] / error[1]) - stencil.accuracy) < 0.25


def test_a_vanishing_remainder_or_value_leaves_no_best_step():
    assert central().best_step(value=1.0, remainder=0.0) == math.inf
    assert central().best_step(value=0.0, remainder=1.0) == 0.0


def test_integers_are_the_weights_over_one_denominator():
    assert central(1, 4).integers == ((1, -8, 0, 8, -1), 12)
    assert Stencil((Fraction(-1, 2), Fraction(1, 2))).integers == ((-1, 1), 1)
    with pytest.raises(ValueError, match="`offsets` must be rational"):
        _ = Stencil((-0.5, 0.5)).integers


@pytest.mark.parametrize(
    ("offsets", "deriv", "error", "message"),
    [
        ([0, 1, 1], 1, ValueError, "`offsets` must be distinct, got 1 more than once"),
        ([0, 0.0], 1, ValueError, "must be distinct"),
        ([0, 1], 2, ValueError, "at least 3 points for derivative 2, got 2"),
        ([], 1, ValueError, "at least 2 points for derivative 1, got 0"),
        ([0, math.nan], 1, ValueError, "`offsets` must be finite, got nan"),
        ([0, math.inf], 1, ValueError, "`offsets` must be finite, got inf"),
        ([0, 1], 0, ValueError, "`deriv` must be a positive integer, got 0"),
        ([0, 1], -1, ValueError, "`deriv` must be a positive integer, got -1"),
        ([0, 1], 1.0, ValueError, "`deriv` must be a positive integer, got 1.0"),
        ([0, 1], True, ValueError, "`deriv` must be a positive integer, got True"),
        ([0, 1j], 1, TypeError, "`offsets` must be real numbers, got 1j"),
        ([0, "1"], 1, TypeError, "`offsets` must be real numbers, got '1'"),
        ([0, True], 1, TypeError, "`offsets` must be real numbers, got True"),
        ("01", 1, TypeError, "`offsets` must be a sequence of numbers, got '01'"),
        (3, 1, TypeError, "`offsets` must be a sequence of numbers, got 3"),
        ([0.0, 1e-200, 2e-200], 2, ValueError, "too small for derivative 2: the weights overflow"),
    ],
)
def test_bad_offsets_and_derivatives_are_refused_by_name(offsets, deriv, error, message):
    with pytest.raises(error, match=message):
        weights(offsets, deriv)
    with pytest.raises(error, match=message):
        Stencil(offsets, deriv)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: central(1, 3), "`accuracy` must be a positive even integer, got 3"),
        (lambda: central(0, 2), "`deriv` must be a positive integer, got 0"),
        (lambda: forward(1, 0), "`accuracy` must be a positive integer, got 0"),
        (lambda: boundary(1, 2, 3), "`position` must be from 0 to 2, got 3"),
        (lambda: boundary(1, 2, -1), "`position` must be from 0 to 2, got -1"),
        (lambda: boundary(1, 2, 0.5), "`position` must be an integer, got 0.5"),
    ],
)
def test_bad_accuracies_and_positions_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
