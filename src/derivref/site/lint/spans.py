"""Claims in words, written beside the words: ``[above 1]{gelu.d.sup}``; judged, and what has none.

A page shows the words alone. The expression is Python without braces; it sees NumPy as ``np``, the
entries of one variable by name as `Curve`, ``f`` on the page of an entry, ``xs`` (many points
from -8 to 8), and whatever the programs of the page define. Where no such form can stand (comments,
labels, the sentences of a record) the words are keys of ``claims``, in the front matter or in the
record.
"""

import ast
import contextlib
import functools
import hashlib
import itertools
import json
import math
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp
from scipy import special

from derivref import catalog, differences, oracle, stencils
from derivref import check as checker
from derivref.cache import cached, digest, machine
from derivref.records import Record, Scalar
from derivref.site.fault import Fault
from derivref.site.lint import claims, literature, prose, snippets, words
from derivref.site.lint.reading import Truth
from derivref.site.markdown.claims import PARTS
from derivref.site.markdown.page import find
from derivref.site.show import accuracy, differencing
from derivref.site.show.benchmarks import measured
from derivref.verify import operators, plain
from derivref.verify.balls import DIGITS

BUDGET = "benchmarks/unread.json"  # by page or record: how many words and numbers nothing has read
POINTS = np.linspace(-8, 8, 641)


@dataclass(frozen=True)
class Span:
    """Words of a page or record with the expression that they are held against."""

    said: str
    expr: str
    start: int  # character of the text at which it begins
    end: int


def spans(text: str) -> list[Span]:
    """Return the claims that a text writes in the line; code and formulas have none."""
    return [
        Span(m["said"], " ".join(m["expr"].split()), m.start(), m.end())
        for m in PARTS.finditer(text)
        if m["span"]
    ]


def blank(text: str) -> str:
    """Return a text of the same length without its claims."""
    return PARTS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m["span"] else m[0], text)


# --- what an expression may name ------------------------------------------------------------------


class Curve:
    """f, f′ or f″ of an entry: values with 40 digits, key numbers, shapes."""

    def __init__(self, record: Scalar, n: int = 0, ends: tuple[float, float] | None = None) -> None:
        self.record, self.n, self.ends = record, n, ends

    def __repr__(self) -> str:
        where = f" on ({float(self.ends[0]):g}, {float(self.ends[1]):g})" if self.ends else ""
        return f"{self.record.name}{chr(39) * self.n}{where}"

    def __call__(self, x: Any) -> Any:
        """Return the value at a number, or an array of values."""
        if isinstance(x, np.ndarray | list | tuple):
            return np.array([self(t) for t in x], dtype=object)
        return _truth(self.record.full_name).value(self.n, x)

    def on(self, low: float, high: float) -> "Curve":
        """Return the curve on an open interval."""
        return Curve(self.record, self.n, (low, high))

    @property
    def d(self) -> "Curve":
        """The slope."""
        return Curve(self.record, self.n + 1, self.ends)

    @property
    def d2(self) -> "Curve":
        """The second derivative."""
        return Curve(self.record, self.n + 2, self.ends)

    @property
    def record_curve(self) -> "Curve":
        """The entry itself, on all of its domain."""
        return Curve(self.record)

    @property
    def facts(self) -> Any:
        """What is known of the entry."""
        return oracle.facts(self.record)

    @property
    def _range(self) -> Any:
        return self.facts.slope_range if self.n else self.facts.range

    @property
    def inf(self) -> Any:
        """The greatest lower bound."""
        return mp.mpf(self._range[0].value.digits)

    @property
    def sup(self) -> Any:
        """The least upper bound."""
        return mp.mpf(self._range[1].value.digits)

    @property
    def argmin(self) -> Any:
        """Where the least value is attained, if at one point."""
        (at,) = self._range[0].at
        return mp.mpf(at.digits)

    @property
    def argmax(self) -> Any:
        """Where the greatest value is attained, if at one point."""
        (at,) = self._range[1].at
        return mp.mpf(at.digits)

    @property
    def lipschitz(self) -> Any:
        """The greatest size of the slope."""
        return mp.mpf(self.facts.lipschitz.value.digits)

    @property
    def zeros(self) -> list[Any]:
        """All zeros; those of a proof, or of one period."""
        facts = self.facts
        if self.n > 2:
            raise ValueError(f"{self}: no derivative beyond the second is known")
        found = (facts.zeros, facts.slope_zeros, facts.curvature_zeros)[self.n]
        return [mp.mpf(z.digits) for z in found]

    @property
    def limits(self) -> tuple[float, float]:
        """What it tends to at the ends of its domain; the checks of the entry hold it."""
        return self.record.ends[("f", "d", "d2")[self.n]]

    @property
    def period(self) -> Any:
        """The period, least as the facts of the entry hold."""
        return _truth(self.record.full_name).period

    @property
    def poles(self) -> list[Any]:
        """The poles."""
        return _truth(self.record.full_name).poles

    @property
    def domain(self) -> tuple[float, float]:
        """The ends of the domain."""
        return self.record.domain

    @property
    def kinks(self) -> list[float]:
        """Where the one-sided slopes differ."""
        return [c.at for c in self.record.corners]

    @property
    def returned(self) -> list[float]:
        """The slopes that the code returns at the kinks."""
        return [c.slope for c in self.record.corners]

    def left(self, at: float = 0.0) -> Any:
        """Return the limit from the left."""
        return _truth(self.record.full_name).sides(self.n, mp.mpf(at))[0]

    def right(self, at: float = 0.0) -> Any:
        """Return the limit from the right."""
        return _truth(self.record.full_name).sides(self.n, mp.mpf(at))[1]

    def code(self, x: Any, dtype: type = np.float64) -> Any:
        """Return what the code of the entry gives, in float64 or float32."""
        with np.errstate(all="ignore"):
            return self.record.functions[self.n](np.asarray(x, dtype))

    def usual(self, x: Any, dtype: type = np.float64) -> Any:
        """Return what the formula of tutorials gives."""
        with np.errstate(all="ignore"):
            return oracle.tutorial(self.record, self.n)(np.atleast_1d(np.asarray(x, dtype)))

    def has(self, shape: str) -> bool:
        """Say whether the curve has a shape on its interval or domain: "increasing", "odd".

        Signs are those between all the zeros of f, f′ or f″, which the key numbers list.
        """
        truth = _truth(self.record.full_name)
        low, high = self.ends or self.domain
        kinks = [k for k in self.kinks if low < k < high]
        if shape in ("even", "odd"):
            sign = 1 if shape == "even" else -1
            at = [x for x in map(mp.mpf, (0.3, 1.1, 2.7)) if truth.inside(x)]
            return all(abs(self(-x) - sign * self(x)) < mp.mpf("1e-25") for x in at)
        if shape == "periodic":
            return bool(self.period)
        if shape in ("continuous", "differentiable", "analytic"):
            rough = kinks if self.n + (shape != "continuous") else []
            return not rough and not [p for p in truth.poles if low < p < high]
        if shape in ("bounded", "unbounded"):
            ends = (self.inf, self.sup) if self.ends is None else self._values()
            return any(abs(v) > 1e6 for v in ends) == (shape == "unbounded")
        if shape == "monotone":
            return self.has("increasing") or self.has("decreasing")
        order = {"positive": 0, "negative": 0, "increasing": 1, "decreasing": 1}.get(shape, 2)
        sign = -1 if shape in ("negative", "decreasing", "concave") else 1
        curve = Curve(self.record, self.n + order, self.ends)
        if order == 0 and any(low < z < high for z in self.zeros):
            return False
        values = curve._values()
        if self.n == 0 and order == 2:
            values += [self.d.right(k) - self.d.left(k) for k in kinks]
        strict = order == 0
        return all(sign * v > 0 if strict else sign * v >= 0 for v in values) and any(values)

    def side(self, sign: str) -> bool:
        """Say whether the interval reaches to the lower ("<") or the upper end of the domain."""
        ends = self.ends or self.domain
        return ends[sign == ">"] == self.domain[sign == ">"]

    def _values(self) -> list[Any]:
        """Return values between any two zeros, kinks, poles, within 8 of 0 or 1 beyond all."""
        truth = _truth(self.record.full_name)
        low, high = map(mp.mpf, self.ends or self.domain)
        special = sorted({*self.zeros, *truth.poles, *truth.corners})
        reach = max([mp.mpf(8), *(abs(s) + 1 for s in special)])
        low, high = max(low, -reach), min(high, reach)
        if self.period:
            special = [s + k * self.period for s in special for k in range(-8, 9)]
        cuts = sorted({low, *(s for s in special if low < s < high), high})
        parts = [mp.mpf(k) / 8 for k in range(1, 8)]
        return [self(a + (b - a) * t) for a, b in itertools.pairwise(cuts) for t in parts]


@functools.cache
def _truth(name: str) -> Truth:
    return Truth(catalog.get(name))


def root(function: Callable[[Any], Any], low: float, high: float) -> Any:
    """Return the zero of a function between two points where its signs differ."""
    with mp.workdps(30):
        return mp.findroot(function, (mp.mpf(low), mp.mpf(high)), solver="anderson", tol=1e-20)


def first(condition: Callable[[Any], Any], low: float, high: float) -> float:
    """Return where a condition begins to hold between two points, by bisection."""
    if bool(condition(low)) or not bool(condition(high)):
        raise ValueError(f"the condition must begin to hold between {low} and {high}")
    while abs(high - low) > 4e-15 * max(abs(low), abs(high)):
        middle = (low + high) / 2
        if middle in (low, high):  # neighbours, down to the subnormals
            break
        low, high = (low, middle) if bool(condition(middle)) else (middle, high)
    return high


def _of_arrays(record: Any) -> Callable[..., Any]:
    """Return the code of a function of arrays, for lists as well."""
    return lambda *arguments: record.f(*(np.asarray(a, float) for a in arguments))


def jacobian(function: Callable[[Any], Any], at: Any) -> Any:
    """Return the Jacobian of a function of a vector, by central differences to nine digits."""
    x, h = np.asarray(at, float), 1e-5
    columns = [(function(x + h * e) - function(x - h * e)) / (2 * h) for e in np.eye(x.size)]
    return np.array(columns).T


@functools.cache
def _known() -> Mapping[str, Any]:
    found: dict[str, Any] = {
        **{r.name: Curve(r) for r in catalog.records("scalar")},
        **{r.name: _of_arrays(r) for r in catalog.records("operator")},
        "jacobian": jacobian,
        "CENTRAL": stencils.central(),
        "FORWARD": stencils.forward(),
        "best": best,
        "SECOND": stencils.central(deriv=2),
        "ROMBERG": differencing.SCHEMES["Richardson"],
        "least": least,
        "DIGITS": DIGITS,
        "operators": operators,
        "prose": prose,
        "plain": plain,
        "snippets": snippets,
        "checker": checker,
        "stencils": stencils,
        "differences": differences,
        "differencing": differencing,
        "np": np,
        "mp": mp,
        "inf": math.inf,
        "root": root,
        "first": first,
        "xs": POINTS,
        "eps": np.finfo(np.float64).eps,
        "eps32": np.finfo(np.float32).eps,
        "chosen": chosen,
        "same": same,
        "at": at,
        "seen": reported,
        "frameworks": frameworks,
        "special": special,
        "catalog": catalog,
        "oracle": oracle,
        "accuracy": accuracy,
        "certain": certain,
        "asked": asked,
    }
    return found


def same(one: Any, two: Any) -> bool:
    """Say whether two values are one but for rounding."""
    return bool(
        np.all(abs(np.asarray(one) - np.asarray(two)) <= 1e-12 * (1 + abs(np.asarray(two))))
    )


def certain(dtype: type, ulp: float) -> tuple[int, str]:
    """Return how many decimal digits an error leaves, and the name of the type."""
    info = np.finfo(dtype)
    return int(-math.log10(ulp * float(info.eps))), info.dtype.name


def at(value: Any, **names: Any) -> words.At:
    """Return a value with those of the letters of the formula that stands for it.

    A function is called with them: ``at(sigmoid.d, x=40)`` for "about $e^{-x}$".
    """
    return words.At(value(*names.values()) if callable(value) else value, names)


def reported(key: str, n: int = 0) -> float:
    """Return a number that a reference reports, as a look-up of it showed."""
    return float(literature.seen()[key]["reported"][n])


def best(stencil: stencils.Stencil, eps: float = stencils.UNIT_ROUNDOFF) -> float:
    """Return the best step of a stencil, for values and derivatives of the size of 1."""
    return float(stencil.best_step(value=1, remainder=1, eps=eps))


def least(stencil: stencils.Stencil, eps: float = stencils.UNIT_ROUNDOFF) -> float:
    """Return the error of a stencil at its best step."""
    h = best(stencil, eps)
    return float(stencil.predicted_error(h, value=1, remainder=1, eps=eps))


def asked(record: Any) -> Callable[[Any], Any]:
    """Return the function that an exercise asks to differentiate."""
    call = ast.parse(record.problem, mode="eval").body
    if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Derivative"):
        raise ValueError(f"{record.full_name} asks for no derivative: {record.problem}")
    return _compiled(ast.unparse(call.args[0]), ast.unparse(call.args[1]))


def _compiled(formula: str, variable: str) -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = sp.lambdify(sp.Symbol(variable), sp.sympify(formula), "mpmath")
    return found


def frameworks(name: str, function: str, at: str = "0") -> float:
    """Return the slope that a framework was seen to return, ``frameworks("jax", "relu(x)")``."""
    rows = [
        r for r in measured("frameworks")["kinks"] if (r["function"], r["at"]) == (function, at)
    ]
    if not rows:
        raise ValueError(f"benchmarks/frameworks.json has no `{function}` at {at}")
    return float(rows[0]["seen"][name]["float64"].replace("−", "-").replace("∞", "inf"))


def chosen(**words_: Any) -> str:
    """Return the words, the names of the arguments, whose condition holds."""
    return " ".join(name.strip("_") for name, holds in words_.items() if bool(holds))


@functools.lru_cache(4)
def _programs(code: tuple[str, ...]) -> dict[str, Any]:
    """Return what the programs of a page define, the later ones over the earlier."""
    import io

    found: dict[str, Any] = {}
    for program in code:
        names: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
            exec(compile(program, "<page>", "exec"), names)
        found |= {k: v for k, v in names.items() if not k.startswith("__")}
        found.setdefault("printed", []).append(out.getvalue())
    return found


def value(expr: str, names: Mapping[str, Any], code: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Return the values that an expression gives to the words of its claim.

    Parameters
    ----------
    expr : str
        Python.
    names : mapping
        Further names, such as ``f``.
    code : tuple of str
        The programs of the page, run if the expression has a name that is not known otherwise.

    Raises
    ------
    ValueError
        If it is no expression, names nothing, or raises.
    """
    try:
        tree = ast.parse(expr, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"`{expr}` is not Python: {error.msg}") from None
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    if not used:
        raise ValueError(f"`{expr}` computes nothing: a literal is no evidence")
    known = {**_known(), **names}
    bound = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    builtin = set(dir(__import__("builtins")))
    if code and (used - known.keys() - bound - builtin or "printed" in used):
        try:
            known = {**_known(), **_programs(code), **names}
        except Exception as error:
            raise ValueError(f"a program of the page raises {type(error).__name__}") from None
    try:
        with np.errstate(all="ignore"):
            result = eval(compile(tree, "<claim>", "eval"), dict(known))
    except Exception as error:
        raise ValueError(f"`{expr}` raises {type(error).__name__}: {error}") from None
    return result if isinstance(result, tuple) else (result,)


def fault(said: str, expr: str, names: Mapping[str, Any], code: tuple[str, ...] = ()) -> str:
    """Return what is wrong with a claim; "" if nothing is."""
    try:
        with mp.workdps(words.DIGITS), np.errstate(all="ignore"):
            return words.holds(said, value(expr, names, code))
    except (ValueError, TypeError) as error:
        return f"`{said}`: {error}"


# --- pages ----------------------------------------------------------------------------------------


def _visible(text: str) -> tuple[str, ...]:
    return tuple(f.code for f in snippets.fences(text) if f.header == snippets.VISIBLE)


def _names(page: str) -> dict[str, Any]:
    place = page.removeprefix("docs/")
    record = next((r for r in catalog.records("scalar") if catalog.address(r) == place), None)
    return {} if record is None else {"f": Curve(record)}


def _body(text: str) -> str:
    """Return a page with its front matter and its programs blanked, of the same length."""
    lines = text.splitlines(True)
    begin = lines.index("---\n", 1) + 1 if lines[:1] == ["---\n"] else 0
    inside = {n for f in snippets.fences(text) for n in range(f.line, f.end + 1)}
    return "".join(
        re.sub(r"[^\n]", " ", line) if n <= begin or n in inside else line
        for n, line in enumerate(lines, 1)
    )


def _shown_by_hidden(text: str) -> str:
    """Return the strings that hidden fences are given, which are prose as well."""
    found = []
    for fence in snippets.fences(text):
        if fence.header == snippets.HIDDEN:
            for node in ast.walk(ast.parse(fence.code)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return "\n\n".join(found)


def page_claims(text: str) -> list[tuple[int, str, str]]:
    """Return the claims of a page, with its line: in the line, and of its front matter."""
    body = _body(text)
    found = [(text.count("\n", 0, s.start) + 1, s.said, s.expr) for s in spans(body)]
    listed = prose.front_matter(text).get("claims") or {}
    assert isinstance(listed, Mapping)
    for said, expr in listed.items():
        at = text.find(str(said), text.find("\n---", 3))
        line = text.count("\n", 0, at) + 1 if at >= 0 else 0
        found.append((line, str(said), str(expr)))
    return found


@functools.cache
def _judges() -> str:
    """Return a digest of what judges a claim: these modules, and what was measured."""
    folder = Path(__file__).parent
    paths = [folder / f"{name}.py" for name in ("spans", "words", "reading", "texvalues")]
    paths += [p for p in (find("references-seen.json"), find("benchmarks/frameworks.json")) if p]
    return hashlib.sha256(b"".join(p.read_bytes() for p in paths)).hexdigest()


def judged(page: str, text: str) -> list[str]:
    """Return the claims of a page that do not hold, kept if nothing has changed that they read."""
    code = _visible(text)
    found = page_claims(text)
    key = (page, *(f"{line} {said} {expr}" for line, said, expr in found), *code)

    def compute() -> bytes:
        names, faults = _names(page), []
        for line, said, expr in found:
            if line == 0:
                faults.append(f"{page}: `claims` has `{said}`, which the page does not say")
            elif wrong := fault(said, expr, names, code):
                faults.append(f"{page}:{line}: {wrong}")
        return pickle.dumps(faults)

    stored: list[str] = pickle.loads(
        cached("claims", (*key, digest(site=False), _judges(), *machine()), compute)
    )
    return stored


# --- what has no such form ------------------------------------------------------------------------

_SKIPPED = re.compile(  # of prose: links' targets, citations, attributes, tags, addresses, names
    r"^ *\d+\. |\]\([^)]*\)|\]\[[^\]]*\]|\[[@^][^\]]*\]|\{[ :#.][^}]*\}|</?[a-zA-Z][^>]*>"
    r"|<!--.*?-->|[Vv]ersion [\d.]+|any more|once more|[Ll]east squares|0 ?[·/] ?(?:∞|0)|∞/∞"
    r"|∞ − ∞|&#?\w+;|https?://\S+|`+[^`]*`+|\$\$.*?\$\$|\d{4}-\d\d-\d\d"
    r"|[A-Z][\w.-]*[ -]?v?\d[\w.]*(?=\W)|(?<=[a-zA-Z]-)\w+|[a-zA-Z]\w*(?=-\w)",
    re.DOTALL | re.MULTILINE,
)
_CONDITION = re.compile(r"\s*(\\?[a-zA-Z]+)\s*(<|>|\\le\b|\\ge\b|\\ne\b|=)\s*(-?[\d.]+)\s*")
_SIGNS = {r"\le": "<=", r"\ge": ">=", r"\ne": "!="}


@dataclass(frozen=True)
class Unread:
    """A word, number or formula that no machine has read."""

    line: int
    text: str


def _hypotheses(text: str) -> set[tuple[str, str, str]]:
    """Return the conditions on single letters that the proofs of a page state."""
    found = set()
    for fence in snippets.fences(text):
        if not fence.header.startswith("derivation"):
            continue
        for line in fence.code.splitlines():
            head, colon, rest = line.partition(":")
            if head.strip() == "limit":  # every line of such a proof is equal off the point
                found |= {(n, "!=", end) for n, end in re.findall(r"(\w+) -> (-?[\w.]+)", rest)}
            if not colon or head.strip() not in ("domain", "given", "tried"):
                continue
            for names, low, high in re.findall(r"((?:\w+, )*\w+) in \(([^,]+), ([^)]+)\)", rest):
                for name in names.split(", "):
                    found |= {(name, ">", low), (name, "<", high)}
            found |= set(re.findall(r"(\w+) (!=|<=|>=|<|>) (-?[\d.]+)", rest))
        for reason in re.findall(r"\$([^$]+)\$", fence.code):
            if match := _CONDITION.fullmatch(reason):
                found.add((match[1].lstrip("\\"), _SIGNS.get(match[2], match[2]), match[3]))
    return found


def _read_formulas(page: str, text: str, body: str) -> str:
    """Blank the formulas in the line that a machine reads: equations, and hypotheses of proofs."""
    known = _hypotheses(text)
    read = {(e.line, e.tex) for e in claims.equations(page, text) if e.read and not e.displayed}

    def judge(match: re.Match[str]) -> str:
        if match["span"] or match["code"] or match["math"]:
            return match[0]
        tex = match[0][1:-1].strip()
        condition = _CONDITION.fullmatch(tex)
        if condition is not None:
            sign = _SIGNS.get(condition[2], condition[2])
            if (condition[1].lstrip("\\"), sign, condition[3]) in known:
                return " " * len(match[0])
        line = body.count("\n", 0, match.start()) + 1
        return " " * len(match[0]) if (line, tex) in read else match[0]

    return PARTS.sub(judge, body)


_EVIDENCE = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")


def _evidence(outputs: str) -> set[str]:
    """Return the numbers of two digits or more that are printed."""
    found = set()
    for number in _EVIDENCE.findall(outputs):
        digits = re.sub(r"\D", "", number).lstrip("0")
        if len(digits) >= 2:
            found.add(number.lstrip("-−"))
    return found


def _outputs(text: str) -> str:
    from derivref.site.markdown import fences

    found = []
    for code in _visible(text):
        with contextlib.suppress(Fault):  # the build and the tests name it, with page and line
            found.append(fences.output(code, True))
    return "\n".join(found)


def unread(page: str, text: str) -> list[Unread]:
    """Return the words, numbers and formulas of a page that claim something and that nothing reads.

    What counts as read: claims (`spans`, ``claims`` of the front matter), equations whose sides are
    evaluated, hypotheses that a proof of the page states, numbers of two digits or more that a
    program of the page prints, programs, tables and headings.

    Parameters
    ----------
    page : str
        Path of the page from the root of the repository.
    text : str
        Its Markdown.
    """
    printed = _evidence(_outputs(text))
    listed = prose.front_matter(text).get("claims") or {}
    assert isinstance(listed, Mapping)
    known = _hypotheses(text)
    body = blank(_read_formulas(page, text, _body(text)))
    for said in listed:
        body = body.replace(str(said), " " * len(str(said)))
    found = _left(body, printed, known)
    for number, comment, literals in _remarks(text):
        for said in listed:
            comment = comment.replace(str(said), " " * len(str(said)))
        found += [Unread(number, u.text) for u in _left(comment, printed | literals, known)]
    found += [Unread(0, u.text) for u in _left(blank(_shown_by_hidden(text)), printed, known)]
    return sorted(found, key=lambda u: u.line)


_STATED = re.compile(r"(?<![\w)])([a-zA-Zα-ω]) (=|<|>|≤|≥|≠) (-?[\d.]+)(?![\w.])")
_ASCII = {"≤": "<=", "≥": ">=", "≠": "!=", "α": "alpha", "β": "beta"}


def _left(
    text: str,
    printed: set[str],
    hypotheses: set[tuple[str, str, str]] = frozenset(),  # type: ignore[assignment]
) -> list[Unread]:
    """Return what claims something in a text, with its line; a formula that is left counts once."""
    found = []
    bare = re.sub(r"\$\$.*?\$\$", _spaces, text, flags=re.DOTALL)
    bare = re.sub(r"^\|.*", _spaces, bare, flags=re.MULTILINE)
    for match in re.finditer(r"(?<!\\)\$([^$\n]+)\$", bare):
        if re.search(r"\d|[=<>+/^]|\\(?:le|ge|ne|frac|ln|sin|cos)\b", match[1]):
            found.append(Unread(bare.count("\n", 0, match.start()) + 1, match[0]))
    bare = _SKIPPED.sub(_spaces, re.sub(r"(?<!\\)\$[^$\n]+\$", _spaces, bare))

    def judge(match: re.Match[str]) -> str:
        name, sign = (_ASCII.get(match[n], match[n]) for n in (1, 2))
        return _spaces(match) if (name, sign, match[3].rstrip(".")) in hypotheses else match[0]

    bare = _STATED.sub(judge, bare)
    for number, line in enumerate(bare.split("\n"), 1):
        if not line.startswith(("#", "|")):
            for _, token in words.found(line):
                if token.replace("−", "-").lstrip("-+±") not in printed:
                    found.append(Unread(number, token))
    return sorted(found, key=lambda u: u.line)


def _spaces(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _remarks(text: str) -> Iterator[tuple[int, str, set[str]]]:
    """Yield the comments and labels of visible programs, with the numbers that their code has."""
    import io
    import tokenize

    for fence in snippets.fences(text):
        # A program about the claims themselves quotes them.
        if fence.header != snippets.VISIBLE or "derivref.site" in fence.code:
            continue
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(fence.code).readline))
        except (tokenize.TokenError, IndentationError):
            continue
        code = " ".join(t.string for t in tokens if t.type in (tokenize.NUMBER, tokenize.NAME))
        literals = {t.string for t in tokens if t.type == tokenize.NUMBER and len(t.string) > 1}
        names = set(re.findall(r"[a-z_]\w*", code))
        for token in tokens:
            line = fence.line + token.start[0]
            if token.type == tokenize.COMMENT and "needs " not in token.string:
                yield line, token.string.lstrip("# "), literals
            elif token.type == tokenize.STRING and re.fullmatch(
                r'"[a-z][a-z0-9 ]{2,18} *"', token.string
            ):
                yield (
                    line,
                    " ".join(w for w in token.string.strip('"').split() if w not in names),
                    set(),
                )


# --- records --------------------------------------------------------------------------------------


def sentences(record: Record) -> list[str]:
    """Return the sentences of a record that people wrote."""
    found = [record.summary, record.use]
    for kind in ("kinks",):
        found += [kink.why for kink in getattr(record, kind, ())]
    for kind in ("takes", "arguments", "variables"):
        found += [p.says for p in (getattr(record, kind, None) or {}).values()]
    found += [str(getattr(record, kind, "")) for kind in ("kept", "cost", "hint", "question")]
    return list(dict.fromkeys(filter(None, found)))


def record_names(record: Record) -> dict[str, Any]:
    """Return what a claim of a record may name beside the rest."""
    return {"record": record, **({"f": Curve(record)} if isinstance(record, Scalar) else {})}


def record_unread(record: Record) -> list[str]:
    """Return what the sentences of a record claim, and no claim of it computes."""
    found = []
    for sentence in sentences(record):
        rest = sentence
        for said in record.claims:
            rest = rest.replace(said, " " * len(said))
        if sentence not in [kink.why for kink in getattr(record, "kinks", ())]:
            # Those are read by derivref.site.lint.facts.
            found += [f"`{w.text}` in `{sentence}`" for w in _left(rest, set())]
    return found


def record_faults(record: Record) -> Iterator[str]:
    """Yield the claims of a record that do not hold, and what is unread beyond its budget."""
    told = sentences(record)
    for said, expr in record.claims.items():
        if not any(said in sentence for sentence in told):
            yield f"{record.full_name}: `claims` has `{said}`, which no sentence says"
        elif wrong := fault(said, expr, record_names(record)):
            yield f"{record.full_name}: {wrong}"
    left, allowed = record_unread(record), budget().get(record.full_name, 0)
    if len(left) > allowed:
        yield (
            f"{record.full_name}: {len(left)} words and numbers that no claim computes, {allowed} "
            f"allowed: {', '.join(left)}"
        )


# --- the budget -----------------------------------------------------------------------------------


def budget() -> dict[str, int]:
    """Return how many words, numbers and formulas of each page and record may stay unread."""
    path = find(BUDGET)
    found: dict[str, int] = json.loads(path.read_text("utf-8")) if path is not None else {}
    return found


def page_faults(page: str, text: str) -> Iterator[str]:
    """Yield the claims of a page that do not hold, and what is unread beyond its budget.

    Parameters
    ----------
    page : str
        Path of the page from the root of the repository.
    text : str
        Its Markdown.
    """
    yield from judged(page, text)
    left, allowed = unread(page, text), budget().get(page, 0)
    if len(left) > allowed:
        told = ", ".join(f"{u.line}: `{u.text}`" for u in left[:40])
        yield (
            f"{page}: {len(left)} words and numbers that nothing has read, {allowed} allowed: "
            f"write `[word]{{expression}}`, see contributing; {told}"
        )


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the pages of the site that people write, with their text."""
    for path in sorted((root / "docs").rglob("*.md")):
        if "api" not in path.relative_to(root).parts:
            yield path.relative_to(root).as_posix(), path.read_text("utf-8")


def main() -> None:
    """Write the budget of each page and record: what is unread now, never more than before."""
    root = Path.cwd()
    before = budget()
    now = {page: len(unread(page, text)) for page, text in pages(root)}
    now |= {record.full_name: len(record_unread(record)) for record in catalog.records()}
    grown = {p: n for p, n in now.items() if n > before.get(p, n if p not in before else 0)}
    for page, count in grown.items():
        print(f"{page}: {count} unread, {before[page]} allowed: the budget only goes down")
    kept = {p: min(n, before.get(p, n)) for p, n in now.items()}
    path = root / BUDGET
    path.write_text(json.dumps({p: n for p, n in kept.items() if n}, indent=1) + "\n", "utf-8")
    total = sum(kept.values())
    print(f"{total} words and numbers unread in {len(kept)} pages and records; written to {path}")


if __name__ == "__main__":
    main()
