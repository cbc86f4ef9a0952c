"""Check the site as it was built: what a reader's browser gets, whatever made it.

``python -m derivref.site.lint.inspection site`` names each fault with its page and what to do.
"""

import collections
import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.utils.meta import get_data

from derivref.site.build import search
from derivref.site.lint import snippets

# A page of this weight (HTML alone, as served with gzip) takes a second on a slow phone's line of
# 1.6 Mbit/s. Longer pages are split.
GZIP_BUDGET = 200_000

# Attributes that a browser fetches by itself, and the kinds of <link> that it follows.
_FETCHED = ("src", "srcset", "data", "poster", "background", "action", "formaction")
_LINKS = ("stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "manifest")
_FOREIGN = re.compile(r"\s*(?:https?:)?//([^/\s'\")]+)", re.IGNORECASE)
_CSS = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)
_WORDLESS = "not(.//text()[normalize-space()][not(ancestor::derivref-math)])"
# What no reader searches, and how it would look in the text that is searched.
_UNSEARCHED = (
    (
        re.compile(r"\\(?:frac|partial|sqrt|operatorname|left|mathrm|mathbb|begin|cdot)\b"),
        "the TeX",
    ),
    (re.compile(r"^import \w+|\bimport numpy as np\b|\bassert \w"), "the code"),
    (re.compile(r"\bVerified with derivref\b"), "the checks"),
    (re.compile(r"@misc\{"), "the citation"),
)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _fetches(tree: Any) -> Iterator[str]:
    """Every address that a browser fetches for a page without being asked."""
    # A page of formulas has a hundred thousand elements, most with a style: XPath is five times as
    # quick as a loop.
    for value in tree.xpath(" | ".join(f"//@{name}" for name in _FETCHED)):
        yield from (part.strip() for part in value.split(","))
    for link in tree.iter("link"):
        if set(link.get("rel", "").split()) & set(_LINKS):
            yield link.get("href", "")
    for element in tree.iter("use", "image"):
        yield element.get("href", "") or element.get("xlink:href", "")
    for style in tree.xpath("//@style[contains(., '//')] | //style/text()"):
        yield from _CSS.findall(style)


def html_faults(tree: Any) -> Iterator[str]:
    """Yield what is wrong with one built page."""
    if not tree.get("lang"):
        yield "<html> has no lang; set theme.language in mkdocs.yml"
    if len(tree.findall(".//h1")) != 1:
        yield f"{len(tree.findall('.//h1'))} headings of the first level; write one `# Title`"
    ids = collections.Counter(element.get("id") for element in tree.xpath("//*[@id]"))
    for name in (name for name, count in ids.items() if count > 1):
        yield f"the id `{name}` occurs {ids[name]} times; give one heading another: {{ #name }}"
    for address in _fetches(tree):
        if host := _FOREIGN.match(address):
            yield f"fetches from {host[1]}; serve the file from the site itself"
    for image in tree.iter("img"):
        if not image.get("alt", "").strip():
            yield f"the image {image.get('src')} has no alternative text; write ![what it shows](…)"
    for element in tree.xpath(
        f"//th[{_WORDLESS}] | //a[@href and .//derivref-math and {_WORDLESS}]"
    ):
        what = "a link" if element.tag == "a" else "a table's header"
        yield f"{what} `{_text(element)[:40]}` has no words; a formula alone is not read out"
    for figure in tree.xpath("//figure//svg"):
        if figure.get("role") != "img" or not _text(figure).strip() or figure.find("title") is None:
            yield 'a figure has no alternative text; its <svg> needs role="img" and a <title>'
    if tree.find_class("katex-error"):
        yield f"KaTeX could not read `{_text(tree.find_class('katex-error')[0])}`; correct the TeX"
    for element in list(tree.iter("script", "style", "pre", "code", "annotation")):
        element.text, element[:] = "", []  # what remains is prose
    prose = _text(tree)
    if "```" in prose:
        yield f"shows a fence as text (…{prose[prose.index('```') :][:40]}…); correct its header"
    if "Traceback (most recent call last)" in prose:
        yield "shows a traceback; run the fences of the page"


def snippet_faults(tree: Any, markdown: str) -> Iterator[str]:
    """Yield the visible snippets of a page's source that its built page does not show as run."""
    shown = {}
    for block in tree.find_class("language-python"):
        after = block.getnext()
        run = after is not None and "result" in after.get("class", "").split()
        shown["".join(block.itertext()).strip()] = run
    for fence in snippets.fences(markdown):
        if fence.header != snippets.VISIBLE:
            continue
        code = fence.code.strip()
        if code not in shown:
            yield f"line {fence.line}: the page does not show this snippet"
        elif not shown[code]:
            yield f"line {fence.line}: the page shows this snippet without its output"


def source_faults(meta: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the front matter of a page."""
    if not meta:
        yield "has no front matter that YAML can read; quote a description with a colon"
        return
    description = meta.get("description")
    if not isinstance(description, str) or not re.fullmatch(r"[^\n]+[.?]", description.strip()):
        yield "needs a description in its front matter: one sentence, ending in a full stop"


def link_faults(site: Path) -> Iterator[str]:
    """Yield every link to a page, a file or an anchor that the site does not have."""
    lychee = shutil.which("lychee", path=str(Path(sys.executable).parent)) or shutil.which("lychee")
    if lychee is None:
        yield "lychee, which checks the links, is not installed: make setup"
        return
    # 404.html is served for any address, so its links begin with the path of the site's address.
    command = [lychee, "--offline", "--include-fragments", "--no-progress", "--format", "json"]
    command += ["--extensions", "html,css", "--index-files", "index.html"]
    command += ["--root-dir", str(site.resolve()), "--exclude-path", r"404\.html$", "."]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        yield f"lychee failed: {done.stderr.strip()}"
        return
    for page, errors in sorted(json.loads(done.stdout)["error_map"].items()):
        for error in errors:
            url = error["url"].removeprefix(site.resolve().as_uri())
            what = error["status"].get("details") or error["status"]["text"]
            yield f"{Path(page)}: links to {url}: {what}; correct the link or the heading's id"


def _file_faults(site: Path, config: MkDocsConfig) -> Iterator[str]:
    for name in (
        "404.html",
        search.NAMES,
        f"{search.LINES}/0.json",
        f"{search.FOLDER}/pagefind.js",
    ):
        if not (site / name).is_file():
            yield f"{name} is missing; the build did not end: make site"
    if config.site_url and not (site / "sitemap.xml").is_file():
        yield "sitemap.xml is missing although the site's address is set"
    for sheet in sorted(site.rglob("*.css")):
        for address in _CSS.findall(sheet.read_text("utf-8")):
            yield f"{sheet.relative_to(site)}: fetches {address}; serve the file from here"
    for text in sorted((site / search.FOLDER / "fragment").glob("*.pf_fragment")):
        found = json.loads(gzip.decompress(text.read_bytes()).partition(b"pagefind_dcd")[2])
        # Docstrings of the API and the pages on how to write a record speak of TeX.
        told = found["url"].startswith(("/api/", "/about/contributing/"))
        for pattern, what in _UNSEARCHED if not told else ():
            if seen := pattern.search(found["content"]):
                yield f"{found['url']}: the search finds {what} `{seen[0]}`; exclude it"


def inspect(site: Path, config: str = "mkdocs.yml") -> list[str]:
    """Return every fault of the built site, each with its page and what to do."""
    if not site.is_dir():
        return [f"there is no folder {site}: make site"]
    settings = load_config(config)
    faults, described = list(_file_faults(site, settings)), dict[str, str]()
    files = get_files(settings)
    set_exclusions(files, settings)
    for file in files.documentation_pages():
        built = site / file.dest_uri
        if not built.is_file():
            faults.append(f"{file.src_uri}: {file.dest_uri} was not built: make site")
            continue
        meta = get_data(file.content_string)[1]
        content = built.read_bytes()
        weight = len(gzip.compress(content, mtime=0))
        found = list(source_faults(meta))
        if weight > GZIP_BUDGET:
            found.append(f"weighs {weight} B with gzip, over {GZIP_BUDGET} B; split the page")
        tree = lxml.html.document_fromstring(content.decode())
        found += [*snippet_faults(tree, file.content_string), *html_faults(tree)]
        same = described.setdefault(str(meta.get("description", file.src_uri)), file.src_uri)
        if same != file.src_uri:
            found.append(f"has the description of {same}; write its own")
        faults += [f"{file.src_uri}: {fault}" for fault in found]
    if (site / "404.html").is_file():
        tree = lxml.html.document_fromstring((site / "404.html").read_text("utf-8"))
        faults += [f"404.html: {fault}" for fault in html_faults(tree)]
    return faults + list(link_faults(site))


if __name__ == "__main__":
    if faults := inspect(Path(sys.argv[1] if len(sys.argv) > 1 else "site")):
        sys.exit("\n".join([*faults, f"{len(faults)} faults in the built site"]))
