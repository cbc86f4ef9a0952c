"""Complete programs cut from the modules that define them, for readers to copy."""

import ast
import builtins
import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple


def program(*functions: Callable[..., Any], example: str = "") -> str:
    """Return a program that imports what it needs, defines `functions` and runs `example`.

    Whatever else of derivref the functions or the example use is defined too, also from other
    modules: constants above, helpers below. Docstrings shrink to their first line.

    Parameters
    ----------
    *functions : callable
        Functions of one module.
    example : str
        The last lines of the program.

    Returns
    -------
    str
        The program, ending in a line break.

    Raises
    ------
    ValueError
        If the example uses a name that neither it nor the module defines, or two modules mean
        different things by one name.
    """
    plain = [inspect.unwrap(f) for f in functions]
    home = _module(plain[0].__module__)
    tree = ast.parse(example)
    used = _names(tree, ast.Load) - _names(tree, ast.Store)
    if loose := used - home.nodes.keys() - set(dir(builtins)):
        raise ValueError(f"the example uses `{min(loose)}`, which nothing defines")
    main = [_Place(home.name, f.__name__) for f in plain]
    wanted = _closure([*main, *(_Place(home.name, n) for n in sorted(used & home.nodes.keys()))])
    groups = _imports(wanted), _texts(wanted, ast.Assign)
    head = "\n\n".join("\n".join(lines) for lines in groups if lines)
    defs = _texts(main, ast.FunctionDef) + _texts(
        [p for p in wanted if p not in main], ast.FunctionDef
    )
    return "\n\n\n".join([head, *defs, example.strip()]).strip() + "\n"


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


class _Place(NamedTuple):
    """A name that a module defines at its top level."""

    module: str
    name: str

    @property
    def node(self) -> ast.stmt:
        return _module(self.module).nodes[self.name]


class _Module(NamedTuple):
    name: str
    lines: list[str]
    nodes: dict[str, ast.stmt]  # what each name of the top level is, in order


@cache
def _module(name: str) -> _Module:
    source = inspect.getsource(importlib.import_module(name))
    nodes: dict[str, ast.stmt] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            nodes |= {a.asname or a.name: node for a in node.names}
        elif isinstance(node, ast.FunctionDef):
            nodes[node.name] = node
        elif isinstance(node, ast.Assign):
            nodes |= dict.fromkeys(_names(node, ast.Store), node)
    return _Module(name, source.splitlines(), nodes)


def _defined(place: _Place) -> _Place:
    """Follow imports from derivref to the module that defines the name: copies need no derivref."""
    node = place.node
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "derivref":
        alias = next(a for a in node.names if (a.asname or a.name) == place.name)
        if alias.asname not in (None, alias.name):
            raise ValueError(f"{place.module}: import `{alias.name}` under its own name")
        return _defined(_Place(node.module or "", alias.name))
    return place


def _meaning(place: _Place) -> str:
    """Return what a name stands for: where it is imported from, or its own source."""
    node = place.node
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return ast.dump(node)
    alias = next(a for a in node.names if (a.asname or a.name) == place.name)
    return f"{getattr(node, 'module', '')}.{alias.name}"


def _closure(places: list[_Place]) -> list[_Place]:
    """Return the places and whatever they use, in the order of their modules."""
    found: dict[str, _Place] = {}
    todo = list(places)
    while todo:
        place = _defined(todo.pop())
        known = found.setdefault(place.name, place)
        if _meaning(known) != _meaning(place):
            raise ValueError(
                f"`{place.name}` means one thing in {known.module} and another in {place.module}"
            )
        nodes = _module(place.module).nodes
        names = _names(place.node, ast.Load) & nodes.keys()
        todo += [p for p in (_Place(place.module, n) for n in names) if p.name not in found]
    first = places[0].module
    return sorted(
        found.values(),
        key=lambda p: (p.module != first, p.module, list(_module(p.module).nodes).index(p.name)),
    )


def _imports(wanted: list[_Place]) -> list[str]:
    plain, grouped = [], dict[str, list[str]]()
    for place in sorted(wanted, key=lambda p: p.name):
        node = place.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            alias = next(a for a in node.names if (a.asname or a.name) == place.name)
            text = f"{alias.name} as {place.name}" if alias.asname else place.name
            if isinstance(node, ast.Import):
                plain.append(f"import {text}")
            else:
                grouped.setdefault(node.module or "", []).append(text)
    return plain + [f"from {m} import {', '.join(names)}" for m, names in grouped.items()]


def _texts(places: list[_Place], kind: type[ast.stmt]) -> list[str]:
    nodes = {id(p.node): p for p in places if isinstance(p.node, kind)}
    return [_text(p) for p in nodes.values()]


def _text(place: _Place) -> str:
    """The node's own lines, comments included."""
    node, lines = place.node, list(_module(place.module).lines)
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    if isinstance(node, ast.FunctionDef) and (doc := ast.get_docstring(node)):
        at = node.body[0]
        indent = " " * at.col_offset
        summary = doc.partition("\n")[0]
        lines[at.lineno - 1 : at.end_lineno] = [f'{indent}"""{summary}"""']
        last -= (at.end_lineno or at.lineno) - at.lineno
    return "\n".join(lines[first:last])
