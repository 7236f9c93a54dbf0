"""People who sign at the same moment: one is first, the other is told or comes after, and nothing is lost."""

from collections import Counter
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from chart.story import PEOPLE, Story, enrolled
from store.databases import assert_sound
from store.writers import start

from ransel.chart.people import Hand
from ransel.chart.records import care, prescribing
from ransel.language import Refused

PROCESSES = 8
TIMES = 6
OFTEN = 30
SHARED = ("T-shared-1", "T-shared-2")
ORDERED = 3
"""The version of a treatment that is enrolled, measured and ordered."""


def kept(course, treatment, until=ORDERED):
    """Keep the beginning of Noor's course as another treatment."""
    from ransel.store import keeping
    from ransel.store.loading import load

    return keeping._kept(load(treatment), tuple(replace(entry, treatment=treatment) for entry in course[:until]))


def hand(who, state, **changes) -> Hand:
    id_code, role, where = PEOPLE[who]
    now = state.history[-1].written
    told = {"who": id_code, "role": role, "where": where, "happened": now, "now": now, "seen": state.version}
    return Hand(**(told | changes))


def rules_for(state):
    return Story(treatment=state).rules()


def sign(who, state, *records, rules=rules_for, **changes):
    """Sign through the store on this picture of the treatment; return the kinds kept or the codes refused."""
    from ransel.store.keeping import keep

    try:
        _, entries = keep(state.id, hand(who, state, **changes), rules, *records)
    except Refused as refused:
        return {one.code for one in refused.refusals}
    return [entry.kind for entry in entries]


def kinds(treatment):
    from ransel.store.journal import DatabaseJournal

    return [entry.kind for entry in DatabaseJournal().entries(treatment)]


def all_at_once(*acts):
    """Do all of it at the same moment, each with a connection of its own; return what each gave, in order."""
    from django.db import connection

    gate, given = Barrier(len(acts)), {}

    def do(number, act):
        try:
            gate.wait()
            given[number] = act()
        finally:
            connection.close()

    threads = [Thread(target=do, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [given[number] for number in range(len(acts))]


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("database")
def test_of_two_who_sign_the_same_at_once_one_signs_and_the_other_is_told(course):
    verified = prescribing.OrderVerified(course=1)
    for number in range(5):
        state = kept(course, f"T-{number}")
        given = all_at_once(
            lambda state=state: sign("second", state, verified), lambda state=state: sign("pharmacist", state, verified)
        )
        assert given.count(["order-verified"]) == 1, given
        assert {"chart.changed-meanwhile"} in given
        assert kinds(state.id).count("order-verified") == 1
    assert_sound()


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("database")
def test_whoever_is_overtaken_between_looking_and_writing_is_told_about_it(course):
    """The other one signs at the worst moment: after the treatment was read, before the entry is written."""
    state = kept(course, "T-0001")
    others = []

    def overtaken(now):
        if not others:
            others.append(sign("pharmacist", state, prescribing.OrderVerified(course=1)))
        return rules_for(now)

    assert sign("second", state, prescribing.OrderVerified(course=1), rules=overtaken) == {"chart.changed-meanwhile"}
    assert others == [["order-verified"]]
    assert kinds("T-0001")[ORDERED:] == ["order-verified"]
    assert_sound()


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("database")
def test_two_who_sign_different_things_at_once_both_sign(course):
    state = kept(course, "T-0001")
    given = all_at_once(
        lambda: sign("second", state, prescribing.OrderVerified(course=1)),
        lambda: sign("nurse", state, care.Remark(course=1, text="a red backpack, please")),
        lambda: sign("ward", state, care.Remark(course=1, text="a blue one is fine too")),
    )
    assert given == [["order-verified"], ["remark"], ["remark"]]
    assert sorted(kinds("T-0001")[ORDERED:]) == ["order-verified", "remark", "remark"]
    assert_sound()


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("database")
def test_what_a_device_sends_twice_at_once_is_signed_once(course):
    state = kept(course, "T-0001")
    remark = care.Remark(course=1, text="sent again, because nothing came back")
    given = all_at_once(*[lambda: sign("nurse", state, remark, key="phone-1")] * 4)
    assert sorted(given) == [[], [], [], ["remark"]]
    assert kinds("T-0001").count("remark") == 1


@pytest.mark.hazard("HZ-075")
@pytest.mark.usefixtures("database")
def test_whoever_is_overtaken_again_and_again_signs_in_the_end(course):
    """Somebody else signs each time that the treatment was read, for as long as the store lets them."""
    state = kept(course, "T-0001")
    tried = []

    def overtaken(now):
        tried.append(now.version)
        if len(tried) <= OFTEN:
            other = Thread(target=_remark_and_close, args=(state, f"remark {len(tried)}"))
            other.start()
            other.join(timeout=0.5)
            waiting.append(other)
        return rules_for(now)

    waiting = []
    assert sign("nurse", state, care.Remark(course=1, text="mine"), rules=overtaken) == ["remark"]
    for other in waiting:
        other.join()
    assert kinds("T-0001").count("remark") == len(waiting) + 1
    assert_sound()


def _remark_and_close(state, text):
    from django.db import connection

    try:
        sign("ward", state, care.Remark(course=1, text=text))
    finally:
        connection.close()


@pytest.mark.hazard("HZ-075")
@pytest.mark.hazard("HZ-085")
@pytest.mark.usefixtures("database")
def test_boards_are_made_anew_while_people_sign(course):
    from ransel.store.boards import rebuild_boards
    from ransel.store.journal import DatabaseJournal

    states = [kept(course, f"T-{number}") for number in range(4)]

    def remarks(state):
        return [sign("nurse", state, care.Remark(course=1, text=f"remark {number}")) for number in range(6)]

    def rebuilt():
        return [rebuild_boards(DatabaseJournal()) for _ in range(6)]

    *signed, counted = all_at_once(*[lambda state=state: remarks(state) for state in states], rebuilt)
    assert signed == [[["remark"]] * 6] * len(states)
    assert counted == [len(states)] * 6
    assert_sound()


@pytest.mark.hazard("HZ-075")
def test_eight_programs_at_once_lose_no_entry_and_sign_none_twice(database, course, tmp_path):
    from ransel.store.journal import DatabaseJournal

    names = [f"program-{number}" for number in range(PROCESSES)]
    for treatment in (*SHARED, *(f"T-{name}" for name in names)):
        kept(course, treatment)
    writers = [start(database.url, tmp_path, "remarks", name, TIMES, f"T-{name}", *SHARED) for name in names]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n", (tmp_path / "complaints").read_text()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate()[0].splitlines() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES, (tmp_path / "complaints").read_text()
    journal = DatabaseJournal()
    remarked = [
        entry.what.text for one in journal.treatments() for entry in journal.entries(one) if entry.kind == "remark"
    ]
    assert Counter(remarked) == Counter(line for lines in said for line in lines)
    assert set(Counter(remarked).values()) == {1}
    assert len(remarked) == PROCESSES * TIMES * 2
    assert_sound()


def test_the_story_stands_where_these_tests_begin(course):
    assert [entry.kind for entry in course[:ORDERED]] == ["enrolled", "measured", "course-ordered"]
    assert enrolled().treatment.version == 2
