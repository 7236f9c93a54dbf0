"""The children of the demo: every one at another point, each entry signed as it would be, at any hour of any day."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ransel.chart.chain import first_break
from ransel.chart.machine import CONTAINER, COURSE, PUMP, TREATMENT
from ransel.chart.people import Role
from ransel.chart.tasks import ROLES, tasks_of
from ransel.chart.treatment import fold
from ransel.infusion import Kind, read_events

A_WORKING_MORNING = datetime(2027, 2, 3, 9, 20, tzinfo=UTC)
NOWS = [
    A_WORKING_MORNING,
    datetime(2027, 2, 3, 20, 30, 44, 123456, tzinfo=UTC),
    datetime(2027, 2, 6, 13, 0, tzinfo=UTC),  # a Saturday
    datetime(2026, 12, 25, 7, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),  # the hour that is left out
    datetime(2027, 4, 2, 12, 10, tzinfo=UTC),  # the clock changed during most of the courses
    datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # the hour that comes twice
    datetime(2027, 11, 4, 6, 59, 59, tzinfo=UTC),
]
PAGES = {
    "enrolled": "enrol", "measured": "measure", "course-ordered": "order", "order-verified": "verify",
    "order-refused": "send-back", "criteria-recorded": "criteria", "visit-before-course": "pre-visit",
    "go-given": "go", "go-withheld": "withhold", "rate-changed": "rate", "course-stopped": "stop-course",
    "withdrawn": "withdraw", "corrected": "correct", "batch-started": "make", "weighed": "weigh",
    "batch-checked": "check-batch", "released": "release", "left-fridge": "hand-over", "discarded": "discard",
    "pump-assigned": "assign-pump", "readied": "ready", "primed": "prime", "programmed": "programme",
    "programme-checked": "check-programme", "connected": "connect", "removed": "stop", "residue-recorded": "residue",
    "observed": "observe", "fit-for-home": "fit", "sent-home": "send-home", "readmitted": "readmit",
    "interrupted": "interrupt", "resumed": "resume", "pump-replaced": "replace-pump", "pump-returned": "pump-back",
    "pump-readied": "pump-ready", "home-care-asked": "ask-home-care", "home-care-accepted": "accept",
    "home-care-declined": "decline", "visit-moved": "move", "no-show": "no-show", "remark": "remark",
}  # fmt: skip
"""The page of the policy on which a record is signed."""


@pytest.fixture(name="told", scope="module")
def told_(django_ready):  # noqa: ARG001 - Django must be awake before its models are imported
    from ransel.hospital.demo.programme import tell_programme

    return tell_programme(A_WORKING_MORNING)


@pytest.fixture(name="written")
def written_(hospital_db):  # noqa: ARG001 - a database of its own
    from ransel.hospital.demo.programme import write_programme

    assert write_programme(A_WORKING_MORNING) > 1000


def entries_of(stories):
    return [entry for story in stories for entry in story.treatment.history]


def shows_everything(stories, now):
    """What is not shown of the phases and the tasks there are."""
    treatments = [story.treatment for story in stories]
    courses = [course for one in treatments for course in one.courses]
    missing = set(TREATMENT) - {"none"} - {one.phase for one in treatments}
    missing |= set(COURSE) - {"none"} - {one.phase for one in courses}
    missing |= set(CONTAINER) - {container.phase for one in courses for container in one.containers}
    missing |= set(PUMP) - {"none"} - {phase for one in courses for phase in one.pumps.values()}
    return missing | set(ROLES) - {task.kind for one in treatments for task in tasks_of(one, now)}


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d-%H%M}")
def test_at_any_hour_it_shows_every_phase_and_every_task_and_nothing_of_the_future(django_ready, now):  # noqa: ARG001
    from ransel.hospital.demo.programme import tell_programme

    stories = tell_programme(now)
    assert shows_everything(stories, now) == set()
    for story in stories:
        times = [entry.written for entry in story.treatment.history]
        assert times == sorted(times)
        assert times[-1] <= now
        assert all(entry.happened == entry.written for entry in story.treatment.history)


@pytest.mark.prove
@pytest.mark.parametrize("week", range(0, 53, 4))
def test_at_hours_of_day_and_night_in_every_month_it_can_be_told(django_ready, week):  # noqa: ARG001
    from ransel.hospital.demo.programme import tell_programme

    begins = datetime(2027, 1, 4, 0, 7, tzinfo=UTC) + timedelta(weeks=week)
    for hours in range(week // 4 % 3, 24, 3):
        now = begins + timedelta(days=hours % 7, hours=hours)
        assert shows_everything(tell_programme(now), now) == set(), now


def test_it_is_the_same_every_time(told):
    from ransel.hospital.demo.programme import tell_programme

    again = tell_programme(A_WORKING_MORNING)
    assert [one.as_text() for one in entries_of(again)] == [one.as_text() for one in entries_of(told)]


def test_everybody_signs_what_their_role_may_and_for_their_own_hospital_or_its_home_care(told):
    from ransel.hospital.demo.people import PEOPLE
    from ransel.hospital.policy import Relation, allows, policy

    people = {one.id_code: one for one in PEOPLE}
    for story in told:
        for entry in story.treatment.history:
            person, page = people[entry.who], PAGES[entry.kind]
            relation = Relation.NONE if Relation.NONE in policy()[page].roles.get(person.role, ()) else Relation.OWN
            assert (entry.role, entry.where) == (person.role, person.where)
            assert allows(page, person.role, relation), (entry.kind, person.role)
            own = {story.child.centre} if person.role is not Role.HOME_CARE_NURSE else {story.child.home_care}
            assert person.organisation in own, (entry.kind, person.part)


def test_every_course_comes_out_as_its_order_says_when_it_is_planned_anew(told):
    from ransel.chart.rules import replanned

    for story in told:
        identity = story.child.identity(story.present.today)
        for course in story.treatment.courses:
            again = replanned(story.treatment, course.number, identity, story.protocol, story.present.agenda)
            if course is story.treatment.current:
                assert again == story.rules.planned


def test_what_was_told_folds_to_the_same_from_its_entries(told):
    for story in told:
        assert fold(story.treatment.id, story.treatment.history) == story.treatment


def test_no_pump_is_at_two_children_at_once(told):
    entries = sorted(entries_of(told), key=lambda one: (one.written, one.treatment, one.version))
    out = {}
    for entry in entries:
        if entry.kind in {"pump-assigned", "pump-replaced"}:
            assert entry.what.pump not in out, entry.written
            out[entry.what.pump] = entry.treatment
        elif entry.kind == "pump-readied":
            assert out.pop(entry.what.pump) == entry.treatment
    assert len(out) > 15


def test_every_child_is_made_up_and_says_so_and_stays_out_of_the_entries(told):
    names = [story.child.full_name for story in told]
    assert len(set(names)) == len(names)
    assert len(names) > 30
    assert all(name.endswith(" (synthetic)") for name in names)
    for story in told:
        first, _, last = story.child.name.partition(" ")
        text = "".join(json.dumps(one.as_json()["data"], ensure_ascii=False) for one in story.treatment.history)
        for private in (story.child.name, last, str(story.child.born(story.present.today)), story.child.telephone):
            assert private not in text, (first, private)


def test_a_child_is_as_heavy_and_tall_as_children_of_its_age_so_that_no_order_asks_about_it(told):
    for story in told:
        for course in story.treatment.courses:
            assert course.ordered.what.confirmed == (), story.child.name


def test_the_words_are_there_in_both_languages(told):
    from ransel.hospital.demo.programme import tell_programme

    english = tell_programme(A_WORKING_MORNING, "en")
    reasons = [[one.reason for one in entries_of(stories) if one.reason] for stories in (told, english)]
    assert len(reasons[0]) == len(reasons[1]) > 10
    assert not set(reasons[0]) & set(reasons[1])


# -- what the pumps told


def test_what_nurses_read_from_a_pump_is_what_it_told(told):
    from ransel.hospital.demo.pumps import rows_of

    compared = 0
    for story in told:
        for course in story.treatment.courses:
            events, rejected = read_events([row.text for row in rows_of(story.treatment, story.present.now, [course])])
            assert rejected == ()
            assert {one.pump for one in events} <= set(course.pumps)
            for container in course.containers:
                removed = container.latest.get("removed")
                stopped = [
                    one.data["displayed_nL"]
                    for one in events
                    if one.kind in {Kind.STOPPED, Kind.POWER_OFF} and removed and one.received_at <= removed.happened
                ]
                if removed and course.phase != "between":
                    assert abs(float(removed.what.displayed.to("mL")) - stopped[-1] / 1_000_000) < 0.11
                    compared += 1
    assert compared > 40


def test_a_pump_that_stands_still_has_stopped_and_a_broken_one_was_replaced(told):
    from ransel.hospital.demo.pumps import rows_of

    by_stage = {story.child.stage: story for story in told}
    for stage in ("standing", "stopped"):
        story = by_stage[stage]
        events, _ = read_events([row.text for row in rows_of(story.treatment, story.present.now, [story.state])])
        told_last = [one for one in events if one.kind in {Kind.STARTED, Kind.STOPPED}][-1]
        assert (told_last.kind, told_last.data["cause"]) == (Kind.STOPPED, "user")
        assert abs(told_last.received_at - story.state.stood[-1][0]) < timedelta(seconds=2)
    story = by_stage["pump-replaced"]
    events, _ = read_events([row.text for row in rows_of(story.treatment, story.present.now, [story.state])])
    first, second = story.state.pumps
    assert list(dict.fromkeys(one.pump for one in events)) == [first, second]
    conditions = Counter(one.data["condition"] for one in events if one.kind is Kind.ALARM_RAISED)
    assert conditions["motor-failure"] == 1


@pytest.mark.usefixtures("written")
def test_what_pumps_tell_later_follows_on_what_they_told_and_is_kept_once():
    from ransel.hospital.demo.pumps import reveal
    from ransel.store.models import PumpEventRow

    before = set(PumpEventRow.objects.values_list("text", flat=True))
    assert reveal(A_WORKING_MORNING) == 0
    later = A_WORKING_MORNING + timedelta(hours=30)
    assert reveal(later) > 50
    assert reveal(later) == 0
    assert before < set(PumpEventRow.objects.values_list("text", flat=True))
    assert PumpEventRow.objects.filter(received__gt=later).count() == 0
    keys = list(PumpEventRow.objects.values_list("treatment", "course", "pump", "boot", "seq"))
    per_pump = {}
    for *pump, _, seq in keys:
        per_pump.setdefault(tuple(pump), []).append(seq)
    for pump, numbers in per_pump.items():
        assert sorted(numbers) == list(range(min(numbers), max(numbers) + 1)), pump


# -- in the database


@pytest.mark.usefixtures("written")
def test_what_is_written_is_one_whole_chain_in_the_order_of_time_and_boards_follow_from_it():
    from ransel.store.boards import ROWS, rebuild_boards
    from ransel.store.journal import DatabaseJournal
    from ransel.store.models import JournalRow

    journal = DatabaseJournal()
    head, broken = first_break(journal.links(), journal.head())
    assert broken is None
    assert head == journal.head()
    times = list(JournalRow.objects.order_by("position").values_list("written", flat=True))
    assert times == sorted(times)
    assert times[-1] <= A_WORKING_MORNING

    def boards():
        return [sorted(map(repr, table.objects.values_list(*_columns(table)))) for table in ROWS]

    before = boards()
    rebuild_boards(journal)
    assert boards() == before


def _columns(table):
    return [column.name for column in table._meta.concrete_fields if column.name != "id"]


def test_a_doctor_of_the_other_hospital_has_two_children_and_no_more(told):
    from ransel.hospital.demo.people import OTHER_HOSPITAL

    theirs = {story.treatment.id for story in told if story.treatment.centre == OTHER_HOSPITAL}
    assert len(theirs) == 2
    for entry in entries_of(told):
        assert (entry.who == "p-dokter-elders") == (entry.treatment in theirs)


def test_a_pump_is_overdue_for_service_and_not_with_a_child(told):
    from ransel.hospital.demo.shelf import pumps

    today = told[0].present.today
    overdue = {one.number for one in pumps(today) if one.serviced_until and one.serviced_until < today}
    used = {number for story in told for course in story.treatment.courses for number in course.pumps}
    assert len(overdue) == 1
    assert not overdue & used
    assert used < {one.number for one in pumps(today) if not one.retired}


@pytest.mark.usefixtures("hospital_db")
def test_somebody_of_every_role_can_log_in_with_the_password_of_the_demo():
    from ransel.hospital.demo.people import PASSWORD
    from ransel.hospital.demo.programme import write_people
    from ransel.store.models import Person

    write_people()
    assert set(Person.objects.values_list("role", flat=True)) == {role.value for role in Role}
    assert Person.objects.values("password").distinct().count() == 1
    assert Person.objects.first().check_password(PASSWORD)


@pytest.mark.usefixtures("hospital_db")
def test_a_demo_is_written_once_and_left_alone_until_it_is_to_begin_anew(tmp_path):
    from ransel.hospital.demo.start import prepare_demo
    from ransel.store.journal import DatabaseJournal
    from ransel.store.models import Pump

    journal = DatabaseJournal()
    assert prepare_demo(tmp_path / "home", A_WORKING_MORNING)
    first = journal.head()
    Pump.objects.create(number="MINE", kind="added by somebody who tries it out")
    assert not prepare_demo(tmp_path / "home", A_WORKING_MORNING + timedelta(days=3))
    assert journal.head() == first
    assert prepare_demo(tmp_path / "home", A_WORKING_MORNING + timedelta(days=3), fresh=True)
    assert journal.head() != first
    assert not Pump.objects.filter(number="MINE").exists()


@pytest.mark.usefixtures("hospital_db")
@pytest.mark.parametrize("fresh", [False, True])
def test_what_a_hospital_has_written_is_never_touched(tmp_path, fresh):
    from ransel.hospital.demo.start import prepare_demo
    from ransel.language import Refused
    from ransel.store.models import Child, Organisation, Person

    real = Organisation.objects.create(code="real", name="Real", kind="hospital")
    Person.objects.create_user("somebody", "a long pass phrase", id_code="p-1", role="doctor", organisation=real)
    with pytest.raises(Refused) as refused:
        prepare_demo(tmp_path / "home", A_WORKING_MORNING, fresh=fresh)
    assert [one.code for one in refused.value.refusals] == ["demo.not-a-demo"]
    assert Person.objects.count() == 1
    assert not Child.objects.exists()
