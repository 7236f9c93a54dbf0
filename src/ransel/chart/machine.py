"""The declared states of a treatment, its courses, its containers and its pumps.

Each machine is a mapping from a phase to what may be signed in it and the phase that follows. What is not in the
table is not done. A kind that no machine knows, such as a remark, changes no phase and is allowed while the
treatment is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ransel.chart.records import Record
from ransel.chart.records.care import Removed

TreatmentPhase = Literal["none", "enrolled", "withdrawn"]
CoursePhase = Literal[
    "none", "ordered", "refused", "verified", "running", "between", "standing", "stopped", "ended", "cancelled"
]
ContainerPhase = Literal[
    "planned", "withheld", "cleared", "making", "checked", "released", "blocked", "out",
    "connected", "removed", "accounted", "discarded",
]  # fmt: skip
PumpPhase = Literal["none", "assigned", "in-use", "off", "returned", "ready"]

Table = Mapping[str, Mapping[str, str]]


def step_of(record: Record) -> str:
    """Return the name under which the tables know a record: its kind, and for a removal whether it is the last."""
    return "removed-last" if isinstance(record, Removed) and record.last else record.kind


def _stays(phase: str, *steps: str) -> dict[str, str]:
    return dict.fromkeys(steps, phase)


_PAPERWORK = ("criteria-recorded", "visit-before-course", "pump-assigned", "pump-returned", "pump-readied")
_VISITS = ("home-care-asked", "home-care-accepted", "home-care-declined", "visit-moved", "no-show")
_MAKING = (
    "go-given",
    "go-withheld",
    "batch-started",
    "weighed",
    "batch-checked",
    "released",
    "left-fridge",
    "discarded",
)
_AT_THE_CHILD = ("readied", "primed", "programmed", "programme-checked", "pump-replaced")
_AT_HOME = ("fit-for-home", "sent-home", "readmitted")
_AFTERWARDS = ("residue-recorded", "pump-returned", "pump-readied", "discarded")
_LOOKING = ("observed", "remark")

TREATMENT: Table = {
    "none": {"enrolled": "enrolled"},
    "enrolled": {"withdrawn": "withdrawn"},
    "withdrawn": {},
}

COURSE: Table = {
    "none": {"course-ordered": "ordered"},
    "ordered": {
        "course-ordered": "ordered",
        "order-verified": "verified",
        "order-refused": "refused",
        "course-stopped": "cancelled",
        **_stays("ordered", *_PAPERWORK, *_LOOKING),
    },
    "refused": {"course-ordered": "ordered", "course-stopped": "cancelled", **_stays("refused", *_LOOKING)},
    "verified": {
        "course-ordered": "ordered",
        "course-stopped": "cancelled",
        "connected": "running",
        **_stays("verified", *_PAPERWORK, *_VISITS, *_MAKING, *_AT_THE_CHILD, *_LOOKING),
    },
    "running": {
        "removed": "between",
        "removed-last": "ended",
        "interrupted": "standing",
        "course-stopped": "stopped",
        "rate-changed": "running",
        **_stays("running", *_PAPERWORK, *_VISITS, *_MAKING, *_AT_THE_CHILD, *_AT_HOME, *_AFTERWARDS, *_LOOKING),
    },
    "between": {
        "connected": "running",
        "course-stopped": "ended",
        **_stays("between", *_PAPERWORK, *_VISITS, *_MAKING, *_AT_THE_CHILD, *_AT_HOME, *_AFTERWARDS, *_LOOKING),
    },
    "standing": {
        "resumed": "running",
        "removed": "between",
        "removed-last": "ended",
        "course-stopped": "stopped",
        "rate-changed": "standing",
        **_stays("standing", *_PAPERWORK, *_VISITS, *_MAKING, *_AT_THE_CHILD, *_AT_HOME, *_AFTERWARDS, *_LOOKING),
    },
    "stopped": {
        "removed-last": "ended",
        **_stays("stopped", *_VISITS, *_AT_HOME, *_AFTERWARDS, *_LOOKING),
    },
    "ended": _stays("ended", *_AFTERWARDS, *_LOOKING, "readmitted", "home-care-declined"),
    "cancelled": {"course-ordered": "ordered", **_stays("cancelled", *_AFTERWARDS, *_LOOKING)},
}

CONTAINER: Table = {
    "planned": {"go-given": "cleared", "go-withheld": "withheld"},
    "withheld": {"go-given": "cleared", "go-withheld": "withheld"},
    "cleared": {"batch-started": "making", "go-given": "cleared", "go-withheld": "withheld"},
    "making": {"weighed": "making", "batch-checked": "checked", "discarded": "discarded"},
    "checked": {"released": "released", "weighed": "making", "discarded": "discarded"},
    "released": {
        "left-fridge": "out",
        "go-withheld": "blocked",
        "discarded": "discarded",
        "readied": "released",
    },
    "blocked": {"go-given": "released", "discarded": "discarded"},
    "out": {
        **_stays("out", "readied", "primed", "programmed", "programme-checked"),
        "connected": "connected",
        "discarded": "discarded",
    },
    "connected": {
        "removed": "removed",
        "removed-last": "removed",
        **_stays("connected", "primed", "programmed", "programme-checked"),
    },
    "removed": {"residue-recorded": "accounted", "discarded": "discarded"},
    "accounted": {"discarded": "discarded"},
    "discarded": {"batch-started": "making", "go-given": "cleared", "residue-recorded": "discarded"},
}

PUMP: Table = {
    "none": {"pump-assigned": "assigned", "pump-replaced": "in-use"},
    "assigned": {"connected": "in-use", "pump-returned": "returned"},
    "in-use": {"connected": "in-use", "removed-last": "off", "replaced": "off"},
    "off": {"pump-returned": "returned"},
    "returned": {"pump-readied": "ready"},
    "ready": {"pump-assigned": "assigned", "pump-replaced": "in-use"},
}

RUNNING: frozenset[str] = frozenset({"running", "standing", "between", "stopped"})
"""Phases of a course in which something of it is, or may be, at the child."""

OVER: frozenset[str] = frozenset({"ended", "cancelled"})
"""Phases in which nothing of a course can be at the child any more."""


def next_phase(table: Table, phase: str, step: str) -> str | None:
    """Return the phase after a step, None when the step is not done in this phase."""
    return table[phase].get(step)


def knows(table: Table, step: str) -> bool:
    """Whether a machine has anything to say about a step."""
    return any(step in steps for steps in table.values())
