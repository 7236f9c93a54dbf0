"""Own courses compared: side effects of two regimens in the children of one hospital, or of several together.

A child counts once, with its worst grade over its courses: five courses of one child are not five children. A child
that had courses of both regimens is in neither group, because the two groups would not be independent. A term counts
for a child when somebody looked for it in at least one of its courses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import fmean

from ransel.followup.ctcae import Term, ctcae
from ransel.language import Message
from ransel.language.message import Joined
from ransel.outcomes.course_record import SMALLEST_GROUP, CourseRecord, regimen_name
from ransel.outcomes.number import Number
from ransel.outcomes.risk import compare_term
from ransel.outcomes.tolerability import Count, TermComparison, TolerabilityComparison
from ransel.outcomes.tolerability_table import tolerability
from ransel.protocols import Library
from ransel.protocols.protocol import Words

OWN_COHORT = "own-cohort"
WORST_GRADE = 5
SEVERE = 3
"""The grade from which published tables count."""

Courses = tuple[CourseRecord, ...]


@dataclass(frozen=True)
class Group:
    """The children of one regimen, each with its courses in order."""

    regimen: str
    title: Words
    children: Mapping[str, Courses]

    def __len__(self) -> int:
        return len(self.children)

    @property
    def courses(self) -> Iterator[CourseRecord]:
        """Every course of the group."""
        return (course for courses in self.children.values() for course in courses)

    @cached_property
    def courses_per_child(self) -> float:
        """How many courses a child had, on average; 0 without children."""
        return fmean(map(len, self.children.values())) if self.children else 0.0


@dataclass(frozen=True)
class Cohort:
    """Two groups of children, and who is in neither.

    Values:
        in_both: children with courses of both regimens. running: courses that are not over.
        ctcae: the versions of CTCAE by which grades were given.
    """

    first: Group
    second: Group
    in_both: int
    running: int
    ctcae: tuple[str, ...]

    @property
    def groups(self) -> tuple[Group, Group]:
        """Both, the first one first."""
        return self.first, self.second

    @property
    def is_comparable(self) -> bool:
        """Whether both groups have enough children to be compared without anybody being recognised."""
        return min(map(len, self.groups)) >= SMALLEST_GROUP

    def says(self) -> Iterator[Message]:
        """Go through what stands beside every comparison of these groups."""
        if not self.is_comparable:
            yield self._no_comparison()
            return
        if abs(self.first.courses_per_child - self.second.courses_per_child) > DIFFERENT_NUMBERS_OF_COURSES:
            means = {
                "first": Number(self.first.courses_per_child, 1),
                "second": Number(self.second.courses_per_child, 1),
            }
            yield Message("cohort.courses-differ", means)
        yield from self._left_out()

    def _no_comparison(self) -> Message:
        sizes = {"first": self.first.title, "first_children": len(self.first), "second": self.second.title,
                 "second_children": len(self.second)}  # fmt: skip
        return Message("cohort.no-comparison", sizes | {"least": SMALLEST_GROUP})

    def _left_out(self) -> Iterator[Message]:
        if self.in_both:
            yield Message("cohort.in-both", {"children": self.in_both})
        if self.running:
            yield Message("cohort.running", {"courses": self.running})
        if len(self.ctcae) > 1:
            yield Message("cohort.versions-differ", {"versions": Joined(self.ctcae, ", ")})


DIFFERENT_NUMBERS_OF_COURSES = 0.5
"""From here on it is said that one group had more chances for a bad course than the other."""


def cohort_of(records: Iterable[CourseRecord], first: str, second: str, library: Library | None = None) -> Cohort:
    """Return two groups of children; `first` and `second` are regimens, or ids of protocols.

    A protocol stands for its regimen, unless both have the same one. `library` knows the protocols; without one the
    package's does.
    """
    library = library or _library()
    is_of = _sorter(first, second, library)
    sides: tuple[dict[str, list[CourseRecord]], ...] = (defaultdict(list), defaultdict(list))
    running = 0
    for record in sorted(records, key=lambda one: (one.child, one.course)):
        side = is_of(record)
        if side is not None and record.outcome == "running":
            running += 1
        elif side is not None:
            sides[side][record.child].append(record)
    both = sides[0].keys() & sides[1].keys()
    groups = [
        _group(name, {child: tuple(courses) for child, courses in side.items() if child not in both}, library)
        for name, side in zip((first, second), sides, strict=True)
    ]
    versions = sorted({one.ctcae for group in groups for one in group.courses if one.ctcae})
    return Cohort(groups[0], groups[1], len(both), running, tuple(versions))


def _sorter(first: str, second: str, library: Library) -> Callable[[CourseRecord], int | None]:
    """Return what says to which side a course belongs, None for neither."""
    regimens = [_regimen(name, library) for name in (first, second)]
    if regimens[0] == regimens[1]:  # two protocols of one regimen: told apart by their ids only
        regimens = ["", ""]

    def side(record: CourseRecord) -> int | None:
        for number, name in enumerate((first, second)):
            if record.protocol == name:
                return number
        return regimens.index(record.regimen) if record.regimen in regimens else None

    return side


def _regimen(name: str, library: Library) -> str:
    if name not in library.ids():
        return name
    protocol = library.protocol(name)
    hours = [float(protocol.course.infusion.value.to("h"))] * protocol.course.infusions.value
    return regimen_name(protocol.product.substance, hours)


def regimens_to_compare(records: Iterable[CourseRecord]) -> tuple[str, str] | None:
    """Return the two regimens with most children, the one with the shorter infusion first; None without two."""
    children: dict[str, set[str]] = defaultdict(set)
    hours: dict[str, float] = {}
    for one in records:
        children[one.regimen].add(one.child)
        hours[one.regimen] = max(hours.get(one.regimen, 0.0), one.planned_hours or 0.0)
    most = sorted(children, key=lambda name: (-len(children[name]), name))[:2]
    first, *others = sorted(most, key=lambda name: (hours[name], name)) or [""]
    return (first, others[0]) if others else None


def _group(regimen: str, children: Mapping[str, Courses], library: Library) -> Group:
    """Return a group, called as its only protocol is, else as the regimen."""
    protocols = {one.protocol for courses in children.values() for one in courses}
    only = protocols.pop() if len(protocols) == 1 else ""
    name = next((one for one in (only, regimen) if one in library.ids()), "")
    return Group(regimen, library.protocol(name).title if name else Words(en=regimen, nl=regimen), children)


@cache
def _library() -> Library:
    return Library()


def cohort_tolerability(
    records: Iterable[CourseRecord],
    first: str,
    second: str,
    *,
    least_grade: int = SEVERE,
    library: Library | None = None,
) -> TolerabilityComparison:
    """Compare the side effects of `least_grade` or worse in the children of two regimens; the second against the first.

    Where a group is empty, or so small that a child could be recognised, there are no terms, and words that say so.
    """
    cohort = cohort_of(records, first, second, library)
    terms = [_compared(cohort, term, least_grade) for term in looked_at(cohort)] if cohort.is_comparable else []
    return tolerability(
        id=OWN_COHORT,
        titles=(cohort.first.title, cohort.second.title),
        source="",
        grades=f"{least_grade}-{WORST_GRADE}",
        ctcae=cohort.ctcae[0] if len(cohort.ctcae) == 1 else "",
        randomised=False,
        terms=terms,
        says=(*_first(cohort), *cohort.says(), *_not_sure(cohort, least_grade)),
    )


def looked_at(cohort: Cohort) -> Iterator[Term]:
    """Go through the terms for which somebody looked in at least one child, in the order of the list."""
    found = {term for group in cohort.groups for course in group.courses for term in course.grades}
    return (term for term in ctcae().terms if term.id in found)


def _compared(cohort: Cohort, term: Term, least: int) -> TermComparison:
    first, second = (_count(group, term.id, least) for group in cohort.groups)
    return compare_term(term.id, term.title, first, second)


def _count(group: Group, term: str, least: int) -> Count | None:
    """Return how many children had it among those of whom it is known; None when those are too few."""
    had = [_had(courses, term, least) for courses in group.children.values()]
    known = [one for one in had if one is not None]
    if len(known) < SMALLEST_GROUP:
        return None
    events = sum(known)
    return Count(events=events, children=len(known), fewest=events, most=events, reconstructed=False)


def _had(courses: Sequence[CourseRecord], term: str, least: int) -> bool | None:
    """Whether a child had it at least so badly; None when nobody looked, or what was seen leaves it open."""
    seen = [course.grades[term] for course in courses if term in course.grades]
    if any(one.grade >= least for one in seen):
        return True
    return None if not seen or any(one.or_worse for one in seen) else False


def _first(cohort: Cohort) -> Iterator[Message]:
    """Say what was counted, where anything was."""
    if cohort.is_comparable:
        yield Message("cohort.per-child")


def _not_sure(cohort: Cohort, least: int) -> Iterator[Message]:
    """Say of which terms not every child could be counted, because nobody looked or a grade was left open."""
    if not cohort.is_comparable:
        return
    part = [
        term.title
        for term in looked_at(cohort)
        if any(_had(courses, term.id, least) is None for group in cohort.groups for courses in group.children.values())
    ]
    if part:
        yield Message("cohort.not-all-counted", {"terms": Joined(tuple(part), ", ")})
