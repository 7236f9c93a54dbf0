"""The board of the pharmacy: every cassette that is to be made, is being made, waits, lies in the fridge or is out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ransel.chart.batches import steps_of, weighed_by, weighings_of
from ransel.chart.wording import phase_name
from ransel.hospital.clocks import ClockBar
from ransel.hospital.gate import REFUSED_STATUS, Desk, page, url_of
from ransel.hospital.offers import Offer
from ransel.hospital.policy import Relation, allows
from ransel.hospital.rulebook import agenda, rules_of_course
from ransel.hospital.scanning import cassette_code
from ransel.hospital.todo import own_treatments
from ransel.language import Message, Refused
from ransel.store.loading import load
from ransel.store.models import Child, ContainerRow, TreatmentRow, VisitRow

LOOKS_AHEAD = timedelta(days=7)
"""How far the board looks ahead: an assumption."""

TO_MAKE = frozenset({"planned", "withheld", "cleared", "discarded"})
IN_HAND = frozenset({"making", "checked", "released", "blocked", "out"})
OVER = frozenset({"stopped", "ended", "cancelled"})
"""Phases of a course in which nothing of it is connected any more."""

GROUPS = ("to-make", "making", "waiting", "fridge", "out", "later")
"""The groups of the board, in the order in which a cassette goes through them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the weighing of a making is, for the board.

    Values:
        weighed, of: steps. out: how many lie out of tolerance. makers: who had a hand in it.
    """

    weighed: int = 0
    of: int = 0
    out: int = 0
    makers: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether everything is weighed and in tolerance."""
        return self.of > 0 and self.weighed == self.of and not self.out


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassette:
    """One container on the board.

    Values:
        group: of `GROUPS`. limit: after it, it is too late for what comes next; None when nothing says so.
        waits: for whom, when it is somebody else's turn. step: what this person does next, None for nothing.
        needed: whether its course still goes on; one that is not needed any more is thrown away.
    """

    row: ContainerRow
    child: Child
    group: str
    now: datetime
    clocks: tuple[ClockBar, ...] = ()
    limit: datetime | None = None
    waits: Message | None = None
    step: Offer | None = None
    needed: bool = True
    progress: Progress = field(default_factory=Progress)

    @property
    def phase(self) -> Message:
        """Where it stands."""
        return phase_name("container", self.row.phase)

    @property
    def url(self) -> str:
        """The page of its making."""
        return url_of("batch", self.row.treatment, self.row.course, self.row.container)

    @property
    def id(self) -> str:
        """What names it on the page, the same after every update."""
        return f"{self.row.treatment}-{self.row.course}-{self.row.container}"

    @property
    def late(self) -> bool:
        """Whether it is too late for what comes next."""
        return self.limit is not None and self.limit < self.now

    @property
    def soon(self) -> bool:
        """Whether one of its clocks runs out soon."""
        return not self.late and any(clock.state == "soon" for clock in self.clocks)

    @property
    def urgency(self) -> tuple[bool, datetime, str]:
        """What is late first, then what must be done first."""
        return not self.late, self.limit or self.row.planned, self.child.name


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the board."""

    name: str
    cassettes: tuple[Cassette, ...]

    @property
    def title(self) -> Message:
        """What it is called."""
        return Message(f"pharmacy.group-{self.name}")

    @property
    def nothing(self) -> Message:
        """What stands there when there is nothing in it."""
        return Message(f"pharmacy.nothing-{self.name}")


@page("pharmacy", about="nobody", writes=False)
def pharmacy(desk: Desk) -> HttpResponse:
    """Show the board; a scanned code leads to its cassette."""
    scanned = desk.request.GET.get("code", "").strip()
    if scanned:
        found = scanned_container(desk, scanned)
        if found is not None:
            return redirect(url_of("batch", found.treatment, found.course, found.container))
    cassettes = sorted(cassettes_of(desk), key=lambda one: one.urgency)
    groups = [Group(name, tuple(one for one in cassettes if one.group == name)) for name in GROUPS]
    context = {
        "desk": desk,
        "groups": groups,
        "late": sum(one.late for one in cassettes),
        "scanned": scanned,
    }
    only_board = bool(desk.request.htmx) and not scanned  # type: ignore[attr-defined]  # django-htmx adds it
    template = "pages/pharmacy/board_groups.html" if only_board else "pages/pharmacy/board.html"
    return render(desk.request, template, context, status=REFUSED_STATUS if scanned else 200)


def scanned_container(desk: Desk, scanned: str) -> ContainerRow | None:
    """Return the container of one's own hospital with this code, or this batch number, as it was last released."""
    own = own_treatments(desk.person).values_list("treatment", flat=True)
    wanted = Q(code=cassette_code(scanned)) | Q(batch=scanned)
    found = list(ContainerRow.objects.filter(wanted, treatment__in=own).exclude(code="")[:2])
    return found[0] if len(found) == 1 else None


def cassettes_of(desk: Desk) -> Iterator[Cassette]:
    """Go through the containers that the pharmacy has to do with: in hand, or planned within a week."""
    treatments = {row.treatment: row for row in own_treatments(desk.person)}
    rows = list(ContainerRow.objects.filter(treatment__in=treatments, phase__in=TO_MAKE | IN_HAND))
    children = Child.objects.in_bulk([row.child for row in treatments.values()])
    used = _used(row for row in rows if row.phase == "discarded")
    for row in rows:
        treatment = treatments[row.treatment]
        needed = _is_needed(treatment, row)
        child = children[treatment.child]
        if row.phase in IN_HAND:
            yield _in_hand(desk, row, child, needed=needed)
        elif needed and row.pk not in used:
            planned = _to_make(desk, row, child, treatment)
            if planned is not None:
                yield planned


def _is_needed(treatment: TreatmentRow, row: ContainerRow) -> bool:
    this_course = row.course == treatment.course and treatment.course_phase not in OVER
    return this_course and treatment.phase == "enrolled"


def _used(discarded: Iterator[ContainerRow]) -> set[int]:
    """Return which of these were at a child before they were thrown away, so that they are not made again."""
    rows = {(row.treatment, row.course, row.container): row.pk for row in discarded}
    done = VisitRow.objects.filter(
        treatment__in={treatment for treatment, _, _ in rows}, kind__in=("connect", "change"), done_at__isnull=False
    )
    return {rows[key] for key in done.values_list("treatment", "course", "container") if key in rows}


# -- to be made

_WAITS_FOR: Mapping[str, str] = MappingProxyType(
    {"planned": "pharmacy.waits-go", "withheld": "pharmacy.waits-withheld"}
)
_ORDER_WAITS: Mapping[str, str] = MappingProxyType({
    "ordered": "pharmacy.waits-verify", "refused": "pharmacy.waits-order",
})  # fmt: skip


def _to_make(desk: Desk, row: ContainerRow, child: Child, treatment: TreatmentRow) -> Cassette | None:
    local = agenda().local
    if row.planned > desk.now + LOOKS_AHEAD:
        return None
    tomorrow = local(desk.now).date() + timedelta(days=1)
    waits = _ORDER_WAITS.get(treatment.course_phase) or _WAITS_FOR.get(row.phase)
    return Cassette(
        row=row,
        child=child,
        group="to-make" if local(row.planned).date() <= tomorrow else "later",
        now=desk.now,
        clocks=(ClockBar(label=Message("pharmacy.begin-before"), begins=row.planned, ends=row.latest, now=desk.now),),
        limit=row.latest,
        waits=Message(waits) if waits else None,
        step=None if waits else _offer(desk, row, "make"),
    )


# -- in hand


def _in_hand(desk: Desk, row: ContainerRow, child: Child, *, needed: bool) -> Cassette:
    progress = _progress(row) if row.phase in {"making", "checked"} else Progress()
    limit, clocks = _clocks(row, desk.now)
    return Cassette(
        row=row,
        child=child,
        group=_group(row, progress),
        now=desk.now,
        clocks=clocks,
        limit=limit,
        waits=_waits(desk, row, progress) if needed else Message("pharmacy.not-needed"),
        step=_step(desk, row, progress) if needed else _offer(desk, row, "discard"),
        needed=needed,
        progress=progress,
    )


def _group(row: ContainerRow, progress: Progress) -> str:
    if row.phase == "making":
        return "waiting" if progress.is_whole else "making"
    return {"checked": "waiting", "released": "fridge", "blocked": "fridge"}.get(row.phase, "out")


def _clocks(row: ContainerRow, now: datetime) -> tuple[datetime | None, tuple[ClockBar, ...]]:
    """Return what limits the next step, and the clocks from the making on."""
    made = row.made or row.planned
    if row.cold_until is None or row.start_before is None:  # not released yet: it is to be ready for its use
        ready = row.latest + agenda().site.pharmacy.preparation_takes.value.timedelta
        return ready, (ClockBar(label=Message("pharmacy.ready-before"), begins=made, ends=ready, now=now),)
    start = ClockBar(label=Message("bar.start"), begins=made, ends=row.start_before, now=now)
    if row.phase != "out":
        cold = ClockBar(label=Message("bar.cold"), begins=made, ends=row.cold_until, now=now)
        return min(row.cold_until, row.start_before), (cold, start)
    if row.finish_before is None:
        return row.start_before, (start,)
    return row.start_before, (
        start,
        ClockBar(label=Message("bar.finish"), begins=made, ends=row.finish_before, now=now),
    )


def _progress(row: ContainerRow) -> Progress:
    """Return how far the weighing is; nothing is said where the course can no longer be planned as it was signed."""
    treatment = load(row.treatment)
    course = treatment.course(row.course)
    state = course.container(row.container) if course else None
    if state is None:
        return Progress()
    try:
        rules = rules_of_course(treatment, course)
        weighings = weighings_of(rules, state)
        steps = len(steps_of(rules, state.index))
    except Refused:
        return Progress()
    out = sum(not one.within_tolerance for one in weighings)
    return Progress(len(weighings), steps, out, weighed_by(state))


def _waits(desk: Desk, row: ContainerRow, progress: Progress) -> Message | None:
    """Return for whom a container in hand waits, None when this person can go on."""
    if row.phase == "blocked":
        return Message("pharmacy.waits-blocked")
    made_it = desk.person.id_code in progress.makers
    if row.phase == "making" and progress.is_whole and made_it:
        return Message("pharmacy.waits-other-check")
    if row.phase == "checked" and not allows("release", desk.role, Relation.OWN):
        return Message("pharmacy.waits-release")
    if row.phase == "checked" and made_it:
        return Message("pharmacy.waits-other-release")
    return None


def _step(desk: Desk, row: ContainerRow, progress: Progress) -> Offer | None:
    """Return what this person does next with a container in hand."""
    if row.phase == "making":
        return _offer(desk, row, "check-batch" if progress.is_whole else "batch")
    if row.phase == "checked" and desk.person.id_code not in progress.makers:
        return _offer(desk, row, "release")
    return _offer(desk, row, "hand-over") if row.phase == "released" else None


def _offer(desk: Desk, row: ContainerRow, name: str) -> Offer | None:
    if not allows(name, desk.role, Relation.OWN):
        return None
    return Offer(name, url_of(name, row.treatment, row.course, row.container))
