"""The ladder of `derivref.ladder` for many points at once, where nothing is unusual.

All points take each step of the search together, so that it costs NumPy operations on arrays and
few calls of f. A point at which anything is out of the ordinary (noise, a jump, a kink, a domain
that ends, quotients that contradict each other) is left to `Ladder`, with the values known so far.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derivref.ladder import SUDDEN, Format

Array = NDArray[Any]
# Values at points; the first argument says for each to which line of the sweep it belongs.
Probe = Callable[[Array, Array], Array]

RUNGS = 8  # neighbouring steps that are extrapolated, the largest first
STAGES = (4, 8)  # after how many of them the result is looked at
LOWER = 4  # rungs to go down where those do not converge
ROUNDS = 16  # of climbing, and of looking for a step at which f changes enough
CLEAN = 16.0  # noise in units of the last place, above which the ladder judges
SHARP = 2.0**-10  # part of the tolerance that the estimated error may be

LEAST = -1074  # exponent of the least number above 0
POWERS = np.ldexp(1.0, np.arange(LEAST, 1024))


def _power(k: Array) -> Array:
    """Return 2^k, as `ldexp` does in ten times the time."""
    found: Array = POWERS[k - LEAST]
    return found


class _Part(NamedTuple):
    """As `Outcome`, of many lines."""

    value: Array
    error: Array
    status: str
    step: Array
    noise: Array


class Swept(NamedTuple):
    """What a sweep found; where not `done`, values by exponent of the step for the ladder."""

    done: Array
    value: Array
    error: Array
    step: Array
    noise: Array
    known: list[tuple[Array, Array, Array, Array]]

    def of(self, status: str) -> "_Part":
        """Return what was found where the search is done."""
        at = self.done
        return _Part(self.value[at], self.error[at], status, self.step[at], self.noise[at])

    def samples(self, line: int) -> dict[int, list[float]]:
        """Return the values known on one line, above and below x, by exponent of the step."""
        found = {}
        for lines, ks, above, below in self.known:
            at = int(np.searchsorted(lines, line))
            if at < len(lines) and lines[at] == line:
                found[int(ks[at])] = [float(above[at]), float(below[at])]
        return found


@dataclass
class _Rung:
    """Difference quotients of f at one step on some lines."""

    k: Array
    h: Array
    odd: Array
    even: Array
    unit: Array
    change: Array

    @property
    def finite(self) -> Array:
        """Where all of it is."""
        return np.isfinite(self.odd) & np.isfinite(self.even) & np.isfinite(self.change)

    def at(self, where: Array) -> "_Rung":
        """Return it on some of its lines."""
        return _Rung(*(part[where] for part in vars(self).values()))

    def put(self, where: Array, other: "_Rung") -> None:
        """Replace it on some lines."""
        for name, part in vars(self).items():
            part[where] = getattr(other, name)


class Sweep:
    """First derivatives from both sides of x on many lines."""

    def __init__(
        self,
        x: Array,
        centre: Array,
        probe: Probe,
        *,
        argument: Format,
        result: Format,
        rtol: float,
    ) -> None:
        self.x, self.centre, self.probe = x, centre, probe
        self.bits, self.least, self.rtol = result.bits, 2.0**result.lowest, rtol
        self.unit = 2.0**-result.bits
        top = np.where(x == 0, 0, np.frexp(x)[1])
        self.floor = np.where(
            x == 0, argument.lowest, np.maximum(argument.lowest, top - argument.bits)
        )
        self.ceiling = argument.highest
        self.first = np.maximum(self.floor, top - (result.bits - result.bits // 3))
        self.live = np.isfinite(centre) & (abs(x) < 2.0**argument.highest)
        self.known: list[tuple[Array, Array, Array, Array]] = []
        n = len(x)
        self.value, self.error = np.full(n, np.nan), np.full(n, np.inf)
        self.step, self.noise = np.full(n, np.nan), np.full(n, np.nan)
        self.done = np.zeros(n, bool)

    def look(self, lines: Array, k: Array) -> _Rung:
        """Sample f at x ± 2^k."""
        h, x = _power(k), self.x[lines]
        values = self.probe(np.concatenate([lines, lines]), np.concatenate([x + h, x - h]))
        above, below = values[: len(lines)], values[len(lines) :]
        self.known.append((lines, k, above, below))
        return self._rung(lines, k, above, below)

    def run(self) -> Swept:
        """Search all lines."""
        with np.errstate(all="ignore"):
            lines = np.flatnonzero(self.live)
            if lines.size:
                lines, base = self._start(lines)
            if lines.size:
                lines, good, bad = self._climb(*self._descend(lines, base))
            if lines.size:
                self._fill(lines, good, bad)
        return Swept(self.done, self.value, self.error, self.step, self.noise, self.known)

    def _start(self, lines: Array) -> tuple[Array, _Rung]:
        """Find steps at which f changes by a third of its digits."""
        want = self.bits // 3
        k = self.first[lines]
        base = self.look(lines, k)
        left = np.arange(len(lines))
        good = np.zeros(len(lines), bool)
        for _ in range(3):
            now = base.at(left)
            digits = np.log2(now.change / now.unit)
            fine = abs(digits - want) <= 4
            good[left[fine & now.finite]] = True
            flat = now.finite & (now.change == 0)
            if flat.any():
                self._flat(lines[left[flat]], now.k[flat])
            more = now.finite & ~fine & (digits >= 3)
            target = now.k + np.rint(np.where(more, want - digits, 0)).astype(int)
            more &= (target >= self.floor[lines[left]]) & (target <= self.ceiling)
            left, target = left[more], target[more]
            if not left.size:
                break
            base.put(left, self.look(lines[left], target))
        return lines[good], base.at(good)

    def _flat(self, lines: Array, k: Array) -> None:
        """Settle lines on which f is the same at all steps."""
        stride, depth = 20, self.bits - self.bits // 3
        top = np.frexp(self.x[lines])[1]
        far = np.maximum(top, 0)  # f must be finite up to here at least
        unit = np.zeros(len(lines))
        settled = np.zeros(len(lines), bool)
        left = np.arange(len(lines))
        before = k.copy()
        k = np.where(k < -depth, -depth, k + stride)
        sizes = [top - 3, top + 2]  # those of x are not stepped over
        k = np.maximum(np.minimum(k, sizes[0]), before + 1)
        while left.size:
            rung = self.look(lines[left], k)
            same = rung.finite & (rung.change == 0)
            unit[left[same]] = rung.unit[same]
            over = ~rung.finite & (before[left] >= far[left])
            settled[left[(same & (k == self.ceiling)) | over]] = True
            before[left] = k
            left, k = left[same], k[same]
            left, k = left[k < self.ceiling], k[k < self.ceiling]
            near = [np.where(k < size[left], size[left], self.ceiling) for size in sizes]
            k = np.minimum(np.minimum(k + stride, self.ceiling), np.minimum(*near))
            stride *= 2
        done = lines[settled]
        self.value[done], self.done[done] = 0.0, True
        self.error[done] = unit[settled] / np.maximum(abs(self.x[done]), 1.0)
        self.step[done], self.noise[done] = np.nan, unit[settled]

    def _agree(self, a: _Rung, b: _Rung, tolerance: float) -> Array:
        noise = 4 * (a.unit / a.h + b.unit / b.h)
        bound = tolerance * np.maximum(abs(a.odd), abs(b.odd)) + noise
        same: Array = a.finite & b.finite & (abs(a.odd - b.odd) <= bound)
        return same

    def _descend(self, lines: Array, base: _Rung) -> tuple[Array, _Rung]:
        """Keep lines on which a larger step agrees, so that nothing finer hides below."""
        k = np.minimum(base.k + max(2, self.bits // 9), self.ceiling)
        above = self.look(lines, k)
        fine = self._agree(base, above, 2**-5)
        return lines[fine], above.at(fine)

    def _climb(self, lines: Array, good: _Rung) -> tuple[Array, _Rung, _Rung]:
        """Go up to the largest steps at which the quotients are still those below."""
        stride = max(2, self.bits // 6) + 1  # what a smaller step hides shows at all larger ones
        none = self.ceiling + 1
        bad = good.at(np.arange(len(lines)))
        bad.k = np.full(len(lines), none)
        going = np.ones(len(lines), bool)
        for _ in range(ROUNDS):
            at = np.flatnonzero(going & (bad.k - good.k > 1))
            if not at.size:
                break
            far = bad.k[at] == none
            k = np.where(far, good.k[at] + stride, (bad.k[at] + good.k[at]) // 2)
            if (k > self.ceiling).any():
                going[at[k > self.ceiling]] = False
                at, far, k = (v[k <= self.ceiling] for v in (at, far, k))
                if not at.size:
                    break
            s, low = self.look(lines[at], k), good.at(at)
            same = self._agree(low, s, 2**-3)
            # Stop where f grows as fast as h: the noise will not get smaller.
            gain = low.unit / s.unit * 2.0**stride
            going[at[same & far & (gain < 4)]] = False
            good.put(at[same], s.at(same))
            bad.put(at[~same], s.at(~same))
        closed = ~going | (bad.k - good.k == 1)
        return lines[closed], good.at(closed), bad.at(closed)

    def _fill(self, lines: Array, good: _Rung, bad: _Rung) -> None:
        """Extrapolate from the steps below the largest good one, until the error is near eps."""
        fine = good.k - RUNGS + 1 >= self.floor[lines]
        lines, good, bad = lines[fine], good.at(fine), bad.at(fine)
        table = np.full((RUNGS, 5, len(lines)), np.nan)
        names = ("h", "odd", "even", "unit", "change")
        table[0] = [getattr(good, n) for n in names]
        for at, ks, above, below in self.known:  # what climbing has left there already
            where, there = self._among(lines, at)
            j = good.k - ks[where]
            hit = np.flatnonzero(there & (j > 0) & (j < RUNGS))
            if hit.size:
                table[j[hit], :, hit] = self._row(
                    lines[hit], ks[where[hit]], above, below, where[hit]
                )
        left = self._stages(table, lines, [good, bad], 1)
        # A step far too large may have agreed by chance: f is looked at below it.
        deep = left[good.k[left] - LOWER - RUNGS + 1 >= self.floor[lines[left]]]
        if deep.size:
            lines, table = lines[deep], table[:, :, deep]
            passed = [_Rung(good.k[deep] - n, *table[n].copy()) for n in range(LOWER, -1, -1)]
            table[:-LOWER], table[-LOWER:] = table[LOWER:].copy(), np.nan
            self._stages(table, lines, [*passed, bad.at(deep)], RUNGS - LOWER)

    def _stages(self, table: Array, lines: Array, above: list[_Rung], first: int) -> Array:
        """Sample more rungs below the first of those above; settle lines, return the others."""
        good = above[0]
        left = np.arange(len(lines))
        for count in (c for c in STAGES if c > first):
            self._complete(table, lines, good, left, first, count)
            first = count
            whole = len(left) == len(lines)
            found = _extrapolated(table[:count] if whole else table[:count, :, left])
            ends = found.error <= 256 * 2.0**-self.bits * abs(found.value)
            if count == RUNGS:
                ends = found.error <= SHARP * self.rtol * abs(found.value)
            at = np.flatnonzero(ends)
            if not at.size:
                continue
            ends[at] = self._accept(
                lines[left[at]], [rung.at(left[at]) for rung in above], found.at(at)
            )
            self._settle(lines[left[ends]], found.at(ends), good.h[left[ends]])
            left = left[~ends]
            if not left.size:
                break
        return left

    def _row(self, lines: Array, ks: Array, above: Array, below: Array, where: Array) -> Array:
        """Return the table's row from values that are known."""
        rung = self._rung(lines, ks, above[where], below[where])
        return np.stack([rung.h, rung.odd, rung.even, rung.unit, rung.change], axis=-1)

    def _rung(self, lines: Array, k: Array, above: Array, below: Array) -> _Rung:
        h, centre = _power(k), self.centre[lines]
        up, down = above - centre, below - centre
        level = np.maximum(np.maximum(abs(above), abs(below)), abs(centre))
        unit = np.maximum(level * self.unit, self.least)
        odd, even = (above / 2 - below / 2) / h, (up / 2 + down / 2) / h
        return _Rung(k.copy(), h, odd, even, unit, np.maximum(abs(up), abs(down)))

    def _complete(
        self, table: Array, lines: Array, good: _Rung, left: Array, first: int, count: int
    ) -> None:
        """Sample the rungs first..count-1 that are missing, in one call."""
        j, at = np.nonzero(np.isnan(table[first:count, 0][:, left]))
        if not j.size:
            return
        j, at = j + first, left[at]
        order = np.lexsort((j, at))
        j, at = j[order], at[order]
        h = _power(good.k[at] - j)
        x = self.x[lines[at]]
        values = self.probe(np.concatenate([lines[at]] * 2), np.concatenate([x + h, x - h]))
        above, below = values[: len(j)], values[len(j) :]
        rung = self._rung(lines[at], good.k[at] - j, above, below)
        table[j, :, at] = np.stack([rung.h, rung.odd, rung.even, rung.unit, rung.change], axis=-1)
        for n in range(first, count):
            one = j == n
            if one.any():
                self.known.append((lines[at[one]], good.k[at[one]] - n, above[one], below[one]))

    def _accept(self, lines: Array, rungs: list[_Rung], found: "_Found") -> Array:
        """Return where nothing speaks against the result."""
        sure = np.isfinite(found.value) & np.isfinite(found.error) & (found.noise <= CLEAN)
        # A plateau that ends abruptly may be one of rounding: see Ladder.
        for low, high in pairwise(rungs):
            near = abs(low.odd - found.value) + found.noise * low.unit / low.h
            far = abs(high.odd - found.value)
            sure &= (high.k > self.ceiling) | ~high.finite | ~(far > SUDDEN * near)
        # All smaller steps must say the same, but for noise and what the bend explains.
        bend = 2 * abs(found.low - found.value)
        for at, ks, above, below in self.known:
            where, there = self._among(lines, at)
            h = _power(ks[where])
            smaller = there & (h < found.smallest)
            if smaller.any():
                up, down = above[where], below[where]
                level = np.maximum(np.maximum(abs(up), abs(down)), abs(self.centre[lines]))
                unit = np.maximum(level * self.unit, self.least)
                off = abs((up / 2 - down / 2) / h - found.value)
                off -= bend * (h / found.smallest) ** 2
                sure &= ~smaller | (off * h <= 8 * found.noise * unit)
        return sure

    def _settle(self, lines: Array, found: "_Found", step: Array) -> None:
        self.done[lines] = True
        self.value[lines], self.error[lines] = found.value, found.error
        self.step[lines], self.noise[lines] = step, found.noise * found.unit

    def _among(self, lines: Array, at: Array) -> tuple[Array, Array]:
        """Return where lines stand in a sorted array, and whether they do."""
        if len(at) == len(self.x):
            return lines, np.ones(len(lines), bool)
        where = np.searchsorted(at, lines)
        where[where == len(at)] = 0
        return where, at[where] == lines


class _Found(NamedTuple):
    """The best extrapolation on each line."""

    value: Array
    error: Array
    noise: Array  # in units in the last place
    unit: Array
    smallest: Array  # step
    low: Array  # quotient at that step

    def at(self, where: Array) -> "_Found":
        """Return it on some of its lines."""
        return _Found(*(part[where] for part in self))


def _extrapolated(table: Array) -> _Found:
    """Extrapolate all runs of neighbouring rungs, as `Ladder` does, and choose."""
    h, odd, even, unit, _ = (table[:, n] for n in range(5))
    count = len(h)
    noise = np.ones(h.shape[1])
    least = np.full(h.shape[1], np.inf)
    for skip in range(min(2, count - 3)):  # at the two smallest steps
        noise = np.maximum(noise, _over(even / h, h, unit, power=2, skip=skip))
        least = np.minimum(least, _over(odd, h, unit, power=1, skip=skip))
    noise = np.maximum(noise, least)
    runs = count * (count - 1) // 2
    value, error = np.empty((2, runs, h.shape[1]))
    row, own, n = odd, noise * unit / h, 0
    for width in range(1, count):
        small, large = row[1:], row[:-1]  # without the largest step, and without the smallest
        factor = 4.0**width
        more = n + len(small)
        row, doubt = value[n:more], error[n:more]
        step = small - large
        step /= factor - 1
        np.add(small, step, out=row)
        own = (own[1:] * factor + own[:-1]) / (factor - 1)
        # What the largest step and, in proportion, the smallest have added.
        np.subtract(row, large, out=doubt)
        doubt /= 4
        np.maximum(np.abs(step, out=step), np.abs(doubt, out=doubt), out=doubt)
        doubt += own
        n = more
    error[~np.isfinite(error)] = np.inf
    least = error.min(axis=0)
    best = np.argmax(error == least, axis=0)
    chosen = value[best, np.arange(value.shape[1])]
    value -= chosen
    near = np.where(error <= 10 * least, np.abs(value, out=value), 0.0).max(axis=0)
    return _Found(chosen, least + near, noise, unit[0], h[-1], odd[-1])


def _over(part: Array, h: Array, unit: Array, *, power: int, skip: int) -> Array:
    """Return what the fit in h² through three rungs leaves of the next smaller one, in units."""
    n = len(h) - 1 - skip
    # Lagrange at 1/4 of the smallest of the nodes 1, 4, 16.
    fitted = (
        part[n - 1] * (0.25 - 4) * (0.25 - 16) / ((1 - 4) * (1 - 16))
        + part[n - 2] * (0.25 - 1) * (0.25 - 16) / ((4 - 1) * (4 - 16))
        + part[n - 3] * (0.25 - 1) * (0.25 - 4) / ((16 - 1) * (16 - 4))
    )
    over = abs(part[n] - fitted) * h[n] ** power / 2 / unit[n - 3 : n + 1].max(axis=0)
    return np.where(np.isfinite(over), over, np.inf)
