"""What a docstring says: every parameter by name, what comes back, nothing that is not there."""

import importlib
import inspect
import pkgutil
import re

import pytest

import derivref
from derivref import catalog


def modules():
    """Every public module but the site's; the docstrings of the families are made from records.

    What a package keeps to itself is behind its public face, and so are the rules of `autodiff`,
    which bear NumPy's names and parameters.
    """
    outside = {"site", "autodiff", *catalog.PACKAGES}
    for found in pkgutil.iter_modules(derivref.__path__):
        if found.name not in outside and not found.name.startswith("_"):
            yield f"derivref.{found.name}"


def functions(module):
    """The public functions and methods of a module, but for foreign ones that it overrides."""
    for name, value in vars(module).items():
        own = getattr(value, "__module__", "") == module.__name__
        if name not in getattr(module, "__all__", ()) and (name.startswith("_") or not own):
            continue
        if inspect.isclass(value):
            for key, member in vars(value).items():
                function = getattr(member, "__func__", member)
                foreign = any(key in vars(base) for base in value.__mro__[1:])
                if inspect.isfunction(function) and not key.startswith("_") and not foreign:
                    yield f"{name}.{key}", function
        elif inspect.isfunction(inspect.unwrap(value)):
            yield name, inspect.unwrap(value)


def section(doc, title):
    """The heads of a section: what stands before the colon in each line that is not indented."""
    match = re.search(rf"^{title}\n-+\n((?:.+\n?|\n(?=    ))*)", doc, re.MULTILINE)
    lines = match[1].splitlines() if match else []
    return [line.partition(" : ")[0] for line in lines if line and not line.startswith(" ")]


def faults(function):
    """What the docstring of a function lacks, or has too much."""
    doc, signature = inspect.getdoc(function) or "", inspect.signature(function)
    given = [str(p).split(":")[0].split("=")[0].strip() for p in signature.parameters.values()]
    given = [name for name in given if name not in ("self", "cls")]
    if not given:
        return
    told = [name.strip() for head in section(doc, "Parameters") for name in head.split(",")]
    if lacking := [name for name in given if name not in told]:
        yield f"does not say what {', '.join(lacking)} is"
    if extra := [name for name in told if name not in given]:
        yield f"has {', '.join(extra)}, which is no parameter"
    back = signature.return_annotation
    if back not in (None, "None", signature.empty) and not (
        section(doc, "Returns") or section(doc, "Yields")
    ):
        yield "does not say what it returns"


@pytest.mark.parametrize("name", list(modules()))
def test_a_docstring_names_every_parameter_and_what_comes_back(name):
    found = functions(importlib.import_module(name))
    assert [f"{name}: {fault}" for name, function in found for fault in faults(function)] == []


def told(x: float, *rest: float, y: int = 1) -> float:
    """Say all.

    Parameters
    ----------
    x : float
        One.
    *rest : float
        Others.
    y : int
        Another.

    Returns
    -------
    float
        Something.
    """
    return x


def test_what_is_missing_or_too_much_is_seen():
    assert list(faults(told)) == []
    doc = told.__doc__
    for old, new, fault in (
        ("    y : int\n        Another.\n", "", "does not say what y is"),
        ("*rest", "rest", "does not say what *rest is"),
        ("x : float", "x, z : float", "has z, which is no parameter"),
        ("Returns\n    -------", "Gives\n    -----", "does not say what it returns"),
        ("Parameters\n    ----------", "Given\n    -----", "does not say what x, *rest, y is"),
    ):
        told.__doc__ = doc.replace(old, new)
        assert fault in list(faults(told)), fault
    told.__doc__ = doc


def test_the_scan_reaches_functions_methods_and_cached_ones():
    scan = {name for name, _ in functions(importlib.import_module("derivref.stencils"))}
    assert {"weights", "Stencil.apply", "named"} <= scan
    assert "digest" in dict(functions(importlib.import_module("derivref.cache")))
