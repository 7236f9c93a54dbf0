"""Going home, coming back, moving visits, home care: what stands in the way is tried, and nothing is signed."""

from datetime import UTC, datetime, timedelta

import pytest
from chart.refusing import case, refusals
from chart.stages import at
from chart.story import START

from ransel.chart.guards.care import MUST_HOLD_AT_HOME
from ransel.chart.records.care import (
    FitForHome,
    HomeCareAccepted,
    HomeCareAsked,
    HomeCareDeclined,
    NoShow,
    Observed,
    Readmitted,
    SentHome,
    VisitMoved,
)
from ransel.chart.tasks import tasks_of

END = START + timedelta(hours=240)


def fit(**changes):
    told = dict.fromkeys(MUST_HOLD_AT_HOME, True) | {"travel_minutes": 90}
    return lambda _: FitForHome(course=1, **(told | changes))


def home(_):
    return SentHome(course=1)


def medicine_given(story):
    story.sign("ward", Observed(course=1, heart_rate=110, intravenous_medicine=True))


GOING_HOME = [
    *(case(f"without {name}", "looked-after", "doctor", fit(**{name: False}), f"chart.not-fit @ {name}")
      for name in MUST_HOLD_AT_HOME),
    case("nobody has looked", "connected", "doctor", fit(), "chart.nobody-looked @ vital_signs_normal"),
    case("by a protocol that knows no home", "on-the-ward", "doctor", fit(), "chart.not-at-home @ course"),
    case("before a doctor decided", "looked-after", "ward", home, "chart.not-declared-fit @ course"),
    case("twice", "at-home", "ward", home, "chart.already-home @ course"),
    case("back although it is here", "looked-after", "ward", lambda _: Readmitted(course=1),
         "chart.not-home @ course", reason="fever"),
]  # fmt: skip


@pytest.mark.hazard("HZ-079")
@pytest.mark.parametrize("one", GOING_HOME)
def test_a_child_goes_home_when_everything_holds_and_a_doctor_has_said_so(one):
    if one.name == "nobody has looked":
        one.check(lambda story: setattr(story, "now", story.now + timedelta(hours=25)))
    else:
        one.check()


@pytest.mark.hazard("HZ-079")
def test_after_intravenous_medicine_a_day_has_to_pass_before_a_child_is_declared_fit():
    story = at("looked-after")
    medicine_given(story)
    story.now += timedelta(hours=23)
    story.sign("ward", Observed(course=1, heart_rate=100, intravenous_medicine=False))
    assert refusals(story, "doctor", fit()(story)) == ["chart.medicine-given @ no_intravenous_medicine_for_24_h"]
    story.now += timedelta(hours=1)
    story.sign("doctor", fit()(story))


@pytest.mark.hazard("HZ-079")
def test_after_intravenous_medicine_a_child_that_was_declared_fit_does_not_go_home_either():
    story = at("looked-after")
    story.sign("doctor", fit()(story))
    medicine_given(story)
    assert refusals(story, "ward", home(story)) == ["chart.medicine-given @ no_intravenous_medicine_for_24_h"]


@pytest.mark.hazard("HZ-079")
def test_a_child_that_came_back_is_declared_fit_again_before_it_goes_home_again():
    story = at("at-home")
    story.sign("ward", Readmitted(course=1), reason="fever at home")
    assert not story.treatment.current.at_home
    assert refusals(story, "ward", home(story)) == ["chart.not-declared-fit @ course"]
    story.sign("doctor", fit()(story))
    story.sign("ward", home(story))
    assert story.treatment.current.at_home


# -- moving visits


def moved(visit, container, to):
    return lambda _: VisitMoved(course=1, visit=visit, container=container, to=to)


def local(day, hour):
    """An hour in February 2027, when Amsterdam is one hour ahead."""
    return datetime(2027, 2, day, hour, tzinfo=UTC) - timedelta(hours=1)


def moving(name, stage, record, *reasons):
    return case(name, stage, "coordinator", record, *reasons, reason="the family asked")


MOVING = [
    moving("a visit that the plan has not", "verified", moved("change", 5, local(9, 9)), "chart.no-such-visit @ visit"),
    moving("a visit that has been", "cleared", moved("go", 1, local(5, 9)), "chart.visit-done @ visit"),
    moving("the first connecting", "verified", moved("connect", 1, local(5, 15)), "chart.connect-is-the-plan @ to"),
    moving("a change before its window", "connected", moved("change", 2, local(9, 9)), "chart.outside-window @ to"),
    moving("a change after its window", "connected", moved("change", 2, local(10, 10)), "chart.outside-window @ to"),
    moving("an end after its window", "connected", moved("disconnect", 2, local(15, 20)), "chart.outside-window @ to"),
    moving("the next course too soon", "connected", moved("next-course", 0, local(20, 9)), "chart.outside-window @ to"),
    moving("while day care is closed", "connected", moved("change", 2, local(10, 7)), "chart.place-closed @ to"),
    moving("into what has passed", "connected", moved("go", 2, local(8, 10)), "chart.in-the-past @ to"),
]  # fmt: skip


@pytest.mark.hazard("HZ-087")
@pytest.mark.parametrize("one", MOVING)
def test_a_visit_moves_only_inside_its_window_and_to_when_somebody_is_there(one):
    if one.name == "into what has passed":
        one.check(lambda story: setattr(story, "now", local(8, 12)))
    else:
        one.check()


@pytest.mark.hazard("HZ-087")
def test_a_window_moves_with_the_real_connecting_and_a_visit_may_then_be_where_it_could_not_be_before():
    late = at("programmed")
    late.now += timedelta(hours=2)
    late.sign("nurse", late.connection(1))
    change = moved("change", 2, local(10, 10))(late)
    late.sign("coordinator", change, reason="the family comes by train")
    assert refusals(at("connected"), "coordinator", change, reason="the same") == ["chart.outside-window @ to"]


# -- home care


def asked(**changes):
    return lambda _: HomeCareAsked(course=1, **({"organisation": "thuiszorg", "visit_at": END} | changes))


def accepted(**changes):
    return lambda _: HomeCareAccepted(course=1, **({"nurse": "p-home", "substitute": "p-other"} | changes))


HOME_CARE = [
    case("asked twice", "home-care", "coordinator", asked(), "chart.asked-already @ organisation"),
    case("asked for before the end", "connected", "coordinator", asked(visit_at=END - timedelta(hours=1)),
         "chart.outside-window @ visit_at"),
    case("asked for when the line has stood too long", "connected", "coordinator",
         asked(visit_at=END + timedelta(hours=5)), "chart.outside-window @ visit_at"),
    case("asked for by a protocol that knows no home", "on-the-ward", "coordinator", asked(),
         "chart.not-at-home @ course"),
    case("accepted although nobody asked", "connected", "home", accepted(), "chart.not-asked @ course"),
    case("declined although nobody asked", "connected", "home", lambda _: HomeCareDeclined(course=1),
         "chart.not-asked @ course", reason="no nurse free"),
    case("accepted by somebody else", "home-care", "coordinator", accepted(), "chart.asked-another @ where"),
    case("declined by somebody else", "home-care", "coordinator", lambda _: HomeCareDeclined(course=1),
         "chart.asked-another @ where", reason="no nurse free"),
    case("a nurse who stands in for herself", "home-care", "home", accepted(substitute="p-home"),
         "chart.own-substitute @ substitute"),
]  # fmt: skip


@pytest.mark.hazard("HZ-078")
@pytest.mark.parametrize("one", HOME_CARE)
def test_home_care_is_asked_once_for_when_the_pump_has_to_stop_and_answers_for_itself(one):
    one.check()


@pytest.mark.hazard("HZ-078")
def test_when_home_care_declines_somebody_else_has_to_be_asked_and_it_is_a_task_again():
    story = at("home-care")
    kinds = {task.kind for task in tasks_of(story.treatment, story.now)}
    assert "ask-home-care" not in kinds
    story.sign("home", HomeCareDeclined(course=1), reason="both nurses are ill")
    kinds = {task.kind for task in tasks_of(story.treatment, story.now)}
    assert "ask-home-care" in kinds
    story.sign("coordinator", asked(organisation="buurtzorg")(story))
    assert refusals(story, "home", accepted()(story)) == ["chart.asked-another @ where"]


@pytest.mark.hazard("HZ-078")
def test_when_nobody_came_the_pump_still_has_to_be_stopped_and_by_when():
    story = at("changed")
    story.now = END + timedelta(hours=1)
    story.sign("home", NoShow(course=1, visit="disconnect", told="p-coordinator"), reason="nobody opened the door")
    task = next(one for one in tasks_of(story.treatment, story.now) if one.kind == "disconnect")
    assert task.is_late(task.latest + timedelta(minutes=1))
    assert story.treatment.current.phase == "running"
