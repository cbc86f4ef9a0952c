"""Activation functions with their first and second derivatives."""

from derivref.records import Family, Function, Scalar

FAMILY: Family[Scalar] = Family(
    "activations",
    "Activation functions",
    page="reference/activations/{name}.md",
    index="reference/activations/index.md",
)
FAMILY.load(
    __name__, first=("logistic", "rectifiers", "gated", "smooth_rectifiers", "exponential_units")
)
__all__ = FAMILY.names()


def __getattr__(name: str) -> Function:
    return FAMILY.public(name)


def __dir__() -> list[str]:
    return ["FAMILY", *__all__]
