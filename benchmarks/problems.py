"""Random differentiation problems over many scales, with exact derivatives.

Each is a template in x and up to three parameters. NumPy evaluates it in float64 as written; SymPy
differentiates it with symbolic parameters; mpmath evaluates that at the very same doubles.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath
import numpy as np
import sympy

NAMES = (
    *("exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "sqrt", "arctan", "arccos"),
    *("expm1", "log1p", "abs"),
)


@dataclass(frozen=True)
class Problem:
    """The function `template` with its parameters, at x."""

    kind: str
    template: str
    x: float
    parameters: tuple[float, ...]

    def f(self, x: Any) -> Any:
        """Evaluate in the arithmetic of NumPy."""
        scope = {name: getattr(np, name) for name in NAMES}
        return eval(
            _code(self.template), scope, dict(zip("abc", self.parameters, strict=False), x=x)
        )

    def exact(self, deriv: int = 1, digits: int = 700) -> mpmath.mpf:
        """Return the derivative at the doubles x and parameters.

        700 digits, because x / (b + x) at 1e300 cancels 600 of them.
        """
        with mpmath.workdps(digits):
            return _derivative(self.template, deriv)(
                mpmath.mpf(self.x), *map(mpmath.mpf, self.parameters)
            )

    def __str__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in zip("abc", self.parameters, strict=False))
        return f"{self.kind}: {self.template} at x={self.x!r} {given}"


@cache
def _code(template: str) -> Any:
    return compile(template, template, "eval")


@cache
def _derivative(template: str, deriv: int) -> Callable[..., mpmath.mpf]:
    scope = {
        "arctan": sympy.atan,
        "arccos": sympy.acos,
        "abs": sympy.Abs,
        "expm1": lambda u: sympy.exp(u) - 1,
        "log1p": lambda u: sympy.log(1 + u),
    }
    # Only of real numbers has |x| a derivative.
    x, a, b, c = symbols = sympy.symbols("x a b c", real="abs" in template or None)
    # Symbols of our own: SymPy would read an unknown name as it likes.
    expr = sympy.sympify(template, locals=scope | {"x": x, "a": a, "b": b, "c": c}, rational=True)
    exact = sympy.lambdify(symbols, sympy.diff(expr, x, deriv), "mpmath")
    return lambda at, *given: exact(at, *given, *[mpmath.mpf(0)] * (3 - len(given)))


def _sign(r: np.random.Generator) -> float:
    return float(r.choice([-1.0, 1.0]))


def _power(r: np.random.Generator, low: float, high: float) -> float:
    """A log-uniform size."""
    return float(10.0 ** r.uniform(low, high))


def _polynomial(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    s = _power(r, -20, 20) if r.random() < 0.5 else 1.0
    template = str(
        r.choice(
            [
                "a*(x/c)**3 - b*(x/c) + 1",
                "(x/c)**5 + a*(x/c)**2 + b",
                "((a*(x/c) + b)*(x/c) - 2)*(x/c) + 3",
                "(x/c - a)**4 + b*x/c",
                "a*(x/c)**8 + b*(x/c)**7",
                "a*x/c + b",
            ]
        )
    )
    a, b = r.uniform(-3, 3, 2)
    return template, float(s * r.uniform(-4, 4)), (float(a), float(b), s)


def _exponential(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    s = _power(r, -100, 100) if r.random() < 0.5 else _power(r, -3, 3)
    template = str(
        r.choice(
            [
                "exp(a*x/c)",
                "exp(-(x/c)**2)",
                "a*exp(x/c) + b",
                "expm1(a*x/c)",
                "x*exp(-x/c)",
                "a*exp(x/c) - b*exp(-2*x/c)",
            ]
        )
    )
    a, b = r.uniform(0.3, 3, 2)
    return template, float(s * r.uniform(-5, 5)), (float(a), float(b), s)


def _pole(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    a = _sign(r) * _power(r, -5, 5)
    x = a * (1 + _sign(r) * _power(r, -12, 0))
    template = str(
        r.choice(
            [
                "1/(x - a)",
                "b/(x - a)**2",
                "1/(x - a) + b*x",
                "log((x - a)**2)",
                "x/(x - a)**3",
                "((x - a)**2)**0.75",
                "tan(c*(x - a)/a) + b",
                "1/((x - a)**2 + (c*a)**2)",
            ]
        )
    )
    return template, x, (a, float(r.uniform(-3, 3)), _power(r, -3, 0))


def _oscillation(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    x = _sign(r) * _power(r, -6, 6)
    a = _power(r, -2, 5) / abs(x)  # up to 1e5 radians
    template = str(
        r.choice(
            [
                "sin(a*x + b)",
                "cos(a*x)*exp(-(x/c)**2)",
                "sin(a*x)/x",
                "x*b + c*sin(a*x)",
                "sin((a*x)**2/1000)",
                "sin(b/(a*x)) + 2",
                "tanh(sin(a*x))*b",
            ]
        )
    )
    return template, x, (a, float(r.uniform(0.5, 3)), abs(x) * float(r.uniform(0.5, 3)))


def _scale(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    x = _power(r, -300, 300)
    template = str(
        r.choice(
            [
                "sqrt(x)",
                "log(x)",
                "x**0.3",
                "1/(1 + x)",
                "x/(b + x)",
                "log1p(x)",
                "a*x**0.25 + b",
                "arctan(x)",
                "a*sqrt(x) - b*log(x)",
                "sin(log(x))",
                "exp(-a*x)" if x < 100 else "exp(-1/x)",
                "sin(x + a)" if x < 1e6 else "1/x",
                "cos(x) + x" if x < 1e6 else "x*log(x)",
                "tanh(a*x + b)" if x < 1 else "sqrt(x)*log(x)",
            ]
        )
    )
    return template, x, (float(r.uniform(0.3, 3)), float(r.uniform(0.3, 3)))


def _composition(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    s = _power(r, -10, 10) if r.random() < 0.5 else 1.0
    template = str(
        r.choice(
            [
                "exp(sin(a*x/c))",
                "log(1 + exp(a*x/c))",
                "sqrt(1 + (x/c)**2)",
                "tanh(a*x/c)**2 + b",
                "sin(exp(x/c))",
                "arctan(exp(a*x/c)) * cos(b*x/c)",
                "exp(-1/(1 + (x/c)**2))",
                "log(2 + sin(a*x/c))**3",
                "1/(1 + exp(-a*x/c))",
                "sqrt(2 + cos(a*x/c)) + b*x/c",
                "exp(cos(a*x/c) - exp(-b*x/c))",
                "sinh(sin(x/c))/(1 + (x/c)**2)",
            ]
        )
    )
    a, b = r.uniform(0.3, 3, 2)
    return template, float(s * r.uniform(-5, 5)), (float(a), float(b), s)


KINDS = {
    "polynomial": _polynomial,
    "exponential": _exponential,
    "pole": _pole,
    "oscillation": _oscillation,
    "scale": _scale,
    "composition": _composition,
}


# Forms in which rounding inside f is larger than that of its value, and where that is so.
CANCELLING = [
    ("(1 - cos(x))/x**2", -8, 0),
    ("1 - cos(x)", -9, -1),
    ("log(1 + x)/x", -16, -1),
    ("(exp(x) - 1)/x", -15, -2),
    ("(exp(x) - 1 - x)/x**2", -9, -1),
    ("(sin(x) - x)/x**3", -6, -1),
    ("x - sin(x)", -8, -1),
    ("exp(x) - exp(-x)", -15, -3),
    ("sqrt(1 + x) - 1", -15, -3),
    ("sqrt(x*x + 1) - x", 1, 8),
    ("1 - tanh(10 + 1/x)", -1, 1),
    ("log(1 + exp(-1/x))", -1.5, 0),
    ("1/(1 + exp(1/x)) + 1", -1.5, 0),
    ("1/sqrt(1 - (1 - x)**2)", -6, -1),
    ("arccos(1 - x)", -13, -2),
    ("log(cosh(x))", -8, -1),
    ("(1 + x)**50 - 1", -15, -3),
    ("(sqrt(1 - 4*x) - 1)/2", -14, -3),
    ("1/x - 1/(x + 1)", 2, 12),
    ("sin(1000000000 + x)", -6, 0),
    ("10000000000 + sin(x)", -2, 0),
    ("(x + 100000000) - 100000000", -5, 1),
]


def _cancellation(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    template, low, high = CANCELLING[int(r.integers(len(CANCELLING)))]
    return template, _power(r, low, high), ()


def _non_smooth(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    b = float(r.uniform(-3, 3))
    template = str(
        r.choice(
            [
                "a*abs(x - b) + sin(x)",
                "abs(x - b)*(x - b) + a*x",
                "exp(-abs(x - b)) + a*x",
                "a*abs(x - b)**3 + cos(x)",
                "sqrt(abs(x - b)) + a*x",
                "log(1 + abs(x - b))*a",
            ]
        )
    )
    return template, b + _sign(r) * _power(r, -10, 0), (float(r.uniform(0.5, 3)), b)


def _narrow_domain(r: np.random.Generator) -> tuple[str, float, tuple[float, ...]]:
    a, near = _power(r, -3, 3), _power(r, -9, -0.5)
    template = str(
        r.choice(
            [
                "sqrt(x - a) + b*x",
                "log(x - a)",
                "(x - a)**0.3",
                "x*log(x - a)",
                "arctan(sqrt(x - a)) + b",
                "1/log((x - a)/a)",
            ]
        )
    )
    return template, a * (1 + near), (a, float(r.uniform(0.5, 3)))


HARD = {
    "cancellation": _cancellation,
    "non-smooth": _non_smooth,
    "narrow domain": _narrow_domain,
}


def hard(count: int, seed: int = 0) -> Iterator[Problem]:
    """Yield problems whose first derivative may be out of reach: it then has to be said.

    All kinds in turn; drawn again only where f or its derivative is not a normal number.
    """
    r = np.random.default_rng(seed)
    kinds = list(HARD)
    for i in range(count):
        while True:
            kind = kinds[i % len(kinds)]
            problem = Problem(kind, *HARD[kind](r))
            with np.errstate(all="ignore"):
                value = float(problem.f(np.float64(problem.x)))
            slope = problem.exact()
            if math.isfinite(value) and isinstance(slope, mpmath.mpf) and abs(slope) > 1e-290:
                yield problem
                break


def problems(count: int, seed: int = 0, deriv: int = 1) -> Iterator[Problem]:
    """Yield `count` problems, the kinds in turn; those that float64 cannot express are drawn again.

    Expressible means that f and its derivative g are normal numbers, and that half a unit in the
    last place of f is less than 1e-9 of what g adds to f over the length |g / g′|: x / (2 + x) at
    1e46 is 1 for every float64 near.
    """
    r = np.random.default_rng(seed)
    kinds = list(KINDS)
    for i in range(count):
        while True:
            template, x, parameters = KINDS[kinds[i % len(kinds)]](r)
            problem = Problem(kinds[i % len(kinds)], template, x, parameters)
            with np.errstate(all="ignore"):
                value = float(problem.f(np.float64(x)))
            if not 1e-290 < abs(value) < 1e290:
                continue
            slope, bend = problem.exact(deriv), problem.exact(deriv + 1)
            if not (isinstance(slope, mpmath.mpf) and 1e-290 < abs(slope) < 1e290):
                continue
            flat = mpmath.mpf(2) ** -53 * abs(value) * abs(bend / slope) ** deriv
            if flat < 1e-9 * abs(slope):
                yield problem
                break
