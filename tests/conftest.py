"""What holds for all tests: random cases are the same on every run, and no test depends on how fast a machine is."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["hospital_database"]

settings.register_profile(
    "short",
    derandomize=True,
    deadline=None,
    print_blob=True,
    # This check looks at the clock; a slow machine would turn it into a failure.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", settings.get_profile("short"), max_examples=5000)
settings.load_profile("long" if os.environ.get("RANSEL_PROOF") == "long" else "short")


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a figure that a proof has found; it is printed at the end, also when several processes ran the tests."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the proofs have found."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    figures = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in sorted(map(str, figures)):
            terminalreporter.write_line(figure)
