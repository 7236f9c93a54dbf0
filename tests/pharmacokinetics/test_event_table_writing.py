"""A schedule written as an event table and read back is the same schedule."""

import numpy as np
import pytest

from ransel.pharmacokinetics.events.schedule_of_events import dosing_of
from ransel.pharmacokinetics.events.table import read_event_table
from ransel.pharmacokinetics.events.writing import event_table_text, events_of
from ransel.pharmacokinetics.schedule import Schedule


def schedule(times, rates, *, boluses=None, resets=None, occasions=None, scale=(1.0,), offsets=None):
    count = len(times)
    return Schedule(
        times=np.array(times, dtype=float), rates=np.array(rates, dtype=float),
        boluses=np.zeros(count) if boluses is None else np.array(boluses, dtype=float),
        resets=np.zeros(count, dtype=bool) if resets is None else np.array(resets, dtype=bool),
        occasions=np.array(occasions or [0] * count, dtype=np.int32), scale=np.array(scale),
        offsets=None if offsets is None else np.array(offsets, dtype=np.int64),
    )  # fmt: skip


def back(text):
    return dosing_of(read_event_table(text, "written.csv"))


def test_two_courses_of_three_children_come_back():
    """Among them a pump that stood still, and children who differ by their body surface."""
    written = schedule([0, 31.4, 33.1, 240, 840, 1080], [0.31, 0, 0.31, 0, 0.31, 0], occasions=[0, 0, 0, 0, 1, 1],
                       scale=[0.5, 0.73, 1.1])  # fmt: skip
    text = event_table_text(events_of(written, drawings=[12, 240, 840, 2000], children=("A1", "A2", "A3"),
                                      covariates={"BSA": written.scale}))  # fmt: skip
    found = back(text)
    assert found.children == ("A1", "A2", "A3")
    for child in range(3):
        part = found.given.part(child, child + 1)
        assert part.times == pytest.approx(written.times, rel=1e-15)
        assert part.rates == pytest.approx(written.rates * written.scale[child], rel=1e-15)
        held = dict(zip(part.times, part.occasions, strict=True))
        assert [held[time] for time in sorted(held)] == [0, 0, 0, 0, 1, 1]
    assert np.array_equal(found.drawings.times.reshape(3, 4), [[12, 240, 840, 2000]] * 3)


def test_boluses_and_resets_of_children_with_moments_of_their_own_come_back():
    written = schedule([0, 5, 0, 9], [0, 0, 2, 0], boluses=[10, 4, 0, 0], resets=[0, 1, 0, 0], scale=[1, 1],
                       offsets=[0, 2, 4])  # fmt: skip
    found = back(event_table_text(events_of(written)))
    for name in ("times", "rates", "boluses", "resets", "occasions", "offsets"):
        assert np.array_equal(getattr(found.given, name), getattr(written, name)), name


def test_what_nobody_uses_is_no_column_and_no_digit_is_lost():
    text = event_table_text(events_of(schedule([0, 0.1 + 0.2], [1 / 3, 0])))
    head, row = text.splitlines()
    assert head == "ID,TIME,AMT,RATE,EVID"
    assert float(row.split(",")[3]) == 1 / 3


def test_a_table_that_was_read_is_written_as_it_was():
    text = "ID,TIME,AMT,RATE,II,ADDL,SS,EVID,DV,OCC,WT\n" + "".join(
        f"{row}\n"
        for row in ("1,0,100,10,24,3,1,1,.,1,12.5", "1,5.5,.,.,.,.,.,0,3.2,1,12.5", "1,9,.,.,.,.,.,0,<0.5,2,13")
    )
    assert event_table_text(read_event_table(text)) == text


def test_what_a_table_has_no_words_for_is_an_error():
    with pytest.raises(ValueError, match="never ends"):
        events_of(schedule([0], [1]))
    steady = back("ID,TIME,AMT,SS,II\n1,0,5,1,8\n")
    amounts = np.ones_like(steady.given.times)
    beyond = Schedule(times=steady.given.times, rates=steady.given.rates, boluses=steady.given.boluses,
                      resets=steady.given.resets, occasions=steady.given.occasions, scale=steady.given.scale,
                      offsets=steady.given.offsets, peripheral_boluses=amounts)  # fmt: skip
    with pytest.raises(ValueError, match="beyond the blood"):
        events_of(beyond)
