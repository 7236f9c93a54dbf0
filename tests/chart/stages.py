"""Noor's course at each of its stages, told once and handed out as often as a test needs it."""

from collections.abc import Callable, Mapping
from copy import copy
from datetime import timedelta
from functools import cache

from chart.story import START, Story

from ransel.chart.records import care, prescribing
from ransel.prescribing.patient import Choice
from ransel.protocols import Library
from ransel.quantities import Temperature

BEGIN: Mapping[str, Callable[[], Story]] = {
    "enrolled": Story,
    "enrolled-on-the-ward": lambda: Story(protocol=Library(None).protocol("dinutuximab-beta-10x24h")),
    "enrolled-for-blinatumomab": lambda: Story(
        protocol=Library(None).protocol("blinatumomab-28d"),
        choice=Choice(dose_rule="area", reason="second week"),
        kind="every-24h",
    ),
}
"""The treatments: at home, by a protocol that knows no home, and with a medicine of which very little is given."""


def _looked_after(story: Story) -> None:
    story.now += timedelta(hours=24)
    seen = care.Observed(course=1, temperature=Temperature("37.1 °C"), intravenous_medicine=False)
    story.sign("ward", seen)


def _programmed(story: Story) -> None:
    story.readied(1)
    story.sign("nurse", care.Observed(course=1, temperature=Temperature("36.8 °C"), baseline=True))
    story.programmed(1)
    story.now = START


def _withdrawn(story: Story) -> None:
    story.sign("doctor", prescribing.Withdrawn(cause="family"), reason="the family moves abroad")


def _ready_to_change(story: Story) -> None:
    story.handed_over(2)
    story.readied(2)
    story.programmed(2)
    story.now = START + timedelta(hours=115)


def _to_connected(story: Story) -> None:
    story.ordered()
    story.cleared()
    story.made(1)
    story.handed_over(1)
    story.connected(1)
    _looked_after(story)


STEPS: Mapping[str, tuple[str, Callable[[Story], object]]] = {
    "ordered": ("enrolled", lambda story: story.sign("doctor", story.order())),
    "verified": ("ordered", lambda story: story.sign("second", prescribing.OrderVerified(course=1))),
    "cleared": ("verified", Story.cleared),
    "begun": ("cleared", lambda story: story.begun(1)),
    "weighed": ("begun", lambda story: story.weighed(1)),
    "checked": ("weighed", lambda story: story.sign("checker", story.checked(1))),
    "released": ("checked", lambda story: story.sign("pharmacist", story.release(1))),
    "out": ("released", lambda story: story.handed_over(1)),
    "programmed": ("out", _programmed),
    "connected": ("programmed", lambda story: story.sign("nurse", story.connection(1))),
    "looked-after": ("connected", _looked_after),
    "at-home": ("connected", Story.at_home),
    "second-go": ("at-home", Story.second_go),
    "second-released": ("second-go", lambda story: story.made(2)),
    "home-care": ("second-released", Story.home_care),
    "ready-to-change": ("home-care", _ready_to_change),
    "changed": ("home-care", Story.changed),
    "disconnected": ("changed", Story.disconnected),
    "pump-back": ("disconnected", Story.pump_back),
    "withdrawn-before": ("cleared", _withdrawn),
    "on-the-ward": ("enrolled-on-the-ward", _to_connected),
    "on-blinatumomab": ("enrolled-for-blinatumomab", _to_connected),
}
"""By name: the stage before it, and what is signed to come to it."""


@cache
def _told(stage: str) -> Story:
    if stage in BEGIN:
        story = BEGIN[stage]()
        story.enrolled()
        return story
    before, step = STEPS[stage]
    story = at(before)
    step(story)
    return story


def at(stage: str) -> Story:
    """Return a story of one's own that stands at a stage."""
    return copy(_told(stage))
