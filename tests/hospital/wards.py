"""People, and one child's treatment, in the database of a test."""

from datetime import UTC, datetime, timedelta

from chart import story as told
from chart.story import START, Story

OURS, OTHER, HOME_CARE, OTHER_HOME_CARE = "maxima", "elsewhere", "thuiszorg", "other-home-care"
PASSWORD = "a password for tests"  # noqa: S105 - of made-up people in a database that is thrown away


def organisations():
    """Write two hospitals and two home-care organisations, once."""
    from ransel.store.models import Organisation

    for code, kind in ((OURS, "hospital"), (OTHER, "hospital"), (HOME_CARE, "home-care"),
                       (OTHER_HOME_CARE, "home-care")):  # fmt: skip
        Organisation.objects.get_or_create(code=code, defaults={"name": code.title(), "kind": kind})


def person(id_code, role, organisation=OURS, place=""):
    """Return somebody who can log in, made when they are not there yet."""
    from ransel.store.models import Person

    organisations()
    known = Person.objects.filter(id_code=id_code).first()
    if known:
        return known
    one = Person(username=id_code, id_code=id_code, shown_name=f"{id_code} (synthetic)", role=str(role),
                 organisation_id=organisation, place=place)  # fmt: skip
    one.set_unusable_password()
    one.save()
    return one


def person_of(part):
    """Return who plays a part in the story of `chart.story`."""
    id_code, role, where = told.PEOPLE[part]
    organisation, _, place = where.partition("/")
    return person(id_code, role.value, organisation, place)


def people_of(role):
    """Return somebody of this role in every relation to the child of the story."""
    from ransel.chart.people import Role
    from ransel.hospital.policy import Relation

    home = role is Role.HOME_CARE_NURSE
    ours, other = (HOME_CARE, OTHER_HOME_CARE) if home else (OURS, OTHER)
    return {
        Relation.OWN: person(f"own-{role.value}", role.value, ours),
        Relation.OTHER: person(f"other-{role.value}", role.value, other),
        Relation.EMERGENCY: person(f"emergency-{role.value}", role.value, other),
    }


def client_of(who, *, emergency="", enforce_csrf=False):
    """Return a browser in which this person is logged in; `emergency` names a treatment they have opened."""
    from django.test import Client

    from ransel.hospital.clock import now
    from ransel.store.models import Glass

    one = person_of(who) if isinstance(who, str) else who
    if emergency:
        Glass.objects.create(person=one, treatment=emergency, cause="emergency", reason="in a test", opened=now(),
                             until=now() + timedelta(hours=4))  # fmt: skip
    client = Client(enforce_csrf_checks=enforce_csrf, headers={"host": "localhost"})
    client.force_login(one, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def child():
    """Write the child of the story into the register, with people and pumps."""
    from ransel.store.models import Child, Pump

    for part in told.PEOPLE:
        person_of(part)
    for number in ("PUMP-01", "PUMP-02", "PUMP-03"):
        Pump.objects.get_or_create(number=number, defaults={"kind": "CADD-Solis (synthetic)"})
    return Child.objects.get_or_create(code="c-0001", defaults={
        "number": told.NOOR.number, "name": told.NOOR.name, "born": told.NOOR.born, "travel_minutes": 40,
        "address": "Voorbeeldstraat 1, 0000 XX Voorbeeldstad", "telephone": "+31 6 0000 0001",
    })[0]  # fmt: skip


def keep(story: Story):
    """Keep what a story has signed; what was kept before stays. Returns its treatment."""
    from ransel.store.boards import write_boards
    from ransel.store.journal import DatabaseJournal
    from ransel.store.loading import load

    child()
    DatabaseJournal().append(story.treatment.history[load(story.treatment.id).version :])
    write_boards(story.treatment)
    return story.treatment


def story_until(*steps):
    """Return the story of one child, enrolled and brought on by these of its steps, and kept."""
    story = told.enrolled()
    for step in steps:
        step(story)
    keep(story)
    return story


def treatment_with_everything():
    """Return a treatment that is running at home, with home care accepted."""
    return story_until(
        Story.ordered, Story.cleared, lambda one: one.made(1), lambda one: one.handed_over(1), Story.connected,
        Story.at_home, Story.second_go, lambda one: one.made(2), Story.home_care,
    ).treatment  # fmt: skip


def at(instant=START, **later):
    """Return an instant after another one, for a clock that stands still."""
    return instant + timedelta(**later)


def clock_at(monkeypatch, instant):
    """Let every page believe that it is this instant."""
    from ransel.hospital import clock

    moved = instant - datetime.now(UTC)
    monkeypatch.setattr(clock, "moved", lambda: moved)
