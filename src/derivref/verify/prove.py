"""Facts about a function of one variable, proved for every x of its domain where that succeeds."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import sympy as sp
from flint import arb

from derivref.language.syntax import ExpressionError
from derivref.verify import balls, germs
from derivref.verify.balls import Ball, precision
from derivref.verify.chart import (
    FAR,
    FINE,
    SURE,
    Chart,
    End,
    Piece,
    Zero,
    chart,
    refined,
    resolved,
    room,
    tail,
)
from derivref.verify.facts import Extreme, Facts, Number, Proof, infinite, number
from derivref.verify.formulas import constant
from derivref.verify.germs import Undecided
from derivref.verify.terms import (
    PI,
    ZERO,
    Term,
    X,
    differentiate,
    linear,
    num,
    power,
    rebuilt,
    substitute,
    subterms,
    value_of,
)

SEAM = Fraction(-1, 7)  # where a period begins: no function of the catalogue vanishes there
APART = 2**-180  # two values closer than this, relative to 1 or to their size, are one
SLOW = {"hyp2f1"}  # Arb takes up to 30 ms for it on a box: without a tail it is not worth a chart
SAMPLES = 481  # points of a scan, where a proof does not succeed
T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """A function to prove facts about.

    Attributes
    ----------
    formula : Term
        f.
    domain : (float, float)
        The open interval on which it is considered.
    excluded : tuple of (Term, str)
        Poles inside it, each with what a reader calls it.
    period : Term or None
        The declared period; the poles repeat with it.
    """

    formula: Term
    domain: tuple[float, float]
    excluded: tuple[tuple[Term, str], ...] = ()
    period: Term | None = None


@dataclass(frozen=True)
class _Candidate:
    """A value that the infimum or supremum may have."""

    value: Any  # a ball, or ±1 for ±infinity
    at: Ball | None = None  # where it is attained
    toward: str = ""  # or what it is approached at
    flat: bool = False  # attained on an interval


def _label(end: float) -> str:
    return ("oo" if end > 0 else "-oo") if abs(end) == float("inf") else str(end)


def _end(end: float) -> End:
    if abs(end) == float("inf"):
        return End(1 if end > 0 else -1, True, _label(end))
    return End(num(Fraction(end)), True, _label(end))


def affine_root(t: Term) -> Term | None:
    """Return where a linear term in x vanishes, as a term in whatever else it holds, or None."""
    slope = differentiate(t)
    if slope is ZERO or "x" in slope.free:
        return None
    return -substitute(t, {"x": ZERO}) / slope


def boundaries(t: Term) -> list[Term]:
    """Return where the formula changes its branch, as terms in its parameters.

    Raises
    ------
    Undecided
        If a condition vanishes where no closed form is known.
    """
    found: dict[int, Term] = {}
    for u in subterms(t):
        if u.op == "if":
            for root in _roots(u.args[0]):
                found[root.index] = root
    return list(found.values())


def _roots(d: Term) -> Iterator[Term]:
    root = affine_root(d)
    constant_, parts = linear(d)
    if root is not None:
        yield root
    elif "x" not in d.free:
        return
    elif not constant_ and len(parts) == 1 and next(iter(parts)).op == "mul":
        for base in next(iter(parts)).args:
            yield from _roots(base)
    elif len(parts) == 1 and (square := next(iter(parts))).op == "mul" and square.data == (2,):
        level = -constant_ / parts[square]
        if level >= 0:
            for sign in (1, -1):
                yield from _roots(square.args[0] - sign * power(num(level), Fraction(1, 2)))
    elif inner := next((u for u in subterms(d) if u.op == "if"), None):
        # A superset will do: where nothing changes, the pieces on both sides are the same.
        yield from _roots(inner.args[0])
        for branch in inner.args[1:]:
            yield from _roots(_replaced(d, inner, branch))
    else:
        yield from _closed(d)


def _closed(d: Term) -> Iterator[Term]:
    """Yield the zeros of a condition that is not linear, if all have closed forms."""
    line = Piece(d, End(-1, True, "-oo"), End(1, True, "oo"))
    if d.free != {"x"} or any(u.op == "if" for u in subterms(d)):
        raise Undecided(f"the condition {d} < 0 is not linear in x")
    for z in chart(d, line).zeros:
        exact = z.exact
        if exact is None and (form := number(z.at).exact):
            exact = constant(form)
        if exact is None or substitute(d, {"x": exact}) is not ZERO:
            raise Undecided(f"no closed form of where {d} is 0")
        yield exact


def _replaced(t: Term, old: Term, new: Term) -> Term:
    memo: dict[int, Term] = {}
    for u in subterms(t):
        args = [memo[a.index] for a in u.args]
        memo[u.index] = new if u is old else rebuilt(u, args, {}) if args else u
    return memo[t.index]


class Prover:
    """Proves facts about one function; what it could not prove it says.

    Parameters
    ----------
    subject : Subject
        The function.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.orders = [differentiate(subject.formula, "x", n) for n in range(4)]
        self.samples: dict[int, list[tuple[Ball, Ball]]] = {}
        self._charts: dict[tuple[int, int], list[tuple[Piece, Chart]]] = {}

    # --- pieces -----------------------------------------------------------------------------------

    @cached_property
    def joints(self) -> list[Term]:
        """Where branches meet, inside the domain."""
        low, high = self.subject.domain
        with precision(FINE):
            found = [(balls.program(b).run(arb(0))[0], b) for b in boundaries(self.orders[0])]
            inside = [(v, b) for v, b in found if v > low and v < high]
        return [b for _, b in sorted(inside, key=lambda p: float(p[0]))]

    def pieces(self, n: int) -> list[Piece]:
        """Return the intervals, in order, on which one formula of f⁽ⁿ⁾ holds without a break."""
        t = self.orders[n]
        poles = list(self.subject.excluded)
        low, high = map(_end, self.subject.domain)
        period = self.subject.period or (period_of(t) if not self.joints and not poles else None)
        if period is not None and self.subject.domain == (-float("inf"), float("inf")):
            if poles:
                (pole, label), *poles = poles
                low, high = End(pole - period, True, label), End(pole, True, label)
            else:
                low = End(num(SEAM), False, "")
                high = End(num(SEAM) + period, False, "")
        breaks = [End(p, True, label) for p, label in poles]
        breaks += [End(b, False, _place(b)) for b in self.joints]
        with precision(FINE):
            breaks.sort(key=lambda e: float(e.ball))
            ends = [low, *breaks, high]
            found = []
            for a, b in pairwise(ends):
                at = Piece(t, a, b).inner()
                found.append(Piece(resolved(t, at), a, b))
        return found

    def charts(self, n: int, far: bool = False) -> list[tuple[Piece, Chart]]:
        """Return the sign chart of f⁽ⁿ⁾ on each piece.

        Raises
        ------
        Undecided
            If one cannot be made.
        """
        key = n, int(far)
        if key not in self._charts:
            self._charts[key] = [(p, chart(p.formula, p, far)) for p in self.pieces(n)]
        return self._charts[key]

    def covered(self, n: int) -> bool:
        """Say whether f⁽ⁿ⁾ has a period that its pieces make use of."""
        return any(not p.low.label and not p.low.open for p in self.pieces(n))

    # --- zeros ------------------------------------------------------------------------------------

    def zeros(self, n: int, far: bool = False) -> list[Zero]:
        """Return the isolated zeros of f⁽ⁿ⁾, of a periodic function in [0, period).

        Of f (n = 0) also those at a joint, where f is continuous.
        """
        found = [z for _, c in self.charts(n, far) for z in c.zeros]
        if n == 0:
            found += self._zeros_at_joints(far)
        period = self.subject.period or (period_of(self.orders[n]) if self.covered(n) else None)
        with precision(FINE):
            if period is not None and self.subject.domain[0] == -float("inf"):
                p = balls.program(period).run(arb(0))[0]
                found = [replace(z, at=z.at + p) if z.at < 0 else z for z in found]
            return sorted(found, key=lambda z: float(z.at))

    def _zeros_at_joints(self, far: bool) -> list[Zero]:
        found = []
        charts = self.charts(0, far)
        for (left, a), (right, b) in pairwise(charts):
            at = right.low.at
            if right.low.open or isinstance(at, int):
                continue
            if substitute(self.orders[0], {"x": at}) is ZERO and a.signs[-1] and b.signs[0]:
                with precision(FINE):
                    here = balls.program(at).run(arb(0))[0]
                found.append(Zero(here, at, a.signs[-1] != b.signs[0]))
            del left
        return found

    # --- values at the ends of pieces -------------------------------------------------------------

    def toward(self, n: int, piece: Piece, side: int) -> Term | int:
        """Return what f⁽ⁿ⁾ tends to at the low (side 0) or high (side 1) end of a piece.

        Raises
        ------
        Undecided
            If it has no limit, or none that can be found.
        """
        end = (piece.low, piece.high)[side]
        if not end.open:
            assert isinstance(end.at, Term)
            return substitute(piece.formula, {"x": end.at})
        reason: Undecided | None = None
        try:
            with precision(FINE):
                least = room(end, (piece.high, piece.low)[side])
            found, _ = tail(piece.formula, end, 1 if side == 0 else -1, least)
            limit = found.limit()
            if limit is not None:
                return limit
        except Undecided as error:
            reason = error
        if isinstance(end.at, Term):
            at = substitute(piece.formula, {"x": end.at})
            if balls.program(at).run(arb(0))[0].is_finite():
                return at
        # What has no sign may still have a limit: sin(x)/x.
        try:
            for start in (16, 1024):
                found = germs.germ(
                    piece.formula, germs.toward(end.at, 1 if side == 0 else -1), Fraction(start)
                )
                limit = found.limit()
                if limit is not None:
                    return limit
        except Undecided as error:
            reason = error
        grows = self._grows(piece, end) if isinstance(end.at, int) else 0
        if grows:
            return grows
        raise reason or Undecided(f"no limit at {end.label}")

    @staticmethod
    def _grows(piece: Piece, end: End) -> int:
        """Return ±1 if the slope stays away from 0 towards an infinite end, so that f has no bound.

        The sign is that of the infinity; 0 if nothing is known.
        """
        assert isinstance(end.at, int)
        try:
            found, _ = tail(differentiate(piece.formula), end, -end.at, Fraction(0))
            slope = found.limit()
        except Undecided:
            return 0
        if slope is None or slope is ZERO:
            return 0
        return end.at * (slope if isinstance(slope, int) else germs.sign_of(slope))

    def limit(self, n: int, side: int) -> Term | int:
        """Return what f⁽ⁿ⁾ tends to at an end of the domain.

        Raises
        ------
        Undecided
            If it has no limit, or none that can be found.
        """
        low, high = map(_end, self.subject.domain)
        inner = self._outer(n, side)
        piece = Piece(inner, low, high)
        return self.toward(n, piece, side)

    def _outer(self, n: int, side: int) -> Term:
        """Return the formula of f⁽ⁿ⁾ at the outermost piece of a side."""
        if not self.joints:
            return self.orders[n]
        return self.pieces(n)[0 if side == 0 else -1].formula

    # --- extremes ---------------------------------------------------------------------------------

    def _values(self, n: int, piece: Piece, zeros: tuple[Zero, ...]) -> Iterator[_Candidate]:
        compiled = balls.program(piece.formula)
        for z in zeros:
            if z.exact is not None:
                here = balls.program(substitute(piece.formula, {"x": z.exact})).run(arb(0))[0]
            else:
                here = compiled.run(z.at)[0]
            yield _Candidate(here, at=z.at)

    def candidates(self, n: int) -> list[_Candidate]:
        """Return the values among which the infimum and supremum of f⁽ⁿ⁾ are.

        Between two zeros of the derivative the function is strictly monotone, so that it attains
        neither end of what it runs through there.

        Raises
        ------
        Undecided
            If the derivative has no sign chart, or an end no limit.
        """
        found: list[_Candidate] = []
        pieces = self.pieces(n)
        with precision(FINE):
            if self.covered(n + 1) and not self.covered(n):
                # The derivative is periodic and f is not: its limits and one sign must do.
                signs = {s for _, c in self.charts(n + 1) for s in c.signs}
                if signs <= {0, 1} or signs <= {0, -1}:
                    steps = [(p, Chart((), (1,))) for p in pieces]
                else:
                    raise Undecided("a derivative of both signs in every period")
            else:
                steps = self.charts(n + 1)
            for k, (piece, (_, c)) in enumerate(zip(pieces, steps, strict=True)):
                if c.signs == (0,):
                    constant_ = balls.program(substitute(piece.formula, {"x": ZERO}))
                    found.append(_Candidate(constant_.run(arb(0))[0], flat=True))
                    continue
                found += self._values(n, piece, c.zeros)
                for side, end in enumerate((piece.low, piece.high)):
                    if not end.label:
                        continue
                    limit = self.toward(n, piece, side)
                    if isinstance(limit, int):
                        found.append(_Candidate(limit, toward=end.label))
                        continue
                    value = balls.program(limit).run(arb(0))[0]
                    joint = not end.open and self._continuous(n, pieces, k, side)
                    found.append(
                        _Candidate(value, at=end.ball)
                        if joint
                        else _Candidate(value, toward=end.label)
                    )
        return found

    def _continuous(self, n: int, pieces: list[Piece], k: int, side: int) -> bool:
        """Say whether f⁽ⁿ⁾ has one value at the joint on a side of piece k."""
        left, right = (pieces[k - 1], pieces[k]) if side == 0 else (pieces[k], pieces[k + 1])
        at = right.low.at
        assert isinstance(at, Term)
        return substitute(left.formula, {"x": at}) is substitute(right.formula, {"x": at})

    def extremes(self, n: int) -> tuple[Extreme, Extreme]:
        """Return the infimum and supremum of f⁽ⁿ⁾ over the domain.

        Raises
        ------
        Undecided
            If they cannot be proved.
        """
        try:
            candidates = self.candidates(n)
        except Undecided as error:
            try:
                candidates = self.oscillating(n)
            except Undecided:
                raise error from None
        return _best(candidates, -1), _best(candidates, 1)

    def oscillating(self, n: int) -> list[_Candidate]:
        """Return the candidates where a tail swings for ever.

        Along the points where sin and cos of what grows are 0, 1 or -1 the function has limits: if
        one is infinite, so is the extreme. Else what the tail is bounded by must lie within what
        the compact part attains.

        Raises
        ------
        Undecided
            If neither decides.
        """
        [piece, *more] = self.pieces(n)
        if more or not isinstance(piece.low.at, int | Term):
            raise Undecided("a tail that swings, and joints")
        found: list[_Candidate] = []
        bounded: list[Ball] = []
        for side, end in enumerate((piece.low, piece.high)):
            try:
                swings = [self.along(piece.formula, end, c, s) for c, s in _CIRCLE]
            except Undecided:
                swings = []
            found += [_Candidate(v, toward=end.label) for v in swings if isinstance(v, int)]
            if not isinstance(end.at, int):
                continue
            t = germs.germ(
                piece.formula, germs.toward(end.at, 1 if side == 0 else -1), Fraction(FAR)
            )
            with precision(germs.BITS):
                bounded.append(t.range())
        if {c.value for c in found} >= {1, -1}:
            return found
        if any(c.value in (1, -1) for c in found) or not all(b.is_finite() for b in bounded):
            raise Undecided("a tail that swings without bounds on one side")
        with precision(FINE):
            [(_, c)] = self.charts(n + 1, far=True)
            inside = list(self._values(n, piece, c.zeros))
            if not inside:
                raise Undecided("a tail that swings")
            values = [v.value for v in inside if not isinstance(v.value, int)]
            top = max(values, key=lambda v: v.mid())
            bottom = min(values, key=lambda v: v.mid())
            if all(bottom < b and b < top for b in bounded):
                return inside
        raise Undecided("a tail that swings as far as the rest")

    @staticmethod
    def along(t: Term, end: End, cosine: int, sine: int) -> Term | int | None:
        """Return the limit along the points where what swings has these values."""
        found = Prover.germ_along(t, end, cosine, sine)
        return None if found is None else found.limit()

    @staticmethod
    def germ_along(t: Term, end: End, cosine: int, sine: int) -> germs.Germ | None:
        """Return the tail along the points where what swings has these values."""
        if not isinstance(end.at, int):
            return None
        arguments = {u.args[0] for u in subterms(t) if u.op in ("sin", "cos") and "x" in u.free}
        if len(arguments) != 1:
            raise Undecided("several phases that swing")
        memo: dict[int, Term] = {}
        for u in subterms(t):
            if u.op in ("sin", "cos") and "x" in u.free:
                memo[u.index] = num(sine if u.op == "sin" else cosine)
            else:
                args = [memo[a.index] for a in u.args]
                memo[u.index] = rebuilt(u, args, {}) if args else u
        phase = germs.germ(arguments.pop(), germs.toward(end.at, 0), Fraction(FAR))
        if germs.direction(phase.lead[0]) <= 0:
            raise Undecided("a phase that comes to rest")
        return germs.germ(memo[t.index], germs.toward(end.at, 0), Fraction(FAR))

    # --- signs ------------------------------------------------------------------------------------

    def signs(self, n: int) -> set[int]:
        """Return the signs that f⁽ⁿ⁾ has on intervals."""
        return {s for _, c in self.charts(n) for s in c.signs}

    def _seen(self, n: int) -> set[int]:
        """Return the signs of f⁽ⁿ⁾; where a tail swings, both as soon as points show them."""
        try:
            return self.signs(n)
        except Undecided:
            found = {1 if y > 0 else -1 for _, y in _sampled(self, n) if y > 0 or y < 0}
            if found == {1, -1}:
                return found
            raise

    def recurs(self, n: int) -> bool:
        """Say whether f⁽ⁿ⁾ is proved to change its sign again and again towards an infinite end."""
        pieces = self.pieces(n)
        for piece, end in ((pieces[0], pieces[0].low), (pieces[-1], pieces[-1].high)):
            try:
                if self._signs_along(piece.formula, end) >= {1, -1}:
                    return True
            except Undecided:
                continue
        return False

    def _signs_along(self, t: Term, end: End) -> set[int]:
        found = set()
        for cosine, sine in _CIRCLE:
            germ = self.germ_along(t, end, cosine, sine)
            if germ is not None:
                with precision(germs.BITS):
                    found.add(germ.sign())
        return found

    def jumps(self, n: int = 1) -> set[int]:
        """Return the signs of the jumps of f⁽ⁿ⁾ at the joints; 0 where it is continuous."""
        found = set()
        pieces = self.pieces(n)
        with precision(FINE):
            for k in range(1, len(pieces)):
                if not pieces[k].low.open:
                    jump = self._jump(pieces[k - 1], pieces[k])
                    found.add(germs.sign_of(jump))
        return found

    @staticmethod
    def _jump(left: Piece, right: Piece) -> Term:
        at = right.low.at
        assert isinstance(at, Term)
        values = [substitute(p.formula, {"x": at}) for p in (left, right)]
        return values[1] - values[0]

    def monotone(self) -> str:
        """Return "increasing", "decreasing" or "" for neither; nothing is said across poles."""
        if self.subject.excluded:
            return ""
        return _name(self._seen(1) | self.jumps(0), "increasing", "decreasing")

    def shape(self) -> str:
        """Return "convex", "concave" or "" for neither."""
        if self.subject.excluded or self.jumps(0) - {0}:
            return ""  # what is convex on an open interval is continuous there
        return _name(self._seen(2) | self.jumps(), "convex", "concave")

    def symmetry(self) -> str:
        """Return "even", "odd" or "" for neither.

        Raises
        ------
        Undecided
            If two values agree and no identity says why.
        """
        low, high = self.subject.domain
        f = self.orders[0]
        if low != -high:
            return ""
        mirrored = substitute(f, {"x": -X})
        for name, sign in (("even", 1), ("odd", -1)):
            if mirrored is sign * f or self._mirrored(sign):
                return name
        bound = Fraction(high) if high != float("inf") else Fraction(40)
        possible = {1, -1}
        # Far out as well: a function may be flat on both sides of 0, and nowhere else.
        for reach in (min(Fraction(1), bound), bound):
            for k in range(1, 8):
                with precision(FINE):
                    x = balls.ball(reach * Fraction(k, 9))
                    a, b = (balls.program(t).run(x)[0] for t in (f, mirrored))
                    possible -= {s for s in possible if not (s * a).overlaps(b)}
        if possible:
            raise Undecided("the values agree, and no identity says why")
        return ""

    def _mirrored(self, sign: int) -> bool:
        pieces = self.pieces(0)
        if len(pieces) < 2 or not all(p.low.open or isinstance(p.low.at, Term) for p in pieces):
            return False
        for a, b in zip(pieces, reversed(pieces), strict=True):
            if substitute(a.formula, {"x": -X}) is not sign * b.formula:
                return False
        ends = [p.low.at for p in pieces[1:]]
        return all(
            isinstance(a, Term) and isinstance(b, Term) and a is -b
            for a, b in zip(ends, reversed(ends), strict=True)
        )


_CIRCLE = ((1, 0), (-1, 0), (0, 1), (0, -1))  # cosine and sine


def _name(signs: set[int], positive: str, negative: str) -> str:
    if not signs - {0}:
        return ""
    return positive if signs <= {0, 1} else negative if signs <= {0, -1} else ""


def _place(t: Term) -> str:
    """Return a place for a reader: a float if it is one, else the expression."""
    known = value_of(t)
    if known is not None:
        return repr(float(known))
    from derivref.verify.terms import show

    return show(t).removeprefix("(").removesuffix(")")


def period_of(t: Term) -> Term | None:
    """Return a period that the formula shows, or None.

    One of 2π/q for the frequencies q of its sines and cosines, tried as an identity.
    """
    slopes = []
    for u in subterms(t):
        if u.op in ("sin", "cos", "tan") and "x" in u.free:
            slope = differentiate(u.args[0])
            if slope.free:
                return None
            slopes.append(slope)
    if not slopes:
        return None
    for slope in slopes:
        for turns in (1, 2):
            period = turns * PI / slope
            if germs.sign_of(period) < 0:
                period = -period
            if substitute(t, {"x": X + period}) is t:
                return period
    return None


def _best(candidates: list[_Candidate], sign: int) -> Extreme:
    """Return the largest candidate (sign = 1) or the smallest.

    Raises
    ------
    Undecided
        If two enclosures are too wide to compare.
    """
    infinite_ = [c for c in candidates if isinstance(c.value, int) and c.value == sign]
    if infinite_:
        return Extreme(infinite(sign), False, (), infinite_[0].toward)
    finite = [c for c in candidates if not isinstance(c.value, int)]
    if not finite:
        return Extreme(infinite(-sign), False, (), candidates[0].toward)
    with precision(FINE):
        best: Any = finite[0].value
        for c in finite:
            if sign * c.value.mid() > sign * best.mid():
                best = c.value
        near = [c for c in finite if abs(c.value - best) < APART * (1 + abs(best))]
        for c in finite:
            if c not in near and c.value.overlaps(best):
                raise Undecided("two values too wide to compare")
    places: dict[str, Number] = {}
    for c in near:
        if c.at is not None:
            at = number(c.at)
            places.setdefault(at.digits, at)
    attained = bool(places) or any(c.flat for c in near)
    toward = next((c.toward for c in near if c.toward), "") if not attained else ""
    return Extreme(number(best), attained, tuple(places.values()), toward)


# --- all facts ------------------------------------------------------------------------------------


def prove(subject: Subject) -> Facts:
    """Return the key numbers of a function, each proved or scanned, with the reason.

    Parameters
    ----------
    subject : Subject
        The function.
    """
    prover = Prover(subject)
    proofs: dict[str, Proof] = {}

    def attempt(fact: str, compute: Callable[[], T], scan: Callable[[], T]) -> T:
        try:
            result = compute()
        except (Undecided, ExpressionError) as error:
            proofs[fact] = Proof(False, str(error))
            return scan()
        proofs[fact] = Proof(True)
        return result

    def zeros(n: int) -> list[Zero]:
        fact = ("zeros", "slope_zeros", "curvature_zeros")[n]
        found = attempt(fact, lambda: prover.zeros(n), lambda: scanned_zeros(prover, n))
        if not proofs[fact].proved and not any(u.op in SLOW for u in subterms(prover.orders[n])):
            try:
                near = prover.zeros(n, far=True)
                if prover.recurs(n):
                    proofs[fact] = Proof(True, f"infinitely many: those with |x| ≤ {FAR}")
                    return near
            except (Undecided, ExpressionError):
                pass
        return found

    def numbers(found: list[Zero]) -> tuple[Number, ...]:
        return tuple(number(z.at) for z in found)

    found = [zeros(n) for n in range(3)]
    below, above = attempt(
        "range", lambda: prover.extremes(0), lambda: _scanned_extremes(prover, 0)
    )
    slopes = attempt(
        "slope_range", lambda: prover.extremes(1), lambda: _scanned_extremes(prover, 1)
    )
    proofs["lipschitz"] = proofs["slope_range"]
    turns = [z for z in found[2] if z.changes]
    proofs["inflections"] = proofs["curvature_zeros"]
    return Facts(
        at_zero=at_zero(prover),
        zeros=numbers(found[0]),
        slope_zeros=numbers(found[1]),
        curvature_zeros=numbers(found[2]),
        inflections=numbers(turns),
        range=(below, above),
        slope_range=slopes,
        lipschitz=_unbounded(prover) or _steepest(slopes),
        minimum=below if below.at else None,
        maximum=above if above.at else None,
        symmetry=attempt("symmetry", prover.symmetry, lambda: ""),
        monotone=attempt("monotone", prover.monotone, lambda: _scanned_sign(prover, 1)),
        shape=attempt("shape", prover.shape, lambda: _scanned_sign(prover, 2)),
        proofs=proofs,
    )


def _unbounded(prover: Prover) -> Extreme | None:
    """Return an infinite Lipschitz constant if f itself jumps, whatever its slopes are."""
    try:
        leaps = prover.jumps(0) - {0}
    except Undecided:
        return None
    return Extreme(infinite(1), attained=False, toward="a jump of f") if leaps else None


def _steepest(slopes: tuple[Extreme, Extreme]) -> Extreme:
    """Return the supremum of |f′|; where both ends of the range attain it, with all places."""
    low, high = slopes
    digits, exact = low.value.digits.lstrip("-"), low.value.exact
    mirrored = replace(low, value=Number(digits, str(-sp.sympify(exact)) if exact else ""))
    size = float(mirrored.value) - float(high.value)
    if float(high.value) < 0 or size > 0:
        return mirrored
    if size < 0 or low.attained != high.attained or digits != high.value.digits:
        return high
    if not low.attained:
        return mirrored
    at = sorted((*low.at, *high.at), key=float) if low.at and high.at else ()
    return replace(high, at=tuple(at))


def at_zero(prover: Prover) -> tuple[Number | None, Number | None, Number | None]:
    """Return f, f′ and f″ at 0, None where they are undefined."""
    low, high = prover.subject.domain
    result: list[Number | None] = [None, None, None]
    try:
        joints = prover.joints
    except Undecided:
        return None, None, None
    if low < 0 < high and ZERO not in [p for p, _ in prover.subject.excluded]:
        pieces = [p for p in (prover.pieces(1) if joints else []) if p.low.at is ZERO]
        broken = False  # by a jump of f, or of a derivative before
        for n in range(3):
            jump = False
            if pieces:
                order = prover.pieces(n)
                where = [substitute(p.formula, {"x": ZERO}) for p in order]
                k = next(i for i, p in enumerate(order) if p.low.at is ZERO)
                jump = where[k] is not where[k - 1]
            if not broken and not (n and jump):
                try:
                    t = substitute(prover.orders[n], {"x": ZERO})
                except ExpressionError:  # a pole of the slope, as of the cube root
                    continue
                with precision(FINE):
                    value = balls.program(t).run(arb(0))[0]
                result[n] = number(value) if value.is_finite() else None
            broken = broken or jump
    return result[0], result[1], result[2]


# --- scans, where a proof does not succeed --------------------------------------------------------


def _points(subject: Subject) -> list[float]:
    low, high = subject.domain
    t = [(k - SAMPLES // 2) / 50 for k in range(SAMPLES)]  # sinh(4.8) = 60.8
    if subject.period is not None:
        p = float(balls.value(subject.period))
        return [p * (k + 0.5) / SAMPLES for k in range(SAMPLES)]
    if math.isfinite(low) and math.isfinite(high):
        return [low + (high - low) * (1 + math.tanh(u)) / 2 for u in t]
    if math.isfinite(low):
        return [low + math.exp(u) for u in t]
    if math.isfinite(high):
        return [high - math.exp(-u) for u in t]
    return [math.sinh(u) for u in t]


def _sampled(prover: Prover, n: int) -> list[tuple[Ball, Ball]]:
    if n not in prover.samples:
        compiled = balls.program(prover.orders[n])
        with precision(FINE):
            pairs = [(x, compiled.run(x)[0]) for x in map(arb, _points(prover.subject))]
        prover.samples[n] = [(x, y) for x, y in pairs if y.is_finite()]
    return prover.samples[n]


def scanned_zeros(prover: Prover, n: int) -> list[Zero]:
    """Return the zeros of f, f′ or f″ that a scan finds: there may be more.

    Parameters
    ----------
    prover : Prover
        Of the function.
    n : int
        0, 1, 2 for f, f′, f″.
    """
    if not any(u.op in SLOW for u in subterms(prover.orders[n])):
        try:
            return prover.zeros(n, far=True)
        except (Undecided, ExpressionError):
            pass
    found = []
    samples = _sampled(prover, n)
    for (x, a), (y, b) in pairwise(samples):
        if (a > 0 > b) or (a < 0 < b):
            try:
                found.append(Zero(refined(prover.orders[n], x, y), None, True))
            except Undecided:
                continue
        elif a == 0:
            found.append(Zero(x, None, True))
    return found


def _scanned_extremes(prover: Prover, n: int) -> tuple[Extreme, Extreme]:
    candidates = [
        _Candidate(y, at=x)
        for x, y in _sampled(prover, n)
        if y == 0 or y.rel_accuracy_bits() >= SURE
    ]
    compiled = balls.program(prover.orders[n])
    with precision(FINE):
        for z in scanned_zeros(prover, n + 1):
            y = compiled.run(z.at)[0]
            if y.rel_accuracy_bits() >= SURE:
                candidates.append(_Candidate(y, at=z.at))
    for side, label in enumerate(map(_label, prover.subject.domain)):
        try:
            limit = prover.limit(n, side)
        except (Undecided, ExpressionError):
            continue
        with precision(FINE):
            value = limit if isinstance(limit, int) else balls.program(limit).run(arb(0))[0]
        candidates.append(_Candidate(value, toward=label))
    return _best(candidates, -1), _best(candidates, 1)


def _scanned_sign(prover: Prover, n: int) -> str:
    signs = {1 if y > 0 else -1 if y < 0 else 0 for _, y in _sampled(prover, n)}
    names = ("increasing", "decreasing") if n == 1 else ("convex", "concave")
    return "" if prover.subject.excluded else _name(signs, *names)
