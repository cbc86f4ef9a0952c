"""Optimisers that treat every number alone: running means of gradients and of their squares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
State = dict[str, Any]
Step = tuple[Array, State]


def floating(**arrays: Array) -> None:
    """Refuse what does not hold real floating-point numbers, by name: a TypeError."""
    for name, array in arrays.items():
        if np.ma.isMaskedArray(array) or np.asarray(array).dtype.kind != "f":
            kind = type(array).__name__ if np.ma.isMaskedArray(array) else np.asarray(array).dtype
            raise TypeError(f"{name} must hold real floating-point numbers, not {kind}")


def refuse(x: Array, g: Array, **facts: float) -> None:
    """Refuse arrays that do not fit and settings that make no optimiser.

    Parameters
    ----------
    x, g : ndarray
        Parameters and gradient: of one shape, of floating-point numbers.
    **facts : float
        Names that begin with ``beta`` lie in [0, 1), ``rate`` is above 0, all others from 0 on.

    Raises
    ------
    TypeError
        If x or g does not hold real floating-point numbers.
    ValueError
        With the parameter, what it must be, and its value.
    """
    floating(x=x, g=g)
    if np.shape(g) != np.shape(x):
        raise ValueError(f"g must have the shape of x, {np.shape(x)}, not {np.shape(g)}")
    for name, value in facts.items():
        if name.startswith("beta") and not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1), not {value!r}")
        if name == "rate" and not 0 < value < np.inf:
            raise ValueError(f"rate must be positive and finite, not {value!r}")
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} must be finite and not negative, not {value!r}")


def momentum(
    x: Array, g: Array, state: State | None = None, *, rate: float = 0.01, beta: float = 0.9
) -> Step:
    """Heavy ball: the velocity sums gradients, older ones less.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
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
    refuse(x, g, rate=rate, beta=beta)
    v = beta * (state["v"] if state else 0.0) + g
    return x - rate * v, {"v": v}


def nesterov(
    x: Array, g: Array, state: State | None = None, *, rate: float = 0.01, beta: float = 0.9
) -> Step:
    """Nesterov's momentum, in the form that takes the gradient where it stands.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
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
    refuse(x, g, rate=rate, beta=beta)
    v = beta * (state["v"] if state else 0.0) + g
    return x - rate * (g + beta * v), {"v": v}


def adagrad(
    x: Array, g: Array, state: State | None = None, *, rate: float = 0.01, eps: float = 1e-10
) -> Step:
    """Divides by the root of the sum of all squared gradients.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
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
    refuse(x, g, rate=rate, eps=eps)
    s = (state["s"] if state else 0.0) + g * g
    return x - rate * g / (np.sqrt(s) + eps), {"s": s}


def rmsprop(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.01,
    beta: float = 0.99,
    eps: float = 1e-8,
) -> Step:
    """Divides by the root of a running mean of squared gradients.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta : float
        How much of each running mean is kept.
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
    refuse(x, g, rate=rate, beta=beta, eps=eps)
    s = beta * (state["s"] if state else 0.0) + (1 - beta) * g * g
    return x - rate * g / (np.sqrt(s) + eps), {"s": s}


def _moments(g: Array, state: State | None, beta1: float, beta2: float) -> State:
    m, v, t = (state["m"], state["v"], state["t"]) if state else (0.0, 0.0, 0)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    return {"m": m, "v": v, "t": t + 1}


def adam(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Step:
    """Running means of the gradient and of its square, both corrected for their start at 0.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta1, beta2 : float
        How much of each running mean is kept.
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
    refuse(x, g, rate=rate, beta1=beta1, beta2=beta2, eps=eps)
    new = _moments(g, state, beta1, beta2)
    mean = new["m"] / (1 - beta1 ** new["t"])
    square = new["v"] / (1 - beta2 ** new["t"])
    return x - rate * mean / (np.sqrt(square) + eps), new


def adamw(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.01,
) -> Step:
    """Adam, and a shrinking of the parameters that no gradient scales.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta1, beta2 : float
        How much of each running mean is kept.
    eps : float
        What keeps a quotient finite.
    decay : float
        How fast the parameters shrink, times the rate.

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
    refuse(x, g, decay=decay)
    moved, new = adam(x, g, state, rate=rate, beta1=beta1, beta2=beta2, eps=eps)
    return moved - rate * decay * x, new


def amsgrad(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Step:
    """Adam with the largest mean of squares so far, which is corrected after it is chosen.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta1, beta2 : float
        How much of each running mean is kept.
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
    refuse(x, g, rate=rate, beta1=beta1, beta2=beta2, eps=eps)
    new = _moments(g, state, beta1, beta2)
    new["top"] = np.maximum(state["top"], new["v"]) if state else new["v"]
    mean = new["m"] / (1 - beta1 ** new["t"])
    square = new["top"] / (1 - beta2 ** new["t"])
    return x - rate * mean / (np.sqrt(square) + eps), new


def lion(
    x: Array,
    g: Array,
    state: State | None = None,
    *,
    rate: float = 0.0001,
    beta1: float = 0.9,
    beta2: float = 0.99,
    decay: float = 0.0,
) -> Step:
    """The sign of one running mean; another is kept.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta1, beta2 : float
        How much of each running mean is kept.
    decay : float
        How fast the parameters shrink, times the rate.

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
    refuse(x, g, rate=rate, beta1=beta1, beta2=beta2, decay=decay)
    m = state["m"] if state else np.zeros_like(g)
    step = np.sign(beta1 * m + (1 - beta1) * g) + decay * x
    return x - rate * step, {"m": beta2 * m + (1 - beta2) * g}


def sophia(
    x: Array,
    g: Array,
    curvature: Array,
    state: State | None = None,
    *,
    rate: float = 0.001,
    beta1: float = 0.96,
    beta2: float = 0.99,
    gamma: float = 0.01,
    eps: float = 1e-12,
    decay: float = 0.0,
) -> Step:
    """A mean of gradients over one of the Hessian's diagonal, no component above 1.

    Parameters
    ----------
    x : ndarray
        The parameters, of any shape.
    g : ndarray
        The gradient at x.
    curvature : ndarray
        An estimate of the Hessian's diagonal, which its authors renew every tenth step.
    state : dict, optional
        What the last step gave back; none for the first.
    rate : float
        The learning rate.
    beta1, beta2 : float
        How much of each running mean is kept.
    gamma : float
        How much of the curvature counts.
    eps : float
        What keeps a quotient finite.
    decay : float
        How fast the parameters shrink, times the rate.

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
    refuse(x, g, rate=rate, beta1=beta1, beta2=beta2, gamma=gamma, eps=eps, decay=decay)
    m, h = (state["m"], state["h"]) if state else (0.0, 0.0)
    m, h = beta1 * m + (1 - beta1) * g, beta2 * h + (1 - beta2) * curvature
    step = np.clip(m / np.maximum(gamma * h, eps), -1.0, 1.0)
    return x - rate * (step + decay * x), {"m": m, "h": h}
