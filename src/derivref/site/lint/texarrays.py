"""The formulas of functions of arrays read back: sums, indices, cotangents, products of matrices.

What the page shows of a value and of a backward pass is evaluated at drawn arguments, component by
component, and compared with the code. The reader adds to that of formulas in one variable: indices,
sums over them, ``[i = j]``, bars and hats, abbreviations with indices, ``softmax``, matrices.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import mpmath as mp
import numpy as np
from numpy.typing import NDArray
from scipy import special

from derivref.records import Operator, Option
from derivref.records.arrays import instances
from derivref.records.wrapped import public
from derivref.site.lint.texvalues import TexError, _Reader

Array = NDArray[Any]
ROOM = 1e-9  # of the largest component: the formula is evaluated in float64
MARKS = ("bar", "hat", "tilde")
USED = re.compile(r"((?:\\(?:bar|hat|tilde) ?)?)(\\?[A-Za-z]+)_(\{[^{}]*\}|\w)")
DECLARED = re.compile(
    r"^(?P<name>(?:\\(?:bar|hat|tilde) )?\\?[A-Za-z]+)(?:_\{?(?P<index>\w+)\}?)?$"
)


def softmax(z: Array) -> Array:
    """Return the softmax along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    found: Array = e / e.sum(axis=-1, keepdims=True)
    return found


def _extreme(pick: Any, *given: Any) -> Any:
    """Return the extreme of an array, or of several numbers."""
    return pick(given[0] if len(given) == 1 else given)


class _Arrays(_Reader):
    """A reader that knows arrays by name, and abbreviations that are read where they are used."""

    def __init__(
        self,
        tex: str,
        names: Mapping[str, Any],
        short: Mapping[str, tuple[list[str], str]],
        sizes: Mapping[str, int],
        kept: dict[Any, Any] | None = None,
    ) -> None:
        functions: dict[str, Any] = {"softmax": softmax}
        functions |= {"ln": np.log, "exp": np.exp, "log": np.log, "sgn": np.sign}
        functions |= {"Gamma": special.gamma, "psi": special.digamma}
        functions |= {"max": partial(_extreme, np.max), "min": partial(_extreme, np.min)}
        super().__init__(tex, names, functions)
        self.short, self.sizes = short, sizes
        # Entries of abbreviations: a gate of a cell is asked for thousands of times.
        self.kept = {} if kept is None else kept
        self.tokens = list(_marked(self.tokens))

    def product(self) -> Any:
        if self.peek() == ("sign", "-"):
            self.take()
            return -self.product()
        value = self.power()
        while True:
            kind, text = self.peek()
            if text in ("cdot", "odot", "times", "*"):
                self.take()
                value = value * self.power()
            elif text == "/":
                self.take()
                value = value / self.power()
            elif self.begins() or (kind == "command" and text in ("sum", "prod")):
                other = self.power()
                matrices = np.ndim(value) and np.ndim(other)
                value = value @ other if matrices else value * other
            else:
                return value

    def known(self, text: str) -> bool:
        return super().known(text) or text in self.short or text in ("sum", "prod")

    def begins(self) -> bool:
        return super().begins() or self.known(self.peek()[1])

    def power(self) -> Any:
        base = self.atom()
        while self.peek()[1] == "^":
            self.take()
            if self.peek()[1] == "top":
                self.take()
                base = np.swapaxes(base, -1, -2)
            else:
                base = base ** float(self.argument())
        return base

    def argument(self) -> Any:
        value = super().argument()
        return float(value) if isinstance(value, mp.mpf) else value

    def atom(self) -> Any:
        kind, text = self.peek()
        if text in ("sum", "prod"):
            self.take()
            return self.total(text == "prod")
        if text == "[":
            return self.iverson()
        if text == "sqrt":
            self.take()
            return np.sqrt(float(self.argument()))
        if kind == "number":
            self.take()
            return float(text)
        return super().atom()

    def iverson(self) -> Any:
        """Read ``[i = j]``, 1 where it holds; any other bracket is one."""
        start = self.at
        self.take("[")
        left = self.sum()
        if self.peek()[1] != "=":
            self.at = start
            return self.group("[", "]")
        self.take()
        right = self.sum()
        self.take("]")
        return float(left == right)

    def total(self, product: bool = False) -> Any:
        self.take("_")
        letters = [text for _, text in self.indices_text() if text != ","]
        start, value, end = self.at, float(product), self.at
        ranges = [range(self.length(letter)) for letter in letters]
        outer = {letter: self.names.get(letter) for letter in letters}
        for index in np.ndindex(*(len(r) for r in ranges)):
            self.at = start
            self.names.update(zip(letters, map(float, index), strict=True))
            value = value * self.product() if product else value + self.product()
            end = self.at
        self.at = end
        for letter, before in outer.items():
            self.names.pop(letter)
            if before is not None:
                self.names[letter] = before
        return value

    def length(self, letter: str) -> int:
        """Return how far an index runs."""
        if letter in self.sizes:
            return self.sizes[letter]
        raise TexError(f"`{self.tex}`: nothing says how far the index `{letter}` runs")

    def indices_text(self) -> list[tuple[str, str]]:
        if self.peek()[1] != "{":
            return [self.take()]
        self.take()
        found, depth = [], 1
        while depth:
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token[1], 0)
            found.append(token)
        return found[:-1]

    def named(self, name: str) -> Any:
        if self.peek()[1] == "_" and (name in self.short or np.ndim(self.names.get(name, 0.0))):
            self.take()
            index = self.indices()
            if name in self.short:
                return self.abbreviated(name, index)
            array = self.names[name]
            if len(index) != np.ndim(array):
                raise TexError(
                    f"`{self.tex}`: `{name}` has {np.ndim(array)} axes, not {len(index)}"
                )
            inside = all(0 <= i < n for i, n in zip(index, array.shape, strict=True))
            return float(array[tuple(index)]) if inside else 0.0  # padding
        if name in self.short:
            return self.abbreviated(name, [])
        if name in self.functions and name not in ("softmax",):
            return float(super().named(name))
        return super().named(name)

    def indices(self) -> list[int]:
        if self.peek()[1] != "{":
            return [int(self.atom())]
        self.take("{")
        start = self.at
        rest = "".join(text for _, text in self.tokens[start:])
        commas = "," in rest.partition("}")[0]
        found = [int(self.sum() if commas else self.atom())]
        while self.peek()[1] != "}":
            if commas:
                self.take(",")
            found.append(int(self.sum() if commas else self.atom()))
        self.take("}")
        return found

    def abbreviated(self, name: str, index: list[int]) -> Any:
        letters, tex = self.short[name]
        if not letters:
            array = _Arrays(tex, self.names, self.short, _ranges(tex, self), self.kept).whole()
            return float(array[tuple(index)]) if index else array
        if not index:  # as a whole
            sizes = _ranges(tex, self)
            inner = _Arrays(tex, self.names, self.short, {}, self.kept)
            return _evaluated(inner, letters, tuple(sizes[k] for k in letters))
        if len(letters) != len(index):
            raise TexError(f"`{self.tex}`: `{name}` has {len(letters)} indices, not {len(index)}")
        names = self.names | {k: float(i) for k, i in zip(letters, index, strict=True)}
        # A letter that the formula does not bind itself has the value that it has here.
        if name not in self.kept:
            self.kept[name] = _letters(name, self.short)
        seen = self.kept[name]
        bound = ((k, v) for k, v in names.items() if k in seen and np.ndim(v) == 0)
        key = (name, *index, *sorted(bound))
        if key not in self.kept:
            ranges = _ranges(tex, self)
            self.kept[key] = _Arrays(tex, names, self.short, ranges, self.kept).whole()
        return self.kept[key]


def _letters(name: str, short: Mapping[str, tuple[list[str], str]]) -> set[str]:
    """Return the letters of an abbreviation and of those that it uses."""
    used, todo = {name}, [name]
    while todo:
        tex = short[todo.pop()][1]
        new = {k for k in short if k.rpartition(" ")[2] in tex} - used
        used |= new
        todo += new
    tex = " ".join(short[k][1] for k in used)
    return set(re.findall("[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", tex)))


def _ranges(tex: str, reader: _Arrays, deep: int = 4) -> dict[str, int]:
    """Return how far the indices of a formula run: as the axes do in whose places they stand."""
    found: dict[str, int] = {}
    for mark, letter, group in USED.findall(tex):
        name = (mark + letter).replace("\\", "")
        entries = group.strip("{}")
        index = (
            entries.split(",") if "," in entries else re.findall(r"\\?[A-Za-z](?:_\w)?", entries)
        )
        shape: tuple[int | None, ...] = ()
        if name in reader.names and np.ndim(reader.names[name]):
            shape = np.shape(reader.names[name])
        elif name in reader.short and deep:
            letters, inner = reader.short[name]
            sizes = _ranges(inner, reader, deep - 1)
            shape = tuple(sizes.get(k) for k in letters)
            if not letters:
                shape = np.shape(reader.abbreviated(name, []))
        for entry, length in zip(map(str.strip, index), shape, strict=False):
            if len(entry) == 1 and length is not None:
                found.setdefault(entry, length)
    return found


def _marked(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join a bar or a hat with the letter under it."""
    mark = ""
    for kind, text in tokens:
        if kind == "command" and text in MARKS:
            mark = text + " "
        elif mark and text in ("{", "}"):
            continue
        else:
            yield ("letter", mark + text) if mark else (kind, text)
            mark = ""


def _equations(tex: str) -> list[tuple[str, str]]:
    """Split a line of formulas at its spaces into left and right sides."""
    parts = re.split(r"[,;]?\s*\\q?quad\s*", tex)
    sides = (part.partition("=") for part in parts)
    return [(left.strip(), right.strip()) for left, _, right in sides]


def _name(tex: str) -> tuple[str, list[str]] | None:
    """Return the name of a left side, and its indices; None if it is not a name."""
    match = DECLARED.match(re.sub(r"\\(bar|hat|tilde)(?=\\)", r"\\\1 ", tex))
    if match is None:
        plain = re.match(r"^((?:\\(?:bar|hat|tilde) ?)?\\?[A-Za-z]+)_\{([\w, ]+)\}$", tex)
        if plain is None:
            return None
        name, index = plain[1], plain[2]
    else:
        name, index = match["name"], match["index"] or ""
    return name.replace("\\", ""), re.findall(r"[A-Za-z]", index)


GRADIENT = re.compile(r"^\\frac\{\\partial (?P<value>.+)\}\{\\partial (?P<argument>.+)\}$")


def formula_faults(record: Operator) -> Iterator[str]:
    """Yield where the formulas of a record, as the page shows them, are not what its code computes.

    Parameters
    ----------
    record : Operator
        The entry.

    Yields
    ------
    str
        Which formula, and both values; or what the reader does not know.
    """
    rng = np.random.default_rng(3)
    arrays = next(instances(record.arguments, rng, False, ((),), record.sizes))
    written = record.formula + record.slope + "".join(record.where.values())
    for name, argument in record.arguments.items():
        # What may be left out and is not written is left out: a mask.
        if argument.optional and (argument.symbol or name) not in written:
            arrays.pop(name)
    names: dict[str, Any] = {"e": float(mp.e), "pi": float(mp.pi)}
    sizes: dict[str, int] = {}
    for name, argument in ((n, record.arguments[n]) for n in arrays):
        sizes |= dict(zip(argument.axes, np.shape(arrays[name]), strict=True))
    names |= {k: float(v) for k, v in sizes.items() if len(k) == 1 and k not in names}
    chosen: dict[str, Any] = {}
    for name, p in record.takes.items():
        if isinstance(p, Option) and p.low is not None:
            chosen[name] = p.values[-1]  # a stride or padding that is not the usual one
        if not (isinstance(p, Option) and p.low is None):
            names[p.symbol or name] = float(chosen.get(name, record.parameters[name]))
    letters = {n: a.symbol or n for n, a in record.arguments.items()}
    names |= {letters[n]: a for n, a in arrays.items()}
    functions = public(record, record.family)
    value = np.asarray(functions[record.name](**arrays, **chosen))
    vjp = partial(functions[f"vjp_{record.name}"], **chosen)
    lines = [*_equations(record.formula), *_equations(record.slope), *record.where.items()]
    head = _name(lines[0][0])
    if head is None:
        yield f"the formula must begin with a name for the value, got `{lines[0][0]}`"
        return
    cotangent = rng.normal(size=value.shape)
    names[f"bar {head[0]}"] = cotangent
    slopes = _pulled(record, vjp(cotangent, **arrays))
    gradients = _pulled(record, vjp(np.ones_like(value), **arrays))
    heads = {left: _name(left) for left, _ in lines}
    short = {h[0]: (h[1], right) for left, right in lines if (h := heads[left])}
    claims: dict[str, Any] = {head[0]: value}
    claims |= {f"bar {letters[n]}": a for n, a in slopes.items()}
    of = {letter: n for n, letter in letters.items()}
    said = set()
    for left, right in lines:
        match, claim, want = GRADIENT.match(left), heads[left], None
        upper, lower = (_name(match["value"]), _name(match["argument"])) if match else (None, None)
        if upper and lower and upper[0] == head[0] and of.get(lower[0]) in gradients:
            taken = of[lower[0]]
            claim = lower[0], upper[1] + lower[1]
            if upper[1]:
                want = _jacobian(record, taken, vjp, arrays, value)
            else:
                want = gradients[taken]
                said.add(f"bar {lower[0]}")
        elif claim and claim[0] in claims:
            want = claims[claim[0]]
            said.add(claim[0])
        if want is None or claim is None:
            if not claim and not re.match(r"^\\\w+\(\w\)$", left):
                yield f"${left}$ is no value, cotangent, slope or abbreviation of this record"
            continue
        reader = _Arrays(right, names, {k: v for k, v in short.items() if k != claim[0]}, {})
        try:
            shown = _evaluated(reader, claim[1], np.shape(want))
        except (TexError, IndexError, ValueError, TypeError, KeyError) as error:
            yield f"the formula of ${left}$ is not understood: {error}"
            continue
        same = np.shape(shown) == np.shape(want)
        if not same or not np.allclose(shown, want, rtol=ROOM, atol=ROOM * np.abs(want).max()):
            yield f"the formula of ${left}$ gives {shown}, the code {want}"
    for missing in sorted(claims.keys() - said - {head[0]}):
        yield f"no formula says what ${missing}$ is: add it to `slope` or `where`"


def _pulled(record: Operator, found: Any) -> dict[str, Any]:
    several = found if isinstance(found, tuple) else (found,)
    return dict(zip(record.differentiable, several, strict=True))


def _jacobian(record: Operator, argument: str, vjp: Any, arrays: Any, value: Array) -> Array:
    """Return the Jacobian of the value in an argument, from the vjp of each unit vector."""
    rows = []
    for index in np.ndindex(*value.shape):
        unit = np.zeros(value.shape)
        unit[index] = 1.0
        rows.append(_pulled(record, vjp(unit, **arrays))[argument])
    return np.reshape(rows, value.shape + np.shape(rows[0]))


def _evaluated(reader: _Arrays, letters: list[str], shape: tuple[int, ...]) -> Any:
    if not letters:
        reader.sizes = _ranges(reader.tex, reader)
        return reader.whole()
    if len(letters) != len(shape):
        raise TexError(f"it has {len(letters)} indices, the array {len(shape)} axes")
    found = np.zeros(shape)
    for index in np.ndindex(*shape):
        here = reader.names | {k: float(i) for k, i in zip(letters, index, strict=True)}
        one = _Arrays(reader.tex, here, reader.short, {}, reader.kept)
        one.sizes = _ranges(reader.tex, one) | dict(zip(letters, shape, strict=True))
        found[index] = one.whole()
    return found
