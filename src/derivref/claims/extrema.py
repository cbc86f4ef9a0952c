"""Minima, maxima and curvature."""

from typing import Any

import numpy as np

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-extrema.md#{name}", holds=False, **facts)


def _wavy(x):
    """The slope of x^4 (2 + sin(1/x))."""
    return 4 * x**3 * (2 + np.sin(1 / x)) - x**2 * np.cos(1 / x)


def _descend(slope, x, rate, steps):
    """Follow the negative slope."""
    for _ in range(steps):
        x = x - rate * slope(x)
    return x


add(
    "zero_slope_means_extremum",
    title="Where the slope is zero there is a maximum or a minimum",
    use="Every picture of a hilltop has a flat tangent.",
    left=lambda h: (-h) ** 3 - 0.0,
    right=lambda h: h**3 - 0.0,
    variables={"h": POINT},
    statement=r"f'(0) = 0 \;\Rightarrow\; f(-h) - f(0) \text{ and } f(h) - f(0) \text{ agree in "
    r"sign}",
    needs="that f turns there",
    without="$x^3$ is flat at 0 and passes through. The converse is true inside the domain: "
    "[Fermat's theorem](../learn/extrema.md#fermat).",
    counterexample={"h": 0.5},
)
add(
    "positive_curvature_means_minimum",
    title="Where the second derivative is positive there is a minimum",
    use="The drawing of a bowl has its bottom in the middle.",
    left=lambda x: 0.0,
    right=lambda x: np.exp(x),
    variables={"x": POINT},
    statement=r"f''(x) > 0 \;\Rightarrow\; f'(x) = 0",
    needs="$f'(x) = 0$",
    without="It takes $f' = 0$ as well. $e^x$ is curved upwards everywhere and has no minimum: "
    "[the second-derivative test](../learn/extrema.md#tests).",
    counterexample={"x": 1.0},
)
add(
    "zero_curvature_means_inflection",
    title="A vanishing second derivative marks an inflection point",
    use="At an inflection point it does vanish, if it exists.",
    left=lambda h: 12 * h**2,
    right=lambda h: -12 * (-h) ** 2,
    variables={"h": POINT},
    statement=r"f''(0) = 0 \;\Rightarrow\; f''(h) = -f''(-h) \text{ in sign}",
    needs="that f″ changes its sign",
    without="$x^4$ has $f''(0) = 0$ and a minimum; the sign of f″ must change: "
    "[inflection](../learn/higher.md#inflection).",
    counterexample={"h": 0.1},
)
add(
    "inflection_needs_second_derivative",
    title="At an inflection point the second derivative is zero",
    use="It is zero wherever it exists.",
    left=lambda h: 0.0,
    right=lambda h: ((2 * h) * abs(2 * h) - 2 * h * abs(h)) / h**2,
    variables={"h": POINT},
    statement=r"f \text{ changes its curvature at } 0 \;\Rightarrow\; f''(0) = 0",
    needs="that f″ exists there",
    without="$x\\lvert x\\rvert$ changes from concave to convex at 0, where its one-sided second "
    "derivatives are −2 and 2: [inflection](../learn/higher.md#inflection).",
    counterexample={"h": 1e-3},
)
add(
    "convex_means_positive_curvature",
    title="Convex means that the second derivative is positive",
    use="The other direction is true.",
    left=lambda x: 1.0,
    right=lambda x: np.sign(12 * x**2),
    variables={"x": POINT},
    statement=r"f \text{ convex} \;\Rightarrow\; \text{sign } f''(x) = 1",
    needs="that the curvature never vanishes",
    without="It is sufficient, not necessary: $x^4$ is convex with $f''(0) = 0$. A twice "
    "differentiable f is convex exactly if $f'' \\ge 0$: "
    "[curvature](../learn/higher.md#curvature).",
    counterexample={"x": 0.0},
)
add(
    "rolle_by_monotone_pieces",
    title="Where the slope is not zero the function is monotone nearby",
    use="It makes Rolle's theorem obvious.",
    left=lambda k: 0.5,
    right=lambda k: 0.5 + np.sin(2 * np.pi * k) / (np.pi * k) - np.cos(2 * np.pi * k),
    variables={"k": POINT},
    statement=r"f'(0) = \tfrac12 \;\Rightarrow\; f' \text{ stays near } \tfrac12",
    needs="that f′ is continuous",
    without="$x/2 + x^2\\sin(1/x)$ is monotone on no interval around 0. The step that holds: at an "
    "inner extremum the one-sided quotients have opposite signs, so the slope is 0: "
    "[Rolle](../learn/extrema.md#rolle).",
    counterexample={"k": 1000},
)
add(
    "first_test_decides_both_ways",
    title="Without a change of sign in the slope there is no extremum",
    use="The test is read backwards.",
    left=lambda k: 1.0,
    right=lambda k: float(np.sign(_wavy(1 / (2 * np.pi * k)))),
    variables={"k": POINT},
    statement=r"0 \text{ is a minimum of } f \;\Rightarrow\; f'(x) > 0 \text{ for small } x > 0",
    needs="that f′ has one sign on each side",
    without="$x^4(2 + \\sin(1/x))$ has a strict minimum at 0 and slopes of both signs arbitrarily "
    "near; a constant has extrema everywhere. A change of sign is sufficient, for a function "
    "that is continuous at the point: [first test](../learn/extrema.md#tests).",
    counterexample={"k": 1000},
)
add(
    "flat_is_the_core_of_optimisation",
    title="Optimising means finding where the slope is zero",
    use="It is how the problems of textbooks are solved.",
    left=lambda slope: 0.0,
    right=lambda slope: slope,
    variables={"slope": POINT},
    statement=r"\min_{0 \le x \le 1} x \text{ is where } \frac{d}{dx}\,x = 0",
    needs="an inner minimum of a differentiable function",
    without="The minimum is at the end 0, where the slope is 1. Ends and kinks are candidates too: "
    "[closed intervals](../learn/extrema.md#fermat).",
    counterexample={"slope": 1.0},
)
add(
    "higher_test_always_decides",
    title="Some higher derivative decides",
    use="Each failed test sends the reader to the next derivative.",
    left=lambda h: 1.0,
    right=lambda h: np.exp(-1 / h**2) / h**20,
    variables={"h": POINT},
    statement=r"f(h) - f(0) \text{ is of the order of some power of } h",
    needs="that not all derivatives vanish",
    without="$e^{-1/x^2}$ has a minimum at 0 where every derivative is 0: it is smaller than any "
    "power: [tests](../learn/extrema.md#tests).",
    counterexample={"h": 0.05},
)
add(
    "flat_curvature_is_saddle",
    title="Zero curvature is the mark of a saddle",
    use="An inflection point looks like a saddle in one dimension.",
    left=lambda a, b: 0.0,
    right=lambda a, b: np.linalg.det(np.diag([a, b])),
    variables={"a": POINT, "b": POINT},
    statement=r"0 \text{ is a saddle of } x^2 - y^2 \;\Rightarrow\; \det H = 0",
    needs="nothing would help",
    without="A saddle has curvature of both signs: $x^2 - y^2$ has eigenvalues 2 and −2. And "
    "$x^4 + y^4$ has zero curvature and a minimum: "
    "[second-order test](../learn/multivariable.md#second-test).",
    counterexample={"a": 2.0, "b": -2.0},
)
add(
    "positive_definite_means_minimum",
    title="A positive definite Hessian means a minimum",
    use="It is the part of the test that is remembered.",
    left=lambda x, y: 0.0,
    right=lambda x, y: np.hypot(np.exp(x), np.exp(y)),
    variables={"x": POINT, "y": POINT},
    statement=r"H \succ 0 \;\Rightarrow\; \lVert\nabla f\rVert = 0",
    needs="∇f = 0",
    without="$e^x + e^y$ has a positive definite Hessian everywhere and no minimum. Nor is it "
    "necessary: $(w_1w_2 - 1)^2$ has minima with eigenvalues 0 and 4: "
    "[second-order test](../learn/multivariable.md#second-test).",
    counterexample={"x": 0.0, "y": 0.0},
)
add(
    "saddles_dominate",
    title="In many dimensions critical points are saddles",
    use="Random symmetric matrices rarely have eigenvalues of one sign.",
    left=lambda n: 1.0,
    right=lambda n: float(np.linalg.eigvalsh(2 * np.eye(n)).min() < 0),
    variables={"n": Argument(says="the number of variables", shape="()")},
    statement=r"\text{the critical points of } \lVert w\rVert^2 \text{ in } n \text{ dimensions "
    r"are saddles}",
    needs="a Hessian that is like a random matrix",
    without="It is a statement about random matrices. Convex losses have no saddle in any "
    "dimension: [what is said](../learn/where-derivatives-appear.md#caveats).",
    counterexample={"n": 100},
)
add(
    "minimum_reached_is_the_minimum",
    title="When the slope is small the minimum has been reached",
    use="It is the test by which programs stop.",
    left=lambda x: 0.0,
    right=lambda x: x**2 / (1 + x**2),
    variables={"x": POINT},
    statement=r"\lvert f'(x)\rvert < 10^{-5} \;\Rightarrow\; f(x) = \min f",
    needs="that f is convex and curved",
    without="$x^2/(1+x^2)$ is flat at 100, with the value 0.9999 and the minimum 0. And the "
    "minimum that is reached need not be the lowest: "
    "[critical points](../learn/gradient-descent.md#stationary).",
    counterexample={"x": 100.0},
)
add(
    "descent_finds_the_lowest",
    title="Gradient descent ends at the minimum",
    use="Drawings have one valley.",
    left=lambda x: -1.0356,
    right=lambda x: _descend(lambda t: 4 * t * (t * t - 1) + 0.3, x, 0.01, 5000),
    variables={"x": POINT},
    statement=r"x_k \to \arg\min\,\bigl[(x^2 - 1)^2 + 0.3x\bigr]",
    needs="that there is one minimum",
    without="From 1 it ends at about 0.96, where f is 0.294; the lowest value, −0.305, is at about "
    "−1.04: [critical points](../learn/gradient-descent.md#stationary).",
    counterexample={"x": 1.0},
)
