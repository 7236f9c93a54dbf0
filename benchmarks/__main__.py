"""Measure, print, and keep the figures in RESULTS.md with machine, date and command."""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ransel.planning import Agenda, plan_course, plan_whole_course, rank_starts
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Library, read_toml, validate

ROOT = Path(__file__).parents[1]
CHILD = ROOT / "examples" / "noor.toml"
RESULTS = Path(__file__).parent / "RESULTS.md"
RANSEL = Path(sys.executable).with_name("ransel")
ROUNDS = 9


@dataclass(frozen=True)
class Figure:
    """One measured figure: what, its median with the spread, and what it is held against."""

    what: str
    median: float
    lowest: float
    highest: float
    unit: str
    against: str

    def row(self) -> str:
        """Return the figure as a row of a Markdown table."""
        spread = f"{self.lowest:.3g} to {self.highest:.3g}"
        return f"| {self.what} | {self.median:.3g} {self.unit} | {spread} | {self.against} |"


def measure(what: str, unit: str, act: Callable[[], float], against: Callable[[float], str]) -> Figure:
    """Act a number of times after one warm-up and return the median with its spread."""
    act()
    found = sorted(act() for _ in range(ROUNDS))
    median = statistics.median(found)
    return Figure(what, median, found[0], found[-1], unit, against(median))


def seconds_of(command: list[str]) -> float:
    """Return the wall-clock seconds of a whole process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def seconds_inside(act: Callable[[], object], times: int) -> float:
    """Return the seconds that one act takes, averaged over so many."""
    begin = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begin) / times


def figures() -> list[Figure]:
    """Measure everything."""
    command = [str(RANSEL), "course", str(CHILD), "--now", "2027-02-02T09:00", "--start", "2027-02-05T14:00", "--json"]
    bare = statistics.median(
        seconds_of([sys.executable, "-c", "import typer, pydantic, holidays"]) for _ in range(ROUNDS)
    )
    library = Library()
    agenda = Agenda(library.site)
    patient = validate(Patient, read_toml(CHILD), "noor")
    protocol = library.protocol(DEFAULT_PROTOCOL)
    now = dt.datetime(2027, 2, 2, 9, tzinfo=agenda.zone)
    start = dt.datetime(2027, 2, 5, 14, tzinfo=agenda.zone)

    def whole() -> object:
        return plan_whole_course(patient, protocol, agenda, course=1, now=now, start=start)

    course = whole()
    order, containers = course.order, course.containers
    monday = dt.date(2027, 2, 1)
    return [
        measure(
            "`ransel course --json`, whole process", "s", lambda: seconds_of(command),
            lambda median: f"{median:.2f} of the limit of 1 s; {median / bare:.1f} x a process that only imports",
        ),
        measure(
            "planning one course", "ms",
            lambda: 1e3 * seconds_inside(lambda: plan_course(order, containers, agenda, start, now), 20),
            lambda median: f"{median / 20:.2f} of the limit of 20 ms",
        ),
        measure(
            "one course from prescription to last visit", "courses/s", lambda: 1 / seconds_inside(whole, 10),
            lambda median: f"{median / 50:.1f} x the 50 a second that 20 ms allow",
        ),
        measure(
            "ranking the starts of a week (126 half hours)", "ms",
            lambda: 1e3 * seconds_inside(lambda: rank_starts(order, containers, agenda, monday, now), 1),
            lambda median: f"{median / 1000:.2f} of 1 s",
        ),
    ]  # fmt: skip


def main() -> None:
    """Print the figures and write them to RESULTS.md."""
    head = (
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} with `make bench`: {platform.machine()}, "
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}. "
        f"Median of {ROUNDS} rounds after one warm-up, with the lowest and highest; the machine was shared, "
        "so trust ratios of 1.5 and more, not digits."
    )
    table = "\n".join(
        ["| what | median | lowest to highest | held against |", "|---|---|---|---|", *(one.row() for one in figures())]
    )
    print(f"{head}\n\n{table}")
    RESULTS.write_text(f"# Results\n\n{head}\n\n{table}\n")


if __name__ == "__main__":
    main()
