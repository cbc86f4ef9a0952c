"""Gradients of numbers that are made of matrices."""

import numpy as np

from derivref.differences import gradient
from derivref.matrix import FAMILY
from derivref.records import Argument

add = FAMILY.add

SQUARE = Argument(
    says="a square matrix, far from singular",
    shape="(n, n)",
    sample=lambda rng, shape: rng.normal(size=shape) + 4 * np.eye(shape[0]),
)


def _numerical(value):
    """Return the gradient of a function of one matrix by differences of several steps."""

    def slope(A):  # the matrix of the statements
        found = gradient(lambda a: value(a.reshape(A.shape)), A.ravel())
        return found.value.reshape(A.shape)

    return slope


add(
    name="log_determinant",
    title="Logarithm of a determinant",
    use="The normalisation of Gaussian densities and normalising flows.",
    left=_numerical(lambda A: np.linalg.slogdet(A)[1]),
    right=lambda A: np.linalg.inv(A).T,
    variables={"A": SQUARE},
    statement=r"\nabla_A \ln \lvert\det A\rvert = A^{-\mathsf T}",
    needs="*A* invertible; its entries independent (for symmetric *A* the gradient along symmetric "
    "directions is the same matrix)",
    without="At a singular matrix the logarithm is −∞ and has no gradient.",
    promise=1e8,  # the left side is numerical: ten digits
)

add(
    name="quadratic_form",
    title="Quadratic form",
    use="Least squares, energies, and the second-order term of every expansion.",
    left=lambda A, x: _numerical(lambda v: v @ A @ v)(x),
    right=lambda A, x: (A + A.T) @ x,
    variables={
        "A": Argument(says="a square matrix", shape="(n, n)"),
        "x": Argument(says="a vector", shape="(n)"),
    },
    statement=r"\nabla_x\, x^{\mathsf T} A x = (A + A^{\mathsf T})\,x",
    needs="*A* square; nothing else",
    without="2*Ax* holds for symmetric *A* only.",
    promise=1e8,
)

add(
    name="quadratic_form_unsymmetric",
    title="Quadratic form, the symmetric formula",
    use="The formula that many notes print without its hypothesis.",
    holds=False,
    left=lambda A, x: _numerical(lambda v: v @ A @ v)(x),
    right=lambda A, x: 2 * A @ x,
    variables={
        "A": Argument(says="a square matrix", shape="(n, n)"),
        "x": Argument(says="a vector", shape="(n)"),
    },
    statement=r"\nabla_x\, x^{\mathsf T} A x = 2 A x",
    needs="*A* symmetric, which is not said",
    counterexample={"A": np.array([[0.0, 1.0], [0.0, 0.0]]), "x": np.array([1.0, 2.0])},
)
