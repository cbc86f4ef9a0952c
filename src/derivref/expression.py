"""The closed language of formulas and proofs: see `derivref.language`, whose parts these are."""

import mpmath as mp
import sympy as sp

from derivref.language.syntax import (
    ARITY,
    CONSTANTS,
    OPERATORS,
    RELATIONS,
    USAGE,
    ExpressionError,
    Let,
    Lets,
    free_names,
    parse,
    reserved,
    slope,
)
from derivref.language.tex import bracket, formula_tex, limit_tex, name_tex, to_tex
from derivref.language.values import (
    KNOWN,
    Functions,
    Known,
    Numbers,
    Symbols,
    evaluate,
    holds,
    undefined,
)

__all__ = [
    "ARITY",
    "CONSTANTS",
    "KNOWN",
    "OPERATORS",
    "RELATIONS",
    "USAGE",
    "ExpressionError",
    "Functions",
    "Known",
    "Let",
    "Lets",
    "Numbers",
    "Symbols",
    "bracket",
    "evaluate",
    "formula_tex",
    "free_names",
    "holds",
    "limit_tex",
    "mp",
    "name_tex",
    "parse",
    "reserved",
    "slope",
    "sp",
    "to_tex",
    "undefined",
]
