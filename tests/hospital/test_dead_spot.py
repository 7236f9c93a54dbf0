"""At a kitchen table without network: what a nurse typed survives, and is signed exactly once."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from chart.story import START, Story
from hospital.wards import client_of, clock_at, story_until

END = START + timedelta(hours=240)
STOP = "/treatment/T-0001/course/1/container/2/stop/"
RESIDUE = "/treatment/T-0001/course/1/container/2/residue/"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(name="address")
def address_(hospital_db, monkeypatch):  # noqa: ARG001 - a database of its own
    """Serve the pages on loopback, with a child whose pump is about to be stopped at home."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    story_until(
        Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected,
        Story.at_home, Story.second_go, lambda one: one.made(2), Story.home_care, Story.changed,
    )  # fmt: skip
    clock_at(monkeypatch, END + timedelta(minutes=10))

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = False  # each ends before the database is taken away
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(name="phone")
def phone_(address):
    """A phone whose browser has the page to stop the pump open, and nothing typed."""
    from playwright.sync_api import sync_playwright

    session = client_of("home").cookies["sessionid"].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=address)
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        page.goto(STOP)
        yield page
        browser.close()


def fill(page):
    page.fill("#f-displayed", "5,5")
    page.fill("#f-given", "244")
    page.check("input[name=line][value=clamped]")
    page.check("input[name=needle_out][value=yes]")
    page.fill("#f-reason", "the line was stiff")


def typed(page):
    return {
        "displayed": page.input_value("#f-displayed"), "given": page.input_value("#f-given"),
        "line": page.eval_on_selector_all("input[name=line]:checked", "all => all.map(one => one.value)"),
        "needle_out": page.eval_on_selector_all("input[name=needle_out]:checked", "all => all.map(one => one.value)"),
        "reason": page.input_value("#f-reason"),
    }  # fmt: skip


WHAT_WAS_TYPED = {"displayed": "5,5", "given": "244", "line": ["clamped"], "needle_out": ["yes"],
                  "reason": "the line was stiff"}  # fmt: skip


def send(page):
    page.click("form.sign button[type=submit]")


def signed():
    """Look into the chart from another thread: playwright keeps a loop in this one, which Django does not enter."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(_signed).result()


def _signed():
    from django.db import connections

    from ransel.store.loading import load

    try:
        return [one for one in load("T-0001").history if one.kind == "removed" and one.what.container == 2]
    finally:
        connections.close_all()


def state_of(page):
    return page.locator("[data-draft-state]")


@pytest.mark.hazard("HZ-075")
def test_without_network_it_waits_on_the_device_and_goes_once_by_itself_when_the_network_is_back(phone):
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    fill(phone)
    phone.context.set_offline(True)
    for _ in range(3):
        send(phone)
        state_of(phone).get_by_text("Geen verbinding").wait_for()
    assert typed(phone) == WHAT_WAS_TYPED
    assert signed() == []
    phone.context.set_offline(False)
    phone.wait_for_url(f"**{RESIDUE}")
    assert len(sent) == 1
    (entry,) = signed()
    assert entry.what.displayed.plain("mL") == "5.5"
    assert entry.reason == "the line was stiff"


@pytest.mark.hazard("HZ-075")
def test_what_was_typed_survives_a_reload_and_is_sent_under_the_same_key(phone):
    fill(phone)
    phone.context.set_offline(True)
    send(phone)
    state_of(phone).get_by_text("Geen verbinding").wait_for()
    key = phone.input_value("[name=key]")
    phone.route("**/healthy/", lambda route: route.abort())  # the network is back, the hospital is not
    phone.context.set_offline(False)
    phone.reload()
    assert typed(phone) == WHAT_WAS_TYPED
    assert phone.input_value("[name=key]") == key
    assert "teruggezet" in state_of(phone).inner_text()
    phone.unroute("**/healthy/")
    send(phone)
    phone.wait_for_url(f"**{RESIDUE}")
    assert [one.key for one in signed()] == [key]


def lose_the_answer(error):
    def handle(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)  # the hospital has it
            route.abort(error)
        else:
            route.continue_()

    return handle


@pytest.mark.hazard("HZ-075")
def test_when_the_answer_is_lost_and_the_page_stays_it_is_sent_again_and_signed_once(phone):
    phone.clock.install()
    phone.goto(STOP)
    fill(phone)
    phone.route(f"**{STOP}", lose_the_answer("aborted"))
    with phone.expect_event("requestfailed"):
        send(phone)
    assert len(signed()) == 1
    assert typed(phone) == WHAT_WAS_TYPED
    phone.unroute(f"**{STOP}")
    phone.clock.fast_forward("00:31")
    phone.clock.fast_forward("00:16")
    phone.wait_for_url(f"**{RESIDUE}")
    assert "staat één keer in het dossier" in phone.inner_text("main")
    assert len(signed()) == 1


@pytest.mark.hazard("HZ-075")
def test_when_the_answer_is_lost_the_next_page_says_that_it_was_signed_and_the_draft_is_gone(phone):
    fill(phone)
    phone.route(f"**{STOP}", lose_the_answer("failed"))
    with phone.expect_event("requestfailed"):
        send(phone)
    phone.unroute(f"**{STOP}")
    phone.goto(STOP)
    assert "Ondertekend" in phone.inner_text("main")
    assert phone.input_value("#f-displayed") == ""
    assert len(signed()) == 1


@pytest.mark.hazard("HZ-075")
def test_tapping_again_and_again_sends_one_form(phone):
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    fill(phone)
    phone.evaluate("""() => {
        const button = document.querySelector("form.sign button[type=submit]");
        for (let tap = 0; tap < 5; tap += 1) button.click();
    }""")
    phone.wait_for_url(f"**{RESIDUE}")
    assert len(sent) == 1
    assert len(signed()) == 1


def test_when_the_phone_believes_it_has_a_network_it_tries_again_by_itself(phone):
    phone.clock.install()
    phone.goto(STOP)
    fill(phone)
    phone.route("**/healthy/", lambda route: route.abort())
    send(phone)
    state_of(phone).get_by_text("Geen verbinding").wait_for()
    phone.unroute("**/healthy/")
    phone.clock.fast_forward("00:20")
    phone.wait_for_url(f"**{RESIDUE}")
    assert len(signed()) == 1


def test_what_the_hospital_refuses_can_be_put_right_and_the_device_keeps_no_secret_and_then_nothing(phone):
    fill(phone)
    kept = phone.evaluate("JSON.stringify({...localStorage})")
    assert "stiff" in kept
    assert not re.search("csrf|password", kept)
    assert phone.input_value("[name=csrfmiddlewaretoken]") not in kept
    phone.fill("#f-displayed", "900")
    send(phone)
    phone.locator("#f-displayed-why").wait_for()
    assert typed(phone) == WHAT_WAS_TYPED | {"displayed": "900"}
    phone.fill("#f-displayed", "5,5")
    send(phone)
    phone.wait_for_url(f"**{RESIDUE}")
    assert len(signed()) == 1
    assert phone.evaluate("Object.keys(localStorage).filter(name => name.startsWith('ransel-draft:stop'))") == []
