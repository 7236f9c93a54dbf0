"""Write everything that is generated: `make docs`, or `python -m docs.generate`."""

from __future__ import annotations

from docs.example_picture import PICTURE, example_picture
from docs.hazard_log import SAFETY, hazard_log
from docs.recordings import write_recordings
from docs.refresh import refresh


def generate() -> None:
    """Write the recorded courses, the hazard log, the picture in the README, then the pages."""
    write_recordings()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(example_picture())
    log = SAFETY / "HAZARD-LOG.md"
    log.write_text(hazard_log(), encoding="utf-8")
    refresh()


if __name__ == "__main__":
    generate()
