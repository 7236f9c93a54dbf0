"""Measure, print, and keep the figures in RESULTS.md with machine, date and command."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from pathlib import Path

from benchmarks import against_peers, first_call, hospital, individual, linear, nonlinear, planning, pump, scale
from benchmarks.measuring import ROUNDS

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Print the figures and write them to RESULTS.md; leave with 1 when one is not within its limit."""
    parts = (linear, first_call, against_peers, nonlinear, individual, scale, planning, pump, hospital)
    figures = [figure for part in parts for figure in part.figures()]
    head = (
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} with `make bench`: {platform.machine()}, "
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}. "
        f"Median of {ROUNDS} rounds after one warm-up where nothing else is said, with the lowest and highest; the "
        "machine was shared, so trust ratios of 1.5 and more, not digits."
    )
    table = "\n".join(
        ["| what | median | lowest to highest | held against |", "|---|---|---|---|", *(one.row() for one in figures)]
    )
    print(f"{head}\n\n{table}")
    RESULTS.write_text(f"# Results\n\n{head}\n\n{table}\n")
    missed = [one.what for one in figures if not one.within]
    if missed:
        sys.exit(f"not within its limit: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
