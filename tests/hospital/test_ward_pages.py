"""The ward's pages: who was not looked at for too long is seen, and no child goes home that should not."""

from datetime import timedelta

import pytest
from chart.story import NOOR, START
from hospital.nurse_steps import address, course, sign, told_until, treatment
from hospital.wards import child, client_of, clock_at, keep

from ransel.chart.records import care

pytestmark = pytest.mark.usefixtures("hospital_db", "told_context")
OVERDUE = "observatie te laat"
FIT = dict.fromkeys(
    (
        "vital_signs_normal",
        "no_intravenous_medicine_for_24_h",
        "family_trained",
        "reachable_by_telephone",
        "close_enough",
    ),
    "yes",
)


@pytest.fixture
def told_context(monkeypatch):
    """Let an answer tell with what its page was made."""
    from django.template.base import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)


def text(answer):
    return answer.content.decode()


def running(monkeypatch, hours=1.0):
    """Bring the story to where the first container runs, and let the pages live some hours after connecting."""
    return told_until("running", monkeypatch, START + timedelta(hours=hours))


# -- the board


def test_the_ward_says_when_nobody_is_there():
    child()
    page = text(client_of("ward").get("/ward/"))
    assert "geen kind met een lopende pomp in het ziekenhuis" in page
    assert "geen kind thuis met een pomp" in page


def test_a_child_that_was_not_looked_at_for_four_hours_is_overdue_and_the_page_says_what_that_rests_on(monkeypatch):
    running(monkeypatch, hours=3.9)
    page = text(client_of("ward").get("/ward/"))
    assert NOOR.name in page
    assert OVERDUE not in page
    assert "Dat is een aanname" in page
    clock_at(monkeypatch, START + timedelta(hours=4, minutes=1))
    assert OVERDUE in text(client_of("ward").get("/ward/"))
    sign("ward", "observe", temperature="37,1")
    assert OVERDUE not in text(client_of("ward").get("/ward/"))


def test_a_child_at_home_stands_below_with_its_telephone_and_is_not_overdue(monkeypatch):
    story = running(monkeypatch)
    story.at_home()
    story_now = story.now
    keep(story)
    clock_at(monkeypatch, story_now + timedelta(hours=9))
    page = text(client_of("ward").get("/ward/"))
    assert 'href="tel:+31600000001"' in page
    assert OVERDUE not in page
    assert address("readmit") in page


# -- observing


def test_an_observation_is_signed_with_its_side_effects_and_what_was_not_looked_at_is_left_out(monkeypatch):
    running(monkeypatch)
    answer = sign(
        "ward", "observe", temperature="38,4", heart_rate="121", saturation="97", intravenous_medicine="yes",
        side_effects__0__term="Fever", side_effects__0__grade="1", side_effects__2__term="other",
        side_effects__2__other="Hypokalemia", side_effects__2__grade="2",
    )  # fmt: skip
    assert answer.status_code == 302
    seen = course().observed[-1].what
    assert [(one.term, one.grade) for one in seen.side_effects] == [("Fever", 1), ("Hypokalemia", 2)]
    assert (seen.heart_rate, seen.systolic, seen.pain, seen.baseline) == (121, None, None, False)
    page = text(client_of("ward").get(address("observe")))
    assert "koorts, graad 1, laag kalium, graad 2" in page
    assert "38,4" in page


def test_a_temperature_says_which_grade_of_fever_it_would_be_until_somebody_signs_one(monkeypatch):
    running(monkeypatch)
    sign("ward", "observe", temperature="39,5")
    assert "koorts: graad 2 (volgens de temperatuur, niet getekend)" in text(client_of("ward").get(address("observe")))
    sign("ward", "observe", temperature="40,3")
    page = text(client_of("ward").get(address("observe")))
    assert "koorts: graad 3 tot 4, het is niet bekend of het langer dan 24 h duurde" in page
    sign("ward", "observe", temperature="37,0")
    sign("ward", "observe", temperature="28,3")
    signed = {"temperature": "39,5", "side_effects.0.term": "Fever", "side_effects.0.grade": "1"}
    sign("ward", "observe", **signed)
    page = text(client_of("ward").get(address("observe")))
    assert page.count("volgens de temperatuur") == 2
    assert "koorts, graad 1" in page


def test_who_has_gone_through_the_whole_list_signs_which_list_it_was(monkeypatch):
    from ransel.followup.ctcae import ctcae

    running(monkeypatch)
    sign("ward", "observe", temperature="37,1", looked_for="yes")
    assert course().observed[-1].what.looked_for == ctcae().list
    sign("ward", "observe", side_effects__0__term="Nausea", side_effects__0__grade="1", looked_for="yes")
    page = text(client_of("ward").get(address("observe")))
    assert "niets van de lijst" in page
    assert "misselijkheid, graad 1, verder niets van de lijst" in page
    for answer in ("no", ""):
        sign("ward", "observe", temperature="37,1", looked_for=answer)
        assert course().observed[-1].what.looked_for == ""


@pytest.mark.parametrize(
    ("typed", "at", "refused"),
    [
        ({"temperature": "368"}, "temperature", "chart.implausible"),
        ({"saturation": "9"}, "saturation", "chart.implausible"),
        ({"saturation": "103"}, "saturation", "chart.implausible"),
        ({"heart_rate": "1211"}, "heart_rate", None),
        ({"pain": "11"}, "pain", None),
        ({"side_effects.1.term": "Pain"}, "side_effects.1.grade", "form.empty"),
        ({"side_effects.0.grade": "2"}, "side_effects.0.term", "form.empty"),
        ({"side_effects.0.term": "Pain", "side_effects.0.other": "Itch", "side_effects.0.grade": "1"},
         "side_effects.0.other", "observe.two-terms"),
        ({"temperature": "warm"}, "temperature", "form.number"),
        ({"happened": "2027-03-01T12:00"}, "happened", "chart.in-the-future"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_at_its_field_and_everything_typed_stays(monkeypatch, typed, at, refused):
    running(monkeypatch)
    before = treatment().version
    answer = sign("ward", "observe", **{"respiratory_rate": "23", **typed})
    assert answer.status_code == 422
    wrong = {one.field.name: {why.code for why in one.wrong} for one in answer.context["fields"] if one.wrong}
    assert set(wrong) == {at}
    assert refused is None or wrong[at] == {refused}
    assert 'value="23"' in text(answer)
    assert treatment().version == before


def test_an_observation_can_be_told_later_than_it_happened(monkeypatch):
    running(monkeypatch, hours=3)
    assert sign("ward", "observe", temperature="37", happened="2027-02-05T15:30").status_code == 302
    assert course().observed[-1].happened == START + timedelta(hours=1, minutes=30)


# -- home and back


def test_the_doctor_sees_the_last_day_and_the_travel_time_and_must_tick_all_five(monkeypatch):
    running(monkeypatch, hours=20)
    sign("ward", "observe", temperature="37,2", intravenous_medicine="no")
    page = client_of("doctor").get(address("fit"))
    assert "37,2" in text(page)
    assert {one.field.name: one.typed for one in page.context["fields"]}["travel_minutes"] == "40"
    answer = (
        sign("doctor", "fit", **{**FIT, "travel_minutes": "40"} | {"close_enough": ""})
        if False
        else sign(
            "doctor",
            "fit",
            **{name: value for name, value in FIT.items() if name != "close_enough"},
            travel_minutes="40",
        )
    )
    assert [(one.code, one.field) for one in answer.context["refusals"]] == [("chart.not-fit", "close_enough")]
    assert sign("doctor", "fit", **FIT, travel_minutes="40").status_code == 302


def test_no_child_goes_home_within_a_day_of_medicine_into_the_vein(monkeypatch):
    running(monkeypatch, hours=20)
    sign("ward", "observe", temperature="37,2", intravenous_medicine="yes")
    answer = sign("doctor", "fit", **FIT, travel_minutes="40")
    assert [one.code for one in answer.context["refusals"]] == ["chart.medicine-given"]


def test_only_a_child_that_is_declared_fit_is_sent_home_and_its_paper_follows(monkeypatch):
    running(monkeypatch, hours=20)
    assert [one.code for one in sign("ward", "send-home").context["refusals"]] == ["chart.not-declared-fit"]
    sign("ward", "observe", temperature="37,2", intravenous_medicine="no")
    sign("doctor", "fit", **FIT, travel_minutes="40")
    assert address("send-home") in text(client_of("ward").get("/ward/"))
    answer = sign("ward", "send-home")
    assert (answer.status_code, answer.url) == (302, address("hand-out"))
    assert course().at_home
    assert sign("ward", "readmit").status_code == 422
    assert sign("ward", "readmit", reason="koorts").status_code == 302
    assert not course().at_home
    assert address("send-home") not in text(client_of("ward").get("/ward/"))


@pytest.mark.parametrize(
    ("part", "page"), [("nurse", "fit"), ("ward", "fit"), ("technician", "observe"), ("home", "resume")]
)
def test_who_may_not_is_refused(monkeypatch, part, page):
    running(monkeypatch)
    assert client_of(part).post(address(page), {}).status_code in {403, 404}


# -- standing still


def test_an_infusion_goes_on_at_the_ordered_rate_only(monkeypatch):
    running(monkeypatch, hours=2)
    assert sign("ward", "interrupt").status_code == 422
    assert sign("ward", "interrupt", cause="alarm", displayed="243").status_code == 302
    assert course().phase == "standing"
    answer = sign("ward", "resume", rate="48")
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, ["chart.other-rate"])
    assert 'value="48"' in text(answer)
    assert sign("ward", "resume", rate="2,0").status_code == 302
    assert course().phase == "running"


# -- the family's paper


def test_the_paper_says_what_comes_what_the_pump_can_say_and_whom_to_call_in_both_languages(monkeypatch):
    running(monkeypatch)
    from ransel.hospital.rulebook import agenda

    dutch, english = (text(client_of("ward").get(address("hand-out") + query)) for query in ("?in=nl", "?in=en"))
    assert "Nieuwe vulling voor de pomp" in dutch
    assert "New filling for the pump" in english
    assert "Lucht in de lijn" in dutch
    for page in (dutch, english):
        assert agenda().site.telephone in page
        assert "<svg" in page
        paper = page.partition('class="hand-out')[2]
        assert not any(word in paper for word in ("Qarziba", "dinutuximab", "neuroblastoma", "neuroblastoom", "mg/"))


def test_the_calendar_of_the_family_has_the_visits_as_they_stand_and_taking_it_is_written_down(monkeypatch):
    from ransel.store.models import AccessRow

    story = running(monkeypatch)
    story.home_care()
    visit_at = START + timedelta(hours=241)
    story.sign("coordinator", care.VisitMoved(course=1, visit="disconnect", container=2, to=visit_at), reason="school")
    keep(story)
    answer = client_of("ward").get(address("hand-out") + "?ics=1&in=nl")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert b"DTSTART;TZID=Europe/Amsterdam:20270215T150000" in answer.content
    assert "Pomp aansluiten" not in text(answer)
    assert AccessRow.objects.filter(action=AccessRow.EXPORT, page="hand-out").count() == 1


def test_the_board_of_the_ward_leads_a_task_to_where_the_nurse_may_sign(monkeypatch):
    running(monkeypatch, hours=20)
    page = text(client_of("ward").get("/ward/"))
    assert f'href="{address("fit")}"' not in page
