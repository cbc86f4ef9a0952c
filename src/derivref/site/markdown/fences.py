"""Every Python fence of a page is executed, as the reader will execute it, or the build stops.

This Python-Markdown extension goes beside markdown-exec, which shows what a fence printed. Alone,
markdown-exec publishes the traceback of a fence that raises, ends the build without an error if a
fence calls ``sys.exit``, and leaves a fence out whose header it cannot read.
"""

import contextlib
import functools
import hashlib
import io
import itertools
import linecache
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import markdown_exec
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from derivref.cache import cached, digest, known, machine
from derivref.site.fault import Fault
from derivref.site.lint import needs, snippets
from derivref.site.markdown.page import where

# Seconds until a fence counts as looping for ever. A snippet answers at once; a hidden fence may
# compute the references of a whole family for the first time, on a busy machine.
LIMITS = {"block": 300.0, "": 1200.0}

_numbers = itertools.count(1)


class _Stuck(BaseException):
    """The time limit; not an Exception, so that no snippet catches it."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stuck


@contextlib.contextmanager
def _limit(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return
    before = signal.signal(signal.SIGALRM, _stop)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, outer)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _main(module: ModuleType) -> Iterator[None]:
    """Let `module` be ``__main__``, as it is for the reader's interpreter."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = before


def execute(code: str, seconds: float) -> str:
    """Run a program in a namespace of its own and return what it prints.

    Raises
    ------
    Fault
        If it raises, warns, exits, writes to the standard error or takes longer than `seconds`;
        the message has the line of the program and its text.
    """
    name = f"<fence {next(_numbers)}>"
    lines = code.splitlines(keepends=True)
    # For tracebacks, and for programs that look at their own source.
    linecache.cache[name] = (len(code), None, lines, name)
    module = ModuleType("__main__")
    out, err = io.StringIO(), io.StringIO()

    def fault(what: str, error: BaseException) -> Fault:
        at = [
            f.lineno or 1 for f in traceback.extract_tb(error.__traceback__) if f.filename == name
        ]
        if isinstance(error, SyntaxError):
            at = [error.lineno or 1]
        return Fault(f"{what}, at its line {at[-1]}: `{lines[at[-1] - 1].strip()}`" if at else what)

    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
            _main(module),
            _limit(seconds),
        ):
            warnings.simplefilter("error")
            exec(compile(code, name, "exec"), module.__dict__)
    except Fault:
        raise
    except Warning as warning:
        raise fault(f"warns ({type(warning).__name__}: {warning})", warning) from warning
    except SystemExit as error:
        raise fault("calls sys.exit, which would end the build", error) from error
    except _Stuck as error:
        raise fault(f"still runs after {seconds:g} s", error) from error
    except Exception as error:
        message = f"raises {type(error).__name__}: {error}".removesuffix(": ")
        raise fault(message, error) from error
    if err.getvalue():
        raise Fault(f"writes to the standard error: {err.getvalue().strip()}")
    return out.getvalue()


@functools.lru_cache(2)
def _contents(files: tuple[tuple[str, int, int], ...]) -> str:
    found = hashlib.sha256()
    for name, *_ in files:
        found.update(f"{name}\0".encode() + Path(name).read_bytes())
    return found.hexdigest()


def inputs() -> str:
    """Return a digest of what a hidden fence may read beside the package.

    That is the lock files, the bibliography, the benchmarks' data, and the pages: the ledger counts
    their derivations.
    """
    paths = [p for p in Path().iterdir() if p.is_file()]
    paths += [p for p in Path("benchmarks").glob("*") if p.is_file()]
    paths += Path("docs").rglob("*.md")
    states = ((p.as_posix(), p.stat()) for p in sorted(paths))
    return _contents(tuple((name, s.st_mtime_ns, s.st_size) for name, s in states))


def output(code: str, visible: bool, read: str = "") -> str:
    """Return what a fence prints, kept from an earlier build if it depends on nothing new.

    Parameters
    ----------
    code : str
        The program.
    visible : bool
        Whether it is a snippet, which reads no file and may use derivref, or generates Markdown.
    read : str
        The digest of what a hidden fence may read, `inputs`.

    Raises
    ------
    Fault
        As `execute`; a fault is not kept.
    """
    seconds = LIMITS["block" if visible else ""]
    key = _key(code, visible, read)
    return cached("fences", key, lambda: execute(code, seconds).encode()).decode()


def ran(code: str) -> bool:
    """Say whether a build has run a hidden fence, and nothing that it depends on has changed."""
    return known("fences", _key(code, False, inputs()))


def _key(code: str, visible: bool, read: str) -> tuple[str, ...]:
    if visible:
        return ("visible", code, digest() if "derivref" in code else "", *machine())
    addresses = (os.environ.get(name, "") for name in ("SITE_URL", "REPO_URL"))
    # SuperFences gives the code without its last line break.
    return ("hidden", code.strip("\n"), digest(), read, *addresses, *machine())


def _format(code: str, md: Markdown, **options: Any) -> str:
    page: _Page | None = getattr(md, "derivref_fences", None)

    def run(source: str, **_: Any) -> str:
        if options["source"] and (unmet := needs.unmet(source)):
            return f"{unmet}\n"  # a build with old packages is for tests, see `dependencies`
        try:
            if not options["source"]:
                _Page.read = _Page.read or inputs()
            return output(source, bool(options["source"]), _Page.read)
        except Fault as fault:
            text = page.text(source) if page else source
            raise Fault(f"{where(md, text)}the Python fence {fault}") from fault

    if page:
        page.executed += 1
    return str(markdown_exec.base_format(language="python", run=run, code=code, md=md, **options))


class _Page(Preprocessor):  # type: ignore[misc]  # markdown is untyped
    """Lints the headers of a page's fences and remembers which have to run."""

    read = ""  # the digest of what the fences of the page that is converted may read

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.python: dict[str, str] = {}
        self.expected = self.executed = 0

    def run(self, lines: list[str]) -> list[str]:
        self.python = {}
        self.expected = self.executed = 0
        # What a fence prints is generated: it may show programs that it has run itself.
        if hasattr(self.md, "_original_md"):
            return lines
        _Page.read = ""
        for fence in snippets.fences("\n".join(lines)):
            text = "\n".join(lines[fence.line - 1 : fence.end])
            if fault := fence.fault or snippets.header_fault(fence.header):
                raise Fault(f"{where(self.md, text)}{fault}")
            if fence.python:
                self.python.setdefault(fence.code.strip(), text)
                self.expected += 1
        return lines

    def text(self, code: str) -> str:
        """The fence of `code` as the page has it, indented in a tab or a list."""
        return self.python.get(code.strip(), code)


class _Balance(Postprocessor):  # type: ignore[misc]
    def __init__(self, md: Markdown, page: _Page) -> None:
        super().__init__(md)
        self.page = page

    def run(self, text: str) -> str:
        want, got = self.page.expected, self.page.executed
        if want != got and not hasattr(self.md, "_original_md"):
            raise Fault(
                f"{where(self.md, '```python')}{got} of the page's {want} Python fences ran: one "
                "stands where SuperFences sees none, or markdown-exec is off"
            )
        return text


class FencesExtension(Extension):  # type: ignore[misc]
    """Replaces markdown-exec's way of running Python, and counts."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- the name is Markdown's
        """Register with `md`, before superfences (25) reads the lines."""
        markdown_exec.formatters["python"] = _format
        page = _Page(md)
        md.derivref_fences = page
        md.preprocessors.register(page, "derivref-fences", 26)
        md.postprocessors.register(_Balance(md, page), "derivref-fences", 0)


def makeExtension(**options: Any) -> FencesExtension:  # noqa: N802
    """Return the extension, as Python-Markdown asks."""
    return FencesExtension(**options)
