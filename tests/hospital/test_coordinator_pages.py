"""The coordinator's pages: the board of all children, moving a visit, asking home care."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from chart.story import START, Story
from hospital.wards import HOME_CARE, OTHER, client_of, clock_at, keep, person, person_of, story_until

pytestmark = pytest.mark.usefixtures("hospital_db")

RUNNING = (Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected,
           Story.at_home, Story.second_go, lambda one: one.made(2))  # fmt: skip
END = START + timedelta(hours=240)
MOVE, ASK = "/treatment/T-0001/course/1/move/", "/treatment/T-0001/course/1/ask-home-care/"


def hidden(client, url):
    page = client.get(url).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("seen", "key")}


def entries(kind):
    from ransel.store.loading import load

    return [one for one in load("T-0001").history if one.kind == kind]


def local(at):
    from ransel.hospital.forms import local_minute

    return local_minute(at)


# -- the board


def test_a_hospital_without_children_sees_an_empty_board():
    page = client_of(person("p-there", "coordinator", OTHER)).get("/board/").content.decode()
    assert "Er is geen kind van uw ziekenhuis aangemeld" in page


def test_a_running_child_has_a_bar_its_visits_as_letters_and_the_same_in_a_list(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    page = client_of("coordinator").get("/board/").content.decode()
    assert "Noor de Vries" in page
    assert 'class="run done"' in page
    assert '<rect class="run"' in page
    assert re.search(r"<title>[^<]*Noor[^<]*Wisselen[^<]*komt nog</title>", page)
    assert "PUMP-01" in page
    assert "thuiszorg: nog niet gevraagd" in page
    assert "/move/?visit=change/2" in page
    assert not re.search(r'(?:x|width|cx)="[0-9]+,', page)  # a decimal comma draws nothing


def test_another_hospitals_children_are_not_on_the_board(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    assert "Noor" not in client_of(person("p-there", "coordinator", OTHER)).get("/board/").content.decode()


def test_a_week_can_be_chosen_and_nonsense_shows_this_one(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    week = client.get("/board/?from=2027-02-17&weeks=1").content.decode()
    assert week.count('class="day') == 2 * 7
    assert "wo 17" in week
    for nonsense in ("yesterday", "2027-13-01", "0001-01-01", "9999-12-31", ""):
        assert client.get(f"/board/?from={nonsense}").status_code == 200


def test_visits_without_home_care_and_at_closed_places_are_told_on_top(monkeypatch):
    from ransel.store.models import VisitRow

    story = story_until(*RUNNING)
    clock_at(monkeypatch, START + timedelta(hours=30))
    sunday = datetime(2027, 2, 14, 3, 0, tzinfo=UTC)
    VisitRow.objects.filter(kind="change").update(planned=sunday, latest=sunday)
    page = client_of("coordinator").get("/board/").content.decode()
    assert "nog geen thuiszorg gevraagd" in page
    assert "plek gesloten" in page
    assert ASK in page
    assert story.treatment.id in page


def test_too_few_pumps_are_told_with_the_days(monkeypatch):
    from ransel.store.models import Pump

    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    assert "te weinig pompen" not in client.get("/board/").content.decode()
    Pump.objects.update(retired=True)
    page = client.get("/board/").content.decode()
    assert "te weinig pompen" in page
    assert "1 nodig en 0 beschikbaar" in page


def test_the_board_takes_as_many_queries_for_one_child_as_for_many(monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    client.get("/board/")
    with CaptureQueriesContext(connection) as few:
        client.get("/board/")
    more_children(12)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/board/").content.decode()
    assert "More 11" in page
    assert len(many) == len(few)


def more_children(count):
    from ransel.store.models import Child, TreatmentRow, VisitRow

    for number in range(count):
        Child.objects.create(code=f"c-m{number}", number=f"M-{number}", name=f"More {number}", born=date(2022, 1, 1))
        for table in (TreatmentRow, VisitRow):
            for row in table.objects.filter(treatment="T-0001"):
                row.treatment, row._state.adding = f"t-m{number}", True
                if table is TreatmentRow:
                    row.child = f"c-m{number}"
                else:
                    row.id = None
                row.save(force_insert=True)


# -- what the board is made of


def days(now=START, first=date(2027, 2, 1), count=28):
    from ransel.hospital.board import Days
    from ransel.hospital.rulebook import agenda

    return Days(first, count, agenda(), now)


def test_every_day_is_as_wide_also_when_the_clock_changes():
    march = days(first=date(2027, 3, 22), count=14)
    noon = [
        march.place_of(march.agenda.local(datetime(2027, 3, day, 10, tzinfo=UTC)).replace(hour=12))
        for day in range(22, 32)
    ]
    steps = {round(after - before, 1) for before, after in pairwise(noon)}
    assert steps == {72.0}


def test_a_pump_is_taken_until_it_is_on_the_shelf_again_and_others_are_not_there():
    from ransel.hospital.board import Told, pump_days
    from ransel.store.models import Pump, PumpUseRow, TreatmentRow, VisitRow

    row = TreatmentRow(treatment="t-1", child="c-1", course=1, course_phase="running", phase="enrolled")
    visits = [
        VisitRow(treatment="t-1", course=1, kind="connect", container=1, planned=START, done_at=START),
        VisitRow(treatment="t-1", course=1, kind="disconnect", container=2, planned=END),
    ]
    pumps = [Pump(number="A"), Pump(number="B"), Pump(number="C", retired=True),
             Pump(number="D", serviced_until=date(2027, 2, 10))]  # fmt: skip
    uses = [PumpUseRow(pump="A", treatment="t-1", course=1, phase="in-use"),
            PumpUseRow(pump="B", treatment="t-elsewhere", course=1, phase="in-use")]  # fmt: skip
    told = Told(
        treatments={"t-1": row}, children={}, visits=visits, removed={}, organisations={}, pumps=pumps, uses=uses
    )
    by_day = {one.day.day: (one.needed, one.there) for one in pump_days(told, days())}
    assert min(by_day) == date(2027, 2, 5)
    assert by_day[date(2027, 2, 9)] == (1, 2)
    assert by_day[date(2027, 2, 17)] == (1, 1)  # two days after its end
    assert by_day[date(2027, 2, 18)] == (0, 1)


# -- moving a visit


def test_the_page_shows_window_reasons_hours_and_what_hangs_on_a_visit(monkeypatch):
    story = story_until(*RUNNING, Story.home_care)
    clock_at(monkeypatch, story.now)
    page = client_of("coordinator").get(MOVE).content.decode()
    for shown in ("de lopende container kan na", "240 h na het aansluiten", "bel de verpleegkundige",
                  "laat het de apotheek weten", "Open (dagbehandeling)"):  # fmt: skip
        assert shown in page
    assert 'value="connect/1"' not in page


def test_a_visit_moves_inside_its_window_with_a_reason(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    to = END + timedelta(hours=2)
    sent = {"visit": "disconnect/2", "to": local(to), "reason": "the nurse comes later"} | hidden(client, MOVE)
    assert client.post(MOVE, sent).status_code == 302
    assert entries("visit-moved")[0].what.to == to
    assert client.post(MOVE, sent).status_code == 302
    assert len(entries("visit-moved")) == 1


def test_outside_its_window_it_is_refused_with_the_window_and_what_was_typed_stays(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    late = local(END + timedelta(hours=40))
    answer = client.post(MOVE, {"visit": "disconnect/2", "to": late, "reason": "the party"} | hidden(client, MOVE))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-to-why"' in page
    assert "of voorbij zijn klok" in page
    assert f'value="{late}"' in page
    assert "the party" in page
    for visit, to in (("connect/1", late), ("disconnect/2", ""), ("", late)):
        wrong = {"visit": visit, "to": to, "reason": "x"} | hidden(client, MOVE)
        assert client.post(MOVE, wrong).status_code == 422
    assert entries("visit-moved") == []


def test_whoever_moves_on_an_older_picture_is_told_who_was_first(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    sent = {"visit": "disconnect/2", "to": local(END + timedelta(hours=1)), "reason": "traffic"}
    first, second = hidden(client, MOVE), hidden(client, MOVE)
    assert client.post(MOVE, sent | first).status_code == 302
    answer = client.post(MOVE, sent | second)
    assert answer.status_code == 422
    assert "Sinds u deze pagina opende" in answer.content.decode()


# -- asking home care


def test_home_care_is_asked_for_the_planned_time_and_then_sees_the_child(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client, nurse = client_of("coordinator"), client_of("home")
    assert "Noor" not in nurse.get("/home-care/").content.decode()
    page = client.get(ASK).content.decode()
    assert f'value="{local(END)}"' in page
    assert 'value="maxima"' not in page
    sent = {"organisation": HOME_CARE, "visit_at": local(END)} | hidden(client, ASK)
    assert client.post(ASK, sent).status_code == 302
    assert "Noor" in nurse.get("/home-care/").content.decode()
    assert "heeft deze opdracht al" in client.get(ASK).content.decode()


def test_asking_outside_the_window_or_an_organisation_that_is_out_of_use_is_refused_at_the_field(monkeypatch):
    from ransel.store.models import Organisation

    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of("coordinator")
    early = {"organisation": HOME_CARE, "visit_at": local(END - timedelta(hours=9))} | hidden(client, ASK)
    answer = client.post(ASK, early)
    assert answer.status_code == 422
    assert 'id="f-visit_at-why"' in answer.content.decode()
    Organisation.objects.filter(code=HOME_CARE).update(is_active=False)
    answer = client.post(ASK, {"organisation": HOME_CARE, "visit_at": local(END)} | hidden(client, ASK))
    assert 'id="f-organisation-why"' in answer.content.decode()
    assert entries("home-care-asked") == []


def test_a_doctor_sees_the_board_and_cannot_move_a_visit(monkeypatch):
    story = story_until(*RUNNING)
    clock_at(monkeypatch, story.now)
    client = client_of(person_of("doctor"))
    page = client.get("/board/").content.decode()
    assert "Noor" in page
    assert MOVE not in page
    assert client.get(MOVE).status_code == 403
    assert client.post(MOVE, {}).status_code == 403


def test_a_course_that_was_stopped_early_ends_on_the_board_when_it_was_taken_off(monkeypatch):
    from ransel.chart.records.prescribing import CourseStopped
    from ransel.hospital.board import rows_of
    from ransel.hospital.gate import Desk
    from ransel.hospital.pages.coordinating import told_of

    story = story_until(*RUNNING)
    modification = story.protocol.modifications[0].id
    story.sign("doctor", CourseStopped(course=1, modification=modification, for_good=False), reason="too ill")
    story.sign("ward", story.removal(1, last=True, left="120 mL"))
    keep(story)
    ended = story.treatment.history[-1].happened
    later = ended + timedelta(days=3)
    clock_at(monkeypatch, later)
    desk = Desk(request=None, person=person_of("coordinator"), relation=None, now=later, page="board", treatment=None)
    shown = days(now=later, count=56)
    (row,) = rows_of(told_of(desk, shown), shown)
    (bar,) = row.bars
    assert bar.done
    assert bar.left + bar.width == pytest.approx(days(count=56).place_of(ended), abs=0.2)
    assert [mark.visit.kind for mark in row.marks if mark.state == "to-come"] == ["next-course"]
