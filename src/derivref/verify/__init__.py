"""The judge: enclosures, theorems about functions of one variable, and the checks of each kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivref.records import Record

if TYPE_CHECKING:
    from derivref.oracle import Check

__all__ = ["checks"]


def checks(record: Record) -> "Sequence[Check]":
    """Run every check of a record of any kind.

    Parameters
    ----------
    record : Record
        An entry of any kind.

    Returns
    -------
    sequence of Check
        In the order of the methods; a fault is a check that is not `ok`.

    Raises
    ------
    TypeError
        If its kind has no checks.
    """
    # Late: proofs are judged by modules of this package, and exercises by proofs.
    from derivref.verify import kinds

    return kinds.checks(record)
