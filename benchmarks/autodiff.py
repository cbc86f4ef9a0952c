"""What a derivative costs, in evaluations of the function: run it to write autodiff.json.

    python benchmarks/autodiff.py

Takes about 20 s. Counts are of NumPy operations and the same everywhere; times are processor time,
the best of several, divided by that of the plain function in the same run.
"""

import datetime
import json
import math
import platform
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sympy
from scipy.special import expit

import derivref
from derivref.autodiff.trace import Traced, apply
from derivref.dual import derivative, jvp
from derivref.tape import checkpoint, grad, hvp, vjp

RNG = np.random.default_rng(0)


class Counted(Traced):
    """An array of the lowest level that counts the operations on it and on what comes of it."""

    level = 0
    operations = 0

    def __init__(self, primal: Any) -> None:
        self.primal = np.asarray(primal)

    def record(self, primitive: Any, args: Any, params: dict[str, Any]) -> "Counted":
        """Apply the primitive and count it."""
        Counted.operations += 1
        values = [a.primal if isinstance(a, Counted) else a for a in args]
        return Counted(apply(primitive, *values, **params))


def operations(run: Callable[..., Any], *args: Any) -> int:
    """Return how many NumPy operations a computation makes."""
    Counted.operations = 0
    run(*map(Counted, args))
    return Counted.operations


def seconds(run: Callable[[], Any]) -> float:
    """Return the best processor time of one run out of several that take some 0.1 s together."""
    start = time.process_time()
    run()
    count = max(1, int(0.02 / (time.process_time() - start)))
    best = math.inf
    for _ in range(5):
        start = time.process_time()
        for _ in range(count):
            run()
        best = min(best, (time.process_time() - start) / count)
    return best


def peak(run: Callable[[], Any]) -> float:
    """Return the largest memory in use during a run above that before it, in MB."""
    tracemalloc.start()
    run()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def network(w: Any) -> Any:
    """Return the loss of a small network: 64 examples, 32 inputs, n hidden units."""
    return np.mean(np.square(np.tanh(INPUTS @ w) @ np.ones(w.shape[1]) - 1))


INPUTS = RNG.normal(size=(64, 32))
FUNCTIONS = {
    "polynomial": (lambda x: np.sum(((2 * x - 3) * x + 1) * x - 5), 10_000),
    "sin(exp(x))·x": (lambda x: np.sum(np.sin(np.exp(x)) * x), 10_000),
    "GELU": (lambda x: np.sum(x * expit(1.702 * x)), 10_000),
    "network": (network, (32, 256)),
}


def factors() -> list[dict[str, Any]]:
    """Return the cost of a directional derivative, a gradient and a Hessian product."""
    rows = []
    for name, (f, shape) in FUNCTIONS.items():
        x, v = RNG.normal(size=shape), RNG.normal(size=shape)
        runs = {
            "jvp": lambda x, f=f, v=v: jvp(f, (x,), (v,)),
            "grad": lambda x, f=f: grad(f)(x),
            "hvp": lambda x, f=f, v=v: hvp(f, x, v),
        }
        row: dict[str, Any] = {"function": name, "operations": operations(f, x)}
        plain = seconds(lambda f=f, x=x: f(x))
        for mode, run in runs.items():
            row[f"{mode} operations"] = operations(run, x) / row["operations"]
            row[f"{mode} time"] = seconds(lambda run=run, x=x: run(x)) / plain
        rows.append(row)
    return rows


def sizes() -> list[dict[str, Any]]:
    """Return the time of a gradient by the length of the arrays: calls, arithmetic, then memory."""
    rows = []
    for n in (10, 100, 1000, 10_000, 100_000, 1_000_000):
        x = RNG.normal(size=n)
        row: dict[str, Any] = {"elements": n}
        for name in ("polynomial", "sin(exp(x))·x", "GELU"):
            f, _ = FUNCTIONS[name]
            plain = seconds(lambda f=f, x=x: f(x))
            row[f"{name} time"] = seconds(lambda f=f, x=x: grad(f)(x)) / plain
        rows.append(row)
    return rows


def inputs() -> list[dict[str, Any]]:
    """Return the cost of a whole gradient of n inputs, by each method."""
    rows = []
    for n in (1, 2, 4, 8, 16, 64, 256, 1024):
        x = RNG.normal(size=n)
        weights = RNG.normal(size=n)

        def f(x: Any, weights: Any = weights) -> Any:
            return np.sum(np.tanh(weights * x) * np.sin(x) + x * x)

        basis = np.eye(n)
        runs = {
            "forward": lambda x, f=f, e=basis: [jvp(f, (x,), (b,)) for b in e],
            "reverse": lambda x, f=f: grad(f)(x),
            "differences": lambda x, f=f, e=basis: [f(x + 1e-5 * b) - f(x - 1e-5 * b) for b in e],
        }
        plain = seconds(lambda f=f, x=x: f(x))
        count = operations(f, x)
        row: dict[str, Any] = {"inputs": n}
        for mode, run in runs.items():
            row[f"{mode} operations"] = operations(run, x) / count
            row[f"{mode} time"] = seconds(lambda run=run, x=x: run(x)) / plain
        rows.append(row)
    return rows


def outputs() -> list[dict[str, Any]]:
    """Return the cost of a whole Jacobian of 16 inputs and m outputs, by each mode."""
    rows = []
    x = RNG.normal(size=16)
    for m in (1, 4, 16, 64, 256):
        w = RNG.normal(size=(m, 16))

        def f(x: Any, w: Any = w) -> Any:
            return np.tanh(w @ np.sin(x))

        def reverse(x: Any, f: Any = f, m: int = m) -> Any:
            _, pullback = vjp(f, x)
            return [pullback(e) for e in np.eye(m)]

        plain = seconds(lambda f=f: f(x))
        rows.append(
            {
                "outputs": m,
                "forward time": seconds(lambda f=f: [jvp(f, (x,), (e,)) for e in np.eye(16)])
                / plain,
                "reverse time": seconds(lambda reverse=reverse: reverse(x)) / plain,
            }
        )
    return rows


def depth() -> list[dict[str, Any]]:
    """Return memory and time of a chain of layers, with and without checkpoints."""
    rows = []
    x = RNG.normal(size=10_000)
    for layers in (16, 64, 256, 1024):

        def run(x: Any, count: int) -> Any:
            for _ in range(count):
                x = np.sin(1.1 * x)
            return x

        block = math.isqrt(layers)
        kept = checkpoint(lambda x, block=block: run(x, block))

        def plain(x: Any, layers: int = layers) -> Any:
            return np.sum(run(x, layers))

        def spared(x: Any, kept: Any = kept, block: int = block) -> Any:
            for _ in range(block):
                x = kept(x)
            return np.sum(x)

        runs: dict[str, Callable[[], Any]] = {
            "forward": lambda f=plain: jvp(f, (x,), (x,)),
            "reverse": lambda f=plain: grad(f)(x),
            "checkpointed": lambda f=spared: grad(f)(x),
        }
        once = seconds(lambda f=plain: f(x))
        row: dict[str, Any] = {"layers": layers, "plain MB": peak(lambda f=plain: f(x))}
        for mode, go in runs.items():
            row[f"{mode} MB"] = peak(go)
            row[f"{mode} time"] = seconds(go) / once
        rows.append(row)
    return rows


def orders() -> list[dict[str, Any]]:
    """Return the operations of the k-th derivative by nesting forward mode."""
    rows = []

    def f(x: Any) -> Any:
        return np.sin(np.exp(x)) * x

    nested: Callable[..., Any] = f
    for k in range(7):
        rows.append({"order": k, "operations": operations(nested, 0.5)})
        nested = lambda x, g=nested: derivative(g, x)  # noqa: E731
    return rows


def swell() -> list[dict[str, Any]]:
    """Return the size of the derivative of the n-fold logistic map, as a formula and by dual."""

    def f(x: Any, n: int) -> Any:
        for _ in range(n):
            x = 4 * x * (1 - x)
        return x

    rows = []
    x = sympy.Symbol("x")
    for n in (1, 2, 3, 4, 5, 6, 8, 10):
        slope = sympy.diff(f(x, n), x)
        shared, rest = sympy.cse(slope)
        rows.append(
            {
                "iterations": n,
                "function": operations(lambda x, n=n: f(x, n), 0.3),
                "formula": int(sympy.count_ops(slope)),
                "common subexpressions": sum(int(e.count_ops()) for _, e in shared)
                + sum(int(e.count_ops()) for e in rest),
                "forward mode": operations(lambda x, n=n: derivative(lambda t: f(t, n), x), 0.3),
            }
        )
    return rows


def overhead() -> dict[str, float]:
    """Return the time that one operation on a number takes, in microseconds."""

    def f(x: Any) -> Any:
        for _ in range(1000):
            x = x * 1.0 + 0.5
        return x

    runs = {
        "plain": lambda: f(np.float64(1)),
        "forward": lambda: derivative(f, 1.0),
        "reverse": lambda: grad(f)(1.0),
    }
    return {mode: seconds(run) / 2000 * 1e6 for mode, run in runs.items()}


def main() -> None:
    """Measure everything and write it beside this file."""
    tables = (factors, sizes, inputs, outputs, depth, orders, swell, overhead)
    data = {
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "sympy": sympy.__version__,
            "derivref": derivref.__version__,
        },
        "processor": platform.machine(),
        **{table.__name__: table() for table in tables},
    }
    rounded = json.loads(json.dumps(data), parse_float=lambda s: float(f"{float(s):.3g}"))
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(rounded, indent=1, ensure_ascii=False) + "\n")
    for table in tables:
        print(f"{table.__name__}:")
        rows = rounded[table.__name__]
        for row in rows if isinstance(rows, list) else [rows]:
            print("  ", ", ".join(f"{k} {v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
