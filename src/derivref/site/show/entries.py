"""Entry pages and the tables of families, all of it derived from the records."""

import ast
import math
import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derivref import catalog, oracle
from derivref.expression import formula_tex
from derivref.language.syntax import MEANT
from derivref.oracle import Extreme, Number
from derivref.records import Scalar
from derivref.records import number as evaluated
from derivref.site.fault import Fault
from derivref.site.markdown.maths import tex_source
from derivref.site.markdown.page import find
from derivref.site.show.accuracy import beside, told, ulp, usual
from derivref.site.show.figures import function_figure, view
from derivref.site.show.frame import (
    aliases,
    checked,
    cite,
    grid,
    link,
    origin,
    row,
    sections,
    used_for,
)
from derivref.site.show.measured import errors, verified
from derivref.site.show.tabs import tabbed
from derivref.verify import balls
from derivref.verify.formulas import called as formulas_called

SYMBOLS = {  # what formulas abbreviate: TeX, what it is, its definition twice
    "sigma": (r"\sigma", "the sigmoid", "1/(1 + e^{-x})", "1/(1 + exp(-x))"),
    "Phi": (
        r"\Phi",
        "the normal distribution function",
        r"\tfrac12(1 + \operatorname{erf}(x/\sqrt2))",
        "(1 + erf(x/sqrt(2)))/2",
    ),
    "phi": (r"\varphi", "its density", r"e^{-x^2/2}/\sqrt{2\pi}", "exp(-x**2/2)/sqrt(2*pi)"),
    "softplus": (r"\operatorname{softplus}", "", "\\ln(1 + e^x)", "log(1 + exp(x))"),
}


def first(record: Scalar) -> str:
    """Return the first screen of an entry: its sentence, formulas, programs and picture."""
    return f"""\
{_top(record, glance(record), "second-derivative")}
{stamps(record)}
{{.stamps}}

{related(record)}
"""


def _top(record: Scalar, numbers: str, anchor: str = "") -> str:
    return f"""\
{record.summary}
{{.lead}}

<div class="entry-top" markdown>
<div class="entry-main" markdown>

{_formulas(record)}

{tabbed(record, anchor)}

</div>
<div class="entry-side" markdown>

{function_figure(record)}

{values(record)}

{numbers}

{tex_source(_aligned(record))}
{_bare(record)}

</div>
</div>
"""


def brief(record: Scalar) -> str:
    """Return an entry that shares its page with others: formulas, program, picture, key facts."""
    facts = [row for row in _key_numbers(record) if row[0] in BRIEF]
    return f"{_top(record, '')}\n{grid(HEAD, [*facts, ('found in', used_for(record))])}\n"


HEAD = ("", "value")
BRIEF = ("domain", "range of f", "range of f′")
VALUES = 41  # rows at least of the values to read off
GLANCE = ("f(0)", "f′(0)", "range of f", "range of f′", "minimum", "f is")


def values(record: Scalar) -> str:
    """Return the values to read off: a table, and the slider that a script moves along it."""
    x = places(record)
    columns = [[_digits(v) for v in oracle.reference(record, 0, x).rounded()]]
    corners = {k.at: k.slope for k in record.corners}
    smooth = np.array([v for v in x if v not in corners])
    for n in (1, 2):
        exact = dict(zip(smooth, oracle.reference(record, n, smooth).rounded(), strict=True))
        columns.append([_digits(exact[v]) if v in exact else _chosen(corners[v], n) for v in x])
    rows = zip([f"{v:g}".replace("-", "−") for v in x], *columns, strict=True)
    start = int(np.argmin(np.abs(x - (1.0 if record.domain[1] > 1.5 else x[len(x) // 2]))))
    name = f"read-{record.name.replace('_', '-')}"
    return f"""\
<div class="reader" hidden><label for="{name}">x</label>\
<input type="range" id="{name}" min="0" max="{len(x) - 1}" step="1" value="{start}">\
<output for="{name}"></output></div>

<details class="values" data-search-exclude="" markdown>
<summary>Values</summary>

{grid(("x", *oracle.NAMES), rows, left=0)}
</details>
"""


def places(record: Scalar) -> NDArray[np.float64]:
    """Return round numbers in the view of the picture, where f is a number."""
    low, high = view(record)
    low, high = max(low, record.domain[0]), min(high, record.domain[1])
    steps = (1.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.02, 0.01)
    step = next(s for s in steps if (high - low) / s >= VALUES - 1)
    multiples = np.arange(math.ceil(low / step), math.floor(high / step) + 1)
    x = np.round(multiples * step, 3) + 0.0
    x = x[(x > record.domain[0]) & (x < record.domain[1])]
    poles = np.array([evaluated(p, record.parameters) for p in record.excluded])
    away = x[:, None] - poles
    if record.period:
        away = np.remainder(away + 1e-9, evaluated(record.period, record.parameters)) - 1e-9
    inside: NDArray[np.float64] = x[np.all(np.abs(away) > 1e-8, axis=1)]
    return inside


def _digits(value: float) -> str:
    text = f"{value + 0.0:.4g}".replace("-", "−")
    return text.replace("e−0", "e−").replace("e+0", "e").replace("e+", "e")


def _chosen(slope: float, n: int) -> str:
    """Write what the code returns at a kink, where there is no derivative."""
    return f"{_digits(slope)} (chosen)" if n == 1 else "none"


def glance(record: Scalar) -> str:
    """Return the key numbers that stand beside the program."""
    rows = [row for row in _key_numbers(record) if row[0] in GLANCE]
    lines = "\n".join(
        f'<div markdown="block"><dt>{label}</dt><dd markdown="span">{cell}</dd></div>'
        for label, cell in rows
    )
    return f'<dl class="glance" markdown="block">\n{lines}\n</dl>'


def stamps(record: Scalar) -> str:
    """Return the line that says how an entry was checked: how often, how much is proved."""
    found = verified(record.full_name)
    points = sum(check.points for check in found)
    proofs = oracle.facts(record).proofs
    proved = sum(p.proved for p in proofs.values())
    scanned = len(proofs) - proved
    parts = [
        f"{len(found)} checks at {points} points",
        f"{proved} facts proved for every x" + f", {scanned} scanned" * bool(scanned),
        f"NumPy {version('numpy')}, SciPy {version('scipy')}",
    ]
    page = catalog.address(record).partition("#")[0]
    ledger = posixpath.relpath("about/ledger.md", posixpath.dirname(page))
    return f"{' · '.join(parts)} · [ledger]({ledger})"


def related(record: Scalar) -> str:
    """Return the row of entries that belong together: named by hand, or in its relations."""
    named = re.findall(r"([a-z]\w*)\(", " ".join(record.relations))
    scalars = {r.name: r for r in catalog.records("scalar") if r.family == record.family}
    scalars |= {r.name: r for r in catalog.records("scalar") if r.name not in scalars}
    names = dict.fromkeys((*record.related, *(n for n in named if n in scalars)))
    page = catalog.address(record).partition("#")[0]
    links = [link(scalars[n], page) for n in names if n != record.name]
    return f"Related: {', '.join(links)}.\n{{.related}}" if links else ""


def below(record: Scalar) -> str:
    """Return what stands below the derivation of an entry: numbers, kinks, errors, origin."""
    numbers = grid(HEAD, _key_numbers(record)) + _ends(record)
    rows = [(c, told(record, c)) for c in verified(record.full_name)]
    return sections(
        (
            ("Key numbers", "key-numbers", numbers),
            ("Kinks", "kinks", kinks(record)),
            ("Relations", "relations", _relations(record)),
            ("Measured error", "error", accuracy(record)),
            ("In other libraries", "libraries", _libraries(record)),
            ("Origin and use", "origin", origin(record)),
            ("How this page is checked", "checked", folded(f"{len(rows)} checks", checked(rows))),
            ("Cite this page", "cite", folded("BibTeX", cite(record))),
        )
    )


def folded(summary: str, text: str) -> str:
    """Return a folded block of Markdown."""
    return f"<details markdown>\n<summary>{summary}</summary>\n\n{text}\n\n</details>\n"


def index(records: Sequence[Scalar], page: str) -> str:
    """Return the table of a family: each function with its slope, the slope's range and kinks."""
    rows = [
        (
            row(r, page, traits(r), usual=_usual(r), greatest=_greatest(r)),
            f"${oracle.latex(r, 0)}$",
            f"${oracle.latex(r, 1)}$",
            domain(r),
            slopes(r) + _defaults(r),
            ", ".join(f"{k.at:g}" for k in r.corners) or "none",
            r.use,
        )
        for r in records
    ]
    head = ("function", "f(x)", "f′(x)", "domain", "range of f′", "kinks", "used for")
    notes = symbols(" ".join(cell for row in rows for cell in row[1:3]))
    where = {
        f"${_tex(r, name)} = {_tex(r, text)}$ in {r.title}"
        for r in records
        for name, text in r.where.items()
        if re.search(rf"\b{name}\b", f"{r.form or r.expr} {r.derivative}")
    }
    notes += sorted(where)
    return grid(head, rows) + (f"\nWhere {'; '.join(notes)}.\n{{.pins}}\n" if notes else "")


def traits(record: Scalar) -> list[str]:
    """Return what is proved of a function that readers choose by, each in words."""
    facts = oracle.facts(record)

    def proved(fact: str, value: object) -> bool:
        return bool(value) and facts.proofs[fact].proved

    bent = oracle.expression(record).has(sp.Piecewise, sp.Abs, sp.Max, sp.Min, sp.sign)
    found = {
        "smooth": not bent and not record.corners,
        "bounded slope": proved("lipschitz", math.isfinite(float(facts.lipschitz.value))),
        "has a kink": bool(record.corners),
        "monotone": proved("monotone", facts.monotone),
        "convex": proved("shape", facts.shape == "convex"),
    }
    return [name for name, true in found.items() if true]


def _usual(record: Scalar) -> str:
    """Name the columns of the index that say nothing of an entry: it is as most are."""
    usual = {"domain": domain(record) == "all x", "kinks": not record.corners}
    return ";".join(name for name, true in usual.items() if true)


def _greatest(record: Scalar) -> str:
    return f"{float(oracle.facts(record).lipschitz.value):.6g}"


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
    lines += [
        rf"\frac{{\partial f}}{{\partial {_tex(record, name)}}} &= {oracle.latex(record, name)}"
        for name in record.partials
    ]
    return r"\begin{aligned} " + r" \\[2pt] ".join(lines) + r" \end{aligned}"


def symbols(tex: str) -> list[str]:
    """Return what the symbols in a formula, or in several, are short for."""
    notes = []
    for symbol, said, short, _ in SYMBOLS.values():
        if re.search(re.escape(symbol) + r"(?![A-Za-z])", tex):
            notes.append(f"${symbol}(x) = {short}$" + f", {said}" * bool(said))
    return notes


class _Spelled(ast.NodeTransformer):
    """Puts in the place of each abbreviation what it is short for."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(node.func, "id", "")
        if name not in SYMBOLS:
            return node
        body = ast.parse(SYMBOLS[name][3], mode="eval").body
        found: ast.AST = self.visit(_Put(node.args[0]).visit(body))
        return found

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(node.op, ast.USub) and isinstance(inner, ast.UnaryOp):
            return inner.operand  # the language has no other sign
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self.names:
            return node
        found: ast.AST = self.visit(ast.parse(self.names[node.id], mode="eval").body)
        return found


class _Put(ast.NodeTransformer):
    def __init__(self, value: ast.expr) -> None:
        self.value = value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.value if node.id == "x" else node


def spelled(record: Scalar, n: int) -> str:
    """Return the TeX of f, f′ or f″ without abbreviations."""
    tree = ast.parse(oracle.preferred(record, n), mode="eval")
    return _tex(record, ast.unparse(_Spelled(record.where).visit(tree)))


def _bare(record: Scalar) -> str:
    """Return the TeX of f′ without abbreviations, folded, if it has any."""
    tex = spelled(record, 1)
    if tex == oracle.latex(record, 1):
        return ""
    return tex_source(f"f'(x) = {tex}", "TeX of f′ without abbreviations")


def _formulas(record: Scalar) -> str:
    formulas = _aligned(record)
    notes = symbols(formulas)
    called = {name for n in record.codes for name in formulas_called(record, n)}
    notes += dict.fromkeys(note for name, note in MEANT.items() if name in called)
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
        x = x[(record.f(x) != 0) | (record.d(x) != 0)]  # where neither is smaller than the floats
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


SCANNED = ' <span class="scanned">scanned</span>'
FOUND = {  # the rows that rest on a fact
    "range": ("range of f", "minimum", "maximum"),
    "slope_range": ("range of f′", "least slope", "greatest slope"),
    "lipschitz": ("Lipschitz constant",),
    "inflections": ("inflection at x =",),
    "symmetry": ("f is",),
    "monotone": ("f is",),
    "shape": ("f is",),
}


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
    loose = [name for name, p in facts.proofs.items() if not p.proved]
    marked = {row for name in loose for row in FOUND.get(name, ())}
    rows = [(name, cell + SCANNED if name in marked else cell) for name, cell in rows]
    scanned = [name.replace("_", " ") for name in loose]
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
    for n in record.codes:
        for dtype in (np.float64, np.float32):
            theirs = usual(record, n, dtype) if n in (0, 1) else ("", "")
            rows.append((oracle.named(n), dtype.__name__, f"≤ {ulp(record, n, dtype)}", *theirs))
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
        f" Beside a zero z ≠ 0 of what is measured, within {oracle.BESIDE} (and |z|/2), relative"
        " digits are lost to the rounding of x itself; there the absolute error counts, at most"
        f" {worst:.2g} in float64."
    )


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
