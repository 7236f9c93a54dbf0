"""A bar that shows a person at a terminal how far long work has come; nobody else sees it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

WIDTH = 30


@dataclass(slots=True)
class ProgressBar:
    """A bar on the standard error; `tell` moves it, `clear` takes it away."""

    _shown: str = field(default="")

    def tell(self, done: int, whole: int) -> None:
        """Show that so much of the whole is done."""
        if not _is_terminal() or whole <= 0:
            return
        part = min(max(done / whole, 0.0), 1.0)
        filled = round(part * WIDTH)
        line = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {part:4.0%}"
        if line != self._shown:
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()
            self._shown = line

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown and _is_terminal():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = ""


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
