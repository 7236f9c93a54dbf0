"""Requests of somebody who wants to break it: forged, replayed, altered, too large. Nothing is signed by them."""

import pytest
from chart.story import Story
from hospital.wards import client_of, people_of, story_until

from ransel.chart.people import Role

pytestmark = [pytest.mark.usefixtures("hospital_db"), pytest.mark.hazard("HZ-076")]
MEASURED = {"weight": "16,6", "height": "102", "measured": "2026-11-01"}


def journal_length():
    from ransel.store.journal import DatabaseJournal

    return DatabaseJournal().head().position


def refused_rows():
    from ransel.store.models import AccessRow

    return AccessRow.objects.exclude(outcome=AccessRow.DONE).count()


@pytest.fixture
def treatment():
    return story_until().treatment


def test_a_form_that_did_not_come_from_a_page_is_refused_and_written_down(treatment):
    client, before = client_of("doctor", enforce_csrf=True), journal_length()
    answer = client.post(f"/treatment/{treatment.id}/measure/", {**MEASURED, "seen": treatment.version, "key": "k1"})
    assert answer.status_code == 403
    assert (journal_length(), refused_rows()) == (before, 1)


def test_the_same_form_sent_twice_is_signed_once_and_says_so(treatment):
    client, before = client_of("doctor"), journal_length()
    sent = {**MEASURED, "seen": treatment.version, "key": "the-same-key"}
    answers = [client.post(f"/treatment/{treatment.id}/measure/", sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert journal_length() == before + 1


def test_a_version_that_was_never_on_the_screen_is_refused(treatment):
    client = client_of("doctor")
    for seen in ("", "-1", "none", "1e3", "٣"):
        before = journal_length()
        answer = client.post(f"/treatment/{treatment.id}/measure/", {**MEASURED, "seen": seen, "key": f"k{seen}"})
        assert answer.status_code == 422, seen
        assert journal_length() == before
        assert b"16,6" in answer.content, "what was typed is still there"


def test_who_may_not_sign_cannot_by_sending_the_form_themselves(treatment):
    before = journal_length()
    for role in (Role.RESEARCHER, Role.ADMINISTRATOR, Role.HOME_CARE_NURSE, Role.TECHNICIAN):
        for person in people_of(role).values():
            answer = client_of(person).post(
                f"/treatment/{treatment.id}/measure/", {**MEASURED, "seen": treatment.version, "key": person.id_code}
            )
            assert answer.status_code in {403, 404}
    assert journal_length() == before
    assert refused_rows() >= 4


def test_other_methods_are_refused(treatment):
    client = client_of("doctor")
    for method in ("put", "delete", "patch", "options", "trace"):
        assert getattr(client, method)(f"/treatment/{treatment.id}/measure/").status_code == 405


def test_a_page_that_takes_no_form_takes_none(treatment):
    assert client_of("doctor").post(f"/treatment/{treatment.id}/chart/", {}).status_code == 405


def test_fields_that_no_form_has_change_nothing(treatment):
    before = journal_length()
    client = client_of("doctor")
    sent = {
        **MEASURED,
        "seen": treatment.version,
        "key": "k",
        "who": "p-second",
        "role": "pharmacist",
        "now": "2020-01-01",
    }
    assert client.post(f"/treatment/{treatment.id}/measure/", sent).status_code == 302
    from ransel.store.loading import load

    entry = load(treatment.id).history[-1]
    assert (entry.who, entry.role.value, journal_length()) == ("p-doctor", "doctor", before + 1)
    assert entry.written.year >= 2026


def test_a_file_or_a_flood_where_a_number_belongs_is_refused(treatment):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, before = client_of("doctor"), journal_length()
    url, common = f"/treatment/{treatment.id}/measure/", {"seen": treatment.version, "key": "k"}
    upload = SimpleUploadedFile("weight.exe", b"MZ" * 1000, "application/x-msdownload")
    assert client.post(url, {**MEASURED, **common, "weight": upload}).status_code == 422
    assert client.post(url, {**MEASURED, **common, "weight": "1" * 2_000_000}).status_code in {400, 422}
    assert client.post(url, {f"x{number}": "1" for number in range(900)}).status_code == 400
    assert journal_length() == before


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "'; DROP TABLE ransel_journal; --", "\u202eevil"]
)
def test_what_somebody_types_is_shown_as_text(text):
    story = story_until_ordered()
    client = client_of("doctor")
    url = f"/treatment/{story.treatment.id}/course/1/remark/"
    assert client.post(url, {"text": text, "seen": story.treatment.version, "key": "r"}).status_code == 302
    shown = client.get(f"/treatment/{story.treatment.id}/chart/").content.decode()
    assert "<script>alert" not in shown
    assert journal_length() > 0


def story_until_ordered():
    from hospital.wards import keep

    story = Story()
    story.enrolled()
    story.ordered()
    keep(story)
    return story


def test_nothing_is_kept_by_browsers_and_no_script_of_strangers_runs(treatment):
    answer = client_of("doctor").get(f"/treatment/{treatment.id}/chart/")
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    content = answer.content.decode()
    assert " style=" not in content
    assert "<script>" not in content
    assert "onclick" not in content


def test_an_error_of_the_program_shows_nothing_of_its_inside(treatment, monkeypatch):
    from ransel.hospital import gate

    def break_down(_):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(gate, "load", break_down)
    client = client_of("doctor")
    client.raise_request_exception = False
    answer = client.get(f"/treatment/{treatment.id}/chart/")
    assert answer.status_code == 500
    assert b"secret of the inside" not in answer.content
