"""What people hold in their hands: worksheets and labels, a picture for the family, calendars.

Pure functions from a planned course to bytes or text; nothing is written to disk here.
"""

from ransel.papers.calendars import family_calendar, staff_calendar
from ransel.papers.data_matrix import Symbol, data_matrix
from ransel.papers.label import label
from ransel.papers.timeline import timeline_png, timeline_svg
from ransel.papers.worksheet import worksheet

__all__ = [
    "Symbol",
    "data_matrix",
    "family_calendar",
    "label",
    "staff_calendar",
    "timeline_png",
    "timeline_svg",
    "worksheet",
]
