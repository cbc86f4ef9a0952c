"""Build the site strictly into ``site/`` and check what was built."""

import html
import logging
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config

from derivref.site.build import ahead, cards, copies, search
from derivref.site.build.finish import finish
from derivref.site.build.policy import secure
from derivref.site.build.prepare import prepare
from derivref.site.fault import Fault
from derivref.site.lint import spans
from derivref.site.lint.addresses import exists
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
<html lang="en"><head><meta charset="utf-8"><title>Moved</title>
<noscript><meta http-equiv="refresh" content="0; url={new}"></noscript></head>
<body><p>This page has moved: <a data-moved="page" href="{new}">{new}</a></p>
</body></html>
"""
ANCHOR = '<p id="{name}" class="moved">This section has moved: <a href="{new}">{new}</a></p>\n'
SCRIPT = '<script src="{up}assets/moved.js"></script>\n'


def redirect(site: Path, moved: Mapping[str, str]) -> None:
    """Leave at each old address what leads to the new one.

    Where a page was stands a page that sends on, with the anchor that was asked for. Where an
    anchor was, at the end of its page or of the page that sends on, stands a link: ``moved.js``
    follows it at once, and without scripts a reader sees it.

    Parameters
    ----------
    site : Path
        The built site, which is changed.
    moved : mapping
        Addresses below the site's, old to new, such as ``old/page/`` or ``page/#anchor``.

    Raises
    ------
    Fault
        If a new address is no page or anchor of the site, or an old one still is.
    """
    anchors: dict[str, list[tuple[str, str]]] = {}
    for old, new in moved.items():
        page, _, anchor = old.partition("#")
        if not exists(site, new):
            raise Fault(f"mkdocs.yml: `extra: moved:` sends `{old}` to `{new}`, which is no page")
        if exists(site, old):
            raise Fault(f"mkdocs.yml: `extra: moved:` has `{old}`, which is still a page")
        if anchor:
            anchors.setdefault(page, []).append((anchor, new))
            continue
        stub = site / page / "index.html"
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text(STUB.format(new=_up(page) + new), encoding="utf-8")
        anchors.setdefault(page, [])
    for page, left in anchors.items():
        file = site / page / "index.html"
        if not file.is_file():
            raise Fault(f"mkdocs.yml: `extra: moved:` has anchors of `{page}`, which is no page")
        links = "".join(ANCHOR.format(name=n, new=html.escape(_up(page) + new)) for n, new in left)
        text = file.read_text(encoding="utf-8")
        end = "</article>" if "</article>" in text else "</body>"
        text = text.replace(end, f"{links}{end}", 1)
        script = SCRIPT.format(up=_up(page))
        file.write_text(text.replace("</body>", f"{script}</body>", 1), encoding="utf-8")


def _up(page: str) -> str:
    """Return the way from a page to the site's root."""
    return "../" * len(PurePosixPath(page).parts)


def main() -> None:
    """Prepare, build and inspect."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    config = load_config("mkdocs.yml")
    try:
        ahead.compute()
        prepare()
        if wrong := [
            line for found in spans.pages(Path.cwd()) for line in spans.page_faults(*found)
        ]:
            raise Fault("\n".join(wrong))
        build(site)
        search.index(site, Path("docs"))
        finish(site, config.site_url or "", cards.of_pages())
        copies.copy(site, config)
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    if faults := inspect(site):
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the site built in {site}/"]))
    try:
        redirect(site, config.extra.get("moved") or {})
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    secure(site)
    print(f"The site is in {site}/: open {site / 'index.html'}")
