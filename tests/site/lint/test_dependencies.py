"""The oldest and the newest dependencies: what is declared, what is judged, and who is blamed."""

import os
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from derivref.site.fault import Fault
from derivref.site.lint import dependencies, needs, snippets

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DECLARED = dependencies.direct(PROJECT)
PINNED = dependencies.versions((ROOT / "constraints.txt").read_text())


def requirements(*lines):
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def pins(text):
    return dependencies.versions(text.replace(" ", "\n"))


# What is declared.


def test_every_requirement_of_the_site_and_the_tests_is_seen():
    stated = [Requirement(text) for text in metadata.requires("derivref")]
    extras = [{"extra": name} for name in ("", "oracle", "docs", "test")]
    here = {
        canonicalize_name(r.name)
        for r in stated
        if r.name != "derivref" and (not r.marker or any(map(r.marker.evaluate, extras)))
    }
    assert DECLARED.keys() == here
    assert {"numpy", "sympy", "mkdocs", "pytest"} <= here


def test_every_requirement_has_a_floor_below_its_pin():
    floors = {
        name: Version(s.version)
        for name, one in DECLARED.items()
        for s in one.specifier
        if s.operator == ">="
    }
    assert dependencies.floor_faults(DECLARED, floors, "3.11") == []
    assert [name for name, floor in floors.items() if floor > PINNED[name]] == []
    assert [str(one) for name, one in DECLARED.items() if PINNED[name] not in one.specifier] == []


@pytest.mark.parametrize(
    ("line", "oldest", "message"),
    [
        ("lxml", "4.9.1", "`lxml` has no floor"),
        ("lxml<7", "4.9.1", "`lxml<7` has no floor"),
        ("lxml>=4.8", "4.9.1", "`lxml>=4.8`: the oldest that Python 3.11 can have"),
    ],
)
def test_a_wrong_floor_is_named(line, oldest, message):
    declared = requirements("numpy>=2.0", line)
    (fault,) = dependencies.floor_faults(declared, pins(f"numpy==2.0.0 lxml=={oldest}"), "3.11")
    assert message in fault


def test_pins_are_read_with_hashes_and_markers():
    text = """\
# This file was made by uv
A_b==1.0 ; python_full_version < '3' \\
    --hash=sha256:00 \\
    --hash=sha256:01
A_b==2.0.1 ; python_full_version >= '3' \\
    --hash=sha256:02
c==2
"""
    assert dependencies.versions(text) == {"a-b": Version("2.0.1"), "c": Version("2")}


# What is judged.

STEPS = ("the strict build", "the tests")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small tree with a site, and uv and the steps replaced by what the test says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "kept"))
    for name, text in {
        ".gitignore": "/site/\n/.cache/\n/node_modules/\n/kept/\n__pycache__/\n",
        "pyproject.toml": "[project]\n",
        "constraints.txt": "a==2.0\nb==3.0\n",
        "site/index.html": "page",
        "src/site/code.py": "pass",
        "src/__pycache__/code.pyc": "",
        ".git/config": "",
        "node_modules/x": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_tree_is_copied_without_what_was_made(project):
    before = dependencies.tree(Path(".cache/copy"))
    copy = Path(".cache/copy")
    found = {path.relative_to(copy).as_posix() for path in copy.rglob("*")}
    assert "src/site/code.py" in found
    assert not {".git", "site", "kept", ".cache", "src/__pycache__"} & found
    assert Path(".cache/copy/node_modules/x").is_file()
    (project / "site/index.html").write_text("another page")
    assert dependencies.tree(Path(".cache/copy")) == before
    (project / "src/site/code.py").write_text("pass  # changed")
    assert dependencies.tree(Path(".cache/copy")) != before


def test_an_environment_is_made_once_for_the_same_versions(project, monkeypatch):
    calls = []
    monkeypatch.setattr(dependencies, "uv", lambda *a: calls.append(a[:2]))
    folder = Path(".cache/set")
    folder.mkdir(parents=True)
    for wanted in ("a==1.0", "a==1.0", "a==1.1"):
        dependencies.environment(folder, pins(wanted))
    assert [call[0] for call in calls] == ["venv", "pip", "pip"] * 2
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    dependencies.environment(folder, pins("a==1.1"))
    assert len(calls) == 9


def test_a_pass_is_remembered_for_this_tree_site_and_versions(project, monkeypatch):
    runs = []
    monkeypatch.setattr(dependencies, "judge", lambda _f, _p, step: runs.append(step) or ["said"])
    for change in (None, None, "src/site/code.py", "site/index.html"):
        if change:
            Path(change).write_text("changed")
        dependencies.settle(Path(".cache/oldest"), pins("a==1.0"), {}, STEPS)
    dependencies.settle(Path(".cache/oldest"), pins("a==1.1"), {}, STEPS)
    assert runs == [*STEPS] * 4


def test_the_floor_that_breaks_a_step_is_named(project, monkeypatch):
    def judge(_folder, found, step, **_):
        if step == "the tests" and found["b"] < Version("2.5"):
            raise Fault("an old b is at fault")
        return []

    def resolve(how, *arguments):
        assert how == "lowest-direct"
        return pins("a==1.0 b==1.5") | dependencies.versions(Path(arguments[-1]).read_text())

    monkeypatch.setattr(dependencies, "judge", judge)
    monkeypatch.setattr(dependencies, "resolve", resolve)
    suspects = requirements("a>=1.0", "b>=1.5")
    with pytest.raises(Fault) as caught:
        dependencies.settle(Path(".cache/oldest"), pins("a==1.0 b==1.5"), suspects, STEPS)
    assert str(caught.value).splitlines() == [
        "an old b is at fault",
        "`b>=1.5` is wrong: with b 3.0 in place of 1.5 it passes",
    ]
    assert [p.name for p in Path(".cache").iterdir()] == ["oldest"]


def test_a_step_that_fails_says_why(project, monkeypatch):
    monkeypatch.setattr(dependencies, "environment", lambda *_: sys.executable)
    monkeypatch.setitem(dependencies.STEPS, "the tests", ("timeit", "-n", "1", "1 / 0"))
    Path(".cache/set/tree").mkdir(parents=True)
    with pytest.raises(Fault, match=r"(?s)ZeroDivisionError.*failed in .cache.set: the tests"):
        dependencies.judge(Path(".cache/set"), {}, "the tests")


@pytest.mark.skipif(find_spec("uv") is None, reason="not the pinned set")
def test_what_uv_cannot_do_is_its_own_message(monkeypatch):
    monkeypatch.setattr(dependencies, "index", lambda: "")
    with pytest.raises(Fault, match=r"uv no-such-command: .*unrecognized"):
        dependencies.uv("no-such-command")


# What a program says that it needs.

NEEDY = 'from numpy import pi  # needs NumPy 99.1\n\nprint("ran", pi > 3)\nassert pi > 3\n'


def test_a_need_is_read_from_a_comment_alone():
    assert needs.needs(NEEDY) == {"NumPy": Version("99.1")}
    assert needs.needs('x = "# needs NumPy 99.1"\n') == {}
    assert needs.unmet(NEEDY) == f"needs NumPy 99.1, this is {metadata.version('numpy')}"
    assert needs.unmet(NEEDY.replace("99.1", "1.0")) == ""
    assert needs.unmet("# needs Python 99.0\n").startswith("needs Python 99.0, this is 3.")


@pytest.mark.parametrize(
    "comment",
    [
        *("# needs numpy 99.1", "# needs NumPy >= 99.1", "# requires SciPy 1.15"),
        *("# SciPy>=1.15", "#needs SciPy 1.15", "# needs SciPy 1.15 or later"),
    ],
)
def test_a_need_that_no_machine_reads_is_a_fault(comment):
    ((line, fault),) = needs.faults(f"x = 1\n{comment}\n")
    assert line == 2
    assert "write `# needs SciPy 1.15`" in fault


def test_a_need_that_every_reader_meets_is_a_fault():
    floors = {name: str(floor) for name, floor in needs.floors().items()}
    assert floors.keys() == {"NumPy", "SciPy", "Python"}
    for name, floor in floors.items():
        ((_, fault),) = needs.faults(f"# needs {name} {floor}\n")
        assert f"every reader has {name} {floor}" in fault
        assert needs.faults(f"# needs {name} {floor}.1\n") == []


def beyond(versions, code):
    """The needs of a program that these versions do not meet."""
    return [n for n, v in needs.needs(code).items() if v > versions.get(n.lower(), v)]


def test_the_pinned_versions_meet_every_need():
    assert beyond(PINNED, NEEDY) == ["NumPy"]
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        for fence in snippets.fences(page.read_text("utf-8")):
            assert beyond(PINNED, fence.code) == [], f"{page}:{fence.line}"


def test_a_fence_with_an_unmet_need_is_skipped_by_name(tmp_path):
    page = f"# Page\n\n```{snippets.VISIBLE}\n{NEEDY}```\n\n```{snippets.VISIBLE}\n"
    (tmp_path / "page.md").write_text(page + 'print("here")\nassert True\n```\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "-rs", "page.md"], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert "1 passed, 1 skipped" in done.stdout
    assert "page.md:3: needs NumPy 99.1, this is" in done.stdout


def test_the_files_of_every_step_exist():
    """pytest ends in an error, and says nothing of why, for a file that has moved."""
    named = [a for step in dependencies.STEPS.values() for a in step if a.endswith((".py", ".md"))]
    assert named
    assert all(Path(name).is_file() for name in named), named
