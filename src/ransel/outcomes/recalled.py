"""What was observed in patients, as data with source and confidence, to stand beside a simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ransel.evidence import Confidence, Sourced
from ransel.outcomes.exposure import Recalled
from ransel.outcomes.given_in import GivenIn
from ransel.pharmacokinetics.parameters.kind_of_number import Number
from ransel.protocols import Library, Protocol, read_toml, validate
from ransel.protocols.kind_of_value import Text
from ransel.protocols.reading import Record, place_of

OBSERVATIONS = Path(__file__).parent / "library" / "recalled.toml"

ObservedMeasure = Literal["peak", "area-first", "trough", "time-above"]


class Observation(GivenIn):
    """A mean over patients who were treated in one way.

    Values:
        deviation: standard deviation over the patients.
    """

    measure: ObservedMeasure
    unit: Text
    mean: Sourced[Number]
    deviation: Sourced[Number]


class Observations(Record):
    """All observations of a file."""

    schema_: Literal["ransel/recalled-exposure/1"] = Field(alias="schema")
    observations: Annotated[tuple[Observation, ...], Field(min_length=1)]


def read_observations(path: Path = OBSERVATIONS, library: Library | None = None) -> tuple[Observation, ...]:
    """Return the observations of a file; that of the package when no other is named.

    Raises:
        Refused: with every complaint at once.
    """
    found = validate(Observations, read_toml(path), place_of(path))
    (library or Library()).require_grounds(found, place_of(path))
    return found.observations


def recalled(protocols: tuple[Protocol, Protocol], observations: tuple[Observation, ...]) -> tuple[Recalled, ...]:
    """Return what was observed in either regimen, a row for each measure."""
    rows = []
    for measure, unit in dict.fromkeys((one.measure, one.unit) for one in observations):
        of_measure = [one for one in observations if (one.measure, one.unit) == (measure, unit)]
        pair = [next((one for one in of_measure if one.is_of(protocol)), None) for protocol in protocols]
        if any(pair):
            rows.append(_row(measure, unit, *pair))
    return tuple(rows)


def _row(measure: str, unit: str, first: Observation | None, second: Observation | None) -> Recalled:
    there = [one for one in (first, second) if one is not None]
    return Recalled(
        measure=measure,
        unit=unit,
        first=None if first is None else first.mean.value,
        second=None if second is None else second.mean.value,
        first_deviation=None if first is None else first.deviation.value,
        second_deviation=None if second is None else second.deviation.value,
        confidence=Confidence.weakest(one.mean.confidence for one in there),
        source=", ".join(dict.fromkeys(one.mean.source for one in there)),
    )
