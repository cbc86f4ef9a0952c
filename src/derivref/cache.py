"""Results that are dear to compute, kept on disk under a digest of everything they depend on."""

import hashlib
import os
import platform
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path


def directory() -> Path:
    """Return ``DERIVREF_CACHE``, else ``.cache/derivref`` below the working directory."""
    return Path(os.environ.get("DERIVREF_CACHE", ".cache/derivref"))


ROOT = Path(__file__).parent
_IMPORT = re.compile(r"^\s*(?:from|import) derivref\.([\w.]+)", re.MULTILINE)


@cache
def _files() -> tuple[Path, ...]:
    return tuple(p for p in sorted(ROOT.rglob("*")) if p.is_file() and p.suffix != ".pyc")


@cache
def _contents(path: Path) -> bytes:
    return f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes()


@cache
def _facts() -> frozenset[str]:
    """Return the packages of facts: those that make a family."""
    return frozenset(p.parent.name for p in ROOT.glob("*/__init__.py") if b"FAMILY" in _contents(p))


def _module(name: str) -> list[Path]:
    """Return the file of a module below derivref, or every file of a package."""
    path = ROOT.joinpath(*name.split("."))
    file = path.with_suffix(".py")
    return [file] if file.is_file() else [p for p in _files() if path in p.parents]


@cache
def digest(site: bool = True, facts: tuple[str, ...] | None = None) -> str:
    """Return a digest of every file of the package, for keys that must miss no change.

    Without those of `derivref.site` it serves what is found out about the records: nothing below
    the site imports it (tests/test_imports.py), so a change of its pages is none of the facts.

    Parameters
    ----------
    site : bool
        Whether the files of `derivref.site` count.
    facts : tuple of str, optional
        Of the packages of records, only these modules and what they import there count,
        ``("derivref.activations.gated",)``: what is found out about one record does not depend on
        its neighbours.

    Returns
    -------
    str
        Hexadecimal.
    """
    packages = _facts()
    paths = {
        path
        for path in _files()
        if (site or path.relative_to(ROOT).parts[0] != "site")
        and (facts is None or path.relative_to(ROOT).parts[0] not in packages)
    }
    left = {name.partition("derivref.")[2] for name in facts or ()}
    while left:
        name = left.pop()
        new = {p for p in _module(name) if name} - paths
        if name.partition(".")[0] in packages:
            new |= {ROOT / name.partition(".")[0] / "__init__.py"} - paths
        paths |= new
        for path in (p for p in new if p.suffix == ".py"):
            found = _IMPORT.findall(path.read_text(encoding="utf-8"))
            left |= {n for n in found if n.partition(".")[0] in packages and "." in n}
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(_contents(path))
    return total.hexdigest()


@cache
def machine() -> tuple[str, ...]:
    """Return what else numbers depend on: Python, every installed package, and the processor.

    The processor decides the last digits of exp and tanh; the variables choose which of its
    instructions the C library and OpenBLAS use.
    """
    import numpy as np

    packages = sorted(f"{d.name} {d.version}" for d in metadata.distributions())
    simd = np.show_config(mode="dicts") or {}  # what NumPy found, less what is switched off
    features = " ".join(simd.get("SIMD Extensions", {}).get("found", ()))
    chosen = (os.environ.get(name, "") for name in ("GLIBC_TUNABLES", "OPENBLAS_CORETYPE"))
    return (sys.version, platform.platform(), *packages, features, *chosen)


def _path(kind: str, key: tuple[str, ...]) -> Path:
    return directory() / kind / hashlib.sha256("\0".join(key).encode()).hexdigest()


def known(kind: str, key: tuple[str, ...]) -> bool:
    """Say whether a result is stored.

    Parameters
    ----------
    kind, key : str, tuple of str
        As for `cached`.

    Returns
    -------
    bool
        Whether `cached` would read it.
    """
    return _path(kind, key).is_file()


def cached(kind: str, key: tuple[str, ...], compute: Callable[[], bytes]) -> bytes:
    """Return what is stored for `kind` and `key`, or compute and store it.

    The key must name everything that the result depends on (inputs, the source that computes it,
    versions): nothing else ever invalidates an entry.

    Parameters
    ----------
    kind : str
        A folder of the cache.
    key : tuple of str
        What the result depends on.
    compute : callable
        Returns the result.

    Returns
    -------
    bytes
        The result, computed or read.
    """
    path = _path(kind, key)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    value = compute()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tests and builds run in parallel: a reader must never see half a file.
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(value)
    part.replace(path)
    return value
