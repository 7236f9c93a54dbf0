"""What a person gives on the command line, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from ransel.cli.settings import Settings, read_settings
from ransel.language import Language, refuse
from ransel.planning import Agenda
from ransel.prescribing import Patient
from ransel.protocols import DEFAULT_PROTOCOL, Library, Protocol, read_toml, validate

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_WEEK = re.compile(r"(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})")


@dataclass(frozen=True)
class Inputs:
    """A patient's file and the options beside it; everything is read when it is first asked for.

    Every property raises Refused when what was given cannot be read.
    """

    child: Path
    protocol_id: str
    now_text: str
    settings: Settings

    @property
    def language(self) -> Language:
        """The language of people."""
        return self.settings.language

    @cached_property
    def library(self) -> Library:
        """The protocols."""
        return Library(self.settings.protocols)

    @cached_property
    def agenda(self) -> Agenda:
        """The hospital's opening hours."""
        return Agenda(self.library.site)

    @cached_property
    def patient(self) -> Patient:
        """The patient."""
        return validate(Patient, read_toml(self.child), str(self.child))

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol: of the option, else of the patient's file, else the default."""
        return self.library.protocol(self.protocol_id or self.patient.protocol or DEFAULT_PROTOCOL)

    @cached_property
    def now(self) -> datetime:
        """The present: of the option, else of RANSEL_NOW, else of the clock."""
        if self.now_text:
            return self.instant(self.now_text, "--now")
        if self.settings.now:
            return self.instant(self.settings.now, "RANSEL_NOW")
        return datetime.now(UTC)

    def instant(self, text: str, field: str) -> datetime:
        """Return the instant of a text such as `2027-02-05T14:00`; without offset it is the hospital's wall clock.

        Raises:
            Refused: when it is no instant, or the clock change skips it or has it twice.
        """
        if not _INSTANT.fullmatch(text):
            refuse("option.no-instant", field, text)
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            refuse("option.no-instant", field, text)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
        return self._by_the_wall_clock(given, text, field)

    def _by_the_wall_clock(self, given: datetime, text: str, field: str) -> datetime:
        first, second = (given.replace(tzinfo=self.agenda.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if self.agenda.local(first).replace(tzinfo=None) != given:
            refuse("option.skipped-hour", field, text)
        if first != second:
            refuse("option.doubled-hour", field, text)
        return first


def read_inputs(child: Path, protocol: str, now: str, language: str) -> Inputs:
    """Return the inputs of a command."""
    return Inputs(child, protocol, now, read_settings(language))


def whole_number(text: str, field: str) -> int:
    """Return a whole number.

    Raises:
        Refused: when it is none.
    """
    if not re.fullmatch(r"[0-9]{1,6}", text):
        refuse("option.no-number", field, text)
    return int(text)


def monday_of(text: str, field: str) -> date:
    """Return the Monday of an ISO week such as `2027-W05`.

    Raises:
        Refused: when it is no week, or the year has no week of that number.
    """
    match = _WEEK.fullmatch(text)
    if match is None:
        refuse("option.no-week", field, text)
    try:
        return date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
    except ValueError:
        refuse("option.no-week", field, text)
