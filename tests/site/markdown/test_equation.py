"""An ``equation`` fence on a page: the formula alone, or why the build stops."""

import markdown
import pytest

from derivref.site.fault import Fault

RIGHT = "where: a, b in R\n(a + b)^2 = a^2 + 2ab + b^2"
EXTENSIONS = [
    *("pymdownx.superfences", "derivref.site.markdown.derivation"),
    *("derivref.site.markdown.equation", "derivref.site.markdown.maths"),
]


def convert(text):
    return markdown.markdown(text, extensions=EXTENSIONS)


def test_the_equation_is_shown_without_its_headers():
    html = convert(f"Before\n\n```equation\n{RIGHT}\n```\nAfter\n")
    assert html.count('class="display"') == 1
    assert "where:" not in html
    assert "not-checked" not in html
    assert html.startswith("<p>Before</p>")
    assert html.endswith("<p>After</p>")


def test_an_unchecked_equation_says_so():
    html = convert("```equation\nunchecked: y is any output\n\\bar y = 1\n```\n")
    assert '<p class="not-checked">Not checked by machine: y is any output.</p>' in html


def test_a_wrong_equation_stops_the_conversion():
    with pytest.raises(Fault, match="the sides are"):
        convert(f"```equation\n{RIGHT.replace('2ab', '3ab')}\n```\n")


def test_a_fence_in_a_fence_is_text():
    html = convert(f"````text\n```equation\n{RIGHT}\n```\n````\n")
    assert "where:" in html
    assert "display" not in html
