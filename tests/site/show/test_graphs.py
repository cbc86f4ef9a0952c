"""The pictures of computational graphs, and the programs of other frameworks on the pages."""

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

from derivref import dual, tape
from derivref.site.fault import Fault
from derivref.site.show import forms, frameworks, graphs


def test_sweeps_through_the_graph_give_the_derivative_in_both_directions():
    graph = graphs._product(1.3)
    exact = dual.derivative(lambda x: x * x * np.sin(x), 1.3)
    assert graphs.adjoints(graph)["x"] == pytest.approx(exact, rel=1e-14, abs=0)
    assert graphs.tangents(graph, "x")["v3"] == pytest.approx(exact, rel=1e-14, abs=0)


def test_the_network_has_the_derivatives_that_the_tape_computes():
    w1, b1 = np.array([[1.0, -1.0], [-2.0, 0.5], [0.5, 1.5]]), np.array([0.1, -0.2, 0.0])
    w2, b2, x, t = np.array([0.7, -1.2, 0.4]), 0.3, np.array([0.8, 0.3]), 1.0
    svg = graphs.network_graph(w1=w1, b1=b1, w2=w2, b2=b2, x=x, t=t)
    said = BeautifulSoup(svg, "html.parser").find("desc").get_text().replace("−", "-")
    d_x = tape.grad(lambda x: (w2 @ np.maximum(w1 @ x + b1, 0) + b2 - t) ** 2 / 2)(x)
    for name, value, slope in zip("₁₂", x, d_x, strict=True):
        assert f"x{name} has {value:.3f} and {slope:.3f}" in said
    assert "dotted where ReLU blocks, at z₂" in said


def test_arrows_stop_short_of_the_numbers():
    for start, end in (((40, 110), (200, 180)), ((45, 150), (175, 150)), ((0, 0), (0, 100))):
        tail, head = graphs._ends(start, end)
        for (x, y), (to_x, to_y) in ((tail, start), (head, end)):
            away = abs(x - to_x) / graphs.ROOM[0], abs(y - to_y) / graphs.ROOM[1]
            assert max(away) == pytest.approx(1.0)


def test_the_texts_of_figures_come_from_their_data():
    svg = BeautifulSoup(graphs.taylor_test(), "html.parser")
    assert re.findall(r"with slope (\d\.\d)", svg.find("desc").get_text()) == ["2.0", "1.0"]
    svg = BeautifulSoup(graphs.programs_figure(), "html.parser")
    assert "for the second 1, but 0 at x = 0" in svg.find("desc").get_text()
    svg = BeautifulSoup(graphs.sigmoid_tail(), "html.parser")
    assert "ends at about 37," in svg.find("desc").get_text()


def test_a_program_that_was_not_run_as_it_stands_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("```text\nimport torch\nassert False\n```\n", encoding="utf-8")
    with pytest.raises(Fault, match=r"docs/page\.md:1: this program was not run as it stands"):
        frameworks.framework_programs("page.md")
    page.write_text("```text\nprint(1)\n```\n", encoding="utf-8")
    with pytest.raises(Fault, match="has no program of torch, jax, tensorflow"):
        frameworks.framework_programs("page.md")
    with pytest.raises(Fault, match="there is no page docs/other"):
        frameworks.framework_programs("other.md")


def test_every_program_of_a_framework_was_run_as_it_stands():
    known = frameworks.measured("frameworks")["programs"]
    docs = frameworks.find("docs")
    shown = [(p, *rest) for p in sorted(docs.rglob("*.md")) for rest in frameworks.programs(p)]
    assert len(shown) >= 4
    stale = [f"{p}:{line}" for p, line, _, code in shown if frameworks.digest(code) not in known]
    assert not stale, f"run benchmarks/frameworks.py: {stale}"


@pytest.mark.parametrize("form", forms.FORMS, ids=lambda f: f.name)
def test_the_usual_form_fails_where_the_table_says_and_the_other_does_not(form):
    usual, stable, exact = forms.values(form)
    assert not abs(usual - exact) < 0.1 * abs(exact)
    assert abs(stable - exact) <= forms.KEPT * abs(exact)


def test_a_form_that_fails_or_one_that_does_not_stops_the_build(monkeypatch):
    form = forms.FORMS[0]
    for wrong in (form._replace(stable=form.usual), form._replace(usual=form.stable)):
        monkeypatch.setattr(forms, "FORMS", (wrong,))
        with pytest.raises(Fault, match=r"`slope of the sigmoid s` at .* must lose its digits"):
            forms.stable_forms()
