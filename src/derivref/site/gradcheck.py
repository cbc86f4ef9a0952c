"""Tables of the page on gradient checking, from the measurements in benchmarks/gradcheck.json."""

import json
from functools import cache
from typing import Any

from derivref.site.fault import Fault
from derivref.site.page import find

# The columns of the tables by case: every tool but ours, which is compared in the totals.
SHORT = {
    "torch.autograd.gradcheck": "torch",
    "torch.autograd.gradcheck, fast_mode": "torch, fast",
    "jax.test_util.check_vjp": "jax",
    "scipy.optimize.check_grad < 1e-5": "scipy",
    "norm ratio < 1e-5 at h = 1e-5": "norm ratio",
    "derivref.check": "derivref",
}
NAMES = {"torch": "PyTorch", "jax": "JAX", "scipy": "SciPy", "numpy": "NumPy"}


@cache
def _measured() -> dict[str, Any]:
    path = find("benchmarks/gradcheck.json")
    if path is None:
        raise Fault("benchmarks/gradcheck.json is missing: run `python benchmarks/gradcheck.py`")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _table(head: list[str], rows: list[list[str]], align: str) -> str:
    lines = [head, ["---", *[align] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def checkers() -> str:
    """Return how many wrong gradients each checker found, and how many right ones it rejected."""
    data = _measured()
    rows = [
        [
            f"`{name}`",
            str(data["wrong"] - len(found["missed"])),
            str(len(found["false alarms"])),
        ]
        for name, found in data["tools"].items()
    ]
    head = ["checker", f"wrong ones found, of {data['wrong']}"]
    table = _table([*head, f"right ones rejected, of {data['right']}"], rows, "---:")
    versions = data["versions"]
    used = ", ".join(f"{shown} {versions[key]}" for key, shown in NAMES.items() if key in versions)
    note = f"Measured on {data['date']} with derivref {versions['derivref']}, {used}."
    return f"{table}\n*{note}*\n"


def checkers_cases(kind: str) -> str:
    """Return the gradients that some checker judges wrongly, and which do.

    Parameters
    ----------
    kind : {'missed', 'false alarms'}
        Wrong gradients that are passed, or right ones that are rejected.

    Raises
    ------
    Fault
        If `kind` is something else.
    """
    tools = _measured()["tools"]
    if kind not in ("missed", "false alarms"):
        raise Fault(f"checkers_cases: no table `{kind}`, there are missed, false alarms")
    cases = dict.fromkeys(name for found in tools.values() for name in found[kind])
    shown = {name: short for name, short in SHORT.items() if name in tools}
    mark = "passed" if kind == "missed" else "rejected"
    rows = [
        [
            case.replace("|", "\\|"),
            *(mark if case in tools[name][kind] else "" for name in shown),
        ]
        for case in cases
    ]
    head = "wrong gradient" if kind == "missed" else "right gradient"
    return _table([head, *shown.values()], rows, "---")
