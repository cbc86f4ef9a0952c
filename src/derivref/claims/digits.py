"""Arithmetic and differences."""

from typing import Any

import numpy as np
from scipy.special import expit

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-digits.md#{name}", holds=False, **facts)


def _central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def _error(h):
    """Of a central difference of the sine at 1."""
    return abs(_central(np.sin, 1.0, h) - np.cos(1))


def _second(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


def _central32(f, x, h):
    """The same in single precision."""
    x, h = np.float32(x), np.float32(h)
    return float((f(x + h) - f(x - h)) / (np.float32(2) * h))


def _checked(f, x, h):
    """Central differences of every entry, as they are usually written."""
    grad = np.zeros_like(x)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad


def _ratio(a, b):
    """The distance of two gradients over the sum of their norms."""
    a, b = np.asarray(a), np.asarray(b)
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def _romberg(f, x, h, levels):
    """Richardson's extrapolation of central differences, halving the step."""
    row = [_central(f, x, h / 2**k) for k in range(levels)]
    for j in range(1, levels):
        row = [(4**j * row[k + 1] - row[k]) / (4**j - 1) for k in range(len(row) - 1)]
    return row[0]


def _naive_sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _log_of_sigmoid(x):
    with np.errstate(divide="ignore"):
        return float(np.log(expit(x)))


def _loss_of_softmax(z):
    """The loss of the last class, through the probability."""
    p = np.exp(np.array(z) - max(z))
    with np.errstate(divide="ignore"):
        return float(-np.log(p / p.sum())[-1])


def _warnings(x):
    """Whether a sigmoid by np.where overflows on the way."""
    x, seen = np.array(x), []
    with np.errstate(all="call", call=lambda kind, flag: seen.append(kind)):
        np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))
    return float("overflow" in seen)


add(
    "smaller_steps_are_better",
    title="The smaller the step, the better the difference",
    use="The definition lets the step vanish.",
    left=lambda h: 1.0,
    right=lambda h: float(_error(h) < _error(1e-5)),
    variables={"h": POINT},
    statement=r"h_1 < h_2 \;\Rightarrow\; \text{error}(h_1) < \text{error}(h_2)",
    needs="exact arithmetic",
    without="Below the best step the rounding error grows like 1/h: at 1e-15 hardly a digit is "
    "left: "
    "[the trade-off](../learn/step-size.md#trade-off).",
    counterexample={"h": 1e-15},
)
add(
    "one_step_for_all_quotients",
    title="A step of 1e-5 is right for differences",
    use="It is, for central ones at numbers of moderate size.",
    left=lambda h: 1.0,
    right=lambda h: float(abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1)) < 1e-6),
    variables={"h": POINT},
    statement=r"\left\lvert\frac{f(x+h) - f(x)}{h} - f'(x)\right\rvert < 10^{-6}",
    needs="a central difference",
    without="Forward differences want about 1.5e-8, central 6e-6, second ones 1e-4, times the "
    "size of "
    "x: [best steps](../reference/finite-differences.md#best-step).",
    counterexample={"h": 1e-5},
)
add(
    "square_root_step_for_second",
    title="The square root of the unit roundoff is the step for second differences too",
    use="It is the step that is remembered.",
    left=lambda h: 1.0,
    right=lambda h: float(abs(_second(np.sin, 1.0, h) + np.sin(1)) < 1e-3),
    variables={"h": POINT},
    statement=r"\left\lvert\frac{f(x+h) - 2f(x) + f(x-h)}{h^2} - f''(x)\right\rvert < 10^{-3}",
    needs="a first difference",
    without="The rounding error is divided by h²: no digit is left at 1e-8; about 1e-4 is best: "
    "[second derivative](../reference/finite-differences.md#second-derivative).",
    counterexample={"h": 1e-8},
)
add(
    "best_step_is_one_number",
    title="There is one best step for a formula",
    use="Textbooks print a single power of the unit roundoff.",
    left=lambda x: 1.0,
    right=lambda x: float(abs(_central(np.log, x, 6e-6) * x - 1) < 1e-8),
    variables={"x": POINT},
    statement=r"h = \varepsilon^{1/3} \text{ is good at every } x",
    needs="x of size one, and derivatives of size one",
    without="$\\varepsilon^{1/3}$ or $(3\\varepsilon)^{1/3}$ depends on the model of the error, "
    "and h "
    "must grow with x; look at a range of steps: [scales](../learn/step-size.md#scales).",
    counterexample={"x": 1e6},
)
add(
    "float32_step",
    title="In single precision 1e-5 is a good step",
    use="It works elsewhere.",
    left=lambda h: 1.0,
    right=lambda h: float(abs(_central32(np.sin, 1.0, h) - np.cos(1)) < 1e-4),
    variables={"h": POINT},
    statement=r"\text{the error in float32 is below } 10^{-4}",
    needs="double precision",
    without="The best step is about 5e-3 there, with an error of some 4e-6. PyTorch's gradcheck "
    "uses "
    "1e-6 because it wants double precision inputs: "
    "[float32](../learn/gradient-checking.md#float32).",
    counterexample={"h": 1e-5},
)
add(
    "romberg_any_accuracy",
    title="Extrapolation reaches any accuracy",
    use="Each level cancels another term of the error.",
    left=lambda levels: 1.0,
    right=lambda levels: float(abs(_romberg(np.sin, 1.0, 0.5, levels) - np.cos(1)) < 1e-14),
    variables={"levels": Argument(says="how many levels", shape="()")},
    statement=r"\text{more levels} \;\Rightarrow\; \text{error below } 10^{-14}",
    needs="exact arithmetic",
    without="Rounding is amplified: about five levels from 0.5 are best, and sixteen lose digits "
    "again: [levels](../learn/richardson.md#levels).",
    counterexample={"levels": 16},
)
add(
    "complex_step_has_no_truncation",
    title="The complex step has rounding error only",
    use="With a tiny step nothing else is left.",
    left=lambda h: 1.0,
    right=lambda h: float(abs(np.imag(np.sin(1 + 1j * h)) / h - np.cos(1)) < 1e-12),
    variables={"h": POINT},
    statement=r"\frac{\operatorname{Im} f(x + ih)}{h} = f'(x)",
    needs="$h \\to 0$",
    without="A truncation error of $h^2 f'''/6$ remains; nothing cancels, so take h = 1e-20 or so: "
    "[Taylor](../learn/complex-step.md#taylor).",
    counterexample={"h": 1e-3},
)
add(
    "complex_step_on_any_program",
    title="The complex step differentiates any program",
    use="Programs run with complex numbers as they are.",
    left=lambda x: float(np.imag(np.abs(x + 1e-20j) ** 2) / 1e-20),
    right=lambda x: 2 * x,
    variables={"x": POINT},
    statement=r"\frac{\operatorname{Im} f(x + ih)}{h} = f'(x), \quad f = \lvert x\rvert^2",
    needs="an analytic program",
    without="It breaks in silence on abs, max, comparisons and norms: "
    "[what fails silently](../learn/complex-step.md#silent).",
    counterexample={"x": 3.0},
)
add(
    "integers_can_be_checked",
    title="A gradient check does not care about the type of its input",
    use="The numbers are the same.",
    left=lambda x: float(_checked(lambda v: (v**2).sum(), np.array(x), 1e-5)[0]),
    right=lambda x: 2.0 * x[0],
    variables={"x": Argument(says="whole numbers", shape="(n)")},
    statement=r"\text{numerical gradient of } \lVert x\rVert^2 = 2x \text{ for integers}",
    needs="floating-point input",
    without="Integer arrays truncate the step, without an error. Convert to float64 first: "
    "[integers](../learn/gradient-checking.md#integers).",
    counterexample={"x": [1, 2, 3]},
)
add(
    "rows_are_entries",
    title="A loop over an array perturbs each of its entries",
    use="It does for vectors.",
    left=lambda x: float(_checked(lambda v: (v**2).sum(), np.array(x), 1e-5)[0][0]),
    right=lambda x: 2.0 * x[0][0],
    variables={"x": Argument(says="a matrix", shape="(n, k)")},
    statement=r"\text{numerical gradient of } \lVert X\rVert^2 = 2X \text{ for matrices}",
    needs="a vector",
    without="A loop over the first axis moves whole rows, and gives their sum. Loop over all "
    "indices: [the method](../learn/gradient-checking.md#method).",
    counterexample={"x": [[1.0, 2.0], [3.0, 4.0]]},
)
add(
    "directional_is_gradient",
    title="Moving all entries at once gives the gradient",
    use="It is one call of the function.",
    left=lambda x: 2.0 * x[0],
    right=lambda x: _central(lambda h: float(((np.array(x) + h) ** 2).sum()), 0.0, 1e-5),
    variables={"x": Argument(says="a vector", shape="(n)")},
    statement=r"\frac{f(x + h\mathbf{1}) - f(x - h\mathbf{1})}{2h} = \nabla f(x)",
    needs="one entry",
    without="It gives the sum of the gradient's entries, the slope along (1, …, 1): "
    "[directional checks](../learn/gradient-checking.md#directional).",
    counterexample={"x": [1.0, 2.0, 3.0]},
)
add(
    "norm_ratio_is_enough",
    title="A small ratio of norms means a correct gradient",
    use="It is one number for the whole gradient.",
    left=lambda good, bad: 1.0,
    right=lambda good, bad: float(_ratio(good, bad) > 1e-5),
    variables={
        "good": Argument(says="the true gradient", shape="(n)"),
        "bad": Argument(says="a wrong one", shape="(n)"),
    },
    statement=r"\text{wrong by 5 \% in an entry} \;\Rightarrow\;"
    r"\frac{\lVert g - \hat g\rVert}{\lVert g\rVert + \lVert\hat g\rVert} > 10^{-5}",
    needs="entries of one size",
    without="A large entry hides a small one. Compare entry by entry, as PyTorch's gradcheck does "
    "(absolute and relative tolerance on Jacobians, not one ratio): "
    "[the norm](../learn/gradient-checking.md#norm).",
    counterexample={"good": [2e4, 2.0], "bad": [2e4, 1.9]},
)
add(
    "check_fails_means_wrong",
    title="A failed gradient check means a wrong gradient",
    use="What is compared disagrees.",
    left=lambda x: 1.0,
    right=lambda x: float(abs(_central(lambda t: max(t, 0.0), x, 1e-5) - 1) < 0.1),
    variables={"x": POINT},
    statement=r"\text{difference of ReLU} = 1 \text{ at } x > 0",
    needs="no kink within a step",
    without="Next to a kink a right gradient fails: the difference mixes both sides. Look at the "
    "one-sided slopes: [kinks](../learn/gradient-checking.md#kinks).",
    counterexample={"x": 3e-6},
)
add(
    "check_passes_on_zero",
    title="A gradient check sees errors of vanishing slopes",
    use="It compares with the true slope.",
    left=lambda x: 1.0,
    right=lambda x: float(_central(expit, x, 1e-5) > 0),
    variables={"x": POINT},
    statement=r"\text{difference of } \sigma \text{ at } 37 > 0",
    needs="values with room below their last digit",
    without="At 37 the difference is exactly 0, the slope 8.5e-17; a floor in the denominator "
    "hides the "
    "rest: [vanishing slopes](../learn/gradient-checking.md#vanishing).",
    counterexample={"x": 37.0},
)
add(
    "where_guards",
    title="np.where evaluates the branch that it takes",
    use="It reads like an if.",
    left=lambda x: 0.0,
    right=lambda x: _warnings(x),
    variables={"x": Argument(says="scores", shape="(n)")},
    statement=r"\text{overflows of a sigmoid in two branches} = 0",
    needs="inputs for which both branches are harmless",
    without="It evaluates both, and the dead one overflows; under automatic differentiation it "
    "makes "
    "NaN gradients. Use $e^{-\\lvert x\\rvert}$: [where](../learn/stable-computation.md#where).",
    counterexample={"x": [-1000.0, 0.0, 1000.0]},
)
add(
    "s_one_minus_s_is_stable",
    title="The slope s(1 − s) is as stable as the sigmoid",
    use="It raises no warning.",
    left=lambda x: 1.0,
    right=lambda x: float(abs((1 - expit(x)) / expit(-x) - 1) < 1e-3),
    variables={"x": POINT},
    statement=r"1 - \sigma(x) = \sigma(-x) \text{ to three digits, in float64}",
    needs="moderate x",
    without="At 40 it is 0, the slope 4.248e-18: 1 − s has lost its digits. "
    "$\\sigma(x)\\sigma(-x)$ keeps them; the same holds of 1 − tanh²: "
    "[sigmoid](../learn/stable-computation.md#sigmoid).",
    counterexample={"x": 40.0},
)
add(
    "tanh_slope_one_minus_square",
    title="The slope of tanh is one minus its square, also in floating point",
    use="The identity is exact.",
    left=lambda x: 1.0,
    right=lambda x: float(abs((1 - np.tanh(x) ** 2) * np.cosh(x) ** 2 - 1) < 1e-3),
    variables={"x": POINT},
    statement=r"1 - \tanh^2 x = 1/\cosh^2 x \text{ to three digits, in float64}",
    needs="moderate x",
    without="At 20 it is 0, the slope 1.70e-17: [tanh](../learn/stable-computation.md#tanh).",
    counterexample={"x": 20.0},
)
add(
    "sigmoid_overflow_is_harmful",
    title="Overflow in the sigmoid's exponential destroys the result",
    use="A warning is printed.",
    left=lambda x: 1.0,
    right=lambda x: float(np.isnan(_naive_sigmoid(x))),
    variables={"x": POINT},
    statement=r"\frac{1}{1 + e^{-x}} \text{ is NaN where } e^{-x} = \infty",
    needs="nothing would help",
    without="1/(1 + ∞) is 0, and right; the warning is noise. What is lost is elsewhere: "
    "[sigmoid](../learn/stable-computation.md#sigmoid).",
    counterexample={"x": -800.0},
)
add(
    "log_sigmoid_cancels",
    title="The logarithm of a sigmoid fails by cancellation at large negative inputs",
    use="It does fail there.",
    left=lambda x: x,
    right=lambda x: _log_of_sigmoid(x),
    variables={"x": POINT},
    statement=r"\ln\sigma(x) = x \text{ to some digits, from } \texttt{log(expit(x))}",
    needs="that the sigmoid does not underflow",
    without="There it is log(0) = −∞; the digits are lost at large positive x, where log(s) is 0 "
    "in "
    "place of −4.25e-18: [log-sigmoid](../learn/stable-computation.md#log_sigmoid).",
    counterexample={"x": -800.0},
)
add(
    "shifted_softmax_is_stable",
    title="A shifted softmax makes the cross-entropy stable",
    use="It makes the softmax stable.",
    left=lambda z: _loss_of_softmax(z),
    right=lambda z: float(np.logaddexp.reduce(z) - z[1]),
    variables={"z": Argument(says="scores", shape="(n)")},
    statement=r"-\ln\,\text{softmax}(z - \max z)_t = \text{the loss}",
    needs="a probability that does not underflow",
    without="The loss is logsumexp(z) − zₜ, in one step: "
    "[cross-entropy](../learn/stable-computation.md#cross-entropy).",
    counterexample={"z": [0.0, -1000.0]},
)
add(
    "central_is_second_order",
    title="Central differences have an error of order h²",
    use="Taylor's formula says so.",
    left=lambda h: h**2,
    right=lambda h: abs(_central(lambda t: t * abs(t), h, 2 * h) - 2 * h),
    variables={"h": POINT},
    statement=r"\left\lvert\frac{f(x+h) - f(x-h)}{2h} - f'(x)\right\rvert \text{ is of order } h^2",
    needs="three continuous derivatives",
    without="For $x\\lvert x\\rvert$ near 0 it is of order h: "
    "[order](../reference/finite-differences.md#order).",
    counterexample={"h": 1e-2},
)
