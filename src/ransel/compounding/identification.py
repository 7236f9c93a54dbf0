"""What identifies a container: batch, serial number, expiry, as a GS1 element string."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from ransel.compounding.container import Container
from ransel.language import refuse
from ransel.prescribing import Order
from ransel.protocols import Site

GS1_TEXT = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
"""GS1 character set 82, the twenty characters that AI (10) and (21) hold."""

PATIENT_LENGTH = 12
PATIENT_NUMBER = re.compile(r"[0-9A-Za-z./-]{1,12}")
"""A patient's number that stands in a batch number as it is."""


@dataclass(frozen=True, slots=True)
class ContainerCode:
    """The identity of a container.

    Values:
        item: GTIN-14 out of the hospital's restricted range, AI (01).
        batch: AI (10). serial: AI (21).
        expires: end of use, to the minute, by the local clock, AI (7003).
    """

    item: str
    batch: str
    serial: str
    expires: datetime

    def __post_init__(self) -> None:
        """Refuse what a GS1 code cannot hold."""
        for name, value in (("batch", self.batch), ("serial", self.serial)):
            if not GS1_TEXT.fullmatch(value):
                refuse("code.text", name, value)
        if not re.fullmatch(r"[0-9]{14}", self.item) or self.item[-1] != check_digit(self.item[:-1]):
            refuse("code.item", "item", self.item)

    @property
    def element_string(self) -> str:
        """The code with its application identifiers in brackets, as printed beside the symbol."""
        return f"(01){self.item}(7003){self.expires:%y%m%d%H%M}(10){self.batch}(21){self.serial}"


def container_code(
    order: Order, container: Container, site: Site, finish_before: datetime, making: int = 1
) -> ContainerCode:
    """Return the code of a container; `finish_before` is cut to the minute, never rounded up.

    `making` counts how often this container was made: one that is made again gets another serial number.
    """
    local = finish_before.astimezone(ZoneInfo(site.time_zone)).replace(second=0, microsecond=0)
    number = site.label.restricted_circulation_number
    return ContainerCode(
        item=number + check_digit(number),
        batch=batch_number(order, container),
        serial=f"{container.index}-{making}",
        expires=local,
    )


def batch_number(order: Order, container: Container) -> str:
    """Return the batch number: patient, course and container, at most twenty characters.

    A patient's number stands in it as it is; one that is missing, too long or has other signs is replaced by a
    digest, so that two patients never share a batch.
    """
    return f"{_patient_part(order)}-C{order.course_number}-{container.index}"


def _patient_part(order: Order) -> str:
    patient = order.patient
    if patient.number is not None and PATIENT_NUMBER.fullmatch(patient.number):
        return patient.number
    identity = f"{patient.number or ''}|{patient.name}|{patient.born}|{order.start}"
    return sha256(identity.encode()).hexdigest()[:PATIENT_LENGTH].upper()


def check_digit(digits: str) -> str:
    """Return the GS1 check digit: weights three and one from the right, up to the next ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
