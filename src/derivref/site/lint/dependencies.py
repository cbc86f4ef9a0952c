"""Build and test with the oldest and the newest dependencies that the running Python can have.

``python -m derivref.site.lint.dependencies`` resolves two sets from ``pyproject.toml`` with uv:
each direct dependency at its declared floor, and each at the newest release that is allowed. For
each set it makes an environment and a copy of the tree, builds the site strictly, and runs the
tests. Those paste every program of the site in ``site/``, which the pinned set has built, and want
its output.
"""

import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from derivref.cache import cached, directory
from derivref.site.fault import Fault

SITE, HOME = Path("site"), Path(".cache/versions")
SETS = {"oldest": "lowest-direct", "newest": "highest"}
EXTRA = "test"  # what builds the site and tests it; linters run with the pinned set alone
PYTEST = ("pytest", "-q", "-n", "auto", "-rfEs", "-o", "cache_dir=failed", "docs", "README.md")
STEPS = {
    "the strict build": ("derivref.site.build", "../site"),
    "the pages": (*PYTEST, "tests/site/lint/test_pages.py"),
    "the tests": (*PYTEST, "tests", "--ignore=tests/site/browser"),
}
# What the package computes with: `make test` has judged it if these are as pinned.
COMPUTE = {"numpy", "scipy", "sympy", "mpmath"}

Versions = dict[str, Version]


def direct(project: Mapping[str, Any], extra: str = EXTRA) -> dict[str, Requirement]:
    """Return every requirement that the ``[project]`` table states for itself or for `extra`."""
    found: dict[str, Requirement] = {}
    todo = [*project["dependencies"], *project["optional-dependencies"][extra]]
    while todo:
        one = Requirement(todo.pop())
        if one.name == project["name"]:
            todo += [text for key in one.extras for text in project["optional-dependencies"][key]]
        else:
            found[canonicalize_name(one.name)] = one
    return dict(sorted(found.items()))


def floor_faults(declared: Mapping[str, Requirement], oldest: Versions, python: str) -> list[str]:
    """Return the requirements whose floor is missing, or is no release that `python` can have."""
    found = []
    for name, one in declared.items():
        floors = [Version(s.version) for s in one.specifier if s.operator == ">="]
        if not floors:
            found.append(f"`{one}` has no floor: write the oldest release that was tried")
        elif floors != [oldest[name]]:
            found.append(
                f"`{one}`: the oldest that Python {python} can have beside the others is "
                f"{oldest[name]}; write that"
            )
    return found


def versions(text: str) -> Versions:
    """Return the versions that the lines ``name==version; marker`` of a text pin for us here."""
    lines = (line.removesuffix("\\") for line in text.splitlines())
    pins = [Requirement(line) for line in lines if line[:1].isalnum()]
    return {
        canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version)
        for pin in pins
        if not pin.marker or pin.marker.evaluate()
    }


def uv(*arguments: str) -> str:
    """Run uv and return what it prints.

    Raises
    ------
    Fault
        If it fails; the message is uv's.
    """
    program = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    environment = {"UV_DEFAULT_INDEX": index(), **os.environ} if index() else None
    done = subprocess.run(
        [program, "-q", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Fault(f"uv {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


@functools.cache
def index() -> str:
    """Return the package index that pip is set up with, which uv does not ask; empty if none."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    pairs = dict(line.partition("=")[::2] for line in listed.splitlines())
    return (pairs.get(":env:.index-url") or pairs.get("global.index-url") or "").strip("'\"")


def resolve(how: str, *arguments: str) -> Versions:
    """Return what ``pyproject.toml`` resolves to; `how` and further arguments are uv's."""
    # Wheels alone: building an old source may take anything.
    flags = ("--extra", EXTRA, "--only-binary", ":all:", "--no-annotate", "--no-header")
    return versions(uv("pip", "compile", "pyproject.toml", "--resolution", how, *flags, *arguments))


def tree(folder: Path) -> str:
    """Copy the tree into `folder` and return its digest: a build writes beside the pages."""
    rules = Path(".gitignore").read_text("utf-8").split()

    def ignored(where: str, names: list[str]) -> set[str]:
        paths = {name: Path(where, name).as_posix() for name in names}
        return {n for n in names if n == ".git" or f"{n}/" in rules or f"/{paths[n]}/" in rules}

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(".", folder, ignore=ignored)
    found = digest(folder)
    (folder / "node_modules").symlink_to(Path("node_modules").resolve())
    return found


def digest(folder: Path) -> str:
    """Return the digest of every file below `folder`, with its name."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def environment(folder: Path, pins: Versions) -> Path:
    """Install `pins`, and the project from ``tree``, into ``env``, unless it has them."""
    project = Path("pyproject.toml").read_text("utf-8")
    lines = "".join(f"{name}=={pin}\n" for name, pin in pins.items())
    wanted, made = f"{sys.version}\n{lines}{project}", folder / "made"
    python = (folder / "env/bin/python").absolute()
    if not made.is_file() or made.read_text("utf-8") != wanted:
        made.unlink(missing_ok=True)
        (folder / "pins").write_text(lines, "utf-8")
        uv("venv", "--clear", "--python", sys.executable, str(folder / "env"))
        install = ("pip", "install", "--python", str(python), "--no-deps")
        uv(*install, "-r", str(folder / "pins"), "editables")
        uv(*install, "--no-build-isolation", "-e", str(folder / "tree"))
        made.write_text(wanted, "utf-8")
    return python


def judge(folder: Path, pins: Versions, step: str, **more: str) -> list[str]:
    """Run a step in ``tree`` with these versions; return what it skipped and its last line.

    `more` is added to the process environment.

    Raises
    ------
    Fault
        If it fails; the message has the end of what it said.
    """
    log = folder / "log"
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [str(environment(folder, pins)), "-m", *STEPS[step]],
            cwd=folder / "tree",
            env={
                **os.environ,
                "DERIVREF_CACHE": str(directory().resolve()),
                "DERIVREF_SITE": str(SITE.resolve()),
                **more,
            },
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    lines = log.read_text("utf-8").splitlines()
    if done.returncode:
        raise Fault("\n".join([*lines[-60:], f"failed in {folder}: {step}"]))
    return [line for line in lines if line.startswith("SKIPPED")] + lines[-1:]


def settle(
    folder: Path, pins: Versions, suspects: Mapping[str, Requirement], steps: Iterable[str]
) -> None:
    """Run `steps` with `pins`, unless this tree and site have passed with them.

    Raises
    ------
    Fault
        If one fails; the message names the `suspects` whose pinned version alone mends it.
    """

    def run() -> bytes:
        for step in steps:
            start = time.monotonic()
            try:
                said = judge(folder, pins, step)
            except Fault as fault:
                guilty = blame(folder, step, pins, suspects) if suspects else ()
                raise Fault("\n".join([str(fault), *guilty])) from None
            print(f"  {step}: {time.monotonic() - start:.0f} s", *said, sep="\n    ", flush=True)
        return b"passed"

    made = (sys.version, platform.platform(), repr(pins), repr(steps))
    key = (tree(folder / "tree"), digest(SITE), *made)
    cached("versions", key, run)


def blame(
    folder: Path, step: str, pins: Versions, suspects: Mapping[str, Requirement]
) -> Iterator[str]:
    """Repeat a step that failed with one suspect at its pinned version; name each that mends it."""
    pinned = versions(Path("constraints.txt").read_text("utf-8"))
    for name, one in suspects.items():
        if pinned[name] == pins[name]:
            continue
        other = folder.with_name(f"{folder.name}-{name}")
        shutil.rmtree(other, ignore_errors=True)
        tree(other / "tree")
        if (folder / "tree/failed").exists():
            shutil.copytree(folder / "tree/failed", other / "tree/failed")
        (other / "pin").write_text(f"{name}=={pinned[name]}\n", "utf-8")
        arguments = ("--python", sys.executable, "--constraints", str(other / "pin"))
        try:
            # Of the tests, those that failed are enough.
            judge(other, resolve(SETS["oldest"], *arguments), step, PYTEST_ADDOPTS="--lf")
        except Fault:
            continue
        finally:
            shutil.rmtree(other)
        yield f"`{one}` is wrong: with {name} {pinned[name]} in place of {pins[name]} it passes"


def main() -> None:
    """Judge both sets; stop at the first that fails."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    declared = direct(project)
    pinned = versions(Path("constraints.txt").read_text("utf-8"))
    python = project["requires-python"].removeprefix(">=")
    try:
        oldest = resolve(SETS["oldest"], "--python-version", python)
        if faults := floor_faults(declared, oldest, python):
            raise Fault("\n".join(faults))
        for name, how in SETS.items():
            pins = resolve(how, "--python", sys.executable)
            differ = {key for key, pin in pins.items() if pinned.get(key) != pin}
            said = ", ".join(f"{key} {pins[key]}" for key in sorted(differ))
            print(f"{name}: {said or 'the pinned set, which `make test` judges'}", flush=True)
            if differ:
                computed = "the tests" if COMPUTE & differ else "the pages"
                suspects = declared if name == "oldest" else {}
                settle(HOME / name, pins, suspects, ("the strict build", computed))
    except Fault as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
