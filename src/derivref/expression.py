"""The closed language of formulas and proofs: see `derivref.language`, whose parts these are."""

from derivref.language.syntax import (
    ExpressionError,
    Let,
    free_names,
    parse,
    reserved,
    slope,
)
from derivref.language.tex import bracket, formula_tex, limit_tex, name_tex, to_tex
from derivref.language.values import (
    Numbers,
    Symbols,
    evaluate,
    holds,
    undefined,
)

__all__ = [
    "ExpressionError",
    "Let",
    "Numbers",
    "Symbols",
    "bracket",
    "evaluate",
    "formula_tex",
    "free_names",
    "holds",
    "limit_tex",
    "name_tex",
    "parse",
    "reserved",
    "slope",
    "to_tex",
    "undefined",
]
