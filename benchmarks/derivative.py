"""Let tools for numerical derivatives loose on the random problems of tests/problems.py.

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
import timeit
import warnings
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "src")]

from problems import Problem, problems  # noqa: E402

from derivref import __version__  # noqa: E402
from derivref.differences import derivative  # noqa: E402

PEERS = ("numpy", "scipy", "numdifftools", "jacobi", "findiff", "mpmath", "sympy")
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
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    for name, row in (tools | own).items():
        print(f"{name:35}", *(f"{k} {v}" for k, v in row.items() if k != "bad by kind"), sep="  ")


if __name__ == "__main__":
    main()
