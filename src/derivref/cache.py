"""Results that are dear to compute, kept on disk under a digest of everything they depend on."""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path


def directory() -> Path:
    """Return ``DERIVREF_CACHE``, else ``.cache/derivref`` below the working directory."""
    return Path(os.environ.get("DERIVREF_CACHE", ".cache/derivref"))


@cache
def digest() -> str:
    """Return a digest of every file of the package, for keys that must miss no change."""
    root = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()


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
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()
    path = directory() / kind / digest
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    value = compute()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tests and builds run in parallel: a reader must never see half a file.
    part = path.with_name(f"{digest}.{os.getpid()}")
    part.write_bytes(value)
    part.replace(path)
    return value
