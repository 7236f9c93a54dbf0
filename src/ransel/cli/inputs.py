"""What a person gives on the command line, read and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from ransel.cli.settings import Given
from ransel.language import Message, Refusal, Refused, refuse
from ransel.planning import Agenda
from ransel.prescribing import Order, Patient, judge, prescribe
from ransel.protocols import DEFAULT_PROTOCOL, Library, Protocol, read_toml, validate
from ransel.protocols.reading import place_of

FIRST_YEAR, LAST_YEAR = 2000, 2199
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = re.compile(r"(?P<year>[0-9]{4})-W(?P<week>[0-9]{2})")
_IN_A_FILE = re.compile(r"(?P<file>.*\.toml)(?:\..*)?", re.DOTALL)

_OPTIONS = {"course": "--course", "start": "--start", "containers": "--containers"}
_PLANNED = {"go", "connect", "change", "disconnect", "prepare"}
"""Steps that stand in the way of a start are refusals of the start that was asked for."""
_OF_A_PATIENT = {
    "key.missing": "patient.key-missing",
    "file.too-large": "patient.file-too-large",
    "file.too-deep": "patient.file-too-deep",
}
"""What is said in other words of a patient's file than of a protocol."""


@dataclass(frozen=True, kw_only=True)
class Inputs(Given):
    """A patient's file and the options beside it; each is read when it is first asked for, None is not given.

    Every property raises Refused when what was given cannot be read.
    """

    child: Path
    protocol_given: str | None = None
    course_given: str = "1"
    start_given: str | None = None
    week_given: str = ""
    kind_given: str | None = None
    now_given: str | None = None
    out_given: str | None = None

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
        place = place_of(self.child)
        try:
            return validate(Patient, read_toml(self.child), place)
        except Refused as refused:
            found = [refusal.in_file(place) for refusal in refused.refusals]
            raise Refused(replace(one, code=_OF_A_PATIENT.get(one.code, one.code)) for one in found) from None

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol: of the option, else of the patient's file, else the default."""
        name = self.protocol_given
        if name is None:
            name = self.patient.protocol or DEFAULT_PROTOCOL
        try:
            return self.library.protocol(name)
        except Refused as refused:
            raise Refused(self._of_that_name(one, name) for one in refused.refusals) from None

    @cached_property
    def kind(self) -> str:
        """The kind of containers: of the option, else the protocol's own choice."""
        containers = self.protocol.containers
        if self.kind_given is None:
            return containers.default
        if self.kind_given not in containers.options:
            refuse("container.unknown", "--containers", self.kind_given, known=", ".join(containers.options))
        return self.kind_given

    @cached_property
    def course_number(self) -> int:
        """Which course it is."""
        if not re.fullmatch(r"[0-9]{1,6}", self.course_given):
            refuse("option.no-number", "--course", self.course_given)
        return int(self.course_given)

    @cached_property
    def now(self) -> datetime:
        """The present: of the option, else of RANSEL_NOW, else of the clock; a day alone is its midnight."""
        if self.now_given is not None:
            return self._instant(_with_hour(self.now_given), "--now")
        if self.settings.now:
            return self._instant(_with_hour(self.settings.now), "RANSEL_NOW")
        return datetime.now(UTC)

    @property
    def today(self) -> date:
        """The present day by the hospital's wall clock."""
        return self.agenda.local(self.now).date()

    @cached_property
    def start(self) -> datetime | None:
        """When the course is to be connected; None when that is left to Ransel."""
        return None if self.start_given is None else self._instant(self.start_given, "--start")

    @cached_property
    def monday(self) -> date:
        """The Monday of an ISO week such as `2027-W05`."""
        match = _WEEK.fullmatch(self.week_given)
        if match is None:
            refuse("option.no-week", "--week", self.week_given)
        try:
            monday = date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
        except ValueError:
            refuse("option.no-week", "--week", self.week_given)
        _refuse_far_year(monday.year, "--week", self.week_given)
        return monday

    @cached_property
    def out(self) -> Path | None:
        """The folder for the papers; None when no file is wanted."""
        if self.out_given is None:
            return None
        if not self.out_given.strip():
            refuse("option.no-folder", "--out", self.out_given)
        folder = Path(self.out_given)
        if os.path.lexists(folder) and not folder.is_dir():
            refuse("option.cannot-write", "--out", self.out_given, reason=Message("folder.file-in-the-way"))
        return folder

    def check(self, *names: str) -> None:
        """Read these inputs.

        Raises:
            Refused: with everything that is wrong with any of them.
        """
        refuse_together(*(lambda name=name: getattr(self, name) for name in names))

    def order(self, course: int, start: date) -> Order:
        """Return the order for a course that starts on this day.

        Raises:
            Refused: with everything that stands in its way, each where the person wrote it.
        """
        with self.where_it_was_written():
            refuse_together(
                lambda: prescribe(self.patient, self.protocol, course, self.today, start),
                lambda: judge(self.protocol.criteria, self.patient.findings),
            )
            return prescribe(self.patient, self.protocol, course, self.today, start)

    @contextmanager
    def where_it_was_written(self) -> Iterator[None]:
        """Let refusals from further in name the option or the file in which a person can repair them."""
        try:
            yield
        except Refused as refused:
            raise Refused(map(self._where_written, refused.refusals)) from None

    def _of_that_name(self, refusal: Refusal, name: str) -> Refusal:
        """Let the refusal of a name point to where it was written, rather than to the protocols."""
        if refusal.value != name or refusal.code not in {"protocol.unknown", "protocol.abstract"}:
            return refusal
        if self.protocol_given is not None:
            return replace(refusal, field="--protocol")
        return replace(refusal, field="protocol", file=place_of(self.child))

    def _where_written(self, refusal: Refusal) -> Refusal:
        if refusal.file:
            return refusal
        if refusal.field in _PLANNED:
            return replace(refusal, field="--start", value=self.start_given or "")
        if refusal.field in _OPTIONS:
            return replace(refusal, field=_OPTIONS[refusal.field])
        if refusal.field.partition(".")[0] in {*Patient.model_fields, "body_surface"}:
            return refusal.in_file(place_of(self.child))
        return file_apart(refusal)

    def _instant(self, text: str, field: str) -> datetime:
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
        _refuse_far_year(given.year, field, text)
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


def refuse_together(*reads: Callable[[], object]) -> None:
    """Do all of these, so that all that is wrong is said at once, and nothing twice.

    Raises:
        Refused: with every refusal of any of them.
    """
    found: list[Refusal] = []
    for read in reads:
        try:
            read()
        except Refused as refused:
            found += [refusal for refusal in refused.refusals if refusal not in found]
    if found:
        raise Refused(found)


def file_apart(refusal: Refusal) -> Refusal:
    """Return a refusal whose field begins with a file as one of a field in that file."""
    place = _IN_A_FILE.fullmatch(refusal.field)
    return refusal.in_file(place["file"]) if place and not refusal.file else refusal


def _refuse_far_year(year: int, field: str, text: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        refuse("option.far-year", field, text, first=FIRST_YEAR, last=LAST_YEAR)


def _with_hour(text: str) -> str:
    """Return a day without an hour as its midnight."""
    return f"{text}T00:00" if _DAY.fullmatch(text) else text
