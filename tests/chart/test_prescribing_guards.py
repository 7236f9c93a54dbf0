"""What may not be ordered, verified, cleared, changed or corrected; each is tried, and nothing is signed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from chart.refusing import case, refusals
from chart.stages import at
from chart.story import FINDINGS, NOOR, START

from ransel.chart.records.care import Observed, Readied, Remark
from ransel.chart.records.prescribing import (
    Corrected,
    CourseStopped,
    CriteriaRecorded,
    GoGiven,
    Measured,
    OrderVerified,
    RateChanged,
    Withdrawn,
)
from ransel.chart.rules import Identity
from ransel.chart.treatment import fold


def measured(day):
    return lambda _: Measured(weight="16.4 kg", height="102 cm", measured=day)


def with_document(**parts):
    """The order, with parts of its document exchanged."""

    def order(story):
        signed = story.order()
        changed = {key: signed.document[key] | part if isinstance(part, dict) else part for key, part in parts.items()}
        return signed.model_copy(update={"document": signed.document | changed})

    return order


def findings(**found):
    names = {name.replace("_", "-"): value for name, value in found.items()}
    return lambda story: CriteriaRecorded(course=1, taken=story.agenda.local(story.now).date(), findings=names)


def asked_too(story):
    """The order, with one more notice that asks and that nobody has answered."""
    signed = story.order()
    warnings = [*signed.document["warnings"], {"code": "odd", "level": "ask", "text": "?"}]
    return signed.model_copy(update={"document": signed.document | {"warnings": warnings}})


def correction(kind, **data):
    """A correction of the last entry of a kind."""

    def record(story):
        entry = next(one for one in reversed(story.treatment.history) if one.kind == kind)
        return Corrected(entry=entry.version, data=entry.what.model_dump(mode="json") | data)

    return record


ORDERING = [
    case("a measurement of tomorrow", "enrolled", "doctor", measured(date(2027, 2, 2)),
         "date.in-the-future @ measured"),
    case("a measurement before birth", "enrolled", "doctor", measured(date(2022, 9, 13)),
         "date.before-birth @ measured"),
    case("the second course first", "enrolled", "doctor", lambda story: story.order(course=2),
         "chart.other-course-first @ course"),
    case("the third course after the first", "pump-back", "doctor",
         lambda story: story.order(course=3, start=START + timedelta(days=70)), "chart.other-course-first @ course"),
    case("another child's document", "enrolled", "doctor", with_document(patient={"number": "SYN-0002"}),
         "chart.other-document @ document"),
    case("another course's document", "enrolled", "doctor", with_document(course=2),
         "chart.other-document @ document"),
    case("another protocol's document", "enrolled", "doctor", with_document(protocol={"id": "fluorouracil-46h"}),
         "chart.other-document @ document"),
    case("another version's document", "enrolled", "doctor", with_document(protocol={"version": "1999.1"}),
         "chart.other-document @ document"),
    case("a document with the name", "enrolled", "doctor", with_document(patient={"name": NOOR.name}),
         "chart.name-in-document @ document"),
    case("a document with the birth date", "enrolled", "doctor", with_document(patient={"born": "2022-09-14"}),
         "chart.name-in-document @ document"),
    case("a question without an answer", "enrolled", "doctor", asked_too, "chart.not-confirmed @ confirmed"),
    case("a course of which a container exists", "released", "doctor", lambda story: story.order(),
         "chart.already-made @ course"),
    case("a course that comes too soon", "pump-back", "doctor",
         lambda story: story.order(course=2, start=START + timedelta(days=28)), "chart.course-too-soon @ start"),
    case("a course after the treatment has ended", "withdrawn-before", "doctor", lambda story: story.order(),
         "chart.withdrawn @ course"),
    case("a go after the treatment has ended", "withdrawn-before", "doctor",
         lambda _: GoGiven(course=1, container=1), "chart.withdrawn @ course"),
]  # fmt: skip


@pytest.mark.parametrize("one", ORDERING)
def test_an_order_rests_on_its_child_its_turn_and_its_measurements(one):
    one.check()


@pytest.mark.parametrize("changed", [{"weight": "17.4 kg"}, {"height": "103 cm"}, {"measured": date(2027, 1, 30)}])
def test_an_order_that_rests_on_another_measurement_is_refused(changed):
    story = at("enrolled")
    order = story.order()
    last = {"weight": "16.4 kg", "height": "102 cm", "measured": date(2027, 1, 29)}
    story.sign("doctor", Measured(**(last | changed)))
    assert refusals(story, "doctor", order) == ["chart.other-measurement @ weight"]


def test_an_order_without_a_measurement_is_refused():
    story = at("enrolled")
    order = story.order()
    story.treatment = fold("T-0001", story.treatment.history[:1])
    assert refusals(story, "doctor", order) == ["chart.not-measured @ weight"]


@pytest.mark.hazard("HZ-065")
@pytest.mark.parametrize("stage", ["ordered", "pump-back"])
def test_whoever_orders_a_course_does_not_verify_it(stage):
    story, course = at(stage), 1
    if stage == "pump-back":
        story.sign("second", story.order(course := 2, START + timedelta(days=35)))
    orderer = "doctor" if course == 1 else "second"
    assert refusals(story, orderer, OrderVerified(course=course)) == ["chart.same-person @ verified_by"]


def test_an_order_is_not_verified_after_the_treatment_has_ended():
    story = at("ordered")
    story.sign("doctor", Withdrawn(cause="disease"), reason="progress on the last scan")
    assert refusals(story, "second", OrderVerified(course=1)) == ["chart.withdrawn @ course"]


CLEARING = [
    case("findings of tomorrow", "verified", "doctor",
         lambda _: CriteriaRecorded(course=1, taken=date(2027, 2, 2), findings={}), "date.in-the-future @ taken"),
    case("no quantity", "verified", "doctor", findings(neutrophils="many"),
         "quantity.unreadable @ findings.neutrophils"),
    case("no unit", "verified", "doctor", findings(neutrophils="1450"), "quantity.no-unit @ findings.neutrophils"),
    case("another kind of quantity", "verified", "doctor", findings(neutrophils="1450 mg"),
         "finding.other-kind @ findings.neutrophils"),
    case("a number for a yes or no", "verified", "doctor", findings(infection="1450 /uL"),
         "finding.not-yes-or-no @ findings.infection"),
    case("no criterion of the protocol", "verified", "doctor", findings(shoe_size="31 cm"),
         "finding.unknown @ findings.shoe-size"),
    case("a key that would exchange the day", "verified", "doctor", findings(taken="2027-01-01"),
         "key.invalid @ findings.taken"),
    case("nothing looked at", "verified", "doctor", lambda _: GoGiven(course=1, container=1),
         *(f"chart.criterion-missing @ {name}" for name in FINDINGS)),
    case("a criterion passed over without a reason", "verified", "doctor",
         lambda _: GoGiven(course=1, container=1, despite=tuple(FINDINGS)), "chart.despite-without-reason @ reason"),
    case("the second container before the first has run", "cleared", "doctor",
         lambda _: GoGiven(course=1, container=2, worst_grade=0), "chart.nothing-to-look-at @ container"),
    case("nobody says how bad it was", "at-home", "doctor", lambda _: GoGiven(course=1, container=2),
         "chart.no-grade @ worst_grade"),
    case("severe side effects and no reason", "at-home", "doctor",
         lambda _: GoGiven(course=1, container=2, worst_grade=3), "chart.severe-without-reason @ worst_grade"),
    case("severe side effects and an empty reason", "at-home", "doctor",
         lambda _: GoGiven(course=1, container=2, worst_grade=4), "chart.severe-without-reason @ worst_grade",
         reason="  "),
]  # fmt: skip


@pytest.mark.parametrize("one", CLEARING)
def test_a_go_rests_on_findings_that_can_be_read_and_hold(one):
    one.check()


@pytest.mark.parametrize(
    ("found", "taken", "code"),
    [
        ({"neutrophils": "120 /uL"}, timedelta(days=-1), "chart.criterion-not-met"),
        ({"infection": True}, timedelta(days=-1), "chart.criterion-not-met"),
        ({}, timedelta(days=-9), "chart.criterion-too-old"),
    ],
)
def test_a_criterion_that_does_not_hold_or_no_longer_counts_stops_the_go(found, taken, code):
    story = at("verified")
    story.now = START - timedelta(days=1)
    day = story.agenda.local(START + taken).date()
    story.sign("doctor", CriteriaRecorded(course=1, taken=day, findings=FINDINGS | found))
    failing = found or FINDINGS
    assert refusals(story, "doctor", GoGiven(course=1, container=1)) == [f"{code} @ {name}" for name in failing]
    story.sign("doctor", GoGiven(course=1, container=1, despite=tuple(failing)), reason="discussed in the team")


CHANGING = [
    case("faster than ordered", "connected", "doctor",
         lambda _: RateChanged(course=1, modification="other", rate="2.1 mL/h"), "chart.rate-above-order @ rate",
         reason="to end on Friday"),
    case("an unknown reason for another rate", "connected", "doctor",
         lambda _: RateChanged(course=1, modification="just-so", rate="1 mL/h"),
         "chart.modification-unknown @ modification", reason="fever"),
    case("an unknown reason to stop", "connected", "doctor",
         lambda _: CourseStopped(course=1, modification="just-so", for_good=False),
         "chart.modification-unknown @ modification", reason="fever"),
    case("the treatment ends while a pump runs", "connected", "doctor", lambda _: Withdrawn(cause="family"),
         "chart.still-running @ course", reason="they move"),
]  # fmt: skip


@pytest.mark.parametrize("one", CHANGING)
def test_a_change_stays_within_the_order_and_the_protocol(one):
    one.check()


CORRECTING = [
    case("no such entry", "enrolled", "doctor", lambda _: Corrected(entry=99, data={}),
         "chart.no-such-entry @ entry", reason="x"),
    case("an enrolment", "enrolled", "doctor", lambda _: Corrected(entry=1, data={}),
         "chart.not-correctable @ entry", reason="x"),
    case("an order", "verified", "doctor", correction("course-ordered"), "chart.not-correctable @ entry", reason="x"),
    case("a weighing", "weighed", "technician", correction("weighed"), "chart.not-correctable @ entry", reason="x"),
    case("a release", "released", "pharmacist", correction("released"), "chart.not-correctable @ entry", reason="x"),
    case("a key that is no key", "enrolled", "doctor", correction("measured", colour="red"),
         "key.unknown @ data.colour", reason="x"),
    case("a weight that is none", "enrolled", "doctor", correction("measured", weight="-3 kg"),
         "quantity.not-positive @ data.weight", reason="x"),
    case("a weight of tomorrow", "enrolled", "doctor", correction("measured", measured="2027-02-02"),
         "date.in-the-future @ data.measured", reason="x"),
    case("findings that nobody can judge", "cleared", "doctor",
         correction("criteria-recorded", findings={"neutrophils": "many"}),
         "quantity.unreadable @ data.findings.neutrophils", reason="x"),
    case("another course", "connected", "ward", correction("observed", course=2),
         "chart.corrects-another @ data.course", reason="x"),
    case("another container", "connected", "nurse", correction("readied", container=2),
         "chart.corrects-another @ data.container", reason="x"),
    case("another making", "disconnected", "home", correction("residue-recorded", making=2),
         "chart.corrects-another @ data.making", reason="x"),
    case("an end that was none", "disconnected", "home", correction("removed", last=False),
         "chart.corrects-another @ data.last", reason="x"),
]  # fmt: skip


@pytest.mark.parametrize("one", CORRECTING)
def test_a_correction_stays_what_the_entry_was_about_and_can_be_read(one):
    one.check()


@pytest.mark.parametrize(
    ("stage", "kind", "record", "data"),
    [
        ("connected", "observed", Observed, {"temperature": "38.9 °C"}),
        ("connected", "readied", Readied, {"lumen": "white"}),
    ],
)
def test_what_can_be_corrected_counts_as_corrected_from_then_on(stage, kind, record, data):
    story = at(stage)
    story.sign("nurse", correction(kind, **data)(story), reason="typed in the wrong row")
    course = story.treatment.current
    found = course.observed[-1] if record is Observed else course.container(1).last(record)
    assert found.what.model_dump(mode="json") == found.what.model_dump(mode="json") | data


@pytest.mark.hazard("HZ-068")
def test_a_course_that_was_cancelled_is_ordered_anew_and_verified_anew():
    story = at("cleared")
    story.sign("doctor", CourseStopped(course=1, modification="other", for_good=False), reason="chickenpox")
    assert story.treatment.current.phase == "cancelled"
    story.now = START
    story.sign("doctor", story.order(start=START + timedelta(days=7)))
    assert story.treatment.current.phase == "ordered"
    assert [one.phase for one in story.treatment.current.containers] == ["planned", "planned"]
    assert refusals(story, "doctor", OrderVerified(course=1)) == ["chart.same-person @ verified_by"]


@pytest.mark.hazard("HZ-070")
def test_an_order_planned_for_this_child_cannot_be_signed_for_another():
    story = at("verified")
    rules = story.rules()
    other = replace(rules, identity=Identity("Another (synthetic)", date(2021, 1, 1), "SYN-0009"))
    story.rules = lambda: other
    assert refusals(story, "doctor", story.order()) == ["chart.other-document @ document"]


def test_a_remark_is_allowed_after_the_treatment_has_ended():
    story = at("withdrawn-before")
    story.sign("doctor", Remark(course=1, text="the family called, all is well"))
    assert story.treatment.history[-1].kind == "remark"
