"""The export: a frozen schema, and records read back from it."""

import json
import math

import pytest
import sympy as sp

from derivref import catalog, oracle
from derivref.oracle import Check
from derivref.verify import export

# The keys of each kind: whoever reads the export depends on them. One that changes its name or its
# meaning raises the schema's number; this list changes with it.
SCHEMA = 3
KEYS = {
    "every": "name family kind title page summary use aliases citations checks",
    "scalar": "parameters formulas source domain limits kinks partials cases relations frameworks"
    " key_values plain",
    "operator": "arguments output differentiable parameters formulas source kept cost frameworks",
    "identity": "holds sides statement needs counterexample formal",
    "exercise": "question problem answer level steps",
}
CHECKS = [Check("exact values", 12, "2 ULP", True, "f"), Check("kinks", 1, "0", True, "slopes")]


@pytest.fixture(scope="module")
def data():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "checks", lambda record: CHECKS)
        return json.loads(json.dumps(catalog.to_dict(), allow_nan=False))


def test_the_schema_is_frozen(data):
    assert data.keys() == {"schema", "version", "keys", "entries"}
    assert data["schema"] == export.SCHEMA == SCHEMA
    assert {kind: set(keys) for kind, keys in data["keys"].items()} == {
        kind: set(keys.split()) for kind, keys in KEYS.items()
    }
    for entry in data["entries"]:
        assert set(entry) == set(f"{KEYS['every']} {KEYS[entry['kind']]}".split()), entry["name"]


def number(value):
    """A number as the export writes it."""
    return math.nan if value is None else float(value)


def same(one, two):
    return (math.isnan(one) and math.isnan(two)) or one == two


RECORDS = list(catalog.records())


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.full_name)
def test_a_record_is_read_back(record, data):
    (entry,) = (
        e for e in data["entries"] if (e["family"], e["name"]) == (record.family, record.name)
    )
    plain = ("kind", "title", "use", "summary")
    assert [entry[key] for key in plain] == [getattr(record, key) for key in plain]
    assert entry["page"] == catalog.address(record)
    assert tuple(entry["aliases"]) == record.aliases
    assert tuple(entry["citations"]) == record.cite
    assert [Check(**check) for check in entry["checks"]] == CHECKS
    globals()[record.kind](record, entry)


def scalar(record, entry):
    for n, order in enumerate(("f", "d", "d2")):
        texts = entry["formulas"][order]
        gap = oracle.parse(texts["exact"], record) - oracle.derivative(record, n)
        for x in ("37/100", "-61/100"):
            value = complex(gap.subs(oracle.X, sp.Rational(x)).evalf(30))
            assert abs(value) < 1e-20
        assert texts["sympy"] == oracle.preferred(record, n)
        assert texts["latex"] == oracle.latex(record, n)
        assert f"def {('', 'd_', 'd2_')[n]}{record.name}(" in entry["source"][order]
        ends = [number(v) for v in entry["limits"][order]]
        assert all(map(same, ends, record.ends[order]))
    assert list(entry["partials"]) == list(record.partials)
    for name, found in entry["partials"].items():
        assert found["formula"]["latex"] == oracle.latex(record, name)
        assert f"def d_{record.name}_{name}(" in found["source"]
        assert tuple(map(number, found["domain"])) == record.domain_of(name)
    assert tuple(map(number, entry["domain"]["interval"])) == record.domain
    assert tuple(entry["domain"]["excluded"]) == record.excluded
    assert entry["domain"]["period"] == (record.period or None)
    kinks = [(k["at"], k["slope"], k["why"]) for k in entry["kinks"]]
    assert kinks == [(k.at, k.slope, k.why) for k in record.corners]
    cases = [(c["parameters"], tuple(map(number, c["domain"]))) for c in entry["cases"]]
    assert cases == [(dict(c.parameters), c.domain) for c in record.cases]
    assert tuple(entry["relations"]) == record.relations
    assert entry["frameworks"] == dict(record.frameworks)
    read_parameters(record, entry)
    facts, found = oracle.facts(record), entry["key_values"]
    for key in ("symmetry", "monotone", "shape"):
        assert found[key] == getattr(facts, key)
    assert found["lipschitz"]["value"]["digits"] == facts.lipschitz.value.digits
    for value, stated in zip(found["at_zero"], facts.at_zero, strict=True):
        assert (value is None) == (stated is None)
        assert value is None or value["digits"] == stated.digits
    for key in ("range", "slope_range"):
        for end, stated in zip(found[key], getattr(facts, key), strict=True):
            assert (end["value"]["digits"], end["attained"]) == (
                stated.value.digits,
                stated.attained,
            )


def read_parameters(record, entry):
    assert {
        name: (p["default"], p["says"], p["admits"]) for name, p in entry["parameters"].items()
    } == {
        name: (value, record.takes[name].says, record.takes[name].constraint)
        for name, value in record.parameters.items()
    }


def operator(record, entry):
    keys = ("shape", "says", "holds", "optional")
    assert {n: tuple(a[k] for k in keys) for n, a in entry["arguments"].items()} == {
        n: (a.shape, a.says, a.constraint, a.optional) for n, a in record.arguments.items()
    }
    assert entry["formulas"] == {"value": record.formula, "backward": record.slope}
    assert tuple(entry["output"]) == record.outputs()
    for key in ("kept", "cost"):
        assert entry[key] == getattr(record, key)
    assert tuple(entry["differentiable"]) == tuple(record.differentiable)
    assert entry["frameworks"] == dict(record.frameworks)
    for function in record.functions:
        assert f"def {function.__name__}(" in entry["source"][function.__name__]
    read_parameters(record, entry)


def identity(record, entry):
    sides = [record.left, record.right] if isinstance(record.left, str) else None
    assert entry["sides"] == sides
    for key in ("holds", "statement", "needs", "formal"):
        assert entry[key] == getattr(record, key)
    assert entry["counterexample"].keys() == record.counterexample.keys()


def exercise(record, entry):
    for key in ("question", "problem", "answer", "level"):
        assert entry[key] == getattr(record, key)
    assert entry["steps"] == len(record.solution.strip().splitlines())


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, None),
        ({"a": (1, math.inf)}, {"a": [1, "inf"]}),
        ("text", "text"),
    ],
)
def test_what_json_does_not_know(value, plain):
    assert export.plain(value) == plain
