"""Complete programs cut from the modules that define them, for readers to copy."""

import ast
import builtins
import importlib
import inspect
import io
import textwrap
import tokenize
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple


def program(*functions: Callable[..., Any], example: str = "", docstrings: bool = True) -> str:
    """Return a program that imports what it needs, defines `functions` and runs `example`.

    Whatever else of derivref the functions or the example use is defined too, also from other
    modules: constants above, helpers below. Docstrings shrink to their first line.

    Parameters
    ----------
    *functions : callable
        Functions of one module.
    example : str
        The last lines of the program.
    docstrings : bool
        Whether to keep the first line of each docstring.

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
    groups = _imports(wanted), _texts(wanted, ast.Assign, docstrings)
    head = "\n\n".join("\n".join(lines) for lines in groups if lines)
    defs = _texts(main, ast.FunctionDef, docstrings) + _texts(
        [p for p in wanted if p not in main], ast.FunctionDef, docstrings
    )
    return "\n\n\n".join([head, *defs, example.strip()]).strip() + "\n"


_BREAKABLE = ('"""', "from ")


def fitted(text: str, width: int) -> str:
    """Return a program whose comments, docstrings and imports fit.

    A comment that makes its line too long stands above it.

    Parameters
    ----------
    text : str
        Python.
    width : int
        The number of characters that a line may have.

    Returns
    -------
    str
        The same code; other lines that are too long stay as they are.
    """
    comments = {
        token.start[0]: token.start[1]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    lines = []
    for n, line in enumerate(text.splitlines(), 1):
        indent = " " * (len(line) - len(line.lstrip()))
        if len(line) <= width or (n not in comments and not line.lstrip().startswith(_BREAKABLE)):
            lines.append(line)
            continue
        if line.startswith("from "):
            head, _, names = line.partition(" import ")
            lines += [f"{head} import (", *(f"    {name}," for name in names.split(", ")), ")"]
            continue
        if n not in comments:
            lines += textwrap.wrap(
                line.strip(), width, initial_indent=indent, subsequent_indent=indent
            )
            continue
        code, comment = line[: comments[n]].rstrip(), line[comments[n] + 1 :].strip()
        indent += "# "
        lines += textwrap.wrap(
            comment, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
        )
        lines += [code] * bool(code)
    return "\n".join(lines) + "\n"


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


def _texts(places: list[_Place], kind: type[ast.stmt], docstrings: bool) -> list[str]:
    nodes = {id(p.node): p for p in places if isinstance(p.node, kind)}
    return [_text(p, docstrings) for p in nodes.values()]


def _text(place: _Place, docstrings: bool) -> str:
    """The node's own lines, comments included."""
    node, lines = place.node, list(_module(place.module).lines)
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    if isinstance(node, ast.FunctionDef) and (doc := ast.get_docstring(node)):
        at = node.body[0]
        indent = " " * at.col_offset
        summary = doc.partition("\n")[0]
        kept = [f'{indent}"""{summary}"""'] if docstrings else []
        lines[at.lineno - 1 : at.end_lineno] = kept
        last -= (at.end_lineno or at.lineno) - at.lineno + 1 - len(kept)
    return "\n".join(lines[first:last])
