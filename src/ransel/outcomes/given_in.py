"""In which regimen something was observed, so that it is never shown for another one."""

from __future__ import annotations

from ransel.protocols import Protocol
from ransel.protocols.kind_of_value import Count, Text
from ransel.protocols.product import plain_words
from ransel.protocols.reading import Record
from ransel.quantities import Duration


class GivenIn(Record):
    """Something that was observed in patients of one regimen.

    Values:
        substance: as the protocol of the product calls it. infusions, infusion: how many a course has, and how long.
    """

    substance: Text
    infusions: Count
    infusion: Duration

    def is_of(self, protocol: Protocol) -> bool:
        """Whether it was observed with this substance, given in this way."""
        course = protocol.course
        return (
            plain_words(self.substance) == plain_words(protocol.product.substance)
            and self.infusions == course.infusions.value
            and self.infusion == course.infusion.value
        )
