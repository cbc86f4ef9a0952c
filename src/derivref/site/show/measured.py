"""What the oracle finds about each entry, kept on disk between builds.

The tests always measure anew; a build may show what an earlier one measured, if nothing that it
depends on has changed.
"""

import functools
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from derivref import catalog, oracle
from derivref.cache import cached, digest, known, machine
from derivref.oracle import Check, Errors
from derivref.records import Order
from derivref.verify import plain
from derivref.verify.kinds import checks


def _key(key: tuple[Any, ...], name: str = "") -> tuple[str, ...]:
    """Return what a result depends on: its key, our code but for the site's, the machine.

    Of an entry, named in full or in short, the code of other entries does not count.
    """
    code = oracle.source(catalog.get(name)) if name else digest(site=False)
    return (name, *map(str, key), code, *machine())


def kept(kind: str, key: tuple[Any, ...], compute: Callable[[], Any], name: str = "") -> Any:
    """Return what `compute` gives, from the disk if nothing that it depends on has changed."""
    return pickle.loads(cached(kind, _key(key, name), lambda: pickle.dumps(compute())))


def judged(name: str) -> bool:
    """Say whether the checks of an entry are kept."""
    return known("verified", _key((), name))


@functools.cache
def verified(name: str) -> tuple[Check, ...]:
    """Return the checks of an entry."""
    found: tuple[Check, ...] = kept("verified", (), lambda: tuple(checks(catalog.get(name))), name)
    return found


@functools.cache
def errors(name: str, n: Order, dtype: type, tutorial: bool = False) -> Errors:
    """Return the largest error of a derivative of an entry, or of the tutorial formula."""

    def compute() -> Errors:
        record = catalog.get(name)
        func = oracle.tutorial(record, n) if tutorial and not isinstance(n, str) else None
        return oracle.measure(record, n, dtype, func)

    found: Errors = kept("errors", (n, np.dtype(dtype).name, tutorial), compute, name)
    return found


@functools.cache
def prices(name: str, lost: tuple[plain.Span, ...] | None = None) -> plain.Price:
    """Return what the plain form of an entry costs, with digits lost where it is said or found."""
    found: plain.Price = kept("prices", (lost,), lambda: plain.price(catalog.get(name), lost), name)
    return found
