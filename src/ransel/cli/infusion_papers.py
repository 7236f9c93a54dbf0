"""The files of an infusion: what was told, the account of it, and its picture."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ransel.infusion import Ledger, PumpEvent, write_events
from ransel.language import Language


def infusion_papers(
    ledger: Ledger, events: Sequence[PumpEvent], language: Language, *, document: Mapping[str, Any], simulated: bool
) -> Iterator[tuple[str, bytes]]:
    """Yield every file with its name; `document` is the account as plain data."""
    from ransel.papers import infusion_png, infusion_svg

    yield "events.jsonl", "".join(f"{line}\n" for line in write_events(events)).encode()
    yield "ledger.json", json.dumps(document, ensure_ascii=False, indent=2).encode()
    yield "infusion.svg", _as_bytes(infusion_svg(ledger.plan, ledger, language, simulated=simulated))
    yield "infusion.png", infusion_png(ledger.plan, ledger, language, simulated=simulated)


def _as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()
