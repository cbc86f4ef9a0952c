"""The checks of functions of arrays: value and backward pass, each by ways that share nothing."""

import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray

from derivref import differences, tape
from derivref.oracle import Check
from derivref.records import Operator
from derivref.records.arrays import instances
from derivref.records.wrapped import public
from derivref.verify.kinds import checks, facts

Array = NDArray[Any]
SEED = 0
DRAWS = 4  # for each setting of parameters: a branch such as Huber's is seen on both sides
DIGITS = 60  # of the exact values; their slopes by differences of step 1e-20 keep half of them
STEP = mp.mpf(10) ** -20
MODE = 32  # what the chain of tape rules may lose more than the code, as for scalar functions


def verify(record: Operator) -> list[Check]:
    """Run every check of an operator.

    Parameters
    ----------
    record : Operator
        The entry.

    Returns
    -------
    list of Check
        In the order of the methods.
    """
    methods = (_exact, _differences, _traced, _shapes, _inputs)
    return [check for method in methods for check in method(record)]


def _drawn(record: Operator, empty: bool = False, draws: int = 1) -> list[dict[str, Array]]:
    rng = np.random.default_rng(SEED)
    return [a for _ in range(draws) for a in instances(record.arguments, rng, empty)]


def _settings(record: Operator) -> Iterator[dict[str, float]]:
    """Yield parameters to try: the defaults, and others, so that a vjp cannot ignore them."""
    yield {}
    for factor, step in ((1.5, 0.25), (0.5, -0.25)):
        other = {
            name: next(
                (v for v in (factor * p, p + step) if v != p and record.takes[name].admits(v)), p
            )
            for name, p in record.parameters.items()
        }
        if other != record.parameters:
            yield other


def _tried(record: Operator) -> Iterator[tuple[dict[str, Array], dict[str, float]]]:
    for parameters in _settings(record):
        for arrays in _drawn(record, draws=DRAWS if parameters else 1):
            yield arrays, parameters


def _cotangent(record: Operator, value: Any, seed: int = 1) -> Array:
    return np.asarray(np.random.default_rng(seed).normal(size=np.shape(value)))


def _code(record: Operator) -> tuple[Any, Any]:
    functions = public(record, record.family)
    return functions[record.name], functions[f"vjp_{record.name}"]


def _pull(
    record: Operator, cotangent: Array, arrays: dict[str, Array], **parameters: float
) -> dict[str, Array]:
    found = _code(record)[1](cotangent, *arrays.values(), **parameters)
    found = found if isinstance(found, tuple) else (found,)
    return dict(zip(record.differentiable, found, strict=True))


def _worst(got: Any, want: Any, dtype: Any = np.float64) -> float:
    """Return the largest difference in eps of the largest component."""
    got, want = np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64)
    if got.shape != want.shape or np.isnan(got).any() or np.isnan(want).any():
        return np.inf
    if not got.size:
        return 0.0
    unit = float(np.finfo(dtype).eps) * max(float(np.abs(want).max()), 1e-300)
    return float(np.abs(got - want).max()) / unit


def _exact(record: Operator) -> Iterator[Check]:
    """Compare value and gradient of a random combination with an independent form in mpmath."""
    if record.exact is None:
        return
    arrays = next(iter(_drawn(record)))
    value, names = _code(record)[0], record.differentiable
    with mp.workdps(DIGITS):
        lists = {n: _nested(a) for n, a in arrays.items()}
        want = record.exact(mp, *lists.values())
        cotangent = _cotangent(record, value(*arrays.values()))
        error = _worst(value(*arrays.values()), _floats(want))
        yield _judged(record, "exact values", np.size(cotangent), error, "value")
        pulled = _pull(record, cotangent, arrays)
        for name in names:
            slopes = np.zeros(arrays[name].shape)
            for index in np.ndindex(slopes.shape):
                two = [_combined(record, lists, name, index, s * STEP, cotangent) for s in (1, -1)]
                slopes[index] = float((two[0] - two[1]) / (2 * STEP))
            error = _worst(pulled[name], slopes)
            yield _judged(record, "exact values", slopes.size, error, f"cotangent of {name}")


def _nested(array: Any) -> Any:
    return mp.mpf(float(array)) if np.ndim(array) == 0 else [_nested(item) for item in array]


def _floats(value: Any) -> Any:
    return [_floats(v) for v in value] if isinstance(value, list) else float(value)


def _combined(
    record: Operator, lists: Any, name: str, index: Any, step: Any, cotangent: Array
) -> Any:
    """Return the sum of cotangent times exact value with one component moved by a step."""

    def moved(value: Any, rest: tuple[int, ...]) -> Any:
        if not rest:
            return value + step
        return [moved(v, rest[1:]) if k == rest[0] else v for k, v in enumerate(value)]

    assert record.exact is not None
    given = {n: moved(v, index) if n == name else v for n, v in lists.items()}
    flat = _flat(record.exact(mp, *given.values()))
    return mp.fsum(mp.mpf(float(c)) * v for c, v in zip(cotangent.ravel(), flat, strict=True))


def _flat(value: Any) -> list[Any]:
    return [w for v in value for w in _flat(v)] if isinstance(value, list) else [value]


def _judged(record: Operator, method: str, points: int, error: float, what: str) -> Check:
    ok = error <= record.promise
    detail = what if ok else f"{what}: {error:.3g} eps, above the promise of {record.promise:g}"
    return Check(method, points, f"{error:.2g} eps of the largest", ok, detail)


def _differences(record: Operator) -> Iterator[Check]:
    """Compare the vjp with numerical slopes along random directions, within their own error."""
    worst, points, faults = 0.0, 0, []
    for arrays, parameters in _tried(record):
        value = partial(_code(record)[0], **parameters)
        cotangent = _cotangent(record, value(*arrays.values()))
        pulled = _pull(record, cotangent, arrays, **parameters)
        for k, name in enumerate(record.differentiable):
            direction = np.random.default_rng(k + 2).normal(size=np.shape(arrays[name]))
            found = differences.gradient(
                lambda t, value=value, name=name, arrays=arrays, cotangent=cotangent, v=direction: (
                    np.sum(cotangent * value(*{**arrays, name: arrays[name] + t[0] * v}.values()))
                ),
                np.zeros(1),
            )
            want = float(np.sum(pulled[name] * direction))
            gap = abs(float(found.value[0]) - want)
            room = 4 * float(found.error[0]) + 1e-12 * max(abs(want), 1.0)
            points += 1
            worst = max(worst, gap / room)
            if not gap <= room < np.inf:  # an infinite error would hold whatever the vjp is
                shape = np.shape(arrays[name])
                faults.append(f"{name} of shape {shape}: vjp {want:.9g}, {found.value[0]:.9g}")
    detail = faults[0] if faults else "vjp along random directions, all shapes"
    yield Check("finite differences", points, f"{worst:.2g} of predicted", not faults, detail)


def _traced(record: Operator) -> Iterator[Check]:
    """Compare the vjp with reverse mode through the source of f."""
    worst, points = 0.0, 0
    for arrays, parameters in _tried(record):
        fixed = {n: a for n, a in arrays.items() if n not in record.differentiable}

        def through(*given: Any, fixed: Any = fixed, parameters: Any = parameters) -> Any:
            named = {**dict(zip(record.differentiable, given, strict=True)), **fixed}
            return record.f(*(named[n] for n in record.arguments), **parameters)

        try:
            value, pullback = tape.vjp(through, *(arrays[n] for n in record.differentiable))
        except TypeError as error:
            yield Check("reverse mode", 0, "", False, f"f cannot be traced: {error}")
            return
        cotangent = _cotangent(record, value)
        pulled = _pull(record, cotangent, arrays, **parameters)
        for name, want in zip(record.differentiable, pullback(cotangent), strict=True):
            worst = max(worst, _worst(pulled[name], want))
            points += np.size(want)
    ok = worst <= MODE * record.promise
    yield Check("reverse mode", points, f"{worst:.2g} eps", ok, "vjp and reverse mode through f")


def _shapes(record: Operator) -> Iterator[Check]:
    """Hold the shapes and types of value and cotangents, size 1 and empty axes included."""
    faults, points = [], 0
    value, _ = _code(record)
    for arrays in _drawn(record, record.empty):
        for dtype in (np.float64, np.float32, np.float16):
            cast = {
                n: a if record.arguments[n].integer else a.astype(dtype) for n, a in arrays.items()
            }
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                got = value(*cast.values())
                pulled = _pull(record, _cotangent(record, got).astype(dtype), cast)
            points += 1
            for name, found in (("the value", got), *pulled.items()):
                if np.asarray(found).dtype != dtype:
                    faults.append(f"{name}: {np.dtype(dtype)} becomes {np.asarray(found).dtype}")
            faults += [
                f"the cotangent of `{n}` has shape {np.shape(v)}, not {np.shape(cast[n])}"
                for n, v in pulled.items()
                if np.shape(v) != np.shape(cast[n])
            ]
    detail = faults[0] if faults else "shapes and types, size 1" + ", empty" * record.empty
    yield Check("shapes", points, "", not faults, detail)


def _inputs(record: Operator) -> Iterator[Check]:
    """Hold that masks, text, shapes that do not fit and numbers out of range are refused."""
    value, vjp = _code(record)
    arrays, faults, tried = next(iter(_drawn(record))), [], 1
    try:
        vjp(_cotangent(record, value(*arrays.values()))[None], *arrays.values())
        faults.append("a cotangent with one axis more is taken")
    except ValueError:
        pass
    for name, argument in record.arguments.items():
        bad: list[tuple[Any, type[Exception]]] = [
            (np.ma.array(arrays[name]), TypeError),
            ("text", TypeError),
            (None, TypeError),
        ]
        if argument.axes:
            bad.append((np.float64(0.5) if not argument.integer else np.int64(0), ValueError))
        for end, step in ((argument.low, -1), (argument.high, 1)):
            if np.isfinite(end):
                bad.append((np.full_like(arrays[name], end + step), ValueError))
        for given, error in bad:
            tried += 1
            try:
                value(*{**arrays, name: given}.values())
            except error:
                continue
            faults.append(f"`{name}` takes {given!r}")
    yield Check("kinds of input", tried, "", not faults, faults[0] if faults else "refused by name")


def described(record: Operator) -> dict[str, Any]:
    """Return what can be said of an operator without running it: shapes, what is differentiable.

    Parameters
    ----------
    record : Operator
        The entry.

    Returns
    -------
    dict
        Ready for JSON.
    """
    return {
        "arguments": {
            n: {"shape": a.shape, "says": a.says, "holds": a.constraint}
            for n, a in record.arguments.items()
        },
        "output": record.output,
        "differentiable": record.differentiable,
    }


checks.register(Operator, verify)
facts.register(Operator, described)
