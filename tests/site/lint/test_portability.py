"""The command that runs programs as other machines do, each with a fault planted for it."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from derivref.site.lint import portability, snippets
from derivref.site.lint.portability import Program, Server, Setting

KERNEL = """\
import ctypes, pathlib
import numpy as np
libs = pathlib.Path(np.__file__).parents[1] / "numpy.libs"
lib = ctypes.CDLL(str(next(libs.glob("*openblas*"))))
core = lib.scipy_openblas_get_corename64_
core.restype = ctypes.c_char_p
print(core().decode())
"""
PLANTED = {
    "the last digit of tanh": "import numpy as np\nprint(np.tanh(0.5))",
    "a cosine of 1": "import numpy as np\nprint(1)\nassert 1 - np.cos(1e-8) == 0",
    "an exact cube root": "import numpy as np\nprint(1)\nassert np.cbrt(-8.0) == -2",
    "an exact logarithm": "import math\nprint(math.log10(1000) == 3)",
    "the order of a sum": "import numpy as np\nprint(np.array([0.1, 0.2, 0.3, 0.4, 0.7]).sum())",
    "a rounding error": "import numpy as np\nprint(f'{abs(np.exp(1.0) - 2.718281828459045):.0e}')",
    "a power": "print(1.1**7)",
    "a power in place": "x = 1.1\nx **= 7\nprint(x)",
    "a product of matrices": "import numpy as np\nx = np.arange(1, 9) / 7\nprint(repr(x @ x))",
    "linear equations": (
        "import numpy as np\nprint(np.linalg.solve([[0.7, 0.1], [0.3, 0.9]], [0.1, 0.2])[0].hex())"
    ),
    "a tail": "from scipy.special import ndtr\nprint(repr(ndtr(-3.0)))",
    "single precision": "import numpy as np\nprint(repr(np.exp(np.float32(0.7))))",
}
SOUND = """\
import math
import numpy as np
from scipy.special import erf, expit, log_expit
x = np.array([0.1, 0.2, 0.3, 0.4, 0.7])
print(f"{np.exp(1.0):.9f} {np.sum(x):.9f} {x @ x:.9f} {2.0**0.5:.9f}")
assert np.exp(0.0) == np.cos(0.0) == math.exp(0) == 1 and np.sin(0.0) == math.log(1) == 0
assert np.exp(-np.inf) == 0 and np.tanh(np.inf) == 1 and np.isnan(np.exp(np.nan))
assert np.tanh(30.0) == expit(60.0) == erf(9.0) == 1 and np.exp(-800.0) == 0 and expit(0.0) == 0.5
assert np.sin(1e-12) == 1e-12 == np.expm1(1e-20) * 1e8 and np.cos(1e-12) == 1
assert 2.0**-52 == np.finfo(float).eps and 10.0**3 == 1000 and 4.0**-0.5 == 0.5 and 3**40 > 0
assert np.arange(9.0).sum() == 36 and np.dot([1.0, 2], [3.0, 4]) == 11 and sum([0.5, 1, 2]) == 3.5
assert np.array([1, 1e-20, 1e-20]).sum() == 1 and 0.1 + 0.2 == sum([0.1, 0.2])
assert np.linalg.norm([3.0, 4.0]) == 5 and np.linalg.det([[1.0, 2], [2, 4]]) == 0
assert np.abs(np.sin(np.linspace(1.5, 1.6, 99))).max() <= 1
assert np.exp(0.7) == np.exp(np.array([0.7]))[0] == np.exp(0.7)
"""
METHODS = """\
import copy
import numpy as np
from scipy.special import expit, logsumexp
from derivref import dual, partials, tape
from derivref.autodiff import trace

x = np.array([0.1, 0.2, 0.7])
assert isinstance(np.exp, np.ufunc) and np.exp.nin == 1 and np.exp.__name__ == "exp"
assert np.hypot.outer(x, x).shape == (3, 3) and copy.deepcopy(np.exp) == np.exp
assert copy.copy(np.sum) is np.sum and repr(np.exp) == "<ufunc 'exp'>"
out = np.zeros(3)
assert np.exp(x, out=out) is out and np.all(out == np.exp(x))
assert np.exp(x, where=[True, False, True], out=np.zeros(3))[1] == 0
assert np.exp(np.float32(0.7)).dtype == np.float32 and np.exp(x.astype(np.float32)).dtype == "f4"
assert type(np.exp(0.7)) is np.float64 and np.exp([[0.5]]).shape == (1, 1)
assert np.logaddexp.reduce(x).shape == () and np.exp(1j).dtype == complex
assert np.exp in partials.ELEMENTWISE and np.sum in trace.RULES

def f(x):
    return np.exp(np.sin(x)) ** 3 * np.tanh(x)

def g(x):
    return np.sum(f(x)) * np.linalg.norm(x) + np.logaddexp.reduce(x) + x @ np.exp(x)

slope = dual.derivative(f, 0.5)
assert abs(slope - (f(0.5 + 1e-5) - f(0.5 - 1e-5)) / 2e-5) < 1e-7
gradient = tape.grad(g)(x)
step = 1e-5 * np.eye(3)[0]
assert abs(gradient[0] - (g(x + step) - g(x - step)) / 2e-5) < 1e-7
print(float(slope).hex(), float(gradient[0]).hex())
"""


@pytest.fixture(scope="module")
def usual():
    with Server(Setting("default")) as server:
        yield server


@pytest.fixture(scope="module")
def default(usual):
    return usual.state()


@pytest.fixture(scope="module")
def erring():
    with Server(Setting("a", jitter=1)) as one, Server(Setting("b", jitter=-1)) as other:
        yield one, other


@pytest.fixture(scope="module")
def machine(default):
    skipped = {}
    return {s.name: s for s in portability.settings(default, skipped)}, skipped


def program(code, usual):
    """A program with the output that a page would show."""
    fault, printed = usual.run(code, "page.md:1")
    assert not fault, fault
    return Program("page.md:1", code, printed)


@pytest.mark.parametrize("name", PLANTED)
def test_what_hangs_on_the_last_digit_is_seen(name, usual, erring):
    planted = program(PLANTED[name], usual)
    found = [one for server in erring for one in portability.differences(server, [planted])]
    assert found
    result = portability.Result("functions that err", differences=found)
    text, wrong = portability.report([result], {})
    assert wrong == len(found)
    assert text.startswith("page.md:1: under functions that err:\n")


def test_what_every_library_returns_exactly_stays(usual, erring):
    planted = program(SOUND, usual)
    for server in erring:
        assert list(portability.differences(server, [planted])) == []


def test_functions_that_err_keep_methods_types_and_derivatives(usual, erring):
    printed = set()
    for server in (usual, *erring):
        fault, text = server.run(METHODS, "page.md")
        assert not fault, fault
        printed.add(text)
    assert len(printed) == 3  # the slopes err as well


def test_functions_that_err_are_functions(erring):
    code = "import numpy as np\nx = np.linspace(0.1, 9)\nprint(np.exp(x).tobytes().hex())"
    for server in erring:
        assert server.run(code, "a.md") == server.run(code, "b.md")
    assert erring[0].run(code, "a.md") != erring[1].run(code, "a.md")


def test_programs_start_without_derivref_in_an_empty_directory(usual, erring):
    code = "import os, sys\nprint('derivref' in sys.modules, os.listdir('.'))"
    for server in (usual, *erring):
        assert server.run(code, "page.md") == ("", "False []\n")


def test_a_program_that_fails_is_told_by_its_assert(erring):
    (found,) = portability.differences(erring[0], [Program("page.md:1", "x = 2\nassert x < 1", "")])
    assert "assert x < 1" in found[1]


# Switches.


def test_every_setting_of_this_machine_takes(machine, default):
    for setting in machine[0].values():
        result = portability.check(setting, default, [])
        assert not result.error, (setting.name, result.error)


UNKNOWN = {
    "kernel": Setting(
        "kernel",
        {"OPENBLAS_CORETYPE": "Nonsense"},
        fault=partial(portability._other_kernel, ["Katmai", "Katmai"]),
    ),
    "feature": Setting(
        "feature",
        {"NPY_DISABLE_CPU_FEATURES": "NONSENSE"},
        fault=lambda default, state: portability._still_on(default["features"], default, state),
    ),
    "libm": Setting(
        "libm", {"GLIBC_TUNABLES": "glibc.cpu.nonsense=1"}, fault=portability._libm_unmoved
    ),
    "functions": Setting("functions", fault=portability._unmoved),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_switch_that_does_not_take_is_an_error(name, default):
    result = portability.check(UNKNOWN[name], default, [])
    assert result.error.startswith("did not take: ")
    text, wrong = portability.report([result], {})
    assert wrong == 1
    assert f"{name}: did not take" in text


def test_a_process_that_dies_is_an_error(default, monkeypatch):
    monkeypatch.setattr(portability, "IMPORTS", ["no_such_module"])
    result = portability.check(Setting("dies"), default, [])
    assert "no_such_module" in result.error


def test_an_unknown_kernel_is_skipped_by_name(default):
    if not default["kernels"]:
        pytest.skip("NumPy and SciPy bring no OpenBLAS along")
    skipped = {}
    assert list(portability.kernels(default, ["Nonsense"], skipped)) == []
    assert "the default" in skipped["OpenBLAS Nonsense"]


@pytest.mark.parametrize(
    ("cores", "why"),
    [
        (None, "dies with SIGILL"),
        (["Katmai", "usual"], "reaches one copy only"),
        (["usual", "usual"], "runs usual, the default"),
    ],
)
def test_a_kernel_that_is_no_use_is_skipped_by_name(monkeypatch, cores, why):
    monkeypatch.setattr(portability, "_cores", lambda name, libraries: cores)
    skipped = {}
    default = {"kernels": {"a.so": "usual", "b.so": "usual"}}
    assert list(portability.kernels(default, ["Old"], skipped)) == []
    assert why in skipped["OpenBLAS Old"]


def test_a_kernel_that_dies_of_a_product_is_skipped_by_name(monkeypatch):
    cores = {True: ["Bulldozer", "Bulldozer"], False: None}
    monkeypatch.setattr(portability, "_cores", lambda name, libraries=(): cores[bool(libraries)])
    skipped = {}
    default = {"kernels": {"a.so": "usual", "b.so": "usual"}}
    assert list(portability.kernels(default, ["Bulldozer"], skipped)) == []
    assert skipped["OpenBLAS Bulldozer"] == "beyond this processor: a product dies with SIGILL"


def test_a_kernel_runs_once_under_the_name_that_says_it(monkeypatch):
    monkeypatch.setattr(portability, "_cores", lambda name, libraries=(): ["Haswell", "Haswell"])
    skipped = {}
    default = {"kernels": {"a.so": "usual", "b.so": "usual"}}
    found = list(portability.kernels(default, ["Zen", "Haswell"], skipped))
    assert [setting.env for setting in found] == [{"OPENBLAS_CORETYPE": "Haswell"}]
    assert skipped == {"OpenBLAS Zen": "runs Haswell, as Haswell does"}


def test_no_libraries_and_no_instructions_are_said():
    skipped = {}
    bare = {"kernels": {}, "dispatch": ["X"], "features": [], "libc": "musl 1.2"}
    names = [setting.name for setting in portability.settings(bare, skipped)]
    assert names == ["default", *(f"functions that err, seed {s}" for s in portability.SEEDS)]
    assert skipped.keys() == {
        *("OpenBLAS kernels", "NumPy without AVX-512", "NumPy without dispatch"),
        "glibc without AVX2 and FMA",
    }


def test_an_output_that_hangs_on_the_kernel_is_seen(machine, default, usual):
    setting = next((s for s in machine[0].values() if "OPENBLAS_CORETYPE" in s.env), None)
    if setting is None:
        pytest.skip("this machine runs one kernel of OpenBLAS")
    planted = program(KERNEL, usual)
    ((found, text),) = portability.check(setting, default, [planted]).differences
    assert found == planted
    assert f"-{planted.output.strip()}" in text


# Pages.

PAGE = """<html><body><article><h1>A</h1>
<div class="language-python highlight"><pre><code>import math
print(math.floor(2.5))
assert math.e &gt; 2</code></pre></div>
<div class="result"><div class="language-text highlight"><pre><code>{}</code></pre></div></div>
<div class="language-python highlight"><pre><code>not_run()</code></pre></div>
</article></body></html>
"""


def command(folder, *options):
    return subprocess.run(
        [sys.executable, "-m", "derivref.site.lint.portability", str(folder), *options],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_the_command_names_page_setting_and_difference(tmp_path):
    (tmp_path / "learn/a").mkdir(parents=True)
    (tmp_path / "learn/a/index.html").write_text(PAGE.format("2"))
    (found,) = portability.programs(tmp_path)
    assert (found.where, found.output) == ("learn/a, program 1", "2")
    done = command(tmp_path, "--setting", "default")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 programs, 1 settings" in done.stdout
    (tmp_path / "learn/a/index.html").write_text(PAGE.format("3"))
    done = command(tmp_path, "--setting", "default")
    assert done.returncode == 1
    assert "learn/a, program 1: under default:\n--- page\n+++ here\n" in done.stdout
    assert "-3\n+2\n" in done.stdout


def test_a_site_without_programs_is_refused(tmp_path):
    done = command(tmp_path)
    assert done.returncode == 1
    assert "shows no programs: run `make site` first" in done.stderr


def test_a_setting_that_this_machine_lacks_is_refused(tmp_path):
    (tmp_path / "index.html").write_text(PAGE.format("2"))
    done = command(tmp_path, "--setting", "Nonsense")
    assert done.returncode == 1
    assert "no setting of this machine has 'Nonsense'" in done.stderr


def test_programs_are_named_by_their_line(tmp_path):
    (tmp_path / "site/a").mkdir(parents=True)
    (tmp_path / "site/a/index.html").write_text(PAGE.format("2"))
    code = "import math\nprint(math.floor(2.5))\nassert math.e > 2"
    (tmp_path / "a.md").write_text(f"# A\n\n```{snippets.VISIBLE}\n{code}\n```\n")
    (found,) = portability.programs(tmp_path / "site", tmp_path)
    assert found.where == "a.md:3"


def test_a_table_that_hangs_on_the_machine_is_seen(tmp_path, default, monkeypatch):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "cache"))
    code = "import os\nprint(os.environ.get('PLANTED'), os.getcwd())"
    code += "\nprint('<svg>', os.getpid(), '</svg>')"  # a picture may differ
    (tmp_path / "a.md").write_text(f"# A\n\n```{snippets.HIDDEN}\n{code}\n```\n")
    fences = portability.generated(tmp_path)
    assert [fence.where for fence in fences] == ["a.md:3"]
    usual = list(portability.generate(Setting("default"), fences, tmp_path))
    assert usual[0].output == f"None {tmp_path}\n<svg>\n"
    same, other = (
        portability.compare(
            setting,
            default,
            usual,
            lambda s=setting: list(portability.generate(s, fences, tmp_path)),
        )
        for setting in (Setting("same"), Setting("other", {"PLANTED": "1"}))
    )
    assert (same.differences, same.error, other.error) == ([], "", "")
    assert other.differences[0][1].endswith(f"-None {tmp_path}\n+1 {tmp_path}\n <svg>")


def test_of_the_tables_of_single_entries_some_are_drawn():
    fences = portability.generated(Path("docs"))
    found, other = (portability.drawn(fences, seed) for seed in ("1", "2"))
    left = [p for p in fences if p not in found]
    assert len(left) > 10 * portability.SOME_ENTRIES
    assert found != other
    assert all("entry(" in p.code or "details(" in p.code for p in left)
    assert portability.drawn(fences, "1") == found
