"""The site in ``site/``, as `make test` has just built it, or in the folder ``DERIVREF_SITE``."""

import gzip
import importlib
import inspect
import json
import os
import shutil
from pathlib import Path

import lxml.html
import pytest
from mkdocs.config import load_config

from derivref import catalog
from derivref.site.build import search
from derivref.site.lint import addresses, inspection
from derivref.site.show.api import modules

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
    """The pages; not what stands where one was."""
    found = sorted(SITE.rglob("*.html"))
    return [page for page in found if "data-moved" not in page.read_text("utf-8")]


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


def served(page):
    folder = page.parent.relative_to(SITE).as_posix()
    return "" if folder == "." else f"{folder}/"


def test_search_knows_every_page():
    listed = search.read(SITE)
    found = {item[1].partition("#")[0] for kind in listed.values() for item in kind}
    assert {served(page) for page in pages() if page.name == "index.html"} <= found


def packed(name):
    """What a reader is sent: with gzip, and as it is where it is packed already."""
    content = (SITE / search.FOLDER / name).read_bytes()
    return min(len(gzip.compress(content, mtime=0)), len(content))


def test_search_is_light():
    """At most 150 kB until the first place in the text is shown, 15 kB of them for the names."""
    assert packed("names.json") <= 15_000
    files = [path.relative_to(SITE / search.FOLDER) for path in (SITE / search.FOLDER).rglob("*.*")]
    first = sum(packed(path) for path in files if len(path.parts) == 1)
    by_size = {folder: sorted(packed(p) for p in files if p.parts[0] == folder) for folder in PARTS}
    # The chunk of the word that was asked for, the two pages that are shown first, and the lines of
    # entries out of four runs.
    shown = sum(by_size["fragment"][-2:]) + sum(by_size["lines"][-4:])
    assert first + by_size["index"][-1] + shown <= 150_000


PARTS = ("index", "fragment", "lines")


def test_search_is_the_same_for_the_same_pages(tmp_path):
    for name in ("a", "b"):
        copy = tmp_path / name / "reference/activations/gelu"
        copy.mkdir(parents=True)
        shutil.copy(SITE / "reference/activations/gelu/index.html", copy)
        search.index(tmp_path / name, ROOT / "docs")
    files = [
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("a", "b")
    ]
    assert len(files[0]) > 5
    assert files[0] == files[1]
    assert not any(str(tmp_path).encode() in content for content in files[0].values())


def test_every_address_that_there_was_leads_on():
    old = (ROOT / addresses.LIST).read_text("utf-8").split()
    assert len(old) > 600
    assert addresses.lost(SITE, old) == []


def public(module):
    """The public names of a module: those that it exports but for modules, else what it defines."""
    if hasattr(module, "__all__"):
        return {n for n in module.__all__ if not inspect.ismodule(getattr(module, n))}
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(inspect.unwrap(value)))
        and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", modules())
def test_every_public_object_is_on_the_api_pages_and_no_other(name, config):
    module = f"derivref.{name}"
    wanted = {f"{module}.{n}" for n in public(importlib.import_module(module))}
    found = {a.partition("#")[2] for a in addresses.addresses(SITE) if f"api/{name}/#" in a}
    assert wanted - found == set()
    assert module in found
    found -= {a.partition("#")[2] for a in config.extra["moved"]}
    shown = {n for n in found if n.startswith(f"{module}.") and n.count(".") == 2}
    assert shown - wanted == set()


def test_the_public_names_are_those_that_a_module_exports_or_defines():
    assert {"Kink", "ORDERS", "public"} <= public(importlib.import_module("derivref.records"))
    cache = public(importlib.import_module("derivref.cache"))
    assert cache == {"cached", "digest", "directory", "known", "machine"}
