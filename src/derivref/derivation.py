"""Worked derivations that are checked line by line.

A derivation is text: header lines ``key: value``, then lines ``expression | reason``::

    id: square-from-limit
    domain: x in R
    limit: h -> 0
    Derivative(x**2, x)
    ((x + h)**2 - x**2)/h | limit: definition of the derivative
    2*x + h               | expand, and divide by $h$
    2*x                   | limit: continuity

Each line is claimed equal to the line before, or stands in the relation that it begins with
(``<=``, ``<``, ``>=``, ``>``). Below a limit the lines are compared at many h ≠ 0, because two
wrong lines can share a limit; only a reason ``limit: ...`` that names a law goes into a limit or
out of it, and that step is tested as a limit. A reason ``by theorem: ...`` is not tested, and says
so.
"""

import ast
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cache
from itertools import chain, count, islice
from typing import Any

import mpmath as mp
import sympy as sp

from derivref import expression
from derivref.cache import cached, digest, known, machine
from derivref.expression import (
    ExpressionError,
    Let,
    Numbers,
    Symbols,
    evaluate,
    limit_tex,
    name_tex,
    to_tex,
)
from derivref.language.syntax import RELATIONS
from derivref.verify import steps
from derivref.verify.balls import DIGITS as DIGITS
from derivref.verify.facts import real
from derivref.verify.steps import identical

PRECISIONS = (60, 120, 240, 480, 960)  # digits; two neighbours must agree
POINTS = 40
POINTS_PER_INSTANCE = 8
# Operations in a difference that SymPy may try to simplify where polynomials in kernels do not
# decide: those of the pages have up to 56, of 28 the dearest (a Sum of 21) takes 3 s.
WORK = 60
# Concrete functions for the declared ones: of every kind, and no two with a zero in common.
# The last is constant: a proof that divides by an increment of g fails on it.
INSTANCES = (*("exp(x/2)", "2 + sin(x)", "x**3/4 - x + 1/3", "1/(1 + x**2)", "x*exp(-x)", "5/3"),)
LAWS = (
    "definition of the derivative",
    "continuity",
    "constant",
    "sum law",
    "product law",
    "quotient law",
    "squeeze",
    "standard limit",
)
HEADERS = ("id", "title", "functions", "domain", "tried", "given", "let", "limit")
REALS = r"\mathbb{R}"
NATURALS = r"\{1, 2, \dots\}"
_HEADER = re.compile(rf"({'|'.join(HEADERS)}):\s*(.*\S)\s*")
_ENTRY = re.compile(
    r"(\w+(?:\s*,\s*\w+)*)\s+in\s+([RN]\b|[\[(][^\])]*[\])]|\{[^}]*\})(?:\s*[,;]\s*|$)"
)


class DerivationError(ValueError):
    """A fault in a derivation, with the number of its line in the text (1 is the first)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Interval:
    """The real numbers between two ends."""

    low: float
    high: float
    closed: tuple[bool, bool]
    tex: str

    def points(self, reach: int) -> Iterator[Fraction]:
        """Yield the closed ends, 0, points close to the ends, then points everywhere.

        Parameters
        ----------
        reach : int
            How far the points go where there is no end.

        Yields
        ------
        Fraction
            In a fixed order.
        """
        ends = zip((self.low, self.high), self.closed, strict=True)
        yield from (Fraction(end) for end, closed in ends if closed)
        if self.low < 0 < self.high:
            yield Fraction(0)
        # Multiples of the golden section, as a fraction, fill the interval evenly.
        fill = (Fraction(k * 10946, 17711) % 1 for k in count(1))
        for t in chain((Fraction(1, 1000), Fraction(999, 1000)), islice(fill, 10_000)):
            yield self._place(t, reach)

    def _place(self, t: Fraction, reach: int) -> Fraction:
        # On an infinite interval the cube puts half of the points within an eighth of the reach.
        match math.isinf(self.low), math.isinf(self.high):
            case True, True:
                return reach * (2 * t - 1) ** 3
            case False, True:
                return Fraction(self.low) + reach * t**3
            case True, False:
                return Fraction(self.high) - reach * t**3
        return Fraction(self.low) + (Fraction(self.high) - Fraction(self.low)) * t


@dataclass(frozen=True)
class Members:
    """A finite set of integers; of N the first few."""

    values: tuple[int, ...]
    tex: str

    def points(self, reach: int) -> Iterator[Fraction]:
        """Yield the members again and again.

        Parameters
        ----------
        reach : int
            How far the points go where there is no end.

        Yields
        ------
        Fraction
            In a fixed order.
        """
        while True:
            yield from map(Fraction, self.values)


@dataclass(frozen=True)
class Line:
    """One line: what it says, how it relates to the line before, and why."""

    number: int
    source: str
    node: ast.expr
    relation: str
    reason: str
    below: bool  # a limit sign stands before it

    @property
    def theorem(self) -> str:
        """The theorem that stands in for a check, or nothing."""
        name = self.reason.removeprefix("by theorem:")
        return name.strip() if name != self.reason else ""

    @property
    def crosses(self) -> bool:
        """Whether the step goes into the limit or out of it."""
        return self.reason.startswith("limit:")


@dataclass
class Derivation:
    """A derivation in which every name and node is known."""

    id: str = ""
    title: str = ""
    functions: list[str] = field(default_factory=list)
    domain: dict[str, Interval | Members] = field(default_factory=dict)
    tried: dict[str, Interval | Members] = field(default_factory=dict)  # part of it
    given: list[ast.expr] = field(default_factory=list)
    lets: dict[str, Let] = field(default_factory=dict)
    limit: tuple[str, ast.expr, str] | None = None  # the variable, its target, from which sides
    lines: list[Line] = field(default_factory=list)

    @property
    def variable(self) -> str:
        """The variable of the limit, or nothing."""
        return self.limit[0] if self.limit else ""

    def line_tex(self, line: Line) -> str:
        """Return the TeX of one line, with its limit sign.

        Parameters
        ----------
        line : Line
            One of its lines.

        Returns
        -------
        str
            Without dollar signs.
        """
        if not line.below or self.limit is None:
            return to_tex(line.node)
        variable, target, sides = self.limit
        return limit_tex(line.node, variable, target, "" if sides == "+-" else sides)

    def tried_text(self) -> list[str]:
        """Return Markdown that says from where points are taken, where that is not everywhere."""
        shown = []
        for name, part in self.tried.items():
            if isinstance(part, Members):
                shown.append(f"*{name}* from {min(part.values)} to {max(part.values)}")
            else:
                shown.append(f"*{name}* between {part.low:g} and {part.high:g}")
        return [text.replace("-", "−").replace("inf", "∞") for text in shown]

    @property
    def reals(self) -> list[str]:
        """The symbols that may be any real number."""
        return [name for name, values in self.domain.items() if values.tex == REALS]

    def conditions_tex(self) -> list[str]:
        """Return the TeX of the rest of the domain, of what is given, of the abbreviations."""
        together: dict[str, list[str]] = {}
        for name, values in self.domain.items():
            together.setdefault(values.tex, []).append(name_tex(name))
        together.pop(REALS, None)
        shown = [rf"{', '.join(names)} \in {tex}" for tex, names in together.items()]
        shown += map(to_tex, self.given)
        for name, let in self.lets.items():
            left = f"{name_tex(name)}({name_tex(let.argument)})" if let.argument else name_tex(name)
            shown.append(f"{left} = {to_tex(let.body)}")
        return shown


@dataclass(frozen=True)
class Step:
    """How one step was checked."""

    line: int
    kind: str  # "symbolic", "instances", "numeric" or "theorem"
    points: int
    discrepancy: float  # the largest |left - right| / max(|left|, |right|) of an equality


# --- reading --------------------------------------------------------------------------------------


def parse(text: str) -> Derivation:
    """Read a derivation, and refuse whatever is not understood.

    Parameters
    ----------
    text : str
        The text of a `derivation` fence, without its marks.

    Returns
    -------
    Derivation
        In which every name and node is known.

    Raises
    ------
    DerivationError
        For an unknown header, name or node, bad syntax, a step without a reason, a theorem without
        a name, a limit without a law or one that is never taken.
    """
    result = Derivation()
    number = 1
    try:
        for number, row in enumerate(text.splitlines(), 1):
            header = _HEADER.fullmatch(row.strip())
            if header and not result.lines:
                _read_header(result, header[1], header[2])
            elif unknown := re.match(r"\s*(\w+):(?!=)", row):
                raise ExpressionError(
                    f"`{unknown[1]}:` is no header here; {', '.join(HEADERS)} are, and stand first"
                )
            elif row.strip():
                result.lines.append(_read_line(result, number, row))
        if not result.id:
            raise ExpressionError("a derivation needs a header line `id: some-name`")
        result.title = result.title or result.id.replace("-", " ").capitalize()
        for name, values in result.domain.items():
            if values.tex == NATURALS and name not in result.tried:
                raise ExpressionError(
                    f"say which whole numbers the machine tries: `tried: {name} in {{1..6}}`"
                )
        if len(result.lines) < 2:
            raise ExpressionError("a derivation needs at least two lines")
        if result.lines[-1].below:
            raise ExpressionError("the limit is never taken: end with `... | limit: <law>`")
    except ExpressionError as error:
        raise DerivationError(number, str(error)) from None
    return result


def _symbols(result: Derivation) -> set[str]:
    return {*result.domain, *(name for name, let in result.lets.items() if not let.argument)}


def _callables(result: Derivation) -> set[str]:
    return {*result.functions, *(name for name, let in result.lets.items() if let.argument)}


def _read_header(result: Derivation, key: str, value: str) -> None:
    symbols, functions = _symbols(result), _callables(result)
    match key:
        case "id":
            if not re.fullmatch(r"[a-z][a-z0-9-]*", value):
                raise ExpressionError(
                    f"`id` must be lower-case words joined by hyphens, got `{value}`"
                )
            result.id = value
        case "title":
            result.title = value
        case "functions":
            for name in value.split(","):
                result.functions.append(_fresh(result, name.strip()))
        case "domain":
            for name, values in _read_sets(value, key):
                result.domain[_fresh(result, name)] = values
        case "tried":
            for name, values in _read_sets(value, key):
                result.tried[name] = _part(name, values, result.domain.get(name))
        case "given":
            for part in value.split(","):
                result.given.append(expression.parse(part, symbols, functions, condition=True))
        case "let":
            match_ = re.fullmatch(r"(\w+)(?:\((\w+)\))?\s*=\s*([^=].*)", value)
            if match_ is None:
                raise ExpressionError(f"`let` must read `t = ...` or `f(x) = ...`, got `{value}`")
            name, argument = _fresh(result, match_[1]), match_[2] or ""
            inner = symbols | {argument} if argument else symbols
            body = expression.parse(match_[3], inner, functions)
            result.lets[name] = Let(argument, body)
        case "limit":
            match_ = re.fullmatch(r"(\w+)\s*->\s*(.*?)\s*([+-]?)", value)
            if match_ is None:
                raise ExpressionError(
                    f"`limit` must read `h -> 0`, `h -> 0+` or `n -> oo`, got `{value}`"
                )
            target = expression.parse(match_[2], symbols, functions)
            result.limit = (_fresh(result, match_[1]), target, match_[3] or "+-")


def _fresh(result: Derivation, name: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        raise ExpressionError(f"`{name}` is not a name")
    if expression.reserved(name) or name in _symbols(result) | _callables(result):
        raise ExpressionError(f"the name `{name}` is taken")
    return name


def _read_sets(value: str, key: str) -> Iterator[tuple[str, Interval | Members]]:
    at = 0
    while at < len(value):
        entry = _ENTRY.match(value, at)
        if entry is None:
            raise ExpressionError(
                f"`{key}` must read like `x in (0, oo)`, `x, y in R` or `n in {{1..8}}`, "
                f"got `{value[at:]}`"
            )
        for name in entry[1].split(","):
            yield name.strip(), _read_set(entry[2])
        at = entry.end()


def _part(name: str, part: Interval | Members, whole: Interval | Members | None) -> Any:
    """Return `part` if it is a part of what the domain says, and a smaller one."""
    if whole is None:
        raise ExpressionError(f"`tried` takes names of the domain, which comes first, got `{name}`")
    ends = [part.low, part.high] if isinstance(part, Interval) else list(part.values)
    if isinstance(whole, Interval):
        inside = all(whole.low <= end <= whole.high for end in ends)
    elif whole.tex == NATURALS:
        inside = isinstance(part, Members) and min(ends) > 0
    else:
        inside = isinstance(part, Members) and set(ends) <= set(whole.values)
    if not inside or part.tex == whole.tex:
        raise ExpressionError(f"`tried` must be a smaller part of the domain of `{name}`")
    return part


def _read_set(text: str) -> Interval | Members:
    if text == "R":
        return Interval(-math.inf, math.inf, (False, False), REALS)
    if text == "N":
        return Members((1,), NATURALS)
    inner = text[1:-1]
    if text[0] == "{":
        run = re.fullmatch(r"\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*", inner)
        if run:
            values = (*range(int(run[1]), int(run[2]) + 1),)
            return Members(values, rf"\{{{run[1]}, \dots, {run[2]}\}}")
        if not re.fullmatch(r"\s*-?\d+(\s*,\s*-?\d+)*\s*", inner):
            raise ExpressionError(f"a set must list integers, got `{text}`")
        return Members((*map(int, inner.split(",")),), rf"\{{{inner}\}}")
    ends = [expression.parse(end, set(), set()) for end in inner.split(",")]
    low, high = (float(evaluate(end, Numbers({}, {}), {})) for end in (ends[0], ends[-1]))
    if len(ends) != 2 or not low < high:
        raise ExpressionError(f"an interval needs two ends that increase, got `{text}`")
    everything = (low, high) == (-math.inf, math.inf)
    tex = REALS if everything else f"{text[0]}{', '.join(map(to_tex, ends))}{text[-1]}"
    return Interval(low, high, (text[0] == "[", text[-1] == "]"), tex)


def _read_line(result: Derivation, number: int, row: str) -> Line:
    source, _, reason = (part.strip() for part in row.partition("|"))
    relation = next((r for r in RELATIONS if source.startswith(r)), "")
    source = source.removeprefix(relation).strip()
    before = result.lines[-1] if result.lines else None
    if before is None and relation:
        raise ExpressionError("the first line has no line before it to stand in a relation to")
    if before is not None and not reason:
        raise ExpressionError(f"the step to `{source}` has no reason: write `{source} | reason`")
    if reason.startswith("by theorem:") and not re.search(r"\w", reason.partition(":")[2]):
        raise ExpressionError("`by theorem:` must name the theorem")
    variable = result.variable
    node = expression.parse(
        source, _symbols(result) | ({variable} if variable else set()), _callables(result)
    )
    crosses = reason.startswith("limit:")
    if crosses and not variable:
        raise ExpressionError("a reason `limit:` needs a header line such as `limit: h -> 0`")
    if crosses and not any(law in reason for law in LAWS):
        raise ExpressionError(f"`{reason}` names no limit law; the laws are: {', '.join(LAWS)}")
    free = variable in expression.free_names(node)
    # A theorem may also take a limit; nothing tests that step, and the page says so.
    follows = before is not None and not reason.startswith("by theorem:")
    below = before.below != crosses if before is not None and follows else free
    if free and not below:
        raise ExpressionError(
            f"`{variable}` occurs in `{source}`, which stands outside the limit: a step into the "
            "limit needs a reason such as `limit: definition of the derivative`"
        )
    return Line(number, source, node, relation or "=", reason, below)


# --- values ---------------------------------------------------------------------------------------


def settled(compute: Callable[[], Any]) -> Any:
    """Return a real number to 50 digits, raising the precision until two evaluations agree.

    A value that sinks with the precision to the last is zero: fixed precision would take
    softplus(-700) for zero, and rounding noise for a value.

    Parameters
    ----------
    compute : callable
        Evaluates at the current precision of mpmath.

    Returns
    -------
    mpmath.mpf
        The number.

    Raises
    ------
    ExpressionError
        If the value is undefined, not real, not finite, or does not settle.
    """
    previous = mp.mpf(0)
    for digits in PRECISIONS:
        with mp.workdps(digits):
            try:
                value = compute()
            except ZeroDivisionError:
                raise ExpressionError("division by zero") from None
            except (ValueError, TypeError, OverflowError) as error:
                if isinstance(error, ExpressionError):
                    raise
                raise ExpressionError(f"undefined ({error})") from None
            if isinstance(value, mp.mpc) or not mp.isfinite(value):
                raise ExpressionError(f"{mp.nstr(value, 8)} is not a real number")
            if value and abs(value - previous) <= abs(value) * mp.mpf(10) ** -DIGITS:
                return +value
            previous = value
    if abs(previous) < mp.mpf(10) ** (-PRECISIONS[-1] // 3):
        return mp.mpf(0)
    raise ExpressionError(f"{mp.nstr(previous, 12)} is not settled at {PRECISIONS[-1]} digits")


@cache
def _instance(source: str) -> Callable[[int, Any], Any]:
    """Return a concrete function that evaluates any of its derivatives exactly."""
    x = sp.Symbol("x")
    body = evaluate(expression.parse(source, {"x"}, set()), Symbols({}, {}), {"x": x})
    slope = cache(lambda order: sp.lambdify(x, sp.diff(body, x, order), "mpmath"))
    return lambda order, at: slope(order)(at)


_enclosing = cache(steps.instance)


def choices(names: list[str]) -> Iterator[dict[str, str]]:
    """Yield choices of concrete functions, different ones for different names.

    Parameters
    ----------
    names : list of str
        The names of the undefined functions.

    Yields
    ------
    dict
        A formula in x for each name.
    """
    for stride in (1, 2) if len(names) > 1 else (1,):
        for start in range(len(INSTANCES)):
            yield {
                name: INSTANCES[(start + stride * k) % len(INSTANCES)]
                for k, name in enumerate(names)
            }


@dataclass(frozen=True)
class _Place:
    """One point of the domain with one choice of functions: where lines have values."""

    derivation: Derivation
    chosen: Mapping[str, str]
    point: Mapping[str, Fraction]
    offset: Fraction  # of the limit's variable from its target, 0 where it has no value

    def _numbers(self) -> tuple[Numbers, dict[str, Any]]:
        """Return the arithmetic and the point, rounded to the current precision."""
        functions = {name: _instance(source) for name, source in self.chosen.items()}
        point = {name: mp.mpf(v.numerator) / v.denominator for name, v in self.point.items()}
        return Numbers(functions, self.derivation.lets), point

    def admitted(self) -> bool:
        """Say whether the point meets what is given."""
        with mp.workdps(DIGITS):
            algebra, point = self._numbers()
            try:
                return all(expression.holds(node, algebra, point) for node in self.derivation.given)
            except (ZeroDivisionError, ValueError, TypeError):
                return False

    def value(self, line: Line, *, limit: bool) -> Any:
        """Return a line's value to 50 digits, or the value of its limit."""
        if not limit or not line.below or self.derivation.limit is None:
            enclosed = self._enclosed(line)
            if enclosed is not None:
                return enclosed

        def compute() -> Any:
            algebra, point = self._numbers()
            if not line.below or self.derivation.limit is None:
                return evaluate(line.node, algebra, point)
            variable, target, sides = self.derivation.limit

            def body(t: Any) -> Any:
                return evaluate(line.node, algebra, {**point, variable: t})

            def goal() -> Any:
                return evaluate(target, algebra, point)

            if limit:
                return algebra.limit(body, goal, sides)
            offset = mp.mpf(self.offset.numerator) / self.offset.denominator
            offset = abs(offset) if sides == "+" else -abs(offset) if sides == "-" else offset
            at = goal()
            return body(mp.sign(at) / abs(offset) if mp.isinf(at) else at + offset)

        try:
            return settled(compute)
        except ExpressionError as error:
            raise ExpressionError(f"`{line.source}` has no value at {self}: {error}") from None

    def _enclosed(self, line: Line) -> Any:
        """Return the value of a line from its enclosure, or None where that does not tell."""
        point = dict(self.point)
        if line.below and self.derivation.limit is not None:
            variable, target, sides = self.derivation.limit
            offset = abs(self.offset) * (-1 if sides == "-" else 1)
            if sides == "+-":
                offset = self.offset
            goal = steps.value(target, {}, self.derivation.lets, self.point)
            if goal is None or not goal.is_exact():
                return None
            mantissa, exponent = goal.man_exp()
            point[variable] = int(mantissa) * Fraction(2) ** int(exponent) + offset
        functions = {name: _enclosing(source) for name, source in self.chosen.items()}
        found = steps.value(line.node, functions, self.derivation.lets, point)
        return None if found is None else real(found)

    def __str__(self) -> str:
        shown = [f"{name} = {float(value):.6g}" for name, value in self.point.items()]
        if self.derivation.limit and self.offset:
            variable, target, _ = self.derivation.limit
            shown.append(f"{variable} - {ast.unparse(target)} = {float(self.offset):.3g}")
        shown += [f"{name} = {source}" for name, source in self.chosen.items()]
        return ", ".join(shown) or "the one point there is"


def _offsets() -> Iterator[Fraction]:
    """Yield distances from the limit's target: both signs, many sizes below one, none round."""
    for k in count():
        yield (-1) ** k * Fraction(k % 7 + 3, 11 * 10 ** (k * k % 9))


def _places(derivation: Derivation, chosen: Mapping[str, str], *, below: bool) -> Iterator[_Place]:
    """Yield different places; the symbols run out of step, so that their ends do not meet."""
    reach, wanted = (4, POINTS_PER_INSTANCE) if chosen else (30, POINTS)
    sets = derivation.domain | derivation.tried
    streams = [islice(sets[name].points(reach), 3 * k, None) for k, name in enumerate(sets)]
    offsets = _offsets()
    for _ in range(2 * wanted):
        point = dict(zip(sets, map(next, streams), strict=True))
        room = [Fraction(1)]  # how far a symbol can move before it leaves the domain
        for name, values in sets.items():
            if isinstance(values, Interval):
                ends = (Fraction(e) for e in (values.low, values.high) if math.isfinite(e))
                room += [abs(point[name] - end) for end in ends if end != point[name]]
        yield _Place(derivation, chosen, point, min(room) * next(offsets) if below else Fraction(0))


# --- checking -------------------------------------------------------------------------------------


def check(text: str) -> tuple[Derivation, list[Step]]:
    """Read a derivation and test each of its steps; results are cached under the text.

    Parameters
    ----------
    text : str
        The text of a `derivation` fence, without its marks.

    Returns
    -------
    tuple of (Derivation, list of Step)
        What was read, and how each step was tested.

    Raises
    ------
    DerivationError
        For the first fault, with its line; a wrong step shows the values of both sides.
    """
    derivation = parse(text)

    def compute() -> bytes:
        pairs = zip(derivation.lines, derivation.lines[1:], strict=False)
        return json.dumps([asdict(_step(derivation, *pair)) for pair in pairs]).encode()

    stored = cached("derivation", _key(text), compute)
    return derivation, [Step(**step) for step in json.loads(stored)]


def judged(text: str) -> bool:
    """Say whether the verdict on a derivation is kept.

    Parameters
    ----------
    text : str
        The text of a `derivation` fence, without its marks.

    Returns
    -------
    bool
        Whether `check` would find it.
    """
    return known("derivation", _key(text))


def _key(text: str) -> tuple[str, ...]:
    # A page gives a fence without its last line break, the ledger with it. No record counts.
    return (text.rstrip(), digest(site=False, facts=()), *machine())


def _step(derivation: Derivation, left: Line, right: Line) -> Step:
    if right.theorem:
        _contradicted(derivation, left, right)
        return Step(right.number, "theorem", 0, 0.0)
    points, worst = 0, 0.0
    try:
        for chosen in choices(derivation.functions) if derivation.functions else [{}]:
            for place in _admitted(derivation, chosen, below=left.below and right.below):
                points += 1
                worst = max(worst, _compare(place, left, right))
        if not points:
            raise ExpressionError("no choice of functions meets what is `given`")
    except ExpressionError as error:
        raise DerivationError(right.number, str(error)) from None
    if _proved(derivation, left, right):
        kind = "symbolic"
    else:
        kind = "instances" if derivation.functions else "numeric"
    return Step(right.number, kind, points, worst)


def _contradicted(derivation: Derivation, left: Line, right: Line) -> None:
    """Refuse a step by theorem whose sides have values and differ: no theorem makes it right.

    Where a side has no value (a limit that is not taken, a sum without end) the theorem stands.
    """
    if left.below != right.below:
        return
    for chosen in choices(derivation.functions) if derivation.functions else [{}]:
        for place in _admitted(derivation, chosen, below=left.below)[:POINTS_PER_INSTANCE]:
            try:
                for line in (left, right):
                    place.value(line, limit=False)
            except ExpressionError:
                continue
            try:
                _compare(place, left, right)
            except ExpressionError as error:
                raise DerivationError(right.number, str(error)) from None


def _admitted(derivation: Derivation, chosen: Mapping[str, str], *, below: bool) -> list[_Place]:
    """Return different places that meet what is given, as many as are wanted if there are."""
    places = _places(derivation, chosen, below=below)
    different = {(*place.point.items(), place.offset): place for place in places}
    wanted = POINTS_PER_INSTANCE if chosen else POINTS
    admitted = list(islice((p for p in different.values() if p.admitted()), wanted))
    if chosen and not admitted:
        return []  # what is given rules these functions out, such as a constant where g′ ≠ 0
    if 4 * len(admitted) < min(wanted, len(different)):
        raise ExpressionError(
            f"only {len(admitted)} of {len(different)} points meet what is `given`"
        )
    return admitted


def _compare(place: _Place, left: Line, right: Line) -> float:
    """Return the relative discrepancy of an equality that holds to 45 of 50 digits."""
    a, b = (place.value(line, limit=right.crosses) for line in (left, right))
    size = max(abs(a), abs(b))
    gap = abs(a - b)
    equal = gap <= size * mp.mpf(10) ** -45
    if equal and "=" in right.relation:
        return float(gap / size) if size else 0.0
    if not equal and ((a < b and "<" in right.relation) or (a > b and ">" in right.relation)):
        return 0.0
    raise ExpressionError(
        f"the step to `{right.source}` is wrong at {place}: "
        f"{'the limit of ' if right.crosses and left.below else ''}"
        f"`{left.source}` is {mp.nstr(a, 12)}, "
        f"{'the limit of ' if right.crosses and right.below else ''}"
        f"`{right.source}` is {mp.nstr(b, 12)}"
    )


def _proved(derivation: Derivation, left: Line, right: Line) -> bool:
    """Say whether an equality is proved, with undefined functions, by a limited amount of work."""
    if right.relation != "=" or (right.crosses and derivation.functions):
        return False  # SymPy leaves limits of undefined functions unevaluated
    symbols = [*derivation.domain, *([derivation.variable] if derivation.variable else [])]
    if not right.crosses and identical(
        left.node, right.node, symbols, derivation.functions, derivation.lets
    ):
        return True
    functions = {name: expression.undefined(name) for name in derivation.functions}
    algebra = Symbols(functions, derivation.lets)
    names = {name: _symbol(name, values) for name, values in derivation.domain.items()}
    h = sp.Symbol(derivation.variable or "h", real=True, nonzero=True)

    def value(line: Line) -> Any:
        def body(t: Any) -> Any:
            return evaluate(line.node, algebra, {**names, derivation.variable: t})

        if not line.below or derivation.limit is None:
            return evaluate(line.node, algebra, names)
        if not right.crosses:
            return body(h)
        _, target, sides = derivation.limit
        return algebra.limit(body, lambda: evaluate(target, algebra, names), sides)

    try:
        return _is_zero(value(left) - value(right))
    except _CANNOT:  # left to the values
        return False


# What SymPy raises where it cannot do something; NotImplementedError is its own word for it.
_CANNOT = (
    *(ArithmeticError, AttributeError, NotImplementedError, RecursionError),
    *(TypeError, ValueError),
)


def _symbol(name: str, values: Interval | Members) -> Any:
    if isinstance(values, Members):
        return sp.Symbol(name, integer=True, positive=min(values.values) > 0 or None)
    return sp.Symbol(name, real=True, positive=(values.low >= 0 and not values.closed[0]) or None)


def _is_zero(difference: Any) -> bool:
    if sp.count_ops(difference) > WORK:
        return False
    for simpler in (sp.expand, sp.simplify, lambda d: sp.simplify(d.rewrite(sp.exp))):
        if simpler(difference.doit()) == 0:
            return True
    return False
