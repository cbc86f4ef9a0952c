"""Reverse mode against forward mode and differences: values, shapes, memory, depth."""

import copy
import gc
import itertools
import pickle
import warnings
import weakref
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from derivref import catalog, oracle
from derivref.autodiff.trace import Linear, apply, strip
from derivref.dual import derivative, jvp
from derivref.partials import ELEMENTWISE
from derivref.tape import checkpoint, grad, hvp, path_sum, value_and_grad, vjp

RNG = np.random.default_rng(0)
EPS = np.finfo(float).eps
TINY = np.finfo(float).tiny

# Functions of whole arrays, with the shapes of their arguments.
ARRAYS = {
    "sum": (np.sum, (2, 3)),
    "sum over an axis": (lambda x: np.sum(x * x, axis=1), (2, 3)),
    "sum over axes": (lambda x: (x * x).sum((0, -1), keepdims=True), (2, 3, 4)),
    "sum of nothing": (np.sum, (0,)),
    "mean": (lambda x: np.mean(x * x, axis=0), (2, 3)),
    "max": (np.max, (2, 3)),
    "max over an axis": (lambda x: x.max(axis=-1, keepdims=True) * x, (2, 3)),
    "min": (lambda x: np.min(x, axis=0) * x, (4, 2)),
    "dot": (np.dot, (3,), (3,)),
    "dot with a number": (np.dot, (), (3,)),
    "matmul 2-2": (np.matmul, (2, 3), (3, 4)),
    "matmul 1-2": (np.matmul, (3,), (3, 4)),
    "matmul 2-1": (np.matmul, (2, 3), (3,)),
    "matmul in batches": (np.matmul, (5, 2, 3), (5, 3, 4)),
    "matmul broadcast": (np.matmul, (5, 1, 2, 3), (6, 3, 4)),
    "matmul broadcast 1": (np.matmul, (3,), (6, 3, 4)),
    "matmul of nothing": (np.matmul, (2, 0), (0, 4)),
    "outer": (np.outer, (3,), (2,)),
    "where": (lambda x, y: np.where(x > y, x * y, y), (2, 3), (3,)),
    "reshape": (lambda x: np.reshape(x, (3, 2)) * np.ones(2), (2, 3)),
    "ravel": (lambda x: np.ravel(x) * x.reshape(-1) * x.reshape(2, 3).reshape((6,)), (2, 3)),
    "squeeze": (lambda x: np.squeeze(x, 1) * np.expand_dims(x, 0).sum(), (2, 1, 3)),
    "transpose": (lambda x: np.transpose(x, (2, 0, 1)) * x.T.T.sum(), (2, 3, 4)),
    "index": (lambda x: x[0] * x[1, 2] * x[-1, None], (2, 3)),
    "index repeated": (lambda x: x[[0, 0, 2]] ** 2, (3,)),
    "mask": (lambda x: x[x > 0] * x[0], (5,)),
    "iterate": (lambda x: sum(row * row for row in x), (3, 2)),
    "concatenate": (lambda x, y: np.concatenate([x, y, np.ones((1, 2)), x]) ** 2, (2, 2), (1, 2)),
    "stack": (lambda x, y: np.stack([x, y, x * y], axis=1), (2, 3), (2, 3)),
    "broadcast": (lambda x: np.broadcast_to(x, (4, 2, 3)) * np.ones((2, 3)), (2, 1)),
    "column and row": (lambda x, y: x * y + x / (2 + y * y), (4, 1), (1, 3)),
    "clip": (lambda x: np.clip(x, -0.5, 0.5) * np.clip(x, None, 0.3), (6,)),
    "norm": (np.linalg.norm, (4,)),
    "norm over an axis": (lambda x: np.linalg.norm(x, axis=1, keepdims=True) * x, (2, 3)),
    "logsumexp": (lambda x: np.logaddexp.reduce(3 * x, axis=-1), (2, 3)),
    "softmax": (lambda x: np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True)), (2, 3)),
    "add.reduce": (lambda x: np.add.reduce(x * x), (2, 3)),
    "checkpoint": (checkpoint(lambda x, y: np.tanh(x @ y) * x.sum()), (2, 3), (3, 2)),
    "network": (lambda w, v, x: np.sum(expit(np.tanh(x @ w) @ v) ** 2), (3, 4), (4,), (5, 3)),
}


def inner(a, b):
    return float(np.sum(a * b))


@pytest.mark.parametrize("name", ARRAYS)
def test_array_functions_in_both_modes(name):
    f, *shapes = ARRAYS[name]
    x = [RNG.normal(size=s) for s in shapes]
    v = [RNG.normal(size=s) for s in shapes]
    value, tangent = jvp(f, x, v)
    plain = f(*x)
    assert np.shape(value) == np.shape(tangent) == np.shape(plain)
    assert np.allclose(value, plain, rtol=8 * EPS, atol=0)
    # Forward mode against the central difference along v,
    h = 1e-5
    ahead, behind = (f(*(a + s * b for a, b in zip(x, v, strict=True))) for s in (h, -h))
    assert np.allclose(tangent, (ahead - behind) / (2 * h), rtol=1e-7, atol=1e-7)
    # and reverse mode against forward mode: ⟨u, J·v⟩ = ⟨uᵀ·J, v⟩.
    u = RNG.normal(size=np.shape(value))
    again, pullback = vjp(f, *x)
    adjoints = pullback(u)
    assert np.array_equal(again, value)
    assert [np.shape(a) for a in adjoints] == shapes
    left, right = inner(u, tangent), sum(map(inner, adjoints, v))
    scale = inner(abs(u), abs(tangent)) + sum(
        inner(abs(a), abs(b)) for a, b in zip(adjoints, v, strict=True)
    )
    assert abs(left - right) <= 64 * EPS * scale

    # Second derivatives: every nesting of the modes gives the same product with the Hessian.
    def g(*xs):
        return np.sum(np.sin(f(*xs)))

    every = tuple(range(len(x)))
    forward_over_reverse = [jvp(grad(g, i), x, v)[1] for i in every]
    reverse_over_forward = grad(lambda *xs: jvp(g, xs, v)[1], every)(*x)
    reverse_over_reverse = grad(
        lambda *xs: sum(np.sum(a * b) for a, b in zip(grad(g, every)(*xs), v, strict=True)), every
    )(*x)
    for i in every:
        assert np.allclose(forward_over_reverse[i], reverse_over_forward[i], 1e-11, 1e-12)
        assert np.allclose(forward_over_reverse[i], reverse_over_reverse[i], 1e-11, 1e-12)


def shapes_that_broadcast(rank):
    """Two shapes of that rank or less, with ones, zeros and missing axes in places."""

    @st.composite
    def draw(draw):
        full = draw(st.lists(st.integers(0, 3), min_size=0, max_size=rank))
        pair = []
        for _ in range(2):
            s = [draw(st.sampled_from([n, 1])) for n in full]
            pair.append(tuple(s[draw(st.integers(0, len(s))) if s else 0 :]))
        return pair

    return draw()


BINARY = [r.ufunc for r in ELEMENTWISE.values() if r.ufunc.nin == 2 and all(r.partials)]


@given(st.sampled_from(BINARY), shapes_that_broadcast(3), st.integers(0, 2**32 - 1))
def test_broadcasting_keeps_the_inner_product(ufunc, shapes, seed):
    rng = np.random.default_rng(seed)
    x, v = ([draw(0.5, 2.5, s) for s in shapes] for draw in (rng.uniform, rng.uniform))
    value, tangent = jvp(ufunc, x, v)
    u = rng.normal(size=value.shape)
    adjoints = vjp(ufunc, *x)[1](u)
    assert [a.shape for a in adjoints] == shapes
    terms = sum(inner(abs(a), abs(b)) for a, b in zip(adjoints, v, strict=True))
    scale = inner(abs(u), abs(tangent)) + terms
    # Partials of opposite sign cancel in the tangent: the terms themselves set the unit.
    parts = [jvp(ufunc, x, [v[0], 0 * v[1]])[1], jvp(ufunc, x, [0 * v[0], v[1]])[1]]
    scale += sum(inner(abs(u), abs(p)) for p in parts)
    assert abs(inner(u, tangent) - sum(map(inner, adjoints, v))) <= 64 * EPS * scale


ANALYTIC = [np.exp, np.sin, np.cos, np.sinh, np.cosh, np.tanh, np.square, np.negative, np.arctan]


@given(
    st.lists(st.sampled_from(ANALYTIC), min_size=1, max_size=4),
    st.floats(-1, 1),
    st.sampled_from([np.add, np.multiply, np.subtract]),
)
def test_compositions_against_the_complex_step(chain, x, join):
    def f(x):
        y = x
        for g in chain:
            y = join(g(y / 2), 0.3 * x)
        return y

    step = f(x + 1e-100j).imag / 1e-100
    size = 1 + abs(step)
    assert abs(derivative(f, x) - step) <= 1e-12 * size
    assert abs(grad(f)(x) - step) <= 1e-12 * size


# The sweep


def test_a_number_has_a_number_as_gradient():
    for f in (lambda x: x * x, lambda x: np.where(x > 0, x, 0.0), lambda x: np.reshape(x, (1,))[0]):
        for slope in (derivative(f, 2), grad(f)(2), value_and_grad(f)(2)[0], grad(np.floor)(2)):
            assert type(slope) is np.float64


def test_a_reused_node_accumulates():
    assert grad(lambda x: x * x + x)(3.0) == 7
    assert grad(lambda x: (y := x * x) * y * x)(2.0) == 80

    def path(x):  # x² · sin x: a tape that assigns gives one of the two paths
        return np.square(x) * np.sin(x)

    assert np.isclose(grad(path)(1.3), 2.6 * np.sin(1.3) + 1.69 * np.cos(1.3), rtol=1e-14, atol=0)


def test_depth_100000_does_not_overflow():
    def f(x):
        for _ in range(100_000):
            x = x * 1.0
        return x

    assert grad(f)(3.0) == 1
    value, pullback = vjp(f, 3.0)
    assert pullback(2.0) == (2,)
    assert pullback(5.0) == (5,)
    assert value == 3


@pytest.fixture
def no_collector():
    """What is freed in here is freed by reference counts alone."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_the_tape_is_freed():
    inside = []

    def f(x):
        y = np.exp(x)
        inside.append(weakref.ref(strip(y)))
        return np.sum(y * y)

    value_and_grad(f)(np.ones(3))
    hvp(f, np.ones(3), np.ones(3))
    value, pullback = vjp(f, np.ones(3))
    assert [r() is None for r in inside] == [True, True, False]
    assert pullback(1.0)[0].shape == (3,)
    del value, pullback
    assert inside[-1]() is None


@pytest.mark.usefixtures("no_collector")
def test_the_sweep_frees_each_line_as_it_goes():
    late, alive = [], []

    @dataclass(frozen=True)
    class Watch(Linear):
        def pull(self, *args, **params):
            alive.append(late[0]() is not None)
            return super().pull(*args, **params)

    watch = Watch(np.copy, lambda i, g, shapes: g)

    def f(x):
        y = np.exp(apply(watch, x))
        late.append(weakref.ref(strip(y)))
        return np.sum(y * y)

    value_and_grad(f)(np.ones(3))
    assert alive == [False]
    late.clear()
    vjp(f, np.ones(3))[1](1.0)
    assert alive == [False, True]


def test_dead_branches_and_constants_get_zero():
    def f(x, y, z):
        np.exp(y)
        return np.sum(x * np.floor(z))

    x, y, z = np.ones(2), np.ones(3, np.float32), 2.5
    g = grad(f, (0, 1, 2))(x, y, z)
    assert np.array_equal(g[0], [2, 2])
    assert g[1].shape == (3,)
    assert g[1].dtype == np.float32
    assert not g[1].any()
    assert g[2] == 0
    assert np.array_equal(grad(lambda x: 3.0)(np.ones(2)), [0, 0])
    assert np.array_equal(vjp(lambda x: np.ones(2), x)[1](np.ones(2))[0], [0, 0])


def test_arguments():
    def f(a, x, *, power=1):
        return np.sum(a * x**power)

    x = np.array([1.0, 2.0])
    value, (da, dx) = value_and_grad(f, (0, 1))(3, x, power=2)
    assert value == 15
    assert da == 5
    assert da.dtype == np.float64
    assert np.array_equal(dx, 6 * x)
    assert np.array_equal(grad(f, -1)(3, [1, 2]), [3, 3])
    with pytest.raises(ValueError, match="`argnums` must name one of 2 arguments, got 2"):
        grad(f, 2)(3, x)


def test_dtype_of_each_gradient_is_that_of_its_argument():
    a, b = np.ones(2, np.float32), np.ones(2)
    da, db = grad(lambda a, b: np.sum(a * b), (0, 1))(a, b)
    assert (da.dtype, db.dtype) == (np.float32, np.float64)


@pytest.mark.parametrize("twice", [(0, 0), (0, -2), (1, 0, np.int64(1))])
def test_an_argument_is_named_once(twice):
    """The second copy would shadow the first, whose gradient would be 0."""
    with pytest.raises(ValueError, match=r"`argnums` must name an argument once, got \("):
        grad(lambda a, b: a * b, twice)(2.0, 3.0)


@pytest.mark.parametrize("argnums", [[0, 1], 0.0, "a", True, (0, None)])
def test_argument_numbers_are_integers(argnums):
    with pytest.raises(TypeError, match="`argnums` must be an integer or a tuple of integers"):
        grad(lambda a, b: a * b, argnums)
    assert grad(lambda a, b: a * b, np.int64(1))(2.0, 3.0) == 2


def test_only_a_number_has_a_gradient():
    with pytest.raises(ValueError, match=r"must return a number .* got shape \(2,\): use `vjp`"):
        grad(lambda x: x * x)(np.ones(2))
    with pytest.raises(ValueError, match=r"`u` must have the shape \(2,\) of f\(x\), got \(3,\)"):
        vjp(lambda x: x, np.ones(2))[1](np.ones(3))
    with pytest.raises(TypeError, match=r"`primals\[0\]` must be real numbers, got dtype complex"):
        grad(np.sum)(np.ones(2) * 1j)


def slope_by_pullback(f, x):
    return vjp(f, x)[1](1.0)[0]


SLOPES = {"dual": derivative, "tape": lambda f, x: grad(f)(x), "pullback": slope_by_pullback}


@pytest.mark.parametrize("inner", SLOPES)
@pytest.mark.parametrize("outer", SLOPES)
def test_a_traced_array_that_outlives_its_differentiation_is_refused(inner, outer):
    """As a constant it would give slope 0 in silence; a kept pullback does not revive it."""
    kept = []

    def remember(x):
        kept.append(x)
        return kept[0] * x

    held = vjp(remember, 3.0) if inner == "pullback" else SLOPES[inner](remember, 3.0)
    dead = kept[0]
    uses = (
        lambda x: dead * x,  # beside a living one
        lambda x: dead,  # returned
        lambda x: x * np.sin(dead),  # on its own
        lambda x: np.stack([x, dead])[0],  # inside a list
        remember,  # the second call of an f with memory
    )
    for use in uses:
        with pytest.raises(RuntimeError, match="used after its differentiation has ended"):
            SLOPES[outer](use, 2.0)
    with pytest.raises(RuntimeError, match="used after its differentiation has ended"):
        SLOPES[outer](np.sin, dead)
    assert held is not None
    assert (dead > 2) is np.True_  # the primal is still there


@pytest.mark.parametrize("slope", SLOPES)
def test_a_failed_function_leaves_no_level_alive(slope):
    kept = []

    def fail(x):
        kept.append(x)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        SLOPES[slope](fail, 1.0)
    with pytest.raises(RuntimeError, match="has ended"):
        kept[0] + 1


@pytest.mark.parametrize("inner", SLOPES)
@pytest.mark.parametrize("outer", SLOPES)
def test_memory_within_one_differentiation_is_allowed(inner, outer):
    def f(x):
        kept = {}

        def g(y):
            kept.setdefault("x", x)
            return kept["x"] * y * y

        return SLOPES[inner](g, x)  # 2·x·x

    assert SLOPES[outer](f, 3.0) == 12


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, np.copy, lambda x: x.copy(),
                                       lambda x: copy.deepcopy({"w": [x]})["w"][0]])  # fmt: skip
def test_a_copy_keeps_the_derivative(slope, duplicate):
    assert SLOPES[slope](lambda x: duplicate(x) * x, 3.0) == 6


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused(slope, protocol):
    with pytest.raises(TypeError, match="pickling a traced array drops its derivative"):
        SLOPES[slope](lambda x: pickle.loads(pickle.dumps(x, protocol)) * x, 3.0)


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("dtype", [int, np.uint8, bool, "i4"])
def test_what_is_cast_to_integers_is_constant(slope, dtype):
    """As after `floor`: x.astype(int)·x has the slope ⌊x⌋, and no truncated tangent."""
    x = 2.75
    assert SLOPES[slope](lambda x: x.astype(dtype) * x, x) == np.float64(x).astype(dtype)
    assert SLOPES[slope](lambda x: x.astype(np.float32, copy=False) * x, 2.5) == 5
    with pytest.raises(TypeError, match="takes real numbers, got complex128"):
        SLOPES[slope](lambda x: x.astype(complex), x)


def unusual(kind):
    """An array of the kind, and why it is refused."""
    if kind == "masked":
        return np.ma.masked_array(np.eye(3), mask=np.eye(3)), "drop the mask|drops its derivative"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix(np.eye(3)), "lose the product of an `np.matrix`"


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("kind", ["masked", "matrix"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, c: x * c,
        lambda x, c: c * x,
        lambda x, c: c @ x,
        lambda x, c: np.hypot(c, x),
        lambda x, c: np.matmul(c, x),
        lambda x, c: np.where(x > 0, x, c),
        lambda x, c: np.concatenate([x[None], c]),
        lambda x, c: np.clip(x, a_min=c, a_max=None),
        lambda x, c: c,
    ],
)
def test_masks_and_matrices_are_refused(slope, kind, f):
    c, reason = unusual(kind)
    with pytest.raises(TypeError, match=reason):
        SLOPES[slope](lambda x: np.sum(f(x, c)) if f(x, c) is not c else c, np.ones(3))
    with pytest.raises(TypeError, match=reason):
        SLOPES[slope](np.sum, c)


PERMUTATIONS = [
    tuple(a - 3 * s for a, s in zip(axes, signs, strict=True))
    for axes in itertools.permutations(range(3))
    for signs in itertools.product((0, 1), repeat=3)
]


@pytest.mark.parametrize("axes", PERMUTATIONS)
def test_transpose_with_axes_counted_from_either_end(axes):
    x, u = RNG.normal(size=(2, 3, 4)), RNG.normal(size=np.transpose(np.ones((2, 3, 4)), axes).shape)
    (g,) = vjp(lambda x: np.transpose(x, axes), x)[1](u)
    assert np.array_equal(g, np.einsum(u, [a % 3 for a in axes], [0, 1, 2]))


def test_hessian_vector_product_of_a_known_hessian():
    def f(x):
        return x[0] ** 2 * x[1] + np.sin(x[1])

    x, v = np.array([1.5, -0.5]), np.array([2.0, -3.0])
    hessian = np.array([[2 * x[1], 2 * x[0]], [2 * x[0], -np.sin(x[1])]])
    assert np.allclose(hvp(f, x, v), hessian @ v, rtol=1e-14, atol=0)


def test_hessian_vector_product_names_what_does_not_match():
    with pytest.raises(ValueError, match=r"`v` must have the shape \(2,\) of x, got \(3,\)"):
        hvp(np.sum, np.ones(2), np.ones(3))
    with pytest.raises(TypeError, match="`v` must be real numbers, got dtype complex128"):
        hvp(np.sum, np.ones(2), np.ones(2) * 1j)
    assert np.array_equal(hvp(lambda x: np.sum(x**3), [1, 2], [1, 0]), [6, 0])


def test_checkpoint_keeps_its_inside_off_the_tape():
    inside = []

    def block(x):
        y = np.exp(x)
        inside.append(weakref.ref(strip(y)))
        return np.sin(y)

    x = np.ones(3)
    value, pullback = vjp(checkpoint(block), x)
    assert inside[0]() is None
    assert np.array_equal(pullback(np.ones(3))[0], vjp(block, x)[1](np.ones(3))[0])
    with pytest.raises(TypeError, match="must be passed the traced arrays that it uses"):
        grad(lambda x: checkpoint(lambda y: x * y)(2.0))(3.0)
    assert value.shape == (3,)


# The library's own functions, unchanged

RECORDS = [
    r for entry in catalog.records("scalar") for r in (entry, *(entry.case(c) for c in entry.cases))
]


def steady(function, x):
    """Where a function has nearly the same value on both sides of x."""
    one, other = (function(x + s * (1 + abs(x))) for s in (1e-9, -1e-9))
    return abs(one - other) <= 1e-6 * (1 + abs(one))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_both_modes_agree_with_the_library(record):
    """Around the zeros and kinks, not at them: conventions are held by the checks of the entry."""
    x = oracle.grid(record)
    # Further out the code of f may be a difference: tanh' is 1 - tanh^2, and 0 where f is 1.
    x = x[(abs(x) < 32) & ((abs(x) > 1e-75) | (x == 0))]
    with np.errstate(all="ignore"):
        x = x[steady(record.d, x) & steady(record.d2, x)]
        size = np.max(np.abs([record.f(x), record.d(x), record.d2(x), x]), axis=0)
    x = x[size < 1e75]  # products of four stay in float64
    assert x.size > 100
    # The unit is the rounding of 1, of the differentiated code, and of d_f at x.
    unit = EPS * (1 + path_sum(record.f, x) + abs(record.d(x)) + abs(x * record.d2(x)))
    for slope in (derivative(record.f, x), vjp(record.f, x)[1](np.ones(x.shape))[0]):
        assert np.max(abs(slope - record.d(x)) / unit) <= 8

    def twice(t):
        return derivative(record.f, t)

    x = x[x != 0]  # abs and hypot have a kink there, whatever they are squared to
    unit = EPS * (1 + path_sum(twice, x) + abs(record.d2(x)))
    assert np.max(abs(derivative(twice, x) - record.d2(x)) / unit) <= 8


# What f writes into its own arrays


def refilled(use, *contents):
    """A function of x that uses an array, fills it anew, and uses it again."""

    def f(x):
        buffer = np.array(contents[0])
        total = use(x, buffer)
        for content in contents[1:]:
            buffer[...] = content
            total = total + use(x, buffer)
        buffer[...] = 0
        return total

    def apart(x):
        return sum(use(x, np.array(content)) for content in contents)

    return f, apart


MATRICES = [[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 4.0]], [[1.0, 2.0, 3.0]] * 3
VECTORS = [1.0, 2.0, 3.0], [3.0, 0.5, -1.0], [-2.0, 4.0, 9.0]
MASKS = [True, False, True], [False, True, True]
PLACES = [0, 2], [1, 1], [2, 0]
REFILLED = {
    "multiply": (lambda x, b: np.sum(x * b), VECTORS),
    "divide": (lambda x, b: np.sum(b / x), VECTORS),
    "power": (lambda x, b: np.sum(x**b), VECTORS),
    "maximum": (lambda x, b: np.sum(np.maximum(x, b) ** 2), VECTORS),
    "clip": (lambda x, b: np.sum(np.clip(x, b, b + 1) ** 2), VECTORS),
    "hypot": (lambda x, b: np.sum(np.hypot(x, b)), VECTORS),
    "dot": (lambda x, b: np.dot(b, x) ** 2, VECTORS),
    "matmul": (lambda x, b: np.sum((b @ x) ** 2), MATRICES),
    "einsum": (lambda x, b: np.einsum("i,ij,j->", x, b, x), MATRICES),
    "solve": (lambda x, b: np.sum(np.linalg.solve(b + 9 * np.eye(3), x) ** 2), MATRICES),
    "convolve": (lambda x, b: np.sum(np.convolve(x, b) ** 2), VECTORS),
    "interp": (lambda x, b: np.sum(np.interp(x, [0.0, 1.5, 4.0], b)), VECTORS),
    "where": (lambda x, b: np.sum(np.where(b, x, 1.0) ** 2), MASKS),
    "select": (lambda x, b: np.sum(np.select([b], [x * x], 0.0)), MASKS),
    "index by mask": (lambda x, b: np.sum(x[b] ** 2), MASKS),
    "index": (lambda x, b: np.sum(x[b] ** 2), PLACES),
    "take": (lambda x, b: np.sum(np.take(x, b) ** 2), PLACES),
    "take_along_axis": (lambda x, b: np.sum(np.take_along_axis(x, b, 0) ** 2), PLACES),
    "average": (lambda x, b: np.average(x, weights=b * b), VECTORS),
    "a number": (lambda x, b: np.sum(x) * b, (1.0, 2.0, 5.0)),
}


@pytest.mark.parametrize("name", REFILLED)
def test_an_array_that_f_fills_anew_is_used_as_it_was(name):
    """The tape held the array and not its values: all but the last use were wrong in silence."""
    use, contents = REFILLED[name]
    f, apart = refilled(use, *contents)
    x, v = np.array([0.7, 1.4, 2.9]), np.array([1.0, -2.0, 0.5])
    value, pullback = vjp(f, x)
    assert value == apart(x)
    for found, right in (
        (grad(f)(x), grad(apart)(x)),
        (pullback(np.ones(()))[0], grad(apart)(x)),
        (hvp(f, x, v), hvp(apart, x, v)),
    ):
        assert np.array_equal(found, right, equal_nan=True)
    slope = jvp(f, (x,), (v,))[1]
    assert np.allclose(slope, grad(apart)(x) @ v, rtol=1e-13, atol=1e-13, equal_nan=True)


def test_the_point_may_change_before_the_sweep():
    x = np.array([1.0, 2.0])
    _, pullback = vjp(lambda t: t * t, x)
    x[:] = 50.0
    assert np.array_equal(pullback(np.ones(2))[0], [2.0, 4.0])


def test_an_array_that_stays_as_it_is_is_copied_once():
    a, seen = np.ones((40, 40)), set()

    def f(x):
        for _ in range(5):
            x = a @ x
        seen.update(id(v) for line in x.tape.entries for v in line.values if v.shape == a.shape)
        return np.sum(x)

    grad(f)(np.ones(40))
    assert len(seen) == 1
