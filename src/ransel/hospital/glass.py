"""What is told of emergency access: to the team of the child, and to the administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from ransel.hospital.gate import Desk
from ransel.hospital.policy import Relation
from ransel.language import Message
from ransel.store.models import Glass

CAUSES = ("danger", "treated-here", "asked-for-help")
"""Why somebody opens the chart of a child that is treated elsewhere."""
NOTICES_FOR = timedelta(days=30)
"""How long the team of a child is told of emergency access on the chart: an assumption."""


@dataclass(frozen=True, slots=True)
class GlassNotice:
    """That somebody from elsewhere has opened a chart."""

    glass: Glass
    name: str
    organisation: str
    is_open: bool

    @property
    def cause(self) -> Message:
        """Why."""
        return Message(f"glass.cause-{self.glass.cause}" if self.glass.cause in CAUSES else "glass.cause-other")


def glass_notices(desk: Desk) -> tuple[GlassNotice, ...]:
    """Return what the own team of a child is told of emergency access to its chart; nothing for everybody else."""
    if desk.relation is not Relation.OWN:
        return ()
    rows = Glass.objects.filter(treatment=desk.treatment.id, opened__gt=desk.now - NOTICES_FOR)
    return notices_of(rows, desk.now)


def notices_of(rows: QuerySet[Glass], now: datetime) -> tuple[GlassNotice, ...]:
    """Return these as notices, each with the name of who came."""
    return tuple(
        GlassNotice(one, one.person.shown_name, one.person.organisation.name, one.until > now)
        for one in rows.select_related("person__organisation")
    )
