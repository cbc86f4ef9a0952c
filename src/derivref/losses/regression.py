"""Regression: predicted numbers against targets, from the square to what outliers cannot pull."""

import numpy as np

from derivref.losses import FAMILY
from derivref.records import Argument, Option, Parameter

add = FAMILY.add

REDUCTION = Option(says="what is done with the losses of the examples", values=("mean", "none"))
PAIR = {
    "y": Argument(says="the predictions", shape="(n)"),
    "t": Argument(says="the targets", shape="(n)"),
}
POSITIVE = {
    "y": Argument(says="the predictions", shape="(n)", low=0.0),
    "t": Argument(says="the targets", shape="(n)", low=0.0, closed=(False, True)),
}
KEPT = "The residuals."


def output(reduction, **_):
    """The shape of the value."""
    return "()" if reduction == "mean" else "(n)"


def _reduced(m, losses, reduction):
    return m.fsum(losses) / len(losses) if reduction == "mean" else losses


def mse(y, t, reduction="mean"):
    """The mean of the squared differences between predictions and targets."""
    losses = np.square(y - t)
    return np.mean(losses) if reduction == "mean" else losses


def d_mse(y, t, reduction="mean"):
    """Twice the residual; the mean shares it among the examples."""
    slope = 2.0 * (y - t)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    mse,
    d_mse,
    title="Mean squared error",
    use="Regression with normal noise: its minimum is the mean of the targets.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i (y_i - t_i)^2",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{2}{n} (y_i - t_i)",
    where={r"\frac{\partial \ell}{\partial t_i}": r"\frac{2}{n} (t_i - y_i)"},
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [(a - b) ** 2 for a, b in zip(y, t, strict=True)], reduction
    ),
    kept=KEPT,
    cost="One subtraction per example.",
    aliases=("L2 loss", "quadratic loss", "least squares loss"),
    frameworks={
        "PyTorch": "torch.nn.functional.mse_loss(y, t)",
        "JAX": "optax.squared_error(y, t).mean()",
        "Keras": "keras.losses.MeanSquaredError()(t, y)",
    },
    example="""\
y, t = np.array([1.0, 2.0, 6.0]), np.array([1.0, 3.0, 3.0])
print(mse(y, t).round(4))
print(d_mse(y, t)[0].round(4))
assert abs(d_mse(np.full(3, t.mean()), t)[0].sum()) < 1e-12  # the mean is best
""",
    empty=False,
)


def rmse(y, t):
    """The root of the mean squared error, in the unit of the targets."""
    return np.sqrt(np.mean(np.square(y - t)))


def d_rmse(y, t):
    """The residuals over n times the error; 0 where every residual is 0."""
    root = np.sqrt(np.mean(np.square(y - t)))
    slope = (y - t) / (len(y) * np.where(root > 0, root, 1.0).astype(root.dtype))
    return slope, -slope


add(
    rmse,
    d_rmse,
    title="Root mean squared error",
    use="Reports an error in the unit of the targets; trained on, it steps the same far and near.",
    arguments=PAIR,
    output="()",
    formula=r"\ell = \sqrt{\frac{1}{n} \sum_i (y_i - t_i)^2}",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{y_i - t_i}{n\, \ell}",
    where={r"\frac{\partial \ell}{\partial t_i}": r"\frac{t_i - y_i}{n\, \ell}"},
    exact=lambda m, y, t: m.sqrt(m.fsum((a - b) ** 2 for a, b in zip(y, t, strict=True)) / len(y)),
    tied="Where all residuals are 0 the slope returned is 0, the smallest subgradient.",
    kept="The residuals and the error.",
    cost="One division per example.",
    aliases=("RMS error",),
    frameworks={
        "PyTorch": "torch.sqrt(torch.nn.functional.mse_loss(y, t))",
        "JAX": "jnp.sqrt(optax.squared_error(y, t).mean())",
        "Keras": "keras.metrics.RootMeanSquaredError()(t, y)",
    },
    example="""\
y, t = np.array([3.0, 4.0, 1.0]), np.array([0.0, 0.0, 1.0])
print(rmse(y, t).round(4))
print(d_rmse(y, t)[0].round(4))
assert not d_rmse(t, t)[0].any()  # the frameworks return NaN: 0/0
""",
    empty=False,
)


def mae(y, t, reduction="mean"):
    """The mean of the absolute differences between predictions and targets."""
    losses = np.abs(y - t)
    return np.mean(losses) if reduction == "mean" else losses


def d_mae(y, t, reduction="mean"):
    """The sign of the residual, 0 at 0."""
    slope = np.sign(y - t)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    mae,
    d_mae,
    title="Mean absolute error",
    use="Regression that outliers pull no harder than others: its minimum is the median.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \lvert y_i - t_i \rvert",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \operatorname{sgn}(y_i - t_i)",
    where={r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n} \operatorname{sgn}(t_i - y_i)"},
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [abs(a - b) for a, b in zip(y, t, strict=True)], reduction
    ),
    tied="At a residual of 0 the slope returned is 0, the smallest subgradient.",
    kept="The signs of the residuals.",
    cost="One sign per example.",
    aliases=("L1 loss", "absolute loss", "least absolute deviations"),
    frameworks={
        "PyTorch": "torch.nn.functional.l1_loss(y, t)",
        "JAX": "jnp.abs(y - t).mean()",
        "Keras": "keras.losses.MeanAbsoluteError()(t, y)",
    },
    example="""\
y, t = np.array([1.0, 2.0, 6.0]), np.array([1.0, 3.0, 3.0])
print(mae(y, t).round(4))
print(d_mae(y, t)[0].round(4))
assert d_mae(np.full(3, np.median(t)), t)[0].sum() <= 1 / 3  # the median is best
""",
    empty=False,
)


def huber(y, t, delta=1.0, reduction="mean"):
    """Half the squared residual up to delta, a straight line beyond."""
    r = np.abs(y - t)
    losses = np.where(r <= delta, 0.5 * np.square(r), delta * (r - 0.5 * delta))
    return np.mean(losses) if reduction == "mean" else losses


def d_huber(y, t, delta=1.0, reduction="mean"):
    """The residual, clipped to plus and minus delta."""
    slope = np.clip(y - t, -delta, delta)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    huber,
    d_huber,
    title="Huber loss",
    use="Regression with outliers: a square near 0, and no residual pulls harder than δ.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i h_i",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \max(-\delta, \min(\delta, r_i))",
    where={
        r"h_i": r"\begin{cases} \tfrac12 r_i^2 & \lvert r_i \rvert \le \delta \\"
        r" \delta\, (\lvert r_i \rvert - \tfrac12 \delta) & \text{otherwise} \end{cases}",
        r"r_i": r"y_i - t_i",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \max(-\delta, \min(\delta, r_i))",
    },
    takes={
        "delta": Parameter(says="where the parabola meets the line", low=0.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, delta, reduction: _reduced(
        m,
        [
            r * r / 2 if r <= delta else delta * (r - m.mpf(delta) / 2)
            for r in (abs(a - b) for a, b in zip(y, t, strict=True))
        ],
        reduction,
    ),
    kept=KEPT,
    cost="One clip per example.",
    aliases=("robust regression loss",),
    frameworks={
        "PyTorch": "torch.nn.functional.huber_loss(y, t, delta=delta)",
        "JAX": "optax.huber_loss(y, t, delta=delta).mean()",
        "Keras": "keras.losses.Huber(delta=delta)(t, y)",
        "SciPy": "scipy.special.huber(delta, y - t).mean()",
    },
    example="""\
y, t = np.array([0.5, 3.0, -100.0]), np.zeros(3)
print(huber(y, t, reduction="none").round(4))
print(d_huber(y, t, reduction="none")[0].round(4))
assert abs(d_huber(y, t, reduction="none")[0]).max() <= 1.0  # mse pulls with -200
""",
    empty=False,
)


def smooth_l1(y, t, beta=1.0, reduction="mean"):
    """The Huber loss divided by its threshold: slope 1 far away, however small beta is."""
    r = np.abs(y - t)
    losses = np.where(r < beta, 0.5 * np.square(r) / beta, r - 0.5 * beta)
    return np.mean(losses) if reduction == "mean" else losses


def d_smooth_l1(y, t, beta=1.0, reduction="mean"):
    """The residual over beta, clipped to plus and minus 1."""
    slope = np.clip((y - t) / beta, -1.0, 1.0)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    smooth_l1,
    d_smooth_l1,
    title="Smooth L1 loss",
    use="The corners of boxes in detectors: the absolute error with its kink rounded off.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i h_i",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \max(-1, \min(1, r_i/\beta))",
    where={
        r"h_i": r"\begin{cases} \frac{r_i^2}{2\beta} & \lvert r_i \rvert < \beta \\"
        r" \lvert r_i \rvert - \tfrac12 \beta & \text{otherwise} \end{cases}",
        r"r_i": r"y_i - t_i",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \max(-1, \min(1, r_i/\beta))",
    },
    takes={
        "beta": Parameter(says="where the parabola meets the line", low=0.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, beta, reduction: _reduced(
        m,
        [
            r * r / (2 * m.mpf(beta)) if r < beta else r - m.mpf(beta) / 2
            for r in (abs(a - b) for a, b in zip(y, t, strict=True))
        ],
        reduction,
    ),
    kept=KEPT,
    cost="One division and one clip per example.",
    aliases=("smooth absolute error",),
    frameworks={
        "PyTorch": "torch.nn.functional.smooth_l1_loss(y, t, beta=beta)",
        "JAX": "optax.huber_loss(y, t, delta=beta).mean() / beta",
    },
    example="""\
y, t = np.array([0.01, 3.0]), np.zeros(2)
print(smooth_l1(y, t, beta=0.1, reduction="none").round(4))
print(d_smooth_l1(y, t, beta=0.1, reduction="none")[0].round(4))
assert d_smooth_l1(y, t, beta=0.1, reduction="none")[0][1] == 1.0  # Huber's is 0.1 there
""",
    empty=False,
)


def log_cosh_loss(y, t, reduction="mean"):
    """The logarithm of the hyperbolic cosine of the residual: a square near 0, a line far off."""
    r = np.abs(y - t)
    near = np.log1p(2.0 * np.square(np.sinh(0.5 * np.minimum(r, 1.0))))
    # cosh overflows from 710
    losses = np.where(r < 1.0, near, r + np.log1p(np.exp(-2.0 * r)) - np.log(2.0))
    return np.mean(losses) if reduction == "mean" else losses


def d_log_cosh_loss(y, t, reduction="mean"):
    """The hyperbolic tangent of the residual."""
    slope = np.tanh(y - t)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    log_cosh_loss,
    d_log_cosh_loss,
    title="Log-cosh loss",
    use="A Huber loss without a threshold, and with every derivative.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \ln \cosh(y_i - t_i)",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \tanh(y_i - t_i)",
    where={r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \tanh(y_i - t_i)"},
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [m.log(m.cosh(a - b)) for a, b in zip(y, t, strict=True)], reduction
    ),
    usual="np.mean(np.log(np.cosh(y - t)))",
    kept=KEPT,
    cost="One hyperbolic tangent per example.",
    aliases=("log cosh loss", "logcosh"),
    frameworks={
        "JAX": "optax.log_cosh(y, t).mean()",
        "Keras": "keras.losses.LogCosh()(t, y)",
    },
    example="""\
y, t = np.array([0.001, 2.0, 1000.0]), np.zeros(3)
print(log_cosh_loss(y, t, reduction="none").round(8))
print(d_log_cosh_loss(y, t, reduction="none")[0].round(4))
assert log_cosh_loss(y, t) < 334  # log(cosh(1000)) would be infinite
""",
    empty=False,
)


def quantile_loss(y, t, tau=0.5, reduction="mean"):
    """Counts what falls short with tau, and what is too much with 1 - tau."""
    r = t - y
    losses = np.maximum(tau * r, (tau - 1.0) * r)
    return np.mean(losses) if reduction == "mean" else losses


def d_quantile_loss(y, t, tau=0.5, reduction="mean"):
    """Minus tau below the target, 1 - tau above it, 0 on it."""
    slope = np.where(y < t, -tau, np.where(y > t, 1.0 - tau, 0.0)).astype(y.dtype)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    quantile_loss,
    d_quantile_loss,
    title="Quantile loss",
    use="Predicts a quantile in place of the mean: intervals, demand, risk.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \max(\tau\, (t_i - y_i), (\tau - 1)(t_i - y_i))",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} s_i",
    where={
        r"s_i": r"\begin{cases} -\tau & y_i < t_i \\ 1 - \tau & y_i > t_i \\"
        r" 0 & \text{otherwise} \end{cases}",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} s_i",
    },
    takes={
        "tau": Parameter(says="the quantile", low=0.0, high=1.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, tau, reduction: _reduced(
        m,
        [(b - a) * (m.mpf(tau) - (1 if b < a else 0)) for a, b in zip(y, t, strict=True)],
        reduction,
    ),
    tied="On the target the slope returned is 0, the smallest subgradient.",
    kept="The signs of the residuals.",
    cost="One comparison per example.",
    aliases=("pinball loss", "check loss", "tilted absolute loss"),
    example="""\
y, t = np.array([1.0, 3.0]), np.array([2.0, 2.0])
print(quantile_loss(y, t, tau=0.9, reduction="none").round(4))
print(d_quantile_loss(y, t, tau=0.9, reduction="none")[0].round(4))
assert quantile_loss(y, t) == 0.5 * np.mean(np.abs(y - t))  # half the absolute error
""",
    empty=False,
)


def expectile_loss(y, t, tau=0.5, reduction="mean"):
    """The squared residual, counted tau where the prediction is too low and 1 - tau elsewhere."""
    losses = np.where(y < t, tau, 1.0 - tau).astype(y.dtype) * np.square(y - t)
    return np.mean(losses) if reduction == "mean" else losses


def d_expectile_loss(y, t, tau=0.5, reduction="mean"):
    """Twice the residual with its weight."""
    slope = 2.0 * np.where(y < t, tau, 1.0 - tau).astype(y.dtype) * (y - t)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    expectile_loss,
    d_expectile_loss,
    title="Expectile loss",
    use="An upper or lower mean: the value function of offline reinforcement learning.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i w_i\, (y_i - t_i)^2",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{2}{n} w_i\, (y_i - t_i)",
    where={
        r"w_i": r"\begin{cases} \tau & y_i < t_i \\ 1 - \tau & \text{otherwise} \end{cases}",
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{2}{n} w_i\, (t_i - y_i)",
    },
    takes={
        "tau": Parameter(says="the weight of low predictions", low=0.0, high=1.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, tau, reduction: _reduced(
        m,
        [
            (m.mpf(tau) if a < b else 1 - m.mpf(tau)) * (a - b) ** 2
            for a, b in zip(y, t, strict=True)
        ],
        reduction,
    ),
    kept="The residuals: their signs choose the weights.",
    cost="One comparison and a product per example.",
    aliases=("asymmetric least squares", "asymmetric squared loss"),
    example="""\
y, t = np.array([1.0, 3.0]), np.array([2.0, 2.0])
print(expectile_loss(y, t, tau=0.9, reduction="none").round(4))
print(d_expectile_loss(y, t, tau=0.9, reduction="none")[0].round(4))
assert expectile_loss(y, t) == 0.5 * np.mean((y - t) ** 2)  # half the squared error
""",
    empty=False,
)


def charbonnier(y, t, eps=1e-3, reduction="mean"):
    """The root of the squared residual plus eps squared: the absolute error, rounded off."""
    losses = np.hypot(y - t, np.asarray(eps, dtype=y.dtype))
    return np.mean(losses) if reduction == "mean" else losses


def d_charbonnier(y, t, eps=1e-3, reduction="mean"):
    """The residual over the loss: between -1 and 1."""
    r = y - t
    slope = r / np.hypot(r, np.asarray(eps, dtype=y.dtype))
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    charbonnier,
    d_charbonnier,
    title="Charbonnier loss",
    use="Images and optical flow: an absolute error that has derivatives at 0.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \sqrt{(y_i - t_i)^2 + \varepsilon^2}",
    slope=r"\frac{\partial \ell}{\partial y_i} ="
    r" \frac{1}{n} \frac{y_i - t_i}{\sqrt{(y_i - t_i)^2 + \varepsilon^2}}",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n}"
        r" \frac{t_i - y_i}{\sqrt{(y_i - t_i)^2 + \varepsilon^2}}"
    },
    takes={
        "eps": Parameter(says="how far the kink is rounded off", symbol="varepsilon", low=0.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, eps, reduction: _reduced(
        m, [m.sqrt((a - b) ** 2 + m.mpf(eps) ** 2) for a, b in zip(y, t, strict=True)], reduction
    ),
    kept="The residuals and the losses.",
    cost="One division per example.",
    aliases=("pseudo-Huber loss", "L1-L2 loss", "smooth absolute value"),
    example="""\
y, t = np.array([0.0, 0.001, 5.0]), np.zeros(3)
print(charbonnier(y, t, reduction="none").round(4))
print(d_charbonnier(y, t, reduction="none")[0].round(4))
assert d_charbonnier(y, t)[0][0] == 0.0
""",
    empty=False,
)


def cauchy_loss(y, t, c=1.0, reduction="mean"):
    """Half c squared times the logarithm of 1 plus the squared residual over c."""
    losses = 0.5 * c**2 * np.log1p(np.square((y - t) / c))
    return np.mean(losses) if reduction == "mean" else losses


def d_cauchy_loss(y, t, c=1.0, reduction="mean"):
    """The residual near 0; it falls off like 1 over the residual."""
    r = y - t
    slope = r / (1.0 + np.square(r / c))
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    cauchy_loss,
    d_cauchy_loss,
    title="Cauchy loss",
    use="Robust fits: what is far off pulls less, and in the end hardly at all.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \frac{c^2}{2} \ln(1 + r_i^2/c^2)",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \frac{r_i}{1 + r_i^2/c^2}",
    where={
        r"r_i": r"y_i - t_i",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \frac{r_i}{1 + r_i^2/c^2}",
    },
    takes={
        "c": Parameter(says="the residual that pulls hardest", low=0.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, c, reduction: _reduced(
        m,
        [m.mpf(c) ** 2 / 2 * m.log1p(((a - b) / c) ** 2) for a, b in zip(y, t, strict=True)],
        reduction,
    ),
    kept=KEPT,
    cost="One square and one division per example.",
    aliases=("Lorentzian loss",),
    frameworks={"SciPy": 'scipy.optimize.least_squares(residuals, x0, loss="cauchy")'},
    example="""\
y, t = np.array([0.1, 1.0, 100.0]), np.zeros(3)
print(cauchy_loss(y, t, reduction="none").round(4))
print(d_cauchy_loss(y, t, reduction="none")[0].round(4))
assert d_cauchy_loss(y, t)[0].argmax() == 1  # the residual c pulls hardest
""",
    empty=False,
)


def geman_mcclure(y, t, c=1.0, reduction="mean"):
    """Half the squared residual near 0; never more than half of c squared."""
    u = np.square((y - t) / c)
    losses = 0.5 * c**2 * u / (1.0 + u)
    return np.mean(losses) if reduction == "mean" else losses


def d_geman_mcclure(y, t, c=1.0, reduction="mean"):
    """The residual over the square of 1 plus the squared residual over c."""
    r = y - t
    slope = r / (1.0 + np.square(r / c)) / (1.0 + np.square(r / c))
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


add(
    geman_mcclure,
    d_geman_mcclure,
    title="Geman–McClure loss",
    use="Robust fits that let outliers go: far off the loss is flat.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \frac{c^2}{2} \frac{r_i^2}{c^2 + r_i^2}",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \frac{r_i}{(1 + r_i^2/c^2)^2}",
    where={
        r"r_i": r"y_i - t_i",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \frac{r_i}{(1 + r_i^2/c^2)^2}",
    },
    takes={
        "c": Parameter(says="the residual at which half of the most is lost", low=0.0),
        "reduction": REDUCTION,
    },
    exact=lambda m, y, t, c, reduction: _reduced(
        m,
        [
            m.mpf(c) ** 2 / 2 * (a - b) ** 2 / (m.mpf(c) ** 2 + (a - b) ** 2)
            for a, b in zip(y, t, strict=True)
        ],
        reduction,
    ),
    kept=KEPT,
    cost="One square and two divisions per example.",
    aliases=("Geman-McClure",),
    example="""\
y, t = np.array([0.1, 1.0, 100.0]), np.zeros(3)
print(geman_mcclure(y, t, reduction="none").round(4))
print(d_geman_mcclure(y, t, reduction="none")[0].round(6))
assert geman_mcclure(y, t, reduction="none").max() < 0.5
""",
    empty=False,
)


def barron(y, t, alpha=1.0, c=1.0, reduction="mean"):
    """One family, from the square at alpha = 2 to what forgets outliers."""
    u = np.square((y - t) / c)
    if alpha == 2.0:
        losses = 0.5 * u
    elif alpha == 0.0:
        losses = np.log1p(0.5 * u)
    else:
        b = abs(alpha - 2.0)
        # (1 + u/b)^(alpha/2) - 1 loses the digits of a small u
        losses = b / alpha * np.expm1(0.5 * alpha * np.log1p(u / b))
    return np.mean(losses) if reduction == "mean" else losses


def d_barron(y, t, alpha=1.0, c=1.0, reduction="mean"):
    """The residual over c squared, times a power of what the loss raises."""
    r = y - t
    slope = r / c**2
    if alpha != 2.0:
        growth = np.log1p(np.square(r / c) / abs(alpha - 2.0))
        slope = slope * np.exp((0.5 * alpha - 1.0) * growth)
    if reduction == "mean":
        slope = slope / len(y)
    return slope, -slope


def _exact_barron(m, y, t, alpha, c, reduction):
    alpha = m.mpf(alpha)
    losses = []
    for a, b in zip(y, t, strict=True):
        u = ((a - b) / c) ** 2
        k = abs(alpha - 2)
        losses.append(k / alpha * ((u / k + 1) ** (alpha / 2) - 1))
    return _reduced(m, losses, reduction)


add(
    barron,
    d_barron,
    title="General robust loss",
    use="Robust fits where how robust is tuned: one number from the square to Geman–McClure.",
    arguments=PAIR,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \frac{\lvert \alpha - 2 \rvert}{\alpha}"
    r" \Bigl( \Bigl(\frac{r_i^2/c^2}{\lvert \alpha - 2 \rvert} + 1\Bigr)^{\alpha/2} - 1 \Bigr)",
    slope=r"\frac{\partial \ell}{\partial y_i} = \frac{1}{n} \frac{r_i}{c^2}"
    r" \Bigl(\frac{r_i^2/c^2}{\lvert \alpha - 2 \rvert} + 1\Bigr)^{\alpha/2 - 1}",
    where={
        r"r_i": r"y_i - t_i",
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n} \frac{r_i}{c^2}"
        r" \Bigl(\frac{r_i^2/c^2}{\lvert \alpha - 2 \rvert} + 1\Bigr)^{\alpha/2 - 1}",
    },
    takes={
        "alpha": Parameter(says="how robust: 2 not at all, less is more"),
        "c": Parameter(says="the residual beyond which it differs from the square", low=0.0),
        "reduction": REDUCTION,
    },
    exact=_exact_barron,
    kept=KEPT,
    cost="A logarithm and an exponential per example.",
    aliases=("Barron loss", "adaptive robust loss"),
    example="""\
y, t = np.array([0.1, 1.0, 100.0]), np.zeros(3)
for alpha in (2.0, 1.0, 0.0, -2.0):
    print(alpha, d_barron(y, t, alpha=alpha, reduction="none")[0].round(4))
assert d_barron(y, t, alpha=-2.0)[0].argmax() == 1  # the outlier hardly pulls
""",
    empty=False,
)


def mape(y, t, reduction="mean"):
    """The mean of the absolute errors, each in proportion to its target."""
    losses = np.abs(y - t) / t
    return np.mean(losses) if reduction == "mean" else losses


def d_mape(y, t, reduction="mean"):
    """The sign of the residual over the target."""
    slope = np.sign(y - t) / t
    targets = -np.sign(y - t) * (y / t) / t
    if reduction == "mean":
        slope, targets = slope / len(y), targets / len(y)
    return slope, targets


add(
    mape,
    d_mape,
    title="Mean absolute percentage error",
    use="Forecasts of quantities of every size, reported in per cent.",
    arguments=POSITIVE,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \frac{\lvert y_i - t_i \rvert}{t_i}",
    slope=r"\frac{\partial \ell}{\partial y_i} ="
    r" \frac{1}{n} \frac{\operatorname{sgn}(y_i - t_i)}{t_i}",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n}"
        r" \frac{\operatorname{sgn}(y_i - t_i)\, y_i}{t_i^2}"
    },
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [abs(a - b) / b for a, b in zip(y, t, strict=True)], reduction
    ),
    tied="On the target the slope returned is 0, the smallest subgradient.",
    kept="The signs of the residuals and the targets.",
    cost="One division per example.",
    frameworks={"Keras": "keras.losses.MeanAbsolutePercentageError()(t, y) / 100"},
    example="""\
y, t = np.array([1.5, 150.0]), np.array([1.0, 100.0])
print(mape(y, t, reduction="none").round(4))
print(d_mape(y, t, reduction="none")[0].round(4))
assert mape(0 * y, t) == 1.0  # predicting nothing never costs more than that
""",
    empty=False,
)


def smape(y, t, reduction="mean"):
    """Twice the absolute error over the sum of prediction and target: never more than 2."""
    losses = 2.0 * np.abs(y - t) / (y + t)
    return np.mean(losses) if reduction == "mean" else losses


def d_smape(y, t, reduction="mean"):
    """Four times the other one over the squared sum, with the sign of the residual."""
    total = y + t
    common = 4.0 * np.sign(y - t) / total
    slope, targets = common * (t / total), -common * (y / total)
    if reduction == "mean":
        slope, targets = slope / len(y), targets / len(y)
    return slope, targets


add(
    smape,
    d_smape,
    title="Symmetric mean absolute percentage error",
    use="Forecasts, where a bounded error in proportion is wanted.",
    arguments=POSITIVE,
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i \frac{2\, \lvert y_i - t_i \rvert}{y_i + t_i}",
    slope=r"\frac{\partial \ell}{\partial y_i} ="
    r" \frac{1}{n} \frac{4 \operatorname{sgn}(y_i - t_i)\, t_i}{(y_i + t_i)^2}",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{1}{n}"
        r" \frac{4 \operatorname{sgn}(y_i - t_i)\, y_i}{(y_i + t_i)^2}"
    },
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [2 * abs(a - b) / (a + b) for a, b in zip(y, t, strict=True)], reduction
    ),
    tied="On the target the slope returned is 0, the smallest subgradient.",
    kept="The predictions and the targets.",
    cost="Two divisions per example.",
    aliases=("symmetric MAPE",),
    example="""\
y, t = np.array([50.0, 200.0]), np.array([100.0, 100.0])
print(smape(y, t, reduction="none").round(4))
print(d_smape(y, t, reduction="none")[0].round(4))
assert smape(y, t) == smape(t, y)  # yet half and twice as much are pulled with 16 to 4
""",
    empty=False,
)


def msle(y, t, reduction="mean"):
    """The mean squared difference of the logarithms of 1 plus prediction and target."""
    losses = np.square(np.log1p(y) - np.log1p(t))
    return np.mean(losses) if reduction == "mean" else losses


def d_msle(y, t, reduction="mean"):
    """Twice the difference of the logarithms, over 1 plus the number."""
    gap = 2.0 * (np.log1p(y) - np.log1p(t))
    slope, targets = gap / (1.0 + y), -gap / (1.0 + t)
    if reduction == "mean":
        slope, targets = slope / len(y), targets / len(y)
    return slope, targets


add(
    msle,
    d_msle,
    title="Mean squared logarithmic error",
    use="Counts and prices over several magnitudes: it is the ratio that matters.",
    arguments={
        "y": Argument(says="the predictions", shape="(n)", low=0.0),
        "t": Argument(says="the targets", shape="(n)", low=0.0),
    },
    output=output,
    formula=r"\ell = \frac{1}{n} \sum_i (\ln(1 + y_i) - \ln(1 + t_i))^2",
    slope=r"\frac{\partial \ell}{\partial y_i} ="
    r" \frac{2}{n} \frac{\ln(1 + y_i) - \ln(1 + t_i)}{1 + y_i}",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"-\frac{2}{n}"
        r" \frac{\ln(1 + y_i) - \ln(1 + t_i)}{1 + t_i}"
    },
    takes={"reduction": REDUCTION},
    exact=lambda m, y, t, reduction: _reduced(
        m, [(m.log1p(a) - m.log1p(b)) ** 2 for a, b in zip(y, t, strict=True)], reduction
    ),
    kept="The difference of the logarithms and the numbers.",
    cost="One division per example.",
    aliases=("squared log error",),
    frameworks={"Keras": "keras.losses.MeanSquaredLogarithmicError()(t, y)"},
    example="""\
y, t = np.array([5.0, 500.0]), np.array([10.0, 1000.0])
print(msle(y, t, reduction="none").round(4))
print(d_msle(y, t, reduction="none")[0].round(6))
assert abs(d_msle(y, t)[0][1]) < abs(d_msle(y, t)[0][0])  # large ones are pulled less
""",
    empty=False,
)
