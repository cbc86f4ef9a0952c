"""Complete programs cut from the modules that define them, for readers to copy."""

import ast
import builtins
import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def program(*functions: Callable[..., Any], example: str = "") -> str:
    """Return a program that imports what it needs, defines `functions` and runs `example`.

    Whatever else of their module the functions or the example use is defined too: constants above,
    helpers below, in the order of the module. Docstrings shrink to their first line.

    Parameters
    ----------
    *functions : callable
        Functions of one module.
    example : str
        The last lines of the program.

    Raises
    ------
    ValueError
        If the example uses a name that neither it nor the module defines.
    """
    parts = _Parts(sys.modules[functions[0].__module__])
    tree = ast.parse(example)
    loose = (
        _names(tree, ast.Load) - _names(tree, ast.Store) - parts.nodes.keys() - set(dir(builtins))
    )
    if loose:
        raise ValueError(f"the example uses `{min(loose)}`, which nothing defines")
    wanted: set[str] = set()
    todo = {f.__name__ for f in functions} | (_names(tree, ast.Load) & parts.nodes.keys())
    while todo:
        name = todo.pop()
        wanted.add(name)
        todo |= (_names(parts.nodes[name], ast.Load) & parts.nodes.keys()) - wanted
    groups = parts.imports(wanted), parts.constants(wanted)
    head = "\n\n".join("\n".join(lines) for lines in groups if lines)
    main = {f.__name__ for f in functions}
    defs = parts.functions(main) + parts.functions(wanted - main)
    return "\n\n\n".join([head, *defs, example.strip()]).strip() + "\n"


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


class _Parts:
    """What a module defines at its top level: a node for each name, in order."""

    def __init__(self, module: ModuleType) -> None:
        self.source = inspect.getsource(module)
        self.nodes: dict[str, ast.stmt] = {}
        for node in ast.parse(self.source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.nodes |= {a.asname or a.name: node for a in node.names}
            elif isinstance(node, ast.FunctionDef):
                self.nodes[node.name] = node
            elif isinstance(node, ast.Assign):
                self.nodes |= dict.fromkeys(_names(node, ast.Store), node)

    def imports(self, wanted: set[str]) -> list[str]:
        plain, grouped = [], dict[str, list[str]]()
        for name in sorted(wanted):
            node = self.nodes[name]
            if isinstance(node, ast.Import | ast.ImportFrom):
                alias = next(a for a in node.names if (a.asname or a.name) == name)
                text = f"{alias.name} as {name}" if alias.asname else name
                if isinstance(node, ast.Import):
                    plain.append(f"import {text}")
                else:
                    grouped.setdefault(node.module or "", []).append(text)
        return plain + [f"from {m} import {', '.join(names)}" for m, names in grouped.items()]

    def constants(self, wanted: set[str]) -> list[str]:
        nodes = dict.fromkeys(s for n, s in self.nodes.items() if n in wanted)
        return [self._text(s) for s in nodes if isinstance(s, ast.Assign)]

    def functions(self, wanted: set[str]) -> list[str]:
        nodes = (s for n, s in self.nodes.items() if n in wanted)
        return [self._text(s) for s in nodes if isinstance(s, ast.FunctionDef)]

    def _text(self, node: ast.stmt) -> str:
        """The node's own lines, comments included."""
        lines = self.source.splitlines()
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        if isinstance(node, ast.FunctionDef) and (doc := ast.get_docstring(node)):
            at = node.body[0]
            indent = " " * at.col_offset
            summary = doc.partition("\n")[0]
            lines[at.lineno - 1 : at.end_lineno] = [f'{indent}"""{summary}"""']
            last -= (at.end_lineno or at.lineno) - at.lineno
        return "\n".join(lines[first:last])
