"""Print how much the layout of each built page shifts and how long its main thread works.

Run ``make measure``. Both depend on the machine and on what else it does: they are read, not
asserted. Core Web Vitals call a shift below 0.1 good.
"""

import shutil
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from conftest import ARGS, NAMES, SITE, Quiet

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
OBSERVE = """
window.shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
SETTLE = """async () => {
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  await new Promise(done => setTimeout(done, 60));  // an entry is delivered after its frame
  return window.shift;
}"""


def measure(browser: Browser, address: str, width: int, height: int) -> tuple[float, float]:
    """Return the layout shift of a page and the seconds that its main thread worked."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_init_script(OBSERVE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(address)
    shift = page.evaluate(SETTLE)
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    return shift, metrics["TaskDuration"]


def main() -> None:
    """Measure every page at both sizes."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    files = sorted(SITE.rglob("*.html"))
    if path is None or not files:
        sys.exit("Chromium is missing." if files else "There is no built site: run `make site`.")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    print(f"{'page':44}" + "".join(f"{name + ': shift':>16}{'ms':>6}" for name in SIZES))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        for file in files:
            name = file.relative_to(SITE).as_posix().removesuffix("index.html")
            found = [measure(browser, base + name, *size) for size in SIZES.values()]
            cells = "".join(f"{shift:16.3f}{1000 * time:6.0f}" for shift, time in found)
            print(f"{name or 'home':44}{cells}", flush=True)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
