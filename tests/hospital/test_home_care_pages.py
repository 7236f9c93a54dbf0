"""Home care's pages: the list, accepting and declining an order, stopping the pump, nobody came."""

from datetime import timedelta

import pytest
from chart.story import START, Story
from hospital.wards import (
    HOME_CARE,
    OTHER_HOME_CARE,
    client_of,
    clock_at,
    keep,
    person,
    person_of,
    story_until,
    treatment_with_everything,
)

pytestmark = pytest.mark.usefixtures("hospital_db")

RUNNING = (Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected,
           Story.at_home, Story.second_go, lambda one: one.made(2))  # fmt: skip
END = START + timedelta(hours=240)


def asked():
    """A story whose home care was asked and has not answered."""
    from ransel.chart.records.care import HomeCareAsked

    story = story_until(*RUNNING)
    story.sign("coordinator", HomeCareAsked(course=1, organisation=HOME_CARE, visit_at=END))
    keep(story)
    return story


def to_disconnect():
    return story_until(*RUNNING, Story.home_care, Story.changed)


def seen(client, url):
    """The hidden version and key of a form."""
    import re

    page = client.get(url).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("seen", "key")}


def entries(kind):
    from ransel.store.loading import load

    return [one for one in load("T-0001").history if one.kind == kind]


# -- the list


def test_an_organisation_without_orders_sees_that_nothing_is_planned_and_no_child_of_another():
    asked()
    client = client_of(person("p-other-home", "home-care-nurse", OTHER_HOME_CARE))
    page = client.get("/home-care/").content.decode()
    assert "Er staan geen bezoeken gepland" in page
    assert "Noor" not in page


def test_a_new_order_can_be_accepted_or_declined_from_the_list(monkeypatch):
    story = asked()
    clock_at(monkeypatch, story.now)
    page = client_of("home").get("/home-care/").content.decode()
    assert "Nieuwe opdrachten om aan te nemen (1)" in page
    assert "Voorbeeldstraat 1" in page
    assert 'href="tel:+31600000001"' in page
    assert "/treatment/T-0001/course/1/accept/" in page
    assert "/treatment/T-0001/course/1/decline/" in page


def test_the_pump_is_offered_to_be_stopped_when_its_time_comes_and_weighing_after_that(monkeypatch):
    story = to_disconnect()
    client = client_of("home")
    clock_at(monkeypatch, END - timedelta(days=2))
    page = client.get("/home-care/").content.decode()
    assert "u gaat" in page
    assert '<a class="button" href="/treatment/T-0001/course/1/container/2/stop/">' not in page
    clock_at(monkeypatch, END - timedelta(hours=1))
    page = client.get("/home-care/").content.decode()
    assert '<a class="button" href="/treatment/T-0001/course/1/container/2/stop/">' in page
    story.now = END
    story.sign("home", story.removal(2, last=True, left="5 mL", needle_out=True))
    keep(story)
    page = client.get("/home-care/").content.decode()
    assert "Gedaan" in page
    assert '<a class="button" href="/treatment/T-0001/course/1/container/2/residue/">' in page


def test_the_list_takes_as_many_queries_for_one_child_as_for_many(django_assert_queries):
    asked()
    client = client_of("home")
    client.get("/home-care/")
    with django_assert_queries() as few:
        client.get("/home-care/")
    _more_children(9)
    with django_assert_queries() as many:
        client.get("/home-care/")
    assert len(few) == len(many)


def _more_children(count):
    """Copy the rows of the read models to more children."""
    from ransel.store.models import Child, ContainerRow, TreatmentRow, VisitRow

    for number in range(count):
        Child.objects.create(code=f"c-m{number}", number=f"M-{number}", name=f"More {number}", born="2022-01-01")
        for table in (TreatmentRow, VisitRow, ContainerRow):
            for row in table.objects.filter(treatment="T-0001"):
                row.treatment, row._state.adding = f"t-m{number}", True
                if table is TreatmentRow:
                    row.child = f"c-m{number}"
                else:
                    row.id = None
                row.save(force_insert=True)


@pytest.fixture
def django_assert_queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


# -- accepting and declining

ACCEPT, DECLINE = "/treatment/T-0001/course/1/accept/", "/treatment/T-0001/course/1/decline/"


def test_the_order_is_shown_with_what_when_where_and_who_signed_it_and_accepted_with_two_names(monkeypatch):
    story = asked()
    person("p-stand-in", "home-care-nurse", HOME_CARE, "home")
    clock_at(monkeypatch, story.now)
    client = client_of("home")
    page = client.get(ACCEPT).content.decode()
    for shown in ("De ondertekende opdracht", "Pomp stoppen en container 2 afkoppelen", "Voorbeeldstraat 1",
                  "p-coordinator (synthetic)", "PUMP-01"):  # fmt: skip
        assert shown in page
    answer = client.post(ACCEPT, {"nurse": "p-home", "substitute": "p-stand-in", **seen(client, ACCEPT)})
    assert answer.status_code == 302
    assert answer.url == "/home-care/"
    assert (entries("home-care-accepted")[0].what.nurse, entries("home-care-accepted")[0].what.substitute) == (
        "p-home", "p-stand-in"
    )  # fmt: skip
    assert "data-signed" in client.get("/home-care/").content.decode()


def test_nobody_stands_in_for_themselves_and_only_colleagues_can_be_chosen(monkeypatch):
    story = asked()
    person("p-other-home", "home-care-nurse", OTHER_HOME_CARE)
    clock_at(monkeypatch, story.now)
    client = client_of("home")
    form = seen(client, ACCEPT)
    answer = client.post(ACCEPT, {"nurse": "p-home", "substitute": "p-home", **form})
    assert answer.status_code == 422
    assert 'id="f-substitute-why"' in answer.content.decode()
    answer = client.post(ACCEPT, {"nurse": "p-home", "substitute": "p-other-home", **form})
    assert answer.status_code == 422
    assert "p-other-home" not in client.get(ACCEPT).content.decode()
    assert entries("home-care-accepted") == []


def test_declining_needs_a_reason_keeps_what_was_typed_and_gives_the_child_back(monkeypatch):
    story = asked()
    clock_at(monkeypatch, story.now)
    client = client_of("home")
    form = seen(client, DECLINE)
    assert client.post(DECLINE, {"reason": " ", **form}).status_code == 422
    answer = client.post(DECLINE, {"reason": "nobody is free that day", **form})
    assert answer.url == "/home-care/"
    assert "Er staan geen bezoeken gepland" in client.get("/home-care/").content.decode()
    assert client.get(ACCEPT).status_code == 404


def test_what_was_sent_twice_is_signed_once(monkeypatch):
    story = asked()
    person("p-stand-in", "home-care-nurse", HOME_CARE, "home")
    clock_at(monkeypatch, story.now)
    client = client_of("home")
    sent = {"nurse": "p-home", "substitute": "p-stand-in", **seen(client, ACCEPT)}
    assert [client.post(ACCEPT, sent).status_code for _ in range(2)] == [302, 302]
    assert len(entries("home-care-accepted")) == 1


def test_whoever_decides_on_an_older_picture_is_told_and_keeps_what_they_typed(monkeypatch):
    story = asked()
    person("p-stand-in", "home-care-nurse", HOME_CARE, "home")
    colleague = person("p-home-2", "home-care-nurse", HOME_CARE, "home")
    clock_at(monkeypatch, story.now)
    first, second = client_of("home"), client_of(colleague)
    forms = [seen(first, ACCEPT), seen(second, ACCEPT)]
    assert first.post(ACCEPT, {"nurse": "p-home", "substitute": "p-stand-in", **forms[0]}).status_code == 302
    answer = second.post(ACCEPT, {"nurse": "p-home-2", "substitute": "p-stand-in", **forms[1]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "p-home" in page
    assert '<option value="p-home-2" selected>' in page


def test_an_order_that_was_never_given_cannot_be_accepted_and_the_page_says_so(monkeypatch):
    from ransel.store.models import TreatmentRow

    story = story_until(*RUNNING)
    TreatmentRow.objects.update(home_care=HOME_CARE)  # as if it still had the child, for the page to open
    clock_at(monkeypatch, story.now)
    assert "nu geen thuiszorg gevraagd" in client_of("home").get(ACCEPT).content.decode()


# -- stopping the pump

STOP = "/treatment/T-0001/course/1/container/2/stop/"


def stopped(**changes):
    return {"displayed": "5", "given": "245,5", "line": ["clamped"], "needle_out": "yes"} | changes


def test_the_steps_name_the_child_and_say_that_the_hospital_is_asked_where_no_source_has_a_rule(monkeypatch):
    to_disconnect()
    clock_at(monkeypatch, END)
    page = client_of("home").get(STOP).content.decode()
    assert "Noor de Vries" in page
    assert "SYN-0001" in page
    assert "geen regel in dit protocol" in page
    assert 'name="child"' not in page
    for part in ('/stop/T-0001/1/2"', "data-once", 'name="key"', "data-offline", "data-restored"):
        assert part in page


def test_a_rule_for_the_end_of_the_line_is_shown_with_its_source(monkeypatch):
    from ransel.evidence import Confidence, Sourced
    from ransel.hospital.pages import home_care
    from ransel.protocols.protocol import Words

    to_disconnect()
    clock_at(monkeypatch, END)
    words = Words(en="never flush", nl="nooit doorspoelen")
    rule = Sourced[Words](value=words, source="BLF", confidence=Confidence.SEEN)
    monkeypatch.setattr(home_care, "line_rule", lambda _: rule)
    page = client_of("home").get(STOP).content.decode()
    assert "nooit doorspoelen" in page
    assert "BLF" in page
    assert "geen regel in dit protocol" not in page


def test_what_was_read_is_signed_as_the_end_of_the_infusion_and_leads_on_to_weighing(monkeypatch):
    to_disconnect()
    clock_at(monkeypatch, END)
    client = client_of("home")
    answer = client.post(STOP, stopped() | seen(client, STOP))
    assert answer.status_code == 302
    assert answer.url == "/treatment/T-0001/course/1/container/2/residue/"
    (removed,) = [one.what for one in entries("removed") if one.what.container == 2]
    assert (removed.last, removed.line, removed.needle_out) == (True, ("clamped",), True)
    assert removed.given.plain("mL") == "245.5"
    assert "nu niet aan het kind" in client.get(STOP).content.decode()


def test_an_empty_or_impossible_display_is_refused_at_its_field_and_nothing_typed_is_lost(monkeypatch):
    to_disconnect()
    clock_at(monkeypatch, END)
    client = client_of("home")
    for typed in ("", "much", "900"):
        answer = client.post(STOP, stopped(displayed=typed) | seen(client, STOP))
        page = answer.content.decode()
        assert answer.status_code == 422, typed
        assert 'id="f-displayed-why"' in page
        assert 'value="245,5"' in page
    assert [one for one in entries("removed") if one.what.container == 2] == []


def test_ending_before_the_last_container_asks_why(monkeypatch):
    story_until(*RUNNING, Story.home_care)
    clock_at(monkeypatch, START + timedelta(hours=60))
    client, page = client_of("home"), "/treatment/T-0001/course/1/container/1/stop/"
    refused = client.post(page, stopped(displayed="120") | seen(client, page))
    assert refused.status_code == 422
    again = client.post(page, stopped(displayed="120", reason="the doctor ends it here") | seen(client, page))
    assert again.status_code == 302


def test_somebody_of_another_organisation_reaches_none_of_it():
    treatment_with_everything()
    client = client_of(person("p-other-home", "home-care-nurse", OTHER_HOME_CARE))
    for page in (ACCEPT, DECLINE, STOP, "/treatment/T-0001/course/1/no-show/"):
        assert client.get(page).status_code == 404
        assert client.post(page, {}).status_code == 404


# -- nobody came

NO_SHOW = "/treatment/T-0001/course/1/no-show/"


def test_nobody_came_is_signed_with_who_was_told_and_why(monkeypatch):
    to_disconnect()
    clock_at(monkeypatch, END + timedelta(minutes=20))
    client = client_of("home")
    page = client.get(NO_SHOW).content.decode()
    assert 'value="disconnect" checked' in page
    assert "+31 6 0000 0001" in page
    refused = client.post(NO_SHOW, {"visit": "disconnect", "told": "", "reason": ""} | seen(client, NO_SHOW))
    assert refused.status_code == 422
    sent = {"visit": "disconnect", "told": "I. Brouwer, ward", "reason": "nobody opened"} | seen(client, NO_SHOW)
    assert client.post(NO_SHOW, sent).url == "/home-care/"
    assert entries("no-show")[0].what.told == "I. Brouwer, ward"


def test_a_coordinator_who_signs_that_nobody_came_goes_on_to_the_chart(monkeypatch):
    to_disconnect()
    clock_at(monkeypatch, END + timedelta(minutes=20))
    client = client_of(person_of("coordinator"))
    sent = {"visit": "disconnect", "told": "J. Dijkstra", "reason": "traffic"} | seen(client, NO_SHOW)
    assert client.post(NO_SHOW, sent).url == "/treatment/T-0001/chart/"
