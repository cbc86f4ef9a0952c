"""Identities of matrix calculus, each verified on random matrices of several shapes."""

from derivref.records import Family, Identity

FAMILY: Family[Identity] = Family(
    "matrix",
    "Matrix calculus",
    page="reference/matrix/{theme}.md#{name}",
    index="reference/matrix/index.md",
    kind=Identity,
)
FAMILY.load(
    __name__,
    (
        "differentials",
        "forms",
        "traces",
        "determinants",
        "norms",
        "spectra",
        "structured",
        "models",
    ),
)
