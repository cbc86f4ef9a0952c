"""What a fact is: the kinds of record, what every record has, and the families that hold them."""

from derivref.records.base import Function, Parameter, Record, number
from derivref.records.families import Family
from derivref.records.public import public
from derivref.records.scalar import (
    ORDERS,
    OSCILLATES,
    Case,
    Corner,
    Kink,
    Limits,
    Scalar,
    Tutorial,
)

__all__ = [
    "ORDERS",
    "OSCILLATES",
    "Case",
    "Corner",
    "Family",
    "Function",
    "Kink",
    "Limits",
    "Parameter",
    "Record",
    "Scalar",
    "Tutorial",
    "number",
    "public",
]
