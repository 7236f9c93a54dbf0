"""Everything that can be signed: one frozen record for each kind. Kinds and keys are added, never renamed."""

from collections.abc import Mapping
from types import MappingProxyType

from ransel.chart.records import care, pharmacy, prescribing
from ransel.chart.records.base import OfContainer, OfCourse, OfMaking, Record, Topic

_PARTS = {care.Material, care.SideEffect, pharmacy.LotUsed}
"""Parts of records, which are never signed alone."""


def _vocabulary() -> Mapping[str, type[Record]]:
    found = {
        one.kind: one
        for module in (prescribing, pharmacy, care)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Record) and hasattr(one, "kind") and one not in _PARTS
    }
    return MappingProxyType(found)


VOCABULARY = _vocabulary()
"""The records by their kind."""

__all__ = ["VOCABULARY", "OfContainer", "OfCourse", "OfMaking", "Record", "Topic"]
