"""Tables and figures of the pages on numerical differentiation, from stencils and measurements.

What is measured is the error of a difference whose values of f are correctly rounded: mpmath
computes them. The functions of NumPy round otherwise on another processor, and so would the tables.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray

from derivref.site.fault import Fault
from derivref.site.show.figures import INK, MUTED, figure
from derivref.site.show.frame import grid
from derivref.stencils import Stencil, backward, boundary, central, forward

Array = NDArray[Any]
Float = type[np.floating[Any]]

HALF = Fraction(1, 2)
SCHEMES = {
    "Forward": forward(),
    "Backward": backward(),
    "Central": central(),
    "Second derivative": central(deriv=2),
    "Richardson": Stencil((-1, -HALF, HALF, 1)),
}
TYPES: dict[str, Float] = {"float64": np.float64, "float32": np.float32}
KINDS: dict[str, tuple[Callable[[int, int], Stencil], Sequence[int]]] = {
    "central": (central, (2, 4, 6, 8)),
    "forward": (forward, range(1, 9)),
    "backward": (backward, range(1, 9)),
}
ORDINALS = ("", "First", "Second", "Third", "Fourth")


@dataclass(frozen=True)
class Example:
    """A function whose derivatives are all known, and the point near which it is measured."""

    name: str
    at: float
    f: Callable[[Any], Any]
    derivative: Callable[[int, Any], Any]  # number k, in float64


@functools.cache
def _value(name: str, x: float) -> Any:
    with mp.workprec(160):
        return getattr(mp, name)(mp.mpf(x))


def _rounded(name: str) -> Callable[[Any], Any]:
    """Return a function of mpmath on arrays, rounded once to the type of the argument."""

    def function(x: Any) -> Any:
        x = np.asarray(x)
        bits = np.finfo(x.dtype).nmant + 1
        with mp.workprec(bits):
            values = [float(+_value(name, v)) for v in x.ravel().tolist()]
        return np.array(values, x.dtype).reshape(x.shape)[()]

    return function


_sin, _cos, _exp, _ln = map(_rounded, ("sin", "cos", "exp", "log"))


def _sine(scale: float) -> tuple[Callable[[Any], Any], Callable[[int, Any], Any]]:
    turns = (_sin, _cos, lambda u: -_sin(u), lambda u: -_cos(u))
    return (
        lambda x: _sin(x.dtype.type(scale) * x),
        lambda k, x: scale**k * turns[k % 4](scale * x),
    )


def _log(k: int, x: Any) -> Any:
    return (-1) ** (k + 1) * math.factorial(k - 1) / x**k if k else _ln(x)


SIN = Example("sin at 1", 1.0, *_sine(1.0))
EXP = Example("exp at 1", 1.0, _exp, lambda k, x: _exp(x))
RECIPROCAL = Example(
    "1/x at 0.01", 0.01, lambda x: 1 / x, lambda k, x: (-1) ** k * math.factorial(k) / x ** (k + 1)
)
# Powers of two as factors, so that the argument of the sine is exact too.
SCALES = (
    Example("sin(x/1024) at 1000", 1000.0, *_sine(2.0**-10)),
    SIN,
    Example("sin(1024x) at 1", 1.0, *_sine(2.0**10)),
    Example("1/x at 1e-6", 1e-6, RECIPROCAL.f, RECIPROCAL.derivative),
    Example("log at 1e6", 1e6, _ln, _log),
)


# --- measuring ------------------------------------------------------------------------------------


def points(at: float, dtype: Float) -> Array:
    """Return 64 numbers from `at` on, within two per cent, of at most 13 bits.

    One point can be lucky. The short fractions make x + h exact for the steps of `steps`.
    """
    unit = 2.0 ** (math.floor(math.log2(abs(at))) - 12)
    grid: Array = (np.rint(at / unit) + np.arange(64)) * unit
    return grid.astype(dtype)


def step(h: float, x: Array) -> Any:
    """Return the step nearest to h that halves and doubles of it add to x without rounding."""
    unit = 4 * float(np.spacing(x.max()))
    return x.dtype.type(max(1.0, np.rint(h / unit)) * unit)


def measured(stencil: Stencil, example: Example, h: float, dtype: Float) -> float:
    """Return the largest error of a finite difference at the 64 points near that of `example`."""
    x = points(example.at, dtype)
    exact = example.derivative(stencil.deriv, x.astype(np.float64))
    found = stencil.apply(example.f, x, step(h, x))
    if found.dtype != dtype:
        raise Fault(f"`{example.name}` promotes {dtype.__name__} to {found.dtype}")
    return float(np.abs(found - exact).max())


def magnitude(example: Example, deriv: int) -> float:
    """Return the largest size of a derivative of `example` at the 64 points."""
    return float(np.abs(example.derivative(deriv, points(example.at, np.float64))).max())


def sizes(stencil: Stencil, example: Example, dtype: Float) -> dict[str, float]:
    """Return what the prediction needs: the sizes of f and of its leading derivative, and eps."""
    return {
        "value": magnitude(example, 0),
        "remainder": magnitude(example, stencil.remainder),
        "eps": float(np.finfo(dtype).eps) / 2,
    }


def predicted(stencil: Stencil, example: Example, h: float, dtype: Float) -> float:
    """Return the error that the stencil predicts for itself, with the step as it is rounded."""
    rounded = float(step(h, points(example.at, dtype)))
    return float(stencil.predicted_error(rounded, **sizes(stencil, example, dtype)))


def good_steps(stencil: Stencil, eps: float) -> tuple[float, float]:
    """Return the steps between which the prediction is below twice its least, for sizes 1."""
    at = {"value": 1.0, "remainder": 1.0, "eps": eps}
    best = stencil.best_step(**at)
    h = best * np.logspace(-3, 3, 6001)
    good = h[stencil.predicted_error(h, **at) <= 2 * stencil.predicted_error(best, **at)]
    return float(good[0]), float(good[-1])


# --- writing --------------------------------------------------------------------------------------


def _scheme(name: str) -> Stencil:
    if name not in SCHEMES:
        raise Fault(f"no scheme `{name}`: there are {', '.join(SCHEMES)}")
    return SCHEMES[name]


def short(value: float) -> str:
    """Return a number with one digit: all that a step or a rounding error has."""
    mantissa, exponent = f"{value:.0e}".split("e")
    power = int(exponent)
    return mantissa + "0" * power if power in (0, 1) else f"{mantissa}e{power}".replace("-", "−")


def _plain(value: Any) -> str:
    return str(value).replace("-", "−")


def _times(factor: Fraction, tex: str, first: bool = True) -> str:
    """Return ``+ 3/2 tex``, without what goes without saying."""
    sign = "-" if factor < 0 else "" if first else "+"
    size = abs(factor)
    number = str(size)
    if size.denominator > 1:
        number = rf"\tfrac{{{size.numerator}}}{{{size.denominator}}}"
    return f"{sign}{'' if size == 1 else number}{tex}"


def _power(tex: str, exponent: int) -> str:
    return tex if exponent == 1 else f"{tex}^{exponent}"


def _shift(offset: Fraction) -> str:
    """Return the TeX of f at x + offset·h."""
    if not offset:
        return "f(x)"
    size = abs(offset)
    number = "" if size.numerator == 1 else str(size.numerator)
    below = "" if size.denominator == 1 else f"/{size.denominator}"
    return f"f(x{'-' if offset < 0 else '+'}{number}h{below})"


def formula_tex(stencil: Stencil) -> str:
    """Return the difference quotient as TeX, in whole numbers over one denominator."""
    numerators, denominator = stencil.integers
    terms = [(w, s) for w, s in zip(numerators, stencil.offsets, strict=True) if w][::-1]
    above = "".join(
        _times(Fraction(w), _shift(Fraction(s)), first=not i) for i, (w, s) in enumerate(terms)
    )
    below = f"{denominator if denominator > 1 else ''}{_power('h', stencil.deriv)}"
    return rf"\dfrac{{{above}}}{{{below}}}"


def _primed(order: int) -> str:
    """Return the TeX of a derivative of f."""
    return "f" + "'" * order if order < 4 else f"f^{{({order})}}"


def error_tex(stencil: Stencil) -> str:
    """Return the leading term of the truncation error as TeX."""
    term = rf"{_power('h', stencil.accuracy)}\,{_primed(stencil.remainder)}"
    return _times(Fraction(stencil.error_constant), term)


# --- finite differences ---------------------------------------------------------------------------


def schemes_table() -> str:
    """Return the table of the schemes: formula, stencil, order, error constant, best steps."""
    rows = []
    for name, stencil in SCHEMES.items():
        row = [
            f"[{name}](#{name.lower().replace(' ', '-')})",
            f"${formula_tex(stencil)}$",
            f"${error_tex(stencil)}$",
            str(stencil.accuracy),
        ]
        for dtype in TYPES.values():
            eps = float(np.finfo(dtype).eps) / 2
            best = short(stencil.best_step(value=1, remainder=1, eps=eps))
            low, high = map(short, good_steps(stencil, eps))
            row.append(f"{best}<br><small>{low} to {high}</small>")
        row += [", ".join(map(_plain, part)) for part in (stencil.offsets, stencil.weights)]
        rows.append(row)
    head = ["Scheme", "Formula", "Error", "Order", *(f"Best h, {name}" for name in TYPES)]
    return grid([*head, "Offsets / h", "Weights"], rows, left=8)


def best_steps() -> str:
    """Return the table of the best steps as formulas, and of the size of step and error."""
    rows = []
    for name, stencil in SCHEMES.items():
        d, p, order = stencil.deriv, stencil.accuracy, stencil.remainder
        ratio = Fraction(d * stencil.amplification) / abs(Fraction(stencil.error_constant) * p)
        derivative = _primed(order)
        best = rf"\left({_times(ratio, 'u')}\,\lvert f/{derivative}\rvert\right)^{{1/{order}}}"
        powers = (Fraction(1, order), Fraction(p, order))
        rows.append((name, f"${best}$", *(f"$u^{{{power}}}$" for power in powers)))
    return grid(
        ("Scheme", "Best step $h^*$", "of the size of", "error there, of the size of"), rows, left=4
    )


def errors_table(name: str) -> str:
    """Return measured beside predicted error for each step, for sin at 1 in both types.

    Raises
    ------
    Fault
        If no scheme has that name.
    """
    stencil = _scheme(name)
    rows = []
    for k in range(1, 15):
        row = [f"1e−{k}"]
        for dtype in TYPES.values():
            if 10.0**-k < 4 * np.finfo(dtype).eps:
                row += ["", ""]
                continue
            for error in (measured, predicted):
                row.append(f"{error(stencil, SIN, 10.0**-k, dtype):.1e}".replace("e-0", "e-"))
        rows.append([cell.replace("-", "−") for cell in row])
    head = ["h", *(f"{t}: {kind}" for t in TYPES for kind in ("measured", "predicted"))]
    return grid(head, rows, left=0)


def best_errors_table() -> str:
    """Return scheme × function × type: the best step, its relative error and the predicted one."""
    rows = []
    for name, stencil in SCHEMES.items():
        for example in (SIN, EXP, RECIPROCAL):
            row = [name, example.name]
            for dtype in TYPES.values():
                h = stencil.best_step(**sizes(stencil, example, dtype))
                size = magnitude(example, stencil.deriv)
                errors = (e(stencil, example, h, dtype) / size for e in (measured, predicted))
                row += map(short, (h, *errors))
            rows.append(row)
    head = ["Scheme", "Function"]
    head += [f"{t}: {kind}" for t in TYPES for kind in ("best h", "measured", "predicted")]
    return grid(head, rows, left=2)


def measured_order(stencil: Stencil, example: Example) -> float:
    """Return the slope of the error against h in a log-log fit, from steps far above the best."""
    best = stencil.best_step(**sizes(stencil, example, np.float64))
    h = np.geomspace(20 * best, 200 * best, 12)
    errors = [measured(stencil, example, float(s), np.float64) for s in h]
    return float(np.polyfit(np.log(h), np.log(errors), 1)[0])


def orders_table() -> str:
    """Return the measured order of each scheme for several functions, beside the derived one."""
    examples = (SIN, EXP, RECIPROCAL)
    rows = [
        [name, str(s.accuracy), *(f"{measured_order(s, example):.2f}" for example in examples)]
        for name, s in SCHEMES.items()
    ]
    return grid(["Scheme", "Derived", *(f"Measured, {e.name}" for e in examples)], rows, left=1)


def _curve(stencil: Stencil, example: Example, dtype: Float, most: float = 0.3) -> tuple[Any, Any]:
    least = 8 * float(np.spacing(points(example.at, dtype)[-1]))
    h = np.geomspace(least, most, 60)
    return h, np.array([measured(stencil, example, float(s), dtype) for s in h])


def errors_figure() -> str:
    """Return measured error against step for three schemes and both types, with the optimum."""
    labels = {"Forward": "forward", "Central": "central", "Second derivative": "second"}
    best = {
        (t, n): SCHEMES[n].best_step(**sizes(SCHEMES[n], SIN, dtype))
        for t, dtype in TYPES.items()
        for n in labels
    }

    def draw(*axes: Any) -> None:
        for ax, (title, dtype) in zip(axes, TYPES.items(), strict=True):
            for i, name in enumerate(labels):
                stencil, at = SCHEMES[name], sizes(SCHEMES[name], SIN, dtype)
                h, errors = _curve(stencil, SIN, dtype)
                ax.loglog(h, stencil.predicted_error(h, **at), color=MUTED, linewidth=1, ls="-")
                label = {"label": labels[name]} if dtype is np.float64 else {}
                ax.loglog(h, errors, color=f"C{i}", **label)
                top = best[title, name]
                ax.plot([top], [stencil.predicted_error(top, **at)], "o", color=f"C{i}")
            ax.set_ylabel(f"error, {title}")
            ax.set_ylim(*((2e-13, 30) if dtype is np.float64 else (2e-6, 30)))
        axes[-1].set_xlabel("step h")

    steps = "; ".join(
        f"{n.lower()} near {short(best['float64', n])} and {short(best['float32', n])}"
        for n in labels
    )
    return figure(
        draw,
        alt="Error of the forward, central and second-derivative schemes against the step, both "
        "axes logarithmic, float64 above and float32 below. Each curve falls in a straight line "
        "as the step shrinks, turns, and rises again as a ragged line; the predicted error runs "
        f"along it and above it. The dots mark the predicted best steps: {steps}.",
        caption="Measured error (largest of 64 points near 1, for sin) and, in grey, the predicted "
        "one; dots mark its minimum.",
        height=560,
        rows=2,
    )


# --- the step size --------------------------------------------------------------------------------


def u_curve() -> str:
    """Return the error of the central difference with the two parts it is made of."""
    stencil = SCHEMES["Central"]
    decades = math.log10(np.finfo(np.float32).eps / np.finfo(np.float64).eps)

    def draw(ax: Any) -> None:
        h64, e64 = _curve(stencil, SIN, np.float64)
        h32, e32 = _curve(stencil, SIN, np.float32)
        at64, at32 = (sizes(stencil, SIN, dtype) for dtype in TYPES.values())
        remainder = at64["remainder"]
        ax.loglog(h64, stencil.truncation(h64, remainder=remainder), color=INK, ls=":", lw=1.4)
        for h, at in ((h64, at64), (h32, at32)):
            rounding = stencil.rounding(h, value=at["value"], eps=at["eps"])
            ax.loglog(h, rounding, color=MUTED, ls="--", lw=1.4)
        ax.loglog(h64, e64, color="C0", label="float64")
        ax.loglog(h32, e32, color="C1", label="float32")
        ax.set_ylim(3e-13, 10)
        ax.set_xlabel("step h")
        ax.set_ylabel("error")

    return figure(
        draw,
        alt="Error of the central difference against the step in both types, a U with its bottom "
        "at another place for each. From large steps to small the error falls along the common "
        "line of truncation, then rises along the line of rounding, which lies "
        f"{decades:.0f} decades higher for float32 than for float64.",
        caption="The central difference of sin near 1. Dotted: truncation, $h^2|f'''|/6$, the same "
        "for both. Dashed: rounding, $u|f|/h$.",
        height=340,
    )


def scales_figure() -> str:
    """Return the U of the central difference for functions of different scales."""
    shown = (SCALES[0], SIN, SCALES[2], SCALES[3])
    stencil = SCHEMES["Central"]

    def draw(ax: Any) -> None:
        for example in shown:
            most = 0.3 * example.at if example.name.startswith("1/x") else 100.0
            h, errors = _curve(stencil, example, np.float64, most)
            ax.loglog(h, errors / magnitude(example, 1), label=example.name.partition(" at ")[0])
        ax.axvline(1e-5, color=MUTED, linewidth=1.4, linestyle=":")
        ax.set_xlim(1e-16, 100)
        ax.set_ylim(3e-13, 10)
        ax.set_xlabel("step h")
        ax.set_ylabel("relative error")

    return figure(
        draw,
        alt="Relative error of the central difference for four functions of different scales, each "
        "a U at a place of its own. At the step 1e-5, marked by a vertical line, sin at 1 is near "
        "its bottom, sin(x/1024) is on its rounding branch, sin(1024x) on its truncation branch, "
        "and 1/x at 1e-6 beyond it.",
        caption="Four functions, four best steps. The vertical line is $h = 10^{-5}$.",
        height=360,
    )


def scales_table() -> str:
    """Return functions of several scales, each with its best step and what other steps cost."""
    stencil = SCHEMES["Central"]
    rows = []
    for example in SCALES:
        at = sizes(stencil, example, np.float64)
        best = stencil.best_step(**at)
        steps = (1e-5, 1e-5 * max(1.0, example.at), best)
        errors = [measured(stencil, example, h, np.float64) / magnitude(example, 1) for h in steps]
        length = (at["value"] / at["remainder"]) ** (1 / 3)
        rows.append([example.name, *map(short, (length, best, *errors))])
    head = ["Function", "Length L", "Best h", "Error, h = 1e−5"]
    return grid([*head, r"Error, h = 1e−5 · max(1, \|x\|)", "Error, best h"], rows, left=1)


# --- stencils -------------------------------------------------------------------------------------


def _cells(stencil: Stencil, offsets: Sequence[Any]) -> list[str]:
    weight = dict(zip(stencil.offsets, stencil.weights, strict=True))
    return [_plain(weight[s]) if s in weight else "" for s in offsets]


def _html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a caption; its first column names the rows."""
    top = "".join(f'<th scope="col" style="text-align: right">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row" style="text-align: right">{first}</th>'
        + "".join(f'<td style="text-align: right">{cell}</td>' for cell in rest)
        + "</tr>\n"
        for first, *rest in rows
    )
    return (
        f"<table>\n<caption>{caption}</caption>\n<thead><tr>{top}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def stencil_table(kind: str, deriv: int) -> str:
    """Return the table of weights for one derivative: a row per accuracy, a column per offset.

    Raises
    ------
    Fault
        If `kind` is not central, forward or backward.
    """
    if kind not in KINDS:
        raise Fault(f"no stencils `{kind}`: there are {', '.join(KINDS)}")
    make, accuracies = KINDS[kind]
    stencils = [make(deriv, accuracy) for accuracy in accuracies]
    # Outwards from x on one side, so that what all rows have comes first.
    offsets = max((s.offsets for s in stencils), key=len)[:: -1 if kind == "backward" else 1]
    rows = [
        [
            str(s.accuracy),
            _plain(s.error_constant),
            *_cells(s, offsets),
            f"{float(s.amplification):.3g}",
        ]
        for s in stencils
    ]
    head = ["Accuracy", "Error constant", *map(_plain, offsets), "Amplification"]
    return _html_table(f"{ORDINALS[deriv]} derivative, {kind}", head, rows)


def boundary_table(deriv: int, accuracy: int) -> str:
    """Return the stencils for the grid points at and near the left end of a grid."""
    count = deriv + accuracy
    stencils = [boundary(deriv, accuracy, position) for position in range(count // 2 + 1)]
    rows = [
        [f"point {i}", *map(_plain, s.weights), str(s.accuracy), _plain(s.error_constant)]
        for i, s in enumerate(stencils)
    ]
    points_ = [f"point {j}" for j in range(count)]
    head = ["Derivative at", *points_, "Accuracy", "Error constant"]
    return _html_table(f"{ORDINALS[deriv]} derivative from {count} points", head, rows)


def amplification_table() -> str:
    """Return what higher accuracy buys: amplification, best step and error there, for sin at 1."""
    rows = []
    for deriv in range(1, 5):
        for accuracy in KINDS["central"][1]:
            stencil = central(deriv, accuracy)
            h = stencil.best_step(**sizes(stencil, SIN, np.float64))
            errors = (error(stencil, SIN, h, np.float64) for error in (measured, predicted))
            sizes_ = f"{float(stencil.amplification):.3g}"
            rows.append([str(deriv), str(accuracy), sizes_, *map(short, (h, *errors))])
    head = ["Derivative", "Accuracy", "Amplification", "Best h", "Measured", "Predicted"]
    return grid(head, rows, left=0)


# --- extrapolation --------------------------------------------------------------------------------


def romberg(example: Example, h: float, levels: int) -> list[float]:
    """Return the errors of the diagonal of the Romberg table on central differences."""
    stencil, x = SCHEMES["Central"], points(example.at, np.float64)
    exact = example.derivative(1, x)
    row: list[Array] = []
    errors = []
    for i in range(levels):
        new = [stencil.apply(example.f, x, np.float64(h / 2**i))]
        for k, before in enumerate(row, 1):
            new.append(new[-1] + (new[-1] - before) / (4**k - 1))
        row = new
        errors.append(float(np.abs(row[-1] - exact).max()))
    return errors


def romberg_figure() -> str:
    """Return the error of the Romberg table against its number of levels, for three first steps."""
    levels = 20
    starts = (2.0, 0.5, 0.125)

    def draw(ax: Any) -> None:
        for start in starts:
            errors = romberg(SIN, start, levels)
            ax.semilogy(np.arange(1, levels + 1), errors, label=f"first h = {start:g}")
        ax.set_xlabel("levels")
        ax.set_ylabel("error")

    return figure(
        draw,
        alt="Error of Romberg extrapolation of the derivative of sin near 1 against the number of "
        "levels, from three first steps. Each curve falls steeply for the first levels and then "
        "rises slowly, by a factor of two for each further level.",
        caption="Extrapolated central differences of sin near 1: every level halves the smallest "
        "step, and from some level on only rounding is left to grow.",
        height=320,
    )


# --- noise ----------------------------------------------------------------------------------------

NOISES = (1e-12, 1e-8, 1e-4)


def noisy(example: Example, level: float) -> Example:
    """Return `example` with its values rounded to multiples of twice `level`: errors up to it."""
    return Example(
        example.name,
        example.at,
        lambda x: np.round(example.f(x) / (2 * level)) * (2 * level),
        example.derivative,
    )


def floor(stencil: Stencil, level: float) -> tuple[float, float, float]:
    """Return for sin near 1 with noise the best step, the error there and the predicted one."""
    at = sizes(stencil, SIN, np.float64) | {"value": 1.0, "eps": level}  # eps |f| is the noise
    h = stencil.best_step(**at)
    found = measured(stencil, noisy(SIN, level), h, np.float64)
    return h, found, float(stencil.predicted_error(h, **at))


def noise_table() -> str:
    """Return what noise leaves of a derivative: per level and scheme, best step and error there."""
    rows = []
    for level in NOISES:
        for name in ("Forward", "Central", "Richardson", "Second derivative"):
            rows.append([short(level), name, *map(short, floor(SCHEMES[name], level))])
    return grid(["Noise", "Scheme", "Best h", "Error, measured", "Predicted"], rows, left=2)


def noise_figure() -> str:
    """Return the U of the central difference for several levels of noise."""
    stencil = SCHEMES["Central"]

    def draw(ax: Any) -> None:
        for level in NOISES:
            h, errors = _curve(stencil, noisy(SIN, level), np.float64, 1.0)
            seen = h > level  # below, every rounded difference is 0 or a whole step
            ax.loglog(h[seen], errors[seen], label=f"ε={level:.0e}".replace("-0", "-"))
        best = [floor(stencil, level) for level in NOISES]
        ax.plot([b[0] for b in best], [b[2] for b in best], "o", color=INK)
        ax.set_ylim(3e-10, 10)
        ax.set_xlabel("step h")
        ax.set_ylabel("error")

    best = "; ".join(
        f"for noise {short(level)} an error of {short(floor(stencil, level)[2])} at the step "
        f"{short(floor(stencil, level)[0])}"
        for level in NOISES
    )
    return figure(
        draw,
        alt="Error of the central difference of a noisy sine against the step, one U for each of "
        f"three levels of noise. More noise moves the bottom to the right and up: {best}.",
        caption="The central difference of sin near 1 with three levels ε of noise; dots mark the "
        "predicted bottom.",
        height=320,
    )
