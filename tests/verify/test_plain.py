"""The plain forms: short, right, and what they cost is found."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from derivref import catalog
from derivref.verify import checks, plain

RECORDS = list(catalog.records("scalar"))
SHORT = [record for record in RECORDS if record.plain]
SIGMOID = catalog.get("sigmoid")
HEAD = "import numpy as np\nfrom scipy.special import expit\n\n"


def test_every_record_is_short_or_has_a_plain_form():
    """A record that is named here lacks the `plain=` that its line begins."""
    assert [fault for record in RECORDS if (fault := plain.wanted(record))] == []


def test_a_long_record_without_a_plain_form_is_named_with_the_lines_to_add():
    gelu = replace(catalog.get("gelu"), plain="")
    said = plain.wanted(gelu)
    assert re.match(r"`activations.gelu`: \d+ lines, up to \d+ characters: add a form", said)
    assert '    plain="""\nimport numpy as np\n\ndef gelu(x):\n    return 0.5 * x' in said
    assert "def d2_gelu(x):\n    return ..." in said


@pytest.mark.parametrize("record", SHORT, ids=lambda r: r.name)
def test_a_plain_form_is_the_function(record):
    assert [check.detail for check in plain.check(record) if not check.ok] == []
    for n, function in enumerate(plain.functions(record)):
        x = np.array([0.25, 0.5])
        assert np.allclose(function(x), record.functions[n](x), rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return expit(x)\n", "return expit(x) + 0.001\n", "plain f at x = -7.82534 is"),
        ("expit(x) * expit(-x)\n", "expit(x) * expit(x)\n", "plain f′ at x = -7.82534 is"),
        ("-expit(x) * expit(-x) *", "expit(x) * expit(-x) *", "plain f″ at x = -7.82534 is"),
    ],
)
def test_another_function_is_no_plain_form(old, new, said):
    assert old in SIGMOID.plain
    (check,) = plain.check(replace(SIGMOID, plain=SIGMOID.plain.replace(old, new, 1)))
    assert not check.ok
    assert check.detail.startswith(said)


def test_it_is_one_of_the_checks_of_a_record(monkeypatch):
    monkeypatch.setattr("derivref.oracle.verify", lambda record: [])
    assert [check.method for check in checks(SIGMOID)] == ["plain form"]
    assert checks(catalog.get("relu")) == []


def test_another_slope_at_a_kink_is_named():
    relu = catalog.get("relu")
    text = """
import numpy as np

def relu(x):
    return np.maximum(x, 0)

def d_relu(x):
    return np.where(x >= 0, 1.0, 0.0)

def d2_relu(x):
    return np.zeros(np.shape(x))
"""
    (check,) = plain.check(replace(relu, plain=text))
    assert check.detail == "plain f′ at the kink 0 is 1, declared 0"


def sigmoid(f, d="expit(x) * expit(-x)", d2="-expit(x) * expit(-x) * np.tanh(x / 2)"):
    """The sigmoid with a plain form of these lines."""
    bodies = zip(("", "d_", "d2_"), (f, d, d2), strict=True)
    code = "\n\n".join(f"def {order}sigmoid(x):\n    return {body}" for order, body in bodies)
    return replace(SIGMOID, plain=HEAD + code)


def test_the_points_where_a_form_fails_are_found():
    naive = plain.price(sigmoid("np.exp(x) / (1 + np.exp(x))"))
    assert naive.wrong == (("NaN", (700.0, math.inf)),)
    assert naive.lost[-1] == (700.0, math.inf)
    assert naive.worst < 1e-15
    far = plain.price(sigmoid("expit(x)", "expit(x) * (1 - expit(x))"))
    ((low, high),) = (span for span in far.lost if span[0] > 0)
    assert 8 < low < 11  # 1 - s has 12 digits up to there
    assert high == math.inf
    signs = plain.price(sigmoid("np.where(x < -100, -expit(x), expit(x))"))
    assert [kind for kind, _ in signs.wrong] == ["the wrong sign"]
    over = plain.price(sigmoid("np.where(x > 50, np.inf, expit(x))"))
    assert [kind for kind, _ in over.wrong] == ["overflow"]


def test_a_loss_in_the_middle_has_both_ends():
    middle = plain.price(sigmoid("expit(x)", d2="-expit(x)*expit(-x)*(2*expit(x) - 1)"))
    ((low, high),) = (span for span in middle.lost if max(map(abs, span)) < 1)
    assert low < 0 < high < 1e-3
    assert plain.union([(3, 4), (-1, 1), (0, 2)]) == [(-1, 2), (3, 4)]


def test_data_of_several_machines_cover_them_all():
    one = plain.Price(1e-13, ((-math.inf, -37.0),), (("NaN", (5.0, 6.0)),), 10)
    other = plain.Price(2e-13, ((-math.inf, -36.0), (90.0, math.inf)), (), 10)
    assert plain.from_json(plain.to_json(one)) == one
    both = plain.from_json(plain.to_json(one), plain.to_json(other))
    assert both.worst == 2e-13
    assert both.lost == ((-math.inf, -36.0), (90.0, math.inf))
    assert both.wrong == one.wrong


def test_comments_do_not_count_as_lines():
    assert plain.length("import numpy as np\n\n# why\nx = 1  # one\n") == 1
