"""The bench on which a check is run: its random numbers, and the log that says what was run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from ransel.infusion.event import PumpEvent


@dataclass(slots=True)
class Bench:
    """What one check gets to work with; a new one for every check, so that checks cannot disturb each other.

    Values:
        seed: of everything random in the check; the same seed gives the same log.
        random: numbers out of that seed.
    """

    seed: int
    random: Random = field(init=False)
    _log: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - repeatable cases, no secrets

    def keep(self, events: Iterable[PumpEvent | str]) -> None:
        """Write what a run told into the log, so that the hash of the result says which run it was."""
        self._log += [_line(event) for event in events]

    @property
    def log_hash(self) -> str:
        """SHA-256 of the log so far, as hexadecimal digits."""
        return hashlib.sha256("\n".join(self._log).encode()).hexdigest()


def _line(event: PumpEvent | str) -> str:
    return event if isinstance(event, str) else json.dumps(event.as_json(), sort_keys=True)
