"""How a figure is measured: several rounds after a warm-up, the median with its spread, a limit where there is one."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 9


@dataclass(frozen=True)
class Figure:
    """One measured figure: what, its median with the spread, what it is held against, and whether it is within."""

    what: str
    median: float
    lowest: float
    highest: float
    unit: str
    against: str
    within: bool = True

    def row(self) -> str:
        """Return the figure as a row of a Markdown table."""
        spread = f"{self.lowest:.3g} to {self.highest:.3g}"
        return f"| {self.what} | {self.median:.3g} {self.unit} | {spread} | {self.against} |"


def measure(
    what: str,
    unit: str,
    act: Callable[[], float],
    against: Callable[[float], str],
    within: Callable[[float], bool] = lambda _: True,
) -> Figure:
    """Act a number of times after one warm-up and return the median with its spread."""
    act()
    found = [act() for _ in range(ROUNDS)]
    median = statistics.median(found)
    return Figure(what, median, min(found), max(found), unit, against(median), within(median))


def seconds_of(command: list[str]) -> float:
    """Return the wall-clock seconds of a whole process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def seconds_inside(act: Callable[[], object], times: int = 1) -> float:
    """Return the seconds that one act takes, averaged over so many."""
    begin = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begin) / times
