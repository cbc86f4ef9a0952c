"""Eigenvalues, singular values and functions of matrices."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    DEFINITE,
    LOWER,
    REAL_SPECTRUM,
    REGULAR,
    SMALL,
    SPREAD,
    SQUARE,
    SYMMETRIC,
    TALL,
    TEN_DIGITS,
    along,
    expm,
    half,
    left,
    lyapunov,
    lyapunov_slope,
    matrix,
    matrix_log,
    right,
    root,
    slope,
)

add = FAMILY.add

add(
    name="eigenvalue",
    title="Differential of an eigenvalue, symmetric",
    use="Spectral penalties; perturbation theory.",
    left=along(lambda X: np.linalg.eigvalsh(X)[0]),
    right=lambda X, dX: np.linalg.eigh(X)[1][:, 0] @ dX @ np.linalg.eigh(X)[1][:, 0],
    variables={"X": SPREAD, "dX": SYMMETRIC},
    statement=r"\mathrm d\lambda_i = v_i^{\mathsf T}\,\mathrm dX\,v_i",
    needs="*X* and d*X* symmetric, *λᵢ* simple, *vᵢ* of length 1",
    without="Where two eigenvalues meet each has a kink; their sum is smooth.",
    promise=TEN_DIGITS,
)

add(
    name="eigenprojector",
    title="Differential of an eigenvector, by its projector",
    use="The projector has no sign to choose.",
    left=along(lambda X: np.outer(np.linalg.eigh(X)[1][:, 0], np.linalg.eigh(X)[1][:, 0])),
    right=lambda X, dX: (lambda v, w: np.outer(v, w) + np.outer(w, v))(
        np.linalg.eigh(X)[1][:, 0],
        np.linalg.pinv(np.linalg.eigvalsh(X)[0] * np.eye(len(X)) - X, 1e-12)
        @ dX
        @ np.linalg.eigh(X)[1][:, 0],
    ),
    variables={"X": SPREAD, "dX": SYMMETRIC},
    statement=(
        r"\mathrm d(v_iv_i^{\mathsf T}) = w v_i^{\mathsf T} + v_i w^{\mathsf T},\quad w = "
        r"(\lambda_iI - X)^{+}\,\mathrm dX\,v_i"
    ),
    needs="*X* and d*X* symmetric, *λᵢ* simple",
    promise=TEN_DIGITS,
)

add(
    name="eigenvalue_general",
    title="Differential of an eigenvalue, any matrix",
    use="Stability of linear dynamics: left and right vectors differ.",
    left=along(lambda X: np.sort(np.linalg.eigvals(X).real)[-1]),
    right=lambda X, dX: left(X) @ dX @ right(X) / (left(X) @ right(X)),
    variables={"X": REAL_SPECTRUM, "dX": SQUARE},
    statement=(
        r"\mathrm d\lambda = \frac{y^{\mathsf T}\,\mathrm dX\,x}{y^{\mathsf T}x},\quad Xx = "
        r"\lambda x,\; X^{\mathsf T}y = \lambda y"
    ),
    needs="*λ* real and simple",
    promise=TEN_DIGITS,
)

add(
    name="singular_value",
    title="Differential of a singular value",
    use="Ranks and condition numbers.",
    left=along(lambda X: np.linalg.svd(X)[1][0]),
    right=lambda X, dX: np.linalg.svd(X)[0][:, 0] @ dX @ np.linalg.svd(X)[2][0],
    variables={"X": TALL, "dX": matrix("(5, n)")},
    statement=r"\mathrm d\sigma_i = u_i^{\mathsf T}\,\mathrm dX\,v_i",
    needs="*σᵢ* simple and positive",
    promise=TEN_DIGITS,
)

add(
    name="exponential_trace",
    title="Trace of an exponential",
    use="Partition functions; acyclicity penalties.",
    left=slope("X", lambda X: np.trace(expm(X))),
    right=lambda X: expm(X).T,
    variables={"X": SMALL},
    statement=r"\nabla_X\,\mathrm{tr}(\mathrm e^X) = (\mathrm e^X)^{\mathsf T}",
    needs="*X* square",
    promise=TEN_DIGITS,
)

add(
    name="matrix_exponential",
    title="Differential of an exponential",
    use="Linear dynamics and rotations.",
    left=along(lambda X: expm(X)),
    right=lambda X, dX: expm(np.block([[X, dX], [0 * X, X]]))[: len(X), len(X) :],
    variables={"X": SMALL, "dX": SMALL},
    statement=(
        r"\begin{pmatrix}\mathrm e^X & \mathrm d\,\mathrm e^X \\ 0 & \mathrm e^X\end{pmatrix} = "
        r"\exp\begin{pmatrix}X & \mathrm dX \\ 0 & X\end{pmatrix}"
    ),
    needs="*X* square",
    without="e^X d*X* holds only where *X* and d*X* commute.",
    promise=TEN_DIGITS,
)

add(
    name="matrix_exponential_naive",
    title="Differential of an exponential, the scalar formula",
    use="The order of factors is lost.",
    holds=False,
    left=along(lambda X: expm(X)),
    right=lambda X, dX: expm(X) @ dX,
    variables={"X": SMALL, "dX": SMALL},
    statement=r"\mathrm d\,\mathrm e^X = \mathrm e^X\,\mathrm dX",
    needs="*X* and d*X* commute, which is not said",
    counterexample={
        "X": np.array([[0.0, 1.0], [0.0, 0.0]]),
        "dX": np.array([[0.0, 0.0], [1.0, 0.0]]),
    },
)

add(
    name="exponential_backward",
    title="Backward pass of an exponential",
    use="The same block formula with the transpose.",
    left=slope("X", lambda G, X: np.sum(G * expm(X))),
    right=lambda G, X: expm(np.block([[X.T, G], [0 * X, X.T]]))[: len(X), len(X) :],
    variables={"G": SMALL, "X": SMALL},
    statement=r"\nabla_X\,\mathrm{tr}(G^{\mathsf T}\mathrm e^X) = L(X^{\mathsf T}, G)",
    needs="*L*(*X*, *E*) is the differential of the exponential at *X* along *E*",
    promise=TEN_DIGITS,
)

add(
    name="matrix_square_root",
    title="Differential of a square root",
    use="Whitening; the differential solves a Sylvester equation.",
    left=lambda X, dX: (
        root(X) @ along(lambda X: root(X))(X, dX) + along(lambda X: root(X))(X, dX) @ root(X)
    ),
    right=lambda X, dX: dX,
    variables={"X": DEFINITE, "dX": SYMMETRIC},
    statement=r"X^{1/2}\,\mathrm dX^{1/2} + \mathrm dX^{1/2}\,X^{1/2} = \mathrm dX",
    needs="*X* symmetric positive definite, the positive root",
    promise=TEN_DIGITS,
)

add(
    name="logarithm_trace",
    title="Trace of a logarithm",
    use="It is the logarithm of the determinant.",
    left=along(lambda X: np.sum(np.log(np.linalg.eigvalsh(X)))),
    right=lambda X, dX: np.trace(np.linalg.solve(X, dX)),
    variables={"X": DEFINITE, "dX": SYMMETRIC},
    statement=r"\mathrm d\,\mathrm{tr}(\ln X) = \mathrm{tr}(X^{-1}\mathrm dX)",
    needs="*X* symmetric positive definite",
    promise=TEN_DIGITS,
)

add(
    name="von_neumann_entropy",
    title="Von Neumann entropy",
    use="Effective ranks.",
    left=along(lambda X: -np.sum(np.linalg.eigvalsh(X) * np.log(np.linalg.eigvalsh(X)))),
    right=lambda X, dX: -np.trace((matrix_log(X) + np.eye(len(X))) @ dX),
    variables={"X": DEFINITE, "dX": SYMMETRIC},
    statement=(
        r"\mathrm d\left(-\mathrm{tr}(X\ln X)\right) = -\mathrm{tr}\left((\ln X + I)\,\mathrm "
        r"dX\right)"
    ),
    needs="*X* symmetric positive definite",
    promise=TEN_DIGITS,
)

add(
    name="largest_log_sum",
    title="Soft maximum of the eigenvalues",
    use="A smooth bound on the largest eigenvalue.",
    left=along(lambda X: np.log(np.sum(np.exp(np.linalg.eigvalsh(X))))),
    right=lambda X, dX: np.trace(expm(X) @ dX) / np.trace(expm(X)),
    variables={"X": SYMMETRIC, "dX": SYMMETRIC},
    statement=(
        r"\mathrm d\ln\mathrm{tr}\,\mathrm e^X = \frac{\mathrm{tr}(\mathrm e^X\,\mathrm "
        r"dX)}{\mathrm{tr}\,\mathrm e^X}"
    ),
    needs="*X* symmetric",
    promise=TEN_DIGITS,
)

add(
    name="lyapunov_solution",
    title="Differential of the solution of a Lyapunov equation",
    use="Steady covariances: the same equation with another right side.",
    left=lambda A, Q, dA: A @ lyapunov_slope(A, Q, dA) + lyapunov_slope(A, Q, dA) @ A.T,
    right=lambda A, Q, dA: -(dA @ lyapunov(A, Q) + lyapunov(A, Q) @ dA.T),
    variables={"A": REGULAR, "Q": SYMMETRIC, "dA": SQUARE},
    statement=(
        r"A\,\mathrm dX + \mathrm dX\,A^{\mathsf T} = -\left(\mathrm dA\,X + X\,\mathrm "
        r"dA^{\mathsf T}\right),\quad AX + XA^{\mathsf T} = Q"
    ),
    needs="no two eigenvalues of *A* add to 0",
    promise=TEN_DIGITS,
)

add(
    name="cholesky_factor",
    title="Differential of a Cholesky factor",
    use="Sampling from Gaussians; the diagonal counts half.",
    left=along(lambda X: np.linalg.cholesky(X)),
    right=lambda X, dX: (lambda L: L @ half(np.linalg.solve(L, np.linalg.solve(L, dX).T)))(
        np.linalg.cholesky(X)
    ),
    variables={"X": DEFINITE, "dX": SYMMETRIC},
    statement=r"\mathrm dL = L\,\Phi\left(L^{-1}\mathrm dX\,L^{-\mathsf T}\right)",
    needs=(
        "*X* positive definite, d*X* symmetric; Φ keeps the lower triangle and halves the diagonal"
    ),
    without="Without the half the diagonal is twice too large.",
    promise=TEN_DIGITS,
)

add(
    name="cholesky_log_determinant",
    title="Logarithm of a determinant by Cholesky",
    use="Twice the sum of the logarithms on the diagonal.",
    left=slope("L", lambda L: np.linalg.slogdet(np.tril(L) @ np.tril(L).T)[1]),
    right=lambda L: 2 * np.diag(1 / np.diag(L)),
    variables={"L": LOWER},
    statement=r"\nabla_L \ln\det(LL^{\mathsf T}) = 2\,\mathrm{diag}(1/L_{ii})",
    needs="*L* lower triangular; the lower triangle alone is free",
    promise=TEN_DIGITS,
)

add(
    name="orthogonal_direction",
    title="Differential of an orthogonal matrix",
    use="Rotations move along skew directions.",
    left=lambda X, dX: (
        (lambda Q, W: Q.T @ W + W.T @ Q)(
            np.linalg.qr(X)[0], along(lambda X: np.linalg.qr(X)[0])(X, dX)
        )
        + np.eye(len(X))
    ),
    right=lambda X, dX: np.eye(len(X)),
    variables={"X": REGULAR, "dX": SQUARE},
    statement=r"Q^{\mathsf T}\mathrm dQ + (Q^{\mathsf T}\mathrm dQ)^{\mathsf T} + I = I",
    needs="*Q* orthogonal; of *QR* with a fixed sign of the diagonal",
    promise=TEN_DIGITS,
)
