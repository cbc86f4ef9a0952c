"""Build the site strictly into ``site/`` and check what was built."""

import logging
import sys
from pathlib import Path

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config

from derivref.site.fault import Fault
from derivref.site.inspection import inspect
from derivref.site.prepare import prepare


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


def main() -> None:
    """Prepare, build and inspect."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    try:
        prepare()
        build(site)
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    if faults := inspect(site):
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the site built in {site}/"]))
    print(f"The site is in {site}/: open {site / 'index.html'}")


if __name__ == "__main__":
    main()
