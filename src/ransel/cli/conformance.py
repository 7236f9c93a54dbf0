"""`ransel conformance pump`: the checks of the pump, run here and now."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from ransel.cli.output import show, show_data
from ransel.cli.settings import read_settings
from ransel.hospital.start import start_django
from ransel.pump.conformance.report import as_json as report_json
from ransel.pump.conformance.report import table_lines
from ransel.pump.conformance.table import run_checks
from ransel.pump.conformance.verdict import CheckResult, Verdict

FAILED = 1


def check_pump(*, as_json: bool, language: str | None) -> None:
    """Run every check and print the table; leave with 1 when one fails."""
    words = read_settings(language).language
    start_django()
    import_module("ransel.hospital.conformance")  # what the hospital shows of the pump's checks
    results = run_checks(_progress)
    if as_json:
        show_data(report_json(results))
    else:
        show("\n".join(table_lines(results, words)))
    if any(result.verdict is Verdict.FAILS for result in results):
        raise typer.Exit(FAILED)


def _progress(result: CheckResult) -> None:
    """Say on a terminal how far it is; a file or a pipe gets none of it."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"\r{result.check_id} ")
        sys.stderr.flush()
