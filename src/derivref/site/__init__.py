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
    "forward_graph": "graphs",
    "framework_kinks": "frameworks",
    "framework_programs": "frameworks",
    "install": "entries",
    "network_graph": "graphs",
    "neuron_graph": "graphs",
    "noise_figure": "differencing",
    "noise_table": "differencing",
    "orders_table": "differencing",
    "primitives": "autodiff",
    "programs_figure": "graphs",
    "reverse_graph": "graphs",
    "rewrites": "entries",
    "romberg_figure": "differencing",
    "rules_ledger": "ledger",
    "scales_figure": "differencing",
    "scales_table": "differencing",
    "schemes_table": "differencing",
    "section": "entries",
    "sigmoid_tail": "graphs",
    "stable_forms": "forms",
    "stencil_table": "differencing",
    "table": "entries",
    "taylor_test": "graphs",
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
