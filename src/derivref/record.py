"""The records that hold a family's facts; all that a page shows of them is derived."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Kink:
    """A point where the one-sided slopes of f differ, and the slope that `d_f` returns there."""

    at: float
    slope: float
    why: str  # a plain sentence


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What f, f′ and f″ tend to at the lower and the upper end of the domain (nan: no limit)."""

    f: tuple[float, float]
    d: tuple[float, float]
    d2: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Tutorial:
    """The formulas that tutorials print, as NumPy expressions in x, to be measured beside ours."""

    f: str
    d: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """Parameters other than the default, with the domain and the limits that they bring.

    The tests check it like the entry itself: no claim about a parameter goes untried.
    """

    parameters: Mapping[str, float]
    domain: tuple[float, float] = (-math.inf, math.inf)
    excluded: tuple[str, ...] = ()
    limits: Limits
    slopes: tuple[float, ...] = ()  # what `d_f` returns at each kink of the entry


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """A function of one real variable, elementwise on arrays, with its first and second derivative.

    `expr` and the arithmetic of `f`, `d`, `d2` are written independently and compared by the tests.
    Parameters other than x are keywords of `f` with a default, and free symbols of `expr` by the
    same name. Whatever can be computed (extremes of the slope, zeros, LaTeX) is not stored.

    The preferred forms may use, beside SymPy's functions, ``sigma`` (logistic), ``Phi`` and ``phi``
    (normal distribution and density), ``softplus``, and ``log(x, a)`` for another base; each is
    tested equal to `expr` or its derivative.
    """

    family: str
    name: str
    title: str
    f: Function
    d: Function
    d2: Function
    use: str  # what it is for, one plain sentence
    expr: str  # SymPy, in x and the parameters
    form: str = ""  # preferred form of f where `expr` is not how people write it
    derivative: str = ""  # the same for f′
    second: str = ""  # the same for f″
    where: Mapping[str, str] = field(default_factory=dict)  # names that those forms abbreviate
    domain: tuple[float, float] = (-math.inf, math.inf)  # open interval at default parameters
    excluded: tuple[str, ...] = ()  # poles inside the domain, SymPy constants such as "pi/2"
    period: str = ""  # SymPy constant; poles repeat with it
    limits: Limits
    kinks: tuple[Kink, ...] = ()
    relations: tuple[str, ...] = ()  # equations between functions: "tanh(x) = 2*sigma(2*x) - 1"
    cases: tuple[Case, ...] = ()
    aliases: tuple[str, ...] = ()
    frameworks: Mapping[str, str] = field(default_factory=dict)  # {"PyTorch": "torch.nn.GELU()"}
    tutorial: Tutorial
    example: str  # the last lines of the snippet; prints, then asserts
    cite: tuple[str, ...] = ()  # keys of references.bib: the origin first
    promise: float = 8.0  # largest error of f, f′ and f″ in ULP, away from their zeros

    @property
    def summary(self) -> str:
        """The first line of the docstring of f."""
        return (inspect.getdoc(self.f) or "").partition("\n")[0]

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters beside x and their defaults, from the signature of f."""
        rest = list(inspect.signature(self.f).parameters.values())[1:]
        return {p.name: p.default for p in rest}

    def case(self, case: Case) -> "Scalar":
        """Return the same entry with the parameters, domain and limits of `case` as its own."""
        f, d, d2 = (partial(g, **case.parameters) for g in (self.f, self.d, self.d2))
        return replace(
            self,
            f=f,
            d=d,
            d2=d2,
            domain=case.domain,
            excluded=case.excluded,
            limits=case.limits,
            kinks=tuple(replace(k, slope=s) for k, s in zip(self.kinks, case.slopes, strict=True)),
            cases=(),
        )


class Family:
    """An ordered collection of records of one kind, filled by its module.

    `page` is where an entry stands in docs/, with ``{name}`` for its name: a page or an anchor.
    """

    def __init__(self, name: str, title: str, page: str) -> None:
        self.name = name
        self.title = title
        self.page = page
        self._records: dict[str, Scalar] = {}

    def __iter__(self) -> Iterator[Scalar]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, name: str) -> Scalar:
        return self._records[name]

    def add(self, f: Function, d: Function, d2: Function, **facts: Any) -> None:
        """Register a function with its derivatives and what the code cannot say.

        Raises
        ------
        ValueError
            If the names do not match, f has no docstring, a parameter has no default or is not
            shared by all three, a kink lies outside the domain, a relation is no equation, a case
            does not fit the entry, or the name is taken.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        name = f.__name__
        for got, want in ((d.__name__, f"d_{name}"), (d2.__name__, f"d2_{name}")):
            if got != want:
                raise ValueError(f"{name}: the derivative must be called `{want}`, got `{got}`")
        record = Scalar(family=self.name, name=name, f=f, d=d, d2=d2, **facts)
        if not record.summary.endswith("."):
            raise ValueError(f"{name}: the docstring must begin with a full sentence")
        for p in (f, d, d2):
            rest = list(inspect.signature(p).parameters.values())[1:]
            if any(q.default is q.empty for q in rest):
                raise ValueError(f"{name}: every parameter beside x needs a default")
            if {q.name: q.default for q in rest} != record.parameters:
                raise ValueError(f"{name}: `{p.__name__}` must share the parameters of `{name}`")
        low, high = record.domain
        for kink in record.kinks:
            if not low < kink.at < high:
                raise ValueError(f"{name}: the kink at {kink.at} lies outside the domain")
        for relation in record.relations:
            if relation.count(" = ") != 1:
                raise ValueError(f"{name}: the relation `{relation}` must be an equation, ` = `")
        for case in record.cases:
            if unknown := case.parameters.keys() - record.parameters.keys():
                raise ValueError(f"{name}: case: `{min(unknown)}` is no parameter")
            if len(case.slopes) != len(record.kinks):
                raise ValueError(f"{name}: case: needs a slope for each kink")
        if name in self._records:
            raise ValueError(f"{name}: the name is taken")
        self._records[name] = record
