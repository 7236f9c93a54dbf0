"""The tables, one file for each part."""

from ransel.store.models.access import AccessRow, Glass
from ransel.store.models.boards import ContainerRow, PumpUseRow, TaskRow, TreatmentRow, VisitRow
from ransel.store.models.journal import JournalRow
from ransel.store.models.people import Organisation, Person
from ransel.store.models.pumps import Pump, PumpEventRow
from ransel.store.models.register import Child

__all__ = [
    "AccessRow",
    "Child",
    "ContainerRow",
    "Glass",
    "JournalRow",
    "Organisation",
    "Person",
    "Pump",
    "PumpEventRow",
    "PumpUseRow",
    "TaskRow",
    "TreatmentRow",
    "VisitRow",
]
