"""What is to be done next follows from what was signed, and is gone once it is done."""

from datetime import timedelta

import pytest
from chart.stages import at
from chart.story import START, Story, enrolled

from ransel.chart.records import care, pharmacy, prescribing
from ransel.chart.tasks import ROLES, tasks_of, vials_opened


def kinds(story):
    return {(task.kind, task.container) for task in tasks_of(story.treatment, story.now)}


def test_each_step_of_a_course_takes_its_task_away_and_brings_the_next():
    story = Story()
    story.sign("doctor", prescribing.Enrolled(child="c-0001", centre="maxima", protocol=story.protocol.id))
    assert kinds(story) == {("measure", 0)}
    story = enrolled()
    assert kinds(story) == {("order", 0)}
    story.sign("doctor", story.order())
    assert kinds(story) == {("verify", 0)}
    story.sign("second", prescribing.OrderVerified(course=1))
    assert {("criteria", 0), ("go", 1), ("go", 2), ("connect", 1), ("ask-home-care", 2)} <= kinds(story)
    story.cleared()
    assert ("make", 1) in kinds(story)
    assert ("go", 1) not in kinds(story)
    story.begun(1)
    assert ("weigh", 1) in kinds(story)
    story.weighed(1)
    story.sign("checker", story.checked(1))
    assert ("release", 1) in kinds(story)
    story.sign("pharmacist", story.release(1))
    assert ("hand-over", 1) in kinds(story)
    story.handed_over(1)
    story.connected(1)
    assert ("connect", 1) not in kinds(story)
    assert {("go-home", 0), ("change", 2)} <= kinds(story)


def test_after_the_last_disconnect_only_the_residue_the_pump_and_the_next_course_are_left():
    story = at("pump-back")
    assert kinds(story) == {("order", 0)}
    assert tasks_of(story.treatment, story.now)[0].due == START + timedelta(days=31)
    assert vials_opened(story.treatment.current) == 4


@pytest.mark.hazard("HZ-078")
def test_a_disconnect_that_nobody_does_becomes_late():
    story = at("changed")
    task = next(one for one in tasks_of(story.treatment, story.now) if one.kind == "disconnect")
    assert task.due == START + timedelta(hours=240)
    assert not task.is_late(task.latest)
    assert task.is_late(task.latest + timedelta(seconds=1))


def test_a_course_that_stands_still_is_everybodys_task_until_it_runs():
    story = at("connected")
    story.sign("ward", care.Interrupted(course=1, cause="line"))
    assert ("resume", 0) in kinds(story)
    story.sign("ward", care.Resumed(course=1, rate="2 mL/h"))
    assert ("resume", 0) not in kinds(story)


def test_a_container_that_was_thrown_away_is_made_again_only_after_a_go_that_stands():
    story = at("released")
    thrown_away = pharmacy.Discarded(course=1, container=1, cause="not-needed")
    story.sign("doctor", prescribing.GoWithheld(course=1, container=1), reason="fever since last night")
    assert ("go", 1) in kinds(story)
    story.sign("pharmacist", thrown_away, reason="the go was withheld")
    assert ("go", 1) in kinds(story)
    assert ("make", 1) not in kinds(story)
    story.sign("doctor", prescribing.GoGiven(course=1, container=1))
    assert ("make", 1) in kinds(story)


def test_a_treatment_that_has_ended_leaves_no_task():
    assert kinds(at("withdrawn-before")) == set()


def test_every_task_is_somebodys():
    assert all(ROLES.values())
