"""A first visit to a page of the built site, on a slow line and a slow processor, measured."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, TimeoutError

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A request that leaves the site is a fault and reaches nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SLOWDOWN = 4  # of the processor
# What Lighthouse calls a slow 4G line: 1.6 Mbit/s, an answer after 150 ms.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
PACKED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".md"}  # by every server of static files
OBSERVE = """
window.shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
SETTLE = """async () => {
  await document.fonts.ready;
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  await new Promise(done => setTimeout(done, 300));  // an entry is delivered after its frame
  return window.shift;
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@cache
def packed(path: Path) -> bytes:
    """Return a file as a server sends it."""
    content = path.read_bytes()
    return gzip.compress(content, 6, mtime=0) if path.suffix in PACKED else content


class Packing(Quiet):
    """Sends what can be packed with gzip."""

    def do_GET(self) -> None:  # the name is the library's
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        content = packed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def measure(
    browser: Browser, address: str, size: tuple[int, int], slowdown: int = SLOWDOWN
) -> tuple[int, int, float, float]:
    """Return bytes, requests, layout shift, and seconds of the main thread of a first visit."""
    for _ in range(2):
        try:
            return _visit(browser, address, size, slowdown)
        except TimeoutError:
            pass  # the slow line that Chromium plays stalls now and then: seen once in many visits
    return _visit(browser, address, size, slowdown)


def _visit(
    browser: Browser, address: str, size: tuple[int, int], slowdown: int
) -> tuple[int, int, float, float]:
    with closing(
        browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    ) as context:
        context.add_init_script(OBSERVE)
        context.set_default_timeout(60_000)  # another program may have the processor
        page = context.new_page()
        requests: dict[str, int] = {}
        session = context.new_cdp_session(page)
        session.on(
            "Network.loadingFinished",
            lambda e: requests.__setitem__(e["requestId"], int(e["encodedDataLength"])),
        )
        for domain in ("Performance", "Network"):
            session.send(f"{domain}.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.goto(address)
        shift = page.evaluate(SETTLE)
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return sum(requests.values()), len(requests), shift, metrics["TaskDuration"]


@contextmanager
def serving(folder: Path, handler: type[Quiet] = Packing) -> Iterator[str]:
    """Serve a folder on loopback and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
