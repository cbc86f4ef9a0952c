"""Make every Python fence of the pages and of the README a test, with pytest-markdown-docs."""

import functools
import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

if TYPE_CHECKING:
    from derivref.site.lint import snippets

ROOT = Path(__file__).parent

# Fences run elsewhere and share the cache; their fork server has to be free of threads.
os.environ.setdefault("DERIVREF_CACHE", str(ROOT / ".cache" / "derivref"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


# No clock decides a test: a busy machine is no fault.
settings.register_profile("derivref", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("derivref")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Let the plugin see Markdown only: it would import every .py file of tests/ a second time."""
    parent.config.option.markdowndocs = file_path.suffix == ".md"
    return (yield)


class _Fences(MarkdownIt):
    """Gives the plugin the fences that `derivref.site.lint.snippets` finds, as one call each."""

    def parse(self, src: str, env: Any = None) -> Sequence[Token]:
        from derivref.site.lint import snippets

        return [
            Token(
                "fence",
                "code",
                0,
                map=[fence.line - 1, fence.end],
                # Nothing of the header: `notest` in it would leave the fence out.
                info="python fixture:judge_fence",
                content=f"judge_fence({fence.line})\n",
            )
            for fence in snippets.fences(src)
            if fence.python
        ]


@pytest.hookimpl(tryfirst=True)
def pytest_markdown_docs_markdown_it() -> MarkdownIt:
    """Return the parser that finds the fences."""
    return _Fences("commonmark")


@pytest.fixture
def judge_fence(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """What the test of a fence calls, with its line."""
    return functools.partial(_judge, request.path)


def _judge(path: Path, line: int) -> None:
    """Run a fence, as its reader or as the build does, unless it has passed and nothing changed."""
    from derivref.site.fault import Fault
    from derivref.site.lint import needs, snippets
    from derivref.site.markdown import fences

    text, name = path.read_text("utf-8"), os.path.relpath(path)
    found = {fence.line: fence for fence in snippets.fences(text)}
    fence = found[line]
    if fence.header == snippets.HIDDEN:
        # It runs where the build does, which may have run it, or has to compute what is not kept.
        if not fences.ran(fence.code):
            snippets.run("\n" * line + fence.code, name, ROOT, limit=600.0)
    elif unmet := needs.unmet(fence.code):
        pytest.skip(f"{name}:{line}: {unmet}")
    elif block := _shown(path, text).get(fence.code.strip()):
        try:
            snippets.check_block(block, tools="derivref" in fence.code)
        except Fault as fault:
            raise Fault(f"{name}:{line}: {fault}") from None
    else:
        snippets.run("\n" * line + fence.code, name)


@functools.cache
def _shown(path: Path, text: str) -> "dict[str, snippets.Block]":
    """Return what the site, or the README itself, shows below each program of a page."""
    from derivref.site.lint import prose, snippets

    if path == ROOT / "README.md":
        found = snippets.fences(text)
        pairs = itertools.pairwise(found)
        blocks = [snippets.Block(a.code.rstrip(), b.code) for a, b in pairs if b.header == "text"]
    elif path.is_relative_to(ROOT / "docs"):
        site = Path(os.environ.get("DERIVREF_SITE", ROOT / "site"))
        built = prose.built(path, ROOT / "docs", site)
        assert built.is_file(), f"{os.path.relpath(path)} is not in {site}: run `make site` first"
        blocks = list(snippets.blocks(snippets.article(built.read_text("utf-8"))))
    else:
        blocks = []  # a page of another folder is not built
    return {block.code.strip(): block for block in blocks}
