"""The measured errors of functions of a vector, in the usual and in the stable form."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from derivref.site.show import accuracy
from derivref.site.show.benchmarks import measured
from derivref.site.show.frame import grid
from derivref.site.show.measured import kept

Array = NDArray[np.float64]
COUNT, SIZE, DIGITS = 300, 4, 60
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Reduction:
    """Two forms of one function of a vector, its exact value, and the size of the inputs."""

    title: str
    anchor: str
    usual: Callable[[Array], Any]
    stable: Callable[[Array], Any]
    exact: Callable[[list[Any]], Any]
    inputs: Callable[[np.random.Generator], Array]


def _scores(rng: np.random.Generator) -> Array:
    scores: Array = 10.0 ** rng.uniform(0, 3) * rng.normal(size=SIZE)
    return scores


def _others(z: Array) -> Any:
    p = softmax(z)
    return p[0] * p[1:].sum()


def _first(z: list[Any]) -> Any:
    return 1 / mp.fsum(mp.exp(v - z[0]) for v in z)


def _mean(x: list[Any]) -> Any:
    return mp.fsum(x) / len(x)


def _scaled(x: Array) -> Any:
    largest = np.abs(x).max()
    return largest * np.sqrt(((x / largest) ** 2).sum())


REDUCTIONS = (
    Reduction(
        "Logsumexp",
        "logsumexp",
        lambda z: np.log(np.exp(z).sum()),
        logsumexp,
        lambda z: mp.log(mp.fsum(map(mp.exp, z))),
        _scores,
    ),
    Reduction(
        "Softmax, first component",
        "softmax",
        lambda z: (np.exp(z) / np.exp(z).sum())[0],
        lambda z: softmax(z)[0],
        _first,
        lambda rng: 10.0 * rng.normal(size=SIZE) + rng.uniform(-1e3, 1e3),
    ),
    Reduction(
        "Softmax Jacobian, first diagonal entry",
        "softmax",
        lambda z: softmax(z)[0] * (1 - softmax(z)[0]),
        _others,
        lambda z: _first(z) * (1 - _first(z)),
        lambda rng: rng.normal(size=SIZE) + np.array([rng.uniform(0, 60), 0, 0, 0]),
    ),
    Reduction(
        "Norm",
        "norms",
        lambda x: np.sqrt((x**2).sum()),
        _scaled,
        lambda x: mp.sqrt(mp.fsum(v * v for v in x)),
        lambda rng: 10.0 ** rng.uniform(-250, 250) * rng.normal(size=SIZE),
    ),
    Reduction(
        "Variance",
        "variance",
        lambda x: (x**2).mean() - x.mean() ** 2,
        lambda x: ((x - x.mean()) ** 2).mean(),
        lambda x: _mean([(v - _mean(x)) ** 2 for v in x]),
        lambda rng: 10.0 ** rng.uniform(0, 9) + rng.normal(size=SIZE),
    ),
)


def errors(case: Reduction) -> tuple[float, float]:
    """Return the largest relative error of both forms; infinite for a wrong NaN or ∞."""
    rng = np.random.default_rng(0)
    worst = [0.0, 0.0]
    for _ in range(COUNT):
        x = case.inputs(rng)
        with mp.workdps(DIGITS):
            exact = case.exact([mp.mpf(float(v)) for v in x])
            for k, form in enumerate((case.usual, case.stable)):
                with np.errstate(all="ignore"):
                    got = float(form(x))
                error = float(abs(got - exact) / abs(exact)) if np.isfinite(got) else np.inf
                worst[k] = max(worst[k], error)
    return worst[0], worst[1]


def digest() -> str:
    """Return a digest of what decides these errors: this file above this line."""
    source = Path(__file__).read_text(encoding="utf-8")
    return hashlib.sha256(source.partition("def digest")[0].encode()).hexdigest()[:16]


def vector_errors() -> str:
    """Return the table of the largest errors, in units of the machine epsilon.

    Raises
    ------
    Fault
        If an error is larger here than the bound in the table.
    """
    data = measured("accuracy")
    fresh = data["vectors digest"] == digest()
    found = kept("reductions", (digest(),), lambda: [errors(case) for case in REDUCTIONS])
    rows = []
    for case, here in zip(REDUCTIONS, found, strict=True):
        cells = ["not measured"] * 2
        if fresh:
            there = data["vectors"][case.title]
            cells = [limit(case.title, *pair) for pair in zip(here, there, strict=True)]
        rows.append((f"[{case.title}](#{case.anchor})", *cells))
    return grid(("function of a vector", "usual form, eps", "stable form, eps"), rows, left=1)


def limit(title: str, here: float, there: float | None) -> str:
    """Return the bound that the table shows, or that every digit was lost where it was measured."""
    if there is None:
        return "NaN, ∞ or 0"
    bound = accuracy.step(accuracy.ROOM * there)
    accuracy.within(title, "the largest error", here / EPS, bound, "eps")
    return f"≤ {accuracy.short(bound)}"
