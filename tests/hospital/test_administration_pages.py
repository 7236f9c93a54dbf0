"""The administrator's pages: people, organisations, pumps, protocols, the policy; every change is written down."""

import re

import pytest
from hospital.wards import HOME_CARE, OURS, client_of, person, person_of, treatment_with_everything

pytestmark = pytest.mark.usefixtures("hospital_db")


def admin():
    return person("p-admin", "administrator")


@pytest.fixture(name="client")
def client_():
    return client_of(admin())


def changes():
    from ransel.store.models import AccessRow

    return list(AccessRow.objects.filter(action=AccessRow.ADMINISTER).order_by("id").values_list("page", "reason"))


def reloaded(id_code):
    from ransel.store.models import Person

    return Person.objects.get(id_code=id_code)


def details(**changes):
    return {"form": "change", "shown_name": "A. Jansen", "role": "doctor", "works_for": OURS, "place": "ward"} | changes


# -- people


def test_everybody_is_listed_with_role_second_factor_and_whether_they_are_locked_out(client):
    from axes.models import AccessAttempt
    from django.conf import settings
    from django.utils import timezone

    person_of("doctor")
    AccessAttempt.objects.create(username="P-Doctor", attempt_time=timezone.now(), ip_address="127.0.0.1",
                                 failures_since_start=settings.AXES_FAILURE_LIMIT)  # fmt: skip
    page = client.get("/people/").content.decode()
    assert "p-doctor (synthetic)" in page
    assert "buitengesloten" in page
    shown = client.get("/person/?id=p-doctor").content.decode()
    assert "Weer openen" in shown
    assert client.post("/person/?id=p-doctor", {"form": "unlock"}).status_code == 302
    assert "buitengesloten" not in client.get("/people/").content.decode()
    assert changes() == [("person", "p-doctor: unlocked")]


def test_somebody_who_guesses_wrongly_is_locked_out_and_let_in_again(client):
    from django.conf import settings
    from django.test import Client

    one = person_of("doctor")
    one.set_password("a password for tests")
    one.save()
    outside = Client(headers={"host": "localhost"})

    def login(password):
        return outside.post("/account/login/", {"login": "p-doctor", "password": password}).status_code

    for _ in range(settings.AXES_FAILURE_LIMIT):
        login("wrong")
    assert login("a password for tests") == 429
    client.post("/person/?id=p-doctor", {"form": "unlock"})
    assert login("a password for tests") == 302


def test_role_organisation_and_place_are_changed_and_the_change_is_written_down_in_codes(client):
    person_of("ward")
    answer = client.post("/person/?id=p-ward", details(role="coordinator", place="planning"))
    assert (answer.status_code, answer.url) == (302, "/person/?id=p-ward")
    one = reloaded("p-ward")
    assert (one.role, one.place, one.shown_name) == ("coordinator", "planning", "A. Jansen")
    assert changes() == [("person", "p-ward: role ward-nurse > coordinator, place ward > planning")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"shown_name": ""}, "shown_name"),
        ({"shown_name": "x" * 121}, "shown_name"),
        ({"place": "ward/2"}, "place"),
        ({"role": "king"}, "role"),
        ({"works_for": "nowhere"}, "works_for"),
        ({"role": "home-care-nurse"}, "role"),
        ({"works_for": HOME_CARE}, "role"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_stays_as_it_was_typed(client, wrong, field):
    person_of("ward")
    answer = client.post("/person/?id=p-ward", details(shown_name="B. de Wit") | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="f-{field}-why"' in page
    assert "B. de Wit" in page or field == "shown_name"
    assert reloaded("p-ward").role == "ward-nurse"
    assert changes() == []


@pytest.mark.hazard("HZ-076")
def test_nobody_changes_their_own_role_or_takes_themselves_out_of_use(client):
    answer = client.post("/person/?id=p-admin", details(role="doctor"))
    assert answer.status_code == 422
    assert 'id="f-role-why"' in answer.content.decode()
    client.post("/person/?id=p-admin", {"form": "deactivate"})
    assert reloaded("p-admin").is_active
    assert reloaded("p-admin").role == "administrator"
    assert client.post("/person/?id=p-admin", details(role="administrator", place="office")).status_code == 302


@pytest.mark.hazard("HZ-076")
def test_somebody_who_is_taken_out_of_use_is_out_at_once(client):
    doctor = client_of("doctor")
    assert doctor.get("/todo/").status_code == 200
    assert client.post("/person/?id=p-doctor", {"form": "deactivate"}).status_code == 302
    assert "/account/login/" in doctor.get("/todo/").url
    assert client.post("/person/?id=p-doctor", {"form": "activate"}).status_code == 302
    assert reloaded("p-doctor").is_active


@pytest.mark.hazard("HZ-076")
def test_a_new_password_is_shown_once_must_be_changed_and_ends_open_sessions(client):
    doctor = client_of("doctor")
    answer = client.post("/person/?id=p-doctor", {"form": "password"})
    password = re.search(r'class="once"><code>([^<]+)<', answer.content.decode())[1]
    one = reloaded("p-doctor")
    assert one.check_password(password)
    assert one.must_change_password
    assert doctor.get("/todo/").status_code == 302
    for page in ("/people/", "/person/?id=p-doctor"):
        assert password not in client.get(page).content.decode()
    assert changes() == [("person", "p-doctor: password")]


def test_a_lost_second_factor_is_removed(client):
    from allauth.mfa.models import Authenticator

    one = person_of("doctor")
    assert "Tweede factor verwijderen" not in client.get("/person/?id=p-doctor").content.decode()
    Authenticator.objects.create(user=one, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=one, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    assert client.post("/person/?id=p-doctor", {"form": "factor"}).status_code == 302
    assert Authenticator.objects.count() == 0
    assert changes() == [("person", "p-doctor: second factor")]


def test_an_unknown_person_leads_back_to_the_list_and_an_unknown_form_does_nothing(client):
    assert client.get("/person/").url == "/people/"
    assert client.get("/person/?id=p-nobody").url == "/people/"
    person_of("doctor")
    assert client.post("/person/?id=p-doctor", {"form": "promote"}).status_code == 302
    assert changes() == []


def new(**changes):
    return {"form": "new", "username": "a.jansen", "shown_name": "A. Jansen", "role": "doctor", "works_for": OURS,
            "place": "ward"} | changes  # fmt: skip


def test_a_new_person_gets_a_password_that_is_shown_once_and_can_log_in_with_it(client):
    answer = client.post("/new-person/", new())
    password = re.search(r'class="once"><code>([^<]+)<', answer.content.decode())[1]
    one = reloaded("p-a-jansen")
    assert one.check_password(password)
    assert (one.username, one.must_change_password, one.where) == ("a.jansen", True, f"{OURS}/ward")
    assert changes() == [("new-person", f"p-a-jansen: new, doctor, {OURS}")]


def test_a_user_name_is_never_given_twice_and_sending_twice_makes_nobody_twice(client):
    from ransel.store.models import Person

    client.post("/new-person/", new())
    for name in ("a.jansen", "A.Jansen", "a-jansen"):  # the last would sign under the same code
        answer = client.post("/new-person/", new(username=name))
        assert answer.status_code == 422
        assert 'id="f-username-why"' in answer.content.decode()
    for name in ("", "x", "å.jansen", "a jansen", "-x-", "x" * 39):
        assert client.post("/new-person/", new(username=name)).status_code == 422
    assert Person.objects.filter(username__icontains="jansen").count() == 1


# -- organisations


def test_organisations_are_added_renamed_and_taken_out_of_use(client):
    from ransel.store.models import Organisation

    sent = {
        "form": "new",
        "code": "zorg-oost",
        "name": "Zorg Oost",
        "telephone": "+31 6 0000 0030",
        "kind": "home-care",
    }
    assert client.post("/organisations/", sent).status_code == 302
    assert client.post("/organisations/", sent).status_code == 422
    changed = {"form": "change", "name": "Zorg Oost BV", "telephone": ""}
    assert client.post("/organisations/?code=zorg-oost", changed).status_code == 302
    assert client.post("/organisations/?code=zorg-oost", {"form": "deactivate"}).status_code == 302
    one = Organisation.objects.get(code="zorg-oost")
    assert (one.name, one.is_active) == ("Zorg Oost BV", False)
    assert [reason for _, reason in changes()] == [
        "zorg-oost: new, home-care",
        "zorg-oost: name Zorg Oost > Zorg Oost BV, telephone +31 6 0000 0030 > ",
        "zorg-oost: active True > False",
    ]
    for code in ("", "Zorg Oost!", "x" * 41):
        assert client.post("/organisations/", sent | {"code": code}).status_code == 422


def test_an_organisation_with_people_or_orders_stays_in_use(client):
    from ransel.store.models import Organisation, Person

    treatment_with_everything()
    refused = client.post(f"/organisations/?code={HOME_CARE}", {"form": "deactivate"})
    assert refused.status_code == 422
    assert "Er werken nog" in refused.content.decode()
    Person.objects.filter(organisation=HOME_CARE).update(is_active=False)
    refused = client.post(f"/organisations/?code={HOME_CARE}", {"form": "deactivate"})
    assert "Er liggen nog opdrachten" in refused.content.decode()
    assert Organisation.objects.get(code=HOME_CARE).is_active


# -- pumps


def test_a_pump_is_added_serviced_and_retired_but_never_while_it_is_with_a_child(client):
    from ransel.store.models import Pump

    assert "Nog geen pompen" in client.get("/pumps/").content.decode()
    treatment_with_everything()
    sent = {"form": "new", "number": "PUMP-77", "kind": "CADD-Solis (synthetic)", "serviced_until": "2028-01-31"}
    assert client.post("/pumps/", sent).status_code == 302
    assert client.post("/pumps/", sent | {"number": "pump-77"}).status_code == 422
    assert client.post("/pumps/", sent | {"number": "PUMP 78/2"}).status_code == 422
    assert client.post("/pumps/?number=PUMP-77", {"form": "service", "serviced_until": "2029-01-31"}).status_code == 302
    assert client.post("/pumps/?number=PUMP-77", {"form": "retire"}).status_code == 302
    assert Pump.objects.get(number="PUMP-77").retired
    assert client.post("/pumps/?number=PUMP-77", {"form": "bring-back"}).status_code == 302
    in_use = client.post("/pumps/?number=PUMP-01", {"form": "retire"})
    assert in_use.status_code == 422
    assert "ligt niet op de plank" in in_use.content.decode()
    assert not Pump.objects.get(number="PUMP-01").retired
    assert [reason for _, reason in changes()][1] == "PUMP-77: serviced until 2028-01-31 > 2029-01-31"
    page = client.get("/pumps/").content.decode()
    assert "op de plank" in page
    assert "Noor" not in page


# -- protocols, policy, and what an administrator never sees


def test_protocols_are_listed_with_version_status_and_who_approved_them(client):
    page = client.get("/protocols/").content.decode()
    for shown in ("dinutuximab-beta-10x24h-maxima", "blinatumomab-28d", "in gebruik", "het pakket"):
        assert shown in page
    assert "<form class" not in page
    assert client.post("/protocols/", {}).status_code == 405


def test_a_protocol_that_cannot_be_used_says_why(client, monkeypatch):
    from ransel.hospital.pages import installation
    from ransel.language import refuse

    def broken(name):
        refuse("protocol.unknown", "protocol", name, known="-")

    monkeypatch.setattr(type(installation.library()), "protocol", lambda _, name: broken(name))
    page = client.get("/protocols/").content.decode()
    assert "niet te gebruiken" in page


def test_everybody_can_read_the_whole_policy_in_words():
    from ransel.chart.people import Role
    from ransel.hospital.policy import policy

    for who in ("doctor", "home", "coordinator"):
        page = client_of(who).get("/policy/").content.decode()
        assert page.count('<th scope="row">') == len(policy())
        assert page.count('class="mine"') > len(policy())
    assert "eigen + nood" in page
    assert all(f"role.{role.value}" not in page for role in Role)


@pytest.mark.hazard("HZ-076")
def test_an_administrator_sees_no_child_on_any_page(client):
    from ransel.chart.people import Role
    from ransel.hospital.gate import PAGES, url_of
    from ransel.hospital.policy import Relation, allows

    treatment_with_everything()
    for name, page in PAGES.items():
        if page.about == "nobody" and allows(name, Role.ADMINISTRATOR, Relation.NONE):
            shown = client.get(url_of(name), follow=True).content.decode()
            assert "Noor" not in shown, name
            assert "SYN-0001" not in shown, name
