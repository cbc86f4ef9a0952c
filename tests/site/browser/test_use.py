"""What a reader does with the site: search, copy, change the colours, all of it by keyboard too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from derivref import catalog
from derivref.records import Record
from derivref.site.build.strict import redirect

RECORDS = list(catalog.records())
CODE = "reference/activations/gelu/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a reader who has never been here and whose system is light."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def results(page: Page, query: str) -> list[str]:
    """Return the pages that the search box lists for `query`, best first."""
    box = page.get_by_role("textbox", name="Search")
    meta = page.locator(".md-search-result__meta")
    # Material listens to keys, and shows what each key finds: empty the box, then ask once.
    box.fill("")
    box.press("End")
    expect(meta).to_have_text("Type to start searching")
    box.fill(query)
    box.press("End")
    expect(meta).to_contain_text("document")
    paths = page.evaluate(
        "[...document.querySelectorAll('.md-search-result__link')].map(link => link.pathname)"
    )
    return list(dict.fromkeys(paths))  # a page's sections are listed below it


def home(record: Record) -> str:
    """Return the end of the address of an entry's page."""
    page = catalog.address(record).partition("#")[0]
    return f"/{page.removesuffix('.md').removesuffix('/index')}/"


def not_found(page: Page, base: str) -> list[str]:
    """Return the names and aliases whose first five results are not the entry's page."""
    page.goto(base)
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    return [
        f"{word} does not lead to {record.name}"
        for record in RECORDS
        for word in (record.name, *record.aliases)
        if not any(
            path.endswith(home(record))
            # Lunr looks for any of several words: a phrase is found, not ranked.
            for path in results(page, word)[: None if set(word) & set(" _-") else 5]
        )
    ]


def test_the_search_finds_every_entry_by_name_and_alias(page: Page, base: str) -> None:
    assert {"gelu", "swish"} <= {w for r in RECORDS for w in (r.name, *r.aliases)}
    assert not_found(page, base) == []


def test_an_entry_that_is_not_indexed_is_named(page: Page, base: str) -> None:
    page.route("**/search_index.json", lambda route: route.fulfill(json=without(route, "gelu")))
    assert "gelu does not lead to gelu" in not_found(page, base)


def without(route, name: str) -> dict:
    index = route.fetch().json()
    index["docs"] = [doc for doc in index["docs"] if name not in doc["location"]]
    return index


def test_the_box_on_the_home_page_searches(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("searchbox").fill("swish")
    page.keyboard.press("Enter")
    expect(page.locator(".md-search-result__link[href*='silu']").first).to_be_visible()


def copied(page: Page, base: str, address: str) -> list[tuple[str, str]]:
    """Return, for each copy button of a page, the code it stands on and what it yields."""
    page.goto(base + address)
    pairs = []
    for block in page.locator("pre:has(button[data-md-type=copy]:visible)").all():
        button = block.locator("button[data-md-type=copy]")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Copied to clipboard")).to_be_visible()
        yielded = page.evaluate("navigator.clipboard.readText()")
        pairs.append((block.locator("code").text_content() or "", yielded))
    return pairs


def test_the_copy_button_yields_the_code(page: Page, base: str) -> None:
    pairs = copied(page, base, CODE)
    assert pairs
    assert all(code.rstrip("\n") == yielded.rstrip("\n") for code, yielded in pairs)


def test_a_copy_button_that_yields_something_else_is_seen(page: Page, base: str) -> None:
    page.add_init_script(
        "document.addEventListener('copy', e => { e.stopImmediatePropagation();"
        "e.preventDefault(); e.clipboardData.setData('text/plain', 'planted') }, true)"
    )
    assert any(yielded == "planted" for _, yielded in copied(page, base, CODE))


def scheme(page: Page) -> str | None:
    return page.locator("body").get_attribute("data-md-color-scheme")


def test_the_palette_goes_round_by_keyboard_and_stays(page: Page, base: str) -> None:
    page.goto(base)
    assert scheme(page) == "default"
    dark = page.get_by_role("radio", name="Dark colours")
    page.get_by_role("radio", name="Colours follow the system").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(dark).to_be_checked()
    assert scheme(page) == "slate"
    page.goto(base + CODE)
    assert scheme(page) == "slate"
    page.get_by_title("Dark colours").click()
    assert scheme(page) == "default"


def test_the_palette_follows_a_dark_system(page: Page, base: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(base)
    assert scheme(page) == "slate"


def test_the_first_tab_skips_to_the_content_and_is_seen(page: Page, base: str) -> None:
    page.goto(base + CODE)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.partition("#")[2]


def unmarked(page: Page, base: str) -> list[str]:
    """Return the elements that Tab reaches without an outline on them or on their label."""
    page.goto(base + CODE)
    bare = []
    for _ in range(40):
        page.keyboard.press("Tab")
        marked, name = page.evaluate(
            """() => {
                const element = document.activeElement;
                const label = element.matches(".md-option") ? element.nextElementSibling : element;
                const box = element.closest(".md-search__form") ?? label;
                const marked = element === document.body
                    || [label, box].some(e => getComputedStyle(e).outlineStyle !== "none");
                return [marked, element.outerHTML.slice(0, 90)];
            }"""
        )
        if not marked:
            bare.append(name)
    return bare


def test_what_has_the_focus_is_outlined(page: Page, base: str) -> None:
    assert unmarked(page, base) == []


def test_a_focus_that_cannot_be_seen_is_named(page: Page, base: str) -> None:
    page.add_init_script(
        "addEventListener('load', () => document.head.insertAdjacentHTML('beforeend',"
        "'<style>.jump a { outline: none !important }</style>'))"
    )
    assert any("<a href=" in name for name in unmarked(page, base))


def test_paper_carries_the_text_alone(page: Page, base: str) -> None:
    page.goto(base + CODE)
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".md-header", ".md-sidebar", ".md-footer", ".jump"):
        assert page.locator(part).count()
        expect(page.locator(part).first).to_be_hidden()
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert ink == "rgb(28, 30, 33)"
    assert page.evaluate("""[...document.querySelectorAll("pre code")]
        .every(e => e.scrollWidth <= e.clientWidth)""")


def test_an_address_that_has_moved_leads_on(browser: Browser, serve, tmp_path) -> None:
    for name in ("kept", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(
            '<!doctype html><html><body><article><h1 id="part">Part</h1></article></body></html>'
        )
    (tmp_path / "assets").mkdir()
    script = Path(__file__).parents[3] / "docs/assets/moved.js"
    (tmp_path / "assets/moved.js").write_text(script.read_text("utf-8"))
    redirect(tmp_path, {"old/": "new/", "old/#own": "kept/#part", "kept/#gone": "new/#part"})
    leads = {
        "old/": "new/",
        "old/#part": "new/#part",
        "old/#own": "kept/#part",
        "kept/#gone": "new/#part",
        "kept/#part": "kept/#part",
    }
    base = serve(tmp_path)
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        for old, new in leads.items():
            page = context.new_page()
            page.goto(f"{base}{old}")
            if scripts:
                page.wait_for_url(f"{base}{new}", timeout=10_000)
            elif old == "kept/#gone":
                expect(page.locator("#gone a")).to_have_attribute("href", "../new/#part")
            elif old == "old/":
                page.wait_for_url(f"{base}new/", timeout=10_000)
        context.close()
