"""Reverse mode: the forward pass writes a tape, one backward sweep gives the whole gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from derivref.autodiff.trace import (
    HITS,
    Array,
    Primitive,
    Traced,
    apply,
    call,
    differentiation,
    floating,
    unbroadcast,
    warn_of_kinks,
    zeros,
)
from derivref.dual import jvp


class Entry(NamedTuple):
    """One line of the tape: out = primitive(*values), where some values are earlier lines."""

    primitive: Primitive | None  # None: an input
    values: tuple[Any, ...]
    params: dict[str, Any]
    out: Array
    parents: tuple[int | None, ...]  # the line that holds each value; None: a constant


class Tape:
    """The lines that one differentiation has recorded, in order; an input is a line too.

    Parameters
    ----------
    level : int
        The number of the differentiation, as in `derivref.dual.Dual`.
    """

    def __init__(self, level: int) -> None:
        self.level = level
        self.entries: list[Entry] = []
        self.kept: dict[int, tuple[Array, Array]] = {}  # by id: an array and what was in it

    def keep(self, x: Any) -> Any:
        """Return x as it is now: f may fill the same array again before the sweep reads it.

        An array that still holds what it held is copied once however often f uses it.

        Parameters
        ----------
        x : object
            A constant that a line uses; only arrays, and those in tuples and lists, are copied.

        Returns
        -------
        object
            The same values, in an array of which f knows nothing.
        """
        if isinstance(x, (tuple, list)):
            return type(x)(map(self.keep, x)) if type(x) in (tuple, list) else x
        if type(x) is not np.ndarray:
            return x
        known, copy = self.kept.get(id(x), (None, x))
        if known is x and x.dtype == copy.dtype and np.array_equal(x, copy):
            return copy
        copy = x.copy()
        self.kept[id(x)] = x, copy
        return copy

    def write(self, entry: Entry) -> "Node":
        """Append a line and return the array that stands for it.

        Parameters
        ----------
        entry : Entry
            The line.

        Returns
        -------
        Node
            Its array.
        """
        self.entries.append(entry)
        return Node(entry.out, self, len(self.entries) - 1)

    def sweep(
        self, output: "Node", g: Array, inputs: int, *, release: bool, sizes: bool = False
    ) -> list[Array]:
        """Return the adjoints of the first lines: v̄ⱼ += v̄ᵢ·∂vᵢ/∂vⱼ, from the output back.

        A line stands after all that it uses, so the reversed order needs no search and no
        recursion.

        Parameters
        ----------
        output : Node
            Where to start.
        g : array
            Its adjoint, of its shape.
        inputs : int
            How many of the first lines are inputs.
        release : bool
            Whether to drop each line and its arrays as soon as it is done.
        sizes : bool
            Whether to add absolute values, as `path_sum` does.

        Returns
        -------
        list of arrays
            One per input, in its shape.
        """
        lines, hits = self.entries, HITS[0]
        adjoint: list[Array] = [None] * len(lines)
        adjoint[output.index] = g
        if release:
            self.entries = []
        for i in range(len(lines) - 1, inputs - 1, -1):
            line, g = lines[i], adjoint[i]
            adjoint[i] = None
            if release:
                lines.pop()
            if g is None:
                continue
            for position, j in enumerate(line.parents):
                if j is not None and line.primitive is not None:
                    value = line.values[position]
                    term = line.primitive.pull(position, g, line.out, line.values, **line.params)
                    term = np.abs(term) if sizes else term
                    term = _like(unbroadcast(term, value.shape), value)
                    adjoint[j] = term if adjoint[j] is None else adjoint[j] + term
        slopes = [
            zeros(line.out) if a is None else floating(a, "gradient")
            for a, line in zip(adjoint[:inputs], lines[:inputs], strict=True)
        ]
        warn_of_kinks(hits, slopes)
        return slopes


class Node(Traced):
    """An array on a tape; NumPy code takes it like the array itself."""

    __slots__ = ("index", "primal", "tape")

    def __init__(self, primal: Array, tape: Tape, index: int) -> None:
        self.primal = primal
        self.tape = tape
        self.index = index

    @property
    def level(self) -> int:  # type: ignore[override]
        """The level of its tape."""
        return self.tape.level

    def __repr__(self) -> str:
        return f"Node({self.primal!r})"

    def record(self, primitive: Primitive, args: Any, params: dict[str, Any]) -> "Node":
        """Apply a primitive to the primals, and write the line.

        Parameters
        ----------
        primitive : Primitive
            What to apply.
        args : sequence of arrays
            Its arguments, nodes of this tape or constants to it.
        params : dict
            What it takes besides, such as an axis or an index.

        Returns
        -------
        Node
            The result.
        """
        parents = tuple(
            a.index if isinstance(a, Node) and a.tape is self.tape else None for a in args
        )
        keep = self.tape.keep
        values = tuple(
            keep(a) if j is None else a.primal for a, j in zip(args, parents, strict=True)
        )
        params = {name: keep(value) for name, value in params.items()}
        out = floating(apply(primitive, *values, **params), primitive.name)
        return self.tape.write(Entry(primitive, values, params, out, parents))


def _like(g: Array, value: Array) -> Array:
    return g if g.dtype == value.dtype else g.astype(value.dtype)


def _run(f: Callable[..., Any], primals: Any) -> tuple[Tape, Array]:
    arrays = [floating(p, f"primals[{i}]") for i, p in enumerate(primals)]
    with differentiation() as level:
        tape = Tape(level)
        inputs = [tape.write(Entry(None, (), {}, tape.keep(a), ())) for a in arrays]
        return tape, call(f, *inputs)


def vjp(
    f: Callable[..., Any], *primals: Array
) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
    """Return f(*primals) and the function u ↦ uᵀ·J, one backward sweep each time it is called.

    Parameters
    ----------
    f
        ``f(*arrays) -> array`` of any shapes, made of NumPy and SciPy functions that have a rule
        in `derivref.partials`.
    *primals : arrays
        The point; integers are promoted to float64.

    Returns
    -------
    value : array
    pullback : callable
        ``pullback(u) -> tuple``: u has the shape of the value, the results those of the primals.
        It holds the tape, and with it every intermediate array, until it is dropped.

    Raises
    ------
    TypeError
        If f uses a function without a rule, drops the derivative, or works in place.
    """
    tape, out = _run(f, primals)
    inside = isinstance(out, Node) and out.tape is tape
    value = out.primal if inside else out

    def pullback(u: Array) -> tuple[Array, ...]:
        u = floating(u, "u")
        if u.shape != value.shape:
            raise ValueError(f"`u` must have the shape {value.shape} of f(x), got {u.shape}")
        if not inside:
            return tuple(zeros(floating(p, "x")) for p in primals)
        return tuple(tape.sweep(out, _like(u, value), len(primals), release=False))

    return value, pullback


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0
) -> Callable[..., tuple[Array, Any]]:
    """Return the function that gives f and its gradient, at the cost of a few evaluations of f.

    Parameters
    ----------
    f
        ``f(*args, **kwargs) -> number``. One sweep serves any number of inputs.
    argnums : int or tuple of int
        Which positional arguments to differentiate; a tuple gives a tuple of gradients.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> (value, gradient)``, the gradient in the shape of its argument.

    Raises
    ------
    TypeError
        If `argnums` is not made of integers.
    ValueError
        When the result is called: if f returns anything but a number (its gradient would be a
        Jacobian: use `vjp`), or `argnums` does not name arguments, or names one twice.
    """
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in numbers):
        raise TypeError(f"`argnums` must be an integer or a tuple of integers, got {argnums!r}")

    def both(*args: Any, **kwargs: Any) -> tuple[Array, Any]:
        if not all(-len(args) <= n < len(args) for n in numbers):
            raise ValueError(f"`argnums` must name one of {len(args)} arguments, got {argnums}")
        if len({n % len(args) for n in numbers}) < len(numbers):
            raise ValueError(
                f"`argnums` must name an argument once, got {argnums} of {len(args)} arguments"
            )

        def g(*chosen: Any) -> Any:
            rest = list(args)
            for n, a in zip(numbers, chosen, strict=True):
                rest[n] = a
            return f(*rest, **kwargs)

        primals = [args[n] for n in numbers]
        tape, out = _run(g, primals)
        if out.shape != ():
            raise ValueError(
                f"`f` must return a number to have a gradient, got shape {out.shape}: use `vjp`"
            )
        if isinstance(out, Node) and out.tape is tape:
            seed = np.ones((), out.dtype)
            value, grads = out.primal, tape.sweep(out, seed, len(primals), release=True)
        else:
            value, grads = out, [zeros(floating(p, "x")) for p in primals]
        return value, tuple(grads) if isinstance(argnums, tuple) else grads[0]

    return both


def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the gradient of f as a function: the shape of the argument in, the same shape out.

    Nest it with itself or with `derivref.dual` for second derivatives.

    Parameters
    ----------
    f, argnums
        As in `value_and_grad`, whose errors it raises.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> gradient``.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.tape import grad
    >>> grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    both = value_and_grad(f, argnums)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def path_sum(f: Callable[[Any], Any], x: Array) -> Array:
    """Return the sum over all paths from x to f(x) of |product of the partials along the path|.

    A few machine epsilons times this is the rounding error that differentiating f can commit, in
    either mode: where the sum is far above |f′(x)|, the paths cancel and digits are lost.

    Parameters
    ----------
    f
        ``f(x) -> array``, elementwise: element i of the output depends on element i of x alone.
    x : array
        Any shape; integers are promoted to float64.

    Returns
    -------
    array
        The sum at each x, not negative: the shape of x, in the unit of f′. It is 0 if f does not
        depend on x.

    Raises
    ------
    TypeError
        As `vjp`.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.tape import path_sum
    >>> path_sum(lambda x: x * x - x, np.array([0.5]))  # the slope there is 0
    array([2.])
    """
    tape, out = _run(f, (x,))
    if not (isinstance(out, Node) and out.tape is tape):
        return zeros(out)
    return tape.sweep(out, np.ones(out.shape, out.dtype), 1, release=True, sizes=True)[0]


def hvp(f: Callable[[Any], Any], x: Array, v: Array) -> Array:
    """Return the Hessian of f at x times v, forward over reverse, without forming the Hessian.

    The cost is that of a few gradients, however many elements x has.

    Parameters
    ----------
    f
        ``f(x) -> number``, made of NumPy and SciPy functions that have a rule.
    x : array
        The point: any shape; integers are promoted to float64.
    v : array
        The vector, of the shape of x.

    Returns
    -------
    array
        ``H·v``, of the shape of x. It is NaN, with a RuntimeWarning, where a second derivative goes
        through a kink.

    Raises
    ------
    TypeError
        As `vjp`.
    ValueError
        If v has another shape than x, or f returns anything but a number.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.tape import hvp
    >>> hvp(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    x, v = floating(x, "x"), floating(v, "v")
    if x.shape != v.shape:
        raise ValueError(f"`v` must have the shape {x.shape} of x, got {v.shape}")
    return jvp(grad(f), (x,), (v,))[1]


@dataclass(frozen=True)
class _Checkpoint(Primitive):
    f: Callable[..., Any]

    @property
    def name(self) -> str:
        return getattr(self.f, "__name__", "f")

    def __call__(self, *values: Array, **_: Any) -> Array:
        out = call(self.f, *values)
        if isinstance(out, Traced):
            raise TypeError(f"`{self.name}` must be passed the traced arrays that it uses")
        return out

    def _slot(self, i: int, values: Any) -> Callable[[Array], Any]:
        return lambda x: self.f(*values[:i], x, *values[i + 1 :])

    def push(self, out: Array, values: Any, tangents: Any, **_: Any) -> Array:
        parts = [(i, t) for i, t in enumerate(tangents) if t is not None]
        return reduce(add, (jvp(self._slot(i, values), (values[i],), (t,))[1] for i, t in parts))

    def pull(self, i: int, g: Array, out: Array, values: Any, **_: Any) -> Array:
        return vjp(self._slot(i, values), values[i])[1](g)[0]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Array]:
    """Return f as one line of the tape: the sweep evaluates it again instead of keeping its inside.

    Memory falls by what f would have recorded, time grows by one evaluation of f for each traced
    argument, and by a sweep for each one after the first.

    Parameters
    ----------
    f
        ``f(*arrays) -> array`` of any shapes. It takes all traced arrays that it uses as arguments,
        and gives the same result each time: it runs again during the sweep.

    Returns
    -------
    callable
        The same function, for arguments that are traced or not.

    Raises
    ------
    TypeError
        When the result is called: if f uses a traced array that it was not passed, or returns
        anything but one array.

    Examples
    --------
    >>> import numpy as np
    >>> from derivref.tape import checkpoint, grad
    >>> block = checkpoint(lambda x: np.sin(np.exp(x)))
    >>> grad(lambda x: np.sum(block(x)))(np.zeros(2)).round(8)
    array([0.54030231, 0.54030231])
    """
    primitive = _Checkpoint(f)
    return lambda *args: apply(primitive, *args)
