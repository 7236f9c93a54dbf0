"""How the team signs one child's treatment, step by step, each by somebody who may and at a believable time.

The steps of a course follow each other in `to_…`: each brings the story on from the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from ransel.chart.batches import finish_of, released_record, steps_of
from ransel.chart.guards.prescribing import SEVERE
from ransel.chart.ordered import ordered_container, rate_in_force
from ransel.chart.people import Hand
from ransel.chart.records import Record, care, pharmacy, prescribing
from ransel.chart.rules import Rules, course_document, patient_of
from ransel.chart.signing import sign
from ransel.chart.treatment import ContainerState, CourseState, Treatment, after
from ransel.chart.visits import VisitState, visit_of
from ransel.followup.ctcae import ctcae
from ransel.hospital.demo.children import DemoChild
from ransel.hospital.demo.people import CAST, NORTH, OTHER_HOSPITAL, DemoPerson
from ransel.hospital.demo.present import Present
from ransel.hospital.demo.pumps import foreseen
from ransel.hospital.demo.shelf import Shelf
from ransel.infusion import Kind, PumpEvent
from ransel.language import Language, Message
from ransel.planning import PlannedCourse, plan_whole_course
from ransel.prescribing import Findings, judged_again
from ransel.prescribing.patient import Choice
from ransel.protocols import Protocol
from ransel.quantities import Mass, Ratio, Temperature, Volume

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOGETHER = {"doctor": "second", "technician": "checker", "nurse": "colleague", "pharmacist": "pharmacist2"}
"""Who takes turns: every second child is treated by the other one."""
TURNS = TOGETHER | {other: one for one, other in TOGETHER.items()}
LOTS = {"drug": "QZ-24417", "albumin": "AL-90312", "diluent": "NA-55106"}
LIGHT = Mass("12 kg")
LIST = ctcae().list
"""Whoever looks at a child of the demo goes through the whole list of side effects."""
SORE = frozenset({25, 33})
"""Children, by their place, who were in much pain on the first day of their first course."""
NANOLITRES = 1_000_000
"""In a mL."""


@dataclass(slots=True)
class Story:
    """One treatment, and the clock of those who sign.

    Values:
        course: the one that is told. start: when it is to be connected.
        brief: whether what is looked at every day at home is left out.
        told: what the pumps of this course have told, and will if nothing changes.
        present: later than that nothing is signed. shelf: where the pumps come from, for all children together.
    """

    child: DemoChild
    present: Present
    protocol: Protocol
    shelf: Shelf
    language: Language = "nl"
    course: int = 1
    brief: bool = False
    told: tuple[PumpEvent, ...] = ()
    start: datetime = field(init=False)
    treatment: Treatment = field(init=False)
    clock: datetime = field(init=False)
    chance: Random = field(init=False)
    _planned: PlannedCourse | None = None

    def __post_init__(self) -> None:
        self.treatment = Treatment(id=self.child.treatment)
        self.start, self.clock = self.present.now, self.present.now - 1000 * DAY
        self.chance = Random(self.child.place)  # noqa: S311 - the same child always has the same story

    # -- who, when, what

    def at(self, instant: datetime) -> None:
        """Let time pass until an instant; it never goes back."""
        self.clock = max(self.clock, instant)

    def spoken(self, key: str) -> str:
        """Return what somebody said, in the language of the demo."""
        return Message(f"demo.said.{key}").text(self.language)

    def person(self, part: str) -> DemoPerson:
        """Return who plays a part for this child."""
        if self.child.centre == OTHER_HOSPITAL:
            return CAST["elsewhere"]
        if part in {"home", "stand-in"}:
            return CAST[f"{part}-{'north' if self.child.home_care == NORTH else 'south'}"]
        return CAST[TURNS.get(part, part) if self.child.place % 2 else part]

    def sign(self, part: str, *records: Record, reason: str = "", minutes: int = 2) -> None:
        """Sign records now, in one go; the next thing happens so many minutes later."""
        if self.clock > self.present.now:
            raise ValueError(f"{self.child.number} {self.child.stage}: {records} would be signed in the future")
        entries = sign(self.treatment, self.hand(part, reason), self.rules, *records)
        self.treatment = after(self.treatment, entries)
        self.clock += minutes * MINUTE

    def hand(self, part: str, reason: str = "") -> Hand:
        """Return the hand of whoever plays a part, who has seen everything that was signed so far."""
        who = self.person(part)
        return Hand(who=who.id_code, role=who.role, where=who.where, happened=self.clock, now=self.clock,
                    seen=self.treatment.version, reason=self.spoken(reason) if reason else "")  # fmt: skip

    @property
    def rules(self) -> Rules:
        """The rules for the last course, as `rules.replanned` would give them from its order and its findings."""
        last, identity = self.treatment.current, self.child.identity(self.present.today)
        if last is None or self._planned is None:
            return Rules(self.protocol, self.present.agenda, identity)
        return Rules(self.protocol, self.present.agenda, identity, self._planned)

    @property
    def state(self) -> CourseState:
        """The course that is told."""
        state = self.treatment.course(self.course)
        if state is None:
            raise LookupError(self.course)
        return state

    def container(self, number: int) -> ContainerState:
        """Return a container of this course."""
        state = self.state.container(number)
        if state is None:
            raise LookupError(number)
        return state

    def visit(self, kind: str, container: int) -> VisitState:
        """Return a visit of this course as it stands now."""
        found = visit_of(self.state, kind, container, self.clock)
        if found is None:
            raise LookupError(kind)
        return found

    # -- before the course

    def enrolled(self, at: datetime) -> None:
        """Let the child begin the treatment, if it has not."""
        if self.treatment.phase == "none":
            self.at(at)
            child = self.child
            self.sign("doctor", prescribing.Enrolled(child=child.code, centre=child.centre, protocol=self.protocol.id))

    def measurement(self) -> prescribing.Measured:
        """Return how heavy and tall the child is now, in this course."""
        weight, height = self.child.measured(self.child.course - self.course)
        day = self.present.agenda.local(self.clock).date()
        return prescribing.Measured(weight=weight, height=height, measured=day)

    def to_ordered(self) -> None:
        """Measure the child some nine days before the start, and order the course three days later."""
        self.enrolled(self.present.morning(self.start, -16, self.child.place))
        self.at(self.present.morning(self.start, -9, self.child.place))
        self.sign("doctor", self.measurement())
        self.at(self.present.morning(self.start, -6, self.child.place))
        self.sign("doctor", self.order())

    def order(self) -> prescribing.CourseOrdered:
        """Return the order of this course; everything that asks is answered with yes.

        For the lightest children the protocol leaves a choice: they get their dose by weight.
        """
        patient = patient_of(self.treatment, self.child.identity(self.present.today))
        choice = Choice(dose_rule="weight", reason=self.spoken("light")) if patient.weight <= LIGHT else None
        patient = patient.model_copy(update={"choice": choice})
        planned = plan_whole_course(
            patient, self.protocol, self.present.agenda, course=self.course, now=self.clock, start=self.start
        )
        document = course_document(planned)
        self._planned = planned
        return prescribing.CourseOrdered(
            course=self.course, protocol=self.protocol.id, protocol_version=self.protocol.version, start=self.start,
            containers=self.protocol.containers.default, planned_at=self.clock, weight=patient.weight,
            height=patient.height, measured=patient.measured, document=document,
            dose_rule=choice.dose_rule if choice else "", dose_reason=choice.reason if choice else "",
            confirmed=tuple(one["code"] for one in document["warnings"] if one["level"] == "ask"),
        )  # fmt: skip

    def to_verified(self) -> None:
        """Let somebody else check the order: another doctor, or a pharmacist."""
        self.to_ordered()
        self.at(self.present.morning(self.start, -6, 150 + self.child.place))
        by = "pharmacist" if self.child.place % 3 else "second"
        self.sign(by, prescribing.OrderVerified(course=self.course))

    def examined(self, **found: str | bool) -> None:
        """Record the start criteria and the visit before the course, on the morning before it at the latest."""
        self.at(self.present.morning(self.start, -1, self.child.place))
        taken = self.present.agenda.local(self.clock).date()
        findings = self._findings() | found
        self.sign("doctor", prescribing.CriteriaRecorded(course=self.course, taken=taken, findings=findings), minutes=9)
        if self._planned is not None:
            judged = judged_again(self._planned.order, Findings.model_validate({"taken": taken, **findings}))
            self._planned = replace(self._planned, order=judged)
        seen = prescribing.VisitBeforeCourse(course=self.course, found=self.spoken("well"), central_line_works=True)
        self.sign("doctor", seen, minutes=3)

    def _findings(self) -> dict[str, str | bool]:
        among = self.chance.randint
        return {
            "oxygen-saturation": f"{among(96, 99)} %",
            "neutrophils": f"{among(90, 310) * 10} /uL",
            "platelets": f"{among(80, 260) * 1000} /uL",
            "haemoglobin": f"{among(92, 118) / 10} g/dL",
            "alt": f"{among(5, 21) / 10} xULN",
            "ast": f"{among(5, 19) / 10} xULN",
            "kidney-function": f"{among(88, 126)} mL/min/1.73m2",
            "infection": False,
        }

    def to_cleared(self) -> None:
        """Bring the course to the go for its first container."""
        self.to_verified()
        self.examined()
        self.sign("doctor", prescribing.GoGiven(course=self.course, container=1))

    # -- in the pharmacy

    def begun(self, container: int, at: datetime | None = None) -> None:
        """Open the first vial: when it is planned, or at another instant."""
        self.at(at or self.rules.preparation(container).planned)
        of = self.of(container) | {"making": self.container(container).making + 1}
        self.sign("technician", pharmacy.BatchStarted(**of, made=self.clock), minutes=4)

    def of(self, container: int) -> dict[str, Any]:
        """Return which making of which container it is, as records say it."""
        return {"course": self.course, "container": container, "making": self.container(container).making}

    def weighed(self, container: int, *, steps: int | None = None, too_much: Fraction = Fraction(0)) -> None:
        """Weigh the first steps, or all; a little off, as balances and hands are, or too much."""
        lasts = self.present.today + 400 * DAY
        for step in list(steps_of(self.rules, container))[:steps]:
            off = Fraction(self.chance.randint(-40, 40), 10_000) + too_much
            grams = Mass(f"{float(step.expected.value.to('g') * (1 + off)):.2f} g")
            lot = pharmacy.LotUsed(number=LOTS.get(step.ingredient.id, "LOT-7731"), expires=lasts)
            self.sign("technician", pharmacy.Weighed(
                **self.of(container), ingredient=step.ingredient.id, before=Mass("0 g"), after=grams, lots=(lot,),
            ), minutes=6)  # fmt: skip

    def checked(self, container: int) -> None:
        """Let another technician check the batch."""
        self.sign("checker", pharmacy.BatchChecked(**self.of(container)), minutes=8)

    def made(self, container: int, at: datetime | None = None) -> None:
        """Make a container and release it."""
        self.begun(container, at)
        self.weighed(container)
        self.checked(container)
        released = released_record(
            self.rules, self.container(container), self.course, self.hand("pharmacist"), stability_confirmed=True
        )
        self.sign("pharmacist", released)

    def handed_over(self, container: int, at: datetime | None = None) -> None:
        """Take a container out of the fridge: when it is planned, not before it is cold, or at another instant."""
        started = self.container(container).last(pharmacy.BatchStarted)
        planned = self.rules.preparation(container).clock.out_of_fridge
        if started is not None:
            self.at(started.what.made + self.present.agenda.site.pharmacy.preparation_takes.value.timedelta)
        self.at(at or planned or self.clock)
        left = finish_of(self.rules, self.container(container), self.clock)
        self.sign("pharmacist", pharmacy.LeftFridge(**self.of(container), at=self.clock, finish_before=left))

    def to_out(self) -> None:
        """Bring the first container of the course out of the fridge."""
        self.to_cleared()
        self.made(1)
        self.handed_over(1)

    # -- beside the child

    def readied(self, container: int, at: datetime | None = None) -> None:
        """Get the pump, batteries, line and premedication ready."""
        self.at(at or self.clock)
        if not self.state.pump:
            self.sign("nurse", care.PumpAssigned(course=self.course, pump=self.shelf.take(self.clock)))
        by = self.clock + 6 * DAY
        materials = tuple(care.Material(what=what, change_by=by) for what in ("batteries", "line", "filter", "needle"))
        self.sign("nurse", care.Readied(
            course=self.course, container=container, premedication=("antihistamine", "non-opioid"),
            lumen=self.spoken("lumen"), fresh_batteries=True, materials=materials,
        ))  # fmt: skip

    def programmed(self, container: int, at: datetime | None = None) -> None:
        """Fill the line, programme the pump, and let a colleague read it back."""
        self.at(at or self.clock)
        fill = care.Primed(**self.of(container), pump=self.state.pump, volume=Volume("5 mL"), fluid="drug")
        self.sign("nurse", fill, minutes=4)
        self.set_up(container, ordered_container(self.state, container).fill)

    def set_up(self, container: int, volume: Volume, minutes: int = 2) -> None:
        """Programme the pump in hand for a container with this volume left, and let a colleague read it back."""
        of, pump, ordered = self.of(container), self.state.pump, ordered_container(self.state, container)
        rate = rate_in_force(self.state)
        self.sign("nurse", care.Programmed(
            **of, pump=pump, rate=rate, volume=volume, product=self.protocol.product.name,
            concentration=ordered.concentration.text("en", "mg/mL", 4),
        ), minutes=minutes)  # fmt: skip
        self.sign("colleague", care.ProgrammeChecked(
            **of, pump=pump, child=self.child.number, code=self.code(container), rate=rate, volume=volume,
        ), minutes=minutes)  # fmt: skip

    def code(self, container: int) -> str:
        """Return what stands in the code of a container's label."""
        released = self.container(container).last(pharmacy.Released)
        return released.what.code if released else ""

    def connection(self, container: int) -> care.Connected:
        """Return what is signed when a container runs into the child."""
        return care.Connected(
            **self.of(container), pump=self.state.pump, child=self.child.number, code=self.code(container),
            displayed=Volume("245 mL"),
        )  # fmt: skip

    def to_connected(self) -> None:
        """Connect the course when it is planned."""
        self.to_out()
        self.readied(1, self.start - 45 * MINUTE)
        self.sign("nurse", self.seen(baseline=True))
        self.programmed(1, self.start - 20 * MINUTE)
        self.at(self.start)
        self.sign("nurse", self.connection(1), minutes=5)
        self.listen()

    def seen(self, *, fever: bool = False, pain: int = 0, baseline: bool = False, medicine: bool | None = None,
             displayed: bool = False) -> care.Observed:  # fmt: skip
        """Return what somebody sees who looks at the child."""
        among = self.chance.randint
        ill = 9 if fever else 0
        effects = [("Pain", (pain + 2) // 3)] if pain else []
        effects += [("Fever", 1)] if fever else []
        return care.Observed(
            course=self.course, temperature=Temperature(f"{(among(364, 374) + 2 * ill) / 10} °C"),
            heart_rate=among(88, 112) + 2 * ill, respiratory_rate=among(19, 26), systolic=among(92, 108),
            diastolic=among(52, 66), saturation=Ratio(f"{among(96, 99)} %"), pain=pain, baseline=baseline,
            side_effects=tuple(care.SideEffect(term=term, grade=grade) for term, grade in effects), looked_for=LIST,
            intravenous_medicine=medicine, displayed=self.shown() if displayed else None,
        )  # fmt: skip

    def watched(self, until: datetime) -> None:
        """Look at the child in its first day: often at first, then once a shift."""
        worst = 7 if self.course == 1 and self.child.place in SORE else 4
        looks = ((0.5, "nurse", 0), (2, "nurse", 2), (6, "ward", worst), (15, "ward", 2), (19, "ward", 1))
        for hours, part, pain in looks:
            if self.start + hours * HOUR < until:
                self.at(self.start + hours * HOUR)
                self.sign(part, self.seen(pain=pain, medicine=False))

    def fit(self) -> None:
        """Let the doctor decide, a day after connecting, that the child can go home."""
        at = min(self.present.office_from(self.start + 25 * HOUR), self.present.at_work - 20 * MINUTE)
        self.watched(at)
        self.at(at)
        self.sign("ward", self.seen(pain=1, medicine=False), minutes=10)
        self.sign("doctor", care.FitForHome(
            course=self.course, vital_signs_normal=True, no_intravenous_medicine_for_24_h=True, family_trained=True,
            reachable_by_telephone=True, close_enough=True, travel_minutes=self.child.travel_minutes,
        ))  # fmt: skip

    def to_home(self) -> None:
        """Bring the child home with the pump."""
        self.to_connected()
        self.fit()
        self.at(self.clock + 40 * MINUTE)
        self.sign("ward", care.SentHome(course=self.course))

    def day_by_day(self, until: datetime) -> None:
        """Telephone every morning up to an instant: how the child is, and what the pump shows."""
        while not self.brief and (at := self.present.morning(self.clock, 1, self.child.place)) < until:
            if at <= self.clock:
                return
            self.at(at)
            self.sign("ward", self.seen(pain=self.chance.choice((0, 0, 1, 2)), displayed=True))

    def asked(self) -> None:
        """Ask the home-care organisation for the last visit, two days after connecting."""
        self.at(self.present.morning(self.start, 2, 60))
        visit = self.visit("disconnect", 2)
        self.sign("coordinator", care.HomeCareAsked(
            course=self.course, organisation=self.child.home_care, visit_at=visit.planned,
        ))  # fmt: skip

    def accepted(self) -> None:
        """Let the organisation say who comes, and who stands in."""
        self.at(self.present.morning(self.start, 2, 140 + self.child.place))
        nurse, other = self.person("home").id_code, self.person("stand-in").id_code
        self.sign("home", care.HomeCareAccepted(course=self.course, nurse=nurse, substitute=other))

    def to_accepted(self) -> None:
        """Bring the child home, and the last visit into the hands of the home-care organisation."""
        self.to_home()
        self.asked()
        self.accepted()

    def second_go(self, before: datetime) -> None:
        """Let the doctor look back at the side effects by telephone, and give the go for the second container."""
        at = self.present.office_until(min(self.visit("go", 2).planned, before) - 30 * MINUTE)
        self.day_by_day(at)
        self.at(at)
        grades = [effect.grade for one in self.state.observed for effect in one.what.side_effects]
        worst = max(grades, default=0)
        self.sign(
            "doctor", prescribing.GoGiven(course=self.course, container=2, worst_grade=worst),
            reason="side-effects-passed" if worst >= SEVERE else "",
        )  # fmt: skip

    def to_second_made(self, before: datetime | None = None) -> None:
        """Bring the second container into the fridge, begun as planned or before another instant."""
        self.to_accepted()
        planned = self.rules.preparation(2).planned
        begins = min(planned, before or planned)
        self.second_go(begins)
        self.day_by_day(begins)
        self.made(2, begins)

    def changed(self) -> None:
        """Change the cassette at the day care, when it is planned."""
        at = self.visit("change", 2).planned
        self.handed_over(2)
        self.readied(2, at - 40 * MINUTE)
        self.programmed(2, at - 20 * MINUTE)
        self.at(at)
        self.sign("nurse", self.removal(1, last=False), self.connection(2), minutes=15)
        self.residue(1, by="nurse")

    def to_changed(self) -> None:
        """Bring the course past its change."""
        self.to_second_made()
        self.changed()

    def removal(self, container: int, *, last: bool) -> care.Removed:
        """Return what is signed when a container is taken off now."""
        return care.Removed(**self.of(container), displayed=self.shown(), line=("clamped",), needle_out=last, last=last)

    def residue(self, container: int, by: str) -> None:
        """Weigh what was left."""
        told = (one for one in self.told if one.kind is Kind.WEIGHED and one.data["container"] == container)
        weight = next((Mass(f"{one.data['weight_g']} g") for one in told), Mass("0 g"))
        self.sign(by, care.ResidueRecorded(
            **self.of(container), weight=weight, scale_error=Mass("1 g"), waste="cytostatic",
        ))  # fmt: skip

    def to_disconnected(self) -> None:
        """Bring the course to its end at home."""
        self.to_changed()
        at = self.visit("disconnect", 2).planned
        self.day_by_day(at)
        self.at(at)
        self.sign("home", self.removal(2, last=True), minutes=10)

    def to_returned(self) -> None:
        """Bring the pump back to the hospital, the day after."""
        self.to_disconnected()
        self.residue(2, by="home")
        self.at(self.present.morning(self.clock, 1, 90))
        self.sign("coordinator", care.PumpReturned(course=self.course, pump=self._pump_out()))

    def _pump_out(self) -> str:
        return next(number for number, phase in self.state.pumps.items() if phase in {"off", "returned"})

    def to_over(self) -> None:
        """Bring the course to its end and its pump to the shelf."""
        self.to_returned()
        self.at(self.clock + 2 * HOUR)
        pump = self._pump_out()
        self.sign("nurse", care.PumpReadied(course=self.course, pump=pump, cleaned=True, self_test_passed=True))
        self.shelf.put_back(pump, self.clock)

    # -- what the pump says

    def listen(self) -> None:
        """Let the twin say what the pump will show until the end of the course."""
        troubles = self.child.troubles if self.course == self.child.course else ()
        self.told = foreseen(self.state, troubles)

    def shown(self) -> Volume:
        """Return the volume left that the pump shows now."""
        known = [one for one in self._shown_until(self.clock) if one.kind in {Kind.STARTED, Kind.STATUS, Kind.STOPPED}]
        if not known:
            return Volume("245 mL")
        last = known[-1]
        rate = 0 if last.kind is Kind.STOPPED else last.data["rate_nL_per_h"]
        since = (self.clock - last.received_at) / HOUR if last.received_at else 0
        left = max(last.data["displayed_nL"] - rate * since, 0) / NANOLITRES
        return Volume(f"{left:.1f} mL")

    def _shown_until(self, at: datetime) -> Iterator[PumpEvent]:
        return (one for one in self.told if one.received_at is not None and one.received_at <= at)
