"""Every page of docs/: its Markdown, the fences collected as tests, and the page built from it."""

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import Tag

from derivref.site.lint import needs, prose, snippets

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
SITE = Path(os.environ.get("DERIVREF_SITE", ROOT / "site"))
PAGES = sorted(path for path in DOCS.rglob("*.md") if "generated" not in path.parts)
README = ROOT / "README.md"


@pytest.fixture(scope="module", params=PAGES, ids=lambda p: p.relative_to(DOCS).as_posix())
def page(request):
    """Each page in turn: its tests run one after the other, so that it is parsed once."""
    return request.param


def report(page, faults):
    """One line for each fault, ``file:line: what is wrong and what to do``."""
    name = page.relative_to(ROOT)
    assert not faults, "\n" + "\n".join(f"{name}:{line}: {text}" for line, text in faults)


@functools.lru_cache(maxsize=1)
def article(page: Path) -> Tag:
    path = prose.built(page, DOCS, SITE)
    assert path.is_file(), f"{page.relative_to(ROOT)} is not in {SITE}: run `make site` first"
    return snippets.article(path.read_text(encoding="utf-8"))


def tools(page):
    return bool(prose.front_matter(page.read_text(encoding="utf-8")).get("tools"))


def test_markdown_of_the_page(page):
    text = page.read_text(encoding="utf-8")
    faults = [(1, fault) for fault in prose.front_matter_faults(text)]
    report(page, faults + prose.heading_faults(text) + snippets.page_faults(text, tools(page)))


def test_built_page_shows_its_snippets_and_what_generated_ones_print(page):
    """Those of the Markdown are run by their own tests, see conftest.py."""
    text = page.read_text(encoding="utf-8")
    faults, skipped = snippets.built_faults(text, article(page)), []
    for block in snippets.blocks(article(page)):
        if snippets.line_of(block.code, text):
            continue
        if unmet := needs.unmet(block.code):
            skipped.append(f"{page.relative_to(ROOT)}: {unmet}")
            continue
        try:
            snippets.check_block(block, tools(page))
        except snippets.Fault as fault:
            faults.append((1, f"generates a snippet: {fault}"))
    report(page, faults)
    if skipped:  # the other programs of the page have passed
        pytest.skip("; ".join(skipped))


def test_numbers_in_prose_are_computed_on_the_page(page):
    report(page, prose.number_faults(page.read_text(encoding="utf-8"), article(page)))


def test_outline_of_the_built_page(page):
    report(page, [(1, fault) for fault in prose.outline_faults(article(page))])


def test_readme_shows_what_its_snippets_print():
    fences = snippets.fences(README.read_text(encoding="utf-8"))
    assert any(fence.python for fence in fences), "the README shows no snippet"
    for fence, after in zip(fences, [*fences[1:], None], strict=True):
        if fence.python:
            where = f"README.md:{fence.line}"
            assert fence.header == "python", f"{where}: a README is not built: write ```python"
            assert after is not None, f"{where}: put what it prints in a ```text fence below"
            assert after.header == "text", f"{where}: put what it prints in a ```text fence below"


def collected(root: Path, *arguments: str) -> set[tuple[str, int]]:
    """Return page and line of each fence that pytest collects as a test."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    items = re.findall(r"^(\S+)::\[CodeFence#\d+\]\[line:(\d+)\]$", done.stdout, re.M)
    assert items, done.stdout + done.stderr
    return {(page, int(line)) for page, line in items}


def test_every_fence_is_collected():
    written = {
        (page.relative_to(ROOT).as_posix(), fence.line)
        for page in [*PAGES, README]
        for fence in snippets.fences(page.read_text(encoding="utf-8"))
        if fence.python
    }
    assert collected(ROOT, "docs", "README.md") == written


def test_a_fence_is_collected_wherever_it_stands(tmp_path):
    """The plugin's own parser passes over the first three: it has that of the checks instead."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "docs").mkdir()
    page = f"""\
=== "No blank line below"
    ```{snippets.VISIBLE}
    print("in a tab")
    ```

```{snippets.VISIBLE} title="please notest me"
print("skipped")
```

<!-- SuperFences runs it even in a comment:
```{snippets.HIDDEN}
```
-->

```{snippets.VISIBLE}
print("collected")
```

````markdown
```{snippets.VISIBLE}
print("code about a fence")
```
````
"""
    (tmp_path / "docs" / "page.md").write_text(page, encoding="utf-8")
    assert collected(tmp_path, "docs") == {("docs/page.md", line) for line in (2, 6, 11, 15)}
