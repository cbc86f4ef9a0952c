"""Markdown extension: a ``derivation`` fence becomes lines of maths with reasons, once checked.

The lines, reasons and conditions are left to the page's own extensions for maths, links and
citations. A wrong line stops the build with page and line. `derivref.derivation` has the format.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.superfences import SuperFencesCodeExtension

from derivref.derivation import DIGITS, Derivation, DerivationError, Step, check, choices
from derivref.language.syntax import RELATIONS
from derivref.site.fault import Fault
from derivref.site.lint.snippets import Fence, fences
from derivref.site.markdown.page import current, where

_MARK = "derivref-derivation-"


@dataclass(frozen=True)
class Result:
    """A derivation of a page and how it was checked, for the ledger."""

    page: str
    line: int
    id: str
    title: str
    symbolic: int  # steps that SymPy proved, beside the values
    instances: int  # steps with values on concrete functions only
    numeric: int  # steps with values only
    theorem: int  # steps that rest on a theorem and were not checked
    points: int
    discrepancy: float  # the largest relative one


def worked(docs: Path) -> Iterator[tuple[str, Fence]]:
    """Yield each derivation of the pages below `docs`, with its page, in the order of the files."""
    for path in sorted(docs.rglob("*.md")):
        for fence in fences(path.read_text(encoding="utf-8")):
            if fence.header.split()[:1] == ["derivation"]:
                yield path.relative_to(docs).as_posix(), fence


def judge(page: str, fence: Fence) -> Result:
    """Check one derivation of a page.

    Raises
    ------
    Fault
        For the first fault, with page and line.
    """
    if fault := fence.fault or ("" if fence.header == "derivation" else _OPTIONS):
        raise Fault(f"{page}:{fence.line}: {fault}")
    try:
        derivation, steps = check(fence.code)
    except DerivationError as error:
        raise Fault(f"{page}:{fence.line + error.line}: {error}") from None
    kinds = Counter(step.kind for step in steps)
    return Result(
        page=page,
        line=fence.line,
        id=derivation.id,
        title=derivation.title,
        **{kind: kinds[kind] for kind in ("symbolic", "instances", "numeric", "theorem")},
        points=sum(step.points for step in steps),
        discrepancy=max(step.discrepancy for step in steps),
    )


def collect(docs: Path) -> list[Result]:
    """Check every derivation of the pages below `docs`.

    Raises
    ------
    Fault
        For the first fault, or for an id that occurs twice, with page and line.
    """
    results: dict[str, Result] = {}
    for page, fence in worked(docs):
        result = judge(page, fence)
        if result.id in results:
            first = results[result.id]
            raise Fault(f"{page}:{fence.line}: {first.page}:{first.line} has the id `{first.id}`")
        results[result.id] = result
    return list(results.values())


_OPTIONS = "a `derivation` fence takes no options"


def _validate(language: str, inputs: dict[str, str], *rest: Any) -> bool:
    if inputs:
        raise Fault(_OPTIONS)
    return True


def _format(src: str, language: str, options: Any, md: Markdown, **rest: Any) -> str:
    """Check a fence and leave a mark, which the tree processor replaces."""
    try:
        checked = check(src)
    except DerivationError as error:
        raise Fault(f"{_where(md, src, error.line)}{error}") from None
    found: list[tuple[Derivation, list[Step]]] = md.derivref_derivations
    found.append(checked)
    return f"{_MARK}{len(found) - 1}"


def _where(md: Markdown, source: str, line: int) -> str:
    file = current(md)
    for fence in fences(Path(file.abs_src_path).read_text(encoding="utf-8")) if file else ():
        if fence.code.strip() == source.strip():
            return f"{file.src_uri}:{fence.line + line}: "
    return where(md, source)


def _maths(parent: Element, tex: str) -> None:
    """Add a formula as Arithmatex does, for `derivref.site.markdown.maths`."""
    formula = SubElement(parent, "span", {"class": "arithmatex"})
    formula.text = AtomicString(rf"\displaystyle {tex}")


def build(element: Element, derivation: Derivation, steps: list[Step]) -> None:
    """Turn an element into the derivation, with Markdown in its texts."""
    element.tag, element.text = "div", None
    # A line too wide for a phone scrolls the whole, which therefore can be reached by keyboard.
    access = {"tabindex": "0", "role": "group", "aria-label": f"Derivation: {derivation.title}"}
    element.attrib = {"class": "derivation", "id": derivation.id} | access
    conditions = [f"${tex}$" for tex in derivation.conditions_tex()]
    if derivation.reals:
        conditions.insert(0, "real " + ", ".join(f"*{name}*" for name in derivation.reals))
    if conditions:
        SubElement(element, "p", {"class": "given"}).text = f"For {', '.join(conditions)}:"
    kinds = ["", *(step.kind for step in steps)]
    for line, kind in zip(derivation.lines, kinds, strict=True):
        row = SubElement(element, "div", {"class": "step"})
        if kind == "theorem":
            row.set("class", "step unchecked")
        # KaTeX breaks long lines, but not after the sign that the line begins with.
        relation = rf"{RELATIONS[line.relation]} \nobreak " if kind else ""
        _maths(SubElement(row, "div", {"class": "line"}), relation + derivation.line_tex(line))
        if line.reason:
            SubElement(row, "div", {"class": "reason"}).text = line.reason
    SubElement(element, "p", {"class": "verdict"}).text = verdict(derivation, steps)


def verdict(derivation: Derivation, steps: list[Step]) -> str:
    """Return the sentence that says how the steps were checked, in Markdown."""
    kinds = Counter(step.kind for step in steps)
    functions = ", ".join(f"*{name}*" for name in derivation.functions)
    ways = {
        "symbolic": "symbolically",
        "instances": f"on {len(list(choices(derivation.functions)))} choices of {functions}",
        "numeric": "numerically",
    }
    parts = [
        f"{kinds[kind]} step{'s' if kinds[kind] > 1 else ''} {way}"
        for kind, way in ways.items()
        if kinds[kind]
    ]
    points = sum(step.points for step in steps)
    tried = ", ".join(derivation.tried_text())
    text = f"Checked by machine: {', '.join(parts)}; {points} pairs of values to {DIGITS} digits"
    text += f", with {tried}." if tried else "."
    theorems = [line.theorem for line in derivation.lines if line.theorem]
    if theorems:
        text = text if parts else ""
        text += f" Not checked by machine: {'; '.join(theorems)}."
    return text.strip()


class _Derivations(Treeprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """Puts the derivations where their marks are, before the inline patterns run."""

    def run(self, root: Element) -> None:
        stash = self.md.htmlStash
        marks = {
            stash.get_placeholder(k): int(block.removeprefix(_MARK))
            for k, block in enumerate(stash.rawHtmlBlocks)
            if isinstance(block, str) and re.fullmatch(rf"{_MARK}\d+", block)
        }
        for element in list(root.iter()):
            mark = (element.text or "").strip()
            if mark in marks:
                element.text = None
                target = element if element.tag == "p" else Element("div")
                if target is not element:
                    element.insert(0, target)
                build(target, *self.md.derivref_derivations[marks.pop(mark)])
        if marks:
            raise Fault(f"{where(self.md, '```derivation')}set a derivation in a block of its own")


class DerivationExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Checked derivations, for `markdown_extensions` of mkdocs.yml beside superfences."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register with `md`."""
        self.md = md
        self.added = False
        md.registerExtension(self)
        # Before the inline patterns (20), which then see lines and reasons.
        md.treeprocessors.register(_Derivations(md), "derivref-derivation", 21)

    def reset(self) -> None:
        """Begin a page; the first time superfences is there, whatever the order of extensions."""
        self.md.derivref_derivations = []
        if self.added:
            return
        for extension in self.md.registeredExtensions:
            if isinstance(extension, SuperFencesCodeExtension):
                extension.extend_super_fences("derivation", _format, _validate, None)
                self.added = True


def makeExtension(**options: Any) -> DerivationExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return DerivationExtension(**options)
