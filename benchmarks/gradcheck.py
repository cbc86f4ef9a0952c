"""Let gradient checkers judge the wrong and the right gradients of gradients.py.

Run ``python benchmarks/gradcheck.py`` from anywhere. Peers that are not installed are left out;
versions of those used are in requirements.txt. Writes gradcheck.json beside this file.
"""

import datetime
import importlib.util
import json
import platform
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import check_grad

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "src"))

from gradients import RIGHT, WRONG, Case  # noqa: E402

from derivref import __version__, check  # noqa: E402

PEERS = ("numpy", "scipy", "torch", "jax")


def cotangent(case: Case) -> Any:
    """Return the weights that make one number of what f returns."""
    out = np.asarray(case.f(case.x))
    if case.kind == "vjp":
        return np.random.default_rng(0).normal(size=out.shape).astype(out.dtype)
    return np.ones(out.shape, out.dtype)


def vjp(case: Case, x: Any, v: Any) -> Any:
    """Return the gradient of v·f(x) as the case has it."""
    return case.given(x, v) if case.kind == "vjp" else v * case.given(x)


def ours(case: Case) -> bool:
    """Accept what `derivref.check` finds ok."""
    checks = {
        "derivative": check.check_derivative,
        "gradient": check.check_gradient,
        "vjp": check.check_vjp,
    }
    return checks[case.kind](case.f, case.given, case.x).ok


def scalar(case: Case) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the case as a function of a vector with one number, and its gradient."""
    v, shape = cotangent(case), case.x.shape

    def f(x: Any) -> Any:
        return np.sum(v * case.f(x.reshape(shape)))

    def gradient(x: Any) -> Any:
        return np.asarray(vjp(case, x.reshape(shape), v)).ravel()

    return f, gradient


def scipy_check_grad(case: Case) -> bool:
    """Accept what the docstring's own use would: an error below 1e-5."""
    return bool(check_grad(*scalar(case), case.x.ravel()) < 1e-5)


def norm_ratio(case: Case) -> bool:
    """Accept a relative error of the whole vector below 1e-5, at a step of 1e-5."""
    f, gradient = scalar(case)
    x, h = case.x.ravel(), 1e-5
    numerical = np.zeros_like(x)
    for i in range(x.size):
        plus, minus = x.copy(), x.copy()
        plus[i] += h
        minus[i] -= h
        numerical[i] = (f(plus) - f(minus)) / (2 * h)
    given = gradient(x)
    size = np.linalg.norm(given) + np.linalg.norm(numerical) + 1e-8
    return bool(np.linalg.norm(given - numerical) / size < 1e-5)


def torch_gradcheck(case: Case, fast_mode: bool = False) -> bool:
    """Accept what `torch.autograd.gradcheck` accepts with its defaults."""
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return torch.as_tensor(np.asarray(case.f(x.detach().numpy())))

        @staticmethod
        def backward(ctx: Any, v: Any) -> Any:
            (x,) = ctx.saved_tensors
            given = np.asarray(vjp(case, x.numpy(), v.numpy())).astype(case.x.dtype)
            return torch.as_tensor(given)

    torch.manual_seed(0)
    x = torch.tensor(case.x, requires_grad=True)
    apply: Any = Function.apply
    return torch.autograd.gradcheck(apply, (x,), raise_exception=False, fast_mode=fast_mode)


def jax_check_vjp(case: Case) -> bool:
    """Accept what `jax.test_util.check_vjp` accepts with its defaults, in 64 bits."""
    import jax
    from jax.test_util import check_vjp

    jax.config.update("jax_enable_x64", True)
    np.random.seed(0)  # noqa: NPY002  the checker draws from the global generator

    def pullback(x: Any) -> Any:
        x = np.asarray(x)
        given = lambda v: (np.asarray(vjp(case, x, np.asarray(v))).astype(x.dtype),)  # noqa: E731
        return np.asarray(case.f(x)), given

    try:
        check_vjp(lambda x: np.asarray(case.f(np.asarray(x))), pullback, (case.x,))
    except AssertionError:
        return False
    return True


TOOLS: dict[str, tuple[str, Callable[[Case], bool]]] = {
    "derivref.check": ("numpy", ours),
    "torch.autograd.gradcheck": ("torch", torch_gradcheck),
    "torch.autograd.gradcheck, fast_mode": ("torch", lambda c: torch_gradcheck(c, fast_mode=True)),
    "jax.test_util.check_vjp": ("jax", jax_check_vjp),
    "scipy.optimize.check_grad < 1e-5": ("scipy", scipy_check_grad),
    "norm ratio < 1e-5 at h = 1e-5": ("numpy", norm_ratio),
}


def judge(accepts: Callable[[Case], bool]) -> dict[str, list[str]]:
    """Return the names of the wrong gradients passed and of the right ones rejected."""
    return {
        "missed": [case.name for case in WRONG if accepts(case)],
        "false alarms": [case.name for case in RIGHT if not accepts(case)],
    }


def main() -> None:
    """Judge all and write the findings beside this file."""
    warnings.simplefilter("ignore")  # of float32, and of overflow where a step was too long
    tools = {}
    for name, (package, accepts) in TOOLS.items():
        if importlib.util.find_spec(package):
            tools[name] = found = judge(accepts)
            print(name, found)
        else:
            print(name, "left out: not installed")
    data = {
        "date": datetime.date.today().isoformat(),
        "versions": {"python": platform.python_version(), "derivref": __version__}
        | {name: metadata.version(name) for name in PEERS if importlib.util.find_spec(name)},
        "wrong": len(WRONG),
        "right": len(RIGHT),
        "tools": tools,
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
