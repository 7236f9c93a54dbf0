"""A journal that somebody has changed behind Ransel's back: the chain shows it, and where it begins."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store.databases import drop_triggers, execute

from ransel.chart.chain import Head, first_break, hash_of

COLUMNS = ("position", "treatment", "version", "kind", "written", "key", "text", "previous", "hash")
ENTRIES = 14
NUMBERS = frozenset({"position", "version"})


@pytest.fixture(name="kept")
def kept_(database, course):
    """Two treatments in one chain, and nobody who keeps it from being changed."""
    from ransel.store.journal import DatabaseJournal

    journal = DatabaseJournal()
    for number, entry in enumerate(course[: ENTRIES // 2]):
        journal.append([replace(entry, key=f"phone-{number}"), replace(entry, treatment="T-0002")])
    drop_triggers()
    return database


def found(expected=None):
    """What a walk through the chain finds: the first position that does not hold, and why."""
    from ransel.chart.chain import EMPTY
    from ransel.store.checking import check_chain
    from ransel.store.journal import DatabaseJournal

    broken = check_chain(DatabaseJournal(), expected or EMPTY).broken
    return (broken.position, broken.why) if broken else None


def head():
    from ransel.store.journal import DatabaseJournal

    return DatabaseJournal().head()


def value(position, column):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CAST({column} AS text) FROM ransel_journal WHERE position = %s", [position])  # noqa: S608
        return cursor.fetchone()[0]


def change(database, position, column, place, byte) -> bool:
    """Change one byte of one value, when the database can hold the result; return whether it has changed."""
    from django.db import DatabaseError, transaction

    before = value(position, column).encode()
    place %= max(1, len(before))
    after = before[:place] + bytes([byte]) + before[place + 1 :]
    if after == before:
        return False
    kind = "bigint" if column in NUMBERS else "timestamptz" if column == "written" else "text"
    into = "CAST(%s AS text)" if database.vendor == "sqlite" else f"CAST(CAST(%s AS text) AS {kind})"
    told = after if database.vendor == "sqlite" else after.decode("latin-1")
    try:
        with transaction.atomic():
            execute(f"UPDATE ransel_journal SET {column} = {into} WHERE position = %s", [told, position])  # noqa: S608
    except (DatabaseError, ValueError):  # no number, no instant, a position that another entry has
        return False
    return database.vendor == "sqlite" or column == "position" or value(position, column).encode() != before


@pytest.mark.property
@pytest.mark.hazard("HZ-074")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    position=st.integers(1, ENTRIES), column=st.sampled_from(COLUMNS), place=st.integers(0, 20000),
    byte=st.integers(0, 255),
)  # fmt: skip
def test_one_byte_changed_anywhere_is_found_and_the_first_entry_that_does_not_hold_is_named(
    kept, position, column, place, byte
):
    from django.db import transaction

    with transaction.atomic():
        if change(kept, position, column, place, byte):
            broken = found()
            assert broken is not None
            moved_before_all = column == "position" and broken[0] == 1
            assert broken[0] == position or moved_before_all
        transaction.set_rollback(True)
    assert found() is None


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_another_value_in_any_column_of_any_entry_is_found():
    from django.db import transaction

    values = dict.fromkeys(COLUMNS, "changed") | dict.fromkeys(NUMBERS, 99) | {"written": "2027-02-01 09:30:00+00"}
    for position in range(1, ENTRIES + 1):
        for column, changed in values.items():
            with transaction.atomic():
                execute(f"UPDATE ransel_journal SET {column} = %s WHERE position = %s", [changed, position])  # noqa: S608
                assert found()[0] == position
                transaction.set_rollback(True)
    assert found() is None


@pytest.mark.hazard("HZ-074")
@pytest.mark.parametrize("position", [1, 2, 7, ENTRIES - 1])
@pytest.mark.usefixtures("kept")
def test_an_entry_that_was_taken_out_is_missed(position):
    execute("DELETE FROM ransel_journal WHERE position = %s", [position])
    assert found() == (position, "missing")


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_a_gap_that_was_closed_by_counting_again_is_found():
    execute("DELETE FROM ransel_journal WHERE position = 5")
    for position in range(6, ENTRIES + 1):
        execute("UPDATE ransel_journal SET position = %s WHERE position = %s", [position - 1, position])
    assert found() == (5, "previous")


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_two_entries_that_changed_places_are_found():
    for before, after in ((4, 999), (7, 4), (999, 7)):
        execute("UPDATE ransel_journal SET position = %s WHERE position = %s", [after, before])
    assert found() == (4, "previous")


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_two_entries_that_changed_their_words_are_found():
    texts = {position: value(position, "text") for position in (4, 7)}
    for position, other in ((4, 7), (7, 4)):
        execute("UPDATE ransel_journal SET text = %s WHERE position = %s", [texts[other], position])
    assert found() == (4, "hash")


@pytest.mark.hazard("HZ-074")
@pytest.mark.parametrize("position", [0, -1])
@pytest.mark.usefixtures("kept")
def test_an_entry_that_was_put_before_the_first_is_found(position):
    execute("INSERT INTO ransel_journal SELECT %s, 'T-0003', 1, kind, written, key, text, previous, hash "
            "FROM ransel_journal WHERE position = 2", [position])  # fmt: skip
    assert found()[0] == 1


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_an_entry_that_was_invented_behind_the_last_is_found_unless_its_hash_fits():
    last = head()
    text = value(ENTRIES, "text").replace('"version":7', '"version":8')
    fitting = hash_of(last.hash, ENTRIES + 1, text)
    for found_hash, why in (("f" * 64, (ENTRIES + 1, "hash")), (fitting, None)):
        execute("INSERT INTO ransel_journal SELECT position + 1, treatment, version + 1, kind, written, '', %s, %s, %s "
                "FROM ransel_journal WHERE position = %s", [text, last.hash, found_hash, ENTRIES])  # fmt: skip
        assert found() == why
        execute("DELETE FROM ransel_journal WHERE position > %s", [ENTRIES])


@pytest.mark.hazard("HZ-074")
@pytest.mark.parametrize("cut", [1, 3, ENTRIES])
@pytest.mark.usefixtures("kept")
def test_a_tail_that_was_cut_off_is_found_with_a_head_that_was_kept_elsewhere_and_not_without_one(cut):
    exported = head()
    execute("DELETE FROM ransel_journal WHERE position > %s", [ENTRIES - cut])
    assert found() is None
    assert found(exported) == (ENTRIES - cut + 1, "cut-off")


@pytest.mark.hazard("HZ-074")
@pytest.mark.usefixtures("kept")
def test_a_chain_that_was_written_anew_is_found_with_a_head_that_was_kept_elsewhere_and_not_without_one():
    exported = head()
    _written_anew(from_position=3)
    assert found() is None
    assert found(exported) == (ENTRIES, "head")


def _written_anew(from_position):
    """Change one entry and make every hash behind it anew, as somebody who knows the program can."""
    last = Head(from_position - 1, value(from_position - 1, "hash"))
    for position in range(from_position, ENTRIES + 1):
        text = value(position, "text")
        if position == from_position:
            text = text.replace("16400000 mg", "61400000 mg")
            assert "61400000 mg" in text
        last = Head(position, hash_of(last.hash, position, text))
        execute("UPDATE ransel_journal SET text = %s, previous = %s, hash = %s WHERE position = %s",
                [text, value(position - 1, "hash"), last.hash, position])  # fmt: skip


@pytest.mark.hazard("HZ-074")
def test_a_journal_in_memory_shows_the_same(course):
    from ransel.chart.journal import MemoryJournal

    journal = MemoryJournal()
    exported = journal.append(course[:6])
    links = list(journal.links())
    for position, link in enumerate(links, 1):
        changed = replace(link, text=link.text.replace("p-", "q-", 1))
        assert first_break([*links[: position - 1], changed, *links[position:]])[1].position == position
    assert first_break(links[:-1])[1] is None
    assert first_break(links[:-1], exported)[1].why == "cut-off"
