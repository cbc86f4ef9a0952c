"""The rules that the reasons of a proof name, matched against the step that they justify.

"The product rule" needs a product under the derivative of the line above, "the quotient rule" a
quotient, and so on. A step whose line above has no derivative is not read.
"""

import ast
import re
from collections.abc import Callable, Iterator

from derivref.site.lint import snippets


def _depends(node: ast.AST, variable: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == variable for n in ast.walk(node))


def _binary(*kinds: type[ast.operator]) -> Callable[[ast.expr, str], bool]:
    def found(body: ast.expr, variable: str) -> bool:
        return any(
            isinstance(node, ast.BinOp) and isinstance(node.op, kinds) for node in ast.walk(body)
        )

    return found


def _product(body: ast.expr, variable: str) -> bool:
    """Say whether two factors depend on the variable; x² is a product as well."""
    for node in ast.walk(body):
        if not isinstance(node, ast.BinOp):
            continue
        both = _depends(node.left, variable) and _depends(node.right, variable)
        if isinstance(node.op, ast.Pow) or (both and isinstance(node.op, ast.Mult | ast.Div)):
            return True
    return False


def _chain(body: ast.expr, variable: str) -> bool:
    """Say whether a function or a power is taken of more than the variable."""
    for node in ast.walk(body):
        inner = node.args if isinstance(node, ast.Call) else []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            inner = [node.left, node.right]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            inner = [node.right]
        if any(_depends(n, variable) and not isinstance(n, ast.Name) for n in inner):
            return True
    return False


RULES: dict[str, Callable[[ast.expr, str], bool]] = {
    "product rule": _product,
    "quotient rule": _binary(ast.Div),
    "reciprocal rule": _binary(ast.Div),
    "chain rule": _chain,
    "sum rule": _binary(ast.Add, ast.Sub),
    "power rule": _binary(ast.Pow, ast.Div),
}


def _derivatives(source: str) -> Iterator[tuple[ast.expr, str]]:
    try:
        tree = ast.parse(re.sub(r"^\s*(?:<=|>=|<|>|=)\s*", "", source.strip()), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Derivative":
            yield node.args[0], getattr(node.args[1], "id", "")


def page_faults(page: str, text: str) -> Iterator[str]:
    """Yield the reasons of a page's proofs that name a rule for a step that has nothing for it."""
    for fence in snippets.fences(text):
        if not fence.header.startswith("derivation"):
            continue
        above = ""
        for number, line in enumerate(fence.code.splitlines(), fence.line + 1):
            formula, bar, reason = line.partition("|")
            if not bar and re.match(r"\s*[a-z]+:", line):
                continue
            found = list(_derivatives(above))
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", reason)
            for rule, fits in RULES.items():
                if rule in plain and found and not any(fits(*d) for d in found):
                    bodies = ", ".join(ast.unparse(body) for body, _ in found)
                    yield f"{page}:{number}: names the {rule}, and differentiates `{bodies}`"
            above = formula
