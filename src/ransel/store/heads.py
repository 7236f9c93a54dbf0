"""The head of the chain as a file: kept elsewhere, it shows later that nothing was changed or cut off before it."""

from __future__ import annotations

import json
import re

from ransel.chart.chain import Head
from ransel.language import refuse

SCHEMA = "ransel/head/1"
_HASH = re.compile(r"[0-9a-f]{64}")


def as_kept(head: Head) -> dict[str, object]:
    """Return a head as plain data, to be kept elsewhere."""
    return {"schema": SCHEMA, "position": head.position, "hash": head.hash}


def read_head(data: bytes) -> Head:
    """Return a head that was kept elsewhere.

    Raises:
        Refused: when it is none.
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        refuse("head.unreadable", "schema", "", schema=SCHEMA)
    position, found = told.get("position"), told.get("hash")
    if type(position) is not int or position < 0:
        refuse("head.position", "position", position)
    if not isinstance(found, str) or not _HASH.fullmatch(found):
        refuse("head.hash", "hash", found)
    return Head(position, found)
