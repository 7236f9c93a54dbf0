"""The protocols and the hospital's hours as pages use them, and the rules for a treatment."""

from __future__ import annotations

from functools import cache, lru_cache

from django.conf import settings

from ransel.chart.records.prescribing import CriteriaRecorded
from ransel.chart.rules import Identity, Rules, replanned
from ransel.chart.treatment import CourseState, Treatment
from ransel.language import Refused
from ransel.planning import Agenda, PlannedCourse
from ransel.protocols import Library, Protocol
from ransel.protocols.protocol import Words
from ransel.store.models import Child

PLANS_KEPT = 512


@cache
def library() -> Library:
    """Return the protocols of the package and of the hospital; read once, so that a change asks for a restart."""
    return Library(settings.ENVIRONMENT.protocols)


@cache
def agenda() -> Agenda:
    """Return the hospital's hours."""
    return Agenda(library().site)


def active_protocols(also: str = "") -> tuple[tuple[str, Words], ...]:
    """Return id and title of every protocol in use, and of one more that a child may still have."""
    found = [library().protocol(name) for name in library().ids()]
    return tuple((one.id, one.title) for one in found if one.status == "active" or one.id == also)


def protocol_of(treatment: Treatment) -> Protocol:
    """Return the protocol of the last order, else the one meant for the child."""
    return library().protocol(treatment.protocol)


def identity_of(treatment: Treatment) -> Identity:
    """Return who the child is, out of the register."""
    return Child.objects.get(code=treatment.child).identity


def rules_for(treatment: Treatment) -> Rules:
    """Return what decisions about a treatment rest on, its last course planned, or why it no longer can be."""
    try:
        return rules_of_course(treatment, treatment.current)
    except Refused as refused:
        return Rules(protocol_of(treatment), agenda(), identity_of(treatment), differs=refused.refusals)


def rules_of_course(treatment: Treatment, course: CourseState | None) -> Rules:
    """Return what decisions about one course rest on."""
    protocol, identity = protocol_of(treatment), identity_of(treatment)
    return Rules(protocol, agenda(), identity, planned_course(treatment, course, identity) if course else None)


def planned_course(treatment: Treatment, course: CourseState, identity: Identity) -> PlannedCourse:
    """Return a course planned from its order.

    Raises:
        Refused: when protocol or hospital settings have changed so that it does not come out as it was signed.
    """
    key = _Key(treatment, course, identity)
    return _planned(key)


class _Key:
    """What a plan depends on: the order, and the criteria that were recorded since."""

    def __init__(self, treatment: Treatment, course: CourseState, identity: Identity) -> None:
        criteria = course.last(CriteriaRecorded)
        self.treatment, self.course, self.identity = treatment, course, identity
        self.parts = (treatment.id, course.number, course.ordered.version, criteria.version if criteria else 0,
                      len(treatment.corrected), identity)  # fmt: skip

    def __hash__(self) -> int:
        return hash(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.parts == other.parts


@lru_cache(maxsize=PLANS_KEPT)
def _planned(key: _Key) -> PlannedCourse:
    protocol = library().protocol(key.course.ordered.what.protocol)
    return replanned(key.treatment, key.course.number, key.identity, protocol, agenda())
