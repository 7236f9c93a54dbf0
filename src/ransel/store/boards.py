"""Writing the read models of a treatment: the same from one entry on as from all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction

from ransel.chart.guards.home import home_care
from ransel.chart.journal import Journal
from ransel.chart.records.care import HomeCareAccepted, HomeCareAsked
from ransel.chart.records.pharmacy import BatchStarted, Released
from ransel.chart.tasks import made_between, tasks_of
from ransel.chart.treatment import ContainerState, CourseState, Treatment, fold
from ransel.chart.visits import finish_before, visits_of
from ransel.language import Refusal, Refused
from ransel.store.journal import lock_for_writing
from ransel.store.models import ContainerRow, PumpUseRow, TaskRow, TreatmentRow, VisitRow

OFF_THE_SHELF = frozenset({"assigned", "in-use", "off", "returned"})
ROWS = (TreatmentRow, TaskRow, ContainerRow, VisitRow, PumpUseRow)


def write_boards(treatment: Treatment) -> None:
    """Write what boards show of a treatment; inside the transaction that appends its entries.

    Times are those of its last entry: a standstill that still lasts is counted until then, and by the page until now.

    Raises:
        Refused: when a pump is in use for another child.
    """
    if not treatment.history:
        return
    now = treatment.history[-1].written
    for table in ROWS:
        table.objects.filter(treatment=treatment.id).delete()
    _treatment_row(treatment).save(force_insert=True)
    TaskRow.objects.bulk_create(
        TaskRow(treatment=treatment.id, kind=task.kind, course=task.course, container=task.container,
                due=task.due, latest=task.latest)
        for task in tasks_of(treatment, now)
    )  # fmt: skip
    for course in treatment.courses:
        ContainerRow.objects.bulk_create(_container_row(treatment, course, one) for one in course.containers)
        VisitRow.objects.bulk_create(_visit_rows(treatment, course, now))
        _write_pumps(treatment, course)


def rebuild_boards(journal: Journal) -> int:
    """Write the read models of every treatment anew from its entries, all in one transaction; return how many.

    Nobody signs meanwhile: an entry that came in between would be missing on the boards.
    """
    with transaction.atomic():
        lock_for_writing()
        for table in ROWS:
            table.objects.all().delete()
        treatments = journal.treatments()
        for treatment in treatments:
            write_boards(fold(treatment, journal.entries(treatment)))
    return len(treatments)


def _treatment_row(treatment: Treatment) -> TreatmentRow:
    course = treatment.current
    return TreatmentRow(
        treatment=treatment.id,
        version=treatment.version,
        child=treatment.child,
        centre=treatment.centre,
        protocol=treatment.protocol,
        phase=treatment.phase,
        course=course.number if course else 0,
        course_phase=course.phase if course else "",
        at_home=course.at_home if course else False,
        pump=course.pump if course else "",
        home_care=home_care(course) if course else "",
    )


def _container_row(treatment: Treatment, course: CourseState, container: ContainerState) -> ContainerRow:
    planned, latest = made_between(course, container.index)
    started, released = container.last(BatchStarted), container.last(Released)
    return ContainerRow(
        treatment=treatment.id,
        course=course.number,
        container=container.index,
        making=container.making,
        phase=container.phase,
        batch=released.what.batch if released else "",
        code=released.what.code if released else "",
        planned=planned,
        latest=latest,
        made=started.what.made if started else None,
        cold_until=released.what.cold_until if released else None,
        start_before=released.what.start_before if released else None,
        finish_before=finish_before(course, container.index),
    )


def _visit_rows(treatment: Treatment, course: CourseState, now: datetime) -> Iterator[VisitRow]:
    asked, accepted = course.last(HomeCareAsked), course.last(HomeCareAccepted)
    taken = accepted if accepted and asked and accepted.version > asked.version else None
    for visit in visits_of(course, now):
        at_home = visit.kind == "disconnect"
        yield VisitRow(
            treatment=treatment.id,
            course=course.number,
            kind=visit.kind,
            container=visit.container,
            place=visit.place,
            earliest=visit.earliest,
            planned=visit.planned,
            latest=visit.latest,
            moved=visit.moved,
            done_at=visit.done.happened if visit.done else None,
            organisation=home_care(course) if at_home else "",
            nurse=taken.what.nurse if at_home and taken else "",
            substitute=taken.what.substitute if at_home and taken else "",
        )


def _write_pumps(treatment: Treatment, course: CourseState) -> None:
    for number, phase in course.pumps.items():
        if phase in OFF_THE_SHELF:
            try:
                with transaction.atomic():
                    PumpUseRow(pump=number, treatment=treatment.id, course=course.number, phase=phase).save(
                        force_insert=True
                    )
            except IntegrityError:
                raise Refused([Refusal("chart.pump-not-free", "pump", number)]) from None
