"""An entry: one record, signed. Entries are appended to a treatment and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from ransel.chart.people import Role
from ransel.chart.reading import read_record
from ransel.chart.records import Record
from ransel.language import Refused, refuse

SCHEMA = "ransel/entry/1"

What_co = TypeVar("What_co", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[What_co]):
    """One signed record of a treatment.

    Values:
        treatment: the id of the treatment. version: its place in it, from 1, without gaps.
        what: the record. who, role, where: who signed, in which role, from where.
        happened: when it happened; written: when it was signed; both aware.
        seen: the version of the treatment that was seen when it was decided. reason: where one is due.
        key: made on the device that sent it, empty for none; signed once, however often it is sent.
    """

    treatment: str
    version: int
    what: What_co
    who: str
    role: Role
    where: str
    happened: datetime
    written: datetime
    seen: int
    reason: str = ""
    key: str = ""

    @property
    def kind(self) -> str:
        """The kind of its record."""
        return self.what.kind

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain data; `read_entry` reads it back."""
        return {
            "schema": SCHEMA,
            "treatment": self.treatment,
            "version": self.version,
            "kind": self.kind,
            "kind_version": self.what.version,
            "who": self.who,
            "role": self.role.value,
            "where": self.where,
            "happened": self.happened.isoformat(),
            "written": self.written.isoformat(),
            "seen": self.seen,
            "reason": self.reason,
            "key": self.key,
            "data": self.what.model_dump(mode="json"),
        }

    def as_text(self) -> str:
        """Return the entry as the one line of JSON that is kept and hashed."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_entry(told: Mapping[str, Any]) -> Entry[Record]:
    """Return an entry from plain data, of this version or an older one.

    Raises:
        Refused: when it is no entry, or of a kind that this version does not know.
    """
    if told.get("schema") != SCHEMA:
        refuse("entry.schema", "schema", str(told.get("schema", "")), schema=SCHEMA)
    try:
        return Entry(
            treatment=str(told["treatment"]),
            version=int(told["version"]),
            what=read_record(str(told["kind"]), int(told["kind_version"]), told["data"]),
            who=str(told["who"]),
            role=Role(told["role"]),
            where=str(told["where"]),
            happened=_instant(told, "happened"),
            written=_instant(told, "written"),
            seen=int(told["seen"]),
            reason=str(told["reason"]),
            key=str(told["key"]),
        )
    except KeyError as missing:
        refuse("key.missing", str(missing.args[0]))
    except (TypeError, AttributeError, ValueError, OverflowError, RecursionError) as wrong:
        if isinstance(wrong, Refused):
            raise
        refuse("entry.unreadable", "", str(wrong))


def _instant(told: Mapping[str, Any], key: str) -> datetime:
    instant = datetime.fromisoformat(told[key])
    if instant.tzinfo is None:
        refuse("instant.no-zone", key, told[key])
    return instant


def read_text(line: str) -> Entry[Record]:
    """Return an entry from the line in which it is kept.

    Raises:
        Refused: when it is no entry.
    """
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        refuse("event.not-json")
    if not isinstance(told, dict):
        refuse("event.not-object")
    return read_entry(told)
