"""Questions whose answer is a formula, with a solution that is a derivation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from derivref.records.base import Record

LEVELS = ("warm-up", "standard", "hard")


@dataclass(frozen=True, kw_only=True)
class Exercise(Record):
    """A question: find `answer`, equal to `problem`; the solution leads from one to the other.

    `problem` and `answer` are formulas in the language of proofs; `solution` holds lines
    ``formula | reason``, the last of which is the answer.
    """

    kind: ClassVar[str] = "exercise"

    question: str  # Markdown, one or two sentences
    problem: str  # "Derivative(x**2*exp(x), x)"
    answer: str  # in one place: page, test and the answer box derive from it
    solution: str
    level: str
    hint: str
    domain: str = "x in R"
    given: str = ""
    limit: str = ""  # "h -> 0": lines of the solution stand under this limit
    mistakes: tuple[tuple[str, str], ...] = ()  # wrong answers that people give, and what they are

    @classmethod
    def build(cls, family: str, **facts: Any) -> "Exercise":
        """Return the record of an exercise.

        Parameters
        ----------
        family : str
            Name of its family.
        **facts
            The fields of `Exercise`.

        Returns
        -------
        Exercise
            The record.

        Raises
        ------
        ValueError
            If the level is unknown or the last line of the solution is not the answer.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        record = cls(family=family, **facts)
        for fault in record._faults():
            raise ValueError(f"{record.name}: {fault}")
        return record

    def _faults(self) -> Iterator[str]:
        if self.level not in LEVELS:
            yield f"`level` must be one of {', '.join(LEVELS)}, got `{self.level}`"
        lines = [line.partition("|")[0].strip() for line in self.solution.strip().splitlines()]
        if not lines or lines[-1] != self.answer:
            last = lines[-1] if lines else ""
            yield f"the solution must end in the answer `{self.answer}`, got `{last}`"
        if not re.fullmatch(r"[a-z]\w*", self.name):
            yield "`name` must be snake case"

    def derivation(self) -> str:
        """Return the solution as a derivation that begins with the problem."""
        given = f"given: {self.given}\n" if self.given else ""
        limit = f"limit: {self.limit}\n" if self.limit else ""
        head = f"id: {self.name.replace('_', '-')}\ndomain: {self.domain}\n{given}{limit}"
        return f"{head}{self.problem}\n{self.solution.strip()}\n"

    def claim(self, formula: str) -> str:
        """Return the claim that a formula is the answer, as a derivation of one step.

        Parameters
        ----------
        formula : str
            What is claimed to be the answer.

        Returns
        -------
        str
            The text of a `derivation` fence.
        """
        given = f"given: {self.given}\n" if self.given else ""
        head = f"id: {self.name.replace('_', '-')}\ndomain: {self.domain}\n{given}"
        return f"{head}{self.problem}\n{formula} | the answer\n"
