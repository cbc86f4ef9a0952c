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
    assert again.count('aria-label="Table: Later"') == 2


def test_a_class_of_its_own_is_kept() -> None:
    assert '<table class="wide">' in wrap('<table class="wide"></table>')


def test_code_about_tables_is_left_alone() -> None:
    code = "<pre><code>&lt;table&gt; <table></table></code></pre>"
    assert wrap(code) == code
