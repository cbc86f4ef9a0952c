"""The API pages: the public modules, and the functions of the families."""

import ast
import inspect
import pkgutil
import posixpath
from pathlib import Path

import derivref
from derivref import catalog
from derivref.site.show.frame import grid


def modules() -> list[str]:
    """Return the public modules and packages of derivref, but for the site's machinery."""
    names = (module.name for module in pkgutil.iter_modules(derivref.__path__))
    return sorted(name for name in names if not name.startswith("_") and name != "site")


def sentence(name: str) -> str:
    """Return the first sentence of a module's docstring, without importing it."""
    root = Path(derivref.__file__).parent
    path = root / f"{name}.py"
    path = path if path.is_file() else root / name / "__init__.py"
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.partition("\n\n")[0].split())


def modules_table() -> str:
    """Return the table of the public modules."""
    return grid(("module", "for"), ((f"[`derivref.{n}`]({n}.md)", sentence(n)) for n in modules()))


def functions(family: str) -> str:
    """Return the table of a family's functions: how each is called, and what it is.

    The code of each is on its entry's page, to which the title leads.
    """
    found = next(f for f in catalog.families() if f.name == family)
    rows = []
    for record in found:
        path = posixpath.relpath(catalog.address(record), "api")
        prefixes = {name: f"derivref.{family}.{name}" for name in found.public_names(record)}
        for name, full in prefixes.items():
            call = found.public(name)
            said = (inspect.getdoc(call) or "").partition("\n")[0]
            title = f"[{record.title}]({path})" if name == record.name else ""
            rows.append(
                (f'<span id="{full}">`{name}{inspect.signature(call)}`</span>', said, title)
            )
    return grid(("function", "what it is", "entry"), rows)
