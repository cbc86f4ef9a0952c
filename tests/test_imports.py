"""What an import loads, and which way the dependencies point."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import derivref

ROOT = Path(derivref.__file__).parent
# Each module may import from its own layer's lower ones only: the order of design.
LAYERS = (
    ("record", "cache", "language"),
    ("stencils", "ladder", "partials", "expression", "program", "trace", "verify"),
    ("activations", "elementary", "stable", "differences", "rules", "derivation"),
    ("dual", "tape", "check"),
    ("catalog",),
    ("oracle",),
    ("site",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
HEAVY = ("sympy", "mpmath", "flint", "matplotlib", "mkdocs", "markdown")
CORE = ("activations", "elementary", "differences", "check", "dual", "tape", "catalog", "record")


@pytest.mark.parametrize("module", ["derivref", *(f"derivref.{name}" for name in CORE)])
def test_the_core_loads_no_heavy_package(module):
    code = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield parts[0], path


def imported(path):
    """Return the modules of derivref that a file imports at its top level."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module == "derivref":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("derivref."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("derivref.")}
    return found & LEVEL.keys()


def test_every_module_has_a_layer():
    assert {name for name, _ in modules()} - {"__init__", *LEVEL} == set()


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda p: str(p)[-30:])
def test_dependencies_point_one_way(module, path):
    if module == "__init__":
        assert imported(path) == set()
    above = {name for name in imported(path) if LEVEL[name] > LEVEL.get(module, 99)}
    assert above == set()


def test_the_scan_sees_an_import():
    assert {"record"} <= imported(ROOT / "activations.py")
    assert {"catalog", "record"} <= imported(ROOT / "oracle.py")
