"""The faces of the site: text fonts cut to what pages use, KaTeX's fonts, and faces to wait with.

Fontsource has a file for each script. The Latin one is cut in two: what nearly every page uses, in
the weights that the style sheets name, and the whole file for the rest. The browser fetches what a
page shows, by `unicode-range`. Until then it shows faces of the system, scaled to the width and the
height of ours so that no line breaks elsewhere when ours arrive.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Set
from importlib.metadata import version
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from derivref.cache import cached

# Kind, package below @fontsource-variable, style sheet, and the weights that our style sheets use.
TEXT = (
    ("serif", "source-serif-4", "wght.css", (400, 700)),
    ("serif", "source-serif-4", "wght-italic.css", (400, 400)),
    ("sans", "source-sans-3", "wght.css", (400, 700)),
    ("mono", "source-code-pro", "wght.css", (400, 700)),
)
SCRIPTS = ("latin", "latin-ext", "greek")  # what the pages are written in
FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "mark", "tnum"]

# What nearly every page uses, of text and of KaTeX_Main.
OFTEN = {*range(0x20, 0x7F), *map(ord, "\u00a0±²³·½×éöü\u2009\u200b–—‘’“”…′″−")}
GREEK = {*range(0x3B1, 0x3CA), *map(ord, "ΓΔΘΛΞΠΣΦΨΩ")}  # the capitals that are not Latin ones
SYMBOLS = OFTEN | {*map(ord, "′→↦⇒∂∇∈∑∗∘√∝∞∣∥∧∪∩∫∼≈≡≠≤≥⊙⊤⋅⋯⌊⌋⟨⟩ΓΔΘΛΞΠΣΦΨΩℓ¯ˆ˙ˉ")}
# Arrows and relations that the text faces lack, and take from KaTeX_Main.
LENT = {*range(0x2190, 0x2300), 0x27E8, 0x27E9} - {0x2212, 0x2215}

# How often a letter stands in a thousand characters of the site's prose.
_COUNTS = "191 93 71 57 57 55 52 50 47 38 26 24 22 19 18 16 16 14 13 12 11 11 8 8 7 6 6 5 4 4"
LETTERS = dict(zip(" etaosinrhldfcupm.,gwvby0x1:)(", map(int, _COUNTS.split()), strict=True))
# Faces of systems, by kind: full names of faces of one width, and that width, `advance`; regular,
# bold and italic. Microsoft's are measured on their metric twins from Liberation.
SYSTEM: dict[str, tuple[tuple[tuple[str, ...], tuple[float, ...]], ...]] = {
    "serif": (
        (("Times New Roman", "Liberation Serif"), (0.3853, 0.4083, 0.3873)),
        (("Noto Serif", "Noto Serif Regular"), (0.4572, 0.4862, 0.445)),
        (("DejaVu Serif",), (0.4933, 0.5452, 0.4933)),
    ),
    "sans": (
        (("Arial", "Liberation Sans"), (0.4255, 0.4584)),
        (("Roboto",), (0.425, 0.4322)),
        (("DejaVu Sans",), (0.4888, 0.5526)),
    ),
    "mono": (
        (("Courier New", "Liberation Mono", "Droid Sans Mono"), (0.6001, 0.6001)),
        (("DejaVu Sans Mono",), (0.6021, 0.6021)),
    ),
}
STYLES = ("", " Bold", " Italic")  # as the full names of faces end

_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_WOFF2 = re.compile(r"""url\(\s*['"]?([^'")]+\.woff2)['"]?\s*\)""")


def advance(font: TTFont, weight: float) -> float:
    """Return the mean width of a character of prose, in units of the font size.

    Parameters
    ----------
    font : TTFont
        A face, variable or not; it is not changed.
    weight : float
        Of a variable face.

    Returns
    -------
    float
        The mean of its widths, weighed by `LETTERS`.
    """
    glyphs = font.getGlyphSet(location={"wght": weight})
    names = font.getBestCmap()
    total = sum(n * glyphs[names[ord(letter)]].width for letter, n in LETTERS.items())
    return float(total / sum(LETTERS.values()) / font["head"].unitsPerEm)


def ranges(characters: Set[int]) -> str:
    """Return characters as CSS writes them, ``U+20-7E,U+B1``."""
    found: list[list[int]] = []
    for c in sorted(characters):
        if found and c == found[-1][1] + 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return ",".join(f"U+{a:X}" + f"-{b:X}" * (b > a) for a, b in found)


def cut(
    file: Path, characters: Set[int] = frozenset(), weights: tuple[int, int] | None = None
) -> bytes:
    """Return a face with fewer characters and weights, without its hints.

    Parameters
    ----------
    file : Path
        A WOFF2 file.
    characters : set of int
        Those to keep, as far as the face has them; none given: all.
    weights : (int, int), optional
        The least and the greatest to keep of a variable face; equal: the face becomes static.

    Returns
    -------
    bytes
        A WOFF2 file, the same for the same arguments and versions of fonttools and brotli.
    """
    content = file.read_bytes()

    def compute() -> bytes:
        font = TTFont(io.BytesIO(content), recalcTimestamp=False)
        options = subset.Options(hinting=False, layout_features=FEATURES, name_IDs=[1, 2])
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=characters or set(font.getBestCmap()))
        cutter.subset(font)
        if weights:
            limits = weights if weights[0] < weights[1] else weights[0]
            instancer.instantiateVariableFont(font, {"wght": limits}, inplace=True)
        font.flavor = "woff2"
        font.save(out := io.BytesIO())
        return out.getvalue()

    key = (
        hashlib.sha256(content).hexdigest(),
        repr((sorted(characters), weights)),
        *map(version, ("fonttools", "brotli")),
        Path(__file__).read_text("utf-8"),
    )
    return cached("fonts", key, compute)


def _faces(sheet: Path) -> Iterator[tuple[str, Path]]:
    """Each @font-face of a style sheet, and its file."""
    for face in _FACE.findall(sheet.read_text("utf-8")):
        name = _WOFF2.search(face)
        if not name:
            raise ValueError(f"{sheet}: a @font-face without a WOFF2 file; choose another sheet")
        yield face, sheet.parent / name[1]


def _put(face: str, **descriptors: str) -> str:
    """Return an @font-face with other descriptors."""
    for name, value in descriptors.items():
        name = name.replace("_", "-")
        face = re.sub(rf"\s*{name}:[^;}}]*;?", "", face)
        face = re.sub(r";?\s*\}$", f";{name}:{value}}}", face)
    return face


def _source(name: str) -> str:
    return f'url({name}) format("woff2")'


def maths(modules: Path) -> dict[str, bytes]:
    """Return KaTeX's style sheet and its fonts: WOFF2 alone, which every browser in use reads."""
    sheet = modules / "katex/dist/katex.min.css"
    css, files = sheet.read_text("utf-8"), {}
    for face, file in _faces(sheet):
        parts = {file.name: frozenset[int]()}
        if file.stem == "KaTeX_Main-Regular":
            every = frozenset(TTFont(file).getBestCmap())
            parts = {
                f"{file.stem}.woff2": every & SYMBOLS,
                f"{file.stem}-rest.woff2": every - SYMBOLS,
            }
        new = ""
        for name, characters in parts.items():
            files[f"katex/fonts/{name}"] = cut(file, characters)
            only = {"unicode_range": ranges(characters)} if characters else {}
            new += _put(face, src=_source(f"fonts/{name}"), **only)
        css = css.replace(face, new)
    return {"katex/katex.css": css.encode(), **files}


def _lent() -> Iterator[str]:
    """KaTeX's symbols, for texts."""
    for name, characters in (("", LENT & SYMBOLS), ("-rest", LENT - SYMBOLS)):
        yield (
            '@font-face{font-family:"Symbols of KaTeX";font-display:swap;'
            f"src:{_source(f'../katex/fonts/KaTeX_Main-Regular{name}.woff2')};"
            f"unicode-range:{ranges(characters)}}}"
        )


def _waiting(kind: str, own: dict[str, tuple[TTFont, int]]) -> Iterator[str]:
    """The system's faces of a kind, scaled to `own`, regular, bold and italic, and their names."""
    families = []
    for names, widths in SYSTEM[kind]:
        families.append(f'"{names[0]} until ours"')
        for style, width in zip(STYLES, widths, strict=False):
            font, weight = own[style] if style in own else own[""]
            scale = advance(font, weight) / width
            hhea, units = font["hhea"], font["head"].unitsPerEm * scale
            sources = ",".join(f'local("{name}{style}")' for name in names)
            yield (
                f"@font-face{{font-family:{families[-1]};src:{sources};size-adjust:{scale:.2%};"
                f"font-weight:{700 if style == ' Bold' else 400};"
                f"font-style:{'italic' if style == ' Italic' else 'normal'};"
                f"ascent-override:{hhea.ascent / units:.2%};"
                f"descent-override:{-hhea.descent / units:.2%};line-gap-override:0%}}"
            )
    yield f":root{{--{kind}-until-ours:{','.join(families)}}}"


def text(modules: Path) -> dict[str, bytes]:
    """Return one style sheet for the text fonts and the files it names.

    It defines ``--serif-until-ours``, ``--sans-until-ours`` and ``--mono-until-ours`` too, for the
    end of a list of families.
    """
    lines: list[str] = []
    files: dict[str, bytes] = {}
    own: dict[str, dict[str, tuple[TTFont, int]]] = {}
    for kind, package, sheet, weights in TEXT:
        # Only faces of the very same weights and style share the characters of a text.
        span = f"{weights[0]} {weights[1]}" if weights[0] < weights[1] else f"{weights[0]}"
        for face, file in _faces(modules / "@fontsource-variable" / package / sheet):
            if not re.search(rf"-({'|'.join(SCRIPTS)})-(?!ext)", file.name):
                continue
            face = _put(face, font_weight=span)
            script = file.name.removeprefix(f"{package}-").partition("-wght")[0]
            often = {"latin": OFTEN, "greek": GREEK}.get(script)
            if often:
                name = file.name.replace("-wght-", "-often-")
                files[f"fonts/{name}"] = cut(file, often, weights)
                lines.append(_put(face, src=_source(name), unicode_range=ranges(often)))
                font = TTFont(file)
                face = _put(face, unicode_range=ranges({*font.getBestCmap()} - often))
            if "-latin-wght" in file.name:
                if "italic" in file.name:
                    own[kind][" Italic"] = font, 400
                else:
                    own[kind] = {"": (font, 400), " Bold": (font, 700)}
            files[f"fonts/{file.name}"] = file.read_bytes()
            lines.append(_put(face, src=_source(file.name)))
    lines += _lent()
    for kind, faces in own.items():
        lines += _waiting(kind, faces)
    css = "\n".join(re.sub(r"\s+", " ", line) for line in lines) + "\n"
    return {"fonts/fonts.css": css.encode(), **files}
