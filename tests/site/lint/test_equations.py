"""Equations that say what their letters are."""

from pathlib import Path

import pytest

from derivref.site.lint import claims, equations, snippets

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in (ROOT / "docs").rglob("*.md") if "api" not in p.parts)
UNREAD = 1 / 20  # of the displayed equations beside the entries, at most

RIGHT = {  # and what is wrong in it, and what is said of that
    "where: x, t, w, b in R\nlet: a = \\sigma(wx + b)\nlet: L = \\tfrac12 (a - t)^2\n"
    "\\frac{\\partial L}{\\partial w} = (a - t)\\,a(1 - a)\\,x": (
        "(1 - a)",
        "(1 + a)",
        "the sides",
    ),
    "where: W in R^{2x3}; x in R^3\nlet: y = W x\n"
    "\\frac{\\partial}{\\partial x}(y^\\top y) = 2 W^\\top y": ("W^\\top y", "W y", "shapes"),
    "where: A in R^{2x3}; B in R^{3x2}; i, j in {1..2}; k in {1..3}\n"
    "(AB)_{ij} = \\sum_k A_{ik} B_{kj}": ("B_{kj}", "B_{ij}", "the sides"),
    "where: f in C; x in R\nlet: h = 10^{-6}\n\\frac{f(x+h) - f(x-h)}{2h} = f'(x) + O(h^2)": (
        "O(h^2)",
        "O(h^3)",
        "the sides",
    ),
    "where: f, g in C; x in R; n in {0..3}\n"
    "(fg)^{(n)} = \\sum_{k=0}^{n} \\binom{n}{k} f^{(n-k)} g^{(k)}": ("n-k", "k", "the sides"),
    "where: u in (0, oo)\nlet: E(h) = h^2 + u/h\nso: E'(s) = 0\ns = (u/2)^{1/3}": (
        "u/2",
        "u/3",
        "the sides",
    ),
    "where: x in R; s in (0.9999, 1)\ntight: 0.001\nlet: y = 0.01s\ny < 10^{-2}": (
        "10^{-2}",
        "10^{-1}",
        "the sides",
    ),
    "let: h = 10^{-6}\norder: h\n\\frac{\\sin h}{h} \\to 1": ("\\sin", "\\cos", "the sides"),
}


@pytest.mark.parametrize("code", RIGHT, ids=lambda c: c.rpartition("\n")[2])
def test_an_equation_holds_and_a_wrong_one_is_named(code):
    old, new, said = RIGHT[code]
    assert equations.check(code)[1] > 0
    head, _, tex = code.rpartition("\n")
    with pytest.raises(equations.EquationError, match=said):
        equations.check(f"{head}\n{tex.replace(old, new)}")


REFUSED = {
    "where: x in R\ny = x": "defines y, and nothing could contradict it",
    "where: x in R\nx + z = x": "`z` is not known",
    "where: x in Q\nx = x": "`Q` is no set",
    "where: x\nx = x": "`where` must read",
    "where: A in R^{2x3}\nA A = A": "a product of shapes",
    "where: f in C; x in R\nlet: h = 10^{-9}\nf(x + h) \\approx f(x)": "up to what?",
    "where: f in C; x in R\nf(x) = f(x) - O(x)": "stands behind a plus",
    "where: A in R^2\n\\sum_i A_i = A_1 + A_2": "what does i run over?",
    "let: h = 1\nh + 1": "shows an equation",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_has_no_meaning_is_refused(code):
    with pytest.raises(equations.EquationError) as caught:
        equations.check(code)
    assert REFUSED[code] in str(caught.value)


def _fences():
    return [
        (f"{path.relative_to(ROOT).as_posix()}:{fence.line}", fence.code)
        for path in PAGES
        for fence in snippets.fences(path.read_text("utf-8"))
        if fence.header == equations.LANGUAGE
    ]


@pytest.mark.parametrize(("place", "code"), _fences())
def test_an_equation_of_a_page_holds(place, code):
    meaning, pairs = equations.check(code)
    assert bool(pairs) != bool(meaning.unchecked)


def test_a_displayed_equation_is_checked_or_says_that_it_is_not():
    unread = {True: [], False: []}
    count = 0
    for path in PAGES:
        page = path.relative_to(ROOT).as_posix()
        for equation in claims.equations(page, path.read_text("utf-8")):
            if equation.displayed:
                count += 1
                if not equation.read:
                    unread[claims.is_entry(page)].append(f"{page}:{equation.line}")
                    assert equation.marked, f"{page}:{equation.line}: write an `equation` fence"
    assert unread[True] == []
    assert len(unread[False]) <= UNREAD * count, unread
