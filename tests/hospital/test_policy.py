"""Who may open what: the table has every page, and every page keeps to it, for every role and relation."""

import re
from datetime import timedelta

import pytest
from hospital.wards import OTHER, OURS, client_of, people_of, treatment_with_everything

from ransel.chart.people import Role
from ransel.hospital.policy import Relation, allows, policy

pytestmark = pytest.mark.usefixtures("hospital_db")


@pytest.fixture
def pages():
    from ransel.hospital.gate import PAGES

    return PAGES


def test_every_page_is_in_the_table_and_every_row_is_a_page(pages):
    assert set(policy()) == set(pages)


def test_a_page_about_a_child_is_never_opened_to_everybody_and_one_about_none_knows_no_relation(pages):
    for name, rule in policy().items():
        relations = set().union(*rule.roles.values())
        if pages[name].about == "nobody":
            assert relations == {Relation.NONE}, name
        else:
            assert Relation.NONE not in relations, name


@pytest.mark.hazard("HZ-076")
@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_page_keeps_to_the_table_in_every_relation(role, pages):
    """Ask for each page as somebody of the own and of another hospital, with and without emergency access."""
    from ransel.hospital.gate import url_of
    from ransel.store.models import AccessRow

    treatment = treatment_with_everything()
    people = people_of(role)
    for relation, person in people.items():
        client = client_of(person, emergency=treatment.id if relation is Relation.EMERGENCY else "")
        for name, page in pages.items():
            asked = Relation.NONE if page.about == "nobody" else relation
            before = AccessRow.objects.filter(who=person.id_code, outcome=AccessRow.REFUSED).count()
            answer = client.get(url_of(name, treatment.id, 1, 1))
            if allows(name, role, asked):
                assert answer.status_code in {200, 302, 422, 404}, (name, role, asked, answer.status_code)
                assert answer.status_code != 404 or name == "correct", (name, role, asked)
            else:
                assert answer.status_code in {403, 404}, (name, role, asked, answer.status_code)
                refused = AccessRow.objects.filter(who=person.id_code, outcome=AccessRow.REFUSED).count()
                assert refused == before + 1, (name, role, asked)


@pytest.mark.hazard("HZ-076")
def test_whether_a_child_exists_is_told_to_nobody_who_could_not_open_it():
    treatment = treatment_with_everything()
    for role in (Role.HOME_CARE_NURSE, Role.TECHNICIAN, Role.COORDINATOR):
        client = client_of(people_of(role)[Relation.OTHER])
        there, nowhere = client.get(f"/treatment/{treatment.id}/chart/"), client.get("/treatment/t-nowhere/chart/")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert _without_tokens(there.content) == _without_tokens(nowhere.content).replace("t-nowhere", treatment.id)


def _without_tokens(content):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", content.decode())


@pytest.mark.hazard("HZ-076")
@pytest.mark.parametrize("guess", ["t-0000", "T-0001", "1", "..", "%00", "t-" + "a" * 300, "' or 1=1 --"])
def test_guessed_ids_lead_nowhere_and_are_written_down(guess):
    from ransel.store.models import AccessRow

    client = client_of(people_of(Role.DOCTOR)[Relation.OWN])
    assert client.get(f"/treatment/{guess}/chart/").status_code == 404
    if re.fullmatch(r"[-\w]+", guess):
        assert AccessRow.objects.filter(treatment=guess[:40], outcome=AccessRow.WRONG).count() == 1


@pytest.mark.hazard("HZ-081")
def test_emergency_access_ends_by_itself(monkeypatch):
    from ransel.hospital import clock, gate

    treatment = treatment_with_everything()
    client = client_of(people_of(Role.DOCTOR)[Relation.EMERGENCY], emergency=treatment.id)
    assert client.get(f"/treatment/{treatment.id}/chart/").status_code == 200
    later = clock.now() + timedelta(hours=4, minutes=1)
    monkeypatch.setattr(gate, "now", lambda: later)
    assert client.get(f"/treatment/{treatment.id}/chart/").status_code == 403


def test_a_home_care_organisation_sees_a_child_only_while_it_has_the_order():
    from ransel.store.models import TreatmentRow

    treatment = treatment_with_everything()
    client = client_of(people_of(Role.HOME_CARE_NURSE)[Relation.OWN])
    assert client.get(f"/treatment/{treatment.id}/chart/").status_code == 200
    TreatmentRow.objects.filter(treatment=treatment.id).update(home_care="")
    assert client.get(f"/treatment/{treatment.id}/chart/").status_code == 404


def test_the_two_hospitals_of_these_tests_are_two():
    assert OURS != OTHER
