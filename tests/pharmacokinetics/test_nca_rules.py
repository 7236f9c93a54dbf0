"""The rules of the analysis one by one: curves whose answer is known, and a reason wherever a rule is not met."""

from math import exp, log
from pathlib import Path
from statistics import geometric_mean, mean, median, stdev

import pytest

from ransel.language import Message, Refused
from ransel.pharmacokinetics.analysis.area import AreaMethod, Curve
from ransel.pharmacokinetics.analysis.level_profile import Dose, LevelProfile, Route, profiles_of
from ransel.pharmacokinetics.analysis.noncompartmental import BelowLimit, Measure, analyse
from ransel.pharmacokinetics.analysis.terminal_slope import terminal_slope
from ransel.pharmacokinetics.events.table import read_event_table

DATA = Path(__file__).parent / "data"
TIMES = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
CONSTANT, VOLUME = 0.15, 20.0
BOLUS = LevelProfile(
    child="1", times=TIMES, levels=tuple(100 / VOLUME * exp(-CONSTANT * time) for time in TIMES),
    doses=(Dose(0, 100),), route=Route.BOLUS,
)  # fmt: skip


def infused(time, hours, rate=10.0):
    """The level of one compartment while and after an infusion runs."""
    filled = rate / (CONSTANT * VOLUME) * (1 - exp(-CONSTANT * min(time, hours)))
    return filled * exp(-CONSTANT * max(time - hours, 0))


def curve(times, levels, **more):
    return LevelProfile(child="1", times=tuple(times), levels=tuple(levels), **more)


def reason(measure):
    assert measure.value is None
    for language in ("en", "nl"):
        assert measure.reason.text(language)
    return measure.reason.key


def test_one_compartment_is_found_back_from_a_bolus():
    found = analyse(BOLUS)
    assert found.c_zero.value == pytest.approx(5)
    assert found.half_life.value == pytest.approx(log(2) / CONSTANT, rel=1e-12)
    assert found.slope.points == len(TIMES)
    assert found.observed.auc.value == pytest.approx(100 / VOLUME / CONSTANT, rel=1e-12)
    assert found.observed.mrt.value == pytest.approx(1 / CONSTANT, rel=1e-12)
    assert found.observed.clearance.value == pytest.approx(CONSTANT * VOLUME, rel=1e-12)
    assert found.observed.volume_z.value == pytest.approx(VOLUME, rel=1e-12)
    assert found.observed.volume_steady.value == pytest.approx(VOLUME, rel=1e-12)
    assert found.predicted.auc.value == pytest.approx(found.observed.auc.value, rel=1e-12)


def test_the_level_at_the_start_of_a_bolus_is_extrapolated_back():
    late = curve(TIMES[1:], BOLUS.levels[1:], doses=BOLUS.doses, route=Route.BOLUS)
    found = analyse(late)
    assert found.c_zero.value == pytest.approx(5, rel=1e-12)
    assert found.c_max.value == BOLUS.levels[1]  # nobody measured the level at the start
    assert found.observed.auc.value == pytest.approx(100 / VOLUME / CONSTANT, rel=1e-12)
    part = 100 * (1 - exp(-CONSTANT))
    assert found.observed.back_extrapolated.value == pytest.approx(part, rel=1e-12)


@pytest.mark.parametrize("levels", [(2.0, 3.0, 1.0, 0.5, 0.2), (2.0, 0.0, 1.0, 0.5, 0.2)], ids=["rises", "nought"])
def test_a_bolus_whose_first_levels_do_not_fall_begins_at_the_first(levels):
    found = analyse(curve((1, 2, 3, 4, 5), levels, doses=(Dose(0, 10),), route=Route.BOLUS))
    assert found.c_zero.value == 2


def test_residence_does_not_count_the_time_of_the_infusion():
    times = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10.5, 11, 12, 13, 14, 16, 20, 26, 32, 44]
    found = analyse(
        curve(times, [infused(time, 10) for time in times], doses=(Dose(0, 100, 10),), route=Route.INFUSION)
    )
    assert found.slope.first == 10.5  # the level at the end of the infusion does not belong to the end of the curve
    assert found.half_life.value == pytest.approx(log(2) / CONSTANT, rel=1e-9)
    assert found.observed.mrt.value == pytest.approx(1 / CONSTANT, rel=0.01)
    assert found.observed.clearance.value == pytest.approx(CONSTANT * VOLUME, rel=0.01)
    assert reason(found.c_zero) == "nca.no-bolus"


def test_five_infusions_are_one_input_of_which_the_mean_time_is_taken_off():
    """The fast regimen: eight hours on each of five days."""
    times = [hour / 2 for hour in range(240)]
    levels = [sum(infused(time - 24 * day, 8) for day in range(5) if time > 24 * day) for time in times]
    doses = tuple(Dose(24 * day, 80, 8) for day in range(5))
    profile = curve(times, levels, doses=doses, route=Route.INFUSION)
    assert profile.mean_input_time == 48 + 4
    found = analyse(profile)
    assert found.dose.value == 400
    assert found.slope.first > 104
    assert found.observed.mrt.value == pytest.approx(1 / CONSTANT, rel=1e-3)
    assert found.observed.clearance.value == pytest.approx(CONSTANT * VOLUME, rel=1e-3)


def test_an_extravascular_dose_begins_at_nought_and_has_no_volume_at_steady_state():
    found = analyse(curve((1, 2, 4, 8, 12), (4, 5, 3, 1.5, 0.75), doses=(Dose(0, 100),), route=Route.EXTRAVASCULAR),
                    AreaMethod.LINEAR)  # fmt: skip
    assert found.auc_last.value == pytest.approx(2 + 4.5 + 8 + 9 + 4.5)
    assert reason(found.observed.volume_steady) == "nca.not-into-blood"
    assert found.observed.clearance.value is not None


def test_without_a_dose_there_is_an_area_but_no_clearance():
    found = analyse(curve(TIMES, BOLUS.levels))
    assert found.observed.auc.value is not None
    assert reason(found.observed.clearance) == reason(found.observed.volume_z) == reason(found.dose) == "nca.no-dose"


@pytest.mark.hazard("HZ-105")
@pytest.mark.parametrize(
    ("levels", "key"),
    [((1, 5, 3, 2), "nca.few-levels"), ((5, 1, 2, 3), "nca.not-falling"), ((5, 1, 1, 1), "nca.not-falling")],
)
def test_where_the_end_is_no_line_everything_up_to_infinity_has_the_reason(levels, key):
    found = analyse(curve(range(len(levels)), levels, doses=(Dose(0, 10),)), windows=[(0, 2), (0, 99)])
    assert found.slope.key == key
    for part in (found.observed, found.predicted):
        for name in ("auc", "extrapolated", "aumc", "mrt", "clearance", "volume_z", "volume_steady"):
            assert reason(getattr(part, name)) == key
    assert reason(found.half_life) == key
    assert found.auc_last.value is not None
    assert found.partial[0].auc.value is not None
    assert reason(found.partial[1].auc) == key


@pytest.mark.hazard("HZ-105")
def test_a_child_without_a_measurable_level_has_a_reason_everywhere():
    found = analyse(curve((0, 1), (None, 0.0)), windows=[(0, 1)])
    for name in ("c_max", "t_max", "c_last", "auc_last", "auc_all", "mrt_last", "half_life", "c_zero"):
        assert reason(getattr(found, name)) == "nca.no-level"
    assert reason(found.partial[0].auc) == "nca.no-level"


def test_of_windows_as_good_to_a_ten_thousandth_the_longest_is_taken():
    times = list(range(1, 9))
    straight = [10 * exp(-0.3 * time) for time in times]
    nearly = [straight[0] * 1.002, *straight[1:]]
    bent = [straight[0] * 2, *straight[1:]]
    assert terminal_slope(times, straight).points == 8
    assert terminal_slope(times, nearly).points == 8
    assert terminal_slope(times, bent).points == 7
    assert isinstance(terminal_slope(times[:2], straight[:2]), Message)


def test_levels_below_the_limit_count_as_each_rule_says():
    times, levels = (0, 1, 2, 3, 4, 5, 6), (None, 4.0, None, 1.0, 0.5, None, None)
    profile = curve(times, levels)
    usual, zero, left_out = (analyse(profile, AreaMethod.LINEAR, below_limit=rule) for rule in BelowLimit)
    assert usual.auc_last.value == pytest.approx(2 + 5 + 0.75)
    assert zero.auc_last.value == pytest.approx(2 + 2 + 0.5 + 0.75)
    assert usual.auc_all.value == pytest.approx(usual.auc_last.value + 0.25)
    assert left_out.auc_all.value == left_out.auc_last.value == usual.auc_last.value
    for found, rule in ((usual, "usual"), (zero, "zero"), (left_out, "left-out")):
        assert [note.key for note in found.notes if "below" in note.key] == [f"nca.note-below-{rule}"]


def test_partial_areas_are_cut_out_and_go_on_past_the_last_level():
    def exact(begin, end):
        return 5 / CONSTANT * (exp(-CONSTANT * begin) - exp(-CONSTANT * end))

    windows = [(0, 24), (1.5, 9), (2, 4), (20, 30), (30, 40)]
    found = analyse(BOLUS, windows=windows)
    assert [part.auc.value for part in found.partial] == pytest.approx([exact(*window) for window in windows])
    several = curve((2, 3, 4, 5), (4, 3, 2, 1), doses=(Dose(0, 5), Dose(1, 5)), route=Route.BOLUS)
    assert reason(analyse(several, windows=[(0, 3)]).partial[0].auc) == "nca.before-levels"


def test_the_straight_rules_and_the_logarithm_differ_as_they_should():
    def area(method):
        return Curve((0.0, 2.0, 4.0, 6.0), (0.0, 8.0, 2.0, 4.0), method, peak=2.0).whole().area

    down = (8 - 2) / log(8 / 2) * 2
    assert area(AreaMethod.LINEAR) == 8 + 10 + 6
    assert area(AreaMethod.LINEAR_UP_LOG_DOWN) == pytest.approx(8 + down + 6)
    assert area(AreaMethod.LINEAR_LOG) == pytest.approx(8 + down + (4 - 2) / log(4 / 2) * 2)


@pytest.mark.parametrize("drop", [1e-15, 1e-9, 1e-4, 0.0099, 0.0101, 1.0, 20.0])
def test_a_piece_on_the_logarithm_keeps_its_digits_however_little_it_falls(drop):
    """Against the same integral of Gauss and Legendre."""
    import numpy as np

    first, begin, end = 3.0, 1.0, 5.0
    nodes, weights = np.polynomial.legendre.leggauss(60)
    at = begin + (nodes + 1) * (end - begin) / 2
    level = first * np.exp(-drop * (at - begin) / (end - begin))
    found = Curve((begin, end), (first, first * exp(-drop)), AreaMethod.LINEAR_UP_LOG_DOWN, peak=begin).whole()
    assert found.area == pytest.approx(weights @ level * 2, rel=1e-13)
    assert found.moment == pytest.approx(weights @ (at * level) * 2, rel=1e-12)


def test_a_doubtful_end_is_said():
    long = analyse(curve((1, 2, 3, 4), (8, 7, 6, 5), doses=(Dose(0, 10),)))
    assert "nca.note-extrapolated" in {note.key for note in long.notes}
    rough = analyse(curve((0, 1, 2, 3, 4), (9, 5, 1, 4, 2), doses=(Dose(0, 10),)))
    assert "nca.note-poor-fit" in {note.key for note in rough.notes}
    early = analyse(curve((-1, *TIMES), (0, *BOLUS.levels), doses=BOLUS.doses, route=Route.BOLUS))
    assert "nca.note-before-dose" in {note.key for note in early.notes}
    assert early.observed.auc.value == pytest.approx(analyse(BOLUS).observed.auc.value)


def test_levels_and_doses_come_out_of_one_table():
    text = (
        "ID,TIME,AMT,DUR,II,ADDL,DV,MDV\n7,10,80,8,24,4,.,.\n7,12,.,.,.,.,3,0\n7,14,.,.,.,.,9,1\n7,16,.,.,.,.,<0.1,0\n"
    )
    (profile,) = profiles_of(read_event_table(text))
    assert profile == LevelProfile(
        child="7", times=(12.0, 16.0), levels=(3.0, None), route=Route.INFUSION,
        doses=tuple(Dose(10 + 24 * day, 80, 8) for day in range(5)),
    )  # fmt: skip
    (given,) = profiles_of(read_event_table(text), dose=50, route=Route.EXTRAVASCULAR)
    assert (given.doses, given.route) == ((Dose(0, 50),), Route.EXTRAVASCULAR)


def test_what_is_no_curve_is_refused_all_at_once():
    text = "ID,TIME,AMT,SS,II,EVID,DV\n1,0,5,1,8,1,.\n1,1,.,.,.,0,-2\n1,1,.,.,.,0,3\n1,2,.,.,.,3,.\n"
    with pytest.raises(Refused) as refused:
        profiles_of(read_event_table(text, "levels.csv"))
    found = {(one.code.removeprefix("event-table."), one.field) for one in refused.value.refusals}
    assert found == {
        ("level-negative", "line 3 DV"), ("level-twice", "line 4 TIME"), ("analysis-of-steady", "line 2 SS"),
        ("analysis-over-reset", "line 5 EVID"),
    }  # fmt: skip


@pytest.mark.parametrize(("duration", "route"), [("8", Route.BOLUS), ("0", Route.INFUSION)])
def test_a_route_that_the_doses_do_not_have_is_refused(duration, route):
    table = read_event_table(f"ID,TIME,AMT,DUR,DV\n1,0,5,{duration},.\n1,1,.,.,3\n")
    with pytest.raises(Refused) as refused:
        profiles_of(table, route=route)
    assert [one.code for one in refused.value.refusals] == ["event-table.other-route"]
    assert profiles_of(table, route=Route.EXTRAVASCULAR)[0].route is Route.EXTRAVASCULAR


def test_pknca_on_theophylline():
    """Its vignette: 8.65 is the geometric mean of the highest levels, 8.18 h the mean half-life, and so on."""
    table = read_event_table((DATA / "theophylline.csv").read_text("utf-8"))
    found = {one.profile.child: one for one in map(analyse, profiles_of(table, dose=320, route=Route.EXTRAVASCULAR))}

    def all_of(name):
        return [getattr(one, name).value for one in found.values()]

    assert geometric_mean(all_of("c_max")) == pytest.approx(8.65, abs=0.005)
    assert geometric_mean(all_of("auc_last")) == pytest.approx(98.7, abs=0.05)
    assert geometric_mean(one.observed.auc.value for one in found.values()) == pytest.approx(115, abs=0.5)
    assert (mean(all_of("half_life")), stdev(all_of("half_life"))) == pytest.approx((8.18, 2.12), abs=0.005)
    assert (median(all_of("t_max")), min(all_of("t_max")), max(all_of("t_max"))) == pytest.approx(
        (1.14, 0.63, 3.55), abs=0.0051
    )
    assert found["6"].auc_last.value == pytest.approx(71.697015, rel=1e-8)
    assert found["6"].slope.constant == pytest.approx(0.0877957, rel=1e-6)
    assert isinstance(found["1"].half_life, Measure)
