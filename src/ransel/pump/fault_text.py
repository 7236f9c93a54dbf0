"""Faults as people write them: `occlusion@37h for 20min`, `bubble=0.15@50h`, `clock-jump=-3@2d4h`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction

from ransel.language import Refusal, Refused, refuse
from ransel.pump.faults import KINDS, Fault, FaultKind

MOST_FAULTS = 1000
LONGEST_MS = 400 * 24 * 3_600_000
"""Later than in any course."""

_FAULT = re.compile(
    r"(?P<name>[a-z-]+)(?:=(?P<number>[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>%|[A-Za-z°][A-Za-z/°]*)?)?"
    r"@(?P<at>[0-9a-z.]+)(?:\s+for\s+(?P<lasts>[0-9a-z.]+))?"
)
_TIME = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:d|h|min|s))+")
_PART = re.compile(r"([0-9.]+)(d|h|min|s)")
_MS: Mapping[str, int] = {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1000}


def read_fault(text: str, field: str = "--fault") -> Fault:
    """Return the fault of a text.

    Raises:
        Refused: naming the field and what to write instead.
    """
    match = _FAULT.fullmatch(text.strip())
    if match is None:
        refuse("fault.not-one", field, text)
    kind = KINDS.get(match["name"])
    if kind is None:
        near = get_close_matches(match["name"], KINDS, n=3, cutoff=0.4) or sorted(KINDS)
        refuse("fault.unknown", field, match["name"], near=", ".join(near))
    at = _time(match["at"], field, text)
    lasts = None if match["lasts"] is None else _time(match["lasts"], field, text)
    return Fault(kind, at, lasts, _number(kind, match["number"], match["unit"], field))


def read_faults(lines: Iterable[str], field: str) -> tuple[Fault, ...]:
    """Return the faults of a file, one a line; empty lines and what follows a # are passed over.

    Raises:
        Refused: with every line that is no fault, by its number.
    """
    faults: list[Fault] = []
    refusals: list[Refusal] = []
    for number, line in enumerate(lines, start=1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        try:
            faults.append(read_fault(written, f"{field}: line {number}"))
        except Refused as refused:
            refusals += refused.refusals
    if len(faults) > MOST_FAULTS:
        refusals.append(Refusal("fault.too-many", field, str(len(faults)), {"most": MOST_FAULTS}))
    if refusals:
        raise Refused(refusals)
    return tuple(faults)


def _time(text: str, field: str, whole: str) -> int:
    if not _TIME.fullmatch(text):
        refuse("fault.when", field, whole)
    ms = sum(Fraction(number) * _MS[unit] for number, unit in _PART.findall(text))
    if ms > LONGEST_MS:
        refuse("fault.when", field, whole)
    return int(ms)


def _number(kind: FaultKind, written: str | None, unit: str | None, field: str) -> Fraction:
    """Return the number of a fault in the unit of its kind; a percentage is a fraction."""
    if written is None:
        return kind.usual
    if kind.least == kind.most:
        refuse("fault.takes-no-number", field, kind.name)
    number = Fraction(written)
    if unit == "%" and not kind.unit:
        number /= 100
    elif unit not in {None, kind.unit}:
        refuse("fault.unit", field, f"{written}{unit}", name=kind.name, unit=kind.unit or "%")
    if not kind.least <= number <= kind.most:
        refuse(
            "fault.bounds", field, written, name=kind.name, unit=kind.unit,
            least=f"{float(kind.least):g}", most=f"{float(kind.most):g}",
        )  # fmt: skip
    return number
