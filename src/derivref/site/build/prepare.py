"""Write what the site serves beside its pages into ``docs/assets/generated/``.

It runs before a build or a serve and never during one: MkDocs watches the folder. A file is
written only if its content changes.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from hatchling.build import build_wheel

from derivref import catalog
from derivref.oracle import Check
from derivref.site.build import cards, fonts
from derivref.site.show.accuracy import told
from derivref.site.show.measured import kept, verified
from derivref.site.show.tabs import FOLDER, downloads
from derivref.verify.export import to_dict

OUTPUT = Path("docs/assets/generated")


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


def code() -> dict[str, bytes]:
    """Return the programs that readers download from the entries."""
    return {f"code/{name.removeprefix(FOLDER + '/')}": text for name, text in downloads().items()}


def pictures() -> dict[str, bytes]:
    """Return the pictures that stand for entries where their addresses are shared."""
    folder = OUTPUT.relative_to("docs").as_posix()
    return {name.removeprefix(f"{folder}/"): data for name, data in cards.cards().items()}


def prepare(output: Path = OUTPUT) -> None:
    """Bring `output` up to date: write what changed, remove what is no longer made.

    Raises
    ------
    FileNotFoundError
        If ``node_modules`` lacks a package: ``make setup`` installs it.
    """
    modules = Path("node_modules")
    files = {
        **fonts.maths(modules),
        **fonts.text(modules),
        **wheel(),
        **export(),
        **code(),
        **pictures(),
    }
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
