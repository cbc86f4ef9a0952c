"""The records that hold a family's facts; see `derivref.records`."""

from derivref.records import *  # noqa: F403
from derivref.records import __all__ as __all__
