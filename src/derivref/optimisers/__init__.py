"""Optimisers, plain: parameters, gradient and state go in, new parameters and state come out."""

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
    "lion",
    "momentum",
    "muon",
    "nesterov",
    "orthogonalised",
    "rmsprop",
    "shampoo",
    "sophia",
]
