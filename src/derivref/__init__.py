"""Derivatives for machine learning: functions, their slopes, and the tools that check them."""

__version__ = "0.1.0"
