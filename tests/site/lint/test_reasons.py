"""Reasons of proofs, matched against the steps."""

from pathlib import Path

import pytest

from derivref.site.lint import reasons

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in (ROOT / "docs").rglob("*.md") if "```derivation" in p.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_reasons_of_a_page_fit_their_steps(path):
    assert list(reasons.page_faults(path.name, path.read_text("utf-8"))) == []


STEPS = {
    "x*exp(x)": ("product rule", "quotient rule"),
    "sin(x)/x": ("quotient rule", "sum rule"),
    "exp(2*x)": ("chain rule", "product rule"),
    "sin(x) + x": ("sum rule", "quotient rule"),
    "x**3": ("power rule", "chain rule"),
    "1/g(x)": ("reciprocal rule", "sum rule"),
    "x*tanh(exp(x))": ("product rule", "chain rule"),
}
PROOF = "```derivation\nid: a\nfunctions: g\ndomain: x in R\n{}\n{} | {}\n```\n"


@pytest.mark.parametrize("body", STEPS)
def test_a_rule_that_does_not_fit_is_named(body):
    right, wrong = STEPS[body]
    proof = PROOF.format(f"Derivative({body}, x) | wanted", "x", "the {}")
    assert list(reasons.page_faults("a.md", proof.format(f"[{right}](rules.md)"))) == []
    (line,) = reasons.page_faults("a.md", proof.format(wrong))
    assert line.startswith(f"a.md:6: names the {wrong}, and differentiates `")


LIMIT = "limit: h -> 0\n"
CASES = [  # the line above, the line, a reason that fits and one that does not, what is said
    ("sin(x + 2)", "x", "the addition formula", "the product formula", "in no phrase"),
    ("x*(x + 1)", "x", "multiply out", "the addition formula", "says `addition formula`"),
    ("x", "1/x", "one fraction", "the difference quotient", "says `difference quotient`"),
    ("x", "(g(x + 1) - g(x))/2", "the difference quotient", "the sum law", "says `sum law`"),
    ("exp(x)**2", "exp(x)", "$x^2 \\ge 0$", "$x^2 \\le 0$", "has the sides"),
    ("x", "x", "$\\sin^2 x + \\cos^2 x = 1$", "$\\sin^2 x - \\cos^2 x = 1$", "has the sides"),
    (LIMIT + "x + h", "x", "limit: continuity", "limit: quotient law", "says `quotient law`"),
    (LIMIT + "(x*h)/h", "x", "limit: a standard limit", "limit: continuity", "divides by 0"),
    (LIMIT + "x + h", "x", "limit: sum law", "limit: of a constant", "says `of a constant`"),
    (LIMIT + "x*(x + h)", "x", "limit: product law", "limit: sum law", "says `sum law`"),
    ("Derivative(tanh(x), x)", "x", "the slope of tanh", "the slope of the sine", "no sin is"),
    ("x - 1", "x*2", "nothing is subtracted", "cancels near 0", "says `cancels near 0`"),
    ("x", "1/(1 + exp(-x))", "safe for $x \\ge 0$", "safe for $x \\le 0$", "digits are lost"),
]


@pytest.mark.parametrize(("above", "line", "right", "wrong", "said"), CASES)
def test_a_reason_that_does_not_fit_is_named(above, line, right, wrong, said):
    assert list(reasons.page_faults("a.md", PROOF.format(above, line, right))) == []
    found = list(reasons.page_faults("a.md", PROOF.format(above, line, wrong)))
    assert len(found) == 1
    assert said in found[0]


def test_a_condition_that_the_domain_does_not_meet_is_named():
    proof = "```derivation\nid: a\ndomain: x in (0, oo)\nx | wanted\nx | for $x {} 0$\n```\n"
    assert list(reasons.page_faults("a.md", proof.format(">"))) == []
    assert len(list(reasons.page_faults("a.md", proof.format("<")))) == 1


OWN = "```derivation\nid: {}\ndomain: x in R\nDerivative({}, x) | wanted\n{} | collect\n```\n"


def test_a_proof_belongs_to_its_record():
    right = OWN.format("softplus-slope", "log(1 + exp(x))", "sigma(x)")
    assert list(reasons.page_faults("a.md", right)) == []
    other = OWN.format("softplus-slope", "tanh(x)", "1 - tanh(x)**2")
    first, second = reasons.page_faults("a.md", other)
    assert "f′ of Softplus is" in first
    assert "f of Softplus is" in second
