"""Equations of the pages, read back, and the claims in words that are counted."""

from pathlib import Path

import pytest

from derivref.site.lint import claims

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in (ROOT / "docs").rglob("*.md") if "api" not in p.parts)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_equations_of_a_page_hold(path):
    page = path.relative_to(ROOT).as_posix()
    assert list(claims.page_faults(page, path.read_text("utf-8"))) == []


def test_equations_are_read_and_not_only_counted():
    read = [
        e
        for p in PAGES
        for e in claims.equations(p.relative_to(ROOT).as_posix(), p.read_text("utf-8"))
        if e.read
    ]
    assert len(read) >= 20
    assert any(e.displayed for e in read)


RIGHT = [
    r"e^{a+b} = e^a e^b",
    r"\tanh' = 1 - \tanh^2",
    r"f(x+h) = f(x) + h f'(x) + \tfrac{h^2}{2} f''(\xi)",
    r"\frac{\operatorname{Im} f(x + ih)}{h} = f'(x) - \frac{h^2}{6} f'''(x) + \dots",
    r"f'(a) = \lim_{h\to 0} \frac{f(a+h) - f(a)}{h}",
    r"f''(x) \approx \frac{2\,\bigl(f(x) - \operatorname{Re} f(x + ih)\bigr)}{h^2}",
    r"\binom{n}{k} + \binom{n}{k-1} = \binom{n+1}{k}",
    r"|\cos h - 1| \le h^2/2",
    r"\sigma(x)\sigma(-x) > 0",
]
WRONG = [
    r"e^{a+b} = e^a + e^b",
    r"\tanh' = 1 + \tanh^2",
    r"f(x+h) = f(x) + h f'(x) + \tfrac{h^2}{3} f''(\xi)",
    r"\frac{\operatorname{Im} f(x + ih)}{h} = f'(x) - \frac{h^2}{3} f'''(x) + \dots",
    r"f'(a) = \lim_{h\to 0} \frac{f(a+h) + f(a)}{h}",
    r"f''(x) \approx \frac{\bigl(f(x) - \operatorname{Re} f(x + ih)\bigr)}{h^2}",
    r"\binom{n}{k} + \binom{n}{k-1} = \binom{n}{k+1}",
    r"|\cos h - 1| \ge h^2/2",
    r"\sigma(x)\sigma(-x) < 0",
]


@pytest.mark.parametrize("tex", RIGHT)
def test_a_right_equation_is_read(tex):
    (found,) = claims.equations("docs/learn/noise.md", f"Then ${tex}$ holds.")
    assert found.read
    assert found.fault == ""


@pytest.mark.parametrize("tex", WRONG)
def test_a_wrong_equation_is_named(tex):
    (line,) = claims.page_faults("docs/learn/noise.md", f"Then\n${tex}$ holds.")
    assert line.startswith("docs/learn/noise.md:2: `")
    assert "the sides are" in line


def test_f_on_the_page_of_an_entry_is_the_entry():
    page = "docs/reference/activations/leaky_relu.md"
    text = (ROOT / page).read_text("utf-8")
    assert list(claims.page_faults(page, text)) == []
    wrong = text.replace(r"\alpha & x < 0 \\ 1", r"1 & x < 0 \\ \alpha")
    assert wrong != text
    assert len(list(claims.page_faults(page, wrong))) == 1


def test_a_function_that_a_page_defines_is_meant_below():
    text = "Let $f(x) = x^2$. Then $f'(3) = {}$.\n"
    assert list(claims.page_faults("docs/learn/rules.md", text.format(6))) == []
    assert len(list(claims.page_faults("docs/learn/rules.md", text.format(9)))) == 1


def test_what_no_machine_reads_is_counted():
    (found,) = claims.equations("docs/learn/noise.md", "$$\n\\bar A = \\bar C B^\\top\n$$\n")
    assert found.displayed
    assert not found.read


def test_an_equation_of_a_function_and_a_number_is_read_if_it_is_an_identity():
    page = "docs/reference/activations/gelu.md"
    (found,) = claims.equations(page, "$f'(x) + f'(-x) = 1$")
    assert found.read
    (other,) = claims.equations(page, "$f'(x) + f'(-x) = 2$")
    assert (other.read, other.fault) == (False, "")
