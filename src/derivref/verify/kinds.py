"""What can be asked of a record of any kind: its checks and its facts.

A kind registers its own functions here, so that records know nothing of the judge; a kind that has
none is an error, not an entry without checks.
"""

from collections.abc import Sequence
from functools import cache, singledispatch
from typing import Any

from derivref import oracle
from derivref.oracle import Check
from derivref.records import Record, Scalar
from derivref.verify import plain


def _unknown(record: Record, what: str) -> str:
    kind = type(record).__name__
    return (
        f"{record.full_name}: no {what} for records of kind `{kind}`: write them in a module that "
        f"`_register` of derivref/verify/kinds.py imports, with `{what}.register({kind}, …)`"
    )


@cache
def _register() -> bool:
    """Import the modules that register their kinds; they import this one."""
    from derivref.verify import operators, statements  # noqa: F401

    return True


@singledispatch
def checks(record: Record) -> Sequence[Check]:
    """Run every check of a record: what its tests assert and what the ledger shows.

    Parameters
    ----------
    record : Record
        An entry of any kind.

    Returns
    -------
    sequence of Check
        In the order of the methods.

    Raises
    ------
    TypeError
        If its kind has no checks.
    """
    if _register() and checks.dispatch(type(record)) is not checks.dispatch(object):
        return checks(record)
    raise TypeError(_unknown(record, "checks"))


@singledispatch
def facts(record: Record) -> Any:
    """Return what can be computed of a record and is not stored: key numbers, shapes.

    Parameters
    ----------
    record : Record
        An entry of any kind.

    Returns
    -------
    object
        What is known of it: `Facts` of a scalar, a mapping of the others.

    Raises
    ------
    TypeError
        If its kind has no facts.
    """
    if _register() and facts.dispatch(type(record)) is not facts.dispatch(object):
        return facts(record)
    raise TypeError(_unknown(record, "facts"))


@singledispatch
def vacant(record: Record) -> set[str]:
    """Return the methods that have nothing to check in a record: a function without a kink.

    Parameters
    ----------
    record : Record
        An entry.

    Returns
    -------
    set of str
        The names of the methods.
    """
    return set()


@vacant.register
def _(record: Scalar) -> set[str]:
    empty = {
        "kinks": not record.corners,
        "relations": not record.relations,
        "plain form": not record.plain,
    }
    return {method for method, nothing in empty.items() if nothing}


@checks.register
def _(record: Scalar) -> Sequence[Check]:
    return [*oracle.verify(record), *plain.check(record)]


facts.register(Scalar, oracle.facts)
