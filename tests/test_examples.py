"""Every example of every docstring runs as its reader pastes it: it imports what it uses."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import derivref
from derivref.site.lint import snippets


def examples():
    """The examples of the package: where each stands, and its doctest."""
    found = []
    for info in pkgutil.walk_packages(derivref.__path__, "derivref."):
        source = Path(importlib.util.find_spec(info.name).origin).read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                place = f"{info.name}.{getattr(node, 'name', '')}".rstrip(".")
                text = ast.get_docstring(node) or ""
                if ">>>" in text:
                    found.append((place, text))
    return found


EXAMPLES = examples()


def faults(place, text):
    """What a fresh interpreter says of an example that is pasted into it."""
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, place, None, 0)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    return "".join(said)


@pytest.mark.parametrize(("place", "text"), EXAMPLES, ids=[place for place, _ in EXAMPLES])
def test_an_example_runs_as_pasted(place, text):
    assert not faults(place, text)
    tree = ast.parse("".join(e.source for e in doctest.DocTestParser().get_examples(text)))
    assert snippets.tolerance_faults(tree) == []


def test_every_section_of_examples_is_found():
    sections = {
        p for p in Path(derivref.__path__[0]).rglob("*.py") if "Examples\n" in p.read_text()
    }
    assert len(EXAMPLES) >= len(sections) >= 5


def test_an_example_that_forgets_an_import_is_named():
    assert "name 'np' is not defined" in faults("planted", ">>> np.exp(0.0)\nnp.float64(1.0)")
    assert "Got:\n    2" in faults("planted", ">>> 1 + 1\n3")
