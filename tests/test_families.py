"""Every entry of every family, by every method: an entry cannot exist untested."""

import ast
import contextlib
import inspect
import io
import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from derivref import cache, catalog, oracle
from derivref.program import program
from derivref.records import Tutorial
from derivref.site.lint.portability import Server, Setting
from derivref.verify import checks, judge

RECORDS = list(catalog.records("scalar"))


@pytest.fixture(params=RECORDS, ids=lambda r: r.name)
def record(request):
    return request.param


def test_every_check_of_an_entry_holds(record):
    checks = oracle.verify(record)
    assert not [f"{c.method}: {c.detail}" for c in checks if not c.ok]
    # What a check compares must exist: every method ran, and on points.
    methods = {c.method for c in checks}
    assert {"exact values", "finite differences", "forward mode", "reverse mode"} <= methods
    assert {"limits", "kinds of input"} <= methods
    assert methods & {"formula, symbolic", "formula, 50 digits"}
    assert sum(c.method == "kinks" for c in checks) >= len(record.corners)
    assert sum(c.method.startswith("relations") for c in checks) == len(record.relations)
    assert all(c.points > 30 for c in checks if c.method in {"exact values", "finite differences"})


def tutorial_gap(record, n):
    """The largest relative difference, for |x| < 3, of the formula of tutorials from f or f′."""
    x = np.array([u for u in judge.spots(record) if abs(u) < 3])
    exact = oracle.reference(record, n, x).rounded()
    gap = np.abs(oracle.tutorial(record, n)(x) - exact)
    return np.max(gap / np.maximum(np.abs(exact), 1e-3))


@pytest.mark.parametrize("n", [0, 1])
def test_the_formula_of_tutorials_is_right_where_it_loses_no_digits(record, n):
    assert tutorial_gap(record, n) < 1e-6


def test_a_formula_of_tutorials_that_is_of_another_function_is_seen():
    record = catalog.get("sigmoid")
    wrong = replace(record, tutorial=Tutorial(f="np.tanh(x)", d=record.tutorial.d))
    assert tutorial_gap(wrong, 0) > 0.1


OTHERS = [r for r in catalog.records() if r.kind != "scalar"]


@pytest.mark.parametrize("record", OTHERS, ids=lambda r: r.full_name)
def test_every_check_of_a_record_of_another_kind_holds(record):
    found = checks(record)
    assert [f"{c.method}: {c.detail}" for c in found if not c.ok] == []
    assert sum(c.points for c in found) > 0


def test_the_grid_reaches_the_ends_of_the_type(record):
    for dtype in (np.float64, np.float32):
        x = oracle.grid(record, dtype)
        assert x.dtype == dtype
        assert np.all((x > record.domain[0]) & (x < record.domain[1]))
        info = np.finfo(dtype)
        for point in (info.smallest_subnormal, info.tiny, info.max):
            assert point in x or not record.domain[0] < point < record.domain[1]
        for kink in record.corners:
            assert {np.nextafter(dtype(kink.at), dtype(s)) for s in (-9, 9)} <= set(x)


def test_the_source_reads_like_the_formula(record):
    """Ufuncs, constants and np.where only, but for what kernels do: it copies and reads well."""
    for function in record.codes.values():
        for node in ast.walk(ast.parse(inspect.getsource(function))):
            assert not isinstance(node, ast.If | ast.For | ast.IfExp)
            assert not getattr(node, "decorator_list", None)
            if isinstance(node, ast.Attribute):
                assert node.attr in {"where", "clip"} or isinstance(
                    getattr(np, node.attr), np.ufunc | float
                )
            if isinstance(node, ast.Call):
                assert not node.keywords


def test_the_example_runs_and_asserts(record, tmp_path):
    source = program(record.f, record.d, example=record.example)
    assert source.count("\n    assert") == 0
    assert ast.parse(source).body[-1].__class__ is ast.Assert
    assert len(record.example.strip().splitlines()) <= 6
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", source],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


@pytest.fixture(scope="session")
def plainest():
    """A process that computes without the processor's features; each program runs in a fork."""
    features = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    if not features:
        pytest.skip("this processor dispatches to no SIMD feature")
    setting = Setting("plain", {"NPY_DISABLE_CPU_FEATURES": " ".join(features)})
    with Server(setting, cache.directory().resolve()) as server:
        yield server


def held(server, name, promise=None):
    """Say what is wrong with the promise of an entry in another process, "" if it holds."""
    code = f"""
import numpy as np
from derivref import catalog, oracle
assert "found" not in np.show_config(mode="dicts").get("SIMD Extensions", {{}})
record = catalog.get("{name}")
for n in range(3):
    for dtype in (np.float64, np.float32):
        e = oracle.measure(record, n, dtype)
        assert max(e.max_ulp, e.near_zero) <= {promise or "record.promise"}, (record.name, n, e)
print("held")
"""
    fault, printed = server.run(code, name)
    return fault if fault or printed == "held\n" else f"prints {printed!r}"


def test_the_promise_holds_without_simd(record, plainest):
    """NumPy picks its loops by processor: the promise must hold on the plainest too."""
    assert not held(plainest, record.full_name)


def test_a_promise_that_does_not_hold_without_simd_is_named(plainest):
    assert "AssertionError: ('tanh', 0" in held(plainest, "activations.tanh", 0.1)


CODED = [r for r in catalog.records() if r.kind in ("scalar", "operator")]


def moved(function, change):
    """The function with other values, at each call others."""
    calls = itertools.count(1)

    def other(*arguments, **parameters):
        value, k = function(*arguments, **parameters), next(calls)
        return tuple(change(v, k) for v in value) if isinstance(value, tuple) else change(value, k)

    return other


CHANGES = (lambda v, k: 0.37 * k - 2.3 * v, lambda v, k: np.nan * v)


def sees(record, example):
    """Whether an assert of an example fails if one of the functions is another one."""
    names = {f.__name__: f for f in record.functions}
    names |= {p.code.__name__: p.code for p in getattr(record, "partials", {}).values()}
    for name, change in itertools.product(names, CHANGES):
        space = {"np": np, **names, name: moved(names[name], change)}
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            try:
                exec(example, space)
            except AssertionError:
                return True
    return False


@pytest.mark.parametrize("record", CODED, ids=lambda r: r.full_name)
def test_the_assert_of_an_example_can_fail(record):
    assert sees(record, record.example)


def test_an_assert_of_an_example_that_cannot_fail_is_seen():
    record = catalog.get("huber")
    assert not sees(
        record, "y, t = np.ones(1), np.zeros(1)\nprint(huber(y, t))\nassert len(y) == 1"
    )
