"""Markdown extension: an ``equation`` fence becomes a displayed formula, once checked.

`derivref.site.lint.equations` has the format. A wrong equation stops the build with page and line;
one that says ``unchecked: why`` is shown with that.
"""

import html
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from derivref.site.fault import Fault
from derivref.site.lint import equations, snippets
from derivref.site.markdown.page import where


class _Equations(Preprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    """Replaces the fences before superfences sees them."""

    def run(self, lines: list[str]) -> list[str]:
        for fence in reversed(snippets.fences("\n".join(lines))):
            if fence.header != equations.LANGUAGE or fence.fault:
                continue
            try:
                meaning, _ = equations.check(fence.code)
            except equations.EquationError as error:
                row = fence.code.splitlines()[error.line - 1]
                raise Fault(f"{where(self.md, row)}{error}") from None
            header = lines[fence.line - 1]
            indent = header[: len(header) - len(header.lstrip())]
            shown = ["", "$$", *meaning.tex.splitlines(), "$$", ""]
            if meaning.unchecked:
                why = html.escape(meaning.unchecked)
                shown += [f'<p class="not-checked">Not checked by machine: {why}.</p>', ""]
            lines[fence.line - 1 : fence.end] = [indent + line for line in shown]
        return lines


class EquationExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Checked equations, for `markdown_extensions` of mkdocs.yml."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register the processor before the one of superfences (25)."""
        md.preprocessors.register(_Equations(md), "derivref-equation", 27)


def makeExtension(**options: Any) -> EquationExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return EquationExtension(**options)
