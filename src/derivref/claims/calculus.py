"""Limits, slopes and rules."""

from typing import Any

import numpy as np

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-calculus.md#{name}", holds=False, **facts)


def _by_logarithms(x):
    """The slope of x (x - 1) (x - 2) from the slope of its logarithm."""
    factors = x - np.arange(3.0)
    with np.errstate(all="ignore"):
        return float(np.prod(factors) * np.sum(1 / factors))


def _bend(x):
    """The slope, off 0, of x/2 + x^2 sin(1/x); at 0 it is a half."""
    return 0.5 + 2 * x * np.sin(1 / x) - np.cos(1 / x)


add(
    "product_of_slopes",
    title="The slope of a product is the product of the slopes",
    use="Sums behave like that, and so do limits.",
    left="Derivative(x*x, x)",
    right="Derivative(x, x)*Derivative(x, x)",
    needs="that products are treated like sums",
    without=r"$(fg)' = f'g + fg'$: [the product rule](../learn/rules.md#product-rule).",
    counterexample={"x": 2},
)
add(
    "quotient_of_slopes",
    title="The slope of a quotient is the quotient of the slopes",
    use="Limits of quotients behave like that, as long as nothing is divided by zero.",
    left="Derivative(x**3/x, x)",
    right="3*x**2/1",
    needs="that quotients are treated like limits of quotients",
    without=r"$(f/g)' = (f'g - fg')/g^2$: [the quotient rule](../learn/rules.md#quotient-rule).",
    counterexample={"x": 2},
)
add(
    "inner_slope_forgotten",
    title="Differentiate the outer function and leave the inner one alone",
    use="It is right where the inner function is the variable itself.",
    left="Derivative(sin(x**2), x)",
    right="cos(x**2)",
    needs="an inner function of slope 1",
    without=r"Multiply by the inner slope: [the chain rule](../learn/chain.md).",
    counterexample={"x": 2},
)
add(
    "outer_slope_at_x",
    title="In the chain rule both slopes are taken at the same point",
    use="The short form of the rule does not show where each slope is taken.",
    left="Derivative(exp(3*x), x)",
    right="exp(x)*3",
    needs="that the inner function is the identity",
    without="The outer slope is taken at the inner value: "
    "[the chain rule](../learn/rules.md#chain-rule).",
    counterexample={"x": 1},
)
add(
    "only_exp_is_its_slope",
    title="Only the exponential function is its own slope",
    use="The word that is forgotten is the factor in front.",
    left="Derivative(7*exp(x), x)/(7*exp(x))*exp(x)",
    right="7*exp(x)",
    statement=r"f' = f \;\Rightarrow\; f = e^x",
    needs="$f(0) = 1$",
    without="Every $c\\,e^x$ is its own slope, $c = 0$ included; with $f(0) = 1$ there is one "
    "only: [the exponential](../learn/definition.md#exponential).",
    counterexample={"x": 0},
)
add(
    "power_rule_everywhere",
    title="The power rule holds for every real exponent, everywhere",
    use="The formula looks the same for all exponents.",
    left=lambda x: np.cbrt(x),
    right=lambda x: float(np.real(complex(x) ** (1 / 3))),
    variables={"x": POINT},
    statement=r"x^{1/3} \text{ is one function, whatever computes it}",
    needs="$x > 0$",
    without="For any real n the rule needs $x > 0$; n = 1, 2, 3, … every x; n = −1, −2, … "
    "$x \\ne 0$. A power with a broken exponent of −8 is NaN in NumPy, complex in Python, and −2 "
    "by "
    "`cbrt`: [the power rule](../learn/rules.md#power-rule).",
    counterexample={"x": -8.0},
)
add(
    "root_of_a_square",
    title="The square root undoes the square",
    use="It does, for what lengths and scales are.",
    left="sqrt(x**2)",
    right="x",
    needs="$x \\ge 0$",
    without="$\\sqrt{x^2} = \\lvert x\\rvert$, whose slope is the sign of x: "
    "[the square root](../learn/definition.md#square-root).",
    counterexample={"x": -3},
)
add(
    "quotient_rule_from_product",
    title="The product rule proves the quotient rule",
    use="Written as a product and solved for the slope, it gives the right formula.",
    left=lambda h: (abs(h) - abs(0.0)) / h,
    right=lambda h: (abs(-h) - abs(0.0)) / -h,
    variables={"h": POINT},
    statement=r"fg \text{ and } g \text{ have slopes} \;\Rightarrow\; f \text{ has one}",
    needs="that the quotient has a slope, which is what is to be proved",
    without="$x\\lvert x\\rvert$ and x have slopes at 0, their quotient $\\lvert x\\rvert$ has two "
    "one-sided ones. It shows what the slope must be if there is one. Take the slope of 1/g from "
    "the limit "
    "first: [the reciprocal rule](../learn/rules.md#reciprocal-rule). The same gap is in proofs "
    "by implicit differentiation: [inverses](../learn/implicit.md#inverse).",
    counterexample={"h": 1e-3},
)
add(
    "x_to_x_needs_logarithms",
    title="The slope of x to the x takes the power rule, or a trick with logarithms",
    use="The power rule is at hand, and lessons take logarithms to avoid it.",
    left="Derivative(exp(x*log(x)), x)",
    right="x*x**(x - 1)",
    statement=r"\frac{d}{dx}\,x^x = x \cdot x^{x-1}",
    needs="a constant exponent",
    without="$x^x = e^{x\\ln x}$, and the chain rule gives $x^x(\\ln x + 1)$ at once: "
    "[logarithmic differentiation](../learn/implicit.md#logarithmic).",
    counterexample={"x": 2},
)
add(
    "log_differentiation_at_zero",
    title="Logarithmic differentiation gives the slope of any product",
    use="It does wherever no factor vanishes and the signs are minded.",
    left=lambda x: _by_logarithms(x),
    right=lambda x: (x - 1) * (x - 2) + x * (x - 2) + x * (x - 1),
    variables={"x": POINT},
    statement=r"(fgh)' = fgh\left(\frac{f'}{f} + \frac{g'}{g} + \frac{h'}{h}\right)"
    r"\text{ everywhere}",
    needs="$f, g, h \\ne 0$",
    without="Where a factor is 0 the bracket is infinite: write $\\ln\\lvert y\\rvert$ elsewhere, "
    "and the [product rule](../learn/rules.md#triple-product) there. The slope of "
    "$x(x-1)(x-2)$ at 0 is 2.",
    counterexample={"x": 0.0},
)
add(
    "continuous_means_differentiable",
    title="A continuous function has a slope",
    use="The converse is true, and the pictures in books are smooth.",
    left=lambda h: (abs(h) - abs(0.0)) / h,
    right=lambda h: (abs(-h) - abs(0.0)) / -h,
    variables={"h": POINT},
    statement=r"\frac{\lvert h\rvert - 0}{h} = \frac{\lvert -h\rvert - 0}{-h}",
    needs="that there is no corner",
    without="Differentiable implies continuous, and never the other way: "
    "[continuity](../learn/differentiability.md#continuous).",
    counterexample={"h": 1e-3},
)
add(
    "no_corner_means_differentiable",
    title="Continuous and without a corner or cusp means differentiable",
    use="Corners and cusps are what a drawing shows.",
    left=lambda h: np.cbrt(h) / h,
    right=lambda h: np.cbrt(h / 1000) / (h / 1000),
    variables={"h": POINT},
    statement=r"\frac{\sqrt[3]{h}}{h} \text{ settles as } h \to 0",
    needs="that nothing else can go wrong",
    without="Vertical tangents ($\\sqrt[3]{x}$) and oscillation ($x \\sin(1/x)$) break it as well: "
    "[failures](../learn/differentiability.md#failures).",
    counterexample={"h": 1e-3},
)
add(
    "vertical_tangent_is_cusp",
    title="A vertical tangent is a cusp",
    use="The quotients grow without end at either.",
    left=lambda h: float(np.sign(np.cbrt(h) / h) * np.sign(np.cbrt(-h) / -h)),
    right=lambda h: float(np.sign(np.cbrt(h) ** 2 / h) * np.sign(np.cbrt(-h) ** 2 / -h)),
    variables={"h": POINT},
    statement=r"\text{sign of the two one-sided quotients of } \sqrt[3]{x}, x^{2/3}:"
    r"\ \text{the same}",
    needs="that signs do not matter",
    without="At a vertical tangent both quotients go to the same infinity ($\\sqrt[3]{x}$), at a "
    "cusp to opposite ones ($x^{2/3}$: −∞ from the left, +∞ from the right): "
    "[failures](../learn/differentiability.md#failures).",
    counterexample={"h": 1e-3},
)
add(
    "oscillation_kills_the_slope",
    title="An oscillating factor leaves no slope",
    use="The slope next to the point does oscillate.",
    left=lambda h: h**2 * np.sin(1 / h) / h,
    right=lambda h: h * np.sin(1 / h) / h,
    variables={"h": POINT},
    statement=r"x^2 \sin\tfrac1x \text{ at 0 behaves like } x \sin\tfrac1x",
    needs="that the amplitude does not matter",
    without="$x^2\\sin(1/x)$ has the slope 0 at 0, and that slope function is not continuous; "
    "$x\\sin(1/x)$ has none: [the ladder](../learn/differentiability.md#ladder).",
    counterexample={"h": 2 / (9 * np.pi)},
)
add(
    "smoothness_examples",
    title="Softplus and GELU are examples of once differentiable functions",
    use="They are, and so is every smoother function.",
    left=lambda h: (h * abs(h)) * 2 / h**2,
    right=lambda h: (-h * abs(-h)) * 2 / h**2,
    variables={"h": POINT},
    statement=r"\text{the one-sided second differences of } x\lvert x\rvert \text{ at 0 agree}",
    needs="that an example may belong to a better class",
    without="Both are analytic. Once only: $x\\lvert x\\rvert$, whose one-sided curvatures are 2 "
    "and −2; twice only: $\\lvert x\\rvert^3$; always, yet not analytic: $e^{-1/x^2}$: "
    "[the ladder](../learn/differentiability.md#ladder).",
    counterexample={"h": 1e-3},
)
add(
    "positive_slope_means_increasing_near",
    title="A positive slope at a point makes the function increase near it",
    use="Values beside the point compare with the value at it as they should.",
    left=lambda k: 1.0,
    right=lambda k: float(np.sign(_bend(1 / (2 * np.pi * k)))),
    variables={"k": POINT},
    statement=r"f'(0) = \tfrac12 \;\Rightarrow\; f' > 0 \text{ near } 0",
    needs="that f′ is continuous",
    without="$x/2 + x^2\\sin(1/x)$ has the slope 1/2 at 0 and −1/2 at every $1/(2\\pi k)$. It "
    "takes "
    "a positive slope on an interval: [increasing](../learn/definition.md#increasing).",
    counterexample={"k": 1000},
)
add(
    "inverse_from_one_slope",
    title="Where the slope is not zero there is a differentiable inverse",
    use="The formula for the slope of the inverse needs nothing else.",
    left=lambda k: float(np.sign(_bend(1 / (2 * np.pi * k)))),
    right=lambda k: float(np.sign(_bend(1 / ((2 * k + 1) * np.pi)))),
    variables={"k": POINT},
    statement=r"f'(0) \ne 0 \;\Rightarrow\; f' \text{ keeps its sign near } 0",
    needs="f injective and continuous near the point, or f′ continuous",
    without="f must be injective and continuous near the point; a continuous f′ with $f'(a) \\ne "
    "0$ "
    "gives both: [inverses](../learn/implicit.md#inverse).",
    counterexample={"k": 500},
)
add(
    "cosine_limit_by_symmetry",
    title="The limit of the cosine's quotient follows because it is even",
    use="The cosine is even, and the quotient looks like it.",
    claims={"even": "cos"},
    left="(cos(x) - 1)/x",
    right="(cos(-x) - 1)/(-x)",
    needs="nothing would help: the quotient is odd",
    without="$\\lvert\\cos h - 1\\rvert \\le h^2/2$ squeezes it to 0: "
    "[sine and cosine](../reference/elementary/sin.md#cos-bound).",
    counterexample={"x": 1},
)
add(
    "chain_rule_by_cancelling",
    title="The chain rule follows by cancelling the inner increment",
    use="In Leibniz's notation it looks like arithmetic of fractions.",
    left=lambda k: 1.0,
    right=lambda k: float(abs(np.sin(np.pi * k)) > 1e-9 * k),
    variables={"k": POINT},
    statement=r"g(h) - g(0) \ne 0 \text{ for small } h \ne 0",
    needs="that g takes its value only once near the point",
    without="For $g = x^2\\sin(1/x)$ the increment is 0 again and again. The proof uses the slope "
    "with an error term, and divides by nothing: [proof](../learn/chain.md#proof).",
    counterexample={"k": 1},
)
add(
    "limit_comes_close_once",
    title="A limit is a value to which the function comes arbitrarily close",
    use="That is what the word says.",
    left=lambda n: np.sin(2 * np.pi * n + np.pi / 6),
    right=lambda n: np.sin(2 * np.pi * n + np.pi / 2),
    variables={"n": POINT},
    statement=r"\sin\tfrac1h \text{ comes close to } \tfrac12 \;\Rightarrow\; \to \tfrac12",
    needs="that it stays there",
    without="It must come close and **stay**: for every ε there is a δ. $\\sin(1/h)$ meets "
    "1/2 without end and has no limit: [limit](../learn/definition.md#limit).",
    counterexample={"n": 100},
)
add(
    "step_to_the_right",
    title="In the definition h is a small positive number",
    use="The drawing has the second point on that side.",
    left=lambda h: (max(0.0, h) - 0.0) / h,
    right=lambda h: (max(0.0, -h) - 0.0) / -h + 0.0,
    variables={"h": POINT},
    statement=r"\frac{\operatorname{relu}(h)}{h} = \frac{\operatorname{relu}(-h)}{-h}",
    needs="that both sides agree",
    without="h takes both signs; from one side alone it is a "
    "[one-sided derivative](../learn/differentiability.md#one-sided).",
    counterexample={"h": 1e-3},
)
add(
    "central_quotient_defines",
    title="The central quotient defines the derivative",
    use="Where there is a derivative, it tends to it, and quickly.",
    left=lambda h: (abs(h) - abs(-h)) / (2 * h),
    right=lambda h: (abs(h) - abs(0.0)) / h,
    variables={"h": POINT},
    statement=r"\lim_{h\to0}\frac{f(h) - f(-h)}{2h} \text{ exists} \;\Rightarrow\; f'(0)"
    r"\text{ exists}",
    needs="that f has a derivative",
    without="It is 0 for $\\lvert x\\rvert$ and 1/2 for ReLU at 0, which have no slope there; and "
    "its error is of order $h^2$ only with three continuous derivatives, for $x\\lvert x\\rvert$ "
    "it is h: [central differences](../reference/finite-differences.md#central).",
    counterexample={"h": 1e-3},
)
add(
    "fundamental_theorem_always",
    title="Integrating the slope gives the function back",
    use="For the functions of a first course it does.",
    left=lambda k: 1.0,
    right=lambda k: 2 * np.sqrt(np.pi * k),
    variables={"k": POINT},
    statement=r"\lvert f'\rvert \text{ is bounded wherever } f \text{ is differentiable}",
    needs="that f′ is integrable",
    without="The slope of $x^2\\sin(x^{-2})$ exists everywhere and is unbounded at 0: it has no "
    "Riemann integral there. f′ must be integrable, for which continuity is enough: "
    "[mean value theorem](../learn/extrema.md#mean-value).",
    counterexample={"k": 10000},
)
add(
    "taylor_series_is_function",
    title="A smooth function is its Taylor series",
    use="For exp, sin and cos it is, everywhere.",
    left=lambda x: float(np.exp(-1 / x**2)),
    right=lambda x: 0.0,
    variables={"x": POINT},
    statement=r"e^{-1/x^2} = 0 + 0\,x + 0\,x^2 + \dots",
    needs="that the function is analytic, and x inside the radius of convergence",
    without="Here every coefficient at 0 is 0. Analytic functions have a radius: π for "
    "the sigmoid at 0, whose partial sums explode at 4: [series](../learn/higher.md#series).",
    counterexample={"x": 1.0},
)
add(
    "partials_are_reciprocal",
    title="Partial derivatives obey the rules of ordinary ones",
    use="Each one is an ordinary slope, with the other variables held.",
    left=lambda r, t: np.cos(t),
    right=lambda r, t: 1 / np.cos(t),
    variables={"r": POINT, "t": POINT},
    statement=r"\frac{\partial x}{\partial r} = 1 \Big/ \frac{\partial r}{\partial x},\quad "
    r"x = r\cos t",
    needs="that the same variables are held fixed on both sides",
    without="$\\partial x/\\partial r = \\partial r/\\partial x = \\cos t$: other variables are "
    "held. Jacobian matrices are inverse, and the chain rule is a sum: "
    "[several variables](../learn/chain.md#several).",
    counterexample={"r": 1.0, "t": np.pi / 3},
)
add(
    "gradient_is_steepest",
    title="The gradient is the direction of steepest ascent",
    use="It is, for the functions that are drawn to explain it.",
    left=lambda h: 0.0,
    right=lambda h: float((h * h * h) / (2 * h * h) / (np.sqrt(2) * h)),
    variables={"h": POINT},
    statement=r"\nabla f(0) = 0 \;\Rightarrow\; \text{ every directional slope at 0 is } 0",
    needs="that f is differentiable at the point",
    without="$x^2y/(x^2+y^2)$ has both partials 0 at 0 and the slope 0.354 along (1, 1): partials "
    "alone do not make a function differentiable: [gradient](../learn/multivariable.md#gradient).",
    counterexample={"h": 1e-3},
)
add(
    "folium_at_the_origin",
    title="A curve has a horizontal tangent wherever the numerator of its slope vanishes",
    use="A fraction is zero where its top is.",
    left=lambda t: t * 0.0,
    right=lambda t: t * (2 - t**3) / (1 - 2 * t**3),
    variables={"t": POINT},
    statement=r"F_x = 0 \;\Rightarrow\; \frac{dy}{dx} = -\frac{F_x}{F_y} = 0",
    needs="$F_y \\ne 0$",
    without="On $x^3 + y^3 = 3axy$ both partials are 0 at the origin: two branches cross there, "
    "one "
    "horizontal and one vertical (the right side is the slope of the second, $x = 3at/(1+t^3)$, "
    "$y = tx$, close to it). The only regular horizontal tangent is at $x = \\sqrt[3]{2}\\,a$: "
    "[implicit differentiation](../learn/implicit.md#recipe).",
    counterexample={"t": 1000.0},
)
add(
    "cycloid_cusp",
    title="The cycloid has a vertical tangent where it touches the ground",
    use="The slope is infinite there.",
    claims={"infinite": "inf"},
    left=lambda t: np.sin(t) / (1 - np.cos(t)),
    right=lambda t: np.sin(-t) / (1 - np.cos(-t)),
    variables={"t": POINT},
    statement=r"\frac{dy}{dx} = \frac{\sin t}{1 - \cos t} \text{ tends to one value as } t \to 0",
    needs="$dy/dt \\ne 0$ at the point",
    without="Both $dx/dt$ and $dy/dt$ are 0: it is a cusp, the slopes go to +∞ and −∞. At $t = "
    "\\pi$ "
    "the tangent is horizontal: [parametric curves](../learn/implicit.md#parametric).",
    counterexample={"t": 1e-3},
)
add(
    "polar_slope",
    title="The slope of a polar curve is the slope of its radius",
    use="The radius plays the part of the function.",
    left=lambda t: 0.0,
    right=lambda t: float(np.cos(t) / -np.sin(t)),
    variables={"t": POINT},
    statement=r"\frac{dy}{dx} = \frac{dr}{dt}",
    needs="that x and y were the polar coordinates",
    without="$\\frac{dy}{dx} = \\frac{r'\\sin t + r\\cos t}{r'\\cos t - r\\sin t}$; on the unit "
    "circle $r' = 0$, and the slope is $-\\cot t$: [polar](../learn/implicit.md#parametric).",
    counterexample={"t": 1.0},
)
add(
    "lhopital_always",
    title="A limit of a quotient is that of the slopes' quotient",
    use="The rule is remembered without its hypothesis.",
    left="(x + 1)/(x + 2)",
    right="1/1",
    statement=r"\lim_{x\to0}\frac{x+1}{x+2} = \frac11",
    needs="0/0 or ∞/∞",
    without="The limit is 1/2: it is no 0/0. [L'Hôpital's rule](../learn/extrema.md#lhopital) with "
    "its hypotheses.",
    counterexample={"x": 0},
)
add(
    "log_any_base",
    title="The slope of a logarithm is the reciprocal, whatever its base",
    use="The natural logarithm is the one that is learned.",
    left="Derivative(log(x)/log(2), x)",
    right="1/x",
    domain="x in (0, oo)",
    needs="base e",
    without="$(\\log_a x)' = \\frac{1}{x \\ln a}$: "
    "[the logarithm](../reference/elementary/log_base.md).",
    counterexample={"x": 1},
)
