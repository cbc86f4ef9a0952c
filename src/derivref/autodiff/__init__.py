"""Rules for NumPy's functions of whole arrays, one module a subject; all loaded here."""

from derivref.autodiff import arrays, elementwise, linalg, plain, products, reductions

__all__ = ["arrays", "elementwise", "linalg", "plain", "products", "reductions"]
