"""Determinants and inverses."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    DEFINITE_5,
    REGULAR,
    REGULAR_5,
    SQUARE,
    TALL,
    TEN_DIGITS,
    VECTOR,
    WIDE,
    adjugate,
    along,
    matrix,
    slope,
)

add = FAMILY.add

add(
    name="determinant",
    title="Determinant",
    use="Volumes; the adjugate form needs no inverse.",
    left=slope("X", lambda X: np.linalg.det(X)),
    right=lambda X: adjugate(X).T,
    variables={"X": SQUARE},
    statement=r"\nabla_X \det X = \mathrm{adj}(X)^{\mathsf T}",
    needs="*X* square, singular or not",
    without=(
        "det(*X*)*X*⁻ᵀ is the same matrix where *X* is invertible, and nothing at all where it "
        "is not."
    ),
    promise=TEN_DIGITS,
)

add(
    name="determinant_regular",
    title="Determinant by the inverse",
    use="The form of most tables.",
    left=slope("X", lambda X: np.linalg.det(X)),
    right=lambda X: np.linalg.det(X) * np.linalg.inv(X).T,
    variables={"X": REGULAR},
    statement=r"\nabla_X \det X = \det(X)\,X^{-\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="cofactor_expansion",
    title="Expansion by cofactors",
    use="Why the adjugate inverts.",
    left=lambda X: slope("X", lambda X: np.linalg.det(X))(X) @ X.T,
    right=lambda X: np.linalg.det(X) * np.eye(len(X)),
    variables={"X": SQUARE},
    statement=r"(\nabla_X \det X)\,X^{\mathsf T} = \det(X)\,I",
    needs="*X* square",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_product",
    title="Determinant of a product",
    use="Flows that are composed of several maps.",
    left=slope("X", lambda A, B, X: np.linalg.det(A @ X @ B)),
    right=lambda A, B, X: np.linalg.det(A @ X @ B) * np.linalg.inv(X).T,
    variables={"A": SQUARE, "B": SQUARE, "X": REGULAR},
    statement=r"\nabla_X \det(AXB) = \det(AXB)\,X^{-\mathsf T}",
    needs="*A*, *B*, *X* square of one size, *X* invertible",
    without="For *A* and *B* that are not square see the next formula.",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_rectangular_product",
    title="Determinant of a product of rectangular factors",
    use=("The inverse of the small product takes the place of the inverse of the factor."),
    left=slope("X", lambda A, X: np.linalg.det(A @ X)),
    right=lambda A, X: np.linalg.det(A @ X) * A.T @ np.linalg.inv(A @ X).T,
    variables={"A": WIDE, "X": TALL},
    statement=r"\nabla_X \det(AX) = \det(AX)\,A^{\mathsf T}(AX)^{-\mathsf T}",
    needs="*AX* square and invertible",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_congruence",
    title="Determinant of a congruence, square factor",
    use="Change of variables in a covariance.",
    left=slope("X", lambda A, X: np.linalg.det(X.T @ A @ X)),
    right=lambda A, X: 2 * np.linalg.det(X.T @ A @ X) * np.linalg.inv(X).T,
    variables={"A": SQUARE, "X": REGULAR},
    statement=r"\nabla_X \det(X^{\mathsf T}AX) = 2\det(X^{\mathsf T}AX)\,X^{-\mathsf T}",
    needs="*X* square and invertible",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_congruence_tall",
    title="Determinant of a congruence, tall factor",
    use="Volumes spanned by features.",
    left=slope("X", lambda A, X: np.linalg.det(X.T @ A @ X)),
    right=lambda A, X: 2 * np.linalg.det(X.T @ A @ X) * A @ X @ np.linalg.inv(X.T @ A @ X),
    variables={"A": DEFINITE_5, "X": TALL},
    statement=(
        r"\nabla_X \det(X^{\mathsf T}AX) = 2\det(X^{\mathsf T}AX)\,AX(X^{\mathsf T}AX)^{-1}"
    ),
    needs="*A* symmetric, the product invertible",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_congruence_general",
    title="Determinant of a congruence, any weight",
    use="Without symmetry both orders stand.",
    left=slope("X", lambda A, X: np.linalg.det(X.T @ A @ X)),
    right=lambda A, X: (
        np.linalg.det(X.T @ A @ X)
        * (A @ X @ np.linalg.inv(X.T @ A @ X) + A.T @ X @ np.linalg.inv(X.T @ A.T @ X))
    ),
    variables={"A": REGULAR_5, "X": TALL},
    statement=(
        r"\nabla_X \det(X^{\mathsf T}AX) = \det(X^{\mathsf T}AX)\left(AX(X^{\mathsf T}AX)^{-1} "
        r"+ A^{\mathsf T}X(X^{\mathsf T}A^{\mathsf T}X)^{-1}\right)"
    ),
    needs="the product invertible",
    promise=TEN_DIGITS,
)

add(
    name="log_determinant",
    title="Logarithm of a determinant",
    use="The normalisation of Gaussian densities and normalising flows.",
    left=slope("A", lambda A: np.linalg.slogdet(A)[1]),
    right=lambda A: np.linalg.inv(A).T,
    variables={"A": REGULAR},
    statement=r"\nabla_A \ln \lvert\det A\rvert = A^{-\mathsf T}",
    needs=(
        "*A* invertible; its entries independent (for symmetric *A* the gradient along "
        "symmetric directions is the same matrix)"
    ),
    without="At a singular matrix the logarithm is −∞ and has no gradient.",
    promise=TEN_DIGITS,
)

add(
    name="log_determinant_gram",
    title="Logarithm of the determinant of a Gram matrix",
    use="Volumes of column spaces; determinantal point processes.",
    left=slope("X", lambda X: np.linalg.slogdet(X.T @ X)[1]),
    right=lambda X: 2 * np.linalg.pinv(X).T,
    variables={"X": TALL},
    statement=r"\nabla_X \ln\det(X^{\mathsf T}X) = 2(X^{+})^{\mathsf T}",
    needs="*X* of full column rank",
    promise=TEN_DIGITS,
)

add(
    name="log_determinant_gram_pseudo",
    title="Logarithm of the determinant of a Gram matrix in the pseudo-inverse",
    use="The same volume as a function of the pseudo-inverse.",
    left=slope("Y", lambda Y: -np.linalg.slogdet(Y @ Y.T)[1]),
    right=lambda Y: -2 * np.linalg.pinv(Y).T,
    variables={"Y": WIDE},
    statement=r"\nabla_Y \ln\det(X^{\mathsf T}X) = -2X^{\mathsf T},\quad Y = X^{+}",
    needs="*X* of full column rank",
    promise=TEN_DIGITS,
)

add(
    name="determinant_power",
    title="Determinant of a power",
    use="Several passes of one map.",
    left=slope("X", lambda X: np.linalg.det(X @ X @ X)),
    right=lambda X: 3 * np.linalg.det(X @ X @ X) * np.linalg.inv(X).T,
    variables={"X": REGULAR},
    statement=r"\nabla_X \det(X^3) = 3\det(X^3)\,X^{-\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="inverse_form",
    title="Form in an inverse",
    use="Energies of a solved system.",
    left=slope("X", lambda a, b, X: a @ np.linalg.solve(X, b)),
    right=lambda a, b, X: -np.outer(np.linalg.solve(X.T, a), np.linalg.solve(X, b)),
    variables={"a": VECTOR, "b": VECTOR, "X": REGULAR},
    statement=r"\nabla_X\, a^{\mathsf T}X^{-1}b = -X^{-\mathsf T}ab^{\mathsf T}X^{-\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="determinant_of_inverse",
    title="Determinant of an inverse",
    use="Densities under a change of variables.",
    left=slope("X", lambda X: 1 / np.linalg.det(X)),
    right=lambda X: -np.linalg.inv(X).T / np.linalg.det(X),
    variables={"X": REGULAR},
    statement=r"\nabla_X \det(X^{-1}) = -\det(X^{-1})\,X^{-\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="inverse_backward",
    title="Backward pass of an inverse",
    use="Any loss of an inverse.",
    left=slope("X", lambda G, X: np.sum(G * np.linalg.inv(X))),
    right=lambda G, X: -np.linalg.inv(X).T @ G @ np.linalg.inv(X).T,
    variables={"G": SQUARE, "X": REGULAR},
    statement=r"\nabla_X\,\mathrm{tr}(G^{\mathsf T}X^{-1}) = -X^{-\mathsf T}G\,X^{-\mathsf T}",
    needs="*X* invertible",
    promise=TEN_DIGITS,
)

add(
    name="solve_backward_matrix",
    title="Backward pass of a linear solve in the matrix",
    use="Implicit layers; the inverse is never formed.",
    left=slope("A", lambda A, b, g: g @ np.linalg.solve(A, b)),
    right=lambda A, b, g: -np.outer(np.linalg.solve(A.T, g), np.linalg.solve(A, b)),
    variables={"A": REGULAR, "b": VECTOR, "g": VECTOR},
    statement=r"\nabla_A\, g^{\mathsf T}A^{-1}b = -(A^{-\mathsf T}g)\,(A^{-1}b)^{\mathsf T}",
    needs="*A* invertible",
    promise=TEN_DIGITS,
)

add(
    name="solve_backward_side",
    title="Backward pass of a linear solve in the right side",
    use="One more solve, with the transpose.",
    left=slope("b", lambda A, b, g: g @ np.linalg.solve(A, b)),
    right=lambda A, b, g: np.linalg.solve(A.T, g),
    variables={"A": REGULAR, "b": VECTOR, "g": VECTOR},
    statement=r"\nabla_b\, g^{\mathsf T}A^{-1}b = A^{-\mathsf T}g",
    needs="*A* invertible",
    promise=TEN_DIGITS,
)

add(
    name="pseudo_inverse",
    title="Differential of a pseudo-inverse",
    use="Least squares whose matrix moves.",
    left=along(lambda X: np.linalg.pinv(X)),
    right=lambda X, dX: (
        -np.linalg.pinv(X) @ dX @ np.linalg.pinv(X)
        + np.linalg.pinv(X) @ np.linalg.pinv(X).T @ dX.T @ (np.eye(len(X)) - X @ np.linalg.pinv(X))
        + (np.eye(X.shape[1]) - np.linalg.pinv(X) @ X)
        @ dX.T
        @ np.linalg.pinv(X).T
        @ np.linalg.pinv(X)
    ),
    variables={"X": TALL, "dX": matrix("(5, n)")},
    statement=(
        r"\mathrm dX^{+} = -X^{+}\mathrm dX\,X^{+} + X^{+}X^{+\mathsf T}\mathrm dX^{\mathsf "
        r"T}(I - XX^{+}) + (I - X^{+}X)\,\mathrm dX^{\mathsf T}X^{+\mathsf T}X^{+}"
    ),
    needs="the rank constant near *X*",
    without="Where the rank changes the pseudo-inverse jumps.",
    promise=TEN_DIGITS,
)

add(
    name="pseudo_inverse_short",
    title="Differential of a pseudo-inverse, first term only",
    use="The formula of the inverse does not carry over.",
    holds=False,
    left=along(lambda X: np.linalg.pinv(X)),
    right=lambda X, dX: -np.linalg.pinv(X) @ dX @ np.linalg.pinv(X),
    variables={"X": TALL, "dX": matrix("(5, n)")},
    statement=r"\mathrm dX^{+} = -X^{+}\mathrm dX\,X^{+}",
    needs="*X* square and invertible, which is not said",
    counterexample={"X": np.array([[1.0], [0.0]]), "dX": np.array([[0.0], [1.0]])},
)

add(
    name="inverse_unordered",
    title="Derivative of an inverse, the scalar formula",
    use="The order of factors is lost.",
    holds=False,
    left=along(lambda X: np.linalg.inv(X)),
    right=lambda X, dX: -np.linalg.inv(X) @ np.linalg.inv(X) @ dX,
    variables={"X": REGULAR, "dX": SQUARE},
    statement=r"\mathrm d(X^{-1}) = -X^{-2}\,\mathrm dX",
    needs="*X* and d*X* commute, which is not said",
    counterexample={
        "X": np.array([[1.0, 1.0], [0.0, 1.0]]),
        "dX": np.array([[0.0, 0.0], [1.0, 0.0]]),
    },
)
