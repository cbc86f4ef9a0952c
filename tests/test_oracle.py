"""The oracle: known values, and every kind of planted fault named."""

import warnings
from dataclasses import replace
from functools import cache

import mpmath as mp
import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.records import Kink, Limits

GELU, RELU, SIGMOID, SOFTPLUS = map(catalog.get, ("gelu", "relu", "sigmoid", "softplus"))


def broken(record):
    """Return what the failing checks of a record say."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # planted code may divide by zero
        return [f"{c.method}: {c.detail}" for c in oracle.verify(record) if not c.ok]


@cache
def sound(name):
    """What the failing checks of an entry say: found out once for all its planted faults."""
    return broken(catalog.get(name))


# --- planted faults ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "fault", "said"),
    [
        (SIGMOID, {"d": lambda x: -SIGMOID.d(x)}, "exact values: f′ in float64"),
        (SIGMOID, {"d": lambda x: -SIGMOID.d(x)}, "finite differences: f′ and the central"),
        (SIGMOID, {"d": lambda x: -SIGMOID.d(x)}, "forward mode: f′ and forward mode"),
        (SIGMOID, {"d": lambda x: -SIGMOID.d(x)}, "reverse mode: f′ and reverse mode"),
        (SIGMOID, {"d": lambda x: (1 + 1e-6) * SIGMOID.d(x)}, "exact values: f′ in float64"),
        (SIGMOID, {"d2": lambda x: 2 * SIGMOID.d2(x)}, "exact values: f″ in float64"),
        (SIGMOID, {"d2": lambda x: 2 * SIGMOID.d2(x)}, "finite differences: f″ and the central"),
        (SIGMOID, {"f": lambda x: SIGMOID.f(x) ** 2}, "exact values: f in float64"),
        (SIGMOID, {"derivative": "sigma(x)*(1 + sigma(x))"}, "formula of f′ is not `sigma(x)*(1"),
        (SIGMOID, {"second": "sigma(x)"}, "formula of f″ is not `sigma(x)`"),
        (GELU, {"form": "x*phi(x)"}, "formula of f is not `x*phi(x)`"),
        (SIGMOID, {"expr": "1/(1 + exp(x))"}, "exact values: f in float64"),
        (SIGMOID, {"relations": ("sigmoid(x) = sigmoid(-x)",)}, "relation fails: `sigmoid(x) ="),
        (
            SIGMOID,
            {"limits": Limits(f=(0, 1), d=(0, 0.5), d2=(0, 0))},
            "limits: f′ does not tend to 0.5 at inf",
        ),
        (
            SIGMOID,
            {"limits": Limits(f=(0, np.inf), d=(0, 0), d2=(0, 0))},
            "limits: f does not tend to inf at inf",
        ),
        (SIGMOID, {"f": lambda x: np.exp(x) / (1 + np.exp(x))}, "overflow encountered in exp"),
        (RELU, {"d": lambda x: np.where(x > 0, 1.0, 0.0)}, "f′(nan) is not nan"),
        (RELU, {"d2": lambda x: 0.0 * x}, "f″ at inf is nan, the limit 0"),
        (SOFTPLUS, {"f": lambda x: np.logaddexp(0.0, x)}, "invalid value encountered in logaddexp"),
        (RELU, {"f": lambda x: np.maximum(x, np.zeros(1))}, "f: float32 becomes float64"),
        (RELU, {"f": lambda x: np.maximum(np.atleast_1d(x), 0.0)}, "f: shape () becomes (1,)"),
        (SIGMOID, {"analytic": True}, "declared analytic, and complex numbers are refused"),
        (RELU, {"kinks": ()}, "kinks: an undeclared kink at 0: slopes 0 and 1"),
        (
            RELU,
            {"kinks": (Kink(at=0.0, slope=2.0, why="Wrong."),)},
            "the slope 2 at 0 is not between 0 and 1; d(0) is 0 in float64, declared 2",
        ),
        (
            RELU,
            {"kinks": (Kink(at=0.0, slope=1.0, why="Wrong."),)},
            "kinks: d(0) is 0 in float64, declared 1",
        ),
        (
            SIGMOID,
            {"kinks": (Kink(at=1.0, slope=0.2, why="Wrong."),)},
            "kinks: no kink at 1: both slopes are 0.19",
        ),
    ],
)
def test_a_planted_fault_is_named(record, fault, said):
    assert sound(record.full_name) == []
    faults = broken(replace(record, **fault))
    assert any(said in line for line in faults), faults


def test_a_fault_in_another_parameter_is_named():
    record = catalog.get("leaky_relu")
    flat = replace(record, d=lambda x, negative_slope=0.01: np.heaviside(x, 0.01) + 0.01 * (x < 0))
    assert any("negative_slope = 0.25: f′ in float64" in line for line in broken(flat))


DECAY, HYPOT = catalog.get("exp_decay"), catalog.get("hypot")


@pytest.mark.parametrize(
    ("record", "name", "fault", "said"),
    [
        (DECAY, "rate", {"code": lambda x, rate=1.0: -DECAY.f(x, rate)}, "∂f/∂rate in float64, ab"),
        (DECAY, "rate", {"code": lambda x, rate=1.0: -DECAY.f(x, rate)}, "∂f/∂rate and the centr"),
        (DECAY, "rate", {"code": lambda x, rate=1.0: -DECAY.f(x, rate)}, "∂f/∂rate and reverse mo"),
        (DECAY, "rate", {"code": lambda x, rate=1.0: -DECAY.f(x, 1.0) * x}, "rate = 0.5: ∂f/∂rate"),
        (DECAY, "rate", {"code": lambda x, rate=1.0: -x * np.exp(-rate * x)}, "∂f/∂rate at inf is"),
        (DECAY, "rate", {"form": "-x*exp(rate*x)"}, "formula of ∂f/∂rate is not"),
        (
            catalog.get("leaky_relu"),
            "negative_slope",
            {"code": lambda x, negative_slope=0.01: np.minimum(x, 1e-9)},
            "∂f/∂negative_slope in float64, above",
        ),
        (
            catalog.get("leaky_relu"),
            "negative_slope",
            {"code": lambda x, negative_slope=0.01: np.minimum(x, 0.0) + (x == 0.0)},
            "∂f/∂negative_slope at the kink 0 is 1 in float64, not from 0 to 0",
        ),
        (
            HYPOT,
            "y",
            {"code": lambda x, y=1.0: 1 / np.hypot(x, 1.0)},
            "∂f/∂y at random x and y: off",
        ),
        (
            HYPOT,
            "y",
            {"code": lambda x, y=1.0: np.float64(1) * HYPOT.f(x, y)},
            "of float32 give float64",
        ),
    ],
)
def test_a_fault_in_a_derivative_in_a_parameter_is_named(record, name, fault, said):
    wrong = replace(record, partials={name: replace(record.partials[name], **fault)})
    with np.errstate(all="ignore"):
        faults = broken(wrong)
    assert any(said in line for line in faults), faults


def test_a_branch_for_tracing_is_needed():
    record = replace(SIGMOID, f=lambda x: 0.5 + 0.5 * np.tanh(np.abs(x) / 2) * np.sign(x))
    assert any(line.startswith("forward mode") for line in broken(record))


# --- exact values and errors ------------------------------------------------------------------


def test_the_tail_of_softplus_is_no_zero():
    exact = oracle.reference(SOFTPLUS, 0, [-700.0])
    assert exact.rounded() == np.exp(-700.0)  # e**-700 is 1e-304: log(1 + u) is u there
    naive = catalog.get("softplus").tutorial.f
    with np.errstate(all="ignore"):
        assert oracle.tutorial(SOFTPLUS, 0)(np.array([-700.0])) == 0.0, naive


@pytest.mark.parametrize(("name", "x"), [("gelu", -30.0), ("mish", 400.0), ("gelu_tanh", -20.0)])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_exact_values_agree_with_mpmath_at_a_thousand_digits(name, x, n):
    """An independent road: numerical differentiation at 1000 digits of the plain formula."""
    record = catalog.get(name)
    plain = {
        "gelu": lambda u: u * (1 + mp.erf(u / mp.sqrt(2))) / 2,
        "mish": lambda u: u * mp.tanh(mp.log(1 + mp.exp(u))),
        "gelu_tanh": lambda u: (
            u * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (u + mp.mpf("0.044715") * u**3))) / 2
        ),
    }[name]
    with mp.workdps(1500):
        value = mp.diff(plain, x, n, h=mp.mpf(10) ** -400) if n else plain(mp.mpf(x))
        exact = oracle.reference(record, n, [x])
        got = mp.ldexp(mp.mpf(exact.high[0]) + mp.mpf(exact.low[0]), int(exact.exponent[0]))
        assert abs(got - value) <= abs(value) * mp.mpf(10) ** -28


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_errors_are_counted_in_units_of_the_type(dtype):
    info = np.finfo(dtype)
    identity = replace(SIGMOID, expr="x", derivative="", second="")
    points = np.array([1.0, info.tiny, info.smallest_subnormal, info.max, 0.0], dtype=dtype)
    exact = oracle.reference(identity, 0, points)
    assert np.all(oracle.error_in_ulp(points, exact, dtype) == 0)
    with np.errstate(over="ignore"):  # the largest becomes infinity: one beyond
        up = np.nextafter(points, dtype(np.inf))
    assert np.all(oracle.error_in_ulp(up, exact, dtype) == 1)
    assert np.all(oracle.error_in_ulp(np.full(5, np.nan), exact, dtype) == np.inf)
    assert np.all(oracle.error_in_ulp(np.full(5, -np.inf), exact, dtype) == np.inf)
    beyond = oracle.reference(replace(SIGMOID, expr="exp(x)"), 0, [2000.0, -2000.0])
    assert list(oracle.error_in_ulp([np.inf, 0.0], beyond, dtype)) == [0, 0]
    assert oracle.error_in_ulp([info.max, 0.0], beyond, dtype)[0] >= 1


def test_float32_is_measured_in_its_own_units():
    rounded = oracle.measure(SIGMOID, 1, np.float64, lambda x: SIGMOID.d(x).astype(np.float32))
    assert rounded.max_ulp > 2**20


def test_a_formula_of_tutorials_loses_every_digit():
    errors = oracle.measure(SIGMOID, 1, np.float64, oracle.tutorial(SIGMOID, 1))
    assert errors.lost > 100
    assert 36 < errors.lost_at < 38  # s * (1 - s) is 0 from 36.7 on
    assert oracle.measure(SIGMOID, 1, np.float64).lost == 0


def test_errors_beside_a_zero_are_in_units_of_x():
    shifted = oracle.measure(GELU, 1, np.float64, lambda x: GELU.d(x * (1 + 2**-44)))
    assert shifted.near_zero > 100  # x moved by up to 256 ULP
    assert oracle.measure(GELU, 1, np.float64).near_zero < 8


def test_the_cache_is_only_a_cache(tmp_path, monkeypatch):
    warm = oracle.reference(SIGMOID, 1, [0.3, 40.0]).rounded()
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    monkeypatch.setattr(oracle, "_memory", {})
    cold = oracle.reference(SIGMOID, 1, [0.3, 40.0]).rounded()
    assert np.array_equal(warm, cold)
    assert list(tmp_path.rglob("*"))


# --- formulas ---------------------------------------------------------------------------------


def test_an_unknown_symbol_is_named():
    with pytest.raises(ValueError, match="sigmoid: unknown symbol `y` in `x \\+ y`"):
        oracle.parse("x + y", SIGMOID)


def test_a_formula_that_does_not_parse_is_named():
    with pytest.raises(ValueError, match="sigmoid: cannot read the formula `x \\+`"):
        oracle.parse("x +", SIGMOID)


@pytest.mark.parametrize(
    ("name", "n", "tex"),
    [
        ("gelu", 0, r"x\,\Phi(x)"),
        ("gelu", 1, r"\Phi(x) + x\,\varphi(x)"),
        ("sigmoid", 0, r"\frac{1}{1 + e^{-x}}"),
        ("tanh", 1, r"1 - \tanh^{2} x"),
        ("cos", 1, r"-\sin x"),
        ("exp_decay", 1, r"-\lambda\,e^{-\lambda x}"),
        ("arcsin", 2, r"\frac{x}{(1 - x^{2})^{3/2}}"),
    ],
)
def test_latex_keeps_the_order_and_the_names(name, n, tex):
    assert oracle.latex(catalog.get(name), n) == tex


# --- key numbers ------------------------------------------------------------------------------


def test_the_key_numbers_of_gelu():
    facts = oracle.facts(GELU)
    assert [str(v) for v in facts.at_zero] == ["0", "0.5", "0.7978845608"]
    assert facts.at_zero[1].exact == "1/2"
    assert [str(z) for z in facts.slope_zeros] == ["-0.7517915247"]
    assert [z.exact for z in facts.inflections] == ["-sqrt(2)", "sqrt(2)"]
    low, high = facts.slope_range
    assert (str(low.value), str(high.value)) == ("-0.1289041452", "1.128904145")
    assert [p.exact for p in high.at] == ["sqrt(2)"]
    assert facts.lipschitz == high
    assert str(facts.minimum.value) == "-0.1699712075"
    assert (facts.maximum, facts.monotone, facts.shape, facts.symmetry) == (None, "", "", "")


def test_the_key_numbers_of_sigmoid():
    facts = oracle.facts(SIGMOID)
    low, high = facts.range
    assert (low.value.exact, low.attained, low.toward) == ("0", False, "-oo")
    assert (high.value.exact, high.attained, high.toward) == ("1", False, "oo")
    assert (facts.lipschitz.value.exact, [p.exact for p in facts.lipschitz.at]) == ("1/4", ["0"])
    assert (facts.monotone, facts.shape, facts.zeros) == ("increasing", "", ())


def test_the_key_numbers_at_kinks():
    facts = oracle.facts(RELU)
    assert (facts.at_zero[0].exact, facts.at_zero[1:]) == ("0", (None, None))
    assert [(e.value.exact, e.attained) for e in facts.slope_range] == [("0", True), ("1", True)]
    assert (facts.monotone, facts.shape) == ("increasing", "convex")
    facts = oracle.facts(catalog.get("absolute"))
    assert (facts.symmetry, facts.shape) == ("even", "convex")
    assert ([z.exact for z in facts.zeros], [p.exact for p in facts.minimum.at]) == (["0"], ["0"])


@pytest.mark.parametrize(
    ("name", "symmetry", "shape", "zeros"),
    [
        ("tanh", "odd", "", ["0"]),
        ("softplus", "", "convex", []),
        ("exp", "", "convex", []),
        ("log", "", "concave", ["1"]),
        ("sqrt", "", "concave", []),
        ("sin", "odd", "", ["0", "pi"]),
        ("cos", "even", "", ["pi/2", "3*pi/2"]),
        ("arccos", "", "", []),
    ],
)
def test_symmetry_shape_and_zeros(name, symmetry, shape, zeros):
    facts = oracle.facts(catalog.get(name))
    assert (facts.symmetry, facts.shape) == (symmetry, shape)
    assert [z.exact for z in facts.zeros] == zeros


def test_poles_bound_nothing():
    facts = oracle.facts(catalog.get("tan"))
    assert [str(e.value) for e in facts.range] == ["-inf", "inf"]
    assert (facts.slope_range[0].value.exact, facts.slope_range[1].toward) == ("1", "pi/2")


def test_one_sided_slopes():
    assert oracle.one_sided(RELU, 0.0) == (0.0, 1.0)
    assert oracle.one_sided(SIGMOID, 0.0) == (0.25, 0.25)
