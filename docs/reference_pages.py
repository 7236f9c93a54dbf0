"""Every page, and every part of a page, that is made out of the program and its data.

`pages()` gives them all; `python -m docs.refresh` and `python -m docs.generate` write them, a test compares them.
"""

from __future__ import annotations

from pathlib import Path

from docs import (
    alarm_list,
    cohort_columns,
    command_line,
    comparison_parts,
    course_keys,
    drug_rows,
    event_kinds,
    fault_list,
    infusion_keys,
    infusion_parts,
    made_parts,
    pump_conformance_page,
    refusals,
    who_may_what,
)
from docs.change_window_picture import picture
from docs.example_course import LIBRARY, patient
from docs.file_keys import page_of
from docs.markdown import table, with_parts
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Protocol, Site
from ransel.quantities import Quantity

HERE = Path(__file__).parent
PARTS = {**made_parts.PARTS, **infusion_parts.PARTS, **comparison_parts.PARTS}
INTRODUCTIONS = HERE / "words"
MADE = "<!-- This page is made by `python -m docs.refresh`. Changes by hand are lost. -->"


def pages() -> dict[Path, str]:
    """Return the text of every made page, by its path."""
    reference = {
        "command-line": command_line.page(),
        "course-json": course_keys.page(),
        "protocol-file": page_of(Protocol, LIBRARY.protocol(DEFAULT_PROTOCOL)) + "\n\n" + _quantities(),
        "site-file": page_of(Site, LIBRARY.site),
        "child-file": page_of(Patient, patient()),
        "errors": refusals.page(),
        "faults": fault_list.page(),
        "pump-events": event_kinds.page(),
        "ledger-json": infusion_keys.ledger_page(),
        "run-json": infusion_keys.run_page(),
        "alarms": alarm_list.page(),
        "drug-library": drug_rows.page(),
        "who-may-what": who_may_what.page(),
        "cohort-data-dictionary": cohort_columns.page(),
        "parameter-set-file": comparison_parts.parameter_set_page(),
        "burden-setting-file": comparison_parts.burden_setting_page(),
        "published-table-file": comparison_parts.published_table_page(),
    }
    made = {HERE / "reference" / f"{name}.md": _with_introduction(name, body) for name, body in reference.items()}
    explained = {path: with_parts(path.read_text(encoding="utf-8"), PARTS) for path in _pages_with_parts()}
    whole = {
        HERE / "explanation" / "the-change-window.svg": picture(),
        pump_conformance_page.PAGE: pump_conformance_page.page(),
    }
    return made | explained | whole


def _with_introduction(name: str, body: str) -> str:
    introduction = (INTRODUCTIONS / f"{name}.md").read_text(encoding="utf-8").strip()
    return with_parts(f"{introduction}\n\n{MADE}\n\n{body}\n", PARTS)


def _pages_with_parts() -> list[Path]:
    found = sorted(path for path in HERE.rglob("*.md") if path.parent not in {HERE / "reference", INTRODUCTIONS})
    found.append(HERE.parent / "README.md")
    return [path for path in found if "<!-- made by: " in path.read_text(encoding="utf-8")]


def _quantities() -> str:
    kinds = sorted(Quantity.kinds.values(), key=lambda kind: kind.__name__)
    rows = [(kind.__name__, (kind.__doc__ or "").strip().replace("\n", " "), f"`{kind.example()}`") for kind in kinds]
    return "## quantities\n\nEvery number has its unit beside it.\n\n" + table(("kind", "what it is", "written"), rows)
