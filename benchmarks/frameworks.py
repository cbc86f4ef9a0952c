"""Run what the pages show of other frameworks, and ask these for slopes at delicate points.

``make frameworks`` runs it with every framework of requirements.txt, in an environment of its own.
The programs of the pages run as they stand; the calls that entries name are held against our
functions and slopes; the cases of points.py are asked in every mode. A program of a page that fails
ends it. Writes frameworks.json beside this file; where a framework is missing, it stays as it is.
"""

import contextlib
import datetime
import functools
import importlib.util
import io
import json
import math
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

from derivref import __version__, catalog  # noqa: E402
from derivref.records.arrays import instances  # noqa: E402
from derivref.site.show.frameworks import NAMES, digest, programs  # noqa: E402

if missing := [name for name in NAMES if importlib.util.find_spec(name) is None]:
    print(f"frameworks.json stays as it is: not installed: {', '.join(missing)}")
    sys.exit()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import mpmath as mp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
import points  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402

jax.config.update("jax_enable_x64", True)


def in_torch(code: str, point: list[float]) -> dict[str, str]:
    """Return value and slopes by PyTorch, by mode."""
    names = {"torch": torch, "F": torch.nn.functional}
    f = eval(f"lambda x: {code}", names)

    def reverse(function: Any, kind: Any) -> float:
        x = torch.tensor(point, dtype=kind, requires_grad=True)
        (slope,) = torch.autograd.grad(function(x).sum(), x, materialize_grads=True)
        return float(slope[0])

    def forward() -> float:
        x = torch.tensor(point, dtype=torch.float64)
        along = torch.zeros_like(x)
        along[0] = 1.0
        return float(torch.func.jvp(lambda x: f(x).sum(), (x,), (along,))[1])

    def second() -> float:
        x = torch.tensor(point, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
        (again,) = torch.autograd.grad(slope[0], x, materialize_grads=True)
        return float(again[0])

    def compiled() -> float:
        torch._dynamo.reset()
        return reverse(torch.compile(f, backend="aot_eager"), torch.float64)

    value = lambda: float(f(torch.tensor(point, dtype=torch.float64)).sum())  # noqa: E731
    kinds = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16}
    return asked(
        value=value, forward=forward, second=second, compiled=compiled,
        **{name: functools.partial(reverse, f, kind) for name, kind in kinds.items()},
    )  # fmt: skip


def in_jax(code: str, point: list[float]) -> dict[str, str]:
    """Return value and slopes by JAX, by mode."""
    inner = eval(f"lambda x: {code}", {"jax": jax, "jnp": jnp, "optax": optax})

    def f(x: Any) -> Any:
        return jnp.sum(inner(x))

    x = jnp.array(point)
    along = jnp.zeros_like(x).at[0].set(1.0)

    def reverse(kind: Any) -> float:
        return float(jax.grad(f)(jnp.array(point, kind))[0])

    kinds = {"float64": jnp.float64, "float32": jnp.float32, "bfloat16": jnp.bfloat16}
    return asked(
        value=lambda: float(f(x)),
        forward=lambda: float(jax.jvp(f, (x,), (along,))[1]),
        second=lambda: float(jax.grad(lambda x: jax.grad(f)(x)[0])(x)[0]),
        compiled=lambda: float(jax.jit(jax.grad(f))(x)[0]),
        **{name: functools.partial(reverse, kind) for name, kind in kinds.items()},
    )


def in_tensorflow(code: str, point: list[float]) -> dict[str, str]:
    """Return value and slopes by TensorFlow, or by Keras with TensorFlow below it, by mode."""
    inner = eval(f"lambda x: {code}", {"tf": tf, "keras": keras, "ops": keras.ops})

    def f(x: Any) -> Any:
        return tf.reduce_sum(inner(x))

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x, unconnected_gradients="zero")

    def forward() -> float:
        x = tf.constant(point, tf.float64)
        along = tf.one_hot(0, len(point), dtype=tf.float64)
        with tf.autodiff.ForwardAccumulator(x, along) as tangent:
            y = f(x)
        return float(tangent.jvp(y, unconnected_gradients="zero"))

    def second() -> float:
        x = tf.constant(point, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            first = slope(x)[0]
        return float(tape.gradient(first, x, unconnected_gradients="zero")[0])

    x = tf.constant(point, tf.float64)
    kinds = {"float64": tf.float64, "float32": tf.float32, "bfloat16": tf.bfloat16}
    return asked(
        value=lambda: float(f(x)),
        forward=forward,
        second=second,
        compiled=lambda: float(tf.function(slope)(x)[0]),
        **{
            name: lambda kind=kind: float(tf.cast(slope(tf.constant(point, kind)), tf.float64)[0])
            for name, kind in kinds.items()
        },
    )


def asked(**modes: Callable[[], float]) -> dict[str, str]:
    """Return what each mode gives, as the table shows it; one that raises has the error's name."""
    found = {}
    for name, ask in modes.items():
        try:
            found[name] = said(ask())
        except Exception as error:
            found[name] = f"raises {type(error).__name__.lstrip('_')}"
    return found


def said(value: float) -> str:
    """Return a number as the table shows it."""
    text = "NaN" if value != value else f"{value + 0.0:.6g}"
    return text.replace("inf", "∞").replace("-", "−")


ASK = {"torch": in_torch, "jax": in_jax, "tensorflow": in_tensorflow, "keras": in_tensorflow}


def kinks() -> list[dict[str, Any]]:
    """Return what every framework gives at every point, beside the exact one-sided slopes."""
    rows = []
    for case in points.CASES:
        codes = {name: code for name in ASK if (code := getattr(case, name))}
        for point in case.at:
            at = said(point[0]) if len(point) == 1 else f"({', '.join(map(said, point))})"
            seen = {name: ASK[name](code, point) for name, code in codes.items()}
            rows.append(
                {
                    "group": case.group,
                    "function": case.function,
                    "at": at,
                    "sides": [said(s) for s in sides(case.exact, point)],
                    "code": codes,
                    "seen": seen,
                }
            )
            print(case.function, at, rows[-1]["sides"], {k: v["float64"] for k, v in seen.items()})
    return rows


def sides(exact: str, point: list[float]) -> list[float]:
    """Return the one-sided slopes along the first component; NaN where there is none.

    Quotients with 60 digits at two steps, of which the shorter is 10⁻¹² of the longer: where they
    still differ they grow, and the slope is infinite.
    """
    if not exact or not all(map(math.isfinite, point)):
        return []
    with mp.workdps(120):
        f = eval(f"lambda x: {exact}", {"m": mp})
        start = [mp.mpf(v) for v in point]

        def at(h: Any) -> Any:
            x = [start[0] + h, *start[1:]]
            return f(x if len(x) > 1 else x[0])

        found = []
        for sign in (-1, 1):
            try:
                long, short = (
                    (at(sign * h) - at(mp.mpf(0))) / (sign * h)
                    for h in (mp.mpf(10) ** -28, mp.mpf(10) ** -40)
                )
            except (ZeroDivisionError, ValueError, TypeError):
                found.append(math.nan)
                continue
            if not isinstance(short, mp.mpf) or not mp.isfinite(short):
                found.append(math.nan)  # complex, or no number: outside the domain
            elif abs(short - long) <= 1e-9 * max(1, abs(short)):
                found.append(float(mp.nstr(short, 12)) if abs(short) > 1e-25 else 0.0)
            else:
                found.append(math.copysign(math.inf, float(short)))
    return found


HEADS = {
    "torch": """\
import torch

x = torch.tensor({x}, dtype=torch.float64, requires_grad=True)
y = {call}
(d,) = torch.autograd.grad(y.sum(), x, create_graph=True)
""",
    "jax": """\
import jax
import jax.numpy as jnp


def f(x):
    return {call}


x = jnp.array({x})
y, d = f(x), jax.vmap(jax.grad(f))(x)
""",
    "tensorflow": """\
import tensorflow as tf

x = tf.constant({x}, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = {call}
d = tape.gradient(y, x)
""",
    "keras": """\
import keras
import tensorflow as tf  # the backend

x = tf.constant({x}, tf.float64)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = {call}
d = tape.gradient(y, x)
""",
}
SHOWN = {"torch": "print(y.data, d.data, sep='\\n')", "jax": "print(y, d, sep='\\n')",
         "tensorflow": "print(y.numpy(), d.numpy(), sep='\\n')",
         "keras": "print(y.numpy(), d.numpy(), sep='\\n')"}  # fmt: skip
GOOD = 1e-5  # relative: TensorFlow's GELU in float64 has the digits of float32


def entries() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, list[str]]]]:
    """Run the calls that the entries name; return programs, and how far values and slopes differ.

    A call whose value or slope differs by more than `GOOD` is another function: it gets no program,
    and is printed.
    """
    shown: dict[str, dict[str, str]] = {}
    differences: dict[str, dict[str, list[str]]] = {}
    for record in catalog.records("scalar"):
        low, high = record.domain
        corners = [c.at for c in record.corners]
        x = [v for v in (-1.5, -0.4, 0.3, 0.7, 2.5) if low < v < high and v not in corners]
        for key, name in NAMES.items():
            call = record.frameworks.get(name, "").partition("  #")[0].strip()
            if not call:
                continue
            code = f"{HEADS[key].format(call=call, x=x)}{SHOWN[key]}\n".replace("'", '"')
            names: dict[str, Any] = {}
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(code, record.name, "exec"), names)
            except Exception as error:
                print(f"{record.full_name}: {call}: {type(error).__name__}: {error}")
                continue
            far = []
            for found, f in zip((names["y"], names["d"]), record.functions, strict=False):
                found = np.asarray(found.detach() if key == "torch" else found, float)
                wanted = f(np.array(x))
                far.append(float(np.max(np.abs(found - wanted) / np.maximum(np.abs(wanted), 1e-3))))
            differences.setdefault(record.full_name, {})[key] = [f"{v:.1e}" for v in far]
            if max(far) <= GOOD:
                shown.setdefault(record.full_name, {})[key] = code
            else:
                print(f"{record.full_name}: {call}: other by {far}")
    return shown, differences


def operators() -> dict[str, dict[str, str]]:
    """Return how far the calls that layers and losses name are from our values and backward passes.

    Of the value and every cotangent the largest difference, over the largest component.
    """
    found: dict[str, dict[str, str]] = {}
    for record in catalog.records("operator"):
        for key in ("torch", "jax"):
            call = record.frameworks.get(NAMES[key], "").partition("  #")[0].strip()
            if not call:
                continue
            try:
                far = apart(record, key, call)
            except Exception as error:
                print(f"{record.full_name}: {call}: {type(error).__name__}: {error}")
                continue
            print(record.full_name, key, far)
            found.setdefault(record.full_name, {})[key] = f"{far:.0e}"
    return found


def apart(record: Any, key: str, call: str) -> float:
    """Return how far a call is from a record, in float64."""
    rng = np.random.default_rng(7)
    drawn = instances(record.arguments, rng, False, ((3,),), chosen=record.sizes)
    arrays = next(iter(drawn))
    mine = np.asarray(record.f(**arrays))
    cotangent = rng.normal(size=mine.shape)
    pulled = record.vjp(cotangent, *arrays.values())
    if key == "torch":
        names = {
            n: torch.tensor(a, requires_grad=n in record.differentiable) for n, a in arrays.items()
        }
        y = eval(call, {"torch": torch, **record.parameters, **names})
        slopes = torch.autograd.grad(
            y, [names[n] for n in record.differentiable], torch.tensor(cotangent).reshape(y.shape)
        )
        y = y.detach()
    else:
        fixed = {n: jnp.array(a) for n, a in arrays.items() if n not in record.differentiable}
        moved = [jnp.array(arrays[n]) for n in record.differentiable]

        def f(*given: Any) -> Any:
            names = dict(zip(record.differentiable, given, strict=True)) | fixed
            return eval(
                call, {"jax": jax, "jnp": jnp, "optax": optax, **record.parameters, **names}
            )

        y, back = jax.vjp(f, *moved)
        slopes = back(jnp.array(cotangent).reshape(y.shape))
    pairs = [(np.asarray(y), mine), *zip(map(np.asarray, slopes), pulled, strict=True)]
    return max(
        float(np.max(np.abs(a.reshape(np.shape(b)) - b)) / max(np.max(np.abs(b)), 1e-300))
        for a, b in pairs
    )


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
    versions = {name: metadata.version(name) for name in ("numpy", "torch", "jax", "optax")}
    versions |= {"tensorflow": tf.__version__, "keras": keras.__version__}
    shown, differences = entries()
    data = {
        "date": datetime.date.today().isoformat(),
        "versions": {"python": platform.python_version(), "derivref": __version__, **versions},
        "programs": run(),
        "entries": shown,
        "differences": differences,
        "operators": operators(),
        "kinks": kinks(),
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
