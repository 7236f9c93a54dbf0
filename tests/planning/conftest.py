"""One synthetic child, the example hospital, and a way to plan a course for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ransel.planning import Agenda, plan_whole_course
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Library
from ransel.quantities import Length, Mass

LIBRARY = Library()


def child(measured: date) -> Patient:
    return Patient(
        name="Noor (synthetic)",
        born=date(measured.year - 4, 1, 15),
        weight=Mass("16.4 kg"),
        height=Length("102 cm"),
        measured=measured,
        number="SYN-1",
    )


@pytest.fixture(scope="session")
def agenda():
    return Agenda(LIBRARY.site)


@pytest.fixture(scope="session")
def plan(agenda):
    """Return a way to plan: give the start by the wall clock, such as `2027-02-05T14:00`."""

    def planned(
        start: str, protocol: str = DEFAULT_PROTOCOL, kind: str = "", course: int = 1, hospital: Agenda = agenda
    ):
        begins = datetime.fromisoformat(start).replace(tzinfo=hospital.zone)
        ordered = begins - timedelta(days=5)
        return plan_whole_course(
            child(ordered.date()), LIBRARY.protocol(protocol), hospital,
            course=course, now=ordered, start=begins, kind=kind,
        )  # fmt: skip

    return planned


@pytest.fixture(scope="session")
def library():
    return LIBRARY
