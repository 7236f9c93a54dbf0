"""What nurses type on the pages beside one child, for tests: right in everything, so that a test changes one thing."""

import re
from copy import copy
from functools import cache

from chart import story as told
from chart.story import NOOR
from hospital.wards import client_of, clock_at, keep

from ransel.chart.records import care
from ransel.chart.records.pharmacy import Released
from ransel.quantities import Temperature, Volume

PUMP = "PUMP-01"


def treatment():
    """Return the treatment of the story as it is kept now."""
    from ransel.store.loading import load

    return load("T-0001")


def course():
    return treatment().course(1)


def code(container=1):
    return course().container(container).last(Released).what.code


def address(page, container=0):
    from ransel.hospital.gate import PAGES, url_of

    about = {"treatment": (0, 0), "course": (1, 0), "container": (1, container or 1)}[PAGES[page].about]
    return url_of(page, "T-0001", *about)


def hidden(client, url):
    """Return what the form of a page carries along: the version on the screen and the key."""
    text = client.get(url).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("seen", "key")}


def sign(who, page, container=0, query="", **typed):
    """Let somebody open a page, fill it in and send it; return the answer."""
    client = client_of(who) if isinstance(who, str) else who
    url = address(page, container) + query
    data = {name.replace("__", "."): value for name, value in typed.items()}
    return client.post(url, {**hidden(client, url), **data})


@cache
def _told(point):
    """Return the story up to a point, told once: planning it anew for every test takes most of the time."""
    if point == "ordered":
        story = told.enrolled()
        story.ordered()
        return story
    before, tell = POINTS[point]
    story = copy(_told(before))
    tell(story)
    return story


def _prepared(container):
    def tell(story):
        story.readied(container)
        if container == 1:
            story.sign("nurse", care.Observed(course=1, temperature=Temperature("36.8 °C"), baseline=True))
        story.sign("nurse", care.Primed(**story.of(container), pump=PUMP, volume=Volume("5 mL"), fluid="drug"))

    return tell


def _released(story):
    story.cleared()
    story.made(1)


def _second_released(story):
    story.second_go()
    story.made(2)


POINTS = {
    "released": ("ordered", _released),
    "out": ("released", lambda one: one.handed_over(1)),
    "prepared": ("out", _prepared(1)),
    "programmed": ("prepared", lambda one: one.sign("nurse", one.programme(1))),
    "checked": ("programmed", lambda one: one.sign("colleague", one.check(1))),
    "running": ("out", lambda one: one.connected()),
    "at home": ("running", lambda one: one.at_home()),
    "second released": ("at home", _second_released),
    "second out": ("second released", lambda one: one.handed_over(2)),
    "second prepared": ("second out", _prepared(2)),
    "second programmed": ("second prepared", lambda one: one.sign("nurse", one.programme(2))),
    "second checked": ("second programmed", lambda one: one.sign("colleague", one.check(2))),
    "changed": ("second released", lambda one: one.changed()),
    "disconnected": ("changed", lambda one: one.disconnected()),
}
"""Points of the story: the point before, and what is signed from there."""


def told_until(point, monkeypatch, at=None):
    """Keep the story up to a point, and let the pages live at its time, or at another instant; return the story."""
    story = copy(_told(point))
    keep(story)
    clock_at(monkeypatch, at or story.now)
    return story


def right_materials(by="2027-02-20T12:00"):
    dates = {f"materials.{what}": by for what in ("batteries", "line", "filter", "needle")}
    return {
        "premedication": ["antihistamine"],
        "lumen": "rood",
        "fresh_batteries": "yes",
        "lots.filter": "F-12",
        **dates,
    }


def right_programme(container=1):
    from ransel.chart.ordered import ordered_container

    strength = (
        ordered_container(course(), container).concentration.text("nl", "mg/mL", 4).split(" ")[0].split("\u00a0")[0]
    )
    return {"pump": PUMP, "rate": "2", "volume": "250", "concentration": strength, "product": "Qarziba"}


def right_check(container=1):
    return {"child": NOOR.number, "code": code(container), "pump": PUMP, "rate": "2,0", "volume": "250"}


def right_connection(container=1):
    return {"child": NOOR.number, "code": code(container), "pump": PUMP, "displayed": "245"}
