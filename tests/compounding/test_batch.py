"""A container leaves the pharmacy only when everything about its making is right."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from compounding.cases import MADE, SITE, clock, hours, record, steps, weighed
from prescribing.cases import codes, refusals

from ransel.compounding import Lot, release
from ransel.language import LANGUAGES
from ransel.quantities import Duration, Mass

AT = MADE + hours(1)
BY = "Cor Mulder (synthetic)"
FAULTLESS = record()
CRUMB = Mass("0.001 mg")
NEXT_YEAR = date(2027, 12, 31)


def blocked(at=AT, by=BY, **changes):
    """Why the release is refused: code and field of every reason."""
    return [(one.code, one.field) for one in refusals(release, record(**changes), at, by)]


def lots(**changes):
    """The lots of a faultless record, one of them changed or, for None, left out."""
    kept = {lot.ingredient: lot for lot in FAULTLESS.lots} | changes
    return tuple(lot for lot in kept.values() if lot is not None)


def test_a_record_without_a_fault_is_released():
    released = release(FAULTLESS, AT, BY)
    assert (released.record, released.at, released.by) == (FAULTLESS, AT, BY)


# weighing


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.hazard("HZ-020")
def test_a_step_out_of_tolerance_blocks_release(number, sign):
    step = steps()[number]
    wrong = weighed(step, (step.tolerance + CRUMB) * sign)
    weighings = tuple(wrong if one.step == step else one for one in FAULTLESS.weighings)
    assert blocked(weighings=weighings) == [("batch.out-of-tolerance", f"weighings.{step.ingredient.id}")]


@pytest.mark.hazard("HZ-020")
def test_steps_at_the_edge_of_their_tolerance_are_released():
    at_the_edge = tuple(weighed(step, step.tolerance) for step in steps())
    assert release(record(weighings=at_the_edge), AT, BY)


@pytest.mark.hazard("HZ-020")
def test_a_step_that_was_not_weighed_blocks_release():
    assert blocked(weighings=FAULTLESS.weighings[:2]) == [("batch.not-weighed", "weighings.drug")]


@pytest.mark.hazard("HZ-020")
def test_a_container_that_nobody_weighed_is_blocked_for_every_step():
    expected = [("batch.not-weighed", f"weighings.{one}") for one in ("diluent", "albumin", "drug")]
    assert blocked(weighings=()) == expected


@pytest.mark.hazard("HZ-020")
def test_a_good_weighing_does_not_cover_one_that_was_out_of_tolerance():
    drug = steps()[2]
    wrong = weighed(drug, Mass("50 g"))
    for weighings in ((wrong, *FAULTLESS.weighings), (*FAULTLESS.weighings, wrong)):
        assert blocked(weighings=weighings) == [("batch.out-of-tolerance", "weighings.drug")]


@pytest.mark.hazard("HZ-020")
def test_a_weighing_of_another_recipe_blocks_release():
    other = weighed(steps("syringes")[2])
    assert ("batch.other-step", "weighings.drug") in blocked(weighings=(*FAULTLESS.weighings, other))


@pytest.mark.hazard("HZ-023")
def test_the_code_of_the_other_cassette_blocks_release():
    assert blocked(code=record(1).code) == [("batch.other-container", "code")]


# stability


@pytest.mark.hazard("HZ-017")
@pytest.mark.parametrize("name", ["", "  "])
def test_a_cassette_waits_for_a_pharmacist_who_confirms_figures_that_are_for_a_bag(name):
    assert blocked(stability_confirmed_by=name) == [("batch.stability-not-confirmed", "stability_confirmed_by")]


# lots


@pytest.mark.hazard("HZ-022")
def test_a_lot_is_held_against_the_local_date_of_a_container_that_ends_after_midnight():
    expires = FAULTLESS.code.expires.replace(day=13, hour=0, minute=30)
    code = replace(FAULTLESS.code, expires=expires)
    lot = Lot("drug", "A1", date(2027, 2, 12))
    assert blocked(code=code, lots=lots(drug=lot)) == [("batch.lot-expires", "lots.drug")]


@pytest.mark.hazard("HZ-022")
def test_a_lot_must_be_usable_to_the_last_day_on_which_the_container_may_run():
    last_day = FAULTLESS.clock.finish_before.at.date()
    assert release(record(lots=lots(drug=Lot("drug", "A1", last_day))), AT, BY)
    short = Lot("drug", "A1", date.fromordinal(last_day.toordinal() - 1))
    assert blocked(lots=lots(drug=short)) == [("batch.lot-expires", "lots.drug")]


@pytest.mark.hazard("HZ-022")
def test_one_expired_vial_among_good_ones_blocks_release():
    expired = Lot("drug", "A2", date(2027, 1, 31))
    assert blocked(lots=(*FAULTLESS.lots, expired)) == [("batch.lot-expires", "lots.drug")]


@pytest.mark.hazard("HZ-022")
@pytest.mark.parametrize("lot", [None, Lot("albumin", " ", NEXT_YEAR), Lot("albumin", "", NEXT_YEAR)])
def test_an_ingredient_without_a_lot_number_blocks_release(lot):
    assert blocked(lots=lots(albumin=lot)) == [("batch.lot-missing", "lots.albumin")]


# opened vials


@pytest.mark.hazard("HZ-032")
@pytest.mark.parametrize(("kept", "before", "released"), [(0, 0, True), (0, 1, False), (24, 24, True), (24, 25, False)])
def test_the_rest_of_an_opened_vial_serves_only_as_long_as_the_hospital_keeps_it(kept, before, released):
    opened = lots(drug=Lot("drug", "A1", NEXT_YEAR, opened=MADE - hours(before)))
    changes = {"lots": opened, "opened_vial_kept": Duration(kept, "h")}
    if released:
        assert release(record(**changes), AT, BY)
    else:
        assert blocked(**changes) == [("batch.vial-open-too-long", "lots.drug")]


@pytest.mark.hazard("HZ-032")
def test_without_a_rule_for_opened_vials_none_is_used_again():
    opened = lots(drug=Lot("drug", "A1", NEXT_YEAR, opened=MADE - hours(1)))
    assert blocked(lots=opened) == [("batch.vial-open-too-long", "lots.drug")]


# people


@pytest.mark.hazard("HZ-021")
@pytest.mark.parametrize(
    "same",
    [
        "Anna Visser (synthetic)",
        "anna visser (synthetic)",
        " Anna  Visser (synthetic) ",
        "ANNA\tVISSER (SYNTHETIC)",
    ],
)
def test_nobody_checks_what_she_made_however_she_writes_her_name(same):
    assert blocked(checked_by=same) == [("batch.same-person", "checked_by")]


@pytest.mark.hazard("HZ-021")
@pytest.mark.parametrize("by", ["Anna Visser (synthetic)", "anna  visser (SYNTHETIC)", "", " "])
def test_nobody_releases_what_she_made_and_nobody_releases_it_unnamed(by):
    assert blocked(by=by) == [("batch.same-person", "released_by")]


@pytest.mark.hazard("HZ-021")
@pytest.mark.parametrize("field", ["made_by", "checked_by"])
def test_an_unsigned_record_blocks_release(field):
    assert ("batch.unsigned", "checked_by") in blocked(**{field: " "})


def test_who_checked_may_release():
    assert release(FAULTLESS, AT, FAULTLESS.checked_by).by == FAULTLESS.checked_by


# time


@pytest.mark.hazard("HZ-017")
def test_a_container_is_released_until_it_must_be_running_and_not_at_that_moment():
    limit = FAULTLESS.clock.start_before(FAULTLESS.container.lasts).at
    assert release(FAULTLESS, datetime.fromtimestamp(limit.timestamp() - 1, UTC), BY)
    assert blocked(at=limit) == [("batch.too-late", "at")]


@pytest.mark.hazard("HZ-017")
def test_a_container_that_can_no_longer_run_to_its_end_is_not_released():
    warm_too_long = clock(into=0, out=0, validated=True)
    last = warm_too_long.start_before(FAULTLESS.container.lasts).at
    assert last == MADE + hours(48)
    assert blocked(at=last, clock=warm_too_long) == [("batch.too-late", "at")]


def test_nothing_is_released_before_it_was_made():
    assert blocked(at=MADE - hours(1)) == [("batch.released-before-made", "at")]


# everything at once


def test_every_reason_is_said_at_once_and_in_both_languages():
    wrong = weighed(steps()[2], steps()[2].tolerance + CRUMB)
    broken = record(
        weighings=(*FAULTLESS.weighings[1:2], wrong),
        lots=lots(diluent=None, drug=Lot("drug", "A1", date(2027, 2, 5))),
        checked_by=FAULTLESS.made_by,
    )
    found = refusals(release, broken, MADE + hours(24), FAULTLESS.made_by)
    assert codes(found) == [
        "batch.lot-missing",
        "batch.lot-expires",
        "batch.not-weighed",
        "batch.out-of-tolerance",
        "batch.same-person",
        "batch.same-person",
        "batch.too-late",
    ]
    assert all(one.text(language) for one in found for language in LANGUAGES)


def test_the_site_of_these_tests_says_it_is_synthetic():
    assert "synthetic" in SITE.name
