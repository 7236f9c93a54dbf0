"""The drug library: which medicine may run how, for whom and where.

A row is found by product, concentration, patient type and care area. A medicine without a row is shown and stays
stopped. Every version of a row is kept with the instant from which it holds. The pump takes a library only when its
content is what was released: `release.toml` carries the SHA-256 of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from ransel.evidence import Confidence
from ransel.language import Refusal, Refused, refuse
from ransel.protocols.kind_of_value import Slug, Text
from ransel.protocols.reading import Record, place_of, read_toml, validate
from ransel.protocols.shelf import NOT_SEEN, Library, Source, merge, sourced_values
from ransel.pump.drug_row import DrugRow
from ransel.pump.library_entry import CareArea, Entry, PatientType, canonical
from ransel.quantities import Quantity

LIBRARY = Path(__file__).parent / "library"
NOT_MEDICINES = {"default.toml", "release.toml", "sources.toml"}


class Release(Record):
    """Which library was released: its version, and the fingerprint of its content."""

    version: Text
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Defaults(Record):
    """What every medicine shares; each table is laid over the one before it."""

    every: dict[str, Any]
    patient_type: dict[PatientType, dict[str, Any]]
    care_area: dict[CareArea, dict[str, Any]]


class _Medicine(Record):
    """One file: what all rows of a medicine share, and its rows."""

    schema_: Literal["ransel/drug-rows/1"] = Field(alias="schema")
    product: Text
    substance: Text
    every: dict[str, Any] = Field(default_factory=dict)
    care_area: dict[CareArea, dict[str, Any]] = Field(default_factory=dict)
    rows: tuple[dict[str, Any], ...] = Field(min_length=1)


class _For(Record):
    """For whom and where a written row holds; it becomes one row for each pair."""

    id: Slug
    care_areas: tuple[CareArea, ...] = Field(min_length=1)
    patient_types: tuple[PatientType, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CurrentRows:
    """The rows that hold at one instant, as a pump carries them.

    Values:
        version, fingerprint: of the whole library that they come from.
    """

    version: str
    fingerprint: str
    rows: tuple[DrugRow, ...]

    def row(self, product: str, concentration: int, patient_type: str, care_area: str) -> DrugRow | None:
        """Return the row for a product at a concentration in ng/mL, or None for a medicine that has no row."""
        found = (row for row in self.rows if _answers_to(row) == (product, patient_type, care_area))
        return next((row for row in found if row.weakest <= concentration <= row.strongest), None)


@dataclass(frozen=True)
class DrugLibrary:
    """All rows in all their versions.

    Values:
        version: of the release. entries: as written, with their sources, one for each row.
    """

    version: str
    entries: tuple[Entry, ...]

    @classmethod
    def load(cls, folder: Path = LIBRARY) -> DrugLibrary:
        """Return the library in this folder, read once, if it is the released one.

        Raises:
            Refused: when a row is not right, or the content is not what was released.
        """
        return _loaded(folder)

    @cached_property
    def rows(self) -> tuple[DrugRow, ...]:
        """Every row in whole numbers, in the order of `entries`."""
        return tuple(entry.as_row() for entry in self.entries)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything a row says: values, sources, notes, and the reactions and priorities that follow."""
        pairs = zip(self.entries, self.rows, strict=True)
        content = [[self.version]] + [[entry.model_dump(mode="json"), canonical(row)] for entry, row in pairs]
        return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def current(self, at: datetime) -> CurrentRows:
        """Return the rows that hold at an instant: of each id the newest version that has begun."""
        newest: dict[str, tuple[datetime, DrugRow]] = {}
        for entry, row in zip(self.entries, self.rows, strict=True):
            if entry.valid_from <= at and (entry.id not in newest or newest[entry.id][0] < entry.valid_from):
                newest[entry.id] = (entry.valid_from, row)
        return CurrentRows(self.version, self.fingerprint, tuple(row for _, row in newest.values()))

    def row(self, product: str, concentration: int, kind: str, area: str, at: datetime) -> DrugRow | None:
        """Return the row that holds at an instant for a product at a concentration in ng/mL.

        `kind` is the patient type and `area` the care area. None for a medicine that is not in the library.
        """
        return self.current(at).row(product, concentration, kind, area)

    def entry(self, row: DrugRow) -> Entry:
        """Return what a row of this library was written from, with all sources."""
        return self.entries[self.rows.index(row)]


def _answers_to(row: DrugRow) -> tuple[str, str, str]:
    return row.product, row.patient_type, row.care_area


def read_library(folder: Path) -> DrugLibrary:
    """Return the library in this folder, whether or not it was released.

    Raises:
        Refused: with every complaint about the first file that is not right.
    """
    release = validate(Release, read_toml(folder / "release.toml"), place_of(folder / "release.toml"))
    defaults = validate(_Defaults, read_toml(folder / "default.toml"), place_of(folder / "default.toml"))
    sources = _sources(folder)
    files = sorted(path for path in folder.glob("*.toml") if path.name not in NOT_MEDICINES)
    library = DrugLibrary(
        release.version, tuple(entry for path in files for entry in _entries(path, defaults, sources))
    )
    _refuse_ambiguous(library, place_of(folder))
    return library


@cache
def _loaded(folder: Path) -> DrugLibrary:
    library = read_library(folder)
    released = read_toml(folder / "release.toml")["fingerprint"]
    if library.fingerprint != released:
        refuse("drug-library.changed", place_of(folder), library.fingerprint, released=released)
    return library


def _entries(path: Path, defaults: _Defaults, sources: Mapping[str, Mapping[str, str]]) -> Iterator[Entry]:
    place = place_of(path)
    medicine = validate(_Medicine, read_toml(path), place)
    for number, written in enumerate(medicine.rows):
        here = f"{place}.rows.{number}"
        for tables in _one_for_each(written, medicine, defaults, here):
            entry = validate(Entry, tables, here)
            complaints = [complaint.at(here) for complaint in _ground_complaints(entry, sources)]
            if complaints:
                raise Refused(complaints)
            try:
                entry.as_row()
            except Refused as refused:
                raise refused.at(here) from None
            yield entry


def _one_for_each(
    written: Mapping[str, Any], medicine: _Medicine, defaults: _Defaults, place: str
) -> Iterator[dict[str, Any]]:
    """Return the tables of one row for every patient type and care area that it is written for."""
    own = dict(written)
    meant = validate(
        _For,
        {key: own.pop(key) for key in ("care_areas", "patient_types") if key in own} | {"id": own.get("id")},
        place,
    )
    for area in meant.care_areas:
        for kind in meant.patient_types:
            tables: dict[str, Any] = {"product": medicine.product, "substance": medicine.substance}
            layers = (defaults.every, defaults.patient_type.get(kind, {}), defaults.care_area.get(area, {}))
            for layer in (*layers, medicine.every, medicine.care_area.get(area, {}), own):
                tables = merge(tables, layer)
            yield tables | {"id": f"{meant.id}-{area}-{kind}", "patient_type": kind, "care_area": area}


def _sources(folder: Path) -> Mapping[str, Mapping[str, str]]:
    path = folder / "sources.toml"
    own = {
        code: validate(Source, tables, f"{place_of(path)}.{code}").model_dump()
        for code, tables in read_toml(path).items()
    }
    return {**Library().sources, **own}


def _ground_complaints(entry: Entry, sources: Mapping[str, Mapping[str, str]]) -> Iterator[Refusal]:
    """Every value needs a ground that bears it, as in a protocol."""
    for key, sourced in sourced_values(entry):
        mark, source = sourced.confidence, sourced.source
        if source and source not in sources:
            yield Refusal("source.unknown", f"{key}.source", source, {"known": ", ".join(sources)})
        elif mark is Confidence.SEEN and sources[source]["seen"] == NOT_SEEN:
            yield Refusal("source.not-seen", f"{key}.confidence", mark.value, {"source": source})
        if mark is Confidence.GIVEN:
            yield Refusal("sourced.given-in-file", f"{key}.confidence", mark.value)
        if isinstance(sourced.value, Quantity) and sourced.value.magnitude < 0:
            yield Refusal("quantity.negative", f"{key}.value", sourced.value.text())


def _refuse_ambiguous(library: DrugLibrary, place: str) -> None:
    """No two rows may answer to the same medicine at the same time, and no version may stand twice."""
    for one, other in combinations(library.entries, 2):
        if one.id == other.id and one.valid_from == other.valid_from:
            refuse("drug-library.version-twice", f"{place}.{one.id}", one.valid_from.isoformat())
    for at in sorted({entry.valid_from for entry in library.entries}):
        for first, second in combinations(library.current(at).rows, 2):
            same = _answers_to(first) == _answers_to(second)
            if same and first.weakest <= second.strongest and second.weakest <= first.strongest:
                refuse("drug-library.ambiguous", f"{place}.{first.id}", second.id)
