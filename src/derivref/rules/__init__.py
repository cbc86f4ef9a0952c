"""The rules of differentiation, each with what it needs and what happens without it.

Formulas are written in the language of `derivref.language`: f(x) and g(x) are any differentiable
functions, ``d_f(x)`` is f′(x). The tests check each rule with f and g undefined and on concrete
choices; the pages print the same formulas.
"""

from derivref.records import Family, Identity

FAMILY: Family[Identity] = Family(
    "rules",
    "Rules of differentiation",
    page="learn/rules.md#{name}",
    index="learn/rules.md",
    kind=Identity,
)
FAMILY.load(__name__)
