"""TeX of a syntax tree, in the author's order, grouping and signs."""

import ast
import re
from collections.abc import Mapping
from functools import partial

from derivref.language.syntax import (
    COMPARE,
    CONSTANTS,
    CORE,
    HEADS,
    SLOPE,
    SYMPY,
    ExpressionError,
    read,
)

# How tightly a piece of TeX holds together; OPEN is a call without brackets, `\sin x`.
ADD, BIG, MUL, OPEN, POW, ATOM = range(6)
BARE = {
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "log"),
    *("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"),
}
_BARE_TEX = tuple(HEADS[name] for name in BARE)
# TeX itself leaves a thin space before these.
_SPACED = (*_BARE_TEX, r"\max", r"\min", r"\operatorname", r"\left")
GREEK = re.compile("alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|rho|tau|omega")
# What SymPy spells otherwise, and the parameters of records.
SPELLING = {**SYMPY, "E": "e"}


def name_tex(name: str) -> str:
    """Return the TeX of a symbol: one letter, a Greek letter, or either with an index or primes.

    Parameters
    ----------
    name : str
        A name of the language.

    Returns
    -------
    str
        Without dollar signs.
    """
    if match := SLOPE.fullmatch(name):
        return name_tex(match[2]) + _primes(match)
    head, _, index = re.sub(r"(?<=[A-Za-z])(?=\d)", "_", name).partition("_")
    if head in ("sigma", "Phi", "phi"):
        head = HEADS[head]
    elif GREEK.fullmatch(head):
        head = rf"\{head}"
    elif len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    return f"{head}_{{{index}}}" if index else head


def _primes(slope: re.Match[str]) -> str:
    order = int(slope[1] or 1)
    return "'" * order if order < 4 else f"^{{({order})}}"


def _tall(tex: str) -> bool:
    return any(f"\\{mark}" in tex for mark in ("frac", "sum", "lim", "left", "binom", "begin"))


def bracket(tex: str) -> str:
    r"""Return TeX in brackets as high as it needs.

    Parameters
    ----------
    tex : str
        TeX of an expression.

    Returns
    -------
    str
        With ``\left`` and ``\right`` where one line is too low.
    """
    return rf"\left({tex}\right)" if _tall(tex) else f"({tex})"


def _wide(tex: str) -> str:
    r"""Return TeX in square brackets; KaTeX breaks no line between ``\left`` and ``\right``."""
    return rf"\biggl[{tex}\biggr]" if _tall(tex) else f"[{tex}]"


def to_tex(node: ast.expr) -> str:
    """Return TeX that keeps the order, the grouping and the signs of an expression.

    It has no ``|``, which would end a cell of a Markdown table.

    Parameters
    ----------
    node : ast.expr
        A parsed expression.

    Returns
    -------
    str
        Without dollar signs.

    Raises
    ------
    ExpressionError
        For a node that has no TeX; no parsed expression has one.
    """
    return _tex(node, script=False)[0]


def formula_tex(source: str, symbols: Mapping[str, str] | None = None) -> str:
    """Return TeX of a formula of a record, or of SymPy's own spelling, in the order it is written.

    Parameters
    ----------
    source : str
        An expression of the language in any names; also ``Piecewise`` with comparisons,
        ``cbrt``, and ``log(x, a)`` for the logarithm to base a.
    symbols : mapping, optional
        How to write names that are not written by themselves: ``{"negative_slope": "alpha"}``.

    Returns
    -------
    str
        Without dollar signs.

    Raises
    ------
    ExpressionError
        For a syntax error, or any other syntax.
    """
    node = read(source)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            part.id = {**SPELLING, **(symbols or {})}.get(part.id, part.id)
    return to_tex(node)


def limit_tex(node: ast.expr, variable: str, target: ast.expr, side: str = "") -> str:
    """Return the TeX of an expression below a limit sign.

    Parameters
    ----------
    node : ast.expr
        A parsed expression.
    variable : str
        The variable of the limit.
    target : ast.expr
        Where it goes.
    side : str
        ``+`` or ``-`` for one side, "" for both.

    Returns
    -------
    str
        Without dollar signs.
    """
    body, level = _tex(node, script=False)
    body = _wide(body) if level == ADD else body
    goal = to_tex(target) + (f"^{{{side}}}" if side else "")
    return rf"\lim_{{{name_tex(variable)}\to {goal}}} {body}"


def _tex(node: ast.expr, script: bool, followed: bool = False) -> tuple[str, int]:
    r"""Return TeX and its level; before a factor that follows, `\sin(x)` must not be `\sin x`."""
    tex = partial(_tex, script=script)

    def wrapped(part: ast.expr, below: int, followed: bool = False) -> str:
        """Bracket what holds less tightly than `below`, or begins with a sign."""
        text, level = tex(part, followed=followed)
        return bracket(text) if level < below or text.startswith("-") else text

    match node:
        case ast.Constant(value=int() | float()):
            return ast.unparse(node), ATOM
        case ast.Name(id=name):
            return (CONSTANTS[name] if name in CONSTANTS else name_tex(name)), ATOM
        case ast.UnaryOp(op=ast.USub()):
            return f"-{wrapped(node.operand, BIG, followed)}", MUL
        case ast.UnaryOp(op=ast.UAdd()):
            return f"+{wrapped(node.operand, BIG, followed)}", MUL
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            return f"{tex(node.left)[0]} {sign} {wrapped(node.right, BIG)}", ADD
        case ast.BinOp(op=ast.Mult()):
            # A product on the right was grouped by the author; a limit or a sum may stand there.
            right, last = tex(node.right, followed=followed)
            if last in (ADD, MUL) or right.startswith("-"):
                right = bracket(right)
            left, level = tex(node.left, followed=followed or not right.startswith(_BARE_TEX))
            left = bracket(left) if level < MUL else left
            return left + _times(left, right, script) + right, min(last, MUL) or MUL
        case ast.BinOp(op=ast.Div()) if script:
            left, level = tex(node.left, followed=True)
            left = bracket(left) if level < MUL else left
            return f"{left}/{wrapped(node.right, POW)}", MUL
        case ast.BinOp(op=ast.Div()) if positive := _positive(node):
            return f"-{tex(positive)[0]}", MUL
        case ast.BinOp(op=ast.Div()):
            return rf"\frac{{{tex(node.left)[0]}}}{{{tex(node.right)[0]}}}", POW
        case ast.BinOp(op=ast.Pow()):
            power = _tex(node.right, script=True)[0]
            match node.left, node.right:
                case (
                    ast.Call(func=ast.Name(id=name), args=[arg]),
                    ast.Constant(value=int()),
                ) if name in CORE and name not in ("abs", "sqrt", "exp", "factorial"):
                    head = rf"{HEADS[name]}^{{{power}}}"
                    text, level = _applied(head, [arg], script, name in BARE and not followed)
                    return text, min(level, POW)
            return f"{wrapped(node.left, ATOM)}^{{{power}}}", POW
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows, keywords=[]):
            return _cases(rows), ATOM
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as args, keywords=[]):
            return _call_tex(name, args, script, followed)
        case ast.Compare() if all(type(op) in COMPARE for op in node.ops):
            parts = [tex(node.left)[0]]
            for op, side in zip(node.ops, node.comparators, strict=True):
                parts += [COMPARE[type(op)], tex(side)[0]]
            return " ".join(parts), ADD
    raise ExpressionError(f"`{ast.unparse(node)}` cannot be written as TeX")


def _positive(node: ast.expr) -> ast.expr | None:
    """Return a product or quotient without the sign of its first factor, or None."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.BinOp(op=ast.Div())):
            return None  # the author's brackets
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
        case ast.BinOp(left=left, op=(ast.Mult() | ast.Div()) as op, right=right):
            first = _positive(left)
            return first and ast.BinOp(left=first, op=op, right=right)
    return None


def _times(left: str, right: str, script: bool) -> str:
    if right[0].isdigit() or (left[-1].isdigit() and right.startswith(r"\frac")):
        return r" \cdot "
    if re.fullmatch(r"(-|.* \\cdot )?[\d.]+", left):
        return ""
    return " " if script or right.startswith(_SPACED) else r"\,"


def _cases(rows: list[ast.expr]) -> str:
    lines = []
    for row in rows:
        match row:
            case ast.Tuple(elts=[value, ast.Constant(value=True)]):
                lines.append(rf"{to_tex(value)} & \text{{otherwise}}")
            case ast.Tuple(elts=[value, condition]):
                lines.append(f"{to_tex(value)} & {to_tex(condition)}")
            case _:
                raise ExpressionError(
                    f"`Piecewise` takes pairs of a value and a condition, got `{ast.unparse(row)}`"
                )
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


def _call_tex(name: str, args: list[ast.expr], script: bool, followed: bool) -> tuple[str, int]:
    body, level = _tex(args[0], script)
    if name == "Derivative":
        power = f"^{{{to_tex(args[2])}}}" if len(args) > 2 else ""
        body = _wide(body) if level < OPEN else body
        return rf"\frac{{d{power}}}{{d{to_tex(args[1])}{power}}} {body}", BIG
    if name == "Limit":
        assert isinstance(args[1], ast.Name)
        return limit_tex(args[0], args[1].id, args[2]), BIG
    if name == "Sum":
        body = bracket(body) if level == ADD else body
        low, high = to_tex(args[2]), to_tex(args[3])
        return rf"\sum_{{{to_tex(args[1])}={low}}}^{{{high}}} {body}", BIG
    if name == "exp":
        return f"e^{{{_tex(args[0], script=True)[0]}}}", POW
    if name in ("sqrt", "cbrt"):
        return rf"\sqrt{'[3]' if name == 'cbrt' else ''}{{{body}}}", POW
    if name == "abs":
        left, right = (r"\left", r"\right") if _tall(body) else ("", "")
        return rf"{left}\lvert {body} {right}\rvert", ATOM
    if name in ("floor", "ceil"):
        return rf"\l{name} {body} \r{name}", ATOM
    if name == "polygamma":
        return _applied(rf"\psi^{{({body})}}", args[1:], script, False)
    if name == "factorial":
        return f"{body if level == ATOM else bracket(body)}!", POW
    if name == "binomial":
        return rf"\binom{{{body}}}{{{_tex(args[1], script)[0]}}}", ATOM
    if name == "log" and len(args) == 2:
        head = rf"\log_{{{_tex(args[1], script)[0]}}}"
        return _applied(head, args[:1], script, not followed)
    return _applied(_head(name), args, script, name in BARE and not followed)


def _head(name: str) -> str:
    match = SLOPE.fullmatch(name)
    base, primes = (match[2], _primes(match)) if match else (name, "")
    head = HEADS[base] if base in HEADS else name_tex(base)
    if head.startswith(r"\mathrm"):
        head = rf"\operatorname{{{base}}}".replace("_", r"\_")
    return head + primes


def _applied(head: str, args: list[ast.expr], script: bool, bare: bool) -> tuple[str, int]:
    r"""Return the TeX of a call, `bare` without brackets where the argument allows: ``\sin x``."""
    inner = ", ".join(_tex(arg, script)[0] for arg in args)
    match args:
        case [ast.Name() | ast.Constant() | ast.Call(func=ast.Name(id="abs"))] if bare:
            return f"{head} {inner}", OPEN
    return head + bracket(inner), ATOM
