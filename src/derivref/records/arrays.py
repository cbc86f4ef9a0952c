"""Named array arguments: their shapes, their numbers, and how a test draws them."""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sampler = Callable[[np.random.Generator, tuple[int, ...]], NDArray[Any]]
# What "..." stands for, and how long the named axes are, when a test draws arguments: distinct
# lengths tell a transposed result, one and zero are where reductions go wrong.
BATCHES = ((), (2,), (3, 2), (0,))
LENGTHS = (3, 5, 4, 2, 6)


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An array argument: what it is, its shape, which numbers it may hold, how it is drawn.

    `shape` names the axes, ``"(..., n)"`` or ``"(n, k)"``; an axis of the same name has the same
    length in every argument, and ``...`` stands for any leading axes, the same for all.

    Integers and booleans have no cotangent. An optional argument is None unless it is given, and
    has none either.
    """

    says: str  # "the scores"
    shape: str = "(...)"
    symbol: str = ""  # how formulas write it, if not by its own name: "W"
    low: float = -math.inf
    high: float = math.inf
    closed: tuple[bool, bool] = (True, True)  # whether finite ends belong to it
    integer: bool = False  # labels, indices
    below: str = ""  # of integers: the axis whose length they stay below, as labels of k classes
    boolean: bool = False  # a mask
    optional: bool = False  # None if it is not given
    differentiable: bool = True
    sample: Sampler | None = None  # standard normal, or uniform between finite ends, if None

    @property
    def slopes(self) -> bool:
        """Whether it has a cotangent."""
        return self.differentiable and not (self.integer or self.boolean or self.optional)

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with what is said of it, whatever the function is.

        Yields
        ------
        str
            The fact, and what to write.
        """
        yield from axis_faults("shape", self.shape)
        if self.integer and self.boolean:
            yield "an argument holds integers or booleans, not both"
        if self.below and not self.integer:
            yield "`below` is for integers: add `integer=True`"
        if self.low > self.high:
            yield f"`low` must not be above `high`, got {self.low:g} and {self.high:g}"

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes, without the leading ``...``."""
        return tuple(AXIS.findall(self.shape))

    @property
    def batched(self) -> bool:
        """Whether leading axes of any number are taken."""
        return "..." in self.shape

    @property
    def constraint(self) -> str:
        """Which numbers it may hold, in words."""
        left = ("[" if self.closed[0] else "(") if math.isfinite(self.low) else "("
        right = ("]" if self.closed[1] else ")") if math.isfinite(self.high) else ")"
        kind = "integers" if self.integer else "numbers"
        if self.boolean:
            return "booleans"
        if self.below:
            return f"integers from {self.low:g} to {self.below} - 1"
        if self.low == -math.inf and self.high == math.inf:
            return f"real {kind}"
        return f"{kind} in {left}{self.low:g}, {self.high:g}{right}"

    def admits(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Say which numbers are admissible; nan passes, as in every elementwise function.

        Parameters
        ----------
        values : ndarray
            The numbers.

        Returns
        -------
        ndarray of bool
            The same shape.
        """
        above = (values >= self.low) if self.closed[0] else (values > self.low)
        below = (values <= self.high) if self.closed[1] else (values < self.high)
        admitted: NDArray[np.bool_] = (above & below) | np.isnan(values)
        return admitted

    def draw(
        self,
        rng: np.random.Generator,
        shape: tuple[int, ...],
        sizes: Mapping[str, int] | None = None,
    ) -> NDArray[Any]:
        """Draw one array of a shape.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of randomness.
        shape : tuple of int
            The shape wanted.
        sizes : mapping of str to int, optional
            The lengths of the axes.

        Returns
        -------
        ndarray
            float64, or int64 if the argument holds integers, or bool.
        """
        if self.sample is not None:
            return self.sample(rng, shape)
        if self.boolean:
            return np.asarray(rng.random(size=shape) < 0.7)
        if self.integer:
            low = int(self.low) if math.isfinite(self.low) else 0
            high = (sizes or {})[self.below] - 1 if self.below else int(min(self.high, low + 5))
            if high < low:  # labels of no class
                return np.full(shape, low)
            return rng.integers(low, high, size=shape, endpoint=True)
        if math.isfinite(self.low) and math.isfinite(self.high):
            return rng.uniform(self.low, self.high, size=shape)
        values = rng.normal(size=shape)
        if math.isfinite(self.low):
            return self.low + np.exp(values)
        return self.high - np.exp(values) if math.isfinite(self.high) else values


AXIS = re.compile(r"[A-Za-z]\w*|\d+")
_WHOLE: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def parts(shape: str) -> list[str]:
    """Return the axes of a shape as they are written, ``"..."`` among them.

    Parameters
    ----------
    shape : str
        ``"(..., n, h - k + 1)"``.

    Returns
    -------
    list of str
        One text for each axis.
    """
    return [part.strip() for part in shape.strip()[1:-1].split(",") if part.strip()]


def axis_faults(
    what: str, shape: str, names: Iterable[str] | None = None, every: bool = False
) -> Iterator[str]:
    """Yield what is wrong with a shape as it is written.

    Parameters
    ----------
    what : str
        The fact that says it, for the message.
    shape : str
        The shape.
    names : iterable of str, optional
        The names that it may have; every name, if None.
    every : bool
        Whether lengths may be computed: ``h - k + 1``.

    Yields
    ------
    str
        The fault, and an example of what to write.
    """
    written = f"`{what}` must read like `(..., n)` or `(n, k)`, got `{shape}`"
    if not (shape.startswith("(") and shape.endswith(")")):
        yield written
        return
    for k, part in enumerate(parts(shape)):
        if part == "...":
            if k:
                yield f"{written}: `...` stands first"
            continue
        try:
            tree = ast.parse(part, mode="eval")
        except SyntaxError:
            yield f"{written}: `{part}` is no axis"
            continue
        if not (AXIS.fullmatch(part) or every):
            yield f"{written}: `{part}` is no name of an axis"
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and names is not None and node.id not in names:
                known = ", ".join(sorted(names)) or "none"
                yield f"`{what}` has the axis `{node.id}`, which no argument has: {known}"


def computed(part: str, sizes: Mapping[str, int]) -> int:
    """Return the length of an axis that is written in the lengths of others.

    Parameters
    ----------
    part : str
        ``"(h - k)//stride + 1"``.
    sizes : mapping of str to int
        The lengths of the axes, and whole parameters.

    Returns
    -------
    int
        The length.

    Raises
    ------
    ValueError
        If it has anything but names, whole numbers and ``+ - * // %``.
    """

    def value(node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int() as found):
                return found
            case ast.Name(id=name):
                return int(sizes[name])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _WHOLE:
                return _WHOLE[type(op)](value(left), value(right))
        raise ValueError(f"`{ast.unparse(node)}` in the shape `{part}` is no whole number")

    return value(ast.parse(part, mode="eval").body)


def lengths(
    arguments: Mapping[str, Argument],
    empty: bool | Sequence[str] = True,
    chosen: Mapping[str, int] | None = None,
    wide: Sequence[str] = (),
) -> Iterator[dict[str, int]]:
    """Yield lengths of the named axes to try: all different, all one, and each of them zero.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    empty : bool or sequence of str
        Whether lengths of zero are tried, or of which axes.
    chosen : mapping of str to int, optional
        Lengths of axes that are not to be chosen here.
    wide : sequence of str
        Axes that keep their length where all others are one.

    Yields
    ------
    dict
        The length of each axis, by the axis's name.
    """
    names = dict.fromkeys(a for arg in arguments.values() for a in arg.axes if not a.isdigit())
    full = {name: LENGTHS[k % len(LENGTHS)] for k, name in enumerate(names)} | dict(chosen or {})
    yield full
    if names:
        yield dict.fromkeys(names, 1) | {name: full[name] for name in wide}
    for zero in names if empty is True else (n for n in names if n in (empty or ())):
        yield full | {zero: 0}


def shapes(
    arguments: Mapping[str, Argument], sizes: Mapping[str, int], batch: tuple[int, ...]
) -> dict[str, tuple[int, ...]]:
    """Return the shape of each argument for given lengths of the axes and leading axes.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    sizes : mapping of str to int
        The lengths of the named axes.
    batch : tuple of int
        What ``...`` stands for.

    Returns
    -------
    dict
        A shape for each argument.
    """
    return {
        name: (batch if arg.batched else ())
        + tuple(int(a) if a.isdigit() else sizes[a] for a in arg.axes)
        for name, arg in arguments.items()
    }


def instances(
    arguments: Mapping[str, Argument],
    rng: np.random.Generator,
    empty: bool | Sequence[str] = True,
    batches: Sequence[tuple[int, ...]] = BATCHES,
    chosen: Mapping[str, int] | None = None,
    wide: Sequence[str] = (),
) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield drawn arguments in several shapes; the first is of full size.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    rng : numpy.random.Generator
        The source of randomness.
    empty : bool or sequence of str
        Whether axes of length zero are tried, or which; leading axes of length 0 always are.
    batches : sequence of tuples of int
        What ``...`` stands for, one after the other.
    chosen : mapping of str to int, optional
        Lengths of axes; others are chosen here.
    wide : sequence of str
        Axes that keep their length where all others are one.

    Yields
    ------
    dict
        An array for each argument.
    """
    batched = any(arg.batched for arg in arguments.values())
    for sizes in lengths(arguments, empty, chosen, wide):
        for batch in batches if batched else ((),):
            drawn = shapes(arguments, sizes, batch)
            if any(
                a.below and not sizes[a.below] and 0 not in drawn[n] for n, a in arguments.items()
            ):
                continue  # labels of no class
            yield {n: arg.draw(rng, drawn[n], sizes) for n, arg in arguments.items()}


def shape_faults(arguments: Mapping[str, Argument], got: Mapping[str, tuple[int, ...]]) -> str:
    """Return what is wrong with the shapes of a call, "" if nothing is.

    The message names the argument, the shape that it must have and the one that it has.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    got : mapping of str to tuple of int
        The shape of each, in the call.

    Returns
    -------
    str
        The message.
    """
    sizes: dict[str, tuple[int, str]] = {}
    leading: tuple[int, ...] | None = None
    first = ""
    for name, arg in arguments.items():
        if name not in got:  # optional
            continue
        shape, axes = got[name], arg.axes
        wanted = f"`{name}` must have the shape {arg.shape}, got {shape}"
        if len(shape) < len(axes) or (not arg.batched and len(shape) != len(axes)):
            return wanted
        for axis, length in zip(axes, shape[len(shape) - len(axes) :], strict=True):
            known, where = sizes.setdefault(axis, (int(axis) if axis.isdigit() else length, name))
            if known != length:
                return f"{wanted}: {axis} is {known} in `{where}`"
        if arg.batched:
            batch = shape[: len(shape) - len(axes)]
            if leading is None:
                leading, first = batch, name
            elif leading != batch:
                return f"{wanted}: the leading axes are {leading} in `{first}`"
    return ""
