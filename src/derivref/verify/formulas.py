"""The formulas of a record as terms: one reading for all of them."""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction

from derivref.language.syntax import ExpressionError, UnknownName, parse
from derivref.records import Order, Scalar
from derivref.verify import balls
from derivref.verify.terms import Term, X, differentiate, from_tree, num, substitute, sym

Functions = Mapping[str, Callable[[Term], Term]]


def tree(text: str, record: Scalar, functions: Functions | None = None) -> ast.expr:
    """Return the syntax tree of a formula of a record.

    Raises
    ------
    ValueError
        If a name is unknown or it does not parse; the message names the record and the formula.
    """
    names = {"x", *record.parameters, *record.where}
    try:
        return parse(text, names, set(functions or ()), sympy=True)
    except UnknownName as error:
        raise ValueError(
            f"{record.name}: unknown {error.kind} `{error.name}` in `{text}`"
        ) from error
    except ExpressionError as error:
        raise ValueError(f"{record.name}: cannot read the formula `{text}`: {error}") from error


def read(
    text: str, record: Scalar, functions: Functions | None = None, *, symbolic: bool = False
) -> Term:
    """Return a formula of a record as a term in x.

    Parameters
    ----------
    text : str
        The formula.
    record : Scalar
        The entry, for its parameters and abbreviations.
    functions : mapping, optional
        More functions by name: those of other records, for relations.
    symbolic : bool
        Keep the parameters as symbols, instead of their values.

    Raises
    ------
    ValueError
        If it has an unknown name, or does not parse.
    """
    values = {name: sym(name) for name in record.parameters} if symbolic else _values(record)
    names: dict[str, Term] = {"x": X, **values}
    for name, short in record.where.items():
        names[name] = from_tree(tree(short, record, functions), names, functions)
    try:
        return from_tree(tree(text, record, functions), names, functions)
    except ExpressionError as error:
        raise ValueError(f"{record.name}: cannot read the formula `{text}`: {error}") from error


def _values(record: Scalar) -> dict[str, Term]:
    return {name: num(Fraction(str(value))) for name, value in record.parameters.items()}


def formula(record: Scalar, n: Order = 0, *, symbolic: bool = False) -> Term:
    """Return the exact n-th derivative of the formula of f (n = 0 is f itself).

    Or, with the name of a parameter, the derivative in that parameter.
    """
    if isinstance(n, str):
        slope = differentiate(read(record.expr, record, symbolic=True), n)
        return slope if symbolic else substitute(slope, _values(record))
    return differentiate(read(record.expr, record, symbolic=symbolic), "x", n)


def applied(record: Scalar) -> Callable[[Term], Term]:
    """Return the function of a record as a function of terms."""
    body = formula(record)
    return lambda u: substitute(body, {"x": u})


def called(record: Scalar, n: Order) -> set[str]:
    """Return the functions that the form of a derivative calls, and what it abbreviates."""
    text = record.form_of(n) or (record.expr if n == 0 else "")
    trees = [tree(part, record) for part in (text, *record.where.values()) if part]
    calls = (c for t in trees for c in ast.walk(t) if isinstance(c, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def constant(text: str) -> Term:
    """Return a constant such as "pi/2" as a term."""
    return from_tree(parse(text, set(), set(), sympy=True), {})


def at(t: Term, x: float, values: Mapping[str, float]) -> float:
    """Return a term in x and parameters at numbers, from enclosures."""
    given = {name: balls.ball(value) for name, value in values.items()}
    compiled = balls.program(t)
    return float(balls.settle(lambda: compiled.run(balls.ball(x), 0, given))[0])


def real(text: str) -> float:
    """Return the value of a constant such as "pi/2".

    Raises
    ------
    ExpressionError
        If it is no constant of the language.
    """
    return float(balls.value(constant(text)))
