"""Noor's course as her team signs it, step by step, at times that belong to it; for tests of the chart."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from ransel.chart.batches import finish_of, released_record, steps_of
from ransel.chart.entry import Entry
from ransel.chart.ordered import ordered_container, rate_in_force
from ransel.chart.people import Hand, Role
from ransel.chart.records import care, pharmacy, prescribing
from ransel.chart.rules import Identity, Rules, course_document, patient_of, replanned
from ransel.chart.signing import sign
from ransel.chart.treatment import Treatment, after
from ransel.language import Refused
from ransel.planning import Agenda, plan_whole_course
from ransel.prescribing.patient import Choice
from ransel.protocols import DEFAULT_PROTOCOL, Library, Protocol
from ransel.quantities import Length, Mass, Temperature, Volume

NOOR = Identity("Noor de Vries (synthetic)", date(2022, 9, 14), "SYN-0001")
START = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)
MATERIALS = ("batteries", "line", "filter", "needle")
PRIMED = Volume("5 mL")
PEOPLE = {
    "doctor": ("p-doctor", Role.DOCTOR, "maxima/ward"),
    "second": ("p-second", Role.DOCTOR, "maxima/ward"),
    "pharmacist": ("p-pharmacist", Role.PHARMACIST, "maxima/pharmacy"),
    "technician": ("p-technician", Role.TECHNICIAN, "maxima/pharmacy"),
    "checker": ("p-checker", Role.TECHNICIAN, "maxima/pharmacy"),
    "nurse": ("p-nurse", Role.DAY_CARE_NURSE, "maxima/day-care"),
    "colleague": ("p-colleague", Role.DAY_CARE_NURSE, "maxima/day-care"),
    "ward": ("p-ward", Role.WARD_NURSE, "maxima/ward"),
    "home": ("p-home", Role.HOME_CARE_NURSE, "thuiszorg/home"),
    "coordinator": ("p-coordinator", Role.COORDINATOR, "maxima/planning"),
}
FINDINGS = {
    "oxygen-saturation": "98 %", "neutrophils": "1450 /uL", "platelets": "112000 /uL", "haemoglobin": "9.8 g/dL",
    "alt": "1.2 xULN", "ast": "1.4 xULN", "kidney-function": "104 mL/min/1.73m2", "infection": False,
}  # fmt: skip


@dataclass
class Story:
    """One treatment and the clock of those who sign."""

    treatment: Treatment = field(default_factory=lambda: Treatment(id="T-0001"))
    now: datetime = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    free_pumps: frozenset[str] | None = None
    protocol: Protocol | None = None
    choice: Choice | None = None
    kind: str = "cassettes"

    def __post_init__(self):
        library = Library(None)
        self.protocol = self.protocol or library.protocol(DEFAULT_PROTOCOL)
        self.agenda = Agenda(library.site)

    def rules(self, course=None) -> Rules:
        state = self.treatment.course(course) if course else self.treatment.current
        rules = Rules(self.protocol, self.agenda, NOOR, free_pumps=self.free_pumps)
        if state is None:
            return rules
        try:
            planned = replanned(self.treatment, state.number, NOOR, self.protocol, self.agenda)
        except Refused as refused:
            return replace(rules, differs=refused.refusals)
        return replace(rules, planned=planned)

    def hand(self, person, *, reason="", happened=None, seen=None, key="") -> Hand:
        who, role, where = PEOPLE[person]
        seen = self.treatment.version if seen is None else seen
        return Hand(who=who, role=role, where=where, happened=happened or self.now, now=self.now, seen=seen,
                    reason=reason, key=key)  # fmt: skip

    def sign(self, person, *records, **how) -> tuple[Entry, ...]:
        entries = sign(self.treatment, self.hand(person, **how), self.rules(), *records)
        self.treatment = after(self.treatment, entries)
        self.now += timedelta(minutes=1)
        return entries

    # -- the steps

    def enrolled(self):
        self.sign("doctor", prescribing.Enrolled(child="c-0001", centre="maxima", protocol=self.protocol.id))
        weight, height = Mass("16.4 kg"), Length("102 cm")
        self.sign("doctor", prescribing.Measured(weight=weight, height=height, measured=date(2027, 1, 29)))

    def order(self, course=1, start=START) -> prescribing.CourseOrdered:
        patient = patient_of(self.treatment, NOOR).model_copy(update={"choice": self.choice})
        planned = plan_whole_course(
            patient, self.protocol, self.agenda, course=course, now=self.now, start=start, kind=self.kind
        )
        rule, why = (self.choice.dose_rule, self.choice.reason) if self.choice else ("", "")
        measured, document = self.treatment.measurements[-1].what, course_document(planned)
        return prescribing.CourseOrdered(
            course=course, protocol=self.protocol.id, protocol_version=self.protocol.version, start=start,
            containers=self.kind, planned_at=self.now, weight=measured.weight, height=measured.height,
            measured=measured.measured, document=document,
            dose_rule=rule, dose_reason=why,
            confirmed=tuple(one["code"] for one in document["warnings"] if one["level"] == "ask"),
        )  # fmt: skip

    def ordered(self, course=1, start=START):
        self.sign("doctor", self.order(course, start))
        self.sign("second", prescribing.OrderVerified(course=course))

    def cleared(self, course=1, start=START):
        self.now = max(self.now, start - timedelta(days=3, hours=4))
        taken = self.agenda.local(self.now).date()
        findings = {one.id: FINDINGS[one.id] for one in self.protocol.criteria}
        self.sign("doctor", prescribing.CriteriaRecorded(course=course, taken=taken, findings=findings))
        visit = prescribing.VisitBeforeCourse(course=course, found="well", central_line_works=True)
        self.sign("doctor", visit)
        self.sign("doctor", prescribing.GoGiven(course=course, container=1))

    def lots(self):
        return (pharmacy.LotUsed(number="L1", expires=date(2029, 1, 1)),)

    def weighed(self, container, ingredient=None, course=1, by="technician"):
        state = self.treatment.course(course).container(container)
        for step in steps_of(self.rules(), container):
            if ingredient in {None, step.ingredient.id}:
                grams = Mass(f"{float(step.expected.value.to('g')):.2f} g")
                self.sign(by, pharmacy.Weighed(
                    course=course, container=container, making=state.making, ingredient=step.ingredient.id,
                    before=Mass("0 g"), after=grams, lots=self.lots(),
                ))  # fmt: skip

    def begun(self, container, course=1):
        self.now = max(self.now, self.rules().preparation(container).planned)
        making = self.treatment.course(course).container(container).making + 1
        self.sign("technician", pharmacy.BatchStarted(course=course, container=container, making=making, made=self.now))

    def checked(self, container, course=1):
        return pharmacy.BatchChecked(**self.of(container, course))

    def release(self, container, course=1, by="pharmacist"):
        state, hand = self.treatment.course(course).container(container), self.hand(by)
        return released_record(self.rules(), state, course, hand, stability_confirmed=True)

    def made(self, container, course=1):
        self.begun(container, course)
        self.weighed(container, course=course)
        making = self.treatment.course(course).container(container).making
        self.sign("checker", pharmacy.BatchChecked(course=course, container=container, making=making))
        self.sign("pharmacist", self.release(container, course))

    def handed_over(self, container, course=1):
        leaves = self.rules().preparation(container).clock.out_of_fridge
        self.now = max(self.now, leaves)
        state = self.treatment.course(course).container(container)
        self.sign("pharmacist", pharmacy.LeftFridge(
            course=course, container=container, making=state.making, at=self.now,
            finish_before=finish_of(self.rules(), state, self.now),
        ))  # fmt: skip

    def code(self, container, course=1):
        return self.treatment.course(course).container(container).last(pharmacy.Released).what.code

    def readied(self, container, course=1, pump="PUMP-01"):
        if not self.treatment.course(course).pump:
            self.sign("nurse", care.PumpAssigned(course=course, pump=pump))
        ready = self.ready(container, course)
        self.sign("nurse", ready)

    def ready(self, container, course=1, **changes):
        by = self.now + timedelta(days=6)
        told = {
            "premedication": ("antihistamine",), "lumen": "red", "fresh_batteries": True,
            "materials": tuple(care.Material(what=what, change_by=by) for what in MATERIALS),
        }  # fmt: skip
        return care.Readied(course=course, container=container, **(told | changes))

    def of(self, container, course=1):
        making = self.treatment.course(course).container(container).making
        return {"course": course, "container": container, "making": making}

    def programmed(self, container, course=1, **changes):
        pump = self.treatment.course(course).pump
        self.sign("nurse", care.Primed(**self.of(container, course), pump=pump, volume=PRIMED, fluid="drug"))
        self.sign("nurse", self.programme(container, course, **changes))
        self.sign("colleague", self.check(container, course))

    def programme(self, container, course=1, **changes):
        told = self.displayed(container, course) | {
            "concentration": self.strength(container, course), "product": self.protocol.product.name,
        }  # fmt: skip
        return care.Programmed(**self.of(container, course), **(told | changes))

    def displayed(self, container, course=1):
        state = self.treatment.course(course)
        return {"pump": state.pump, "rate": rate_in_force(state), "volume": ordered_container(state, container).fill}

    def strength(self, container, course=1):
        ordered = ordered_container(self.treatment.course(course), container)
        return ordered.concentration.text("en", f"{self.protocol.dose.unit}/mL", 4)

    def check(self, container, course=1, **changes):
        told = self.displayed(container, course) | {"child": NOOR.number, "code": self.code(container, course)}
        return care.ProgrammeChecked(**self.of(container, course), **(told | changes))

    def connection(self, container, course=1, **changes):
        told = {
            "pump": self.treatment.course(course).pump, "child": NOOR.number, "code": self.code(container, course),
            "displayed": ordered_container(self.treatment.course(course), container).fill - PRIMED,
        }  # fmt: skip
        return care.Connected(**self.of(container, course), **(told | changes))

    def removal(self, container, course=1, *, last, left="15 mL", **changes):
        return care.Removed(
            **self.of(container, course), displayed=Volume(left), last=last, line=("clamped",), **changes
        )

    def removal_before_connecting(self):
        return care.Removed(course=1, container=1, making=1, displayed=Volume("15 mL"), last=False)

    def connected(self, container=1, course=1, start=START):
        self.readied(container, course)
        self.sign(
            "nurse", care.Observed(course=course, temperature=Temperature("36.8 °C"), heart_rate=98, baseline=True)
        )
        self.programmed(container, course)
        self.now = max(self.now, start)
        self.sign("nurse", self.connection(container, course))

    def at_home(self, course=1):
        self.now += timedelta(hours=24)
        self.sign("ward", care.Observed(course=course, temperature=Temperature("37.2 °C"), heart_rate=104,
                                        intravenous_medicine=False))  # fmt: skip
        self.sign("doctor", care.FitForHome(
            course=course, vital_signs_normal=True, no_intravenous_medicine_for_24_h=True, family_trained=True,
            reachable_by_telephone=True, close_enough=True, travel_minutes=90,
        ))  # fmt: skip
        self.sign("ward", care.SentHome(course=course))

    def second_go(self, course=1):
        self.now = max(self.now, self.rules().preparation(2).planned - timedelta(hours=3))
        self.sign("doctor", prescribing.GoGiven(course=course, container=2, worst_grade=1))

    def changed(self, course=1, start=START):
        self.handed_over(2, course)
        self.readied(2, course)
        self.programmed(2, course)
        self.now = max(self.now, start + timedelta(hours=115))
        self.sign("nurse", self.removal(1, course, last=False), self.connection(2, course))
        self.residue(1, course)

    def residue(self, container, course=1, by="nurse"):
        self.sign(by, care.ResidueRecorded(**self.of(container, course), weight=Mass("15.2 g"), scale_error=Mass("1 g"),
                                           waste="cytostatic"))  # fmt: skip

    def home_care(self, course=1, start=START):
        at = start + timedelta(hours=240)
        asked = care.HomeCareAsked(course=course, organisation="thuiszorg", visit_at=at)
        self.sign("coordinator", asked)
        self.sign("home", care.HomeCareAccepted(course=course, nurse="p-home", substitute="p-stand-in"))

    def disconnected(self, course=1, start=START):
        self.now = max(self.now, start + timedelta(hours=240))
        self.sign("home", self.removal(2, course, last=True, left="5 mL", needle_out=True))
        self.residue(2, course, by="home")

    def pump_back(self, course=1):
        pump = next(iter(self.treatment.course(course).pumps))
        self.sign("nurse", care.PumpReturned(course=course, pump=pump))
        self.sign("nurse", care.PumpReadied(course=course, pump=pump, cleaned=True, self_test_passed=True))

    def whole_course(self, course=1, start=START):
        self.ordered(course, start)
        self.cleared(course, start)
        self.made(1, course)
        self.handed_over(1, course)
        self.connected(1, course, start)
        self.at_home(course)
        self.second_go(course)
        self.made(2, course)
        self.home_care(course, start)
        self.changed(course, start)
        self.disconnected(course, start)
        self.pump_back(course)


def enrolled() -> Story:
    """Noor, enrolled and measured."""
    story = Story()
    story.enrolled()
    return story
