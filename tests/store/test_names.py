"""Who a child is stands in the register only: not in the chain, on a board, in a log or in an exported file."""

import logging

import pytest
from chart.story import NOOR
from store.kept_story import KeptStory, put_pumps_on_the_shelf

from ransel.chart.records import prescribing
from ransel.language import Refused

REGISTER = "ransel_child"
TOLD = {
    "name": ("Noor", "de Vries"),
    "born": ("2022-09-14", "20220914", "14-09-2022", "14/09/2022", "1663113600"),
    "address": ("Kerkstraat", "9999 ZZ"),
    "telephone": ("0612345678", "+31612345678"),
}
WORDS = [word.casefold() for words in TOLD.values() for word in words]


def named(text):
    """Every word about who the child is that stands in a text."""
    return [word for word in WORDS if word in text.casefold()]


def register():
    from ransel.store.models import Child

    Child.objects.create(code="c-0001", number=NOOR.number, name=NOOR.name, born=NOOR.born,
                         address="Kerkstraat 1, 9999 ZZ Nergens (synthetic)", telephone="0612345678")  # fmt: skip


@pytest.fixture(name="kept")
def kept_(database, course):
    """Noor in the register, her whole course in the chain and on the boards."""
    from ransel.chart.treatment import fold
    from ransel.store.boards import write_boards
    from ransel.store.journal import DatabaseJournal

    assert database.vendor
    register()
    DatabaseJournal().append(course)
    write_boards(fold("T-0001", course))


def tables():
    from django.db import connection

    return sorted(set(connection.introspection.table_names()))


def everything_in(table):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name that the database gave
        return "\n".join(repr(row) for row in cursor.fetchall())


@pytest.mark.usefixtures("kept")
def test_the_search_finds_them_where_they_belong():
    found = everything_in(REGISTER)
    for word in ("Noor", "de Vries", "Kerkstraat", "0612345678"):
        assert word.casefold() in named(found)
    assert "2022-09-14" in found or "datetime.date(2022, 9, 14)" in found


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("kept")
def test_no_entry_of_a_whole_course_names_the_child():
    from ransel.store.journal import DatabaseJournal

    texts = DatabaseJournal().texts("T-0001")
    assert len(texts) > 40
    assert not named("\n".join(texts))


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("kept")
def test_no_table_but_the_register_names_the_child():
    leaking = {table: named(everything_in(table)) for table in tables() if table != REGISTER}
    assert "ransel_journal" in leaking
    assert {table: words for table, words in leaking.items() if words} == {}


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("kept")
def test_what_a_row_shows_of_itself_in_a_message_or_a_trace_names_no_child():
    from ransel.store.models import Child, JournalRow, TreatmentRow

    shown = [repr(one) + str(one) for table in (JournalRow, TreatmentRow, Child) for one in table.objects.all()]
    assert len(shown) > 40
    assert not named("\n".join(shown))


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("kept")
def test_an_exported_treatment_names_no_child():
    from ransel.store.exported import export_treatment

    assert not named(export_treatment("T-0001").decode())


@pytest.mark.hazard("HZ-077")
@pytest.mark.usefixtures("sqlite")
def test_nothing_that_is_logged_or_refused_while_a_course_is_kept_names_the_child(caplog, capfd):
    from django.db import IntegrityError, transaction

    caplog.set_level(logging.DEBUG)  # the level at which most is told
    register()
    put_pumps_on_the_shelf()
    story = KeptStory()
    story.enrolled()
    with pytest.raises(Refused) as refused:
        story.sign("second", prescribing.OrderVerified(course=1))
    with pytest.raises(IntegrityError) as twice, transaction.atomic():
        register()
    story.whole_course()
    told = capfd.readouterr()
    said = [*(record.getMessage() for record in caplog.records), str(refused.value), str(twice.value), *told]
    assert "chart" in str(refused.value)
    assert not named("\n".join(said))
