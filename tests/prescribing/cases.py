"""A synthetic child and her orders, for tests of every room that begins with an order."""

from datetime import date
from functools import cache

import pytest

from ransel.language import Refused
from ransel.prescribing import Patient, prescribe
from ransel.protocols import Library, validate

TODAY, START = date(2027, 2, 3), date(2027, 2, 5)
LONG, AT_HOME, SHORT = "dinutuximab-beta-10x24h", "dinutuximab-beta-10x24h-maxima", "dinutuximab-beta-5x8h"
SHELF = Library()
FINDINGS = {
    "taken": date(2027, 2, 3),
    "oxygen-saturation": "98 %",
    "neutrophils": "1450 /uL",
    "platelets": "112000 /uL",
    "haemoglobin": "9.8 g/dL",
    "alt": "1.2 xULN",
    "ast": "1.4 xULN",
    "kidney-function": "104 mL/min/1.73m2",
    "infection": False,
}
CHILD = {
    "name": "Sam Bakker (synthetic)",
    "number": "SYN-0042",
    "born": date(2022, 9, 14),
    "weight": "16.4 kg",
    "height": "102 cm",
    "measured": date(2027, 1, 29),
    "findings": FINDINGS,
}


def child(**changes):
    """A child of four of 16.4 kg and 102 cm, or another one."""
    return validate(Patient, {**CHILD, **changes}, "child")


@cache
def protocol_of(name):
    """A protocol of the package, read once."""
    return SHELF.protocol(name)


def order_for(patient=None, protocol=LONG, *, course=1, today=TODAY, start=START):
    """The order of a course; `protocol` is a name or a protocol."""
    chosen = protocol_of(protocol) if isinstance(protocol, str) else protocol
    return prescribe(patient or child(), chosen, course, today, start)


def refusals(act, *args, **kwargs):
    """Everything that was refused."""
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.refusals


def codes(found):
    """The codes of refusals or notices."""
    return [one.code for one in found]


def with_dose(protocol, **changes):
    """The same protocol with another dose: rounding, rules."""
    return protocol.model_copy(update={"dose": protocol.dose.model_copy(update=changes)})
