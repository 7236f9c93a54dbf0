"""Critical numbers are kept twice, once with every bit turned over, and compared before they are used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Critical:
    """The numbers that decide what the child gets, each with its mirror.

    Values:
        numbers: by name, as the pump uses them. mirrors: the same numbers with every bit turned over.
    """

    numbers: tuple[tuple[str, int], ...]
    mirrors: tuple[int, ...]

    @classmethod
    def of(cls, **numbers: int) -> Critical:
        """Keep these numbers twice."""
        return cls(tuple(numbers.items()), tuple(~number for number in numbers.values()))

    @property
    def sound(self) -> bool:
        """Whether every number still agrees with its mirror."""
        return all(number == ~mirror for (_, number), mirror in zip(self.numbers, self.mirrors, strict=True))

    def __getitem__(self, name: str) -> int:
        return dict(self.numbers)[name]

    def flipped(self, name: str, bit: int) -> Critical:
        """Return the record after radiation turned over one bit of one number, and not of its mirror."""
        numbers = tuple((key, number ^ (1 << bit) if key == name else number) for key, number in self.numbers)
        return Critical(numbers, self.mirrors)
