"""Make every Python fence of the pages and of the README a test, with pytest-markdown-docs."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from markdown_it import MarkdownIt
from pytest_markdown_docs._runners import _Runner, register_runner
from pytest_markdown_docs.plugin import MarkdownTextFile

ROOT = Path(__file__).parent

# Fences run elsewhere and share the cache; their fork server has to be free of threads.
os.environ.setdefault("DERIVREF_CACHE", str(ROOT / ".cache" / "derivref"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


# No clock decides a test: a busy machine is no fault.
settings.register_profile("derivref", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("derivref")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect Markdown files."""
    # The plugin's own option would import every .py file of tests/ a second time.
    if file_path.suffix == ".md" and not parent.config.option.markdowndocs:
        return MarkdownTextFile.from_parent(parent, path=file_path)
    return None


def pytest_markdown_docs_markdown_it() -> MarkdownIt:
    """Return the parser that finds the fences."""
    # Without indented code, a fence in a tab or an admonition is seen as a fence.
    return MarkdownIt("commonmark").disable("code")


@register_runner(default=True)
class _FenceRunner(_Runner):
    def runtest(self, test, args, *, asyncio_runner=None):
        from derivref.site.lint import needs, snippets

        header = test.source_path.read_text("utf-8").splitlines()[test.start_line - 1]
        name = os.path.relpath(test.source_path)
        if header.rstrip().endswith(snippets.HIDDEN):
            # It runs where the build does, and may have to compute what is not in the cache yet.
            snippets.run(test.source, name, ROOT, limit=600.0)
        elif unmet := needs.unmet(test.source):
            pytest.skip(f"{name}:{test.start_line}: {unmet}")
        else:
            snippets.run(test.source, name)

    def repr_failure(self, test, excinfo, style=None):
        return str(excinfo.value)
