"""Every rule against derivatives at rising precision, in value, at kinks and nested."""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sp

from derivref.dual import derivative, jvp
from derivref.partials import ELEMENTWISE, FLAT, rule
from derivref.tape import grad, hvp, vjp


def logistic(x):
    return 1 / (1 + mp.exp(-x))


# The same functions written independently, for any precision.
REFERENCE = {
    np.positive: lambda x: x,
    np.conjugate: lambda x: x,
    np.negative: lambda x: -x,
    np.add: lambda x, y: x + y,
    np.subtract: lambda x, y: x - y,
    np.multiply: lambda x, y: x * y,
    np.divide: lambda x, y: x / y,
    np.reciprocal: lambda x: 1 / x,
    np.square: lambda x: x * x,
    np.power: lambda x, y: x**y,
    np.float_power: lambda x, y: x**y,
    np.sqrt: mp.sqrt,
    np.cbrt: lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    np.remainder: lambda x, y: x - y * mp.floor(x / y),
    np.fmod: lambda x, y: x - y * (mp.floor if x / y > 0 else mp.ceil)(x / y),
    np.deg2rad: mp.radians,
    np.radians: mp.radians,
    np.rad2deg: mp.degrees,
    np.degrees: mp.degrees,
    np.absolute: abs,
    np.fabs: abs,
    np.heaviside: lambda x, y: mp.mpf(x > 0),
    np.copysign: lambda x, y: abs(x) * mp.sign(y),
    np.maximum: max,
    np.fmax: max,
    np.minimum: min,
    np.fmin: min,
    np.hypot: mp.hypot,
    np.exp: mp.exp,
    np.exp2: lambda x: mp.mpf(2) ** x,
    np.expm1: mp.expm1,
    np.log: mp.log,
    np.log2: lambda x: mp.log(x, 2),
    np.log10: mp.log10,
    np.log1p: mp.log1p,
    np.logaddexp: lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    np.logaddexp2: lambda x, y: mp.log(mp.mpf(2) ** x + mp.mpf(2) ** y, 2),
    np.sin: mp.sin,
    np.cos: mp.cos,
    np.tan: mp.tan,
    np.arcsin: mp.asin,
    np.arccos: mp.acos,
    np.arctan: mp.atan,
    np.arctan2: mp.atan2,
    np.sinh: mp.sinh,
    np.cosh: mp.cosh,
    np.tanh: mp.tanh,
    np.arcsinh: mp.asinh,
    np.arccosh: mp.acosh,
    np.arctanh: mp.atanh,
    sp.expit: logistic,
    sp.log_expit: lambda x: -mp.log1p(mp.exp(-x)),
    sp.logit: lambda x: mp.log(x / (1 - x)),
    sp.erf: mp.erf,
    sp.erfc: mp.erfc,
    sp.erfcx: lambda x: mp.exp(x * x) * mp.erfc(x),
    sp.erfinv: mp.erfinv,
    sp.ndtr: mp.ncdf,
    sp.log_ndtr: lambda x: mp.log(mp.ncdf(x)),
    sp.ndtri: lambda x: mp.sqrt(2) * mp.erfinv(2 * x - 1),
    sp.xlogy: lambda x, y: x * mp.log(y),
    sp.xlog1py: lambda x, y: x * mp.log1p(y),
    sp.entr: lambda x: -x * mp.log(x),
    sp.rel_entr: lambda x, y: x * mp.log(x / y),
    sp.kl_div: lambda x, y: x * mp.log(x / y) - x + y,
    sp.gammaln: mp.loggamma,
    sp.gamma: mp.gamma,
    sp.psi: mp.digamma,
    sp.loggamma: mp.loggamma,
    sp.rgamma: mp.rgamma,
    sp.exp2: lambda x: mp.mpf(2) ** x,
    sp.exp10: lambda x: mp.mpf(10) ** x,
    sp.expm1: mp.expm1,
    sp.log1p: mp.log1p,
    sp.cosm1: lambda x: -2 * mp.sin(x / 2) ** 2,
    sp.cbrt: lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    sp.erfcinv: lambda x: mp.erfinv(1 - x),
    sp.erfi: mp.erfi,
    sp.dawsn: lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
    sp.exp1: mp.e1,
    sp.expi: mp.ei,
    sp.j0: lambda x: mp.besselj(0, x),
    sp.j1: lambda x: mp.besselj(1, x),
    sp.y0: lambda x: mp.bessely(0, x),
    sp.y1: lambda x: mp.bessely(1, x),
    sp._ufuncs._zeta: mp.zeta,
    sp.i0: lambda x: mp.besseli(0, x),
    sp.i1: lambda x: mp.besseli(1, x),
    sp.k0: lambda x: mp.besselk(0, x),
    sp.k1: lambda x: mp.besselk(1, x),
    sp.jv: mp.besselj,
    sp.yv: mp.bessely,
    sp.iv: mp.besseli,
    sp.kv: mp.besselk,
    sp.gammainc: lambda a, x: mp.gammainc(a, 0, x, regularized=True),
    sp.gammaincc: lambda a, x: mp.gammainc(a, x, regularized=True),
    sp.boxcox: lambda x, a: (x**a - 1) / a,
    sp.boxcox1p: lambda x, a: ((1 + x) ** a - 1) / a,
    sp.inv_boxcox: lambda y, a: (1 + a * y) ** (1 / a),
    sp.inv_boxcox1p: lambda y, a: (1 + a * y) ** (1 / a) - 1,
    sp.huber: lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2),
    sp.pseudo_huber: lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1),
}
EPS = np.finfo(float).eps
RULES = [pytest.param(r, i, id=f"{r.name}-{i}") for r in ELEMENTWISE.values() for i in (0, 1)
         if i < r.ufunc.nin and r.partials[i]]  # fmt: skip
# erfcx' = 2x·erfcx − 2/√π cancels a factor 2x² up to x = 10, where the series takes over.
# So does 1 − 2x·dawsn. SciPy's J of a fractional order is itself off by 100 ULP.
ULP = {sp.erfcx: 200, sp.dawsn: 200, sp.jv: 200}


# At large and at small x, mpmath takes seconds for a value of these: they are tried from −3 to 3.
SLOW = (sp.y0, sp.y1, sp.k0, sp.k1, sp.kv, sp.gammainc, sp.gammaincc)


def points(row, count):
    """Draw from (−3, 3), (0, 1) and both signs of 1e-8 … 600, and keep the domain of the rule."""
    rng = np.random.default_rng(1)
    shape = (count, row.ufunc.nin)
    wide = rng.choice([-1, 1], shape) * 10 ** rng.uniform(-8, 2.8, shape)
    p = np.concatenate([rng.uniform(-3, 3, shape), rng.uniform(0, 1, shape), wide])
    p = p[: 2 * count : 2] if row.ufunc in SLOW else p
    with np.errstate(all="ignore"):
        z = row.ufunc(*p.T)
        inside = np.isfinite(z)
        if row.domain:
            inside &= eval(row.domain, {"np": np, "x": p[:, 0], "y": p[:, -1], "z": z})
    assert inside.sum() >= count / 4
    return p[inside]


def exact(f, p, i, orders):
    """Differentiate in argument i at rising precision until two results agree and are not 0."""
    at = mp.mpf(float(p[i]))

    def g(t):
        return f(*(t if j == i else mp.mpf(float(v)) for j, v in enumerate(p)))

    before = None
    for digits in (60, 120, 700):
        with mp.workdps(digits):
            h = abs(at) * mp.mpf(10) ** (-digits // 3)
            now = [mp.diff(g, at, n, h=h) for n in orders]
            if before and all(
                0 != abs(b) >= abs(a - b) * mp.mpf(10) ** 18
                for a, b in zip(now, before, strict=True)
            ):
                return now
        before = now
    return now


def slot(ufunc, p, i):
    return lambda t: ufunc(*(t if j == i else v for j, v in enumerate(p)))


def test_every_rule_has_a_reference():
    assert set(REFERENCE) == set(ELEMENTWISE)


@pytest.mark.parametrize(("row", "i"), RULES)
def test_first_partial(row, i):
    """The error is a few ULP, plus what a rounding of the inputs would cause."""
    for p in points(row, 12):
        (d,) = exact(REFERENCE[row.ufunc], p, i, [1])
        if d != 0 and not 1e-290 < abs(d) < 1e290:
            continue
        moved = [
            exact(REFERENCE[row.ufunc], np.where(np.arange(p.size) == j, p * (1 + EPS), p), i, [1])
            for j in range(p.size)
        ]
        unit = EPS * abs(d) + sum(abs(m[0] - d) for m in moved)
        f = slot(row.ufunc, p, i)
        forward = float(derivative(f, p[i]))
        assert abs(forward - d) <= ULP.get(row.ufunc, 8) * unit, (
            f"{row.name}{tuple(p)}: {forward} for {float(d)}"
        )
        assert grad(f)(p[i]) == forward


@pytest.mark.parametrize(("row", "i"), RULES)
def test_second_partial_by_nesting(row, i):
    for p in points(row, 8):
        d, d2 = exact(REFERENCE[row.ufunc], p, i, [1, 2])
        if abs(d) > 1e290 or abs(d2) > 1e290:
            continue
        f = slot(row.ufunc, p, i)
        for twice in (
            derivative(lambda t, f=f: derivative(f, t), p[i]),
            grad(grad(f))(p[i]),
        ):
            error = abs(float(twice) - d2)
            assert error <= 1e-11 * (abs(d2) + abs(d)), f"{row.name}{tuple(p)}: {twice}"


@pytest.mark.parametrize(
    ("f", "x", "textbook"),
    [
        (np.tanh, 25.0, lambda x: 1 - np.tanh(x) ** 2),
        (sp.expit, 45.0, lambda x: sp.expit(x) * (1 - sp.expit(x))),
        (np.expm1, -45.0, lambda x: np.expm1(x) + 1),
        (sp.ndtr, 37.3, lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi)),
        (sp.erf, 26.1, lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x)),
        (sp.erfc, -26.1, lambda x: -2 / np.sqrt(np.pi) * np.exp(-x * x)),
        (sp.erfcx, 1e9, lambda x: 2 * x * sp.erfcx(x) - 2 / np.sqrt(np.pi)),
        (sp.erfcx, 30.0, lambda x: 2 * x * sp.erfcx(x) - 2 / np.sqrt(np.pi)),
        (sp.log_ndtr, 37.3, lambda x: np.exp(-x * x / 2 - sp.log_ndtr(x)) / np.sqrt(2 * np.pi)),
    ],
)
def test_slope_keeps_the_digits_that_the_textbook_form_loses(f, x, textbook):
    (d,) = exact(REFERENCE[f], [x], 0, [1])
    spacing = np.spacing(abs(float(d)))
    assert abs(float(derivative(f, x)) - d) <= 8 * spacing
    assert abs(float(textbook(x)) - d) > 32 * spacing


@pytest.mark.parametrize(
    ("f", "x"),
    [(np.arctan, 1e200), (np.arcsinh, -1e300), (np.arccosh, 1e300), (sp.ndtr, 1e300),
     (sp.erf, -np.inf), (np.tanh, np.inf), (sp.expit, -np.inf), (sp.log_ndtr, 1e300)],
)  # fmt: skip
def test_no_overflow_where_the_slope_vanishes(f, x):
    assert abs(derivative(f, x)) < 1e-290


@pytest.mark.parametrize(
    ("f", "x"),
    [(sp.erfcx, 10.0), (sp.log_ndtr, 0.0), (sp.ndtr, 0.03125), (sp.erf, 0.0), (np.arctan, 0.0)],
)
def test_no_false_kink_where_a_rule_changes_its_form(f, x):
    d, d2 = exact(REFERENCE[f], [x], 0, [1, 2]) if x else (1, mp.diff(REFERENCE[f], 0, 2))
    twice = derivative(lambda t: derivative(f, t), x)
    assert abs(float(twice) - d2) <= 1e-9 * abs(d2) + 1e-14 * abs(d)


KINKS = [
    (np.abs, 0.0, 0.0),
    (np.fabs, -0.0, 0.0),
    (lambda x: np.maximum(x, 0.0), 0.0, 0.0),
    (lambda x: np.maximum(0.0, x), 0.0, 1.0),
    (lambda x: np.minimum(x, 0.0), 0.0, 0.0),
    (lambda x: np.fmax(x, 1.0), 1.0, 0.0),
    (lambda x: np.fmin(1.0, x), 1.0, 1.0),
    (lambda x: np.maximum(x, x), 3.0, 1.0),
    (lambda x: np.clip(x, -1.0, 1.0), 1.0, 0.0),
    (lambda x: np.clip(x, -1.0, 1.0), -1.0, 0.0),
    (lambda x: np.copysign(x, -1.0), 0.0, 0.0),
    (lambda x: np.hypot(x, 0.0), 0.0, 0.0),
    (lambda x: np.max(np.stack([x, x])), 2.0, 1.0),
    (lambda x: np.linalg.norm(np.stack([x, 0 * x])), 0.0, 0.0),
    (lambda x: x**0, 0.0, 0.0),
    (lambda x: x**1, 0.0, 1.0),
    (lambda x: x**2, 0.0, 0.0),
    (lambda x: 0.0**x, 2.0, 0.0),
    (np.floor, 0.5, 0.0),
    (np.floor, 1.0, 0.0),
    (lambda x: np.heaviside(x, 0.5), 0.0, 0.0),
    (lambda x: np.heaviside(0.0, x), 0.5, 1.0),
    (lambda x: np.heaviside(-1.0, x), 0.5, 0.0),
    (lambda x: np.full_like(x, x) * x, 0.5, 1.0),
]


@pytest.mark.parametrize(("f", "x", "slope"), KINKS)
def test_kink_convention(f, x, slope):
    assert derivative(f, x) == slope
    assert grad(f)(x) == slope


def test_kinks_are_stated_where_tested():
    kinked = {np.absolute, np.fabs, np.maximum, np.fmax, np.minimum, np.fmin, np.copysign, np.hypot}
    kinked |= {np.heaviside}
    vertical = {np.sqrt, np.cbrt, sp.cbrt}
    assert {u for u, r in ELEMENTWISE.items() if r.kinks} == kinked | vertical
    for root in vertical:
        with np.errstate(divide="ignore"):
            assert derivative(root, 0.0) == np.inf


KINK = "second derivative goes through a kink"
THROUGH_A_KINK = {
    "half a squared norm": (lambda x: np.linalg.norm(x) ** 2 / 2, 0.0),
    "a norm over an axis": (lambda x: np.sum(np.linalg.norm(x[:, None], axis=1) ** 2), 0.0),
    "RBF kernel": (lambda x: np.exp(-(np.linalg.norm(x - 1) ** 2) / 2), 1.0),
    "hypot": (lambda x: np.hypot(x[0], x[1]) ** 2, 0.0),
    "abs": (lambda x: np.sum(np.abs(x) ** 2), 0.0),
    "fabs": (lambda x: np.sum(np.fabs(x) * x), 0.0),
    "copysign": (lambda x: np.sum(np.copysign(x, 1.0) ** 2), 0.0),
    "1-norm": (lambda x: np.linalg.norm(x, 1) ** 2, 0.0),
    "standard deviation": (lambda x: np.std(x) ** 2, 3.0),
    "nanstd": (lambda x: np.nanstd(x) ** 2, 3.0),
    "root of a square": (lambda x: np.sum(np.sqrt(x * x) ** 2), 0.0),
}


@pytest.mark.parametrize("name", THROUGH_A_KINK)
def test_a_second_derivative_through_a_kink_is_nan_and_says_so(name):
    """Taken for a constant, the slope at the kink gave these smooth functions curvature 0."""
    f, at = THROUGH_A_KINK[name]
    x, v = np.full(2, at), np.array([1.0, 0.5])
    message = "divide by zero|invalid value" if name == "root of a square" else KINK
    for product in (
        lambda: hvp(f, x, v),
        lambda: grad(lambda y: jvp(f, (y,), (v,))[1])(x),
        lambda: grad(lambda y: np.sum(grad(f)(y) * v))(x),
    ):
        with pytest.warns(RuntimeWarning, match=message):
            assert np.isnan(product()).all()
        with np.errstate(all="ignore"):  # NumPy's own switch
            assert np.isnan(product()).all()
    assert np.isfinite(hvp(f, np.array([0.3, -0.4]) + at, v)).all()  # beside it there is one


def test_the_smooth_forms_that_the_message_names_are_right():
    x, v = np.zeros(3), np.array([1.0, 2.0, 3.0])
    assert np.array_equal(hvp(lambda x: np.sum(x * x) / 2, x, v), v)
    assert derivative(lambda t: derivative(lambda s: np.hypot(s, 3.0) ** 2, t), 0.0) == 2
    # One of several largest elements is a branch: its second derivative is right.
    assert derivative(lambda t: derivative(lambda s: np.maximum(s, -s) ** 2, t), 0.0) == 2


@pytest.mark.parametrize("twice", [lambda f: derivative(lambda t: derivative(f, t), 0.0),
                                   lambda f: grad(grad(f))(0.0)])  # fmt: skip
def test_a_kink_that_only_decides_a_branch_gives_no_warning(twice):
    assert twice(lambda x: np.where(np.abs(x) < 1, x * x, 1.0)) == 2
    assert twice(lambda x: x * x if np.linalg.norm(x) < 1 else x) == 2


INF = np.inf


def shares(x):
    """The slopes of log Σ exp xᵢ at 50 digits; infinite terms have equal shares."""
    with mp.workdps(50):
        top = [mp.mpf(int(t == max(x))) for t in x]
        weights = top if np.isinf(max(x)) else [mp.exp(mp.mpf(float(t))) for t in x]
        return [float(w / mp.fsum(weights)) for w in weights]


@pytest.mark.parametrize(
    "x",
    [(-INF, 0.0), (-INF, 0.0, 2.0), (-INF, -INF), (-INF,), (INF, 1.0), (INF, INF, 1.0),
     (INF, -INF), (800.0, 801.0), (-800.0, -801.0), (3.0,)],
)  # fmt: skip
def test_log_of_a_sum_of_exponentials_at_infinities(x):
    z, x = np.logaddexp.reduce(x), np.array(x)
    assert np.isclose(jvp(np.logaddexp.reduce, (x,), (np.ones(len(x)),))[0], z, 1e-15, 0)
    assert np.allclose(grad(np.logaddexp.reduce)(x), shares(x), rtol=1e-13, atol=0)
    assert np.isclose(jvp(np.logaddexp.reduce, (x,), (np.ones(len(x)),))[1], 1, 1e-15, 0)
    if len(x) == 2:
        assert np.allclose(grad(np.logaddexp, (0, 1))(*x), shares(x), rtol=1e-13, atol=0)
        base = grad(np.logaddexp2, (0, 1))(*x / np.log(2))
        assert np.allclose(base, shares(x), rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("x", "exact"),
    [
        ((INF, 1.0), (1, 0)),
        ((1.0, -INF), (0, -1)),
        ((INF, -INF), (0.5**0.5, -(0.5**0.5))),
        ((3e200, 4e200), (0.6, 0.8)),
        ((-3e-200, 4e-200), (-0.6, 0.8)),
        ((0.0, 0.0), (0, 0)),
        ((0.0, -2.0), (0, -1)),
    ],
)
def test_length_of_extreme_vectors(x, exact):
    for slopes in (grad(np.hypot, (0, 1))(*x), grad(np.linalg.norm)(np.array(x))):
        assert np.allclose(slopes, exact, rtol=1e-15, atol=0)
    value = jvp(np.linalg.norm, (np.array(x),), (np.ones(2),))[0]
    assert np.isclose(value, math.hypot(*x), rtol=1e-15, atol=0)


def test_mean_of_half_precision_and_of_nothing():
    x = np.full(70000, 2, np.float16)  # the sum is beyond 65504
    value, slope = jvp(np.mean, (x,), (x,))
    assert value == slope == 2
    assert grad(np.mean)(x).dtype == np.float16
    with pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        value, pullback = vjp(np.mean, np.zeros(0))
    assert np.isnan(value)
    assert pullback(1.0)[0].shape == (0,)


# f, where, its slopes there: limits of the exact ones, ±inf where they are vertical.
EDGES = [
    (sp.xlogy, (0.0, 2.0), (math.log(2), 0)),
    (sp.xlogy, (0.0, 0.0), (-INF, 0)),
    (sp.xlog1py, (0.0, 1.0), (math.log(2), 0)),
    (sp.xlog1py, (0.0, -1.0), (-INF, 0)),
    (sp.rel_entr, (0.0, 2.0), (-INF, 0)),
    (sp.kl_div, (0.0, 2.0), (-INF, 1)),
    (sp.entr, (0.0,), (INF,)),
    (np.power, (0.0, 2.0), (0, 0)),
    (np.power, (0.0, 1.0), (1, 0)),
    (np.power, (0.0, 0.5), (INF, 0)),
    (np.power, (0.0, 0.0), (0, -INF)),
    (np.float_power, (0.0, 3.0), (0, 0)),
]


@pytest.mark.parametrize(("f", "x", "exact"), EDGES)
def test_slopes_on_the_edge_of_the_domain(f, x, exact):
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.array_equal(grad(f, tuple(range(len(x))))(*x), exact)
        for i, slope in enumerate(exact):
            assert derivative(slot(f, x, i), x[i]) == slope


def test_power_of_zero_is_flat_to_any_order():
    for twice in (
        lambda f: derivative(lambda y: derivative(f, y), 2.0),
        lambda f: grad(grad(f))(2.0),
    ):
        assert twice(lambda y: 0.0**y) == 0
    with pytest.warns(RuntimeWarning, match=KINK):  # x^(y−1) + y·x^(y−1)·log x, for y = 1 infinite
        assert np.isnan(grad(lambda x: grad(lambda y: x**y)(1.0))(0.0))


@pytest.mark.parametrize("n", range(1, 6))
def test_gammaln_of_any_order(n):
    f = sp.gammaln
    for _ in range(n):
        f = lambda x, f=f: derivative(f, x)  # noqa: E731
    for x in (0.1, 1.0, 2.5, 30.0):
        with mp.workdps(30):
            assert np.isclose(f(x), float(mp.polygamma(n - 1, x)), rtol=1e-13, atol=0)


NAN = np.nan


@pytest.mark.parametrize("slope", [lambda f, x: jvp(f, x, (1.0, 0.0))[1], lambda f, x: grad(f)(*x)])
@pytest.mark.parametrize("f", [np.fmax, np.fmin, np.maximum, np.minimum])
@pytest.mark.parametrize(
    "pair", [(NAN, 1.0), (1.0, NAN), (NAN, NAN), (np.inf, NAN), (NAN, -np.inf)]
)
def test_slope_at_nan_is_that_of_the_argument_returned(f, pair, slope):
    """`fmax` and `fmin` return the other argument; a NaN that is returned has the slope NaN."""
    of_x, of_y = slope(f, pair), slope(lambda y, x: f(x, y), pair[::-1])
    expected = (NAN, NAN) if np.isnan(f(*pair)) else (~np.isnan(pair[0]), ~np.isnan(pair[1]))
    assert np.array_equal((of_x, of_y), np.array(expected, float), equal_nan=True)


@pytest.mark.parametrize("ufunc", FLAT, ids=lambda u: u.__name__)
def test_flat_functions_return_what_numpy_returns(ufunc):
    plain = [np.array([-1.5, 0.5, 2.0]), np.array([0.25, 0.5, 1.0])][: ufunc.nin]
    seen = []
    vjp(lambda *xs: seen.append(ufunc(*xs)) or xs[0], *plain)
    assert type(seen[0]) is np.ndarray
    assert np.array_equal(seen[0], ufunc(*plain))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("row", ELEMENTWISE.values(), ids=lambda r: r.name)
def test_dtype_of_the_derivative_is_that_of_the_value(row, dtype):
    p = np.full((row.ufunc.nin, 3), 0.75 if row.ufunc is not np.arccosh else 1.5, dtype)
    p[1:] *= dtype(0.5)
    try:
        value = row.ufunc(*p)
    except TypeError:
        pytest.skip("the ufunc does not take this type")
    i = 0 if row.partials[0] else 1
    f = slot(row.ufunc, p, i)
    d = derivative(f, p[i])
    assert d.dtype == value.dtype
    assert vjp(f, p[i])[1](np.ones(3, value.dtype))[0].dtype == dtype
    exact = derivative(slot(row.ufunc, p.astype(float), i), p[i].astype(float))
    eps = max(float(np.finfo(t).eps) for t in (dtype, float))  # the reference is a float64
    assert np.allclose(d.astype(float), exact, rtol=8 * eps, atol=0)


def test_an_argument_without_a_rule_is_refused():
    for slope in (derivative, lambda f, x: grad(f)(x)):
        with pytest.raises(TypeError, match="`jv` has no derivative rule in its argument 0"):
            slope(lambda v: sp.jv(v, 2.0), 1.0)
        assert slope(lambda x: sp.jv(0, x), 2.0) == -sp.jv(1, 2.0)


def test_a_rule_needs_one_partial_per_input():
    with pytest.raises(ValueError, match=r"one per input .* got 1 for `hypot` with 2 inputs"):
        rule(np.hypot, lambda z, x, y: x / z)
    with pytest.raises(ValueError, match="`modf` with 1 inputs and 2 outputs"):
        rule(np.modf, lambda z, x: 1.0)
