"""A plan is read from what `ransel course --json` prints, and survives being written into a stream."""

import json
from datetime import datetime

import pytest
from infusion.streams import course, daily, plan

from ransel.infusion import plan_json, read_plan
from ransel.language import Refused
from ransel.papers.course_json import course_json
from ransel.planning import Agenda, plan_whole_course
from ransel.prescribing import Patient
from ransel.protocols import Library
from ransel.quantities import Length, Mass, Volume


@pytest.mark.parametrize(
    ("protocol", "kind", "containers"),
    [("dinutuximab-beta-10x24h", "", 2), ("dinutuximab-beta-10x24h", "syringes", 10), ("dinutuximab-beta-5x8h", "", 5)],
)
def test_every_course_that_the_program_prints_can_be_read_as_a_plan(protocol, kind, containers):
    library = Library()
    agenda = Agenda(library.site)
    begins = datetime(2027, 2, 5, 14, tzinfo=agenda.zone)
    ordered = datetime(2027, 2, 2, 14, tzinfo=agenda.zone)
    born = begins.date().replace(year=2023)
    child = Patient(
        name="Noor (synthetic)",
        born=born,
        weight=Mass("16.4 kg"),
        height=Length("102 cm"),
        measured=ordered.date(),
        number="SYN-1",
    )
    made = plan_whole_course(
        child, library.protocol(protocol), agenda, course=1, now=ordered, start=begins, kind=kind
    )  # fmt: skip
    given = read_plan(json.loads(json.dumps(course_json(made))))
    assert len(given.containers) == containers
    assert given.start == begins
    assert all(one.connect_at < one.disconnect_at for one in given.containers)
    assert read_plan(json.loads(json.dumps(plan_json(given)))) == given


def test_a_plan_that_is_written_and_read_is_the_same_plan():
    for one in (plan(), daily(), plan(restart_rules_after_h="4", lost_volume_made_up=False)):
        assert read_plan(plan_json(one)) == one


def test_a_plan_in_a_stream_holds_no_name():
    assert "Noor" not in json.dumps(plan_json(plan()))


def test_gaps_between_daily_infusions_are_kept():
    first, second = daily().containers[:2]
    assert (second.connect_at - first.disconnect_at).total_seconds() == 16 * 3600


def test_everything_wrong_is_refused_together():
    data = course()
    data["time_zone"] = "Europe/Atlantis"
    data["start"] = "2027-02-05T14:00:00"
    data["containers"][0]["rate_mL_per_h"] = "0"
    data["containers"][1]["volume_mL"] = "1,5"
    del data["delivery"]["ordered_mg"]
    with pytest.raises(Refused) as refused:
        read_plan(data)
    assert {refusal.field for refusal in refused.value.refusals} == {
        "course.time_zone",
        "course.start",
        "course.containers.0.rate_mL_per_h",
        "course.containers.1.volume_mL",
        "course.delivery.ordered_mg",
    }
    assert all(refusal.text("nl") for refusal in refused.value.refusals)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.update(schema="ransel/course/2"),
        lambda data: data.update(end=data["start"]),
        lambda data: data["visits"].pop(),
        lambda data: data["containers"].reverse(),
        lambda data: data.update(containers=[]),
        lambda data: data["containers"][0].update(delivered_mL="300"),
        lambda data: data["delivery"].update(flow_error_percent="100"),
        lambda data: data["delivery"].update(lost_volume_made_up="yes"),
        lambda data: data["patient"].update(number="a\nb"),
        lambda data: data.update(time_zone="../../etc/passwd"),
        lambda data: data.update(time_zone=7),
        lambda data: data.update(start="9999-12-31T23:59:59-12:00"),
        lambda data: data["containers"][0].update(rate_mL_per_h=2.0),
        lambda data: data["containers"][0].update(rate_mL_per_h=True),
        lambda data: data["containers"][0].update(volume_mL=10**5000),
        lambda data: data["containers"][0].update(index="1"),
    ],
)
def test_a_spoiled_plan_is_refused_in_words(spoil):
    data = course()
    spoil(data)
    with pytest.raises(Refused) as refused:
        read_plan(data)
    assert all(refusal.text(language) for refusal in refused.value.refusals for language in ("en", "nl"))


def test_what_is_no_plan_at_all_is_refused():
    deep = []
    for _ in range(900):
        deep = [deep]
    for hostile in ([], "plan", None, 7, {}, {"schema": []}, {"containers": deep}):
        with pytest.raises(Refused):
            read_plan(hostile)


def test_the_priming_volume_is_kept_exactly():
    assert plan(priming_mL="0.9").priming == Volume("0.9 mL")
