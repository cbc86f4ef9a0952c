"""What the oracle finds about each entry, kept on disk between builds.

The tests always measure anew; a build may show what an earlier one measured, if nothing that it
depends on has changed.
"""

import functools
import os
import pickle
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

from derivref import catalog, oracle
from derivref.cache import cached, digest
from derivref.oracle import Check, Errors
from derivref.verify import checks


@functools.cache
def depends() -> tuple[str, ...]:
    """Return what results depend on: our code, the libraries, and the processor.

    The processor decides the last digits of exp and tanh; the variables choose which of its
    instructions the C library and OpenBLAS use.
    """
    packages = (f"{name} {version(name)}" for name in ("numpy", "scipy", "sympy", "mpmath"))
    simd: Any = np.show_config(mode="dicts")  # what NumPy found, less what is switched off
    features = " ".join(simd.get("SIMD Extensions", {}).get("found", ()))
    chosen = (os.environ.get(name, "") for name in ("GLIBC_TUNABLES", "OPENBLAS_CORETYPE"))
    return (digest(), sys.version, *packages, features, *chosen)


def kept(kind: str, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
    """Return what `compute` gives, from the disk if nothing that it depends on has changed."""
    full = (*map(str, key), *depends())
    return pickle.loads(cached(kind, full, lambda: pickle.dumps(compute())))


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
