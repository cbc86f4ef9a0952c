"""All entries: the families, look-up by name or alias, and the export."""

import difflib

from derivref import activations, elementary, stable
from derivref.record import Family, Scalar

SCHEMA = 1  # raised when a key of the export changes its name or its meaning


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
