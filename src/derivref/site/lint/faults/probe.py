"""The cheapest check of one entry, one page or the bibliography: prints what is wrong.

``python -m derivref.site.lint.faults.probe record activations.mish`` and the like; the planting
command runs it where no test is as narrow. The status is 1 if anything is wrong.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from derivref.site.lint import prose, snippets


def record(name: str) -> Iterator[str]:
    """Yield what is wrong with an entry: its checks, its facts, and what its page would show."""
    from derivref import catalog
    from derivref.site.lint import facts, reading, spans, texarrays
    from derivref.site.show import entries
    from derivref.site.show.frame import grid
    from derivref.verify import checks

    found = catalog.get(name)
    yield from spans.record_faults(found)
    if found.kind == "scalar":
        yield from facts.faults(found)
    if found.kind == "operator":
        yield from texarrays.formula_faults(found)
    for check in checks(found):
        if not check.ok:
            yield f"{check.method}: {check.detail}"
    if found.kind != "scalar":
        return
    numbers = grid(("", "value"), entries._key_numbers(found)) + entries._ends(found)
    text = f"{entries.first(found)}\n\n{numbers}\n\n{entries.kinks(found)}"
    yield from reading.entry_faults(found, reading.from_markdown(text))


def page(file: str, line: str = "") -> Iterator[str]:
    """Yield what is wrong with a page, its proofs and the program around a line."""
    from derivref.derivation import DerivationError
    from derivref.derivation import check as check_derivation
    from derivref.site.lint import claims, literature, reasons, spans

    path = Path(file)
    text = path.read_text("utf-8")
    yield from prose.front_matter_faults(text)
    yield from (f"{at}: {fault}" for at, fault in prose.heading_faults(text))
    built = prose.built(path, Path("docs"), Path("site"))
    if built.is_file():
        article = BeautifulSoup(built.read_text("utf-8"), "lxml").find("article")
        if article is not None:
            yield from (f"{at}: {fault}" for at, fault in prose.number_faults(text, article))
    yield from literature.citation_faults(file, text)
    yield from claims.page_faults(file, text)
    yield from spans.page_faults(file, text)
    yield from reasons.page_faults(file, text)
    printed = hashlib.sha256()
    for fence in snippets.fences(text):
        here = not line or fence.line <= int(line) <= fence.end
        if here and fence.header.startswith("derivation"):
            try:
                check_derivation(fence.code)
            except DerivationError as error:
                yield f"{file}:{fence.line}: {error}"
        elif here and fence.header == snippets.VISIBLE:
            tools = bool(prose.front_matter(text).get("tools"))
            for at, fault in snippets.snippet_faults(fence.code, tools):
                yield f"{file}:{fence.line + at}: {fault}"
            try:
                printed.update(snippets.run(fence.code, f"{file}:{fence.line}").encode())
            except Exception as error:
                yield f"{file}:{fence.line}: {str(error).strip().splitlines()[-1]}"
    print(f"printed {printed.hexdigest()}")


def bibliography() -> Iterator[str]:
    """Yield what is wrong with references.bib and with the citations of all pages."""
    from derivref.site.lint import literature

    yield from literature.faults()


def main() -> None:
    """Run the probe that is named."""
    kind, *arguments = sys.argv[1:]
    known = {"record": record, "page": page, "literature": bibliography}
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found = list(known[kind](*arguments))  # type: ignore[operator]
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
