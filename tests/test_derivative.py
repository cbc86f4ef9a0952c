"""Numerical derivatives: right over all scales, honest about their error, refusing bad input."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import problems

from derivref.differences import (
    complex_step,
    derivative,
    gradient,
    hessian,
    jacobian,
    optimal_step,
    richardson,
    weights,
)
from derivref.stencils import Stencil, backward, boundary, central, forward

BAD = 1e-6  # relative
OFFSETS = st.lists(
    st.fractions(min_value=-9, max_value=9, max_denominator=9), min_size=2, max_size=8, unique=True
)


# --- weights --------------------------------------------------------------------------------------


@given(OFFSETS, st.data())
@settings(max_examples=100, deadline=None)
def test_weights_are_exact_on_every_polynomial_that_the_points_determine(offsets, data):
    deriv = data.draw(st.integers(1, len(offsets) - 1))
    w = weights(offsets, deriv)
    for power in range(len(offsets)):
        moment = sum(a * s**power for a, s in zip(w, offsets, strict=True))
        assert moment == (math.factorial(deriv) if power == deriv else 0)


@given(OFFSETS, st.fractions(min_value=Fraction(1, 9), max_value=9, max_denominator=9))
@settings(max_examples=50, deadline=None)
def test_weights_scale_with_the_offsets(offsets, c):
    scaled = weights([c * s for s in offsets], 1)
    assert scaled == tuple(a / c for a in weights(offsets, 1))


def test_weights_of_floats_keep_their_digits_at_31_points():
    k = np.arange(-15, 16)
    exact = np.array([float(w) for w in weights([int(i) for i in k], 1)])
    assert np.allclose(weights(k / 1.0, 1), exact, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("deriv", [1, 2, 3, 4])
@pytest.mark.parametrize("accuracy", [2, 4, 6, 8])
def test_named_stencils_have_the_accuracy_of_their_name(deriv, accuracy):
    for stencil in (central, forward, backward):
        assert stencil(deriv, accuracy).accuracy == accuracy
    first = boundary(deriv, accuracy, 0)
    assert first.accuracy == accuracy
    assert min(first.offsets) == 0


@pytest.mark.parametrize(
    "stencil",
    [central(), forward(), backward(2, 2), central(3, 4), Stencil((-2, 0, 1, 5), 2)],
    ids=str,
)
def test_the_error_constant_is_what_the_first_inexact_power_shows(stencil):
    power = stencil.deriv + stencil.accuracy
    moment = sum(w * s**power for w, s in zip(stencil.weights, stencil.offsets, strict=True))
    assert stencil.error_constant == Fraction(moment) / math.factorial(power)
    assert stencil.error_constant != 0


@pytest.mark.parametrize(
    ("offsets", "deriv", "message"),
    [
        ((0, 0, 1), 1, "distinct"),
        ((0, 1), 2, "at least 3"),
        ((0, math.nan), 1, "nan"),
        ((0, 1), 0, "`deriv`"),
        ((0, 1), 1.5, "`deriv`"),
    ],
)
def test_offsets_that_determine_nothing_are_refused(offsets, deriv, message):
    with pytest.raises((ValueError, TypeError), match=message):
        weights(offsets, deriv)


# --- derivative -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("deriv", "side"), [(1, "both"), (2, "both"), (1, "right")])
def test_of_random_problems_at_most_one_in_150_is_off_and_none_in_silence(deriv, side):
    bad, silent, evaluations = [], [], []
    count = 300
    for problem in problems(count, seed=7, deriv=deriv):
        exact = float(problem.exact(deriv))
        with np.errstate(all="ignore"):
            found = derivative(problem.f, problem.x, deriv=deriv, side=side)
        evaluations.append(found.evaluations)
        error = abs(found.value - exact)
        if not error <= BAD * abs(exact):
            bad.append(str(problem))
            if found.ok and found.error < error:
                silent.append(str(problem))
    assert not silent
    assert np.mean(evaluations) <= 40
    if (deriv, side) == (1, "both"):
        assert len(bad) <= count // 150, bad


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_the_scale_of_x_does_not_matter(scale):
    found = derivative(lambda x: np.log(x), scale)
    assert found.ok
    assert abs(found.value * scale - 1) < 1e-9


@pytest.mark.parametrize(
    ("f", "x", "side", "status"),
    [
        (np.abs, 0.0, "both", "kink"),
        (lambda x: np.maximum(x, 0.0), 0.0, "both", "kink"),
        (np.sqrt, 0.0, "both", "domain edge"),
        (np.cbrt, 0.0, "both", "singular"),
        (lambda x: np.where(x < 1, 0.0, 1.0), 1.0, "both", "jump"),
        (lambda x: np.where(x == 0, np.inf, 1 / np.where(x == 0, 1, x)), 0.0, "both", "not finite"),
    ],
)
def test_where_there_is_no_derivative_it_says_so(f, x, side, status):
    with np.errstate(all="ignore"):
        found = derivative(f, x, side=side)
    assert found.status == status
    assert not found.ok


@pytest.mark.parametrize(("side", "slope"), [("left", -1.0), ("right", 1.0)])
def test_one_sided_derivatives_at_a_kink(side, slope):
    found = derivative(np.abs, 0.0, side=side)
    assert found.ok
    assert abs(found.value - slope) <= max(found.error, 1e-14)


@pytest.mark.parametrize("level", [1e-10, 1e-6, 1e-3])
def test_noise_is_seen_and_never_passed_off_as_a_slope(level):
    table = np.random.default_rng(0).normal(size=4096)

    def noisy(x):
        return np.sin(x) + level * table[(np.abs(x) * 2**40).astype(np.int64) % 4096]

    found = derivative(noisy, 1.0)
    assert found.ok == (level < 1e-9)  # little noise costs digits, and the estimate says how many
    assert np.isnan(found.value) or abs(found.value - math.cos(1.0)) <= found.error


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 2)])
def test_any_shape_in_the_same_shape_out(shape):
    x = np.linspace(0.3, 1.1, int(np.prod(shape))).reshape(shape)
    found = derivative(np.sin, x)
    assert np.shape(found.value) == np.shape(found.error) == np.shape(found.status) == shape
    assert np.allclose(found.value, np.cos(x), rtol=1e-10)


def test_float32_is_differentiated_in_float32_and_integers_in_float64():
    seen = set()

    def f(x):
        seen.add(x.dtype)
        return np.sin(x)

    found = derivative(f, np.float32(1.0))
    assert seen == {np.dtype(np.float32)}
    assert abs(found.value - math.cos(1.0)) < 1e-4
    seen.clear()
    assert abs(derivative(f, 1).value - math.cos(1.0)) < 1e-11
    assert seen == {np.dtype(np.float64)}


def test_a_function_of_single_numbers_is_found_out():
    assert abs(derivative(math.sin, np.array([1.0, 2.0])).value - np.cos([1.0, 2.0])).max() < 1e-10


class _Unsteady:
    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return np.sin(x) + self.calls


@pytest.mark.parametrize(
    ("f", "x", "options", "error", "message"),
    [
        (3, 1.0, {}, TypeError, "`f` must be callable, got 3"),
        (np.sin, 1j, {}, TypeError, "`x`"),
        (np.sin, math.nan, {}, ValueError, "`x` must be finite"),
        (np.sin, 1.0, {"deriv": 5}, ValueError, "`deriv` must be 1, 2, 3 or 4, got 5"),
        (np.sin, 1.0, {"deriv": 0}, ValueError, "`deriv`"),
        (np.sin, 1.0, {"side": "up"}, ValueError, "`side`"),
        (lambda x: np.zeros(2), np.ones(3), {}, ValueError, "shape"),
        (lambda x: 1j * x, 1.0, {}, TypeError, "real"),
        (lambda x: {}["weights"], 1.0, {}, ValueError, "weights"),
        (_Unsteady(), 1.0, {}, ValueError, "two values|deterministic"),
    ],
)
def test_bad_input_is_refused_by_name(f, x, options, error, message):
    with pytest.raises(error, match=message):
        derivative(f, x, **options)


# --- several variables ----------------------------------------------------------------------------

A = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0]])


@pytest.mark.parametrize("method", ["robust", "central", "complex"])
def test_gradient_and_jacobian_have_the_shapes_of_their_arguments(method):
    x = np.array([[0.3, -0.7], [1.1, 2.0]])
    found = gradient(lambda u: np.sum(np.sin(u) * u), x, method=method)
    assert found.value.shape == x.shape
    assert np.allclose(found.value, np.sin(x) + x * np.cos(x), rtol=1e-8)
    found = jacobian(lambda u: np.exp(A @ u), np.array([0.1, 0.2, 0.3]), method=method)
    exact = np.exp(A @ [0.1, 0.2, 0.3])[:, None] * A
    assert found.value.shape == (2, 3)
    assert np.allclose(found.value, exact, rtol=1e-8)


def test_each_coordinate_has_a_step_of_its_own():
    x = np.array([1e-9, 2.0, 3e9])
    found = gradient(lambda u: np.sum(np.log(u)), x)
    assert np.allclose(found.value * x, 1, rtol=1e-6)


def test_the_hessian_is_symmetric_and_right():
    x = np.array([0.4, -0.3, 1.2])
    found = hessian(lambda u: np.exp(u[0] * u[1]) + u[1] * u[2] ** 3, x)
    e = math.exp(x[0] * x[1])
    exact = np.array(
        [
            [x[1] ** 2 * e, (1 + x[0] * x[1]) * e, 0],
            [(1 + x[0] * x[1]) * e, x[0] ** 2 * e, 3 * x[2] ** 2],
            [0, 3 * x[2] ** 2, 6 * x[1] * x[2]],
        ]
    )
    assert np.array_equal(found.value, found.value.T)
    assert np.allclose(found.value, exact, rtol=1e-6, atol=1e-7)


# --- complex step, Richardson, best step ----------------------------------------------------------


def test_the_complex_step_is_exact_on_analytic_code():
    x = np.array([-2.0, 1e-8, 0.5, 30.0])
    found = complex_step(lambda z: np.exp(z) * np.sin(z), x)
    exact = np.exp(x) * (np.sin(x) + np.cos(x))
    assert found.ok
    assert np.allclose(found.value, exact, rtol=1e-14)


@pytest.mark.parametrize(
    "f",
    [
        np.abs,
        lambda z: np.abs(z) ** 2,
        lambda z: np.real(z) ** 2 + 0j * z,
        lambda z: z * np.conj(z),
        lambda z: np.maximum(z.real, 0) * np.sign(z.real) + 0j * z,
    ],
)
def test_the_complex_step_refuses_what_is_not_analytic(f):
    with pytest.raises((TypeError, ValueError), match=r"analytic|real|complex"):
        complex_step(f, 3.0)


def test_richardson_improves_and_stops_where_levels_stop_helping():
    found = richardson(np.sin, 1.0, step=0.5, levels=12)
    assert abs(found.value - math.cos(1.0)) < 1e-12
    first = found.table[:, 0]
    assert abs(first[0] - math.cos(1.0)) > 1e-3
    assert found.level[0] < 11
    for bad in (0.0, -1.0, math.inf):
        with pytest.raises(ValueError, match="`step`"):
            richardson(np.sin, 1.0, step=bad)
    with pytest.raises(ValueError, match="`levels`"):
        richardson(np.sin, 1.0, levels=0)


@pytest.mark.parametrize("level", [1e-12, 1e-8])
def test_the_best_step_grows_with_the_measured_noise(level):
    def f(x):
        return level * np.round(np.sin(x) / level)

    found = optimal_step(f, 1.0)
    predicted = (3 * level / 2 / math.cos(1.0)) ** (1 / 3)
    assert predicted / 10 < found.step < predicted * 10
    slope = (f(1 + found.step) - f(1 - found.step)) / (2 * found.step)
    assert abs(slope - math.cos(1.0)) < 10 * found.error
