"""Every function of whole arrays in the registry, with the cases that stand beside its rule."""

import numpy as np
import pytest

from derivref.autodiff.registry import FUNCTIONS, Case, case, implements
from derivref.autodiff.trace import RULES, strip
from derivref.dual import jvp
from derivref.tape import grad, hvp, vjp

EPS = np.finfo(float).eps


CASES = [
    pytest.param(
        entry,
        c,
        id=f"{entry.name}-{i}",
        marks=pytest.mark.skipif(not c.known, reason=f"arguments of NumPy {c.since}"),
    )
    for entry in FUNCTIONS.values()
    for i, c in enumerate(entry.cases)
]


def inner(a, b):
    return float(np.sum(a * b))


def draw(c, seed):
    rng = np.random.default_rng(seed)
    x = c.arrays(rng)
    # A direction of each argument of its own; half of a draw keeps it away from special points.
    return x, [rng.normal(size=np.shape(a)) for a in x], rng


@pytest.mark.parametrize(("entry", "c"), CASES)
def test_value_is_that_of_numpy(entry, c):
    x, v, _ = draw(c, 1)
    plain = c.call(entry.function, *x)
    for value in (
        jvp(lambda *xs: c.call(entry.function, *xs), x, v)[0],
        vjp(lambda *xs: c.call(entry.function, *xs), *x)[0],
    ):
        assert np.shape(value) == np.shape(plain)
        assert value.dtype == plain.dtype
        assert np.allclose(value, plain, rtol=64 * EPS, atol=64 * EPS)


@pytest.mark.parametrize(("entry", "c"), CASES)
def test_forward_against_differences_and_reverse_against_forward(entry, c):
    def f(*xs):
        return c.call(entry.function, *xs)

    x, v, rng = draw(c, 2)
    value, tangent = jvp(f, x, v)
    # Central differences with two steps, extrapolated: the error is of fourth order.
    quotients = []
    for h in (1e-3, 5e-4):
        ahead, behind = (f(*(a + s * b for a, b in zip(x, v, strict=True))) for s in (h, -h))
        quotients.append((ahead - behind) / (2 * h))
    reference = (4 * quotients[1] - quotients[0]) / 3
    size = 1 + np.max(np.abs(reference), initial=0.0)
    assert np.allclose(tangent, reference, rtol=0, atol=1e-8 * size)
    u = rng.normal(size=np.shape(value))
    adjoints = vjp(f, *x)[1](u)
    assert [np.shape(a) for a in adjoints] == [np.shape(a) for a in x]
    left, right = inner(u, tangent), sum(map(inner, adjoints, v))
    scale = inner(abs(u), abs(tangent)) + sum(map(inner, map(abs, adjoints), map(abs, v)))
    assert abs(left - right) <= 1e-12 * scale


@pytest.mark.parametrize(("entry", "c"), CASES)
def test_second_derivatives_agree_in_every_nesting(entry, c):
    def g(*xs):
        return np.sum(np.sin(c.call(entry.function, *xs)))

    x, v, _ = draw(c, 3)
    every = tuple(range(len(x)))
    slopes = [grad(g, i) for i in every]
    ahead, behind, far, farther = (
        [a + h * b for a, b in zip(x, v, strict=True)] for h in (1e-3, -1e-3, 2e-3, -2e-3)
    )
    reverse_over_forward = grad(lambda *xs: jvp(g, xs, v)[1], every)(*x)
    reverse_over_reverse = grad(
        lambda *xs: sum(np.sum(a * b) for a, b in zip(grad(g, every)(*xs), v, strict=True)), every
    )(*x)
    for i in every:
        product = jvp(slopes[i], x, v)[1]
        near, wide = slopes[i](*ahead) - slopes[i](*behind), slopes[i](*far) - slopes[i](*farther)
        quotient = (8 * near - wide) / 12e-3
        size = 1 + np.max(np.abs(quotient), initial=0.0)
        assert np.allclose(product, quotient, rtol=0, atol=1e-6 * size)
        assert np.allclose(product, reverse_over_forward[i], rtol=0, atol=1e-10 * size)
        assert np.allclose(product, reverse_over_reverse[i], rtol=0, atol=1e-10 * size)


@pytest.mark.parametrize(("entry", "c"), CASES)
def test_float32_stays_float32(entry, c):
    def f(*xs):
        return c.call(entry.function, *xs)

    x, v, _ = draw(c, 4)
    narrow = [np.asarray(a, np.float32)[()] for a in x]
    expected = f(*narrow).dtype
    value, tangent = jvp(f, narrow, [np.asarray(b, np.float32)[()] for b in v])
    assert value.dtype == tangent.dtype == expected
    value, pullback = vjp(f, *narrow)
    assert value.dtype == expected
    assert [a.dtype for a in pullback(np.ones(np.shape(value)))] == [np.float32] * len(x)
    wide = jvp(f, [a.astype(float) for a in narrow], [np.float32(b).astype(float) for b in v])[1]
    size = 1 + np.max(np.abs(wide), initial=0.0)
    assert np.allclose(tangent, wide, rtol=0, atol=2e-4 * size)


NAN, INF = np.nan, np.inf
EYE = np.eye(2)

# What stands in the column of kinks, by example: function of x, where, and the gradient there.
KINKS = {
    "clip": [(lambda x: np.clip(x, -1, 1), [-1.0, 1.0, 0.5, 2.0], [0, 0, 1, 0])],
    "modf": [(lambda x: np.modf(x)[0], [1.0, -2.0, 0.5], [1, 1, 1])],
    "nan_to_num": [(np.nan_to_num, [NAN, INF, -INF, 2.0], [0, 0, 0, 1])],
    "max": [(np.max, [1.0, 3.0, 3.0], [0, 1, 0])],
    "min": [(np.min, [1.0, 1.0, 3.0], [1, 0, 0])],
    "ptp": [(np.ptp, [1.0, 1.0, 3.0, 3.0], [-1, 0, 1, 0]), (np.ptp, [2.0, 2.0], [0, 0])],
    "maximum.reduce": [(np.maximum.reduce, [3.0, 3.0], [1, 0])],
    "minimum.reduce": [(np.minimum.reduce, [3.0, 3.0], [1, 0])],
    "maximum.accumulate": [(np.maximum.accumulate, [1.0, 1.0, 0.0, 2.0], [3, 0, 0, 1])],
    "minimum.accumulate": [(np.minimum.accumulate, [1.0, 1.0, 2.0, 0.0], [3, 0, 0, 1])],
    "sort": [(lambda x: np.sort(x) * [1, 2, 3], [2.0, 1.0, 2.0], [2, 1, 3])],
    "partition": [(lambda x: np.partition(x, 1), [2.0, 2.0, 2.0], [1, 1, 1])],
    "median": [(np.median, [2.0, 1.0, 2.0, 2.0], [0.5, 0, 0.5, 0])],
    "nanmedian": [(np.nanmedian, [2.0, NAN, 1.0, 2.0, 2.0], [0.5, 0, 0, 0.5, 0])],
    "quantile": [(lambda x: np.quantile(x, 0.5), [3.0, 1.0, 2.0], [0, 0, 1])],
    "percentile": [(lambda x: np.percentile(x, 100), [3.0, 1.0, 2.0], [1, 0, 0])],
    "linalg.norm": [(np.linalg.norm, [0.0, 0.0], [0, 0])],
    "std": [(np.std, [3.0, 3.0], [0, 0])],
    "nanstd": [(np.nanstd, [3.0, NAN, 3.0], [0, 0, 0])],
    "nanmax": [(np.nanmax, [NAN, 2.0, 2.0], [0, 1, 0])],
    "nanmin": [(np.nanmin, [2.0, NAN, 2.0], [1, 0, 0])],
    "logaddexp.reduce": [(np.logaddexp.reduce, [-INF, -INF], [0.5, 0.5]),
                         (np.logaddexp.reduce, [INF, 0.0, INF], [0.5, 0, 0.5])],
    "interp": [(lambda x: np.interp(x, [0, 1, 2], [0, 1, 3]), [-1.0, 0.0, 1.0, 2.0, 3.0],
                [0, 1, 2, 2, 0])],
    "linalg.pinv": [(np.linalg.pinv, [[2.0, 0.0], [0.0, 0.0]], [[-0.25, 0.25], [0.25, 0]])],
    "linalg.cholesky": [(lambda x: np.linalg.cholesky(x)[1, 0], [[4.0, 9.0], [2.0, 5.0]],
                         [[-0.125, 0], [0.5, 0]])],
    "linalg.eigh": [(lambda x: np.linalg.eigh(x)[0], EYE, EYE),
                    (lambda x: np.linalg.eigh(x)[1][0, 1], EYE, [[NAN, 0], [NAN, NAN]])],
    "linalg.eigvalsh": [(np.linalg.eigvalsh, EYE, EYE)],
    "linalg.svd": [(lambda x: np.linalg.svd(x)[1], EYE, EYE),
                   (lambda x: np.linalg.svd(x)[0][0, 1], EYE, np.full((2, 2), NAN))],
    "linalg.svdvals": [(np.linalg.svdvals, EYE, EYE)],
}  # fmt: skip


@pytest.mark.parametrize("name", [f.name for f in FUNCTIONS.values() if f.kinks])
def test_slope_at_a_kink_is_the_one_stated(name):
    for f, x, exact in KINKS[name]:
        slope = grad(lambda x, f=f: np.sum(f(x)))(np.array(x))
        assert np.allclose(slope, exact, rtol=1e-14, atol=1e-15, equal_nan=True), (slope, exact)
        if not np.isnan(exact).any():
            along = np.ones(np.shape(x))
            tangent = np.sum(jvp(f, (np.array(x),), (along,))[1])
            assert np.isclose(tangent, np.sum(exact), rtol=1e-14, atol=1e-15)


def test_gradient_of_a_product_with_zeros():
    """By the products of the other elements: dividing by one would give NaN."""
    assert np.array_equal(grad(np.prod)(np.array([0.0, 2.0, 3.0])), [6, 0, 0])
    assert np.array_equal(grad(np.prod)(np.array([0.0, 0.0, 3.0])), [0, 0, 0])
    assert np.array_equal(hvp(np.prod, [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]), [0, 3, 0])
    slope = grad(lambda x: np.sum(np.cumprod(x) * [1, 10, 100]))(np.array([2.0, 0.0, 3.0]))
    assert np.array_equal(slope, [1, 20 + 600, 0])


@pytest.mark.parametrize(
    "a", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[3.0, 0.0], [1.0, 0.0]]]
)
def test_gradient_of_a_vanishing_determinant_is_the_matrix_of_cofactors(a):
    cofactors = [[a[1][1], -a[1][0]], [-a[0][1], a[0][0]]]
    assert np.allclose(grad(np.linalg.det)(np.array(a)), cofactors, rtol=1e-14, atol=1e-14)


def test_pairs_by_outer():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    for f in (np.subtract, np.multiply, np.maximum, np.hypot):
        value, pullback = vjp(f.outer, x, y)
        assert np.array_equal(value, f.outer(x, y))
        u = np.arange(6.0).reshape(2, 3)
        by_hand = vjp(lambda x, y, f=f: f(x[:, None], y), x, y)[1](u)
        assert all(np.array_equal(a, b) for a, b in zip(pullback(u), by_hand, strict=True))


METHODS = ("sum", "mean", "prod", "max", "min", "var", "std", "cumsum", "cumprod", "trace", "ravel",
           "squeeze", "flatten", "transpose", "conj", "copy")  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_methods_are_numpys(method):
    x = np.random.default_rng(0).normal(size=(3, 3))
    value, pullback = vjp(lambda x: getattr(x, method)(), x)
    assert np.allclose(value, getattr(x, method)(), rtol=1e-15, atol=1e-15)
    function = getattr(np, {"flatten": "ravel"}.get(method, method))
    same = vjp(function, x)[1](np.ones(np.shape(value)))[0]
    assert np.array_equal(pullback(np.ones(np.shape(value)))[0], same)


def test_transposes_as_attributes():
    x, u = np.ones((2, 3, 4)), np.arange(24.0)
    assert np.array_equal(vjp(lambda x: x.T, x)[1](u.reshape(4, 3, 2))[0], u.reshape(4, 3, 2).T)
    turned = np.swapaxes(u.reshape(2, 4, 3), 1, 2)
    assert np.array_equal(vjp(lambda x: x.mT, x)[1](u.reshape(2, 4, 3))[0], turned)


SPECIAL = {
    "zeros": lambda a, rng: 0 * a,
    "some zeros": lambda a, rng: a * rng.integers(0, 2, np.shape(a)),
    "ties": lambda a, rng: np.ones_like(a),
    "some ties": lambda a, rng: np.rint(a),
    "nan": lambda a, rng: np.where(rng.random(np.shape(a)) < 0.3, np.nan, a),
    "all nan": lambda a, rng: np.full_like(a, np.nan),
    "inf": lambda a, rng: np.where(rng.random(np.shape(a)) < 0.4, np.inf, a),
    "-inf": lambda a, rng: np.where(rng.random(np.shape(a)) < 0.4, -np.inf, a),
    "both infinities": lambda a, rng: rng.choice([np.inf, -np.inf, 1.0], np.shape(a)),
    "all -inf": lambda a, rng: np.full_like(a, -np.inf),
    "tiny": lambda a, rng: a * 1e-150,
    "huge": lambda a, rng: a * 1e100,  # three factors stay finite: of inf - inf the order decides
    "float16": lambda a, rng: np.asarray(a, np.float16)[()],
    "longdouble": lambda a, rng: np.asarray(a, np.longdouble)[()],
}


# What NumPy itself had wrong, and since when it is right.
MENDED = {
    ("sinc", "float16"): "2.3.0",
    ("quantile", "longdouble"): "2.4.0",
    ("percentile", "longdouble"): "2.4.0",
}


def outcome(f):
    """The value, or the kind of the error."""
    try:
        return f()
    except (ValueError, TypeError, FloatingPointError, np.linalg.LinAlgError) as error:
        return type(error)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize(("entry", "c"), CASES)
def test_special_values_are_those_of_numpy(entry, c, kind):
    """NaN, ±inf, zeros and ties: no derivative may cost a value, nor an error that NumPy raises."""

    def f(*xs):
        return c.call(entry.function, *xs)

    mended = MENDED.get((entry.name, kind), "2.0.0")
    if np.lib.NumpyVersion(np.__version__) < mended:
        pytest.skip(f"NumPy itself is right since {mended}")
    rng = np.random.default_rng(5)
    x = [SPECIAL[kind](a, rng) for a in c.arrays(rng)]
    plain = outcome(lambda: f(*x))
    ones = [np.ones_like(a) for a in x]
    eps = np.finfo(x[0].dtype).eps
    for value in (outcome(lambda: jvp(f, x, ones)[0]), outcome(lambda: vjp(f, *x)[0])):
        if isinstance(plain, type):
            assert value is plain
            continue
        assert not isinstance(value, type), value
        assert value.dtype == plain.dtype
        size = np.max(np.abs(plain), initial=0.0, where=np.isfinite(plain))
        assert np.allclose(value, plain, rtol=64 * eps, atol=64 * eps * size, equal_nan=True)


def test_a_function_without_a_case_is_refused():
    with pytest.raises(ValueError, match="`pad` must have a case to be tested with"):
        implements(np.pad)(np.pad)
    assert isinstance(case((2,)), Case)
    assert np.pad in RULES
    assert strip(1.0) == 1.0


# Of one array and an axis, by what NumPy itself takes: no list to keep.
SHAPE = (2, 3, 4)
AXES = (None, 0, 1, 2, -1, -2, (0, 1), (2, 0), (0, 1, 2))


def _along(function, x, **params):
    """Return what NumPy gives, None where it does not take these arguments."""
    try:
        value = function(x, **params)
    except (TypeError, ValueError, np.exceptions.AxisError):
        return None
    return value if isinstance(value, np.ndarray | np.floating) else None


@pytest.mark.parametrize("entry", FUNCTIONS.values(), ids=lambda e: e.name)
def test_a_function_along_axes_over_every_axis(entry):
    rng = np.random.default_rng(5)
    x, v = rng.normal(size=SHAPE), rng.normal(size=SHAPE)
    for axis in AXES:
        for params in ({"axis": axis}, {"axis": axis, "keepdims": True}):
            if _along(entry.function, x, **params) is None:
                continue

            def f(x, params=params):
                return entry.function(x, **params)

            try:
                value, tangent = jvp(f, (x,), (v,))
            except (TypeError, ValueError):
                continue  # what is refused gives no wrong number
            assert np.allclose(value, f(x), rtol=1e-12, atol=1e-14), params
            h = 1e-5
            quotient = (f(x + h * v) - f(x - h * v)) / (2 * h)
            size = 1 + np.max(np.abs(quotient))
            assert np.shape(tangent) == np.shape(quotient), params
            assert np.allclose(tangent, quotient, rtol=0, atol=1e-7 * size), params
            u = rng.normal(size=np.shape(value))
            (adjoint,) = vjp(f, x)[1](u)
            assert np.isclose(inner(u, tangent), inner(adjoint, v), rtol=1e-9, atol=1e-9), params
