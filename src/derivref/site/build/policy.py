"""A content security policy for every page: what is not from this site neither runs nor loads.

Each page carries its own as a ``<meta>``, with the digests of the scripts in it, and the file
``_headers``, which several hosts of static sites read, has one that admits those of all pages.
"""

import base64
import hashlib
import re
from pathlib import Path

# No page may be made to run what it did not come with. Two exceptions: the search is WebAssembly,
# and formulas are laid out by style attributes. Pictures may stand in a style sheet, as data.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
HEADERS = """\
/*
  Content-Security-Policy: {policy}; frame-ancestors 'none'
  Referrer-Policy: strict-origin-when-cross-origin
  X-Content-Type-Options: nosniff

# Their names change with them.
/assets/site-*
  Cache-Control: public, max-age=31536000, immutable
/assets/maths-*
  Cache-Control: public, max-age=31536000, immutable
"""

_INLINE = re.compile(r"<script(?![^>]*\s(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
_CHARSET = re.compile(r"<meta charset=\"utf-8\">")


def digests(text: str) -> list[str]:
    """Return the digests of the scripts that stand in a page, as a policy names them.

    Parameters
    ----------
    text : str
        The HTML of a page.

    Returns
    -------
    list of str
        ``'sha256-…'`` each, sorted. A ``type`` marks data, which never runs.
    """
    found = {hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(text)}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)


def policy(scripts: list[str]) -> str:
    """Return the policy that admits the scripts of these digests."""
    rules = {**POLICY, "script-src": " ".join([POLICY["script-src"], *scripts])}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def secure(site: Path) -> None:
    """Give every page of a built site its policy, and write ``_headers``.

    It comes last: a script that is added or changed after it does not run.
    """
    every: set[str] = set()
    for file in sorted(site.rglob("*.html")):
        text = file.read_text("utf-8")
        scripts = digests(text)
        every |= {*scripts}
        tag = f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts)}">'
        file.write_text(_CHARSET.sub(lambda m, tag=tag: m[0] + tag, text, count=1), "utf-8")  # type: ignore[misc]
    (site / "_headers").write_text(HEADERS.format(policy=policy(sorted(every))), "utf-8")
