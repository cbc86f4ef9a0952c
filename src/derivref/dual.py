"""Forward mode: dual numbers a + b·ε with ε² = 0, array-valued and nested to any order."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivref import partials as _partials  # noqa: F401  # with all rules
from derivref.autodiff.trace import (
    CALLED,
    HITS,
    Array,
    Primitive,
    Traced,
    apply,
    call,
    differentiation,
    floating,
    warn_of_kinks,
    zeros,
)


class Dual(Traced):
    """A primal and its tangent, of one shape and dtype; NumPy code takes it like an array.

    Parameters
    ----------
    primal : array
        The value: any shape, a floating dtype (integers become float64).
    tangent : array
        The derivative along the chosen direction: broadcasts to the shape of the primal.
    level : int
        Which differentiation the tangent belongs to. Tangents of different levels never mix: to
        the inner differentiation, duals of the outer one are constants.

    Examples
    --------
    >>> from derivref.dual import Dual
    >>> x = Dual(3.0, 1.0)
    >>> (x * x).tangent
    np.float64(6.0)
    """

    __slots__ = ("level", "mixed", "primal", "tangent")

    def __init__(self, primal: Array, tangent: Array, level: int = 0, mixed: str = "") -> None:
        self.primal = floating(primal, "primal")
        tangent = floating(tangent, "tangent")
        if tangent.shape != self.primal.shape:
            tangent = np.broadcast_to(tangent, self.primal.shape)
        same = tangent.dtype == self.primal.dtype
        self.tangent = tangent if same else tangent.astype(self.primal.dtype)
        self.level = level
        self.mixed = mixed  # the first function on the way that was not elementwise

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"

    def record(self, primitive: Primitive, args: Any, params: dict[str, Any]) -> "Dual":
        """Apply a primitive to the primals, and its derivative to the tangents of this level."""
        mine = [isinstance(a, Dual) and a.level == self.level for a in args]
        values = [a.primal if own else a for a, own in zip(args, mine, strict=True)]
        tangents = [a.tangent if own else None for a, own in zip(args, mine, strict=True)]
        out = apply(primitive, *values, **params)
        tangent = primitive.push(out, values, tangents, **params)
        mixed = [a.mixed for a, own in zip(args, mine, strict=True) if own and a.mixed]
        name = mixed[0] if mixed else "" if primitive.elementwise else CALLED[0] or primitive.name
        return Dual(out, tangent, self.level, name)


def jvp(
    f: Callable[..., Any], primals: Sequence[Array], tangents: Sequence[Array]
) -> tuple[Array, Array]:
    """Return f(*primals) and its derivative along the tangents, J·v, in one forward pass.

    Parameters
    ----------
    f
        ``f(*arrays) -> array`` of any shapes, made of NumPy and SciPy functions
        that have a rule in `derivref.partials`.
    primals, tangents : sequence of arrays
        The point and the direction: one pair per argument, each pair of one shape.

    Returns
    -------
    value, tangent : arrays
        Both with the shape of the output of f; the tangent is 0 if f does not depend on its
        arguments.

    Raises
    ------
    TypeError
        If f uses a function without a rule, or drops the derivative.
    ValueError
        If primals and tangents do not match.
    """
    if len(primals) != len(tangents):
        raise ValueError(
            f"`tangents` must be one per primal, got {len(tangents)} for {len(primals)}"
        )
    pairs = []
    for i, (p, t) in enumerate(zip(primals, tangents, strict=True)):
        p, t = floating(p, f"primals[{i}]"), floating(t, f"tangents[{i}]")
        if p.shape != t.shape:
            raise ValueError(f"`tangents[{i}]` must have the shape {p.shape}, got {t.shape}")
        pairs.append((p, t))
    hits = HITS[0]
    with differentiation() as level:
        value, tangent = _split(call(f, *[Dual(p, t, level) for p, t in pairs]), level)
    warn_of_kinks(hits, [tangent])
    return value, tangent


def derivative(f: Callable[[Any], Any], x: Array) -> Array:
    """Return f′(x), exact up to rounding, in one pass; of any order when nested.

    Parameters
    ----------
    f
        ``f(x) -> array``: elementwise on arrays. Of a number, any array (a curve).
    x : array
        Any shape; integers are promoted to float64.

    Returns
    -------
    array
        The slope at each x: the shape of the output of f.

    Raises
    ------
    ValueError
        If x is an array and f mixes its elements (a sum, a product of matrices, an index): one
        pass cannot hold a whole Jacobian. Use `jvp` or `derivref.tape.grad`.
    """
    x = floating(x, "x")
    hits = HITS[0]
    with differentiation() as level:
        out = call(f, Dual(x, np.ones(x.shape, x.dtype), level))
    mixed = out.mixed if isinstance(out, Dual) and out.level == level else ""
    if x.ndim and (mixed or out.shape != x.shape):
        how = f"`{mixed}` mixes its elements" if mixed else f"f(x) has shape {out.shape}"
        raise ValueError(
            f"`f` must act elementwise on an array `x` of shape {x.shape}, but {how}: "
            "use `jvp` or `derivref.tape.grad`"
        )
    slope = _split(out, level)[1]
    warn_of_kinks(hits, [slope])
    return slope


def _split(out: Array, level: int) -> tuple[Array, Array]:
    if isinstance(out, Dual) and out.level == level:
        return out.primal, out.tangent
    return out, zeros(out)
