"""What the pages claim in equations, and how much of it a machine reads.

An equation all of whose names are known (letters, the functions of the catalogue, f on the page of
an entry) is evaluated on both sides; one that is not read is counted, and the ledger shows
the counts by page.
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import sympy as sp

from derivref import catalog
from derivref.site.lint import equations as meanings
from derivref.site.lint import snippets
from derivref.site.lint.reading import Truth
from derivref.site.lint.texvalues import TexError, evaluate

_RELATION = re.compile(r"\\(?:le|ge|ne|approx|leq|geq)\b|[=<>]")
_STEP = re.compile(r"(?<![<>])(?:&?=|\\le\b|\\ge\b|<|>)")
_CONDITION = re.compile(  # of a letter, and no equation: x > 0, h ≠ 0, α ≤ 1
    r"(?:\\[a-zA-Z]+|[a-zA-Z])\s*(?:=|<|>|\\(?:le|ge|ne)\b)\s*-?\d[\d.^{}-]*|\d+\s*<\s*[^<>=]+"
)
POINTS = ("0.37", "0.61", "0.83")  # values of the letters, turned round for each letter
LETTERS = "xyhtuvwabcsnkz"


@dataclass(frozen=True)
class Equation:
    """A formula of a page that has a relation: where it stands, and whether a machine reads it."""

    line: int
    tex: str
    displayed: bool
    read: bool
    fault: str = ""
    marked: bool = False  # the page says that no machine reads it


@functools.cache
def _known() -> dict[str, Callable[..., Any]]:
    """Return f, f′ and f″ of the entries without parameters, by name with primes."""
    found: dict[str, Callable[..., Any]] = {}
    for record in catalog.records("scalar"):
        if not record.parameters:
            truth = Truth(record)
            names = {record.name, *({"sigma"} if record.name == "sigmoid" else ())}
            for name in names:
                for n in range(3):
                    found[name + "'" * n] = functools.partial(truth.value, n)
    found["Phi'"] = functools.partial(mp.diff, mp.ncdf)
    found["varphi'"] = functools.partial(mp.diff, mp.npdf)
    return found


@functools.cache
def _generic() -> dict[str, Callable[..., Any]]:
    """Return a smooth f and g in place of any, with derivatives, and the difference D of f at x."""

    def f(n: int, x: Any) -> Any:
        turned = mp.sin(x * mp.mpf("1.3") + n * mp.pi / 2) * mp.mpf("1.3") ** n
        return turned + mp.exp(x / 2) / 2**n

    def g(n: int, x: Any) -> Any:
        return mp.exp(-x / 3) * (-mp.mpf(1) / 3) ** n + (x + 2 if n == 0 else n == 1)

    found = {
        name + "'" * n: functools.partial(function, n)
        for name, function in (("f", f), ("g", g))
        for n in range(7)
    }
    return {**found, "Re": mp.re, "Im": mp.im}


def _shown(truth: Truth, n: int, x: Any) -> Any:
    """Return f, f′ or f″, and at a kink the slope that the code returns there."""
    returned = {c.at: c.slope for c in truth.record.corners} if n == 1 else {}
    return mp.mpf(returned[float(x)]) if float(x) in returned else truth.value(n, x)


def _defined(name: str, tex: str, functions: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return a function that a page defines by a formula, with its derivatives."""

    def value(x: Any) -> Any:
        return evaluate(tex, {"x": x}, functions)

    def slope(n: int, x: Any) -> Any:
        with mp.workdps(60):
            return mp.diff(value, x, n) if n else value(x)

    return {name + "'" * n: functools.partial(slope, n) for n in range(4)}


def _entry(page: str) -> Any:
    place = page.removeprefix("docs/")
    return next((r for r in catalog.records("scalar") if catalog.address(r) == place), None)


def is_entry(page: str) -> bool:
    """Say whether a page is the one of an entry, by its path from the root of the repository."""
    return _entry(page) is not None


def _letters(tex: str, bound: dict[str, Any]) -> set[str]:
    bare = re.sub(r"\\(?:operatorname|mathrm|text|begin|end)\{[^}]*\}|\\[a-zA-Z]+", " ", tex)
    return {c for c in re.findall(r"[a-zA-Z]", bare) if c in LETTERS and c not in bound}


def _judge(tex: str, names: dict[str, Any], functions: dict[str, Any]) -> tuple[bool, str]:
    """Return whether an equation is read, and what is wrong with it.

    Of an expansion that ends in dots, in O(hᵏ) or in a value at ξ, what is left out must vanish
    faster than the last term stated; a limit and an approximation are evaluated close by.
    """
    original = tex
    if re.search(r"-\s*(?:\\dots|O\()", tex):
        return True, f"`{tex}`: what is left out stands behind a plus"
    tex = re.sub(r"\\(?:begin|end)\{aligned\}|\\tag\{[^}]*\}|&(?==)", "", tex).strip().rstrip(".,;")
    tex = re.sub(r"\.\s*(?=\\end)", " ", tex)
    rough = 0  # the power of h in the last term that an expansion states
    small: dict[str, Any] = {}
    if re.search(r"\\dots\b|O\(h|\\xi", tex):
        tex = re.sub(r"[+-]\s*(?:\\dots|O\(h\^\d\))", "", tex)
        tex = re.sub(r"\\xi(?:_\\?\w+)?", "x", tex)
        rough = max([int(p or 1) for p in re.findall(r"(?<![a-z])h(?:\^(\d))?(?!\w)", tex)] or [1])
        rough += bool(re.search(r"O\(h", original)) * 3
    if limit := re.search(r"\\lim_\{(\w)\s*\\to\s*(\w)\}", tex):
        tex, small = tex.replace(limit[0], ""), {limit[1]: limit[2]}
    if "\\approx" in tex:
        tex, small = tex.replace("\\approx", "="), {"h": "0"}
    if re.search(
        r"\\(?:begin\{(?!cases)|to\b|Rightarrow|iff|text\{(?!otherwise)|lim|sum|int|qquad"
        r"|partial|ldots|dots|cdots|in\b|bar|nabla|mapsto)",
        tex,
    ):
        return False, ""
    if not re.search(r"(?<![a-z])x", tex):  # functions without their argument: tanh′ = 1 − tanh²
        bare = r"\\(sigma|tanh|tan|Phi|varphi)('*)(\^\d)?(?=\s*(?:$|[=+)-]|\())"
        tex = re.sub(bare, r"(\\\1\2(x))\3", tex)
    if "cases" in tex and not re.fullmatch(
        r"[^=<>]*=\s*\\begin\{cases\}.*\\end\{cases\}", tex, re.S
    ):
        return False, ""
    parts = tex.split("=", 1) if "cases" in tex else _STEP.split(tex)
    signs = ["="] if "cases" in tex else [m[0].lstrip("&") for m in _STEP.finditer(tex)]
    free = _letters(tex, names)
    if any(not part.strip() for part in parts) or len(parts) < 2:
        return False, ""
    alike = {
        frozenset(_letters(p, names) - ({"h", *small} if rough or small else set())) for p in parts
    }
    # A definition, or an equation to be solved, unless its sides turn out to be the same.
    stated = len(alike) == 1 or "=" not in signs
    if not free and functions["f"] is _generic()["f"] and re.search(r"[fg]'*\(", tex):
        return False, ""  # of any f, and at a number: it cannot be any
    if any(re.fullmatch(r"\s*(\\[a-z]+|[a-zA-Z])\s*", part) for part in parts) and not free:
        return False, ""  # a condition on a parameter
    for turn in range(len(POINTS)):
        here = {
            letter: mp.mpf(POINTS[(k + turn) % len(POINTS)])
            for k, letter in enumerate(sorted(free))
        }
        for letter, end in small.items():
            here[letter] = (mp.mpf(0) if end == "0" else here[end]) + mp.mpf("1e-9")
        if rough:
            here["h"] = mp.mpf("1e-4")
        try:
            with mp.workdps(50):
                values = [evaluate(part, {**names, **here}, functions) for part in parts]
        except (TexError, ZeroDivisionError, TypeError, ValueError):
            return False, ""
        for sign, one, two in zip(signs, values, values[1:], strict=False):
            if (mp.im(one) or mp.im(two)) and sign != "=":
                return False, ""
            room = mp.mpf("1e-15") if not small else mp.mpf("1e-7")
            if rough:
                room = mp.mpf("1e-4") ** rough / 30
            if _differ(sign, one, two, room):
                if not stated:
                    return False, ""
                at = ", ".join(f"{n} = {mp.nstr(v, 3)}" for n, v in here.items())
                sides = f"{mp.nstr(one, 9)} and {mp.nstr(two, 9)}"
                return True, f"`{tex}`: the sides are {sides}" + (f" at {at}" if at else "")
    return True, ""


def _differ(sign: str, one: Any, two: Any, room: Any) -> bool:
    """Say whether a relation fails between two values, an equality by more than the room."""
    if sign == "=":
        return bool(abs(one - two) > room * (1 + abs(one)))
    if sign in (r"\le", "<"):
        return bool(one > two or (sign == "<" and one == two))
    return bool(one < two or (sign == ">" and one == two))


def _fenced(fence: snippets.Fence) -> Equation:
    """Return the equation of a fence that says what its letters are."""
    try:
        meaning, _ = meanings.check(fence.code)
    except meanings.EquationError as error:
        return Equation(fence.line + error.line, fence.code.strip(), True, True, str(error))
    said = bool(meaning.unchecked)
    return Equation(fence.line, meaning.tex, True, not said, marked=said)


def _abbreviated(record: Any) -> dict[str, Callable[..., Any]]:
    """Return the functions that the forms of an entry abbreviate, such as the u of GELU's tanh."""
    x = sp.Symbol("x")
    return {
        name: sp.lambdify(x, sp.sympify(form, locals={"x": x}), "mpmath")
        for name, form in record.where.items()
        if "_" not in name and set(sp.sympify(form).free_symbols) <= {sp.Symbol("x")}
    }


def equations(page: str, text: str) -> Iterator[Equation]:
    """Yield the formulas of a page that have a relation, judged.

    Parameters
    ----------
    page : str
        Path of the page from the root of the repository.
    text : str
        Its Markdown.
    """
    record = _entry(page)
    names: dict[str, Any] = {"i": mp.mpc(0, 1)}
    functions = {**_known(), **_generic()}
    if record is not None:
        truth = Truth(record)
        names |= {record.symbols.get(n, n): mp.mpf(v) for n, v in record.parameters.items()}
        for n in range(3):
            for name in ("f", record.title):
                functions[name + "'" * n] = functools.partial(_shown, truth, n)
        functions |= _abbreviated(record)
    inside = {n for f in snippets.fences(text) for n in range(f.line, f.end + 1)}
    for fence in snippets.fences(text):
        if fence.header == meanings.LANGUAGE:
            yield _fenced(fence)
    lines = [("" if n in inside else s) for n, s in enumerate(text.splitlines(), 1)]
    bare = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), "\n".join(lines))
    heading = 0
    for match in re.finditer(r"\$\$(.+?)\$\$|(?<!\$)\$([^$\n]+)\$(?!\$)", bare, re.DOTALL):
        tex = match[1] or match[2]
        if not _RELATION.search(tex) or _CONDITION.fullmatch(tex.strip()):
            continue
        line = bare.count("\n", 0, match.start()) + 1
        if record is None:
            last = max((n for n, s in enumerate(lines[:line], 1) if s.startswith("#")), default=0)
            if last != heading:
                heading, functions = last, {**_known(), **_generic()}
            if made := re.fullmatch(r"([fg])\(x\) = ([^=<>fg]+?)[.,]?", tex.strip()):
                functions |= _defined(made[1], made[2], functions)
                yield Equation(line, tex.strip(), bool(match[1]), True)
                continue
        rows = [tex]
        if match[1]:
            rows = re.split(r",?\s*\\qquad(?:\\Rightarrow\s*\\qquad)?|\\text\{[^}]*\}", tex)
            if "cases" not in tex:
                rows = [part for row in rows for part in re.split(r"\\\\(?:\[[^\]]*\])?", row)]
        judged = [_judge(row, names, functions) for row in rows if _RELATION.search(row)]
        fault = next((why for _, why in judged if why), "")
        yield Equation(line, tex.strip(), bool(match[1]), all(read for read, _ in judged), fault)


def page_faults(page: str, text: str) -> Iterator[str]:
    """Yield the equations of a page whose sides differ."""
    for equation in equations(page, text):
        if equation.fault:
            yield f"{page}:{equation.line}: {equation.fault}"
