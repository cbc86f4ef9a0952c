"""What a family refuses, and what a record derives."""

import subprocess
import sys

import numpy as np
import pytest

from derivref.records import Case, Family, Kink, Limits, Parameter, Partial, Tutorial

FACTS = {
    "title": "Made up",
    "use": "Nothing.",
    "expr": "a*x",
    "takes": {"a": Parameter(says="the factor", low=0.0)},
    "limits": Limits(f=(-np.inf, np.inf), d=(2, 2), d2=(0, 0)),
    "tutorial": Tutorial(f="a * x", d="a"),
    "example": "assert f(1.0) == 2.0",
}


def f(x, a=2.0):
    """Scales."""
    return a * x


def d_f(x, a=2.0):
    """Constant."""
    return a + 0.0 * x


def d2_f(x, a=2.0):
    """Zero."""
    return 0.0 * x


def family():
    return Family("made_up", "Made up", "made-up.md#{name}")


def undocumented(x):
    return x


def d_undocumented(x):
    return x


def d2_undocumented(x):
    return x


def bare(x, a):
    """Has a parameter without a default."""


def d_bare(x, a):
    """Slope."""


def d2_bare(x, a):
    """Curvature."""


def d2_other(x, a=2.0):
    """Another name."""


def other_default():
    def d_f(x, a=3.0):
        """Slope with another default."""

    return d_f


KINK = Kink(at=5.0, slope=0.0, why="No reason.")


@pytest.mark.parametrize(
    ("functions", "facts", "message"),
    [
        ((f, d2_f, d_f), {}, "must be called `d_f`, got `d2_f`"),
        ((f, d_f, d2_other), {}, "must be called `d2_f`, got `d2_other`"),
        ((f, other_default(), d2_f), {}, "`d_f` must share the parameters of `f`"),
        ((undocumented, d_undocumented, d2_undocumented), {}, "docstring must begin with"),
        ((bare, d_bare, d2_bare), {}, "every parameter beside x needs a default"),
        ((f, d_f, d2_f), {"kinks": (KINK,), "domain": (0, 1)}, "kink at 5.0 lies outside"),
        ((f, d_f, d2_f), {"relations": ("f(x)",)}, "relation `f\\(x\\)` must be an equation"),
        (
            (f, d_f, d2_f),
            {"cases": (Case(parameters={"b": 1.0}, limits=FACTS["limits"]),)},
            "case: `b` is no parameter",
        ),
        ((f, d_f, d2_f), {"takes": {}}, 'say what `a` is: `takes={"a": Parameter'),
        (
            (f, d_f, d2_f),
            {"takes": {"a": Parameter(says="the factor", low=3.0)}},
            "the default of `a` must be a finite number above 3, got 2.0",
        ),
        (
            (f, d_f, d2_f),
            {"takes": {**FACTS["takes"], "b": Parameter(says="none")}},
            "`takes` has `b`, which is no parameter",
        ),
        (
            (f, d_f, d2_f),
            {"partials": {"b": Partial(d_f)}},
            "`partials` has `b`, which is no parameter",
        ),
        (
            (f, d_f, d2_f),
            {"partials": {"a": Partial(d_f)}},
            "the derivative in `a` must be called `d_f_a`, got `d_f`",
        ),
        (
            (f, d_f, d2_f),
            {"takes": {"a": Parameter(says="the other argument", argument=True)}},
            "an argument needs its derivative: `partials={'a': Partial",
        ),
        (
            (f, d_f, d2_f),
            {"kinks": (Kink(at="b/2", slope=0.0, why="No reason."),)},
            "`b` in `b/2` is no number, parameter or operation",
        ),
    ],
)
def test_a_family_refuses(functions, facts, message):
    with pytest.raises(ValueError, match=message):
        family().add(*functions, **{**FACTS, **facts})


GOOD = """
import numpy as np

def f(x, a=2.0):
    return a * x

def d_f(x, a=2.0):
    return a

def d2_f(x, a=2.0):
    return 0.0
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return 0.0", "return 0.0 +", "`plain` is no Python, line 11: invalid syntax"),
        ("import numpy as np", "import torch", "may import NumPy, SciPy and math, got `torch`"),
        ("import numpy as np", "from derivref import kernels", "got `derivref`"),
        ("    return a\n", "    a = a\n" * 5 + "    return a\n", "at most 10 lines .*, got 11"),
        ("return 0.0", f"return {'1 * ' * 16}0.0", "78 characters, more than 68: `return 1"),
        ("def d2_f", "def d3_f", "`plain` must define `d2_f`"),
        ("    return a * x", "    'Scales.'\n    return a * x", "`f` needs no docstring"),
        ("d_f(x, a=2.0)", "d_f(x, a=3.0)", "`d_f` must take `x, a=2.0`, got `x, a=3.0`"),
    ],
)
def test_a_plain_form_that_is_none_is_refused(old, new, message):
    family().add(f, d_f, d2_f, **FACTS, plain=GOOD)
    assert old in GOOD
    with pytest.raises(ValueError, match=message):
        family().add(f, d_f, d2_f, **FACTS, plain=GOOD.replace(old, new))


@pytest.mark.parametrize("missing", ["title", "use", "expr", "limits", "tutorial", "example"])
def test_a_missing_fact_is_named(missing):
    facts = {key: value for key, value in FACTS.items() if key != missing}
    with pytest.raises(TypeError, match=f"f: Scalar needs `{missing}=`"):
        family().add(f, d_f, d2_f, **facts)


def test_an_unknown_fact_is_named():
    with pytest.raises(TypeError, match="'domian'"):
        family().add(f, d_f, d2_f, domian=(0, 1), **FACTS)


def test_a_name_is_taken_once():
    made = family()
    made.add(f, d_f, d2_f, **FACTS)
    with pytest.raises(ValueError, match="f: the name is taken"):
        made.add(f, d_f, d2_f, **FACTS)


def test_a_kink_vanishes_where_both_slopes_agree():
    made = family()
    kink = Kink(at=0.0, slope="a", why="Made up.", smooth={"a": 2.0})
    made.add(f, d_f, d2_f, **FACTS, kinks=(kink,), cases=(Case(parameters={"a": 3.0}),))
    record = made["f"]
    assert record.corners == ()
    assert [c.slope for c in record.case(record.cases[0]).corners] == [3.0]


def test_kinks_and_limits_follow_the_parameters():
    made = family()
    kinks = (Kink(at="-a", slope="a/2", why="Made up."),)
    limits = Limits(f=("-oo*a", np.inf), d=("a", "oscillates"), d2=(0, "sqrt(a)"))
    cases = (Case(parameters={"a": 4.0}),)
    made.add(f, d_f, d2_f, **{**FACTS, "limits": limits}, kinks=kinks, cases=cases)
    record = made["f"]
    other = record.case(record.cases[0])
    assert [(c.at, c.slope) for c in (*record.corners, *other.corners)] == [(-2, 1), (-4, 2)]
    assert other.ends["f"] == (-np.inf, np.inf)
    assert other.ends["d2"] == (0, 2)
    assert other.ends["d"][0] == 4
    assert np.isnan(other.ends["d"][1])


def test_what_a_record_derives():
    made = family()
    made.add(f, d_f, d2_f, **FACTS)
    record = made["f"]
    assert (record.summary, record.parameters, len(made)) == ("Scales.", {"a": 2.0}, 1)
    assert list(made) == [record]


def test_a_case_is_the_entry_at_other_parameters():
    made = family()
    limits = Limits(f=(-np.inf, np.inf), d=(3, 3), d2=(0, 0))
    made.add(f, d_f, d2_f, **FACTS, cases=(Case(parameters={"a": 3.0}, limits=limits),))
    record = made["f"]
    other = record.case(record.cases[0])
    assert (other.f(1.0), other.d(1.0), other.parameters) == (3.0, 3.0, {"a": 3.0})
    assert (other.limits, other.cases) == (limits, ())


PACKAGE = """
from derivref.records import Family, Operator

FAMILY = Family("made_up_package", "Made up", "made-up.md#{name}", kind=Operator)
FAMILY.load(__name__)


def __getattr__(name):
    return FAMILY.public(name)
"""
FILE = """
import numpy as np

from derivref.records import Argument
from made_up_package import FAMILY


def doubled(z):
    '''Doubles.'''
    return 2 * z


def vjp_doubled(cotangent, z):
    '''Doubles.'''
    return 2 * cotangent


FAMILY.add(
    doubled, vjp_doubled, title="Twice", use="Nothing.", arguments={"z": Argument(says="numbers")},
    output="(...)", formula="2z", slope="2", exact="none", kept="Nothing.",
    cost="None.", example="assert True",
)
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [("doubled", "hides the function `doubled`: rename the file"), ("twice", "4.0")],
)
def test_a_file_must_not_hide_the_function_of_its_name(tmp_path, name, said):
    package = tmp_path / "made_up_package"
    package.mkdir()
    (package / "__init__.py").write_text(PACKAGE)
    (package / f"{name}.py").write_text(FILE)
    code = "from made_up_package import doubled; print(doubled(2.0))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert said in done.stdout + done.stderr
    assert (done.returncode == 0) == (said == "4.0")
