"""Made-up courses for tests of own cohorts."""

from ransel.followup.worst import WorstGrade
from ransel.outcomes.course_record import CourseRecord, GivenPart

OLD, NEW = "dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h"
MAXIMA = "dinutuximab-beta-10x24h-maxima"


def record(child="a", course=1, **values):
    """Return a finished course; `grades` as whole numbers, or as text with a + for 'or worse'."""
    grades = values.pop("grades", {})
    usual = {
        "protocol": OLD, "protocol_version": "2026.1", "regimen": OLD, "substance": "dinutuximab beta", "age_years": 4,
        "weight_band_kg": "15-20", "bsa_m2": 0.7, "ordered_mg": 70.0, "given_mg": 70.0,
        "given_percent": GivenPart(96.1, 98.2, 99.9), "planned_hours": 40.0, "hours_run": 39.5,
        "hours_stood_still": 0.5, "interruptions": 1, "last_day": 5, "nights_in_hospital": 4, "trips": 1,
        "hours_at_home": 0.0, "unplanned_contacts": 0, "school_days": None, "outcome": "finished", "rate_changes": 0,
        "discarded_makings": 0, "ctcae": "5.0",
    }  # fmt: skip
    return CourseRecord(child=child, course=course, grades=_worst(grades), **{**usual, **values})


def long_record(child="z", course=1, **values):
    """Return a finished course of the long regimen."""
    usual = {"protocol": MAXIMA, "regimen": NEW, "planned_hours": 240.0, "last_day": 11, "nights_in_hospital": 1,
             "trips": 2, "hours_at_home": 210.0}  # fmt: skip
    return record(child, course, **{**usual, **values})


def group(make, children, *, grades=None, first=0, **values):
    """Return one course each of so many children; `grades` gives those of the first ones, in order."""
    told = list(grades or [])
    return [
        make(f"{make.__name__}-{first + number}", grades=told[number] if number < len(told) else {"pain": 0}, **values)
        for number in range(children)
    ]


def _worst(grades):
    return {term: WorstGrade(int(str(one)[0]), str(one).endswith("+")) for term, one in sorted(grades.items())}
