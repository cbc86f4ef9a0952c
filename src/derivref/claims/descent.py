"""Descent and optimisers."""

from typing import Any

import numpy as np
from scipy.optimize import minimize

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-descent.md#{name}", holds=False, **facts)


def _descend(slope, x, rate, steps):
    """Follow the negative slope."""
    for _ in range(steps):
        x = x - rate * slope(x)
    return x


def _narrow(x):
    """The slope of x^2 - 4x + 4 in single precision."""
    return np.float32(2) * x - np.float32(4)


def _adam(slope, x, steps, rate=1e-3):
    """Adam with its usual constants; the last point and the second moment."""
    m = v = 0.0
    for t in range(1, steps + 1):
        g = slope(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        x -= rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return x, v / (1 - 0.999**t)


def _crossings(beta, steps=60):
    """How often heavy-ball descent on x^2/2 crosses the minimum."""
    x, velocity, signs = 1.0, 0.0, []
    for _ in range(steps):
        velocity = beta * velocity - 0.1 * x
        x += velocity
        signs.append(x > 0)
    return int(np.sum(np.diff(signs)))


def _huber(w):
    """A loss without a second derivative at two points."""
    r = abs(w[0] - 3)
    return r * r / 2 if r < 1 else r - 0.5


def _design(n):
    """Correlated features and a target."""
    t = np.linspace(0, 1, n)
    X = np.stack([t, t + 0.1 * np.sin(9 * t), t**2], axis=1)
    return X, 2 * t + 0.1 * np.cos(7 * t)


def _soft(w, lam):
    """Move towards zero by lam, and stop there."""
    return np.sign(w) * np.maximum(abs(w) - lam, 0)


def _objective(w, n, lam=5.0):
    """Half the squared error and the penalty."""
    X, y = _design(n)
    return float(((X @ w - y) ** 2).sum() / 2 + lam * abs(w).sum())


def _lasso(n, lam=5.0, steps=5000):
    """Gradient steps, each soft-thresholded."""
    X, y = _design(n)
    w, rate = np.zeros(X.shape[1]), 1 / np.linalg.norm(X, 2) ** 2
    for _ in range(steps):
        w = _soft(w - rate * (X.T @ (X @ w - y)), rate * lam)
    return w


def _subgradient(n, x=0.9):
    """Subgradient steps on |x| with rates 1/sqrt(t)."""
    for t in range(1, n + 1):
        x -= np.sign(x) / np.sqrt(t)
    return x


def _saddle(p):
    """The gradient of x^2 + 3xy + y^2."""
    return np.array([[2.0, 3.0], [3.0, 2.0]]) @ p


def _form(p):
    """The function itself."""
    return float(p[0] ** 2 + 3 * p[0] * p[1] + p[1] ** 2)


def _evolve(seed, steps=2000):
    """Random search on a loss with a slope that is zero almost everywhere."""
    rng = np.random.default_rng(seed)
    w, best = np.array([3.0, -2.0]), 1.0
    for _ in range(steps):
        trial = w + rng.normal(size=2) * 0.5
        loss = np.mean(np.floor(abs(trial)) > 0)
        if loss <= best:
            w, best = trial, loss
    return float(best)


def _fitted(seed):
    """The slope of the least-squares line."""
    x = np.linspace(-1, 1, 50)
    y = 3 * x + np.random.default_rng(seed).normal(size=50)
    return float((x @ y / (x @ x)).round(2))


add(
    "slope_says_how_far",
    title="The derivative says how far to move",
    use="It says in which direction, and its size is at hand.",
    left=lambda c: _descend(lambda x: c * (2 * x - 4), 0.0, 0.1, 1),
    right=lambda c: 2.0,
    variables={"c": Argument(says="a factor of the loss", shape="()")},
    statement=r"x - \alpha\,\frac{d}{dx}\,c\,(x-2)^2 \text{ goes as far for every } c",
    needs="a known curvature",
    without="$(x-2)^2$ and $100(x-2)^2$ have the same minimum, and slopes −4 and −400 at 0. How "
    "far is for the curvature to say: [the quadratic](../learn/gradient-descent.md#quadratic).",
    counterexample={"c": 100.0},
)
add(
    "downhill_always_lowers",
    title="A step against the gradient lowers the loss",
    use="That is what the sign of a slope is for.",
    left=lambda rate: 0.0,
    right=lambda rate: float((_descend(lambda x: 2 * x - 4, 0.0, rate, 1) - 2) ** 2 > 4),
    variables={"rate": Argument(says="the learning rate", shape="()")},
    statement=r"f(x - \alpha f'(x)) > f(x) \text{ never}",
    needs="$\\alpha < 2/L$",
    without="Only if the step is small enough: below 2/L with L the largest curvature: "
    "[descent lemma](../learn/gradient-descent.md#descent-lemma).",
    counterexample={"rate": 1.5},
)
add(
    "large_rate_oscillates",
    title="A learning rate that is too large makes descent oscillate",
    use="The first steps do jump from side to side.",
    left=lambda rate: 4.0,
    right=lambda rate: abs(_descend(lambda x: 2 * x - 4, 0.0, rate, 10) - 2) * 2,
    variables={"rate": Argument(says="the learning rate", shape="()")},
    statement=r"\alpha > 2/L \;\Rightarrow\; x_k \text{ goes to and fro between 0 and 4}",
    needs="$\\alpha = 2/L$ exactly",
    without="It diverges geometrically: 6, −6, 18, …, −2046. Steady oscillation is at exactly 2/L: "
    "[the quadratic](../learn/gradient-descent.md#quadratic).",
    counterexample={"rate": 1.5},
)
add(
    "small_rate_arrives",
    title="A small learning rate arrives, if late",
    use="On paper it does.",
    left=lambda x, rate: 2.0,
    right=lambda x, rate: float(_descend(_narrow, np.float32(x), np.float32(rate), 1000)),
    variables={"x": POINT, "rate": POINT},
    statement=r"x_k \to 2 \text{ in float32, } \alpha = 10^{-8}",
    needs="exact arithmetic",
    without="In float32 3 − 1e-8 · 2 is 3: the step is lost in rounding. Keep master weights in a "
    "wider type: [too small](../learn/step-size.md#too-small).",
    counterexample={"x": 3.0, "rate": 1e-8},
)
add(
    "bounded_slope_sets_the_rate",
    title="A bound on the slope says which learning rate is safe",
    use="Lipschitz is said of functions and of gradients alike.",
    left=lambda rate: -np.pi / 200,
    right=lambda rate: _descend(lambda x: np.cos(100 * x), 0.0, rate, 1),
    variables={"rate": Argument(says="the learning rate", shape="()")},
    statement=r"\lvert f'\rvert \le 1 \;\Rightarrow\; \alpha = 0.05 \text{ reaches the minimum of }"
    r"\tfrac{\sin 100x}{100}",
    needs="a bound on f″",
    without="The rate is limited by $\\lvert f''\\rvert \\le L$, here 100: 0.005 converges to "
    "−π/200, 0.05 wanders: [descent lemma](../learn/gradient-descent.md#descent-lemma).",
    counterexample={"rate": 0.05},
)
add(
    "descent_avoids_saddles",
    title="Gradient descent moves away from saddles",
    use="A perturbed start does, after a while.",
    left=lambda x: 1.0,
    right=lambda x: float(abs(_descend(lambda t: 2 * t, x, 0.1, 200)) > 1e-6),
    variables={"x": POINT},
    statement=r"x_k \text{ leaves the saddle of } x^2 - y^2 \text{ from } (1, 0)",
    needs="a start off the stable direction",
    without="From (1, 0) it runs into the saddle. Almost every start escapes; the time may be "
    "long: [critical points](../learn/gradient-descent.md#stationary).",
    counterexample={"x": 1.0},
)
add(
    "every_critical_start_descends",
    title="Following the negative gradient minimises",
    use="Each step lowers the value.",
    left=lambda n: 0.0,
    right=lambda n: _form(_descend(_saddle, np.array([1.0, 2.0]), 0.1, n)),
    variables={"n": Argument(says="the number of steps", shape="()")},
    statement=r"\min\,(x^2 + 3xy + y^2) = 0 \text{ is found by descent}",
    needs="that there is a minimum",
    without="The Hessian has the eigenvalues 5 and −1: there is no minimum, and the steps run to "
    "−∞: [Hessian](../learn/multivariable.md#hessian).",
    counterexample={"n": 30},
)
add(
    "newton_is_more_accurate",
    title="Newton's method goes to the minimum in fewer steps",
    use="Close to a solution it converges quadratically.",
    left=lambda x: 1.0,
    right=lambda x: _descend(lambda t: (3 * t * t - 3) / (6 * t), x, 1.0, 20),
    variables={"x": POINT},
    statement=r"x_k \to 1, \text{ the minimum of } x^3 - 3x",
    needs="positive curvature at each point",
    without="It goes to any critical point. From −0.8 it converges to the maximum −1: "
    "[Newton's method](../learn/extrema.md#newton).",
    counterexample={"x": -0.8},
)
add(
    "quasi_newton_needs_hessians",
    title="Quasi-Newton methods need second derivatives",
    use="They use the curvature, and approximate a Hessian.",
    left=lambda w: w,
    right=lambda w: float(minimize(_huber, [w], method="BFGS").x[0].round(3)),
    variables={"w": POINT},
    statement=r"\text{BFGS cannot leave } w_0 \text{ on a loss without } f''",
    needs="that curvature comes from second derivatives",
    without="BFGS and L-BFGS use gradients alone: curvature is read from their differences. "
    "Newton's "
    "method uses the Hessian: [second-order methods](../learn/optimizers.md#second-order).",
    counterexample={"w": 0.0},
)
add(
    "adam_second_moment_is_curvature",
    title="Adam's second moment estimates the curvature",
    use="It divides the step, as the curvature does in Newton's method.",
    left=lambda c: 0.0,
    right=lambda c: _adam(lambda x: c, 1.0, 10)[1],
    variables={"c": Argument(says="the slope of a straight line", shape="()")},
    statement=r"\hat v = f'' \text{ for } f(x) = 7x",
    needs="nothing would help",
    without="v is the uncentred second moment of the gradient, neither its variance nor a Hessian: "
    "on a straight line of slope 7 it is 49: [Adam](../learn/optimizers.md#adam).",
    counterexample={"c": 7.0},
)
add(
    "adam_sees_scale",
    title="Adam adapts to the curvature of the loss",
    use="Badly scaled losses train well with it.",
    left=lambda c: 1 - 0.1 * c / 100,
    right=lambda c: _adam(lambda x: c * x, 1.0, 100)[0],
    variables={"c": Argument(says="the curvature of a parabola", shape="()")},
    statement=r"x_{100} \text{ depends on } c \text{ for } f(x) = c\,x^2/2",
    needs="nothing would help",
    without="Multiplying the loss by any c changes nothing: it ends at 0.9017 for curvatures "
    "0.01, 1 "
    "and 100: [invariance](../learn/optimizers.md#invariance).",
    counterexample={"c": 0.01},
)
add(
    "adam_large_gradient_small_step",
    title="With Adam a large gradient means a small step",
    use="The gradient is divided by its own size, and that sounds alike.",
    left=lambda g: 1e-3 / g,
    right=lambda g: 1.0 - _adam(lambda x: g, 1.0, 1)[0],
    variables={"g": Argument(says="the gradient", shape="()")},
    statement=r"\text{first step} = \alpha / g",
    needs="that step and rate are the same",
    without="The rate shrinks like 1/g, and the step stays near α: the first one is α for a "
    "gradient "
    "of 0.001 and of 1000: [Adam](../learn/optimizers.md#adam).",
    counterexample={"g": 1000.0},
)
add(
    "adam_correction_speeds_up",
    title="Without its bias correction Adam would start too slowly",
    use="The average of gradients starts from nothing.",
    left=lambda g: 1.0,
    right=lambda g: 0.1 * g / np.sqrt(0.001 * g * g),
    variables={"g": Argument(says="the first gradient", shape="()")},
    statement=r"\frac{m_1}{\sqrt{v_1}} \le \frac{\hat m_1}{\sqrt{\hat v_1}} = 1",
    needs="that only the first moment is biased",
    without="The second moment is biased more: the uncorrected first step is 3.16 times as large: "
    "[Adam](../learn/optimizers.md#adam).",
    counterexample={"g": 1.0},
)
add(
    "shampoo_is_a_hessian",
    title="K-FAC and Shampoo approximate the Hessian",
    use="They are filed under second-order methods.",
    left=lambda c: 0.0,
    right=lambda c: c * c,
    variables={"c": Argument(says="the slope of a linear loss", shape="()")},
    statement=r"\mathbb{E}[g g^{\mathsf T}] = H \text{ for a linear loss}",
    needs="a model at its optimum, with the loss a log-likelihood",
    without="K-FAC is a block-diagonal Kronecker approximation of the Fisher matrix, Shampoo of "
    "the "
    "second moment of gradients: [second order](../learn/optimizers.md#second-order).",
    counterexample={"c": 3.0},
)
add(
    "momentum_damps",
    title="Momentum damps oscillation",
    use="It averages gradients that change sign across a valley.",
    left=lambda beta: float(_crossings(0.0)),
    right=lambda beta: float(_crossings(beta)),
    variables={"beta": Argument(says="the momentum", shape="()")},
    statement=r"\text{crossings of the minimum with momentum } \le \text{ without}",
    needs="a rate that makes plain descent oscillate",
    without="On $x^2/2$ with rate 0.1 plain descent never crosses the minimum, and with β = 0.9 it "
    "crosses again and again: [momentum](../learn/optimizers.md#momentum).",
    counterexample={"beta": 0.9},
)
add(
    "momentum_is_an_average",
    title="Momentum is a running average of gradients",
    use="Both are sums with weights that decay.",
    left=lambda beta: 1.0,
    right=lambda beta: _descend(lambda v: (1 - beta) * v - 1.0, 0.0, 1.0, 500),
    variables={"beta": Argument(says="the momentum", shape="()")},
    statement=r"v_k = \beta v_{k-1} + g \;\Rightarrow\; v_k \to g",
    needs="the factor 1 − β before g",
    without="The heavy ball sums: a steady gradient g makes it $g/(1-\\beta)$, ten g for 0.9. "
    "With the "
    "factor $1-\\beta$ it is an average: [momentum](../learn/optimizers.md#momentum).",
    counterexample={"beta": 0.9},
)
add(
    "steps_shrink_by_themselves",
    title="Steps shrink by themselves near a minimum, so descent settles",
    use="The slope vanishes there, and the step is a multiple of it.",
    left=lambda x: 0.0,
    right=lambda x: abs(_descend(lambda t: 1.5 * np.sign(t) * np.sqrt(abs(t)), x, 0.1, 2000)),
    variables={"x": POINT},
    statement=r"x_k \to 0 \text{ for } f(x) = \lvert x\rvert^{3/2}",
    needs="a bounded curvature",
    without="The curvature of $\\lvert x\\rvert^{1.5}$ is unbounded at 0: descent at rate 0.1 "
    "ends in "
    "a cycle between ±0.005625: [descent lemma](../learn/gradient-descent.md#descent-lemma).",
    counterexample={"x": 1.0},
)
add(
    "schedules_ensure_convergence",
    title="A decaying learning rate ensures convergence",
    use="It stops the steps from jumping about.",
    left=lambda x: 2.0,
    right=lambda x: float(x + (2 - x) * (1 - np.prod(1 - 0.2 * 0.5 ** np.arange(60)))),
    variables={"x": POINT},
    statement=r"\alpha_t = 0.1 \cdot 2^{-t} \;\Rightarrow\; x_t \to 2 \text{ on } (x-2)^2",
    needs="that the rates have an infinite sum",
    without="Rates with a finite sum stop halfway, here at 0.699: "
    "[schedules](../learn/optimizers.md#schedules).",
    counterexample={"x": 0.0},
)
add(
    "rates_must_be_square_summable",
    title="Learning rates must be square-summable",
    use="It is among the conditions of a famous theorem.",
    left=lambda n: 1.0,
    right=lambda n: float(abs(_subgradient(n)) > 0.1),
    variables={"n": Argument(says="the number of steps", shape="()")},
    statement=r"\alpha_t = 1/\sqrt{t} \;\Rightarrow\; \lvert x_t\rvert \not\to 0 \text{ on } "
    r"\lvert x\rvert",
    needs="noise in the gradients",
    without="It is sufficient. Without noise, rates that go to 0 with an infinite sum are enough: "
    "here $\\lvert x\\rvert$ is about 0.03 after 1000 steps: "
    "[subgradient descent](../learn/subgradients.md#descent).",
    counterexample={"n": 1000},
)
add(
    "lasso_by_thresholding_once",
    title="Soft thresholding the least-squares solution solves the LASSO",
    use="It does for orthonormal features.",
    left=lambda n: _objective(_soft(np.linalg.pinv(_design(n)[0]) @ _design(n)[1], 5.0), n),
    right=lambda n: _objective(_lasso(n), n),
    variables={"n": Argument(says="how many examples there are", shape="()")},
    statement=r"\arg\min_w \tfrac12\lVert Xw - y\rVert^2 + \lambda\lVert w\rVert_1"
    r" = \text{soft}_\lambda(X^{+}y)",
    needs="orthonormal columns",
    without="With correlated columns iterate the step and the threshold: "
    "[LASSO](../learn/subgradients.md#lasso).",
    counterexample={"n": 50},
)
add(
    "training_ends_at_a_critical_point",
    title="A trained model is at a critical point of its loss",
    use="That is where the method would stop.",
    left=lambda steps: 0.0,
    right=lambda steps: abs(2 * _descend(lambda x: 2 * x, 1.0, 0.01, steps)),
    variables={"steps": Argument(says="the number of steps", shape="()")},
    statement=r"\nabla L = 0 \text{ after } 100 \text{ steps}",
    needs="infinitely many steps",
    without="Training usually stops at a budget or by validation, with a gradient that is not 0; "
    "and "
    "it may sit near a saddle: [critical points](../learn/gradient-descent.md#stationary).",
    counterexample={"steps": 100},
)
add(
    "training_needs_derivatives",
    title="Without derivatives training is impossible",
    use="Everything in use is trained with them.",
    left=lambda seed: 1.0,
    right=lambda seed: _evolve(seed),
    variables={"seed": Argument(says="of the random numbers", shape="()")},
    statement=r"\text{loss after random search} \ge \text{loss before}",
    needs="many parameters",
    without="Random search trains small models; its cost grows with the number of parameters: "
    "[what is said](../learn/where-derivatives-appear.md#caveats).",
    counterexample={"seed": 0},
)
add(
    "raw_features_train",
    title="A learning rate of 0.01 is a good start",
    use="It is, for features of size one.",
    left=lambda x: 1.0,
    right=lambda x: float(abs(1 - 0.01 * 2 * x * x) < 1),
    variables={"x": Argument(says="a feature, an area in square feet", shape="()")},
    statement=r"\alpha = 0.01 < 2/L, \quad L = 2x^2",
    needs="scaled features",
    without="With areas of some thousand square feet L is about 10⁷, and every rate above about "
    "10⁻⁷ diverges. Scale features first: [the quadratic](../learn/gradient-descent.md#quadratic).",
    counterexample={"x": 2000.0},
)
add(
    "regression_finds_true_weights",
    title="Training a regression recovers the true weights",
    use="The printed weights look like them.",
    left=lambda seed: 3.0,
    right=lambda seed: _fitted(seed),
    variables={"seed": Argument(says="of the noise", shape="()")},
    statement=r"\hat w = w \text{ for } y = 3x + \text{noise}",
    needs="no noise",
    without="Descent finds the least-squares estimate, whose error is that of the noise; the true "
    "weight is only near: [maximum likelihood](../learn/probability.md#mle).",
    counterexample={"seed": 0},
)
