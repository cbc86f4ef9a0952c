"""Forward mode: the algebra, nesting, dtypes, and what it refuses."""

import math
import pydoc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import fft, integrate, interpolate, linalg, optimize, sparse, special, stats

from derivref.autodiff.trace import WRITE_INSTEAD
from derivref.dual import Dual, derivative, jvp
from derivref.tape import grad

REAL = st.floats(-1e3, 1e3)


@given(REAL, REAL, REAL, REAL)
def test_product_is_that_of_the_algebra(a, b, c, d):
    z = Dual(a, b) * Dual(c, d)
    assert (z.primal, z.tangent) == (a * c, a * d + b * c)


def test_epsilon_squared_is_zero():
    e = Dual(0.0, 1.0)
    assert ((e * e).primal, (e * e).tangent) == (0, 0)


@pytest.mark.parametrize(
    ("f", "exact"),
    [
        (lambda x: x**3, lambda x: 3 * x**2),
        (lambda x: np.exp(x * np.log(x)), lambda x: x**x * (math.log(x) + 1)),
        (lambda x: 2.0**x, lambda x: 2**x * math.log(2)),
        (lambda x: x // 0.3 + x % 0.3, lambda x: 1.0),
        (lambda x: (1 - x) / (1 + x) - +x, lambda x: -2 / (1 + x) ** 2 - 1),
        (lambda x: abs(-x) @ np.ones(1) if np.ndim(x) else abs(-x), lambda x: 1.0),
        (lambda x: [1.0, 2.0] * x, lambda x: np.array([1.0, 2.0])),
    ],
)
def test_slope_is_exact_to_rounding(f, exact):
    assert np.allclose(derivative(f, 2.5), exact(2.5), rtol=1e-15, atol=0)


def test_elementwise_on_arrays_of_any_shape():
    for shape in [(), (0,), (3,), (2, 1, 3)]:
        x = np.linspace(-2, 2, math.prod(shape)).reshape(shape)
        d = derivative(np.sin, x)
        assert d.shape == shape
        assert np.array_equal(d, np.cos(x))


def test_a_curve_has_a_slope_of_its_own_shape():
    assert np.array_equal(derivative(lambda t: np.stack([t, t * t]), 3), [1, 6])


# Nesting


def test_no_perturbation_confusion():
    assert derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0) == 1
    assert derivative(lambda x: x * derivative(lambda y: x * y, 2.0), 3.0) == 6
    assert derivative(lambda x: derivative(lambda y: x * y * y, x) + x, 2.0) == 9
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1
    assert derivative(lambda x: x * grad(lambda y: x + y)(1.0), 1.0) == 1
    assert grad(lambda x: x * derivative(lambda y: x + y, 1.0))(1.0) == 1


def test_an_inner_function_that_escapes_is_refused():
    """Siskind and Pearlmutter's curried derivative has no array to differentiate."""
    with pytest.raises(TypeError, match="must return one array, got function"):
        derivative(lambda x: lambda g: lambda y: g(x + y), 0.0)


def test_derivatives_of_high_order():
    f = np.exp
    for _ in range(6):
        f = lambda x, f=f: derivative(f, x)  # noqa: E731
    assert f(0.5) == np.exp(0.5)


@pytest.mark.parametrize("n", range(1, 6))
def test_tanh_at_zero_has_no_false_kink(n):
    """The slope must not be written through |x|: its third derivative would be 0 at 0."""
    f = np.tanh
    for _ in range(n):
        f = lambda x, f=f: derivative(f, x)  # noqa: E731
    assert np.isclose(f(0.0), [1, 0, -2, 0, 16][n - 1], rtol=0, atol=1e-14)


# Control flow, dtypes, bad input


def test_comparisons_and_branches_see_the_primal():
    def f(x):
        n = 0
        while x < 100 and n < 50:
            x, n = 3 * x, n + 1
        return x if x else -x

    assert derivative(f, 2.0) == 81
    assert (Dual(2.0, 1.0) == Dual(2.0, 5.0)) is np.True_
    assert not Dual(0.0, 1.0)


def test_independent_of_x_has_slope_zero():
    d = derivative(lambda x: np.ones((2, 2)), 3.0)
    assert d.shape == (2, 2)
    assert not d.any()
    assert jvp(lambda x, y: x, (1.0, 2.0), (0.0, 5.0)) == (1, 0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_is_kept(dtype):
    x = np.array([0.5, 1.5], dtype)
    for f in (lambda x: 2 * np.tanh(x) / (1 + x**2), lambda x: np.where(x > 1, x, 0.5 * x)):
        assert derivative(f, x).dtype == dtype
        assert derivative(lambda x, f=f: derivative(f, x), x).dtype == dtype


def test_wider_constants_widen_both():
    value, tangent = jvp(lambda x: x + np.ones(2), (np.ones(2, np.float32),), (np.float32([3, 4]),))
    assert value.dtype == tangent.dtype == np.float64


def test_integers_are_promoted():
    for x in (3, [3], np.array(3, np.int8)):
        d = derivative(lambda x: x**2 / 4, x)
        assert d.dtype == np.float64
        assert np.all(d == 1.5)


@pytest.mark.parametrize("x", [1j, True, "1", None, [None], {"w": 1.0}])
def test_what_is_not_a_real_number_is_refused(x):
    with pytest.raises(TypeError, match=r"`x` must be real numbers, got (dtype|None|\{'w': 1.0\})"):
        derivative(np.sin, x)


def test_mixing_elements_is_refused_by_name():
    x = np.array([1.0, 2.0])
    for f, name in [
        (lambda x: x / np.sum(x), "`sum`"),
        (lambda x: x[::-1], "`getitem`"),
        (lambda x: np.dot(np.eye(2), x), "`dot`"),
        (np.cumsum, "`cumsum`"),
        (np.std, "`std`"),
        (lambda x: np.eye(2) @ x, "`matmul`"),
        (lambda x: x[:, None][:, 0], "`getitem`"),
        (lambda x: np.median(x) * np.sum(x), "`median`"),
    ]:
        with pytest.raises(ValueError, match=rf"elementwise .* shape \(2,\), but {name} mixes"):
            derivative(f, x)
    with pytest.raises(ValueError, match=r"shape \(2, 2\), but `matmul` mixes"):
        derivative(lambda x: np.eye(2) @ x, np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"but f\(x\) has shape \(3, 2\)"):
        derivative(lambda x: x + np.ones((3, 2)), x)


NO_MOVES = (
    *(np.ravel, np.atleast_1d, np.squeeze, np.transpose),
    *(lambda x: x.T, lambda x: x.reshape(-1), lambda x: np.broadcast_to(x, 2)),
)


@pytest.mark.parametrize("f", NO_MOVES)
def test_what_moves_nothing_mixes_nothing(f):
    assert np.array_equal(derivative(lambda x: f(x) ** 2, np.array([1.0, 2.0])), [2, 4])


def test_jvp_names_what_does_not_match():
    with pytest.raises(ValueError, match="one per primal, got 1 for 2"):
        jvp(np.add, (1.0, 2.0), (1.0,))
    with pytest.raises(ValueError, match=r"`tangents\[1\]` must have the shape \(2,\), got \(3,\)"):
        jvp(np.add, (1.0, np.ones(2)), (1.0, np.ones(3)))
    with pytest.raises(TypeError, match=r"`f` must be callable, got 3.0"):
        derivative(3.0, 1.0)


@pytest.mark.parametrize("slope", [derivative, lambda f, x: grad(f)(x)], ids=["dual", "tape"])
@pytest.mark.parametrize(
    ("f", "message"),
    [
        (float, "drops its derivative"),
        (int, "drops its derivative"),
        (math.exp, "drops its derivative"),
        (np.asarray, "drops its derivative"),
        (lambda x: np.array([x, x]), "drops its derivative"),
        (lambda x: [x], "must return one array, got list"),
        (np.frexp, "`frexp` has no derivative rule: add one with `derivref.partials.rule`"),
        (np.linalg.eigvals, "`numpy.linalg.eigvals` has no derivative rule"),
        (np.subtract.accumulate, "`subtract.accumulate` has no derivative rule"),
        (lambda x: np.add(x, 1, where=[True]), "`add` of a traced array takes no `where`: use `np"),
        (lambda x: np.multiply(x, 2, out=np.zeros(2)), "`multiply` in place overwrites"),
        (lambda x: np.linalg.norm(x, 0), "of a traced vector takes no ord=0"),
    ],
)
def test_what_would_go_wrong_in_silence_is_refused(slope, f, message):
    with pytest.raises(TypeError, match=message):
        slope(f, np.ones(2))


class Labelled:
    """What a pandas Series does: it gives way to a higher priority, and its values are an array."""

    __array_ufunc__ = lambda *args, **kwargs: NotImplemented  # noqa: E731

    def __init__(self, *values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def __mul__(self, other):
        if getattr(other, "__pandas_priority__", 0) > 4000:
            return NotImplemented
        return Labelled(*(np.asarray(self) * np.asarray(other)))


@pytest.mark.parametrize("slope", [derivative, lambda f, x: grad(lambda x: np.sum(f(x)))(x)])
def test_labelled_arrays_on_either_side(slope):
    s, x = Labelled(3.0, 4.0), np.array([1.0, 2.0])
    for f in (lambda x: s * x, lambda x: x * s, lambda x: np.multiply(s, x)):
        assert np.array_equal(slope(f, x), [3, 4])


def filled(x):
    out = np.zeros(2)
    for i in range(2):
        out[i] = x[i]
    return out


@pytest.mark.parametrize("slope", [derivative, lambda f, x: grad(f)(x)], ids=["dual", "tape"])
@pytest.mark.parametrize(
    ("f", "instead"),
    [
        (filled, "use `np.stack`, or `np.where` instead of assignment"),
        (lambda x: None, "got None: is a `return` missing"),
        (lambda x: [x[0], x[1]], "got list: use `np.stack`"),
        (lambda x: math.sin(x[0]), "functions of NumPy instead of those of `math`"),
        (lambda x: np.array([x[0], x[1]]), "use `np.stack` instead of `np.array`"),
        (lambda x: int(x[0]) * x, r"use `x.astype\(int\)`"),
        (lambda x: np.ones(3)[x[0]], r"`x.astype\(int\)` for an index"),
        (lambda x: x.item(0), "no `.item` .plain numbers have no derivative"),
        (lambda x: x.tolist(), "no `.tolist` .plain numbers have no derivative"),
        (lambda x: x.sort(), "no `.sort` .it overwrites .*: use `np.sort`"),
        (lambda x: x.fill(0), "no `.fill` .it overwrites .*: use `np.where`"),
        (lambda x: x.imag, "no `.imag`: it is real"),
        (lambda x: x.gradient, "no attribute `gradient`"),
        (lambda x: np.sum(x, where=[True, False]), "`sum` .* takes no `where`: use `np.where`"),
        (lambda x: np.max(x, initial=0.0), "`max` .* takes no `initial`: put it beside"),
        (lambda x: np.cumsum(x, out=np.zeros(2)), "takes no `out`: use the array that is returned"),
        (
            lambda x: np.exp(x, dtype=np.float32),
            r"`exp` .* takes no `dtype`: use `.astype\(dtype\)`",
        ),
        (lambda x: 1j * x, "keep the real and the imaginary part apart"),
        (np.fft.rfft, r"`numpy.fft.rfft` .* use the matrices `np.fft.fft\(np.eye\(n\)\).real @ x`"),
        (np.linalg.eigvals, "use `np.linalg.eigvalsh` if the matrix is symmetric"),
        (np.vectorize(lambda t: t), "`numpy.vectorize` converts .* write f for arrays"),
        (lambda x: np.full(3, x[0]), r"use `x \* np.ones\(shape\)`"),
        (np.float32, r"drops its derivative"),
        (special.logsumexp, "`scipy.special.logsumexp` converts .* use `np.logaddexp.reduce"),
        (special.softmax, "`scipy.special.softmax` converts .* use `np.exp"),
        (lambda x: special.polygamma(1, x), "differentiate `scipy.special.psi`"),
        (lambda x: special.factorial(x), r"use `scipy.special.gamma\(x \+ 1\)`"),
        (lambda x: linalg.solve(np.eye(2), x), "`scipy.linalg.solve` .* use `np.linalg.solve`"),
        (lambda x: linalg.expm(np.diag(x)), "`scipy.linalg.expm` .* use `np.linalg.eigh`"),
        (lambda x: linalg.toeplitz(x), "`scipy.linalg.toeplitz` .* use `np.linalg`"),
        (lambda x: fft.rfft(x), "use the matrices"),
        (lambda x: integrate.trapezoid(x), "`scipy.integrate.trapezoid` .* use `np.trapezoid`"),
        (lambda x: sparse.eye_array(2) @ x, "use a dense matrix"),
        (
            lambda x: optimize.minimize(lambda t: t**2, x),
            "`scipy.optimize.minimize` .* the equation",
        ),
        (lambda x: stats.norm.logpdf(x), "write the density with NumPy"),
        (
            lambda x: interpolate.CubicSpline([0, 1], x),
            "`scipy.interpolate.CubicSpline` .* use `np.interp`",
        ),
        (lambda x: np.linalg.lstsq(np.eye(2), x), r"use `np.linalg.pinv\(a\) @ b`"),
        (lambda x: np.gradient(x), "`numpy.gradient` .* use `np.diff`"),
        (lambda x: np.copyto(np.zeros(2), x), "it works in place: use `np.where`"),
        (lambda x: np.linalg.svd(x[:, None]), "takes full_matrices=False"),
    ],
)
def test_a_refusal_says_what_to_write_instead(slope, f, instead):
    with pytest.raises((TypeError, AttributeError), match=instead):
        slope(f, np.array([1.0, 2.0]))


@pytest.mark.parametrize("name", [n for n in WRITE_INSTEAD if n.count(".")])
def test_what_is_refused_by_name_exists(name):
    """A misspelt name would never be found, and its hint never shown."""
    assert pydoc.locate(name) is not None


@pytest.mark.parametrize("slope", [derivative, lambda f, x: grad(f)(x)], ids=["dual", "tape"])
def test_printing_and_rounding_are_allowed(slope):
    """A text needs no derivative, and what is rounded is constant between its jumps."""
    texts = []
    assert slope(lambda x: texts.append(f"{x:.2f} {x}") or x * x, 1.5) == 3
    assert texts[0].startswith("1.50 ")
    assert slope(lambda x: round(x, 1) * x, 2.34) == 2.3
    assert slope(lambda x: round(x) * x, 2.34) == 2
    assert slope(lambda x: x.round(1) * x, 2.34) == 2.3


@pytest.mark.parametrize("slope", [derivative, lambda f, x: grad(f)(x)], ids=["dual", "tape"])
def test_working_in_place_is_refused(slope):
    def augmented(x):
        x += 1
        return x

    def into_plain(x):
        total = np.zeros(2)
        total += x
        return total

    def assigned(x):
        x[0] = 0.0
        return x

    for f in (augmented, into_plain, assigned):
        with pytest.raises(TypeError, match="overwrites a value that the derivative needs"):
            slope(f, np.ones(2))

    def stored(x):
        row = np.zeros(2)
        row[0] = x[0]
        return row

    with pytest.raises(TypeError, match=r"use `np\.stack`, or `np\.where`"):
        slope(stored, np.ones(2))
