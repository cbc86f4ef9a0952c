"""What pages say about digits is what the code holds."""

import re
from pathlib import Path

import pytest

from derivref import derivation
from derivref.site.markdown.claims import plain
from derivref.verify import balls, exact, facts
from derivref.verify.terms import X, call

DOCS = Path(__file__).parents[2] / "docs"
CLAIM = re.compile(r"(?:values of|points to|compared at|functions at)\s+(\d+)\s+digits")


def claims():
    for page in sorted(DOCS.rglob("*.md")):
        for match in CLAIM.finditer(plain(page.read_text("utf-8"))):
            yield page.relative_to(DOCS).as_posix(), int(match[1])


def test_pages_promise_the_digits_of_the_code():
    found = list(claims())
    assert len(found) > 3
    assert {digits for _, digits in found} == {balls.DIGITS}
    assert facts.DIGITS == derivation.DIGITS == balls.DIGITS


@pytest.mark.parametrize("x", [0.3, -700.0, 1e-300])
def test_values_have_those_digits(x):
    assert balls.BITS > balls.DIGITS * 3.3219281
    for value in balls.derivatives(call("sigma", X), x, 2):
        assert value.rel_accuracy_bits() >= balls.BITS
    assert exact.values(call("sigma", X), [x], 0)[0].high[0] != 0
