"""TeX read back into numbers: what a formula on a page says, whatever wrote it.

The reader knows the notation of the pages and shares nothing with what writes it: fractions, roots,
powers, primes, products without a sign, functions with and without brackets, cases, absolute
values. What it does not know it names.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import mpmath as mp

Value = Any  # a number of mpmath
Names = Mapping[str, Value]  # letters, primed ones too: "x", "alpha", "u'"
Functions = Mapping[str, Callable[..., Value]]

_TOKEN = re.compile(
    r"\\(?:operatorname|mathrm|text)\{(?P<name>[^{}]*)\}|\\(?P<command>[a-zA-Z]+|.)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<letter>[a-zA-Zα-ωΑ-Ω])|(?P<sign>\S)"
)
_SPACES = {",", ";", ":", "!", " ", "quad", "qquad", "displaystyle", "nobreak", "limits"}
_USUAL = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp")
_STANDARD: dict[str, Callable[..., Value]] = {
    **{name: getattr(mp, name) for name in _USUAL},
    **{"arc" + name: getattr(mp, "a" + name) for name in ("sin", "cos", "tan")},
    **{"ar" + name: getattr(mp, "a" + name) for name in ("sinh", "cosh", "tanh")},
    "ln": mp.log,
    "log": mp.log,
    "log1p": lambda x: mp.log(1 + x),
    "expm1": lambda x: mp.exp(x) - 1,
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "sigma": lambda x: 1 / (1 + mp.exp(-x)),
    "Phi": mp.ncdf,
    "varphi": mp.npdf,
    "phi": mp.npdf,
    "max": max,
    "min": min,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "Gamma": mp.gamma,
    "psi": mp.digamma,
    **{"psi" + "'" * n: partial(mp.polygamma, n) for n in (1, 2, 3)},
    "Gamma'": lambda x: mp.gamma(x) * mp.digamma(x),
}
_FRACTIONS = ("frac", "tfrac", "dfrac", "binom")
_CLOSE = {"(": ")", "[": "]", "lvert": "rvert", "|": "|", "lfloor": "rfloor"}


class TexError(ValueError):
    """TeX that the reader does not know."""


def evaluate(tex: str, names: Names, functions: Functions | None = None) -> Value:
    """Return the value of a formula.

    Parameters
    ----------
    tex : str
        TeX without a relation, as the pages write it.
    names : mapping
        The values of letters; ``e`` and ``pi`` are known.
    functions : mapping, optional
        Further functions, by name.

    Raises
    ------
    TexError
        If it has an unknown name or notation.
    """
    return _Reader(tex, names, functions or {}).whole()


class _Reader:
    def __init__(self, tex: str, names: Names, functions: Functions) -> None:
        self.tex = tex
        self.names = {"e": mp.e, "pi": mp.pi, **names}
        self.functions = {**_STANDARD, **functions}
        self.tokens = [
            (kind, match[kind].replace("\\_", "_"))
            for match in _TOKEN.finditer(tex)
            for kind in [str(match.lastgroup)]
            if not (
                kind == "command"
                and match[kind]
                in _SPACES | {"left", "right", "big", "bigl", "bigr", "Bigl", "Bigr"}
            )
        ]
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, text: str = "") -> tuple[str, str]:
        found = self.peek()
        if text and found[1] != text:
            raise TexError(f"`{self.tex}`: expected `{text}`, got `{found[1] or 'its end'}`")
        self.at += 1
        return found

    def rest(self) -> str:
        """Return the tokens from the last one taken on, without spaces."""
        return "".join(text for _, text in self.tokens[self.at - 1 :])

    def whole(self) -> Value:
        value = self.sum()
        if self.peek()[0] != "end":
            raise TexError(f"`{self.tex}`: `{self.peek()[1]}` is not understood")
        return value

    def sum(self) -> Value:
        value = self.product()
        while self.peek() in (("sign", "+"), ("sign", "-")):
            sign = self.take()[1]
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Value:
        if self.peek() == ("sign", "-"):
            self.take()
            return -self.product()
        value = self.power()
        while True:
            if self.peek()[1] in ("cdot", "times", "*"):
                self.take()
                value *= self.power()
            elif self.peek()[1] == "/":
                self.take()
                value /= self.power()
            elif self.begins():
                value *= self.power()
            else:
                return value

    def begins(self) -> bool:
        kind, text = self.peek()
        if kind == "sign":
            return text in "([{"
        if kind == "command":
            return text in {*_FRACTIONS, "sqrt", "lvert", "lfloor", "begin"} or self.known(text)
        return kind in ("number", "letter", "name")

    def known(self, text: str) -> bool:
        known = text in self.names or text in self.functions
        return known or any(name.startswith(f"{text}_") for name in self.names)

    def power(self) -> Value:
        base = self.atom()
        while self.peek()[1] in ("^", "!"):
            factorial = self.take()[1] == "!"
            base = mp.factorial(base) if factorial else mp.power(base, self.argument())
        return base

    def argument(self) -> Value:
        """Read what an exponent or a fraction takes: a group in braces, or one character."""
        if self.peek()[1] == "{":
            return self.group("{", "}")
        kind, text = self.peek()
        if kind == "number" and len(text) > 1:
            # Two tokens from now on: the terms of a sum are read again and again.
            self.tokens[self.at : self.at + 1] = [(kind, text[0]), (kind, text[1:])]
        return self.atom()

    def group(self, start: str, end: str) -> Value:
        self.take(start)
        value = self.sum()
        self.take(end)
        return value

    def atom(self) -> Value:
        kind, text = self.peek()
        if kind == "number":
            self.take()
            return mp.mpf(text)
        if text in ("(", "[", "{"):
            return self.group(text, {"{": "}"}.get(text) or _CLOSE[text])
        if text in ("lvert", "|", "lfloor"):
            value = self.group(text, _CLOSE[text])
            return mp.floor(value) if text == "lfloor" else abs(value)
        if text in _FRACTIONS:
            self.take()
            upper = self.argument()
            lower = self.argument()
            return mp.binomial(upper, lower) if text == "binom" else upper / lower
        if text == "sqrt":
            self.take()
            degree = self.group("[", "]") if self.peek()[1] == "[" else 2
            inner = self.argument()
            return mp.cbrt(inner) if degree == 3 else mp.root(inner, int(degree))
        if text == "begin":
            return self.cases()
        if kind in ("command", "letter", "name"):
            return self.named(self.take()[1])
        raise TexError(f"`{self.tex}`: `{text or 'its end'}` is not understood")

    def named(self, name: str) -> Value:
        primes = ""
        subscript = re.match(r"_(?:\{(\w+)\}|(\w))", self.rest()[len(name) :])
        if subscript and (full := f"{name}_{subscript[1] or subscript[2]}") in self.names:
            for _ in re.findall(r"\d+|\w|[_{}]", subscript[0]):
                self.take()
            return self.names[full]
        while self.peek()[1] == "'":
            primes += self.take()[1]
        if name + primes in self.names and not (primes == "" and name in self.functions):
            return self.names[name + primes]
        function = self.functions.get(name + primes)
        if function is None:
            raise TexError(f"`{self.tex}`: `{name}{primes}` is not known")
        base = exponent = None
        while self.peek()[1] in ("_", "^"):
            if self.take()[1] == "_":
                base = self.argument()
            elif re.match(r"\^\{\((\d)\)\}", self.rest()):
                order = int(self.rest()[3])
                function = self.functions.get(name + "'" * order)
                if function is None:
                    raise TexError(f"`{self.tex}`: derivative {order} of {name} is not known")
                for _ in range(5):
                    self.take()
            else:
                exponent = self.argument()
        given = self.arguments() if self.peek()[1] == "(" else [self.letters()]
        value = function(*given)
        if base is not None:
            value /= mp.log(base)
        return value if exponent is None else mp.power(value, exponent)

    def letters(self) -> Value:
        """Read an argument without brackets: an atom, or letters in a row, as in `ln ab`."""
        lone = self.peek()[0] == "letter"
        value = self.atom()
        while lone and self.peek()[0] == "letter":
            value *= self.atom()
        return value

    def arguments(self) -> list[Value]:
        self.take("(")
        found = [self.sum()]
        while self.peek()[1] == ",":
            self.take()
            found.append(self.sum())
        self.take(")")
        return found

    def cases(self) -> Value:
        """Read a definition by cases and return the value of the first whose condition holds."""
        for part in ("begin", "{", *"cases", "}"):
            self.take(part)
        chosen = None
        while True:
            value = self.sum()
            self.take("&")
            holds = self.condition()
            if holds and chosen is None:
                chosen = value
            if self.peek()[1] != "\\":
                break
            self.take()
        for part in ("end", "{", *"cases", "}"):
            self.take(part)
        if chosen is None:
            raise TexError(f"`{self.tex}`: no case holds")
        return chosen

    def condition(self) -> bool:
        if self.peek() == ("name", "otherwise"):
            self.take()
            return True
        left = self.sum()
        relation = self.take()[1]
        right = self.sum()
        compared = {
            "<": left < right,
            ">": left > right,
            "le": left <= right,
            "ge": left >= right,
            "=": left == right,
        }
        if relation not in compared:
            raise TexError(f"`{self.tex}`: `{relation}` is no relation of a case")
        return bool(compared[relation])
