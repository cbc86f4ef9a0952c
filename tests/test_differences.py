"""Numerical derivatives are right, or say that they are not."""

import json
import math
import tracemalloc
from pathlib import Path

import more_garbow_hillstrom
import mpmath
import numpy as np
import problems
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.optimize import rosen, rosen_der, rosen_hess

from derivref import differences
from derivref.differences import (
    Derivative,
    complex_step,
    derivative,
    gradient,
    hessian,
    jacobian,
    noise,
    optimal_step,
    richardson,
)
from derivref.stencils import backward, central, forward

ROOT = Path(__file__).parents[1]
# Relative error at which a result is bad, and how many of the problems may be.
BAD, SHARE = 1e-6, 1 / 150


def scatter(x, size=1e-6):
    """Noise: uniform, the same for the same x, unrelated for its neighbours."""
    return size * (np.modf(np.abs(np.sin(np.asarray(x) * 1e13)) * 43758.5453)[0] - 0.5)


def verdicts(found, exact):
    """Bad, silent and covered: whether each result is off, hides it, and is within its error."""
    error = np.abs(found.value - exact)
    bad = ~(error <= BAD * np.abs(exact))
    covered = error <= found.error + np.spacing(np.abs(exact))
    return bad, bad & ((found.status == "ok") | ~covered), covered


# The aim


@pytest.mark.parametrize(
    ("deriv", "side", "count", "share"),
    [
        (1, "both", 300, SHARE),
        (1, "left", 150, SHARE),
        (1, "right", 150, SHARE),
        (2, "both", 150, SHARE),
        (3, "both", 150, SHARE),
        (4, "both", 150, 1 / 20),  # ten digits are lost before the first is gained
    ],
)
def test_random_problems_are_solved_or_flagged(deriv, side, count, share):
    given_ = list(problems.problems(count, seed=11, deriv=deriv))
    exact = np.array([float(p.exact(deriv)) for p in given_])
    found = [derivative(p.f, p.x, deriv=deriv, side=side) for p in given_]
    bad, silent, covered = verdicts(
        Derivative(
            np.array([d.value for d in found]),
            np.array([d.error for d in found]),
            np.array([d.status for d in found]),
            0,
        ),
        exact,
    )
    assert not silent.any(), [str(p) for p, s in zip(given_, silent, strict=True) if s]
    assert bad.sum() <= share * count, [str(p) for p, b in zip(given_, bad, strict=True) if b]
    assert covered.mean() >= 0.98
    assert np.mean([d.evaluations for d in found]) < 41
    assert max(d.evaluations for d in found) <= 120  # where a plateau ends in what may be a jump


def test_the_problems_are_what_they_seem():
    given_ = list(problems.problems(120, seed=11))
    assert {p.kind for p in given_} == set(problems.KINDS)
    sizes = [abs(p.x) for p in given_]
    assert min(sizes) < 1e-200
    assert max(sizes) > 1e200
    for p in given_:
        assert abs(p.exact(1, 700) - p.exact(1, 1400)) < abs(p.exact(1)) * mpmath.mpf(10) ** -30


def test_the_benchmark_reports_the_aim_and_the_peers():
    data = json.loads((ROOT / "benchmarks" / "derivative.json").read_text(encoding="utf-8"))
    ours = data["tools"]["derivref.differences.derivative"]
    assert data["problems"] == sum(data["kinds"].values()) == 1200
    assert ours["bad"] <= SHARE * data["problems"]
    assert ours["silent"] == 0
    for name, row in data["tools"].items():
        assert row["bad"] == sum(row["bad by kind"].values()), name
    for kind, counts in data["hard problems"]["derivref.differences.derivative"].items():
        for name, peers in data["hard problems"].items():
            assert counts["silent"] <= 1, kind
            assert counts["silent"] <= peers[kind]["silent"] + 1, name
    assert data["real problems"].keys() == {p.name for p in more_garbow_hillstrom.PROBLEMS}
    for case in data["noise"]:  # without being told the noise, and within the estimate
        assert case["derivref"] <= min(case["estimate"], case["told the noise"])
    for tools in data["costs"].values():
        assert all(row["milliseconds"] > 0 for row in tools.values())
    for package in ("numpy", "scipy", "numdifftools", "jacobi", "findiff"):
        assert package in data["versions"]


# The verdicts


@pytest.mark.parametrize(
    ("f", "x", "status"),
    [
        (np.abs, 0.0, "kink"),
        (lambda x: 1e3 + np.abs(x - 1), 1.0, "kink"),
        (lambda x: np.exp(-np.abs(x)), 0.0, "kink"),
        (lambda x: np.maximum(x, 0), 0.0, "kink"),
        (lambda x: np.where(x < 2, x, 1.001 * x - 0.002), 2.0, "kink"),
        (np.sign, 0.0, "jump"),
        (np.floor, 3.0, "jump"),
        (np.cbrt, 0.0, "singular"),
        (lambda x: np.sqrt(np.abs(x)), 0.0, "singular"),
        (np.sqrt, 0.0, "domain edge"),
        (np.arcsin, 1.0, "domain edge"),
        (math.acosh, 1.0, "domain edge"),
        (np.log, 0.0, "not finite"),
        (lambda x: 1 / x, 0.0, "not finite"),
        (lambda x: 1 / x, 1e-300, "not finite"),  # the derivative overflows
        (lambda x: np.sin(x) + scatter(x, 1e-3), 1.0, "noisy"),
        (lambda x: np.sin(x) + scatter(x), 1.0, "noisy"),
        (lambda x: np.round(np.sin(x), 6), 1.0, "noisy"),
    ],
)
def test_a_derivative_that_cannot_be_had_is_named(f, x, status):
    found = derivative(f, x)
    assert found.status == status
    assert not found.ok
    if status == "noisy":
        assert abs(found.value - math.cos(1.0)) < found.error < 0.5
    else:
        assert math.isnan(found.value)
        assert found.error == math.inf


@pytest.mark.parametrize(
    ("f", "x", "exact"),
    [
        (lambda x: np.maximum(x, 0), 1e-9, 1.0),  # the kink is near
        (lambda x: np.maximum(x, 0), -1.0, 0.0),
        (lambda x: np.clip(x, -1, 3), 5.0, 0.0),
        (lambda x: np.abs(x - 1), 1 + 1e-12, 1.0),
        (lambda x: 0 * x + 3.0, 2.0, 0.0),
        (np.cos, 0.0, 0.0),
        (np.sin, math.pi, -1.0),
        (lambda x: x**3, 0.0, 0.0),
        (lambda x: x, 5e-324, 1.0),
        (math.log, 1e-5, 1e5),  # raises beyond its domain
        (lambda x: x + 1e-9 * np.sin(1e9 * x), 0.0, 2.0),  # all but a line beyond 1e-8
        (lambda x: 1e6 + np.sin(x), 1.0, math.cos(1.0)),
        (np.exp, -700.0, math.exp(-700.0)),
        (np.sin, 1e-300, 1.0),
        (np.log, 1e300, 1e-300),
    ],
)
def test_what_is_next_to_trouble_is_still_right(f, x, exact):
    found = derivative(f, x)
    assert found.status == "ok"
    assert abs(found.value - exact) <= min(found.error + 1e-15, 1e-6) * max(abs(exact), 1)


def test_structure_that_larger_steps_hide_is_seen():
    # Steps from 1e-6 up see the slope 1, to ever more digits.
    f, x = (lambda x: x + 1e-11 * np.sin(1e9 * x)), 1.0
    found = derivative(f, x)
    exact = 1 + 0.01 * math.cos(1e9)
    assert abs(found.value - exact) <= found.error
    assert found.status != "ok" or found.error < 1e-6


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [
        (np.abs, -1.0, 1.0),
        (lambda x: np.maximum(x, 0), 0.0, 1.0),
        (lambda x: np.where(x < 0, np.exp(x), np.cos(x)), 1.0, 0.0),
    ],
)
def test_the_one_sided_derivatives_at_a_kink(f, left, right):
    for side, exact in (("left", left), ("right", right)):
        found = derivative(f, 0.0, side=side)
        assert found.status == "ok"
        assert abs(found.value - exact) <= found.error + 1e-12


def test_one_side_of_a_domain_is_enough():
    assert derivative(math.acosh, 1.0, side="right").status == "singular"
    found = derivative(lambda x: np.sqrt(x) ** 3, 4.0, side="left")
    assert abs(found.value - 3.0) <= found.error < 1e-6
    assert derivative(np.sqrt, 0.0, side="left").status == "domain edge"


@pytest.mark.parametrize("deriv", [2, 3])
def test_a_kink_of_a_derivative_is_a_kink_to_the_next(deriv):
    def f(x):
        return x ** (deriv - 1) * np.abs(x)

    assert derivative(f, 0.0, deriv=deriv).status == "kink"
    for side, sign in (("left", -1), ("right", 1)):
        found = derivative(f, 0.0, deriv=deriv, side=side)
        assert abs(found.value - sign * math.factorial(deriv)) <= found.error + 1e-12


@pytest.mark.parametrize("deriv", [1, 2, 3, 4])
@pytest.mark.parametrize("side", ["both", "left", "right"])
def test_all_derivatives_of_exp_from_all_sides(deriv, side):
    found = derivative(np.exp, 1.0, deriv=deriv, side=side)
    assert abs(found.value - math.e) <= found.error < 1e-3
    signs = derivative(lambda x: np.exp(-x), 0.0, deriv=deriv, side=side)
    assert abs(signs.value - (-1) ** deriv) <= signs.error < 1e-3


# Laws


@given(st.floats(0.1, 3.0), st.integers(-150, 150), st.integers(-300, 300))
def test_powers_of_two_in_x_and_f_change_nothing_but_the_units(x, p, q):
    def scaled(t):
        return np.ldexp(np.exp(np.sin(np.ldexp(t, p))), q)

    plain, other = derivative(lambda t: np.exp(np.sin(t)), x), derivative(scaled, math.ldexp(x, -p))
    assert other.value == math.ldexp(plain.value, p + q)
    assert other.error == math.ldexp(plain.error, p + q)
    assert (other.status, other.evaluations) == (plain.status, plain.evaluations)


@given(st.floats(-5, 5), st.sampled_from([1, 2, 3, 4]))
def test_a_mirrored_function_has_the_mirrored_derivative(x, deriv):
    def f(t):
        return np.exp(np.sin(t))

    one = derivative(f, x, deriv=deriv, side="left")
    other = derivative(lambda t: f(-t), -x, deriv=deriv, side="right")
    assert other.value == (-1) ** deriv * one.value
    assert other.error == one.error


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6))
def test_an_array_gives_what_its_elements_give(points):
    whole = derivative(np.arctan, points)
    for i, x in enumerate(points):
        one = derivative(np.arctan, x)
        assert (whole.value[i], whole.error[i], whole.status[i]) == (
            one.value,
            one.error,
            one.status,
        )


# Types and shapes


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        (1.0, ()),
        (np.float64(1), ()),
        (np.array(1.0), ()),
        ([1, 2], (2,)),
        (np.ones((2, 3)), (2, 3)),
    ],
)
def test_values_come_in_the_shape_of_x(x, shape):
    found = derivative(np.sin, x)
    assert np.shape(found.value) == np.shape(found.error) == np.shape(found.status) == shape
    assert found.ok
    if shape == ():
        assert (type(found.value), type(found.error), type(found.status)) == (float, float, str)


@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_no_points_give_no_values(shape):
    found = derivative(np.sin, np.empty(shape))
    assert found.value.shape == found.status.shape == shape
    assert found.evaluations == 0


@pytest.mark.parametrize("x", [2, np.int8(2), np.uint64(2), [2], np.array([2])])
def test_integers_become_float64(x):
    seen = set()

    def f(t):
        seen.add(t.dtype)
        return t**3

    assert np.allclose(derivative(f, x).value, 12.0, rtol=1e-12, atol=0)
    assert seen == {np.dtype(np.float64)}


@pytest.mark.parametrize(("dtype", "digits"), [(np.float32, 1e-5), (np.float16, 2e-2)])
def test_narrow_types_reach_f_as_they_are(dtype, digits):
    seen = set()

    def f(t):
        seen.add(t.dtype)
        return np.exp(t)

    found = derivative(f, dtype(1))
    assert seen == {np.dtype(dtype)}
    assert found.status == "ok"
    assert abs(found.value - math.e) <= min(found.error, digits * math.e)
    assert found.error > 1e-8  # not the error of float64


def test_the_type_of_the_values_counts_and_not_that_of_x_alone():
    found = derivative(lambda x: np.sin(x.astype(np.float32)), 1.0)
    assert abs(found.value - math.cos(1.0)) <= found.error
    assert 1e-8 < found.error < 1e-3


def test_every_point_is_counted_and_none_is_warned_of():
    points = []

    def f(x):
        points.append(np.size(x))
        return np.log(x)  # NaN with a warning for x < 0

    assert derivative(f, [1.0, 2.0]).evaluations == sum(points)
    assert len(points) < 30  # all elements in one call


@pytest.mark.parametrize("f", [math.sin, lambda x: np.sin(x) if x > 0 else 0.0])
def test_a_function_of_single_numbers_will_do(f):
    for x in (1.0, [1.0, 2.0]):
        found = derivative(f, x)
        np.testing.assert_allclose(found.value, np.cos(x), rtol=1e-12, atol=0)


def test_f_may_write_into_its_argument():
    def f(x):
        x *= x
        return x

    assert abs(derivative(f, 3.0).value - 6.0) < 1e-12
    assert abs(gradient(lambda x: f(x).sum(), [3.0, 1.0]).value - [6.0, 2.0]).max() < 1e-12


def unsteady():
    state = np.random.default_rng(0)
    return lambda x: x + state.normal(size=np.shape(x))


def raises(x):
    raise KeyError("lost")


@pytest.mark.parametrize(
    ("f", "x", "error", "message"),
    [
        (3, 1.0, TypeError, "`f` must be callable, got 3"),
        (np.sin, 1j, TypeError, "`x` must be real, in at most 64 bits, got complex128"),
        (np.sin, True, TypeError, "`x` must be real, in at most 64 bits, got bool"),
        (np.sin, "1", TypeError, "`x` must be real"),
        (np.sin, None, TypeError, "`x` must be real, in at most 64 bits, got object"),
        (np.sin, math.nan, ValueError, "`x` must be finite, got nan"),
        (np.sin, [1.0, -math.inf], ValueError, "`x` must be finite, got -inf"),
        (np.sum, [1.0, 2.0], ValueError, r"the shape it is given, \(2,\), got \(\)"),
        (lambda x: 3.0, [1.0, 2.0], ValueError, "must return an array of the shape it is given"),
        (lambda x: x * 1j, 1.0, TypeError, "`f` must return real numbers, got complex128"),
        (lambda x: x > 0, 1.0, TypeError, "`f` must return real numbers, got bool"),
        (lambda x: None, 1.0, TypeError, "`f` must return real numbers, got object"),
        (unsteady(), 1.0, ValueError, "`f` must be deterministic: two calls at x = 1.0 gave"),
        (raises, 1.0, ValueError, "`f` raised KeyError at x = 1.0: 'lost'"),
        (math.sqrt, -1.0, ValueError, "`f` raised ValueError at x = -1.0: math domain error"),
    ],
)
def test_bad_functions_and_points_are_refused_by_name(f, x, error, message):
    with pytest.raises(error, match=message):
        derivative(f, x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"deriv": 0}, "`deriv` must be a positive integer, got 0"),
        ({"deriv": 5}, "`deriv` must be 1, 2, 3 or 4, got 5"),
        ({"deriv": 1.0}, "`deriv` must be a positive integer, got 1.0"),
        ({"side": "up"}, "`side` must be 'both', 'left' or 'right', got 'up'"),
    ],
)
def test_bad_options_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        derivative(np.sin, 1.0, **options)


def test_a_result_cannot_be_changed_and_prints_what_it_is():
    found = derivative(np.sin, 1.0)
    with pytest.raises(AttributeError):
        found.value = 0.0
    assert repr(found).startswith("Derivative(value=0.5403023058")
    assert "status='ok'" in repr(found)


# Gradients, Jacobians, Hessians


@pytest.mark.parametrize("method", ["robust", "central", "complex"])
def test_the_gradient_of_a_known_function_by_every_method(method):
    x = np.array([1.2, -0.7, 2.1, 0.3])
    found = gradient(rosen, x, method=method)
    assert found.ok
    assert found.value.shape == (4,)
    assert (abs(found.value - rosen_der(x)) <= found.error + 1e-13).all()
    per_component = found.evaluations / x.size
    assert per_component < {"robust": 41, "central": 8, "complex": 12}[method]


def test_each_component_has_its_own_scale():
    x = np.array([1e-200, 2e-6, 3e10])

    def f(x):
        return np.exp(x[0]) * np.sin(1e6 * x[1]) / x[2]

    found = gradient(f, x)
    exact = np.array([math.sin(2), 1e6 * math.cos(2), -math.sin(2) / 3e10]) / 3e10
    assert found.ok
    np.testing.assert_allclose(found.value, exact, rtol=1e-9, atol=0)
    curve = hessian(f, x)
    s, c = math.sin(2), math.cos(2)
    exact = np.array(
        [
            [s / 3e10, c * 1e6 / 3e10, -s / 9e20],
            [c * 1e6 / 3e10, -s * 1e12 / 3e10, -c * 1e6 / 9e20],
            [-s / 9e20, -c * 1e6 / 9e20, 2 * s / 27e30],
        ]
    )
    assert curve.ok
    np.testing.assert_allclose(curve.value, exact, rtol=1e-6, atol=0)


@pytest.mark.parametrize("method", ["robust", "central", "complex"])
@pytest.mark.parametrize("inner", [(), (2,), (2, 3)])
@pytest.mark.parametrize("outer", [(), (4,), (3, 2)])
def test_a_jacobian_has_the_shape_of_f_and_then_that_of_x(inner, outer, method):
    matrix = np.random.default_rng(0).normal(size=(*outer, *inner))
    axes = len(inner)

    def f(x):
        return np.tensordot(matrix, np.exp(x), axes) if axes else matrix * np.exp(x)

    x = np.random.default_rng(1).normal(size=inner)
    found = jacobian(f, x, method=method)
    assert np.shape(found.value) == np.shape(found.status) == outer + inner
    np.testing.assert_allclose(found.value, matrix * np.exp(x), rtol=1e-9, atol=0)


def test_outputs_share_their_evaluations():
    x = np.array([0.5, 1.5])
    one = jacobian(lambda x: np.exp(x[0] * x[1]), x)
    many = jacobian(lambda x: np.exp(x[0] * x[1]) * np.ones(50), x)
    assert many.evaluations == one.evaluations


def test_an_output_at_a_kink_does_not_spoil_the_others():
    found = jacobian(lambda x: np.array([np.abs(x[0]), x[0] + x[1], np.log(x[1])]), [0.0, 0.5])
    assert found.status.tolist() == [["kink", "ok"], ["ok", "ok"], ["ok", "ok"]]
    assert math.isnan(found.value[0, 0])
    np.testing.assert_allclose(found.value[1:], [[1, 1], [0, 2]], rtol=0, atol=1e-12)


def test_a_hessian_is_symmetric_to_the_last_bit_and_right():
    x = np.array([1.2, -0.7, 2.1])
    found = hessian(rosen, x)
    assert found.ok
    assert (found.value == found.value.T).all()
    assert (abs(found.value - rosen_hess(x)) <= found.error).all()


@pytest.mark.parametrize(
    ("f", "x", "exact"),
    [
        (lambda x: x[0] * x[1] + x[2], [1.0, 2.0, 3.0], [[0, 1, 0], [1, 0, 0], [0, 0, 0]]),
        (lambda x: x[0] * x[1], [0.0, 0.0], [[0, 1], [1, 0]]),
        (lambda x: 3 * x**2, 2.0, 6.0),
        (lambda x: np.float64(7.0), [1.0, 2.0], [[0, 0], [0, 0]]),
    ],
)
def test_hessians_with_zeros(f, x, exact):
    found = hessian(f, x)
    assert found.ok
    np.testing.assert_allclose(found.value, exact, rtol=0, atol=1e-12)


def test_the_hessian_of_a_matrix_argument_has_its_shape_twice():
    a = np.arange(1.0, 5.0).reshape(2, 2)
    found = hessian(lambda m: np.linalg.det(m), a)
    assert found.value.shape == (2, 2, 2, 2)
    assert abs(found.value[0, 0, 1, 1] - 1) < 1e-9
    assert abs(found.value[0, 1, 1, 0] + 1) < 1e-9
    assert abs(found.value[0, 0, 0, 1]) < 1e-9


def growing():
    calls = []

    def f(x):
        calls.append(1)
        return np.ones(2 + (len(calls) > 4))

    return f


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: gradient(np.sin, [1.0, 2.0]),
            ValueError,
            r"must return one number, got shape \(2,",
        ),
        (
            lambda: hessian(np.sin, [1.0, 2.0]),
            ValueError,
            r"must return one number, got shape \(2,",
        ),
        (lambda: gradient(1, [1.0]), TypeError, "`f` must be callable, got 1"),
        (lambda: jacobian(np.sin, [math.nan]), ValueError, "`x` must be finite, got nan"),
        (lambda: jacobian(np.sin, 1.0, method="best"), ValueError, "`method` must be 'robust', "),
        (lambda: jacobian(growing(), [1.0]), ValueError, "`f` must return one shape everywhere"),
        (lambda: jacobian(unsteady(), [1.0]), ValueError, "`f` must be deterministic"),
        (lambda: jacobian(raises, [1.0]), ValueError, "`f` raised KeyError at x = "),
        (
            lambda: gradient(lambda x: np.linalg.norm(x), [3.0, 4.0], method="complex"),
            TypeError,
            "`f` must return complex numbers",
        ),
        (
            lambda: gradient(lambda x: np.sum(x * np.abs(x)), [3.0, 4.0], method="complex"),
            ValueError,
            "`f` must be analytic at x: along a random line",
        ),
    ],
)
def test_bad_functions_of_arrays_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Complex step, Richardson, noise, optimal step


@pytest.mark.parametrize("x", [1.0, 1e-250, -3e5, [0.0, 0.5], np.ones((2, 2)), 2])
@pytest.mark.parametrize(("f", "d"), [(np.sin, np.cos), (np.arctan, lambda x: 1 / (1 + x * x))])
def test_a_complex_step_is_right_to_a_few_roundings(f, d, x):
    found = complex_step(f, x)
    exact = d(np.asarray(x, dtype=float))
    assert found.ok
    assert np.shape(found.value) == np.shape(x)
    assert (abs(found.value - exact) <= 4 * np.spacing(abs(exact))).all()
    assert (abs(found.value - exact) <= found.error).all()


@pytest.mark.parametrize(
    ("f", "x", "error", "message"),
    [
        (np.abs, 1.0, TypeError, "`f` must return complex numbers for complex ones, got float64"),
        (
            lambda z: z * np.abs(z),
            3.0,
            ValueError,
            "analytic at x = 3.0: the complex step gives 3.0",
        ),
        (lambda z: np.sqrt((z * np.conj(z)).real) + 0 * z, 2.0, ValueError, "`f` must be analytic"),
        (lambda z: np.maximum(z, 0), 0.0, ValueError, "at x = 0.0: it has a kink there"),
        (math.sin, 1.0, ValueError, "`f` must take arrays of complex numbers: it raised TypeError"),
        (lambda z: z * 1j, 1.0, TypeError, "`f` must return real numbers, got complex128"),
        (np.sin, 1j, TypeError, "`x` must be real"),
        (1, 1.0, TypeError, "`f` must be callable"),
    ],
)
def test_what_is_not_analytic_is_refused(f, x, error, message):
    with pytest.raises(error, match=message):
        complex_step(f, x)


def test_a_complex_step_beside_a_kink_is_accepted_and_noise_leaves_it_unchecked():
    assert complex_step(lambda z: np.maximum(z, 0), 1.0).value == 1.0
    found = complex_step(lambda z: np.sin(z) + scatter(z.real), 1.0)
    assert found.status == "unchecked"


def test_richardson_chooses_the_level_where_more_stop_helping():
    found = richardson(np.sin, 1.0, levels=16)
    errors = abs(found.table - math.cos(1.0))
    i, k = found.level
    assert found.value == found.table[i, k]
    assert abs(found.value - math.cos(1.0)) <= found.error < 1e-12
    assert errors[-1, -1] > 10 * errors[i, k]
    assert np.isnan(found.table[np.triu_indices(16, 1)]).all()
    assert found.evaluations >= 2 * 16


@pytest.mark.parametrize("deriv", [1, 2, 3, 4])
def test_each_column_of_the_table_is_two_orders_better(deriv):
    found = richardson(np.exp, 0.5, deriv=deriv, step=0.5, levels=4)
    errors = abs(found.table - math.exp(0.5))
    for k in range(3):
        order = np.log2(errors[k, k] / errors[k + 1, k])
        assert abs(order - (2 * k + 2)) < 0.3
    np.testing.assert_array_equal(found.steps, [0.5, 0.25, 0.125, 0.0625])
    plain = central(deriv, 2).apply(np.exp, 0.5, found.steps)
    np.testing.assert_allclose(found.table[:, 0], plain, rtol=1e-9, atol=0)


def test_a_first_step_beyond_a_pole_is_owned_up_to():
    found = richardson(lambda x: 1 / (x - 1), 1.001, levels=4)
    exact = -1e6
    assert found.status != "ok"
    assert abs(derivative(lambda x: 1 / (x - 1), 1.001).value - exact) < 1e-3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 0.0}, "`step` must be positive and finite, got 0.0"),
        ({"step": -1.0}, "`step` must be positive and finite, got -1.0"),
        ({"step": math.inf}, "`step` must be positive and finite, got inf"),
        ({"step": 1e-30}, "`step` must not be lost beside x = 1.0, got 1e-30"),
        ({"levels": 0}, "`levels` must be a positive integer, got 0"),
        ({"deriv": 0}, "`deriv` must be a positive integer, got 0"),
    ],
)
def test_bad_options_of_richardson_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        richardson(np.sin, 1.0, **options)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_noise_is_measured_to_a_small_factor(size):
    # The standard deviation of uniform noise is its width over sqrt(12).
    found = noise(lambda x: np.sin(x) + scatter(x, size), 1.0)
    assert 1 / 3 < found / (size / math.sqrt(12)) < 3


def test_noise_of_rounding_is_about_half_a_unit():
    for f in (np.sin, np.exp, lambda x: np.sin(x) + 1e6):
        assert 0.05 < noise(f, 1.0) / np.spacing(f(1.0)) < 3
    assert noise(lambda x: 4 * x, 1.0) == 0.0


@pytest.mark.parametrize(
    ("spacing", "message"),
    [
        (0.0, "`spacing` must be positive and finite, got 0.0"),
        (1e-20, "`spacing` must not be lost beside x = 1.0, got 1e-20"),
    ],
)
def test_bad_spacing_is_refused_by_name(spacing, message):
    with pytest.raises(ValueError, match=message):
        noise(np.sin, 1.0, spacing=spacing)


@pytest.mark.parametrize("stencil", [central(), forward(), backward(), central(2), central(1, 4)])
@pytest.mark.parametrize("size", [0.0, 1e-6])
def test_the_optimal_step_is_about_where_the_error_is_least(stencil, size):
    def f(x):
        return np.exp(x) + scatter(x, size)

    found = optimal_step(f, 1.0, stencil=stencil)
    steps = np.geomspace(1e-10, 1.0, 161)
    nearby = 1.0 + 1e-3 * np.arange(20)[:, None]
    measured = np.sqrt(np.mean((stencil.apply(f, nearby, steps) - np.exp(nearby)) ** 2, axis=0))
    best = steps[np.argmin(measured)]
    at = measured[np.argmin(abs(np.log(steps / found.step)))]
    assert 1 / 8 < found.step / best < 8
    assert at < 5 * measured.min()
    assert at / 5 < found.error  # the prediction bounds what is measured


def test_the_optimal_step_where_nothing_limits_it():
    found = optimal_step(lambda x: 2 * x + 1, 3.0)
    assert (found.step, found.remainder, found.status) == (3.0, 0.0, "ok")
    with pytest.raises(TypeError, match="`stencil` must be a Stencil, got 2"):
        optimal_step(np.sin, 1.0, stencil=2)
    with pytest.raises(ValueError, match="`x` must be one number"):
        optimal_step(np.sin, [1.0, 2.0])


# Rounding inside f


def said(found, exact):
    """Whether an error above 1e-6 is owned up to: by the status, or as zero within its error."""
    off = abs(found.value - exact)
    if off <= BAD * abs(exact):
        return True
    if math.isnan(found.value):
        return found.status != "ok" and found.error == math.inf
    # An estimate is no bound, but eight times it has to be.
    zero = abs(found.value) <= found.error
    return off <= 8 * found.error and (found.status != "ok" or zero)


@pytest.mark.parametrize("seed", [5, 6])
def test_hard_problems_are_solved_or_flagged(seed):
    right = dict.fromkeys(problems.HARD, 0)
    for p in problems.hard(240, seed=seed):
        exact = float(p.exact())
        with np.errstate(all="ignore"):
            found = derivative(p.f, p.x)
        assert said(found, exact), (str(p), exact, found)
        right[p.kind] += abs(found.value - exact) <= BAD * abs(exact)
    # Of 80 each; a form that has lost its digits has none to give.
    assert right["cancellation"] >= 56
    assert right["non-smooth"] >= 76
    assert right["narrow domain"] >= 78


# The form, the point, and how many digits are to be had all the same.
FROZEN = [
    ("(1 - cos(x))/x**2", 1e-3, 0.1),
    ("(1 - cos(x))/x**2", 1e-2, 1e-5),
    ("1 - cos(x)", 1e-6, 1e-6),
    ("1 - cos(x)", 3e-8, 1e-2),
    ("log(1 + x)/x", 1e-8, 1e-4),
    ("(exp(x) - 1)/x", 1e-6, 1e-2),
    ("(sin(x) - x)/x**3", 1e-2, 1e-2),
    ("log(1 + exp(x))", -30.0, 0.1),
    ("log(1 + exp(x))", -20.0, 1e-5),
    ("1/sqrt(1 - x*x)", 0.99999, 1e-7),
    ("x - sin(x)", 1e-4, 1e-2),
    ("1 - tanh(x)", 15.0, 1e-2),
    ("(x + 100000000) - 100000000", 1e-5, 1e-6),
    ("(sqrt(1 - 4*x) - 1)/2", 1e-12, 1e-6),
    # Steps that are powers of two fall on the numbers to which the inside rounds.
    ("(sqrt(1 - 4*x) - 1)/2", 1.122275634002262e-05, 1e-12),
    ("(sqrt(1 - 4*x) - 1)/2", 7e-4, 1e-12),
    ("(exp(x) - 1 - x)/x**2", 1.115200542193892e-05, 1e-4),
    ("(exp(x) - 1 - x)/x**2", 7e-6, 1e-3),
    # Noise of the terms, 1e13 units of what they leave.
    ("1 - cos(x)", 1.4819576234945381e-07, 1e-2),
    ("sqrt(4 + x) - 2", 1e-11, 1e-6),
    ("(1 + x)**0.3 - 1", 1e-10, 1e-6),
    ("log1p(x) - x", 1e-4, 1e-9),
    ("exp(x) - 1 - x", 1e-7, 1e-3),
    ("tan(x) - x", 1e-5, 1e-3),
    ("1/(1 - x) - 1 - x", 1e-6, 1e-4),
    ("sqrt(1 + x**2) - 1", 1e-6, 1e-6),
    ("cosh(x) - 1", 1e-3, 1e-9),
    ("log((1 + x)/(1 - x))", 1e-12, 1e-6),
    ("arctan(x) - x", 1e-3, 1e-6),
    ("((1 + x)**2 - 1)/x", 1e-8, 1e-4),
    ("sqrt(1 + 1/x) - 1", 1e11, 1e-2),
    ("exp(1/x) - 1", 1e12, 1e-2),
    ("x - sqrt(x*x - 1)", 1e5, 1e-3),
    ("log(x + 1) - log(x)", 1e7, 1e-4),
    ("1 - x/sqrt(1 + x*x)", 1e4, 1e-4),
]


@pytest.mark.parametrize(("template", "x", "digits"), FROZEN)
def test_rounding_that_is_frozen_at_small_steps_is_not_the_slope(template, x, digits):
    problem = problems.Problem("cancellation", template, x, ())
    exact = float(problem.exact())
    found = derivative(problem.f, x)
    assert not found.ok or found.error <= BAD * abs(exact)
    assert abs(found.value - exact) <= 4 * found.error
    assert abs(found.value - exact) <= digits * abs(exact)


@pytest.mark.parametrize("deriv", [2, 3])
@pytest.mark.parametrize("template", ["(1 - cos(x))/x**2", "log(1 + x)/x", "1/(1 + exp(-x))"])
def test_frozen_rounding_is_seen_by_higher_derivatives(template, deriv):
    for x in (1e-3, 1e-2, 36.0):
        problem = problems.Problem("cancellation", template, x, ())
        assert said(derivative(problem.f, x, deriv=deriv), float(problem.exact(deriv)))


@pytest.mark.parametrize("decimals", range(1, 11))
@pytest.mark.parametrize("x", [1.0, 0.3])
def test_a_rounded_function_is_noisy_at_any_number_of_decimals(x, decimals):
    found = derivative(lambda t: np.round(np.sin(t), decimals), x)
    assert not found.ok or (decimals > 6 and found.error <= BAD * found.value)
    assert 1e-12 < abs(found.value - math.cos(x)) <= 4 * found.error


def test_one_jump_is_a_jump_and_many_are_noise():
    one = derivative(lambda x: np.sin(x) + np.heaviside(x - 2, 0.0), 1.5)
    assert one.status == "ok"
    assert abs(one.value - math.cos(1.5)) <= one.error
    many = derivative(lambda x: np.floor(x) + x, 1.5)
    assert many.status == "noisy"
    assert min(abs(many.value - 1), abs(many.value - 2)) <= many.error


@pytest.mark.parametrize(
    ("f", "exact", "x"),
    [
        (lambda x: np.sin(x.astype(np.float32)).astype(float), math.cos(1.0), 1.0),
        (lambda x: np.exp(x).astype(np.float16).astype(float), math.exp(0.3), 0.3),
        (lambda x: 1e10 + np.sin(x), math.cos(0.3), 0.3),
        (lambda x: 1e16 + np.sin(x), math.cos(1.0), 1.0),
    ],
)
def test_digits_that_f_throws_away_are_in_the_error(f, exact, x):
    found = derivative(f, x)
    assert abs(found.value - exact) <= 4 * found.error


def test_a_flat_function_says_how_much_it_could_hide():
    for level in (3.0, 1e16):
        found = derivative(lambda x, c=level: 0 * x + c, 2.0)
        assert (found.value, found.status) == (0.0, "ok")
        assert found.error >= np.spacing(level) / 4


# One derivative but no second


BENDS = {
    "Huber": (lambda x: np.where(abs(x) <= 1, x * x / 2, abs(x) - 0.5), 1.0, 1.0),
    "x|x|": (lambda x: x * abs(x), 0.0, 0.0),
    "x|x| elsewhere": (lambda x: (x - 0.3) * abs(x - 0.3) + x, 0.3, 1.0),
    "squared ReLU": (lambda x: np.maximum(x, 0) ** 2, 0.0, 0.0),
    "ELU": (lambda x: np.where(x > 0, x, np.expm1(x)), 0.0, 1.0),
    "smooth step": (lambda x: np.clip(x, 0, 1) ** 2 * (3 - 2 * np.clip(x, 0, 1)), 1.0, 0.0),
}
GRID = np.linspace(0, 3, 7)
SPLINES = {"cubic": CubicSpline(GRID, np.sin(GRID)), "PCHIP": PchipInterpolator(GRID, np.cos(GRID))}
BENDS |= {n: (s, 1.5, float(s(1.5, 1))) for n, s in SPLINES.items()}


@pytest.mark.parametrize("name", BENDS)
def test_a_derivative_needs_no_second_one(name):
    f, x, exact = BENDS[name]
    found = derivative(f, x)
    assert found.status == "ok"
    assert abs(found.value - exact) <= min(4 * found.error + 1e-14, 1e-6)


# Domains


@pytest.mark.parametrize(
    ("f", "x", "exact"),
    [
        (lambda x: math.log(x[0]), [1e-3], [1e3]),
        (lambda x: math.sqrt(x[0]) * x[1], [1e-4, 2.0], [100.0, 1e-2]),
        (lambda x: math.acos(x[0]), [0.999], [-1 / math.sqrt(1 - 0.999**2)]),
        (lambda x: float(x[0]) ** 0.5, [1e-3], [0.5 / math.sqrt(1e-3)]),
        (
            lambda x: np.linalg.cholesky(np.array([[1.0, x[0]], [x[0], 1.0]]))[1, 1],
            [0.999],
            [-0.999 / math.sqrt(1 - 0.999**2)],
        ),
        (lambda x: [3.0, 5.0][int(x[0])] * x[0], [0.01], [3.0]),
    ],
)
def test_a_search_point_outside_the_domain_is_not_the_end(f, x, exact):
    found = gradient(f, x)
    assert found.ok
    np.testing.assert_allclose(found.value, exact, rtol=1e-8, atol=0)


def test_a_function_of_arrays_may_raise_beyond_its_domain():
    def f(x):
        if (x <= 0).any():
            raise ValueError("not positive")
        return np.log(x)

    found = derivative(f, [1e-3, 1.0, 50.0])
    assert found.ok
    np.testing.assert_allclose(found.value, [1e3, 1.0, 0.02], rtol=1e-9, atol=0)


def test_a_function_that_is_nowhere_but_at_x_says_what_it_raises():
    def only(x):
        if np.any(x != 1.0):
            raise RuntimeError("no such point")
        return x

    with pytest.raises(ValueError, match="RuntimeError at all points beside x: no such point"):
        derivative(only, 1.0)
    with pytest.raises(ValueError, match="RuntimeError at all points beside x: no such point"):
        gradient(lambda x: only(x)[0], [1.0])


# Not elementwise, and other arguments


@pytest.mark.parametrize(
    "f", [lambda t: t - np.mean(t), np.sort, np.cumsum, lambda t: t / np.sum(t), lambda t: t[::-1]]
)
@pytest.mark.parametrize("x", [1.0, [1.0, 2.0, 3.0], [[3.0], [1.0]]])
def test_a_function_of_the_whole_array_is_not_taken_for_elementwise(f, x):
    with pytest.raises(ValueError, match="`f` must be elementwise: at x = "):
        derivative(f, x)


def test_numbers_of_other_types_will_do():
    assert derivative(lambda t: np.sum(t**2), 1.5).value == 3.0  # of one number
    assert derivative(np.sin, 1.0, deriv=np.int64(2)).ok
    rooted = derivative(np.emath.sqrt, 1e-3)  # complex beyond 0
    assert abs(rooted.value - 0.5 / math.sqrt(1e-3)) <= rooted.error
    assert derivative(lambda x: x.astype(complex) ** 2, 3.0).value == 6.0


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: (x - 1) ** 3, 1.0),
        (lambda x: (x - 0.3) ** 4, 0.3),
        (lambda x: x**10, 0.0),
        (lambda x: (x - 1) ** 2 + 7, 1.0),
        (lambda x: np.exp(-((x - 2) ** 2)), 2.0),
    ],
)
def test_a_slope_of_zero_is_zero(f, x):
    found = derivative(f, x)
    assert (found.value, found.status) == (0.0, "ok")
    assert gradient(lambda v: np.sum(f(v)), [x, x]).ok
    assert richardson(f, x).status == "ok"


# Many points, many components


def test_many_points_cost_few_calls():
    calls = []

    def f(x):
        calls.append(np.size(x))
        return np.sin(x)

    x = np.linspace(0.1, 3, 1000)
    found = derivative(f, x)
    assert found.ok
    assert found.evaluations == sum(calls) < 34 * x.size
    assert len(calls) < 20
    assert (abs(found.value - np.cos(x)) <= found.error + np.spacing(1.0)).all()


@pytest.mark.parametrize("step", [np.floor, np.trunc, np.ceil, np.rint], ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [0.5, 0.7, -1.5, 10.5, 3.25, 1000.5])
def test_a_step_function_is_never_called_ok_with_another_slope_than_0(step, x):
    found = derivative(step, x)
    assert found.value == 0 or found.status != "ok"


def test_the_sweep_and_the_ladder_agree():
    given_ = list(problems.problems(60, seed=4)) + list(problems.hard(30, seed=4))
    for p in given_:
        with np.errstate(all="ignore"):
            one = derivative(p.f, p.x)
            # Where f is not right to the last digit no sweep is tried.
            alone = differences._elementwise(p.f, np.array(p.x), 1, 0, math.ulp(0.0))[1]
        if one.ok and alone.status[0] == "ok":
            assert abs(one.value - alone.value[0]) <= 4 * (one.error + alone.error[0])
        else:
            assert alone.status[0] == one.status


def test_the_memory_is_that_of_some_components():
    x = np.linspace(0.1, 3, 300)
    tracemalloc.start()
    found = jacobian(np.sin, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.ok
    # The result has five arrays of n by n; a step of one column has n numbers.
    assert peak < 30 * 8 * x.size**2
    np.testing.assert_allclose(found.value, np.diag(np.cos(x)), rtol=0, atol=1e-13)
    assert found.evaluations < 50 * x.size


# Real problems


@pytest.mark.parametrize("problem", more_garbow_hillstrom.PROBLEMS, ids=str)
def test_the_problems_of_more_garbow_and_hillstrom(problem):
    x = problem.start
    found, exact = jacobian(problem.f, x), problem.jacobian(x)
    assert np.linalg.norm(found.value - exact) <= 1e-13 * np.linalg.norm(exact)
    covered = abs(found.value - exact) <= 4 * found.error + np.spacing(abs(exact))
    assert (covered | (found.status != "ok")).all()
    assert found.ok
    slope, right = gradient(problem.square, x), problem.gradient(x)
    # The squares of the trigonometric problem are of residuals that have lost digits themselves.
    bound = 3e-12 if problem.name == "trigonometric" else 1e-13
    assert np.linalg.norm(slope.value - right) <= bound * np.linalg.norm(right)
    assert slope.ok
    assert (abs(slope.value - right) <= 4 * slope.error + np.spacing(abs(right))).all()


SMALL = [p for p in more_garbow_hillstrom.PROBLEMS if p.start.size <= 6] + [
    p for p in more_garbow_hillstrom.PROBLEMS if p.name == "linear"
]


@pytest.mark.parametrize("problem", SMALL, ids=str)
def test_a_smooth_function_has_no_kink_in_its_hessian(problem):
    """Rounding of a long sum of squares falls to one side, as a corner of the gradient does."""
    found = hessian(problem.square, problem.start)
    assert found.ok
    assert np.isfinite(found.value).all()


def test_a_step_beyond_a_bump_does_not_see_past_it():
    def bump(x):  # flat but for a bump two units away, whose slope at 0 is 7e-14
        return 0.7 + np.exp(-((x - 2.6) ** 2) * 5)

    found = derivative(bump, 0.0)
    exact = 26 * math.exp(-5 * 2.6**2)
    assert abs(found.value - exact) <= 4 * found.error < 1e-12
    level = derivative(lambda x: 1 + 1 / x, 1.7e12)
    assert abs(level.value + 1 / 1.7e12**2) <= 4 * level.error


@pytest.mark.parametrize(
    ("f", "x", "exact"),
    [
        (lambda t: 3 + 1e-13 * np.tanh(t), 0.7, 1e-13 / math.cosh(0.7) ** 2),
        (lambda t: 5 + 1e-11 * np.cos(3 * t), 2.0, -3e-11 * math.sin(6.0)),
        (lambda t: 1 + 1e-10 / (1 + t * t), 3.0, -6e-12),
        (lambda t: 7 + 1e-12 * np.exp(-t * t), 1.0, -2e-12 / math.e),
        (lambda t: 7 + 1e-9 * np.arctan(1e5 * t), 0.0, 1e-4),
        (lambda t: 2 + 1e-12 * np.sin(50 * t), 0.3, 5e-11 * math.cos(15.0)),
        (lambda t: 1 + 1e-12 * np.sin(t), 2.0, 1e-12 * math.cos(2.0)),
    ],
)
def test_a_small_bounded_part_is_not_stepped_over(f, x, exact):
    """It never changes f by the third of the digits that the search looks for."""
    found = derivative(f, x)
    assert abs(found.value - exact) <= 4 * found.error
    assert found.error < 0.1 * abs(exact)


def test_small_entries_share_the_tolerance_of_their_gradient():
    def f(x):
        return np.sin(x[0]) + 1e-12 * np.sin(x[1])

    x = np.array([1.0, 2.0])
    found = gradient(f, x)
    assert found.ok
    assert (abs(found.value - [math.cos(1.0), 1e-12 * math.cos(2.0)]) <= 4 * found.error).all()
    assert found.error[1] > 1e-6 * abs(found.value[1])  # which has few digits of its own
    alone = derivative(lambda t: np.sin(1.0) + 1e-12 * np.sin(t), 2.0)
    assert not alone.ok
    noisy = gradient(lambda x: np.sin(x[0]) + np.sin(x[1]) + scatter(x[0], 1e-3), x)
    assert noisy.status[0] != "ok"


# What there is noise in


@pytest.mark.parametrize("f", [np.log, np.sin, np.expm1])
def test_the_optimal_step_at_a_zero_of_f(f):
    x = 1.0 if f is np.log else 0.0
    found = optimal_step(f, x)
    assert found.status == "ok"
    assert 0 < found.step < 1e-2
    measured = float(central().apply(f, x, found.step))
    assert abs(measured - 1.0) <= 10 * found.error + np.spacing(1.0)


def test_the_optimal_step_of_a_function_of_single_numbers():
    one, other = optimal_step(math.exp, 1.0), optimal_step(np.exp, 1.0)
    assert math.isclose(one.step, other.step, rel_tol=0.1, abs_tol=0)
    assert optimal_step(math.log, 1e-3).status == "ok"


@pytest.mark.parametrize("decimals", [3, 4, 5, 6])
def test_noise_of_rounded_values_is_that_of_their_grain(decimals):
    def f(x):
        return np.round(np.sin(x), decimals)

    grain = 10.0**-decimals
    assert 0.05 < noise(f, 1.0) / grain < 1
    found = optimal_step(f, 1.0)
    assert 0.05 < found.noise / grain <= 2
    assert abs(float(central().apply(f, 1.0, found.step)) - math.cos(1.0)) <= 4 * found.error


def test_the_names_for_users_are_there():
    for name in differences.__all__:
        assert getattr(differences, name).__doc__
    assert {"derivative", "gradient", "jacobian", "hessian", "weights", "complex_step"} < set(
        differences.__all__
    )


@pytest.mark.parametrize(("decimals", "spacing"), [(2, 4.37 * 0.01 / 0.7583), (1, 1 / 8)])
def test_noise_is_looked_for_some_jumps_apart_and_within_the_length_of_f(decimals, spacing):
    """Of sin with one decimal 4.37 jumps would be more than an eighth of the distance 1."""

    def f(x):
        return np.round(np.sin(x), decimals)

    assert abs(differences._spacing(f, 0.7)[0] / spacing - 1) < 1e-3
