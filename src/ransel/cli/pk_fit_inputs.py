"""What `ransel pk fit` is given, read and checked: levels, doses, and what is known of the drug in children."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np

from ransel.cli.documents import read_text
from ransel.cli.inputs import refuse_together
from ransel.cli.pk_options import hours, repaired_in
from ransel.cli.pk_source import covariates_of, sizes_that_change
from ransel.cli.settings import Given
from ransel.language import Message, Refusal, Refused, refuse
from ransel.pharmacokinetics.dosing.dosing import regimen
from ransel.pharmacokinetics.events.schedule_of_events import TableDosing, dosing_of
from ransel.pharmacokinetics.events.table import EventTable, read_event_table
from ransel.pharmacokinetics.fitting.estimation import Prior
from ransel.pharmacokinetics.fitting.levels_of_table import TableLevels, levels_of
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.parameters.parameter_shelf import DEFAULT_PARAMETERS, ParameterShelf
from ransel.pharmacokinetics.population.covariates import Covariates
from ransel.pharmacokinetics.schedule import Schedule
from ransel.protocols import Library, Protocol
from ransel.protocols.reading import place_of

HOURS_IN_A_DAY = 24
SIZES = ("WT", "HT")


@dataclass(frozen=True, kw_only=True)
class FitInputs(Given):
    """A table of levels and the options beside it; each is read when it is first asked for.

    Every property raises Refused when what was given cannot be read.
    """

    file: Path
    parameters_given: str = DEFAULT_PARAMETERS
    protocol_given: str | None = None
    until_given: str | None = None
    out: Path | None = None

    @cached_property
    def until(self) -> float | None:
        """Until when the course is shown, h; None for as long as the table and the doses last."""
        return hours(self.until_given, "--until")

    @cached_property
    def table(self) -> EventTable:
        """The levels, and the doses where they are in the same file."""
        found = read_event_table(read_text(self.file), place_of(self.file))
        if found.doses and self.protocol_given is not None:
            refuse("pk-fit.two-dosings", "--protocol", self.protocol_given)
        if not found.doses and self.protocol_given is None:
            raise Refused([Refusal("pk-fit.no-doses", "AMT", file=found.file)])
        return found

    @cached_property
    def _of_table(self) -> TableDosing:
        found = dosing_of(self.table)
        if found.steady.count:
            raise Refused([Refusal("pk-fit.steady", "SS", file=self.table.file)])
        return found

    @cached_property
    def levels(self) -> TableLevels:
        """The measured levels."""
        return levels_of(self.table, self._of_table.drawings)

    @cached_property
    def _shelf(self) -> ParameterShelf:
        return ParameterShelf(Library(self.settings.protocols))

    @cached_property
    def protocol(self) -> Protocol | None:
        """The protocol by which the children were dosed; None when the table says what was given."""
        if self.protocol_given is None:
            return None
        with repaired_in({"protocol": "--protocol"}):
            return self._shelf.library.protocol(self.protocol_given)

    @cached_property
    def parameters(self) -> ParameterSet:
        """What is known of the drug in children."""
        protocol = self.protocol
        with repaired_in({"parameters": "--parameters"}):
            if protocol is None:
                return self._shelf.parameters(self.parameters_given)
            return self._shelf.for_protocol(protocol, self.parameters_given)

    @cached_property
    def covariates(self) -> Covariates:
        """The sizes and ages of the children."""
        found = covariates_of(self.table, self.parameters)
        if self.protocol is None:
            return found
        missing = [name for name in SIZES if name not in self.table.covariates]
        if missing:
            raise Refused(
                Refusal("pk-fit.protocol-needs-size", name, self.protocol.id, {}, self.table.file) for name in missing
            )
        firsts = [rows[0] for _, rows in self.table.of_each_child()]
        wrong = [
            Refusal("pk.covariate-not-above-nought", f"line {row.line} {name}", f"{row.covariates[name]:g}", {},
                    self.table.file)
            for row in firsts for name in SIZES if row.covariates[name] <= 0
        ]  # fmt: skip
        if wrong:
            raise Refused(wrong)
        weight, height = ([row.covariates[name] for row in firsts] for name in SIZES)
        return Covariates.given(found.age, weight, height)

    @cached_property
    def courses(self) -> int:
        """How many courses of the protocol the rows of the table reach into."""
        if self.protocol is None:
            return 1
        most = self.protocol.course.courses.value
        last = max(row.time for row in self.table.rows)
        return min(most, max(1, int(last / float(self._interval)) + 1))

    @cached_property
    def _interval(self) -> Fraction:
        """Hours from the start of a course to that of the next one: those of the label, else the shortest allowed."""
        if self.protocol is None:
            raise AssertionError("only a protocol has courses")
        label = self.protocol.course.next.label_start_to_start
        if label is not None:
            return label.value.to("h")
        one = regimen(self.protocol, Covariates.given([5.0], [18.0], [108.0]), courses=2)
        return Fraction(float(one.times[one.occasions == 1][0]))

    @cached_property
    def schedule(self) -> Schedule:
        """What the children were given."""
        if self.protocol is None:
            return self._of_table.given
        return regimen(self.protocol, self.covariates, courses=self.courses, interval_hours=self._interval)

    @cached_property
    def prior(self) -> Prior:
        """What is known of the children before their levels."""
        occasions = len(self._of_table.occasions) if self.protocol is None else self.courses
        return Prior.of_set(self.parameters, self.covariates, occasions)

    def end_of(self, child: int) -> float:
        """Return until when the course of a child is shown, h."""
        if self.until is not None:
            return self.until
        schedule = self.schedule.part(child, child + 1)
        return max(float(schedule.times.max()), float(max(self.levels.children[child].times, default=0.0)))

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader must know of what was given, and to whom."""
        sizes = sizes_that_change(self.table, self.parameters)
        if self.protocol is None:
            meant = ", ".join(self.parameters.for_substances)
            return (Message("pk.table-says-no-drug", {"meant": meant}), Message("pk-fit.doses-of-table"), *sizes)
        days = f"{float(self._interval) / HOURS_IN_A_DAY:g}"
        values = {"protocol": self.protocol.id, "courses": self.courses, "days": days}
        return (Message("pk-fit.doses-of-protocol", values), *sizes)

    def check(self) -> None:
        """Read everything.

        Raises:
            Refused: with everything that is wrong.
        """
        refuse_together(*(lambda name=name: getattr(self, name) for name in ("settings", "until", "table", "protocol")))
        refuse_together(lambda: self.levels, lambda: self.parameters)
        refuse_together(lambda: self.covariates)
        refuse_together(lambda: self.schedule, lambda: self.prior)
        begin = float(np.min(self.schedule.times))
        if self.until is not None and self.until <= begin:
            refuse("pk.no-time", "--until", self.until_given or "", begin=f"{begin:g}")
