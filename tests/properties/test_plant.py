"""No drop is lost, no instant is missed, looking changes nothing: over random lives of a pump."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pump.plants import A_MINUTE, HARDWARE, LIMITS, missing

from ransel.pump.plant import Limits, Plant

YES_OR_NO = st.booleans()
CHANGES = st.one_of(
    st.tuples(st.just("blocked_below"), YES_OR_NO),
    st.tuples(st.just("blocked_above"), YES_OR_NO),
    st.tuples(st.just("tube_shut"), YES_OR_NO),
    st.tuples(st.just("latched"), YES_OR_NO),
    st.tuples(st.just("latch_open_flow"), YES_OR_NO),
    st.tuples(st.just("free_flow"), YES_OR_NO),
    st.tuples(st.just("pinch_leaks"), YES_OR_NO),
    st.tuples(st.just("anti_siphon_valve"), YES_OR_NO),
    st.tuples(st.just("thin_catheter"), YES_OR_NO),
    st.tuples(st.just("child_connected"), YES_OR_NO),
    st.tuples(st.just("motor_stuck"), YES_OR_NO),
    st.tuples(st.just("sounding"), YES_OR_NO),
    st.tuples(st.just("flow_sensor"), YES_OR_NO),
    st.tuples(st.just("height_m"), st.floats(-2, 2)),
    st.tuples(st.just("bag_below_pump_m"), st.floats(-0.5, 0.5)),
    st.tuples(st.just("back_pressure_mmHg"), st.floats(0, 300)),
    st.tuples(st.just("leak_mL_per_h"), st.floats(0, 5)),
    st.tuples(st.just("cassette_leak_mL_per_h"), st.floats(0, 5)),
    st.tuples(st.just("ambient_C"), st.floats(-5, 55)),
    st.tuples(st.just("flow_error"), st.floats(-0.2, 0.2)),
    st.tuples(st.just("motor_speed"), st.floats(0, 1.5)),
)
DOINGS = st.one_of(
    CHANGES,
    st.tuples(st.just("advance"), st.integers(1, 600 * A_MINUTE)),
    st.tuples(st.just("set_motor"), st.sampled_from([0, 100_000, 1_000_000, 2_000_000, 10_000_000, 99_900_000])),
    st.tuples(st.just("push"), st.integers(-600_000, 600_000)),
    st.tuples(st.just("add_air"), st.floats(0.001, 1)),
    st.tuples(st.just("attach"), st.floats(0.05, 250)),
    st.tuples(st.just("detach"), st.none()),
)
LIVES = st.lists(DOINGS, max_size=25)
ALL_LIMITS = Limits(517, 100, 100_000, True, 60_000_000, LIMITS.battery_mV, LIMITS.temperature_mC)


def lived(life):
    plant = Plant(HARDWARE)
    plant.attach(0, 50.0)
    plant.child_connected = True
    plant.set_motor(2_000_000)
    for doing, value in life:
        do(plant, doing, value)
    return plant


def do(plant, doing, value):
    if doing == "advance":
        plant.advance(plant.now_ms + value)
    elif doing == "attach":
        plant.attach(len(plant.accounts), value)
    elif doing == "detach":
        plant.detach()
    elif doing in {"set_motor", "push", "add_air"}:
        getattr(plant, doing)(value)
    else:
        setattr(plant, doing, value)


def reached(told):
    """Which limits these readings have reached, from whichever side."""
    return {
        "pressure": told.pressure_mmHg >= ALL_LIMITS.pressure_mmHg,
        "vacuum": told.vacuum_mmHg >= ALL_LIMITS.vacuum_mmHg,
        "bubble": told.bubble_nL >= ALL_LIMITS.bubble_nL,
        "flowed": (told.flowed_nL or 0) >= ALL_LIMITS.flowed_nL,
        **{f"{mV} mV": told.battery_mV <= mV for mV in ALL_LIMITS.battery_mV},
        **{f"{mC} mC": told.temperature_mC >= mC for mC in ALL_LIMITS.temperature_mC},
    }


@pytest.mark.property
@given(LIVES)
def test_what_was_filled_is_left_given_primed_leaked_or_held_and_nothing_is_below_nothing(life):
    plant = lived(life)
    assert missing(plant) < 1e-9
    for book in plant.accounts.values():
        assert min(book.left_mL, book.primed_mL, book.leaked_mL, book.in_line_mL) >= 0
    assert plant.into_child_mL == pytest.approx(sum(book.into_child_mL for book in plant.accounts.values()))


@pytest.mark.property
@given(LIVES, st.integers(2, 600 * A_MINUTE), st.lists(st.integers(1, 600 * A_MINUTE), max_size=5))
def test_looking_often_changes_nothing(life, span, looks):
    once, often = lived(life), lived(life)
    begin = once.now_ms
    once.advance(begin + span)
    for look in sorted({look for look in looks if look < span} | {span}):
        often.advance(begin + look)
        often.readings()
        often.next_crossing_ms(ALL_LIMITS)
    assert often.into_child_mL == pytest.approx(once.into_child_mL, abs=1e-6)
    assert often.left_mL == pytest.approx(once.left_mL, abs=1e-6)
    assert often.in_line_mL == pytest.approx(once.in_line_mL, abs=1e-6)
    assert often.vacuum_mmHg == pytest.approx(once.vacuum_mmHg, abs=1e-3)
    assert often.battery.used_mAh == pytest.approx(once.battery.used_mAh)
    assert often.warmth.body_C == pytest.approx(once.warmth.body_C)


@pytest.mark.property
@given(LIVES, st.integers(1, 1000))
def test_no_reading_reaches_a_limit_before_the_foretold_instant_and_one_has_at_it(life, part):
    plant, between = lived(life), lived(life)
    before = reached(plant.readings())
    crossing = plant.next_crossing_ms(ALL_LIMITS)
    horizon = crossing - 1 if crossing is not None else plant.now_ms + 1000 * 60 * A_MINUTE
    for at in sorted({between.now_ms + (horizon - between.now_ms) * part // 1000, horizon}):
        between.advance(at)
        now = reached(between.readings())
        assert not [name for name, yes in now.items() if yes and not before[name]]
    if crossing is not None:
        bubble_was_waiting = plant._air_waiting
        plant.advance(crossing)
        turned = [name for name, yes in reached(plant.readings()).items() if yes != before[name]]
        assert turned or (bubble_was_waiting and plant._air_waiting < 1e-9)


@pytest.mark.property
@given(LIVES)
def test_with_one_failed_barrier_nothing_flows_back_out_of_the_child(life):
    valve_held = [(doing, value) for doing, value in life if doing != "anti_siphon_valve"]
    plant = Plant(HARDWARE)
    plant.attach(0, 50.0)
    plant.child_connected = True
    given_so_far = 0.0
    for doing, value in valve_held:
        do(plant, doing, value)
        assert plant.into_child_mL >= given_so_far - 1e-12
        given_so_far = plant.into_child_mL
