"""The log of who looked at what, and the log of the database itself: they know codes, and no child by name."""

import pytest
from chart.story import NOOR, PEOPLE
from hospital.wards import client_of, treatment_with_everything

PRIVATE = ("noor", "vries", "2022-09-14", "2022, 9, 14", "14-09-2022", "voorbeeldstraat", "0000 0001")
PEOPLE_WHO_LOOK = ("doctor", "pharmacist", "coordinator", "home")
PAGES = (
    "/", "/board/", "/children/", "/todo/", "/ward/", "/day-care/", "/pharmacy/", "/home-care/", "/vials/",
    "/research/", "/access-log/", "/treatment/T-0001/chart/", "/treatment/T-0001/course/1/remark/",
    "/treatment/T-0001/course/1/given/", "/treatment/T-0001/course/1/container/1/label/", "/treatment/T-0404/chart/",
)  # fmt: skip


def private(text):
    return [word for word in PRIVATE if word in text.casefold()]


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("database")
def test_whatever_is_looked_at_searched_for_or_tried_no_name_comes_into_the_access_log(caplog):
    from ransel.store.models import AccessRow

    treatment_with_everything()
    seen = []
    for who in PEOPLE_WHO_LOOK:
        client = client_of(who)
        seen += [client.get(address, {"q": NOOR.name}) for address in PAGES]
        client.post("/enrol/", {"name": NOOR.name, "born": str(NOOR.born), "number": "SYN-0002"})
    assert any("Noor" in page.content.decode() for page in seen if not page.streaming), "the pages do show her"
    rows = [repr(row) for row in AccessRow.objects.values_list()]
    assert len(rows) > len(PAGES)
    assert {PEOPLE[who][0] for who in PEOPLE_WHO_LOOK} <= set(AccessRow.objects.values_list("who", flat=True))
    assert any("c-0001" in row for row in rows)
    assert private("\n".join(rows)) == []
    assert private("\n".join(record.getMessage() for record in caplog.records)) == []


@pytest.mark.hazard("HZ-077")
def test_a_statement_that_fails_does_not_write_the_child_into_the_log_of_postgresql(postgresql):
    from django.db import IntegrityError, transaction

    from ransel.store.models import Child

    told = {"number": NOOR.number, "name": NOOR.name, "born": NOOR.born, "address": "Voorbeeldstraat 1"}
    Child.objects.create(code="c-0001", **told)
    before = len(postgresql.server.log.read_text())
    with pytest.raises(IntegrityError), transaction.atomic():
        Child.objects.create(code="c-0002", **told)
    logged = postgresql.server.log.read_text()[before:]
    assert "ransel_child" in logged
    assert private(logged) == []
