"""Traces."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    DEFINITE,
    DEFINITE_5,
    REGULAR,
    SMALL,
    SQUARE,
    SYMMETRIC,
    SYMMETRIC_5,
    TALL,
    TEN_DIGITS,
    matrix,
    matrix_function,
    slope,
)

add = FAMILY.add

add(
    name="trace",
    title="Trace",
    use="The sum of the eigenvalues.",
    left=slope("X", lambda X: np.trace(X)),
    right=lambda X: np.eye(len(X)),
    variables={"X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(X) = I",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_product",
    title="Trace of a product",
    use="Every linear function of a matrix has this form.",
    left=slope("X", lambda A, X: np.trace(X @ A)),
    right=lambda A, X: A.T,
    variables={"A": matrix(), "X": matrix("(k, n)")},
    statement=r"\nabla_X\,\mathrm{tr}(XA) = A^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_two_sided",
    title="Trace of a two-sided product",
    use="Linear layers.",
    left=slope("X", lambda A, B, X: np.trace(A @ X @ B)),
    right=lambda A, B, X: A.T @ B.T,
    variables={"A": matrix(), "B": matrix("(m, n)"), "X": matrix("(k, m)")},
    statement=r"\nabla_X\,\mathrm{tr}(AXB) = A^{\mathsf T}B^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_two_sided_transposed",
    title="Trace of a two-sided product with the transpose",
    use="Linear layers that act from the right.",
    left=slope("X", lambda A, B, X: np.trace(A @ X.T @ B)),
    right=lambda A, B, X: B @ A,
    variables={"A": matrix(), "B": matrix("(m, n)"), "X": matrix("(m, k)")},
    statement=r"\nabla_X\,\mathrm{tr}(AX^{\mathsf T}B) = BA",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_inner",
    title="Inner product of two matrices",
    use="The pairing that defines gradients.",
    left=slope("X", lambda A, X: np.trace(X.T @ A)),
    right=lambda A, X: A,
    variables={"A": matrix(), "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(X^{\mathsf T}A) = A",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_inner_right",
    title="Inner product, the other order",
    use="The same number.",
    left=slope("X", lambda A, X: np.trace(A @ X.T)),
    right=lambda A, X: A,
    variables={"A": matrix(), "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(AX^{\mathsf T}) = A",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_kronecker",
    title="Trace of a Kronecker product",
    use="The trace of the other factor comes out.",
    left=slope("X", lambda A, X: np.trace(np.kron(A, X))),
    right=lambda A, X: np.trace(A) * np.eye(len(X)),
    variables={"A": SQUARE, "X": matrix("(k, k)")},
    statement=r"\nabla_X\,\mathrm{tr}(A \otimes X) = \mathrm{tr}(A)\,I",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_square",
    title="Trace of a square",
    use="The sum of the squared eigenvalues.",
    left=slope("X", lambda X: np.trace(X @ X)),
    right=lambda X: 2 * X.T,
    variables={"X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(X^2) = 2X^{\mathsf T}",
    needs="the entries of *X* independent",
    without=("The trace of the square is not the squared Frobenius norm, whose gradient is 2*X*."),
    promise=TEN_DIGITS,
)

add(
    name="trace_square_weighted",
    title="Trace of a square times a matrix",
    use="Both factors move.",
    left=slope("X", lambda B, X: np.trace(X @ X @ B)),
    right=lambda B, X: (X @ B + B @ X).T,
    variables={"B": SQUARE, "X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(X^2B) = (XB + BX)^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_congruence",
    title="Trace of a congruence",
    use="Graph smoothness, principal components.",
    left=slope("X", lambda B, X: np.trace(X.T @ B @ X)),
    right=lambda B, X: (B + B.T) @ X,
    variables={"B": SQUARE, "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(X^{\mathsf T}BX) = (B + B^{\mathsf T})X",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_gram_left",
    title="Trace with an outer Gram matrix",
    use="The same number with the factors rotated.",
    left=slope("X", lambda B, X: np.trace(B @ X @ X.T)),
    right=lambda B, X: (B + B.T) @ X,
    variables={"B": SQUARE, "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(BXX^{\mathsf T}) = (B + B^{\mathsf T})X",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_gram_right",
    title="Trace with an outer Gram matrix, weight last",
    use="The same number again.",
    left=slope("X", lambda B, X: np.trace(X @ X.T @ B)),
    right=lambda B, X: (B + B.T) @ X,
    variables={"B": SQUARE, "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(XX^{\mathsf T}B) = (B + B^{\mathsf T})X",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_congruence_right",
    title="Trace of a congruence from the right",
    use="Weights over columns.",
    left=slope("X", lambda B, X: np.trace(X @ B @ X.T)),
    right=lambda B, X: X @ (B + B.T),
    variables={"B": SQUARE, "X": matrix("(k, n)")},
    statement=r"\nabla_X\,\mathrm{tr}(XBX^{\mathsf T}) = X(B + B^{\mathsf T})",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_inner_gram",
    title="Trace with an inner Gram matrix",
    use="Correlations of columns.",
    left=slope("X", lambda B, X: np.trace(B @ X.T @ X)),
    right=lambda B, X: X @ (B + B.T),
    variables={"B": SQUARE, "X": matrix("(k, n)")},
    statement=r"\nabla_X\,\mathrm{tr}(BX^{\mathsf T}X) = X(B + B^{\mathsf T})",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_inner_gram_right",
    title="Trace with an inner Gram matrix, weight last",
    use="Correlations of columns, rotated.",
    left=slope("X", lambda B, X: np.trace(X.T @ X @ B)),
    right=lambda B, X: X @ (B + B.T),
    variables={"B": SQUARE, "X": matrix("(k, n)")},
    statement=r"\nabla_X\,\mathrm{tr}(X^{\mathsf T}XB) = X(B + B^{\mathsf T})",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_twice",
    title="Trace with the matrix twice",
    use="Each occurrence gives a term.",
    left=slope("X", lambda A, B, X: np.trace(A @ X @ B @ X)),
    right=lambda A, B, X: A.T @ X.T @ B.T + B.T @ X.T @ A.T,
    variables={"A": matrix(), "B": matrix(), "X": matrix("(k, n)")},
    statement=(
        r"\nabla_X\,\mathrm{tr}(AXBX) = A^{\mathsf T}X^{\mathsf T}B^{\mathsf T} + B^{\mathsf "
        r"T}X^{\mathsf T}A^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_gram",
    title="Trace of a Gram matrix",
    use="Weight decay.",
    left=slope("X", lambda X: np.trace(X.T @ X)),
    right=lambda X: 2 * X,
    variables={"X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(X^{\mathsf T}X) = 2X",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_gram_sandwich",
    title="Trace of a quadratic sandwich",
    use="Losses of two linear layers.",
    left=slope("X", lambda C, X, B: np.trace(B.T @ X.T @ C @ X @ B)),
    right=lambda C, X, B: C.T @ X @ B @ B.T + C @ X @ B @ B.T,
    variables={"C": SQUARE, "X": matrix(), "B": matrix("(k, m)")},
    statement=(
        r"\nabla_X\,\mathrm{tr}(B^{\mathsf T}X^{\mathsf T}CXB) = (C + C^{\mathsf "
        r"T})XBB^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_weighted_both",
    title="Trace with weights on both sides",
    use="Matrix normal densities.",
    left=slope("X", lambda B, X, C: np.trace(X.T @ B @ X @ C)),
    right=lambda B, X, C: B @ X @ C + B.T @ X @ C.T,
    variables={"B": SQUARE, "X": matrix(), "C": matrix("(k, k)")},
    statement=r"\nabla_X\,\mathrm{tr}(X^{\mathsf T}BXC) = BXC + B^{\mathsf T}XC^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_general_square",
    title="Trace of a general quadratic",
    use="Reordered losses of bilinear models.",
    left=slope("X", lambda A, B, C, X: np.trace(A @ X @ B @ X.T @ C)),
    right=lambda A, B, C, X: A.T @ C.T @ X @ B.T + C @ A @ X @ B,
    variables={"A": matrix(), "B": matrix("(m, m)"), "C": matrix("(k, n)"), "X": matrix("(k, m)")},
    statement=(
        r"\nabla_X\,\mathrm{tr}(AXBX^{\mathsf T}C) = A^{\mathsf T}C^{\mathsf T}XB^{\mathsf T} + "
        r"CAXB"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_affine_square",
    title="Squared norm of an affine function",
    use="Matrix factorisation and linear regression of matrices.",
    left=slope("X", lambda A, B, C, X: np.trace((A @ X @ B + C) @ (A @ X @ B + C).T)),
    right=lambda A, B, C, X: 2 * A.T @ (A @ X @ B + C) @ B.T,
    variables={"A": matrix(), "B": matrix("(m, p)"), "C": matrix("(n, p)"), "X": matrix("(k, m)")},
    statement=(
        r"\nabla_X\,\mathrm{tr}((AXB + C)(AXB + C)^{\mathsf T}) = 2A^{\mathsf T}(AXB + "
        r"C)B^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_kronecker_square",
    title="Trace of a Kronecker square",
    use="The square of the trace.",
    left=slope("X", lambda X: np.trace(np.kron(X, X))),
    right=lambda X: 2 * np.trace(X) * np.eye(len(X)),
    variables={"X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(X \otimes X) = 2\,\mathrm{tr}(X)\,I",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_power",
    title="Trace of a power",
    use="Spectral moments, cycle counts, acyclicity penalties.",
    left=slope("X", lambda X: np.trace(X @ X @ X @ X)),
    right=lambda X: 4 * (X @ X @ X).T,
    variables={"X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(X^4) = 4(X^3)^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_power_weighted",
    title="Trace of a weighted power",
    use="The weight separates the factors.",
    left=slope("X", lambda A, X: np.trace(A @ X @ X @ X)),
    right=lambda A, X: (A @ X @ X + X @ A @ X + X @ X @ A).T,
    variables={"A": SQUARE, "X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(AX^3) = \sum_{r=0}^{2}(X^rAX^{2-r})^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_quartic",
    title="Trace of a quartic",
    use="Fourth-order losses.",
    left=slope("X", lambda C, X, B: np.trace(B.T @ X.T @ C @ X @ X.T @ C @ X @ B)),
    right=lambda C, X, B: (
        C @ X @ X.T @ C @ X @ B @ B.T
        + C.T @ X @ B @ B.T @ X.T @ C.T @ X
        + C @ X @ B @ B.T @ X.T @ C @ X
        + C.T @ X @ X.T @ C.T @ X @ B @ B.T
    ),
    variables={"C": SMALL, "X": matrix(), "B": matrix("(k, m)")},
    statement=(
        r"\nabla_X\,\mathrm{tr}(B^{\mathsf T}X^{\mathsf T}CXX^{\mathsf T}CXB) = CXX^{\mathsf "
        r"T}CXBB^{\mathsf T} + C^{\mathsf T}XBB^{\mathsf T}X^{\mathsf T}C^{\mathsf T}X + "
        r"CXBB^{\mathsf T}X^{\mathsf T}CX + C^{\mathsf T}XX^{\mathsf T}C^{\mathsf "
        r"T}XBB^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="trace_inverse",
    title="Trace with an inverse",
    use="Optimal designs.",
    left=slope("X", lambda X, A, B: np.trace(A @ np.linalg.inv(X) @ B)),
    right=lambda X, A, B: -(np.linalg.inv(X) @ B @ A @ np.linalg.inv(X)).T,
    variables={"X": REGULAR, "A": matrix("(k, n)"), "B": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(AX^{-1}B) = -(X^{-1}BAX^{-1})^{\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="trace_shifted_inverse",
    title="Trace of a shifted inverse",
    use="Effective degrees of freedom.",
    left=slope("X", lambda X, A: np.trace(np.linalg.inv(X + A))),
    right=lambda X, A: -(np.linalg.inv(X + A) @ np.linalg.inv(X + A)).T,
    variables={"X": REGULAR, "A": SMALL},
    statement=r"\nabla_X\,\mathrm{tr}((X + A)^{-1}) = -((X + A)^{-2})^{\mathsf T}",
    needs="*X* + *A* invertible",
    promise=TEN_DIGITS,
)

add(
    name="trace_gram_inverse",
    title="Trace with the inverse of a weighted Gram matrix",
    use="Designs of experiments.",
    left=slope("X", lambda A, C, X: np.trace(np.linalg.inv(X.T @ C @ X) @ A)),
    right=lambda A, C, X: (
        -C @ X @ np.linalg.inv(X.T @ C @ X) @ (A + A.T) @ np.linalg.inv(X.T @ C @ X)
    ),
    variables={"A": SQUARE, "C": DEFINITE_5, "X": TALL},
    statement=(
        r"\nabla_X\,\mathrm{tr}((X^{\mathsf T}CX)^{-1}A) = -CX(X^{\mathsf T}CX)^{-1}(A + "
        r"A^{\mathsf T})(X^{\mathsf T}CX)^{-1}"
    ),
    needs="*C* symmetric, the Gram matrix invertible",
    promise=TEN_DIGITS,
)

add(
    name="trace_discriminant",
    title="Trace criterion of linear discriminants",
    use="Fisher's discriminant with several directions.",
    left=slope("X", lambda B, C, X: np.trace(np.linalg.inv(X.T @ C @ X) @ (X.T @ B @ X))),
    right=lambda B, C, X: (
        -2 * C @ X @ np.linalg.inv(X.T @ C @ X) @ X.T @ B @ X @ np.linalg.inv(X.T @ C @ X)
        + 2 * B @ X @ np.linalg.inv(X.T @ C @ X)
    ),
    variables={"B": SYMMETRIC_5, "C": DEFINITE_5, "X": TALL},
    statement=(
        r"\nabla_X\,\mathrm{tr}((X^{\mathsf T}CX)^{-1}X^{\mathsf T}BX) = -2CX(X^{\mathsf "
        r"T}CX)^{-1}X^{\mathsf T}BX(X^{\mathsf T}CX)^{-1} + 2BX(X^{\mathsf T}CX)^{-1}"
    ),
    needs="*B* and *C* symmetric, the Gram matrix invertible",
    promise=TEN_DIGITS,
)

add(
    name="trace_regularised_discriminant",
    title="Regularised trace criterion",
    use="Discriminants with a ridge.",
    left=slope("X", lambda A, B, C, X: np.trace(np.linalg.inv(A + X.T @ C @ X) @ (X.T @ B @ X))),
    right=lambda A, B, C, X: (
        -2 * C @ X @ np.linalg.inv(A + X.T @ C @ X) @ X.T @ B @ X @ np.linalg.inv(A + X.T @ C @ X)
        + 2 * B @ X @ np.linalg.inv(A + X.T @ C @ X)
    ),
    variables={"A": DEFINITE, "B": SYMMETRIC_5, "C": DEFINITE_5, "X": TALL},
    statement=(
        r"\nabla_X\,\mathrm{tr}((A + X^{\mathsf T}CX)^{-1}X^{\mathsf T}BX) = -2CX(A + "
        r"X^{\mathsf T}CX)^{-1}X^{\mathsf T}BX(A + X^{\mathsf T}CX)^{-1} + 2BX(A + X^{\mathsf "
        r"T}CX)^{-1}"
    ),
    needs="*A*, *B* and *C* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="trace_regularised_discriminant_printed",
    title="Regularised trace criterion, as printed",
    use="The Matrix Cookbook asks for symmetric B and C only.",
    holds=False,
    left=slope("X", lambda A, B, C, X: np.trace(np.linalg.inv(A + X.T @ C @ X) @ (X.T @ B @ X))),
    right=lambda A, B, C, X: (
        -2 * C @ X @ np.linalg.inv(A + X.T @ C @ X) @ X.T @ B @ X @ np.linalg.inv(A + X.T @ C @ X)
        + 2 * B @ X @ np.linalg.inv(A + X.T @ C @ X)
    ),
    variables={"A": SQUARE, "B": SYMMETRIC, "C": SYMMETRIC, "X": matrix()},
    statement=(
        r"\nabla_X\,\mathrm{tr}((A + X^{\mathsf T}CX)^{-1}X^{\mathsf T}BX) = -2CX(A + "
        r"X^{\mathsf T}CX)^{-1}X^{\mathsf T}BX(A + X^{\mathsf T}CX)^{-1} + 2BX(A + X^{\mathsf "
        r"T}CX)^{-1}"
    ),
    needs="*A* symmetric, which is not said",
    counterexample={
        "A": np.array([[2.0, 1.0], [0.0, 2.0]]),
        "B": np.diag([1.0, 2.0]),
        "C": np.eye(2),
        "X": np.array([[1.0, 0.5], [0.0, 1.0]]),
    },
)

add(
    name="trace_sine",
    title="Trace of the sine of a matrix",
    use="The scalar derivative passes through the trace.",
    left=slope("X", lambda X: np.trace(matrix_function(X, np.sin))),
    right=lambda X: matrix_function(X, np.cos).T,
    variables={"X": REGULAR},
    statement=r"\nabla_X\,\mathrm{tr}(\sin X) = (\cos X)^{\mathsf T}",
    needs="*X* square; sine by its power series",
    promise=TEN_DIGITS,
)

add(
    name="trace_entrywise",
    title="Trace of an entrywise function",
    use="Only the diagonal counts, and the off-diagonal gradient is zero.",
    left=slope("X", lambda X: np.trace(np.sin(X))),
    right=lambda X: np.diag(np.cos(np.diag(X))),
    variables={"X": SQUARE},
    statement=r"\nabla_X\,\mathrm{tr}(\sin_\odot X) = \cos_\odot(X) \odot I",
    needs="the function acts on each entry",
    promise=TEN_DIGITS,
)
