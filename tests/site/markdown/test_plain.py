"""Formulas as one line of text."""

import pytest

from derivref import catalog, oracle
from derivref.site.markdown.plain import of_tex


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\Phi(x) + x\,\varphi(x)", "Φ(x) + x φ(x)"),
        (r"\sigma(-2u)", "σ(−2u)"),
        (r"-\frac{1}{x^{2}}", "−1/x²"),
        (r"\frac{1}{2\sqrt{x}}", "1/(2√x)"),
        (r"\frac{x}{\sqrt{1 + x^{2}}}", "x/√(1 + x²)"),
        (r"\frac{1}{\cos^{2} x}", "1/cos² x"),
        (r"\frac{f(x+h) - f(x)}{2h}", "(f(x + h) − f(x))/(2h)"),
        (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
        (r"\frac{d}{dx} c", "d/dx c"),
        (r"x^{n}", "x^n"),
        (r"n\,x^{n - 1}", "n x^(n − 1)"),
        (r"\left(\frac{a}{b}\right)^{1/3}", "(a/b)^(1/3)"),
        (r"(e^z + s)^2", "(e^z + s)²"),
        (r"\begin{cases} 0 & x < 0 \\ 1 & x > 0 \end{cases}", "0 for x < 0, 1 for x > 0"),
        (r"\begin{aligned} f(x) &= x \\ f'(x) &= 1 \end{aligned}", "f(x) = x; f′(x) = 1"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1, 2; 3, 4)"),
        (r"f''(x) \ne f'''(x)", "f″(x) ≠ f‴(x)"),
        (r"\bar z_i = p_i - \sum_k \bar p_k\, p_k", "z̄_i = p_i − ∑_k p̄_k p_k"),
        (r"\lim_{h\to 0} \sin h", "lim_(h → 0) sin h"),
        (r"\lvert x \rvert", "|x|"),
        (r"\binom{n}{k}", "(n choose k)"),
        (r"\ln x \cdot \max(0, x)", "ln x ⋅ max(0, x)"),
        (r"\text{tr}(AB)", "tr(AB)"),
        (r"\sqrt[3]{x}", "x^(1/3)"),
    ],
)
def test_formula_in_words(tex, text):
    assert of_tex(tex) == text


def test_no_formula_of_a_record_loses_a_bracket():
    for record in catalog.records("scalar"):
        for n in range(3):
            text = of_tex(oracle.latex(record, n))
            assert text
            assert "\\" not in text
            assert text.count("(") == text.count(")"), text
