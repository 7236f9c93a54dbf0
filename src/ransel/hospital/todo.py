"""What is to be done by whom: the tasks of everybody's own children, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import Q, QuerySet

from ransel.chart.people import Role
from ransel.chart.tasks import ROLES, Task, tasks_of
from ransel.chart.wording import task_name
from ransel.hospital.gate import Desk, url_of
from ransel.language import Message
from ransel.store.models import Child, Person, TaskRow, TreatmentRow

PAGE_OF: Mapping[str, str] = MappingProxyType({
    "measure": "measure", "order": "order", "verify": "verify", "order-anew": "order", "criteria": "criteria",
    "go": "go", "make": "make", "weigh": "batch", "release": "release", "hand-over": "hand-over",
    "connect": "guide", "change": "guide", "resume": "resume", "go-home": "fit", "ask-home-care": "ask-home-care",
    "accept-home-care": "accept", "disconnect": "stop", "residue": "residue", "pump-back": "pump-back",
    "pump-ready": "pump-ready",
})  # fmt: skip
"""The page on which a task is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One task of one child, for a list."""

    kind: str
    child: Child
    treatment: str
    course: int
    container: int
    due: datetime | None
    latest: datetime | None
    url: str
    late: bool

    @property
    def title(self) -> Message:
        """What is to be done."""
        return task_name(self.kind)


def own_treatments(person: Person) -> QuerySet[TreatmentRow]:
    """Return the treatments of a person's hospital, or those whose order their home-care organisation has."""
    return TreatmentRow.objects.filter(Q(centre=person.organisation_id) | Q(home_care=person.organisation_id))


def todos_of(person: Person, now: datetime, kinds: Iterable[str] | None = None) -> list[Todo]:
    """Return what somebody could do now, the most urgent first."""
    wanted = kinds_of(person.works_as) if kinds is None else set(kinds)
    own = own_treatments(person)
    rows = list(TaskRow.objects.filter(kind__in=wanted, treatment__in=own.values("treatment")))
    mine = dict(own.filter(treatment__in={row.treatment for row in rows}).values_list("treatment", "child"))
    children = Child.objects.in_bulk(list(mine.values()))
    todos = [_todo(row, children[mine[row.treatment]], now) for row in rows]
    return sorted(todos, key=lambda one: (one.latest or one.due or now, one.child.name))


def todos_of_treatment(desk: Desk) -> list[Todo]:
    """Return what somebody could do now for the child before them, the most urgent first."""
    mine = kinds_of(desk.role)
    return [
        _todo(task, desk.child, desk.now)
        for task in tasks_of(desk.treatment, desk.now)
        if task.kind in mine and desk.may(PAGE_OF[task.kind])
    ]


def kinds_of(role: Role) -> set[str]:
    """Return the kinds of task of a role."""
    return {kind for kind, roles in ROLES.items() if role in roles}


def _page_of(row: TaskRow | Task) -> str:
    """Return the page of a task; a child that was declared fit, which gives the task a time, is sent home."""
    return "send-home" if row.kind == "go-home" and row.due is not None else PAGE_OF[row.kind]


def _todo(row: TaskRow | Task, child: Child, now: datetime) -> Todo:
    limit = row.latest or row.due
    return Todo(
        kind=row.kind, child=child, treatment=row.treatment, course=row.course, container=row.container, due=row.due,
        latest=row.latest, url=url_of(_page_of(row), row.treatment, row.course, row.container),
        late=limit is not None and limit < now,
    )  # fmt: skip
