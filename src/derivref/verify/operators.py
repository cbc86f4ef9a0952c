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
from derivref.records import Operator, Option
from derivref.records.arrays import instances
from derivref.records.wrapped import public
from derivref.verify.kinds import checks, facts

Array = NDArray[Any]
Arrays = dict[str, Array]
SEED = 0
DRAWS = 4  # for each setting of parameters: a branch such as Huber's is seen on both sides
DIGITS = 60  # of the exact values; their slopes by differences of step 1e-20 keep half of them
STEP = mp.mpf(10) ** -20
TINY = 1e-45  # what those digits leave of a value
NOISE = 1e-25  # what those digits leave of a slope: below, it is no slope
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


def _drawn(
    record: Operator,
    empty: bool | tuple[str, ...] = False,
    draws: int = 1,
    wide: tuple[str, ...] = (),
) -> Iterator[Arrays]:
    """Yield arguments in several shapes, with the optional ones and, for the first, without."""
    rng = np.random.default_rng(SEED)
    optional = [n for n, a in record.arguments.items() if a.optional]
    for _ in range(draws):
        for k, arrays in enumerate(
            instances(record.arguments, rng, empty, chosen=record.sizes, wide=wide)
        ):
            yield arrays
            if optional and not k:
                yield {n: a for n, a in arrays.items() if n not in optional}


def _tried(record: Operator) -> Iterator[tuple[Arrays, dict[str, Any]]]:
    for parameters in record.settings():
        for arrays in _drawn(record, draws=DRAWS if parameters else 1, wide=record.wide):
            if all(np.size(a) for a in arrays.values()):
                yield arrays, parameters


def _listed(value: Any) -> tuple[Array, ...]:
    return tuple(map(np.asarray, value if isinstance(value, tuple) else (value,)))


def _cotangent(record: Operator, value: Any, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    drawn = tuple(np.asarray(rng.normal(size=v.shape)) for v in _listed(value))
    return drawn if record.several else drawn[0]


def _paired(cotangent: Any, value: Any) -> Any:
    """Return the sum of cotangents times values."""
    return sum(np.sum(c * v) for c, v in zip(_listed(cotangent), _listed(value), strict=True))


def _code(record: Operator) -> tuple[Any, Any]:
    functions = public(record, record.family)
    return functions[record.name], functions[f"vjp_{record.name}"]


def _pull(record: Operator, cotangent: Any, arrays: Arrays, **parameters: Any) -> Arrays:
    found = _code(record)[1](cotangent, **arrays, **parameters)
    found = found if isinstance(found, tuple) else (found,)
    if len(found) != len(record.differentiable):
        raise ValueError(
            f"{record.name}: the backward pass returns {len(found)} arrays, one is needed for each "
            f"of {', '.join(record.differentiable)}"
        )
    return dict(zip(record.differentiable, found, strict=True))


def _worst(got: Any, want: Any, dtype: Any = np.float64, floor: float = 1e-300) -> float:
    """Return the largest difference in eps of the largest component; infinities must agree."""
    got, want = np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64)
    if got.shape != want.shape or np.isnan(got).any() or np.isnan(want).any():
        return np.inf
    finite = np.isfinite(want)
    if not np.array_equal(got[~finite], want[~finite]):
        return np.inf
    if not finite.any():
        return 0.0
    got, want = got[finite], want[finite]
    unit = float(np.finfo(dtype).eps) * max(float(np.abs(want).max()), floor)
    return float(np.abs(got - want).max()) / unit


def _exact(record: Operator) -> Iterator[Check]:
    """Compare value and gradient of a random combination with an independent form in mpmath.

    For every setting of the parameters; with arguments of length 1, and far from 0 and near it.
    """
    if isinstance(record.exact, str):
        yield Check("exact values", 0, "", True, f"none: {record.exact}")
        return
    worst: dict[str, tuple[float, str]] = {}
    points: dict[str, int] = {}
    for arrays, parameters, where in _examples(record):
        for what, size, error in _measured(record, arrays, parameters):
            points[what] = points.get(what, 0) + size
            if not error <= worst.get(what, (-1.0, ""))[0]:
                worst[what] = error, where
    for what, (error, where) in worst.items():
        ok = error <= record.promise
        far = f"{what}, {where}: {error:.3g} eps, above the promise of {record.promise:g}"
        told = f"{error:.2g} eps of the largest"
        yield Check("exact values", points[what], told, ok, what if ok else far)


def _examples(record: Operator) -> Iterator[tuple[Arrays, dict[str, Any], str]]:
    """Yield single examples: each setting, length 1, without what is optional, far and near."""
    batched = any(a.batched for a in record.arguments.values())
    for parameters in record.settings():
        told = ", ".join(f"{n} = {v}" for n, v in parameters.items()) or "at the defaults"
        tried = _drawn(record, wide=record.wide)
        found = (a for a in tried if not batched or _single(record, a))
        for k, arrays in enumerate(found):
            if not parameters or k < 2:
                yield arrays, parameters, told + ("", f", shapes {_shapes_of(arrays)}")[k > 0]
    first = next(a for a in _drawn(record) if not batched or _single(record, a))
    for size in (record.reach, 1 / record.reach):
        yield _far(record, first, size), {}, f"numbers {size:g} times as large"


def _single(record: Operator, arrays: Arrays) -> bool:
    """Say whether there are no leading axes."""
    return all(np.ndim(a) == len(record.arguments[n].axes) for n, a in arrays.items())


def _shapes_of(arrays: Arrays) -> str:
    return ", ".join(f"{n} {np.shape(a)}" for n, a in arrays.items())


def _far(record: Operator, arrays: Arrays, size: float) -> Arrays:
    """Return the same arguments, with numbers that have no bound moved away from 0 or from it."""
    moved = {}
    for name, array in arrays.items():
        argument = record.arguments[name]
        loose = not (argument.integer or argument.boolean) and argument.high == np.inf
        base = argument.low if np.isfinite(argument.low) else 0.0
        moved[name] = base + (array - base) * size if loose else array
    return moved


def _measured(
    record: Operator, arrays: Arrays, parameters: dict[str, Any]
) -> Iterator[tuple[str, int, float]]:
    assert callable(record.exact)
    exact = partial(record.exact, mp, **{**record.parameters, **parameters})
    with mp.workdps(DIGITS), np.errstate(over="ignore", under="ignore"):
        lists = {n: _nested(arrays[n]) if n in arrays else None for n in record.arguments}
        got = _listed(_code(record)[0](**arrays, **parameters))
        want = exact(*lists.values())
        for k, (one, other) in enumerate(
            zip(got, want if record.several else (want,), strict=True)
        ):
            what = f"value {k + 1}" if record.several else "value"
            yield what, one.size, _worst(one, _floats(other), floor=TINY)
        cotangent = _cotangent(record, got if record.several else got[0])
        pulled = _pull(record, cotangent, arrays, **parameters)

        def combined(moved: dict[str, Any]) -> Any:
            values = exact(*moved.values())
            flat = [v for value in (values if record.several else (values,)) for v in _flat(value)]
            weights = np.concatenate([c.ravel() for c in _listed(cotangent)])
            return mp.fsum(mp.mpf(float(c)) * v for c, v in zip(weights, flat, strict=True))

        for name in record.differentiable:
            slopes = np.zeros(np.shape(arrays[name]))
            for index in np.ndindex(slopes.shape):
                two = [
                    combined({**lists, name: _moved(lists[name], index, s * STEP)}) for s in (1, -1)
                ]
                slopes[index] = float((two[0] - two[1]) / (2 * STEP))
            error = _worst(pulled[name], slopes, floor=NOISE)
            yield f"cotangent of {name}", slopes.size, error


def _nested(array: Any) -> Any:
    if np.ndim(array):
        return [_nested(item) for item in array]
    return mp.mpf(float(array)) if np.asarray(array).dtype.kind == "f" else np.asarray(array).item()


def _floats(value: Any) -> Any:
    return [_floats(v) for v in value] if isinstance(value, list) else float(value)


def _moved(value: Any, rest: tuple[int, ...], step: Any) -> Any:
    """Return nested lists with one component moved by a step."""
    if not rest:
        return value + step
    return [_moved(v, rest[1:], step) if k == rest[0] else v for k, v in enumerate(value)]


def _flat(value: Any) -> list[Any]:
    return [w for v in value for w in _flat(v)] if isinstance(value, list) else [value]


def _differences(record: Operator) -> Iterator[Check]:
    """Compare the vjp with numerical slopes along random directions, within their own error."""
    worst, points, faults = 0.0, 0, []
    for arrays, parameters in _tried(record):
        value = partial(_code(record)[0], **parameters)
        cotangent = _cotangent(record, value(**arrays))
        pulled = _pull(record, cotangent, arrays, **parameters)
        for k, name in enumerate(record.differentiable):
            direction = np.random.default_rng(k + 2).normal(size=np.shape(arrays[name]))

            def along(
                t: Any,
                value: Any = value,
                name: str = name,
                arrays: Arrays = arrays,
                cotangent: Any = cotangent,
                v: Array = direction,
            ) -> Any:
                return _paired(cotangent, value(**{**arrays, name: arrays[name] + t[0] * v}))

            found = differences.gradient(along, np.zeros(1))
            want = float(np.sum(pulled[name] * direction))
            gap = abs(float(found.value[0]) - want)
            room = 4 * float(found.error[0]) + 1e-12 * max(abs(want), 1.0)
            points += 1
            worst = max(worst, gap / room)
            if not gap <= room < np.inf:  # an infinite error would hold whatever the vjp is
                shape = np.shape(arrays[name])
                told = f" with {parameters}" if parameters else ""
                faults.append(f"{name} of shape {shape}{told}: {want:.9g}, {found.value[0]:.9g}")
    detail = faults[0] if faults else "vjp along random directions, all shapes"
    yield Check("finite differences", points, f"{worst:.2g} of predicted", not faults, detail)


def _traced(record: Operator) -> Iterator[Check]:
    """Compare the vjp with reverse mode through the source of f."""
    worst, points = 0.0, 0
    for arrays, parameters in _tried(record):
        fixed = {n: a for n, a in arrays.items() if n not in record.differentiable}

        def through(*given: Any, fixed: Any = fixed, parameters: Any = parameters) -> Any:
            named = {**dict(zip(record.differentiable, given, strict=True)), **fixed}
            return record.f(**named, **parameters)

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
    faults: list[str] = []
    points = 0
    for parameters in record.settings():
        for arrays in _drawn(record, record.empty):
            for dtype in (np.float64, np.float32, np.float16):
                cast = {n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in arrays.items()}
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    faults += _shape_faults(record, cast, parameters, dtype)
                points += 1
    empty = ", empty" if record.empty else ""
    detail = faults[0] if faults else f"shapes and types, size 1{empty}"
    yield Check("shapes", points, "", not faults, detail)


def _shape_faults(
    record: Operator, arrays: Arrays, parameters: dict[str, Any], dtype: Any
) -> Iterator[str]:
    told = f"for {_shapes_of(arrays)}" + (f" with {parameters}" if parameters else "")
    try:
        value = _code(record)[0](**arrays, **parameters)
        got = _listed(value)
        wanted = record.shape({n: np.shape(a) for n, a in arrays.items()}, parameters)
        if [v.shape for v in got] != list(wanted):
            shown = ", ".join(record.outputs(parameters))
            yield f"the value has the shape {[v.shape for v in got]}, `output` says {shown} {told}"
            return
        cotangent = _cotangent(record, value)
        narrow = tuple(c.astype(dtype) for c in _listed(cotangent))
        pulled = _pull(record, narrow if record.several else narrow[0], arrays, **parameters)
    except (ValueError, TypeError, IndexError, Warning) as error:
        yield f"{type(error).__name__} {told}: {error}"
        return
    for name, found in (*(("the value", v) for v in got), *pulled.items()):
        if np.asarray(found).dtype != dtype:
            yield f"{name}: {np.dtype(dtype)} becomes {np.asarray(found).dtype}"
    for n, v in pulled.items():
        if np.shape(v) != np.shape(arrays[n]):
            yield f"the cotangent of `{n}` has shape {np.shape(v)}, not {np.shape(arrays[n])}"


def _inputs(record: Operator) -> Iterator[Check]:
    """Hold that masks, text, shapes that do not fit and numbers out of range are refused."""
    value, vjp = _code(record)
    arrays, faults, tried = next(iter(_drawn(record))), [], 1
    longer = tuple(c[None] for c in _listed(_cotangent(record, value(**arrays))))
    try:
        vjp(longer if record.several else longer[0], **arrays)
        faults.append("a cotangent with one axis more is taken")
    except ValueError:
        pass
    for name, argument in record.arguments.items():
        bad: list[tuple[Any, type[Exception]]] = [
            (np.ma.array(arrays[name]), TypeError),
            ("text", TypeError),
        ]
        if not argument.optional:
            bad.append((None, TypeError))
        if argument.axes:
            bad.append((arrays[name].ravel()[0], ValueError))
        for end, step in ((argument.low, -1), (argument.high, 1)):
            if np.isfinite(end):
                bad.append((np.full_like(arrays[name], end + step), ValueError))
        if argument.below:
            bad.append((np.full_like(arrays[name], 99), ValueError))
        for given, error in bad:
            tried += 1
            try:
                value(**{**arrays, name: given})
            except error:
                continue
            faults.append(f"`{name}` takes {given!r}")
    for name, p in record.takes.items():
        if isinstance(p, Option):
            tried += 1
            try:
                value(**arrays, **{name: "made up"})
                faults.append(f"`{name}` takes 'made up'")
            except ValueError:
                pass
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
            n: {"shape": a.shape, "says": a.says, "holds": a.constraint, "optional": a.optional}
            for n, a in record.arguments.items()
        },
        "output": list(record.outputs()),
        "differentiable": record.differentiable,
    }


checks.register(Operator, verify)
facts.register(Operator, described)
