"""The children of the demo: made up, every one, with the point in the programme at which each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType

from ransel.chart.rules import Identity
from ransel.hospital.demo.people import HOSPITAL, NORTH, OTHER_HOSPITAL, SOUTH
from ransel.quantities import Length, Mass
from ransel.store.models.register import ALPHABET

DAYS_IN_A_MONTH = Fraction(36525, 1200)
GROWTH = Fraction(1, 100)
"""How much lighter a child was one course before: so little that nobody is asked whether it is right."""
TOWN = "0000 XZ Voorbeeldstad"


@dataclass(frozen=True, slots=True)
class DemoChild:
    """A child of the demo.

    Values:
        place: its number in the list. months: how old. weight_kg, height_cm: when last measured.
        stage: how far its course is, a key of `stages.STAGES`. course: which course that is; earlier ones are over.
        travel_minutes: to the hospital. home_care: the organisation that comes. centre: the hospital.
        Children of the stage `old-regimen` had all their courses before, on the ward.
        troubles: what its pump runs into in this course, as `ransel run --fault` reads it.
    """

    place: int
    name: str
    months: int
    weight_kg: str
    height_cm: str
    stage: str
    course: int = 1
    travel_minutes: int = 45
    home_care: str = NORTH
    centre: str = HOSPITAL
    troubles: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number of its wristband."""
        return f"SYN-{self.place:04d}"

    @property
    def code(self) -> str:
        """Its key in the register."""
        return f"c-{_letters(self.number)}"

    @property
    def treatment(self) -> str:
        """The id of its treatment."""
        return f"t-{_letters(self.number)}"

    @property
    def full_name(self) -> str:
        """The name as every page shows it."""
        return f"{self.name} (synthetic)"

    @property
    def address(self) -> str:
        """A street that is nowhere."""
        return f"{STREETS[self.place % len(STREETS)]} {self.place * 7 % 90 + 1}, {TOWN}"

    @property
    def telephone(self) -> str:
        """A number that nobody has."""
        return f"+31 6 0000 {1000 + self.place}"

    def born(self, today: date) -> date:
        """Return its birth date for a demo on this day."""
        return today - timedelta(days=int(self.months * DAYS_IN_A_MONTH) + self.place * 5 % 28)

    def identity(self, today: date) -> Identity:
        """Return who it is."""
        return Identity(self.full_name, self.born(today), self.number)

    def measured(self, courses_ago: int) -> tuple[Mass, Length]:
        """Return weight and height before the present course, or so many courses earlier."""
        weight = Fraction(self.weight_kg) * (1 - GROWTH * courses_ago)
        height = Fraction(self.height_cm) - Fraction(courses_ago, 2)
        return Mass(f"{float(weight):.1f} kg"), Length(f"{float(height):.1f} cm")


def _letters(number: str) -> str:
    """Return eight letters that say nothing about a child, always the same for it."""
    digest = sha256(number.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:8])


STREETS = ("Regenboogpad", "Zonnewijzer", "Wolkenlaan", "Sterrenhof", "Vliegerplein", "Kastanjedreef", "Knikkerstraat",
           "Driewielerweg", "Bellenblaasgang", "Schommelkade", "Hinkelbaan")  # fmt: skip

_ROWS = (
    ("Noor de Vries", 53, "16.4", "102", "enrolled", {"travel_minutes": 35}),
    ("Sem Bakker", 31, "13.2", "91", "measured", {"travel_minutes": 70, "home_care": SOUTH}),
    ("Yara el Amrani", 66, "18.9", "110", "ordered", {"course": 3, "travel_minutes": 25}),
    ("Daan Hendriks", 27, "12.6", "88", "sent-back", {"travel_minutes": 95, "home_care": SOUTH}),
    ("Fenna Postma", 44, "15.1", "99", "criteria-missing", {"travel_minutes": 110}),
    ("Milan Kowalski", 75, "21.3", "117", "withheld", {"course": 2, "travel_minutes": 40, "home_care": SOUTH}),
    ("Lotte van den Berg", 38, "14.2", "95", "to-make", {"travel_minutes": 15}),
    ("Amir Hosseini", 58, "17.3", "105", "weighing", {"travel_minutes": 55, "home_care": SOUTH}),
    ("Saar Willems", 21, "11.4", "83", "checked", {"travel_minutes": 80}),
    ("Jesse de Groot", 92, "24.5", "125", "in-fridge", {"course": 2, "travel_minutes": 30, "home_care": SOUTH}),
    ("Elif Yildiz", 49, "15.8", "100", "out", {"travel_minutes": 50}),
    ("Thijs Maas", 35, "13.9", "94", "to-make-anew", {"travel_minutes": 65, "home_care": SOUTH}),
    ("Isa Scholten", 62, "18.1", "107", "connected", {"travel_minutes": 20}),
    ("Levi Koster", 29, "12.9", "89", "fit-for-home", {"travel_minutes": 75, "home_care": SOUTH}),
    ("Zoë Martens", 40, "14.5", "96", "rate-changed", {"travel_minutes": 45}),
    ("Bram Timmermans", 55, "16.9", "104", "stopped", {"travel_minutes": 60, "home_care": SOUTH}),
    ("Nina Pinas", 47, "15.5", "100", "at-home",
     {"travel_minutes": 85, "troubles": ("occlusion@41h for 35min", "stop-pressed@52h")}),
    ("Ruben Haverkamp", 83, "22.8", "121", "standing", {"travel_minutes": 35, "home_care": SOUTH}),
    ("Maud Kuipers", 33, "13.5", "92", "second-go-due",
     {"course": 2, "travel_minutes": 90, "troubles": ("bubble=0.2@30h",)}),
    ("Oscar Lim", 70, "19.9", "113", "second-to-make", {"travel_minutes": 25, "home_care": SOUTH}),
    ("Liv Hoekstra", 25, "12.1", "86", "change-due",
     {"travel_minutes": 30, "troubles": ("battery-weak=0.12@38h",)}),
    ("Adam Benali", 60, "17.8", "106", "change-readied", {"course": 2, "travel_minutes": 50, "home_care": SOUTH}),
    ("Julia Wolters", 42, "14.9", "98", "between", {"travel_minutes": 20}),
    ("Finn Rademaker", 97, "25.6", "127", "readmitted", {"travel_minutes": 40, "home_care": SOUTH}),
    ("Roos Terpstra", 51, "16.1", "102", "made-anew",
     {"course": 3, "travel_minutes": 105, "troubles": ("occlusion@66h for 20min",)}),
    ("Hugo Verbeek", 77, "21.7", "118", "pump-replaced",
     {"course": 2, "travel_minutes": 55, "home_care": SOUTH, "troubles": ("motor-stuck@141h",)}),
    ("Evi Janssen", 36, "14.0", "94", "to-disconnect",
     {"course": 4, "travel_minutes": 45, "troubles": ("battery-weak=0.12@150h",)}),
    ("Mohamed Aziz", 64, "18.4", "109", "no-show", {"travel_minutes": 95, "home_care": SOUTH}),
    ("Pien Dijkman", 30, "13.0", "90", "residue-missing", {"course": 2, "travel_minutes": 30}),
    ("Luuk Hofman", 46, "15.4", "99", "pump-not-ready", {"travel_minutes": 65, "home_care": SOUTH}),
    ("Tess van Loon", 57, "17.1", "105", "between-courses", {"travel_minutes": 25}),
    ("Kai Soerens", 88, "23.7", "123", "measured-again", {"course": 3, "travel_minutes": 60, "home_care": SOUTH}),
    ("Vera Mertens", 68, "19.4", "112", "finished", {"course": 5, "travel_minutes": 35}),
    ("Boaz Admiraal", 39, "14.3", "96", "withdrawn", {"course": 2, "travel_minutes": 120, "home_care": SOUTH}),
    ("Suze Kramer", 28, "12.7", "88", "cancelled", {"travel_minutes": 40}),
    ("Pim Elderink", 45, "15.2", "99", "measured", {"travel_minutes": 30, "centre": OTHER_HOSPITAL}),
    ("Fay Ouderkerk", 61, "18.0", "107", "ordered", {"travel_minutes": 50, "centre": OTHER_HOSPITAL}),
    ("Jip Lammers", 50, "14.6", "97", "old-regimen", {"travel_minutes": 70}),
    ("Senna Bouhali", 41, "13.6", "93", "old-regimen", {"travel_minutes": 30, "home_care": SOUTH}),
    ("Teun Veldhuis", 63, "16.6", "103", "old-regimen", {"course": 2, "travel_minutes": 55}),
    ("Mila Oosting", 72, "18.3", "109", "old-regimen", {"travel_minutes": 90, "home_care": SOUTH}),
    ("Ravi Doerga", 56, "15.6", "100", "old-regimen", {"travel_minutes": 20}),
    ("Lieke Brandsma", 37, "13.2", "90", "old-regimen", {"course": 2, "travel_minutes": 115, "home_care": SOUTH}),
    ("Stan Wiersma", 81, "20.4", "115", "old-regimen", {"travel_minutes": 40}),
    ("Yasmin Haddad", 47, "14.3", "96", "old-regimen", {"travel_minutes": 60, "home_care": SOUTH}),
)  # fmt: skip

CHILDREN: tuple[DemoChild, ...] = tuple(
    DemoChild(place, name, months, weight, height, stage, **more)  # type: ignore[arg-type]  # a table of values
    for place, (name, months, weight, height, stage, more) in enumerate(_ROWS, 1)
)
"""In the order of their numbers."""

BY_TREATMENT: Mapping[str, DemoChild] = MappingProxyType({one.treatment: one for one in CHILDREN})
"""The children by the id of their treatment."""
