"""Emergency access, and who looked at what: opened with a reason, told to the team, written down, never clinical."""

import csv
import io
from datetime import timedelta

import pytest
from hospital.wards import OTHER, client_of, clock_at, person, treatment_with_everything

pytestmark = pytest.mark.usefixtures("hospital_db")

CHART, GLASS, READS = (f"/treatment/T-0001/{page}/" for page in ("chart", "glass", "reads"))
REASON = "The child came in with an alarm we do not know"


def elsewhere():
    return person("p-elsewhere", "doctor", OTHER)


def opened(client, **changes):
    return client.post(GLASS, {"cause": "treated-here", "reason": REASON} | changes)


# -- emergency access


@pytest.mark.hazard("HZ-076")
def test_nothing_of_the_child_is_shown_before_the_chart_is_opened():
    treatment_with_everything()
    client = client_of(elsewhere())
    refused = client.get(CHART)
    assert refused.status_code == 403
    assert GLASS in refused.content.decode()
    page = client.get(GLASS).content.decode()
    for private in ("Noor", "SYN-0001", "Voorbeeldstraat", "16,4"):
        assert private not in page


@pytest.mark.hazard("HZ-081")
def test_with_a_reason_the_chart_opens_for_four_hours_and_it_is_written_down(monkeypatch):
    from ransel.hospital import clock
    from ransel.store.models import AccessRow, Glass

    treatment_with_everything()
    client = client_of(elsewhere())
    answer = opened(client)
    assert (answer.status_code, answer.url) == (302, CHART)
    assert "noodtoegang" in client.get(CHART).content.decode()
    glass = Glass.objects.get()
    assert glass.until - glass.opened == timedelta(hours=4)
    row = AccessRow.objects.get(action=AccessRow.EMERGENCY)
    assert (row.who, row.child, row.reason) == ("p-elsewhere", "c-0001", "treated-here")
    clock_at(monkeypatch, clock.now() + timedelta(hours=4, minutes=1))
    assert client.get(CHART).status_code == 403


def test_a_reason_that_says_nothing_is_refused_at_its_field_and_stays_as_it_was_typed():
    from ransel.store.models import Glass

    treatment_with_everything()
    client = client_of(elsewhere())
    for reason in ("", "urgent!", "1234567890 !!!"):
        answer = opened(client, reason=reason)
        page = answer.content.decode()
        assert answer.status_code == 422, reason
        assert 'id="f-reason-why"' in page
        assert reason in page
        assert 'value="treated-here" checked' in page
    assert opened(client, cause="curious").status_code == 422
    assert Glass.objects.count() == 0
    assert client.get(CHART).status_code == 403


def test_sent_twice_it_is_opened_once():
    from ransel.store.models import AccessRow, Glass

    treatment_with_everything()
    client = client_of(elsewhere())
    assert [opened(client).status_code for _ in range(2)] == [302, 302]
    assert Glass.objects.count() == 1
    assert AccessRow.objects.filter(action=AccessRow.EMERGENCY).count() == 1


def test_the_own_team_and_those_who_may_never_are_not_offered_it():
    treatment_with_everything()
    assert client_of("doctor").get(GLASS).status_code == 403
    for role in ("home-care-nurse", "technician", "coordinator", "researcher", "administrator"):
        assert client_of(person(f"p-far-{role}", role, OTHER)).get(GLASS).status_code in {403, 404}


@pytest.mark.hazard("HZ-081")
def test_the_team_of_the_child_is_told_who_came_and_why_and_whoever_came_is_not():
    from ransel.hospital.clock import now
    from ransel.hospital.gate import Desk
    from ransel.hospital.glass import glass_notices
    from ransel.hospital.policy import Relation

    treatment = treatment_with_everything()
    opened(client_of(elsewhere()))

    def notices(relation):
        return glass_notices(
            Desk(request=None, person=None, relation=relation, now=now(), page="chart", treatment=treatment)
        )

    (told,) = notices(Relation.OWN)
    assert (told.name, told.glass.reason, told.is_open) == ("p-elsewhere (synthetic)", REASON, True)
    assert notices(Relation.EMERGENCY) == ()


# -- who looked


def test_the_team_sees_who_looked_and_what_was_refused():
    treatment_with_everything()
    client_of("nurse").get(CHART)
    client_of(elsewhere()).get(CHART)
    page = client_of("coordinator").get(READS).content.decode()
    assert "p-nurse (synthetic)" in page
    assert "bekeken: Dossier" in page
    assert "p-elsewhere (synthetic)" in page
    assert "geweigerd" in page


def test_the_file_of_it_has_the_fields_of_the_standard_in_codes_and_its_download_is_written_down():
    from ransel.store.models import AccessRow

    treatment_with_everything()
    client_of("nurse").get(CHART)
    answer = client_of("doctor").get(f"{READS}?file=1")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    download, row = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (download["user"], download["event"]) == ("p-doctor", "export")
    assert {key: row[key] for key in ("user", "role", "event", "function", "patient", "ground", "outcome")} == {
        "user": "p-nurse", "role": "day-care-nurse", "event": "read", "function": "chart", "patient": "c-0001",
        "ground": "own", "outcome": "done",
    }  # fmt: skip
    assert AccessRow.objects.filter(action=AccessRow.EXPORT, page="reads", child="c-0001").count() == 1


def test_nobody_but_doctor_and_coordinator_of_the_own_hospital_sees_who_looked():
    treatment_with_everything()
    for who in ("nurse", "ward", "pharmacist", "home"):
        assert client_of(who).get(READS).status_code == 403
    assert client_of(elsewhere()).get(READS).status_code == 404


# -- the administrator


def administrator():
    return client_of(person("p-admin", "administrator"))


@pytest.mark.hazard("HZ-081")
def test_emergency_access_waits_for_the_administrator_to_look_at_it():
    from ransel.store.models import AccessRow, Glass

    client = administrator()
    assert "Niemand heeft noodtoegang gebruikt" in client.get("/emergency-notices/").content.decode()
    treatment_with_everything()
    visitor = client_of(elsewhere())
    opened(visitor)
    visitor.get(CHART)
    page = client.get("/emergency-notices/").content.decode()
    assert "p-elsewhere (synthetic)" in page
    for private in ("Noor", "SYN-0001", REASON):
        assert private not in page
    glass = Glass.objects.get()
    sent = {"form": f"seen-{glass.pk}"}
    assert client.post("/emergency-notices/", sent).status_code == 302
    assert client.post("/emergency-notices/", sent).status_code == 302
    glass.refresh_from_db()
    assert glass.seen_by == "p-admin"
    assert "gezien door p-admin" in client.get("/emergency-notices/").content.decode()
    assert AccessRow.objects.filter(action=AccessRow.ADMINISTER).count() == 1


def test_the_administrator_finds_who_looked_by_patient_number_in_codes_and_without_anything_clinical():
    from ransel.store.models import AccessRow

    treatment_with_everything()
    client_of("nurse").get(CHART)
    opened(client_of(elsewhere()))
    client = administrator()
    assert "Toegangslogboek" in client.get("/access-log/").content.decode()
    page = client.get("/access-log/?number=SYN-0001").content.decode()
    assert "p-nurse" in page
    assert "Het kind is nu hier bij ons" in page
    for private in ("Noor", "Voorbeeldstraat", "16,4", REASON):
        assert private not in page
    answer = client.get("/access-log/?number=SYN-0001&file=1")
    assert {row["user"] for row in csv.DictReader(io.StringIO(answer.content.decode()))} == {"p-nurse", "p-elsewhere"}
    assert REASON not in answer.content.decode()
    assert set(AccessRow.objects.filter(who="p-admin", page="access-log").values_list("action", "reason")) == {
        ("administer", "log of c-0001"), ("export", "log of c-0001"),
    }  # fmt: skip


def test_an_unknown_number_is_refused_at_its_field():
    answer = administrator().get("/access-log/?number=SYN-9999")
    assert answer.status_code == 422
    assert 'id="f-number-why"' in answer.content.decode()
    assert 'value="SYN-9999"' in answer.content.decode()
