"""Plant faults one at a time in a copy of the tree and run the check that should see each."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from threading import Lock

from derivref.site.lint.faults.draw import Fault

LIMIT = 300.0  # seconds; a fault that makes a check hang is seen
SHARED = (".venv", "node_modules", "site")  # made from the tree, and only read here
SKIPPED = {*SHARED, ".git", ".cache", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


@dataclass(frozen=True)
class Outcome:
    """What became of a fault: caught, survived, or unchanged, with the first line of the message.

    A fault is `unchanged` if the program prints what it printed before: nothing is wrong then.
    """

    kind: str
    place: str  # file and line
    old: str
    new: str
    verdict: str
    message: str
    source: str = ""  # the line without the fault


class Tree:
    """A copy of the repository in which faults are planted and removed again."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder

        def skipped(place: str, names: list[str]) -> set[str]:
            made = SKIPPED if Path(place) == root else {"__pycache__"}
            return set(names) & made

        shutil.copytree(root, folder, ignore=skipped, symlinks=True)
        for name in SHARED:
            if (root / name).exists():
                (folder / name).symlink_to((root / name).resolve(), target_is_directory=True)
        cache = root / ".cache"
        if cache.is_dir():
            shutil.copytree(cache, folder / ".cache")
        self.clean: dict[tuple[str, ...], tuple[bool, str, set[str]]] = {}

    def run(
        self, command: tuple[str, ...], line: int, skip: Iterable[str] = ()
    ) -> tuple[bool, str]:
        """Run a check; return whether it passes and what it printed."""
        kind, *arguments = command
        if kind == "pytest":
            call = ["-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
            call += [f"--deselect={name}" for name in skip] + arguments
        else:
            call = ["-m", "derivref.site.lint.faults.probe", kind, *arguments]
            call += [str(line)] * (kind == "page")
        env = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DERIVREF_CACHE": str(self.folder / ".cache/derivref"),
            "OPENBLAS_NUM_THREADS": "1",
        }
        try:
            done = subprocess.run(
                [sys.executable, *call],
                cwd=self.folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False, f"no end after {LIMIT:g} s"
        return done.returncode == 0, done.stdout + done.stderr

    def before(self, command: tuple[str, ...], line: int) -> tuple[str, set[str]]:
        """Return what a check says of the tree without a fault, and the tests that fail there."""
        key = (*command, str(line)) if command[0] == "page" else command
        if key not in self.clean:
            failing: set[str] = set()
            while True:
                passes, output = self.run(command, line, failing)
                new = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE))
                if passes or command[0] != "pytest" or not new - failing:
                    break
                failing |= new
            self.clean[key] = passes, output, failing
        passes, output, failing = self.clean[key]
        if not passes and command[0] == "pytest":
            raise RuntimeError(f"`{' '.join(command)}` fails without a fault:\n{output[-2000:]}")
        return output, failing

    def plant(self, fault: Fault) -> Outcome:
        """Plant a fault, run its check, remove it, and say what came of it."""
        said, failing = self.before(fault.check, fault.line)
        path = self.folder / fault.file
        text = path.read_text("utf-8")
        try:
            path.write_text(fault.apply(text), "utf-8")
            passes, output = self.run(fault.check, fault.line, failing)
        finally:
            path.write_text(text, "utf-8")
        if fault.check[0] != "pytest":  # what is said of the tree without it is no news
            old = set(said.splitlines())
            news = [s for s in output.splitlines() if s not in old and not s.startswith("printed ")]
            verdict = "caught" if news else "survived"
            if verdict == "survived" and fault.kind == "programs" and _same_output(said, output):
                verdict = "unchanged"
            message = "" if not news else next((s for s in reversed(news) if "Error" in s), news[0])
            message = message if not passes else news[0] if news else ""
        else:
            verdict, message = ("survived", "") if passes else ("caught", _message(output))
        # The data are read on other machines: no path of this one.
        message = re.sub(r"(?<![\w.])/(?:[\w.@+-]+/)+", "", message)[:300]
        source = text.splitlines()[fault.line - 1].strip()
        place = f"{fault.file}:{fault.line}"
        return Outcome(fault.kind, place, fault.old, fault.new, verdict, message, source)


def _same_output(one: str, two: str) -> bool:
    return re.findall(r"^printed .*", one, re.M) == re.findall(r"^printed .*", two, re.M)


def _message(output: str) -> str:
    """Return the line of a test report that says what is wrong."""
    lines = [s[1:].strip() for s in output.splitlines() if s.startswith("E  ")]
    test = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    name = f"{test[1].rpartition('::')[2]}: " if test else ""
    return name + (lines[0] if lines else output.strip().splitlines()[-1] if output.strip() else "")


def plant(
    root: Path, faults: Iterable[Fault], jobs: int, keep: Path | None = None
) -> Iterator[Outcome]:
    """Plant faults in copies of the tree, several at a time, and yield what became of each.

    Parameters
    ----------
    root : Path
        The repository.
    faults : iterable of Fault
        In the order in which they are planted.
    jobs : int
        Number of copies.
    keep : Path, optional
        File to which each outcome is added; those in it are not planted again.
    """
    known, lock = {}, Lock()
    if keep is not None:
        keep.parent.mkdir(parents=True, exist_ok=True)
    if keep is not None and keep.is_file():
        for line in keep.read_text("utf-8").splitlines():
            found = Outcome(**json.loads(line))
            known[(found.place, found.old, found.new)] = found
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(jobs) as pool:
        trees: Queue[Tree] = Queue()
        for number in range(jobs):
            trees.put(Tree(root, Path(place) / str(number)))

        def one(fault: Fault) -> Outcome:
            before = known.get((f"{fault.file}:{fault.line}", fault.old, fault.new))
            if before is not None:
                return before
            tree = trees.get()
            try:
                outcome = tree.plant(fault)
            finally:
                trees.put(tree)
            if keep is not None:  # at once: whoever stops the run loses nothing that is done
                with lock, keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            return outcome

        yield from pool.map(one, faults)
