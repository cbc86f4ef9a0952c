"""Let tools for numerical derivatives loose on the random problems of problems.py.

Run ``python benchmarks/derivative.py`` from anywhere but Windows. Peers not installed are left out;
versions of those used are in requirements.txt. Writes derivative.json beside this file.

A result is bad if it is off by more than 1e-6, relative. It is silent if besides nothing warns of
it: a finite value, no flag of failure, and an error estimate below the actual error. It is covered
if the error is within the estimate and one rounding of the value.
"""

import datetime
import importlib.util
import json
import math
import multiprocessing
import os
import platform
import signal
import statistics
import sys
import time
import timeit
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import rosen, rosen_hess

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "src"))

from more_garbow_hillstrom import PROBLEMS, Residuals  # noqa: E402
from problems import HARD, Problem, hard, problems  # noqa: E402

from derivref import __version__  # noqa: E402
from derivref.differences import derivative, gradient, hessian, jacobian, optimal_step  # noqa: E402

PEERS = (
    *("numpy", "scipy", "numdifftools", "jacobi", "findiff", "mpmath", "sympy"),
    "numericalderivative",
)
COUNT, SEED, BAD = 1200, 2026, 1e-6
LIMIT = 1.0  # second of the processor for one derivative, which takes milliseconds


class Answer(NamedTuple):
    """What a tool says: nan for an estimate that it does not give."""

    value: float
    error: float
    flagged: bool = False


Tool = Callable[[Callable[[Any], Any], float], Answer]


def ours(deriv: int = 1, side: Any = "both") -> Tool:
    """Return derivref as a tool."""

    def tool(f: Any, x: float) -> Answer:
        d = derivative(f, x, deriv=deriv, side=side)
        return Answer(d.value, d.error, not d.ok)

    return tool


def numdifftools(f: Any, x: float) -> Answer:
    """Call `numdifftools.Derivative` as it comes."""
    import numdifftools

    result = numdifftools.Derivative(f, full_output=True)(x)
    return Answer(result.estimate.item(), result.error_estimate.item())


def scipy_differentiate(f: Any, x: float) -> Answer:
    """Call `scipy.differentiate.derivative` as it comes."""
    from scipy.differentiate import derivative

    result = derivative(f, x)
    return Answer(float(result.df), float(result.error), not bool(result.success))


def jacobi(f: Any, x: float) -> Answer:
    """Call `jacobi.jacobi` as it comes."""
    from jacobi import jacobi

    value, error = jacobi(f, x)
    return Answer(np.asarray(value).item(), np.asarray(error).item())


def approx_derivative(f: Any, x: float) -> Answer:
    """Call the three-point difference behind scipy.optimize, which gives no estimate."""
    from scipy.optimize._numdiff import approx_derivative

    return Answer(float(approx_derivative(f, np.array([x])).item()), math.nan)


def findiff(f: Any, x: float) -> Answer:
    """Apply findiff's eighth-order weights with a step of 1e-3 max(|x|, 1); no estimate."""
    from findiff import coefficients

    stencil = coefficients(deriv=1, acc=8)["center"]
    h = 1e-3 * max(abs(x), 1.0)
    values = f(x + h * np.asarray(stencil["offsets"], dtype=float))
    return Answer(float(stencil["coefficients"] @ values / h), math.nan)


TOOLS: dict[str, tuple[str, Tool]] = {
    "derivref.differences.derivative": ("derivref", ours()),
    "numdifftools.Derivative": ("numdifftools", numdifftools),
    "scipy.differentiate.derivative": ("scipy", scipy_differentiate),
    "jacobi.jacobi": ("jacobi", jacobi),
    "scipy approx_derivative, 3-point": ("scipy", approx_derivative),
    "findiff weights, accuracy 8": ("findiff", findiff),
}
OWN: dict[str, tuple[int, str]] = {
    "first, from the right": (1, "right"),
    "second": (2, "both"),
    "third": (3, "both"),
    "fourth": (4, "both"),
}


class Counted:
    """The function of a problem, counting its points."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.points = problem, 0

    def __call__(self, x: Any) -> Any:
        """Evaluate it."""
        self.points += np.size(x)
        with np.errstate(all="ignore"):
            return self.problem.f(x)


class Run(NamedTuple):
    """An answer and what it took."""

    answer: Answer
    points: int = 0


def run(tool: Tool, problem: Problem) -> Run:
    """Run a tool in a process of its own, which ends by itself when it hangs.

    The LAPACK routine that one peer calls never returns from some arrays with NaN, and no
    exception can reach it there.
    """
    receive, send = multiprocessing.Pipe(duplex=False)
    if os.fork():
        send.close()
        try:
            return Run(*receive.recv())
        except EOFError:
            return Run(Answer(math.nan, math.nan, True))
        finally:
            os.wait()
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)  # processor time: others may be at work too
    f = Counted(problem)
    try:
        answer = tool(f, problem.x)
    except Exception:
        answer = Answer(math.nan, math.nan, True)
    send.send((answer, f.points))
    os._exit(0)


def judge(tool: Tool, given: list[tuple[Problem, float]]) -> dict[str, Any]:
    """Run a tool on all problems."""
    tool(np.sin, 1.0)  # import what it imports once
    fastest = min(timeit.repeat(lambda: tool(np.sin, 1.0), number=20, repeat=20)) / 20
    bad: Counter[str] = Counter()
    silent = covered = flagged = 0
    errors, runs = [], [run(tool, problem) for problem, _ in given]
    for (problem, exact), (answer, _) in zip(given, runs, strict=True):
        error = abs(answer.value - exact)
        relative = error / abs(exact) if math.isfinite(error) else math.inf
        errors.append(relative)
        flagged += answer.flagged
        covered += error <= answer.error + math.ulp(exact)
        if relative > BAD:
            bad[problem.kind] += 1
            said = answer.flagged or not math.isfinite(answer.value) or answer.error >= error
            silent += not said
    ended = [r for r in runs if r.points]
    return {
        "bad": sum(bad.values()),
        "silent": silent,
        "flagged": flagged,
        "hung": len(runs) - len(ended),
        "covered": covered,
        "evaluations": round(statistics.mean(r.points for r in ended), 1),
        "most evaluations": max(r.points for r in ended),
        "median error": statistics.median(errors),
        "milliseconds for sin at 1": round(1e3 * fastest, 3),
        "bad by kind": dict(sorted(bad.items())),
    }


def judged_hard(tool: Tool, given: list[tuple[Problem, float]]) -> dict[str, Any]:
    """Run a tool on hard problems: what is right, and what is wrong and not owned up to.

    An estimate is no bound: eight times it has to hold, and a warning or a zero within its error
    to go with it.
    """
    found = {kind: Counter(right=0, silent=0, problems=0) for kind in HARD}
    for problem, exact in given:
        answer, points = run(tool, problem)
        error = abs(answer.value - exact)
        counts = found[problem.kind]
        counts["problems"] += 1
        counts["evaluations"] += points
        if error <= BAD * abs(exact):
            counts["right"] += 1
        elif math.isfinite(answer.value):
            warned = answer.flagged or abs(answer.value) <= answer.error
            counts["silent"] += not (warned and error <= 8 * answer.error)
    return {kind: dict(counts) for kind, counts in found.items()}


def processor(work: Callable[[], Any]) -> float:
    """Return the least processor time of some runs, in milliseconds."""
    return 1e3 * min(timeit.repeat(work, timer=time.process_time, number=1, repeat=7))


def peak(work: Callable[[], Any]) -> float:
    """Return the most memory in use at once, in megabytes."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def costs() -> dict[str, Any]:
    """Measure time and memory beside the peers, in one run."""
    import numdifftools
    from scipy.differentiate import derivative as scipy_derivative

    points, inputs = np.linspace(0.1, 3, 1000), np.linspace(0.1, 3, 100)

    def loss(x: Any) -> Any:
        return np.sum(np.sin(x) * x)

    small, wide = np.linspace(0.1, 3, 40), np.linspace(0.1, 3, 220)
    works: dict[str, dict[str, Callable[[], Any]]] = {
        "sin at 1000 points": {
            "derivref": lambda: derivative(np.sin, points),
            "scipy": lambda: scipy_derivative(np.sin, points),
            "numdifftools": lambda: numdifftools.Derivative(np.sin)(points),
        },
        "gradient of 100 inputs": {
            "derivref": lambda: gradient(loss, inputs),
            "numdifftools": lambda: numdifftools.Gradient(loss)(inputs),
        },
        "Jacobian of 40 by 40": {
            "derivref": lambda: jacobian(np.sin, small),
            "numdifftools": lambda: numdifftools.Jacobian(np.sin)(small),
        },
        "Jacobian of 220 by 220": {"derivref": lambda: jacobian(np.sin, wide)},
    }
    return {
        name: {
            tool: {"milliseconds": round(processor(work), 2), "megabytes": round(peak(work), 2)}
            for tool, work in tools.items()
        }
        for name, tools in works.items()
    }


def real(problem: Residuals) -> dict[str, Any]:
    """Compare Jacobian and gradient of a problem with complex steps, in norm."""
    x = problem.start

    def off(found: Any, exact: Any) -> float:
        return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))

    matrix, slope = jacobian(problem.f, x), gradient(problem.square, x)
    return {
        "Jacobian": off(matrix.value, problem.jacobian(x)),
        "gradient": off(slope.value, problem.gradient(x)),
        "flagged": int(np.sum(matrix.status != "ok")),
        "entries": matrix.value.size,
    }


def bisected(x: float) -> float:
    """Return the square root of x to six digits, by bisection."""
    low, high = 0.0, 8.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle < x else (low, middle)
    return (low + high) / 2


def noisy(level: float) -> Callable[[Any], Any]:
    """Return exp with uniform noise, the same for the same x."""

    def f(x: Any) -> Any:
        bits = np.asarray(x, float).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return np.exp(x) * (1 + level * ((bits >> np.uint64(11)) / 2**52 - 1))

    return f


def noise_family() -> list[dict[str, Any]]:
    """Measure derivatives of noisy functions; a peer is told the noise, derivref is not."""
    from numericalderivative import ShiXieXuanNocedalForward

    cases: list[tuple[str, Callable[[Any], Any], float, float, float]] = [
        (f"exp, noise {level:g}", noisy(level), 1.0, math.e, level * math.e)
        for level in (1e-12, 1e-10, 1e-8, 1e-6, 1e-4)
    ]
    cases += [
        ("exp in float32", lambda x: float(np.exp(np.float32(x))), 1.0, math.e, 1.2e-7),
        ("square root by bisection to 1e-6", bisected, 2.0, math.sqrt(0.125), 1e-6),
    ]
    rows = []
    for name, f, x, exact, level in cases:
        own, step = derivative(f, x), optimal_step(f, x)
        search = ShiXieXuanNocedalForward(f, x, absolute_precision=level)
        h, _ = search.find_step(initial_step=2 * math.sqrt(level))  # as the paper starts
        rows.append(
            {
                "case": name,
                "derivref": abs(own.value - exact) / exact,
                "estimate": own.error / exact,
                "status": own.status,
                "noise": level,
                "noise measured": step.noise,
                "told the noise": abs(float(search.compute_first_derivative(h)) - exact) / exact,
            }
        )
    return rows


def main() -> None:
    """Measure and write."""
    warnings.simplefilter("ignore")
    versions = {"python": platform.python_version(), "derivref": __version__}
    versions |= {p: metadata.version(p) for p in PEERS if importlib.util.find_spec(p)}
    given = {
        deriv: [(p, float(p.exact(deriv))) for p in problems(COUNT, SEED, deriv)]
        for deriv in (1, 2, 3, 4)
    }
    tools = {
        name: judge(tool, given[1])
        for name, (package, tool) in TOOLS.items()
        if importlib.util.find_spec(package)
    }
    own = {name: judge(ours(deriv, side), given[deriv]) for name, (deriv, side) in OWN.items()}
    data = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "versions": versions,
        "problems": COUNT,
        "seed": SEED,
        "kinds": dict(sorted(Counter(p.kind for p, _ in given[1]).items())),
        "tools": tools,
        "other derivatives": own,
    }
    hardest = [(p, float(p.exact())) for p in hard(COUNT // 4, SEED)]
    data["hard problems"] = {
        name: judged_hard(tool, hardest)
        for name, (package, tool) in TOOLS.items()
        if importlib.util.find_spec(package)
    }
    data["real problems"] = {p.name: real(p) for p in PROBLEMS}
    x = np.tile([-1.2, 1.0], 10)
    found, exact = hessian(rosen, x), rosen_hess(x)
    data["Hessian"] = {
        "Rosenbrock, 20 inputs": float(np.linalg.norm(found.value - exact) / np.linalg.norm(exact)),
        "evaluations": found.evaluations,
    }
    if importlib.util.find_spec("numericalderivative"):
        data["noise"] = noise_family()
    if importlib.util.find_spec("numdifftools"):
        data["costs"] = costs()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: data.get(k) for k in ("hard problems", "Hessian", "noise", "costs")}))
    for name, row in (tools | own).items():
        print(f"{name:35}", *(f"{k} {v}" for k, v in row.items() if k != "bad by kind"), sep="  ")


if __name__ == "__main__":
    main()
