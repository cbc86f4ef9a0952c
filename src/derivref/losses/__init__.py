"""Loss functions with their gradients, and the vjp that a backward pass needs."""

from derivref.records import Family, Function, Operator

FAMILY: Family[Operator] = Family(
    "losses",
    "Losses",
    page="reference/losses/{name}.md",
    index="reference/losses/index.md",
    kind=Operator,
)
FAMILY.load(__name__)
__all__ = FAMILY.names()


def __getattr__(name: str) -> Function:
    return FAMILY.public(name)


def __dir__() -> list[str]:
    return ["FAMILY", *__all__]
