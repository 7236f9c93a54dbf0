"""Who acts: roles, and the hand that signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is there for. One person signs in one role at a time."""

    DOCTOR = "doctor"
    PHARMACIST = "pharmacist"
    TECHNICIAN = "technician"
    DAY_CARE_NURSE = "day-care-nurse"
    WARD_NURSE = "ward-nurse"
    HOME_CARE_NURSE = "home-care-nurse"
    COORDINATOR = "coordinator"
    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A person who is about to sign something.

    Values:
        who: the person's id, never a name. role: in which role they sign.
        where: the organisation and place they act from, such as `maxima/day-care`.
        happened: when it happened, aware; now: when it is written, aware and not before it.
        seen: the version of the treatment that was on their screen when they decided.
        reason: why, where a reason is due. key: made on their device, so that nothing is signed twice.
    """

    who: str
    role: Role
    where: str
    happened: datetime
    now: datetime
    seen: int
    reason: str = ""
    key: str = ""
