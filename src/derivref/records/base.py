"""What every record has, whatever its kind, and the parameters that some take."""

import ast
import math
import numbers
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, get_origin

Function = Callable[..., Any]
"""Code that a record holds."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A fact of the catalogue: where it belongs, what it is called, what it is for.

    Attributes
    ----------
    family : str
        Name of the family, ``activations``; with the name it is unique: ``activations.gelu``.
    name : str
        Snake case, as in JAX and Keras; unique within the family.
    title : str
        The name in words, without maths.
    use : str
        What it is for, one plain sentence.
    aliases : tuple of str
        Other names under which it is searched.
    cite : tuple of str
        Keys of references.bib, the origin first.
    page : str
        Where it stands in docs/ if not where its family's records do: a page, or a page and an
        anchor.
    claims : mapping
        Words of its sentences that claim something, with the expression they are held against:
        ``{"negative": "f"}``; see `derivref.site.lint.words`.
    """

    kind: ClassVar[str]  # the name of the kind, in lower case

    family: str
    name: str
    title: str
    use: str
    aliases: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    page: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """The name with its family, ``activations.gelu``: unique in the catalogue."""
        return f"{self.family}.{self.name}"

    @property
    def module(self) -> str:
        """The module of its code, or the package of its family if it has none."""
        return getattr(getattr(self, "f", None), "__module__", f"derivref.{self.family}")

    @property
    def summary(self) -> str:
        """One sentence that says what it is."""
        return self.use

    def unsaid(self) -> Iterator[str]:
        """Yield what is wrong with a fact whatever it says: blank, or text in place of a tuple.

        Yields
        ------
        str
            The fact, and what to write.
        """
        for fact in fields(self):
            value = getattr(self, fact.name)
            if value == "" and fact.default is MISSING:
                yield f"`{fact.name}` must not be blank"
            if get_origin(fact.type) is tuple and not isinstance(value, tuple):
                # Each letter would count as one.
                yield f"`{fact.name}` must be a tuple, got {value!r}: `{fact.name}=({value!r},)`"
            if isinstance(value, Mapping):
                for name, item in value.items():
                    if getattr(item, "says", "something") == "":
                        yield f"say what `{name}` is: `says=` in `{fact.name}` is blank"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What a parameter beside x means, how formulas write it, and which values it may have.

    The public functions refuse other values by name; a page says "α is ``says``".
    """

    says: str  # "the slope for negative inputs"
    symbol: str = ""  # how formulas write it, if not by its own name: "alpha"
    low: float = -math.inf
    high: float = math.inf
    closed: tuple[bool, bool] = (False, False)  # whether the ends belong to it
    excluded: tuple[float, ...] = ()
    argument: bool = False  # a second argument: an array like x, whose type counts, nan and inf too

    def admits(self, value: float) -> bool:
        """Say whether a number may stand for the parameter.

        Parameters
        ----------
        value : float
            The number.

        Returns
        -------
        bool
            Whether it lies in the admissible set.
        """
        above = value > self.low or (self.closed[0] and value == self.low)
        below = value < self.high or (self.closed[1] and value == self.high)
        return above and below and value not in self.excluded

    @property
    def constraint(self) -> str:
        """The admissible values in words, for messages and tables: "a finite number above 0"."""
        parts = ["a finite number"]
        for end, closed, word in (
            (self.low, self.closed[0], "above"),
            (self.high, self.closed[1], "below"),
        ):
            if math.isfinite(end):
                parts.append(f"{word} {end:g}" if not closed else f"at {_AT[word]} {end:g}")
        text = f"{parts[0]} {' and '.join(parts[1:])}".strip()
        return text + "".join(f", not {value:g}" for value in self.excluded)


@dataclass(frozen=True, kw_only=True)
class Option:
    """A parameter that has one of a few values, or is a whole number: a reduction, a stride.

    Every value is tried by the checks. Where `low` is given, other integers from it on are taken.
    """

    says: str  # "what is done with the losses of the examples"
    values: tuple[Any, ...]
    low: int | None = None
    symbol: str = ""

    def admits(self, value: Any) -> bool:
        """Say whether a value may stand for the option.

        Parameters
        ----------
        value : object
            The value.

        Returns
        -------
        bool
            Whether it is one of the values, or an integer that is large enough.
        """
        if self.low is not None:
            whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
            return whole and int(value) >= self.low
        return any(type(value) is type(v) and value == v for v in self.values)

    @property
    def constraint(self) -> str:
        """The admissible values in words: "'mean', 'sum' or 'none'"."""
        if self.low is not None:
            return f"an integer of at least {self.low}"
        *first, last = map(repr, self.values)
        return f"{', '.join(first)} or {last}" if first else last


_AT = {"above": "least", "below": "most"}

_OPERATORS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_CONSTANTS = {"pi": math.pi, "oo": math.inf}
_FUNCTIONS = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp}


def number(text: str | float, names: Mapping[str, float]) -> float:
    """Return the value of a number or of an expression in parameters, such as ``"-alpha/2"``.

    Parameters
    ----------
    text : str or float
        Numbers, the names, ``pi``, ``oo``, ``sqrt``, ``log``, ``exp`` and the operators + - * / **.
    names : mapping
        The values of the parameters.

    Returns
    -------
    float
        The value.

    Raises
    ------
    ValueError
        If it has an unknown name or anything else.
    """
    if not isinstance(text, str):
        return float(text)

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as found):
                return float(found)
            case ast.Name(id=name) if name in names:
                return float(names[name])
            case ast.Name(id=name) if name in _CONSTANTS:
                return _CONSTANTS[name]
            case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _FUNCTIONS:
                return _FUNCTIONS[name](value(inner))
            case ast.UnaryOp(op=op, operand=inner) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](value(inner))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](value(left), value(right))
        raise ValueError(f"`{ast.unparse(node)}` in `{text}` is no number, parameter or operation")

    try:
        return value(ast.parse(text, mode="eval").body)
    except SyntaxError as error:
        raise ValueError(f"`{text}` is not an expression: {error.msg}") from None
