"""Structured matrices."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    DEFINITE,
    SQUARE,
    SYMMETRIC,
    TEN_DIGITS,
    VECTOR,
    along,
    matrix,
    slope,
    toeplitz,
)

add = FAMILY.add

add(
    name="trace_symmetric",
    title="Trace with a symmetric matrix, by free entry",
    use="Partial derivatives in the entries on and below the diagonal.",
    left=slope("X", lambda A, X: np.trace(A @ (np.tril(X) + np.tril(X, -1).T))),
    right=lambda A, X: np.tril(A + A.T - A * np.eye(len(A))),
    variables={"A": SQUARE, "X": SQUARE},
    statement=(
        r"\frac{\partial\,\mathrm{tr}(AX)}{\partial X_{ij}} = \left(A + A^{\mathsf T} - A \odot "
        r"I\right)_{ij},\quad i \ge j"
    ),
    needs="*X* symmetric and named by its lower triangle",
    promise=TEN_DIGITS,
)

add(
    name="determinant_symmetric",
    title="Determinant of a symmetric matrix, by free entry",
    use="Partial derivatives, not a direction to step along.",
    left=slope("X", lambda X: np.linalg.det(np.tril(X) + np.tril(X, -1).T)),
    right=lambda X: (
        np.linalg.det(X) * np.tril(2 * np.linalg.inv(X) - np.linalg.inv(X) * np.eye(len(X)))
    ),
    variables={"X": DEFINITE},
    statement=(
        r"\frac{\partial \det X}{\partial X_{ij}} = \det(X)\left(2X^{-1} - X^{-1} \odot "
        r"I\right)_{ij},\quad i \ge j"
    ),
    needs="*X* symmetric and named by its lower triangle",
    promise=TEN_DIGITS,
)

add(
    name="log_determinant_symmetric",
    title="Logarithm of the determinant of a symmetric matrix, by free entry",
    use="Why some tables double the entries beside the diagonal.",
    left=slope("X", lambda X: np.linalg.slogdet(np.tril(X) + np.tril(X, -1).T)[1]),
    right=lambda X: np.tril(2 * np.linalg.inv(X) - np.linalg.inv(X) * np.eye(len(X))),
    variables={"X": DEFINITE},
    statement=(
        r"\frac{\partial \ln\det X}{\partial X_{ij}} = \left(2X^{-1} - X^{-1} \odot "
        r"I\right)_{ij},\quad i \ge j"
    ),
    needs="*X* symmetric and named by its lower triangle",
    without="The gradient under the trace inner product is *X*⁻¹.",
    promise=TEN_DIGITS,
)

add(
    name="symmetric_double",
    title="Differential of a symmetric logarithm of a determinant, doubled",
    use="Taken as a gradient the partials count each pair twice.",
    holds=False,
    left=along(lambda X: np.linalg.slogdet(X)[1]),
    right=lambda X, dX: np.trace((2 * np.linalg.inv(X) - np.linalg.inv(X) * np.eye(len(X))).T @ dX),
    variables={"X": DEFINITE, "dX": SYMMETRIC},
    statement=(
        r"\mathrm d\ln\det X = \mathrm{tr}\left((2X^{-1} - X^{-1} \odot I)\,\mathrm dX\right)"
    ),
    needs="the sum runs over one triangle only, which is not said",
    counterexample={
        "X": np.array([[2.0, 1.0], [1.0, 2.0]]),
        "dX": np.array([[0.0, 1.0], [1.0, 0.0]]),
    },
)

add(
    name="trace_diagonal",
    title="Trace with a diagonal matrix",
    use="Scales and gains.",
    left=slope("x", lambda A, x: np.trace(A @ np.diag(x))),
    right=lambda A, x: np.diag(A),
    variables={"A": SQUARE, "x": VECTOR},
    statement=r"\frac{\partial\,\mathrm{tr}(A\,\mathrm{diag}(x))}{\partial x_i} = A_{ii}",
    needs="the diagonal free, the rest 0",
    promise=TEN_DIGITS,
)

add(
    name="trace_toeplitz",
    title="Trace with a Toeplitz matrix",
    use="Convolution as a matrix: each diagonal shares one number.",
    left=slope("x", lambda A, x: np.trace(A @ toeplitz(x))),
    right=lambda A, x: np.array([np.trace(A, k) for k in range(1 - len(A), len(A))]),
    variables={"A": matrix("(3, 3)"), "x": matrix("(5)", "a vector")},
    statement=r"\frac{\partial\,\mathrm{tr}(AT)}{\partial t_k} = \sum_i A_{i,i+k}",
    needs="$T_{ij} = t_{i-j}$, each diagonal one free number",
    promise=TEN_DIGITS,
)

add(
    name="trace_toeplitz_symmetric",
    title="Trace with a symmetric Toeplitz matrix",
    use="Stationary covariances.",
    left=slope(
        "x", lambda A, x: np.trace(A @ x[np.abs(np.subtract.outer(np.arange(3), np.arange(3)))])
    ),
    right=lambda A, x: np.array([np.trace(A), *(np.trace(A, k) + np.trace(A, -k) for k in (1, 2))]),
    variables={"A": matrix("(3, 3)"), "x": matrix("(3)", "a vector")},
    statement=(
        r"\frac{\partial\,\mathrm{tr}(AT)}{\partial t_k} = \sum_i \left(A_{i,i+k} + "
        r"A_{i+k,i}\right),\quad k > 0"
    ),
    needs=r"$T_{ij} = t_{\lvert i-j\rvert}$; for *k* = 0 the sum counts once",
    promise=TEN_DIGITS,
)

add(
    name="triangular_gradient",
    title="Gradient in a triangular matrix",
    use="The upper triangle has no gradient, whatever the formula fills in.",
    left=slope("X", lambda G, X: np.sum(G * (np.tril(X) @ np.tril(X).T))),
    right=lambda G, X: np.tril((G + G.T) @ np.tril(X)),
    variables={"G": SQUARE, "X": SQUARE},
    statement=(
        r"\nabla_L\,\mathrm{tr}(G^{\mathsf T}LL^{\mathsf T}) = \mathrm{tril}\left((G + "
        r"G^{\mathsf T})L\right)"
    ),
    needs="*L* lower triangular",
    promise=TEN_DIGITS,
)
