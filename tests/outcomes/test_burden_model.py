"""What two regimens ask of a family: worked out by hand for one course, the same for a seed, honest where unknown."""

from functools import cache

import numpy as np
import pytest

from ransel.evidence import Confidence
from ransel.language import Refused
from ransel.outcomes.burden_assumptions import all_assumptions, burden_assumptions
from ransel.outcomes.burden_children import Children
from ransel.outcomes.burden_course import course_of
from ransel.outcomes.burden_model import BLOCK, KINDS, MOST_CHILDREN, _starts, burden, burdens
from ransel.outcomes.burden_setting import burden_setting, burden_settings, in_course
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values
from ransel.quantities import Ratio

SHELF = Library()
OLD, LABEL, AT_HOME = "dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h", "dinutuximab-beta-10x24h-maxima"
BLINATUMOMAB, FLUOROURACIL = "blinatumomab-28d", "fluorouracil-46h"
WEDNESDAY, THURSDAY, FRIDAY = 2, 3, 4


@cache
def protocol(name):
    return SHELF.protocol(name)


@cache
def base():
    return burden_setting(SHELF)


def changed(value, **changes):
    """The same record with other values in it, by dotted name: `readiness__least_nights=0`."""
    for path, new in changes.items():
        first, _, rest = path.partition("__")
        inner = getattr(value, first)
        sourced = {"value": new} if hasattr(inner, "confidence") else None
        put = changed(inner, **{rest: new}) if rest else inner.model_copy(update=sourced) if sourced else new
        value = value.model_copy(update={first: put})
    return value


def figures(first, second, children=4000, seed=7, setting=None):
    found = burden(protocol(first), protocol(second), children, seed, setting or base())
    return {figure.id: figure for figure in found.figures}


def test_the_old_regimen_is_a_week_in_hospital_as_a_person_counts_it():
    """Five days of eight hours: four nights between, the night after the last, every second child one more before."""
    course = course_of(protocol(OLD), 1, as_suggested=False)
    assert (course.days, course.ends_late, course.infusions, course.visits) == (4, True, 5, (1, 2, 3, 4))
    found = figures(OLD, OLD, children=100_000)
    assert found["nights"].first == pytest.approx([5.5] * 5, abs=0.01)
    assert found["trips"].first == (1.0,) * 5
    assert found["opioid-days"].first == (5.0,) * 5
    assert found["unplanned-contacts"].first == (0.0,) * 5
    # starts on a Monday: five days and the Saturday of leaving; on any other working day a weekend lies between
    assert found["school-days"].first == pytest.approx([(5 + 4 + 4 + 4 + 4) / 5] * 5, abs=0.02)


def test_the_new_regimen_begins_on_days_that_let_day_care_change_the_cassette():
    """Connected on day 0 and changed on day 5, both in day care, which is closed at weekends."""
    course = course_of(protocol(AT_HOME), 2, as_suggested=False)
    assert (course.days, course.ends_late, course.visits, course.day_care) == (10, False, (5,), (0, 5))
    starts = _starts(course, base())
    assert starts == (WEDNESDAY, THURSDAY, FRIDAY)


def test_a_child_that_goes_home_before_the_change_comes_back_for_it_and_one_that_stays_does_not():
    quick = changed(base(), readiness__median_days=(2,), readiness__spread=0.0, readiness__slow_part=Ratio("0 %"))
    slow = changed(quick, readiness__median_days=(5,))
    assert figures(OLD, AT_HOME, setting=quick)["trips"].second == (2.0,) * 5
    assert figures(OLD, AT_HOME, setting=slow)["trips"].second == (1.0,) * 5
    assert figures(OLD, AT_HOME, setting=quick)["nights"].second == (2.0,) * 5
    never = changed(quick, readiness__median_days=(30,))
    assert figures(OLD, AT_HOME, setting=never)["nights"].second == (10.0,) * 5


def test_school_days_are_those_in_hospital_and_of_the_change():
    """Home after two nights, starts Wednesday, Thursday or Friday; back on day 5, a Monday, Tuesday or Wednesday."""
    setting = changed(base(), readiness__median_days=(2,), readiness__spread=0.0, readiness__slow_part=Ratio("0 %"))
    found = figures(OLD, AT_HOME, children=100_000, setting=setting)["school-days"]
    by_hand = np.mean([3 + 1, 2 + 1, 1 + 1])  # W T F, T F S, F S S, and the day of the change
    assert found.second == pytest.approx([by_hand] * 5, abs=0.02)
    kept_home = changed(setting, school__with_backpack=False)
    found = figures(OLD, AT_HOME, children=100_000, setting=kept_home)["school-days"]
    assert found.second == pytest.approx([np.mean([8, 7, 7])] * 5, abs=0.02)  # eleven days from each of the three


def test_kilometres_and_hours_are_two_ways_for_each_trip():
    setting = changed(base(), road__spread=0.0, road__speed_spread=0.0, road__median_km=90, road__speed_km_per_hour=60)
    found = figures(OLD, AT_HOME, setting=setting)
    for trips, km, hours in zip(
        found["trips"].second, found["kilometres"].second, found["hours-on-the-road"].second, strict=True
    ):
        assert km == pytest.approx(180 * trips)
        assert hours == pytest.approx(3 * trips)
    assert found["kilometres"].first_total == (900, pytest.approx(900), 900)


def test_unplanned_contacts_follow_the_cassettes_at_home():
    """Home after two nights, eight days at home are 1.6 cassettes of five days."""
    setting = changed(base(), readiness__median_days=(2,), readiness__spread=0.0, readiness__slow_part=Ratio("0 %"))
    found = figures(OLD, AT_HOME, children=200_000, setting=setting)["unplanned-contacts"]
    assert found.second == pytest.approx([32 / 237 * 8 / 5] * 5, abs=0.004)


def test_daily_syringes_changed_on_the_ward_keep_the_child_there():
    """The protocol suggests them for the first course; then it is ten nights, and nothing at home goes wrong."""
    ward = burden_setting(SHELF, "burden-first-course-on-the-ward")
    found = figures(OLD, AT_HOME, setting=ward)
    assert found["nights"].second[0] == 10
    assert found["trips"].second[0] == 1
    assert found["unplanned-contacts"].second[0] == 0
    assert found["nights"].second[1:] == figures(OLD, AT_HOME)["nights"].second[1:]


def test_the_label_regimen_on_the_ward_is_ten_nights_and_the_evening_before():
    found = figures(LABEL, AT_HOME, children=100_000)
    assert found["nights"].first == pytest.approx([10.5] * 5, abs=0.01)
    assert found["trips"].first == (1.0,) * 5


def test_readiness_is_the_published_one():
    """Medians of 5 falling to 3 days; slow children have the published means and deviations."""
    only_usual = changed(base(), readiness__slow_part=Ratio("0 %")).readiness
    only_slow = changed(base(), readiness__slow_part=Ratio("100 %")).readiness
    children = Children(3, 0, 200_000)
    for course, median in enumerate((5, 4.5, 4, 3.5, 3), 1):
        nights = children.nights_until_ready(only_usual, course)
        assert abs(np.median(nights) - median) <= 0.5
    first, last = (children.nights_until_ready(only_slow, course) for course in (1, 5))
    assert (first.mean(), first.std()) == pytest.approx((10.38, 2.56), abs=0.05)
    assert (last.mean(), last.std()) == pytest.approx((2.67, 1.63), abs=0.06)
    both = np.corrcoef(np.log(first), np.log(children.nights_until_ready(only_slow, 2)))[0, 1]
    assert both == pytest.approx(0.5, abs=0.03)


def test_a_child_of_a_seed_is_the_same_in_any_company():
    """Splitting work, another number of children or another start never changes a child."""
    setting = base()
    whole = Children(11, 0, 5000)
    part = Children(11, 4321, 5000)
    assert np.array_equal(whole.kilometres(setting)[4321:], part.kilometres(setting))
    assert np.array_equal(
        whole.nights_until_ready(setting.readiness, 3)[4321:], part.nights_until_ready(setting.readiness, 3)
    )
    assert not np.array_equal(whole.kilometres(setting), Children(12, 0, 5000).kilometres(setting))


def test_totals_over_more_than_one_block_are_those_of_all_children_together():
    children = BLOCK + 321
    found = figures(OLD, AT_HOME, children=children)
    everyone = Children(7, 0, children)
    nights = sum(np.minimum(everyone.nights_until_ready(base().readiness, course), 10) for course in range(1, 6))
    low, mean, high = found["nights"].second_total
    assert mean == pytest.approx(nights.mean(), rel=1e-12)
    assert (low, high) == tuple(np.quantile(nights, (0.05, 0.95), method="inverted_cdf"))
    assert sum(found["nights"].second) == pytest.approx(mean)


def test_the_same_seed_gives_the_same_figures_to_the_last_bit():
    assert figures(OLD, AT_HOME) == figures(OLD, AT_HOME)
    assert figures(OLD, AT_HOME) != figures(OLD, AT_HOME, seed=8)


@pytest.mark.hazard("HZ-108")
def test_what_is_not_known_of_a_medicine_stays_unknown():
    """Readiness and opioids were published for one medicine; of another at home nothing is made up."""
    found = figures(OLD, BLINATUMOMAB)
    for kind in KINDS:
        assert found[kind].second_total is None
        assert set(found[kind].second) == {None}
        assert None not in found[kind].first
    says = burden(protocol(OLD), protocol(BLINATUMOMAB), 100, 7, base()).says
    assert "burden.says.unknown" in [message.key for message in says]


def test_a_child_that_goes_home_the_same_day_has_no_nights_and_unknown_opioids():
    found = figures(OLD, AT_HOME, setting=burden_setting(SHELF, "burden-home-the-same-day"))
    assert found["nights"].second[1:] == (0.0,) * 4
    assert found["trips"].second[1:] == (2.0,) * 4
    assert found["school-days"].second[1:] == (2.0,) * 4
    assert found["opioid-days"].second[1:] == (None,) * 4
    assert found["opioid-days"].second_total is None
    assert found["opioid-days"].second[0] > 0


def test_a_container_changed_at_home_asks_no_trip():
    at_home = protocol(AT_HOME).model_copy(
        update={"handling": protocol(AT_HOME).handling.model_copy(update={"change_at": "home", "connect_at": "home"})}
    )
    course = course_of(at_home, 2, as_suggested=False)
    assert course.visits == ()
    assert not course.begins_in_hospital
    found = {figure.id: figure for figure in burden(protocol(OLD), at_home, 1000, 1, base()).figures}
    for kind in ("nights", "trips", "kilometres", "school-days"):
        assert found[kind].second_total[1] == 0


@pytest.mark.hazard("HZ-108")
def test_all_practices_are_told_beside_the_first():
    found = burdens(protocol(OLD), protocol(AT_HOME), 2000, 1, burden_settings(SHELF))
    assert [one.setting for one in found] == [
        "burden",
        "burden-first-course-on-the-ward",
        "burden-home-the-same-day",
    ]
    told = [message for message in found[0].says if message.key == "burden.says.other-setting"]
    assert len(told) == 2
    assert found[1].title.en in told[0].text("en")
    nights = [one.figures[0].second_total[1] for one in found]
    assert nights[2] < nights[0] < nights[1]
    assert not any(one.own for one in found)


def test_as_many_courses_are_counted_as_were_asked_for():
    """Nights over all courses must be of the same courses as the areas beside them."""
    both = protocol(OLD), protocol(AT_HOME)
    settings = burden_settings(SHELF)
    all_five, two, seven = (burdens(*both, 500, 1, settings, courses)[0].figures for courses in (None, 2, 7))
    for whole, short, long in zip(all_five, two, seven, strict=True):
        assert short.first == whole.first[:2]
        assert short.second == whole.second[:2]
        assert short.second_total[1] == pytest.approx(sum(whole.second[:2]))
        assert (len(long.first), long.second[:5]) == (7, whole.second)


@pytest.mark.hazard("HZ-108")
def test_fewer_nights_on_average_is_not_fewer_for_every_family():
    """The claim is tested in both directions: in some families nights go up, and trips go up in most."""
    found = burden(protocol(OLD), protocol(AT_HOME), 20_000, 1, base())
    nights, trips = found.figures[0], found.figures[1]
    assert nights.second_total[1] < nights.first_total[1]
    assert nights.second_total[2] > nights.first_total[2]
    assert trips.second_total[1] > trips.first_total[1]
    says = {message.key: message for message in found.says}["burden.says.for-some-more"]
    assert "of 100 families" in says.text("en")
    assert "van de 100 gezinnen" in says.text("nl")


@pytest.mark.hazard("HZ-108")
def test_every_kind_names_assumptions_that_are_told():
    settings = burden_settings(SHELF)
    known = {assumption.id for assumption in all_assumptions(settings)}
    for one in burdens(protocol(OLD), protocol(AT_HOME), 100, 1, settings):
        for figure in one.figures:
            assert figure.assumptions
            assert set(figure.assumptions) <= known, one.setting
            assert figure.unit == f"burden.unit.{figure.id}"


def test_an_assumption_is_told_once_and_what_differs_under_its_own_name():
    settings = burden_settings(SHELF)
    told = all_assumptions(settings)
    assert len({assumption.id for assumption in told}) == len(told)
    extra = [
        assumption.id for assumption in told if not assumption.id.startswith("burden-") or "same-day" in assumption.id
    ]
    assert extra == ["burden-home-the-same-day-same-day"]
    for assumption in told:
        assert assumption.confidence.to_be_confirmed
        assert assumption.what.text("nl") != assumption.what.text("en")
        assert assumption.source or assumption.confidence is Confidence.ASSUMED


def test_what_was_seen_in_a_source_is_no_assumption():
    setting = base()
    seen = [key for key, sourced in sourced_values(setting) if sourced.confidence is Confidence.SEEN]
    assert set(seen) == {
        "road.known_family_hours",
        "contacts.events",
        "contacts.bag_changes",
        "opioid.each_infusion_day",
    }
    contacts = next(one for one in burden_assumptions(setting) if one.id == "burden-contacts")
    assert (contacts.confidence, contacts.source) == (Confidence.DERIVED, "DAL")


@pytest.mark.parametrize("children", [0, -1, MOST_CHILDREN + 1])
def test_a_number_of_children_that_makes_no_sense_is_refused(children):
    with pytest.raises(Refused) as refused:
        burden(protocol(OLD), protocol(AT_HOME), children, 1, base())
    assert refused.value.refusals[0].code == "burden.children"


def test_contacts_are_poisson():
    children = Children(5, 0, 200_000)
    for expected in (0.0, 0.3, 4.0, 60.0):
        found = children.contacts(np.full(200_000, expected), 2)
        assert found.mean() == pytest.approx(expected, abs=0.06)
        assert found.var() == pytest.approx(expected, rel=0.02, abs=0.01)


def test_the_last_number_of_a_list_holds_for_later_courses():
    assert in_course(base().readiness.median_days, 9) == 3
