"""What the search of a built site asks: a list of names of our own, and the full text by Pagefind.

Both are read by ``docs/assets/search.js`` when the search is first used. The list answers at once;
it has every name that `derivref.site.show.names` knows, and the headings of the pages. The text is
that of the pages without code, output, checks and citations, with formulas as words.
"""

import itertools
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lxml.html
import pagefind_bin
from mkdocs.config.defaults import MkDocsConfig

from derivref import catalog
from derivref.site.fault import Fault
from derivref.site.lint.prose import front_matter
from derivref.site.markdown.plain import MATHML, plain
from derivref.site.show import names
from derivref.site.show.api import generated, lends, modules

FOLDER = "search"  # below the site
NAMES, LINES = f"{FOLDER}/names.json", f"{FOLDER}/lines"

# What Pagefind's own pages of results need, and the reader of other languages.
_UNUSED = ("pagefind-*", "wasm.unknown.pagefind")
_BY_WORDS = ("practice/", "about/")  # pages whose sections are sought in the text, not by name
_COMMON = 3  # a heading on so many pages (Derivation, Traps) names none of them
_ARTICLE = re.compile(r'<article class="md-content__inner[^>]*>(.*)</article>', re.DOTALL)
_MATHS = re.compile(r"<derivref-math\b.*?</derivref-math>", re.DOTALL)
_DROPPED = re.compile(r"<(pre|svg|script|style|table class=\"checks\")\b.*?</\1>", re.DOTALL)
_LEFT_OUT = (
    "//*[@data-search-exclude] | //nav | //*[contains(@class, 'cite-box')]"
    " | //*[contains(@class, 'headerlink')] | //a[@class='citation'] | //*[@class='result']"
    " | //*[contains(@class, 'tabbed-labels')] | //*[contains(@class, 'no-print')]"
    " | //*[contains(@class, 'doc-symbol')] | //details[@class='tex'] | //p[@class='moved']"
    # The rows of an index have pages of their own; its text was 8 kB of the 150 of a first search.
    " | //table[contains(@class, 'entries')]"
)
# Of an entry: the checks, the errors that they found, and how it is cited.
_SECTIONS_LEFT_OUT = ("checked", "error", "cite")
_LONG = 24  # characters: longer code in a line is a program, not a name


def _words(formula: re.Match[str]) -> str:
    found = MATHML.search(formula[0])
    text = plain(found[0]) if found else ""
    return f" {text.replace('&', '&amp;').replace('<', '&lt;')} "


def article(page: str) -> Any:
    """Return the text of a built page as the search reads it, or None if there is none.

    Parameters
    ----------
    page : str
        The HTML of the page.

    Returns
    -------
    lxml.html.HtmlElement or None
        The article, without what the search leaves out.
    """
    found = _ARTICLE.search(page)
    if found is None:
        return None
    # Formulas are most of a page: those and programs go before anything is parsed.
    text = _DROPPED.sub("", _MATHS.sub(_words, found[1]))
    tree = lxml.html.fragment_fromstring(text, create_parent="article")
    for element in tree.xpath(_LEFT_OUT):
        element.drop_tree()
    for code in tree.xpath(f"//code[string-length() > {_LONG}]"):
        code.drop_tree()
    for name in _SECTIONS_LEFT_OUT:
        for heading in tree.xpath(f".//h2[@id='{name}']"):
            for after in list(heading.itersiblings()):
                if after.tag == "h2":
                    break
                after.drop_tree()
            heading.drop_tree()
    return tree


def _served(address: str) -> str:
    """Return the address at which a page below docs/ is served, with its anchor."""
    page, sign, anchor = address.partition("#")
    page = re.sub(r"(^|/)index\.md$", r"\1", page)
    page = f"{page.removesuffix('.md')}/" if page.endswith(".md") else page
    return f"{page}{sign}{anchor}"


def listed(docs: Path, trees: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Return the names that the search knows, by what they name.

    Parameters
    ----------
    docs : Path
        The sources of its pages.
    trees : mapping
        The articles, by the address at which they are served.

    Returns
    -------
    dict
        Lists under "entries", "pages", "sections" and "api", of which each item is a title, its
        address and further names. Entries stand in the order of the catalogue.

    Raises
    ------
    Fault
        If a term of a page leads to no section.
    """
    found: dict[str, list[list[str]]] = {"entries": [], "pages": [], "sections": [], "api": []}
    every = {_served(named.address): named for named in names.entries()}
    entries = {there: named for there, named in every.items() if _sought(there)}
    extra: dict[str, list[str]] = {}
    headings = Counter(title for tree in trees.values() for _, title in _headings(tree))
    made = _made()
    terms: dict[str, list[str]] = {}
    pages: list[tuple[str, names.Named]] = []
    for page, led in names.pages(docs):
        address = _served(page.address)
        if address not in trees:
            continue
        pages.append((address, page))
        for term, anchor in led.items():
            if not trees[address].xpath(f".//*[@id='{anchor}']"):
                raise Fault(f"{page.address}: the term `{term}` leads to no section: #{anchor}")
            terms.setdefault(f"{address}#{anchor}", []).append(term)
    for address, page in pages:
        if address in entries:
            extra[address] = list(page.aliases)
            continue
        kind = "api" if address.startswith("api/") else "pages"
        found[kind].append([page.title, address, *page.aliases])
    for address, named in entries.items():
        others = [*named.aliases, *extra.get(address, []), *terms.pop(address, [])]
        found["entries"].append([named.title, address, *others])
    for address, tree in trees.items():
        kind = "api" if address.startswith("api/") else "sections"
        for anchor, title in () if address in made else _headings(tree):
            there = f"{address}#{anchor}"
            if kind == "sections" and address.startswith(_BY_WORDS):
                continue
            if there not in every and headings[title] < _COMMON and len(title) > 1:
                found[kind].append([title, there, *terms.pop(there, [])])
    for there, rest in terms.items():  # of sections without a name of their own
        found["sections"] += [[term[0].upper() + term[1:], there] for term in rest]
    return found


def _sought(address: str) -> bool:
    """Return whether an entry is sought by its name; exercises and claims are by their words."""
    return not address.startswith(_BY_WORDS)


Items = list[list[str]]


def packed(items: Items) -> str:
    """Return names as lines of text, in runs with the beginning of their addresses.

    So that the list stays small: the addresses are half of it, and many are the title in another
    spelling, which is left out. A run begins with ">" and what its addresses share; an item is its
    title, the rest of its address and its further names, with "|" between them.

    Raises
    ------
    Fault
        If a name has a character that stands between names.
    """
    lines = []
    for head, run in itertools.groupby(items, _start):
        lines.append(f">{head}")
        for title, address, *others in run:
            rest = address.removeprefix(head)
            rest = rest.removesuffix("/") if head.endswith("/") else rest
            item = [title, "" if rest == _spelt(title, head) else rest, *others]
            if title.startswith(">") or any("|" in part or "\n" in part for part in item):
                raise Fault(f"{address}: a name that the search cannot hold: {item}")
            lines.append("|".join(item))
    return "\n".join(lines)


def unpacked(text: str) -> list[tuple[str, Items]]:
    """Return the runs of `packed`, each with the beginning of its addresses."""
    runs: list[tuple[str, Items]] = []
    for line in text.splitlines():
        if line.startswith(">"):
            runs.append((line[1:], []))
            continue
        head, run = runs[-1]
        title, rest, *others = line.split("|")
        end = "/" if head.endswith("/") else ""
        run.append([title, f"{head}{rest or _spelt(title, head)}{end}", *others])
    return runs


def _start(item: list[str]) -> str:
    """Return what the address of an item shares with its neighbours: folder, page or module."""
    page, sign, anchor = item[1].partition("#")
    if page.startswith("api/") and "." in anchor:
        return page + sign + anchor[: anchor.rindex(".") + 1]
    return page + sign if sign else page[: page.rstrip("/").rfind("/") + 1]


def _spelt(title: str, head: str) -> str:
    """Return the end of an address that is the title in another spelling."""
    if not head:
        return ""
    if head.endswith("."):
        return title.split(" ")[0]
    return ("-" if head.endswith("#") else "_").join(re.findall("[a-z0-9]+", title.lower()))


def read(site: Path) -> dict[str, Items]:
    """Return the names that the search of a built site knows, as `listed` does."""
    kinds = json.loads((site / NAMES).read_text(encoding="utf-8"))
    return {
        kind: [item for _, run in unpacked(text) for item in run] for kind, text in kinds.items()
    }


def _headings(tree: Any) -> Iterator[tuple[str, str]]:
    for heading in tree.iter("h2", "h3"):
        title = " ".join(heading.text_content().split())
        if heading.get("id") and title:
            yield heading.get("id"), title


def index(site: Path, docs: Path) -> None:
    """Write what the search asks into a built site.

    Parameters
    ----------
    site : Path
        The built site, which is changed.
    docs : Path
        The sources of its pages, whose front matter has names.

    Raises
    ------
    Fault
        If a term leads to no section, or Pagefind fails; the message has its own.
    """
    trees, made = {}, _made()
    for file in sorted(site.rglob("index.html")):
        tree = article(file.read_text(encoding="utf-8"))
        if tree is not None:
            folder = file.parent.relative_to(site).as_posix()
            trees["" if folder == "." else f"{folder}/"] = tree
    found = listed(docs, trees)
    output = site / FOLDER
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        texts = Path(temporary) / "texts"
        for address, tree in trees.items():
            if _silent(docs, address) or address in made:
                continue
            path = texts / address / "index.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            # Results lead to headings; Pagefind would list every other anchor too.
            for element in tree.xpath(".//*[@id][not(self::h1 or self::h2 or self::h3)]"):
                del element.attrib["id"]
            weight = "0.5" if address.startswith("api/") else "1"
            body = lxml.html.tostring(tree, encoding="unicode")
            path.write_text(
                f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title></title></head>'
                f'<body data-pagefind-body data-pagefind-weight="{weight}">{body}</body></html>',
                encoding="utf-8",
            )
        _pagefind(texts, output)
    _write(site / NAMES, {kind: packed(items) for kind, items in found.items()})
    # What an entry is in a line, in a file for each run of entries: few are ever shown together.
    lines = (
        names.LINES[record.kind](record)
        for record in catalog.records()
        if _sought(catalog.address(record))
    )
    (site / LINES).mkdir()
    for number, (_, run) in enumerate(itertools.groupby(found["entries"], _start)):
        _write(site / LINES / f"{number}.json", list(itertools.islice(lines, len(list(run)))))


def _write(path: Path, data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")


def _made() -> set[str]:
    """Return the API pages that list entries or what other modules define: it stands there."""
    return {f"api/{name}/" for name in modules() if generated(name) or lends(name)}


def _silent(docs: Path, address: str) -> bool:
    """Say whether the front matter of a page leaves its text out of the search."""
    for name in (f"{address.rstrip('/')}.md", f"{address}index.md"):
        path = docs / name
        if path.is_file():
            said = front_matter(path.read_text(encoding="utf-8")).get("search")
            return isinstance(said, dict) and bool(said.get("exclude"))
    return False


def _pagefind(texts: Path, output: Path) -> None:
    command = [str(pagefind_bin.get_executable()), "--site", str(texts), "--output-path"]
    command += [str(output.resolve()), "--quiet"]
    done = subprocess.run(command, cwd=texts.parent, capture_output=True, text=True, check=False)
    if done.returncode or not (output / "pagefind.js").is_file():
        raise Fault(f"the text of the pages was not indexed: {done.stdout}{done.stderr}".strip())
    for pattern in _UNUSED:
        for path in output.glob(pattern):
            if path.name != "pagefind-entry.json":
                path.unlink()


def on_post_build(config: MkDocsConfig) -> None:
    """Do the same for `serve`, after each build: a hook, in MkDocs' sense."""
    index(Path(config.site_dir), Path(config.docs_dir))
