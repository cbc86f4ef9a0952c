"""The plain form of a function: the short program that readers want, and what its shortness costs.

It is judged by the oracle like the code of the package, over the same points: how large its
relative error is, where its digits are lost, and where it is NaN, overflows or has the wrong sign
although the value is a number.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivref import oracle
from derivref.oracle import NAMES, Check
from derivref.program import fitted, program
from derivref.records import LINES, WIDTH, Function, Scalar

GOOD = 1e-12
"""A larger relative error counts as a loss of digits."""
FEW = 10  # good points between two losses that do not part them
MODERATE = (0.125, 8.0)  # magnitudes where a right formula keeps its digits, but for a cancellation
SHARE = 0.9  # of the points there
EPS, TINY = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).tiny)

Span = tuple[float, float]
"""An interval; ±inf where it reaches the end of the domain."""


@dataclass(frozen=True)
class Price:
    """What a plain form costs in float64."""

    worst: float  # the largest relative error of f, f′ and f″ where digits are kept
    lost: tuple[Span, ...]  # where they are not, ends of two digits
    wrong: tuple[tuple[str, Span], ...]  # NaN, overflow or a wrong sign, and where
    points: int


def to_json(price: Price) -> dict[str, Any]:
    """Return a price as data; None stands for an infinite end.

    Parameters
    ----------
    price : Price
        The price.

    Returns
    -------
    dict
        Ready for JSON.
    """

    def ends(span: Span) -> list[float | None]:
        return [end if math.isfinite(end) else None for end in span]

    return {
        "worst": float(f"{price.worst:.3g}"),
        "lost": [ends(s) for s in price.lost],
        "wrong": [[kind, *ends(s)] for kind, s in price.wrong],
        "points": price.points,
    }


def from_json(*found: dict[str, Any]) -> Price:
    """Return the price that data hold; of several, what covers them all.

    Parameters
    ----------
    *found : dict
        As `to_json` gives them.

    Returns
    -------
    Price
        The largest error, and the union of the intervals.
    """

    def span(low: float | None, high: float | None) -> Span:
        return -math.inf if low is None else low, math.inf if high is None else high

    lost = union(span(*s) for data in found for s in data["lost"])
    kinds = sorted({kind for data in found for kind, *_ in data["wrong"]})
    wrong = [
        (kind, s)
        for kind in kinds
        for s in union(span(*ends) for data in found for k, *ends in data["wrong"] if k == kind)
    ]
    worst = max(float(data["worst"]) for data in found)
    return Price(worst, tuple(lost), tuple(wrong), max(int(data["points"]) for data in found))


def functions(record: Scalar) -> tuple[Function, Function, Function]:
    """Return f, f′ and f″ of the plain form, or the record's own if it has none.

    Parameters
    ----------
    record : Scalar
        The entry, at its defaults.

    Returns
    -------
    tuple of three callables
        Each takes x and the parameters.
    """
    if not record.plain:
        return record.functions
    return _defined(record.name, record.plain)


@cache
def _defined(name: str, text: str) -> tuple[Function, Function, Function]:
    names: dict[str, Any] = {}
    exec(compile(text, f"<plain form of {name}>", "exec"), names)
    f, d, d2 = (names[f"{order}{name}"] for order in ("", "d_", "d2_"))
    return f, d, d2


def length(text: str) -> int:
    """Return how many lines a program has beside imports, blank lines and comments.

    Parameters
    ----------
    text : str
        Python.

    Returns
    -------
    int
        The number of lines.
    """
    lines = (line.strip() for line in text.splitlines())
    return sum(bool(t) and not t.startswith(("import ", "from ", "#")) for t in lines)


def short(record: Scalar) -> str:
    """Return the one program of a record that needs no plain form, or "" if it needs one.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    str
        Its code without docstrings, if f, f′ and f″ have at most `LINES` lines of `WIDTH`
        characters; its derivatives in parameters come after them.
    """
    three, text = (
        fitted(program(*some, docstrings=False), WIDTH)
        for some in (record.functions, record.codes.values())
    )
    fits = length(three) <= LINES and max(map(len, text.splitlines())) <= WIDTH
    return text if fits else ""


def wanted(record: Scalar) -> str:
    """Say what a record without a plain form has to add, "" if it is short enough as it is.

    Parameters
    ----------
    record : Scalar
        The entry.

    Returns
    -------
    str
        The fault, and the lines to begin with.
    """
    if record.plain or short(record):
        return ""
    text = fitted(program(*record.functions, docstrings=False), WIDTH)
    widest = max(map(len, text.splitlines()))
    takes = ", ".join(["x", *(f"{k}={v!r}" for k, v in record.parameters.items())])
    bodies = (record.tutorial.f, record.tutorial.d, "...")
    lines = "\n\n".join(
        f"def {order}{record.name}({takes}):\n    return {body}"
        for order, body in zip(("", "d_", "d2_"), bodies, strict=True)
    )
    return (
        f"`{record.full_name}`: {length(text)} lines, up to {widest} characters: add a form of at "
        f'most {LINES} lines of {WIDTH}:\n\n    plain="""\nimport numpy as np\n\n{lines}\n""",\n'
    )


@dataclass(frozen=True)
class _Row:
    """What one of f, f′, f″ does at the points, in order."""

    x: NDArray[np.float64]
    error: NDArray[np.float64]  # relative; beside a zero relative to what x·f′ is there
    wrong: NDArray[np.object_]  # "", "NaN", "overflow" or "the wrong sign"
    empty: NDArray[np.bool_]  # the value is 0 or subnormal: it has few digits or none


def _rows(record: Scalar) -> Iterator[_Row]:
    for n, function in enumerate(functions(record)):
        x = np.sort(oracle.grid(record))
        if n:
            x = x[~np.isin(x, [k.at for k in record.corners])]
        exact = oracle.reference(record, n, x)
        with np.errstate(all="ignore"):
            got = np.broadcast_to(function(x, **record.parameters), x.shape).astype(np.float64)
        truth = exact.rounded()
        error = oracle.error_in_ulp(got, exact, np.float64) * EPS
        wrong = np.full(x.shape, "", dtype=object)
        wrong[np.isinf(error)] = "overflow"
        wrong[np.isnan(got)] = "NaN"
        with np.errstate(all="ignore"):
            for z, unit in oracle.zeros(record, n):
                beside = np.abs(x - z) <= abs(z) / oracle.BESIDE
                error[beside] = (np.abs(got - truth) / unit * EPS)[beside]
        wrong[(np.sign(got) * np.sign(truth) < 0) & (error > GOOD)] = "the wrong sign"
        wrong[~np.isfinite(truth)] = ""
        yield _Row(x, error, wrong, np.abs(truth) < TINY)


def _outward(value: float, up: bool) -> float:
    """Round to two digits, up or down."""
    if abs(value) < TINY or math.isinf(value):
        return 0.0 if abs(value) < TINY else value
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    steps = math.ceil(value / unit) if up else math.floor(value / unit)
    return float(f"{steps}e{round(math.log10(unit))}")


def _spans(x: NDArray[np.float64], bad: NDArray[Any], idle: NDArray[Any]) -> list[Span]:
    """Return intervals that hold the bad points, from the good one before to the good one behind.

    Idle points are neither: an interval that meets nothing else reaches the end.
    """
    spans: list[Span] = []
    good = np.flatnonzero(~bad & ~idle)
    for i in np.flatnonzero(bad):
        k = int(np.searchsorted(good, i))
        low = _outward(float(x[good[k - 1]]), up=False) if k else -math.inf
        high = _outward(float(x[good[k]]), up=True) if k < good.size else math.inf
        last = spans[-1][1] if spans else low
        if spans and (low <= last or np.sum((x[good] > last) & (x[good] < low)) < FEW):
            spans[-1] = (spans[-1][0], max(high, last))
        else:
            spans.append((low, high))
    return spans


def union(spans: Iterable[Span]) -> list[Span]:
    """Return intervals that do not meet and cover the same.

    Parameters
    ----------
    spans : iterable of (float, float)
        Intervals in any order.

    Returns
    -------
    list of (float, float)
        In order.
    """
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def _inside(x: NDArray[np.float64], spans: Iterable[Span]) -> NDArray[np.bool_]:
    found = np.zeros(x.shape, dtype=bool)
    for low, high in spans:
        found |= (x > low) & (x < high)
    return found


def price(record: Scalar, lost: Sequence[Span] | None = None) -> Price:
    """Return what the plain form of a record costs, over `derivref.oracle.grid` in float64.

    Parameters
    ----------
    record : Scalar
        The entry, at its defaults.
    lost : sequence of (float, float), optional
        Where digits are known to be lost, from measurements elsewhere; by default found here.

    Returns
    -------
    Price
        The largest error outside of `lost`, and the rest.
    """
    rows = list(_rows(record))
    if lost is None:
        lost = union(s for r in rows for s in _spans(r.x, r.error > GOOD, r.empty))
    kept = [r.error[~_inside(r.x, lost)] for r in rows]
    kinds = sorted({kind for r in rows for kind in set(r.wrong) - {""}})
    wrong = [
        (kind, span)
        for kind in kinds
        for span in union(
            s for r in rows for s in _spans(r.x, r.wrong == kind, np.zeros(r.x.shape, dtype=bool))
        )
    ]
    worst = max(float(e.max(initial=0.0)) for e in kept)
    return Price(worst, tuple(lost), tuple(wrong), max(r.x.size for r in rows))


def check(record: Scalar) -> Iterator[Check]:
    """Hold the plain form of a record, if it has one, against the exact values.

    Parameters
    ----------
    record : Scalar
        The entry.

    Yields
    ------
    Check
        One for f, f′ and f″ together.
    """
    if not record.plain:
        return
    faults = [f for case in (record, *map(record.case, record.cases)) for f in _faults(case)]
    found = price(record)
    detail = "; ".join(faults) or "f, f′ and f″ of the plain form, where it keeps its digits"
    yield Check("plain form", found.points, f"{found.worst:.2g} relative", not faults, detail)


def _faults(record: Scalar) -> Iterator[str]:
    """Say where the plain form is another function, or gives another slope at a kink."""
    for n, row in enumerate(_rows(record)):
        middle = (np.abs(row.x) >= MODERATE[0]) & (np.abs(row.x) <= MODERATE[1])
        bad = middle & (row.error > GOOD)
        if bad.sum() > (1 - SHARE) * middle.sum():
            at = row.x[bad][:1]
            got = functions(record)[n](at, **record.parameters)
            want = oracle.reference(record, n, at).rounded()
            yield (
                f"plain {NAMES[n]} at x = {at[0]:.6g} is {np.ravel(got)[0]:.6g}, not {want[0]:.6g}"
            )
    for kink in record.corners:
        got = float(functions(record)[1](np.float64(kink.at), **record.parameters))
        if not math.isclose(got, kink.slope, rel_tol=GOOD, abs_tol=0.0):
            yield f"plain f′ at the kink {kink.at:g} is {got:g}, declared {kink.slope:g}"
