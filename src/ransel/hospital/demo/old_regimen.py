"""Courses of the demo in the regimen of before: five days of eight hours on the ward, a bag each day.

They are over, and lie further back than any course in the new regimen, so that the two can be compared. How often a
child had which side effect is made up, near to what was published of short infusions; it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from ransel.chart.guards.prescribing import SEVERE
from ransel.chart.ordered import ordered_container
from ransel.chart.records import care, prescribing
from ransel.hospital.demo.present import Present
from ransel.hospital.demo.story import HOUR, MINUTE, Story
from ransel.quantities import Volume

BAGS = 5
WEEKS_AGO = 34
"""Longer ago than the first course of the child that has had all five."""
BEGINS = time(11)
PRIMING = Volume("5 mL")


def starts(present: Present, place: int) -> datetime:
    """Return the Monday morning on which the last course of a child began, seen from the present."""
    day = present.today - timedelta(weeks=WEEKS_AGO + place % 3)
    return present.agenda.at(day - timedelta(days=day.weekday()), BEGINS)


def tell_old_course(story: Story) -> None:
    """Tell a whole course, bag after bag, and end the treatment when it was the last one."""
    story.to_cleared()
    for bag in range(1, BAGS + 1):
        _give(story, bag)
    _give_back_pump(story)
    if story.course == story.child.course:
        story.at(story.clock + HOUR)
        story.sign("doctor", prescribing.Withdrawn(cause="finished"), reason="old-regimen-over")


def _give(story: Story, bag: int) -> None:
    story.made(bag)
    story.handed_over(bag)
    at = story.visit("connect", bag).planned
    story.readied(bag, at - 45 * MINUTE)
    if bag == 1:
        story.sign("nurse", story.seen(baseline=True))
    _programmed(story, bag, at - 20 * MINUTE)
    story.at(at)
    connected = care.Connected(
        **story.of(bag),
        pump=story.state.pump,
        child=story.child.number,
        code=story.code(bag),
        displayed=_full(story, bag),
    )
    story.sign("nurse", connected, minutes=5)
    if bag == 1:
        story.listen()
    _watch(story, bag, at)
    story.at(story.visit("disconnect", bag).planned)
    story.sign("ward", story.removal(bag, last=bag == BAGS), minutes=10)
    story.residue(bag, by="ward")


def _programmed(story: Story, bag: int, at: datetime) -> None:
    """Fill the line with saline, programme the pump of the ward, and let a colleague read it back."""
    story.at(at)
    fill = care.Primed(**story.of(bag), pump=story.state.pump, volume=PRIMING, fluid="saline")
    story.sign("nurse", fill, minutes=4)
    story.set_up(bag, _full(story, bag))


def _full(story: Story, bag: int) -> Volume:
    return ordered_container(story.state, bag).fill


def _watch(story: Story, bag: int, at: datetime) -> None:
    """Look at the child in the middle of the infusion, when it is worst, and near its end, with the go for tomorrow."""
    effects = tuple(_effects(story.child.place, bag))
    story.at(at + 3 * HOUR)
    seen = story.seen(pain=5, fever=("Fever", 1) in effects, medicine=True)
    signed = tuple(care.SideEffect(term=term, grade=grade) for term, grade in effects)
    story.sign("ward", seen.model_copy(update={"side_effects": signed}))
    story.at(at + 6 * HOUR)
    story.sign("ward", story.seen(pain=2, medicine=False))
    if bag < BAGS:
        worst = max(grade for _, grade in effects)
        reason = "side-effects-passed" if worst >= SEVERE else ""
        story.sign(
            "doctor", prescribing.GoGiven(course=story.course, container=bag + 1, worst_grade=worst), reason=reason
        )


def _effects(place: int, bag: int) -> Iterator[tuple[str, int]]:
    """Go through what a child has on a day: most of it on the first two, and in a few children severe."""
    first_days = bag <= 2
    yield "Pain", 3 if first_days and place % 3 == 0 else 2
    if first_days and place % 2:
        yield "Fever", 1
    if bag == 1 and place % 4 == 0:
        yield "Hypotension", 3
    if bag == 2 and place % 5 == 0:
        yield "Allergic reaction", 3
    elif bag == 2 and place % 5 == 1:
        yield "Cough", 1


def _give_back_pump(story: Story) -> None:
    story.at(story.present.morning(story.clock, 3, 90))
    pump = next(iter(story.state.pumps))
    story.sign("coordinator", care.PumpReturned(course=story.course, pump=pump), minutes=60)
    story.sign("nurse", care.PumpReadied(course=story.course, pump=pump, cleaned=True, self_test_passed=True))
    story.shelf.put_back(pump, story.clock)
