"""Sign charts: where a function vanishes and which sign it has between, over a whole interval.

The compact part is cut into boxes. On a box the function excludes 0 (its enclosure or the mean
value form does), or its derivative does: then the signs at the two ends tell whether it has one
zero there or none. The tails have the sign of their dominant term. Together they are a proof that
no zero is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import arb

from derivref.language.syntax import ExpressionError
from derivref.verify import balls, germs
from derivref.verify.balls import Ball, precision
from derivref.verify.facts import number
from derivref.verify.formulas import constant
from derivref.verify.germs import Germ, Undecided
from derivref.verify.terms import ZERO, Term, differentiate, num, rebuilt, substitute, subterms

TAILS = (2, 4, 8, 16, 64, 1024, 2**20)  # where tails may begin: 237 of the first 250 do at 2
BITS = 128  # of the boxes: their width, not the rounding, decides
FINE = 288  # bits of zeros and of values there: 50 digits, and 35 more to compare them by
SURE = 200  # bits that a zero must have
BOXES = 3_000  # the hardest of the first 114 took 1,168; what needs more has a cluster of zeros
NARROW = 2**-60  # boxes, relative to 1 or to x, that are not cut any further: a multiple zero
CANDIDATES = (0, 1, -1)  # where multiple zeros are looked for by exact evaluation
FOLD = 4  # the largest multiplicity that is looked for
FAR = 32  # how far zeros are listed where a tail has infinitely many


@dataclass(frozen=True)
class End:
    """An end of an interval.

    Attributes
    ----------
    at : Term or int
        A number, or ±1 for ±infinity.
    open : bool
        Whether the formula may be singular there.
    label : str
        How `toward` calls it; "" for the seam of a period.
    """

    at: Term | int
    open: bool
    label: str

    @property
    def ball(self) -> Ball:
        """The place, at the current precision."""
        if isinstance(self.at, int):
            return arb("inf") * self.at
        return balls.program(self.at).run(arb(0))[0]


@dataclass(frozen=True)
class Piece:
    """An open interval on which one formula without case distinctions holds."""

    formula: Term
    low: End
    high: End

    def inner(self) -> Ball:
        """Return some point inside."""
        return _inner(self.low, self.high)


def _inner(low: End, high: End) -> Ball:
    match isinstance(low.at, int), isinstance(high.at, int):
        case True, True:
            return balls.ball(Fraction(1, 7))
        case False, True:
            return low.ball + 1
        case True, False:
            return high.ball - 1
    return (low.ball * 4 + high.ball * 3) / 7


@dataclass(frozen=True)
class Zero:
    """An isolated zero: where, to 200 sure bits, and whether the sign changes there."""

    at: Ball
    exact: Term | None
    changes: bool


@dataclass(frozen=True)
class Chart:
    """The zeros of a function in a piece, in order, and the signs before, between and after.

    `reach` is infinite, or how far from 0 the zeros are listed where a tail stays undecided.
    """

    zeros: tuple[Zero, ...]
    signs: tuple[int, ...]
    reach: float = float("inf")


def resolved(t: Term, at: Ball) -> Term:
    """Return a term with every case distinction decided as at a point."""
    memo: dict[int, Term] = {}
    for u in subterms(t):
        args = [memo[a.index] for a in u.args]
        if u.op == "if":
            d = balls.program(args[0]).run(at)[0]
            if not (d < 0 or d > 0):
                raise Undecided("a condition that holds with equality inside an interval")
            memo[u.index] = args[1] if d < 0 else args[2]
        else:
            memo[u.index] = rebuilt(u, args, {}) if args else u
    return memo[t.index]


def room(end: End, other: End) -> Fraction:
    """Return the least T with which the tail at an end stays clear of the other end."""
    if isinstance(end.at, int):
        return Fraction(0) if isinstance(other.at, int) else Fraction(abs(float(other.ball)) + 1)
    if isinstance(other.at, int):
        return Fraction(0)
    return Fraction(2 / abs(float(other.ball - end.ball)))


def tail(t: Term, end: End, inward: int, least: Fraction) -> tuple[Germ, Fraction]:
    """Return a formula near an end, from where its sign is decided, and that place T ≥ `least`.

    Raises
    ------
    Undecided
        With the last reason, if it is nowhere.
    """
    reason = "no tail"
    for start in map(Fraction, TAILS):
        if start < least:
            continue
        try:
            found = germs.germ(t, germs.toward(end.at, inward), start)
            with precision(germs.BITS):
                found.sign()
        except Undecided as error:
            reason = str(error)
        else:
            return found, start
    raise Undecided(f"at {end.label}: {reason}")


def chart(t: Term, piece: Piece, far: bool = False) -> Chart:
    """Return the sign chart of a term (a derivative of the piece's formula) on a piece.

    Parameters
    ----------
    t : Term
        What to chart.
    piece : Piece
        Where.
    far : bool
        Leave tails out that cannot be decided, beyond |x| = 32.

    Raises
    ------
    Undecided
        If a tail has no sign, or a cluster of zeros cannot be taken apart.
    """
    if t is ZERO:
        return Chart((), (0,))
    if not t.free:
        return Chart((), (germs.sign_of(t),))
    with precision(FINE):
        low, before, low_known = _start(t, piece.low, piece.high, 1, far)
        high, after, high_known = _start(t, piece.high, piece.low, -1, far)
        events: list[Zero | int] = [before] if before else []
        for event in _all_events(t, piece, low, high):
            if event != 0 and event != (events[-1] if events else None):
                events.append(event)
        if after and after != (events[-1] if events else None):
            events.append(after)
    zeros = tuple(e for e in events if isinstance(e, Zero))
    signs = tuple(e for e in events if isinstance(e, int))
    _check(events, piece)
    reach = float("inf") if low_known and high_known else FAR
    return Chart(zeros, signs, reach)


def _check(events: list[Zero | int], piece: Piece) -> None:
    """Hold that zeros and signs alternate, agree, and lie inside."""
    for a, b in pairwise(events):
        if isinstance(a, Zero) == isinstance(b, Zero):
            raise Undecided("two parts of an interval do not fit together")
    for k, e in enumerate(events):
        if isinstance(e, Zero) and 0 < k < len(events) - 1:
            before, after = events[k - 1], events[k + 1]
            if (before != after) != e.changes:
                raise Undecided("a zero does not fit its signs")
    if events and (isinstance(events[0], Zero) or isinstance(events[-1], Zero)):
        raise Undecided("a zero at an end")
    with precision(FINE):
        for e in events:
            if isinstance(e, Zero) and not (piece.low.ball < e.at < piece.high.ball):
                raise Undecided("a zero too close to an end")


def _start(t: Term, end: End, other: End, inward: int, far: bool) -> tuple[Ball, int, bool]:
    """Return where the compact part begins, the sign of the tail before it, and whether known."""
    if not end.open:
        return end.ball, 0, True
    try:
        found, start = tail(t, end, inward, room(end, other))
    except Undecided:
        if (kept := _kept(t, end, other, inward)) is not None:
            return kept
        if isinstance(end.at, int):
            if not far:
                raise
            return balls.ball(FAR * end.at), 0, False
        at = end.ball
        if not balls.program(t).run(at)[0].is_finite():
            raise
        return at, 0, True  # the domain ends, the formula does not
    with precision(germs.BITS):
        sign = found.sign()
    if isinstance(end.at, int):
        return balls.ball(start * end.at), sign, True
    return end.ball + balls.ball(inward / start), sign, True


def _kept(t: Term, end: End, other: End, inward: int) -> tuple[Ball, int, bool] | None:
    """Return the same where the sign follows from monotony: f moves away from 0 towards the end."""
    try:
        found, start = tail(differentiate(t), end, inward, room(end, other))
    except Undecided:
        return None
    with precision(germs.BITS):
        way = -inward * found.sign()
    at = (
        balls.ball(start * end.at)
        if isinstance(end.at, int)
        else end.ball + balls.ball(inward / start)
    )
    sign = _sign_at(t, at)
    return (at, sign, True) if sign and sign == way else None


def _multiple(t: Term, at: Term) -> tuple[int, Term] | None:
    """Return the multiplicity of an exact zero with the first derivative that is none."""
    u = t
    for fold in range(FOLD + 1):
        try:
            there = substitute(u, {"x": at})
        except ExpressionError:
            return None
        if there is not ZERO:
            ball = balls.program(there).run(arb(0))[0]
            return (fold, u) if fold and (ball > 0 or ball < 0) else None
        u = differentiate(u)
    return None


def _turns(t: Term, low: Ball, high: Ball) -> list[Term]:
    """Return closed forms of the zeros of the derivative: where t may have a multiple zero."""
    found = []
    for event in _subdivide(differentiate(t), low.lower(), high.upper()):
        if isinstance(event, Zero) and (exact := number(event.at).exact):
            found.append(constant(exact))
    return found


def _all_events(t: Term, piece: Piece, low: Ball, high: Ball) -> list[Zero | int]:
    """Return signs and zeros from left to right, over the compact part."""
    try:
        return list(_events(t, piece, low, high))
    except Undecided as error:
        try:
            more = _turns(t, low, high)
        except Undecided:
            raise error from None
        if not more:
            raise
        return list(_events(t, piece, low, high, more))


def _events(
    t: Term, piece: Piece, low: Ball, high: Ball, more: Sequence[Term] = ()
) -> Iterator[Zero | int]:
    """Yield signs and zeros from left to right, with exact evaluation at likely places."""
    ends = [e.at for e in (piece.low, piece.high) if isinstance(e.at, Term) and not e.open]
    at_ends = {e.index for e in ends}
    exact = []
    for candidate in dict.fromkeys((*map(num, CANDIDATES), *ends, *more)):
        z = balls.program(candidate).run(arb(0))[0]
        if candidate.index in at_ends or low < z < high:
            found = _multiple(t, candidate)
            if found:
                exact.append((z, candidate, *found))
    exact.sort(key=lambda e: float(e[0]))
    position = low.lower()
    for z, candidate, fold, derivative in exact:
        radius = _radius(derivative, z, position, high, candidate.index in at_ends)
        left, right = (z - radius).mid(), (z + radius).mid()
        with precision(BITS):
            sign = 1 if balls.program(derivative).run(z.union(right))[0] > 0 else -1
        if left > position:
            yield from _subdivide(t, position, left)
        if candidate.index not in at_ends:
            yield sign * (-1) ** fold
            yield Zero(z, candidate, fold % 2 == 1)
            yield sign
        else:
            yield sign if candidate is piece.low.at else sign * (-1) ** fold
        position = right
    if high.upper() > position:
        yield from _subdivide(t, position, high.upper())


def _radius(derivative: Term, z: Ball, low: Ball, high: Ball, at_end: bool) -> Ball:
    """Return how far around an exact zero the first nonzero derivative keeps its sign."""
    radius = arb(0.25)
    for _ in range(60):
        with precision(BITS):
            whole = balls.program(derivative).run((z - radius).union(z + radius))[0]
        inside = at_end or (z - radius > low and z + radius < high)
        if inside and (whole > 0 or whole < 0):
            return radius
        radius /= 2
    raise Undecided("a zero that cannot be isolated")


def _sign_at(t: Term, x: Ball) -> int:
    for bits in (BITS, FINE, 4 * FINE):
        with precision(bits):
            v = balls.program(t).run(x)[0]
            if v > 0:
                return 1
            if v < 0:
                return -1
    return 0


def _subdivide(t: Term, low: Ball, high: Ball) -> Iterator[Zero | int]:
    """Yield signs and simple zeros between two exact points."""
    compiled = balls.program(t)
    stack, count = [(low, high)], 0
    while stack:
        left, right = stack.pop()
        count += 1
        with precision(BITS):
            box = left.union(right)
            value, slope = compiled.coefficients(box, 1)
            if not (value > 0 or value < 0) and slope.is_finite():
                middle = ((left + right) / 2).mid()
                mean = compiled.run(middle)[0] + slope * (box - middle)
                value = mean if mean > 0 or mean < 0 else value
            if value > 0 or value < 0:
                yield 1 if value > 0 else -1
                continue
            monotone = slope > 0 or slope < 0
        if monotone:
            a, b = _sign_at(t, left), _sign_at(t, right)
            if a and b:
                yield a
                if a != b:
                    yield Zero(refined(t, left, right), None, True)
                    yield b
                continue
        if count > BOXES:
            raise Undecided(f"{BOXES} boxes do not suffice")
        if right - left < NARROW * max(1, abs(left).upper()):
            raise Undecided(f"a multiple zero, or one on a cut, near {float(left.mid()):.6g}")
        middle = ((left * 17 + right * 15) / 32).mid()
        stack += [(middle, right), (left, middle)]


def refined(t: Term, low: Ball, high: Ball) -> Ball:
    """Return the one zero between two points of different sign, by Newton's interval method."""
    compiled = balls.program(t)
    with precision(FINE):
        left = _sign_at(t, low)
        for _ in range(400):
            box = low.union(high)
            slope = compiled.coefficients(box, 1)[1]
            middle = ((low + high) / 2).mid()
            if slope > 0 or slope < 0:
                step = middle - compiled.run(middle)[0] / slope
                if step.rel_accuracy_bits() >= SURE:
                    return step
                inner = (max(low, step.lower()), min(high, step.upper()))
                if 2 * (inner[1] - inner[0]) < high - low:
                    low, high = (p.mid() for p in inner)
                    continue
            sign = _sign_at(t, middle)
            if not sign:
                middle = ((low * 3 + high) / 4).mid()
                sign = _sign_at(t, middle)
            low, high = (middle, high) if sign == left else (low, middle)
    raise Undecided("a zero that does not settle")
