"""Elementary functions with their first and second derivatives."""

from derivref.records import Family, Function, Scalar

FAMILY: Family[Scalar] = Family(
    "elementary",
    "Elementary functions",
    page="reference/elementary/{name}.md",
    index="reference/elementary/index.md",
)
FAMILY.load(__name__)
__all__ = FAMILY.names()


def __getattr__(name: str) -> Function:
    return FAMILY.public(name)


def __dir__() -> list[str]:
    return ["FAMILY", *__all__]
