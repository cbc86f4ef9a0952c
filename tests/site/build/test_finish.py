"""What is done to built pages: joined files, faces, policy, heads, copies. And the built site's."""

import gzip
import os
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from mkdocs.config import load_config

from derivref import catalog
from derivref.site.build import cards, copies, finish, fonts, policy

ROOT = Path(__file__).parents[3]
SITE = Path(os.environ.get("DERIVREF_SITE", ROOT / "site")).resolve()
MODULES = ROOT / "node_modules"
SERIF = MODULES / "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2"

PAGE = """\
<html lang="en"><head><meta charset="utf-8"><title>T</title>
<meta name="description" content="What it is.">
<link rel="icon" href="../assets/favicon.svg">
<link rel="stylesheet" href="../assets/generated/katex/katex.css">
<link rel="stylesheet" href="../assets/own.css">
<script src="../assets/own.js" defer></script></head>
<body><input class="md-toggle" type="checkbox" autocomplete="off">
<nav class="md-nav" data-md-level="1" aria-labelledby="x" aria-expanded="true"></nav>
<label class="md-nav__title" for="__toc"></label>
<p class="used">%s</p></body></html>
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site of two pages, one with a formula."""
    monkeypatch.chdir(ROOT)
    assets = tmp_path / "assets"
    (assets / "generated/katex").mkdir(parents=True)
    (assets / "generated/katex/katex.css").write_text(".katex { color: url(fonts/a.woff2) }")
    (assets / "own.css").write_text("/* why */ .used { color: red }\n.unused { color: blue }")
    (assets / "own.js").write_text("const a = 1;\n")
    for name, text in (("plain", "<em>x</em>"), ("maths", '<span class="katex">x</span>')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(PAGE % text)
    return tmp_path


def test_pages_link_what_they_show_and_no_more(site):
    finish.finish(site)
    plain, maths = ((site / n / "index.html").read_text() for n in ("plain", "maths"))
    assert re.findall(r'stylesheet" href="../assets/(\w+)', plain) == ["site"]
    assert re.findall(r'stylesheet" href="../assets/(\w+)', maths) == ["maths", "site"]
    assert "source-serif-4-latin-often-italic" in plain
    assert "KaTeX_Main" not in plain
    assert "source-serif-4-latin-often-italic" not in maths
    assert "KaTeX_Main" in maths
    assert 'property="og:description" content="What it is."' in plain
    css = {path.name[:4]: path.read_text() for path in site.glob("assets/*.css")}
    assert css == {
        "site": ".used{color:red}",
        "math": ".katex{color:url(generated/katex/fonts/a.woff2)}",
    }
    assert [path.read_text() for path in site.glob("assets/*.js")] == ["{\nconst a = 1;\n}\n"]


def test_slips_of_the_theme_are_mended(site):
    finish.finish(site)
    text = (site / "plain/index.html").read_text()
    assert '<nav class="md-nav" data-md-level="1" role="none">' in text
    assert "autocomplete" not in text
    assert 'for="__toc"' not in text


def test_a_page_names_its_card_only_where_the_address_is_known(site):
    of_pages = {"plain/index.html": "assets/card.png"}
    finish.finish(site, "https://example.org/d/", of_pages)
    card = 'property="og:image" content="https://example.org/d/assets/card.png"'
    assert card in (site / "plain/index.html").read_text()
    assert "og:image" not in (site / "maths/index.html").read_text()


def test_the_same_pages_give_the_same_files(site, tmp_path_factory):
    import shutil

    other = tmp_path_factory.mktemp("other") / "site"
    shutil.copytree(site, other)
    finish.finish(site)
    finish.finish(other)
    files = [{p.relative_to(s): p.read_bytes() for p in s.rglob("*.*")} for s in (site, other)]
    assert files[0] == files[1]


def test_a_policy_admits_the_scripts_of_its_page_alone(tmp_path):
    for name, script in (("a", "one()"), ("b", "two()")):
        (tmp_path / f"{name}.html").write_text(
            f'<html><head><meta charset="utf-8"></head><script>{script}</script>'
            '<script src="x.js"></script><script type="application/json">{}</script></html>'
        )
    policy.secure(tmp_path)
    one, two = (policy.digests(f"<script>{s}()</script>")[0] for s in ("one", "two"))
    first = (tmp_path / "a.html").read_text()
    assert one in first
    assert two not in first
    assert first.count("sha256") == 1
    headers = (tmp_path / "_headers").read_text()
    assert one in headers
    assert two in headers
    # The digest that browsers compute: of the text between the tags.
    assert policy.digests("<script>alert('Hello, world.');</script>") == [
        "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    ]


def test_ranges_are_written_as_css_has_them():
    assert fonts.ranges({0x20, 0x21, 0x22, 0xB1}) == "U+20-22,U+B1"


def test_a_face_is_cut_to_characters_and_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "cache"))
    content = fonts.cut(SERIF, {0x41, 0x42}, (400, 700))
    (tmp_path / "cut.woff2").write_bytes(content)
    font = TTFont(tmp_path / "cut.woff2")
    assert {*font.getBestCmap()} == {0x41, 0x42}
    assert [(a.minValue, a.maxValue) for a in font["fvar"].axes] == [(400, 700)]
    assert len(content) < SERIF.stat().st_size / 10
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "again"))
    assert fonts.cut(SERIF, {0x41, 0x42}, (400, 700)) == content


def test_faces_to_wait_with_are_as_wide_and_as_high_as_ours():
    sheet = fonts.text(MODULES)["fonts/fonts.css"].decode()
    font = TTFont(SERIF)
    face = re.search(r'\{[^}]*local\("Noto Serif"\)[^}]*\}', sheet)[0]
    scale, ascent = (
        float(re.search(rf"{name}:([\d.]+)%", face)[1]) / 100
        for name in ("size-adjust", "ascent-override")
    )
    noto = dict(fonts.SYSTEM["serif"])["Noto Serif", "Noto Serif Regular"][0]
    assert scale * noto == pytest.approx(fonts.advance(font, 400), rel=1e-4, abs=0)
    assert scale * ascent == pytest.approx(
        font["hhea"].ascent / font["head"].unitsPerEm, rel=1e-3, abs=0
    )


def test_faces_of_one_family_share_their_weights():
    """A browser takes the characters of a text from faces of the very same weights alone."""
    sheet = fonts.text(MODULES)["fonts/fonts.css"].decode()
    weights: dict[tuple[str, str], set[str]] = {}
    for face in re.findall(r"@font-face[^}]*Variable[^}]*\}", sheet):
        family, style, weight = (
            re.search(rf"font-{name}: ?([^;]+);", face)[1] for name in ("family", "style", "weight")
        )
        weights.setdefault((family, style), set()).add(weight)
    assert len(weights) == len(fonts.TEXT)
    assert [len(found) for found in weights.values()] == [1] * len(fonts.TEXT)


def test_a_copy_has_formulas_programs_and_outputs():
    text = copies.markdown(
        '<article class="md-content__inner md-typeset"><h1>T<a class="headerlink">#</a></h1>'
        '<p>With <derivref-math x=""><annotation encoding="application/x-tex">a &lt; b</annotation>'
        '</derivref-math>.</p><div class="language-python highlight"><pre><code>a = 1\n\n\nb_c = 2'
        "\n</code></pre></div><figure><svg><title>A curve</title><desc>It rises.</desc>"
        "<text>7</text></svg></figure></article>"
    )
    assert text.startswith("# T\n\nWith $a < b$.\n\n```python\na = 1\n\n\nb_c = 2\n```")
    assert "*Picture: A curve. It rises.*" in text
    assert "7" not in text


def test_a_card_is_the_same_twice_and_no_other_function_has_it(tmp_path, monkeypatch):
    found = []
    for folder in ("one", "two"):
        monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / folder))
        found.append(cards.card(catalog.get("gelu")))
    assert found[0] == found[1]
    assert found[0].startswith(b"\x89PNG")
    assert found[0] != cards.card(catalog.get("silu"))


# The built site


def pages():
    """The pages; not what stands where one was."""
    found = {path: path.read_text("utf-8") for path in sorted(SITE.rglob("*.html"))}
    assert found, f"there is no site in {SITE}: run `make site` first"
    return {path: text for path, text in found.items() if "data-moved" not in text}


def test_pages_have_two_style_sheets_at_most_and_little_script():
    for page, text in pages().items():
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
        assert len(sheets) <= 2, page
        scripts = re.findall(r'<script src="([^"]+)"', text)
        inline = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        content = [(page.parent / name).read_bytes() for name in scripts]
        content += [script.encode() for script in inline]
        assert len(gzip.compress(b"".join(content), mtime=0)) < 20_000, page


def test_every_page_has_a_policy_and_a_copy():
    for page, text in pages().items():
        assert text.count('http-equiv="Content-Security-Policy"') == 1, page
        assert policy.policy(policy.digests(text)) in text, page
        if page.name == "index.html":
            assert page.with_suffix(".md").read_text("utf-8").startswith("#"), page


def test_the_list_for_programs_has_every_page():
    text = (SITE / copies.LIST).read_text("utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        root = load_config("mkdocs.yml").site_url or ""
    listed = {name.removeprefix(root) for name in re.findall(r"\]\(([^)]*index\.md)\)", text)}
    copied = {page.relative_to(SITE).as_posix() for page in SITE.rglob("index.md")}
    assert listed == copied


def test_every_entry_with_a_page_has_a_card():
    for page, name in cards.of_pages().items():
        assert (SITE / page).is_file()
        assert (SITE / name).read_bytes().startswith(b"\x89PNG")
