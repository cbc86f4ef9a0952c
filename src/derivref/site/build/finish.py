"""Finish the pages that MkDocs has built: fewer and smaller files, and what the theme gets wrong.

What the theme and the plugins link from every page is joined: the scripts; KaTeX's style sheet,
which pages without a formula leave out; all others, both without rules that no page needs. Each
page preloads the faces that it shows. The theme's slips in HTML are mended. All of it works on the
text of the pages: to parse hundreds of pages of formulas would take longer than to build them.
"""

import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from derivref.cache import cached
from derivref.site.fault import Fault

MATHS = "assets/generated/katex/katex.css"
FONTS = "assets/generated/fonts/{}-latin-often-{}.woff2"
KATEX = "assets/generated/katex/fonts/KaTeX_{}.woff2"
# A face, and what a page has that shows it.
FACES = (
    (FONTS.format("source-serif-4", "normal"), "<p"),
    (FONTS.format("source-sans-3", "normal"), "<nav"),
    (FONTS.format("source-serif-4", "italic"), "<em>"),
    (FONTS.format("source-code-pro", "normal"), "<code"),
    (KATEX.format("Main-Regular"), 'class="katex"'),
    (KATEX.format("Math-Italic"), "mathnormal"),
)
# What the theme writes wrongly: switches that complete nothing, an order without a number, parts of
# the navigation that would be landmarks beside it, several of one name.
SLIPS = (
    (re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off"'), r"\1"),
    (re.compile(r' tabindex=""'), ""),
    (
        re.compile(r'<nav class="md-nav" (data-md-level="[1-9]\d*")[^>]*>'),
        r'<nav class="md-nav" \1 role="none">',
    ),
    (re.compile(r'<nav class="md-nav" aria-label="[^"]*">'), '<nav class="md-nav" role="none">'),
)
CONTENTS = re.compile(r'<nav class="md-nav md-nav--secondary" aria-label="[^"]*">')
# Sharing: what the head says already, under the names that other sites read.
SHARED = (
    ("og:title", re.compile(r"<title>(.*?)</title>")),
    ("og:description", re.compile(r'<meta name="description" content="([^"]*)">')),
    ("og:url", re.compile(r'<link rel="canonical" href="([^"]*)">')),
)
# A page for addresses that do not exist stands at all of them, and without the site's address it
# does not know the folder of the site: the nearest above that has the icon.
LOST = """\
(async () => {
  const parts = location.pathname.split("/").slice(1, -1);
  let base = "/";
  for (let n = parts.length; n > 0 && base === "/"; n--) {
    const folder = `/${parts.slice(0, n).join("/")}/`;
    const answer = await fetch(`${folder}assets/favicon.svg`, {method: "HEAD"});
    if (answer.ok) base = folder;
  }
  for (const link of document.querySelectorAll("[href^='/']"))
    link.setAttribute("href", base + link.getAttribute("href").slice(1));
  for (const data of document.querySelectorAll("[data-later]")) {
    const later = document.createElement(data.dataset.later);
    if (later.matches("script")) later.src = base + data.dataset.name;
    else Object.assign(later, {rel: "stylesheet", href: base + data.dataset.name});
    data.replaceWith(later);
  }
})();
"""
_FONT = re.compile(r"@font-face\{[^}]*\}")
_SCRIPT = re.compile(r'<script [^>]*src="/([^"]+)"[^>]*></script>')

_SHEET = re.compile(r'[ \t]*<link rel="stylesheet" href="([^"]+)">\n?')
_DEFERRED = re.compile(r'[ \t]*<script src="([^":]+)" defer></script>\n?')
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_WORD = re.compile(r"[\w-]+")
_LITERAL = re.compile(r""""[^"\n]*"|'[^'\n]*'|`[^`]*`""")
_URL = re.compile(r"""url\((['"]?)(?!data:|['"]|#)([^'")]+)\1\)""")
SHEETS = Path(__file__).with_name("sheets.mjs")


def read(site: Path) -> dict[str, str]:
    """Return every page of a built site, by its name below the site's folder."""
    files = sorted(site.rglob("*.html"))
    return {f.relative_to(site).as_posix(): f.read_text("utf-8") for f in files}


def up(page: str) -> str:
    """Return the way from a page, ``reference/kinks/index.html``, to the site's root."""
    return "../" * page.count("/")


def linked(page: str, text: str) -> list[str]:
    """Return the names of the style sheets that a page links, below the site's folder."""
    folder = posixpath.dirname(page)
    return [posixpath.normpath(posixpath.join(folder, name)) for name in _SHEET.findall(text)]


def words(pages: Iterable[str], scripts: Iterable[str]) -> set[str]:
    """Return the names that a rule may be for: of the tags of pages, and what scripts quote."""
    tags = {tag for text in pages for tag in _TAG.findall(text)}
    quoted = (literal for text in scripts for literal in _LITERAL.findall(text))
    return {word for part in (*tags, *quoted) for word in _WORD.findall(part)}


def joined(site: Path, names: Iterable[str], known: Iterable[str]) -> str:
    """Return style sheets as one, for the folder ``assets``, without the rules for unknown names.

    Parameters
    ----------
    site : Path
        The built site.
    names : iterable of str
        The style sheets, in their order.
    known : iterable of str
        Elements, classes, ids, attributes and values that pages have.

    Returns
    -------
    str
        The style sheet.
    """
    parts = []
    for name in names:
        folder = posixpath.dirname(name)

        def move(match: re.Match[str], folder: str = folder) -> str:
            return f"url({posixpath.relpath(posixpath.join(folder, match[2]), 'assets')})"

        parts.append(
            _URL.sub(move, (site / name).read_text("utf-8").replace('@charset "UTF-8";', ""))
        )
    return _shortened("\n".join(parts), " ".join(sorted(known)))


def _shortened(css: str, known: str) -> str:
    modules = Path("node_modules").resolve()
    versions = [
        json.loads((modules / name / "package.json").read_text("utf-8"))["version"]
        for name in ("postcss", "purgecss")
    ]

    def compute() -> bytes:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        node = shutil.which("node", path=path)
        if node is None:
            raise Fault("Node is not installed: run `make site`, or install the `docs` extra")
        done = subprocess.run(
            [node, str(SHEETS), str(modules)],
            input=json.dumps({"css": css, "words": known}).encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise Fault(f"the style sheets could not be joined: {done.stderr.decode().strip()}")
        return done.stdout

    key = (css, known, *versions, SHEETS.read_text("utf-8"))
    return cached("sheets", key, compute).decode()


def _store(site: Path, stem: str, kind: str, content: str) -> str:
    """Write a file under a name that changes with it, and return the name."""
    name = f"assets/{stem}-{hashlib.sha256(content.encode()).hexdigest()[:8]}.{kind}"
    (site / name).write_text(content, encoding="utf-8")
    return name


def sheets(site: Path, pages: Mapping[str, str]) -> dict[str, str]:
    """Join the style sheets of the pages; return the names of both, KaTeX's and the other."""
    every = dict.fromkeys(name for page, text in pages.items() for name in linked(page, text))
    every = {name: None for name in every if (site / name).is_file()}  # 404.html has its own root
    scripts = [f.read_text("utf-8") for f in sorted(site.glob("assets/*.js"))]
    known = words(pages.values(), scripts)
    rest = [name for name in every if name != MATHS]
    found = {
        "maths": _store(site, "maths", "css", joined(site, [MATHS], known)),
        "site": _store(site, "site", "css", joined(site, rest, known)),
    }
    for name in every:
        (site / name).unlink()
    shutil.rmtree(site / "assets/stylesheets", ignore_errors=True)  # with maps of its sheets
    return found


def scripts(site: Path, pages: Mapping[str, str]) -> str:
    """Join the scripts that the pages link, each a block of its own; return the name, or ""."""
    names = dict.fromkeys(
        posixpath.normpath(posixpath.join(posixpath.dirname(page), name))
        for page, text in pages.items()
        if page != "404.html"
        for name in _DEFERRED.findall(text)
    )
    if not names:
        return ""
    # Braces: what a script calls its own stays its own.
    content = "".join(f"{{\n{(site / name).read_text('utf-8')}}}\n" for name in names)
    for name in names:
        (site / name).unlink()
    return _store(site, "site", "js", content)


def finished(page: str, text: str, names: Mapping[str, str], card: str = "") -> str:
    """Return a page with the joined style sheets, its faces, its card, and the slips mended.

    Parameters
    ----------
    page : str
        Its name below the site's folder.
    text : str
        As MkDocs wrote it.
    names : mapping
        Of the style sheets and the script, ``{"maths": ..., "site": ..., "script": ...}``.
    card : str
        The address of the picture that stands for it elsewhere, with the site's; "" for none.

    Returns
    -------
    str
        The page.
    """
    root = re.search(r'href="([^"]*)assets/favicon.svg"', text)
    way = root[1] if root and page == "404.html" else up(page)
    sheets = [names["maths"]] * ('class="katex"' in text) + [names["site"]]
    links = [f'<link rel="stylesheet" href="{way}{name}">' for name in sheets]
    links += (
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{way}{face}">'
        for face, sign in FACES
        if sign in text
    )
    links += [f'<script src="{way}{names["script"]}" defer></script>'] * bool(names["script"])
    if page.endswith("index.html"):
        links.append('<link rel="alternate" type="text/markdown" href="index.md">')
    links += _shared(text, card)
    text = _DEFERRED.sub("", _SHEET.sub("", text))
    text = text.replace("</head>", "\n".join(["", *links, "</head>"]), 1)
    return mended(text)


def _shared(text: str, card: str) -> Iterator[str]:
    values = {name: found[1] for name, sign in SHARED if (found := sign.search(text))}
    values |= {"og:type": "article", "og:site_name": "derivref"}
    if card:
        values |= {"og:image": card, "twitter:card": "summary_large_image"}
    for name, value in values.items():
        yield f'<meta property="{name}" content="{value}">'


def mended(text: str) -> str:
    """Return a page without what the theme writes wrongly."""
    for pattern, new in SLIPS:
        text = pattern.sub(new, text)
    if 'id="__toc"' not in text:
        text = text.replace(' for="__toc"', "")
    if len(CONTENTS.findall(text)) > 1:  # the first is a part of the navigation
        text = CONTENTS.sub('<nav class="md-nav md-nav--secondary" role="none">', text, count=1)
    return text


def anywhere(text: str, sheet: str, css: str) -> str:
    """Return the page of addresses that do not exist, for a site whose folder is unknown.

    Parameters
    ----------
    text : str
        The page, with links from the root of the server.
    sheet, css : str, str
        The name and the text of its style sheet.

    Returns
    -------
    str
        The page with its styles in it, but for fonts; `LOST` corrects links and fetches the rest.
    """
    text = re.sub(r'<link rel="(?:stylesheet|preload)"[^>]*>\n?', "", text)
    style = _FONT.sub("", css)
    text = text.replace("</head>", f"<style>{style}</style>\n</head>", 1)
    text = _SCRIPT.sub(r'<template data-later="script" data-name="\1"></template>', text)
    later = f'<template data-later="link" data-name="{sheet}"></template>'
    return text.replace("</body>", f"{later}\n<script>{LOST}</script>\n</body>", 1)


def finish(site: Path, address: str = "", cards: Mapping[str, str] | None = None) -> None:
    """Finish every page of a built site.

    Parameters
    ----------
    site : Path
        The site, as MkDocs wrote it.
    address : str
        Where it will be served, "" if that is not known.
    cards : mapping, optional
        Pages, ``reference/kinks/index.html``, to their pictures, below the site's folder.
    """
    pages = read(site)
    shutil.rmtree(site / "assets/javascripts", ignore_errors=True)  # Material's: see main.html
    names = sheets(site, pages)  # before the scripts are joined: they name what sheets style
    names["script"] = scripts(site, pages)
    for page, text in pages.items():
        card = (cards or {}).get(page, "") if address else ""
        text = finished(page, text, names, card and f"{address.rstrip('/')}/{card}")
        if page == "404.html" and not address:
            text = anywhere(text, names["site"], (site / names["site"]).read_text("utf-8"))
        (site / page).write_text(text, encoding="utf-8")
