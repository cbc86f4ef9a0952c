"""Certified integration: what a function is the integral of, in balls and not by its slope."""

from flint import arb

from derivref.records import Scalar
from derivref.verify import balls
from derivref.verify.balls import Ball, precision
from derivref.verify.formulas import formula, read
from derivref.verify.terms import Term

PIECES = 64  # of the interval
TERMS = 8  # of the power series on each
BITS = 128
SURE = 12  # digits to which an enclosure must be narrow


def integral(integrand: Term, low: float, high: float) -> Ball:
    """Return a ball that holds the integral of a term over an interval.

    On each piece the integrand is its Taylor polynomial at the middle, and the rest is bounded by
    the next coefficient over the whole piece.

    Parameters
    ----------
    integrand : Term
        In x, smooth on the interval.
    low, high : float
        The ends.

    Returns
    -------
    arb
        Not finite where the integrand has no enclosure.
    """
    compiled = balls.program(integrand)
    with precision(BITS):
        r = (arb(high) - arb(low)) / (2 * PIECES)
        total = arb(0)
        for k in range(PIECES):
            middle = arb(low) + (2 * k + 1) * r
            at = compiled.coefficients(middle, TERMS)
            box = compiled.coefficients(middle + r * arb(0, 1), TERMS)
            for n in range(0, TERMS, 2):
                total += 2 * at[n] * r ** (n + 1) / (n + 1)
            total += 2 * box[TERMS] * r ** (TERMS + 1) / (TERMS + 1)
        return total


def interval(record: Scalar) -> tuple[float, float]:
    """Return the ends between which the slope of a record is integrated."""
    low = max(0.0, record.domain[0])
    return low + 0.25, low + 0.75


def read_backwards(record: Scalar) -> tuple[Ball, Ball]:
    """Return the integral of the stated slope of a record, and the difference of its values.

    Parameters
    ----------
    record : Scalar
        An entry without a kink on its `interval`.

    Returns
    -------
    tuple of two arb
        The first from the form of f′ that people write, the second from the formula of f.
    """
    low, high = interval(record)
    text = record.derivative
    slope = read(text, record) if text else formula(record, 1)
    compiled = balls.program(formula(record))
    with precision(BITS):
        change = compiled.run(arb(high))[0] - compiled.run(arb(low))[0]
    return integral(slope, low, high), change


def holds(record: Scalar) -> bool:
    """Say whether both agree to `SURE` digits, each known to as many.

    Parameters
    ----------
    record : Scalar
        An entry without a kink on its `interval`.

    Returns
    -------
    bool
        False also where an enclosure is too wide to tell.
    """
    area, change = read_backwards(record)
    return bool(abs(area - change) < arb(10) ** -SURE)
