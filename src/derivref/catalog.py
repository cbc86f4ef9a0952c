"""All entries: the families, look-up by name or alias, addresses, and the export."""

import difflib
import importlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from derivref.records import Family, Record

# The packages of facts, in the order of the site; a test holds that none is missing.
PACKAGES = (
    "rules",
    "activations",
    "elementary",
    "special",
    "losses",
    "layers",
    "matrix",
    "claims",
    "exercises",
)


def families() -> tuple[Family[Any], ...]:
    """Return the families in the order of the site; each iterates over its records."""
    return tuple(importlib.import_module(f"derivref.{name}").FAMILY for name in PACKAGES)


def records(kind: str = "") -> Iterator[Any]:
    """Yield the records of all families, or those of one kind ("scalar", "operator", …).

    Parameters
    ----------
    kind : str
        The name of a kind, "" for all.

    Yields
    ------
    Record
        In the order of the site.
    """
    for family in families():
        yield from (r for r in family if kind in ("", r.kind))


def _key(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def get(name: str) -> Any:
    """Return the record of that name or alias, in any case and with spaces or hyphens.

    Parameters
    ----------
    name : str
        ``"losses.huber"``, or the bare ``"huber"`` where only one family has it.

    Returns
    -------
    Record
        The entry.

    Raises
    ------
    KeyError
        If there is none, or several: the message names the nearest, or all of them.
    """
    named: dict[str, list[Record]] = defaultdict(list)
    for record in records():
        keys = {record.name, record.full_name, *record.aliases}
        for key in {_key(k) for k in keys}:
            named[key].append(record)
    found = named.get(_key(name), [])
    if len(found) > 1:  # a name counts before an alias
        found = [r for r in found if _key(r.name) == _key(name)] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise KeyError(f"`{name}` is {' and '.join(f'`{r.full_name}`' for r in found)}: name one")
    near = [named[n][0].name for n in difflib.get_close_matches(_key(name), named, cutoff=0.5)]
    hint = f"; did you mean {' or '.join(f'`{n}`' for n in dict.fromkeys(near))}?" if near else ""
    raise KeyError(f"no entry `{name}`{hint}")


def family(record: Record) -> Family[Any]:
    """Return the family to which a record belongs.

    Parameters
    ----------
    record : Record
        An entry.

    Returns
    -------
    Family
        Its family.
    """
    return next(f for f in families() if f.name == record.family)


def address(record: Record) -> str:
    """Return where an entry stands in docs/: its page, or a page and an anchor.

    Parameters
    ----------
    record : Record
        An entry.

    Returns
    -------
    str
        A path below docs/, ``reference/elementary/sin.md``.
    """
    home = family(record)
    theme = home.module(record).rpartition(".")[2]
    return record.page or home.page.format(name=record.name, theme=theme)


def to_dict() -> dict[str, Any]:
    """Return the whole catalogue, ready for JSON: what the site serves as derivref.json.

    Returns
    -------
    dict
        ``schema`` (a number), ``version`` of derivref, ``keys`` (what each key of an entry
        means, by kind) and ``entries``. Infinities are the strings "inf" and "-inf", a limit that
        does not exist is null.
    """
    from derivref.verify import export  # `import derivref.catalog` needs no SymPy

    return export.to_dict((r, address(r)) for r in records())
