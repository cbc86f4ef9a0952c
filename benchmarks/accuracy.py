"""Measure the largest errors of every entry under each setting that this machine can run.

Run ``python benchmarks/accuracy.py`` from anywhere. It starts itself under each of `settings`,
which run other code of NumPy and of the C library, and writes the largest errors of all to
accuracy.json beside this file. The pages show bounds derived from them.

Only what is new or has changed is measured, some seconds for an entry, and what is named
(``python benchmarks/accuracy.py elementary.log``); with ``--all``, or where the versions or the
machine are others, everything is, in some minutes.
"""

import datetime
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from derivref import __version__, catalog, oracle  # noqa: E402
from derivref.oracle import NAMES  # noqa: E402
from derivref.oracle import named as label  # noqa: E402
from derivref.site.show import accuracy, reductions  # noqa: E402
from derivref.verify import plain  # noqa: E402

PACKAGES = ("numpy", "scipy", "mpmath")
TYPES = (np.float64, np.float32)
FILE = Path(__file__).with_suffix(".json")
OLD = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX"


def settings() -> dict[str, dict[str, str]]:
    """Return the environments to measure in, each with its name."""
    found = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    numpy = {
        f"NumPy without {' '.join(found[k:])}": {"NPY_DISABLE_CPU_FEATURES": " ".join(found[k:])}
        for k in range(len(found))
    }
    both = {"GLIBC_TUNABLES": OLD, "NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    c = {"glibc without AVX2": {"GLIBC_TUNABLES": OLD}, "both": both}
    return {"as it is": {}, **numpy, **(c if platform.libc_ver()[0] == "glibc" else {})}


def measure(names: list[str], vectors: bool) -> dict[str, Any]:
    """Return what this process finds: for each entry its checks, zeros and usual formulas."""
    entries = {}
    for record in (r for r in catalog.records("scalar") if r.full_name in names):
        checks = {}
        for check in oracle.verify(record):
            value, _, unit = check.worst.partition(" ")
            if not check.ok:
                sys.exit(f"`{record.name}`: {check.method}: {check.detail}")
            if unit in accuracy.LIMITS:
                checks[f"{check.method}: {check.detail}"] = float(value)
        usual = {
            f"{NAMES[n]} in {dtype.__name__}": accuracy.kinds(
                oracle.measure(record, n, dtype, oracle.tutorial(record, n))
            )
            for n in range(2)
            for dtype in TYPES
        }
        beside = {label(n): round(oracle.measure(record, n).near_zero, 3) for n in record.codes}
        entries[record.full_name] = {
            "digest": accuracy.digest(record),
            "checks": checks,
            "beside": beside,
            "usual": usual,
        }
        if record.plain:
            entries[record.full_name]["plain"] = plain.to_json(plain.price(record))
    found = {
        case.title: [
            float(f"{e / reductions.EPS:.4g}") if np.isfinite(e) else None
            for e in reductions.errors(case)
        ]
        for case in reductions.REDUCTIONS
        if vectors
    }
    return {"entries": entries, "vectors": found}


def largest(one: Any, other: Any) -> Any:
    """Return the larger of two findings, number by number.

    None stands for infinity. Of a formula of tutorials the place belongs to the count of points.
    """
    if isinstance(one, dict) and "wrong" in one:
        return plain.to_json(plain.from_json(one, other))
    if isinstance(one, dict) and "lost" in one:
        most = one if one["lost"] >= other["lost"] else other
        return most | {"ulp": largest(one["ulp"], other["ulp"])}
    if isinstance(one, dict):
        return {key: largest(one[key], other[key]) for key in one}
    if isinstance(one, list):
        return [largest(a, b) for a, b in zip(one, other, strict=True)]
    if one is None or other is None:
        return None
    return max(one, other)


def main(every: bool, named: set[str]) -> None:
    """Measure what is named or needed under every setting and write the largest errors."""
    here = {
        "versions": {"python": platform.python_version(), "derivref": __version__}
        | {name: metadata.version(name) for name in PACKAGES},
        "machine": f"{platform.machine()}, {' '.join(platform.libc_ver())}".strip(", "),
        "settings": list(settings()),
    }
    old = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    if every or any(old.get(key) != here[key] for key in ("versions", "machine")):
        old = {"entries": {}, "vectors": {}}
    # A processor with fewer settings must not narrow what another one measured.
    here["settings"] = list(dict.fromkeys(old.get("settings", []) + here["settings"]))
    records = list(catalog.records("scalar"))
    kept = {r.full_name: old["entries"].get(r.full_name) for r in records}
    names = [
        r.full_name
        for r in records
        if r.full_name in named or (kept[r.full_name] or {}).get("digest") != accuracy.digest(r)
    ]
    vectors = old.get("vectors digest") != reductions.digest()
    gone = old["entries"].keys() - kept.keys()
    if not names and not vectors and not gone:
        sys.exit("everything is measured as it is; --all measures it again")
    print(", ".join(names), "and the functions of arrays" * vectors, flush=True)
    found: Any = None
    for name, variables in settings().items():
        print(name, flush=True)
        env = {**os.environ, **variables}
        command = [sys.executable, __file__, "--here", *["--vectors"] * vectors, *names]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
        result = json.loads(done.stdout)
        found = result if found is None else largest(found, result)
    data = {
        "date": datetime.date.today().isoformat(),
        **here,
        "vectors digest": reductions.digest(),
        "entries": kept | found["entries"],
        "vectors": found["vectors"] if vectors else old["vectors"],
    }
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(measure(sys.argv[2:], "--vectors" in sys.argv)))
    else:
        main("--all" in sys.argv, set(sys.argv[1:]))
