"""Products of arrays: linear in each factor, so a tangent takes the place of its factor."""

import math
import string
from functools import reduce
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from derivref.autodiff.registry import case, implements
from derivref.autodiff.trace import Array, Multilinear, Traced, apply, strip, with_value


def _array(x: Any) -> Array:
    return x if isinstance(x, Traced) else np.asarray(x)


def _swap(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def matmul(a: Array, b: Array) -> Array:
    """Return the products of stacks of matrices."""
    return a @ b


def convolve(a: Array, b: Array) -> Array:
    """Return the full convolution."""
    return np.convolve(a, b)


def einsum(*operands: Array, subscripts: str, optimize: Any = False) -> Array:
    """Return `np.einsum` of explicit subscripts; another order would overflow elsewhere."""
    return np.einsum(subscripts, *operands, optimize=optimize)


def _einsum_transpose(
    i: int, g: Array, values: Any, subscripts: str, optimize: Any = False
) -> Array:
    """Return the product of g with the other factors, labelled as the factor that is missing.

    A label that no other array has is brought in by ones; one that the factor has twice by an
    identity matrix.
    """
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    sizes: dict[str, int] = {}
    for term, value in zip(terms, values, strict=True):
        for label, n in zip(term, np.shape(value), strict=True):
            sizes[label] = max(n, sizes.get(label, 1)) if n else 0
    free = iter(c for c in string.ascii_letters if c not in subscripts)
    labels, factors = [output], [g]
    for j, value in enumerate(values):
        if j != i:
            labels.append(terms[j])
            factors.append(value)
    wanted = ""
    for label in terms[i]:
        if label in wanted:
            new = next(free)
            labels.append(label + new)
            factors.append(np.eye(sizes[label], dtype=g.dtype))
            wanted += new
        else:
            wanted += label
    for label in dict.fromkeys(terms[i]):
        if not any(label in known for known in labels):
            labels.append(label)
            factors.append(np.ones(sizes[label], g.dtype))
    product = f"{','.join(labels)}->{wanted}"
    return apply(EINSUM, *factors, subscripts=product, optimize=len(factors) > 2)


MATMUL = Multilinear(matmul, lambda i, g, v: g @ _swap(v[1]) if i == 0 else _swap(v[0]) @ g)
CONVOLVE = Multilinear(convolve, lambda i, g, v: np.convolve(g, np.flip(v[1 - i]), "valid"))
EINSUM = Multilinear(einsum, _einsum_transpose)


@implements(
    np.matmul,
    case((2, 3), (3, 4)),
    case((3,), (3, 4)),
    case((2, 3), (3,)),
    case((3,), (3,)),
    case((5, 2, 3), (5, 3, 4)),
    case((5, 1, 2, 3), (6, 3, 4)),
    case((3,), (6, 3, 4)),
    case((2, 0), (0, 4)),
)
def _matmul(x1: Array, x2: Array) -> Array:
    a, b = _array(x1), _array(x2)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("`np.matmul` takes arrays with at least 1 axis, got a number: use `*`")
    out = apply(
        MATMUL,
        np.expand_dims(a, 0) if a.ndim == 1 else a,
        np.expand_dims(b, 1) if b.ndim == 1 else b,
    )
    gone = (*([-2] if a.ndim == 1 else []), *([-1] if b.ndim == 1 else []))
    return np.squeeze(out, gone) if gone else out


@implements(
    np.dot,
    case((3,), (3,)),
    case((), (3,)),
    case((2, 3), (3,)),
    case((2, 2, 3), (4, 3, 2)),
    case((3,), (2, 3, 2)),
)
def _dot(a: Array, b: Array) -> Array:
    a, b = _array(a), _array(b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if b.ndim <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, ((-1,), (-2,)))


def _letters(*counts: int) -> list[str]:
    """Return strings of so many letters each, none of them twice."""
    every = iter(string.ascii_letters)
    return ["".join(next(every) for _ in range(n)) for n in counts]


@implements(
    np.einsum,
    case((2, 3), (3, 4), call=lambda f, x, y: f("ij,jk->ik", x, y)),
    case((2, 3), (3, 4), call=lambda f, x, y: f("ij,jk", x, y)),
    case((3, 3), call=lambda f, x: f("ii", x)),
    case((3, 3), (3,), call=lambda f, x, y: f("ii,i->i", x, y)),
    case((2, 3, 3), call=lambda f, x: f("...ii->...i", x)),
    case((2, 3), call=lambda f, x: f("ij->j", x)),
    case((2, 3), (4,), call=lambda f, x, y: f("ij,k->k", x, y)),
    case((2, 3), (3,), (2,), call=lambda f, x, y, z: f("ij,j,i->", x, y, z)),
    case((5, 2, 3), (3, 2), call=lambda f, x, y: f("...ij,jk->...ik", x, y)),
    case((5, 1, 3), (4, 3), call=lambda f, x, y: f("...i,...i->...", x, y)),
    case((2, 3), (3, 2), call=lambda f, x, y: f(x, [0, 1], y, [1, 0])),
    case((2, 3), (3, 2), call=lambda f, x, y: f(x, [..., 1], y, [1, 4], [..., 4])),
    case((2, 3), call=lambda f, x: f("ij,ij->i", x, x)),
    case((), (), call=lambda f, x, y: f(",->", x, y)),
)
def _einsum(*operands: Any, optimize: Any = False, **kwargs: Any) -> Array:
    if kwargs:
        raise TypeError(f"`einsum` of a traced array takes no {', '.join(sorted(kwargs))}")
    if not isinstance(operands[0], str):  # arrays and lists of labels in turn

        def term(labels: Any) -> str:
            return "".join("..." if n is ... else string.ascii_letters[n] for n in labels)

        pairs = len(operands) // 2
        text = ",".join(term(operands[2 * k + 1]) for k in range(pairs))
        text += f"->{term(operands[-1])}" if len(operands) % 2 else ""
        operands = (text, *operands[0 : 2 * pairs : 2])
    text, arrays = operands[0].replace(" ", ""), [_array(a) for a in operands[1:]]
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(arrays):
        raise ValueError(f"`einsum` has {len(terms)} terms in {text!r} for {len(arrays)} arrays")
    free = [c for c in string.ascii_letters if c not in text]
    extra = [a.ndim - len(t.replace("...", "")) for t, a in zip(terms, arrays, strict=True)]
    longest = max((n for t, n in zip(terms, extra, strict=True) if "..." in t), default=0)
    dots = "".join(free[:longest])
    terms = [
        t.replace("...", dots[longest - n :]) if "..." in t else t
        for t, n in zip(terms, extra, strict=True)
    ]
    if not arrow:
        named = inputs.replace("...", "").replace(",", "")
        output = dots + "".join(sorted(c for c in set(named) if named.count(c) == 1))
    output = output.replace("...", dots)
    return apply(EINSUM, *arrays, subscripts=f"{','.join(terms)}->{output}", optimize=optimize)


@implements(
    np.tensordot,
    case((2, 3, 4), (3, 4, 5)),
    case((2, 3), (4, 3), axes=(1, -1)),
    case((2, 3, 4), (4, 2), axes=([0, 2], [1, 0])),
    case((2,), (3,), axes=0),
    also=(np.linalg.tensordot,),
)
def _tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    a, b = _array(a), _array(b)
    if isinstance(axes, int):
        left, right = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    else:
        left, right = (list(np.ravel(x)) for x in axes)
    left = [normalize_axis_index(x, a.ndim) for x in left]
    right = [normalize_axis_index(x, b.ndim) for x in right]
    if [a.shape[x] for x in left] != [b.shape[x] for x in right]:
        raise ValueError("shape-mismatch for sum")
    of_a, of_b = _letters(a.ndim, b.ndim)
    for x, y in zip(left, right, strict=True):
        of_b = of_b[:y] + of_a[x] + of_b[y + 1 :]
    out = [c for c in of_a if c not in of_b] + [c for c in of_b if c not in of_a]
    return apply(EINSUM, a, b, subscripts=f"{of_a},{of_b}->{''.join(out)}")


@implements(np.inner, case((3,), (3,)), case((2, 3), (4, 3)), case((), (2,)))
def _inner(a: Array, b: Array) -> Array:
    a, b = _array(a), _array(b)
    return a * b if a.ndim == 0 or b.ndim == 0 else np.tensordot(a, b, ((-1,), (-1,)))


@implements(np.vdot, case((3,), (3,)), case((2, 3), (3, 2)))
def _vdot(a: Array, b: Array) -> Array:
    return np.dot(np.ravel(a), np.ravel(b))


@implements(np.outer, case((3,), (2,)), case((2, 2), (3,)), also=(np.linalg.outer,))
def _outer(a: Array, b: Array) -> Array:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@implements(np.kron, case((2, 3), (3, 2)), case((2,), (3, 2)), case((), (2,)))
def _kron(a: Array, b: Array) -> Array:
    a, b = _array(a), _array(b)
    n = max(a.ndim, b.ndim)
    a, b = (np.reshape(x, (1,) * (n - x.ndim) + x.shape) for x in (a, b))
    out = np.expand_dims(a, tuple(range(1, 2 * n, 2))) * np.expand_dims(
        b, tuple(range(0, 2 * n, 2))
    )
    return np.reshape(out, tuple(p * q for p, q in zip(a.shape, b.shape, strict=True)))


@implements(
    np.cross,
    case((3,), (3,)),
    case((2, 3), (3,)),
    case((3, 2), (3, 2), axis=0),
)
def _cross(
    a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Array:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(_array(a), axisa, -1), np.moveaxis(_array(b), axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(f"`cross` takes vectors of 3 elements, got shapes {a.shape} and {b.shape}")
    parts = [a[..., j] * b[..., k] - a[..., k] * b[..., j] for j, k in ((1, 2), (2, 0), (0, 1))]
    return np.moveaxis(np.stack(parts, axis=-1), -1, axisc)


@implements(np.linalg.cross, case((2, 3), (2, 3)), case((3, 2), (3, 2), axis=0))
def _linalg_cross(x1: Array, x2: Array, axis: int = -1) -> Array:
    return np.cross(x1, x2, axis=axis)


@implements(np.linalg.matmul, case((2, 3), (3, 4)))
def _linalg_matmul(x1: Array, x2: Array) -> Array:
    return np.matmul(x1, x2)


if hasattr(np, "vecdot"):  # NumPy 2.0; matvec and vecmat 2.2

    @implements(
        np.vecdot,
        case((2, 3), (3,)),
        case((2, 3), (2, 3), axis=0),
        also=(np.linalg.vecdot,),
    )
    def _vecdot(x1: Array, x2: Array, axis: int = -1) -> Array:
        return np.sum(
            np.moveaxis(_array(x1), axis, -1) * np.moveaxis(_array(x2), axis, -1), axis=-1
        )


if hasattr(np, "matvec"):

    @implements(np.matvec, case((2, 3), (3,)), case((4, 2, 3), (4, 3)))
    def _matvec(x1: Array, x2: Array) -> Array:
        return np.matmul(x1, np.expand_dims(x2, -1))[..., 0]

    @implements(np.vecmat, case((2,), (2, 3)), case((4, 2), (4, 2, 3)))
    def _vecmat(x1: Array, x2: Array) -> Array:
        return np.matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


@implements(
    np.linalg.multi_dot,
    case((2, 3), (3, 4), (4, 2), call=lambda f, *xs: f(xs)),
    case((3,), (3, 4), (4,), call=lambda f, *xs: f(xs)),
)
def _multi_dot(arrays: Any) -> Array:
    # In which order NumPy multiplies decides what becomes of infinities.
    return with_value(reduce(np.dot, arrays), np.linalg.multi_dot([strip(a) for a in arrays]))


# Sliding products and sums over a grid

_MODES = tuple(
    case(*s, mode=m)
    for m in ("full", "same", "valid")
    for s in (((5,), (3,)), ((2,), (4,)), ((4,), (4,)))
)


@implements(np.convolve, *_MODES)
def _convolve(a: Array, v: Array, mode: str = "full") -> Array:
    a, v = (np.atleast_1d(x) for x in (a, v))
    long, short = max(a.size, v.size), min(a.size, v.size)
    if short == 0:
        raise ValueError("`convolve` takes arrays that are not empty")
    full = apply(CONVOLVE, a, v)
    if mode == "full":
        return full
    if mode not in ("same", "valid"):
        raise ValueError(f"`mode` must be 'full', 'same' or 'valid', got {mode!r}")
    first = (short - 1) // 2 if mode == "same" else short - 1
    return full[first : first + (long if mode == "same" else long - short + 1)]


@implements(np.correlate, *_MODES)
def _correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if v.size > a.size:  # as NumPy does it, which matters for "same"
        return np.flip(np.convolve(np.flip(a), v, mode), -1)
    return np.convolve(a, np.flip(v), mode)


@implements(
    np.trapezoid,
    case((5,), dx=0.5),
    case((2, 4), (4,)),
    case((3, 2), (3, 2), call=lambda f, y, x: f(y, x=x, axis=0)),
)
def _trapezoid(y: Array, x: Array | None = None, dx: Any = 1.0, axis: int = -1) -> Array:
    y = np.moveaxis(_array(y), axis, -1)
    if x is not None:
        x = _array(x)
        dx = np.diff(x if x.ndim == 1 else np.moveaxis(x, axis, -1), axis=-1)
    return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def _grid(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw numbers that grow along the axis, some of both signs."""
    return np.cumsum(rng.uniform(0.5, 1.5, shape)) - 2.0


@implements(
    np.interp,
    case((6,), (4,), (4,), draw=_grid),
    case((2, 3), (4,), (4,), draw=lambda rng, s: np.sort(rng.normal(size=s))),
    case((6,), (4,), (4,), draw=_grid, call=lambda f, x, *p: f(x, *p, left=7.0, right=x[0])),
    kinks="a knot: the slope on its right, at the last one on its left; outside: 0",
)
def _interp(x: Array, xp: Array, fp: Array, left: Any = None, right: Any = None) -> Array:
    value = np.interp(*map(strip, (x, xp, fp, left, right)))
    x, xp, fp = (_array(a).astype(np.float64) for a in (x, xp, fp))  # as NumPy does
    knots, at = strip(xp), strip(x)
    left, right = fp[0] if left is None else left, fp[-1] if right is None else right
    if xp.size == 1:
        inside = np.broadcast_to(fp[0], x.shape)
    else:
        k = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, xp.size - 2)
        inside = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k]) * (x - xp[k]) + fp[k]
    out = np.where(at < knots[0], left, np.where(at > knots[-1], right, inside))
    return with_value(out, value)


@implements(np.vander, case((3,)), case((3,), N=4, increasing=True), case((2,), N=1))
def _vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:  # noqa: N803
    powers = np.arange(np.size(strip(x)) if N is None else N)
    return np.power(np.expand_dims(x, -1), powers if increasing else powers[::-1])


@implements(np.polyval, case((4,), (2, 3)), case((0,), (3,)), case((2,), ()))
def _polyval(p: Array, x: Array) -> Array:
    p, x = _array(p), _array(x)
    out: Array = np.zeros_like(strip(x), dtype=np.result_type(strip(x), strip(p), 0.0))
    return reduce(lambda y, c: y * x + c, (p[k] for k in range(math.prod(p.shape))), out)


@implements(
    np.linspace,
    case((), (), num=4),
    case((2,), (), num=3, axis=-1),
    case((), call=lambda f, x: f(x, 2.0, 5, endpoint=False)),
)
def _linspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, axis: int = 0
) -> Array:
    dtype = np.result_type(strip(start), strip(stop), 0.0)
    value = np.linspace(strip(start), strip(stop), num, endpoint)
    start, stop = (a.astype(dtype) for a in np.broadcast_arrays(start, stop))
    share = np.arange(num) / max(num - 1 if endpoint else num, 1)
    share = np.reshape(share, (num, *(1,) * np.ndim(start))).astype(dtype)
    out = start + (stop - start) * share
    return np.moveaxis(with_value(out, value), 0, axis)
