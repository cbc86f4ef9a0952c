"""What a record claims, judged: values, facts, branches, limits and equations of its formulas."""

from collections.abc import Iterable
from functools import cache, partial

import numpy as np
from numpy.typing import ArrayLike

from derivref.records import Scalar
from derivref.verify import balls, exact
from derivref.verify.chart import End
from derivref.verify.equal import Equality, compare, proved
from derivref.verify.exact import Exact
from derivref.verify.facts import Facts
from derivref.verify.formulas import Functions, applied, constant, formula, read
from derivref.verify.germs import Undecided, number
from derivref.verify.prove import Prover, Subject, prove
from derivref.verify.prove import boundaries as branch_points
from derivref.verify.terms import Term

POINTS = 60  # at which two formulas are compared where no proof is found
REACH = 30  # how far from 0: beyond, all but the dominant term is below 50 digits


def subject(record: Scalar) -> Subject:
    """Return what is to be proved about: formula, domain, poles and period of a record."""
    return Subject(
        formula(record),
        record.domain,
        tuple((constant(p), p) for p in record.excluded),
        constant(record.period) if record.period else None,
    )


@cache
def _prover(subject_: Subject) -> Prover:
    return Prover(subject_)


def prover(record: Scalar) -> Prover:
    """Return the prover of a record; it keeps what it has found."""
    return _prover(subject(record))


def facts(record: Scalar) -> Facts:
    """Return the key numbers of an entry, each proved for every x or scanned with the reason."""
    return prove(subject(record))


def reference(record: Scalar, points: ArrayLike) -> list[Exact]:
    """Return f, f′ and f″ with 50 sure digits at points of any floating type.

    Raises
    ------
    Unsettled
        If a value is undefined or does not settle; the message names the point.
    """
    x = np.asarray(points, dtype=np.float64).ravel()
    return exact.values(formula(record), x)


def boundaries(record: Scalar, *, symbolic: bool = False) -> list[Term]:
    """Return where the formula changes its branch, in order, as terms in the parameters.

    Raises
    ------
    Undecided
        If a condition is not linear in x.
    """
    if symbolic:
        return branch_points(formula(record, symbolic=True))
    return prover(record).joints


def one_sided(record: Scalar, at: float, n: int = 1) -> tuple[float, float]:
    """Return what f′ (or another derivative) tends to from the left and from the right of a point.

    The formula that holds on each side is evaluated at the point itself.
    """
    t = formula(record)
    left, right = (float(balls.derivatives(t, at, n, side)[n]) for side in (-1, 1))
    return left, right


def limit(record: Scalar, n: int, side: int) -> float:
    """Return what f, f′ or f″ tends to at the lower (0) or upper (1) end of the domain.

    Returns
    -------
    float
        The limit, ±inf, or nan where there is none: the function swings for ever.

    Raises
    ------
    Undecided
        If nothing is known.
    """
    found = prover(record)
    try:
        value = found.limit(n, side)
    except Undecided:
        if swings(record, n, side):
            return float("nan")
        raise
    if isinstance(value, int):
        return float("inf") * value
    return float(number(value))


def swings(record: Scalar, n: int, side: int) -> bool:
    """Say whether f⁽ⁿ⁾ has no limit at an infinite end because it is periodic, or in phases."""
    found = prover(record)
    low, high = record.domain
    if abs((low, high)[side]) != float("inf"):
        return False
    if found.subject.period is not None:
        return bool(found.orders[n].free)
    end = End(-1 if side == 0 else 1, True, "")
    try:
        along = {found.along(found.orders[n], end, c, s) for c, s in ((1, 0), (-1, 0), (0, 1))}
    except Undecided:
        return False
    return None not in along and len(along) > 1


def spots(record: Scalar, count: int = POINTS) -> list[float]:
    """Return points of the domain at which formulas are compared, none of them special."""
    low, high = record.domain
    t = [(k + 0.5) / count for k in range(count)]
    if np.isfinite(low) and np.isfinite(high):
        x = [low + (high - low) * u for u in t]
    elif np.isfinite(low):
        x = [low + REACH * u**3 for u in t]
    elif np.isfinite(high):
        x = [high - REACH * u**3 for u in t]
    else:
        x = [REACH * (2 * u - 1) ** 3 for u in t]
    return [u * (1 + 1 / 997) for u in x if low < u * (1 + 1 / 997) < high]


def equal(record: Scalar, left: Term, right: Term) -> Equality:
    """Compare two formulas of a record: for every x, else at points of its domain."""
    return compare(left, right, spots(record))


def form(record: Scalar, n: int) -> Equality | None:
    """Compare the preferred form of f, f′ or f″ with the exact derivative; None without one.

    With the parameters as symbols first, then at their values.
    """
    text = (record.form, record.derivative, record.second)[n]
    if not text:
        return None
    if proved(formula(record, n, symbolic=True), read(text, record, symbolic=True)):
        return Equality(True)
    return equal(record, formula(record, n), read(text, record))


def sides(record: Scalar, text: str, entries: Iterable[Scalar]) -> tuple[Term, Term]:
    """Return the two sides of an equation between entries, which are called by name."""
    functions: Functions = {r.name: partial(_applied, r) for r in (*entries, record)}
    left, right = (read(side, record, functions) for side in text.split(" = "))
    return left, right


def _applied(record: Scalar, u: Term) -> Term:
    return applied(record)(u)
