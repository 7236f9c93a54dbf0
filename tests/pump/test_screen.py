"""What the pump shows: the truth, in words, and nothing that anybody could take for something else."""

from dataclasses import replace

import pytest

from ransel.infusion.condition import Priority
from ransel.language import LANGUAGES
from ransel.pump.actions import Act
from ransel.pump.conformance.driven import HOUR, QARZIBA, Driven
from ransel.pump.conformance.entry import MODES, asleep
from ransel.pump.conformance.into_conditions import WAYS, plug_in
from ransel.pump.delivery import Mode
from ransel.pump.health import SELF_TEST
from ransel.pump.screen import LIGHTS, MELODIES, PARTS, screen


def shown(pump):
    return screen(pump.controller, pump.twin.uptime_ms)


def text(pump, language="en"):
    return "\n".join(shown(pump).lines(language))


def test_a_running_pump_shows_patient_drug_both_rates_and_what_is_left():
    pump = Driven().running()
    pump.wait(10 * HOUR)
    assert [line for line in shown(pump).lines() if not line.startswith(("RUNNING", "Nothing"))] == [
        "Patient SYN-0001: Qarziba, 0.142 mg/mL",
        "Pumps now at 2 mL/h",
        "Programmed: 2 mL/h",
        "Left by the display: 230.0 mL",
        "Lasts at least 107.9 h",
        "Drug library: qarziba-home-child, version 2026.1, " + pump.controller.library.fingerprint[:8],
        f"On battery: {pump.controller.battery_minutes} min left",
    ]


def test_the_hours_are_those_of_a_pump_that_runs_as_fast_as_it_may():
    pump = Driven(flow_error=0.06).running()
    pump.wait(HOUR)
    lasts = shown(pump).lasts
    pump.wait(int(lasts.magnitude * HOUR) - 1000)
    assert 0 < pump.plant.left_mL < 0.1


def test_a_paused_pump_shows_nought_now_and_the_programme_beside_it():
    pump = Driven().running()
    pump.press(Act.STOP)
    assert "Pumps now at 0 mL/h" in text(pump)
    assert "Programmed: 2 mL/h" in text(pump)
    assert "go on with the same programme" in text(pump)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mode_has_words_in_both_languages(mode, language):
    pump = MODES[mode]()
    assert pump.mode is mode
    assert shown(pump).doing.text(language)
    assert shown(pump).do.text(language)
    assert (text(pump, language) == "") is (mode is Mode.OFF)


@pytest.mark.parametrize("condition", WAYS, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_can_be_read_in_both_languages(condition, language):
    pump = WAYS[condition]()
    assert any(alarm.condition is condition and alarm.text(language) for alarm in shown(pump).alarms)


def test_every_part_of_the_self_test_has_a_word():
    assert set(SELF_TEST) <= PARTS


def test_a_pump_that_is_off_or_asleep_shows_nothing_and_is_silent():
    pump = WAYS[next(iter(WAYS))]()
    pump.press(Act.STOP)
    pump.press(Act.SWITCH_OFF)
    assert (shown(pump).light, shown(pump).melody, shown(pump).alarms, shown(pump).lines()) == (None, (), (), ())
    sleeping = asleep()
    assert shown(sleeping).asleep
    assert shown(sleeping).lines() == ()


def test_without_a_row_the_library_is_said_not_to_be_in_use_in_capitals():
    pump = Driven()
    pump.switch_on()
    assert "DRUG LIBRARY NOT IN USE" in text(pump)
    assert "MEDICIJNLIJST NIET IN GEBRUIK" in text(pump, "nl")


def test_light_and_melody_are_those_of_the_published_table():
    high, medium, low = (LIGHTS[priority] for priority in Priority)
    assert (high.colour, medium.colour, low.colour) == ("red", "yellow", "cyan")
    assert 1400 <= high.flashes_mHz <= 2800
    assert 400 <= medium.flashes_mHz <= 800
    assert (low.flashes_mHz, low.on_percent) == (0, 100)
    assert MELODIES[Priority.HIGH][:3] == MELODIES[Priority.MEDIUM] == ("C", "d", "g")
    assert MELODIES[Priority.LOW] == ("e", "c")


def test_silence_takes_the_sound_and_leaves_light_and_list_with_a_sign():
    pump = Driven().running()
    pump.fault("door-open")
    light = shown(pump).light
    pump.press(Act.SILENCE)
    assert shown(pump).melody == ()
    assert shown(pump).light == light
    assert "Sound is off for two minutes at most" in text(pump)
    assert "(sound off for a while)" in text(pump)


def test_a_refused_key_gives_a_tone_until_one_is_taken():
    pump = Driven().running()
    pump.press(Act.PRIME, volume_nL=1_000_000)
    assert shown(pump).error_tone
    pump.press(Act.STOP)
    assert not shown(pump).error_tone


def test_a_limit_that_was_left_stays_on_the_screen():
    pump = Driven()
    pump.switch_on()
    pump.load()
    pump.programme(replace(QARZIBA, rate_uL=2_400), override=True)
    assert "ABOVE THE USUAL RATE" in text(pump)
    assert "BOVEN DE GEWONE SNELHEID" in text(pump, "nl")


def test_on_outside_supply_no_minutes_are_shown():
    pump = Driven().running()
    pump.change(plug_in)
    assert shown(pump).battery_minutes is None
    assert "On outside supply" in text(pump)


def test_an_open_entry_says_that_what_runs_runs_on():
    pump = Driven().running()
    pump.press(Act.ENTER, draft=replace(QARZIBA, rate_uL=1_000))
    assert "runs on unchanged" in text(pump)
    pump.press(Act.REVIEW)
    assert "then confirm" in text(pump)
    pump.press(Act.CLEAR)
    assert "thrown away" in text(pump)


def test_looking_changes_nothing():
    pump = Driven().running()
    before = (repr(pump.controller.kept.meter), repr(pump.controller.board), len(pump.events))
    shown(pump).lines("nl")
    assert (repr(pump.controller.kept.meter), repr(pump.controller.board), len(pump.events)) == before
