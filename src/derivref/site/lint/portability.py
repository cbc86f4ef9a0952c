"""Run every program of the built pages as other processors and libraries would run it.

``python -m derivref.site.lint.portability site`` names each output that differs from the page, byte
for byte, with the page, the setting and the difference. Settings are switched on when a process
starts, read back, and not believed otherwise. What no switch reaches, processors and libraries
that are not here, is stood for by functions that err (`jitter`).
"""

import argparse
import difflib
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from derivref.cache import directory
from derivref.site.fault import Fault
from derivref.site.lint import snippets

HERE = Path(__file__).parent
# Nothing that a program imports by a name it did not import itself: no submodule of SciPy but the
# one that warns while it is imported, as in `snippets`.
IMPORTS = ["pytest", "numpy", "scipy.special"]
TOOLS = ("matplotlib.pyplot", "derivref.site.show.entries", "derivref.site.show.differencing")

# What OPENBLAS_CORETYPE may say (the names of its dynamic.c, dynamic_arm64.c). A library knows a
# part of them, runs another kernel in place of some, and ignores the rest in silence.
KERNELS = (
    *("Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn"),
    *("Dunnington", "Nehalem", "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Nano"),
    *("Sandybridge", "Bobcat", "Bulldozer", "Piledriver", "Haswell", "Steamroller"),
    *("Excavator", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids"),
)
ARM_KERNELS = (
    *("armv8", "cortexa53", "cortexa55", "cortexa57", "cortexa72", "cortexa73", "falkor"),
    *("thunderx", "thunderx2t99", "thunderx3t110", "tsv110", "emag8180", "neoversen1"),
    *("neoversev1", "neoversen2", "vortex", "armv8sve", "a64fx"),
)
# What the tools keep that is computed with 50 digits, or is no number: the same on every machine.
EXACT = ("derivation", "ends", "equal", "facts", "higher", "maths", "reference", "scan")
HWCAPS = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX"
SEEDS = (1, -1, 2, -2)
# What is looked at where all would take too long: seeds, and tables of single entries, which all
# come from the same code: 900 of 1000 tables, and 9 of the 11 minutes that a setting takes.
SOME_SEEDS, SOME_ENTRIES = 2, 40

_PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)

State = dict[str, Any]


@dataclass(frozen=True)
class Program:
    """A program of a built page, the output shown below it, and where it stands."""

    where: str
    code: str
    output: str


@dataclass(frozen=True)
class Setting:
    """What makes a process compute differently, and how to see that it does.

    `fault` is given what is active by default and under the setting, and says what did not take.
    """

    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    jitter: int = 0
    fault: Callable[[State, State], str] = lambda default, state: ""


@dataclass
class Result:
    """What a setting found: differences by program, or why it was skipped or is in error."""

    setting: str
    seconds: float = 0.0
    differences: list[tuple[Program, str]] = field(default_factory=list)
    error: str = ""


def programs(site: Path, docs: Path | None = None) -> list[Program]:
    """Return the programs of a built site, each once, with line where it stands in `docs`."""
    found: dict[tuple[str, str], Program] = {}
    for path in sorted(site.rglob("index.html")):
        html = path.read_text(encoding="utf-8")
        if "language-python" not in html:
            continue  # nor has it an article, if it is a page that has moved
        page = path.parent.relative_to(site).as_posix()
        source = docs and next(
            (p for p in (docs / f"{page}.md", docs / page / "index.md") if p.is_file()), None
        )
        text = source.read_text(encoding="utf-8") if source else ""
        for number, block in enumerate(snippets.blocks(snippets.article(html)), 1):
            if block.output is None:
                continue
            line = snippets.line_of(block.code, text)
            where = (
                f"{source.relative_to(docs)}:{line}"
                if docs and source and line
                else (f"{page}, program {number}")
            )
            found.setdefault((block.code, block.output), Program(where, block.code, block.output))
    return list(found.values())


class Server:
    """A process that was started with a setting and runs each program in a fork of itself.

    `cache` is the directory of what the tools of the site compute, if they run in it: then their
    modules are imported first, which a reader's program must do itself.
    """

    def __init__(self, setting: Setting, cache: Path | None = None) -> None:
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        env |= {"OPENBLAS_NUM_THREADS": "1", **setting.env}
        if cache:
            env["DERIVREF_CACHE"] = str(cache)
        command = [sys.executable, "-I", "-X", "utf8", str(HERE / "forked.py")]
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        imports = [*IMPORTS, *(TOOLS if cache else ())]
        self._write({"imports": imports, "jitter": setting.jitter})

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def _write(self, line: Any) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(line) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answer says why

    def run(self, code: str, name: str, **job: Any) -> tuple[str, str]:
        """Return what is wrong with the run of a program, empty if nothing is, and its output.

        Raises
        ------
        Fault
            If the server has died.
        """
        self._write({"code": code, "name": name, **job})
        assert self.process.stdout
        answer = self.process.stdout.readline()
        if not answer:
            errors = self.process.communicate()[1].strip()
            code_ = self.process.returncode
            raise Fault(f"(signal {-code_})" if code_ < 0 else f"ends with code {code_}: {errors}")
        _, fault, printed = json.loads(answer)
        return fault, printed

    def state(self) -> State:
        """Return what is active, as a program in it sees it."""
        fault, printed = self.run((HERE / "active.py").read_text("utf-8"), "active.py")
        if fault:
            raise Fault(fault)
        state: State = json.loads(printed)
        return state


def differences(server: Server, wanted: Sequence[Program]) -> Iterator[tuple[Program, str]]:
    """Run programs and yield those that do not print what their page shows."""
    for program in wanted:
        fault, printed = server.run(program.code, program.where)
        if fault:
            yield program, fault
        elif printed.strip("\n") != program.output.strip("\n"):
            yield program, _difference(program.output, printed)


def generated(docs: Path) -> list[Program]:
    """Return the hidden fences of the pages, which generate tables."""
    found: dict[str, Program] = {}
    for path in sorted(docs.rglob("*.md")):
        for fence in snippets.fences(path.read_text(encoding="utf-8")):
            if fence.header == snippets.HIDDEN:
                where = f"{path.relative_to(docs).as_posix()}:{fence.line}"
                found.setdefault(fence.code, Program(where, fence.code, ""))
    return list(found.values())


def drawn(fences: Sequence[Program], seed: str) -> list[Program]:
    """Return the fences that show more than an entry, and some of the others, drawn by `seed`."""
    entries = [p for p in fences if re.search(r"^print\((entry|details)\(", p.code, re.MULTILINE)]
    kept = random.Random(seed).sample(entries, min(SOME_ENTRIES, len(entries)))
    left = {p.where for p in entries} - {p.where for p in kept}
    return [p for p in fences if p.where not in left]


def generate(setting: Setting, wanted: Sequence[Program], root: Path) -> Iterator[Program]:
    """Yield each hidden fence with what it prints under a setting, nothing measured remembered.

    Without the pictures: what lives at rounding level is drawn.
    """
    with tempfile.TemporaryDirectory() as temporary:
        for kind in EXACT:
            (directory().resolve() / kind).mkdir(parents=True, exist_ok=True)
            Path(temporary, kind).symlink_to(directory().resolve() / kind)
        with Server(setting, Path(temporary)) as server:
            for program in wanted:
                job = {"folder": str(root), "limit": 600.0}
                fault, printed = server.run(program.code, program.where, **job)
                yield replace(program, output=fault or _PICTURE.sub("<svg>", printed))


def compare(
    setting: Setting,
    default: State,
    usual: Sequence[Program],
    generated: Callable[[], Sequence[Program]],
) -> Result:
    """Compare the tables as a setting generates them, if it takes, with the usual ones."""
    start = time.monotonic()
    result = Result(f"{setting.name}, generated")
    try:
        with Server(setting) as server:
            result.error = setting.fault(default, server.state())
        if not result.error:
            for was, now in zip(usual, generated(), strict=True):
                if now.output != was.output:
                    result.differences.append((was, _difference(was.output, now.output)))
    except Fault as fault:
        result.error = f"the process {fault}"
    result.seconds = time.monotonic() - start
    return result


def _difference(shown: str, printed: str) -> str:
    lines = (shown.strip("\n").splitlines(), printed.strip("\n").splitlines())
    return "\n".join(difflib.unified_diff(*lines, "page", "here", lineterm="", n=1))


def check(setting: Setting, default: State, wanted: Sequence[Program]) -> Result:
    """Run all programs under a setting, if it takes."""
    start = time.monotonic()
    result = Result(setting.name)
    try:
        with Server(setting) as server:
            result.error = setting.fault(default, server.state())
            if not result.error:
                result.differences = list(differences(server, wanted))
    except Fault as fault:
        result.error = f"the process {fault}"
    result.seconds = time.monotonic() - start
    return result


# Which settings this machine has.


def kernels(default: State, names: Sequence[str], skipped: dict[str, str]) -> Iterator[Setting]:
    """Yield a setting for each kernel of OpenBLAS that is not the default one, once."""
    libraries = list(default["kernels"])
    if not libraries:
        skipped["OpenBLAS kernels"] = "NumPy and SciPy bring no OpenBLAS along"
        return
    with ThreadPoolExecutor(2) as pool:
        cores = dict(zip(names, pool.map(lambda name: _cores(name, libraries), names), strict=True))
    usual = list(default["kernels"].values())
    # The name that says what runs comes first: Haswell before Zen, which is Haswell in disguise.
    seen = {json.dumps(usual): "the default"}
    for name in sorted(names, key=lambda name: name not in (cores[name] or ())):
        active = cores[name]
        key = json.dumps(active)
        if active is None:
            skipped[f"OpenBLAS {name}"] = "beyond this processor: it dies with SIGILL"
        elif key in seen:
            skipped[f"OpenBLAS {name}"] = f"runs {' and '.join(dict.fromkeys(active))}, {seen[key]}"
        elif len(usual) > 1 and any(a == b for a, b in zip(active, usual, strict=True)):
            skipped[f"OpenBLAS {name}"] = f"reaches one copy only: {' and '.join(active)}"
        elif _cores(name) is None:  # an old OpenBLAS names it and dies of its first product
            skipped[f"OpenBLAS {name}"] = "beyond this processor: a product dies with SIGILL"
        else:
            seen[key] = f"as {name} does"
            yield Setting(
                f"OpenBLAS {name}",
                {"OPENBLAS_CORETYPE": name},
                fault=partial(_other_kernel, active),
            )


def _other_kernel(wanted: Sequence[str], default: State, state: State) -> str:
    got = list(state["kernels"].values())
    return "" if got == wanted else f"did not take: {got} is active, not {wanted}"


def _cores(name: str, libraries: Sequence[str] = ()) -> list[str] | None:
    """Return the kernel of each library when `name` is asked for; None if it is no use here.

    Without libraries NumPy and SciPy compute with it, and what is returned does not count.
    """
    done = subprocess.run(
        [sys.executable, "-I", str(HERE / "active.py"), *libraries],
        env={"OPENBLAS_CORETYPE": name, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
    )
    if done.returncode == -signal.SIGILL:
        return None
    if done.returncode:
        raise Fault(f"OPENBLAS_CORETYPE={name}: {done.stderr.decode().strip()}")
    return list(json.loads(done.stdout))


def dispatch(default: State, skipped: dict[str, str]) -> Iterator[Setting]:
    """Yield settings without the instructions that NumPy chooses when it starts."""
    enabled = [name for name in default["dispatch"] if name in default["features"]]
    wide = [name for name in enabled if name.startswith(("AVX512", "X86_V4"))]
    for label, names in (("without AVX-512", wide), ("without dispatch", enabled)):
        if not names or (names == enabled and label != "without dispatch"):
            skipped[f"NumPy {label}"] = "this processor and NumPy have nothing to switch off"
            continue
        yield Setting(
            f"NumPy {label}",
            {"NPY_DISABLE_CPU_FEATURES": " ".join(names)},
            fault=partial(_still_on, names),
        )


def _still_on(names: Sequence[str], default: State, state: State) -> str:
    on = [name for name in names if name in state["features"]]
    return f"did not take: {' '.join(on)} is on" if on else ""


def glibc(default: State, skipped: dict[str, str]) -> Iterator[Setting]:
    """Yield a setting with glibc's functions for processors without AVX2 and FMA."""
    name = "glibc without AVX2 and FMA"
    if not default["libc"].startswith("glibc"):
        skipped[name] = f"the C library is {default['libc'] or 'another one'}"
    elif not {"AVX2", "FMA3"} & set(default["features"]):
        skipped[name] = "this processor has neither"
    else:
        yield Setting(name, {"GLIBC_TUNABLES": HWCAPS}, fault=_libm_unmoved)


def _libm_unmoved(default: State, state: State) -> str:
    same = state["libm"] == default["libm"]
    return "did not take: exp, log, sin and cos have their usual values" if same else ""


def _unmoved(default: State, state: State) -> str:
    same = [name for name, value in state["values"].items() if value == default["values"][name]]
    return f"did not take: {', '.join(same)} does not err" if same else ""


def settings(
    default: State, skipped: dict[str, str], seeds: Sequence[int] = SEEDS
) -> list[Setting]:
    """Return all settings that this machine has; `skipped` is told the others, and why."""
    x86 = platform.machine().lower() in ("x86_64", "amd64")
    found = [
        Setting("default"),
        *kernels(default, KERNELS if x86 else ARM_KERNELS, skipped),
        *dispatch(default, skipped),
        *glibc(default, skipped),
    ]
    if len(found) > 2:
        found.append(_all_at_once(found))
    return found + [
        Setting(f"functions that err, seed {s}", jitter=s, fault=_unmoved) for s in seeds
    ]


def _all_at_once(found: Sequence[Setting]) -> Setting:
    """Return the oldest processor: the first kernel, and every other switch that is strongest."""
    kernel = next((s for s in found if "OPENBLAS_CORETYPE" in s.env), found[0])
    parts = [kernel, *(s for s in found if s.env and "OPENBLAS_CORETYPE" not in s.env)]
    env = {k: v for part in parts for k, v in part.env.items()}

    def fault(default: State, state: State) -> str:
        return next((text for part in parts if (text := part.fault(default, state))), "")

    return Setting("all switches at once", env, fault=fault)


def report(results: Sequence[Result], skipped: Mapping[str, str]) -> tuple[str, int]:
    """Return what is to be said, and how many things are wrong."""
    lines = [
        f"{program.where}: under {result.setting}:\n{text}\n"
        for result in results
        for program, text in result.differences
    ]
    lines += [f"{name}: skipped: {why}" for name, why in skipped.items()]
    for result in results:
        what = result.error or f"{len(result.differences)} programs differ"
        lines.append(f"{result.setting}: {what} ({result.seconds:.1f} s)")
    return "\n".join(lines), sum(len(r.differences) + bool(r.error) for r in results)


def main() -> None:
    """Run the programs of a site under every setting."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=Path("site"))
    parser.add_argument(
        "--generated",
        action="store_true",
        help="generate the tables, too, with all switches thrown at once",
    )
    parser.add_argument(
        "--pages",
        choices=("all", "some"),
        default="all",
        help=f"some: {SOME_SEEDS} of {len(SEEDS)} seeds, and tables of {SOME_ENTRIES} entries, "
        "which the date of the commit draws",
    )
    parser.add_argument("--setting", default="", help="only settings whose name contains this")
    options = parser.parse_args()
    wanted = programs(options.site, Path("docs"))
    if not wanted:
        sys.exit(f"{options.site} shows no programs: run `make site` first")
    skipped: dict[str, str] = {}
    with Server(Setting("default")) as server:
        default = server.state()
    seeds = SEEDS[:SOME_SEEDS] if options.pages == "some" else SEEDS
    chosen = [s for s in settings(default, skipped, seeds) if options.setting in s.name]
    if not chosen:
        sys.exit(f"no setting of this machine has {options.setting!r} in its name")
    print(f"{len(wanted)} programs, {len(chosen)} settings", flush=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda setting: check(setting, default, wanted), chosen))
    if options.generated:
        fences = generated(Path("docs"))
        if options.pages == "some":
            fences = drawn(fences, os.environ.get("SOURCE_DATE_EPOCH", ""))
        strongest = [s for s in chosen if s.env][-1:]
        with ThreadPoolExecutor(2) as pool:
            found = [
                pool.submit(lambda s: list(generate(s, fences, Path.cwd())), setting)
                for setting in (Setting("default"), *strongest)
            ]
        usual = found[0].result()
        results += [
            compare(s, default, usual, there.result)
            for s, there in zip(strongest, found[1:], strict=True)
        ]
    text, wrong = report(results, skipped)
    print(text)
    if wrong:
        sys.exit(f"{wrong} differences or settings that did not take, see above")


if __name__ == "__main__":
    main()
