"""Files of own courses: they read back the same, say what columns mean, and take in nothing that they should not."""

import csv
import io
import zipfile
from dataclasses import fields, replace
from pathlib import Path

import pytest
from outcomes.cohorts import OLD, group, long_record, record

from ransel.followup.ctcae import ctcae
from ransel.language import Refused
from ransel.outcomes import cohort_file, cohort_reading
from ransel.outcomes.cohort import cohort_tolerability
from ransel.outcomes.cohort_file import (
    cohort_csv,
    cohort_parquet,
    cohort_rows,
    csv_text,
    dictionary_csv,
    domain_rows,
    domains_zip,
    safe_cell,
)
from ransel.outcomes.cohort_reading import read_cohort
from ransel.outcomes.course_record import CourseRecord, with_few_alike
from ransel.outcomes.data_dictionary import TABLES, columns_of, grade_columns

EXAMPLE = Path(__file__).parents[2] / "examples" / "cohort" / "old-regimen.csv"
RECORDS = with_few_alike([
    record("aa11", 1, grades={"pain": 3, "fever": 0, "hypoxia": "2+", "other": 1}, school_days=4),
    record("aa11", 2, given_percent=None, given_mg=None, bsa_m2=None, ordered_mg=None, last_day=None, trips=None),
    long_record("bb22", 1, grades={}, outcome="stopped", hours_at_home=209.9),
    long_record("cc33", 1, grades={"capillary-leak-syndrome": 4}, outcome="running", interruptions=None),
])  # fmt: skip
HEADER = "USUBJID,AGE,WTBAND,COURSE,REGIMEN,OUTCOME,AETOXV,AE_PAIN,EXPCTLO,EXPCT,EXPCTHI"
LINE = "OLD-01,4,15-20,1,dinutuximab-beta-5x8h,finished,4.03,2,,,"


def written(tmp_path, text, name="cohort.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusals(tmp_path, text):
    with pytest.raises(Refused) as refused:
        read_cohort(written(tmp_path, text))
    for one in refused.value.refusals:
        assert one.text("nl")
        assert one.text("en")
    return [(one.code, one.field.partition("cohort.csv")[2].lstrip("."), one.value) for one in refused.value.refusals]


# -- out and back


def test_what_is_written_as_csv_is_read_back_the_same(tmp_path):
    assert read_cohort(written(tmp_path, cohort_csv(RECORDS))) == RECORDS


def test_what_is_written_as_parquet_is_read_back_the_same(tmp_path):
    assert read_cohort(written(tmp_path, cohort_parquet(RECORDS), "cohort.parquet")) == RECORDS


def test_parquet_has_kinds_and_says_what_its_columns_mean(tmp_path):
    from pyarrow import parquet

    schema = parquet.read_schema(written(tmp_path, cohort_parquet(RECORDS), "cohort.parquet"))
    assert schema.metadata[b"ctcae"] == ctcae().version.encode()
    assert str(schema.field("AGE").type) == "int64"
    assert str(schema.field("HOMEH").type) == "double"
    assert all(schema.field(column.name).metadata[b"meaning"] for column in columns_of("cohort"))


def test_the_same_courses_give_the_same_bytes():
    assert cohort_parquet(RECORDS) == cohort_parquet(RECORDS)
    assert domains_zip(RECORDS) == domains_zip(RECORDS)


def test_semicolons_and_decimal_commas_of_a_dutch_spreadsheet_are_read(tmp_path):
    header = "USUBJID;AGE;WTBAND;BSA;COURSE;REGIMEN;OUTCOME;AETOXV;AE_PAIN"
    line = "OUD-01;4;15-20;0,68;1;dinutuximab-beta-5x8h;finished;5.0;3+"
    text = f"\ufeff{header}\r\n{line}\r\n;;;;;;;;\r\n"
    (found,) = read_cohort(written(tmp_path, text))
    assert (found.bsa_m2, found.grades["pain"].grade, found.grades["pain"].or_worse) == (0.7, 3, True)
    assert (found.trips, found.protocol, found.few_alike) == (None, "", True)


@pytest.mark.hazard("HZ-097")
def test_a_dose_that_would_tell_the_body_surface_is_made_coarse_when_it_is_read(tmp_path):
    text = HEADER.replace("AE_PAIN", "EXDOSORD") + "\n" + LINE.replace(",2,,,", ",68.1664,,,")
    assert read_cohort(written(tmp_path, text))[0].ordered_mg == 70.0


def test_the_example_of_old_courses_is_read_and_compared_with_new_ones():
    old = read_cohort(EXAMPLE)
    assert all(one.child.startswith("SYN-") and one.regimen == OLD for one in old)
    compared = cohort_tolerability([*old, *group(long_record, 12)], OLD, "dinutuximab-beta-10x24h")
    pain = next(one for one in compared.terms if one.term == "pain")
    assert pain.first.children == len({one.child for one in old}) > 20


# -- what is refused


@pytest.mark.hazard("HZ-097")
@pytest.mark.parametrize(("cell", "column", "code"), [
    ("four", "AGE", "cohort.cell.whole"), ("4.5", "AGE", "cohort.cell.whole"), ("41", "AGE", "cohort.out-of-bounds"),
    ("-1", "AGE", "cohort.out-of-bounds"), ("", "AGE", "cohort.empty-cell"),
    ("17", "WTBAND", "cohort.cell.band"), ("16-18", "WTBAND", "cohort.cell.band"),
    ("5-okt", "WTBAND", "cohort.cell.band"),
    ("0", "COURSE", "cohort.out-of-bounds"), ("Old regimen", "REGIMEN", "cohort.cell.slug"),
    ("2024-03-01", "REGIMEN", "cohort.is-a-date"), ("done", "OUTCOME", "cohort.cell.outcome"),
    ("v5", "AETOXV", "cohort.cell.version"), ("", "AETOXV", "cohort.empty-cell"),
    ("6", "AE_PAIN", "cohort.cell.grade"), ("severe", "AE_PAIN", "cohort.cell.grade"),
    ("12345678", "USUBJID", "cohort.is-a-number"), ("Noor de Vries", "USUBJID", "cohort.cell.text"),
    ("01-02-2020", "USUBJID", "cohort.is-a-date"), ("abc", "EXPCT", "cohort.cell.number"),
    ("250", "EXPCT", "cohort.out-of-bounds"), ("95", "EXPCT", "cohort.given-out-of-order"),
])  # fmt: skip
def test_a_cell_that_is_not_right_is_refused_with_its_line_and_column(tmp_path, cell, column, code):
    cells = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | {column: cell}
    ((found, field, value),) = refusals(
        tmp_path, f"{HEADER}\n{LINE}\n{','.join(cells.values())}".replace("OLD-01", "X-2", 1)
    )
    assert (found, field) == (code, f"3.{column}")
    assert value == cell


@pytest.mark.hazard("HZ-096")
def test_every_complaint_is_told_at_once(tmp_path):
    text = f"{HEADER}\n{LINE.replace(',4,', ',x,')}\n{LINE.replace('finished', 'done')}\n{LINE}\n{LINE}"
    found = refusals(tmp_path, text)
    assert [(code, field) for code, field, _ in found] == [
        ("cohort.cell.whole", "2.AGE"), ("cohort.cell.outcome", "3.OUTCOME"),
        ("cohort.course-twice", "3.COURSE"), ("cohort.course-twice", "4.COURSE"), ("cohort.course-twice", "5.COURSE"),
    ]  # fmt: skip


@pytest.mark.hazard("HZ-097")
@pytest.mark.hazard("HZ-076")
@pytest.mark.parametrize("column", ["NAME", "BRTHDTC", "birth date", "DTHDTC", "AESTDTC", "BSN"])
def test_a_column_that_could_say_who_a_child_is_or_when_is_refused(tmp_path, column):
    (found,) = refusals(tmp_path, f"{HEADER},{column}\n{LINE},x")
    assert found == ("cohort.unknown-column", "", column)


@pytest.mark.parametrize(("text", "code"), [
    ("", "cohort.no-courses"), ("\n\n", "cohort.no-courses"), (HEADER, "cohort.no-courses"),
    (f"{HEADER}\n{LINE},more", "cohort.other-length"), (f"{HEADER}\nonly", "cohort.other-length"),
    (f'{HEADER}\n"open', "cohort.not-csv"), (f"{HEADER},AGE\n{LINE},4", "cohort.column-twice"),
    (HEADER.replace("AETOXV,", "") + "\nx", "cohort.other-length"), (b"\xff\xfe\x00", "file.not-text"),
    (b"PAR1 and nothing more", "cohort.not-parquet"),
])  # fmt: skip
def test_a_file_that_is_no_table_of_courses_is_refused(tmp_path, text, code):
    assert code in [one for one, _, _ in refusals(tmp_path, text)]


def test_a_missing_column_is_named(tmp_path):
    found = refusals(tmp_path, HEADER.replace("AETOXV,", "") + "\n" + LINE.replace("4.03,", ""))
    assert found == [("cohort.column-missing", "", "AETOXV")]


def test_a_file_that_is_not_there_a_folder_and_one_that_is_too_large_are_refused(tmp_path, monkeypatch):
    for path, code in ((tmp_path / "nowhere.csv", "file.missing"), (tmp_path, "file.folder")):
        with pytest.raises(Refused) as refused:
            read_cohort(path)
        assert refused.value.refusals[0].code == code
    monkeypatch.setattr(cohort_reading, "LARGEST_FILE", 10)
    assert refusals(tmp_path, f"{HEADER}\n{LINE}")[0][0] == "file.too-large"


def test_more_courses_than_are_read_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cohort_reading, "MOST_COURSES", 1)
    with pytest.raises(Refused) as refused:
        read_cohort(written(tmp_path, cohort_parquet(RECORDS), "cohort.parquet"))
    assert refused.value.refusals[0].code == "cohort.too-many"


# -- formulas


@pytest.mark.hazard("HZ-098")
@pytest.mark.hazard("HZ-076")
@pytest.mark.parametrize("sign", sorted(cohort_file.FORMULA_SIGNS))
def test_no_cell_is_taken_for_a_formula_and_it_is_read_back_as_it_was(sign):
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"
    text = csv_text(["X"], [{"X": f"{sign}cmd"}])
    assert next(csv.DictReader(io.StringIO(text)))["X"] == f"'{sign}cmd"
    assert cohort_reading._bare(f"'{sign}cmd", semicolons=False) == f"{sign}cmd"


@pytest.mark.hazard("HZ-098")
def test_no_cell_of_a_whole_export_begins_like_a_formula():
    wild = replace(RECORDS[0], protocol="=HYPERLINK(1)", protocol_version="@x", child="+31")
    for row in csv.reader(io.StringIO(cohort_csv([wild]))):
        assert not any(cell[:1] in cohort_file.FORMULA_SIGNS for cell in row)


# -- the data dictionary


def test_every_column_that_is_written_is_described_and_every_described_one_is_written():
    written_columns = list(next(cohort_rows(RECORDS)))
    assert sorted(written_columns) == sorted(column.name for column in columns_of("cohort"))
    for table in TABLES[1:]:
        found = {name for row in domain_rows(table, RECORDS) for name in row}
        assert {column.name for column in columns_of(table)} <= found | {"AESTAT", "AEWORSE"}, table


def test_every_value_of_a_record_is_in_the_file():
    rows = list(cohort_rows(RECORDS))
    changed = {
        "child": "x", "course": 9, "protocol": "x", "protocol_version": "x", "regimen": "x", "substance": "x",
        "age_years": 9, "weight_band_kg": "0-5", "bsa_m2": 9.0, "ordered_mg": 9.0, "given_mg": 9.0,
        "planned_hours": 9.0, "hours_run": 9.0, "hours_stood_still": 9.0, "interruptions": 9, "last_day": 9,
        "nights_in_hospital": 9, "trips": 9, "hours_at_home": 9.0, "unplanned_contacts": 9, "school_days": 9,
        "outcome": "stopped", "rate_changes": 9, "discarded_makings": 9, "ctcae": "9", "grades": {},
        "few_alike": not RECORDS[0].few_alike, "given_percent": None,
    }  # fmt: skip
    assert set(changed) == {one.name for one in fields(CourseRecord)}
    for name, value in changed.items():
        assert next(cohort_rows([replace(RECORDS[0], **{name: value})])) != rows[0], name


def test_the_dictionary_has_a_line_for_every_column_of_every_table():
    lines = list(csv.DictReader(io.StringIO(dictionary_csv())))
    assert [(one["TABLE"], one["COLUMN"]) for one in lines] == [
        (table, column.name) for table in TABLES for column in columns_of(table)
    ]
    assert all(one["MEANING_EN"] and one["MEANING_NL"] for one in lines)


def test_there_is_a_column_for_every_side_effect():
    assert set(grade_columns().values()) == {*(term.id for term in ctcae().terms), "other"}
    assert grade_columns()["AE_CAPILLARY_LEAK_SYNDROME"] == "capillary-leak-syndrome"


# -- three tables


def tables():
    archive = zipfile.ZipFile(io.BytesIO(domains_zip(RECORDS)))
    return {name: list(csv.DictReader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}


def test_the_three_tables_fit_each_other():
    found = tables()
    assert set(found) == {"dm.csv", "ex.csv", "ae.csv", "data-dictionary.csv"}
    assert [one["USUBJID"] for one in found["dm.csv"]] == ["aa11", "bb22", "cc33"]
    assert [(one["USUBJID"], one["COURSE"]) for one in found["ex.csv"]] == [
        ("aa11", "1"), ("aa11", "2"), ("bb22", "1"), ("cc33", "1"),
    ]  # fmt: skip
    assert {one["EXDOSU"] for one in found["ex.csv"]} == {"mg"}


@pytest.mark.hazard("HZ-095")
def test_a_term_that_nobody_looked_for_is_not_done_and_one_that_was_not_there_did_not_occur():
    rows = {(one["USUBJID"], one["COURSE"], one["AETERM"]): one for one in tables()["ae.csv"]}
    assert rows["aa11", "1", "Pain"]["AETOXGR"] == "3"
    assert (rows["aa11", "1", "Fever"]["AEOCCUR"], rows["aa11", "1", "Fever"]["AETOXGR"]) == ("N", "0")
    assert (rows["bb22", "1", "Pain"]["AESTAT"], rows["bb22", "1", "Pain"]["AETOXGR"]) == ("NOT DONE", "")
    assert rows["aa11", "1", "Hypoxia"]["AEWORSE"] == "Y"
    assert rows["aa11", "1", "other"]["AEPRESP"] == ""
    assert ("bb22", "1", "other") not in rows
    assert {one["AETOXV"] for one in rows.values()} == {"5.0"}
