"""The largest errors that the pages show: bounds, the same on every processor.

The last digits of exp and tanh, and so the largest error of what calls them, depend on the
processor. `benchmarks/accuracy.py` has measured it under several settings; shown is the next step
above it with room for the processors that were not there, and every build checks that what it
measures itself is no larger.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from derivref import catalog
from derivref.oracle import NAMES, Check, Errors, zeros
from derivref.program import program
from derivref.records import Function, Record, Scalar
from derivref.site.fault import Fault
from derivref.site.show.benchmarks import measured
from derivref.site.show.measured import errors

STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
ROOM = 1.5  # of the largest error of all settings, for processors that were not there
# What was exact under every setting may round with another release (power with NumPy 2.0: 1.1 eps).
LEAST = {"ULP": 0.8, "of predicted": 0.05, "eps": 3.0, "eps of the largest": 3.0}
COMMAND = "python benchmarks/accuracy.py"
LIMITS: dict[str, Callable[[Any], float]] = {  # where a check itself fails, by its unit
    "ULP": lambda record: record.promise,
    "of predicted": lambda record: 1.0,
    "eps": lambda record: 32 * record.promise,
    "eps of the largest": lambda record: record.promise,
}


def step(value: float) -> float:
    """Return the least of 1, 1.5, 2, 3, 5, 8 times a power of ten that is at least `value`.

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
    steps = (float(f"{s}e{p}") for p in range(power, power + 4) for s in STEPS)
    return next(s for s in steps if s >= value)


def digest(record: Scalar) -> str:
    """Return a digest of what decides the errors of an entry: its formulas and its code."""
    facts = (record.expr, record.where, record.domain, record.excluded, record.period)
    kinks = [(k.at, k.slope) for k in record.corners]
    code = _code(record.f, record.d, record.d2)
    whole = repr((*facts, kinks, record.parameters, record.cases, record.tutorial, code))
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
    key = f"{check.method}: {check.detail}"
    bound = _bound(record, key, unit)
    if check.ok:
        within(record.name, key, float(value), bound, unit)
    return f"≤ {bound:g} {unit}" if bound else f"0 {unit}"


def ulp(record: Scalar, n: int, dtype: type) -> str:
    """Return the bound of the error of f, f′ or f″ (n = 0, 1, 2) in a type, in ULP.

    Raises
    ------
    Fault
        If the error is larger here.
    """
    what = f"{NAMES[n]} in {dtype.__name__}"
    bound = _bound(record, f"exact values: {what}", "ULP")
    within(record.name, what, errors(record.full_name, n, dtype).max_ulp, bound, "ULP")
    return f"{bound:g}"


def beside(record: Scalar) -> float:
    """Return a bound of the absolute error of f, f′ and f″ beside their zeros, in float64.

    Raises
    ------
    Fault
        If the error is larger here.
    """
    row, worst = measurement(record), 0.0
    for n, name in enumerate(NAMES):
        ratio = float(record.promise)
        if row is not None:
            ratio = min(ratio, step(ROOM * row["beside"][name]))
        found = errors(record.full_name, n, np.float64).near_zero
        within(record.name, f"{name} beside a zero", found, ratio, "ULP of x")
        worst = max([worst, *(ratio * unit for _, unit in zeros(record, n))])
    return step(worst)


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
