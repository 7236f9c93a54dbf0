"""What remained of the pump's checks for the hospital: wristband, cassette, pump and second person; who sees whom.

A made-up child is brought to its connecting by the real signing, in memory. Then each part is wrong once, and nothing
may be signed. Who sees whom is read from the policy that every page asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ransel.chart.ordered import ordered_container
from ransel.chart.people import Role
from ransel.chart.records import Record, care
from ransel.chart.signing import sign
from ransel.hospital.demo.children import CHILDREN
from ransel.hospital.demo.people import HOSPITAL, NORTH, OTHER_HOSPITAL, SOUTH
from ransel.hospital.demo.present import Present
from ransel.hospital.demo.shelf import Shelf
from ransel.hospital.demo.story import MINUTE, Story
from ransel.hospital.environment import DEMO_HOSPITAL
from ransel.hospital.policy import Relation, allows, policy, relation_of
from ransel.language import Refused
from ransel.planning import Agenda
from ransel.protocols import DEFAULT_PROTOCOL, Library
from ransel.pump.conformance.bench import Bench
from ransel.pump.conformance.observing import none_of, same
from ransel.pump.conformance.verdict import Observation, rest
from ransel.quantities import Rate, Volume

NOW = datetime(2027, 2, 5, 15, 0, tzinfo=UTC)
START = datetime(2027, 2, 5, 13, 0, tzinfo=UTC)
EMERGENCY_PAGES = frozenset({"glass"})
"""What somebody of another hospital may open without emergency access: the page that asks for it."""


@rest("C58")
def order_label_cassette_and_pump(bench: Bench) -> Iterator[Observation]:
    """Offer what is wrong in each part, and the same person twice; then what is right."""
    story = _ready_to_programme()
    for part, record, code in _wrong_programmes(story):
        yield same("seen.c58.not-signed", code, _refused(story, "nurse", record), part=part)
    story.programmed(1)
    check = _check(story)
    yield same("seen.c58.second-person", "chart.same-person", _refused(story, "nurse", check))
    right = story.connection(1)
    for part, record, code in (
        ("child", right.model_copy(update={"child": "SYN-9999"}), "chart.other-child"),
        ("cassette", right.model_copy(update={"code": right.code + "9"}), "chart.unknown-code"),
        ("pump", right.model_copy(update={"pump": "POMP-99"}), "chart.other-pump"),
    ):
        yield same("seen.c58.not-signed", code, _refused(story, "nurse", record), part=part)
    yield same("seen.c58.expired", "chart.too-late-to-start", _refused(story, "nurse", right, later=timedelta(days=3)))
    story.at(START)
    story.sign("nurse", right)
    yield same("seen.c58.connected", "running", story.state.phase)
    bench.keep(entry.as_text() for entry in story.treatment.history)


def _ready_to_programme() -> Story:
    """Return a course whose first cassette is out of the fridge and whose pump is made ready."""
    library = Library(DEMO_HOSPITAL)
    present = Present(NOW, Agenda(library.site))
    child = next(one for one in CHILDREN if one.centre == HOSPITAL)
    story = Story(child, present, library.protocol(DEFAULT_PROTOCOL), Shelf())
    story.start = START
    story.to_out()
    story.readied(1, START - 45 * MINUTE)
    story.sign("nurse", story.seen(baseline=True))
    return story


def _wrong_programmes(story: Story) -> Iterator[tuple[str, Record, str]]:
    ordered = ordered_container(story.state, 1)
    right = care.Programmed(
        **story.of(1), pump=story.state.pump, rate=ordered.rate, volume=ordered.fill,
        product=story.protocol.product.name, concentration=ordered.concentration.text("en", "mg/mL", 4),
    )  # fmt: skip
    yield "rate", right.model_copy(update={"rate": Rate("20 mL/h")}), "chart.other-rate"
    yield "unit", right.model_copy(update={"rate": Rate("48 mL/h")}), "chart.other-unit"
    yield "volume", right.model_copy(update={"volume": Volume("2500 mL")}), "chart.other-volume"
    yield "concentration", right.model_copy(update={"concentration": "1.42 mg/mL"}), "chart.other-concentration"
    yield "drug", right.model_copy(update={"product": "Danyelza"}), "chart.other-product"


def _check(story: Story) -> care.ProgrammeChecked:
    ordered, connection = ordered_container(story.state, 1), story.connection(1)
    return care.ProgrammeChecked(
        **story.of(1), pump=story.state.pump, child=connection.child, code=connection.code, rate=ordered.rate,
        volume=ordered.fill,
    )  # fmt: skip


def _refused(story: Story, part: str, record: Record, *, later: timedelta = timedelta()) -> str:
    """Return the codes of why nothing was signed, empty when something was."""
    hand = story.hand(part)
    hand = replace(hand, happened=hand.happened + later, now=hand.now + later)
    try:
        sign(story.treatment, hand, story.rules, record)
    except Refused as refused:
        return ", ".join(one.code for one in refused.refusals)
    return ""


@rest("C63")
def only_their_own_children(bench: Bench) -> Iterator[Observation]:
    """Look for a page about a child that somebody of elsewhere may open, in every role; and for names in entries."""
    pages = policy()
    foreign = [
        f"{page} {role.value}"
        for page in pages
        for role in Role
        if page not in EMERGENCY_PAGES and allows(page, role, Relation.OTHER)
    ]
    yield none_of("seen.c63.foreign", foreign, len(pages) * len(Role))
    yield same("seen.c63.home-care", Relation.OWN, relation_of(NORTH, HOSPITAL, NORTH, opened=False))
    for organisation in (SOUTH, OTHER_HOSPITAL):
        yield same("seen.c63.elsewhere", Relation.OTHER, relation_of(organisation, HOSPITAL, NORTH, opened=False))
    blind = [page for page in pages for relation in (Relation.OWN, Relation.OTHER, Relation.EMERGENCY)
             if allows(page, Role.ADMINISTRATOR, relation) or allows(page, Role.RESEARCHER, relation)]  # fmt: skip
    yield none_of("seen.c63.no-clinical", blind, len(pages))
    story = _ready_to_programme()
    name = story.child.name
    named = [entry.kind for entry in story.treatment.history if name in entry.as_text()]
    yield none_of("seen.c63.chart", named, len(story.treatment.history))
    bench.keep(entry.as_text() for entry in story.treatment.history)
