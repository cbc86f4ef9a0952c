"""What may be written: Python expressions in which every node and every name has a meaning.

The tree that Python parses is all there is: it is read as numbers, as SymPy expressions
(`derivref.language.values`), as enclosures (`derivref.verify.balls`) and as TeX that keeps the
author's order. SymPy's own parser captures names (S, N, E1, beta, I) and its printer reorders and
merges; neither is used.
"""

import ast
import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

# Every function, with the TeX of its head. Names are NumPy's and SciPy's.
HEADS: dict[str, str] = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{name: rf"\{name}" for name in ("sinh", "cosh", "tanh", "exp", "sqrt", "max", "min")},
    "arcsin": r"\arcsin",
    "arccos": r"\arccos",
    "arctan": r"\arctan",
    "arcsinh": r"\operatorname{arsinh}",
    "arccosh": r"\operatorname{arcosh}",
    "arctanh": r"\operatorname{artanh}",
    "log": r"\ln",
    "log1p": r"\operatorname{log1p}",
    "expm1": r"\operatorname{expm1}",
    "softplus": r"\operatorname{softplus}",
    "cbrt": "",
    "sinc": r"\operatorname{sinc}",
    "sign": r"\operatorname{sign}",
    "abs": "",
    "floor": "",
    "ceil": "",
    "factorial": r"\factorial",
    "binomial": r"\binomial",
    "sigma": r"\sigma",
    "erf": r"\operatorname{erf}",
    "erfc": r"\operatorname{erfc}",
    "erfcx": r"\operatorname{erfcx}",
    "erfinv": r"\operatorname{erf}^{-1}",
    "Phi": r"\Phi",
    "phi": r"\varphi",
    "ndtri": r"\Phi^{-1}",
    "log_ndtr": r"\ln\Phi",
    "gamma": r"\Gamma",
    "gammaln": r"\ln\Gamma",
    "digamma": r"\psi",
    "polygamma": r"\psi",
    "beta": r"\mathrm{B}",
    "gammainc": "P",
    "gammaincc": "Q",
    "zeta": r"\zeta",
    "j0": "J_{0}",
    "j1": "J_{1}",
    "i0": "I_{0}",
    "i1": "I_{1}",
    "k0": "K_{0}",
    "k1": "K_{1}",
    "airyai": r"\operatorname{Ai}",
    "airyaiprime": r"\operatorname{Ai}'",
    "lambertw": "W",
    "expi": r"\operatorname{Ei}",
    "exp1": "E_{1}",
    "si": r"\operatorname{Si}",
    "ci": r"\operatorname{Ci}",
    "dilog": r"\operatorname{Li}_{2}",
    "fresnels": "S",
    "fresnelc": "C",
    "ellipk": "K",
    "ellipe": "E",
}
# What a head stands for that is a letter: a page that uses it says so.
MEANT = {
    "ndtri": r"$\Phi^{-1}$ is the inverse of the normal distribution function",
    "gamma": r"$\Gamma$ is the gamma function",
    "gammaln": r"$\Gamma$ is the gamma function",
    "digamma": r"$\psi(x) = \frac{\Gamma'(x)}{\Gamma(x)}$ is the digamma function",
    "polygamma": r"$\psi^{(n)}$ is the n-th derivative of the digamma function",
    "beta": r"$\mathrm{B}$ is the beta function",
    "gammainc": r"$P$ is the regularised lower incomplete gamma function",
    "gammaincc": r"$Q$ is the regularised upper incomplete gamma function",
    "zeta": r"$\zeta$ is the zeta function",
    "j0": r"$J_n$ are the Bessel functions of the first kind",
    "j1": r"$J_n$ are the Bessel functions of the first kind",
    "i0": r"$I_n$ are the modified Bessel functions of the first kind",
    "i1": r"$I_n$ are the modified Bessel functions of the first kind",
    "k0": r"$K_n$ are the modified Bessel functions of the second kind",
    "k1": r"$K_n$ are the modified Bessel functions of the second kind",
    "lambertw": r"$W$ is the principal branch of the Lambert function, $W e^W = x$",
    "exp1": r"$E_1$ is the exponential integral from x to ∞",
    "fresnels": r"$S$ is the sine integral of Fresnel",
    "fresnelc": r"$C$ is the cosine integral of Fresnel",
    "ellipk": r"$K$ is the complete elliptic integral of the first kind",
    "ellipe": r"$E$ is the complete elliptic integral of the second kind",
}
TWO = ("max", "min", "binomial", "beta", "polygamma", "gammainc", "gammaincc")
ARITY: dict[str, tuple[int, ...]] = {  # of HEADS; every other takes one argument
    **dict.fromkeys(TWO, (2,)),
    "log": (1, 2),  # log(x, a) is the logarithm to base a
}
OPERATORS = {"Derivative": (2, 3), "Limit": (3, 3), "Sum": (4, 4)}  # numbers of arguments
USAGE = {"Derivative": "(f(x), x)", "Limit": "(f(h), h, 0)", "Sum": "(f(k), k, 0, n)"}
CONSTANTS = {"pi": r"\pi", "oo": r"\infty"}
RELATIONS = {"<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "=": "="}  # the longer ones first
BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARE: dict[type, str] = {
    ast.NotEq: r"\ne",
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Gt: ">",
    ast.GtE: r"\ge",
}
# SymPy's spelling of what the language spells otherwise: what SymPy prints is read as well.
SYMPY = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "Abs": "abs",
    "Max": "max",
    "Min": "min",
    "ceiling": "ceil",
    "loggamma": "gammaln",
    "LambertW": "lambertw",
    "Ei": "expi",
    "Si": "si",
    "Ci": "ci",
    "elliptic_k": "ellipk",
    "elliptic_e": "ellipe",
    "airyaiprime": "airyaiprime",
}
# Names that derivations never declare: those that most readers know, and the logistic and normal.
CORE = {
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "arcsinh"),
    *("arccosh", "arctanh", "exp", "log", "sqrt", "erf", "sign", "abs", "max", "min"),
    *("factorial", "binomial", "sigma", "Phi", "phi"),
}
SLOPE = re.compile(r"d(\d?)_(\w+)")


class ExpressionError(ValueError):
    """What is wrong with an expression, in the author's terms."""


class UnknownName(ExpressionError):  # noqa: N818 (what it says, as KeyError does)
    """A name that nothing declares; `name` and `kind` ("symbol" or "function") say which."""

    def __init__(self, name: str, kind: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.kind = kind


@dataclass(frozen=True)
class Let:
    """An abbreviation: a symbol, or a function of one argument."""

    argument: str  # empty for a symbol
    body: ast.expr


Lets = Mapping[str, Let]


def slope(name: str, functions: Collection[str]) -> tuple[str, int] | None:
    """Return the function and the number of derivatives that a called name means.

    ``f`` is ("f", 0), ``d_f`` is ("f", 1), ``d2_f`` is ("f", 2); None if no such function is known.

    Parameters
    ----------
    name : str
        A name of the language.
    functions : collection of str
        The functions that are declared.

    Returns
    -------
    tuple of (str, int), or None
        ``("f", 1)`` of ``d_f``; None if it means no derivative.
    """
    if name in functions or name in HEADS:
        return name, 0
    match = SLOPE.fullmatch(name)
    if match and (match[2] in functions or match[2] in HEADS):
        return match[2], int(match[1] or 1)
    return None


def reserved(name: str) -> bool:
    """Say whether a name means something in every derivation, so that it cannot be declared.

    Special functions may be hidden: beta and zeta are letters first.

    Parameters
    ----------
    name : str
        A name of the language.

    Returns
    -------
    bool
        Whether it is taken.
    """
    return name in {*CORE, *OPERATORS, *CONSTANTS, "Piecewise"} or SLOPE.fullmatch(name) is not None


def read(source: str) -> ast.expr:
    """Return the syntax tree of any Python expression.

    Raises
    ------
    ExpressionError
        For a syntax error.
    """
    try:
        return ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"`{source}` is not a Python expression: {error.msg}") from None


def spelled(node: ast.expr, own: Collection[str] = ()) -> ast.expr:
    """Translate SymPy's spelling of functions into the language's, except for names in `own`."""

    class Speller(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            if name.id in own:
                return name
            if name.id == "E":
                return ast.Call(ast.Name("exp"), [ast.Constant(1)], [])
            return ast.Name(SYMPY.get(name.id, name.id))

    result: ast.expr = Speller().visit(node)
    return result


def parse(
    source: str,
    symbols: Set[str],
    functions: Set[str],
    *,
    condition: bool = False,
    sympy: bool = False,
) -> ast.expr:
    """Return the syntax tree of an expression in which every node and name is allowed.

    Parameters
    ----------
    source : str
        The expression.
    symbols, functions : set of str
        The names that are declared beside those of the language.
    condition : bool
        Ask for one comparison instead.
    sympy : bool
        Read SymPy's spelling too (asin, Abs, Max, E), as the formulas of records are written.

    Returns
    -------
    ast.expr
        Its body.

    Raises
    ------
    ExpressionError
        For a syntax error, an unknown name, or anything that is not in the language.
    """
    node = read(source)
    if sympy:
        node = spelled(node, symbols | functions)
    if not condition:
        _allow(node, symbols, functions)
        return node
    if not is_comparison(node):
        raise ExpressionError(f"`{source}` must be a comparison, such as `g(x) != 0`")
    _allow_condition(node, symbols, functions)
    return node


def is_comparison(node: ast.expr) -> bool:
    """Say whether a node is a comparison of the language, perhaps a chain ``0 < x < y``."""
    return isinstance(node, ast.Compare) and all(type(op) in COMPARE for op in node.ops)


def _allow_condition(node: ast.expr, symbols: Set[str], functions: Set[str]) -> None:
    if isinstance(node, ast.Constant) and node.value is True:
        return
    if not is_comparison(node):
        raise ExpressionError(f"`{ast.unparse(node)}` is no condition: `x < 0` is, and `True`")
    assert isinstance(node, ast.Compare)
    for side in (node.left, *node.comparators):
        _allow(side, symbols, functions)


def _allow(node: ast.expr, symbols: Set[str], functions: Set[str]) -> None:
    inner = symbols
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            parts: list[ast.expr] = []
        case ast.Name(id=name):
            parts = []
            if name not in symbols and name not in CONSTANTS:
                raise UnknownName(
                    name,
                    "symbol",
                    f"the name `{name}` is unknown: declare it with `domain:` or `let:`",
                )
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            parts = [node.operand]
        case ast.BinOp() if isinstance(node.op, BINARY):
            parts = [node.left, node.right]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in OPERATORS:
            low, high = OPERATORS[name]
            if not low <= len(args) <= high or not isinstance(args[1], ast.Name):
                raise ExpressionError(f"`{ast.unparse(node)}` must read `{name}{USAGE[name]}`")
            inner = symbols | {args[1].id}
            # The variable of a derivative keeps its value outside; the others are only bound.
            parts = args[1:] if name == "Derivative" else args[2:]
            _allow(args[0], inner, functions)
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows, keywords=[]):
            parts = []
            for value, condition in pieces(rows):
                _allow(value, symbols, functions)
                _allow_condition(condition, symbols, functions)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            parts = args
            if slope(name, functions) is None:
                raise UnknownName(
                    name,
                    "function",
                    f"the function `{name}` is unknown: declare it with `functions:` or `let:`",
                )
            known = (1,) if name in functions else ARITY.get(name, (1,))
            if len(args) not in known:
                counts = " or ".join(map(str, known))
                raise ExpressionError(f"`{name}` takes {counts} argument(s), got {len(args)}")
        case _:
            raise ExpressionError(f"`{ast.unparse(node)}` is not part of the language")
    for part in parts:
        _allow(part, symbols, functions)


def pieces(rows: list[ast.expr]) -> list[tuple[ast.expr, ast.expr]]:
    """Return the pairs of a value and a condition that a Piecewise lists.

    Raises
    ------
    ExpressionError
        If one is no pair.
    """
    found = []
    for row in rows:
        match row:
            case ast.Tuple(elts=[value, condition]):
                found.append((value, condition))
            case _:
                raise ExpressionError(
                    f"`Piecewise` takes pairs of a value and a condition, got `{ast.unparse(row)}`"
                )
    return found


def free_names(node: ast.expr) -> set[str]:
    """Return the names of an expression that no Limit or Sum binds.

    Parameters
    ----------
    node : ast.expr
        A parsed expression.

    Returns
    -------
    set of str
        The names, without constants.
    """
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.Call(func=ast.Name(id="Limit" | "Sum"), args=[body, ast.Name(id=bound), *rest]):
            return (free_names(body) - {bound}).union(*map(free_names, rest))
        case ast.Call(args=args):
            return set().union(*map(free_names, args))
    children = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return set().union(*map(free_names, children))
