"""Facts as theorems: known ones come out, tails hold, and what is not proved says so."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb

from derivref import catalog
from derivref.language.syntax import parse
from derivref.verify import balls, germs, judge
from derivref.verify.chart import FAR, Piece, chart
from derivref.verify.germs import Undecided
from derivref.verify.prove import Prover, Subject, boundaries, period_of, prove
from derivref.verify.terms import X, differentiate, from_tree, num, show, substitute, sym

RECORDS = list(catalog.records("scalar"))
LINE = (-math.inf, math.inf)


def term(text, *names):
    return from_tree(parse(text, {"x", *names}, set()), {"x": X, **{n: sym(n) for n in names}})


def facts(text, domain=LINE):
    return prove(Subject(term(text), domain))


def ends(extremes):
    return tuple(str(e.value) for e in extremes)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_every_fact_of_every_record_is_proved(record):
    found = judge.facts(record)
    assert {k: p.reason for k, p in found.proofs.items() if not p.proved} == {}
    assert found.proved == len(found.proofs) > 9


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_stated_limits_are_those_of_the_formula(record):
    for n, stated in enumerate(record.ends.values()):
        for side, value in enumerate(stated):
            limit = judge.limit(record, n, side)
            # An expression in the parameters is computed on their rounded values.
            room = 2 * math.ulp(limit) if record.parameters and math.isfinite(limit) else 0.0
            same = limit == value or abs(limit - value) <= room
            assert same or (math.isnan(limit) and math.isnan(value))


def test_a_jump_has_no_lipschitz_constant_and_a_direction():
    up = facts("Piecewise((x, x < 1), (x + 1, True))")
    assert (up.monotone, up.shape, str(up.lipschitz.value)) == ("increasing", "", "inf")
    down = facts("Piecewise((x, x < 1), (x - 1, True))")
    assert (down.monotone, str(down.lipschitz.value)) == ("", "inf")
    joined = facts("Piecewise((x, x < 1), (2*x - 1, True))")
    assert (joined.monotone, joined.shape) == ("increasing", "convex")
    assert str(joined.lipschitz.value) == "2"


def test_what_is_flat_around_0_is_not_taken_for_even():
    found = facts("max(0, x - 1)")
    assert found.symmetry == ""
    assert found.proofs["symmetry"].proved


def test_what_swings_without_bound_is_unbounded():
    found = facts("x*cos(x)")
    assert ends(found.range) == ends(found.slope_range) == ("-inf", "inf")
    assert not any(e.attained for e in found.range)
    assert found.proofs["range"].proved
    assert found.proofs["zeros"].proved
    assert found.proofs["zeros"].reason == f"infinitely many: those with |x| ≤ {FAR}"
    assert len(found.zeros) == 2 * round(FAR / math.pi) + 1
    assert all(p.proved for p in found.proofs.values())
    assert found.symmetry == "odd"


@pytest.mark.parametrize(
    ("text", "range_", "slopes"),
    [
        ("sinc(x)", ("-0.2172336282", "1"), ("-0.4361818173", "0.4361818173")),
        ("j0(x)", ("-0.4027593957", "1"), ("-0.5818652243", "0.5818652243")),
        ("exp(-x**2)", ("0", "1"), ("-0.857763885", "0.857763885")),
        ("x + sin(x)**2", ("-inf", "inf"), ("0", "2")),
        ("log(cosh(x))", ("0", "inf"), ("-1", "1")),
        ("x*tanh(exp(x))", ("-0.3532857778", "inf"), ("-0.1315700362", "1.061975309")),
        ("exp(-exp(-x))", ("0", "1"), ("0", "0.3678794412")),
        ("min(max(x, -1), 1)", ("-1", "1"), ("0", "1")),
        ("max(0, min(1, (x + 3)/6))*x", ("-0.375", "inf"), ("-0.5", "1.5")),
    ],
)
def test_extremes_over_the_whole_line(text, range_, slopes):
    found = facts(text)
    assert (ends(found.range), ends(found.slope_range)) == (range_, slopes)
    assert found.proofs["range"].proved
    assert found.proofs["slope_range"].proved


@pytest.mark.parametrize(
    ("text", "domain", "range_", "monotone", "shape"),
    [
        ("gamma(x)", (0, math.inf), ("0.8856031944", "inf"), "", "convex"),
        ("gammaln(x)", (0, math.inf), ("-0.1214862905", "inf"), "", "convex"),
        ("digamma(x)", (0, math.inf), ("-inf", "inf"), "increasing", "concave"),
        ("i0(x)", LINE, ("1", "inf"), "", "convex"),
        ("k0(x)", (0, math.inf), ("0", "inf"), "decreasing", "convex"),
        ("erfcx(x)", LINE, ("0", "inf"), "decreasing", "convex"),
        ("arctanh(x)", (-1, 1), ("-inf", "inf"), "increasing", ""),
        ("-x*log(x)", (0, math.inf), ("-inf", "0.3678794412"), "", "concave"),
        ("x**x", (0, math.inf), ("0.6922006276", "inf"), "", "convex"),
        ("exp(-1/x**2)", (0, math.inf), ("0", "1"), "increasing", ""),
    ],
)
def test_special_functions_and_singular_ends(text, domain, range_, monotone, shape):
    found = facts(text, domain)
    assert (ends(found.range), found.monotone, found.shape) == (range_, monotone, shape)
    assert all(p.proved for p in found.proofs.values())


def test_multiple_zeros_are_isolated_and_counted():
    found = facts("x**2*(x - 1)**3*(x + 2)")
    assert [str(z) for z in found.zeros] == ["-2", "0", "1"]
    found = facts("(x - 1/2)*(x - 1/2 - 10**(-12))")
    assert len(found.zeros) == 2
    assert [str(z) for z in facts("1 + cos(x)").zeros] == ["3.141592654"]


def test_a_cluster_that_cannot_be_taken_apart_is_scanned():
    found = facts("(x - log(3))**2")  # a double zero where no closed form is recognised
    assert not found.proofs["zeros"].proved
    assert "multiple zero" in found.proofs["zeros"].reason


def test_an_infinite_slope_has_no_value():
    found = facts("cbrt(x)")
    assert [v and str(v) for v in found.at_zero] == ["0", None, None]


def test_a_kink_moves_with_its_parameter():
    softshrink = "Piecewise((x + lam, x < -lam), (0, x <= lam), (x - lam, True))"
    assert {show(b) for b in boundaries(term(softshrink, "lam"))} == {"lam", "(-1*lam)"}
    assert {show(b) for b in boundaries(term("abs(exp(x) - 1)"))} == {"0"}
    assert {show(b) for b in boundaries(term("max(x**2, 4)"))} == {"-2", "2"}
    with pytest.raises(Undecided, match="no closed form"):
        boundaries(term("abs(exp(x) - x - 2)"))
    found = facts("abs(exp(x) - x - 2)")
    assert not found.proofs["range"].proved
    assert "no closed form" in found.proofs["range"].reason


def test_periods_are_identities():
    assert show(period_of(term("sin(2*x) + cos(4*x)"))) == "pi"
    assert period_of(term("sin(x) + x")) is None
    assert period_of(term("sin(x**2)")) is None


@pytest.mark.parametrize(
    ("text", "symmetry"),
    [("x*erf(x)", "even"), ("abs(x)", "even"), ("x/(1 + abs(x))", "odd"), ("exp(x)", "")],
)
def test_symmetry_is_an_identity_or_refuted(text, symmetry):
    prover = Prover(Subject(term(text), LINE))
    assert prover.symmetry() == symmetry


def test_symmetry_that_no_identity_shows_is_not_claimed():
    prover = Prover(Subject(term("softplus(x) - x/2"), LINE))  # even
    with pytest.raises(Undecided, match="no identity says why"):
        prover.symmetry()


# --- tails --------------------------------------------------------------------------------------

TAILS = (
    *("sigma(x)", "softplus(x)", "x*Phi(x)", "x*tanh(softplus(x))", "log(cosh(x))", "x*sigma(x)"),
    *("sqrt(1 + x**2) - 1", "arctan(x)", "x**2*exp(-x)", "erf(x/3)", "arcsinh(x)", "tanh(exp(x))"),
    *("x*erf(softplus(x))", "x/(1 + x**2)", "sin(x)/x", "exp(-exp(-x))"),
)
BEYOND = (
    "i0(x)",
    "i1(x)",
    "j0(x)",
    "j1(x)",
    "si(x)",
    "ci(x)",
    "fresnels(x)",
    "gammaincc(2.5, x)",
    "zeta(x)",
)
POSITIVE = ("gammaln(x)", "digamma(x)", "k0(x)", "airyai(x)", "exp1(x)", "lambertw(x)", "x**x")


def held(t, end, inward, start):
    """Say where a tail's bounds miss the value of the formula."""
    x = germs.toward(end, inward)
    found = germs.germ(t, x, start)
    with balls.precision(300):
        for factor in (1, Fraction(3, 2), 7, 100):
            at = start * factor
            place = balls.ball(at * end) if isinstance(end, int) else balls.ball(inward / at)
            want = balls.program(t).run(place)[0]
            got, rest = arb(0), arb(0)
            for scale, c in found.terms.items():
                size = sum(
                    (germs.number(e) * germs._generator(k, balls.ball(at)) for k, e in scale),
                    arb(0),
                )
                got += germs.number(c) * size.exp()
            if found.rest is not None:
                scale, b = found.rest
                size = sum(
                    (germs.number(e) * germs._generator(k, balls.ball(at)) for k, e in scale),
                    arb(0),
                )
                rest = b * size.exp()
            # the constants of a germ have 64 sure bits
            slack = arb(0, 1) * (abs(got) * arb(2) ** -55)
            if not (got + rest + slack).overlaps(want):
                yield float(at), str(got + rest), str(want)


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("text", TAILS)
def test_a_tail_holds_the_values(text, side, n):
    t = differentiate(term(text), "x", n)
    assert list(held(t, side, 1, Fraction(16))) == []


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("text", POSITIVE)
def test_a_tail_holds_the_values_at_infinity_and_at_zero(text, n):
    t = differentiate(term(text), "x", n)
    assert list(held(t, 1, 1, Fraction(64))) == []
    if text not in ("airyai(x)", "lambertw(x)"):
        assert list(held(t, num(0), 1, Fraction(1024))) == []


@pytest.mark.parametrize("text", BEYOND)
def test_a_tail_holds_the_values_at_infinity(text):
    assert list(held(term(text), 1, 1, Fraction(16))) == []


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_tail_holds_the_dilogarithm(n):
    t = differentiate(term("dilog(x)"), "x", n)
    assert list(held(t, -1, 1, Fraction(64))) == []
    t = substitute(t, {"x": 1 - X})
    assert list(held(t, num(0), 1, Fraction(64))) == []


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("text", ["ndtri(x)", "erfinv(1 - x)", "erfinv(x - 1)"])
def test_a_tail_holds_the_quantiles(text, n):
    assert list(held(differentiate(term(text), "x", n), num(0), 1, Fraction(64))) == []


def test_a_wrong_bound_would_be_seen(monkeypatch):
    wrong = {**germs.AT_INFINITY, "erfc": lambda u: germs._erfc(u).scaled(2)}
    monkeypatch.setattr(germs, "AT_INFINITY", wrong)
    assert list(held(term("erfc(x)"), 1, 1, Fraction(16)))


def test_limits_are_exact():
    prover = Prover(Subject(term("arctan(x)*x/(1 + x)"), (0, math.inf)))
    assert show(prover.limit(0, 1)) == "(1/2*pi)"
    assert prover.limit(0, 0) is num(0)
    with pytest.raises(Undecided):
        Prover(Subject(term("sin(x)"), LINE)).limit(0, 1)


def test_a_tail_that_begins_too_early_is_refused():
    with pytest.raises(Undecided, match="begins beyond"):
        germs.germ(term("x**9*exp(-x/100) + 1/x"), germs.toward(1, 1), Fraction(4)).sign()


def test_a_chart_shows_zeros_and_signs():
    record = replace(catalog.get("gelu"))
    [(piece, found)] = judge.prover(record).charts(1)
    assert isinstance(piece, Piece)
    assert found.signs == (-1, 1)
    [zero] = found.zeros
    assert zero.at.rel_accuracy_bits() > 190
    with pytest.raises(Undecided):
        chart(term("sin(x)"), replace(piece, formula=term("sin(x)")))
