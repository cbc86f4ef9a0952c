"""Programs of other frameworks on the pages, and what the frameworks return at kinks.

No framework is installed for a build: ``benchmarks/frameworks.py`` runs the programs as the pages
show them, and a page with one that it has not run stops the build.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from derivref import catalog
from derivref.records import Scalar
from derivref.site.fault import Fault
from derivref.site.lint.snippets import fences
from derivref.site.markdown.page import find
from derivref.site.show.benchmarks import measured, provenance
from derivref.site.show.frame import grid, link

NAMES = {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow", "keras": "Keras"}
PAGE = "reference/frameworks.md"
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


MODES = {
    "forward": "forward",
    "compiled": "compiled",
    "float32": "float32",
    "bfloat16": "bfloat16",
}
_COARSE = 2.0**-7  # relative: what bfloat16 resolves


def number(text: str) -> float:
    """Return the number that a cell shows; what is none, such as an error, is NaN."""
    try:
        return float(text.replace("−", "-").replace("∞", "inf"))
    except ValueError:
        return float("nan")


def same(one: str, other: str, within: float = 1e-5) -> bool:
    """Return whether two cells show one number."""
    a, b = number(one), number(other)
    if a != a or b != b:
        return one == other
    return a == b or abs(a - b) <= within * max(1.0, abs(a), abs(b))


def allowed(sides: Sequence[str], text: str) -> bool | None:
    """Return whether a returned number lies between the one-sided slopes.

    Parameters
    ----------
    sides : sequence of str
        The slopes from the left and the right, none if they are not known. One that does not exist,
        outside the domain, is NaN: then the other one alone is right.
    text : str
        What was returned.

    Returns
    -------
    bool or None
        None where no slope is known, or an error was raised.
    """
    slopes = [v for v in map(number, sides) if v == v]
    value = number(text)
    if not slopes or text.startswith("raises"):
        return None
    if value != value:
        return False
    margin = 1e-5 * max(1.0, *(abs(v) for v in slopes if abs(v) < float("inf")), 0.0)
    return min(slopes) - margin <= value <= max(slopes) + margin


def disagree(row: Mapping[str, Any]) -> bool:
    """Return whether two frameworks return different slopes at a point."""
    first, *others = [seen["float64"] for seen in row["seen"].values()]
    return any(not same(first, other) for other in others)


def cell(row: Mapping[str, Any], key: str) -> str:
    """Return what a framework gives at a point: the slope in float64, and modes that differ."""
    seen = row["seen"].get(key)
    if seen is None:
        return ""
    shown = seen["float64"].replace("raises ", "")
    shown = f"**{shown}**" if allowed(row["sides"], seen["float64"]) is False else shown
    apart: dict[str, list[str]] = {}
    for mode, name in MODES.items():
        within = _COARSE if mode == "bfloat16" else 1e-5
        if not same(seen[mode], seen["float64"], within) and "raises" not in seen[mode]:
            apart.setdefault(seen[mode], []).append(name)
    more = "".join(f"; {value} {', '.join(modes)}" for value, modes in apart.items())
    return f'{shown}<span class="apart">{more}</span>' if more else shown


def between(sides: Sequence[str]) -> str:
    """Return the one-sided slopes as the table shows them: "0 … 1", "1", or "–"."""
    if not sides:
        return "–"
    left, right = ("" if side == "NaN" else side for side in sides)
    if left == right or not (left and right):
        return left or right or "–"
    return f"{left} … {right}"


def framework_kinks(group: str = "") -> str:
    """Return the tables of slopes that frameworks give at delicate points, disagreements first.

    Parameters
    ----------
    group : str
        One group of points alone, without headings.

    Raises
    ------
    Fault
        If there is no such group.
    """
    data = measured("frameworks")
    rows = data["kinks"]
    if group:
        return f"{_table(group, rows)}\n{provenance(data)}"
    verdicts = [
        allowed(row["sides"], seen["float64"]) for row in rows for seen in row["seen"].values()
    ]
    wrong = [
        row
        for row in rows
        if row["sides"]
        and row["sides"][0] == row["sides"][1] not in ("∞", "−∞", "NaN")
        and any(allowed(row["sides"], seen["float64"]) is False for seen in row["seen"].values())
    ]
    text = [
        f"{len(rows)} points, {len(verdicts)} answers: at {sum(map(disagree, rows))} points the "
        f"frameworks differ, and {verdicts.count(False)} answers are no slope from any side, "
        f"**set bold**. At {len(wrong)} points there is one slope, and at least one framework "
        "returns another number or NaN.\n"
    ]
    for name in dict.fromkeys(row["group"] for row in rows):
        text += [f"### {name} {{#in-frameworks-{_anchor(name)}}}\n", _table(name, rows)]
    return "\n".join([*text, provenance(data)])


def _table(group: str, rows: Sequence[Mapping[str, Any]]) -> str:
    own = sorted((r for r in rows if r["group"] == group), key=lambda row: not disagree(row))
    if not own:
        raise Fault(f"framework_kinks: no points are called `{group}`")
    cells = [
        [f"`{r['function']}`", r["at"], between(r["sides"]), *(cell(r, key) for key in NAMES)]
        for r in own
    ]
    table = grid(["function", "at", "slopes", *NAMES.values()], cells, left=1)
    return f"<div data-search-exclude markdown>\n\n{table}\n</div>\n"  # numbers, 3 kB of them


AGREE = 1e-8  # relative, in float64


def framework_operators() -> str:
    """Return what calls of frameworks are from our layers and losses, backward passes included."""
    data = measured("frameworks")
    found = [
        (catalog.get(name), NAMES[key], float(far))
        for name, all_ in data["operators"].items()
        for key, far in all_.items()
    ]
    near = [far for *_, far in found if far <= AGREE]
    records = {record.full_name for record, _, far in found if far <= AGREE}
    text = (
        f"{len(near)} calls for {len(records)} layers and losses return our values and cotangents, "
        f"but for {max(near):.0e} of the largest component at most. "
        f"{len(found) - len(near)} are another function:\n\n"
    )
    rows = [
        [link(record, PAGE), f"`{record.frameworks[name]}`", f"{far:.0e}"]
        for record, name, far in found
        if far > AGREE
    ]
    return text + grid(["here", "there", "apart by"], rows, left=2) + "\n" + provenance(data)


def _anchor(group: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", group.lower())[:3])
