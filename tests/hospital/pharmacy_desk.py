"""What tests of the pharmacy's pages share: addresses, forms as they are sent, and Noor's first cassette on its way."""

from datetime import timedelta
from html import escape

from chart.story import Story
from hospital.wards import clock_at, keep, story_until

from ransel.language import Message

DONE, AGAIN = 302, 422
TICKS = {"lots": "yes", "weighings": "yes", "label": "yes"}
BOARD, VIALS = "/pharmacy/", "/vials/"


def url(page, container=1, course=1):
    return f"/treatment/T-0001/course/{course}/container/{container}/{page}/"


def words(key, **values):
    return escape(Message(key, values).text("nl"), quote=True)


def shows(answer, *keys, **values):
    body = answer.content.decode()
    for key in keys:
        assert words(key, **values) in body, key
    return body


def state(container=1, course=1):
    from ransel.store.loading import load

    return load("T-0001").course(course).container(container)


def post(client, address, key="", seen=None, **data):
    """Send a form as somebody who has seen everything, or only so much."""
    from ransel.store.loading import load

    form = {name.replace("__", "."): value for name, value in data.items()}
    seen = load("T-0001").version if seen is None else seen
    return client.post(address, {"seen": seen, "key": key or f"k-{len(form)}-{seen}-{address}", **form})


def message_after(client, answer):
    assert answer.status_code == DONE, answer.content.decode()[-3000:]
    return client.get(answer["Location"])


def cleared_for_making(monkeypatch):
    """Return Noor's story with the go for her first cassette, at the hour at which it is planned to be made."""
    story = story_until(Story.ordered, Story.cleared)
    at(monkeypatch, story, story.rules().preparation(1).planned)
    return story


def begun_and_weighed(monkeypatch):
    """Return her story with the first cassette begun and weighed by the technician."""
    story = cleared_for_making(monkeypatch)
    story.begun(1)
    story.weighed(1)
    keep(story)
    at(monkeypatch, story)
    return story


def in_the_fridge(monkeypatch):
    """Return her story with the first cassette released and in the fridge."""
    story = begun_and_weighed(monkeypatch)
    story.sign("checker", story.checked(1))
    story.sign("pharmacist", story.release(1))
    keep(story)
    at(monkeypatch, story)
    return story


def at(monkeypatch, story, instant=None):
    """Let it be this instant for the story and for the pages; by default a minute after what was signed last."""
    story.now = instant or story.now + timedelta(minutes=1)
    clock_at(monkeypatch, story.now)


def lot(number="QZ-1", expires="2029-01-01", row=0, **more):
    return {f"lots__{row}__number": number, f"lots__{row}__expires": expires} | {
        f"lots__{row}__{name}": value for name, value in more.items()
    }


def weigh(client, ingredient="drug", after="8,05", before="0", **more):
    return post(client, f"{url('weigh')}?ingredient={ingredient}", before=before, after=after, **(lot() | more))
