"""Claims in words: ``[above 1]{gelu.d.sup}`` is shown as "above 1".

`derivref.site.lint.spans` holds the words against what the expression gives; a page has a claim
where a formula, code in the line or a program has none.
"""

import re

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

_INNER = r"(?:[^\[\]\n]|\[[^\[\]\n]*\]|\n(?!\s*\n))"
SPAN = rf"(?<!\\)\[(?P<said>{_INNER}+?)\]\{{(?P<expr>(?![#:. ])(?:[^{{}}\n]|\n(?!\s*\n))+)\}}"
PARTS = re.compile(
    rf"(?P<code>`+[^`]*`+)|(?P<math>\$\$.*?\$\$)|(?P<span>{SPAN})|(?P<tex>\$[^$\n]+\$)", re.DOTALL
)


def plain(text: str) -> str:
    """Return a text with the words of its claims alone, as a reader sees it."""
    return PARTS.sub(lambda m: m["said"] if m["span"] else m[0], text)


class _Claims(Preprocessor):  # type: ignore[misc]  # Python-Markdown is untyped
    def run(self, lines: list[str]) -> list[str]:
        if hasattr(self.md, "_original_md"):
            return lines  # generated: a style sheet in it may look the same
        return plain("\n".join(lines)).split("\n")


class ClaimsExtension(Extension):  # type: ignore[misc]  # Python-Markdown is untyped
    """Takes the expressions away."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register the preprocessor, after superfences (25) has taken the programs out."""
        md.preprocessors.register(_Claims(md), "derivref-claims", 24)


def makeExtension(**options: object) -> ClaimsExtension:  # noqa: N802  # Python-Markdown's name
    """Return the extension."""
    return ClaimsExtension(**options)
