"""A planned course as pages show it: dose with its reasons, containers, visits, notices, the picture of the days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from ransel.evidence import Confidence, Derivation
from ransel.language import Language, Level, Message, Notice
from ransel.papers.timeline import timeline_svg
from ransel.planning import PlannedCourse, Preparation
from ransel.quantities import Rate


@dataclass(frozen=True, slots=True)
class DerivationLine:
    """One line of a derivation, the result first."""

    depth: int
    term: Message
    node: Derivation

    @property
    def to_be_confirmed(self) -> bool:
        """Whether a pharmacist must confirm it."""
        return self.node.confidence.to_be_confirmed

    @property
    def ground(self) -> Confidence | Message:
        """How far it can be trusted."""
        return Message("ground.calculated") if self.node.formula and not self.node.source else self.node.confidence


@dataclass(frozen=True, slots=True)
class PlannedView:
    """Everything a doctor and whoever verifies look at before they sign."""

    planned: PlannedCourse
    language: Language

    @property
    def daily(self) -> list[DerivationLine]:
        """The daily dose with the way to it."""
        return list(_lines(self.planned.order.daily_dose, 0))

    @property
    def containers(self) -> tuple[Preparation, ...]:
        """Every container with its making."""
        return self.planned.plan.preparations

    @property
    def rate(self) -> Rate:
        """The rate of the pump."""
        return self.planned.containers.option.rate

    @property
    def asked(self) -> tuple[Notice, ...]:
        """Notices that the doctor must answer."""
        return tuple(one for one in self.planned.notices if one.level is Level.ASK)

    @property
    def told(self) -> tuple[Notice, ...]:
        """Notices to act upon or to know, the more serious first."""
        others = (one for one in self.planned.notices if one.level is not Level.ASK)
        return tuple(sorted(others, key=lambda one: one.level is not Level.WARN))

    @property
    def picture(self) -> SafeString:
        """The course as a picture; drawn by us out of numbers, so that it holds no text of strangers."""
        return mark_safe(timeline_svg(self.planned, self.language))  # noqa: S308 - our own drawing, texts are escaped


def _lines(node: Derivation, depth: int) -> Iterator[DerivationLine]:
    yield DerivationLine(depth, node.term, node)
    for inner in node.inputs:
        yield from _lines(inner, depth + 1)
