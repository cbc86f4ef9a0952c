"""The public functions of a family: the code that a reader copies, behind one conversion of input.

Copied code takes floating arrays and says so. The public function takes whatever a caller has,
converts it once or refuses it by name, and gives back the type that came in:

=====================================  =====================================================
input                                  answer
=====================================  =====================================================
float64, float32                       computed in that type
float16, bfloat16                      computed in float64, rounded once
int, uint, bool, Python numbers        float64
list, tuple                            as the array that NumPy makes of them
empty, 0-d, any shape                  the same shape
complex                                the analytic continuation, or TypeError
traced values, Series (own dispatch)   passed on
masked arrays, np.matrix               TypeError: the mask, the matrix product would be lost
strings, None, objects, dates          TypeError
=====================================  =====================================================
"""

import functools
import inspect
from typing import Any

import numpy as np

from derivref.records.arrays import shape_faults
from derivref.records.base import Function, Parameter, Record
from derivref.records.operator import Operator
from derivref.records.scalar import Scalar

_NARROW = {"float16", "bfloat16"}


def converted(value: Any, name: str, analytic: bool = False) -> tuple[Any, Any]:
    """Return a value as floating array or scalar, and the type that the answer is to have.

    Parameters
    ----------
    value : object
        What the caller passed. Traced values and other objects with an array dispatch of their own
        are returned as they are.
    name : str
        The argument's name, for messages.
    analytic : bool
        Whether complex numbers are taken.

    Returns
    -------
    tuple
        The value, and None or the narrow type into which the answer is to be rounded.

    Raises
    ------
    TypeError
        If it is no number or array of numbers, or one whose meaning would be lost.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"`{name}` must be a plain array, got a masked one, whose mask would be lost: "
            "pass `x.filled(np.nan)` and mask the result"
        )
    if isinstance(value, np.matrix):
        raise TypeError(
            f"`{name}` must be a plain array, got np.matrix, whose product is another: "
            "pass `np.asarray(x)`"
        )
    if not isinstance(value, np.ndarray | np.generic):
        if hasattr(value, "__array_ufunc__"):
            return value, None
        if isinstance(value, int):
            value = float(value)  # beyond int64 NumPy would make an object of it
        value = np.asarray(value)
    kind = value.dtype.kind
    if value.dtype.name in _NARROW:
        return value.astype(np.float64), value.dtype
    if kind in "iub":
        return value.astype(np.float64), None
    if kind == "c" and not analytic:
        raise TypeError(f"`{name}` must be real, got {value.dtype}: the function is not analytic")
    if kind not in "fc":
        raise TypeError(f"`{name}` must be a number or an array of numbers, got {value.dtype}")
    return value, None


def _admissible(name: str, value: Any, parameter: Parameter) -> Any:
    """Return a parameter's value as it goes into the formula, or refuse it."""
    found, _ = converted(value, name)
    if not isinstance(found, np.ndarray | np.generic):
        return found  # traced
    for item in np.ravel(found).tolist():
        if not (np.isfinite(item) and parameter.admits(item)):
            raise ValueError(f"`{name}` must be {parameter.constraint}, got {item:g}")
    # A Python float leaves float32 what it is; an array of parameters keeps its own type.
    return float(found) if found.ndim == 0 else found


def public(record: Record, module: str) -> dict[str, Function]:
    """Return the public functions of a record by name: they convert, refuse and keep the type.

    Parameters
    ----------
    record : Record
        The entry; kinds without code have no function.
    module : str
        The package under whose name they are public.

    Returns
    -------
    dict
        The functions by name: of a scalar three, of an operator value and backward pass.
    """
    if isinstance(record, Scalar):
        found = [scalar(record, function, module) for function in record.functions]
    elif isinstance(record, Operator):
        found = [_operator(record, function, module) for function in record.functions]
        if record.gradient:
            found.append(_operator(record, _derived(record), module))
    else:
        found = []
    return {function.__name__: function for function in found}


def scalar(record: Scalar, function: Function, module: str) -> Function:
    """Return the public form of f, f′ or f″ of a function of one variable.

    Parameters
    ----------
    record : Scalar
        The entry.
    function : callable
        Its code of f, f′ or f″.
    module : str
        The package under whose name it is public.

    Returns
    -------
    callable
        With the signature of `function`.
    """
    signature = inspect.signature(function)
    first = next(iter(signature.parameters))

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        bound = signature.bind(*args, **keywords)
        for name, value in bound.arguments.items():
            if name != first:
                bound.arguments[name] = _admissible(name, value, record.takes[name])
        x, narrow = converted(bound.arguments[first], first, record.analytic)
        bound.arguments[first] = x
        found = function(*bound.args, **bound.kwargs)
        if narrow is not None:
            with np.errstate(over="ignore", under="ignore"):  # beyond the narrow type: ±inf, 0
                found = np.asarray(found).astype(narrow)
        # np.where leaves a 0-d array where every other ufunc returns a scalar.
        return found[()] if isinstance(found, np.ndarray) else found

    call.__module__ = module
    call.__doc__ = _documented(record, function)
    return call


def _derived(record: Operator) -> Function:
    """Return the vjp of an operator that gives its gradient."""

    def vjp(*arrays: Any, **parameters: Any) -> Any:
        found = record.vjp(*arrays, **parameters)
        return found if len(record.differentiable) > 1 else found[0]

    given = list(inspect.signature(record.f).parameters.values())
    first = inspect.Parameter("cotangent", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    vjp.__signature__ = inspect.Signature([first, *given])  # type: ignore[attr-defined]
    vjp.__name__ = vjp.__qualname__ = f"vjp_{record.name}"
    vjp.__doc__ = "The gradient times the cotangent of the value."
    return vjp


def _operator(record: Operator, function: Function, module: str) -> Function:
    """Return the public form of an operator or of its backward pass."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        bound = signature.bind(*args, **keywords)
        given, kinds = bound.arguments, []
        for name, value in given.items():
            if name in record.takes:
                given[name] = _admissible(name, value, record.takes[name])
                continue
            found = _whole(name, value) if _integer(record, name) else converted(value, name)
            given[name], narrow = found
            if not _integer(record, name):
                kinds.append(narrow or getattr(given[name], "dtype", np.dtype(np.float64)))
        _refuse(record, given)
        found = function(*bound.args, **bound.kwargs)
        kind = np.result_type(*kinds)
        several = tuple(_typed(v, kind) for v in found) if isinstance(found, tuple) else None
        return _typed(found, kind) if several is None else several

    call.__module__ = module
    call.__doc__ = _operator_doc(record, function)
    return call


def _integer(record: Operator, name: str) -> bool:
    return name in record.arguments and record.arguments[name].integer


def _whole(name: str, value: Any) -> tuple[Any, None]:
    array = np.asarray(value)
    if isinstance(value, np.ma.MaskedArray) or array.dtype.kind not in "iu":
        raise TypeError(f"`{name}` must hold integers, got {array.dtype}")
    return array, None


def _refuse(record: Operator, given: dict[str, Any]) -> None:
    """Refuse shapes that do not fit and numbers outside the domain; traced values pass."""
    arrays = {n: given[n] for n in record.arguments}
    if not all(isinstance(a, np.ndarray | np.generic) for a in arrays.values()):
        return
    if fault := shape_faults(record.arguments, {n: np.shape(a) for n, a in arrays.items()}):
        raise ValueError(fault)
    for name, array in arrays.items():
        argument = record.arguments[name]
        outside = np.ravel(array)[~np.ravel(argument.admits(array))]
        if outside.size:
            raise ValueError(f"`{name}` must hold {argument.constraint}, got {outside[0]:g}")


def _typed(found: Any, kind: Any) -> Any:
    """Return a result in the floating type that came in."""
    if not isinstance(found, np.ndarray | np.generic):
        return found  # traced
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(found, dtype=kind)[()]


def _operator_doc(record: Operator, function: Function) -> str:
    """Return the docstring: the function's own sentence, then arguments, shapes and errors."""
    rows = [
        f"{name} : array of shape {a.shape}\n    {a.says[0].upper()}{a.says[1:]}; {a.constraint}."
        for name, a in record.arguments.items()
    ]
    if "cotangent" in inspect.signature(function).parameters:
        rows.insert(0, f"cotangent : array of shape {record.output}\n    That of the value.")
    rows += [
        f"{name} : float, default {record.parameters[name]:g}\n"
        f"    {p.says[0].upper()}{p.says[1:]}; {p.constraint}."
        for name, p in record.takes.items()
    ]
    shape = record.output if function is record.f else "those of the differentiable arguments"
    sections = [
        inspect.getdoc(function) or "",
        "Parameters\n----------\n" + "\n".join(rows),
        f"Returns\n-------\nndarray\n    Shape {shape}; the floating type of the arguments.",
        "Raises\n------\nTypeError\n    If an argument is no array of numbers, or masked.\n"
        "ValueError\n    If shapes do not fit, or a number is outside its range.",
        f"Notes\n-----\n{record.use}"
        + (f" Source: {', '.join(record.cite)} in the bibliography." if record.cite else ""),
    ]
    return "\n\n".join(sections)


def _documented(record: Scalar, function: Function) -> str:
    """Return the docstring: the function's own sentence, then what every public function does."""
    parameters = [
        f"{name} : float, default {record.parameters[name]:g}\n"
        f"    {p.says[0].upper()}{p.says[1:]}; {p.constraint}."
        for name, p in record.takes.items()
    ]
    complex_ = " or complex" if record.analytic else ""
    sections = [
        inspect.getdoc(function) or "",
        "Parameters\n----------\n"
        f"x : array_like of real{complex_} numbers\n"
        "    Any shape; integers count as float64.\n" + "\n".join(parameters),
        "Returns\n-------\nndarray or scalar\n    The shape of `x`, and its floating type.",
        "Raises\n------\nTypeError\n"
        f"    If `x` is no number{'' if record.analytic else ', complex'}, masked or np.matrix."
        + ("\nValueError\n    If a parameter is outside its range." if parameters else ""),
        f"Notes\n-----\n{record.use}"
        + (f" Source: {', '.join(record.cite)} in the bibliography." if record.cite else ""),
    ]
    return "\n\n".join(section.rstrip() for section in sections)
