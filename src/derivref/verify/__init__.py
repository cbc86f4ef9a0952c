"""The judge: enclosures, theorems about functions of one variable, and what "verified" means.

`checks(record)` runs every check of a record of any kind.
"""

from typing import Any

__all__ = ["checks"]


def __getattr__(name: str) -> Any:
    if name == "checks":
        # Late: proofs are judged by modules of this package, and exercises by proofs.
        from derivref.verify.kinds import checks

        return checks
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
