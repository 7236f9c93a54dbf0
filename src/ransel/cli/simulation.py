"""`ransel run`: a course on the simulated pump, from a patient's file or from a planned course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from random import Random
from typing import Any

from ransel.cli.course import GIVEN, planned_course
from ransel.cli.documents import read_json, read_text
from ransel.cli.infusion_papers import infusion_json, infusion_papers
from ransel.cli.inputs import Inputs, refuse_together
from ransel.cli.output import show, show_data
from ransel.cli.run_text import run_text
from ransel.infusion import InfusionPlan, Ledger, PumpEvent, account, read_plan
from ransel.language import Language, Message, refuse
from ransel.pump.course_run import Circumstances, Truth, run_course
from ransel.pump.fault_text import read_fault, read_faults
from ransel.pump.faults import Fault
from ransel.pump.story import Line, story

SCHEMA = "ransel/run/1"
SEED = re.compile(r"[0-9]{1,18}")
FLOW_ERROR = re.compile(r"(?P<sign>[+-]?)(?P<number>[0-9]{1,2}(?:\.[0-9]{1,6})?) ?%")
LARGEST_FLOW_ERROR = Fraction(1, 2)


@dataclass(frozen=True, kw_only=True)
class RunInputs:
    """What is run: the inputs of a course or its document, faults, the error of the pump.

    Every property raises Refused when what was given cannot be read.
    """

    inputs: Inputs
    faults_given: list[str] = field(default_factory=list)
    faults_file: Path | None = None
    seed_given: str | None = None
    flow_error_given: str | None = None

    @cached_property
    def document(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The course as `ransel course --json` prints it."""
        inputs = self.inputs
        if inputs.child.suffix.lower() == ".json":
            inputs.check("language", "out")
            return read_json(inputs.child)
        from ransel.papers.course_json import course_json

        inputs.check(*GIVEN)
        return course_json(planned_course(inputs), inputs.language)

    @cached_property
    def plan(self) -> InfusionPlan:
        """The plan of the infusion."""
        return read_plan(self.document, self.inputs.child.name)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the options and of the file."""
        refuse_together(*(partial(read_fault, text) for text in self.faults_given))
        from_file = (
            () if self.faults_file is None else read_faults(read_text(self.faults_file).splitlines(), "--faults")
        )
        return (*map(read_fault, self.faults_given), *from_file)

    @cached_property
    def seed(self) -> int | None:
        """The seed; None when nothing random was asked for."""
        if self.seed_given is None:
            return None
        if not SEED.fullmatch(self.seed_given):
            refuse("option.no-number", "--seed", self.seed_given)
        return int(self.seed_given)

    @cached_property
    def flow_error(self) -> Fraction | None:
        """The error of the pump; None when it was not given."""
        if self.flow_error_given is None:
            return None
        match = FLOW_ERROR.fullmatch(self.flow_error_given.strip())
        number = Fraction(match["sign"] + match["number"]) / 100 if match else LARGEST_FLOW_ERROR + 1
        if abs(number) > LARGEST_FLOW_ERROR:
            refuse("option.flow-error", "--flow-error", self.flow_error_given)
        return number

    @cached_property
    def circumstances(self) -> Circumstances:
        """What the course runs into; a seed draws what nobody gave, evenly within the plan's error of the pump."""
        band = self.plan.flow_error.magnitude
        draw = Random(self.seed)  # noqa: S311 - the same seed gives the same course, no secret
        first, spare = (band * Fraction(draw.randint(-1000, 1000), 1000) for _ in range(2))
        if self.seed is None:
            first = spare = Fraction(0)
        given = self.flow_error
        return Circumstances(
            flow_error=first if given is None else given, spare_error=spare, faults=self.faults, seed=self.seed or 0
        )


@dataclass(frozen=True, slots=True)
class CourseRun:
    """A course that was run: what was told, what is accounted, and the truth beside it."""

    circumstances: Circumstances
    seed: int | None
    events: tuple[PumpEvent, ...]
    ledger: Ledger
    truth: Truth
    story: tuple[Line, ...]


def run(run_inputs: RunInputs, *, as_json: bool) -> None:
    """Run the course and print what happened; write events, ledger and pictures when a folder is given."""
    inputs = run_inputs.inputs
    refuse_together(*(lambda name=name: getattr(run_inputs, name) for name in ("faults", "seed", "flow_error", "plan")))
    done = simulated(run_inputs)
    written = _write(done, inputs, inputs.out) if inputs.out else []
    if as_json:
        show_data(run_json(done, inputs.language))
        return
    show(run_text(done.ledger, done.story, inputs.language))
    show(Message("run.simulated", {"error": _percent(done.circumstances.flow_error)}).text(inputs.language))
    if written:
        show("\n" + Message("course.written", {"folder": inputs.out}).text(inputs.language))
        show("\n".join(f"  {path.name}" for path in written))


def simulated(run_inputs: RunInputs) -> CourseRun:
    """Return the course that was run."""
    plan, around = run_inputs.plan, run_inputs.circumstances
    events: list[PumpEvent] = []
    truth = run_course(plan, around, events.append)
    return CourseRun(
        circumstances=around, seed=run_inputs.seed, events=tuple(events), ledger=account(plan, events),
        truth=truth, story=story(plan, events, around.faults),
    )  # fmt: skip


def run_json(done: CourseRun, language: Language) -> dict[str, Any]:
    """Return a run as plain data: the keys of a ledger, and what only a simulation knows."""
    return {
        **infusion_json(done.ledger, done.events, language),
        "schema": SCHEMA,
        "seed": done.seed,
        "flow_error_percent": _percent(done.circumstances.flow_error),
        "faults": [fault.text for fault in done.circumstances.faults],
        "events": len(done.events),
        "truth": dict(_truth(done)),
        "story": [
            {
                "at": line.at.astimezone(done.ledger.plan.zone).isoformat(timespec="seconds"),
                "text": line.what.text(language),
            }
            for line in done.story
        ],
    }


def _truth(done: CourseRun) -> Iterator[tuple[str, Any]]:
    """Yield what really reached the child; a simulation calculates it in binary, so six decimals are shown."""
    plan = done.ledger.plan
    given = {one.index: done.truth.into_child_mL(one.index) for one in plan.containers}
    drug = sum(given[one.index] * float(one.concentration.magnitude) for one in plan.containers)
    yield "delivered_mg", f"{drug:.6f}"
    yield "containers", [{"index": index, "into_child_mL": f"{volume:.6f}"} for index, volume in given.items()]


def _percent(number: Fraction) -> str:
    return f"{float(number * 100):g}"


def _write(done: CourseRun, inputs: Inputs, folder: Path) -> list[Path]:
    from ransel.cli.folder import write_files

    document = run_json(done, inputs.language)
    papers = infusion_papers(done.ledger, done.events, inputs.language, document=document)
    return write_files(dict(papers), folder, ledger=done.ledger)
