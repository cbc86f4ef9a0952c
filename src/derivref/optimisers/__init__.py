"""Optimisers, plain: parameters, gradient and state go in, new parameters and state come out."""

from derivref.optimisers.curvature import (
    conjugate_gradients,
    gauss_newton,
    levenberg_marquardt,
    natural_gradient,
    newton,
)
from derivref.optimisers.matrices import adafactor, muon, orthogonalised, shampoo
from derivref.optimisers.running import (
    adagrad,
    adam,
    adamw,
    amsgrad,
    lion,
    momentum,
    nesterov,
    rmsprop,
    sophia,
)

__all__ = [
    "adafactor",
    "adagrad",
    "adam",
    "adamw",
    "amsgrad",
    "conjugate_gradients",
    "gauss_newton",
    "levenberg_marquardt",
    "lion",
    "momentum",
    "muon",
    "natural_gradient",
    "nesterov",
    "newton",
    "orthogonalised",
    "rmsprop",
    "shampoo",
    "sophia",
]
