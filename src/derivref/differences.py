"""Numerical derivatives that choose their own steps, estimate their error and say when they fail."""

from derivref.stencils import weights

__all__ = ["weights"]
