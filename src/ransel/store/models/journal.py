"""The journal: every entry of every treatment in one chain. Triggers refuse to change or remove a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class JournalRow(models.Model):
    """One entry, as the line of JSON in which it was written, bound to the one before it."""

    position = models.BigIntegerField(primary_key=True)
    treatment = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    written = models.DateTimeField()
    key = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_journal"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["treatment", "version"], name="journal_one_of_each_version"),
            models.UniqueConstraint(
                fields=["treatment", "key"], condition=~models.Q(key=""), name="journal_signed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.treatment} {self.version} {self.kind}"
