"""Build the site strictly into ``site/`` and check what was built."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config

from derivref.site.build import ahead
from derivref.site.build.prepare import prepare
from derivref.site.fault import Fault
from derivref.site.lint.inspection import inspect


def build(site: Path, config: str = "mkdocs.yml") -> None:
    """Build every page of `config` into `site`; a warning ends the program."""
    log = logging.getLogger("mkdocs")
    log.addHandler(handler := logging.StreamHandler())
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    try:
        mkdocs.build(load_config(config, site_dir=str(site.resolve()), strict=True))
    finally:
        log.removeHandler(handler)


STUB = """\
<!doctype html>
<html lang="en"><title>Moved</title><link rel="canonical" href="{0}">
<meta http-equiv="refresh" content="0; url={0}">
<p>This page has moved: <a href="{0}">{0}</a></p></html>
"""


def redirect(site: Path, moved: Mapping[str, str]) -> None:
    """Leave a page at each old address that leads to the new one.

    Raises
    ------
    Fault
        If the new address is no page of the site, or the old one still is.
    """
    for old, new in moved.items():
        stub = site / old / "index.html"
        if not (site / new / "index.html").is_file():
            raise Fault(f"mkdocs.yml: `extra: moved:` sends `{old}` to `{new}`, which is no page")
        if stub.exists():
            raise Fault(f"mkdocs.yml: `extra: moved:` has `{old}`, which is still a page")
        stub.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * len(Path(old).parts)
        stub.write_text(STUB.format(f"{up}{new}"), encoding="utf-8")


def main() -> None:
    """Prepare, build and inspect."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    try:
        ahead.compute()
        prepare()
        build(site)
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    if faults := inspect(site):
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the site built in {site}/"]))
    try:
        redirect(site, load_config("mkdocs.yml").extra.get("moved") or {})
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    print(f"The site is in {site}/: open {site / 'index.html'}")
