"""The people of the demo: made up, with log-ins that are printed on the start page and known to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ransel.chart.people import Role

PASSWORD = "ransel-demo"  # noqa: S105 - printed on the start page of the demo, and refused everywhere else
"""The password of everybody in the demo; real use refuses to start while anybody has it."""

HOSPITAL, OTHER_HOSPITAL = "voorbeeldziekenhuis", "ander-ziekenhuis"
NORTH, SOUTH = "thuiszorg-noord", "thuiszorg-zuid"


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation of the demo."""

    code: str
    name: str
    kind: str
    telephone: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo. `part` is what they play in the stories of the children."""

    part: str
    username: str
    shown_name: str
    role: Role
    organisation: str = HOSPITAL
    place: str = ""

    @property
    def id_code(self) -> str:
        """What entries carry as `who`."""
        return f"p-{self.username}"

    @property
    def where(self) -> str:
        """The organisation and place they sign from."""
        return f"{self.organisation}/{self.place or self.role.value}"


ORGANISATIONS = (
    DemoOrganisation(HOSPITAL, "Voorbeeldziekenhuis (synthetic)", "hospital", "+31 30 000 0000"),
    DemoOrganisation(OTHER_HOSPITAL, "Ander ziekenhuis (synthetic)", "hospital", "+31 30 000 0001"),
    DemoOrganisation(NORTH, "Thuiszorg Noord (synthetic)", "home-care", "+31 6 0000 0010"),
    DemoOrganisation(SOUTH, "Thuiszorg Zuid (synthetic)", "home-care", "+31 6 0000 0020"),
)

PEOPLE = (
    DemoPerson("doctor", "dokter", "Dr. A. de Wit (synthetic)", Role.DOCTOR, place="ward"),
    DemoPerson("second", "dokter2", "Dr. B. Visser (synthetic)", Role.DOCTOR, place="ward"),
    DemoPerson("pharmacist", "apotheker", "C. Mulder (synthetic)", Role.PHARMACIST, place="pharmacy"),
    DemoPerson("pharmacist2", "apotheker2", "D. Bos (synthetic)", Role.PHARMACIST, place="pharmacy"),
    DemoPerson("technician", "laborant", "E. Smit (synthetic)", Role.TECHNICIAN, place="pharmacy"),
    DemoPerson("checker", "laborant2", "F. Meijer (synthetic)", Role.TECHNICIAN, place="pharmacy"),
    DemoPerson("nurse", "dagzorg", "G. de Boer (synthetic)", Role.DAY_CARE_NURSE, place="day-care"),
    DemoPerson("colleague", "dagzorg2", "H. Dekker (synthetic)", Role.DAY_CARE_NURSE, place="day-care"),
    DemoPerson("ward", "afdeling", "I. Brouwer (synthetic)", Role.WARD_NURSE, place="ward"),
    DemoPerson("home-north", "thuis-noord", "J. Dijkstra (synthetic)", Role.HOME_CARE_NURSE, NORTH, "home"),
    DemoPerson("stand-in-north", "thuis-noord2", "K. Vos (synthetic)", Role.HOME_CARE_NURSE, NORTH, "home"),
    DemoPerson("home-south", "thuis-zuid", "L. Peters (synthetic)", Role.HOME_CARE_NURSE, SOUTH, "home"),
    DemoPerson("stand-in-south", "thuis-zuid2", "M. Kok (synthetic)", Role.HOME_CARE_NURSE, SOUTH, "home"),
    DemoPerson("coordinator", "planning", "N. Jacobs (synthetic)", Role.COORDINATOR, place="planning"),
    DemoPerson("researcher", "onderzoek", "O. van Dam (synthetic)", Role.RESEARCHER, place="research"),
    DemoPerson("administrator", "beheer", "P. Prins (synthetic)", Role.ADMINISTRATOR, place="administration"),
    DemoPerson("elsewhere", "dokter-elders", "Dr. Q. Blom (synthetic)", Role.DOCTOR, OTHER_HOSPITAL, "ward"),
)  # fmt: skip

CAST: Mapping[str, DemoPerson] = MappingProxyType({one.part: one for one in PEOPLE})
"""The people by the part they play."""
