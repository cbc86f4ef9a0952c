"""Functions of named arrays with their backward pass: losses, layers, prox operators, steps."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from derivref.records.arrays import Argument
from derivref.records.base import Function, Parameter, Record


@dataclass(frozen=True, kw_only=True)
class Operator(Record):
    """A function of named array arguments, with the derivative that a backward pass needs.

    `f` takes the arrays in the order of `arguments`, then the parameters as keywords. `backward` is
    ``vjp_<name>(cotangent, *arrays, **parameters)``, which returns the cotangents of the
    differentiable arguments (one array, or a tuple in signature order), or, where the value is a
    single number as for a loss, ``d_<name>(*arrays, **parameters)``, its gradient: the vjp is then
    derived from it.
    """

    kind: ClassVar[str] = "operator"

    f: Function
    backward: Function
    arguments: Mapping[str, Argument]
    output: str  # the shape of the value, in the axes of the arguments: "(..., n)"
    formula: str  # TeX of the value
    slope: str  # TeX of the gradient or the vjp, with \bar y for the cotangent
    where: Mapping[str, str] = field(default_factory=dict)  # TeX of abbreviations and what they are
    takes: Mapping[str, Parameter] = field(default_factory=dict)
    exact: Function | None = None  # exact(m, *lists), without leading axes, m like mpmath
    usual: str = ""  # the form of tutorials, a NumPy expression in the arguments
    tied: str = ""  # where there is no derivative and what is returned there, a plain sentence
    kept: str  # what the backward pass needs from the forward one, a plain sentence
    cost: str  # operations and memory beside the forward pass, a plain sentence
    frameworks: Mapping[str, str] = field(default_factory=dict)
    example: str  # the last lines of the snippet; prints, then asserts
    promise: float = 32.0  # largest error of value and vjp, in eps of their largest component
    empty: bool = True  # whether axes of length 0 have a value

    @classmethod
    def build(cls, family: str, f: Function, backward: Function, **facts: Any) -> "Operator":
        """Return the record of a function of arrays with its backward pass.

        Parameters
        ----------
        family : str
            Name of its family.
        f, backward : callable
            The code of the value and of the backward pass.
        **facts
            The other fields of `Operator`.

        Returns
        -------
        Operator
            The record.

        Raises
        ------
        ValueError
            If the names do not match, f has no docstring, or the signatures do not fit `arguments`
            and `takes`.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        name = f.__name__
        record = cls(family=family, name=name, f=f, backward=backward, **facts)
        for fault in record._faults():
            raise ValueError(f"{name}: {fault}")
        return record

    def _faults(self) -> Iterator[str]:
        name, got = self.name, self.backward.__name__
        if got not in (f"vjp_{name}", f"d_{name}"):
            yield f"the backward pass must be called `vjp_{name}` or `d_{name}`, got `{got}`"
        if not self.summary.endswith("."):
            yield "the docstring must begin with a full sentence"
        given = list(inspect.signature(self.f).parameters.values())
        names = [*self.arguments, *self.takes]
        if [p.name for p in given] != names:
            yield f"`{name}` takes {[p.name for p in given]}, `arguments` and `takes` name {names}"
        back = list(inspect.signature(self.backward).parameters)
        if back != [*([] if self.gradient else ["cotangent"]), *names]:
            yield f"`{got}` must take {'' if self.gradient else '`cotangent` and '}{names}"
        if any(p.default is p.empty for p in given[len(self.arguments) :]):
            yield "every parameter beside the arrays needs a default"
        if not any(a.differentiable for a in self.arguments.values()):
            yield "no argument is differentiable"

    @property
    def gradient(self) -> bool:
        """Whether the backward pass is given as a gradient, ``d_<name>``."""
        return self.backward.__name__.startswith("d_")

    @property
    def summary(self) -> str:
        """The first line of the docstring of f."""
        return (inspect.getdoc(self.f) or "").partition("\n")[0]

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters beside the arrays and their defaults, from the signature of f."""
        rest = list(inspect.signature(self.f).parameters.values())[len(self.arguments) :]
        return {p.name: p.default for p in rest}

    @property
    def differentiable(self) -> list[str]:
        """The arguments that have a cotangent, in order."""
        return [n for n, a in self.arguments.items() if a.differentiable and not a.integer]

    @property
    def functions(self) -> tuple[Function, Function]:
        """The code of the value and of the backward pass, as it is copied."""
        return self.f, self.backward

    def vjp(self, cotangent: Any, *arrays: Any, **parameters: Any) -> tuple[Any, ...]:
        """Return the cotangents of the differentiable arguments, always as a tuple.

        Parameters
        ----------
        cotangent : array
            That of the value, in its shape.
        *arrays : array
            The arguments, in order.
        **parameters : float
            The parameters, by name.

        Returns
        -------
        tuple of arrays
            One for each differentiable argument, in its shape.
        """
        if self.gradient:
            slopes = self.backward(*arrays, **parameters)
            slopes = slopes if isinstance(slopes, tuple) else (slopes,)
            return tuple(cotangent * slope for slope in slopes)
        found = self.backward(cotangent, *arrays, **parameters)
        return found if isinstance(found, tuple) else (found,)
