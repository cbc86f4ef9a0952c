"""Slopes by differences, and the matrices that statements are tried on."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivref.differences import gradient, jacobian
from derivref.records import Argument

Array = NDArray[Any]
Value = Callable[..., Any]
TEN_DIGITS = 1e8  # a promise in eps for a side that is numerical


def slope(name: str, value: Value) -> Value:
    """Return the gradient in one variable, by differences of several steps.

    Parameters
    ----------
    name : str
        The variable in which the number is differentiated.
    value : callable
        The number, of all variables.

    Returns
    -------
    callable
        Of the same variables; its value has the shape of the one named.
    """

    def found(*arrays: Array) -> Array:
        given = dict(zip(names, arrays, strict=True))
        at = np.asarray(given[name])

        def number(a: Array) -> float:
            return float(value(**(given | {name: a.reshape(at.shape)})))

        flat = gradient(number, at.ravel(), method="central")
        shaped: Array = flat.value.reshape(at.shape)
        return shaped

    return _like(found, names := list(inspect.signature(value).parameters))


def hessian(name: str, gradient_: Value) -> Value:
    """Return the Jacobian of a gradient in one vector, by differences.

    Parameters
    ----------
    name : str
        The vector.
    gradient_ : callable
        The gradient, of all variables.

    Returns
    -------
    callable
        Of the same variables; its value is a matrix.
    """

    def found(*arrays: Array) -> Array:
        given = dict(zip(names, arrays, strict=True))
        rows: Array = jacobian(
            lambda a: np.asarray(gradient_(**(given | {name: a}))), given[name]
        ).value
        return rows

    return _like(found, names := list(inspect.signature(gradient_).parameters))


def along(value: Value, name: str = "X") -> Value:
    """Return the differential of a function of arrays along a direction, by differences.

    Parameters
    ----------
    value : callable
        Of any variables; another, the direction, is appended to them.
    name : str
        The variable that moves; the direction is called ``d`` and its name.

    Returns
    -------
    callable
        Of the variables and the direction.
    """
    step, weights = 2.0**-9, {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}

    def found(*arrays: Array) -> Array:
        given = dict(zip(names, arrays, strict=True))
        way = given.pop(f"d{name}")
        at = given[name]
        total: Any = 0.0
        for k, weight in weights.items():
            ahead, back = (value(**(given | {name: at + s * k * step * way})) for s in (1, -1))
            total = total + weight * (np.asarray(ahead) - np.asarray(back))
        return np.asarray(total / step)

    names = [*inspect.signature(value).parameters, f"d{name}"]
    return _like(found, names)


def _like(found: Value, names: list[str]) -> Value:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names]
    )
    return found


def matrix(shape: str = "(n, k)", says: str = "a matrix") -> Argument:
    """Return a matrix without hypotheses.

    Parameters
    ----------
    shape : str
        Its axes.
    says : str
        What it is.

    Returns
    -------
    Argument
        Standard normal entries.
    """
    return Argument(says=says, shape=shape)


def _near_identity(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(size=shape) / 2 + 3 * np.eye(shape[0])


def _symmetric(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    drawn = rng.normal(size=shape)
    return (drawn + drawn.T) / 2


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return 0.2 * _symmetric(rng, shape) + np.diag(1.0 + 2.0 * np.arange(shape[0]))


def _definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    drawn = rng.normal(size=shape) / 2
    found: Array = drawn @ drawn.T + np.eye(shape[0])
    return found


def _lower(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.tril(rng.normal(size=shape) / 2, -1) + np.diag(rng.uniform(1, 2, shape[0]))


def _tall(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    scales = np.eye(shape[0], shape[1]) * (1.0 + np.arange(shape[1]))
    found: Array = 0.1 * rng.normal(size=shape) + scales
    return found


def _small(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(size=shape) / 3


SQUARE = matrix("(n, n)", "a square matrix")
VECTOR = Argument(says="a vector", shape="(n)")
REGULAR = Argument(says="a square matrix, far from singular", shape="(n, n)", sample=_near_identity)
SYMMETRIC = Argument(says="a symmetric matrix", shape="(n, n)", sample=_symmetric)
SPREAD = Argument(says="a symmetric matrix with simple eigenvalues", shape="(n, n)", sample=_spread)
DEFINITE = Argument(says="a symmetric positive definite matrix", shape="(n, n)", sample=_definite)
LOWER = Argument(
    says="a lower triangular matrix with positive diagonal", shape="(n, n)", sample=_lower
)
TALL = Argument(
    says="a tall matrix with simple positive singular values", shape="(5, n)", sample=_tall
)
SMALL = Argument(says="a square matrix", shape="(n, n)", sample=_small)
WIDE = Argument(
    says="a wide matrix of full row rank",
    shape="(n, 5)",
    sample=lambda rng, shape: _tall(rng, shape[::-1]).T,
)
REAL_SPECTRUM = Argument(
    says="a square matrix with real simple eigenvalues",
    shape="(n, n)",
    sample=lambda rng, shape: (
        0.1 * rng.normal(size=shape) + np.diag(1.0 + 2.0 * np.arange(shape[0]))
    ),
)
DEFINITE_5 = replace(DEFINITE, shape="(5, 5)")
SYMMETRIC_5 = replace(SYMMETRIC, shape="(5, 5)")
REGULAR_3 = replace(REGULAR, shape="(3, 3)")
REGULAR_5 = replace(REGULAR, shape="(5, 5)")


def single(shape: str) -> Argument:
    """Return the single-entry matrix of the first row and column.

    Parameters
    ----------
    shape : str
        Its axes.

    Returns
    -------
    Argument
        One entry is 1, the others 0.
    """

    def first(rng: np.random.Generator, lengths: tuple[int, ...]) -> Array:
        found = np.zeros(lengths)
        found[0, 0] = 1.0
        return found

    return Argument(says="the single-entry matrix", shape=shape, sample=first)


def adjugate(a: Array) -> Array:
    """Return the transposed matrix of cofactors, from minors: it needs no inverse."""
    n = len(a)
    found = np.empty((n, n))
    for i, j in np.ndindex(n, n):
        minor = np.delete(np.delete(a, i, 0), j, 1)
        found[j, i] = (-1) ** (i + j) * np.linalg.det(minor)
    return found


def matrix_function(a: Array, function: Value) -> Array:
    """Return a function of a matrix, by its eigenvectors."""
    values, vectors = np.linalg.eig(a)
    found: Array = (vectors * function(values)) @ np.linalg.inv(vectors)
    return found.real


def matrix_log(a: Array) -> Array:
    """Return the logarithm of a positive definite matrix."""
    values, vectors = np.linalg.eigh(a)
    found: Array = (vectors * np.log(values)) @ vectors.T
    return found


def root(a: Array) -> Array:
    """Return the positive square root of a positive definite matrix."""
    values, vectors = np.linalg.eigh(a)
    found: Array = (vectors * np.sqrt(values)) @ vectors.T
    return found


def expm(a: Array) -> Array:
    """Return the exponential of a small matrix: its series after five halvings, then squarings."""
    found = term = np.eye(len(a))
    for k in range(1, 25):
        term = term @ a / (32 * k)
        found = found + term
    for _ in range(5):
        found = found @ found
    return found


def commutation(shape: tuple[int, ...]) -> Array:
    """Return the permutation that takes the rows of a matrix to those of its transpose."""
    order = np.arange(shape[0] * shape[1]).reshape(shape).T.ravel()
    found: Array = np.eye(len(order))[order]
    return found


def right(a: Array) -> Array:
    """Return the eigenvector of the largest of the real eigenvalues."""
    values, vectors = np.linalg.eig(a)
    found: Array = vectors[:, np.argmax(values.real)].real
    return found


def left(a: Array) -> Array:
    """Return the left eigenvector of the largest of the real eigenvalues."""
    return right(a.T)


def lyapunov(a: Array, q: Array) -> Array:
    """Return the X of A X + X Aᵀ = Q, from the equation of its entries."""
    one = np.eye(len(a))
    found: Array = np.linalg.solve(np.kron(a, one) + np.kron(one, a), q.ravel())
    return found.reshape(a.shape)


def lyapunov_slope(a: Array, q: Array, way: Array) -> Array:
    """Return how that X moves with A, by differences."""
    found: Array = along(lambda X: lyapunov(X, q))(a, way)
    return found


def half(a: Array) -> Array:
    """Return the lower triangle with half the diagonal."""
    return np.tril(a) - np.diag(np.diag(a)) / 2


def toeplitz(t: Array) -> Array:
    """Return the square matrix whose entry in row i, column j is t of i - j, from the lowest."""
    n = (len(t) + 1) // 2
    found: Array = t[np.subtract.outer(np.arange(n), np.arange(n)) + n - 1]
    return found


def number(a: Array, more: float = 0.0) -> complex:
    """Return the complex number of a real and an imaginary part, and something real more."""
    return complex(a[0] + more, a[1])


def pair(z: complex) -> Array:
    """Return the real and the imaginary part."""
    return np.array([z.real, z.imag])
