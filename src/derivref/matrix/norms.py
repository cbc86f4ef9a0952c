"""Norms, vectorising and entrywise products."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    SQUARE,
    TALL,
    TEN_DIGITS,
    VECTOR,
    commutation,
    hessian,
    matrix,
    slope,
)

add = FAMILY.add

add(
    name="norm_distance",
    title="Euclidean distance",
    use="The direction away from the point.",
    left=slope("x", lambda a, x: np.linalg.norm(x - a)),
    right=lambda a, x: (x - a) / np.linalg.norm(x - a),
    variables={"a": VECTOR, "x": VECTOR},
    statement=r"\nabla_x \lVert x - a\rVert_2 = \frac{x - a}{\lVert x - a\rVert_2}",
    needs="*x* ≠ *a*",
    without="At *x* = *a* the norm has a kink.",
    promise=TEN_DIGITS,
)

add(
    name="norm_direction",
    title="Jacobian of a unit vector",
    use="Normalised embeddings: what remains is perpendicular.",
    left=hessian("x", lambda a, x: (x - a) / np.linalg.norm(x - a)),
    right=lambda a, x: (
        (np.eye(len(x)) - np.outer(x - a, x - a) / ((x - a) @ (x - a))) / np.linalg.norm(x - a)
    ),
    variables={"a": matrix("(3)", "a vector"), "x": matrix("(3)", "a vector")},
    statement=(
        r"\frac{\partial}{\partial x}\frac{x - a}{\lVert x - a\rVert_2} = \frac{I}{\lVert x - "
        r"a\rVert_2} - \frac{(x - a)(x - a)^{\mathsf T}}{\lVert x - a\rVert_2^3}"
    ),
    needs="*x* ≠ *a*",
    promise=TEN_DIGITS,
)

add(
    name="norm_squared",
    title="Squared norm",
    use="Weight decay.",
    left=slope("x", lambda x: x @ x),
    right=lambda x: 2 * x,
    variables={"x": VECTOR},
    statement=r"\nabla_x \lVert x\rVert_2^2 = 2x",
    needs="nothing",
    promise=TEN_DIGITS,
)

add(
    name="frobenius_squared",
    title="Squared Frobenius norm",
    use="Weight decay of a matrix.",
    left=slope("X", lambda X: np.linalg.norm(X) ** 2),
    right=lambda X: 2 * X,
    variables={"X": matrix()},
    statement=r"\nabla_X \lVert X\rVert_F^2 = 2X",
    needs="the entries real and independent",
    promise=TEN_DIGITS,
)

add(
    name="frobenius",
    title="Frobenius norm",
    use="Clipping by the norm.",
    left=slope("X", lambda X: np.linalg.norm(X)),
    right=lambda X: X / np.linalg.norm(X),
    variables={"X": matrix()},
    statement=r"\nabla_X \lVert X\rVert_F = \frac{X}{\lVert X\rVert_F}",
    needs="*X* ≠ 0",
    promise=TEN_DIGITS,
)

add(
    name="nuclear_norm",
    title="Nuclear norm",
    use="Low-rank regularisation.",
    left=slope("X", lambda X: np.linalg.norm(X, "nuc")),
    right=lambda X: (
        np.linalg.svd(X, full_matrices=False)[0] @ np.linalg.svd(X, full_matrices=False)[2]
    ),
    variables={"X": TALL},
    statement=r"\nabla_X \lVert X\rVert_* = UV^{\mathsf T},\quad X = U\Sigma V^{\mathsf T}",
    needs="full rank; the thin decomposition",
    without="Below full rank there is a set of subgradients.",
    promise=TEN_DIGITS,
)

add(
    name="spectral_norm",
    title="Spectral norm",
    use="Lipschitz bounds and spectral normalisation.",
    left=slope("X", lambda X: np.linalg.norm(X, 2)),
    right=lambda X: np.outer(np.linalg.svd(X)[0][:, 0], np.linalg.svd(X)[2][0]),
    variables={"X": TALL},
    statement=r"\nabla_X \lVert X\rVert_2 = u_1v_1^{\mathsf T}",
    needs="the largest singular value simple",
    without="Where the two largest meet the norm has a kink.",
    promise=TEN_DIGITS,
)

add(
    name="vec_row_major",
    title="Vectorising a product, rows first",
    use="What NumPy's ravel computes.",
    left=lambda A, X, B: (A @ X @ B).ravel(),
    right=lambda A, X, B: np.kron(A, B.T) @ X.ravel(),
    variables={"A": matrix(), "X": matrix("(k, m)"), "B": matrix("(m, p)")},
    statement=(
        r"\mathrm{vec}_{\mathrm r}(AXB) = (A \otimes B^{\mathsf T})\,\mathrm{vec}_{\mathrm r}(X)"
    ),
    needs="rows first, NumPy's default order",
    promise=TEN_DIGITS,
)

add(
    name="vec_column_major",
    title="Vectorising a product, columns first",
    use="The formula of the tables; in NumPy it needs order F.",
    left=lambda A, X, B: (A @ X @ B).ravel("F"),
    right=lambda A, X, B: np.kron(B.T, A) @ X.ravel("F"),
    variables={"A": matrix(), "X": matrix("(k, m)"), "B": matrix("(m, p)")},
    statement=r"\mathrm{vec}(AXB) = (B^{\mathsf T} \otimes A)\,\mathrm{vec}(X)",
    needs="columns first",
    promise=TEN_DIGITS,
)

add(
    name="vec_mixed",
    title="Vectorising a product, the two orders mixed",
    use="A plausible matrix of the right size.",
    holds=False,
    left=lambda A, X, B: (A @ X @ B).ravel(),
    right=lambda A, X, B: np.kron(B.T, A) @ X.ravel(),
    variables={"A": SQUARE, "X": SQUARE, "B": SQUARE},
    statement=(
        r"\mathrm{vec}_{\mathrm r}(AXB) = (B^{\mathsf T} \otimes A)\,\mathrm{vec}_{\mathrm r}(X)"
    ),
    needs="columns first, which is not said",
    counterexample={
        "A": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "X": np.array([[1.0, 0.0], [2.0, 1.0]]),
        "B": np.eye(2),
    },
)

add(
    name="commutation_matrix",
    title="Commutation matrix",
    use="It turns the vector of a matrix into that of its transpose.",
    left=lambda X: X.T.ravel(),
    right=lambda X: commutation(X.shape) @ X.ravel(),
    variables={"X": matrix()},
    statement=r"\mathrm{vec}_{\mathrm r}(X^{\mathsf T}) = K\,\mathrm{vec}_{\mathrm r}(X)",
    needs="*K* permutes: entry (*j*, *i*) is taken from (*i*, *j*)",
    promise=TEN_DIGITS,
)

add(
    name="hadamard_pairing",
    title="Gradient of a weighted sum of entries",
    use="Masks and attention weights.",
    left=slope("X", lambda A, B, X: np.sum(A * (X * B))),
    right=lambda A, B, X: A * B,
    variables={"A": matrix(), "B": matrix(), "X": matrix()},
    statement=r"\nabla_X\,\mathrm{tr}(A^{\mathsf T}(X \odot B)) = A \odot B",
    needs="one shape",
    promise=TEN_DIGITS,
)

add(
    name="kronecker_backward",
    title="Backward pass of a Kronecker product",
    use="Kronecker-factored layers.",
    left=slope("X", lambda X, Y, G: np.sum(G * np.kron(X, Y))),
    right=lambda X, Y, G: np.einsum("iajb,ab->ij", G.reshape(2, 3, 2, 3), Y),
    variables={"X": matrix("(2, 2)"), "Y": matrix("(3, 3)"), "G": matrix("(6, 6)")},
    statement=(
        r"\left(\nabla_X\,\mathrm{tr}(G^{\mathsf T}(X \otimes Y))\right)_{ij} = "
        r"\mathrm{tr}(G_{ij}^{\mathsf T}Y)"
    ),
    needs="*G* in blocks of the shape of *Y*",
    promise=TEN_DIGITS,
)

add(
    name="product_backward_left",
    title="Backward pass of a product, left factor",
    use="The rule behind every dense layer.",
    left=slope("A", lambda A, B, G: np.sum(G * (A @ B))),
    right=lambda A, B, G: G @ B.T,
    variables={"A": matrix(), "B": matrix("(k, m)"), "G": matrix("(n, m)")},
    statement=r"\nabla_A\,\mathrm{tr}(G^{\mathsf T}AB) = GB^{\mathsf T}",
    needs="*G* has the shape of the product",
    promise=TEN_DIGITS,
)

add(
    name="product_backward_right",
    title="Backward pass of a product, right factor",
    use="The rule behind every dense layer.",
    left=slope("B", lambda A, B, G: np.sum(G * (A @ B))),
    right=lambda A, B, G: A.T @ G,
    variables={"A": matrix(), "B": matrix("(k, m)"), "G": matrix("(n, m)")},
    statement=r"\nabla_B\,\mathrm{tr}(G^{\mathsf T}AB) = A^{\mathsf T}G",
    needs="*G* has the shape of the product",
    promise=TEN_DIGITS,
)
