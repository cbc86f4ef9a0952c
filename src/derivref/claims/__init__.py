"""Statements that people make and that fail, each with its counterexample and what is true."""

from derivref.records import Family, Identity

FAMILY: Family[Identity] = Family(
    "claims",
    "Claims that fail",
    page="practice/claims.md#{name}",
    index="practice/claims.md",
    kind=Identity,
)
FAMILY.load(__name__, first=("calculus", "extrema", "descent", "networks", "chances", "digits"))
