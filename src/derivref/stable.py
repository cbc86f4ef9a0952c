"""Forms that keep their digits where the usual ones cancel or overflow, with their derivatives.

They are entries of `derivref.elementary`; these names stay.
"""

from derivref import elementary
from derivref.records import Function

_STABLE = [r.name for r in elementary.FAMILY if elementary.FAMILY.theme(r).startswith("Forms")]
__all__ = [f"{slope}{name}" for name in _STABLE for slope in ("", "d_", "d2_")]


def __getattr__(name: str) -> Function:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return elementary.FAMILY.public(name)


def __dir__() -> list[str]:
    return __all__
