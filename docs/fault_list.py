"""Every fault that a simulated course can run into, read from the faults themselves."""

from __future__ import annotations

from fractions import Fraction

from docs.markdown import table
from ransel.infusion.condition_facts import facts
from ransel.language import Message
from ransel.pump.faults import KINDS, FaultKind
from ransel.pump.people import MENDED_BY_HAND

PLACES = {
    "line": "The line",
    "cassette": "The cassette",
    "pump": "The pump",
    "sensor": "Sensors and sound",
    "power": "Power",
    "clock": "The pump's clock",
    "inside": "Inside the pump",
    "child": "The child",
    "people": "People",
    "link": "The link",
}
HEAD = ("fault", "what happens", "number", "from – to", "when none is given", "found and put right at the alarm")


def page() -> str:
    """Return a table of faults for every place in which something can go wrong."""
    return "\n\n".join(f"## {title}\n\n{_table(place)}" for place, title in PLACES.items())


def _table(place: str) -> str:
    return table(HEAD, [_row(kind) for kind in KINDS.values() if kind.place == place])


def _row(kind: FaultKind) -> tuple[str, ...]:
    number, bounds, usual = "", "", ""
    if kind.least != kind.most:
        number = kind.unit or "%"
        bounds = f"{_plain(kind, kind.least)} – {_plain(kind, kind.most)}"
        usual = _plain(kind, kind.usual)
    return f"`{example(kind)}`", does(kind), number, bounds, usual, ", ".join(_answered(kind))


def example(kind: FaultKind) -> str:
    """Return how a fault is written, a day after connecting; one of people comes with its visit."""
    number = f"={_plain(kind, kind.usual)}{kind.unit or '%'}" if kind.least != kind.most else ""
    return f"{kind.name}{number}@24h"


def does(kind: FaultKind) -> str:
    """Return what happens, in words."""
    return Message(f"fault.{kind.name}", {"number": ""}).text("en")


def _plain(kind: FaultKind, number: Fraction) -> str:
    return f"{float(number if kind.unit else number * 100):g}"


def _answered(kind: FaultKind) -> list[str]:
    """Return the titles of the alarms at which a person finds this fault and puts it right."""
    return [facts()[condition].title.text("en") for condition, names in MENDED_BY_HAND.items() if kind.name in names]
