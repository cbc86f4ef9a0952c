"""What a reader does with the site: search, copy, change the colours, all of it by keyboard too."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from visits import SITE, SIZES, Quiet, measure, packed, serving

from derivref import catalog
from derivref.oracle import facts
from derivref.records import Record
from derivref.site.build import search
from derivref.site.build.strict import redirect
from derivref.site.show.names import key

# What is sought by name: exercises and claims are by their words.
RECORDS = [r for r in catalog.records() if not catalog.address(r).startswith("practice/")]
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


def opened(page: Page, base: str) -> Page:
    page.goto(base)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    return page


DONE = re.compile(r"result|^Nothing|^The search|^A page")


def results(page: Page, query: str, base: str) -> list[str]:
    """Return the addresses that the search lists for `query`, best first."""
    page.get_by_role("searchbox", name="Search").fill(query)
    # Names answer at once; the status has their number when the text has answered too.
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(DONE)
    links = page.get_by_role("dialog").get_by_role("link").all()
    return [str(link.evaluate("link => link.href")).removeprefix(base) for link in links]


def home(record: Record) -> str:
    """Return the address of an entry."""
    page, sign, anchor = catalog.address(record).partition("#")
    return f"{page.removesuffix('.md').removesuffix('/index')}/{sign}{anchor}"


def not_found(page: Page, base: str) -> list[str]:
    """Return the titles, names and aliases whose first result is not the entry."""
    opened(page, base)
    owners: dict[str, set[str]] = defaultdict(set)
    for record in RECORDS:
        for word in (record.title, record.name, *record.aliases):
            owners[key(word)].add(home(record))
    return [
        f"{word} does not lead to {record.name}"
        for record in RECORDS
        for word in (record.title, record.name, *record.aliases)
        # Of several with one name any comes first.
        if not {*results(page, word, base)[:1]} & owners[key(word)]
    ]


def test_the_search_finds_every_entry_by_title_name_and_alias(page: Page, base: str) -> None:
    assert {"gelu", "swish"} <= {w for r in RECORDS for w in (r.name, *r.aliases)}
    assert not_found(page, base) == []


def test_an_entry_that_is_not_listed_is_named(page: Page, base: str) -> None:
    page.route("**/names.json", lambda route: route.fulfill(json=without(route, "gelu")))
    assert "gelu does not lead to gelu" in not_found(page, base)


def without(route, name: str) -> dict:
    listed = route.fetch().json()
    return {
        kind: search.packed(
            [i for _, run in search.unpacked(text) for i in run if f"/{name}/" not in i[1]]
        )
        for kind, text in listed.items()
    }


# What readers ask in words of their own, and where the answer is.
WANTED = {
    "gelu": "reference/activations/gelu/",
    "swish": "reference/activations/silu/",
    "sigmod": "reference/activations/sigmoid/",
    "lekay relu": "reference/activations/leaky_relu/",
    "d_gelu": "reference/activations/gelu/",
    "sqrt": home(catalog.get("sqrt")),
    "x^n": home(catalog.get("elementary.power")),
    "log-sum-exp": "reference/layers/logsumexp/",
    "softmax derivative": "reference/layers/softmax/",
    "derivative of the tanh": "reference/activations/tanh/",
    "step size": "learn/step-size/",
    "nan gradient": "learn/autodiff-limits/#where",
    "vanishing gradient": "reference/activations/#many-layers",
    "exploding gradient": "reference/activations/#many-layers",
    "gradcheck": "learn/gradient-checking/",
    "dead relu": "reference/activations/relu/#traps",
    "complex step": "learn/complex-step/",
    "max ties": "learn/autodiff-limits/#kinks",
    "cross entropy gradient": "reference/losses/cross_entropy/",
    "vjp": "learn/reverse-mode/#vjp",
    "chain rule": "learn/rules/#chain-rule",
    "hessian": "learn/multivariable/#hessian",
    "check_gradient": "api/check/#derivref.check.check_gradient",
}


def test_what_readers_ask_leads_to_its_answer(page: Page, base: str) -> None:
    opened(page, base)
    found = {query: (results(page, query, base) or [""])[0] for query in WANTED}
    assert found == WANTED


def test_words_of_the_text_are_found_and_shown(page: Page, base: str) -> None:
    opened(page, base)
    assert any(a.startswith("reference/activations/") for a in results(page, "ResNet", base))
    expect(page.locator("#search mark").first).to_contain_text("ResNet")


def test_a_result_is_one_line_with_the_slope(page: Page, base: str) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        opened(page, base)
        results(page, "gelu", base)
        rows = page.get_by_role("dialog").get_by_role("link")
        expect(rows.first).to_have_text("GELUf′ = Φ(x) + x φ(x)")
        heights = [row.bounding_box()["height"] for row in rows.all()]
        assert max(heights) < 1.1 * min(heights)


def test_what_is_not_there_is_said_with_the_nearest(page: Page, base: str) -> None:
    opened(page, base)
    assert "reference/activations/gelu/" in results(page, "gelxyu", base)
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "Nothing here is about “gelxyu”. Nearest names:"
    )
    assert results(page, "qwertyuiopasdf", base) == []
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "Nothing here is about “qwertyuiopasdf”."
    )


def test_nothing_is_fetched_before_the_search_is_used(page: Page, base: str) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(base)))
    page.goto(base, wait_until="networkidle")
    assert asked
    assert not [url for url in asked if url.startswith("search/")]
    opened(page, base)
    results(page, "gelu", base)
    assert "search/names.json" in asked


def test_the_search_works_by_keyboard(page: Page, base: str) -> None:
    opened(page, base)
    second = results(page, "relu", base)[1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(base + second)
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_box_on_the_home_page_searches(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("searchbox", name="Find a function").fill("swish")
    page.keyboard.press("Enter")
    expect(page.locator("#search li a[href*='silu']").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}reference/activations/silu/")


def test_a_page_opened_as_a_file_says_how_to_search(page: Page) -> None:
    page.goto((SITE / "reference/activations/gelu/index.html").as_uri())
    page.keyboard.press("/")
    page.get_by_role("searchbox", name="Search").fill("gelu")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text(
        "python -m http.server"
    )


def test_without_scripts_the_box_leads_to_the_list_of_names(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    page.get_by_role("searchbox").fill("swish")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}reference/a-to-z/?q=swish", timeout=10_000)
    context.close()


def test_what_is_closed_takes_no_tab(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + CODE)
    stops = []
    while len(stops) < 12:
        page.keyboard.press("Tab")
        inside, name = page.evaluate(
            "[!!document.activeElement.closest('article'), document.activeElement.outerHTML]"
        )
        if inside:
            break
        stops.append(name[:80])
    assert len(stops) <= 6, stops


def test_the_menu_says_whether_it_is_open(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + CODE)
    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "false")
    link = page.locator(".md-sidebar--primary").get_by_role("link", name="Tanh", exact=True)
    expect(link).to_be_hidden()
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


INDEX = "reference/activations/"


def shown(page: Page) -> list[str]:
    """Return the names of the rows that are shown."""
    names = page.locator("table.entries tbody tr:not([hidden]) td:first-child")
    return [name.strip() for name in names.all_text_contents()]


def test_readers_choose_among_many_rows(page: Page, base: str) -> None:
    page.goto(base + "reference/special/")
    expect(page.locator(".choose")).to_have_count(0)  # so few are seen at a glance
    page.goto(base + INDEX)
    many = shown(page)
    kinked = page.get_by_role("button", name="has a kink")
    kinked.press("Enter")
    expect(kinked).to_have_attribute("aria-pressed", "true")
    records = [r for r in catalog.records("scalar") if r.family == "activations"]
    assert {*shown(page)} == {r.title for r in records if r.corners}
    kinked.press("Enter")
    page.get_by_role("searchbox", name="Show rows").fill("gpt-2")
    assert {*shown(page)} == {r.title for r in records if "GPT-2" in r.use}
    expect(page.get_by_role("status").first).to_contain_text(f"of {len(many)}")
    page.get_by_role("searchbox", name="Show rows").fill("")
    page.get_by_label("Order").select_option("by greatest |f′|")
    greatest = {r.title: float(facts(r).lipschitz.value) for r in records}
    sizes = [greatest[name] for name in shown(page)]
    assert sizes == sorted(sizes)


def test_an_index_is_cards_on_a_phone(page: Page, base: str) -> None:
    for width in (390, 320):  # 320: what a window of 1280 has at 400 %
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(base + INDEX)
        card = page.locator("table.entries tbody tr").filter(
            has=page.get_by_role("link", name="ReLU", exact=True)
        )
        label = "getComputedStyle(e, '::before').content"
        cells = card.locator("td:visible")
        said = [cell.evaluate(f"e => {label}").strip('"') for cell in cells.all()]
        assert said[1:3] == ["f(x)", "f′(x)"]
        assert "kinks" in said
        assert "domain" not in said  # it is the usual one
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_column_stays_where_a_table_scrolls(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}reference/kinks/")
    scroller = page.locator(".scroller").first
    before = scroller.locator("tbody tr td").first.bounding_box()["x"]
    scroller.evaluate("e => { e.scrollLeft = 200 }")
    assert scroller.evaluate("e => e.scrollLeft") == 200
    assert scroller.locator("tbody tr td").first.bounding_box()["x"] == before


def test_a_root_sign_is_seen(page: Page, base: str) -> None:
    page.goto(f"{base}reference/elementary/sqrt/")
    roots = page.locator(".hide-tail svg")
    assert roots.count() > 3
    assert min(root.bounding_box()["height"] for root in roots.all()[:4]) > 10


def test_sections_stand_in_the_header_of_a_narrow_window(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 960, "height": 800})
    page.goto(base + CODE)
    expect(page.locator(".sections").get_by_role("link", name="Learn")).to_be_visible()


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
    expect(page).to_have_url(re.compile("#."))


def unmarked(page: Page, base: str) -> list[str]:
    """Return the elements that Tab reaches without an outline on them or on their label."""
    page.goto(base + CODE)
    bare = []
    for _ in range(160):  # past the sections at the left, of which there are a hundred
        page.keyboard.press("Tab")
        marked, name = page.evaluate(
            """() => {
                const element = document.activeElement;
                const label = element.matches(".md-option, .form-choice input")
                    ? element.nextElementSibling : element;
                const box = element.closest(".search form") ?? label;
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


FIRST = ("gelu", "sigmoid", "relu")


@pytest.mark.parametrize("scheme_", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_code_begins_on_the_first_screen(page: Page, base: str, size, scheme_: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme_)
    for name in FIRST:
        page.goto(f"{base}reference/activations/{name}/")
        line = page.evaluate(
            """() => {
                const code = document.querySelector(".form pre code");
                const range = document.createRange();
                range.setStart(code, 0);
                range.setEnd(code, code.childNodes.length > 3 ? 3 : 1);
                return range.getBoundingClientRect().bottom;
            }"""
        )
        assert line < size[1] - 20, f"{name}: the first line of the code ends at {line:.0f} px"


def form_code(page: Page) -> str:
    """Return the code of the form that is shown."""
    return page.locator(".forms > .form:visible .highlight code").first.text_content() or ""


def test_the_form_of_the_code_is_chosen_by_keyboard_and_kept(page: Page, base: str) -> None:
    page.goto(base + CODE)
    assert "erfcx" not in form_code(page)
    page.get_by_role("radio", name="Plain").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Accurate")).to_be_checked()
    assert "erfcx" in form_code(page)
    page.goto(f"{base}reference/activations/silu/")
    expect(page.get_by_role("radio", name="Accurate")).to_be_checked()
    page.goto(f"{base}reference/activations/relu/")
    assert "np.maximum" in form_code(page)  # it has one form


def test_the_forms_work_without_a_script(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + CODE)
    expect(page.locator(".form:visible")).to_have_count(1)
    page.get_by_text("Accurate", exact=True).click()
    expect(page.locator(".form:visible code").first).to_contain_text("erfcx")
    expect(page.locator(".reader")).to_be_hidden()
    page.get_by_text("Values", exact=True).click()
    expect(page.locator(".values tbody tr").first).to_be_visible()
    context.close()


def test_a_program_is_copied_with_its_example_or_downloaded(page: Page, base: str) -> None:
    page.goto(base + CODE)
    page.locator(".form:visible").get_by_role("button", name="Copy", exact=True).click()
    functions = page.evaluate("navigator.clipboard.readText()")
    assert functions == form_code(page).rstrip()
    page.locator(".form:visible").get_by_role("button", name="Copy with example").click()
    whole = page.evaluate("navigator.clipboard.readText()")
    assert whole.startswith(functions)
    assert "assert d_gelu(0.0) == 0.5" in whole
    with page.expect_download() as waiting:
        page.locator(".form:visible").get_by_role("link", name="gelu.py").click()
    assert waiting.value.suggested_filename == "gelu.py"
    assert Path(waiting.value.path()).read_text("utf-8") == whole


def test_the_picture_is_read_off_by_arrow_keys(page: Page, base: str) -> None:
    page.goto(base + CODE)
    slider = page.get_by_role("slider", name="x")
    expect(page.locator(".reader output")).to_contain_text("x = 1")
    expect(page.locator(".reader output")).to_contain_text("f′ = 1.083")
    before = page.locator("svg .tangent").get_attribute("y2")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".reader output")).to_contain_text("x = 0.75")
    assert page.locator("svg .tangent").get_attribute("y2") != before
    assert "x = 0.75" in (slider.get_attribute("aria-valuetext") or "")


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


def fetched(page: Page, base: str, address: str) -> dict[str, int]:
    """Return what a visit fetches that the browser lacks, each with its weight, packed."""
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(base + address)
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    files = {url: SITE / url.removeprefix(base).partition("#")[0] for url in asked}
    found = {u: len(packed(f / "index.html" if f.is_dir() else f)) for u, f in files.items()}
    return {url: weight for url, weight in found.items() if url.startswith(base)}


def test_a_first_visit_is_light_and_a_second_page_lighter(page: Page, base: str) -> None:
    first = fetched(page, base, CODE)
    assert sum(first.values()) <= 200_000, first
    assert len(first) <= 12, first
    second = fetched(page, base, "reference/activations/silu/")
    assert sum(weight for url, weight in second.items() if url not in first) <= 30_000, second


def test_nothing_moves_while_faces_arrive(browser: Browser) -> None:
    """On a slow line, with the fonts of this machine in place of ours until then."""
    with serving(SITE) as base:
        for address in (CODE, "reference/finite-differences/"):
            for size in SIZES.values():
                *_, shift, _ = measure(browser, base + address, size, slowdown=1)
                assert shift <= 0.05, (address, size)


class Lost(Quiet):
    """Answers with the page for addresses that do not exist, as hosts do."""

    def send_error(self, code: int, *details: object) -> None:
        content = (SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def test_the_page_of_no_address_works_in_any_folder(page: Page, tmp_path) -> None:
    if (
        "assets/favicon.svg" in (SITE / "404.html").read_text()
        and "<script>(async" not in (SITE / "404.html").read_text()
    ):
        pytest.skip("the site was built for a known address")
    (tmp_path / "some").mkdir()
    (tmp_path / "some/folder").symlink_to(SITE)
    with serving(tmp_path, Lost) as base:
        page.goto(f"{base}some/folder/reference/there/is/nothing")
        link = page.get_by_role("link", name="the home page")
        assert link.evaluate("a => a.href") == f"{base}some/folder/"
        expect(page.locator("link[rel=stylesheet]")).to_have_count(1)
        expect(page.get_by_role("button", name="Search")).to_be_visible()
        assert (
            page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(253, 253, 251)"
        )
