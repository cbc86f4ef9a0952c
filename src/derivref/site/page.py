"""Which page a Markdown conversion belongs to, for messages and for links."""

from pathlib import Path
from typing import Any

from markdown import Markdown


def links(md: Markdown) -> Any:
    """Return MkDocs' link processor of the page that `md` converts, None outside a build.

    It is the only place where a conversion knows its page. The conversions that markdown-exec
    nests in a page have none of their own and point to the page's.
    """
    md = getattr(md, "_original_md", md)
    known = md.treeprocessors  # Python-Markdown's registry has no `get`
    return known["relpath"] if "relpath" in known else None  # noqa: SIM401


def where(md: Markdown, text: str) -> str:
    """Return ``"page.md:line: "`` for the first place where the page's source has `text`.

    The line is left out where the source does not have it (generated Markdown), and all of it
    outside a build.
    """
    processor = links(md)
    if processor is None:
        return ""
    source = Path(processor.file.abs_src_path).read_text(encoding="utf-8")
    # A block inside a tab or a list is dedented before it is converted: try its first line too.
    for part in (text.strip(), text.strip().partition("\n")[0]):
        before, found, _ = source.partition(part)
        if found:
            return f"{processor.file.src_uri}:{before.count(chr(10)) + 1}: "
    return f"{processor.file.src_uri}: "
