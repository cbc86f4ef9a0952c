"""The checks of fences, snippets and prose, each against a fault planted for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from derivref.site.fault import Fault
from derivref.site.lint import forked, prose, snippets

ROOT = Path(__file__).parents[3]
GOOD = "import numpy as np\n\nprint(np.exp(0.0))\nassert np.exp(0.0) == 1.0\n"


def fence(code=GOOD, header=snippets.VISIBLE, indent=""):
    lines = [f"```{header}", *code.splitlines(), "```"]
    return "\n".join(indent + line if line else "" for line in lines) + "\n"


def shows(text):
    """A snippet that prints `text`."""
    return f"print({text!r})\nassert 1 + 1 == 2\n"


PAGE = f"""\
---
title: Every place for a fence
description: A page that has a snippet in each of the places where a page may have one.
---

# Every place

{fence()}
=== "Tab"

{fence(shows("in a tab"), indent="    ")}
    === "Inner"

{fence(shows("in a tab of a tab"), indent="        ")}
!!! note

{fence(shows("in <an> admonition"), indent="    ")}
1. A list.

{fence(shows("  in a list"), indent="    ")}
- Another.

{fence(shows("in a bulleted list"), indent="    ")}
~~~~{snippets.VISIBLE}
print("tildes")
assert "```" != "~~~"
~~~~

````markdown
```python
not a fence of this page
```
````

````{snippets.HIDDEN}
print('''
{fence(shows("generated"))}''')
````

Text with ```code``` in it.
"""

CONFIG = """\
site_name: planted
theme: {name: material, font: false}
plugins:
  - markdown-exec: {languages: [python]}
markdown_extensions:
  - admonition
  - md_in_html
  - pymdownx.highlight: {pygments_lang_class: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The content of PAGE as markdown-exec alone builds it."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text(PAGE, encoding="utf-8")
    (folder / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q"]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=folder, env=env, check=True)
    return (folder / "site" / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def no_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# Finding fences.


def test_fences_are_found_everywhere():
    found = snippets.fences(PAGE)
    assert not any(f.fault for f in found)
    assert [f.header for f in found].count(snippets.VISIBLE) == 7
    assert [f.header for f in found].count(snippets.HIDDEN) == 1
    assert [f.header for f in found].count("markdown") == 1
    for one in found:
        assert PAGE.splitlines()[one.line - 1].strip(" `~") == one.header
        assert not one.code.startswith(" ")


def test_a_page_without_faults_has_none():
    assert snippets.page_faults(PAGE) == []
    assert prose.front_matter_faults(PAGE) == []
    assert prose.heading_faults(PAGE) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\n```sh\nls\n", 2, "not closed"),
        ("````sh\nls\n```\n", 1, "not closed"),
        ("    ```sh\n  ls\n    ```\n", 1, "further to the right than its line 2"),
        ("- ```sh\n  ls\n  ```\n", 1, "on a line of its own"),
        ("> ```sh\n> ls\n\ntext\n", 1, "further to the right than its line 4"),
    ],
)
def test_a_broken_fence_is_named(text, line, message):
    (found,) = snippets.page_faults(text)
    assert found[0] == line
    assert message in found[1]


# Headers.

HEADERS = {
    'python exec="on" source="block" result="text" linenums="1"': "unknown option `linenums`",
    'python exec="on" soruce="block" result="text"': "`soruce`, did you mean `source`?",
    'python exec="on" continuation': "`continuation` has no value",
    'python exec="on" source="block result="text"': "a quote is not closed",
    'python exec="on" source="above" result="text"': '`source` must be `block`, got "above"',
    'python exec="yes" source="block" result="text"': '`exec` must be `on`, got "yes"',
    'python exec="on" source="block" result="text" title="please notest me"': "`title`",
    'python exec="on" source="block" result="text" session="a"': "unknown option `session`",
    "python": "without `exec` it is shown and never run",
    'python source="block" result="text"': "without `exec`",
    "python notest": "`notest` has no value",
    "py": "without `exec`",
    "pycon": "without `exec`",
    "{.python}": "without `exec`",
    'python exec="on"': "nothing else is allowed",
    'Python exec="on" idprefix=""': "nothing else is allowed",
    "pyhton": "unknown language `pyhton`",
    'sh title="Shell"': "write `sh` alone",
    "": "no language: write `text`",
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_wrong_header_is_named(header):
    ((line, message),) = snippets.page_faults("\n\n" + fence(header=header))
    assert line == 3
    assert HEADERS[header] in message
    assert "write" in message


@pytest.mark.parametrize("header", [snippets.VISIBLE, snippets.HIDDEN, "sh", "derivation"])
def test_a_right_header_passes(header):
    assert snippets.header_fault(header) == ""


# The code of visible snippets and of hidden fences.

SNIPPETS = {
    "print(1)\n": (1, "ends in an `assert`"),
    "print(1)\nassert True\n": (2, "ends in an `assert`"),
    "assert 1 + 1 == 2\nprint(1)\n": (2, "ends in an `assert`"),
    "for x in [1]:\n    assert x == 1\n    print(x)\n": (3, "ends in an `assert`"),
    "x = 1\nprint(x\nassert x == 1\n": (2, "invalid syntax"),
    "import torch\nassert torch.ones(1) == 1\n": (1, "imports `torch`"),
    "def f():\n    import os\nassert f() is None\n": (2, "imports `os`"),
    "from derivref import dual\nassert dual\n": (1, "`tools: true`"),
    "x = 1\nexit()\nassert x == 1\n": (2, "`exit`"),
    "x = 1\nraise SystemExit(0)\nassert x == 1\n": (2, "`SystemExit`"),
    f"x = '{'x' * 88}'\nassert x == 1\n": (1, "94 characters"),
    "x = 1  # markdown-exec: hide\nassert x == 1\n": (1, "hidden lines"),
}


@pytest.mark.parametrize("code", SNIPPETS)
def test_a_bad_snippet_is_named(code):
    line, message = SNIPPETS[code]
    ((got, text),) = snippets.page_faults("# Title\n\n" + fence(code))
    assert (got, message in text) == (3 + line, True), text


def test_the_last_assert_may_stand_in_a_loop():
    assert snippets.snippet_faults("for x in [1, 2]:\n    print(x)\n    assert x > 0\n") == []


def test_pages_about_tools_import_them():
    assert snippets.snippet_faults("from derivref import dual\nassert dual.Dual", tools=True) == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "from derivref.site.lint.snippets import fencse\nprint(fencse)\n",
            "no `fencse`: it has fences",
        ),
        ("from derivref.site import entri\nprint(entri(1))\n", "no `entri`: it has entries, entry"),
        ("from derivref.sites import entry\nprint(entry)\n", "no module `derivref.sites`"),
        ("print(\n", "invalid syntax"),
    ],
)
def test_a_bad_hidden_fence_is_named(code, message):
    ((line, text),) = snippets.page_faults("\n" + fence(code, snippets.HIDDEN))
    assert line == 3
    assert message in text


@pytest.mark.parametrize(
    "shown", ["0.12345678901", "1.00000000000", "12345678.9012", "-3.14159265359e-05"]
)
def test_more_than_ten_digits_are_refused(shown):
    assert "at most 10" in snippets.output_faults(f"x {shown} y")[0]


@pytest.mark.parametrize(
    "shown", ["0.1234567891", "0.00001234567891", "12345678901234", "1e-300", "-1.5e+16"]
)
def test_ten_digits_and_whole_numbers_pass(shown):
    assert snippets.output_faults(f"x {shown} y") == []


def test_a_snippet_prints_something():
    assert "prints nothing" in snippets.output_faults("\n")[0]


# Running.

RUNS = {
    "\n\nraise ValueError('no')\n": (3, "raises ValueError: no"),
    "\n\ndef f(x):\n    return 1 / x\nf(0)\n": (4, "raises ZeroDivisionError"),
    "\n\nprint(1)\nx = (\n": (4, "invalid syntax"),
    "\n\nimport warnings\nprint(1)\nwarnings.warn('old')\n": (5, "warns UserWarning: old"),
    "\nimport numpy as np\nprint(np.log(np.zeros(1)))\n": (3, "warns RuntimeWarning"),
    "\nimport sys\nprint(1)\nsys.exit(0)\n": (4, "calls `exit(0)`"),
    "\n\nimport os\nos._exit(0)\n": (3, "ends the process"),
    "\nimport sys\nprint(1)\nprint('lost', file=sys.stderr)\n": (2, "past sys.stdout"),
    "\nimport os\nprint(1)\nos.write(1, b'lost')\n": (2, "past sys.stdout"),
    "\nimport subprocess\nprint(1)\nsubprocess.run(['echo', 'lost'])\n": (2, "past sys.stdout"),
    "\nx = 1\n": (2, "prints nothing"),
    "\nx = input()\n": (2, "raises EOFError"),
}


@pytest.mark.parametrize("code", RUNS)
def test_a_fence_that_misbehaves_is_named(code):
    line, message = RUNS[code]
    with pytest.raises(Fault) as caught:
        snippets.run(code, "page.md")
    assert str(caught.value).startswith(f"page.md:{line}: ")
    assert message in str(caught.value)


def test_an_endless_loop_is_stopped():
    with pytest.raises(Fault, match=r"page\.md:3: still running after 0\.5 s"):
        snippets.run("\n\nwhile True:\n    pass\n", "page.md", limit=0.5)


class Slow:
    """A connection whose process takes its time to start, and answers at once when it runs."""

    def __init__(self, *messages):
        self.messages, self.running = list(messages), False

    def recv(self):
        self.running = True
        if not self.messages:
            raise EOFError
        return self.messages.pop(0)

    def poll(self, limit):
        assert self.running, "the clock has started before the fence"
        return bool(self.messages)


def test_the_start_of_the_fork_server_does_not_count():
    assert forked._answer(Slow("running", (1, "", "out")), 0.0) == (1, "", "out")
    assert forked._answer(Slow("running"), 0.0) is None
    assert forked._answer(Slow(), 0.0) == (0, "ends the process before its last line", "")


def test_a_fence_runs_as_a_program_in_an_empty_directory():
    code = """\
from __future__ import annotations
import os, sys
from dataclasses import dataclass

@dataclass
class Point:
    x: float

print(Point(1.0), __name__, os.listdir("."), sys.modules["__main__"].Point is Point)
"""
    assert snippets.run(code, "page.md") == "Point(x=1.0) __main__ [] True\n"


def test_nothing_leaks_from_one_fence_to_the_next(tmp_path):
    leak = """\
import builtins, os, sys
import numpy as np
builtins.leaked = os.environ["LEAKED"] = "yes"
np.seterr(all="ignore")
np.exp = None
open("leaked", "w").close()
print(os.getpid())
"""
    look = """\
import builtins, os
import numpy as np
print(hasattr(builtins, "leaked"), "LEAKED" in os.environ, np.exp is None, os.listdir("."))
print(np.geterr()["divide"])
"""
    assert int(snippets.run(leak, "a.md")) != os.getpid()
    assert snippets.run(look, "b.md") == "False False False []\nwarn\n"
    assert snippets.run("import os\nprint(os.getcwd())", "c.md", tmp_path).strip() == str(tmp_path)


PASTES = {
    "print(1 / 0)": "ZeroDivisionError",
    "import warnings\nwarnings.warn('old')": "UserWarning: old",
    "import sys\nprint('lost', file=sys.stderr)": "writes to stderr",
    "import sys\nsys.exit(3)": "ends with code 3",
    "import snippet_of_another_directory": "ModuleNotFoundError",
}


@pytest.mark.parametrize("code", PASTES)
def test_a_pasted_program_that_misbehaves_is_named(code):
    with pytest.raises(Fault, match=PASTES[code]):
        snippets.paste(code)


def test_a_pasted_program_is_stopped():
    with pytest.raises(Fault, match=r"still running after 0\.5 s"):
        snippets.paste("while True:\n    pass", limit=0.5)


def test_a_pasted_program_starts_from_nothing(monkeypatch):
    monkeypatch.setenv("LEAKED", "yes")
    code = "import os, sys\nprint(os.listdir('.'), 'LEAKED' in os.environ, 'numpy' in sys.modules)"
    assert snippets.paste(code) == "[] False False\n"


# The built page.


def test_blocks_of_a_built_page_are_paired_with_what_they_print(built):
    found = list(snippets.blocks(snippets.article(built)))
    assert [block.output.rstrip("\n") for block in found] == [
        "1.0",
        "in a tab",
        "in a tab of a tab",
        "in <an> admonition",
        "  in a list",
        "in a bulleted list",
        "tildes",
        "generated",
    ]
    assert found[0].code + "\n" == GOOD
    for block in found:
        snippets.check_block(block)
    assert snippets.built_faults(PAGE, snippets.article(built)) == []


def test_a_pass_is_remembered_for_this_code_and_output_only(no_cache, monkeypatch):
    runs = []
    paste = snippets.paste
    monkeypatch.setattr(snippets, "paste", lambda code: runs.append(code) or paste(code))
    good = snippets.Block(GOOD, "1.0\n")
    for block in (good, good, snippets.Block("# new\n" + GOOD, "1.0\n")):
        snippets.check_block(block)
    assert len(runs) == 2
    for _ in range(2):  # a failure is not remembered
        with pytest.raises(Fault):
            snippets.check_block(snippets.Block(GOOD, "1.5\n"))
    assert len(runs) == 4


def test_another_output_than_the_page_shows_is_caught(built, no_cache):
    changed = built.replace("<code>1.0\n", "<code>1.5\n")
    assert changed != built
    block = next(snippets.blocks(snippets.article(changed)))
    with pytest.raises(Fault, match=r"(?s)another output.*-1\.5\n\+1\.0"):
        snippets.check_block(block)


def test_a_snippet_that_only_fails_when_pasted_is_caught(no_cache):
    code = "import scipy\n\nprint(__file__)\nassert scipy.__name__ == 'scipy'"
    with pytest.raises(Fault, match="another output"):
        snippets.check_block(snippets.Block(code, "page\n"))


def test_a_block_that_was_not_executed_is_caught(built):
    article = snippets.article(built)
    article.select_one("div.result").decompose()
    block = next(snippets.blocks(article))
    with pytest.raises(Fault, match="not executed"):
        snippets.check_block(block)
    line = PAGE.splitlines().index(f"```{snippets.VISIBLE}") + 1
    assert snippets.built_faults(PAGE, article)[0][0] == line


def test_a_fence_that_is_shown_as_text_is_caught(built):
    broken = built.replace("Text with", "```python exec='on' Text with")
    ((_, message),) = snippets.built_faults(PAGE, snippets.article(broken))
    assert "a fence is shown as text" in message


def test_generated_snippets_obey_the_rules_too():
    with pytest.raises(Fault, match=r"line 1 of the snippet: .*`assert`"):
        snippets.check_block(snippets.Block("print(1)", "1\n"))


@pytest.mark.parametrize("where", ["article", "div", "code", ""])
def test_the_copy_button_takes_the_code_or_data_copy(where):
    html = '<article><div class="highlight"><pre><code>y \n\n</code></pre></div></article>'
    if where:
        html = html.replace(f"<{where}", f'<{where} data-copy="x "')
    soup = snippets.article(html)
    assert snippets.copied(soup.select_one(".highlight")) == ("x" if where else "y")


# Collection, as pytest does it.

LOST = f"""\
=== "No blank line below the header"
{fence(indent="    ")}
{fence(header=snippets.VISIBLE + ' title="please notest me"')}
{fence("print(1 / 0)")}
{fence("import sys" + chr(10) + "sys.exit(0)")}
{fence("import numpy as np" + chr(10) + "print(np.log(0.0))")}
{fence("import sys" + chr(10) + "print('lost', file=sys.stderr)")}
"""


def test_pytest_names_page_and_line_of_each_planted_fault(tmp_path):
    (tmp_path / "page.md").write_text(LOST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-q"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "-rfE", "page.md"], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    lines = [one.line for one in snippets.fences(LOST)]
    assert len(lines) == 6
    # In a tab without a blank line above, or with `notest` in its header, a fence is a test too.
    assert "4 failed, 2 passed" in done.stdout
    for line, offset, what in zip(
        lines[2:],
        (1, 2, 2, 1),
        ("ZeroDivisionError", "exit(0)", "warns", "sys.stdout"),
        strict=True,
    ):
        assert f"page.md:{line + offset}: " in done.stdout, done.stdout
        assert what in done.stdout
    assert "lost" not in done.stderr


# Prose.


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ("", "no description"),
        ("description: Too short.", "must have 50 to 160 characters, got 10"),
        (f"description: {'long ' * 40}.", "must have 50 to 160 characters"),
        (f"description: {'no full stop ' * 5}", "one sentence"),
        (f"description: {'two of them ' * 3}. {'Two sentences ' * 2}.", "one sentence"),
        (f"title: The slope of $x$\ndescription: {'fine ' * 12}.", "no maths"),
    ],
)
def test_front_matter_faults_are_named(meta, message):
    (fault,) = prose.front_matter_faults(f"---\n{meta}\n---\n\n# Title\n")
    assert message in fault


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# A\n\n# B\n", 3, "one heading of the first level"),
        ("# A\n\n## The slope of $x^2$\n", 3, "no maths"),
        ("# A\n\n## About `dual`\n", 3, "no maths and no code"),
    ],
)
def test_heading_faults_are_named(text, line, message):
    ((got, fault),) = prose.heading_faults(text)
    assert got == line
    assert message in fault


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<p>text</p>", "no heading"),
        ("<h1>A</h1><h3>B</h3>", "`B` is of level 3 after level 1"),
        ("<h2>A</h2>", "`A` is of level 2 after level 0"),
        ("<h1>A</h1><h1>B</h1>", "second heading of the first level"),
        ("<h1>A <code>b</code></h1>", "no code"),
    ],
)
def test_outline_faults_are_named(html, message):
    (fault,) = prose.outline_faults(snippets.article(f"<article>{html}</article>"))
    assert message in fault


def test_a_sound_outline_passes():
    html = "<h1>A</h1><h2>B</h2><h3>C</h3><h2 class='doc doc-heading'><code>d</code></h2>"
    assert prose.outline_faults(snippets.article(f"<article>{html}</article>")) == []


def page_of(text, output):
    """What a build makes of one paragraph and an output."""
    html = f"<article><p>{text}</p><pre><code>{output}</code></pre></article>"
    return prose.number_faults("# Title\n\n" + text, snippets.article(html))


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("The slope is 1.129 there.", "1.128904145"),
        ("The slope is -1.13 there.", "[-1.128904145  0.5]"),
        ("It errs by 2.22e-16.", "2.220446049e-16"),
        ("It errs by 2.22e\u221216.", "2.220446049e-16"),
        ("It errs by $2.22 \\times 10^{-16}$ and 2.22 · 10⁻¹⁶.", "2.220446049e-16"),
        ("About 12,500 points.", "12487"),
        ("It is $12.5\\%$ of them.", "12.5 %"),
        ("It is 12.5 % of them.", "0.125"),
        ("exp overflows above 709.78.", "709.782712893384"),
    ],
)
def test_a_rounded_output_may_stand_in_prose(text, output):
    assert page_of(text, output) == []


@pytest.mark.parametrize(
    ("text", "output", "number"),
    [
        ("The slope is 1.130 there.", "1.128904145", "1.130"),
        ("The slope is 1.129 there.", "", "1.129"),
        ("It errs by 2.22e-15.", "2.220446049e-16", "2.22e-15"),
        ("It errs by $2.21 \\times 10^{-16}$.", "2.220446049e-16", "2.21e-16"),
        ("It errs by $2.22 \\times 10^{-15}$.", "2.220446049e-16", "2.22e-15"),
        ("About 12,500 points.", "12600", "12500"),
        ("It is 12.5 of them.", "0.125", "12.5"),
        ("| h | error |\n|---|---|\n| 0.1 | 0.0517 |", "0.0518", "0.0517"),
        ("Seen 1.129 and again 1.129.", "1.13", "1.129"),
    ],
)
def test_a_number_that_nothing_computed_is_named(text, output, number):
    faults = page_of(text, output)
    assert faults
    for line, message in faults:
        assert line == 2 + 1 + 2 * text.startswith("|")
        assert message.startswith(f"{number} is computed nowhere")


@pytest.mark.parametrize(
    "text",
    [
        "Published in 1986 and 2020.",
        "On 2024-02-29, in float64 and bfloat16, with x86-64 and 128-bit words.",
        "IEEE 754 since Python 3.11 and NumPy 2.4.6.",
        "From 10 to 1000 points, of 0.25, 1.5 or 10^{-300} or 1e\u2212162.",
        "`h = 1.2345` and [a page](https://example.org/12345) {#id-123}",
        "10. The tenth point of a list.",
    ],
)
def test_names_and_round_numbers_are_no_results(text):
    assert prose.number_faults(text, snippets.article("<article></article>")) == []


def test_the_caption_that_a_hidden_fence_passes_is_prose():
    text = fence('print(figure(draw, caption="The minimum is 0.1699."))', snippets.HIDDEN)
    html = "<article><figcaption>The minimum is 0.1699.</figcaption>{}</article>"
    ((line, message),) = prose.number_faults(text, snippets.article(html.format("")))
    assert line == 2
    assert "0.1699" in message
    shown = snippets.article(html.format("<pre>0.16994</pre>"))
    assert prose.number_faults(text, shown) == []


def test_formulas_count_once_and_by_their_source():
    text = "The slope is $1.129$."
    html = (
        '<article><p>The slope is <span class="katex"><math><mn>1.129</mn><annotation>1.129'
        "</annotation></math><span>1.129</span></span>.</p></article>"
    )
    assert len(prose.number_faults(text, snippets.article(html))) == 1
