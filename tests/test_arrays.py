"""Every function of whole arrays in the registry, with the cases that stand beside its rule."""

import numpy as np
import pytest

from derivref.autodiff.registry import FUNCTIONS, Case, case, implements
from derivref.dual import jvp
from derivref.tape import grad, vjp
from derivref.trace import RULES, strip

EPS = np.finfo(float).eps


def name_of(function):
    """The name that a user writes: `add.reduce` for the method of a ufunc."""
    owner = getattr(function, "__self__", None)
    prefix = f"{owner.__name__}." if isinstance(owner, np.ufunc) else ""
    module = function.__module__.removeprefix("numpy").strip(".") if function.__module__ else ""
    return f"{module}{'.' if module else ''}{prefix}{function.__name__}"


CASES = [
    pytest.param(entry, c, id=f"{name_of(entry.function)}-{i}")
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
    "huge": lambda a, rng: a * 1e150,
    "float16": lambda a, rng: np.asarray(a, np.float16)[()],
    "longdouble": lambda a, rng: np.asarray(a, np.longdouble)[()],
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
