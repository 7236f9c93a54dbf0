"""The register of children: names, birth dates and addresses, beside the chain and never in it."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models

from ransel.chart.rules import Identity

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters and digits that are not taken for one another."""


def new_child_code() -> str:
    """Return a key for a child that says nothing about it."""
    return "c-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


class Child(models.Model):
    """Who a child is and where it lives."""

    code = models.SlugField(max_length=20, primary_key=True, default=new_child_code)
    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    born = models.DateField()
    address = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    remarks = models.TextField(blank=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_child"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.code

    @property
    def identity(self) -> Identity:
        """What decisions need to know of who a child is."""
        return Identity(self.name, self.born, self.number)
