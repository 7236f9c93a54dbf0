"""`ransel protocols` and `ransel protocols check`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ransel.cli.output import show, show_data
from ransel.cli.settings import read_settings
from ransel.cli.table import columns
from ransel.evidence import Confidence
from ransel.language import Message, Refused
from ransel.protocols import DEFAULT_PROTOCOL, Library, Protocol
from ransel.protocols.reading import place_of
from ransel.protocols.shelf import sourced_values


def list_protocols(*, as_json: bool, language: str | None) -> None:
    """Print every protocol that can be used."""
    settings = read_settings(language)
    library = Library(settings.protocols)
    found = [library.protocol(name) for name in library.ids()]
    if as_json:
        rows = [
            {
                "id": one.id,
                "version": one.version,
                "status": one.status,
                "replaced_by": one.replaced_by or None,
                "title": one.title.text(settings.language),
                "product": one.product.name,
                "containers": list(one.containers.options),
                "default": one.id == DEFAULT_PROTOCOL,
            }
            for one in found
        ]
        show_data(rows)
        return
    show(columns((_star(one.id), one.version, one.status, one.title.text(settings.language)) for one in found))
    show("\n  * " + Message("protocols.default").text(settings.language))


def check_protocol(file: Path, *, as_json: bool, language: str | None) -> None:
    """Print that a protocol file is right, and how far its numbers can be trusted."""
    settings = read_settings(language)
    protocol = _checked(file, Library(settings.protocols))
    marks = Counter(sourced.confidence for _, sourced in sourced_values(protocol))
    if as_json:
        counted = {mark.value: marks[mark] for mark in Confidence if marks[mark]}
        show_data({"id": protocol.id, "version": protocol.version, "numbers": counted})
        return
    show(Message("protocols.right", {"id": protocol.id, "version": protocol.version}).text(settings.language))
    show(columns((str(marks[mark]), mark.text(settings.language)) for mark in Confidence if marks[mark]))


def _checked(file: Path, library: Library) -> Protocol:
    place = place_of(file)
    try:
        return library.check(file)
    except Refused as refused:
        raise Refused(one.in_file(place) if one.field.startswith(place) else one for one in refused.refusals) from None


def _star(name: str) -> str:
    return f"{name} *" if name == DEFAULT_PROTOCOL else name
