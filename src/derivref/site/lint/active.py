"""Print what this process computes with, as JSON: kernels, features, and values that tell them.

It imports nothing of derivref: it runs like a program of a page, in the same forks. With the files
of libraries as arguments it prints their kernels only, and does without NumPy, which is quicker.
"""

import ctypes
import hashlib
import json
import math
import platform
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SYMBOLS = [f"{p}openblas_get_corename{s}" for p in ("scipy_", "") for s in ("64_", "")]


def core(path: str) -> str:
    """Return the kernel of a copy of OpenBLAS; if it is loaded already, then of that copy."""
    # Before NumPy 2.1 and SciPy 1.14 it needs the Fortran library beside it, and does not find it.
    for needed in ("libquadmath*", "libgfortran*"):
        for beside in Path(path).parent.glob(needed):
            ctypes.CDLL(str(beside), mode=ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(path)
    ask = next(getattr(library, name) for name in SYMBOLS if hasattr(library, name))
    ask.restype = ctypes.c_char_p
    return str(ask().decode())


def libraries() -> list[str]:
    """Return the copies of OpenBLAS that NumPy and SciPy bring along."""
    import numpy as np
    import scipy

    roots = [Path(str(package.__file__)).parent for package in (np, scipy)]
    folders = [f for root in roots for f in (root.with_name(f"{root.name}.libs"), root / ".dylibs")]
    return [str(path) for folder in folders for path in sorted(folder.glob("*openblas*"))]


def libm() -> str:
    """Return a digest of 20,000 values: glibc's variants differ in a few of ten thousand."""
    draw = random.Random(0)
    digest = hashlib.sha256()
    for _ in range(5000):
        x = draw.uniform(0.1, 20)
        digest.update(repr((math.exp(x), math.log(x), math.sin(x), math.cos(x))).encode())
    return digest.hexdigest()[:16]


def values() -> dict[str, str]:
    """Return eight inexact values of each kind of function, with all their digits."""
    import numpy as np
    import scipy.linalg
    import scipy.special

    def vector(t: float) -> Any:
        return np.array([0.1, 0.2, 0.3, 0.4, 0.7]) * t

    def matrix(t: float) -> Any:
        return np.array([[0.7, 0.1 * t], [0.3, 0.9]])

    kinds: dict[str, Callable[[float], float]] = {
        "numpy": lambda t: np.exp(t),
        "numpy, float32": lambda t: np.exp(np.float32(t)),
        "scipy.special": lambda t: scipy.special.ndtr(t),
        "math": lambda t: math.exp(t),
        "operator **": lambda t: t**0.3,
        "operator @": lambda t: vector(t) @ vector(t),
        "sum": lambda t: np.sum(vector(t)),
        "method sum": lambda t: vector(t).sum(),
        "numpy.dot": lambda t: np.dot(vector(t), vector(t)),
        "numpy.linalg": lambda t: np.linalg.solve(matrix(t), vector(t)[:2])[0],
        "scipy.linalg": lambda t: scipy.linalg.solve(matrix(t), vector(t)[:2])[0],
    }
    points = [0.7 + 0.1 * k for k in range(8)]
    return {name: " ".join(float(f(t)).hex() for t in points) for name, f in kinds.items()}


def report() -> str:
    """Return all of it; a kernel beyond the processor dies here."""
    import numpy as np
    import scipy.linalg
    from numpy._core import _multiarray_umath as umath  # type: ignore[attr-defined]

    x = np.random.default_rng(0).normal(size=(60, 60))
    assert np.isfinite(np.linalg.svd(x @ x)[1] + scipy.linalg.svd(x)[1]).all()
    return json.dumps(
        {
            "kernels": {path: core(path) for path in libraries()},
            "dispatch": list(umath.__cpu_dispatch__),
            "features": sorted(name for name, on in umath.__cpu_features__.items() if on),
            "libm": libm(),
            "libc": " ".join(platform.libc_ver()),
            "values": values(),
        }
    )


if __name__ == "__main__":
    print(json.dumps([core(path) for path in sys.argv[1:]]) if sys.argv[1:] else report())
