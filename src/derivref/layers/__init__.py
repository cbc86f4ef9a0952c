"""Layers and other functions of arrays, with the vjp that their backward pass needs."""

from derivref.records import Family, Function, Operator

FAMILY: Family[Operator] = Family(
    "layers",
    "Layers",
    page="reference/layers/{name}.md",
    index="reference/layers/index.md",
    kind=Operator,
)
FAMILY.load(__name__)
__all__ = FAMILY.names()


def __getattr__(name: str) -> Function:
    return FAMILY.public(name)


def __dir__() -> list[str]:
    return ["FAMILY", *__all__]
