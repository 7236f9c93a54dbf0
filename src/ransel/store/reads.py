"""The access log of one child, as a person who asks for it gets it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.db.models import Q

from ransel.language import refuse
from ransel.store.models import AccessRow, Child, TreatmentRow

COLUMNS = ("at", "who", "role", "organisation", "action", "page", "child", "treatment", "relation", "reason",
           "address", "outcome")  # fmt: skip

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With what a spreadsheet believes that a formula begins; the last four are their full-width sisters."""


def reads_of(whom: str) -> tuple[tuple[str, ...], ...]:
    """Return every look at one child, oldest first, in the order of `COLUMNS`.

    `whom` is a patient number, the code of a child, or a treatment.

    Raises:
        Refused: when nobody is known under it.
    """
    code = _code_of(whom)
    treatments = TreatmentRow.objects.filter(child=code).values_list("treatment", flat=True)
    found = AccessRow.objects.filter(Q(child=code) | Q(treatment__in=list(treatments))).order_by("at", "id")
    return tuple(
        (at.isoformat(), *(str(value) for value in others)) for at, *others in found.values_list(*COLUMNS).iterator()
    )


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a table in UTF-8; no cell can be taken for a formula."""
    told = io.StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return told.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell


def _code_of(whom: str) -> str:
    of_number = Child.objects.filter(number=whom).values_list("code", flat=True).first()
    of_treatment = TreatmentRow.objects.filter(treatment=whom).values_list("child", flat=True).first()
    is_code = Child.objects.filter(code=whom).exists() or TreatmentRow.objects.filter(child=whom).exists()
    codes = {code for code in (of_number, of_treatment, whom if is_code else None) if code}
    if len(codes) > 1:
        refuse("reads.two-children", "CHILD|TREATMENT", whom)
    return codes.pop() if codes else refuse("reads.nobody", "CHILD|TREATMENT", whom)
