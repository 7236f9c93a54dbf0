"""One treatment as a file: it arrives as it was signed, or not at all."""

import hashlib
import json

import pytest

pytestmark = [pytest.mark.usefixtures("hospital_db"), pytest.mark.hazard("HZ-089")]


def seal(texts, **header):
    """A file with these entries whose header and checksum are right, unless the header is told otherwise."""
    told = {"schema": "ransel/chart/1", "program": "1.0", "treatment": "T-0001", "count": len(texts)} | header
    lines = "".join(f"{line}\n" for line in (json.dumps(told), *texts)).encode("utf-8", "surrogatepass")
    return lines + f'{{"sha256": "{hashlib.sha256(lines).hexdigest()}"}}\n'.encode()


def entries_of(data):
    return data.decode().split("\n")[1:-2]


def altered(exported, place, **values):
    """The file with other values in one entry, sealed again."""
    texts = entries_of(exported)
    texts[place] = json.dumps(json.loads(texts[place]) | values)
    return seal(texts)


def take_in(data):
    from ransel.store.exported import import_treatment, read_export

    return import_treatment(read_export(data))


def what_is_kept():
    """Everything that taking in a treatment writes."""
    from ransel.store.models import ContainerRow, JournalRow, PumpUseRow, TaskRow, TreatmentRow, VisitRow

    found = {}
    for table in (JournalRow, TreatmentRow, ContainerRow, VisitRow, TaskRow, PumpUseRow):
        rows = [{name: value for name, value in row.items() if name != "id"} for row in table.objects.values()]
        found[table.__name__] = sorted(rows, key=str)
    return found


def refused(data):
    """The refusal of a file that must change nothing."""
    from ransel.language import LANGUAGES, Refused

    before = what_is_kept()
    with pytest.raises(Refused) as caught:
        take_in(data)
    assert what_is_kept() == before
    refusal = caught.value.refusals[0]
    assert all(refusal.remedy.text(language) in refusal.text(language) for language in LANGUAGES)
    return refusal.code, refusal.field


# what arrives


def test_a_treatment_arrives_with_every_entry_in_the_text_in_which_it_was_signed(exported):
    from ransel.store.journal import DatabaseJournal

    assert take_in(exported)
    assert list(DatabaseJournal().texts("T-0001")) == entries_of(exported)


def test_what_arrived_stands_in_the_chain_behind_what_was_there(exported):
    from ransel.store.checking import check_chain
    from ransel.store.journal import DatabaseJournal

    other = [text.replace("T-0001", "T-0002").replace("PUMP-01", "PUMP-02") for text in entries_of(exported)]
    take_in(exported)
    take_in(seal(other, treatment="T-0002"))
    checked = check_chain(DatabaseJournal())
    assert checked.broken is None
    assert (checked.head.position, checked.treatments) == (2 * len(other), 2)


def test_the_boards_of_what_arrived_are_those_that_its_entries_give(exported):
    from ransel.store.boards import rebuild_boards
    from ransel.store.journal import DatabaseJournal

    take_in(exported)
    written = what_is_kept()
    rebuild_boards(DatabaseJournal())
    assert what_is_kept() == written
    assert written["TreatmentRow"][0]["at_home"]


def test_taken_in_and_exported_again_it_is_the_same_file(exported):
    from ransel.store.exported import export_treatment

    take_in(exported)
    assert export_treatment("T-0001") == exported


def test_an_entry_that_was_written_otherwise_once_keeps_its_text(exported):
    from ransel.store.journal import DatabaseJournal

    spaced = [json.dumps(json.loads(text)) for text in entries_of(exported)]
    assert spaced != entries_of(exported)
    take_in(seal(spaced))
    assert list(DatabaseJournal().texts("T-0001")) == spaced


def test_the_same_file_twice_changes_nothing(exported):
    take_in(exported)
    before = what_is_kept()
    assert not take_in(exported)
    assert what_is_kept() == before


def test_no_name_and_no_birth_date_leaves_with_a_treatment(exported):
    from chart.story import NOOR

    text = exported.decode()
    assert NOOR.name.partition(" ")[0] not in text
    assert NOOR.born.isoformat() not in text


# what is refused


@pytest.mark.parametrize("count", [-1, -5])
def test_a_treatment_that_is_here_with_other_entries_is_never_mixed(exported, count):
    take_in(exported)
    assert refused(seal(entries_of(exported)[:count])) == ("exported.other-entries", "treatment")


def test_a_longer_story_of_a_treatment_that_is_here_is_not_put_behind_it(exported):
    take_in(seal(entries_of(exported)[:-1]))
    assert refused(exported) == ("exported.other-entries", "treatment")


def test_a_pump_that_another_child_has_is_not_given_out_twice(exported):
    take_in(exported)
    other = [text.replace("T-0001", "T-0002") for text in entries_of(exported)]
    assert refused(seal(other, treatment="T-0002"))[0] == "chart.pump-not-free"


def test_a_treatment_that_is_not_here_cannot_leave():
    from ransel.language import Refused
    from ransel.store.exported import export_treatment

    with pytest.raises(Refused) as caught:
        export_treatment("T-9999")
    assert caught.value.refusals[0].code == "exported.no-treatment"


DEEP = "[" * 100_000
NOT_A_FILE = {
    "nothing": (b"", "exported.cut-off", ""),
    "one line": (b"{}\n", "exported.cut-off", ""),
    "noise": (bytes(range(256)) * 40 + b"\n", "exported.no-json", "line 1"),
    "noughts": (b"\0\n\0\n\0\n", "exported.no-json", "line 1"),
    "a list": (b"[]\n[]\n[]\n", "exported.no-json", "line 1"),
    "deep nesting": (f"{DEEP}\n{{}}\n{{}}\n".encode(), "exported.no-json", "line 1"),
    "one endless line": (b"x" * 50_000_001, "exported.too-large", ""),
    "a long line": (b"{}\n" + b"x" * 2_000_001 + b"\n{}\n", "exported.line-too-long", "line 2"),
    "endless lines": (b"\n" * 20_003, "exported.too-many", ""),
    "another schema": (seal(["{}"], schema="ransel/chart/2"), "exported.schema", "line 1.schema"),
    "no schema": (seal(["{}"], schema=None), "exported.schema", "line 1.schema"),
    "a count that is a word": (seal(["{}"], count="1"), "exported.header", "line 1.count"),
    "a count that is a yes": (seal(["{}"], count=True), "exported.header", "line 1.count"),
    "a count that is wrong": (seal(["{}"], count=2), "exported.count", "line 1.count"),
    "no treatment": (seal(["{}"], treatment=None), "exported.header", "line 1.treatment"),
    "an empty treatment": (seal(["{}"], treatment=""), "exported.name", "line 1.treatment"),
    "a long treatment": (seal(["{}"], treatment="T" * 41), "exported.name", "line 1.treatment"),
    "a nought in the treatment": (seal(["{}"], treatment="T\0"), "exported.name", "line 1.treatment"),
    "half a letter": (seal(["{}"], treatment="\ud800"), "exported.name", "line 1.treatment"),
    "an entry that is none": (seal(["{}"]), "entry.schema", "line 2.schema"),
    "an entry that nests deeply": (seal([DEEP]), "event.not-json", "line 2"),
    "an entry in half a letter": (seal(["\ud800"]), "exported.no-json", "line 2"),
}


@pytest.mark.parametrize(("data", "code", "field"), NOT_A_FILE.values(), ids=NOT_A_FILE)
def test_a_hostile_file_is_refused_with_its_place_and_changes_nothing(data, code, field):
    assert refused(data) == (code, field)


NOT_AN_ENTRY = {
    "gap": (3, {"version": 5}, "exported.gap", "line 5.version"),
    "twice the same": (3, {"version": 3}, "exported.gap", "line 5.version"),
    "endless version": (0, {"version": float("inf")}, "entry.unreadable", "line 2"),
    "other treatment": (2, {"treatment": "T-0002"}, "exported.other-treatment", "line 4.treatment"),
    "unknown kind": (2, {"kind": "prank"}, "entry.kind-unknown", "line 4.kind"),
    "later version": (2, {"kind_version": 99}, "entry.from-the-future", "line 4.kind_version"),
    "unknown role": (2, {"role": "king"}, "entry.unreadable", "line 4"),
    "no time zone": (2, {"written": "2027-02-01T09:00:00"}, "instant.no-zone", "line 4.written"),
    "no time": (2, {"happened": "yesterday"}, "entry.unreadable", "line 4"),
    "long key": (2, {"key": "k" * 81}, "exported.name", "line 4.key"),
    "nought in a key": (2, {"key": "k\0"}, "exported.name", "line 4.key"),
    "half a letter in a key": (2, {"key": "\ud800"}, "exported.name", "line 4.key"),
}


@pytest.mark.parametrize(("place", "values", "code", "field"), NOT_AN_ENTRY.values(), ids=NOT_AN_ENTRY)
def test_a_hostile_entry_is_refused_with_its_line_and_changes_nothing(exported, place, values, code, field):
    assert refused(altered(exported, place, **values)) == (code, field)


def test_a_key_that_has_signed_already_is_refused(exported):
    once = altered(exported, 2, key="tablet-1")
    assert refused(altered(once, 3, key="tablet-1")) == ("exported.key-twice", "line 5.key")


def test_a_story_without_its_child_is_refused(exported):
    first = json.loads(entries_of(exported)[1]) | {"version": 1}
    assert refused(seal([json.dumps(first)])) == ("exported.no-child", "line 2.kind")


@pytest.mark.parametrize("document", [{}, {"containers": 7}, {"containers": [{"index": "one"}]}], ids=str)
def test_an_order_that_no_board_can_show_is_refused_and_leaves_nothing_behind(exported, document):
    texts = entries_of(exported)
    place = next(number for number, text in enumerate(texts) if '"kind":"course-ordered"' in text)
    order = json.loads(texts[place])
    hostile = altered(exported, place, data=order["data"] | {"document": document})
    assert refused(seal(entries_of(hostile)[: place + 1])) == ("exported.no-story", "treatment")


def test_a_file_that_was_cut_off_anywhere_is_refused(exported):
    for length in range(0, len(exported), max(1, len(exported) // 40)):
        refused(exported[:length])


def test_a_file_in_which_any_letter_was_changed_is_refused(exported):
    for place in range(0, len(exported), max(1, len(exported) // 40)):
        refused(exported[:place] + bytes([exported[place] ^ 1]) + exported[place + 1 :])
