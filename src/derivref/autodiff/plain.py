"""Functions whose values do not move with x, and what to write instead of those without a rule."""

from collections.abc import Callable
from typing import Any

import numpy as np

from derivref.autodiff.trace import RULES, WRITE_INSTEAD, strip


def _plain(f: Callable[..., Any]) -> Callable[..., Any]:
    def of_primals(*args: Any, **kwargs: Any) -> Any:
        return f(*map(strip, args), **{k: strip(v) for k, v in kwargs.items()})

    return of_primals


#: Shapes, places and truths: constant wherever they have a slope. They return plain arrays.
CONSTANT = (
    *(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.imag),
    *(np.argmax, np.argmin, np.argsort, np.argpartition, np.lexsort, np.nanargmax, np.nanargmin),
    *(np.searchsorted, np.digitize, np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero),
    *(np.any, np.all, np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin),
    *(np.round, np.around, np.fix, np.iscomplexobj, np.isrealobj, np.isreal, np.isneginf),
    *(np.isposinf, np.linalg.matrix_rank, np.result_type, np.can_cast, np.min_scalar_type),
    *(np.iscomplex, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from),
    *(np.may_share_memory, np.shares_memory, np.array_repr, np.array_str, np.array2string),
)
RULES.update((f, _plain(f)) for f in CONSTANT)
for _logical in (np.logical_and, np.logical_or):
    RULES[_logical.reduce] = _plain(_logical.reduce)

_OWN = (
    *("solve", "inv", "det", "cholesky", "eigh", "eigvalsh", "svd", "svdvals", "qr", "pinv"),
    "norm",
)
_DFT = "it is complex: use the matrices `np.fft.fft(np.eye(n)).real @ x` and `….imag @ x`"
_WHERE = "it works in place: use `np.where`"

# SciPy's ufuncs pass a traced array on and have rules or none, like NumPy's. Its other functions
# convert to plain numbers first, so nothing but a refusal is possible.
WRITE_INSTEAD.update(
    {
        **{f"scipy.linalg.{name}": f"use `np.linalg.{name}`" for name in _OWN},
        **{
            f"scipy.linalg.{name}": "use `np.linalg.solve`"
            for name in ("solve_triangular", "cho_solve", "lu_solve", "solveh_banded", "lu_factor")
        },
        "scipy.linalg.cho_factor": "use `np.linalg.cholesky`",
        "scipy.linalg.lstsq": "use `np.linalg.pinv(a) @ b`",
        "scipy.linalg.expm": "use `np.linalg.eigh` if the matrix is symmetric, or its Taylor "
        "series with scaling and squaring",
        "scipy.linalg": "use `np.linalg`",
        "scipy.special.logsumexp": "use `np.logaddexp.reduce(x, axis)`",
        "scipy.special.softmax": "use `np.exp(x - np.logaddexp.reduce(x, axis, keepdims=True))`",
        "scipy.special.log_softmax": "use `x - np.logaddexp.reduce(x, axis, keepdims=True)`",
        "scipy.special.polygamma": "differentiate `scipy.special.psi`",
        "scipy.special.factorial": "use `scipy.special.gamma(x + 1)`",
        "scipy.special.comb": "use `scipy.special.gammaln`",
        "scipy.special.multigammaln": "use a sum of `scipy.special.gammaln`",
        "scipy.integrate.trapezoid": "use `np.trapezoid`",
        "scipy.integrate": "use a sum with constant weights and nodes",
        "scipy.interpolate": "use `np.interp`, or a product with a constant matrix",
        "scipy.signal": "use `np.convolve`",
        "scipy.ndimage": "use `np.convolve`, or slices",
        "scipy.sparse": "use a dense matrix (`.toarray()`)",
        "scipy.stats": "write the density with NumPy and the ufuncs of `scipy.special`",
        "scipy.optimize": "differentiate the equation that the solution satisfies",
        "pandas": "take the array of the Series or frame first (`.to_numpy()`)",
        "scipy.fft": _DFT,
        "numpy.fft": _DFT,
        "numpy.vectorize": "write f for arrays, with `np.where` for its branches",
        "numpy.full": "use `x * np.ones(shape)`",
        "numpy.float32": "use `x.astype(np.float32)`",
        "numpy.linalg.eig": "use `np.linalg.eigh` if the matrix is symmetric",
        "numpy.linalg.eigvals": "use `np.linalg.eigvalsh` if the matrix is symmetric",
        "numpy.linalg.lstsq": "use `np.linalg.pinv(a) @ b`",
        "numpy.linalg.cond": "use the singular values of `np.linalg.svd(x, compute_uv=False)`",
        "numpy.linalg.tensorsolve": "reshape, and use `np.linalg.solve`",
        "numpy.linalg.tensorinv": "reshape, and use `np.linalg.inv`",
        "numpy.polyfit": "use `np.linalg.pinv(np.vander(x, n)) @ y`",
        "numpy.logspace": "use `10 ** np.linspace(a, b, n)`",
        "numpy.geomspace": "use `np.exp(np.linspace(np.log(a), np.log(b), n))`",
        "numpy.nanquantile": "use `np.quantile` of the elements that are no NaN",
        "numpy.nanpercentile": "use `np.percentile` of the elements that are no NaN",
        "numpy.i0": "use `scipy.special.i0`",
        "beta": "use `np.exp` of a sum of `scipy.special.gammaln`",
        "betaln": "use a sum of `scipy.special.gammaln`",
        "binom": "use `np.exp` of a sum of `scipy.special.gammaln`",
        "exprel": "use `np.expm1(x) / x`",
        "i0e": "use `np.exp(-np.abs(x)) * scipy.special.i0(x)`",
        "numpy.roots": "differentiate the equation that a root satisfies",
        "numpy.piecewise": "use `np.where` or `np.select`",
        "numpy.apply_along_axis": "use the `axis` of the functions inside",
        "numpy.apply_over_axes": "use the `axis` of the functions inside",
        "numpy.gradient": "use `np.diff`",
        "numpy.insert": "use `np.concatenate`",
        "numpy.choose": "use `np.where` or `np.select`",
        "numpy.unique": "use `np.sort`",
        "numpy.histogram": "counts have slope 0: smooth them with a kernel",
        "numpy.bincount": "use `np.eye(n)[index].T @ weights`",
        **{
            f"numpy.{name}": _WHERE
            for name in ("copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis")
        },
    }
)
