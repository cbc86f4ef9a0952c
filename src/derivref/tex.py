"""LaTeX of a formula in the order and with the names in which it was written."""

import ast

NAMES = {"sigma": r"\sigma", "Phi": r"\Phi", "phi": r"\varphi", "pi": r"\pi", "E": "e"}
NAMES |= {"u1": "u'", "u2": "u''"}
NAMES |= {"negative_slope": r"\alpha", "base": "a", "rate": r"\lambda", "oo": r"\infty"}
OPERATORS = {"log": r"\ln", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}
OPERATORS |= {f: "\\" + f for f in ("sin", "cos", "tan", "sec", "sinh", "cosh", "tanh", "max")}
COMPARE = {
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}
SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly a piece of TeX binds


def tex(expression: str) -> str:
    """Return the LaTeX of a formula, keeping its order; SymPy's printer reorders and merges.

    Parameters
    ----------
    expression : str
        A Python expression in names, numbers, ``+ - * / **``, comparisons and calls of SymPy's
        elementary functions, ``Piecewise``, ``sigma``, ``Phi``, ``phi``; ``log(x, a)`` is the
        logarithm to base a.

    Raises
    ------
    ValueError
        If the expression has any other syntax.
    """
    return _tex(ast.parse(expression, mode="eval").body)[0]


def _tex(node: ast.expr) -> tuple[str, int]:
    match node:
        case ast.Constant(value=int() | float() | bool()):
            return ast.unparse(node), ATOM
        case ast.Name(id=name):
            plain = name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")
            return NAMES.get(name, plain), ATOM
        case ast.UnaryOp(op=ast.USub(), operand=u):
            return "-" + _bind(u, PRODUCT), SUM
        case ast.BinOp(op=ast.Mult() | ast.Div()) if (positive := _positive(node)) is not None:
            return "-" + _tex(positive)[0], SUM
        case ast.BinOp(left=u, op=ast.Add(), right=v):
            return f"{_bind(u, SUM)} + {_bind(v, PRODUCT)}", SUM
        case ast.BinOp(left=u, op=ast.Sub(), right=v):
            return f"{_bind(u, SUM)} - {_bind(v, PRODUCT)}", SUM
        case ast.BinOp(left=u, op=ast.Div(), right=v):
            return rf"\frac{{{_tex(u)[0]}}}{{{_tex(v)[0]}}}", PRODUCT
        case ast.BinOp(left=u, op=ast.Mult(), right=v):
            left, right = _bind(u, PRODUCT), _bind(v, PRODUCT)
            if right[0].isdigit() or (right.startswith(r"\frac") and left[-1].isdigit()):
                return rf"{left} \cdot {right}", PRODUCT
            if right.startswith(("(", r"\left(")):
                bare = isinstance(u, ast.Call | ast.BinOp) and left[-1].isalpha()
                return left + (r"\," if bare else "") + right, PRODUCT
            call = isinstance(v, ast.Call) or right[0] == "\\"
            return left + (r"\," if call else " ") + right, PRODUCT
        case ast.BinOp(left=ast.Call(func=ast.Name(id=name), args=[u]), op=ast.Pow(), right=v) if (
            name in OPERATORS or name in NAMES
        ):
            return _call(name, u, f"^{{{_tex(v)[0]}}}"), PRODUCT
        case ast.BinOp(left=u, op=ast.Pow(), right=v):
            return f"{_bind(u, ATOM)}^{{{_inline(v)}}}", POWER
        case ast.Call(func=ast.Name(id="exp"), args=[u]):
            return f"e^{{{_inline(u)}}}", POWER
        case ast.Call(func=ast.Name(id="sqrt"), args=[u]):
            return rf"\sqrt{{{_tex(u)[0]}}}", ATOM
        case ast.Call(func=ast.Name(id="cbrt"), args=[u]):
            return rf"\sqrt[3]{{{_tex(u)[0]}}}", ATOM
        case ast.Call(func=ast.Name(id="Abs"), args=[u]):
            return rf"\lvert {_tex(u)[0]} \rvert", ATOM
        case ast.Call(func=ast.Name(id="log"), args=[u, base]):
            return rf"\log_{{{_tex(base)[0]}}} {_bind(u, ATOM)}", PRODUCT
        case ast.Call(func=ast.Name(id="Max"), args=[u, v]):
            return rf"\max({_tex(u)[0]}, {_tex(v)[0]})", ATOM
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows):
            return _cases(rows), ATOM
        case ast.Call(func=ast.Name(id=name), args=[u]):
            return _call(name, u), PRODUCT
        case ast.Compare(left=u, ops=[op], comparators=[v]):
            return f"{_tex(u)[0]} {COMPARE[type(op)]} {_tex(v)[0]}", SUM
    raise ValueError(f"cannot write `{ast.unparse(node)}` as LaTeX")


def _bind(node: ast.expr, tight: int) -> str:
    """Return the TeX of an operand, in brackets if it binds less tightly than its operator."""
    text, level = _tex(node)
    if level >= tight and not (tight == ATOM and text.startswith("-")):
        return text
    return rf"\left({text}\right)" if r"\frac" in text else f"({text})"


def _positive(node: ast.expr) -> ast.expr | None:
    """Return a product without the minus sign of its first factor, which Python binds tightest."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=u):
            return u
        case ast.BinOp(left=u, op=(ast.Mult() | ast.Div()) as op, right=v):
            first = _positive(u)
            return None if first is None else ast.BinOp(left=first, op=op, right=v)
    return None


def _inline(node: ast.expr) -> str:
    """Return TeX for an exponent: a fraction of atoms on one line, where it stays legible."""
    match node:
        case _ if (positive := _positive(node)) is not None:
            return "-" + _inline(positive)
        case ast.BinOp(left=u, op=ast.Div(), right=v):
            return f"{_bind(u, PRODUCT)}/{_bind(v, ATOM)}"
    return _tex(node)[0]


def _call(name: str, u: ast.expr, power: str = "") -> str:
    head = OPERATORS.get(name) or NAMES.get(name) or rf"\operatorname{{{name}}}"
    inner, level = _tex(u)
    if name in OPERATORS and level == ATOM and inner[0] != "(" and r"\frac" not in inner:
        return f"{head}{power} {inner}"
    if r"\frac" in inner:
        return rf"{head}{power}\left({inner}\right)"
    return f"{head}{power}({inner})"


def _cases(rows: list[ast.expr]) -> str:
    lines = []
    for row in rows:
        assert isinstance(row, ast.Tuple)
        value, condition = row.elts
        when = r"\text{otherwise}" if ast.unparse(condition) == "True" else _tex(condition)[0]
        lines.append(rf"{_tex(value)[0]} & {when}")
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"
