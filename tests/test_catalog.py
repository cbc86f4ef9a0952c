"""Look-up, and the export."""

import ast
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from derivref import catalog, oracle
from derivref.records import ORDERS
from derivref.site.show.measured import verified
from derivref.verify import checks
from derivref.verify.export import SCHEMA, to_dict

RECORDS = list(catalog.records("scalar"))


def test_names_and_aliases_are_unique_in_their_family():
    for family in catalog.families():
        names = Counter(n.lower() for r in family for n in (r.name, *r.aliases))
        assert [n for n, times in names.items() if times > 1] == []


def test_no_package_of_facts_is_missing():
    root = Path(catalog.__file__).parent
    faces = (p for p in root.glob("*/__init__.py") if "FAMILY: Family" in p.read_text())
    packages = {p.parent.name for p in faces}
    assert packages == set(catalog.PACKAGES)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("gelu", "gelu"),
        ("GELU", "gelu"),
        ("swish", "silu"),
        ("Leaky-ReLU", "leaky_relu"),
        ("logistic", "sigmoid"),
        ("natural log", "log"),
    ],
)
def test_look_up_by_name_and_alias(asked, name):
    assert catalog.get(asked).name == name


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(KeyError, match="no entry `sigmoyd`; did you mean `sigmoid`"):
        catalog.get("sigmoyd")
    with pytest.raises(KeyError, match=r"no entry `qqqqqq`\W?$"):
        catalog.get("qqqqqq")


@pytest.fixture(scope="module")
def export():
    """The export with checks as they are kept: those of GELU alone are run here."""
    records = [(record, catalog.address(record)) for record in catalog.records()]
    data = to_dict(records, lambda record: verified(record.full_name))
    return json.loads(json.dumps(data, allow_nan=False))


def test_the_export_runs_every_check(monkeypatch):
    ran = []
    monkeypatch.setattr("derivref.verify.export.checks", lambda record: ran.append(record) or ())
    catalog.to_dict()
    assert ran == list(catalog.records())


def test_the_export_says_what_its_keys_mean(export):
    assert export["schema"] == SCHEMA
    assert [e["name"] for e in export["entries"]] == [r.name for r in catalog.records()]
    for entry in export["entries"]:
        keys = {**export["keys"]["every"], **export["keys"][entry["kind"]]}
        assert entry.keys() == keys.keys(), entry["name"]


def test_the_export_holds_what_the_records_and_the_oracle_say(export):
    entry = next(e for e in export["entries"] if e["name"] == "gelu")
    gelu = catalog.get("gelu")
    assert entry["formulas"]["d"]["latex"] == oracle.latex(gelu, 1)
    assert entry["formulas"]["f"]["sympy"] == "x*Phi(x)"
    assert entry["limits"]["f"] == [0, "inf"]
    assert entry["plain"] == gelu.plain
    assert entry["domain"]["interval"] == ["-inf", "inf"]
    assert entry["key_values"]["lipschitz"]["at"][0]["exact"] == "sqrt(2)"
    assert entry["key_values"]["slope_zeros"][0]["digits"].startswith("-0.75179152469356")
    assert len(entry["checks"]) == len(checks(gelu))
    sine = next(e for e in export["entries"] if e["name"] == "sin")
    assert (sine["limits"]["f"], sine["domain"]["period"]) == ([None, None], "2*pi")


def test_the_source_of_the_export_runs_as_it_stands(export):
    for entry in (e for e in export["entries"] if e["kind"] == "scalar"):
        record = catalog.get(f"{entry['family']}.{entry['name']}")
        sources = {n: entry["source"][order] for n, order in enumerate(ORDERS)}
        sources |= {name: found["source"] for name, found in entry["partials"].items()}
        for n, function in record.codes.items():
            names: dict = {}
            source = sources[n]
            exec(compile(ast.parse(source), entry["name"], "exec"), names)
            code, x = (
                names[function.__name__],
                np.array([0.25, 0.4375]) + max(0.0, record.domain[0]),
            )
            exact = oracle.reference(record, n, x).rounded()
            assert np.allclose(code(x), exact, rtol=1e-14, atol=0), (record.name, n)
