"""Every page of docs/: its Markdown, the fences collected as tests, and the page built from it."""

import doctest
import functools
import importlib
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
# The API pages show these too.
EXAMPLES = [
    path for path in sorted((ROOT / "src").rglob("*.py")) if ">>> " in path.read_text("utf-8")
]


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


def test_built_page_shows_what_its_snippets_print(page):
    text = page.read_text(encoding="utf-8")
    faults, skipped = snippets.built_faults(text, article(page)), []
    for block in snippets.blocks(article(page)):
        if unmet := needs.unmet(block.code):
            line = snippets.line_of(block.code, text)
            skipped.append(f"{page.relative_to(ROOT)}:{line}: {unmet}")
            continue
        try:
            snippets.check_block(block, tools(page))
        except snippets.Fault as fault:
            line = snippets.line_of(block.code, text)
            faults.append((line or 1, str(fault) if line else f"generates a snippet: {fault}"))
    report(page, faults)
    if skipped:  # the other programs of the page have passed
        pytest.skip("; ".join(skipped))


def test_numbers_in_prose_are_computed_on_the_page(page):
    report(page, prose.number_faults(page.read_text(encoding="utf-8"), article(page)))


def test_outline_of_the_built_page(page):
    report(page, [(1, fault) for fault in prose.outline_faults(article(page))])


def test_readme_prints_what_it_shows():
    fences = snippets.fences(README.read_text(encoding="utf-8"))
    assert any(fence.python for fence in fences), "the README shows no snippet"
    for fence, after in zip(fences, [*fences[1:], None], strict=True):
        if fence.python:
            where = f"README.md:{fence.line}"
            assert fence.header == "python", f"{where}: a README is not built: write ```python"
            assert after is not None, f"{where}: put what it prints in a ```text fence below"
            assert after.header == "text", f"{where}: put what it prints in a ```text fence below"
            snippets.check_block(snippets.Block(fence.code.rstrip(), after.code), tools=True)


def lost(root: Path, *arguments: str) -> list[str]:
    """Return the Python fences of pages that pytest does not collect, or finds and they lack."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    items = re.findall(r"^(\S+)::\[CodeFence#\d+\]\[line:(\d+)\]$", done.stdout, re.M)
    collected = {(page, int(line)) for page, line in items}
    assert collected, done.stdout + done.stderr
    pages = [page for name in arguments for page in (root / name).rglob("*.md")]
    pages += [root / name for name in arguments if name.endswith(".md")]
    written = {
        (page.relative_to(root).as_posix(), fence.line)
        for page in pages
        for fence in snippets.fences(page.read_text(encoding="utf-8"))
        if fence.python
    }
    return [f"{page}:{line}" for page, line in sorted(written ^ collected)]


def test_every_fence_is_collected():
    advice = (
        "no test runs these fences: put a blank line before each, and no `notest` in its header"
    )
    assert not lost(ROOT, "docs", "README.md"), advice


def test_a_fence_that_is_not_collected_is_named(tmp_path):
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
"""
    (tmp_path / "docs" / "page.md").write_text(page, encoding="utf-8")
    assert lost(tmp_path, "docs") == ["docs/page.md:2", "docs/page.md:6", "docs/page.md:11"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_of_docstrings_print_what_they_show(path):
    name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
