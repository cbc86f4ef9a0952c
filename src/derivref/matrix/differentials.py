"""Differentials of sums, products and inverses."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    REGULAR,
    SMALL,
    SQUARE,
    TEN_DIGITS,
    adjugate,
    along,
    matrix,
    single,
)

add = FAMILY.add

add(
    name="differential_constant",
    title="Differential of a constant",
    use="Whatever does not contain the variable drops out.",
    left=along(lambda A, X: A),
    right=lambda A, X, dX: 0 * A,
    variables={"A": matrix(), "X": matrix("(m, n)"), "dX": matrix("(m, n)")},
    statement=r"\mathrm dA = 0",
    needs="*A* does not depend on *X*",
    promise=TEN_DIGITS,
)

add(
    name="differential_multiple",
    title="Differential of a multiple",
    use="A constant factor comes out.",
    left=along(lambda A, X: 3 * X),
    right=lambda A, X, dX: 3 * dX,
    variables={"A": matrix(), "X": matrix("(m, n)"), "dX": matrix("(m, n)")},
    statement=r"\mathrm d(3X) = 3\,\mathrm dX",
    needs="the factor is constant",
    promise=TEN_DIGITS,
)

add(
    name="differential_sum",
    title="Differential of a sum",
    use="Terms are differentiated one by one.",
    left=along(lambda X: np.sin(X) + X**2),
    right=lambda X, dX: np.cos(X) * dX + 2 * X * dX,
    variables={"X": matrix(), "dX": matrix()},
    statement=(
        r"\mathrm d(\sin_\odot X + X^{\odot 2}) = \mathrm d\sin_\odot X + \mathrm dX^{\odot 2}"
    ),
    needs="both terms differentiable",
    promise=TEN_DIGITS,
)

add(
    name="differential_trace",
    title="Differential of a trace",
    use="The trace is linear and moves outward.",
    left=along(lambda X: np.trace(X @ X)),
    right=lambda X, dX: np.trace(dX @ X + X @ dX),
    variables={"X": SQUARE, "dX": SQUARE},
    statement=r"\mathrm d\,\mathrm{tr}(X^2) = \mathrm{tr}(\mathrm d(X^2))",
    needs="*X* square",
    promise=TEN_DIGITS,
)

add(
    name="differential_product",
    title="Differential of a product",
    use="Each factor moves once, and the order stays.",
    left=along(lambda X: X @ X.T @ X),
    right=lambda X, dX: dX @ X.T @ X + X @ dX.T @ X + X @ X.T @ dX,
    variables={"X": matrix(), "dX": matrix()},
    statement=(
        r"\mathrm d(X X^{\mathsf T} X) = \mathrm dX\,X^{\mathsf T}X + X\,\mathrm dX^{\mathsf "
        r"T}X + XX^{\mathsf T}\mathrm dX"
    ),
    needs="the shapes fit; nothing else",
    promise=TEN_DIGITS,
)

add(
    name="differential_hadamard",
    title="Differential of an entrywise product",
    use="Gates and masks: the product rule holds entry by entry.",
    left=along(lambda X: X * np.exp(X)),
    right=lambda X, dX: dX * np.exp(X) + X * (np.exp(X) * dX),
    variables={"X": matrix(), "dX": matrix()},
    statement=(
        r"\mathrm d(X \odot Y) = \mathrm dX \odot Y + X \odot \mathrm dY,\quad Y = \exp_\odot X"
    ),
    needs="both factors of one shape",
    promise=TEN_DIGITS,
)

add(
    name="differential_kronecker",
    title="Differential of a Kronecker product",
    use="Kronecker-factored curvature.",
    left=along(lambda X: np.kron(X, X.T)),
    right=lambda X, dX: np.kron(dX, X.T) + np.kron(X, dX.T),
    variables={"X": matrix(), "dX": matrix()},
    statement=(
        r"\mathrm d(X \otimes X^{\mathsf T}) = \mathrm dX \otimes X^{\mathsf T} + X \otimes "
        r"\mathrm dX^{\mathsf T}"
    ),
    needs="the shapes fit; nothing else",
    promise=TEN_DIGITS,
)

add(
    name="differential_inverse",
    title="Differential of an inverse",
    use="Kalman gains, implicit layers, natural gradients.",
    left=along(lambda X: np.linalg.inv(X)),
    right=lambda X, dX: -np.linalg.solve(X, dX) @ np.linalg.inv(X),
    variables={"X": REGULAR, "dX": SQUARE},
    statement=r"\mathrm d(X^{-1}) = -X^{-1}\,\mathrm dX\,X^{-1}",
    needs="*X* invertible",
    without="The order stays: −*X*⁻²d*X* holds only where *X* and d*X* commute.",
    promise=TEN_DIGITS,
)

add(
    name="differential_determinant",
    title="Differential of a determinant, Jacobi's formula",
    use="It holds at singular matrices too.",
    left=along(lambda X: np.linalg.det(X)),
    right=lambda X, dX: np.trace(adjugate(X) @ dX),
    variables={"X": SQUARE, "dX": SQUARE},
    statement=r"\mathrm d\det X = \mathrm{tr}(\mathrm{adj}(X)\,\mathrm dX)",
    needs="*X* square; singular or not",
    promise=TEN_DIGITS,
)

add(
    name="differential_determinant_regular",
    title="Differential of a determinant by the inverse",
    use="The form that most tables print.",
    left=along(lambda X: np.linalg.det(X)),
    right=lambda X, dX: np.linalg.det(X) * np.trace(np.linalg.solve(X, dX)),
    variables={"X": REGULAR, "dX": SQUARE},
    statement=r"\mathrm d\det X = \det(X)\,\mathrm{tr}(X^{-1}\mathrm dX)",
    needs="*X* invertible",
    without="At a singular matrix use the adjugate.",
    promise=TEN_DIGITS,
)

add(
    name="differential_log_determinant",
    title="Differential of the logarithm of a determinant",
    use="Normalising flows and Gaussian densities.",
    left=along(lambda X: np.linalg.slogdet(X)[1]),
    right=lambda X, dX: np.trace(np.linalg.solve(X, dX)),
    variables={"X": REGULAR, "dX": SQUARE},
    statement=r"\mathrm d\ln\lvert\det X\rvert = \mathrm{tr}(X^{-1}\mathrm dX)",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="differential_transpose",
    title="Differential of a transpose",
    use="It commutes with the differential.",
    left=along(lambda X: (X @ X).T),
    right=lambda X, dX: (dX @ X + X @ dX).T,
    variables={"X": SQUARE, "dX": SQUARE},
    statement=r"\mathrm d(Y^{\mathsf T}) = (\mathrm dY)^{\mathsf T},\quad Y = X^2",
    needs="the shapes fit; nothing else",
    promise=TEN_DIGITS,
)

add(
    name="differential_adjoint",
    title="Differential of a conjugate transpose",
    use="Complex matrices that depend on a real number.",
    left=along(lambda X: ((X + 1j * X @ X).conj()).T),
    right=lambda X, dX: (dX + 1j * (dX @ X + X @ dX)).conj().T,
    variables={"X": SQUARE, "dX": SQUARE},
    statement=(r"\mathrm d(Y^{\mathsf H}) = (\mathrm dY)^{\mathsf H},\quad Y = X + \mathrm i X^2"),
    needs="the variable real; the map is not complex differentiable",
    promise=TEN_DIGITS,
)

add(
    name="differential_gram",
    title="Differential of a Gram matrix",
    use="Inner products of features that move.",
    left=along(lambda X: X.T @ X),
    right=lambda X, dX: dX.T @ X + X.T @ dX,
    variables={"X": matrix(), "dX": matrix()},
    statement=r"\mathrm d(X^{\mathsf T}X) = \mathrm dX^{\mathsf T}X + X^{\mathsf T}\mathrm dX",
    needs="the shapes fit; nothing else",
    promise=TEN_DIGITS,
)

add(
    name="differential_bilinear_product",
    title="Differential of a product from both sides",
    use="Every linear layer is of this form.",
    left=along(lambda A, B, X: A @ X @ B),
    right=lambda A, B, X, dX: A @ dX @ B,
    variables={"A": matrix(), "B": matrix("(m, n)"), "X": matrix("(k, m)"), "dX": matrix("(k, m)")},
    statement=r"\mathrm d(AXB) = A\,\mathrm dX\,B",
    needs="*A* and *B* constant",
    promise=TEN_DIGITS,
)

add(
    name="differential_sandwich",
    title="Differential of a congruence",
    use="Change of basis, covariance propagation.",
    left=along(lambda B, X: X.T @ B @ X),
    right=lambda B, X, dX: dX.T @ B @ X + X.T @ B @ dX,
    variables={"B": SQUARE, "X": matrix(), "dX": matrix()},
    statement=(
        r"\mathrm d(X^{\mathsf T}BX) = \mathrm dX^{\mathsf T}BX + X^{\mathsf T}B\,\mathrm dX"
    ),
    needs="*B* constant",
    promise=TEN_DIGITS,
)

add(
    name="differential_shifted_inverse",
    title="Differential of a shifted inverse",
    use="Resolvents and regularised inverses.",
    left=along(lambda A, X: np.linalg.inv(X + A)),
    right=lambda A, X, dX: -np.linalg.inv(X + A) @ dX @ np.linalg.inv(X + A),
    variables={"A": SMALL, "X": REGULAR, "dX": SQUARE},
    statement=r"\mathrm d(X + A)^{-1} = -(X + A)^{-1}\mathrm dX\,(X + A)^{-1}",
    needs="*X* + *A* invertible",
    promise=TEN_DIGITS,
)

add(
    name="differential_power",
    title="Differential of a power",
    use="Recurrent networks that apply one matrix often.",
    left=along(lambda X: X @ X @ X),
    right=lambda X, dX: dX @ X @ X + X @ dX @ X + X @ X @ dX,
    variables={"X": SQUARE, "dX": SQUARE},
    statement=r"\mathrm d(X^3) = \mathrm dX\,X^2 + X\,\mathrm dX\,X + X^2\,\mathrm dX",
    needs="*X* square",
    without="3*X*²d*X* needs that *X* and d*X* commute.",
    promise=TEN_DIGITS,
)

add(
    name="differential_entry",
    title="Differential in one entry",
    use="The single-entry matrix is the direction.",
    left=along(lambda A, X: X @ A),
    right=lambda A, X, dX: dX @ A,
    variables={"A": matrix(), "X": matrix("(m, n)"), "dX": single("(m, n)")},
    statement=r"\frac{\partial (XA)}{\partial X_{00}} = J^{00}A",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="differential_transpose_entry",
    title="Differential of a transposed product in one entry",
    use="The indices of the single-entry matrix change places.",
    left=along(lambda A, X: X.T @ A),
    right=lambda A, X, dX: dX.T @ A,
    variables={"A": matrix(), "X": matrix("(n, m)"), "dX": single("(n, m)")},
    statement=r"\frac{\partial (X^{\mathsf T}A)}{\partial X_{00}} = (J^{00})^{\mathsf T}A",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="differential_second_determinant",
    title="Second derivative of a determinant along a path",
    use="Curvature of a volume.",
    left=lambda X, E, F: along(
        lambda t: (
            np.linalg.det(X + t * E + t**2 * F / 2)
            * np.trace(np.linalg.solve(X + t * E + t**2 * F / 2, E + t * F))
        ),
        "t",
    )(0.0, 1.0),
    right=lambda X, E, F: (
        np.linalg.det(X)
        * (
            np.trace(np.linalg.solve(X, F))
            + np.trace(np.linalg.solve(X, E)) ** 2
            - np.trace(np.linalg.solve(X, E) @ np.linalg.solve(X, E))
        )
    ),
    variables={"X": REGULAR, "E": SQUARE, "F": SQUARE},
    statement=(
        r"\frac{\mathrm d^2}{\mathrm dt^2}\det Y = \det(X)\left(\mathrm{tr}(X^{-1}F) + "
        r"\mathrm{tr}(X^{-1}E)^2 - \mathrm{tr}((X^{-1}E)^2)\right),\quad Y = X + tE + \tfrac12 "
        r"t^2F,\; t = 0"
    ),
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="differential_chain",
    title="Chain rule through a matrix",
    use="The outer gradient is paired with the inner differential.",
    left=along(lambda X: np.sum(np.sin(X @ X))),
    right=lambda X, dX: np.trace(np.cos(X @ X).T @ (dX @ X + X @ dX)),
    variables={"X": SQUARE, "dX": SQUARE},
    statement=(
        r"\mathrm d g(U) = \mathrm{tr}\left((\nabla_U g)^{\mathsf T}\,\mathrm dU\right),\quad U "
        r"= X^2"
    ),
    needs="both differentiable",
    promise=TEN_DIGITS,
)
