"""The drug library of the pump: every value of every row, with its source and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from docs.markdown import table
from ransel.evidence import Sourced
from ransel.protocols.shelf import sourced_values
from ransel.pump.drug_library import DrugLibrary
from ransel.pump.library_entry import Entry
from ransel.quantities import Concentration, Duration, Quantity

Ground = tuple[str, str, str, str]
"""Value, source and mark, and why, of one key."""


def page() -> str:
    """Return which library this is, then a section for every medicine."""
    library = DrugLibrary.load()
    released = (
        f"Version {library.version}, {len(library.entries)} rows. Fingerprint (SHA-256) of the content:\n"
        f"`{library.fingerprint}`."
    )
    products = dict.fromkeys(entry.product for entry in library.entries)
    return "\n\n".join((released, *(_section(library, product) for product in products)))


def _section(library: DrugLibrary, product: str) -> str:
    entries = [entry for entry in library.entries if entry.product == product]
    bands: dict[str, list[str]] = {}
    for entry in entries:
        bands.setdefault(_band(entry), []).append(f"{entry.care_area} {entry.patient_type}")
    named = "; ".join(f"`{band}` ({', '.join(places)})" for band, places in bands.items())
    head = f"## {product}\n\n{entries[0].substance}. Rows: {named}."
    return f"{head}\n\n{table(('value', '', 'source, mark', 'why', 'rows'), _rows(entries))}"


def _rows(entries: list[Entry]) -> Iterator[tuple[str, ...]]:
    """Yield every value of a medicine; rows in which key and ground are the same stand together."""
    found: dict[tuple[str, *Ground], list[Entry]] = {}
    for entry in entries:
        for key, sourced in sourced_values(entry):
            found.setdefault((key, *_ground(key, sourced)), []).append(entry)
    order = list(dict.fromkeys(key for key, *_ in found))
    for (key, value, ground, why, _), rows in sorted(found.items(), key=lambda item: order.index(item[0][0])):
        yield f"`{key}`", value, ground, why, _named(rows, entries)


def _ground(key: str, sourced: Sourced[object]) -> Ground:
    mark = " ".join(part for part in (sourced.source, sourced.confidence.value) if part)
    return _value(key, sourced.value), mark, sourced.note, repr(sourced.value)


def _value(key: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(key, one) for one in value)
    if isinstance(value, Duration):
        return value.text("en", "h") if value.to("h").denominator == 1 else value.text("en", "min")
    if isinstance(value, Concentration):
        return value.text("en", "mg/mL" if value >= Concentration("0.01 mg/mL") else "ng/mL")
    if isinstance(value, Quantity):
        return value.text()
    if isinstance(value, bool):
        return "yes" if value else "no"
    unit = " mmHg" if key.endswith("mmHg") else ""
    return f"{value.value if hasattr(value, 'value') else value}{unit}"


def _named(rows: list[Entry], entries: list[Entry]) -> str:
    """Return which rows: all, all of a patient type or care area, or each by its name."""
    if len(rows) == len(entries):
        return "all"
    for area in (None, "home", "ward"):
        for kind in (None, "child", "adult"):
            group = [one for one in entries if area in {None, one.care_area} and kind in {None, one.patient_type}]
            if group == rows:
                return " ".join(filter(None, (area, kind)))
    bands = dict.fromkeys(_band(one) for one in rows)
    if [one for one in entries if _band(one) in bands] == rows:
        return ", ".join(f"`{band}-*`" for band in bands)
    return ", ".join(f"`{one.id}`" for one in rows)


def _band(entry: Entry) -> str:
    """Return the name under which a row is written; it holds for several care areas and patient types."""
    return entry.id.removesuffix(f"-{entry.care_area}-{entry.patient_type}")


def share_confirmed() -> Fraction:
    """Return which part of all values was read in a source."""
    marks = [sourced.confidence for entry in DrugLibrary.load().entries for _, sourced in sourced_values(entry)]
    return Fraction(sum(not mark.to_be_confirmed for mark in marks), len(marks))
