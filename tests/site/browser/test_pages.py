"""Every page in a browser: accessible, self-contained, silent, no wider than a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"
# Beside the standard what axe calls moderate: landmarks of one name, headers without text.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR = ["color-contrast", "link-in-text-block"]  # all that a scheme can change
SETTLE = """async () => {
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""
SCHEME = """scheme => {
  document.body.setAttribute("data-md-color-scheme", scheme);
  return getComputedStyle(document.body).backgroundColor;
}"""
# Inside a formula are thousands of elements, all with the colour of the text around it.
CHECK = """async run => (await axe.run(
    {include: [["html"]], exclude: [[".katex"]]}, {runOnly: run, resultTypes: ["violations"]}))
  .violations.flatMap(v => v.nodes.map(n => [v.id, n.target.flat().join(" "), n.any.concat(n.all)
    .map(c => c.message).join("; ")]))"""
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const inside = e => { for (let p = e.parentElement; p; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== "visible" && p !== document.body
        && p !== document.documentElement) return true; return false; };
  return [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > width + 0.5 && !inside(e))
    .map(e => e.tagName.toLowerCase() + [...e.classList].map(c => "." + c).join(""));
}"""


def audit(page: Page, base: str, address: str) -> list[str]:
    """Return what is wrong with a page at the width of `page`, in both schemes."""
    width = page.viewport_size["width"]
    found: list[str] = []

    def fault(what: str, scheme: str = "any scheme") -> None:
        found.append(f"{address or 'home'}, {scheme}, {width} px: {what}")

    def requested(request) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            fault(f"requests {request.url}")

    def logged(message) -> None:
        if message.type == "error":
            fault(f"console: {message.text} ({message.location['url']})")

    def raised(error) -> None:
        fault(f"script error: {error}")

    handlers = {"request": requested, "console": logged, "pageerror": raised}
    for event, handler in handlers.items():
        page.on(event, handler)
    page.goto(base + address)
    page.evaluate(SETTLE)
    for element in page.evaluate(WIDE):
        fault(f"wider than the page: {element}")
    page.evaluate(AXE.read_text("utf-8"))
    # No rule sees what is not laid out yet.
    page.add_style_tag(
        content="*, ::before, ::after "
        "{ transition: none !important; content-visibility: visible !important }"
    )
    page.evaluate(SETTLE)
    papers = {}
    for scheme, run in (
        ("default", {"type": "tag", "values": STANDARD}),
        ("slate", {"type": "rule", "values": COLOUR}),
    ):
        papers[scheme] = page.evaluate(SCHEME, scheme)
        for rule, selector, message in page.evaluate(CHECK, run):
            fault(f"{rule} at {selector}: {message}", scheme)
    if papers["default"] == papers["slate"]:
        fault("the two schemes have the same background")
    for event, handler in handlers.items():
        page.remove_listener(event, handler)
    return found


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Iterator[list[Page]]:
    """One page of a desktop and one of a phone, used for every address."""
    sizes = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
    contexts = [browser.new_context(viewport=size, color_scheme="light") for size in sizes]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def test_page(pages: list[Page], base: str, address: str) -> None:
    found = [fault for page in pages for fault in audit(page, base, address)]
    assert not found, "\n".join(found)


SOUND = """<!doctype html><html lang="en"><head><title>Planted</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body { background: #fff; color: #000 }
[data-md-color-scheme=slate] { background: #000; color: #fff }</style></head>
<body data-md-color-scheme="default"><main><h1>Planted</h1>%s</main></body></html>"""

FAULTS = {
    "alternative": ('<img id="x" src="data:,">', "default, 1280 px: image-alt at #x"),
    "contrast": (
        '<p id="x" style="color: #6a6a6a">Grey</p>',
        "slate, 390 px: color-contrast at #x",
    ),
    "name": ('<button id="x"></button>', "default, 390 px: button-name at #x"),
    "scroller": (
        '<div id="x" style="overflow-x: auto"><p style="width: 600px">%s</p></div>'
        % ("Wide " * 30),
        "default, 390 px: scrollable-region-focusable at #x",
    ),
    "foreign": (
        '<img alt="" src="https://foreign.invalid/x.png">',
        "any scheme, 1280 px: requests https://foreign.invalid/x.png",
    ),
    "missing": ('<img alt="" src="x.png">', "390 px: console: Failed to load resource"),
    "console": ("<script>console.error('planted')</script>", "1280 px: console: planted"),
    "raise": ("<script>throw Error('planted')</script>", "1280 px: script error: planted"),
    "landmark": (
        '<nav id="x" aria-label="Twice">One</nav><nav aria-label="Twice">Two</nav>',
        "default, 390 px: landmark-unique at #x",
    ),
    "header": (
        '<table><tr><th id="x"></th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>',
        "default, 390 px: empty-table-header at #x",
    ),
    "policy": (
        "<script>document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="
        'Content-Security-Policy content="script-src &quot;&quot;">\')</script><script>1</script>',
        "1280 px: console: ",
    ),
    "overflow": ('<p class="x" style="width: 600px">Wide</p>', "390 px: wider than the page: p.x"),
    "scheme": (
        "<style>[data-md-color-scheme] { background: #fff !important; color: #000 }</style>",
        "1280 px: the two schemes have the same background",
    ),
}


@pytest.fixture(scope="session")
def planted(serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "sound.html").write_text(SOUND % "<p>Sound</p>", "utf-8")
    for name, (html, _) in FAULTS.items():
        (folder / f"{name}.html").write_text(SOUND % html, "utf-8")
    return serve(folder)


def test_a_sound_page_passes(pages: list[Page], planted: str) -> None:
    assert [fault for page in pages for fault in audit(page, planted, "sound.html")] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named(pages: list[Page], planted: str, name: str) -> None:
    found = [fault for page in pages for fault in audit(page, planted, f"{name}.html")]
    assert any(f.startswith(f"{name}.html, ") and FAULTS[name][1] in f for f in found), found
