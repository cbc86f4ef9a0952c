r"""The statements of matrix calculus read back: both sides of what the page shows, as numbers.

``\nabla_X`` and ``\mathrm d`` are differences of what stands behind them, so that a sign, a
transpose or a factor that the TeX alone has wrong is seen, whatever the code computes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from derivref.records import Identity
from derivref.records.arrays import instances
from derivref.site.lint.texvalues import TexError

Array = NDArray[Any]
STEP = 1e-5  # of central differences: they err by 1e-10
ROOM = 1e-6  # of the largest component

_TOKEN = re.compile(
    r"\\mathrm\{(?P<name>\w+)\}|\\math(?:sf|rm) ?(?P<mark>[THde])|(?P<one>\\mathbf 1)"
    r"|\\(?P<command>[a-zA-Z]+|.)|(?P<number>\d+)|(?P<letter>[A-Za-z])|(?P<sign>\S)"
)
_SPACES = {",", ";", " ", "quad", "left", "right"}
_CLOSE = {"(": ")", "{": "}", "lvert": "rvert", "lVert": "rVert"}


class _Eye(float):
    """A multiple of the identity whose size the neighbours say."""


def _sized(value: Any, like: Any) -> Any:
    return float(value) * np.eye(len(like)) if isinstance(value, _Eye) else value


def _product(a: Any, b: Any) -> Any:
    if isinstance(a, _Eye) or isinstance(b, _Eye):
        both = isinstance(a, _Eye) and isinstance(b, _Eye)
        if np.ndim(a) == np.ndim(b) == 0:
            return _Eye(float(a) * float(b)) if both or np.ndim(a) == 0 else a
        return float(a) * b if isinstance(a, _Eye) else a * float(b)
    if np.ndim(a) and np.ndim(b):
        found = a @ b
        return float(found[0, 0]) if found.shape == (1, 1) else found
    return a * b


def _adjugate(a: Array) -> Array:
    found = np.empty_like(a)
    for i, j in np.ndindex(*a.shape):
        minor = np.delete(np.delete(a, i, axis=0), j, axis=1)
        found[j, i] = (-1) ** (i + j) * np.linalg.det(minor)
    return found


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "det": lambda a: float(np.linalg.det(a)),
    "tr": lambda a: float(np.trace(a)),
    "adj": _adjugate,
    "ln": lambda a: scipy.linalg.logm(a) if np.ndim(a) else float(np.log(a)),
    "sin": lambda a: scipy.linalg.sinm(a),
    "cos": lambda a: scipy.linalg.cosm(a),
    "tril": np.tril,
}
_ENTRYWISE: dict[str, Callable[[Any], Any]] = {"sin": np.sin, "cos": np.cos, "exp": np.exp}
_NORMS: dict[str, Callable[[Any], float]] = {
    "2": lambda a: float(np.linalg.norm(a, 2)),
    "F": lambda a: float(np.linalg.norm(a)),
    "*": lambda a: float(np.linalg.norm(a, "nuc")),
}


class _Matrices:
    """A reader of one side; letters that stand for formulas are read where they are used."""

    def __init__(self, tex: str, names: Mapping[str, Any], short: Mapping[str, str]) -> None:
        self.tex, self.names, self.short = tex, dict(names), short
        self.tokens = [
            (str(match.lastgroup), match[str(match.lastgroup)])
            for match in _TOKEN.finditer(tex)
            if not (match.lastgroup == "command" and match["command"] in _SPACES)
        ]
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, text: str = "") -> str:
        found = self.peek()[1]
        if text and found != text:
            raise TexError(f"`{self.tex}`: expected `{text}`, got `{found or 'its end'}`")
        self.at += 1
        return found

    def whole(self) -> Any:
        value = self.sum()
        if self.peek()[0] != "end":
            raise TexError(f"`{self.tex}`: `{self.peek()[1]}` is not understood")
        return value

    def sum(self) -> Any:
        value = self.product()
        while self.peek() in (("sign", "+"), ("sign", "-")):
            sign = 1.0 if self.take() == "+" else -1.0
            term = _product(sign, self.product())
            value, term = _sized(value, term), _sized(term, value)
            if np.shape(value) != np.shape(term):
                raise ValueError(f"adds shapes {np.shape(value)}, {np.shape(term)}")
            value = value + term
        return value

    def product(self) -> Any:
        if self.peek() == ("sign", "-"):
            self.take()
            return _product(-1.0, self.product())
        value = self.power()
        while self.peek()[0] != "end" and self.peek()[1] not in ("+", "-", ")", "}", "rvert"):
            if self.peek()[1] in ("rVert", ","):
                break
            operation = self.peek()[1] if self.peek()[1] in ("odot", "otimes") else ""
            if operation:
                self.take()
            other = self.power()
            if operation == "odot":
                value = _sized(value, other) * _sized(other, value)
            elif operation == "otimes":
                value = np.kron(value, other)
            else:
                value = _product(value, other)
        return value

    def power(self) -> Any:
        if self.peek() == ("mark", "d"):
            self.take()
            return self.differential()
        base = self.atom()
        while self.peek()[1] == "^":
            self.take()
            base = self.raised(base)
        return base

    def raised(self, base: Any) -> Any:
        braced = self.peek()[1] == "{"
        if braced:
            self.take()
        minus = self.peek()[1] == "-"
        if minus:
            self.take()
        kind, text = self.peek()
        if text == "+":
            base = np.linalg.pinv(base)
            self.take()
        elif (kind, text) != ("mark", "T"):
            entrywise = text == "odot"
            if entrywise:
                self.take()
            power = int(self.sum() if braced else self.atom())
            square = np.ndim(base) and not entrywise
            base = (
                np.linalg.matrix_power(base, -power if minus else power)
                if square
                else (base ** (-power if minus else power))
            )
        elif minus:
            base = np.linalg.inv(base)
        if self.peek() == ("mark", "T"):
            self.take()
            base = base.T
        if braced:
            self.take("}")
        return base

    def differential(self) -> Any:
        """Read what stands behind a d twice, with the variable moved along its direction."""
        start, names = self.at, self.names
        moved = [n[1:] for n in names if n.startswith("d") and n[1:] in names]
        if not moved:
            raise TexError(f"`{self.tex}`: no variable has a direction")
        values = []
        for step in (STEP, -STEP):
            self.at = start
            self.names = names | {n: names[n] + step * names[f"d{n}"] for n in moved}
            values.append(self.power())
        self.names = names
        return (values[0] - values[1]) / (2 * STEP)

    def group(self, start: str) -> Any:
        self.take(start)
        value = self.sum()
        self.take(_CLOSE[start])
        return value

    def atom(self) -> Any:
        kind, text = self.peek()
        if text in ("(", "{"):
            return self.group(text)
        if text == "lvert":
            return abs(self.group(text))
        if text == "lVert":
            value = self.group(text)
            self.take("_")
            return _NORMS[self.take()](value)
        self.take()
        if kind == "number":
            return float(text)
        if text == "frac":
            upper, lower = self.group("{"), self.group("{")
            return _Eye(float(upper) / lower) if isinstance(upper, _Eye) else upper / lower
        if text == "tfrac":
            digits = self.take()
            return float(digits[0]) / float(digits[1:] or self.take())
        if text == "sum":
            return self.total()
        if (kind, text) == ("mark", "e"):
            self.take("^")
            return scipy.linalg.expm(self.group("{") if self.peek()[1] == "{" else self.atom())
        if text in _FUNCTIONS or text in _ENTRYWISE:
            function = _FUNCTIONS.get(text)
            if self.peek()[1] == "_":
                self.take("_")
                self.take("odot")
                function = _ENTRYWISE[text]
            if function is None:
                raise TexError(f"`{self.tex}`: `{text}` of a matrix is not known")
            return function(self.group("(") if self.peek()[1] == "(" else self.power())
        if self.peek()[1] == "_":
            raise TexError(f"`{self.tex}`: components are not understood")
        if text in self.names:
            return self.names[text]
        if text in self.short:
            return _Matrices(self.short[text], self.names, self.short).whole()
        if text == "I":
            return _Eye(1.0)
        raise TexError(f"`{self.tex}`: `{text or 'its end'}` is not known")

    def total(self) -> Any:
        self.take("_")
        self.take("{")
        letter = self.take()
        self.take("=")
        low = int(self.take())
        for text in ("}", "^", "{"):
            self.take(text)
        high = int(self.take())
        self.take("}")
        start, terms = self.at, []
        outer = self.names
        for k in range(low, high + 1):
            self.at, self.names = start, outer | {letter: float(k)}
            terms.append(self.product())
        self.names = outer
        return sum(terms[1:], terms[0])


def _left(tex: str, names: Mapping[str, Any], short: Mapping[str, str]) -> Any:
    """Read a left side: a gradient of what follows, or a formula."""
    match = re.match(r"\\nabla_([A-Za-z])(?![A-Za-z^])\s*(?:\\,)?", tex)
    if match is None:
        return _Matrices(tex, names, short).whole()
    name, rest = match[1], tex[match.end() :]
    if name not in names:
        raise TexError(f"`{tex}`: `{name}` is no variable")
    slopes = np.zeros(np.shape(names[name]))
    for index in np.ndindex(*slopes.shape):
        step = np.zeros(slopes.shape)
        step[index] = STEP
        up, down = (
            _Matrices(rest, {**names, name: names[name] + sign * step}, short).whole()
            for sign in (1, -1)
        )
        slopes[index] = (up - down) / (2 * STEP)
    return slopes


def sides(record: Identity) -> tuple[Any, Any]:
    """Return both sides of a statement, read from its TeX, at drawn arguments.

    Parameters
    ----------
    record : Identity
        An identity in arrays, with a statement.

    Returns
    -------
    tuple of numbers or ndarrays
        Left and right; vectors are columns.

    Raises
    ------
    TexError
        If it has a notation that the reader does not know.
    """
    drawn = next(instances(record.variables, np.random.default_rng(5), False))
    names = {
        n: (a[:, None] if np.ndim(a) == 1 else a if np.ndim(a) else float(a))
        for n, a in drawn.items()
    }
    claim, *rest = re.split(r",\s*\\quad\s*|,\\;\s*", record.statement)
    equations = [[part.strip() for part in text.split(" = ")] for text in (claim, *rest)]
    if any(len(e) != 2 for e in equations):
        raise TexError(f"`{record.statement}`: not every part is one equation")
    short = {left: right for left, right in equations[1:] if left not in names}
    left, right = (
        _left(equations[0][0], names, short),
        _Matrices(equations[0][1], names, short).whole(),
    )
    if np.ndim(left) and np.ndim(right) == 0 and right == 0:
        right = np.zeros_like(left)
    return _sized(left, right), _sized(right, left)


def faults(record: Identity) -> list[str]:
    """Return what is wrong with a statement as it is shown, or that it is not read.

    Parameters
    ----------
    record : Identity
        An identity in arrays, with a statement.

    Returns
    -------
    list of str
        At most one; beginning with ``not read:`` where the reader does not know the notation.
    """
    try:
        left, right = sides(record)
    except (TexError, KeyError, TypeError) as error:
        return [f"not read: {error}"]
    except ValueError:  # the shapes do not fit: it says nothing
        same = False
    else:
        size = float(np.max(np.abs(right))) or 1.0
        same = np.shape(left) == np.shape(right) and np.allclose(
            left, right, rtol=ROOM, atol=ROOM * size
        )
    if same == record.holds:
        return []
    return [f"${record.statement}$ {'does not hold' if record.holds else 'holds'} as it is shown"]
