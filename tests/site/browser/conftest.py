"""A browser and the built site on loopback, one of each per worker."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from browsed import changed, chosen, git
from playwright.sync_api import Browser, sync_playwright
from visits import ARGS, NAMES, ROOT, SITE, Quiet


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pages",
        choices=("all", "some"),
        default="all",
        help="some: one of each kind, those changed since main, and thirty that the commit draws",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "address" in metafunc.fixturenames:
        files = sorted(SITE.rglob("*.html"))
        if not files:
            raise pytest.UsageError("there is no built site: run `make site` first")
        pages = [file.relative_to(SITE).as_posix().removesuffix("index.html") for file in files]
        if metafunc.config.getoption("--pages") == "some":
            pages = chosen(pages, changed(ROOT), git(ROOT, "rev-parse", "HEAD"))
        metafunc.parametrize("address", pages, ids=[page or "home" for page in pages])


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder on loopback and return its address."""
    servers = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def base(serve: Callable[[Path], str]) -> str:
    return serve(SITE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("Chromium is missing: install it, on Debian by `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()
