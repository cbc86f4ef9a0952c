"""The checks of derivatives find what is wrong, accept what is right, and say what they cannot."""

import dataclasses
import json
import math
from pathlib import Path

import gradients
import numpy as np
import problems
import pytest
from scipy import special

from derivref.activations import d_sigmoid, sigmoid
from derivref.check import check_derivative, check_gradient, check_jacobian, check_vjp
from derivref.site import checkers, checkers_cases
from derivref.site.fault import Fault

ROOT = Path(__file__).parents[1]
CHECKS = {"derivative": check_derivative, "gradient": check_gradient, "vjp": check_vjp}
GRID = gradients.GRID
NAMES = {case.name: case for case in gradients.WRONG + gradients.RIGHT}
# What the report says of some: the first cause.
CAUSES = {
    "sign": "the sign is reversed",
    "half": "a factor 1/2: too small by 2",
    "chain factor": "scaled by 0.33333 throughout",
    "half-line of softplus": "wrong for x up to -0.4 only",
    "1e-4 relative": "scaled by 1.0001 throughout",
    "twice, tiny x": "a factor 2 too large",
    "sign, f scaled by 1e-12": "the sign is reversed",
    "truncated to integers": "truncated to whole numbers: an integer type",
    "1 of 1000 by 1e-4": "one component alone is wrong",
    "sum for mean over the batch": "scaled by 5 throughout",
    "weight decay missing": "a term 0.001·x is missing",
    "off by one index": "shifted by one index",
    "hidden by the norm": "one component alone is wrong",
    "transposed": "transposed",
    "inverse not transposed": "transposed",
    "factor 2 in float32": "a factor 1/2: too small by 2",
    "diagonal of softmax alone": "0 where the slope is not 0",
}


def run(case):
    return CHECKS[case.kind](case.f, case.given, case.x)


def test_the_lists_have_the_length_that_is_published():
    assert (len(gradients.WRONG), len(gradients.RIGHT)) == (34, 24)
    assert len(NAMES) == 58


@pytest.mark.parametrize("case", gradients.WRONG, ids=lambda c: c.name)
def test_a_wrong_gradient_is_called_wrong(case):
    report = run(case)
    assert not report.ok
    assert "wrong" in report.verdict
    with pytest.raises(AssertionError, match="NOT OK"):
        report.assert_ok()


@pytest.mark.parametrize("case", gradients.RIGHT, ids=lambda c: c.name)
def test_a_right_gradient_is_not_called_wrong(case):
    assert "wrong" not in run(case).verdict


def test_the_published_findings_are_those_of_this_code():
    data = json.loads((ROOT / "benchmarks" / "gradcheck.json").read_text(encoding="utf-8"))
    assert (data["wrong"], data["right"]) == (len(gradients.WRONG), len(gradients.RIGHT))
    assert data["tools"]["derivref.check"] == {
        "missed": [case.name for case in gradients.WRONG if run(case).ok],
        "false alarms": [case.name for case in gradients.RIGHT if not run(case).ok],
    }
    assert "| `derivref.check` | 34 | 1 |" in checkers()
    for kind, count in (("missed", 0), ("false alarms", 1)):
        names = {name for found in data["tools"].values() for name in found[kind]}
        rows = [line.split(" | ") for line in checkers_cases(kind).splitlines()[2:]]
        assert {row[0].removeprefix("| ").replace("\\|", "|") for row in rows} == names
        assert sum(row[-1] != " |" for row in rows) == count
    with pytest.raises(Fault, match="no table `found`"):
        checkers_cases("found")


def test_one_right_gradient_is_not_accepted():
    alarms = {case.name: run(case) for case in gradients.RIGHT if not run(case).ok}
    assert list(alarms) == ["vanishing slope"]
    # The difference of values next to 1 has one or two digits: nothing to compare with.
    assert alarms["vanishing slope"].verdict.tolist() == ["inconclusive"]


@pytest.mark.parametrize(("name", "cause"), CAUSES.items())
def test_the_cause_is_told(name, cause):
    assert run(NAMES[name]).causes[:1] == (cause,)


def test_a_cause_is_not_told_without_reason():
    for name in ("square of tanh", "term of GELU", "beyond the slopes of ReLU"):
        assert run(NAMES[name]).causes in ((), ("one component alone is wrong",))
    for case in gradients.RIGHT:
        assert run(case).causes == ()
    assert check_derivative(np.abs, lambda x: x + 2, 0.0).causes == ()  # no slope to be twice of


@pytest.mark.parametrize(
    ("name", "where"),
    [("1 of 1000 by 1e-4", [308]), ("2 of 1000 swapped", [4, 5]), ("1000 inputs", [])],
)
def test_wrong_components_among_many_are_located(name, where):
    report = run(NAMES[name])
    assert np.flatnonzero(report.verdict == "wrong").tolist() == where
    assert np.sum(report.verdict == "right") == 1000 - len(where)
    assert report.evaluations < 2800


@pytest.mark.parametrize("n", [100, 1000, 5000])
def test_the_cost_of_a_right_gradient_does_not_grow_with_its_components(n):
    x = np.linspace(-2, 3, n)
    report = check_gradient(lambda x: np.sum(np.sin(x) * x), lambda x: np.sin(x) + x * np.cos(x), x)
    assert report.ok
    assert report.evaluations < 2800


def test_equal_and_opposite_errors_in_one_group_do_not_cancel():
    def grad(x):
        g = 2 * x
        g[504] += 1e-5  # too little to leave the group
        g[505] -= 1e-5
        return g

    report = check_gradient(lambda x: np.sum(x**2), grad, np.linspace(1, 2, 1000))
    assert np.flatnonzero(report.verdict == "wrong").tolist() == [504, 505]


def test_components_that_their_group_cannot_resolve_are_measured_alone():
    x = np.where(np.arange(1000) % 50, np.linspace(-2, 2, 1000), 1e-15)
    for off, verdict in ((1.0, "right"), (1.01, "wrong")):
        scale = np.where(np.arange(1000) == 50, off, 1.0)
        report = check_gradient(lambda x: np.sum(np.exp(x)), lambda x, s=scale: s * np.exp(x), x)
        assert report.verdict[50] == verdict
        assert np.sum(report.verdict == "right") == 999 + (verdict == "right")


def test_components_of_x_at_the_end_of_the_type():
    x = np.where(np.arange(100) % 10, np.linspace(1, 2, 100), 5e-324)
    report = check_gradient(lambda x: np.sum(np.exp(x)), np.exp, x)
    assert report.verdict.tolist() == ["right"] * 100


def test_the_search_stops_when_everything_is_wrong():
    report = check_gradient(lambda x: np.sum(x**3), lambda x: -3 * x**2, np.linspace(1, 2, 1000))
    assert 8 <= np.sum(report.verdict == "wrong") < 20
    assert "right" not in report.verdict
    assert report.causes == ("the sign is reversed",)
    assert "there are more" in str(report)
    assert report.evaluations < 2800


@pytest.mark.parametrize("problem", list(problems.problems(60, seed=3)), ids=str)
def test_random_problems_at_all_scales(problem):
    exact = float(problem.exact())
    verdicts = {}
    for off in (0.0, 1e-4, 1e-2):
        with np.errstate(all="ignore"):
            given = exact * (1 + off)
            report = check_derivative(problem.f, lambda x, g=given: np.full_like(x, g), problem.x)
        verdicts[off] = str(report.verdict)
    assert verdicts[0.0] != "wrong"
    assert verdicts[1e-4] != "right" or abs(report.tolerance) > 1e-5 * abs(exact)
    assert verdicts[1e-2] != "right"  # what is called right would have shown an error of 1e-3


@pytest.mark.parametrize("seed", range(10))
def test_float32_gradients_within_and_without_one_per_cent(seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(8, 20)).astype(np.float32)
    x = rng.normal(size=20).astype(np.float32)

    def f(x):
        return np.sum(np.tanh(w @ x) ** 2)

    def grad(x):
        t = np.tanh(w @ x)
        return w.T @ (2 * t * (1 - t**2))

    def only_float32(x):  # says float64, computes in float32
        return float(f(x.astype(np.float32)))

    def float32_inside(x):
        return np.sum(np.tanh(w @ x.astype(np.float32)).astype(np.float64) ** 2)

    for g in (f, only_float32, float32_inside):
        right = check_gradient(g, grad, x)
        wrong = check_gradient(g, lambda x: np.float32(1.01) * grad(x), x)
        assert right.ok, right
        assert "wrong" not in right.verdict
        assert np.sum(wrong.verdict == "wrong") >= 10
        assert "right" not in wrong.verdict
        assert wrong.causes[0].startswith("scaled by 1.0")


def test_the_rounding_of_a_narrow_derivative_is_no_error():
    x = np.linspace(1, 9, 9, dtype=np.float32)
    report = check_derivative(np.log, lambda x: (1 / x).astype(np.float32), x)
    assert report.verdict.tolist() == ["right"] * 9
    assert (report.tolerance < 1e-6 * report.given).all()
    # 1 - s keeps 3 digits of 5e-5 in float32: rounding again, not a wrong formula
    cancelled = check_derivative(
        lambda x: np.logaddexp(0, x) - x,
        lambda x: 1 / (1 + np.exp(-x)) - 1,
        np.array([1.0, 10.0], np.float32),
    )
    assert "wrong" not in cancelled.verdict


@pytest.mark.parametrize("seed", range(10))
def test_a_float32_gradient_of_a_float64_function(seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(500, 20))
    narrow = w.astype(np.float32)

    def grad(x):  # sums of 500 terms that cancel, each rounded
        z = narrow @ x.astype(np.float32)
        return narrow.T @ np.tanh(z)

    report = check_gradient(
        lambda x: np.sum(np.log(np.cosh(narrow @ x))), grad, rng.normal(size=20)
    )
    assert "wrong" not in report.verdict
    assert report.ok


KINKS = {0.0: "at a kink", 0.999: "at a kink", -1.0: "at a kink", 1.0001: "wrong", -1.5: "wrong"}


@pytest.mark.parametrize(("given", "verdict"), KINKS.items())
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_at_a_kink_what_lies_between_the_slopes_is_accepted(given, verdict, scale):
    at = 3.0  # not at 0, where everything is exact
    report = check_derivative(
        lambda x: scale * (np.abs(x - at) + x**2),
        lambda x: scale * (given + 2 * x),
        at,
    )
    assert report.verdict == verdict
    assert report.ok == (verdict == "at a kink")


def test_a_noisy_function_does_not_confirm():
    def noisy(x):
        digits = np.asarray(x, float).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return np.sin(x) + 1e-4 * ((digits >> np.uint64(11)) / 2**53 - 0.5)

    report = check_derivative(noisy, np.cos, [1.0, 2.0])
    assert report.verdict.tolist() == ["too noisy"] * 2
    assert not report.ok


def test_float32_that_cannot_decide_says_what_would():
    w = np.random.default_rng(0).normal(size=(30, 20)).astype(np.float32)

    def f(x):
        return np.sum(np.tanh(w @ x.astype(np.float32)) ** 2)

    def grad(x):
        t = np.tanh(w @ x)
        return w.T @ (2 * t * (1 - t**2))

    x = np.random.default_rng(1).normal(size=20).astype(np.float32)
    report = check_gradient(f, grad, x)
    assert not report.ok
    assert set(report.verdict) == {"right", "inconclusive"}
    assert report.causes == ("f computes in float32: let it take float64, which decides more",)


def test_at_the_edge_of_its_domain_a_function_has_one_slope():
    def f(x):
        return np.where(x >= 1, x**3, np.nan)

    assert check_derivative(f, lambda x: 3 * x**2, 1.0).verdict == "right"
    assert check_derivative(f, lambda x: 3.01 * x**2, 1.0).verdict == "wrong"


def test_where_there_is_no_slope_nothing_is_decided():
    report = check_derivative(lambda x: np.floor(x) + x, np.ones_like, [1.5, 2.0])
    assert report.verdict.tolist() == ["too noisy", "inconclusive"]
    assert not report.ok
    vertical = check_derivative(np.cbrt, lambda x: np.full_like(x, np.inf), 0.0)
    assert vertical.verdict == "inconclusive"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_component_that_is_not_finite_is_wrong(value):
    def grad(x):
        return np.where(np.arange(x.size) == 2, value, 2 * x)

    for n in (4, 100):
        report = check_gradient(lambda x: np.sum(x**2), grad, np.linspace(1, 2, n))
        assert np.flatnonzero(report.verdict == "wrong").tolist() == [2]


def test_what_is_too_small_to_see_is_undecided_but_passes_beside_large_components():
    report = check_derivative(np.tanh, lambda x: 1 - np.tanh(x) ** 2, [0.5, 17.0])
    assert report.verdict[0] == "right"
    assert report.verdict[1] in ("inconclusive", "too noisy")
    assert report.ok
    assert not check_derivative(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 17.0).ok


def test_the_report_prints_what_is_wrong():
    report = check_gradient(
        lambda x: 1e4 * x[0] ** 2 + x[1] ** 2,
        lambda x: np.array([2e4 * x[0], 1.9 * x[1]]),
        [1.0, 1.0],
    )
    assert str(report).splitlines()[0] == "check_gradient: NOT OK (1 right, 1 wrong)"
    head, row = (line.split() for line in str(report).splitlines()[1:3])
    assert head == ["component", "given", "measured", "tolerance", "verdict"]
    assert row[:3] == ["[1]", "1.9", "2"]
    assert float(row[3]) < 1e-10
    assert str(report).splitlines()[3:] == ["likely: one component alone is wrong"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.ok = True


def test_a_report_of_a_right_gradient_is_one_line():
    report = check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, [1.0, 2.0])
    report.assert_ok()
    assert repr(report) == "check_gradient: ok (2 right)"


def test_the_same_seed_gives_the_same_report():
    case = NAMES["1000 inputs"]
    first, again, other = (check_gradient(case.f, case.given, case.x, rng=r) for r in (5, 5, 6))
    assert np.array_equal(first.tolerance, again.tolerance)
    assert not np.array_equal(first.tolerance, other.tolerance)


# --- the forms of arguments --------------------------------------------------------------------


@pytest.mark.parametrize("x", [2, [1, 2], [[1, 2], [3, 4]], np.arange(3, dtype=np.int8), 2.5])
def test_integers_and_lists_become_float64(x):
    seen = []

    def df(x):
        seen.append(x.dtype)
        return 3 * x**2

    report = check_derivative(lambda x: x**3, df, x)
    assert report.ok
    assert report.verdict.shape == np.shape(x)
    assert set(seen) == {np.dtype(np.float64)}


def test_functions_of_single_numbers():
    assert check_derivative(math.sin, math.cos, [0.5, 1.0]).ok
    assert not check_derivative(math.sin, math.sin, [0.5, 1.0]).ok
    # math.log raises beyond its domain
    assert check_derivative(math.log, lambda x: 1 / x, 1e-3).ok


def test_arguments_of_any_shape_are_checked_whole():
    x = gradients.RNG.normal(size=(2, 3, 4))
    report = check_gradient(lambda x: np.sum(np.cumsum(x, axis=1) ** 2), lambda x: x, x)
    assert report.verdict.shape == report.given.shape == (2, 3, 4)
    assert not report.ok
    assert check_gradient(math.exp, math.exp, 1.0).ok


def test_a_function_may_change_its_argument():
    def f(x):
        x *= x
        return x.sum()

    assert check_gradient(f, lambda x: np.multiply(x, 2, out=x), [1.0, 2.0]).ok


@pytest.mark.parametrize("outputs", [3, 40])
def test_a_vjp_with_one_output_wrong(outputs):
    w = gradients.RNG.normal(size=(outputs, 5))

    def vjp(x, v):
        return w.T @ (v * (1 - np.tanh(w @ x) ** 2))

    def wrong(x, v):
        v = v.copy()
        v[2] *= 1.01
        return vjp(x, v)

    x = np.linspace(-0.5, 0.5, 5)
    right = check_vjp(lambda x: np.tanh(w @ x), vjp, x)
    assert right.ok
    assert right.verdict.shape == (min(outputs, 16), 5)
    report = check_vjp(lambda x: np.tanh(w @ x), wrong, x)
    rows = np.flatnonzero((report.verdict == "wrong").any(axis=1))
    assert len(rows) == 1
    assert outputs > 16 or rows[0] == 2


def test_a_vjp_of_matrices():
    w = gradients.RNG.normal(size=(3, 2))
    x = gradients.RNG.normal(size=(2, 3))
    report = check_vjp(lambda x: x @ w, lambda x, v: v @ w.T, x)
    assert report.ok
    assert report.verdict.shape == (2, 2, 2, 3)


# --- what is refused ---------------------------------------------------------------------------

COUNT = iter(range(10**6))


def norm(x):
    return np.sum(np.asarray(x) ** 2)


def fails(*args):
    raise KeyError("weights")


REFUSED = [
    (check_derivative, (3, np.cos, 1.0), TypeError, "`f` must be callable, got 3"),
    (check_derivative, (np.sin, None, 1.0), TypeError, "`df` must be callable, got None"),
    (check_gradient, (norm, "g", [1.0]), TypeError, "`grad` must be callable, got 'g'"),
    (check_vjp, (np.sin, 1, [1.0]), TypeError, "`vjp` must be callable, got 1"),
    (check_gradient, (np.sin, np.cos, [1.0, 2]), ValueError, "`f` must return shape (), got (2,)"),
    (check_gradient, (norm, norm, [1.0, 2]), ValueError, "`grad` must return shape (2,), got ()"),
    (check_derivative, (norm, np.cos, [1.0, 2]), ValueError, "`f` must return shape (2,), got ()"),
    (check_vjp, (np.sin, lambda x, v: 1, [1.0]), ValueError, "`vjp` must return shape (1,), got"),
    (check_gradient, (fails, norm, [1.0]), ValueError, "`f` raised KeyError at x: 'weights'"),
    (check_gradient, (norm, fails, [1.0]), ValueError, "`grad` raised KeyError at x: 'weights'"),
    (check_vjp, (np.sin, fails, [1.0]), ValueError, "`vjp` raised KeyError at x: 'weights'"),
    (
        check_gradient,
        (lambda x: np.nan, np.cos, [1.0]),
        ValueError,
        "`f` must be finite at x, got nan",
    ),
    (
        check_derivative,
        (lambda x: np.where(x > 1, np.inf, x), np.cos, [1.0, 2.0]),
        ValueError,
        "`f` must be finite at x, got inf in [1]",
    ),
    (
        check_gradient,
        (lambda x: float(next(COUNT)), np.cos, [1.0]),
        ValueError,
        "`f` must be deterministic",
    ),
    (
        check_gradient,
        (norm, lambda x: x + next(COUNT), [1.0]),
        ValueError,
        "`grad` must be deterministic",
    ),
    (
        check_gradient,
        (norm, np.cos, [1j]),
        TypeError,
        "`x` must be real, float64 or float32, got c",
    ),
    (check_gradient, (norm, np.cos, np.ones(2, np.float16)), TypeError, "got float16"),
    (check_gradient, (norm, np.cos, np.ones(2, np.longdouble)), TypeError, "`x` must be real"),
    (check_gradient, (norm, np.cos, [True]), TypeError, "got bool"),
    (check_gradient, (norm, np.cos, []), ValueError, "`x` must not be empty, got shape (0,)"),
    (check_gradient, (norm, np.cos, [1, np.nan]), ValueError, "`x` must be finite, got nan"),
    (check_gradient, (norm, lambda x: 1j * x, [1.0]), TypeError, "`grad` must return real numbers"),
    (check_gradient, (lambda x: "1", np.cos, [1.0]), TypeError, "`f` must return real numbers"),
    (
        check_derivative,
        (gradients.softmax, np.cos, [1.0, 2.0]),
        ValueError,
        "`f` must be elementwise",
    ),
]


@pytest.mark.parametrize(
    ("check", "args", "error", "message"), REFUSED, ids=lambda p: getattr(p, "__name__", None)
)
def test_bad_input_is_refused_by_name(check, args, error, message):
    with pytest.raises(error) as caught:
        check(*args)
    assert message in str(caught.value)


# --- rounding inside f, corners of the slope, Jacobians, solvers ---------------------------------


def one_minus_cos(x):
    return 1 - np.cos(x)


def test_rounding_inside_f_confirms_no_wrong_slope_and_refutes_no_right_one():
    zero = check_derivative(one_minus_cos, np.zeros_like, 1e-6)
    assert not zero.ok
    assert zero.causes == ("0 where the slope is not 0", "one component alone is wrong")[:1]
    right = check_derivative(one_minus_cos, np.sin, [1e-6, 1e-2])
    assert right.verdict.tolist() == ["right", "right"]
    for x in (20.0, 30.0, 35.0, 36.0, 37.0, 40.0):
        assert "wrong" not in check_derivative(sigmoid, d_sigmoid, x).verdict
    for x in (1e-2, 1e-4, 1e-6):  # the slope is 1/24 - x/12 there, and f has few digits
        report = check_derivative(
            lambda x: (1 - np.cos(x)) / x**2, lambda x: -x / 12 + x**3 / 180, x
        )
        assert "wrong" not in report.verdict


def test_a_slope_with_a_corner_is_a_slope():
    def huber(x):
        return np.where(abs(x) <= 1, x * x / 2, abs(x) - 0.5)

    x = np.array([1.0, -1.0, 0.5, 3.0])
    assert check_gradient(lambda x: np.sum(huber(x)), lambda x: np.clip(x, -1, 1), x).ok
    assert not check_gradient(lambda x: np.sum(huber(x)), lambda x: np.clip(x, -2, 2), x).ok
    assert check_derivative(lambda x: x * abs(x), lambda x: 2 * abs(x), [0.0, 1.0]).ok


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_a_jacobian_entry_by_entry(shape):
    w = np.random.default_rng(0).normal(size=(4, *shape))
    axes = len(shape)

    def f(x):
        return np.tanh(np.tensordot(w, x, axes) if axes else w * x)

    def jac(x):
        return w * (1 - f(x) ** 2).reshape((4,) + (1,) * axes)

    x = np.random.default_rng(1).normal(size=shape) / 4
    report = check_jacobian(f, jac, x)
    assert report.ok
    assert report.verdict.shape == (4, *shape)

    def wrong(x):
        out = jac(x)
        out[2] *= 1.001
        return out

    report = check_jacobian(f, wrong, x)
    assert not report.ok
    assert set(np.argwhere(report.verdict == "wrong")[:, 0]) == {2}
    assert (np.delete(report.verdict, 2, axis=0) == "right").all()


def test_a_jacobian_at_kinks_and_with_many_outputs():
    x = np.linspace(-1, 1, 41)  # 0 is among them
    report = check_jacobian(lambda x: np.maximum(x, 0), lambda x: np.diag(x > 0) * 1.0, x)
    assert report.ok
    assert report.verdict[20, 20] == "at a kink"
    assert report.verdict.shape == (41, 41)
    assert report.evaluations < 100 * x.size
    swapped = check_jacobian(lambda x: x[::-1] * x, lambda x: np.diag(x[::-1]), x + 2)
    assert np.sum(swapped.verdict == "wrong") == 41


def bisected(x):
    """The square root of x to six digits."""
    low, high = 0.0, 4.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle < x else (low, middle)
    return (low + high) / 2


def newton(x):
    """The square root of x to five digits."""
    y = 1.0
    for _ in range(50):
        if abs(y * y - x) <= 1e-5:
            return y
        y = (y + x / y) / 2
    raise RuntimeError("no convergence")


@pytest.mark.parametrize(("f", "accuracy"), [(bisected, 1e-6), (newton, 1e-5)])
def test_a_solver_inside_f_is_right_to_its_tolerance(f, accuracy):
    x = [2.0, 3.3]
    right = check_derivative(f, lambda x: 0.5 / math.sqrt(x), x, accuracy=accuracy)
    assert "wrong" not in right.verdict
    wrong = check_derivative(f, lambda x: 0.6 / math.sqrt(x), x, accuracy=accuracy)
    assert wrong.verdict.tolist() == ["wrong", "wrong"]
    gradient = check_gradient(
        lambda x: f(x[0]) * x[1],
        lambda x: [0.5 / math.sqrt(x[0]) * x[1], f(x[0])],
        [2.0, 3.0],
        accuracy=accuracy,
    )
    assert "wrong" not in gradient.verdict


@pytest.mark.parametrize("accuracy", [-1.0, math.inf, math.nan, "1e-6"])
def test_a_bad_accuracy_is_refused(accuracy):
    with pytest.raises(ValueError, match="`accuracy` must be finite and not negative, got"):
        check_derivative(np.sin, np.cos, 1.0, accuracy=accuracy)


def test_search_points_beyond_the_domain_of_f():
    assert check_gradient(lambda x: math.log(x[0]), lambda x: 1 / x, [1e-3]).ok
    report = check_gradient(lambda x: float(x[0]) ** 0.5, lambda x: [0.5 / math.sqrt(x[0])], [1e-4])
    assert report.ok
    assert check_jacobian(lambda x: np.sqrt(x), lambda x: np.diag(0.5 / np.sqrt(x)), [1e-4, 2]).ok


SATURATING = {
    "sigmoid": (special.expit, lambda x: special.expit(x) * special.expit(-x), (28, 40)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, (14, 20)),
    "erf": (special.erf, lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x), (4.5, 6.5)),
    "normal": (special.ndtr, lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi), (6, 9)),
    "one less a bell": (lambda x: 1 - np.exp(-x * x), lambda x: 2 * x * np.exp(-x * x), (5, 6.5)),
    "softplus": (lambda x: np.logaddexp(0, x), special.expit, (-45, -20)),
    "arctangent": (np.arctan, lambda x: 1 / (1 + x * x), (1e6, 1e8)),
}


def test_a_flat_function_is_not_one_of_float32():
    for x in (8.5, 9.0, 12.0):  # where the normal distribution is 1, to the last digit
        report = check_derivative(special.ndtr, lambda x: 0 * x, x)
        assert report.tolerance < 1e-9
        assert "float32" not in " ".join(report.causes)


@pytest.mark.parametrize("name", SATURATING)
def test_a_right_slope_is_never_wrong_where_f_levels_off(name):
    f, df, ends = SATURATING[name]
    for x in np.linspace(*ends, 13):
        assert check_derivative(f, df, x).verdict != "wrong"
        report = check_derivative(f, lambda x, df=df: 1.5 * df(x) + 1e-3, x)
        assert report.verdict == "wrong"
