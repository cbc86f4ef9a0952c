"""The table of integrals: each slope, read backwards, with the check by certified integration."""

from derivref import catalog, oracle
from derivref.records import Scalar
from derivref.site.fault import Fault
from derivref.site.markdown.citations import relative
from derivref.site.show.entries import domain
from derivref.site.show.frame import grid
from derivref.verify import integrals


def integral_table(page: str, *families: str) -> str:
    """Return the integrals that the slopes of families are, each certified on an interval.

    Parameters
    ----------
    page : str
        The page that shows it, below docs/.
    *families : str
        Names of families of functions.

    Raises
    ------
    Fault
        If the integral of a stated slope is not the difference of the values: both are named.
    """
    records = [r for r in catalog.records("scalar") if r.family in families and not r.corners]
    head = ("integral", "antiderivative", "its page", "on", "certified")
    return grid(head, [_row(r, page) for r in records])


def _row(record: Scalar, page: str) -> tuple[str, ...]:
    low, high = integrals.interval(record)
    if not integrals.holds(record):
        area, change = integrals.read_backwards(record)
        raise Fault(
            f"{record.full_name}: the integral of f′ from {low:g} to {high:g} is {area}, "
            f"the difference of f {change}"
        )
    return (
        rf"$\int {oracle.latex(record, 1)}\,dx$",
        f"${oracle.latex(record, 0)} + C$",
        f"[{record.title}]({relative(catalog.address(record), page)})",
        domain(record),
        f"from {low:g} to {high:g}",
    )
