"""Which pages a browser looks at where all of them would take too long."""

import random
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from derivref import catalog

COUNT = 30  # drawn beside one page of each kind and those that have changed


def git(root: Path, *arguments: str) -> str:
    """Return what git says, "" where there is no git or it refuses."""
    try:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def changed(root: Path) -> set[str]:
    """Return the files that differ from where this branch left main, on main from the last commit.

    Those not committed yet are among them.
    """
    head = git(root, "rev-parse", "HEAD")
    bases = [git(root, "merge-base", "HEAD", main) for main in ("origin/main", "main")]
    base = next((b for b in bases if b and b != head), "HEAD~1")
    files = git(root, "diff", "--name-only", base) or git(root, "diff", "--name-only", "HEAD")
    new = git(root, "ls-files", "--others", "--exclude-standard")
    return {*files.splitlines(), *new.splitlines()}


def sources() -> dict[str, tuple[str, set[str]]]:
    """Return, for each page with a record, the kind and the files in which its records stand."""
    found: dict[str, tuple[str, set[str]]] = {}
    for family in catalog.families():
        for record in family:
            page = catalog.address(record).partition("#")[0]
            _, files = found.setdefault(page, (record.kind, set()))
            files.add(f"src/{family.module(record).replace('.', '/')}.py")
    return found


def source(address: str) -> str:
    """Return the page below docs/ that is served at an address, ``reference/kinks/``."""
    return f"{address.rstrip('/')}.md" if address else "index.md"


def chosen(addresses: Iterable[str], files: Collection[str], seed: str) -> list[str]:
    """Return one page of each kind, those that have changed, and thirty that `seed` draws.

    Parameters
    ----------
    addresses : iterable of str
        Every page of the site.
    files : collection of str
        What has changed, as paths in the repository.
    seed : str
        The commit: each looks at other pages, and again at the same.
    """
    every, draw, records = sorted(addresses), random.Random(seed), sources()
    kinds: dict[str, str] = {}
    found = set()
    for address in draw.sample(every, len(every)):
        # The index of a folder is built from `index.md` in it, or from a page of its name.
        pages = {source(address), f"{address}index.md"}
        kind, homes = next((records[p] for p in pages if p in records), ("", set()))
        kinds.setdefault(kind or address.partition("/")[0], address)
        if {f"docs/{page}" for page in pages} & {*files} or homes & {*files}:
            found.add(address)
    found |= {*kinds.values()}
    rest = [address for address in every if address not in found]
    return sorted(found | {*draw.sample(rest, min(COUNT, len(rest)))})
