"""What the pages call: each function returns Markdown or HTML for a one-line fence.

A name is found in the module of `derivref.site.show` that defines it, and loaded when a page asks
for it: the Markdown extensions do without SymPy, which takes half a second to import.
"""

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

_DEFINED = re.compile(r"^def ([a-z]\w*)\(", re.MULTILINE)


@cache
def _homes() -> dict[str, list[str]]:
    """Return the modules that define each public function of `derivref.site.show`."""
    homes: dict[str, list[str]] = {}
    for path in sorted((Path(__file__).parent / "show").glob("*.py")):
        for name in _DEFINED.findall(path.read_text(encoding="utf-8")):
            homes.setdefault(name, []).append(f"{__name__}.show.{path.stem}")
    return homes


def __getattr__(name: str) -> Any:
    homes = _homes().get(name, [])
    if len(homes) > 1:
        raise AttributeError(f"`{name}` is defined by {' and '.join(homes)}: rename one of them")
    if not homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(homes[0]), name)


def __dir__() -> list[str]:
    return sorted(name for name, homes in _homes().items() if len(homes) == 1)
