"""Build a project of the full size, cold and warm, and print where the time goes.

Run ``python benchmarks/scale.py`` from anywhere, ``--share 0.2`` for a fifth of it. In a temporary
folder it copies the tree and fills it up to `SIZE` from templates: the records and derivations that
there are, with other constants, so that nothing kept for one serves another. Seconds are of
processor time, all processes together, which other work on the machine disturbs least; beside them
stands the time on the clock.
"""

import argparse
import functools
import importlib
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SIZE = {"scalar": 220, "operator": 90, "identity": 110, "exercise": 180}
SHARED = 45  # statements on a page
PYTHON = ROOT / ".venv/bin/python"

# What a build spends its time on: the part, and the functions whose time is its own.
PARTS = {
    "search index": ["derivref.site.build.search:index"],
    "API pages (mkdocstrings)": ["mkdocstrings:AutoDocProcessor.run"],
    "fences, executed": ["derivref.site.markdown.fences:execute"],
    "derivations": ["derivref.derivation:check"],
    "verification": ["derivref.verify.kinds:checks", "derivref.oracle:measure"],
    "figures": ["derivref.site.show.figures:figure"],
    "formulas (KaTeX)": ["derivref.site.markdown.maths:_katex_html"],
    "code, highlighted": ["pymdownx.highlight:Highlight.highlight"],
    "Markdown, the rest": ["markdown:Markdown.convert"],
    "templates (Jinja)": ["jinja2:Template.render"],
    "preparation": ["derivref.site.build.prepare:prepare"],
    "inspection": ["derivref.site.lint.inspection:inspect"],
}

SCALAR = '''

def {name}(x):
    """Multiplies {base} by {c}."""
    return {c} * {base}(x)


def d_{name}(x):
    """Multiplies the slope by {c}."""
    return {c} * d_{base}(x)


def d2_{name}(x):
    """Multiplies the curvature by {c}."""
    return {c} * d2_{base}(x)


add(
    {name},
    d_{name},
    d2_{name},
    title="{title}",
    use="One of many.",
    expr="{c}*({expr})",
    domain={domain},
    excluded={excluded},
    period={period!r},
    limits={limits},
    kinks={kinks},
    tutorial=Tutorial(f="{c} * ({usual.f})", d="{c} * ({usual.d})"),
    example="""\\
x = np.array({x})
print({name}(x).round(4))
print(d_{name}(x).round(4))
assert {name}(x).shape == x.shape
""",
    promise={promise},
)
'''

SCALAR_PAGE = """\
---
title: {title}
description: {title}, its derivatives, code that keeps its digits, and where others fail.
---

# {title}

```python exec="on" idprefix=""
from derivref.site import entry

print(entry("{full}"))
```

## Derivation {{#derivation}}

With $c = {c}$ the product rule is all there is, and $e^{{{c} x}}$ is its own slope but for $c$:

```derivation
id: {id}
domain: x in R
Derivative(x**2*exp({c}*x), x) | what is wanted
2*x*exp({c}*x) + x**2*Derivative(exp({c}*x), x) | the product rule
2*x*exp({c}*x) + {c}*x**2*exp({c}*x) | the chain rule
x*(2 + {c}*x)*exp({c}*x) | collect
```

## Traps {{#traps}}

{programs}

```python exec="on" idprefix=""
from derivref.site import details

print(details("{full}"))
```
"""

PROGRAM = """\
**Trap {k} of {title}.** A difference of two squares keeps its digits as a product:

```python exec="on" source="block" result="text"
import numpy as np

a, b = np.array([1.5, 2.5]), {c} + {k}
print((a * a - b * b).round(3))
print(((a - b) * (a + b)).round(3))
assert np.allclose(a * a - b * b, (a - b) * (a + b), rtol=1e-12, atol=1e-12)
```
"""

OPERATOR = '''

def {name}(z):
    """Multiplies {base} by {c}."""
    return {c} * {base}(z)


def vjp_{name}(cotangent, z):
    """Pulls {c} times the cotangent back."""
    return vjp_{base}({c} * cotangent, z)


add(
    {name},
    vjp_{name},
    title="{title}",
    use="One of many.",
    arguments={{"z": SCORES}},
    output="{output}",
    formula=r"y = {c}\\,(\\dots)",
    slope=r"\\bar z = {c}\\,(\\dots)",
    exact=lambda m, z: {exact},
    usual="{c} * np.exp(z)",
    kept="The weights.",
    cost="One exponential per score.",
    example="""\\
z = np.array([1.0, 2.0, {c}])
print({name}(z).round(4))
assert np.isfinite({name}(z)).all()
""",
    empty=False,
)
'''

IDENTITY = """

add(
    name="{name}",
    title="{title}",
    use="One of many.",
    left="Derivative(sin({c}*x)*exp(x), x)",
    right="({c}*cos({c}*x) + sin({c}*x))*exp(x)",
    needs="nothing",
)
"""

EXERCISE = """

add(
    name="{name}",
    title="{title}",
    use="The product rule.",
    question="Differentiate $x^2 e^{{{c} x}}$.",
    problem="Derivative(x**2*exp({c}*x), x)",
    answer="x*({c}*x + 2)*exp({c}*x)",
    solution=\"\"\"\\
2*x*exp({c}*x) + {c}*x**2*exp({c}*x) | the product rule
x*({c}*x + 2)*exp({c}*x) | collect
\"\"\",
    level="standard",
    hint="Two factors.",
    mistakes=(("2*x*exp({c}*x)", "one factor only"),),
)
"""

FAMILY = '''\
"""{title}, to see what many of them cost."""

from derivref.records import Family, {kind}

FAMILY: Family[{kind}] = Family(
    "{name}", "{title}", page="{page}", index="{index}", kind={kind}
)
FAMILY.load(__name__)
'''

INDEX = """\
---
title: {title}
description: {title}, one after the other, to see how long a page of many takes to build.
---

# {title}

```python exec="on" idprefix=""
from derivref.site import table

print(table("{name}"))
```
"""

SECTION = """
## {title} {{#{name}}}

```python exec="on" idprefix=""
from derivref.site import entry

print(entry("{full}"))
```
"""


class Project:
    """A copy of the tree that grows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(ROOT / "node_modules")
        self.families: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Write a file, in a folder of its own if need be."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def family(self, name: str, kind: str, page: str, index: str, body: str) -> None:
        """Add a package of records with its index page."""
        title = name.replace("_", " ").capitalize()
        package = f"src/derivref/{name}"
        self.write(
            f"{package}/__init__.py",
            FAMILY.format(title=title, kind=kind, name=name, page=page, index=index),
        )
        self.write(f"{package}/all.py", f'"""All of them."""\n{body}')
        self.families.append(name)

    def statements(self, kind: str, template: str, folder: str, count: int) -> None:
        """Add families of statements, which share the page of their index."""
        for first in range(0, count, SHARED):
            name = f"{kind.lower()}_set_{first // SHARED + 1}"
            page = f"{folder}/{name}.md"
            title = name.replace("_", " ").capitalize()
            body, text = "", INDEX.format(title=title, name=name)
            for k in range(first, min(first + SHARED, count)):
                own, told = f"{kind.lower()}_{k + 1}", f"{kind} {k + 1}"
                body += template.format(name=own, title=told, c=k + 2)
                text += SECTION.format(title=told, name=own, full=f"{name}.{own}")
            head = f"from derivref.{name} import FAMILY\n\nadd = FAMILY.add\n"
            self.family(name, kind, f"{page}#{{name}}", page, head + body)
            self.write(f"docs/{page}", text)

    def scalars(self, count: int) -> None:
        """Add scalar functions, each with a page, a derivation and programs."""
        from derivref import catalog

        # A limit such as pi/2 is no more a multiple to the last bit.
        bases = [r for r in catalog.records("scalar") if not r.parameters and whole(r)]
        body, modules = "", {}
        for k in range(count):
            # Above 1: a multiple below 1 would be finite where the function has overflowed.
            base, c = bases[k % len(bases)], 1 + (k + 1) / 512
            name, title = f"{base.name}_{k + 1}", f"{base.title} {k + 1}"
            modules.setdefault(base.f.__module__, set()).add(base.name)
            limits = [
                tuple(v if isinstance(v, str) else c * v for v in pair)
                for pair in (base.limits.f, base.limits.d, base.limits.d2)
            ]
            kinks = "".join(
                f'Kink(at={q.at}, slope={c * q.slope}, why="As there."), ' for q in base.corners
            )
            points = [v for v in (0.3, 0.6, 0.9, 1.5, 2.5) if base.domain[0] < v < base.domain[1]]
            body += SCALAR.format(
                c=c,
                name=name,
                title=title,
                base=base.name,
                expr=base.expr,
                domain=base.domain,
                excluded=base.excluded,
                period=base.period,
                limits="Limits(f={!r}, d={!r}, d2={!r})".format(*limits),
                kinks=f"({kinks})",
                usual=base.tutorial,
                x=points,
                promise=base.promise + 2,
            )
            page = SCALAR_PAGE.format(
                title=title,
                full=f"scaled.{name}",
                id=name.replace("_", "-"),
                c=k + 2,
                programs="\n".join(PROGRAM.format(k=j, title=title, c=c) for j in (1, 2)),
            )
            self.write(f"docs/reference/scaled/{name}.md", page)
        head = "from math import inf\n\nimport numpy as np\n\n"
        for module, names in sorted(modules.items()):
            names = [f"{p}{n}" for n in sorted(names) for p in ("", "d_", "d2_")]
            head += f"from {module} import {', '.join(names)}\n"
        head += "from derivref.records import Kink, Limits, Tutorial\n"
        head += "from derivref.scaled import FAMILY\n\nadd = FAMILY.add\n"
        index = "reference/scaled/index.md"
        self.family("scaled", "Scalar", "reference/scaled/{name}.md", index, head + body)
        self.write(f"docs/{index}", INDEX.format(title="Scaled functions", name="scaled"))

    def operators(self, count: int) -> None:
        """Add operators, each with a page and a derivation."""
        body = ""
        exact = {
            "softmax": "[m.mpf({c}) / m.fsum(m.exp(v - w) for v in z) for w in z]",
            "logsumexp": "m.mpf({c}) * m.log(m.fsum(m.exp(v) for v in z))",
        }
        for k in range(count):
            base, c = ("softmax", "logsumexp")[k % 2], 1 - (k + 1) / 512
            name, title = f"{base}_{k + 1}", f"{base.capitalize()} {k + 1}"
            body += OPERATOR.format(
                name=name,
                title=title,
                base=base,
                c=c,
                output="(..., n)" if base == "softmax" else "(...)",
                exact=exact[base].format(c=c),
            )
            page = SCALAR_PAGE.format(
                title=title,
                full=f"scaled_layers.{name}",
                id=name.replace("_", "-"),
                c=k + 1000,
                programs=PROGRAM.format(k=1, title=title, c=c),
            )
            self.write(f"docs/reference/scaled_layers/{name}.md", page)
        from derivref import catalog

        module = catalog.get("layers.softmax").f.__module__
        head = f"""\
import numpy as np

from {module} import SCORES, logsumexp, softmax, vjp_logsumexp, vjp_softmax
from derivref.scaled_layers import FAMILY

add = FAMILY.add
"""
        index = "reference/scaled_layers/index.md"
        page = "reference/scaled_layers/{name}.md"
        self.family("scaled_layers", "Operator", page, index, head + body)
        self.write(f"docs/{index}", INDEX.format(title="Scaled layers", name="scaled_layers"))

    def finish(self) -> None:
        """Add the families to the catalogue, and all pages to the navigation."""
        path = self.folder / "src/derivref/catalog.py"
        names = "".join(f', "{name}"' for name in self.families)
        text = path.read_text("utf-8")
        grown = text.replace('"exercises")', f'"exercises"{names})', 1)
        if grown == text:
            raise ValueError("catalog.py: PACKAGES no longer ends in `exercises`: mend `finish`")
        path.write_text(grown, "utf-8")
        self.run("derivref.site.build.navigation")
        self.run("derivref.site.lint.spans")  # words of the new pages that nothing computes

    def run(self, module: str, *arguments: str, **more: str) -> None:
        """Run a module of the copy."""
        environment = {
            **os.environ,
            "PYTHONPATH": f"{self.folder / 'src'}{os.pathsep}{self.folder}",
            "DERIVREF_CACHE": str(self.folder / ".cache/derivref"),
            "NO_MKDOCS_2_WARNING": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "SOURCE_DATE_EPOCH": "315532800",
            **more,
        }
        command = [str(PYTHON), "-m", module, *arguments]
        subprocess.run(command, cwd=self.folder, env=environment, check=True)


def whole(record: Any) -> bool:
    """Say whether the limits of a function are whole numbers, infinite, or do not exist."""
    ends = [value for pair in record.ends.values() for value in pair]
    return all(math.isinf(e) or math.isnan(e) or e == round(e) for e in ends)


def generate(folder: Path, share: float) -> Project:
    """Return a project with `share` of the full size."""
    from derivref import catalog

    project = Project(folder)
    lack = {k: int(share * (n - len(list(catalog.records(k))))) for k, n in SIZE.items()}
    project.scalars(lack["scalar"])
    project.operators(lack["operator"])
    project.statements("Identity", IDENTITY, "reference", lack["identity"])
    project.statements("Exercise", EXERCISE, "practice", lack["exercise"])
    project.finish()
    return project


class Times:
    """Processor time by part: what a part calls of another is the other's."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.running: list[str] = ["everything else"]
        self.since = time.process_time()

    def switch(self) -> None:
        """Book the time since the last switch on what is running."""
        now = time.process_time()
        part = self.running[-1]
        self.spent[part] = self.spent.get(part, 0.0) + now - self.since
        self.since = now

    def watch(self, part: str, address: str) -> None:
        """Replace a function by one whose time is booked."""
        module, _, path = address.partition(":")
        holder: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for attribute in outer:
            holder = getattr(holder, attribute)
        plain: Callable[..., Any] = getattr(holder, name)

        @functools.wraps(plain)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.switch()
            self.running.append(part)
            try:
                return plain(*args, **kwargs)
            finally:
                self.switch()
                self.running.pop()

        setattr(holder, name, watched)
        for other in list(sys.modules.values()):  # who has imported it by name
            if getattr(other, name, None) is plain:
                setattr(other, name, watched)


def timed() -> None:
    """Build the site of the working directory and print the time of each part."""
    times = Times()
    from derivref.site.build import strict

    for module in ("derivref.verify", "derivref.site.show.ledger", "derivref.site.show.pages"):
        importlib.import_module(module)
    for part, addresses in PARTS.items():
        for address in addresses:
            times.watch(part, address)
    start = time.monotonic()
    sys.argv = ["build"]
    strict.main()
    times.switch()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    times.spent["other processes"] = children.ru_utime + children.ru_stime
    total = sum(times.spent.values())
    for part, seconds in sorted(times.spent.items(), key=lambda item: -item[1]):
        print(f"  {part:26} {seconds:8.1f} s  {100 * seconds / total:4.0f} %")
    print(f"  {'total':26} {total:8.1f} s, {time.monotonic() - start:.1f} s on the clock")


def main() -> None:
    """Generate, build twice, and say how long each took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the full size, 0 to 1")
    parser.add_argument("--keep", type=Path, help="a folder for the project, which is not removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        project = generate(options.keep or Path(temporary), options.share)
        docs = list((project.folder / "docs").rglob("*.md"))
        texts = [page.read_text("utf-8") for page in docs]
        fences = sum(text.count("```python exec") for text in texts)
        proofs = sum(text.count("```derivation") for text in texts)
        print(f"{len(docs)} pages, {fences} fences, {proofs} derivations", flush=True)
        shutil.copy(__file__, project.folder / "timed.py")
        for state in ("cold", "warm"):
            print(state, flush=True)
            project.run("timed", "--timed")


if __name__ == "__main__":
    timed() if "--timed" in sys.argv else main()
