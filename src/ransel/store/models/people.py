"""People who work with Ransel, and the organisations they belong to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from ransel.chart.people import Role

ROLE_CHOICES = [(role.value, role.value) for role in Role]


class Organisation(models.Model):
    """A hospital or a home-care organisation."""

    HOSPITAL, HOME_CARE = "hospital", "home-care"

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(HOSPITAL, HOSPITAL), (HOME_CARE, HOME_CARE)])
    telephone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        """Rules of the table."""

        db_table = "ransel_organisation"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.code


class PersonManager(BaseUserManager["Person"]):
    """Makes people."""

    def create_user(self, username: str, password: str | None = None, **values: object) -> Person:
        """Return a new person; without a password they cannot log in until one is set."""
        person = self.model(username=username, **values)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person of this user name, whatever its capitals."""
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who can log in: one role, one organisation.

    `id_code` is what entries carry as `who`; it is given once and never used again for somebody else.
    """

    username = models.CharField(max_length=60, unique=True)
    id_code = models.SlugField(max_length=40, unique=True)
    shown_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    place = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, default="nl")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Rules of the table."""

        db_table = "ransel_person"
        ordering: ClassVar = ["shown_name"]

    def __str__(self) -> str:
        return self.id_code

    @property
    def works_as(self) -> Role:
        """The role in which this person signs."""
        return Role(self.role)

    @property
    def where(self) -> str:
        """The organisation and place this person signs from."""
        return f"{self.organisation_id}/{self.place or self.role}"
