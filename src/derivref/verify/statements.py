"""The checks of identities and exercises: formulas by the judge of proofs, arrays on instances."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from derivref.derivation import DerivationError, parse
from derivref.derivation import check as check_derivation
from derivref.oracle import Check
from derivref.records import Exercise, Identity
from derivref.records.arrays import instances
from derivref.verify.kinds import checks, facts

SEED = 0
DRAWS = 10  # of every shape


def _claimed(method: str, text: str, what: str) -> Check:
    """Judge a derivation; its steps are one check."""
    try:
        _, steps = check_derivation(text)
    except DerivationError as error:
        return Check(method, 0, "", False, str(error))
    proved = all(step.kind == "symbolic" for step in steps)
    points = sum(step.points for step in steps)
    worst = max(step.discrepancy for step in steps)
    kind = "symbolic" if proved else "by values"
    return Check(f"{method}, {kind}", points, f"{worst:.1e}" if worst else "0", True, what)


def _refuted(method: str, text: str, what: str) -> Check:
    """Judge a claim that is to fail: both sides must have values, and these must differ.

    A claim that cannot be read, or has no value, is refuted by nothing.
    """
    try:
        parse(text)
        check_derivation(text)
    except DerivationError as error:
        differ = " is wrong at " in str(error)
        return Check(method, 1, "", differ, what if differ and what else str(error))
    return Check(method, 1, "", False, f"`{text.splitlines()[-1].partition(' |')[0]}` is right")


def _identity(record: Identity) -> list[Check]:
    if not record.symbolic:
        return list(_arrays(record))
    if not record.holds:
        return [_refuted("counterexample", record.at_counterexample(), "")]
    found = _claimed("statement", record.derivation(), "both sides agree")
    examples = [
        _claimed("example", record.example(e), f"`{e.left}` is `{e.right}`")
        for e in record.examples
    ]
    return [found, *examples]


def _arrays(record: Identity) -> Iterator[Check]:
    assert callable(record.left)
    assert callable(record.right)
    if not record.holds:
        left, right = (
            side(*record.counterexample.values()) for side in (record.left, record.right)
        )
        differ = not np.allclose(left, right, rtol=1e-6, atol=1e-6)
        yield Check("counterexample", 1, "", differ, f"left {left}, right {right}")
        return
    worst, points, at = 0.0, 0, ""
    rng = np.random.default_rng(SEED)
    drawn = (a for _ in range(DRAWS) for a in instances(record.variables, rng, empty=False))
    for arrays in drawn:
        left, right = (np.asarray(s(*arrays.values())) for s in (record.left, record.right))
        points += 1
        shapes = {n: a.shape for n, a in arrays.items()}
        if left.shape != right.shape:
            yield Check("instances", points, "", False, f"{left.shape} and {right.shape}: {shapes}")
            return
        size = max(float(np.abs(left).max()), float(np.abs(right).max()), 1e-300)
        error = float(np.abs(left - right).max()) / (size * float(np.finfo(np.float64).eps))
        if not error <= worst:
            worst, at = error, str(shapes)
    ok = worst <= record.promise
    detail = "both sides agree" if ok else f"they differ by {worst:.3g} eps for shapes {at}"
    yield Check("instances", points, f"{worst:.2g} eps of the largest", ok, detail)


def _exercise(record: Exercise) -> list[Check]:
    solved = _claimed("solution", record.derivation(), "each line follows")
    return [solved, *(_refuted("mistake", record.claim(w), what) for w, what in record.mistakes)]


def _identity_facts(record: Identity) -> dict[str, Any]:
    return {
        "holds": record.holds,
        "counterexample": json.loads(
            json.dumps({k: np.asarray(v).tolist() for k, v in record.counterexample.items()})
        ),
    }


def _exercise_facts(record: Exercise) -> dict[str, Any]:
    return {"steps": len(record.solution.strip().splitlines())}


checks.register(Identity, _identity)
checks.register(Exercise, _exercise)
facts.register(Identity, _identity_facts)
facts.register(Exercise, _exercise_facts)
