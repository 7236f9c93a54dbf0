"""The pharmacy's papers, and its account of vials, waste and lots."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from chart import story as told
from hospital.pharmacy_desk import (
    AGAIN,
    BOARD,
    VIALS,
    at,
    begun_and_weighed,
    cleared_for_making,
    in_the_fridge,
    shows,
    url,
    words,
)  # fmt: skip
from hospital.wards import client_of, keep
from papers.cases import text_of

from ransel.chart.records import pharmacy, prescribing


@pytest.fixture(autouse=True)
def database(hospital_db):
    """Before everything else: the stories below are kept in it."""
    return hospital_db


@pytest.fixture
def cleared(monkeypatch):
    return cleared_for_making(monkeypatch)


@pytest.fixture
def weighed(monkeypatch):
    return begun_and_weighed(monkeypatch)


@pytest.fixture
def made(monkeypatch):
    return in_the_fridge(monkeypatch)


# -- papers


def test_there_is_a_label_after_the_release_only_and_never_while_the_go_is_taken_back(weighed, monkeypatch):
    client = client_of("pharmacist")
    answer = client.get(url("label"))
    assert answer.status_code == AGAIN
    shows(answer, "pharmacy.no-label-not-released")
    weighed.sign("checker", weighed.checked(1))
    weighed.sign("pharmacist", weighed.release(1))
    keep(weighed)
    at(monkeypatch, weighed)
    answer = client.get(url("label"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="label-SYN-0001-C1-1-1.pdf"'
    text = text_of(answer.content)
    assert weighed.code(1) in text
    assert "p-pharmacist (synthetic)" in text
    weighed.sign("doctor", prescribing.GoWithheld(course=1, container=1), reason="fever")
    keep(weighed)
    shows(client.get(url("label")), "pharmacy.no-label-blocked")


def test_the_worksheet_is_there_before_the_making_and_filled_in_after_the_release(cleared):
    client = client_of("technician")
    before = text_of(client.get(url("worksheet")).content)
    cleared.made(1)
    keep(cleared)
    answer = client.get(url("worksheet"))
    after = text_of(answer.content)
    assert answer["Content-Disposition"] == 'inline; filename="worksheet-SYN-0001-C1-1-1.pdf"'
    assert "L1" not in before.split()
    assert after.split().count("L1") == 3
    assert "p-technician (synthetic)" in after


def test_every_print_is_written_into_the_access_log(made):
    from ransel.store.models import AccessRow

    client_of("technician").get(url("label"))
    row = AccessRow.objects.filter(page="label").latest("id")
    assert (row.who, row.treatment, row.outcome) == ("p-technician", made.treatment.id, AccessRow.DONE)


@pytest.mark.usefixtures("made")
def test_a_label_that_would_not_say_what_was_signed_is_not_printed(monkeypatch):
    from ransel.hospital.pages import papers

    real = papers.batch_record

    def other(*about):
        record = real(*about)
        return replace(record, code=replace(record.code, serial="1-9"))

    monkeypatch.setattr(papers, "batch_record", other)
    answer = client_of("pharmacist").get(url("label"))
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (AGAIN, "text/html")


@pytest.mark.usefixtures("made")
def test_a_course_that_cannot_be_planned_as_it_was_signed_says_so_on_every_page(monkeypatch):
    from ransel.hospital import gate
    from ransel.language import Refusal, Refused

    def changed(*_):
        raise Refused([Refusal("chart.plan-differs", "course", "1", {"parts": "containers"})])

    monkeypatch.setattr(gate, "rules_of_course", changed)
    client = client_of("pharmacist")
    for page in ("make", "batch", "weigh", "check-batch", "release", "hand-over", "discard", "label", "worksheet"):
        answer = client.get(url(page))
        assert answer.status_code == AGAIN, page
        shows(answer, "pharmacy.cannot-show")
    assert client.get(BOARD).status_code == 200


# -- vials


@pytest.mark.usefixtures("made")
def test_a_period_without_making_says_so_and_a_day_that_is_none_is_refused_at_its_field():
    client = client_of("pharmacist")
    shows(client.get(VIALS, {"from": "2020-01-01", "to": "2020-02-01"}), "vials.nothing")
    answer = client.get(VIALS, {"from": "2020-13-01", "to": "2020-02-01"})
    assert answer.status_code == AGAIN
    assert 'id="f-from-why"' in answer.content.decode()


def thrown_away_once(story):
    """Throw the first cassette away and make it again out of another lot."""
    story.sign("technician", pharmacy.Discarded(**story.of(1), cause="damaged"), reason="=dropped")
    story.begun(1)
    story.lots = lambda: (pharmacy.LotUsed(number="NEW-22", expires=date(2029, 1, 1)),)
    story.weighed(1)
    story.sign("checker", story.checked(1))
    story.sign("pharmacist", story.release(1))
    keep(story)


def test_vials_rests_waste_and_price_of_a_period_are_counted(made, monkeypatch):
    thrown_away_once(made)
    at(monkeypatch, made)
    body = shows(client_of("pharmacist").get(VIALS), "vials.waste", "vials.lots", "choice.cause.damaged")
    figures = re.findall(r"<dd>([^<]+)</dd>", body)
    # 4 vials of 20.25 mg: 2 of a making thrown away; 35.50 mg of the other 40.50 mg went in, 34.08 mg of it is for Noor
    assert figures[:4] == ["4", "5,00 mg", "1,42 mg", "40,50 mg"]
    assert figures[4] == "€ 36.464"
    assert "Belgian Centre for Pharmacotherapeutic Information" in body


def test_a_recall_finds_every_making_of_a_lot_those_thrown_away_too_and_is_written_down(made, monkeypatch):
    from ransel.store.models import AccessRow

    thrown_away_once(made)
    at(monkeypatch, made, made.now + timedelta(days=400))
    client = client_of("pharmacist")
    body = shows(client.get(VIALS, {"lot": "new 22"}), "vials.nothing", "phase.container.released")
    assert body.count("NEW-22") == 3
    assert told.NOOR.number in body
    found = client.get(VIALS, {"lot": "l1"}).content.decode()
    assert words("vials.thrown") in found
    shows(client.get(VIALS, {"lot": "--"}), "vials.not-found", lot="--")
    assert AccessRow.objects.filter(page="vials", reason="new 22", who="p-pharmacist").exists()


def test_the_table_for_the_books_has_no_names_and_no_formulas_and_its_export_is_written_down(made, monkeypatch):
    from ransel.store.models import AccessRow

    thrown_away_once(made)
    at(monkeypatch, made)
    answer = client_of("pharmacist").get(VIALS, {"from": "2027-01-01", "to": "2027-03-01", "csv": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="vials-2027-01-01-2027-03-01.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["making"], row["vials"], row["discarded_mg"], row["reason"]) for row in rows] == [
        ("1", "2", "40.50", "'=dropped"), ("2", "2", "0.00", ""),
    ]  # fmt: skip
    assert rows[1]["left_in_vials_mg"] == "5.00"
    assert "Noor" not in answer.content.decode()
    assert AccessRow.objects.filter(page="vials", action=AccessRow.EXPORT).count() == 1
