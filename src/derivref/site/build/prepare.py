"""Write what the site serves beside its pages into ``docs/assets/generated/``.

It runs before a build or a serve and never during one: MkDocs watches the folder. A file is
written only if its content changes.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.build import build_wheel

from derivref import catalog
from derivref.oracle import Check
from derivref.site.show.accuracy import told
from derivref.site.show.measured import kept, verified
from derivref.verify.export import to_dict

OUTPUT = Path("docs/assets/generated")

# The style sheets of the text fonts, from npm packages, in the order in which they are joined.
FONTS = (
    "@fontsource-variable/source-serif-4/wght.css",
    "@fontsource-variable/source-serif-4/wght-italic.css",
    "@fontsource-variable/source-sans-3/wght.css",
    "@fontsource-variable/source-sans-3/wght-italic.css",
    "@fontsource-variable/source-code-pro/wght.css",
    "@fontsource-variable/source-code-pro/wght-italic.css",
)
SCRIPTS = ("latin", "latin-ext", "greek")  # what the pages are written in

_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_WOFF2 = re.compile(r"""url\(\s*['"]?([^'")]+\.woff2)['"]?\s*\)""")


def _faces(css: Path, prefix: str) -> Iterator[tuple[str, str, Path]]:
    """Each @font-face of a style sheet: its text with the one WOFF2 source, and that file."""
    for face in _FACE.findall(css.read_text("utf-8")):
        name = _WOFF2.search(face)
        if not name:
            raise ValueError(f"{css}: a @font-face without a WOFF2 file; choose another sheet")
        file = css.parent / name[1]
        source = f'src:url({prefix}{file.name}) format("woff2")'
        yield face, re.sub(r"src:[^;}]*", source, face), file


def maths(modules: Path) -> dict[str, bytes]:
    """Return KaTeX's style sheet and its fonts, WOFF2 alone: every browser in use reads it."""
    sheet = modules / "katex/dist/katex.min.css"
    css, files = sheet.read_text("utf-8"), {}
    for face, short, file in _faces(sheet, "fonts/"):
        css = css.replace(face, short)
        files[f"katex/fonts/{file.name}"] = file.read_bytes()
    return {"katex/katex.css": css.encode(), **files}


def fonts(modules: Path) -> dict[str, bytes]:
    """Return one style sheet for the text fonts and the files it names, for `SCRIPTS` alone."""
    css, files = "", {}
    for name in FONTS:
        for _, face, file in _faces(modules / name, ""):
            if re.search(rf"-({'|'.join(SCRIPTS)})-(?!ext)", file.name):
                css += face + "\n"
                files[f"fonts/{file.name}"] = file.read_bytes()
    return {"fonts/fonts.css": css.encode(), **files}


def wheel() -> dict[str, bytes]:
    """Return the wheel of derivref itself, which the pages about its tools install."""
    with tempfile.TemporaryDirectory() as folder:
        name = build_wheel(folder)
        return {name: (Path(folder) / name).read_bytes()}


def _catalogue() -> dict[str, Any]:
    """Return the catalogue, its checks as the pages show them: each runs once."""
    records = ((record, catalog.address(record)) for record in catalog.records())
    return to_dict(records, lambda record: verified(record.full_name))


def export() -> dict[str, bytes]:
    """Return every record as JSON, with bounds in place of the errors on this machine."""
    data = kept("export", (), _catalogue)
    for entry in data["entries"]:
        for check in entry["checks"]:
            check["worst"] = told(catalog.get(f"{entry['family']}.{entry['name']}"), Check(**check))
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    return {"derivref.json": text.encode() + b"\n"}


def prepare(output: Path = OUTPUT) -> None:
    """Bring `output` up to date: write what changed, remove what is no longer made.

    Raises
    ------
    FileNotFoundError
        If ``node_modules`` lacks a package: ``make setup`` installs it.
    """
    modules = Path("node_modules")
    files = {**maths(modules), **fonts(modules), **wheel(), **export()}
    for name, content in files.items():
        path = output / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in output.rglob("*"):
        if path.is_file() and path.relative_to(output).as_posix() not in files:
            path.unlink()


if __name__ == "__main__":
    os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")
    prepare()
