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
from derivref.verify import checks


def _key(key: tuple[Any, ...]) -> tuple[str, ...]:
    """Return what a result depends on: its key, our code but for the site's, the machine."""
    return (*map(str, key), digest(site=False), *machine())


def kept(kind: str, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
    """Return what `compute` gives, from the disk if nothing that it depends on has changed."""
    return pickle.loads(cached(kind, _key(key), lambda: pickle.dumps(compute())))


def judged(name: str) -> bool:
    """Say whether the checks of an entry are kept."""
    return known("verified", _key((name,)))


@functools.cache
def verified(name: str) -> tuple[Check, ...]:
    """Return the checks of an entry."""
    found: tuple[Check, ...] = kept("verified", (name,), lambda: tuple(checks(catalog.get(name))))
    return found


@functools.cache
def errors(name: str, n: int, dtype: type, tutorial: bool = False) -> Errors:
    """Return the largest error of f, f′ or f″ of an entry, or of the tutorial formula."""

    def compute() -> Errors:
        record = catalog.get(name)
        return oracle.measure(record, n, dtype, oracle.tutorial(record, n) if tutorial else None)

    found: Errors = kept("errors", (name, n, np.dtype(dtype).name, tutorial), compute)
    return found
