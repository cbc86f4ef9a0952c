"""A made-up record of each kind is one block: by machine it is checked, shown, listed, exported."""

import ast
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from derivref import catalog
from derivref.records import (
    Argument,
    Exercise,
    Family,
    Identity,
    Limits,
    Operator,
    Parameter,
    Record,
    Scalar,
    Tutorial,
)
from derivref.site.build import navigation
from derivref.site.fault import Fault
from derivref.site.lint.places import missing
from derivref.site.show import bibliography, ledger, pages
from derivref.verify import export
from derivref.verify.kinds import checks, facts


def arctan_gate(x, scale=1.0):
    """Squashes a score to the interval from -1 to 1, with heavier tails than tanh."""
    return 2 / np.pi * np.arctan(x / scale)


def d_arctan_gate(x, scale=1.0):
    """Two over pi times the squared cosine of the arctangent."""
    return 2 / (np.pi * scale) * np.square(1 / np.hypot(1, x / scale))


def d2_arctan_gate(x, scale=1.0):
    """Odd, and about -4x/pi near 0."""
    u = x / scale
    return -4 / (np.pi * scale**2) * np.sin(np.arctan(u)) * (1 / np.hypot(1, u)) ** 3


def half_square(y, t):
    """Half the squared distance between predictions and targets."""
    return 0.5 * np.sum(np.square(y - t))


def d_half_square(y, t):
    """The difference, and its opposite for the targets."""
    return y - t, t - y


SCALAR = {
    "title": "Arctangent gate",
    "use": "A squashing activation whose slope fades slowly.",
    "aliases": ("demo gate",),
    "cite": ("blanchard2021",),
    "expr": "2/pi*atan(x/scale)",
    "derivative": "2*scale/(pi*(scale**2 + x**2))",
    "takes": {"scale": Parameter(says="the width", symbol="s", low=0.0)},
    "limits": Limits(f=(-1, 1), d=(0, 0), d2=(0, 0)),
    "tutorial": Tutorial(f="2 / np.pi * np.arctan(x)", d="2 / np.pi / (1 + x**2)"),
    "example": "print(arctan_gate(1.0))\nassert arctan_gate(0.0) == 0.0",
    "promise": 32,
}
OPERATOR = {
    "title": "Half the squared error",
    "use": "The loss of least squares.",
    "aliases": ("demo loss",),
    "cite": ("blanchard2021",),
    "arguments": {
        "y": Argument(says="the predictions", shape="(n)"),
        "t": Argument(says="the targets", shape="(n)"),
    },
    "output": "()",
    "formula": r"\ell = \tfrac12 \sum_i (y_i - t_i)^2",
    "slope": r"\bar y_i = y_i - t_i",
    "exact": lambda m, y, t: m.fsum((a - b) ** 2 for a, b in zip(y, t, strict=True)) / 2,
    "kept": "The difference.",
    "cost": "One subtraction per component.",
    "example": "y = np.array([1.0, 2.0])\nprint(half_square(y, 0 * y))\n"
    "assert half_square(y, y) == 0.0",
}
IDENTITY = {
    "name": "double_angle",
    "title": "Sine of a double angle",
    "use": "Turns a product of sine and cosine into one sine.",
    "aliases": ("demo angle",),
    "cite": ("blanchard2021",),
    "left": "sin(2*x)",
    "right": "2*sin(x)*cos(x)",
    "needs": "nothing: every *x*",
}
EXERCISE = {
    "name": "power_times_exponential",
    "title": "A power times an exponential",
    "use": "The product rule.",
    "aliases": ("demo question",),
    "cite": ("blanchard2021",),
    "question": "Differentiate $x^2 e^x$.",
    "problem": "Derivative(x**2*exp(x), x)",
    "answer": "x*(x + 2)*exp(x)",
    "solution": "2*x*exp(x) + x**2*exp(x) | product rule\nx*(x + 2)*exp(x) | factor",
    "level": "warm-up",
    "hint": "Two factors depend on *x*.",
    "mistakes": (("2*x*exp(x)", "the second term is missing"),),
}


def families():
    """A family of each kind, with one record in it."""
    scalars = Family("demo_scalars", "Gates", "reference/demo/{name}.md", "reference/demo/index.md")
    scalars.add(arctan_gate, d_arctan_gate, d2_arctan_gate, **SCALAR)
    page = "reference/losses/index.md"
    operators = Family("demo_losses", "Losses", f"{page}#{{name}}", page, Operator)
    operators.add(half_square, d_half_square, **OPERATOR)
    page = "reference/angles.md"
    identities = Family("demo_angles", "Angles", f"{page}#{{name}}", page, Identity)
    identities.add(**IDENTITY)
    page = "practice/demo.md"
    exercises = Family("demo_questions", "Questions", f"{page}#{{name}}", page, Exercise)
    exercises.add(**EXERCISE)
    return scalars, operators, identities, exercises


KINDS = ("scalar", "operator", "identity", "exercise")


@pytest.fixture
def house(monkeypatch, tmp_path):
    """The catalogue, with the made-up families alone; nothing of it is kept."""
    monkeypatch.setenv("DERIVREF_CACHE", str(tmp_path / "cache"))
    made = families()
    monkeypatch.setattr(catalog, "families", lambda: made)
    return made


@pytest.fixture(params=range(4), ids=KINDS)
def record(request, house):
    return next(iter(house[request.param]))


def test_every_kind_is_made_up(house):
    """A kind that the catalogue gets must come here too."""
    kinds = {kind.kind for kind in Record.__subclasses__() if kind.__module__ != __name__}
    assert kinds == {r.kind for r in catalog.records()} == set(KINDS)


def test_it_is_found_by_name_and_alias(record):
    assert catalog.get(record.full_name) is catalog.get(record.name) is record
    assert catalog.get(record.aliases[0]) is record


def test_it_is_checked_and_has_facts(record):
    found = checks(record)
    assert found
    assert [c.detail for c in found if not c.ok] == []
    assert sum(c.points for c in found) > 0
    assert facts(record)


def test_it_is_exported_with_keys_that_say_what_they_are(record):
    data = json.loads(json.dumps(catalog.to_dict(), allow_nan=False))
    entry = next(e for e in data["entries"] if e["name"] == record.name)
    assert entry.keys() == {**data["keys"]["every"], **data["keys"][record.kind]}.keys()
    assert entry["page"] == catalog.address(record)
    assert entry["aliases"] == list(record.aliases)
    assert {c["method"] for c in entry["checks"]} == {c.method for c in checks(record)}


def test_it_has_a_row_in_the_ledger_with_every_method(record):
    head, _, row, *rest = ledger.records_ledger(record.kind).splitlines()
    assert rest == []
    assert f"[{record.title}](../{catalog.address(record)})" in row
    methods = {c.method.partition(",")[0] for c in checks(record)}
    assert {cell.strip() for cell in head.split("|")} == {"", "entry", *methods}
    assert row.count('class="tick"') == len(methods)


def test_its_page_shows_what_it_says(record):
    text = pages.entry(record.full_name) + pages.details(record.full_name)
    said = {
        "scalar": ("def d_arctan_gate(", "assert arctan_gate(0.0) == 0.0", "$s$ is the width"),
        "operator": ("def d_half_square(", r"\bar y_i &= y_i - t_i", "| `y` | `(n)` |"),
        "identity": (r"\sin", "nothing: every *x*", "checked"),
        "exercise": ("Differentiate $x^2 e^x$.", "x*(x + 2)*exp(x) | factor", "Two factors"),
    }[record.kind]
    for part in (*said, record.aliases[0], f"[@{record.cite[0]}]"):
        assert part in text, part
    brief = pages.section(record.full_name)
    assert record.aliases[0] in brief
    if record.kind != "operator":  # whose citations stand below
        assert f"[@{record.cite[0]}]" in brief
    shown = record.question if record.kind == "exercise" else record.use
    assert shown in text


def test_it_is_in_the_index_of_its_family(record):
    family = catalog.family(record)
    head, _, row, *rest = pages.table(family.name).splitlines()
    assert rest == []
    assert f"[{record.title}](" in row
    assert head.count("|") == row.count("|")


def test_it_is_in_the_navigation_and_has_public_functions(record):
    family, section = catalog.family(record), catalog.address(record).partition("/")[0]
    lines = "\n".join(navigation.blocks()[section.capitalize()])
    assert catalog.address(record).partition("#")[0] in lines
    assert family.index in lines
    names = family.public_names(record)
    assert len(names) == {"scalar": 3, "operator": 3, "identity": 0, "exercise": 0}[record.kind]
    assert all(callable(family.public(name)) for name in names)


def test_the_bibliography_finds_where_it_stands(record):
    assert record.cite[0] in bibliography.entry_keys(catalog.address(record).partition("#")[0])
    assert not set(bibliography.entry_keys("index.md"))


def test_a_record_without_a_page_is_told_the_lines(record, tmp_path):
    page, _, anchor = catalog.address(record).partition("#")
    call = f'entry("{record.full_name}")'
    said = missing(record, tmp_path, "")
    assert said == (
        f"`{record.full_name}` has no page: write docs/{page} with a fence that prints "
        f"`{call}`, and run `make nav`"
    )
    (tmp_path / page).parent.mkdir(parents=True)
    (tmp_path / page).write_text("# Demo\n")
    if anchor:
        assert f"needs a heading with `{{#{anchor}}}`" in missing(record, tmp_path, "")
        (tmp_path / page).write_text(f"# Demo {{#{anchor}}}\n")
    assert f"must print `{call}`" in missing(record, tmp_path, "")
    (tmp_path / page).write_text(f"# Demo {{#{anchor}}}\nprint({call})")
    assert "run `make nav`" in missing(record, tmp_path, "")
    listed = "\n".join(navigation.blocks()[page.partition("/")[0].capitalize()])
    assert missing(record, tmp_path, listed) == ""


def broken(record, **changes):
    return [f"{c.method}: {c.detail}" for c in checks(replace(record, **changes)) if not c.ok]


def test_a_wrong_fact_of_each_kind_is_named_by_a_check(house):
    scalar, operator, identity, exercise = (next(iter(family)) for family in house)
    assert any("exact values" in c for c in broken(scalar, d=lambda x, scale=1.0: scalar.f(x)))
    wrong = replace(operator, backward=lambda y, t: (t - y, t - y))
    wrong.backward.__name__ = "d_half_square"
    named = {c.method for c in checks(wrong) if not c.ok}
    assert {"exact values", "finite differences", "reverse mode"} <= named
    assert any("formula" in c for c in broken(scalar, derivative="2/(pi*(scale**2 + x**2))/2"))
    assert any("statement" in c for c in broken(identity, right="sin(x)*cos(x)"))
    assert any("product" in c or "solution" in c for c in broken(exercise, problem="x**2*exp(x)"))
    assert any("is right" in c for c in broken(exercise, mistakes=((exercise.answer, "none"),)))


def test_a_wrong_fact_stops_the_ledger(house, monkeypatch):
    (identity,) = house[2]
    wrong = checks(replace(identity, right="x"))
    monkeypatch.setattr(ledger, "verified", lambda name: wrong if "angle" in name else ())
    with pytest.raises(Fault, match=re.escape("reference/angles.md#double_angle: statement")):
        ledger.records_ledger("identity")


def test_a_wrong_domain_is_named(house):
    (scalar,), _, (identity,), _ = house
    assert broken(scalar, domain=(0.0, np.inf))  # the stated limit is not that at 0
    unknown = broken(identity, left="sin(2*y)", right="2*sin(y)*cos(y)")
    assert "the name `y` is unknown: declare it with `domain:`" in unknown[0]


def test_only_values_that_differ_refute_a_claim(house):
    (identity,), (exercise,) = house[2], house[3]
    false = replace(identity, holds=False, right="2*sin(x)")
    said = broken(false, counterexample={"x": 0})
    assert said == ["counterexample: `2*sin(x)` is right"]  # at 0 both are 0
    (fine,) = checks(replace(false, counterexample={"x": 1}))
    assert fine.ok
    assert "is wrong at x = 1" in fine.detail
    for side, counterexample in (("2*sin(", {"x": 1}), ("2*sin(x)", {"y": 1}), ("1/x", {"x": 0})):
        assert broken(replace(false, right=side, counterexample=counterexample)), side
    for mistake in ("2*x*exp(", "2*x*exp(y)", exercise.answer):
        assert broken(exercise, mistakes=((mistake, "made up"),)), mistake
    assert not broken(exercise, mistakes=(("2*x*exp(x)", "made up"),))


@dataclass(frozen=True, kw_only=True)
class Novelty(Record):
    """A kind that nobody can check."""

    kind = "novelty"


def test_a_kind_without_checks_is_an_error_that_says_where_to_write_them():
    new = Novelty(family="demo", name="odd", title="Odd", use="None.", page="odd.md")
    for ask, hint in (
        (checks, r"`checks.register(Novelty, …)`"),
        (facts, r"`facts.register(Novelty, …)`"),
        (export.special, "say in `KEYS` what its keys mean"),
    ):
        with pytest.raises(TypeError, match=re.escape(hint)):
            ask(new)
    with pytest.raises(Fault, match=r"records of kind `novelty`: add it to .*pages\.KINDS"):
        pages.shown_by(new)


LACKING = {
    "scalar": ("limits", "(Limits)"),
    "operator": ("arguments", "(Mapping)"),
    "identity": ("needs", "(str)"),
    "exercise": ("hint", "(str)"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_fact_is_named_with_the_line_to_add(kind):
    family = families()[KINDS.index(kind)]
    given = (SCALAR, OPERATOR, IDENTITY, EXERCISE)[KINDS.index(kind)]
    functions = {
        "scalar": (arctan_gate, d_arctan_gate, d2_arctan_gate),
        "operator": (half_square, d_half_square),
    }.get(kind, ())
    fact, kinds = LACKING[kind]
    name = functions[0].__name__ if functions else given["name"]
    facts = {key: value for key, value in given.items() if key != fact}
    with pytest.raises(TypeError, match=re.escape(f"{name}: ") + rf".* needs `{fact}=`") as error:
        family.add(*functions, **facts)
    assert kinds in str(error.value)


def test_a_parameter_without_default_or_meaning_is_named_with_the_line_to_add():
    family = families()[0]
    with pytest.raises(ValueError, match=re.escape('`takes={"scale": Parameter(says="the ...")}`')):
        family.add(arctan_gate, d_arctan_gate, d2_arctan_gate, **{**SCALAR, "takes": {}})
    source = "def arctan_gate(x, scale):\n    'Has no default.'\n"
    names: dict = {}
    exec(compile(ast.parse(source), "made up", "exec"), names)
    with pytest.raises(ValueError, match="every parameter beside x needs a default"):
        family.add(names["arctan_gate"], d_arctan_gate, d2_arctan_gate, **SCALAR)


def test_a_default_outside_its_range_is_named():
    family = families()[1]
    wrong = {**OPERATOR, "takes": {"delta": Parameter(says="the width", low=0.0)}}

    def half_square(y, t, delta=-1.0):
        """Has a default that it refuses."""

    def d_half_square(y, t, delta=-1.0):
        """Has a default that it refuses."""

    said = "the default of `delta` must be a finite number above 0, got -1.0"
    with pytest.raises(ValueError, match=said):
        family.add(half_square, d_half_square, **wrong)


def test_a_value_whose_slope_is_no_number_refutes_a_vjp(house):
    (operator,) = house[1]

    def half_square(y, t):
        """Is right, and says nothing about its slope."""
        return 0.5 * np.sum(np.square(y - t)) + 0 * np.sum(np.log(0 * y))

    with np.errstate(all="ignore"):
        found = checks(replace(operator, f=half_square, exact="none needed", empty=False))
    assert not {c.method: c.ok for c in found}["reverse mode"]


def test_a_missing_function_is_named():
    scalars, operators, identities, _ = families()
    said = "takes f (`arctan_gate`), d (`d_arctan_gate`), d2 (`d2_arctan_gate`), got arctan_gate"
    with pytest.raises(TypeError, match=re.escape(f"arctan_gate: Scalar {said}, d_arctan_gate")):
        scalars.add(arctan_gate, d_arctan_gate, **SCALAR)
    with pytest.raises(
        TypeError, match=r"backward .`vjp_half_square` or `d_half_square`., got half"
    ):
        operators.add(half_square, **OPERATOR)
    with pytest.raises(TypeError, match="half_square: Identity takes no function, got half_square"):
        identities.add(half_square, **IDENTITY)


def test_a_table_of_nothing_is_refused_by_name(house, monkeypatch):
    empty = Family("demo_empty", "Empty", "reference/empty.md#{name}")
    monkeypatch.setattr(catalog, "families", lambda: (*house, empty))
    with pytest.raises(Fault, match="`demo_empty` has no records"):
        pages.table("demo_empty")
    with pytest.raises(Fault, match="no family `emtpy`: it is one of `demo_scalars`"):
        pages.table("emtpy")


@pytest.mark.parametrize(
    ("kind", "fact", "value", "said"),
    [
        ("scalar", "cite", "blanchard2021", "`cite` must be a tuple, got 'blanchard2021': `cite=("),
        ("scalar", "takes", {"scale": Parameter(says="")}, "say what `scale` is"),
        ("scalar", "limits", Limits(f=("-a", 1), d=(0, 0), d2=(0, 0)), "arctan_gate: `a` in `-a`"),
        ("scalar", "limits", Limits(f=("1/(scale-1)", 1), d=(0, 0), d2=(0, 0)), "arctan_gate: "),
        ("scalar", "domain", (1.0, -1.0), "must go from a lower to a higher end, got (1.0, -1.0)"),
        ("scalar", "period", "bogus", "`period`, which must be a constant such as 'pi/2': `bogus`"),
        ("scalar", "period", "-pi", "`period` must be a finite constant above 0"),
        ("scalar", "excluded", ("p/2",), "`excluded` has 'p/2', which must be a constant"),
        ("operator", "output", "(m)", "`output` has the axis `m`, which no argument has: n"),
        ("operator", "output", "n", "`output` must read like `(..., n)` or `(n, k)`, got `n`"),
        ("operator", "output", "(n +)", "`n +` is no axis"),
        ("operator", "exact", " ", "`exact` must be a function, or say why there is none"),
        ("operator", "sizes", {"m": 3}, "`sizes` has `m`, which is no axis"),
        ("operator", "empty", ("m",), "`empty` has `m`, which is no axis"),
        ("operator", "kept", "", "half_square: `kept` must not be blank"),
        ("identity", "aliases", "angle", "`aliases` must be a tuple, got 'angle'"),
        ("identity", "counterexample", {"x": 1}, "belongs to a statement that fails"),
        ("exercise", "hint", "", "power_times_exponential: `hint` must not be blank"),
    ],
)
def test_a_blank_or_misplaced_fact_is_named(kind, fact, value, said):
    family = families()[KINDS.index(kind)]
    record = next(iter(family))
    fresh = Family("fresh", "Fresh", "reference/fresh.md", kind=family.kind)
    given = (SCALAR, OPERATOR, IDENTITY, EXERCISE)[KINDS.index(kind)]
    with pytest.raises(ValueError, match=re.escape(said)):
        fresh.add(*getattr(record, "functions", ()), **{**given, fact: value})


def scaled(y, t, scale=1.0):
    """The scale times half the squared distance."""
    return 0.5 * scale * np.sum(np.square(y - t))


def d_scaled(y, t, scale=1.0):
    """Ignores the scale, and is right at the default alone."""
    return y - t, t - y


def test_a_backward_pass_that_ignores_a_parameter_is_seen():
    family = Family("fresh", "Fresh", "reference/fresh.md", kind=Operator)
    takes = {"scale": Parameter(says="the scale", low=0.0, high=1.0, closed=(False, True))}
    exact = lambda m, y, t, scale: scale * OPERATOR["exact"](m, y, t)  # noqa: E731
    family.add(scaled, d_scaled, **{**OPERATOR, "takes": takes, "exact": exact})
    seen = {c.method for c in checks(family["scaled"]) if not c.ok}
    assert seen == {"exact values", "finite differences", "reverse mode"}
    with pytest.raises(ValueError, match=r"`exact` must take .*'scale'.*, got "):
        family.add(scaled, d_scaled, **{**OPERATOR, "takes": takes})


def test_every_family_with_code_may_leave_annotations_out():
    """Copied code reads like the formula; the type checker has to be told each package."""
    settings = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    lenient = {m for part in settings["tool"]["mypy"]["overrides"] for m in part["module"]}
    named = {m.split(".")[1] for m in lenient if re.fullmatch(r"derivref\.\w+\.\*", m)}
    with_code = {f.name for f in catalog.families() if f.kind in (Scalar, Operator)}
    assert named == with_code | {"matrix", "claims"}  # whose sides are lambdas and small helpers
