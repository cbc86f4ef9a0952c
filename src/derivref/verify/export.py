"""The catalogue as data: every record with its facts and checks, ready for JSON."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import singledispatch
from typing import Any

from derivref import __version__, oracle
from derivref.program import program
from derivref.records import ORDERS, Record, Scalar
from derivref.verify.kinds import checks, facts

SCHEMA = 2  # raised when a key of the export changes its name or its meaning
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
        "domain": "open interval; excluded: poles in it; period: null, or what the poles repeat "
        "with",
        "limits": "of f, f′ and f″ at the lower and the upper end of the domain; null: oscillates",
        "kinks": "where the slope jumps, the slope that f′ returns there, and why",
        "cases": "other parameters that are verified too, with their domain",
        "relations": "equations with other entries, as SymPy strings",
        "frameworks": "the same function elsewhere",
        "key_values": "computed numbers: to 50 digits, with the closed form where one was "
        "recognised",
    },
}


def to_dict(records: Iterable[tuple[Record, str]]) -> dict[str, Any]:
    """Return records, each with its address, as data.

    Returns
    -------
    dict
        ``schema``, ``version``, ``keys`` and ``entries``; see `derivref.catalog.to_dict`.
    """
    entries = [_entry(record, page) for record, page in records]
    return {"schema": SCHEMA, "version": __version__, "keys": KEYS, "entries": entries}


def _entry(record: Record, page: str) -> dict[str, Any]:
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
        "checks": [asdict(check) for check in checks(record)],
    }


@singledispatch
def special(record: Record) -> dict[str, Any]:
    """Return the keys that only records of its kind have.

    Raises
    ------
    TypeError
        If its kind has no export.
    """
    raise TypeError(f"{record.full_name}: no export for records of kind `{type(record).__name__}`")


@special.register
def _(record: Scalar) -> dict[str, Any]:
    texts = [
        {
            "latex": oracle.latex(record, n),
            "sympy": oracle.preferred(record, n),
            "exact": str(oracle.derivative(record, n)),
        }
        for n in range(3)
    ]
    return {
        "parameters": {
            name: {"default": value, "says": record.takes[name].says}
            | {"admits": record.takes[name].constraint}
            for name, value in record.parameters.items()
        },
        "formulas": dict(zip(ORDERS, texts, strict=True)),
        "source": {o: program(g) for o, g in zip(ORDERS, record.functions, strict=True)},
        "domain": {
            "interval": plain(record.domain),
            "excluded": list(record.excluded),
            "period": record.period or None,
        },
        "limits": plain(record.ends),
        "kinks": [plain(vars(corner)) for corner in record.corners],
        "cases": [
            plain({"parameters": case.parameters, "domain": case.domain}) for case in record.cases
        ],
        "relations": list(record.relations),
        "frameworks": dict(record.frameworks),
        "key_values": plain(asdict(facts(record))),
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
