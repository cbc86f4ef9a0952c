"""Activations and networks."""

from typing import Any

import numpy as np
from scipy.special import expit, ndtr

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-networks.md#{name}", holds=False, **facts)


def _relu_net(gain, depth=50, width=128, seed=0, norm=False):
    """The gradient's norm at the first layer of a ReLU network over the last's."""
    rng = np.random.default_rng(seed)
    scale = np.sqrt(gain / width)
    layers = [rng.normal(size=(width, width)) * scale for _ in range(depth)]
    h, kept = rng.normal(size=(32, width)), []
    for W in layers:
        z = h @ W
        std = z.std(axis=0) if norm else 1.0
        zhat = (z - z.mean(axis=0)) / std if norm else z
        kept.append((zhat, std))
        h = np.maximum(zhat, 0)
    g = first = rng.normal(size=h.shape)
    for W, (zhat, std) in zip(layers[::-1], kept[::-1], strict=True):
        g = g * (zhat > 0)
        if norm:
            g = (g - g.mean(axis=0) - zhat * (g * zhat).mean(axis=0)) / std
        g = g @ W.T
    return float(np.linalg.norm(g) / np.linalg.norm(first))


def _xor(scale, steps, seed=0, rate=1.0):
    """The loss of a small sigmoid network on XOR after descent."""
    rng = np.random.default_rng(seed)
    X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]])
    y = np.array([[0], [1], [1], [0.0]])
    A, B = scale * rng.normal(size=(3, 4)), scale * rng.normal(size=(5, 1))
    for _ in range(steps):
        h = np.hstack([expit(X @ A), np.ones((4, 1))])
        out = expit(h @ B)
        d = 2 * (out - y) / 4 * out * (1 - out)
        A -= rate * X.T @ ((d @ B.T) * h * (1 - h))[:, :4]
        B -= rate * h.T @ d
    return float(np.mean((out - y) ** 2))


def _gate(w, x):
    """The slope of tanh at the fixed point of z = tanh(wz + x)."""
    z = 0.0
    for _ in range(200):
        z = np.tanh(w * z + x)
    return 1 - z**2


def _fixed_slope(w, x):
    """The slope of that fixed point in x, by a difference."""
    found = [0.0, 0.0]
    for _ in range(200):
        moved = zip(found, (1e-5, -1e-5), strict=True)
        found = [np.tanh(w * z + x + h) for z, h in moved]
    return (found[0] - found[1]) / 2e-5


def _clipped(c):
    """The norm of a clipped gradient that has an infinite entry."""
    g = np.array([np.inf, 1.0])
    with np.errstate(invalid="ignore"):
        return float(np.linalg.norm(g * min(1.0, c / np.linalg.norm(g))))


def _float32_slope(x):
    """What automatic differentiation makes of the sigmoid, in single precision."""
    s = expit(np.float32(x))
    return float(s * (1 - s))


def _share_of_zeros(n):
    """Of the values of ReLU at so many normal draws, with two digits."""
    values = np.maximum(np.random.default_rng(0).normal(size=n), 0)
    return round(float((values == 0).mean()), 2)


add(
    "tanh_twice_the_sigmoid",
    title="The steepest slope of tanh is double that of the sigmoid",
    use="The range of tanh is double that of the sigmoid.",
    claims={"double": "(tanh.sup - tanh.inf) / (sigmoid.sup - sigmoid.inf)"},
    left="d_tanh(x)",
    right="2*d_sigma(x)",
    needs="that the input is not scaled",
    without="Four times: $\\tanh x = 2\\sigma(2x) - 1$, so $\\tanh' x = 4\\,\\sigma'(2x)$; 1 "
    "against 1/4: "
    "[tanh](../reference/activations/tanh.md).",
    counterexample={"x": 0},
)
add(
    "slopes_below_one",
    title="The slopes of sigmoid and tanh are always less than one",
    use="Deep networks of them have gradients that vanish.",
    left=lambda x: 1.0,
    right=lambda x: float(1 - np.tanh(x) ** 2 < 1),
    variables={"x": POINT},
    statement=r"\tanh'(x) < 1",
    needs="$x \\ne 0$",
    without="$\\sigma' \\le \\tfrac14$ and $\\tanh' \\le 1$, and the 1 is reached at 0: "
    "[tanh](../reference/activations/tanh.md).",
    counterexample={"x": 0.0},
)
add(
    "sigmoid_slope_at_input",
    title="The sigmoid's slope is x(1 − x)",
    use="Programs write it like that, where x is the output.",
    left="d_sigma(x)",
    right="x*(1 - x)",
    needs="that x is the sigmoid's output",
    without="$\\sigma'(x) = \\sigma(x)(1 - \\sigma(x))$: "
    "[the sigmoid](../reference/activations/sigmoid.md).",
    counterexample={"x": 0},
)
add(
    "relu_slope_is_zero_at_zero",
    title="The slope of ReLU at zero is zero",
    use="Programs return it.",
    left=lambda x: (x > 0) * 1.0 + (-x > 0) * 1.0,
    right=lambda x: (max(x + 1e-3, 0) - max(-x - 1e-3, 0) - 0.0) / 1e-3,
    variables={"x": POINT},
    statement=r"\frac{d}{dx}\,[\operatorname{relu}(x) - \operatorname{relu}(-x)]_{x = 0} = 0 + 0",
    needs="a convention",
    without="It is undefined, and 0 by convention; any value from 0 to 1 is a subgradient. With "
    "the "
    "convention relu(x) − relu(−x), which is x, gets the slope 0: [ReLU](../reference/kinks.md).",
    counterexample={"x": 0.0},
)
add(
    "relu_alone_has_a_kink",
    title="ReLU is the exception among activations, which are differentiable",
    use="It is the best known.",
    left=lambda h: (max(h, 0.01 * h) - 0.0) / h,
    right=lambda h: (max(-h, 0.01 * -h) - 0.0) / -h,
    variables={"h": POINT},
    statement=r"\text{leaky ReLU has one slope at } 0",
    needs="nothing would help",
    without="ReLU is differentiable almost everywhere as well; leaky ReLU, $\\lvert x\\rvert$, the "
    "hinge and max-pooling have kinks too: [all kinks](../reference/kinks.md).",
    counterexample={"h": 1e-3},
)
add(
    "exact_zeros_are_negligible",
    title="Kinks do not matter, since exact zeros have probability zero",
    use="For random variables with a density it is a theorem.",
    left=lambda n: 0.0,
    right=lambda n: _share_of_zeros(n),
    variables={"n": Argument(says="how many units", shape="()")},
    statement=r"P(\operatorname{relu}(z) = 0) = 0",
    needs="inputs with a density at every layer",
    without="The outputs of a ReLU layer are exactly 0 for half of its inputs, as are padded and "
    "zero-initialised values: [almost "
    "everywhere](../learn/differentiability.md#almost-everywhere).",
    counterexample={"n": 100000},
)
add(
    "almost_everywhere_is_enough",
    title="Training works because functions are differentiable almost everywhere",
    use="It explains why kinks do no harm.",
    left=lambda w: 1.0,
    right=lambda w: (float(w + 1e-6 > 0) - float(w - 1e-6 > 0)) / 2e-6,
    variables={"w": POINT},
    statement=r"\text{a unit step has a slope that trains it}",
    needs="slopes that carry information",
    without="A step is differentiable almost everywhere, with slope 0, and learns nothing. Nor are "
    "subgradients the reason: −relu has none at 0: "
    "[subgradients](../learn/subgradients.md#subdifferential).",
    counterexample={"w": 0.7},
)
add(
    "activations_alone_bound_the_gradient",
    title="Ten sigmoid layers shrink the gradient by a quarter each",
    use="The steepest slope of the sigmoid is a quarter.",
    claims={"a quarter": "sigmoid.d.sup"},
    left=lambda w: 0.25**10,
    right=lambda w: (0.25 * w) ** 10,
    variables={"w": Argument(says="the weight of each layer", shape="()")},
    statement=r"\frac{\partial a_{10}}{\partial a_0} = 4^{-10}",
    needs="weights of size 1, and all activations at 0",
    without="$4^{-L}$ bounds the factors of the activations only; the weights multiply in, and may "
    "make it explode: [the product](../learn/vanishing.md#product).",
    counterexample={"w": 8.0},
)
add(
    "relu_passes_gradients",
    title="Deep ReLU networks train because active slopes are one",
    use="No factor below one comes from the activation.",
    claims={"below": "sigmoid.d.sup, relu.d(1)"},
    left=lambda gain: 1.0,
    right=lambda gain: float(_relu_net(gain) > 1e-3),
    variables={"gain": Argument(says="the variance of the weights, times the width", shape="()")},
    statement=r"\lVert g_1\rVert / \lVert g_{50}\rVert \text{ is of size one for every "
    r"initialisation}",
    needs="weights of variance 2/n",
    without="Half of the units are off, so gradients shrink unless the weights have variance 2/n: "
    "[measured](../learn/vanishing.md#measured).",
    counterexample={"gain": 1.0},
)
add(
    "batch_norm_cures_explosion",
    title="Batch normalisation cures exploding gradients",
    use="It keeps activations at one scale.",
    left=lambda gain: 1.0,
    right=lambda gain: float(_relu_net(gain, norm=True) < 100 * _relu_net(gain)),
    variables={"gain": Argument(says="the variance of the weights, times the width", shape="()")},
    statement=r"\lVert g_1\rVert / \lVert g_{50}\rVert \text{ with it is not far above that "
    r"without}",
    needs="residual connections",
    without="In a deep plain network at initialisation it **causes** explosion, thousands of times "
    "here: [remedies](../learn/vanishing.md#remedies).",
    counterexample={"gain": 2.0},
)
add(
    "blocked_means_dead",
    title="A ReLU unit with zero slope is dead",
    use="Nothing flows back through it.",
    left=lambda w, b: 0.0,
    right=lambda w, b: float((w * np.array([-1.0, 2.0]) + b > 0).any()),
    variables={"w": POINT, "b": POINT},
    statement=r"wx_1 + b < 0 \;\Rightarrow\; \text{no example activates the unit}",
    needs="that it is blocked for every input",
    without="Blocked for one input is how ReLU works; dead means blocked for all of them: "
    "[dead units](../learn/vanishing.md#dead).",
    counterexample={"w": 1.0, "b": 0.0},
)
add(
    "gelu_never_dies",
    title="GELU has no dead region",
    use="Its slope is smooth.",
    left=lambda x: 1.0,
    right=lambda x: float(np.float32(ndtr(x) + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)) != 0),
    variables={"x": POINT},
    statement=r"\text{GELU}'(x) \ne 0 \text{ in float32}",
    needs="inputs of moderate size",
    without="Its slope is −7.6e-22 at −10 and 0 in float32 from about −15 on; it is 0 at −0.7518 "
    "too, "
    "and negative below: [GELU](../reference/activations/gelu.md).",
    counterexample={"x": -15.0},
)
add(
    "near_zero_gradients_mean_trouble",
    title="Gradients near zero mean vanishing gradients or dead units",
    use="Both look like that in a histogram.",
    left=lambda x: 1.0,
    right=lambda x: float((x - 2) ** 2 > 1e-6),
    variables={"x": POINT},
    statement=r"\lvert f'(x)\rvert < 10^{-3} \;\Rightarrow\; f(x) \text{ is far from its minimum}",
    needs="a loss that is still high",
    without="A converged model looks the same. Compare the loss, and layers with each other: "
    "[signs](../learn/vanishing.md#signs).",
    counterexample={"x": 2.0001},
)
add(
    "one_path_is_enough",
    title="A gradient is the product of the slopes along the path",
    use="In a chain there is one path.",
    left="2*x*cos(x)",
    right="Derivative(x**2*sin(x), x)",
    statement=r"\frac{d}{dx}\,x^2 \sin x = 2x \cdot \cos x",
    needs="a single path",
    without="Multiply along each path and **add** over the paths. A tape that assigns in place of "
    "accumulating fails: [branches](../learn/backpropagation.md#branches).",
    counterexample={"x": 1},
)
add(
    "softmax_slope_is_p_one_minus_p",
    title="The derivative of softmax is p(1 − p)",
    use="It is the sigmoid's formula.",
    left=lambda a, b, c: 0.0,
    right=lambda a, b, c: -float(np.exp(a) * np.exp(b) / np.exp([a, b, c]).sum() ** 2),
    variables={"a": POINT, "b": POINT, "c": POINT},
    statement=r"\frac{\partial p_1}{\partial z_2} = 0",
    needs="that each output depends on its own score",
    without="It is a matrix, $J_{ij} = p_i(\\delta_{ij} - p_j)$: "
    "[softmax](../reference/layers/softmax.md).",
    counterexample={"a": 1.0, "b": 2.0, "c": 3.0},
)
add(
    "softmax_is_implicit",
    title="The softmax Jacobian comes from implicit differentiation",
    use="Its outputs are tied by a sum.",
    left=lambda a: 0.0,
    right=lambda a: float(np.exp(a) / (1 + np.exp(a)) ** 2),
    variables={"a": POINT},
    statement=r"p_1 + p_2 = 1 \;\Rightarrow\; \text{it determines } \frac{\partial p_1}{\partial "
    r"z_1}",
    needs="an equation that defines the outputs",
    without="Softmax is explicit; the quotient rule gives its Jacobian: "
    "[softmax](../reference/layers/softmax.md).",
    counterexample={"a": 1.0},
)
add(
    "flows_are_implicit",
    title="Neural differential equations rest on the implicit function theorem",
    use="Their output is the solution of an equation.",
    left=lambda w, x: _gate(w, x),
    right=lambda w, x: _fixed_slope(w, x),
    variables={"w": POINT, "x": POINT},
    statement=r"z = \tanh(wz + x) \;\Rightarrow\; \frac{dz}{dx} = 1 - z^2",
    needs="$w = 0$",
    without="Flows use the change of variables, neural ODEs adjoint equations. A fixed point is "
    "the "
    "implicit case: with $s = 1 - z^2$, $dz/dx = s/(1 - ws)$, where $1 - ws \\ne 0$ is the "
    "theorem's hypothesis: [through a solver](../learn/implicit.md#solver).",
    counterexample={"w": 0.5, "x": 0.3},
)
add(
    "squared_error_without_factor",
    title="The squared error has the slope a − y",
    use="That of half the squared error is.",
    claims={"half": "sigmoid(0)"},
    left="a - y",
    right="Derivative((a - y)**2, a)",
    domain="a, y in R",
    needs="a factor 1/2 in the loss",
    without="$2(a - y)$; with $\\tfrac12(a - y)^2$ it is $a - y$: "
    "[where the factor goes](../learn/backpropagation.md#factor).",
    counterexample={"a": 3, "y": 1},
)
add(
    "divide_by_rows_is_mean",
    title="Dividing by the number of rows gives the gradient of the mean",
    use="It does for outputs of one column.",
    left=lambda k: 2 * 0.3 / 4,
    right=lambda k: 2 * 0.3 / (4 * k),
    variables={"k": Argument(says="the number of outputs", shape="()")},
    statement=r"\frac{\partial}{\partial a}\,\text{mean}\,(a - y)^2 = \frac{2(a - y)}{\text{rows}}",
    needs="a single output",
    without="For k outputs the mean is over rows times k: the other is k times too large: "
    "[XOR](../learn/backpropagation.md#xor-listing).",
    counterexample={"k": 3},
)
add(
    "xor_script_works",
    title="A small network learns XOR by descent",
    use="It can, and the script ends without an error.",
    left=lambda scale: 0.0,
    right=lambda scale: round(_xor(scale, 500), 2),
    variables={"scale": Argument(says="of the initial weights", shape="()")},
    statement=r"\text{loss} \to 0 \text{ in 500 steps}",
    needs="an initialisation that is not too small",
    without="From small weights the loss stays at 0.25, the value of a constant answer, for "
    "thousands "
    "of steps: [XOR](../learn/backpropagation.md#xor).",
    counterexample={"scale": 0.01},
)
add(
    "weight_gradient_without_transpose",
    title="The gradient of a linear layer's weights is error times input",
    use="For one weight it is.",
    left=lambda n: float((np.ones((n, 1)) * np.ones((n, 1))).size),
    right=lambda n: float((np.ones((n, 1)) @ np.ones((1, n))).size),
    variables={"n": Argument(says="the width of the layer", shape="()")},
    statement=r"\frac{\partial L}{\partial W} = \bar y \odot h, \text{ with as many entries as } W",
    needs="width 1",
    without="With column vectors it is $\\bar y\\,h^{\\mathsf T}$, a matrix of W's shape: "
    "[transposes](../learn/backpropagation.md#transposes).",
    counterexample={"n": 3},
)
add(
    "flat_minima_generalise",
    title="Flat minima generalise better",
    use="Experiments found them together.",
    left=lambda w: 4.0,
    right=lambda w: 2 * (w**2 + 1 / w**2),
    variables={"w": Argument(says="the first weight, the second is its reciprocal", shape="()")},
    statement=r"\text{tr}\,\nabla^2 (w_1w_2 - 1)^2 \text{ is a property of the function } w_1w_2",
    needs="a measure of flatness that rescaling does not change",
    without="Rescaling two layers changes the Hessian and not the network: the trace is 4 at (1, "
    "1) "
    "and 20000 at (100, 0.01): [what is said](../learn/where-derivatives-appear.md#caveats).",
    counterexample={"w": 100.0},
)
add(
    "input_times_gradient_refines",
    title="Input times gradient refines a saliency map",
    use="It takes the size of the input into account.",
    left=lambda x: x * float(x < 1),
    right=lambda x: 1 - max(0.0, 1 - x),
    variables={"x": POINT},
    statement=r"x\,f'(x) = f(x) - f(0), \quad f(x) = 1 - \operatorname{relu}(1 - x)",
    needs="a linear function",
    without="Where the function saturates it is 0, as the gradient is. Integrated gradients add "
    "up to "
    "the difference: [attribution](../learn/attribution.md#methods).",
    counterexample={"x": 2.0},
)
add(
    "finite_clip_rescues",
    title="Clipping rescues exploded gradients",
    use="It bounds their norm.",
    left=lambda c: c,
    right=lambda c: _clipped(c),
    variables={"c": Argument(says="the bound", shape="()")},
    statement=r"\bigl\lVert g \min(1, c/\lVert g\rVert)\bigr\rVert \le c \text{ for } g = "
    r"(\infty, 1)",
    needs="finite entries",
    without="One infinite or NaN entry makes all of it NaN. Check first, and skip the step; and "
    "say "
    "whether values or the norm is clipped: [clipping](../learn/vanishing.md#clipping).",
    counterexample={"c": 1.0},
)
add(
    "autodiff_is_exact",
    title="Automatic differentiation is exact",
    use="It has no step size to choose.",
    left=lambda x: 1.0,
    right=lambda x: float(abs(_float32_slope(x) / (expit(x) * expit(-x)) - 1) < 1e-3),
    variables={"x": POINT},
    statement=r"\text{AD of } \sigma \text{ in float32} = \sigma' \text{ to three digits}",
    needs="exact arithmetic, and a program that is the function",
    without="It differentiates the program, in its arithmetic: s(1 − s) at 17 is 0 in float32, and "
    "the slope 4.1e-8: [three ways](../learn/autodiff-limits.md#three-ways).",
    counterexample={"x": 17.0},
)
