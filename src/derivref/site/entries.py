"""Entry pages and the tables of families, all of it derived from the records."""

import math
import os
import platform
import posixpath
from collections.abc import Iterable
from importlib.metadata import version

import numpy as np

from derivref import catalog, oracle
from derivref.expression import formula_tex
from derivref.oracle import Errors, Extreme, Number
from derivref.program import program
from derivref.record import Scalar
from derivref.site.figures import function_figure
from derivref.site.maths import tex_source
from derivref.site.measured import errors, verified
from derivref.verify import balls

PRIMES = ("f", "f'", "f''")
SYMBOLS = {  # what a formula may use without saying what it is
    r"\sigma": r"$\sigma(x) = 1/(1 + e^{-x})$ is the sigmoid",
    r"\Phi": r"$\Phi$ is the normal distribution function",
    r"\varphi": r"$\varphi$ its density",
    r"\alpha": r"$\alpha$ is the slope for negative inputs",
}


def entry(name: str) -> str:
    """Return the first screen of an entry: its sentence, formulas, program and picture.

    Raises
    ------
    KeyError
        If no entry has that name or alias; the message has near matches.
    """
    record = catalog.get(name)
    return f"""\
{record.summary}
{{.lead}}

<div class="entry-top" markdown>
<div class="entry-main" markdown>

{_formulas(record)}

{_fence(program(record.f, record.d, example=record.example))}

</div>
<div class="entry-side" markdown>

{function_figure(record)}

{tex_source(_aligned(record))}

</div>
</div>
"""


def section(name: str) -> str:
    """Return an entry that shares its page with others: formulas, program, picture, key facts."""
    record = catalog.get(name)
    facts = [row for row in _key_numbers(record) if row[0] in BRIEF]
    return f"{entry(name)}\n{_table(('', 'value'), [*facts, ('found in', record.use)])}\n"


TABLES = {  # the page of each family's table
    "activations": "reference/activations/index.md",
    "elementary": "reference/elementary.md",
}
BRIEF = ("domain", "range of f", "range of f′")


def details(name: str) -> str:
    """Return what stands below the derivation of an entry: numbers, kinks, errors, origin."""
    record = catalog.get(name)
    parts = [
        ("Key numbers", "key-numbers", _table(("", "value"), _key_numbers(record)) + _ends(record)),
        ("Kinks", "kinks", kinks(record)),
        ("Measured error", "error", accuracy(record)),
        ("Second derivative in code", "second-derivative", _second(record)),
        ("Relations", "relations", _relations(record)),
        ("In other libraries", "libraries", _libraries(record)),
        ("Origin and use", "origin", _origin(record)),
        ("How this page is checked", "checked", _checked(record)),
        ("Cite this page", "cite", _cite(record)),
    ]
    return "\n".join(
        f"## {title} {{#{anchor}}}\n\n{text}\n" for title, anchor, text in parts if text
    )


def link(record: Scalar, page: str) -> str:
    """Return a link to an entry from a page, both as paths below docs/."""
    return (
        f"[{record.title}]({posixpath.relpath(catalog.address(record), posixpath.dirname(page))})"
    )


def table(family: str) -> str:
    """Return the table of a family: each function with its slope, the slope's range and kinks."""
    page = TABLES[family]
    rows = []
    for r in next(f for f in catalog.families() if f.name == family):
        rows.append(
            (
                link(r, page),
                f"${oracle.latex(r, 0)}$",
                f"${oracle.latex(r, 1)}$",
                _domain(r),
                _slopes(r) + _defaults(r),
                ", ".join(f"{k.at:g}" for k in r.kinks) or "none",
            )
        )
    return _table(("function", "f(x)", "f′(x)", "domain", "range of f′", "kinks"), rows)


# Entries whose usual form fails and that the page on stable computation treats, each under an
# anchor of the same name.
REWRITES = ("sigmoid", "log_sigmoid", "softplus", "log1p", "expm1", "pseudo_huber", "one_minus_cos")


def rewrites() -> str:
    """Return the table of usual and stable forms, each with the measured errors of both."""
    rows = []
    for name in REWRITES:
        record = catalog.get(name)
        for n, usual in enumerate((record.tutorial.f, record.tutorial.d)):
            ours, theirs = (errors(name, n, np.float64, t) for t in (False, True))
            if theirs.lost:
                label = record.title + ("", ", slope")[n]
                cells = (f"`{usual}`", _lost(theirs), _ulp(ours))
                rows.append((f"[{label}](#{name})", *cells))
    head = ("function", "usual form", "no digit right", "stable form, ULP")
    return _table(head, rows)


def _aligned(record: Scalar) -> str:
    """Return the TeX of f, f′ and f″, one below the other."""
    lines = [rf"{p}(x) &= {oracle.latex(record, n)}" for n, p in enumerate(PRIMES)]
    return r"\begin{aligned} " + r" \\[2pt] ".join(lines) + r" \end{aligned}"


def _formulas(record: Scalar) -> str:
    formulas = _aligned(record)
    notes = [note for symbol, note in SYMBOLS.items() if symbol in formulas]
    notes += [f"${formula_tex(name)} = {formula_tex(text)}$" for name, text in record.where.items()]
    notes += [
        f"no derivative at {k.at:g}, where the code returns {k.slope:g}" for k in record.kinks
    ]
    notes += [f"picture and numbers{_defaults(record)}"] * bool(record.parameters)
    where = f"Domain: {_domain(record)}" + "".join(f"; {n}" for n in notes) + "."
    also = f" Also called {' or '.join(record.aliases)}." if record.aliases else ""
    return f"""\
<div class="formulas" markdown>

$$
{formulas}
$$

</div>

{where}{also}
{{.pins}}
"""


def _fence(code: str) -> str:
    return f'```python exec="on" source="block" result="text"\n{code}```'


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def _number(number: Number) -> str:
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


def _slopes(record: Scalar) -> str:
    """Write the range of f′: an interval, or the few slopes of a function of straight pieces."""
    low, high = oracle.facts(record).slope_range
    if not record.kinks or oracle.derivative(record, 2) != 0:
        return _range(low, high)
    sides = {s for k in record.kinks for s in oracle.one_sided(record, k.at)}
    return "{" + ", ".join(f"{s:g}" for s in sorted(sides)).replace("-", "−") + "}"


def _domain(record: Scalar) -> str:
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
    values = ", ".join(f"${formula_tex(name)} = {v:g}$" for name, v in record.parameters.items())
    return f" at {values}" if values else ""


def _extreme(extreme: Extreme) -> str:
    if extreme.at:
        return f"{_number(extreme.value)}, at x = {', '.join(_number(x) for x in extreme.at)}"
    if extreme.attained:
        return f"{_number(extreme.value)}, on an interval"
    toward = extreme.toward.replace("-", "−").replace("oo", "∞")
    return f"{_number(extreme.value)}, approached as x → {toward}"


def _key_numbers(record: Scalar) -> list[tuple[str, str]]:
    facts = oracle.facts(record)
    rows = [("domain", _domain(record))]
    for label, number in zip(("f(0)", "f′(0)", "f″(0)"), facts.at_zero, strict=True):
        if number is not None:
            rows.append((label, _number(number)))
    rows += [
        ("range of f", _range(*facts.range)),
        ("range of f′", _slopes(record)),
        ("least slope", _extreme(facts.slope_range[0])),
        ("greatest slope", _extreme(facts.slope_range[1])),
        ("Lipschitz constant", _number(facts.lipschitz.value)),
    ]
    if facts.minimum:
        rows.append(("minimum", _extreme(facts.minimum)))
    if facts.maximum:
        rows.append(("maximum", _extreme(facts.maximum)))
    rows += [("inflection at x =", ", ".join(map(_number, facts.inflections)))] * bool(
        facts.inflections
    )
    traits = ", ".join(t for t in (facts.symmetry, facts.monotone, facts.shape) if t)
    rows += [("f is", traits)] * bool(traits)
    scanned = [name.replace("_", " ") for name, p in facts.proofs.items() if not p.proved]
    told = f"all but {', '.join(scanned)}, which come from a scan" if scanned else "all of these"
    return [*rows, ("proved for every x", told)]


def _ends(record: Scalar) -> str:
    ends = [_end(e) for e in record.domain]
    if all(math.isnan(v) for v in (*record.limits.f, *record.limits.d, *record.limits.d2)):
        return ""
    rows = [
        (label, *("none" if math.isnan(v) else _end(v) for v in pair))
        for label, pair in zip(
            ("f", "f′", "f″"), (record.limits.f, record.limits.d, record.limits.d2), strict=True
        )
    ]
    return "\n" + _table(("limit", f"x → {ends[0]}", f"x → {ends[1]}"), rows)


def _end(value: float) -> str:
    return f"{value:g}".replace("inf", "∞").replace("-", "−")


def kinks(record: Scalar) -> str:
    """Return the table of an entry's kinks: slopes on both sides, the value chosen and why."""
    rows = []
    for kink in record.kinks:
        left, right = oracle.one_sided(record, kink.at)
        rows.append((f"{kink.at:g}", f"{left:g}", f"{right:g}", f"{kink.slope:g}", kink.why))
    head = ("x", "slope from the left", "from the right", "returned", "why")
    return _table(head, rows) if rows else ""


def all_kinks() -> str:
    """Return the kinks of all entries: the slopes on both sides and the value chosen."""
    rows = []
    for record in (r for family in catalog.families() for r in family):
        for kink in record.kinks:
            left, right = oracle.one_sided(record, kink.at)
            numbers = (f"{v:g}".replace("-", "−") for v in (kink.at, left, right, kink.slope))
            rows.append((link(record, "reference/kinks.md"), *numbers, kink.why))
    return _table(("function", "x", "slope from the left", "right", "returned", "why"), rows)


def all_errors() -> str:
    """Return the largest errors of all entries, in ULP, of f, f′ and f″ in two types."""
    rows = []
    for record in (r for family in catalog.families() for r in family):
        cells = [
            _ulp(errors(record.name, n, dtype, False))
            for dtype in (np.float64, np.float32)
            for n in range(3)
        ]
        theirs = [_lost(errors(record.name, n, np.float64, True)) for n in range(2)]
        rows.append((link(record, "reference/accuracy.md"), *cells, *theirs))
    head = ("function", "f", "f′", "f″", "f, float32", "f′, float32", "f″, float32")
    return _table((*head, "usual f: no digit right", "usual f′: no digit right"), rows)


def accuracy(record: Scalar) -> str:
    """Return the table of measured errors, of this code and of the tutorial formula."""
    rows = []
    for n, label in enumerate(("f", "f′", "f″")):
        for dtype in (np.float64, np.float32):
            ours = errors(record.name, n, dtype, False)
            theirs = errors(record.name, n, dtype, True) if n < 2 else None
            rows.append((label, dtype.__name__, _ulp(ours), _ulp(theirs), _lost(theirs)))
    forms = f"f: `{record.tutorial.f}`, f′: `{record.tutorial.d}`"
    points = errors(record.name, 0, np.float64, False).points
    head = ("", "type", "this code, ULP", "tutorial, ULP", "tutorial has no right digit")
    zeros = _beside(record)
    return f"""\
Largest error over {points} points (float64; all magnitudes down to subnormals, both tails, the
neighbours of every kink), against values of {balls.DIGITS} sure digits. ULP: units in the last
place.{zeros}

{_table(head, rows)}
The tutorial formulas: {forms}.
"""


def _beside(record: Scalar) -> str:
    worst = max(errors(record.name, n, np.float64, False).near_zero_abs for n in range(3))
    if not worst:
        return ""
    return (
        " Beside a zero z ≠ 0 of what is measured, within |z|/4, relative digits are lost to the"
        f" rounding of x itself; there the absolute error counts, at most {worst:.1e} in float64."
    )


def _ulp(found: Errors | None) -> str:
    if found is None:
        return ""
    if not math.isfinite(found.max_ulp):
        return f"wrong ∞ or NaN at {found.at:.2g}".replace("-", "−")
    return f"{found.max_ulp:.2g}".replace("e+0", "e").replace("e+", "e")


def _lost(found: Errors | None) -> str:
    if found is None:
        return ""
    if not found.lost:
        return "nowhere"
    first = f"{found.lost_at:.3g}".replace("-", "−")
    return f"at {found.lost} of {found.points} points, as x = {first}"


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
    return _fence(program(record.d, record.d2, example=example))


def _relations(record: Scalar) -> str:
    lines = []
    for relation in record.relations:
        left, right = relation.split(" = ")
        lines.append(f"- ${formula_tex(left)} = {formula_tex(right)}$")
    return "\n".join(lines)


def _libraries(record: Scalar) -> str:
    rows = [(library, f"`{call}`") for library, call in record.frameworks.items()]
    return _table(("library", "call"), rows) if rows else ""


def _origin(record: Scalar) -> str:
    cited = ", ".join(f"[@{key}]" for key in record.cite)
    return f"{record.use}\n\n" + (f"References: {cited}." if cited else "")


def _checked(record: Scalar) -> str:
    rows = [(c.method, c.points, c.worst, c.detail) for c in verified(record.name)]
    cells = [tuple(str(cell) for cell in row) for row in rows]
    packages = ", ".join(
        f"{p} {version(p)}" for p in ("derivref", "numpy", "scipy", "sympy", "mpmath")
    )
    return f"""\
{_table(("check", "points", "largest error", "what was compared"), cells)}
Verified with {packages}, Python {platform.python_version()}.
{{.pins}}
"""


def _cite(record: Scalar) -> str:
    """Return the cite box, with the addresses of the site and of the tracker where they are set."""
    address = catalog.address(record).replace(".md", "/", 1)
    lines = [
        f"@misc{{derivref-{record.name.replace('_', '-')},",
        "  author = {{The derivref authors}},",
        f"  title  = {{{record.title}: function, derivatives and measured error}},",
        f"  note   = {{derivref {version('derivref')}}},",
    ]
    if site := os.environ.get("SITE_URL", "").rstrip("/"):
        lines.append(f"  url    = {{{site}/{address}}},")
    box = "\n".join([*lines, "}"])
    repository = os.environ.get("REPO_URL", "").rstrip("/")
    error = f"\n[Report an error on this page]({repository}/issues).\n" if repository else ""
    return f'<div class="cite-box" markdown>\n\n```bibtex\n{box}\n```\n{error}\n</div>\n'


def install() -> str:
    """Return the line that installs the wheel which the site serves."""
    name = f"derivref-{version('derivref')}-py3-none-any.whl"
    site = os.environ.get("SITE_URL", "").rstrip("/")
    source = f"{site}/assets/generated/{name}" if site else name
    first = "" if site else f"Download [the wheel](../assets/generated/{name}), then\n\n"
    return f"{first}```sh\npip install {source}\n```\n"
