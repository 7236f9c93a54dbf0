"""The shelf of protocols: the package's own and a hospital's, read, merged with what they extend, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ransel.evidence import Confidence, Sourced
from ransel.language import Message, Refusal, Refused, refuse
from ransel.protocols.kind_of_value import Text
from ransel.protocols.product import dose_complaints, product_complaints
from ransel.protocols.protocol import Protocol
from ransel.protocols.reading import Record, invalid, place_of, read_toml, validate
from ransel.protocols.site import Site
from ransel.quantities import Quantity, Temperature

DEFAULT_PROTOCOL = "dinutuximab-beta-10x24h-maxima"
LIBRARY = Path(__file__).parent / "library"
NOT_PROTOCOLS = {"site.toml", "sources.toml", "products.toml"}
DEEPEST_CHAIN = 8
NOT_SEEN = "not seen"


class Source(Record):
    """What a code stands for: a title, where it can be found, and how much of it was read."""

    title: Text
    address: Text
    seen: Text


@dataclass(frozen=True)
class Library:
    """The protocols of the package and, if there is one, of a hospital's own folder.

    A file of the hospital may extend a protocol of the package; it may not take the id of one.
    """

    own: Path | None = None

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The protocol files by name, which is the id of the protocol in them.

        Raises:
            Refused: when the hospital's folder is missing or a name is taken twice.
        """
        found: dict[str, Path] = {}
        for folder in (LIBRARY, *((self.own,) if self.own else ())):
            if not folder.is_dir():
                refuse("library.no-folder", "RANSEL_PROTOCOLS", place_of(folder))
            for path in sorted(folder.glob("*.toml")):
                if path.name in NOT_PROTOCOLS:
                    continue
                if path.stem in found:
                    refuse("library.name-taken", place_of(path), path.stem)
                found[path.stem] = path
        return found

    @cached_property
    def site(self) -> Site:
        """The hospital's settings: its own `site.toml`, or the example site of the package."""
        path = self.own / "site.toml" if self.own else None
        if path is None or not path.exists():
            path = LIBRARY / "site.toml"
        site = validate(Site, read_toml(path), place_of(path))
        self.require_grounds(site, place_of(path))
        return site

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """The sources that numbers may cite, by code: the package's, and those of a hospital's own `sources.toml`."""
        found = dict(_sources(LIBRARY / "sources.toml"))
        own = self.own / "sources.toml" if self.own else None
        if own is not None and own.exists():
            for code, source in _sources(own).items():
                if code in found:
                    refuse("source.taken", f"{place_of(own)}.{code}", code)
                found[code] = source
        return found

    @cached_property
    def products(self) -> Mapping[str, Mapping[str, str]]:
        """The products that must not pass for one another, by name."""
        return read_toml(LIBRARY / "products.toml")

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all protocols that can be used, abstract ones left out."""
        return tuple(name for name, path in self.files.items() if read_toml(path).get("abstract") is not True)

    def protocol(self, name: str) -> Protocol:
        """Return a protocol by its id.

        Raises:
            Refused: when there is none, or when it is not right.
        """
        if name not in self.files:
            refuse("protocol.unknown", "protocol", name, known=", ".join(self.ids()))
        return self.check(self.files[name])

    def check(self, path: Path) -> Protocol:
        """Read one protocol file, from anywhere, and check it.

        Raises:
            Refused: with every complaint at once.
        """
        place = place_of(path)
        tables = self._merged(read_toml(path), place, ())
        if _is_abstract(tables, place):
            refuse("protocol.abstract", place, path.stem)
        protocol = validate(Protocol, tables, place)
        _raise(self._complaints(protocol, path), place)
        return protocol

    def require_grounds(self, record: BaseModel, place: str) -> None:
        """Check that every sourced number of a record that was read elsewhere has a ground that bears it.

        Raises:
            Refused: with every complaint at once.
        """
        _raise(self._ground_complaints(record), place)

    def _merged(self, tables: dict[str, Any], place: str, chain: tuple[str, ...]) -> dict[str, Any]:
        parent = tables.pop("extends", None)
        if parent is None:
            return tables
        if not isinstance(parent, str):
            raise Refused([invalid(f"{place}.extends", parent, Message("expected.text"))])
        if parent not in self.files:
            refuse("protocol.extends-unknown", f"{place}.extends", parent, known=", ".join(self.files))
        if parent in chain or len(chain) >= DEEPEST_CHAIN:
            refuse("protocol.extends-itself", f"{place}.extends", parent, most=DEEPEST_CHAIN)
        path = self.files[parent]
        inherited = self._merged(read_toml(path), place_of(path), (*chain, parent))
        inherited.pop("abstract", None)
        return merge(inherited, tables)

    def _complaints(self, protocol: Protocol, path: Path) -> Iterator[Refusal]:
        if path.stem != protocol.id:
            yield Refusal("protocol.id-is-not-file-name", "id", protocol.id, {"name": path.stem})
        elif protocol.id in self.files and not path.samefile(self.files[protocol.id]):
            yield Refusal("library.name-taken", "id", protocol.id)
        yield from self._ground_complaints(protocol)
        if protocol.replaced_by and protocol.replaced_by not in self.files:
            yield Refusal("protocol.unknown", "replaced_by", protocol.replaced_by, {"known": ", ".join(self.files)})
        yield from product_complaints(protocol.product, self.products)
        yield from dose_complaints(protocol, self.products)

    def _ground_complaints(self, record: BaseModel) -> Iterator[Refusal]:
        """Every number needs a ground that bears it: a known source that was read, or a reason to assume it."""
        for key, sourced in sourced_values(record):
            mark, source = sourced.confidence, sourced.source
            if source and source not in self.sources:
                yield Refusal("source.unknown", f"{key}.source", source, {"known": ", ".join(self.sources)})
            elif mark is Confidence.SEEN and self.sources[source]["seen"] == NOT_SEEN:
                yield Refusal("source.not-seen", f"{key}.confidence", mark.value, {"source": source})
            if mark is Confidence.GIVEN:
                yield Refusal("sourced.given-in-file", f"{key}.confidence", mark.value)
            if mark is Confidence.ASSUMED and not sourced.note.strip():
                yield Refusal("sourced.assumption-without-note", f"{key}.note")
            value = sourced.value
            if isinstance(value, Quantity) and value.magnitude < 0 and not isinstance(value, Temperature):
                yield Refusal("quantity.negative", f"{key}.value", value.text())


def merge(inherited: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inherited tables with a protocol's own laid over them.

    Tables merge key by key. Lists, texts, words in two languages and sourced values replace as a whole, so that
    a new value can never keep the source of the old one, nor a new English name the old Dutch one.
    """
    merged = dict(inherited)
    for key, value in own.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and not (_is_one_value(old) or _is_one_value(value)):
            merged[key] = merge(old, value)
        else:
            merged[key] = value
    return merged


def _is_one_value(table: Mapping[str, Any]) -> bool:
    """Whether a table is a sourced value or words, whole or in part, rather than a place for other values."""
    is_sourced = isinstance(table.get("confidence"), str) or not isinstance(table.get("value", {}), Mapping)
    return is_sourced or (bool(table) and table.keys() <= {"en", "nl"})


def _is_abstract(tables: dict[str, Any], place: str) -> bool:
    abstract = tables.pop("abstract", False)
    if not isinstance(abstract, bool):
        raise Refused([invalid(f"{place}.abstract", abstract, Message("expected.yes-or-no"))])
    return abstract


def _sources(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the sources of one file, checked."""
    place = place_of(path)
    return {code: validate(Source, entry, f"{place}.{code}").model_dump() for code, entry in read_toml(path).items()}


def _raise(complaints: Iterator[Refusal], place: str) -> None:
    found = [complaint.at(place) for complaint in complaints]
    if found:
        raise Refused(found)


def sourced_values(record: object, place: str = "") -> Iterator[tuple[str, Sourced[Any]]]:
    """Go through every sourced value in a record, with its place."""
    if isinstance(record, Sourced):
        yield place, record
    elif isinstance(record, BaseModel):
        for name in type(record).model_fields:
            yield from sourced_values(getattr(record, name), f"{place}.{name}" if place else name)
    elif isinstance(record, Mapping):
        for key, inner in record.items():
            yield from sourced_values(inner, f"{place}.{key}")
    elif isinstance(record, tuple):
        for index, inner in enumerate(record):
            yield from sourced_values(inner, f"{place}.{index}")
