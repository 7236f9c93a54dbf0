"""An infusion as plain data and as files: what was told, the account of it, and its picture."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ransel.infusion import Kind, Ledger, PumpEvent, is_simulated, ledger_json, write_events
from ransel.infusion.detection import detection, detection_json
from ransel.infusion.entries import volume
from ransel.infusion.reconciliation import reconcile, reconciliation_json
from ransel.language import Language
from ransel.quantities import Volume


def infusion_json(ledger: Ledger, events: Sequence[PumpEvent], language: Language) -> dict[str, Any]:
    """Return the account as plain data, with how it agrees with itself and how soon a shut tube would be noticed."""
    rates = tuple(dict.fromkeys(container.rate for container in ledger.plan.containers))
    return {
        **ledger_json(ledger, language),
        "simulated": is_simulated(events),
        "reconciliation": reconciliation_json(reconcile(ledger, stroke_told(events)), language),
        "detection": detection_json(detection(ledger.plan, rates), language)["rows"],
    }


def infusion_papers(
    ledger: Ledger, events: Sequence[PumpEvent], language: Language, *, document: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """Yield every file with its name; `document` is the account as plain data."""
    from ransel.papers import infusion_png, infusion_svg

    simulated = is_simulated(events)
    yield "events.jsonl", "".join(f"{line}\n" for line in write_events(events)).encode()
    yield "ledger.json", json.dumps(document, ensure_ascii=False, indent=2).encode()
    yield "infusion.svg", infusion_svg(ledger.plan, ledger, language, simulated=simulated).encode()
    yield "infusion.png", infusion_png(ledger.plan, ledger, language, simulated=simulated)


def stroke_told(events: Sequence[PumpEvent]) -> Volume | None:
    """Return the volume of one stroke as the pumps told it; None when they did not, or not the same."""
    told = {event.data["stroke_nL"] for event in events if event.kind is Kind.BOOT and "stroke_nL" in event.data}
    return volume(told.pop()) if len(told) == 1 else None
