"""Ransel: long infusions at home, from the prescription to the last drop."""

__version__ = "0.1.0"
