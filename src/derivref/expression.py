"""The closed language of derivations: Python expressions that mean only what is listed here.

An expression is parsed by Python, then read three ways from its syntax tree: as numbers of any
precision (mpmath), as SymPy expressions, and as TeX that keeps the author's order. SymPy's own
parser captures names (S, N, E1, beta, I) and its printer reorders and merges; neither is used.
"""

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import mpmath as mp
import sympy as sp


@dataclass(frozen=True)
class Known:
    """A function that every derivation may call: its TeX, its arithmetic, its SymPy form."""

    tex: str
    numeric: Callable[..., Any]
    symbolic: Callable[..., Any]


def _named(name: str, tex: str = "") -> Known:
    return Known(tex or rf"\{name}", getattr(mp, name), getattr(sp, name))


KNOWN: dict[str, Known] = {
    **{name: _named(name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "arcsin": _named("asin", r"\arcsin"),
    "arccos": _named("acos", r"\arccos"),
    "arctan": _named("atan", r"\arctan"),
    "arcsinh": _named("asinh", r"\operatorname{arsinh}"),
    "arccosh": _named("acosh", r"\operatorname{arcosh}"),
    "arctanh": _named("atanh", r"\operatorname{artanh}"),
    "exp": _named("exp"),
    "log": _named("log", r"\ln"),
    "sqrt": _named("sqrt"),
    "erf": _named("erf", r"\operatorname{erf}"),
    "sign": _named("sign", r"\operatorname{sign}"),
    "abs": Known("", abs, sp.Abs),
    "max": Known(r"\max", max, sp.Max),
    "min": Known(r"\min", min, sp.Min),
    "factorial": _named("factorial"),
    "binomial": _named("binomial"),
    "sigma": Known(r"\sigma", lambda x: 1 / (1 + mp.exp(-x)), lambda x: 1 / (1 + sp.exp(-x))),
    "Phi": Known(
        r"\Phi",
        lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
        lambda x: (1 + sp.erf(x / sp.sqrt(2))) / 2,
    ),
    "phi": Known(
        r"\varphi",
        lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
        lambda x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi),
    ),
}
ARITY = {"max": 2, "min": 2, "binomial": 2}  # of KNOWN; every other takes one argument
OPERATORS = {"Derivative": (2, 3), "Limit": (3, 3), "Sum": (4, 4)}  # numbers of arguments
USAGE = {"Derivative": "(f(x), x)", "Limit": "(f(h), h, 0)", "Sum": "(f(k), k, 0, n)"}
CONSTANTS = {"pi": (mp.pi, sp.pi, r"\pi"), "oo": (mp.inf, sp.oo, r"\infty")}
RELATIONS = {"<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "=": "="}  # the longer ones first
BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
COMPARE: dict[type, tuple[str, Callable[[Any, Any], bool]]] = {
    ast.NotEq: (r"\ne", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: (r"\le", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (r"\ge", operator.ge),
}
_SLOPE = re.compile(r"d(\d?)_(\w+)")


class ExpressionError(ValueError):
    """What is wrong with an expression, in the author's terms."""


def slope(name: str, functions: Collection[str]) -> tuple[str, int] | None:
    """Return the function and the number of derivatives that a called name means.

    ``f`` is ("f", 0), ``d_f`` is ("f", 1), ``d2_f`` is ("f", 2); None if no such function is known.
    """
    if name in functions or name in KNOWN:
        return name, 0
    match = _SLOPE.fullmatch(name)
    if match and (match[2] in functions or match[2] in KNOWN):
        return match[2], int(match[1] or 1)
    return None


def reserved(name: str) -> bool:
    """Say whether a name means something in the language, so that it cannot be declared."""
    return (
        name in {*KNOWN, *OPERATORS, *CONSTANTS, "Piecewise"} or _SLOPE.fullmatch(name) is not None
    )


def _read(source: str) -> ast.expr:
    try:
        return ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"`{source}` is not a Python expression: {error.msg}") from None


def parse(
    source: str, symbols: Set[str], functions: Set[str], *, condition: bool = False
) -> ast.expr:
    """Return the syntax tree of an expression in which every node and name is allowed.

    `condition` asks for one comparison instead.

    Raises
    ------
    ExpressionError
        For a syntax error, an unknown name, or anything that is not in the language.
    """
    node = _read(source)
    if not condition:
        _allow(node, symbols, functions)
        return node
    if not (isinstance(node, ast.Compare) and all(type(op) in COMPARE for op in node.ops)):
        raise ExpressionError(f"`{source}` must be a comparison, such as `g(x) != 0`")
    for side in (node.left, *node.comparators):
        _allow(side, symbols, functions)
    return node


def _allow(node: ast.expr, symbols: Set[str], functions: Set[str]) -> None:
    inner = symbols
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            parts: list[ast.expr] = []
        case ast.Name(id=name):
            parts = []
            if name not in symbols and name not in CONSTANTS:
                raise ExpressionError(
                    f"the name `{name}` is unknown: declare it with `domain:` or `let:`"
                )
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            parts = [node.operand]
        case ast.BinOp() if type(node.op) in BINARY:
            parts = [node.left, node.right]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in OPERATORS:
            low, high = OPERATORS[name]
            if not low <= len(args) <= high or not isinstance(args[1], ast.Name):
                raise ExpressionError(f"`{ast.unparse(node)}` must read `{name}{USAGE[name]}`")
            inner = symbols | {args[1].id}
            # The variable of a derivative keeps its value outside; the others are only bound.
            parts = args[1:] if name == "Derivative" else args[2:]
            _allow(args[0], inner, functions)
        case ast.Call(func=ast.Name(id="Piecewise"), args=[_, *_] as rows, keywords=[]):
            parts = []
            for row in rows:
                match row:
                    case ast.Tuple(elts=[part, ast.Constant(value=True)]):
                        parts.append(part)
                    case ast.Tuple(
                        elts=[part, ast.Compare(left=left, ops=ops, comparators=sides)]
                    ) if all(type(op) in COMPARE for op in ops):
                        parts += [part, left, *sides]
                    case _:
                        raise ExpressionError(
                            f"`Piecewise` takes pairs of a value and a condition,"
                            f" got `{ast.unparse(row)}`"
                        )
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            parts = args
            if slope(name, functions) is None:
                raise ExpressionError(
                    f"the function `{name}` is unknown: declare it with `functions:` or `let:`"
                )
            if len(args) != ARITY.get(name, 1):
                raise ExpressionError(
                    f"`{name}` takes {ARITY.get(name, 1)} argument(s), got {len(args)}"
                )
        case _:
            raise ExpressionError(f"`{ast.unparse(node)}` is not part of the language")
    for part in parts:
        _allow(part, symbols, functions)


def free_names(node: ast.expr) -> set[str]:
    """Return the names of an expression that no Limit or Sum binds."""
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.Call(func=ast.Name(id="Limit" | "Sum"), args=[body, ast.Name(id=bound), *rest]):
            return (free_names(body) - {bound}).union(*map(free_names, rest))
        case ast.Call(args=args):
            return set().union(*map(free_names, args))
    children = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return set().union(*map(free_names, children))


# --- values ---------------------------------------------------------------------------------------

# Called with the order of the derivative and the argument.
Functions = Mapping[str, Callable[[int, Any], Any]]


@dataclass(frozen=True)
class Let:
    """An abbreviation: a symbol, or a function of one argument."""

    argument: str  # empty for a symbol
    body: ast.expr


Lets = Mapping[str, Let]


class Numbers:
    """Arithmetic at mpmath's current working precision, straight from the tree: no simplifying."""

    number = staticmethod(mp.mpf)

    def __init__(self, functions: Functions, lets: Lets) -> None:
        self.functions = functions
        self.lets = lets

    def constant(self, name: str) -> Any:
        """Return a named constant."""
        return +CONSTANTS[name][0]

    def call(self, name: str, order: int, *args: Any) -> Any:
        """Return the value of a function or of one of its derivatives."""
        if name in self.functions:
            return self.functions[name](order, *args)
        if order:
            return mp.diff(KNOWN[name].numeric, args[0], order)
        return KNOWN[name].numeric(*args)

    def derivative(self, body: Callable[[Any], Any], at: Any, order: int) -> Any:
        """Differentiate by differences at raised precision, independently of SymPy."""
        return mp.diff(body, at, order)

    def limit(self, body: Callable[[Any], Any], at: Callable[[], Any], sides: str = "+-") -> Any:
        """Evaluate at a distance that shrinks as the precision grows, from both sides.

        Raises
        ------
        ExpressionError
            If the sides differ.
        """
        digits = mp.mp.dps
        small = mp.mpf(10) ** (-digits // 3)
        with mp.workdps(7 * digits):  # a quotient by h**6 loses six times the digits of h
            h = mp.mpf(10) ** -digits
            target = at()
            if mp.isinf(target):
                return body(mp.sign(target) / h)
            values = [body(target + h if side == "+" else target - h) for side in sides]
            gap, size = abs(values[0] - values[-1]), max(map(abs, values))
            if gap > small * size and size > small:
                raise ExpressionError(
                    f"the limits from the two sides differ: {mp.nstr(values[0], 12)} from above "
                    f"and {mp.nstr(values[-1], 12)} from below"
                )
            return values[0]

    def sum(self, body: Callable[[Any], Any], low: Any, high: Any) -> Any:
        """Add term by term."""
        if not (mp.isint(low) and mp.isint(high)):
            raise ExpressionError("the bounds of a Sum must be integers")
        return mp.fsum(body(mp.mpf(k)) for k in range(int(low), int(high) + 1))


class Symbols:
    """SymPy expressions; a declared function stays undefined, and knows its derivative's name."""

    def __init__(self, functions: Functions, lets: Lets) -> None:
        self.functions = functions
        self.lets = lets

    @staticmethod
    def number(value: float | str) -> Any:
        """Return the exact rational number that the digits say."""
        return sp.Rational(str(value))

    def constant(self, name: str) -> Any:
        """Return a named constant."""
        return CONSTANTS[name][1]

    def call(self, name: str, order: int, *args: Any) -> Any:
        """Return a function's expression or one of its derivatives."""
        if name in self.functions:
            return self.functions[name](order, *args)
        if order:
            return self.derivative(KNOWN[name].symbolic, args[0], order)
        return KNOWN[name].symbolic(*args)

    def derivative(self, body: Callable[[Any], Any], at: Any, order: int) -> Any:
        """Differentiate in a fresh variable, then put the argument in."""
        t = sp.Dummy("t", real=True)
        return sp.diff(body(t), t, order).subs(t, at)

    def limit(self, body: Callable[[Any], Any], at: Callable[[], Any], sides: str = "+-") -> Any:
        """Return SymPy's limit, which at a jump can be wrong: the values are compared as well."""
        t = sp.Dummy("t", real=True)
        return sp.limit(body(t), t, at(), sides)

    def sum(self, body: Callable[[Any], Any], low: Any, high: Any) -> Any:
        """Return SymPy's sum."""
        k = sp.Dummy("k", integer=True)
        return sp.Sum(body(k), (k, low, high))


def undefined(name: str) -> Callable[..., Any]:
    """Return a SymPy function of one argument about which nothing is known but its derivatives."""

    @cache
    def kind(order: int) -> Any:
        def fdiff(self: Any, argindex: int = 1) -> Any:
            return kind(order + 1)(self.args[0])

        return type(f"{name}_{order}", (sp.Function,), {"fdiff": fdiff, "is_real": True})

    return lambda order, at: kind(order)(at)


def evaluate(node: ast.expr, algebra: Numbers | Symbols, names: Mapping[str, Any]) -> Any:
    """Return the value of a parsed expression in an algebra, with `names` for its symbols.

    Abbreviations are evaluated where they stand, so that a derivative or a limit reaches into them.
    """

    def value(part: ast.expr) -> Any:
        return evaluate(part, algebra, names)

    def function_of(variable: str, body: ast.expr) -> Callable[[Any], Any]:
        return lambda t: evaluate(body, algebra, {**names, variable: t})

    match node:
        case ast.Constant(value=number):
            return algebra.number(str(number))
        case ast.Name(id=name) if name in algebra.lets:
            return value(algebra.lets[name].body)
        case ast.Name(id=name):
            return names[name] if name in names else algebra.constant(name)
        case ast.UnaryOp(op=ast.USub()):
            return -value(node.operand)
        case ast.UnaryOp():
            return value(node.operand)
        case ast.BinOp():
            return BINARY[type(node.op)](value(node.left), value(node.right))
        case ast.Call(
            func=ast.Name(id="Derivative"), args=[body, ast.Name(id=variable) as at, *rest]
        ):
            order = int(value(rest[0])) if rest else 1
            return algebra.derivative(function_of(variable, body), value(at), order)
        case ast.Call(func=ast.Name(id="Limit"), args=[body, ast.Name(id=variable), goal]):
            return algebra.limit(function_of(variable, body), lambda: value(goal))
        case ast.Call(func=ast.Name(id="Sum"), args=[body, ast.Name(id=variable), low, high]):
            return algebra.sum(function_of(variable, body), value(low), value(high))
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows):
            if isinstance(algebra, Symbols):
                raise ExpressionError("a `Piecewise` has values only: SymPy is not asked")
            for row in rows:
                assert isinstance(row, ast.Tuple)
                part, condition = row.elts
                if isinstance(condition, ast.Constant) or holds(condition, algebra, names):
                    return value(part)
            raise ExpressionError(f"no piece of `{ast.unparse(node)}` applies")
        case ast.Call(func=ast.Name(id=name)):
            known = slope(name, {**algebra.functions, **algebra.lets})
            assert known is not None  # parse() has seen to it
            base, order = known
            if base not in algebra.lets:
                return algebra.call(base, order, *map(value, node.args))
            call = function_of(algebra.lets[base].argument, algebra.lets[base].body)
            at = value(node.args[0])
            return algebra.derivative(call, at, order) if order else call(at)
    raise AssertionError(ast.dump(node))


def holds(node: ast.expr, algebra: Numbers, names: Mapping[str, Any]) -> bool:
    """Say whether a parsed condition, also a chain ``0 < x < y``, is true."""
    assert isinstance(node, ast.Compare)
    values = [evaluate(part, algebra, names) for part in (node.left, *node.comparators)]
    return all(
        COMPARE[type(op)][1](left, right)
        for op, left, right in zip(node.ops, values, values[1:], strict=False)
    )


# --- TeX ------------------------------------------------------------------------------------------

# How tightly a piece of TeX holds together; OPEN is a call without brackets, `\sin x`.
ADD, BIG, MUL, OPEN, POW, ATOM = range(6)
BARE = {
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "log"),
    *("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"),
}
_BARE_TEX = tuple(KNOWN[name].tex for name in BARE)
# TeX itself leaves a thin space before these.
_SPACED = (*_BARE_TEX, r"\max", r"\min", r"\operatorname", r"\left")
GREEK = re.compile("alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|rho|tau|omega")
# What SymPy spells otherwise.
SPELLING = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "Abs": "abs", "E": "e"}
SPELLING |= {"Max": "max", "Min": "min"}


def name_tex(name: str) -> str:
    """Return the TeX of a symbol: one letter, a Greek letter, or either with an index or primes."""
    if match := _SLOPE.fullmatch(name):
        return name_tex(match[2]) + _primes(match)
    head, _, index = re.sub(r"(?<=[A-Za-z])(?=\d)", "_", name).partition("_")
    if head in ("sigma", "Phi", "phi"):
        head = KNOWN[head].tex
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
    """Return TeX in brackets as high as it needs."""
    return rf"\left({tex}\right)" if _tall(tex) else f"({tex})"


def _wide(tex: str) -> str:
    r"""Return TeX in square brackets; KaTeX breaks no line between ``\left`` and ``\right``."""
    return rf"\biggl[{tex}\biggr]" if _tall(tex) else f"[{tex}]"


def to_tex(node: ast.expr) -> str:
    """Return TeX that keeps the order, the grouping and the signs of an expression.

    It has no ``|``, which would end a cell of a Markdown table.

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

    Raises
    ------
    ExpressionError
        For a syntax error, or any other syntax.
    """
    node = _read(source)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            part.id = {**SPELLING, **(symbols or {})}.get(part.id, part.id)
    return to_tex(node)


def limit_tex(node: ast.expr, variable: str, target: ast.expr, side: str = "") -> str:
    """Return the TeX of an expression below a limit sign."""
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
            return (CONSTANTS[name][2] if name in CONSTANTS else name_tex(name)), ATOM
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
                ) if name in KNOWN and name not in ("abs", "sqrt", "exp", "factorial"):
                    head = rf"{KNOWN[name].tex}^{{{power}}}"
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
                parts += [COMPARE[type(op)][0], tex(side)[0]]
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
    if name == "factorial":
        return f"{body if level == ATOM else bracket(body)}!", POW
    if name == "binomial":
        return rf"\binom{{{body}}}{{{_tex(args[1], script)[0]}}}", ATOM
    if name == "log" and len(args) == 2:
        head = rf"\log_{{{_tex(args[1], script)[0]}}}"
        return _applied(head, args[:1], script, not followed)
    return _applied(_head(name), args, script, name in BARE and not followed)


def _head(name: str) -> str:
    match = _SLOPE.fullmatch(name)
    base, primes = (match[2], _primes(match)) if match else (name, "")
    head = KNOWN[base].tex if base in KNOWN else name_tex(base)
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
