"""The shelf of parameter sets: the package's own and a hospital's, read, merged with what they extend, and checked.

A hospital keeps its own in a folder `pharmacokinetics` inside the folder of its protocols, with its own sources in the
same `sources.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ransel.language import Message, Refusal, Refused, refuse
from ransel.pharmacokinetics.parameters.parameter_set import ParameterSet
from ransel.pharmacokinetics.population.growth import Growth
from ransel.protocols import Library, Protocol, read_toml, validate
from ransel.protocols.product import plain_words
from ransel.protocols.protocol import Product
from ransel.protocols.reading import invalid, place_of
from ransel.protocols.shelf import merge

DEFAULT_PARAMETERS = "long-tail"
PARAMETER_SETS = Path(__file__).parent / "library"
OWN_FOLDER = "pharmacokinetics"
CHILDREN = "children.toml"
DEEPEST_CHAIN = 8


@dataclass(frozen=True)
class ParameterShelf:
    """The parameter sets that can be used; `library` has the sources that their numbers cite."""

    library: Library = field(default_factory=Library)

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The files by name, which is the id of the set in them; abstract ones too.

        Raises:
            Refused: when a name is taken twice.
        """
        found: dict[str, Path] = {}
        for folder in (PARAMETER_SETS, *self._own_folder):
            for path in sorted(folder.glob("*.toml")):
                if path.name == CHILDREN:
                    continue
                if path.stem in found:
                    refuse("parameters.name-taken", place_of(path), path.stem)
                found[path.stem] = path
        return found

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all sets that can be used."""
        return tuple(name for name, path in self.files.items() if read_toml(path).get("abstract") is not True)

    def parameters(self, name: str = DEFAULT_PARAMETERS) -> ParameterSet:
        """Return a set by its id.

        Raises:
            Refused: when there is none, or when it is not right.
        """
        if name not in self.files:
            refuse("parameters.unknown", "parameters", name, known=", ".join(self.ids()))
        return self.check(self.files[name])

    def for_protocol(self, protocol: Protocol, name: str = DEFAULT_PARAMETERS) -> ParameterSet:
        """Return a set for the product of a protocol.

        Raises:
            Refused: when the set must not be used for it, or is meant for another substance.
        """
        chosen = self.parameters(name)
        self.require_suitable(chosen, protocol)
        return chosen

    def require_suitable(self, chosen: ParameterSet, protocol: Protocol) -> None:
        """Check that a set may be used for the product of a protocol.

        Raises:
            Refused: when it must not, or is meant for another substance.
        """
        if any(_reasons_against(chosen, protocol.product)):
            known = ", ".join(self.suitable(protocol)) or "-"
            raise Refused(
                Refusal(one.code, "parameters", chosen.id, {**one.values, "known": known})
                for one in _reasons_against(chosen, protocol.product)
            )

    def suitable(self, protocol: Protocol) -> tuple[str, ...]:
        """Return the ids of the sets that may be used for the product of a protocol."""
        return tuple(name for name in self.ids() if not any(_reasons_against(self.parameters(name), protocol.product)))

    def check(self, path: Path) -> ParameterSet:
        """Read one file, from anywhere, and check it.

        Raises:
            Refused: with every complaint at once.
        """
        place = place_of(path)
        tables = self._merged(read_toml(path), place, ())
        if tables.pop("abstract", False):
            refuse("parameters.abstract", place, path.stem)
        found = validate(ParameterSet, tables, place)
        if found.id != path.stem:
            refuse("parameters.id-is-not-file-name", f"{place}.id", found.id, name=path.stem)
        self.library.require_grounds(found, place)
        return found

    @cached_property
    def growth(self) -> Growth:
        """How synthetic children are made: a hospital's own `children.toml`, or that of the package."""
        own = [folder / CHILDREN for folder in self._own_folder if (folder / CHILDREN).exists()]
        path = own[0] if own else PARAMETER_SETS / CHILDREN
        found = validate(Growth, read_toml(path), place_of(path))
        self.library.require_grounds(found, place_of(path))
        return found

    @property
    def _own_folder(self) -> tuple[Path, ...]:
        own = self.library.own
        return (own / OWN_FOLDER,) if own is not None and (own / OWN_FOLDER).is_dir() else ()

    def _merged(self, tables: dict[str, Any], place: str, chain: tuple[str, ...]) -> dict[str, Any]:
        parent = tables.pop("extends", None)
        if parent is None:
            return tables
        if not isinstance(parent, str):
            raise Refused([invalid(f"{place}.extends", parent, Message("expected.text"))])
        if parent not in self.files or parent in chain or len(chain) >= DEEPEST_CHAIN:
            others = ", ".join(name for name in self.files if name not in chain)
            refuse("parameters.extends", f"{place}.extends", parent, known=others)
        path = self.files[parent]
        inherited = self._merged(read_toml(path), place_of(path), (*chain, parent))
        inherited.pop("abstract", None)
        return merge(inherited, tables)


def _reasons_against(chosen: ParameterSet, product: Product) -> Iterator[Refusal]:
    """Go by the substance as it is written in full and by the name on the vial, never by a stem of either."""
    substance, name = plain_words(product.substance), plain_words(product.name)
    shown = {"product": product.name, "substance": product.substance}
    for barred in chosen.refuses:
        if substance == plain_words(barred.substance) or name == plain_words(barred.product):
            yield Refusal("parameters.barred", values={**shown, "reason": barred.reason.value})
            return
    if substance not in {plain_words(one) for one in chosen.for_substances}:
        yield Refusal("parameters.other-substance", values={**shown, "meant": ", ".join(chosen.for_substances)})
