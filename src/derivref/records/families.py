"""Families: collections of records of one kind, each a package of files by theme."""

import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from derivref.records.base import Function, Record
from derivref.records.scalar import Scalar
from derivref.records.wrapped import public

R = TypeVar("R", bound=Record)

_loaded: dict[str, "Family[Any]"] = {}


def loaded() -> tuple["Family[Any]", ...]:
    """Return the families of the packages that have been imported: all of them, after catalog."""
    return tuple(_loaded.values())


def _lacking(kind: type[Record], facts: Mapping[str, Any]) -> str:
    """Return the lines to add for the facts that a kind asks for and that are not given."""
    functions = inspect.signature(kind.build).parameters  # type: ignore[attr-defined]
    given = {"family", *facts, *functions} | ({"name"} if "f" in functions else set())
    asked = (f for f in fields(kind) if f.default is f.default_factory is MISSING)
    return ", ".join(
        f"`{f.name}=` ({getattr(f.type, '__name__', f.type)})" for f in asked if f.name not in given
    )


def _functions_fault(kind: type[Record], functions: tuple[Function, ...]) -> str:
    """Return what is wrong with the number of functions that are given, "" if nothing is."""
    build: Any = kind.build  # type: ignore[attr-defined]
    taken = inspect.signature(build).parameters.values()
    names = [p.name for p in taken if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "family"]
    if len(functions) == len(names):
        return ""
    given = [getattr(f, "__name__", repr(f)) for f in functions]
    name = given[0] if given else f"a {kind.kind}"
    wanted = {
        "f": f"`{name}`",
        "d": f"`d_{name}`",
        "d2": f"`d2_{name}`",
        "backward": f"`vjp_{name}` or `d_{name}`",
    }
    asked = ", ".join(f"{n} ({wanted.get(n, n)})" for n in names) or "no function"
    return f"{name}: {kind.__name__} takes {asked}, got {', '.join(given) or 'none'}"


class Family(Generic[R]):
    """An ordered collection of records of one kind, filled by the files of its package.

    Each file is a theme; the first line of its docstring is the theme's title. The package makes
    the family, then loads its files::

        FAMILY = Family("activations", "Activation functions", "reference/...")
        FAMILY.load(__name__)

    Parameters
    ----------
    name : str
        Name of the package below `derivref`.
    title : str
        Its name in words.
    page : str
        Where an entry stands in docs/, with ``{name}`` for its name and ``{theme}`` for that of
        the file in which its record is: a page, or a page and an anchor.
    index : str
        The page of the family's table, "" if it has none.
    kind : type
        The kind of its records.
    """

    def __init__(
        self,
        name: str,
        title: str,
        page: str,
        index: str = "",
        kind: type[R] = Scalar,  # type: ignore[assignment]  # the kind of most families
    ) -> None:
        self.kind = kind
        self.name = name
        self.title = title
        self.page = page
        self.index = index
        self._records: dict[str, R] = {}
        self._modules: dict[str, str] = {}  # of each record: the file in which it stands
        self._public: dict[str, Function] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def __getitem__(self, name: str) -> R:
        return self._records[name]

    def load(self, package: str, first: tuple[str, ...] = ()) -> None:
        """Import every file of a package; its records stand in the order of the files.

        Parameters
        ----------
        package : str
            The full name of the package, its ``__name__``.
        first : tuple of str
            Files that stand first, in this order; the others follow by name.

        Raises
        ------
        ValueError
            If a file has the name of a public function, which the module would hide, or `first`
            names none.
        """
        _loaded[self.name] = self
        path = [str(Path(inspect.getfile(importlib.import_module(package))).parent)]
        names = sorted(module.name for module in pkgutil.iter_modules(path, f"{package}."))
        if missing := {f"{package}.{stem}" for stem in first} - {*names}:
            raise ValueError(f"`first` names {', '.join(sorted(missing))}, which is no file")
        for name in names:
            importlib.import_module(name)
            if (stem := name.rpartition(".")[2]) in self._public:
                raise ValueError(f"{name} hides the function `{stem}`: rename the file")
        # A file that uses another's functions has loaded that one before itself.
        order = list(dict.fromkeys((*(f"{package}.{stem}" for stem in first), *names)))
        self._records = dict(
            sorted(self._records.items(), key=lambda item: order.index(self._modules[item[0]]))
        )

    def module(self, record: R) -> str:
        """Return the name of the module in which a record stands.

        Parameters
        ----------
        record : Record
            One of the family.

        Returns
        -------
        str
            With its package: ``derivref.activations.gated``.
        """
        return self._modules[record.name]

    def theme(self, record: R) -> str:
        """Return the title of the file in which a record stands: its docstring's first line.

        Parameters
        ----------
        record : Record
            One of the family.

        Returns
        -------
        str
            Without a full stop.
        """
        doc = sys.modules[self.module(record)].__doc__ or ""
        return doc.partition("\n")[0].rstrip(".")

    def add(self, *functions: Function, **facts: Any) -> None:
        """Register a record: its functions, and what the code cannot say.

        Parameters
        ----------
        *functions : callable
            Those that the kind asks for: f, f′ and f″ of a scalar function.
        **facts
            The other fields of the kind.

        Raises
        ------
        ValueError
            If a fact is blank or contradicts another, or the name is taken.
        TypeError
            If a required fact is missing or an unknown one is given.
        """
        if fault := _functions_fault(self.kind, functions):
            raise TypeError(fault)
        if lacking := _lacking(self.kind, facts):
            name = functions[0].__name__ if functions else facts.get("name", f"a {self.kind.kind}")
            raise TypeError(f"{name}: {self.kind.__name__} needs {lacking}")
        build: Any = self.kind.build  # type: ignore[attr-defined]  # each kind has its own signature
        record: R = build(self.name, *functions, **facts)
        for fault in record.unsaid():
            raise ValueError(f"{record.name}: {fault}")
        if record.name in self._records:
            raise ValueError(f"{record.name}: the name is taken")
        self._records[record.name] = record
        self._modules[record.name] = sys._getframe(1).f_globals["__name__"]
        self._public |= public(record, f"derivref.{self.name}")

    def public(self, name: str) -> Function:
        """Return the public function of that name, ``gelu`` or ``d_gelu``.

        Parameters
        ----------
        name : str
            Name of a function.

        Returns
        -------
        callable
            It converts or refuses input, and keeps the floating type.

        Raises
        ------
        AttributeError
            If there is none; the message names the nearest. (This is a package's ``__getattr__``.)
        """
        if name in self._public:
            return self._public[name]
        near = difflib.get_close_matches(name, self._public, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise AttributeError(f"derivref.{self.name} has no function `{name}`{hint}")

    def names(self) -> list[str]:
        """Return the names of the public functions, in the order of the records."""
        return [name for record in self for name in self.public_names(record)]

    def public_names(self, record: R) -> list[str]:
        """Return the names of the public functions of one record.

        Parameters
        ----------
        record : Record
            One of the family.

        Returns
        -------
        list of str
            ``gelu``, ``d_gelu``, ``d2_gelu``; empty for a kind without code.
        """
        return list(public(record, ""))
