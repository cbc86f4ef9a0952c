"""Find out in several processes what a build needs and no earlier one has kept.

The judge of a record or of a derivation takes up to seconds, and none waits for another. What is
found is kept, so the build itself, which is one process, reads it.
"""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from derivref import catalog, derivation
from derivref.derivation import DerivationError
from derivref.records import Scalar
from derivref.site.markdown.derivation import worked
from derivref.site.show import measured
from derivref.verify import facts

Task = tuple[Callable[[str], None], str]


def judge(name: str) -> None:
    """Run the checks of a record, and measure what its page shows."""
    record = catalog.get(name)
    measured.verified(name)
    facts(record)
    if isinstance(record, Scalar):
        for dtype in (np.float64, np.float32):
            for n in range(3):
                measured.errors(name, n, dtype)
            for n in range(2):
                measured.errors(name, n, dtype, True)


def prove(text: str) -> None:
    """Check a derivation; a wrong one is named by the build, with its page and line."""
    with contextlib.suppress(DerivationError):
        derivation.check(text)


def missing(docs: Path) -> Iterator[Task]:
    """Yield what is not kept, the records first: they take longer."""
    for record in catalog.records():
        if not measured.judged(record.full_name):
            yield judge, record.full_name
    for text in (fence.code for _, fence in worked(docs)):
        if not derivation.judged(text):
            yield prove, text


def compute(docs: Path = Path("docs")) -> None:
    """Compute what is missing, in as many processes as there are processors."""
    tasks = list(missing(docs))
    if len(tasks) < 2:  # the build does as well
        return
    # A fork has SymPy already; elsewhere it is not safe.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for done in [pool.submit(function, argument) for function, argument in tasks]:
            done.result()
