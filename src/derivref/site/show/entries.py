"""Entry pages and the tables of families, all of it derived from the records."""

import math
import os
import re
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from derivref import catalog, oracle
from derivref.expression import formula_tex
from derivref.oracle import Extreme, Number
from derivref.program import program
from derivref.records import Scalar
from derivref.records import number as evaluated
from derivref.site.fault import Fault
from derivref.site.markdown.maths import tex_source
from derivref.site.markdown.page import find
from derivref.site.show.accuracy import beside, told, ulp, usual
from derivref.site.show.figures import function_figure
from derivref.site.show.frame import (
    aliases,
    checked,
    cite,
    fence,
    grid,
    link,
    origin,
    sections,
    used_for,
)
from derivref.site.show.measured import errors, verified
from derivref.verify import balls

SYMBOLS = {  # what a formula may use without saying what it is
    r"\sigma": r"$\sigma(x) = 1/(1 + e^{-x})$ is the sigmoid",
    r"\Phi": r"$\Phi$ is the normal distribution function",
    r"\varphi": r"$\varphi$ its density",
}


def first(record: Scalar) -> str:
    """Return the first screen of an entry: its sentence, formulas, program and picture."""
    return f"""\
{record.summary}
{{.lead}}

<div class="entry-top" markdown>
<div class="entry-main" markdown>

{_formulas(record)}

{fence(program(record.f, record.d, example=record.example))}

</div>
<div class="entry-side" markdown>

{function_figure(record)}

{tex_source(_aligned(record))}

</div>
</div>
"""


def brief(record: Scalar) -> str:
    """Return an entry that shares its page with others: formulas, program, picture, key facts."""
    facts = [row for row in _key_numbers(record) if row[0] in BRIEF]
    return f"{first(record)}\n{grid(('', 'value'), [*facts, ('found in', used_for(record))])}\n"


BRIEF = ("domain", "range of f", "range of f′")


def below(record: Scalar) -> str:
    """Return what stands below the derivation of an entry: numbers, kinks, errors, origin."""
    numbers = grid(("", "value"), _key_numbers(record)) + _ends(record)
    rows = [(c, told(record, c)) for c in verified(record.full_name)]
    return sections(
        (
            ("Key numbers", "key-numbers", numbers),
            ("Kinks", "kinks", kinks(record)),
            ("Measured error", "error", accuracy(record)),
            ("Second derivative in code", "second-derivative", _second(record)),
            ("Relations", "relations", _relations(record)),
            ("In other libraries", "libraries", _libraries(record)),
            ("Origin and use", "origin", origin(record)),
            ("How this page is checked", "checked", checked(rows)),
            ("Cite this page", "cite", cite(record)),
        )
    )


def index(records: Sequence[Scalar], page: str) -> str:
    """Return the table of a family: each function with its slope, the slope's range and kinks."""
    rows = [
        (
            link(r, page),
            f"${oracle.latex(r, 0)}$",
            f"${oracle.latex(r, 1)}$",
            domain(r),
            slopes(r) + _defaults(r),
            ", ".join(f"{k.at:g}" for k in r.corners) or "none",
            r.use,
        )
        for r in records
    ]
    return grid(("function", "f(x)", "f′(x)", "domain", "range of f′", "kinks", "used for"), rows)


STABLE = "docs/learn/stable-computation.md"  # treats usual forms that fail, each at its name


def rewrites() -> str:
    """Return the table of usual and stable forms, each with the measured errors of both."""
    rows = []
    page = find(STABLE)
    if page is None:
        raise Fault(f"{STABLE} is missing: run from the repository")
    anchors = set(re.findall(r"\{#(\w+)\}", page.read_text(encoding="utf-8")))
    for record in (r for r in catalog.records("scalar") if r.name in anchors):
        for n, form in enumerate((record.tutorial.f, record.tutorial.d)):
            lost = usual(record, n, np.float64)[1]
            if lost != "nowhere":
                label = record.title + ("", ", slope")[n]
                cells = (f"`{form}`", lost, f"≤ {ulp(record, n, np.float64)}")
                rows.append((f"[{label}](#{record.name})", *cells))
    head = ("function", "usual form", "no digit right", "stable form, ULP")
    return grid(head, rows)


def _tex(record: Scalar, text: str) -> str:
    return formula_tex(text, record.symbols)


def _aligned(record: Scalar) -> str:
    """Return the TeX of f, f′ and f″, one below the other."""
    formulas = (oracle.latex(record, n) for n in range(3))
    lines = [
        f"f{primes}(x) &= {tex}" for primes, tex in zip(("", "'", "''"), formulas, strict=True)
    ]
    return r"\begin{aligned} " + r" \\[2pt] ".join(lines) + r" \end{aligned}"


def _formulas(record: Scalar) -> str:
    formulas = _aligned(record)
    notes = [note for symbol, note in SYMBOLS.items() if symbol in formulas]
    notes += [
        f"${_tex(record, name)} = {_tex(record, text)}$" for name, text in record.where.items()
    ]
    notes += [f"${_tex(record, name)}$ is {p.says}" for name, p in record.takes.items()]
    notes += [
        f"no derivative at {k.at:g}, where the code returns {k.slope:g}" for k in record.corners
    ]
    notes += [f"picture and numbers{_defaults(record)}"] * bool(record.parameters)
    where = f"Domain: {domain(record)}" + "".join(f"; {n}" for n in notes) + "."
    return f"""\
<div class="formulas" markdown>

$$
{formulas}
$$

</div>

{where}{aliases(record)}
{{.pins}}
"""


def told_number(number: Number) -> str:
    """Write a number as its closed form with ten digits behind it, or as ten digits."""
    text = str(number).replace("inf", "∞").replace("-", "−")
    if not number.exact or number.exact.lstrip("-").isdigit():
        return text
    form = f"${number.latex}$"
    return f"{form} = {text}" if len(text) < 8 else f"{form} ≈ {text}"


def _plain(number: Number) -> str:
    """Write a number for an interval: its closed form if that is short, else five digits."""
    if number.exact:
        return f"${number.latex}$"
    return f"{float(number):.5g}".replace("inf", "∞").replace("-", "−")


def _range(low: Extreme, high: Extreme) -> str:
    left, right = "[" if low.attained else "(", "]" if high.attained else ")"
    return f"{left}{_plain(low.value)}, {_plain(high.value)}{right}"


def _hole(record: Scalar) -> str:
    """Leave 0 out of the range of f where poles part its values into negative and positive."""
    if not record.excluded or record.period:
        return ""
    x = oracle.grid(record)
    with np.errstate(over="ignore"):
        signs = np.sign(record.f(x))
    breaks = sorted(evaluated(p, record.parameters) for p in record.excluded)
    piece = np.searchsorted(breaks, x)
    whole = all(len(set(signs[piece == k])) == 1 for k in range(len(breaks) + 1))
    return ", except 0" if whole and {-1.0, 1.0} == set(signs) else ""


def slopes(record: Scalar) -> str:
    """Write the range of f′: an interval, or the few slopes of a function of straight pieces."""
    low, high = oracle.facts(record).slope_range
    if not record.corners or oracle.derivative(record, 2) != 0:
        return _range(low, high)
    sides = {s for k in record.corners for s in oracle.one_sided(record, k.at)}
    return "{" + ", ".join(f"{s:g}" for s in sorted(sides)).replace("-", "−") + "}"


def domain(record: Scalar) -> str:
    """Write the domain in words, with the poles in it."""
    low, high = record.domain
    holes = (
        f", except {', '.join(f'${formula_tex(p)}$' for p in record.excluded)}"
        if record.excluded
        else ""
    )
    if record.period and holes:
        holes += f" and every ${formula_tex(record.period)}$ further"
    if any((c.domain, c.excluded) != (record.domain, record.excluded) for c in record.cases):
        holes += _defaults(record)
    if low == -math.inf and high == math.inf:
        return "all x" + holes
    if high == math.inf:
        return f"x > {low:g}" + holes
    return f"{low:g} < x < {high:g}".replace("-", "−") + holes


def _defaults(record: Scalar) -> str:
    """Say for which parameters the numbers hold, if there are any."""
    values = ", ".join(f"${_tex(record, n)} = {v:g}$" for n, v in record.parameters.items())
    return f" at {values}" if values else ""


def _extreme(extreme: Extreme) -> str:
    if extreme.at:
        return (
            f"{told_number(extreme.value)}, at x = {', '.join(told_number(x) for x in extreme.at)}"
        )
    if extreme.attained:
        return f"{told_number(extreme.value)}, on an interval"
    return f"{told_number(extreme.value)}, approached as x → {_toward(extreme.toward)}"


def _toward(place: str) -> str:
    """Write where an extreme is approached: an end of the domain or a pole, both SymPy texts."""
    try:
        return _end(float(place.replace("oo", "inf")))
    except ValueError:
        return f"${formula_tex(place)}$"


def _key_numbers(record: Scalar) -> list[tuple[str, str]]:
    facts = oracle.facts(record)
    rows = [("domain", domain(record))]
    for label, value in zip(oracle.NAMES, facts.at_zero, strict=True):
        if value is not None:
            rows.append((f"{label}(0)", told_number(value)))
    rows += [
        ("range of f", _range(*facts.range) + _hole(record)),
        ("range of f′", slopes(record)),
        ("least slope", _extreme(facts.slope_range[0])),
        ("greatest slope", _extreme(facts.slope_range[1])),
        ("Lipschitz constant", told_number(facts.lipschitz.value)),
    ]
    if facts.minimum:
        rows.append(("minimum", _extreme(facts.minimum)))
    if facts.maximum:
        rows.append(("maximum", _extreme(facts.maximum)))
    rows += [("inflection at x =", ", ".join(map(told_number, facts.inflections)))] * bool(
        facts.inflections
    )
    traits = ", ".join(t for t in (facts.symmetry, facts.monotone, facts.shape) if t)
    rows += [("f is", traits)] * bool(traits)
    scanned = [name.replace("_", " ") for name, p in facts.proofs.items() if not p.proved]
    told = f"all but {', '.join(scanned)}, which come from a scan" if scanned else "all of these"
    return [*rows, ("proved for every x", told)]


def _ends(record: Scalar) -> str:
    ends = [_end(e) for e in record.domain]
    if all(math.isnan(v) for pair in record.ends.values() for v in pair):
        return ""
    rows = [
        (label, *("none" if math.isnan(v) else _end(v) for v in pair))
        for label, pair in zip(oracle.NAMES, record.ends.values(), strict=True)
    ]
    return "\n" + grid(("limit", f"x → {ends[0]}", f"x → {ends[1]}"), rows)


def _end(value: float) -> str:
    return f"{value:g}".replace("inf", "∞").replace("-", "−")


def kinks(record: Scalar) -> str:
    """Return the table of an entry's kinks: slopes on both sides, the value chosen and why."""
    rows = []
    for kink in record.corners:
        left, right = oracle.one_sided(record, kink.at)
        rows.append((f"{kink.at:g}", f"{left:g}", f"{right:g}", f"{kink.slope:g}", kink.why))
    head = ("x", "slope from the left", "from the right", "returned", "why")
    return grid(head, rows) if rows else ""


def all_kinks() -> str:
    """Return the kinks of all entries: the slopes on both sides and the value chosen."""
    rows = []
    for record in catalog.records("scalar"):
        for kink in record.corners:
            left, right = oracle.one_sided(record, kink.at)
            numbers = (f"{v:g}".replace("-", "−") for v in (kink.at, left, right, kink.slope))
            rows.append((link(record, "reference/kinks.md"), *numbers, kink.why))
    return grid(("function", "x", "slope from the left", "right", "returned", "why"), rows)


def all_errors() -> str:
    """Return bounds of the errors of all entries, in ULP, of f, f′ and f″ in two types."""
    rows = []
    for record in catalog.records("scalar"):
        cells = [ulp(record, n, dtype) for dtype in (np.float64, np.float32) for n in range(3)]
        theirs = [usual(record, n, np.float64)[1] for n in range(2)]
        rows.append((link(record, "reference/accuracy.md"), *cells, *theirs))
    head = ("function", *oracle.NAMES, *(f"{name}, float32" for name in oracle.NAMES))
    return grid((*head, "usual f: no digit right", "usual f′: no digit right"), rows)


def accuracy(record: Scalar) -> str:
    """Return the table of errors, of this code (bounds) and of the tutorial formula."""
    rows = []
    for n, label in enumerate(oracle.NAMES):
        for dtype in (np.float64, np.float32):
            theirs = usual(record, n, dtype) if n < 2 else ("", "")
            rows.append((label, dtype.__name__, f"≤ {ulp(record, n, dtype)}", *theirs))
    forms = f"f: `{record.tutorial.f}`, f′: `{record.tutorial.d}`"
    points = errors(record.name, 0, np.float64, False).points
    head = ("", "type", "this code, ULP", "tutorial, ULP", "tutorial has no right digit")
    zeros = _beside(record)
    return f"""\
Bounds of the error over {points} points (float64; all magnitudes down to subnormals, both tails,
the neighbours of every kink), against values of {balls.DIGITS} sure digits. ULP: units in the
last place.{zeros}

{grid(head, rows)}
The tutorial formulas: {forms}.
"""


def _beside(record: Scalar) -> str:
    worst = beside(record)
    if not worst:
        return ""
    return (
        f" Beside a zero z ≠ 0 of what is measured, within |z|/{oracle.BESIDE}, relative digits are"
        " lost to the rounding of x itself; there the absolute error counts, at most"
        f" {worst:.2g} in float64."
    )


def _second(record: Scalar) -> str:
    low, high = (max(-2.0, record.domain[0]), min(3.0, record.domain[1]))
    x = [round(low + (high - low) * t, 2) for t in (0.21, 0.47, 0.83)]
    name = record.name
    example = f"""\
x = np.array({x})
h = 1e-5
central = (d_{name}(x + h) - d_{name}(x - h)) / (2 * h)
print(d2_{name}(x))
assert np.allclose(d2_{name}(x), central, rtol=1e-8, atol=1e-8)
"""
    return fence(program(record.d, record.d2, example=example))


def _relations(record: Scalar) -> str:
    lines = []
    for relation in record.relations:
        left, right = relation.split(" = ")
        lines.append(f"- ${_tex(record, left)} = {_tex(record, right)}$")
    return "\n".join(lines)


def _libraries(record: Scalar) -> str:
    rows = [(library, f"`{call}`") for library, call in record.frameworks.items()]
    return grid(("library", "call"), rows) if rows else ""


def install() -> str:
    """Return the line that installs the wheel which the site serves."""
    name = f"derivref-{version('derivref')}-py3-none-any.whl"
    site = os.environ.get("SITE_URL", "").rstrip("/")
    source = f"{site}/assets/generated/{name}" if site else name
    first = "" if site else f"Download [the wheel](../assets/generated/{name}), then\n\n"
    return f"{first}```sh\npip install {source}\n```\n"
