"""Tables of the page on gradient checking, from the measurements in benchmarks/gradcheck.json."""

from derivref.site.fault import Fault
from derivref.site.show.benchmarks import measured, provenance
from derivref.site.show.frame import grid

# The columns of the tables by case: every tool but ours, which is compared in the totals.
SHORT = {
    "torch.autograd.gradcheck": "torch",
    "torch.autograd.gradcheck, fast_mode": "torch, fast",
    "jax.test_util.check_vjp": "jax",
    "scipy.optimize.check_grad < 1e-5": "scipy",
    "norm ratio < 1e-5 at h = 1e-5": "norm ratio",
    "derivref.check": "derivref",
}


def checkers() -> str:
    """Return how many wrong gradients each checker found, and how many right ones it rejected."""
    data = measured("gradcheck")
    rows = [
        [
            f"`{name}`",
            str(data["wrong"] - len(found["missed"])),
            str(len(found["false alarms"])),
        ]
        for name, found in data["tools"].items()
    ]
    head = ["checker", f"wrong ones found, of {data['wrong']}"]
    table = grid([*head, f"right ones rejected, of {data['right']}"], rows, left=1)
    return f"{table}\n{provenance(data)}"


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
    tools = measured("gradcheck")["tools"]
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
    return grid([head, *shown.values()], rows)
