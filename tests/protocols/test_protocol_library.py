"""The regimens of the package: each loads, each number has its ground, each rate is the one on the label."""

import re

import pytest

from ransel.evidence import Confidence
from ransel.language import LANGUAGES, Refused
from ransel.protocols import DEFAULT_PROTOCOL, Library
from ransel.protocols.shelf import LIBRARY, NOT_PROTOCOLS, NOT_SEEN, sourced_values
from ransel.quantities import Area, DoseRate, Duration, Mass, Quantity, Rate, Ratio, Volume

SHELF = Library()
IDS = SHELF.ids()


@pytest.fixture(name="protocol", params=IDS)
def protocol_(request):
    return SHELF.protocol(request.param)


def test_the_library_has_the_regimens_that_the_documents_name():
    assert set(IDS) == {
        "dinutuximab-beta-10x24h-maxima",
        "dinutuximab-beta-10x24h",
        "dinutuximab-beta-5x8h",
        "blinatumomab-28d",
        "fluorouracil-46h",
        "flucloxacillin-24h",
    }
    assert DEFAULT_PROTOCOL in IDS


def test_every_file_of_the_library_is_a_protocol_a_base_or_one_of_the_three_tables():
    files = {path.name for path in LIBRARY.iterdir()}
    assert files >= NOT_PROTOCOLS
    assert {path.stem for path in LIBRARY.glob("*.toml") if path.name not in NOT_PROTOCOLS} == set(SHELF.files)


def test_a_base_cannot_be_used_as_a_protocol():
    for name in set(SHELF.files) - set(IDS):
        with pytest.raises(Refused) as refused:
            SHELF.protocol(name)
        assert [refusal.code for refusal in refused.value.refusals] == ["protocol.abstract"]


def test_every_number_has_a_known_source_or_is_an_assumption_with_a_reason(protocol):
    numbers = list(sourced_values(protocol))
    assert len(numbers) > 50
    for key, sourced in numbers:
        if sourced.confidence is Confidence.ASSUMED:
            assert sourced.note.strip(), key
        assert sourced.source in (
            {"", *SHELF.sources} if sourced.confidence is Confidence.ASSUMED else SHELF.sources
        ), key


def test_what_was_recalled_is_never_called_read(protocol):
    recalled = {Confidence.RECALLED, Confidence.UNCERTAIN}
    for key, sourced in sourced_values(protocol):
        if sourced.source:
            not_seen = SHELF.sources[sourced.source]["seen"] == NOT_SEEN
            assert not_seen == (sourced.confidence in recalled), key


def test_a_source_says_where_it_is_and_how_much_of_it_was_read():
    for code, source in SHELF.sources.items():
        assert source["title"].strip(), code
        assert source["address"].strip(), code
        assert "2026" in source["seen"] or source["seen"] == NOT_SEEN, code


def test_every_source_is_cited_somewhere_or_was_read_for_a_regimen_as_a_whole():
    background = {"ADM", "CHF", "GOSH", "RXI"}
    rooms = LIBRARY.parent.parent
    files = [*rooms.glob("**/library/**/*.toml"), *rooms.glob("followup/*.toml")]
    files = [path for path in files if path.name != "sources.toml"]
    words = set(re.findall(r"\w+", "".join(path.read_text(encoding="utf-8") for path in files)))
    assert set(SHELF.sources) - words == background


def test_the_rate_of_every_container_is_the_rate_on_the_label(protocol):
    for name, option in protocol.containers.options.items():
        assert Rate(option.delivers.value / option.lasts.value) == option.rate, name
        if option.label_rate is not None and option.rate != option.label_rate.value:
            assert option.label_rate.note, f"{protocol.id} {name} runs at {option.rate}"


@pytest.mark.parametrize(
    ("name", "option", "rate", "delivers"),
    [
        ("blinatumomab-28d", "every-24h", "10 mL/h", "240 mL"),
        ("blinatumomab-28d", "every-48h", "5 mL/h", "240 mL"),
        ("blinatumomab-28d", "every-72h", "1.8 mL/h", "129.6 mL"),
        ("blinatumomab-28d", "every-96h", "1.8 mL/h", "172.8 mL"),
        ("blinatumomab-28d", "every-7-days", "0.6 mL/h", "100.8 mL"),
        ("flucloxacillin-24h", "every-24h", "10 mL/h", "240 mL"),
        ("fluorouracil-46h", "cassette", "5 mL/h", "230 mL"),
        ("fluorouracil-46h", "elastomeric-large", "5 mL/h", "230 mL"),
        ("fluorouracil-46h", "elastomeric", "2.5 mL/h", "115 mL"),
        ("dinutuximab-beta-10x24h", "cassettes", "2 mL/h", "240 mL"),
        ("dinutuximab-beta-10x24h", "syringes", "2 mL/h", "48 mL"),
    ],
)
def test_the_published_rates_and_volumes_are_exact(name, option, rate, delivers):
    container = SHELF.protocol(name).containers.options[option]
    assert container.rate == Rate(rate)
    assert container.delivers.value == Volume(delivers)


def test_a_container_never_runs_longer_than_its_own_stability(protocol):
    for name, option in protocol.containers.options.items():
        assert option.lasts.value <= protocol.stability[option.stability].warm.value, name


def test_the_dose_steps_of_a_rule_fill_the_course_exactly(protocol):
    whole = Duration(protocol.course.covers.value * protocol.course.infusions.value)
    for rule in protocol.dose.rules:
        given = [step.lasts.value for step in rule.steps if step.lasts is not None]
        total = sum(given, start=Duration("0 h"))
        assert total == whole if len(given) == len(rule.steps) else total < whole, rule.id


def test_every_word_stands_in_both_languages(protocol):
    def words(record):
        if hasattr(record, "en"):
            yield record
        elif hasattr(type(record), "model_fields"):
            for name in type(record).model_fields:
                yield from words(getattr(record, name))
        elif isinstance(record, dict):
            for inner in record.values():
                yield from words(inner)
        elif isinstance(record, tuple):
            for inner in record:
                yield from words(inner)

    found = list(words(protocol))
    assert len(found) > 5
    for pair in found:
        assert all(pair.text(language).strip() for language in LANGUAGES)


# blinatumomab


def rules_for(name, weight):
    return {rule.id: rule for rule in SHELF.protocol(name).dose.rules if rule.applies_to(Mass(weight))}


def test_blinatumomab_from_45_kg_is_a_fixed_dose_and_below_it_goes_by_body_surface():
    assert set(rules_for("blinatumomab-28d", "45 kg")) == {"fixed-low-first-week", "fixed"}
    assert set(rules_for("blinatumomab-28d", "44.9 kg")) == {"area-low-first-week", "area"}


def test_blinatumomab_steps_up_after_a_week_in_micrograms_with_a_cap():
    fixed = rules_for("blinatumomab-28d", "60 kg")["fixed-low-first-week"].steps
    assert [step.per.value for step in fixed] == [DoseRate("9 µg/day"), DoseRate("28 µg/day")]
    area = rules_for("blinatumomab-28d", "20 kg")["area-low-first-week"].steps
    assert [step.per.value.to("µg/m2/day") for step in area] == [5, 15]
    assert [step.at_most.value for step in area] == [DoseRate("9 µg/day"), DoseRate("28 µg/day")]
    assert [step.lasts.value for step in area] == [Duration("7 days"), Duration("21 days")]


def test_blinatumomab_runs_28_days_and_rests_14():
    course = SHELF.protocol("blinatumomab-28d").course
    assert course.infusion.value == Duration("28 days")
    assert (course.next.counted_from, course.next.at_least.value) == ("end", Duration("14 days"))


def test_bags_with_benzyl_alcohol_are_kept_from_the_smallest_children():
    options = SHELF.protocol("blinatumomab-28d").containers.options
    kept = {name for name, option in options.items() if option.for_weight_from is not None}
    assert kept == {name for name, option in options.items() if option.stability == "preserved"}
    assert {options[name].for_weight_from.value for name in kept} == {Mass("5.4 kg")}


def test_the_bag_of_a_day_holds_what_the_maker_puts_into_it():
    # 28 µg in 240 mL of 278 mL: 2.6 mL of 12.5 µg/mL and 270 mL of saline
    protocol = SHELF.protocol("blinatumomab-28d")
    option = protocol.containers.options["every-24h"]
    drug = Mass("28 µg") / option.delivers.value * option.fill.value / protocol.product.strength.value
    stabiliser = option.fill.value * Ratio("2 %").magnitude
    assert round(Volume(drug).to("mL"), 1) == Volume("2.6 mL").to("mL")
    assert abs(option.fill.value - drug - stabiliser - Volume("270 mL")) < Volume("0.5 mL")


def test_only_blinatumomab_says_what_a_stop_and_the_line_ask_for():
    for name in IDS:
        handling = SHELF.protocol(name).handling
        if name == "blinatumomab-28d":
            assert handling.restart_rules_after.value == Duration("4 h")
            assert "flush" in handling.line_at_end.value.text("en")
            assert "doorspoelen" in handling.line_at_end.value.text("nl")
        else:
            assert handling.restart_rules_after is None
            assert handling.line_at_end is None


# fluorouracil and flucloxacillin


def test_the_dose_of_fluorouracil_is_for_46_hours_and_not_for_a_day():
    (rule,) = SHELF.protocol("fluorouracil-46h").dose.rules
    whole = rule.steps[0].per.value * Duration("46 h") * Area("1 m2")
    assert Quantity.__eq__(whole, Mass("2400 mg"))


def test_the_cassette_of_fluorouracil_holds_the_dose_of_a_large_adult_undiluted():
    protocol = SHELF.protocol("fluorouracil-46h")
    for option in protocol.containers.options.values():
        concentration = Mass("2400 mg") * 2 / option.delivers.value
        assert concentration <= protocol.product.strength.value


def test_the_two_doses_of_flucloxacillin_apply_to_the_same_adult_so_that_one_must_be_chosen():
    rules = rules_for("flucloxacillin-24h", "70 kg")
    assert [rule.steps[0].per.value for rule in rules.values()] == [DoseRate("8 g/day"), DoseRate("12 g/day")]


def test_flucloxacillin_stays_inside_the_concentrations_that_were_tested():
    fill = SHELF.protocol("flucloxacillin-24h").containers.options["every-24h"].fill.value
    for grams in ("8 g", "12 g"):
        assert 10 <= (Mass(grams) / fill).to("mg/mL") <= 50


def test_the_length_of_a_flucloxacillin_course_is_an_assumption():
    assert SHELF.protocol("flucloxacillin-24h").course.infusion.confidence is Confidence.ASSUMED


def test_no_regimen_of_the_package_leaves_the_label_but_the_one_that_names_its_ground():
    outside = {name for name in IDS if SHELF.protocol(name).use.outside_label}
    assert outside == {"dinutuximab-beta-10x24h-maxima"}


def test_a_visit_at_home_needs_a_protocol_for_home():
    for name in IDS:
        protocol = SHELF.protocol(name)
        places = {protocol.handling.connect_at, protocol.handling.change_at, protocol.handling.disconnect_at}
        assert protocol.use.at_home == ("home" in places)
