"""All entries: the families, look-up by name or alias, and the export."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from derivref import activations, elementary, stable
from derivref.program import program
from derivref.record import Family, Scalar

SCHEMA = 1  # raised when a key of the export changes its name or its meaning
KEYS = {  # of an entry of the export
    "name": "name of the function in `derivref.<family>`",
    "family": "module that defines it",
    "title": "name in words",
    "page": "page below docs/, with the anchor where several entries share one",
    "summary": "one sentence",
    "use": "what it is for",
    "aliases": "other names",
    "parameters": "parameters beside x, with their defaults",
    "formulas": "f, f′ and f″: LaTeX, SymPy string, and as SymPy differentiates (not at kinks)",
    "source": "Python source of f, f′ and f″, programs that run as they stand",
    "domain": "open interval; excluded: poles in it; period: null, or what the poles repeat with",
    "limits": "of f, f′ and f″ at the lower and the upper end of the domain; null: no limit",
    "kinks": "where the slope jumps, the slope that f′ returns there, and why",
    "cases": "other parameters that are verified too, with their domain",
    "relations": "equations with other entries, as SymPy strings",
    "frameworks": "the same function elsewhere",
    "key_values": "computed numbers: to 50 digits, with the closed form where one was recognised",
    "citations": "keys of the bibliography, the origin first",
    "checks": "what was verified: method, points (0: every x), largest error, verdict, detail",
}


def families() -> tuple[Family, ...]:
    """Return the families in the order of the site; each iterates over its records."""
    return (activations.FAMILY, elementary.FAMILY, stable.FAMILY)


def get(name: str) -> Scalar:
    """Return the entry of that name or alias, in any case and with spaces or hyphens.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest.
    """
    wanted = name.lower().replace("-", "_").replace(" ", "_")
    names = {
        n.lower().replace("-", "_").replace(" ", "_"): r
        for family in families()
        for r in family
        for n in (r.name, *r.aliases)
    }
    if wanted in names:
        return names[wanted]
    near = [names[n].name for n in difflib.get_close_matches(wanted, names, cutoff=0.5)]
    hint = f"; did you mean {' or '.join(f'`{n}`' for n in dict.fromkeys(near))}?" if near else ""
    raise KeyError(f"no entry `{name}`{hint}")


def address(record: Scalar) -> str:
    """Return where an entry stands in docs/: its page, or a page and an anchor."""
    family = next(f for f in families() if f.name == record.family)
    return family.page.format(name=record.name)


def to_dict() -> dict[str, Any]:
    """Return the whole catalogue, ready for JSON: what the site serves as derivref.json.

    Returns
    -------
    dict
        ``schema`` (a number), ``version`` of derivref, ``keys`` (what each key of an entry
        means) and ``entries``. Infinities are the strings "inf" and "-inf", a limit that does not
        exist is null.
    """
    # Imported here: the oracle imports this module, and `import derivref.catalog` needs no SymPy.
    from derivref import __version__

    entries = [_entry(record) for family in families() for record in family]
    return {"schema": SCHEMA, "version": __version__, "keys": KEYS, "entries": entries}


def _entry(record: Scalar) -> dict[str, Any]:
    from derivref import oracle  # late, as in to_dict

    facts = oracle.facts(record)
    texts = [
        {
            "latex": oracle.latex(record, n),
            "sympy": oracle.preferred(record, n),
            "exact": str(oracle.derivative(record, n)),
        }
        for n in range(3)
    ]
    return {
        "name": record.name,
        "family": record.family,
        "title": record.title,
        "page": address(record),
        "summary": record.summary,
        "use": record.use,
        "aliases": list(record.aliases),
        "parameters": record.parameters,
        "formulas": dict(zip(ORDERS, texts, strict=True)),
        "source": {
            o: program(g) for o, g in zip(ORDERS, (record.f, record.d, record.d2), strict=True)
        },
        "domain": {
            "interval": _plain(record.domain),
            "excluded": list(record.excluded),
            "period": record.period or None,
        },
        "limits": _plain(dict(zip(ORDERS, vars(record.limits).values(), strict=True))),
        "kinks": [_plain(vars(kink)) for kink in record.kinks],
        "cases": [
            _plain({"parameters": case.parameters, "domain": case.domain}) for case in record.cases
        ],
        "relations": list(record.relations),
        "frameworks": dict(record.frameworks),
        "key_values": _plain(asdict(facts)),
        "citations": list(record.cite),
        "checks": [asdict(check) for check in oracle.verify(record)],
    }


ORDERS = ("f", "d", "d2")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
