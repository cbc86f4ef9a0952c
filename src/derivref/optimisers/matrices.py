"""Optimisers that see a weight as a matrix: row and column sums, roots, orthogonal steps."""

import numpy as np

from derivref.optimisers.running import Array, State, Step, refuse


def _matrix(x: Array) -> None:
    if np.ndim(x) != 2:
        raise ValueError(f"x must be a matrix, not of {np.ndim(x)} dimensions")


def adafactor(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.01,
    eps: float = 1e-30,
    least: float = 1e-3,
    top: float = 1.0,
) -> Step:
    """Squared gradients by means of rows and columns alone; the step follows the size of x.

    Parameters
    ----------
    x : ndarray
        The parameters, a matrix.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    eps : float
        What keeps a quotient finite.
    least : float
        The smallest size that parameters are taken to have.
    top : float
        The largest root mean square of a step before it is scaled.

    Returns
    -------
    tuple
        The new parameters, and the state for the next step.

    Raises
    ------
    TypeError
        If x or g does not hold real floating-point numbers.
    ValueError
        If the shape of g is not that of x, or a setting is out of its range.
    """
    _matrix(x)
    refuse(x, g, rate=rate, eps=eps, least=least, top=top)
    t = state["t"] + 1 if state else 1
    beta = 1 - t**-0.8
    square = g * g + eps
    rows, columns = square.mean(axis=1), square.mean(axis=0)
    if state:
        rows = beta * state["rows"] + (1 - beta) * rows
        columns = beta * state["columns"] + (1 - beta) * columns
    u = g / np.sqrt(np.outer(rows, columns) / rows.mean())
    u = u / max(1.0, float(np.sqrt(np.mean(u * u))) / top)
    size = max(least, float(np.sqrt(np.mean(x * x))))
    return x - rate * size * u, {"rows": rows, "columns": columns, "t": t}


def _inverse_fourth_root(a: Array) -> Array:
    values, vectors = np.linalg.eigh(a)
    return np.asarray((vectors * values**-0.25) @ vectors.T)


def shampoo(
    x: Array, g: Array, state: State | None = None, *, rate: float = 0.01, eps: float = 1e-6
) -> Step:
    """AdaGrad for a matrix: sums of g gᵀ and gᵀ g, and their inverse fourth roots on both sides.

    With eps = 0 both sums must have full rank from the first step on.

    Parameters
    ----------
    x : ndarray
        The parameters, a matrix.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    eps : float
        What keeps a quotient finite.

    Returns
    -------
    tuple
        The new parameters, and the state for the next step.

    Raises
    ------
    TypeError
        If x or g does not hold real floating-point numbers.
    ValueError
        If the shape of g is not that of x, or a setting is out of its range.
    """
    _matrix(x)
    refuse(x, g, rate=rate, eps=eps)
    left, right = (
        (state["left"], state["right"])
        if state
        else (eps * np.eye(x.shape[0]), eps * np.eye(x.shape[1]))
    )
    left, right = left + g @ g.T, right + g.T @ g
    step = _inverse_fourth_root(left) @ g @ _inverse_fourth_root(right)
    return x - rate * step, {"left": left, "right": right}


def orthogonalised(a: Array, steps: int = 5) -> Array:
    """Bring the singular values of a matrix near 1, by products alone (Newton–Schulz).

    The coefficients are those of Muon: small singular values grow fast, and all end somewhere
    around 1 rather than at it.

    Parameters
    ----------
    a : ndarray
        A matrix.
    steps : int
        How often the polynomial is applied.

    Returns
    -------
    ndarray
        A matrix of the same shape.
    """
    _matrix(a)
    y = a / (np.linalg.norm(a) + 1e-30)
    tall = y.shape[0] > y.shape[1]
    y = y.T if tall else y
    for _ in range(steps):
        p = y @ y.T
        y = 3.4445 * y + (-4.7750 * p + 2.0315 * p @ p) @ y
    return np.asarray(y.T if tall else y)


def muon(
    x: Array, g: Array, state: State | None = None, *, rate: float = 0.02, beta: float = 0.95
) -> Step:
    """Nesterov's momentum, of which only the directions are kept: no singular value matters.

    Parameters
    ----------
    x : ndarray
        The parameters, a matrix.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta : float
        How much of each running mean is kept.

    Returns
    -------
    tuple
        The new parameters, and the state for the next step.

    Raises
    ------
    TypeError
        If x or g does not hold real floating-point numbers.
    ValueError
        If the shape of g is not that of x, or a setting is out of its range.
    """
    _matrix(x)
    refuse(x, g, rate=rate, beta=beta)
    v = beta * (state["v"] if state else 0.0) + g
    return x - rate * orthogonalised(g + beta * v), {"v": v}
