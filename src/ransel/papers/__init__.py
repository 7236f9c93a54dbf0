"""PDF, SVG, PNG and iCalendar."""
from ransel.papers.label import label
from ransel.papers.worksheet import worksheet
