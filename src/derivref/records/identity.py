"""Statements that two sides are equal, that hold under hypotheses or fail at a counterexample."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from derivref.records.arrays import Argument
from derivref.records.base import Function, Record

Side = str | Function


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A worked example of an identity between formulas: another left and right side."""

    left: str
    right: str
    domain: str = "x in R"
    given: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity(Record):
    """An equation between two sides, with typed variables and hypotheses.

    A side is a formula in the language of proofs (in the symbols of `domain` and the undefined
    functions of `functions`), or, for arrays, a function of the variables. Where `holds` is false
    the statement is one that people make and that fails: `counterexample` gives the variables at
    which the sides differ (integers, in formulas).
    """

    kind: ClassVar[str] = "identity"

    left: Side
    right: Side
    holds: bool = True
    needs: str  # the hypotheses, Markdown: "*f* and *g* differentiable at *x*"
    without: str = ""  # what happens without one of them, Markdown
    functions: str = ""  # "f, g": differentiable and otherwise unknown
    domain: str = "x in R"
    given: str = ""  # conditions in the language: "g(x) != 0"
    variables: Mapping[str, Argument] = field(default_factory=dict)  # of arrays
    statement: str = ""  # TeX, where it is not made from the sides
    counterexample: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Instance, ...] = ()
    proof: str = ""  # the id of a derivation
    formal: str = ""  # the theorem's name in Mathlib
    promise: float = 1e3  # of arrays: largest difference of the sides, in eps of the larger

    @classmethod
    def build(cls, family: str, **facts: Any) -> "Identity":
        """Return the record of a statement.

        Parameters
        ----------
        family : str
            Name of its family.
        **facts
            The fields of `Identity`.

        Returns
        -------
        Identity
            The record.

        Raises
        ------
        ValueError
            If one side is a formula and the other a function, the functions do not take the
            variables, an equation of arrays has no statement, or a statement that fails has no
            counterexample.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        record = cls(family=family, **facts)
        for fault in record._faults():
            raise ValueError(f"{record.name}: {fault}")
        return record

    def _faults(self) -> Iterator[str]:
        if isinstance(self.left, str) != isinstance(self.right, str):
            yield "both sides must be formulas, or both functions"
        for side in (self.left, self.right):
            if isinstance(side, str):
                continue
            taken = list(inspect.signature(side).parameters)
            if taken != list(self.variables):
                yield f"a side takes {taken}, `variables` are {list(self.variables)}"
            if not self.statement:
                yield "an equation of arrays needs its `statement` in TeX"
        if not self.holds and not self.counterexample:
            yield "a statement that fails needs a `counterexample`: {variable: value}"
        if self.holds and self.counterexample:
            yield "a `counterexample` belongs to a statement that fails: add `holds=False`"

    @property
    def symbolic(self) -> bool:
        """Whether the sides are formulas of the language of proofs."""
        return isinstance(self.left, str)

    def derivation(self) -> str:
        """Return an equation of formulas as a derivation of one step."""
        return _text(self.name, self.functions, self.domain, self.given, self.left, self.right)

    def at_counterexample(self) -> str:
        """Return an equation of formulas as a claim about the counterexample alone."""
        domain = ", ".join(f"{name} in {{{value}}}" for name, value in self.counterexample.items())
        return _text(self.name, self.functions, domain, self.given, self.left, self.right)

    def example(self, instance: Instance) -> str:
        """Return a worked example as a derivation of one step.

        Parameters
        ----------
        instance : Instance
            One of `examples`.

        Returns
        -------
        str
            The text of a `derivation` fence.
        """
        return _text(self.name, "", instance.domain, instance.given, instance.left, instance.right)


def _text(name: str, functions: str, domain: str, given: str, left: Side, right: Side) -> str:
    heads = (("functions", functions), ("domain", domain), ("given", given))
    lines = [f"id: {name.replace('_', '-')}", *(f"{key}: {value}" for key, value in heads if value)]
    return "\n".join([*lines, f"{left}", f"{right} | the statement"]) + "\n"
