"""Exact values of a record's f, f′ and f″ in a form that NumPy can measure with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from derivref.verify import balls
from derivref.verify.terms import Term


@dataclass(frozen=True)
class Exact:
    """Values to 106 bits: ``(high + low) * 2.0**exponent`` elementwise, also beyond float64."""

    high: NDArray[np.float64]
    low: NDArray[np.float64]
    exponent: NDArray[np.int64]

    def __float__(self) -> float:
        return float(np.ldexp(self.high.item(), self.exponent.item()))

    def rounded(self, dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Return the values in a floating type, rounded once.

        Parameters
        ----------
        dtype : dtype_like
            The floating type.

        Returns
        -------
        ndarray
            The shape of the values.
        """
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(self.high, self.exponent).astype(dtype)


CLIP = 5000  # exponents beyond it are 0 or infinite in every type, whatever they are


def pack(values: Iterable[balls.Ball]) -> Exact:
    """Return balls as numbers; a value below 2**-20000 in magnitude becomes 0.

    Raises
    ------
    Unsettled
        If one is not finite.
    """
    parts = [balls.parts(value) for value in values]
    return Exact(
        np.array([p[0] for p in parts]),
        np.array([p[1] for p in parts]),
        np.array([max(-CLIP, min(CLIP, p[2])) for p in parts], dtype=np.int64),
    )


def values(t: Term, points: Iterable[float], highest: int = 2) -> list[Exact]:
    """Return f and its derivatives up to `highest` at points, each value with 50 sure digits.

    Raises
    ------
    Unsettled
        If a value is undefined or no precision settles it: the message names the point.
    """
    rows = [balls.derivatives(t, float(x), highest) for x in points]
    return [pack(row[n] for row in rows) for n in range(highest + 1)]
