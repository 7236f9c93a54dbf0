"""Reading records back: checked, and brought up to date when an older version wrote them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from ransel.chart.records import VOCABULARY, Record
from ransel.language import Refused, refuse
from ransel.protocols.reading import refusals_of

Data = Mapping[str, Any]


def _list_not_gone_through(data: Data) -> Data:
    """Say of an observation from before there was a list of side effects that nobody went through one."""
    return {**data, "looked_for": ""}


UPCASTS: Mapping[tuple[str, int], Callable[[Data], Data]] = {("observed", 1): _list_not_gone_through}
"""For a kind and an older version of its keys: how its data are said in the next version."""


def read_record(
    kind: str, version: int, data: Data, upcasts: Mapping[tuple[str, int], Callable[[Data], Data]] = UPCASTS
) -> Record:
    """Return the record in these data, whichever version wrote them.

    Raises:
        Refused: for a kind or version that is not known, and for data that are no such record.
    """
    model = VOCABULARY.get(kind)
    if model is None:
        refuse("entry.kind-unknown", "kind", kind)
    if version > model.version:
        refuse("entry.from-the-future", "kind_version", str(version), kind=kind, known=model.version)
    if version < 1:
        refuse("entry.unreadable", "kind_version", str(version))
    for step in range(version, model.version):
        data = upcasts[kind, step](data)
    return record_of(model, data)


def record_of(model: type[Record], data: Data) -> Record:
    """Return the record of this kind that plain data hold, as JSON has them.

    Raises:
        Refused: with everything that is wrong, each at its key.
    """
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise Refused(refusals_of(model, error)) from None
