"""What a page asks for an entry or a family of any kind."""

from types import ModuleType

from derivref import catalog
from derivref.records import Record
from derivref.site.fault import Fault
from derivref.site.show import entries, operators, statements

# Each kind is shown by a module with `first(record)`, `below(record)` and `index(records, page)`,
# and with `brief(record)` if more is to be said of one that shares its page than the first screen.
KINDS: dict[str, ModuleType] = {
    "scalar": entries,
    "operator": operators,
    "identity": statements,
    "exercise": statements,
}


def shown_by(record: Record) -> ModuleType:
    """Return the module that shows records of a kind.

    Raises
    ------
    Fault
        If none does; the message says where to add one.
    """
    if record.kind not in KINDS:
        raise Fault(f"no module shows records of kind `{record.kind}`: add it to {__name__}.KINDS")
    return KINDS[record.kind]


def entry(name: str) -> str:
    """Return the first screen of an entry.

    Raises
    ------
    KeyError
        If no entry has that name or alias; the message has near matches.
    """
    record = catalog.get(name)
    return str(shown_by(record).first(record))


def section(name: str) -> str:
    """Return an entry that shares its page with others: formulas, program, key facts.

    Raises
    ------
    KeyError
        If no entry has that name or alias; the message has near matches.
    """
    record = catalog.get(name)
    shown = shown_by(record)
    return str(getattr(shown, "brief", shown.first)(record))


def details(name: str) -> str:
    """Return what stands below the derivation of an entry."""
    record = catalog.get(name)
    return str(shown_by(record).below(record))


def table(family: str) -> str:
    """Return the index of a family.

    Raises
    ------
    Fault
        If there is no such family, or it has no records.
    """
    found = next((f for f in catalog.families() if f.name == family), None)
    if found is None:
        names = ", ".join(f"`{f.name}`" for f in catalog.families())
        raise Fault(f"no family `{family}`: it is one of {names}")
    records = list(found)
    if not records:
        raise Fault(f"the family `{family}` has no records: its table would be empty")
    return str(shown_by(records[0]).index(records, found.index))
