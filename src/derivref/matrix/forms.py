"""Linear and quadratic forms."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import REGULAR_3, SQUARE, SYMMETRIC, TEN_DIGITS, VECTOR, matrix, slope

add = FAMILY.add

add(
    name="linear_form",
    title="Linear form",
    use="The score of a linear model.",
    left=slope("x", lambda a, x: a @ x),
    right=lambda a, x: a,
    variables={"a": VECTOR, "x": VECTOR},
    statement=r"\nabla_x\, a^{\mathsf T}x = a",
    needs="*a* constant",
    promise=TEN_DIGITS,
)

add(
    name="bilinear_form",
    title="Bilinear form",
    use="Attention scores as a function of the weights.",
    left=slope("X", lambda a, b, X: a @ X @ b),
    right=lambda a, b, X: np.outer(a, b),
    variables={"a": VECTOR, "b": matrix("(k)", "a vector"), "X": matrix()},
    statement=r"\nabla_X\, a^{\mathsf T}Xb = ab^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="bilinear_form_transposed",
    title="Bilinear form of the transpose",
    use="The same form read from the other side.",
    left=slope("X", lambda a, b, X: a @ X.T @ b),
    right=lambda a, b, X: np.outer(b, a),
    variables={"a": VECTOR, "b": matrix("(k)", "a vector"), "X": matrix("(k, n)")},
    statement=r"\nabla_X\, a^{\mathsf T}X^{\mathsf T}b = ba^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="form_in_matrix",
    title="Quadratic form in its matrix",
    use="Metric learning.",
    left=slope("X", lambda a, X: a @ X @ a),
    right=lambda a, X: np.outer(a, a),
    variables={"a": VECTOR, "X": SQUARE},
    statement=r"\nabla_X\, a^{\mathsf T}Xa = aa^{\mathsf T}",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="quadratic_form",
    title="Quadratic form",
    use="Least squares, energies, and the second-order term of every expansion.",
    left=slope("x", lambda A, x: x @ A @ x),
    right=lambda A, x: (A + A.T) @ x,
    variables={"A": SQUARE, "x": VECTOR},
    statement=r"\nabla_x\, x^{\mathsf T} A x = (A + A^{\mathsf T})\,x",
    needs="*A* square; nothing else",
    without="2*Ax* holds for symmetric *A* only.",
    promise=TEN_DIGITS,
)

add(
    name="quadratic_form_unsymmetric",
    title="Quadratic form, the symmetric formula",
    use="The formula that many notes print without its hypothesis.",
    holds=False,
    left=slope("x", lambda A, x: x @ A @ x),
    right=lambda A, x: 2 * A @ x,
    variables={"A": SQUARE, "x": VECTOR},
    statement=r"\nabla_x\, x^{\mathsf T} A x = 2 A x",
    needs="*A* symmetric, which is not said",
    counterexample={"A": np.array([[0.0, 1.0], [0.0, 0.0]]), "x": np.array([1.0, 2.0])},
)

add(
    name="quadratic_form_symmetric",
    title="Quadratic form of a symmetric matrix",
    use="Energies and covariances.",
    left=slope("x", lambda A, x: x @ A @ x),
    right=lambda A, x: 2 * A @ x,
    variables={"A": SYMMETRIC, "x": VECTOR},
    statement=r"\nabla_x\, x^{\mathsf T} A x = 2Ax,\quad A = A^{\mathsf T}",
    needs="*A* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="quadratic_polynomial",
    title="Quadratic polynomial",
    use="The model of one Newton step.",
    left=slope("x", lambda A, b, x: x @ A @ x + b @ x),
    right=lambda A, b, x: (A + A.T) @ x + b,
    variables={"A": SQUARE, "b": VECTOR, "x": VECTOR},
    statement=r"\nabla_x (x^{\mathsf T}Ax + b^{\mathsf T}x) = (A + A^{\mathsf T})x + b",
    needs="*A* square",
    promise=TEN_DIGITS,
)

add(
    name="square_of_sum",
    title="Square of the sum of all entries",
    use="Penalties on a total.",
    left=slope("X", lambda X: np.sum(X) ** 2),
    right=lambda X: 2 * np.sum(X) * np.ones_like(X),
    variables={"X": matrix()},
    statement=(
        r"\nabla_X (\mathbf 1^{\mathsf T}X\mathbf 1)^2 = 2\,(\mathbf 1^{\mathsf T}X\mathbf "
        r"1)\,\mathbf 1\mathbf 1^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="gram_form",
    title="Form in a Gram matrix",
    use="Similarities of two directions after a linear map.",
    left=slope("X", lambda b, c, X: b @ X.T @ X @ c),
    right=lambda b, c, X: X @ (np.outer(b, c) + np.outer(c, b)),
    variables={"b": VECTOR, "c": VECTOR, "X": matrix("(k, n)")},
    statement=r"\nabla_X\, b^{\mathsf T}X^{\mathsf T}Xc = X(bc^{\mathsf T} + cb^{\mathsf T})",
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="product_of_affine",
    title="Product of two affine functions",
    use="Bilinear layers and residual products.",
    left=slope("x", lambda B, b, C, D, d, x: (B @ x + b) @ C @ (D @ x + d)),
    right=lambda B, b, C, D, d, x: B.T @ C @ (D @ x + d) + D.T @ C.T @ (B @ x + b),
    variables={
        "B": matrix(),
        "b": VECTOR,
        "C": matrix("(n, m)"),
        "D": matrix("(m, k)"),
        "d": matrix("(m)", "a vector"),
        "x": matrix("(k)", "a vector"),
    },
    statement=(
        r"\nabla_x (Bx + b)^{\mathsf T}C(Dx + d) = B^{\mathsf T}C(Dx + d) + D^{\mathsf "
        r"T}C^{\mathsf T}(Bx + b)"
    ),
    needs="the shapes fit; nothing else",
    promise=TEN_DIGITS,
)

add(
    name="weighted_gram_form",
    title="Form in a weighted Gram matrix",
    use="Learned metrics after a linear map.",
    left=slope("X", lambda b, c, D, X: b @ X.T @ D @ X @ c),
    right=lambda b, c, D, X: D.T @ X @ np.outer(b, c) + D @ X @ np.outer(c, b),
    variables={"b": VECTOR, "c": VECTOR, "D": matrix("(k, k)"), "X": matrix("(k, n)")},
    statement=(
        r"\nabla_X\, b^{\mathsf T}X^{\mathsf T}DXc = D^{\mathsf T}Xbc^{\mathsf T} + "
        r"DXcb^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="affine_energy",
    title="Energy of an affine output",
    use="Weights of a layer under a quadratic loss.",
    left=slope("X", lambda D, b, c, X: (X @ b + c) @ D @ (X @ b + c)),
    right=lambda D, b, c, X: np.outer((D + D.T) @ (X @ b + c), b),
    variables={"D": SQUARE, "b": matrix("(k)", "a vector"), "c": VECTOR, "X": matrix()},
    statement=(
        r"\nabla_X (Xb + c)^{\mathsf T}D(Xb + c) = (D + D^{\mathsf T})(Xb + c)b^{\mathsf T}"
    ),
    needs="the entries of *X* independent",
    promise=TEN_DIGITS,
)

add(
    name="weighted_residual_s",
    title="Weighted residual in the coefficients",
    use="Generalised least squares.",
    left=slope("s", lambda W, A, x, s: (x - A @ s) @ W @ (x - A @ s)),
    right=lambda W, A, x, s: -2 * A.T @ W @ (x - A @ s),
    variables={"W": SYMMETRIC, "A": matrix(), "x": VECTOR, "s": matrix("(k)", "a vector")},
    statement=r"\nabla_s (x - As)^{\mathsf T}W(x - As) = -2A^{\mathsf T}W(x - As)",
    needs="*W* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="weighted_residual_x",
    title="Weighted residual in the data",
    use="Sensitivity to an observation.",
    left=slope("x", lambda W, A, x, s: (x - A @ s) @ W @ (x - A @ s)),
    right=lambda W, A, x, s: 2 * W @ (x - A @ s),
    variables={"W": SYMMETRIC, "A": matrix(), "x": VECTOR, "s": matrix("(k)", "a vector")},
    statement=r"\nabla_x (x - As)^{\mathsf T}W(x - As) = 2W(x - As)",
    needs="*W* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="weighted_residual_matrix",
    title="Weighted residual in the matrix",
    use="Learning a dictionary.",
    left=slope("A", lambda W, A, x, s: (x - A @ s) @ W @ (x - A @ s)),
    right=lambda W, A, x, s: -2 * np.outer(W @ (x - A @ s), s),
    variables={"W": SYMMETRIC, "A": matrix(), "x": VECTOR, "s": matrix("(k)", "a vector")},
    statement=r"\nabla_A (x - As)^{\mathsf T}W(x - As) = -2W(x - As)s^{\mathsf T}",
    needs="*W* symmetric, the entries of *A* independent",
    promise=TEN_DIGITS,
)

add(
    name="mahalanobis_point",
    title="Squared Mahalanobis distance in the point",
    use="Outlier scores; the log-density of a Gaussian but for a factor.",
    left=slope("x", lambda W, x, s: (x - s) @ W @ (x - s)),
    right=lambda W, x, s: 2 * W @ (x - s),
    variables={"W": SYMMETRIC, "x": VECTOR, "s": VECTOR},
    statement=r"\nabla_x (x - s)^{\mathsf T}W(x - s) = 2W(x - s)",
    needs="*W* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="mahalanobis_centre",
    title="Squared Mahalanobis distance in the centre",
    use="Fitting a mean.",
    left=slope("s", lambda W, x, s: (x - s) @ W @ (x - s)),
    right=lambda W, x, s: -2 * W @ (x - s),
    variables={"W": SYMMETRIC, "x": VECTOR, "s": VECTOR},
    statement=r"\nabla_s (x - s)^{\mathsf T}W(x - s) = -2W(x - s)",
    needs="*W* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="power_form",
    title="Form in a power",
    use="Recurrent maps applied n times.",
    left=slope("X", lambda a, b, X: a @ X @ X @ X @ b),
    right=lambda a, b, X: (
        np.outer(a, X @ X @ b) + np.outer(X.T @ a, X @ b) + np.outer(X.T @ X.T @ a, b)
    ),
    variables={"a": VECTOR, "b": VECTOR, "X": SQUARE},
    statement=(
        r"\nabla_X\, a^{\mathsf T}X^3b = \sum_{r=0}^{2} (X^r)^{\mathsf T}ab^{\mathsf "
        r"T}(X^{2-r})^{\mathsf T}"
    ),
    needs="*X* square, its entries independent",
    promise=TEN_DIGITS,
)

add(
    name="power_gram_form",
    title="Form in the Gram matrix of a square",
    use="Energies of a recurrent state.",
    left=slope("X", lambda a, b, X: a @ X.T @ X.T @ X @ X @ b),
    right=lambda a, b, X: (
        np.outer(X @ X @ b, X @ a)
        + np.outer(X.T @ X @ X @ b, a)
        + np.outer(X @ X @ a, X @ b)
        + np.outer(X.T @ X @ X @ a, b)
    ),
    variables={"a": VECTOR, "b": VECTOR, "X": SQUARE},
    statement=(
        r"\nabla_X\, a^{\mathsf T}(X^2)^{\mathsf T}X^2b = \sum_{r=0}^{1} (X^r)^{\mathsf "
        r"T}X^2(ba^{\mathsf T} + ab^{\mathsf T})(X^{1-r})^{\mathsf T}"
    ),
    needs="*X* square, its entries independent",
    promise=TEN_DIGITS,
)

add(
    name="power_gram_form_printed",
    title="Form in the Gram matrix of a power, as printed",
    use="The Matrix Cookbook multiplies the first term in another order.",
    holds=False,
    left=slope("X", lambda a, b, X: a @ X.T @ X.T @ X @ X @ b),
    right=lambda a, b, X: (
        X @ np.outer(a, b) @ X.T @ X.T
        + np.outer(a, b) @ X.T @ X.T @ X
        + np.outer(X @ X @ a, X @ b)
        + np.outer(X.T @ X @ X @ a, b)
    ),
    variables={"a": VECTOR, "b": VECTOR, "X": SQUARE},
    statement=(
        r"\nabla_X\, a^{\mathsf T}(X^2)^{\mathsf T}X^2b = "
        r"\sum_{r=0}^{1}\left(X^{1-r}ab^{\mathsf T}(X^2)^{\mathsf T}X^r + (X^r)^{\mathsf "
        r"T}X^2ab^{\mathsf T}(X^{1-r})^{\mathsf T}\right)"
    ),
    needs="the gradient of the first factor is transposed",
    counterexample={
        "a": np.array([1.0, 0.0]),
        "b": np.array([1.0, 2.0]),
        "X": np.array([[1.0, 1.0], [0.0, 2.0]]),
    },
)

add(
    name="form_of_functions",
    title="Form of two functions",
    use="The product rule with Jacobians.",
    left=slope("x", lambda A, x: np.sin(x) @ A @ np.exp(x / 3)),
    right=lambda A, x: np.cos(x) * (A @ np.exp(x / 3)) + np.exp(x / 3) / 3 * (A.T @ np.sin(x)),
    variables={"A": SQUARE, "x": VECTOR},
    statement=(
        r"\nabla_x\, s^{\mathsf T}Ar = \left(\frac{\partial s}{\partial x}\right)^{\mathsf T}Ar "
        r"+ \left(\frac{\partial r}{\partial x}\right)^{\mathsf T}A^{\mathsf T}s"
    ),
    needs="Jacobians in numerator layout",
    promise=TEN_DIGITS,
)

add(
    name="rayleigh_quotient",
    title="Generalised Rayleigh quotient",
    use="Linear discriminants and power iteration.",
    left=slope("x", lambda A, B, x: (A @ x) @ (A @ x) / ((B @ x) @ (B @ x))),
    right=lambda A, B, x: (
        2 * A.T @ A @ x / ((B @ x) @ (B @ x))
        - 2 * ((A @ x) @ (A @ x)) * (B.T @ B @ x) / ((B @ x) @ (B @ x)) ** 2
    ),
    variables={"A": matrix("(n, 3)"), "B": REGULAR_3, "x": matrix("(3)", "a vector")},
    statement=(
        r"\nabla_x \frac{x^{\mathsf T}A^{\mathsf T}Ax}{x^{\mathsf T}B^{\mathsf T}Bx} = "
        r"\frac{2A^{\mathsf T}Ax}{x^{\mathsf T}B^{\mathsf T}Bx} - \frac{2\,x^{\mathsf "
        r"T}A^{\mathsf T}Ax\;B^{\mathsf T}Bx}{(x^{\mathsf T}B^{\mathsf T}Bx)^2}"
    ),
    needs="*Bx* ≠ 0",
    promise=TEN_DIGITS,
)

add(
    name="rayleigh_quotient_printed",
    title="Generalised Rayleigh quotient, as printed",
    use="A transpose is missing in the first denominator of the Matrix Cookbook.",
    holds=False,
    left=slope("x", lambda A, B, x: (A @ x) @ (A @ x) / ((B @ x) @ (B @ x))),
    right=lambda A, B, x: (
        2 * A.T @ A @ x / (x @ B @ B @ x)
        - 2 * ((A @ x) @ (A @ x)) * (B.T @ B @ x) / ((B @ x) @ (B @ x)) ** 2
    ),
    variables={"A": SQUARE, "B": SQUARE, "x": VECTOR},
    statement=(
        r"\nabla_x \frac{x^{\mathsf T}A^{\mathsf T}Ax}{x^{\mathsf T}B^{\mathsf T}Bx} = "
        r"\frac{2A^{\mathsf T}Ax}{x^{\mathsf T}BBx} - \frac{2\,x^{\mathsf T}A^{\mathsf "
        r"T}Ax\;B^{\mathsf T}Bx}{(x^{\mathsf T}B^{\mathsf T}Bx)^2}"
    ),
    needs="*B* symmetric, which is not said",
    counterexample={
        "A": np.eye(2),
        "B": np.array([[1.0, 1.0], [0.0, 1.0]]),
        "x": np.array([1.0, 1.0]),
    },
)
