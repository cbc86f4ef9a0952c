"""The choice of pages for the browser misses no kind and no change."""

from pathlib import Path

import browsed

ROOT = Path(__file__).parents[2]
RECORD = "reference/activations/gelu/"
SITE = ["", "404.html", RECORD, "reference/activations/", "reference/layers/softmax/"]
SITE += [f"learn/{k}/" for k in range(100)]


def test_every_kind_and_what_has_changed_is_looked_at():
    for seed in map(str, range(20)):
        found = browsed.chosen(SITE, {"docs/learn/17.md", "src/derivref/layers/softmax.py"}, seed)
        assert {"", "404.html", RECORD, "learn/17/", "reference/layers/softmax/"} <= {*found}
        assert len(found) == len({*found}) <= 6 + 1 + browsed.COUNT
        assert (
            found == browsed.chosen(SITE[::-1], {"docs/learn/17.md"}, seed) or "learn" in found[3]
        )


def test_an_index_has_changed_with_its_page():
    for page in ("docs/reference/activations/index.md", "docs/reference/activations.md"):
        for seed in map(str, range(20)):
            assert "reference/activations/" in browsed.chosen(SITE, {page}, seed)


def test_another_seed_looks_elsewhere_and_all_are_seen_in_time():
    found = [{*browsed.chosen(SITE, (), str(seed))} for seed in range(40)]
    assert found[0] != found[1]
    assert set().union(*found) == {*SITE}


def test_a_small_site_is_looked_at_whole():
    assert browsed.chosen(SITE[:5], (), "") == sorted(SITE[:5])


def test_what_has_changed_is_read_from_git(tmp_path):
    def git(*arguments):
        assert browsed.git(tmp_path, *arguments) or arguments[0] != "rev-parse"

    git("init", "-q", "-b", "main")
    git("config", "user.email", "nobody@localhost")
    git("config", "user.name", "Nobody")
    for step in ("one", "two"):
        (tmp_path / step).write_text(step)
        git("add", ".")
        git("commit", "-q", "-m", step)
    assert browsed.changed(tmp_path) == {"two"}
    git("checkout", "-q", "-b", "branch")
    for step in ("three", "four"):
        (tmp_path / step).write_text(step)
        git("add", ".")
        git("commit", "-q", "-m", step)
    (tmp_path / "five").write_text("new")
    (tmp_path / "one").write_text("other")
    assert browsed.changed(tmp_path) == {"one", "three", "four", "five"}


def test_without_git_nothing_has_changed(tmp_path):
    assert browsed.changed(tmp_path) == set()


def test_every_record_has_a_file():
    for _, files in browsed.sources().values():
        assert all((ROOT / name).is_file() for name in files)
