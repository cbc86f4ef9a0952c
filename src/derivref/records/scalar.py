"""Functions of one real variable, with their first and second derivative."""

import ast
import inspect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from derivref.records.base import Function, Parameter, Record, number

OSCILLATES = "oscillates"
"""A limit that does not exist because values recur for ever."""
ORDERS = ("f", "d", "d2")
"""The fields that hold f, f′ and f″, and their keys in the export."""
LINES = 10
"""How long a plain form may be, beside imports and blank lines."""
WIDTH = 68
"""How many characters a line of a plain form may have."""


@dataclass(frozen=True, kw_only=True)
class Kink:
    """A point where the one-sided slopes of f differ, and the slope that `d_f` returns there.

    Both may be expressions in the parameters, such as ``"-threshold"``.
    """

    at: float | str
    slope: float | str
    why: str  # a plain sentence
    smooth: Mapping[str, float] = field(default_factory=dict)  # parameters without this kink


@dataclass(frozen=True, kw_only=True)
class Corner:
    """A kink at given parameters: its place and the slope returned there, as numbers."""

    at: float
    slope: float
    why: str


Limit = float | str  # a number, an expression in the parameters, or OSCILLATES


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What f, f′ and f″ tend to at the lower and the upper end of the domain.

    Each is a number, ±inf, an expression in the parameters, or ``"oscillates"``.
    """

    f: tuple[Limit, Limit]
    d: tuple[Limit, Limit]
    d2: tuple[Limit, Limit]


@dataclass(frozen=True, kw_only=True)
class Tutorial:
    """The formulas that tutorials print, as NumPy expressions in x, to be measured beside ours."""

    f: str
    d: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """Parameters other than the default, with what changes for them beside the kinks.

    The tests check it like the entry itself: no claim about a parameter goes untried.
    """

    parameters: Mapping[str, float]
    domain: tuple[float, float] = (-math.inf, math.inf)
    excluded: tuple[str, ...] = ()
    limits: Limits | None = None  # those of the entry, whose expressions follow the parameters


@dataclass(frozen=True)
class Partial:
    """The derivative of f in one of its parameters, ``d_<name>_<parameter>``, and what it needs.

    The code takes x and the parameters, as f does.
    """

    code: Function
    form: str = ""  # how people write it, in x and the parameters
    domain: tuple[float, float] = (-math.inf, math.inf)  # where it exists, within that of f


Order = int | str
"""Which derivative: 0, 1, 2 for f, f′, f″, or the parameter in which f is differentiated."""


@dataclass(frozen=True, kw_only=True)
class Scalar(Record):
    """A function of one real variable, elementwise on arrays, with its first and second derivative.

    `expr` and the arithmetic of `f`, `d`, `d2` are written independently and compared by the tests.
    Parameters other than x are keywords of `f` with a default, and free symbols of `expr` by the
    same name; each has a `Parameter` in `takes`, and its derivative, if the code has one, a
    `Partial` in `partials`. A function of two arguments is one of x whose other argument is a
    parameter, with ``argument=True``. Whatever can be computed (extremes of the slope,
    zeros, LaTeX) is not stored.

    `f`, `d`, `d2` are what a reader copies: compositions of NumPy and SciPy ufuncs on floating
    arrays. The family's public names are `derivref.records.public` around them.

    The preferred forms may use, beside SymPy's functions, ``sigma`` (logistic), ``Phi`` and ``phi``
    (normal distribution and density), ``softplus``, and ``log(x, a)`` for another base; each is
    tested equal to `expr` or its derivative.

    `plain` is the form that most readers want: imports, then `<name>`, `d_<name>` and `d2_<name>`
    in at most `LINES` lines of `WIDTH` characters, NumPy and SciPy only, without docstrings. What
    its shortness costs is measured by `derivref.verify.plain` and stands below it on the page.
    """

    kind: ClassVar[str] = "scalar"

    f: Function
    d: Function
    d2: Function
    expr: str  # SymPy, in x and the parameters
    form: str = ""  # preferred form of f where `expr` is not how people write it
    derivative: str = ""  # the same for f′
    second: str = ""  # the same for f″
    where: Mapping[str, str] = field(default_factory=dict)  # names that those forms abbreviate
    takes: Mapping[str, Parameter] = field(default_factory=dict)
    domain: tuple[float, float] = (-math.inf, math.inf)  # open interval at default parameters
    excluded: tuple[str, ...] = ()  # poles inside the domain, SymPy constants such as "pi/2"
    period: str = ""  # SymPy constant; poles repeat with it
    limits: Limits
    kinks: tuple[Kink, ...] = ()
    partials: Mapping[str, Partial] = field(default_factory=dict)  # by parameter
    related: tuple[str, ...] = ()  # names of neighbours, beside those in the relations
    relations: tuple[str, ...] = ()  # equations between functions: "tanh(x) = 2*sigma(2*x) - 1"
    cases: tuple[Case, ...] = ()
    frameworks: Mapping[str, str] = field(default_factory=dict)  # {"PyTorch": "torch.nn.GELU()"}
    plain: str = ""  # the short program: imports, f, f′, f″; blank if the code is as short
    tutorial: Tutorial
    example: str  # the last lines of the snippet; prints, then asserts
    promise: float = 8.0  # largest error of f, f′ and f″ in ULP, away from their zeros
    analytic: bool = False  # the code is its own continuation: complex numbers are taken

    @classmethod
    def build(cls, family: str, f: Function, d: Function, d2: Function, **facts: Any) -> "Scalar":
        """Return the record of a function with its derivatives and what the code cannot say.

        Parameters
        ----------
        family : str
            Name of its family.
        f, d, d2 : callable
            The code of f, f′ and f″.
        **facts
            The other fields of `Scalar`.

        Returns
        -------
        Scalar
            The record.

        Raises
        ------
        ValueError
            If the names do not match, f has no docstring, a parameter has no default, no sentence
            or is not shared by all three, a kink lies outside the domain, a relation is no
            equation, or a case does not fit the entry.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        name = f.__name__
        for got, want in ((d.__name__, f"d_{name}"), (d2.__name__, f"d2_{name}")):
            if got != want:
                raise ValueError(f"{name}: the derivative must be called `{want}`, got `{got}`")
        record = cls(family=family, name=name, f=f, d=d, d2=d2, **facts)
        try:
            fault = next(record._faults(), "")
        except (ValueError, ZeroDivisionError) as error:  # a limit or kink that has no value
            fault = str(error)
        if fault:
            raise ValueError(f"{name}: {fault}")
        return record

    def _faults(self) -> Iterator[str]:
        if not self.summary.endswith("."):
            yield "the docstring must begin with a full sentence"
        for p in self.codes.values():
            rest = list(inspect.signature(p).parameters.values())[1:]
            if any(q.default is q.empty for q in rest):
                yield "every parameter beside x needs a default"
            if {q.name: q.default for q in rest} != self.parameters:
                yield f"`{p.__name__}` must share the parameters of `{self.name}`"
        for name, found in self.partials.items():
            if name not in self.parameters:
                yield f"`partials` has `{name}`, which is no parameter"
            if (got := found.code.__name__) != (want := f"d_{self.name}_{name}"):
                yield f"the derivative in `{name}` must be called `{want}`, got `{got}`"
        for name in self.seconds:
            if name not in self.partials:
                yield f"an argument needs its derivative: `partials={{{name!r}: Partial(...)}}`"
        for name, value in self.parameters.items():
            if name not in self.takes:
                yield f'say what `{name}` is: `takes={{"{name}": Parameter(says="the ...")}}`'
            elif not self.takes[name].admits(value):
                yield f"the default of `{name}` must be {self.takes[name].constraint}, got {value}"
        if unknown := self.takes.keys() - self.parameters.keys():
            yield f"`takes` has `{min(unknown)}`, which is no parameter"
        constants = {**{f"`excluded` has {p!r}": p for p in self.excluded}, "`period`": self.period}
        for what, text in constants.items():
            try:
                value = number(text, {}) if text else 1.0
            except ValueError as error:
                yield f"{what}, which must be a constant such as 'pi/2': {error}"
                continue
            if not math.isfinite(value) or (what == "`period`" and value <= 0):
                yield f"{what} must be a finite constant" + " above 0" * (what == "`period`")
        low, high = self.domain
        if not low < high:
            yield f"the domain must go from a lower to a higher end, got {self.domain}"
        for corner in self.corners:
            if not low < corner.at < high:
                yield f"the kink at {corner.at} lies outside the domain"
        for relation in self.relations:
            if relation.count(" = ") != 1:
                yield f"the relation `{relation}` must be an equation, ` = `"
        for case in self.cases:
            if unknown := case.parameters.keys() - self.parameters.keys():
                yield f"case: `{min(unknown)}` is no parameter"
        _ = self.ends  # raises for an expression that cannot be read
        if self.plain:
            yield from self._plain_faults()

    def _plain_faults(self) -> Iterator[str]:
        """Say what the plain form has too much of, or lacks."""
        try:
            body = ast.parse(self.plain).body
        except SyntaxError as error:
            yield f"`plain` is no Python, line {error.lineno}: {error.msg}"
            return
        imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
        for node in imports:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
            for module in names:
                if (module or "").split(".")[0] not in ("numpy", "scipy", "math"):
                    yield f"`plain` may import NumPy, SciPy and math, got `{module}`"
        lines = {k for n in imports for k in range(n.lineno, (n.end_lineno or n.lineno) + 1)}
        text = self.plain.splitlines()
        long = [k for k, line in enumerate(text, 1) if line.strip() and k not in lines]
        if len(long) > LINES:
            yield f"`plain` must have at most {LINES} lines beside imports, got {len(long)}"
        for line in text:
            if len(line) > WIDTH:
                yield f"`plain`: {len(line)} characters, more than {WIDTH}: `{line.strip()}`"
        found = {n.name: n for n in body if isinstance(n, ast.FunctionDef)}
        for function in self.functions:
            name = function.__name__
            if name not in found:
                yield f"`plain` must define `{name}`"
                continue
            if ast.get_docstring(found[name]):
                yield f"`plain`: `{name}` needs no docstring"
            want = ", ".join(["x", *(f"{k}={v!r}" for k, v in self.parameters.items())])
            got = ast.unparse(found[name].args)
            # A default may be written as a fraction: 1 / 3.
            given: dict[str, Any] = eval(f"dict({got.removeprefix('x').lstrip(', ')})", {})
            if not got.startswith("x") or list(given.items()) != list(self.parameters.items()):
                yield f"`plain`: `{name}` must take `{want}`, got `{got}`"

    @property
    def functions(self) -> tuple[Function, Function, Function]:
        """The code of f, f′ and f″."""
        return self.f, self.d, self.d2

    @property
    def codes(self) -> dict[Order, Function]:
        """All code: of f, f′, f″ under 0, 1, 2, and of the other derivatives by parameter."""
        return {**dict(enumerate(self.functions)), **{n: p.code for n, p in self.partials.items()}}

    def form_of(self, n: Order) -> str:
        """Return how people write a derivative, "" where that is not stated.

        Parameters
        ----------
        n : int or str
            0, 1, 2 for f, f′, f″; or a parameter.

        Returns
        -------
        str
            In x, the parameters and the names of `where`.
        """
        if isinstance(n, str):
            return self.partials[n].form
        return (self.form, self.derivative, self.second)[n]

    def domain_of(self, n: Order) -> tuple[float, float]:
        """Return the open interval on which a derivative exists, but for kinks and poles.

        Parameters
        ----------
        n : int or str
            0, 1, 2 for f, f′, f″; or a parameter.

        Returns
        -------
        tuple of two floats
            That of f for f, f′, f″.
        """
        low, high = self.domain
        if isinstance(n, str):
            low, high = max(low, self.partials[n].domain[0]), min(high, self.partials[n].domain[1])
        return low, high

    @property
    def summary(self) -> str:
        """The first line of the docstring of f."""
        return (inspect.getdoc(self.f) or "").partition("\n")[0]

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters beside x and their defaults, from the signature of f."""
        rest = list(inspect.signature(self.f).parameters.values())[1:]
        return {p.name: p.default for p in rest}

    @property
    def seconds(self) -> list[str]:
        """The parameters that are arguments beside x, such as the *y* of a hypotenuse."""
        return [name for name, p in self.takes.items() if p.argument]

    @property
    def symbols(self) -> dict[str, str]:
        """How formulas write the parameters that they do not write by their own name."""
        return {name: p.symbol for name, p in self.takes.items() if p.symbol}

    @property
    def corners(self) -> tuple[Corner, ...]:
        """The kinks, as numbers at the parameters' values."""
        at = self.parameters
        return tuple(
            Corner(at=number(k.at, at), slope=number(k.slope, at), why=k.why)
            for k in self.kinks
            if not k.smooth or any(at[name] != value for name, value in k.smooth.items())
        )

    @property
    def ends(self) -> dict[str, tuple[float, float]]:
        """The limits of f, f′ and f″ as numbers at the parameters' values; nan: oscillates."""

        def value(limit: Limit) -> float:
            return math.nan if limit == OSCILLATES else number(limit, self.parameters)

        return {
            order: (value(pair[0]), value(pair[1]))
            for order, pair in zip(
                ORDERS, (self.limits.f, self.limits.d, self.limits.d2), strict=True
            )
        }

    def case(self, case: Case) -> "Scalar":
        """Return the same entry with the parameters, domain and limits of `case` as its own.

        Parameters
        ----------
        case : Case
            One of `cases`.

        Returns
        -------
        Scalar
            A record without cases.
        """
        f, d, d2 = (partial(g, **case.parameters) for g in self.functions)
        partials = {
            name: replace(p, code=partial(p.code, **case.parameters))
            for name, p in self.partials.items()
        }
        return replace(
            self,
            f=f,
            d=d,
            d2=d2,
            partials=partials,
            domain=case.domain,
            excluded=case.excluded,
            limits=case.limits or self.limits,
            cases=(),
        )
