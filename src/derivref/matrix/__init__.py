"""Identities of matrix calculus, each verified on random matrices of several shapes."""

from derivref.records import Family, Identity

FAMILY: Family[Identity] = Family(
    "matrix",
    "Matrix calculus",
    page="reference/matrix.md#{name}",
    index="reference/matrix.md",
    kind=Identity,
)
FAMILY.load(__name__)
