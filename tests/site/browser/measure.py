"""Print what a first visit to each built page costs: bytes, requests, layout shift, main thread.

Run ``make measure``; ``PAGES="reference/kinks/ learn/rules/"`` names some. The line is slow, the
processor four times slower than this one, and the browser knows no page: what a reader meets on a
cheap phone. All of it depends on the machine, its fonts and what else it does, so it is read, not
asserted; what a page may weigh is asserted by the tests. Core Web Vitals call a shift below 0.1
good. ``FONTCONFIG_FILE`` gives the browser the fonts of another system.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).parents[2]))

from visits import ARGS, NAMES, SITE, SIZES, measure, serving


def main() -> None:
    """Measure the pages that are named, else all, at both sizes."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    files = [SITE / name / "index.html" for name in sys.argv[1:]] or sorted(SITE.rglob("*.html"))
    if path is None or not all(file.is_file() for file in files) or not files:
        sys.exit("Chromium is missing." if path is None else "There is no such page: `make site`.")
    print(f"{'page':44}{'kB':>6}{'requests':>10}", end="")
    print("".join(f"{name + ': shift':>16}{'ms':>6}" for name in SIZES))
    with sync_playwright() as playwright, serving(SITE) as base:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        for file in files:
            name = file.relative_to(SITE).as_posix().removesuffix("index.html")
            found = [measure(browser, base + name, size) for size in SIZES.values()]
            weight, requests = max((f[:2] for f in found), key=lambda pair: pair[0])
            cells = "".join(f"{shift:16.3f}{1000 * time:6.0f}" for *_, shift, time in found)
            print(f"{name or 'home':44}{weight / 1000:6.0f}{requests:10}{cells}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
