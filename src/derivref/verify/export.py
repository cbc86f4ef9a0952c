"""The catalogue as data: every record with its facts and checks, ready for JSON."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import singledispatch
from typing import Any

from derivref import __version__, oracle
from derivref.oracle import Check
from derivref.program import program
from derivref.records import ORDERS, Exercise, Identity, Operator, Order, Record, Scalar
from derivref.verify.kinds import checks, facts

SCHEMA = 3  # raised when a key of the export changes its name or its meaning
KEYS = {
    "every": {
        "name": "name of the function in `derivref.<family>`",
        "family": "package that defines it",
        "kind": "what kind of fact it is",
        "title": "name in words",
        "page": "page below docs/, with the anchor where several entries share one",
        "summary": "one sentence",
        "use": "what it is for",
        "aliases": "other names",
        "citations": "keys of the bibliography, the origin first",
        "checks": "what was verified: method, points (0: every x), largest error, verdict, detail",
    },
    "scalar": {
        "parameters": "parameters beside x, with default, meaning and admissible values",
        "formulas": "f, f′ and f″: LaTeX, SymPy string, and as SymPy differentiates (not at kinks)",
        "source": "Python source of f, f′ and f″, programs that run as they stand",
        "plain": "the short program of f, f′ and f″, or null where the source is as short",
        "domain": "open interval; excluded: poles in it; period: null, or what the poles repeat "
        "with",
        "limits": "of f, f′ and f″ at the lower and the upper end of the domain; null: oscillates",
        "kinks": "where the slope jumps, the slope that f′ returns there, and why",
        "partials": "derivatives in the parameters, by parameter: formula as for f, source, domain",
        "cases": "other parameters that are verified too, with their domain",
        "relations": "equations with other entries, as SymPy strings",
        "frameworks": "the same function elsewhere",
        "key_values": "computed numbers: to 50 digits, with the closed form where one was "
        "recognised",
    },
    "operator": {
        "arguments": "array arguments: shape, what each is, which numbers it may hold",
        "output": "shapes of the values at the default parameters, one for each",
        "differentiable": "the arguments that have a cotangent, in order",
        "parameters": "parameters beside the arrays, with default, meaning and admissible values",
        "formulas": "LaTeX of the value and of the backward pass",
        "source": "Python source of the value and of the backward pass, programs that run",
        "kept": "what the backward pass needs from the forward one",
        "cost": "operations and memory",
        "frameworks": "the same function elsewhere",
    },
    "identity": {
        "holds": "whether the statement is true under its hypotheses",
        "sides": "left and right, in the language of proofs; null for functions of arrays",
        "statement": "LaTeX, where the sides are functions of arrays",
        "needs": "the hypotheses, Markdown",
        "counterexample": "values at which the sides of a false statement differ",
        "formal": "the theorem's name in Mathlib, or empty",
    },
    "exercise": {
        "question": "Markdown",
        "problem": "what is asked for, in the language of proofs",
        "answer": "the formula that is the answer",
        "level": "warm-up, standard or hard",
        "steps": "lines of the solution",
    },
}


def to_dict(
    records: Iterable[tuple[Record, str]],
    judge: Callable[[Record], Sequence[Check]] | None = None,
) -> dict[str, Any]:
    """Return records, each with its address, as data.

    Parameters
    ----------
    records : iterable of (Record, str)
        Each with its page below docs/.
    judge : callable, optional
        Gives the checks of a record, if they have run before; without it they run now.

    Returns
    -------
    dict
        ``schema``, ``version``, ``keys`` and ``entries``; see `derivref.catalog.to_dict`.
    """
    entries = [_entry(record, page, (judge or checks)(record)) for record, page in records]
    return {"schema": SCHEMA, "version": __version__, "keys": KEYS, "entries": entries}


def _entry(record: Record, page: str, found: Sequence[Check]) -> dict[str, Any]:
    return {
        "name": record.name,
        "family": record.family,
        "kind": record.kind,
        "title": record.title,
        "page": page,
        "summary": record.summary,
        "use": record.use,
        "aliases": list(record.aliases),
        **special(record),
        "citations": list(record.cite),
        "checks": [asdict(check) for check in found],
    }


@singledispatch
def special(record: Record) -> dict[str, Any]:
    """Return the keys that only records of its kind have.

    Parameters
    ----------
    record : Record
        An entry of a kind that is exported.

    Returns
    -------
    dict
        Ready for JSON; `KEYS` says what each key means.

    Raises
    ------
    TypeError
        If its kind has no export.
    """
    kind = type(record).__name__
    raise TypeError(
        f"{record.full_name}: no export for records of kind `{kind}`: register one for `{kind}` in "
        f"{__name__}, and say in `KEYS` what its keys mean"
    )


@special.register
def _(record: Scalar) -> dict[str, Any]:
    texts = {n: _formula(record, n) for n in record.codes}
    return {
        "parameters": _parameters(record),
        "formulas": {o: texts[n] for n, o in enumerate(ORDERS)},
        "source": {o: program(g) for o, g in zip(ORDERS, record.functions, strict=True)},
        "plain": record.plain or None,
        "domain": {
            "interval": plain(record.domain),
            "excluded": list(record.excluded),
            "period": record.period or None,
        },
        "limits": plain(record.ends),
        "kinks": [plain(vars(corner)) for corner in record.corners],
        "partials": {
            name: {
                "formula": texts[name],
                "source": program(found.code),
                "domain": plain(record.domain_of(name)),
            }
            for name, found in record.partials.items()
        },
        "cases": [
            plain({"parameters": case.parameters, "domain": case.domain}) for case in record.cases
        ],
        "relations": list(record.relations),
        "frameworks": dict(record.frameworks),
        "key_values": plain(asdict(facts(record))),
    }


@special.register
def _(record: Operator) -> dict[str, Any]:
    names = [f.__name__ for f in record.functions]
    return {
        **facts(record),
        "parameters": _parameters(record),
        "formulas": {"value": record.formula, "backward": record.slope},
        "source": {n: program(f) for n, f in zip(names, record.functions, strict=True)},
        "kept": record.kept,
        "cost": record.cost,
        "frameworks": dict(record.frameworks),
    }


@special.register
def _(record: Identity) -> dict[str, Any]:
    return {
        **facts(record),
        "sides": [record.left, record.right] if record.symbolic else None,
        "statement": record.statement,
        "needs": record.needs,
        "formal": record.formal,
    }


@special.register
def _(record: Exercise) -> dict[str, Any]:
    keys = ("question", "problem", "answer", "level")
    return {**{key: getattr(record, key) for key in keys}, **facts(record)}


def _formula(record: Scalar, n: Order) -> dict[str, str]:
    return {
        "latex": oracle.latex(record, n),
        "sympy": oracle.preferred(record, n),
        "exact": str(oracle.derivative(record, n)),
    }


def _parameters(record: Scalar | Operator) -> dict[str, Any]:
    return {
        name: {"default": value, "says": p.says, "admits": p.constraint}
        for (name, value), p in zip(record.parameters.items(), record.takes.values(), strict=True)
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it.

    Parameters
    ----------
    value : object
        Mappings, sequences, numbers, text.

    Returns
    -------
    object
        The same, with text for infinities and None for nan.
    """
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
