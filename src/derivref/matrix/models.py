"""Likelihoods, least squares and kernels."""

import numpy as np

from derivref.matrix import FAMILY
from derivref.matrix.slopes import (
    DEFINITE,
    LOWER,
    SQUARE,
    TEN_DIGITS,
    VECTOR,
    hessian,
    matrix,
    number,
    pair,
    slope,
)

add = FAMILY.add

add(
    name="gaussian_mean",
    title="Gaussian log-likelihood in the mean",
    use="Fitting a mean.",
    left=slope("m", lambda P, x, m: -0.5 * (x - m) @ np.linalg.solve(P, x - m)),
    right=lambda P, x, m: np.linalg.solve(P, x - m),
    variables={"P": DEFINITE, "x": VECTOR, "m": VECTOR},
    statement=r"\nabla_m \ln p(x) = \Sigma^{-1}(x - m)",
    needs="Σ symmetric positive definite",
    promise=TEN_DIGITS,
)

add(
    name="gaussian_covariance",
    title="Gaussian log-likelihood in the covariance",
    use="Fitting a covariance; the result is symmetric.",
    left=slope("P", lambda P, x: -0.5 * (np.linalg.slogdet(P)[1] + x @ np.linalg.solve(P, x))),
    right=lambda P, x: (
        0.5 * (np.outer(np.linalg.solve(P, x), np.linalg.solve(P, x)) - np.linalg.inv(P))
    ),
    variables={"P": DEFINITE, "x": VECTOR},
    statement=(
        r"\nabla_\Sigma \ln p(x) = \tfrac12\left(\Sigma^{-1}xx^{\mathsf T}\Sigma^{-1} - "
        r"\Sigma^{-1}\right)"
    ),
    needs="Σ symmetric positive definite, mean 0",
    promise=TEN_DIGITS,
)

add(
    name="gaussian_precision",
    title="Gaussian log-likelihood in the precision",
    use="Graphical models.",
    left=slope("P", lambda P, x: 0.5 * (np.linalg.slogdet(P)[1] - x @ P @ x)),
    right=lambda P, x: 0.5 * (np.linalg.inv(P) - np.outer(x, x)),
    variables={"P": DEFINITE, "x": VECTOR},
    statement=r"\nabla_\Lambda \ln p(x) = \tfrac12\left(\Lambda^{-1} - xx^{\mathsf T}\right)",
    needs="Λ symmetric positive definite, mean 0",
    promise=TEN_DIGITS,
)

add(
    name="gaussian_cholesky",
    title="Gaussian log-likelihood in the Cholesky factor",
    use="Variational inference with full covariances.",
    left=slope(
        "L",
        lambda L, x: (
            -np.sum(np.log(np.diag(L))) - 0.5 * np.sum(np.linalg.solve(np.tril(L), x) ** 2)
        ),
    ),
    right=lambda L, x: (
        np.tril(np.outer(np.linalg.solve(L.T, np.linalg.solve(L, x)), np.linalg.solve(L, x)))
        - np.diag(1 / np.diag(L))
    ),
    variables={"L": LOWER, "x": VECTOR},
    statement=(
        r"\nabla_L \ln p(x) = \mathrm{tril}\left(L^{-\mathsf T}zz^{\mathsf T}\right) - "
        r"\mathrm{diag}(1/L_{ii}),\quad z = L^{-1}x"
    ),
    needs="*L* lower triangular with positive diagonal, Σ = *LLᵀ*, mean 0",
    promise=TEN_DIGITS,
)

add(
    name="least_squares_gradient",
    title="Least squares",
    use="The normal equations are where it vanishes.",
    left=slope("w", lambda A, b, w: np.sum((A @ w - b) ** 2)),
    right=lambda A, b, w: 2 * A.T @ (A @ w - b),
    variables={"A": matrix(), "b": VECTOR, "w": matrix("(k)", "a vector")},
    statement=r"\nabla_w \lVert Aw - b\rVert_2^2 = 2A^{\mathsf T}(Aw - b)",
    needs="nothing",
    promise=TEN_DIGITS,
)

add(
    name="residual_norm",
    title="Norm of a residual",
    use="Without the square the length of the residual divides.",
    left=slope("w", lambda A, b, w: np.linalg.norm(A @ w - b)),
    right=lambda A, b, w: A.T @ (A @ w - b) / np.linalg.norm(A @ w - b),
    variables={"A": matrix("(k, n)"), "b": matrix("(k)", "a vector"), "w": VECTOR},
    statement=(
        r"\nabla_w \lVert Aw - b\rVert_2 = \frac{A^{\mathsf T}(Aw - b)}{\lVert Aw - b\rVert_2}"
    ),
    needs="the residual is not 0",
    promise=TEN_DIGITS,
)

add(
    name="ridge_gradient",
    title="Ridge regression",
    use="Least squares with weight decay.",
    left=slope("w", lambda A, b, w: np.sum((A @ w - b) ** 2) + 0.5 * w @ w),
    right=lambda A, b, w: 2 * A.T @ (A @ w - b) + w,
    variables={"A": matrix(), "b": VECTOR, "w": matrix("(k)", "a vector")},
    statement=(
        r"\nabla_w \left(\lVert Aw - b\rVert_2^2 + \lambda\lVert w\rVert_2^2\right) = "
        r"2A^{\mathsf T}(Aw - b) + 2\lambda w,\quad \lambda = \tfrac12"
    ),
    needs="nothing",
    promise=TEN_DIGITS,
)

add(
    name="logistic_gradient",
    title="Gradient of the logistic loss",
    use="Binary classification.",
    left=slope("w", lambda X, w: np.sum(np.logaddexp(0, X @ w))),
    right=lambda X, w: X.T @ (1 / (1 + np.exp(-X @ w))),
    variables={"X": matrix(), "w": matrix("(k)", "a vector")},
    statement=(
        r"\nabla_w \sum_i \ln(1 + \mathrm e^{x_i^{\mathsf T}w}) = X^{\mathsf T}p,\quad p_i = "
        r"\frac{1}{1 + \mathrm e^{-x_i^{\mathsf T}w}}"
    ),
    needs="labels 0; with labels *y* take *p* − *y*",
    promise=TEN_DIGITS,
)

add(
    name="logistic_hessian",
    title="Hessian of the logistic loss",
    use="Newton steps and its convexity.",
    left=hessian("w", lambda X, w: X.T @ (1 / (1 + np.exp(-X @ w)))),
    right=lambda X, w: (lambda p: X.T @ np.diag(p * (1 - p)) @ X)(1 / (1 + np.exp(-X @ w))),
    variables={"X": matrix(), "w": matrix("(k)", "a vector")},
    statement=r"\nabla^2 = X^{\mathsf T}DX,\quad D = \mathrm{diag}(p_i(1 - p_i))",
    needs="labels in {0, 1} or in {−1, 1}: the same matrix",
    promise=TEN_DIGITS,
)

add(
    name="softmax_linear",
    title="Softmax regression in the weights",
    use="The last layer of a classifier.",
    left=slope("W", lambda W, x: np.log(np.sum(np.exp(W @ x))) - (W @ x)[0]),
    right=lambda W, x: np.outer(np.exp(W @ x) / np.sum(np.exp(W @ x)) - np.eye(len(W))[0], x),
    variables={"W": matrix("(3, k)"), "x": matrix("(k)", "a vector")},
    statement=r"\nabla_W \ell = (p - y)\,x^{\mathsf T}",
    needs="*y* one-hot, here the first class",
    promise=TEN_DIGITS,
)

add(
    name="gaussian_kernel",
    title="Gaussian kernel in a point",
    use="Kernel regression and Gaussian processes.",
    left=slope("x", lambda x, y: np.exp(-0.5 * np.sum((x - y) ** 2))),
    right=lambda x, y: -np.exp(-0.5 * np.sum((x - y) ** 2)) * (x - y),
    variables={"x": VECTOR, "y": VECTOR},
    statement=r"\nabla_x\, k(x, y) = -k(x, y)\,(x - y)",
    needs="length scale 1",
    promise=TEN_DIGITS,
)

add(
    name="kernel_evidence",
    title="Evidence of a Gaussian process in the kernel matrix",
    use="Fitting kernel parameters.",
    left=slope("P", lambda P, y: -0.5 * (y @ np.linalg.solve(P, y) + np.linalg.slogdet(P)[1])),
    right=lambda P, y: (lambda a: 0.5 * (np.outer(a, a) - np.linalg.inv(P)))(np.linalg.solve(P, y)),
    variables={"P": DEFINITE, "y": VECTOR},
    statement=(
        r"\nabla_K \ln p(y) = \tfrac12\left(aa^{\mathsf T} - K^{-1}\right),\quad a = K^{-1}y"
    ),
    needs="*K* symmetric positive definite",
    promise=TEN_DIGITS,
)

add(
    name="quadratic_hessian",
    title="Hessian of a quadratic form",
    use="It is symmetric whatever the matrix is.",
    left=hessian("x", lambda A, b, x: (A + A.T) @ x + b),
    right=lambda A, b, x: A + A.T,
    variables={"A": SQUARE, "b": VECTOR, "x": VECTOR},
    statement=r"\nabla_x^2\,(x^{\mathsf T}Ax + b^{\mathsf T}x) = A + A^{\mathsf T}",
    needs="*A* square",
    promise=TEN_DIGITS,
)

add(
    name="log_sum_exp_hessian",
    title="Hessian of log-sum-exp",
    use="The covariance of a one-hot draw.",
    left=hessian("x", lambda x: np.exp(x) / np.sum(np.exp(x))),
    right=lambda x: (lambda p: np.diag(p) - np.outer(p, p))(np.exp(x) / np.sum(np.exp(x))),
    variables={"x": VECTOR},
    statement=r"\nabla_x^2 \ln\sum_i \mathrm e^{x_i} = \mathrm{diag}(p) - pp^{\mathsf T}",
    needs="*p* the softmax of *x*",
    promise=TEN_DIGITS,
)

add(
    name="norm_hessian",
    title="Hessian of a norm",
    use="Curvature across the direction alone.",
    left=hessian("x", lambda x: x / np.linalg.norm(x)),
    right=lambda x: np.eye(len(x)) / np.linalg.norm(x) - np.outer(x, x) / np.linalg.norm(x) ** 3,
    variables={"x": matrix("(3)", "a vector")},
    statement=(
        r"\nabla_x^2 \lVert x\rVert_2 = \frac{1}{\lVert x\rVert_2}\left(I - \frac{xx^{\mathsf "
        r"T}}{\lVert x\rVert_2^2}\right)"
    ),
    needs="*x* ≠ 0",
    promise=TEN_DIGITS,
)

add(
    name="lms_printed",
    title="Complex least mean squares, as printed",
    use=("The formula speaks of a squared complex number, which is not what is minimised."),
    holds=False,
    left=lambda a, b, x: pair(
        (number(a) - number(x, 0.5) * number(b)) ** 2
        - (number(a) - number(x, -0.5) * number(b)) ** 2
    ),
    right=lambda a, b, x: pair(-2 * number(b) * np.conj(number(a) - number(x) * number(b))),
    variables={
        "a": matrix("(2)", "a vector"),
        "b": matrix("(2)", "a vector"),
        "x": matrix("(2)", "a vector"),
    },
    statement=(
        r"\frac{\partial (a - \bar x b)^2}{\partial \bar x} = -2b\,\overline{(a - \bar x b)}"
    ),
    needs=(
        "the squared modulus in place of the square, and twice the conjugate derivative, "
        "neither of which is said"
    ),
    counterexample={"a": np.array([0.0, 1.0]), "b": np.array([1.0, 0.0]), "x": np.zeros(2)},
)
