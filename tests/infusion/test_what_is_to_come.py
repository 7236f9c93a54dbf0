"""The rules of the ledger about what is to come, and what has to move."""

import pytest
from infusion.ledgers import hours, running
from infusion.streams import (
    START,
    Pump,
    at,
    course,
    plan,
    weighed,
)

from ransel.infusion import account, read_plan
from ransel.quantities import Duration

# what is to come


def test_a_full_cassette_is_empty_at_117_9_hours_at_the_soonest_and_with_5_mL_of_priming_at_115_6():
    for primed, soonest in ((0, "117.924528302"), (5, None)):
        pump = Pump().attach(-0.5, 1, primed=primed).start(0)
        empties = account(plan(), pump.events).containers[0].empties
        assert Duration.between(START, empties.earliest).plain("h")[:6] == (soonest or "115.42")[:6]
    # Counting 5 mL of priming by a fast pump as well, 5.3 mL are gone: 115.42 h, a little before 115.57 h.
    exact = read_plan(course(priming_mL="5"))
    pump = Pump().attach(-0.5, 1).start(0)
    assert (
        Duration.between(START, account(exact, pump.events).containers[0].empties.earliest).plain("h")[:6] == "115.56"
    )


def test_the_second_cassette_is_empty_at_232_9_hours_and_both_last_235_8():
    pump = Pump().attach(-0.5, 1, primed=0).start(0).stop(115).attach(115, 2, primed=0).start(115)
    empties = account(plan(), pump.events).containers[1].empties
    assert Duration.between(START, empties.earliest).plain("h")[:6] == "232.92"
    both = account(plan(hours=[(0, 117.9245283), (117.9245283, 240)]), Pump().attach(-0.5, 1, primed=0).start(0).events)
    twice = Duration.between(START, both.containers[0].empties.earliest) * 2
    assert twice.plain("h")[:6] == "235.84"


def test_at_half_the_rate_no_cassette_runs_longer_than_its_clock_without_being_told():
    pump = running(24).stop(24, "rate-change").start(24, rate=1.0, cause="rate-change").status(28)
    ledger = account(plan(course_ends_by="empty", container_ends_by="empty"), pump.events)
    assert any(proposal.message.key == "proposal.make-again" for proposal in ledger.proposals)
    assert ledger.containers[1].slack < Duration("0 h")


def test_without_a_pause_time_and_display_end_the_course_at_the_same_moment():
    ends = account(plan(), running(24).events).projection.ends_by
    assert ends["time"].exact == ends["displayed-volume"].exact == at(240)


def test_after_a_pause_the_four_events_that_may_end_a_course_are_four_moments():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(24).start(26, cause="resume").stop(115)
    pump.attach(115, 2, primed=5).start(115).status(119)
    ends = account(plan(), [*pump.events, weighed(115.2, 1, 6)]).projection.ends_by
    assert {event: hours(moment.exact) for event, moment in ends.items()} == {
        "time": 240,
        "displayed-volume": 242,  # 480 mL are counted two hours later
        "empty": 237.5,  # 245 mL at 2 mL/h
        "weighed-residue": 235.5,  # 239 of 480 mL were given; the rest at 2 mL/h
    }


@pytest.mark.parametrize(
    ("made_up", "by", "end"),
    [(True, "time", 246), (False, "time", 240), (True, "displayed-volume", 246), (False, "displayed-volume", 240)],
)
def test_what_a_stop_cost_is_made_up_when_the_protocol_says_so(made_up, by, end):
    pump = running(24).stop(24).start(30, cause="resume").status(34)
    ledger = account(plan(lost_volume_made_up=made_up, course_ends_by=by), pump.events)
    assert hours(ledger.end) == end


def test_the_display_shows_more_than_there_is():
    pump = Pump().attach(-0.5, 1, shows=250).start(0).status(4)
    first = account(plan(), pump.events).containers[0]
    assert hours(first.empty_by_display) == 125
    assert first.empties.exact < first.empty_by_display


def test_an_empty_reservoir_is_empty_when_the_pump_says_so():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).raise_(116, "reservoir-empty")
    first = account(plan(), pump.stop(116, "alarm", condition="reservoir-empty").events).containers[0]
    assert hours(first.empty_at) == 116


def test_slack_is_what_is_left_of_the_stability_clock():
    ledger = account(plan(), running(24).events)
    assert [one.slack for one in ledger.containers] == [Duration("52 h"), Duration("42 h")]


# what has to move


def moves(ledger):
    return {(one.message.key.removeprefix("proposal."), one.visit): one for one in ledger.proposals}


def test_nothing_has_to_move_while_things_go_as_planned():
    for until in (0, 24, 112):
        assert account(plan(), running(until).events).proposals == ()


def test_a_faster_rate_moves_the_change_forward():
    pump = running(24).stop(24, "rate-change").start(24, rate=2.4, cause="rate-change").status(28)
    change = moves(account(plan(), pump.events))["change-earlier", "change"]
    assert change.old == at(115)
    assert change.new < at(100)
    assert change.inside_window is False
    assert "Move the change" in change.message.text("en")


def test_a_long_stop_moves_the_disconnecting():
    pump = running(24).stop(24).start(27, cause="resume").status(31)
    disconnect = moves(account(plan(), pump.events))["disconnect-later", "disconnect"]
    assert (disconnect.old, disconnect.new) == (at(240), at(243))
    assert disconnect.inside_window is True
    longer = running(24).stop(24).start(34, cause="resume").status(38)
    assert moves(account(plan(), longer.events))["disconnect-later", "disconnect"].inside_window is False


def test_a_long_stop_moves_the_change_so_that_the_next_container_lasts_to_the_new_end():
    pump = running(24).stop(24).start(34, cause="resume").status(38)
    change = moves(account(plan(), pump.events))["change-later", "change"]
    assert change.old == at(115)
    assert at(124) < change.new < at(125)
    assert change.inside_window is False


@pytest.mark.parametrize("by", ["time", "displayed-volume", "empty", "weighed-residue"])
def test_whatever_ends_the_course_an_undisturbed_one_moves_nothing(by):
    for pump in (running(24), running(112), Pump().attach(-0.5, 1, primed=5).start(0)):
        assert account(plan(course_ends_by=by), pump.events).proposals == ()


def test_a_late_start_moves_the_disconnecting():
    pump = Pump().attach(1.5, 1, primed=5).start(2).status(6)
    disconnect = moves(account(plan(), pump.events))["disconnect-later", "disconnect"]
    assert disconnect.new == at(242)


def test_a_stop_of_minutes_moves_nothing():
    assert account(plan(), running(24).stop(24).start(24.1, cause="resume").status(28).events).proposals == ()


def test_a_container_that_would_outlive_its_clock_is_ended_or_made_again():
    long = running(24).stop(24)
    ledger = account(plan(), long.events, now=at(80))
    made_again = moves(ledger)["make-again", ""]
    assert ledger.containers[1].slack < Duration("0 h")
    assert (made_again.container, made_again.new) == (2, at(115 + 167))
    second = Pump().attach(114.5, 2, primed=0).start(115).stop(120).start(170, cause="resume").status(174)
    ending = moves(account(plan(), [*Pump("P0").attach(-0.5, 1).start(0).stop(115).events, *second.events]))
    assert ending["end-before-clock", ""].container == 2


def test_a_stop_longer_than_the_rule_is_for_the_doctor():
    strict = plan(restart_rules_after_h="4")
    assert "restart-now" in {key for key, _ in moves(account(strict, running(24).stop(24).events, now=at(29)))}
    resumed = running(24).stop(24).start(29, cause="resume").status(33)
    assert "restart-was" in {key for key, _ in moves(account(strict, resumed.events))}
    short = running(24).stop(24).start(27, cause="resume").status(31)
    assert not {"restart-was", "restart-now"} & {key for key, _ in moves(account(strict, short.events))}


def test_a_dose_that_falls_short_says_what_it_would_take():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(80).attach(115, 2, primed=0).start(115).stop(240, "complete")
    short = moves(account(plan(), pump.events))["short-make", ""]
    assert "another container" in short.message.text("en")
    not_made_up = Pump().attach(-0.5, 1, primed=5).start(0).stop(115).attach(115, 2, primed=0).start(115)
    not_made_up.stop(130).start(140, cause="resume").status(144)
    assert "short-run-on" in {key for key, _ in moves(account(plan(lost_volume_made_up=False), not_made_up.events))}


def test_proposals_and_flags_speak_both_languages():
    pump = running(24).stop(24).start(34, cause="resume").status(38)
    ledger = account(plan(restart_rules_after_h="4"), [*pump.events, weighed(38, 1, 230)], now=at(45))
    for one in (*ledger.proposals, *ledger.flags):
        message = one.message
        assert message.text("en") != message.text("nl")
