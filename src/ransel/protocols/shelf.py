"""The shelf of protocols: the package's own and a hospital's, read, merged with what they extend, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ransel.evidence import Sourced
from ransel.language import Refusal, Refused, refuse
from ransel.protocols.protocol import Product, Protocol
from ransel.protocols.reading import read_toml, validate
from ransel.protocols.site import Site
from ransel.quantities import Concentration

DEFAULT_PROTOCOL = "dinutuximab-beta-10x24h-maxima"
LIBRARY = Path(__file__).parent / "library"
NOT_PROTOCOLS = {"site.toml", "sources.toml", "products.toml"}
DEEPEST_CHAIN = 8


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
                refuse("library.no-folder", "RANSEL_PROTOCOLS", folder)
            for path in sorted(folder.glob("*.toml")):
                if path.name in NOT_PROTOCOLS:
                    continue
                if path.stem in found:
                    refuse("library.name-taken", str(path), path.stem)
                found[path.stem] = path
        return found

    @cached_property
    def site(self) -> Site:
        """The hospital's settings: its own `site.toml`, or the example site of the package."""
        path = self.own / "site.toml" if self.own else None
        if path is None or not path.exists():
            path = LIBRARY / "site.toml"
        return validate(Site, read_toml(path), str(path))

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """The sources that numbers may cite, by code."""
        own = self.own / "sources.toml" if self.own else None
        extra = read_toml(own) if own is not None and own.exists() else {}
        return {**read_toml(LIBRARY / "sources.toml"), **extra}

    @cached_property
    def products(self) -> Mapping[str, Mapping[str, str]]:
        """The products that must not pass for one another, by name."""
        return read_toml(LIBRARY / "products.toml")

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all protocols that can be used, abstract ones left out."""
        return tuple(name for name, path in self.files.items() if not read_toml(path).get("abstract", False))

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
        tables = self._merged(read_toml(path), str(path), ())
        if tables.pop("abstract", False):
            refuse("protocol.abstract", str(path), path.stem)
        protocol = validate(Protocol, tables, str(path))
        complaints = [complaint.at(str(path)) for complaint in self._complaints(protocol, path)]
        if complaints:
            raise Refused(complaints)
        return protocol

    def _merged(self, tables: dict[str, Any], place: str, chain: tuple[str, ...]) -> dict[str, Any]:
        parent = tables.pop("extends", None)
        if parent is None:
            return tables
        if parent not in self.files:
            refuse("protocol.extends-unknown", f"{place}.extends", parent, known=", ".join(self.files))
        if parent in chain or len(chain) >= DEEPEST_CHAIN:
            refuse("protocol.extends-itself", f"{place}.extends", parent)
        path = self.files[parent]
        inherited = self._merged(read_toml(path), str(path), (*chain, parent))
        inherited.pop("abstract", None)
        return merge(inherited, tables)

    def _complaints(self, protocol: Protocol, path: Path) -> Iterator[Refusal]:
        if path.stem != protocol.id:
            yield Refusal("protocol.id-is-not-file-name", "id", protocol.id, {"name": path.stem})
        for key, sourced in sourced_values(protocol):
            if sourced.source and sourced.source not in self.sources:
                yield Refusal("source.unknown", f"{key}.source", sourced.source, {"known": ", ".join(self.sources)})
        if protocol.replaced_by and protocol.replaced_by not in self.files:
            yield Refusal("protocol.unknown", "replaced_by", protocol.replaced_by, {"known": ", ".join(self.files)})
        yield from _product_complaints(protocol.product, self.products)


def merge(inherited: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inherited tables with a protocol's own laid over them.

    Tables merge key by key; lists, texts and sourced values replace as a whole, so that a new value can
    never keep the source of the old one.
    """
    merged = dict(inherited)
    for key, value in own.items():
        old = merged.get(key)
        is_table = isinstance(old, dict) and isinstance(value, dict) and "value" not in value
        merged[key] = merge(old, value) if is_table and isinstance(old, dict) else value
    return merged


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


def _product_complaints(product: Product, known: Mapping[str, Mapping[str, str]]) -> Iterator[Refusal]:
    """Refuse a product that passes for another: dinutuximab is not dinutuximab beta, 3.5 is not 4.5 mg/mL."""
    for name, facts in known.items():
        mentioned = name.casefold() == product.name.casefold() or facts["substance"] == product.substance
        same_substance = facts["substance"] == product.substance
        if mentioned and not (same_substance and Concentration(facts["strength"]) == product.strength.value):
            shown = f"{product.name}, {product.substance}, {product.strength.value}"
            yield Refusal("product.confused", "product", shown, {"name": name, **facts})
