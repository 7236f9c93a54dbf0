"""Logging in: wrong passwords lock, sessions end, the second factor cannot be left out; it is all written down."""

import time

import pytest
from hospital.wards import PASSWORD, client_of, organisations, person

pytestmark = [pytest.mark.usefixtures("hospital_db"), pytest.mark.hazard("HZ-080")]
LOG_IN = "/account/login/"


@pytest.fixture
def somebody(hospital_db):
    assert hospital_db.exists(), "the database comes first"
    from django.core.cache import cache

    cache.clear()
    organisations()
    one = person("p-somebody", "doctor")
    one.set_password(PASSWORD)
    one.save()
    return one


def log_in(client, password=PASSWORD, name="p-somebody"):
    return client.post(LOG_IN, {"login": name, "password": password})


def rows(**wanted):
    from ransel.store.models import AccessRow

    return AccessRow.objects.filter(action=AccessRow.LOGIN, **wanted).count()


@pytest.mark.usefixtures("somebody")
def test_the_right_password_opens_and_is_written_down(client):
    assert log_in(client).status_code == 302
    assert client.get("/todo/").status_code == 200
    assert rows(who="p-somebody", outcome="done") == 1


@pytest.mark.usefixtures("somebody")
def test_after_six_wrong_passwords_the_right_one_is_refused_too(client):
    for _ in range(6):
        log_in(client, "guess")
    answer = log_in(client)
    assert answer.status_code == 429
    assert client.get("/todo/").status_code == 302
    assert rows(outcome="refused") >= 6


@pytest.mark.usefixtures("somebody")
def test_what_is_wrong_is_not_told(client):
    known, unknown = log_in(client, "guess").content, log_in(client, "guess", "p-nobody").content
    strip = lambda page: page.decode().split("<main")[1].replace("p-somebody", "").replace("p-nobody", "")  # noqa: E731
    clean = lambda page: "".join(part for part in strip(page).split('"') if len(part) != 64)  # noqa: E731
    assert clean(known) == clean(unknown)


def test_a_session_ends_when_nobody_works_and_after_a_shift(somebody, monkeypatch):
    from ransel.hospital import visitors

    for later in (15 * 60 + 1, 12 * 3600 + 1):
        client = client_of(somebody)
        assert client.get("/todo/").status_code == 200
        instant = time.time() + later
        monkeypatch.setattr(visitors.time, "time", lambda at=instant: at)
        answer = client.get("/todo/")
        monkeypatch.undo()
        assert answer.status_code == 302
        assert LOG_IN in answer["Location"]
        assert client.get("/todo/").status_code == 302, "it stays ended"


def test_who_no_longer_works_here_cannot_come_in(somebody, client):
    somebody.is_active = False
    somebody.save()
    log_in(client)
    assert client.get("/todo/").status_code == 302


def test_nobody_signs_up(client):
    for path in ("/account/signup/", "/accounts/signup/", "/admin/"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("settings_of_a_hospital")
def test_outside_a_demo_nobody_works_without_a_second_factor(somebody):
    client = client_of(somebody)
    answer = client.get("/todo/")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/second-factor/activate/"


@pytest.mark.usefixtures("settings_of_a_hospital")
def test_outside_a_demo_the_second_factor_is_asked_for_at_every_log_in(somebody, client):
    from allauth.mfa.totp.internal import auth

    secret = auth.generate_totp_secret()
    auth.TOTP.activate(somebody, secret)
    answer = log_in(client)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/second-factor/code/")
    assert client.get("/todo/").status_code == 302, "the password alone opens nothing"
    code = auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))
    assert client.post("/account/second-factor/code/", {"code": code}).status_code == 302
    assert client.get("/todo/").status_code == 200


def test_a_first_password_must_be_changed_before_anything_else(somebody):
    somebody.must_change_password = True
    somebody.save()
    answer = client_of(somebody).get("/todo/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/password/")


@pytest.fixture
def client():
    from django.test import Client

    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def settings_of_a_hospital():
    from django.test import override_settings

    with override_settings(DEMO=False):
        yield
