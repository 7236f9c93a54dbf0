"""What people are called, by the code under which they sign."""

from __future__ import annotations

from collections.abc import Iterable

from ransel.store.models import Person


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return names by code; a code that nobody has is left out."""
    return dict(Person.objects.filter(id_code__in=set(codes)).values_list("id_code", "shown_name"))
