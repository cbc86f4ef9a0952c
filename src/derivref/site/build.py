"""Build the site strictly into ``site/`` and check what was built."""

import sys
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from derivref.site.prepare import prepare


def build(site: Path) -> None:
    """Build every page into `site`."""
    mkdocs_build(load_config("mkdocs.yml", site_dir=str(site), strict=True))


def main() -> None:
    """Prepare, build and inspect."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    prepare()
    build(site)
    print(f"The site is in {site}/: open {site / 'index.html'}")


if __name__ == "__main__":
    main()
