"""What the burden of a regimen rests on beside its protocol: readiness for home, roads, school, contacts, opioids.

A setting is one TOML file. A hospital replaces one of the package by a file of the same name in `outcomes` of its own
folder, or adds more; every file there whose name begins with `burden` is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from ransel.evidence import Sourced
from ransel.language import Message, Refused, refuse
from ransel.pharmacokinetics.parameters.kind_of_number import Number, refuse_no_part
from ransel.protocols import Library, read_toml, validate
from ransel.protocols.kind_of_value import Slug, Text
from ransel.protocols.protocol import Words
from ransel.protocols.reading import Record, invalid, place_of
from ransel.protocols.shelf import merge
from ransel.protocols.site import Weekday
from ransel.quantities import Ratio

SETTINGS = Path(__file__).parent / "library"
OWN_SETTINGS = Path("outcomes")
PATTERN = "burden*.toml"
BASE = "burden"
MOST_COURSES = 20
MOST_CONTACTS = 10
"""More unplanned contacts than this for each bag are a slip of the keyboard."""

Value = TypeVar("Value")
ByCourse = Sourced[tuple[Number, ...]]
"""A number for each course in order; the last one holds for all courses after it."""
YesOrNo = Annotated[bool, Field(strict=True)]


class Containers(Record):
    """Whether a course is given in the containers that the protocol suggests for it, or always in its usual ones."""

    as_suggested: Sourced[YesOrNo]


class Admission(Record):
    """Nights around an infusion on the ward."""

    evening_before: Sourced[Ratio]
    night_after_last_day: Sourced[YesOrNo]

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        refuse_no_part("evening_before", self.evening_before)
        return self


class Readiness(Record):
    """When a child with a long infusion can go home, in days from its start.

    Values:
        median_days, spread: of most children; a lognormal distribution. slow_part, slow_mean_days,
        slow_deviation_days: of those that take longer. same_child: correlation between courses of one child.
        same_day_from_course: from this course on every child goes home on the day of connecting.
    """

    median_days: ByCourse
    spread: Sourced[Number]
    slow_part: Sourced[Ratio]
    slow_mean_days: ByCourse
    slow_deviation_days: ByCourse
    same_child: Sourced[Ratio]
    least_nights: Sourced[Annotated[int, Field(strict=True, ge=0, le=366)]]
    same_day_from_course: Sourced[Annotated[int, Field(strict=True, ge=1, le=MOST_COURSES)]] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        for key in ("slow_part", "same_child"):
            refuse_no_part(key, getattr(self, key))
        _refuse_below(self, 0, "spread")
        _refuse_below(self, 0, "slow_deviation_days")
        _refuse_below(self, _A_MINUTE_IN_DAYS, "median_days", "slow_mean_days")
        return self


class Road(Record):
    """How far families live, and how long they drive; lognormal distributions."""

    median_km: Sourced[Number]
    spread: Sourced[Number]
    most_km: Sourced[Number]
    speed_km_per_hour: Sourced[Number]
    speed_spread: Sourced[Number]
    known_family_hours: Sourced[Number] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        _refuse_below(self, 0, "spread", "speed_spread", "known_family_hours")
        _refuse_below(self, 1, "speed_km_per_hour", "median_km", "most_km")
        return self


class School(Record):
    """From which age a child misses school, on which days of the week, and whether it goes there with the backpack."""

    from_age: Sourced[Annotated[int, Field(strict=True, ge=0, le=18)]]
    weekdays: Sourced[tuple[Weekday, ...]]
    with_backpack: Sourced[YesOrNo]


class Visits(Record):
    """On which days of the week courses begin and day care is open."""

    weekdays: Sourced[Annotated[tuple[Weekday, ...], Field(min_length=1)]]


class Contacts(Record):
    """Unplanned contacts about pump and line at home: so many in so many changes of a bag."""

    events: Sourced[Annotated[int, Field(strict=True, ge=0, le=10**9)]]
    bag_changes: Sourced[Annotated[int, Field(strict=True, ge=1, le=10**9)]]

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.events.value > MOST_CONTACTS * self.bag_changes.value:
            refuse("burden.too-many-contacts", "events.value", self.events.value, most=MOST_CONTACTS)
        return self


class Opioid(Record):
    """Days with an opioid: weaned over so many days in a long infusion, on every day of a daily one."""

    weaned_over_days: Sourced[Annotated[int, Field(strict=True, ge=0, le=366)]]
    each_infusion_day: Sourced[YesOrNo]


class BurdenSetting(Record):
    """Everything that the burden of two regimens rests on beside the protocols; for one substance."""

    schema_: Literal["ransel/burden/1"] = Field(alias="schema")
    id: Slug
    title: Words
    substance: Text
    containers: Containers
    admission: Admission
    readiness: Readiness
    road: Road
    school: School
    visits: Visits
    contacts: Contacts
    opioid: Opioid | None = None


def in_course(numbers: ByCourse, course: int) -> float:
    """Return the number of a course, counted from 1."""
    return numbers.value[min(course, len(numbers.value)) - 1]


def burden_settings(library: Library | None = None) -> tuple[BurdenSetting, ...]:
    """Return every setting, the base first, then the others by name; a hospital's own take the place of the package's.

    Raises:
        Refused: when a setting is not right or cites a source that is not known.
    """
    library = library or Library()
    names = sorted(_files(library), key=lambda name: (name != BASE, name))
    return tuple(burden_setting(library, name) for name in names)


def burden_setting(library: Library | None = None, name: str = BASE) -> BurdenSetting:
    """Return one setting by its id.

    Raises:
        Refused: when there is none, or when it is not right.
    """
    library = library or Library()
    files = _files(library)
    if name not in files:
        refuse("burden.unknown", "burden", name, known=", ".join(sorted(files)))
    path = files[name]
    place = place_of(path)
    setting = validate(BurdenSetting, _tables(path, files), place)
    if setting.id != name:
        refuse("protocol.id-is-not-file-name", f"{place}.id", setting.id, name=name)
    library.require_grounds(setting, place)
    return setting


_A_MINUTE_IN_DAYS = 1 / 1440


def _files(library: Library) -> Mapping[str, Path]:
    """Return the files of all settings by name, a hospital's own over the package's."""
    folders = [SETTINGS] + ([library.own / OWN_SETTINGS] if library.own else [])
    return {path.stem: path for folder in folders if folder.is_dir() for path in sorted(folder.glob(PATTERN))}


def _tables(path: Path, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return the tables of a setting laid over those of the one it extends.

    A hospital's own `burden` extends that of the package; every other file extends the hospital's, if it has one.
    """
    tables = read_toml(path)
    parent = tables.pop("extends", None)
    if parent is None:
        return tables
    place = place_of(path)
    if not isinstance(parent, str):
        raise Refused([invalid(f"{place}.extends", parent, Message("expected.text"))])
    found = SETTINGS / f"{parent}.toml" if parent == path.stem else files.get(parent)
    if parent != BASE or found is None or found == path:
        refuse("burden.extends", f"{place}.extends", parent, base=BASE)
    return merge(_tables(found, files), tables)


def _refuse_below(record: Record, least: float, *keys: str) -> None:
    for key in keys:
        sourced: Sourced[Any] | None = getattr(record, key)
        numbers = () if sourced is None else sourced.value if isinstance(sourced.value, tuple) else (sourced.value,)
        if sourced is not None and (not numbers or min(numbers) < least):
            refuse("burden.too-low", f"{key}.value", ", ".join(f"{number:g}" for number in numbers), least=f"{least:g}")
