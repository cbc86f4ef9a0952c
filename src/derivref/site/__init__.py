"""What the pages call: each function returns Markdown or HTML for a one-line fence.

They are loaded when a page asks for them: the Markdown extensions in this package do without
SymPy, which takes half a second to import.
"""

import importlib
from typing import Any

HOMES = {
    "all_errors": "entries",
    "all_kinks": "entries",
    "amplification_table": "differencing",
    "array_functions": "autodiff",
    "autodiff_costs": "autodiff",
    "autodiff_crossover": "autodiff",
    "best_errors_table": "differencing",
    "bibliography": "citations",
    "boundary_table": "differencing",
    "checkers": "gradcheck",
    "checkers_cases": "gradcheck",
    "derivations_ledger": "ledger",
    "details": "entries",
    "differentiators": "benchmarks",
    "entries_ledger": "ledger",
    "entry": "entries",
    "errors_figure": "differencing",
    "errors_table": "differencing",
    "install": "entries",
    "neuron_graph": "networks",
    "noise_figure": "differencing",
    "noise_table": "differencing",
    "orders_table": "differencing",
    "primitives": "autodiff",
    "rewrites": "entries",
    "romberg_figure": "differencing",
    "rules_ledger": "ledger",
    "scales_figure": "differencing",
    "scales_table": "differencing",
    "schemes_table": "differencing",
    "section": "entries",
    "stencil_table": "differencing",
    "table": "entries",
    "totals": "ledger",
    "u_curve": "differencing",
    "vector_errors": "reductions",
    "versions": "ledger",
    "xor_curves": "networks",
}
__all__ = list(HOMES)


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
