"""Run the programs of other frameworks that the pages show, and ask the frameworks at kinks.

Run ``python benchmarks/frameworks.py`` with every framework of requirements.txt installed: a
program that fails ends it. Writes frameworks.json beside this file; where a framework is missing,
the file stays as it is.
"""

import datetime
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "src"))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}

from derivref import __version__  # noqa: E402
from derivref.site.show.frameworks import NAMES, digest, programs  # noqa: E402

if missing := [name for name in NAMES if importlib.util.find_spec(name) is None]:
    print(f"frameworks.json stays as it is: not installed: {', '.join(missing)}")
    sys.exit()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402

INF = float("inf")
# Function, point, and how each framework writes it, if it does; the first component is shown.
KINKS: tuple[tuple[str, list[float], Any, Any, Any], ...] = (
    ("relu(x)", [0.0], torch.relu, jax.nn.relu, tf.nn.relu),
    (
        "maximum(x, 0)",
        [0.0],
        lambda x: torch.maximum(x, torch.zeros(1)),
        lambda x: jnp.maximum(x, 0.0),
        lambda x: tf.maximum(x, 0.0),
    ),
    ("abs(x)", [0.0], torch.abs, jnp.abs, tf.abs),
    (
        "leaky_relu(x), α = 0.1",
        [0.0],
        lambda x: torch.nn.functional.leaky_relu(x, 0.1),
        lambda x: jax.nn.leaky_relu(x, 0.1),
        lambda x: tf.nn.leaky_relu(x, 0.1),
    ),
    ("relu6(x)", [6.0], torch.nn.functional.relu6, jax.nn.relu6, tf.nn.relu6),
    (
        "clip(x, −1, 1)",
        [1.0],
        lambda x: torch.clamp(x, -1.0, 1.0),
        lambda x: jnp.clip(x, -1.0, 1.0),
        lambda x: tf.clip_by_value(x, -1.0, 1.0),
    ),
    (
        "hard_swish(x)",
        [-3.0],
        torch.nn.functional.hardswish,
        jax.nn.hard_swish,
        None,
    ),
    (
        "hard_swish(x)",
        [3.0],
        torch.nn.functional.hardswish,
        jax.nn.hard_swish,
        None,
    ),
    ("max(x)", [1.0, 1.0], torch.amax, jnp.max, tf.reduce_max),
    ("sqrt(x)", [0.0], torch.sqrt, jnp.sqrt, tf.sqrt),
    ("norm(x)", [0.0, 0.0], torch.linalg.norm, jnp.linalg.norm, tf.norm),
    (
        "std(x)",
        [1.0, 1.0],
        lambda x: torch.std(x, correction=0),
        jnp.std,
        tf.math.reduce_std,
    ),
    ("logsumexp(x)", [-INF, -INF], lambda x: torch.logsumexp(x, 0),
     jax.scipy.special.logsumexp, tf.reduce_logsumexp),
    (
        "arccos(clip(x, −1, 1))",
        [1.0],
        lambda x: torch.arccos(torch.clamp(x, -1.0, 1.0)),
        lambda x: jnp.arccos(jnp.clip(x, -1.0, 1.0)),
        lambda x: tf.acos(tf.clip_by_value(x, -1.0, 1.0)),
    ),
    (
        "arccos(clip(x, −1, 1))",
        [2.0],
        lambda x: torch.arccos(torch.clamp(x, -1.0, 1.0)),
        lambda x: jnp.arccos(jnp.clip(x, -1.0, 1.0)),
        lambda x: tf.acos(tf.clip_by_value(x, -1.0, 1.0)),
    ),
)  # fmt: skip


def in_torch(f: Callable[[Any], Any], point: list[float]) -> float:
    """Return the first component of the gradient by PyTorch."""
    x = torch.tensor(point, requires_grad=True)
    f(x).sum().backward()
    return float(x.grad[0])


def in_jax(f: Callable[[Any], Any], point: list[float]) -> float:
    """Return the first component of the gradient by JAX."""
    return float(jax.grad(lambda x: jnp.sum(f(x)))(jnp.array(point))[0])


def in_tensorflow(f: Callable[[Any], Any], point: list[float]) -> float:
    """Return the first component of the gradient by TensorFlow."""
    x = tf.Variable(point)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(f(x))
    return float(tape.gradient(y, x)[0])


def said(value: float) -> str:
    """Return a slope as the table shows it."""
    text = "NaN" if value != value else f"{value:g}"
    return text.replace("inf", "∞").replace("-", "−")


def kinks() -> list[dict[str, str]]:
    """Return the rows of the table."""
    rows = []
    for function, point, *forms in KINKS:
        at = said(point[0]) if len(point) == 1 else f"({', '.join(map(said, point))})"
        row = {"function": function, "at": at}
        for name, ask, f in zip(NAMES, (in_torch, in_jax, in_tensorflow), forms, strict=True):
            row[name] = said(ask(f, point)) if f else ""
        rows.append(row)
    return rows


def run() -> dict[str, str]:
    """Run every program as its page shows it; return where each stands, by its digest."""
    found = {}
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for line, framework, code in programs(page):
            where = f"{page.relative_to(ROOT).as_posix()}: {framework}"
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True,
                    check=False,
                )  # fmt: skip
            if done.returncode:
                sys.exit(f"{where}, line {line}, fails:\n{done.stderr}")
            print(where, done.stdout.strip().splitlines())
            found[digest(code)] = where
    return found


def main() -> None:
    """Write the data."""
    versions = {name: metadata.version(name) for name in ("numpy", "torch", "jax")}
    versions["tensorflow"] = tf.__version__
    data = {
        "date": datetime.date.today().isoformat(),
        "versions": {"python": platform.python_version(), "derivref": __version__, **versions},
        "programs": run(),
        "kinks": kinks(),
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
