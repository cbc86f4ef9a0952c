"""What the built pages show of the entries, read back and compared with their formulas."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import mpmath as mp
import pytest
from bs4 import BeautifulSoup

from derivref import catalog
from derivref.site.lint import reading
from derivref.site.lint.texvalues import TexError, evaluate
from derivref.site.show import entries, pages

ROOT = Path(__file__).parents[3]
SITE = Path(os.environ.get("DERIVREF_SITE", ROOT / "site")).resolve()
RECORDS = list(catalog.records("scalar"))


def shown(record):
    """Whether the page of a record shows it, and not only its name in a table."""
    text = (ROOT / "docs" / catalog.address(record).partition("#")[0]).read_text("utf-8")
    return any(f'{call}("{record.name}")' in text for call in ("entry", "section"))


SHOWN = [record for record in RECORDS if shown(record)]


@cache
def article(page):
    file = SITE / page.removesuffix(".md") / "index.html"
    if page.endswith("index.md"):
        file = SITE / Path(page).parent / "index.html"
    assert file.is_file(), f"{file} is missing: run `make site` first"
    return BeautifulSoup(file.read_text("utf-8"), "lxml").find("article")


@pytest.mark.parametrize("record", SHOWN, ids=lambda r: r.full_name)
def test_a_built_page_says_what_the_formula_says(record):
    page, _, anchor = catalog.address(record).partition("#")
    found = reading.from_page(article(page), anchor)
    assert found.svg
    assert found.table("", "value")
    assert list(reading.entry_faults(record, found)) == []


@pytest.mark.parametrize("name", ["activations", "elementary"])
def test_the_built_index_of_a_family_says_what_the_formulas_say(name):
    family = next(f for f in catalog.families() if f.name == name)
    tables = reading.from_page(article(family.index)).tables
    assert list(reading.index_faults(list(family), tables[0])) == []


def test_the_built_table_of_kinks_says_what_the_formulas_say():
    tables = reading.from_page(article("reference/kinks.md")).tables
    table = next(t for t in tables if t[0][:2] == ("function", "x"))
    assert list(reading.kinks_faults(RECORDS, table)) == []


@cache
def markdown(name):
    record = catalog.get(name)
    numbers = entries.grid(("", "value"), entries._key_numbers(record)) + entries._ends(record)
    return f"{entries.first(record)}\n\n{numbers}\n\n{entries.kinks(record)}"


PLANTED = {
    "f for f′ in the formulas": (
        "mish",
        r"f'(x) &= \tanh(\operatorname{softplus}(x))",
        r"f'(x) &= x \tanh(\operatorname{softplus}(x))",
        "the formula shown for f′ is",
    ),
    "labels of formulas": ("silu", "f''(x) &=", "f'(x) &=", "the label of the formula of f"),
    "a limit": ("mish", "| f′ | 0 | 1 |", "| f′ | 1 | 0 |", "f′ does not tend to 1 as x → −∞"),
    "labels of limits": ("softplus", "| f′ | 0 | 1 |\n| f″", "| f″ | 0 | 1 |\n| f′", "the limits"),
    "ends of the limits": ("softplus", "x → −∞ | x → ∞", "x → ∞ | x → −∞", "the head of the"),
    "a bracket": ("sigmoid", r"($0$, $\frac{1}{4}$]", r"($0$, $\frac{1}{4}$)", "end is attained"),
    "another bracket": ("softplus", "($0$, $1$)", "[$0$, $1$)", "lower end is not attained"),
    "least and greatest": ("mish", "least slope | −0.1125261224", "least slope | 1.088498161", ""),
    "where it is": ("mish", "at x = 1.490571179", "at x = −2.256376396", "it is attained at"),
    "digits": ("mish", "1.0885]", "1.0888]", "range of f′: shows 1.0888"),
    "closed form": ("sigmoid", r"$\frac{1}{4}$ = 0.25", r"$\frac{1}{2}$ = 0.25", "closed form"),
    "f(0) and f′(0)": ("mish", "| f′(0) |", "| f″(0) |", "label twice"),
    "a trait": ("softplus", "increasing, convex", "increasing, concave", "f is said to be"),
    "odd and even": ("tanh", "odd, increasing", "even, increasing", "f is said to be"),
    "the domain": ("log1p", "x > -1", "x > 1", "the domain reads"),
    "a hole": ("reciprocal", "∞), except 0 |", "∞) |", "the value 0 lies in the interval"),
    "a pole": ("tan", r"except $\frac{\pi}{2}$", r"except $\pi$", "leaves out"),
    "sides of a kink": (
        "leaky_relu",
        "| 0.01 | 1 | 0.01 |",
        "| 1 | 0.01 | 0.01 |",
        "from the left",
    ),
    "value at a kink": (
        "leaky_relu",
        "the code returns 0.01",
        "the code returns 1",
        "formulas say",
    ),
    "name of a curve": ("mish", ">f′<", ">f″<", "the names are"),
    "a symbol": ("gelu", r"\tfrac12(1 + ", r"\tfrac12(1 - ", "is said to be"),
    "a symbol that is not said": ("silu", r"$\sigma(x) =", r"$s(x) =", "do not say what it is"),
    "TeX without abbreviations": (
        "silu",
        r"f'(x) = \frac{1}",
        r"f'(x) = \frac{2}",
        "the TeX of f′",
    ),
    "TeX with abbreviations": (
        "silu",
        r"f'(x) = \frac{1}{1 + e^{-x}}",
        r"f'(x) = \sigma(x)",
        "has one",
    ),
    "TeX to copy": (
        "silu",
        "```latex\n\\begin{aligned} f(x)",
        "```latex\n\\begin{aligned} g(x)",
        "the TeX to copy",
    ),
    "a number beside the program": (
        "mish",
        '<dt>f(0)</dt><dd markdown="span">0<',
        '<dt>f(0)</dt><dd markdown="span">1<',
        "beside the program f(0) is 1",
    ),
    "a value to read off": (
        "silu",
        "| 1 | 0.7311 | 0.9277 |",
        "| 1 | 0.9277 | 0.7311 |",
        "f is said to be 0.9277 at x = 1",
    ),
    "a value at a kink": (
        "relu",
        "| 0 (chosen) |",
        "| 1 (chosen) |",
        "f′ is said to be 1 (chosen)",
    ),
    "place in the alternative text": ("mish", "at x = −1.19", "at x = 1.19", "f: has a minimum"),
    "kind in the alternative text": ("mish", "a maximum of 1.09", "a minimum of 1.09", "f′: has"),
    "end in the alternative text": (
        "mish",
        "beyond the top on the right",
        "3 on the right",
        "f: is",
    ),
    "sides in the alternative text": ("leaky_relu", "from 0.01 to 1;", "from 1 to 0.01;", "kink:"),
    "order in the alternative text": ("relu", "f′ is 0, then 1", "f′ is 1, then 0", "f′: is said"),
    "pole in the alternative text": (
        "tan",
        "at the top on its left",
        "at the bottom on its left",
        "pole",
    ),
    "title in the alternative text": ("mish", "Graphs of Mish", "Graphs of SiLU", "the name is"),
    "view in the alternative text": ("mish", "for x from −5", "for x from −4", "x runs from"),
    "colours of two lines": (
        "mish",
        "fill: none; stroke: var(--fig-1); stroke-width: 2.2; stroke-linecap: square",
        "fill: none; stroke: var(--fig-2); stroke-width: 2.2; stroke-linecap: square",
        "the names are",
    ),
    "inflection": ("mish", "x = | −2.256376396, 1.490571179", "x = | 1.490571179", "inflection"),
    "approach": ("log", "∞, approached as x → 0", "∞, approached as x → ∞", "it is approached"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_on_a_page_is_named(fault):
    name, old, new, message = PLANTED[fault]
    text = markdown(name)
    assert old in text
    record = catalog.get(name)
    found = list(reading.entry_faults(record, reading.from_markdown(text.replace(old, new))))
    assert any(message in line and record.full_name in line for line in found), found


def test_curves_drawn_for_each_other_are_named():
    record = catalog.get("mish")
    svg = reading.from_markdown(
        entries.function_figure(replace(record, f=record.d, d=record.f))
    ).svg
    found = list(reading.picture_faults(reading.Truth(record), svg))
    assert any("the line labelled f(x) passes through" in line for line in found)
    assert any("the line labelled f′(x) passes through" in line for line in found)


def test_exchanged_columns_of_an_index_are_named():
    whole = next(f for f in catalog.families() if f.name == "activations")
    head, rows = reading.markdown_tables(pages.table("activations"))[0]
    family, rows = zip(
        *(pair for pair in zip(whole, rows, strict=True) if pair[0].name[0] in "mr"), strict=True
    )
    assert list(reading.index_faults(list(family), (head, rows))) == []
    swapped = [(a, c, b, *rest) for a, b, c, *rest in rows]
    found = "\n".join(reading.index_faults(list(family), (head, swapped)))
    assert "index: activations.mish: the formula of f′ is" in found
    found = "\n".join(reading.index_faults(list(family), (head, rows[::-1])))
    first, *_, last = family
    assert f"index: {first.full_name}: is called [{last.title}]" in found


def test_exchanged_columns_of_the_kinks_are_named():
    head, rows = reading.markdown_tables(entries.all_kinks())[0]
    assert list(reading.kinks_faults(RECORDS, (head, rows))) == []
    swapped = [(a, b, d, c, *rest) for a, b, c, d, *rest in rows]
    found = "\n".join(reading.kinks_faults(RECORDS, (head, swapped)))
    assert "activations.leaky_relu: `slope from the left` shows 1, not 0.01" in found


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        (r"\frac{1}{2}\,x \cdot 3^{2}", 9),
        (r"\ln^{2} e + \log_{10} 100", 3),
        (r"\begin{cases} -1 & x < 0 \\ 2u' & \text{otherwise} \end{cases}", 10),
        (r"-x^{2} + \lvert -3 \rvert", -1),
        (r"\sqrt[3]{8}\,(x - 1)/2!", 1),
        (r"2\sin(x)\cos x", mp.sin(4)),
    ],
)
def test_tex_is_read_back(tex, value):
    assert abs(evaluate(tex, {"x": mp.mpf(2), "u'": mp.mpf(5)}) - value) < 1e-14


@pytest.mark.parametrize(
    "tex", [r"\zeta(x)", "x +", r"\frac{x", "x = y", r"\begin{cases} 1 & x < 0 \end{cases}"]
)
def test_tex_that_is_not_known_is_named(tex):
    with pytest.raises(TexError):
        evaluate(tex, {"x": mp.mpf(2), "y": mp.mpf(2)})
