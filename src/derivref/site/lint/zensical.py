"""Build the site with Zensical, by the makers of MkDocs Material, from the same ``mkdocs.yml``.

``python -m derivref.site.lint.zensical`` (``make zensical``) installs the newest release into a
folder of its own, beside the pinned packages, builds in a copy of the tree, and compares with the
site in ``site/``: the same pages, with the same formulas and outputs. MkDocs stays the builder;
this says early what would stand in the way of a change. A registry without Zensical is no fault.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from derivref.cache import directory
from derivref.site.fault import Fault
from derivref.site.lint.dependencies import tree

HOME, SITE, GENERATED = Path(".cache/zensical"), Path("site"), Path("docs/assets/generated")
# What both builders must make of a page: formulas, outputs of programs, tables, figures.
SIGNS = ('class="katex"', 'class="result"', 'class="scroller"', "<figure")

_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)


def install(folder: Path) -> str | None:
    """Install Zensical and what it needs into `folder`; return its version, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        str(folder),
        "zensical",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    found = importlib.metadata.distributions(name="zensical", path=[str(folder)])
    return next(iter(found)).version


def build(folder: Path, packages: Path) -> None:
    """Build a copy of the tree in `folder`, with `packages` before the pinned ones.

    Raises
    ------
    Fault
        If Zensical fails; the message has the end of what it said.
    """
    tree(folder)
    shutil.copytree(GENERATED, folder / GENERATED)
    places = (packages.resolve(), (folder / "src").resolve())
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "-f", "mkdocs.yml"],
        cwd=folder,
        env={
            **os.environ,
            "DERIVREF_CACHE": str(directory().resolve()),
            "PYTHONPATH": os.pathsep.join(map(str, places)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise Fault("\n".join(["Zensical does not build the site:", *said[-8:]]))


def differences(ours: Path, theirs: Path) -> Iterator[str]:
    """Yield the pages of our site that the other lacks, or whose content it has in part."""
    for page in sorted(ours.rglob("index.html")):
        text = page.read_text("utf-8")
        name = page.relative_to(ours)
        if "<article" not in text:
            continue  # what stands where a page was
        if not (theirs / name).is_file():
            yield f"{name}: Zensical does not build it"
            continue
        other = (theirs / name).read_text("utf-8")
        mine, its = ("".join(_ARTICLE.findall(t)) for t in (text, other))
        for sign in SIGNS:
            if mine.count(sign) != its.count(sign):
                yield f"{name}: {its.count(sign)} times {sign} in place of {mine.count(sign)}"


def main() -> None:
    """Install, build, compare."""
    version = install(HOME / "packages")
    if version is None:
        print("Zensical is not in this registry: not checked")
        return
    try:
        build(HOME / "tree", HOME / "packages")
    except Fault as fault:
        sys.exit(str(fault))
    if found := list(differences(SITE, HOME / "tree/site")):
        sys.exit("\n".join([*found, f"Zensical {version} builds {len(found)} things differently"]))
    print(f"Zensical {version} builds the same pages from mkdocs.yml")


if __name__ == "__main__":
    main()
