"""Classification: labels of classes against scores."""

import numpy as np
from scipy.special import expit

from derivref.losses import FAMILY
from derivref.records import Argument, Option, Parameter

add = FAMILY.add

REDUCTION = Option(says="what is done with the losses of the examples", values=("mean", "none"))


def cross_entropy(z, y, reduction="mean"):
    """The negative logarithm of the probability that a softmax of the scores gives the label."""
    z = z - np.max(z, axis=-1, keepdims=True)  # exp(z) overflows from 709.8
    first = np.arange(z.shape[-1]) == np.argmax(z, axis=-1)[:, None]
    # The largest exponential is 1: log(1 + rest) would be 0 where the rest is below 1e-16.
    rest = np.sum(np.where(first, 0.0, np.exp(z)), axis=-1)
    losses = np.log1p(rest) - z[np.arange(len(y)), y]
    return np.mean(losses) if reduction == "mean" else losses


def d_cross_entropy(z, y, reduction="mean"):
    """The softmax, less 1 at the label."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    total, rows = np.sum(e, axis=-1), np.arange(len(y))
    rest = e.copy()
    rest[rows, y] = 0.0
    slopes = e / total[:, None]
    slopes[rows, y] = -np.sum(rest, axis=-1) / total  # p - 1 loses its digits where p is near 1
    return slopes / len(y) if reduction == "mean" else slopes


def _exact_cross_entropy(m, z, y, reduction):
    losses = [m.log(m.fsum(m.exp(v) for v in row)) - row[k] for row, k in zip(z, y, strict=True)]
    return m.fsum(losses) / len(losses) if reduction == "mean" else losses


add(
    cross_entropy,
    d_cross_entropy,
    title="Cross-entropy of labels",
    use="The loss of classifiers and of language models, with the scores before the softmax.",
    arguments={
        "z": Argument(says="the scores, one row for each example", shape="(n, k)"),
        "y": Argument(says="the labels", shape="(n)", integer=True, low=0, below="k"),
    },
    output=lambda reduction: "()" if reduction == "mean" else "(n)",
    formula=r"\ell = \frac{1}{n} \sum_i \Bigl(\ln \sum_j e^{z_{ij}} - z_{i y_i}\Bigr)",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} = \frac{1}{n} \bigl(p_{ij} - [j = y_i]\bigr)",
    where={r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}"},
    takes={"reduction": REDUCTION},
    exact=_exact_cross_entropy,
    usual="-np.log(np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True))[np.arange(len(y)), y].mean()",
    kept="The scores, or the probabilities, and the labels.",
    cost="One exponential per score; the backward pass is one softmax.",
    aliases=("softmax cross-entropy", "categorical cross-entropy", "negative log-likelihood"),
    frameworks={
        "PyTorch": "torch.nn.functional.cross_entropy(z, y)",
        "JAX": "optax.softmax_cross_entropy_with_integer_labels(z, y).mean()",
        "Keras": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, z)",
    },
    example="""\
z, y = np.array([[1000.0, 0.0, 0.0], [0.0, 1.0, 2.0]]), np.array([0, 2])
print(cross_entropy(z, y).round(4))
print(d_cross_entropy(z, y)[1].round(4))
assert cross_entropy(z, np.array([1, 2])) > 500.0  # log(softmax) would be infinite
""",
    empty=False,
)


def binary_cross_entropy(z, t, weight=None):
    """The mean negative log-likelihood of targets from 0 to 1, from scores before the sigmoid."""
    positive = t if weight is None else weight * t
    # log(sigmoid(z)) is -inf from z = -745 down
    losses = positive * np.logaddexp(0.0, -z) + (1.0 - t) * np.logaddexp(0.0, z)
    return np.mean(losses)


def d_binary_cross_entropy(z, t, weight=None):
    """The sigmoid less the target for the scores; minus the scores for the targets."""
    positive = t if weight is None else weight * t
    scores = (1.0 - t) * expit(z) - positive * expit(-z)
    up = 1.0 if weight is None else weight
    targets = up * np.logaddexp(0.0, -z) - np.logaddexp(0.0, z)
    return scores / z.size, targets / z.size


def _exact_binary_cross_entropy(m, z, t, weight):
    def loss(score, target, up):
        softplus = lambda u: m.log1p(m.exp(u))  # noqa: E731
        return up * target * softplus(-score) + (1 - target) * softplus(score)

    ups = [[1] * len(row) for row in z] if weight is None else [weight] * len(z)
    losses = [
        loss(*triple) for rows in zip(z, t, ups, strict=True) for triple in zip(*rows, strict=True)
    ]
    return m.fsum(losses) / len(losses)


add(
    binary_cross_entropy,
    d_binary_cross_entropy,
    title="Binary cross-entropy of scores",
    use="The loss of yes-or-no questions: several labels at once, detectors, discriminators.",
    arguments={
        "z": Argument(says="the scores", shape="(n, k)"),
        "t": Argument(says="the targets", shape="(n, k)", low=0.0, high=1.0),
        "weight": Argument(
            says="what a positive target of each label counts",
            shape="(k)",
            symbol="w",
            low=0.0,
            optional=True,
        ),
    },
    output="()",
    formula=r"\ell = \frac{1}{nk} \sum_{i,j} \bigl(w_j t_{ij} \ln(1 + e^{-z_{ij}})"
    r" + (1 - t_{ij}) \ln(1 + e^{z_{ij}})\bigr)",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{nk} \bigl((1 - t_{ij})\, \sigma(z_{ij}) - w_j t_{ij}\, \sigma(-z_{ij})\bigr)",
    where={
        r"\sigma(z)": r"\frac{1}{1 + e^{-z}}",
        r"\frac{\partial \ell}{\partial t_{ij}}": r"\frac{1}{nk}"
        r" \bigl(w_j \ln(1 + e^{-z_{ij}}) - \ln(1 + e^{z_{ij}})\bigr)",
    },
    exact=_exact_binary_cross_entropy,
    usual="-np.mean(t * np.log(expit(z)) + (1 - t) * np.log(1 - expit(z)))",
    kept="The scores, the targets and the weights.",
    cost="Two exponentials per score; the backward pass has two more.",
    aliases=("BCE with logits", "sigmoid cross-entropy", "logistic loss of targets"),
    frameworks={
        "PyTorch": "torch.nn.functional.binary_cross_entropy_with_logits(z, t, pos_weight=weight)",
        "JAX": "optax.sigmoid_binary_cross_entropy(z, t).mean()",
        "Keras": "keras.losses.BinaryCrossentropy(from_logits=True)(t, z)",
    },
    example="""\
z, t = np.array([[800.0, -1.0]]), np.array([[0.0, 1.0]])
print(binary_cross_entropy(z, t).round(4))
print(d_binary_cross_entropy(z, t)[0].round(4))
assert binary_cross_entropy(z, t) > 400.0  # log(1 - sigmoid(800)) would be infinite
""",
    empty=False,
)


def soft_cross_entropy(z, t, smoothing=0.0, reduction="mean"):
    """The cross-entropy of whole distributions, mixed with the uniform one for label smoothing."""
    t = (1.0 - smoothing) * t + smoothing / t.shape[-1]
    z = z - np.max(z, axis=-1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    losses = -np.sum(t * log_p, axis=-1)
    return np.mean(losses) if reduction == "mean" else losses


def d_soft_cross_entropy(z, t, smoothing=0.0, reduction="mean"):
    """The softmax times the mass of the targets, less the targets; minus the log-probabilities."""
    t = (1.0 - smoothing) * t + smoothing / t.shape[-1]
    z = z - np.max(z, axis=-1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    scores = np.exp(log_p) * np.sum(t, axis=-1, keepdims=True) - t
    targets = -(1.0 - smoothing) * log_p
    if reduction == "mean":
        scores, targets = scores / len(z), targets / len(z)
    return scores, targets


def _exact_soft_cross_entropy(m, z, t, smoothing, reduction):
    losses = []
    for scores, row in zip(z, t, strict=True):
        total = m.log(m.fsum(m.exp(v) for v in scores))
        k, s = len(row), m.mpf(smoothing)
        mixed = [(1 - s) * v + s / k for v in row]
        losses.append(m.fsum(w * (total - v) for w, v in zip(mixed, scores, strict=True)))
    return m.fsum(losses) / len(losses) if reduction == "mean" else losses


add(
    soft_cross_entropy,
    d_soft_cross_entropy,
    title="Cross-entropy of distributions",
    use="Label smoothing, distillation, mixed examples: targets that are probabilities.",
    arguments={
        "z": Argument(says="the scores, one row for each example", shape="(n, c)"),
        "t": Argument(
            says="the target probabilities; each row should sum to 1",
            shape="(n, c)",
            low=0.0,
            high=1.0,
        ),
    },
    output=lambda reduction, **_: "()" if reduction == "mean" else "(n)",
    formula=r"\ell = \frac{1}{n} \sum_i \sum_j q_{ij} \Bigl(\ln \sum_k e^{z_{ik}} - z_{ij}\Bigr)",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} \Bigl(p_{ij} \sum_k q_{ik} - q_{ij}\Bigr)",
    where={
        r"q_{ij}": r"(1 - s)\, t_{ij} + \frac{s}{c}",
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}",
        r"\frac{\partial \ell}{\partial t_{ij}}": r"-\frac{1 - s}{n} \ln p_{ij}",
    },
    takes={
        "smoothing": Parameter(
            says="the share of the uniform distribution",
            symbol="s",
            low=0.0,
            high=1.0,
            closed=(True, True),
        ),
        "reduction": REDUCTION,
    },
    exact=_exact_soft_cross_entropy,
    kept="The log-probabilities and the targets.",
    cost="One exponential per score; the backward pass has one more.",
    aliases=("label smoothing", "soft targets", "soft-label cross-entropy", "distillation loss"),
    frameworks={
        "PyTorch": "torch.nn.functional.cross_entropy(z, t, label_smoothing=smoothing)",
        "JAX": "optax.softmax_cross_entropy(z, optax.smooth_labels(t, smoothing)).mean()",
        "Keras": "keras.losses.CategoricalCrossentropy("
        "from_logits=True, label_smoothing=smoothing)(t, z)",
    },
    example="""\
z, t = np.array([[9.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
for smoothing in (0.0, 0.1):
    print(d_soft_cross_entropy(z, t, smoothing=smoothing)[0].round(4))
assert d_soft_cross_entropy(z, t, smoothing=0.1)[0][0, 0] > 0  # too sure: the score is pulled back
""",
    empty=False,
)


def nll(log_p, y, weight=None):
    """The weighted mean of minus the log-probabilities of the labels; a label of -1 is left out."""
    rows = np.arange(len(y))
    w = np.ones_like(log_p[0]) if weight is None else weight
    each = np.where(y >= 0, w[y], 0.0).astype(log_p.dtype)
    return -np.sum(each * log_p[rows, y]) / np.sum(each)


def d_nll(log_p, y, weight=None):
    """Minus the share of the example at its label, 0 elsewhere."""
    w = np.ones_like(log_p[0]) if weight is None else weight
    each = np.where(y >= 0, w[y], 0.0).astype(log_p.dtype)
    slope = np.zeros_like(log_p)
    slope[np.arange(len(y)), y] = -each / np.sum(each)
    return slope


def _exact_nll(m, log_p, y, weight):
    w = [1] * len(log_p[0]) if weight is None else weight
    kept = [(w[k], row[k]) for row, k in zip(log_p, y, strict=True) if k >= 0]
    return -m.fsum(a * b for a, b in kept) / m.fsum(a for a, _ in kept)


add(
    nll,
    d_nll,
    title="Negative log-likelihood of labels",
    use="After a log-softmax: classes with weights, and examples without a label.",
    arguments={
        "log_p": Argument(
            says="the log-probabilities, one row for each example", shape="(n, k)", symbol="a"
        ),
        "y": Argument(
            says="the labels, −1 for what has none", shape="(n)", integer=True, low=-1, below="k"
        ),
        "weight": Argument(
            says="what an example of each class counts",
            shape="(k)",
            symbol="w",
            low=0.0,
            closed=(False, True),
            optional=True,
        ),
    },
    output="()",
    formula=r"\ell = -\frac{1}{W} \sum_i m_i\, a_{i y_i}",
    slope=r"\frac{\partial \ell}{\partial a_{ij}} = -\frac{m_i}{W} [j = y_i]",
    where={
        r"m_i": r"\begin{cases} 0 & y_i < 0 \\ w_{y_i} & \text{otherwise} \end{cases}",
        r"W": r"\sum_i m_i",
    },
    exact=_exact_nll,
    kept="The labels and the weights: the slope does not depend on the log-probabilities.",
    cost="One number written per example.",
    aliases=("ignore index", "class weights"),
    frameworks={
        "PyTorch": "torch.nn.functional.nll_loss(log_p, y, weight=weight, ignore_index=-1)",
    },
    example="""\
log_p, y = np.log([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]), np.array([0, -1, 1])
print(nll(log_p, y).round(4))
print(d_nll(log_p, y))
assert not d_nll(log_p, y)[1].any()  # no label, no slope
""",
    empty=False,
)


def binary_nll(p, t):
    """The mean binary cross-entropy of probabilities, not of scores."""
    return -np.mean(t * np.log(p) + (1.0 - t) * np.log1p(-p))


def d_binary_nll(p, t):
    """The probability less the target, over its variance; minus the log-odds for the targets."""
    probabilities = (p - t) / (p * (1.0 - p))
    return probabilities / p.size, (np.log1p(-p) - np.log(p)) / p.size


add(
    binary_nll,
    d_binary_nll,
    title="Binary cross-entropy of probabilities",
    use="Where only probabilities are given; with scores at hand use them.",
    arguments={
        "p": Argument(
            says="the probabilities", shape="(n)", low=0.0, high=1.0, closed=(False, False)
        ),
        "t": Argument(says="the targets", shape="(n)", low=0.0, high=1.0),
    },
    output="()",
    formula=r"\ell = -\frac{1}{n} \sum_i (t_i \ln p_i + (1 - t_i) \ln(1 - p_i))",
    slope=r"\frac{\partial \ell}{\partial p_i} = \frac{1}{n} \frac{p_i - t_i}{p_i\, (1 - p_i)}",
    where={r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n} (\ln(1 - p_i) - \ln p_i)"},
    exact=lambda m, p, t: (
        -m.fsum(b * m.log(a) + (1 - b) * m.log(1 - a) for a, b in zip(p, t, strict=True)) / len(p)
    ),
    kept="The probabilities and the targets.",
    cost="One division per example.",
    aliases=("BCE", "log loss", "BCE of probabilities"),
    frameworks={
        "PyTorch": "torch.nn.functional.binary_cross_entropy(p, t)",
        "Keras": "keras.losses.BinaryCrossentropy()(t, p)",
    },
    example="""\
p, t = np.array([0.9, 1e-9]), np.array([1.0, 1.0])
print(binary_nll(p, t).round(4))
print(d_binary_nll(p, t)[0].round(4))
assert d_binary_nll(p, t)[0][1] < -1e8  # through a sigmoid it would be -1/2
""",
    empty=False,
)


def focal(z, t, gamma=2.0, alpha=0.25):
    """The mean binary cross-entropy, each example times the missing probability to a power."""
    s = (2.0 * t - 1.0) * z  # the score of what is true
    weight = np.where(t == 1.0, alpha, 1.0 - alpha).astype(z.dtype)
    return np.mean(weight * expit(-s) ** gamma * np.logaddexp(0.0, -s))


def d_focal(z, t, gamma=2.0, alpha=0.25):
    """The slope in the scores; 0 for what is sure and right."""
    s = (2.0 * t - 1.0) * z
    weight = np.where(t == 1.0, alpha, 1.0 - alpha).astype(z.dtype)
    missing, p = expit(-s), expit(s)
    slope = -(missing**gamma) * (gamma * p * np.logaddexp(0.0, -s) + missing)
    return weight * (2.0 * t - 1.0) * slope / z.size


def _exact_focal(m, z, t, gamma, alpha):
    losses = []
    for score, label in zip(z, t, strict=True):
        p = 1 / (1 + m.exp(-score if label == 1 else score))
        a = m.mpf(alpha) if label == 1 else 1 - m.mpf(alpha)
        losses.append(-a * (1 - p) ** m.mpf(gamma) * m.log(p))
    return m.fsum(losses) / len(losses)


add(
    focal,
    d_focal,
    title="Focal loss",
    use="Detectors, where nearly all candidates are background: what is easy counts little.",
    arguments={
        "z": Argument(says="the scores", shape="(n)"),
        "t": Argument(
            says="the targets, 0 or 1",
            shape="(n)",
            low=0.0,
            high=1.0,
            differentiable=False,
            sample=lambda rng, shape: rng.integers(0, 2, size=shape).astype(float),
        ),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i a_i\, \sigma(-s_i)^\gamma \ln(1 + e^{-s_i})",
    slope=r"\frac{\partial \ell}{\partial z_i} = -\frac{1}{n} (2 t_i - 1)\, a_i\,"
    r" \sigma(-s_i)^\gamma (\gamma\, \sigma(s_i) \ln(1 + e^{-s_i}) + \sigma(-s_i))",
    where={
        r"s_i": r"(2 t_i - 1)\, z_i",
        r"a_i": r"\begin{cases} \alpha & t_i = 1 \\ 1 - \alpha & \text{otherwise} \end{cases}",
        r"\sigma(z)": r"\frac{1}{1 + e^{-z}}",
    },
    takes={
        "gamma": Parameter(says="how little easy examples count", low=0.0, closed=(True, False)),
        "alpha": Parameter(says="what positive examples count", low=0.0, high=1.0),
    },
    exact=_exact_focal,
    kept="The scores and the targets.",
    cost="Two exponentials and a power per score.",
    aliases=("focal loss with logits", "sigmoid focal loss"),
    frameworks={
        "PyTorch": 'torchvision.ops.sigmoid_focal_loss(z, t, reduction="mean")',
        "JAX": "optax.sigmoid_focal_loss(z, t, alpha=0.25, gamma=2.0).mean()",
        "Keras": "keras.losses.BinaryFocalCrossentropy("
        "apply_class_balancing=True, from_logits=True)(t, z)",
    },
    example="""\
z, t = np.array([0.0, 4.0, -4.0]), np.ones(3)
print(d_focal(z, t).round(6))
print(d_focal(z, t, gamma=0.0).round(6))  # a weighted cross-entropy
assert abs(d_focal(z, t)[1]) < abs(d_focal(z, t, gamma=0.0)[1]) / 100
""",
    empty=False,
)


def focal_multiclass(z, y, gamma=2.0):
    """The mean cross-entropy of labels, each times the missing probability to a power."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    a = log_p[np.arange(len(y)), y]
    return -np.mean((-np.expm1(a)) ** gamma * a)


def d_focal_multiclass(z, y, gamma=2.0):
    """The slope of the cross-entropy times a factor that is small for what is sure and right."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    a = log_p[rows, y]
    missing, p = -np.expm1(a), np.exp(a)
    # missing^(gamma - 1) times the slope of a, whose own parts are multiples of missing
    factor = missing**gamma - gamma * p * a * missing ** (gamma - 1.0)
    others = np.exp(log_p)
    others[rows, y] = -missing
    return factor[:, None] * others / len(y)


def _exact_focal_multiclass(m, z, y, gamma):
    losses = []
    for row, k in zip(z, y, strict=True):
        p = 1 / m.fsum(m.exp(v - row[k]) for v in row)
        losses.append(-((1 - p) ** m.mpf(gamma)) * m.log(p))
    return m.fsum(losses) / len(losses)


add(
    focal_multiclass,
    d_focal_multiclass,
    title="Focal loss of labels",
    use="Classes of very different frequency: what the network is sure of counts little.",
    arguments={
        "z": Argument(
            says="the scores, one row for each example",
            shape="(n, k)",
        ),
        "y": Argument(says="the labels", shape="(n)", integer=True, low=0, below="k"),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = -\frac{1}{n} \sum_i (1 - p_{i y_i})^\gamma \ln p_{i y_i}",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} = \frac{1}{n}"
    r" ((1 - p_{i y_i})^\gamma - \gamma\, p_{i y_i} (1 - p_{i y_i})^{\gamma - 1} \ln p_{i y_i})"
    r" (p_{ij} - [j = y_i])",
    where={r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}"},
    takes={
        "gamma": Parameter(says="how little easy examples count", low=1.0, closed=(True, False)),
    },
    exact=_exact_focal_multiclass,
    kept="The log-probabilities and the labels.",
    cost="One exponential per score and two powers per example.",
    aliases=("categorical focal loss", "softmax focal loss"),
    frameworks={
        "Keras": "keras.losses.CategoricalFocalCrossentropy("
        "alpha=1.0, from_logits=True)(one_hot, z)",
    },
    example="""\
z, y = np.array([[4.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), np.array([0, 0])
print(focal_multiclass(z, y).round(4))
print(d_focal_multiclass(z, y).round(4))
assert abs(d_focal_multiclass(z, y).sum()) < 1e-12  # a shift of all scores changes nothing
""",
    empty=False,
)


def poly1(z, y, eps=1.0):
    """The mean cross-entropy of labels, plus eps times the missing probability."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    a = log_p[np.arange(len(y)), y]
    return np.mean(-a - eps * np.expm1(a))


def d_poly1(z, y, eps=1.0):
    """The slope of the cross-entropy, times 1 plus eps times the probability of the label."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    a = log_p[rows, y]
    slopes = np.exp(log_p)
    slopes[rows, y] = np.expm1(a)
    return (1.0 + eps * np.exp(a))[:, None] * slopes / len(y)


def _exact_poly1(m, z, y, eps):
    ps = [1 / m.fsum(m.exp(v - row[k]) for v in row) for row, k in zip(z, y, strict=True)]
    return m.fsum(-m.log(p) + m.mpf(eps) * (1 - p) for p in ps) / len(ps)


add(
    poly1,
    d_poly1,
    title="Poly-1 loss",
    use="A cross-entropy whose first power of the missing probability is tuned.",
    arguments={
        "z": Argument(says="the scores, one row for each example", shape="(n, k)"),
        "y": Argument(says="the labels", shape="(n)", integer=True, low=0, below="k"),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i (-\ln p_{i y_i} + \varepsilon\, (1 - p_{i y_i}))",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} (1 + \varepsilon\, p_{i y_i}) (p_{ij} - [j = y_i])",
    where={r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}"},
    takes={
        "eps": Parameter(
            says="the weight of the missing probability", symbol="varepsilon", low=-1.0
        ),
    },
    exact=_exact_poly1,
    kept="The log-probabilities and the labels.",
    cost="One exponential per score.",
    aliases=("PolyLoss",),
    frameworks={
        "JAX": "optax.losses.poly_loss_cross_entropy("
        "z, jax.nn.one_hot(y, z.shape[-1]), epsilon=eps).mean()"
    },
    example="""\
z, y = np.array([[2.0, 0.0, 0.0]]), np.array([0])
for eps in (0.0, 1.0):
    print(d_poly1(z, y, eps=eps).round(4))
assert abs(d_poly1(z, y)).max() > abs(d_poly1(z, y, eps=0.0)).max()
""",
    empty=False,
)


def generalized_cross_entropy(z, y, q=0.7):
    """One minus the probability of the label to the power q, over q: between two losses."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    return np.mean(-np.expm1(q * log_p[np.arange(len(y)), y]) / q)


def d_generalized_cross_entropy(z, y, q=0.7):
    """The slope of the cross-entropy, times the probability of the label to the power q."""
    log_p = z - np.max(z, axis=-1, keepdims=True)
    log_p = log_p - np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    a = log_p[rows, y]
    slopes = np.exp(log_p)
    slopes[rows, y] = np.expm1(a)
    return np.exp(q * a)[:, None] * slopes / len(y)


def _exact_generalized_cross_entropy(m, z, y, q):
    ps = [1 / m.fsum(m.exp(v - row[k]) for v in row) for row, k in zip(z, y, strict=True)]
    return m.fsum((1 - p ** m.mpf(q)) / m.mpf(q) for p in ps) / len(ps)


add(
    generalized_cross_entropy,
    d_generalized_cross_entropy,
    title="Generalised cross-entropy",
    use="Labels of which some are wrong: an example that never fits stops pulling.",
    arguments={
        "z": Argument(says="the scores, one row for each example", shape="(n, k)"),
        "y": Argument(says="the labels", shape="(n)", integer=True, low=0, below="k"),
    },
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i \frac{1 - p_{i y_i}^q}{q}",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} ="
    r" \frac{1}{n} p_{i y_i}^q\, (p_{ij} - [j = y_i])",
    where={r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}"},
    takes={
        "q": Parameter(
            says="0 is near the cross-entropy, 1 the missing probability",
            low=0.0,
            high=1.0,
            closed=(False, True),
        ),
    },
    exact=_exact_generalized_cross_entropy,
    kept="The log-probabilities and the labels.",
    cost="One exponential per score.",
    aliases=("GCE", "noise-robust cross-entropy", "Lq loss"),
    example="""\
z, y = np.array([[0.0, 6.0], [0.0, 0.0]]), np.array([0, 0])
print(d_generalized_cross_entropy(z, y).round(4))
assert abs(d_generalized_cross_entropy(z, y)[0, 0]) < 0.01  # cross-entropy pulls with 1/2
""",
    empty=False,
)


def z_loss(z, weight=1e-4):
    """The squared logarithm of the sum of exponentials: keeps the scores from drifting."""
    top = np.max(z, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z - top), axis=-1)) + top[..., 0]
    return weight * np.mean(np.square(log_sum))


def d_z_loss(z, weight=1e-4):
    """Twice the logarithm times the softmax."""
    top = np.max(z, axis=-1, keepdims=True)
    e = np.exp(z - top)
    total = np.sum(e, axis=-1, keepdims=True)
    return 2.0 * weight * (np.log(total) + top) * e / total / len(z)


add(
    z_loss,
    d_z_loss,
    title="z-loss",
    use="Language models in half precision: added to the cross-entropy, it keeps the scores small.",
    arguments={"z": Argument(says="the scores, one row for each example", shape="(n, k)")},
    sizes={"k": 3},
    output="()",
    formula=r"\ell = \frac{w}{n} \sum_i s_i^2",
    slope=r"\frac{\partial \ell}{\partial z_{ij}} = \frac{2 w}{n}\, s_i\, p_{ij}",
    where={
        r"s_i": r"\ln \sum_j e^{z_{ij}}",
        r"p_{ij}": r"\frac{e^{z_{ij}}}{\sum_k e^{z_{ik}}}",
    },
    takes={"weight": Parameter(says="the weight", symbol="w", low=0.0)},
    exact=lambda m, z, weight: (
        m.mpf(weight) * m.fsum(m.log(m.fsum(m.exp(v) for v in row)) ** 2 for row in z) / len(z)
    ),
    kept="The scores, or the probabilities and the logarithms of the sums.",
    cost="One exponential per score, which the cross-entropy has already.",
    aliases=("logit regularisation", "router z-loss"),
    example="""\
z = np.array([[30.0, 29.0], [0.3, -0.7]])
print(z_loss(z).round(4))
print(d_z_loss(z).round(6))
assert d_z_loss(z).min() >= 0 or np.log(np.exp(z).sum(axis=-1)).min() < 0
""",
    empty=False,
)
