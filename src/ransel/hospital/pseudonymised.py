"""The courses of the own hospital for research: each with a pseudonym, and with what its pumps told."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import date, datetime

from ransel.chart.course_record import course_record
from ransel.chart.treatment import Treatment
from ransel.hospital.account import account_of
from ransel.hospital.rulebook import agenda
from ransel.hospital.todo import own_treatments
from ransel.outcomes.course_record import CourseRecord, with_few_alike
from ransel.store.loading import load
from ransel.store.models import Child, Person

PSEUDONYM_LETTERS = 12


def own_records(person: Person, secret: str, now: datetime) -> tuple[CourseRecord, ...]:
    """Return a record of every course of a person's hospital that was connected, in an order that says nothing.

    `secret` is the installation's, without which no pseudonym leads back.
    """
    mine = list(own_treatments(person))
    born = dict(Child.objects.filter(code__in=[row.child for row in mine]).values_list("code", "born"))
    found = (one for row in mine for one in _records(load(row.treatment), born[row.child], secret, now))
    return with_few_alike(found)


def pseudonym(treatment: str, secret: str) -> str:
    """Return what a treatment is called in research: keyed, so that nobody can make it from a list of treatments."""
    return hmac.new(secret.encode(), f"research/{treatment}".encode(), "sha256").hexdigest()[:PSEUDONYM_LETTERS]


def _records(treatment: Treatment, born: date, secret: str, now: datetime) -> Iterator[CourseRecord]:
    name = pseudonym(treatment.id, secret)
    for course in treatment.courses:
        account = account_of(treatment, course, now)
        record = course_record(
            treatment, course, child=name, born=born, agenda=agenda(), now=now,
            ledger=account.ledger if account else None,
        )  # fmt: skip
        if record is not None:
            yield record
