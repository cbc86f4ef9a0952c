"""One language for all formulas: what it reads, refuses and means."""

import mpmath as mp
import pytest

from derivref import catalog
from derivref.language import syntax, tex, values
from derivref.language.syntax import ExpressionError, UnknownName, parse
from derivref.site.show import entries
from derivref.verify import formulas
from derivref.verify.terms import X, show

RECORDS = list(catalog.records("scalar"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.name)
def test_every_formula_of_every_record_is_in_the_language(record):
    forms = (record.form, record.derivative, record.second, *record.where.values())
    for text in (record.expr, *filter(None, forms)):
        assert formulas.read(text, record, symbolic=True).free <= {"x", *record.parameters}
    names = {r.name: lambda u: u for r in RECORDS}
    for relation in record.relations:
        for side in relation.split(" = "):
            formulas.tree(side, record, names)
    for text in (*record.excluded, *([record.period] if record.period else [])):
        assert not formulas.constant(text).free


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x + y", "sigmoid: unknown symbol `y` in `x \\+ y`"),
        ("foo(x)", "sigmoid: unknown function `foo` in"),
        ("x +", "sigmoid: cannot read the formula `x \\+`"),
        ("Piecewise((x, x < 0), x)", "takes pairs of a value and a condition, got `x`"),
        ("Piecewise((x, x), (0, True))", "`x` is no condition"),
        ("max(x)", "`max` takes 2 argument"),
        ("log(x, 2, 3)", "`log` takes 1 or 2 argument"),
        ("x.real", "not part of the language"),
    ],
)
def test_what_is_unknown_is_named(text, said):
    with pytest.raises(ValueError, match=said):
        formulas.read(text, catalog.get("sigmoid"))


def test_an_unknown_name_says_what_it_is():
    with pytest.raises(UnknownName) as caught:
        parse("x + a", {"x"}, set())
    assert (caught.value.name, caught.value.kind) == ("a", "symbol")


@pytest.mark.parametrize("spelled", ["asin(x)", "Abs(x)", "Max(0, x)", "LambertW(x)", "E*x"])
def test_the_spelling_of_sympy_is_read_only_where_it_is_asked_for(spelled):
    assert parse(spelled, {"x"}, set(), sympy=True)
    with pytest.raises(ExpressionError):
        parse(spelled, {"x"}, set())


def test_each_function_has_a_head_and_both_meanings():
    assert values.KNOWN.keys() == syntax.HEADS.keys()
    assert syntax.ARITY.keys() <= syntax.HEADS.keys()
    assert syntax.HEADS.keys() >= syntax.CORE
    assert set(syntax.SYMPY.values()) <= syntax.HEADS.keys()


def test_special_functions_are_letters_first():
    assert not syntax.reserved("beta")
    assert syntax.reserved("sin")


def test_a_piecewise_takes_the_first_row_that_holds():
    node = parse("Piecewise((-x, x < 0), (x**2, 0 <= x < 2), (4, True))", {"x"}, set())
    algebra = values.Numbers({}, {})
    want = [3, 1, 4, 4]
    assert [values.evaluate(node, algebra, {"x": mp.mpf(x)}) for x in (-3, 1, 2, 5)] == want
    symbolic = values.evaluate(node, values.Symbols({}, {}), {"x": values.sp.Symbol("x")})
    assert [symbolic.subs("x", x) for x in (-3, 1, 2, 5)] == want
    hole = parse("Piecewise((1, x < 0), (2, x > 0))", {"x"}, set())
    with pytest.raises(ExpressionError, match="no condition of the Piecewise holds"):
        values.evaluate(hole, algebra, {"x": mp.mpf(0)})


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("floor(x) + ceil(x)", r"\lfloor x \rfloor + \lceil x \rceil"),
        ("polygamma(1, x)", r"\psi^{(1)}(x)"),
        ("j0(x)*k1(x)", r"J_{0}(x)\,K_{1}(x)"),
        ("Phi(x)**2", r"\Phi^{2}(x)"),
    ],
)
def test_tex_of_special_functions(text, want):
    assert tex.formula_tex(text) == want


def test_names_of_parameters_can_be_given():
    assert tex.formula_tex("lam*x", {"lam": "lambda"}) == r"\lambda\,x"


def test_terms_are_the_same_object_when_they_are_equal():
    one, other = (formulas.read(t, catalog.get("sigmoid")) for t in ("1/(1 + exp(-x))", "sigma(x)"))
    assert one is other
    assert "exp" in show(one)
    assert X.free == {"x"}


def test_every_letter_that_is_a_function_says_what_it_stands_for():
    """A head is a letter where it is neither \\operatorname nor a command of TeX that names it."""
    known = {"log", "exp", *("sin", "cos", "tan", "cot", "sec", "csc"), "sqrt", "max", "min"}
    known |= {"sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "factorial", "binomial"}
    letters = {
        name
        for name, head in syntax.HEADS.items()
        if head and "operatorname" not in head and name not in known
    }
    assert letters == syntax.MEANT.keys() | entries.SYMBOLS.keys() - {"softplus"} | {"log_ndtr"}
