"""Make the inexact functions of math, NumPy and SciPy err, as those of another machine do.

What IEEE 754 rounds correctly (arithmetic, square root, comparison, rounding to integers) is the
same on every machine and stays as it is. Everything else errs by one or two units in the last
place: up or down by the value and the seed, so that a function remains a function. Sums and
products of matrices err by what another order of summation can change, and the functions of linear
algebra get inputs that err. A negative seed errs the other way round than the positive one.

What every library returns exactly stays exact: the values at 0, 1 and infinity that have a few
bits, powers and sums that are representable, saturated values such as tanh(30), and sin(x) = x near
0. But cbrt(-8) need not be -2, and cos(1e-8) need not be 1.

It imports nothing of derivref, whose tables have to be filled with the functions that err.
"""

import ast
import builtins
import cmath
import functools
import importlib.abc
import importlib.machinery
import math
import re
import sys
import types
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.fft
import scipy.linalg
import scipy.special
from numpy import log2  # itself, before np.log2 errs

Array = Any

# Correctly rounded, or made of a few such operations that no compiler reorders.
EXACT = {
    *("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "fmod", "divmod"),
    *("sqrt", "square", "reciprocal", "absolute", "fabs", "negative", "positive", "conjugate"),
    *("sign", "copysign", "heaviside", "nextafter", "spacing", "modf", "frexp", "ldexp"),
    *("floor", "ceil", "trunc", "rint", "maximum", "minimum", "fmax", "fmin", "clip"),
    *("degrees", "radians", "deg2rad", "rad2deg"),
}
# The part of math that is not: its other functions round correctly or return integers.
MATH = {
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "dist"),
    *("erf", "erfc", "exp", "exp2", "expm1", "gamma", "hypot", "lgamma", "log", "log10", "log1p"),
    *("log2", "pow", "sin", "sinh", "tan", "tanh"),
}
PRODUCTS = ("dot", "inner", "vdot", "tensordot", "einsum", "convolve", "correlate")
SUCH_PRODUCTS = ("matmul", "matvec", "vecmat", "vecdot")
# Libraries keep these ranges, however they err.
RANGES = {
    **dict.fromkeys(("sin", "cos", "tanh", "erf"), (-1.0, 1.0)),
    **dict.fromkeys(("expit", "ndtr"), (0.0, 1.0)),
    "erfc": (0.0, 2.0),
    **dict.fromkeys(("acos", "arccos"), (0.0, math.pi)),
    **dict.fromkeys(("asin", "arcsin", "atan", "arctan"), (-math.pi / 2, math.pi / 2)),
    **dict.fromkeys(("atan2", "arctan2"), (-math.pi, math.pi)),
}
# Where long double is no wider than double, sums err also where no order would change them.
WIDER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
SEED = 0


# How a value errs.


def _steps(z: Array, name: str) -> Array:
    """Return -2, -1, 1 or 2 for each value: the same for the same value, function and seed."""
    bits = np.abs(np.asarray(z, np.float64)).view(np.uint64)
    salt = zlib.crc32(f"{abs(SEED)} {name}".encode())
    with np.errstate(over="ignore"):
        h = bits ^ np.uint64(salt * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h = h ^ (h >> np.uint64(31))
    sizes = 1.0 + (h & np.uint64(1))
    signs = np.where(h & np.uint64(2), 1.0, -1.0)
    return sizes * signs * math.copysign(1, SEED)


def err(z: Array, name: str, keep: Array = False) -> Array:
    """Return finite values that err by one or two spacings, towards or away from 0."""
    z = np.asarray(z)
    if z.dtype.kind == "c":
        out = np.empty_like(z)
        out.real, out.imag = err(z.real, f"{name}.real", keep), err(z.imag, f"{name}.imag", keep)
        return out
    with np.errstate(all="ignore"):
        moved = z + np.copysign(np.spacing(np.abs(z)), z) * _steps(z, name).astype(z.dtype)
        low, high = RANGES.get(name.rpartition(".")[2], (-np.inf, np.inf))
        moved = np.clip(moved, z.dtype.type(low), z.dtype.type(high))
        fixed = (z == 0) | ~np.isfinite(moved) | (np.sign(moved) != np.sign(z)) | keep
    return np.where(fixed, z, moved)


def _like(out: Array, original: Array) -> Array:
    """Give an array the type of what the original function returned."""
    if isinstance(original, np.ndarray):
        return out.astype(original.dtype, copy=False)
    if isinstance(original, np.generic):
        return out.astype(original.dtype)[()]
    return type(original)(out[()])


def _short(z: Array) -> Array:
    """Whether the values have at most 8 bits."""
    mantissa = np.frexp(z)[0] * 256
    return mantissa == np.rint(mantissa)


def _numbers(args: Any) -> bool:
    """Whether arguments are numbers and arrays of them: nothing with a dispatch of its own."""
    return all(
        isinstance(a, (bool, int, float, complex, np.generic))
        or (type(a) is np.ndarray and a.dtype.kind in "biufc")
        or (isinstance(a, (list, tuple)) and _numbers(a))
        for a in args
    )


def _floating(z: Array) -> bool:
    return isinstance(z, (float, complex)) or getattr(z, "dtype", np.dtype(int)).kind in "fc"


# What stays exact.


def _settled(f: Callable[..., Array], z: Array, args: Any) -> Array:
    """Where every library returns this value exactly."""
    if np.asarray(z).dtype.kind == "c":
        return False
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inputs = [np.asarray(a) for a in args]
        if any(a.dtype.kind not in "biuf" for a in inputs):  # complex, or an int beyond 64 bits
            return False
        plain = functools.reduce(
            np.logical_and, [(a == 0) | (np.abs(a) == 1) | ~np.isfinite(a) for a in inputs]
        )
        keep = plain & _short(z) | functools.reduce(
            np.logical_and, [~np.isfinite(a) for a in inputs]
        )
        if len(inputs) != 1:
            same = [np.abs(a) == np.abs(z) for a in inputs]
            return keep | functools.reduce(np.logical_or, same)
        (x,) = (a.astype(np.float64) if a.dtype.kind in "biu" else a for a in inputs)
        candidates = _short(z) | (x == z)
        if np.any(candidates):
            try:
                far, near = f(4 * x), f(x * 0.9375)
            except (ArithmeticError, ValueError):  # math has no infinities
                return keep
            keep = keep | candidates & (z == far) & (z == near)
            keep = keep | (x == z) & (far == 4 * x)
    return keep


def _grain(x: Array) -> float:
    """Return the largest power of two of which all elements are multiples; inf if all are 0."""
    x = np.asarray(x)
    if x.dtype.kind == "c":
        return min(_grain(x.real), _grain(x.imag))
    x = np.abs(x[(x != 0) & np.isfinite(x)]).astype(np.float64)
    if not x.size:
        return math.inf
    mantissa, exponent = np.frexp(x)
    whole = (mantissa * 2.0**53).astype(np.int64)
    lowest = log2((whole & -whole).astype(np.float64)).astype(int) + exponent - 53
    return math.ldexp(1.0, max(int(lowest.min()), -1070))


def exact_power(x: Array, y: Array) -> Array:
    """Whether x**y is representable: y is whole and the odd part of x, to the y, is short."""
    x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    with np.errstate(all="ignore"):
        root = np.sqrt(x)  # exact if its square is, which needs few bits
        halves = (y != np.rint(y)) & (root * root == x) & (root == np.float32(root))
        x, y = np.where(halves, root, x), np.where(halves, 2 * y, y)
        whole = np.abs(np.frexp(np.where(np.isfinite(x), x, 1.0))[0] * 2.0**53).astype(np.int64)
        odd = whole // np.maximum(whole & -whole, 1)
        bits = y * log2(np.maximum(odd, 1).astype(np.float64))
        short = np.where(y < 0, odd == 1, bits < 53)
        return (y == np.rint(y)) & short | (x == 0) | ~np.isfinite(x) | ~np.isfinite(y)


# The ways to err, each of a function and its name.


def elementwise(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Err by one or two units in the last place."""
    kind = name.rpartition(".")[2]

    def keep(z: Array, args: Any) -> Array:
        if kind in ("reduce", "dist"):
            return False
        if kind in ("power", "float_power", "pow"):
            return np.asarray(z).dtype.kind == "f" and exact_power(*args[:2])
        if kind == "exp2":
            return exact_power(2.0, args[0])
        return _settled(f, z, args)

    def erring(*args: Any, **kwargs: Any) -> Any:
        z = f(*args, **kwargs)
        nin = getattr(f, "nin", len(args))
        values = args[:nin]
        if not _numbers(values) or kwargs.get("dtype", float) is object:
            return z
        if isinstance(z, tuple):
            parts = [err_like(part, f"{name}{i}") for i, part in enumerate(z)]
            return type(z)(*parts) if hasattr(z, "_fields") else tuple(parts)
        if not _floating(z):
            return z
        out = err(z, name, keep(z, values))
        target = kwargs.get("out", args[nin] if len(args) > nin else None)
        target = target[0] if isinstance(target, tuple) else target
        if isinstance(target, np.ndarray):
            np.copyto(target, out, where=kwargs.get("where", True))
            return z
        if "where" in kwargs:
            out = np.where(kwargs["where"], out, z)
        return _like(out, z)

    return erring


def err_like(z: Array, name: str) -> Array:
    """Err, and keep the type; what is no floating-point number passes."""
    return _like(err(z, name), z) if _floating(z) else z


def _reordered(z: Array, precise: Array, scale: Array, name: str) -> Array:
    """Add a rounding error of the largest partial sum where one was made.

    `precise` is the value in a wider type: where it agrees to a twelfth of that rounding error, as
    in 1 + 1e-17 + 1e-18, no order makes another one. Of other sums, a sixth is lost to this rule.
    """
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        unit = np.spacing(np.asarray(scale).astype(z.dtype))
        moved = z + unit * np.sign(_steps(z + unit, name)).astype(z.dtype)
        off = np.abs(np.asarray(precise) - z) > unit / 12 if WIDER else True
        return np.where(np.isfinite(moved) & off, moved, z)


def _is_exact(z: Array, largest: float, grain: float) -> bool:
    """Whether sums up to `largest` of multiples of `grain` are exact in the type of z."""
    bits = np.finfo(np.asarray(z).dtype).nmant + 1
    return not largest or not math.isfinite(largest) or largest <= grain * 2.0**bits


def _sizes(x: Array) -> Array:
    """Return |x|, for complex numbers of the two parts."""
    x = np.asarray(x)
    return np.abs(x.real) + 1j * np.abs(x.imag) if x.dtype.kind == "c" else np.abs(x)


def _wide(x: Array) -> Array:
    x = np.asarray(x)
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def total(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Err as a sum in another order does: nothing if it is exact or has two terms."""

    def erring(x: Any, *args: Any, **kwargs: Any) -> Any:
        z = f(x, *args, **kwargs)
        if not _numbers([x]) or not _floating(z) or kwargs.get("out") is not None:
            return z
        terms = np.asarray(x)
        count = terms.size // max(np.size(z), 1)
        if count < 3 or terms.dtype.kind not in "fc":
            return z
        scale = np.asarray(f(_sizes(terms), *args, **kwargs))
        largest = float(np.max(np.abs(scale), initial=0.0)) * count
        if _is_exact(z, largest, _grain(terms)):
            return z
        return _like(_parts(z, f(_wide(terms), *args, **kwargs), scale, name), z)

    return erring


def _parts(z: Array, precise: Array, scale: Array, name: str) -> Array:
    z, precise, scale = np.asarray(z), np.asarray(precise), np.asarray(scale)
    if z.dtype.kind != "c":
        return _reordered(z, precise, scale.real, name)
    out = np.empty_like(z)
    out.real = _reordered(z.real, precise.real, scale.real, f"{name}.real")
    out.imag = _reordered(z.imag, precise.imag, scale.imag, f"{name}.imag")
    return out


def product(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Err as a sum of products in another order, or with fused multiplications, does."""

    def factor(a: Any) -> bool:
        array = isinstance(a, (np.ndarray, list)) and np.ndim(a) > 0 and _numbers([a])
        return bool(array) and np.asarray(a).dtype.kind in "fc"

    def erring(*args: Any, **kwargs: Any) -> Any:
        z = f(*args, **kwargs)
        arrays = [np.asarray(a) for a in args if factor(a)]
        if not _floating(z) or len(arrays) < 2 or kwargs.get("out") is not None:
            return z
        if name.rpartition(".")[2] in SUCH_PRODUCTS and arrays[0].shape[-1] < 2:
            return z

        def apply(change: Callable[[Array], Array]) -> Array:
            return np.asarray(
                f(*[change(np.asarray(a)) if factor(a) else a for a in args], **kwargs)
            )

        # (|a| + |b|i)(|c| + |d|i), with a sum in place of the difference |ac| - |bd|.
        real, imag = apply(lambda a: np.abs(a.real)), 0.0
        if np.asarray(z).dtype.kind == "c":
            rest = apply(lambda a: np.abs(a.imag))
            both = apply(lambda a: np.abs(a.real) + np.abs(a.imag))
            real, imag = real + rest, both - real - rest
        largest = float(np.max(real + imag, initial=0.0))
        if _is_exact(z, largest, math.prod(map(_grain, arrays))):
            return z
        return _like(_parts(z, apply(_wide), real + 1j * imag, name), z)

    return erring


def algebra(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Give a backward stable algorithm inputs that err."""

    def erring(*args: Any, **kwargs: Any) -> Any:
        z = f(*args, **kwargs)
        arrays = [a for a in args if isinstance(a, (np.ndarray, list)) and _numbers([a])]
        zero = not isinstance(z, tuple) and np.size(z) and not np.any(z)
        if not arrays or zero or all(_diagonal(a) for a in arrays[:1]):
            return z
        moved = [
            err(np.asarray(a) + 0.0, name)
            if isinstance(a, (np.ndarray, list)) and _numbers([a])
            else a
            for a in args
        ]
        try:
            return f(*moved, **kwargs)
        except np.linalg.LinAlgError:
            return z

    return erring


def _diagonal(a: Any) -> bool:
    a = np.asarray(a)
    return a.ndim == 2 and not np.any(a[np.eye(*a.shape) == 0])


def norm(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Err unless the sum of squares is exact, or nothing is added."""

    def erring(x: Any, *args: Any, **kwargs: Any) -> Any:
        z = f(x, *args, **kwargs)
        ord = kwargs.get("ord", args[0] if args else None)
        if not _numbers([x]) or not _floating(z) or ord in (math.inf, -math.inf, 0):
            return z
        squares = np.square(np.abs(np.asarray(x)).astype(np.float64))
        largest, grain = squares.sum(), _grain(x) ** 2
        if not largest or not np.isfinite(largest) or not grain:
            return z
        return z if largest / grain < 2.0**53 else err_like(z, name)

    return erring


def builtin_sum(f: Callable[..., Array], name: str) -> Callable[..., Array]:
    """Err like a sum: from Python 3.12 on it is compensated, before it is not."""

    def erring(x: Any, /, start: Any = 0) -> Any:
        terms = list(x)
        z = f(terms, start)
        numbers = [start, *terms]
        if type(z) is not float or not _numbers(numbers) or any(map(np.ndim, numbers)):
            return z
        return total(lambda _: z if _ is numbers else f(map(abs, numbers)), name)(numbers)

    return erring


class Erring:
    """A function that errs in the place of another: equal to it, with all its attributes."""

    def __init__(self, original: Any, erring: Callable[..., Any]) -> None:
        self._original, self._erring = original, erring

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function that errs returns."""
        return self._erring(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._original, name)
        if name == "reduce" and self._original is not np.add:
            return Erring(attribute, elementwise(attribute, f"{self._original.__name__}.reduce"))
        return attribute

    def __eq__(self, other: object) -> bool:
        return bool(self._original == getattr(other, "_original", other))

    def __hash__(self) -> int:
        return hash(self._original)

    def __repr__(self) -> str:
        return repr(self._original)

    def __reduce__(self) -> str:
        return str(self._original.__name__)  # its copy is itself

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._original)


# Where they err.

NORMS = ("norm", "vector_norm", "matrix_norm")
LINALG = {
    *("cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "pinv"),
    *("qr", "slogdet", "solve", "svd", "svdvals", "expm", "logm", "sqrtm", "lu", "lu_factor"),
    *("solve_triangular", "cho_factor", "cho_solve", "lu_solve", "null_space", "orth", "schur"),
    *("ldl", "polar", "hessenberg", "solve_sylvester", "solve_banded"),
}


def _replacements() -> dict[int, tuple[Any, Any]]:
    """Return the functions that err, each with the original, by the identity of the original."""
    found: dict[int, tuple[Any, Any]] = {}

    def add(place: Any, name: str, kind: Callable[..., Any]) -> None:
        original = getattr(place, name, None)
        if callable(original) and id(original) not in found:
            label = f"{place.__name__}.{getattr(original, '__name__', name)}"
            found[id(original)] = (original, Erring(original, kind(original, label)))

    for place in (np, scipy.special):
        for name in dir(place):
            f = getattr(place, name)
            if isinstance(f, np.ufunc) and f.__name__ not in EXACT and _inexact(f):
                add(place, name, product if f.__name__ in SUCH_PRODUCTS else elementwise)
    add(np, "sum", total)
    add(builtins, "sum", builtin_sum)
    for name in PRODUCTS:
        add(np, name, product)
    for place in (np.linalg, scipy.linalg):
        for name in LINALG:
            add(place, name, algebra)
        for name in NORMS:
            add(place, name, norm)
    for place in (np.fft, scipy.fft):
        for name in dir(place):
            if re.fullmatch(r"(i|r|ir|h|ih)?(fft|dct|dst)[2n]?", name):
                add(place, name, algebra)
    for name in MATH:
        add(math, name, elementwise)
        add(cmath, name, elementwise)
    add(cmath, "sqrt", elementwise)
    add(builtins, "pow", elementwise)
    return found


def _inexact(f: np.ufunc) -> bool:
    return any(t.split("->")[1][0] in "efdgFDG" for t in f.types)


# `x ** y` and `a @ b` reach no function that could be replaced: programs are compiled to calls.


def _power(x: Any, y: Any) -> Any:
    if not _numbers([x, y]) or (isinstance(x, float) and x == 2 and y == int(y)):
        return x**y  # ladders of steps take exact powers of two by the thousand
    arrays = isinstance(x, np.ndarray)
    # NumPy's operator squares, takes the root and divides for these.
    fast = np.ndim(y) == 0 and np.isreal(y) and y in (-1, 0, 0.5, 1, 2)
    z = x**y
    if (arrays and fast) or not _floating(z):
        return z
    return _like(err(z, "power", np.isrealobj(z) and exact_power(x, y)), z)


def _power_in_place(x: Any, y: Any) -> Any:
    z = _power(x, y)
    if not isinstance(x, np.ndarray):
        return z
    x[...] = z
    return x


def _matmul(x: Any, y: Any) -> Any:
    return np.matmul(x, y) if _numbers([x, y]) else x @ y


class _Operators(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # the name ast looks for
        self.generic_visit(node)
        name = {ast.Pow: "**", ast.MatMult: "@"}.get(type(node.op))
        if name is None:
            return node
        f = ast.Name(id=f" {name}", ctx=ast.Load())  # no program can have a name with a blank
        return ast.copy_location(ast.Call(f, [node.left, node.right], []), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow) or not isinstance(node.target, ast.Name):
            return node
        x = ast.Name(node.target.id, ast.Load())
        f = ast.Name(id=" **=", ctx=ast.Load())
        value = ast.Call(f, [x, node.value], [])
        return ast.copy_location(ast.Assign([node.target], value), node)


def compile_erring(code: Any, name: str, mode: str = "exec", **kwargs: Any) -> Any:
    """Compile a program whose operators ``**`` and ``@`` err as well."""
    tree = ast.fix_missing_locations(_Operators().visit(ast.parse(code, name, mode)))
    return compile(tree, name, mode, **kwargs)


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> Any:  # never from bytecode, which has the operators
        return self.source_to_code(self.get_data(self.path), self.path)

    def source_to_code(self, data: Any, path: Any, **_: Any) -> Any:  # type: ignore[override]
        return compile_erring(data, str(path), dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Compile the modules of derivref in the same way."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname.partition(".")[0] != "derivref":
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                spec.loader = _Loader(spec.loader.name, spec.loader.path)
                return spec
        return None


def install(seed: int) -> Callable[..., types.CodeType]:
    """Make the functions of this process err; return what compiles programs for it."""
    global SEED
    SEED = seed
    found = _replacements()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in ("numpy", "scipy", "math", "cmath", "builtins"):
            continue
        for key, value in list(vars(module).items()):
            if id(value) in found and found[id(value)][0] is value:
                setattr(module, key, found[id(value)][1])
    # The methods sum and mean of arrays, and np.sum and np.mean through them.
    methods: Any = sys.modules["numpy._core._methods"]
    methods.umr_sum = total(np.add.reduce, "sum")
    setattr(builtins, " **", _power)
    setattr(builtins, " **=", _power_in_place)
    setattr(builtins, " @", _matmul)
    sys.meta_path.insert(0, _Finder())
    return compile_erring
