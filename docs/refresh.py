"""Bring every page up to date: `python -m docs.refresh`.

Runs the blocks of the pages that run, writes the outputs that came into them, and writes the reference pages.
Nothing shown on a page is ever edited by hand.
"""

from __future__ import annotations

from pathlib import Path

from docs.executed import ROOT, executed_pages, refreshed
from docs.reference_pages import pages


def refresh() -> None:
    """Write every page that is not current, and say which."""
    for path, text in pages().items():
        _write(path, text)
    for path in executed_pages():
        _write(path, refreshed(path.read_text(encoding="utf-8")))


def _write(page: Path, text: str) -> None:
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    print(page.relative_to(ROOT))


if __name__ == "__main__":
    refresh()
