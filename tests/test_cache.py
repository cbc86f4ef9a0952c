"""What is kept between builds is computed anew when anything that it depends on has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from derivref import cache

PROGRAM = "from derivref.cache import digest; print(digest())"
KEPT = """\
from derivref.site.show import measured
import os
print(measured.kept("test", ("key",), lambda: os.environ["ANSWER"]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy") / "derivref"
    shutil.copytree(Path(cache.__file__).parent, folder)
    return folder


def run(package, program, **env):
    paths = {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **paths, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


CHANGES = {
    "a module": ("oracle.py", "a", "# another line\n"),
    "a module in a folder": ("verify/kinds.py", "a", "# another line\n"),
    "a file that is no module": ("site/markdown/katex_server.mjs", "a", "// another line\n"),
    "a new file": ("kernels2.py", "w", "X = 1\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_source_has_another_digest(package, change):
    name, mode, text = CHANGES[change]
    path, before = package / name, run(package, PROGRAM)
    old = path.read_bytes() if path.exists() else None
    with path.open(mode) as file:
        file.write(text)
    try:
        assert run(package, PROGRAM) != before
    finally:
        path.unlink() if old is None else path.write_bytes(old)
    assert run(package, PROGRAM) == before


def test_a_changed_source_gives_the_new_value(package, tmp_path):
    def kept(answer):
        return run(package, KEPT, ANSWER=answer, DERIVREF_CACHE=str(tmp_path))

    assert kept("one") == kept("two") == "one"
    path = package / "kernels.py"
    old = path.read_bytes()
    path.write_bytes(old + b"# another line\n")
    try:
        assert kept("two") == "two"
    finally:
        path.write_bytes(old)
    assert kept("three") == "one"


@pytest.mark.parametrize("variable", ["GLIBC_TUNABLES", "OPENBLAS_CORETYPE"])
def test_another_setting_of_the_processor_counts(monkeypatch, variable):
    cache.machine.cache_clear()
    before = cache.machine()
    monkeypatch.setenv(variable, "other")
    cache.machine.cache_clear()
    assert cache.machine() != before
    monkeypatch.undo()
    cache.machine.cache_clear()
    assert cache.machine() == before


def test_another_version_of_any_package_counts(monkeypatch):
    cache.machine.cache_clear()
    before, real = cache.machine(), list(cache.metadata.distributions())
    assert {"numpy", "scipy", "sympy", "mpmath"} <= {part.partition(" ")[0] for part in before}
    monkeypatch.setattr(cache.metadata, "distributions", lambda: real[1:])
    cache.machine.cache_clear()
    assert cache.machine() != before
    monkeypatch.undo()
    cache.machine.cache_clear()


def test_another_python_counts(monkeypatch):
    cache.machine.cache_clear()
    before = cache.machine()
    monkeypatch.setattr(cache.sys, "version", "3.99")
    cache.machine.cache_clear()
    assert cache.machine() != before
    monkeypatch.undo()
    cache.machine.cache_clear()


def test_the_kind_and_every_part_of_the_key_count(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    answers = iter(b"abcdefgh")

    def ask(kind, *key):
        return cache.cached(kind, key, lambda: bytes([next(answers)]))

    found = [ask("k", "1", "2"), ask("k", "1", "3"), ask("k", "0", "2"), ask("l", "1", "2")]
    assert len(set(found)) == 4
    assert [ask("k", "1", "2"), ask("k", "12"), ask("k", "1", "3")][0::2] == [found[0], found[1]]
    assert len({ask("k", "12"), found[0]}) == 2


def test_half_a_file_is_never_seen(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))

    def broken():
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        cache.cached("k", ("1",), broken)
    assert cache.cached("k", ("1",), lambda: b"right") == b"right"
    assert cache.cached("k", ("1",), broken) == b"right"


FACTS = "from derivref.cache import digest; print(digest(site=False, facts=('derivref.{}',)))"


@pytest.mark.parametrize(
    ("fact", "changed", "counts"),
    [
        ("activations.gated", "activations/gated.py", True),
        ("activations.gated", "activations/__init__.py", True),
        ("activations.gated", "activations/rectifiers.py", False),
        ("activations.gated", "layers/normalisers.py", False),
        ("activations.gated", "kernels.py", True),
        ("activations.gated", "verify/exact.py", True),
        ("activations.gated", "site/show/entries.py", False),
        ("layers.transformers", "layers/normalisers.py", True),  # it imports softmax
        ("rules", "rules/products.py", True),  # a package counts as a whole
        ("rules", "matrix/forms.py", False),
    ],
)
def test_of_the_records_only_what_is_asked_for_counts(package, fact, changed, counts):
    path, program = package / changed, FACTS.format(fact)
    before, old = run(package, program), path.read_bytes()
    path.write_bytes(old + b"# another line\n")
    try:
        assert (run(package, program) != before) == counts
    finally:
        path.write_bytes(old)


def test_what_is_known_of_an_entry_depends_on_the_entries_that_its_relations_name():
    from derivref import catalog, oracle

    for name, other in (("hard_sigmoid", "relu6"), ("tanh", "sigmoid")):
        record = catalog.get(name)
        modules = tuple(sorted({record.module, catalog.get(other).module}))
        assert any(other in text or "sigma" in text for text in record.relations)
        assert oracle.source(record) == cache.digest(site=False, facts=modules)
