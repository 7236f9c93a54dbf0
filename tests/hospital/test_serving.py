"""What is good for a demo only is never served for real, and a demo is never written over real data."""

from dataclasses import replace

import pytest

from ransel.language import Refused

pytestmark = [pytest.mark.usefixtures("hospital_db"), pytest.mark.hazard("HZ-086")]
SECRET = "pN5vWq8ZkT3xLr7YbJ2mHs9CfG4dVuE6aQ1zXwR0tKyMiPoBnA-_lDjSgFhUc"  # noqa: S105 - made up


@pytest.fixture
def environment(tmp_path):
    from ransel.hospital.environment import Environment

    return Environment(home=tmp_path, database="sqlite:////x", demo=False, secret=SECRET, hosts=("ransel.example",),
                       proxied=True, protocols=None, now="", language="nl")  # fmt: skip


def codes(environment, host="127.0.0.1"):
    from ransel.hospital.serving import require_real

    with pytest.raises(Refused) as refused:
        require_real(environment, host)
    return {one.code for one in refused.value.refusals}


def test_a_hospital_with_settings_of_its_own_is_served(environment):
    from ransel.hospital.serving import require_real

    require_real(environment, "127.0.0.1")


def test_everything_of_a_demo_is_refused_at_once(environment):
    from ransel.hospital.environment import DEMO_SECRET
    from ransel.hospital.serving import DEMO_MARK

    (environment.home / DEMO_MARK).touch()
    found = codes(replace(environment, demo=True, secret=DEMO_SECRET, hosts=()))
    assert found == {"serve.demo", "serve.demo-home", "serve.demo-secret", "serve.no-hosts"}


@pytest.mark.parametrize("secret", ["", "short", "a" * 80, "abababab" * 10])
def test_a_weak_secret_is_refused(environment, secret):
    assert codes(replace(environment, secret=secret)) == {"serve.weak-secret"}


def test_passwords_do_not_cross_a_network_unencrypted(environment):
    assert codes(replace(environment, proxied=False), "0.0.0.0") == {"serve.not-encrypted"}  # noqa: S104 - refused


def test_people_of_the_demo_are_found_by_their_password():
    from hospital.wards import organisations

    from ransel.hospital.demo.people import PASSWORD, PEOPLE
    from ransel.hospital.serving import require_nobody_of_the_demo
    from ransel.store.models import Person

    organisations()
    require_nobody_of_the_demo()
    one = PEOPLE[0]
    Person.objects.create_user(one.username, PASSWORD, id_code=one.id_code, shown_name="x", role="doctor",
                               organisation_id="maxima")  # fmt: skip
    with pytest.raises(Refused) as refused:
        require_nobody_of_the_demo()
    assert refused.value.refusals[0].code == "serve.demo-person"


def test_a_demo_is_never_put_where_there_may_be_real_data(environment):
    from ransel.hospital.serving import DEMO_MARK, require_demo_home

    with pytest.raises(Refused):
        require_demo_home(environment, database_is_set=True)
    require_demo_home(environment, database_is_set=False)
    assert (environment.home / DEMO_MARK).exists()
    (environment.home / DEMO_MARK).unlink()
    (environment.home / "ransel.sqlite3").touch()
    with pytest.raises(Refused) as refused:
        require_demo_home(environment, database_is_set=False)
    assert refused.value.refusals[0].code == "demo.real-home"


def test_a_port_that_is_taken_is_refused_and_named():
    import socket

    from ransel.hospital.serving import free_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused) as refused:
            free_port("127.0.0.1", port)
    assert refused.value.refusals[0].value == str(port)


def test_the_clock_of_a_hospital_cannot_be_moved():
    from datetime import timedelta

    from django.test import Client, override_settings

    from ransel.hospital import clock

    with override_settings(DEMO=False):
        with pytest.raises(ValueError, match="demo"):
            clock.move(timedelta(hours=1))
        assert clock.moved() == timedelta()
        for path in ("/demo/", "/demo/clock/"):
            assert Client(SERVER_NAME="127.0.0.1").post(path).status_code in {404, 405}
