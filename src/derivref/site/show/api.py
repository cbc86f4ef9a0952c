"""The API pages: the public modules, and the functions of the families."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import derivref
from derivref import catalog
from derivref.site.show.frame import grid, link

PAGE = "api/index.md"  # whose folder all API pages share


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


def generated(name: str) -> bool:
    """Say whether the names of a module are made from records: mkdocstrings does not see those.

    Parameters
    ----------
    name : str
        A public module, without ``derivref.``.

    Returns
    -------
    bool
        True for the packages of facts, and for modules that lend their names from one.
    """
    return hasattr(importlib.import_module(f"derivref.{name}"), "__getattr__") or any(
        family.name == name for family in catalog.families()
    )


def functions(module: str) -> str:
    """Return the table of the functions that a module makes from records.

    The code of each is on its entry's page, to which the title leads.

    Parameters
    ----------
    module : str
        A package of facts, or a module that lends its names from one, without ``derivref.``.

    Returns
    -------
    str
        How each is called, what it is, and its entry; a list of entries where they have no code.
    """
    home = importlib.import_module(f"derivref.{module}")
    head = f'<span id="derivref.{module}">`derivref.{module}`</span>: {sentence(module)}\n\n'
    owners = {f"{f.name}.{n}": r for f in catalog.families() for r in f for n in f.public_names(r)}
    rows = []
    for name in getattr(home, "__all__", ()):
        call = getattr(home, name)
        record = owners[f"{call.__module__.removeprefix('derivref.')}.{name}"]
        said = (inspect.getdoc(call) or "").partition("\n")[0]
        title = link(record, PAGE) if name == record.name else ""
        shown = f'<span id="derivref.{module}.{name}">`{name}{inspect.signature(call)}`</span>'
        rows.append((shown, said, title))
    if rows:
        return head + grid(("function", "what it is", "entry"), rows)
    return head + grid(("record", "what it is"), ((link(r, PAGE), r.use) for r in home.FAMILY))
