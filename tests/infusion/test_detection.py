"""How soon a tube that is shut while the pump counts would be noticed; what strokes, counter and display make of it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from infusion.streams import Pump, hand, plan, undisturbed, weighed

from ransel.infusion import Kind, account
from ransel.infusion.detection import detection, detection_json, observations
from ransel.infusion.reconciliation import reconcile, reconciliation_json
from ransel.quantities import Duration, Rate, Volume

TABLE = {(one.rate.plain("mL/h"), one.observation): one for one in detection(plan())}


def test_when_nobody_looks_the_whole_container_is_missing():
    never = TABLE["2", "none"]
    assert never.noticed is None
    assert never.missing == Volume("240 mL")
    assert never.gained == Duration("0 h")


def test_weighing_at_the_change_notices_but_gains_nothing_for_this_container():
    change = TABLE["2", "weigh-at-change"]
    assert (change.noticed, change.gained) == (Duration("120 h"), Duration("0 h"))


def test_a_photo_after_a_day_gains_four_days_at_2_mL_per_hour():
    photo = TABLE["2", "photo-at-24h"]
    assert (photo.noticed, photo.missing, photo.gained) == (Duration("24 h"), Volume("48 mL"), Duration("96 h"))


def test_a_photo_after_a_day_sees_nothing_at_half_a_millilitre_an_hour():
    assert TABLE["0.5", "photo-at-24h"].noticed is None


def test_one_photo_says_nothing_about_a_tube_that_is_shut_later():
    assert TABLE["2", "photo-at-24h"].worst > Duration("100 h")
    assert TABLE["2", "photo-daily"].worst < Duration("48 h")


def test_looking_more_often_and_more_finely_notices_sooner():
    for rate in ("0.5", "1", "2"):
        photo, scale, twice = (TABLE[rate, name] for name in ("photo-daily", "weigh-daily", "weigh-twice-daily"))
        assert twice.worst < scale.worst < photo.worst
        assert twice.missing <= scale.missing <= photo.missing


def test_the_missing_drug_follows_from_the_missing_volume():
    for one in TABLE.values():
        assert one.missing_drug == plan().containers[0].concentration * one.missing


def test_at_half_the_rate_a_container_lasts_no_longer_than_its_clock():
    assert TABLE["1", "none"].lasts == Duration("167 h")


def test_the_table_is_plain_data_in_both_languages():
    dutch, english = (detection_json(detection(plan()), language)["rows"] for language in ("nl", "en"))
    assert len(dutch) == len(english) == 4 * len(observations())
    assert dutch[0]["title"] != english[0]["title"]


@pytest.mark.property
@given(st.integers(0, 119), st.integers(-60, 60), st.sampled_from(["photo-daily", "weigh-daily", "weigh-twice-daily"]))
def test_the_ledger_notices_whatever_the_table_promises(shut, permille, name):
    """Shut at any hour, with any flow before and the worst reading: noticed within the longest time of the table."""
    look, flow = observations()[name], Fraction(permille, 1000)
    error = look.error.value.to("mL")
    (promised,) = detection(plan(), (Rate("2 mL/h"),), {name: look})
    pump = Pump().attach(-0.5, 1, primed=0).start(0)
    for hour in range(4, 120, 4):
        pump.status(hour)
    pump.stop(120)
    looks = [
        hand(
            float(hour),
            Kind.LEVEL_READ,
            number,
            container=1,
            error_mL=str(error),
            left_mL=_left(hour, shut, flow, error),
        )
        for number, hour in enumerate(look.moments(Fraction(120)))
    ]
    ledger = account(plan(), [*pump.events, *looks])
    until = shut + promised.worst.to("h") + Fraction(1, 2)
    if until < 120:
        (first, *_) = ledger.silent_non_delivery
        noticed = Duration.between(plan().start, first.noticed).to("h")
        assert shut < noticed <= until


def _left(hour, shut, flow, error):
    """Return what is read: the truth less nearly the whole error, the worst reading there is."""
    return f"{float(max(250 - 2 * min(hour, shut) * (1 + flow) - error * Fraction(9, 10), 0)):.3f}"


def test_four_ways_to_see_a_container_agree_when_all_is_well():
    ledger = account(plan(), [*undisturbed().events, weighed(115.2, 1, 15)])
    first, second = reconcile(ledger, Volume("0.05 mL"))
    assert first.counted == first.by_strokes == first.by_display == first.by_residue == Volume("230 mL")
    assert [meaning.key for meaning in first.meanings] == ["reconcile.flow-error"]
    assert second.by_residue is None
    assert second.meanings == ()


def meanings(events, **kwargs):
    ledger = account(plan(), events)
    return {meaning.key for one in reconcile(ledger, **kwargs) for meaning in one.meanings}


def test_a_display_that_started_too_high_is_told():
    pump = Pump().attach(-0.5, 1, shows=264, primed=5).start(0).stop(24)
    assert "reconcile.display-high" in meanings(pump.events)
    low = Pump().attach(-0.5, 1, shows=200, primed=5).start(0).stop(24)
    assert "reconcile.display-low" in meanings(low.events)


def test_a_display_that_was_set_again_is_told():
    pump = Pump().attach(-0.5, 1, primed=5).start(0).stop(24)
    pump.displayed = 245_000_000
    assert "reconcile.display-set-again" in meanings(pump.start(24.1, cause="resume").stop(30).events)


def test_strokes_of_another_volume_are_told():
    assert "reconcile.strokes" in meanings(undisturbed().events, stroke=Volume("0.06 mL"))


@pytest.mark.parametrize(
    ("left", "meaning"), [("150", "silent"), ("28", "flow-error"), ("31", "slow"), ("5", "flow-error"), ("0", "leak")]
)
def test_a_residue_says_what_the_difference_may_mean(left, meaning):
    assert f"reconcile.{meaning}" in meanings([*undisturbed().events, weighed(115.2, 1, left, scale="2")])


def test_the_reconciliation_is_plain_data():
    ledger = account(plan(), [*undisturbed().events, weighed(115.2, 1, 15)])
    first, _ = reconciliation_json(reconcile(ledger), "nl")
    assert first["by_residue_mL"] == "230"
    assert first["by_strokes_mL"] is None
    assert "pomp" in first["meanings"][0]
