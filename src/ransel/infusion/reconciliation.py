"""Strokes, counter, display and what is really left, side by side: where they part, and what that may mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ransel.infusion.ledger import ContainerAccount, Given, Ledger
from ransel.infusion.plan import ContainerToGive
from ransel.language import Language, Message
from ransel.quantities import Ratio, Shown, Volume

NOTHING = Volume("0 mL")


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One container, seen four ways; each is the volume that has gone towards the child.

    Values:
        by_strokes: strokes times the volume of one; None when that is not known.
        by_display: what the display ran down; None when it told nothing.
        by_residue: filled in, less priming, less what was really left; None when nobody looked. either_way: its error.
        flow: by_residue against counted at the last look; None without both.
        meanings: what the differences may mean.
    """

    index: int
    counted: Volume
    by_strokes: Volume | None
    by_display: Volume | None
    by_residue: Volume | None
    either_way: Volume | None
    flow: Ratio | None
    meanings: tuple[Message, ...]


def reconcile(ledger: Ledger, stroke: Volume | None = None) -> tuple[Reconciliation, ...]:
    """Return each container that was used, seen four ways. `stroke` is the volume of one stroke of this pump."""
    return tuple(
        _reconciled(ledger, one, container, stroke)
        for one, container in zip(ledger.containers, ledger.plan.containers, strict=True)
        if one.begins is not None
    )


def _reconciled(
    ledger: Ledger, one: ContainerAccount, container: ContainerToGive, stroke: Volume | None
) -> Reconciliation:
    seen = one.observed[-1] if one.observed and one.rests_on is not Given.COUNTED else None
    by_strokes = None if stroke is None or not one.strokes else stroke * one.strokes
    by_display = _by_display(one)
    by_residue = None if seen is None else container.volume - one.priming - seen.left
    # A running container has been counted on since it was looked at: only one that has ended can be compared.
    comparable = by_residue is not None and not one.running and one.counted.magnitude > 0
    flow = Ratio(by_residue / one.counted - Ratio("100 %")) if comparable and by_residue is not None else None
    return Reconciliation(
        index=one.index,
        counted=one.counted,
        by_strokes=by_strokes,
        by_display=by_display,
        by_residue=by_residue,
        either_way=None if seen is None else seen.error,
        flow=flow,
        meanings=(
            *_about_strokes(one, by_strokes, stroke),
            *_about_display(one, container, by_display),
            *_about_residue(ledger, one, flow),
        ),
    )


def _by_display(one: ContainerAccount) -> Volume | None:
    """Return what the display ran down by since it was set, less what went into priming."""
    if one.displayed_at_first is None or one.displayed is None:
        return None
    primed = one.priming if one.priming_told else NOTHING
    return one.displayed_at_first - one.displayed - primed


def _about_strokes(one: ContainerAccount, by_strokes: Volume | None, stroke: Volume | None) -> Iterator[Message]:
    if by_strokes is None or stroke is None:
        return
    # Every start and stop may leave a stroke half counted.
    difference = by_strokes - one.counted
    if abs(difference) > stroke * 4 + one.counted / 100:
        yield Message("reconcile.strokes", {"difference": Shown(difference, "mL", 1)})


def _about_display(one: ContainerAccount, container: ContainerToGive, by_display: Volume | None) -> Iterator[Message]:
    if by_display is None or one.displayed_at_first is None:
        return
    # Set to the filled volume the display counts priming down; set after priming it starts at what is usable.
    honest = {container.volume, container.volume - one.priming}
    nearest = min(honest, key=lambda volume: abs(volume - one.displayed_at_first))  # type: ignore[operator]
    difference = one.displayed_at_first - nearest
    if abs(difference) > Volume("1 mL"):
        key = "reconcile.display-high" if difference > NOTHING else "reconcile.display-low"
        yield Message(key, {"difference": Shown(abs(difference), "mL", 1)})
    missed = by_display - one.counted
    if one.displayed and abs(missed) > Volume("1 mL") and abs(missed + one.priming) > Volume("1 mL"):
        yield Message("reconcile.display-set-again", {"difference": Shown(missed, "mL", 1)})


def _about_residue(ledger: Ledger, one: ContainerAccount, flow: Ratio | None) -> Iterator[Message]:
    if any(silent.container == one.index for silent in ledger.silent_non_delivery):
        yield Message("reconcile.silent")
        return
    if flow is None:
        return
    shown = {"flow": Shown(flow, "%", 1)}
    if abs(flow) <= ledger.plan.flow_error:
        yield Message("reconcile.flow-error", shown)
    else:
        yield Message("reconcile.slow" if flow.magnitude < 0 else "reconcile.leak", shown)


def reconciliation_json(table: tuple[Reconciliation, ...], language: Language = "en") -> list[dict[str, Any]]:
    """Return the reconciliation as plain data."""
    return [
        {
            "container": one.index,
            "counted_mL": one.counted.plain("mL"),
            "by_strokes_mL": None if one.by_strokes is None else one.by_strokes.plain("mL"),
            "by_display_mL": None if one.by_display is None else one.by_display.plain("mL"),
            "by_residue_mL": None if one.by_residue is None else one.by_residue.plain("mL"),
            "either_way_mL": None if one.either_way is None else one.either_way.plain("mL"),
            "flow_percent": None if one.flow is None else one.flow.plain("%"),
            "meanings": [meaning.text(language) for meaning in one.meanings],
        }
        for one in table
    ]
