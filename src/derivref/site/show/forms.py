"""The table at the top of stable computation: what to write, and what the usual form gives."""

from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
from scipy import special

from derivref.site.fault import Fault

DIGITS = 60
LOST, KEPT = 1e-3, 64 * float(np.finfo(np.float64).eps)  # relative errors


class Form(NamedTuple):
    """A quantity in the usual form and in one that works, at a point where they differ."""

    name: str
    anchor: str
    usual: str
    stable: str
    at: dict[str, Any]
    exact: str  # for mpmath, where vectors are lists


LSE = "mp.log(mp.fsum(map(mp.exp, z)))"
FORMS = (
    Form("slope of the sigmoid s", "sigmoid", "s * (1 - s)", "expit(x) * expit(-x)",
         {"x": 40.0}, "mp.exp(-x) / (1 + mp.exp(-x))**2"),
    Form("slope of tanh", "tanh", "1 - np.tanh(x)**2", "4 * expit(2 * x) * expit(-2 * x)",
         {"x": 20.0}, "mp.sech(x)**2"),
    Form("log-sigmoid", "log_sigmoid", "np.log(expit(x))", "log_expit(x)",
         {"x": -800.0}, "-mp.log(1 + mp.exp(-x))"),
    Form("softplus", "softplus", "np.log(1 + np.exp(x))", "np.logaddexp(0, x)",
         {"x": 800.0}, "mp.log(1 + mp.exp(x))"),
    Form("ln(1 + x)", "log1p", "np.log(1 + x)", "np.log1p(x)", {"x": 1e-17}, "mp.log1p(x)"),
    Form("eˣ − 1", "expm1", "np.exp(x) - 1", "np.expm1(x)", {"x": 1e-17}, "mp.expm1(x)"),
    Form("growth at the rate r", "growth", "(1 + r)**n - 1", "np.expm1(n * np.log1p(r))",
         {"r": 1e-17, "n": 10}, "(1 + r)**n - 1"),
    Form("ln(1 − eˣ), x < 0", "log1mexp", "np.log(1 - np.exp(x))", "np.log1p(-np.exp(x))",
         {"x": -40.0}, "mp.log(1 - mp.exp(x))"),
    Form("log-cosh", "log_cosh", "np.log(np.cosh(x))",
         "abs(x) + np.log1p(np.exp(-2 * abs(x))) - np.log(2)",
         {"x": 800.0}, "mp.log(mp.cosh(x))"),
    Form("logsumexp", "logsumexp", "np.log(np.exp(z).sum())", "logsumexp(z)",
         {"z": [1000.0, 1001.0]}, LSE),
    Form("softmax", "softmax", "np.exp(z) / np.exp(z).sum()", "softmax(z)",
         {"z": [1000.0, 1001.0]}, f"[mp.exp(v - {LSE}) for v in z]"),
    Form("log-softmax", "log_softmax", "np.log(softmax(z))", "log_softmax(z)",
         {"z": [0.0, -1000.0]}, f"[z[1] - {LSE}]"),
    Form("cross-entropy of label y", "cross-entropy", "-np.log(softmax(z)[y])",
         "np.logaddexp(0, logsumexp(np.delete(z, y)) - z[y])",
         {"z": [0.0, 800.0, 3.0], "y": 0}, f"{LSE} - z[y]"),
    Form("its slope in the logit of y", "cross-entropy", "softmax(z)[y] - 1",
         "-expit(logsumexp(np.delete(z, y)) - z[y])",
         {"z": [40.0, 0.0, 1.0], "y": 0}, f"mp.expm1(z[y] - {LSE})"),
    Form("slope of binary cross-entropy", "cross-entropy", "expit(z) - y",
         "(1 - y) * expit(z) - y * expit(-z)",
         {"z": 40.0, "y": 1.0}, "-1 / (1 + mp.exp(z))"),
    Form("norm, m the largest |xᵢ|", "norms", "np.sqrt(np.sum(x**2))",
         "m * np.sqrt(np.sum((x / m)**2))",
         {"x": [3e200, 4e200]}, "mp.sqrt(mp.fsum(v * v for v in x))"),
    Form("hypotenuse", "hypot", "np.sqrt(x**2 + y**2)", "np.hypot(x, y)",
         {"x": 3e-200, "y": 4e-200}, "mp.hypot(x, y)"),
    Form("difference of roots", "sqrt", "np.sqrt(x + d) - np.sqrt(x)",
         "d / (np.sqrt(x + d) + np.sqrt(x))",
         {"x": 1e10, "d": 1e-6}, "mp.sqrt(x + d) - mp.sqrt(x)"),
    Form("pseudo-Huber", "pseudo_huber", "np.sqrt(1 + x**2) - 1",
         "x**2 / (1 + np.sqrt(1 + x**2))", {"x": 1e-9}, "mp.sqrt(1 + x**2) - 1"),
    Form("1 − cos x", "one_minus_cos", "1 - np.cos(x)", "2 * np.sin(x / 2)**2",
         {"x": 1e-9}, "2 * mp.sin(x / 2)**2"),
    Form("variance", "variance", "np.mean(x**2) - np.mean(x)**2", "np.var(x)",
         {"x": [1e9, 1e9 + 1, 1e9 + 2]}, "mp.mpf(2) / 3"),
)  # fmt: skip


def values(form: Form) -> tuple[float, float, float]:
    """Return what both forms give at the point, and the exact value; of vectors the last entry."""
    point = {k: np.array(v) if isinstance(v, list) else v for k, v in form.at.items()}
    if "x" in point:
        point["s"], point["m"] = special.expit(point["x"]), np.max(np.abs(point["x"]))
    names = {name: getattr(special, name) for name in special.__all__}
    with np.errstate(all="ignore"):
        usual, stable = (
            float(np.ravel(eval(code, {"np": np, **names, **point}))[-1])
            for code in (form.usual, form.stable)
        )
    with mp.workdps(DIGITS):
        exact_point = {
            k: [mp.mpf(u) for u in v] if isinstance(v, list) else mp.mpf(v) if k != "y" else v
            for k, v in form.at.items()
        }
        exact = eval(form.exact, {"mp": mp, **exact_point})
        return usual, stable, float(exact[-1] if isinstance(exact, list) else exact)


def _error(got: float, exact: float) -> float:
    return abs(got / exact - 1) if np.isfinite(got) else np.inf


def stable_forms() -> str:
    """Return the table: each quantity, the usual code, what that gives, and what to write.

    Raises
    ------
    Fault
        If a usual form does not fail at its point, or what to write there does.
    """
    rows = []
    for form in FORMS:
        usual, stable, exact = values(form)
        if _error(usual, exact) < LOST or _error(stable, exact) > KEPT:
            raise Fault(
                f"stable_forms: `{form.name}` at {form.at} must lose its digits in the usual form "
                f"and keep them in the other, got {usual!r} and {stable!r} for {exact!r}"
            )
        told = {np.inf: "∞", -np.inf: "−∞"}.get(usual, "no right digit")
        told = "NaN" if np.isnan(usual) else told
        at = ", ".join(f"{name} = {_said(value)}" for name, value in form.at.items())
        name = form.name.replace("|", "\\|")
        rows.append(
            f"| [{name}](#{form.anchor}) | `{form.stable}` | `{form.usual}` | {told} at {at} |"
        )
    head = "| quantity | write | not | which gives |\n|---|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


def _said(value: Any) -> str:
    if isinstance(value, list):
        first = min(value)
        if max(value) - first < 1e-6 * first:  # what counts is the distance from it
            return f"{_said(first)} + {_said([v - first for v in value])}"
        return f"({', '.join(map(_said, value))})"
    return (
        f"{value:g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
    )
