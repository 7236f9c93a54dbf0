"""Whatever does not fit at the child stops: the page says so in large, nothing is signed, what was typed is kept."""

import re
from dataclasses import dataclass

import pytest
from browser import PASSWORD, Person, Theatre

READY, CHANGE, CHECKED = "SYN-0011", "SYN-0022", "SYN-0009"
"""Children of the demo: with the first cassette at hand, at the change, with a cassette that nobody has released."""
CODE = re.compile(r"\(01\)\d{14}\(7003\)\d{10}\(10\)\S+?\(21\)[\d-]+")


@dataclass(frozen=True)
class Bedside:
    """A child, the cassette in hand and the pump, with somebody who stands there."""

    nurse: Person
    treatment: str
    course: int
    container: int
    number: str
    pump: str
    codes: tuple[str, ...]

    def open(self, page: str) -> None:
        """Open a page about this cassette."""
        self.nurse.open(f"/treatment/{self.treatment}/course/{self.course}/container/{self.container}/{page}/")

    @property
    def version(self) -> int:
        """How many entries the chart has."""
        return self.nurse.signed_version(self.treatment)

    @property
    def at_hand(self) -> dict[str, str]:
        """What is read from wristband, cassette and pump when everything is right."""
        return {"child": self.number, "code": self.codes[-1], "pump": self.pump}

    def expect_stop(self, page: str, values: dict[str, object]) -> str:
        """Sign what does not fit: the stop sign is shown, the chart stays as it was. Return the words of the sign."""
        before = self.version
        self.open(page)
        self.nurse.expect_refused(values)
        sign = self.nurse.find(".stop-sign")
        assert sign.is_visible(), self.nurse.find("main").inner_text()
        said = sign.inner_text()
        assert self.version == before
        return said


@pytest.fixture(scope="module")
def nurse(stage: Theatre) -> Person:
    return stage.enter("dagzorg")


@pytest.fixture
def bedside(nurse: Person):
    """Return the bedside of a child of the demo by its number."""

    def of(number: str, container: int = 1) -> Bedside:
        nurse.open("/children/")
        row = nurse.find("tbody tr", has_text=number)
        pump = row.locator("td").nth(2).inner_text()
        treatment = re.search(r"/treatment/([^/]+)/", row.locator("a").first.get_attribute("href"))[1]
        nurse.open(f"/treatment/{treatment}/chart/?all=1")
        course = int(re.search(r"\d+", nurse.find("[id^=course-]").first.get_attribute("id"))[0])
        codes = [CODE.search(text) for text in reversed(nurse.find(".entries > li").all_text_contents())]
        released = dict.fromkeys(found[0] for found in codes if found)
        return Bedside(nurse, treatment, course, container, number, pump, tuple(released))

    return of


@pytest.fixture
def ready(bedside) -> Bedside:
    return bedside(READY)


@pytest.fixture
def programmed(ready: Bedside) -> Bedside:
    """Return a child whose pump is programmed and checked, so that only connecting is left."""
    guide = f"/treatment/{ready.treatment}/course/{ready.course}/container/{ready.container}/guide/"
    nurse = ready.nurse
    nurse.open(guide)
    if not nurse.find('main a[href*="/connect/"].button').count():
        nurse.follow("observe")
        nurse.sign({"temperature": "36,8", "heart_rate": "98"})
        ready.open("prime")
        nurse.sign({"pump": ready.pump, "volume": "5", "fluid": "drug"})
        ready.open("programme")
        nurse.sign(display(ready))
        ready.open("check-programme")
        nurse.open(f"{nurse.page.url}?here=1")
        second = {"cosigner": "dagzorg2", "cosigner_password": PASSWORD}
        nurse.sign(ready.at_hand | {"rate": "2", "volume": "250"} | second)
    return ready


def display(at: Bedside) -> dict[str, str]:
    """Return what the pump shows when it is programmed as ordered; the form is opened."""
    at.open("programme")
    strength = re.search(r"([\d,]+) mg/mL", at.nurse.find("main").inner_text())[1]
    rate, volume = (
        re.search(rf"([\d,]+) {unit}\b", at.nurse.find("dl.pairs").first.inner_text())[1]
        for unit in ("mL/h", "mL(?!/)")
    )
    return {"pump": at.pump, "rate": rate, "volume": volume, "concentration": strength, "product": "Qarziba"}


def test_the_wristband_of_another_child_stops(programmed):
    wrong = programmed.at_hand | {"child": CHANGE, "displayed": "245"}
    assert CHANGE in programmed.expect_stop("connect", wrong)


def test_the_cassette_of_another_turn_stops(bedside):
    """At the change the first cassette is scanned where the second one must run; the second needs the first to run."""
    at = bedside(CHANGE, container=2)
    first = at.at_hand | {"code": at.codes[-2]}
    said = at.expect_stop("connect", first | {"removed.displayed": "15", "displayed": "245"})
    assert "1" in said
    assert "2" in said


def test_the_second_cassette_before_the_first_stops(ready):
    """The first cassette has not run: nothing can be connected as the second one, whatever is scanned."""
    second = Bedside(ready.nurse, ready.treatment, ready.course, 2, ready.number, ready.pump, ready.codes)
    second.expect_stop("connect", second.at_hand | {"displayed": "245"})


def test_a_cassette_past_its_time_stops(programmed, demo):
    with demo.later(hours=200):
        programmed.expect_stop("connect", programmed.at_hand | {"displayed": "245"})


def test_a_cassette_that_nobody_released_stops(bedside):
    at = bedside(CHECKED)
    unreleased = {"child": at.number, "code": "(01)00400000000015", "pump": "POMP-01", "displayed": "245"}
    at.expect_stop("connect", unreleased)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"concentration": "0,5123"}, id="another-concentration"),
        pytest.param({"rate": "2,5"}, id="another-rate"),
        pytest.param({"rate": "48"}, id="mL-in-24-h-typed-as-mL-per-h"),
        pytest.param({"volume": "500"}, id="another-volume"),
        pytest.param({"pump": "POMP-01"}, id="another-pump"),
        pytest.param({"product": "Blincyto"}, id="another-product"),
    ],
)
def test_a_pump_that_shows_something_else_stops(ready, other):
    right = display(ready)
    said = ready.expect_stop("programme", right | other)
    assert right[next(iter(other))] in said  # the sign says what was ordered


def test_another_pump_stops_at_connecting(programmed):
    wrong = programmed.at_hand | {"pump": "POMP-01", "displayed": "245"}
    assert "POMP-01" in programmed.expect_stop("connect", wrong)


def test_what_fits_is_signed(programmed):
    """The same hands, with everything right: no stop where there is nothing to stop."""
    before = programmed.version
    programmed.open("connect")
    with programmed.nurse.theatre.served.later(hours=1):
        programmed.nurse.sign(programmed.at_hand | {"displayed": "245"})
    assert programmed.version == before + 1
