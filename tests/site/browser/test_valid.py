"""The HTML of every page, as the checker of the W3C reads it."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SITE = ROOT / "site"
JAR = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"


def errors(*files: Path | str) -> list[str]:
    """Return what the checker calls an error in files or folders, each with its place.

    Of style sheets inside pages it knows no container queries: those are left to the browser.
    """
    if shutil.which("java") is None:
        pytest.fail(
            "Java is missing: install it, on Debian by `apt-get install default-jre-headless`"
        )
    done = subprocess.run(
        ["java", "-jar", JAR, "--errors-only", "--skip-non-html", "--format", "json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    return list(told(json.loads(done.stderr)["messages"]))


def told(messages: Iterable[dict]) -> list[str]:
    return [
        f"{m['url'].rpartition('/site/')[2]}:{m.get('lastLine', 0)}: {m['message']}"
        for m in messages
        if m["type"] == "error" and not m["message"].startswith("CSS: ")
    ]


def test_every_page_is_valid() -> None:
    assert (SITE / "index.html").is_file(), "there is no built site: run `make site` first"
    assert errors(SITE) == []


def test_an_invalid_page_is_named(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head>'
        '<body><div><p id="">x</p></body></html>'
    )
    found = errors(page)
    assert any("wrong.html" in error and "Unclosed element “div”" in error for error in found)
    assert any("attribute “id”" in error for error in found)
