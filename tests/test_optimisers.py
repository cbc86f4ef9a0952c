"""Every optimiser against a longhand calculation, step for step, in Python's own numbers."""

import math
import re

import numpy as np
import pytest
from scipy.optimize import least_squares

from derivref import optimisers

X = [0.5, -2.0, 1.25]
G = [[1.5, -0.25, 0.0], [0.5, 2.0, -1.0], [-0.75, 0.125, 3.0]]  # three gradients


def run(step, *extra, x=X, grads=G, **parameters):
    """Return the iterates of an optimiser under given gradients."""
    x, state, path = np.array(x, float), None, []
    for g in grads:
        x, state = step(x, np.array(g, float), *extra, state, **parameters)
        path.append(x)
    return path


def same(path, longhand):
    """Compare component by component, to a few roundings."""
    for i, start in enumerate(X):
        wanted = longhand(start, [g[i] for g in G])
        assert [p[i] for p in path] == pytest.approx(wanted, rel=1e-13, abs=1e-15)


def test_momentum():
    def by_hand(x, g):
        v1 = g[0]
        v2 = 0.9 * g[0] + g[1]
        v3 = 0.81 * g[0] + 0.9 * g[1] + g[2]
        return [x - 0.1 * v1, x - 0.1 * (v1 + v2), x - 0.1 * (v1 + v2 + v3)]

    same(run(optimisers.momentum, rate=0.1, beta=0.9), by_hand)


def test_nesterov_is_the_look_ahead_form():
    """The textbook form takes the gradient ahead: its points ahead are the iterates here."""
    slope = lambda x: 3 * x + 1  # noqa: E731
    theta, v, ahead = 0.7, 0.0, []
    x, state, here = np.array(0.7), None, []
    for _ in range(5):
        v = 0.8 * v - 0.1 * slope(theta + 0.8 * v)
        theta = theta + v
        ahead.append(theta + 0.8 * v)
        x, state = optimisers.nesterov(x, slope(x), state, rate=0.1, beta=0.8)
        here.append(float(x))
    assert here == pytest.approx(ahead, rel=1e-13)


def test_adagrad():
    def by_hand(x, g):
        path, total = [], 0.0
        for k in g:
            total += k**2
            x -= 0.1 * k / (math.sqrt(total) + 1e-3)
            path.append(x)
        return path

    same(run(optimisers.adagrad, rate=0.1, eps=1e-3), by_hand)


def test_rmsprop():
    def by_hand(x, g):
        path = []
        for t in range(3):
            mean = sum(0.1 * 0.9 ** (t - k) * g[k] ** 2 for k in range(t + 1))
            x -= 0.1 * g[t] / (math.sqrt(mean) + 1e-3)
            path.append(x)
        return path

    same(run(optimisers.rmsprop, rate=0.1, beta=0.9, eps=1e-3), by_hand)


def weighted(values, beta, t):
    """The corrected running mean as one sum: weights that add up to 1."""
    weights = [beta ** (t - k) for k in range(t + 1)]
    return sum(w * v for w, v in zip(weights, values, strict=False)) / sum(weights)


@pytest.mark.parametrize("decay", [None, 0.25])
def test_adam_and_adamw(decay):
    def by_hand(x, g):
        path = []
        for t in range(3):
            m, v = weighted(g, 0.5, t), weighted([k * k for k in g], 0.75, t)
            x = x * (1 - 0.1 * (decay or 0.0)) - 0.1 * m / (math.sqrt(v) + 1e-3)
            path.append(x)
        return path

    common = {"rate": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 1e-3}
    if decay is None:
        same(run(optimisers.adam, **common), by_hand)
    else:
        same(run(optimisers.adamw, **common, decay=decay), by_hand)


def test_amsgrad():
    def by_hand(x, g):
        path, v, top = [], 0.0, 0.0
        for t in range(3):
            v = 0.75 * v + 0.25 * g[t] ** 2
            top = max(top, v)
            m = weighted(g, 0.5, t)
            x -= 0.1 * m / (math.sqrt(top / (1 - 0.75 ** (t + 1))) + 1e-3)
            path.append(x)
        return path

    same(run(optimisers.amsgrad, rate=0.1, beta1=0.5, beta2=0.75, eps=1e-3), by_hand)


def test_lion():
    sign = lambda z: (z > 0) - (z < 0)  # noqa: E731

    def by_hand(x, g):
        path, m = [], 0.0
        for k in g:
            x -= 0.1 * (sign(0.75 * m + 0.25 * k) + 0.5 * x)
            m = 0.875 * m + 0.125 * k
            path.append(x)
        return path

    same(run(optimisers.lion, rate=0.1, beta1=0.75, beta2=0.875, decay=0.5), by_hand)


def test_sophia_clips_where_curvature_is_small_or_negative():
    curvature = np.array([4.0, 0.001, -3.0])

    def by_hand(c):
        def path(x, g):
            m = h = 0.0
            out = []
            for k in g:
                m, h = 0.5 * m + 0.5 * k, 0.75 * h + 0.25 * c
                x -= 0.1 * max(-1.0, min(1.0, m / max(0.5 * h, 1e-12)))
                out.append(x)
            return out

        return path

    found = run(optimisers.sophia, curvature, rate=0.1, beta1=0.5, beta2=0.75, gamma=0.5)
    for i, c in enumerate(curvature):
        wanted = by_hand(c)(X[i], [g[i] for g in G])
        assert [p[i] for p in found] == pytest.approx(wanted, rel=1e-13)
    assert abs(found[0][1] - X[1]) == pytest.approx(0.1)


M = [[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]]
GRADS = [[[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]], [[-0.5, 1.0], [2.0, 0.75], [1.0, -1.0]]]


def test_adafactor():
    x, rows, columns = [r[:] for r in M], [0.0] * 3, [0.0] * 2
    for t, g in enumerate(GRADS, start=1):
        beta = 1 - 1 / t**0.8
        for i in range(3):
            rows[i] = beta * rows[i] + (1 - beta) * sum(g[i][j] ** 2 for j in range(2)) / 2
        for j in range(2):
            columns[j] = beta * columns[j] + (1 - beta) * sum(g[i][j] ** 2 for i in range(3)) / 3
        whole = sum(rows) / 3
        u = [
            [g[i][j] / math.sqrt(rows[i] * columns[j] / whole) for j in range(2)] for i in range(3)
        ]
        rms = math.sqrt(sum(v * v for r in u for v in r) / 6)
        size = max(1e-3, math.sqrt(sum(v * v for r in x for v in r) / 6))
        x = [[x[i][j] - 0.1 * size * u[i][j] / max(1, rms) for j in range(2)] for i in range(3)]
    found = run(optimisers.adafactor, x=M, grads=GRADS, rate=0.1)[-1]
    assert found == pytest.approx(np.array(x), rel=1e-12)


def test_adafactor_is_exact_where_the_squares_have_rank_one():
    g = np.outer([1.0, 2.0, 0.5], [3.0, -1.0])
    moved, _ = optimisers.adafactor(np.array(M), g, rate=1.0, least=0.0)
    size = math.sqrt(np.mean(np.square(M)))
    assert moved == pytest.approx(np.array(M) - size * np.sign(g), rel=1e-12)


def test_shampoo_takes_the_polar_factor_first():
    g = np.array([[3.0, 1.0], [-1.0, 2.0]])
    u, _, v = np.linalg.svd(g)
    moved, state = optimisers.shampoo(np.zeros((2, 2)), g, rate=1.0, eps=0.0)
    assert moved == pytest.approx(-u @ v, rel=1e-12)
    second = np.diag([1.0, 4.0])
    again, _ = optimisers.shampoo(np.zeros((2, 2)), second, state, rate=1.0, eps=0.0)

    def root(a):  # of a symmetric 2 by 2 matrix, from its trace and determinant
        s = math.sqrt(np.linalg.det(a))
        return (a + s * np.eye(2)) / math.sqrt(np.trace(a) + 2 * s)

    left = root(root(g @ g.T + second @ second.T))
    right = root(root(g.T @ g + second.T @ second))
    wanted = -np.linalg.solve(left, np.linalg.solve(right.T, second.T).T)
    assert again == pytest.approx(wanted, rel=1e-10)


def test_muon():
    g = np.array(GRADS[0])
    moved, state = optimisers.muon(np.array(M), g, rate=0.1, beta=0.5)
    u, s, v = np.linalg.svd(1.5 * g, full_matrices=False)
    s = s / math.sqrt(sum(s**2))
    for _ in range(5):  # on singular values the iteration is a polynomial
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    assert moved == pytest.approx(np.array(M) - 0.1 * (u * s) @ v, rel=1e-9)
    assert np.array_equal(state["v"], g)
    assert s.min() > 0.6
    assert s.max() < 1.3


H = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, -0.25], [0.5, -0.25, 1.5]])
POINT, SLOPE = np.array(X), np.array(G[0])


def test_newton_solves_a_quadratic_and_damping_shortens_the_step():
    b = np.array([1.0, -2.0, 0.5])
    found = optimisers.newton(POINT, H @ POINT - b, H)
    assert H @ found == pytest.approx(b, rel=1e-12)
    damped = optimisers.newton(POINT, SLOPE, H, damping=0.5) - POINT
    assert (H + 0.5 * np.eye(3)) @ damped == pytest.approx(-SLOPE, rel=1e-12, abs=1e-15)


def test_the_natural_gradient_does_not_see_the_coordinates():
    """In p = A x the Fisher matrix is A^-T F A^-1 and the gradient A^-T g: p moves to A x."""
    turn = np.array([[2.0, 0.0, 1.0], [0.5, 1.0, 0.0], [0.0, -1.0, 3.0]])
    back = np.linalg.inv(turn)
    here = optimisers.natural_gradient(POINT, SLOPE, H, rate=0.25)
    there = optimisers.natural_gradient(turn @ POINT, back.T @ SLOPE, back.T @ H @ back, rate=0.25)
    assert there == pytest.approx(turn @ here, rel=1e-12)
    assert H @ (here - POINT) == pytest.approx(-0.25 * SLOPE, rel=1e-12, abs=1e-15)


T = np.array([0.0, 1.0, 2.0, 3.0, 5.0])
DATA = np.array([2.1, 1.4, 0.7, 0.6, 0.1])


def curve(p):
    """Residuals of a decay that is fitted, and their Jacobian."""
    e = np.exp(-p[1] * T)
    return p[0] * e - DATA, np.stack([e, -p[0] * T * e], axis=1)


def test_gauss_newton_solves_linear_residuals_in_a_step():
    matrix = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]])
    b = np.array([1.0, -1.0, 2.0])
    x = np.array([5.0, -4.0])
    found = optimisers.gauss_newton(x, matrix @ x - b, matrix)
    assert matrix.T @ (matrix @ found - b) == pytest.approx(np.zeros(2), abs=1e-13)
    short = optimisers.gauss_newton(np.zeros(2), np.array([-2.0]), np.array([[1.0, 1.0]]))
    assert short == pytest.approx([1.0, 1.0])  # of all with the sum 2 the shortest


def test_levenberg_marquardt_fits_from_where_gauss_newton_runs_away():
    start = np.array([1.0, 2.0])
    runaway = optimisers.gauss_newton(start, *curve(start))
    assert curve(start)[0] @ curve(start)[0] < 0.1 * (curve(runaway)[0] @ curve(runaway)[0])
    x, state, back = start, None, 0
    for _ in range(15):
        before = None if state is None else state["damping"]
        x, state = optimisers.levenberg_marquardt(x, *curve(x), state)
        assert np.sum(state["r"] ** 2) <= np.sum(curve(start)[0] ** 2)
        back += before is not None and state["damping"] > before
    wanted = least_squares(lambda p: curve(p)[0], [2.0, 0.5], jac=lambda p: curve(p)[1])
    assert back > 0
    assert state["x"] == pytest.approx(wanted.x, rel=1e-6)


def test_levenberg_marquardt_step_for_step():
    x = np.array([1.0, 0.25])
    r, matrix = curve(x)
    first, state = optimisers.levenberg_marquardt(x, r, matrix, damping=0.5)
    assert (matrix.T @ matrix + 0.5 * np.eye(2)) @ (first - x) == pytest.approx(
        -matrix.T @ r, rel=1e-10
    )
    worse = r + 10.0
    again, state = optimisers.levenberg_marquardt(first, worse, matrix, state, factor=4.0)
    assert state["damping"] == 2.0
    assert (matrix.T @ matrix + 2.0 * np.eye(2)) @ (again - x) == pytest.approx(
        -matrix.T @ r, rel=1e-10
    )
    _, state = optimisers.levenberg_marquardt(again, 0.5 * r, matrix, state, factor=4.0)
    assert state["damping"] == 0.5
    assert np.array_equal(state["x"], again)


def test_conjugate_gradients_end_after_as_many_products_as_unknowns():
    b, asked = np.array([1.0, -2.0, 0.5]), []

    def product(v):
        asked.append(v)
        return H @ v

    x = optimisers.conjugate_gradients(product, b, 3)
    assert H @ x == pytest.approx(b, rel=1e-10)
    assert [p @ H @ q for k, p in enumerate(asked) for q in asked[:k]] == pytest.approx(
        [0.0] * 3, abs=1e-12
    )
    assert optimisers.conjugate_gradients(product, b, 1) == pytest.approx(
        b * (b @ b) / (b @ H @ b), rel=1e-14
    )
    del asked[:]
    optimisers.conjugate_gradients(lambda v: product(2 * v) / (2 * H[0, 0]), 0 * b, 3)
    assert asked == []
    with pytest.raises(ValueError, match="product must be of a positive definite matrix"):
        optimisers.conjugate_gradients(lambda v: -v, b, 1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda a: optimisers.newton(a, a, a), "x must be a vector, not of 2 dimensions"),
        (lambda a: optimisers.newton(a[0], a[0], a[:1]), "hessian must be 2 by 2, not of shape"),
        (lambda a: optimisers.gauss_newton(a[0], a[0], a[:1]), "jacobian must be 2 by 2, not"),
        (
            lambda a: optimisers.levenberg_marquardt(a[0], a[0], a, damping=0.0),
            "damping must be positive, not 0",
        ),
        (
            lambda a: optimisers.levenberg_marquardt(a[0], a[0], a, factor=1.0),
            "factor must be above 1, not 1.0",
        ),
        (lambda a: optimisers.conjugate_gradients(a.dot, a[0], -1), "steps must be finite and"),
        (lambda a: optimisers.adam(a, a, beta1=1.0), "beta1 must lie in [0, 1), not 1.0"),
        (lambda a: optimisers.lion(a, a, rate=0.0), "rate must be positive and finite, not 0.0"),
        (lambda a: optimisers.adamw(a, a, decay=-1), "decay must be finite and not negative"),
        (lambda a: optimisers.muon(a[0], a[0]), "x must be a matrix, not of 1 dimensions"),
        (lambda a: optimisers.rmsprop(a, a, eps=np.inf), "eps must be finite"),
    ],
)
def test_what_makes_no_optimiser_is_refused(call, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        call(np.eye(2))


def test_arrays_that_do_not_fit_are_refused_by_name():
    x = np.ones(3)
    with pytest.raises(ValueError, match=r"g must have the shape of x, \(3,\), not \(1,\)"):
        optimisers.adam(x, np.ones(1))
    for bad in (np.ones(3, int), np.ones(3, complex), np.ma.array(x)):
        with pytest.raises(TypeError, match="g must hold real floating-point numbers"):
            optimisers.momentum(x, bad)
    with pytest.raises(TypeError, match="jacobian must hold real floating-point numbers"):
        optimisers.gauss_newton(x, x, np.eye(3, dtype=int))
