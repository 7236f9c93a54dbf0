"""Research: what happened in every course, and nothing that says whose course it was."""

import csv
import io
import re
from datetime import timedelta

import pytest
from chart.story import Story
from hospital.wards import OTHER, OURS, client_of, clock_at, person, story_until

pytestmark = pytest.mark.usefixtures("hospital_db")

RUNNING = (Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected)
PAGES = ("/research/", "/research-file/")


def researcher(organisation=OURS):
    return client_of(person(f"p-research-{organisation}", "researcher", organisation))


def whole_course(monkeypatch):
    story = story_until(Story.whole_course)
    clock_at(monkeypatch, story.now + timedelta(days=1))
    return story


def file_rows(client):
    return list(csv.DictReader(io.StringIO(client.get("/research-file/").content.decode())))


def test_before_any_course_was_connected_there_is_an_empty_table():
    assert "Er is nog geen kuur aangesloten" in researcher().get("/research/").content.decode()
    assert file_rows(researcher()) == []


def test_a_finished_course_is_one_row_with_what_happened(monkeypatch):
    whole_course(monkeypatch)
    (row,) = file_rows(researcher())
    assert row["outcome"] == "finished"
    assert row["protocol"] == "dinutuximab-beta-10x24h-maxima"
    assert (row["age_years"], row["weight_band_kg"], row["bsa_m2"]) == ("4", "15-20", "0.7")
    assert row["last_day"] == "10"
    assert float(row["days_in_hospital"]) + float(row["hours_at_home"]) / 24 == pytest.approx(10, abs=0.2)
    assert (row["interruptions"], row["discarded_makings"], row["few_alike"]) == ("0", "0", "yes")
    page = researcher().get("/research/").content.decode()
    assert row["child"] in page
    assert "afgemaakt" in page
    assert "Kleine groepen: 1 regels" in page


def test_what_went_wrong_is_counted_and_only_known_side_effects_are_named(monkeypatch):
    from ransel.chart.records.care import Interrupted, Observed, Resumed, SideEffect
    from ransel.quantities import Rate

    story = story_until(*RUNNING)
    effects = (SideEffect(term="Pain", grade=1), SideEffect(term="Pain", grade=3),
               SideEffect(term="what aunt Noor de Vries said", grade=2))  # fmt: skip
    story.sign("ward", Observed(course=1, side_effects=effects))
    story.sign("ward", Interrupted(course=1, cause="side-effect"))
    story.now += timedelta(minutes=89)
    story.sign("ward", Resumed(course=1, rate=Rate("2 mL/h")))
    from hospital.wards import keep

    keep(story)
    clock_at(monkeypatch, story.now)
    (row,) = file_rows(researcher())
    assert (row["outcome"], row["interruptions"], row["hours_stood_still"]) == ("running", "1", "1.5")
    assert row["worst_grades"] == "Pain 3; other 2"
    assert "pijn 3" in researcher().get("/research/").content.decode()


@pytest.mark.hazard("HZ-076")
def test_nothing_in_table_or_file_leads_to_a_child_a_person_or_a_date(monkeypatch):
    from ransel.store.models import Child, Organisation, Person

    story = whole_course(monkeypatch)
    child = Child.objects.get()
    private = {child.code, child.number, child.name, "Noor", "de Vries", child.address, child.telephone,
               story.treatment.id, child.born.isoformat(), str(child.born.year), "Voorbeeldstraat",
               "PUMP-01", "2027", "2022"}  # fmt: skip
    private |= {one.id_code for one in Person.objects.exclude(role="researcher")}
    private |= set(Organisation.objects.exclude(code=OURS).values_list("code", flat=True))
    for page in PAGES:
        shown = researcher().get(page).content.decode()
        body = re.sub(r"<(header|div class=\"demo-note).*?</(header|form)>", "", shown, flags=re.DOTALL)
        body = body[body.find("<h1>") :] if "<h1>" in body else body
        for word in private:
            assert word not in body, (page, word)
        assert not re.search(r"\b(jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)\b", body), page
        assert not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", body), page


def test_a_pseudonym_stays_the_same_for_a_child_and_changes_with_the_secret(monkeypatch):
    from ransel.hospital.pseudonymised import pseudonym

    whole_course(monkeypatch)
    first, second = file_rows(researcher())[0]["child"], file_rows(researcher())[0]["child"]
    assert first == second
    assert pseudonym("T-0001", "one secret") != pseudonym("T-0001", "another")
    assert pseudonym("T-0001", "one secret") != pseudonym("T-0002", "one secret")


def test_a_researcher_sees_the_own_hospital_only_and_a_download_is_written_down(monkeypatch):
    from ransel.store.models import AccessRow

    whole_course(monkeypatch)
    assert file_rows(researcher(OTHER)) == []
    assert AccessRow.objects.filter(action=AccessRow.EXPORT, page="research-file").count() == 1


def test_nobody_else_opens_either():
    for who in ("doctor", "coordinator", "home", "pharmacist"):
        for page in PAGES:
            assert client_of(who).get(page).status_code == 403


def test_children_of_the_same_age_and_weight_are_marked_until_there_are_enough_of_them():
    from ransel.hospital.pseudonymised import SMALLEST_GROUP, ResearchRow, _with_few_alike

    def rows(children):
        return [ResearchRow(
            child=str(number), course=1, protocol="p", age_years=4, weight_band_kg="15-20", bsa_m2=0.7,
            outcome="finished", last_day=10, days_in_hospital=1, hours_at_home=2, interruptions=0, hours_stood_still=0,
            rate_changes=0, worst_grades={}, discarded_makings=0,
        ) for number in range(children)]  # fmt: skip

    assert all(row.few_alike for row in _with_few_alike(rows(SMALLEST_GROUP - 1) * 3))  # courses are no children
    assert not any(row.few_alike for row in _with_few_alike(rows(SMALLEST_GROUP)))


def test_a_program_that_opens_the_file_takes_no_cell_for_a_formula():
    from ransel.hospital.pages.research import csv_file

    text = csv_file("x.csv", ["a"], [["=1+1"], ["@x"], ["plain"]]).content.decode()
    assert text.splitlines() == ["a", "'=1+1", "'@x", "plain"]
