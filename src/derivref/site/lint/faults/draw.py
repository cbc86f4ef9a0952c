"""Every fault that can be planted by machine in the sources and pages, by class."""

import ast
import functools
import itertools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivref.site.lint import equations as meanings
from derivref.site.lint import snippets


@dataclass(frozen=True)
class Fault:
    """One change of a file: what stands there, what is put in its place, and who should see it."""

    kind: str
    file: str  # from the root of the repository, with slashes
    start: int  # character at which the old text begins
    old: str
    new: str
    line: int
    check: tuple[str, ...]  # ("record", name), ("page", file), ("literature",) or ("pytest", ...)

    def apply(self, text: str) -> str:
        """Return the file's text with the fault in it.

        Raises
        ------
        ValueError
            If the text does not have the old text at its place.
        """
        if not text.startswith(self.old, self.start):
            raise ValueError(f"{self.file}: no `{self.old}` at character {self.start}")
        return text[: self.start] + self.new + text[self.start + len(self.old) :]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: `{self.old}` → `{self.new}`"


# --- Python ---------------------------------------------------------------------------------------

_BINARY: dict[type, tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
}
_COMPARED: dict[type, tuple[str, str]] = {
    ast.Lt: ("<", ">"),
    ast.Gt: (">", "<"),
    ast.LtE: ("<=", ">="),
    ast.GtE: (">=", "<="),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
_NAMES = {
    **{
        a: b
        for p in (("low", "high"), ("left", "right"), ("min", "max"), ("any", "all"))
        for a, b in (p, p[::-1])
    },
    **{
        a: b
        for p in (
            ("float32", "float64"),
            ("sin", "cos"),
            ("minimum", "maximum"),
            ("before", "after"),
            ("below", "above"),
            ("lower", "upper"),
            ("numerator", "denominator"),
            ("f", "d"),
        )
        for a, b in (p, p[::-1])
    },
}
_TEXTS = {
    "[": "(",
    "]": ")",
    "f": "f′",
    "f′": "f",
    "f″": "f′",
    "minimum": "maximum",
    "maximum": "minimum",
    "top": "bottom",
    "bottom": "top",
    "least slope": "greatest slope",
    "greatest slope": "least slope",
    "∞": "−∞",
    "float64": "float32",
    "float32": "float64",
}


def python(
    text: str, inside: Callable[[ast.AST], bool] = lambda node: True
) -> Iterator[tuple[int, str, str]]:
    """Yield changes of a Python file as character, old and new text.

    Parameters
    ----------
    text : str
        The file.
    inside : callable
        Which top-level statements to change.
    """
    lines = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))

    def place(line: int, column: int) -> int:
        whole = text[lines[line - 1] : lines[line]]
        return lines[line - 1] + len(whole.encode()[:column].decode())

    def span(node: ast.expr) -> tuple[int, int]:
        return (
            place(node.lineno, node.col_offset),
            place(node.end_lineno or 0, node.end_col_offset or 0),
        )

    for top in ast.parse(text).body:
        if inside(top):
            for node in _changeable(top):
                yield from _changes(text, node, span)


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one that compute: no docstring, annotation, message or import."""
    skipped: tuple[type, ...] = (ast.Raise, ast.Import, ast.ImportFrom, ast.arg, ast.JoinedStr)
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, skipped):
                continue
            if name in ("annotation", "returns", "decorator_list"):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            yield child
            yield from _changeable(child)


def _changes(
    text: str, node: ast.AST, span: Callable[[ast.expr], tuple[int, int]]
) -> Iterator[tuple[int, str, str]]:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        yield from _between(text, span(node.left)[1], span(node.right)[0], *_BINARY[type(node.op)])
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        end, start = span(node.left)[1], span(node.comparators[0])[0]
        yield from _between(text, end, start, *_COMPARED[type(node.ops[0])])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        if not isinstance(node.operand, ast.Constant) or node.operand.value:
            yield span(node)[0], "-" if isinstance(node.op, ast.USub) else "not ", ""
    elif isinstance(node, ast.BoolOp):
        pair = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        yield from _between(text, span(node.values[0])[1], span(node.values[1])[0], *pair)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        start, end = span(node)
        value: Any = node.value
        if value and abs(value) < 1e6:
            yield start, text[start:end], repr(value + 1 if type(value) is int else 2 * value)
    elif isinstance(node, ast.Constant) and node.value in _TEXTS:
        start, end = span(node)
        yield start, text[start:end], repr(_TEXTS[node.value]).replace("'", '"')
    elif isinstance(node, ast.Name) and node.id in _NAMES and len(node.id) > 1:
        start, end = span(node)
        yield start, text[start:end], _NAMES[node.id]
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        end = span(node)[1]
        yield end - len(node.attr), node.attr, _NAMES[node.attr]
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) >= 2:
        for one, two in itertools.pairwise(node.elts):
            if isinstance(one, ast.Starred) or isinstance(two, ast.Starred):
                continue
            (a, b), (c, d) = span(one), span(two)
            short = "\n" not in text[a:d] and b - a < 40 and d - c < 40
            if short and text[a:b] != text[c:d] and isinstance(node.ctx, ast.Load):
                yield a, text[a:d], text[c:d] + text[b:c] + text[a:b]


def _between(text: str, start: int, end: int, old: str, new: str) -> Iterator[tuple[int, str, str]]:
    at = text.find(old, start, end)
    if at >= 0:
        yield at, old, new


GRIDS = {"linspace", "logspace", "geomspace", "arange", "default_rng", "range", "eye", "ones"}


def inputs(code: str) -> list[tuple[int, int]]:
    """Return where a program has its inputs: with others it is another program, and no wrong one.

    They are numbers and signs of numbers that are no part of a sum, product, power or index, and
    rows of them; and the arguments of what makes grids and random numbers.
    """
    starts = list(itertools.accumulate((len(s) for s in code.splitlines(True)), initial=0))
    lines = code.splitlines(True)

    def span(node: ast.expr) -> tuple[int, int]:
        def place(line: int, column: int) -> int:
            return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

        end = place(node.end_lineno or 0, node.end_col_offset or 0)
        return place(node.lineno, node.col_offset), end

    def constant(node: ast.AST) -> bool:
        named = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.List, ast.operator)
        array = {"np", "array"}
        return all(
            isinstance(n, (*named, ast.unaryop, ast.expr_context))
            or (isinstance(n, ast.Call) and ast.unparse(n.func) == "np.array")
            or {getattr(n, "id", ""), getattr(n, "attr", "")} & array
            for n in ast.walk(node)
        )

    found = []
    for parent in ast.walk(ast.parse(code)):
        grid = isinstance(parent, ast.Call) and ast.unparse(parent.func).rpartition(".")[2] in GRIDS
        for child in ast.iter_child_nodes(parent):
            if not isinstance(child, ast.expr):
                continue
            formula = isinstance(parent, ast.BinOp | ast.Subscript | ast.Slice | ast.UnaryOp)
            row = isinstance(parent, ast.For | ast.comprehension) and isinstance(
                child, ast.Tuple | ast.List
            )
            of_grid = grid and child is not getattr(parent, "func", None)
            if row or of_grid or (constant(child) and not formula):
                found.append(span(child))
    return found


# --- formulas and facts ---------------------------------------------------------------------------

_FORMULA = (  # changes of a formula in SymPy's language
    (r"(?<=[\w)]) \+ ", " - "),
    (r"(?<=[\w)]) - ", " + "),
    (r"\bsin\(", "cos("),
    (r"\bcos\(", "sin("),
    (r"(?<![\w.])2(?![\w.])", "3"),
    (r"(?<![\w.])4(?![\w.])", "2"),
    (r"(?<=\w)\*\*2", ""),
    (r"(?<!\*)\*(?!\*)", "/"),
    (r" < ", " > "),
    (r"-x\b", "x"),
)


def formula_changes(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield changes of a formula, as character, old and new text."""
    for pattern, new in _FORMULA:
        for match in re.finditer(pattern, source):
            yield match.start(), match[0], new


def records(path: Path, root: Path) -> Iterator[Fault]:
    """Yield the faults of a file of a family: formulas, arithmetic, facts beside the formula."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    tree = ast.parse(text)
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    for call in (n.value for n in tree.body if isinstance(n, ast.Expr)):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "add"):
            continue
        if len(call.args) != 3 or not isinstance(call.args[0], ast.Name):
            continue
        entry = f"{path.parent.name}.{call.args[0].id}"
        check = ("record", entry)
        for argument in call.args:
            body = functions[getattr(argument, "id", "")]
            for at, old, new in python(text, functools.partial(_begins, body.lineno)):
                yield _fault("arithmetic", text, name, at, old, new, check)
        for word in call.keywords:
            start = starts[word.value.lineno - 1]
            end = starts[word.value.end_lineno or 0]
            source = text[start:end]
            kind = "formulas" if word.arg in _FORMULAS else "facts"
            if word.arg in _FORMULAS:
                found = formula_changes(source)
            elif word.arg in _FACTS:
                found = itertools.chain(_words(source), _numbers(source))
            else:
                continue
            for at, old, new in found:
                yield _fault(kind, text, name, start + at, old, new, check)


_FORMULAS = {"expr", "form", "derivative", "second", "where", "relations"}
_FACTS = {"limits", "kinks", "domain", "excluded", "period", "tutorial", "use"}


def _begins(line: int, node: ast.AST) -> bool:
    return getattr(node, "lineno", 0) == line


def _numbers(source: str) -> Iterator[tuple[int, str, str]]:
    for match in re.finditer(r"(?<![\w.])-?(?:\d+\.?\d*|np\.inf)(?![\w.])", source):
        old = match[0]
        new = "0" if "inf" in old else {"0": "1", "0.0": "1.0", "1": "0", "2": "3"}.get(old)
        yield match.start(), old, new or (old + "5" if "." in old else f"{int(old) + 1}")


# --- prose ----------------------------------------------------------------------------------------

_PAIRS = (
    ("below", "above"),
    ("increasing", "decreasing"),
    ("convex", "concave"),
    ("even", "odd"),
    ("positive", "negative"),
    ("left", "right"),
    ("smaller", "larger"),
    ("less", "more"),
    ("before", "after"),
    ("half", "third"),
    ("twice", "three times"),
    ("first", "second"),
    ("rows", "columns"),
    ("always", "never"),
    ("rises", "falls"),
    ("largest", "smallest"),
    ("largest", "least"),
    ("least", "greatest"),
    ("outer", "inner"),
    ("underflows", "overflows"),
    ("forward", "backward"),
    ("sin", "cos"),
    ("truncation", "rounding"),
    ("lower", "upper"),
    ("float32", "float64"),
    ("minimum", "maximum"),
    ("numerator", "denominator"),
    ("bounded", "unbounded"),
    ("two", "three"),
    ("quarter", "third"),
)
_EITHER = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_WORD = re.compile(r"(?<![\w`.\-])(" + "|".join(map(re.escape, _EITHER)) + r")(?![\w`(\-])")


# Targets of links, citations, the expressions beside claims: their words are no prose.
_NO_PROSE = r"\]\([^)]*\)|\[@[^\]]*\]|\]\{[^}]*\}"


def _words(source: str) -> Iterator[tuple[int, str, str]]:
    for match in _WORD.finditer(source):
        yield match.start(), match[0], _EITHER[match[0]]


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page that are neither front matter nor in a fence, with their start."""
    lines = text.splitlines(True)
    begin = lines.index("---\n", 1) + 1 if lines[:1] == ["---\n"] else 0
    inside = {n for fence in snippets.fences(text) for n in range(fence.line, fence.end + 1)}
    at = 0
    for number, line in enumerate(lines, 1):
        if number > begin and number not in inside:
            yield at, line
        at += len(line)


def prose(path: Path, root: Path) -> Iterator[Fault]:
    """Yield faults of the words and numbers of a page, and of its equations."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    displayed = False
    for start, line in _outside(text):
        if line.strip().startswith("$$"):
            displayed = not displayed
        if line.startswith(("#", "|")) or not line.strip():
            continue
        if displayed:
            for at, old, new in _tex(line):
                yield _fault("equations", text, name, start + at, old, new, ("page", name))
            continue
        for at, old, new in _words(re.sub(_NO_PROSE, _blank, line)):
            yield _fault("prose", text, name, start + at, old, new, ("page", name))
        bare = re.sub(rf"{_NO_PROSE}|`[^`]*`|\{{[^}}]*\}}", _blank, line)
        for match in re.finditer(r"(?<![\w.^{])\d+(?![\w.])", bare):
            new = str(int(match[0]) + 1)
            yield _fault("prose", text, name, start + match.start(), match[0], new, ("page", name))
        for formula in re.finditer(r"(?<!\$)\$([^$\n]+)\$", line):
            for at, old, new in _tex(formula[1]):
                place = start + formula.start(1) + at
                yield _fault("inline formulas", text, name, place, old, new, ("page", name))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _tex(source: str) -> Iterator[tuple[int, str, str]]:
    for pattern, new in (
        (r"(?<=[\w)}]) \+ ", " - "),
        (r"(?<=[\w)}]) - ", " + "),
        (r"\\le\b", r"\\ge"),
        (r"\^2(?!\d)", "^3"),
        (r"\^3(?!\d)", "^2"),
        (r"f'(?!')", "f''"),
        (r"(?<=[{ (])2(?=[}hx\\])", "3"),
        (r"\\sin\b", r"\\cos"),
    ):
        for match in re.finditer(pattern, source):
            yield match.start(), match[0], new.replace(r"\\", "\\")


# --- proofs, programs, literature -----------------------------------------------------------------

_REASONS = (
    ("product rule", "quotient rule"),
    ("chain rule", "product rule"),
    ("addition", "product"),
    ("> 0", "< 0"),
    (r"\le", r"\ge"),
    ("continuity", "product of limits"),
    ("sum", "quotient"),
)


def _displayed(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield changes of a displayed equation: those of any formula, signs, indices, transposes."""
    yield from _tex(source)
    for match in re.finditer(r"(?<=[{ (\w])[-+](?=\w)", source):
        yield match.start(), match[0], {"+": "-", "-": "+"}[match[0]]
    for match in re.finditer(r"_\{(\w)(\w)\}", source):
        yield match.start(), match[0], f"_{{{match[2]}{match[1]}}}"
    for match in re.finditer(r"\^\\top(?![a-z])", source):
        yield match.start(), match[0], ""
    for match in re.finditer(r"(?<![\d^_{])[3-9](?!\d)", source):
        yield match.start(), match[0], "2"


def equations(path: Path, root: Path) -> Iterator[Fault]:
    """Yield faults of what the ``equation`` fences of a page show, and so checks by name."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    for fence in snippets.fences(text):
        if fence.header == meanings.LANGUAGE:
            tex = meanings.read(fence.code).tex
            begin = text.index(tex, starts[fence.line])
            for at, old, new in _displayed(tex):
                yield _fault("equations", text, name, begin + at, old, new, ("page", name))


def proofs(path: Path, root: Path) -> Iterator[Fault]:
    """Yield faults of the derivations of a page: lines, reasons, headers."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    for fence in snippets.fences(text):
        if not fence.header.startswith("derivation"):
            continue
        for number in range(fence.line + 1, fence.end):
            start, line = starts[number - 1], text[starts[number - 1] : starts[number]]
            formula, bar, reason = line.partition("|")
            header = re.match(r"\s*(domain|given|let|limit):", line)
            if re.match(r"\s*(id|title|functions):", line):
                continue
            found = _numbers(line) if header else formula_changes(formula)
            for at, old, new in found:
                yield _fault("proofs", text, name, start + at, old, new, ("page", name))
            for one, two in (p for pair in _REASONS for p in (pair, pair[::-1])):
                at = reason.find(one)
                if bar and at >= 0:
                    place = start + len(formula) + 1 + at
                    yield _fault("reasons", text, name, place, one, two, ("page", name))


def programs(path: Path, root: Path) -> Iterator[Fault]:
    """Yield faults of the visible programs of a page: what they compute, say and assert."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    for fence in snippets.fences(text):
        if fence.header != snippets.VISIBLE:
            continue
        begin = starts[fence.line]
        code = text[begin : starts[fence.end - 1]]
        if code != fence.code:
            continue  # indented
        given = inputs(code)
        for at, old, new in python(code):
            if any(a <= at < b for a, b in given):
                continue
            yield _fault("programs", text, name, begin + at, old, new, ("page", name))
        for match in re.finditer(r'"([a-z][a-z0-9 ]{2,18}) *"', code):
            for at, old, new in _words(match[0]):
                place = begin + match.start() + at
                yield _fault("labels", text, name, place, old, new, ("page", name))
        for match in re.finditer(r"#.*", code):
            for at, old, new in itertools.chain(_words(match[0]), _numbers(match[0])):
                place = begin + match.start() + at
                yield _fault("comments", text, name, place, old, new, ("page", name))


def literature(root: Path) -> Iterator[Fault]:
    """Yield faults of the bibliography and of the citations of pages."""
    path = root / "references.bib"
    text, check = path.read_text("utf-8"), ("literature",)
    for match in re.finditer(r"^  (\w+) = \{(.*)\},$", text, re.MULTILINE):
        field, value, at = match[1], match[2], match.start(2)
        if field == "year":
            yield _fault("literature", text, path.name, at, value, str(int(value) + 1), check)
        elif field == "author" and " and " in value:
            one, two, *rest = value.split(" and ")
            new = " and ".join([two, one, *rest])
            yield _fault("literature", text, path.name, at, value, new, check)
        elif field == "title":
            words = value.split(" ")
            if len(words) > 3:
                new = " ".join([*words[:1], *words[2:]])
                yield _fault("literature", text, path.name, at, value, new, check)
        elif field in ("doi", "eprint") and value[-1].isdigit():
            new = value[:-1] + str((int(value[-1]) + 1) % 10)
            yield _fault("literature", text, path.name, at, value, new, check)
    keys = re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)
    for page in sorted((root / "docs").rglob("*.md")):
        content, name = page.read_text("utf-8"), page.relative_to(root).as_posix()
        for match in re.finditer(r"\[@(\w+)\]", content):
            if match[1] in keys:
                new = keys[(keys.index(match[1]) + 7) % len(keys)]
                yield _fault("citations", content, name, match.start(1), match[1], new, check)


# --- the classes ----------------------------------------------------------------------------------

_SITE = "src/derivref/site/show"
CHECKED_BY = {  # what of the tools and generators is checked by which tests
    ("generators", f"{_SITE}/entries.py"): (
        "tests/site/show/test_shown.py",
        "tests/site/show/test_entries.py",
    ),
    ("generators", f"{_SITE}/figures.py"): (
        "tests/site/show/test_shown.py",
        "tests/site/show/test_figures.py",
    ),
    ("generators", f"{_SITE}/rules.py"): (
        "tests/site/show/test_shown.py",
        "tests/site/show/test_rules.py",
    ),
    ("generators", f"{_SITE}/bibliography.py"): ("tests/site/markdown/test_citations.py",),
    ("generators", f"{_SITE}/accuracy.py"): (
        "tests/site/show/test_shown.py",
        "tests/site/show/test_accuracy.py",
    ),
    ("generators", f"{_SITE}/differencing.py"): ("tests/site/show/test_differencing.py",),
    ("ledger and export", f"{_SITE}/ledger.py"): ("tests/site/show/test_ledger.py",),
    ("ledger and export", "src/derivref/verify/export.py"): (
        "tests/test_export.py",
        "tests/test_catalog.py",
    ),
    ("caches", f"{_SITE}/measured.py"): ("tests/test_cache.py", "tests/site/show/test_entries.py"),
    ("caches", "src/derivref/cache.py"): ("tests/test_cache.py",),
    ("tools", "src/derivref/stencils.py"): ("tests/test_stencils.py",),
    ("tools", "src/derivref/partials.py"): ("tests/test_partials.py",),
    ("tools", "src/derivref/dual.py"): ("tests/test_dual.py",),
    ("tools", "src/derivref/tape.py"): ("tests/test_tape.py",),
    **{
        ("tools", f"src/derivref/autodiff/{name}.py"): ("tests/test_arrays.py",)
        for name in ("arrays", "elementwise", "linalg", "products", "reductions")
    },
    ("tools", "src/derivref/autodiff/trace.py"): (
        "tests/test_tape.py",
        "tests/test_dual.py",
        "tests/test_arrays.py",
    ),
    ("tools", "src/derivref/differences.py"): ("tests/test_differences.py",),
    ("tools", "src/derivref/check.py"): ("tests/test_check.py",),
}


def _fault(
    kind: str, text: str, file: str, start: int, old: str, new: str, check: tuple[str, ...]
) -> Fault:
    line = text.count("\n", 0, start) + 1
    return Fault(kind, file, start, old, new, line, check)


def tested(root: Path) -> Iterator[Fault]:
    """Yield faults of the modules that tests check: tools, generators, ledger, caches."""
    for (kind, name), tests in CHECKED_BY.items():
        path = root / name
        if not path.is_file():
            continue
        text = path.read_text("utf-8")
        for at, old, new in python(text):
            yield _fault(kind, text, name, at, old, new, ("pytest", *tests))


def rules(path: Path, root: Path) -> Iterator[Fault]:
    """Yield the faults of a file of rules and statements: their sides, their hypotheses."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    for call in (n.value for n in ast.parse(text).body if isinstance(n, ast.Expr)):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "add"):
            continue
        facts = {word.arg: word.value for word in call.keywords}
        if not isinstance(facts.get("name"), ast.Constant):
            continue
        entry = f"{path.parent.name}.{ast.literal_eval(facts['name'])}"
        for word in ("left", "right", "domain", "given", "examples"):
            if word in facts:
                node = facts[word]
                start = starts[node.lineno - 1] + node.col_offset
                end = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
                for at, old, new in formula_changes(text[start:end]):
                    yield _fault("rules", text, name, start + at, old, new, ("record", entry))


def array_formulas(path: Path, root: Path) -> Iterator[Fault]:
    """Yield the faults of the TeX of a file of functions of arrays."""
    text, name = path.read_text("utf-8"), path.relative_to(root).as_posix()
    starts = list(itertools.accumulate((len(s) for s in text.splitlines(True)), initial=0))
    for call in (n.value for n in ast.parse(text).body if isinstance(n, ast.Expr)):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "add"):
            continue
        if not call.args or not isinstance(call.args[0], ast.Name):
            continue
        entry = f"{path.parent.name}.{call.args[0].id}"
        for word in call.keywords:
            if word.arg in ("formula", "slope") and isinstance(word.value, ast.Constant):
                start = starts[word.value.lineno - 1] + word.value.col_offset
                end = starts[(word.value.end_lineno or 1) - 1] + (word.value.end_col_offset or 0)
                for at, old, new in _displayed(text[start:end]):
                    check = ("record", entry)
                    yield _fault("formulas", text, name, start + at, old, new, check)


def every(root: Path) -> dict[str, list[Fault]]:
    """Return every fault that can be planted, by class."""
    found: dict[str, list[Fault]] = {}
    pages = [p for p in sorted((root / "docs").rglob("*.md")) if "api" not in p.parts]
    sources = sorted(
        p
        for family in ("activations", "elementary")
        for p in (root / "src/derivref" / family).glob("*.py")
    )
    streams = [
        *(records(path, root) for path in sources),
        *(rules(path, root) for path in sorted((root / "src/derivref/rules").glob("*.py"))),
        *(draw(page, root) for page in pages for draw in (prose, equations, proofs, programs)),
        *(
            array_formulas(path, root)
            for path in sorted((root / "src/derivref/layers").glob("*.py"))
        ),
        literature(root),
        tested(root),
    ]
    for fault in itertools.chain.from_iterable(streams):
        if fault.old != fault.new:
            found.setdefault(fault.kind, []).append(fault)
    return found


def drawn(root: Path, seed: int, kinds: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Yield faults in the order of a seed, the classes in turn, each fault once.

    Raises
    ------
    ValueError
        If there is no such class; the message names those there are.
    """
    found = every(root)
    if unknown := set(kinds) - found.keys():
        raise ValueError(f"no class `{min(unknown)}`; there are: {', '.join(sorted(found))}")
    rng = random.Random(seed)
    piles = {kind: rng.sample(found[kind], len(found[kind])) for kind in sorted(found)}
    for row in itertools.zip_longest(*(piles[k] for k in sorted(kinds or found))):
        yield from (fault for fault in row if fault is not None)
