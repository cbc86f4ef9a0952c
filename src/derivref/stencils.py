"""Finite-difference stencils: offsets and which derivative; all else is derived from these."""

import itertools
import math
import numbers
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np

Number = Fraction | float

UNIT_ROUNDOFF = float(np.finfo(np.float64).eps) / 2


def positive_integer(name: str, value: object) -> int:
    """Return `value` as an int; anything but an integer above zero is refused by `name`.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : object
        What was passed.

    Returns
    -------
    int
        The value.

    Raises
    ------
    ValueError
        If it is no integer above zero.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value <= 0:
        raise ValueError(f"`{name}` must be a positive integer, got {value!r}")
    return int(value)


def _points(offsets: Any) -> tuple[Any, ...]:
    """Return the offsets as fractions if all are rational, else as floats."""
    if isinstance(offsets, str) or not isinstance(offsets, Iterable):
        raise TypeError(f"`offsets` must be a sequence of numbers, got {offsets!r}")
    given = list(offsets)
    for s in given:
        if isinstance(s, bool) or not isinstance(s, numbers.Real):
            raise TypeError(f"`offsets` must be real numbers, got {s!r}")
        if not math.isfinite(s):
            raise ValueError(f"`offsets` must be finite, got {s!r}")
    points: tuple[Any, ...]
    if all(isinstance(s, numbers.Rational) for s in given):
        points = tuple(Fraction(int(s.numerator), int(s.denominator)) for s in given)
    else:
        points = tuple(float(s) for s in given)
    for i, s in enumerate(points):
        if s in points[:i]:
            raise ValueError(f"`offsets` must be distinct, got {s} more than once")
    return points


def _fornberg(points: Sequence[Any], deriv: int) -> list[Any]:
    """Weights for the derivative at 0, in the arithmetic of the points (fractions or floats)."""
    # c[j][k] is the weight of point j for the k-th derivative with the first points only; the
    # recursion adds one point at a time and never solves the Vandermonde system, which in
    # float64 has lost every digit at 31 points.
    c: list[list[Any]] = [[0] * (deriv + 1) for _ in points]
    c[0][0] = 1
    spread: Any = 1
    for i in range(1, len(points)):
        newest, last, previous = points[i], list(c[i - 1]), spread
        spread = 1
        for j in range(i):
            gap = newest - points[j]
            spread *= gap
            for k in range(deriv, -1, -1):
                c[j][k] = (newest * c[j][k] - (k * c[j][k - 1] if k else 0)) / gap
        for k in range(deriv + 1):
            lower = k * last[k - 1] if k else 0
            c[i][k] = previous * (lower - points[i - 1] * last[k]) / spread
    return [row[deriv] for row in c]


def weights(offsets: Iterable[Any], deriv: int = 1) -> tuple[Number, ...]:
    """Return the weights of a finite difference, exact where the offsets are rational.

    The sum of ``w[j] * f(x + offsets[j] * h)``, divided by ``h ** deriv``, is the derivative
    exactly for every polynomial of a degree below the number of points.

    Parameters
    ----------
    offsets : sequence of real numbers
        Where f is evaluated, in units of the step h, in any order.
    deriv : int
        Which derivative, 1 or more.

    Returns
    -------
    tuple of Fraction or of float
        One weight for each offset, in the same order: fractions if all the offsets are integers
        or fractions, else floats.

    Raises
    ------
    TypeError
        If an offset is not a real number.
    ValueError
        If an offset is not finite or occurs twice, if `deriv` is not a positive integer or there
        are not more points than `deriv`, or if a float weight overflows.

    Notes
    -----
    When it fails: two float offsets that nearly coincide have huge weights of opposite signs, and
    the difference then amplifies the rounding of f (`Stencil.amplification`).

    The recursion is that of B. Fornberg, "Generation of finite difference formulas on arbitrarily
    spaced grids", Mathematics of Computation 51 (1988) 699-706.

    Examples
    --------
    >>> from derivref.stencils import weights
    >>> weights([-1, 0, 1], deriv=2)
    (Fraction(1, 1), Fraction(-2, 1), Fraction(1, 1))
    """
    points = _points(offsets)
    deriv = positive_integer("deriv", deriv)
    if len(points) <= deriv:
        raise ValueError(
            f"`offsets` must have at least {deriv + 1} points for derivative {deriv}, "
            f"got {len(points)}"
        )
    # Points nearest to zero first: in float64 this keeps the intermediate weights small.
    order = sorted(range(len(points)), key=lambda j: abs(points[j]))
    unit = max(abs(s) for s in points)
    found = _fornberg([points[j] / unit for j in order], deriv)
    try:
        found = [w / unit**deriv for w in found]
    except (OverflowError, ZeroDivisionError):
        found = [math.inf]
    if not all(math.isfinite(w) for w in found):
        raise ValueError(f"`offsets` are too small for derivative {deriv}: the weights overflow")
    return tuple(w for _, w in sorted(zip(order, found, strict=True)))


@dataclass(frozen=True)
class Stencil:
    """A finite difference, given by its offsets and which derivative; the rest is derived.

    ``sum(w[j] * f(x + offsets[j] * h)) / h**deriv`` equals the derivative plus
    ``error_constant * h**accuracy`` times the derivative number `remainder`, plus higher powers.

    Parameters
    ----------
    offsets : sequence of real numbers
        Where f is evaluated, in units of the step; stored in increasing order.
    deriv : int
        Which derivative, 1 or more.

    Attributes
    ----------
    weights : tuple of Fraction or of float
        One for each offset, as `weights` gives them.

    Raises
    ------
    TypeError, ValueError
        As `weights`.
    """

    offsets: tuple[Number, ...]
    deriv: int = 1
    weights: tuple[Any, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "offsets", tuple(sorted(_points(self.offsets))))
        object.__setattr__(self, "weights", weights(self.offsets, self.deriv))

    @property
    def kind(self) -> str:
        """'central' if symmetric about 0, 'forward' or 'backward' if one-sided, else 'skewed'."""
        if self.offsets == tuple(-s for s in reversed(self.offsets)):
            return "central"
        if self.offsets[0] >= 0:
            return "forward"
        return "backward" if self.offsets[-1] <= 0 else "skewed"

    @cached_property
    def _leading(self) -> tuple[int, Number]:
        """Which derivative leads the truncation error, and its factor."""
        for m in itertools.count(self.deriv + 1):
            terms: list[Any] = [w * s**m for w, s in zip(self.weights, self.offsets, strict=True)]
            moment = sum(terms)
            # Float weights are right to about one rounding per point; a smaller moment is zero.
            slack = 16 * len(terms) * UNIT_ROUNDOFF * sum(abs(t) for t in terms)
            if abs(moment) > (0 if isinstance(moment, Fraction) else slack):
                return m, moment / math.factorial(m)
        raise AssertionError("a difference cannot be exact for every polynomial")

    @property
    def accuracy(self) -> int:
        """The power of h in the leading term of the truncation error."""
        return self.remainder - self.deriv

    @property
    def error_constant(self) -> Number:
        """The factor of ``h**accuracy`` in the truncation error (exact for rational offsets)."""
        return self._leading[1]

    @property
    def remainder(self) -> int:
        """Which derivative of f the error constant multiplies."""
        return self._leading[0]

    @property
    def amplification(self) -> Number:
        """The sum of the absolute weights: errors e in f become at most this times e / h**deriv."""
        total: Number = sum(abs(w) for w in self.weights)
        return total

    @property
    def integers(self) -> tuple[tuple[int, ...], int]:
        """The weights as whole numbers over one denominator.

        Raises
        ------
        ValueError
            If the weights are floats.
        """
        if not all(isinstance(w, Fraction) for w in self.weights):
            raise ValueError(f"`offsets` must be rational, got {self.offsets}")
        exact = [Fraction(w) for w in self.weights]
        denominator = math.lcm(*(w.denominator for w in exact))
        return tuple(int(w * denominator) for w in exact), denominator

    def apply(self, f: Callable[[Any], Any], x: Any, h: Any) -> Any:
        """Return the finite difference of f at x with step h, as it stands.

        Parameters
        ----------
        f : callable
            ``f(x) -> value``, any value that can be scaled and added.
        x : float or array
            The point, in the units of f's argument.
        h : float or array
            The step, in the same units; broadcast against x. `derivative` chooses one itself.

        Returns
        -------
        float or array
            An approximation of the derivative, in the units of f by those of x.
        """
        total = sum(
            float(w) * f(x + float(s) * h)
            for w, s in zip(self.weights, self.offsets, strict=True)
            if w  # the centre of an odd central stencil has weight 0 and need not be evaluated
        )
        return total / h**self.deriv

    def truncation(self, h: Any, *, remainder: float) -> Any:
        """Return the leading term of the truncation error, without its sign.

        Parameters
        ----------
        h : float or array
            The step.
        remainder : float
            The derivative number `Stencil.remainder` of f near x.

        Returns
        -------
        float or array
            The shape of `h`.
        """
        return abs(float(self.error_constant) * remainder) * h**self.accuracy

    def rounding(self, h: Any, *, value: float, eps: float = UNIT_ROUNDOFF) -> Any:
        """Return the largest error that rounding f can cause.

        Parameters
        ----------
        h : float or array
            The step.
        value : float
            The size of f near x.
        eps : float
            The relative error of one value of f: half the spacing of float64 unless stated.

        Returns
        -------
        float or array
            The shape of `h`.
        """
        return float(self.amplification) * eps * abs(value) / h**self.deriv

    def predicted_error(
        self, h: Any, *, value: float, remainder: float, eps: float = UNIT_ROUNDOFF
    ) -> Any:
        """Return truncation plus rounding, the error that a plain difference with step h can have.

        The parameters are those of `truncation` and `rounding`.

        Parameters
        ----------
        h : float or array
            The step.
        value, remainder, eps : float
            As in `truncation` and `rounding`.

        Returns
        -------
        float or array
            The shape of `h`.
        """
        return self.truncation(h, remainder=remainder) + self.rounding(h, value=value, eps=eps)

    def best_step(self, *, value: float, remainder: float, eps: float = UNIT_ROUNDOFF) -> float:
        """Return the step at which `predicted_error` is least.

        It is ``(deriv * A * eps * |f| / (accuracy * |C f^(remainder)|)) ** (1 / remainder)`` with
        the amplification A and the error constant C, where the derivative of the prediction in h
        vanishes. It is infinite where the leading error vanishes, and 0 where f does.

        Parameters
        ----------
        value, remainder, eps : float
            As in `truncation` and `rounding`.

        Returns
        -------
        float
            In the units of x.
        """
        slope = self.accuracy * self.truncation(1.0, remainder=remainder)
        if slope == 0:
            return math.inf
        rise = self.deriv * self.rounding(1.0, value=value, eps=eps)
        return float((rise / slope) ** (1 / self.remainder))


def central(deriv: int = 1, accuracy: int = 2) -> Stencil:
    """Return the symmetric stencil with the fewest points of the given accuracy.

    Parameters
    ----------
    deriv : int
        Which derivative.
    accuracy : int
        The order of the error in h, even.

    Returns
    -------
    Stencil
        On offsets symmetric about 0.

    Raises
    ------
    ValueError
        If `deriv` is not a positive integer or `accuracy` not a positive even one.
    """
    deriv, accuracy = positive_integer("deriv", deriv), positive_integer("accuracy", accuracy)
    if accuracy % 2:
        raise ValueError(f"`accuracy` must be a positive even integer, got {accuracy}")
    half = (deriv - 1) // 2 + accuracy // 2
    return Stencil(tuple(map(Fraction, range(-half, half + 1))), deriv)


def forward(deriv: int = 1, accuracy: int = 1) -> Stencil:
    """Return the stencil on 0, 1, 2, … with the fewest points of the given accuracy.

    Parameters
    ----------
    deriv : int
        Which derivative.
    accuracy : int
        The order of the error in h.

    Returns
    -------
    Stencil
        On offsets from 0 upwards.

    Raises
    ------
    ValueError
        If `deriv` or `accuracy` is not a positive integer.
    """
    return boundary(deriv, accuracy, 0)


def backward(deriv: int = 1, accuracy: int = 1) -> Stencil:
    """Return the mirror image of `forward`, on 0, -1, -2 and so on.

    Parameters
    ----------
    deriv : int
        Which derivative.
    accuracy : int
        The order of the error in h.

    Returns
    -------
    Stencil
        On offsets from 0 downwards.

    Raises
    ------
    ValueError
        If `deriv` or `accuracy` is not a positive integer.
    """
    return Stencil(tuple(-s for s in forward(deriv, accuracy).offsets), deriv)


def boundary(deriv: int, accuracy: int, position: int) -> Stencil:
    """Return the stencil for the grid point number `position` from the left end of a grid.

    It uses the first ``deriv + accuracy`` points of the grid, which give at least this accuracy
    at every position (more where the stencil happens to be symmetric). At the right end use the
    negated offsets.

    Parameters
    ----------
    deriv : int
        Which derivative.
    accuracy : int
        The order of the error in h.
    position : int
        The number of the point from the end, 0 at the end itself.

    Returns
    -------
    Stencil
        On offsets relative to that point.

    Raises
    ------
    ValueError
        If `deriv` or `accuracy` is not a positive integer or `position` is not one of the points.
    """
    count = positive_integer("deriv", deriv) + positive_integer("accuracy", accuracy)
    if isinstance(position, bool) or not isinstance(position, numbers.Integral):
        raise ValueError(f"`position` must be an integer, got {position!r}")
    if not 0 <= position < count:
        raise ValueError(f"`position` must be from 0 to {count - 1}, got {position}")
    return Stencil(tuple(Fraction(j - int(position)) for j in range(count)), deriv)


@cache
def named() -> tuple[Stencil, ...]:
    """Return the stencils of the tables: derivatives 1 to 4, accuracies up to 8."""
    derivs, accuracies = range(1, 5), range(1, 9)
    return (
        *(central(d, a) for d in derivs for a in accuracies[1::2]),
        *(forward(d, a) for d in derivs for a in accuracies),
        *(backward(d, a) for d in derivs for a in accuracies),
    )
