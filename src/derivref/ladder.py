"""The step-size ladder behind `derivref.differences`: one derivative from values at many steps.

Every step is a power of two, so that x ± h is exact. The search runs from small steps to large:

1. find a step at which f changes by a third of its digits;
2. go down until two quotients agree, so that no finer structure hides below, or the type ends;
3. go up until the quotient moves by an eighth: the length on which f bends;
4. fill in steps below that length and extrapolate every run of neighbouring steps to h = 0.

The run with the least estimated error wins. Its error is the truncation seen when the run loses an
end, plus the noise of f through the weights, plus whatever it cannot explain at smaller steps, plus
its disagreement with the next best runs. The noise is read from the values at the smallest steps.

5. look at how the plateau ends. Rounding inside f is frozen at small steps, where the quotients
   then agree to all digits and are wrong; such a plateau ends in a jump of f, and more follow.
   They are the true grain of f: the search goes on above them, and the result is never called ok.
"""

import itertools
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Steps = Generator[list[float], list[float], "Outcome"]
Away = Generator[list[float], list[float], tuple[float, float]]
Looking = Generator[list[float], list[float], "Sample"]

# Numbers of the search. Where a reason does not fix one, it is the round number at which none of
# the 1200 random problems is wrong and the hard ones are owned up to: see benchmarks/derivative.py.
LIMIT = 40  # no new rung once this many values of f are in, leaps apart: 33 are usual
DISPUTES = 3  # plateaus that are looked at for jumps at their ends: sums of sums of rounded terms
SUDDEN = 64.0  # growth of an error within one doubling of h that no smooth f shows: h ** 6
COARSE = 1 / 16  # of f: above that, jumps may be what f is about
WIDE = 40  # bits of float64, and not of float32
ASIDE = 0.4831  # of an interval, where it is divided: no short binary fraction, as rounding likes
HALVINGS = 10  # of the interval that may hold a jump, which is then known to a thousandth
SPREAD = (1.0, 1.3, 1.9, 2.7, 3.1, 4.3, 5.9)  # where jumps would repeat, from the first one
# Doublings of the step beyond a jump where to look for more, on its side of x and on the other:
# first each, then every other, up to a step 2^16 times that of the jump.
AGAIN = (1, 2, 4, 6, 8, 10, 12, 14, 16)
BESIDE = (-1, 0, 1, 2, 3, 4)
GROWTH = 64.0  # of noise between the smallest steps, where it may be frozen, and larger ones
NOISY = 64.0  # noise of f, in units of its last place, above which a failure is blamed on it
# A function of up to this many times its noise is one next to 0: its noise need not grow with it.
ABSOLUTE = 2.0**8
# A function is believed to hide terms of up to this many times its own size, which leaves a double
# 20 bits: the six digits that 'ok' promises.
HIDDEN = 2.0**32


class Outcome(NamedTuple):
    """What a ladder found; `step` is the largest step used and `noise` the absolute noise of f."""

    value: float
    error: float
    status: str
    evaluations: int
    step: float
    noise: float


@dataclass(frozen=True)
class Format:
    """A binary floating-point type: stored bits of the fraction, exponents of its extremes."""

    bits: int
    lowest: int  # of the smallest subnormal number
    highest: int  # of the largest power of two


@dataclass(frozen=True)
class Grain:
    """The least change of f that means something: a unit in the last place, or a jump if larger."""

    result: Format
    jump: float = 0.0

    def __call__(self, level: float) -> float:
        """Return it for values of this size."""
        least = max(self.jump, math.ldexp(1.0, self.result.lowest))
        return max(math.ldexp(level, -self.result.bits), least)


class Sample:
    """The values of f at x ± 2^k (or on one side), as difference quotients.

    Parameters
    ----------
    k : int
        The exponent of the step.
    centre : float
        The value at x.
    values : list of float
        Those at x + 2^k and x - 2^k, or the one on the side that is used.
    sign : {0, -1, 1}
        Which side: 0 for both.
    deriv : int
        Which derivative is wanted.
    grain : Grain
        The least change of f that means something.

    Attributes
    ----------
    level, unit : float
        The largest of the values, and one unit in its last place.
    odd, even : float
        (f(x + h) - f(x - h)) / 2h, and (f(x + h) - 2f(x) + f(x - h)) / 2h.
    digits : float
        By how many bits f changes above its rounding.
    """

    __slots__ = (
        "change",
        "digits",
        "even",
        "finite",
        "h",
        "k",
        "level",
        "odd",
        "quotient",
        "rounding",
        "second",
        "sides",
        "unit",
    )

    def __init__(
        self, k: int, centre: float, values: list[float], sign: int, deriv: int, grain: Grain
    ) -> None:
        self.k = k
        self.h = h = math.ldexp(1.0, k)
        rises = [v - centre for v in values]
        self.sides = [math.isfinite(d) for d in rises]
        self.level = max(abs(centre), *map(abs, values))
        self.change = max(map(abs, rises))
        self.odd = sign * rises[0] / h if sign else (values[0] / 2 - values[1] / 2) / h
        self.even = 0.0 if sign else (rises[0] / 2 + rises[1] / 2) / h
        # The quotient whose power series in u = h (or h² on both sides) holds the derivative, and
        # its error if each value errs by one unit in the last place of f.
        self.second = not sign and deriv % 2 == 0
        self.quotient = self.even / h if self.second else self.odd
        self.finite = all(map(math.isfinite, (self.odd, self.even, self.quotient)))
        self.grade(grain)

    def grade(self, grain: Grain, ground: float = 0.0) -> None:
        """Set what depends on the grain of f and on its size at smaller steps.

        Parameters
        ----------
        grain : Grain
            The least change of f that means something.
        ground : float
            The largest value of f at a smaller step, in the units of f.
        """
        h = self.h
        self.unit = unit = grain(max(self.level, ground))
        self.rounding = 2 * unit / h / h if self.second else unit / h
        # How many bits f changes by above its rounding, -1 if not at all.
        moved = self.finite and self.change >= unit
        self.digits = math.log2(self.change / unit) if moved else -1.0


class _Best(NamedTuple):
    """The chosen run."""

    value: float
    error: float
    noise: float  # in units in the last place
    last: Sample  # with the largest step
    limit: float  # the quotient at h = 0
    first: Sample


class _Run(NamedTuple):
    """The extrapolation through neighbouring samples first..last."""

    value: float
    limit: float  # the quotient at h = 0
    truncation: float
    rounding: float  # for noise of one unit in the last place
    first: Sample
    last: Sample


_Verdicts = dict[_Run, tuple[float, float]]  # what `Ladder._unexplained` said of each run


class _Fit(NamedTuple):
    """The interpolating polynomial in u / (u of the last sample) through a run of samples.

    Its coefficients 0..index, and the errors that noise of one unit in the last place gives them.
    The weights behind a coefficient alternate in sign, so that these errors add up exactly.
    """

    value: list[float]
    noise: list[float]
    run: _Run | None


class _Jump(NamedTuple):
    """A jump of f at x + side * at, by `rise`; `again` if more follow, the largest of `size`."""

    size: float
    at: float
    side: int
    rise: float
    again: bool


class _Halves(NamedTuple):
    """An interval of steps, how far f is from a model at its ends, and |f| at the far one."""

    low: float
    high: float
    below: float
    beyond: float
    level: float


class _End(NamedTuple):
    """Where a plateau ends: its last sample, the next, a model of f, and what is on it."""

    last: Sample
    next: Sample
    model: list[Sample]
    on: Callable[[Sample], bool]


class Ladder:
    """The search at one point; `steps` yields points and is sent the values of f there.

    Parameters
    ----------
    x, centre : float
        The point and the value of f there.
    deriv : {1, 2, 3, 4}
        Which derivative.
    sign : {0, -1, 1}
        Which side of x to use: 0 for both.
    argument, result : Format
        The types in which f is given x and returns its values.
    rtol : float
        The relative error that 'ok' promises.
    floor : int, optional
        The least exponent of a step, if that is more than the spacing of numbers at x.
    grain : float
        How far values of f may be off, in its units, beyond rounding.
    """

    def __init__(
        self,
        x: float,
        centre: float,
        *,
        deriv: int,
        sign: int,
        argument: Format,
        result: Format,
        rtol: float,
        floor: int | None = None,
        grain: float = 0.0,
    ) -> None:
        self.x, self.centre, self.deriv, self.sign = x, centre, deriv, sign
        self.bits, self.rtol, self.grain = result.bits, rtol, Grain(result, grain)
        self.top = math.frexp(x)[1] if x else 0
        # At 2^floor, two units in the last place of x, both x + h and x - h are exact.
        low = max(argument.lowest, self.top - argument.bits) if x else argument.lowest
        self.floor = low if floor is None else max(low, floor)
        self.ceiling = argument.highest
        if abs(x) >= math.ldexp(1.0, argument.highest):
            self.ceiling = low  # x + h must not overflow
        # The derivative is coefficient number `index` of the series in u, times deriv!.
        self.power = 1 if sign else 2
        self.index = deriv - 1 if sign else (deriv - 1) // 2
        self.samples: dict[int, Sample] = {}
        self.evaluations, self.limit = 0, LIMIT
        self._selected: tuple[tuple[int, float], _Best | None] = (0, 0.0), None
        self.fits: dict[tuple[int, int, int], _Fit | None] = {}
        self.reach: Sample  # with the largest step at which f is still one piece
        self.trusted = self.ceiling  # exponent of the largest step that noise is read at
        self.least = 1.0  # noise seen where no two quotients agree
        self.noise = 1.0  # of f, in units in the last place
        self.opening: Sample | None = None  # the first
        self.roof = self.ceiling  # exponent of the largest step to use
        self.others: list[float] = []  # between jumps as large as f itself
        self.disputed = False  # whether f jumps where smaller steps agree

    # Values

    def know(self, values: dict[int, list[float]]) -> None:
        """Take values of f that are known already.

        Parameters
        ----------
        values : dict
            By exponent of the step, what `Sample` takes.
        """
        for k, own in values.items():
            self.samples[k] = Sample(k, self.centre, own, self.sign, self.deriv, self.grain)

    def look(self, *ks: int) -> Looking:
        """Sample the steps 2^k that are new, in one call of f, and return the first.

        Parameters
        ----------
        *ks : int
            Exponents; those beyond the range are moved to its ends.

        Yields
        ------
        list of float
            Points, for the values of f there.
        """
        ks = tuple(min(max(k, self.floor), self.ceiling) for k in ks)
        new = [k for k in dict.fromkeys(ks) if k not in self.samples]
        signs = (self.sign,) if self.sign else (1, -1)
        if new:
            points = [self.x + s * math.ldexp(1.0, k) for k in new for s in signs]
            values = yield points
            self.evaluations += len(points)
            for i, k in enumerate(new):
                own = values[i * len(signs) : (i + 1) * len(signs)]
                self.samples[k] = Sample(k, self.centre, own, self.sign, self.deriv, self.grain)
            self._settle()
        return self.samples[ks[0]]

    def _settle(self) -> None:
        """Let no sample be finer than one at a smaller step: f may be 0 at some by chance."""
        ground = 0.0
        for _, s in sorted(self.samples.items()):
            if s.level < ground and s.unit < self.grain(ground):
                s.grade(self.grain, ground)
                self.fits.clear()
            elif math.isfinite(s.level):
                ground = max(ground, s.level)

    def agree(self, a: Sample, b: Sample, tolerance: float) -> bool:
        """Whether two first quotients are the same but for a tolerance and noise.

        Parameters
        ----------
        a, b : Sample
            Of two steps.
        tolerance : float
            Relative to the larger quotient.

        Returns
        -------
        bool
            Whether both are finite and near to each other.
        """
        if not (a.finite and b.finite):
            return False
        # The noise of cancelled terms does not grow with f, and other noise not soon.
        most = GROWTH * min((s.unit for s in self.samples.values() if s.finite), default=0.0)
        noise = sum(max(s.unit, self.noise * min(s.unit, most)) / s.h for s in (a, b))
        noise *= 1 if self.disputed else 4
        return abs(a.odd - b.odd) <= tolerance * max(abs(a.odd), abs(b.odd)) + noise

    def usable(self) -> list[Sample]:
        """The finite samples by step, up to where f is one piece."""
        return [s for s in self.finite() if s.k <= self.roof]

    def finite(self) -> list[Sample]:
        """The finite samples by step."""
        return [s for _, s in sorted(self.samples.items()) if s.finite]

    # The search

    def steps(self) -> Steps:
        """Yield lists of points, be sent the values there, return the outcome."""
        start = yield from self._start()
        if not start.finite and self.finite():
            start = max(self.finite(), key=lambda s: s.digits)
        self.reach = start
        self.limit += self.evaluations  # a long way to the start is not held against the rest
        if start.finite and start.k < self.ceiling:
            base = yield from self._descend(start)
            yield from self._search(base)
            for _ in range(DISPUTES):
                if not (yield from self._dispute()):
                    break
        return self.outcome()

    def _search(self, base: Sample) -> Generator[list[float], list[float], None]:
        """Go up from a step that is known to be good, and fill in below."""
        self.roof = self.ceiling
        self.reach = yield from self._climb(base)
        self.trusted = self.reach.k
        # With few digits a step at which f bends is still of use.
        self.roof = self.reach.k + (self.bits < WIDE and not self.disputed)
        yield from self._fill(self.reach)

    def _start(self) -> Looking:
        """Find a step at which f changes by about a third of its bits."""
        want = self.bits // 3
        depth = self.bits - want
        k = max(self.floor, self.top - depth)
        low, high = self.floor - 1, self.ceiling + 1  # known to be too small, too large
        stride, before = 20, (0, math.inf)
        ordinary = self.top < -depth // 2 or not self.x  # try the scale 1 before growing
        while True:
            s = yield from self.look(k)
            self.opening = self.opening or s
            seen = s.digits if s.finite else math.inf
            if abs(seen - want) <= 4:
                return self._grown(s)
            clear = max(3.0, min(want, seen + 4))  # bits by which f has changed before
            smaller = [t for t in self.samples.values() if t.k < k]
            passed = [t.k for t in smaller if t.digits >= clear]
            if seen < want and passed:  # f has changed and changed back, as a bump does
                high = k
                new = (low + min(passed)) // 2
            elif seen < want:
                low = k
                slow = any(t.digits >= 3 and seen < t.digits + 0.4 * (k - t.k) for t in smaller)
                if seen >= 3 and not slow:
                    new = k + max(1, round(want - seen))
                elif k < self.top - 3 < k + stride:
                    new = self.top - 3  # do not step over the size of x
                elif k < self.top + 2 < k + stride:
                    new = self.top + 2
                elif ordinary and k < -depth:
                    new, ordinary = -depth, False
                else:
                    new, stride = k + stride, 2 * stride
            else:
                high = k
                if before[1] - seen < 0.5 * (before[0] - k):
                    return s  # f(x) is next to 0, or f jumps: smaller steps will not help
                if s.finite:
                    new, before = k - max(1, round(seen - want)), (k, seen)
                else:
                    new, stride = k - stride, 2 * stride
            if not low < new < high:
                if high - low <= 1:
                    return self._grown(s)
                new = (low + high) // 2
            k = new

    def _grown(self, s: Sample) -> Sample:
        """Return the smallest step at which f, if bounded, has changed about as much as at s."""
        near = [t for t in self.finite() if t.digits >= max(3.0, s.digits - 3)]
        return near[0] if near and near[0].k < s.k - 8 else s

    def _descend(self, base: Sample) -> Looking:
        """Go down until two quotients agree, so that the plateau above is the lowest one."""
        stride = max(2, self.bits // 9)
        above = yield from self.look(base.k + stride)
        lower = base
        down = stride
        while not self.agree(lower, above, 2**-5):
            if lower.k == self.floor or lower.digits < 2 or self.evaluations > self.limit // 2:
                if self.x and lower.k == self.floor and lower.finite and above.finite:
                    # No float is nearer: what differs is noise.
                    self.least = abs(lower.odd - above.odd) * lower.h / lower.unit / 2
                break
            above = lower
            lower = yield from self.look(lower.k - down)
            if not self.x:
                down *= 2  # nothing but underflow ends the range at x = 0
        else:
            base, self.trusted = lower, above.k
        self._measure()
        return base

    def _climb(self, good: Sample) -> Looking:
        """Go up to the largest step at which the quotients are still those below it."""
        stride = 2 if self.disputed else max(2, self.bits // 9) + 1
        bad, leap = self.ceiling + 1, self.deriv > 1
        bend, settled = math.nan, False
        while bad - good.k > 1 and (bad <= self.ceiling or self.evaluations < self.limit):
            k = (bad + good.k) // 2 if bad <= self.ceiling else good.k + stride
            if k > self.ceiling:
                break
            s = yield from self.look(k)
            now = s.even / s.h if not self.sign else (s.odd - good.odd) / (s.h - good.h)
            # Noise in the second quotient shrinks with each step; two alike are not noise.
            alike = abs(now) > 0 and abs(now - bend) <= abs(now) / 4
            # A step that is blind agrees with all: those between, if any, must agree as well.
            passed = [t for t in self.finite() if good.k < t.k < s.k and t.digits >= 0]
            bends = not all(self.agree(t, s, 2**-3) for t in (good, *passed))
            bends = bends or (self.disputed and self._bends(good, s))
            if bends or (self.deriv > 1 and settled and not alike):
                bad = s.k
                continue
            steady = abs(s.odd - good.odd) * good.h <= 16 * good.unit
            gain = good.unit / s.unit * 2.0 ** (self.deriv * stride)
            good, bend, settled = s, now, settled or alike
            if bad > self.ceiling and gain < 4 and steady:
                break  # f grows as fast as h ** deriv: the noise will not get smaller
            if leap and bad > self.ceiling and s.change >= s.level / 2:
                good, leap = (yield from self._leap(good, stride)), False
        return good

    def _bends(self, a: Sample, b: Sample) -> bool:
        """Whether the even parts differ: all that shows where noise hides the odd ones."""
        p, q = a.even / a.h, b.even / b.h
        noise = 2 * self.noise * (a.unit / a.h / a.h + b.unit / b.h / b.h)
        return not self.sign and abs(p - q) > max(abs(p), abs(q)) / 4 + noise

    def _leap(self, good: Sample, stride: int) -> Looking:
        """Double the strides while f is a line: log1p at 1e-200 does not bend before 1."""
        bad: int | None = None
        leap, before = stride, self.evaluations
        while bad is None or bad - good.k > stride:
            k = min(good.k + leap, self.ceiling) if bad is None else (bad + good.k) // 2
            s = yield from self.look(k)
            if not self.agree(good, s, 2**-20):
                bad = s.k
            else:
                good, leap = s, 2 * leap
                if s.k == self.ceiling:
                    break
        self.limit += self.evaluations - before
        return good

    def _fill(self, good: Sample) -> Generator[list[float], list[float], None]:
        """Add steps below `good`, and above while that helps, until the error is near eps."""
        self._measure()
        lowest = min(self.samples)
        if self.noise > NOISY / 2 and lowest > self.floor:
            # Noise stays at smaller steps, structure disappears.
            yield from self.look(lowest - 3, lowest - 6)
            self._measure()
        for below in ((1, 2, 3), (4, 5), (6,), (7,)):
            if self._done() or (self.evaluations >= self.limit and below != (1, 2, 3)):
                break
            yield from self.look(*(good.k - j for j in below))
            self._measure()
        best = self.select()
        k = good.k
        while best and best.last.k == k < self.ceiling and self.evaluations < self.limit:
            if self._done():
                break
            k += 1
            yield from self.look(k)
            self.roof = k
            before, best = best, self.select()
            if best and best.error >= before.error:
                break
        self._measure()

    def _done(self) -> bool:
        best = self.select()
        return best is not None and best.error <= 256 * 2.0**-self.bits * abs(best.value)

    # Rounding inside f

    def _dispute(self) -> Generator[list[float], list[float], bool]:
        """Look for jumps where a plateau ends; if they repeat, search again above them.

        Rounding inside f is frozen at steps below its grain: the quotients there agree to all
        digits and are wrong. Such a plateau ends abruptly, with a jump of f that comes again;
        structure of f ends smoothly, and a discontinuity jumps once.
        """
        jumps: list[_Jump] = []
        while len(jumps) < 2 and not (jumps and jumps[0].again):
            end = self._abrupt(jumps)
            jump = yield from self._jump(end, jumps)
            if not jump and not jumps:
                known, other = len(self.samples), self._contradiction()
                jump = yield from self._jump(other, jumps)
                if not jump and len(self.samples) > known:  # another plateau may be chosen now
                    jump = yield from self._jump(self._abrupt(jumps), jumps)
                if not jump and (end or other):
                    jump = yield from self._between()
            if not jump:
                return False
            jumps.append(jump)
            # Were it not for this jump, how far would the plateau go on?
            for k in () if jump.again else AGAIN:
                yield from self.look(math.frexp(jump.at)[1] + k)
                if self._abrupt(jumps):
                    break
        best = self.select()
        if best and jumps[-1].size > COARSE * self.reach.level:
            self.others.append(best.value)
        self.disputed = True
        self._coarsen(max(j.size for j in jumps))
        self.limit = self.evaluations + LIMIT
        base = yield from self.look(math.frexp(jumps[-1].at)[1] + 2)
        if base.finite:
            yield from self._search(base)
        return True

    def _between(self) -> Generator[list[float], list[float], _Jump | None]:
        """Look for noise between the steps of the chosen plateau, which are powers of two.

        In 1 - 4x and in exp(x) - 1 such steps fall on the numbers to which f rounds, and see none.
        """
        best = self.select()
        if best is None:
            return None
        run = [s for s in self.usable() if best.first.k <= s.k <= best.last.k]
        before: list[tuple[float, float]] = []  # how far f is off, and the step
        worst = (0.0, 0.0, 1, 0.0)
        for down in (0, 4, 8):
            most = (0.0, 0.0, 1, 0.0)
            for side in (self.sign,) if self.sign else (1, -1):
                for share in SPREAD[1:3]:
                    point = self.x + side * _ldexp(run[-1].h * share, -1 - down)
                    h = abs(point - self.x)  # as it is in floating point
                    if h < 8 * math.ulp(self.x):
                        continue
                    (v,) = yield [point]
                    self.evaluations += 1
                    smooth = side * h * _through(run, h, self.power, "odd")
                    if not self.sign:
                        smooth += h * h * _through(run, h, self.power, "even")
                    off, unit = v - self.centre - smooth, self.grain(max(run[-1].level, abs(v)))
                    if SUDDEN * self.noise * unit + best.error * h < abs(off) < math.inf:
                        most = max(most, (abs(off), h, side, off))
            before.append(most[:2])
            worst = max(worst, most)
        # Noise is there at all steps; what a smooth f leaves over grows with h at least.
        pairs = itertools.combinations(before, 2)
        if any(low and high <= low * math.sqrt(h / t) for (high, h), (low, t) in pairs if t):
            return _Jump(*worst, again=True)
        return None

    def _coarsen(self, jump: float) -> None:
        """Take jumps of this size for the rounding that they are."""
        self.grain = Grain(self.grain.result, jump)
        for s in self.samples.values():
            s.grade(self.grain)
        self._settle()
        self.fits.clear()
        self._selected = (0, 0.0), None
        self.least = self.noise = 1.0

    def _without(self, s: Sample, jumps: list[_Jump]) -> Sample:
        """Return a sample as it were without the jumps."""
        rises = [sum(j.rise for j in jumps if j.side == side and s.h >= j.at) for side in (1, -1)]
        if not any(rises):
            return s
        signs = [self.sign] if self.sign else [1, -1]
        values = []
        for side in signs:
            v = self.centre + side * s.odd * s.h + (0.0 if self.sign else s.even * s.h)
            values.append(v - rises[side < 0])
        own = Sample(s.k, self.centre, values, self.sign, self.deriv, self.grain)
        # Where a jump is, and so how large, is known to about a thousandth of it.
        jump = max(self.grain.jump, *(abs(r) * 2.0**-HALVINGS for r in rises))
        own.grade(Grain(self.grain.result, jump))
        return own

    def _abrupt(self, jumps: list[_Jump]) -> _End | None:
        """Return the end of the chosen plateau if a smooth f cannot end so."""
        best = self.select()
        if best is None:
            return None
        run = [s for s in self.usable() if best.first.k <= s.k <= best.last.k]
        parts = ("odd",) if self.sign else ("odd", "even")
        ends = [
            self._sudden(best, part, _through(run, 0.0, self.power, part), jumps) for part in parts
        ]
        return min((e for e in ends if e), key=lambda e: e.next.k, default=None)

    def _sudden(self, best: _Best, part: str, limit: float, jumps: list[_Jump]) -> _End | None:
        """Return where a quotient leaves its limit faster than that of a smooth f."""
        power = 1 + (part == "even")

        def off(s: Sample) -> tuple[float, float]:
            s = self._without(s, jumps)
            noise = self.noise * s.unit / s.h
            if part == "odd":
                return abs(s.odd - limit), noise
            return abs(s.even / s.h - limit), 2 * noise / s.h

        above = [s for s in self.finite() if s.k >= best.last.k]
        for a, b in pairwise(above):
            (near, noise), (far, other) = off(a), off(b)
            noise = max(noise, _ldexp(other, power * (b.k - a.k)))
            if far > SUDDEN * (near + noise):
                return _End(a, b, [], partial(self._on, off, near))
            if far > SUDDEN * noise:
                return None
        return None

    @staticmethod
    def _on(off: Callable[[Sample], tuple[float, float]], near: float, s: Sample) -> bool:
        away, noise = off(s)
        return away <= SUDDEN * (near + noise)

    def _contradiction(self) -> _End | None:
        """Return the end of a plateau below the steps of a run that says something else."""
        best, found = self.select(), self.usable()
        if best is None:
            return None
        sure = [
            (e, r)
            for r in self._runs(found)
            if r.first.k > best.first.k
            and r.last.k <= self.reach.k
            and 8 * (best.error + (e := r.truncation + self.noise * r.rounding))
            < abs(r.value - best.value)
        ]
        if not sure:
            return None
        _, run = min(sure, key=lambda p: p[0])
        model = [s for s in found if run.first.k <= s.k <= run.last.k]

        def off(s: Sample) -> float:
            return abs(s.odd - _through(model, s.h, self.power, "odd"))

        chosen = [s for s in found if best.first.k <= s.k <= best.last.k]
        apart = abs(
            _through(chosen, 0.0, self.power, "odd") - _through(model, 0.0, self.power, "odd")
        )
        for a, b in pairwise(s for s in found if s.k <= run.first.k):
            if off(a) >= apart / 2 > off(b):
                return _End(a, b, model, lambda s: off(s) >= apart / 2)
        return None

    def _jump(
        self, end: _End | None, jumps: list[_Jump]
    ) -> Generator[list[float], list[float], _Jump | None]:
        """Return a jump of f at the end of a plateau, if there is one besides those known."""
        if end is None:
            return None
        a, b, model, on = end
        while b.k - a.k > 1:
            s = yield from self.look((a.k + b.k) // 2)
            if on(s):
                a = s
            else:
                b = s
        a = self._without(a, jumps)
        model = model or [a]

        def off(h: float, side: int) -> Away:
            """How far f is from the model, without the jumps; and its size."""
            point = self.x + side * h
            (v,) = yield [point]
            self.evaluations += 1
            h = abs(point - self.x)  # as it is in floating point
            rise = sum(j.rise for j in jumps if j.side == side and h >= j.at)
            smooth = side * h * _through(model, h, self.power, "odd")
            if not self.sign:
                smooth += h * h * _through(model, h, self.power, "even")
            return v - rise - self.centre - smooth, abs(v)

        tops = {}
        for way in (self.sign,) if self.sign else (1, -1):
            below, _ = yield from off(a.h, way)
            slope = below / a.h  # that of the plateau against the model
            beyond, level = yield from off(b.h, way)
            tops[way] = beyond - slope * b.h, level, slope
        side = max(tops, key=lambda way: abs(tops[way][0]))
        beyond, level, _ = tops[side]

        def away(h: float, way: int = side) -> Away:
            d, size = yield from off(h, way)
            return d - tops[way][2] * h, size

        halves = _Halves(a.h, b.h, 0.0, beyond, level)
        found = yield from self._halve(halves, away, flat=not a.change)
        if not found or abs(found[1]) > 4 * max(a.level, b.level):
            return None  # smooth, or a pole
        at, rise = found
        # Once more soon? What a parabola leaves over tells.
        rest = []
        for t in SPREAD:
            rest.append((yield from away(at * t))[0] / abs(rise))
        if not np.isfinite(rest).all():
            return None
        curve = np.polynomial.Polynomial.fit(SPREAD, rest, 2)
        scatter = float(np.max(np.abs(rest - curve(np.array(SPREAD)))))
        again = scatter > 1 / 8
        ways = [(side, k) for k in AGAIN]
        ways += [(-side, k) for k in BESIDE if len(tops) > 1]
        for way, k in () if again or jumps else ways:
            low, high = at * 2.0**k, at * 2.0 ** (k + 1)
            there = partial(away, way=way)
            below, _ = yield from there(low)
            halves = _Halves(low, high, below, *(yield from there(high)))
            more = yield from self._halve(halves, there, flat=False)
            again = more is not None and abs(more[1]) <= 4 * max(a.level, b.level)
            if again:
                break
        return _Jump(abs(rise) * min(max(1.0, 2 * scatter), 8.0), at, side, rise, again)

    def _halve(
        self, found: _Halves, off: Callable[[float], Away], *, flat: bool
    ) -> Generator[list[float], list[float], tuple[float, float] | None]:
        """Return where f jumps in an interval and by how much, unless it goes there smoothly."""
        low, high, below, beyond, level = found
        steps = [abs(beyond - below)]
        while len(steps) <= HALVINGS and high - low >= 8 * math.ulp(self.x):
            # Off the middle: rounding inside f may be frozen at short binary fractions.
            middle = low + (high - low) * ASIDE
            now, size = yield from off(middle)
            # Up to the first change of what is flat, else to the larger one.
            if now != below if flat else abs(now - below) >= abs(beyond - now):
                high, beyond, level = middle, now, size
            else:
                low, below = middle, now
            steps.append(abs(beyond - below))
        unit = self.noise * self.grain(max(abs(self.centre), level))
        if len(steps) < 4:  # some units of x wide: nothing could be told from a jump
            return (high, beyond - below) if steps[-1] > 8 * unit else None
        most = steps[0] * 2.0 ** (-len(steps) / 2)
        stays = steps[-1] > steps[-4] / 2 or steps[-1] > max(most, steps[-4] / 4)
        stays = stays and steps[-1] < 8 * steps[-4]  # next to a pole they grow
        return (high, beyond - below) if stays and steps[-1] > 8 * unit else None

    # What the values say

    def _measure(self) -> None:
        """Read the noise of f from the two smallest steps: what a smooth fit leaves over.

        Where both sides are used, the even part tells, which is all noise there; of the odd part,
        which may hold structure, the lesser of the two. (Noise that comes from rounding the
        argument can miss either part: it moves x + h and x - h by whole units.)
        """
        even, odd = self._left("even"), self._left("odd")
        noise = max(even) if self.sign else max(max(even), min(odd))
        if self.sign:
            noise = max(noise, *odd)
        self.noise = max(1.0, self.least, noise[0])
        if noise[0] > NOISY and abs(self.centre) <= ABSOLUTE * noise[1] and not self._growth():
            # f is next to 0 and its terms are not: the noise does not grow with f.
            self._coarsen(noise[1])

    def _left(self, part: str) -> list[tuple[float, float]]:
        """What the fit through the next three samples leaves of each of the two smallest.

        In units of their last place, and in those of f.
        """
        found = [s for s in self.usable() if s.k <= self.trusted]
        # Where f is flat below its grain, it hides its noise.
        moved = [s for s in found if s.digits >= 0 and s.unit <= NOISY * found[0].unit]
        found = moved if len(moved) > 3 else found
        left = [(0.0, 0.0)]
        for i in range(min(2, len(found) - 2)):
            s, *rest = found[i : i + 4]
            values = [getattr(p, part) * (s.h / p.h if part == "even" else 1) for p in rest]
            nodes = [2.0 ** (self.power * (p.k - rest[-1].k)) for p in rest]
            at = 2.0 ** (self.power * (s.k - rest[-1].k))
            fitted = sum(
                v * math.prod((at - b) / (a - b) for b in nodes if b != a)
                for v, a in zip(values, nodes, strict=True)
            )
            # f is no noisier than it changes, however wild the fit is where it starts to move.
            over = min(abs(getattr(s, part) - fitted) * s.h / 2, s.change)
            unit = max(p.unit for p in found[i : i + 4])
            left.append((over / unit, over) if math.isfinite(over) else (0.0, 0.0))
        return left[1:] or left

    def _runs(self, found: list[Sample]) -> Iterator[_Run]:
        """Extrapolate every run of up to nine neighbouring samples to h = 0 (Neville's scheme)."""
        zeros = [0.0] * self.index
        row: list[_Fit | None] = [
            _Fit([s.quotient, *zeros], [s.rounding, *zeros], None) for s in found
        ]
        for width in range(1, min(9, len(found))):
            longer: list[_Fit | None] = []
            for a, (short, long) in enumerate(pairwise(row)):
                first, last = found[a], found[a + width]
                key = first.k, last.k, width
                if key not in self.fits:  # rungs are added one by one: most fits are there
                    gaps = last.k - found[a + width - 1].k, found[a + 1].k - first.k
                    self.fits[key] = self._join(first, last, gaps, short, long, width)
                fit = self.fits[key]
                longer.append(fit)
                if fit and fit.run:
                    yield fit.run
            row = longer

    def _join(
        self,
        first: Sample,
        last: Sample,
        gaps: tuple[int, int],
        short: _Fit | None,
        long: _Fit | None,
        width: int,
    ) -> _Fit | None:
        """Fit first..last from the fits `short`, without last, and `long`, without first."""
        if short is None or long is None or gaps[0] > 16:
            return None  # a wide gap: the samples have nothing to do with each other
        index = self.index
        ratio = 2.0 ** (self.power * (first.k - last.k))
        grow = 2.0 ** (self.power * gaps[0])
        value, noise = [], []
        for m in range(index + 1):
            c = short.value[m] * grow**m - ratio * long.value[m]
            n = short.noise[m] * grow**m + ratio * long.noise[m]
            if m:
                c += long.value[m - 1] - short.value[m - 1] * grow ** (m - 1)
                n += long.noise[m - 1] + short.noise[m - 1] * grow ** (m - 1)
            value.append(c / (1 - ratio))
            noise.append(n / (1 - ratio))
        if width <= index:
            return _Fit(value, noise, None)
        result, moved = value[index], noise[index]
        # What the run gains by its last sample and by its first: the latter by the factor by which
        # the next term of the series is smaller at the first sample than at the second.
        change = max(
            abs(result - short.value[index] * grow**index),
            abs(result - long.value[index]) * 2.0 ** (-self.power * gaps[1]),
        )
        if index:
            unit = -self.power * index * last.k
            result, change, moved = (_ldexp(v, unit) for v in (result, change, moved))
        run = _Run(result, value[0], change, moved, first, last)
        return _Fit(value, noise, run if math.isfinite(result + change + moved) else None)

    def _unexplained(self, run: _Run, found: list[Sample]) -> tuple[float, float]:
        """What the smaller steps say against a run: an error, and the noise they show.

        A deviation that stays alike in f as h shrinks is noise. One that stays alike in the
        quotient is structure that the run has stepped over; it grows with h in units of noise, and
        what is above the growth of sqrt(h), which noise does not have, counts as an error.
        """
        first = run.first
        below = list(itertools.takewhile(lambda s: s is not first, found))
        bend = 2 * abs(first.quotient - run.limit)
        seen = []
        for s in below:
            shift = 2.0 ** (self.power * (s.k - first.k))
            away = abs(s.quotient - run.limit) - bend * shift
            seen.append(max(0.0, away) / (s.rounding or math.ulp(0.0)))  # 0 where it underflows
        # What the smallest steps show, at the smallest: of structure all show the same.
        least = max(
            [
                self.noise,
                *(v * 2.0 ** (below[0].k - s.k) for s, v in zip(below[:3], seen[:3], strict=True)),
            ]
        )
        error, noise = 0.0, 1.0
        for s, v in zip(below, seen, strict=True):
            # Rounding of the argument inside f has a structure too, some units of x wide.
            near = self.x and s.k < self.top - self.bits + 8
            allowed = v if near else 8 * least * min(2.0 ** ((s.k - below[0].k) / 2), GROWTH)
            error = max(error, (v - allowed) * (s.rounding or math.ulp(0.0)))
            noise = max(noise, min(v, allowed) * s.unit / first.unit)
        return _ldexp(error, -self.power * self.index * first.k), noise

    def _judge(
        self, runs: list[_Run], found: list[Sample], noise: float, cache: _Verdicts
    ) -> list[tuple[float, float, _Run]]:
        """Error, noise and run for all that may err by less than ten times the best."""
        judged = []
        bound = math.inf
        for run in sorted(runs, key=lambda r: r.truncation + noise * r.rounding):
            if run.truncation + noise * run.rounding > bound:
                break  # every run from here on has at least this error
            if run not in cache:
                cache[run] = self._unexplained(run, found)
            extra, own = cache[run]
            error = extra + run.truncation + max(noise, own) * run.rounding
            judged.append((error, own, run))
            bound = min(bound, 10 * error)
        return judged

    def select(self) -> _Best | None:
        """Choose the run with the least estimated error; None if there are too few samples."""
        state = len(self.samples), self.noise
        if self._selected[0] != state:
            self._selected = state, self._select()
        return self._selected[1]

    def _select(self) -> _Best | None:
        found = self.usable()
        runs = [r for r in self._runs(found) if math.isfinite(r.value + r.truncation + r.rounding)]
        noise = self.noise
        cache: _Verdicts = {}
        while runs:
            judged = self._judge(runs, found, noise, cache)
            error, own, run = min(judged, key=lambda j: j[0])
            if own > noise:
                noise = own  # the best run shows more noise than was assumed: judge all again
                continue
            near = max(abs(r.value - run.value) for e, _, r in judged if e <= 10 * error)
            return _Best(run.value, error + near, noise, run.last, run.limit, run.first)
        return None

    def _nearby(self) -> float:
        """Return the size of the quotient at the first or the last step of the search."""
        seen = (abs(s.quotient) for s in (self.opening, self.reach) if s)
        return max((q for q in seen if math.isfinite(q)), default=0.0)

    def _either(self) -> _Best | None:
        """Choose a run; where a series in h² does not converge, one in h may.

        The central quotient of f is a series in h² if f is smooth. If only its second derivative
        jumps at x, as that of a Huber loss at its joint, it is one in h.
        """
        best = self.select()
        if not best or self.sign or self.disputed or self.deriv > 1:
            return best
        if best.error <= self.rtol * abs(best.value):
            return best
        self.power, self.fits = 1, {}
        rough = self._select()
        self.power, self.fits = 2, {}
        return rough if rough and rough.error < best.error / 8 else best

    def _kink(self) -> float:
        """The corner of the derivative below that the quotient of the other parity shows, or 0.

        It is a series in h² (h times one for the first derivative) unless the one-sided
        derivatives differ: that adds a term with one power of h less.
        """
        found = self.finite()
        if self.sign or self.deriv > 3:
            return 0.0
        if self.deriv == 1:
            shown = [(s.even, s.unit / s.h) for s in found]
        else:
            other = [s.odd if self.deriv == 2 else s.even / s.h for s in found]
            noise = [s.unit / s.h * (1 if self.deriv == 2 else 2 / s.h) for s in found]
            shown = [
                ((other[i + 1] - other[i]) / (t.h - s.h), noise[i] / (t.h - s.h))
                for i, (s, t) in enumerate(pairwise(found))
            ]
        clear = [i for i, (v, noise) in enumerate(shown) if abs(v) > 16 * noise][:3]
        seen = [shown[i][0] for i in clear]
        if len(seen) < 3 or max(seen) - min(seen) > 0.1 * abs(seen[0]):
            return 0.0
        # ReLU at -1 shows a corner too, but not at the steps that stay below 1.
        sharp = all(abs(v - seen[0]) <= 16 * noise for v, noise in shown[: clear[0]])
        return abs(seen[0]) if sharp else 0.0

    def _growth(self) -> str:
        """'jump' or 'singular' if f changes by less than in proportion to small h, else ''."""
        found = self.finite()
        clear = [s for s in found if s.digits >= self.bits / 4][:3]
        if len(clear) < 3:
            return ""
        p, q = (
            (math.log2(t.change) - math.log2(s.change)) / (t.k - s.k) for s, t in pairwise(clear)
        )
        if abs(p - q) > 0.05 or p > 0.9:
            return ""
        for part in ([s.odd * s.h for s in clear], [s.even * s.h for s in clear]):
            powers = [v / 2.0 ** (p * (s.k - clear[0].k)) for v, s in zip(part, clear, strict=True)]
            if max(powers) - min(powers) > 0.3 * clear[0].change:
                return ""  # noise is as large at all steps, but not alike
        first = clear[0]
        for s in found[: found.index(first)]:
            if first.change * 2.0 ** (p * (s.k - first.k)) > 16 * s.unit:
                return ""  # the smaller steps do not follow
        return "jump" if abs(p) < 0.02 else "singular"

    def _stepped(self, slope: float) -> bool:
        """Say whether f stands still where this slope would move it, as a step function does.

        Beside 0 a sum of large terms stands still too, by the rounding of those terms. They are
        believed up to `HIDDEN` times what f shows within the distance of x from 0.
        """
        near = [s for s in self.finite() if s.h <= max(abs(self.x), 1.0)]
        if not near or not slope:
            return False
        level = max(abs(self.centre), *(s.level for s in near))
        if self.grain.jump:
            return math.ldexp(self.grain.jump, self.bits) > HIDDEN * level
        return any(not s.change and abs(slope) * s.h**self.deriv > HIDDEN * s.unit for s in near)

    def outcome(self) -> Outcome:
        """Judge all samples."""
        failed = Outcome(math.nan, math.inf, "", self.evaluations, math.nan, math.nan)
        if not any(s.finite for s in self.samples.values()):
            nearest = self.samples[min(self.samples)].sides
            edge = not all(nearest) and (any(nearest) or self.sign)
            return failed._replace(status="domain edge" if edge else "not finite")
        best, corner = self._either(), self._kink()
        # Rounding that always falls to one side, as of a long sum of squares, looks like a corner.
        if corner and not (best and corner + best.error <= self.rtol * abs(best.value)):
            return failed._replace(status="kink")
        if best is None:
            return failed._replace(status="not finite")
        factor = math.factorial(self.deriv)
        error = max(best.error + corner, *(abs(v - best.value) for v in self.others), 0.0)
        value, error = factor * best.value, factor * error
        if self.sign < 0 and self.deriv % 2 == 0:
            value = -value
        flat, shown = all(s.digits < 0 for s in self.finite()), error
        if flat or abs(value) <= error:
            # Nothing of f shows where it would change: assume no more than the usual.
            unit = self.grain(max([abs(self.centre), *(s.level for s in self.finite() if flat)]))
            shown = max(error, unit / max(abs(self.x), 1.0) ** self.deriv)
        if self.disputed or self._stepped(best.value):
            status = "noisy"
        elif flat or error <= self.rtol * abs(value):
            status = "ok"
        elif growth := self._growth():
            return failed._replace(status=growth)
        elif abs(value) <= error <= factor * self.rtol * self._nearby():
            status = "ok"  # zero, against the quotients that tend to it
        elif best.noise >= NOISY:
            status = "noisy"
        elif abs(value) <= error and _ldexp(error, self.deriv * self.reach.k) <= (
            self.rtol * self.reach.level
        ):
            status = "ok"  # the derivative is zero, as far as the digits of f can tell
        else:
            status = "inexact"
        noise = best.noise * best.last.unit
        return Outcome(value, shown, status, self.evaluations, best.last.h, noise)


def _through(model: list[Sample], h: float, power: int, part: str) -> float:
    """Interpolate the odd or the even quotient of f through samples; the latter over h."""
    top = max(s.h for s in model)
    model = [s for s in model if s.h >= top * 2.0**-500]  # whose squares do not underflow
    u, nodes = (h / top) ** power, [(s.h / top) ** power for s in model]
    total = 0.0
    for s, node in zip(model, nodes, strict=True):
        weight = math.prod((u - t) / (node - t) for t in nodes if t != node)
        total += weight * (s.odd if part == "odd" else s.even / s.h)
    return total


def _ldexp(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.copysign(math.inf, value)
