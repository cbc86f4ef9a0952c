"""Rules named in proofs, matched against the steps."""

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
}


@pytest.mark.parametrize("body", STEPS)
def test_a_rule_that_does_not_fit_is_named(body):
    right, wrong = STEPS[body]
    proof = (
        f"```derivation\nid: a\ndomain: x in R\nDerivative({body}, x) | wanted\ny | the {{}}\n```\n"
    )
    assert list(reasons.page_faults("a.md", proof.format(f"[{right}](rules.md)"))) == []
    (line,) = reasons.page_faults("a.md", proof.format(wrong))
    assert line.startswith(f"a.md:5: names the {wrong}, and differentiates `")
