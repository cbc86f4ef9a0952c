"""The one error that stops a build."""

from pymdownx.superfences import SuperFencesException


class Fault(SuperFencesException):  # type: ignore[misc]  # pymdownx is untyped
    """A fault in a page, with what is wrong and what to do.

    SuperFences swallows every other exception raised while it formats a fence, and publishes the
    raw text instead.
    """
