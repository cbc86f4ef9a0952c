"""Programs changed by machine: an assert must fail for a change that changes what is printed.

``python -m derivref.site.lint.mutants`` changes every visible program of the pages in every way
(``--each N`` in N ways of each, ``--page`` on one page); the tests try a sample. A verdict is kept
under the two programs.
"""

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from derivref.cache import cached, machine
from derivref.site.fault import Fault
from derivref.site.lint import needs, snippets
from derivref.site.lint.faults import draw

LIMIT = 120.0  # seconds; a change that makes a program endless is seen


@dataclass(frozen=True)
class Mutant:
    """A program with one change: the line in it, the old text and the new one."""

    code: str
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"line {self.line}: `{self.old}` → `{self.new}`"


def digest(code: str) -> str:
    """Return what says which changes of a program come first."""
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def mutants(code: str, each: int | None = None) -> list[Mutant]:
    """Return the changes of a program that its assert should see, in an order of its own.

    Parameters
    ----------
    code : str
        The program.
    each : int, optional
        How many at most.
    """
    data = draw.inputs(code)
    found = [
        Mutant(code[:at] + new + code[at + len(old) :], code.count("\n", 0, at) + 1, old, new)
        for at, old, new in draw.python(code)
        if old != new and not any(a <= at < b for a, b in data)
    ]
    random.Random(int(digest(code), 16)).shuffle(found)
    return found if each is None else found[:each]


def verdict(code: str, mutant: Mutant) -> str:
    """Return "caught", "unchanged" if the same is printed, or "survived"."""

    def compute() -> bytes:
        try:
            new = snippets.run(mutant.code, "changed", limit=LIMIT)
        except Fault:
            return b"caught"
        return b"unchanged" if new == snippets.run(code, "program", limit=LIMIT) else b"survived"

    return cached("mutant", (code, mutant.code, *machine()), compute).decode()


def programs(docs: Path) -> Iterator[tuple[str, snippets.Fence]]:
    """Yield the visible programs of the pages that run here, each with its page."""
    for path in sorted(docs.rglob("*.md")):
        for fence in snippets.fences(path.read_text("utf-8")):
            if fence.header == snippets.VISIBLE and not needs.unmet(fence.code):
                yield path.relative_to(docs).as_posix(), fence


def main() -> None:
    """Change programs and print the changes that no assert sees; the status is 1 if there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, help="changes of each program")
    parser.add_argument("--page", default="", help="only pages whose path has this")
    options = parser.parse_args()
    counts = dict.fromkeys(("caught", "unchanged", "survived"), 0)
    for page, fence in programs(Path("docs")):
        for mutant in mutants(fence.code, options.each) if options.page in page else ():
            said = verdict(fence.code, mutant)
            counts[said] += 1
            if said == "survived":
                at = fence.line + mutant.line
                print(f"{page}:{at}: no assert sees `{mutant.old}` → `{mutant.new}`", flush=True)
    print(", ".join(f"{n} {said}" for said, n in counts.items()))
    sys.exit(1 if counts["survived"] else 0)


if __name__ == "__main__":
    main()
