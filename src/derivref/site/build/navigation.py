"""Write what of the navigation and of the API pages follows from the records and the modules.

``python -m derivref.site.build.navigation`` (``make nav``) brings both up to date; a test says when
they are not.
"""

import re
from pathlib import Path
from typing import Any

from derivref import catalog
from derivref.records import Family
from derivref.site.show.api import generated, lends, modules, sentence

CONFIG = Path("mkdocs.yml")
API = Path("docs/api")
BEGIN, END = "# written by make nav", "# to here"


def family_lines(family: Family[Any], indent: str) -> list[str]:
    """Return the lines of a family: its index, and below it the pages of its entries."""
    pages = [catalog.address(r).partition("#")[0] for r in family if not r.page]
    own = list(dict.fromkeys(p for p in pages if p != family.index))
    if not own:
        return [f"{indent}- {family.index}"]
    return [
        f"{indent}- {family.title}:",
        *(f"{indent}    - {page}" for page in [family.index, *own]),
    ]


def blocks() -> dict[str, list[str]]:
    """Return the written lines of each section of the navigation, by the section's title."""
    indent = " " * 6
    shown = [name for name in modules() if not lends(name)]
    found: dict[str, list[str]] = {"API": [f"{indent}- api/{name}.md" for name in shown]}
    for family in catalog.families():
        section = family.index.partition("/")[0].capitalize()
        if section == "Learn":
            continue  # its pages stand in reading order, by hand
        found.setdefault(section, []).extend(family_lines(family, indent))
    return found


def configured(text: str) -> str:
    """Return mkdocs.yml with its written blocks brought up to date.

    Raises
    ------
    ValueError
        If a section of the navigation has no such block.
    """
    for section, lines in blocks().items():
        pattern = rf"(  - {section}:\n(?:(?!  - ).*\n)*?      {BEGIN}\n)(?:.*\n)*?(      {END}\n)"
        if not re.search(pattern, text):
            raise ValueError(
                f"mkdocs.yml: below `- {section}:` there must be the lines `{BEGIN}`, `{END}`"
            )
        body = "".join(f"{line}\n" for line in lines)
        text = re.sub(pattern, rf"\g<1>{body}\g<2>", text)
    left = "".join(f"  api/{name}.md\n" for name in modules() if lends(name))
    return re.sub(r"(?<=\nnot_in_nav: \|\n)(?:  .*\n)*", left, text)


def stub(name: str) -> str:
    """Return the API page of a module: its docstrings, or the functions made from records."""
    said = sentence(name)
    families = {family.name: family for family in catalog.families()}
    title = families[name].title if name in families else name.replace("_", " ").capitalize()
    body = f"::: derivref.{name}\n"
    if generated(name):
        body = (
            f'```python exec="on" idprefix=""\nfrom derivref.site import functions\n\n'
            f'print(functions("{name}"))\n```\n'
        )
    return f"""\
---
title: {title}
description: "derivref.{name}: {said[0].lower()}{said[1:]}"
---

# {title}

{body}"""


def pages() -> dict[Path, str]:
    """Return the API pages that follow from the modules."""
    return {API / f"{name}.md": stub(name) for name in modules()}


def main() -> None:
    """Write both."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    CONFIG.write_text(configured(CONFIG.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
