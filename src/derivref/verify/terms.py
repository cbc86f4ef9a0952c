"""Formulas as terms that are simplified as they are made, with their derivatives.

A term is made once: two that are equal are the same object, so that they are compared, kept in
tables and evaluated once. Sums are linear forms with rational coefficients, products are powers
with rational exponents. Sums that cancel by nature are rewritten as they are made: 1 + erf(u) is
erfc(-u), log(1 + v) is log1p(v), exp(v) - 1 is expm1(v). As it stands, log(1 + exp(-700)) loses
1,010 bits; rewritten, none. Two terms that are equal agree wherever both formulas are defined: x/x
is 1 also at 0, and sqrt(x)**2 is x.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Union

from derivref.language.syntax import ExpressionError, Lets, pieces, slope

Number = Union["Term", Fraction, int]


class Term:
    """A formula: a number, a symbol, a sum, a product, a case distinction, or a function.

    Attributes
    ----------
    op : str
        "num", "pi", "oo", "sym", "add", "mul", "if", or the name of a function.
    args : tuple of Term
        The terms of a sum, the bases of a product, the arguments of a function. Of an "if": the
        difference that is compared with 0, the value where it is below, and the value elsewhere.
    data : tuple
        The number; the name; the constant and the coefficients of a sum; the exponents of a
        product; "<" or "<=" of an "if"; fixed indices of a function.
    """

    __slots__ = ("args", "data", "free", "index", "op")
    op: str
    args: tuple["Term", ...]
    data: tuple[Any, ...]
    free: frozenset[str]
    index: int

    def __add__(self, other: Number) -> "Term":
        return total(self, other)

    __radd__ = __add__

    def __neg__(self) -> "Term":
        return scale(-1, self)

    def __sub__(self, other: Number) -> "Term":
        return total(self, scale(-1, term(other)))

    def __rsub__(self, other: Number) -> "Term":
        return total(other, scale(-1, self))

    def __mul__(self, other: Number) -> "Term":
        return product(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> "Term":
        return product(self, power(term(other), Fraction(-1)))

    def __rtruediv__(self, other: Number) -> "Term":
        return product(other, power(self, Fraction(-1)))

    def __pow__(self, other: Number) -> "Term":
        return power(self, other)

    def __repr__(self) -> str:
        return show(self)


_table: dict[tuple[Any, ...], Term] = {}


def _make(op: str, args: tuple[Term, ...] = (), data: tuple[Any, ...] = ()) -> Term:
    key = (op, *(a.index for a in args), data)
    found = _table.get(key)
    if found is None:
        found = Term()
        found.op, found.args, found.data, found.index = op, args, data, len(_table)
        own = frozenset(data) if op == "sym" else frozenset()
        found.free = own.union(*(a.free for a in args))
        _table[key] = found
    return found


def num(value: Fraction | int) -> Term:
    """Return a rational number."""
    return _make("num", (), (Fraction(value),))


def sym(name: str) -> Term:
    """Return a symbol."""
    return _make("sym", (), (name,))


ZERO, ONE, PI, INFINITY, X = num(0), num(1), _make("pi"), _make("oo"), sym("x")


def term(value: Number) -> Term:
    """Return a number as a term; a term is returned as it is."""
    return value if isinstance(value, Term) else num(value)


def value_of(t: Term) -> Fraction | None:
    """Return the rational number that a term is, or None."""
    return t.data[0] if t.op == "num" else None


def linear(t: Term) -> tuple[Fraction, dict[Term, Fraction]]:
    """Return a term as a constant and the coefficients of other terms."""
    if t.op == "num":
        return t.data[0], {}
    if t.op == "add":
        return t.data[0], dict(zip(t.args, t.data[1:], strict=True))
    return Fraction(0), {t: Fraction(1)}


def factors(t: Term) -> dict[Term, Fraction]:
    """Return a term as powers of other terms."""
    return dict(zip(t.args, t.data, strict=True)) if t.op == "mul" else {t: Fraction(1)}


def _sum_of(constant: Fraction, parts: Mapping[Term, Fraction]) -> Term:
    kept = sorted(((t, q) for t, q in parts.items() if q), key=lambda p: p[0].index)
    if not kept:
        return num(constant)
    if not constant and len(kept) == 1 and kept[0][1] == 1:
        return kept[0][0]
    return _make("add", tuple(t for t, _ in kept), (constant, *(q for _, q in kept)))


def total(*values: Number) -> Term:
    """Return a sum."""
    constant, parts = Fraction(0), dict[Term, Fraction]()
    for value in values:
        own, more = linear(term(value))
        constant += own
        for t, q in more.items():
            parts[t] = parts.get(t, Fraction(0)) + q
    parts = {t: q for t, q in parts.items() if q}
    if constant:
        for t, q in parts.items():
            for c, other in _cancelling(t):
                if constant == q * c:  # q (c + t) is q * other
                    rest = {u: r for u, r in parts.items() if u is not t}
                    return total(_sum_of(Fraction(0), rest), scale(q, other))
    return _sum_of(constant, parts)


def _cancelling(t: Term) -> Iterator[tuple[int, Term]]:
    """Yield numbers c with c + t written without the cancellation."""
    match t.op:
        case "erf":
            yield 1, call("erfc", -t.args[0])
            yield -1, -call("erfc", t.args[0])
        case "erfc":
            yield -2, -call("erfc", -t.args[0])
            yield -1, -call("erf", t.args[0])
        case "exp":
            yield -1, call("expm1", t.args[0])
        case "expm1":
            yield 1, call("exp", t.args[0])
        case "tanh":
            yield 1, 2 * logistic(2 * t.args[0])
            yield -1, -2 * logistic(-2 * t.args[0])
        case "cos":
            yield -1, -2 * call("sin", t.args[0] / 2) ** 2
            yield 1, 2 * call("cos", t.args[0] / 2) ** 2
        case "mul" if len(t.args) == 1 and t.data[0] == 2:
            match t.args[0].op:
                case "tanh":
                    yield -1, -power(call("cosh", t.args[0].args[0]), -2)
                case "cosh":
                    yield -1, call("sinh", t.args[0].args[0]) ** 2
        case "mul" if len(t.args) == 1 and t.data[0] == -1 and (v := _exponent(t.args[0])):
            yield -1, -logistic(v)  # 1/(1 + exp(v)) - 1


def _exponent(t: Term) -> Term | None:
    """Return v if a term is 1 + exp(v)."""
    constant, parts = linear(t)
    if constant == 1 and len(parts) == 1:
        [(u, q)] = parts.items()
        if q == 1 and u.op == "exp":
            return u.args[0]
    return None


def scale(q: Fraction | int, t: Term) -> Term:
    """Return a rational multiple."""
    constant, parts = linear(t)
    return _sum_of(constant * q, {u: r * q for u, r in parts.items()})


def _positive(t: Term) -> bool:
    return t.op in ("pi", "exp", "cosh") or (t.op == "num" and t.data[0] > 0)


def product(*values: Number) -> Term:
    """Return a product."""
    coefficient, powers, exponent = Fraction(1), dict[Term, Fraction](), ZERO

    def take(t: Term, e: Fraction) -> None:
        nonlocal coefficient, exponent
        constant, parts = linear(t)
        if not constant and len(parts) == 1 and e.denominator == 1:
            [(t, q)] = parts.items()
            coefficient *= Fraction(q**e)
        if t.op == "num" and e.denominator == 1:
            coefficient *= t.data[0] ** e
        elif t.op == "exp":
            exponent = exponent + scale(e, t.args[0])
        elif t.op == "mul" and e == 1:
            for base, power_ in factors(t).items():
                take(base, power_)
        else:
            powers[t] = powers.get(t, Fraction(0)) + e

    for value in values:
        take(term(value), Fraction(1))
    whole = [t for t, e in powers.items() if t.op == "num" and e.denominator == 1]
    for t in whole:
        coefficient *= t.data[0] ** powers.pop(t)
    for above, below, quotient in (("sin", "cos", "tan"), ("sinh", "cosh", "tanh")):
        for t, e in list(powers.items()):
            if t.op == below and e < 0 and e.denominator == 1:
                over = call(above, t.args[0])
                n = min(-e, powers.get(over, Fraction(0)))
                if n > 0 and n.denominator == 1:
                    ratio = call(quotient, t.args[0])
                    powers[t], powers[over] = e + n, powers[over] - n
                    powers[ratio] = powers.get(ratio, Fraction(0)) + n
    for t in [t for t in powers if t.op == "sin" and powers[t] == 1]:
        other = call("cos", t.args[0])
        if powers.get(other) == 1:  # sin(u) cos(u)
            del powers[t], powers[other]
            double = scale(Fraction(1, 2), call("sin", 2 * t.args[0]))
            return product(coefficient, *map(_raw, powers, powers.values()), double, _exp(exponent))
    powers = {t: e for t, e in powers.items() if e}
    for t, e in list(powers.items()):
        v = _exponent(t)
        if v is not None and e < 0 and exponent is scale(-e, v):  # e**v/(1 + e**v)
            powers.pop(t)
            opposite = 1 + call("exp", -v)
            powers[opposite] = powers.get(opposite, Fraction(0)) + e
            exponent = ZERO
    if exponent is not ZERO:
        powers[call("exp", exponent)] = Fraction(1)
    powers = {t: e for t, e in powers.items() if e}
    if not coefficient or not powers:
        return num(coefficient)
    kept = sorted(powers.items(), key=lambda p: p[0].index)
    if len(kept) == 1 and kept[0][1] == 1:
        return scale(coefficient, kept[0][0])
    return scale(coefficient, _make("mul", tuple(t for t, _ in kept), tuple(e for _, e in kept)))


def _root(q: Fraction, e: Fraction) -> Term | None:
    """Return q**e if it is rational, for q > 0."""
    n = e.denominator
    parts = [round(p ** (1 / n)) if p < 10**300 else 0 for p in (q.numerator, q.denominator)]
    if all(p > 0 and p**n == w for p, w in zip(parts, (q.numerator, q.denominator), strict=True)):
        return num(Fraction(*parts) ** e.numerator)
    return None


def power(base: Term, exponent: Number) -> Term:
    """Return a power: of rational exponent as a product, else through exp and log.

    Raises
    ------
    ExpressionError
        For 0 to a negative exponent.
    """
    exponent = term(exponent)
    e = value_of(exponent)
    if e is None:
        return call("exp", exponent * call("log", base))
    if e == 0:
        return ONE
    if base is ZERO:
        if e < 0:
            raise ExpressionError("division by zero")
        return ZERO
    if e.denominator == 1:
        if base.op == "mul" or (base.op == "add" and not base.data[0] and len(base.args) == 1):
            _, parts = linear(base)
            [(inner, q)] = parts.items()
            powers = [
                power(t, f * e) if f.denominator == 1 or f * e == 1 else _raw(t, f * e)
                for t, f in factors(inner).items()
            ]
            return scale(Fraction(q**e), product(*powers))
        return product(_raw(base, e))
    # Only what is surely positive leaves a root: sqrt(x**2) is not x.
    constant, parts = linear(base)
    if not constant and len(parts) == 1:
        [(inner, q)] = parts.items()
        inside = factors(inner)
        if q > 0 and (q != 1 or any(map(_positive, inside))):
            kept = {t: f for t, f in inside.items() if not _positive(t)}
            rest = product(*(_raw(t, f) for t, f in kept.items())) if kept else ONE
            outer = [power(num(q), e)] if q != 1 else []
            outer += [product(_raw(t, f * e)) for t, f in inside.items() if _positive(t)]
            return product(*outer, _raw(rest, e) if rest is not ONE else ONE)
    if base.op == "num" and base.data[0] > 0:
        return _root(base.data[0], e) or product(
            *(
                _raw(num(p), e * s)
                for p, s in ((base.data[0].numerator, 1), (base.data[0].denominator, -1))
                if p != 1
            )
        )
    return _raw(base, e)


def _raw(base: Term, e: Fraction) -> Term:
    if base is ONE:
        return ONE
    if base.op == "exp":
        return call("exp", scale(e, base.args[0]))
    if base.op == "num" and e.denominator == 1:
        return num(base.data[0] ** e)
    return base if e == 1 else _make("mul", (base,), (e,))


def logistic(u: Term) -> Term:
    """Return 1/(1 + exp(-u))."""
    return 1 / (1 + call("exp", -u))


def case(difference: Term, sign: str, below: Term, above: Term) -> Term:
    """Return `below` where the difference is < 0 (or <= 0), else `above`."""
    if below is above:
        return below
    known = value_of(difference)
    if known is not None:
        return below if known < 0 or (known == 0 and sign == "<=") else above
    return _make("if", (difference, below, above), (sign,))


def _exp(u: Term) -> Term:
    if u is ZERO:
        return ONE
    constant, parts = linear(u)
    for t, q in parts.items():  # exp((n - 1) log(x)) is exp(n log(x))/x
        if t.op != "mul":
            continue
        inner = next((a for a in t.args if a.op == "add" and factors(t)[a] == 1), None)
        if inner is not None:
            others = power_less(t, inner)
            if not others.free or any(a.op == "log" for a in t.args):
                c, terms_ = linear(inner)
                spread = [scale(q * r, product(others, v)) for v, r in terms_.items()]
                rest = {v: r for v, r in parts.items() if v is not t}
                return _exp(total(scale(q * c, others), *spread, _sum_of(constant, rest)))
    constant, parts = linear(u)
    for t, q in parts.items():
        if t.op in ("log", "log1p", "softplus") and q.denominator == 1:
            rest = {v: r for v, r in parts.items() if v is not t}
            [v] = t.args
            inner = v if t.op == "log" else 1 + (v if t.op == "log1p" else call("exp", v))
            return product(power(inner, q), _exp(_sum_of(constant, rest)))
    return _make("exp", (u,))


def _log(u: Term) -> Term:
    if u is ONE:
        return ZERO
    if u.op == "exp":
        return u.args[0]
    constant, parts = linear(u)
    if constant == 1:
        return call("log1p", _sum_of(Fraction(0), parts))
    if _exponent(power(u, -1)) is not None:
        return -_log(power(u, -1))
    return _make("log", (u,))


def _log1p(u: Term) -> Term:
    if u.op == "expm1":
        return u.args[0]
    if u.op == "exp":
        return _make("softplus", u.args)
    if value_of(u) is not None:
        return _log(1 + u)
    return _make("log1p", (u,))


_MAKE: dict[str, Callable[..., Term]] = {
    "exp": _exp,
    "log": lambda u, a=None: _log(u) if a is None else _log(u) / _log(a),
    "log1p": _log1p,
    "expm1": lambda u: u.args[0] if u.op == "log1p" else _make("expm1", (u,)),
    "sqrt": lambda u: power(u, Fraction(1, 2)),
    "cot": lambda u: call("cos", u) / call("sin", u),
    "sec": lambda u: 1 / call("cos", u),
    "csc": lambda u: 1 / call("sin", u),
    "abs": lambda u: case(u, "<", -u, u),
    "sign": lambda u: case(u, "<", num(-1), case(-u, "<", ONE, ZERO)),
    "max": lambda u, v: case(u - v, "<", v, u),
    "min": lambda u, v: case(u - v, "<", u, v),
    "ceil": lambda u: -call("floor", -u),
    "softplus": lambda u: _log1p(_exp(u)),
    "sigma": logistic,
    "Phi": lambda u: call("erfc", -u / power(num(2), Fraction(1, 2))) / 2,
    "phi": lambda u: call("exp", -(u**2) / 2) / power(2 * PI, Fraction(1, 2)),
    "ndtri": lambda u: -power(num(2), Fraction(1, 2)) * call("erfcinv", 2 * u),
    "gammaincc": lambda a, u: _make("gammaincc", (u,), _fixed(a)),
    "gammainc": lambda a, u: 1 - _make("gammaincc", (u,), _fixed(a)),
    "digamma": lambda u: _make("polygamma", (u,), (Fraction(0),)),
    "polygamma": lambda n, u: _make("polygamma", (u,), _fixed(n)),
    "beta": lambda a, b: call("gamma", a) * call("gamma", b) * call("rgamma", a + b),
    "factorial": lambda u: call("gamma", u + 1),
    "binomial": lambda n, k: (
        call("gamma", n + 1) * call("rgamma", k + 1) * call("rgamma", n - k + 1)
    ),
    **{
        f"{kind}{n}": lambda u, kind=kind, n=n: bessel(kind, n, u)
        for kind, n in (("j", 0), ("j", 1), ("i", 0), ("i", 1), ("k", 0), ("k", 1))
    },
    "ellipk": lambda u: PI / 2 * hyp2f1(Fraction(1, 2), Fraction(1, 2), Fraction(1), u),
    "ellipe": lambda u: PI / 2 * hyp2f1(Fraction(-1, 2), Fraction(1, 2), Fraction(1), u),
}
ODD = {"sin", "tan", "arcsin", "arctan", "arcsinh", "arctanh", "sinh", "tanh", "erf", "erfinv"}
ODD |= {"si", "fresnels", "fresnelc", "cbrt"}
EVEN = {"cos", "cosh", "sinc"}
INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "erf": "erfinv", "erfc": "erfcinv"}
INVERSE |= {"sinh": "arcsinh", "cosh": "arccosh", "tanh": "arctanh"}
_AT_ZERO = {**dict.fromkeys(ODD, ZERO), **dict.fromkeys(EVEN, ONE)}
_AT_ZERO |= {"expm1": ZERO, "log1p": ZERO, "erfc": ONE, "lambertw": ZERO, "dilog": ZERO}


def _fixed(t: Term) -> tuple[Fraction]:
    known = value_of(t)
    if known is None:
        raise ExpressionError("the first argument must be a number")
    return (known,)


def bessel(kind: str, n: int, u: Term) -> Term:
    """Return a Bessel function J, I or K of whole order."""
    if kind != "k" and u is ZERO:
        return ZERO if n else ONE
    if kind != "k" and _negative(u):
        return scale((-1) ** n, bessel(kind, n, -u))
    return _make(f"bessel_{kind}", (u,), (Fraction(n),))


def hyp2f1(a: Fraction, b: Fraction, c: Fraction, u: Term) -> Term:
    """Return Gauss's hypergeometric function with fixed parameters."""
    return _make("hyp2f1", (u,), (a, b, c))


def _turned(name: str, u: Term) -> Term | None:
    """Return a sine, cosine or tangent without whole quarter turns in its argument, or None."""
    constant, parts = linear(u)
    quarters = 2 * parts.get(PI, Fraction(0))
    if not quarters or quarters.denominator != 1:
        return None
    rest = _sum_of(constant, {t: q for t, q in parts.items() if t is not PI})
    turns = int(quarters) % 4
    if name == "tan":
        return call("tan", rest) if turns % 2 == 0 else -1 / call("tan", rest)
    turns += 1 if name == "cos" else 0  # cos(u) is sin(u + pi/2)
    result = call("cos" if turns % 2 else "sin", rest)
    return -result if turns % 4 in (2, 3) else result


def function_of(op: str, data: tuple[Any, ...], u: Term) -> Term:
    """Return a function with fixed data, such as the order of a Bessel function."""
    return _make(op, (u,), data)


def undefined(name: str, u: Term, order: int = 0) -> Term:
    """Return a function about which nothing is known but that it has derivatives."""
    return _make("undefined", (u,), (name, order))


def call(name: str, *args: Term) -> Term:
    """Return a function of the language, simplified."""
    if args[-1] is ZERO and name in _AT_ZERO:
        return _AT_ZERO[name]
    if name in _MAKE:
        return _MAKE[name](*args)
    [u] = args
    if INVERSE.get(name) == u.op:
        return u.args[0]
    if name in ("sin", "cos", "tan") and u is not ZERO:
        turned = _turned(name, u)
        if turned is not None:
            return turned
    if name in ODD | EVEN and _negative(u):
        return scale(-1 if name in ODD else 1, call(name, -u))
    return _make(name, (u,))


def _negative(u: Term) -> bool:
    """Say whether the first coefficient of a term is negative: of u and -u one is."""
    constant, parts = linear(u)
    return next(iter(parts.values()), constant) < 0


# --- derivatives ----------------------------------------------------------------------------------

_HALF = Fraction(1, 2)
# The derivative of each function in its argument, given its fixed data.
RULES: dict[str, Callable[..., Term]] = {
    "exp": lambda u: call("exp", u),
    "expm1": lambda u: call("exp", u),
    "log": lambda u: 1 / u,
    "log1p": lambda u: 1 / (1 + u),
    "softplus": logistic,
    "sin": lambda u: call("cos", u),
    "cos": lambda u: -call("sin", u),
    "tan": lambda u: power(call("cos", u), -2),
    "arcsin": lambda u: power(1 - u**2, -_HALF),
    "arccos": lambda u: -power(1 - u**2, -_HALF),
    "arctan": lambda u: 1 / (1 + u**2),
    "arcsinh": lambda u: power(1 + u**2, -_HALF),
    "arccosh": lambda u: power(u - 1, -_HALF) * power(u + 1, -_HALF),
    "arctanh": lambda u: 1 / (1 - u**2),
    "sinh": lambda u: call("cosh", u),
    "cosh": lambda u: call("sinh", u),
    "tanh": lambda u: power(call("cosh", u), -2),
    "cbrt": lambda u: power(call("cbrt", u), -2) / 3,
    "erf": lambda u: 2 * power(PI, -_HALF) * call("exp", -(u**2)),
    "erfc": lambda u: -2 * power(PI, -_HALF) * call("exp", -(u**2)),
    "erfcx": lambda u: 2 * u * call("erfcx", u) - 2 * power(PI, -_HALF),
    "erfinv": lambda u: power(PI, _HALF) / 2 * call("exp", call("erfinv", u) ** 2),
    "erfcinv": lambda u: -power(PI, _HALF) / 2 * call("exp", call("erfcinv", u) ** 2),
    "log_ndtr": lambda u: power(2 / PI, _HALF) / call("erfcx", -u / power(num(2), _HALF)),
    "gamma": lambda u: call("gamma", u) * call("digamma", u),
    "rgamma": lambda u: -call("rgamma", u) * call("digamma", u),
    "gammaln": lambda u: call("digamma", u),
    "polygamma": lambda u, n: _make("polygamma", (u,), (n + 1,)),
    "gammaincc": lambda u, a: -power(u, a - 1) * call("exp", -u) * call("rgamma", num(a)),
    "zeta": lambda u: _make("zeta_derivative", (u,), (Fraction(1),)),
    "zeta_derivative": lambda u, n: _make("zeta_derivative", (u,), (n + 1,)),
    "bessel_j": lambda u, n: (_order("j", n - 1, u) - _order("j", n + 1, u)) / 2,
    "bessel_i": lambda u, n: (_order("i", n - 1, u) + _order("i", n + 1, u)) / 2,
    "bessel_k": lambda u, n: (  # only of order 0 and 1: Arb takes 4 ms for each
        -bessel("k", 1, u) if n == 0 else -bessel("k", 0, u) - bessel("k", 1, u) / u
    ),
    "airyai": lambda u: call("airyaiprime", u),
    "airyaiprime": lambda u: u * call("airyai", u),
    "lambertw": lambda u: call("exp", -call("lambertw", u)) / (1 + call("lambertw", u)),
    "expi": lambda u: call("exp", u) / u,
    "exp1": lambda u: -call("exp", -u) / u,
    "si": lambda u: call("sinc", u),
    "ci": lambda u: call("cos", u) / u,
    "sinc": lambda u: -u / 3 * _make("hyp0f1", (-(u**2) / 4,), (Fraction(5, 2),)),
    "hyp0f1": lambda u, a: _make("hyp0f1", (u,), (a + 1,)) / num(a),
    "hyp2f1": lambda u, a, b, c: scale(a * b / c, hyp2f1(a + 1, b + 1, c + 1, u)),
    "dilog": lambda u: hyp2f1(Fraction(1), Fraction(1), Fraction(2), u),
    "fresnels": lambda u: call("sin", PI / 2 * u**2),
    "fresnelc": lambda u: call("cos", PI / 2 * u**2),
    "floor": lambda u: ZERO,
    "undefined": lambda u, name, order: undefined(name, u, order + 1),
}


def _order(kind: str, n: Fraction, u: Term) -> Term:
    if n < 0:  # J(-1) = -J(1), I(-1) = I(1)
        return scale(-1 if kind == "j" else 1, bessel(kind, int(-n), u))
    return bessel(kind, int(n), u)


_slopes: dict[tuple[int, str], Term] = {}


def differentiate(t: Term, name: str = "x", order: int = 1) -> Term:
    """Return a derivative; of a case distinction, that of each branch."""
    for _ in range(order):
        t = _slope(t, name)
    return t


def _slope(t: Term, name: str) -> Term:
    if name not in t.free:
        return ZERO
    key = (t.index, name)
    if key not in _slopes:
        _slopes[key] = _slope_of(t, name)
    return _slopes[key]


def _slope_of(t: Term, name: str) -> Term:
    match t.op:
        case "sym":
            return ONE
        case "add":
            return total(
                *(scale(q, _slope(u, name)) for u, q in zip(t.args, t.data[1:], strict=True))
            )
        case "mul":
            return total(
                *(
                    scale(e, product(power_less(t, u), _slope(u, name)))
                    for u, e in factors(t).items()
                )
            )
        case "if":
            difference, below, above = t.args
            return case(difference, t.data[0], _slope(below, name), _slope(above, name))
        case op if op in RULES:
            return product(RULES[op](t.args[0], *t.data), _slope(t.args[0], name))
    raise ExpressionError(f"no rule differentiates `{t.op}`")


def power_less(t: Term, base: Term) -> Term:
    """Return a product with the exponent of one base reduced by one."""
    return product(
        *(
            power(u, e - (u is base)) if e.denominator == 1 else _raw(u, e - (u is base))
            for u, e in factors(t).items()
            if e != (u is base)
        )
    )


# --- reading and showing --------------------------------------------------------------------------


def from_tree(
    node: ast.expr,
    names: Mapping[str, Term],
    functions: Mapping[str, Callable[[Term], Term]] | None = None,
    lets: Lets | None = None,
) -> Term:
    """Return the term that a syntax tree means.

    Parameters
    ----------
    node : ast.expr
        A tree that `derivref.language.syntax.parse` returned.
    names : mapping
        The terms that names stand for.
    functions : mapping, optional
        More functions of one term.
    lets : mapping, optional
        Abbreviations.

    Raises
    ------
    ExpressionError
        For Limit and Sum, which are no terms.
    """
    functions, lets = functions or {}, lets or {}

    def read(part: ast.expr) -> Term:
        return from_tree(part, names, functions, lets)

    def applied(name: str, order: int, args: list[Term]) -> Term:
        if name not in functions and name not in lets:
            if not order:
                return call(name, *args)
            t = sym("\0t")  # no declared name holds a zero byte
            return substitute(differentiate(call(name, t), "\0t", order), {"\0t": args[0]})
        if not order and name in functions:
            return functions[name](args[0])
        t = sym("\0t")
        body = (
            functions[name](t)
            if name in functions
            else from_tree(lets[name].body, {**names, lets[name].argument: t}, functions, lets)
        )
        return substitute(differentiate(body, "\0t", order), {"\0t": args[0]})

    match node:
        case ast.Constant(value=int() | float()):
            return num(Fraction(str(node.value)))
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Name(id=name) if name in lets:
            return read(lets[name].body)
        case ast.Name(id=name):
            return {"pi": PI, "oo": INFINITY}[name]
        case ast.UnaryOp(op=ast.USub()):
            return -read(node.operand)
        case ast.UnaryOp():
            return read(node.operand)
        case ast.BinOp():
            left, right = read(node.left), read(node.right)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
                case _:
                    return left**right
        case ast.Call(func=ast.Name(id="Piecewise"), args=rows):
            return _piecewise(pieces(rows), read)
        case ast.Call(func=ast.Name(id="Derivative"), args=[body, ast.Name(id=variable), *rest]):
            order = int(value_of(read(rest[0])) or 0) if rest else 1
            t = sym("\0d")
            inner = from_tree(body, {**names, variable: t}, functions, lets)
            return substitute(differentiate(inner, "\0d", order), {"\0d": names[variable]})
        case ast.Call(func=ast.Name(id=name), args=args):
            known = slope(name, {**functions, **lets})
            if known is not None:
                return applied(*known, [read(arg) for arg in args])
    raise ExpressionError(f"`{ast.unparse(node)}` is no term")


def _piecewise(rows: list[tuple[ast.expr, ast.expr]], read: Callable[[ast.expr], Term]) -> Term:
    """Nest the rows as cases; what no condition covers (a kink) goes with the last row."""
    result = read(rows[-1][0])
    for value, condition in reversed(rows[:-1]):
        inside = read(value)
        if isinstance(condition, ast.Constant):
            result = inside
            continue
        assert isinstance(condition, ast.Compare)
        outside, chain = result, []
        left = condition.left
        for op, right in zip(condition.ops, condition.comparators, strict=True):
            chain.append((read(left) - read(right), op))
            left = right
        for difference, op in reversed(chain):
            match op:
                case ast.Lt():
                    inside = case(difference, "<", inside, outside)
                case ast.LtE():
                    inside = case(difference, "<=", inside, outside)
                case ast.Gt():
                    inside = case(-difference, "<", inside, outside)
                case ast.GtE():
                    inside = case(-difference, "<=", inside, outside)
                case _:
                    inside = case(difference, "<", inside, case(-difference, "<", inside, outside))
        result = inside
    return result


def substitute(t: Term, values: Mapping[str, Term]) -> Term:
    """Return a term with terms put in for its symbols, simplified anew."""
    memo: dict[int, Term] = {}

    def put(u: Term) -> Term:
        if not u.free & values.keys():
            return u
        if u.index not in memo:
            memo[u.index] = rebuilt(u, [put(a) for a in u.args], values)
        return memo[u.index]

    return put(t)


def rebuilt(t: Term, args: list[Term], values: Mapping[str, Term] | None = None) -> Term:
    """Return a term of the same kind with other arguments."""
    match t.op:
        case "sym":
            return (values or {}).get(t.data[0], t)
        case "add":
            return total(t.data[0], *(scale(q, a) for a, q in zip(args, t.data[1:], strict=True)))
        case "mul":
            return product(*(power(a, e) for a, e in zip(args, t.data, strict=True)))
        case "if":
            return case(args[0], t.data[0], args[1], args[2])
        case op if op.startswith("bessel_"):
            return bessel(op[-1], int(t.data[0]), args[0])
        case op if t.data:
            return _make(op, tuple(args), t.data)
        case op if args:
            return call(op, *args)
    return t


def subterms(t: Term) -> Iterable[Term]:
    """Yield every term within a term once, arguments first."""
    seen: set[int] = set()
    stack = [(t, False)]
    while stack:
        u, ready = stack.pop()
        if ready:
            yield u
        elif u.index not in seen:
            seen.add(u.index)
            stack.append((u, True))
            stack += [(a, False) for a in u.args]


def show(t: Term) -> str:
    """Return a term as an expression, for messages."""
    match t.op:
        case "num":
            return str(t.data[0])
        case "sym":
            return str(t.data[0])
        case "add":
            parts = [str(t.data[0])] if t.data[0] else []
            parts += [
                show(a) if q == 1 else f"{q}*{show(a)}"
                for a, q in zip(t.args, t.data[1:], strict=True)
            ]
            return f"({' + '.join(parts)})"
        case "mul":
            return "*".join(
                show(a) if e == 1 else f"{show(a)}**({e})"
                for a, e in zip(t.args, t.data, strict=True)
            )
        case "if":
            return f"({show(t.args[1])} if {show(t.args[0])} {t.data[0]} 0 else {show(t.args[2])})"
        case op if t.args:
            return f"{op}({', '.join([*map(str, t.data), *map(show, t.args)])})"
    return t.op
