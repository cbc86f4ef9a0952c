"""The measured errors of functions of a vector."""

from dataclasses import replace

import numpy as np
import pytest

from derivref.site.show import reductions
from derivref.site.show.reductions import REDUCTIONS, errors


@pytest.mark.parametrize("case", REDUCTIONS, ids=lambda c: c.title)
def test_the_stable_form_keeps_its_digits_and_the_usual_does_not(case):
    usual, stable = errors(case)
    assert stable <= 64 * reductions.EPS
    assert usual > 1e6 * stable


def test_a_wrong_form_is_seen():
    norm = next(case for case in REDUCTIONS if case.title == "Norm")
    _, error = errors(replace(norm, stable=lambda x: np.abs(x).sum()))
    assert error > 0.1


def test_the_table_shows_every_case():
    rows = reductions.vector_errors().splitlines()[2:]
    assert len(rows) == len(REDUCTIONS)
    assert all(f"[{c.title}](#{c.anchor})" in r for c, r in zip(REDUCTIONS, rows, strict=True))
