"""What the ledger assumes where no source gives it, read once from `accounting.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from ransel.evidence import Sourced
from ransel.infusion.condition import Condition
from ransel.protocols.reading import Record, read_toml, validate
from ransel.quantities import Concentration, Duration, Mass, Ratio, Volume

FILE = Path(__file__).with_name("accounting.toml")


class Accounting(Record):
    """The assumptions as they stand in the file, each with its reason."""

    schema_: Literal["ransel/accounting/1"] = Field(alias="schema")
    density: Sourced[Concentration]
    density_error: Sourced[Ratio]
    scale_error: Sourced[Mass]
    level_error: Sourced[Volume]
    clock_tolerance: Sourced[Duration]
    worth_moving: Sourced[Duration]
    silence_told_after: Sourced[Duration]
    jump_allowed: Sourced[Volume]
    worth_telling: Sourced[Ratio]
    lost_before: dict[str, Sourced[Duration]]


@dataclass(frozen=True, slots=True)
class Assumed:
    """The same in the units in which the ledger calculates.

    Values:
        nl_per_gram, density_error: pure numbers. scale_gram, level_nl, jump_nl: g and nL.
        clock_ms, moving_ms, silence_ms: ms. telling: part of the order. lost_hours: by condition.
    """

    nl_per_gram: Fraction
    density_error: Fraction
    scale_gram: Fraction
    level_nl: Fraction
    jump_nl: Fraction
    clock_ms: int
    moving_ms: int
    silence_ms: int
    telling: Fraction
    lost_hours: dict[str, Fraction]


@cache
def accounting() -> Accounting:
    """Return the assumptions of the file, which is part of this program."""
    return validate(Accounting, read_toml(FILE), FILE.name)


@cache
def assumed() -> Assumed:
    """Return the assumptions as the ledger calculates with them."""
    told = accounting()
    density = told.density.value.to("g/mL")
    return Assumed(
        nl_per_gram=1_000_000 / density,
        density_error=told.density_error.value.magnitude,
        scale_gram=told.scale_error.value.to("g"),
        level_nl=told.level_error.value.to("mL") * 1_000_000,
        jump_nl=told.jump_allowed.value.to("mL") * 1_000_000,
        clock_ms=_ms(told.clock_tolerance.value),
        moving_ms=_ms(told.worth_moving.value),
        silence_ms=_ms(told.silence_told_after.value),
        telling=told.worth_telling.value.magnitude,
        lost_hours={Condition(name).value: one.value.to("h") for name, one in told.lost_before.items()},
    )


def _ms(duration: Duration) -> int:
    return int(duration.to("h") * 3_600_000)
