"""The addresses of the site: which there are, and whether those of earlier sites still lead on.

``python -m derivref.site.lint.addresses site`` adds those of a built site to the list of all that
there ever were, which a test compares with every later site.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import lxml.html

LIST = Path("tests/site/addresses.txt")
# Ids that nobody links to: parts of pictures, lines of code, switches of the theme.
_INNER = re.compile(r"__\w*|f?[0-9a-f]{10}-\w+")


def _ids(page: Path) -> list[str]:
    tree = lxml.html.document_fromstring(page.read_text("utf-8"))
    return [str(name) for name in tree.xpath("//article//@id | //p[@class='moved']/@id")]


def _address(file: Path, site: Path) -> str:
    return f"{file.parent.relative_to(site).as_posix()}/"


def addresses(site: Path) -> Iterator[str]:
    """Yield the address of every page, and of every anchor in its text.

    Parameters
    ----------
    site : Path
        A built site.

    Yields
    ------
    str
        Below the site's own address: ``learn/rules/``, ``learn/rules/#chain-rule``; the home page
        is ``./``.
    """
    for file in sorted(site.rglob("index.html")):
        page = _address(file, site)
        yield page
        yield from (f"{page}#{name}" for name in _ids(file) if not _INNER.fullmatch(name))


def exists(site: Path, address: str) -> bool:
    """Say whether the site has a page, and in it the anchor.

    Parameters
    ----------
    site : Path
        A built site.
    address : str
        Below the site's own, ``learn/rules/#chain-rule``.

    Returns
    -------
    bool
        True also for an anchor from which a link leads on.
    """
    page, _, anchor = address.partition("#")
    file = site / page / "index.html"
    return file.is_file() and (not anchor or anchor in _ids(file))


def lost(site: Path, old: Iterable[str]) -> list[str]:
    """Return the old addresses that lead nowhere, each with what to do.

    Parameters
    ----------
    site : Path
        A built site.
    old : iterable of str
        Addresses that there were.

    Returns
    -------
    list of str
        A message each. An anchor of a page that has moved as a whole leads on with it.
    """
    found, moved = set(addresses(site)), set[str]()
    for file in site.rglob("index.html"):
        if 'data-moved="page"' in (text := file.read_text("utf-8")) and "<article" not in text:
            moved.add(_address(file, site))
    return [
        f"`{address}` leads nowhere: add it below `extra: moved:` in mkdocs.yml"
        for address in old
        if address not in found and address.partition("#")[0] not in moved
    ]


def main() -> None:
    """Add the addresses of a site to the list."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    known = set(LIST.read_text("utf-8").split()) if LIST.is_file() else set()
    LIST.write_text("\n".join(sorted({*known, *addresses(site)})) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
