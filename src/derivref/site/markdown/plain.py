"""Formulas as one line of text: what the search finds and shows, ``Φ(x) + x φ(x)``.

It reads the MathML that KaTeX writes beside its own HTML, so whatever is on a page has words.
"""

import functools
import re
from collections.abc import Callable, Sequence

from lxml import etree

from derivref.site.markdown.maths import render

MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_SILENT = {"annotation", "mphantom"}
_UNARY = {"", "(", "[", "{", ",", "=", "<", ">", "≤", "≥", "→", "|", "∣"}  # before a sign
_RELATIONS = set("⋅=<>≤≥≠≈∈∉→↦∼⇒⟺⟹≪≫⊂∪∩↔≔×±∓∘⊙⊗∧∨")
_LOOSE = {"mfrac", "munder", "munderover"}
_MARKS = "′²³\u0300-\u036f\u20d7"
_CLOSED = re.compile(rf"√?[\w.^∞{_MARKS}]*(\([^()]*\))?|[)|∣∥\]]")
_FACTOR = re.compile(
    rf"√?(\d[\d.]*|[∂dΔ]?[^\W\d][{_MARKS}]*(_\w+)?(\^\w)?|[a-z]+)(\([^()]*\))?[{_MARKS}]*"
    rf"|[a-z]{{2,}}[{_MARKS}]* \w"
)
_FACTORS = re.compile(rf"[\w.^∂{_MARKS}]*(\([^()]*\))?")
_RAISED = str.maketrans("23", "²³")
_ACCENTS = {"ˉ": "\u0304", "ˆ": "\u0302", "^": "\u0302", "˙": "\u0307", "~": "\u0303"}
_ACCENTS |= {"˜": "\u0303", "‾": "\u0304", "¨": "\u0308", "⃗": "\u20d7", "→": "\u20d7"}


@functools.cache
def plain(mathml: str) -> str:
    """Return a formula as text.

    Parameters
    ----------
    mathml : str
        A ``<math>`` element as KaTeX writes it.

    Returns
    -------
    str
        On one line: fractions with a slash, powers with a caret (squares and cubes raised), cases
        as "0 for x < 0, 1 for x > 0".
    """
    text = _text(etree.fromstring(mathml))
    return " ".join(text.replace("′′′", "‴").replace("′′", "″").replace("∣", "|").split())


def of_tex(tex: str) -> str:
    """Return a formula of a record, in TeX, as text.

    Raises
    ------
    Fault
        If KaTeX refuses it.
    """
    found = MATHML.search(render(tex))
    assert found is not None
    return plain(found[0])


def _text(element: etree._Element) -> str:
    tag = element.tag.removeprefix(_NAMESPACE)
    if tag in _SILENT:
        return ""
    if tag == "mfrac" and element.get("linethickness", "").startswith("0"):
        return " choose ".join(_text(child).strip() for child in element)
    if tag in _WRITERS:
        return _WRITERS[tag]([_text(child).strip() for child in element])
    if tag == "mtable":
        return _table(element)
    if len(element):
        return _row(element)
    return _token(tag, element.text or "")


def _token(tag: str, text: str) -> str:
    text = "".join(c for c in text if c not in "\u2061\u2062\u2063\u200b")
    if tag == "mspace":
        return " "
    return text.replace("\u00a0", " ")  # the dot of a product is a relation here: it has spaces


def _row(element: etree._Element) -> str:
    """Join what stands in a row: spaces around relations, and around signs between terms."""
    out = ""
    children = list(element)
    for k, child in enumerate(children):
        text = _text(child)
        tag = child.tag.removeprefix(_NAMESPACE)
        before = out.rstrip()
        if tag == "mo" and text in ("+", "−", "-") and len(element) > 1:
            unary = before[-1:] in _UNARY or before.endswith((" for", "√"))
            out += text if unary else f" {text} "
        elif tag == "mo" and text in _RELATIONS:
            out += f" {text} "
        elif tag == "mo" and text in (",", ";"):
            out = before + f"{text} "
        elif _named(child):  # a named function stands apart, its bracket does not
            out += f" {text}" if before[-1:].isalnum() or before[-1:] in ")²³" else text
            after = children[k + 1 :]
            following = "".join(_text(c) for c in after).lstrip()
            out += "" if following[:1] in ("", *"([),") else " "
        elif tag == "mo" and text == "{" and k + 1 < len(children) and _is_cases(children[k + 1]):
            continue
        else:
            # What ends in an index or a denominator would run into the next letter.
            loose = k > 0 and (
                children[k - 1].tag.removeprefix(_NAMESPACE) in _LOOSE
                or (children[k - 1].findtext(f"{_NAMESPACE}mo") or "") in tuple("∑∏∫")
            )
            apart = tag in _LOOSE and before[-1:].isalnum()
            apart |= loose and (text[:1].isalnum() or text[:1] in "√∂")
            out += (" " if apart and out[-1:] != " " else "") + text
    return out


def _named(element: etree._Element) -> bool:
    """Say whether an element is the name of a function, or its power."""
    tag = element.tag.removeprefix(_NAMESPACE)
    if tag == "msup":
        return _named(element[0])
    if tag == "mrow" and len(element):
        return _named(element[0]) and not "".join(_text(c) for c in element[1:])
    return tag == "mi" and len(element.text or "") > 1


def _is_cases(element: etree._Element) -> bool:
    return bool(element.tag == f"{_NAMESPACE}mtable")


def _table(element: etree._Element) -> str:
    rows = [[_text(cell).strip() for cell in row] for row in element]
    before = element.getprevious()
    if before is not None and (before.text or "") == "{":
        return ", ".join(" for ".join(filter(None, row)) for row in rows)
    aligned = "right left" in element.get("columnalign", "")
    return "; ".join((" " if aligned else ", ").join(filter(None, row)) for row in rows)


def _grouped(text: str, closed: re.Pattern[str] = _CLOSED) -> str:
    """Put what is not one name, number, call or bracket into brackets."""
    return text if not text or _bracketed(text) or closed.fullmatch(text) else f"({text})"


def _bracketed(text: str) -> bool:
    """Say whether a bracket that opens at the beginning closes at the end."""
    depth, text = 0, text.removeprefix("√")
    for k, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if not depth:
            return k == len(text) - 1 and letter == ")"
    return False


def _raised(parts: Sequence[str]) -> str:
    base, power = parts
    if power and set(power) <= {"′", "∗", "*", "†", "⊤", "+", "−"}:
        return base + power
    if power in ("2", "3"):
        return _grouped(base) + power.translate(_RAISED)
    return f"{_grouped(base)}^{_grouped(power)}"


def _lowered(parts: Sequence[str]) -> str:
    return f"{parts[0]}_{_grouped(parts[1])}" if parts[1] else parts[0]


def _over(parts: Sequence[str]) -> str:
    base, mark = parts
    return base + _ACCENTS[mark] if mark in _ACCENTS and len(base) == 1 else f"{base}^{mark}"


_WRITERS: dict[str, Callable[[list[str]], str]] = {
    "mfrac": lambda p: f"{_grouped(p[0], _FACTORS)}/{_grouped(p[1], _FACTOR)}",
    "msqrt": lambda p: f"√{_grouped(''.join(p))}",
    "mroot": lambda p: f"{_grouped(p[0])}^(1/{p[1]})",
    "msup": _raised,
    "msub": _lowered,
    "msubsup": lambda p: f"{_lowered(p[:2])}^{_grouped(p[2])}",
    "mover": _over,
    "munder": _lowered,
    "munderover": lambda p: f"{_lowered(p[:2])}^{_grouped(p[2])}",
}
