"""The conversion of input that every public function shares: one row an input."""

import pickle
import warnings

import numpy as np
import pytest

from derivref import activations, catalog, dual, elementary, layers
from derivref.records import Parameter

SCALARS = list(catalog.records("scalar"))
X = np.array([0.25, 0.5, 0.75])


@pytest.fixture(params=SCALARS, ids=lambda r: r.name)
def functions(request):
    family = catalog.family(request.param)
    return [family.public(f.__name__) for f in request.param.functions]


def test_the_public_function_is_the_plain_one_on_floats(functions):
    for function in functions:
        with np.errstate(all="ignore"):  # some of these points lie outside some domains
            assert np.array_equal(function(X), function.__wrapped__(X), equal_nan=True)
            assert function(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (X.astype(np.float16), np.float16),
        (np.float16(0.5), np.float16),
        (np.array([1, 0]), np.float64),
        (np.array([True, False]), np.float64),
        (np.uint8(1), np.float64),
        ([0.5, 1], np.float64),
        ((0.5,), np.float64),
        (0, np.float64),
        (10**400 // 10**399, np.float64),
        (np.array(0.5), np.float64),
        (np.zeros((0, 3)), np.float64),
        (np.array([[0.5]], dtype=np.float32), np.float32),
        (np.array([0.5, np.nan]), np.float64),
    ],
    ids=repr,
)
def test_input_is_converted_once_and_its_type_kept(given, kind):
    for function in (activations.gelu, activations.d_leaky_relu, elementary.exp):
        got = function(given)
        assert got.dtype == kind
        assert got.shape == np.shape(given)
        want = function(np.asarray(given, dtype=np.float64)).astype(kind)
        assert np.array_equal(got, want, equal_nan=True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ma.array(X, mask=[1, 0, 0]), "`x` must be a plain array, got a masked one"),
        ("0.5", "`x` must be a number or an array of numbers, got <U3"),
        (None, "`x` must be a number or an array of numbers, got object"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "must be a number or an array of numbers"),
        ([[1.0], [None]], "must be a number or an array of numbers, got object"),
        (0.5 + 1j, "`x` must be real, got complex128: the function is not analytic"),
        ([[0.5], [np.ma.array(X, mask=[1, 0, 0])]], "`x` must be a plain array, got a masked one"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_would_lose_its_meaning_is_refused_by_name(given, message):
    with pytest.raises(TypeError, match=message):
        activations.gelu(given)


def test_a_matrix_is_refused_by_name():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        matrix = np.matrix("1 2")
    with pytest.raises(TypeError, match=r"got np.matrix, whose product is another"):
        activations.gelu(matrix)


@pytest.mark.parametrize(
    ("given", "error"), [([[1.0], [1.0, 2.0]], ValueError), (10**400, OverflowError)]
)
def test_what_no_array_can_hold_is_refused_by_name(given, error):
    with pytest.raises(error, match="`x` must be a number or an array of numbers: "):
        activations.gelu(given)


def test_a_type_in_which_a_step_cannot_compute_is_named():
    with pytest.raises(
        TypeError, match=r"`x` must be of a type that `gelu` can .*: pass `x.astype"
    ):
        activations.gelu(np.array(0.5, dtype=np.clongdouble).real)
    assert elementary.sin(np.longdouble(0.5)).dtype == np.longdouble


Z = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize(
    ("function", "cotangent"),
    [
        (layers.vjp_softmax, 1.0),
        (layers.vjp_softmax, Z[0]),
        (layers.vjp_softmax, Z[:, :1]),
        (layers.vjp_softmax, Z[None]),
        (layers.vjp_logsumexp, 1.0),
        (layers.vjp_logsumexp, Z[:, :1]),
    ],
)
def test_a_cotangent_that_would_broadcast_is_refused(function, cotangent):
    with pytest.raises(ValueError, match=r"`cotangent` must have the shape \(\.\.\."):
        function(cotangent, Z)


def test_a_number_of_python_leaves_the_type_to_the_arrays():
    for dtype in (np.float16, np.float32):
        assert layers.vjp_logsumexp(1.0, Z[0].astype(dtype)).dtype == dtype
        assert layers.vjp_logsumexp(np.float64(1.0), Z[0].astype(dtype)).dtype == np.float64


def test_an_axis_without_numbers_is_refused_by_name():
    for empty in ([], np.zeros((3, 0))):
        with pytest.raises(ValueError, match="`z` must hold at least one number along `n`"):
            layers.softmax(empty)
    assert layers.softmax(np.zeros((0, 3))).shape == (0, 3)


def test_an_analytic_function_takes_complex_numbers():
    assert abs(elementary.exp(1j * np.pi) + 1) < 1e-15


def test_a_parameter_outside_its_range_is_refused_by_name():
    with pytest.raises(ValueError, match="`base` must be a finite number above 0, not 1, got -2"):
        elementary.log_base(X, base=-2)
    with pytest.raises(ValueError, match=r"`base` must be .*, got 1"):
        elementary.log_base(X, 1)
    with pytest.raises(ValueError, match="`negative_slope` must be a finite number, got nan"):
        activations.leaky_relu(X, negative_slope=np.nan)
    with pytest.raises(TypeError, match="`negative_slope` must be a number"):
        activations.leaky_relu(X, negative_slope="0.1")
    with pytest.raises(TypeError, match="unexpected keyword argument 'slope'"):
        activations.leaky_relu(X, slope=0.1)


def test_a_parameter_may_be_an_array():
    slope = np.array([0.0, 0.5, 1.0])
    assert np.array_equal(activations.leaky_relu(-X, negative_slope=slope), -X * slope)
    with pytest.raises(ValueError, match="got inf"):
        activations.leaky_relu(X, negative_slope=np.array([0.1, np.inf]))


def test_powers_at_zero_are_those_of_the_polynomial():
    zero = np.zeros(1)
    assert elementary.d_power(zero, n=0) == 0
    assert elementary.d2_power(zero, n=1) == 0
    assert elementary.d2_power(zero, n=2) == 2
    assert elementary.exponential(-3, base=2) == 0.125


def test_traced_values_pass():
    assert np.array_equal(
        dual.derivative(activations.gelu, X), dual.derivative(activations.gelu.__wrapped__, X)
    )


def test_public_functions_are_found_named_and_pickled():
    assert pickle.loads(pickle.dumps(activations.d_gelu)) is activations.d_gelu
    assert "gelu" in dir(activations)
    with pytest.raises(AttributeError, match="no function `gleu`; did you mean `gelu`"):
        activations.gleu  # noqa: B018
    with pytest.raises(ImportError):
        from derivref.stable import gelu  # noqa: F401


def test_the_docstring_says_what_each_parameter_is():
    text = activations.leaky_relu.__doc__
    assert "negative_slope : float, default 0.01\n    The slope for negative inputs" in text
    assert "maas2013" in text
    assert "Parameters\n----------" in elementary.d2_sin.__doc__


@pytest.mark.parametrize(
    ("parameter", "inside", "outside", "constraint"),
    [
        (Parameter(says="a"), [0.0, -5.0], [np.nan], "a finite number"),
        (Parameter(says="a", low=0.0), [1e-300], [0.0, -1.0], "a finite number above 0"),
        (
            Parameter(says="a", low=0.0, high=1.0, closed=(True, True)),
            [0.0, 1.0],
            [1.5],
            "a finite number at least 0 and at most 1",
        ),
    ],
)
def test_admissible_values(parameter, inside, outside, constraint):
    assert parameter.constraint == constraint
    assert all(map(parameter.admits, inside))
    assert not any(map(parameter.admits, outside))


INF = np.inf


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("z", "value", "weights"),
    [
        ([-INF, 1.0], 1.0, [0.0, 1.0]),
        ([-INF, 2.0, -INF], 2.0, [0.0, 1.0, 0.0]),
        ([-INF, -INF], -INF, [np.nan, np.nan]),
        ([INF, 1.0], INF, [np.nan, np.nan]),
        ([INF, INF], INF, [np.nan, np.nan]),
        ([INF, -INF], INF, [np.nan, np.nan]),
        ([np.nan, 1.0], np.nan, [np.nan, np.nan]),
        ([8e307, -8e307], 8e307, [1.0, 0.0]),
    ],
)
def test_infinite_scores_have_a_logsumexp_and_at_times_a_softmax(z, value, weights):
    for dtype in (np.float64, np.float32) if abs(value) != 8e307 else (np.float64,):
        z_ = np.array(z, dtype)
        assert np.array_equal(layers.logsumexp(z_), dtype(value), equal_nan=True)
        assert np.array_equal(layers.logsumexp(z_), np.logaddexp.reduce(z_), equal_nan=True)
        assert np.array_equal(layers.softmax(z_), np.array(weights, dtype), equal_nan=True)
        assert np.array_equal(layers.vjp_logsumexp(1.0, z_), layers.softmax(z_), equal_nan=True)
    stack = np.stack([np.array(z), np.zeros(len(z))])  # one row spoils no other
    assert np.isclose(layers.logsumexp(stack)[1], np.log(len(z)), rtol=1e-15, atol=0)
