"""The site in ``site/``, as `make test` has just built it, or in the folder ``DERIVREF_SITE``."""

import json
import os
from pathlib import Path

import lxml.html
import pytest
from mkdocs.config import load_config

from derivref import catalog
from derivref.site.lint import inspection

ROOT = Path(__file__).parents[3]
SITE = Path(os.environ.get("DERIVREF_SITE", ROOT / "site")).resolve()


@pytest.fixture(scope="module", autouse=True)
def _built():
    assert (SITE / "index.html").is_file(), f"there is no site in {SITE}: run `make site` first"


@pytest.fixture(scope="module")
def config():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return load_config("mkdocs.yml")


def pages():
    return sorted(SITE.rglob("*.html"))


def test_site_is_sound(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert inspection.inspect(SITE) == []


def test_links_to_the_addresses_exist_only_when_they_are_set(config):
    for page in pages():
        tree = lxml.html.document_fromstring(page.read_text("utf-8"))
        canonical = tree.xpath("//link[@rel='canonical']/@href")
        edit = tree.xpath("//a[@rel='edit']/@href")
        assert all(config.site_url and a.startswith(config.site_url) for a in canonical), page
        assert all(config.repo_url and a.startswith(config.repo_url) for a in edit), page
        if page.name == "index.html":
            assert bool(canonical) == bool(config.site_url), page
            assert bool(edit) == bool(config.repo_url), page


def test_export_has_every_entry():
    export = json.loads((SITE / "assets/generated/derivref.json").read_text("utf-8"))
    names = [record.name for record in catalog.records()]
    assert [entry["name"] for entry in export["entries"]] == names


def test_search_knows_every_page():
    index = json.loads((SITE / "search/search_index.json").read_text("utf-8"))
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    built = {
        page.parent.relative_to(SITE).as_posix() for page in pages() if page.name == "index.html"
    }
    assert {"" if folder == "." else f"{folder}/" for folder in built} <= found
