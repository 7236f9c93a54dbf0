"""One child from enrolment to the order of the next course: nine people, each at a device of their own, one chart."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from browser import PASSWORD, PHONE, Person, Theatre, serving, theatre

from ransel.hospital.demo.people import PEOPLE

BEGIN = datetime.fromisoformat("2027-02-01T09:00:00+01:00")
HOUR = timedelta(hours=1)
NUMBER, PUMP = "SYN-9001", "POMP-27"
CODE = re.compile(r"\(01\)\d{14}\(7003\)\d{10}\(10\)\S+\(21\)[\d-]+")
NEXT_STEP = 'main a.button:not(.second)[href*="/weigh/"]'
MADE = {1: -2 * HOUR, 2: 105 * HOUR}
OUT = {1: -HOUR, 2: 114 * HOUR}
SECOND_GO, CHANGE, END = 100 * HOUR, 115 * HOUR, 240 * HOUR
"""Where the steps lie in the plan of this protocol, counted from connecting."""

ENROLLED = {
    "number": NUMBER, "name": "Pluk Torenvalk (synthetic)", "born": "2022-09-14", "travel_minutes": "40",
    "address": "Wolkenlaan 3, 0000 XZ Voorbeeldstad", "telephone": "+31 6 0000 9001",
}  # fmt: skip
FINDINGS = {
    "oxygen-saturation": "98", "neutrophils": "1450", "platelets": "112000", "haemoglobin": "9,8", "alt": "1,2",
    "ast": "1,4", "kidney-function": "104", "infection": False,
}  # fmt: skip
ROLES = {
    "dokter": "doctor", "apotheker": "pharmacist", "laborant": "technician", "laborant2": "technician",
    "dagzorg": "day-care-nurse", "dagzorg2": "day-care-nurse", "afdeling": "ward-nurse",
    "thuis-noord": "home-care-nurse", "planning": "coordinator",
}  # fmt: skip

NAMES = {one.username: one.shown_name for one in PEOPLE}


@dataclass
class Story:
    """A child's course as it is lived; what was signed by whom is kept to be compared with the chart."""

    stage: Theatre
    treatment: str = ""
    start: datetime = BEGIN
    codes: dict[int, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    signed: list[tuple[str, str]] = field(default_factory=list)

    def person(self, username: str) -> Person:
        """Return somebody at their own device; the home-care nurse works on a telephone."""
        if username not in self.people:
            width = PHONE if username.startswith("thuis") else 1280
            self.people[username] = self.stage.enter(username, width)
        return self.people[username]

    def at(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        self.stage.served.move_clock(hours=(instant - BEGIN) / HOUR)

    def to_the_page(self, username: str, page: str, course: int = 1, container: int = 0) -> Person:
        """Let somebody go to the child's chart and click what they want to do there."""
        person = self.person(username)
        person.open(f"/treatment/{self.treatment}/chart/")
        of = f"/container/{container}" if container else ""
        person.follow(f"course/{course}{of}/{page}")
        return person

    def sign(self, kind: str, username: str, values: dict | None = None, *, by: str = "") -> None:
        """Let somebody sign the form before them; `by` is the second person on the same device."""
        self.person(username).sign(values)
        self.signed.append((kind, by or username))


def test_a_child_lives_through_a_whole_course(tmp_path):
    """Nothing that people do in ten days of care is missing from the chart, and nothing stands there twice."""
    with serving(tmp_path, now=BEGIN.isoformat()) as served:
        with theatre(served) as stage:
            story = Story(stage)
            given_a_child_with_a_verified_course(story)
            given_the_go(story)
            when_the_pharmacy_makes_and_releases(story, container=1)
            when_day_care_connects(story)
            when_the_ward_watches_and_the_child_goes_home(story)
            when_home_care_is_asked_and_accepts(story)
            when_the_doctor_gives_the_second_go(story)
            when_the_pharmacy_makes_and_releases(story, container=2)
            when_day_care_changes(story)
            when_the_home_care_nurse_stops_the_pump(story)
            when_the_pump_comes_back(story)
            when_the_next_course_is_ordered(story)
            then_the_chart_shows_every_entry(story)
        then_the_chain_is_whole(story, served.home)


def given_a_child_with_a_verified_course(story: Story) -> None:
    doctor = story.person("dokter")
    doctor.follow("enrol", within="nav")
    story.sign("enrolled", "dokter", ENROLLED)
    story.treatment = re.search(r"/treatment/([^/]+)/", doctor.page.url)[1]
    story.sign("measured", "dokter", {"weight": "16,4", "height": "102"})
    doctor.follow("order")
    order_at_the_first_start(story)
    pharmacist = story.person("apotheker")
    pharmacist.follow("todo", within="nav")
    pharmacist.follow(f"{story.treatment}/course/1/verify")
    pharmacist.expect_refused({"dose_checked": True})
    story.sign("order-verified", "apotheker", {"measures_checked": True, "plan_checked": True})


def order_at_the_first_start(story: Story) -> None:
    """Let the doctor choose the best start, confirm what the plan asks, and sign."""
    doctor = story.person("dokter")
    doctor.click('a[href^="?start="]')
    story.start = datetime.fromisoformat(f"{doctor.page.url.rpartition('start=')[2].replace('%3A', ':')}+01:00")
    for box in doctor.find("form.sign input[type=checkbox]").all():
        box.check()
    story.sign("course-ordered", "dokter")


def given_the_go(story: Story) -> None:
    story.at(story.start - 26 * HOUR)
    doctor = story.person("dokter")
    doctor.follow("todo", within="nav")
    doctor.follow(f"{story.treatment}/course/1/criteria")
    story.sign("criteria-recorded", "dokter", {f"findings.{name}": found for name, found in FINDINGS.items()})
    story.to_the_page("dokter", "pre-visit")
    story.sign("visit-before-course", "dokter", {"found": "Speelt, geen koorts.", "central_line_works": True})
    story.to_the_page("dokter", "go", container=1)
    story.sign("go-given", "dokter")


def when_the_pharmacy_makes_and_releases(story: Story, container: int) -> None:
    here = f"{story.treatment}/course/1/container/{container}"
    technician, checker, pharmacist = (story.person(one) for one in ("laborant", "laborant2", "apotheker"))
    story.at(story.start + MADE[container])
    technician.open("/pharmacy/")
    technician.follow(f"{here}/make")
    story.sign("batch-started", "laborant")
    while technician.find(NEXT_STEP).count():
        weigh_the_next_step(story)
    technician.open(f"/treatment/{here}/check-batch/")
    assert technician.find('form.sign [name="cosigner"]').count() == 1  # who weighed does not check
    checker.open("/pharmacy/")
    checker.follow(f"{here}/check-batch")
    story.sign("batch-checked", "laborant2", {"lots": True, "weighings": True, "label": True})
    pharmacist.open("/pharmacy/")
    pharmacist.follow(f"{here}/release")
    story.sign("released", "apotheker", {"stability_confirmed_by": True})
    pharmacist.open(f"/treatment/{story.treatment}/chart/")
    story.codes[container] = CODE.search(pharmacist.find(".entries > li").first.text_content())[0]
    story.at(story.start + OUT[container])
    pharmacist.open("/pharmacy/")
    pharmacist.follow(f"{here}/hand-over")
    story.sign("left-fridge", "apotheker")


def weigh_the_next_step(story: Story) -> None:
    """Weigh what the page expects, from the balance at zero."""
    technician = story.person("laborant")
    technician.click(NEXT_STEP)
    expected = re.search(r"([\d.,]+) g ±", technician.find("main").inner_text())[1]
    lot = {"lots.0.number": "QZ-24417", "lots.0.expires": "2028-06-30"}
    story.sign("weighed", "laborant", {"before": "0", "after": expected, **lot})


def when_day_care_connects(story: Story) -> None:
    nurse = story.person("dagzorg")
    nurse.open("/day-care/")
    nurse.follow(f"{story.treatment}/course/1/container/1/guide")
    nurse.follow("assign-pump")
    story.sign("pump-assigned", "dagzorg", {"pump": PUMP})
    make_ready(story)
    nurse.follow("observe")
    vital = {"temperature": "36,8", "heart_rate": "98", "systolic": "101", "diastolic": "62", "saturation": "98"}
    story.sign("observed", "dagzorg", vital)
    prime_and_programme(story)
    nurse.follow("check-programme")
    read = {"child": NUMBER, "code": story.codes[1], "pump": PUMP, "rate": "2", "volume": "250"}
    told = nurse.expect_refused(read | {"cosigner": "dagzorg", "cosigner_password": PASSWORD})
    assert told  # nobody checks what they programmed themselves, not even with their own password typed again
    second = {"cosigner": "dagzorg2", "cosigner_password": PASSWORD}
    story.sign("programme-checked", "dagzorg", second, by="dagzorg2")
    story.at(story.start)
    nurse.follow("connect")
    story.sign("connected", "dagzorg", {
        "child": NUMBER, "code": story.codes[1], "pump": PUMP, "displayed": "245",
    })  # fmt: skip


def make_ready(story: Story) -> None:
    story.person("dagzorg").follow("ready")
    story.sign("readied", "dagzorg", {"premedication": ("antihistamine",), "lumen": "rood", "fresh_batteries": True})


def prime_and_programme(story: Story) -> None:
    nurse = story.person("dagzorg")
    nurse.follow("prime")
    story.sign("primed", "dagzorg", {"pump": PUMP, "volume": "5", "fluid": "drug"})
    nurse.follow("programme")
    strength = re.search(r"([\d,]+) mg/mL", nurse.find("main").inner_text())[1]
    story.sign("programmed", "dagzorg", {
        "pump": PUMP, "rate": "2", "volume": "250", "concentration": strength, "product": "Qarziba",
    })  # fmt: skip


def when_the_ward_watches_and_the_child_goes_home(story: Story) -> None:
    ward, doctor = story.person("afdeling"), story.person("dokter")
    story.at(story.start + 19 * HOUR)
    ward.open("/ward/")
    ward.click('button[name="by"][value="hour"]')  # as people do who try the demo
    assert story.stage.served.moved_hours == (story.start + 20 * HOUR - BEGIN) / HOUR
    ward.follow(f"{story.treatment}/course/1/observe")
    story.sign("observed", "afdeling", {
        "temperature": "37,2", "heart_rate": "104", "pain": "2", "intravenous_medicine": False,
        "side_effects.0.term": "Pain", "side_effects.0.grade": "1",
    })  # fmt: skip
    story.at(story.start + 25 * HOUR)
    story.to_the_page("dokter", "fit")
    doctor.expect_refused({"vital_signs_normal": True})
    must = ("no_intravenous_medicine_for_24_h", "family_trained", "reachable_by_telephone", "close_enough")
    story.sign("fit-for-home", "dokter", dict.fromkeys(must, True))
    ward.open("/ward/")
    ward.follow(f"{story.treatment}/course/1/send-home")
    story.sign("sent-home", "afdeling")
    assert "/hand-out/" in ward.page.url


def when_home_care_is_asked_and_accepts(story: Story) -> None:
    story.to_the_page("planning", "ask-home-care")
    story.sign("home-care-asked", "planning", {"organisation": "thuiszorg-noord"})
    nurse = story.person("thuis-noord")
    nurse.open("/home-care/")
    nurse.follow(f"{story.treatment}/course/1/accept")
    story.sign("home-care-accepted", "thuis-noord", {"substitute": "p-thuis-noord2"})


def when_the_doctor_gives_the_second_go(story: Story) -> None:
    story.at(story.start + SECOND_GO)
    story.to_the_page("dokter", "go", container=2)
    story.sign("go-given", "dokter", {"worst_grade": "1"})


def when_day_care_changes(story: Story) -> None:
    nurse, colleague = story.person("dagzorg"), story.person("dagzorg2")
    nurse.open("/day-care/")
    nurse.follow(f"{story.treatment}/course/1/container/2/guide")
    make_ready(story)
    prime_and_programme(story)
    story.at(story.start + CHANGE)
    colleague.open("/day-care/")
    colleague.follow(f"{story.treatment}/course/1/container/2/guide")
    colleague.follow("check-programme")
    read = {"child": NUMBER, "code": story.codes[2], "pump": PUMP, "rate": "2", "volume": "250"}
    story.sign("programme-checked", "dagzorg2", read)
    nurse.page.reload()
    nurse.follow("connect")
    story.sign("removed", "dagzorg", {
        "removed.displayed": "15", "removed.line": ("clamped",),
        "child": NUMBER, "code": story.codes[2], "pump": PUMP, "displayed": "245",
    })  # fmt: skip
    story.signed.append(("connected", "dagzorg"))  # taking off and connecting is one act, signed once
    nurse.follow("container/1/residue")
    story.sign("residue-recorded", "dagzorg", {"weight": "15,2", "scale_error": "1", "waste": "cytostatic"})


def when_the_home_care_nurse_stops_the_pump(story: Story) -> None:
    story.at(story.start + END)
    nurse = story.person("thuis-noord")
    nurse.open("/home-care/")
    nurse.follow(f"{story.treatment}/course/1/container/2/stop")
    story.sign("removed", "thuis-noord", {"displayed": "5", "line": ("clamped",), "needle_out": True})
    story.sign("residue-recorded", "thuis-noord", {"weight": "5,4", "scale_error": "1", "waste": "cytostatic"})


def when_the_pump_comes_back(story: Story) -> None:
    story.at(story.start + END + 20 * HOUR)
    nurse = story.person("dagzorg")
    nurse.open("/day-care/")
    nurse.follow(f"{story.treatment}/course/1/pump-back")
    story.sign("pump-returned", "dagzorg", {"pump": PUMP})
    nurse.open("/day-care/")
    nurse.follow(f"{story.treatment}/course/1/pump-ready")
    story.sign("pump-readied", "dagzorg", {"pump": PUMP, "cleaned": True, "self_test_passed": True})


def when_the_next_course_is_ordered(story: Story) -> None:
    doctor = story.person("dokter")
    doctor.open(f"/treatment/{story.treatment}/chart/")
    doctor.follow(f"{story.treatment}/measure")
    story.sign("measured", "dokter", {"weight": "16,6", "height": "102"})
    doctor.open("/todo/")
    doctor.follow(f"{story.treatment}/order")
    order_at_the_first_start(story)
    assert doctor.find("#course-2").count() == 1


def then_the_chart_shows_every_entry(story: Story) -> None:
    doctor = story.person("dokter")
    doctor.open(f"/treatment/{story.treatment}/chart/?all=1")
    entries = doctor.find(".entries > li")
    assert entries.count() == len(story.signed)
    signatures = reversed(doctor.find(".entries > li summary > .quiet").all_inner_texts())
    assert [line.rpartition(", ")[0] for line in signatures] == [NAMES[who] for _, who in story.signed]


def then_the_chain_is_whole(story: Story, home: Path) -> None:
    outside = {"PATH": os.environ["PATH"], "RANSEL_HOME": str(home), "RANSEL_DEMO": "1", "RANSEL_LANGUAGE": "nl"}
    command = [sys.executable, "-c", READ, story.treatment]
    read = subprocess.run(command, env=outside, capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(read.stdout)
    assert found["broken"] is None
    assert found["entries"] == [[kind, f"p-{who}", ROLES[who]] for kind, who in story.signed]


READ = """
import json, sys
from ransel.hospital.start import start_django
start_django()
from ransel.store.checking import check_chain
from ransel.store.journal import DatabaseJournal
journal = DatabaseJournal()
broken = check_chain(journal).broken
entries = [[one.kind, one.who, one.role.value] for one in journal.entries(sys.argv[1])]
print(json.dumps({"broken": broken and str(broken), "entries": entries}))
"""
