"""Tables scroll inside themselves, can be reached by keyboard and have a name."""

import markdown

from derivref.site.markdown.tables import wrap

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"


def convert(text: str) -> str:
    extensions = ["tables", "attr_list", "md_in_html", "toc", "derivref.site.markdown.tables"]
    return markdown.markdown(
        text, extensions=extensions, extension_configs={"toc": {"permalink": "#"}}
    )


def test_a_table_is_named_by_the_heading_above_without_its_permalink() -> None:
    html = convert(f'## Errors of "exp" {{#e}}\n\n{TABLE}')
    assert (
        '<div class="scroller" tabindex="0" role="region" aria-label="Table: Errors of '
        '&quot;exp&quot;"><table class="data">'
    ) in html


def test_a_caption_names_before_the_heading() -> None:
    html = convert("## Errors\n\n<table><caption>In <em>ULP</em></caption></table>")
    assert 'aria-label="Table: In ULP"' in html


def test_every_table_is_wrapped_once_however_often_it_passes() -> None:
    html = convert(f"{TABLE}\n\nText.\n\n<div markdown>\n\n{TABLE}\n</div>")
    assert html.count('class="scroller"') == html.count("<table") == 2
    assert 'aria-label="Table"' in html
    again = wrap(f"<h2>Later</h2>{wrap(html)}")
    assert again.count('class="scroller"') == 2
    assert again.count('aria-label="Table: Later"') == 1
    assert again.count('aria-label="Table: Later (2)"') == 1


def test_a_class_of_its_own_is_kept() -> None:
    assert '<table class="wide">' in wrap('<table class="wide"></table>')


def test_code_about_tables_is_left_alone() -> None:
    code = "<pre><code>&lt;table&gt; <table></table></code></pre>"
    assert wrap(code) == code


def test_many_columns_scroll_and_a_short_first_one_stays() -> None:
    html = convert("| a | b | c | d |\n|---|---|---|---|\n| short | 2 | 3 | 4 |\n")
    assert '<table class="data wide fixed">' in html
    html = convert(f"| a | b | c | d |\n|---|---|---|---|\n| {'long ' * 9} | 2 | 3 | 4 |\n")
    assert '<table class="data wide">' in html


INDEX = """| function | f | kinks |
|---|---|---|
| <span data-row="smooth" data-usual="kinks">[GELU](gelu.md)</span> | 1 | none |
| <span data-row="" data-greatest="1">[ReLU](relu.md)</span> | 2 | 0 |
"""


def test_rows_of_an_index_say_what_they_are_and_cells_what_they_hold() -> None:
    html = convert(INDEX)
    assert '<table class="entries data fixed">' in html
    assert '<tr data-row="smooth" data-usual="kinks">' in html
    assert '<td data-label="function"><a href="gelu.md">GELU</a></td>' in html
    assert '<td data-label="kinks" class="usual">none</td>' in html
    assert '<td data-label="kinks">0</td>' in html
    assert "<span" not in html
    assert wrap(html) == html
