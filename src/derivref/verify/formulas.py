"""The formulas of a record as terms: one reading for all of them."""

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction

from derivref.language.syntax import ExpressionError, UnknownName, parse
from derivref.records import Scalar
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
    values = {
        name: sym(name) if symbolic else num(Fraction(str(value)))
        for name, value in record.parameters.items()
    }
    names: dict[str, Term] = {"x": X, **values}
    for name, short in record.where.items():
        names[name] = from_tree(tree(short, record, functions), names, functions)
    try:
        return from_tree(tree(text, record, functions), names, functions)
    except ExpressionError as error:
        raise ValueError(f"{record.name}: cannot read the formula `{text}`: {error}") from error


def formula(record: Scalar, n: int = 0, *, symbolic: bool = False) -> Term:
    """Return the exact n-th derivative of the formula of f (n = 0 is f itself)."""
    return differentiate(read(record.expr, record, symbolic=symbolic), "x", n)


def applied(record: Scalar) -> Callable[[Term], Term]:
    """Return the function of a record as a function of terms."""
    body = formula(record)
    return lambda u: substitute(body, {"x": u})


def constant(text: str) -> Term:
    """Return a constant such as "pi/2" as a term."""
    return from_tree(parse(text, set(), set(), sympy=True), {})
