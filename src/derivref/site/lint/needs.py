"""What a program says it needs beyond the declared floors, in a comment: ``# needs SciPy 1.15``.

The reader sees it, and so does the machine: where that version is missing, the program is not run.
"""

import functools
import io
import platform
import re
import tokenize
from importlib import metadata

from packaging.requirements import Requirement
from packaging.version import Version

NAMES = {"NumPy": "numpy", "SciPy": "scipy", "Python": "python"}

_NEED = re.compile(rf"# needs ({'|'.join(NAMES)}) (\d+(?:\.\d+)+)")
_MEANT = re.compile(r"#\s*(needs|requires)\b|#.*\b(numpy|scipy|python)\s*[<>=~]=", re.I)


def _comments(code: str) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    try:
        return [(t.start[0], t.string.rstrip()) for t in tokens if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError):
        return []  # the syntax is judged elsewhere


def needs(code: str) -> dict[str, Version]:
    """Return the versions that a program says it needs, by the name of the package."""
    found = (_NEED.fullmatch(text) for _, text in _comments(code))
    return {match[1]: Version(match[2]) for match in found if match}


def unmet(code: str) -> str:
    """Say which need is not met here, ``needs SciPy 1.15, this is 1.13.0``; empty if none."""
    for name, version in needs(code).items():
        here = platform.python_version() if name == "Python" else metadata.version(NAMES[name])
        if Version(here) < version:
            return f"needs {name} {version}, this is {here}"
    return ""


@functools.cache
def floors() -> dict[str, Version]:
    """Return the declared floor of each package that a program may need more of."""
    declared = [*map(Requirement, metadata.requires("derivref") or [])]
    declared = [r for r in declared if not r.marker]
    found = {r.name: s.version for r in declared for s in r.specifier if s.operator == ">="}
    asked = Requirement(f"python{metadata.metadata('derivref')['Requires-Python']}").specifier
    found["python"] = next(s.version for s in asked if s.operator == ">=")
    return {name: Version(found[key]) for name, key in NAMES.items()}


def faults(code: str) -> list[tuple[int, str]]:
    """Return what is wrong with the needs that a program states, each with its line."""
    found = []
    for line, text in _comments(code):
        match = _NEED.fullmatch(text)
        if match and Version(match[2]) <= floors()[match[1]]:
            floor = floors()[match[1]]
            found.append((line, f"`{text}`: every reader has {match[1]} {floor}; leave it out"))
        if not match and _MEANT.match(text):
            found.append((line, f"`{text}`: to state a need, write `# needs SciPy 1.15`"))
    return found
