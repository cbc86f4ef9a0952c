"""What the build adds to MkDocs: a page at each old address."""

import pytest

from derivref.site.build.strict import redirect
from derivref.site.fault import Fault


@pytest.fixture
def site(tmp_path):
    for page in ("new/deep", "kept"):
        (tmp_path / page).mkdir(parents=True)
        (tmp_path / page / "index.html").write_text("a page")
    return tmp_path


def test_an_old_address_leads_to_the_new_one(site):
    redirect(site, {"old/place/": "new/deep/"})
    text = (site / "old/place/index.html").read_text()
    assert 'content="0; url=../../new/deep/"' in text
    assert (site / "old/place/../../new/deep/index.html").is_file()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [("old/", "nowhere/", "which is no page"), ("kept/", "new/deep/", "which is still a page")],
)
def test_a_redirect_that_leads_nowhere_or_hides_a_page_is_refused(site, old, new, fault):
    with pytest.raises(Fault, match=fault):
        redirect(site, {old: new})
