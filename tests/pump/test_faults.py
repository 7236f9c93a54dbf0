"""Every fault can be injected at any time, alone or together, from a file or the command line."""

import pytest
from courses import HOUR, two_cassettes

from ransel.infusion import account
from ransel.language import LANGUAGES, Refused
from ransel.pump.course_run import Circumstances, run_course
from ransel.pump.fault_text import read_fault, read_faults
from ransel.pump.faults import KINDS, Fault
from ransel.pump.story import fault_title, story

INSTANTS = (0, 37 * HOUR, 114 * HOUR, 239 * HOUR)


def _ran(*faults):
    events = []
    truth = run_course(two_cassettes(), Circumstances(faults=faults), events.append)
    return truth, events


def _raised(events):
    return {event.data["condition"] for event in events if event.kind.value == "alarm-raised"}


def test_there_are_more_than_thirty():
    assert len(KINDS) >= 30


@pytest.mark.parametrize("name", sorted(KINDS))
@pytest.mark.parametrize("at", INSTANTS)
def test_each_fault_at_any_time_leaves_a_course_that_ends_and_can_be_told(name, at):
    fault = Fault(KINDS[name], at, 20 * 60_000 if at == 37 * HOUR else None, KINDS[name].usual)
    truth, events = _ran(fault)
    ledger = account(two_cassettes(), events)
    assert 0 <= truth.into_child_mL(1) <= 250 + 1e-6
    assert ledger.low <= ledger.delivered <= ledger.high
    for language in LANGUAGES:
        assert all(line.what.text(language) for line in story(two_cassettes(), events, (fault,)))


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("occlusion@37h", "occlusion"),
        ("upstream-occlusion@37h", "occlusion"),
        ("bubble=0.15@37h", "air-in-line"),
        ("door-open@37h", "door-open"),
        ("latch-open@37h", "set-not-loaded"),
        ("false-no-cassette@37h", "no-cassette"),
        ("motor-stuck@37h", "motor-failure"),
        ("key-stuck@37h", "key-held"),
        ("hot=50@37h for 5h", "hot"),
        ("hot=60@37h for 5h", "overheated"),
        ("damp@37h for 1h", "environment"),
        ("loudspeaker-broken@37h", "sound-failure"),
        ("battery-weak=0.1@37h", "battery-low"),
        ("supply-out-of-range@37h for 1h", "supply-out-of-range"),
        ("clock-jump=3@37h", "clock-implausible"),
        ("memory-damaged@37h", "system-failure"),
        ("program-damaged@37h", "system-failure"),
        ("processor-fails@37h", "system-failure"),
        ("rate-bit-flips@37h", "system-failure"),
        ("task-stalls@37h", "watchdog"),
        ("watchdog-dead@37h", "monitor-failed"),
        ("log-fails@37h", "log-failed"),
        ("monitor-fails@37h", "monitor-failed"),
        ("stop-pressed@37h", "pause-too-long"),
        ("flow-error=0.06@0h", "reservoir-low"),
    ],
)
def test_a_fault_that_the_pump_can_see_is_called_by_its_own_name(written, condition):
    assert condition in _raised(_ran(read_fault(written))[1])


@pytest.mark.parametrize("written", ["tube-shut@37h for 20h", "line-off-child@37h for 20h", "line-leak=1@37h for 20h"])
def test_a_fault_that_no_sensor_sees_raises_nothing_of_its_own(written):
    assert _raised(_ran(read_fault(written))[1]) <= _raised(_ran()[1])


def test_faults_act_together():
    faults = tuple(map(read_fault, ("occlusion@37h for 20min", "clock-jump=-3@37h", "bubble=0.15@60h")))
    assert {"occlusion", "clock-implausible", "air-in-line"} <= _raised(_ran(*faults)[1])


def test_a_tenfold_rate_never_reaches_the_motor():
    _, events = _ran(read_fault("tenfold-rate@0h"))
    assert max(event.data.get("rate_nL_per_h", 0) for event in events) == 2_000_000
    assert any(event.data.get("refused") == "rate-outside-hard-limit" for event in events)


def test_the_second_cassette_is_refused_before_the_first():
    truth, events = _ran(read_fault("wrong-cassette@0h"))
    assert any(event.data.get("refused") == "other-container" for event in events)
    first = next(event for event in events if event.kind.value == "started")
    assert first.data["container"] == 1
    assert truth.into_child_mL(1) > 200


# -- as text


@pytest.mark.parametrize(
    ("text", "at_h", "lasts_min", "number"),
    [
        ("occlusion@37h for 20min", 37, 20, 0),
        ("occlusion@2d4h", 52, None, 0),
        ("bubble=0.15@90min", 1.5, None, 0.15),
        ("bubble=0.15mL@1h30min", 1.5, None, 0.15),
        ("flow-error=6%@0h", 0, None, 0.06),
        ("clock-jump=-3@1h", 1, None, -3),
        ("  occlusion@1h   for 1h ", 1, 60, 0),
    ],
)
def test_a_fault_reads_as_people_write_it(text, at_h, lasts_min, number):
    fault = read_fault(text)
    assert fault.at_ms == at_h * HOUR
    assert fault.lasts_ms == (None if lasts_min is None else lasts_min * 60_000)
    assert float(fault.number) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("occlusion", "fault.not-one"),
        ("", "fault.not-one"),
        ("occlusion@37h for", "fault.not-one"),
        ("oclusion@37h", "fault.unknown"),
        ("occlusion@37", "fault.when"),
        ("occlusion@h", "fault.when"),
        ("occlusion@1h for 9999999d", "fault.when"),
        ("occlusion=3@1h", "fault.takes-no-number"),
        ("bubble=0.15L@1h", "fault.unit"),
        ("bubble=900@1h", "fault.bounds"),
        ("hot=1e9@1h", "fault.not-one"),
        ("bubble=-1@1h", "fault.bounds"),
    ],
)
def test_what_is_no_fault_is_refused_with_its_remedy(text, code):
    with pytest.raises(Refused) as refused:
        read_fault(text)
    assert [one.code for one in refused.value.refusals] == [code]
    assert all(one.text(language) for one in refused.value.refusals for language in LANGUAGES)


def test_a_file_names_every_line_that_is_wrong_and_passes_over_comments():
    lines = ["# a bad day", "occlusion@37h for 20min", "", "nonsense", "bubble=9999@1h  # too much"]
    with pytest.raises(Refused) as refused:
        read_faults(lines, "--faults")
    assert [one.field for one in refused.value.refusals] == ["--faults: line 4", "--faults: line 5"]
    assert read_faults(lines[:3], "--faults") == (read_fault("occlusion@37h for 20min"),)


def test_a_file_without_end_is_refused():
    with pytest.raises(Refused, match="1001"):
        read_faults(["occlusion@1h"] * 1001, "--faults")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_fault_has_a_name_in_both_languages_and_its_usual_number_within_its_bounds(kind):
    fault = Fault(kind, 0, None, kind.usual)
    assert len({fault_title(fault).text(language) for language in LANGUAGES}) == 2
    assert kind.least <= kind.usual <= kind.most


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_fault_written_out_reads_back_as_itself(kind):
    fault = Fault(kind, 37 * HOUR, 1_200_000, kind.usual)
    assert read_fault(fault.text) == fault
