"""The judge: exact values, measured errors, facts, the checks of each kind, the export."""

from derivref.verify import operators, statements  # noqa: F401  # each registers its kinds
from derivref.verify.kinds import checks, facts

__all__ = ["checks", "facts"]
