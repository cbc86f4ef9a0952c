"""Linear algebra: inverses, solutions, determinants and decompositions of stacks of matrices.

A decomposition returns several arrays, and a rule is stated for one: so its factors are laid one
below the other in a single array, and taken apart again by slices.
"""

from functools import reduce
from typing import Any

import numpy as np

from derivref.autodiff.reductions import flattened
from derivref.autodiff.registry import case, implements
from derivref.autodiff.trace import Array, Stated, Traced, apply, strip


def _array(x: Any) -> Array:
    return x if isinstance(x, Traced) else np.asarray(x)


def _t(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def well(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw matrices whose condition numbers are small."""
    out = rng.normal(size=shape)
    return out + 3 * np.eye(shape[-2], shape[-1]) if len(shape) > 1 else out


def positive(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw symmetric positive definite matrices with distinct eigenvalues."""
    a = rng.normal(size=shape)
    return a @ _t(a) / shape[-1] + np.diag(1.0 + np.arange(shape[-1]))


def _trace_of_product(a: Array, b: Array) -> Array:
    """Return tr(aᵀ·b)."""
    return np.sum(a * b, axis=(-2, -1))


def _as_matrices(x: Array) -> Array:
    return np.expand_dims(x, (-2, -1))


# Inverses and solutions

INV = Stated(
    np.linalg.inv,
    lambda i, t, z, a: -(z @ t @ z),
    lambda i, g, z, a: -(_t(z) @ g @ _t(z)),
    "linalg.inv",
)
SOLVE = Stated(
    np.linalg.solve,
    lambda i, t, z, a, b: -np.linalg.solve(a, t @ z) if i == 0 else np.linalg.solve(a, t),
    lambda i, g, z, a, b: (
        -(np.linalg.solve(_t(a), g) @ _t(z)) if i == 0 else np.linalg.solve(_t(a), g)
    ),
    "linalg.solve",
)


@implements(np.linalg.inv, case((3, 3), draw=well), case((2, 2, 2), draw=well))
def _inv(a: Array) -> Array:
    return apply(INV, a)


@implements(
    np.linalg.solve,
    case((3, 3), (3,), draw=well),
    case((3, 3), (3, 2), draw=well),
    case((2, 3, 3), (3, 1), draw=well),
    case((3, 3), (2, 3, 1), draw=well),
)
def _solve(a: Array, b: Array) -> Array:
    a, b = _array(a), _array(b)
    if b.ndim == 1:
        return apply(SOLVE, a, np.expand_dims(b, -1))[..., 0]
    return apply(SOLVE, a, b)


def _pinv_forward(i: int, t: Array, z: Array, a: Array) -> Array:
    m, n = np.shape(a)[-2:]
    left, right = np.eye(m) - a @ z, np.eye(n) - z @ a
    return -(z @ t @ z) + z @ _t(z) @ _t(t) @ left + right @ _t(t) @ _t(z) @ z


def _pinv_reverse(i: int, g: Array, z: Array, a: Array) -> Array:
    m, n = np.shape(a)[-2:]
    left, right = np.eye(m) - a @ z, np.eye(n) - z @ a
    return -(_t(z) @ g @ _t(z)) + left @ _t(g) @ z @ _t(z) + _t(z) @ z @ _t(g) @ right


PINV = Stated(np.linalg.pinv, _pinv_forward, _pinv_reverse, "linalg.pinv")


@implements(
    np.linalg.pinv,
    case((3, 2), draw=well),
    case((2, 2, 3), draw=well),
    kinks="fewer than full rank: the slope at constant rank",
)
def _pinv(a: Array) -> Array:
    return apply(PINV, a)


# Determinants


def _cofactors(a: Array) -> Array:
    """Return the slope of the determinant, of a singular matrix as well: through the SVD."""
    if isinstance(a, Traced):
        return _as_matrices(np.linalg.det(a)) * _t(np.linalg.inv(a))
    good = np.isfinite(a).all((-2, -1), keepdims=True)
    u, s, vt = np.linalg.svd(np.where(good, a, np.eye(a.shape[-1])))
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1.0, np.expand_dims(s, -2)).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    out = np.sign(sign)[..., None, None] * (u * np.expand_dims(others, -2)) @ vt
    return np.where(good, out, np.nan).astype(a.dtype)


DET = Stated(
    np.linalg.det,
    lambda i, t, z, a: _trace_of_product(_cofactors(a), t),
    lambda i, g, z, a: _as_matrices(g) * _cofactors(a),
    "linalg.det",
)


def _regular(a: Array) -> tuple[Array, Array]:
    """Return the matrices with the identity in place of singular ones, and 0 or for those NaN."""
    singular = _as_matrices(np.linalg.slogdet(strip(a))[0] == 0)
    if not np.any(singular):
        return a, 0.0
    return np.where(singular, np.eye(np.shape(a)[-1]), a), np.where(singular, np.nan, 0.0)


def _inverse(a: Array) -> Array:
    """Return the inverse, NaN for a singular matrix: its value exists, and the slope does not."""
    regular, mark = _regular(a)
    return np.linalg.inv(regular) + mark


def _log_abs_det(a: Array) -> Array:
    return np.linalg.slogdet(a)[1]


LOGDET = Stated(
    _log_abs_det,
    lambda i, t, z, a: _trace_of_product(_t(_inverse(a)), t),
    lambda i, g, z, a: _as_matrices(g) * _t(_inverse(a)),
    "linalg.slogdet",
)


@implements(np.linalg.det, case((3, 3)), case((2, 2, 2)), case((1, 1)), case((0, 0)))
def _det(a: Array) -> Array:
    return apply(DET, a)


@implements(
    np.linalg.slogdet,
    case((3, 3), draw=well, call=lambda f, x: f(x)[1]),
    case((2, 2, 2), draw=well, call=lambda f, x: f(x)[0] * f(x).logabsdet),
)
def _slogdet(a: Array) -> Any:
    plain = np.linalg.slogdet(strip(a))
    return type(plain)(plain[0], apply(LOGDET, a))


# Decompositions. NumPy reads one triangle of a symmetric matrix, and so do the slopes: those of the
# lower triangle count for both.


def _symmetric(t: Array) -> Array:
    return np.tril(t) + _t(np.tril(t, -1))


def _lower(g: Array) -> Array:
    """Return the transpose of `_symmetric`."""
    return np.tril(g) + np.tril(_t(g), -1)


def _half(x: Array) -> Array:
    """Return the lower triangle with half of the diagonal."""
    return (np.tril(x) + np.tril(x, -1)) / 2


def _cholesky_forward(i: int, t: Array, z: Array, a: Array) -> Array:
    inner = np.linalg.solve(z, _t(np.linalg.solve(z, _symmetric(t))))
    return z @ _half(inner)


def _cholesky_reverse(i: int, g: Array, z: Array, a: Array) -> Array:
    inner = _half(_t(z) @ np.tril(g))
    inner = (inner + _t(inner)) / 2
    return _lower(np.linalg.solve(_t(z), _t(np.linalg.solve(_t(z), _t(inner)))))


CHOLESKY = Stated(np.linalg.cholesky, _cholesky_forward, _cholesky_reverse, "linalg.cholesky")


@implements(
    np.linalg.cholesky,
    case((3, 3), draw=positive),
    case((2, 2, 2), draw=positive),
    kinks="only the lower triangle is read",
)
def _cholesky(a: Array, upper: bool = False) -> Array:
    if upper:
        return _t(apply(CHOLESKY, _t(a)))
    return apply(CHOLESKY, a)


def _gaps(s: Array) -> tuple[Array, Array]:
    """Return 1/(sⱼ − sᵢ), 0 where they are equal, and where that is off the diagonal."""
    gap = np.expand_dims(s, -2) - np.expand_dims(s, -1)
    equal = strip(gap) == 0
    tied = equal & ~np.eye(np.shape(s)[-1], dtype=bool)
    return np.where(equal, 0.0, 1 / np.where(equal, 1.0, gap)), tied


def _undetermined(tied: Array, rotation: Array) -> Array:
    """Return NaN where vectors of equal values would have to turn: they are any basis."""
    return np.where(tied & (strip(rotation) != 0), np.nan, 0.0)


def _eigh(a: Array) -> Array:
    w, v = np.linalg.eigh(a)
    return np.concatenate([np.expand_dims(w, -2), v], axis=-2)


def _eigh_forward(i: int, t: Array, z: Array, a: Array) -> Array:
    w, v = z[..., 0, :], z[..., 1:, :]
    inner = _t(v) @ _symmetric(t) @ v
    inverse, tied = _gaps(w)
    dv = v @ (inverse * inner + _undetermined(tied, inner))
    return np.concatenate([np.expand_dims(np.diagonal(inner, 0, -2, -1), -2), dv], axis=-2)


def _eigh_reverse(i: int, g: Array, z: Array, a: Array) -> Array:
    w, v = z[..., 0, :], z[..., 1:, :]
    inner = _t(v) @ g[..., 1:, :]
    inverse, tied = _gaps(w)
    inner = inverse * inner + _undetermined(tied, inner - _t(inner))
    inner = inner + np.expand_dims(g[..., 0, :], -2) * np.eye(np.shape(w)[-1])
    return _lower(v @ inner @ _t(v))


EIGH = Stated(_eigh, _eigh_forward, _eigh_reverse, "linalg.eigh")


def _vectors(v: Array) -> Array:
    """Return what no choice of sign changes."""
    return v * np.sign(strip(v)[..., :1, :])


@implements(
    np.linalg.eigh,
    case((3, 3), draw=positive, call=lambda f, x: f(x)[0]),
    case((2, 3, 3), draw=positive, call=lambda f, x: _vectors(f(x).eigenvectors)),
    case(
        (3, 3), draw=positive, call=lambda f, x: np.concatenate([f(x)[0][None], _vectors(f(x)[1])])
    ),
    kinks="equal eigenvalues: their sum is right; NaN for vectors that would turn",
)
def _linalg_eigh(a: Array, UPLO: Any = "L") -> Any:  # noqa: N803
    if UPLO.upper() == "U":
        a = _t(a)
    packed = apply(EIGH, a)
    return type(np.linalg.eigh(np.eye(1)))(packed[..., 0, :], packed[..., 1:, :])


@implements(np.linalg.eigvalsh, case((3, 3), draw=positive), kinks="as `eigh`")
def _eigvalsh(a: Array, UPLO: Any = "L") -> Array:  # noqa: N803
    return np.linalg.eigh(a, UPLO)[0]


def _svd(a: Array) -> Array:
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, np.expand_dims(s, -2), _t(vt)], axis=-2)


def _svd_parts(z: Array, a: Array) -> tuple[Array, Array, Array]:
    m = np.shape(a)[-2]
    return z[..., :m, :], z[..., m, :], z[..., m + 1 :, :]


def _reciprocal(s: Array) -> Array:
    zero = strip(s) == 0
    return np.where(zero, 0.0, 1 / np.where(zero, 1.0, s))


def _svd_forward(i: int, t: Array, z: Array, a: Array) -> Array:
    u, s, v = _svd_parts(z, a)
    inner = _t(u) @ t @ v
    row, inverse = np.expand_dims(s, -2), np.expand_dims(_reciprocal(s), -2)
    gaps, tied = _gaps(np.square(s))
    in_u = inner * row + _t(inner * row)
    in_v = np.expand_dims(s, -1) * inner
    in_v = in_v + _t(in_v)
    du = u @ (gaps * in_u + _undetermined(tied, in_u)) + (t @ v - u @ inner) * inverse
    dv = v @ (gaps * in_v + _undetermined(tied, in_v)) + (_t(t) @ u - v @ _t(inner)) * inverse
    return np.concatenate([du, np.expand_dims(np.diagonal(inner, 0, -2, -1), -2), dv], axis=-2)


def _svd_reverse(i: int, g: Array, z: Array, a: Array) -> Array:
    u, s, v = _svd_parts(z, a)
    gu, gs, gv = _svd_parts(g, a)
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    inverse = np.expand_dims(_reciprocal(s), -2)
    gaps, tied = _gaps(np.square(s))
    of_u, of_v = _t(u) @ gu, _t(v) @ gv
    turn_u = gaps * of_u + _undetermined(tied, of_u - _t(of_u))
    turn_v = gaps * of_v + _undetermined(tied, of_v - _t(of_v))
    inner = (turn_u + _t(turn_u)) * row + column * (turn_v + _t(turn_v))
    inner = inner + np.expand_dims(gs, -2) * np.eye(np.shape(s)[-1])
    out = u @ inner @ _t(v)
    out = out + ((gu - u @ of_u) * inverse) @ _t(v)
    return out + u @ _t((gv - v @ of_v) * inverse)


SVD = Stated(_svd, _svd_forward, _svd_reverse, "linalg.svd")


def _factors(f: Any, x: Array) -> Array:
    """Return the three factors of a thin SVD in one array, with the signs fixed."""
    u, s, vt = f(x, full_matrices=False)
    sign = np.sign(strip(u)[..., :1, :])
    return np.concatenate([u * sign, np.expand_dims(s, -2), _t(vt) * sign], axis=-2)


@implements(
    np.linalg.svd,
    case((3, 2), call=lambda f, x: f(x, compute_uv=False)),
    case((3, 2), call=_factors),
    case((2, 3), call=_factors),
    case((2, 3, 3), call=_factors),
    kinks="equal singular values: their sum is right; NaN for vectors that would turn",
)
def _linalg_svd(a: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    m, n = np.shape(a)[-2:]
    if compute_uv and full_matrices and m != n:
        raise TypeError(
            f"`svd` of a traced {m}×{n} matrix takes full_matrices=False: the vectors beyond the "
            f"first {min(m, n)} are any basis, without a derivative"
        )
    u, s, v = _svd_parts(apply(SVD, a), a)
    if not compute_uv:
        return s
    return type(np.linalg.svd(np.eye(1)))(u, s, _t(v))


@implements(np.linalg.svdvals, case((3, 2)), case((2, 2, 3)), kinks="as `svd`")
def _svdvals(x: Array) -> Array:
    return np.linalg.svd(x, compute_uv=False)


def _qr(a: Array) -> Array:
    q, r = np.linalg.qr(a)
    return np.concatenate([q, _t(r)], axis=-2)


def _skew(x: Array) -> Array:
    low = np.tril(x, -1)
    return low - _t(low)


def _over(x: Array, r: Array) -> Array:
    """Return x·r⁻¹, NaN if r is singular."""
    regular, mark = _regular(r)
    return _t(np.linalg.solve(_t(regular), _t(x))) + mark


def _qr_forward(i: int, t: Array, z: Array, a: Array) -> Array:
    m = np.shape(a)[-2]
    q, r = z[..., :m, :], _t(z[..., m:, :])
    c = _over(t, r)
    b = _t(q) @ c
    return np.concatenate([q @ _skew(b) + c - q @ b, _t((b - _skew(b)) @ r)], axis=-2)


def _qr_reverse(i: int, g: Array, z: Array, a: Array) -> Array:
    m = np.shape(a)[-2]
    q, r = z[..., :m, :], _t(z[..., m:, :])
    gq, gr = g[..., :m, :], _t(g[..., m:, :])
    w, v = gr @ _t(r), _t(q) @ gq
    inner = w - np.tril(w - _t(w), -1) + np.tril(v - _t(v), -1) - v
    return _over(q @ inner + gq, _t(r))


QR = Stated(_qr, _qr_forward, _qr_reverse, "linalg.qr")


@implements(
    np.linalg.qr,
    case((3, 3), draw=well, call=lambda f, x: np.concatenate(f(x), axis=-2)),
    case((2, 4, 2), draw=well, call=lambda f, x: np.concatenate(f(x), axis=-2)),
    case((3, 2), draw=well, call=lambda f, x: f(x, mode="r")),
)
def _linalg_qr(a: Array, mode: str = "reduced") -> Any:
    m, n = np.shape(a)[-2:]
    if m < n or (mode != "r" and mode != "reduced" and not (mode == "complete" and m == n)):
        raise TypeError(
            f"`qr` of a traced {m}×{n} matrix with mode={mode!r} has no derivative rule: it takes "
            "no fewer rows than columns, and mode='reduced' or 'r'"
        )
    packed = apply(QR, a)
    q, r = packed[..., :m, :], _t(packed[..., m:, :])
    return r if mode == "r" else type(np.linalg.qr(np.eye(1)))(q, r)


@implements(
    np.linalg.matrix_power,
    *(case((3, 3), n=n) for n in (0, 1, 3)),
    case((2, 3, 3), n=-2, draw=well),
)
def _matrix_power(a: Array, n: int) -> Array:
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.broadcast_to(np.eye(np.shape(a)[-1], dtype=a.dtype), np.shape(a)).copy()
    odd = [a] if n % 2 else []
    return reduce(np.matmul, [*([np.linalg.matrix_power(a @ a, n // 2)] if n > 1 else []), *odd])


@implements(np.linalg.vector_norm, case((2, 3)), case((2, 3), axis=-1, ord=1))
def _vector_norm(x: Array, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    flat, back = flattened(x, axis)  # of two axes `norm` would take the norm of a matrix
    out = np.linalg.norm(flat, ord, -1)
    return back(out) if keepdims else out


@implements(np.linalg.matrix_norm, case((2, 3, 2)), case((3, 2), ord=2, keepdims=True))
def _matrix_norm(x: Array, keepdims: bool = False, ord: Any = "fro") -> Array:
    return np.linalg.norm(x, ord, (-2, -1), keepdims)
