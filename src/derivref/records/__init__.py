"""What a fact is: the kinds of record, what every record has, and the families that hold them."""

from derivref.records.arrays import Argument
from derivref.records.base import Function, Option, Parameter, Record, number
from derivref.records.exercise import Exercise
from derivref.records.families import Family
from derivref.records.identity import Identity, Instance
from derivref.records.operator import Operator
from derivref.records.scalar import (
    LINES,
    ORDERS,
    OSCILLATES,
    WIDTH,
    Case,
    Corner,
    Kink,
    Limits,
    Order,
    Partial,
    Scalar,
    Tutorial,
)
from derivref.records.wrapped import public

__all__ = [
    "LINES",
    "ORDERS",
    "OSCILLATES",
    "WIDTH",
    "Argument",
    "Case",
    "Corner",
    "Exercise",
    "Family",
    "Function",
    "Identity",
    "Instance",
    "Kink",
    "Limits",
    "Operator",
    "Option",
    "Order",
    "Parameter",
    "Partial",
    "Record",
    "Scalar",
    "Tutorial",
    "number",
    "public",
]
