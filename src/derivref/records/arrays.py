"""Named array arguments: their shapes, their numbers, and how a test draws them."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sampler = Callable[[np.random.Generator, tuple[int, ...]], NDArray[Any]]
# What "..." stands for, and how long the named axes are, when a test draws arguments: distinct
# lengths tell a transposed result, one and zero are where reductions go wrong.
BATCHES = ((), (2,), (3, 2))
LENGTHS = (3, 5, 4, 2, 6)


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An array argument: what it is, its shape, which numbers it may hold, how it is drawn.

    `shape` names the axes, ``"(..., n)"`` or ``"(n, k)"``; an axis of the same name has the same
    length in every argument, and ``...`` stands for any leading axes, the same for all.
    """

    says: str  # "the scores"
    shape: str = "(...)"
    low: float = -math.inf
    high: float = math.inf
    closed: tuple[bool, bool] = (True, True)  # whether finite ends belong to it
    integer: bool = False  # labels, indices: not differentiable
    differentiable: bool = True
    sample: Sampler | None = None  # standard normal, or uniform between finite ends, if None

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes, without the leading ``...``."""
        return tuple(re.findall(r"[A-Za-z]\w*|\d+", self.shape))

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

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
        """Draw one array of a shape.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of randomness.
        shape : tuple of int
            The shape wanted.

        Returns
        -------
        ndarray
            float64, or int64 if the argument holds integers.
        """
        if self.sample is not None:
            return self.sample(rng, shape)
        if self.integer:
            return rng.integers(int(self.low), int(self.high), size=shape, endpoint=True)
        if math.isfinite(self.low) and math.isfinite(self.high):
            return rng.uniform(self.low, self.high, size=shape)
        values = rng.normal(size=shape)
        if math.isfinite(self.low):
            return self.low + np.exp(values)
        return self.high - np.exp(values) if math.isfinite(self.high) else values


def lengths(arguments: Mapping[str, Argument], empty: bool = True) -> Iterator[dict[str, int]]:
    """Yield lengths of the named axes to try: all different, all one, and each of them zero.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    empty : bool
        Whether lengths of zero are tried.

    Yields
    ------
    dict
        The length of each axis, by the axis's name.
    """
    names = dict.fromkeys(a for arg in arguments.values() for a in arg.axes if not a.isdigit())
    yield {name: LENGTHS[k % len(LENGTHS)] for k, name in enumerate(names)}
    if names:
        yield dict.fromkeys(names, 1)
    for zero in names if empty else ():
        yield {n: 0 if n == zero else LENGTHS[k % len(LENGTHS)] for k, n in enumerate(names)}


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
    empty: bool = True,
    batches: Sequence[tuple[int, ...]] = BATCHES,
) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield drawn arguments in several shapes; the first is of full size.

    Parameters
    ----------
    arguments : mapping of str to Argument
        The arguments by name.
    rng : numpy.random.Generator
        The source of randomness.
    empty : bool
        Whether axes of length zero are tried.
    batches : sequence of tuples of int
        What ``...`` stands for, one after the other.

    Yields
    ------
    dict
        An array for each argument.
    """
    batched = any(arg.batched for arg in arguments.values())
    for sizes in lengths(arguments, empty):
        for batch in batches if batched else ((),):
            chosen = shapes(arguments, sizes, batch)
            yield {name: arg.draw(rng, chosen[name]) for name, arg in arguments.items()}


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
