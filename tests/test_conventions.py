"""What the tests themselves have to keep: tolerances that are said, and no clock."""

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import settings

from derivref.site.lint import snippets

ROOT = Path(__file__).parents[1]
FILES = sorted(p for part in ("tests", "src", "benchmarks") for p in (ROOT / part).rglob("*.py"))
TESTS = [p for p in FILES if p.is_relative_to(ROOT / "tests")]
CLOCKS = {"time", "timeit", "perf_counter", "process_time", "monotonic", "thread_time", "sleep"}


def clocks(source):
    """The lines that read a clock, or let Hypothesis or an assertion depend on one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.partition(".")[0] for alias in node.names}
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            if module in CLOCKS or names & CLOCKS:
                yield node.lineno
        elif isinstance(node, ast.keyword) and node.arg == "deadline":
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_comparison_says_its_tolerances(path):
    assert snippets.tolerance_faults(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", TESTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_test_reads_a_clock(path):
    assert list(clocks(path.read_text("utf-8"))) == []


def test_hypothesis_has_no_deadline():
    assert settings().deadline is None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("np.isclose(a, b, rtol=1e-9)", "`isclose` does not say its `atol`"),
        ("np.allclose(a, b)", "`allclose` does not say its `rtol` and `atol`"),
        ("np.testing.assert_allclose(a, b, 1e-9)", "`assert_allclose` does not say its `atol`"),
        ("allclose(a, b, atol=0)", "`allclose` does not say its `rtol`"),
    ],
)
def test_a_tolerance_left_unsaid_is_named(code, message):
    ((line, said),) = snippets.tolerance_faults(ast.parse(f"\n{code}"))
    assert line == 2
    assert said.startswith(message)
    assert (2, said) in snippets.snippet_faults(f"\nassert {code}")


@pytest.mark.parametrize(
    "code",
    [
        "math.isclose(a, b, rel_tol=1e-9)",
        "np.isclose(a, b, 1e-9, 0)",
        "np.allclose(a, b, rtol=1e-9, atol=0)",
    ],
)
def test_a_tolerance_that_is_said_passes(code):
    assert snippets.tolerance_faults(ast.parse(code)) == []


@pytest.mark.parametrize(
    "code", ["import time", "from time import sleep", "@settings(deadline=200)\ndef f(): pass"]
)
def test_a_clock_is_named(code):
    assert list(clocks(code)) == [1]


def test_pytest_enters_every_folder_of_tests(pytestconfig):
    # Left out by default are folders called build: tests/site/build was, for a day, and six failed.
    patterns = pytestconfig.getini("norecursedirs")
    folders = {part for path in TESTS for part in path.relative_to(ROOT).parts[:-1]}
    assert "build" in folders
    assert [f for f in folders for pattern in patterns if fnmatch(f, pattern)] == []
