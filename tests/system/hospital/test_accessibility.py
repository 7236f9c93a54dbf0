"""Everybody can use every page: axe finds nothing, the keyboard reaches everything, a telephone is wide enough."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from browser import DESK, PHONE, Person, Theatre
from tour import FILES, children, tour

pytestmark = pytest.mark.usefixtures("django_ready")
OPTIONS = json.dumps({"resultTypes": ["violations"], "elementRef": False})
HEIGHTS = {DESK: 900, PHONE: 844}
VISITORS = (
    "dokter", "apotheker", "laborant", "dagzorg", "afdeling", "thuis-noord", "thuis-zuid", "planning", "onderzoek",
    "beheer", "dokter-elders",
)  # fmt: skip
LANGUAGES = ("nl", "en")
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const scrolls = ".wide, .board, .picture, [tabindex='0'], .only-heard, thead, .skip";
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > wide + 1 && !one.closest(scrolls))
    .map((one) => one.outerHTML.slice(0, 120)).concat("wider").slice(0, 5);
}"""


def look_at(person: Person) -> list[str]:
    """Return what is wrong with the page before somebody, on a desk and on a telephone."""
    found = []
    person.page.evaluate(AXE_SCRIPT)
    for width, height in HEIGHTS.items():
        person.page.set_viewport_size({"width": width, "height": height})
        result = person.page.evaluate(f"axe.run(document, {OPTIONS})")
        for violation in result["violations"]:
            nodes = [f"{node['target']} {node['html'][:160]}" for node in violation["nodes"][:4]]
            found.append(f"{person.page.url} {width}px {violation['id']}: {violation['help']}: {nodes}")
        overflow = person.page.evaluate(OVERFLOW)
        if overflow:
            found.append(f"{person.page.url} {width}px is wider than the screen: {overflow}")
    person.page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
    return found


def speak(person: Person, language: str) -> None:
    """Let the pages be in a language from now on."""
    address = person.theatre.served.address
    person.page.context.add_cookies([{"name": "language", "value": language, "url": address}])


@pytest.mark.parametrize("username", VISITORS)
def test_axe_finds_nothing_on_any_page(username, stage: Theatre):
    """Every page of the gate, at the child for whom its time has come, in one of the two languages."""
    person = stage.enter(username)
    found = []
    for number, stop in enumerate(one for one in tour() if one.username == username):
        speak(person, LANGUAGES[number % 2])
        answered = person.open(stop.address)
        if answered != 200:
            found.append(f"{stop.address} answered {answered}")
        found += look_at(person)
    assert not found, "\n".join(found)


def test_the_tour_leaves_no_page_out():
    from ransel.hospital import urls
    from ransel.hospital.gate import PAGES

    assert urls.urlpatterns
    assert {one.page for one in tour()} | FILES == set(PAGES)
    assert {one.username for one in tour()} <= set(VISITORS)


ACCOUNT = ("/account/password/", "/account/sessions/", "/account/second-factor/", "/account/second-factor/activate/")


def test_axe_finds_nothing_before_and_around_the_work(stage: Theatre):
    """Logging in, the start page, second factor, sessions, wrong turns, and what may not be opened."""
    stranger = stage.stranger()
    found = []
    for language, address in (("nl", "/demo/"), ("en", "/account/login/")):
        speak(stranger, language)
        stranger.open(address)
        found += look_at(stranger)
    stranger.page.fill("#id_login", "nobody")
    stranger.page.fill("#id_password", "wrong password")
    stranger.click("main button[type=submit]")
    found += look_at(stranger)
    person = stage.enter("dokter-elders")
    for number, address in enumerate(ACCOUNT):
        speak(person, LANGUAGES[number % 2])
        assert person.open(address) == 200, address
        found += look_at(person)
    child = children()["at-home"].treatment
    for address, status in (("/no-such-page/", 404), ("/pharmacy/", 403), (f"/treatment/{child}/chart/", 403)):
        assert person.open(address) == status
        found += look_at(person)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_where_something_is_refused(stage: Theatre):
    """A form that is refused, with its reasons at the fields, and the stop sign."""
    nurse = stage.enter("dagzorg")
    child = children()["out"]
    here = f"/treatment/{child.treatment}/course/{child.course}"
    nurse.open(f"{here}/observe/")
    nurse.expect_refused({"temperature": "warm", "pain": "much"})
    found = look_at(nurse)
    speak(nurse, "en")
    nurse.open(f"{here}/container/1/programme/")
    nurse.expect_refused({
        "pump": "POMP-00", "rate": "48", "volume": "500", "concentration": "9", "product": "something else",
    })  # fmt: skip
    assert nurse.find(".stop-sign").is_visible()
    found += look_at(nurse)
    assert not found, "\n".join(found)


FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const place = ["nav", "form.sign", "main"].find((name) => one.closest(name)) || "top";
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {within: place, href: one.getAttribute("href"), type: one.getAttribute("type"), seen, html: one.outerHTML};
}"""
MOST_STOPS = 80


@pytest.mark.parametrize(
    ("username", "stage_of_child", "page"),
    [
        ("dokter", "criteria-missing", "course/1/criteria/"),
        ("laborant", "weighing", "course/1/container/1/weigh/"),
        ("thuis-noord", "to-disconnect", "course/4/container/2/stop/"),
    ],
)
def test_the_keyboard_reaches_everything(username, stage_of_child, page, stage: Theatre):
    """From the link over the menu to the button that signs, in the order of the page, and always in sight."""
    person = stage.enter(username)
    assert person.open(f"/treatment/{children()[stage_of_child].treatment}/{page}") == 200
    stops = []
    for _ in range(MOST_STOPS):
        person.page.keyboard.press("Tab")
        stops.append(person.page.evaluate(FOCUSED))
        if stops[-1]["within"] == "form.sign" and stops[-1]["type"] == "submit":
            break
    assert stops[0]["href"] == "#main"
    places = [one["within"] for one in stops]
    assert places.index("nav") < places.index("form.sign")
    assert stops[-1]["type"] == "submit"
    assert all(one["seen"] for one in stops), [one for one in stops if not one["seen"]]
