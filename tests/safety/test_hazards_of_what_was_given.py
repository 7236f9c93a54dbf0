"""What could go wrong with the account: silence, doubles, gaps, strangers, and a count that is taken for proof."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hazard_courses import course, plan, really_given_mg
from hazard_links import ROOT
from hypothesis import given
from hypothesis import strategies as st
from infusion.streams import START, Pump, at, hand, undisturbed, weighed
from infusion.streams import plan as plain_plan

from ransel.infusion import Kind, account, ledger_json, read_events, write_events
from ransel.infusion.condition_facts import facts
from ransel.infusion.detection import detection
from ransel.infusion.ledger import Cause, Given
from ransel.language import LANGUAGES, Refusal
from ransel.quantities import Duration, Mass, Rate, Volume

PLAN = plain_plan()
COUNTED = undisturbed().events
EVERYTHING = Mass("71.1 mg")


def flags(ledger):
    return {flag.code for flag in ledger.flags}


def told(ledger):
    return json.dumps(ledger_json(ledger), sort_keys=True)


# the pump counts and nothing flows


@pytest.mark.hazard("HZ-049")
def test_no_alarm_of_the_pump_notices_a_tube_that_is_shut():
    _, events, truth = course("tube-shut@3h")
    calls = {event.data["condition"] for event in events if event.kind is Kind.ALARM_RAISED}
    quiet = {event.data["condition"] for event in course()[1] if event.kind is Kind.ALARM_RAISED}
    assert calls == quiet
    assert really_given_mg(truth) < 1


@pytest.mark.hazard("HZ-049")
@pytest.mark.parametrize("hour", [0, 3, 30, 70, 100])
def test_the_weight_at_the_change_shows_that_nothing_flowed_and_holds_against_the_count(hour):
    ledger, _, truth = course(f"tube-shut@{hour}h")
    assert ledger.silent_non_delivery
    assert "ledger.silent" in flags(ledger)
    assert float(ledger.low.to("mg")) <= really_given_mg(truth) <= float(ledger.high.to("mg"))
    shut = START + timedelta(hours=hour)
    assert ledger.silent_non_delivery[0].since <= shut + timedelta(minutes=5)


@pytest.mark.hazard("HZ-049")
def test_after_it_was_found_nothing_more_is_certain_to_have_flowed_until_the_next_look():
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    for hour in range(4, 49, 4):
        pump.status(hour)
    found = account(PLAN, [*pump.events, weighed(24, 1, 245)], at(48))
    assert found.silent_non_delivery
    assert found.low.to("mg") < 1


@pytest.mark.hazard("HZ-049")
@pytest.mark.parametrize("rate", ["1 mL/h", "2 mL/h"])
def test_looking_every_day_finds_a_shut_tube_within_three_days_and_looking_once_does_not(rate):
    table = {one.observation: one for one in detection(PLAN, (Rate(rate),))}
    assert table["weigh-daily"].worst < Duration("36 h")
    assert table["photo-daily"].worst < Duration("72 h")
    assert table["photo-at-24h"].worst > Duration("100 h")
    assert table["none"].noticed is None


# a hostile stream


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"schema": "ransel/pump-event/1"}',
        b'{"schema": "ransel/pump-event/1", "pump": "P", "pump": "Q"}',
        b"NaN",
        b"x" * 2_000_000,
        b'{"schema":"ransel/pump-event/1","pump":"P1","boot":1,"seq":1,"uptime_ms":1,"kind":"started","data":{"counted_nL":-5}}',
        b'{"schema":"ransel/pump-event/1","pump":"P1","boot":1,"seq":1,"uptime_ms":1e99,"kind":"started","data":{}}',
        b'{"schema":"ransel/pump-event/1","pump":"P\\n1","boot":1,"seq":1,"uptime_ms":1,"kind":"started","data":{}}',
        b'{"schema":"ransel/pump-event/1","pump":"P1","boot":true,"seq":1,"uptime_ms":1,"kind":"started","data":{}}',
        b'{"schema":"ransel/pump-event/1","pump":"P1","boot":1,"seq":1,"uptime_ms":1,"kind":"weighed","data":{"weight_g":"17,0"}}',
    ],
    ids=range(11),
)
def test_a_hostile_line_is_refused_with_its_number_and_changes_nothing(line):
    good = [text.encode() for text in write_events(COUNTED)]
    events, rejected = read_events([*good[:20], line, *good[20:]])
    assert told(account(PLAN, events)) == told(account(PLAN, COUNTED))
    assert [one.field.split(":")[0] for one in rejected if isinstance(one, Refusal)] == ["line 21"] * len(rejected)
    assert rejected


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize("volume", [10**12, 5 * 10**8])
def test_a_counter_that_claims_more_than_the_container_held_gives_no_more_than_that(volume):
    events = [
        replace(one, data={**one.data, "counted_nL": one.data["counted_nL"] + volume})
        if one.kind is Kind.STOPPED
        else one
        for one in COUNTED
    ]
    ledger = account(PLAN, events)
    assert ledger.high < EVERYTHING
    assert flags(ledger) & {"ledger.counter-jump", "ledger.counter-back", "ledger.no-counter"}


@pytest.mark.hazard("HZ-057")
def test_every_line_that_a_simulated_course_writes_can_be_read_back_and_gives_the_same_account():
    for faults in [(), ("tube-shut@30h",), ("motor-stuck@40h", "battery-out@90h"), ("link-down@20h for 9h",)]:
        ledger, events, _ = course(*faults)
        read, rejected = read_events(write_events(events))
        assert not rejected
        assert told(account(plan(), read)) == told(ledger)


# twice, late, out of order


@pytest.mark.hazard("HZ-058")
@pytest.mark.parametrize("seed", range(5))
def test_any_order_and_any_number_of_copies_give_the_same_account(seed):
    ledger, events, _ = course("occlusion@37h for 20min", "motor-stuck@60h", "battery-out@90h")
    draw = Random(seed)  # noqa: S311 - a repeatable order, no secret
    shuffled = [*events, *draw.sample(events, len(events) // 2)]
    draw.shuffle(shuffled)
    assert told(account(plan(), shuffled)) == told(ledger)


@pytest.mark.hazard("HZ-058")
@pytest.mark.property
@given(st.integers(0, 72))
def test_however_late_a_stream_arrives_it_counts_the_same(hours):
    late = [replace(one, received_at=one.received_at + timedelta(hours=hours)) for one in COUNTED[:-1]]
    ledger = account(PLAN, [*late, COUNTED[-1]])
    assert [one.counted for one in ledger.containers] == [one.counted for one in account(PLAN, COUNTED).containers]


# silence and gaps


@pytest.mark.hazard("HZ-059")
def test_silence_is_told_with_its_age_and_the_least_amount_does_not_count_on_it():
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    for hour in range(4, 25, 4):
        pump.status(hour)
    heard, silent = account(PLAN, pump.events, at(24)), account(PLAN, pump.events, at(72))
    assert "ledger.no-word" in flags(silent)
    assert silent.silence == Duration("48 h")
    assert silent.low == heard.low
    assert silent.high > heard.high


@pytest.mark.hazard("HZ-059")
def test_without_any_event_nothing_is_said_to_have_been_given_and_that_is_told():
    nothing = account(PLAN, [], at(48))
    assert nothing.delivered == nothing.low == Mass("0 mg")
    assert "ledger.nothing-told" in flags(nothing)
    assert not nothing.running


@pytest.mark.hazard("HZ-059")
def test_events_that_are_missing_are_counted_and_lose_no_volume():
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    for hour in range(4, 100, 4):
        pump.status(hour)
    pump.stop(115)
    gap = account(PLAN, pump.without(between=(20, 90)))
    assert gap.containers[0].counted == Volume("230 mL")
    assert "ledger.missing-events" in flags(gap)


@pytest.mark.hazard("HZ-059")
def test_a_pump_that_stood_still_unseen_shows_in_its_counter_as_an_interruption():
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    pump.status(4).stop(8).start(20).status(24)
    ledger = account(PLAN, pump.without(Kind.STOPPED), at(24))
    assert [one.cause for one in ledger.interruptions] == [Cause.UNSEEN]


# two pumps, another course


@pytest.mark.hazard("HZ-060")
def test_two_pumps_on_one_container_never_give_more_than_was_in_it():
    first, second = Pump("P1"), Pump("P2")
    for pump in (first, second):
        pump.attach(-0.5, 1, primed=0).start(0)
        pump.status(100)
        pump.stop(115)
    ledger = account(PLAN, [*first.events, *second.events])
    assert ledger.containers[0].drug.high <= Mass(PLAN.containers[0].concentration * Volume("250 mL"))


@pytest.mark.hazard("HZ-060")
def test_a_container_of_another_course_is_kept_apart_and_counts_for_nobody_here():
    pump = Pump().attach(0, 7).start(0).status(24)
    pump.stop(48)
    ledger = account(PLAN, pump.events)
    assert ledger.delivered == Mass("0 mg")
    assert ledger.segments[0].container == 7


@pytest.mark.hazard("HZ-060")
@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ({"product": "Unituxin"}, "ledger.other-product"),
        ({"concentration_ng_per_mL": 50_000}, "ledger.other-concentration"),
    ],
)
def test_a_pump_that_was_programmed_for_something_else_than_the_plan_is_told(said, flag):
    data = {"container": 1, "product": "Qarziba", "concentration_ng_per_mL": 142_013} | said
    pump = Pump().tell(-1, Kind.PROGRAMMED, **data, rate_nL_per_h=2_000_000, volume_nL=250_000_000)
    pump.attach(-0.5, 1).start(0).stop(24)
    assert flag in flags(account(PLAN, pump.events))


# a count is no proof


@pytest.mark.hazard("HZ-061")
def test_without_a_weighing_the_account_says_that_it_rests_on_the_count_and_stays_as_wide_as_the_pump_errs():
    ledger = account(PLAN, COUNTED)
    assert {one.rests_on for one in ledger.containers} == {Given.COUNTED}
    assert ledger.high - ledger.low > ledger.delivered / 20
    weighing = account(PLAN, [*COUNTED, weighed(115, 1, 15), weighed(240, 2, 0, number=2)])
    assert {one.rests_on for one in weighing.containers} == {Given.WEIGHED}
    assert weighing.high - weighing.low < (ledger.high - ledger.low) / 4


@pytest.mark.hazard("HZ-061")
@pytest.mark.hazard("HZ-048")
def test_a_container_that_is_lighter_than_its_count_is_told_and_may_have_gone_into_the_child():
    pump = Pump().attach(-0.5, 1, primed=0).start(0)
    for hour in range(4, 49, 4):
        pump.status(hour)
    ledger = account(PLAN, [*pump.events, weighed(48, 1, 100)])
    assert "ledger.more-gone" in flags(ledger)
    assert ledger.high > Mass("20 mg")


@pytest.mark.hazard("HZ-061")
def test_a_photo_counts_with_its_error_and_not_as_if_it_were_a_scale():
    pump = Pump().attach(-0.5, 1, primed=0).start(0)
    for hour in range(4, 49, 4):
        pump.status(hour)
    photo = hand(48, Kind.LEVEL_READ, container=1, left_mL="154", error_mL="10", how="photo")
    read, scale = account(PLAN, [*pump.events, photo]), account(PLAN, [*pump.events, weighed(48, 1, 154)])
    assert read.high - read.low > scale.high - scale.low


@pytest.mark.hazard("HZ-061")
def test_what_leaks_beside_the_child_is_seen_by_nobody():
    ledger, _, truth = course("line-leak=1mL/h@20h for 20h")
    assert not ledger.flags
    assert really_given_mg(truth) < float(ledger.low.to("mg"))


@pytest.mark.hazard("HZ-062")
def test_a_ledger_proposes_and_leaves_the_plan_as_it_was():
    before = plan()
    ledger, _, _ = course("battery-out@20h", "occlusion@60h for 20h")
    assert ledger.plan == before == plan()
    assert ledger.proposals
    for language in LANGUAGES:
        assert all(one.message.text(language) for one in ledger.proposals)


@pytest.mark.hazard("HZ-008")
def test_a_half_rate_that_nobody_puts_back_is_in_the_account_and_moves_the_end():
    pump = Pump().attach(-0.5, 1, primed=5).start(0)
    pump.stop(24, cause="rate-change")
    pump.start(24, rate=1.0, cause="rate-change")
    for hour in range(28, 73, 4):
        pump.status(hour)
    ledger = account(PLAN, pump.events, at(72))
    assert ledger.segments[-1].rate == Rate("1 mL/h")
    assert {one.message.key for one in ledger.proposals} & {"proposal.short-make", "proposal.short-run-on",
                                                            "proposal.end-before-clock"}  # fmt: skip


@pytest.mark.hazard("HZ-063")
def test_every_run_says_that_nothing_of_it_happened_to_a_child(capsys):
    from ransel.cli.inputs import Inputs
    from ransel.cli.simulation import RunInputs, run

    inputs = Inputs(
        child=ROOT / "examples" / "noor.toml",
        now_given="2027-02-02T09:00",
        start_given="2027-02-05T14:00",
        language_given="en",
    )
    run(RunInputs(inputs=inputs), as_json=False)
    assert "Nothing of this happened to a child." in capsys.readouterr().out
    run(RunInputs(inputs=inputs), as_json=True)
    assert json.loads(capsys.readouterr().out)["simulated"] is True


@pytest.mark.hazard("HZ-063")
def test_the_stream_of_a_simulated_pump_names_its_program():
    boots = [event for event in course()[1] if event.kind is Kind.BOOT]
    assert {event.data["firmware"] for event in boots} == {"ransel-twin/1"}


@pytest.mark.hazard("HZ-064")
def test_a_stream_and_an_account_carry_the_number_of_the_child_and_no_name():
    ledger, events, _ = course()
    written = "\n".join(write_events(events)) + told(ledger)
    assert "SYN-0042" in written
    assert not any(word in written for word in ("Sam", "Bakker", "2022-09-14"))


@pytest.mark.hazard("HZ-046")
@pytest.mark.hazard("HZ-053")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alarm_says_what_to_do_in_the_language_of_the_family(language):
    assert all(each.title.text(language) and each.do.text(language) for each in facts().values())
    assert len({each.do.text(language) for each in facts().values()}) > 30
