"""What the scripts in benchmarks/ measured, for the tables that show it."""

import json
from functools import cache
from typing import Any

from derivref.site.fault import Fault
from derivref.site.markdown.page import find
from derivref.site.show.frame import grid

NAMES = {
    "torch": "PyTorch",
    "jax": "JAX",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "optax": "Optax",
    "scipy": "SciPy",
    "numpy": "NumPy",
    "numdifftools": "numdifftools",
    "jacobi": "jacobi",
    "findiff": "findiff",
    "sympy": "SymPy",
}


@cache
def measured(name: str) -> dict[str, Any]:
    """Return the data that ``benchmarks/<name>.py`` has written.

    Raises
    ------
    Fault
        If it is missing; the message has the command that writes it.
    """
    path = find(f"benchmarks/{name}.json")
    if path is None:
        raise Fault(f"benchmarks/{name}.json is missing: run `python benchmarks/{name}.py`")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def provenance(data: dict[str, Any]) -> str:
    """Return the line that says when and with which versions the data was measured."""
    versions = data["versions"]
    used = ", ".join(f"{shown} {versions[key]}" for key, shown in NAMES.items() if key in versions)
    return f"*Measured on {data['date']} with derivref {versions['derivref']}, {used}.*\n"


def differentiators() -> str:
    """Return how often each tool for derivatives is wrong on the random problems, and says so."""
    data = measured("derivative")
    rows = [
        (f"`{name}`", f"{found['bad']}", f"{found['silent']}", f"{found['evaluations']:.0f}")
        for name, found in data["tools"].items()
    ]
    head = ("tool", f"wrong, of {data['problems']}", "and silent", "evaluations")
    return f"{grid(head, rows, left=1)}\n{provenance(data)}"
