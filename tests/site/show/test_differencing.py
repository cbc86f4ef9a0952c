"""The tables of the pages on numerical differentiation: weights, and measured beside predicted."""

import re
from fractions import Fraction
from math import factorial
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from bs4 import BeautifulSoup

from derivref import stencils
from derivref.site.fault import Fault
from derivref.site.lint import snippets
from derivref.site.show import differencing as d

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "stencils.md"
CASES = [(n, e) for n in d.SCHEMES for e in (d.SIN, d.EXP, d.RECIPROCAL)]


def number(text):
    return Fraction(text.replace("−", "-"))


def rows(html):
    """The cells of an HTML table, its head first."""
    return [
        [cell.get_text() for cell in row.select("th, td")]
        for row in BeautifulSoup(html, "lxml").select("tr")
    ]


def moments(weights, offsets, count):
    return [sum(w * s**k for w, s in zip(weights, offsets, strict=True)) for k in range(count)]


@pytest.mark.parametrize("deriv", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["central", "forward", "backward"])
def test_weights_as_printed_are_exact_for_polynomials(kind, deriv):
    head, *body = rows(d.stencil_table(kind, deriv))
    offsets = [number(cell) for cell in head[2:-1]]
    assert [int(row[0]) for row in body] == list(d.KINDS[kind][1])
    for row in body:
        accuracy, constant, *cells, amplification = row
        used = [(number(c), s) for c, s in zip(cells, offsets, strict=True) if c]
        weights, points = zip(*used, strict=True)
        leading = deriv + int(accuracy)
        *lower, error = moments(weights, points, leading + 1)
        assert lower == [factorial(deriv) * (k == deriv) for k in range(leading)]
        assert error / factorial(leading) == number(constant) != 0
        assert float(amplification) == pytest.approx(float(sum(map(abs, weights))), rel=5e-3)
        signs = {"central": 0, "forward": 1, "backward": -1}[kind]
        assert all(s * signs >= 0 for s in points)


@pytest.mark.parametrize(("deriv", "accuracy"), [(1, 2), (1, 4), (2, 2), (2, 4)])
def test_boundary_weights_as_printed_are_exact_for_polynomials(deriv, accuracy):
    _, *body = rows(d.boundary_table(deriv, accuracy))
    assert len(body) >= 2
    for position, row in enumerate(body):
        weights = [number(cell) for cell in row[1:-2]]
        offsets = [Fraction(j - position) for j in range(deriv + accuracy)]
        leading = deriv + int(row[-2])
        *lower, error = moments(weights, offsets, leading + 1)
        assert lower == [factorial(deriv) * (k == deriv) for k in range(leading)]
        assert error / factorial(leading) == number(row[-1]) != 0
        assert int(row[-2]) >= accuracy


def test_formulas_of_the_schemes():
    shown = {name: (d.formula_tex(s), d.error_tex(s)) for name, s in d.SCHEMES.items()}
    assert shown == {
        "Forward": (r"\dfrac{f(x+h)-f(x)}{h}", r"\tfrac{1}{2}h\,f''"),
        "Backward": (r"\dfrac{f(x)-f(x-h)}{h}", r"-\tfrac{1}{2}h\,f''"),
        "Central": (r"\dfrac{f(x+h)-f(x-h)}{2h}", r"\tfrac{1}{6}h^2\,f'''"),
        "Second derivative": (
            r"\dfrac{f(x+h)-2f(x)+f(x-h)}{h^2}",
            r"\tfrac{1}{12}h^2\,f^{(4)}",
        ),
        "Richardson": (
            r"\dfrac{-f(x+h)+8f(x+h/2)-8f(x-h/2)+f(x-h)}{6h}",
            r"-\tfrac{1}{480}h^4\,f^{(5)}",
        ),
    }


@pytest.mark.parametrize("dtype", d.TYPES.values())
@pytest.mark.parametrize("at", [1.0, 0.01, 1000.0, 1e-6])
def test_steps_add_to_the_points_without_rounding(at, dtype):
    x = d.points(at, dtype)
    assert x.dtype == dtype
    assert abs(x[0] / at - 1) < 1e-3
    assert len(set(x.tolist())) == 64
    for h in np.geomspace(8 * np.spacing(x[-1]), at / 3, 40):
        step = d.step(float(h), x)
        assert step.dtype == dtype
        assert abs(step / h - 1) <= 0.3
        for part in (step / dtype(2), step, dtype(2) * step):
            assert ((x + part) - x == part).all()
            assert (x - (x - part) == part).all()


@pytest.mark.parametrize("dtype", d.TYPES.values())
@pytest.mark.parametrize(("name", "example"), CASES)
def test_prediction_bounds_the_error_and_equals_truncation(name, example, dtype):
    stencil = d.SCHEMES[name]
    best = stencil.best_step(**d.sizes(stencil, example, dtype))
    steps = best * np.geomspace(1e-2, 50, 30)
    found, expected = (
        np.array([error(stencil, example, float(h), dtype) for h in steps if h < example.at / 9])
        for error in (d.measured, d.predicted)
    )
    # Weights and sums are rounded too: measured up to 1.8 times, by Richardson in float32.
    assert (found <= 2 * expected).all()
    assert d.measured(stencil, example, best, dtype) <= 3 * found.min()
    if dtype is np.float64:
        assert found[-1] == pytest.approx(expected[-1], rel=0.1)


@pytest.mark.parametrize(("name", "example"), CASES)
def test_measured_order_is_the_derived_one(name, example):
    stencil = d.SCHEMES[name]
    assert d.measured_order(stencil, example) == pytest.approx(stencil.accuracy, abs=0.05)


@pytest.mark.parametrize("name", d.SCHEMES)
def test_good_steps_are_those_with_at_most_twice_the_least_error(name):
    stencil, sizes = d.SCHEMES[name], {"value": 1.0, "remainder": 1.0, "eps": 2.0**-53}
    best = stencil.best_step(**sizes)
    least = stencil.predicted_error(best, **sizes)
    low, high = d.good_steps(stencil, 2.0**-53)
    assert low < best < high
    for edge in (low, high):
        assert stencil.predicted_error(edge, **sizes) / least == pytest.approx(2, rel=0.02)


def test_a_function_that_promotes_its_argument_is_refused():
    promotes = d.Example("promotes", 1.0, lambda x: x * np.float64(2), lambda k, x: 2 + 0 * x)
    with pytest.raises(Fault, match="`promotes` promotes float32 to float64"):
        d.measured(d.SCHEMES["Central"], promotes, 0.1, np.float32)


def test_more_levels_of_extrapolation_stop_helping():
    errors = d.romberg(d.SIN, 0.5, 20)
    assert errors[0] > 1e-3
    assert errors[4] < 1e-13
    growth = (errors[19] / errors[9]) ** (1 / 10)
    assert 1.7 < growth < 2.3  # each level halves the step and so doubles the rounding


@pytest.mark.parametrize("level", d.NOISES)
def test_noise_is_as_large_as_said_and_sets_the_floor(level):
    x = np.linspace(1, 2, 10_001)
    added = np.abs(d.noisy(d.SIN, level).f(x) - np.sin(x)).max()
    assert 0.9 * level < added <= level * (1 + 1e-3)
    for name in ("Forward", "Central", "Second derivative"):
        h, error, expected = d.floor(d.SCHEMES[name], level)
        others = [
            d.measured(d.SCHEMES[name], d.noisy(d.SIN, level), s * h, np.float64)
            for s in (0.03, 0.1, 10)
        ]
        assert expected / 4 < error < 1.2 * expected
        assert error < min(others)


@pytest.mark.parametrize(
    ("value", "text"),
    [(8.2e-6, "8e−6"), (9.6e-6, "1e−5"), (1.0, "1"), (13.2, "10"), (2000.0, "2e3")],
)
def test_short(value, text):
    assert d.short(value) == text


def test_unknown_names_are_refused():
    with pytest.raises(Fault, match="no scheme `Centre`: there are Forward"):
        d.errors_table("Centre")
    with pytest.raises(Fault, match="no stencils `skewed`: there are central"):
        d.stencil_table("skewed", 1)


def test_the_algorithm_on_the_page_gives_the_weights_of_the_library():
    fences = snippets.fences(PAGE.read_text(encoding="utf-8"))
    (code,) = [f.code for f in fences if "def weights(" in f.code]
    space = {}
    exec(re.split(r"\nprint", code)[0], space)
    rng = np.random.default_rng(5)
    for _ in range(50):
        count = int(rng.integers(2, 9))
        whole = rng.choice(np.arange(-30, 31), size=count, replace=False)
        offsets = [Fraction(int(n), 7) for n in whole]
        deriv = int(rng.integers(1, count))
        assert space["weights"](offsets, deriv) == list(stencils.weights(offsets, deriv))


@pytest.mark.parametrize("dtype", d.TYPES.values())
@pytest.mark.parametrize(("example", "exact"), [(d.SIN, mp.sin), (d.EXP, mp.exp)])
def test_the_values_of_f_are_rounded_once(example, exact, dtype):
    x = d.points(1.0, dtype)
    found = example.f(x)
    assert found.dtype == dtype
    with mp.workprec(200):
        for value, point in zip(found, x.tolist(), strict=True):
            off = abs(mp.mpf(float(value)) - exact(mp.mpf(point)))
            assert off <= float(np.spacing(value)) / 2


def test_tables_do_not_depend_on_the_functions_of_numpy(monkeypatch):
    tables = (d.best_errors_table, d.scales_table, d.noise_table, lambda: d.errors_table("Central"))
    before = [table() for table in tables]
    for name in ("sin", "cos", "exp", "log"):
        usual = getattr(np, name)
        monkeypatch.setattr(np, name, lambda x, usual=usual: usual(x) * (1 + 2.0**-51))
    assert np.exp(1.0) != np.e
    assert [table() for table in tables] == before
