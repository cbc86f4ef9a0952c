"""A Markdown copy of every page, and ``llms.txt``, which lists them: for readers that are programs.

The copies are made from the built pages, so that they show what programs have printed and what
generated tables hold. They lie beside the pages, ``reference/kinks/index.md``.
"""

import html
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.utils.meta import get_data

from derivref.cache import cached

LIST = "llms.txt"
INTRODUCTION = """\
# {name}

> {description}

Each page has a Markdown copy beside it, index.md, with the output of its programs. Every formula,
number and program on it was checked by machine; about/ledger says how. The records behind the pages
are in [derivref.json]({root}assets/generated/derivref.json).
"""

_ARTICLE = re.compile(r'<article class="md-content__inner[^>]*>(.*)</article>', re.DOTALL)
_MATHS = re.compile(r"<derivref-math\b([^>]*)>.*?</derivref-math>", re.DOTALL)
_TEX = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
_DROPPED = (
    "nav, form, dialog, button, input, script, style, .headerlink, .no-print, .moved, .linenos"
)
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_LAYOUT = re.compile(r"\\(?:displaystyle|nobreak)\s+")  # in TeX, for the lines of derivations


class _Converter(MarkdownConverter):
    """HTML as this site has it."""

    def convert_svg(self, element: Any, text: str, parent_tags: Any) -> str:
        """A picture is what it shows, in words."""
        words = [part.get_text() for part in element.find_all(["title", "desc"])]
        return f"\n\n*Picture: {'. '.join(words)}*\n\n" if words else ""

    def convert_summary(self, element: Any, text: str, parent_tags: Any) -> str:
        """The line above what is folded."""
        return f"\n\n**{text.strip()}**\n\n"


def _language(element: Any) -> str:
    for parent in element.parents:
        for name in parent.get("class") or ():
            if name.startswith("language-"):
                return str(name.removeprefix("language-"))
    return ""


def markdown(page: str) -> str:
    """Return the Markdown of a built page.

    Parameters
    ----------
    page : str
        The HTML of a page with an article.

    Returns
    -------
    str
        Its article: formulas as TeX between dollar signs, programs in fences with their outputs
        below, pictures as their alternative texts.
    """
    found = _ARTICLE.search(page)
    article = found[1] if found else ""

    def compute() -> bytes:
        formulas: list[str] = []

        def keep(match: re.Match[str]) -> str:
            tex = _TEX.search(match[0])
            sign = "$$" if "display" in match[1] else "$"
            formulas.append(
                f"{sign}{_LAYOUT.sub('', html.unescape(tex[1])).strip() if tex else ''}{sign}"
            )
            mark = f"FORMULA{len(formulas) - 1}END"  # no Markdown to escape
            return f"<p>{mark}</p>" if sign == "$$" else mark

        soup = BeautifulSoup(_MATHS.sub(keep, article), "lxml")
        for element in soup.select(_DROPPED):
            element.decompose()
        for program in soup.select("table.highlighttable td.code pre"):  # its lines are numbered
            program.find_parents("table")[0].replace_with(program)
        converter = _Converter(heading_style="ATX", bullets="-", code_language_callback=_language)
        text = str(converter.convert_soup(soup))
        text = re.sub(r"FORMULA(\d+)END", lambda m: formulas[int(m[1])], text)
        parts = _FENCE.split(text)  # every other one is a program
        parts[::2] = [re.sub(r"\n{3,}", "\n\n", part) for part in parts[::2]]
        return ("".join(parts).strip() + "\n").encode()

    key = (article, Path(__file__).read_text("utf-8"), version("markdownify"))
    return cached("copies", key, compute).decode()


def copy(site: Path, config: MkDocsConfig) -> None:
    """Write the copies and their list into a built site.

    Parameters
    ----------
    site : Path
        The site.
    config : MkDocsConfig
        Its settings: the pages, the name, the description, and the address if it is known.
    """
    files = get_files(config)
    set_exclusions(files, config)
    root = config.site_url or ""
    lines = [
        INTRODUCTION.format(name=config.site_name, description=config.site_description, root=root)
    ]
    above = ""
    for file in sorted(
        files.documentation_pages(), key=lambda f: (f.src_uri != "index.md", f.src_uri)
    ):
        page = site / file.dest_uri
        copied = page.with_suffix(".md")
        copied.write_text(markdown(page.read_text("utf-8")), "utf-8")
        meta = get_data(file.content_string)[1]
        section = file.src_uri.partition("/")[0].removesuffix(".md").capitalize()
        section = {"Index": "Home", "Api": "API"}.get(section, section)
        if section != above:
            above = section
            lines.append(f"\n## {section}\n")
        name = copied.relative_to(site).as_posix()
        title = meta.get("title") or file.src_uri.removesuffix(".md")
        lines.append(f"- [{title}]({root}{name}): {meta.get('description', '').strip()}")
    (site / LIST).write_text("\n".join(lines) + "\n", "utf-8")
