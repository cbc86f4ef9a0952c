"""What the build adds to MkDocs: at each old address what leads to the new one."""

import re

import pytest

from derivref.site.build.strict import redirect
from derivref.site.fault import Fault
from derivref.site.lint.addresses import addresses, exists, lost

PAGE = '<html><body><article><h1 id="title">{}</h1>{}</article></body></html>'


@pytest.fixture
def site(tmp_path):
    for page, text in (("new/deep", '<h2 id="part">Part</h2>'), ("kept", '<h2 id="here">x</h2>')):
        (tmp_path / page).mkdir(parents=True)
        (tmp_path / page / "index.html").write_text(PAGE.format(page, text))
    return tmp_path


def links(site, page):
    """Where the links of a page lead: each to a page of the site, seen from that page."""
    text = (site / page / "index.html").read_text()
    return {
        (site / page / link.partition("#")[0]).resolve().relative_to(site).as_posix()
        for link in re.findall(r'(?:href|url|src)="?=?([^"]+)"', text)
    }


def test_an_old_page_leads_to_the_new_one(site):
    redirect(site, {"old/place/": "new/deep/"})
    text = (site / "old/place/index.html").read_text()
    assert '<noscript><meta http-equiv="refresh" content="0; url=../../new/deep/">' in text
    assert '<a data-moved="page" href="../../new/deep/">' in text
    assert links(site, "old/place") == {"new/deep", "assets/moved.js"}


def test_an_old_anchor_leads_to_the_new_one(site):
    before = (site / "kept/index.html").read_text()
    assert not exists(site, "kept/#gone")
    redirect(site, {"kept/#gone": "new/deep/#part", "kept/#too": "new/deep/"})
    text = (site / "kept/index.html").read_text()
    assert '<p id="gone" class="moved">' in text
    assert 'href="../new/deep/#part"' in text
    assert text.count("moved.js") == 1
    assert links(site, "kept") == {"new/deep", "assets/moved.js"}
    assert [exists(site, f"kept/#{name}") for name in ("here", "gone", "too")] == [True] * 3
    plain = re.sub(r'<p id="\w+" class="moved">.*</p>\n|<script.*</script>\n', "", text)
    assert plain == before  # nothing else has changed


def test_anchors_of_an_old_page_may_lead_to_several(site):
    redirect(site, {"old/": "new/deep/", "old/#a": "kept/#here"})
    text = (site / "old/index.html").read_text()
    assert '<p id="a" class="moved">This section has moved: <a href="../kept/#here">' in text
    assert text.count("moved.js") == 1


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("old/", "nowhere/", "which is no page"),
        ("old/", "new/deep/#nothing", "`new/deep/#nothing`, which is no page"),
        ("kept/", "new/deep/", "which is still a page"),
        ("kept/#here", "new/deep/", "`kept/#here`, which is still a page"),
        ("lost/#here", "new/deep/", "anchors of `lost/`, which is no page"),
    ],
)
def test_a_redirect_that_leads_nowhere_or_hides_a_page_is_refused(site, old, new, fault):
    with pytest.raises(Fault, match=re.escape(fault)):
        redirect(site, {old: new})


def test_an_address_that_leads_nowhere_is_named(site):
    old = ["kept/", "kept/#here", "kept/#gone", "old/", "old/#any"]
    assert [message.split("`")[1] for message in lost(site, old)] == old[2:]
    redirect(site, {"kept/#gone": "new/deep/", "old/": "new/deep/"})
    assert lost(site, old) == []


def test_the_addresses_are_pages_and_anchors_of_their_text(site):
    (site / "index.html").write_text(
        '<nav id="__nav"></nav><article id="0123456789-axes"><a id="top"></a></article>'
    )
    found = ["./", "./#top", "kept/", "kept/#title", "kept/#here", "new/deep/"]
    assert list(addresses(site))[:6] == found
