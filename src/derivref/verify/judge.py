"""What a record claims, judged: values, facts, branches, limits and equations of its formulas."""

from collections.abc import Iterable
from functools import cache, partial

import numpy as np
from numpy.typing import ArrayLike

from derivref.language.syntax import ExpressionError
from derivref.records import Order, Scalar
from derivref.records import number as number_at
from derivref.verify import balls, exact
from derivref.verify.chart import End
from derivref.verify.equal import Equality, compare, proved
from derivref.verify.exact import Exact
from derivref.verify.facts import Facts, Number
from derivref.verify.facts import number as told
from derivref.verify.formulas import Functions, applied, constant, formula, read
from derivref.verify.germs import Undecided, number
from derivref.verify.prove import Prover, Subject, prove, scanned_zeros
from derivref.verify.prove import boundaries as branch_points
from derivref.verify.terms import Term

POINTS = 60  # at which two formulas are compared where no proof is found
REACH = 30  # how far from 0: beyond, all but the dominant term is below 50 digits


def subject(record: Scalar, n: Order = 0) -> Subject:
    """Return what is to be proved about: formula, domain, poles and period of a record.

    With the name of a parameter, the derivative in that parameter takes the place of f.
    """
    low, high = record.domain_of(n)
    inside = (p for p in record.excluded if low < number_at(p, record.parameters) < high)
    return Subject(
        formula(record, n),
        (low, high),
        tuple((constant(p), p) for p in inside),
        constant(record.period) if record.period else None,
    )


@cache
def _prover(subject_: Subject) -> Prover:
    return Prover(subject_)


def prover(record: Scalar, n: Order = 0) -> Prover:
    """Return the prover of a record, or of its derivative in a parameter; it keeps its finds."""
    return _prover(subject(record, n))


def facts(record: Scalar) -> Facts:
    """Return the key numbers of an entry, each proved for every x or scanned with the reason."""
    return prove(subject(record))


def zeros(record: Scalar, argument: str) -> list[Number]:
    """Return the isolated zeros of the derivative in a parameter: all, or those of a scan."""
    found = prover(record, argument)
    try:
        at = found.zeros(0)
    except (Undecided, ExpressionError):
        at = scanned_zeros(found, 0)
    return [told(z.at) for z in at]


def reference(record: Scalar, points: ArrayLike, argument: str = "") -> list[Exact]:
    """Return f, f′ and f″ with 50 sure digits at points of any floating type.

    With the name of a parameter: the derivative in that parameter alone.

    Raises
    ------
    Unsettled
        If a value is undefined or does not settle; the message names the point.
    """
    x = np.asarray(points, dtype=np.float64).ravel()
    return exact.values(formula(record, argument or 0), x, 0 if argument else 2)


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


def one_sided(record: Scalar, at: float, n: Order = 1) -> tuple[float, float]:
    """Return what f′ (or another derivative) tends to from the left and from the right of a point.

    The formula that holds on each side is evaluated at the point itself.
    """
    t, k = (formula(record, n), 0) if isinstance(n, str) else (formula(record), n)
    left, right = (float(balls.derivatives(t, at, k, side)[k]) for side in (-1, 1))
    return left, right


def limit(record: Scalar, n: Order, side: int) -> float:
    """Return what f, f′ or f″ tends to at the lower (0) or upper (1) end of the domain.

    Or the derivative in a parameter, at the ends of its own domain.

    Returns
    -------
    float
        The limit, ±inf, or nan where there is none: the function swings for ever.

    Raises
    ------
    Undecided
        If nothing is known.
    """
    found = prover(record, n if isinstance(n, str) else 0)
    try:
        value = found.limit(0 if isinstance(n, str) else n, side)
    except Undecided:
        if swings(record, n, side):
            return float("nan")
        raise
    if isinstance(value, int):
        return float("inf") * value
    return float(number(value))


def swings(record: Scalar, n: Order, side: int) -> bool:
    """Say whether f⁽ⁿ⁾ has no limit at an infinite end because it is periodic, or in phases."""
    found = prover(record, n if isinstance(n, str) else 0)
    low, high = record.domain_of(n)
    n = 0 if isinstance(n, str) else n
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


def spots(record: Scalar, count: int = POINTS, n: Order = 0) -> list[float]:
    """Return points of the domain at which formulas are compared, none of them special."""
    low, high = record.domain_of(n)
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


def form(record: Scalar, n: Order) -> Equality | None:
    """Compare the preferred form of a derivative with the exact one; None without one.

    With the parameters as symbols first, then at their values.
    """
    text = record.form_of(n)
    if not text:
        return None
    if proved(formula(record, n, symbolic=True), read(text, record, symbolic=True)):
        return Equality(True)
    points = spots(record, n=n)
    return compare(formula(record, n), read(text, record), points)


def sides(record: Scalar, text: str, entries: Iterable[Scalar]) -> tuple[Term, Term]:
    """Return the two sides of an equation between entries, which are called by name."""
    functions: Functions = {r.name: partial(_applied, r) for r in (*entries, record)}
    left, right = (read(side, record, functions) for side in text.split(" = "))
    return left, right


def _applied(record: Scalar, u: Term) -> Term:
    return applied(record)(u)
