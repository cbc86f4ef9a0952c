r"""Words that claim something, and what they mean: a text held against values that were computed.

A claim is a few words with an expression beside them. The words are read from left to right, and
each takes the next value of the expression:

=================================  ===================  ==========================================
words                              take                 must hold
=================================  ===================  ==========================================
3, 1/4, half, $\sqrt2$              a number             it is this number
0.17, 3.2e-5, about 19, some 20    a number             it rounds to this number
below 5, at least half, up to 10⁻⁸ a number             it does, and no rounder bound would
below, larger, left, twice as …    two numbers          the first is on this side of the second
largest, least                     a number and others  none of the others goes further
positive, negative                 a number             its sign, strictly
overflows, underflows              a number             it is infinite; it is 0 or subnormal
increasing, convex, odd, bounded   a curve              so it is, on its domain or its interval
always, never                      truth values         all are; none is
rows, forward, float32             a text               the text has this word, and no other of them
=================================  ===================  ==========================================

``not``, ``never``, ``no`` and ``nor`` before a word of a curve or of a sign turn it round. One
value serves all the words; an array is meant with all its elements.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np

from derivref.site.lint.texvalues import TexError, evaluate

DIGITS = 60  # with which curves are evaluated and values compared
LESS = (
    *(
        "below",
        "under",
        "less",
        "smaller",
        "lower",
        "fewer",
        "before",
        "left",
        "shorter",
        "cheaper",
    ),
    *("closer", "earlier", "beneath", "slower"),
)
MORE = (
    *("above", "over", "more", "larger", "upper", "greater", "higher", "beyond", "after", "right"),
    *(
        "exceeds",
        "exceeding",
        "exceed",
        "longer",
        "deeper",
        "dearer",
        "farther",
        "further",
        "bigger",
    ),
    *("faster", "past"),
)
NEAR = ("about", "some", "roughly", "nearly", "near", "almost", "around", "close to", "≈")
FEWEST = ("smallest", "least", "lowest", "fewest", "minimum", "cheapest", "infimum", "shortest")
MOST = ("largest", "greatest", "highest", "most", "maximum", "supremum", "deepest", "longest")
NUMERALS = {
    "zero": 0,
    "half": Fraction(1, 2),
    "halves": Fraction(1, 2),
    "halved": Fraction(1, 2),
    "third": Fraction(1, 3),
    "quarter": Fraction(1, 4),
    "eighth": Fraction(1, 8),
    "sixth": Fraction(1, 6),
    "tenth": Fraction(1, 10),
    "once": 1,
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "doubling": 2,
    "thrice": 3,
    "first": 1,
    "second": 2,
    "fourth": 4,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fourteen": 14,
    "sixteen": 16,
    "twenty": 20,
    "fifty": 50,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
}
SIGNS = {"positive": 1, "negative": -1}
SIZES = ("overflows", "overflow", "underflows", "underflow", "NaN", "infinite", "finite")
SHAPES = {
    "increasing": "increasing",
    "increases": "increasing",
    "rises": "increasing",
    "grows": "increasing",
    "decreasing": "decreasing",
    "decreases": "decreasing",
    "falls": "decreasing",
    "shrinks": "decreasing",
    "monotone": "monotone",
    "convex": "convex",
    "concave": "concave",
    "even": "even",
    "odd": "odd",
    "bounded": "bounded",
    "unbounded": "unbounded",
    "periodic": "periodic",
    "positive": "positive",
    "negative": "negative",
    "continuous": "continuous",
    "differentiable": "differentiable",
    "analytic": "analytic",
}
ALL = {"always": True, "every": True, "never": False, "nowhere": False, "everywhere": True}
CHOICES = (
    *("rows", "columns", "row", "column", "forward", "backward", "reverse", "float32", "float64"),
    *("outer", "inner", "sin", "cos", "sine", "cosine", "truncation", "rounding", "numerator"),
    *("denominator", "exact"),
)
BOUNDS = {
    "at most": "<=",
    "at least": ">=",
    "up to": "<=",
    "no more than": "<=",
    "no less than": ">=",
}
_TURNED = ("not", "never", "no", "nor", "neither", "non")
_FAR = ("far", "well", "much", "long")

_SUPER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_DIGITS = re.compile(
    r"(?P<sign>[-−+±]?)(?:"
    r"(?P<tenth>10)(?:(?P<raised>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\{?(?P<power>-?\d+)\}?)"
    r"|(?P<over>\d+)/(?P<under>\d+)(?![\w/])"
    r"|(?P<plain>\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?)"
    r"(?:\s*(?:[·×]|\\cdot|\\times)\s*10(?:(?P<raised2>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\{?(?P<power2>-?\d+)\}?))?"
    r")(?P<percent>\s?\\?%)?"
)
_WORDS = {
    **dict.fromkeys(LESS, ("compared", "<")),
    **dict.fromkeys(MORE, ("compared", ">")),
    **dict.fromkeys(FEWEST, ("extreme", "<")),
    **dict.fromkeys(MOST, ("extreme", ">")),
    **{w: ("near", w) for w in NEAR},
    **{w: ("number", w) for w in NUMERALS},
    **{w: ("size", w) for w in SIZES},
    **{w: ("shape", w) for w in SHAPES},
    **{w: ("all", w) for w in ALL},
    **{w: ("choice", w) for w in CHOICES},
    **{w: ("bound", w) for w in BOUNDS},
    **{w: ("turned", w) for w in _TURNED if w not in ALL},
    **{w: ("far", w) for w in _FAR},
}
_BETWEEN = r"(?<![\w`/.^{-])"
_WORD = re.compile(
    rf"{_BETWEEN}(?:{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})(?![\w`-])",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    rf"`[^`]*`|\$(?P<tex>[^$]+)\$|(?<![\w.^{{])(?P<digits>{_DIGITS.pattern})(?![\w])"
    rf"|(?<![\w.])(?P<special>[-−]?π/\d+|[-−]?\d+π|[-−]?[∞π])|(?P<word>{_WORD.pattern})",
    re.IGNORECASE,
)
# The kinds of words that a page is searched for, and those among them that mostly mean something
# else; the other kinds claim nothing alone.
CLAIMS = ("compared", "extreme", "number", "size", "shape", "all", "choice")
LOOSE = {
    *("over", "past", "further", "most", "exact", "earlier", "closer", "shorter", "longer", "once"),
    *("near", "finite", "row", "column", "sine", "cosine", "every", "under", "upper", "lower"),
    *(
        "zero",
        "beyond",
        "everywhere",
        "nowhere",
        "first",
        "second",
        "fourth",
        "backward",
        "sin",
        "cos",
    ),
    *("before", "after", "reverse", "forward", "inner", "outer", "truncation", "rounding"),
}


@dataclass(frozen=True)
class Said:
    """A word or number of a text: what kind it is of, and what it says."""

    kind: str
    text: str
    value: Any = None
    unit: Any = None  # of a number: one of its last digit; 0 if it is exact
    round: bool = False  # whether it is a power of ten: its neighbours are a tenth and ten times


@dataclass(frozen=True)
class At:
    """A value, and those of the letters in the formula or the code that claims it."""

    value: Any
    names: Any


def _number(match: re.Match[str]) -> Said:
    text = match["digits"]
    power = match["power"] or (match["raised"] or "").translate(_SUPER)
    scale = match["power2"] or (match["raised2"] or "").translate(_SUPER)
    sign = -1 if match["sign"] in ("-", "−") else 1
    if match["over"]:
        value = Fraction(int(match["over"]), int(match["under"]))
        return Said("number", text, sign * value, 0)
    if match["tenth"]:
        return Said("number", text, sign * Fraction(10) ** int(power), 0, round=True)
    plain = match["plain"].replace(",", "")
    value = Fraction(plain)
    mantissa, _, exponent = plain.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    unit = Fraction(10) ** (int(exponent or 0) - places)
    ten = bool(re.fullmatch(r"10+|1|1\.0|0\.0*1", mantissa)) and value != 1
    if scale:
        value, unit = value * Fraction(10) ** int(scale), unit * Fraction(10) ** int(scale)
    if match["percent"]:
        value, unit = value / 100, unit / 100
    whole = "." not in mantissa and not exponent and not scale and not match["percent"]
    return Said("number", text, sign * value, 0 if whole else unit, round=ten and whole)


def said(text: str, names: Mapping[str, Any] | None = None) -> list[Said]:
    """Return the words and numbers of a text that mean something, in order.

    Parameters
    ----------
    text : str
        The text.
    names : mapping, optional
        The values of letters: with them formulas are numbers, and so is code in the line.
    """
    found: list[Said] = []
    for match in _TOKEN.finditer(text):
        if match[0].startswith("`"):
            if names:
                value = eval(match[0].strip("`"), {"np": np, **names})
                found.append(Said("number", match[0], value, 0))
        elif match["tex"] is not None:
            found.append(_formula(match["tex"], names))
        elif match["digits"] is not None:
            found.append(_number(match))
        elif match["special"] is not None:
            found.append(_special(match["special"]))
        elif match["word"] is not None:
            kind, value = _WORDS.get(match["word"]) or _WORDS[match["word"].lower()]
            number = NUMERALS.get(match["word"].lower()) if kind == "number" else None
            before = found[-1] if found else None
            if isinstance(number, int) and number >= 100 and before and before.kind == "number":
                found[-1] = Said(kind, f"{before.text} {match['word']}", before.value * number, 0)
                continue  # two thousand
            found.append(Said(kind, match["word"], value if number is None else number, 0))
    return found


def _formula(tex: str, names: Mapping[str, Any] | None = None) -> Said:
    plain = _DIGITS.fullmatch(tex.replace(r"\,", "").strip())
    if plain is not None:
        inner = _TOKEN.search(tex.replace(r"\,", "").strip())
        if inner is not None and inner["digits"]:
            return _number(inner)
    try:
        known = {name: mp.mpf(value) for name, value in (names or {}).items()}
        if names and tex.count("=") == 1:
            one, two = (evaluate(side, known) for side in tex.split("="))
            if abs(one - two) > mp.mpf("1e-9") * (1 + abs(one)):
                one = mp.nan  # no value is the one of both sides
            return Said("number", f"${tex}$", one, 0)
        return Said("number", f"${tex}$", evaluate(tex, known), 0)
    except (TexError, TypeError, ValueError, ZeroDivisionError, KeyError):
        return Said("tex", f"${tex}$")


def _special(text: str) -> Said:
    sign = -1 if text[0] in "-−" else 1
    body = text.lstrip("-−")
    if body == "∞":
        return Said("number", text, sign * mp.inf, 0)
    factor = Fraction(body[: body.index("π")] or 1)
    under = Fraction(body.partition("/")[2] or 1)
    return Said("number", text, sign * mp.pi * factor.numerator / under.numerator, 0)


def holds(text: str, values: Sequence[Any]) -> str:
    """Return what is wrong with a text whose words claim something of these values; "" if nothing.

    Parameters
    ----------
    text : str
        The words of a claim.
    values : sequence
        What they take, in the order of the words; one value serves all of them.
    """
    with mp.workdps(DIGITS):
        return _holds(text, values)


def _holds(text: str, values: Sequence[Any]) -> str:
    letters = next((v.names for v in values if isinstance(v, At)), None)
    values = [v.value if isinstance(v, At) else v for v in values]
    words = [w for w in said(text, letters) if w.kind != "tex"]
    claims = list(_grouped(words))
    if not claims:
        return f"`{text}` has no word that can be held against a value"
    if len(values) == 1 and isinstance(values[0], str):
        chosen = values[0].lower().split()
        wrong = [group[-1].text for _, group in claims if group[-1].text.lower() not in chosen]
        return f"says `{wrong[0]}`, and it is `{values[0]}`" if wrong else ""
    if len(values) == 1:
        curves = values[0] if isinstance(values[0], list) else [values[0]]
        if curves and all(hasattr(c, "has") for c in curves):
            judged = (_curve(kind, group, c) for c in curves for kind, group in claims)
            return next(filter(None, judged), "")
    needs = [2 if kind in ("compared", "extreme") else 1 for kind, _ in claims]
    if len(set(needs)) == 1 and len(values) == needs[0]:
        given = [list(values)] * len(claims)
    elif sum(needs) != len(values):
        return (
            f"`{text}` takes {sum(needs)} values ({', '.join(c[-1].text for _, c in claims)}), "
            f"got {len(values)}"
        )
    else:
        rest = iter(values)
        given = [[next(rest) for _ in range(n)] for n in needs]
    for (kind, group), operands in zip(claims, given, strict=True):
        if fault := _judge(kind, group, operands):
            return fault
    return ""


def _grouped(words: list[Said]) -> Iterator[tuple[str, list[Said]]]:
    """Yield the claims of a text: a word, or a number with what bounds it."""
    at = 0
    while at < len(words):
        group = [words[at]]
        while at + 1 < len(words) and (
            group[-1].kind in ("near", "bound", "turned", "far")
            or (group[-1].kind == "all" and words[at + 1].kind in ("shape", "number", "size"))
        ):
            at += 1
            group.append(words[at])
        at += 1
        last = group[-1]
        if last.kind in ("near", "bound", "turned", "far"):
            continue  # of nothing: "not" alone
        if last.kind in ("compared", "extreme") and at < len(words):
            follows = words[at : at + 2]
            skipped = 1 if len(follows) > 1 and follows[0].kind == "near" else 0
            if follows[skipped].kind == "number" and last.kind == "compared":
                yield "number", [*group, *follows[: skipped + 1]]
                at += skipped + 1
                continue
        yield last.kind, group


def _numbers(value: Any) -> list[Any]:
    """Return the elements of a number or an array, as mpmath numbers."""
    if isinstance(value, np.ndarray | list | tuple):
        return [x for item in np.asarray(value, dtype=object).ravel() for x in _numbers(item)]
    if isinstance(value, bool | np.bool_):
        raise TypeError("a truth value, where a number is meant")
    if isinstance(value, Fraction):
        return [mp.mpf(value.numerator) / value.denominator]
    if isinstance(value, np.generic):
        value = value.item()
    if hasattr(value, "digits"):  # a key number
        value = value.digits
    return [mp.mpf(value)]


def _judge(kind: str, group: list[Said], operands: list[Any]) -> str:
    phrase = " ".join(w.text for w in group)
    last = group[-1]
    if kind == "choice":
        chosen = operands[0]
        if not isinstance(chosen, str):
            return f"`{phrase}` takes a text, got {chosen!r}"
        if last.text.lower() not in chosen.lower().split():
            return f"says `{phrase}`, and it is `{chosen}`"
        return ""
    if kind == "all":
        truth = np.asarray(operands[0])
        if truth.dtype != bool:
            return f"`{phrase}` takes truth values, got {operands[0]!r}"
        right = truth.all() if ALL[last.text.lower()] else not truth.any()
        return "" if right else f"says `{phrase}`: {int(truth.sum())} of {truth.size} are true"
    if kind == "shape":
        return _shape(group, operands[0])
    if isinstance(last.value, np.ndarray):
        same = np.allclose(last.value, operands[0], rtol=1e-7, atol=1e-7)
        return "" if same else f"says `{phrase}`, and it is {operands[0]}"
    if kind == "number" and isinstance(operands[0], str):
        return f"`{phrase}` takes a number, got {operands[0]!r}"
    if kind in ("number", "size"):
        # What NumPy gives is 0 or not; limits and roots of mpmath are near it.
        close = mp.mpf("1e-25") if _rough(operands[0]) else mp.mpf(0)
        for value in _numbers(operands[0]):
            fault = _size(last, value) if kind == "size" else _said(group, value, close)
            if fault:
                return f"says `{phrase}`, and {fault}"
        return _tight(group, _numbers(operands[0])) if kind == "number" else ""
    ones, others = _numbers(operands[0]), _numbers(operands[1])
    turned = any(map(_turns, group))
    paired = kind == "compared" and len(ones) == len(others)  # two arrays, point by point
    for k, one in enumerate(ones):
        for other in others[k : k + 1] if paired else others:
            less = one < other if kind == "compared" else one <= other
            more = one > other if kind == "compared" else one >= other
            if (less if last.value == "<" else more) == turned:
                return f"says `{phrase}`: {mp.nstr(one, 6)} beside {mp.nstr(other, 6)}"
    return ""


def _size(word: Said, value: Any) -> str:
    name = word.text.lower().rstrip("s")
    right = {
        "overflow": mp.isinf(value),
        "infinite": mp.isinf(value),
        "underflow": abs(value) < np.finfo(float).smallest_normal,
        "nan": mp.isnan(value),
        "finite": mp.isfinite(value),
    }[name]
    return "" if right else f"it is {mp.nstr(value, 6)}"


def _shape(group: list[Said], value: Any) -> str:
    word = group[-1]
    turned = any(map(_turns, group))
    name = SHAPES[word.text.lower()]
    phrase = " ".join(w.text for w in group)
    has = getattr(value, "has", None)
    if has is not None:
        right = has(name)
        return "" if right != turned else f"says `{phrase}`, and {value} is {_no(turned)}so"
    if name in ("even", "odd"):
        whole = [int(x) for x in _numbers(value)]
        right = all(n % 2 == (name == "odd") for n in whole)
        return "" if right != turned else f"says `{phrase}`, and it is {whole}"
    if name not in SIGNS:
        return f"`{phrase}` takes a curve, got {value!r}"
    for x in _numbers(value):
        if (mp.sign(x) == SIGNS[name]) == turned:
            return f"says `{phrase}`, and it is {mp.nstr(x, 6)}"
    return ""


def _curve(kind: str, group: list[Said], curve: Any) -> str:
    """Hold a word against a curve: its shape, the side and ends of its interval, its values."""
    last, phrase = group[-1], " ".join(w.text for w in group)
    ends = curve.ends or curve.domain
    if kind == "shape":
        return _shape(group, curve)
    if kind == "compared":
        return "" if curve.side(last.value) else f"says `{phrase}` of {curve}"
    if kind == "extreme":
        at = curve.record_curve.argmin if last.value == "<" else curve.record_curve.argmax
        near = min(abs(at - end) for end in ends)
        return "" if near < 1e-9 else f"says `{phrase}` of {curve}, and it is at {mp.nstr(at, 6)}"
    if kind == "number" and _relation(group) == "=":
        if any(not _said(group, mp.mpf(end), mp.mpf("1e-25")) for end in ends):
            return ""
        return f"says `{phrase}` of {curve}"
    if kind == "number":
        want, sign = _mp(last.value), _relation(group)[0]
        values = curve._values()
        right = all(v <= want if sign == "<" else v >= want for v in values)
        told = f"says `{phrase}`, and {curve} has values from {mp.nstr(min(values), 6)} to "
        return _tight(group, values) if right else f"{told}{mp.nstr(max(values), 6)}"
    return f"`{phrase}` says nothing of a curve"


def _no(turned: bool) -> str:
    return "" if turned else "not "


def _mp(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / value.denominator
    return mp.mpf(value)


def _turns(word: Said) -> bool:
    return word.kind == "turned" or ALL.get(word.text.lower()) is False


def _relation(group: list[Said]) -> str:
    """Return what a phrase says of a value and its number: <, <=, >, >=, about or =."""
    relation = "="
    for word in group[:-1]:
        if word.kind == "compared":
            relation = word.value
        elif word.kind == "bound":
            relation = BOUNDS[word.text.lower()]
        elif word.kind == "near":
            return "about"
    if any(map(_turns, group[:-1])):
        relation = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}.get(relation, "!=")
    return relation


def _last_digit(number: Said) -> Any:
    """Return one of the last digit that counts: of 20 it is 10, of 0.17 it is 0.01."""
    if number.unit:
        return _mp(number.unit)
    value = number.value
    if isinstance(value, int):
        value = Fraction(value)
    if isinstance(value, Fraction) and value.denominator == 1 and value:
        size = abs(value.numerator)
        unit = 1
        while size % 10 == 0:
            size, unit = size // 10, unit * 10
        return mp.mpf(unit)
    return abs(_mp(value)) / 5 if value else mp.mpf(0)


def _rough(value: Any) -> bool:
    """Say whether a value, or an element, comes from mpmath."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = list(value.ravel())
    if isinstance(value, list | tuple):
        return any(map(_rough, value))
    return isinstance(value, mp.mpf)


def _said(group: list[Said], value: Any, close: Any = 0) -> str:
    number, relation = group[-1], _relation(group)
    want = _mp(number.value)
    if number.text.startswith("±"):
        value = abs(value)
    is_ = f"it is {mp.nstr(value, 8)}"
    if mp.isnan(value):
        return "it is NaN"
    if relation in ("<", "<=", ">", ">="):
        right = {"<": value < want, "<=": value <= want, ">": value > want, ">=": value >= want}
        if right[relation] or (len(relation) == 2 and abs(value - want) <= 1e-12 * abs(want)):
            return ""
        return is_
    if relation == "!=":
        return "" if abs(value - want) > max(close, 1e-9 * abs(want)) else is_
    room = mp.mpf("1e-9") * abs(want) if want else close
    if relation == "about" or number.unit:
        room = _last_digit(number) * mp.mpf("0.500001")
        if number.round:
            room = abs(want) * mp.mpf("0.5")
        if number.text.startswith(("$", "`")):
            room = abs(want) / 50
    if mp.isinf(want):
        return "" if value == want else is_
    return "" if abs(value - want) <= room else is_


def _tight(group: list[Said], values: list[Any]) -> str:
    """Say that a bound is no bound to speak of: one digit further would do as well."""
    number, relation = group[-1], _relation(group)
    far = any(w.kind == "far" for w in group[:-1])
    if relation not in ("<", "<=", ">", ">=") or far or not number.value or not values:
        return ""
    want = _mp(number.value)
    size = abs(want)
    smaller = (relation[0] == "<") == (want > 0)  # the next bound is nearer to 0
    unit = _last_digit(number)
    if number.round or (number.unit and abs(number.value) == number.unit):
        other = size / 10 if smaller else size * 10
    else:
        other = size - unit if smaller else size + unit
    other = other * mp.sign(want)
    worst = max(values) if relation[0] == "<" else min(values)
    beyond = worst < other if relation[0] == "<" else worst > other
    if not beyond:
        return ""
    phrase = " ".join(w.text for w in group)
    return f"says `{phrase}`, and {mp.nstr(other, 6)} would do: it is {mp.nstr(worst, 6)}"


# Words that mostly mean something else are claims in these places alone.
_ONLY = {
    "left": r"(?:(?:to|on|from|far to) the left|left(?= (?:of|tail|half|side|end|one)\b))",
    "right": r"(?:to|on|from|far to) the right(?=[,.;:)]| side| half| and| of| are| it| is|$)"
    r"|right(?= (?:of|tail|half|side|end)\b)",
    "even": r"even(?= (?:function|number|terms?|powers?|part|in|and|or)\b)"
    r"|(?:is|are) even(?=[.,:;)])",
    "more": r"more(?= than)",
    "less": r"less(?= than)",
}


def _claims(text: str, word: str, start: int) -> bool:
    """Say whether a word of a text claims something where it stands."""
    places = _ONLY.get(word.lower())
    if places is None:
        return True
    end = start + len(word)
    return any(m.end() == end for m in re.finditer(places, text, re.IGNORECASE))


def found(text: str) -> Iterator[tuple[int, str]]:
    """Yield the words and numbers of a text that claim something, each with its place."""
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if match["digits"] is not None or match["special"] is not None:
            yield match.start(), match[0]
        elif word is None or word.lower() in LOOSE:
            continue
        elif (_WORDS.get(word) or _WORDS[word.lower()])[0] in CLAIMS and _claims(
            text, word, match.start()
        ):
            yield match.start(), word
