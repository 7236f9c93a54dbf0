"""Signing what must be refused: which reasons, at which fields, and that nothing was signed."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from chart.stages import at
from chart.story import Story

from ransel.chart.records import Record
from ransel.language import LANGUAGES, Refused


def refusals(story: Story, person: str, *records: Record, **how) -> list[str]:
    """Sign, and return every reason as `code @ field`; fails when something was signed all the same."""
    before = story.treatment
    with pytest.raises(Refused) as refused:
        story.sign(person, *records, **how)
    assert story.treatment is before
    for language in LANGUAGES:
        assert all(one.text(language) for one in refused.value.refusals)
    return [f"{one.code} @ {one.field}" for one in refused.value.refusals]


@dataclass(frozen=True)
class Case:
    """One thing that must be refused: who signs what at which stage, and the reasons."""

    name: str
    stage: str
    person: str
    record: Callable[[Story], Record]
    reasons: tuple[str, ...]
    how: dict = field(default_factory=dict)

    def check(self, arrange: Callable[[Story], object] = lambda _: None) -> None:
        """Go to the stage, sign, and compare the reasons."""
        story = at(self.stage)
        arrange(story)
        how = {key: value(story) if callable(value) else value for key, value in self.how.items()}
        assert refusals(story, self.person, self.record(story), **how) == list(self.reasons)


def case(name, stage, person, record, *reasons, **how):
    """Return a case as a parameter of a test, under its name."""
    return pytest.param(Case(name, stage, person, record, reasons, how), id=name)
