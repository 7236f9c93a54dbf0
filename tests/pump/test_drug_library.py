"""The drug library: every number has its ground, limits are in order, and every plan of the protocols fits a row."""

import dataclasses
import re
import shutil
import tomllib
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import combinations

import pytest
from prescribing.cases import SHELF, child, order_for, protocol_of

from ransel.compounding import plan_containers
from ransel.evidence import Confidence
from ransel.infusion.condition import Condition, Reaction
from ransel.infusion.condition_facts import facts
from ransel.language import LANGUAGES, Refused
from ransel.protocols.shelf import sourced_values
from ransel.pump.drug_library import LIBRARY, NOT_MEDICINES, DrugLibrary, read_library
from ransel.quantities import Ratio

SHIPPED = DrugLibrary.load()
AT = datetime(2027, 2, 5, 14, tzinfo=UTC)
NOW = SHIPPED.current(AT)
HOUR = 3_600_000
PER_ROW = pytest.mark.parametrize("row", SHIPPED.rows, ids=lambda row: row.id)
PEOPLE = {
    "a child of 5.5 kg": {"born": date(2025, 12, 1), "weight": "5.5 kg", "height": "62 cm"},
    "a child of 16.4 kg": {},
    "a child of 44 kg": {"born": date(2014, 9, 14), "weight": "44 kg", "height": "150 cm"},
    "a grown-up of 62 kg": {"born": date(1990, 9, 14), "weight": "62 kg", "height": "170 cm"},
    "a grown-up of 130 kg": {"born": date(1990, 9, 14), "weight": "130 kg", "height": "195 cm"},
}


def containers_of(protocol, option):
    """Every different container of this option, for everybody whom the protocol takes and under every dose rule."""
    for name, person in PEOPLE.items():
        for rule in (None, *(one.id for one in protocol.dose.rules)):
            chosen = {} if rule is None else {"choice": {"dose_rule": rule, "reason": "for a test"}}
            try:
                plan = plan_containers(order_for(child(findings={}, **person, **chosen), protocol), option, SHELF.site)
            except Refused:
                continue  # not a patient, a rule or a container for this one
            kind = "child" if "child" in name else "adult"
            for strength in {container.recipe.concentration.value for container in plan.containers}:
                yield name, kind, strength


def options():
    for name in SHELF.ids():
        for option in protocol_of(name).containers.options:
            yield pytest.param(name, option, id=f"{name}-{option}")


@pytest.mark.parametrize(("name", "option"), list(options()))
def test_every_container_of_every_protocol_fits_a_row_where_the_protocol_runs_it(name, option):
    protocol = protocol_of(name)
    planned = protocol.containers.options[option]
    rate = planned.rate.to("mL/h") * 1_000_000
    # half the rate after a side effect is a plan as well; the device of an elastomeric pump has the rate built in
    rates = [rate, *(rate * Ratio(one.rate.value).magnitude for one in protocol.modifications if one.rate)]
    fitted = 0
    for person, kind, strength in containers_of(protocol, option):
        concentration = strength.to("ng/mL")
        for area in ("home", "ward") if protocol.use.at_home else ("ward",):
            row = NOW.row(protocol.product.name, round(concentration), kind, area)
            assert row is not None, (person, area, strength)
            for one in filter(None, rates):
                assert row.rate_least <= one <= row.rate_most, (person, row.id)
                asked = planned.pump == "elastomeric" and not row.rate_low <= one <= row.rate_high
                assert asked or row.rate_low <= one <= row.rate_high, (person, row.id)
            assert planned.fill.value.to("mL") * 1_000_000 <= row.volume_most_nL, (person, row.id)
            one_day = min(planned.lasts.value.to("h"), Fraction(24)) * rate
            assert one_day <= row.window_most_nL, (person, row.id)
            assert row.window_most_percent >= 100
            fitted += 1
    assert fitted, "nobody was found for this container"


def test_the_row_of_dinutuximab_beta_at_home_is_the_row_of_the_backpack():
    row = SHIPPED.row("Qarziba", 142_000, "child", "home", AT)
    assert (row.id, row.rate_low, row.rate_high, row.rate_most) == ("qarziba-home-child", 10**6, 2 * 10**6, 2_400_000)
    assert (row.kvo_nL_per_h, row.restart_ms, row.low_ms) == (0, None, (12 * HOUR, 4 * HOUR))
    assert (row.volume_most_nL, row.window_ms, row.window_most_nL) == (250_000_000, 24 * HOUR, 52_800_000)


def test_only_blinatumomab_may_not_simply_go_on_after_four_hours():
    assert {(row.product, row.restart_ms) for row in SHIPPED.rows if row.restart_ms} == {("Blincyto", 4 * HOUR)}


@pytest.mark.parametrize(
    ("product", "rate", "why"),
    [
        ("Qarziba", 48, "48 mL/h instead of 48 mL in 24 h"),
        ("Fluorouracil 50 mg/mL", 115, "46 hours in two"),
        ("Fluorouracil 50 mg/mL", 57.5, "four days in four hours"),
        ("Blincyto", 50, "5.0 without its point"),
    ],
)
def test_the_slips_that_have_harmed_people_are_beyond_the_hard_limit_in_every_row(product, rate, why):
    for row in SHIPPED.rows:
        if row.product == product:
            assert rate * 1_000_000 > row.rate_most, (row.id, why)


def test_a_full_dose_of_blinatumomab_is_never_exceeded_by_more_than_a_seventh():
    a_day_of_28_micrograms = Fraction(28_000)
    for row in SHIPPED.rows:
        if row.product == "Blincyto":
            most = Fraction(row.rate_most, 1_000_000) * row.strongest * 24
            assert most <= a_day_of_28_micrograms * Fraction(8, 7), row.id


@pytest.mark.parametrize(
    ("product", "concentration", "kind", "area"),
    [
        ("Unituxin", 142_000, "child", "home"),
        ("dinutuximab beta", 142_000, "child", "home"),
        ("qarziba", 142_000, "child", "home"),
        ("Qarziba", 4_500_000, "child", "home"),
        ("Qarziba", 1_000, "child", "home"),
        ("Qarziba", 142_000, "neonate", "home"),
        ("Qarziba", 142_000, "child", "telephone"),
        ("Flucloxacillin 1 g", 50_000_000, "child", "home"),
        ("Fluorouracil 25 mg/mL", 20_000_000, "adult", "home"),
        ("", 0, "", ""),
    ],
)
def test_a_medicine_that_is_not_in_the_library_has_no_row(product, concentration, kind, area):
    assert SHIPPED.row(product, concentration, kind, area, AT) is None


@PER_ROW
def test_the_limits_of_a_row_are_in_order(row):
    limits = [row.kvo_nL_per_h, row.rate_least, row.rate_low, row.rate_high, row.rate_most]
    assert limits == sorted(limits)
    assert 0 < row.weakest <= row.strongest
    assert list(row.low_ms) == sorted(row.low_ms, reverse=True)
    assert min(row.low_ms) > 0


@PER_ROW
def test_keeping_a_vein_open_is_never_faster_than_the_therapy_and_never_an_antibody(row):
    assert row.kvo_nL_per_h <= row.rate_least
    if row.product in {"Qarziba", "Blincyto"}:
        assert row.kvo_nL_per_h == 0
    if Reaction.KVO in row.reactions.values():
        assert row.kvo_nL_per_h > 0


@PER_ROW
def test_pressure_bolus_and_air_stay_below_the_published_figures(row):
    assert row.occlusion_mmHg < 1034, "20 psi"
    assert row.bolus_most_nL <= 500_000
    assert row.bolus_percent <= 100
    assert row.bubble_nL <= row.air_window_nL
    assert row.bubble_nL <= (50_000 if row.patient_type == "child" else 200_000), "200 µL is the figure for adults"


@PER_ROW
def test_a_row_reacts_as_the_condition_says_unless_its_file_argues_otherwise(row):
    own = SHIPPED.entry(row).reactions
    for condition in Condition:
        expected = own[condition].value if condition in own else facts()[condition].reaction
        assert row.reactions[condition] is expected
    assert set(own) <= {Condition.OVER_INFUSION}


def test_no_row_goes_on_by_itself_after_the_power_was_gone():
    assert not any(row.resumes for row in SHIPPED.rows)


def test_two_rows_never_answer_to_the_same_medicine():
    for one, other in combinations(NOW.rows, 2):
        if (one.product, one.patient_type, one.care_area) == (other.product, other.patient_type, other.care_area):
            assert one.strongest < other.weakest or other.strongest < one.weakest, (one.id, other.id)


def test_the_bands_of_one_medicine_leave_no_gap():
    for row in NOW.rows:
        above = [each.weakest for each in NOW.rows if each.product == row.product and each.weakest > row.strongest]
        assert not above or min(above) == row.strongest + 1, row.id


def test_a_row_has_at_least_the_nineteen_fields_that_open_pca_asks_for():
    assert len(dataclasses.fields(SHIPPED.rows[0])) >= 19
    assert len(type(SHIPPED.entries[0]).model_fields) >= 19


# numbers and their grounds


def test_every_value_has_a_ground_that_bears_it():
    for entry in SHIPPED.entries:
        values = dict(sourced_values(entry))
        assert len(values) >= 30
        for key, sourced in values.items():
            assert sourced.note.strip() if sourced.confidence is Confidence.ASSUMED else sourced.source, key


def bare_numbers(value, place=""):
    """Every number or quantity that stands without a source."""
    if isinstance(value, dict):
        if "value" not in value:
            for key, inner in value.items():
                yield from bare_numbers(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from bare_numbers(inner, f"{place}.{number}")
    elif isinstance(value, int | float) or (isinstance(value, str) and re.match(r"-?[0-9.]+ ?\D", value)):
        yield place


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.toml")), ids=lambda path: path.stem)
def test_no_number_of_the_library_stands_without_its_source(path):
    if path.name not in NOT_MEDICINES - {"default.toml"}:
        found = set(bare_numbers(tomllib.loads(path.read_text(encoding="utf-8"))))
        assert {place for place in found if not place.endswith(".version")} == set()


def test_every_source_of_the_library_is_cited():
    cited = {sourced.source for entry in SHIPPED.entries for _, sourced in sourced_values(entry)}
    assert set(tomllib.loads((LIBRARY / "sources.toml").read_text(encoding="utf-8"))) <= cited


# released, or refused


@pytest.fixture(name="folder")
def folder_(tmp_path):
    return shutil.copytree(LIBRARY, tmp_path / "library")


def edited(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def refusals_of(folder):
    with pytest.raises(Refused) as caught:
        read_library(folder)
    assert all(one.text(language) for one in caught.value.refusals for language in LANGUAGES)
    return caught.value.refusals


def test_the_shipped_library_is_the_released_one():
    found = read_library(LIBRARY).fingerprint
    released = tomllib.loads((LIBRARY / "release.toml").read_text(encoding="utf-8"))["fingerprint"]
    assert found == released == NOW.fingerprint, f"checked and meant? then release {found}"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("dinutuximab-beta.toml", '"2.4 mL/h"', '"2.5 mL/h"'),
        ("dinutuximab-beta.toml", "a fifth above the label", "a quarter above the label"),
        ("blinatumomab.toml", 'source = "BLH", confidence = "S"', 'source = "BLJ", confidence = "S"'),
        ("default.toml", '"50 µL"', '"51 µL"'),
        ("default.toml", 'onset = { value = "delayed"', 'onset = { value = "prompt"'),
        ("release.toml", 'version = "2026.1"', 'version = "2026.2"'),
        ("flucloxacillin.toml", "2026-01-01", "2026-01-02"),
    ],
)
def test_a_library_with_any_other_content_is_not_taken(folder, name, old, new):
    with pytest.raises(Refused) as caught:
        DrugLibrary.load(edited(folder, name, old, new))
    assert [one.code for one in caught.value.refusals] == ["drug-library.changed"]
    assert SHIPPED.fingerprint in caught.value.refusals[0].text("nl")


def test_the_same_content_in_another_layout_has_the_same_fingerprint(folder):
    edited(folder, "default.toml", "# What holds", "# All that holds")
    assert DrugLibrary.load(folder).fingerprint == SHIPPED.fingerprint


def test_another_priority_is_another_library():
    row = SHIPPED.rows[0]
    other = dataclasses.replace(row, priorities={**row.priorities, Condition.OCCLUSION: "high"})
    library = DrugLibrary(SHIPPED.version, SHIPPED.entries)
    library.__dict__["rows"] = (other, *SHIPPED.rows[1:])
    assert library.fingerprint != SHIPPED.fingerprint


def test_it_is_read_once():
    assert DrugLibrary.load() is DrugLibrary.load()


NEWER = """
[[rows]]
id = "qarziba"
version = "2027.1"
valid_from = {valid_from}
care_areas = ["home"]
patient_types = ["child"]
weakest = {{ value = "0.03 mg/mL", {ground} }}
strongest = {{ value = "{strongest} mg/mL", {ground} }}
rate_least = {{ value = "1 mL/h", {ground} }}
rate_low = {{ value = "1 mL/h", {ground} }}
rate_high = {{ value = "2 mL/h", {ground} }}
rate_most = {{ value = "2.2 mL/h", {ground} }}
volume_most = {{ value = "250 mL", {ground} }}
window_most = {{ value = "50 mL", {ground} }}
"""
GROUND = 'confidence = "A", note = "for a test"'


def with_a_row(folder, *, valid_from="2027-03-01T00:00:00+01:00", strongest="0.6", name="qarziba"):
    path = folder / "dinutuximab-beta.toml"
    text = NEWER.format(valid_from=valid_from, strongest=strongest, ground=GROUND).replace('"qarziba"', f'"{name}"')
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


def test_an_older_version_is_kept_and_holds_until_the_newer_one_begins(folder):
    library = read_library(with_a_row(folder))
    versions = [entry.version for entry in library.entries if entry.id == "qarziba-home-child"]
    assert versions == ["2026.1", "2027.1"]

    def version(at):
        row = library.row("Qarziba", 142_000, "child", "home", datetime.fromisoformat(at))
        return row and row.version

    assert version("2025-12-31T22:59:59+00:00") is None
    assert version("2025-12-31T23:00:00+00:00") == "2026.1"
    assert version("2027-02-28T22:59:59+00:00") == "2026.1"
    assert version("2027-03-01T00:00:00+01:00") == "2027.1"
    assert library.row("Qarziba", 142_000, "adult", "home", AT).version == "2026.1"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_from": "2026-01-01T00:00:00+01:00"}, "drug-library.version-twice"),
        ({"name": "qarziba-too"}, "drug-library.ambiguous"),
        ({"strongest": "0.02"}, "drug-row.out-of-order"),
        ({"strongest": "0.0300000001"}, "drug-row.not-whole"),
        ({"valid_from": "2027-03-01T00:00:00"}, "drug-row.no-zone"),
        ({"valid_from": '"soon"'}, "key.invalid"),
        ({"name": "Qarziba Home"}, "key.invalid"),
    ],
)
def test_a_row_that_contradicts_itself_or_another_is_refused(folder, changes, code):
    assert code in {one.code for one in refusals_of(with_a_row(folder, **changes))}


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "key"),
    [
        ("dinutuximab-beta.toml", '"2.4 mL/h"', '"1.9 mL/h"', "drug-row.out-of-order", "rate_high.value"),
        ("dinutuximab-beta.toml", '"0.5 mL/h"', '"1.1 mL/h"', "drug-row.out-of-order", "rate_least.value"),
        ("dinutuximab-beta.toml", '"2.4 mL/h"', '"2.4 mL"', "quantity.other-kind", "rate_most.value"),
        ("dinutuximab-beta.toml", '"2.4 mL/h"', "2.4", "quantity.not-text", "rate_most.value"),
        ("dinutuximab-beta.toml", "rate_most = ", "rate_max = ", "key.unknown", "rate_max"),
        ("dinutuximab-beta.toml", '["home"]', '["hospital"]', "key.choice", "care_areas.0"),
        ("dinutuximab-beta.toml", '["home"]', "[]", "key.invalid", "care_areas"),
        ("dinutuximab-beta.toml", 'harm.too-much]\nharm = { value = "death"',
         'harm.too-much]\nharm = { value = "bad"', "key.choice", "harm.too-much.harm.value"),
        ("dinutuximab-beta.toml", "[every.harm.too-little]", "[every.harm.none]", "drug-row.harm-missing", "harm"),
        ("dinutuximab-beta.toml", 'source = "MED"', 'source = "NOPE"', "source.unknown", "rate_low.source"),
        ("dinutuximab-beta.toml", 'source = "MED", confidence = "D"', 'source = "FIELD", confidence = "S"',
         "source.not-seen", "rate_low.confidence"),
        ("dinutuximab-beta.toml", 'confidence = "D"', 'confidence = "G"', "sourced.given-in-file",
         "rate_low.confidence"),
        ("dinutuximab-beta.toml", ', note = "a fifth above the label; 48 mL/h instead of 48 mL a day is refused"', "",
         "sourced.assumption-without-note", "rate_most.note"),
        ("default.toml", 'kvo = { value = "0 mL/h"', 'kvo = { value = "1 mL/h"', "drug-row.out-of-order", "kvo.value"),
        ("default.toml", '"5 mL"', '"-5 mL"', "quantity.negative", "low_display.value"),
        ("default.toml", "value = 517", "value = 1034", "drug-row.above", "occlusion_mmHg.value"),
        ("default.toml", "value = 517", 'value = "517"', "key.invalid", "occlusion_mmHg.value"),
        ("default.toml", 'bolus_most = { value = "0.5 mL"', 'bolus_most = { value = "0.6 mL"', "drug-row.above",
         "bolus_most.value"),
        ("default.toml", '["12 h", "4 h"]', '["4 h", "12 h"]', "drug-row.warnings-out-of-order", "low_before.value"),
        ("default.toml", '["12 h", "4 h"]', "[]", "drug-row.warnings-out-of-order", "low_before.value"),
        ("default.toml", '"100 µL"', '"40 µL"', "drug-row.out-of-order", "bubble.value"),
        ("flucloxacillin.toml", 'kvo = { value = "0.5 mL/h"', 'kvo = { value = "0 mL/h"', "drug-row.kvo-without-rate",
         "reactions.over-infusion"),
        ("flucloxacillin.toml", "over-infusion = ", "over-infusions = ", "key.choice", "over-infusions"),
        ("release.toml", "fingerprint", "fingerprnt", "key.unknown", "fingerprnt"),
    ],
)  # fmt: skip
def test_a_library_that_is_not_right_is_refused_at_its_key(folder, name, old, new, code, key):
    found = {one.code: one.field for one in refusals_of(edited(folder, name, old, new))}
    assert found.get(code, "").endswith(key), found
