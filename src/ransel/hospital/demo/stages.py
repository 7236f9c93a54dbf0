"""The points in the programme at which the children of the demo are: when the course begins, and how its story is told.

Together they show every phase that a treatment, a course, a container and a pump can be in, and every task there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from ransel.chart.ordered import rate_in_force
from ransel.chart.records import care, pharmacy, prescribing
from ransel.hospital.demo import old_regimen
from ransel.hospital.demo.present import Present
from ransel.hospital.demo.story import DAY, HOUR, MINUTE, Story
from ransel.infusion import Kind
from ransel.quantities import Length, Rate

Start = Callable[[Present, int], datetime]
"""Gives the start of a course, seen from the present; the number of the child keeps starts apart."""
OLD_REGIMEN = "old-regimen"
"""The stage of children whose courses were all given before, in the regimen of then."""
APART = 8
SLIP = Length("10 cm")
TOO_MUCH = Fraction(6, 100)
"""Twice what the protocol allows in a weighing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A point in the programme: when its course is to be connected, seen from the present, and what was signed."""

    start: Start
    tell: Callable[[Story], None]


def _ahead(hours: float) -> Start:
    return lambda present, _: present.start_from(present.at_work + timedelta(hours=hours))


def _ago(hours: float) -> Start:
    return lambda present, place: present.start_until(present.at_work - timedelta(hours=hours), place % APART)


def _at_most_ago(hours: float) -> Start:
    return lambda present, _: present.start_from(present.at_work - timedelta(hours=hours))


# -- before the first cassette


def _enrolled(story: Story) -> None:
    story.enrolled(story.present.morning(story.present.at_work, -1))


def _measured(story: Story) -> None:
    """Measure the child; the height was typed wrong, and that was seen."""
    story.enrolled(story.present.morning(story.present.at_work, -4))
    story.at(story.present.morning(story.present.at_work, -1))
    right = story.measurement()
    wrong = right.model_copy(update={"height": Length(right.height - SLIP)})
    story.sign("doctor", wrong, minutes=5)
    of = story.treatment.history[-1].version
    story.sign("doctor", prescribing.Corrected(entry=of, data=right.model_dump(mode="json")), reason="typed")


def _sent_back(story: Story) -> None:
    story.to_ordered()
    story.at(story.present.morning(story.start, -6, 200))
    story.sign("pharmacist", prescribing.OrderRefused(course=story.course), reason="weigh-again")


def _withheld(story: Story) -> None:
    story.to_verified()
    story.examined(platelets="14000 /uL")
    story.sign("doctor", prescribing.GoWithheld(course=story.course, container=1), reason="platelets")


def _cancelled(story: Story) -> None:
    story.to_verified()
    story.at(story.present.at_work - 50 * MINUTE)
    stopped = prescribing.CourseStopped(course=story.course, modification="other", for_good=False)
    story.sign("doctor", stopped, reason="chickenpox")


# -- the first cassette


def _begun(story: Story, minutes: int) -> None:
    """Begin the first cassette so many minutes ago."""
    story.to_cleared()
    story.begun(1, story.present.by_day(story.present.at_work - minutes * MINUTE))


def _weighing(story: Story) -> None:
    _begun(story, 25)
    story.weighed(1, steps=1)


def _checked(story: Story) -> None:
    _begun(story, 70)
    story.weighed(1)
    story.checked(1)


def _to_make_anew(story: Story) -> None:
    _begun(story, 55)
    story.weighed(1, too_much=TOO_MUCH)
    discarded = pharmacy.Discarded(**story.of(1), cause="out-of-tolerance")
    story.sign("pharmacist", discarded, reason="weighed-too-much")


def _in_fridge(story: Story) -> None:
    story.to_cleared()
    story.made(1, story.present.by_day(story.present.at_work - 2 * HOUR))


def _out(story: Story) -> None:
    story.to_cleared()
    story.made(1, story.present.by_day(story.present.at_work - 3 * HOUR))
    story.handed_over(1, story.present.at_work - 20 * MINUTE)
    story.readied(1)


# -- in the hospital


def _connected(story: Story) -> None:
    story.to_connected()
    story.watched(story.present.at_work)


def _fit(story: Story) -> None:
    story.to_connected()
    story.fit()


def _rate_changed(story: Story) -> None:
    story.to_connected()
    story.watched(story.present.at_work - HOUR)
    story.at(story.present.at_work - 40 * MINUTE)
    story.sign("ward", story.seen(pain=6), minutes=12)
    halved = prescribing.RateChanged(course=story.course, modification="any-grade-1-2", rate=Rate("1 mL/h"))
    story.sign("doctor", halved, reason="pain")


def _stopped(story: Story) -> None:
    story.to_connected()
    story.watched(story.present.at_work - HOUR)
    story.at(story.present.at_work - 25 * MINUTE)
    stopped = prescribing.CourseStopped(course=story.course, modification="hypersensitivity-grade-3", for_good=False)
    story.sign("doctor", stopped, reason="rash")


# -- at home


def _at_home(story: Story) -> None:
    story.to_home()
    story.at(story.present.morning(story.start, 2, 20))
    visit = story.visit("disconnect", 2)
    moved = care.VisitMoved(course=story.course, visit="disconnect", container=2, to=visit.planned + HOUR)
    story.sign("coordinator", moved, reason="school")
    story.asked()
    story.accepted()
    story.day_by_day(story.present.at_work)
    story.at(story.present.at_work - 3 * HOUR)
    story.sign("nurse", care.Remark(course=story.course, text=story.spoken("red-backpack")))


def _standing(story: Story) -> None:
    _at_home(story)
    story.at(story.present.at_work - 35 * MINUTE)
    story.sign("ward", care.Interrupted(course=story.course, cause="line", displayed=story.shown()))
    story.sign("ward", care.Remark(course=story.course, text=story.spoken("loose-line")))


def _second_go_due(story: Story) -> None:
    story.to_home()
    story.asked()
    story.at(story.clock + 70 * MINUTE)
    story.sign("home", care.HomeCareDeclined(course=story.course), reason="nobody-free")
    story.day_by_day(story.present.at_work)


def _second_to_make(story: Story) -> None:
    story.to_home()
    story.asked()
    story.second_go(story.present.at_work)


# -- around the change


def _second_in_fridge(story: Story, minutes: int) -> None:
    """Bring the second cassette into the fridge, begun so many minutes ago at the latest."""
    story.to_second_made(story.present.by_day(story.present.at_work - minutes * MINUTE))


def _change_due(story: Story) -> None:
    _second_in_fridge(story, 90)


def _change_readied(story: Story) -> None:
    _second_in_fridge(story, 150)
    story.handed_over(2, story.present.at_work - 50 * MINUTE)
    story.readied(2, story.present.at_work - 35 * MINUTE)
    story.programmed(2, story.present.at_work - 15 * MINUTE)


def _between(story: Story) -> None:
    _second_in_fridge(story, 120)
    story.at(story.present.at_work - 12 * MINUTE)
    story.sign("nurse", care.Remark(course=story.course, text=story.spoken("leaks")))
    story.sign("nurse", story.removal(1, last=False))


def _readmitted(story: Story) -> None:
    _second_in_fridge(story, 130)
    story.at(story.present.at_work - 50 * MINUTE)
    story.sign("ward", care.Readmitted(course=story.course), reason="fever", minutes=10)
    story.sign("ward", story.seen(fever=True, pain=1, medicine=True, displayed=True), minutes=10)
    story.sign("doctor", prescribing.GoWithheld(course=story.course, container=2), reason="fever")


def _made_anew(story: Story) -> None:
    story.to_accepted()
    begins = story.present.by_day(story.rules.preparation(2).planned - 4 * HOUR)
    story.second_go(begins)
    story.day_by_day(begins)
    story.begun(2, begins)
    story.weighed(2)
    discarded = pharmacy.Discarded(**story.of(2), cause="damaged")
    story.sign("technician", discarded, reason="dropped", minutes=20)
    story.made(2, story.present.by_day(max(story.clock, story.rules.preparation(2).planned)))
    story.changed()
    story.day_by_day(story.present.at_work)


def _pump_replaced(story: Story) -> None:
    story.to_changed()
    broke = next(one for one in story.told if one.kind is Kind.STOPPED and one.data.get("condition") == "motor-failure")
    again = next(
        one for one in story.told if one.kind is Kind.STARTED and one.pump != broke.pump and one.received_at is not None
    )
    if broke.received_at is None or again.received_at is None:
        raise LookupError(story.child.troubles)
    story.day_by_day(broke.received_at)
    story.at(broke.received_at + MINUTE)
    left = story.shown()
    story.sign("ward", care.Interrupted(course=story.course, cause="pump-failed", displayed=left))
    story.at(again.received_at - 3 * MINUTE)
    spare = story.shelf.take(story.clock)
    replaced = care.PumpReplaced(course=story.course, pump=spare, displayed=left)
    story.sign("nurse", replaced, reason="motor", minutes=1)
    story.set_up(2, left, minutes=1)
    story.at(again.received_at)
    resumed = care.Resumed(course=story.course, rate=rate_in_force(story.state), displayed=left)
    story.sign("nurse", resumed, reason="motor")
    story.listen()
    story.day_by_day(story.present.at_work)


# -- the end of a course


def _to_disconnect(story: Story) -> None:
    story.to_changed()
    story.day_by_day(story.present.at_work)


def _no_show(story: Story) -> None:
    story.to_changed()
    at = story.visit("disconnect", 2).planned
    story.day_by_day(at)
    story.at(min(at + 45 * MINUTE, story.present.at_work - 5 * MINUTE))
    told = care.NoShow(course=story.course, visit="disconnect", told=story.person("coordinator").shown_name)
    story.sign("home", told, reason="nobody-home")


def _over(story: Story) -> None:
    story.to_over()


def _measured_again(story: Story) -> None:
    story.to_over()
    story.at(story.present.morning(story.present.at_work, -1))
    story.sign("doctor", story.measurement())


def _withdrawn(story: Story) -> None:
    story.to_over()
    story.at(story.present.office_until(story.present.at_work - 9 * DAY))
    story.sign("doctor", prescribing.Withdrawn(cause="family"), reason="family")


def _finished(story: Story) -> None:
    story.to_over()
    story.at(story.present.office_until(story.present.at_work - 2 * DAY))
    story.sign("doctor", care.Remark(course=story.course, text=story.spoken("thanks")))


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "enrolled": Stage(_ahead(200), _enrolled),
        "measured": Stage(_ahead(200), _measured),
        "ordered": Stage(_ahead(120), Story.to_ordered),
        "sent-back": Stage(_ahead(110), _sent_back),
        "criteria-missing": Stage(_ahead(48), Story.to_verified),
        "withheld": Stage(_ahead(30), _withheld),
        "cancelled": Stage(_ahead(70), _cancelled),
        "to-make": Stage(_ahead(4), Story.to_cleared),
        "weighing": Stage(_ahead(2), _weighing),
        "checked": Stage(_ahead(2), _checked),
        "to-make-anew": Stage(_ahead(3), _to_make_anew),
        "in-fridge": Stage(_ahead(1.5), _in_fridge),
        "out": Stage(_ahead(0.75), _out),
        "connected": Stage(_ago(0.7), _connected),
        "rate-changed": Stage(_ago(20), _rate_changed),
        "fit-for-home": Stage(_ago(26), _fit),
        "stopped": Stage(_ago(26), _stopped),
        "at-home": Stage(_ago(72), _at_home),
        "standing": Stage(_ago(60), _standing),
        "second-go-due": Stage(_ago(78), _second_go_due),
        "second-to-make": Stage(_ago(86), _second_to_make),
        "change-due": Stage(_at_most_ago(113), _change_due),
        "change-readied": Stage(_at_most_ago(114), _change_readied),
        "between": Stage(_at_most_ago(113.5), _between),
        "readmitted": Stage(_at_most_ago(113.5), _readmitted),
        "made-anew": Stage(_ago(140), _made_anew),
        "pump-replaced": Stage(_ago(165), _pump_replaced),
        "to-disconnect": Stage(_at_most_ago(239), _to_disconnect),
        "no-show": Stage(_ago(241), _no_show),
        "residue-missing": Stage(_ago(240.5), Story.to_disconnected),
        "pump-not-ready": Stage(_ago(280), Story.to_returned),
        "between-courses": Stage(_ago(600), _over),
        "measured-again": Stage(_ago(790), _measured_again),
        "finished": Stage(_ago(480), _finished),
        "withdrawn": Stage(_ago(960), _withdrawn),
        OLD_REGIMEN: Stage(old_regimen.starts, old_regimen.tell_old_course),
    }
)
"""The stages by the name that `children` uses."""
