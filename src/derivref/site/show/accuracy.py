"""The largest errors that the pages show: bounds, the same on every processor.

The last digits of exp and tanh, and so the largest error of what calls them, depend on the
processor. `benchmarks/accuracy.py` has measured it under several settings; shown is the next step
above it with room for the processors that were not there, and every build checks that what it
measures itself is no larger.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from derivref import catalog
from derivref.oracle import NAMES, Check, Errors, named, zeros
from derivref.program import program
from derivref.records import Function, Order, Record, Scalar
from derivref.site.fault import Fault
from derivref.site.show.benchmarks import measured
from derivref.site.show.measured import errors, prices
from derivref.verify import plain

STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
PRICES = (1.0, 2.0, 3.0, 5.0, 8.0)
ROOM = 1.5  # of the largest error of all settings, for processors that were not there
# What was exact under every setting may round with another release (power with NumPy 2.0: 1.1 eps).
LEAST = {
    "ULP": 0.8,
    "of predicted": 0.05,
    "eps": 3.0,
    "eps of the largest": 3.0,
    "relative": 2e-15,
    # Beside a zero taken out as a factor the error is next to nothing, and not the same twice.
    "ULP of x": 0.1,
}
COMMAND = "python benchmarks/accuracy.py"
LIMITS: dict[str, Callable[[Any], float]] = {  # where a check itself fails, by its unit
    "ULP": lambda record: record.promise,
    "of predicted": lambda record: 1.0,
    "eps": lambda record: 32 * record.promise,
    "eps of the largest": lambda record: record.promise,
    "relative": lambda record: plain.GOOD,
}


def step(value: float, steps: Sequence[float] = STEPS) -> float:
    """Return the least of 1, 1.5, 2, 3, 5, 8 times a power of ten that is at least `value`.

    Other steps may be given.

    Raises
    ------
    ValueError
        If `value` is negative, infinite or NaN.
    """
    if not 0 <= value < math.inf:
        raise ValueError(f"`value` must be finite and at least 0, got {value}")
    if value == 0:
        return 0.0
    power = math.floor(math.log10(value)) - 1
    rungs = (float(f"{s}e{p}") for p in range(power, power + 4) for s in steps)
    return next(s for s in rungs if s >= value)


def digest(record: Scalar) -> str:
    """Return a digest of what decides the errors of an entry: its formulas and its code."""
    facts = (record.expr, record.where, record.domain, record.excluded, record.period)
    kinks = [(k.at, k.slope) for k in record.corners]
    code = _code(*record.codes.values())
    short = [record.plain] * bool(record.plain)
    whole = repr((*facts, kinks, record.parameters, record.cases, record.tutorial, code, *short))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@cache
def _code(*functions: Function) -> list[str]:
    return [program(g) for g in functions]


def measurement(record: Scalar) -> dict[str, Any] | None:
    """Return what was measured for an entry as it is now, None if it was not."""
    row: dict[str, Any] | None = measured("accuracy")["entries"].get(record.full_name)
    return row if row and row["digest"] == digest(record) else None


def stale() -> Iterator[str]:
    """Say which entries have no measurement, or one of another code or formula."""
    rows = measured("accuracy")["entries"]
    for record in catalog.records("scalar"):
        if measurement(record) is None:
            since = "changed since" if record.full_name in rows else "never"
            yield f"`{record.full_name}`: {since} measured"


def _bound(record: Record, key: str, unit: str) -> float:
    limit = float(LIMITS[unit](record))
    row = measurement(record) if isinstance(record, Scalar) else None
    if row is None or key not in row["checks"]:
        return limit
    return min(limit, step(max(ROOM * row["checks"][key], LEAST[unit])))


def within(name: str, what: str, value: float, bound: float, unit: str) -> None:
    """Refuse an error that is larger here than the bound that the pages show, by name."""
    if not value <= bound:
        raise Fault(
            f"`{name}`: {what}: the error here is {value:.3g} {unit}, above the {bound:g} that the "
            f"pages show; if it is right, run `{COMMAND}` on this machine"
        )


def told(record: Record, check: Check) -> str:
    """Return the largest error of a check as the pages show it: a bound where it is measured.

    Raises
    ------
    Fault
        If it is larger here than what the pages show.
    """
    value, _, unit = check.worst.partition(" ")
    if unit not in LIMITS:
        return check.worst
    if unit == "relative" and isinstance(record, Scalar) and check.ok:
        return f"≤ {_price(record)[0]:g} relative"
    key = f"{check.method}: {check.detail}"
    bound = _bound(record, key, unit)
    if check.ok:
        within(record.name, key, float(value), bound, unit)
    return f"≤ {bound:g} {unit}" if bound else f"0 {unit}"


def ulp(record: Scalar, n: Order, dtype: type) -> str:
    """Return the bound of the error of f, f′ or f″ (n = 0, 1, 2) in a type, in ULP.

    Or of the derivative in a parameter.

    Raises
    ------
    Fault
        If the error is larger here.
    """
    what = f"{named(n)} in {dtype.__name__}"
    bound = _bound(record, f"exact values: {what}", "ULP")
    within(record.name, what, errors(record.full_name, n, dtype).max_ulp, bound, "ULP")
    return f"{bound:g}"


def beside(record: Scalar) -> float:
    """Return a bound of the absolute error of all code beside its zeros, in float64.

    Raises
    ------
    Fault
        If the error is larger here.
    """
    row, worst = measurement(record), 0.0
    for n in record.codes:
        ratio = float(record.promise)
        if row is not None:
            ratio = min(ratio, step(max(ROOM * row["beside"][named(n)], LEAST["ULP of x"])))
        found = errors(record.full_name, n, np.float64).near_zero
        within(record.name, f"{named(n)} beside a zero", found, ratio, "ULP of x")
        worst = max([worst, *(ratio * unit for _, unit in zeros(record, n))])
    return step(worst)


def price(record: Scalar) -> str:
    """Return what the plain form of an entry costs, in one sentence: a bound, and where it holds.

    Raises
    ------
    Fault
        If its error is larger here, or it is NaN, overflows or has a wrong sign at other points.
    """
    bound, found = _price(record)
    return f"Relative error ≤ {short(bound)}{_where(found.lost)}{_failures(found.wrong)}."


def _price(record: Scalar) -> tuple[float, plain.Price]:
    """Return the bound of the error, and where it holds as the data say."""
    row = measurement(record)
    if row is None:  # not measured yet: what is found here
        found = prices(record.full_name)
        return _priced(found.worst), found
    kept = plain.from_json(row["plain"])
    found = prices(record.full_name, kept.lost)
    bound = _priced(kept.worst)
    within(record.name, "plain form", found.worst, bound, "relative")
    for kind, span in found.wrong:
        if not any(
            k == kind and low <= span[0] and span[1] <= high for k, (low, high) in kept.wrong
        ):
            raise Fault(
                f"`{record.name}`: plain form: {kind} between {span[0]:g} and {span[1]:g}, where "
                f"the pages do not say so; run `{COMMAND}` on this machine"
            )
    return bound, kept


def _priced(worst: float) -> float:
    return step(max(ROOM * worst, LEAST["relative"]), PRICES)


def _where(lost: Sequence[plain.Span]) -> str:
    """Say where the bound holds, and where digits are lost instead."""
    low = next((b for a, b in lost if math.isinf(a)), -math.inf)
    high = next((a for a, b in lost if math.isinf(b)), math.inf)
    inner = " and ".join(_between(s) for s in lost if not any(map(math.isinf, s)))
    if math.isinf(low) and math.isinf(high):
        return f"; digits are lost {inner}" if inner else " everywhere"
    if math.isinf(high):
        place, gone = f"for x ≥ {short(low)}", "below"
    elif math.isinf(low):
        place, gone = f"for x ≤ {short(high)}", "above"
    else:
        place, gone = f"on [{short(low)}, {short(high)}]", "outside"
    return f" {place}; digits are lost {gone}" + f" and {inner}" * bool(inner)


def _failures(wrong: Sequence[tuple[str, plain.Span]]) -> str:
    parts = []
    for kind in dict.fromkeys(kind for kind, _ in wrong):
        spans = [span for k, span in wrong if k == kind]
        if len(spans) == 2 and spans[0] == (-spans[1][1], -spans[1][0]) and math.isinf(spans[0][0]):
            parts.append(f"{kind} beyond ±{short(spans[1][0])}")
        else:
            parts.append(f"{kind} {' and '.join(map(_between, spans))}")
    return "".join(f"; {part}" for part in parts)


def _between(span: plain.Span) -> str:
    low, high = span
    if math.isinf(low):
        return f"below {short(high)}"
    if math.isinf(high):
        return f"above {short(low)}"
    return f"for |x| < {short(high)}" if low == -high else f"from {short(low)} to {short(high)}"


def usual(record: Scalar, n: int, dtype: type) -> tuple[str, str]:
    """Return the error of the formula of tutorials in ULP, and where no digit of it is right.

    Both as measured with the data: where digits are lost the number of points moves with the
    processor. A build checks that it finds nearly as many.

    Raises
    ------
    Fault
        If digits are lost here at other points, by more than two in a hundred.
    """
    row, found = measurement(record), errors(record.full_name, n, dtype, True)
    if row is None:
        return "not measured", "somewhere" if found.lost else "nowhere"
    seen = row["usual"][f"{NAMES[n]} in {dtype.__name__}"]
    if abs(seen["lost"] - found.lost) > 0.02 * found.points:  # where 1 + e rounds to 1 may move
        raise Fault(
            f"`{record.name}`: usual {NAMES[n]} in {dtype.__name__}: no digit right at "
            f"{found.lost} points here, the pages say at {seen['lost']}; run `{COMMAND}`"
        )
    size = seen["ulp"]
    if size is None:
        error = f"wrong ∞ or NaN at {short(seen['at'])}"
    else:
        error = f"≤ {short(step(ROOM * size))}"
    if not seen["lost"]:
        return error, "nowhere"
    share = 100 * seen["lost"] / found.points
    told = f"{share:.0f} % of the points" if share >= 1 else "a few points"
    return error, f"at {told}, as x = {short(seen['first'])}"


def short(value: float) -> str:
    """Write a number with three digits, a large one in powers of ten."""
    text = f"{value:.3g}" if abs(value) < 1e4 else f"{value:.2e}"
    mantissa, _, power = text.partition("e")
    if power:
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"
    return text.replace("-", "−")


def kinds(found: Errors) -> dict[str, Any]:
    """Return what the data keep of the errors of a formula of tutorials."""
    return {
        "ulp": found.max_ulp if math.isfinite(found.max_ulp) else None,
        "at": found.at,
        "lost": found.lost,
        "first": found.lost_at if found.lost else None,
    }
