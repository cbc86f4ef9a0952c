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
traced values (own dispatch)           passed on
pandas Series and DataFrame            passed on; a formula with np.where takes off the index
longdouble                             computed in that type where every step can, or TypeError
masked arrays, np.matrix               TypeError: the mask, the matrix product would be lost
strings, None, objects, dates          TypeError
ragged lists; integers beyond float64  ValueError, OverflowError
=====================================  =====================================================
"""

import functools
import inspect
from typing import Any

import numpy as np

from derivref.records.arrays import Argument, shape_faults
from derivref.records.base import Function, Option, Parameter, Record
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
    ValueError
        If it is a ragged list.
    OverflowError
        If it is an integer beyond float64.
    """
    if _masked(value):
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
        try:
            # beyond int64 NumPy would make an object of an integer
            value = np.asarray(float(value) if isinstance(value, int) else value)
        except (ValueError, OverflowError) as error:
            raise type(error)(
                f"`{name}` must be a number or an array of numbers: {error}"
            ) from None
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


def _masked(value: Any) -> bool:
    """Say whether a value is a masked array, or a list that holds one."""
    if isinstance(value, list | tuple):
        return any(map(_masked, value))
    return isinstance(value, np.ma.MaskedArray)


def _weak(value: Any) -> bool:
    """Say whether a value is a number of Python, which has no say in the type of a result."""
    return isinstance(value, int | float) and not isinstance(value, np.generic)


def _called(function: Function, bound: inspect.BoundArguments) -> Any:
    """Call a function; say which argument is to blame where a step knows no longdouble."""
    try:
        return function(*bound.args, **bound.kwargs)
    except TypeError as error:
        for name, value in bound.arguments.items():
            if getattr(value, "dtype", None) in (np.longdouble, np.clongdouble):
                raise TypeError(
                    f"`{name}` must be of a type that `{function.__name__}` can compute in, got "
                    f"{value.dtype}: pass `{name}.astype(np.float64)`"
                ) from error
        raise


def _admissible(name: str, value: Any, parameter: Parameter | Option) -> Any:
    """Return a parameter's value as it goes into the formula, or refuse it."""
    if isinstance(parameter, Option):
        if not parameter.admits(value):
            raise ValueError(f"`{name}` must be {parameter.constraint}, got {value!r}")
        return value
    found, _ = converted(value, name)
    if not isinstance(found, np.ndarray | np.generic):
        return found  # traced
    for item in np.ravel(found).tolist():
        if not (np.isfinite(item) and parameter.admits(item)):
            raise ValueError(f"`{name}` must be {parameter.constraint}, got {item:g}")
    # A Python float leaves float32 what it is; an array of parameters keeps its own type.
    return float(found) if found.ndim == 0 else found


def _within(name: str, value: Any, parameter: Parameter) -> None:
    """Refuse numbers that an argument beside x must not hold; nan passes, inf at an open end."""
    if not isinstance(value, np.ndarray | np.generic):
        return  # traced
    for item in np.ravel(value).tolist():
        endless = item in (parameter.low, parameter.high) and np.isinf(item)
        if not (item != item or endless or parameter.admits(item)):
            raise ValueError(f"`{name}` must hold {parameter.constraint}, got {item:g}")


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
        The functions by name: of a scalar three and one for
        each derivative in a parameter, of an operator value and backward pass.
    """
    if isinstance(record, Scalar):
        found = [scalar(record, function, module) for function in record.codes.values()]
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
        for name in record.seconds:
            bound.arguments.setdefault(name, record.parameters[name])
        kinds, narrowed, weak = [], False, []
        for name, value in bound.arguments.items():
            if name != first and not record.takes[name].argument:
                bound.arguments[name] = _admissible(name, value, record.takes[name])
                continue
            given, narrow = converted(value, name, record.analytic)
            if name != first:
                _within(name, given, record.takes[name])
            narrowed |= narrow is not None
            bound.arguments[name] = given
            if name != first and _weak(value):
                weak.append(name)
            elif hasattr(given, "dtype"):
                kinds.append(narrow or given.dtype)
        for name in weak:  # a number of Python leaves float32 what it is
            kind = getattr(bound.arguments[first], "dtype", None)
            bound.arguments[name] = np.asarray(bound.arguments[name], kind)[()]
        found = _called(function, bound)
        if narrowed:
            with np.errstate(over="ignore", under="ignore"):  # beyond the narrow type: ±inf, 0
                found = np.asarray(found).astype(np.result_type(*kinds))
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
        given = bound.arguments
        kinds: list[Any] = []
        for name, value in given.items():
            if name in record.takes:
                given[name] = _admissible(name, value, record.takes[name])
            elif name == "cotangent" and record.several:
                given[name] = _cotangents(record, value, kinds)
            else:
                given[name] = _array(record.arguments.get(name), name, value, kinds)
        _refuse(record, given)
        found = _called(function, bound)
        kind = np.result_type(*kinds) if kinds else np.dtype(np.float64)
        several = tuple(_typed(v, kind) for v in found) if isinstance(found, tuple) else None
        return _typed(found, kind) if several is None else several

    call.__module__ = module
    call.__doc__ = _operator_doc(record, function)
    return call


def _array(argument: Argument | None, name: str, value: Any, kinds: list[Any]) -> Any:
    """Return an array argument as it goes into the code; add its floating type to `kinds`."""
    if argument is not None and argument.optional and value is None:
        return None
    if argument is not None and (argument.integer or argument.boolean):
        array = np.asarray(value)
        what, kind = ("integers", "iu") if argument.integer else ("booleans", "b")
        if _masked(value) or array.dtype.kind not in kind:
            raise TypeError(f"`{name}` must hold {what}, got {array.dtype}")
        return array
    found, narrow = converted(value, name)
    if not _weak(value):
        kinds.append(narrow or getattr(found, "dtype", np.dtype(np.float64)))
    return found


def _cotangents(record: Operator, value: Any, kinds: list[Any]) -> tuple[Any, ...]:
    wanted = len(record.outputs())
    if not isinstance(value, tuple) or len(value) != wanted:
        got = len(value) if isinstance(value, tuple) else type(value).__name__
        raise TypeError(f"`cotangent` must be a tuple of {wanted} arrays, one a value, got {got}")
    return tuple(_array(None, f"cotangent[{k}]", v, kinds) for k, v in enumerate(value))


def _refuse(record: Operator, given: dict[str, Any]) -> None:
    """Refuse shapes that do not fit and numbers outside the domain; traced values pass."""
    arrays = {n: given[n] for n in record.arguments if given.get(n) is not None}
    cotangents = given.get("cotangent")
    pulled = () if cotangents is None else cotangents if record.several else (cotangents,)
    if not all(isinstance(a, np.ndarray | np.generic) for a in (*arrays.values(), *pulled)):
        return
    shapes = {n: np.shape(a) for n, a in arrays.items()}
    if fault := shape_faults(record.arguments, shapes):
        raise ValueError(fault)
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        argument = record.arguments[name]
        along = dict(zip(reversed(argument.axes), reversed(array.shape), strict=False))
        sizes |= along
        for axis in (a for a, length in along.items() if length == 0):
            if record.empty is False or (record.empty is not True and axis not in record.empty):
                raise ValueError(f"`{name}` must hold at least one number along `{axis}`")
    for name, array in arrays.items():
        argument = record.arguments[name]
        if argument.boolean:
            continue
        admitted = argument.admits(array)
        if argument.below:
            admitted &= array < sizes[argument.below]
        outside = np.ravel(array)[~np.ravel(admitted)]
        if outside.size:
            raise ValueError(f"`{name}` must hold {argument.constraint}, got {outside[0]:g}")
    if pulled:
        parameters = {n: given[n] for n in record.takes if n in given}
        wanted = record.shape(shapes, parameters)
        for text, want, cotangent in zip(record.outputs(parameters), wanted, pulled, strict=True):
            if np.shape(cotangent) != want:
                raise ValueError(
                    f"`cotangent` must have the shape {text}, got {np.shape(cotangent)}: "
                    f"here {want}"
                )


def _typed(found: Any, kind: Any) -> Any:
    """Return a result in the floating type that came in."""
    if not isinstance(found, np.ndarray | np.generic):
        return found  # traced
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(found, dtype=kind)[()]


def _operator_doc(record: Operator, function: Function) -> str:
    """Return the docstring: the function's own sentence, then arguments, shapes and errors."""
    rows = [
        f"{name} : array of shape {a.shape}{', optional' * a.optional}\n"
        f"    {a.says[0].upper()}{a.says[1:]}; {a.constraint}."
        for name, a in record.arguments.items()
    ]
    if "cotangent" in inspect.signature(function).parameters:
        shape = " and ".join(record.outputs())
        rows.insert(0, f"cotangent : array of shape {shape}\n    That of the value.")
    rows += [
        f"{name} : {_type(record.parameters[name])}, default {record.parameters[name]!r}\n"
        f"    {p.says[0].upper()}{p.says[1:]}; {p.constraint}."
        for name, p in record.takes.items()
    ]
    output = " and ".join(record.outputs())
    shape = output if function is record.f else "those of the differentiable arguments"
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


def _type(value: Any) -> str:
    return "float" if isinstance(value, float) else type(value).__name__


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
