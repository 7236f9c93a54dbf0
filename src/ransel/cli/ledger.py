"""`ransel ledger`: what a child really received, from a recorded stream of events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ransel.cli.documents import read_bytes, read_json
from ransel.cli.infusion_papers import infusion_json, infusion_papers, stroke_told
from ransel.cli.inputs import Inputs
from ransel.cli.output import show, show_data
from ransel.cli.run_text import checks_text, ledger_text
from ransel.infusion import InfusionPlan, Kind, PumpEvent, account, is_simulated, read_events, read_plan
from ransel.infusion.stream import Rejected
from ransel.language import Message, Moment, Refusal, Refused, refuse


class LedgerInputs:
    """A recorded stream, and the course it belongs to when the stream itself does not say."""

    def __init__(self, inputs: Inputs, course: Path | None) -> None:
        self.inputs, self.course = inputs, course

    @cached_property
    def stream(self) -> tuple[tuple[PumpEvent, ...], tuple[Rejected, ...]]:
        """The events, and what is wrong with the other lines."""
        return read_events(read_bytes(self.inputs.child).splitlines())

    @cached_property
    def plan(self) -> InfusionPlan:
        """The plan of the option, else the one that the stream carries."""
        if self.course is not None:
            return read_plan(read_json(self.course), self.course.name)
        found = (event.data.get("plan") for event in self.stream[0] if event.kind is Kind.COURSE)
        plans = [read_plan(one, self.inputs.child.name) for one in found if isinstance(one, Mapping)]
        if not plans:
            refuse("ledger.no-course", "--course", "")
        if len({(one.patient, one.start) for one in plans}) > 1:
            found_for = sorted({one.patient for one in plans})
            refuse("ledger.two-courses", self.inputs.child.name, ", ".join(found_for))
        return plans[0]


def account_stream(given: LedgerInputs, *, as_json: bool) -> None:
    """Print the account of a recorded stream; lines that are no events are told and left out."""
    inputs = given.inputs
    inputs.check("language", "out")
    events, rejected = given.stream
    refused = [one for one in rejected if isinstance(one, Refusal)]
    if not events and refused:
        raise Refused(refused)
    now = inputs.now if inputs.now_given is not None else None
    ledger = account(given.plan, events, now)
    if now is not None and now < ledger.at:
        refuse(
            "ledger.now-too-early", "--now", inputs.now_given or "", at=Moment(ledger.at.astimezone(given.plan.zone))
        )
    document = {
        **infusion_json(ledger, events, inputs.language),
        "rejected": [one.text(inputs.language) for one in rejected],
    }
    if inputs.out:
        from ransel.cli.folder import write_files

        papers = infusion_papers(ledger, events, inputs.language, document=document)
        write_files(dict(papers), inputs.out, ledger=ledger)
    if as_json:
        show_data(document)
        return
    show(ledger_text(ledger, inputs.language))
    show("\n" + checks_text(ledger, stroke_told(events), inputs.language))
    if is_simulated(events):
        show(Message("ledger.simulated").text(inputs.language))
    for one in rejected:
        show("! " + one.text(inputs.language))
