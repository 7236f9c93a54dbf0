"""Read models: what boards show, written in the same transaction as the entries, and made again from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TreatmentRow(models.Model):
    """One treatment as boards list it, at the version of its last entry."""

    treatment = models.CharField(max_length=40, primary_key=True)
    version = models.PositiveIntegerField()
    child = models.CharField(max_length=20, db_index=True)
    centre = models.CharField(max_length=40, db_index=True)
    protocol = models.CharField(max_length=80)
    phase = models.CharField(max_length=20)
    course = models.PositiveSmallIntegerField(default=0)
    course_phase = models.CharField(max_length=20, blank=True)
    at_home = models.BooleanField(default=False)
    pump = models.CharField(max_length=40, blank=True)
    home_care = models.CharField(max_length=40, blank=True, db_index=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_treatment"

    def __str__(self) -> str:
        return self.treatment


class TaskRow(models.Model):
    """One thing to do, as the phases give it."""

    treatment = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=20)
    course = models.PositiveSmallIntegerField()
    container = models.PositiveSmallIntegerField()
    due = models.DateTimeField(null=True)
    latest = models.DateTimeField(null=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_task"
        indexes: ClassVar = [models.Index(fields=["kind", "due"])]

    def __str__(self) -> str:
        return f"{self.treatment} {self.kind}"


class ContainerRow(models.Model):
    """One container with its clocks."""

    treatment = models.CharField(max_length=40, db_index=True)
    course = models.PositiveSmallIntegerField()
    container = models.PositiveSmallIntegerField()
    making = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=20)
    batch = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=120, blank=True, db_index=True)
    planned = models.DateTimeField()
    latest = models.DateTimeField()
    made = models.DateTimeField(null=True)
    cold_until = models.DateTimeField(null=True)
    start_before = models.DateTimeField(null=True)
    finish_before = models.DateTimeField(null=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_container"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["treatment", "course", "container"], name="container_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["phase", "planned"])]

    def __str__(self) -> str:
        return f"{self.treatment} {self.course}-{self.container}"


class VisitRow(models.Model):
    """One visit with its window."""

    treatment = models.CharField(max_length=40, db_index=True)
    course = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    container = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=20)
    earliest = models.DateTimeField()
    planned = models.DateTimeField()
    latest = models.DateTimeField(null=True)
    moved = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    organisation = models.CharField(max_length=40, blank=True)
    nurse = models.CharField(max_length=40, blank=True)
    substitute = models.CharField(max_length=40, blank=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_visit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["treatment", "course", "kind", "container"], name="visit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "planned"]),
            models.Index(fields=["organisation", "planned"]),
        ]

    def __str__(self) -> str:
        return f"{self.treatment} {self.course} {self.kind}"


class PumpUseRow(models.Model):
    """A pump that is not on the shelf: set aside, in use, to be returned or to be readied. Each pump once."""

    pump = models.CharField(max_length=40, primary_key=True)
    treatment = models.CharField(max_length=40, db_index=True)
    course = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=20)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_pump_use"

    def __str__(self) -> str:
        return f"{self.pump} {self.phase}"
