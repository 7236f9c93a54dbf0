"""The pages, one module for each part of the work; a page registers itself with `ransel.hospital.gate.page`."""

from __future__ import annotations

import pkgutil
from importlib import import_module


def register_all() -> None:
    """Import every module of pages."""
    for found in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
