"""Functions of named arrays with their backward pass: losses, layers, prox operators, steps."""

import inspect
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from derivref.records.arrays import Argument, axis_faults, computed, parts
from derivref.records.base import Function, Option, Parameter, Record


@dataclass(frozen=True, kw_only=True)
class Operator(Record):
    """A function of named array arguments, with the derivative that a backward pass needs.

    `f` takes the arrays in the order of `arguments`, then the parameters as keywords. `backward` is
    ``vjp_<name>(cotangent, *arrays, **parameters)``, which returns the cotangents of the
    differentiable arguments (one array, or a tuple in signature order), or, where the value is a
    single number as for a loss, ``d_<name>(*arrays, **parameters)``, its gradient: the vjp is then
    derived from it. Where the options of a loss ask for one value for each example, the gradient is
    that of each value, and the derived vjp weights it along the axes that the value has.

    `exact` is the value once more, ``exact(m, *lists, **parameters)``: written without NumPy, on
    nested lists of the numbers of ``m`` (mpmath, or what has its functions), of one example if
    there are leading axes. Where there is no such form, it is a text that says why.
    """

    kind: ClassVar[str] = "operator"

    f: Function
    backward: Function
    arguments: Mapping[str, Argument]
    # The shape of the value in the axes of the arguments and whole parameters, "(..., n - k + 1)";
    # a tuple of them where there are several values; a function of the parameters if it varies.
    output: str | tuple[str, ...] | Function
    formula: str  # TeX of the value
    slope: str  # TeX of the gradient or the vjp, with \bar y for the cotangent
    where: Mapping[str, str] = field(default_factory=dict)  # TeX of abbreviations and what they are
    takes: Mapping[str, Parameter | Option] = field(default_factory=dict)
    exact: Function | str
    sizes: Mapping[str, int] = field(default_factory=dict)  # lengths of axes at which it is tried
    wide: tuple[
        str, ...
    ] = ()  # axes of which one entry alone leaves no digit of the slope to compare
    usual: str = ""  # the form of tutorials, a NumPy expression in the arguments
    tied: str = ""  # where there is no derivative and what is returned there, a plain sentence
    kept: str  # what the backward pass needs from the forward one, a plain sentence
    cost: str  # operations and memory beside the forward pass, a plain sentence
    frameworks: Mapping[str, str] = field(default_factory=dict)
    example: str  # the last lines of the snippet; prints, then asserts
    promise: float = 32.0  # largest error of value and vjp, in eps of their largest component
    empty: bool | tuple[str, ...] = True  # whether axes of length 0 have a value, or which
    # How far from 0 the numbers of arguments without a bound are tried; the value is to be right.
    reach: float = 1e3

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
        for p in given[len(self.arguments) :]:
            parameter = self.takes.get(p.name)
            if parameter and p.default is not p.empty and not parameter.admits(p.default):
                yield f"the default of `{p.name}` must be {parameter.constraint}, got {p.default}"
        for name, argument in self.arguments.items():
            yield from (f"argument `{name}`: {fault}" for fault in argument.faults())
            axes = {a for other in self.arguments.values() for a in other.axes}
            if argument.below and argument.below not in axes:
                yield f"argument `{name}`: `below` is `{argument.below}`, which is no axis"
            default = inspect.signature(self.f).parameters[name].default
            if argument.optional and default is not None:
                yield f"`{name}` is optional: give it the default None"
            if not argument.optional and default is not inspect.Parameter.empty:
                yield f"`{name}` has a default: say `optional=True`, or move it to `takes`"
        for name, option in self.takes.items():
            if isinstance(option, Option) and not all(map(option.admits, option.values)):
                yield f"`values` of `{name}` must be {option.constraint}, got {option.values}"
        if isinstance(self.empty, tuple) and (unknown := set(self.empty) - self.axes):
            yield f"`empty` has `{min(unknown)}`, which is no axis of the arguments"
        if unknown := self.sizes.keys() - self.axes:
            yield f"`sizes` has `{min(unknown)}`, which is no axis of the arguments"
        if unknown := set(self.wide) - self.axes:
            yield f"`wide` has `{min(unknown)}`, which is no axis of the arguments"
        for parameters in self.settings():
            for shape in self.outputs(parameters):
                yield from axis_faults("output", shape, self.axes | self.whole, every=True)
        if isinstance(self.exact, str):
            if not self.exact.strip():
                yield "`exact` must be a function, or say why there is none"
        elif (taken := list(inspect.signature(self.exact).parameters)) != ["m", *names]:
            yield f"`exact` must take {['m', *names]}, got {taken}"
        if not self.differentiable:
            yield "no argument is differentiable"

    @property
    def axes(self) -> set[str]:
        """The names of the axes of all arguments."""
        return {a for arg in self.arguments.values() for a in arg.axes if not a.isdigit()}

    @property
    def whole(self) -> set[str]:
        """The parameters that are whole numbers, which may stand in the shape of the value."""
        return {n for n, p in self.takes.items() if isinstance(p, Option) and p.low is not None}

    def settings(self) -> Iterator[dict[str, Any]]:
        """Yield the parameters that the checks try: the defaults, then every value of each option.

        A real parameter has two more values, all of them at once: a backward pass that ignores one
        is seen.

        Yields
        ------
        dict
            What differs from the defaults; empty first.
        """
        yield {}
        seen: list[dict[str, Any]] = []
        options = {n: p for n, p in self.takes.items() if isinstance(p, Option)}
        for values in itertools.product(*(p.values for p in options.values())):
            chosen = dict(zip(options, values, strict=True))
            seen.append({n: v for n, v in chosen.items() if v != self.parameters[n]})
        for factor, step in ((1.5, 0.25), (0.5, -0.25)):
            found: dict[str, Any] = {}
            for name, p in self.takes.items():
                if isinstance(p, Option):
                    continue
                at = self.parameters[name]
                tried = (v for v in (factor * at, at + step) if v != at and p.admits(v))
                if (other := next(tried, None)) is not None:
                    found[name] = other
            seen.append(found)
        yield from (s for k, s in enumerate(seen) if s and s not in seen[:k])

    def outputs(self, parameters: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the shapes of the values, one for each.

        Parameters
        ----------
        parameters : mapping, optional
            Those that differ from the defaults.

        Returns
        -------
        tuple of str
            As they are written.
        """
        found = self.output
        if callable(found):
            found = found(**{**self.parameters, **(parameters or {})})
        return found if isinstance(found, tuple) else (found,)

    @property
    def several(self) -> bool:
        """Whether the value is a tuple of arrays."""
        return len(self.outputs()) > 1

    def shape(
        self, given: Mapping[str, tuple[int, ...]], parameters: Mapping[str, Any]
    ) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the values for the shapes of the arguments.

        Parameters
        ----------
        given : mapping of str to tuple of int
            The shape of each argument.
        parameters : mapping
            Those that differ from the defaults.

        Returns
        -------
        tuple of tuples of int
            One for each value.
        """
        sizes: dict[str, int] = {n: int(self.parameters[n]) for n in self.whole}
        sizes |= {n: int(parameters[n]) for n in self.whole & parameters.keys()}
        batch: tuple[int, ...] = ()
        for name, shape in given.items():
            axes = self.arguments[name].axes
            sizes |= dict(zip(axes, shape[len(shape) - len(axes) :], strict=True))
            if self.arguments[name].batched:
                batch = shape[: len(shape) - len(axes)]
        return tuple(
            tuple(
                length
                for part in parts(text)
                for length in (batch if part == "..." else (computed(part, sizes),))
            )
            for text in self.outputs(parameters)
        )

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
        return [n for n, a in self.arguments.items() if a.slopes]

    @property
    def functions(self) -> tuple[Function, Function]:
        """The code of the value and of the backward pass, as it is copied."""
        return self.f, self.backward

    def vjp(self, cotangent: Any, *arrays: Any, **parameters: Any) -> tuple[Any, ...]:
        """Return the cotangents of the differentiable arguments, always as a tuple.

        Parameters
        ----------
        cotangent : array, or tuple of arrays
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
            return tuple(
                np.reshape(
                    cotangent, np.shape(cotangent) + (1,) * (np.ndim(s) - np.ndim(cotangent))
                )
                * s
                for s in slopes
            )
        found = self.backward(cotangent, *arrays, **parameters)
        return found if isinstance(found, tuple) else (found,)
