"""The pharmacy's pages: the board, making, weighing, checking, releasing, out of the fridge, throwing away."""

import re
from datetime import UTC, date, datetime, timedelta
from html import escape

import pytest
from chart.story import Story
from hospital.pharmacy_desk import (
    AGAIN,
    BOARD,
    DONE,
    TICKS,
    VIALS,
    at,
    begun_and_weighed,
    cleared_for_making,
    in_the_fridge,
    lot,
    message_after,
    post,
    shows,
    state,
    url,
    weigh,
    words,
)  # fmt: skip
from hospital.wards import OTHER, client_of, keep, person, story_until
from papers.cases import text_of

from ransel.chart.records import pharmacy, prescribing
from ransel.quantities import Mass


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


# -- the board


def test_the_board_of_a_hospital_without_children_says_that_there_is_nothing():
    shows(client_of("technician").get(BOARD), "pharmacy.nothing-to-make", "pharmacy.nothing-fridge", "pharmacy.scan")


def group_of(client):
    """Return in which group of the board the first cassette stands, and the board."""
    body = client.get(BOARD).content.decode()
    groups = re.split(r'<section class="group" aria-labelledby="group-([a-z-]+)"', body)
    found = [name for name, part in zip(groups[1::2], groups[2::2], strict=True) if 'href="' + url("batch") in part]
    return found, body


def test_a_cassette_goes_through_the_groups_of_the_board_with_a_link_to_what_this_person_does_next(
    cleared, monkeypatch
):
    technician, checker, pharmacist = (client_of(part) for part in ("technician", "checker", "pharmacist"))
    found, body = group_of(technician)
    assert found == ["to-make"]
    assert url("make") in body
    cleared.begun(1)
    cleared.weighed(1, "diluent")
    keep(cleared)
    found, body = group_of(technician)
    assert found == ["making"]
    assert words("pharmacy.weighed-of", weighed=1, of=3) in body
    cleared.weighed(1, "albumin")
    cleared.weighed(1, "drug")
    keep(cleared)
    found, body = group_of(technician)
    assert found == ["waiting"]
    assert words("pharmacy.waits-other-check") in body
    assert words("pharmacy.waits-other-check") not in group_of(checker)[1]
    assert url("check-batch") in group_of(checker)[1]
    cleared.sign("checker", cleared.checked(1))
    keep(cleared)
    assert group_of(checker)[0] == ["waiting"]
    assert url("release") not in group_of(checker)[1]
    assert words("pharmacy.waits-release") in group_of(checker)[1]
    assert url("release") in group_of(pharmacist)[1]
    cleared.sign("pharmacist", cleared.release(1))
    keep(cleared)
    found, body = group_of(technician)
    assert found == ["fridge"]
    assert url("hand-over") in body
    cleared.handed_over(1)
    keep(cleared)
    at(monkeypatch, cleared)
    assert group_of(technician)[0] == ["out"]
    cleared.connected()
    keep(cleared)
    assert group_of(technician)[0] == []


def test_without_a_go_the_board_waits_for_the_doctor_and_offers_no_making(monkeypatch):
    story = story_until(Story.ordered)
    at(monkeypatch, story, story.rules().preparation(1).planned - timedelta(hours=2))
    found, body = group_of(client_of("technician"))
    assert found == ["to-make"]
    assert words("pharmacy.waits-go") in body
    assert url("make") not in body
    at(monkeypatch, story, story.now - timedelta(days=3))
    assert group_of(client_of("technician"))[0] == ["later"]
    at(monkeypatch, story, story.now - timedelta(days=9))
    assert group_of(client_of("technician"))[0] == []


def test_what_is_late_is_said_and_a_go_taken_back_leaves_the_cassette_in_the_fridge(cleared, monkeypatch):
    at(monkeypatch, cleared, cleared.rules().preparation(1).latest + timedelta(minutes=1))
    body = group_of(client_of("technician"))[1]
    assert words("pharmacy.late", count=1) in body
    assert 'class="card cassette late"' in body
    at(monkeypatch, cleared, cleared.rules().preparation(1).planned)
    cleared.made(1)
    cleared.sign("doctor", prescribing.GoWithheld(course=1, container=1), reason="fever")
    keep(cleared)
    found, body = group_of(client_of("technician"))
    assert found == ["fridge"]
    assert words("pharmacy.waits-blocked") in body
    assert url("hand-over") not in body


def test_a_cassette_that_is_not_needed_any_more_is_to_be_thrown_away(made):
    made.sign("doctor", prescribing.CourseStopped(course=1, modification="other", for_good=False), reason="disease")
    keep(made)
    found, body = group_of(client_of("technician"))
    assert found == ["fridge"]
    assert words("pharmacy.not-needed") in body
    assert url("discard") in body
    assert url("hand-over") not in body


def test_the_board_updates_itself_with_its_groups_alone_and_works_without_a_script(cleared):
    client = client_of("technician")
    whole, part = client.get(BOARD), client.get(BOARD, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 60s"' in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert cleared.treatment.id in part.content.decode()
    assert "<html" in whole.content.decode()


def test_a_board_that_updates_itself_keeps_nobody_logged_in_and_never_shows_a_log_in_inside_the_board():
    from django.conf import settings

    client = client_of("technician")
    client.get(BOARD)
    before = client.session["last"]
    session = client.session
    session["last"] = before - settings.SESSION_IDLE_S // 2
    session.save()
    client.get(BOARD, headers={"HX-Request": "true"})
    assert client.session["last"] == before - settings.SESSION_IDLE_S // 2
    session["last"] = before - settings.SESSION_IDLE_S - 60
    session.save()
    for _ in range(2):  # the session ends; then there is none
        answer = client.get(BOARD, headers={"HX-Request": "true"})
        assert answer["HX-Refresh"] == "true"
        assert answer.content == b""


def test_another_hospital_sees_nothing_of_it_and_can_scan_nothing(made):
    stranger = client_of(person("p-other", "pharmacist", OTHER))
    assert "T-0001" not in stranger.get(BOARD).content.decode()
    assert stranger.get(BOARD, {"code": made.code(1)}).status_code == AGAIN
    shows(stranger.get(VIALS, {"lot": "L1"}), "vials.not-found", lot="L1")
    shows(stranger.get(VIALS), "vials.nothing")


@pytest.mark.parametrize("form", ["bracketed", "with FNC1", "without FNC1", "batch"])
def test_a_scanned_code_leads_to_its_cassette_in_whatever_form_it_comes(made, form):
    code = made.code(1)
    plain = re.sub(r"[()]", "", code)
    scanned = {
        "bracketed": code, "with FNC1": "]d2" + plain.replace("211-1", "\x1d211-1"), "without FNC1": plain,
        "batch": "SYN-0001-C1-1",
    }[form]  # fmt: skip
    answer = client_of("technician").get(BOARD, {"code": scanned})
    assert (answer.status_code, answer["Location"]) == (DONE, url("batch"))


def test_an_unknown_code_says_so_and_keeps_what_was_scanned(made):
    client = client_of("technician")
    answer = client.get(BOARD, {"code": "<b>nonsense"})
    assert answer.status_code == AGAIN
    shows(answer, "pharmacy.unknown-code", code="<b>nonsense")
    old = made.code(1)
    made.sign("technician", pharmacy.Discarded(**made.of(1), cause="damaged"), reason="dropped")
    made.made(1)
    keep(made)
    assert client.get(BOARD, {"code": old}).status_code == AGAIN, "the label of the making that was thrown away"
    assert client.get(BOARD, {"code": made.code(1)}).status_code == DONE


# -- beginning


def test_beginning_shows_the_vials_and_starts_the_clocks_once(cleared):
    client = client_of("technician")
    shows(client.get(url("make")), "make.vials", count=2, product="Qarziba")
    seen = cleared.treatment.version
    after = message_after(client, post(client, url("make"), key="once"))
    shows(after, "batch.steps")
    assert state().phase == "making"
    assert state().making == 1
    assert post(client, url("make"), key="once", seen=seen)["Location"] == url("batch")
    assert state().making == 1
    assert state().last(pharmacy.BatchStarted).who == "p-technician"


def test_who_is_second_to_begin_is_told_and_begins_nothing(cleared):
    seen = cleared.treatment.version
    post(client_of("checker"), url("make"), seen=seen)
    answer = post(client_of("technician"), url("make"), key="other", seen=seen)
    assert answer.status_code == AGAIN
    assert state().last(pharmacy.BatchStarted).who == "p-checker"


@pytest.mark.usefixtures("cleared")
def test_a_making_is_never_begun_in_the_future_or_before_its_window():
    client = client_of("technician")
    for typed in ("2027-02-05T23:00", "2027-01-20T08:00"):
        answer = post(client, url("make"), made=typed)
        assert answer.status_code == AGAIN
        assert f'value="{typed}"' in answer.content.decode()
    assert state().phase == "cleared"


@pytest.mark.usefixtures("cleared")
def test_a_page_whose_time_has_not_come_says_where_the_container_stands():
    client = client_of("technician")
    for page in ("weigh", "check-batch", "hand-over", "discard"):
        shows(client.get(url(page)), "phase.container.cleared", "pharmacy.to-batch")
    shows(client_of("pharmacist").get(url("release")), "phase.container.cleared", "pharmacy.to-batch")
    for page, typed in (("weigh", {}), ("check-batch", TICKS),
                        ("hand-over", {}), ("discard", {"cause": "other", "reason": "x"})):  # fmt: skip
        assert post(client, url(page), **typed).status_code == AGAIN, page
    assert post(client_of("pharmacist"), url("release"), stability_confirmed_by="yes").status_code == AGAIN
    assert state().phase == "cleared"


# -- weighing


def test_a_weighing_shows_what_is_expected_and_goes_back_to_the_making(cleared):
    cleared.begun(1)
    keep(cleared)
    client = client_of("technician")
    shows(client.get(f"{url('weigh')}?ingredient=drug"), "weigh.expected", "weigh.balance")
    body = shows(message_after(client, weigh(client)), "batch.in")
    assert "8,05 g" in body
    (entry,) = state().weighed
    assert entry.what.lots == (pharmacy.LotUsed(number="QZ-1", expires=date(2029, 1, 1)),)
    assert entry.what.making == 1


def test_the_step_whose_turn_it_is_is_weighed_when_none_is_chosen(cleared):
    cleared.begun(1)
    cleared.weighed(1, "diluent")
    keep(cleared)
    client = client_of("technician")
    for chosen in ("", "?ingredient=poison"):
        assert "humaan albumine" in re.search("<h1>.*", client.get(url("weigh") + chosen).content.decode())[0]


def test_lots_are_kept_in_their_rows_and_half_a_lot_is_refused_at_its_row(cleared):
    cleared.begun(1)
    keep(cleared)
    client = client_of("technician")
    answer = weigh(client, lots__2__number="QZ-3")
    body = answer.content.decode()
    assert answer.status_code == AGAIN
    assert 'id="f-lots-2-expires-why"' in body
    assert 'value="QZ-3"' in body
    assert weigh(client, **lot("QZ-3", row=2, opened="2027-02-04T08:00")).status_code == DONE
    assert [one.number for one in state().weighed[0].what.lots] == ["QZ-1", "QZ-3"]
    assert state().weighed[0].what.lots[1].opened == datetime(2027, 2, 4, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"after": ""}, "after"),
        ({"after": "1,450"}, "after"),
        ({"after": "eight"}, "after"),
        ({"lots__0__number": ""}, "lots-0-number"),
        ({"lots__0__expires": "soon"}, "lots-0-expires"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field_and_stays_typed(cleared, typed, field):
    cleared.begun(1)
    keep(cleared)
    answer = weigh(client_of("technician"), **typed)
    body = answer.content.decode()
    assert answer.status_code == AGAIN
    assert f'id="f-{field}-why"' in body
    assert 'value="QZ-1"' in body or "lots__0__number" in typed
    assert all(escape(value) in body for value in typed.values())
    assert state().weighed == ()


def test_a_balance_that_runs_backwards_is_refused(cleared):
    cleared.begun(1)
    keep(cleared)
    answer = weigh(client_of("technician"), before="9", after="8")
    assert answer.status_code == AGAIN
    assert 'id="f-after-why"' in answer.content.decode()
    assert state().weighed == ()


@pytest.mark.usefixtures("weighed")
def test_out_of_tolerance_is_recorded_blocks_at_once_and_is_weighed_again():
    technician, checker, pharmacist = (client_of(part) for part in ("technician", "checker", "pharmacist"))
    body = shows(message_after(technician, weigh(technician, after="9,20")), "batch.blocked", "batch.two-ways")
    assert url("discard") in body
    assert f"{url('weigh')}?ingredient=drug" in body
    shows(checker.get(url("check-batch")), "pharmacy.cannot-yet")
    answer = post(checker, url("check-batch"), **TICKS)
    assert answer.status_code == AGAIN
    assert 'id="f-weighings-why"' in answer.content.decode()
    assert post(pharmacist, url("release"), stability_confirmed_by="yes").status_code == AGAIN
    assert state().phase == "making"
    again = technician.get(f"{url('weigh')}?ingredient=drug").content.decode()
    assert 'value="QZ-1"' in again, "the lot stays, the balance is read anew"
    assert "9,20 g" in again
    body = message_after(technician, weigh(technician)).content.decode()
    assert words("batch.blocked") not in body
    assert [one.what.after for one in state().weighed if one.what.ingredient == "drug"] == [Mass("8.05 g")]


@pytest.mark.usefixtures("weighed")
def test_a_lot_that_does_not_last_is_told_before_anybody_checks():
    technician = client_of("technician")
    body = shows(message_after(technician, weigh(technician, **lot(expires="2027-02-06"))), "batch.blocked")
    assert "2027-02-06" in body


def test_drafts_of_two_ingredients_are_never_mixed_up(cleared):
    cleared.begun(1)
    keep(cleared)
    client = client_of("technician")
    drafts = {
        re.search('data-draft="([^"]+)"', client.get(f"{url('weigh')}?ingredient={one}").content.decode())[1]
        for one in ("diluent", "albumin", "drug")
    }
    assert len(drafts) == 3


# -- the second person


@pytest.mark.usefixtures("weighed")
def test_everything_is_ticked_by_somebody_who_did_not_make_it():
    client = client_of("checker")
    body = shows(client.get(url("check-batch")), "check-batch.on-label", "batch.record")
    assert "(10)SYN-0001-C1-1(21)1-1" in body
    answer = post(client, url("check-batch"), lots="yes", label="yes")
    assert answer.status_code == AGAIN
    assert 'id="f-weighings-why"' in answer.content.decode()
    assert state().phase == "making"
    message_after(client, post(client, url("check-batch"), **TICKS))
    assert state().phase == "checked"
    assert state().last(pharmacy.BatchChecked).who == "p-checker"


@pytest.mark.usefixtures("weighed")
def test_who_made_it_lets_a_colleague_sign_on_the_same_device_and_never_checks_alone():
    from ransel.store.models import Person

    maker = client_of("technician")
    shows(maker.get(url("check-batch")), "check-batch.cosigner")
    assert post(maker, url("check-batch"), **TICKS).status_code == AGAIN
    colleague = Person.objects.get(id_code="p-checker")
    colleague.set_password("a long password for tests")
    colleague.save()
    with_name = {**TICKS, "cosigner": "p-checker", "cosigner_password": "a long password for tests"}
    message_after(maker, post(maker, url("check-batch"), key="c", **with_name))
    assert state().last(pharmacy.BatchChecked).who == "p-checker"


def test_a_pharmacist_releases_and_nobody_else(weighed):
    weighed.sign("checker", weighed.checked(1))
    keep(weighed)
    assert client_of("technician").get(url("release")).status_code == 403
    assert post(client_of("technician"), url("release"), stability_confirmed_by="yes").status_code == 403
    client = client_of("pharmacist")
    shows(client.get(url("release")), "release.clocks", "release.stability-heading", "batch.record")
    answer = post(client, url("release"), stability_confirmed_by="no")
    assert answer.status_code == AGAIN
    assert 'id="f-stability_confirmed_by-why"' in answer.content.decode()
    assert post(client, url("release")).status_code == AGAIN
    after = message_after(client, post(client, url("release"), key="r", stability_confirmed_by="yes"))
    released = state().last(pharmacy.Released)
    assert released.what.code in after.content.decode()
    assert url("label") in after.content.decode()
    assert released.what.stability_confirmed
    assert released.role.value == "pharmacist"


def test_a_pharmacist_who_helped_to_make_it_is_told_that_another_one_releases(weighed):
    weighed.weighed(1, "drug", by="pharmacist")
    weighed.sign("checker", weighed.checked(1))
    keep(weighed)
    client = client_of("pharmacist")
    shows(client.get(url("batch")), "pharmacy.waits-other-release")
    shows(client.get(BOARD), "pharmacy.waits-other-release")
    shows(client.get(url("release")), "pharmacy.cannot-yet")
    assert post(client, url("release"), stability_confirmed_by="yes").status_code == AGAIN
    assert state().phase == "checked"


# -- out of the fridge, thrown away


def test_the_warm_clock_runs_from_the_moment_that_it_left_the_fridge(made, monkeypatch):
    at(monkeypatch, made, made.rules().preparation(1).clock.out_of_fridge)
    client = client_of("technician")
    shows(client.get(url("hand-over")), "hand-over.which", "bar.cold", "bar.start")
    typed = made.agenda.local(made.now - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    message_after(client, post(client, url("hand-over"), at=typed))
    left = state().last(pharmacy.LeftFridge).what
    assert left.at == made.now - timedelta(minutes=20)
    assert left.finish_before == left.at + timedelta(days=7)
    assert state().phase == "out"


def test_what_was_too_long_in_the_fridge_is_stopped_and_the_future_is_refused(made, monkeypatch):
    client = client_of("technician")
    late = made.agenda.local(made.now + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    answer = post(client, url("hand-over"), at=late)
    assert answer.status_code == AGAIN
    assert f'value="{late}"' in answer.content.decode()
    cold_until = state().last(pharmacy.Released).what.cold_until
    at(monkeypatch, made, cold_until + timedelta(minutes=5))
    answer = post(client, url("hand-over"))
    assert answer.status_code == AGAIN
    shows(answer, "stop.title")
    assert state().phase == "released"


def test_what_is_thrown_away_needs_cause_and_reason_and_is_made_again_with_the_next_number(made):
    client = client_of("technician")
    body = client.get(url("discard")).content.decode()
    assert 'class="danger"' in body
    answer = post(client, url("discard"), cause="damaged")
    assert answer.status_code == AGAIN
    assert 'id="f-reason-why"' in answer.content.decode()
    assert post(client, url("discard"), reason="dropped").status_code == AGAIN
    first = made.code(1)
    body = shows(
        message_after(client, post(client, url("discard"), key="d", cause="damaged", reason="viel <van> de kar")),
        "batch.was-discarded", "choice.cause.damaged", making=1,
    )  # fmt: skip
    assert "viel &lt;van&gt; de kar" in body
    assert url("make") in body
    shows(client.get(BOARD), "pharmacy.make-again", making=1)
    assert client.get(url("label")).status_code == AGAIN
    message_after(client, post(client, url("make"), key="m"))
    assert state().making == 2
    assert state().weighed == ()
    made.treatment = loaded()
    made.weighed(1)
    made.sign("checker", made.checked(1))
    made.sign("pharmacist", made.release(1))
    keep(made)
    second = state().last(pharmacy.Released).what.code
    assert (first[-3:], second[-3:]) == ("1-1", "1-2")
    assert second in text_of(client.get(url("label")).content)
    assert words("batch.thrown") in client.get(url("batch")).content.decode()


def loaded():
    from ransel.store.loading import load

    return load("T-0001")
