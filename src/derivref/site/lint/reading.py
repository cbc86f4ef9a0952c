"""Read an entry back from what its page shows, and compare it with a computation of its own.

The page is read as a reader sees it: formulas, table cells, labels, brackets, the curves of the
picture and its alternative text. What they should say is computed here from the formula of the
record by SymPy and mpmath, and not by the functions that wrote the page.
"""

import functools
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import mpmath as mp
import numpy as np
import sympy as sp
from bs4 import BeautifulSoup, Tag

from derivref.language.tex import formula_tex
from derivref.language.values import KNOWN
from derivref.records import Order, Scalar
from derivref.site.lint.texvalues import TexError, evaluate

Real = Any  # of mpmath
Grid = tuple[tuple[str, ...], list[tuple[str, ...]]]  # the head and the rows of a table

LABELS = ("f", "f′", "f″")
DIGITS = 40
REACH = 8.0  # what attains an extreme does it within ±8: beyond it tails look like their limits
SAME = mp.mpf("1e-25")
SEEN = 0.011  # what two decimals of an alternative text leave open, and a bit of the grid's step
APART = 0.2  # of the picture: as far as the names of three curves that end together move apart
SVG = "{http://www.w3.org/2000/svg}"


# --- what a page shows ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a page shows of an entry."""

    tex: str  # the displayed formulas
    notes: str  # the sentences below them
    tables: tuple[Grid, ...]
    svg: str
    glance: tuple[tuple[str, str], ...] = ()  # numbers beside the program: label, value
    sources: tuple[str, ...] = ()  # TeX to copy

    def table(self, *head: str) -> list[tuple[str, ...]] | None:
        """Return the rows of the table whose head begins with these cells, None without one."""
        return next((rows for found, rows in self.tables if found[: len(head)] == head), None)


def from_markdown(text: str) -> Shown:
    """Return what the Markdown of an entry shows, before it becomes a page."""
    tex = re.search(r"\$\$\n(.*?)\n\$\$", text, re.DOTALL)
    notes = re.search(r"^(Domain: .*)$", text, re.MULTILINE)
    svg = re.search(r"<svg.*?</svg>", text, re.DOTALL)
    tables = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        rows = [
            tuple(_unmarked(cell.strip()) for cell in line.strip()[1:-1].split(" | "))
            for line in block.splitlines()
        ]
        tables.append((rows[0], rows[2:]))
    return Shown(
        tex[1] if tex else "",
        notes[1] if notes else "",
        tuple(tables),
        svg[0] if svg else "",
        tuple(re.findall(r"<dt>(.*?)</dt><dd markdown=\"span\">(.*?)</dd>", text)),
        tuple(re.findall(r"```latex\n(.*?)\n```", text, re.DOTALL)),
    )


def from_page(article: Tag, anchor: str = "") -> Shown:
    """Return what a built page shows of an entry, or its section below the heading `anchor`."""
    parts: list[Tag] = [article]
    if anchor:
        heading = article.find(id=anchor)
        if heading is None:
            raise ValueError(f"the page has no heading `{anchor}`")
        parts = []
        for element in heading.find_next_siblings():
            if element.name in ("h1", "h2") and element.name <= heading.name:
                break
            parts.append(element)
    soup = BeautifulSoup("".join(map(str, parts)), "lxml")
    svg = soup.select_one(".entry-side svg")
    picture = str(svg) if svg is not None else ""
    sources = tuple(code.get_text().strip() for code in soup.select("details.tex pre > code"))
    for other in soup.select("pre, svg, .scanned"):
        other.decompose()
    formula = soup.select_one(".formulas annotation")
    tex = formula.get_text() if formula is not None else ""
    notes = next((p for p in soup.select("p") if p.get_text().startswith("Domain: ")), None)
    tables = []
    for table in soup.select("table"):
        rows = [tuple(_text(cell) for cell in row.select("th, td")) for row in table.select("tr")]
        tables.append((rows[0], rows[1:]))
    glance = tuple(
        (_text(row.select("dt")[0]), _text(row.select("dd")[0]))
        for row in soup.select("dl.glance > div")
    )
    said = _text(notes) if notes is not None else ""
    return Shown(tex, said, tuple(tables), picture, glance, sources)


def _unmarked(cell: str) -> str:
    """Return a cell without the mark of what comes from a scan."""
    return re.sub(r" <span class=\"scanned\">.*?</span>", "", cell)


def _text(tag: Tag) -> str:
    """Return the text of an element, with formulas as their TeX between dollar signs."""
    copy = BeautifulSoup(str(tag), "lxml")
    for formula in copy.select("derivref-math"):
        annotation = formula.find("annotation")
        formula.replace_with(f"${annotation.get_text()}$" if annotation is not None else "")
    return " ".join(copy.get_text().split())


# --- what it should show --------------------------------------------------------------------------


class Truth:
    """The function of an entry at its default parameters, with slopes, computed from its formula.

    Values have 40 digits; extremes and changes of sign are looked for on a fine grid and refined.
    """

    def __init__(self, record: Scalar) -> None:
        self.record = record
        # What `value` has computed: several sentences ask for the same grids.
        self._values: dict[tuple[Order, Real], Real] = {}
        x = sp.Symbol("x", real=True)
        values = {sp.Symbol(n): sp.Rational(str(v)) for n, v in record.parameters.items()}
        known = {n: k.symbolic for n, k in KNOWN.items() if not hasattr(sp, n)}
        known |= {"x": x, **{s.name: s for s in values}}
        known |= {name: sp.sympify(text, locals=known) for name, text in record.where.items()}
        formula = sp.sympify(record.expr, locals=known).subs(values)
        with mp.workdps(DIGITS):
            slopes: dict[Order, Any] = {n: sp.diff(formula, x, n) for n in range(3)}
            for name in record.partials:
                whole = sp.sympify(record.expr, locals=known)
                slopes[name] = sp.diff(whole, known[name]).subs(values)
            self.functions = {
                n: sp.lambdify(x, e, [{"exp": _exp}, "mpmath"]) for n, e in slopes.items()
            }
            self.low, self.high = map(mp.mpf, record.domain)
            period = sp.sympify(record.period) if record.period else None
            self.period = mp.mpf(sp.N(period, DIGITS)) if period is not None else None
            fixed = [mp.mpf(sp.N(sp.sympify(p), DIGITS)) for p in record.excluded]
            turns = range(-4, 5) if self.period else (0,)
            self.poles = sorted(p + k * (self.period or 0) for p in fixed for k in turns)
            self.corners = [mp.mpf(c.at) for c in record.corners]
            self.seams = sorted({*self.corners, *_seams(formula, x, (self.low, self.high))})
            # Where f itself jumps it has no bound on its slope, and no shape.
            self.jumps = [s for s in self.seams if self._apart(0, s)]

    def value(self, n: Order, x: Real) -> Real:
        """Return f, f′ or f″ (n = 0, 1, 2), or a slope in a parameter, at x, with 40 digits."""
        with mp.workdps(2 * DIGITS):
            at = mp.mpf(x)
            if (n, at) not in self._values:
                self._values[n, at] = mp.mpf(mp.re(self.functions[n](at)))
            return self._values[n, at]

    def sides(self, n: int, at: Real) -> tuple[Real, Real]:
        """Return the limits of f, f′ or f″ from the left and from the right of a point."""
        step = mp.mpf(10) ** -(DIGITS - 5)
        return self.value(n, at - step), self.value(n, at + step)

    def _apart(self, n: int, at: Real) -> bool:
        left, right = self.sides(n, at)
        return bool(abs(left - right) > SAME)

    def exists(self, n: int, at: Real) -> bool:
        """Say whether f, f′ or f″ exists at a point of the domain: at a seam it may not."""
        at = mp.mpf(at)
        if n == 0 or all(abs(at - s) > SAME for s in self.seams):
            return True
        return not any(self._apart(k, at) for k in range(n + 1))

    def inside(self, x: Real) -> bool:
        """Say whether x lies in the domain and is no pole."""
        return bool(self.low < x < self.high) and all(abs(x - p) > SAME for p in self.poles)

    @functools.cached_property
    def pieces(self) -> list[tuple[Real, Real]]:
        """The intervals of the domain, within ±REACH or one period, between poles and kinks."""
        start, stop = max(self.low, -mp.mpf(REACH)), min(self.high, mp.mpf(REACH))
        if self.period:
            start, stop = -self.period / 8, self.period - self.period / 8
        ends = sorted({start, stop, *(p for p in (*self.poles, *self.seams) if start < p < stop)})
        return list(itertools.pairwise(ends))

    @functools.cached_property
    def points(self) -> list[Real]:
        """Points inside the pieces, 240 a piece."""
        odd = mp.mpf("0.5")
        return [a + (b - a) * (k + odd) / 240 for a, b in self.pieces for k in range(240)]

    def crossings(self, n: int) -> list[Real]:
        """Return where f, f′ or f″ changes its sign inside a smooth piece."""
        found = []
        for a, b in self.pieces:
            xs = [x for x in self.points if a < x < b]
            ys = [self.value(n, x) for x in xs]
            for k in range(len(xs) - 1):
                if ys[k] * ys[k + 1] < 0:
                    with mp.workdps(2 * DIGITS):
                        bracket = (xs[k], xs[k + 1])
                        root = mp.findroot(self.functions[n], bracket, solver="anderson")
                    found.append(mp.mpf(root))
                elif ys[k] == 0 and k > 0 and ys[k - 1] * ys[k + 1] < 0:
                    found.append(xs[k])
        return found

    def ends(self, n: int) -> list[tuple[str, Real]]:
        """Return the limits of f, f′ or f″ at the ends of the domain and at poles, by name."""
        found = []
        if not self.period:
            stated = self.record.ends[("f", "d", "d2")[n]]
            for at, limit in zip((self.low, self.high), stated, strict=True):
                found.append((_name(at), mp.mpf(repr(float(limit)))))
        for pole in self.poles:
            if self.pieces[0][0] < pole < self.pieces[-1][1]:
                near = mp.mpf(10) ** -12
                for side in (-near, near):
                    size = self.value(n, pole + side)
                    if abs(size) > 1e9:
                        found.append((_name(pole), mp.sign(size) * mp.inf))
        for seam in self.seams:
            if self.low < seam < self.high and (not self.exists(n, seam) or seam in self.jumps):
                found += [(_name(seam), side) for side in self.sides(n, seam)]
        return found

    def extreme(self, n: int, largest: bool) -> tuple[Real, list[Real], bool]:
        """Return the infimum or supremum of f or f′, where it is attained, and if on an interval.

        The list is empty if no point attains it.
        """
        best = max if largest else min
        # At a kink there is no slope.
        candidates = [*self.crossings(n + 1), *(s for s in self.seams if self.exists(n, s))]
        inner = [(self.value(n, x), x) for x in (*candidates, *self.points)]
        bound = best([v for v, _ in inner] + [v for _, v in self.ends(n)])
        tight = [x for v, x in inner[: len(candidates)] if abs(v - bound) < SAME]
        # exp(-exp(5)) is as good as 0, but is not: what is flat has no slope either.
        near = (x for v, x in inner[len(candidates) :] if abs(v - bound) < SAME)
        flat = [x for x in near if self.value(n + 1, x) == 0]
        return bound, sorted(tight), len(flat) > 20


def _exp(x: Real) -> Real:
    """Return the exponential; of what is beyond 2⁶⁰ its limit, where mpmath runs out of memory."""
    if mp.isfinite(x) and mp.mag(x) > 60:
        return mp.inf if mp.re(x) > 0 else mp.mpf(0)
    return mp.exp(x)


def _seams(formula: sp.Expr, x: sp.Symbol, domain: tuple[Real, Real]) -> Iterator[Real]:
    """Yield the points where a formula changes its branch: conditions and absolute values."""
    gaps = [
        c.lhs - c.rhs
        for piece in formula.atoms(sp.Piecewise)
        for _, condition in piece.args
        for c in condition.atoms(sp.core.relational.Relational)
    ]
    gaps += [e.args[0] for e in formula.atoms(sp.Abs, sp.sign, sp.Heaviside)]
    for e in formula.atoms(sp.Max, sp.Min):
        gaps += [a - b for a, b in itertools.combinations(e.args, 2)]
    for gap in gaps:
        if gap.has(x) and gap.is_polynomial(x):
            for root in sp.real_roots(sp.nsimplify(gap), x):
                at = mp.mpf(sp.N(root, DIGITS))
                if domain[0] < at < domain[1]:
                    yield at


def _name(at: Real) -> str:
    """Write an end of the domain as the pages do."""
    if mp.isinf(at):
        return "∞" if at > 0 else "−∞"
    return str(mp.nstr(at, 6)).rstrip("0").rstrip(".").replace("-", "−")


# --- reading cells --------------------------------------------------------------------------------


def number(text: str) -> Real:
    """Return the number that a cell shows: digits, a closed form, or both, which must agree.

    Raises
    ------
    TexError
        If it is no number, or its digits are not those of the closed form.
    """
    text = text.strip()
    match = re.fullmatch(r"(?:\$(?P<tex>[^$]+)\$)?(?: [=≈] )?(?P<digits>[^$\s]+)?", text)
    if match is None or not any(match.groups()):
        raise TexError(f"`{text}` is no number")
    digits = None
    if match["digits"]:
        bare = match["digits"].replace("−", "-").replace("∞", "inf")
        try:
            digits = mp.mpf(bare)
        except ValueError:
            raise TexError(f"`{text}` is no number") from None
    if not match["tex"]:
        return digits
    exact = evaluate(match["tex"], {})
    if digits is not None and not _agree(digits, exact, match["digits"]):
        raise TexError(f"`{text}`: the closed form is {mp.nstr(exact, 12)}")
    return exact


def _agree(shown: Real, want: Real, text: str = "") -> bool:
    """Say whether a number is another one rounded to the digits with which it is written."""
    if mp.isinf(want) or mp.isinf(shown) or mp.isnan(want):
        return bool(shown == want)
    if "$" in text:  # the limits of the records are floats
        return bool(abs(shown - want) < mp.mpf("1e-14") * (1 + abs(want)))
    decimals = len(text.partition(".")[2])
    significant = len(re.sub(r"[^\d]", "", text).lstrip("0"))
    room = mp.mpf(10) ** -decimals * mp.mpf("0.51") if "." in text or significant < 10 else 0
    if not decimals:
        room = mp.mpf("1e-20")  # a whole number is meant as it stands
    return bool(abs(shown - want) <= room + SAME)


def _shows(text: str, want: Real) -> str:
    """Say what is wrong with a cell that should show a number; "" if nothing is."""
    try:
        got = number(text)
    except TexError as error:
        return str(error)
    return "" if _agree(got, want, text) else f"shows {text}, and it is {mp.nstr(want, 12)}"


# --- the checks -----------------------------------------------------------------------------------


def entry_faults(record: Scalar, shown: Shown) -> Iterator[str]:
    """Yield what a page says of an entry that the formula of its record does not bear out."""
    truth = Truth(record)
    with mp.workdps(DIGITS):
        parts = (
            *(formula_faults, symbol_faults, source_faults, domain_faults, number_faults),
            *(glance_faults, value_faults, limit_faults, kink_faults),
        )
        for part in parts:
            for fault in part(truth, shown):
                yield f"{record.full_name}: {fault}"
        if shown.svg:
            for fault in picture_faults(truth, shown.svg):
                yield f"{record.full_name}: picture: {fault}"
            for fault in alt_faults(truth, shown.svg):
                yield f"{record.full_name}: alternative text: {fault}"


def formula_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare each displayed formula with f, f′ and f″ at points of the domain."""
    lines = re.split(r"\\\\\[2pt\]", re.sub(r"\\(begin|end)\{aligned\}", "", shown.tex))
    orders = list(truth.record.codes)
    if len(lines) != len(orders):
        yield f"shows {len(lines)} formulas, not {', '.join(map(_label, orders))}"
        return
    written = truth.record.symbols
    names = {_subscripted(written.get(n, n)): v for n, v in _parameters(truth.record)}
    abbreviations = re.findall(r"\$\\?(\w+)('*)(?:\(x\))? = ([^$]+)\$", shown.notes)
    for n, line in zip(orders, lines, strict=True):
        left, _, right = line.partition("&=")
        label = f"f{chr(39) * n}(x)" if isinstance(n, int) else _in_parameter(truth.record, n)
        if left.strip() != label:
            yield f"the label of the formula of {_label(n)} is `{left.strip()}`, not `{label}`"
        low, high = truth.record.domain_of(n)
        for x in (x for x in truth.points[7::101] if low < x < high):
            here = {**names, "x": x}
            try:
                for letter, marks, tex in abbreviations:
                    if letter in names:  # a parameter at its default, rounded
                        continue
                    here[letter + marks] = evaluate(tex, {**here, letter: x})
                got = evaluate(right.strip(), here)
            except TexError as error:
                yield f"formula of {_label(n)}: {error}"
                break
            want = truth.value(n, x)
            if abs(got - want) > mp.mpf("1e-12") * (1 + abs(want)):
                yield (
                    f"the formula shown for {_label(n)} is {mp.nstr(got, 9)} at x = "
                    f"{mp.nstr(x, 5)}, and {_label(n)} is {mp.nstr(want, 9)}"
                )
                break


def _parameters(record: Scalar) -> list[tuple[str, Real]]:
    """Return the parameters at their defaults, as the decimals that are written."""
    return [(n, mp.mpf(str(v))) for n, v in record.parameters.items()]


def _subscripted(name: str) -> str:
    """Return a name as it is read from TeX: the digits behind a letter are its subscript."""
    return re.sub(r"^([A-Za-z]+)(\d+)$", r"\1_\2", name)


def _label(n: Order) -> str:
    return f"∂f/∂{n}" if isinstance(n, str) else LABELS[n]


def _in_parameter(record: Scalar, name: str) -> str:
    return rf"\frac{{\partial f}}{{\partial {formula_tex(name, record.symbols)}}}"


SYMBOLS = (r"\\sigma", r"\\Phi", r"\\varphi", r"\\operatorname\{softplus\}")


def _used(tex: str) -> set[str]:
    return {symbol for symbol in SYMBOLS if re.search(rf"{symbol}(?![A-Za-z])", tex)}


def symbol_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare what the symbols are said to mean with what they mean, and miss none."""
    said = {}
    for symbol in SYMBOLS:
        for tex in re.findall(rf"\$({symbol})\(x\) = ([^$]+)\$", shown.notes):
            said[symbol] = tex[1]
            for x in (mp.mpf(-2), mp.mpf("0.3"), mp.mpf(1)):
                got, want = evaluate(tex[1], {"x": x}), evaluate(f"{tex[0]}(x)", {"x": x})
                if abs(got - want) > SAME:
                    yield f"{tex[0]} is said to be {tex[1]}, which is {mp.nstr(got, 6)} at {x}"
                    break
    for symbol in sorted(_used(shown.tex + shown.notes) - said.keys()):
        yield f"the formulas use {symbol} and do not say what it is"


def source_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the TeX to copy with f′, and see that it has no abbreviation."""
    written = truth.record.symbols
    names = {_subscripted(written.get(n, n)): v for n, v in _parameters(truth.record)}
    for source in shown.sources:
        if not source.startswith("f'(x) = "):
            if source != shown.tex:
                yield f"the TeX to copy is not that of the formulas: {source}"
            continue
        tex = source.removeprefix("f'(x) = ")
        if _used(tex) or "u" in re.sub(r"\\[a-z]+", "", tex):
            yield f"the TeX without abbreviations has one: {tex}"
            continue
        for x in truth.points[7::101]:
            got, want = evaluate(tex, {**names, "x": x}), truth.value(1, x)
            if abs(got - want) > mp.mpf("1e-12") * (1 + abs(want)):
                yield f"the TeX of f′ is {mp.nstr(got, 9)} at {mp.nstr(x, 5)}, not {want}"
                break


def glance_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the numbers beside the program with the table of key numbers, which is checked."""
    cells = {row[0]: row[1] for row in shown.table("", "value") or ()}
    for label, text in shown.glance:
        if cells.get(label) != text:
            yield f"beside the program {label} is {text}, in the table {cells.get(label)}"


def value_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the values that are read off the picture, each with four digits."""
    rows = shown.table("x", *LABELS)
    if rows is None:
        yield "there are no values to read off the picture"
        return
    if len(rows) < 30:
        yield f"there are {len(rows)} values to read off the picture"
    chosen = {c.at: c.slope for c in truth.record.corners}
    for x, *cells in rows:
        at = number(x)
        for n, cell in enumerate(cells):
            text = cell.removesuffix(" (chosen)")
            if n and float(at) in chosen:
                right = (
                    text == "none"
                    if n == 2
                    else _agree(number(text), mp.mpf(chosen[float(at)]), text)
                )
            elif text != cell:
                right = False
            else:
                want = truth.value(n, at)
                right = abs(number(text) - want) <= mp.mpf("0.51e-3") * abs(want) + SAME
            if not right:
                yield f"{LABELS[n]} is said to be {cell} at x = {x}"


def domain_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the domain in words, and in the table, with the record's."""
    said = [shown.notes.removeprefix("Domain: ").split(";")[0].split(". ")[0].rstrip(".")]
    for row in shown.table("", "value") or ():
        if row[0] == "domain":
            said.append(row[1])
    for text in said:
        yield from _domain(truth, text)


def _domain(truth: Truth, text: str) -> Iterator[str]:
    text = re.sub(r" at \$.*", "", text)
    where, _, holes = text.partition(", except ")
    match = re.fullmatch(r"(?:(\S+) < )?x(?: ([<>]) (\S+))?", where)
    low, high = -mp.inf, mp.inf
    if match is not None:
        if match[1]:
            low = number(match[1])
        if match[2] == ">":
            low = number(match[3])
        elif match[2] == "<":
            high = number(match[3])
    elif where != "all x":
        yield f"the domain `{text}` is not understood"
    if (low, high) != (truth.low, truth.high):
        yield f"the domain reads `{text}`, and it is ({_name(truth.low)}, {_name(truth.high)})"
    poles, _, repeated = holes.partition(" and every ")
    shown = _turns(truth, [number(p) for p in poles.split(", ") if p])
    stated = [p for p in truth.poles if not truth.period or 0 <= p < truth.period]
    if len(shown) != len(stated) or any(
        abs(a - b) > SAME for a, b in zip(shown, stated, strict=True)
    ):
        yield f"the domain `{text}` leaves out {[mp.nstr(p, 6) for p in stated]}"
    if repeated and abs(number(repeated.removesuffix(" further")) - truth.period) > SAME:
        yield f"the poles do not repeat with {repeated}"
    if holes and truth.period and not repeated:
        yield "the poles repeat, and the domain does not say so"


def number_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the table of key numbers, cell by cell."""
    rows = shown.table("", "value")
    if rows is None:
        yield "there is no table of key numbers"
        return
    cells: dict[str, str] = {row[0]: row[1] for row in rows}
    if len(cells) != len(rows):
        yield "the table of key numbers has a label twice"
    brief = "found in" in cells  # a section of a shared page shows domain and ranges alone
    for n, label in ((0, "range of f"), (1, "range of f′")):
        if label not in cells:
            yield f"`{label}` is missing"
        else:
            for fault in range_faults(truth, n, cells[label]):
                yield f"{label}: {fault}"
    if brief:
        return
    for n, label in enumerate(LABELS):
        yield from _at_zero(truth, n, cells.get(f"{label}(0)"))
    for n, largest, label in (
        (1, False, "least slope"),
        (1, True, "greatest slope"),
        (0, False, "minimum"),
        (0, True, "maximum"),
    ):
        for fault in _extreme(truth, n, largest, cells.get(label), optional=n == 0):
            yield f"{label}: {fault}"
    steepest = max(abs(truth.extreme(1, side)[0]) for side in (False, True))
    steepest = mp.inf if truth.jumps else steepest
    if fault := _shows(cells.get("Lipschitz constant", ""), steepest):
        yield f"Lipschitz constant: {fault}"
    yield from _inflections(truth, cells.get("inflection at x =", ""))
    yield from _traits(truth, cells.get("f is", ""))


def _at_zero(truth: Truth, n: int, cell: str | None) -> Iterator[str]:
    zero = mp.mpf(0)
    there = truth.inside(zero) and truth.exists(n, zero)
    if there != (cell is not None):
        yield f"{LABELS[n]}(0) is {'missing' if there else 'shown, and does not exist'}"
    elif cell is not None and (fault := _shows(cell, truth.value(n, zero))):
        yield f"{LABELS[n]}(0) {fault}"


def range_faults(truth: Truth, n: int, cell: str) -> Iterator[str]:
    """Compare an interval or a set of slopes with the values of f or f′."""
    if cell.startswith("{"):
        got = sorted(number(part) for part in cell.strip("{}").split(", "))
        want = sorted({truth.value(n, x) for x in truth.points})
        texts = sorted(cell.strip("{}").split(", "), key=number)
        if len(got) != len(want) or not all(map(_agree, got, want, texts)):
            yield f"shows {cell}, and the values are {[mp.nstr(v, 6) for v in want[:5]]}"
        return
    match = re.fullmatch(r"([\[(])(.+), (.+)([\])])((?:, except .+)?)", cell)
    if match is None:
        yield f"`{cell}` is no interval"
        return
    for largest, bracket, text in ((False, match[1], match[2]), (True, match[4], match[3])):
        value, places, flat = truth.extreme(n, largest)
        if fault := _shows(text, value):
            yield fault
        closed = bracket in "[]"
        if closed != bool(places or flat):
            yield f"{cell}: the {'upper' if largest else 'lower'} end is " + (
                "attained" if places or flat else "not attained"
            )
    yield from _holes(truth, n, match[5].removeprefix(", except "))


def _holes(truth: Truth, n: int, said: str) -> Iterator[str]:
    """Look for the one hole that poles can leave: 0 between two pieces of one sign each."""
    if not truth.poles or truth.period:
        return
    signs = {mp.sign(truth.value(n, x)) for x in truth.points}
    crosses = 0 in signs or bool(truth.crossings(n))
    spans = {-1, 1} <= signs
    if spans and not crosses and said.replace("$", "") != "0":
        yield "the value 0 lies in the interval shown and is never taken"
    if said and (crosses or not spans):
        yield f"leaves out {said}, which is taken"


def _extreme(
    truth: Truth, n: int, largest: bool, cell: str | None, optional: bool
) -> Iterator[str]:
    value, places, flat = truth.extreme(n, largest)
    attained = bool(places or flat)
    if cell is None:
        if not optional or (attained and not mp.isinf(value) and not flat):
            yield "is missing"
        return
    said, _, how = cell.partition(", ")
    if fault := _shows(said, value):
        yield fault
    if how.startswith("at x = "):
        got = [number(part) for part in how.removeprefix("at x = ").split(", ")]
        if not attained:
            yield f"`{cell}`: no point attains it"
        elif len(got) != len(_turns(truth, places)) or any(
            abs(a - b) > mp.mpf("1e-8") for a, b in zip(got, _turns(truth, places), strict=True)
        ):
            yield f"`{cell}`: it is attained at {[mp.nstr(p, 10) for p in _turns(truth, places)]}"
    elif how == "on an interval":
        if not flat:
            yield f"`{cell}`: it is attained on no interval"
    elif toward := re.fullmatch(r"approached as x → (.+)", how):
        if attained:
            yield f"`{cell}`: it is attained at {[mp.nstr(p, 10) for p in places]}"
        ends = [place for place, limit in truth.ends(n) if limit == value]
        if not any(_same_place(toward[1], place, truth.period) for place in ends):
            yield f"`{cell}`: it is approached as x → {' or '.join(dict.fromkeys(ends))}"
    else:
        yield f"`{cell}` does not say where"


def _same_place(said: str, place: str, period: Real = 0) -> bool:
    if "∞" in said or "∞" in place:
        return said == place
    try:
        apart = abs(number(said) - number(place))
        if period:
            apart = min(apart % period, period - apart % period)
        return bool(apart < mp.mpf("1e-5"))
    except TexError:
        return False


def _turns(truth: Truth, places: Sequence[Real]) -> list[Real]:
    """Return places within one period from 0 on, as the pages show them."""
    if not truth.period:
        return sorted(places)
    turned = [p % truth.period for p in places]
    turned = [mp.mpf(0) if min(p, truth.period - p) < SAME else p for p in turned]
    return sorted(turned)


def _inflections(truth: Truth, cell: str) -> Iterator[str]:
    want = _turns(truth, truth.crossings(2))
    want += [
        c
        for c in truth.corners
        if min(map(abs, truth.sides(2, c))) > SAME
        and mp.sign(truth.sides(2, c)[0]) != mp.sign(truth.sides(2, c)[1])
    ]
    got = [number(part) for part in cell.split(", ")] if cell else []
    if len(got) != len(want) or any(
        abs(a - b) > mp.mpf("1e-8") for a, b in zip(got, want, strict=True)
    ):
        places = [mp.nstr(p, 10) for p in want]
        yield f"inflection: shows `{cell}`, and f″ changes its sign at {places}"


def _traits(truth: Truth, cell: str) -> Iterator[str]:
    want = set()
    mirrored = [x for x in truth.points[3::17] if truth.inside(-x)]
    if len(mirrored) == len(truth.points[3::17]) and truth.low == -truth.high:
        pairs = [(truth.value(0, x), truth.value(0, -x)) for x in mirrored]
        want |= {"even"} if all(abs(u - v) < SAME for u, v in pairs) else set()
        want |= {"odd"} if all(abs(u + v) < SAME for u, v in pairs) else set()
    if not truth.poles:
        slopes = [truth.value(1, x) for x in truth.points]
        bends = [truth.value(2, x) for x in truth.points]
        jumps = [truth.sides(1, c) for c in truth.corners]
        leaps = [v - u for u, v in (truth.sides(0, s) for s in truth.jumps)]
        want |= {"increasing"} if min([*slopes, *leaps]) >= 0 else set()
        want |= {"decreasing"} if max([*slopes, *leaps]) <= 0 else set()
        shapes = {"convex"} if min(bends) >= 0 and all(u <= v for u, v in jumps) else set()
        shapes |= {"concave"} if max(bends) <= 0 and all(u >= v for u, v in jumps) else set()
        # A line is both, and a function that jumps neither.
        want |= shapes if len(shapes) == 1 and not leaps else set()
    got = set(cell.split(", ")) if cell else set()
    if got != want:
        is_so = ", ".join(sorted(want)) or "nothing"
        yield f"f is said to be {cell or 'nothing'}, and it is {is_so}"


def limit_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the table of limits with values near the ends of the domain."""
    head = next((h for h, _ in shown.tables if h[0] == "limit"), None)
    if head is None:
        return
    want = ("limit", f"x → {_name(truth.low)}", f"x → {_name(truth.high)}")
    if head != want:
        yield f"the head of the limits is {head}, not {want}"
    rows = shown.table("limit") or []
    if [row[0] for row in rows] != list(LABELS):
        yield f"the limits are those of {[row[0] for row in rows]}"
        return
    for n, row in enumerate(rows):
        for side, text in zip((0, 1), row[1:], strict=True):
            end = (truth.low, truth.high)[side]
            got = mp.nan if text == "none" else mp.mpf(text.replace("−", "-").replace("∞", "inf"))
            if not _tends(truth, n, end, side, got):
                yield f"{LABELS[n]} does not tend to {text} as x → {_name(end)}"


def _tends(truth: Truth, n: int, end: Real, side: int, limit: Real) -> bool:
    """Say whether values on the way to an end come closer and closer to a limit."""
    way = -1 if side == 0 else 1
    if mp.isinf(end):
        xs = [way * mp.mpf(10) ** k for k in (1, 4, 13)]
    else:
        xs = [end - way * mp.mpf(10) ** -k for k in (2, 8, 24)]
    with mp.workdps(60):
        values = [_value_far(truth, n, x) for x in xs]
    if mp.isnan(limit):
        return False
    if mp.isinf(limit):
        signs = all(mp.sign(v) == mp.sign(limit) for v in values)
        return bool(signs and abs(values[0]) < abs(values[1]) < abs(values[2]))
    gaps = [abs(v - limit) for v in values]
    return bool(gaps[2] < mp.mpf("6e-6") * (1 + abs(limit)) and gaps[2] <= gaps[0])


def _value_far(truth: Truth, n: int, x: Real) -> Real:
    """Evaluate far out, where huge numbers cancel: with as many digits as it takes."""
    for digits in (60, 1000):
        with mp.workdps(digits):
            value = mp.mpf(mp.re(truth.functions[n](x)))
            if not mp.isnan(value):
                return value
    return value


def kink_faults(truth: Truth, shown: Shown) -> Iterator[str]:
    """Compare the table of kinks with slopes on both sides and what the code returns."""
    rows = shown.table("x", "slope from the left")
    said = re.findall(
        r"no derivative at ([^\s,]+), where the code returns ([^\s;.]+(?:\.\d+)?)", shown.notes
    )
    corners = truth.record.corners
    if len(said) != len(corners):
        yield f"the formulas speak of {len(said)} kinks, and there are {len(corners)}"
    if rows is not None or (corners and shown.table("", "type")):
        rows = rows or []
        if len(rows) != len(corners):
            yield f"the table of kinks has {len(rows)} rows for {len(corners)} kinks"
            return
    for index, corner in enumerate(corners):
        at = mp.mpf(corner.at)
        left, right = truth.sides(1, at)
        returned = mp.mpf(float(truth.record.d(np.float64(corner.at))))
        if index < len(said):
            for text, want in zip(said[index], (at, returned), strict=True):
                if abs(number(text) - want) > mp.mpf("1e-6"):
                    yield f"the formulas say {text} of the kink, and it is {mp.nstr(want, 6)}"
        if rows:
            names = ("x", "slope from the left", "slope from the right", "returned")
            for name, text, want in zip(
                names, rows[index], (at, left, right, returned), strict=False
            ):
                if abs(number(text) - want) > mp.mpf("1e-6"):
                    yield f"kink: `{name}` shows {text}, and it is {mp.nstr(want, 6)}"


# --- pictures -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A picture read back: its curves as data, by label, and the dots."""

    curves: dict[str, list[tuple[float, float]]]  # points along the lines, 2 pixels apart
    names: dict[str, tuple[float, float]]  # where the label of each curve stands
    dots: list[tuple[float, float, bool]]  # x, y, whether it is filled
    lines: list[float]  # x of the dotted vertical lines
    view: tuple[float, float, float, float]  # x and y of the corners
    unit: float  # what a hundredth of a pixel is in y


def picture(svg: str) -> Picture:
    """Read the data back from the SVG of an entry.

    Raises
    ------
    ValueError
        If its axes have too few labels to say what the pixels mean, or a label has no line.
    """
    root = ElementTree.fromstring(re.sub(r"&(?!\w+;|#)", "&amp;", svg))
    texts = [t for t in root.iter() if t.tag.endswith("text")]
    ticks: dict[str, list[tuple[float, float]]] = {"x": [], "y": []}
    for text in texts:
        if "--fig-muted" in text.get("style", ""):
            value = float("".join(text.itertext()).replace("−", "-"))
            middle = "text-anchor: middle" in text.get("style", "")
            ticks["x" if middle else "y"].append(
                (float(text.get("x", "nan")), value)
                if middle
                else (float(text.get("y", "nan")), value)
            )
    scale = {axis: _scale(found) for axis, found in ticks.items()}
    grid = _grid(root)
    shift = _offset(ticks["y"], grid)

    def data(x: float, y: float) -> tuple[float, float]:
        (ax, bx), (ay, by) = scale["x"], scale["y"]
        return ax + bx * x, ay + by * (y - shift)

    curves, dots, lines = {}, [], []
    frame: tuple[float, float, float, float] | None = None
    for path in root.iter():
        if not path.tag.endswith("path"):
            continue
        style, d = path.get("style", ""), path.get("d", "")
        colour = re.search(r"stroke: var\(--fig-(\w+)\)", style)
        places = [[float(v) for v in pair] for pair in re.findall(r"[ML] (\S+) (\S+)", d)]
        if colour is None or not places or "fill: none" not in style:
            continue
        clipped = path.get("clip-path")
        if colour[1] == "grid" and clipped:
            xs, ys = zip(*places, strict=True)
            old = frame or (math.inf, -math.inf, math.inf, -math.inf)
            frame = (min(old[0], *xs), max(old[1], *xs), min(old[2], *ys), max(old[3], *ys))
        elif colour[1] == "muted" and "dasharray" in style and clipped:
            lines.append(data(*places[0])[0])
        elif colour[1].isdigit() and clipped:
            curves[colour[1]] = [data(*place) for place in _along(d)]
    labels, names = {}, {}
    for text in texts:
        label = "".join(text.itertext())
        fill = re.search(r"fill: var\(--fig-(\d)\)", text.get("style", ""))
        if label in LABELS and fill is not None:
            labels[label] = fill[1]
            names[label] = data(float(text.get("x", "nan")), float(text.get("y", "nan")) - 4)
    for use in root.iter():
        if use.tag.endswith("use"):
            filled = "--fig-paper" not in use.get("style", "")
            x, y = data(float(use.get("x", "nan")), float(use.get("y", "nan")))
            if "--fig-2" in use.get("style", ""):
                dots.append((x, y, filled))
    if frame is None or len(set(labels.values()) & curves.keys()) != 3:
        raise ValueError(f"the names are {sorted(labels)} for the lines {sorted(curves)}")
    (x0, y1), (x1, y0) = data(frame[0], frame[2]), data(frame[1], frame[3])
    return Picture(
        {label: curves[c] for label, c in labels.items()},
        names,
        dots,
        lines,
        (x0, x1, y0, y1),
        abs(scale["y"][1]),
    )


def _along(d: str) -> Iterator[tuple[float, float]]:
    """Yield points along the lines of a path, at most 2 pixels apart: straight ones have few."""
    last = (math.nan, math.nan)
    for kind, x, y in re.findall(r"([ML]) (\S+) (\S+)", d):
        here = float(x), float(y)
        if kind == "L":
            parts = max(1, min(2000, round(math.dist(last, here) / 2)))
            for k in range(1, parts + 1):
                t = k / parts
                yield last[0] + t * (here[0] - last[0]), last[1] + t * (here[1] - last[1])
        else:
            yield here
        last = here


def _grid(root: ElementTree.Element) -> list[float]:
    """Return the heights of the horizontal grid lines."""
    found = []
    for path in root.iter():
        if path.tag.endswith("path") and "stroke: var(--fig-grid)" in path.get("style", ""):
            (_, y0), (_, y1) = re.findall(r"[ML] (\S+) (\S+)", path.get("d", ""))[:2]
            if y0 == y1:
                found.append(float(y0))
    return found


def _offset(ticks: Iterable[tuple[float, float]], grid: Sequence[float]) -> float:
    """Return how far the grid lines stand above the texts of the vertical axis."""
    shifts = [min((g - y for g in grid), key=abs) for y, _ in ticks]
    if not shifts:
        raise ValueError("the vertical axis has no labels")
    return float(np.median(shifts))


def _scale(ticks: Sequence[tuple[float, float]]) -> tuple[float, float]:
    if len(ticks) < 2:
        raise ValueError("an axis has fewer than two labels")
    places, values = zip(*ticks, strict=True)
    slope, start = np.polyfit(places, values, 1)
    if np.abs(start + slope * np.array(places) - values).max() > 0.02 * np.ptp(values):
        raise ValueError("the labels of an axis are not evenly spaced")
    return float(start), float(slope)


def picture_faults(truth: Truth, svg: str) -> Iterator[str]:
    """Compare every point of every curve with f, f′ or f″, and the dots at kinks with slopes."""
    try:
        found = picture(svg)
    except ValueError as error:
        yield str(error)
        return
    x0, x1, y0, y1 = found.view
    room = 3 * found.unit + 0.004 * (y1 - y0)
    step = 0.0025 * (x1 - x0)
    for n, label in enumerate(LABELS):
        wrong, seen = [], 0
        for x, y in found.curves.get(label, []):
            if not (y0 <= y <= y1 and x0 <= x <= x1):
                continue
            seen += 1
            edge = 1e-9 * (x1 - x0)
            span = (max(u, float(truth.low) + edge) for u in (x - step, x, x + step))
            near = [
                float(truth.value(n, u))
                for u in (min(u, float(truth.high) - edge) for u in span)
                if truth.inside(mp.mpf(u))
            ]
            if not near or not min(near) - room <= y <= max(near) + room:
                wrong.append((x, y))
        name = found.names[label]
        away = min(
            math.hypot((name[0] - x) / (x1 - x0), (name[1] - y) / (y1 - y0))
            for x, y in found.curves.get(label, [])
        )
        if away > APART:
            yield f"the name of {label} stands {away:.2f} of the picture away from its curve"
        if seen < 10:
            yield f"the curve of {label} has {seen} points in sight"
        if wrong:
            x, y = wrong[len(wrong) // 2]
            want = truth.value(n, mp.mpf(x)) if truth.inside(mp.mpf(x)) else mp.nan
            yield (
                f"the line labelled {label}(x) passes through ({x:.3g}, {y:.3g}), where {label} is "
                f"{mp.nstr(want, 4)}"
            )
    dots = sorted(found.dots)
    want_dots = []
    for corner in truth.record.corners:
        returned = float(truth.record.d(np.float64(corner.at)))
        others = {float(s) for s in truth.sides(1, mp.mpf(corner.at))} - {returned}
        want_dots += [(corner.at, returned, True), *((corner.at, y, False) for y in others)]
    want_dots = sorted(d for d in want_dots if x0 - step <= d[0] <= x1 + step)
    if len(dots) != len(want_dots) or any(
        abs(a[0] - b[0]) > 2 * step or abs(a[1] - b[1]) > 2 * room or a[2] != b[2]
        for a, b in zip(dots, want_dots, strict=True)
    ):
        yield f"the dots are {dots}, and at the kinks they should be {want_dots}"
    # A pole on the edge of the picture may have its line or not.
    poles = [float(p) for p in truth.poles if x0 + 2 * step < p < x1 - 2 * step]
    lines = sorted(x for x in found.lines if x0 + 2 * step < x < x1 - 2 * step)
    if len(poles) != len(lines) or any(
        abs(a - b) > 2 * step for a, b in zip(lines, poles, strict=True)
    ):
        yield f"the dotted lines stand at {found.lines}, and the poles at {poles}"


# --- alternative texts ----------------------------------------------------------------------------


def alt_faults(truth: Truth, svg: str) -> Iterator[str]:
    """Compare the alternative text with values, turning points, poles and kinks."""
    root = ElementTree.fromstring(svg)
    name, text = ("".join(e.itertext()) for e in list(root)[:2])
    match = re.fullmatch(
        r"Graphs of (.+), its slope f′ and its second derivative f″ for x from "
        r"(\S+) to (\S+)",
        name,
    )
    if match is None or match[1] != truth.record.title:
        yield f"the name is `{name}`"
        return
    low, high = (float(number(match[k])) for k in (2, 3))
    try:
        x0, x1, _, _ = picture(svg).view
    except ValueError:
        return
    if max(abs(low - x0), abs(high - x1)) > 0.006 * (x1 - x0):
        yield f"x runs from {low:g} to {high:g}, and the picture from {x0:.3g} to {x1:.3g}"
    low, high = max(low, float(truth.low)), min(high, float(truth.high))
    told = {}
    for sentence in re.split(r"(?<=\D)\. |(?<=\d)\. (?=[A-Zf])", text.removesuffix(".")):
        for label in sorted(LABELS, key=len, reverse=True):
            if sentence.startswith(f"{label} "):
                told[label] = sentence.removeprefix(f"{label} ")
                break
    for n, label in enumerate(LABELS):
        for fault in _course(truth, n, told.get(label, ""), (low, high), told):
            yield f"{label}: {fault}"
    yield from _alt_kinks(truth, text)
    yield from _alt_poles(truth, text, low, high)


def _course(
    truth: Truth, n: int, said: str, view: tuple[float, float], told: dict[str, str]
) -> Iterator[str]:
    low, high = view
    if other := re.fullmatch(r"coincides with (f[′]?)", said):
        m = LABELS.index(other[1])
        if any(abs(truth.value(n, x) - truth.value(m, x)) > SAME for x in truth.points[::31]):
            yield f"does not coincide with {other[1]}"
        return
    if flat := re.fullmatch(r"is (.+)", said):
        got = [float(number(v)) for v in flat[1].split(", then ")]
        values = [float(truth.value(n, x)) for x in truth.points if low < x < high]
        want = [v for k, v in enumerate(values) if k == 0 or v != values[k - 1]]
        if len(got) != len(want) or any(abs(a - b) > SEEN for a, b in zip(got, want, strict=True)):
            yield f"is said to be {flat[1]}, and it is {want[:4]}"
        return
    match = re.match(r"runs from (.+?) on the left to (.+?) on the right(?:, with (.+))?$", said)
    if match is None:
        yield f"`{said}` is not understood"
        return
    nearer = 2e-6 * (high - low)
    for text, x, side in ((match[1], low + nearer, "left"), (match[2], high - nearer, "right")):
        value = float(truth.value(n, mp.mpf(x)))
        if text.startswith("beyond"):
            top = text.endswith("top")
            if (value > 0) != top or abs(value) < 3:
                yield f"is said to run {text} on the {side}, and is {value:.3g} there"
        elif abs(float(number(text)) - value) > max(SEEN, 0.02 * abs(value)):
            yield f"is said to be {text} on the {side}, and is {value:.3g}"
    turns = re.findall(r"a (minimum|maximum) of (\S+) at x = ([^\s,]+)", match[3] or "")
    # What is hardly seen, a hundredth more or less, may be told or not.
    inner = [
        t
        for t in _turning(truth, n, low, high, 0.5e-2)
        if t in _turning(truth, n, low, high, 2e-2)
        or any(abs(float(number(x)) - t[2]) <= 2 * SEEN for _, _, x in turns)
    ]
    if len(turns) != len(inner):
        places = [f"{x:.2f}" for _, _, x in inner]
        yield f"has the turns {[t[2] for t in turns]}, and they are at {places}"
        return
    for (kind, value, x), (want_kind, want_value, want_x) in zip(turns, inner, strict=True):
        close = abs(float(number(value)) - want_value) <= SEEN
        if kind != want_kind or not close or abs(float(number(x)) - want_x) > 2 * SEEN:
            yield (
                f"has a {kind} of {value} at x = {x}, and it is a {want_kind} of {want_value:.2f} "
                f"at {want_x:.2f}"
            )


def _turning(
    truth: Truth, n: int, low: float, high: float, seen: float
) -> list[tuple[str, float, float]]:
    """Return the turning points that can be seen, left to right: kind, value, place."""
    ends = sorted({low, high, *(float(p) for p in (*truth.poles, *truth.seams) if low < p < high)})
    found = []
    for a, b in itertools.pairwise(ends):
        xs = a + (b - a) * (np.arange(1501) + 0.5) / 1501
        ys = np.array([float(truth.value(n, mp.mpf(float(x)))) for x in xs])
        for k in range(1, len(xs) - 1):
            up, down = ys[k] - ys[k - 1], ys[k + 1] - ys[k]
            around = ys[max(0, k - 150) : k + 150]
            if up * down < 0 and np.ptp(around) > seen:
                found.append(("maximum" if up > 0 else "minimum", float(ys[k]), float(xs[k])))
    return found


def _alt_kinks(truth: Truth, text: str) -> Iterator[str]:
    said = re.findall(
        r"At the kink x = (\S+) f′ jumps from (\S+) to (\S+); the closed dot marks "
        r"(\S+?)(?:\.(?: |$)|$)",
        text,
    )
    if len(said) != len(truth.record.corners):
        yield f"speaks of {len(said)} kinks, and there are {len(truth.record.corners)}"
        return
    for texts, corner in zip(said, truth.record.corners, strict=True):
        left, right = truth.sides(1, mp.mpf(corner.at))
        returned = float(truth.record.d(np.float64(corner.at)))
        for name, shown, want in zip(
            ("x", "left", "right", "dot"), texts, (corner.at, left, right, returned), strict=True
        ):
            if abs(number(shown) - want) > SEEN:
                yield f"kink: {name} is said to be {shown}, and it is {mp.nstr(mp.mpf(want), 4)}"


def _alt_poles(truth: Truth, text: str, low: float, high: float) -> Iterator[str]:
    said = re.findall(
        r"At the pole x = (\S+) f leaves at the (\w+) on its left and at the (\w+) on "
        r"its right",
        text,
    )
    want = [p for p in truth.poles if low < p < high]
    if len(said) != len(want):
        yield f"speaks of {len(said)} poles, and there are {len(want)}"
        return
    for (place, *edges), pole in zip(said, want, strict=True):
        if abs(number(place) - pole) > SEEN:
            yield f"a pole is said to be at {place}, and it is at {mp.nstr(pole, 4)}"
        step = mp.mpf("1e-9")
        for edge, side in zip(edges, (-step, step), strict=True):
            if edge != ("top" if truth.value(0, pole + side) > 0 else "bottom"):
                yield f"at the pole {place} f does not leave at the {edge}"


# --- tables of many entries -----------------------------------------------------------------------


def index_faults(records: Sequence[Scalar], found: Grid) -> Iterator[str]:
    """Compare the table of a family: formulas, domains, ranges of f′ and kinks, row by row."""
    head, rows = found
    want = ("function", "f(x)", "f′(x)", "domain", "range of f′", "kinks", "used for")
    if head != want:
        yield f"the head of the index is {head}, not {want}"
        return
    if len(rows) != len(records):
        yield f"the index has {len(rows)} rows for {len(records)} entries"
        return
    with mp.workdps(DIGITS):
        for record, row in zip(records, rows, strict=True):
            for fault in _index_row(Truth(record), row):
                yield f"index: {record.full_name}: {fault}"


def _index_row(truth: Truth, row: tuple[str, ...]) -> Iterator[str]:
    record = truth.record
    name = re.sub(r"</?span[^>]*>", "", row[0])  # which says what the row is chosen by
    if _unlinked(name) != record.title:
        yield f"is called {name}"
    written = record.symbols
    names = {_subscripted(written.get(n, n)): v for n, v in _parameters(record)}
    for n in range(2):
        for x in truth.points[7::101]:
            here = {**names, "x": x}
            for name, text in record.where.items():
                letter, primes = name.rpartition("_")[2], name.count("d_") + 2 * name.count("d2_")
                here[letter + "'" * primes] = mp.mpf(sp.N(sp.sympify(text).subs("x", x), DIGITS))
            try:
                got, want = evaluate(row[n + 1].strip("$"), here), truth.value(n, x)
            except TexError as error:
                yield str(error)
                break
            if abs(got - want) > mp.mpf("1e-12") * (1 + abs(want)):
                yield (
                    f"the formula of {LABELS[n]} is {mp.nstr(got, 6)} at {mp.nstr(x, 4)}, not "
                    f"{mp.nstr(want, 6)}"
                )
                break
    yield from _domain(truth, row[3])
    for fault in range_faults(truth, 1, re.sub(r" at \$.*", "", row[4])):
        yield f"range of f′: {fault}"
    got_kinks = [] if row[5] == "none" else [number(part) for part in row[5].split(", ")]
    if got_kinks != truth.corners:
        yield f"kinks: shows {row[5]}, and they are at {[mp.nstr(c, 5) for c in truth.corners]}"
    if row[6] != record.use:
        yield f"used for: shows `{row[6]}`, the record says `{record.use}`"


def _unlinked(cell: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", cell)


def kinks_faults(records: Sequence[Scalar], found: Grid) -> Iterator[str]:
    """Compare the table of all kinks with one-sided slopes and with what the code returns."""
    head, rows = found
    want = ("function", "x", "slope from the left", "right", "returned", "why")
    if head != want:
        yield f"the head of the kinks is {head}, not {want}"
        return
    corners = [(r, c) for r in records for c in r.corners]
    if len(rows) != len(corners):
        yield f"{len(rows)} rows for {len(corners)} kinks"
        return
    for (record, corner), row in zip(corners, rows, strict=True):
        with mp.workdps(DIGITS):
            left, right = Truth(record).sides(1, mp.mpf(corner.at))
        returned = float(record.d(np.float64(corner.at)))
        if _unlinked(row[0]) != record.title:
            yield f"kinks: {record.full_name} is called {row[0]}"
        for name, text, value in zip(
            head[1:5], row[1:5], (corner.at, left, right, returned), strict=True
        ):
            if abs(number(text) - value) > mp.mpf("1e-6"):
                want_text = mp.nstr(mp.mpf(value), 6)
                yield f"kinks: {record.full_name}: `{name}` shows {text}, not {want_text}"
        if row[5] != corner.why:
            yield f"kinks: {record.full_name}: the reason is `{row[5]}`"


def markdown_tables(text: str) -> tuple[Grid, ...]:
    """Return the tables of generated Markdown."""
    return from_markdown(text).tables
