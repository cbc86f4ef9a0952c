"""The functions of whole arrays that both modes know, each with cases that tests can draw."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivref.autodiff.trace import CALLED, RULES, Array

Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]

# Parameters whose name in an old NumPy was another: `shape` of reshape, before 2.1.
RENAMED = {"newshape": "shape"}


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw standard normal numbers."""
    return rng.normal(size=shape)


@dataclass(frozen=True)
class Case:
    """Arguments of a function: the shapes of the arrays, how they are drawn and passed."""

    shapes: tuple[tuple[int, ...], ...]
    call: Callable[..., Array]  # (function, *arrays) -> array
    draw: Draw = normal
    since: str = "2.0"  # the first NumPy that takes these arguments

    @property
    def known(self) -> bool:
        """Whether the NumPy that is installed takes these arguments."""
        return np.lib.NumpyVersion(np.__version__) >= f"{self.since}.0"

    def arrays(self, rng: np.random.Generator) -> list[Array]:
        """Return arrays to differentiate in."""
        return [self.draw(rng, s) for s in self.shapes]


def case(
    *shapes: tuple[int, ...],
    draw: Draw = normal,
    call: Callable[..., Array] | None = None,
    since: str = "2.0",
    **params: Any,
) -> Case:
    """Return a case that passes arrays of these shapes, and the parameters as they are."""
    return Case(shapes, call or (lambda f, *xs: f(*xs, **params)), draw, since)


@dataclass(frozen=True)
class Function:
    """A function of NumPy, the same for traced arrays, and the cases that it is tested with."""

    function: Callable[..., Any]
    rule: Callable[..., Any]
    cases: tuple[Case, ...]
    kinks: str

    @property
    def name(self) -> str:
        """The name that a user writes after `np.`, as `add.reduce` or `linalg.inv`."""
        owner = getattr(self.function, "__self__", None)
        if isinstance(owner, np.ufunc):
            return f"{owner.__name__}.{self.function.__name__}"
        module = getattr(self.function, "__module__", "")  # a ufunc of older NumPy has none
        package = "linalg." if module == "numpy.linalg" else ""
        return f"{package}{self.function.__name__}"

    @property
    def subject(self) -> str:
        """The module of the rule."""
        return self.rule.__module__.rpartition(".")[2]


#: All of them in order of definition.
FUNCTIONS: dict[Any, Function] = {}

INSTEAD = {
    "dtype": "use `.astype(dtype)`",
    "out": "use the array that is returned",
    "where": "use `np.where`",
    "initial": "put it beside the result",
}


def refusal(function: str, *names: str) -> str:
    """Return the message for parameters that a rule does not take."""
    name = min(names)
    hint = INSTEAD.get(name, "leave it out")
    return f"`{function}` of a traced array takes no `{name}`: {hint}"


def implements(
    function: Callable[..., Any],
    *cases: Case,
    kinks: str = "",
    also: tuple[Callable[..., Any], ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the rule of a NumPy function.

    Parameters
    ----------
    function, also
        NumPy's function, and others that are the same.
    *cases
        At least one; the tests run each in both modes.
    kinks
        The points without a slope and the value returned there.
    """

    def register(rule: Callable[..., Any]) -> Callable[..., Any]:
        if not cases:
            raise ValueError(f"`{function.__name__}` must have a case to be tested with")
        for f in (function, *also):
            RULES[f] = _named(f.__name__, _checked(f, rule))
        FUNCTIONS[function] = Function(function, rule, cases, kinks)
        return rule

    return register


def _named(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule, known by NumPy's name while the primitives inside it are recorded."""

    def named(*args: Any, **kwargs: Any) -> Any:
        before = CALLED[0]
        CALLED[0] = before or name
        try:
            return rule(*args, **kwargs)
        finally:
            CALLED[0] = before

    return named


def _checked(function: Callable[..., Any], rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rule behind NumPy's signature: what it does not take is refused by name.

    The rule calls its parameters as NumPy does; a parameter with NumPy's own default is no reason
    to refuse.
    """
    takes = inspect.signature(rule).parameters
    kinds = {p.kind for p in takes.values()}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return rule
    takes_any = inspect.Parameter.VAR_KEYWORD in kinds
    try:
        known = inspect.signature(function)
    except ValueError:  # written in C, without a signature
        known = inspect.signature(rule)
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in known.parameters.values()):
        known = inspect.signature(rule)  # somebody's wrapper of such a function
    pairs = zip(takes, known.parameters, strict=False)
    leading = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(takes), 99))

    def checked(*args: Any, **kwargs: Any) -> Any:
        if len(args) <= leading and (takes_any or kwargs.keys() <= takes.keys()):
            return rule(*args, **kwargs)
        given = known.bind(*args, **kwargs).arguments
        passed: dict[str, Any] = {}
        for name, value in given.items():
            if known.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                passed.update(value)
            else:
                passed[RENAMED.get(name, name)] = value
        for name in [n for n in passed if n not in takes and not takes_any]:
            value = passed.pop(name)
            if name not in known.parameters or value is not known.parameters[name].default:
                raise TypeError(refusal(function.__name__, name))
        return rule(**passed)

    return checked
