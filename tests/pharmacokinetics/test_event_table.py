"""Event tables: what is read, and how precisely a wrong table is refused."""

import numpy as np
import pytest

from ransel.language import Refused
from ransel.pharmacokinetics.events.row import EventKind, Steady
from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.pharmacokinetics.individuals import Individuals
from ransel.pharmacokinetics.linear.engine import summaries

HEAD = "ID,TIME,AMT,RATE,DUR,II,ADDL,SS,EVID,MDV,CMT,DV,OCC,WT\n"
GOOD = "1,0,100,10,.,24,3,1,1,1,1,.,2,12.5\n1,5.5,.,.,.,.,.,.,0,0,,3.2,2,12.5\n"


def refusals(text):
    with pytest.raises(Refused) as refused:
        read_event_table(text, "t.csv")
    for one in refused.value.refusals:
        assert one.text("en") != one.text("nl")
    return refused.value.refusals


def the_refusal(text):
    (one,) = refusals(text)
    return one


def test_every_column_is_read():
    table = read_event_table(HEAD + GOOD, "t.csv")
    dose, level = table.rows
    assert (dose.child, dose.time, dose.amount, dose.rate, dose.interval) == ("1", 0, 100, 10, 24)
    assert (dose.additional, dose.steady, dose.kind) == (3, Steady.INSTEAD, EventKind.DOSE)
    assert (dose.missing, dose.compartment, dose.occasion) == (True, 1, 2)
    assert (level.kind, level.level, level.time, level.line) == (EventKind.OBSERVATION, 3.2, 5.5, 3)
    assert table.covariates == ("WT",)
    assert level.covariates == {"WT": 12.5}


def test_names_of_columns_may_be_in_any_case_and_tables_of_levels_have_their_own():
    table = read_event_table("Subject,Time,conc\n7,0.5,1.25\n")
    assert (table.children, table.rows[0].level) == (("7",), 1.25)


def test_empty_lines_comments_and_a_byte_order_mark_of_the_first_line_do_no_harm():
    table = read_event_table("ID,TIME,DV\r\n\r\n# a remark, with a comma\r\n1,0,2\r\n,,\r\n1,1,1\r\n")
    assert [(row.line, row.level) for row in table.rows] == [(4, 2.0), (6, 1.0)]


@pytest.mark.parametrize(
    ("written", "level", "below"),
    [("<0.5", None, 0.5), ("< 0.5", None, 0.5), ("BLQ", None, 0.0), (".", None, None), ("0", 0.0, None)],
)
def test_a_level_below_a_limit_keeps_its_limit(written, level, below):
    (row,) = read_event_table(f"ID,TIME,DV\n1,0,{written}\n").rows
    assert (row.level, row.below) == (level, below)


ROW = {"ID": "1", "TIME": "0", "AMT": "100", "EVID": "1"}


def table_with(**cells):
    row = ROW | cells
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


@pytest.mark.hazard("HZ-098")
@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"AMT": "-5"}, "negative", "AMT"),
        ({"AMT": "12,5x"}, "cells", ""),
        ({"AMT": '"12,5"'}, "decimal-comma", "AMT"),
        ({"AMT": "=SUM(A1:A9)"}, "formula", "AMT"),
        ({"AMT": "@cmd"}, "formula", "AMT"),
        ({"AMT": "-cmd(1)"}, "formula", "AMT"),
        ({"AMT": "ten"}, "no-number", "AMT"),
        ({"AMT": "nan"}, "no-number", "AMT"),
        ({"AMT": "inf"}, "no-number", "AMT"),
        ({"AMT": "1e300"}, "number-too-large", "AMT"),
        ({"AMT": "0"}, "no-amount", "AMT"),
        ({"TIME": ""}, "no-value", "TIME"),
        ({"TIME": "08:00"}, "no-number", "TIME"),
        ({"EVID": "5"}, "unknown-event", "EVID"),
        ({"EVID": "1.5"}, "whole-number", "EVID"),
        ({"EVID": "0"}, "dose-on-other", "AMT"),
        ({"EVID": "3"}, "dose-on-other", "AMT"),
        ({"RATE": "-1"}, "modelled-rate", "RATE"),
        ({"RATE": "-2"}, "modelled-rate", "RATE"),
        ({"RATE": "-3"}, "negative", "RATE"),
        ({"DUR": "-2"}, "negative", "DUR"),
        ({"DUR": "2", "RATE": "50"}, "rate-and-duration", "DUR"),
        ({"DUR": "2", "AMT": "0"}, "duration-without-amount", "DUR"),
        ({"RATE": "5", "AMT": "0"}, "rate-without-amount", "RATE"),
        ({"RATE": "5", "AMT": "0", "SS": "1", "II": "12"}, "endless-repeats", "II"),
        ({"RATE": "5", "AMT": "0", "SS": "1", "ADDL": "2"}, "endless-repeats", "ADDL"),
        ({"SS": "3"}, "unknown-steady", "SS"),
        ({"SS": "1"}, "steady-without-interval", "SS"),
        ({"SS": "1", "II": "8", "RATE": "10"}, "longer-than-interval", "II"),
        ({"II": "-8", "ADDL": "1"}, "negative", "II"),
        ({"II": "8"}, "interval-alone", "II"),
        ({"ADDL": "3"}, "additional-without-interval", "ADDL"),
        ({"ADDL": "-3", "II": "8"}, "negative", "ADDL"),
        ({"ADDL": "1000000", "II": "8"}, "too-many-additional", "ADDL"),
        ({"CMT": "2"}, "compartment", "CMT"),
        ({"CMT": "-1"}, "compartment", "CMT"),
        ({"MDV": "2"}, "yes-or-no", "MDV"),
        ({"OCC": "0"}, "occasion", "OCC"),
        ({"ID": "Jan de Vries"}, "no-name", "ID"),
        ({"ID": ""}, "no-name", "ID"),
        ({"SEX": "M"}, "no-number", "SEX"),
    ],
    ids=lambda value: "_".join(f"{key}={cell}" for key, cell in value.items()) if isinstance(value, dict) else value,
)
def test_one_wrong_cell_is_one_refusal_at_its_place(cells, code, column):
    one = the_refusal(table_with(**cells))
    assert (one.code, one.file, one.field) == (f"event-table.{code}", "t.csv", f"line 2 {column}".strip())


def test_everything_wrong_is_said_at_once_each_at_its_line():
    found = refusals("ID,TIME,AMT,RATE,EVID\n1,0,-5,.,1\n1,3,10,-2,1\n1,2,.,.,0\n2,0,x,.,1\n1,9,.,.,0\n")
    assert [(one.field, one.code.removeprefix("event-table.")) for one in found] == [
        ("line 2 AMT", "negative"), ("line 3 RATE", "modelled-rate"), ("line 5 AMT", "no-number"),
        ("line 4 TIME", "time-back"), ("line 6 ID", "child-returns"),
    ]  # fmt: skip


def test_a_table_with_endless_faults_stops_at_a_hundred():
    assert len(refusals("ID,TIME\n" + "1,x\n" * 5000)) == 100


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "event-table.empty"),
        ("\n\n", "event-table.empty"),
        ("ID,TIME,AMT\n", "event-table.empty"),
        ("ID;TIME;AMT\n1;0;5\n", "event-table.semicolons"),
        ("ID\tTIME\tAMT\n", "event-table.tabs"),
        ("ID,TIME,time\n1,0,0\n", "event-table.column-twice"),
        ("ID,TIME,DV,CONC\n1,0,0,0\n", "event-table.column-twice"),
        ("ID,TIME,=A1\n1,0,0\n", "event-table.column-name"),
        ("ID,TIME,\n1,0,0\n", "event-table.column-name"),
        ("ID,AMT\n1,5\n", "event-table.no-column"),
        ("TIME,AMT\n1,5\n", "event-table.no-column"),
        ("ID,TIME\n1,5,7\n", "event-table.cells"),
        ("ID,TIME\n1,0\0\n", "file.not-text"),
        ("ID,TIME\n1," + "9" * 200_000 + "\n", "event-table.not-csv"),
    ],
)
def test_what_is_no_table_is_refused_as_that(text, code):
    assert the_refusal(text).code == code


def test_a_clock_that_goes_back_at_a_reset_is_refused_with_its_own_remedy():
    one = the_refusal("ID,TIME,AMT,EVID\n1,24,5,1\n1,0,5,4\n")
    assert one.code == "event-table.time-back-at-reset"
    assert "another ID" in one.text("en")


def test_a_rate_of_minus_two_is_told_why_and_what_instead():
    said = the_refusal(table_with(RATE="-2")).text("en")
    assert "a table holds no model" in said
    assert "DUR" in said


def test_what_runs_is_a_schedule_of_rates_with_exact_ends():
    dosing = dosing_of(read_event_table("ID,TIME,AMT,DUR,DV\na,0,240,24,.\na,12,.,.,1\nb,3,8,.,.\n"))
    given = dosing.given
    assert dosing.children == ("a", "b")
    assert np.array_equal(given.offsets, [0, 2, 3])
    assert np.array_equal(given.times, [0, 24, 3])
    assert np.array_equal(given.rates, [10, 0, 0])
    assert np.array_equal(given.boluses, [0, 0, 8])
    assert np.array_equal(dosing.drawings.offsets, [0, 1, 1])
    assert np.array_equal(dosing.drawings.rows, [1])


def test_a_hundred_thousand_additional_doses_are_laid_out_one_after_another():
    dosing = dosing_of(read_event_table("ID,TIME,AMT,DUR,II,ADDL\n1,0,2,1,2,99999\n"))
    assert dosing.given.times.shape == (200_000,)
    assert np.array_equal(np.unique(dosing.given.rates), [0, 2])


STEADY = "ID,TIME,AMT,SS,II\n1,0,5,1,8\n"


def child(**values):
    return Individuals(**{name: np.full((1, 1), value) for name, value in values.items()})


def test_who_clears_nothing_has_no_steady_state():
    dosing = dosing_of(read_event_table(STEADY))
    with pytest.raises(ValueError, match="no steady state"):
        dosing.schedule(child(clearance=0.0, volume=5.0, exchange=0.1, peripheral=4.0))


def test_a_dosing_is_of_so_many_individuals_as_there_are_children():
    dosing = dosing_of(read_event_table(STEADY + "2,0,5,1,8\n"))
    with pytest.raises(ValueError, match="cannot be 2 children"):
        dosing.schedule(child(clearance=1.0, volume=5.0, exchange=0.1, peripheral=4.0))


@pytest.mark.parametrize("exchange", [0.0, 1e-9, 1e-4, 1.0, 1e4])
@pytest.mark.parametrize("peripheral", [1e-3, 1.0, 1e4])
def test_amounts_at_steady_state_keep_what_goes_in_equal_to_what_goes_out(exchange, peripheral):
    """Over one interval as much is cleared as is given: the area between two doses is that of one dose for ever."""
    one = child(clearance=0.7, volume=4.0, exchange=exchange, peripheral=peripheral)
    dosing = dosing_of(read_event_table("ID,TIME,AMT,SS,II\n1,0,5,1,8\n1,8,0,0,0\n"))
    found = summaries(one, dosing.schedule(one), np.array([[0.0, 8.0]]), 1.0)
    assert found.area[0, 0] == pytest.approx(5 / 0.7, rel=1e-11)
