"""The programs of an entry, one beside the other: plain, accurate, and as frameworks have them.

The choice is made by radio inputs and a style sheet, without a script; `docs/assets/entry.js` keeps
it from page to page and adds the buttons that copy.
"""

import html
import posixpath
from dataclasses import dataclass

import numpy as np

from derivref import catalog
from derivref.program import fitted, program
from derivref.records import WIDTH, Scalar
from derivref.site.lint import needs
from derivref.site.markdown import fences
from derivref.site.show.accuracy import price, ulp
from derivref.site.show.frameworks import recorded
from derivref.verify import plain

FOLDER = "assets/generated/code"


@dataclass(frozen=True)
class Form:
    """One program for the functions of an entry."""

    key: str
    title: str
    code: str  # imports and functions
    said: str  # what it costs, Markdown

    def whole(self, example: str) -> str:
        """Return the program with an example, as it is copied, downloaded and tested."""
        return f"{self.code.rstrip()}\n\n\n{example.strip()}\n"

    def file(self, record: Scalar) -> str:
        """Return the path of its download, below docs/."""
        return f"{FOLDER}/{record.family}/{self.key}/{record.name}.py"


def code_forms(record: Scalar) -> list[Form]:
    """Return the programs in NumPy: the plain and the accurate one, or the one that is both."""
    errors = [max(float(ulp(record, n, t)) for n in range(3)) for t in (np.float64, np.float32)]
    exact = f"Error ≤ {errors[0]:g} ULP in float64, {errors[1]:g} in float32, at every magnitude."
    accurate = fitted(program(*record.codes.values()), WIDTH)
    if not record.plain:
        return [Form("numpy", "NumPy", plain.short(record) or accurate, exact)]
    return [
        Form("plain", "Plain", record.plain.strip() + "\n", price(record)),
        Form("accurate", "Accurate", accurate, exact),
    ]


def downloads() -> dict[str, bytes]:
    """Return the programs that the entries offer as files, each with its path below docs/."""
    return {
        form.file(record): form.whole(record.example).encode()
        for record in catalog.records("scalar")
        for form in code_forms(record)
    }


def tabbed(record: Scalar, anchor: str = "") -> str:
    """Return the programs of an entry as tabs, each with what it costs and its example.

    Parameters
    ----------
    record : Scalar
        The entry.
    anchor : str
        An id for the block, "" for none.

    Raises
    ------
    Fault
        If a program fails with the example of the entry; the message has the line.
    """
    group = f"form-{record.name.replace('_', '-')}"
    ours, theirs = code_forms(record), recorded(record)
    titles = [(f.key, f.title) for f in ours] + [(key, title) for key, title, *_ in theirs]
    choices = "".join(
        f'<input type="radio" name="{group}" id="{group}-{key}" value="{key}"'
        f"{' checked' if n == 0 else ''}>"
        f'<label for="{group}-{key}">{html.escape(title)}</label>'
        for n, (key, title) in enumerate(titles)
    )
    panels = [_panel(record, form) for form in ours]
    panels += [
        f'<div class="form recorded" markdown>\n\n```python\n{code.strip()}\n```\n\n{said}\n'
        "{.price}\n\n</div>"
        for _, _, code, said in theirs
    ]
    named = f' id="{anchor}"' if anchor else ""
    inner = "\n\n".join(panels)
    return f"""\
<div class="forms"{named} markdown>
<fieldset class="form-choice"><legend class="visually-hidden">Form of the code</legend>\
{choices}</fieldset>

{inner}

</div>
"""


def _panel(record: Scalar, form: Form) -> str:
    whole = form.whole(record.example)
    printed = needs.unmet(whole) or fences.output(whole, True)
    page = catalog.address(record).partition("#")[0]
    file = posixpath.relpath(form.file(record), posixpath.dirname(page))
    return f"""\
<div class="form" markdown>

```python
{form.code.strip()}
```

{form.said} [{record.name}.py]({file}){{ .download download="{record.name}.py" }}
{{.price}}

<details class="trial" markdown>
<summary>Example, and what it prints</summary>

```python
{record.example.strip()}
```

<div class="result" markdown>

```text
{printed.strip()}
```

</div>

</details>

</div>"""
