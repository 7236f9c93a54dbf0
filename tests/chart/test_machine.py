"""The declared tables: complete, without dead ends, and never left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ransel.chart.machine import CONTAINER, COURSE, PUMP, TREATMENT, knows, next_phase
from ransel.chart.records import VOCABULARY, OfContainer, OfCourse

TABLES = {"treatment": TREATMENT, "course": COURSE, "container": CONTAINER, "pump": PUMP}
MADE_BY_THE_FOLD = {"removed-last", "replaced"}
FINAL = {"withdrawn"}


@pytest.mark.parametrize("name", TABLES)
def test_every_step_is_a_kind_that_can_be_signed(name):
    steps = {step for steps in TABLES[name].values() for step in steps}
    assert steps <= VOCABULARY.keys() | MADE_BY_THE_FOLD


@pytest.mark.parametrize("name", TABLES)
def test_every_phase_that_is_reached_has_a_row_and_every_row_is_reached(name):
    table = TABLES[name]
    first = next(iter(table))
    reached, waiting = {first}, [first]
    while waiting:
        for phase in table[waiting.pop()].values():
            if phase not in reached:
                reached.add(phase)
                waiting.append(phase)
    assert reached == table.keys()


@pytest.mark.parametrize("name", TABLES)
def test_from_every_phase_something_follows(name):
    assert {phase for phase, steps in TABLES[name].items() if not steps} <= FINAL


def test_every_record_of_a_course_has_its_time_in_the_course():
    missing = {kind for kind, record in VOCABULARY.items() if issubclass(record, OfCourse) and not knows(COURSE, kind)}
    assert not missing


def test_every_record_of_a_container_has_its_time_in_the_container():
    made = {kind for kind, record in VOCABULARY.items() if issubclass(record, OfContainer)}
    assert not {kind for kind in made if not knows(CONTAINER, kind)}


@pytest.mark.hazard("HZ-069")
@given(st.lists(st.sampled_from(sorted({step for steps in CONTAINER.values() for step in steps})), max_size=30))
def test_no_way_leads_to_a_connected_container_that_was_not_released_and_handed_over(steps):
    phase, seen = "planned", []
    for step in steps:
        following = next_phase(CONTAINER, phase, step)
        if following is not None:
            seen = [] if step == "batch-started" else [*seen, step]
            phase = following
        if phase == "connected":
            begun = seen[: seen.index("connected")] if "connected" in seen else seen
            order = [begun.index(one) for one in ("batch-checked", "released", "left-fridge")]
            assert order == sorted(order)


@pytest.mark.hazard("HZ-065")
@given(st.lists(st.sampled_from(sorted({step for steps in COURSE.values() for step in steps})), max_size=30))
def test_no_way_leads_to_a_running_course_that_nobody_verified(steps):
    phase, seen = "none", []
    for step in steps:
        following = next_phase(COURSE, phase, step)
        if following is not None:
            seen = [] if step == "course-ordered" else [*seen, step]
            phase = following
        if phase == "running":
            assert "order-verified" in seen
