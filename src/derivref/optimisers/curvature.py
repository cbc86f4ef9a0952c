"""Steps that solve with curvature: the Hessian, the Jacobian of residuals, the Fisher matrix."""

from collections.abc import Callable

import numpy as np

from derivref.optimisers.running import Array, State, Step, floating, refuse


def _vectors(**arrays: Array) -> None:
    floating(**arrays)
    for name, array in arrays.items():
        if np.ndim(array) != 1:
            raise ValueError(f"{name} must be a vector, not of {np.ndim(array)} dimensions")


def _matrix(name: str, matrix: Array, rows: int, columns: int) -> None:
    floating(**{name: matrix})
    if np.shape(matrix) != (rows, columns):
        raise ValueError(f"{name} must be {rows} by {columns}, not of shape {np.shape(matrix)}")


def newton(x: Array, g: Array, hessian: Array, *, damping: float = 0.0) -> Array:
    """Go to the stationary point of the quadratic model, maximum and saddle included.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The parameters.
    g : ndarray, shape (n,)
        The gradient at x.
    hessian : ndarray, shape (n, n)
        The second derivatives at x.
    damping : float
        What is added to its diagonal.

    Returns
    -------
    ndarray, shape (n,)
        The new parameters.

    Raises
    ------
    TypeError
        If an array does not hold real floating-point numbers.
    ValueError
        If shapes do not fit, or the damping is negative.
    numpy.linalg.LinAlgError
        If the matrix is singular.
    """
    refuse(x, g, damping=damping)
    _vectors(x=x)
    _matrix("hessian", hessian, x.size, x.size)
    return np.asarray(x - np.linalg.solve(hessian + damping * np.eye(x.size, dtype=x.dtype), g))


def natural_gradient(
    x: Array, g: Array, fisher: Array, *, rate: float = 1.0, damping: float = 0.0
) -> Array:
    """Go the way in which the loss falls most for a small change of the distribution.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The parameters.
    g : ndarray, shape (n,)
        The gradient at x.
    fisher : ndarray, shape (n, n)
        The Fisher information of the model at x.
    rate : float
        The learning rate.
    damping : float
        What is added to the diagonal of the Fisher information.

    Returns
    -------
    ndarray, shape (n,)
        The new parameters.

    Raises
    ------
    TypeError
        If an array does not hold real floating-point numbers.
    ValueError
        If shapes do not fit, or a setting is out of its range.
    numpy.linalg.LinAlgError
        If the matrix is singular.
    """
    refuse(x, g, rate=rate)
    return np.asarray(x + rate * (newton(x, g, fisher, damping=damping) - x))


def gauss_newton(x: Array, residuals: Array, jacobian: Array) -> Array:
    """Solve the linear least-squares problem that the residuals are near x.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The parameters.
    residuals : ndarray, shape (m,)
        What is squared and summed, at x.
    jacobian : ndarray, shape (m, n)
        Their derivatives at x.

    Returns
    -------
    ndarray, shape (n,)
        The new parameters; of several solutions that with the shortest step.

    Raises
    ------
    TypeError
        If an array does not hold real floating-point numbers.
    ValueError
        If shapes do not fit.
    """
    _vectors(x=x, residuals=residuals)
    _matrix("jacobian", jacobian, residuals.size, x.size)
    # Not by the normal equations: their condition is the square of this one.
    return np.asarray(x - np.linalg.lstsq(jacobian, residuals, rcond=None)[0])


def levenberg_marquardt(
    x: Array,
    residuals: Array,
    jacobian: Array,
    state: State | None = None,
    *,
    damping: float = 1e-3,
    factor: float = 10.0,
) -> Step:
    """Gauss–Newton, damped: a step that made the sum of squares larger is taken back.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The parameters.
    residuals : ndarray, shape (m,)
        What is squared and summed, at x.
    jacobian : ndarray, shape (m, n)
        Their derivatives at x.
    state : dict, optional
        What the last step gave back; none for the first. Its entry "x" is the best point so far.
    damping : float
        What is added to the diagonal of JᵀJ at first.
    factor : float
        By what the damping is divided after a step that went down, and multiplied after another.

    Returns
    -------
    tuple
        The point to try next, and the state for the next step.

    Raises
    ------
    TypeError
        If an array does not hold real floating-point numbers.
    ValueError
        If shapes do not fit, the damping is not positive or the factor not above 1.
    """
    _vectors(x=x, residuals=residuals)
    refuse(x, x, damping=damping, factor=factor)
    if damping == 0:
        raise ValueError("damping must be positive, not 0")
    if factor <= 1:
        raise ValueError(f"factor must be above 1, not {factor!r}")
    if state is None:
        state = {"x": x, "r": residuals, "J": jacobian, "damping": damping}
    elif residuals @ residuals <= state["r"] @ state["r"]:
        state = {"x": x, "r": residuals, "J": jacobian, "damping": state["damping"] / factor}
    else:  # a sum that is no number comes here too
        state = state | {"damping": state["damping"] * factor}
    # Least squares of (J, sqrt(damping) I) is (JᵀJ + damping I)⁻¹ Jᵀ r without the product.
    root = np.sqrt(state["damping"]) * np.eye(x.size, dtype=x.dtype)
    rows = np.concatenate([state["J"], root])
    full = np.concatenate([state["r"], np.zeros_like(x)])
    return gauss_newton(state["x"], full, rows), state


def conjugate_gradients(
    product: Callable[[Array], Array], b: Array, steps: int, *, rtol: float = 0.0
) -> Array:
    """Solve A x = b for a positive definite A of which only products with vectors are at hand.

    With products of a Hessian (forward mode over reverse mode) and b = -g this is Newton's step
    without the Hessian.

    Parameters
    ----------
    product : callable
        Takes a vector v and returns A v.
    b : ndarray, shape (n,)
        The right-hand side.
    steps : int
        The number of products at most; in exact arithmetic n of them solve it.
    rtol : float
        Stop when the residual is at most this times the length of b.

    Returns
    -------
    ndarray, shape (n,)
        The solution so far.

    Raises
    ------
    TypeError
        If b does not hold real floating-point numbers.
    ValueError
        If b is no vector, a setting is out of its range, or a direction is found along which the
        matrix is not positive.
    """
    _vectors(b=b)
    refuse(b, b, steps=steps, rtol=rtol)
    x, r = np.zeros_like(b), b
    p, rr = r, r @ r
    goal = rtol * rtol * rr
    for _ in range(steps):
        if rr <= goal:
            break
        turned = product(p)
        curvature = p @ turned
        if not curvature > 0:
            raise ValueError(f"product must be of a positive definite matrix: p A p = {curvature}")
        alpha = rr / curvature
        x, r = x + alpha * p, r - alpha * turned
        before, rr = rr, r @ r
        p = r + rr / before * p
    return np.asarray(x)
