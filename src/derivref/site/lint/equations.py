r"""Displayed equations with a meaning: an ``equation`` fence says what its letters are.

Header lines, then the TeX that is shown::

    where: x, t, w, b in R
    let: a = \sigma(wx + b)
    let: L = \tfrac12 (a - t)^2
    \frac{\partial L}{\partial w} = (a - t)\,a(1 - a)\,x

- ``where: NAMES in SET; ...`` draws values: ``R``, an interval ``(0, oo)``, a vector ``R^3``, a
  matrix ``R^{2x3}``, an index ``{1..3}`` (tried at each value, and what a bare sum runs over),
  ``C`` for a smooth function.
- ``let: NAME = TEX`` defines a name, ``f(x)`` a function, ``T_{i,0}`` a component.
- ``order: TEX`` is the size of what is left out; ``O(...)`` says it itself. The
  letter that tends to 0 gets a small value by a ``let``.
- ``tight: 0.001`` holds the sides of an inequality together: so close to it do the values lie.
- ``so: TEX`` must follow. A shown equation that defines its left side needs one: nothing else could
  contradict it.
- ``read: TEX as TEX`` replaces a notation before reading, ``layout: rows`` makes the derivative of
  a number in a column a row.
- ``unchecked: WHY`` says that no machine reads it; the page shows that, and the ledger counts it.

Partial derivatives are central differences at 80 digits through the definitions, with what they are
taken in held.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np

from derivref.cache import cached
from derivref.site.lint import snippets, texvalues
from derivref.site.lint.texvalues import TexError

LANGUAGE = "equation"
HEADERS = ("where", "let", "order", "tight", "so", "read", "layout", "unchecked")
TURNS = 2  # draws of the values
DIGITS = 80
STEP = "1e-20"  # of the differences: their error is of the size of its square
ROOM = "1e-30"  # relative to 1 and the sides
FACTOR = 100  # what stands before the order that an approximation leaves out, at most
_HEADER = re.compile(rf"({'|'.join(HEADERS)}):\s*(.*\S)\s*")
_RELATION = re.compile(r"&?=|\\(?:le|ge|ne|approx|to)\b|<|>")
_DECORATIONS = ("hat", "bar", "dot", "tilde", "mathbf", "Delta", "mathrm")

Value = Any


class EquationError(ValueError):
    """What is wrong with an equation, with the number of its line in the fence."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Meaning:
    """The headers of a fence, and the TeX that is shown."""

    tex: str = ""
    start: int = 1  # the first line of the TeX
    sets: dict[str, str] = field(default_factory=dict)
    lets: dict[str, str] = field(default_factory=dict)
    functions: dict[str, tuple[str, str]] = field(default_factory=dict)
    order: str = ""
    tight: str = ""  # how far the sides of an inequality may be apart, relatively
    so: list[tuple[int, str]] = field(default_factory=list)
    alike: list[tuple[str, str]] = field(default_factory=list)
    rows: bool = False
    unchecked: str = ""


def read(code: str) -> Meaning:
    """Read a fence.

    Raises
    ------
    EquationError
        For a header that is not understood, or a fence without an equation.
    """
    found = Meaning()
    shown: list[str] = []
    for number, line in enumerate(code.splitlines(), 1):
        match = None if shown else _HEADER.fullmatch(line.strip())
        if match is None:
            if not shown:
                found.start = number
            shown.append(line)
            continue
        try:
            _header(found, number, match[1], match[2])
        except TexError as error:
            raise EquationError(number, str(error)) from None
    found.tex = "\n".join(shown).strip()
    if not _RELATION.search(found.tex) and not found.so:
        raise EquationError(1, "an `equation` fence shows an equation below its headers")
    return found


def _header(found: Meaning, number: int, key: str, value: str) -> None:
    if key == "where":
        for part in value.split(";"):
            names, said, space = part.rpartition(" in ")
            if not said:
                raise EquationError(number, f"`where` must read `x, y in R`, got `{part.strip()}`")
            for name in re.split(r",(?![^{]*\})", names):
                found.sets[_key(name)] = space.strip()
    elif key == "let":
        left, equals, right = value.partition("=")
        if not equals:
            raise EquationError(number, f"`let` must read `a = TEX`, got `{value}`")
        if function := re.fullmatch(r"(.+?)\((\\?\w+)\)\s*", left):
            found.functions[_key(function[1])] = (_key(function[2]), right.strip())
        else:
            found.lets[_key(left)] = right.strip()
    elif key == "read":
        one, said, two = value.partition(" as ")
        if not said:
            raise EquationError(number, f"`read` must read `TEX as TEX`, got `{value}`")
        found.alike.append((one.strip(), two.strip()))
    elif key == "so":
        found.so.append((number, value))
    elif key == "layout":
        if value != "rows":
            raise EquationError(number, f"`layout` must be `rows`, got `{value}`")
        found.rows = True
    elif key == "tight":
        found.tight = value
    elif key == "order":
        found.order = value
    else:
        found.unchecked = value


def _key(tex: str) -> str:
    """Return the name that some TeX is, as the reader writes it: "x", "hat y", "W_1", "f'''"."""
    reader = _Reader(tex.strip(), Scene(Meaning(), {}))
    name = reader.name()
    if reader.peek()[1] == "_":
        name += f"_{reader.subscript()[1]}"
    if reader.peek()[0] != "end":
        raise TexError(f"`{tex.strip()}` is not a name")
    return name


# --- values ---------------------------------------------------------------------------------------


class Scene:
    """What the names of an equation are, at one draw: given values before definitions."""

    def __init__(self, meaning: Meaning, given: dict[str, Value]) -> None:
        self.meaning = meaning
        self.given = given
        self.memo: dict[str, Value] = {}

    def holding(self, **values: Value) -> "Scene":
        """Return the scene with other values, which what depends on them follows."""
        return Scene(self.meaning, {**self.given, **values})

    def knows(self, name: str) -> bool:
        """Say whether a name has a value."""
        return name in self.given or name in self.meaning.lets

    def value(self, name: str) -> Value:
        """Return the value of a name."""
        if name in self.given:
            return self.given[name]
        if name not in self.memo:
            if name not in self.meaning.lets:
                raise TexError(f"`{name}` is not known: write `where: {name} in R`")
            self.memo[name] = self.read(self.meaning.lets[name])
        return self.memo[name]

    def read(self, tex: str) -> Value:
        """Return the value of TeX without a relation."""
        for one, two in self.meaning.alike:
            tex = tex.replace(one, two)
        return _Reader(tex, self).whole()

    def called(self, name: str, order: int, x: Value) -> Value:
        """Return a derivative of a function that is defined or drawn."""
        if self.meaning.sets.get(name) == "C":
            return _smooth(name)(order, x)
        argument, tex = self.meaning.functions[name]

        def body(t: Value) -> Value:
            return self.holding(**{argument: t}).read(tex)

        return body(x) if order == 0 else mp.diff(body, x, order)

    def is_function(self, name: str) -> bool:
        """Say whether a name is a function here."""
        return name in self.meaning.functions or self.meaning.sets.get(name) == "C"

    def indices(self, name: str) -> list[int]:
        """Return what an index runs over.

        Raises
        ------
        TexError
            If the name is declared as none.
        """
        space = self.meaning.sets.get(name, "")
        if run := re.fullmatch(r"\{(-?\d+)\.\.(-?\d+)\}", space):
            return list(range(int(run[1]), int(run[2]) + 1))
        if re.fullmatch(r"\{[-\d, ]+\}", space):
            return [int(s) for s in space[1:-1].split(",")]
        raise TexError(f"what does {name} run over? write `where: {name} in {{1..3}}`")


def _smooth(name: str) -> Callable[[int, Value], Value]:
    """Return a smooth function with its derivatives, another one for each name."""
    a = mp.mpf(13 + ord(name[0]) % 7) / 10

    def value(order: int, x: Value) -> Value:
        wave = mp.sin(a * x + order * mp.pi / 2 + 1) * a**order
        return wave + mp.exp(x / (2 * a)) / (2 * a) ** order

    return value


def _draws(meaning: Meaning, turn: int) -> Iterator[dict[str, Value]]:
    """Yield the values of the names at one draw, at every choice of the indices."""
    given: dict[str, Value] = {"e": mp.e, "pi": mp.pi}
    numbers = (mp.mpf((k * 10946) % 17711) / 17711 for k in itertools.count(3 + 50 * turn))
    chosen: list[str] = []
    for name, space in meaning.sets.items():
        if space.startswith("{"):
            chosen.append(name)
        elif interval := re.fullmatch(r"\(([^,]+),([^,]+)\)", space):
            low, high = (mp.mpf(s.strip().replace("oo", "inf")) for s in interval.groups())
            t = next(numbers)
            given[name] = low + (t * (high - low) if mp.isfinite(high) else 3 * t + mp.mpf("0.1"))
        elif shape := re.fullmatch(r"R(?:\^(?:(\d)|\{(\d)x(\d)\}))?", space):
            rows, columns = int(shape[1] or shape[2] or 1), int(shape[3] or 1)
            if shape[1] or shape[2]:
                array = np.empty((rows, columns), object)
                for at in np.ndindex(array.shape):
                    array[at] = 4 * next(numbers) - 2
                given[name] = array
            else:
                given[name] = 4 * next(numbers) - 2
        elif space != "C":
            raise EquationError(1, f"`{space}` is no set: R, (0, 1), R^3, R^{{2x3}}, {{1..3}} or C")
    scene = Scene(meaning, {})
    for values in itertools.product(*(scene.indices(name) for name in chosen)):
        yield {**given, **{n: mp.mpf(v) for n, v in zip(chosen, values, strict=True)}}


def _scalar(value: Value) -> Value:
    return value[0, 0] if isinstance(value, np.ndarray) and value.shape == (1, 1) else value


def _times(a: Value, b: Value) -> Value:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape[1] != b.shape[0]:
            raise TexError(f"a product of shapes {a.shape} and {b.shape}")
        return _scalar(a @ b)
    return a * b


class _Reader(texvalues._Reader):
    """The reader of TeX, with arrays, indices, sums, partial derivatives, decorated names."""

    def __init__(self, tex: str, scene: Scene) -> None:
        super().__init__(tex, {"i": mp.mpc(0, 1)}, {"Re": mp.re, "Im": mp.im})
        self.scene = scene
        self.sign = scene.given.get("±", mp.mpf(1))
        self.left_out = mp.mpf(0)  # the size of what O(...) stands for

    # names and what they stand for

    def name(self) -> str:
        """Read a name with its decoration, star and primes."""
        kind, text = self.take()
        if kind not in ("letter", "command", "name"):
            raise TexError(f"`{self.tex}`: `{text or 'its end'}` is no name")
        if text in _DECORATIONS:
            braces = self.peek()[1] == "{"
            if braces:
                self.take("{")
            text += " " + self.take()[1]
            if braces:
                self.take("}")
        if self.peek()[1] == "^" and self.tokens[self.at + 1 : self.at + 2] == [("sign", "*")]:
            self.at += 2
            text += "*"
        while self.peek()[1] == "'":
            text += self.take()[1]
        return text

    def subscript(self) -> tuple[list[tuple[str, str]], str]:
        """Read what stands below a name, as tokens and as text."""
        self.take("_")
        if self.peek()[1] != "{":
            token = self.take()
            if token[0] == "number" and len(token[1]) > 1:
                self.at -= 1
                self.tokens[self.at] = ("number", token[1][1:])
                token = ("number", token[1][0])
            return [token], token[1]
        start, depth = self.at + 1, 0
        while True:
            kind, text = self.take()
            if kind == "end":
                raise TexError(f"`{self.tex}`: a brace is not closed")
            depth += (text == "{") - (text == "}")
            if not depth:
                break
        inner = self.tokens[start : self.at - 1]
        return inner, "".join(t for _, t in inner)

    def positions(self, tokens: list[tuple[str, str]]) -> list[int]:
        """Return the numbers that a subscript is: `ij` are two, `K-1` is one."""
        parts: list[list[tuple[str, str]]] = [[]]
        lone = len(tokens) > 1 and all(kind == "letter" for kind, _ in tokens)
        for token in tokens:
            if token == ("sign", ","):
                parts.append([])
            elif lone and parts[-1]:
                parts.append([token])
            else:
                parts[-1].append(token)
        found = []
        for part in parts:
            value = self.part(part).whole()
            if value != int(value):
                raise TexError(f"`{self.tex}`: a subscript is {mp.nstr(value, 5)}")
            found.append(int(value))
        return found

    def part(self, tokens: list[tuple[str, str]], scene: Scene | None = None) -> "_Reader":
        """Return a reader of some of the tokens, perhaps in another scene."""
        reader = _Reader("", scene or self.scene)
        reader.tex, reader.tokens = self.tex, list(tokens)
        return reader

    def place(self) -> tuple[str, tuple[int, ...] | None]:
        """Read what has a value: the name that is known, and where in it."""
        name = self.name()
        if self.peek()[1] != "_":
            return name, None
        start = self.at
        tokens, text = self.subscript()
        if self.scene.knows(f"{name}_{text}"):
            return f"{name}_{text}", None
        at = self.positions(tokens)
        if name == "delta":
            return name, tuple(at)
        if self.scene.knows(name):
            return name, tuple(at)
        full = f"{name}_{','.join(map(str, at))}"
        if not self.scene.knows(full):
            for key, tex in self.scene.meaning.lets.items():
                base, _, below = key.partition("_")
                signs = below.split(",")
                if base != name or len(signs) != len(at):
                    continue
                pairs = list(zip(signs, at, strict=True))
                if all(s == str(n) for s, n in pairs if re.fullmatch(r"-?\d+", s)):
                    bound = {s: mp.mpf(n) for s, n in pairs if not re.fullmatch(r"-?\d+", s)}
                    self.scene.memo[full] = self.scene.holding(**bound).read(tex)
                    return full, None
            self.at = start
            raise TexError(f"`{self.tex}`: `{full}` is not known")
        return full, None

    def at_place(self, place: tuple[str, tuple[int, ...] | None]) -> Value:
        name, at = place
        if name == "delta" and at is not None and not self.scene.knows(name):
            return mp.mpf(at[0] == at[1])
        value = self.scene.value(name)
        return value if at is None else self.component(value, at)

    def component(self, value: Value, at: tuple[int, ...]) -> Value:
        where = tuple(k - 1 for k in at) + (0,) * (2 - len(at))
        ok = isinstance(value, np.ndarray) and all(
            0 <= k < n for k, n in zip(where, value.shape, strict=True)
        )
        if not ok:
            raise TexError(f"`{self.tex}`: no component {','.join(map(str, at))} there")
        return value[where]

    # grammar

    def known(self, text: str) -> bool:
        return super().known(text) or text in (*_DECORATIONS, "sum", "lVert", "delta", "theta")

    def begins(self) -> bool:
        kind, text = self.peek()
        if kind == "command" and (self.scene.knows(text) or self.scene.is_function(text)):
            return True
        if kind == "command" and any(k.startswith(text + "_") for k in self.scene.meaning.lets):
            return True
        return super().begins()

    def sum(self) -> Value:
        value = self.product()
        while self.peek()[1] in ("+", "-", "pm"):
            text = self.take()[1]
            factor = {"+": 1, "-": -1}.get(text, self.sign)
            skipped = self.peek()[1] in ("dots", "cdots", "ldots")
            if skipped or self.peek() == ("letter", "O"):
                if text != "+":
                    raise TexError(f"`{self.tex}`: what is left out stands behind a plus")
                self.take()
            if skipped:
                continue
            if self.tokens[self.at - 1] == ("letter", "O"):
                self.left_out = abs(self.group("(", ")"))
            else:
                value = value + factor * self.product()
        return value

    def product(self) -> Value:
        if self.peek() == ("sign", "-"):
            self.take()
            return -self.product()
        value = self.power()
        while True:
            text = self.peek()[1]
            if text in ("cdot", "times"):
                self.take()
                value = _times(value, self.power())
            elif text == "odot":
                self.take()
                value = value * self.power()
            elif text == "/":
                self.take()
                value = value / self.power()
            elif text in ("cdots", "dots"):
                self.take()
            elif self.begins():
                value = _times(value, self.power())
            else:
                return value

    def power(self) -> Value:
        start = self.at
        base = self.atom()
        while self.peek()[1] in ("^", "!", "_", "'"):
            text = self.take()[1]
            if text == "!":
                base = mp.factorial(base)
            elif text == "_":
                self.at -= 1
                base = self.component(base, tuple(self.positions(self.subscript()[0])))
            elif text == "'":
                base = self.slope(self.tokens[start : self.at - 1], 1)
            elif self.peek()[1] == "top":
                self.take()
                base = base.T if isinstance(base, np.ndarray) else base
            elif order := self.bracketed():
                base = self.slope(self.tokens[start : self.at], self.part(order).whole())
                self.at += len(order) + 4
            else:
                base = mp.power(base, self.argument())
        return base

    def bracketed(self) -> list[tuple[str, str]]:
        """Return the tokens of an exponent that is a number of derivatives, `{(n)}`."""
        if [t for _, t in self.tokens[self.at : self.at + 2]] != ["{", "("]:
            return []
        depth, end = 0, self.at
        while end < len(self.tokens):
            depth += (self.tokens[end][1] == "{") - (self.tokens[end][1] == "}")
            if not depth:
                break
            end += 1
        inner = self.tokens[self.at + 2 : end - 1]
        return inner if self.tokens[end - 1][1] == ")" else []

    def slope(self, tokens: list[tuple[str, str]], order: Value) -> Value:
        """Return a derivative in x of what some tokens say."""
        while tokens and tokens[-1][1] == "^":
            tokens = tokens[:-1]

        def body(t: Value) -> Value:
            return self.part(tokens, self.scene.holding(x=t)).whole()

        x = self.scene.value("x")
        return body(x) if not order else mp.diff(body, x, int(order))

    def atom(self) -> Value:
        kind, text = self.peek()
        if text == "frac" and [t for _, t in self.tokens[self.at + 1 : self.at + 3]] == [
            "{",
            "partial",
        ]:
            return self.partial()
        if text == "sum":
            return self.total()
        if text == "lVert":
            self.take()
            value = self.sum()
            self.take("rVert")
            return mp.sqrt(sum(abs(v) ** 2 for v in np.ravel(value)))
        if text == "mathbf" and self.tokens[self.at + 1][1] == "1":
            return self.indicator()
        if text in ("lvert", "|"):
            self.take()
            value = self.sum()
            self.take("rvert" if text == "lvert" else "|")
            return abs(value)
        if kind in ("letter", "command", "name"):
            start = self.at
            try:
                name = self.name()
            except TexError:
                name = ""
            self.at = start
            found = self.own(name) if name else None
            if found is not None:
                return found
        return super().atom()

    def own(self, name: str) -> Value | None:
        """Return the value of a name or function of this equation, None for the standard ones."""
        start = self.at
        self.name()
        primes = len(name) - len(name.rstrip("'"))
        bare = name.rstrip("'")
        if self.scene.is_function(bare):
            order = mp.mpf(primes)
            if self.peek()[1] == "^" and not primes:
                self.take()
                tokens = self.bracketed()
                if not tokens:
                    raise TexError(f"`{self.tex}`: a power of the function {bare}")
                order = self.part(tokens).whole()
                self.at += len(tokens) + 4
            if self.peek()[1] == "(":
                (x,) = self.arguments()
            elif self.scene.knows("x"):
                x = self.scene.value("x")
            else:
                raise TexError(f"`{self.tex}`: {bare} of what?")
            return self.scene.called(bare, int(order), x)
        if self.peek()[1] == "_" and bare not in ("log", "lim", "max", "min"):
            self.at = start
            return self.at_place(self.place())
        if self.scene.knows(name):
            return self.scene.value(name)
        if primes and self.scene.knows(bare):
            return self.slope(self.tokens[start : self.at - primes], primes)
        self.at = start
        return None

    def named(self, name: str) -> Value:
        function = self.functions.get(name)
        if function is not None and self.peek()[1] not in ("^", "_", "'"):
            if self.peek()[1] == "(":
                given = self.arguments()
            else:
                given = [self.total() if self.peek()[1] == "sum" else self.power()]
            if any(isinstance(value, np.ndarray) for value in given):
                return np.frompyfunc(function, len(given), 1)(*given)
            return function(*given)
        return super().named(name)

    def total(self) -> Value:
        """Read a sum over an index, its body again for each value."""
        self.take("sum")
        tokens, _ = self.subscript()
        index = tokens[0][1]
        if len(tokens) > 1:
            if tokens[1][1] != "=":
                raise TexError(f"`{self.tex}`: a sum over what?")
            low = int(self.part(tokens[2:]).whole())
            self.take("^")
            values = list(range(low, int(self.argument()) + 1))
        else:
            values = self.scene.indices(index)
        start, scene, result = self.at, self.scene, mp.mpf(0)
        tokens = list(self.tokens)  # reading takes digits apart
        for value in values:
            self.tokens, self.at = list(tokens), start
            self.scene = scene.holding(**{index: mp.mpf(value)})
            result = result + self.product()
        self.scene = scene
        return result

    def indicator(self) -> Value:
        self.take()
        self.take("1")
        self.take("[")
        left = self.sum()
        sign = self.take()[1]
        right = self.sum()
        self.take("]")
        compare = {">": lambda a, b: mp.mpf(a > b), "<": lambda a, b: mp.mpf(a < b)}
        if sign not in compare:
            raise TexError(f"`{self.tex}`: `{sign}` in an indicator")
        return np.frompyfunc(compare[sign], 2, 1)(left, right)

    def partial(self) -> Value:
        """Read a partial derivative: of a name, or of the factor that follows."""
        self.take("frac")
        self.take("{")
        self.take("partial")
        start = self.at
        lone = self.peek()[1] == "}"
        if not lone:
            self.place()
        above = self.tokens[start : self.at]
        for text in ("}", "{", "partial"):
            self.take(text)
        name, at = self.place()
        self.take("}")
        if lone:
            start = self.at
            self.power()
            above = self.tokens[start : self.at]
        held = self.scene.value(name)
        step = mp.mpf(STEP)

        def moved(where: tuple[int, ...] | None) -> Value:
            values = []
            for sign in (1, -1):
                if where is None:
                    value = held + sign * step
                else:
                    value = held.copy()
                    value[where] = value[where] + sign * step
                values.append(self.part(above, self.scene.holding(**{name: value})).whole())
            return (values[0] - values[1]) / (2 * step)

        if at is not None:
            self.component(held, at)
            return moved(tuple(k - 1 for k in at) + (0,) * (2 - len(at)))
        if not isinstance(held, np.ndarray):
            return moved(None)
        columns = {where: moved(where) for where in np.ndindex(held.shape)}
        first = next(iter(columns.values()))
        if isinstance(first, np.ndarray):
            return np.hstack([columns[k, 0] for k in range(held.shape[0])])
        result = np.empty(held.shape, object)
        for where, value in columns.items():
            result[where] = value
        return result.T if self.scene.meaning.rows else result


# --- judging --------------------------------------------------------------------------------------


def _relations(tex: str) -> list[str]:
    """Return the relations of what is shown, one by one, without punctuation and alignment."""
    tex = re.sub(r"\\(?:begin|end)\{aligned\}|\\bigl|\\bigr|\\quad\s*\([^)]*\)", " ", tex)
    tex = re.sub(
        r"(\S+)\s*\\mathrel\{\+\}=\s*(.*?)(?=\\qquad|\Z)", r"\1 = \\sum_i \2 ", tex, flags=re.S
    )
    rows = re.split(r"\\\\(?:\[[^\]]*\])?|\\qquad|\\text\{[^}]*\}|&(?!=)", tex)
    return [row.strip().rstrip(".,;").strip() for row in rows if row.strip(" \n.,;")]


def _definition(row: str, meaning: Meaning) -> tuple[str, str, str] | None:
    """Return name, argument and body, if a relation defines what stands on its left."""
    match = _RELATION.search(row)
    if match is None or match[0].lstrip("&") not in ("=", "\\approx"):
        return None
    left, right = row[: match.start()], row[match.end() :]
    try:
        if function := re.fullmatch(r"(.+?)\((\\?\w+)\)\s*", left):
            name, argument = _key(function[1]), _key(function[2])
            bare = name.rstrip("'")
            known = bare in meaning.functions or meaning.sets.get(bare) == "C"
            return None if known else (name, argument, right)
        name = _key(left)
    except TexError:
        return None
    if "'" in name and name not in meaning.sets:
        return None  # the slope of what is known
    base = name.partition("_")[0]
    known = bool({name, base} & {*meaning.sets, *meaning.lets}) or any(
        key.partition("_")[0] == base for key in meaning.lets
    )
    return None if known else (name, "", right)


def check(code: str) -> tuple[Meaning, int]:
    """Read an equation and evaluate it; return how many comparisons were made.

    Raises
    ------
    EquationError
        If a relation fails, if a name is unknown, or if nothing could contradict it.
    """
    meaning = read(code)
    if meaning.unchecked:
        return meaning, 0
    key = (code.strip(), *_sources())
    count = int(cached("equation", key, lambda: str(_checked(code)).encode()).decode())
    return meaning, count


@cache
def _sources() -> tuple[str, ...]:
    files = (__file__, texvalues.__file__)
    return (*(Path(file).read_text("utf-8") for file in files), mp.__version__)


def _checked(code: str) -> int:
    meaning = read(code)
    rows = []
    for row in _relations(meaning.tex):
        for one, two in meaning.alike:
            row = row.replace(one, two)
        if not _RELATION.search(row):
            if not any(row in said for _, said in meaning.so):
                raise EquationError(meaning.start, f"`{row}` must occur in what follows, `so: TEX`")
            continue
        defined = _definition(row, meaning)
        if defined is None:
            rows.append((meaning.start, row))
            continue
        name, argument, body = defined
        if not meaning.so:
            raise EquationError(
                meaning.start,
                f"`{row}` defines {name}, and nothing could contradict it: say what follows, "
                "`so: TEX`",
            )
        if argument:
            meaning.functions[name] = (argument, body)
        else:
            meaning.lets[name] = body
    count = 0
    for line, row in [*rows, *meaning.so]:
        for turn in range(TURNS):
            for given in _draws(meaning, turn):
                for sign in (1, -1) if "\\pm" in row else (1,):
                    scene = Scene(meaning, {**given, "±": mp.mpf(sign)})
                    try:
                        with mp.workdps(DIGITS):
                            count += _hold(row, scene)
                    except (TexError, ZeroDivisionError, TypeError, ValueError) as error:
                        said = str(error) or f"`{row}`: {type(error).__name__}"
                        raise EquationError(line, said) from None
    if not count:
        raise EquationError(meaning.start, "nothing is compared")
    return count


def _depth(tex: str) -> int:
    """Return how many braces and square brackets are open at the end of some TeX."""
    return sum(tex.count(c) for c in "{[") - sum(tex.count(c) for c in "}]")


def _hold(row: str, scene: Scene) -> int:
    """Compare the sides of a relation; return how many pairs."""
    for one, two in scene.meaning.alike:
        row = row.replace(one, two)
    found = [m for m in _RELATION.finditer(row) if _depth(row[: m.start()]) == 0]
    ends = [0, *(end for m in found for end in m.span()), len(row)]
    sides = [row[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)]
    signs = [m[0].lstrip("&") for m in found]
    if len(sides) < 2 or not all(s.strip() for s in sides):
        raise TexError(f"`{row}` is no relation")
    values, room = [], mp.mpf(0)
    for side in sides:
        reader = _Reader(side, scene)
        values.append(reader.whole())
        room = max(room, reader.left_out)
    if scene.meaning.order:
        room = max(room, abs(scene.read(scene.meaning.order)))
    elif re.search(r"\\(?:approx|to)\b", row):
        raise TexError(f"`{row}`: up to what? write `order: h`")
    for sign, one, two in zip(signs, values, values[1:], strict=False):
        if np.shape(one) != np.shape(two):
            raise TexError(f"`{row}`: shapes {np.shape(one)} and {np.shape(two)}")
        for a, b in zip(np.ravel(one), np.ravel(two), strict=True):
            gap = abs(a - b)
            equal = gap <= mp.mpf(ROOM) * (1 + abs(a)) + FACTOR * room
            holds = {
                "\\le": a.real <= b.real,
                "\\ge": a.real >= b.real,
                "<": a.real < b.real,
                ">": a.real > b.real,
                "\\ne": not equal,
            }.get(sign, equal)
            if scene.meaning.tight:
                holds = holds and gap <= mp.mpf(scene.meaning.tight) * abs(b)
            if not holds:
                at = ", ".join(
                    f"{n} = {mp.nstr(v, 4)}"
                    for n, v in scene.given.items()
                    if not isinstance(v, np.ndarray) and n not in ("e", "pi", "±")
                )
                raise TexError(
                    f"`{row}`: the sides are {mp.nstr(a, 9)} and {mp.nstr(b, 9)}"
                    + (f" at {at}" if at else "")
                )
    return len(signs)


def page_faults(page: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the ``equation`` fences of a page."""
    for fence in snippets.fences(text):
        if fence.header == LANGUAGE:
            try:
                check(fence.code)
            except EquationError as error:
                yield f"{page}:{fence.line + error.line}: {error}"
