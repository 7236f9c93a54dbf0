"""What people hold in their hands: worksheets, labels, calendars, a picture for the family, one of what was given.

Pure functions from a planned course to bytes or text; nothing is written to disk here. The typesetter, the
barcode writer and the calendar library are loaded when a paper is made, so that the JSON of a course is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ransel.papers.calendars import family_calendar, staff_calendar
    from ransel.papers.infusion_picture import infusion_png, infusion_svg
    from ransel.papers.labels import label
    from ransel.papers.symbol import Symbol, data_matrix
    from ransel.papers.timeline import timeline_png, timeline_svg
    from ransel.papers.worksheets import worksheet

__all__ = [
    "Symbol",
    "data_matrix",
    "family_calendar",
    "infusion_png",
    "infusion_svg",
    "label",
    "staff_calendar",
    "timeline_png",
    "timeline_svg",
    "worksheet",
]

_MADE_IN = {
    "family_calendar": "calendars",
    "staff_calendar": "calendars",
    "Symbol": "symbol",
    "data_matrix": "symbol",
    "infusion_png": "infusion_picture",
    "infusion_svg": "infusion_picture",
    "label": "labels",
    "timeline_png": "timeline",
    "timeline_svg": "timeline",
    "worksheet": "worksheets",
}


def __getattr__(name: str) -> object:
    if name not in _MADE_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MADE_IN[name]}"), name)
