"""The reasons of a proof, matched against the steps that they justify.

What a reason names must be what its step does: "the product rule" needs a product under a
derivative that the step takes or leaves, "the addition formula" a function of a sum, "continuity"
a quotient without h below it. A technical word that stands in no phrase of the list is a fault.
Formulas and inequalities in reasons are evaluated where the proof is tried.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import mpmath as mp
import numpy as np
from scipy import special

from derivref import catalog, derivation
from derivref.derivation import Derivation, DerivationError, Interval
from derivref.expression import ExpressionError, Numbers, evaluate
from derivref.records import Scalar
from derivref.site.lint import claims, snippets, texvalues
from derivref.site.lint.reading import Truth


@dataclass(frozen=True)
class Step:
    """A line with the one above it, None for the first."""

    above: ast.expr | None
    line: ast.expr
    variable: str  # of the limit
    symbols: tuple[str, ...]

    @property
    def bodies(self) -> list[tuple[ast.expr, str]]:
        """The derivatives that the step takes, or else leaves: what is differentiated, in what."""
        sides = [_derivatives(n) for n in (self.above, self.line) if n is not None]
        if len(sides) < 2:
            return [*sides[0].values()]
        one, two = sides
        taken = [d for key, d in one.items() if key not in two]
        return taken or [d for key, d in two.items() if key not in one]

    def either(self, found: Callable[[ast.AST], bool]) -> bool:
        """Say whether a node of one of the two lines is such."""
        trees = [n for n in (self.above, self.line) if n is not None]
        return any(found(node) for tree in trees for node in ast.walk(tree))

    def over(self, found: Callable[[ast.AST], bool]) -> bool:
        """Say whether a node of the line above is such, of the line itself if it is the first."""
        return any(found(node) for node in ast.walk(self.above or self.line))


def _derivatives(tree: ast.expr) -> dict[str, tuple[ast.expr, str]]:
    return {
        ast.unparse(node): (node.args[0], getattr(node.args[1], "id", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Derivative"
    }


def _depends(node: ast.AST, variable: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == variable for n in ast.walk(node))


def _tops(body: ast.expr, variable: str) -> set[str]:
    """Return the rules that can differentiate a formula first, through sums and constants."""
    match body:
        case ast.UnaryOp():
            return _tops(body.operand, variable)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            found = {"sum", "linearity"}
            for side in (left, right):
                found |= _tops(side, variable) if _depends(side, variable) else set()
            return found
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            parts = [side for side in (left, right) if _depends(side, variable)]
            if len(parts) == 1:
                return {"constant multiple", "linearity"} | _tops(parts[0], variable)
            return {"product"}
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            if not _depends(right, variable):
                return {"constant multiple", "linearity"} | _tops(left, variable)
            if not _depends(left, variable):
                return {"reciprocal", "quotient", "power"} | _tops(right, variable)
            return {"quotient"}
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            if _depends(right, variable):
                return {"chain", "exponential"}
            lone = isinstance(left, ast.Name)
            return {"power", "product"} if lone else {"power", "chain", "product"}
        case ast.Call(args=args) if any(not isinstance(a, ast.Name) for a in args):
            return {"chain"}
    return set()


def _ever(body: ast.expr, variable: str) -> set[str]:
    """Return the rules that can differentiate a part of a formula."""
    parts = [n for n in ast.walk(body) if isinstance(n, ast.expr) and _depends(n, variable)]
    return set().union(*(_tops(part, variable) for part in parts))


RULES = (
    *("sum", "product", "quotient", "reciprocal", "chain", "power", "exponential", "linearity"),
    *("constant multiple", "constant", "inverse"),
)
_NAMED = re.compile(
    rf"\b((?:{'|'.join(RULES)})(?:(?:, | and )(?:the )?(?:{'|'.join(RULES)}))*) rules?\b"
)


def _is(kind: type | tuple[type, ...]) -> Callable[[ast.AST], bool]:
    def found(node: ast.AST) -> bool:
        return isinstance(node, ast.BinOp) and isinstance(node.op, kind)

    return found


def _called(names: str, inner: Callable[[ast.AST], bool]) -> Callable[[ast.AST], bool]:
    def found(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in names.split()
            and any(inner(n) for a in node.args for n in ast.walk(a))
        )

    return found


def _difference_quotient(node: ast.AST) -> bool:
    return (
        _is(ast.Div)(node)
        and isinstance(node, ast.BinOp)
        and any(map(_is(ast.Sub), ast.walk(node.left)))
    )


def _below(step: Step, *, lone: bool) -> bool:
    """Say whether the line above divides by what depends on h; or by a multiple of h itself."""
    h = step.variable
    for node in ast.walk(step.above or step.line):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _depends(node.right, h):
            factors = [node.right]
            while factors:
                part = factors.pop()
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Pow):
                    factors += [part.left] if isinstance(part.op, ast.Pow) else []
                    factors += [part.left, part.right] if isinstance(part.op, ast.Mult) else []
                elif isinstance(part, ast.Name) and part.id == h:
                    if lone:
                        return True
                elif not lone and _depends(part, h):
                    return True
    return False


def _terms(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.UnaryOp():
            return _terms(node.operand)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _factors(step: Step) -> bool:
    """Say whether a term of the line above is a product or quotient with h in it."""
    return any(
        isinstance(t, ast.BinOp)
        and isinstance(t.op, ast.Mult | ast.Div)
        and _depends(t, step.variable)
        and not (isinstance(t.op, ast.Div) and _difference_quotient(t))
        for t in _terms(step.above or step.line)
    )


_TRIG = "sin cos tan sinh cosh tanh arctan"
Test = Callable[[Step], bool]
PHRASES: dict[str, Test] = {  # what may be said, and what the step must have for it
    r"difference quotients?": lambda s: s.either(_difference_quotient),
    r"addition formula": lambda s: s.over(_called(_TRIG, _is(ast.Add))),
    r"half-angle formula": lambda s: s.either(_called(_TRIG, _is((ast.Div, ast.Mult)))),
    r"(?:a common denominator|one fraction)": lambda s: s.either(_is(ast.Div)),
    r"in the numerator(?: of the second factor)?": lambda s: s.over(_is(ast.Div)),
    r"the numerator is 0": lambda s: s.over(_is(ast.Div)),
    r"(?:two|both|is the) quotients?": lambda s: s.either(_is(ast.Div)) or s.either(_is(ast.Mult)),
    r"a product": lambda s: s.either(_is(ast.Mult)),
    r"logarithm of a product": lambda s: s.over(_called("log", _is(ast.Mult))),
    r"logarithm of a reciprocal": lambda s: s.over(_called("log", _is(ast.Div))),
    r"the difference of two logarithms": lambda s: s.over(_is(ast.Sub)),
    r"(?:the two|both|the) differences": lambda s: s.either(_is(ast.Sub)),
    r"multiply by the sum": lambda s: s.either(_is(ast.Div)) and s.either(_is(ast.Add)),
    r"binomial theorem": lambda s: s.over(_is(ast.Pow)) or s.over(_called("", _is(ast.Pow))),
    r"a constant factor": lambda s: any("constant multiple" in _tops(*b) for b in s.bodies),
    r"linearity": lambda s: any("linearity" in _tops(*b) for b in s.bodies),
    r"limit: definition of the derivative": lambda s: _below_now(s),
    r"sum law": lambda s: (
        len(_terms(s.above or s.line)) > 1 or s.over(_called("Sum", lambda n: True))
    ),
    r"product law": _factors,
    r"quotient law": lambda s: _below(s, lone=False),
    r"of a constant": lambda s: (
        not _depends(s.above or s.line, s.variable)
        or ast.unparse(s.above or s.line) == f"{s.variable} / {s.variable}"
    ),
    r"standard limits?": lambda s: _below(s, lone=True),
    r"continuity(?: in \w| of \w(?: and \w)*| of the root)?": lambda s: _depends(
        s.above or s.line, s.variable
    ),
    r"(?:inner|outer) polynomial": lambda s: True,
    r"multiply above and below": lambda s: s.either(_is(ast.Div)),
    r"(?:above and below|slopes? from above)": lambda s: True,
    r"add and subtract|subtract and add": lambda s: s.either(_is(ast.Sub)),
    r"nothing is subtracted": lambda s: not any(map(_is(ast.Sub), ast.walk(s.line))),
    r"cancels (?:near 0|for large|when)": lambda s: any(map(_is(ast.Sub), ast.walk(s.line))),
    r"choose k of 2k": lambda s: True,
    r"cosine is a shifted sine": lambda s: s.either(_called("sin", _is(ast.Add))),
    r"the cosine is positive": lambda s: s.over(_called("cos", lambda n: True)),
}
# Words of which each occurrence must be in one of the phrases, in a rule, or after "slope of".
_TECHNICAL = re.compile(
    r"\b(?:addition|sums?|differences?|products?|quotients?|chain|reciprocal|inverse|continuity|"
    r"continuous|laws?|rules?|numerator|denominator|binomial|half-angle|linearity|even|odd|"
    r"positive|negative|added|subtracted)\b"
)
_FREE = (  # said of the function, not of the step
    *("the rule for n", "it is even in", "the meaning of", "the lone", "stands for"),
    *("ln is differentiable is the inverse rule",),
)
SLOPES = {  # of what a step may take the slope, and the function that then stands there
    "the sigmoid": "sigma",
    "tanh": "tanh",
    "softplus": "log",
    "the density": "phi",
    "the sine": "sin",
    "the inverse sine": "arcsin",
    "the natural logarithm": "log",
    "$e^x$": "exp",
    "a line": "",
    "$x$": "",
}


def _below_now(step: Step) -> bool:
    """Say whether the line divides by h, and the one above is a derivative."""
    return any(map(_is(ast.Div), ast.walk(step.line))) and bool(
        step.above is None or _derivatives(step.above)
    )


def reason_faults(step: Step, reason: str) -> Iterator[str]:
    """Yield what a reason names and its step does not have."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", reason)
    covered = [False] * len(plain)

    def cover(match: re.Match[str]) -> None:
        covered[match.start() : match.end()] = [True] * (match.end() - match.start())

    for text in _FREE:
        for match in re.finditer(re.escape(text), plain):
            cover(match)
    named = [m for m in _NAMED.finditer(plain) if not covered[m.start()]]
    rules = [r for m in named for r in re.findall("|".join(sorted(RULES, key=len)[::-1]), m[1])]
    for match in named:
        cover(match)
    others = re.search(r"slope of|twice|term by term", plain) is not None or len(rules) > 1
    for rule in rules:
        fits = _ever if others else _tops
        if not any(rule in fits(*body) for body in step.bodies):
            shown = ", ".join(ast.unparse(body) for body, _ in step.bodies) or "nothing"
            yield f"names the {rule} rule, and differentiates `{shown}`"
    if len(rules) != len(set(rules)):
        yield f"names a rule twice, in `{plain}`"
    tops = set().union(*(_tops(*body) for body in step.bodies))
    if len(rules) > 1 and not tops & set(rules):
        yield f"names {' and '.join(rules)}, and begins with {' or '.join(sorted(tops))}"
    for phrase, fits_step in PHRASES.items():
        for match in re.finditer(rf"(?<![\w-]){phrase}(?![\w-])", plain):
            cover(match)
            if not fits_step(step):
                yield f"says `{match[0]}`, and the step to `{ast.unparse(step.line)}` has none"
    laws = re.findall(r"\b(?:law|limit\b|definition)", plain.removeprefix("limit:"))
    if "continuity" in plain and not laws and _below(step, lone=True):
        yield f"says `continuity`, and `{ast.unparse(step.above or step.line)}` divides by 0"
    for match in re.finditer(r"slope of (the \w+ \w+|the \w+|a line|\$[^$]*\$|\w+)", plain):
        cover(match)
        name = next((n for n in SLOPES if match[1].startswith(n)), None)
        function = SLOPES.get(name or "")
        if function and step.above is not None:
            inside = [n for b, _ in step.bodies for n in ast.walk(b)]
            if not any(getattr(getattr(n, "func", None), "id", "") == function for n in inside):
                yield f"speaks of the slope of {name}, and no {function} is differentiated"
    for match in _TECHNICAL.finditer(re.sub(r"\$[^$]*\$|`[^`]*`", _blank, plain)):
        if not all(covered[match.start() : match.end()]):
            yield f"`{match[0]}` stands in no phrase that is matched against steps, in `{plain}`"


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


# --- formulas in reasons --------------------------------------------------------------------------

_SAFE = re.compile(r"(?:safe|nothing cancels) for \$(\w) (\\le|\\ge|<|>) 0\$")
_NUMPY = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "abs", "tanh")},
    "sigma": special.expit,
}


def formula_faults(proof: Derivation, line: derivation.Line) -> Iterator[str]:
    """Yield the formulas and conditions of a reason that are wrong where the proof is tried."""
    if safe := _SAFE.search(line.reason):
        yield from _safety(line.node, safe[1], safe[2] in (r"\ge", ">"))
    for match in re.finditer(r"\$([^$]+)\$", line.reason):
        tex = match[1]
        if not re.search(r"=|<|>|\\(?:le|ge|ne)\b", tex) or safe:
            continue
        yield from (f"`{tex}` {why}" for why in _relation(proof, tex))


def _relation(proof: Derivation, tex: str) -> Iterator[str]:
    found = list(re.finditer(r"=|<|>|\\(?:le|ge|ne)\b", tex))
    if len(found) != 1:
        return
    sign, sides = found[0][0], (tex[: found[0].start()], tex[found[0].end() :])
    if any(not side.strip() for side in sides):
        return
    chosen = next(derivation.choices(proof.functions)) if proof.functions else {}
    admitted = derivation._admitted(proof, chosen, below=False)
    points = [dict(place.point) for place in admitted[:12]]
    for point in points:
        names = {name: mp.mpf(v.numerator) / v.denominator for name, v in point.items()}
        names |= {proof.variable: mp.mpf("0.0137")} if proof.variable else {}
        if sign == "=" and {m[0] for m in re.finditer(r"(?<!\\)\b[a-z]\b", tex)} - set(names):
            names |= {c: mp.mpf(k + 3) / 11 for k, c in enumerate("abcduvwn") if c not in names}
        try:
            with mp.workdps(100):
                one, two = (texvalues.evaluate(s, names, claims._known()) for s in sides)
        except (texvalues.TexError, ZeroDivisionError, TypeError, ValueError):
            _, why = claims._judge(tex, {}, {**claims._known(), **claims._generic()})
            yield from [why] if why else []
            return
        if re.fullmatch(r"\s*-?\\?\w+\s*", sides[0]) and sign == "=":
            return  # a definition
        gap = mp.mpf("1e-25") * (1 + abs(one))
        holds = {
            "=": abs(one - two) <= gap,
            "<": one.real < two.real,
            ">": one.real > two.real,
            r"\le": one.real <= two.real + gap,
            r"\ge": one.real >= two.real - gap,
            r"\ne": abs(one - two) > gap,
        }[sign]
        if not holds:
            at = ", ".join(f"{n} = {mp.nstr(v, 4)}" for n, v in names.items())
            yield f"has the sides {mp.nstr(one, 6)} and {mp.nstr(two, 6)} at {at}"
            return


def _safety(node: ast.expr, variable: str, upper: bool) -> Iterator[str]:
    """Hold that a form keeps its digits on one side of 0, and loses them on the other."""
    code = compile(ast.Expression(ast.fix_missing_locations(node)), "reason", "eval")
    lost = []
    for sign in (1, -1):
        worst = 0.0
        for size in (0.4, 1.27846, 1.5, 3.0, 40.0, 800.0):
            x = np.float64(sign * size)
            with np.errstate(all="ignore"):
                got = eval(code, {"__builtins__": {}}, {**_NUMPY, variable: x})
            with mp.workdps(60):
                want = evaluate(node, Numbers({}, {}), {variable: mp.mpf(float(x))})
                infinite = any(
                    not np.isfinite(_quiet(part, variable, x))
                    for part in ast.walk(node)
                    if isinstance(part, ast.BinOp | ast.Call)
                )
                floor = max(abs(want), mp.mpf("1e-300"))  # below it nothing has digits
                error = abs(mp.mpf(float(got)) - want) / floor if np.isfinite(got) else 1
            worst = max(worst, 1.0 if infinite else float(error))
        lost.append(worst > 1e-14)
    if lost != [not upper, upper]:
        sides = [side for side, bad in zip(("x > 0", "x < 0"), lost, strict=True) if bad]
        yield f"digits are lost, or it overflows, for {' and '.join(sides) or 'no x'}"


def _quiet(node: ast.expr, variable: str, x: np.float64) -> float:
    code = compile(ast.Expression(ast.fix_missing_locations(node)), "reason", "eval")
    with np.errstate(all="ignore"):
        return float(eval(code, {"__builtins__": {}}, {**_NUMPY, variable: x}))


# --- proofs and their records ---------------------------------------------------------------------


def owner(proof: Derivation) -> tuple[Scalar, int] | None:
    """Return the record that a proof names in its id, and the order of the derivative it proves."""
    match = re.fullmatch(r"(.+)-(slope|curvature)", proof.id)
    if match is None:
        return None
    name = match[1].replace("-", "_")
    for record in catalog.records("scalar"):
        if record.name == name and not record.parameters:
            return record, ("slope", "curvature").index(match[2]) + 1
    return None


def record_faults(proof: Derivation) -> Iterator[str]:
    """Yield where a proof is not one of its record: its first line, or its last."""
    found = owner(proof)
    if found is None or set(proof.domain) != {"x"} or proof.functions:
        return
    record, order = found
    truth = Truth(record)
    first, last = proof.lines[0], proof.lines[-1]
    space = proof.domain["x"]
    if not isinstance(space, Interval):
        return
    sides = [(last.node, order)]
    if _derivatives(first.node):
        match first.node:
            case ast.Call(args=[body, *_]):
                sides.append((body, order - 1))
    if any("Derivative" in ast.unparse(node) for node, _ in sides):
        return  # solved for the derivative in the text below
    points = [p for _, p in zip(range(9), space.points(3), strict=False)]
    for node, n in sides:
        for point in points:
            with mp.workdps(30):
                x = mp.mpf(point.numerator) / point.denominator
                if not truth.inside(x) or x in truth.record.corners:
                    continue
                try:
                    value = evaluate(node, Numbers({}, proof.lets), {"x": x})
                except (ExpressionError, ZeroDivisionError, ValueError):
                    continue
                want = truth.value(n, x)
                if abs(value - want) > mp.mpf("1e-20") * (1 + abs(want)):
                    which = ("f", "f′", "f″")[n]
                    yield (
                        f"`{ast.unparse(node)}` is {mp.nstr(value, 8)} at x = {mp.nstr(x, 4)}, and "
                        f"{which} of {record.title} is {mp.nstr(want, 8)}"
                    )
                    break


def page_faults(page: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the reasons of a page's proofs, each with its line."""
    for fence in snippets.fences(text):
        if not fence.header.startswith("derivation"):
            continue
        try:
            proof = derivation.parse(fence.code)
        except DerivationError:
            continue  # the judge of the proof names it
        above = None
        for line in proof.lines:
            place = f"{page}:{fence.line + line.number}"
            step = Step(above, line.node, proof.variable, tuple(proof.domain))
            yield from (f"{place}: {why}" for why in reason_faults(step, line.reason))
            yield from (f"{place}: {why}" for why in formula_faults(proof, line))
            above = line.node
        yield from (f"{page}:{fence.line}: {why}" for why in record_faults(proof))
