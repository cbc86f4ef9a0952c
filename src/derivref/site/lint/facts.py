"""Facts beside the formula of an entry: kinks' sentences, periods, domains, poles, usual formulas.

Each is compared with the formula itself, by SymPy and mpmath; a fact in a form that no machine
reads is a fault too.
"""

import re
from collections.abc import Iterator

import mpmath as mp
import numpy as np
import sympy as sp

from derivref import oracle
from derivref.records import Scalar
from derivref.site.lint.reading import LABELS, Truth, _agree

_SIDE = re.compile(r"(?P<value>-?\d+(?:\.\d+)?|[^,;]*?) on the (?P<side>left|right)")
# What a sentence may say of a slope without its number.
_WORDS = {"the slope is that of the negative side": 0, "that of the positive side": 1}
FRACTIONS = range(2, 7)  # of a stated period that are tried as periods


def faults(record: Scalar) -> Iterator[str]:
    """Yield what is wrong with the facts that an entry states beside its formula."""
    truth = Truth(record)
    with mp.workdps(40):
        yield from _sentences(truth)
        yield from _period(truth)
        yield from _domain(truth)
        yield from _poles(truth)
    yield from _tutorial(truth)


def _sentences(truth: Truth) -> Iterator[str]:
    """Compare the sentence of a kink with the slopes on its sides and the one returned."""
    for corner in truth.record.corners:
        sides = truth.sides(1, mp.mpf(corner.at))
        said = {}
        for match in _SIDE.finditer(corner.why.replace("−", "-")):
            text = match["value"].lower().strip().removeprefix("and ")
            value = re.search(r"(-?\d+(?:\.\d+)?)(?:/(\d+))?$", text)
            side = ("left", "right").index(match["side"])
            last = text.removeprefix("the slope is ")
            if value is not None and not set(last) & set("()*"):
                said[side] = value[0]
            elif {*re.findall(r"[a-z_]+", last)} & truth.record.parameters.keys():
                known = {k: sp.Rational(str(v)) for k, v in truth.record.parameters.items()}
                said[side] = str(sp.sympify(last, locals=known).subs(known))
            elif text in _WORDS:
                said[side] = str(sides[_WORDS[text]])
        if re.search(r"\bjumps\b", corner.why) and mp.mpf(corner.at) in truth.jumps:
            continue
        if set(said) != {0, 1}:
            yield (
                f"kink at {corner.at:g}: `why` must say the slopes as `A on the left and B on the "
                f"right`, got `{corner.why}`"
            )
        for side, told in said.items():
            top, _, bottom = told.partition("/")
            exact = mp.mpf(top) / mp.mpf(bottom or 1)
            if not _agree(exact, sides[side], "" if bottom else told):
                yield (
                    f"kink at {corner.at:g}: `why` says {told} on the "
                    f"{('left', 'right')[side]}, and the slope there is {mp.nstr(sides[side], 6)}"
                )
        for word in re.findall(r"the (left|right) one, as here", corner.why):
            if abs(corner.slope - sides[("left", "right").index(word)]) > mp.mpf("1e-9"):
                yield f"kink at {corner.at:g}: the slope returned is not the {word} one"
        for value in re.findall(r"(-?\d+) (?:is what|lies)", corner.why):
            if abs(float(value) - corner.slope) > 1e-9:
                returned = f"returned is {corner.slope:g}"
                yield f"kink at {corner.at:g}: `why` speaks of {value}, {returned}"


def _repeats(truth: Truth, period: mp.mpf) -> bool:
    points = [mp.mpf(k) / 7 + mp.mpf("0.013") for k in range(-6, 7)]
    usable = [x for x in points if truth.inside(x) and truth.inside(x + period)]
    return all(abs(truth.value(0, x + period) - truth.value(0, x)) < 1e-20 for x in usable)


def _period(truth: Truth) -> Iterator[str]:
    """Hold that a stated period is one, and the least; and that none is left unsaid."""
    if truth.period:
        if not _repeats(truth, truth.period):
            yield f"{truth.record.period} is no period"
        for k in FRACTIONS:
            if _repeats(truth, truth.period / k):
                yield f"the period is {truth.record.period} over {k}, not {truth.record.period}"
    elif mp.isinf(truth.low) and mp.isinf(truth.high):
        spread = {mp.nstr(truth.value(0, x), 8) for x in truth.points[::40]}
        if len(spread) > 2 and any(_repeats(truth, p) for p in (mp.pi, 2 * mp.pi)):
            yield "repeats, and states no period"


def _real(truth: Truth, x: mp.mpf) -> bool:
    """Say whether f and its slope are real and finite at a point."""
    for n in range(2):
        try:
            value = truth.functions[n](x)
        except (ZeroDivisionError, ValueError):
            return False
        if abs(mp.im(value)) > 1e-25 or not mp.isfinite(mp.re(value)):
            return False
    return True


def _domain(truth: Truth) -> Iterator[str]:
    """Hold that f is real in all of the domain, and that the domain cannot be larger."""
    for end, way in ((truth.low, -1), (truth.high, 1)):
        if mp.isinf(end):
            continue
        beyond = [end + way * mp.mpf(10) ** -k for k in (1, 3, 6)]
        if all(_real(truth, x) for x in beyond) and _real(truth, end):
            yield f"the domain ends at {mp.nstr(end, 6)}, and the formula goes on"
    for x in (-300, -31, -7, -2, -0.6, 0.3, 0.8, 2, 7, 31, 300):
        if truth.inside(mp.mpf(x)) and not _real(truth, mp.mpf(x)) and x not in truth.corners:
            yield f"the domain has {x}, where the formula has no real value"


def _poles(truth: Truth) -> Iterator[str]:
    """Hold that what a domain leaves out is a pole, and that no pole stays in."""
    near = mp.mpf("1e-12")
    for pole in truth.poles:
        if truth.low < pole < truth.high:
            sizes = [abs(truth.value(0, pole + side)) for side in (-near, near)]
            if min(sizes) < 1e6:
                yield f"the domain leaves out {mp.nstr(pole, 6)}, where f is no pole"
    for a, b in truth.pieces:
        xs = [x for x in truth.points if a < x < b]
        if not xs:
            continue
        # What grows towards an end, as 10^x does, is larger there.
        around = max(abs(truth.value(0, x)) for x in (xs[0], (a + b) / 2, xs[-1]))
        for x in xs[1:-1]:
            if abs(truth.value(0, x)) > 1e4 * (1 + around):
                edges = min(abs(x - a), abs(x - b))
                if edges > (b - a) / 20:
                    yield f"f is larger than anything around at {mp.nstr(x, 6)}: is it a pole?"


def _tutorial(truth: Truth) -> Iterator[str]:
    """Hold that the usual formulas are the function, where nothing is lost: at a few points."""
    low, high = max(float(truth.low), -1.5), min(float(truth.high), 1.5)
    points = [low + (high - low) * t for t in (0.13, 0.31, 0.58, 0.74, 0.91)]
    points = [x for x in points if truth.inside(mp.mpf(x))]
    for n in range(2):
        with np.errstate(all="ignore"):
            got = oracle.tutorial(truth.record, n)(np.array(points))
        for x, value in zip(points, np.broadcast_to(got, len(points)), strict=True):
            want = float(truth.value(n, mp.mpf(x)))
            if not abs(value - want) <= 1e-6 * (1 + abs(want)):
                yield (
                    f"the usual formula of {LABELS[n]} is {value:.7g} at x = {x:.3g}, and "
                    f"{LABELS[n]} is {want:.7g}"
                )
                break
