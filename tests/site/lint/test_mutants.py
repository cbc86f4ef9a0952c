"""Programs changed by machine: their asserts fail."""

from pathlib import Path

import pytest

from derivref.site.lint import mutants

ROOT = Path(__file__).parents[3]
STRIDE = 12  # every so many programs is changed once here; the command changes all, in every way

PROGRAM = """\
import numpy as np

x, h = 1.0, 1e-5
slope = (np.sin(x + h) - np.sin(x - h)) / (2 * h)
print(f"{slope:.6f}")
assert abs(slope - np.cos(1.0)) < 1e-9
"""


def test_inputs_are_no_formulas():
    changed = {mutant.old for mutant in mutants.mutants(PROGRAM)}
    assert changed == {"+", "-", "/", "*", "sin", "cos", "2", "<"}
    grid = (
        "import numpy as np\n\nx = np.linspace(-1, 2, 5)\nfor y in (3, 4):\n    print(x[0] + y)\n"
    )
    assert [(m.line, m.old) for m in mutants.mutants(grid)] == [(5, "+")]


@pytest.mark.parametrize("assertion", ["abs(slope - np.cos(1.0)) < 1e-9", "np.isfinite(slope)"])
def test_an_assert_that_sees_nothing_is_told(assertion, monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path))
    code = PROGRAM.replace("abs(slope - np.cos(1.0)) < 1e-9", assertion)
    (mutant,) = (m for m in mutants.mutants(code) if (m.line, m.old) == (4, "/"))
    assert mutants.verdict(code, mutant) == ("caught" if "abs" in assertion else "survived")
    same = mutants.Mutant(code.replace("1e-5", "1e-5 "), 3, "1e-5", "1e-5 ")
    assert mutants.verdict(code, same) == "unchanged"


def _sample():
    return [
        pytest.param(
            fence.code,
            mutant,
            id=f"{page}:{fence.line + mutant.line}:{mutant.old} → {mutant.new}",
        )
        for page, fence in mutants.programs(ROOT / "docs")
        if int(mutants.digest(fence.code), 16) % STRIDE == 0
        for mutant in mutants.mutants(fence.code, 1)
    ]


@pytest.mark.parametrize(("code", "mutant"), _sample())
def test_the_assert_of_a_program_sees_a_change_of_what_it_prints(code, mutant):
    assert mutants.verdict(code, mutant) != "survived", f"no assert sees {mutant}"
