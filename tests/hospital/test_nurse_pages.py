"""The nurses' pages beside the child: nothing is connected that does not fit, and nobody checks themselves."""

from datetime import timedelta

import pytest
from chart.story import NOOR, START
from hospital.nurse_steps import (
    PUMP,
    address,
    code,
    course,
    hidden,
    right_check,
    right_connection,
    right_materials,
    right_programme,
    sign,
    told_until,
    treatment,
)
from hospital.wards import OTHER, child, client_of, clock_at, person, person_of

from ransel.chart.records import care
from ransel.hospital.scanning import cassette_code

pytestmark = pytest.mark.usefixtures("hospital_db", "told_context")
STOP = "Stop. Niet aansluiten."
SECRET = "a password of a colleague"  # noqa: S105 - of made-up people in a database that is thrown away


@pytest.fixture
def told_context(monkeypatch):
    """Let an answer tell with what its page was made."""
    from django.template.base import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)


def text(answer):
    return answer.content.decode()


# -- the board of day care


def test_day_care_says_when_nobody_comes():
    child()
    assert "komt er niemand" in text(client_of("nurse").get("/day-care/"))


def test_day_care_shows_who_comes_what_is_missing_and_the_way_to_the_steps(monkeypatch):
    story = told_until("released", monkeypatch, START - timedelta(hours=1))
    board = text(client_of("nurse").get("/day-care/"))
    assert NOOR.name in board
    assert "nog in de koelkast" in board
    assert "geen pomp klaargezet" in board
    assert address("guide") in board
    assert story.treatment.id in board


def test_day_care_shows_no_child_of_another_hospital(monkeypatch):
    told_until("out", monkeypatch)
    stranger = person("p-nurse-elsewhere", "day-care-nurse", OTHER)
    assert NOOR.name not in text(client_of(stranger).get("/day-care/"))


def test_day_care_lists_pumps_that_come_back(monkeypatch):
    told_until("disconnected", monkeypatch)
    assert address("pump-back") in text(client_of("nurse").get("/day-care/"))
    assert sign("nurse", "pump-back", pump=PUMP).status_code == 302
    assert address("pump-ready") in text(client_of("nurse").get("/day-care/"))


# -- the steps


def test_the_steps_say_what_waits_and_why(monkeypatch):
    told_until("released", monkeypatch)
    page = text(client_of("nurse").get(address("guide")))
    assert "Hij ligt nog in de koelkast" in page
    assert address("connect") not in page
    assert address("ready") in page


def test_the_steps_say_that_the_go_and_the_making_are_missing(monkeypatch):
    told_until("ordered", monkeypatch)
    assert "nog geen akkoord" in text(client_of("nurse").get(address("guide")))
    assert "Container 1 is eerst aan de beurt" in text(client_of("nurse").get(address("guide", 2)))


def test_a_container_is_connected_step_by_step_and_the_next_step_is_always_offered(monkeypatch):
    told_until("out", monkeypatch)
    clock_at(monkeypatch, START)

    def offered(page, query=""):
        return f'class="button" href="{address(page)}{query}"' in text(client_of("nurse").get(address("guide")))

    assert offered("assign-pump")
    assert sign("nurse", "assign-pump", pump=PUMP).status_code == 302
    assert offered("ready")
    assert sign("nurse", "ready", **right_materials()).status_code == 302
    assert offered("observe", "?baseline=1")
    assert sign("nurse", "observe", query="?baseline=1", temperature="36,8").status_code == 302
    assert offered("prime")
    assert sign("nurse", "prime", pump=PUMP, volume="5", fluid="drug").status_code == 302
    assert offered("programme")
    assert sign("nurse", "programme", **right_programme()).status_code == 302
    assert offered("check-programme", "?here=1")
    assert sign("colleague", "check-programme", **right_check()).status_code == 302
    assert offered("connect")
    answer = sign("nurse", "connect", **right_connection())
    assert (answer.status_code, answer.url) == (302, address("guide"))
    assert course().phase == "running"
    assert offered("hand-out")
    readied = course().container(1).last(care.Readied).what
    assert readied.premedication == ("antihistamine",)
    assert {one.what: one.lot for one in readied.materials}["filter"] == "F-12"


def test_a_change_signs_taking_off_and_connecting_together_and_leads_to_the_residue(monkeypatch):
    told_until("second prepared", monkeypatch)
    assert sign("nurse", "programme", 2, **right_programme(2)).status_code == 302
    assert sign("colleague", "check-programme", 2, **right_check(2)).status_code == 302
    clock_at(monkeypatch, START + timedelta(hours=115))
    page = text(client_of("nurse").get(address("connect", 2)))
    assert "Container 1, die eraf gaat" in page
    taken_off = {"removed.displayed": "15", "removed.given": "230", "removed.line": ["clamped"]}
    assert sign("nurse", "connect", 2, **taken_off, **right_connection(2)).status_code == 302
    assert [one.phase for one in course().containers] == ["removed", "connected"]
    removed = course().container(1).last(care.Removed).what
    assert (removed.last, removed.line, removed.given.text("en", "mL")) == (False, ("clamped",), "230 mL")
    assert address("residue", 1) in text(client_of("nurse").get(address("guide", 2)))
    answer = sign("nurse", "residue", 1, weight="15,2", scale_error="1", waste="cytostatic")
    assert (answer.status_code, answer.url) == (302, address("guide", 2))
    assert course().container(1).phase == "accounted"


def test_what_is_wrong_with_the_container_that_comes_off_stands_at_its_own_field_and_neither_is_signed(monkeypatch):
    told_until("second checked", monkeypatch)
    clock_at(monkeypatch, START + timedelta(hours=115))
    answer = sign("nurse", "connect", 2, **{"removed.displayed": "249"}, **right_connection(2))
    assert answer.status_code == 422
    at = {one.field.name: one.wrong for one in answer.context["fields"] if one.wrong}
    assert {name: [wrong.code for wrong in wrongs] for name, wrongs in at.items()} == {
        "removed.displayed": ["chart.more-than-before"]
    }
    assert course().container(1).phase == "connected"


# -- what does not fit


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"child": "SYN-9999"}, "chart.other-child"),
        ({"code": "(01)00400000000016(7003)2702121400(10)SYN-9999-C1-1(21)1-1"}, "chart.unknown-code"),
        ({"pump": "PUMP-02"}, "chart.other-pump"),
    ],
)  # fmt: skip
def test_connecting_stops_at_a_wrong_child_cassette_or_pump_and_keeps_what_was_typed(monkeypatch, wrong, refused):
    told_until("checked", monkeypatch)
    clock_at(monkeypatch, START)
    before = treatment().version
    answer = sign("nurse", "connect", **{**right_connection(), **wrong})
    assert answer.status_code == 422
    assert STOP in text(answer)
    assert {one.code for one in answer.context["refusals"]} == {refused}
    for typed in {**right_connection(), **wrong}.values():
        assert f'value="{typed}"' in text(answer)
    assert treatment().version == before


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"rate": "48"}, "chart.other-unit"),
        ({"rate": "2,5"}, "chart.other-rate"),
        ({"volume": "260"}, "chart.other-volume"),
        ({"concentration": "0,9999"}, "chart.other-concentration"),
        ({"product": "Unituxin"}, "chart.other-product"),
        ({"pump": "PUMP-02"}, "chart.other-pump"),
    ],
)  # fmt: skip
def test_a_pump_that_shows_something_else_than_was_ordered_stops(monkeypatch, wrong, refused):
    told_until("prepared", monkeypatch)
    answer = sign("nurse", "programme", **{**right_programme(), **wrong})
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, [refused])
    assert STOP in text(answer)
    assert course().container(1).last(care.Programmed) is None


@pytest.mark.parametrize("page", ["prime", "programme", "check-programme", "connect"])
def test_wristband_cassette_pump_and_display_stand_in_no_field_beforehand(monkeypatch, page):
    told_until("programmed", monkeypatch)
    answer = client_of("colleague").get(address(page))
    kept = {"happened", "reason"}
    assert {one.typed for one in answer.context["fields"] if one.field.name not in kept} == {""}


def test_the_page_of_the_second_person_does_not_say_what_was_ordered(monkeypatch):
    told_until("programmed", monkeypatch)
    page = text(client_of("colleague").get(address("check-programme")))
    assert "250" not in page.partition("<main")[2]


# -- the second person


def test_nobody_is_their_own_second_person_at_their_own_log_in(monkeypatch):
    told_until("programmed", monkeypatch)
    answer = sign("nurse", "check-programme", **right_check())
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, ["chart.same-person"])
    assert course().container(1).last(care.ProgrammeChecked) is None


def _with_password(part):
    one = person_of(part)
    one.set_password(SECRET)
    one.save()
    return one.username


def test_nobody_is_their_own_second_person_on_the_same_device(monkeypatch):
    told_until("programmed", monkeypatch)
    second = {"cosigner": _with_password("nurse"), "cosigner_password": SECRET}
    answer = sign("nurse", "check-programme", query="?here=1", **right_check(), **second)
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, ["chart.same-person"])
    assert f'value="{NOOR.number}"' in text(answer)
    assert SECRET not in text(answer)
    assert course().container(1).last(care.ProgrammeChecked) is None


def test_a_colleague_signs_on_the_same_device_and_stands_in_the_chart(monkeypatch):
    told_until("programmed", monkeypatch)
    second = {"cosigner": _with_password("colleague"), "cosigner_password": SECRET}
    assert sign("nurse", "check-programme", query="?here=1", **right_check(), **second).status_code == 302
    checked = course().container(1).last(care.ProgrammeChecked)
    assert (checked.who, checked.where) == ("p-colleague", "maxima/day-care")


@pytest.mark.parametrize(
    ("part", "secret", "refused"),
    [
        ("colleague", "something else", "form.cosigner-unknown"),
        ("technician", SECRET, "form.cosigner-may-not"),
        ("home", SECRET, "form.cosigner-may-not"),
    ],
)  # fmt: skip
def test_a_second_person_needs_their_own_password_and_a_role_that_may(monkeypatch, part, secret, refused):
    told_until("programmed", monkeypatch)
    second = {"cosigner": _with_password(part), "cosigner_password": secret}
    answer = sign("nurse", "check-programme", query="?here=1", **right_check(), **second)
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, [refused])


# -- scanning


RAW = "\x1d"


@pytest.mark.parametrize(
    "scanned",
    [
        "(01)00400000000016(7003)2702121400(10)SYN-0001-C1-1(21)1-1",
        " (01) 00400000000016 (7003) 2702121400 (10) SYN-0001-C1-1 (21) 1-1 ",
        f"]d2010040000000001670032702121400{RAW}10SYN-0001-C1-1{RAW}211-1",
        f"{RAW}010040000000001610SYN-0001-C1-1{RAW}70032702121400{RAW}211-1",
        "01004000000000167003270212140010SYN-0001-C1-1211-1",
    ],
)
def test_a_cassette_is_known_with_and_without_brackets_and_separators(scanned):
    assert cassette_code(scanned) == "(01)00400000000016(7003)2702121400(10)SYN-0001-C1-1(21)1-1"


@pytest.mark.parametrize(
    "scanned", ["PUMP-01", "", "(10)X", "0100400000000016", "4006381333931", "010040000000001", RAW]
)
def test_what_is_no_cassette_code_comes_back_as_it_was(scanned):
    assert cassette_code(scanned) == scanned.strip()


def test_two_containers_of_two_digits_are_not_taken_for_one_another():
    raw = "01004000000000167003270212140010SYN-0001-C1-122112-1"
    assert cassette_code(raw).endswith("(10)SYN-0001-C1-12(21)12-1")


def test_what_a_scanner_sends_is_signed_as_the_release_has_it(monkeypatch):
    told_until("programmed", monkeypatch)
    raw = (
        code()
        .replace("(01)", "]d201")
        .replace("(7003)", "7003")
        .replace("(10)", f"{RAW}10")
        .replace("(21)", f"{RAW}21")
    )
    assert sign("colleague", "check-programme", **{**right_check(), "code": raw}).status_code == 302
    assert course().container(1).last(care.ProgrammeChecked).what.code == code()


# -- twice, late, not allowed, not filled in


def test_what_is_sent_twice_is_signed_once(monkeypatch):
    told_until("prepared", monkeypatch)
    client = client_of("nurse")
    form = {**hidden(client, address("programme")), **right_programme()}
    assert client.post(address("programme"), form).status_code == 302
    version = treatment().version
    assert client.post(address("programme"), form).status_code == 302
    assert treatment().version == version


def test_who_is_second_is_told_who_was_first_and_nothing_is_lost(monkeypatch):
    told_until("prepared", monkeypatch)
    late = client_of("colleague")
    form = hidden(late, address("programme"))
    sign("nurse", "programme", **right_programme())
    answer = late.post(address("programme"), {**form, **right_programme()})
    assert (answer.status_code, [one.code for one in answer.context["refusals"]]) == (422, ["chart.changed-meanwhile"])
    assert 'value="Qarziba"' in text(answer)


@pytest.mark.parametrize("page", ["ready", "prime", "programme", "connect", "assign-pump"])
def test_who_is_no_nurse_signs_nothing_at_the_child(monkeypatch, page):
    told_until("out", monkeypatch)
    assert client_of("technician").post(address(page), {}).status_code == 403


def test_making_ready_refuses_old_batteries_and_a_material_that_is_past(monkeypatch):
    told_until("out", monkeypatch)
    sign("nurse", "assign-pump", pump=PUMP)
    typed = {**right_materials(), "fresh_batteries": "no", "materials.filter": "2027-02-01T12:00", "materials.line": ""}
    answer = sign("nurse", "ready", **typed)
    assert {one.field for one in answer.context["refusals"]} == {"materials.line"}
    answer = sign("nurse", "ready", **{**typed, "materials.line": "2027-02-20T12:00"})
    at = {one.field.name: [wrong.code for wrong in one.wrong] for one in answer.context["fields"] if one.wrong}
    assert at == {"fresh_batteries": ["chart.old-batteries"], "materials.filter": ["chart.in-the-past"]}
    assert 'value="rood"' in text(answer)


def test_the_proposed_days_say_that_they_are_an_assumption(monkeypatch):
    told_until("out", monkeypatch)
    answer = client_of("nurse").get(address("ready"))
    assert "dat is een aanname" in text(answer)
    assert all(one.typed for one in answer.context["fields"] if one.field.name.startswith("materials."))
    assert "in-linefilter 0,22 µm" in text(answer)


# -- pumps


def test_a_pump_is_chosen_from_the_shelf_and_two_different_ones_are_refused(monkeypatch):
    told_until("out", monkeypatch)
    answer = sign("nurse", "assign-pump", pump="PUMP-02", shelf="PUMP-03")
    assert [one.code for one in answer.context["refusals"]] == ["pump.two"]
    assert [one.code for one in sign("nurse", "assign-pump").context["refusals"]] == ["form.empty"]
    assert sign("nurse", "assign-pump", shelf="PUMP-03").status_code == 302
    assert course().pump == "PUMP-03"


def test_a_pump_that_is_not_on_the_shelf_is_refused_and_is_not_offered(monkeypatch):
    told_until("out", monkeypatch)
    answer = sign("nurse", "assign-pump", pump="PUMP-77")
    assert [one.code for one in answer.context["refusals"]] == ["chart.pump-not-free"]
    assert 'value="PUMP-77"' in text(answer)
    sign("nurse", "assign-pump", pump=PUMP)
    assert f'<option value="{PUMP}"' not in text(client_of("nurse").get(address("assign-pump")))


def test_a_spare_pump_is_programmed_and_checked_before_the_infusion_goes_on(monkeypatch):
    told_until("running", monkeypatch, START + timedelta(hours=3))
    assert sign("ward", "interrupt", cause="pump-failed", displayed="239").status_code == 302
    assert sign("ward", "replace-pump", pump="PUMP-02", reason="").status_code == 422
    answer = sign("ward", "replace-pump", pump="PUMP-02", displayed="239", reason="motor")
    assert (answer.status_code, answer.url) == (302, address("guide"))
    answer = sign("ward", "resume", rate="2")
    assert "chart.step-missing.programmed" in {one.code for one in answer.context["refusals"]}
    spare = {"pump": "PUMP-02", "volume": "239"}
    assert f'class="button" href="{address("programme")}"' in text(client_of("ward").get(address("guide")))
    assert sign("ward", "programme", **{**right_programme(), **spare}).status_code == 302
    assert sign("nurse", "check-programme", **{**right_check(), **spare}).status_code == 302
    assert sign("ward", "resume", rate="2", displayed="239").status_code == 302
    assert course().phase == "running"


def test_a_pump_goes_back_on_the_shelf_only_clean_and_tested(monkeypatch):
    told_until("disconnected", monkeypatch)
    assert PUMP in text(client_of("nurse").get(address("pump-back")))
    assert [one.code for one in sign("nurse", "pump-back", pump="PUMP-03").context["refusals"]] == [
        "chart.pump-not-out"
    ]
    assert sign("nurse", "pump-back", pump=PUMP).status_code == 302
    answer = sign("nurse", "pump-ready", pump=PUMP, cleaned="yes", self_test_passed="no")
    assert [(one.code, one.field) for one in answer.context["refusals"]] == [
        ("chart.pump-not-ready", "self_test_passed")
    ]
    assert sign("nurse", "pump-ready", pump=PUMP, cleaned="yes", self_test_passed="yes").status_code == 302
    assert course().pumps[PUMP] == "ready"
