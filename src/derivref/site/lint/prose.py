"""What a page says about itself, and whether the numbers in its prose were computed on it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from bs4 import Tag
from mkdocs.utils.meta import get_data

from derivref.site.lint.snippets import HIDDEN, fences
from derivref.site.markdown.claims import PARTS

DESCRIPTION = (50, 160)  # characters that a search engine shows

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w|\.\d)(?:[ \u00a0]?\\?%)?")
_TIMES_TEN = re.compile(r"\s*(?:\\times|\\cdot|[×·])\s*10(?:\^\{?(-?\d+)\}?|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_YEARS = range(1600, 2101)
# What looks like a number and is an address, a name or an exponent: in Markdown, and anywhere.
_MARKUP = re.compile(
    r"<!--.*?-->|</?[a-zA-Z][^>]*>|&#?\w+;|\]\([^)]*\)|\]\[[^\]]*\]|\[[@^][^\]]*\]|\{[:#.][^}]*\}"
    r"|https?://\S+|`+[^`]*`+"
)
_NAMES = re.compile(
    r"\^(?:\{[^{}]*\}|-?\d+)|_\{[^{}]*\}|\d+-bit|\d{4}-\d\d-\d\d"
    r"|\b(?:IEEE|ISO|RFC|[Vv]ersions?|[Ss]ections?|[Cc]hapters?|[Pp]ages?|Python|NumPy|SciPy|SymPy"
    r"|mpmath|PyTorch|JAX|TensorFlow|Keras)[ \u00a0]\d+(?:\.\d+)*"
)
_GROUPS = re.compile(r"(?<=\d)(?:,|_|\\,|\{,\}|[\u2009\u202f\u00a0])(?=\d{3}(?!\d))")


def front_matter(text: str) -> dict[str, object]:
    """Return the front matter of a page."""
    return dict(get_data(text)[1])


def front_matter_faults(text: str) -> list[str]:
    """Return what is wrong with the front matter of a page."""
    meta = front_matter(text)
    found = []
    description = str(meta.get("description", ""))
    low, high = DESCRIPTION
    if not description:
        found.append("no description: write `description: One sentence.` in the front matter")
    else:
        if not low <= len(description) <= high:
            size = len(description)
            found.append(f"the description must have {low} to {high} characters, got {size}")
        if not description.endswith(".") or re.search(r"[.!?] +[A-Z]", description):
            found.append(
                f"the description must be one sentence and end in a full stop: {description}"
            )
    if re.search(r"[$`]", str(meta.get("title", ""))):
        found.append(f"a title carries no maths and no code, got {meta['title']!r}")
    return found


def heading_faults(text: str) -> list[tuple[int, str]]:
    """Return what is wrong with the headings that a page writes itself, each with its line."""
    found = []
    level = 0
    for line, content in _outside_fences(text):
        match = _HEADING.fullmatch(content)
        if match is None:
            continue
        if re.search(r"[$`]", match[2]):
            found.append((line, f"a heading carries no maths and no code, got `{match[2]}`"))
        if len(match[1]) == 1 and level:
            found.append((line, "a page has one heading of the first level: use `##`"))
        level = len(match[1])
    return found


def outline_faults(article: Tag) -> list[str]:
    """Return what is wrong with the headings of a built page, the generated ones with them."""
    found = []
    before = 0
    for heading in article.find_all(re.compile("^h[1-6]$")):
        level, text = int(heading.name[1]), " ".join(heading.get_text().split())
        if level > before + 1:
            found.append(f"`{text}` is of level {level} after level {before}: a level is skipped")
        if level == 1 and before:
            found.append(f"`{text}` is a second heading of the first level")
        if heading.find("code") and "doc-heading" not in (heading.get("class") or ""):
            found.append(f"a heading carries no code, got `{text}`")
        before = level
    return found or ([] if before else ["the page has no heading"])


def number_faults(text: str, article: Tag) -> list[tuple[int, str]]:
    """Return the numbers of a page's prose that nothing computed on it, each with its line.

    A number of three or more significant digits in the Markdown (also in maths, in a hand-written
    table, in the caption that a hidden fence passes) must be a rounding of a number that the built
    page has beside it: in a snippet or its output, a generated table, a figure, an entry. Years,
    dates, versions, exponents, names such as float64 and what stands in backquotes are no such
    numbers. What the built page has no more often than the Markdown is prose, and no evidence.
    """
    prose = [
        (line, token)
        for line, content in _prose(text)
        for token in _numbers(_MARKUP.sub(" ", _asserted(content)))
    ]
    shown = Counter(_numbers("\n".join(_shown(article))))
    shown.subtract(token for _, token in prose)
    evidence = {_value(token) for token, count in shown.items() if count > 0}
    return [
        (line, f"{token} is computed nowhere on the page: print it in a snippet, or use words")
        for line, token in prose
        if _significant(token) >= 3
        and not (token.isdigit() and int(token) in _YEARS)
        and not any(_rounds(value, token) for value in evidence)
    ]


def _outside_fences(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page that are neither front matter nor in a fence."""
    lines = text.splitlines()
    start = lines.index("---", 1) + 1 if lines[:1] == ["---"] and "---" in lines[1:] else 0
    inside = {line for fence in fences(text) for line in range(fence.line, fence.end + 1)}
    for number, line in enumerate(lines[start:], start + 1):
        if number not in inside:
            yield number, line


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield what somebody wrote: the text, and the strings given to what generates Markdown."""
    yield from _outside_fences(text)
    for fence in fences(text):
        if fence.header == HIDDEN:
            for node in ast.walk(ast.parse(fence.code)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield fence.line + node.lineno, node.value


def _shown(tag: Tag) -> Iterator[str]:
    """Yield the text of a built page without what is shown twice, and without code in a line."""
    for child in tag.children:
        if not isinstance(child, Tag):
            yield str(child)
        elif "katex" in (child.get("class") or ""):
            tex = child.find("annotation")  # the source of the formula, kept by KaTeX
            yield tex.get_text() if tex else ""
        elif child.name == "pre":
            yield child.get_text()
        elif child.name not in ("code", "script", "style"):
            yield from _shown(child)


def _asserted(line: str) -> str:
    """Return a line without its claims in words, which are computed."""
    return PARTS.sub(lambda m: " " if m["span"] else m[0], line)


def _numbers(text: str) -> list[str]:
    text = text.replace("\u2212", "-")  # the minus sign of prose
    text = _TIMES_TEN.sub(lambda m: "e" + (m[1] or m[2].translate(_RAISED)), text)
    return _NUMBER.findall(_GROUPS.sub("", _NAMES.sub(" ", text)))


def _value(token: str) -> Decimal:
    return Decimal(token.rstrip("%\\ \u00a0"))


def _significant(token: str) -> int:
    mantissa = re.split("[eE%\\\\ \u00a0]", token)[0]
    if "." not in mantissa:
        mantissa = mantissa.rstrip("0")
    return len(mantissa.replace(".", "").lstrip("0"))


def _rounds(value: Decimal, token: str) -> bool:
    """Whether `value` rounded to the digits of `token` is the number that it means."""
    number = _value(token)
    if "." not in token:
        number = number.normalize()  # 12000 has two digits that count
    half = Decimal((0, (5,), int(number.as_tuple().exponent) - 1))
    scales = (1, 100) if token.endswith("%") else (1,)
    return any(abs(scale * value - number) <= half for scale in scales)


def built(page: Path, docs: Path, site: Path) -> Path:
    """Return the file that a page is built into."""
    folder = page.relative_to(docs).with_suffix("")
    return site / (folder.parent if folder.name == "index" else folder) / "index.html"
