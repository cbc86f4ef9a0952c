"""Likelihoods: the negative logarithm of a density, whose parameters are predicted."""

import numpy as np
from scipy.special import digamma, gammaln

from derivref.losses import FAMILY
from derivref.records import Argument, Parameter

add = FAMILY.add


def gaussian_nll(mu, s, t):
    """The mean negative log-density of normals, from means and logarithms of variances."""
    return 0.5 * np.mean(np.square(t - mu) * np.exp(-s) + s + np.log(2.0 * np.pi))


def d_gaussian_nll(mu, s, t):
    """The residual over the variance; half of 1 less the squared residual over the variance."""
    scaled = (mu - t) * np.exp(-s) / len(t)
    return scaled, 0.5 * (1.0 - np.square(mu - t) * np.exp(-s)) / len(t), -scaled


add(
    gaussian_nll,
    d_gaussian_nll,
    title="Gaussian negative log-likelihood",
    use="Regression that predicts its own uncertainty.",
    arguments={
        "mu": Argument(says="the means", shape="(n)", symbol="m"),
        "s": Argument(says="the logarithms of the variances", shape="(n)"),
        "t": Argument(says="the targets", shape="(n)"),
    },
    output="()",
    formula=r"\ell = \frac{1}{2n} \sum_i ((t_i - m_i)^2 e^{-s_i} + s_i + \ln(2\pi))",
    slope=r"\frac{\partial \ell}{\partial m_i} = \frac{1}{n} (m_i - t_i)\, e^{-s_i}",
    where={
        r"\frac{\partial \ell}{\partial s_i}": r"\frac{1}{2n} (1 - (t_i - m_i)^2 e^{-s_i})",
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n} (t_i - m_i)\, e^{-s_i}",
    },
    exact=lambda m, mu, s, t: (
        m.fsum(
            (c - a) ** 2 * m.exp(-b) + b + m.log(2 * m.pi) for a, b, c in zip(mu, s, t, strict=True)
        )
        / (2 * len(t))
    ),
    reach=100.0,
    kept="The residuals and the variances.",
    cost="One exponential per example.",
    aliases=("heteroscedastic regression", "Gaussian NLL", "normal log-likelihood"),
    frameworks={"PyTorch": "torch.nn.functional.gaussian_nll_loss(mu, t, torch.exp(s), full=True)"},
    example="""\
mu, s, t = np.zeros(2), np.array([0.0, 4.0]), np.array([2.0, 2.0])
print(gaussian_nll(mu, s, t).round(4))
print(d_gaussian_nll(mu, s, t)[1].round(4))
assert d_gaussian_nll(mu, np.log(np.square(t)), t)[1].max() < 1e-15  # best: the squared residual
""",
    empty=False,
)


def laplace_nll(mu, s, t):
    """The mean negative log-density of Laplace distributions, from the logarithms of the scales."""
    return np.mean(np.abs(t - mu) * np.exp(-s) + s + np.log(2.0))


def d_laplace_nll(mu, s, t):
    """The sign of the residual over the scale; 1 less the residual in scales."""
    scaled = np.sign(mu - t) * np.exp(-s) / len(t)
    return scaled, (1.0 - np.abs(mu - t) * np.exp(-s)) / len(t), -scaled


add(
    laplace_nll,
    d_laplace_nll,
    title="Laplace negative log-likelihood",
    use="An absolute error that predicts its own scale.",
    arguments={
        "mu": Argument(says="the medians", shape="(n)", symbol="m"),
        "s": Argument(says="the logarithms of the scales", shape="(n)"),
        "t": Argument(says="the targets", shape="(n)"),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i (\lvert t_i - m_i \rvert\, e^{-s_i} + s_i + \ln 2)",
    slope=r"\frac{\partial \ell}{\partial m_i} ="
    r" \frac{1}{n} \operatorname{sgn}(m_i - t_i)\, e^{-s_i}",
    where={
        r"\frac{\partial \ell}{\partial s_i}": r"\frac{1}{n}"
        r" (1 - \lvert t_i - m_i \rvert\, e^{-s_i})",
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n}"
        r" \operatorname{sgn}(t_i - m_i)\, e^{-s_i}",
    },
    exact=lambda m, mu, s, t: (
        m.fsum(abs(c - a) * m.exp(-b) + b + m.log(2) for a, b, c in zip(mu, s, t, strict=True))
        / len(t)
    ),
    reach=100.0,
    tied="At a residual of 0 the slope in the median is 0, the smallest subgradient.",
    kept="The residuals and the scales.",
    cost="One exponential per example.",
    aliases=("Laplace NLL",),
    example="""\
mu, s, t = np.zeros(2), np.array([0.0, 2.0]), np.array([2.0, 2.0])
print(laplace_nll(mu, s, t).round(4))
print(d_laplace_nll(mu, s, t)[1].round(4))
assert abs(d_laplace_nll(mu, np.log(t), t)[1]).max() < 1e-15  # best: the residual itself
""",
    empty=False,
)


def poisson_nll(z, t):
    """The mean negative log-probability of counts, from the logarithms of the rates."""
    return np.mean(np.exp(z) - t * z + gammaln(t + 1.0))


def d_poisson_nll(z, t):
    """The rate less the count; the digamma function of 1 plus the count, less the score."""
    return (np.exp(z) - t) / len(z), (digamma(t + 1.0) - z) / len(z)


add(
    poisson_nll,
    d_poisson_nll,
    title="Poisson negative log-likelihood",
    use="Counts: clicks, defects, photons.",
    arguments={
        "z": Argument(says="the logarithms of the rates", shape="(n)"),
        "t": Argument(says="the counts", shape="(n)", low=0.0),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i (e^{z_i} - t_i z_i + \ln \Gamma(t_i + 1))",
    slope=r"\frac{\partial \ell}{\partial z_i} = \frac{1}{n} (e^{z_i} - t_i)",
    where={r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n} (\psi(t_i + 1) - z_i)"},
    exact=lambda m, z, t: (
        m.fsum(m.exp(a) - b * a + m.loggamma(b + 1) for a, b in zip(z, t, strict=True)) / len(z)
    ),
    reach=100.0,
    promise=128.0,
    kept="The rates and the counts.",
    cost="One exponential per example.",
    aliases=("Poisson loss", "Poisson deviance"),
    frameworks={
        "PyTorch": "torch.nn.functional.poisson_nll_loss(z, t)  # without the last term",
        "Keras": "keras.losses.Poisson()(t, ops.exp(z))  # without the last term",
    },
    example="""\
z, t = np.log([2.0, 5.0]), np.array([3.0, 6.0])
print(poisson_nll(z, t).round(4))
print(d_poisson_nll(z, t)[0].round(4))
assert abs(d_poisson_nll(np.log(t), t)[0]).max() < 1e-14  # best: the count itself
""",
    empty=False,
)


def negative_binomial_nll(z, t, r=1.0):
    """The mean negative log-probability of counts that vary more than a Poisson's."""
    odds = np.logaddexp(0.0, z - np.log(r))
    ways = gammaln(t + r) - gammaln(t + 1.0) - gammaln(np.asarray(r, dtype=z.dtype))
    return np.mean((t + r) * odds - t * (z - np.log(r)) - ways)


def d_negative_binomial_nll(z, t, r=1.0):
    """The mean less the count, shrunk; what the count changes."""
    mean = np.exp(-np.logaddexp(0.0, np.log(r) - z))  # of the way from 0 to 1
    odds = np.logaddexp(0.0, z - np.log(r))
    counts = odds - (z - np.log(r)) - digamma(t + r) + digamma(t + 1.0)
    return ((t + r) * mean - t) / len(z), counts / len(z)


def _exact_negative_binomial_nll(m, z, t, r):
    r = m.mpf(r)
    losses = []
    for a, k in zip(z, t, strict=True):
        mean = m.exp(a)
        ways = m.loggamma(k + r) - m.loggamma(k + 1) - m.loggamma(r)
        losses.append(-(ways + r * m.log(r / (r + mean)) + k * m.log(mean / (r + mean))))
    return m.fsum(losses) / len(losses)


add(
    negative_binomial_nll,
    d_negative_binomial_nll,
    title="Negative binomial log-likelihood",
    use="Counts that scatter more than Poisson's: reads of genes, sales.",
    arguments={
        "z": Argument(says="the logarithms of the means", shape="(n)"),
        "t": Argument(says="the counts", shape="(n)", low=0.0),
    },
    output="()",
    formula=r"\ell = \frac{1}{n} \sum_i ((t_i + r) \ln(1 + e^{z_i}/r) - t_i (z_i - \ln r)"
    r" - \ln \Gamma(t_i + r) + \ln \Gamma(t_i + 1) + \ln \Gamma(r))",
    slope=r"\frac{\partial \ell}{\partial z_i} ="
    r" \frac{1}{n} \Bigl((t_i + r) \frac{e^{z_i}}{r + e^{z_i}} - t_i\Bigr)",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{1}{n}"
        r" (\ln(1 + e^{z_i}/r) - (z_i - \ln r) - \psi(t_i + r) + \psi(t_i + 1))"
    },
    takes={
        "r": Parameter(says="the number of failures: the larger, the less it scatters", low=0.0)
    },
    exact=_exact_negative_binomial_nll,
    reach=100.0,
    promise=256.0,
    kept="The means and the counts.",
    cost="Two exponentials per example.",
    aliases=("negative binomial NLL", "NB loss"),
    example="""\
z, t = np.log([2.0, 5.0]), np.array([3.0, 6.0])
print(negative_binomial_nll(z, t).round(4))
print(d_negative_binomial_nll(z, t)[0].round(4))
assert abs(d_negative_binomial_nll(np.log(t), t)[0]).max() < 1e-14  # best: the count itself
""",
    empty=False,
)


def student_t_nll(y, t, nu=4.0):
    """The mean negative log-density of Student's distribution, but for a constant."""
    return 0.5 * (nu + 1.0) * np.mean(np.log1p(np.square(y - t) / nu))


def d_student_t_nll(y, t, nu=4.0):
    """The residual near 0, like (nu + 1) over it far off."""
    r = y - t
    slope = (nu + 1.0) * r / (nu + np.square(r)) / len(y)
    return slope, -slope


add(
    student_t_nll,
    d_student_t_nll,
    title="Student-t negative log-likelihood",
    use="Regression with heavy tails: outliers pull less the farther they are.",
    arguments={
        "y": Argument(says="the predictions", shape="(n)"),
        "t": Argument(says="the targets", shape="(n)"),
    },
    output="()",
    formula=r"\ell = \frac{\nu + 1}{2n} \sum_i \ln(1 + (y_i - t_i)^2/\nu)",
    slope=r"\frac{\partial \ell}{\partial y_i} ="
    r" \frac{\nu + 1}{n} \frac{y_i - t_i}{\nu + (y_i - t_i)^2}",
    where={
        r"\frac{\partial \ell}{\partial t_i}": r"\frac{\nu + 1}{n}"
        r" \frac{t_i - y_i}{\nu + (y_i - t_i)^2}"
    },
    takes={"nu": Parameter(says="the degrees of freedom", low=0.0)},
    exact=lambda m, y, t, nu: (
        (m.mpf(nu) + 1)
        / 2
        * m.fsum(m.log1p((a - b) ** 2 / m.mpf(nu)) for a, b in zip(y, t, strict=True))
        / len(y)
    ),
    kept="The residuals.",
    cost="One division per example.",
    aliases=("t-distribution loss",),
    example="""\
y, t = np.array([0.1, 2.0, 100.0]), np.zeros(3)
print(d_student_t_nll(y, t)[0].round(4))
assert d_student_t_nll(y, t)[0].argmax() == 1  # the root of nu pulls hardest
""",
    empty=False,
)
