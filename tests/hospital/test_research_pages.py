"""Research: what happened in every course, and nothing that says whose course it was."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from chart.story import Story
from hospital.wards import OTHER, OURS, client_of, clock_at, person, story_until

pytestmark = pytest.mark.usefixtures("hospital_db")

RUNNING = (Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected)
PAGES = ("/research/", "/research-comparison/", "/research-file/", "/research-parquet/", "/research-tables/",
         "/research-dictionary/")  # fmt: skip
FILES = PAGES[2:]


def researcher(organisation=OURS):
    return client_of(person(f"p-research-{organisation}", "researcher", organisation))


def whole_course(monkeypatch):
    story = story_until(Story.whole_course)
    clock_at(monkeypatch, story.now + timedelta(days=1))
    return story


def file_rows(client):
    return list(csv.DictReader(io.StringIO(client.get("/research-file/").content.decode())))


def unzipped(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    tables = (name for name in archive.namelist() if name != "data-dictionary.csv")
    return "".join(archive.read(name).decode() for name in tables)


def text_of(page, client):
    """Return a page or a file as text; of a page what is below its heading."""
    content = client.get(page).content
    if page == "/research-tables/":
        return unzipped(content)
    if page == "/research-parquet/":
        return content.decode("latin-1")
    shown = content.decode()
    body = re.sub(r"<(header|div class=\"demo-note).*?</(header|form)>", "", shown, flags=re.DOTALL)
    return body[body.find("<h1>") :] if "<h1>" in body else body


def test_before_any_course_was_connected_there_is_an_empty_table_and_nothing_to_compare():
    assert "Er is nog geen kuur aangesloten" in researcher().get("/research/").content.decode()
    assert "niets om ze mee te vergelijken" in researcher().get("/research-comparison/").content.decode()
    assert file_rows(researcher()) == []
    for page in FILES:
        assert researcher().get(page).status_code == 200


def test_a_finished_course_is_one_row_with_what_happened(monkeypatch):
    whole_course(monkeypatch)
    (row,) = file_rows(researcher())
    assert (row["OUTCOME"], row["EXENDY"], row["REGIMEN"]) == ("finished", "11", "dinutuximab-beta-10x24h")
    assert row["PROTID"] == "dinutuximab-beta-10x24h-maxima"
    assert (row["AGE"], row["WTBAND"], row["BSA"], row["EXDOSORD"]) == ("4", "15-20", "0.7", "70")
    assert float(row["NIGHTS"]) + float(row["HOMEH"]) / 24 == pytest.approx(10, abs=0.5)
    assert (row["EXSTOPN"], row["DISCARDN"], row["FEWALIKE"], row["TRIPS"]) == ("0", "0", "Y", "3")
    assert (row["EXPCT"], row["EXDOSE"], row["AE_PAIN"], row["AETOXV"]) == ("", "", "", "5.0")
    page = researcher().get("/research/").content.decode()
    assert row["USUBJID"] in page
    assert "afgemaakt" in page
    assert "Kleine groepen: 1 regels" in page


def test_what_went_wrong_is_counted_and_only_known_side_effects_are_named(monkeypatch):
    from hospital.wards import keep

    from ransel.chart.records.care import Interrupted, Observed, Resumed, SideEffect
    from ransel.quantities import Rate

    story = story_until(*RUNNING)
    effects = (SideEffect(term="Pain", grade=1), SideEffect(term="Pain", grade=3),
               SideEffect(term="what aunt Noor de Vries said", grade=2))  # fmt: skip
    story.sign("ward", Observed(course=1, side_effects=effects))
    story.sign("ward", Interrupted(course=1, cause="side-effect"))
    story.now += timedelta(minutes=89)
    story.sign("ward", Resumed(course=1, rate=Rate("2 mL/h")))
    keep(story)
    clock_at(monkeypatch, story.now)
    (row,) = file_rows(researcher())
    assert (row["OUTCOME"], row["EXSTOPN"], row["EXSTOPH"]) == ("running", "1", "1.5")
    assert (row["AE_PAIN"], row["AE_OTHER"], row["AE_COUGH"]) == ("3", "2", "")
    page = researcher().get("/research/").content.decode()
    assert "pijn 3" in page
    assert "anders 2" in page


@pytest.mark.hazard("HZ-097")
@pytest.mark.hazard("HZ-076")
def test_nothing_in_page_or_file_leads_to_a_child_a_person_or_a_date(monkeypatch):
    from ransel.store.models import Child, Organisation, Person

    story = whole_course(monkeypatch)
    child = Child.objects.get()
    private = {child.code, child.number, child.name, "Noor", "de Vries", child.address, child.telephone,
               story.treatment.id, child.born.isoformat(), str(child.born.year), "Voorbeeldstraat",
               "PUMP-01", "2027", "2022"}  # fmt: skip
    private |= {one.id_code for one in Person.objects.exclude(role="researcher")}
    private |= set(Organisation.objects.exclude(code=OURS).values_list("code", flat=True))
    for page in PAGES[:-1]:  # the last one is about columns, and the same for every hospital
        body = text_of(page, researcher())
        for word in private:
            assert word not in body, (page, word)
        assert not re.search(r"\b(jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)\b", body), page
        assert not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", body), page


@pytest.mark.hazard("HZ-097")
def test_a_pseudonym_stays_the_same_for_a_child_and_changes_with_the_secret(monkeypatch):
    from ransel.hospital.pseudonymised import pseudonym

    whole_course(monkeypatch)
    first, second = file_rows(researcher())[0]["USUBJID"], file_rows(researcher())[0]["USUBJID"]
    assert first == second
    assert pseudonym("T-0001", "one secret") != pseudonym("T-0001", "another")
    assert pseudonym("T-0001", "one secret") != pseudonym("T-0002", "one secret")


@pytest.mark.hazard("HZ-097")
def test_a_researcher_sees_the_own_hospital_only_and_every_download_is_written_down(monkeypatch):
    from ransel.store.models import AccessRow

    whole_course(monkeypatch)
    assert file_rows(researcher(OTHER)) == []
    for page in FILES[1:]:
        researcher().get(page)
    exported = AccessRow.objects.filter(action=AccessRow.EXPORT).values_list("page", flat=True)
    assert sorted(exported) == sorted(page.strip("/") for page in FILES)


def test_nobody_else_opens_any_of_it():
    for who in ("doctor", "coordinator", "home", "pharmacist"):
        for page in PAGES:
            assert client_of(who).get(page).status_code == 403


def test_what_is_downloaded_is_read_back_as_it_was(monkeypatch, tmp_path):
    from ransel.outcomes.cohort_reading import read_cohort

    whole_course(monkeypatch)
    for page, name in (("/research-file/", "c.csv"), ("/research-parquet/", "c.parquet")):
        (tmp_path / name).write_bytes(researcher().get(page).content)
    assert read_cohort(tmp_path / "c.csv") == read_cohort(tmp_path / "c.parquet")
    assert read_cohort(tmp_path / "c.csv")[0].nights_in_hospital == 1


def test_the_dictionary_is_about_columns_and_no_child():
    from ransel.outcomes.cohort_file import dictionary_csv

    assert researcher().get("/research-dictionary/").content.decode() == dictionary_csv()


def test_a_program_that_opens_the_file_takes_no_cell_for_a_formula():
    from ransel.hospital.pages.research import csv_file

    text = csv_file("x.csv", ["a"], [["=1+1"], ["@x"], ["plain"]]).content.decode()
    assert text.splitlines() == ["a", "'=1+1", "'@x", "plain"]


# -- two regimens in the demo


@pytest.fixture(name="demo")
def demo_():
    """The programme of the demo, which has children in the old regimen and in the new one."""
    from ransel.hospital.demo.programme import write_programme

    write_programme(datetime.now(UTC))
    from ransel.store.models import Person

    return client_of(Person.objects.get(role="researcher"))


@pytest.mark.usefixtures("hospital_db")
def test_the_demo_compares_old_with_new_and_says_how_sure_it_is(demo):
    page = demo.get("/research-comparison/").content.decode()
    for words in ("vijf dagen van 8 uur", "tien dagen van 24 uur, thuis", "niet geloot", "elk kind telt één keer",
                  "nachten in het ziekenhuis", "ritten naar het ziekenhuis", "gemiste schooldagen"):  # fmt: skip
        assert words in page, words
    assert page.count("<svg") == 1
    rows = list(csv.DictReader(io.StringIO(demo.get("/research-file/").content.decode())))
    old = [one for one in rows if one["REGIMEN"] == "dinutuximab-beta-5x8h"]
    assert 8 <= len({one["USUBJID"] for one in old}) <= 12
    assert {(one["OUTCOME"], one["NIGHTS"], one["EXSTOPN"]) for one in old} == {("finished", "4", "0")}
    assert all(90 < float(one["EXPCTLO"]) <= float(one["EXPCT"]) <= float(one["EXPCTHI"]) <= 101 for one in old)
    milder = demo.get("/research-comparison/?grade=1").content.decode()
    assert "graad 1 of erger</strong>" in milder
    assert "graad 3 of erger</strong>" in demo.get("/research-comparison/?grade=<script>").content.decode()
