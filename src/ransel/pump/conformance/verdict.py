"""What a check saw and what follows from it: observations, verdicts, results, and the register of check functions.

The rule, the same for every check:

    nothing can be run        a named room is awaited: awaits; otherwise: fails
    nothing was observed      fails: a check that cannot fail is a defect
    an error, or one
    observation does not hold fails, also when a room is awaited
    all hold                  awaits, while a named room still has to show the rest;
                              deviates, when our value differs from a published one;
                              passes otherwise

A named room shows the rest with a function of its own (`rest`), which is run after the pump's and judged with it.
So a check that awaits a room passes only when that room was run, and one that deviates was run and holds under our
value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ransel.language import Language, Message, translate
from ransel.pump.conformance.bench import Bench


class Verdict(StrEnum):
    """What is known about a check after it was run."""

    PASSES = "passes"
    DEVIATES = "deviates"
    AWAITS = "awaits"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that a check looked at.

    Values:
        says: what was looked at.
        expected, measured: texts, numbers, messages, or quantities with a `text(language)`.
        holds: whether what was measured is what was expected.
    """

    says: Message | str
    expected: object
    measured: object
    holds: bool

    def as_json(self, language: Language) -> dict[str, Any]:
        """Return the observation as plain data with its words in this language."""
        return {
            "says": translate(self.says, language),
            "expected": translate(self.expected, language),
            "measured": translate(self.measured, language),
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where to find the run again: the function, its seed, and the SHA-256 of what the run wrote into its log."""

    function: str
    seed: int
    log_hash: str

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"function": self.function, "seed": self.seed, "log_sha256": self.log_hash}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check.

    Values:
        observations: in the order in which they were made; empty when nothing was run.
        awaits_room: the room that has to show what remains; empty when none is awaited.
        failure: why it fails; None when it does not.
        evidence: None when there is no function to run.
    """

    check_id: str
    verdict: Verdict
    observations: tuple[Observation, ...] = ()
    awaits_room: str = ""
    failure: Message | None = None
    evidence: Evidence | None = None

    @property
    def ran(self) -> bool:
        """Whether something was observed, and nothing else is called a run."""
        return bool(self.observations)


CheckFunction = Callable[[Bench], Iterable[Observation]]


_REGISTER: dict[str, CheckFunction] = {}
_RESTS: dict[str, CheckFunction] = {}
"""What rooms to the right of the pump show of a check that awaited them, by its id."""


def check(check_id: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check with this id.

    Raises:
        ValueError: when another function has this id already.
    """
    return lambda function: _registered(_REGISTER, check_id, function)


def rest(check_id: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function of another room as what remained of the check with this id.

    Raises:
        ValueError: when another function shows the rest of it already.
    """
    return lambda function: _registered(_RESTS, check_id, function)


def _registered(register: dict[str, CheckFunction], check_id: str, function: CheckFunction) -> CheckFunction:
    known = register.get(check_id, function)
    if function_name(known) != function_name(function):
        raise ValueError(f"{check_id} is {function_name(known)} already, not {function_name(function)}")
    register[check_id] = function
    return function


def registered_checks() -> Mapping[str, CheckFunction]:
    """Return every function that was registered so far, by the id of its check."""
    return MappingProxyType(_REGISTER)


def registered_rests() -> Mapping[str, CheckFunction]:
    """Return every function that shows the rest of a check, by the id of that check."""
    return MappingProxyType(_RESTS)


def function_name(function: CheckFunction) -> str:
    """Return where a check function stands, such as `ransel.pump.conformance.flow.c01`."""
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"
