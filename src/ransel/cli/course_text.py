"""A course in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ransel.cli.table import columns
from ransel.compounding import ContainerPlan
from ransel.language import Language, Level, Message, Moment
from ransel.planning import Alternative, PlannedCourse, Preparation, Visit
from ransel.prescribing import MedicineDay
from ransel.quantities import Quantity

MARKS = {Level.ASK: "?", Level.WARN: "!", Level.INFORM: "·"}


def course_text(course: PlannedCourse, language: Language) -> str:
    """Return the course as a page of text: who, dose, containers, visits, the pump's error, what to see."""
    say = _Teller(course, language)
    parts = [
        say.head(),
        say.dose(),
        say.containers(),
        say.other_readings(),
        say.compared(),
        say.visits(),
        say.pump(),
        say.criteria(),
    ]
    return "\n\n".join(
        part for part in [*parts, say.medicines(), say.notices(), say.word("paper.not-validated")] if part
    )


class _Teller:
    """Tells one course in one language."""

    def __init__(self, course: PlannedCourse, language: Language) -> None:
        self.course, self.language = course, language
        self.unit = course.order.protocol.dose.unit

    def word(self, key: str, **values: object) -> str:
        return Message(key, values).text(self.language)

    def number(self, quantity: Quantity, unit: str, digits: int) -> str:
        return quantity.text(self.language, unit, digits)

    def moment(self, at: datetime | None) -> str:
        return "" if at is None else self.course.agenda.moment(at).text(self.language)

    def head(self) -> str:
        order = self.course.order
        patient, protocol = order.patient, order.protocol
        return "\n".join(
            (
                self.word("course.patient", name=patient.name, born=Moment(patient.born, with_year=True),
                          weight=patient.weight.text(self.language, "kg"),
                          height=patient.height.text(self.language, "cm"),
                          measured=Moment(patient.measured, with_year=True)),
                f"{protocol.title.text(self.language)} ({protocol.id}, {protocol.version})",
                self.word("course.number", number=order.course_number, courses=protocol.course.courses.value),
            )
        )  # fmt: skip

    def dose(self) -> str:
        order = self.course.order
        rows = [
            (self.word("term.body_surface"), self.number(order.body_surface.value, "m2", 4)),
            (self.word("term.daily_dose"), self.number(order.daily_dose.value, f"{self.unit}/day", 3)),
            (self.word("term.course_dose"), self.number(order.course_dose.value, self.unit, 3)),
        ]
        return self._section("course.dose", columns(rows))

    def containers(self) -> str:
        lines = [line for made in self.course.plan.preparations for line in self._container(made)]
        return self._section("course.containers", "\n".join(lines))

    def _container(self, made: Preparation) -> Iterator[str]:
        container, recipe = made.container, made.container.recipe
        kind = self.word(f"kind.{container.option.kind}")
        volumes = ", ".join(
            f"{one.name.text(self.language)} {self.number(one.volume.value, 'mL', 3)}" for one in recipe.ingredients
        )
        drug, fill = self.number(recipe.drug.value, self.unit, 3), recipe.fill.text(self.language)
        delivered = self.number(recipe.delivered.value, self.unit, 3)
        rate = f"{container.rate.text(self.language)} ({container.rate.text(self.language, 'mL/24h')})"
        yield f"  {kind} {container.index}: " + self.word(
            "course.container", drug=drug, fill=fill, delivered=delivered, delivers=recipe.delivers,
            rate=rate, vials=recipe.vial_count,
        )  # fmt: skip
        yield f"    {volumes}"
        yield "    " + self.word(
            "course.clock", made=self.moment(made.planned), start=self.moment(made.start_before),
            finish=self.moment(made.finish_before),
        )  # fmt: skip

    def compared(self) -> str:
        if len(self.course.compared) < 2:
            return ""
        rows = [
            (
                ("* " if plan.name == self.course.containers.name else "  ") + plan.option.title.text(self.language),
                self.word("course.vials", count=plan.vials),
                self.word("course.left", mg=self.number(plan.left_in_vials + plan.left_in_containers, self.unit, 1)),
                "" if plan.price_euro is None else f"€ {plan.price_euro} ({plan.price_source})",
                self._suggestion(plan),
            )
            for plan in self.course.compared
        ]
        return self._section("course.compared", columns(rows, indent=0))

    def _suggestion(self, plan: ContainerPlan) -> str:
        """Return for which courses the maker suggests this way."""
        if plan.option.suggestion is None:
            return ""
        courses = ", ".join(map(str, plan.option.suggested_for_courses))
        return self.word("course.suggested", courses=courses, source=plan.option.suggestion.source)

    def other_readings(self) -> str:
        rows = [
            (
                one.words.text(self.language),
                self.number(one.recipe.drug.value, self.unit, 3),
                self.word("course.reaches", dose=self.number(one.recipe.delivered.value, self.unit, 3)),
                " + ".join(self.number(part.volume.value, "mL", 2) for part in one.recipe.ingredients),
            )
            for one in self.course.other_readings
        ]
        return self._section("course.other-readings", columns(rows))

    def visits(self) -> str:
        visits = self.course.plan.visits
        return self._section("course.visits", "\n".join([columns(map(self._visit, visits)), *self._why_changed()]))

    def _why_changed(self) -> Iterator[str]:
        """Say what sets the window of the change; the reasons of every other visit are in the JSON."""
        changes = [visit for visit in self.course.plan.visits if visit.kind == "change"]
        for reason in changes[0].reasons if changes else ():
            yield f"    {self._what(changes[0])}: {reason.text(self.language)}"

    def _visit(self, visit: Visit) -> tuple[str, ...]:
        window = f"{self.moment(visit.earliest)} – {self.moment(visit.latest) or '…'}"
        return self._what(visit), self.moment(visit.planned), self.word(f"place.{visit.place}"), window

    def _what(self, visit: Visit) -> str:
        return self.word(f"visit.{visit.kind}") + (f" {visit.container}" if visit.container else "")

    def pump(self) -> str:
        given = self.course.plan.delivery
        line = "  " + self.word(
            "course.delivery", error=given.error, low=self.number(given.low, self.unit, 2),
            exact=self.number(given.exact, self.unit, 2), high=self.number(given.high, self.unit, 2),
            ordered=self.number(given.ordered, self.unit, 2),
        )  # fmt: skip
        rows = columns(map(self._alternative, self.course.plan.alternatives))
        legend = f"\n  † {self.word('course.off-label')}" if self.course.plan.alternatives else ""
        return self._section("course.pump", f"{line}\n{rows}".rstrip() + legend)

    def _alternative(self, one: Alternative) -> tuple[str, ...]:
        dry = one.delivery.dry
        span = f"{self.number(one.delivery.low, self.unit, 2)} – {self.number(one.delivery.high, self.unit, 2)}"
        return (
            self.word(f"alternative.{one.name}") + (" †" if one.off_label else ""),
            self.word("course.change-at", hours=self.number(one.way.change, "h", 1)),
            span,
            self.word("course.dry-at", first=self.number(dry[0].earliest, "h", 1),
                      last=self.number(dry[-1].earliest, "h", 1)),
        )  # fmt: skip

    def criteria(self) -> str:
        rows = [
            (
                outcome.criterion.title.text(self.language),
                outcome.found_in_words.text(self.language),
                outcome.limit.text(self.language),
                self.word(f"state.{outcome.state}"),
            )
            for outcome in self.course.order.criteria
        ]
        return self._section("course.criteria", columns(rows)) if rows else ""

    def medicines(self) -> str:
        rows = []
        for day in self.course.medicines:
            dates = (
                f"{Moment(day.first).text(self.language)} – {Moment(day.last).text(self.language)}"
                if day.first and day.last
                else ""
            )
            dose = self.number(day.single_dose.value, "mg", 1) if day.single_dose else self._rates(day)
            times = f"{day.times_a_day}×" if day.times_a_day else ""
            words = "" if day.first else day.medicine.timing.value.text(self.language)
            rows.append((day.medicine.title.text(self.language), dates, f"{times} {dose}".strip(), words))
        return self._section("course.medicines", columns(rows)) if rows else ""

    def _rates(self, day: MedicineDay) -> str:
        """Return the rate of a continuous medicine for this patient, from the lowest to the highest."""
        rates = [rate.value.text(self.language, "mg/h", 2) for rate in day.rates]
        return " – ".join(dict.fromkeys((rates[0], rates[-1]))) if rates else ""

    def notices(self) -> str:
        lines = [f"  {MARKS[one.level]} {one.text(self.language)}" for one in self.course.notices]
        return self._section("course.notices", "\n".join(lines)) if lines else ""

    def _section(self, key: str, body: str) -> str:
        return f"{self.word(key)}\n{body}"
