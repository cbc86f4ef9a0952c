"""Results that are dear to compute, kept on disk under a digest of everything they depend on."""

import hashlib
import os
import platform
import sys
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path


def directory() -> Path:
    """Return ``DERIVREF_CACHE``, else ``.cache/derivref`` below the working directory."""
    return Path(os.environ.get("DERIVREF_CACHE", ".cache/derivref"))


@cache
def digest(site: bool = True) -> str:
    """Return a digest of every file of the package, for keys that must miss no change.

    Without those of `derivref.site` it serves what is found out about the records: nothing below
    the site imports it (tests/test_imports.py), so a change of its pages is none of the facts.

    Parameters
    ----------
    site : bool
        Whether the files of `derivref.site` count.

    Returns
    -------
    str
        Hexadecimal.
    """
    root = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and path.suffix != ".pyc" and (site or name.parts[0] != "site"):
            found.update(f"{name.as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()


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
