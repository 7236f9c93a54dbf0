"""PDF, SVG, PNG and iCalendar."""
from ransel.papers.label import label
