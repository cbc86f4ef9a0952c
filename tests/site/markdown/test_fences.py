"""A fence that is wrong stops the build, and the message has page, line and reason."""

import textwrap
from pathlib import Path

import pytest

from derivref.site.build import strict
from derivref.site.fault import Fault
from derivref.site.markdown import fences

CONFIG = """
site_name: planted
theme: {name: null, custom_dir: theme}
plugins: [{markdown-exec: {languages: [python]}}]
markdown_extensions:
  - derivref.site.markdown.fences
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
  - admonition
"""

PAGE = """\
---
description: A page.
---
# Page

```python exec="on" source="block" result="text"
print("first")
assert True
```

"""

VISIBLE = 'exec="on" source="block" result="text"'


def fence(code, header=VISIBLE):
    return f"```python {header}\n{textwrap.dedent(code).strip()}\n```\n"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Build a site of one page and return its HTML."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/main.html").write_text("{{ page.content }}")
    (tmp_path / "docs").mkdir()

    def make(text):
        (tmp_path / "docs/index.md").write_text(PAGE + text)
        strict.build(tmp_path / "site")
        return (tmp_path / "site/index.html").read_text()

    return make


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (fence("x = 1\nx / 0"), r"raises ZeroDivisionError.*its line 2: `x / 0`"),
        (fence("print(1)\nassert 1 == 2"), r"raises AssertionError.*line 2"),
        (fence("x = ("), r"raises SyntaxError.*line 1"),
        (fence("import sys\nsys.exit(0)"), r"calls sys.exit.*line 2"),
        (fence("import numpy as np\nnp.log(np.zeros(1))"), r"warns \(RuntimeWarning.*line 2"),
        (fence("import sys\nprint(1, file=sys.stderr)"), r"writes to the standard error: 1"),
    ],
)
def test_fault_of_a_fence_names_page_and_line(page, text, message):
    with pytest.raises(Fault, match=rf"^index\.md:11: the Python fence {message}"):
        page(text)


def test_endless_loop_is_stopped(page, monkeypatch):
    monkeypatch.setitem(fences.LIMITS, "block", 1.0)
    with pytest.raises(Fault, match=r"^index\.md:11: .*still runs after 1 s, at its line [12]"):
        page(fence("while True:\n    pass"))


def test_a_snippet_cannot_swallow_the_limit(page, monkeypatch):
    monkeypatch.setitem(fences.LIMITS, "block", 1.0)
    with pytest.raises(Fault, match="still runs"):
        page(fence("try:\n    while True:\n        pass\nexcept Exception:\n    pass"))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ('exec="on" continuation', "`continuation` has no value"),
        ('exec="on', "a quote is not closed"),
        ('exec="on" source="blok" result="text"', "`source` must be `block`"),
        ('exec="on" sesion="a"', "unknown option `sesion`"),
        ("", "never run"),
    ],
)
def test_header_that_would_leave_a_fence_out(page, header, reason):
    with pytest.raises(Fault, match=rf"^index\.md:11: .*{reason}"):
        page(fence("print(1)", header))


def test_fence_in_a_tab_is_named_by_its_line(page):
    inner = textwrap.indent(fence("import math\nmath.sqrt(-1)"), "    ")
    with pytest.raises(Fault, match=r"^index\.md:13: .*ValueError.*line 2"):
        page(f'=== "Tab"\n\n{inner}')


@pytest.mark.parametrize("around", ["> {}", "- item\n\n    {}", "!!! note\n\n    {}"])
def test_fence_runs_wherever_it_stands(page, around):
    prefix = around.format("").splitlines()[-1]
    lines = fence("print('as' + ' here')\nassert True").replace("\n", f"\n{prefix}")
    assert "as here" in page(around.format(lines))


def test_fence_that_nothing_runs(page):
    Path("mkdocs.yml").write_text(CONFIG.replace("[python]", "[sh]"))
    with pytest.raises(Fault, match=r"^index\.md:6: 0 of the page's 1 Python fences ran"):
        page("")


def test_output_of_a_helper_stands_on_the_page(page):
    html = page(fence("import textwrap, sys\nsys.stdout.write('by a helper')\nassert True"))
    assert "by a helper" in html


def test_fences_share_nothing(page):
    with pytest.raises(Fault, match="NameError: name 'left'"):
        page(fence("left = 1\nprint(left)") + "\n" + fence("print(left)"))


def test_program_sees_itself_as_main():
    code = """
from dataclasses import dataclass

@dataclass
class A:
    x: "int" = 3

print(A(), __name__)
"""
    assert fences.execute(code, 10) == "A(x=3) __main__\n"
    assert __name__ != "__main__"


def test_a_program_that_needs_more_says_so_where_it_ran(page):
    code = "import numpy  # needs NumPy 99.1\n\nprint('ran')\nassert True"
    html = page(fence(code))
    assert "needs NumPy 99.1, this is" in html
    assert "ran\n" not in html
    assert "ran\n" in page(fence(code.replace("99.1", "1.0")))
