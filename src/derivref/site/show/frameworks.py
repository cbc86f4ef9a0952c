"""Programs of other frameworks on the pages, and what the frameworks return at kinks.

No framework is installed for a build: ``benchmarks/frameworks.py`` runs the programs as the pages
show them, and a page with one that it has not run stops the build.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from derivref.records import Scalar
from derivref.site.fault import Fault
from derivref.site.lint.snippets import fences
from derivref.site.markdown.page import find
from derivref.site.show.benchmarks import measured, provenance
from derivref.site.show.frame import grid

NAMES = {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow"}
_IMPORT = re.compile(rf"(?:import|from) ({'|'.join(NAMES)})\b", re.M)


def programs(page: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, framework and code of each program of another framework on a page."""
    for fence in fences(page.read_text(encoding="utf-8")):
        used = _IMPORT.search(fence.code)
        if fence.header == "text" and used:
            yield fence.line, used[1], fence.code


def digest(code: str) -> str:
    """Return what identifies a program."""
    return hashlib.sha256(code.strip().encode()).hexdigest()[:16]


def framework_programs(page: str) -> str:
    """Return the line that says with which versions the programs of a page were run.

    Parameters
    ----------
    page : str
        Path of the page, below docs/.

    Raises
    ------
    Fault
        If the page has no program, or one that was not run as it stands.
    """
    path = find(f"docs/{page}")
    if path is None:
        raise Fault(f"framework_programs: there is no page docs/{page}")
    data = measured("frameworks")
    shown = list(programs(path))
    if not shown:
        raise Fault(f"framework_programs: docs/{page} has no program of {', '.join(NAMES)}")
    for line, _, code in shown:
        if digest(code) not in data["programs"]:
            raise Fault(
                f"docs/{page}:{line}: this program was not run as it stands: "
                "run `python benchmarks/frameworks.py` where the frameworks are installed"
            )
    used = {framework for _, framework, _ in shown}
    versions = ", ".join(
        f"{name} {data['versions'][key]}" for key, name in NAMES.items() if key in used
    )
    return f"*Run as shown on {data['date']} with {versions}.*\n"


def recorded(record: Scalar) -> list[tuple[str, str, str, str]]:
    """Return what the recorder has run for an entry: key, name, program and what is said of it.

    The data may have ``"entries": {"activations.gelu": {"torch": "import torch ..."}}``: programs
    that give f, f′ and f″ and were run with the versions that the data name. Without a recording
    there is nothing.
    """
    data = measured("frameworks")
    found = data.get("entries", {}).get(record.full_name, {})
    return [
        (key, name, found[key], f"Run with {name} {data['versions'][key]} on {data['date']}.")
        for key, name in NAMES.items()
        if key in found
    ]


def framework_kinks() -> str:
    """Return the table of slopes that frameworks give where a function has none, or no finite."""
    data = measured("frameworks")
    head = ["function", "at", *NAMES.values()]
    rows = [
        [f"`{row['function']}`", row["at"], *(row.get(key, "") for key in NAMES)]
        for row in data["kinks"]
    ]
    return f"{grid(head, rows, left=1)}\n{provenance(data)}"
