"""Who looked at what: the access log, append-only, with the fields that NEN 7513 asks for; and emergency access."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class AccessRow(models.Model):
    """One look at, or one attempt on, the data of a child. Codes only, no names."""

    READ, WRITE, EXPORT, EMERGENCY, LOGIN, ADMINISTER = "read", "write", "export", "emergency", "login", "administer"
    DONE, REFUSED, WRONG = "done", "refused", "wrong"

    at = models.DateTimeField()
    who = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    organisation = models.CharField(max_length=40)
    action = models.CharField(max_length=20)
    page = models.CharField(max_length=80)
    treatment = models.CharField(max_length=40, blank=True)
    child = models.CharField(max_length=20, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    address = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=20, default=DONE)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_access"
        indexes: ClassVar = [models.Index(fields=["child", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.who} {self.action} {self.page} {self.outcome}"


class Glass(models.Model):
    """Emergency access to one treatment: opened with a reason, for a limited time, told afterwards."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    treatment = models.CharField(max_length=40)
    cause = models.CharField(max_length=20)
    reason = models.TextField()
    opened = models.DateTimeField()
    until = models.DateTimeField()
    seen_by = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_glass"
        ordering: ClassVar = ["-opened"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.treatment}"
