"""The planting of faults: what is drawn, how it is planted, and how the score is counted."""

import itertools
import json
import re
from pathlib import Path

import pytest

from derivref.site.lint.faults import draw, run, score
from derivref.site.lint.faults.draw import Fault
from derivref.site.lint.faults.run import Outcome

ROOT = Path(__file__).parents[3]
CLASSES = {
    *("arithmetic", "caches", "citations", "comments", "equations", "facts", "formulas"),
    *("generators", "inline formulas", "labels", "ledger and export", "literature", "programs"),
    *("proofs", "prose", "reasons", "rules", "tools"),
}


@pytest.fixture(scope="module")
def every():
    return draw.every(ROOT)


def test_every_class_has_faults_and_each_changes_its_file(every):
    assert every.keys() == CLASSES
    for faults in every.values():
        assert len(faults) >= 5
        for fault in faults[:: max(1, len(faults) // 20)]:
            text = (ROOT / fault.file).read_text("utf-8")
            changed = fault.apply(text)
            assert changed != text
            assert fault.old in text.splitlines(True)[fault.line - 1] or "\n" in fault.old


def test_every_check_that_is_named_exists(every):
    for fault in itertools.chain.from_iterable(every.values()):
        kind, *arguments = fault.check
        assert kind in ("record", "page", "literature", "pytest")
        if kind in ("pytest", "page"):
            assert all((ROOT / name).is_file() for name in arguments), fault


def test_a_seed_draws_the_same_faults_and_another_draws_others():
    first, again, other = (list(itertools.islice(draw.drawn(ROOT, seed), 40)) for seed in (1, 1, 2))
    assert first == again != other
    assert len({str(fault) for fault in first}) == 40
    assert {fault.kind for fault in first[: len(CLASSES)]} == CLASSES


def test_an_unknown_class_is_named():
    with pytest.raises(ValueError, match="no class `spelling`; there are: arithmetic, caches"):
        next(draw.drawn(ROOT, 1, ("spelling",)))


def test_a_fault_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"a\.py: no `x` at character 3"):
        Fault("tools", "a.py", 3, "x", "y", 1, ("record", "relu")).apply("abcdef")


CODE = '''"""Doc 1."""
import numpy as np


def f(x: int = 3, low=1) -> float:
    """Doc 2."""
    if x < 2 and not low:
        raise ValueError("min 5")
    return -(x + 1.5) * min(x, low)


HEAD = ("f", "f′")
'''


def test_what_is_changed_in_python():
    found = {(CODE[at : at + len(old)], new) for at, old, new in draw.python(CODE)}
    assert found == {
        *{("3", "4"), ("1", "2"), ("2", "3"), ("1.5", "3.0")},
        *{("<", ">"), ("and", "or"), ("not ", ""), ("-", ""), ("+", "-"), ("*", "/")},
        *{("min", "max"), ("low", "high"), ('"f", "f′"', '"f′", "f"')},
        *{('"f"', '"f′"'), ('"f′"', '"f"')},
    }


@pytest.fixture
def project(tmp_path):
    """A tree whose one test sees a change of a and not one of b."""
    root = tmp_path / "root"
    (root / "tests").mkdir(parents=True)
    (root / "site").mkdir()
    (root / "things.txt").write_text("a = 2\nb = 3\n")
    (root / "tests/test_a.py").write_text(
        "from pathlib import Path\n\n\ndef test_a():\n    assert 'a = 2' in "
        "Path('things.txt').read_text()\n\n\ndef test_broken():\n    assert False\n"
    )
    return root


def planted(start, old, new):
    return Fault("tools", "things.txt", start, old, new, 1, ("pytest", "tests/test_a.py"))


FAULTS = [planted(4, "2", "5"), planted(10, "3", "4")]


def test_a_fault_is_planted_in_a_copy_and_named(project):
    caught, survived = run.plant(project, FAULTS, 1)
    assert (caught.verdict, survived.verdict) == ("caught", "survived")
    assert caught.place == "things.txt:1"
    assert caught.message.startswith("test_a: AssertionError: assert 'a = 2' in 'a = 5")
    assert (project / "things.txt").read_text() == "a = 2\nb = 3\n"


def test_a_run_goes_on_where_it_stopped(project, tmp_path, monkeypatch):
    keep = tmp_path / "kept.jsonl"
    first = list(run.plant(project, FAULTS[:1], 1, keep))
    calls = []
    real = run.Tree.plant

    def counted(tree, fault):
        calls.append(fault)
        return real(tree, fault)

    monkeypatch.setattr(run.Tree, "plant", counted)
    assert list(run.plant(project, FAULTS, 1, keep))[:1] == first
    assert calls == FAULTS[1:]
    assert len(keep.read_text("utf-8").splitlines()) == 2


def outcome(verdict, kind="tools", old="2"):
    return Outcome(kind, "things.txt:1", old, "5", verdict, "")


def test_the_score_leaves_out_what_is_equivalent(monkeypatch, tmp_path):
    rows = [{"file": "things.txt", "old": "7", "new": "5", "reason": "the same number"}]
    (tmp_path / "equivalent.json").write_text(json.dumps(rows))
    monkeypatch.setattr(score, "EQUIVALENT", tmp_path / "equivalent.json")
    found = [
        outcome("caught"),
        outcome("survived"),
        outcome("survived", old="7"),
        outcome("unchanged", "programs"),
        outcome("caught", "programs"),
    ]
    assert score.score(found) == (2, 3)
    assert score.by_class(found) == {"programs": (1, 1), "tools": (1, 2)}
    assert score.equivalent(found[2]) == "the same number"
    assert score.table(found).splitlines()[1].split() == ["tools", "1", "of", "2"]


def test_every_equivalent_change_has_its_reason_and_can_be_drawn(every):
    rows = json.loads((ROOT / score.EQUIVALENT).read_text("utf-8"))
    drawn = {(f.file, f.old, f.new) for f in itertools.chain.from_iterable(every.values())}
    for row in rows:
        assert len(row["reason"]) > 20
        assert (row["file"], row["old"], row["new"]) in drawn, row


def test_the_published_outcomes_name_no_path_of_a_machine():
    outcomes = json.loads((ROOT / score.DATA).read_text("utf-8"))["outcomes"]
    path = re.compile(r"(?<![\w.])/(?:[\w.@+-]+/)+\w")
    assert outcomes
    assert not [o for o in outcomes if path.search(o["message"])]
