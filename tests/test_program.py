"""The programs that entries emit."""

import subprocess
import sys
import textwrap
from types import ModuleType

import pytest

from derivref.program import fitted, program

SOURCE = '''
import math
import numpy as np
from scipy.special import erfcx, expit, ndtr

HALF, TWO = 0.5, 2  # constants
UNUSED = 2.0


def helper(x):
    """One line."""
    return HALF * np.asarray(x)


def twice(x):
    """First line.

    More.
    """
    y = helper(x)  # why
    return y + helper(x) * expit(0.0) * TWO


def unused(x):
    return math.sqrt(erfcx(x)) + ndtr(x)
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    path = tmp_path / "planted.py"
    path.write_text(textwrap.dedent(SOURCE))
    planted = ModuleType("planted")
    planted.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "planted", planted)
    exec(compile(SOURCE, str(path), "exec"), planted.__dict__)
    return planted


def test_docstrings_may_go(module):
    text = program(module.twice, docstrings=False)
    assert "def twice(x):\n    y = helper(x)  # why\n    return y" in text
    assert '"""' not in text


def test_a_comment_that_is_too_long_stands_above_its_line():
    text = "def f(x):\n    return 2 * x  # twice is more than once\n    # a # sign\ns = '# no'\n"
    assert fitted(text, 88) == text
    lines = fitted(text, 24).splitlines()
    assert lines[1:4] == ["    # twice is more than", "    # once", "    return 2 * x"]
    assert lines[4:] == text.splitlines()[2:]
    assert max(map(len, lines)) == 24


def test_holds_what_is_used_and_nothing_else(module):
    text = program(module.twice, example="print(twice(1.0))\nassert twice(1.0) == 1.0")
    head = "import numpy as np\nfrom scipy.special import expit\n\nHALF, TWO = 0.5, 2  # constants"
    assert text.startswith(f"{head}\n\n\ndef twice")
    assert '"""First line."""\n    y = helper(x)  # why\n' in text
    assert "More." not in text
    assert "nused" not in text.lower()
    assert text.index("def twice") < text.index("def helper") < text.index("print(")


def test_runs_as_pasted(module, tmp_path):
    text = program(module.twice, example="print(twice(1.0))\nassert twice(1.0) == 1.0")
    done = subprocess.run([sys.executable, "-I", "-c", text], cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"1.0", b"")


def test_the_example_brings_what_it_uses(module):
    text = program(module.helper, example="x = math.pi\nassert unused(x) > helper(x)")
    assert "import math\n" in text
    assert "def unused" in text


def test_a_name_that_nothing_defines_is_refused(module):
    with pytest.raises(ValueError, match="`thrice`"):
        program(module.twice, example="assert thrice(1.0)")
