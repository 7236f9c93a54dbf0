"""The pumps of the hospital, and what they told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Pump(models.Model):
    """A pump by its number."""

    number = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=60)
    serviced_until = models.DateField(null=True, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_pump"
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return self.number


class PumpEventRow(models.Model):
    """One event that a pump told about a course, as a line of its recorded stream. Append-only."""

    treatment = models.CharField(max_length=40)
    course = models.PositiveSmallIntegerField()
    pump = models.CharField(max_length=80)
    boot = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    received = models.DateTimeField()
    text = models.TextField()

    class Meta:
        """Rules of the table."""

        db_table = "ransel_pump_event"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["treatment", "course", "pump", "boot", "seq"], name="pump_event_told_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["treatment", "course", "received"])]

    def __str__(self) -> str:
        return f"{self.pump} {self.boot} {self.seq}"
