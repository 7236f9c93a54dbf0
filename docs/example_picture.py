"""The picture in the README: the timeline of the example child."""

from __future__ import annotations

from docs.example_course import course
from docs.executed import ROOT
from ransel.papers import timeline_png

PICTURE = ROOT / "docs" / "pictures" / "timeline.png"


def example_picture() -> bytes:
    """Return the timeline of the example child as PNG."""
    return timeline_png(course(), "en")
