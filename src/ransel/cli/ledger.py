"""`ransel ledger`: what a child really received, from a recorded stream of events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ransel.cli.documents import read_bytes, read_json
from ransel.cli.infusion_papers import infusion_papers
from ransel.cli.inputs import Inputs
from ransel.cli.output import show, show_data
from ransel.cli.run_text import ledger_text
from ransel.infusion import InfusionPlan, Kind, PumpEvent, account, ledger_json, read_events, read_plan
from ransel.infusion.stream import Rejected
from ransel.language import Refusal, Refused, refuse


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
        plan = next((one for one in found if isinstance(one, Mapping)), None)
        if plan is None:
            refuse("ledger.no-course", "--course", "")
        return read_plan(plan, self.inputs.child.name)


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
    document = {**ledger_json(ledger, inputs.language), "rejected": [one.text(inputs.language) for one in rejected]}
    if inputs.out:
        from ransel.cli.folder import write_files

        papers = infusion_papers(ledger, events, inputs.language, document=document, simulated=False)
        write_files(dict(papers), inputs.out, ledger=ledger)
    if as_json:
        show_data(document)
        return
    show(ledger_text(ledger, inputs.language))
    for one in rejected:
        show("! " + one.text(inputs.language))
