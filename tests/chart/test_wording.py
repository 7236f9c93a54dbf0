"""Everything in a chart has a name, and every entry can be told, in both languages."""

import ast
import inspect
from itertools import chain as joined

import pytest
from chart.stages import at
from chart.test_samples import NAMES, told

from ransel.chart import chain
from ransel.chart.entry import read_entry
from ransel.chart.machine import CONTAINER, COURSE, PUMP, TREATMENT
from ransel.chart.people import Role
from ransel.chart.records import VOCABULARY
from ransel.chart.records.care import Connected, Material, Readied, SideEffect
from ransel.chart.records.pharmacy import LotUsed
from ransel.chart.records.prescribing import Corrected
from ransel.chart.saying import CHOICES, NOT_SAID, said
from ransel.chart.tasks import ROLES
from ransel.chart.wording import (
    chain_fault,
    choice_label,
    field_label,
    phase_name,
    role_name,
    task_name,
    title_of,
    visit_name,
)
from ransel.language import LANGUAGES, Message, Refusal, translate

MACHINES = {"treatment": TREATMENT, "course": COURSE, "container": CONTAINER, "pump": PUMP}
RECORDS = (*VOCABULARY.values(), Material, SideEffect, LotUsed)
VISITS = ("go", "connect", "change", "disconnect", "next-course")


def faults_of_a_chain():
    """Everything that the walk along a chain can give as the reason of a break."""
    functions = (chain._fault, chain._text_fault, chain.first_break)
    returned = joined.from_iterable(
        ast.walk(statement)
        for function in functions
        for statement in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(statement, ast.Return)
    )
    return {node.value for node in returned if isinstance(node, ast.Constant) and isinstance(node.value, str)} - {""}


def named():
    """Every name of the chart's own things, as a message."""
    yield from map(title_of, (*VOCABULARY, "removed-last"))
    yield from (phase_name(machine, phase) for machine, table in MACHINES.items() for phase in table)
    yield from map(role_name, Role)
    yield from map(task_name, ROLES)
    yield from map(visit_name, VISITS)
    yield from map(chain_fault, sorted(faults_of_a_chain()))
    yield from map(field_label, sorted(set(joined.from_iterable(one.model_fields for one in RECORDS))))
    yield from (choice_label(field, value) for field, values in CHOICES.items() for value in sorted(values))


ALL = tuple(named())


def test_a_chain_can_break_in_eight_ways():
    assert len(faults_of_a_chain()) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_a_chart_has_a_name(language):
    assert all(message.text(language).strip() for message in ALL)
    assert len({message.key for message in ALL}) == len(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("machine", MACHINES)
def test_no_two_phases_of_a_machine_have_the_same_name(machine, language):
    names = [phase_name(machine, phase).text(language) for phase in MACHINES[machine]]
    assert len(set(names)) == len(names)


def test_no_two_kinds_of_entry_and_no_two_roles_or_tasks_have_the_same_name():
    for language in LANGUAGES:
        for messages in (map(title_of, (*VOCABULARY, "removed-last")), map(role_name, Role), map(task_name, ROLES)):
            names = [message.text(language) for message in messages]
            assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_something_is_not_done_now_can_be_said_of_every_kind_in_every_phase(language):
    for machine, table in MACHINES.items():
        steps = {step for steps in table.values() for step in steps if step != "replaced"}
        for phase in table:
            for step in steps:
                values = {"what": title_of(step), "phase": phase_name(machine, phase)}
                assert Refusal("chart.not-now", machine, "", values).text(language)


# -- what an entry says


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_can_be_told_whole_in_both_languages(name):
    entry = read_entry(told(name))
    lines = said(entry.what)
    assert {label.key.removeprefix("field.") for label, _ in lines} == {
        key for key, value in told(name)["data"].items() if key not in NOT_SAID and value not in (None, "", [])
    }
    english, dutch = ([f"{label.text(one)}: {translate(value, one)}" for label, value in lines] for one in LANGUAGES)
    for line in (*english, *dutch):
        assert not {"True", "False", "None", "datetime", "Fraction", "<"} & set(line.replace("(", " ").split())
    assert english != dutch


@pytest.mark.parametrize(
    ("name", "dutch"),
    [
        ("measured-1", ["Gewicht: 16,4 kg", "Lengte: 102 cm", "Gemeten op: vr 29 jan 2027"]),
        ("corrected-1", ["Aantekening: 2",
                         "Wat er had moeten staan: Gewicht: 16,9 kg, Lengte: 102 cm, Gemeten op: vr 29 jan 2027"]),
        ("residue-recorded-1", ["Kuur: 1", "Container: 2", "Bereiding: 1", "Gewicht: 15,2 g",
                                "Fout van de weegschaal: 1 g", "Waar het heen ging: cytostatica-afval"]),
        ("visit-moved-1", ["Kuur: 1", "Bezoek: wisselen", "Container: 2", "Nieuw moment: wo 10 feb 2027 08:30"]),
        ("removed-1", ["Kuur: 1", "Container: 2", "Bereiding: 1", "Resterend volume op het scherm: 5 mL",
                       "Gegeven volume op het scherm: 240 mL", "Lijn: afgeklemd; teruggetrokken",
                       "Naald verwijderd: ja", "Het infuus eindigt ermee: ja"]),
    ],
)  # fmt: skip
def test_an_entry_is_told_as_a_nurse_reads_it(name, dutch):
    lines = said(read_entry(told(name)).what)
    assert [f"{label.text('nl')}: {translate(value, 'nl')}" for label, value in lines] == dutch


def test_what_was_weighed_keeps_every_decimal():
    lines = dict(said(read_entry(told("weighed-1")).what))
    assert translate(lines[field_label("after")], "nl") == "8,07 g"
    assert "Nummer: L2, Vervalt: vr 30 jun 2028" in translate(lines[field_label("lots")], "nl")


def test_what_nobody_said_is_left_out_and_what_was_said_to_be_nothing_is_told():
    ready = Readied(course=1, container=1, premedication=(), lumen="red", fresh_batteries=True, materials=())
    lines = {label.key: translate(value, "en") for label, value in said(ready)}
    assert lines["field.premedication"] == "nothing"
    observed = VOCABULARY["observed"](course=1, remark="")
    assert [label.key for label, _ in said(observed)] == ["field.course", "field.baseline"]


def test_a_correction_of_a_part_is_told_with_its_choices():
    story = at("connected")
    readied = story.treatment.current.container(1).last(Readied)
    text = translate(
        dict(said(Corrected(entry=1, data=readied.what.model_dump(mode="json"))))[field_label("data")], "nl"
    )
    assert "Wat: naald" in text


def test_a_correction_that_is_of_no_kind_is_still_told():
    data = {"colour": "red", "parts": [{"what": "needle"}], "clean": True}
    told_as = dict(said(Corrected(entry=1, data=data)))[field_label("data")]
    assert translate(told_as, "en") == "colour: red, parts: what: needle, clean: yes"


def test_the_last_taking_off_has_a_name_of_its_own():
    story = at("disconnected")
    titles = {title_of(entry.what).key for entry in story.treatment.history if entry.kind == "removed"}
    assert titles == {"entry.removed", "entry.removed-last"}
    assert title_of(Connected.kind) == Message("entry.connected")
