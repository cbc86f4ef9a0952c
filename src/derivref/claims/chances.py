"""Likelihoods and expectations."""

from typing import Any

import numpy as np

from derivref.claims import FAMILY
from derivref.records import Argument

POINT = Argument(says="a number", shape="()")


def add(name: str, **facts: Any) -> None:
    """Add a statement to the page of this theme."""
    FAMILY.add(name=name, page=f"practice/claims-chances.md#{name}", holds=False, **facts)


def _cauchy(m):
    """The log-likelihood of a Cauchy location for 0 and 10, up to a constant."""
    return -np.log(1 + m**2) - np.log(1 + (10 - m) ** 2)


add(
    "score_has_mean_zero",
    title="The score has mean zero",
    use="It is proved by differentiating under the integral.",
    left=lambda theta: 0.0,
    right=lambda theta: -1 / theta,
    variables={"theta": Argument(says="the end of the interval", shape="()")},
    statement=r"\mathbb{E}\,\frac{\partial \ln p}{\partial\theta} = 0 \text{ for the uniform"
    r" distribution on } [0, \theta]",
    needs="that the support does not depend on θ",
    without="If p is smooth in θ and its support fixed, the mean is 0 and the variance is "
    "$-\\mathbb{E}\\,\\partial^2 \\ln p$: the *information matrix equality* (or Bartlett's), not "
    "Fisher's identity: [Fisher information](../learn/probability.md#fisher).",
    counterexample={"theta": 2.0},
)
add(
    "zero_score_is_maximum",
    title="The maximum likelihood estimate solves score equals zero",
    use="That is how it is computed for the usual families.",
    left=lambda theta: 0.0,
    right=lambda theta: -5 / theta,
    variables={"theta": Argument(says="the end of the interval", shape="()")},
    statement=r"\frac{\partial}{\partial\theta} \ln \theta^{-n} = 0 \text{ at the maximum}",
    needs="an inner maximum of a differentiable likelihood",
    without="For the uniform distribution the maximum is at an end, with the slope −n/θ: "
    "[maximum likelihood](../learn/probability.md#mle).",
    counterexample={"theta": 2.0},
)
add(
    "zero_score_may_be_minimum",
    title="A root of the score is the maximum likelihood estimate",
    use="For log-concave families there is one root.",
    left=lambda m: 1.0,
    right=lambda m: float(_cauchy(m) > _cauchy(m + 1)),
    variables={"m": Argument(says="the location", shape="()")},
    statement=r"\text{the likelihood of a Cauchy location for data } 0, 10"
    r"\text{ is larger at } 5 \text{ than at } 6",
    needs="a log-concave likelihood",
    without="5 is a root, and a **minimum** of the likelihood: "
    "[maximum likelihood](../learn/probability.md#mle).",
    counterexample={"m": 5.0},
)
add(
    "likelihood_is_cross_entropy",
    title="Maximum likelihood is cross-entropy",
    use="For classifiers it is.",
    left=lambda r: 0.0,
    right=lambda r: ((r + 1e-4) ** 2 - (r - 1e-4) ** 2) / 2e-4 / (2 * 2.0**2),
    variables={"r": Argument(says="the residual", shape="()")},
    statement=r"\text{the squared error is no likelihood: its slope in } r \text{ is none of one}",
    needs="a categorical model",
    without="With Gaussian noise the negative log-likelihood is the squared error over 2σ², and "
    "the "
    "slope is $r/\\sigma^2$; every noise has its own loss: "
    "[maximum likelihood](../learn/probability.md#mle).",
    counterexample={"r": 1.0},
)
add(
    "forward_divergence_is_variational",
    title="Variational inference minimises the divergence from the data to the model",
    use="Both are called the KL divergence.",
    left=lambda s: 1 / s - 1 / s**3,
    right=lambda s: s - 1 / s,
    variables={"s": Argument(says="the standard deviation of the model", shape="()")},
    statement=r"\frac{d}{ds} D(p\,\Vert\,q_s) = \frac{d}{ds} D(q_s\,\Vert\,p), \quad p = N(0, 1)",
    needs="that the divergence is symmetric",
    without="It minimises $D(q\\,\\Vert\\,p)$, an expectation under the model, which is why "
    "samples are "
    "reparameterised: [KL](../learn/probability.md#kl).",
    counterexample={"s": 2.0},
)
add(
    "score_alone_is_a_gradient",
    title="The mean of the score estimates the gradient of an expectation",
    use="The score-function estimator contains it.",
    left=lambda mu: 0.0,
    right=lambda mu: 2 * mu,
    variables={"mu": Argument(says="the mean of a normal variable", shape="()")},
    statement=r"\frac{d}{d\mu}\,\mathbb{E}\,x^2 = \mathbb{E}\,\frac{\partial \ln p}{\partial\mu}",
    needs="a factor that is forgotten",
    without="The score is multiplied by the value: "
    "$\\mathbb{E}\\,[x^2\\, \\partial_\\mu \\ln p] = 2\\mu$; alone its mean is 0: "
    "[derivative of an expectation](../learn/probability.md#expectation).",
    counterexample={"mu": 1.5},
)
