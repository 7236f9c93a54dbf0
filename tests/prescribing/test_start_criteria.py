"""Start criteria: met, not met or missing, and never fine because nobody looked."""

from datetime import timedelta

import pytest
from prescribing.cases import FINDINGS, SHELF, START, TODAY, child, codes, order_for, refusals

from ransel.language import LANGUAGES, Level, translate
from ransel.prescribing import Findings, judge
from ransel.protocols import validate

CRITERIA = SHELF.protocol("dinutuximab-beta-10x24h").criteria
IDS = [criterion.id for criterion in CRITERIA]


def outcomes(**findings):
    return {one.criterion.id: one for one in judge(CRITERIA, validate(Findings, findings, "findings"))}


def state(criterion, value):
    return outcomes(**{criterion: value})[criterion].state


AT_THE_THRESHOLD = [
    ("oxygen-saturation", "94.1 %", "94 %"),
    ("neutrophils", "500 /uL", "499 /uL"),
    ("platelets", "20000 /uL", "19999 /uL"),
    ("haemoglobin", "8.01 g/dL", "8 g/dL"),
    ("alt", "4.99 xULN", "5 xULN"),
    ("ast", "4.99 xULN", "5 xULN"),
    ("kidney-function", "60.1 mL/min/1.73m2", "60 mL/min/1.73m2"),
    ("infection", False, True),
]


@pytest.mark.parametrize(("criterion", "met", "not_met"), AT_THE_THRESHOLD)
@pytest.mark.hazard("HZ-012")
def test_a_criterion_turns_exactly_at_its_threshold(criterion, met, not_met):
    assert (state(criterion, met), state(criterion, not_met)) == ("met", "not-met")


def test_every_criterion_of_the_protocol_is_proved_at_its_threshold():
    assert [criterion for criterion, _, _ in AT_THE_THRESHOLD] == IDS


@pytest.mark.parametrize("criterion", IDS)
@pytest.mark.hazard("HZ-012")
def test_a_finding_that_is_not_there_is_missing_and_never_met(criterion):
    present = {key: value for key, value in FINDINGS.items() if key != criterion}
    states = {key: outcome.state for key, outcome in outcomes(**present).items()}
    assert states.pop(criterion) == "missing"
    assert set(states.values()) == {"met"}


@pytest.mark.hazard("HZ-012")
def test_without_any_finding_everything_is_missing():
    assert {outcome.state for outcome in outcomes().values()} == {"missing"}


@pytest.mark.hazard("HZ-012")
def test_a_missing_finding_is_named_in_the_order_as_something_to_act_upon():
    order = order_for(child(findings={key: value for key, value in FINDINGS.items() if key != "platelets"}))
    (notice,) = [one for one in order.notices if one.code.startswith("criterion.")]
    assert (notice.code, notice.level) == ("criterion.missing", Level.WARN)
    assert all(order.criteria[2].criterion.title.text(language) in notice.text(language) for language in LANGUAGES)


@pytest.mark.hazard("HZ-012")
def test_a_criterion_that_is_not_met_is_named_in_the_order_with_its_limit_and_what_was_found():
    order = order_for(child(findings={**FINDINGS, "platelets": "19999 /uL"}))
    (notice,) = [one for one in order.notices if one.code.startswith("criterion.")]
    assert notice.code == "criterion.not-met"
    assert "20000/µL" in notice.text("en")
    assert "19999/µL" in notice.text("en")


@pytest.mark.hazard("HZ-012")
def test_missing_is_said_in_words():
    outcome = outcomes()["alt"]
    assert all(translate(outcome.found_in_words, language) for language in LANGUAGES)
    assert translate(outcome.found_in_words, "en") != translate(outcomes(alt="1 xULN")["alt"].found_in_words, "en")


def test_when_all_findings_are_there_and_right_the_order_has_no_notice_about_them():
    assert not [one for one in order_for().notices if one.code.startswith("criteri")]


def test_a_finding_in_another_unit_is_compared_by_what_it_means():
    assert state("haemoglobin", "80 g/L") == "not-met"
    assert state("haemoglobin", "81 g/L") == "met"
    assert state("neutrophils", "500000 /mL") == "met"


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        ("neutrophils", "98 %"),
        ("haemoglobin", "6.1 mmol/L"),
        ("oxygen-saturation", True),
        ("kidney-function", "104 mL/min"),
    ],
)
def test_a_finding_of_another_kind_than_its_criterion_is_refused(criterion, value):
    findings = validate(Findings, {criterion: value}, "findings")
    (refusal,) = refusals(judge, CRITERIA, findings)
    assert (refusal.code, refusal.field) == ("finding.other-kind", f"findings.{criterion}")


@pytest.mark.hazard("HZ-013")
def test_a_quantity_is_no_answer_to_a_yes_or_no():
    findings = validate(Findings, {"infection": "38.5 °C"}, "findings")
    assert codes(refusals(judge, CRITERIA, findings)) == ["finding.not-yes-or-no"]


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize(
    ("criterion", "value"),
    [("oxygen-saturation", "980 %"), ("haemoglobin", "98 g/dL"), ("platelets", "112000000 /uL")],
)
def test_a_slip_of_the_keyboard_does_not_meet_a_criterion(criterion, value):
    findings = validate(Findings, {criterion: value}, "findings")
    assert codes(refusals(judge, CRITERIA, findings)) == ["finding.impossible"]


def test_all_of_the_oxygen_is_possible():
    assert state("oxygen-saturation", "100 %") == "met"


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize("value", [98, 98.5, None, ["98 %"]])
def test_a_finding_that_is_no_quantity_and_no_yes_or_no_is_refused(value):
    assert codes(refusals(validate, Findings, {"oxygen-saturation": value}, "findings")) == ["finding.unreadable"]


@pytest.mark.hazard("HZ-012")
def test_a_finding_under_a_name_that_no_criterion_has_is_refused_instead_of_overlooked():
    findings = validate(Findings, {"hemoglobin": "9.8 g/dL", "thrombocytes": "112000 /uL"}, "findings")
    found = refusals(judge, CRITERIA, findings)
    assert [(one.code, one.field) for one in found] == [
        ("finding.unknown", "findings.hemoglobin"),
        ("finding.unknown", "findings.thrombocytes"),
    ]
    assert all(criterion in found[0].values["known"] for criterion in IDS)


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize(("days", "expected"), [(0, []), (3, []), (4, ["criteria.old"])])
def test_findings_of_more_than_72_hours_before_the_start_are_called_old(days, expected):
    findings = {**FINDINGS, "taken": START - timedelta(days=days)}
    notices = order_for(child(findings=findings), today=START).notices
    assert [one.code for one in notices if one.code.startswith("criteria.")] == expected


@pytest.mark.hazard("HZ-013")
def test_findings_without_a_date_are_called_undated():
    undated = {key: value for key, value in FINDINGS.items() if key != "taken"}
    assert "criteria.undated" in codes(order_for(child(findings=undated)).notices)


@pytest.mark.hazard("HZ-013")
def test_findings_of_tomorrow_are_refused():
    findings = {**FINDINGS, "taken": TODAY + timedelta(days=1)}
    (refusal,) = refusals(order_for, child(findings=findings))
    assert (refusal.code, refusal.field) == ("date.in-the-future", "findings.taken")


@pytest.mark.hazard("HZ-013")
@pytest.mark.parametrize("criterion", ["alt", "neutrophils", "haemoglobin"])
def test_a_finding_below_nothing_is_refused(criterion):
    value = f"-{FINDINGS[criterion]}"
    (refusal,) = refusals(child, findings={**FINDINGS, criterion: value})
    assert (refusal.code, refusal.value) == ("quantity.negative", value)


def test_each_outcome_carries_the_source_of_its_threshold():
    assert all(outcome.threshold.source for outcome in outcomes().values())


def test_the_limit_is_said_in_both_languages():
    assert outcomes()["haemoglobin"].limit.text("nl") != outcomes()["haemoglobin"].limit.text("en")


@pytest.mark.hazard("HZ-013")
def test_findings_that_are_too_old_at_the_start_are_never_shown_as_met():
    findings = validate(Findings, {"neutrophils": "1450 /uL", "platelets": "1000 /uL"}, "findings")
    states = {one.criterion.id: one.state for one in judge(CRITERIA, findings, too_old=True)}
    assert (states["neutrophils"], states["platelets"]) == ("too-old", "not-met")
    assert "met" not in states.values()
