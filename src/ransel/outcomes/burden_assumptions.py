"""What a burden rests on without a published source, and what must be said beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ransel.evidence import Confidence, Sourced
from ransel.language import Message
from ransel.language.message import Joined
from ransel.outcomes.assumption import Assumption
from ransel.outcomes.burden import BurdenComparison, BurdenFigure
from ransel.outcomes.burden_setting import BurdenSetting
from ransel.outcomes.number import Number

_STAY = ("containers", "evening", "night-after", "ready", "spread", "slow", "alike", "least", "same-day")
_ROAD = (*_STAY, "distance")
_RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "nights": _STAY,
    "trips": _STAY,
    "kilometres": _ROAD,
    "hours-on-the-road": (*_ROAD, "speed"),
    "school-days": (*_STAY, "school-age", "school-week", "backpack", "visit-days"),
    "unplanned-contacts": (*_STAY, "contacts"),
    "opioid-days": ("ready", "spread", "slow", "alike", "least", "weaned", "until-ready"),
})  # fmt: skip
"""The assumptions that each kind of burden rests on, by their short names."""


def burden_assumptions(setting: BurdenSetting, base: BurdenSetting | None = None) -> tuple[Assumption, ...]:
    """Return everything in a setting that no published source gives.

    What differs from the base, if there is one, has an id of its own.
    """
    shared = None if base is None else set(_ids_and_words(base))
    return tuple(
        Assumption(
            f"burden-{name}" if shared is None or (name, _words(ground, values)) in shared else f"{setting.id}-{name}",
            Message(f"burden.assumption.{name}", values),
            ground.confidence,
            ground.source,
        )
        for name, ground, values in _all(setting)
        if ground.confidence.to_be_confirmed
    )


def all_assumptions(settings: Sequence[BurdenSetting]) -> tuple[Assumption, ...]:
    """Return the assumptions of several settings, those of the first in full and of the others what is different."""
    base, *others = settings
    found = {one.id: one for one in burden_assumptions(base)}
    for other in others:
        for one in burden_assumptions(other, base):
            if one.id not in found:
                what = Message("burden.assumption.in-setting", {"title": other.title, "what": one.what})
                found[one.id] = replace(one, what=what)
    return tuple(found.values())


def ids_for(kind: str, setting: BurdenSetting, base: BurdenSetting | None = None) -> tuple[str, ...]:
    """Return the ids of the assumptions that a kind of burden rests on in this setting."""
    by_name = {one.what.key.rpartition(".")[2]: one.id for one in burden_assumptions(setting, base)}
    return tuple(by_name[name] for name in _RESTS_ON[kind] if name in by_name)


def notes(
    figures: Sequence[BurdenFigure], more: Mapping[str, float | None], setting: BurdenSetting
) -> tuple[Message, ...]:
    """Return what stands beside the figures: what was taken to be practice, for whom, and what is not in them.

    `more` is the part of the families of which the second regimen asks more than the first, by kind.
    """
    unknown = [figure for figure in figures if None in {*figure.first, *figure.second}]
    said = (
        Message("burden.says.setting", {"title": setting.title}),
        _for_some_more(more),
        _known_family({figure.id: figure for figure in figures}["trips"], setting),
        Message("burden.says.school", {"age": setting.school.from_age.value}),
        Message("burden.says.unknown", {"kinds": _kinds(unknown)}) if unknown else None,
        Message("burden.says.opioid"),
        Message("burden.says.not-in-it"),
    )
    return tuple(message for message in said if message is not None)


def _for_some_more(more: Mapping[str, float | None]) -> Message | None:
    """Say of how many families the second regimen asks more: a mean that is lower is not lower for everybody."""
    nights, trips = more["nights"], more["trips"]
    if nights is None or trips is None:
        return None
    return Message("burden.says.for-some-more", {"nights": Number(100 * nights), "trips": Number(100 * trips)})


def _known_family(trips: BurdenFigure, setting: BurdenSetting) -> Message | None:
    """Say how long the family of the hospital's own story is on the road."""
    hours = setting.road.known_family_hours
    if hours is None or trips.first_total is None or trips.second_total is None:
        return None
    both = {
        "first": Number(2 * hours.value * trips.first_total[1]),
        "second": Number(2 * hours.value * trips.second_total[1]),
    }
    return Message("burden.says.known-family", both | {"hours": Number(hours.value, 1), "source": hours.source})


def _kinds(figures: Sequence[BurdenFigure]) -> Joined:
    return Joined(tuple(Message(f"burden-kind.{figure.id}") for figure in figures), ", ")


def other_setting(other: BurdenComparison) -> Message | None:
    """Say in one sentence what the second regimen asks under another setting; None where that is not known."""
    totals = {figure.id: figure.second_total for figure in other.figures}
    nights, trips = totals["nights"], totals["trips"]
    if nights is None or trips is None or other.title is None:
        return None
    values = {"title": other.title, "nights": Number(nights[1], 1), "trips": Number(trips[1], 1)}
    return Message("burden.says.other-setting", values)


def _all(setting: BurdenSetting) -> Sequence[tuple[str, Sourced[Any], Mapping[str, object]]]:
    """Return every assumption of a setting by its short name, with its ground and the values of its sentence."""
    admission, ready, road, school = setting.admission, setting.readiness, setting.road, setting.school
    found: list[tuple[str, Sourced[Any], Mapping[str, object]]] = [
        ("containers", setting.containers.as_suggested, {"which": _which(setting.containers.as_suggested)}),
        ("evening", admission.evening_before, {"part": admission.evening_before.value}),
        ("night-after", admission.night_after_last_day, {"which": _yes(admission.night_after_last_day)}),
        ("ready", ready.median_days, {"days": _days(ready.median_days, 1)}),
        ("spread", ready.spread, {"spread": Number(ready.spread.value, 2)}),
        ("slow", ready.slow_part, {"part": ready.slow_part.value, "days": _days(ready.slow_mean_days, 1)}),
        ("alike", ready.same_child, {"part": ready.same_child.value}),
        ("least", ready.least_nights, {"nights": ready.least_nights.value}),
        ("distance", road.median_km, {
            "median": Number(road.median_km.value), "spread": Number(road.spread.value, 2),
            "most": Number(road.most_km.value),
        }),
        ("speed", road.speed_km_per_hour, {"speed": Number(road.speed_km_per_hour.value)}),
        ("school-age", school.from_age, {"age": school.from_age.value}),
        ("school-week", school.weekdays, {"days": len(school.weekdays.value)}),
        ("backpack", school.with_backpack, {"which": _yes(school.with_backpack)}),
        ("visit-days", setting.visits.weekdays, {"days": len(setting.visits.weekdays.value)}),
        ("contacts", _carried_over(setting.contacts.bag_changes), {
            "events": setting.contacts.events.value, "changes": setting.contacts.bag_changes.value,
        }),
    ]  # fmt: skip
    if ready.same_day_from_course is not None:
        found.append(("same-day", ready.same_day_from_course, {"course": ready.same_day_from_course.value}))
    if setting.opioid is not None:
        weaned = setting.opioid.weaned_over_days
        found.append(("weaned", weaned, {"days": weaned.value}))
        found.append(("until-ready", ready.median_days, {}))
    return found


def _ids_and_words(setting: BurdenSetting) -> Iterator[tuple[str, str]]:
    return ((name, _words(ground, values)) for name, ground, values in _all(setting))


def _words(ground: Sourced[Any], values: Mapping[str, object]) -> str:
    """Return what makes an assumption the same as another one: its values and its ground."""
    said = Joined(tuple(values.values()), "|").text()
    return f"{said}|{ground.confidence}|{ground.source}"


def _carried_over(ground: Sourced[Any]) -> Sourced[Any]:
    """Return a ground as derived when it was seen: what was counted with one medicine is taken to hold for another."""
    is_seen = ground.confidence is Confidence.SEEN
    return ground.model_copy(update={"confidence": Confidence.DERIVED}) if is_seen else ground


def _days(by_course: Sourced[tuple[float, ...]], digits: int) -> Joined:
    return Joined(tuple(Number(days, digits) for days in by_course.value), " – ")


def _yes(answer: Sourced[bool]) -> Message:
    return Message("burden.answer.yes" if answer.value else "burden.answer.no")


def _which(as_suggested: Sourced[bool]) -> Message:
    return Message("burden.containers.suggested" if as_suggested.value else "burden.containers.usual")
