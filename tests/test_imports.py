"""What an import loads, and which way the dependencies point, late imports included."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import derivref
from derivref import catalog

ROOT = Path(derivref.__file__).parent
# A module imports from lower rows, and from its own package; one of the tools from the others.
LAYERS = (
    ("cache", "optimisers"),
    ("records", "kernels", "language"),
    ("program", "expression"),
    (
        *("stencils", "ladder", "_sweep", "differences", "check"),
        *("autodiff", "partials", "dual", "tape"),
    ),
    catalog.PACKAGES,
    ("oracle", "derivation", "verify"),
    ("catalog", "record", "stable"),
    ("site",),
)
TOGETHER = {1, 3, 4, 5}  # rows whose members may import one another
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
HEAVY = ("sympy", "mpmath", "matplotlib", "mkdocs", "markdown", "flint")
CORE = (*catalog.PACKAGES, "differences", "check", "dual", "tape", "catalog", "records", "stable")


@pytest.mark.parametrize("module", ["derivref", *(f"derivref.{name}" for name in CORE)])
def test_the_core_loads_no_heavy_package(module):
    code = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")


def modules():
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield parts[0], path


def imported(source):
    """Return the modules and packages of derivref that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "derivref":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("derivref."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("derivref.")}
    return found & LEVEL.keys()


def above(module, source):
    """Return what a module imports and must not."""
    level = LEVEL.get(module, -1)
    return {
        name
        for name in imported(source) - {module}
        if LEVEL[name] > level or (LEVEL[name] == level and level not in TOGETHER)
    }


def test_every_module_has_a_layer():
    assert {name for name, _ in modules()} - {"__init__", *LEVEL} == set()
    assert LEVEL.keys() - {name for name, _ in modules()} == set()


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda p: str(p)[-30:])
def test_dependencies_point_one_way(module, path):
    assert above(module, path.read_text()) == set()


def test_the_scan_sees_an_import():
    assert above("differences", "def f():\n    from derivref import catalog") == {"catalog"}
    assert above("records", "import derivref.verify.kinds") == {"verify"}
    assert above("verify", "from derivref.catalog import get") == {"catalog"}
    assert above("catalog", "from derivref.verify import export") == set()
    assert {"records"} <= imported((ROOT / "activations/rectifiers.py").read_text())
