"""Snippets are tests: find the fences of a page, say what is wrong with them, and run them.

A visible snippet is judged twice. As Markdown it is run in a fork, which is quick and names page
and line. As the built page shows it, it is run in a fresh interpreter, pasted from what the copy
button yields, and must print what stands below it.
"""

import ast
import difflib
import importlib
import importlib.util
import multiprocessing
import os
import platform
import re
import subprocess
import sys
import tempfile
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from derivref.cache import cached, digest
from derivref.site.fault import Fault
from derivref.site.lint import forked, needs

VISIBLE = 'python exec="on" source="block" result="text"'
HIDDEN = 'python exec="on" idprefix=""'
OPTIONS = {"exec": ["on"], "source": ["block"], "result": ["text"], "idprefix": [""]}
OTHERS = {
    *("bibtex", "console", "css", "html", "json", "latex", "markdown", "sh", "text", "toml"),
    "yaml",
}

# What every reader has: these packages, and the part of the standard library that only computes.
PACKAGES = {"numpy", "scipy"}
STANDARD = {
    *("cmath", "collections", "dataclasses", "decimal", "fractions", "functools", "itertools"),
    *("math", "operator", "statistics"),
}
WIDTH = 88
DIGITS = 10
LIMIT = 300.0  # seconds, against hanging: a snippet takes a tenth of one

_OPEN = re.compile(
    r"(?P<indent>[> ]*)(?P<marker>(?:[-*+]|\d+[.)]) +)?(?P<fence>`{3,}|~{3,})(?P<header>.*)"
)
_NUMBER = re.compile(r"(?<![\w.])(\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page: the line of its header, the header, and the dedented code."""

    line: int
    header: str
    code: str
    end: int
    fault: str = ""

    @property
    def python(self) -> bool:
        """Whether the header means Python, however it is spelt."""
        return bool(re.match(r"\{?\s*\.?py(thon3?|con|3)?\b", self.header, re.I))


def fences(text: str) -> list[Fence]:
    """Return the fences of a page, also those in tabs, admonitions, lists and quotes.

    What SuperFences passes over in silence (a fence not closed, or not in the same column
    throughout) is the last one returned and has a `fault`: what follows cannot be told apart.
    """
    lines = text.expandtabs(4).splitlines()
    found = []
    at = 0
    if lines and lines[0] == "---" and "---" in lines[1:]:
        at = lines.index("---", 1) + 1
    while at < len(lines):
        match = _OPEN.fullmatch(lines[at])
        if match is None or (match["fence"][0] == "`" and "`" in match["header"]):
            at += 1  # text, or code within a line
            continue
        fence = _fence(lines, at, match)
        found.append(fence)
        if fence.fault:
            break
        at = fence.end
    return found


def _fence(lines: list[str], at: int, match: re.Match[str]) -> Fence:
    indent = match["indent"] + " " * len(match["marker"] or "")
    code: list[str] = []
    end = at + 1
    fault = f"the fence is not closed: end it with `{match['fence']}` in the same column"
    for end, line in enumerate(lines[at + 1 :], at + 2):
        if line.rstrip() == indent + match["fence"]:
            fault = "begin the fence on a line of its own" if match["marker"] else ""
            break
        if line.strip(" >") and not line.startswith(indent):
            fault = f"the fence begins further to the right than its line {end}"
            break
        code.append(line[len(indent) :])
    return Fence(at + 1, match["header"].strip(), "\n".join(code) + "\n", end, fault)


def header_fault(header: str) -> str:
    """Return what is wrong with the header of a fence and what to write; empty if nothing is."""
    word = re.match(r"[\w+-]*", header)
    language = word[0] if word else ""
    if header in (VISIBLE, HIDDEN) or header in OTHERS or header == "equation":
        return ""
    if language == "derivation":
        return ""
    if not header:
        return "no language: write `text`"
    if not Fence(0, header, "", 0).python:
        if language in OTHERS:
            return f"`{header}`: write `{language}` alone"
        return f"unknown language `{header}`: write one of {', '.join(sorted(OTHERS))}"
    advice = f"write ```{VISIBLE} for a snippet, or ```{HIDDEN} for what generates Markdown"
    return f"`{header}`: {_python_header(header)}; {advice}"


def _python_header(header: str) -> str:
    if header.count('"') % 2 or header.count("'") % 2:
        return "a quote is not closed"
    options = re.findall(r"""([^\s="']+)(=("[^"]*"|'[^']*'|\S*))?""", header)[1:]
    for name, equals, value in options:
        if not equals:
            return f"`{name}` has no value"
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, 1)
            return f"unknown option `{name}`" + (f", did you mean `{near[0]}`?" if near else "")
        if value.strip("\"'") not in OPTIONS[name]:
            return f"`{name}` must be `{OPTIONS[name][0]}`, got {value}"
    if "exec" not in [name for name, *_ in options]:
        return "without `exec` it is shown and never run"
    return "nothing else is allowed"


def snippet_faults(code: str, tools: bool = False) -> list[tuple[int, str]]:
    """Return what is wrong with the code of a visible snippet, each with its line in the code.

    `tools` says that the page is about derivref itself and may import it.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return [(error.lineno or 1, f"invalid syntax: {error.msg}")]
    found = needs.faults(code)
    last: ast.stmt | None = tree.body[-1] if tree.body else None
    while isinstance(last, ast.For | ast.With):
        last = last.body[-1]
    if not isinstance(last, ast.Assert) or isinstance(last.test, ast.Constant):
        line = last.lineno if last else 1
        found.append((line, "a snippet ends in an `assert` of what it shows; add one as last line"))
    allowed = PACKAGES | STANDARD | ({"derivref"} if tools else set())
    for node in ast.walk(tree):
        for module in _imports(node):
            if module.partition(".")[0] not in allowed:
                hint = "NumPy, SciPy and the mathematical standard library only"
                if module.startswith("derivref"):
                    hint = "a page about our own tools says `tools: true` in its front matter"
                found.append((getattr(node, "lineno", 1), f"imports `{module}`: {hint}"))
        if isinstance(node, ast.Name) and node.id in ("exit", "quit", "SystemExit"):
            found.append((node.lineno, f"`{node.id}`: a snippet runs to its last line"))
    found += tolerance_faults(tree)
    for number, text in enumerate(code.splitlines(), 1):
        if len(text) > WIDTH:
            found.append((number, f"{len(text)} characters: break the line before {WIDTH}"))
        if "markdown-exec: hide" in text:
            found.append((number, "a snippet has no hidden lines"))
    return sorted(found)


def tolerance_faults(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the comparisons of NumPy that leave a tolerance unsaid, each with its line.

    By default `isclose` and `allclose` have ``rtol=1e-5`` and ``atol=1e-8``: 0 passes for any tiny
    number, and five digits for sixteen.
    """
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in ("isclose", "allclose", "assert_allclose"):
            continue
        if isinstance(owner, ast.Name) and owner.id in ("math", "cmath"):
            continue  # these have no absolute tolerance unless it is said
        said = {keyword.arg for keyword in node.keywords}
        missing = [t for i, t in enumerate(("rtol", "atol"), 3) if len(node.args) < i]
        if missing := [t for t in missing if t not in said]:
            told = " and ".join(f"`{t}`" for t in missing)
            found.append(
                (node.lineno, f"`{name}` does not say its {told}: 0 where it is not meant")
            )
    return found


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "."] if isinstance(node, ast.ImportFrom) else []


def hidden_faults(code: str) -> list[tuple[int, str]]:
    """Return what is wrong with a hidden fence: its syntax, and names that derivref lacks."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return [(error.lineno or 1, f"invalid syntax: {error.msg}")]
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("derivref"):
            continue
        try:
            module = importlib.import_module(node.module or "")
        except ModuleNotFoundError as error:
            found.append((node.lineno, f"no module `{error.name}`"))
            continue
        for alias in node.names:
            if not _has(module, alias.name):
                names = [name for name in dir(module) if not name.startswith("_")]
                near = difflib.get_close_matches(alias.name, names, 3) or sorted(names)
                found.append(
                    (
                        node.lineno,
                        f"`{node.module}` has no `{alias.name}`: it has {', '.join(near)}",
                    )
                )
    return found


def _has(module: types.ModuleType, name: str) -> bool:
    if hasattr(module, name):
        return True
    try:
        return importlib.util.find_spec(f"{module.__name__}.{name}") is not None
    except ModuleNotFoundError:
        return False


def output_faults(output: str) -> list[str]:
    """Return what is wrong with what a snippet prints."""
    if not output.strip():
        return ["prints nothing: `print` what matters"]
    return [
        f"prints {match[0]}: the last digits depend on the processor, print at most {DIGITS}"
        for match in _NUMBER.finditer(output)
        if len(match[1].replace(".", "").lstrip("0")) > DIGITS
    ]


def page_faults(text: str, tools: bool = False) -> list[tuple[int, str]]:
    """Return what is wrong with the fences of a page, each with its line in the page."""
    found = []
    for fence in fences(text):
        fault = fence.fault or header_fault(fence.header)
        if fault:
            found.append((fence.line, fault))
            continue
        faults = []
        if fence.header == VISIBLE:
            faults = snippet_faults(fence.code, tools)
        elif fence.header == HIDDEN:
            faults = hidden_faults(fence.code)
        found += [(fence.line + line, message) for line, message in faults]
    return found


# Running a fence of the Markdown: in a fork, so that nothing it does is seen by the next.

_fork = multiprocessing.get_context("forkserver")
# Warnings that other packages raise while they are imported are not the snippet's. pytest, because
# a child imports the program that started the fork server.
_fork.set_forkserver_preload(
    ["pytest", "numpy", "scipy.special", "sympy", "matplotlib.pyplot", __name__]
)


def run(code: str, name: str, folder: Path | None = None, limit: float = LIMIT) -> str:
    """Return what a fence prints: run in a process of its own, in `folder`, else an empty one.

    `name` is the file that tracebacks name; blank lines before the code make their lines agree.

    Raises
    ------
    Fault
        If it raises, warns, exits, prints nothing, writes past sys.stdout, or takes longer than
        `limit` seconds. The message has the name and the line.
    """
    where = str(folder) if folder else ""
    line, fault, printed = forked.run(_fork, code, name, where, limit)
    first = len(code) - len(code.lstrip("\n")) + 1
    if not fault and not printed.strip():
        fault = "prints nothing"
    if fault:
        raise Fault(f"{name}:{line or first}: {fault}")
    return printed


# Running a snippet of the built page: as its reader does.


@dataclass(frozen=True)
class Block:
    """A Python block of a built page as its copy button yields it, and the output shown below it.

    `output` is None for a block that was not executed.
    """

    code: str
    output: str | None


def copied(highlight: Tag) -> str:
    """Return what Material's copy button puts on the clipboard for a code block."""
    code = highlight.select_one("pre > code")
    if code is None:
        return ""
    # It takes `data-copy` of the nearest element that has it, else innerText, and trims the end.
    holder = next((tag for tag in [code, *code.parents] if "data-copy" in tag.attrs), None)
    return (str(holder["data-copy"]) if holder else code.get_text()).rstrip()


def blocks(article: Tag) -> Iterator[Block]:
    """Yield the Python blocks of a built page, without the signatures and sources of the API.

    The functions of an entry and its example are one program, as one of its buttons yields it.
    Those of other frameworks are run where these are installed.
    """
    for form in article.select("div.form:not(.recorded)"):
        parts = [copied(block) for block in form.select("div.language-python.highlight")]
        printed = form.select_one("div.result div.language-text.highlight pre > code")
        yield Block("\n\n\n".join(parts), printed.get_text() if printed else None)
    for highlight in article.select("div.language-python.highlight"):
        api = highlight.find_parent(class_="mkdocstrings-source")
        shown_above = highlight.find_parent(class_="form")
        if api or shown_above or "doc-signature" in highlight["class"]:
            continue
        result = highlight.find_next_sibling()
        output = None
        if result is not None and result.name == "div" and result.get("class") == ["result"]:
            shown = result.select_one("div.language-text.highlight pre > code")
            output = shown.get_text() if shown else ""
        yield Block(copied(highlight), output)


def article(html: str) -> Tag:
    """Return the content of a built page, without navigation."""
    found = BeautifulSoup(html, "lxml").select_one("article")
    if found is None:
        raise Fault("the built page has no <article>")
    return found


def paste(code: str, limit: float = LIMIT) -> str:
    """Return what a program prints in a fresh interpreter, in an empty directory.

    Raises
    ------
    Fault
        If it fails, warns, writes to stderr, or takes longer than `limit` seconds.
    """
    with tempfile.TemporaryDirectory() as temporary:
        empty, program = Path(temporary, "empty"), Path(temporary, "snippet.py")
        empty.mkdir()
        program.write_text(code + "\n", encoding="utf-8")
        command = [sys.executable, "-I", "-X", "utf8", "-W", "error", str(program)]
        env = {"PATH": os.defpath, "HOME": str(empty), "OPENBLAS_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                command,
                cwd=empty,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Fault(f"still running after {limit:g} s") from None
    errors = done.stderr.decode(errors="replace")
    if done.returncode:
        raise Fault(f"ends with code {done.returncode}:\n{errors}")
    if errors:
        raise Fault(f"writes to stderr, which the page does not show:\n{errors}")
    return done.stdout.decode()


def check_block(block: Block, tools: bool = False) -> None:
    """Run a block as pasted and compare; a pass is remembered until anything it depends on changes.

    Raises
    ------
    Fault
        If the block was not executed, breaks a rule of snippets, or prints anything else than what
        the page shows.
    """
    if block.output is None:
        raise Fault(f"a Python block is shown and was not executed:\n{block.code}")
    for line, message in snippet_faults(block.code, tools):
        raise Fault(f"line {line} of the snippet: {message}\n{block.code}")
    for message in output_faults(block.output):
        raise Fault(f"{message}\n{block.code}")
    cached("snippets", (block.code, block.output, _versions(block.code)), lambda: _compare(block))


def _compare(block: Block) -> bytes:
    try:
        printed = paste(block.code)
    except Fault as fault:
        raise Fault(f"pasted from the page, the snippet {fault}\n{block.code}") from None
    # Blank lines around a block are lost by the highlighter; everything else must agree.
    if printed.strip("\n") != str(block.output).strip("\n"):
        difference = "\n".join(
            difflib.unified_diff(
                str(block.output).splitlines(), printed.splitlines(), "page", "pasted", lineterm=""
            )
        )
        raise Fault(f"the page shows another output than the snippet prints: rebuild\n{difference}")
    return b"passed"


def _versions(code: str) -> str:
    parts = [sys.version, platform.platform(), metadata.version("numpy"), metadata.version("scipy")]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    if "derivref" in code:
        parts.append(digest())
    return "\0".join(parts)


def line_of(code: str, text: str) -> int:
    """Return the line of a page where a snippet stands, 0 if the page generates it."""
    lines = (fence.line for fence in fences(text) if fence.code.strip() == code.strip())
    return next(lines, 0)


def built_faults(text: str, article: Tag) -> list[tuple[int, str]]:
    """Return the fences that a built page has lost, each with its line in the Markdown."""
    shown = Counter(block.code.strip() for block in blocks(article) if block.output is not None)
    found = []
    for fence in fences(text):
        if fence.header == VISIBLE:
            shown[fence.code.strip()] -= 1
            if shown[fence.code.strip()] < 0:
                found.append((fence.line, "the built page does not show this snippet run"))
    for string in article.find_all(string=re.compile("```|~~~")):
        if string.find_parent("pre") is None:
            found.append((1, f"a fence is shown as text, not recognised: {string.strip()[:60]}"))
    return found
